/* The module sys: the short functions, and the table. What looks at frames and threads is in vm/sys_vm.c. */
#include "modules/sys.h"

#include <dlfcn.h>

#include "core/config.h"
#include "modules/sys/sys_priv.h"
#include "vm/sys_vm.h"
#include "object/census.h"
#include "object/fs_text.h"
#include "object/instance.h"

/* As `raise` of old had it: a tuple is the exception's arguments, None is none, and a SystemExit is raised itself. */
static Value sys_exit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value status = is_null(args[0]) ? V_NONE : args[0], class = v_from(builtin_type(t, T_SystemExit));
    if (is_instance_of(t, status, builtin_type(t, T_SystemExit))) return err_raise_value(t, status);
    Value exception = is_none(status) ? call_0(t, class) : is_tuple(t, status) ? call_tuple(t, class, status, VNULL) : call_1(t, class, status);
    if (is_null(exception)) return VNULL;
    err_raise_value(t, exception);
    decref(t, exception);
    return VNULL;
}

static Value sys_intern(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!IS_EXACT(args[0], str)) {
        if (is_str(t, args[0])) return err_raise(t, T_TypeError, "can't intern %T", args[0]);
        return err_raise(t, T_TypeError, "intern() argument must be str, not %T", args[0]);
    }
    return str_intern(t, new_ref(args[0]));
}

static Value sys_is_interned(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "_is_interned() argument must be str, not %T", args[0]);
    return v_bool(str_is_interned(V_AS(Str, args[0])));
}
static Value sys_is_immortal(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(!is_ptr(args[0]) || is_immortal(v_obj(args[0]))); }

static Value sys_getrefcount(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_ptr(args[0]) || is_immortal(v_obj(args[0]))) return int_from_i64(t, 3221225472); /* as immortal objects answer */
    return v_smallint(v_obj(args[0])->refs);
}

/* The bytes of an object by its __sizeof__. */
static Value sys_getsizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value out[2];
    if (!call_bind_signature(t, "getsizeof", "(object, default=<unrepresentable>)", args, nargs, kwnames, out)) return VNULL;
    bool found;
    Value size = call_special(t, out[0], N(t, __sizeof__), NULL, 0, &found);
    if (is_null(size) && !found && !err_pending(t)) err_raise(t, T_TypeError, "Type %T doesn't define __sizeof__", out[0]);
    if (!is_null(size) && is_int(t, size) && int_sign(size) < 0) {
        slot_clear(t, &size);
        err_raise(t, T_ValueError, "__sizeof__() should return >= 0");
    }
    if (!is_null(size) && !is_int(t, size)) {
        err_raise(t, T_TypeError, "'%T' object cannot be interpreted as an integer", size);
        slot_clear(t, &size);
    }
    if (is_null(size) && !is_null(out[1]) && err_catch(t, T_TypeError)) return new_ref(out[1]);
    return size;
}

static Value sys_getdefaultencoding(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return str_from_cstr(t, "utf-8"); }
static Value sys_getfilesystemencoding(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return str_from_cstr(t, fs_encoding(t)); }
static Value sys_getfilesystemencodeerrors(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return new_ref(N(t, surrogateescape)); }

static Value sys_get_int_max_str_digits(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(t->interp->int_max_str_digits); }
static Value sys_set_int_max_str_digits(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t digits;
    if (!arg_i32(t, args[0], &digits)) return VNULL;
    if (digits != 0 && digits < 640) return err_raise(t, T_ValueError, "maxdigits must be 0 or larger than 640");
    t->interp->int_max_str_digits = digits;
    return V_NONE;
}

static Value sys_is_finalizing(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(t->interp->finalizing); }
static Value sys_is_gil_enabled(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_TRUE; }
static Value sys_getdlopenflags(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(MODULE_STATE(t, sys, SysState)->dlopen_flags); }
static Value sys_setdlopenflags(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return arg_i32(t, args[0], &MODULE_STATE(t, sys, SysState)->dlopen_flags) ? V_NONE : VNULL;
}
static Value sys_getallocatedblocks(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint((int64_t)heap_live_blocks(t)); }
static Value sys_debugmallocstats(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    census_print(t, stderr);
    return V_NONE;
}
static Value sys_nothing(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_NONE; }
static Value sys_false(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return V_FALSE; }

static Value sys_getunicodeinternedsize(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint((int64_t)str_intern_count(t)); }
static Value sys_no_trampoline(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_ValueError, "perf trampoline not available");
}
static Value sys_get_cpu_count_config(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(t->runtime->config->cpu_count); }

static Value sys_remote_exec(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_RuntimeError, "Remote debugging is not enabled");
}

static Value sys_baserepl(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value console = import_module(t, "_krait_console");
    if (is_null(console)) return VNULL;
    Value loop = attr_get_cstr(t, console, "plain_loop"), result = is_null(loop) ? VNULL : call_0(t, loop);
    decref_maybe(t, loop);
    decref(t, console);
    return result;
}

/* For dataclasses with slots: the __dict__ and __weakref__ descriptors of a class that is replaced by a copy. */
static Value sys_clear_type_descriptors(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_type(t, args[0])) return err_raise(t, T_TypeError, "argument 1 must be type, not %T", args[0]);
    Type *type = V_AS(Type, args[0]);
    if (type->flags & TF_IMMUTABLE) return err_raise(t, T_TypeError, "argument is immutable");
    if (dict_delete(t, type->dict, N(t, __dict__)) < 0 || dict_delete(t, type->dict, N(t, __weakref__)) < 0) return VNULL;
    type_modified(t, type);
    return V_NONE;
}

static const MethodDef functions[] = {
    {"_baserepl", "($module, /)", "Private: the plain interactive loop.", sys_baserepl},
    {"_clear_internal_caches", "($module, /)", "Clear caches that only cost memory.", sys_nothing},
    {"_clear_type_cache", "($module, /)", "Clear the cache of attribute lookups.", sys_nothing},
    {"_clear_type_descriptors", "($module, type, /)", "Private: remove a class's descriptors of __dict__ and __weakref__.", sys_clear_type_descriptors},
    {"_get_cpu_count_config", "($module, /)", "Private: the number of processors given by -X cpu_count, or -1.", sys_get_cpu_count_config},
    {"_is_gil_enabled", "($module, /)", "Whether threads take turns: True.", sys_is_gil_enabled},
    {"_is_immortal", "($module, op, /)", "Whether an object is never freed.", sys_is_immortal},
    {"_is_interned", "($module, string, /)", "Whether a string is interned.", sys_is_interned},
    {"activate_stack_trampoline", "($module, backend, /)", "Not available.", sys_no_trampoline},
    {"deactivate_stack_trampoline", "($module, /)", "Not available.", sys_nothing},
    {"is_stack_trampoline_active", "($module, /)", "False.", sys_false},
    {"is_remote_debug_enabled", "($module, /)", "Whether another process may run code in this one: False.", sys_false},
    {"remote_exec", "($module, /, pid, script)", "Not available.", sys_remote_exec},
    {"addaudithook", "($module, /, hook)", "Add a function that hears of every audit event.", sys_addaudithook},
    {"audit", "($module, event, /, *args)", "Tell the audit hooks of an event.", sys_audit},
    {"breakpointhook", "($module, /, *args, **kwargs)", "What breakpoint() calls: enters the debugger, or what PYTHONBREAKPOINT names.", sys_breakpointhook},
    {"displayhook", "($module, object, /)", "Print a value and keep it in builtins._", sys_displayhook},
    {"excepthook", "($module, exctype, value, traceback, /)", "Show an exception with its traceback on sys.stderr.", sys_excepthook},
    {"exit", "($module, status=None, /)", "Raise SystemExit(status).", sys_exit},
    {"get_int_max_str_digits", "($module, /)", "The limit of digits in conversions between int and decimal text.", sys_get_int_max_str_digits},
    {"set_int_max_str_digits", "($module, /, maxdigits)", "Set that limit; 0 for none.", sys_set_int_max_str_digits},
    {"_debugmallocstats", "($module, /)", "Prints tables of the heap to stderr: its size classes, and the objects by type.", sys_debugmallocstats},
    {"getallocatedblocks", "($module, /)", "The number of blocks of memory in use.", sys_getallocatedblocks},
    {"getdefaultencoding", "($module, /)", "The encoding of str.encode() without an argument.", sys_getdefaultencoding},
    {"getdlopenflags", "($module, /)", "The flags for loading shared libraries.", sys_getdlopenflags},
    {"setdlopenflags", "($module, flags, /)", "Set the flags for loading shared libraries.", sys_setdlopenflags},
    {"getfilesystemencoding", "($module, /)", "The encoding of file names.", sys_getfilesystemencoding},
    {"getfilesystemencodeerrors", "($module, /)", "The error handler of file names.", sys_getfilesystemencodeerrors},
    {"getrefcount", "($module, object, /)", "The number of references to an object, that of the call's argument included.", sys_getrefcount},
    {"getsizeof", NULL, "getsizeof(object [, default]) -> int\n\nThe size of an object in bytes.", sys_getsizeof},
    {"getunicodeinternedsize", "($module, /, *, _only_immortal=False)", "The number of interned strings.", sys_getunicodeinternedsize},
    {"intern", "($module, string, /)", "The one interned string that equals the argument.", sys_intern},
    {"is_finalizing", "($module, /)", "Whether the interpreter is shutting down.", sys_is_finalizing},
    {"unraisablehook", "($module, unraisable, /)", "Show an exception that nobody can catch.", sys_unraisablehook},
    {NULL},
};

static int sys_traverse(void *state, VisitFn visit, void *context) {
    Value hooks = ((SysState *)state)->audit_hooks;
    return is_null(hooks) ? 0 : visit(hooks, context);
}

/* sys._jit: what is asked of CPython's compiler; Krait's own compiler is none of it. */
static const MethodDef jit_functions[] = {
    {"is_available", "($module, /)", "False.", sys_false},
    {"is_enabled", "($module, /)", "False.", sys_false},
    {"is_active", "($module, /)", "False.", sys_false},
    {NULL},
};
static bool add_jit(Thread *t, Value module) {
    Value name = str_from_cstr(t, "sys._jit"), jit = is_null(name) ? VNULL : module_new(t, name);
    decref_maybe(t, name);
    if (is_null(jit)) return false;
    return (module_add_functions(t, jit, jit_functions) || (decref(t, jit), false)) && module_add(t, module, "_jit", jit);
}

static bool keep_original(Thread *t, Value module, const char *name, const char *original) {
    Value function = dict_get_cstr(t, V_AS(Module, module)->dict, name);
    return !is_null(function) && module_add(t, module, original, new_ref(function)); /* the name itself needs memory */
}

static bool sys_exec(Thread *t, Value module) {
    ((SysState *)module_state(module))->dlopen_flags = RTLD_NOW;
    t->interp->module_state[MODULE_sys] = module_state(module);
    return module_add_functions(t, module, sys_vm_functions) && sys_vm_init(t, module) && keep_original(t, module, "displayhook", "__displayhook__") &&
           keep_original(t, module, "excepthook", "__excepthook__") && keep_original(t, module, "unraisablehook", "__unraisablehook__") &&
           keep_original(t, module, "breakpointhook", "__breakpointhook__") && sys_add_info(t, module) && add_jit(t, module) && sys_init_hooks(t, module);
}

const ModuleDef module_sys = {
    .name = "sys",
    .doc = "The interpreter itself: its arguments, versions, modules, streams, hooks and limits.",
    .functions = functions,
    .state_size = sizeof(SysState),
    .exec = sys_exec,
    .traverse = sys_traverse,
};
