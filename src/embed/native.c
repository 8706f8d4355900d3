/* Modules and types that the embedding program defines.
 *
 * Its rows of functions and properties have the layout of the interpreter's own (core/def.h) and are used as they are.  An instance of its
 * types is
 *
 *     | head | padding | the program's data ... |
 *
 * with the data at a multiple of 16.  A NativeType, in the interpreter's heap as long as that lives, ties a type to its definition.
 */
#include "embed/embed.h"
#include "modules/module.h"
#include "object/instance.h"
#include "types/slots.h"

enum { DATA_OFFSET = 16, PARAMETERS_MAX = 64 };

#define SAME_FIELD(A, a, B, b) _Static_assert(offsetof(A, a) == offsetof(B, b), #a " of " #A " lies where " #b " of " #B " does")
SAME_FIELD(KraitFunctionDef, name, MethodDef, name);
SAME_FIELD(KraitFunctionDef, signature, MethodDef, signature);
SAME_FIELD(KraitFunctionDef, doc, MethodDef, doc);
SAME_FIELD(KraitFunctionDef, function, MethodDef, fn);
SAME_FIELD(KraitFunctionDef, reserved, MethodDef, flags);
_Static_assert(sizeof(KraitFunctionDef) == sizeof(MethodDef), "rows of functions are MethodDefs");
SAME_FIELD(KraitPropertyDef, name, GetSetDef, name);
SAME_FIELD(KraitPropertyDef, get, GetSetDef, get);
SAME_FIELD(KraitPropertyDef, set, GetSetDef, set);
SAME_FIELD(KraitPropertyDef, doc, GetSetDef, doc);
SAME_FIELD(KraitPropertyDef, context, GetSetDef, closure);
_Static_assert(sizeof(KraitPropertyDef) == sizeof(GetSetDef), "rows of properties are GetSetDefs");

typedef struct NativeType {
    TypeDef def; /* first: Type.def leads here */
    const KraitTypeDef *public;
    Type *type;
    struct NativeType *next;
    Field fields[];
} NativeType;

/* The NativeType that the type, or a base of it, was made for. */
static NativeType *native_of(const Type *type);
static void *data_of(Value v) { return (char *)v_obj(v) + DATA_OFFSET; }

static bool native_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    const KraitTypeDef *public = native_of(type_of(t, self))->public;
    KraitBorrowed bound[PARAMETERS_MAX] = {{0}};
    if (!call_bind_signature(t, public->name, public->signature, args, nargs, kwnames, (Value *)bound)) return false;
    return public->init(krait_of(t), data_of(self), bound, signature_count(public->signature).total);
}

static void native_destroy(Thread *t, Object *self) {
    const KraitTypeDef *public = native_of(obj_type(t, self))->public;
    if (public->destroy != NULL) public->destroy((char *)self + DATA_OFFSET);
}

/* Type.def is that of the nearest built-in definition: one of ours is known by its slot. */
static NativeType *native_of(const Type *type) { return type->def->slots.destroy == native_destroy ? (NativeType *)type->def : NULL; }

static size_t references_count(const KraitTypeDef *public) {
    size_t n = 0;
    while (public->references != NULL && public->references[n] != KRAIT_NO_MORE) n++;
    return n;
}

static NativeType *native_new(Thread *t, const KraitTypeDef *public) {
    size_t n = references_count(public);
    NativeType *native = heap_alloc_zeroed(t, sizeof *native + n * sizeof(Field));
    if (native == NULL) return NULL;
    for (size_t i = 0; i < n; i++) native->fields[i] = (Field){F_VALUE, 0, (uint32_t)(DATA_OFFSET + public->references[i]), 0};
    native->public = public;
    native->def = (TypeDef){
        .name = public->name, .doc = public->doc, .signature = public->init ? public->signature : NULL,
        .flags = TF_BASE | TF_MUTABLE | (n > 0 ? TF_GC : 0) | (public->init ? 0 : TF_NO_NEW),
        .size = (uint32_t)(DATA_OFFSET + public->size), .fields = native->fields, .fields_count = (uint32_t)n,
        .methods = (const MethodDef *)public->methods, .getsets = (const GetSetDef *)public->properties,
        .slots = {.new = public->init ? type_generic_new : NULL, .init = public->init ? native_init : NULL, .destroy = native_destroy},
    };
    return native;
}

static bool type_is_sound(Thread *t, const KraitTypeDef *public) {
    if (public->init == NULL) return true;
    if (public->signature == NULL) return err_fail(t, T_SystemError, "type %s has an init and no signature", public->name);
    SignatureCounts counts = signature_count(public->signature);
    if (counts.total > PARAMETERS_MAX) return err_fail(t, T_SystemError, "the constructor of %s does not have a plain signature", public->name);
    return true;
}

/* Every native type of the interpreter hangs on its module's state. */
typedef struct NativeModule {
    ModuleDef def;
    struct NativeModule *next;
    NativeType *types;
} NativeModule;

static bool add_type(Thread *t, NativeModule *m, Value module, Value module_name, const KraitTypeDef *public) {
    if (!type_is_sound(t, public)) return false;
    NativeType *native = native_new(t, public);
    if (native == NULL) return false;
    Type *type = type_from_def(t, &native->def, VNULL, module_name);
    if (type == NULL) return false; /* what was made of the type may look at its definition */
    slots_resolve(t, type, false); /* special methods among its rows */
    native->type = type;
    native->next = m->types;
    m->types = native;
    return module_add(t, module, public->name, v_from(type));
}

bool krait_add_module(Krait *k, const KraitModuleDef *def) {
    Thread *t = thread_of(k);
    NativeModule *m = heap_alloc_zeroed(t, sizeof *m);
    if (m == NULL) return false;
    m->def = (ModuleDef){.name = def->name, .doc = def->doc, .functions = (const MethodDef *)def->functions};
    m->next = t->interp->embedded;
    t->interp->embedded = m;
    Value name = str_intern_cstr(t, def->name), module = is_null(name) ? VNULL : import_make_builtin(t, &m->def);
    bool done = !is_null(module);
    for (const KraitTypeDef *const *type = def->types; done && type != NULL && *type != NULL; type++) done = add_type(t, m, module, name, *type);
    if (done && def->fill != NULL) done = def->fill(k, borrowed(module));
    if (done) done = dict_set(t, t->interp->modules, name, module);
    decref_maybe(t, module);
    decref_maybe(t, name);
    return done;
}

static Type *type_for(Thread *t, const KraitTypeDef *def) {
    for (NativeModule *m = t->interp->embedded; m != NULL; m = m->next)
        for (NativeType *native = m->types; native != NULL; native = native->next)
            if (native->public == def) return native->type;
    return NULL;
}

void *krait_data(Krait *k, KraitBorrowed v, const KraitTypeDef *def) {
    Thread *t = thread_of(k);
    NativeType *native = native_of(type_of(t, value_of(v)));
    if (native != NULL && native->public == def) return data_of(value_of(v));
    err_fail(t, T_TypeError, "%s expected, got %T", def->name, value_of(v));
    return NULL;
}

KraitRef krait_new(Krait *k, const KraitTypeDef *def, void **data) {
    Thread *t = thread_of(k);
    Type *type = type_for(t, def);
    if (type == NULL) return owned(err_raise(t, T_SystemError, "no module with the type %s was added", def->name));
    Value v = object_new(t, type);
    if (is_null(v)) return KRAIT_ERROR;
    *data = data_of(v);
    return owned(object_done(t, v));
}
