/* Small plain objects: slice, range, cell, module, bound method, capsule, and the iterators that
 * the interpreter knows. */
#ifndef KRAIT_OBJECT_SIMPLE_H
#define KRAIT_OBJECT_SIMPLE_H

#include "core/object.h"
#include "object/list.h"
#include "object/tuple.h"

typedef struct Slice { Object head; Value start, stop, step; } Slice;
Value slice_new(Thread *t, Value start, Value stop, Value step); /* borrowed; VNULL: None */
/* start, stop, step as ints, adjusted to a sequence of `length`; *count items are selected. */
bool slice_indices(Thread *t, Value slice, int64_t length, int64_t *start, int64_t *stop, int64_t *step, int64_t *count);
/* The two halves of it: the numbers as they are written (saturated; calls __index__), and their adjustment to a length; answers the count. */
bool slice_unpack(Thread *t, Value slice, int64_t *start, int64_t *stop, int64_t *step);
int64_t slice_adjust(int64_t length, int64_t *start, int64_t *stop, int64_t step);

typedef struct Range { Object head; Value start, stop, step, length; } Range; /* ints */
Value range_new(Thread *t, Value start, Value stop, Value step);

typedef struct Cell { Object head; Value value; } Cell; /* V_UNBOUND: empty */
Value cell_new(Thread *t, Value value); /* taken */

/* module: `dict` is its namespace; `def` and `state` only for modules in C. */
typedef struct Module {
    Object head;
    Value dict;
    const struct ModuleDef *def;
    void *state;
    void *ext; /* the ext word: weak references */
} Module;
Value module_new(Thread *t, Value name);

typedef struct BoundMethod { Object head; Value function, self; void *ext; } BoundMethod;
Value method_new(Thread *t, Value function, Value self); /* borrowed */

/* Iterators with an index into a sequence (list_iterator, tuple_iterator, ...): exhausted when sequence is VNULL. */
typedef struct IndexIterator { Object head; Value sequence; int64_t index; } IndexIterator;
typedef struct RangeIterator { Object head; int64_t next, step, remaining; } RangeIterator;

/* The next item, owned, of an iterator over a list, tuple or range; VNULL: it is another one, or at its end: its type must be asked. */
static inline Value iterator_next_at_once(Value iterator) {
    if (!is_ptr(iterator)) return VNULL;
    uint32_t shape = v_obj(iterator)->shape;
    IndexIterator *i = V_AS(IndexIterator, iterator);
    if (shape == SHAPE_list_iterator) {
        if (LIKELY(!is_null(i->sequence)) && LIKELY(i->index < list_len(i->sequence))) return new_ref(list_at(i->sequence, i->index++));
    } else if (shape == SHAPE_range_iterator) {
        RangeIterator *r = V_AS(RangeIterator, iterator);
        if (LIKELY(r->remaining > 0) && LIKELY(smallint_fits(r->next))) {
            Value v = v_smallint(r->next);
            r->next += r->step;
            r->remaining--;
            return v;
        }
    } else if (shape == SHAPE_tuple_iterator) {
        if (LIKELY(!is_null(i->sequence)) && LIKELY(i->index < tuple_len(i->sequence))) return new_ref(tuple_at(i->sequence, i->index++));
    }
    return VNULL;
}

/* typing.Union: args without duplicates; hashable: a frozenset of those that have a hash, unhashable: a tuple of the others or VNULL. */
typedef struct Union { Object head; Value args, hashable, unhashable, parameters; void *ext; } Union;

typedef struct Capsule { Object head; void *pointer; const char *name; void *context; void (*destructor)(Value capsule); } Capsule;

#endif
