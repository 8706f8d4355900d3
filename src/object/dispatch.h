/* The operations on any object that the core types themselves need: truth, hash, comparison, repr and str,
 * by the slots of the type. The others are in ops. */
#ifndef KRAIT_OBJECT_DISPATCH_H
#define KRAIT_OBJECT_DISPATCH_H

#include "core/errors.h"

int truth_slow(Thread *t, Value v);
/* 1, 0 or -1 */
static inline int truth(Thread *t, Value v) {
    if (same(v, V_TRUE)) return 1;
    if (same(v, V_FALSE) || same(v, V_NONE)) return 0;
    if (is_smallint(v)) return smallint_get(v) != 0;
    return truth_slow(t, v);
}
bool hash_of(Thread *t, Value v, int64_t *hash);

Value compare(Thread *t, Value a, Value b, enum CompareOp op); /* a op b, any object as result */
Value compare_declined(Thread *t, Value a, Value b, enum CompareOp op); /* its rest when a has answered NotImplemented */
int compare_bool(Thread *t, Value a, Value b, enum CompareOp op); /* its truth; identity first for == and != as containers do */
int equal(Thread *t, Value a, Value b);                         /* compare_bool(EQ) */
static inline int equal_fast(Thread *t, Value a, Value b) { return same(a, b) ? 1 : equal(t, a, b); }

Value repr_of(Thread *t, Value v);  /* an exact or subclass str */
Value str_of(Thread *t, Value v);
/* Guards repr of containers against cycles: 1 entered, 0 already inside, -1 error. */
int repr_enter(Thread *t, Value v);
void repr_leave(Thread *t, Value v);

#endif
