/* The table of slots and special methods, and how a class's slots follow its attributes.
 *
 * Invariant: a slot of a class holds the C function of the built-in base whose method the class would find by name, or the
 * generic function that looks the method up and calls it (slots_generic.c) when that method is Python's.
 */
#include "types/slots.h"

#include "heap/heap.h"
#include "object/dict.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "types/slots_priv.h"
#include "types/types_priv.h"

#define slot_NONE NULL
#define wrap_NONE NULL
const SlotDef slot_defs[] = {
#define ROW(name, slot, wrap, generic, signature, doc) \
    {N_##name, offsetof(Slots, slot), N_##name == N___init__ || N_##name == N___call__, wrap_##wrap, (void *)slot_##generic, #name, signature, doc},
#include "types/slots.def"
#undef ROW
};
const int slot_defs_count = COUNT_OF(slot_defs);

bool slots_make_methods(Thread *t, Type *type, const Slots *own) {
    for (int i = 0; i < slot_defs_count; i++) {
        const SlotDef *d = &slot_defs[i];
        void *fn = *(void **)((char *)own + d->offset);
        if (fn == NULL || d->wrap == NULL || !is_null(dict_get_str(t, type->dict, t->names[d->name_id]))) continue;
        WrapperDescriptor *w = heap_object(t, SHAPE_wrapper_descriptor, sizeof *w);
        if (w == NULL) return false;
        w->type = type;
        w->slot = d;
        w->wrapped = fn;
        bool ok = dict_set_str(t, type->dict, t->names[d->name_id], v_from(w));
        obj_decref(t, w);
        if (!ok) return false;
    }
    if (own->new != NULL && is_null(dict_get_str(t, type->dict, N(t, __new__)))) {
        Value method = slots_new_method(t, type);
        if (is_null(method)) return false;
        bool ok = dict_set_str(t, type->dict, N(t, __new__), method);
        decref(t, method);
        if (!ok) return false;
    }
    /* Equality without a hash: instances cannot be hashed, and say so. */
    if (own->compare != NULL && own->hash == NULL && is_null(dict_get_str(t, type->dict, N(t, __hash__))))
        return dict_set_str(t, type->dict, N(t, __hash__), V_NONE);
    return true;
}

void slots_inherit(Type *type, const Type *base) {
    /* Hash and comparison go together. */
    bool comparable = type->slots.compare != NULL;
    void **own = (void **)&type->slots, *const *from = (void *const *)&base->slots;
    void *hash = (void *)type->slots.hash, *new = (void *)type->slots.new;
    for (size_t i = 0; i < sizeof(Slots) / sizeof(void *); i++)
        if (own[i] == NULL) own[i] = from[i];
    if (comparable) memcpy(&type->slots.hash, &hash, sizeof hash);
    if (type->flags & TF_NO_NEW) memcpy(&type->slots.new, &new, sizeof new);
}

/* The slot function that the rows [first, end), all of one slot, ask for. */
static void resolve_group(Thread *t, Type *type, int first, int end) {
    void *specific = NULL, *generic = NULL;
    bool use_generic = false, have_specific = false;
    for (int i = first; i < end; i++) {
        const SlotDef *d = &slot_defs[i];
        Value descr = type_lookup_uncached(t, type, t->names[d->name_id]);
        if (is_null(descr)) continue;
        if (IS_EXACT(descr, wrapper_descriptor) && V_AS(WrapperDescriptor, descr)->slot->name_id == d->name_id &&
            is_subtype(type, V_AS(WrapperDescriptor, descr)->type)) {
            WrapperDescriptor *w = V_AS(WrapperDescriptor, descr);
            void *fn = w->slot->offset == d->offset ? w->wrapped : *slot_address(w->type, d);
            if (have_specific && specific != fn) use_generic = true;
            specific = fn;
            have_specific = true;
            if (d->generic) generic = d->generic;
        } else if (IS_EXACT(descr, builtin_function) && V_AS(BuiltinFunction, descr)->flags & BF_NEW && d->name_id == N___new__) {
            specific = (void *)V_AS(Type, V_AS(BuiltinFunction, descr)->self)->slots.new;
            have_specific = true;
        } else if (is_none(descr) && d->name_id == N___hash__) {
            specific = NULL;
            have_specific = true;
        } else {
            use_generic = true;
            generic = d->generic;
        }
    }
    *slot_address(type, &slot_defs[first]) = have_specific && !use_generic ? specific : generic;
}

static int group_start(int i) {
    while (i > 0 && slot_defs[i - 1].offset == slot_defs[i].offset) i--;
    return i;
}
static int group_end(int i) {
    while (i < slot_defs_count && slot_defs[i].offset == slot_defs[group_start(i)].offset) {
        if (i + 1 == slot_defs_count || slot_defs[i + 1].offset != slot_defs[i].offset) return i + 1;
        i++;
    }
    return i;
}

static void slots_resolved(Type *type) {
    type->new_is_object = type->slots.new == object_new_slot;
    if (type->slots.finalize) type->flags |= TF_FINALIZE;
    else type->flags &= ~(uint32_t)TF_FINALIZE;
}

/* Whether a name may be a special method's. */
static bool is_dunder(Value name) {
    if (!IS_EXACT(name, str)) return false;
    const Str *s = V_AS(Str, name);
    int64_t n = str_len(s);
    return n > 4 && s->kind == 1 && s->data[0] == '_' && s->data[1] == '_' && s->data[n - 1] == '_' && s->data[n - 2] == '_';
}

static bool resolve_name(Thread *t, Type *type, Value name) {
    bool any = false;
    for (int i = 0; i < slot_defs_count; i++) {
        Value own = t->names[slot_defs[i].name_id];
        if (!same(own, name) && (str_is_interned(V_AS(Str, name)) || !str_equal(V_AS(Str, own), V_AS(Str, name)))) continue;
        resolve_group(t, type, group_start(i), group_end(i));
        any = true;
    }
    return any;
}

/* The slots that the names in the dict of `one`, a class of the type's mro, have a say in. */
static void resolve_names_of(Thread *t, Type *type, const Type *one) {
    uint32_t pos = 0;
    Value name, value;
    while (dict_next(one->dict, &pos, &name, &value))
        if (is_dunder(name)) resolve_name(t, type, name);
}

void slots_resolve(Thread *t, Type *type, bool all) {
    if (all) {
        for (int i = 0, end; i < slot_defs_count; i = end) {
            end = group_end(i);
            resolve_group(t, type, i, end);
        }
    } else {
        resolve_names_of(t, type, type);
    }
    slots_resolved(type);
}

void slots_resolve_beside(Thread *t, Type *type) {
    const Type *base = type->base;
    uint32_t of_base = 0;
    for (uint32_t i = 0; i < type->mro_count; i++)
        if (of_base < base->mro_count && type->mro_types[i] == base->mro_types[of_base]) of_base++;
    if (of_base < base->mro_count) { /* a mro() of its own */
        slots_resolve(t, type, true);
        return;
    }
    of_base = 0;
    for (uint32_t i = 0; i < type->mro_count; i++) {
        if (of_base < base->mro_count && type->mro_types[i] == base->mro_types[of_base]) of_base++;
        else resolve_names_of(t, type, type->mro_types[i]);
    }
    slots_resolved(type);
}

void slots_resolve_family(Thread *t, Type *type) {
    slots_resolve(t, type, true);
    if (is_null(type->subclasses)) return;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(type->subclasses, &pos, &key, &value)) {
        if (IS_EXACT(value, weakref)) value = weakref_get(value);
        if (!is_none(value)) slots_resolve_family(t, V_AS(Type, value));
    }
}

void slots_follow(Thread *t, Type *type, Value name) {
    if (!is_dunder(name) || !resolve_name(t, type, name)) return;
    slots_resolved(type);
    if (is_null(type->subclasses)) return;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(type->subclasses, &pos, &key, &value)) {
        if (IS_EXACT(value, weakref)) value = weakref_get(value);
        if (!is_none(value)) slots_follow(t, V_AS(Type, value), name);
    }
}

/* --- __new__ ----------------------------------------------------------------------------------------------------------------------- */

/* `T.__new__(cls, ...)`: self is T. */
static Value new_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Type *owner = V_AS(Type, V_AS(BuiltinFunction, args[-1])->self);
    if (nargs == 0) return err_raise(t, T_TypeError, "%N.__new__(): not enough arguments", owner);
    if (!is_type(t, args[0])) return err_raise(t, T_TypeError, "%N.__new__(X): X is not a type object (%T)", owner, args[0]);
    Type *type = V_AS(Type, args[0]);
    if (!is_subtype(type, owner)) return err_raise(t, T_TypeError, "%N.__new__(%N): %N is not a subtype of %N", owner, type, type, owner);
    if (type->slots.new == NULL) return err_raise(t, T_TypeError, "cannot create '%N' instances", type);
    Type *builtin = type;
    while (builtin && (void *)builtin->slots.new == (void *)slot_new) builtin = builtin->base;
    bool plain = builtin && builtin->slots.new == type_generic_new && owner->slots.new == object_new_slot; /* nothing but memory */
    if (builtin && builtin->slots.new != owner->slots.new && !plain)
        return err_raise(t, T_TypeError, "%N.__new__(%N) is not safe, use %N.__new__()", owner, type, builtin);
    size_t n = nargs - 1 + keyword_count(kwnames);
    ArgCopy c;
    if (copy_begin(t, &c, n) == NULL) return VNULL;
    if (n) memcpy(c.args, args + 1, n * sizeof(Value));
    Value r = owner->slots.new(t, type, c.args, nargs - 1, kwnames);
    copy_end(t, &c);
    return r;
}

static const MethodDef new_def = {"__new__", "($type, *args, **kwargs)", "Create and return a new object.  See help(type) for accurate signature.", new_method};

Value slots_new_method(Thread *t, Type *type) {
    Value v = builtin_new(t, &new_def, v_from(type), VNULL);
    if (is_null(v)) return v;
    BuiltinFunction *f = V_AS(BuiltinFunction, v);
    f->flags = (uint16_t)((f->flags & ~BF_SELF) | BF_NEW);
    f->total_params = 0xFFFF;
    return v;
}
