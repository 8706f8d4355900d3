/* What the files of the module posix share: path arguments, system calls without the GIL, errors, function tables. */
#ifndef KRAIT_MODULES_POSIX_PRIV_H
#define KRAIT_MODULES_POSIX_PRIV_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "modules/module.h"
#include "object/fs_text.h"

#define POSIX_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* result = expression, with the GIL released; errno is kept. */
#define SYSCALL(t, result, expression)   \
    do {                                 \
        gil_release(t);                  \
        (result) = (expression);         \
        int errno_ = errno;              \
        gil_acquire(t);                  \
        errno = errno_;                  \
    } while (0)
/* The same, again after each signal; *ok is false where a signal handler raised. */
#define SYSCALL_RETRY(t, result, ok, expression)                                                   \
    do {                                                                                           \
        SYSCALL(t, result, expression);                                                            \
    } while ((result) < 0 && errno == EINTR && ((ok) = signals_check(t)))

/* A path argument: str, bytes, path-like object, and by flags a file descriptor or None. */
enum PathFlags { PATH_NULLABLE = 1, PATH_FD = 2, PATH_TEXT = 4 /* text, not the system's name: any surrogate passes */ };
typedef struct Path {
    const char *narrow; /* NULL: a descriptor, or None */
    int64_t length;
    int fd;             /* -1: none */
    bool is_bytes;      /* results are bytes */
    Value object;       /* what was given, after __fspath__: owned, VNULL for None; stands in errors */
    Value keep;         /* owned or VNULL: what `narrow` points into */
} Path;
bool path_get(Thread *t, Value v, Path *path, const char *function, const char *argument, int flags) MUST_USE;
void path_drop(Thread *t, Path *path);
Value path_error(Thread *t, Path *path);             /* OSError from errno, with the path's name; VNULL */
Value path_error2(Thread *t, Path *a, Path *b);
/* `result` of a call: an error, or None. Drops the path. */
Value path_done(Thread *t, Path *path, int result);
bool path_no_fd(Thread *t, const Path *path, int dir_fd, bool follow, const char *function) MUST_USE;

/* dir_fd=None: AT_FDCWD. */
bool dir_fd_get(Thread *t, Value v, int *fd) MUST_USE;
/* An int, or an object with fileno(); not negative. */
bool descriptor_get(Thread *t, Value v, int *fd) MUST_USE;
bool flag_get(Thread *t, Value v, bool missing, bool *out) MUST_USE;

/* os.fspath(v): owned str or bytes. */
Value path_fspath(Thread *t, Value v);

static inline Value errno_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }
static inline Value none_or_errno(Thread *t, int result) { return result < 0 ? errno_error(t) : V_NONE; }

/* uid_t and gid_t: -1 is allowed. */
bool uid_get(Thread *t, Value v, uid_t *out) MUST_USE;
bool gid_get(Thread *t, Value v, gid_t *out) MUST_USE;
Value id_value(Thread *t, uint32_t id); /* (uid_t)-1 is -1 */

typedef struct PosixState {
    Type *stat_result, *statvfs_result, *terminal_size, *times_result, *uname_result, *sched_param, *waitid_result;
    Value (*tuple_new)(Thread *, Type *, Value *, uint32_t, Value);
    Value before_fork, after_fork_child, after_fork_parent; /* lists or VNULL */
} PosixState;
static inline PosixState *posix_state(Thread *t) { return MODULE_STATE(t, posix, PosixState); }

/* process.c: texts for exec and posix_spawn, ended by NULL, in libc's memory since exec may follow a fork. */
typedef struct Strings { char **items; int64_t n; } Strings;
bool arguments_get(Thread *t, Value v, const char *function, Strings *s) MUST_USE;
bool environment_get(Thread *t, Value v, const char *function, Strings *s) MUST_USE;
void strings_drop(Strings *s);
/* The bytes of a path or text, to be freed; NULL: exception, ValueError with `message` where they hold a NUL. */
char *text_copy(Thread *t, Value v, const char *message);
bool sched_param_get(Thread *t, Value v, struct sched_param *p) MUST_USE;

/* process.c: hooks around a fork. */
void posix_before_fork(Thread *t);
void posix_after_fork_child(Thread *t);
void posix_after_fork_parent(Thread *t);
/* Adds a type made by structseq_type under its name; NULL: error. */
Type *posix_structseq(Thread *t, Value module, const char *name, const StructSeqDef *def);

/* stat.c */
bool stat_ready(Thread *t, Value module) MUST_USE;
Value stat_value(Thread *t, const struct stat *st);
Value time_ns_value(Thread *t, int64_t seconds, int64_t nanoseconds);
/* The rows of the files. */
extern const MethodDef posix_path_rows[], posix_stat_rows[], posix_directory_rows[], posix_scandir_rows[], posix_file_rows[], posix_descriptor_rows[], posix_process_rows[],
    posix_wait_rows[], posix_identity_rows[], posix_schedule_rows[], posix_spawn_rows[], posix_terminal_rows[], posix_attribute_rows[], posix_event_rows[], posix_system_rows[];
bool scandir_ready(Thread *t, Value module) MUST_USE;
bool system_ready(Thread *t, Value module) MUST_USE;
bool terminal_ready(Thread *t, Value module) MUST_USE;
bool process_ready(Thread *t, Value module) MUST_USE;
bool schedule_ready(Thread *t, Value module) MUST_USE;
bool constants_ready(Thread *t, Value module) MUST_USE;

#endif
