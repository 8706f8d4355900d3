/* Times as arguments: ints and floats of seconds, as nanoseconds. */
#ifndef KRAIT_MODULES_TIME_VALUE_H
#define KRAIT_MODULES_TIME_VALUE_H

#include <time.h>

#include "core/errors.h"

enum TimeRound { TIME_FLOOR, TIME_CEILING, TIME_HALF_EVEN, TIME_UP /* away from zero */ };

/* Seconds (int or float) to nanoseconds; errors as CPython words them. */
bool time_seconds_to_ns(Thread *t, Value v, enum TimeRound round, int64_t *ns) MUST_USE;
/* Seconds to time_t, dropping the fraction. */
bool time_seconds_to_time_t(Thread *t, Value v, time_t *out) MUST_USE;
int64_t time_monotonic_ns(void);
static inline struct timespec time_ns_to_timespec(int64_t ns) {
    struct timespec s = {ns / 1000000000, ns % 1000000000};
    if (s.tv_nsec < 0) s.tv_nsec += 1000000000, s.tv_sec--;
    return s;
}

#endif
