/* datetime: making, fields and text. Its arithmetic and comparison lie in datetime_ops.c, its way to time stamps in instant.c. */
#include "modules/datetime/datetime_priv.h"

/* --- Making ------------------------------------------------------------------------------------------------------------------------------ */

Value datetime_fill(Thread *t, Type *type, Ymd d, const Clock *c) {
    Value v = fields_new_object(t, type, T_datetime, sizeof(DateTime));
    if (is_null(v)) return v;
    DateTime *moment = V_AS(DateTime, v);
    moment->hash = -1;
    moment->ymd = d;
    moment->clock = *c;
    incref_maybe(c->tzinfo);
    return object_done(t, v);
}

Value datetime_new(Thread *t, Type *type, Ymd d, const Clock *c) {
    if (type == builtin_type(t, T_datetime)) return datetime_fill(t, type, d, c);
    Value args[] = {v_smallint(d.year),   v_smallint(d.month),  v_smallint(d.day), v_smallint(c->hour),
                    v_smallint(c->minute), v_smallint(c->second), v_smallint(c->us), is_null(c->tzinfo) ? V_NONE : c->tzinfo};
    Value v = call_copy(t, v_from(type), args, COUNT_OF(args), VNULL);
    if (!is_null(v) && c->fold && is_datetime(t, v)) V_AS(DateTime, v)->clock.fold = c->fold;
    return v;
}

static Value make_from_state(Thread *t, Type *type, const uint8_t *state, Value tzinfo) {
    Ymd d = fields_get_date(state);
    Clock c;
    fields_get_clock(state + 4, &c);
    if (!fields_state_tzinfo(t, tzinfo, &c.tzinfo)) return VNULL;
    c.fold = d.month >> 7;
    d.month &= 0x7f;
    return datetime_fill(t, type, d, &c);
}

static Value datetime_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Fields f = {0};
    int *const ints[] = {&f.year, &f.month, &f.day, &f.hour, &f.minute, &f.second, &f.us, NULL, &f.fold};
    Ymd d;
    Clock c;
    if (nargs == 1 || nargs == 2) {
        uint8_t state[10];
        int found = fields_state(t, args[0], sizeof state, 2, fields_sane_month_fold, "datetime", state);
        if (found != 0) return found < 0 ? VNULL : make_from_state(t, type, state, nargs > 1 ? args[1] : V_NONE);
    }
    if (!fields_bind(t, "(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", args, nargs, kwnames, ints, &f.tzinfo) ||
        !fields_date(t, f.year, f.month, f.day, &d) || !fields_clock(t, &f, &c))
        return VNULL;
    return datetime_fill(t, type, d, &c);
}

METHOD(m_now) { return instant_now(t, V_AS(Type, args[0]), is_null(args[1]) || is_none(args[1]) ? VNULL : args[1]); }
METHOD(m_utcnow) { return instant_utcnow(t, V_AS(Type, args[0])); }
METHOD(m_fromtimestamp) { return instant_from_timestamp(t, V_AS(Type, args[0]), args[1], is_null(args[2]) || is_none(args[2]) ? VNULL : args[2]); }
METHOD(m_utcfromtimestamp) {
    return exact_arguments(t, args, nargs, kwnames, 1) ? instant_utc_from_timestamp(t, V_AS(Type, args[0]), args[1]) : VNULL;
}
METHOD(m_strptime) { return format_strptime(t, "_strptime_datetime_datetime", args, nargs, kwnames); }

METHOD(m_combine) {
    if (!is_date(t, args[1])) return err_raise(t, T_TypeError, "combine() argument 1 must be datetime.date, not %T", args[1]);
    if (!is_time(t, args[2])) return err_raise(t, T_TypeError, "combine() argument 2 must be datetime.time, not %T", args[2]);
    Clock c = V_AS(Time, args[2])->clock;
    if (!is_null(args[3])) {
        if (!fields_check_tzinfo(t, args[3])) return VNULL;
        c.tzinfo = is_none(args[3]) ? VNULL : args[3];
    }
    return datetime_new(t, V_AS(Type, args[0]), V_AS(Date, args[1])->ymd, &c);
}

/* --- ISO texts ------------------------------------------------------------------------------------------------------------------------------ */

/* Date, any one character, time; or a date alone. */
static bool parse_iso(IsoText text, int *year, int *month, int *day, IsoTime *time) {
    *time = (IsoTime){0};
    if (text.end - text.p < 7) return false;
    ptrdiff_t n = iso_date_length(text);
    if (n < 0 || n > text.end - text.p) return false;
    if (!iso_parse_date((IsoText){text.p, text.p + n}, year, month, day)) return false;
    return text.p + n == text.end || iso_parse_time((IsoText){text.p + n + 1, text.end}, time);
}

static bool day_after(Thread *t, Ymd *d) {
    int ordinal = ymd_ordinal(*d) + 1, year, month, day;
    calendar_from_ordinal(ordinal, &year, &month, &day);
    return fields_date(t, year, month, day, d);
}

METHOD(m_fromisoformat) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "fromisoformat: argument must be str");
    IsoText text;
    IsoTime iso;
    uint8_t *copy;
    int year, month, day;
    if (!fields_iso_text(t, args[1], &text, &copy)) return VNULL;
    bool good = parse_iso(text, &year, &month, &day, &iso), next_day;
    heap_free(t, copy);
    if (!good) return err_raise(t, T_ValueError, "Invalid isoformat string: %R", args[1]);
    Fields f = {0};
    Ymd d;
    Clock c;
    if (!fields_from_iso(t, &iso, &f, &next_day)) return VNULL;
    Value v = VNULL;
    if (fields_date(t, year, month, day, &d) && (!next_day || day_after(t, &d)) && fields_clock(t, &f, &c)) v = datetime_new(t, V_AS(Type, args[0]), d, &c);
    decref_maybe(t, f.tzinfo);
    return v;
}

/* isoformat(): `separator` stands between date and time. */
static Value iso_text(Thread *t, Value self, uint32_t separator, enum IsoTimespec spec) {
    const DateTime *d = V_AS(DateTime, self);
    const Clock *c = &d->clock;
    char text[ISO_DATE_ROOM + ISO_TIME_ROOM + ISO_OFFSET_ROOM], *end = iso_write_date(text, d->ymd.year, d->ymd.month, d->ymd.day);
    char *mark = end++;
    end = iso_write_time(end, c->hour, c->minute, c->second, (int)c->us, spec);
    int64_t offset;
    int aware = datetime_offset_us(t, self, &offset);
    if (aware < 0) return VNULL;
    if (aware) end = iso_write_offset(end, offset, ":");
    if (separator < 0x80) {
        *mark = (char)separator;
        return str_from_ascii(t, text, end - text);
    }
    StrBuilder b;
    str_builder_init(&b);
    if (str_builder_ascii(t, &b, text, mark - text) && str_builder_char(t, &b, separator) && str_builder_ascii(t, &b, mark + 1, end - mark - 1))
        return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

METHOD(m_isoformat) {
    uint32_t separator = 'T';
    enum IsoTimespec spec;
    if (!is_null(args[1])) {
        if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "isoformat() argument 1 must be a unicode character, not %T", args[1]);
        const Str *s = V_AS(Str, args[1]);
        if (str_len(s) != 1)
            return err_raise(t, T_TypeError, "isoformat() argument 1 must be a unicode character, not a string of length %zd", (size_t)str_len(s));
        separator = str_at(s, 0);
    }
    if (!is_null(args[2]) && !is_str(t, args[2])) return err_raise(t, T_TypeError, "isoformat() argument 2 must be str, not %T", args[2]);
    return fields_timespec(t, args[2], &spec) ? iso_text(t, args[0], separator, spec) : VNULL;
}

/* str() is isoformat(' '), which a class may have replaced. */
static Value slot_str(Thread *t, Value self) {
    if (IS_EXACT(self, datetime)) return iso_text(t, self, ' ', ISO_AUTO);
    Value space = str_from_char(t, ' ');
    if (is_null(space)) return space;
    Value text = call_method_1(t, self, N(t, isoformat), space);
    decref(t, space);
    return text;
}

static Value slot_repr(Thread *t, Value self) {
    const DateTime *d = V_AS(DateTime, self);
    const Clock *c = &d->clock;
    StrBuilder b;
    str_builder_init(&b);
    bool good = type_text(t, &b, self) && str_builder_format(t, &b, "(%d, %d, %d, %d, %d", d->ymd.year, d->ymd.month, d->ymd.day, c->hour, c->minute);
    if (good && (c->second || c->us)) good = str_builder_format(t, &b, ", %d", c->second);
    if (good && c->us) good = str_builder_format(t, &b, ", %u", (unsigned)c->us);
    if (good && c->fold) good = str_builder_cstr(t, &b, ", fold=1");
    if (good && !is_null(c->tzinfo)) good = str_builder_format(t, &b, ", tzinfo=%R", c->tzinfo);
    if (good && str_builder_char(t, &b, ')')) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

/* --- Methods ---------------------------------------------------------------------------------------------------------------------------------- */

#define MOMENT (V_AS(DateTime, args[0]))
#define CLOCK (&MOMENT->clock)

METHOD(m_date) { return date_new(t, builtin_type(t, T_date), MOMENT->ymd); }
METHOD(m_timetz) { return time_new(t, builtin_type(t, T_time), CLOCK); }
METHOD(m_time) {
    Clock c = *CLOCK;
    c.tzinfo = VNULL;
    return time_new(t, builtin_type(t, T_time), &c);
}
METHOD(m_ctime) { return date_ctime(t, MOMENT->ymd, CLOCK->hour, CLOCK->minute, CLOCK->second); }
METHOD(m_timestamp) { return instant_timestamp(t, args[0]); }
METHOD(m_astimezone) { return instant_astimezone(t, args[0], is_null(args[1]) || is_none(args[1]) ? VNULL : args[1]); }
METHOD(m_utcoffset) { return datetime_utcoffset(t, args[0]); }
METHOD(m_tzname) { return tzinfo_tzname(t, CLOCK->tzinfo, args[0]); }
METHOD(m_dst) { return tzinfo_dst(t, CLOCK->tzinfo, args[0]); }

METHOD(m_timetuple) {
    Value dst = tzinfo_dst(t, CLOCK->tzinfo, args[0]);
    if (is_null(dst)) return dst;
    int flag = is_none(dst) ? -1 : delta_us(V_AS(Delta, dst)) != 0;
    decref(t, dst);
    return date_struct_time(t, MOMENT->ymd, CLOCK->hour, CLOCK->minute, CLOCK->second, flag);
}

METHOD(m_utctimetuple) {
    int64_t offset = 0;
    int aware = datetime_offset_us(t, args[0], &offset);
    if (aware < 0) return VNULL;
    Clock plain = *CLOCK;
    plain.tzinfo = VNULL;
    Value naive = datetime_fill(t, builtin_type(t, T_datetime), MOMENT->ymd, &plain);
    if (!is_null(naive) && offset) {
        Value shifted = datetime_shift(t, naive, -(Micros)offset);
        decref(t, naive);
        naive = shifted;
    }
    if (is_null(naive)) return naive;
    const DateTime *d = V_AS(DateTime, naive);
    Value result = date_struct_time(t, d->ymd, d->clock.hour, d->clock.minute, d->clock.second, 0);
    decref(t, naive);
    return result;
}

static Value replace(Thread *t, Value self, const Value *changes) {
    const DateTime *old = V_AS(DateTime, self);
    const Clock *oc = &old->clock;
    Fields f = {old->ymd.year, old->ymd.month, old->ymd.day, oc->hour, oc->minute, oc->second, (int)oc->us, oc->fold, oc->tzinfo};
    int *const ints[] = {&f.year, &f.month, &f.day, &f.hour, &f.minute, &f.second, &f.us};
    Ymd d;
    Clock c;
    for (size_t i = 0; i < COUNT_OF(ints); i++)
        if (!fields_int(t, changes[i], ints[i])) return VNULL;
    if (!is_null(changes[7])) f.tzinfo = changes[7];
    if (!fields_int(t, changes[8], &f.fold) || !fields_date(t, f.year, f.month, f.day, &d) || !fields_clock(t, &f, &c)) return VNULL;
    return datetime_new(t, type_of(t, self), d, &c);
}

#define CHANGES                                                                                                                                            \
    "year=unchanged, month=unchanged, day=unchanged, hour=unchanged, minute=unchanged, second=unchanged, "                                     \
    "microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
METHOD(m_replace) { return replace(t, args[0], args + 1); }
METHOD(m_dunder_replace) {
    Value changes[9];
    return call_bind_signature(t, "replace", "(" CHANGES, args + 1, nargs - 1, kwnames, changes) ? replace(t, args[0], changes) : VNULL;
}

/* The month's high bit carries the fold from protocol 4 on. */
static Value reduce(Thread *t, Value self, bool with_fold) {
    const DateTime *d = V_AS(DateTime, self);
    uint8_t state[10];
    fields_put_date(d->ymd, state);
    fields_put_clock(&d->clock, state + 4);
    if (with_fold && d->clock.fold) state[2] |= 0x80;
    Value bytes = bytes_new(t, (const char *)state, sizeof state);
    if (is_null(bytes)) return bytes;
    Value parts[] = {bytes, new_ref_maybe(d->clock.tzinfo)};
    Value arguments = tuple_take(t, parts, is_null(d->clock.tzinfo) ? 1 : 2);
    if (is_null(arguments)) return VNULL;
    Value pair[] = {ref_of(type_of(t, self)), arguments};
    return tuple_take(t, pair, 2);
}

METHOD(m_reduce) { return reduce(t, args[0], false); }
METHOD(m_reduce_ex) {
    int protocol;
    return exact_arguments(t, args, nargs, kwnames, 1) && fields_int(t, args[1], &protocol) ? reduce(t, args[0], protocol > 3) : VNULL;
}

static const MethodDef methods[] = {
    {"now", "($type, /, tz=None)",
     "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone.", m_now, MF_CLASS},
    {"utcnow", "($type, /)", "Return a new datetime representing UTC day and time.", m_utcnow, MF_CLASS},
    {"fromtimestamp", "($type, /, timestamp, tz=None)", "timestamp[, tz] -> tz's local time from POSIX timestamp.", m_fromtimestamp, MF_CLASS},
    {"utcfromtimestamp", NULL, "Construct a naive UTC datetime from a POSIX timestamp.", m_utcfromtimestamp, MF_CLASS},
    {"strptime", NULL, "string, format -> new datetime parsed from a string (like time.strptime()).", m_strptime, MF_CLASS},
    {"combine", "($type, /, date, time, tzinfo=None)", "date, time -> datetime with same date and time fields", m_combine, MF_CLASS},
    {"fromisoformat", "($type, object, /)", "string -> datetime from a string in most ISO 8601 formats", m_fromisoformat, MF_CLASS},
    {"date", "($self, /)", "Return date object with same year, month and day.", m_date},
    {"time", "($self, /)", "Return time object with same time but with tzinfo=None.", m_time},
    {"timetz", "($self, /)", "Return time object with same time and tzinfo.", m_timetz},
    {"ctime", "($self, /)", "Return ctime() style string.", m_ctime},
    {"timetuple", "($self, /)", "Return time tuple, compatible with time.localtime().", m_timetuple},
    {"timestamp", "($self, /)", "Return POSIX timestamp as float.", m_timestamp},
    {"utctimetuple", "($self, /)", "Return UTC time tuple, compatible with time.localtime().", m_utctimetuple},
    {"isoformat", "($self, /, sep='T', timespec='auto')",
     "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year from the time, and defaults to 'T'.\n"
     "The optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n"
     "'seconds', 'milliseconds' and 'microseconds'.\n", m_isoformat},
    {"utcoffset", "($self, /)", "Return self.tzinfo.utcoffset(self).", m_utcoffset},
    {"tzname", "($self, /)", "Return self.tzinfo.tzname(self).", m_tzname},
    {"dst", "($self, /)", "Return self.tzinfo.dst(self).", m_dst},
    {"replace", "($self, /, " CHANGES, "Return datetime with new specified fields.", m_replace},
    {"__replace__", "($self, /, **changes)", "The same as replace().", m_dunder_replace},
    {"astimezone", "($self, /, tz=None)", "tz -> convert to local time in new timezone tz\n", m_astimezone},
    {"__reduce_ex__", NULL, "__reduce_ex__(proto) -> (cls, state)", m_reduce_ex},
    {"__reduce__", "($self, /)", "__reduce__() -> (cls, state)", m_reduce},
    {NULL},
};

#define GETTER(name, field) static Value name(Thread *t, Value self, void *closure) { return v_smallint(V_AS(DateTime, self)->clock.field); }
GETTER(get_hour, hour)
GETTER(get_minute, minute)
GETTER(get_second, second)
GETTER(get_us, us)
GETTER(get_fold, fold)
static Value get_tzinfo(Thread *t, Value self, void *closure) {
    Value tzinfo = V_AS(DateTime, self)->clock.tzinfo;
    return is_null(tzinfo) ? V_NONE : new_ref(tzinfo);
}
static const GetSetDef getsets[] = {{"hour", get_hour}, {"minute", get_minute}, {"second", get_second}, {"microsecond", get_us},
                                    {"tzinfo", get_tzinfo}, {"fold", get_fold}, {NULL}};
static const Field fields[] = {FIELD_VALUE(DateTime, clock.tzinfo)};

const TypeDef typedef_datetime = {
    .name = "datetime.datetime",
    .doc = "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\n"
           "instance of a tzinfo subclass. The remaining arguments may be ints.\n",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(DateTime),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = datetime_make, .repr = slot_repr, .str = slot_str, .hash = datetime_hash_slot, .compare = datetime_compare_slot,
              .binop = {[OP_add] = datetime_add_slot, [OP_sub] = datetime_sub_slot}},
};

static bool add(Thread *t, const char *name, Value v) {
    bool good = !is_null(v) && dict_set_cstr(t, builtin_type(t, T_datetime)->dict, name, v);
    decref_maybe(t, v);
    return good;
}

bool datetime_add_attributes(Thread *t) {
    Type *type = builtin_type(t, T_datetime);
    return add(t, "min", datetime_fill(t, type, (Ymd){YEAR_MIN, 1, 1}, &(Clock){0})) &&
           add(t, "max", datetime_fill(t, type, (Ymd){YEAR_MAX, 12, 31}, &(Clock){23, 59, 59, 0, 999999, VNULL})) && add(t, "resolution", delta_new(t, 1));
}
