/* Tracing of allocations from the start: -X tracemalloc, PYTHONTRACEMALLOC. */
#include "boot/boot_priv.h"
#include "core/config.h"
#include "core/names.h"
#include "import/import.h"
#include "ops/attr.h"
#include "ops/call.h"

bool boot_tracing(Thread *t) {
    if (t->runtime->config->tracemalloc == 0) return true;
    Value module = import_module(t, "_tracemalloc"), start = VNULL, result = VNULL;
    if (is_null(module)) return false;
    start = attr_get_cstr(t, module, "start");
    if (!is_null(start)) result = call_1(t, start, v_smallint(t->runtime->config->tracemalloc));
    decref_maybe(t, start);
    decref(t, module);
    decref_maybe(t, result);
    return !is_null(result);
}
