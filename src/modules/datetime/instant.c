/* Moments in time: time stamps, the local time of the C library, and the way between zones.
 *
 * A "second" here is a count of seconds since the beginning of year 1 (as ordinals times 86400), in UTC or on the local clock. */
#include "modules/datetime/datetime_priv.h"

#include <errno.h>
#include <math.h>
#include <time.h>

#include "modules/time_value.h"
#include "ops/warn.h"

#define EPOCH_SECONDS ((int64_t)ORDINAL_EPOCH * DAY_SECONDS)
enum { FOLD_SECONDS_MAX = 24 * 3600 }; /* no clock was ever turned back by more */

typedef struct tm *(*Breakdown)(const time_t *, struct tm *);

/* --- Breaking down --------------------------------------------------------------------------------------------------------------------- */

static bool break_down(Thread *t, Breakdown f, time_t at, struct tm *tm) {
    errno = 0;
    if (f(&at, tm) != NULL) return true;
    err_raise_errno(t, errno ? errno : EINVAL, VNULL, VNULL);
    return false;
}

/* Seconds of fields; ValueError unless the year is one of ours. */
static bool seconds_of(Thread *t, int64_t year, int month, int day, int hour, int minute, int second, int64_t *out) {
    if (year < YEAR_MIN || year > YEAR_MAX) return err_fail(t, T_ValueError, "year must be in %d..%d, not %d", YEAR_MIN, YEAR_MAX, (int)year);
    *out = ((int64_t)calendar_ordinal((int)year, month, day) * DAY_SECONDS) + (hour * 60 + minute) * 60 + second;
    return true;
}

/* What the local clock shows at second u of UTC. */
static bool local_second(Thread *t, int64_t u, int64_t *out) {
    struct tm tm;
    return break_down(t, localtime_r, (time_t)(u - EPOCH_SECONDS), &tm) &&
           seconds_of(t, (int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, out);
}

/* The second of UTC at which the local clock shows `local`: the earlier of two (the later if fold is set); in a gap, where there
 * is none, what the other side's offset gives. */
static bool utc_second(Thread *t, int64_t local, int fold, int64_t *out) {
    int64_t shown, u1, u2, b;
    if (!local_second(t, local, &shown)) return false;
    int64_t a = shown - local;
    u1 = local - a;
    int64_t t1, t2;
    if (!local_second(t, u1, &t1)) return false;
    if (t1 == local) {
        /* One solution. Another one may lie on the other side of a change of the clock. */
        u2 = fold ? u1 + FOLD_SECONDS_MAX : u1 - FOLD_SECONDS_MAX;
        if (!local_second(t, u2, &shown)) return false;
        b = shown - u2;
        if (a == b) {
            *out = u1;
            return true;
        }
    } else {
        b = t1 - u1;
    }
    u2 = local - b;
    if (!local_second(t, u2, &t2)) return false;
    if (t2 == local) *out = u2;
    else if (t1 == local) *out = u1;
    else *out = (u1 < u2) == (fold != 0) ? u1 : u2;
    return true;
}

static bool moment_seconds(Thread *t, const DateTime *d, int64_t *out) {
    return seconds_of(t, d->ymd.year, d->ymd.month, d->ymd.day, d->clock.hour, d->clock.minute, d->clock.second, out);
}

/* --- From time stamps --------------------------------------------------------------------------------------------------------------------- */

/* Whether the local clock shows at `at` what it had shown before: 1, 0, -1. */
static int is_fold(Thread *t, time_t at, int64_t shown) {
    int64_t u = at + EPOCH_SECONDS, before;
    /* Near the beginning of time nothing lies before. */
    if (shown <= DAY_SECONDS + FOLD_SECONDS_MAX) return 0;
    if (!local_second(t, u - FOLD_SECONDS_MAX, &before)) return -1;
    int64_t transition = shown - before - FOLD_SECONDS_MAX;
    if (transition >= 0) return 0;
    if (!local_second(t, u + transition, &before)) return -1;
    return before == shown;
}

static Value from_time(Thread *t, Type *type, Breakdown f, time_t at, int us, Value tz) {
    struct tm tm;
    int64_t shown = 0;
    if (!break_down(t, f, at, &tm)) return VNULL;
    int second = tm.tm_sec < 59 ? tm.tm_sec : 59; /* a leap second */
    if (!seconds_of(t, (int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, second, &shown)) return VNULL;
    int fold = is_null(tz) && f == localtime_r ? is_fold(t, at, shown) : 0;
    if (fold < 0) return VNULL;
    Clock c = {(uint8_t)tm.tm_hour, (uint8_t)tm.tm_min, (uint8_t)second, (uint8_t)fold, (uint32_t)us, tz};
    return datetime_new(t, type, (Ymd){(uint16_t)(tm.tm_year + 1900), (uint8_t)(tm.tm_mon + 1), (uint8_t)tm.tm_mday}, &c);
}

/* A moment of UTC that bears tz already, as tz sees it.  Taken. */
static Value to_zone(Thread *t, Value moment, Value tz) {
    if (is_null(moment) || is_null(tz)) return moment;
    Value result = call_method_1(t, tz, N(t, fromutc), moment);
    decref(t, moment);
    return result;
}

/* A time stamp as seconds and microseconds, rounded to the nearest, halves to even. */
static bool split_timestamp(Thread *t, Value v, time_t *seconds, int *us) {
    *us = 0;
    if (!is_float(t, v)) {
        if (!has_index(t, v)) return err_fail(t, T_TypeError, "argument must be int or float, not %T", v);
        return time_seconds_to_time_t(t, v, seconds);
    }
    double whole, fraction = modf(float_get(v), &whole);
    if (isnan(whole) || isnan(fraction)) return err_fail(t, T_ValueError, "Invalid value NaN (not a number)");
    fraction = nearbyint(fraction * SECOND_US);
    if (fraction >= SECOND_US) fraction -= SECOND_US, whole += 1.0;
    else if (fraction < 0) fraction += SECOND_US, whole -= 1.0;
    if (!(whole >= -0x1p63 && whole < 0x1p63)) return err_fail(t, T_OverflowError, "timestamp out of range for platform time_t");
    *seconds = (time_t)whole;
    *us = (int)fraction;
    return true;
}

Value instant_from_timestamp(Thread *t, Type *type, Value timestamp, Value tz) {
    time_t at;
    int us;
    if (!is_null(tz) && !fields_check_tzinfo(t, tz)) return VNULL;
    if (!split_timestamp(t, timestamp, &at, &us)) return VNULL;
    return to_zone(t, from_time(t, type, is_null(tz) ? localtime_r : gmtime_r, at, us, tz), tz);
}

static bool warn_deprecated(Thread *t, const char *old, const char *new) {
    return warn(t, T_DeprecationWarning, 1,
                "datetime.datetime.%s is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: "
                "datetime.datetime.%s.", old, new);
}

Value instant_utc_from_timestamp(Thread *t, Type *type, Value timestamp) {
    time_t at;
    int us;
    if (!warn_deprecated(t, "utcfromtimestamp()", "fromtimestamp(timestamp, datetime.UTC)") || !split_timestamp(t, timestamp, &at, &us)) return VNULL;
    return from_time(t, type, gmtime_r, at, us, VNULL);
}

static Value from_clock(Thread *t, Type *type, Breakdown f, Value tz) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return from_time(t, type, f, now.tv_sec, (int)(now.tv_nsec / 1000), tz);
}

Value instant_now(Thread *t, Type *type, Value tz) {
    if (!is_null(tz) && !fields_check_tzinfo(t, tz)) return VNULL;
    return to_zone(t, from_clock(t, type, is_null(tz) ? localtime_r : gmtime_r, tz), tz);
}

Value instant_utcnow(Thread *t, Type *type) {
    return warn_deprecated(t, "utcnow()", "now(datetime.UTC)") ? from_clock(t, type, gmtime_r, VNULL) : VNULL;
}

static Value date_of_time(Thread *t, Type *type, time_t at) {
    struct tm tm;
    int64_t ignored;
    if (!break_down(t, localtime_r, at, &tm) || !seconds_of(t, (int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, 0, 0, 0, &ignored)) return VNULL;
    return date_new(t, type, (Ymd){(uint16_t)(tm.tm_year + 1900), (uint8_t)(tm.tm_mon + 1), (uint8_t)tm.tm_mday});
}

Value instant_date_from_timestamp(Thread *t, Type *type, Value timestamp) {
    time_t at;
    return time_seconds_to_time_t(t, timestamp, &at) ? date_of_time(t, type, at) : VNULL;
}

Value instant_date_today(Thread *t, Type *type) {
    struct timespec now;
    if (type == builtin_type(t, T_date)) {
        clock_gettime(CLOCK_REALTIME, &now);
        return date_of_time(t, type, now.tv_sec);
    }
    /* time.time() may have been replaced, as tests do. */
    Value module = t->hooks->import(t, "time"), stamp = VNULL;
    if (is_null(module)) return VNULL;
    Value function = attr_get_cstr(t, module, "time");
    decref(t, module);
    if (!is_null(function)) stamp = call_0(t, function);
    decref_maybe(t, function);
    if (is_null(stamp)) return VNULL;
    Value result = call_method_1(t, v_from(type), N(t, fromtimestamp), stamp);
    decref(t, stamp);
    return result;
}

/* --- To time stamps and zones ------------------------------------------------------------------------------------------------------------ */

Value instant_timestamp(Thread *t, Value self) {
    const DateTime *d = V_AS(DateTime, self);
    int64_t seconds = 0, offset = 0;
    if (is_null(d->clock.tzinfo)) {
        if (!moment_seconds(t, d, &seconds) || !utc_second(t, seconds, d->clock.fold, &seconds)) return VNULL;
        return float_from_double(t, (double)(seconds - EPOCH_SECONDS) + d->clock.us / 1e6);
    }
    int aware = datetime_offset_us(t, self, &offset);
    if (aware < 0) return VNULL;
    if (!aware) return err_raise(t, T_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    /* The span has fewer than 60 bits; halving a remainder keeps the quotient's rounding exact beyond 53. */
    Value us = int_from_i64(t, (int64_t)(datetime_wall_us(d) - (Micros)EPOCH_SECONDS * SECOND_US) - offset);
    Value result = int_truediv(t, us, v_smallint(SECOND_US));
    decref(t, us);
    return result;
}

/* The local zone at a time stamp: its offset under its name. */
static Value local_zone(Thread *t, time_t at) {
    struct tm tm;
    if (!break_down(t, localtime_r, at, &tm)) return VNULL;
    Value raw = bytes_from_cstr(t, tm.tm_zone), name = is_null(raw) ? VNULL : t->hooks->decode(t, raw, "utf-8", "surrogateescape"), zone = VNULL;
    Value offset = is_null(name) ? VNULL : delta_new(t, (Micros)tm.tm_gmtoff * SECOND_US);
    if (!is_null(offset)) zone = timezone_new(t, builtin_type(t, T_timezone), offset, name);
    decref_maybe(t, raw);
    decref_maybe(t, name);
    decref_maybe(t, offset);
    return zone;
}

/* In a gap of the local clock the offset is that of the fold's side: before the change without, after it with the fold. */
static Value local_zone_of_naive(Thread *t, const DateTime *d) {
    int64_t local = 0, utc = 0, other = 0;
    if (!moment_seconds(t, d, &local) || !utc_second(t, local, d->clock.fold, &utc) || !utc_second(t, local, !d->clock.fold, &other)) return VNULL;
    if (other != utc && (other > utc) == (d->clock.fold != 0)) utc = other;
    return local_zone(t, (time_t)(utc - EPOCH_SECONDS));
}

/* The offset of the moment, from the local zone where it has none: 1, -1. */
static int offset_or_local(Thread *t, Value self, int64_t *offset, Value *own_zone) {
    const DateTime *d = V_AS(DateTime, self);
    *own_zone = new_ref_maybe(d->clock.tzinfo);
    int aware = is_null(d->clock.tzinfo) ? 0 : datetime_offset_us(t, self, offset);
    if (aware != 0) return aware;
    slot_set(t, own_zone, local_zone_of_naive(t, d));
    return is_null(*own_zone) ? -1 : tzinfo_offset_us(t, *own_zone, self, offset);
}

Value instant_astimezone(Thread *t, Value self, Value tz) {
    const DateTime *d = V_AS(DateTime, self);
    if (!is_null(tz) && !fields_check_tzinfo(t, tz)) return VNULL;
    if (!is_null(tz) && same(d->clock.tzinfo, tz)) return new_ref(self);
    Value own_zone, result = VNULL;
    int64_t offset = 0;
    if (offset_or_local(t, self, &offset, &own_zone) < 0) {
        decref_maybe(t, own_zone);
        return VNULL;
    }
    bool same_zone = !is_null(tz) && same(own_zone, tz);
    decref(t, own_zone);
    if (same_zone) return new_ref(self);
    Value utc = datetime_shift(t, self, -(Micros)offset);
    if (is_null(utc) || !is_datetime(t, utc)) return utc;
    Value target = new_ref_maybe(tz);
    if (is_null(target)) target = local_zone(t, (time_t)((int64_t)(datetime_wall_us(V_AS(DateTime, utc)) / SECOND_US) - EPOCH_SECONDS));
    if (!is_null(target)) {
        /* A fresh object, or one that a class's __new__ made for us: CPython sets it in place as well. */
        slot_set(t, &V_AS(DateTime, utc)->clock.tzinfo, new_ref(target));
        V_AS(DateTime, utc)->hash = -1;
        result = call_method_1(t, target, N(t, fromutc), utc);
        decref(t, target);
    }
    decref(t, utc);
    return result;
}
