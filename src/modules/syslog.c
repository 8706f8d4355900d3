/* The module syslog: messages to the system's log.  openlog() keeps a pointer to the identification, so the module holds its text. */
#include <syslog.h>

#include "modules/module.h"
#include "modules/sys.h"

typedef struct SyslogState {
    Value ident; /* bytes that the C library points into; VNULL */
    bool is_open;
} SyslogState;

static SyslogState *state_of(Thread *t) { return MODULE_STATE(t, syslog, SyslogState); }

/* The file name of the program, sys.argv[0]'s last part; VNULL without an exception: it has none. */
static Value program_name(Thread *t) {
    Value argv = dict_get_cstr(t, t->interp->sys_dict, "argv");
    if (is_null(argv) || !is_list(t, argv) || list_len(argv) == 0 || !is_str(t, list_at(argv, 0))) return VNULL;
    Value script = list_at(argv, 0);
    int64_t n = str_len(V_AS(Str, script)), start = n;
    while (start > 0 && str_at(V_AS(Str, script), start - 1) != '/') start--;
    return start == n ? VNULL : str_substring(t, script, start, n);
}

/* Takes ident, a str or VNULL. */
static bool open_log(Thread *t, Value ident, int options, int facility) {
    SyslogState *state = state_of(t);
    Value bytes = VNULL;
    if (!sys_audit_values(t, "syslog.openlog", 3, ident, v_smallint(options), v_smallint(facility))) {
        decref_maybe(t, ident);
        return false;
    }
    if (!is_null(ident)) {
        bytes = t->hooks->encode(t, ident, "utf-8", NULL);
        decref(t, ident);
        if (is_null(bytes)) return false;
    }
    openlog(is_null(bytes) ? NULL : V_AS(Bytes, bytes)->data, options, facility);
    slot_set(t, &state->ident, bytes);
    state->is_open = true;
    return true;
}

static Value fn_openlog(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t options = 0, facility = LOG_USER;
    if (!is_null(args[0]) && !is_str(t, args[0])) return err_raise(t, T_TypeError, "openlog() argument 'ident' must be str, not %T", args[0]);
    if ((!is_null(args[1]) && !arg_i64(t, args[1], &options)) || (!is_null(args[2]) && !arg_i64(t, args[2], &facility))) return VNULL;
    Value ident = is_null(args[0]) ? program_name(t) : new_ref(args[0]);
    if (is_null(ident) && err_pending(t)) return VNULL;
    return open_log(t, ident, (int)options, (int)facility) ? V_NONE : VNULL;
}

/* syslog(message) or syslog(priority, message). */
static Value fn_syslog(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int priority = LOG_INFO;
    if (!call_no_keywords(t, "syslog", kwnames)) return VNULL;
    if (nargs < 1 || nargs > 2) return err_raise(t, T_TypeError, "syslog.syslog requires 1 to 2 arguments");
    if (nargs == 2 && !arg_i32(t, args[0], &priority)) return VNULL;
    Value message = args[nargs - 1], keep;
    if (!is_str(t, message)) {
        return nargs == 2 ? err_raise(t, T_TypeError, "syslog() argument 2 must be str, not %T", message)
                          : err_raise(t, T_TypeError, "syslog() argument must be str, not %T", message);
    }
    const char *text = str_cstr(t, message, &keep);
    if (text == NULL) return VNULL;
    bool good = sys_audit_values(t, "syslog.syslog", 2, v_smallint(priority), message);
    if (good && !state_of(t)->is_open) {
        Value ident = program_name(t);
        good = !(is_null(ident) && err_pending(t)) && open_log(t, ident, 0, LOG_USER);
    }
    /* The text and the identification stay: they are held here and in the state, which only this thread's calls change. */
    Value ident = good ? new_ref_maybe(state_of(t)->ident) : VNULL;
    if (good) ALLOW_THREADS(t, syslog(priority, "%s", text));
    decref_maybe(t, ident);
    decref_maybe(t, keep);
    return good ? V_NONE : VNULL;
}

static Value fn_closelog(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SyslogState *state = state_of(t);
    if (!sys_audit_values(t, "syslog.closelog", 0)) return VNULL;
    if (state->is_open) {
        closelog();
        slot_clear(t, &state->ident);
        state->is_open = false;
    }
    return V_NONE;
}

static Value fn_setlogmask(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t mask;
    if (!arg_i64(t, args[0], &mask) || !sys_audit_values(t, "syslog.setlogmask", 1, args[0])) return VNULL;
    return v_smallint(setlogmask((int)mask));
}

/* Shifts as the processor does them, for any number. */
static Value fn_mask(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t priority;
    return arg_i64(t, args[0], &priority) ? v_smallint((int32_t)(1u << (priority & 31))) : VNULL;
}
static Value fn_upto(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t priority;
    return arg_i64(t, args[0], &priority) ? v_smallint((int32_t)((1u << ((priority + 1) & 31)) - 1)) : VNULL;
}

static const MethodDef functions[] = {
    {"openlog", "($module, /, ident=<unrepresentable>, logoption=0, facility=LOG_USER)", "Set logging options of subsequent syslog() calls.", fn_openlog},
    {"closelog", "($module, /)", "Reset the syslog module values and call the system library closelog().", fn_closelog},
    {"syslog", NULL, "syslog([priority=LOG_INFO,] message)\nSend the string message to the system logger.", fn_syslog},
    {"setlogmask", "($module, maskpri, /)", "Set the priority mask to maskpri and return the previous mask value.", fn_setlogmask},
    {"LOG_MASK", "($module, pri, /)", "Calculates the mask for the individual priority pri.", fn_mask},
    {"LOG_UPTO", "($module, pri, /)", "Calculates the mask for all priorities up to and including pri.", fn_upto},
    {NULL},
};

static const struct { const char *name; int value; } numbers[] = {
#define ROW(name) {#name, name}
    ROW(LOG_EMERG), ROW(LOG_ALERT), ROW(LOG_CRIT), ROW(LOG_ERR), ROW(LOG_WARNING), ROW(LOG_NOTICE), ROW(LOG_INFO), ROW(LOG_DEBUG), ROW(LOG_PID),
    ROW(LOG_CONS), ROW(LOG_NDELAY), ROW(LOG_ODELAY), ROW(LOG_NOWAIT), ROW(LOG_PERROR), ROW(LOG_KERN), ROW(LOG_USER), ROW(LOG_MAIL), ROW(LOG_DAEMON),
    ROW(LOG_AUTH), ROW(LOG_AUTHPRIV), ROW(LOG_LPR), ROW(LOG_NEWS), ROW(LOG_UUCP), ROW(LOG_CRON), ROW(LOG_SYSLOG), ROW(LOG_FTP), ROW(LOG_LOCAL0),
    ROW(LOG_LOCAL1), ROW(LOG_LOCAL2), ROW(LOG_LOCAL3), ROW(LOG_LOCAL4), ROW(LOG_LOCAL5), ROW(LOG_LOCAL6), ROW(LOG_LOCAL7),
#undef ROW
};

static bool exec(Thread *t, Value module) {
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    return true;
}

static void clear(Thread *t, void *state) {
    SyslogState *s = state;
    if (s->is_open) closelog();
    s->is_open = false;
    slot_clear(t, &s->ident);
}

const ModuleDef module_syslog = {.name = "syslog", .functions = functions, .state_size = sizeof(SyslogState), .exec = exec, .clear = clear};
