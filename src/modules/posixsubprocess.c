/* The module _posixsubprocess: starting a child process.
 *
 * Everything the child needs is made before the fork; the child itself calls the system only, unless there is a preexec_fn.
 * What goes wrong there is written into the error pipe as "NAME:errno in hex:where".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "modules/module.h"
#include "object/exception.h"
#include "object/fs_text.h"
#include "vm/gil.h"

/* fork_exec's parameters, by place. */
enum { ARGS, EXECUTABLES, CLOSE_FDS, PASS_FDS, CWD, ENV, P2CREAD, P2CWRITE, C2PREAD, C2PWRITE, ERRREAD, ERRWRITE, ERRPIPE_READ, ERRPIPE_WRITE,
       RESTORE_SIGNALS, CALL_SETSID, PGID, GID, GROUPS, UID, UMASK, PREEXEC };

typedef struct Child {
    char **argv, **executables, **env; /* NULL-terminated; env NULL: the parent's */
    char *cwd;
    int *keep, keep_count;             /* sorted descriptors */
    gid_t *groups; int groups_count;   /* -1: leave them */
    int fd[14];                        /* by the names above */
    bool close_fds, restore_signals, setsid, set_uid, set_gid;
    int pgid, umask;                   /* -1: leave it */
    uid_t uid;
    gid_t gid;
    Value preexec;                     /* VNULL: none */
} Child;

/* --- Arguments, into libc's memory ------------------------------------------------------------- */

static char *text_of(Thread *t, Value v) {
    Value path = VNULL, keep = VNULL;
    const char *data = NULL;
    int64_t n = 0;
    if (!is_bytes(t, v) && !is_str(t, v)) {
        path = call_method_0(t, v, N(t, __fspath__));
        if (is_null(path)) return NULL;
        v = path;
    }
    if (is_bytes(t, v)) {
        data = V_AS(Bytes, v)->data;
        n = V_AS(Bytes, v)->length;
    } else if (is_str(t, v)) {
        keep = fs_encode(t, v);
        if (!is_null(keep)) {
            data = V_AS(Bytes, keep)->data;
            n = V_AS(Bytes, keep)->length;
        }
    } else {
        err_raise(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", v);
    }
    char *copy = NULL;
    if (data && memchr(data, 0, (size_t)n)) err_raise(t, T_ValueError, "embedded null byte");
    else if (data && !(copy = strndup(data, (size_t)n))) err_no_memory(t);
    decref_maybe(t, keep);
    decref_maybe(t, path);
    return copy;
}

static void texts_free(char **texts) {
    for (char **p = texts; p && *p; p++) free(*p);
    free(texts);
}

static char **texts_of(Thread *t, Value v, const char *what) {
    Value list = sequence_tuple(t, v, what);
    if (is_null(list)) return NULL;
    int64_t n = sequence_fast_len(list);
    char **texts = calloc((size_t)n + 1, sizeof *texts);
    if (!texts) err_no_memory(t);
    for (int64_t i = 0; texts && i < n; i++) {
        texts[i] = text_of(t, sequence_fast_items(list)[i]);
        if (texts[i]) continue;
        texts_free(texts);
        texts = NULL;
    }
    decref(t, list);
    return texts;
}

static bool keep_fds(Thread *t, Value v, Child *c) {
    if (!IS_EXACT(v, tuple)) return err_fail(t, T_TypeError, "fork_exec() argument 4 must be tuple, not %T", v);
    int64_t n = tuple_len(v);
    c->keep = calloc((size_t)n + 1, sizeof *c->keep);
    if (!c->keep) return err_no_memory_fail(t);
    int before = -1;
    for (int64_t i = 0; i < n; i++) {
        int32_t fd;
        Value item = tuple_at(v, i);
        if (!is_int(t, item) || !arg_i32(t, item, &fd) || fd < 0 || fd <= before) {
            if (err_pending(t)) err_clear(t);
            return err_fail(t, T_ValueError, "bad value(s) in fds_to_keep");
        }
        c->keep[c->keep_count++] = before = fd;
    }
    return true;
}

static bool id_of(Thread *t, Value v, const char *name, uint32_t *out, bool *set) {
    int64_t n;
    *set = false;
    if (is_none(v)) return true;
    if (!arg_i64(t, v, &n)) {
        if (!err_catch(t, T_OverflowError)) return false;
        n = INT64_MAX;
    }
    if (n < -1 || n > UINT32_MAX) return err_fail(t, T_OverflowError, "%s is %s", name, n < 0 ? "less than minimum" : "greater than maximum");
    *out = (uint32_t)n;
    *set = n != -1;
    return true;
}

static bool groups_of(Thread *t, Value v, Child *c) {
    c->groups_count = -1;
    if (is_none(v)) return true;
    Value list = sequence_tuple(t, v, "setgroups argument must be a sequence");
    if (is_null(list)) return false;
    int64_t n = sequence_fast_len(list);
    c->groups = calloc((size_t)n + 1, sizeof *c->groups);
    bool ok = c->groups != NULL || err_no_memory_fail(t), set;
    for (int64_t i = 0; ok && i < n; i++) {
        ok = id_of(t, sequence_fast_items(list)[i], "gid", &c->groups[i], &set);
        if (!ok && err_catch(t, T_OverflowError)) err_raise(t, T_ValueError, "invalid group id");
    }
    if (ok) c->groups_count = (int)n;
    decref(t, list);
    return ok;
}

static void child_free(Child *c) {
    texts_free(c->argv);
    texts_free(c->executables);
    texts_free(c->env);
    free(c->cwd);
    free(c->keep);
    free(c->groups);
}

static bool child_fill(Thread *t, Value *args, Child *c) {
    int32_t fd, pgid, mask;
    for (int i = P2CREAD; i <= ERRPIPE_WRITE; i++) {
        if (!arg_i32(t, args[i], &fd)) return false;
        c->fd[i - P2CREAD] = fd;
    }
    if (!arg_bool(t, args[CLOSE_FDS], &c->close_fds) || !arg_bool(t, args[RESTORE_SIGNALS], &c->restore_signals) ||
        !arg_bool(t, args[CALL_SETSID], &c->setsid) || !arg_i32(t, args[PGID], &pgid) || !arg_i32(t, args[UMASK], &mask)) {
        return false;
    }
    c->pgid = pgid;
    c->umask = mask;
    if (c->close_fds && c->fd[ERRPIPE_WRITE - P2CREAD] < 3) return err_fail(t, T_ValueError, "errpipe_write must be >= 3");
    if (!keep_fds(t, args[PASS_FDS], c)) return false;
    c->argv = texts_of(t, args[ARGS], "argv must be a tuple");
    if (!c->argv) return false;
    c->executables = texts_of(t, args[EXECUTABLES], "executable_list must be a sequence");
    if (!c->executables) return false;
    if (!is_none(args[ENV]) && !(c->env = texts_of(t, args[ENV], "env must be a sequence"))) return false;
    if (!is_none(args[CWD]) && !(c->cwd = text_of(t, args[CWD]))) return false;
    if (!groups_of(t, args[GROUPS], c) || !id_of(t, args[GID], "gid", &c->gid, &c->set_gid) || !id_of(t, args[UID], "uid", &c->uid, &c->set_uid)) return false;
    c->preexec = is_none(args[PREEXEC]) ? VNULL : args[PREEXEC];
    return true;
}

/* --- In the child ------------------------------------------------------------------------------ */

/* Closes everything from 3 on but the descriptors to keep. */
static void close_others(const Child *c) {
    unsigned from = 3;
    for (int i = 0; i <= c->keep_count; i++) {
        unsigned to = i < c->keep_count ? (unsigned)c->keep[i] : UINT32_MAX;
        if (to < from) continue;
        if (i < c->keep_count && to == from) {
            from = to + 1;
            continue;
        }
        unsigned last = i < c->keep_count ? to - 1 : UINT32_MAX;
        if (syscall(SYS_close_range, from, last, 0) != 0) {
            long most = sysconf(_SC_OPEN_MAX);
            for (unsigned fd = from; fd <= last && fd < (unsigned)(most < 0 ? 256 : most); fd++) close((int)fd);
        }
        from = to + 1;
    }
}

static bool no_close_on_exec(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags >= 0 && fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == 0;
}

/* Puts `from` (-1: nothing) in the place of a standard descriptor. */
static bool standard(int from, int to) {
    if (from < 0) return true;
    return from == to ? no_close_on_exec(from) : dup2(from, to) >= 0;
}

static void report(int fd, const char *name, int error, const char *where) {
    char text[128], hex[16];
    size_t n = 0;
    int digits = 0;
    for (unsigned e = (unsigned)error; e || !digits; e >>= 4) hex[digits++] = "0123456789ABCDEF"[e & 15];
    for (const char *p = name; *p; p++) text[n++] = *p;
    text[n++] = ':';
    while (digits) text[n++] = hex[--digits];
    text[n++] = ':';
    for (const char *p = where; *p && n < sizeof text; p++) text[n++] = *p;
    if (write(fd, text, n) < 0) return;
}

/* Never returns. `t` is for preexec_fn only. */
static void child_run(Thread *t, Child *c) {
    int *fd = c->fd - P2CREAD, error_fd = fd[ERRPIPE_WRITE];
    const char *where = "noexec";
    for (int i = 0; i < c->keep_count; i++) {
        if (c->keep[i] != error_fd && !no_close_on_exec(c->keep[i])) goto failed;
    }
    if (fd[P2CWRITE] >= 0) close(fd[P2CWRITE]);
    if (fd[C2PREAD] >= 0) close(fd[C2PREAD]);
    if (fd[ERRREAD] >= 0) close(fd[ERRREAD]);
    close(fd[ERRPIPE_READ]);
    /* A source that is itself a lower standard descriptor is moved out of the way first. */
    if (fd[C2PWRITE] == 0 && (fd[C2PWRITE] = dup(0)) < 0) goto failed;
    while (fd[ERRWRITE] == 0 || fd[ERRWRITE] == 1) {
        if ((fd[ERRWRITE] = dup(fd[ERRWRITE])) < 0) goto failed;
    }
    if (!standard(fd[P2CREAD], 0) || !standard(fd[C2PWRITE], 1) || !standard(fd[ERRWRITE], 2)) goto failed;
    if (c->cwd && chdir(c->cwd)) {
        where = "noexec:chdir";
        goto failed;
    }
    if (c->umask >= 0) umask((mode_t)c->umask);
    if (c->restore_signals) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
    }
    if (c->setsid) setsid();
    if (c->pgid >= 0 && setpgid(0, c->pgid)) goto failed;
    if (c->groups_count >= 0 && setgroups((size_t)c->groups_count, c->groups)) goto failed;
    if (c->set_gid && setregid(c->gid, c->gid)) goto failed;
    if (c->set_uid && setreuid(c->uid, c->uid)) goto failed;
    where = "";
    if (!is_null(c->preexec)) {
        Value r = call_0(t, c->preexec);
        if (is_null(r)) {
            report(error_fd, "SubprocessError", 0, "Exception occurred in preexec_fn.");
            _exit(255);
        }
    }
    if (c->close_fds) close_others(c);
    int saved = 0;
    for (char **e = c->executables; *e; e++) {
        if (c->env) execve(*e, c->argv, c->env);
        else execv(*e, c->argv);
        if (errno != ENOENT && errno != ENOTDIR && saved == 0) saved = errno;
    }
    if (saved) errno = saved;
failed:
    report(error_fd, "OSError", errno, where);
    _exit(255);
}

/* --- The function ------------------------------------------------------------------------------ */

static Value fork_exec(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Child c = {.groups_count = -1};
    if (t->interp->finalizing && !is_none(args[PREEXEC])) return err_raise(t, T_PythonFinalizationError, "preexec_fn not supported at interpreter shutdown");
    if (t->interp != t->runtime->main && !is_none(args[PREEXEC])) return err_raise(t, T_RuntimeError, "preexec_fn not supported within subinterpreters");
    if (!child_fill(t, args, &c)) {
        child_free(&c);
        return VNULL;
    }
    pid_t pid = fork();
    if (pid == 0) {
        if (!is_null(c.preexec)) gil_after_fork(t);
        child_run(t, &c);
    }
    int error = errno;
    child_free(&c);
    return pid < 0 ? err_raise_errno(t, error, VNULL, VNULL) : v_smallint(pid);
}

static const MethodDef functions[] = {
    {"fork_exec",
     "($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, "
     "errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
     "Starts a child process and answers its number.", fork_exec},
    {0},
};

const ModuleDef module_posixsubprocess = {
    .name = "_posixsubprocess",
    .doc = "Starting child processes, for the module subprocess.",
    .functions = functions,
};
