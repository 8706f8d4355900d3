/* datetime inside: the objects, and what its files share.
 *
 *     calendar.c    days, months and ISO weeks as arithmetic
 *     iso_text.c    ISO 8601 texts, read and written as characters
 *     fields.c      the fields of dates and times: arguments, ranges, the bytes of pickles, comparison
 *     delta.c       timedelta
 *     tzinfo.c      tzinfo and timezone, and how a tzinfo is asked
 *     date.c        date, and what isocalendar() answers
 *     time.c        time
 *     datetime.c    datetime: making, fields, text;  datetime_ops.c: its arithmetic and comparison
 *     instant.c     moments: time stamps, local time, zones
 *     format.c      strftime, and the ways to strptime
 *     module.c      the module
 *
 * Objects are immutable but for the cached hash (-1: not known yet).  Calls to a tzinfo and to classes derived
 * from ours run Python code; what lies in our own objects cannot change meanwhile.
 */
#ifndef KRAIT_MODULES_DATETIME_PRIV_H
#define KRAIT_MODULES_DATETIME_PRIV_H

#include "modules/datetime/calendar.h"
#include "modules/datetime/iso_text.h"
#include "modules/module.h"
#include "object/instance.h"

/* A method or function as rows of tables name them. */
#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- Objects --------------------------------------------------------------------------------------------------------------- */

typedef struct Delta {
    Object head;
    int64_t hash;
    int32_t days, seconds, us; /* 0 <= seconds < 86400, 0 <= us < 1000000 */
} Delta;

/* A time of day.  Pickles may bring any byte as minute and second. */
typedef struct Clock {
    uint8_t hour, minute, second, fold;
    uint32_t us;
    Value tzinfo; /* owned where it lies in an object; VNULL: naive */
} Clock;

typedef struct Ymd {
    uint16_t year;
    uint8_t month, day;
} Ymd;

typedef struct Date {
    Object head;
    int64_t hash;
    Ymd ymd;
} Date;

typedef struct DateTime { /* begins as a Date */
    Object head;
    int64_t hash;
    Ymd ymd;
    Clock clock;
} DateTime;

typedef struct Time {
    Object head;
    int64_t hash;
    Clock clock;
} Time;

typedef struct TimeZone {
    Object head;
    Value offset; /* timedelta */
    Value name;   /* str or VNULL */
} TimeZone;

static inline bool is_delta(Thread *t, Value v) { return IS_EXACT(v, timedelta) || (is_obj(v) && IS_A(t, v, timedelta)); }
static inline bool is_datetime(Thread *t, Value v) { return IS_EXACT(v, datetime) || (is_obj(v) && IS_A(t, v, datetime)); }
static inline bool is_date(Thread *t, Value v) { return IS_EXACT(v, date) || IS_EXACT(v, datetime) || (is_obj(v) && IS_A(t, v, date)); }
static inline bool is_time(Thread *t, Value v) { return IS_EXACT(v, time) || (is_obj(v) && IS_A(t, v, time)); }
static inline bool is_tzinfo(Thread *t, Value v) { return IS_EXACT(v, timezone) || (is_obj(v) && IS_A(t, v, tzinfo)); }

/* --- fields.c --------------------------------------------------------------------------------------------------------------- */

/* The fields of a constructor, as they are given: int32 each, then (for times) tzinfo. */
typedef struct Fields {
    int year, month, day, hour, minute, second, us, fold;
    Value tzinfo; /* borrowed; VNULL or None: naive */
} Fields;

/* Binds and converts the arguments of a constructor or of replace() in order: the nth parameter of the signature goes to
 * *ints[n], or to *tzinfo (borrowed) where that is NULL; what is omitted leaves its place as it is. */
bool fields_bind(Thread *t, const char *signature, Value *args, uint32_t nargs, Value kwnames, int *const *ints, Value *tzinfo) MUST_USE;
bool fields_int_slow(Thread *t, Value v, int *out) MUST_USE;
/* An int argument; VNULL leaves *out. */
static inline MUST_USE bool fields_int(Thread *t, Value v, int *out) {
    if (is_null(v)) return true;
    if (is_smallint(v) && smallint_get(v) == (int32_t)smallint_get(v)) {
        *out = (int)smallint_get(v);
        return true;
    }
    return fields_int_slow(t, v, out);
}
/* Whether they are a date, a time; ValueError otherwise. */
bool fields_date(Thread *t, int year, int month, int day, Ymd *out) MUST_USE;
bool fields_clock(Thread *t, const Fields *f, Clock *out) MUST_USE; /* TypeError for a tzinfo that is none */
bool fields_check_tzinfo(Thread *t, Value v) MUST_USE;              /* None or a tzinfo */
/* The bytes by which pickles know a date (4), a time (6), a datetime (10). */
void fields_put_date(Ymd d, uint8_t *out);
void fields_put_clock(const Clock *c, uint8_t *out);
Ymd fields_get_date(const uint8_t *state);
void fields_get_clock(const uint8_t *state, Clock *out);
/* The state of a pickle among a constructor's arguments: `n` bytes (a str of them from old pickles) whose byte `at` passes
 * `sane`.  1: *state holds them; 0: the argument is no such thing; -1: exception. */
int fields_state(Thread *t, Value v, int n, int at, bool (*sane)(uint8_t), const char *what, uint8_t *state);
bool fields_sane_month(uint8_t month);
bool fields_sane_month_fold(uint8_t month); /* its high bit is the fold */
bool fields_sane_hour(uint8_t hour);
/* The tzinfo argument behind a state; VNULL *out: naive. */
bool fields_state_tzinfo(Thread *t, Value v, Value *out) MUST_USE;

/* Fields as one number each: comparing them compares the moments of one clock. */
static inline uint32_t ymd_key(Ymd d) { return (uint32_t)d.year << 16 | (uint32_t)d.month << 8 | d.day; }
static inline uint64_t clock_key(const Clock *c) { return ((uint64_t)c->hour << 16 | (uint64_t)c->minute << 8 | c->second) << 24 | c->us; }
static inline int clock_seconds(const Clock *c) { return (c->hour * 60 + c->minute) * 60 + c->second; }
static inline int ymd_ordinal(Ymd d) { return calendar_ordinal(d.year, d.month, d.day); }
static inline Value compare_result(int order, enum CompareOp op) {
    switch (op) {
    case CMP_LT: return v_bool(order < 0);
    case CMP_LE: return v_bool(order <= 0);
    case CMP_EQ: return v_bool(order == 0);
    case CMP_NE: return v_bool(order != 0);
    case CMP_GT: return v_bool(order > 0);
    default: return v_bool(order >= 0);
    }
}
/* Characters of a str for iso_parse_...: its own if it is ASCII, else `copy` is made (to be freed). */
bool fields_iso_text(Thread *t, Value str, IsoText *out, uint8_t **copy) MUST_USE;
/* The value of isoformat()'s argument timespec. */
bool fields_timespec(Thread *t, Value v, enum IsoTimespec *out) MUST_USE;
/* A time read from an ISO text as fields: 24:00 becomes 0:00 and *next_day; the tzinfo is owned. */
bool fields_from_iso(Thread *t, const IsoTime *time, Fields *out, bool *next_day) MUST_USE;
/* The name by which reprs show the type of an object, as str_format's %s or %U would: appended to the builder. */
bool type_text(Thread *t, StrBuilder *b, Value self) MUST_USE;
/* Functions whose counts CPython words in the older way: exactly n arguments by position behind self. */
bool exact_arguments(Thread *t, Value *args, uint32_t nargs, Value kwnames, uint32_t n) MUST_USE;
/* An instance of `type` with zeroed fields; exact types without a look at the type. */
Value fields_new_object(Thread *t, Type *type, enum TypeId exact, size_t size);
int64_t fields_hash(Thread *t, const uint8_t *state, size_t n); /* as of bytes */

/* --- delta.c ---------------------------------------------------------------------------------------------------------------- */

typedef __int128 Micros; /* a span in microseconds: every timedelta fits, and sums and differences of them */

static inline Micros delta_us(const Delta *d) { return ((Micros)d->days * DAY_SECONDS + d->seconds) * SECOND_US + d->us; }
Value delta_new(Thread *t, Micros us);            /* OverflowError beyond a timedelta's range */
bool delta_is_offset(Thread *t, Value offset) MUST_USE; /* strictly between -24 and 24 hours; else ValueError */
int64_t delta_hash(Delta *d);

/* --- tzinfo.c --------------------------------------------------------------------------------------------------------------- */

/* timezone.utc, borrowed; the type's dict owns it.  The types outlive any copy of the module. */
static inline Value utc_of(Thread *t) { return v_from(builtin_type(t, T_timezone)->module_state); }
/* tzinfo.utcoffset(argument), tzinfo.dst(argument): a timedelta in range or None; owned.  tzinfo VNULL: None. */
Value tzinfo_utcoffset(Thread *t, Value tzinfo, Value argument);
Value tzinfo_dst(Thread *t, Value tzinfo, Value argument);
Value tzinfo_tzname(Thread *t, Value tzinfo, Value argument); /* a str or None */
/* The same as tzinfo_utcoffset with microseconds as the answer: 1 known, 0 None, -1 exception. */
int tzinfo_offset_us(Thread *t, Value tzinfo, Value argument, int64_t *us);
Value timezone_new(Thread *t, Type *type, Value offset, Value name); /* borrows; name VNULL: none. timezone.utc where it is that */
Value timezone_from_us(Thread *t, int64_t us);    /* of an ISO text; ValueError out of range */

/* --- date.c, time.c, datetime.c ----------------------------------------------------------------------------------------------- */

/* An object of `type`: an exact one is filled at once, a derived class is called with the fields. */
Value date_new(Thread *t, Type *type, Ymd d);
Value time_new(Thread *t, Type *type, const Clock *c);
Value datetime_new(Thread *t, Type *type, Ymd d, const Clock *c);
/* The same without the call: only for exact types and where CPython fills as well. */
Value datetime_fill(Thread *t, Type *type, Ymd d, const Clock *c);
bool date_in_range(Thread *t, int64_t ordinal, Ymd *out) MUST_USE; /* OverflowError */
Value date_struct_time(Thread *t, Ymd d, int hour, int minute, int second, int dst);
Value date_ctime(Thread *t, Ymd d, int hour, int minute, int second);
extern const TypeDef typedef_timedelta, typedef_tzinfo, typedef_timezone, typedef_date, typedef_time, typedef_datetime, typedef_isocalendar_date;
bool date_add_attributes(Thread *t) MUST_USE; /* min, max, resolution */
bool time_add_attributes(Thread *t) MUST_USE;
bool datetime_add_attributes(Thread *t) MUST_USE;
bool delta_add_attributes(Thread *t) MUST_USE;
bool timezone_add_attributes(Thread *t) MUST_USE;

/* --- datetime_ops.c ------------------------------------------------------------------------------------------------------------ */

Value datetime_utcoffset(Thread *t, Value self);  /* of a datetime; timedelta or None */
int datetime_offset_us(Thread *t, Value self, int64_t *us);
/* Microseconds since the beginning of year 1, by the clock on the wall. */
static inline Micros datetime_wall_us(const DateTime *d) {
    return ((Micros)ymd_ordinal(d->ymd) * DAY_SECONDS + clock_seconds(&d->clock)) * SECOND_US + d->clock.us;
}
Value datetime_shift(Thread *t, Value self, Micros us); /* of the same type, same tzinfo */
Value datetime_subtract(Thread *t, Value left, Value right);
Value datetime_add_slot(Thread *t, Value left, Value right);
Value datetime_sub_slot(Thread *t, Value left, Value right);
Value datetime_compare_slot(Thread *t, Value left, Value right, enum CompareOp op);
bool datetime_hash_slot(Thread *t, Value self, int64_t *hash);

/* --- instant.c ------------------------------------------------------------------------------------------------------------------ */

Value instant_now(Thread *t, Type *type, Value tz);      /* tz VNULL: local, naive; else in that zone */
Value instant_utcnow(Thread *t, Type *type);
Value instant_from_timestamp(Thread *t, Type *type, Value timestamp, Value tz);
Value instant_utc_from_timestamp(Thread *t, Type *type, Value timestamp);
Value instant_date_from_timestamp(Thread *t, Type *type, Value timestamp);
Value instant_date_today(Thread *t, Type *type);
Value instant_timestamp(Thread *t, Value self);
Value instant_astimezone(Thread *t, Value self, Value tz);

/* --- format.c ------------------------------------------------------------------------------------------------------------------- */

/* strftime of a date (clock NULL), time (date NULL) or datetime. */
Value format_strftime(Thread *t, Value object, const Ymd *d, const Clock *c, Value format);
Value format_object(Thread *t, Value *args, uint32_t nargs, Value kwnames); /* __format__ */
Value format_strptime(Thread *t, const char *function, Value *args, uint32_t nargs, Value kwnames);
/* "+01:00" of a tzinfo, appended; None: nothing.  sep "" or ":". */
bool format_offset(Thread *t, StrBuilder *b, const char *sep, Value tzinfo, Value argument) MUST_USE;

#endif
