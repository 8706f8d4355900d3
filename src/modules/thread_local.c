/* _thread._local: attributes that each thread has for itself.
 *
 * The object owns a dict for each thread that touched it, so that the collector sees what they hold. Thread.locals is the thread's index
 * of them, by a number of the object: a thread that ends takes its dicts out of the objects, an object that dies takes its dicts out of the
 * indices. __init__ runs again, with the arguments of the constructor, in each thread that touches the object.
 */
#include "modules/thread_lock.h"

#include "object/exception.h"
#include "object/instance.h"

/* What a thread has: `dicts` and `owners` map the number of a _local object to the address of its dict here and to its own, borrowed. */
typedef struct LocalIndex { Object head; Value dicts, owners; } LocalIndex;

typedef struct LocalEntry { LocalIndex *index; Value dict; } LocalEntry;
typedef struct ThreadLocal {
    Object head;
    Value args, kwargs;
    int64_t number;
    LocalEntry *entries; /* raw block: a dict, owned, for each thread */
    uint32_t count, capacity;
    void *ext;
} ThreadLocal;

/* Addresses as numbers: the collector and the counts do not see them. */
static Value address_of(Object *o) { return v_smallint((int64_t)((uintptr_t)o >> 3)); }
static Object *object_at(Value address) { return (Object *)((uintptr_t)smallint_get(address) << 3); }

/* --- The index of a thread -------------------------------------------------------------------------------------------- */

/* The dict of the object's entry at i, which leaves object and index; owned. */
static Value take_entry(Thread *t, ThreadLocal *l, uint32_t i) {
    LocalEntry e = l->entries[i];
    l->entries[i] = l->entries[--l->count];
    Value key = v_smallint(l->number);
    if (dict_delete(t, e.index->dicts, key) < 0 || dict_delete(t, e.index->owners, key) < 0) err_clear(t);
    return e.dict;
}

static void index_destroy(Thread *t, Object *o) {
    LocalIndex *index = (LocalIndex *)o;
    Value key, address;
    while (dict_popitem(t, index->owners, &key, &address)) {
        ThreadLocal *l = (ThreadLocal *)object_at(address);
        decref(t, key);
        uint32_t i = 0;
        while (l->entries[i].index != index) i++;
        decref(t, take_entry(t, l, i));
    }
}

static const Field index_fields[] = {FIELD_VALUE(LocalIndex, dicts), FIELD_VALUE(LocalIndex, owners)};
static const TypeDef index_def = {
    .name = "_thread._localindex",
    .flags = TF_IMMUTABLE | TF_NO_NEW,
    .size = sizeof(LocalIndex),
    FIELDS(index_fields),
    .slots = {.destroy = index_destroy},
};

bool thread_local_init(Thread *t, struct ThreadState *state) {
    state->local_index = type_from_def(t, &index_def, VNULL, VNULL);
    return state->local_index != NULL;
}

/* The running thread's; NULL: exception pending. */
static LocalIndex *index_here(Thread *t) {
    if (!is_null(t->locals)) return V_AS(LocalIndex, t->locals);
    Value v = object_new(t, MODULE_STATE(t, thread, struct ThreadState)->local_index);
    if (is_null(v)) return NULL;
    LocalIndex *index = V_AS(LocalIndex, v);
    index->dicts = dict_new(t);
    index->owners = is_null(index->dicts) ? VNULL : dict_new(t);
    if (is_null(index->owners)) {
        slot_clear(t, &index->dicts);
        index->owners = VNULL;
        decref(t, v);
        return NULL;
    }
    t->locals = object_done(t, v);
    return index;
}

/* --- The dicts of an object -------------------------------------------------------------------------------------------- */

static bool reserve_entry(Thread *t, ThreadLocal *l) {
    if (l->count < l->capacity) return true;
    uint32_t capacity = l->capacity ? l->capacity * 2 : 2;
    LocalEntry *entries = heap_alloc(t, capacity * sizeof *entries);
    if (entries == NULL) return false;
    if (l->count > 0) memcpy(entries, l->entries, l->count * sizeof *entries);
    heap_free(t, l->entries);
    l->entries = entries;
    l->capacity = capacity;
    return true;
}

/* A new dict for the running thread; borrowed. */
static Value add_dict(Thread *t, ThreadLocal *l) {
    LocalIndex *index = index_here(t);
    Value dict = index == NULL || !reserve_entry(t, l) ? VNULL : dict_new(t), key = v_smallint(l->number);
    if (is_null(dict)) return VNULL;
    if (!dict_set(t, index->dicts, key, address_of(v_obj(dict)))) goto failed;
    if (!dict_set(t, index->owners, key, address_of(&l->head))) {
        Value error = err_fetch(t);
        if (dict_delete(t, index->dicts, key) < 0) err_clear(t);
        err_restore(t, error);
        goto failed;
    }
    l->entries[l->count++] = (LocalEntry){index, dict};
    return dict;
failed:
    decref(t, dict);
    return VNULL;
}

static Value find_dict(Thread *t, const ThreadLocal *l) {
    if (is_null(t->locals)) return VNULL;
    Value address = dict_get(t, V_AS(LocalIndex, t->locals)->dicts, v_smallint(l->number));
    return is_null(address) ? VNULL : v_from(object_at(address));
}

static void drop_dict(Thread *t, ThreadLocal *l) {
    for (uint32_t i = 0; i < l->count; i++) {
        if (!same(v_from(l->entries[i].index), t->locals)) continue;
        decref(t, take_entry(t, l, i));
        return;
    }
}

/* The thread's dict: borrowed; made at the first touch. */
static Value local_dict(Thread *t, Value self) {
    ThreadLocal *l = V_AS(ThreadLocal, self);
    Value dict = find_dict(t, l);
    if (!is_null(dict)) return dict;
    dict = add_dict(t, l);
    Type *type = type_of(t, self);
    if (is_null(dict) || type->slots.init == builtin_type(t, T_object)->slots.init || type->slots.init == NULL) return dict;
    /* __init__ sees the new dict; when it fails, the next touch tries again. */
    Value init = attr_get(t, self, N(t, __init__));
    Value r = is_null(init) ? VNULL : call_tuple(t, init, is_null(l->args) ? t->interp->empty_tuple : l->args, l->kwargs);
    decref_maybe(t, init);
    decref_maybe(t, r);
    if (!is_null(r)) {
        dict = find_dict(t, l);
        return is_null(dict) ? err_raise(t, T_RuntimeError, "thread-local data went while __init__ ran") : dict;
    }
    Value error = err_fetch(t);
    drop_dict(t, l);
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
    if (!is_null(add_dict(t, V_AS(ThreadLocal, self)))) return self;
    decref(t, self);
    return VNULL;
}

static int local_traverse(Object *self, VisitFn visit, void *context) {
    ThreadLocal *l = (ThreadLocal *)self;
    for (uint32_t i = 0; i < l->count; i++) {
        int stop = visit(l->entries[i].dict, context);
        if (stop) return stop;
    }
    return 0;
}

static void local_clear(Thread *t, Object *self) {
    ThreadLocal *l = (ThreadLocal *)self;
    while (l->count > 0) decref(t, take_entry(t, l, l->count - 1));
}

static void local_destroy(Thread *t, Object *self) {
    local_clear(t, self);
    heap_free(t, ((ThreadLocal *)self)->entries);
    ((ThreadLocal *)self)->entries = NULL;
}

static const Field local_fields[] = {FIELD_VALUE(ThreadLocal, args), FIELD_VALUE(ThreadLocal, kwargs)};
const TypeDef typedef_thread_local = {
    .name = "_thread._local",
    .doc = "Thread-local data",
    .flags = TF_BASE | TF_GC | TF_WEAKREF | TF_EXT,
    .size = sizeof(ThreadLocal),
    .ext_offset = offsetof(ThreadLocal, ext),
    FIELDS(local_fields),
    .slots = {.new = local_new, .getattr = local_getattr, .setattr = local_setattr, .destroy = local_destroy, .traverse = local_traverse, .clear = local_clear},
};
