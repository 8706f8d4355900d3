/* Operations on any object: text, length, items, iteration, membership; with object/dispatch.h truth, hash, comparison, repr. */
#ifndef KRAIT_OPS_OBJECT_H
#define KRAIT_OPS_OBJECT_H

#include "core/errors.h"
#include "object/dispatch.h"
#include "object/simple.h"

Value ascii_of(Thread *t, Value v);
Value format_of(Thread *t, Value v, Value spec); /* format(v, spec); spec VNULL: '' */

int64_t length_of(Thread *t, Value v);                     /* -1: error */
int64_t length_hint(Thread *t, Value v, int64_t fallback); /* -1: error */
Value item_get(Thread *t, Value container, Value key);
bool item_set(Thread *t, Value container, Value key, Value value) MUST_USE;
bool item_delete(Thread *t, Value container, Value key) MUST_USE;
Value item_get_index(Thread *t, Value sequence, int64_t index);
Value mapping_get_maybe(Thread *t, Value mapping, Value key); /* VNULL without exception on KeyError */
int contains(Thread *t, Value container, Value v);

Value iter_of(Thread *t, Value v);
/* The next value (owned), or VNULL: exhausted without, or error with an exception pending. StopIteration is never pending. */
Value iter_next(Thread *t, Value iterator);
static inline Value iter_next_fast(Thread *t, Value iterator) { /* the same, fast for lists, tuples and ranges */
    Value v = iterator_next_at_once(iterator);
    return LIKELY(!is_null(v)) ? v : iter_next(t, iterator);
}
bool is_iterator(Thread *t, Value v);
/* After `next` of a type answered VNULL: true where it was the end (a pending StopIteration is dropped), false: an exception. */
bool iter_ended(Thread *t);
/* Resumes a generator, coroutine or iterator: yield-from's step. */
SendResult iter_send(Thread *t, Value iterator, Value arg, Value *result);
/* Runs `each` for every item (borrowed); false from it or an error stops with false. */
bool iterate(Thread *t, Value iterable, bool (*each)(Thread *t, Value item, void *context), void *context) MUST_USE;

/* A tuple or list with the items of v (an exact list or tuple is answered as it is), for fast walking;
 * TypeError with `message` when it is not iterable. */
Value sequence_fast(Thread *t, Value v, const char *message);
/* The same, but always a tuple: for walks that run Python (an __index__, __buffer__ or __eq__), which could change a list. */
Value sequence_tuple(Thread *t, Value v, const char *message);
int64_t sequence_fast_len(Value fast);
Value *sequence_fast_items(Value fast);

Value concat(Thread *t, Value a, Value b); /* operator.concat */
Value repeat(Thread *t, Value a, int64_t n);
bool is_sequence(Thread *t, Value v); /* has item access and is not a dict */
bool is_mapping(Thread *t, Value v);

Value type_subscript(Thread *t, Value type, Value key); /* type[key] by __class_getitem__ */

int is_instance(Thread *t, Value v, Value type_or_tuple); /* isinstance(): 1, 0, -1 */
int is_subclass(Thread *t, Value v, Value type_or_tuple);
/* The same without __instancecheck__ and __subclasscheck__: what type's own methods of these names do. */
int is_instance_plain(Thread *t, Value v, Value type);
int is_subclass_plain(Thread *t, Value v, Value type);
Value dir_of(Thread *t, Value v); /* VNULL v: names of the current namespace */

#endif
