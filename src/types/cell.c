/* cell: a variable that closures share. */
#include "heap/heap.h"
#include "object/dispatch.h"
#include "object/simple.h"
#include "object/str.h"
#include "ops/call.h"
#include "types/types_priv.h"

static Value content(Value v) { return V_AS(Cell, v)->value; }

static Value cell_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value contents;
    if (!call_bind_signature(t, "cell", "(contents=<unrepresentable>, /)", args, nargs, kwnames, &contents)) return VNULL;
    return cell_new(t, is_null(contents) ? V_UNBOUND : new_ref(contents));
}
static Value cell_repr(Thread *t, Value self) {
    Value v = content(self);
    if (is_unbound(v)) return str_format(t, "<cell at %p: empty>", (void *)self.bits);
    return str_format(t, "<cell at %p: %T object at %p>", (void *)self.bits, v, (void *)v.bits);
}
/* Empty cells come before all others. */
static Value cell_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!IS_EXACT(a, cell) || !IS_EXACT(b, cell)) return V_NOTIMPL;
    if (!is_unbound(content(a)) && !is_unbound(content(b))) return compare(t, content(a), content(b), op);
    return compare(t, v_smallint(!is_unbound(content(a))), v_smallint(!is_unbound(content(b))), op);
}
static Value get_contents(Thread *t, Value self, void *c) {
    return is_unbound(content(self)) ? err_raise(t, T_ValueError, "Cell is empty") : new_ref(content(self));
}
static bool set_contents(Thread *t, Value self, Value value, void *c) {
    slot_set(t, &V_AS(Cell, self)->value, is_null(value) ? V_UNBOUND : new_ref(value));
    return true;
}

static void cell_clear(Thread *t, Object *o) { slot_set(t, &((Cell *)o)->value, V_UNBOUND); }

static const GetSetDef getsets[] = {
    {"cell_contents", get_contents, set_contents},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Cell, value)};
const TypeDef typedef_cell = {
    .name = "cell",
    .doc = "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    .signature = "([contents])",
    .flags = TF_GC,
    .size = sizeof(Cell),
    FIELDS(fields),
    .getsets = getsets,
    .slots = {.new = cell_make, .repr = cell_repr, .compare = cell_compare, .clear = cell_clear},
};
