/* The module _uuid: time-based UUIDs of libuuid. */
#include <uuid/uuid.h>

#include "modules/module.h"

/* (16 bytes, 0 where uuidd gave it, so that no other process has the same, else -1). */
static Value generate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uuid_t out;
    int status;
    ALLOW_THREADS(t, status = uuid_generate_time_safe(out));
    Value pair[] = {bytes_new(t, (const char *)out, sizeof out), v_smallint(status)};
    return tuple_take(t, pair, 2);
}

static const MethodDef functions[] = {{"generate_time_safe", "($module, /)", NULL, generate}, {NULL}};

static bool exec(Thread *t, Value module) {
    return module_add_int(t, module, "has_uuid_generate_time_safe", 1) && module_add_int(t, module, "has_stable_extractable_node", 0);
}

const ModuleDef krait_module__uuid = {.name = "_uuid", .functions = functions, .exec = exec};
