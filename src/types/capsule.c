/* capsule: a C pointer with a name, for modules that offer functions to each other. */
#include "object/simple.h"
#include "object/str.h"
#include "types/types_priv.h"

static Value capsule_repr(Thread *t, Value self) {
    Capsule *c = V_AS(Capsule, self);
    if (c->name) return str_format(t, "<capsule object \"%s\" at %p>", c->name, (void *)self.bits);
    return str_format(t, "<capsule object NULL at %p>", (void *)self.bits);
}
static void capsule_destroy(Thread *t, Object *o) {
    Capsule *c = (Capsule *)o;
    if (c->destructor) c->destructor(v_from(o));
}
const TypeDef typedef_capsule = {
    .name = "PyCapsule",
    .doc = "Capsule objects let you wrap a C \"void *\" pointer in a Python\nobject.  They're a way of passing data through the Python interpreter\nwithout creating your own custom type.\n\nCapsules are used for communication between extension modules.\nThey provide a way for an extension module to export a C interface\nto other extension modules, so that extension modules can use the\nPython import mechanism to link to one another.\n",
    .flags = TF_NO_NEW,
    .size = sizeof(Capsule),
    .slots = {.repr = capsule_repr, .destroy = capsule_destroy},
};
