/* _thread._local: attributes that each thread has for itself.
 *
 * Thread.locals maps a number of the object to the thread's dict for it; __init__ runs again, with the arguments of the constructor, in each
 * thread that touches the object.
 */
#include "modules/thread_lock.h"

#include "object/exception.h"
#include "object/instance.h"

typedef struct ThreadLocal { Object head; Value args, kwargs; int64_t number; void *ext; } ThreadLocal;

static Value key_of(Thread *t, ThreadLocal *l) { return int_from_i64(t, l->number); }

/* The thread's dict: borrowed; made at the first touch. */
static Value local_dict(Thread *t, Value self) {
    ThreadLocal *l = V_AS(ThreadLocal, self);
    if (is_null(t->locals) && is_null(t->locals = dict_new(t))) return VNULL;
    Value key = key_of(t, l);
    if (is_null(key)) return VNULL;
    Value dict = dict_get(t, t->locals, key);
    if (!is_null(dict)) return dict;
    dict = dict_new(t);
    if (is_null(dict) || !dict_set(t, t->locals, key, dict)) {
        decref_maybe(t, dict);
        return VNULL;
    }
    decref(t, dict);
    Type *type = type_of(t, self);
    if (type->slots.init == builtin_type(t, T_object)->slots.init || type->slots.init == NULL) return dict;
    /* __init__ sees the new dict; when it fails, the next touch tries again. */
    Value init = attr_get(t, self, N(t, __init__));
    Value r = is_null(init) ? VNULL : call_tuple(t, init, is_null(l->args) ? t->interp->empty_tuple : l->args, l->kwargs);
    decref_maybe(t, init);
    decref_maybe(t, r);
    if (!is_null(r)) return dict_get(t, t->locals, key);
    Value error = err_fetch(t);
    dict_delete(t, t->locals, key);
    err_restore(t, error);
    return VNULL;
}

static Value local_getattr(Thread *t, Value self, Value name) {
    Value dict = local_dict(t, self);
    if (is_null(dict)) return VNULL;
    if (!is_str(t, name)) return attr_generic_get(t, self, name);
    if (str_equals_cstr(V_AS(Str, name), "__dict__")) return new_ref(dict);
    Type *type = type_of(t, self);
    Value descriptor = type_lookup(t, type, name);
    if (!is_null(descriptor) && type_of(t, descriptor)->slots.descr_set != NULL) return attr_generic_get(t, self, name);
    Value v = dict_get(t, dict, name);
    if (!is_null(v)) return new_ref(v);
    if (err_pending(t)) return VNULL;
    if (is_null(descriptor)) return err_attribute(t, self, name);
    return attr_generic_get(t, self, name);
}

static bool local_setattr(Thread *t, Value self, Value name, Value value) {
    Value dict = local_dict(t, self);
    if (is_null(dict)) return false;
    if (!is_str(t, name)) return attr_generic_set(t, self, name, value);
    if (str_equals_cstr(V_AS(Str, name), "__dict__")) return err_fail(t, T_AttributeError, "'%T' object attribute '__dict__' is read-only", self);
    Value descriptor = type_lookup(t, type_of(t, self), name);
    if (!is_null(descriptor) && type_of(t, descriptor)->slots.descr_set != NULL) return attr_generic_set(t, self, name, value);
    if (!is_null(value)) return dict_set(t, dict, name, value);
    int r = dict_delete(t, dict, name);
    if (r == 0) err_attribute(t, self, name);
    return r > 0;
}

static Value local_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    bool has_init = type->slots.init != NULL && type->slots.init != builtin_type(t, T_object)->slots.init;
    if ((nargs || (!is_null(kwnames) && tuple_len(kwnames))) && !has_init)
        return err_raise(t, T_TypeError, "Initialization arguments are not supported");
    Value self = object_new(t, type);
    if (is_null(self)) return self;
    ThreadLocal *l = V_AS(ThreadLocal, self);
    l->number = ++MODULE_STATE(t, thread, struct ThreadState)->next_local;
    l->args = tuple_from(t, args, nargs);
    if (!is_null(kwnames) && tuple_len(kwnames)) {
        l->kwargs = dict_new(t);
        for (int64_t i = 0; !is_null(l->kwargs) && i < tuple_len(kwnames); i++)
            if (!dict_set(t, l->kwargs, tuple_at(kwnames, i), args[nargs + i])) break;
    }
    self = object_done(t, self);
    if (is_null(l->args) || err_pending(t)) {
        decref(t, self);
        return VNULL;
    }
    /* The constructing thread's dict stands at once: type.__call__ runs __init__ there. */
    if (is_null(t->locals) && is_null(t->locals = dict_new(t))) goto failed;
    Value dict = dict_new(t), key = key_of(t, l);
    bool ok = !is_null(dict) && !is_null(key) && dict_set(t, t->locals, key, dict);
    decref_maybe(t, dict);
    if (ok) return self;
failed:
    decref(t, self);
    return VNULL;
}

static void local_destroy(Thread *t, Object *self) {
    Value key = int_from_i64(t, ((ThreadLocal *)self)->number);
    for (Thread *other = t->interp->threads; other != NULL; other = other->next) {
        if (is_null(other->locals)) continue;
        Value dict = dict_pop(t, other->locals, key);
        decref_maybe(t, dict);
    }
}

static const Field local_fields[] = {FIELD_VALUE(ThreadLocal, args), FIELD_VALUE(ThreadLocal, kwargs)};
const TypeDef typedef_thread_local = {
    .name = "_thread._local",
    .doc = "Thread-local data",
    .flags = TF_BASE | TF_GC | TF_WEAKREF | TF_EXT,
    .size = sizeof(ThreadLocal),
    .ext_offset = offsetof(ThreadLocal, ext),
    FIELDS(local_fields),
    .slots = {.new = local_new, .getattr = local_getattr, .setattr = local_setattr, .destroy = local_destroy},
};
