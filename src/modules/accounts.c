/* The modules pwd and grp: the databases of users and groups. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "modules/module.h"
#include "object/fs_text.h"

#define FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
enum { RECORD_MAX = 1 << 20 };

static Value text(Thread *t, const char *s) {
    return s == NULL ? V_NONE : fs_decode_cstr(t, s);
}
static Value id_value(uint32_t id) { return v_smallint(id == UINT32_MAX ? -1 : (int64_t)id); }

/* A name as C text in *keep (owned bytes). */
static const char *name_get(Thread *t, Value v, const char *function, Value *keep) {
    if (!is_str(t, v)) {
        err_raise(t, T_TypeError, "%s must be str, not %T", function, v);
        return NULL;
    }
    *keep = fs_encode(t, v);
    if (is_null(*keep)) return NULL;
    Bytes *b = V_AS(Bytes, *keep);
    if (memchr(b->data, 0, (size_t)b->length) == NULL) return b->data;
    decref(t, *keep);
    err_raise(t, T_ValueError, "embedded null byte");
    return NULL;
}
/* An id; -2: no such id can be (KeyError is the caller's), -1: error. */
static int id_get(Thread *t, Value v, uint32_t *out) {
    Value index = number_index(t, v);
    if (is_null(index)) return -1;
    int64_t n = int_clamp_i64(index);
    decref(t, index);
    if (n < -1 || n > UINT32_MAX) return -2;
    *out = (uint32_t)n;
    return 0;
}

/* --- pwd --------------------------------------------------------------------------------------- */

typedef struct AccountState { Type *record; } AccountState;
static const StructSeqField pwd_fields[] = {{"pw_name", "user name"}, {"pw_passwd", "password"}, {"pw_uid", "user id"}, {"pw_gid", "group id"},
                                            {"pw_gecos", "real name"}, {"pw_dir", "home directory"}, {"pw_shell", "shell program"}, {NULL}};
static const StructSeqDef pwd_def = {"pwd.struct_passwd", "pwd.struct_passwd: Results from getpw*() routines.", pwd_fields, 7};

static Value pwd_value(Thread *t, const struct passwd *p) {
    Value v[] = {text(t, p->pw_name), text(t, p->pw_passwd), id_value(p->pw_uid), id_value(p->pw_gid), text(t, p->pw_gecos), text(t, p->pw_dir), text(t, p->pw_shell)};
    return structseq_new(t, MODULE_STATE(t, pwd, AccountState)->record, v);
}
/* By name where there is one, else by uid. *found is false and no exception pending where there is none. */
static Value pwd_find(Thread *t, const char *name, uid_t uid, bool *found) {
    struct passwd record, *p = NULL;
    for (size_t room = 1024; room <= RECORD_MAX; room *= 2) {
        char *buffer = malloc(room);
        if (buffer == NULL) return err_no_memory(t);
        int error;
        ALLOW_THREADS(t, error = name ? getpwnam_r(name, &record, buffer, room, &p) : getpwuid_r(uid, &record, buffer, room, &p));
        Value v = p ? pwd_value(t, p) : VNULL;
        free(buffer);
        *found = p != NULL;
        if (error != ERANGE) return v;
    }
    return err_no_memory(t);
}
FUNCTION(pwd_getpwnam) {
    Value keep;
    bool found = false;
    const char *name = name_get(t, args[0], "getpwnam() argument", &keep);
    if (name == NULL) return VNULL;
    Value v = pwd_find(t, name, 0, &found);
    decref(t, keep);
    return is_null(v) && !found && !err_pending(t) ? err_raise(t, T_KeyError, "getpwnam(): name not found: %R", args[0]) : v;
}
FUNCTION(pwd_getpwuid) {
    uint32_t uid;
    bool found = false;
    int got = id_get(t, args[0], &uid);
    if (got == -1) return VNULL;
    Value v = got ? VNULL : pwd_find(t, NULL, uid, &found);
    return is_null(v) && !found && !err_pending(t) ? err_raise(t, T_KeyError, "getpwuid(): uid not found: %S", args[0]) : v;
}
FUNCTION(pwd_getpwall) {
    Value list = list_new(t, 0);
    setpwent();
    for (struct passwd *p; !is_null(list) && (p = getpwent());) {
        Value v = pwd_value(t, p);
        if (is_null(v) || !list_append_take(t, V_AS(List, list), v)) slot_clear(t, &list);
    }
    endpwent();
    return list;
}
static const MethodDef pwd_functions[] = {
    {"getpwuid", "($module, uidobj, /)", "Return the password database entry for the given numeric user ID.", pwd_getpwuid},
    {"getpwnam", "($module, name, /)", "Return the password database entry for the given user name.", pwd_getpwnam},
    {"getpwall", "($module, /)", "Return a list of all available password database entries, in arbitrary order.", pwd_getpwall},
    {0},
};
static bool pwd_exec(Thread *t, Value module) {
    AccountState *s = module_state(module);
    return (s->record = structseq_type(t, &pwd_def)) && module_add(t, module, "struct_passwd", ref_of(s->record));
}
const ModuleDef module_pwd = {.name = "pwd", .doc = "This module provides access to the Unix password database.", .functions = pwd_functions, .state_size = sizeof(AccountState), .exec = pwd_exec};

/* --- grp --------------------------------------------------------------------------------------- */

static const StructSeqField grp_fields[] = {{"gr_name", "group name"}, {"gr_passwd", "password"}, {"gr_gid", "group id"}, {"gr_mem", "group members"}, {NULL}};
static const StructSeqDef grp_def = {"grp.struct_group", "grp.struct_group: Results from getgr*() routines.", grp_fields, 4};

static Value grp_value(Thread *t, const struct group *g) {
    Value members = list_new(t, 0);
    for (char **m = g->gr_mem; !is_null(members) && m && *m; m++) {
        Value name = text(t, *m);
        if (is_null(name) || !list_append_take(t, V_AS(List, members), name)) slot_clear(t, &members);
    }
    Value v[] = {text(t, g->gr_name), text(t, g->gr_passwd), id_value(g->gr_gid), members};
    return structseq_new(t, MODULE_STATE(t, grp, AccountState)->record, v);
}
static Value grp_find(Thread *t, const char *name, gid_t gid, bool *found) {
    struct group record, *g = NULL;
    for (size_t room = 1024; room <= RECORD_MAX; room *= 2) {
        char *buffer = malloc(room);
        if (buffer == NULL) return err_no_memory(t);
        int error;
        ALLOW_THREADS(t, error = name ? getgrnam_r(name, &record, buffer, room, &g) : getgrgid_r(gid, &record, buffer, room, &g));
        Value v = g ? grp_value(t, g) : VNULL;
        free(buffer);
        *found = g != NULL;
        if (error != ERANGE) return v;
    }
    return err_no_memory(t);
}
FUNCTION(grp_getgrnam) {
    Value keep;
    bool found = false;
    const char *name = name_get(t, args[0], "getgrnam() argument 'name'", &keep);
    if (name == NULL) return VNULL;
    Value v = grp_find(t, name, 0, &found);
    decref(t, keep);
    return is_null(v) && !found && !err_pending(t) ? err_raise(t, T_KeyError, "getgrnam(): name not found: %R", args[0]) : v;
}
FUNCTION(grp_getgrgid) {
    uint32_t gid;
    bool found = false;
    int got = id_get(t, args[0], &gid);
    if (got == -1) return VNULL;
    if (got == -2) return err_raise(t, T_OverflowError, int_sign(args[0]) < 0 ? "gid is less than minimum" : "gid is greater than maximum");
    Value v = got ? VNULL : grp_find(t, NULL, gid, &found);
    return is_null(v) && !found && !err_pending(t) ? err_raise(t, T_KeyError, "getgrgid(): gid not found: %S", args[0]) : v;
}
FUNCTION(grp_getgrall) {
    Value list = list_new(t, 0);
    setgrent();
    for (struct group *g; !is_null(list) && (g = getgrent());) {
        Value v = grp_value(t, g);
        if (is_null(v) || !list_append_take(t, V_AS(List, list), v)) slot_clear(t, &list);
    }
    endgrent();
    return list;
}
static const MethodDef grp_functions[] = {
    {"getgrgid", "($module, /, id)", "Return the group database entry for the given numeric group ID.", grp_getgrgid},
    {"getgrnam", "($module, /, name)", "Return the group database entry for the given group name.", grp_getgrnam},
    {"getgrall", "($module, /)", "Return a list of all available group entries, in arbitrary order.", grp_getgrall},
    {0},
};
static bool grp_exec(Thread *t, Value module) {
    AccountState *s = module_state(module);
    return (s->record = structseq_type(t, &grp_def)) && module_add(t, module, "struct_group", ref_of(s->record));
}
const ModuleDef module_grp = {.name = "grp", .doc = "Access to the Unix group database.", .functions = grp_functions, .state_size = sizeof(AccountState), .exec = grp_exec};
