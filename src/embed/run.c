/* Running program text, files and modules as __main__. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed/embed.h"
#include "front/compile.h"
#include "import/import.h"
#include "modules/module.h"
#include "vm/run.h"

/* Borrowed; VNULL: the program has taken __main__ away. */
static Value main_dict(Thread *t) {
    Value module = dict_get_str(t, t->interp->modules, N(t, __main__));
    if (!is_null(module) && IS_A(t, module, module)) return V_AS(Module, module)->dict;
    return err_raise(t, T_RuntimeError, "there is no module __main__");
}

static Value run_text(Thread *t, const char *text, size_t n, const char *display, enum CompileMode mode, int flags) {
    Value dict = main_dict(t), filename = is_null(dict) ? VNULL : str_from_utf8_surrogatepass(t, display, (int64_t)strlen(display));
    if (is_null(filename)) return VNULL;
    Value source = bytes_new(t, text, (int64_t)n), code = VNULL, result = VNULL;
    if (!is_null(source)) code = compile_source(t, source, filename, mode, flags, -1, -1);
    decref_maybe(t, source);
    decref(t, filename);
    if (is_null(code)) return VNULL;
    incref(dict);
    result = run_code(t, code, dict, dict, VNULL);
    decref(t, dict);
    decref(t, code);
    return result;
}

static bool done(Thread *t, Value result) {
    decref_maybe(t, result);
    return !is_null(result);
}

bool krait_run(Krait *k, const char *source, const char *filename) {
    return done(thread_of(k), run_text(thread_of(k), source, strlen(source), filename ? filename : "<string>", COMPILE_EXEC, 0));
}

KraitRef krait_eval(Krait *k, const char *expression) {
    return owned(run_text(thread_of(k), expression, strlen(expression), "<string>", COMPILE_EVAL, 0));
}

/* The whole file in libc's memory; NULL: errno. */
static char *read_file(const char *path, size_t *n) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    size_t capacity = 1 << 14, got;
    char *text = malloc(capacity);
    *n = 0;
    while (text != NULL && (got = fread(text + *n, 1, capacity - *n, f)) > 0) {
        *n += got;
        if (*n < capacity) continue;
        char *larger = realloc(text, capacity *= 2);
        if (larger == NULL) free(text);
        text = larger;
    }
    if (text != NULL && ferror(f)) {
        free(text);
        text = NULL;
    }
    fclose(f);
    return text;
}

bool krait_run_file(Krait *k, const char *path) {
    Thread *t = thread_of(k);
    Value dict = main_dict(t), name = is_null(dict) ? VNULL : str_from_utf8_surrogatepass(t, path, (int64_t)strlen(path));
    if (is_null(name)) return false;
    size_t n;
    bool ran = false;
    char *text = read_file(path, &n);
    if (text == NULL) err_raise_errno(t, errno, name, VNULL);
    else if (dict_set_str(t, dict, N(t, __file__), name)) ran = done(t, run_text(t, text, n, path, COMPILE_EXEC, CF_FILE));
    free(text);
    decref(t, name);
    return ran;
}

bool krait_run_module(Krait *k, const char *name) {
    Thread *t = thread_of(k);
    Value runpy = import_module(t, "runpy"), function = VNULL, text = VNULL, result = VNULL;
    if (is_null(runpy)) return false;
    function = attr_get_cstr(t, runpy, "_run_module_as_main");
    if (!is_null(function)) text = str_from_cstr(t, name);
    if (!is_null(text)) result = call_2(t, function, text, V_FALSE);
    decref_maybe(t, text);
    decref_maybe(t, function);
    decref(t, runpy);
    return done(t, result);
}

KraitRef krait_import(Krait *k, const char *dotted_name) { return owned(import_module(thread_of(k), dotted_name)); }

KraitRef krait_main(Krait *k) {
    Thread *t = thread_of(k);
    if (is_null(main_dict(t))) return KRAIT_ERROR;
    return owned(new_ref(dict_get_str(t, t->interp->modules, N(t, __main__))));
}
