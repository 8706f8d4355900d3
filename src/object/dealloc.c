/* The death of an object: finaliser, weak references, __slots__, attributes, fields, memory, in that order.
 *
 * An object dies at once when its last reference goes, on the C stack of whoever dropped it, and so do the
 * objects that it held the last reference to.  Near the end of the C stack objects wait in a queue of the thread instead; they die, in
 * the same depth-first order, when the stack has unwound a little: a list of ten million nodes needs no more than the stack that is there.
 *
 * Values in arrays (list, tuple) are dropped from the last to the first, everything else in order: the order of finalisers
 * is visible.
 */
#include "core/errors.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/gc.h"
#include "object/gen.h"
#include "object/list.h"
#include "object/set.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/traverse.h"
#include "object/tuple.h"
#include "object/weakref.h"

enum {
    GUARD = 16 << 10,  /* of C stack above the limit: here objects begin to wait ... */
    RESUME = 32 << 10, /* ... until so much more is free */
};

typedef struct DeallocQueue {
    uint32_t count, capacity;
    uint32_t base; /* entries below it wait for an outer drain */
    Object *objects[];
} DeallocQueue;

/* --- Parts of an object ------------------------------------------------------------------------ */

static void drop_values(Thread *t, Value *values, int64_t n) {
    while (n-- > 0) decref_maybe(t, values[n]);
}

static void drop_fields(Thread *t, Object *o, const Field *f, const Field *end) {
    for (; f < end; f++) {
        char *at = (char *)o + f->offset;
        switch (f->kind) {
            case F_VALUE: case F_POINTER: decref_maybe(t, *(Value *)at); break;
            case F_ITEMS: drop_values(t, (Value *)at, field_count(o, f)); break;
            case F_BUFFER: heap_free(t, *(void **)at); break;
            case F_VALUES:
                if (*(Value **)at) drop_values(t, *(Value **)at, field_count(o, f));
                heap_free(t, *(void **)at);
                break;
        }
    }
}

static void drop_attributes(Thread *t, Object *o, Shape *s) {
    uint32_t n = s->nslots, in = n < s->inline_cap ? n : s->inline_cap;
    Value *slots = (Value *)((char *)o + s->slots_start);
    for (uint32_t i = 0; i < in; i++) decref_maybe(t, slots[i]);
    InstanceExt *ext = instance_ext_of(o, s);
    if (!ext) return;
    for (uint32_t i = in; i < n; i++) decref_maybe(t, ext->overflow[i - in]);
    decref_maybe(t, ext->dict);
    heap_free(t, ext);
}

void object_finalize(Thread *t, Object *o) {
    Type *type = obj_type(t, o);
    if (!type->slots.finalize) return;
    if (type->flags & TF_GC) {
        uint8_t *mark = gc_mark_of(o);
        if (*mark & GC_FINALIZED) return;
        *mark |= GC_FINALIZED;
        page_of(o)->flags |= PAGE_MARKED;
    }
    Value pending = err_fetch(t);
    type->slots.finalize(t, v_from(o));
    if (err_pending(t)) err_unraisable(t, NULL, v_from(o)); /* the slot should have seen to it */
    err_restore(t, pending);
}

/* --- Death ------------------------------------------------------------------------------------- */

/* false: the finaliser has given somebody a reference. */
static bool finalize_dying(Thread *t, Object *o) {
    bool is_container = obj_type(t, o)->flags & TF_GC;
    if (is_container && *gc_mark_of(o) & GC_FINALIZED) return true;
    o->refs = 1;
    if (is_container) gc_track(t, o);
    object_finalize(t, o);
    if (is_immortal(o) || --o->refs > 0) return false;
    if (obj_type(t, o)->flags & TF_GC) gc_untrack(t, o);
    return true;
}

static NOINLINE void drop_slots(Thread *t, Object *o, Type *type) {
    for (; type->flags & TF_HEAP; type = type->base) {
        drop_fields(t, o, type->fields + type->base->fields_count, type->fields + type->fields_count);
    }
}

static void destroy_any(Thread *t, Object *o) {
    Shape *s = obj_shape(t, o);
    Type *type = s->type;
    if (UNLIKELY(type == NULL)) { /* boot: a str that dies before there are types */
        if (o->shape == SHAPE_str) str_intern_forget(t, (Str *)o);
        heap_object_free(t, o);
        return;
    }
    if (type->flags & TF_GC) gc_untrack(t, o);
    if (UNLIKELY(type->slots.finalize != NULL)) {
        if (!finalize_dying(t, o)) return;
        s = obj_shape(t, o); /* __class__ and attributes may have changed */
        type = s->type;
    }
    if (s->flags & SHAPE_EXT) {
        InstanceExt *ext = instance_ext_of(o, s);
        if (ext && UNLIKELY(ext->weak != NULL)) weakref_clear_all(t, o);
    }
    Type *builtin = type;
    if (type->flags & TF_HEAP) {
        while (builtin->flags & TF_HEAP) builtin = builtin->base;
        if (type->fields_count != builtin->fields_count) drop_slots(t, o, type);
    }
    if (s->flags & SHAPE_EXT) drop_attributes(t, o, s);
    if (type->slots.destroy) type->slots.destroy(t, o);
    drop_fields(t, o, builtin->fields, builtin->fields + builtin->fields_count);
    heap_object_free(t, o);
    if (type->flags & TF_HEAP) obj_decref(t, type);
}

/* The same for what programs make and drop most, exact instances of some built-in types, without a look at the type. Their marks are
 * clear when they are untracked: no finaliser runs for them. */
static void destroy(Thread *t, Object *o) {
    switch (o->shape) {
        case SHAPE_float: case SHAPE_int: case SHAPE_range_iterator:
            heap_give(t, o);
            return;
        case SHAPE_tuple:
            gc_untrack(t, o);
            drop_values(t, ((Tuple *)o)->items, ((Tuple *)o)->length);
            heap_give(t, o);
            return;
        case SHAPE_list: {
            List *l = (List *)o;
            gc_untrack(t, o);
            drop_values(t, l->items, l->length);
            heap_free(t, l->items);
            heap_give(t, o);
            return;
        }
        case SHAPE_cell: case SHAPE_list_iterator: case SHAPE_tuple_iterator: case SHAPE_async_generator_wrapped_value: {
            _Static_assert(offsetof(Cell, value) == offsetof(IndexIterator, sequence), "one word each");
            _Static_assert(offsetof(Cell, value) == offsetof(WrappedValue, value), "one word each");
            gc_untrack(t, o);
            decref_maybe(t, ((Cell *)o)->value);
            heap_give(t, o);
            return;
        }
        case SHAPE_str:
            str_intern_forget(t, (Str *)o);
            heap_give(t, o);
            return;
        case SHAPE_set: case SHAPE_frozenset:
            if (UNLIKELY(((Set *)o)->ext != NULL)) break;
            gc_untrack(t, o);
            set_clear(t, v_from(o));
            heap_give(t, o);
            return;
        case SHAPE_dict:
            gc_untrack(t, o);
            dict_clear(t, v_from(o));
            heap_give(t, o);
            return;
        case SHAPE_method: {
            BoundMethod *m = (BoundMethod *)o;
            if (UNLIKELY(m->ext != NULL)) break;
            gc_untrack(t, o);
            decref_maybe(t, m->function); /* the collector clears them */
            decref_maybe(t, m->self);
            heap_give(t, o);
            return;
        }
        case SHAPE_function: {
            Function *f = (Function *)o;
            if (UNLIKELY(f->ext != NULL)) break;
            gc_untrack(t, o);
            for (Value *v = (Value *)&f->code; v <= &f->retired; v++) decref_maybe(t, *v);
            heap_give(t, o);
            return;
        }
        case SHAPE_generator: case SHAPE_coroutine: {
            Generator *g = (Generator *)o;
            if (g->state != GEN_CLOSED || UNLIKELY(g->ext != NULL) || *gc_mark_of(o) & GC_FINALIZED) break;
            gc_untrack(t, o);
            obj_decref(t, g->code);
            decref(t, g->name);
            decref(t, g->qualname);
            decref_maybe(t, g->origin_or_finalizer);
            heap_give(t, o);
            return;
        }
        case SHAPE_async_generator_asend: {
            AsyncSend *s = (AsyncSend *)o;
            if (s->state == AWAIT_NEW || *gc_mark_of(o) & GC_FINALIZED) break;
            gc_untrack(t, o);
            obj_decref(t, s->generator);
            decref_maybe(t, s->value); /* the collector clears it */
            heap_give(t, o);
            return;
        }
        default: break;
    }
    destroy_any(t, o);
}

/* Puts a dead object into the thread's queue. Without memory for that it is lost. */
static COLD void wait_for_stack(Thread *t, Object *o) {
    DeallocQueue *q = t->dealloc_queue;
    if (!q || q->count == q->capacity) {
        uint32_t capacity = q ? 2 * q->capacity : 62;
        Value pending = t->pending;
        DeallocQueue *grown = heap_realloc(t, q, sizeof *grown + capacity * sizeof(Object *));
        if (!grown) {
            if (is_null(pending)) err_clear(t);
            return;
        }
        if (!q) *grown = (DeallocQueue){0};
        grown->capacity = capacity;
        t->dealloc_queue = q = grown;
    }
    if (obj_type(t, o)->flags & TF_GC) gc_untrack(t, o);
    q->objects[q->count++] = o;
}

static void reverse(DeallocQueue *q, uint32_t low, uint32_t high) {
    for (; low + 1 < high; low++, high--) {
        Object *o = q->objects[low];
        q->objects[low] = q->objects[high - 1];
        q->objects[high - 1] = o;
    }
}

/* Lets those that wait die.  What one of them leaves waiting comes before its later siblings. */
static COLD void drain(Thread *t) {
    DeallocQueue *q = t->dealloc_queue;
    uint32_t base = q->base;
    t->dealloc_depth++;
    reverse(q, base, q->count);
    while (q->count > base) {
        Object *o = q->objects[--q->count];
        uint32_t below = q->base = q->count;
        destroy(t, o);
        q = t->dealloc_queue; /* it may have moved */
        reverse(q, below, q->count);
    }
    q->base = base;
    if (--t->dealloc_depth == 0 && q->capacity > 1000) {
        heap_free(t, q);
        t->dealloc_queue = NULL;
    }
}

void object_dealloc(Thread *t, Object *o) {
    char *here = __builtin_frame_address(0), *limit = t->fiber->c_stack_limit;
    if (UNLIKELY(here < limit + GUARD)) {
        wait_for_stack(t, o);
        return;
    }
    destroy(t, o);
    DeallocQueue *q = t->dealloc_queue;
    if (UNLIKELY(q != NULL) && q->count > q->base && here > limit + GUARD + RESUME) drain(t);
}

/* --- Walking and breaking ---------------------------------------------------------------------- */

int object_traverse(Thread *t, Object *o, VisitFn visit, void *context) { return traverse_object(t, o, visit, context, false); }
int object_traverse_all(Thread *t, Object *o, VisitFn visit, void *context) { return traverse_object(t, o, visit, context, true); }

static void clear_attributes(Thread *t, Object *o) {
    Shape *s = obj_shape(t, o), *root = s;
    uint32_t n = s->nslots;
    while (root->nslots) root = root->parent;
    o->shape = shape_offset(t, root);
    for (uint32_t i = 0; i < n; i++) {
        Value *slot = instance_slot(t, o, s, (int)i), v = *slot;
        *slot = VNULL;
        decref_maybe(t, v);
    }
    InstanceExt *ext = instance_ext_of(o, s);
    if (ext) slot_clear(t, &ext->dict);
}

static void clear_values(Thread *t, Object *o, const Field *f) {
    Value *values = *(Value **)((char *)o + f->offset);
    int64_t n = field_count(o, f);
    memset((char *)o + f->count, 0, f->count_size); /* now it is empty, with its room */
    if (values) drop_values(t, values, n);
}

static void clear_fields(Thread *t, Object *o, const Field *f, const Field *end) {
    for (; f < end; f++) {
        if (f->kind == F_VALUE) slot_clear(t, (Value *)((char *)o + f->offset));
        else if (f->kind == F_VALUES) clear_values(t, o, f);
    }
}

void object_clear(Thread *t, Object *o) {
    Shape *s = obj_shape(t, o);
    Type *type = s->type, *builtin = type;
    while (builtin->flags & TF_HEAP) builtin = builtin->base;
    clear_fields(t, o, type->fields + builtin->fields_count, type->fields + type->fields_count);
    if (s->flags & SHAPE_EXT) clear_attributes(t, o);
    if (type->slots.clear) type->slots.clear(t, o);
    else if (!(type->flags & TF_TYPE)) clear_fields(t, o, builtin->fields, builtin->fields + builtin->fields_count);
}
