/* The module posix: what os stands on.  Its functions lie in the files of this folder; here they become one module. */
#include "modules/posix/posix_priv.h"

Type *posix_structseq(Thread *t, Value module, const char *name, const StructSeqDef *def) {
    Type *type = structseq_type(t, def);
    return type != NULL && module_add(t, module, name, ref_of(type)) ? type : NULL;
}

static bool posix_exec(Thread *t, Value module) {
    static const MethodDef *const tables[] = {posix_path_rows, posix_stat_rows, posix_directory_rows, posix_scandir_rows, posix_descriptor_rows, posix_identity_rows,
                                              posix_terminal_rows, posix_system_rows, posix_process_rows, posix_spawn_rows, posix_schedule_rows, posix_event_rows};
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        if (!module_add_functions(t, module, tables[i])) return false;
    return constants_ready(t, module) && stat_ready(t, module) && scandir_ready(t, module) && system_ready(t, module) && terminal_ready(t, module) && process_ready(t, module) &&
           module_add(t, module, "error", ref_of(builtin_type(t, T_OSError)));
}

static int posix_traverse(void *state, VisitFn visit, void *context) {
    PosixState *s = state;
    const Value lists[] = {s->before_fork, s->after_fork_child, s->after_fork_parent};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        int stop = is_null(lists[i]) ? 0 : visit(lists[i], context);
        if (stop) return stop;
    }
    return 0;
}
static void posix_clear(Thread *t, void *state) {
    PosixState *s = state;
    slot_clear(t, &s->before_fork);
    slot_clear(t, &s->after_fork_child);
    slot_clear(t, &s->after_fork_parent);
}

const ModuleDef module_posix = {
    .name = "posix",
    .doc = "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\n"
           "disguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    .state_size = sizeof(PosixState),
    .exec = posix_exec,
    .traverse = posix_traverse,
    .clear = posix_clear,
};
