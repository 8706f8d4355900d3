/* property: an attribute computed by functions. */
#include "heap/heap.h"
#include "object/dispatch.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "types/types_priv.h"

static Property *as(Value v) { return V_AS(Property, v); }
static Value or_none(Value v) { return is_null(v) ? V_NONE : v; }
static Value given(Value v) { return is_null(v) || is_none(v) ? VNULL : v; }

int type_is_abstract_method(Thread *t, Value callable) {
    Value flag = attr_get_maybe(t, callable, N(t, __isabstractmethod__));
    if (is_null(flag)) return err_pending(t) ? -1 : 0;
    int r = truth(t, flag);
    decref(t, flag);
    return r;
}

/* The doc of the getter is the property's, unless one is given. */
static bool take_doc(Thread *t, Value self, Value doc) {
    Property *p = as(self);
    Value text = VNULL;
    p->getter_doc = 0;
    if (!is_null(doc) && !is_none(doc)) {
        text = new_ref(doc);
    } else if (!is_null(p->get)) {
        text = attr_get_maybe(t, p->get, N(t, __doc__));
        if (is_null(text) && err_pending(t)) return false;
        if (!is_null(text) && is_none(text)) text = VNULL;
        p->getter_doc = !is_null(text);
    }
    if (IS_EXACT(self, property)) {
        slot_set(t, &p->doc, text);
        return true;
    }
    /* A subclass may have a __doc__ of its own: the instance's goes in front of it. */
    Value v = is_null(text) ? V_NONE : text;
    bool ok = attr_set(t, self, N(t, __doc__), v);
    if (!ok && !p->getter_doc && err_catch(t, T_AttributeError)) ok = true;
    decref(t, v);
    return ok;
}

static bool property_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value parts[4];
    if (!call_bind_signature(t, "property", "(fget=None, fset=None, fdel=None, doc=None)", args, nargs, kwnames, parts)) return false;
    Property *p = as(self);
    slot_set(t, &p->get, new_ref_maybe(given(parts[0])));
    slot_set(t, &p->set, new_ref_maybe(given(parts[1])));
    slot_set(t, &p->del, new_ref_maybe(given(parts[2])));
    slot_set(t, &p->name, VNULL);
    slot_set(t, &p->doc, VNULL);
    return take_doc(t, self, parts[3]);
}

/* The name, owned; VNULL without an exception when there is none. */
static Value name_of(Thread *t, Value self) {
    Property *p = as(self);
    if (!is_null(p->name)) return new_ref(p->name);
    return is_null(p->get) ? VNULL : attr_get_maybe(t, p->get, N(t, __name__));
}

static COLD bool fail_access(Thread *t, Value self, Value instance, const char *what) {
    Value name = name_of(t, self);
    if (is_null(name) && err_pending(t)) return false;
    Value qualname = is_null(instance) ? VNULL : new_ref(type_of(t, instance)->qualname);
    if (!is_null(name) && !is_null(qualname)) err_raise(t, T_AttributeError, "property %R of %R object has no %s", name, qualname, what);
    else if (!is_null(qualname)) err_raise(t, T_AttributeError, "property of %R object has no %s", qualname, what);
    else err_raise(t, T_AttributeError, "property has no %s", what);
    decref_maybe(t, name);
    decref_maybe(t, qualname);
    return false;
}

static Value property_get(Thread *t, Value self, Value instance, Value owner) {
    if (is_null(instance) || is_none(instance)) return new_ref(self);
    Property *p = as(self);
    if (UNLIKELY(is_null(p->get))) return fail_access(t, self, instance, "getter"), VNULL;
    return call_1(t, p->get, instance);
}

static bool property_set(Thread *t, Value self, Value instance, Value value) {
    Property *p = as(self);
    Value f = is_null(value) ? p->del : p->set;
    if (UNLIKELY(is_null(f))) return fail_access(t, self, instance, is_null(value) ? "deleter" : "setter");
    Value r = is_null(value) ? call_1(t, f, instance) : call_2(t, f, instance, value);
    if (is_null(r)) return false;
    decref(t, r);
    return true;
}

/* A property of the same class with one function replaced. */
static Value copy_with(Thread *t, Value self, Value get, Value set, Value del) {
    Property *p = as(self);
    get = given(get), set = given(set), del = given(del);
    Value args[5] = {VNULL, or_none(is_null(get) ? p->get : get), or_none(is_null(set) ? p->set : set), or_none(is_null(del) ? p->del : del), V_NONE};
    if (!p->getter_doc || is_none(args[1])) args[4] = or_none(p->doc);
    Value copy = call(t, v_from(type_of(t, self)), args + 1, 4, VNULL);
    if (!is_null(copy) && IS_A(t, copy, property)) slot_set(t, &as(copy)->name, new_ref_maybe(p->name));
    return copy;
}
static Value property_getter(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return copy_with(t, args[0], args[1], VNULL, VNULL); }
static Value property_setter(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return copy_with(t, args[0], VNULL, args[1], VNULL); }
static Value property_deleter(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return copy_with(t, args[0], VNULL, VNULL, args[1]); }

static Value property_set_name(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs != 3) return err_raise(t, T_TypeError, "__set_name__() takes 2 positional arguments but %u were given", nargs - 1);
    slot_set(t, &as(args[0])->name, new_ref(args[2]));
    return V_NONE;
}

static Value get_name(Thread *t, Value self, void *c) {
    Value name = name_of(t, self);
    if (is_null(name) && !err_pending(t)) return err_attribute_text(t, self, N(t, __name__), "'%T' object has no attribute '__name__'", self);
    return name;
}
static bool set_name(Thread *t, Value self, Value value, void *c) {
    slot_set(t, &as(self)->name, new_ref_maybe(value));
    return true;
}
static Value get_abstract(Thread *t, Value self, void *c) {
    const Value parts[] = {as(self)->get, as(self)->set, as(self)->del};
    for (int i = 0; i < 3; i++) {
        int abstract = is_null(parts[i]) ? 0 : type_is_abstract_method(t, parts[i]);
        if (abstract) return abstract < 0 ? VNULL : V_TRUE;
    }
    return V_FALSE;
}

static const MethodDef methods[] = {
    {"getter", "($self, object, /)", "Descriptor to obtain a copy of the property with a different getter.", property_getter},
    {"setter", "($self, object, /)", "Descriptor to obtain a copy of the property with a different setter.", property_setter},
    {"deleter", "($self, object, /)", "Descriptor to obtain a copy of the property with a different deleter.", property_deleter},
    {"__set_name__", NULL, "Method to set name of a property.", property_set_name},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"__name__", get_name, set_name},
    {"__isabstractmethod__", get_abstract},
    {NULL},
};
static const MemberDef members[] = {
    {"fget", MK_VALUE, MEMBER_READONLY, offsetof(Property, get)},
    {"fset", MK_VALUE, MEMBER_READONLY, offsetof(Property, set)},
    {"fdel", MK_VALUE, MEMBER_READONLY, offsetof(Property, del)},
    {"__doc__", MK_VALUE, 0, offsetof(Property, doc)},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Property, get), FIELD_VALUE(Property, set), FIELD_VALUE(Property, del), FIELD_VALUE(Property, doc),
                               FIELD_VALUE(Property, name)};
const TypeDef typedef_property = {
    .name = "property",
    .doc = "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x, by decorators:\n\nclass C(object):\n    @property\n    def x(self):\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value",
    .signature = "(fget=None, fset=None, fdel=None, doc=None)",
    .flags = TF_BASE | TF_GC,
    .size = offsetof(Property, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = type_generic_new, .init = property_init, .descr_get = property_get, .descr_set = property_set},
};
