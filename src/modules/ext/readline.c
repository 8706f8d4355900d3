/* The module readline: lines of a terminal with editing, history and completion, by libedit.
 *
 * libedit keeps its state in globals, so there is one user of it in a process: the main interpreter.  Its callbacks have no
 * argument; they find the state through rl_readline_name, which points into it.  While a line is read the GIL is released; a callback
 * takes it for as long as it runs Python code. */
#include <stdio.h>

#define Function LibeditFunction /* one of our own types has that name */
#include <editline/readline.h>
#undef Function
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#include "modules/builtins/input.h"
#include "modules/module.h"

typedef struct ReadlineState {
    char name[8];   /* rl_readline_name: "python" */
    Thread *reader; /* who reads a line, without the GIL; NULL: nobody */
    Value completer, startup_hook, pre_input_hook, display_hook; /* callables, VNULL: none */
    Value begin, end;      /* of the word that is being completed */
    int64_t history_limit; /* lines that a history file keeps; -1: all */
    int replace_offset;    /* 1 where libedit counts from 1 when it replaces and appends, as older ones do */
    bool auto_history;
} ReadlineState;

#define READLINE_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

static ReadlineState *state_of_callback(void) { return (ReadlineState *)(void *)(rl_readline_name - offsetof(ReadlineState, name)); }
static ReadlineState *state_of(Thread *t, Value *args) { return module_state(function_module(t, args[-1])); }

/* --- Text --------------------------------------------------------------------------------------------------------------------------------------- */

/* A str as the terminal's bytes, owned. */
static Value encode(Thread *t, Value v) {
    if (!is_str(t, v)) return err_raise(t, T_TypeError, "bad argument type for built-in operation");
    if (str_find_char(V_AS(Str, v), 0, 0, str_len(V_AS(Str, v))) >= 0) return err_raise(t, T_ValueError, "embedded null character");
    return t->hooks->encode(t, v, "utf-8", "surrogateescape");
}

static Value decode(Thread *t, const char *text) {
    Value bytes = bytes_from_cstr(t, text), str = is_null(bytes) ? VNULL : t->hooks->decode(t, bytes, "utf-8", "surrogateescape");
    decref_maybe(t, bytes);
    return str;
}

static char *text_of(Value bytes) { return V_AS(Bytes, bytes)->data; }

/* A path argument as bytes; None and VNULL give VNULL without an exception. */
static Value path_bytes(Thread *t, Value v) {
    if (is_null(v) || is_none(v)) return VNULL;
    Value os = t->hooks->import(t, "os");
    if (is_null(os)) return VNULL;
    Value function = attr_get_cstr(t, os, "fsencode"), bytes = is_null(function) ? VNULL : call_1(t, function, v);
    decref(t, os);
    decref_maybe(t, function);
    if (is_null(bytes) || memchr(text_of(bytes), 0, (size_t)V_AS(Bytes, bytes)->length) == NULL) return bytes;
    decref(t, bytes);
    return err_raise(t, T_ValueError, "embedded null byte");
}

static Value file_error(Thread *t, int error) { return err_raise_errno(t, error, VNULL, VNULL); }

/* --- History ------------------------------------------------------------------------------------------------------------------------------------- */

READLINE_FUNCTION(fn_add_history) {
    Value line = encode(t, args[0]);
    if (is_null(line)) return line;
    add_history(text_of(line));
    decref(t, line);
    return V_NONE;
}

/* libedit counts from history_base, as readline does. */
READLINE_FUNCTION(fn_get_history_item) {
    int index;
    if (!arg_i32(t, args[0], &index)) return VNULL;
    if (index <= 0 || index > history_length) return V_NONE;
    HIST_ENTRY *entry = history_get(index - 1 + history_base);
    return entry == NULL ? V_NONE : decode(t, entry->line);
}

READLINE_FUNCTION(fn_get_current_history_length) { return v_smallint(history_length); }
READLINE_FUNCTION(fn_clear_history) {
    clear_history();
    return V_NONE;
}

static bool history_place(Thread *t, Value v, int *at) {
    if (!arg_i32(t, v, at)) return false;
    if (*at < 0) return err_fail(t, T_ValueError, "History index cannot be negative");
    return *at < history_length || err_fail(t, T_ValueError, "No history item at position %d", *at);
}

static void entry_free(HIST_ENTRY *entry) {
    if (entry == NULL) return;
    free((void *)entry->line);
    free(entry);
}

READLINE_FUNCTION(fn_remove_history_item) {
    int at;
    if (!history_place(t, args[0], &at)) return VNULL;
    entry_free(remove_history(at));
    return V_NONE;
}

READLINE_FUNCTION(fn_replace_history_item) {
    int at;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "replace_history_item() argument 2 must be str, not %T", args[1]);
    if (!history_place(t, args[0], &at)) return VNULL;
    Value line = encode(t, args[1]);
    if (is_null(line)) return line;
    entry_free(replace_history_entry(at + state_of(t, args)->replace_offset, text_of(line), NULL));
    decref(t, line);
    return V_NONE;
}

READLINE_FUNCTION(fn_read_history_file) {
    Value path = path_bytes(t, args[0]);
    if (err_pending(t)) return VNULL;
    int error = read_history(is_null(path) ? NULL : text_of(path));
    decref_maybe(t, path);
    return error ? file_error(t, error < 0 ? errno : error) : V_NONE;
}

/* Where the last n lines of a text begin. */
static char *last_lines(char *text, size_t length, int64_t n) {
    char *p = text + length;
    for (int64_t seen = 0; p > text; p--)
        if (p[-1] == '\n' && p < text + length && ++seen >= n) return p;
    return n > 0 ? text : text + length;
}

/* Keeps the last lines of a file, if there is a limit, and libedit's mark in front of them. */
static void limit_file(const ReadlineState *state, const char *path) {
    static const char mark[] = "_HiStOrY_V2_\n";
    FILE *file = path && state->history_limit >= 0 ? fopen(path, "r+") : NULL;
    if (file == NULL) return;
    char *text = NULL;
    size_t room = 0;
    ssize_t length = getdelim(&text, &room, EOF, file);
    if (length > 0) {
        size_t front = strncmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
        char *kept = last_lines(text + front, (size_t)length - front, state->history_limit);
        size_t n = (size_t)(text + length - kept);
        memmove(text + front, kept, n);
        rewind(file);
        if (fwrite(text, 1, front + n, file) == front + n && fflush(file) == 0 && ftruncate(fileno(file), (off_t)(front + n)) < 0) errno = 0;
    }
    free(text);
    fclose(file);
}

READLINE_FUNCTION(fn_write_history_file) {
    Value path = path_bytes(t, args[0]);
    if (err_pending(t)) return VNULL;
    const char *text = is_null(path) ? NULL : text_of(path);
    int error = write_history(text);
    if (error == 0) limit_file(state_of(t, args), text);
    decref_maybe(t, path);
    return error ? file_error(t, error < 0 ? errno : error) : V_NONE;
}

/* A file that is not there is an error, as it is for readline. */
static int append_lines(const char *path, int n) {
    FILE *file = fopen(path, "r+");
    if (file == NULL) return errno;
    fclose(file);
    return append_history(n, path);
}

READLINE_FUNCTION(fn_append_history_file) {
    int n;
    if (!arg_i32(t, args[0], &n)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "nelements must be non-negative");
    Value path = path_bytes(t, args[1]);
    if (err_pending(t)) return VNULL;
    int lines = n - state_of(t, args)->replace_offset;
    int error = is_null(path) ? append_history(lines, NULL) : append_lines(text_of(path), lines);
    if (error == 0) limit_file(state_of(t, args), is_null(path) ? NULL : text_of(path));
    decref_maybe(t, path);
    return error ? file_error(t, error < 0 ? errno : error) : V_NONE;
}

READLINE_FUNCTION(fn_get_history_length) { return int_from_i64(t, state_of(t, args)->history_limit); }
READLINE_FUNCTION(fn_set_history_length) {
    int limit;
    if (!arg_i32(t, args[0], &limit)) return VNULL;
    state_of(t, args)->history_limit = limit;
    return V_NONE;
}
READLINE_FUNCTION(fn_set_auto_history) {
    bool on;
    if (!arg_bool(t, args[0], &on)) return VNULL;
    state_of(t, args)->auto_history = on;
    return V_NONE;
}

/* --- The line ------------------------------------------------------------------------------------------------------------------------------------- */

READLINE_FUNCTION(fn_get_line_buffer) { return decode(t, rl_line_buffer ? rl_line_buffer : ""); }
READLINE_FUNCTION(fn_insert_text) {
    Value text = encode(t, args[0]);
    if (is_null(text)) return text;
    rl_insert_text(text_of(text));
    decref(t, text);
    return V_NONE;
}
READLINE_FUNCTION(fn_redisplay) {
    rl_redisplay();
    return V_NONE;
}
READLINE_FUNCTION(fn_parse_and_bind) {
    Value line = encode(t, args[0]);
    if (is_null(line)) return line;
    rl_parse_and_bind(text_of(line));
    decref(t, line);
    return V_NONE;
}
READLINE_FUNCTION(fn_read_init_file) {
    Value path = path_bytes(t, args[0]);
    if (err_pending(t)) return VNULL;
    errno = 0;
    int error = rl_read_init_file(is_null(path) ? NULL : text_of(path));
    decref_maybe(t, path);
    return error ? file_error(t, errno ? errno : ENOENT) : V_NONE;
}

/* --- Completion ------------------------------------------------------------------------------------------------------------------------------------ */

READLINE_FUNCTION(fn_get_begidx) { return new_ref(state_of(t, args)->begin); }
READLINE_FUNCTION(fn_get_endidx) { return new_ref(state_of(t, args)->end); }
READLINE_FUNCTION(fn_get_completion_type) { return v_smallint(rl_completion_type); }
READLINE_FUNCTION(fn_get_completer_delims) { return decode(t, rl_completer_word_break_characters ? rl_completer_word_break_characters : rl_basic_word_break_characters); }

/* libedit keeps the pointers, and goes by the second one where it completes. */
static void set_delims(char *owned) {
    free(rl_completer_word_break_characters);
    rl_completer_word_break_characters = owned;
    rl_basic_word_break_characters = owned;
}

READLINE_FUNCTION(fn_set_completer_delims) {
    Value text = encode(t, args[0]);
    if (is_null(text)) return text;
    char *copy = strdup(text_of(text));
    decref(t, text);
    if (copy == NULL) return err_no_memory(t);
    set_delims(copy);
    return V_NONE;
}

/* Takes the GIL for the thread that reads; libedit's callbacks from other calls come with it. */
static Thread *callback_begin(ReadlineState *state) {
    gil_acquire(state->reader);
    return state->reader;
}
static void callback_end(Thread *t) {
    if (err_pending(t)) err_unraisable(t, NULL, VNULL);
    gil_release(t);
}

/* The state-th completion of a text, in libc's memory. */
static char *on_complete(const char *text, int number) {
    ReadlineState *state = state_of_callback();
    if (state->reader == NULL || is_null(state->completer)) return NULL;
    Thread *t = callback_begin(state);
    char *result = NULL;
    Value completer = new_ref(state->completer), word = decode(t, text), answer = is_null(word) ? VNULL : call_2(t, completer, word, v_smallint(number));
    if (!is_null(answer) && !is_none(answer)) {
        Value bytes = encode(t, answer);
        if (!is_null(bytes)) result = strdup(text_of(bytes));
        decref_maybe(t, bytes);
    }
    decref_maybe(t, answer);
    decref_maybe(t, word);
    decref(t, completer);
    err_clear(t);
    callback_end(t);
    return result;
}

static char **on_attempt(const char *text, int start, int end) {
    ReadlineState *state = state_of_callback();
    rl_completion_append_character = '\0';
    rl_attempted_completion_over = 1; /* no file names instead */
    if (state->reader == NULL || is_null(state->completer)) return NULL;
    state->begin = v_smallint(start);
    state->end = v_smallint(end);
    return rl_completion_matches(text, on_complete);
}

static void on_display(char **matches, int n, int longest) {
    ReadlineState *state = state_of_callback();
    if (state->reader == NULL || is_null(state->display_hook)) return;
    Thread *t = callback_begin(state);
    Value hook = new_ref(state->display_hook), list = list_new(t, n), word = decode(t, matches[0]), answer = VNULL;
    bool good = !is_null(list) && !is_null(word);
    for (int i = 1; good && i <= n; i++) {
        Value match = decode(t, matches[i]);
        good = !is_null(match) && list_append_take(t, V_AS(List, list), match);
    }
    if (good) answer = call_3(t, hook, word, list, v_smallint(longest));
    decref_maybe(t, answer);
    decref_maybe(t, list);
    decref_maybe(t, word);
    decref(t, hook);
    callback_end(t);
}

/* --- Hooks -------------------------------------------------------------------------------------------------------------------------------------------- */

static int run_hook(Value *hook) {
    ReadlineState *state = state_of_callback();
    if (state->reader == NULL || is_null(*hook)) return 0;
    Thread *t = callback_begin(state);
    int32_t result = 0;
    Value function = new_ref(*hook), answer = call_0(t, function);
    if (!is_null(answer) && !is_none(answer)) {
        if (!arg_i32(t, answer, &result)) result = 0;
    }
    decref_maybe(t, answer);
    decref(t, function);
    callback_end(t);
    return result;
}
static int on_startup(void) { return run_hook(&state_of_callback()->startup_hook); }
static int on_pre_input(void) { return run_hook(&state_of_callback()->pre_input_hook); }

static Value set_callable(Thread *t, Value *slot, Value v, const char *function) {
    if (is_null(v) || is_none(v)) {
        slot_clear(t, slot);
        return V_NONE;
    }
    if (!is_callable(t, v)) return err_raise(t, T_TypeError, "%s(func): argument not callable", function);
    slot_set(t, slot, new_ref(v));
    return V_NONE;
}

READLINE_FUNCTION(fn_get_completer) {
    Value completer = state_of(t, args)->completer;
    return is_null(completer) ? V_NONE : new_ref(completer);
}
READLINE_FUNCTION(fn_set_completer) { return set_callable(t, &state_of(t, args)->completer, args[0], "set_completer"); }
READLINE_FUNCTION(fn_set_startup_hook) { return set_callable(t, &state_of(t, args)->startup_hook, args[0], "set_startup_hook"); }
READLINE_FUNCTION(fn_set_pre_input_hook) { return set_callable(t, &state_of(t, args)->pre_input_hook, args[0], "set_pre_input_hook"); }
READLINE_FUNCTION(fn_set_display_hook) {
    ReadlineState *state = state_of(t, args);
    Value done = set_callable(t, &state->display_hook, args[0], "set_completion_display_matches_hook");
    rl_completion_display_matches_hook = is_null(state->display_hook) ? NULL : (VFunction *)on_display;
    return done;
}

/* --- Reading a line --------------------------------------------------------------------------------------------------------------------------------------- */

/* The next character for libedit; a signal's handler runs where it arrives, and an exception from it ends the line. */
static int on_getc(FILE *in) {
    ReadlineState *state = state_of_callback();
    mbstate_t conversion = {0};
    for (;;) {
        char byte;
        wchar_t c;
        ssize_t n = read(fileno(in), &byte, 1);
        if (n == 1) {
            size_t used = mbrtowc(&c, &byte, 1, &conversion);
            if (used == (size_t)-2) continue;
            return used == (size_t)-1 ? (unsigned char)byte : (int)c;
        }
        if (n == 0 || errno != EINTR || state->reader == NULL) return EOF;
        Thread *t = state->reader;
        gil_acquire(t);
        bool good = signals_check(t);
        gil_release(t);
        if (!good) return EOF;
    }
}

/* TerminalReader. */
static Value read_line(Thread *t, void *context, FILE *in, FILE *out, Value prompt) {
    ReadlineState *state = context;
    Value text = is_null(prompt) ? bytes_new(t, "", 0) : encode(t, prompt);
    if (is_null(text)) return text;
    if (state->reader != NULL) {
        decref(t, text);
        return err_raise(t, T_RuntimeError, "another thread is reading a line");
    }
    if (in != rl_instream || out != rl_outstream) {
        rl_instream = in;
        rl_outstream = out;
    }
    state->reader = t;
    gil_release(t);
    char *line = readline(text_of(text));
    gil_acquire(t);
    state->reader = NULL;
    decref(t, text);
    if (err_pending(t)) {
        free(line);
        return VNULL;
    }
    if (line == NULL) return err_raise(t, T_EOFError, "");
    if (state->auto_history && *line) {
        HIST_ENTRY *last = history_length > 0 ? history_get(history_length - 1 + history_base) : NULL;
        if (last == NULL || strcmp(last->line, line) != 0) add_history(line);
    }
    Value result = decode(t, line);
    free(line);
    return result;
}

/* --- The module ------------------------------------------------------------------------------------------------------------------------------------------------- */

static const MethodDef functions[] = {
    {"parse_and_bind", "($module, string, /)", "Execute the init line provided in the string argument.", fn_parse_and_bind},
    {"read_init_file", "($module, filename=None, /)", "Execute a readline initialization file.\n\nThe default filename is the last filename used.", fn_read_init_file},
    {"read_history_file", "($module, filename=None, /)", "Load a readline history file.\n\nThe default filename is ~/.history.", fn_read_history_file},
    {"write_history_file", "($module, filename=None, /)", "Save a readline history file.\n\nThe default filename is ~/.history.", fn_write_history_file},
    {"append_history_file", "($module, nelements, filename=None, /)",
     "Append the last nelements items of the history list to file.\n\nThe default filename is ~/.history.", fn_append_history_file},
    {"get_history_length", "($module, /)", "Return the maximum number of lines that will be written to the history file.", fn_get_history_length},
    {"set_history_length", "($module, length, /)",
     "Set the maximal number of lines which will be written to the history file.\n\nA negative length is used to inhibit history truncation.", fn_set_history_length},
    {"get_current_history_length", "($module, /)", "Return the current (not the maximum) length of history.", fn_get_current_history_length},
    {"get_history_item", "($module, index, /)", "Return the current contents of history item at one-based index.", fn_get_history_item},
    {"remove_history_item", "($module, pos, /)", "Remove history item given by its zero-based position.", fn_remove_history_item},
    {"replace_history_item", "($module, pos, line, /)", "Replaces history item given by its position with contents of line.\n\npos is zero-based.", fn_replace_history_item},
    {"add_history", "($module, string, /)", "Add an item to the history buffer.", fn_add_history},
    {"set_auto_history", "($module, enabled, /)", "Enables or disables automatic history.", fn_set_auto_history},
    {"clear_history", "($module, /)", "Clear the current readline history.", fn_clear_history},
    {"get_line_buffer", "($module, /)", "Return the current contents of the line buffer.", fn_get_line_buffer},
    {"insert_text", "($module, string, /)", "Insert text into the line buffer at the cursor position.", fn_insert_text},
    {"redisplay", "($module, /)", "Change what's displayed on the screen to reflect contents of the line buffer.", fn_redisplay},
    {"get_completer", "($module, /)", "Get the current completer function.", fn_get_completer},
    {"set_completer", "($module, function=None, /)",
     "Set or remove the completer function.\n\nThe function is called as function(text, state),\nfor state in 0, 1, 2, ..., until it returns a non-string.\n"
     "It should return the next possible completion starting with 'text'.", fn_set_completer},
    {"get_completion_type", "($module, /)", "Get the type of completion being attempted.", fn_get_completion_type},
    {"get_begidx", "($module, /)", "Get the beginning index of the completion scope.", fn_get_begidx},
    {"get_endidx", "($module, /)", "Get the ending index of the completion scope.", fn_get_endidx},
    {"get_completer_delims", "($module, /)", "Get the word delimiters for completion.", fn_get_completer_delims},
    {"set_completer_delims", "($module, string, /)", "Set the word delimiters for completion.", fn_set_completer_delims},
    {"set_completion_display_matches_hook", "($module, function=None, /)",
     "Set or remove the completion display function.\n\nThe function is called as\n  function(substitution, [matches], longest_match_length)\n"
     "once each time matches need to be displayed.", fn_set_display_hook},
    {"set_startup_hook", "($module, function=None, /)",
     "Set or remove the function invoked by the rl_startup_hook callback.\n\nThe function is called with no arguments just\nbefore readline prints the first prompt.",
     fn_set_startup_hook},
    {"set_pre_input_hook", "($module, function=None, /)",
     "Set or remove the function invoked by the rl_pre_input_hook callback.\n\nThe function is called with no arguments after the first prompt\nhas been printed and just "
     "before readline starts reading input\ncharacters.", fn_set_pre_input_hook},
    {NULL},
};

/* Tries it on two lines. */
static int find_replace_offset(void) {
    add_history("1");
    add_history("2");
    entry_free(replace_history_entry(1, "X", NULL));
    HIST_ENTRY *first = history_get(history_base);
    int offset = first != NULL && strcmp(first->line, "X") == 0;
    clear_history();
    return offset;
}

/* libedit sets the terminal up by the locale of characters, which stays as it was. */
static void set_up(ReadlineState *state) {
    strcpy(state->name, "python");
    state->begin = state->end = v_smallint(0);
    state->history_limit = -1;
    state->auto_history = true;
    rl_readline_name = state->name;
    using_history();
    state->replace_offset = find_replace_offset();
    rl_catch_signals = 0;
    rl_getc_function = on_getc;
    rl_startup_hook = on_startup;
    rl_pre_input_hook = on_pre_input;
    rl_attempted_completion_function = on_attempt;
    rl_completer_word_break_characters = NULL; /* not libc's memory so far */
    set_delims(strdup(" \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"));
}

static bool exec(Thread *t, Value module) {
    ReadlineState *state = module_state(module);
    set_up(state);
    BuiltinsState *input = MODULE_STATE(t, builtins, BuiltinsState);
    input->reader = read_line;
    input->context = state;
    return module_add_int(t, module, "_READLINE_VERSION", 0x0402) && module_add_int(t, module, "_READLINE_RUNTIME_VERSION", rl_readline_version) &&
           module_add_cstr(t, module, "_READLINE_LIBRARY_VERSION", rl_library_version) && module_add_cstr(t, module, "backend", "editline");
}

static int traverse(void *state, VisitFn visit, void *context) {
    ReadlineState *s = state;
    Value held[] = {s->completer, s->startup_hook, s->pre_input_hook, s->display_hook};
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        int stopped = is_null(held[i]) ? 0 : visit(held[i], context);
        if (stopped) return stopped;
    }
    return 0;
}

static void clear(Thread *t, void *state) {
    ReadlineState *s = state;
    BuiltinsState *input = MODULE_STATE(t, builtins, BuiltinsState);
    if (input != NULL && input->context == state) input->reader = NULL;
    rl_startup_hook = rl_pre_input_hook = NULL;
    rl_attempted_completion_function = NULL;
    rl_completion_display_matches_hook = NULL;
    slot_clear(t, &s->completer);
    slot_clear(t, &s->startup_hook);
    slot_clear(t, &s->pre_input_hook);
    slot_clear(t, &s->display_hook);
}

const ModuleDef krait_module_readline = {
    .name = "readline",
    .doc = "Importing this module enables command line editing using libedit readline.",
    .functions = functions,
    .state_size = sizeof(ReadlineState),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};
