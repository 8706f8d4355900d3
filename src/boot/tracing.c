/* What is to run from the start: tracing of allocations (-X tracemalloc, PYTHONTRACEMALLOC) and tracebacks of fatal signals
 * (-X faulthandler, PYTHONFAULTHANDLER, -X dev). */
#include "boot/boot_priv.h"
#include "core/config.h"
#include "core/names.h"
#include "import/import.h"
#include "ops/attr.h"
#include "ops/call.h"

/* MODULE.NAME(argument), without the argument if it is VNULL. */
static bool call_in(Thread *t, const char *module_name, const char *name, Value argument) {
    Value module = import_module(t, module_name), function = VNULL, result = VNULL;
    if (is_null(module)) return false;
    function = attr_get_cstr(t, module, name);
    if (!is_null(function)) result = is_null(argument) ? call_0(t, function) : call_1(t, function, argument);
    decref_maybe(t, function);
    decref(t, module);
    decref_maybe(t, result);
    return !is_null(result);
}

bool boot_tracing(Thread *t) {
    const Config *config = t->runtime->config;
    if (config->faulthandler && !call_in(t, "faulthandler", "enable", VNULL)) return false;
    return config->tracemalloc == 0 || call_in(t, "_tracemalloc", "start", v_smallint(config->tracemalloc));
}
