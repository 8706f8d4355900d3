/* posix: users, groups, process groups and sessions. */
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/resource.h>

#include "modules/posix/posix_priv.h"

/* An id from an int: -1 stands for "unchanged". */
static bool id_get(Thread *t, Value v, const char *kind, uint32_t *out) {
    Value index = has_index(t, v) ? number_index(t, v) : VNULL;
    if (is_null(index)) return err_pending(t) ? false : err_fail(t, T_TypeError, "%s should be integer, not %T", kind, v);
    int64_t n = int_clamp_i64(index);
    decref(t, index);
    if (n < -1) return err_fail(t, T_OverflowError, "%s is less than minimum", kind);
    if (n > UINT32_MAX) return err_fail(t, T_OverflowError, "%s is greater than maximum", kind);
    *out = (uint32_t)n;
    return true;
}
bool uid_get(Thread *t, Value v, uid_t *out) { return id_get(t, v, "uid", out); }
bool gid_get(Thread *t, Value v, gid_t *out) { return id_get(t, v, "gid", out); }
Value id_value(Thread *t, uint32_t id) { return v_smallint(id == UINT32_MAX ? -1 : (int64_t)id); }

POSIX_FUNCTION(posix_getpid) { return v_smallint(getpid()); }
POSIX_FUNCTION(posix_getppid) { return v_smallint(getppid()); }
POSIX_FUNCTION(posix_getuid) { return id_value(t, getuid()); }
POSIX_FUNCTION(posix_geteuid) { return id_value(t, geteuid()); }
POSIX_FUNCTION(posix_getgid) { return id_value(t, getgid()); }
POSIX_FUNCTION(posix_getegid) { return id_value(t, getegid()); }
POSIX_FUNCTION(posix_getpgrp) { return v_smallint(getpgrp()); }
POSIX_FUNCTION(posix_getresuid) {
    uid_t a, b, c;
    if (getresuid(&a, &b, &c) < 0) return errno_error(t);
    return tuple_of(t, 3, id_value(t, a), id_value(t, b), id_value(t, c));
}
POSIX_FUNCTION(posix_getresgid) {
    gid_t a, b, c;
    if (getresgid(&a, &b, &c) < 0) return errno_error(t);
    return tuple_of(t, 3, id_value(t, a), id_value(t, b), id_value(t, c));
}

POSIX_FUNCTION(posix_setuid) {
    uid_t a;
    return uid_get(t, args[0], &a) ? none_or_errno(t, setuid(a)) : VNULL;
}
POSIX_FUNCTION(posix_seteuid) {
    uid_t a;
    return uid_get(t, args[0], &a) ? none_or_errno(t, seteuid(a)) : VNULL;
}
POSIX_FUNCTION(posix_setgid) {
    gid_t a;
    return gid_get(t, args[0], &a) ? none_or_errno(t, setgid(a)) : VNULL;
}
POSIX_FUNCTION(posix_setegid) {
    gid_t a;
    return gid_get(t, args[0], &a) ? none_or_errno(t, setegid(a)) : VNULL;
}
POSIX_FUNCTION(posix_setreuid) {
    uid_t a, b;
    return uid_get(t, args[0], &a) && uid_get(t, args[1], &b) ? none_or_errno(t, setreuid(a, b)) : VNULL;
}
POSIX_FUNCTION(posix_setregid) {
    gid_t a, b;
    return gid_get(t, args[0], &a) && gid_get(t, args[1], &b) ? none_or_errno(t, setregid(a, b)) : VNULL;
}
POSIX_FUNCTION(posix_setresuid) {
    uid_t a, b, c;
    return uid_get(t, args[0], &a) && uid_get(t, args[1], &b) && uid_get(t, args[2], &c) ? none_or_errno(t, setresuid(a, b, c)) : VNULL;
}
POSIX_FUNCTION(posix_setresgid) {
    gid_t a, b, c;
    return gid_get(t, args[0], &a) && gid_get(t, args[1], &b) && gid_get(t, args[2], &c) ? none_or_errno(t, setresgid(a, b, c)) : VNULL;
}

/* --- Groups ------------------------------------------------------------------------------------ */

static Value groups_list(Thread *t, const gid_t *groups, int n) {
    Value list = list_new(t, n);
    for (int i = 0; !is_null(list) && i < n; i++) {
        if (list_append_take(t, V_AS(List, list), id_value(t, groups[i]))) continue;
        decref(t, list);
        return VNULL;
    }
    return list;
}
POSIX_FUNCTION(posix_getgroups) {
    int n = getgroups(0, NULL);
    if (n < 0) return errno_error(t);
    gid_t *groups = heap_alloc(t, (size_t)n * sizeof *groups);
    if (groups == NULL) return VNULL;
    n = getgroups(n, groups);
    Value v = n < 0 ? errno_error(t) : groups_list(t, groups, n);
    heap_free(t, groups);
    return v;
}
POSIX_FUNCTION(posix_setgroups) {
    if (!is_sequence(t, args[0])) return err_raise(t, T_TypeError, "setgroups argument must be a sequence");
    int64_t n = length_of(t, args[0]);
    if (n < 0) return VNULL;
    if (n > NGROUPS_MAX) return err_raise(t, T_ValueError, "too many groups");
    gid_t *groups = heap_alloc(t, (size_t)n * sizeof *groups);
    bool ok = groups != NULL;
    for (int64_t i = 0; ok && i < n; i++) {
        Value item = item_get_index(t, args[0], i);
        ok = !is_null(item);
        if (ok && !is_int(t, item)) ok = err_fail(t, T_TypeError, "groups must be integers");
        ok = ok && gid_get(t, item, &groups[i]);
        decref_maybe(t, item);
    }
    Value v = ok ? none_or_errno(t, setgroups((size_t)n, groups)) : VNULL;
    heap_free(t, groups);
    return v;
}
POSIX_FUNCTION(posix_initgroups) {
    Path name;
    gid_t gid;
    if (!gid_get(t, args[1], &gid) || !path_get(t, args[0], &name, "initgroups", "username", 0)) return VNULL;
    int result;
    SYSCALL(t, result, initgroups(name.narrow, gid));
    path_drop(t, &name);
    return none_or_errno(t, result);
}
POSIX_FUNCTION(posix_getgrouplist) {
    gid_t gid;
    Value keep;
    if (!arg_str(t, args[0], "getgrouplist", "1") || !gid_get(t, args[1], &gid)) return VNULL;
    const char *user = str_cstr(t, args[0], &keep);
    if (user == NULL) return VNULL;
    int n = 64;
    gid_t *groups = heap_alloc(t, (size_t)n * sizeof *groups);
    while (groups && getgrouplist(user, gid, groups, &n) < 0) {
        heap_free(t, groups);
        groups = heap_alloc(t, (size_t)n * sizeof *groups);
    }
    Value v = groups ? groups_list(t, groups, n) : VNULL;
    heap_free(t, groups);
    decref_maybe(t, keep);
    return v;
}
POSIX_FUNCTION(posix_getlogin) {
    char name[256];
    int error;
    SYSCALL(t, error, getlogin_r(name, sizeof name));
    return error ? err_raise_errno(t, error, VNULL, VNULL) : fs_decode(t, name, (int64_t)strlen(name));
}

/* --- Process groups, sessions, priorities -------------------------------------------------------- */

POSIX_FUNCTION(posix_getpgid) {
    int pid;
    if (!arg_i32(t, args[0], &pid)) return VNULL;
    pid_t r = getpgid(pid);
    return r < 0 ? errno_error(t) : v_smallint(r);
}
POSIX_FUNCTION(posix_setpgid) {
    int pid, group;
    return arg_i32(t, args[0], &pid) && arg_i32(t, args[1], &group) ? none_or_errno(t, setpgid(pid, group)) : VNULL;
}
POSIX_FUNCTION(posix_setpgrp) { return none_or_errno(t, setpgrp()); }
POSIX_FUNCTION(posix_getsid) {
    int pid;
    if (!arg_i32(t, args[0], &pid)) return VNULL;
    pid_t r = getsid(pid);
    return r < 0 ? errno_error(t) : v_smallint(r);
}
POSIX_FUNCTION(posix_setsid) { return none_or_errno(t, setsid()); }
POSIX_FUNCTION(posix_nice) {
    int increment;
    if (!arg_i32(t, args[0], &increment)) return VNULL;
    errno = 0;
    int value = nice(increment);
    return value == -1 && errno ? errno_error(t) : v_smallint(value);
}
POSIX_FUNCTION(posix_getpriority) {
    int which, who;
    if (!arg_i32(t, args[0], &which) || !arg_i32(t, args[1], &who)) return VNULL;
    errno = 0;
    int value = getpriority((__priority_which_t)which, (id_t)who);
    return errno ? errno_error(t) : v_smallint(value);
}
POSIX_FUNCTION(posix_setpriority) {
    int which, who, priority;
    if (!arg_i32(t, args[0], &which) || !arg_i32(t, args[1], &who) || !arg_i32(t, args[2], &priority)) return VNULL;
    return none_or_errno(t, setpriority((__priority_which_t)which, (id_t)who, priority));
}
POSIX_FUNCTION(posix_umask) {
    int mask;
    return arg_i32(t, args[0], &mask) ? v_smallint(umask((mode_t)mask)) : VNULL;
}

const MethodDef posix_identity_rows[] = {
    {"getpid", "($module, /)", "Return the current process id.", posix_getpid},
    {"getppid", "($module, /)", "Return the parent's process id.", posix_getppid},
    {"getuid", "($module, /)", "Return the current process's user id.", posix_getuid},
    {"geteuid", "($module, /)", "Return the current process's effective user id.", posix_geteuid},
    {"getgid", "($module, /)", "Return the current process's group id.", posix_getgid},
    {"getegid", "($module, /)", "Return the current process's effective group id.", posix_getegid},
    {"getresuid", "($module, /)", "Return a tuple of the current process's real, effective, and saved user ids.", posix_getresuid},
    {"getresgid", "($module, /)", "Return a tuple of the current process's real, effective, and saved group ids.", posix_getresgid},
    {"setuid", "($module, uid, /)", "Set the current process's user id.", posix_setuid},
    {"seteuid", "($module, euid, /)", "Set the current process's effective user id.", posix_seteuid},
    {"setgid", "($module, gid, /)", "Set the current process's group id.", posix_setgid},
    {"setegid", "($module, egid, /)", "Set the current process's effective group id.", posix_setegid},
    {"setreuid", "($module, ruid, euid, /)", "Set the current process's real and effective user ids.", posix_setreuid},
    {"setregid", "($module, rgid, egid, /)", "Set the current process's real and effective group ids.", posix_setregid},
    {"setresuid", "($module, ruid, euid, suid, /)", "Set the current process's real, effective, and saved user ids.", posix_setresuid},
    {"setresgid", "($module, rgid, egid, sgid, /)", "Set the current process's real, effective, and saved group ids.", posix_setresgid},
    {"getgroups", "($module, /)", "Return list of supplemental group IDs for the process.", posix_getgroups},
    {"setgroups", "($module, groups, /)", "Set the groups of the current process to list.", posix_setgroups},
    {"initgroups", "($module, username, gid, /)", "Initialize the group access list.", posix_initgroups},
    {"getgrouplist", "($module, user, group, /)", "Returns a list of groups to which a user belongs.", posix_getgrouplist},
    {"getlogin", "($module, /)", "Return the actual login name.", posix_getlogin},
    {"getpgrp", "($module, /)", "Return the current process group id.", posix_getpgrp},
    {"setpgrp", "($module, /)", "Make the current process the leader of its process group.", posix_setpgrp},
    {"getpgid", "($module, /, pid)", "Call the system call getpgid(), and return the result.", posix_getpgid},
    {"setpgid", "($module, pid, pgrp, /)", "Call the system call setpgid(pid, pgrp).", posix_setpgid},
    {"getsid", "($module, pid, /)", "Call the system call getsid(pid) and return the result.", posix_getsid},
    {"setsid", "($module, /)", "Call the system call setsid().", posix_setsid},
    {"nice", "($module, increment, /)", "Add increment to the priority of process and return the new priority.", posix_nice},
    {"getpriority", "($module, /, which, who)", "Return program scheduling priority.", posix_getpriority},
    {"setpriority", "($module, /, which, who, priority)", "Set program scheduling priority.", posix_setpriority},
    {"umask", "($module, mask, /)", "Set the current numeric umask and return the previous umask.", posix_umask},
    {0},
};
