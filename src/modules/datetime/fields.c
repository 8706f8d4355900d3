/* The fields of dates and times, see the header: from arguments, into ranges, from and to the bytes of pickles. */
#include "base/hash.h"
#include "modules/datetime/datetime_priv.h"
#include "ops/signature.h"
#include "ops/suggest.h"

/* --- Arguments ------------------------------------------------------------------------------------------------------------------- */

bool fields_int_slow(Thread *t, Value v, int *out) {
    int32_t i;
    if (!arg_i32(t, v, &i)) return false;
    *out = i;
    return true;
}

static bool convert(Thread *t, Value v, int *target, Value *tzinfo) {
    if (target != NULL) return fields_int(t, v, target);
    *tzinfo = v;
    return true;
}

/* The value that a keyword gives to a parameter; VNULL: none. */
static Value keyword_value(Value *args, uint32_t nargs, Value kwnames, Value name) {
    for (int64_t k = 0; k < tuple_len(kwnames); k++) {
        Value given = tuple_at(kwnames, k);
        if (same(given, name) || str_equal(V_AS(Str, given), V_AS(Str, name))) return args[nargs + k];
    }
    return VNULL;
}

/* Some keyword was of no use: it names a parameter given by position, or none. */
static COLD bool fail_keywords(Thread *t, const Signature *s, uint32_t nargs, Value kwnames) {
    for (uint32_t i = 0; i < nargs && i < s->total; i++)
        for (int64_t k = 0; k < tuple_len(kwnames); k++)
            if (str_equal(V_AS(Str, tuple_at(kwnames, k)), V_AS(Str, s->names[i])))
                return err_fail(t, T_TypeError, "argument for function given by name ('%U') and position (%d)", s->names[i], (int)i + 1);
    for (int64_t k = 0; k < tuple_len(kwnames); k++) {
        Value name = tuple_at(kwnames, k);
        uint32_t i = 0;
        while (i < s->total && !str_equal(V_AS(Str, name), V_AS(Str, s->names[i]))) i++;
        if (i < s->total) continue;
        Value hint = suggest_name(t, s->names, s->total, name);
        if (is_null(hint)) return err_fail(t, T_TypeError, "this function got an unexpected keyword argument '%U'", name);
        return err_fail(t, T_TypeError, "this function got an unexpected keyword argument '%U'. Did you mean '%U'?", name, hint);
    }
    return err_fail(t, T_SystemError, "a keyword argument was lost");
}

/* The general case.  CPython binds and converts parameter by parameter, and looks at left-over keywords last. */
static bool bind_by_name(Thread *t, const Signature *s, Value *args, uint32_t nargs, Value kwnames, int *const *ints, Value *tzinfo) {
    uint32_t nkw = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames), used = 0;
    if (nargs + nkw > s->total)
        return err_fail(t, T_TypeError, "function takes at most %u %sargument%s (%u given)", (unsigned)s->total, nargs == 0 ? "keyword " : "",
                        s->total == 1 ? "" : "s", nargs + nkw);
    if (nargs > s->positional)
        return err_fail(t, T_TypeError, "function takes at most %u positional argument%s (%u given)", (unsigned)s->positional,
                        s->positional == 1 ? "" : "s", nargs);
    for (uint32_t i = 0; i < s->total; i++) {
        Value v = i < nargs ? args[i] : nkw ? keyword_value(args, nargs, kwnames, s->names[i]) : VNULL;
        if (is_null(v)) {
            if (i < s->required) return err_fail(t, T_TypeError, "function missing required argument '%U' (pos %u)", s->names[i], i + 1);
            continue;
        }
        if (i >= nargs) used++;
        if (!convert(t, v, ints[i], tzinfo)) return false;
    }
    return used == nkw || fail_keywords(t, s, nargs, kwnames);
}

bool fields_bind(Thread *t, const char *signature, Value *args, uint32_t nargs, Value kwnames, int *const *ints, Value *tzinfo) {
    const Signature *s = signature_of(t, signature);
    if (s == NULL) return false;
    if (!is_null(kwnames) || nargs < s->required || nargs > s->positional) return bind_by_name(t, s, args, nargs, kwnames, ints, tzinfo);
    for (uint32_t i = 0; i < nargs; i++)
        if (!convert(t, args[i], ints[i], tzinfo)) return false;
    return true;
}

bool exact_arguments(Thread *t, Value *args, uint32_t nargs, Value kwnames, uint32_t n) {
    const BuiltinFunction *f = V_AS(BuiltinFunction, args[-1]);
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) {
        Value owner = is_type(t, args[0]) ? V_AS(Type, args[0])->qualname : type_of(t, args[0])->qualname;
        return err_fail(t, T_TypeError, "%U.%s() takes no keyword arguments", owner, f->def->name);
    }
    if (nargs - 1 == n) return true;
    return err_fail(t, T_TypeError, "%s() takes exactly %u argument%s (%u given)", f->def->name, n, n == 1 ? "" : "s", nargs - 1);
}

/* --- Ranges ---------------------------------------------------------------------------------------------------------------------- */

bool fields_date(Thread *t, int year, int month, int day, Ymd *out) {
    if (year < YEAR_MIN || year > YEAR_MAX) return err_fail(t, T_ValueError, "year must be in %d..%d, not %d", YEAR_MIN, YEAR_MAX, year);
    if (month < 1 || month > 12) return err_fail(t, T_ValueError, "month must be in 1..12, not %d", month);
    int days = calendar_days_in_month(year, month);
    if (day < 1 || day > days)
        return err_fail(t, T_ValueError, "day %d must be in range 1..%d for month %d in year %d", day, days, month, year);
    *out = (Ymd){(uint16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

bool fields_check_tzinfo(Thread *t, Value v) {
    if (is_none(v) || is_tzinfo(t, v)) return true;
    return err_fail(t, T_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%T'", v);
}

bool fields_clock(Thread *t, const Fields *f, Clock *out) {
    if (f->hour < 0 || f->hour > 23) return err_fail(t, T_ValueError, "hour must be in 0..23, not %d", f->hour);
    if (f->minute < 0 || f->minute > 59) return err_fail(t, T_ValueError, "minute must be in 0..59, not %d", f->minute);
    if (f->second < 0 || f->second > 59) return err_fail(t, T_ValueError, "second must be in 0..59, not %d", f->second);
    if (f->us < 0 || f->us > 999999) return err_fail(t, T_ValueError, "microsecond must be in 0..999999, not %d", f->us);
    if (f->fold != 0 && f->fold != 1) return err_fail(t, T_ValueError, "fold must be either 0 or 1, not %d", f->fold);
    Value tzinfo = is_null(f->tzinfo) || is_none(f->tzinfo) ? VNULL : f->tzinfo;
    if (!is_null(tzinfo) && !fields_check_tzinfo(t, tzinfo)) return false;
    *out = (Clock){(uint8_t)f->hour, (uint8_t)f->minute, (uint8_t)f->second, (uint8_t)f->fold, (uint32_t)f->us, tzinfo};
    return true;
}

/* --- The bytes of pickles -------------------------------------------------------------------------------------------------------- */

void fields_put_date(Ymd d, uint8_t *out) {
    out[0] = (uint8_t)(d.year >> 8);
    out[1] = (uint8_t)d.year;
    out[2] = d.month;
    out[3] = d.day;
}

void fields_put_clock(const Clock *c, uint8_t *out) {
    out[0] = c->hour;
    out[1] = c->minute;
    out[2] = c->second;
    out[3] = (uint8_t)(c->us >> 16);
    out[4] = (uint8_t)(c->us >> 8);
    out[5] = (uint8_t)c->us;
}

Ymd fields_get_date(const uint8_t *state) { return (Ymd){(uint16_t)(state[0] << 8 | state[1]), state[2], state[3]}; }

void fields_get_clock(const uint8_t *state, Clock *out) {
    *out = (Clock){.hour = state[0], .minute = state[1], .second = state[2], .us = (uint32_t)(state[3] << 16 | state[4] << 8 | state[5])};
}

bool fields_sane_month(uint8_t month) { return month >= 1 && month <= 12; }
bool fields_sane_month_fold(uint8_t month) { return fields_sane_month(month & 0x7f); }
bool fields_sane_hour(uint8_t hour) { return (hour & 0x7f) < 24; }

int fields_state(Thread *t, Value v, int n, int at, bool (*sane)(uint8_t), const char *what, uint8_t *state) {
    if (is_bytes(t, v)) {
        const Bytes *b = V_AS(Bytes, v);
        if (b->length != n || !sane((uint8_t)b->data[at])) return 0;
        memcpy(state, b->data, (size_t)n);
        return 1;
    }
    if (!is_str(t, v)) return 0;
    const Str *s = V_AS(Str, v);
    if (str_len(s) != n || str_at(s, at) > 0xff || !sane((uint8_t)str_at(s, at))) return 0;
    for (int i = 0; i < n; i++) {
        if (str_at(s, i) > 0xff)
            return err_minus(t, T_ValueError,
                             "Failed to encode latin1 string when unpickling a %s object. pickle.load(data, encoding='latin1') is assumed.", what);
        state[i] = (uint8_t)str_at(s, i);
    }
    return 1;
}

bool fields_state_tzinfo(Thread *t, Value v, Value *out) {
    *out = VNULL;
    if (is_none(v)) return true;
    if (!is_tzinfo(t, v)) return err_fail(t, T_TypeError, "bad tzinfo state arg");
    *out = v;
    return true;
}

/* --- Objects ----------------------------------------------------------------------------------------------------------------------- */

Value fields_new_object(Thread *t, Type *type, enum TypeId exact, size_t size) {
    if (type != builtin_type(t, exact)) return object_new(t, type);
    Object *o = heap_object(t, exact * sizeof(Shape), size);
    if (o == NULL) return VNULL;
    memset(o + 1, 0, size - sizeof *o);
    return v_from(o);
}

int64_t fields_hash(Thread *t, const uint8_t *state, size_t n) {
    const HashKey key = {t->interp->hash_key[0], t->interp->hash_key[1]};
    return hash_bytes(&key, state, n);
}

bool type_text(Thread *t, StrBuilder *b, Value self) {
    Type *type = type_of(t, self);
    return type->flags & TF_HEAP ? str_builder_str(t, b, type->name) : str_builder_cstr(t, b, type->def->name);
}

/* --- ISO texts ----------------------------------------------------------------------------------------------------------------------- */

bool fields_iso_text(Thread *t, Value str, IsoText *out, uint8_t **copy) {
    const Str *s = V_AS(Str, str);
    int64_t n = str_len(s);
    *copy = NULL;
    if (str_is_ascii(s)) {
        *out = (IsoText){str_1(s), str_1(s) + n};
        return true;
    }
    *copy = heap_alloc(t, (size_t)n);
    if (*copy == NULL) return false;
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        (*copy)[i] = c < 0x80 ? (uint8_t)c : c >= 0xd800 && c < 0xe000 ? ISO_SURROGATE : ISO_OTHER;
    }
    *out = (IsoText){*copy, *copy + n};
    return true;
}

bool fields_timespec(Thread *t, Value v, enum IsoTimespec *out) {
    static const char *const names[] = {"auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"};
    *out = ISO_AUTO;
    if (is_null(v)) return true;
    Value keep;
    const char *text = str_cstr(t, v, &keep);
    if (text == NULL) return false;
    int i = 0;
    while (i < (int)COUNT_OF(names) && strcmp(text, names[i]) != 0) i++;
    decref_maybe(t, keep);
    if (i == (int)COUNT_OF(names)) return err_fail(t, T_ValueError, "Unknown timespec value");
    *out = (enum IsoTimespec)i;
    return true;
}

bool fields_from_iso(Thread *t, const IsoTime *time, Fields *out, bool *next_day) {
    *next_day = time->hour == 24;
    if (*next_day && (time->minute || time->second || time->us))
        return err_fail(t, T_ValueError, "minute, second, and microsecond must be 0 when hour is 24");
    out->hour = *next_day ? 0 : time->hour;
    out->minute = time->minute;
    out->second = time->second;
    out->us = time->us;
    out->tzinfo = VNULL;
    if (!time->has_offset) return true;
    out->tzinfo = timezone_from_us(t, time->offset_us);
    return !is_null(out->tzinfo);
}
