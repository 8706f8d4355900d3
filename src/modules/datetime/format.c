/* strftime and __format__, and the way to the library's strptime.
 *
 * Directives that depend on nothing but the fields are written here.  What is left to the C library goes through time.strftime,
 * with %f, %z, %:z, %Z and the years before 1000 already written out. */
#include "modules/datetime/datetime_priv.h"

typedef struct Formatter {
    Value object;
    const Ymd *date;    /* NULL: of a time */
    const Clock *clock; /* NULL: of a date */
    Value timetuple;    /* owned; VNULL: the fields are the exact object's own */
    bool keep_percent;  /* the text goes through time.strftime yet */
    StrBuilder out;
} Formatter;

/* --- Parts --------------------------------------------------------------------------------------------------------------------------------- */

static bool put_number(Thread *t, Formatter *f, uint32_t value, int width) {
    char text[16];
    return str_builder_ascii(t, &f->out, text, iso_write_number(text, value, width) - text);
}

static bool put_offset(Thread *t, Formatter *f, const char *separator) {
    Value offset = f->clock ? tzinfo_utcoffset(t, f->clock->tzinfo, f->date ? f->object : V_NONE) : V_NONE;
    if (is_null(offset) || is_none(offset)) return !is_null(offset);
    char text[ISO_OFFSET_ROOM], *end = iso_write_offset(text, (int64_t)delta_us(V_AS(Delta, offset)), separator);
    decref(t, offset);
    return str_builder_ascii(t, &f->out, text, end - text);
}

/* The zone's name; its percent signs are no directives. A class derived from str answers for itself, as in CPython. */
static Value zone_name(Thread *t, Formatter *f) {
    Value name = call_method_0(t, f->object, N(t, tzname));
    if (is_null(name) || is_none(name) || (IS_EXACT(name, str) && !f->keep_percent)) return name;
    Value one = str_from_char(t, '%'), two = str_from_cstr(t, "%%");
    slot_set(t, &name, is_null(one) || is_null(two) ? VNULL : call_method_2(t, name, N(t, replace), one, f->keep_percent ? two : one));
    decref_maybe(t, one);
    decref_maybe(t, two);
    if (is_null(name) || is_str(t, name)) return name;
    err_raise(t, T_TypeError, "tzname.replace() did not return a string");
    decref(t, name);
    return VNULL;
}

static bool put_zone_name(Thread *t, Formatter *f) {
    if (f->clock == NULL || is_null(f->clock->tzinfo)) return true;
    Value name = zone_name(t, f);
    if (is_null(name) || is_none(name)) return !is_null(name);
    bool good = str_builder_str(t, &f->out, name);
    decref(t, name);
    return good;
}

static Value time_strftime(Thread *t, Value format, Value timetuple) {
    Value module = t->hooks->import(t, "time");
    if (is_null(module)) return VNULL;
    Value function = attr_get_cstr(t, module, "strftime");
    decref(t, module);
    if (is_null(function)) return VNULL;
    Value text = call_2(t, function, format, timetuple);
    decref(t, function);
    return text;
}

/* %Y, %G, %F and %C of the time tuple with all digits of the year, where the C library would write fewer. */
static bool put_year(Thread *t, Formatter *f, char directive) {
    Value item = item_get_index(t, f->timetuple, 0);
    int64_t year;
    bool good = !is_null(item) && arg_i64(t, item, &year);
    decref_maybe(t, item);
    if (!good) return false;
    if (year >= 1000) return str_builder_char(t, &f->out, '%') && str_builder_char(t, &f->out, (uint32_t)directive);
    if (directive == 'G') {
        Value format = str_from_cstr(t, "%G"), text = is_null(format) ? VNULL : time_strftime(t, format, f->timetuple);
        decref_maybe(t, format);
        Value number = is_null(text) ? VNULL : number_int(t, text);
        decref_maybe(t, text);
        good = !is_null(number) && arg_i64(t, number, &year);
        decref_maybe(t, number);
        if (!good) return false;
    }
    char text[32];
    int n = directive == 'C' ? snprintf(text, sizeof text, "%02lld", (long long)(year / 100))
                             : snprintf(text, sizeof text, directive == 'F' ? "%04lld-%%m-%%d" : "%04lld", (long long)year);
    return str_builder_ascii(t, &f->out, text, n);
}

/* --- Directives ----------------------------------------------------------------------------------------------------------------------------- */

static bool is_own_directive(uint32_t c) { return c < 0x80 && c != 0 && strchr("YmdHMSfyjzZ%FT", (int)c) != NULL; }

/* Directives of an exact object's fields. */
static bool put_own(Thread *t, Formatter *f, char c) {
    static const Clock midnight;
    static const Ymd epoch = {1900, 1, 1};
    const Ymd *d = f->date ? f->date : &epoch;
    const Clock *k = f->clock ? f->clock : &midnight;
    char text[ISO_DATE_ROOM + ISO_TIME_ROOM], *end;
    switch (c) {
    case 'Y': return put_number(t, f, d->year, 4);
    case 'm': return put_number(t, f, d->month, 2);
    case 'd': return put_number(t, f, d->day, 2);
    case 'y': return put_number(t, f, d->year % 100, 2);
    case 'j': return put_number(t, f, (uint32_t)(calendar_days_before_month(d->year, d->month) + d->day), 3);
    case 'H': return put_number(t, f, k->hour, 2);
    case 'M': return put_number(t, f, k->minute, 2);
    case 'S': return put_number(t, f, k->second, 2);
    case 'F': end = iso_write_date(text, d->year, d->month, d->day); break;
    case 'T': end = iso_write_time(text, k->hour, k->minute, k->second, 0, ISO_SECONDS); break;
    default: return str_builder_char(t, &f->out, '%');
    }
    return str_builder_ascii(t, &f->out, text, end - text);
}

/* One directive at format[*i], behind the percent sign; moves *i behind it. */
static bool put_directive(Thread *t, Formatter *f, const Str *format, int64_t *i) {
    int64_t n = str_len(format);
    uint32_t c = *i < n ? str_at(format, *i) : 0;
    if (c == ':' && *i + 1 < n && str_at(format, *i + 1) == 'z') {
        *i += 2;
        return put_offset(t, f, ":");
    }
    if (*i >= n) return str_builder_char(t, &f->out, '%');
    ++*i;
    switch (c) {
    case 'z': return put_offset(t, f, "");
    case 'Z': return put_zone_name(t, f);
    case 'f': return put_number(t, f, f->clock ? f->clock->us : 0, 6);
    default: break;
    }
    if (!f->keep_percent) return put_own(t, f, (char)c);
    if (c == 'Y' || c == 'G' || c == 'F' || c == 'C') return put_year(t, f, (char)c);
    return str_builder_char(t, &f->out, '%') && str_builder_char(t, &f->out, c);
}

/* Whether the C library is not needed. */
static bool is_all_own(const Str *format) {
    int64_t n = str_len(format);
    for (int64_t i = 0; i < n; i++) {
        if (str_at(format, i) != '%') continue;
        if (++i >= n) return false;
        uint32_t c = str_at(format, i);
        if (c == ':' && i + 1 < n && str_at(format, i + 1) == 'z') i++;
        else if (!is_own_directive(c)) return false;
    }
    return true;
}

/* The tuple that time.strftime gets; a class may have a timetuple() of its own. */
static Value make_timetuple(Thread *t, const Formatter *f) {
    if (f->date != NULL) return call_method_0(t, f->object, N(t, timetuple));
    const Clock *c = f->clock;
    return tuple_of(t, 9, v_smallint(1900), v_smallint(1), v_smallint(1), v_smallint(c->hour), v_smallint(c->minute), v_smallint(c->second), v_smallint(0),
                    v_smallint(1), v_smallint(-1));
}

static bool put_all(Thread *t, Formatter *f, Value format) {
    const Str *s = V_AS(Str, format);
    for (int64_t i = 0, n = str_len(s); i < n;) {
        int64_t next = str_find_char(s, '%', i, n);
        if (next < 0) return str_builder_part(t, &f->out, format, i, n);
        if (!str_builder_part(t, &f->out, format, i, next)) return false;
        i = next + 1;
        if (!put_directive(t, f, s, &i)) return false;
    }
    return true;
}

Value format_strftime(Thread *t, Value object, const Ymd *d, const Clock *c, Value format) {
    if (!is_str(t, format)) return err_raise(t, T_TypeError, "strftime() argument 1 must be str, not %T", format);
    Formatter f = {.object = object, .date = d, .clock = c};
    bool exact = IS_EXACT(object, date) || IS_EXACT(object, datetime) || IS_EXACT(object, time);
    f.keep_percent = !exact || !is_all_own(V_AS(Str, format));
    if (f.keep_percent && is_null(f.timetuple = make_timetuple(t, &f))) return VNULL;
    str_builder_init(&f.out);
    Value text = VNULL;
    if (put_all(t, &f, format)) text = str_builder_finish(t, &f.out);
    else str_builder_drop(t, &f.out);
    if (f.keep_percent && !is_null(text)) slot_set(t, &text, time_strftime(t, text, f.timetuple));
    decref_maybe(t, f.timetuple);
    return text;
}

/* --- Methods of all three types --------------------------------------------------------------------------------------------------------------- */

Value format_object(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!exact_arguments(t, args, nargs, kwnames, 1)) return VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "__format__() argument 1 must be str, not %T", args[1]);
    if (str_len(V_AS(Str, args[1])) == 0) return str_of(t, args[0]);
    return call_method_1(t, args[0], N(t, strftime), args[1]);
}

Value format_strptime(Thread *t, const char *function, Value *args, uint32_t nargs, Value kwnames) {
    if (!exact_arguments(t, args, nargs, kwnames, 2)) return VNULL;
    for (int i = 1; i <= 2; i++)
        if (!is_str(t, args[i])) return err_raise(t, T_TypeError, "strptime() argument %d must be str, not %T", i, args[i]);
    Value module = t->hooks->import(t, "_strptime");
    if (is_null(module)) return VNULL;
    Value f = attr_get_cstr(t, module, function);
    decref(t, module);
    if (is_null(f)) return VNULL;
    Value result = call_3(t, f, args[0], args[1], args[2]);
    decref(t, f);
    return result;
}
