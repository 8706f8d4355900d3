/* print and input. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <unistd.h>

#include "modules/builtins/builtins_priv.h"
#include "modules/builtins/input.h"

/* sys.NAME, owned; VNULL: absent. */
static Value sys_get(Thread *t, Value name) { return new_ref_maybe(dict_get_str(t, t->interp->sys_dict, name)); }

static bool write_text(Thread *t, Value file, Value text) {
    Value result = call_method_1(t, file, N(t, write), text);
    if (is_null(result)) return false;
    decref(t, result);
    return true;
}

static bool write_value(Thread *t, Value file, Value v) {
    if (is_str(t, v) && IS_EXACT(v, str)) return write_text(t, file, v);
    Value text = str_of(t, v);
    if (is_null(text)) return false;
    bool done = write_text(t, file, text);
    decref(t, text);
    return done;
}

static bool check_text(Thread *t, Value *v, const char *name) {
    if (!is_null(*v) && is_none(*v)) *v = VNULL;
    if (is_null(*v) || is_str(t, *v)) return true;
    return err_fail(t, T_TypeError, "%s must be None or a string, not %T", name, *v);
}

Value builtins_print(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    enum { SEP, END, FILE_, FLUSH, COUNT };
    static const char *const names[COUNT] = {"sep", "end", "file", "flush"};
    Value option[COUNT] = {{0}};
    for (int64_t i = 0; !is_null(kwnames) && i < tuple_len(kwnames); i++) {
        Value key = tuple_at(kwnames, i);
        int k = 0;
        while (k < COUNT && !str_equals_cstr(V_AS(Str, key), names[k])) k++;
        if (k == COUNT) return err_raise(t, T_TypeError, "print() got an unexpected keyword argument '%U'", key);
        option[k] = args[nargs + i];
    }
    Value file = is_null(option[FILE_]) || is_none(option[FILE_]) ? sys_get(t, N(t, stdout)) : new_ref(option[FILE_]);
    if (is_null(file)) return err_raise(t, T_RuntimeError, "lost sys.stdout");
    if (is_none(file)) return V_NONE; /* sys.stdout is None where there is no console */
    bool done = check_text(t, &option[SEP], "sep") && check_text(t, &option[END], "end");
    for (uint32_t i = 0; done && i < nargs; i++) {
        if (i > 0) done = write_text(t, file, is_null(option[SEP]) ? t->interp->latin1_chars[' '] : option[SEP]);
        done = done && write_value(t, file, args[i]);
    }
    done = done && write_text(t, file, is_null(option[END]) ? t->interp->latin1_chars['\n'] : option[END]);
    if (done && !is_null(option[FLUSH])) {
        int flush = truth(t, option[FLUSH]);
        Value flushed = flush > 0 ? call_method_0(t, file, N(t, flush)) : flush == 0 ? V_NONE : VNULL;
        done = !is_null(flushed);
        decref_maybe(t, flushed);
    }
    decref(t, file);
    return done ? V_NONE : VNULL;
}

/* --- input ------------------------------------------------------------------------------------- */

static Value lost_stream(Thread *t, Value name) { return err_raise(t, T_RuntimeError, "input(): lost sys.%U", name); }

/* A line without its newline through the streams' methods. */
static Value read_line(Thread *t, Value in, Value out, Value prompt) {
    if (!is_null(prompt) && !write_value(t, out, prompt)) return VNULL;
    Value flushed = call_method_0(t, out, N(t, flush));
    if (is_null(flushed)) {
        if (!err_catch(t, T_AttributeError)) return VNULL;
    } else {
        decref(t, flushed);
    }
    Value line = call_method_0(t, in, N(t, readline));
    if (is_null(line)) return VNULL;
    if (!is_str(t, line)) {
        decref(t, line);
        return err_raise(t, T_TypeError, "object.readline() returned non-string");
    }
    int64_t n = str_len(V_AS(Str, line));
    if (n == 0) {
        decref(t, line);
        return err_raise(t, T_EOFError, "EOF when reading a line");
    }
    if (str_at(V_AS(Str, line), n - 1) != '\n') return line;
    Value text = str_substring(t, line, 0, n - 1);
    decref(t, line);
    return text;
}

/* Whether the stream is the terminal behind a descriptor; one without fileno() is none. */
static bool is_terminal(Thread *t, Value stream, int expected) {
    Value number = call_method_0(t, stream, N(t, fileno));
    int64_t fd = -1;
    if (is_null(number) || !arg_i64(t, number, &fd)) err_clear(t);
    decref_maybe(t, number);
    return fd == expected && isatty(expected);
}

static Value read_terminal(Thread *t, const BuiltinsState *state, Value out, Value prompt) {
    Value flushed = call_method_0(t, out, N(t, flush)), text = is_null(prompt) ? VNULL : str_of(t, prompt);
    if (is_null(flushed)) err_clear(t);
    else decref(t, flushed);
    if (is_null(text) && !is_null(prompt)) return VNULL;
    Value line = state->reader(t, state->context, stdin, stdout, text);
    decref_maybe(t, text);
    return line;
}

Value builtins_input(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value in = sys_get(t, N(t, stdin)), out = sys_get(t, N(t, stdout)), err = sys_get(t, N(t, stderr)), line = VNULL;
    if (is_null(in) || is_none(in)) lost_stream(t, N(t, stdin));
    else if (is_null(out) || is_none(out)) lost_stream(t, N(t, stdout));
    else if (is_null(err) || is_none(err)) lost_stream(t, N(t, stderr));
    else {
        Value flushed = call_method_0(t, err, N(t, flush));
        if (is_null(flushed)) err_clear(t);
        else decref(t, flushed);
        const BuiltinsState *state = MODULE_STATE(t, builtins, BuiltinsState);
        bool edited = state != NULL && state->reader != NULL && is_terminal(t, in, 0) && is_terminal(t, out, 1);
        line = edited ? read_terminal(t, state, out, args[0]) : read_line(t, in, out, args[0]);
    }
    decref_maybe(t, in);
    decref_maybe(t, out);
    decref_maybe(t, err);
    return line;
}
