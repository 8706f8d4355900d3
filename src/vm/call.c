/* Calls of Python functions: binding arguments, entering from C and from the loop.
 *
 * Binding works in place: the call's values (nargs positional ones, then one for each name in kwnames) stand, owned, where the callee's registers
 * will be, and are moved to the parameters they belong to. When it fails all of them are dropped.
 */
#include "vm/call.h"

#include <string.h>

#include "heap/heap.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/weakref.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "ops/suggest.h"
#include "vm/eval_priv.h"

Value callable_text(Thread *t, Value callee) {
    Value qualname = attr_get_maybe(t, callee, N(t, __qualname__)), module = VNULL, text = VNULL;
    if (is_null(qualname)) return err_pending(t) ? VNULL : str_of(t, callee);
    if (is_str(t, qualname)) {
        module = attr_get_maybe(t, callee, N(t, __module__));
        if (is_null(module) && err_pending(t)) goto done;
        if (!is_null(module) && is_str(t, module) && !str_equals_cstr(V_AS(Str, module), "builtins")) text = str_format(t, "%S.%S()", module, qualname);
        else text = str_format(t, "%S()", qualname);
    } else {
        text = str_of(t, callee);
    }
done:
    decref(t, qualname);
    decref_maybe(t, module);
    return text;
}

bool dict_merge_keywords(Thread *t, Value kwargs, Value mapping, Value callee) {
    if (dict_merge(t, kwargs, mapping, 2)) return true;
    Value text;
    if (err_catch(t, T_AttributeError)) {
        text = callable_text(t, callee);
        if (!is_null(text)) err_raise(t, T_TypeError, "%U argument after ** must be a mapping, not %T", text, mapping);
        decref_maybe(t, text);
    } else if (err_is(t, T_KeyError)) {
        Value error = err_fetch(t);
        Value args = V_AS(ExceptionBase, error)->args;
        if (is_null(args) || tuple_len(args) != 1) {
            err_restore(t, error);
            return false;
        }
        Value key = tuple_at(args, 0);
        text = callable_text(t, callee);
        if (is_null(text)) {
        } else {
            err_raise(t, T_TypeError, "%U got multiple values for keyword argument '%S'", text, key);
        }
        decref_maybe(t, text);
        decref(t, error);
    }
    return false;
}

static void wipe(Thread *t, Value *registers, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        Value v = registers[i];
        registers[i] = V_UNBOUND;
        if (is_obj(v)) obj_decref(t, v_obj(v));
    }
}

/* ... from the last to the first. */
static void wipe_backwards(Thread *t, Value *registers, uint32_t n) {
    while (n-- > 0) {
        Value v = registers[n];
        registers[n] = V_UNBOUND;
        if (is_obj(v)) obj_decref(t, v_obj(v));
    }
}

void arguments_die(Thread *t, Object *last, Value *others, uint32_t n) {
    object_dealloc(t, last);
    wipe_backwards(t, others, n);
}

/* --- Errors ---------------------------------------------------------------------------------------------------------------- */

/* 'a', 'b', and 'c' of the parameters whose register is unbound. */
static Value list_missing(Thread *t, Code *code, const Value *registers, uint32_t from, uint32_t to, uint32_t count) {
    StrBuilder b;
    str_builder_init(&b);
    uint32_t seen = 0;
    for (uint32_t i = from; i < to; i++) {
        if (!is_unbound(registers[i])) continue;
        seen++;
        if (seen > 1) str_builder_cstr(t, &b, count == 2 ? " and " : seen == count ? ", and " : ", ");
        str_builder_repr(t, &b, tuple_at(code->local_names, i));
    }
    return str_builder_finish(t, &b);
}

static bool missing_arguments(Thread *t, Function *f, const Value *registers, uint32_t from, uint32_t to, const char *kind) {
    uint32_t count = 0;
    for (uint32_t i = from; i < to; i++) count += is_unbound(registers[i]);
    Value names = list_missing(t, f->code, registers, from, to, count);
    if (is_null(names)) return false;
    err_raise(t, T_TypeError, "%U() missing %u required %s argument%s: %U", f->qualname, count, kind, count == 1 ? "" : "s", names);
    decref(t, names);
    return false;
}

static bool too_many_positional(Thread *t, Function *f, uint32_t given, uint32_t kwonly_given) {
    Code *code = f->code;
    uint32_t defaults = is_null(f->defaults) ? 0 : (uint32_t)tuple_len(f->defaults);
    uint32_t most = code->nargs;
    Value takes = defaults ? str_format(t, "from %u to %u", most - defaults, most) : str_format(t, "%u", most);
    if (is_null(takes)) return false;
    bool plural = defaults ? true : most != 1;
    if (kwonly_given)
        err_raise(t, T_TypeError, "%U() takes %U positional argument%s but %u positional argument%s (and %u keyword-only argument%s) were given", f->qualname,
                  takes, plural ? "s" : "", given, given == 1 ? "" : "s", kwonly_given, kwonly_given == 1 ? "" : "s");
    else
        err_raise(t, T_TypeError, "%U() takes %U positional argument%s but %u %s given", f->qualname, takes, plural ? "s" : "", given,
                  given == 1 ? "was" : "were");
    decref(t, takes);
    return false;
}

static bool unexpected_keyword(Thread *t, Function *f, Value keyword) {
    Code *code = f->code;
    Value best = suggest_name(t, V_AS(Tuple, code->local_names)->items + code->nposonly, code->nargs + code->nkwonly - code->nposonly, keyword);
    if (is_null(best)) return err_fail(t, T_TypeError, "%U() got an unexpected keyword argument '%S'", f->qualname, keyword);
    return err_fail(t, T_TypeError, "%U() got an unexpected keyword argument '%S'. Did you mean '%S'?", f->qualname, keyword, best);
}

/* Keywords that name positional-only parameters, if there are any: false with the error. */
static bool check_positional_only(Thread *t, Function *f, Value kwnames) {
    Code *code = f->code;
    StrBuilder b;
    str_builder_init(&b);
    bool any = false;
    for (uint32_t i = 0; i < code->nposonly; i++) {
        Value name = tuple_at(code->local_names, i);
        for (int64_t k = 0; k < tuple_len(kwnames); k++) {
            int same_name = equal_fast(t, name, tuple_at(kwnames, k));
            if (same_name < 0) {
                str_builder_drop(t, &b);
                return false;
            }
            if (!same_name) continue;
            if (any) str_builder_cstr(t, &b, ", ");
            str_builder_str(t, &b, name);
            any = true;
        }
    }
    if (!any) {
        str_builder_drop(t, &b);
        return true;
    }
    Value names = str_builder_finish(t, &b);
    if (is_null(names)) return false;
    err_raise(t, T_TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'", f->qualname, names);
    decref(t, names);
    return false;
}

/* --- Binding ---------------------------------------------------------------------------------------------------------------- */

/* The parameter's register for a keyword: -1 none, -2 error. */
static int64_t find_keyword(Thread *t, Code *code, Value keyword) {
    uint32_t end = code->nargs + code->nkwonly;
    Value *names = V_AS(Tuple, code->local_names)->items;
    for (uint32_t i = code->nposonly; i < end; i++)
        if (same(names[i], keyword)) return i;
    for (uint32_t i = code->nposonly; i < end; i++) {
        int r = equal(t, names[i], keyword);
        if (r < 0) return -2;
        if (r) return i;
    }
    return -1;
}

static bool bind_keywords(Thread *t, Function *f, Value *registers, Value *values, Value kwnames, Value kwargs) {
    Code *code = f->code;
    for (int64_t k = 0; k < tuple_len(kwnames); k++) {
        Value keyword = tuple_at(kwnames, k);
        if (!is_str(t, keyword)) return err_fail(t, T_TypeError, "keywords must be strings");
        int64_t i = find_keyword(t, code, keyword);
        if (i == -2) return false;
        if (i >= 0) {
            if (!is_unbound(registers[i])) return err_fail(t, T_TypeError, "%U() got multiple values for argument '%S'", f->qualname, keyword);
            registers[i] = values[k];
            values[k] = V_UNBOUND;
        } else if (!is_null(kwargs)) {
            if (!dict_set(t, kwargs, keyword, values[k])) return false;
        } else {
            if (code->nposonly && !check_positional_only(t, f, kwnames)) return false;
            return unexpected_keyword(t, f, keyword);
        }
    }
    return true;
}

static bool bind_defaults(Thread *t, Function *f, Value *registers, uint32_t given) {
    Code *code = f->code;
    if (given < code->nargs) {
        uint32_t ndefaults = is_null(f->defaults) ? 0 : (uint32_t)tuple_len(f->defaults);
        uint32_t required = ndefaults < code->nargs ? code->nargs - ndefaults : 0;
        for (uint32_t i = given; i < required; i++)
            if (is_unbound(registers[i])) return missing_arguments(t, f, registers, given, required, "positional");
        for (uint32_t i = given > required ? given : required; i < code->nargs; i++)
            if (is_unbound(registers[i])) registers[i] = new_ref(tuple_at(f->defaults, i - code->nargs + ndefaults));
    }
    if (code->nkwonly) {
        uint32_t end = code->nargs + code->nkwonly;
        bool missing = false;
        for (uint32_t i = code->nargs; i < end; i++) {
            if (!is_unbound(registers[i])) continue;
            Value v = is_null(f->kwdefaults) ? VNULL : dict_get(t, f->kwdefaults, tuple_at(code->local_names, i));
            if (is_null(v)) {
                if (err_pending(t)) return false;
                missing = true;
            } else {
                registers[i] = new_ref(v);
            }
        }
        if (missing) return missing_arguments(t, f, registers, code->nargs, end, "keyword-only");
    }
    return true;
}

bool function_bind(Thread *t, Function *f, Value *registers, uint32_t nargs, Value kwnames) {
    Code *code = f->code;
    uint32_t nkw = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames);
    Value few[16], *values = few;
    uint32_t extra = nargs > code->nargs ? nargs - code->nargs : 0;
    uint32_t nparams = code->nargs + code->nkwonly;
    Value rest = VNULL, kwargs = VNULL;
    bool ok = false;
    if (nkw > COUNT_OF(few)) {
        values = heap_alloc(t, nkw * sizeof(Value));
        if (values == NULL) {
            wipe(t, registers, nargs + nkw);
            return false;
        }
    }
    for (uint32_t i = 0; i < nkw; i++) {
        values[i] = registers[nargs + i];
        registers[nargs + i] = V_UNBOUND;
    }
    for (uint32_t i = nargs; i < code->nlocals; i++) registers[i] = V_UNBOUND;

    if (code->flags & CO_VARARGS) {
        rest = extra ? tuple_take(t, registers + code->nargs, extra) : new_ref(t->interp->empty_tuple);
        for (uint32_t i = 0; i < extra; i++) registers[code->nargs + i] = V_UNBOUND;
        if (is_null(rest)) goto done;
        registers[nparams] = rest;
    }
    if (code->flags & CO_VARKEYWORDS) {
        kwargs = dict_new(t);
        if (is_null(kwargs)) goto done;
    }
    if (!(code->flags & CO_VARARGS) && extra > 0) {
        /* The keyword-only arguments given are counted in the message; binding them must not hit the surplus. */
        wipe(t, registers + code->nargs, extra);
        if (nkw && !bind_keywords(t, f, registers, values, kwnames, kwargs)) goto done;
        uint32_t kwonly_given = 0;
        for (uint32_t i = code->nargs; i < nparams; i++) kwonly_given += !is_unbound(registers[i]);
        too_many_positional(t, f, nargs, kwonly_given);
        goto done;
    }
    if (nkw && !bind_keywords(t, f, registers, values, kwnames, kwargs)) goto done;
    if (!bind_defaults(t, f, registers, nargs < code->nargs ? nargs : code->nargs)) goto done;
    if (!is_null(kwargs)) {
        registers[nparams + ((code->flags & CO_VARARGS) != 0)] = kwargs;
        kwargs = VNULL;
    }
    ok = true;
done:
    decref_maybe(t, kwargs);
    for (uint32_t i = 0; i < nkw; i++) decref(t, values[i]);
    if (values != few) heap_free(t, values);
    if (!ok) wipe(t, registers, code->nlocals > nargs + nkw ? code->nlocals : nargs + nkw);
    return ok;
}

/* The usual calls of functions without *args and **kwargs: arguments in their places, keywords in the order of the parameters they name, and
 * defaults for the rest. false: function_bind has to see to it; nothing has changed. */
static NOINLINE bool bind_in_order(Thread *t, Function *f, Value *registers, uint32_t nargs, Value kwnames) {
    Code *code = f->code;
    uint32_t npositional = code->nargs, nparams = npositional + code->nkwonly, nkw = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames);
    uint32_t places[8], given = nargs + nkw;
    Value by_name[8];
    if ((code->flags & (CO_OPTIMIZED | CO_VARARGS | CO_VARKEYWORDS)) != CO_OPTIMIZED || nargs > npositional || given > nparams ||
        nkw > COUNT_OF(places) || code->nkwonly > COUNT_OF(by_name))
        return false;
    const Value *names = V_AS(Tuple, code->local_names)->items;
    for (uint32_t k = 0, at = nargs < code->nposonly ? code->nposonly : nargs; k < nkw; k++) {
        while (at < nparams && !same(names[at], tuple_at(kwnames, k))) at++;
        if (at == nparams) return false;
        places[k] = at++;
    }
    /* Parameters without a default must be there. */
    uint32_t ndefaults = is_null(f->defaults) ? 0 : (uint32_t)tuple_len(f->defaults);
    for (uint32_t i = nargs; i + ndefaults < npositional; i++)
        if (i >= given || places[i - nargs] != i) return false;
    for (uint32_t i = npositional, k = 0; i < nparams; i++) {
        while (k < nkw && places[k] < i) k++;
        if (k < nkw && places[k] == i) continue;
        if (is_null(f->kwdefaults) || is_null(by_name[i - npositional] = dict_get_str(t, f->kwdefaults, names[i]))) return false;
    }

    for (uint32_t i = given; i < nparams; i++) registers[i] = V_UNBOUND;
    for (uint32_t k = nkw; k-- > 0 && places[k] != nargs + k;) { /* from the last one on: they move up */
        registers[places[k]] = registers[nargs + k];
        registers[nargs + k] = V_UNBOUND;
    }
    for (uint32_t i = nargs; i < npositional; i++)
        if (is_unbound(registers[i])) registers[i] = new_ref(tuple_at(f->defaults, i + ndefaults - npositional));
    for (uint32_t i = npositional; i < nparams; i++)
        if (is_unbound(registers[i])) registers[i] = new_ref(by_name[i - npositional]);
    return true;
}

static inline bool bind_at_once(Thread *t, Function *f, Value *registers, uint32_t nargs, Value kwnames) {
    Code *code = f->code;
    if (!is_null(kwnames) || code->exact_args == 0xFFFF) return bind_in_order(t, f, registers, nargs, kwnames);
    if (nargs >= code->nargs) return nargs == code->nargs;
    uint32_t missing = code->nargs - nargs, ndefaults = is_null(f->defaults) ? 0 : (uint32_t)tuple_len(f->defaults);
    if (missing > ndefaults) return false;
    const Value *defaults = V_AS(Tuple, f->defaults)->items + ndefaults - missing;
    for (uint32_t i = 0; i < missing; i++) registers[nargs + i] = new_ref(defaults[i]);
    return true;
}

/* --- Entering ---------------------------------------------------------------------------------------------------------------- */

static inline size_t room_needed(Code *code, uint32_t values) { return code->nregs > values ? code->nregs : values; }

/* Code of a module's kind that is called as a function (types.FunctionType) has the globals for its namespace. */
static inline void give_namespace(Thread *t, Function *function, Value *registers) {
    if (UNLIKELY(!(function->code->flags & CO_OPTIMIZED))) slot_set(t, &registers[0], new_ref(function->globals));
}

/* Whether a call makes a generator at once, without a frame on the stack. */
static inline bool makes_generator(Thread *t, const Code *code, uint32_t nargs, uint32_t nvalues) {
    return code->generator_args == nargs + 1 && nvalues == nargs && t->fiber->depth < t->depth_limit && t->coroutine_origin_depth == 0;
}

/* Pushes a frame apart from the window for owned values that lie at `source`: they are moved. function is taken. */
static bool push_apart(Thread *t, Function *function, Value *source, uint32_t nargs, Value kwnames, uint32_t result, uint32_t flags) {
    Code *code = function->code;
    if (UNLIKELY(code->exact_args == 0)) code_prepare(code);
    uint32_t nvalues = nargs + (is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames)), chunk;
    Value *registers = stack_room(t, room_needed(code, nvalues), &chunk);
    if (registers == NULL) {
        wipe(t, source, nvalues);
        goto failed;
    }
    for (uint32_t i = 0; i < nvalues; i++) {
        registers[i] = source[i];
        source[i] = V_UNBOUND;
    }
    /* Binding can run Python code (keywords compared): what it pushes must lie above. */
    Value *top = t->fiber->top;
    bool bound = true, pushed = false;
    if (bind_at_once(t, function, registers, nargs, kwnames)) {
        pushed = frame_push(t, registers, function, nargs = code->nargs + code->nkwonly, result, flags | chunk | FRAME_APART);
    } else {
        t->fiber->top = registers + room_needed(code, nvalues);
        bound = function_bind(t, function, registers, nargs, kwnames);
        t->fiber->top = top;
        if (bound) pushed = frame_push(t, registers, function, code->nlocals, result, flags | chunk | FRAME_APART);
        if (pushed) give_namespace(t, function, registers);
    }
    if (pushed) return true;
    if (bound) wipe(t, registers, code->nlocals > nargs ? code->nlocals : nargs);
    stack_room_drop(t, chunk);
failed:
    obj_decref(t, function);
    return false;
}

Value function_call(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames) {
    Function *function = V_AS(Function, callee);
    Code *code = function->code;
    if (UNLIKELY(code->exact_args == 0)) code_prepare(code);
    uint32_t nvalues = nargs + (is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames)), chunk;
    Value *registers = stack_room(t, room_needed(code, nvalues), &chunk);
    if (UNLIKELY(registers == NULL)) return VNULL;
    for (uint32_t i = 0; i < nvalues; i++) registers[i] = new_ref(args[i]);
    bool bound = true, pushed = false;
    obj_incref(function);
    if (makes_generator(t, code, nargs, nvalues)) {
        Value v = generator_call(t, function, registers);
        if (UNLIKELY(is_null(v))) goto not_pushed;
        stack_room_drop(t, chunk);
        return v;
    }
    if (bind_at_once(t, function, registers, nargs, kwnames)) {
        pushed = frame_push(t, registers, function, nargs = code->nargs + code->nkwonly, 0, FRAME_ENTRY | FRAME_APART | chunk);
    } else {
        Value *top = t->fiber->top;
        t->fiber->top = registers + room_needed(code, nvalues);
        bound = function_bind(t, function, registers, nargs, kwnames);
        t->fiber->top = top;
        if (bound) pushed = frame_push(t, registers, function, code->nlocals, 0, FRAME_ENTRY | FRAME_APART | chunk);
        if (pushed) give_namespace(t, function, registers);
    }
    if (LIKELY(pushed)) return eval(t, t->fiber->frame);
not_pushed:
    if (bound) wipe(t, registers, code->nlocals > nargs ? code->nlocals : nargs);
    stack_room_drop(t, chunk);
    obj_decref(t, function);
    return VNULL;
}

Value function_run_namespace(Thread *t, Function *function, Value namespace) {
    Code *code = function->code;
    if (code->exact_args == 0) code_prepare(code);
    uint32_t chunk;
    Value *registers = stack_room(t, code->nregs, &chunk);
    if (registers == NULL) return VNULL;
    uint32_t first = 0;
    if (!(code->flags & CO_OPTIMIZED) && !is_null(namespace)) registers[first++] = new_ref(namespace);
    obj_incref(function);
    if (!frame_push(t, registers, function, first, 0, FRAME_ENTRY | FRAME_APART | chunk)) {
        wipe(t, registers, first);
        stack_room_drop(t, chunk);
        obj_decref(t, function);
        return VNULL;
    }
    return eval(t, t->fiber->frame);
}

void init_answered(Thread *t, Value instance, Value result) {
    err_raise(t, T_TypeError, "__init__() should return None, not '%T'", result);
    decref(t, result);
    decref(t, instance);
}

/* --- Calls from the loop -------------------------------------------------------------------------------------------------------- */

/* A Python function, whose reference is taken, with the owned values at args in the window of the running frame. */
static bool enter_from_window(Thread *t, Function *function, Value *args, uint32_t nargs, Value kwnames, uint32_t dest, uint32_t flags) {
    Code *code = function->code;
    if (UNLIKELY(code->exact_args == 0)) code_prepare(code);
    Fiber *fiber = t->fiber;
    uint32_t nvalues = nargs + (is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames));
    size_t needed = room_needed(code, nvalues);
    if ((fiber->frame->flags & FRAME_GENERATOR) || args + needed > fiber->limit) return push_apart(t, function, args, nargs, kwnames, dest, flags);
    uint32_t first = code->nargs + code->nkwonly;
    if (!bind_at_once(t, function, args, nargs, kwnames)) {
        Value *top = fiber->top;
        if (args + needed > top) fiber->top = args + needed;
        bool bound = function_bind(t, function, args, nargs, kwnames);
        fiber->top = top;
        if (!bound) {
            obj_decref(t, function);
            return false;
        }
        first = code->nlocals;
    }
    if (frame_push(t, args, function, first, dest, flags)) {
        if (UNLIKELY(code->exact_args == 0xFFFF)) give_namespace(t, function, args);
        return true;
    }
    wipe(t, args, first);
    obj_decref(t, function);
    return false;
}

/* The frame lies above the running frame's registers, as one in a window does, so that it is left in the same way. */
bool enter_above(Thread *t, Function *function, Value *args, uint32_t nargs, uint32_t dest, uint32_t flags) {
    Code *code = function->code;
    Fiber *fiber = t->fiber;
    Value *registers = fiber->top + CALL_GAP;
    obj_incref(function);
    if (UNLIKELY(code->exact_args != nargs + 1 || (fiber->frame->flags & FRAME_GENERATOR) || registers + code->nregs > fiber->limit))
        return push_apart(t, function, args, nargs, VNULL, dest, flags);
    for (uint32_t i = 0; i < nargs; i++) registers[i] = args[i];
    if (LIKELY(frame_push(t, registers, function, nargs, dest, flags))) return true;
    wipe(t, registers, nargs);
    obj_decref(t, function);
    return false;
}

bool enter_getter(Thread *t, Value *R, uint32_t a, uint32_t b, Value getter) {
    Value self = reg_take(R, b);
    return enter_above(t, V_AS(Function, getter), &self, 1, a, 0);
}

/* The __init__ of a class whose __new__ is object's: borrowed; VNULL: calls of the class go the long way. */
static inline Value plain_init(Thread *t, Type *type) {
    if (type->head.shape != SHAPE_type && obj_type(t, &type->head)->slots.call != builtin_type(t, T_type)->slots.call) return VNULL;
    if (!type->new_is_object || (type->flags & TF_ABSTRACT)) return VNULL;
    if (UNLIKELY(type->init_version == 0 || type->init_version != type->version)) {
        uint32_t version = type_version(t, type);
        if (version == 0) return VNULL;
        type->init_cache = type_lookup(t, type, N(t, __init__));
        type->init_version = version;
    }
    return type->init_cache;
}

/* Calls of a class whose __init__ is a Python function and whose __new__ is object's: the instance is made here and __init__ runs in the loop;
 * or is object's, too, and there are no arguments: the instance is the result. The class has one reference, in the window. */
enum Entered { ENTER_FAILED, ENTER_OTHERWISE, ENTER_PUSHED, ENTER_DONE };
static enum Entered enter_class(Thread *t, Value *R, Value *window, Value *args, uint32_t nargs, Value kwnames, uint32_t dest) {
    Type *type = V_AS(Type, window[0]);
    Value init = plain_init(t, type);
    if (is_null(init)) return ENTER_OTHERWISE;
    bool is_python = IS_EXACT(init, function);
    if (is_python ? (V_AS(Function, init)->code->flags & CO_RESUMABLE) != 0
                  : nargs != 0 || !is_null(kwnames) || type->slots.init != builtin_type(t, T_object)->slots.init) return ENTER_OTHERWISE;
    Value self = object_new(t, type);
    if (UNLIKELY(is_null(self))) {
        wipe(t, args, nargs + (is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames)));
        window[0] = V_UNBOUND;
        obj_decref(t, type);
        return ENTER_FAILED;
    }
    self = object_done(t, self);
    window[0] = V_UNBOUND;
    if (!is_python) {
        obj_decref(t, type);
        reg_set(t, R, dest, self);
        return ENTER_DONE;
    }
    obj_incref(v_obj(init));
    args[-1] = new_ref(self);
    bool pushed = enter_from_window(t, V_AS(Function, init), args - 1, nargs + 1, kwnames, dest, FRAME_INIT);
    if (LIKELY(pushed)) t->fiber->frame->instance = self;
    else decref(t, self);
    obj_decref(t, type);
    return pushed ? ENTER_PUSHED : ENTER_FAILED;
}

/* type(v), a weak reference that there is already, and str(v) and int(v) of what they make no other object of or a number's text: owned; VNULL, without an exception: the class is called. */
static inline Value convert_at_once(Thread *t, Type *class, Value v) {
    if (class == builtin_type(t, T_type)) return ref_of(type_of(t, v));
    if (class == builtin_type(t, T_str)) return IS_EXACT(v, str) ? new_ref(v) : VNULL;
    if (class == builtin_type(t, T_int)) {
        if (is_smallint(v)) return v;
        if (is_smallfloat(v)) {
            double d = smallfloat_get(v);
            if (d > -1e18 && d < 1e18) return v_smallint((int64_t)d);
        }
        return VNULL;
    }
    if (class == builtin_type(t, T_float)) return is_smallfloat(v) ? v : VNULL;
    if (class == builtin_type(t, T_weakref)) return weakref_at_once(t, v);
    return VNULL;
}

bool call_window(Thread *t, Value *R, uint32_t a, uint32_t nargs, uint32_t dest, Value kwnames, bool *pushed) {
    Value *window = R + a;
    Value callee = window[0];
    uint32_t bound = !is_unbound(window[CALL_GAP + 1]);
    Value *args = window + CALL_GAP + 2 - bound;
    uint32_t nkw = is_null(kwnames) ? 0 : (uint32_t)tuple_len(kwnames), n = nargs - nkw + bound;

    if (!bound && IS_EXACT(callee, method)) { /* the window has room for self */
        BoundMethod *m = V_AS(BoundMethod, callee);
        Value method = callee;
        callee = new_ref(m->function);
        *--args = new_ref(m->self);
        bound = 1;
        n++;
        window[0] = callee;
        decref(t, method);
    }
    if (IS_EXACT(callee, function)) {
        window[0] = V_UNBOUND;
        *pushed = true;
        return enter_from_window(t, V_AS(Function, callee), args, n, kwnames, dest, 0);
    }
    if (!bound && is_type(t, callee)) {
        if (n == 1 && nkw == 0) {
            Value v = convert_at_once(t, V_AS(Type, callee), args[0]);
            if (!is_null(v)) {
                wipe(t, args, 1);
                window[0] = V_UNBOUND;
                reg_set(t, R, dest, v);
                return true;
            }
        }
        enum Entered entered = enter_class(t, R, window, args, n, kwnames, dest);
        if (LIKELY(entered != ENTER_OTHERWISE)) {
            *pushed = entered == ENTER_PUSHED;
            return entered != ENTER_FAILED;
        }
    }
    if (!bound && has_class(callee)) { /* an object with a __call__ */
        Value function = type_lookup(t, type_of(t, callee), N(t, __call__));
        if (IS_EXACT(function, function)) {
            *--args = callee;
            window[0] = V_UNBOUND;
            *pushed = true;
            return enter_from_window(t, (Function *)v_obj(new_ref(function)), args, n + 1, kwnames, dest, 0);
        }
    }
    /* args[-1] is the callee's word by the calling convention: the gap's last word, or the self slot. */
    Value v = call(t, callee, args, n, kwnames);
    args[-1] = V_UNBOUND;
    wipe_backwards(t, args, n + nkw);
    window[0] = V_UNBOUND;
    decref(t, callee);
    return reg_result(t, R, dest, v);
}

bool call_window_ex(Thread *t, Value *R, uint32_t a, uint32_t dest, bool *pushed) {
    Value *window = R + a;
    Value callee = window[0], iterable = window[CALL_GAP + 2], mapping = window[CALL_GAP + 3];
    window[0] = window[CALL_GAP + 1] = window[CALL_GAP + 2] = window[CALL_GAP + 3] = V_UNBOUND;
    Value args = VNULL, kwargs = VNULL, self = VNULL, result = VNULL, kwnames = VNULL;
    bool ok = false;
    if (IS_EXACT(iterable, tuple)) {
        args = new_ref(iterable);
    } else if (!IS_EXACT(iterable, list) && !type_of(t, iterable)->slots.iter && !is_sequence(t, iterable)) {
        Value text = callable_text(t, callee);
        if (!is_null(text)) {
            err_raise(t, T_TypeError, "%U argument after * must be an iterable, not %T", text, iterable);
            decref(t, text);
        }
        goto done;
    } else {
        args = tuple_from_iterable(t, iterable);
        if (is_null(args)) goto done;
    }
    if (!is_unbound(mapping) && !is_null(mapping)) {
        if (IS_EXACT(mapping, dict)) {
            kwargs = new_ref(mapping);
        } else {
            kwargs = dict_new(t);
            if (is_null(kwargs) || !dict_merge_keywords(t, kwargs, mapping, callee)) goto done;
        }
        if (dict_len(kwargs) == 0) {
            decref(t, kwargs);
            kwargs = VNULL;
        }
    }
    Value target = callee;
    if (IS_EXACT(callee, method)) {
        self = V_AS(BoundMethod, callee)->self;
        target = V_AS(BoundMethod, callee)->function;
    }
    if (!IS_EXACT(target, function)) {
        result = call_tuple(t, callee, args, kwargs);
        ok = reg_result(t, R, dest, result);
        goto done;
    }

    /* Spread over the stack's top, as owned values; names in a tuple. */
    uint32_t nargs = (uint32_t)tuple_len(args), nself = !is_null(self), nkw = is_null(kwargs) ? 0 : (uint32_t)dict_len(kwargs);
    Value few[24], *values = few;
    uint32_t total = nself + nargs + nkw;
    if (total > COUNT_OF(few) && (values = heap_alloc(t, total * sizeof(Value))) == NULL) goto done;
    uint32_t n = 0;
    if (nself) values[n++] = new_ref(self);
    for (uint32_t i = 0; i < nargs; i++) values[n++] = new_ref(tuple_at(args, i));
    if (nkw) {
        kwnames = tuple_new(t, nkw);
        if (is_null(kwnames)) {
            for (uint32_t i = 0; i < n; i++) decref(t, values[i]);
            goto free_values;
        }
        Value key, value;
        uint32_t at = 0, i = 0;
        while (dict_next(kwargs, &at, &key, &value)) {
            V_AS(Tuple, kwnames)->items[i++] = new_ref(key);
            values[n++] = new_ref(value);
        }
        kwnames = tuple_done(t, kwnames);
    }
    if (nkw == 0) ok = enter_above(t, V_AS(Function, target), values, n, dest, 0);
    else ok = push_apart(t, (Function *)v_obj(new_ref(target)), values, nself + nargs, kwnames, dest, 0);
    *pushed = ok;
free_values:
    if (values != few) heap_free(t, values);
done:
    decref_maybe(t, kwnames);
    decref_maybe(t, args);
    decref_maybe(t, kwargs);
    decref(t, callee);
    decref(t, iterable);
    decref_maybe(t, mapping);
    return ok;
}
