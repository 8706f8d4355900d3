/* posix: posix_spawn and posix_spawnp, which start a program in a new process by one call of libc. */
#include <spawn.h>
#include <stdlib.h>

#include "modules/posix/posix_priv.h"
#include "modules/signal_set.h"
#include "modules/sys.h"
#include "ops/call.h"

/* What a call asks for besides program, arguments and environment, in libc's terms. */
typedef struct Spawn {
    const char *function;
    bool searches_path;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    short flags;
} Spawn;

enum { A_PATH, A_ARGV, A_ENV, A_FILE_ACTIONS, A_SETPGROUP, A_RESETIDS, A_SETSID, A_SETSIGMASK, A_SETSIGDEF, A_SCHEDULER };

/* --- File actions ------------------------------------------------------------------------------ */

static bool error_number(Thread *t, int number) {
    errno = number;
    return number == 0 || !is_null(errno_error(t));
}

/* (POSIX_SPAWN_OPEN, fd, path, flags, mode); libc copies the path. */
static bool add_open(Thread *t, Spawn *s, Value action) {
    int32_t fd, flags;
    int64_t mode;
    if (!arg_i32(t, tuple_at(action, 1), &fd) || !arg_i32(t, tuple_at(action, 3), &flags) || !arg_i64(t, tuple_at(action, 4), &mode)) return false;
    char *path = text_copy(t, tuple_at(action, 2), "embedded null byte");
    bool ok = path != NULL && error_number(t, posix_spawn_file_actions_addopen(&s->actions, fd, path, flags, (mode_t)mode));
    free(path);
    return ok;
}

static bool add_action(Thread *t, Value action, void *context) {
    static const struct { const char *name; int length; } kinds[] = {{"open", 5}, {"close", 2}, {"dup2", 3}, {"closefrom", 2}}; /* as POSIX_SPAWN_* count */
    Spawn *s = context;
    int32_t kind, fd, target;
    if (!is_tuple(t, action) || tuple_len(action) == 0) return err_fail(t, T_TypeError, "Each file_actions element must be a non-empty tuple");
    if (!arg_i32(t, tuple_at(action, 0), &kind)) return false;
    if (kind < 0 || kind > 3) return err_fail(t, T_TypeError, "Unknown file_actions identifier");
    if (tuple_len(action) != kinds[kind].length) return err_fail(t, T_TypeError, "A %s file_action tuple must have %d elements", kinds[kind].name, kinds[kind].length);
    if (kind == 0) return add_open(t, s, action);
    if (!arg_i32(t, tuple_at(action, 1), &fd)) return false;
    if (kind == 1) return error_number(t, posix_spawn_file_actions_addclose(&s->actions, fd));
    if (kind == 3) return error_number(t, posix_spawn_file_actions_addclosefrom_np(&s->actions, fd));
    return arg_i32(t, tuple_at(action, 2), &target) && error_number(t, posix_spawn_file_actions_adddup2(&s->actions, fd, target));
}

static bool add_actions(Thread *t, Spawn *s, Value v) {
    if (is_null(v) || is_none(v)) return true;
    Value actions = sequence_tuple(t, v, "file_actions must be a sequence or None");
    bool ok = !is_null(actions) && iterate(t, actions, add_action, s);
    decref_maybe(t, actions);
    return ok;
}

/* --- Attributes -------------------------------------------------------------------------------- */

static bool set_scheduler(Thread *t, Spawn *s, Value v) {
    struct sched_param param;
    int32_t policy;
    if (is_null(v) || is_none(v)) return true;
    if (!is_tuple(t, v)) return err_fail(t, T_TypeError, "%s: scheduler must be a tuple or None", s->function);
    if (tuple_len(v) != 2) return err_fail(t, T_TypeError, "A scheduler tuple must have two elements");
    if (!is_none(tuple_at(v, 0))) {
        if (!arg_i32(t, tuple_at(v, 0), &policy) || !error_number(t, posix_spawnattr_setschedpolicy(&s->attributes, policy))) return false;
        s->flags |= POSIX_SPAWN_SETSCHEDULER;
    }
    s->flags |= POSIX_SPAWN_SETSCHEDPARAM;
    return sched_param_get(t, tuple_at(v, 1), &param) && error_number(t, posix_spawnattr_setschedparam(&s->attributes, &param));
}

static bool set_attributes(Thread *t, Spawn *s, Value *a) {
    int32_t group;
    bool reset, session;
    sigset_t signals;
    if (!is_null(a[A_SETPGROUP]) && !is_none(a[A_SETPGROUP])) {
        if (!arg_i32(t, a[A_SETPGROUP], &group) || !error_number(t, posix_spawnattr_setpgroup(&s->attributes, group))) return false;
        s->flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (!flag_get(t, a[A_RESETIDS], false, &reset) || !flag_get(t, a[A_SETSID], false, &session)) return false;
    if (reset) s->flags |= POSIX_SPAWN_RESETIDS;
    if (session) s->flags |= POSIX_SPAWN_SETSID;
    if (!is_null(a[A_SETSIGMASK])) {
        if (!signal_set(t, a[A_SETSIGMASK], &signals) || !error_number(t, posix_spawnattr_setsigmask(&s->attributes, &signals))) return false;
        s->flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (!is_null(a[A_SETSIGDEF])) {
        if (!signal_set(t, a[A_SETSIGDEF], &signals) || !error_number(t, posix_spawnattr_setsigdefault(&s->attributes, &signals))) return false;
        s->flags |= POSIX_SPAWN_SETSIGDEF;
    }
    return set_scheduler(t, s, a[A_SCHEDULER]) && error_number(t, posix_spawnattr_setflags(&s->attributes, s->flags));
}

/* --- The call ---------------------------------------------------------------------------------- */

static Value start(Thread *t, Spawn *s, Path *path, Value *a) {
    Strings argv, env = {0};
    if (!arguments_get(t, a[A_ARGV], s->function, &argv)) return VNULL;
    Value result = VNULL;
    if ((is_none(a[A_ENV]) || environment_get(t, a[A_ENV], s->function, &env)) && add_actions(t, s, a[A_FILE_ACTIONS]) && set_attributes(t, s, a) &&
        sys_audit_event(t, "os.posix_spawn", tuple_of(t, 3, path->object, a[A_ARGV], a[A_ENV]))) {
        pid_t pid;
        char **variables = is_none(a[A_ENV]) ? environ : env.items;
        errno = (s->searches_path ? posix_spawnp : posix_spawn)(&pid, path->narrow, &s->actions, &s->attributes, argv.items, variables);
        result = errno ? path_error(t, path) : v_smallint(pid);
    }
    strings_drop(&env);
    strings_drop(&argv);
    return result;
}

static Value spawn(Thread *t, const char *function, bool searches_path, Value *a) {
    Spawn s = {.function = function, .searches_path = searches_path};
    Path path;
    if (!path_get(t, a[A_PATH], &path, function, "path", 0)) return VNULL;
    Value result = VNULL;
    if (error_number(t, posix_spawn_file_actions_init(&s.actions))) {
        if (error_number(t, posix_spawnattr_init(&s.attributes))) {
            result = start(t, &s, &path, a);
            posix_spawnattr_destroy(&s.attributes);
        }
        posix_spawn_file_actions_destroy(&s.actions);
    }
    path_drop(t, &path);
    return result;
}
POSIX_FUNCTION(posix_spawn_function) { return spawn(t, "posix_spawn", false, args); }
POSIX_FUNCTION(posix_spawnp_function) { return spawn(t, "posix_spawnp", true, args); }

#define SIGNATURE "($module, path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None)"
const MethodDef posix_spawn_rows[] = {
    {"posix_spawn", SIGNATURE, "Execute the program specified by path in a new process.", posix_spawn_function},
    {"posix_spawnp", SIGNATURE, "Execute the program specified by path in a new process, looking for it where PATH says.", posix_spawnp_function},
    {0},
};
