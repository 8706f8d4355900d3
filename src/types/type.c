/* type: the class of classes.  Attributes of classes, calling them, and questions about their family; type_new.c makes them. */
#include "heap/heap.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "object/weakref.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/slots.h"
#include "types/types_priv.h"
#include "types/union.h"

/* --- Calling ----------------------------------------------------------------------------------------------------------------------- */

Value type_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    Type *type = V_AS(Type, callee);
    if (UNLIKELY(type == builtin_type(t, T_type))) {
        if (nargs == 1 && keyword_count(kwnames) == 0) return ref_of(type_of(t, args[0]));
        if (nargs != 3) return err_raise(t, T_TypeError, "type() takes 1 or 3 arguments");
    }
    if (UNLIKELY(type->slots.new == NULL)) return err_raise(t, T_TypeError, "cannot create '%N' instances", type);
    Value v;
    /* object.__new__ with an __init__ of the class: nothing to check, nothing to pass on. */
    if (LIKELY(type->new_is_object && !(type->flags & TF_ABSTRACT) && type->slots.init != object_init_slot)) {
        v = object_new(t, type);
        if (UNLIKELY(is_null(v))) return v;
        object_done(t, v);
    } else {
        v = type->slots.new(t, type, args, nargs, kwnames);
        if (UNLIKELY(is_null(v))) return v;
        /* What is not an instance of the class is not initialised. */
        Type *made = type_of(t, v);
        if (made != type && !is_subtype(made, type)) return v;
        type = made;
    }
    if (type->slots.init != object_init_slot && type->slots.init != NULL && UNLIKELY(!type->slots.init(t, v, args, nargs, kwnames))) {
        decref(t, v);
        return VNULL;
    }
    return v;
}

static bool type_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs == 1 && keyword_count(kwnames)) return err_fail(t, T_TypeError, "type.__init__() takes no keyword arguments");
    if (nargs != 1 && nargs != 3) return err_fail(t, T_TypeError, "type.__init__() takes 1 or 3 arguments");
    return true;
}

/* --- Attributes -------------------------------------------------------------------------------------------------------------------- */

bool type_is_mutable(Thread *t, Type *type, Value name) {
    if (!(type->flags & TF_IMMUTABLE)) return true;
    return err_fail(t, T_TypeError, "cannot set '%U' attribute of immutable type '%N'", name, type);
}

static bool type_setattr(Thread *t, Value self, Value name, Value value) {
    Type *type = V_AS(Type, self);
    if (!type_is_mutable(t, type, name)) return false;
    Value key = str_exact(t, name);
    if (is_null(key) || is_null(key = str_intern(t, key))) return false;
    bool ok = false;
    Value descr = type_lookup(t, type_of(t, self), key);
    if (!is_null(descr) && type_of(t, descr)->slots.descr_set) {
        incref(descr);
        ok = type_of(t, descr)->slots.descr_set(t, descr, self, value);
        decref(t, descr);
    } else {
        type_modified(t, type);
        if (!is_null(value)) {
            ok = dict_set_str(t, type->dict, key, value);
        } else {
            int deleted = dict_delete(t, type->dict, key);
            if (deleted == 0) err_attribute_text(t, self, key, "type object '%N' has no attribute '%U'", type, key);
            ok = deleted > 0;
        }
    }
    if (ok) {
        type_modified(t, type); /* it may have been given a version meanwhile, by a destructor of the old value */
        slots_follow(t, type, key);
    }
    decref(t, key);
    return ok;
}

static Value name_with_module(Thread *t, Type *type, bool with_main) {
    Value module = type_module(t, type);
    if (is_null(module)) {
        err_clear(t);
        return new_ref(type->qualname);
    }
    bool named = is_str(t, module) && !str_equals_cstr(V_AS(Str, module), "builtins") && (with_main || !str_equals_cstr(V_AS(Str, module), "__main__"));
    Value r = named ? str_format(t, "%U.%U", module, type->qualname) : new_ref(type->qualname);
    decref(t, module);
    return r;
}

Value type_name_text(Thread *t, Type *type) { return name_with_module(t, type, true); }
Value type_full_name(Thread *t, Type *type) { return name_with_module(t, type, false); }

static Value type_repr(Thread *t, Value self) {
    Value name = type_name_text(t, V_AS(Type, self));
    if (is_null(name)) return name;
    Value r = str_format(t, "<class '%U'>", name);
    decref(t, name);
    return r;
}

/* --- Methods ----------------------------------------------------------------------------------------------------------------------- */

static Value type_mro_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return type_c3(t, V_AS(Type, args[0])); }

static Value type_subclasses(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Type *type = V_AS(Type, args[0]);
    Value list = list_new(t, 0);
    if (is_null(list) || is_null(type->subclasses)) return list;
    uint32_t pos = 0;
    Value key, value;
    while (dict_next(type->subclasses, &pos, &key, &value)) {
        if (IS_EXACT(value, weakref)) value = weakref_get(value);
        if (!is_none(value) && !list_append(t, V_AS(List, list), value)) {
            decref(t, list);
            return VNULL;
        }
    }
    return list;
}

static Value type_prepare(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_new(t); }

static Value type_instancecheck(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int r = is_instance_plain(t, args[1], args[0]);
    return r < 0 ? VNULL : v_bool(r);
}
static Value type_subclasscheck(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int r = is_subclass_plain(t, args[1], args[0]);
    return r < 0 ? VNULL : v_bool(r);
}

static Value type_dir(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value names = dict_new(t), list = VNULL;
    if (is_null(names)) return VNULL;
    if (merge_class_names(t, names, args[0])) list = dict_keys_list(t, names);
    decref(t, names);
    return list;
}

static Value type_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_i64(t, (int64_t)heap_size(v_obj(args[0]))); }

/* --- Life -------------------------------------------------------------------------------------------------------------------------- */

static int type_traverse(Object *o, VisitFn visit, void *context) {
    Type *type = (Type *)o;
    const Value held[] = {type->name, type->qualname, v_from(type->base), type->bases, type->mro, type->dict, type->subclasses};
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        int stop = is_null(held[i]) ? 0 : visit(held[i], context);
        if (stop) return stop;
    }
    return 0;
}

/* Instances may still be there: what their death needs stays (base, fields, slots, shapes). */
static void type_clear(Thread *t, Object *o) {
    Type *type = (Type *)o;
    type_modified(t, type);
    type->flags |= TF_DYING;
    if (!is_null(type->dict)) dict_clear(t, type->dict);
    /* The mro holds its first entry: the class itself. */
    type->mro_count = 0;
    slot_clear(t, &type->mro);
}

static void type_destroy(Thread *t, Object *o) {
    Type *type = (Type *)o;
    type_modified(t, type);
    type->mro_count = 0;
    if (!is_null(type->bases)) {
        for (int64_t i = 0; i < tuple_len(type->bases); i++) type_remove_subclass(t, V_AS(Type, tuple_at(type->bases, i)), type);
    }
    shape_free_all(t, type);
    heap_free(t, type->mro_types);
    heap_free(t, (void *)type->fields);
    decref_maybe(t, type->dict);
    decref_maybe(t, type->mro);
    decref_maybe(t, type->subclasses);
    decref_maybe(t, type->name);
    decref_maybe(t, type->qualname);
    decref_maybe(t, type->bases);
    if (type->base) obj_decref(t, type->base);
}

static Value type_new_slot(Thread *t, Type *metatype, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs != 3) return err_raise(t, T_TypeError, "type.__new__() takes exactly 3 arguments (%u given)", nargs);
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "type.__new__() argument 1 must be str, not %T", args[0]);
    if (!is_tuple(t, args[1])) return err_raise(t, T_TypeError, "type.__new__() argument 2 must be tuple, not %T", args[1]);
    if (!is_dict(t, args[2])) return err_raise(t, T_TypeError, "type.__new__() argument 3 must be dict, not %T", args[2]);
    return type_new(t, metatype, args[0], args[1], args[2], args, nargs, kwnames);
}

bool type_new_is_plain(const Type *metatype) { return metatype->slots.new == type_new_slot; }

static const MethodDef methods[] = {
    {"mro", "($self, /)", "Return a type's method resolution order.", type_mro_method},
    {"__subclasses__", "($self, /)", "Return a list of immediate subclasses.", type_subclasses},
    {"__prepare__", NULL, "Create the namespace for the class statement", type_prepare, MF_CLASS},
    {"__instancecheck__", "($self, instance, /)", "Check if an object is an instance.", type_instancecheck},
    {"__subclasscheck__", "($self, subclass, /)", "Check if a class is a subclass.", type_subclasscheck},
    {"__dir__", "($self, /)", "Specialized __dir__ implementation for types.", type_dir},
    {"__sizeof__", "($self, /)", "Return memory consumption of the type object.", type_sizeof},
    {NULL},
};
const TypeDef typedef_type = {
    .name = "type",
    .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .flags = TF_BASE | TF_GC | TF_WEAKREF | TF_VARSIZED | TF_TYPE,
    .size = sizeof(Type),
    .item_size = 40,
    .methods = methods,
    .getsets = type_getsets,
    .slots = {.new = type_new_slot, .init = type_init, .destroy = type_destroy, .traverse = type_traverse, .clear = type_clear,
              .repr = type_repr, .call = type_call, .getattr = attr_type_get, .setattr = type_setattr, .binop[OP_or] = union_of_operands},
};
