/* The attributes that classes have from type: names, bases, flags, annotations. */
#include "object/dict.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/mappingproxy.h"
#include "types/slots.h"
#include "types/types_priv.h"

/* What the class itself holds under a name, borrowed. */
static Value own(Type *type, Thread *t, Value name) { return is_null(type->dict) ? VNULL : dict_get_str(t, type->dict, name); }

static COLD Value no_attribute(Thread *t, Type *type, const char *name) {
    return err_raise(t, T_AttributeError, "type object '%N' has no attribute '%s'", type, name);
}

/* The common beginning of setters: false also for deletion where that is not possible. */
static bool may_set(Thread *t, Type *type, Value value, const char *name) {
    if (type->flags & TF_IMMUTABLE) return err_fail(t, T_TypeError, "cannot set '%s' attribute of immutable type '%N'", name, type);
    if (is_null(value)) return err_fail(t, T_TypeError, "cannot delete '%s' attribute of immutable type '%N'", name, type);
    return true;
}

static bool store(Thread *t, Type *type, Value name, Value value) {
    type_modified(t, type);
    return dict_set_str(t, type->dict, name, value);
}

/* --- Names ------------------------------------------------------------------------------------------------------------------------- */

static Value get_name(Thread *t, Value self, void *c) { return new_ref(V_AS(Type, self)->name); }
static Value get_qualname(Thread *t, Value self, void *c) { return new_ref(V_AS(Type, self)->qualname); }

bool type_name_is_fit(Thread *t, Value name) {
    if (str_find_char(V_AS(Str, name), 0, 0, str_len(V_AS(Str, name))) >= 0) return err_fail(t, T_ValueError, "type name must not contain null characters");
    Value bytes = VNULL;
    bool ok = str_utf8(t, name, NULL, &bytes) != NULL; /* no lone surrogates */
    decref_maybe(t, bytes);
    return ok;
}

static bool set_name(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (!may_set(t, type, value, "__name__")) return false;
    if (!is_str(t, value)) return err_fail(t, T_TypeError, "can only assign string to %N.__name__, not '%T'", type, value);
    if (!type_name_is_fit(t, value)) return false;
    slot_set(t, &type->name, new_ref(value));
    return true;
}

static bool set_qualname(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (!may_set(t, type, value, "__qualname__")) return false;
    if (!is_str(t, value)) return err_fail(t, T_TypeError, "can only assign string to %N.__qualname__, not '%T'", type, value);
    slot_set(t, &type->qualname, new_ref(value));
    return true;
}

Value type_module(Thread *t, Type *type) {
    Value module = own(type, t, N(t, __module__));
    if (!is_null(module) && !IS_EXACT(module, getset_descriptor) && !IS_EXACT(module, member_descriptor)) return new_ref(module);
    if (type->flags & TF_HEAP) return err_raise(t, T_AttributeError, "__module__");
    const char *dot = strrchr(type->def->name, '.');
    return dot ? str_from_ascii(t, type->def->name, dot - type->def->name) : new_ref(N(t, builtins));
}
static Value get_module(Thread *t, Value self, void *c) { return type_module(t, V_AS(Type, self)); }
static bool set_module(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (!may_set(t, type, value, "__module__")) return false;
    if (dict_delete(t, type->dict, N(t, __firstlineno__)) < 0) return false;
    return store(t, type, N(t, __module__), value);
}

static Value get_doc(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    Value doc = own(type, t, N(t, __doc__));
    if (is_null(doc)) return V_NONE;
    Type *kind = type_of(t, doc);
    if (kind->slots.descr_get == NULL) return new_ref(doc);
    incref(doc);
    Value r = kind->slots.descr_get(t, doc, VNULL, self);
    decref(t, doc);
    return r;
}
static bool set_doc(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    return may_set(t, type, value, "__doc__") && store(t, type, N(t, __doc__), value);
}

/* The signature that the docstring of a class in Python begins with: its name, parentheses, and a line of two dashes before the text. */
static Value signature_in_doc(Thread *t, Type *type, Value doc) {
    Value keep = VNULL, name_keep = VNULL;
    const char *text = str_cstr(t, doc, &keep), *name = text ? str_cstr(t, type->name, &name_keep) : NULL;
    size_t n = name ? strlen(name) : 0;
    Value signature = name ? V_NONE : VNULL;
    if (name && strncmp(text, name, n) == 0 && text[n] == '(') {
        const char *end = strstr(text, ")\n--\n\n"), *blank = strstr(text, "\n\n");
        if (end != NULL && end < blank) signature = str_from_utf8(t, text + n, end + 1 - (text + n));
    }
    decref_maybe(t, name_keep);
    decref_maybe(t, keep);
    if (is_null(signature) && err_catch(t, T_UnicodeError)) return V_NONE;
    return signature;
}

static Value get_text_signature(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    if (type->flags & TF_HEAP) {
        Value doc = dict_get_str(t, type->dict, N(t, __doc__));
        return !is_null(doc) && is_str(t, doc) ? signature_in_doc(t, type, doc) : V_NONE;
    }
    return type->def->signature == NULL ? V_NONE : str_from_cstr(t, type->def->signature);
}

/* --- Family ------------------------------------------------------------------------------------------------------------------------ */

static Value get_base(Thread *t, Value self, void *c) {
    Type *base = V_AS(Type, self)->base;
    return base ? ref_of(base) : V_NONE;
}
static Value get_mro(Thread *t, Value self, void *c) {
    Value mro = V_AS(Type, self)->mro;
    return is_null(mro) ? V_NONE : new_ref(mro);
}
static Value get_bases(Thread *t, Value self, void *c) { return new_ref(V_AS(Type, self)->bases); }

static bool check_new_bases(Thread *t, Type *type, Value value) {
    if (!is_tuple(t, value)) return err_fail(t, T_TypeError, "can only assign tuple to %N.__bases__, not %T", type, value);
    if (tuple_len(value) == 0) return err_fail(t, T_TypeError, "can only assign non-empty tuple to %N.__bases__, not ()", type);
    for (int64_t i = 0; i < tuple_len(value); i++) {
        Value base = tuple_at(value, i);
        if (!is_type(t, base)) return err_fail(t, T_TypeError, "%N.__bases__ must be tuple of classes, not '%T'", type, base);
        bool cycle = is_subtype(V_AS(Type, base), type);
        /* A mro() that sets __bases__ again: the new mro of the outer class is not there yet, but its base is. */
        for (Type *b = V_AS(Type, base); b && !cycle; b = b->base) cycle = b == type;
        if (cycle) return err_fail(t, T_TypeError, "a __bases__ item causes an inheritance cycle");
    }
    return true;
}

static bool set_bases(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (!may_set(t, type, value, "__bases__") || !check_new_bases(t, type, value)) return false;
    Type *base = type_best_base(t, value), *old_base = type->base;
    if (base == NULL || !type_compatible(t, base, old_base, "__bases__")) return false;
    Value old_bases = type->bases;
    obj_incref(base);
    type->bases = new_ref(value);
    type->base = base;
    bool ok = type_mro_changed(t, type);
    if (!same(type->bases, value)) { /* set again from within: that is what counts now */
        decref(t, old_bases);
        obj_decref(t, old_base);
        return ok;
    }
    if (!ok) {
        Value error = err_fetch(t);
        slot_set(t, &type->bases, old_bases);
        type->base = old_base;
        obj_decref(t, base);
        if (!type_mro_changed(t, type)) err_clear(t);
        err_restore(t, error);
        return false;
    }
    for (int64_t i = 0; i < tuple_len(old_bases); i++) type_remove_subclass(t, V_AS(Type, tuple_at(old_bases, i)), type);
    for (int64_t i = 0; ok && i < tuple_len(value); i++) ok = type_add_subclass(t, V_AS(Type, tuple_at(value, i)), type);
    decref(t, old_bases);
    obj_decref(t, old_base);
    type_modified(t, type);
    slots_resolve_family(t, type);
    return ok;
}

static Value get_dict(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    return is_null(type->dict) ? V_NONE : mappingproxy_new(t, type->dict);
}

static Value get_flags(Thread *t, Value self, void *c) {
    /* The numbers of CPython's flags, for those who look at single bits. */
    static const struct { uint32_t ours, theirs; } bits[] = {
        {TF_SEQUENCE, 1 << 5}, {TF_MAPPING, 1 << 6}, {TF_IMMUTABLE, 1 << 8}, {TF_HEAP, 1 << 9}, {TF_BASE, 1 << 10}, {TF_GC, 1 << 14},
        {TF_METHOD, 1 << 17}, {TF_ABSTRACT, 1 << 20}, {TF_INT, 1 << 24}, {TF_LIST, 1 << 25}, {TF_TUPLE, 1 << 26}, {TF_BYTES, 1 << 27},
        {TF_STR, 1 << 28}, {TF_DICT_SUB, 1 << 29}, {TF_EXCEPTION, 1 << 30}, {TF_TYPE, 1u << 31},
    };
    Type *type = V_AS(Type, self);
    uint64_t flags = 1 << 12 | 1 << 18; /* ready, has a version */
    if (type->slots.new == NULL) flags |= 1 << 7;
    /* Types of modules are made like classes there. */
    if (strchr(type->def->name, '.') && type != builtin_type(t, T_SimpleNamespace) && type != builtin_type(t, T_GenericAlias) && type != builtin_type(t, T_Union))
        flags |= 1 << 9;
    if (type->flags & TF_HEAP && type->flags & TF_DICT) flags |= 1 << 4; /* the runtime manages the dict ... */
    if (flags & 1 << 4 && !(type->flags & TF_VARSIZED)) flags |= 1 << 2; /* ... and keeps attributes inline */
    for (size_t i = 0; i < COUNT_OF(bits); i++)
        if (type->flags & bits[i].ours) flags |= bits[i].theirs;
    return int_from_u64(t, flags);
}
static Value get_basicsize(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    return int_from_i64(t, (int64_t)type->size + 8);
}
static Value get_itemsize(Thread *t, Value self, void *c) { return int_from_i64(t, V_AS(Type, self)->item_size); }
static Value get_dictoffset(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    return int_from_i64(t, type->flags & (TF_DICT | TF_DICT_FIELD) ? (type->flags & TF_HEAP || type->flags & TF_VARSIZED ? -1 : (int64_t)type->size) : 0);
}
static Value get_weakrefoffset(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    return int_from_i64(t, type->flags & TF_WEAKREF ? (type->flags & TF_HEAP ? -32 : (int64_t)type->size) : 0);
}

/* --- Abstract methods -------------------------------------------------------------------------------------------------------------- */

static Value get_abstractmethods(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    Value names = type == builtin_type(t, T_type) ? VNULL : own(type, t, N(t, __abstractmethods__));
    return is_null(names) ? err_attribute_text(t, self, N(t, __abstractmethods__), "type object '%N' has no attribute '__abstractmethods__'", type)
                          : new_ref(names);
}
static bool set_abstractmethods(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (type->flags & TF_IMMUTABLE) return may_set(t, type, value, "__abstractmethods__");
    int abstract = 0;
    if (!is_null(value)) {
        abstract = truth(t, value);
        if (abstract < 0 || !store(t, type, N(t, __abstractmethods__), value)) return false;
    } else {
        int deleted = dict_delete(t, type->dict, N(t, __abstractmethods__));
        if (deleted == 0) err_attribute_text(t, self, N(t, __abstractmethods__), "__abstractmethods__");
        if (deleted <= 0) return false;
    }
    type_modified(t, type);
    type->flags = abstract ? type->flags | TF_ABSTRACT : type->flags & ~(uint32_t)TF_ABSTRACT;
    return true;
}

/* --- Annotations ------------------------------------------------------------------------------------------------------------------- */

/* An entry of the class's namespace, bound to the class as an attribute would be. Owned. */
static Value bound_entry(Thread *t, Type *type, Value v) {
    Type *kind = type_of(t, v);
    if (kind->slots.descr_get == NULL) return new_ref(v);
    incref(v);
    Value r = kind->slots.descr_get(t, v, VNULL, v_from(type));
    decref(t, v);
    return r;
}

static Value get_annotate(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    if (!(type->flags & TF_HEAP)) return no_attribute(t, type, "__annotate__");
    Value v = own(type, t, N(t, __annotate__)); /* one that the class body defines by hand */
    if (is_null(v)) v = own(type, t, N(t, __annotate_func__));
    if (!is_null(v)) return bound_entry(t, type, v);
    return store(t, type, N(t, __annotate_func__), V_NONE) ? V_NONE : VNULL;
}
static bool set_annotate(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (is_null(value)) return err_fail(t, T_TypeError, "cannot delete __annotate__ attribute");
    if (type->flags & TF_IMMUTABLE) return may_set(t, type, value, "__annotate__");
    if (!is_none(value) && !is_callable(t, value)) return err_fail(t, T_TypeError, "__annotate__ must be callable or None");
    if (!store(t, type, N(t, __annotate_func__), value)) return false;
    if (is_none(value)) return true;
    return dict_delete(t, type->dict, N(t, __annotations_cache__)) >= 0;
}

static Value get_annotations(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    if (!(type->flags & TF_HEAP)) return no_attribute(t, type, "__annotations__");
    Value known = own(type, t, N(t, __annotations__));
    if (is_null(known)) known = own(type, t, N(t, __annotations_cache__));
    if (!is_null(known)) return bound_entry(t, type, known);
    Value annotate = get_annotate(t, self, NULL), result;
    if (is_null(annotate)) return VNULL;
    if (is_callable(t, annotate)) {
        result = call_1(t, annotate, v_smallint(1));
        if (!is_null(result) && !is_dict(t, result)) {
            err_raise(t, T_TypeError, "__annotate__ returned non-dict of type '%T'", result);
            slot_clear(t, &result);
        }
    } else {
        result = dict_new(t);
    }
    decref(t, annotate);
    if (!is_null(result) && !store(t, type, N(t, __annotations_cache__), result)) slot_clear(t, &result);
    return result;
}
static bool set_annotations(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    if (type->flags & TF_IMMUTABLE) return err_fail(t, T_TypeError, "cannot set '__annotations__' attribute of immutable type '%N'", type);
    type_modified(t, type);
    Value name = is_null(own(type, t, N(t, __annotations__))) ? N(t, __annotations_cache__) : N(t, __annotations__);
    if (!is_null(value)) {
        if (!dict_set_str(t, type->dict, name, value)) return false;
    } else {
        int deleted = dict_delete(t, type->dict, name);
        if (deleted == 0) err_raise(t, T_AttributeError, "__annotations__");
        if (deleted <= 0) return false;
    }
    return dict_delete(t, type->dict, N(t, __annotate_func__)) >= 0 && dict_delete(t, type->dict, N(t, __annotate__)) >= 0;
}

static Value get_type_params(Thread *t, Value self, void *c) {
    Type *type = V_AS(Type, self);
    Value v = type->flags & TF_HEAP ? own(type, t, N(t, __type_params__)) : VNULL;
    return is_null(v) ? tuple_new(t, 0) : new_ref(v);
}
static bool set_type_params(Thread *t, Value self, Value value, void *c) {
    Type *type = V_AS(Type, self);
    return may_set(t, type, value, "__type_params__") && store(t, type, N(t, __type_params__), value);
}

const GetSetDef type_getsets[] = {
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"__bases__", get_bases, set_bases},
    {"__base__", get_base},
    {"__mro__", get_mro},
    {"__module__", get_module, set_module},
    {"__abstractmethods__", get_abstractmethods, set_abstractmethods},
    {"__dict__", get_dict},
    {"__doc__", get_doc, set_doc},
    {"__text_signature__", get_text_signature},
    {"__annotations__", get_annotations, set_annotations},
    {"__annotate__", get_annotate, set_annotate},
    {"__type_params__", get_type_params, set_type_params},
    {"__flags__", get_flags},
    {"__basicsize__", get_basicsize},
    {"__itemsize__", get_itemsize},
    {"__dictoffset__", get_dictoffset},
    {"__weakrefoffset__", get_weakrefoffset},
    {NULL},
};
