/* Types from their definitions: at boot those with a constant id, later those of modules.
 *
 * A built-in type lives as long as the interpreter: it is immortal, its subclasses hold no weak reference to it and its
 * mro is not walked by the collector.
 */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"
#include "ops/attr.h"
#include "types/slots.h"
#include "types/types_priv.h"

Type *type_allocate(Thread *t, Type *metatype) {
    if (metatype != NULL && metatype->shape != SHAPE_type) {
        Value v = object_new(t, metatype);
        return is_null(v) ? NULL : V_AS(Type, v);
    }
    Type *type = heap_object_front(t, SHAPE_type, sizeof *type);
    if (type != NULL) memset((char *)type + sizeof(Object), 0, sizeof *type - sizeof(Object));
    return type;
}

bool type_set_mro(Thread *t, Type *type, Value mro) {
    int64_t n = tuple_len(mro);
    Type **types = heap_alloc(t, (size_t)n * sizeof *types);
    if (types == NULL) {
        decref(t, mro);
        return false;
    }
    for (int64_t i = 0; i < n; i++) types[i] = V_AS(Type, tuple_at(mro, i));
    Type **old = type->mro_types;
    type->mro_types = types;
    type->mro_count = (uint32_t)n;
    heap_free(t, old);
    slot_set(t, &type->mro, mro);
    return true;
}

static Value subclass_key(Type *type) { return v_smallint((int64_t)((uint64_t)type >> 4)); }

bool type_add_subclass(Thread *t, Type *base, Type *type) {
    if (is_null(base->subclasses)) {
        base->subclasses = dict_new(t);
        if (is_null(base->subclasses)) return false;
    }
    Value entry = type->flags & TF_HEAP ? weakref_new(t, v_from(type), VNULL) : ref_of(type);
    if (is_null(entry)) return false;
    bool ok = dict_set(t, base->subclasses, subclass_key(type), entry);
    decref(t, entry);
    return ok;
}

void type_remove_subclass(Thread *t, Type *base, Type *type) {
    if (!is_null(base->subclasses) && dict_delete(t, base->subclasses, subclass_key(type)) < 0) err_clear(t);
}

bool type_set_fields(Thread *t, Type *type, const Field *own, uint32_t count) {
    const Type *base = type->base;
    uint32_t inherited = base ? base->fields_count : 0;
    type->fields_count = inherited + count;
    if (count == 0) {
        type->fields = base ? base->fields : NULL;
        if (!(type->flags & TF_HEAP) || type->fields_count == 0) return true;
    } else if (inherited == 0 && !(type->flags & TF_HEAP)) {
        type->fields = own;
        return true;
    }
    Field *fields = heap_alloc(t, type->fields_count * sizeof *fields);
    if (fields == NULL) {
        type->fields = NULL; /* a class owns its fields, and these are its base's */
        type->fields_count = 0;
        return false;
    }
    if (inherited) memcpy(fields, base->fields, inherited * sizeof *fields);
    if (count) memcpy(fields + inherited, own, count * sizeof *fields);
    type->fields = fields;
    return true;
}

/* --- Namespaces -------------------------------------------------------------------------------------------------------------------- */

/* Puts an owned value under an interned name of C. */
static bool put(Thread *t, Type *type, const char *name, Value v) {
    if (is_null(v)) return false;
    Value key = str_intern_cstr(t, name);
    bool ok = !is_null(key) && dict_set_str(t, type->dict, key, v);
    decref_maybe(t, key);
    decref(t, v);
    return ok;
}
static bool has_name(Thread *t, Type *type, const char *name) { return !is_null(dict_get_cstr(t, type->dict, name)); }

Value type_getset_new(Thread *t, Type *type, const GetSetDef *def) {
    GetSetDescriptor *d = heap_object(t, SHAPE_getset_descriptor, sizeof *d);
    if (d == NULL) return VNULL;
    obj_incref(type);
    d->type = type;
    d->def = def;
    d->name = str_intern_cstr(t, def->name);
    d->qualname = VNULL;
    if (type->flags & TF_HEAP) gc_track(t, d);
    return v_from(d);
}

Value type_member_new(Thread *t, Type *type, const MemberDef *def, Value name) {
    MemberDescriptor *d = heap_object(t, SHAPE_member_descriptor, sizeof *d);
    if (d == NULL) return VNULL;
    obj_incref(type);
    d->type = type;
    d->def = *def;
    d->name = is_null(name) ? str_intern_cstr(t, def->name) : new_ref(name);
    d->qualname = VNULL;
    if (type->flags & TF_HEAP) gc_track(t, d);
    return v_from(d);
}

static bool fill_namespace(Thread *t, Type *type, const TypeDef *def) {
    if (!slots_make_methods(t, type, &def->slots)) return false;
    for (const MethodDef *m = def->methods; m && m->name; m++) {
        if (!(m->flags & MF_COEXIST) && has_name(t, type, m->name)) continue;
        if (!put(t, type, m->name, method_descriptor_new(t, type, m))) return false;
    }
    for (const MemberDef *m = def->members; m && m->name; m++)
        if (!put(t, type, m->name, type_member_new(t, type, m, VNULL))) return false;
    for (const GetSetDef *g = def->getsets; g && g->name; g++)
        if (!put(t, type, g->name, type_getset_new(t, type, g))) return false;
    const char *dot = strrchr(def->name, '.');
    if (dot && !has_name(t, type, "__module__") && !put(t, type, "__module__", str_from_ascii(t, def->name, dot - def->name))) return false;
    bool first_with_dict = def->flags & TF_DICT && !(type->base && type->base->flags & TF_DICT);
    if (first_with_dict && !has_name(t, type, "__dict__") && !put(t, type, "__dict__", type_getset_new(t, type, &type_dict_getset_builtin))) return false;
    if (has_name(t, type, "__doc__")) return true;
    return put(t, type, "__doc__", def->doc ? str_from_cstr(t, def->doc) : V_NONE);
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------ */

/* Subclass bits of the roots of the basic types. */
static uint32_t basic_flag(enum TypeId id) {
    switch (id) {
    case T_int: return TF_INT;
    case T_str: return TF_STR;
    case T_bytes: return TF_BYTES;
    case T_tuple: return TF_TUPLE;
    case T_list: return TF_LIST;
    case T_dict: return TF_DICT_SUB;
    case T_BaseException: return TF_EXCEPTION;
    case T_type: return TF_TYPE;
    case T_float: return TF_FLOAT;
    case T_set: case T_frozenset: return TF_SET;
    case T_function: case T_method_descriptor: case T_wrapper_descriptor: return TF_METHOD;
    default: return 0;
    }
}

enum { INHERITED_FLAGS = TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_VARSIZED | TF_DICT_FIELD | TF_SEQUENCE | TF_MAPPING | TF_INT | TF_STR |
                         TF_BYTES | TF_TUPLE | TF_LIST | TF_DICT_SUB | TF_EXCEPTION | TF_TYPE | TF_FLOAT | TF_SET };

/* Everything but the namespace. `bases` and `mro` are tuples, taken. */
static bool type_lay_out(Thread *t, Type *type, const TypeDef *def, Type *base, Value bases, Value mro) {
    type->def = def;
    type->base = base;
    type->bases = bases;
    if (base) obj_incref(base);
    if (is_null(bases) || is_null(mro) || !type_set_mro(t, type, mro)) return false;
    const char *dot = strrchr(def->name, '.');
    type->name = str_intern_cstr(t, dot ? dot + 1 : def->name);
    if (is_null(type->name)) return false;
    type->qualname = new_ref(type->name);
    type->flags |= def->flags | (def->flags & TF_MUTABLE ? 0 : TF_IMMUTABLE) | (base ? base->flags & INHERITED_FLAGS : 0);
    if (type->flags & (TF_DICT | TF_WEAKREF)) type->flags |= TF_EXT;
    type->size = def->size ? (def->size + 7) & ~7u : base ? base->size : (uint32_t)sizeof(Object); /* Values may follow */
    type->item_size = def->item_size ? def->item_size : base ? base->item_size : 0;
    if (!type_set_fields(t, type, def->fields, def->fields_count)) return false;
    type->slots = def->slots;
    if (type->slots.new == NULL && base) {
        if (type->slots.init && !(type->flags & TF_TYPE)) type->slots.new = type_generic_new; /* metatypes make classes as type does */
        else if (base->base == NULL && !(def->flags & TF_BASE)) type->flags |= TF_NO_NEW;
    }
    if (base) slots_inherit(type, base);
    for (uint32_t i = 2; i < type->mro_count; i++) slots_inherit(type, type->mro_types[i]);
    if (type->slots.finalize) type->flags |= TF_FINALIZE;
    type->new_is_object = type->slots.new == object_new_slot;
    if (shape_new_root(t, type) == NULL) return false;
    type->dict = dict_new(t);
    return !is_null(type->dict);
}

/* A tuple of a type and a mro (NULL: none) behind it. It is not tracked: its types are immortal. */
static Value mro_of(Thread *t, Type *type, Type *base) {
    uint32_t n = base ? base->mro_count : 0;
    Value mro = tuple_new(t, n + 1);
    if (is_null(mro)) return mro;
    V_AS(Tuple, mro)->items[0] = ref_of(type);
    for (uint32_t i = 0; i < n; i++) V_AS(Tuple, mro)->items[i + 1] = ref_of(base->mro_types[i]);
    return mro;
}

static bool type_boot_at(Thread *t, Type *type, enum TypeId base_id, const TypeDef *def) {
    Type *base = base_id == T_INVALID ? NULL : builtin_type(t, base_id);
    Value bases = tuple_new(t, base != NULL);
    if (!is_null(bases) && base) V_AS(Tuple, bases)->items[0] = ref_of(base);
    return type_lay_out(t, type, def, base, bases, mro_of(t, type, base)) && fill_namespace(t, type, def) && (def->ready == NULL || def->ready(t, type)) &&
           (!base || type_add_subclass(t, base, type));
}

bool type_boot(Thread *t, enum TypeId id, enum TypeId base_id, const TypeDef *def) {
    Type *type = type_allocate(t, NULL);
    if (type == NULL) return false;
    make_immortal(v_from(type));
    type->flags = basic_flag(id);
    type->shape = (uint32_t)(id * sizeof(Shape));
    if (type_boot_at(t, type, base_id, def)) return true;
    shape_at(t, (uint32_t)(id * sizeof(Shape)))->type = NULL; /* what is half made is nobody's; the next import makes another */
    return false;
}

Type *type_from_def(Thread *t, const TypeDef *def, Value bases, Value module_name) { return type_from_def_of(t, NULL, def, bases, module_name); }

Type *type_from_def_of(Thread *t, Type *metatype, const TypeDef *def, Value bases, Value module_name) {
    Type *type = type_allocate(t, metatype);
    if (type == NULL) return NULL;
    make_immortal(v_from(type));
    Type *base = builtin_type(t, T_object);
    Value own_bases = is_null(bases) ? tuple_of(t, 1, v_from(base)) : new_ref(bases), mro = VNULL;
    if (is_null(own_bases)) return NULL;
    if (!is_null(bases) && (base = type_best_base(t, bases)) == NULL) return NULL;
    if (tuple_len(own_bases) == 1) {
        mro = mro_of(t, type, base);
    } else {
        type->bases = own_bases;
        Value list = type_c3(t, type);
        if (is_null(list)) return NULL;
        mro = tuple_from_iterable(t, list);
        decref(t, list);
    }
    if (!type_lay_out(t, type, def, base, own_bases, mro)) return NULL;
    if (!is_null(module_name) && strchr(def->name, '.') == NULL && !dict_set_str(t, type->dict, N(t, __module__), module_name)) return NULL;
    if (!fill_namespace(t, type, def)) return NULL;
    for (int64_t i = 0; i < tuple_len(own_bases); i++)
        if (!type_add_subclass(t, V_AS(Type, tuple_at(own_bases, i)), type)) return NULL;
    if (def->ready && !def->ready(t, type)) return NULL;
    return type;
}
