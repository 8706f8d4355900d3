/* compile, eval and exec. */
#include "front/compile.h"
#include "modules/ast/ast.h"
#include "modules/builtins/builtins_priv.h"
#include "object/buffer.h"
#include "object/code.h"
#include "object/fs_text.h"
#include "vm/run.h"

enum { FUTURES = CO_FUTURE_DIVISION | CO_FUTURE_ABSOLUTE_IMPORT | CO_FUTURE_WITH_STATEMENT | CO_FUTURE_PRINT_FUNCTION |
                 CO_FUTURE_UNICODE_LITERALS | CO_FUTURE_BARRY_AS_BDFL | CO_FUTURE_GENERATOR_STOP | CO_FUTURE_ANNOTATIONS,
       KNOWN_FLAGS = FUTURES | CO_NESTED | CF_DONT_IMPLY_DEDENT | CF_ONLY_AST | CF_IGNORE_COOKIE | CF_TYPE_COMMENTS | CF_ALLOW_TOP_LEVEL_AWAIT |
                     CF_ALLOW_INCOMPLETE_INPUT | CF_OPTIMIZED_AST };

static int inherited_flags(Thread *t) {
    Code *code = frame_code(t);
    return code ? (int)(code->flags & FUTURES) : 0;
}

/* A file name argument: str, bytes or path. Owned str. */
static Value filename_argument(Thread *t, Value v) {
    if (is_str(t, v)) return str_exact(t, v);
    if (is_bytes(t, v)) return fs_decode_bytes(t, v);
    bool found;
    Value path = call_special(t, v, N(t, __fspath__), NULL, 0, &found);
    if (!found) return err_raise(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", v);
    if (is_null(path)) return path;
    Value name = is_str(t, path) || is_bytes(t, path) ? filename_argument(t, path)
                                                      : err_raise(t, T_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", v, path);
    decref(t, path);
    return name;
}

Value builtins_compile(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value source = args[0];
    int32_t flags = 0, optimize = -1, feature_version = -1;
    bool dont_inherit = false;
    if (!is_str(t, args[2])) return err_raise(t, T_TypeError, "compile() argument 'mode' must be str, not %T", args[2]);
    if (!is_null(args[3]) && !arg_i32(t, args[3], &flags)) return VNULL;
    if (!is_null(args[4]) && !arg_bool(t, args[4], &dont_inherit)) return VNULL;
    if (!is_null(args[5]) && !arg_i32(t, args[5], &optimize)) return VNULL;
    if (!is_null(args[6]) && !arg_i32(t, args[6], &feature_version)) return VNULL;
    if (flags & ~KNOWN_FLAGS) return err_raise(t, T_ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2) return err_raise(t, T_ValueError, "compile(): invalid optimize value");
    static const char *const modes[] = {"exec", "eval", "single", "func_type"};
    enum CompileMode mode = 0;
    while (mode < COUNT_OF(modes) && !str_equals_cstr(V_AS(Str, args[2]), modes[mode])) mode++;
    if (mode == COUNT_OF(modes) || (mode == COMPILE_FUNC_TYPE && !(flags & CF_ONLY_AST))) {
        if (mode == COMPILE_FUNC_TYPE) return err_raise(t, T_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
        return err_raise(t, T_ValueError, flags & CF_ONLY_AST ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                                              : "compile() mode must be 'exec', 'eval' or 'single'");
    }
    if (!dont_inherit) flags |= inherited_flags(t);
    Value filename = filename_argument(t, args[1]);
    if (is_null(filename)) return VNULL;
    Value code = ast_is_node(t, source)  ? ast_compile(t, source, filename, mode, flags, optimize)
                 : flags & CF_ONLY_AST ? ast_parse(t, source, filename, mode, flags, optimize, feature_version)
                                       : compile_source(t, source, filename, mode, flags, optimize, feature_version);
    decref(t, filename);
    return code;
}

/* --- eval and exec ----------------------------------------------------------------------------- */

/* The globals and locals of a call, owned. */
static bool namespaces(Thread *t, const char *function, Value given_globals, Value given_locals, Value *globals, Value *locals) {
    bool eval = function[1] == 'v';
    *globals = *locals = VNULL;
    if (!is_null(given_locals) && is_none(given_locals)) given_locals = VNULL;
    if (!is_null(given_globals) && is_none(given_globals)) given_globals = VNULL;
    if (eval) {
        if (!is_null(given_locals) && !is_mapping(t, given_locals)) return err_fail(t, T_TypeError, "locals must be a mapping");
        if (!is_null(given_globals) && !is_dict(t, given_globals))
            return err_fail(t, T_TypeError, is_mapping(t, given_globals) ? "globals must be a real dict; try eval(code, {}, mapping)" : "globals must be a dict");
    } else {
        if (!is_null(given_globals) && !is_dict(t, given_globals))
            return err_fail(t, T_TypeError, "exec() globals must be a dict, not %T", given_globals);
        if (!is_null(given_locals) && !is_mapping(t, given_locals))
            return err_fail(t, T_TypeError, "locals must be a mapping or None, not %T", given_locals);
    }
    if (is_null(given_globals)) {
        Value running = frame_globals(t);
        if (is_null(running)) return err_fail(t, T_SystemError, "globals and locals cannot be NULL");
        *globals = new_ref(running);
        *locals = is_null(given_locals) ? frame_locals(t) : new_ref(given_locals);
    } else {
        *globals = new_ref(given_globals);
        *locals = new_ref(is_null(given_locals) ? given_globals : given_locals);
    }
    if (is_null(*locals)) {
        decref(t, *globals);
        return false;
    }
    return true;
}

/* Compiles text for eval/exec: leading blanks are allowed in eval. */
static Value compile_text(Thread *t, const char *function, Value source, enum CompileMode mode) {
    if (!is_str(t, source) && !is_bytes(t, source) && !has_buffer(t, source))
        return err_raise(t, T_TypeError, "%s() arg 1 must be a string, bytes or code object", function);
    Value filename = str_from_cstr(t, "<string>");
    if (is_null(filename)) return VNULL;
    Value text = new_ref(source);
    if (mode == COMPILE_EVAL && is_str(t, source)) {
        Str *s = V_AS(Str, source);
        int64_t start = 0;
        while (start < str_len(s) && (str_at(s, start) == ' ' || str_at(s, start) == '\t')) start++;
        if (start > 0) slot_set(t, &text, str_substring(t, source, start, str_len(s)));
    }
    Value code = is_null(text) ? VNULL : compile_source(t, text, filename, mode, inherited_flags(t), -1, -1);
    decref_maybe(t, text);
    decref(t, filename);
    return code;
}

Value builtins_eval(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value globals, locals, result = VNULL;
    if (!namespaces(t, "eval", args[1], args[2], &globals, &locals)) return VNULL;
    if (IS_EXACT(args[0], code)) {
        if (V_AS(Code, args[0])->nfree > 0) err_raise(t, T_TypeError, "code object passed to eval() may not contain free variables");
        else result = run_code(t, args[0], globals, locals, VNULL);
    } else {
        Value code = compile_text(t, "eval", args[0], COMPILE_EVAL);
        if (!is_null(code)) {
            result = run_code(t, code, globals, locals, VNULL);
            decref(t, code);
        }
    }
    decref(t, globals);
    decref(t, locals);
    return result;
}

/* closure= must be a tuple of cells of the right length exactly when the code has free variables. */
static bool check_closure(Thread *t, Code *code, Value *closure) {
    if (!is_null(*closure) && is_none(*closure)) *closure = VNULL;
    if (code->nfree == 0) {
        if (!is_null(*closure)) return err_fail(t, T_TypeError, "cannot use a closure with this code object");
        return true;
    }
    bool fits = !is_null(*closure) && IS_EXACT(*closure, tuple) && tuple_len(*closure) == code->nfree;
    for (int64_t i = 0; fits && i < code->nfree; i++) fits = IS_EXACT(tuple_at(*closure, i), cell);
    return fits || err_fail(t, T_TypeError, "code object requires a closure of exactly length %zd", (int64_t)code->nfree);
}

Value builtins_exec(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value globals, locals, result = VNULL, closure = args[3];
    if (!namespaces(t, "exec", args[1], args[2], &globals, &locals)) return VNULL;
    if (IS_EXACT(args[0], code)) {
        if (check_closure(t, V_AS(Code, args[0]), &closure)) result = run_code(t, args[0], globals, locals, closure);
    } else if (!is_null(closure) && !is_none(closure)) {
        err_raise(t, T_TypeError, "closure argument can only be used when source is a code object");
    } else {
        Value code = compile_text(t, "exec", args[0], COMPILE_EXEC);
        if (!is_null(code)) {
            result = run_code(t, code, globals, locals, VNULL);
            decref(t, code);
        }
    }
    decref(t, globals);
    decref(t, locals);
    if (is_null(result)) return VNULL;
    decref(t, result);
    return V_NONE;
}
