/* The module time: clocks, sleeping, and calendar time by the C library. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "modules/module.h"
#include "modules/sys.h"
#include "modules/time_value.h"
#include "vm/thread.h"

#define TIME_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct TimeState { Type *struct_time; } TimeState;

static Value errno_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }

/* --- Clocks ------------------------------------------------------------------------------------ */

static Value clock_ns(Thread *t, clockid_t id) {
    struct timespec s;
    if (clock_gettime(id, &s) < 0) return errno_error(t);
    return int_from_i64(t, s.tv_sec * INT64_C(1000000000) + s.tv_nsec);
}
static Value clock_seconds(Thread *t, clockid_t id) {
    struct timespec s;
    if (clock_gettime(id, &s) < 0) return errno_error(t);
    /* As whole nanoseconds divided by 1e9: the nearest double. */
    return float_from_double(t, (double)(s.tv_sec * INT64_C(1000000000) + s.tv_nsec) / 1e9);
}
TIME_FUNCTION(time_time) { return clock_seconds(t, CLOCK_REALTIME); }
TIME_FUNCTION(time_time_ns) { return clock_ns(t, CLOCK_REALTIME); }
TIME_FUNCTION(time_monotonic) { return clock_seconds(t, CLOCK_MONOTONIC); }
TIME_FUNCTION(time_monotonic_ns_) { return clock_ns(t, CLOCK_MONOTONIC); }
TIME_FUNCTION(time_process_time) { return clock_seconds(t, CLOCK_PROCESS_CPUTIME_ID); }
TIME_FUNCTION(time_process_time_ns) { return clock_ns(t, CLOCK_PROCESS_CPUTIME_ID); }
TIME_FUNCTION(time_thread_time) { return clock_seconds(t, CLOCK_THREAD_CPUTIME_ID); }
TIME_FUNCTION(time_thread_time_ns) { return clock_ns(t, CLOCK_THREAD_CPUTIME_ID); }

TIME_FUNCTION(time_clock_gettime) {
    int id;
    return arg_i32(t, args[0], &id) ? clock_seconds(t, id) : VNULL;
}
TIME_FUNCTION(time_clock_gettime_ns) {
    int id;
    return arg_i32(t, args[0], &id) ? clock_ns(t, id) : VNULL;
}
TIME_FUNCTION(time_clock_getres) {
    int id;
    struct timespec s;
    if (!arg_i32(t, args[0], &id)) return VNULL;
    return clock_getres(id, &s) < 0 ? errno_error(t) : float_from_double(t, (double)s.tv_sec + 1e-9 * (double)s.tv_nsec);
}
static Value set_clock(Thread *t, int id, int64_t ns) {
    struct timespec s = time_ns_to_timespec(ns);
    return clock_settime(id, &s) < 0 ? errno_error(t) : V_NONE;
}
TIME_FUNCTION(time_clock_settime) {
    int id;
    int64_t ns;
    return arg_i32(t, args[0], &id) && time_seconds_to_ns(t, args[1], TIME_FLOOR, &ns) ? set_clock(t, id, ns) : VNULL;
}
TIME_FUNCTION(time_clock_settime_ns) {
    int id;
    int64_t ns;
    return arg_i32(t, args[0], &id) && arg_i64(t, args[1], &ns) ? set_clock(t, id, ns) : VNULL;
}
TIME_FUNCTION(time_pthread_getcpuclockid) {
    uint64_t id;
    clockid_t clock;
    if (!arg_u64(t, args[0], &id)) return VNULL;
    int error = thread_find(t, id) ? pthread_getcpuclockid((pthread_t)id, &clock) : ESRCH;
    return error ? err_raise_errno(t, error, VNULL, VNULL) : v_smallint(clock);
}

TIME_FUNCTION(time_get_clock_info) {
    static const struct { const char *name, *text; clockid_t id; bool monotonic, adjustable; } clocks[] = {
        {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
        {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
        {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
        {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
        {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false}};
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "get_clock_info() argument 1 must be str, not %T", args[0]);
    for (size_t i = 0; i < COUNT_OF(clocks); i++) {
        if (!str_equals_cstr(V_AS(Str, args[0]), clocks[i].name)) continue;
        struct timespec s;
        clock_getres(clocks[i].id, &s);
        Value dict = dict_new(t), text = is_null(dict) ? VNULL : str_from_cstr(t, clocks[i].text);
        Value resolution = float_from_double(t, (double)s.tv_sec + 1e-9 * (double)s.tv_nsec), result = VNULL;
        if (!is_null(text) && dict_set_cstr(t, dict, "implementation", text) && dict_set_cstr(t, dict, "monotonic", v_bool(clocks[i].monotonic)) &&
            dict_set_cstr(t, dict, "adjustable", v_bool(clocks[i].adjustable)) && dict_set_cstr(t, dict, "resolution", resolution))
            result = call_tuple(t, v_from(builtin_type(t, T_SimpleNamespace)), t->interp->empty_tuple, dict);
        decref_maybe(t, dict);
        decref_maybe(t, text);
        decref_maybe(t, resolution);
        return result;
    }
    return err_raise(t, T_ValueError, "unknown clock");
}

TIME_FUNCTION(time_sleep) {
    int64_t ns;
    if (!sys_audit_values(t, "time.sleep", 1, args[0]) || !time_seconds_to_ns(t, args[0], TIME_UP, &ns)) return VNULL;
    if (ns < 0) return err_raise(t, T_ValueError, "sleep length must be non-negative");
    int64_t now = time_monotonic_ns(), end;
    if (__builtin_add_overflow(now, ns, &end)) end = INT64_MAX;
    struct timespec until = time_ns_to_timespec(end);
    for (;;) {
        int error;
        ALLOW_THREADS(t, error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
        if (error == 0) return V_NONE;
        if (error != EINTR) return err_raise_errno(t, error, VNULL, VNULL);
        if (!signals_check(t)) return VNULL;
    }
}

/* --- struct_time ------------------------------------------------------------------------------- */

static const StructSeqField tm_fields[] = {
    {"tm_year", "year, for example, 1993"}, {"tm_mon", "month of year, range [1, 12]"}, {"tm_mday", "day of month, range [1, 31]"}, {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"}, {"tm_sec", "seconds, range [0, 61])"}, {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"}, {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"}, {"tm_gmtoff", "offset from UTC in seconds"}, {NULL}};
static const StructSeqDef tm_def = {
    "time.struct_time", "The time value as returned by gmtime(), localtime(), and strptime(), and\naccepted by asctime(), mktime() and strftime().  May be considered as a\nsequence of 9 integers.", tm_fields, 9};

static Value tm_value(Thread *t, const struct tm *tm) {
    const char *zone = tm->tm_zone ? tm->tm_zone : "";
    Value v[] = {int_from_i64(t, (int64_t)tm->tm_year + 1900), v_smallint(tm->tm_mon + 1), v_smallint(tm->tm_mday), v_smallint(tm->tm_hour), v_smallint(tm->tm_min),
                 v_smallint(tm->tm_sec), v_smallint((tm->tm_wday + 6) % 7), v_smallint(tm->tm_yday + 1), v_smallint(tm->tm_isdst),
                 str_from_utf8(t, zone, (int64_t)strlen(zone)), v_smallint(tm->tm_gmtoff)};
    return structseq_new(t, MODULE_STATE(t, time, TimeState)->struct_time, v);
}

/* Seconds since the epoch; omitted or None: now. */
static bool when(Thread *t, Value v, time_t *out) {
    if (!is_null(v) && !is_none(v)) return time_seconds_to_time_t(t, v, out);
    *out = time(NULL);
    return true;
}
TIME_FUNCTION(time_gmtime) {
    time_t at;
    struct tm tm;
    if (!when(t, args[0], &at)) return VNULL;
    errno = EINVAL;
    if (gmtime_r(&at, &tm) == NULL) return errno_error(t);
    tm.tm_zone = "UTC";
    return tm_value(t, &tm);
}
TIME_FUNCTION(time_localtime) {
    time_t at;
    struct tm tm;
    if (!when(t, args[0], &at)) return VNULL;
    errno = EINVAL;
    return localtime_r(&at, &tm) == NULL ? errno_error(t) : tm_value(t, &tm);
}

/* An int for the format code "i". */
static bool parse_int(Thread *t, Value v, int *out) {
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    int64_t wide = int_clamp_i64(index);
    decref(t, index);
    if (wide > INT_MAX) return err_fail(t, T_OverflowError, "signed integer is greater than maximum");
    if (wide < INT_MIN) return err_fail(t, T_OverflowError, "signed integer is less than minimum");
    *out = (int)wide;
    return true;
}

/* A struct tm from a tuple of nine. *keep owns its zone's text. */
static bool tm_get(Thread *t, Value v, struct tm *tm, const char *function, Value *keep) {
    memset(tm, 0, sizeof *tm);
    *keep = VNULL;
    Type *struct_time = MODULE_STATE(t, time, TimeState)->struct_time;
    if (!is_tuple(t, v)) return err_fail(t, T_TypeError, "Tuple or struct_time argument required");
    if (tuple_len(v) != 9) return err_fail(t, T_TypeError, "%s(): illegal time tuple argument", function);
    int n[9];
    for (int i = 0; i < 9; i++)
        if (!parse_int(t, tuple_at(v, i), &n[i])) return false;
    if (n[0] < INT_MIN + 1900) return err_fail(t, T_OverflowError, "year out of range");
    *tm = (struct tm){.tm_year = n[0] - 1900, .tm_mon = n[1] - 1, .tm_mday = n[2], .tm_hour = n[3], .tm_min = n[4], .tm_sec = n[5],
                      .tm_wday = (int)(((int64_t)n[6] + 1) % 7), .tm_yday = n[7] - 1, .tm_isdst = n[8]};
    if (type_of(t, v) == struct_time) {
        Value zone = V_AS(Tuple, v)->items[9], offset = V_AS(Tuple, v)->items[10];
        if (!is_null(zone) && is_str(t, zone)) tm->tm_zone = str_cstr(t, zone, keep);
        if (!is_null(zone) && is_str(t, zone) && tm->tm_zone == NULL) return false;
        if (!is_null(offset) && is_smallint(offset)) tm->tm_gmtoff = smallint_get(offset);
    }
    return true;
}

static bool tm_check(Thread *t, struct tm *tm) {
    if (tm->tm_mon == -1) tm->tm_mon = 0;
    else if (tm->tm_mon < 0 || tm->tm_mon > 11) return err_fail(t, T_ValueError, "month out of range");
    if (tm->tm_mday == 0) tm->tm_mday = 1;
    else if (tm->tm_mday < 0 || tm->tm_mday > 31) return err_fail(t, T_ValueError, "day of month out of range");
    if (tm->tm_hour < 0 || tm->tm_hour > 23) return err_fail(t, T_ValueError, "hour out of range");
    if (tm->tm_min < 0 || tm->tm_min > 59) return err_fail(t, T_ValueError, "minute out of range");
    if (tm->tm_sec < 0 || tm->tm_sec > 61) return err_fail(t, T_ValueError, "seconds out of range");
    if (tm->tm_wday < 0) return err_fail(t, T_ValueError, "day of week out of range");
    if (tm->tm_yday == -1) tm->tm_yday = 0;
    else if (tm->tm_yday < 0 || tm->tm_yday > 365) return err_fail(t, T_ValueError, "day of year out of range");
    return true;
}

static Value asctime_text(Thread *t, const struct tm *tm) {
    static const char wdays[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    int n = snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %lld", wdays[tm->tm_wday], months[tm->tm_mon], tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
                     (long long)tm->tm_year + 1900);
    return str_from_ascii(t, text, n);
}
TIME_FUNCTION(time_asctime) {
    struct tm tm;
    if (is_null(args[0])) {
        time_t now = time(NULL);
        localtime_r(&now, &tm);
        return asctime_text(t, &tm);
    }
    Value keep;
    bool ok = tm_get(t, args[0], &tm, "asctime", &keep) && tm_check(t, &tm);
    decref_maybe(t, keep);
    return ok ? asctime_text(t, &tm) : VNULL;
}
TIME_FUNCTION(time_ctime) {
    time_t at;
    struct tm tm;
    if (!when(t, args[0], &at)) return VNULL;
    errno = EINVAL;
    return localtime_r(&at, &tm) == NULL ? errno_error(t) : asctime_text(t, &tm);
}
TIME_FUNCTION(time_mktime) {
    struct tm tm;
    Value keep;
    bool ok = tm_get(t, args[0], &tm, "mktime", &keep);
    decref_maybe(t, keep);
    if (!ok) return VNULL;
    tm.tm_wday = -1; /* stays so on failure */
    time_t at = mktime(&tm);
    if (at == (time_t)-1 && tm.tm_wday == -1) return err_raise(t, T_OverflowError, "mktime argument out of range");
    return float_from_double(t, (double)at);
}

/* One stretch of a format without NUL. */
static bool format_part(Thread *t, const char *format, const struct tm *tm, StrBuilder *b) {
    size_t length = strlen(format), room = 1024;
    if (length == 0) return true;
    for (;; room *= 2) {
        char *out = heap_alloc(t, room);
        if (out == NULL) return false;
        size_t n = strftime(out, room, format, tm);
        if (n > 0 || room >= 256 * length) {
            Value text = str_from_utf8_surrogatepass(t, out, (int64_t)n);
            heap_free(t, out);
            bool ok = !is_null(text) && str_builder_str(t, b, text);
            decref_maybe(t, text);
            return ok;
        }
        heap_free(t, out);
    }
}
TIME_FUNCTION(time_strftime) {
    struct tm tm;
    Value keep = VNULL;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "strftime() argument 1 must be str, not %T", args[0]);
    if (is_null(args[1])) {
        time_t now = time(NULL);
        localtime_r(&now, &tm);
    } else if (!tm_get(t, args[1], &tm, "strftime", &keep) || !tm_check(t, &tm)) {
        decref_maybe(t, keep);
        return VNULL;
    }
    if (tm.tm_isdst < -1) tm.tm_isdst = -1;
    if (tm.tm_isdst > 1) tm.tm_isdst = 1;
    Value format = t->hooks->encode(t, args[0], "utf-8", "surrogatepass"), result = VNULL;
    if (!is_null(format)) {
        StrBuilder b;
        str_builder_init(&b);
        const char *p = V_AS(Bytes, format)->data, *end = p + V_AS(Bytes, format)->length;
        bool ok = true;
        while (ok) {
            ok = format_part(t, p, &tm, &b);
            p += strlen(p);
            if (!ok || p == end) break;
            ok = str_builder_char(t, &b, 0);
            p++;
        }
        if (ok) result = str_builder_finish(t, &b);
        else str_builder_drop(t, &b);
        decref(t, format);
    }
    decref_maybe(t, keep);
    return result;
}
TIME_FUNCTION(time_strptime) {
    Value module = import_module(t, "_strptime");
    if (is_null(module)) return VNULL;
    Value function = attr_get_cstr(t, module, "_strptime_time"), result = VNULL;
    decref(t, module);
    if (is_null(function)) return VNULL;
    result = call_copy(t, function, args, nargs, kwnames);
    decref(t, function);
    return result;
}

/* --- The time zone ----------------------------------------------------------------------------- */

/* timezone, altzone, daylight and tzname, from the winter and the summer of this year. */
static bool add_zone(Thread *t, Value dict) {
    enum { YEAR = (365 * 24 + 6) * 3600 };
    tzset();
    time_t january = time(NULL) / YEAR * YEAR, july = january + YEAR / 2;
    struct tm a, b;
    localtime_r(&january, &a);
    char name_a[32], name_b[32];
    snprintf(name_a, sizeof name_a, "%s", a.tm_zone ? a.tm_zone : "   ");
    localtime_r(&july, &b);
    snprintf(name_b, sizeof name_b, "%s", b.tm_zone ? b.tm_zone : "   ");
    long west_a = -a.tm_gmtoff, west_b = -b.tm_gmtoff;
    bool south = west_a < west_b; /* summer time in January */
    Value names[] = {str_from_cstr(t, south ? name_b : name_a), str_from_cstr(t, south ? name_a : name_b)};
    Value tuple = tuple_take(t, names, 2);
    bool ok = !is_null(tuple) && dict_set_cstr(t, dict, "timezone", v_smallint(south ? west_b : west_a)) &&
              dict_set_cstr(t, dict, "altzone", v_smallint(south ? west_a : west_b)) && dict_set_cstr(t, dict, "daylight", v_smallint(west_a != west_b)) &&
              dict_set_cstr(t, dict, "tzname", tuple);
    decref_maybe(t, tuple);
    return ok;
}
TIME_FUNCTION(time_tzset) {
    Value module = function_module(t, args[-1]);
    return !is_null(module) && add_zone(t, V_AS(Module, module)->dict) ? V_NONE : VNULL;
}

static const MethodDef functions[] = {
    {"time", "($module, /)", "Return the current time in seconds since the Epoch.", time_time},
    {"time_ns", "($module, /)", "Return the current time in nanoseconds since the Epoch.", time_time_ns},
    {"monotonic", "($module, /)", "Monotonic clock, cannot go backward.", time_monotonic},
    {"monotonic_ns", "($module, /)", "Monotonic clock, cannot go backward, as nanoseconds.", time_monotonic_ns_},
    {"perf_counter", "($module, /)", "Performance counter for benchmarking.", time_monotonic},
    {"perf_counter_ns", "($module, /)", "Performance counter for benchmarking as nanoseconds.", time_monotonic_ns_},
    {"process_time", "($module, /)", "Process time for profiling: sum of the kernel and user-space CPU time.", time_process_time},
    {"process_time_ns", "($module, /)", "Process time for profiling as nanoseconds.", time_process_time_ns},
    {"thread_time", "($module, /)", "Thread time for profiling: sum of the kernel and user-space CPU time.", time_thread_time},
    {"thread_time_ns", "($module, /)", "Thread time for profiling as nanoseconds.", time_thread_time_ns},
    {"clock_gettime", "($module, clk_id, /)", "Return the time of the specified clock clk_id as a float.", time_clock_gettime},
    {"clock_gettime_ns", "($module, clk_id, /)", "Return the time of the specified clock clk_id as nanoseconds (int).", time_clock_gettime_ns},
    {"clock_getres", "($module, clk_id, /)", "Return the resolution (precision) of the specified clock clk_id.", time_clock_getres},
    {"clock_settime", "($module, clk_id, time, /)", "Set the time of the specified clock clk_id.", time_clock_settime},
    {"clock_settime_ns", "($module, clk_id, time, /)", "Set the time of the specified clock clk_id with nanoseconds.", time_clock_settime_ns},
    {"pthread_getcpuclockid", "($module, thread_id, /)", "Return the clk_id of a thread's CPU time clock.", time_pthread_getcpuclockid},
    {"get_clock_info", "($module, name, /)", "Get information of the specified clock.", time_get_clock_info},
    {"sleep", "($module, seconds, /)", "Delay execution for a given number of seconds, a float perhaps.", time_sleep},
    {"gmtime", "($module, seconds=<unrepresentable>, /)", "Convert seconds since the Epoch to a time tuple expressing UTC.", time_gmtime},
    {"localtime", "($module, seconds=<unrepresentable>, /)", "Convert seconds since the Epoch to a time tuple expressing local time.", time_localtime},
    {"asctime", "($module, tuple=<unrepresentable>, /)", "Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.", time_asctime},
    {"ctime", "($module, seconds=<unrepresentable>, /)", "Convert a time in seconds since the Epoch to a string in local time.", time_ctime},
    {"mktime", "($module, tuple, /)", "Convert a time tuple in local time to seconds since the Epoch.", time_mktime},
    {"strftime", "($module, format, tuple=<unrepresentable>, /)", "Convert a time tuple to a string according to a format specification.", time_strftime},
    {"strptime", NULL, "strptime(string, format) -> struct_time\n\nParse a string to a time tuple according to a format specification.", time_strptime},
    {"tzset", "($module, /)", "Initialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ'].", time_tzset},
    {0},
};

static bool time_exec(Thread *t, Value module) {
    TimeState *s = module_state(module);
    return (s->struct_time = structseq_type(t, &tm_def)) && module_add(t, module, "struct_time", ref_of(s->struct_time)) && add_zone(t, V_AS(Module, module)->dict) &&
           module_add_int(t, module, "_STRUCT_TM_ITEMS", 11) && module_add_int(t, module, "CLOCK_REALTIME", CLOCK_REALTIME) &&
           module_add_int(t, module, "CLOCK_MONOTONIC", CLOCK_MONOTONIC) && module_add_int(t, module, "CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW) &&
           module_add_int(t, module, "CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID) &&
           module_add_int(t, module, "CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID) && module_add_int(t, module, "CLOCK_BOOTTIME", CLOCK_BOOTTIME) &&
           module_add_int(t, module, "CLOCK_TAI", CLOCK_TAI);
}

const ModuleDef module_time = {
    .name = "time",
    .doc = "This module provides various functions to manipulate time values.",
    .functions = functions,
    .state_size = sizeof(TimeState),
    .exec = time_exec,
};
