/* Instances: their memory, the ext word, attributes in slots, the way from slots to a real dict.
 *
 * Invariants
 *   - In shape mode each of the shape's nslots slots holds a value: inline up to inline_cap, the others in the ext's overflow.
 *   - In dict mode (SHAPE_DICT_MODE) the attributes are those of ext->dict; VNULL stands for an empty dict.
 *
 * How many inline slots the instances of a class get is learned: the first instance gets a guess; when the second is made, what the
 * first has used is taken; an instance that overflows raises the hint for those that follow.  See `learn`.
 */
#include "object/instance.h"

#include "core/errors.h"
#include "heap/heap.h"
#include "object/dict.h"

enum {
    LEARNED = 2,     /* root->reserved: instances made, as far as learning cares */
    ROOTS_MAX = 8,   /* after so many changes of mind the layout stays */
    REORDER_MAX = 16, /* deleting an attribute in the middle of more than that goes over to a dict */
};

/* --- Making ------------------------------------------------------------------------------------ */

/* The most slots that instances of the type have had, and the number of its roots. */
static uint32_t slots_seen(Thread *t, Type *type, uint32_t *roots) {
    uint32_t most = 0;
    *roots = 0;
    for (uint32_t at = type->shape; at; at = shape_at(t, at)->sibling) {
        Shape *s = shape_at(t, at);
        if (s->nslots > most) most = s->nslots;
        *roots += (s->flags & SHAPE_ROOT) != 0;
    }
    return most;
}

/* Called for the first instances of a root shape and when the hint has grown: answers the root to use now. */
static COLD Shape *learn(Thread *t, Type *type, Shape *root) {
    if (!(type->flags & TF_HEAP) || !(type->flags & TF_DICT)) {
        root->reserved = LEARNED;
        return root;
    }
    if (root->reserved++ == 0) return root;
    root->reserved = LEARNED;
    uint32_t roots, most = slots_seen(t, type, &roots);
    if (roots >= ROOTS_MAX || (most <= root->inline_cap && root->inline_cap < most + 2)) return root;
    type->inline_hint = most;
    Shape *now = shape_new_root(t, type);
    if (!now) { /* not worth a failure */
        err_clear(t);
        return root;
    }
    now->reserved = LEARNED;
    return now;
}

Value object_new_sized(Thread *t, Type *type, int64_t nitems) {
    Shape *s = shape_at(t, type->shape);
    if (UNLIKELY(s->reserved < LEARNED)) s = learn(t, type, s);
    size_t size = shape_instance_bytes(type, s, nitems);
    uint32_t shape = shape_offset(t, s);
    bool front = s->flags & SHAPE_EXT_FRONT;
    size_t before = front ? 8 : 0;
    size = ((size + before + HEAP_ALIGN - 1) & ~(size_t)(HEAP_ALIGN - 1)) - before; /* what is left of the cell is zero, too */
    Object *o = front ? heap_object_front(t, shape, size) : heap_object(t, shape, size);
    if (UNLIKELY(!o)) return VNULL;
    memset(o + 1, 0, size - sizeof *o);
    if (type->flags & TF_HEAP) obj_incref(type);
    return v_from(o);
}

Value object_done(Thread *t, Value object) {
    if (type_of(t, object)->flags & TF_GC) gc_track(t, v_obj(object));
    return object;
}

/* --- The ext word ------------------------------------------------------------------------------ */

static inline InstanceExt **ext_word(Object *o, const Shape *s) {
    if (!(s->flags & SHAPE_EXT)) return NULL;
    if (s->flags & SHAPE_EXT_FRONT) return (InstanceExt **)o - 1;
    return (InstanceExt **)((char *)o + s->ext_offset);
}

InstanceExt **instance_ext_word(Thread *t, Object *o) { return ext_word(o, obj_shape(t, o)); }

InstanceExt *instance_ext_make(Thread *t, Object *o) {
    InstanceExt **word = instance_ext_word(t, o);
    if (!*word) *word = heap_alloc_zeroed(t, sizeof **word);
    return *word;
}

/* The ext with room for overflow slot `i`. */
static InstanceExt *overflow_make(Thread *t, Object *o, uint32_t i) {
    InstanceExt **word = instance_ext_word(t, o), *ext = *word;
    if (ext && i < ext->overflow_cap) return ext;
    uint32_t capacity = i < 2 ? 2 : i + i / 2 + 1;
    bool fresh = !ext;
    ext = heap_realloc(t, ext, sizeof *ext + capacity * sizeof(Value));
    if (!ext) return NULL;
    if (fresh) *ext = (InstanceExt){0};
    ext->overflow_cap = capacity;
    return *word = ext;
}

static inline Value *slot_at(Object *o, const Shape *s, uint32_t i) {
    if (LIKELY(i < s->inline_cap)) return (Value *)((char *)o + s->slots_start) + i;
    return &(*ext_word(o, s))->overflow[i - s->inline_cap];
}

Value *instance_slot(Thread *t, Object *o, Shape *shape, int slot) {
    (void)t;
    return slot_at(o, shape, (uint32_t)slot);
}

/* --- Attributes -------------------------------------------------------------------------------- */

Value instance_get(Thread *t, Object *o, Value name) {
    Shape *s = obj_shape(t, o);
    if (UNLIKELY(s->flags & SHAPE_DICT_MODE)) {
        InstanceExt *ext = *ext_word(o, s);
        return ext && !is_null(ext->dict) ? dict_get_str(t, ext->dict, name) : VNULL;
    }
    int i = instance_slot_index(t, s, name);
    return i < 0 ? VNULL : *slot_at(o, s, (uint32_t)i);
}

/* Leaves shape mode: the slots' values move into a dict. NULL: exception pending, nothing has changed. */
static InstanceExt *dict_mode_enter(Thread *t, Object *o) {
    Shape *s = obj_shape(t, o), *now = shape_dict_mode(t, s->type);
    if (!now) return NULL;
    InstanceExt *ext = instance_ext_make(t, o);
    if (!ext) return NULL;
    uint32_t n = s->nslots;
    if (n) {
        const Value *names = shape_names(t, s);
        if (!names) return NULL;
        Value dict = dict_new_sized(t, n);
        if (is_null(dict)) return NULL;
        for (uint32_t i = 0; i < n; i++) {
            if (!dict_set_str(t, dict, names[i], *slot_at(o, s, i))) {
                decref(t, dict);
                return NULL;
            }
        }
        for (uint32_t i = 0; i < n; i++) slot_clear(t, slot_at(o, s, i)); /* the dict holds them: none dies */
        ext->dict = dict;
    }
    o->shape = shape_offset(t, now);
    return ext;
}

static bool dict_mode_set(Thread *t, InstanceExt *ext, Value name, Value value) {
    if (is_null(ext->dict)) {
        ext->dict = dict_new(t);
        if (is_null(ext->dict)) return false;
    }
    return dict_set_str(t, ext->dict, name, value);
}

bool instance_set(Thread *t, Object *o, Value name, Value value) {
    Shape *s = obj_shape(t, o);
    if (UNLIKELY(s->flags & SHAPE_DICT_MODE)) {
        InstanceExt *ext = instance_ext_make(t, o);
        return ext && dict_mode_set(t, ext, name, value);
    }
    int i = instance_slot_index(t, s, name);
    if (i >= 0) {
        slot_set(t, slot_at(o, s, (uint32_t)i), new_ref(value));
        return true;
    }
    Shape *now = shape_add(t, s, name);
    if (!now) {
        InstanceExt *ext = dict_mode_enter(t, o);
        return ext && dict_mode_set(t, ext, name, value);
    }
    uint32_t at = s->nslots;
    if (at >= s->inline_cap) {
        if (!overflow_make(t, o, at - s->inline_cap)) return false;
        Shape *root = shape_at(t, s->type->shape);
        if (at >= root->inline_cap && at < 30) root->reserved = 1; /* the next instance asks again: see learn */
    }
    *slot_at(o, now, at) = new_ref(value);
    o->shape = shape_offset(t, now);
    return true;
}

/* Takes slot i out; those behind it move up, along the path of the remaining names. false: no such path. */
static bool slot_remove(Thread *t, Object *o, Shape *s, uint32_t i) {
    Shape *path[REORDER_MAX];
    uint32_t n = s->nslots;
    if (n - i > REORDER_MAX) return false;
    Shape *p = s;
    while (p->nslots > i) {
        path[p->nslots - 1 - i] = p;
        p = p->parent;
    }
    for (uint32_t k = 1; k < n - i; k++) {
        p = shape_add(t, p, path[k]->name);
        if (!p) return false;
    }
    Value old = *slot_at(o, s, i);
    for (uint32_t k = i; k + 1 < n; k++) *slot_at(o, s, k) = *slot_at(o, s, k + 1);
    *slot_at(o, s, n - 1) = VNULL;
    o->shape = shape_offset(t, p);
    decref_maybe(t, old);
    return true;
}

int instance_delete(Thread *t, Object *o, Value name) {
    Shape *s = obj_shape(t, o);
    if (!(s->flags & SHAPE_DICT_MODE)) {
        int i = instance_slot_index(t, s, name);
        if (i < 0) return 0;
        if (slot_remove(t, o, s, (uint32_t)i)) return 1;
        if (!dict_mode_enter(t, o)) return -1;
        s = obj_shape(t, o);
    }
    InstanceExt *ext = *ext_word(o, s);
    return ext && !is_null(ext->dict) ? dict_delete(t, ext->dict, name) : 0;
}

Value instance_dict(Thread *t, Object *o) {
    InstanceExt *ext = obj_shape(t, o)->flags & SHAPE_DICT_MODE ? instance_ext_make(t, o) : dict_mode_enter(t, o);
    if (!ext) return VNULL;
    if (is_null(ext->dict)) {
        ext->dict = dict_new(t);
        if (is_null(ext->dict)) return VNULL;
    }
    return new_ref(ext->dict);
}

bool instance_set_dict(Thread *t, Object *o, Value dict) {
    InstanceExt *ext = obj_shape(t, o)->flags & SHAPE_DICT_MODE ? instance_ext_make(t, o) : dict_mode_enter(t, o);
    if (!ext) return false;
    slot_set(t, &ext->dict, new_ref_maybe(dict));
    return true;
}
