/* Out-of-line attribute operations: the caches that the loop does not answer itself, and filling them. */
#include "object/function.h"
#include "object/instance.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "vm/eval_priv.h"

static Site *site_at(Value *R, uint32_t site) {
    Warm *w = frame_of(R)->code->warm;
    return w != NULL ? &w->sites[site] : NULL;
}

/* The site, or the table's entry, that answers for o; NULL: none. */
static const Site *site_for(Thread *t, Site *site, Value o, enum SiteUse use) {
    uint32_t shape = shape_of(o);
    const Site *s = site;
    if (shape != s->shape && (s = site_other(t, site, shape, use)) == NULL) return NULL;
    return shape_at(t, shape)->version == s->version ? s : NULL;
}

/* The __get__ of a descriptor whose class has it from Python: borrowed, else VNULL. */
static Value python_getter(Thread *t, Value descriptor) {
    Type *kind = type_of(t, descriptor);
    if (!(kind->flags & TF_HEAP)) return VNULL;
    Value getter = type_lookup(t, kind, N(t, __get__));
    return !is_null(getter) && IS_EXACT(getter, function) ? getter : VNULL;
}

/* Runs it in the loop; the operand is used up. */
static bool enter_descriptor(Thread *t, Function *getter, Value descriptor, Operand o, uint32_t dest) {
    Value args[] = {new_ref(descriptor), VNULL, ref_of(type_of(t, o.v))};
    args[1] = operand_take(o);
    return enter_above(t, getter, args, 3, dest, 0);
}

static Value descriptor_get(Thread *t, Value descriptor, Value o) {
    if (UNLIKELY(!stack_check(t, ""))) return VNULL;
    incref(descriptor);
    Value v = type_of(t, descriptor)->slots.descr_get(t, descriptor, o, v_from(type_of(t, o)));
    decref(t, descriptor);
    return v;
}
/* Whether a site that knows one class and meets others is better left alone: it is filled now and then only. */
static bool meets_many(Site *s, const Site *known) { return known != NULL && known->kind == SITE_CLASS && (s->misses++ & 63) >= 4; }

bool op_load_attr(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site) {
    Operand o = operand(R, b);
    Value name = site_name(R, site), v;
    Site *s = site_at(R, site);
    const Site *known = s != NULL ? site_for(t, s, o.v, USE_LOAD) : NULL;
    if (known != NULL && known->kind == SITE_METHOD && IS_EXACT(known->value, function)) {
        v = method_new(t, known->value, o.v);
        goto found;
    }
    if (known != NULL && known->kind == SITE_DESCRIPTOR && is_data_descriptor(t, known->value)) {
        Value descriptor = known->value, getter = python_getter(t, descriptor);
        if (!is_null(getter)) return enter_descriptor(t, V_AS(Function, getter), descriptor, o, a);
        v = descriptor_get(t, descriptor, o.v);
        if (LIKELY(!is_null(v)) || type_of(t, o.v)->slots.getattr == attr_generic_get || !err_catch(t, T_AttributeError)) goto found;
    }
    bool leave = meets_many(s, known);
    v = attr_get(t, o.v, name);
    if (!leave && !is_null(v) && (s = site_at(R, site)) != NULL) site_fill_load(t, s, o.v, USE_LOAD);
found:;
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, o);
    return ok;
}

bool op_store_attr(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site) {
    Operand o = operand(R, a), v = operand(R, b);
    Value name = site_name(R, site);
    uint32_t before = shape_of(o.v);
    Site *s = site_at(R, site);
    if (s != NULL) type_version(t, shape_at(t, before)->type); /* so that the store below can be guarded */
    bool ok = attr_set(t, o.v, name, v.v);
    if (ok && s != NULL) site_fill_store(t, s, o.v, before);
    operand_drop(t, o);
    operand_drop(t, v);
    return ok;
}

bool op_delete_attr(Thread *t, Value *R, uint32_t a, uint32_t site) {
    Operand o = operand(R, a);
    bool ok = attr_set(t, o.v, site_name(R, site), VNULL);
    operand_drop(t, o);
    return ok;
}

/* The method `name` of o unbound, where the class has one and the instance does not shadow it: borrowed, else VNULL. */
static Value unbound_method(Thread *t, Value o, Value name) {
    Type *type = type_of(t, o);
    if (!type_finds_generically(t, type)) return VNULL;
    Value v = type_lookup(t, type, name);
    if (is_null(v) || !(type_of(t, v)->flags & TF_METHOD)) return VNULL;
    if (is_ptr(o) && (type->flags & TF_DICT) && !is_null(instance_get(t, v_obj(o), name))) return VNULL;
    return v;
}

bool op_load_method(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site) {
    Operand o = operand(R, b);
    Value name = site_name(R, site), *window = R + a, v;
    Site *s = site_at(R, site);
    if (s != NULL) {
        const Site *known = site_for(t, s, o.v, USE_METHOD);
        if (known != NULL && known->kind == SITE_CLASS_METHOD && V_AS(Type, o.v)->version == known->offset) {
            window[0] = new_ref(known->value);
            window[CALL_GAP + 1] = operand_take(o);
            return true;
        }
        if (known != NULL && known->kind == SITE_UNLESS_OWN && same(site_dict_value(t, known, v_obj(o.v)), known->value)) {
            window[0] = new_ref(known->value);
            window[CALL_GAP + 1] = operand_take(o);
            return true;
        }
    }
    v = unbound_method(t, o.v, name);
    if (!is_null(v)) {
        incref(v);
        if (s != NULL) site_fill_load(t, s, o.v, USE_METHOD);
        window[0] = v;
        window[CALL_GAP + 1] = operand_take(o);
        return true;
    }
    v = attr_get(t, o.v, name);
    if (!is_null(v)) {
        if (s != NULL) site_fill_load(t, s, o.v, USE_METHOD);
        window[0] = v;
        window[CALL_GAP + 1] = V_UNBOUND;
    }
    operand_drop(t, o);
    return !is_null(v);
}

/* --- super ------------------------------------------------------------------------------------------------------------------------ */

/* What stands behind `type` in the mro of `start` under `name`: borrowed, VNULL: nothing. */
static Value lookup_behind(Thread *t, Type *start, Type *type, Value name) {
    uint32_t i = 0, n = start->mro_count;
    while (i < n && start->mro_types[i] != type) i++;
    for (i++; i < n; i++) {
        Value v = dict_get_str(t, start->mro_types[i]->dict, name);
        if (!is_null(v)) return v;
    }
    return VNULL;
}

/* super(type, object).name for a plain instance: borrowed; VNULL: the long way. */
static Value super_found(Thread *t, Value *R, uint32_t b, Site *s, Value name) {
    Value type = R[b + 1], object = R[b + 2];
    if (!same(R[b], v_from(builtin_type(t, T_super))) || !is_type(t, type) || is_unbound(object) || same(name, N(t, __class__))) return VNULL;
    uint32_t shape = shape_of(object);
    if (s != NULL && s->kind == SITE_SUPER && s->shape == shape && shape_at(t, shape)->version == s->version && V_AS(Type, type)->version == s->offset)
        return s->value;
    Type *start = type_of(t, object);
    if (is_type(t, object) || !is_subtype(start, V_AS(Type, type))) return VNULL;
    Value v = lookup_behind(t, start, V_AS(Type, type), name);
    if (s != NULL && !is_null(v)) {
        uint32_t version = type_version(t, start), of_class = type_version(t, V_AS(Type, type));
        if (version != 0 && of_class != 0 && shape_at(t, shape)->version == version)
            *s = (Site){shape, version, of_class, SITE_SUPER, 0, 0, v, name};
    }
    return v;
}

static Value super_object(Thread *t, Value *R, uint32_t b, uint32_t nargs) {
    Value callee = R[b];
    bool shadowed = !same(callee, v_from(builtin_type(t, T_super)));
    return is_unbound(R[b + 2]) || (shadowed && nargs == 0) ? call_0(t, callee) : call_2(t, callee, R[b + 1], R[b + 2]);
}

static void super_drop(Thread *t, Value *R, uint32_t b) {
    for (uint32_t i = b; i < b + 3; i++) {
        Operand o = operand(R, i);
        operand_drop(t, o);
    }
}

bool op_load_super_attr(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t site) {
    Value name = site_name(R, site), v = super_found(t, R, b, site_at(R, site), name);
    if (!is_null(v)) {
        Value object = R[b + 2];
        incref(v);
        Type *type = type_of(t, v);
        if (type->slots.descr_get != NULL) {
            Value bound = type->slots.descr_get(t, v, object, v_from(type_of(t, object)));
            decref(t, v);
            v = bound;
        }
    } else {
        Value super = super_object(t, R, b, c);
        v = is_null(super) ? VNULL : attr_get(t, super, name);
        decref_maybe(t, super);
    }
    super_drop(t, R, b);
    return reg_result(t, R, a, v);
}

bool op_load_super_method(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t site) {
    Value name = site_name(R, site), v = super_found(t, R, b, site_at(R, site), name), self = V_UNBOUND;
    if (!is_null(v) && (type_of(t, v)->flags & TF_METHOD)) {
        incref(v);
        self = new_ref(R[b + 2]);
    } else {
        Value super = super_object(t, R, b, c);
        v = is_null(super) ? VNULL : attr_get(t, super, name);
        decref_maybe(t, super);
    }
    super_drop(t, R, b);
    if (is_null(v)) return false;
    R[a] = v;
    R[a + CALL_GAP + 1] = self;
    return true;
}
