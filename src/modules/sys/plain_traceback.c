/* Exceptions as sys.unraisablehook shows them: the traceback's lines without marks below them, then the exception in one line. What came before
 * it, its notes and the parts of a group are not shown; the traceback module is not asked, which may be gone when a program ends.
 */
#include "front/file_line.h"
#include "modules/sys/sys_priv.h"
#include "object/exception.h"

enum { LIMIT = 1000, REPEATS = 3 };

typedef struct Entry { Value filename, lineno, name; } Entry;

static void entry_free(Thread *t, Entry *e) {
    slot_clear(t, &e->filename);
    slot_clear(t, &e->lineno);
    slot_clear(t, &e->name);
}

static bool entry_read(Thread *t, Value traceback, Entry *e) {
    Value frame = attr_get_cstr(t, traceback, "tb_frame"), code = is_null(frame) ? VNULL : attr_get_cstr(t, frame, "f_code");
    *e = (Entry){VNULL, VNULL, VNULL};
    if (!is_null(code)) {
        e->filename = attr_get_cstr(t, code, "co_filename");
        e->lineno = attr_get_cstr(t, traceback, "tb_lineno");
        e->name = attr_get_cstr(t, code, "co_name");
    }
    decref_maybe(t, code);
    decref_maybe(t, frame);
    if (!err_pending(t)) return true;
    entry_free(t, e);
    return false;
}

static bool entry_same(Thread *t, const Entry *a, const Entry *b) {
    return !is_null(a->name) && same(a->lineno, b->lineno) && str_equal(V_AS(Str, a->filename), V_AS(Str, b->filename)) && str_equal(V_AS(Str, a->name), V_AS(Str, b->name));
}

static bool write_source(Thread *t, Value file, const Entry *e) {
    Value line = is_int(t, e->lineno) ? file_line(t, e->filename, smallint_get(e->lineno)) : VNULL;
    if (is_null(line)) return true;
    Value text = call_method_0(t, line, N(t, strip));
    decref(t, line);
    bool done = !is_null(text) && (str_len(V_AS(Str, text)) == 0 || sys_write_text(t, file, str_format(t, "    %U\n", text)));
    decref_maybe(t, text);
    return done;
}

static bool write_repeats(Thread *t, Value file, int64_t repeats) {
    if (repeats <= REPEATS) return true;
    repeats -= REPEATS;
    return sys_write_text(t, file, str_format(t, "  [Previous line repeated %ld more time%s]\n", (long)repeats, repeats == 1 ? "" : "s"));
}

static Value next_of(Value traceback) { return V_AS(Traceback, traceback)->next; }

static bool write_traceback(Thread *t, Value file, Value traceback) {
    Value wish = new_ref_maybe(dict_get_cstr(t, t->interp->sys_dict, "tracebacklimit"));
    int64_t limit = is_null(wish) || !is_smallint(wish) ? LIMIT : smallint_get(wish), depth = 0, repeats = 0;
    decref_maybe(t, wish);
    if (limit <= 0) return true;
    for (Value tb = traceback; !is_null(tb); tb = next_of(tb)) depth++;
    for (; depth > limit; depth--) traceback = next_of(traceback);
    bool done = sys_write_text(t, file, str_from_cstr(t, "Traceback (most recent call last):\n"));
    Entry last = {VNULL, VNULL, VNULL};
    for (Value tb = traceback; done && !is_null(tb); tb = next_of(tb)) {
        Entry e;
        if (!(done = entry_read(t, tb, &e))) break;
        bool again = entry_same(t, &last, &e);
        if (!again) {
            done = write_repeats(t, file, repeats);
            repeats = 0;
        }
        if (++repeats <= REPEATS)
            done = done && sys_write_text(t, file, str_format(t, "  File \"%U\", line %S, in %U\n", e.filename, e.lineno, e.name)) && write_source(t, file, &e);
        entry_free(t, &last);
        last = e;
    }
    entry_free(t, &last);
    return done && write_repeats(t, file, repeats);
}

/* The name of its class, with the module's in front unless everybody knows it, and what str() makes of it. */
static bool write_exception(Thread *t, Value file, Value exception) {
    Value type = v_from(type_of(t, exception)), module = attr_get_cstr(t, type, "__module__"), name = attr_get_cstr(t, type, "__qualname__");
    bool done = !is_null(module) && !is_null(name);
    if (done && !is_str(t, module)) done = sys_write_text(t, file, str_from_cstr(t, "<unknown>."));
    else if (done && !str_equals_cstr(V_AS(Str, module), "builtins") && !str_equals_cstr(V_AS(Str, module), "__main__"))
        done = sys_write_text(t, file, str_format(t, "%U.", module));
    Value text = done ? str_of(t, exception) : VNULL;
    if (done && is_null(text)) {
        err_clear(t);
        text = str_from_cstr(t, "<exception str() failed>");
    }
    done = done && !is_null(text) && sys_write_text(t, file, str_format(t, "%S: %U\n", name, text));
    decref_maybe(t, text);
    decref_maybe(t, name);
    decref_maybe(t, module);
    return done;
}

bool sys_write_plainly(Thread *t, Value file, Value exception) {
    Value traceback = V_AS(ExceptionBase, exception)->traceback;
    if (!is_null(traceback) && !is_none(traceback)) {
        incref(traceback);
        bool done = write_traceback(t, file, traceback);
        decref(t, traceback);
        if (!done) return false;
    }
    return write_exception(t, file, exception);
}
