/* The module _datetime. */
#include "modules/datetime/datetime_priv.h"

/* What C code of CPython's kind asks for. Krait has no C API, so it only says that the module is this one. */
static Value capsule_new(Thread *t) {
    Capsule *c = heap_object(t, SHAPE_capsule, sizeof *c);
    if (c == NULL) return VNULL;
    c->pointer = (void *)&typedef_datetime;
    c->name = "datetime.datetime_CAPI";
    c->context = NULL;
    c->destructor = NULL;
    return v_from(c);
}

static bool exec(Thread *t, Value module) {
    if (builtin_type(t, T_isocalendar_date) == NULL && !type_boot(t, T_isocalendar_date, T_tuple, &typedef_isocalendar_date)) return false;
    if (!module_add_type(t, module, T_timedelta, &typedef_timedelta) || !module_add_type(t, module, T_date, &typedef_date) ||
        !module_add_type(t, module, T_datetime, &typedef_datetime) || !module_add_type(t, module, T_time, &typedef_time) ||
        !module_add_type(t, module, T_tzinfo, &typedef_tzinfo) || !module_add_type(t, module, T_timezone, &typedef_timezone))
        return false;
    bool complete = !is_null(dict_get_cstr(t, builtin_type(t, T_timezone)->dict, "max")); /* what is added last */
    if (!complete && !(delta_add_attributes(t) && date_add_attributes(t) && time_add_attributes(t) && datetime_add_attributes(t) && timezone_add_attributes(t)))
        return false;
    return module_add_int(t, module, "MINYEAR", YEAR_MIN) && module_add_int(t, module, "MAXYEAR", YEAR_MAX) &&
           module_add(t, module, "UTC", new_ref(utc_of(t))) && module_add(t, module, "datetime_CAPI", capsule_new(t));
}

const ModuleDef module__datetime = {
    .name = "_datetime",
    .doc = "Fast implementation of the datetime module.",
    .exec = exec,
};
