/* The module builtins: the short functions, and the table of all. */
#include "modules/builtins/builtins_priv.h"
#include "modules/builtins/input.h"
#include "core/config.h"
#include "import/import.h"
#include "types/iterators.h"
#include "vm/run.h"

static Value builtins_abs(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return number_abs(t, args[0]); }
static Value builtins_ascii(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return ascii_of(t, args[0]); }
static Value builtins_callable(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(is_callable(t, args[0])); }
static Value builtins_divmod(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return number_binary(t, OP_divmod, args[0], args[1]); }
static Value builtins_repr(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return repr_of(t, args[0]); }

static Value in_base(Thread *t, Value v, int base) {
    Value i = number_index(t, v);
    if (is_null(i)) return VNULL;
    Value text = int_to_str(t, i, base, true);
    decref(t, i);
    return text;
}
static Value builtins_bin(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return in_base(t, args[0], 2); }
static Value builtins_oct(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return in_base(t, args[0], 8); }
static Value builtins_hex(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return in_base(t, args[0], 16); }

static Value builtins_chr(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value i = number_index(t, args[0]);
    if (is_null(i)) return VNULL;
    int64_t c = is_smallint(i) ? smallint_get(i) : -1;
    decref(t, i);
    if (c < 0 || c > 0x10ffff) return err_raise(t, T_ValueError, "chr() arg not in range(0x110000)");
    return str_from_char(t, (uint32_t)c);
}

static Value builtins_ord(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value v = args[0];
    int64_t length;
    if (is_str(t, v)) {
        length = str_len(V_AS(Str, v));
        if (length == 1) return v_smallint(str_at(V_AS(Str, v), 0));
    } else if (is_bytes(t, v)) {
        length = V_AS(Bytes, v)->length;
        if (length == 1) return v_smallint((uint8_t)V_AS(Bytes, v)->data[0]);
    } else if (IS_A(t, v, bytearray)) {
        length = V_AS(ByteArray, v)->length;
        if (length == 1) return v_smallint((uint8_t)V_AS(ByteArray, v)->start[0]);
    } else {
        return err_raise(t, T_TypeError, "ord() expected string of length 1, but %T found", v);
    }
    return err_raise(t, T_TypeError, "ord() expected a character, but string of length %lld found", (long long)length);
}

static Value builtins_hash(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t hash;
    return hash_of(t, args[0], &hash) ? int_from_i64(t, hash) : VNULL;
}

static Value builtins_id(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return int_from_u64(t, args[0].bits); }

static Value builtins_len(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t n = length_of(t, args[0]);
    return n < 0 ? VNULL : int_from_i64(t, n);
}

static Value builtins_format(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_null(args[1]) && !is_str(t, args[1])) return err_raise(t, T_TypeError, "format() argument 2 must be str, not %T", args[1]);
    return format_of(t, args[0], args[1]);
}

static Value builtins_pow(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return number_power(t, args[0], args[1], is_null(args[2]) ? V_NONE : args[2]);
}

static Value builtins_round(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool found;
    Value digits = args[1];
    uint32_t given = !is_null(digits) && !is_none(digits);
    Value result = call_special(t, args[0], N(t, __round__), &digits, given, &found);
    if (!found && !err_pending(t)) return err_raise(t, T_TypeError, "type %T doesn't define __round__ method", args[0]);
    return result;
}

/* --- Attributes -------------------------------------------------------------------------------- */

static bool check_attribute_name(Thread *t, Value name) {
    return is_str(t, name) || err_fail(t, T_TypeError, "attribute name must be string, not '%T'", name);
}

static Value builtins_getattr(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "getattr", kwnames) || !call_arity(t, "getattr", nargs, 2, 3)) return VNULL;
    if (!check_attribute_name(t, args[1])) return VNULL;
    if (nargs == 2) return attr_get(t, args[0], args[1]);
    Value v = attr_get_maybe(t, args[0], args[1]);
    return is_null(v) && !err_pending(t) ? new_ref(args[2]) : v;
}

static Value builtins_hasattr(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_attribute_name(t, args[1])) return VNULL;
    int has = attr_has(t, args[0], args[1]);
    return has < 0 ? VNULL : v_bool(has);
}

static Value builtins_setattr(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return check_attribute_name(t, args[1]) && attr_set(t, args[0], args[1], args[2]) ? V_NONE : VNULL;
}

static Value builtins_delattr(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return check_attribute_name(t, args[1]) && attr_set(t, args[0], args[1], VNULL) ? V_NONE : VNULL;
}

static Value builtins_dir(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "dir", kwnames) || !call_arity(t, "dir", nargs, 0, 1)) return VNULL;
    if (nargs == 1) return dir_of(t, args[0]);
    Value locals = frame_locals(t);
    if (is_null(locals)) return VNULL;
    Value keys = call_method_0(t, locals, N(t, keys));
    Value names = is_null(keys) ? VNULL : list_from_iterable(t, keys);
    decref_maybe(t, keys);
    decref(t, locals);
    if (!is_null(names) && !list_sort(t, V_AS(List, names), VNULL, false)) {
        decref(t, names);
        return VNULL;
    }
    return names;
}

static Value builtins_vars(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "vars", kwnames) || !call_arity(t, "vars", nargs, 0, 1)) return VNULL;
    if (nargs == 0) return frame_locals(t);
    Value dict = attr_get_maybe(t, args[0], N(t, __dict__));
    if (is_null(dict) && !err_pending(t)) return err_raise(t, T_TypeError, "vars() argument must have __dict__ attribute");
    return dict;
}

static Value builtins_globals(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value globals = frame_globals(t);
    return is_null(globals) ? V_NONE : new_ref(globals);
}

static Value builtins_locals(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return frame_locals(t); }

static Value builtins_isinstance(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int is = is_instance(t, args[0], args[1]);
    return is < 0 ? VNULL : v_bool(is);
}

static Value builtins_issubclass(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int is = is_subclass(t, args[0], args[1]);
    return is < 0 ? VNULL : v_bool(is);
}

/* --- Iteration --------------------------------------------------------------------------------- */

static Value builtins_iter(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "iter", kwnames) || !call_arity(t, "iter", nargs, 1, 2)) return VNULL;
    if (nargs == 1) return iter_of(t, args[0]);
    if (!is_callable(t, args[0])) return err_raise(t, T_TypeError, "iter(v, w): v must be callable");
    return callable_iterator_new(t, args[0], args[1]);
}

static Value builtins_next(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "next", kwnames) || !call_arity(t, "next", nargs, 1, 2)) return VNULL;
    UnaryFn next = type_of(t, args[0])->slots.next; /* not iter_next: a StopIteration keeps its value */
    if (next == NULL) return err_raise(t, T_TypeError, "'%T' object is not an iterator", args[0]);
    Value v = next(t, args[0]);
    if (!is_null(v)) return v;
    if (nargs == 2) {
        if (err_pending(t) && !err_catch(t, T_StopIteration)) return VNULL;
        return new_ref(args[1]);
    }
    return err_pending(t) ? VNULL : err_stop_iteration(t, V_NONE);
}

static Value builtins_aiter(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    UnaryFn aiter = type_of(t, args[0])->slots.aiter;
    if (aiter == NULL) return err_raise(t, T_TypeError, "'%T' object is not an async iterable", args[0]);
    Value iterator = aiter(t, args[0]);
    if (!is_null(iterator) && type_of(t, iterator)->slots.anext == NULL) {
        err_raise(t, T_TypeError, "aiter() returned not an async iterator of type '%T'", iterator);
        decref(t, iterator);
        return VNULL;
    }
    return iterator;
}

static Value builtins_anext(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    UnaryFn anext = type_of(t, args[0])->slots.anext;
    if (anext == NULL) return err_raise(t, T_TypeError, "'%T' object is not an async iterator", args[0]);
    Value awaitable = anext(t, args[0]);
    if (is_null(awaitable) || is_null(args[1])) return awaitable;
    Value wrapped = anext_awaitable_new(t, awaitable, args[1]);
    decref(t, awaitable);
    return wrapped;
}

/* --- Others ------------------------------------------------------------------------------------ */

static Value builtins_import(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t level = 0;
    if (!is_null(args[4]) && !arg_i32(t, args[4], &level)) return VNULL;
    return import_module_level(t, args[0], args[1], args[2], args[3], level);
}

static Value builtins_breakpoint(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value hook = dict_get_cstr(t, t->interp->sys_dict, "breakpointhook");
    if (is_null(hook)) return err_raise(t, T_RuntimeError, "lost sys.breakpointhook");
    incref(hook);
    Value result = call_copy(t, hook, args, nargs, kwnames);
    decref(t, hook);
    return result;
}

static Value builtins_open(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value io = t->hooks->import(t, "_io");
    if (is_null(io)) return VNULL;
    Value open = attr_get(t, io, N(t, open));
    decref(t, io);
    if (is_null(open)) return VNULL;
    Value result = call_copy(t, open, args, nargs, kwnames);
    decref(t, open);
    return result;
}

static const MethodDef functions[] = {
    {"__build_class__", NULL, "Make a class: what the class statement calls.", builtins_build_class, 0, FX_NEEDS_FRAME},
    {"__import__", "($module, /, name, globals=None, locals=None, fromlist=(), level=0)",
     "Import a module: what the import statement calls. Programs use importlib.import_module().", builtins_import, 0, FX_NEEDS_FRAME},
    {"abs", "($module, x, /)", "The absolute value of a number.", builtins_abs},
    {"aiter", "($module, async_iterable, /)", "An asynchronous iterator over an asynchronous iterable.", builtins_aiter},
    {"all", "($module, iterable, /)", "True if every item is true; so also if there is none.", builtins_all},
    {"anext", "($module, aiterator, default=<unrepresentable>, /)",
     "An awaitable for the next item of an asynchronous iterator, or for the default once it is exhausted.", builtins_anext},
    {"any", "($module, iterable, /)", "True if at least one item is true.", builtins_any},
    {"ascii", "($module, obj, /)", "As repr(), with what is not ASCII escaped.", builtins_ascii},
    {"bin", "($module, number, /)", "An integer in binary, such as '0b101'.\n\n>>> bin(-10)\n'-0b1010'", builtins_bin},
    {"breakpoint", "($module, /, *args, **kws)", "Call sys.breakpointhook(), which enters the debugger unless set otherwise.", builtins_breakpoint, 0, FX_NEEDS_FRAME},
    {"callable", "($module, obj, /)", "Whether the object can be called; classes can.", builtins_callable, 0, FX_NO_PYTHON | FX_NO_RAISE},
    {"chr", "($module, i, /)", "The character with a code point, 0 to 0x10ffff.", builtins_chr},
    {"compile", "($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
     "Compile source text or a syntax tree into code for exec() or eval().\n\nmode is 'exec' for a module, 'eval' for an expression, "
     "'single' for one interactive statement. The __future__ statements in force at the call hold unless dont_inherit is true.",
     builtins_compile, 0, FX_NEEDS_FRAME},
    {"delattr", "($module, obj, name, /)", "Delete the named attribute: delattr(x, 'y') is del x.y.", builtins_delattr},
    {"dir", NULL, "dir([object]) -> list of strings\n\nThe names in the current scope, or the names of an object's attributes, sorted.", builtins_dir, 0, FX_NEEDS_FRAME},
    {"divmod", "($module, x, y, /)", "The tuple (x//y, x%y).", builtins_divmod},
    {"eval", "($module, source, /, globals=None, locals=None)",
     "The value of an expression, given as text or code, in a scope: the caller's, unless globals and locals are given.", builtins_eval, 0, FX_NEEDS_FRAME},
    {"exec", "($module, source, /, globals=None, locals=None, *, closure=None)",
     "Run statements, given as text or code, in a scope: the caller's, unless globals and locals are given.\n\n"
     "closure: the tuple of cells that a code object with free variables needs.", builtins_exec, 0, FX_NEEDS_FRAME},
    {"format", "($module, value, format_spec='', /)", "Text of a value by a format specification: value.__format__(format_spec).", builtins_format},
    {"getattr", NULL, "getattr(object, name[, default]) -> value\n\nThe named attribute, or the default where there is none: getattr(x, 'y') is x.y.", builtins_getattr},
    {"globals", "($module, /)", "The dictionary of the current global scope; changing it changes the scope.", builtins_globals, 0, FX_NEEDS_FRAME | FX_NO_PYTHON},
    {"hasattr", "($module, obj, name, /)", "Whether the object has the named attribute.", builtins_hasattr},
    {"hash", "($module, obj, /)", "The hash value: equal objects have equal ones.", builtins_hash},
    {"hex", "($module, number, /)", "An integer in hexadecimal, such as '0xff'.\n\n>>> hex(-256)\n'-0x100'", builtins_hex},
    {"id", "($module, obj, /)", "The identity of an object: unique among those that exist at the time.", builtins_id, 0, FX_NO_PYTHON},
    {"input", "($module, prompt='', /)", "Read a line from standard input, without its newline; EOFError at the end.", builtins_input},
    {"isinstance", "($module, obj, class_or_tuple, /)", "Whether an object is an instance of a class, or of one of a tuple or union of classes.", builtins_isinstance},
    {"issubclass", "($module, cls, class_or_tuple, /)", "Whether a class derives from another one, or from one of a tuple or union.", builtins_issubclass},
    {"iter", NULL, "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nThe second form calls until the sentinel comes.", builtins_iter},
    {"len", "($module, obj, /)", "The number of items in a container.", builtins_len},
    {"locals", "($module, /)", "A dictionary of the current local variables.", builtins_locals, 0, FX_NEEDS_FRAME},
    {"max", NULL, "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe biggest item or argument.", builtins_max},
    {"min", NULL, "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe smallest item or argument.", builtins_min},
    {"next", NULL, "next(iterator[, default])\n\nThe next item; once there is none, the default, or StopIteration.", builtins_next},
    {"oct", "($module, number, /)", "An integer in octal, such as '0o17'.\n\n>>> oct(64)\n'0o100'", builtins_oct},
    {"open", NULL, "Open a file and answer a stream: see io.open().", builtins_open},
    {"ord", "($module, character, /)", "The code point of a character, or the value of a single byte.", builtins_ord},
    {"pow", "($module, /, base, exp, mod=None)", "base**exp, or base**exp % mod without the large number in between.", builtins_pow},
    {"print", "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)", "Write values as text to a stream, sys.stdout unless file is given.\n\n"
     "sep stands between the values, end behind the last; flush empties the stream's buffer.", builtins_print},
    {"repr", "($module, obj, /)", "Text for programmers; for many types eval(repr(obj)) == obj.", builtins_repr},
    {"round", "($module, /, number, ndigits=None)", "A number rounded to so many decimals (negative: tens, hundreds ...); an int without ndigits.", builtins_round},
    {"setattr", "($module, obj, name, value, /)", "Set the named attribute: setattr(x, 'y', v) is x.y = v.", builtins_setattr},
    {"sorted", "($module, iterable, /, *, key=None, reverse=False)", "A new sorted list of the items; the order of equal ones is kept.", builtins_sorted, MF_UNPACKS},
    {"sum", "($module, iterable, /, start=0)", "The start value plus all the numbers of an iterable.", builtins_sum},
    {"vars", NULL, "vars([object]) -> dictionary\n\nobject.__dict__, or locals() without an argument.", builtins_vars, 0, FX_NEEDS_FRAME},
    {NULL},
};

/* Types that builtins shows, with the exceptions. */
static bool add_types(Thread *t, Value module) {
    static const enum TypeId ids[] = {T_object, T_type, T_int, T_bool, T_float, T_complex, T_str, T_bytes, T_bytearray, T_memoryview, T_tuple,
                                      T_list, T_dict, T_set, T_frozenset, T_slice, T_range, T_property, T_staticmethod, T_classmethod,
                                      T_super, T_enumerate, T_zip, T_map, T_filter, T_reversed};
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        Type *type = builtin_type(t, ids[i]);
        if (!dict_set(t, V_AS(Module, module)->dict, type->name, v_from(type))) return false;
    }
    for (int id = T_BaseException; id <= T_UserWarning; id++) {
        Type *type = builtin_type(t, id);
        if (!dict_set(t, V_AS(Module, module)->dict, type->name, v_from(type))) return false;
    }
    return true;
}

static bool builtins_exec_module(Thread *t, Value module) {
    Value os_error = v_from(builtin_type(t, T_OSError));
    return add_types(t, module) && module_add(t, module, "EnvironmentError", new_ref(os_error)) &&
           module_add(t, module, "IOError", new_ref(os_error)) && module_add(t, module, "None", V_NONE) &&
           module_add(t, module, "True", V_TRUE) && module_add(t, module, "False", V_FALSE) &&
           module_add(t, module, "Ellipsis", V_ELLIPSIS) && module_add(t, module, "NotImplemented", V_NOTIMPL) &&
           module_add(t, module, "__debug__", v_bool(t->runtime->config->optimize == 0));
}

const ModuleDef module_builtins = {
    .name = "builtins",
    .doc = "Built-in functions, types, exceptions and constants: the names that are there in every scope.",
    .functions = functions,
    .state_size = sizeof(BuiltinsState),
    .exec = builtins_exec_module,
};
