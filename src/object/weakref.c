/* Weak references: the list of each referent.
 *
 * The list hangs on the referent's ext word.  First in it stand the plain reference and the plain proxy, which are shared by all
 * who ask for one without a callback; behind them the newest comes first.  That is also the order of the callbacks.
 *
 * Invariant: a live reference is in the list of its referent; a dead one has referent None and is in no list.
 */
#include "object/weakref.h"

#include "core/errors.h"
#include "heap/heap.h"
#include "object/instance.h"

enum { NOTIFY_ON_STACK = 16 };

WeakRef *weakref_list(Thread *t, Object *o) {
    InstanceExt **word = instance_ext_word(t, o);
    return word && *word ? (*word)->weak : NULL;
}

static void list_insert(InstanceExt *ext, WeakRef *after, WeakRef *w) {
    w->previous = after;
    w->next = after ? after->next : ext->weak;
    if (w->next) w->next->previous = w;
    if (after) after->next = w;
    else ext->weak = w;
}

static bool is_plain(const WeakRef *w, uint32_t shape) { return w->head.shape == shape && is_null(w->callback); }

/* The shared references at the list's head: the plain one, then the plain proxy of either kind. */
static void plain_ones(InstanceExt *ext, WeakRef **ref, WeakRef **proxy) {
    *ref = *proxy = NULL;
    WeakRef *w = ext->weak;
    if (w && is_plain(w, SHAPE_weakref)) {
        *ref = w;
        w = w->next;
    }
    if (w && (is_plain(w, SHAPE_weakproxy) || is_plain(w, SHAPE_weakcallableproxy))) *proxy = w;
}

Value weakref_make(Thread *t, Type *type, Value object, Value callback) {
    Object *o = is_obj(object) ? v_obj(object) : NULL;
    if (!o || !(type_of(t, object)->flags & TF_WEAKREF) || !instance_ext_word(t, o)) {
        return err_raise(t, T_TypeError, "cannot create weak reference to '%T' object", object);
    }
    InstanceExt *ext = instance_ext_make(t, o);
    if (!ext) return VNULL;
    WeakRef *ref, *proxy;
    plain_ones(ext, &ref, &proxy);
    bool is_ref = type->shape == SHAPE_weakref, is_proxy = type->shape == SHAPE_weakproxy || type->shape == SHAPE_weakcallableproxy;
    if (is_null(callback) && is_ref && ref && ref->head.refs > 0) return ref_of(ref);
    if (is_null(callback) && is_proxy && proxy && proxy->head.refs > 0) return ref_of(proxy);
    Value made = object_new(t, type);
    if (is_null(made)) return VNULL;
    WeakRef *w = V_AS(WeakRef, made);
    w->referent = object;
    w->callback = new_ref_maybe(callback);
    w->hash = -1;
    ext = *instance_ext_word(t, o);
    WeakRef *after = NULL;
    if (!is_null(callback) || !(is_ref || is_proxy)) after = proxy ? proxy : ref;
    else if (is_proxy) after = ref;
    list_insert(ext, after, w);
    return object_done(t, made);
}

Value weakref_at_once(Thread *t, Value object) {
    if (!is_ptr(object)) return VNULL;
    InstanceExt **word = instance_ext_word(t, v_obj(object));
    WeakRef *w = word != NULL && *word != NULL ? (*word)->weak : NULL;
    return w != NULL && is_plain(w, SHAPE_weakref) && w->head.refs > 0 ? ref_of(w) : VNULL;
}

Value weakref_new(Thread *t, Value object, Value callback) { return weakref_make(t, builtin_type(t, T_weakref), object, callback); }

void weakref_sever(Thread *t, WeakRef *w) {
    if (is_none(w->referent) || is_null(w->referent)) return;
    if (w->previous) w->previous->next = w->next;
    else (*instance_ext_word(t, v_obj(w->referent)))->weak = w->next;
    if (w->next) w->next->previous = w->previous;
    w->previous = w->next = NULL;
    w->referent = V_NONE;
}

void weakref_notify(Thread *t, WeakRef *w) {
    Value callback = w->callback;
    if (is_null(callback)) return;
    w->callback = VNULL;
    Value pending = err_fetch(t), window[2] = {VNULL, v_from(w)}, result = VNULL;
    Value (*call)(Thread *, Value, Value *, uint32_t, Value) = type_of(t, callback)->slots.call;
    if (!call) err_raise(t, T_TypeError, "'%T' object is not callable", callback);
    else if (stack_check(t, " while calling a Python object")) result = call(t, callback, window + 1, 1, VNULL);
    if (is_null(result)) err_unraisable(t, "Exception ignored while calling weakref callback", callback);
    else decref(t, result);
    err_restore(t, pending);
    decref(t, callback);
}

void weakref_clear_all(Thread *t, Object *o) {
    uint32_t n = 0;
    for (WeakRef *w = weakref_list(t, o); w; w = w->next) n += !is_null(w->callback) && w->head.refs > 0;
    WeakRef *on_stack[NOTIFY_ON_STACK], **notify = on_stack;
    if (n > NOTIFY_ON_STACK) {
        notify = heap_scratch(n * sizeof *notify);
        if (!notify) {
            notify = on_stack;
            n = NOTIFY_ON_STACK; /* without memory the others go unnoticed */
        }
    }
    uint32_t i = 0;
    for (WeakRef *w, *next = weakref_list(t, o); (w = next);) {
        next = w->next;
        weakref_sever(t, w);
        if (!is_null(w->callback) && w->head.refs > 0 && i < n) {
            obj_incref(w);
            notify[i++] = w;
        }
    }
    for (i = 0; i < n; i++) {
        weakref_notify(t, notify[i]);
        obj_decref(t, notify[i]);
    }
    if (notify != on_stack) heap_scratch_free(notify, n * sizeof *notify);
}
