/* time: a time of day. */
#include "modules/datetime/datetime_priv.h"

/* --- Making ----------------------------------------------------------------------------------------------------------------------------- */

static Value time_fill(Thread *t, Type *type, const Clock *c) {
    Value v = fields_new_object(t, type, T_time, sizeof(Time));
    if (is_null(v)) return v;
    Time *time = V_AS(Time, v);
    time->hash = -1;
    time->clock = *c;
    incref_maybe(c->tzinfo);
    return object_done(t, v);
}

Value time_new(Thread *t, Type *type, const Clock *c) {
    if (type == builtin_type(t, T_time)) return time_fill(t, type, c);
    Value args[] = {v_smallint(c->hour), v_smallint(c->minute), v_smallint(c->second), v_smallint(c->us), is_null(c->tzinfo) ? V_NONE : c->tzinfo};
    Value v = call_copy(t, v_from(type), args, COUNT_OF(args), VNULL);
    if (!is_null(v) && c->fold && is_time(t, v)) V_AS(Time, v)->clock.fold = c->fold;
    return v;
}

static Value make_from_state(Thread *t, Type *type, const uint8_t *state, Value tzinfo) {
    Clock c;
    fields_get_clock(state, &c);
    if (!fields_state_tzinfo(t, tzinfo, &c.tzinfo)) return VNULL;
    c.fold = c.hour >> 7;
    c.hour &= 0x7f;
    return time_fill(t, type, &c);
}

static Value time_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Fields f = {0};
    int *const ints[] = {&f.hour, &f.minute, &f.second, &f.us, NULL, &f.fold};
    Clock c;
    if (nargs == 1 || nargs == 2) {
        uint8_t state[6];
        int found = fields_state(t, args[0], sizeof state, 0, fields_sane_hour, "time", state);
        if (found != 0) return found < 0 ? VNULL : make_from_state(t, type, state, nargs > 1 ? args[1] : V_NONE);
    }
    if (!fields_bind(t, "(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", args, nargs, kwnames, ints, &f.tzinfo) ||
        !fields_clock(t, &f, &c))
        return VNULL;
    return time_fill(t, type, &c);
}

METHOD(m_strptime) { return format_strptime(t, "_strptime_datetime_time", args, nargs, kwnames); }

METHOD(m_fromisoformat) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "fromisoformat: argument must be str");
    IsoText text;
    IsoTime iso;
    uint8_t *copy;
    if (!fields_iso_text(t, args[1], &text, &copy)) return VNULL;
    if (text.p < text.end && *text.p == 'T') text.p++;
    bool good = iso_parse_time(text, &iso), next_day;
    heap_free(t, copy);
    if (!good) return err_raise(t, T_ValueError, "Invalid isoformat string: %R", args[1]);
    Fields f = {0};
    Clock c;
    if (!fields_from_iso(t, &iso, &f, &next_day)) return VNULL;
    Value v = fields_clock(t, &f, &c) ? time_new(t, V_AS(Type, args[0]), &c) : VNULL;
    decref_maybe(t, f.tzinfo);
    return v;
}

/* --- Comparison --------------------------------------------------------------------------------------------------------------------------- */

static inline int order_of(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

static Value slot_compare(Thread *t, Value left, Value right, enum CompareOp op) {
    if (!is_time(t, right)) return V_NOTIMPL;
    const Clock *a = &V_AS(Time, left)->clock, *b = &V_AS(Time, right)->clock;
    if (same(a->tzinfo, b->tzinfo)) return compare_result(order_of(clock_key(a), clock_key(b)), op);
    int64_t offset_a = 0, offset_b = 0;
    int aware_a = tzinfo_offset_us(t, a->tzinfo, V_NONE, &offset_a);
    int aware_b = aware_a < 0 ? -1 : tzinfo_offset_us(t, b->tzinfo, V_NONE, &offset_b);
    if (aware_b < 0) return VNULL;
    if (aware_a == aware_b) {
        if (offset_a == offset_b) return compare_result(order_of(clock_key(a), clock_key(b)), op);
        /* Offsets count in whole seconds here, rounded down, as a timedelta holds them. */
        int64_t x = clock_seconds(a) - (offset_a - (offset_a % SECOND_US + SECOND_US) % SECOND_US) / SECOND_US;
        int64_t y = clock_seconds(b) - (offset_b - (offset_b % SECOND_US + SECOND_US) % SECOND_US) / SECOND_US;
        return compare_result(x != y ? (x > y) - (x < y) : (a->us > b->us) - (a->us < b->us), op);
    }
    if (op == CMP_EQ || op == CMP_NE) return v_bool(op == CMP_NE);
    return err_raise(t, T_TypeError, "can't compare offset-naive and offset-aware times");
}

/* Equal times of different offsets have one hash: that of the span since midnight in UTC. */
static bool slot_hash(Thread *t, Value self, int64_t *hash) {
    Time *time = V_AS(Time, self);
    if (time->hash != -1) {
        *hash = time->hash;
        return true;
    }
    /* A fold does not count: the offset is asked of the time without it. */
    Value plain = new_ref(self);
    if (time->clock.fold) {
        Clock c = time->clock;
        c.fold = 0;
        slot_set(t, &plain, time_fill(t, type_of(t, self), &c));
        if (is_null(plain)) return false;
    }
    int64_t offset;
    int aware = tzinfo_offset_us(t, V_AS(Time, plain)->clock.tzinfo, V_NONE, &offset);
    decref(t, plain);
    if (aware < 0) return false;
    if (aware) {
        Value span = delta_new(t, (Micros)clock_seconds(&time->clock) * SECOND_US + time->clock.us - offset);
        if (is_null(span)) return false;
        time->hash = delta_hash(V_AS(Delta, span));
        decref(t, span);
    } else {
        uint8_t state[6];
        fields_put_clock(&time->clock, state);
        time->hash = fields_hash(t, state, sizeof state);
    }
    *hash = time->hash;
    return true;
}

/* --- Text -------------------------------------------------------------------------------------------------------------------------------------- */

static Value slot_repr(Thread *t, Value self) {
    const Clock *c = &V_AS(Time, self)->clock;
    StrBuilder b;
    str_builder_init(&b);
    bool good = type_text(t, &b, self) && str_builder_format(t, &b, "(%d, %d", c->hour, c->minute);
    if (good && (c->second || c->us)) good = str_builder_format(t, &b, ", %d", c->second);
    if (good && c->us) good = str_builder_format(t, &b, ", %u", (unsigned)c->us);
    if (good && !is_null(c->tzinfo)) good = str_builder_format(t, &b, ", tzinfo=%R", c->tzinfo);
    if (good && c->fold) good = str_builder_cstr(t, &b, ", fold=1");
    if (good && str_builder_char(t, &b, ')')) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value iso_text(Thread *t, Value self, enum IsoTimespec spec) {
    const Clock *c = &V_AS(Time, self)->clock;
    char text[ISO_TIME_ROOM + ISO_OFFSET_ROOM], *end = iso_write_time(text, c->hour, c->minute, c->second, (int)c->us, spec);
    int64_t offset;
    int aware = tzinfo_offset_us(t, c->tzinfo, V_NONE, &offset);
    if (aware < 0) return VNULL;
    if (aware) end = iso_write_offset(end, offset, ":");
    return str_from_ascii(t, text, end - text);
}

static Value slot_str(Thread *t, Value self) { return IS_EXACT(self, time) ? iso_text(t, self, ISO_AUTO) : call_method_0(t, self, N(t, isoformat)); }

/* --- Methods ---------------------------------------------------------------------------------------------------------------------------------- */

#define CLOCK (&V_AS(Time, args[0])->clock)

METHOD(m_isoformat) {
    enum IsoTimespec spec;
    if (!is_null(args[1]) && !is_str(t, args[1])) return err_raise(t, T_TypeError, "isoformat() argument 1 must be str, not %T", args[1]);
    return fields_timespec(t, args[1], &spec) ? iso_text(t, args[0], spec) : VNULL;
}
METHOD(m_strftime) { return format_strftime(t, args[0], NULL, CLOCK, args[1]); }
METHOD(m_utcoffset) { return tzinfo_utcoffset(t, CLOCK->tzinfo, V_NONE); }
METHOD(m_tzname) { return tzinfo_tzname(t, CLOCK->tzinfo, V_NONE); }
METHOD(m_dst) { return tzinfo_dst(t, CLOCK->tzinfo, V_NONE); }

static Value replace(Thread *t, Value self, const Value *changes) {
    const Clock *old = &V_AS(Time, self)->clock;
    Fields f = {.hour = old->hour, .minute = old->minute, .second = old->second, .us = (int)old->us, .fold = old->fold, .tzinfo = old->tzinfo};
    Clock c;
    if (!fields_int(t, changes[0], &f.hour) || !fields_int(t, changes[1], &f.minute) || !fields_int(t, changes[2], &f.second) ||
        !fields_int(t, changes[3], &f.us) || !fields_int(t, changes[5], &f.fold))
        return VNULL;
    if (!is_null(changes[4])) f.tzinfo = changes[4];
    return fields_clock(t, &f, &c) ? time_new(t, type_of(t, self), &c) : VNULL;
}

#define CHANGES "hour=unchanged, minute=unchanged, second=unchanged, microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
METHOD(m_replace) { return replace(t, args[0], args + 1); }
METHOD(m_dunder_replace) {
    Value changes[6];
    return call_bind_signature(t, "replace", "(" CHANGES, args + 1, nargs - 1, kwnames, changes) ? replace(t, args[0], changes) : VNULL;
}

/* The hour's high bit carries the fold from protocol 4 on. */
static Value reduce(Thread *t, Value self, bool with_fold) {
    const Clock *c = &V_AS(Time, self)->clock;
    uint8_t state[6];
    fields_put_clock(c, state);
    if (with_fold && c->fold) state[0] |= 0x80;
    Value bytes = bytes_new(t, (const char *)state, sizeof state);
    if (is_null(bytes)) return bytes;
    Value parts[] = {bytes, new_ref_maybe(c->tzinfo)};
    Value arguments = tuple_take(t, parts, is_null(c->tzinfo) ? 1 : 2);
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
    {"strptime", NULL, "string, format -> new time parsed from a string (like time.strptime()).", m_strptime, MF_CLASS},
    {"isoformat", "($self, /, timespec='auto')",
     "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec specifies the number of additional terms\n"
     "of the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n", m_isoformat},
    {"strftime", "($self, /, format)", "format -> strftime() style string.", m_strftime},
    {"__format__", NULL, "Formats self with strftime.", format_object},
    {"utcoffset", "($self, /)", "Return self.tzinfo.utcoffset(self).", m_utcoffset},
    {"tzname", "($self, /)", "Return self.tzinfo.tzname(self).", m_tzname},
    {"dst", "($self, /)", "Return self.tzinfo.dst(self).", m_dst},
    {"replace", "($self, /, " CHANGES, "Return time with new specified fields.", m_replace},
    {"__replace__", "($self, /, **changes)", "The same as replace().", m_dunder_replace},
    {"fromisoformat", "($type, object, /)", "string -> time from a string in ISO 8601 format", m_fromisoformat, MF_CLASS},
    {"__reduce_ex__", NULL, "__reduce_ex__(proto) -> (cls, state)", m_reduce_ex},
    {"__reduce__", "($self, /)", "__reduce__() -> (cls, state)", m_reduce},
    {NULL},
};

#define GETTER(name, field) static Value name(Thread *t, Value self, void *closure) { return v_smallint(V_AS(Time, self)->clock.field); }
GETTER(get_hour, hour)
GETTER(get_minute, minute)
GETTER(get_second, second)
GETTER(get_us, us)
GETTER(get_fold, fold)
static Value get_tzinfo(Thread *t, Value self, void *closure) {
    Value tzinfo = V_AS(Time, self)->clock.tzinfo;
    return is_null(tzinfo) ? V_NONE : new_ref(tzinfo);
}
static const GetSetDef getsets[] = {{"hour", get_hour}, {"minute", get_minute}, {"second", get_second}, {"microsecond", get_us},
                                    {"tzinfo", get_tzinfo}, {"fold", get_fold}, {NULL}};
static const Field fields[] = {FIELD_VALUE(Time, clock.tzinfo)};

const TypeDef typedef_time = {
    .name = "datetime.time",
    .doc = "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\n"
           "a tzinfo subclass. The remaining arguments may be ints.",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(Time),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = time_make, .repr = slot_repr, .str = slot_str, .hash = slot_hash, .compare = slot_compare},
};

static bool add(Thread *t, const char *name, Value v) {
    bool good = !is_null(v) && dict_set_cstr(t, builtin_type(t, T_time)->dict, name, v);
    decref_maybe(t, v);
    return good;
}

bool time_add_attributes(Thread *t) {
    Type *type = builtin_type(t, T_time);
    return add(t, "min", time_fill(t, type, &(Clock){0})) && add(t, "max", time_fill(t, type, &(Clock){23, 59, 59, 0, 999999, VNULL})) &&
           add(t, "resolution", delta_new(t, 1));
}
