/* object: the root of all classes, and what every instance has from it. */
#include "base/hash.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/slots_priv.h"
#include "types/types_priv.h"

/* --- Making ------------------------------------------------------------------------------------------------------------------------ */

static COLD Value fail_abstract(Thread *t, Type *type) {
    Value names = attr_get(t, v_from(type), N(t, __abstractmethods__));
    if (is_null(names)) return VNULL;
    Value sorted = list_from_iterable(t, names);
    decref(t, names);
    if (is_null(sorted)) return VNULL;
    Value text = VNULL, separator = VNULL;
    if (list_sort(t, V_AS(List, sorted), VNULL, false)) {
        separator = str_from_cstr(t, "', '");
        if (!is_null(separator)) text = str_join(t, separator, V_AS(List, sorted)->items, list_len(sorted));
    }
    if (!is_null(text))
        err_raise(t, T_TypeError, "Can't instantiate abstract class %N without an implementation for abstract method%s '%U'", type,
                  list_len(sorted) > 1 ? "s" : "", text);
    decref_maybe(t, text);
    decref_maybe(t, separator);
    decref(t, sorted);
    return VNULL;
}

static COLD bool fail_excess(Thread *t, Type *type) {
    if (type->slots.new != object_new_slot)
        return err_fail(t, T_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
    return err_fail(t, T_TypeError, "%N() takes no arguments", type);
}

/* Arguments are an error unless __init__ is there to take them. */
Value object_new_slot(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (UNLIKELY(nargs || keyword_count(kwnames)) && (type->slots.new != object_new_slot || type->slots.init == object_init_slot)) {
        fail_excess(t, type);
        return VNULL;
    }
    if (UNLIKELY(type->flags & TF_ABSTRACT)) return fail_abstract(t, type);
    Value v = object_new(t, type);
    return LIKELY(!is_null(v)) ? object_done(t, v) : v;
}

Value type_generic_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    return is_null(v) ? v : object_done(t, v);
}

/* ... and an error for __init__ unless __new__ is there to take them. */
bool object_init_slot(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (LIKELY(nargs == 0 && keyword_count(kwnames) == 0)) return true;
    Type *type = type_of(t, self);
    if (type->slots.init != object_init_slot)
        return err_fail(t, T_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
    if (type->slots.new == object_new_slot) return err_fail(t, T_TypeError, "%N.__init__() takes exactly one argument (the instance to initialize)", type);
    return true;
}

/* --- Text, comparison -------------------------------------------------------------------------------------------------------------- */

static Value object_repr(Thread *t, Value self) {
    Value name = type_name_text(t, type_of(t, self));
    if (is_null(name)) return VNULL;
    Value r = str_format(t, "<%U object at %p>", name, (void *)self.bits);
    decref(t, name);
    return r;
}
static Value object_str(Thread *t, Value self) { return repr_of(t, self); }

static bool object_hash(Thread *t, Value self, int64_t *hash) {
    *hash = hash_pointer((void *)self.bits);
    return true;
}

static Value object_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (op == CMP_EQ) return same(a, b) ? V_TRUE : V_NOTIMPL;
    if (op != CMP_NE) return V_NOTIMPL;
    /* != is the opposite of == where == has an answer. */
    Type *type = type_of(t, a);
    if (type->slots.compare == object_compare) return same(a, b) ? V_FALSE : V_NOTIMPL;
    Value r = type->slots.compare(t, a, b, CMP_EQ);
    if (is_null(r) || is_notimpl(r)) return r;
    int equal = truth(t, r);
    decref(t, r);
    return equal < 0 ? VNULL : v_bool(!equal);
}

static Value object_format(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__format__() argument must be str, not %T", args[1]);
    if (str_len(V_AS(Str, args[1])) > 0) return err_raise(t, T_TypeError, "unsupported format string passed to %T.__format__", args[0]);
    return str_of(t, args[0]);
}

/* --- Class ------------------------------------------------------------------------------------------------------------------------- */

static Value object_get_class(Thread *t, Value self, void *closure) { return ref_of(type_of(t, self)); }

/* Whether instances of one can become instances of the other: same layout below the classes, the same slots, dict and weak references. */
static bool same_layout(Thread *t, Type *a, Type *b) {
    if (a->size != b->size || a->item_size != b->item_size || (a->flags ^ b->flags) & (TF_DICT | TF_WEAKREF | TF_DICT_FIELD)) return false;
    if (a->slots.destroy != b->slots.destroy) return false;
    Type *solid_a = type_solid(a), *solid_b = type_solid(b);
    if (solid_a == solid_b) return true;
    /* Both may have added slots of the same names to the same base. */
    if (!(solid_a->flags & TF_HEAP) || !(solid_b->flags & TF_HEAP) || type_solid(solid_a->base) != type_solid(solid_b->base)) return false;
    Value sa = dict_get_str(t, solid_a->dict, N(t, __slots__)), sb = dict_get_str(t, solid_b->dict, N(t, __slots__));
    if (is_null(sa) || is_null(sb)) return false;
    Value la = list_from_iterable(t, sa), lb = is_null(la) ? VNULL : list_from_iterable(t, sb);
    bool equal_slots = !is_null(lb) && list_sort(t, V_AS(List, la), VNULL, false) && list_sort(t, V_AS(List, lb), VNULL, false) && equal(t, la, lb) == 1;
    decref_maybe(t, la);
    decref_maybe(t, lb);
    err_clear(t);
    return equal_slots;
}

bool type_compatible(Thread *t, Type *now, Type *old, const char *attribute) {
    if (now->slots.destroy != old->slots.destroy)
        return err_fail(t, T_TypeError, "%s assignment: '%N' deallocator differs from '%N'", attribute, now, old);
    if (same_layout(t, now, old)) return true;
    return err_fail(t, T_TypeError, "%s assignment: '%N' object layout differs from '%N'", attribute, now, old);
}

static bool object_set_class(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "can't delete __class__ attribute");
    if (!is_type(t, value)) return err_fail(t, T_TypeError, "__class__ must be set to a class, not '%T' object", value);
    Type *now = V_AS(Type, value), *old = type_of(t, self);
    Type *module = builtin_type(t, T_module);
    if (!(is_subtype(now, module) && is_subtype(old, module)) && (now->flags & TF_IMMUTABLE || old->flags & TF_IMMUTABLE))
        return err_fail(t, T_TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
    if (!type_compatible(t, now, old, "__class__")) return false;
    if (now == old) return true;
    Object *o = v_obj(self);
    uint32_t shape = now->shape;
    if (old->flags & TF_DICT) {
        /* The attributes go into a dict, which any class can take over. */
        Value dict = instance_dict(t, o);
        if (is_null(dict)) return false;
        decref(t, dict);
        Shape *mode = shape_dict_mode(t, now);
        if (mode == NULL) return false;
        shape = shape_offset(t, mode);
    }
    if (now->flags & TF_HEAP) obj_incref(now);
    o->shape = shape;
    if (old->flags & TF_HEAP) obj_decref(t, old);
    return true;
}

/* --- Pickling ---------------------------------------------------------------------------------------------------------------------- */

static Value copyreg_attribute(Thread *t, const char *name) {
    Value module = t->hooks->import(t, "copyreg");
    if (is_null(module)) return VNULL;
    Value v = attr_get_cstr(t, module, name);
    decref(t, module);
    return v;
}

/* The names of the slots of a class: a list, or None. */
static Value slot_names(Thread *t, Type *type) {
    Value known = dict_get_str(t, type->dict, N(t, __slotnames__));
    if (!is_null(known)) {
        if (is_none(known) || is_list(t, known)) return new_ref(known);
        return err_raise(t, T_TypeError, "%N.__slotnames__ should be a list or None, not %T", type, known);
    }
    Value find = copyreg_attribute(t, "_slotnames");
    if (is_null(find)) return VNULL;
    Value names = call_1(t, find, v_from(type));
    decref(t, find);
    if (!is_null(names) && !is_none(names) && !is_list(t, names)) {
        decref(t, names);
        return err_raise(t, T_TypeError, "copyreg._slotnames didn't return a list or None");
    }
    return names;
}

/* The attributes of an instance as a new dict, which leaves the instance in its slots; VNULL without an exception where they
 * are not in slots. */
static Value slots_as_dict(Thread *t, Value self, Type *type) {
    if (!type_is_plain_instance(t, self)) return VNULL;
    Shape *shape = obj_shape(t, v_obj(self));
    if (shape->flags & SHAPE_DICT_MODE) return VNULL;
    Value dict = dict_new_sized(t, shape->nslots);
    const Value *names = is_null(dict) || shape->nslots == 0 ? NULL : shape_names(t, shape);
    bool ok = !is_null(dict) && (names != NULL || shape->nslots == 0);
    for (int i = 0; ok && i < shape->nslots; i++) ok = dict_set_str(t, dict, names[i], *instance_slot(t, v_obj(self), shape, i));
    if (!ok && !is_null(dict)) slot_clear(t, &dict);
    return dict;
}

/* What object.__getstate__ answers: the attributes, or a pair of them and the slots; None when there is nothing. */
static Value default_state(Thread *t, Value self, bool required) {
    Type *type = type_of(t, self);
    if (required && type->item_size) return err_raise(t, T_TypeError, "cannot pickle %N objects", type);
    Value state = slots_as_dict(t, self, type);
    if (is_null(state) && err_pending(t)) return VNULL;
    if (is_null(state)) state = attr_get_maybe(t, self, N(t, __dict__));
    if (is_null(state)) {
        if (err_pending(t)) return VNULL;
        state = V_NONE;
    } else if (is_dict(t, state) && dict_len(state) == 0) {
        slot_set(t, &state, V_NONE);
    }
    Value names = slot_names(t, type), slots = VNULL;
    if (is_null(names)) goto fail;
    int64_t count = is_none(names) ? 0 : list_len(names);
    if (required && type->size > sizeof(Object) + 8 * (size_t)count) {
        err_raise(t, T_TypeError, "cannot pickle '%N' object", type);
        goto fail;
    }
    for (int64_t i = 0; i < count && i < list_len(names); i++) {
        Value name = new_ref(list_at(names, i)), v = attr_get_maybe(t, self, name);
        bool ok = !is_null(v) || !err_pending(t);
        if (!is_null(v)) {
            if (is_null(slots)) slots = dict_new(t);
            ok = !is_null(slots) && dict_set(t, slots, name, v);
            decref(t, v);
        }
        decref(t, name);
        if (!ok) goto fail;
    }
    decref(t, names);
    if (is_null(slots)) return state;
    Value pair = tuple_of(t, 2, state, slots);
    decref(t, state);
    decref(t, slots);
    return pair;
fail:
    decref_maybe(t, names);
    decref_maybe(t, slots);
    decref(t, state);
    return VNULL;
}

static Value object_getstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return default_state(t, args[0], false); }

static Value state_of(Thread *t, Value self, bool required) {
    Value method = type_lookup(t, type_of(t, self), N(t, __getstate__));
    Value standard = type_lookup(t, builtin_type(t, T_object), N(t, __getstate__));
    if (same(method, standard) && is_null(attr_own(t, type_of(t, self), self, N(t, __getstate__)))) return default_state(t, self, required);
    return call_method_0(t, self, N(t, __getstate__));
}

/* The arguments for __new__ when it is unpickled: *args a tuple or VNULL, *kwargs a dict or VNULL. */
static bool new_arguments(Thread *t, Value self, Value *args, Value *kwargs) {
    *args = *kwargs = VNULL;
    Value method = lookup_special(t, self, N(t, __getnewargs_ex__));
    if (!is_null(method)) {
        Value pair = call_0(t, method);
        decref(t, method);
        if (is_null(pair)) return false;
        bool ok = false;
        if (!is_tuple(t, pair)) err_raise(t, T_TypeError, "__getnewargs_ex__ should return a tuple, not '%T'", pair);
        else if (tuple_len(pair) != 2) err_raise(t, T_ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %ld", (long)tuple_len(pair));
        else if (!is_tuple(t, tuple_at(pair, 0)))
            err_raise(t, T_TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%T'", tuple_at(pair, 0));
        else if (!is_dict(t, tuple_at(pair, 1)))
            err_raise(t, T_TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%T'", tuple_at(pair, 1));
        else ok = true;
        if (ok) {
            *args = new_ref(tuple_at(pair, 0));
            *kwargs = new_ref(tuple_at(pair, 1));
        }
        decref(t, pair);
        return ok;
    }
    if (err_pending(t)) return false;
    method = lookup_special(t, self, N(t, __getnewargs__));
    if (is_null(method)) return !err_pending(t);
    *args = call_0(t, method);
    decref(t, method);
    if (is_null(*args)) return false;
    if (is_tuple(t, *args)) return true;
    err_raise(t, T_TypeError, "__getnewargs__ should return a tuple, not '%T'", *args);
    slot_clear(t, args);
    return false;
}

/* Protocol 2 and up: (copyreg.__newobj__, (cls, *args), state, list items, dict items). */
static Value reduce_newobj(Thread *t, Value self) {
    Type *type = type_of(t, self);
    if (type->slots.new == NULL) return err_raise(t, T_TypeError, "cannot pickle '%N' object", type);
    Value args, kwargs, maker = VNULL, new_args = VNULL, state = VNULL, items = VNULL, pairs = VNULL, result = VNULL;
    if (!new_arguments(t, self, &args, &kwargs)) return VNULL;
    bool has_args = !is_null(args);
    Value cls = v_from(type);
    if (is_null(kwargs) || dict_len(kwargs) == 0) {
        maker = copyreg_attribute(t, "__newobj__");
        int64_t n = has_args ? tuple_len(args) : 0;
        new_args = is_null(maker) ? VNULL : tuple_new(t, n + 1);
        if (is_null(new_args)) goto done;
        V_AS(Tuple, new_args)->items[0] = new_ref(cls);
        for (int64_t i = 0; i < n; i++) V_AS(Tuple, new_args)->items[i + 1] = new_ref(tuple_at(args, i));
        tuple_done(t, new_args);
    } else {
        maker = copyreg_attribute(t, "__newobj_ex__");
        new_args = is_null(maker) ? VNULL : tuple_of(t, 3, cls, args, kwargs);
        if (is_null(new_args)) goto done;
    }
    state = state_of(t, self, !has_args && !is_list(t, self) && !is_dict(t, self));
    if (is_null(state)) goto done;
    items = is_list(t, self) ? iter_of(t, self) : V_NONE;
    if (is_null(items)) goto done;
    pairs = V_NONE;
    if (is_dict(t, self)) {
        Value view = call_method_0(t, self, N(t, items));
        pairs = is_null(view) ? VNULL : iter_of(t, view);
        decref_maybe(t, view);
        if (is_null(pairs)) goto done;
    }
    result = tuple_of(t, 5, maker, new_args, state, items, pairs);
done:
    decref_maybe(t, args);
    decref_maybe(t, kwargs);
    decref_maybe(t, maker);
    decref_maybe(t, new_args);
    decref_maybe(t, state);
    decref_maybe(t, items);
    decref_maybe(t, pairs);
    return result;
}

static Value reduce_by_protocol(Thread *t, Value self, int64_t protocol) {
    if (protocol >= 2) return reduce_newobj(t, self);
    Value reduce = copyreg_attribute(t, "_reduce_ex");
    if (is_null(reduce)) return VNULL;
    Value r = call_2(t, reduce, self, int_from_i64(t, protocol));
    decref(t, reduce);
    return r;
}

static Value object_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return reduce_by_protocol(t, args[0], 0); }

static Value object_reduce_ex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t protocol;
    if (!arg_i64(t, args[1], &protocol)) return VNULL;
    Value reduce = attr_get_maybe(t, args[0], N(t, __reduce__));
    if (is_null(reduce)) return err_pending(t) ? VNULL : reduce_by_protocol(t, args[0], protocol);
    Value own = type_lookup(t, type_of(t, args[0]), N(t, __reduce__));
    Value standard = type_lookup(t, builtin_type(t, T_object), N(t, __reduce__));
    Value r = same(own, standard) ? VNULL : call_0(t, reduce);
    decref(t, reduce);
    return same(own, standard) ? reduce_by_protocol(t, args[0], protocol) : r;
}

/* --- dir() ------------------------------------------------------------------------------------------------------------------------- */

bool merge_class_names(Thread *t, Value names, Value cls) {
    if (!stack_check(t, "")) return false;
    Value dict = attr_get_maybe(t, cls, N(t, __dict__));
    if (is_null(dict) && err_pending(t)) return false;
    bool ok = is_null(dict) || dict_update(t, names, dict);
    decref_maybe(t, dict);
    if (!ok) return false;
    Value bases = attr_get_maybe(t, cls, N(t, __bases__));
    if (is_null(bases)) return !err_pending(t);
    if (is_tuple(t, bases))
        for (int64_t i = 0; ok && i < tuple_len(bases); i++) ok = merge_class_names(t, names, tuple_at(bases, i));
    decref(t, bases);
    return ok;
}

static Value object_dir(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value own = attr_get_maybe(t, args[0], N(t, __dict__));
    if (is_null(own) && err_pending(t)) return VNULL;
    Value names = !is_null(own) && is_dict(t, own) ? dict_copy(t, own) : dict_new(t);
    decref_maybe(t, own);
    if (is_null(names)) return VNULL;
    Value cls = attr_get_maybe(t, args[0], N(t, __class__)), list = VNULL;
    if (!(is_null(cls) && err_pending(t)) && (is_null(cls) || merge_class_names(t, names, cls))) list = dict_keys_list(t, names);
    decref_maybe(t, cls);
    decref(t, names);
    return list;
}

/* --- The rest ---------------------------------------------------------------------------------------------------------------------- */

static Value object_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_obj(args[0])) return int_from_i64(t, (int64_t)heap_size(v_obj(args[0])));
    return int_from_i64(t, type_of(t, args[0])->size);
}
static Value object_init_subclass(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_NONE; }
static Value object_subclasshook(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_NOTIMPL; }

static const MethodDef methods[] = {
    {"__reduce_ex__", "($self, protocol, /)", "Helper for pickle.", object_reduce_ex},
    {"__reduce__", "($self, /)", "Helper for pickle.", object_reduce},
    {"__getstate__", "($self, /)", "Helper for pickle.", object_getstate},
    {"__subclasshook__", "($type, object, /)", "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).", object_subclasshook, MF_CLASS},
    {"__init_subclass__", "($type, /)", "This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses.", object_init_subclass, MF_CLASS},
    {"__format__", "($self, format_spec, /)", "Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise.", object_format},
    {"__sizeof__", "($self, /)", "Size of object in memory, in bytes.", object_sizeof},
    {"__dir__", "($self, /)", "Default dir() implementation.", object_dir},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__class__", object_get_class, object_set_class, "the object's class"},
    {NULL},
};
const TypeDef typedef_object = {
    .name = "object",
    .doc = "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    .signature = "()",
    .flags = TF_BASE,
    .size = sizeof(Object),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = object_new_slot, .init = object_init_slot, .repr = object_repr, .str = object_str, .hash = object_hash,
              .compare = object_compare, .getattr = attr_generic_get, .setattr = attr_generic_set},
};
