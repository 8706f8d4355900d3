/* The locals of frames: locals(), and FrameLocalsProxy, the write-through view that f_locals is for functions (PEP 667).
 *
 * A variable is a local register, or the content of the cell in a cell register; a parameter that is a cell variable has both, and once its cell is
 * made the register is unbound. Names that are no variables live in the frame object's `extra`.
 */
#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "vm/frame_object.h"

/* Variable number i of a frame: its name, and where its value lies; NULL when i is past the last. Cells that are not made yet have no slot: *slot
 * is NULL. */
static bool variable_at(Frame *f, uint32_t i, Value *name, Value **slot) {
    Code *code = f->code;
    if (i >= code->nlocals + code->ncells + code->nfree) return false;
    *slot = i == 0 && !(code->flags & CO_OPTIMIZED) ? NULL : &f->registers[i]; /* a namespace is no variable */
    if (i < code->nlocals) {
        *name = tuple_at(code->local_names, i);
        return true;
    }
    uint32_t c = i - code->nlocals;
    *name = c < code->ncells ? tuple_at(code->cell_names, c) : tuple_at(code->free_names, c - code->ncells);
    *slot = IS_EXACT(f->registers[i], cell) ? &V_AS(Cell, f->registers[i])->value : NULL;
    return true;
}

/* Where the variable `name` lies; NULL: it is none (an exception may be pending). With `bound` only variables that have a value count. */
static Value *variable_slot(Thread *t, Frame *f, Value name, bool bound) {
    Value own, *slot, *found = NULL;
    int64_t hash, own_hash;
    if (!hash_of(t, name, &hash)) return NULL;
    for (uint32_t i = 0; variable_at(f, i, &own, &slot); i++) {
        if (slot == NULL || (bound && is_unbound(*slot))) continue;
        if (!hash_of(t, own, &own_hash)) return NULL;
        int r = same(own, name) ? 1 : own_hash == hash ? equal(t, own, name) : 0; /* any object that equals a name stands for it */
        if (r < 0) return NULL;
        if (r) found = slot; /* a cell comes after the parameter it took over */
    }
    return found;
}

/* A dict of the variables that have a value, from number `first` on. */
static Value variables(Thread *t, Frame *f, uint32_t first) {
    Value dict = dict_new(t), name, *slot;
    if (is_null(dict)) return dict;
    for (uint32_t i = first; variable_at(f, i, &name, &slot); i++) {
        if (slot == NULL || is_unbound(*slot)) continue;
        if (!dict_set(t, dict, name, *slot)) goto failed;
    }
    if (f->object != NULL && !is_null(f->object->extra) && !dict_merge(t, dict, f->object->extra, 0)) goto failed;
    return dict;
failed:
    decref(t, dict);
    return VNULL;
}

/* In an inlined comprehension of module or class code, its variables are what locals() and f_locals show. */
static bool in_comprehension(const Frame *f) {
    for (uint32_t i = 1; i < f->code->nlocals; i++)
        if (!is_unbound(f->registers[i])) return true;
    return false;
}

Value frame_locals_snapshot(Thread *t, Frame *f) {
    if (!(f->code->flags & CO_OPTIMIZED)) {
        if (in_comprehension(f)) return variables(t, f, 1);
        if (f->code->nlocals > 0 && !is_unbound(f->registers[0])) return new_ref(f->registers[0]);
        return new_ref(f->globals);
    }
    return variables(t, f, 0);
}

/* --- FrameLocalsProxy --------------------------------------------------------------------------------------------------------------- */

typedef struct LocalsProxy { Object head; FrameObject *frame; } LocalsProxy;
#define PROXY(v) (V_AS(LocalsProxy, v)->frame)

static Value proxy_make(Thread *t, FrameObject *o) {
    LocalsProxy *p = heap_object(t, SHAPE_FrameLocalsProxy, sizeof *p);
    if (p == NULL) return VNULL;
    obj_incref(o);
    p->frame = o;
    gc_track(t, p);
    return v_from(p);
}

Value frame_locals_of(Thread *t, FrameObject *o) {
    if (o->frame->code->flags & CO_OPTIMIZED || in_comprehension(o->frame)) return proxy_make(t, o);
    return frame_locals_snapshot(t, o->frame);
}

/* As a dict. */
static Value proxy_dict(Thread *t, Value self) {
    FrameObject *o = PROXY(self);
    Frame *f = o->frame;
    Value dict = dict_new(t), name, *slot;
    if (is_null(dict)) return dict;
    for (uint32_t i = 0; variable_at(f, i, &name, &slot); i++)
        if (slot != NULL && !is_unbound(*slot) && !dict_set(t, dict, name, *slot)) goto failed;
    if (!is_null(o->extra) && !dict_merge(t, dict, o->extra, 0)) goto failed;
    return dict;
failed:
    decref(t, dict);
    return VNULL;
}

/* Owned; VNULL without exception when absent. */
static Value proxy_find(Thread *t, Value self, Value key) {
    FrameObject *o = PROXY(self);
    int64_t hash;
    if (!hash_of(t, key, &hash)) return VNULL;
    Value *slot = variable_slot(t, o->frame, key, true);
    if (slot != NULL) return new_ref(*slot);
    if (err_pending(t) || is_null(o->extra)) return VNULL;
    return new_ref_maybe(dict_get(t, o->extra, key));
}

static Value proxy_getitem(Thread *t, Value self, Value key) {
    Value v = proxy_find(t, self, key);
    if (!is_null(v) || err_pending(t)) return v;
    return err_raise(t, T_KeyError, "local variable '%R' is not defined", key);
}

static bool proxy_setitem(Thread *t, Value self, Value key, Value v) {
    FrameObject *o = PROXY(self);
    int64_t hash;
    if (!hash_of(t, key, &hash)) return false;
    Value *slot = variable_slot(t, o->frame, key, false);
    if (slot == NULL && err_pending(t)) return false;
    if (slot != NULL) {
        if (is_null(v)) return err_fail(t, T_ValueError, "cannot remove local variables from FrameLocalsProxy");
        Value old = *slot;
        if (!o->ended && is_ptr(old)) { /* an instruction under way may have borrowed it */
            if (is_null(o->kept) && is_null(o->kept = list_new(t, 0))) return false;
            if (!list_append(t, V_AS(List, o->kept), old)) return false;
        }
        *slot = new_ref(v);
        decref(t, old);
        return true;
    }
    if (is_null(v)) {
        int r = is_null(o->extra) ? 0 : dict_delete(t, o->extra, key);
        if (r == 0) err_raise_with(t, T_KeyError, key);
        return r > 0;
    }
    if (is_null(o->extra) && is_null(o->extra = dict_new(t))) return false;
    return dict_set(t, o->extra, key, v);
}

static int proxy_contains(Thread *t, Value self, Value key) {
    Value v = proxy_find(t, self, key);
    decref_maybe(t, v);
    return is_null(v) ? (err_pending(t) ? -1 : 0) : 1;
}

static int64_t proxy_len(Thread *t, Value self) {
    Value dict = proxy_dict(t, self);
    if (is_null(dict)) return -1;
    int64_t n = dict_len(dict);
    decref(t, dict);
    return n;
}

static Value with_dict(Thread *t, Value self, Value (*use)(Thread *, Value)) {
    Value dict = proxy_dict(t, self);
    if (is_null(dict)) return dict;
    Value v = use(t, dict);
    decref(t, dict);
    return v;
}
static Value proxy_iter(Thread *t, Value self) {
    Value keys = with_dict(t, self, dict_keys_list);
    if (is_null(keys)) return keys;
    Value v = iter_of(t, keys);
    decref(t, keys);
    return v;
}
static Value proxy_repr(Thread *t, Value self) {
    int entered = repr_enter(t, self);
    if (entered != 1) return entered == 0 ? str_from_cstr(t, "{...}") : VNULL;
    Value v = with_dict(t, self, repr_of);
    repr_leave(t, self);
    return v;
}
static Value proxy_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (op != CMP_EQ && op != CMP_NE) return V_NOTIMPL;
    bool same_type = IS_EXACT(b, FrameLocalsProxy);
    if (same_type) {
        bool equal_frames = PROXY(a) == PROXY(b);
        return v_bool(op == CMP_EQ ? equal_frames : !equal_frames);
    }
    if (!is_dict(t, b)) return V_NOTIMPL;
    Value dict = proxy_dict(t, a);
    if (is_null(dict)) return dict;
    Value v = compare(t, dict, b, op);
    decref(t, dict);
    return v;
}

static bool set_each(Thread *t, Value item, void *context) { /* item: (key, value) */
    return proxy_setitem(t, *(Value *)context, tuple_at(item, 0), tuple_at(item, 1));
}
static bool update_from(Thread *t, Value self, Value other) {
    Value dict = dict_new(t);
    if (is_null(dict)) return false;
    bool ok = dict_update(t, dict, other);
    Value items = ok ? dict_items_list(t, dict) : VNULL;
    ok = !is_null(items) && iterate(t, items, set_each, &self);
    decref_maybe(t, items);
    decref(t, dict);
    return ok;
}
static Value proxy_or(Thread *t, Value a, Value b) {
    if (!(is_dict(t, a) || IS_EXACT(a, FrameLocalsProxy)) || !(is_dict(t, b) || IS_EXACT(b, FrameLocalsProxy))) return V_NOTIMPL;
    Value dict = dict_new(t);
    if (is_null(dict)) return dict;
    if (dict_update(t, dict, a) && dict_update(t, dict, b)) return dict;
    decref(t, dict);
    return VNULL;
}
static Value proxy_ior(Thread *t, Value a, Value b) {
    if (!(is_dict(t, b) || IS_EXACT(b, FrameLocalsProxy))) return V_NOTIMPL;
    return update_from(t, a, b) ? new_ref(a) : VNULL;
}

static Value proxy_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs != 1) return err_raise(t, T_TypeError, "FrameLocalsProxy expected 1 argument, got %u", nargs);
    if (!IS_EXACT(args[0], frame)) return err_raise(t, T_TypeError, "expect frame, not %T", args[0]);
    if (!is_null(kwnames) && tuple_len(kwnames)) return err_raise(t, T_TypeError, "FrameLocalsProxy takes no keyword arguments");
    return proxy_make(t, V_AS(FrameObject, args[0]));
}

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
METHOD(proxy_keys) { return with_dict(t, args[0], dict_keys_list); }
METHOD(proxy_values) { return with_dict(t, args[0], dict_values_list); }
METHOD(proxy_items) { return with_dict(t, args[0], dict_items_list); }
METHOD(proxy_copy) { return proxy_dict(t, args[0]); }
METHOD(proxy_get) {
    Value v = proxy_find(t, args[0], args[1]);
    if (!is_null(v) || err_pending(t)) return v;
    return is_null(args[2]) ? V_NONE : new_ref(args[2]);
}
METHOD(proxy_setdefault) {
    Value v = proxy_find(t, args[0], args[1]);
    if (!is_null(v) || err_pending(t)) return v;
    v = is_null(args[2]) ? V_NONE : args[2];
    return proxy_setitem(t, args[0], args[1], v) ? new_ref(v) : VNULL;
}
METHOD(proxy_pop) {
    FrameObject *o = PROXY(args[0]);
    Value *slot = variable_slot(t, o->frame, args[1], false);
    if (slot != NULL) return err_raise(t, T_ValueError, "cannot remove local variables from FrameLocalsProxy");
    if (err_pending(t)) return VNULL;
    Value v = is_null(o->extra) ? VNULL : dict_pop(t, o->extra, args[1]);
    if (!is_null(v) || err_pending(t)) return v;
    return is_null(args[2]) ? err_raise_with(t, T_KeyError, args[1]) : new_ref(args[2]);
}
METHOD(proxy_update) { return update_from(t, args[0], args[1]) ? V_NONE : VNULL; }
METHOD(proxy_reversed) {
    Value keys = with_dict(t, args[0], dict_keys_list);
    if (is_null(keys)) return keys;
    list_reverse(V_AS(List, keys));
    return keys;
}

static const MethodDef proxy_methods[] = {
    {"keys", "($self, /)", "The names of the variables that have a value.", proxy_keys},
    {"values", "($self, /)", "Their values.", proxy_values},
    {"items", "($self, /)", "Pairs of name and value.", proxy_items},
    {"copy", "($self, /)", "A dict of what is here now.", proxy_copy},
    {"get", "($self, key, default=None, /)", "The value of a name, or the default.", proxy_get},
    {"setdefault", "($self, key, default=None, /)", "The value of a name, which gets the default if it has none.", proxy_setdefault},
    {"pop", "($self, key, default=<unrepresentable>, /)", "Remove a name that is no variable of the code.", proxy_pop},
    {"update", "($self, other, /)", "Set names from a mapping or pairs.", proxy_update},
    {"__reversed__", "($self, /)", "The names, the last first.", proxy_reversed},
    {NULL},
};
static const Field proxy_fields[] = {FIELD_POINTER(LocalsProxy, frame)};

const TypeDef typedef_FrameLocalsProxy = {
    .name = "FrameLocalsProxy",
    .flags = TF_GC | TF_IMMUTABLE | TF_MAPPING,
    .size = sizeof(LocalsProxy),
    FIELDS(proxy_fields),
    .methods = proxy_methods,
    .slots = {.new = proxy_new, .repr = proxy_repr, .compare = proxy_compare, .iter = proxy_iter, .len = proxy_len, .getitem = proxy_getitem,
              .setitem = proxy_setitem, .contains = proxy_contains, .binop[OP_or] = proxy_or, .inplace[OP_or] = proxy_ior},
};
