/* posix: terminals and pseudo-terminals. */
#include <langinfo.h>
#include <limits.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <utmp.h>

#include "core/config.h"
#include "modules/posix/posix_priv.h"

static const StructSeqField size_fields[] = {{"columns", "width of the terminal window in characters"}, {"lines", "height of the terminal window in characters"}, {NULL}};
static const StructSeqDef size_def = {"os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", size_fields, 2};

POSIX_FUNCTION(posix_get_terminal_size) {
    int fd = 1;
    struct winsize w;
    if (!is_null(args[0]) && !arg_i32(t, args[0], &fd)) return VNULL;
    if (ioctl(fd, TIOCGWINSZ, &w) < 0) return errno_error(t);
    Value v[] = {v_smallint(w.ws_col), v_smallint(w.ws_row)};
    return structseq_new(t, posix_state(t)->terminal_size, v);
}

POSIX_FUNCTION(posix_device_encoding) {
    int fd;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    if (!isatty(fd)) return V_NONE;
    const char *name = t->runtime->config->utf8_mode ? NULL : nl_langinfo(CODESET);
    return str_from_cstr(t, name != NULL && *name ? name : "utf-8");
}

static Value name_value(Thread *t, const char *name) { return fs_decode(t, name, (int64_t)strlen(name)); }

POSIX_FUNCTION(posix_ttyname) {
    int fd;
    char name[PATH_MAX];
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    int error = ttyname_r(fd, name, sizeof name);
    return error ? err_raise_errno(t, error, VNULL, VNULL) : name_value(t, name);
}
POSIX_FUNCTION(posix_ctermid) {
    char name[L_ctermid];
    return name_value(t, ctermid(name));
}
POSIX_FUNCTION(posix_tcgetpgrp) {
    int fd;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    pid_t p = tcgetpgrp(fd);
    return p < 0 ? errno_error(t) : v_smallint(p);
}
POSIX_FUNCTION(posix_tcsetpgrp) {
    int fd, group;
    return arg_i32(t, args[0], &fd) && arg_i32(t, args[1], &group) ? none_or_errno(t, tcsetpgrp(fd, group)) : VNULL;
}
POSIX_FUNCTION(posix_openpty) {
    int master = -1, slave = -1;
    if (openpty(&master, &slave, NULL, NULL, NULL) < 0) return errno_error(t);
    fcntl(master, F_SETFD, FD_CLOEXEC);
    fcntl(slave, F_SETFD, FD_CLOEXEC);
    return tuple_of(t, 2, v_smallint(master), v_smallint(slave));
}
POSIX_FUNCTION(posix_login_tty) {
    int fd;
    return arg_i32(t, args[0], &fd) ? none_or_errno(t, login_tty(fd)) : VNULL;
}
POSIX_FUNCTION(posix_posix_openpt) {
    int flags, fd;
    if (!arg_i32(t, args[0], &flags)) return VNULL;
    SYSCALL(t, fd, posix_openpt(flags));
    if (fd < 0) return errno_error(t);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    return v_smallint(fd);
}
POSIX_FUNCTION(posix_grantpt) {
    int fd;
    return arg_i32(t, args[0], &fd) ? none_or_errno(t, grantpt(fd)) : VNULL;
}
POSIX_FUNCTION(posix_unlockpt) {
    int fd;
    return arg_i32(t, args[0], &fd) ? none_or_errno(t, unlockpt(fd)) : VNULL;
}
POSIX_FUNCTION(posix_ptsname) {
    int fd;
    char name[PATH_MAX];
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    int error = ptsname_r(fd, name, sizeof name);
    return error ? err_raise_errno(t, error, VNULL, VNULL) : name_value(t, name);
}

/* What runs while a prompt waits can be installed through CPython's C API only. */
POSIX_FUNCTION(posix__is_inputhook_installed) { return V_FALSE; }
POSIX_FUNCTION(posix__inputhook) { return v_smallint(0); }

const MethodDef posix_terminal_rows[] = {
    {"_is_inputhook_installed", "($module, /)", "Whether something runs while the prompt waits for input.", posix__is_inputhook_installed},
    {"_inputhook", "($module, /)", "Run what is installed to run while the prompt waits.", posix__inputhook},
    {"get_terminal_size", "($module, fd=<unrepresentable>, /)", "Return the size of the terminal window as (columns, lines).", posix_get_terminal_size},
    {"device_encoding", "($module, /, fd)", "Return a string describing the encoding of a terminal's file descriptor.", posix_device_encoding},
    {"ttyname", "($module, fd, /)", "Return the name of the terminal device connected to 'fd'.", posix_ttyname},
    {"ctermid", "($module, /)", "Return the name of the controlling terminal for this process.", posix_ctermid},
    {"tcgetpgrp", "($module, fd, /)", "Return the process group associated with the terminal specified by fd.", posix_tcgetpgrp},
    {"tcsetpgrp", "($module, fd, pgid, /)", "Set the process group associated with the terminal specified by fd.", posix_tcsetpgrp},
    {"openpty", "($module, /)", "Open a pseudo-terminal.", posix_openpty},
    {"login_tty", "($module, fd, /)", "Prepare the tty of which fd is a file descriptor for a new login session.", posix_login_tty},
    {"posix_openpt", "($module, oflag, /)", "Open and return a file descriptor for a master pseudo-terminal device.", posix_posix_openpt},
    {"grantpt", "($module, fd, /)", "Grant access to the slave pseudo-terminal device.", posix_grantpt},
    {"unlockpt", "($module, fd, /)", "Unlock a pseudo-terminal master/slave pair.", posix_unlockpt},
    {"ptsname", "($module, fd, /)", "Return the name of the slave pseudo-terminal device.", posix_ptsname},
    {0},
};

bool terminal_ready(Thread *t, Value module) {
    PosixState *s = module_state(module);
    return (s->terminal_size = posix_structseq(t, module, "terminal_size", &size_def)) != NULL;
}
