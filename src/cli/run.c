/* Running a program as __main__, and what its end means for the exit status. */
#include "cli/run.h"

#include "cli/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/names.h"
#include "front/compile.h"
#include "front/dump.h"
#include "import/import.h"
#include "modules/module.h"
#include "modules/sys.h"
#include "object/exception.h"
#include "object/fs_text.h"
#include "vm/run.h"

/* --- The end ----------------------------------------------------------------------------------- */

/* The status of a SystemExit: None is 0, an int itself, anything else is printed and 1. */
static int system_exit_status(Thread *t, Value exception) {
    Value code = attr_get_cstr(t, exception, "code");
    if (is_null(code)) {
        err_clear(t);
        return 1;
    }
    int status = 1;
    if (is_none(code)) {
        status = 0;
    } else if (is_int(t, code)) {
        int64_t n;
        if (int_to_i64(t, code, &n)) status = (int)(uint8_t)n;
        else { /* counts as -1 */
            err_clear(t);
            status = 255;
        }
    } else {
        Value text = str_of(t, code), err = new_ref_maybe(dict_get_str(t, t->interp->sys_dict, N(t, stderr)));
        if (is_null(text)) err_clear(t);
        else if (!is_null(err) && !is_none(err)) {
            Value line = str_format(t, "%U\n", text), done = is_null(line) ? VNULL : call_method_1(t, err, N(t, write), line);
            if (is_null(done)) err_clear(t);
            decref_maybe(t, line);
            decref_maybe(t, done);
        }
        decref_maybe(t, text);
        decref_maybe(t, err);
    }
    decref(t, code);
    return status;
}

/* Deals with the pending exception. */
static int end_by_exception(Thread *t) {
    if (err_is(t, T_SystemExit)) {
        Value exception = err_fetch(t);
        int status = system_exit_status(t, exception);
        decref(t, exception);
        return status;
    }
    bool interrupted = err_is(t, T_KeyboardInterrupt);
    sys_print_exception(t);
    if (err_pending(t)) { /* the hook itself called sys.exit */
        if (err_is(t, T_SystemExit)) return end_by_exception(t);
        err_clear(t);
    }
    return interrupted ? RUN_INTERRUPTED : 1;
}

/* --- __main__ ---------------------------------------------------------------------------------- */

/* Makes the module; its dict is borrowed from it. */
static Value make_main(Thread *t) {
    Value name = str_intern_cstr(t, "__main__"), module = is_null(name) ? VNULL : module_new(t, name), loader = VNULL;
    bool done = !is_null(module) && dict_set(t, t->interp->modules, name, module) && module_add(t, module, "__builtins__", new_ref(t->interp->builtins_module));
    if (done) {
        Value importlib = import_module(t, "_frozen_importlib");
        if (!is_null(importlib)) {
            loader = attr_get_cstr(t, importlib, "BuiltinImporter");
            decref(t, importlib);
        }
        done = !is_null(loader) && module_add(t, module, "__loader__", loader);
    }
    decref_maybe(t, name);
    if (!done) {
        decref_maybe(t, module);
        return VNULL;
    }
    Value dict = V_AS(Module, module)->dict;
    decref(t, module); /* sys.modules keeps it */
    return dict;
}

/* The command without the white space that all its lines begin with, lines of nothing else aside; to be freed, NULL: no memory. */
static char *dedent(const char *text) {
    size_t margin = SIZE_MAX;
    const char *first = NULL;
    for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
        end = strchrnul(line, '\n');
        size_t n = strspn(line, " \t");
        if (line[n] == 0 || line[n] == '\n' || line[n] == '\r') continue;
        if (first == NULL) {
            first = line;
            margin = n;
        }
        size_t same = 0;
        while (same < margin && same < n && line[same] == first[same]) same++;
        margin = same;
    }
    char *copy = malloc(strlen(text) + 1), *out = copy;
    for (const char *line = text, *end; copy && *line; line = end) {
        end = strchrnul(line, '\n');
        if (*end) end++;
        size_t n = strspn(line, " \t");
        line += n < margin || line[n] == 0 || line[n] == '\n' || line[n] == '\r' ? n : margin;
        memcpy(out, line, (size_t)(end - line));
        out += end - line;
    }
    if (copy) *out = 0;
    return copy;
}

/* Tells linecache the text of -c, for tracebacks and inspect: no file has it. A library without that goes without. */
static void register_command(Thread *t, Value code, Value source, Value filename) {
    Value linecache = import_module(t, "linecache"), text = is_null(linecache) ? VNULL : t->hooks->decode(t, source, "utf-8", "strict");
    Value function = is_null(text) ? VNULL : attr_get_cstr(t, linecache, "_register_code"), done = VNULL;
    if (!is_null(function)) done = call(t, function, (Value[]){code, text, filename}, 3, VNULL);
    if (is_null(done)) err_clear(t);
    decref_maybe(t, done);
    decref_maybe(t, function);
    decref_maybe(t, text);
    decref_maybe(t, linecache);
}

static bool run_text(Thread *t, const char *text, int64_t n, const char *display, int flags, Value dict) {
    Value filename = fs_decode_cstr(t, display);
    if (is_null(filename)) return false;
    Value source = bytes_new(t, text, n), code = VNULL, result = VNULL;
    if (!is_null(source)) code = compile_source(t, source, filename, COMPILE_EXEC, flags, -1, -1);
    if (!is_null(code) && (flags & CF_IGNORE_COOKIE)) register_command(t, code, source, filename);
    decref_maybe(t, source);
    decref(t, filename);
    if (!is_null(code)) {
        result = run_code(t, code, dict, dict, VNULL);
        decref(t, code);
    }
    decref_maybe(t, result);
    return !is_null(result);
}

static bool run_command(Thread *t, const char *command, Value dict) {
    Value argument = fs_decode_cstr(t, command), keep = VNULL;
    const char *utf8 = is_null(argument) ? NULL : str_cstr(t, argument, &keep);
    char *text = utf8 ? dedent(utf8) : NULL;
    decref_maybe(t, keep);
    decref_maybe(t, argument);
    if (utf8 == NULL) {
        fputs("Unable to decode the command from the command line:\n", stderr);
        return false;
    }
    if (text == NULL) return err_no_memory_fail(t);
    bool done = run_text(t, text, (int64_t)strlen(text), "<string>", CF_IGNORE_COOKIE, dict);
    free(text);
    return done;
}

/* sys.path[0], unless paths are to be safe. */
static bool prepend_path(Thread *t, const char *entry) {
    if (t->runtime->config->safe_path) return true;
    Value path = dict_get_str(t, t->interp->sys_dict, N(t, path)), text = fs_decode_cstr(t, entry);
    bool done = !is_null(text) && (is_null(path) || !is_list(t, path) || list_insert(t, V_AS(List, path), 0, text));
    t->interp->first_path = text;
    return done;
}

/* runpy._run_module_as_main(name, alter_argv) */
static bool run_module(Thread *t, const char *name, bool alter_argv) {
    Value runpy = import_module(t, "runpy");
    if (is_null(runpy)) return false;
    Value function = attr_get_cstr(t, runpy, "_run_module_as_main"), text = fs_decode_cstr(t, name), result = VNULL;
    decref(t, runpy);
    if (!is_null(function) && !is_null(text)) result = call_2(t, function, text, v_bool(alter_argv));
    decref_maybe(t, function);
    decref_maybe(t, text);
    decref_maybe(t, result);
    return !is_null(result);
}

/* --- Files ------------------------------------------------------------------------------------- */

static char *read_all(FILE *f, int64_t *n) {
    size_t capacity = 1 << 16, length = 0, got;
    char *data = malloc(capacity);
    while (data != NULL && (got = fread(data + length, 1, capacity - length, f)) > 0) {
        length += got;
        if (length == capacity) {
            char *larger = realloc(data, capacity *= 2);
            if (larger == NULL) free(data);
            data = larger;
        }
    }
    *n = (int64_t)length;
    return data;
}

/* A zip file ends in its directory's end record. */
static bool looks_like_zip(FILE *f) {
    char tail[22];
    bool zip = fseek(f, -22, SEEK_END) == 0 && fread(tail, 1, 22, f) == 22 && memcmp(tail, "PK\5\6", 4) == 0;
    rewind(f);
    return zip;
}

static bool set_loader(Thread *t, Value dict, const char *filename, const char *class_name) {
    Value external = import_module(t, "_frozen_importlib_external");
    if (is_null(external)) return false;
    Value cls = attr_get_cstr(t, external, class_name), name = N(t, __main__), file = fs_decode_cstr(t, filename), loader = VNULL;
    if (!is_null(cls) && !is_null(file)) loader = call_2(t, cls, name, file);
    bool done = !is_null(loader) && dict_set_str(t, dict, N(t, __loader__), loader);
    decref_maybe(t, loader);
    decref_maybe(t, file);
    decref_maybe(t, cls);
    decref(t, external);
    return done;
}

/* A .pyc as the main program, through its loader. */
static bool run_pyc(Thread *t, Value dict) {
    Value loader = dict_get_str(t, dict, N(t, __loader__));
    Value code = call_method_1(t, loader, N(t, get_code), N(t, __main__)), result = VNULL;
    if (!is_null(code)) result = run_code(t, code, dict, dict, VNULL);
    decref_maybe(t, code);
    decref_maybe(t, result);
    return !is_null(result);
}

/* The name from the root on, so that it stays right when the folder is left: `name` itself or in `room`. */
static const char *absolute_name(const char *name, char *room, size_t size) {
    if (*name == '/' || getcwd(room, size) == NULL || strlen(room) + strlen(name) + 2 > size) return name;
    return strcat(strcat(room, strcmp(room, "/") ? "/" : ""), name);
}

/* Whether a hook of sys.path_hooks takes a path that cannot be opened, as a folder within a zip file; 1, 0, -1. */
static int has_importer(Thread *t, const char *name) {
    Value external = import_module(t, "_frozen_importlib_external"), finder = VNULL;
    if (is_null(external)) return -1;
    Value paths = attr_get_cstr(t, external, "PathFinder"), ask = is_null(paths) ? VNULL : attr_get_cstr(t, paths, "_path_importer_cache");
    Value text = is_null(ask) ? VNULL : fs_decode_cstr(t, name);
    if (!is_null(text)) finder = call_1(t, ask, text);
    int has = is_null(finder) ? -1 : !is_none(finder);
    decref_maybe(t, finder);
    decref_maybe(t, text);
    decref_maybe(t, ask);
    decref_maybe(t, paths);
    decref(t, external);
    return has;
}

/* A folder or a zip file: the module __main__ in it. */
static bool run_package(Thread *t, const char *name) {
    Value path = dict_get_str(t, t->interp->sys_dict, N(t, path)), text = fs_decode_cstr(t, name);
    bool done = !is_null(text) && (is_null(path) || list_insert(t, V_AS(List, path), 0, text));
    decref_maybe(t, text);
    return done && run_module(t, "__main__", false);
}

/* The source in an open file, which is closed. */
static bool run_open_file(Thread *t, const RunPlan *plan, FILE *f, const char *name, Value dict) {
    char real[4096], *directory = realpath(name, real) ? real : NULL;
    if (directory != NULL) *strrchr(directory, '/') = 0;
    if (!prepend_path(t, directory ? (*directory ? directory : "/") : "")) {
        fclose(f);
        return false;
    }
    size_t length = strlen(name);
    bool pyc = length > 4 && strcmp(name + length - 4, ".pyc") == 0;
    Value file = fs_decode_cstr(t, name);
    bool done = !is_null(file) && dict_set_str(t, dict, N(t, __file__), file) && dict_set_str(t, dict, N(t, __cached__), V_NONE) && set_loader(t, dict, name, pyc ? "SourcelessFileLoader" : "SourceFileLoader");
    decref_maybe(t, file);
    int64_t n = 0;
    char *text = done && !pyc ? read_all(f, &n) : NULL;
    fclose(f);
    if (!done) return false;
    if (pyc) return run_pyc(t, dict);
    if (text == NULL) return err_no_memory_fail(t);
    int64_t start = 0;
    if (plan->skip_first_line) { /* the newline stays, so that line numbers are right */
        char *newline = memchr(text, '\n', (size_t)n);
        start = newline ? newline - text : n;
    }
    done = run_text(t, text + start, n - start, name, CF_FILE, dict);
    free(text);
    return done;
}

static bool run_file(Thread *t, const RunPlan *plan, Value dict, int *status) {
    char room[2 * 4096 + 2];
    const char *name = absolute_name(plan->filename, room, sizeof room);
    struct stat st;
    FILE *f = fopen(name, "rb");
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        int error = errno, importer = has_importer(t, name);
        if (f) fclose(f);
        if (importer < 0) return false;
        if (importer > 0) return run_package(t, name);
        fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", t->runtime->config->program_name, name, error, strerror(error));
        *status = 2;
        return true;
    }
    if (!S_ISDIR(st.st_mode) && !looks_like_zip(f)) return run_open_file(t, plan, f, name, dict);
    fclose(f);
    return run_package(t, name);
}

/* --- Standard input ---------------------------------------------------------------------------- */

/* The interactive prompt, in Python; `start`: nothing ran before it. */
static bool run_interactive(Thread *t, bool start) {
    Value module = import_module(t, "_krait_console"), result = VNULL;
    if (is_null(module)) return false;
    Value function = attr_get_cstr(t, module, start ? "start" : "go_on");
    if (!is_null(function)) result = call_0(t, function);
    decref_maybe(t, function);
    decref(t, module);
    decref_maybe(t, result);
    return !is_null(result);
}

static bool run_stdin(Thread *t, const RunPlan *plan, Value dict) {
    if (!prepend_path(t, "")) return false;
    if (isatty(0) || plan->interactive) return run_interactive(t, true);
    int64_t n;
    char *text = read_all(stdin, &n);
    if (text == NULL) return err_no_memory_fail(t);
    bool done = run_text(t, text, n, "<stdin>", 0, dict);
    free(text);
    return done;
}

/* --- The plan ---------------------------------------------------------------------------------- */

static bool import_site(Thread *t) {
    if (t->runtime->config->no_site) return true;
    Value site = import_module(t, "site"), result = VNULL;
    if (is_null(site)) return false;
    Value function = attr_get_cstr(t, site, "main");
    if (!is_null(function)) result = call_0(t, function);
    decref_maybe(t, function);
    decref(t, site);
    decref_maybe(t, result);
    return !is_null(result);
}

/* -X dump: shows the stages of the program instead of running it. */
static bool dump_program(Thread *t, const RunPlan *plan, int *status) {
    const char *name = plan->command ? "<string>" : plan->filename ? plan->filename : "<stdin>";
    char *text = NULL;
    int64_t n;
    if (plan->command) {
        n = (int64_t)strlen(plan->command);
        text = need(strdup(plan->command));
    } else {
        FILE *f = plan->filename ? fopen(plan->filename, "rb") : stdin;
        if (f == NULL) {
            fprintf(stderr, "krait: can't open file '%s': [Errno %d] %s\n", name, errno, strerror(errno));
            *status = 2;
            return true;
        }
        text = read_all(f, &n);
        if (f != stdin) fclose(f);
    }
    if (text == NULL) return err_no_memory_fail(t);
    bool done = dump_stages(t, text, n, name, t->runtime->config->dump, stdout);
    free(text);
    return done;
}

int run_plan(Thread *t, const RunPlan *plan) {
    int status = 0;
    bool done;
    if (t->runtime->config->dump) {
        done = dump_program(t, plan, &status);
        return done ? status : end_by_exception(t);
    }
    Value dict = make_main(t);
    done = !is_null(dict) && import_site(t);
    if (done) {
        if (plan->command) done = prepend_path(t, "") && run_command(t, plan->command, dict);
        else if (plan->module) {
            char cwd[4096];
            done = prepend_path(t, getcwd(cwd, sizeof cwd) ? cwd : "") && run_module(t, plan->module, true);
        } else if (plan->filename) done = run_file(t, plan, dict, &status);
        else done = run_stdin(t, plan, dict);
    }
    if (!done) status = end_by_exception(t);
    if ((plan->interactive || t->runtime->config->inspect) && (plan->command || plan->module || plan->filename)) {
        if (!run_interactive(t, false)) status = end_by_exception(t);
    }
    return status;
}
