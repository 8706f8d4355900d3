/* The module _imp: modules in C and the frozen ones.
 *
 * Krait freezes nothing into the executable.  The modules that importlib needs before it can import by path are
 * compiled from the standard library's own source, with a cache of their code beside it (NAME.krait-314.frozen).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "core/config.h"
#include "front/compile.h"
#include "modules/imp.h"
#include "modules/marshal.h"
#include "modules/module.h"
#include "modules/sys.h"
#include "modules/thread_lock.h"
#include "object/buffer.h"
#include "object/code.h"
#include "object/exception.h"
#include "vm/run.h"

/* --- Frozen modules ---------------------------------------------------------------------------- */

typedef struct FrozenModule {
    const char *name, *file, *display, *original;
    bool is_package, for_tests;
} FrozenModule;

static const FrozenModule frozen_modules[] = {
    {"_frozen_importlib", "importlib/_bootstrap.py", "<frozen importlib._bootstrap>", "importlib._bootstrap", false, false},
    {"_frozen_importlib_external", "importlib/_bootstrap_external.py", "<frozen importlib._bootstrap_external>", "importlib._bootstrap_external", false, false},
    {"zipimport", "zipimport.py", "<frozen zipimport>", "zipimport", false, false},
    {"__hello__", "__hello__.py", "<frozen __hello__>", "__hello__", false, true},
    {"__hello_alias__", "__hello__.py", "<frozen __hello__>", "__hello__", false, true},
    {"__hello_only__", "__hello__.py", "<frozen __hello_only__>", NULL, false, true},
    {"__phello__", "__phello__/__init__.py", "<frozen __phello__>", "__phello__", true, true},
    {"__phello__.__init__", "__phello__/__init__.py", "<frozen __phello__>", "<__phello__", false, true},
    {"__phello__.spam", "__phello__/spam.py", "<frozen __phello__.spam>", "__phello__.spam", false, true},
    {"__phello_alias__", "__hello__.py", "<frozen __hello__>", "__hello__", true, true},
    {"__phello_alias__.spam", "__hello__.py", "<frozen __hello__>", "__hello__", false, true},
    {"__phello__.ham", "__phello__/ham/__init__.py", "<frozen __phello__.ham>", "__phello__.ham", true, true},
    {"__phello__.ham.__init__", "__phello__/ham/__init__.py", "<frozen __phello__.ham>", "<__phello__.ham", false, true},
    {"__phello__.ham.eggs", "__phello__/ham/eggs.py", "<frozen __phello__.ham.eggs>", "__phello__.ham.eggs", false, true},
};

typedef struct ImpState {
    int override_frozen;
    int lock_depth;      /* the import lock: how often its owner has it */
    uint64_t lock_owner;
    WaitLine lock_line;
} ImpState;

static const FrozenModule *frozen_find(Thread *t, Value name) {
    ImpState *state = MODULE_STATE(t, _imp, ImpState);
    if (!is_str(t, name)) return NULL;
    for (size_t i = 0; i < COUNT_OF(frozen_modules); i++) {
        const FrozenModule *f = &frozen_modules[i];
        if (!str_equals_cstr(V_AS(Str, name), f->name)) continue;
        return f->for_tests && state != NULL && state->override_frozen < 0 ? NULL : f;
    }
    return NULL;
}

typedef struct FrozenHeader { char magic[8]; int64_t mtime_ns, size; } FrozenHeader;

/* The whole file in a malloc'ed block; NULL: it can't be read. */
static char *read_file(const char *path, int64_t *size, FrozenHeader *stamp) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return NULL;
    char *data = fstat(fd, &st) == 0 ? malloc((size_t)st.st_size + 1) : NULL;
    if (data != NULL) {
        int64_t got = 0, n;
        while (got < st.st_size && (n = read(fd, data + got, (size_t)(st.st_size - got))) > 0) got += n;
        *size = got;
        if (stamp != NULL) *stamp = (FrozenHeader){.mtime_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec, .size = st.st_size};
    }
    close(fd);
    return data;
}

static void fill_magic(FrozenHeader *header) { memcpy(header->magic, MARSHAL_CODE_MAGIC, 8); }

static Value cached_code(Thread *t, const char *path, const FrozenHeader *want) {
    int64_t size;
    char *data = read_file(path, &size, NULL);
    Value code = VNULL;
    if (data != NULL && size > (int64_t)sizeof *want && memcmp(data, want, sizeof *want) == 0) {
        code = marshal_load_bytes(t, data + sizeof *want, size - (int64_t)sizeof *want);
        if (is_null(code)) err_clear(t);
    }
    free(data);
    return code;
}

/* Written beside the source under another name first; failing is no error. */
static void write_cache(Thread *t, const char *path, const FrozenHeader *header, Value code) {
    Value bytes = marshal_dump_bytes(t, code);
    if (is_null(bytes)) {
        err_clear(t);
        return;
    }
    char temporary[4200];
    snprintf(temporary, sizeof temporary, "%s.%d", path, (int)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0) {
        Bytes *b = V_AS(Bytes, bytes);
        bool good = write(fd, header, sizeof *header) == (int64_t)sizeof *header && write(fd, b->data, (size_t)b->length) == b->length;
        close(fd);
        if (!good || rename(temporary, path) != 0) unlink(temporary);
    }
    decref(t, bytes);
}

static Value frozen_code(Thread *t, const FrozenModule *f) {
    const Config *config = t->runtime->config;
    char source_path[4096], cache_path[4096], stem[256];
    snprintf(source_path, sizeof source_path, "%s/%s", config->stdlib_dir, f->file);
    const char *slash = strrchr(f->file, '/');
    snprintf(stem, sizeof stem, "%.*s", slash ? (int)(slash - f->file) + 1 : 0, f->file);
    snprintf(cache_path, sizeof cache_path, "%s/%s__pycache__/%s." KRAIT_CACHE_TAG ".frozen", config->stdlib_dir, stem, slash ? slash + 1 : f->file);
    FrozenHeader header;
    int64_t size;
    char *source = read_file(source_path, &size, &header);
    if (source == NULL && errno == ENOMEM) return err_no_memory(t);
    if (source == NULL)
        return err_raise(t, T_ImportError, "cannot read %s: the standard library is not where Krait expects it (KRAIT_STDLIB names another place)", source_path);
    fill_magic(&header);
    Value code = cached_code(t, cache_path, &header);
    if (is_null(code)) {
        Value display = str_from_cstr(t, f->display);
        if (!is_null(display)) {
            code = compile_utf8(t, source, size, display, COMPILE_EXEC, 0, 0, -1);
            decref(t, display);
        }
        if (!is_null(code) && !config->dont_write_bytecode) {
            char directory[4096];
            snprintf(directory, sizeof directory, "%s/%s__pycache__", config->stdlib_dir, stem);
            mkdir(directory, 0755);
            write_cache(t, cache_path, &header, code);
        }
    }
    free(source);
    return code;
}

static Value no_such_frozen(Thread *t, Value name) {
    Value message = str_format(t, "No such frozen object named %U", name);
    if (is_null(message)) return VNULL;
    err_import(t, T_ImportError, message, name, VNULL);
    decref(t, message);
    return VNULL;
}

Value imp_frozen_code(Thread *t, Value name) {
    const FrozenModule *f = frozen_find(t, name);
    return f ? frozen_code(t, f) : no_such_frozen(t, name);
}

static bool check_name(Thread *t, const char *function, Value name) {
    return is_str(t, name) || err_fail(t, T_TypeError, "%s() argument must be str, not %T", function, name);
}

static Value imp_is_frozen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return check_name(t, "is_frozen", args[0]) ? v_bool(frozen_find(t, args[0]) != NULL) : VNULL;
}
static Value imp_is_frozen_package(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_name(t, "is_frozen_package", args[0])) return VNULL;
    const FrozenModule *f = frozen_find(t, args[0]);
    return f ? v_bool(f->is_package) : no_such_frozen(t, args[0]);
}
static Value frozen_error(Thread *t, const char *format, Value name) {
    Value message = str_format(t, format, name);
    if (is_null(message)) return VNULL;
    err_import(t, T_ImportError, message, name, VNULL);
    decref(t, message);
    return VNULL;
}
static Value imp_get_frozen_object(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_name(t, "get_frozen_object", args[0])) return VNULL;
    if (!is_null(args[1]) && !is_none(args[1])) {
        Buffer view;
        if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
        Value code = marshal_load_bytes(t, view.data, view.length);
        buffer_release(t, &view);
        if (is_null(code)) {
            err_clear(t);
            return frozen_error(t, "Frozen object named %R is invalid", args[0]);
        }
        if (!IS_EXACT(code, code)) {
            decref(t, code);
            return err_raise(t, T_TypeError, "frozen object %R is not a code object", args[0]);
        }
        return code;
    }
    return imp_frozen_code(t, args[0]);
}
static Value imp_find_frozen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_name(t, "find_frozen", args[0])) return VNULL;
    const FrozenModule *f = frozen_find(t, args[0]);
    if (f == NULL) return V_NONE;
    bool with_data = false;
    if (!is_null(args[1]) && !arg_bool(t, args[1], &with_data)) return VNULL;
    Value parts[3] = {V_NONE, v_bool(f->is_package), f->original ? str_from_cstr(t, f->original) : V_NONE};
    if (with_data) {
        Value code = frozen_code(t, f), bytes = is_null(code) ? VNULL : marshal_dump_bytes(t, code);
        decref_maybe(t, code);
        if (is_null(bytes)) return VNULL;
        parts[0] = call_1(t, v_from(builtin_type(t, T_memoryview)), bytes);
        decref(t, bytes);
        if (is_null(parts[0])) return VNULL;
    }
    return tuple_take(t, parts, 3);
}
static Value imp_init_frozen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_name(t, "init_frozen", args[0])) return VNULL;
    const FrozenModule *f = frozen_find(t, args[0]);
    if (f == NULL) return V_NONE;
    Value code = frozen_code(t, f), module = is_null(code) ? VNULL : module_new(t, args[0]);
    if (!is_null(module)) {
        Value dict = V_AS(Module, module)->dict;
        bool done = dict_set(t, t->interp->modules, args[0], module);
        Value result = done ? run_code(t, code, dict, dict, VNULL) : VNULL;
        decref_maybe(t, result);
        if (is_null(result)) slot_clear(t, &module);
    }
    decref_maybe(t, code);
    return module;
}
static Value imp_frozen_module_names(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value list = list_new(t, COUNT_OF(frozen_modules));
    for (size_t i = 0; !is_null(list) && i < COUNT_OF(frozen_modules); i++) {
        Value name = str_from_cstr(t, frozen_modules[i].name);
        if (is_null(name) || !list_append_take(t, V_AS(List, list), name)) slot_clear(t, &list);
    }
    return list;
}
static Value imp_override_frozen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return arg_i32(t, args[0], &MODULE_STATE(t, _imp, ImpState)->override_frozen) ? V_NONE : VNULL;
}

/* --- Modules in C ------------------------------------------------------------------------------ */

static Value imp_is_builtin(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return check_name(t, "is_builtin", args[0]) ? v_smallint(import_is_builtin(t, args[0])) : VNULL;
}

static Value imp_create_builtin(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = attr_get(t, args[0], N(t, name));
    if (is_null(name)) return VNULL;
    if (!is_str(t, name)) {
        err_raise(t, T_TypeError, "name must be string, not %T", name);
        decref(t, name);
        return VNULL;
    }
    Value module = VNULL;
    if (str_equals_cstr(V_AS(Str, name), "sys")) module = new_ref(t->interp->sys_module);
    else if (str_equals_cstr(V_AS(Str, name), "builtins")) module = new_ref(t->interp->builtins_module);
    else if (!import_is_builtin(t, name)) module = V_NONE;
    else {
        const ModuleDef *def = import_builtin_def(t, name);
        if (def != NULL) module = import_make_builtin(t, def);
    }
    decref(t, name);
    return module;
}

static Value imp_exec_builtin(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value module = args[0];
    if (!IS_A(t, module, module)) return v_smallint(0);
    if (V_AS(Module, module)->def == NULL || same(module, t->interp->sys_module) || same(module, t->interp->builtins_module)) return v_smallint(0);
    return import_exec_builtin(t, module) ? v_smallint(0) : VNULL;
}

static bool has_null(Thread *t, Value v) { return is_str(t, v) && str_find_char(V_AS(Str, v), 0, 0, str_len(V_AS(Str, v))) >= 0; }

static Value imp_create_dynamic(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = attr_get(t, args[0], N(t, name)), path = is_null(name) ? VNULL : attr_get_cstr(t, args[0], "origin");
    if (!is_null(path) && (has_null(t, name) || has_null(t, path))) {
        err_raise(t, T_ValueError, "embedded null character");
    } else if (!is_null(path)) {
        Value message = str_format(t, "cannot load %S: extension modules in binary form are made for another Python implementation", path);
        if (!is_null(message)) err_import(t, T_ImportError, message, name, path);
        decref_maybe(t, message);
    }
    decref_maybe(t, path);
    decref_maybe(t, name);
    return VNULL;
}

static Value imp_extension_suffixes(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value suffix = str_from_cstr(t, "." KRAIT_CACHE_TAG "-x86_64-linux-gnu.so");
    return is_null(suffix) ? VNULL : list_take(t, &suffix, 1);
}

/* --- Others ------------------------------------------------------------------------------------ */

static Value imp_zero(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(0); }

/* The lock of old: what imports modules itself has a lock for each of them. A fork waits for it. */
bool imp_lock_acquire(Thread *t) {
    ImpState *s = MODULE_STATE(t, _imp, ImpState);
    if (s == NULL) return true;
    while (s->lock_depth > 0 && s->lock_owner != t->id)
        if (wait_line_wait(t, &s->lock_line, -1) == WAIT_ERROR) return false;
    s->lock_owner = t->id;
    s->lock_depth++;
    return true;
}
bool imp_lock_release(Thread *t) {
    ImpState *s = MODULE_STATE(t, _imp, ImpState);
    if (s == NULL) return true;
    if (s->lock_depth == 0 || s->lock_owner != t->id) return err_fail(t, T_RuntimeError, "not holding the import lock");
    if (--s->lock_depth == 0) wait_line_wake(&s->lock_line);
    return true;
}
void imp_lock_after_fork(Thread *t) {
    ImpState *s = MODULE_STATE(t, _imp, ImpState);
    if (s != NULL) s->lock_line = (WaitLine){NULL, NULL};
}
static Value imp_acquire_lock(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return imp_lock_acquire(t) ? V_NONE : VNULL; }
static Value imp_release_lock(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return imp_lock_release(t) ? V_NONE : VNULL; }
static Value imp_lock_held(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(MODULE_STATE(t, _imp, ImpState)->lock_depth > 0); }

static bool fix_filename(Thread *t, Code *code, Value from, Value to) {
    if (!str_equal(V_AS(Str, code->filename), V_AS(Str, from))) return true;
    slot_set(t, &code->filename, new_ref(to));
    for (int64_t i = 0; i < tuple_len(code->const_tuple); i++) {
        Value constant = tuple_at(code->const_tuple, i);
        if (IS_EXACT(constant, code) && (!stack_check(t, " while fixing file names") || !fix_filename(t, V_AS(Code, constant), from, to))) return false;
    }
    return true;
}

static Value imp_fix_co_filename(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!IS_EXACT(args[0], code)) return err_raise(t, T_TypeError, "_fix_co_filename() argument 1 must be code, not %T", args[0]);
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "_fix_co_filename() argument 2 must be str, not %T", args[1]);
    Value from = new_ref(V_AS(Code, args[0])->filename);
    bool done = fix_filename(t, V_AS(Code, args[0]), from, args[1]);
    decref(t, from);
    return done ? V_NONE : VNULL;
}

static Value imp_source_hash(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    uint64_t key;
    Buffer view;
    if (!arg_u64(t, args[0], &key) || !buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    HashKey hash_key = {key, 0};
    uint64_t hash = hash_siphash13(&hash_key, view.data, (size_t)view.length);
    buffer_release(t, &view);
    return bytes_new(t, (const char *)&hash, 8);
}

static const MethodDef functions[] = {
    {"_fix_co_filename", "($module, code, path, /)", "Change the file name of a code object and of those in it.", imp_fix_co_filename},
    {"_frozen_module_names", "($module, /)", "The names of all frozen modules.", imp_frozen_module_names},
    {"_override_frozen_modules_for_tests", "($module, override, /)", "For tests: hide the frozen modules that only tests use.", imp_override_frozen},
    {"_override_multi_interp_extensions_check", "($module, override, /)", "For tests: there is no such check.", imp_zero},
    {"acquire_lock", "($module, /)", "Acquires the interpreter's import lock for the current thread.", imp_acquire_lock},
    {"release_lock", "($module, /)", "Release the interpreter's import lock.", imp_release_lock},
    {"lock_held", "($module, /)", "Return True if the import lock is currently held, else False.", imp_lock_held},
    {"create_builtin", "($module, spec, /)", "Make a module in C, not executed yet.", imp_create_builtin},
    {"create_dynamic", "($module, spec, file=<unrepresentable>, /)", "Load an extension module: ImportError.", imp_create_dynamic},
    {"exec_builtin", "($module, mod, /)", "Execute a module in C.", imp_exec_builtin},
    {"exec_dynamic", "($module, mod, /)", "Execute an extension module.", imp_exec_builtin},
    {"extension_suffixes", "($module, /)", "The suffixes of extension modules.", imp_extension_suffixes},
    {"find_frozen", "($module, name, /, *, withdata=False)", "None, or (data, is_package, original name) of a frozen module.", imp_find_frozen},
    {"get_frozen_object", "($module, name, data=None, /)", "The code of a frozen module.", imp_get_frozen_object},
    {"init_frozen", "($module, name, /)", "Make and execute a frozen module.", imp_init_frozen},
    {"is_builtin", "($module, name, /)", "Whether there is a module in C of that name.", imp_is_builtin},
    {"is_frozen", "($module, name, /)", "Whether there is a frozen module of that name.", imp_is_frozen},
    {"is_frozen_package", "($module, name, /)", "Whether the frozen module is a package.", imp_is_frozen_package},
    {"source_hash", "($module, key, source)", "The hash of a source file for hash-based caches.", imp_source_hash},
    {NULL},
};

static bool imp_exec(Thread *t, Value module) {
    const Config *config = t->runtime->config;
    return module_add_cstr(t, module, "check_hash_based_pycs", config->check_hash_pycs ? config->check_hash_pycs : "default") &&
           module_add_int(t, module, "pyc_magic_number_token", MARSHAL_PYC_TOKEN);
}

const ModuleDef module__imp = {
    .name = "_imp",
    .doc = "The interpreter's part of importing: modules in C and frozen ones.",
    .functions = functions,
    .state_size = sizeof(ImpState),
    .exec = imp_exec,
};
