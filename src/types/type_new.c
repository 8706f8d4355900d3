/* Making classes: what type(name, bases, namespace, **keywords) does.
 *
 *     metaclass -> best base -> __slots__ -> the type object -> namespace -> mro -> C slots -> __set_name__ -> __init_subclass__
 *
 * The layout of an instance is the base's, then a word for each name in __slots__ (sorted), then the ext word if the class is the first
 * with a __dict__ or weak references.
 */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/warn.h"
#include "types/mappingproxy.h"
#include "types/slots.h"
#include "types/types_priv.h"

/* A class on its way. */
typedef struct Plan {
    Type *metatype, *base;
    Value name, bases, dict; /* bases and dict owned */
    Value slots;             /* list of the mangled names, sorted; VNULL: no __slots__ */
    bool may_add_dict, may_add_weakref, add_dict, add_weakref;
    bool slots_are_attributes; /* the base leaves them no fixed place: MK_ATTRIBUTE */
} Plan;

/* --- Metaclass --------------------------------------------------------------------------------------------------------------------- */

Type *type_winning_metatype(Thread *t, Type *metatype, Value bases) {
    for (int64_t i = 0; i < tuple_len(bases); i++) {
        Type *other = type_of(t, tuple_at(bases, i));
        if (is_subtype(metatype, other)) continue;
        if (is_subtype(other, metatype)) {
            metatype = other;
            continue;
        }
        err_raise(t, T_TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases");
        return NULL;
    }
    return metatype;
}

static bool check_bases(Thread *t, Value bases) {
    for (int64_t i = 0; i < tuple_len(bases); i++) {
        Value base = tuple_at(bases, i);
        if (is_type(t, base)) continue;
        int has = attr_has(t, base, N(t, __mro_entries__));
        if (has < 0) return false;
        if (has) return err_fail(t, T_TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
    }
    return true;
}

/* --- __slots__ --------------------------------------------------------------------------------------------------------------------- */

/* __private in a class X is _X__private. Owned. */
Value type_mangle(Thread *t, Value class_name, Value name) {
    const Str *n = V_AS(Str, name), *c = V_AS(Str, class_name);
    int64_t length = str_len(n), skip = 0;
    if (length < 3 || str_at(n, 0) != '_' || str_at(n, 1) != '_') return new_ref(name);
    if (str_at(n, length - 1) == '_' && str_at(n, length - 2) == '_') return new_ref(name);
    if (str_find_char(n, '.', 0, length) >= 0) return new_ref(name);
    while (skip < str_len(c) && str_at(c, skip) == '_') skip++;
    if (skip == str_len(c)) return new_ref(name);
    Value stem = str_substring(t, class_name, skip, str_len(c));
    if (is_null(stem)) return VNULL;
    Value r = str_format(t, "_%U%U", stem, name);
    decref(t, stem);
    return r;
}

/* One item of __slots__. */
static bool plan_slot(Thread *t, Plan *p, Value slot) {
    if (!is_str(t, slot)) return err_fail(t, T_TypeError, "__slots__ items must be strings, not '%T'", slot);
    if (!str_is_identifier(V_AS(Str, slot))) return err_fail(t, T_TypeError, "__slots__ must be identifiers");
    if (str_equals_cstr(V_AS(Str, slot), "__dict__")) {
        if (!p->may_add_dict || p->add_dict) return err_fail(t, T_TypeError, "__dict__ slot disallowed: we already got one");
        return p->add_dict = true;
    }
    if (str_equals_cstr(V_AS(Str, slot), "__weakref__")) {
        if (!p->may_add_weakref || p->add_weakref) return err_fail(t, T_TypeError, "__weakref__ slot disallowed: we already got one");
        return p->add_weakref = true;
    }
    Value name = type_mangle(t, p->name, slot);
    if (!is_null(name)) {
        Value exact = str_exact(t, name);
        decref(t, name);
        name = is_null(exact) ? VNULL : str_intern(t, exact);
    }
    if (is_null(name)) return false;
    if (!list_append_take(t, V_AS(List, p->slots), name)) return false;
    if (is_null(dict_get_str(t, p->dict, name))) return true;
    if (same(name, N(t, __qualname__)) || same(name, N(t, __classcell__)) || same(name, N(t, __classdictcell__))) return true;
    return err_fail(t, T_ValueError, "%R in __slots__ conflicts with class variable", name);
}

/* Bases other than the first may bring what the class may not have by its own __slots__. */
static void plan_other_bases(Thread *t, Plan *p) {
    for (int64_t i = 0; i < tuple_len(p->bases); i++) {
        Type *base = V_AS(Type, tuple_at(p->bases, i));
        if (base == p->base) continue;
        if (p->may_add_dict && base->flags & (TF_DICT | TF_DICT_FIELD)) p->add_dict = true;
        if (p->may_add_weakref && base->flags & TF_WEAKREF) p->add_weakref = true;
    }
}

static bool plan_slots(Thread *t, Plan *p) {
    p->may_add_dict = !(p->base->flags & (TF_DICT | TF_DICT_FIELD | TF_TYPE)); /* classes have their namespace */
    p->may_add_weakref = !(p->base->flags & TF_WEAKREF) && (!(p->base->flags & TF_VARSIZED) || p->base->flags & TF_STR);
    Value slots = dict_get_str(t, p->dict, N(t, __slots__));
    if (is_null(slots)) {
        p->add_dict = p->may_add_dict;
        p->add_weakref = p->may_add_weakref;
        return true;
    }
    Value items = is_str(t, slots) ? tuple_of(t, 1, slots) : tuple_from_iterable(t, slots);
    if (is_null(items)) return false;
    bool ok = false;
    p->slots_are_attributes = p->base->flags & TF_VARSIZED;
    if (tuple_len(items) > 0 && p->slots_are_attributes && !(p->base->flags & TF_STR)) {
        err_raise(t, T_TypeError, "nonempty __slots__ not supported for subtype of '%N'", p->base);
        goto done;
    }
    p->slots = list_new(t, tuple_len(items));
    if (is_null(p->slots)) goto done;
    for (int64_t i = 0; i < tuple_len(items); i++)
        if (!plan_slot(t, p, tuple_at(items, i))) goto done;
    ok = list_sort(t, V_AS(List, p->slots), VNULL, false);
    if (ok && tuple_len(p->bases) > 1) plan_other_bases(t, p);
done:
    decref(t, items);
    return ok;
}

static bool add_slot_member(Thread *t, Type *type, const Plan *p, const MemberDef *def, Value name) {
    Value member = type_member_new(t, type, def, name);
    bool ok = !is_null(member) && dict_set_str(t, p->dict, name, member);
    decref_maybe(t, member);
    return ok;
}

static bool make_slot_members(Thread *t, Type *type, const Plan *p) {
    int64_t n = is_null(p->slots) ? 0 : list_len(p->slots);
    if (p->slots_are_attributes) {
        static const MemberDef def = {NULL, MK_ATTRIBUTE};
        type->size = p->base->size;
        for (int64_t i = 0; i < n; i++)
            if (!add_slot_member(t, type, p, &def, list_at(p->slots, i))) return false;
        return type_set_fields(t, type, NULL, 0);
    }
    Field room[16], *fields = room;
    if (n > (int64_t)COUNT_OF(room) && (fields = heap_alloc(t, (size_t)n * sizeof *fields)) == NULL) return false;
    bool ok = true;
    for (int64_t i = 0; ok && i < n; i++) {
        uint32_t offset = p->base->size + 8 * (uint32_t)i;
        fields[i] = (Field){F_VALUE, 0, offset, 0};
        MemberDef def = {NULL, MK_VALUE_OR_ATTRIBUTE_ERROR, 0, offset, NULL};
        ok = add_slot_member(t, type, p, &def, list_at(p->slots, i));
    }
    type->size = p->base->size + 8 * (uint32_t)n;
    if (ok) ok = type_set_fields(t, type, fields, (uint32_t)n);
    if (fields != room) heap_free(t, fields);
    return ok;
}

/* --- The namespace ----------------------------------------------------------------------------------------------------------------- */

static bool set_default(Thread *t, Value dict, Value name, Value v) { return !is_null(dict_get_str(t, dict, name)) || dict_set_str(t, dict, name, v); }

/* __module__ is that of the code that makes the class. */
static bool fill_module(Thread *t, Value dict) {
    if (!is_null(dict_get_str(t, dict, N(t, __module__)))) return true;
    Value globals = t->hooks->frame_globals ? t->hooks->frame_globals(t) : VNULL;
    Value module = is_null(globals) ? VNULL : dict_get_str(t, globals, N(t, __name__));
    return is_null(module) || dict_set_str(t, dict, N(t, __module__), module);
}

static bool take_qualname(Thread *t, Type *type, Value dict) {
    Value qualname = dict_get_str(t, dict, N(t, __qualname__));
    if (is_null(qualname)) {
        type->qualname = new_ref(type->name);
        return true;
    }
    if (!is_str(t, qualname)) return err_fail(t, T_TypeError, "type __qualname__ must be a str, not %T", qualname);
    type->qualname = new_ref(qualname);
    return dict_delete(t, dict, N(t, __qualname__)) >= 0;
}

/* A plain function under one of these names becomes a static or class method. */
static bool wrap_function(Thread *t, Value dict, Value name, uint32_t shape) {
    Value f = dict_get_str(t, dict, name);
    if (is_null(f) || !IS_EXACT(f, function)) return true;
    WrappedMethod *m = heap_object(t, shape, sizeof *m);
    if (m == NULL) return false;
    m->callable = new_ref(f);
    m->ext = NULL;
    gc_track(t, m);
    bool ok = dict_set_str(t, dict, name, v_from(m));
    obj_decref(t, m);
    return ok;
}

/* The cell that methods of the class see as __class__ (or the one of its namespace). */
static bool fill_cell(Thread *t, Type *type, Value dict, Value name, Value content) {
    Value cell = dict_get_str(t, dict, name);
    if (is_null(cell)) return true;
    if (!IS_EXACT(cell, cell)) return err_fail(t, T_TypeError, "%U must be a nonlocal cell, not <%R>", name, v_from(type_of(t, cell)));
    slot_set(t, &V_AS(Cell, cell)->value, new_ref(content));
    return dict_delete(t, dict, name) >= 0;
}

static Value get_instance_dict(Thread *t, Value self, void *closure);
static bool set_instance_dict(Thread *t, Value self, Value value, void *closure);
static Value get_weakref(Thread *t, Value self, void *closure);

static bool set_instance_dict_no_delete(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "cannot delete __dict__");
    return type_set_instance_dict(t, self, value);
}
const GetSetDef type_dict_getset_builtin = {"__dict__", get_instance_dict, set_instance_dict_no_delete};
const GetSetDef type_dict_getset = {"__dict__", get_instance_dict, set_instance_dict, "dictionary for instance variables"};
static const GetSetDef weakref_getset = {"__weakref__", get_weakref, NULL, "list of weak references to the object"};

static bool add_getset(Thread *t, Type *type, const GetSetDef *def, Value name) {
    if (!is_null(dict_get_str(t, type->dict, name))) return true;
    Value d = type_getset_new(t, type, def);
    bool ok = !is_null(d) && dict_set_str(t, type->dict, name, d);
    decref_maybe(t, d);
    return ok;
}

/* --- __dict__ and __weakref__ of instances ------------------------------------------------------------------------------------------- */

static bool has_dict(Thread *t, Value self) {
    Type *type = type_of(t, self);
    if (type->flags & TF_DICT) return true;
    return err_fail(t, T_AttributeError, "'%N' object has no attribute '__dict__'", type);
}

/* Classes and modules have a namespace of their own, also where the attribute was found in a class beside type or module. */
Value type_instance_dict(Thread *t, Value self) {
    uint32_t flags = type_of(t, self)->flags;
    if (flags & TF_TYPE) return mappingproxy_new(t, V_AS(Type, self)->dict);
    if (flags & TF_DICT_FIELD) return new_ref_maybe(V_AS(Module, self)->dict);
    return has_dict(t, self) ? instance_dict(t, v_obj(self)) : VNULL;
}
bool type_is_plain_instance(Thread *t, Value object) {
    Type *type = type_of(t, object);
    if (!(type->flags & TF_DICT) || type->slots.getattr != attr_generic_get) return false;
    Value descr = type_lookup(t, type, N(t, __dict__));
    return IS_EXACT(descr, getset_descriptor) && V_AS(GetSetDescriptor, descr)->def == &type_dict_getset;
}
bool type_set_instance_dict(Thread *t, Value self, Value value) {
    uint32_t flags = type_of(t, self)->flags;
    if (flags & TF_TYPE) return err_fail(t, T_AttributeError, "attribute '__dict__' of 'type' objects is not writable");
    if (flags & TF_DICT_FIELD) return err_fail(t, T_AttributeError, "readonly attribute");
    if (!has_dict(t, self)) return false;
    if (is_null(value)) {
        const Type *builtin = type_of(t, self);
        while (builtin->flags & TF_HEAP) builtin = builtin->base;
        if (builtin->flags & TF_DICT) return err_fail(t, T_TypeError, "cannot delete __dict__");
        return instance_set_dict(t, v_obj(self), VNULL);
    }
    if (!is_dict(t, value)) return err_fail(t, T_TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    return instance_set_dict(t, v_obj(self), value);
}
static Value get_instance_dict(Thread *t, Value self, void *closure) { return type_instance_dict(t, self); }
static bool set_instance_dict(Thread *t, Value self, Value value, void *closure) { return type_set_instance_dict(t, self, value); }

static Value get_weakref(Thread *t, Value self, void *closure) {
    InstanceExt **word = instance_ext_word(t, v_obj(self));
    if (word == NULL) return err_raise(t, T_AttributeError, "'%T' object has no attribute '__weakref__'", self);
    return *word && (*word)->weak ? ref_of((*word)->weak) : V_NONE;
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------ */

enum { KEPT_FLAGS = TF_DICT | TF_WEAKREF | TF_VARSIZED | TF_DICT_FIELD | TF_SEQUENCE | TF_MAPPING | TF_INT | TF_STR | TF_BYTES | TF_TUPLE | TF_LIST |
                    TF_DICT_SUB | TF_EXCEPTION | TF_TYPE | TF_FLOAT | TF_SET | TF_EXT };

static uint32_t flags_of(Thread *t, const Plan *p) {
    uint32_t flags = TF_HEAP | TF_BASE | TF_GC | (p->base->flags & KEPT_FLAGS);
    if (p->add_dict) flags |= TF_DICT | TF_DICT_ADDED;
    if (p->add_weakref) flags |= TF_WEAKREF | TF_WEAKREF_ADDED;
    if (flags & (TF_DICT | TF_WEAKREF) || (p->slots_are_attributes && !is_null(p->slots) && list_len(p->slots) > 0)) flags |= TF_EXT;
    /* A class matches one kind of pattern: that of the first base that has one. */
    const uint32_t collection = TF_SEQUENCE | TF_MAPPING;
    flags &= ~collection;
    for (int64_t i = 0; i < tuple_len(p->bases) && !(flags & collection); i++) flags |= V_AS(Type, tuple_at(p->bases, i))->flags & collection;
    return flags;
}

static void set_slots(Thread *t, Type *type) {
    type->slots = type->base->slots;
    slots_resolve_beside(t, type);
}

static bool warn_of_odd_keys(Thread *t, Type *type) {
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(type->dict, &pos, &key, &value))
        if (!is_str(t, key)) return warn(t, T_RuntimeWarning, 1, "non-string key in the __dict__ of class %U", type->name);
    return true;
}

/* A class's doc, if it is text, can be encoded. */
static bool is_fit_doc(Thread *t, Value doc) {
    if (is_null(doc) || !is_str(t, doc) || str_is_ascii(V_AS(Str, doc))) return true;
    Value bytes = t->hooks->encode(t, doc, "utf-8", "strict");
    decref_maybe(t, bytes);
    return !is_null(bytes);
}

static Type *make_type(Thread *t, Plan *p) {
    Type *type = type_allocate(t, p->metatype);
    if (type == NULL) return NULL;
    Value exact = str_exact(t, p->name);
    type->name = exact;
    type->bases = p->bases;
    type->dict = p->dict;
    type->base = p->base;
    type->def = p->base->def;
    obj_incref(p->base);
    p->bases = p->dict = VNULL;
    Plan plan = *p;
    plan.bases = type->bases;
    plan.dict = type->dict;
    Value dict = type->dict;
    if (is_null(exact) || !type_name_is_fit(t, exact)) goto fail;
    type->flags = flags_of(t, &plan);
    type->item_size = p->base->item_size;
    type->inline_hint = 0;
    if (!fill_module(t, dict) || !take_qualname(t, type, dict)) goto fail;
    if (!wrap_function(t, dict, N(t, __new__), SHAPE_staticmethod)) goto fail;
    if (!wrap_function(t, dict, N(t, __init_subclass__), SHAPE_classmethod)) goto fail;
    if (!wrap_function(t, dict, N(t, __class_getitem__), SHAPE_classmethod)) goto fail;
    if (!fill_cell(t, type, dict, N(t, __classcell__), v_from(type))) goto fail;
    if (!fill_cell(t, type, dict, N(t, __classdictcell__), dict)) goto fail;
    if (!make_slot_members(t, type, &plan)) goto fail;
    if (p->add_dict && !add_getset(t, type, &type_dict_getset, N(t, __dict__))) goto fail;
    if (p->add_weakref && !add_getset(t, type, &weakref_getset, N(t, __weakref__))) goto fail;
    if (!set_default(t, dict, N(t, __doc__), V_NONE) || !is_fit_doc(t, dict_get_str(t, dict, N(t, __doc__))) || !warn_of_odd_keys(t, type)) goto fail;
    /* Equality without a hash. */
    if (!is_null(dict_get_str(t, dict, N(t, __eq__))) && !set_default(t, dict, N(t, __hash__), V_NONE)) goto fail;
    if (shape_new_root(t, type) == NULL) goto fail;
    Value mro = type_compute_mro(t, type);
    if (is_null(mro) || (type->mro_count == 0 ? !type_set_mro(t, type, mro) : (decref(t, mro), false))) goto fail;
    set_slots(t, type);
    gc_track(t, type);
    for (int64_t i = 0; i < tuple_len(type->bases); i++)
        if (!type_add_subclass(t, V_AS(Type, tuple_at(type->bases, i)), type)) goto fail;
    return type;
fail:
    obj_decref(t, type);
    return NULL;
}

/* --- Afterwards -------------------------------------------------------------------------------------------------------------------- */

static void note_set_name(Thread *t, Type *type, Value name, Value v) {
    Value error = err_fetch(t);
    Value note = str_format(t, "Error calling __set_name__ on '%T' instance %R in '%N'", v, name, type);
    Value done = is_null(note) ? VNULL : call_method_1(t, error, N(t, add_note), note);
    decref_maybe(t, note);
    decref_maybe(t, done);
    err_clear(t);
    err_restore(t, error);
}

static bool call_set_names(Thread *t, Type *type) {
    Value copy = dict_copy(t, type->dict);
    if (is_null(copy)) return false;
    uint32_t pos = 0;
    Value name, v;
    bool ok = true;
    while (ok && dict_next(copy, &pos, &name, &v)) {
        Type *kind = type_of(t, v);
        if (kind == builtin_type(t, T_function)) continue;
        Value method = lookup_special(t, v, N(t, __set_name__));
        if (is_null(method)) {
            ok = !err_pending(t);
            continue;
        }
        Value r = call_2(t, method, v_from(type), name);
        decref(t, method);
        ok = !is_null(r);
        decref_maybe(t, r);
        if (!ok) note_set_name(t, type, name, v);
    }
    decref(t, copy);
    return ok;
}

/* super(type, type).__init_subclass__(**keywords) */
static bool call_init_subclass(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value method = VNULL;
    uint32_t own = 0;
    while (own < type->mro_count && type->mro_types[own] != type) own++;
    if (own == type->mro_count) /* a mro() of its own left it out */
        return err_fail(t, T_TypeError, "super(type, obj): obj (type %N) is not an instance or subtype of type (%N).", type, type);
    for (uint32_t i = own + 1; i < type->mro_count && is_null(method); i++) method = dict_get_str(t, type->mro_types[i]->dict, N(t, __init_subclass__));
    if (is_null(method)) return true;
    Type *kind = type_of(t, method);
    incref(method);
    Value bound = kind->slots.descr_get ? kind->slots.descr_get(t, method, VNULL, v_from(type)) : new_ref(method);
    decref(t, method);
    if (is_null(bound)) return false;
    Value r = call_copy(t, bound, keyword_count(kwnames) ? args + nargs : NULL, 0, kwnames);
    decref(t, bound);
    if (is_null(r)) return false;
    decref(t, r);
    return true;
}

Value type_new(Thread *t, Type *metatype, Value name, Value bases, Value namespace, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_bases(t, bases)) return VNULL;
    Type *winner = type_winning_metatype(t, metatype, bases);
    if (winner == NULL) return VNULL;
    if (winner != metatype) {
        if (!type_new_is_plain(winner)) return winner->slots.new(t, winner, args, nargs, kwnames);
        metatype = winner;
    }
    Plan p = {.metatype = metatype, .name = name, .slots = VNULL};
    p.bases = tuple_len(bases) ? new_ref(bases) : tuple_of(t, 1, v_from(builtin_type(t, T_object)));
    if (is_null(p.bases)) return VNULL;
    Type *type = NULL;
    p.base = type_best_base(t, p.bases);
    if (p.base != NULL) {
        p.dict = dict_copy(t, namespace);
        if (!is_null(p.dict) && plan_slots(t, &p)) type = make_type(t, &p);
    }
    decref_maybe(t, p.bases);
    decref_maybe(t, p.dict);
    decref_maybe(t, p.slots);
    if (type == NULL) return VNULL;
    if (!call_set_names(t, type) || !call_init_subclass(t, type, args, nargs, kwnames)) {
        obj_decref(t, type);
        return VNULL;
    }
    return v_from(type);
}
