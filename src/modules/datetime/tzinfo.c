/* tzinfo, the base of time zones; timezone, with a fixed offset; and how a tzinfo is asked. */
#include "modules/datetime/datetime_priv.h"

/* --- Asking -------------------------------------------------------------------------------------------------------------------------- */

static Value checked_offset(Thread *t, Value offset, const char *method) {
    if (is_null(offset) || is_none(offset)) return offset;
    if (!is_delta(t, offset)) err_raise(t, T_TypeError, "tzinfo.%s() must return None or timedelta, not '%T'", method, offset);
    else if (delta_is_offset(t, offset)) return offset;
    decref(t, offset);
    return VNULL;
}

Value tzinfo_utcoffset(Thread *t, Value tzinfo, Value argument) {
    if (is_null(tzinfo)) return V_NONE;
    if (IS_EXACT(tzinfo, timezone)) return new_ref(V_AS(TimeZone, tzinfo)->offset);
    return checked_offset(t, call_method_1(t, tzinfo, N(t, utcoffset), argument), "utcoffset");
}

Value tzinfo_dst(Thread *t, Value tzinfo, Value argument) {
    if (is_null(tzinfo) || IS_EXACT(tzinfo, timezone)) return V_NONE;
    return checked_offset(t, call_method_1(t, tzinfo, N(t, dst), argument), "dst");
}

int tzinfo_offset_us(Thread *t, Value tzinfo, Value argument, int64_t *us) {
    Value offset = tzinfo_utcoffset(t, tzinfo, argument);
    if (is_null(offset)) return -1;
    if (is_none(offset)) return 0;
    *us = (int64_t)delta_us(V_AS(Delta, offset));
    decref(t, offset);
    return 1;
}

static Value timezone_text(Thread *t, Value self);

Value tzinfo_tzname(Thread *t, Value tzinfo, Value argument) {
    if (is_null(tzinfo)) return V_NONE;
    if (IS_EXACT(tzinfo, timezone)) return timezone_text(t, tzinfo);
    Value name = call_method_1(t, tzinfo, N(t, tzname), argument);
    if (is_null(name) || is_none(name) || is_str(t, name)) return name;
    err_raise(t, T_TypeError, "tzinfo.tzname() must return None or a string, not '%T'", name);
    decref(t, name);
    return VNULL;
}

/* --- tzinfo --------------------------------------------------------------------------------------------------------------------------- */

static Value unimplemented(Thread *t, const char *method) {
    return err_raise(t, T_NotImplementedError, "a tzinfo subclass must implement %s()", method);
}
METHOD(m_tzname) { return unimplemented(t, "tzname"); }
METHOD(m_utcoffset) { return unimplemented(t, "utcoffset"); }
METHOD(m_dst) { return unimplemented(t, "dst"); }

/* A datetime whose tzinfo is self. */
static bool check_own(Thread *t, Value self, Value datetime) {
    if (!is_datetime(t, datetime)) return err_fail(t, T_TypeError, "fromutc: argument must be a datetime");
    return same(V_AS(DateTime, datetime)->clock.tzinfo, self) || err_fail(t, T_ValueError, "fromutc: dt.tzinfo is not self");
}

/* The microseconds of an offset that must not be None (taken). */
static bool required_us(Thread *t, Value offset, const char *message, Micros *us) {
    if (is_null(offset)) return false;
    if (is_none(offset)) return err_fail(t, T_ValueError, "%s", message);
    *us = delta_us(V_AS(Delta, offset));
    decref(t, offset);
    return true;
}

/* Local standard time first, then what daylight saving adds there. */
METHOD(m_fromutc) {
    Value self = args[0], moment = args[1];
    Micros offset, dst;
    if (!check_own(t, self, moment) || !required_us(t, tzinfo_utcoffset(t, self, moment), "fromutc: non-None utcoffset() result required", &offset) ||
        !required_us(t, tzinfo_dst(t, self, moment), "fromutc: non-None dst() result required", &dst))
        return VNULL;
    Value standard = datetime_shift(t, moment, offset - dst);
    if (is_null(standard)) return standard;
    if (!is_datetime(t, standard)) return standard;
    Value result = VNULL;
    if (required_us(t, tzinfo_dst(t, self, standard), "fromutc: tz.dst() gave inconsistent results; cannot convert", &dst))
        result = dst == 0 ? new_ref(standard) : datetime_shift(t, standard, dst);
    decref(t, standard);
    return result;
}

METHOD(m_reduce) {
    Value initargs = attr_get_maybe(t, args[0], N(t, __getinitargs__)), arguments;
    if (is_null(initargs) && err_pending(t)) return VNULL;
    if (is_null(initargs)) {
        arguments = new_ref(t->interp->empty_tuple);
    } else {
        arguments = call_0(t, initargs);
        decref(t, initargs);
        if (is_null(arguments)) return VNULL;
    }
    Value state = call_method_0(t, args[0], N(t, __getstate__));
    Value triple[] = {ref_of(type_of(t, args[0])), arguments, state};
    return tuple_take(t, triple, 3);
}

static const MethodDef tzinfo_methods[] = {
    {"tzname", "($self, object, /)", "datetime -> string name of time zone.", m_tzname},
    {"utcoffset", "($self, object, /)", "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC", m_utcoffset},
    {"dst", "($self, object, /)", "datetime -> DST offset as timedelta positive east of UTC.", m_dst},
    {"fromutc", "($self, object, /)", "datetime in UTC -> datetime in local time.", m_fromutc},
    {"__reduce__", "($self, /)", "-> (cls, state)", m_reduce},
    {NULL},
};

const TypeDef typedef_tzinfo = {
    .name = "datetime.tzinfo",
    .doc = "Abstract base class for time zone info objects.",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(Object),
    .methods = tzinfo_methods,
    .slots = {.new = type_generic_new},
};

/* --- timezone -------------------------------------------------------------------------------------------------------------------------- */

static Value timezone_fill(Thread *t, Type *type, Value offset, Value name) {
    Value v = fields_new_object(t, type, T_timezone, sizeof(TimeZone));
    if (is_null(v)) return v;
    V_AS(TimeZone, v)->offset = new_ref(offset);
    V_AS(TimeZone, v)->name = new_ref_maybe(name);
    return object_done(t, v);
}

static inline bool is_zero(Value offset) { return delta_us(V_AS(Delta, offset)) == 0; }

Value timezone_new(Thread *t, Type *type, Value offset, Value name) {
    if (is_null(name) && is_zero(offset)) return new_ref(utc_of(t));
    return delta_is_offset(t, offset) ? timezone_fill(t, type, offset, name) : VNULL;
}

Value timezone_from_us(Thread *t, int64_t us) {
    if (us == 0) return new_ref(utc_of(t));
    Value offset = delta_new(t, us);
    if (is_null(offset)) return offset;
    Value zone = timezone_new(t, builtin_type(t, T_timezone), offset, VNULL);
    decref(t, offset);
    return zone;
}

static Value timezone_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[2];
    if (!call_bind_signature(t, "timezone", "(offset, name=<unrepresentable>)", args, nargs, kwnames, a)) return VNULL;
    if (!is_delta(t, a[0])) return err_raise(t, T_TypeError, "timezone() argument 1 must be datetime.timedelta, not %T", a[0]);
    if (!is_null(a[1]) && is_none(a[1])) return err_raise(t, T_TypeError, "timezone() argument 2 must be str, not None");
    if (!is_null(a[1]) && !is_str(t, a[1])) return err_raise(t, T_TypeError, "timezone() argument 2 must be str, not %T", a[1]);
    return timezone_new(t, type, a[0], a[1]);
}

/* The name, or one made from the offset. */
static Value timezone_text(Thread *t, Value self) {
    const TimeZone *zone = V_AS(TimeZone, self);
    if (!is_null(zone->name)) return new_ref(zone->name);
    if (is_zero(zone->offset)) return str_from_cstr(t, "UTC");
    char text[ISO_OFFSET_ROOM + 3] = "UTC";
    char *end = iso_write_offset(text + 3, (int64_t)delta_us(V_AS(Delta, zone->offset)), ":");
    return str_from_ascii(t, text, end - text);
}

static Value timezone_repr(Thread *t, Value self) {
    const TimeZone *zone = V_AS(TimeZone, self);
    if (same(self, utc_of(t))) return str_from_cstr(t, "datetime.timezone.utc");
    StrBuilder b;
    str_builder_init(&b);
    bool good = type_text(t, &b, self) && str_builder_format(t, &b, "(%R", zone->offset);
    if (good && !is_null(zone->name)) good = str_builder_format(t, &b, ", %R", zone->name);
    if (good && str_builder_char(t, &b, ')')) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value timezone_compare(Thread *t, Value left, Value right, enum CompareOp op) {
    if (!is_obj(right) || !IS_A(t, right, timezone) || (op != CMP_EQ && op != CMP_NE)) return V_NOTIMPL;
    Micros a = delta_us(V_AS(Delta, V_AS(TimeZone, left)->offset)), b = delta_us(V_AS(Delta, V_AS(TimeZone, right)->offset));
    return compare_result(a != b, op);
}

static bool timezone_hash(Thread *t, Value self, int64_t *hash) {
    *hash = delta_hash(V_AS(Delta, V_AS(TimeZone, self)->offset));
    return true;
}

static bool check_argument(Thread *t, Value argument, const char *method) {
    if (is_none(argument) || is_datetime(t, argument)) return true;
    return err_fail(t, T_TypeError, "%s(dt) argument must be a datetime instance or None, not %T", method, argument);
}

METHOD(m_zone_tzname) { return check_argument(t, args[1], "tzname") ? timezone_text(t, args[0]) : VNULL; }
METHOD(m_zone_utcoffset) { return check_argument(t, args[1], "utcoffset") ? new_ref(V_AS(TimeZone, args[0])->offset) : VNULL; }
METHOD(m_zone_dst) { return check_argument(t, args[1], "dst") ? V_NONE : VNULL; }
METHOD(m_zone_fromutc) {
    if (!check_own(t, args[0], args[1])) return VNULL;
    return datetime_shift(t, args[1], delta_us(V_AS(Delta, V_AS(TimeZone, args[0])->offset)));
}
METHOD(m_zone_getinitargs) {
    const TimeZone *zone = V_AS(TimeZone, args[0]);
    return is_null(zone->name) ? tuple_of(t, 1, zone->offset) : tuple_of(t, 2, zone->offset, zone->name);
}

static const MethodDef timezone_methods[] = {
    {"tzname", "($self, object, /)",
     "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.", m_zone_tzname},
    {"utcoffset", "($self, object, /)", "Return fixed offset.", m_zone_utcoffset},
    {"dst", "($self, object, /)", "Return None.", m_zone_dst},
    {"fromutc", "($self, object, /)", "datetime in UTC -> datetime in local time.", m_zone_fromutc},
    {"__getinitargs__", "($self, /)", "pickle support", m_zone_getinitargs},
    {NULL},
};
static const Field timezone_fields[] = {FIELD_VALUE(TimeZone, offset), FIELD_VALUE(TimeZone, name)};

const TypeDef typedef_timezone = {
    .name = "datetime.timezone",
    .doc = "Fixed offset from UTC implementation of tzinfo.",
    .flags = TF_MODULE_NAME,
    .size = sizeof(TimeZone),
    FIELDS(timezone_fields),
    .methods = timezone_methods,
    .slots = {.new = timezone_make, .repr = timezone_repr, .str = timezone_text, .hash = timezone_hash, .compare = timezone_compare},
};

static bool add(Thread *t, const char *name, Value zone) {
    bool good = !is_null(zone) && dict_set_cstr(t, builtin_type(t, T_timezone)->dict, name, zone);
    decref_maybe(t, zone);
    return good;
}

static bool add_utc(Thread *t) {
    Type *type = builtin_type(t, T_timezone);
    if (type->module_state != NULL) return true;
    Value zero = delta_new(t, 0), utc = is_null(zero) ? VNULL : timezone_fill(t, type, zero, VNULL);
    decref_maybe(t, zero);
    if (!add(t, "utc", utc)) return false;
    type->module_state = v_obj(utc);
    return true;
}

bool timezone_add_attributes(Thread *t) {
    const int64_t most = INT64_C(86340) * SECOND_US; /* a day but for a minute */
    return add_utc(t) && add(t, "min", timezone_from_us(t, -most)) && add(t, "max", timezone_from_us(t, most));
}
