/* sys: displayhook, excepthook, unraisablehook, breakpointhook and auditing. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "core/config.h"
#include "modules/sys.h"
#include "modules/sys/sys_priv.h"
#include "object/exception.h"

static Value sys_get(Thread *t, Value name) { return new_ref_maybe(dict_get_str(t, t->interp->sys_dict, name)); }

/* --- displayhook ------------------------------------------------------------------------------- */

/* Writes text to sys.stdout, escaping what its encoding lacks. */
static bool write_displayed(Thread *t, Value out, Value text) {
    Value done = call_method_1(t, out, N(t, write), text);
    if (!is_null(done)) {
        decref(t, done);
        return true;
    }
    if (!err_catch(t, T_UnicodeEncodeError)) return false;
    Value encoding = attr_get(t, out, N(t, encoding)), bytes = VNULL, escaped = VNULL, keep = VNULL;
    if (is_null(encoding)) return false;
    const char *name = is_str(t, encoding) ? str_cstr(t, encoding, &keep) : "ascii";
    if (name != NULL) bytes = t->hooks->encode(t, text, name, "backslashreplace");
    if (!is_null(bytes)) escaped = t->hooks->decode(t, bytes, name, "strict");
    if (!is_null(escaped)) done = call_method_1(t, out, N(t, write), escaped);
    decref_maybe(t, keep);
    decref_maybe(t, encoding);
    decref_maybe(t, bytes);
    decref_maybe(t, escaped);
    decref_maybe(t, done);
    return !is_null(done);
}

Value sys_displayhook(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = args[0];
    if (is_none(v)) return V_NONE;
    Value builtins = t->interp->builtins, under = N(t, _);
    if (!dict_set_str(t, builtins, under, V_NONE)) return VNULL;
    Value out = sys_get(t, N(t, stdout));
    if (is_null(out) || is_none(out)) return err_raise(t, T_RuntimeError, "lost sys.stdout");
    Value text = repr_of(t, v), end = VNULL;
    bool done = !is_null(text) && write_displayed(t, out, text);
    if (done) {
        end = call_method_1(t, out, N(t, write), t->interp->latin1_chars['\n']);
        done = !is_null(end);
    }
    decref_maybe(t, end);
    decref_maybe(t, text);
    decref(t, out);
    return done && dict_set_str(t, builtins, under, v) ? V_NONE : VNULL;
}

/* The text is taken. */
bool sys_write_text(Thread *t, Value file, Value text) {
    if (is_null(text)) return false;
    Value done = call_method_1(t, file, N(t, write), text);
    decref(t, text);
    decref_maybe(t, done);
    return !is_null(done);
}

/* --- excepthook -------------------------------------------------------------------------------- */

/* Last resort, when not even the traceback module works: type and message to file descriptor 2. */
static void write_plainly(Thread *t, Value exception) {
    err_clear(t);
    Value text = str_format(t, "%T: %S\n", exception, exception), keep = VNULL;
    if (is_null(text)) {
        err_clear(t);
        text = str_format(t, "%T\n", exception);
    }
    int64_t n = 0;
    const char *utf8 = is_null(text) ? NULL : str_utf8(t, text, &n, &keep);
    if (utf8 == NULL) { /* not even memory for that */
        utf8 = type_of(t, exception)->def->name;
        n = (int64_t)strlen(utf8);
    }
    if (write(2, utf8, (size_t)n) < 0) n = 0;
    decref_maybe(t, keep);
    decref_maybe(t, text);
    err_clear(t);
}

static bool print_by_traceback_module(Thread *t, Value exception) {
    Value module = t->hooks->import(t, "traceback");
    if (is_null(module)) return false;
    Value result = VNULL, function = attr_get_cstr(t, module, "_print_exception_bltin");
    if (!is_null(function)) {
        result = call_1(t, function, exception);
        decref(t, function);
    }
    decref(t, module);
    decref_maybe(t, result);
    return !is_null(result);
}

static void display_exception(Thread *t, Value exception) {
    Value err = sys_get(t, N(t, stderr));
    if (!is_null(err) && is_none(err)) return;
    decref_maybe(t, err);
    if (!print_by_traceback_module(t, exception)) write_plainly(t, exception);
}

/* What was given to the hook is no exception: the traceback module may know what to do with it (None), else it is told. */
static void display_stranger(Thread *t, Value v) {
    Value err = sys_get(t, N(t, stderr));
    if (is_null(err) || is_none(err)) return;
    if (!print_by_traceback_module(t, v)) {
        err_clear(t);
        if (!sys_write_text(t, err, str_format(t, "TypeError: print_exception(): Exception expected for value, %T found\n", v))) err_clear(t);
    }
    decref(t, err);
}

Value sys_excepthook(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_exception(t, args[1])) {
        display_stranger(t, args[1]);
        return V_NONE;
    }
    if (!is_none(args[2]) && is_null(V_AS(ExceptionBase, args[1])->traceback)) slot_set(t, &V_AS(ExceptionBase, args[1])->traceback, new_ref(args[2]));
    display_exception(t, args[1]);
    return V_NONE;
}

void sys_print_exception(Thread *t) {
    Value exception = err_fetch(t);
    if (is_null(exception)) return;
    ExceptionBase *e = V_AS(ExceptionBase, exception);
    Value traceback = is_null(e->traceback) ? V_NONE : e->traceback;
    Value type = v_from(type_of(t, exception));
    Value sys = t->interp->sys_dict;
    if (!dict_set_cstr(t, sys, "last_exc", exception) || !dict_set_cstr(t, sys, "last_type", type) ||
        !dict_set_cstr(t, sys, "last_value", exception) || !dict_set_cstr(t, sys, "last_traceback", traceback))
        err_clear(t);
    Value hook = sys_get(t, N(t, excepthook));
    if (!sys_audit_values(t, "sys.excepthook", 4, hook, type, exception, traceback)) {
        bool silent = err_catch(t, T_RuntimeError); /* the hook asks for that nothing is shown */
        if (!silent) err_unraisable(t, "Exception ignored in audit hook", VNULL);
        if (silent) {
            decref_maybe(t, hook);
            decref(t, exception);
            return;
        }
    }
    if (is_null(hook)) {
        static const char text[] = "sys.excepthook is missing\n";
        if (write(2, text, sizeof text - 1) < 0) err_clear(t);
        display_exception(t, exception);
    } else {
        Value result = call_3(t, hook, type, exception, traceback);
        decref(t, hook);
        if (is_null(result)) {
            Value second = err_fetch(t);
            static const char header[] = "Error in sys.excepthook:\n", again[] = "\nOriginal exception was:\n";
            if (write(2, header, sizeof header - 1) > 0) display_exception(t, second);
            if (write(2, again, sizeof again - 1) > 0) display_exception(t, exception);
            decref(t, second);
        } else {
            decref(t, result);
        }
    }
    decref(t, exception);
}

/* --- unraisablehook ---------------------------------------------------------------------------- */

static const StructSeqField unraisable_fields[] = {{"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"},
                                                   {"err_msg", "Error message"}, {"object", "Object causing the exception"}, {NULL}};
static const StructSeqDef unraisable_def = {"UnraisableHookArgs", "What sys.unraisablehook gets.", unraisable_fields, 5};

/* "Exception ignored in: <function f at 0x...>", then the traceback. */
static bool report_unraisable(Thread *t, Value file, Value message, Value object, Value exception) {
    bool done;
    if (!is_null(object) && !is_none(object)) {
        Value repr = repr_of(t, object);
        if (is_null(repr)) {
            err_clear(t);
            repr = str_from_cstr(t, "<object repr() failed>");
        }
        if (is_null(message) || is_none(message)) done = sys_write_text(t, file, str_format(t, "Exception ignored in: %U\n", repr));
        else done = sys_write_text(t, file, str_format(t, "%S: %U\n", message, repr));
        decref_maybe(t, repr);
    } else if (!is_null(message) && !is_none(message)) {
        done = sys_write_text(t, file, str_format(t, "%S:\n", message));
    } else {
        done = true;
    }
    if (!done) return false;
    done = sys_write_plainly(t, file, exception);
    if (!done) return false;
    Value flushed = call_method_0(t, file, N(t, flush));
    decref_maybe(t, flushed);
    return done;
}

Value sys_unraisablehook(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SysState *state = MODULE_STATE(t, sys, SysState);
    if (type_of(t, args[0]) != state->unraisable_args) return err_raise(t, T_TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
    Value file = sys_get(t, N(t, stderr));
    if (is_null(file)) return V_NONE;
    Value *items = V_AS(Tuple, args[0])->items;
    bool done = is_none(file) || is_none(items[1]) || report_unraisable(t, file, items[3], items[4], items[1]);
    decref(t, file);
    return done ? V_NONE : VNULL;
}

/* The hook of the runtime: takes the pending exception to sys.unraisablehook. */
static void unraisable(Thread *t, const char *message, Value object) {
    Value exception = err_fetch(t);
    if (is_null(exception)) return;
    SysState *state = MODULE_STATE(t, sys, SysState);
    Value hook = is_null(t->interp->sys_dict) ? VNULL : sys_get(t, N(t, unraisablehook));
    Value traceback = V_AS(ExceptionBase, exception)->traceback;
    if (!is_null(hook) && !is_none(hook) && state != NULL && state->unraisable_args != NULL) {
        Value values[] = {ref_of(type_of(t, exception)), new_ref(exception), is_null(traceback) ? V_NONE : new_ref(traceback),
                          message ? str_from_cstr(t, message) : V_NONE, is_null(object) ? V_NONE : new_ref(object)};
        Value args = structseq_new(t, state->unraisable_args, values);
        Value result = is_null(args) ? VNULL : call_1(t, hook, args);
        decref_maybe(t, args);
        if (is_null(result)) {
            Value second = err_fetch(t), file = sys_get(t, N(t, stderr)), text = str_from_cstr(t, "Exception ignored in sys.unraisablehook");
            if (!is_null(file) && !is_none(file) && !is_null(text)) report_unraisable(t, file, text, hook, second);
            decref_maybe(t, text);
            decref_maybe(t, file);
            decref_maybe(t, second);
        }
        decref_maybe(t, result);
    } else {
        Value file = is_null(t->interp->sys_dict) ? VNULL : sys_get(t, N(t, stderr));
        if (!is_null(file) && !is_none(file)) report_unraisable(t, file, VNULL, object, exception);
        else if (is_null(t->interp->sys_dict)) write_plainly(t, exception);
        decref_maybe(t, file);
    }
    err_clear(t);
    decref_maybe(t, hook);
    decref(t, exception);
}

bool sys_init_hooks(Thread *t, Value module) {
    SysState *state = module_state(module);
    state->unraisable_args = structseq_type(t, &unraisable_def);
    if (state->unraisable_args == NULL || !module_add(t, module, "UnraisableHookArgs", ref_of(state->unraisable_args))) return false;
    t->interp->hooks.unraisable = unraisable;
    return true;
}

/* --- breakpointhook ---------------------------------------------------------------------------- */

Value sys_breakpointhook(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value os = t->hooks->import(t, "os"), environ = VNULL, setting = VNULL, module = VNULL, function = VNULL, result = VNULL;
    if (is_null(os)) return VNULL;
    Value key = str_from_cstr(t, "PYTHONBREAKPOINT");
    if (!is_null(key)) environ = attr_get_cstr(t, os, "environ");
    if (!is_null(environ) && t->runtime->config->ignore_environment == 0) setting = call_method_1(t, environ, N(t, get), key);
    decref_maybe(t, key);
    decref_maybe(t, environ);
    decref(t, os);
    if (err_pending(t)) return VNULL;
    Value keep = VNULL;
    const char *text = is_null(setting) || is_none(setting) ? "" : str_cstr(t, setting, &keep);
    if (text == NULL) goto done;
    if (strcmp(text, "0") == 0) {
        result = V_NONE;
        goto done;
    }
    if (*text == 0) text = "pdb.set_trace";
    const char *dot = strrchr(text, '.');
    char module_name[512];
    snprintf(module_name, sizeof module_name, "%.*s", dot ? (int)(dot - text) : 8, dot ? text : "builtins");
    module = t->hooks->import(t, module_name);
    if (!is_null(module)) function = attr_get_cstr(t, module, dot ? dot + 1 : text);
    if (is_null(function)) {
        if (!err_catch(t, T_ImportError) && !err_catch(t, T_AttributeError)) goto done;
        Value category = v_from(builtin_type(t, T_RuntimeWarning));
        Value message = str_format(t, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", text);
        if (!is_null(message) && (t->hooks->warn == NULL || t->hooks->warn(t, V_AS(Type, category), message, 1))) result = V_NONE;
        decref_maybe(t, message);
        goto done;
    }
    result = call_copy(t, function, args, nargs, kwnames);
done:
    decref_maybe(t, keep);
    decref_maybe(t, function);
    decref_maybe(t, module);
    decref_maybe(t, setting);
    return result;
}

/* --- Auditing ---------------------------------------------------------------------------------- */

static bool run_audit_hooks(Thread *t, Value event, Value args) {
    SysState *state = MODULE_STATE(t, sys, SysState);
    if (state == NULL || is_null(state->audit_hooks)) return true;
    for (int64_t i = 0; i < list_len(state->audit_hooks); i++) {
        Value hook = new_ref(list_at(state->audit_hooks, i)), result = call_2(t, hook, event, args);
        decref(t, hook);
        if (is_null(result)) return false;
        decref(t, result);
    }
    return true;
}

bool sys_audit_event(Thread *t, const char *event, Value args) {
    SysState *state = MODULE_STATE(t, sys, SysState);
    bool done = true;
    if (state != NULL && !is_null(state->audit_hooks)) {
        Value name = str_from_cstr(t, event);
        done = !is_null(name) && run_audit_hooks(t, name, is_null(args) ? t->interp->empty_tuple : args);
        decref_maybe(t, name);
    }
    decref_maybe(t, args);
    return done;
}

bool sys_is_audited(Thread *t) {
    SysState *state = MODULE_STATE(t, sys, SysState);
    return UNLIKELY(state != NULL && !is_null(state->audit_hooks));
}

bool sys_audit_values(Thread *t, const char *event, int n, ...) {
    if (!sys_is_audited(t)) return true;
    Value args = tuple_new(t, n);
    if (is_null(args)) return false;
    va_list values;
    va_start(values, n);
    for (int i = 0; i < n; i++) {
        Value v = va_arg(values, Value);
        V_AS(Tuple, args)->items[i] = is_null(v) ? V_NONE : new_ref(v);
    }
    va_end(values);
    return sys_audit_event(t, event, args);
}

Value sys_audit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "sys.audit", kwnames)) return VNULL;
    if (nargs == 0) return err_raise(t, T_TypeError, "audit expected at least 1 argument, got 0");
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "audit() argument 1 must be str, not %T", args[0]);
    if (is_null(MODULE_STATE(t, sys, SysState)->audit_hooks)) return V_NONE;
    Value rest = tuple_from(t, args + 1, nargs - 1);
    if (is_null(rest)) return VNULL;
    bool done = run_audit_hooks(t, args[0], rest);
    decref(t, rest);
    return done ? V_NONE : VNULL;
}

Value sys_addaudithook(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SysState *state = MODULE_STATE(t, sys, SysState);
    if (!sys_audit_event(t, "sys.addaudithook", VNULL)) return err_catch(t, T_RuntimeError) ? V_NONE : VNULL;
    if (is_null(state->audit_hooks)) state->audit_hooks = list_new(t, 1);
    if (is_null(state->audit_hooks)) return VNULL;
    return list_append(t, V_AS(List, state->audit_hooks), args[0]) ? V_NONE : VNULL;
}
