/* Times as arguments, see the header. */
#include "modules/time_value.h"

#include <math.h>

#include "object/int.h"
#include "ops/number.h"

static double round_by(double d, enum TimeRound round) {
    switch (round) {
    case TIME_FLOOR: return floor(d);
    case TIME_CEILING: return ceil(d);
    case TIME_UP: return d >= 0 ? ceil(d) : floor(d);
    default: return nearbyint(d);
    }
}

bool time_seconds_to_ns(Thread *t, Value v, enum TimeRound round, int64_t *ns) {
    if (is_float(t, v)) {
        double d;
        if (!arg_double(t, v, &d)) return false;
        if (isnan(d)) return err_fail(t, T_ValueError, "Invalid value NaN (not a number)");
        d = round_by(d * 1e9, round);
        if (!(d >= -0x1p63 && d < 0x1p63)) return err_fail(t, T_OverflowError, "timestamp out of range for C PyTime_t");
        *ns = (int64_t)d;
        return true;
    }
    if (!has_index(t, v)) return err_fail(t, T_TypeError, "'%T' object cannot be interpreted as an integer or float", v);
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    int64_t seconds;
    bool ok = int_to_i64(t, index, &seconds);
    decref(t, index);
    if (!ok) return err_catch(t, T_OverflowError) && err_fail(t, T_OverflowError, "timestamp out of range for C PyTime_t");
    if (__builtin_mul_overflow(seconds, INT64_C(1000000000), ns)) return err_fail(t, T_OverflowError, "timestamp out of range for C PyTime_t");
    return true;
}

bool time_seconds_to_time_t(Thread *t, Value v, time_t *out) {
    if (is_float(t, v)) {
        double d;
        if (!arg_double(t, v, &d)) return false;
        if (isnan(d)) return err_fail(t, T_ValueError, "Invalid value NaN (not a number)");
        d = floor(d);
        if (!(d >= -0x1p63 && d < 0x1p63)) return err_fail(t, T_OverflowError, "timestamp out of range for platform time_t");
        *out = (time_t)d;
        return true;
    }
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    int64_t seconds;
    bool ok = int_to_i64(t, index, &seconds);
    decref(t, index);
    if (!ok) return err_catch(t, T_OverflowError) && err_fail(t, T_OverflowError, "timestamp out of range for platform time_t");
    *out = seconds;
    return true;
}

int64_t time_monotonic_ns(void) {
    struct timespec s;
    clock_gettime(CLOCK_MONOTONIC, &s);
    return s.tv_sec * INT64_C(1000000000) + s.tv_nsec;
}
