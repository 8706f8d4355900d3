/* super: see super.h. */
#include "types/super.h"

#include "heap/heap.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/str.h"
#include "ops/arguments.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "types/types_priv.h"

static Super *as(Value v) { return V_AS(Super, v); }

Type *super_check(Thread *t, Type *type, Value object) {
    if (is_type(t, object) && is_subtype(V_AS(Type, object), type)) return V_AS(Type, object);
    Type *own = type_of(t, object);
    if (is_subtype(own, type)) return own;
    Value cls = attr_get_maybe(t, object, N(t, __class__));
    if (is_null(cls) && err_pending(t)) return NULL;
    Type *claimed = !is_null(cls) && is_type(t, cls) && V_AS(Type, cls) != own && is_subtype(V_AS(Type, cls), type) ? V_AS(Type, cls) : NULL;
    decref_maybe(t, cls); /* the object, or its class, holds it */
    if (claimed == NULL) {
        bool is_class = is_type(t, object);
        err_raise(t, T_TypeError, "super(type, obj): obj (%s %N) is not an instance or subtype of type (%N).", is_class ? "type" : "instance of",
                  is_class ? V_AS(Type, object) : own, type);
    }
    return claimed;
}

Value super_lookup(Thread *t, Type *type, Value object, Type *object_type, Value name, bool *is_method) {
    if (is_method) *is_method = false;
    uint32_t n = object_type->mro_count, i = 0;
    while (i + 1 < n && object_type->mro_types[i] != type) i++;
    for (i++; i < n; i++) {
        Value v = dict_get_str(t, object_type->mro_types[i]->dict, name);
        if (is_null(v)) continue;
        Type *kind = type_of(t, v);
        if (kind->slots.descr_get == NULL) return new_ref(v);
        bool on_class = same(object, v_from(object_type));
        if (is_method && kind->flags & TF_METHOD && !on_class) {
            *is_method = true;
            return new_ref(v);
        }
        incref(v);
        Value r = kind->slots.descr_get(t, v, on_class ? VNULL : object, v_from(object_type));
        decref(t, v);
        return r;
    }
    return VNULL;
}

static Value super_getattr(Thread *t, Value self, Value name) {
    Super *s = as(self);
    if (s->object_type == NULL || (IS_EXACT(name, str) && str_equals_cstr(V_AS(Str, name), "__class__"))) return attr_generic_get(t, self, name);
    Type *type = s->type, *object_type = s->object_type;
    Value object = new_ref(s->object);
    obj_incref(object_type);
    Value r = super_lookup(t, type, object, object_type, name, NULL);
    decref(t, object);
    obj_decref(t, object_type);
    return !is_null(r) || err_pending(t) ? r : attr_generic_get(t, self, name);
}

static bool set_parts(Thread *t, Super *s, Type *type, Value object) {
    Type *object_type = NULL;
    if (!is_null(object)) {
        object_type = super_check(t, type, object);
        if (object_type == NULL) return false;
        obj_incref(object_type);
        incref(object);
    }
    obj_incref(type);
    Type *old_type = s->type, *old_object_type = s->object_type;
    Value old = s->object;
    s->type = type;
    s->object = object;
    s->object_type = object_type;
    if (old_type) obj_decref(t, old_type);
    if (old_object_type) obj_decref(t, old_object_type);
    decref_maybe(t, old);
    return true;
}

static bool super_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (keyword_count(kwnames)) return err_fail(t, T_TypeError, "super() takes no keyword arguments");
    if (!call_arity(t, "super()", nargs, 0, 2)) return false;
    Value type, object = VNULL;
    if (nargs == 0) {
        if (t->hooks->super_arguments == NULL) return err_fail(t, T_RuntimeError, "super(): no current frame");
        if (!t->hooks->super_arguments(t, &type, &object)) return false;
    } else {
        type = args[0];
        if (!is_type(t, type)) return err_fail(t, T_TypeError, "super() argument 1 must be a type, not %T", type);
        if (nargs == 2 && !is_none(args[1])) object = args[1];
    }
    return set_parts(t, as(self), V_AS(Type, type), object);
}

/* An unbound super binds as an attribute would. */
static Value super_get(Thread *t, Value self, Value instance, Value owner) {
    Super *s = as(self);
    if (is_null(instance) || is_none(instance) || s->object_type != NULL || s->type == NULL) return new_ref(self); /* no type: not initialised */
    if (!IS_EXACT(self, super)) return call_2(t, v_from(type_of(t, self)), v_from(s->type), instance);
    Super *bound = heap_object(t, SHAPE_super, sizeof *bound);
    if (bound == NULL) return VNULL;
    bound->type = NULL;
    bound->object_type = NULL;
    bound->object = VNULL;
    gc_track(t, bound);
    if (set_parts(t, bound, s->type, instance)) return v_from(bound);
    obj_decref(t, bound);
    return VNULL;
}

static Value super_repr(Thread *t, Value self) {
    Super *s = as(self);
    if (s->object_type) return str_format(t, "<super: <class '%N'>, <%N object>>", s->type, s->object_type);
    if (s->type) return str_format(t, "<super: <class '%N'>, NULL>", s->type);
    return str_from_cstr(t, "<super: <class 'NULL'>, NULL>");
}

static const Field fields[] = {FIELD_POINTER(Super, type), FIELD_VALUE(Super, object), FIELD_POINTER(Super, object_type)};
static Value get_type(Thread *t, Value self, void *c) { return as(self)->type ? ref_of(as(self)->type) : V_NONE; }
static Value get_object_type(Thread *t, Value self, void *c) { return as(self)->object_type ? ref_of(as(self)->object_type) : V_NONE; }
static const GetSetDef getsets[] = {
    {"__thisclass__", get_type, NULL, "the class invoking super()"},
    {"__self_class__", get_object_type, NULL, "the type of the instance invoking super(); may be None"},
    {NULL},
};
static const MemberDef members[] = {
    {"__self__", MK_VALUE, MEMBER_READONLY, offsetof(Super, object), "the instance invoking super(); may be None"},
    {NULL},
};
const TypeDef typedef_super = {
    .name = "super",
    .doc = "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\nsuper(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\nTypical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\nThis works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    .flags = TF_BASE | TF_GC,
    .size = sizeof(Super),
    FIELDS(fields),
    .getsets = getsets,
    .members = members,
    .slots = {.new = type_generic_new, .init = super_init, .repr = super_repr, .getattr = super_getattr, .descr_get = super_get},
};
