/* tuple: an immutable array of values in place. The empty tuple is one immortal object.
 *
 * The hash is kept where it costs no memory: cells come in units of 16 bytes, so behind an odd number of items one word is left over,
 * unless the object has a word in front.  A pair takes 32 bytes so and keeps none; what is dear to hash in it are the tuples in it. */
#ifndef KRAIT_OBJECT_TUPLE_H
#define KRAIT_OBJECT_TUPLE_H

#include "core/object.h"

typedef struct Tuple {
    Object head;
    int64_t length;
    Value items[];
} Tuple;

bool tuple_init_shared(Thread *t);         /* boot: the empty tuple */
Value tuple_new(Thread *t, int64_t length); /* items VNULL, not tracked: fill them, then tuple_done */
Value tuple_done(Thread *t, Value tuple);   /* tracks it if needed and answers it */
Value tuple_from(Thread *t, const Value *items, int64_t n); /* borrows the items */
Value tuple_take(Thread *t, const Value *items, int64_t n); /* takes them, also on failure: of its own, or since making one of them failed and it is VNULL */
Value tuple_of(Thread *t, int n, ...);                      /* borrows n Values */
/* For iterators that answer a tuple each time: *cache is the last one (VNULL at first); where nobody else has it, it is filled
 * again.  Takes the items; the answer is owned. */
Value tuple_recycle(Thread *t, Value *cache, const Value *items, int64_t n);
Value tuple_slice(Thread *t, Value tuple, int64_t start, int64_t stop);
Value tuple_from_iterable(Thread *t, Value iterable); /* exact tuples are answered as they are */
static inline Value tuple_at(Value tuple, int64_t i) { return V_AS(Tuple, tuple)->items[i]; }
/* The word behind an odd number of items, 0 where the hash is not known yet; for tuples in cells without a word in front. */
static inline bool tuple_has_hash_word(const Tuple *tuple) { return tuple->length & 1; }
static inline int64_t *tuple_hash_word(Tuple *tuple) { return (int64_t *)&tuple->items[tuple->length]; }
/* The hash of an exact tuple, if it is kept and known; else 0. */
static inline int64_t tuple_hash_kept(Tuple *tuple) { return tuple_has_hash_word(tuple) ? *tuple_hash_word(tuple) : 0; }
static inline int64_t tuple_len(Value tuple) { return V_AS(Tuple, tuple)->length; }

#endif
