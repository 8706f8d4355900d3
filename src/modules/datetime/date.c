/* date, and IsoCalendarDate: what its isocalendar() answers. */
#include "modules/datetime/datetime_priv.h"

static const char *const day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* --- Making ---------------------------------------------------------------------------------------------------------------------------- */

static Value date_fill(Thread *t, Type *type, Ymd d) {
    Value v = fields_new_object(t, type, T_date, sizeof(Date));
    if (is_null(v)) return v;
    V_AS(Date, v)->hash = -1;
    V_AS(Date, v)->ymd = d;
    return object_done(t, v);
}

Value date_new(Thread *t, Type *type, Ymd d) {
    if (type == builtin_type(t, T_date)) return date_fill(t, type, d);
    if (type == builtin_type(t, T_datetime)) return datetime_fill(t, type, d, &(Clock){0});
    return call_3(t, v_from(type), v_smallint(d.year), v_smallint(d.month), v_smallint(d.day));
}

static Value date_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    int year = 0, month = 0, day = 0;
    int *const ints[] = {&year, &month, &day};
    Ymd d;
    if (nargs == 1) {
        uint8_t state[4];
        int found = fields_state(t, args[0], sizeof state, 2, fields_sane_month, "date", state);
        if (found != 0) return found < 0 ? VNULL : date_fill(t, type, fields_get_date(state));
    }
    if (!fields_bind(t, "(year, month, day)", args, nargs, kwnames, ints, NULL) || !fields_date(t, year, month, day, &d)) return VNULL;
    return date_fill(t, type, d);
}

bool date_in_range(Thread *t, int64_t ordinal, Ymd *out) {
    if (ordinal < 1 || ordinal > ORDINAL_MAX) return err_fail(t, T_OverflowError, "date value out of range");
    int year, month, day;
    calendar_from_ordinal((int)ordinal, &year, &month, &day);
    *out = (Ymd){(uint16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

METHOD(m_fromordinal) {
    int ordinal = 0, year, month, day;
    Ymd d;
    if (!exact_arguments(t, args, nargs, kwnames, 1) || !fields_int(t, args[1], &ordinal)) return VNULL;
    if (ordinal < 1) return err_raise(t, T_ValueError, "ordinal must be >= 1");
    calendar_from_ordinal(ordinal, &year, &month, &day);
    return fields_date(t, year, month, day, &d) ? date_new(t, V_AS(Type, args[0]), d) : VNULL;
}

METHOD(m_fromtimestamp) { return instant_date_from_timestamp(t, V_AS(Type, args[0]), args[1]); }
METHOD(m_today) { return instant_date_today(t, V_AS(Type, args[0])); }
METHOD(m_strptime) { return format_strptime(t, "_strptime_datetime_date", args, nargs, kwnames); }

METHOD(m_fromisoformat) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "fromisoformat: argument must be str");
    int64_t n;
    int year, month, day;
    Ymd d;
    Value keep;
    const uint8_t *text = (const uint8_t *)str_utf8(t, args[1], &n, &keep);
    if (text == NULL && !err_catch(t, T_UnicodeEncodeError)) return VNULL;
    bool good = text != NULL && (n == 7 || n == 8 || n == 10) && iso_parse_date((IsoText){text, text + n}, &year, &month, &day);
    if (text != NULL) decref_maybe(t, keep);
    if (!good) return err_raise(t, T_ValueError, "Invalid isoformat string: %R", args[1]);
    return fields_date(t, year, month, day, &d) ? date_new(t, V_AS(Type, args[0]), d) : VNULL;
}

METHOD(m_fromisocalendar) {
    int64_t parts[3];
    int ordinal, year, month, day;
    Ymd d;
    for (int i = 0; i < 3; i++) {
        if (arg_i64(t, args[i + 1], &parts[i]) && parts[i] == (int32_t)parts[i]) continue;
        if (!err_pending(t) || err_catch(t, T_OverflowError)) err_raise(t, T_ValueError, "ISO calendar component out of range");
        return VNULL;
    }
    switch (calendar_from_iso(parts[0], parts[1], parts[2], &ordinal)) {
    case ISO_WEEK_BAD_YEAR: return err_raise(t, T_ValueError, "year must be in %d..%d, not %d", YEAR_MIN, YEAR_MAX, (int)parts[0]);
    case ISO_WEEK_BAD_WEEK: return err_raise(t, T_ValueError, "Invalid week: %d", (int)parts[1]);
    case ISO_WEEK_BAD_DAY: return err_raise(t, T_ValueError, "Invalid weekday: %d (range is [1, 7])", (int)parts[2]);
    case ISO_WEEK_OK: break;
    }
    if (ordinal < 1) return err_raise(t, T_ValueError, "year must be in %d..%d, not %d", YEAR_MIN, YEAR_MAX, 0);
    calendar_from_ordinal(ordinal, &year, &month, &day);
    return fields_date(t, year, month, day, &d) ? date_new(t, V_AS(Type, args[0]), d) : VNULL;
}

/* --- Arithmetic --------------------------------------------------------------------------------------------------------------------------- */

static Value shift(Thread *t, Value date, int64_t days) {
    Ymd d;
    return date_in_range(t, ymd_ordinal(V_AS(Date, date)->ymd) + days, &d) ? date_new(t, type_of(t, date), d) : VNULL;
}

/* datetime derives from date and has its own: with one on either side these do not apply. */
static Value slot_add(Thread *t, Value left, Value right) {
    if (is_datetime(t, left) || is_datetime(t, right)) return V_NOTIMPL;
    if (is_date(t, left)) return is_delta(t, right) ? shift(t, left, V_AS(Delta, right)->days) : V_NOTIMPL;
    return is_delta(t, left) ? shift(t, right, V_AS(Delta, left)->days) : V_NOTIMPL;
}

static Value slot_sub(Thread *t, Value left, Value right) {
    if (is_datetime(t, left) || is_datetime(t, right) || !is_date(t, left)) return V_NOTIMPL;
    if (is_date(t, right)) return delta_new(t, (Micros)(ymd_ordinal(V_AS(Date, left)->ymd) - ymd_ordinal(V_AS(Date, right)->ymd)) * DAY_SECONDS * SECOND_US);
    return is_delta(t, right) ? shift(t, left, -(int64_t)V_AS(Delta, right)->days) : V_NOTIMPL;
}

static Value slot_compare(Thread *t, Value left, Value right, enum CompareOp op) {
    if (!is_date(t, right) || is_datetime(t, right)) return V_NOTIMPL;
    uint32_t a = ymd_key(V_AS(Date, left)->ymd), b = ymd_key(V_AS(Date, right)->ymd);
    return compare_result((a > b) - (a < b), op);
}

static bool slot_hash(Thread *t, Value self, int64_t *hash) {
    Date *d = V_AS(Date, self);
    if (d->hash == -1) {
        uint8_t state[4];
        fields_put_date(d->ymd, state);
        d->hash = fields_hash(t, state, sizeof state);
    }
    *hash = d->hash;
    return true;
}

/* --- Text ----------------------------------------------------------------------------------------------------------------------------------- */

static Value slot_repr(Thread *t, Value self) {
    Ymd d = V_AS(Date, self)->ymd;
    StrBuilder b;
    str_builder_init(&b);
    if (type_text(t, &b, self) && str_builder_format(t, &b, "(%d, %d, %d)", d.year, d.month, d.day)) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value iso_text(Thread *t, Value self) {
    Ymd d = V_AS(Date, self)->ymd;
    char text[ISO_DATE_ROOM];
    return str_from_ascii(t, text, iso_write_date(text, d.year, d.month, d.day) - text);
}

/* As CPython: str() is isoformat(), which a class may have replaced. */
static Value slot_str(Thread *t, Value self) { return IS_EXACT(self, date) ? iso_text(t, self) : call_method_0(t, self, N(t, isoformat)); }

Value date_ctime(Thread *t, Ymd d, int hour, int minute, int second) {
    char text[64];
    int n = snprintf(text, sizeof text, "%s %s %2d %02d:%02d:%02d %04d", day_names[calendar_weekday(ymd_ordinal(d))], month_names[d.month - 1], d.day, hour,
                     minute, second, d.year);
    return str_from_ascii(t, text, n);
}

Value date_struct_time(Thread *t, Ymd d, int hour, int minute, int second, int dst) {
    Value module = t->hooks->import(t, "time");
    if (is_null(module)) return VNULL;
    Value class = attr_get_cstr(t, module, "struct_time"), result = VNULL;
    decref(t, module);
    if (is_null(class)) return VNULL;
    int yearday = calendar_days_before_month(d.year, d.month) + d.day;
    Value fields = tuple_of(t, 9, v_smallint(d.year), v_smallint(d.month), v_smallint(d.day), v_smallint(hour), v_smallint(minute), v_smallint(second),
                            v_smallint(calendar_weekday(ymd_ordinal(d))), v_smallint(yearday), v_smallint(dst));
    if (!is_null(fields)) result = call_1(t, class, fields);
    decref_maybe(t, fields);
    decref(t, class);
    return result;
}

/* --- Methods --------------------------------------------------------------------------------------------------------------------------------- */

#define YMD (V_AS(Date, args[0])->ymd)

METHOD(m_ctime) { return date_ctime(t, YMD, 0, 0, 0); }
METHOD(m_strftime) { return format_strftime(t, args[0], &YMD, is_datetime(t, args[0]) ? &V_AS(DateTime, args[0])->clock : NULL, args[1]); }
METHOD(m_timetuple) { return date_struct_time(t, YMD, 0, 0, 0, -1); }
METHOD(m_isoformat) { return iso_text(t, args[0]); }
METHOD(m_isoweekday) { return v_smallint(calendar_weekday(ymd_ordinal(YMD)) + 1); }
METHOD(m_weekday) { return v_smallint(calendar_weekday(ymd_ordinal(YMD))); }
METHOD(m_toordinal) { return v_smallint(ymd_ordinal(YMD)); }

METHOD(m_isocalendar) {
    int year, week, weekday;
    calendar_iso_from_ordinal(ymd_ordinal(YMD), YMD.year, &year, &week, &weekday);
    Value v = object_new_sized(t, builtin_type(t, T_isocalendar_date), 3);
    if (is_null(v)) return v;
    Tuple *tuple = V_AS(Tuple, v);
    tuple->length = 3;
    tuple->items[0] = v_smallint(year);
    tuple->items[1] = v_smallint(week);
    tuple->items[2] = v_smallint(weekday);
    return tuple_done(t, v);
}

static Value replace(Thread *t, Value self, const Value *changes) {
    Ymd d = V_AS(Date, self)->ymd;
    int year = d.year, month = d.month, day = d.day;
    if (!fields_int(t, changes[0], &year) || !fields_int(t, changes[1], &month) || !fields_int(t, changes[2], &day) || !fields_date(t, year, month, day, &d))
        return VNULL;
    return date_new(t, type_of(t, self), d);
}

#define CHANGES "year=unchanged, month=unchanged, day=unchanged)"
METHOD(m_replace) { return replace(t, args[0], args + 1); }
METHOD(m_dunder_replace) {
    Value changes[3];
    return call_bind_signature(t, "replace", "(" CHANGES, args + 1, nargs - 1, kwnames, changes) ? replace(t, args[0], changes) : VNULL;
}

METHOD(m_reduce) {
    uint8_t state[4];
    fields_put_date(YMD, state);
    Value bytes = bytes_new(t, (const char *)state, sizeof state), arguments = is_null(bytes) ? VNULL : tuple_take(t, &bytes, 1);
    if (is_null(arguments)) return VNULL;
    Value pair[] = {ref_of(type_of(t, args[0])), arguments};
    return tuple_take(t, pair, 2);
}

static Value get_year(Thread *t, Value self, void *closure) { return v_smallint(V_AS(Date, self)->ymd.year); }
static Value get_month(Thread *t, Value self, void *closure) { return v_smallint(V_AS(Date, self)->ymd.month); }
static Value get_day(Thread *t, Value self, void *closure) { return v_smallint(V_AS(Date, self)->ymd.day); }

static const MethodDef methods[] = {
    {"fromtimestamp", "($type, timestamp, /)",
     "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is\ninterpreted as local time.",
     m_fromtimestamp, MF_CLASS},
    {"fromordinal", NULL, "int -> date corresponding to a proleptic Gregorian ordinal.", m_fromordinal, MF_CLASS},
    {"fromisoformat", "($type, object, /)", "str -> Construct a date from a string in ISO 8601 format.", m_fromisoformat, MF_CLASS},
    {"fromisocalendar", "($type, /, year, week, day)",
     "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the date.isocalendar() function",
     m_fromisocalendar, MF_CLASS},
    {"strptime", NULL, "string, format -> new date parsed from a string (like time.strptime()).", m_strptime, MF_CLASS},
    {"today", "($type, /)", "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).", m_today, MF_CLASS},
    {"ctime", "($self, /)", "Return ctime() style string.", m_ctime},
    {"strftime", "($self, /, format)", "format -> strftime() style string.", m_strftime},
    {"__format__", NULL, "Formats self with strftime.", format_object},
    {"timetuple", "($self, /)", "Return time tuple, compatible with time.localtime().", m_timetuple},
    {"isocalendar", "($self, /)", "Return a named tuple containing ISO year, week number, and weekday.", m_isocalendar},
    {"isoformat", "($self, /)", "Return string in ISO 8601 format, YYYY-MM-DD.", m_isoformat},
    {"isoweekday", "($self, /)", "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7", m_isoweekday},
    {"toordinal", "($self, /)", "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1.", m_toordinal},
    {"weekday", "($self, /)", "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6", m_weekday},
    {"replace", "($self, /, " CHANGES, "Return date with new specified fields.", m_replace},
    {"__replace__", "($self, /, **changes)", "The same as replace().", m_dunder_replace},
    {"__reduce__", "($self, /)", "__reduce__() -> (cls, state)", m_reduce},
    {NULL},
};
static const GetSetDef getsets[] = {{"year", get_year}, {"month", get_month}, {"day", get_day}, {NULL}};

const TypeDef typedef_date = {
    .name = "datetime.date",
    .doc = "date(year, month, day) --> date object",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(Date),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = date_make, .repr = slot_repr, .str = slot_str, .hash = slot_hash, .compare = slot_compare,
              .binop = {[OP_add] = slot_add, [OP_sub] = slot_sub}},
};

static bool add(Thread *t, const char *name, Value v) {
    bool good = !is_null(v) && dict_set_cstr(t, builtin_type(t, T_date)->dict, name, v);
    decref_maybe(t, v);
    return good;
}

bool date_add_attributes(Thread *t) {
    Type *type = builtin_type(t, T_date);
    return add(t, "min", date_fill(t, type, (Ymd){YEAR_MIN, 1, 1})) && add(t, "max", date_fill(t, type, (Ymd){YEAR_MAX, 12, 31})) &&
           add(t, "resolution", delta_new(t, (Micros)DAY_SECONDS * SECOND_US));
}

/* --- IsoCalendarDate ---------------------------------------------------------------------------------------------------------------------------- */

static Value iso_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value parts[3];
    if (!call_bind_signature(t, "IsoCalendarDate", "(year, week, weekday)", args, nargs, kwnames, parts)) return VNULL;
    Value v = object_new_sized(t, type, 3);
    if (is_null(v)) return v;
    V_AS(Tuple, v)->length = 3;
    for (int i = 0; i < 3; i++) V_AS(Tuple, v)->items[i] = new_ref(parts[i]);
    return tuple_done(t, v);
}

static Value iso_repr(Thread *t, Value self) {
    return str_format(t, "%s(year=%S, week=%S, weekday=%S)", type_of(t, self)->def->name, tuple_at(self, 0), tuple_at(self, 1), tuple_at(self, 2));
}

METHOD(m_iso_reduce) {
    Value items = tuple_from(t, V_AS(Tuple, args[0])->items, 3), arguments = is_null(items) ? VNULL : tuple_take(t, &items, 1);
    if (is_null(arguments)) return VNULL;
    Value pair[] = {ref_of(builtin_type(t, T_tuple)), arguments};
    return tuple_take(t, pair, 2);
}

static Value iso_item(Thread *t, Value self, void *closure) { return new_ref(tuple_at(self, (int64_t)(intptr_t)closure)); }

static const MethodDef iso_methods[] = {{"__reduce__", "($self, /)", "__reduce__() -> (cls, state)", m_iso_reduce}, {NULL}};
static const GetSetDef iso_getsets[] = {
    {"year", iso_item, NULL, NULL, (void *)0}, {"week", iso_item, NULL, NULL, (void *)1}, {"weekday", iso_item, NULL, NULL, (void *)2}, {NULL}};

const TypeDef typedef_isocalendar_date = {
    .name = "datetime.IsoCalendarDate",
    .doc = "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n"
           "  ((year, week, weekday)\nor via the object attributes as named in the above tuple.",
    .flags = TF_GC | TF_MODULE_NAME,
    .methods = iso_methods,
    .getsets = iso_getsets,
    .slots = {.new = iso_make, .repr = iso_repr},
};
