/* Parcels: values on their way from one interpreter to another.
 *
 * Plain values are marshalled. A function that stands alone travels as its code. Everything else is pickled; what was defined in the
 * script that runs as __main__ is then found by running that script under another name in the interpreter that unpacks.
 */
#include <stdlib.h>

#include "bytecode/bytecode.h"
#include "front/compile.h"
#include "modules/interpreters/interpreters_priv.h"
#include "modules/marshal.h"
#include "object/code.h"
#include "vm/run.h"

static const char fake_main[] = "<fake __main__>";

/* --- What may travel ---------------------------------------------------------------------------------------------- */

static bool is_plain(Value v) {
    return is_none(v) || same(v, V_TRUE) || same(v, V_FALSE) || is_exact_int(v) || is_exact_float(v) || IS_EXACT(v, str) || IS_EXACT(v, bytes);
}

static bool is_queue(Thread *t, Value v) { return queues_type(t) != NULL && type_of(t, v) == queues_type(t); }

bool parcel_is_shareable(Thread *t, Value v) { return is_plain(v) || IS_EXACT(v, tuple) || is_queue(t, v); }

static bool is_builtin_name(Thread *t, const Function *f, Value name) {
    return is_null(dict_get_str(t, f->globals, name)) && !is_null(dict_get_str(t, t->interp->builtins, name));
}

/* Whether the code, and the code inside it, asks for nothing but its own names and built-in ones. */
static bool code_stands_alone(Thread *t, const Function *f, const Code *code) {
    for (uint32_t at = 0; at < code->ninstructions;) {
        enum Opcode op = bc_op(code->instructions[at]);
        Value name = VNULL;
        if (op_info[op].word == 's' && at + 1 < code->ninstructions && code->instructions[at + 1] < code->nsites)
            name = tuple_at(code->names, code->site_names[code->instructions[at + 1]]);
        switch (op) {
        case BC_LOAD_GLOBAL:
        case BC_LOAD_CALLEE:
        case BC_LOAD_NAME:
        case BC_LOAD_DICT_OR_GLOBAL:
            if (is_null(name) || !is_builtin_name(t, f, name)) return false;
            break;
        case BC_STORE_GLOBAL:
        case BC_DELETE_GLOBAL:
        case BC_LOAD_GLOBALS: return false;
        default: break;
        }
        at += op_info[op].word == '-' ? 1 : 2;
    }
    for (int64_t i = 0; i < tuple_len(code->const_tuple); i++) {
        Value constant = tuple_at(code->const_tuple, i);
        if (IS_EXACT(constant, code) && !code_stands_alone(t, f, V_AS(Code, constant))) return false;
    }
    return true;
}

bool parcel_is_stateless(Thread *t, Value function) {
    const Function *f = V_AS(Function, function);
    if (!is_null(f->closure) && tuple_len(f->closure) > 0) return err_fail(t, T_ValueError, "closures not supported");
    if (!is_null(f->defaults) && !is_none(f->defaults) && tuple_len(f->defaults) > 0) return err_fail(t, T_ValueError, "defaults not supported");
    if (!is_null(f->kwdefaults) && !is_none(f->kwdefaults) && dict_len(f->kwdefaults) > 0)
        return err_fail(t, T_ValueError, "keyword defaults not supported");
    return code_stands_alone(t, f, f->code) || err_fail(t, T_ValueError, "globals not supported");
}

/* --- Packing ------------------------------------------------------------------------------------------------------- */

Value parcel_refuse(Thread *t, const char *text) {
    Value cause = err_fetch(t);
    err_raise_type(t, interpreters_state(t)->not_shareable, "%s", text);
    if (!is_null(cause)) err_set_cause(t, cause);
    return VNULL;
}

/* Takes the bytes. */
static bool fill(Thread *t, Parcel *out, enum ParcelKind kind, Value bytes) {
    if (is_null(bytes)) return false;
    int64_t n = V_AS(Bytes, bytes)->length;
    char *data = malloc((size_t)n + 1);
    if (data != NULL) {
        memcpy(data, V_AS(Bytes, bytes)->data, (size_t)n);
        *out = (Parcel){.kind = kind, .size = n, .data = data};
    }
    decref(t, bytes);
    return data != NULL || err_no_memory_fail(t);
}

/* Where the script that runs as __main__ lies; NULL: there is none, or it does not matter. */
static char *file_of_main(Thread *t) {
    Value main = dict_get_str(t, t->interp->modules, N(t, __main__));
    Value file = is_null(main) || !IS_A(t, main, module) ? VNULL : dict_get_cstr(t, V_AS(Module, main)->dict, "__file__"), keep = VNULL;
    if (is_null(file) || !is_str(t, file)) return NULL;
    const char *text = str_cstr(t, file, &keep);
    char *copy = text == NULL ? NULL : strdup(text);
    err_clear(t);
    decref_maybe(t, keep);
    return copy;
}

static bool pack_pickle(Thread *t, Value v, Parcel *out) {
    Value pickle = import_module(t, "pickle"), dumps = is_null(pickle) ? VNULL : attr_get_cstr(t, pickle, "dumps");
    Value bytes = is_null(dumps) ? VNULL : call_1(t, dumps, v);
    decref_maybe(t, pickle);
    decref_maybe(t, dumps);
    if (!is_null(bytes) && !IS_EXACT(bytes, bytes)) {
        err_raise(t, T_TypeError, "pickle.dumps() returned %T", bytes);
        decref(t, bytes);
        bytes = VNULL;
    }
    if (!fill(t, out, PARCEL_PICKLE, bytes)) {
        parcel_refuse(t, "object could not be pickled");
        return false;
    }
    out->main_file = file_of_main(t);
    return true;
}

bool parcel_pack_code(Thread *t, Value code, Parcel *out) { return fill(t, out, PARCEL_MARSHAL, marshal_dump_bytes(t, code)); }

static bool pack_function(Thread *t, Value function, Parcel *out) {
    if (parcel_is_stateless(t, function)) return fill(t, out, PARCEL_FUNCTION, marshal_dump_bytes(t, v_from(V_AS(Function, function)->code)));
    Value reason = err_fetch(t);
    if (pack_pickle(t, function, out)) {
        decref(t, reason);
        return true;
    }
    err_clear(t);
    err_restore(t, reason);
    parcel_refuse(t, "only stateless functions are shareable");
    return false;
}

static bool pack_tuple(Thread *t, Value tuple, enum ParcelReach reach, Parcel *out) {
    int64_t n = tuple_len(tuple);
    Parcel made = {.kind = PARCEL_TUPLE, .items = calloc((size_t)n + 1, sizeof(Parcel))};
    if (made.items == NULL) return err_no_memory_fail(t);
    for (; made.size < n; made.size++) {
        if (parcel_pack(t, tuple_at(tuple, made.size), reach, &made.items[made.size])) continue;
        parcel_free(&made);
        return false;
    }
    *out = made;
    return true;
}

bool parcel_pack(Thread *t, Value v, enum ParcelReach reach, Parcel *out) {
    *out = (Parcel){.kind = PARCEL_EMPTY};
    if (!stack_check(t, " while packing an object for another interpreter")) return false;
    if (is_plain(v)) return fill(t, out, PARCEL_MARSHAL, marshal_dump_bytes(t, v));
    if (IS_EXACT(v, tuple)) return pack_tuple(t, v, reach, out);
    if (is_queue(t, v)) return pack_pickle(t, v, out);
    if (reach == PARCEL_SHAREABLE) {
        err_raise_type(t, interpreters_state(t)->not_shareable, "%R does not support cross-interpreter data", v);
        return false;
    }
    return IS_EXACT(v, function) ? pack_function(t, v, out) : pack_pickle(t, v, out);
}

void parcel_free(Parcel *p) {
    for (int64_t i = 0; p->items != NULL && i < p->size; i++) parcel_free(&p->items[i]);
    free(p->items);
    free(p->data);
    free(p->main_file);
    *p = (Parcel){.kind = PARCEL_EMPTY};
}

/* --- Unpacking ------------------------------------------------------------------------------------------------------- */

/* The script run as a module of another name, once; owned. */
static Value make_fake_main(Thread *t, const char *file) {
    Value name = str_from_cstr(t, fake_main), module = VNULL, path = VNULL, runpy = VNULL, read = VNULL, pair = VNULL, result = VNULL;
    if (is_null(name)) return VNULL;
    module = new_ref_maybe(dict_get(t, t->interp->modules, name));
    if (!is_null(module) || err_pending(t)) goto done;
    module = module_new(t, name);
    path = str_from_cstr(t, file);
    if (is_null(module) || is_null(path)) goto done;
    if (!module_add(t, module, "__builtins__", new_ref(t->interp->builtins_module)) || !module_add(t, module, "__file__", new_ref(path))) goto done;
    runpy = import_module(t, "runpy");
    if (!is_null(runpy)) read = attr_get_cstr(t, runpy, "_get_code_from_file");
    if (!is_null(read)) pair = call_1(t, read, path);
    Value code = is_null(pair) ? VNULL : IS_EXACT(pair, tuple) && tuple_len(pair) == 2 ? tuple_at(pair, 0) : pair;
    if (!is_null(code) && !IS_EXACT(code, code)) err_raise(t, T_TypeError, "runpy gave no code of %s", file);
    else if (!is_null(code) && dict_set(t, t->interp->modules, name, module))
        result = run_code(t, code, V_AS(Module, module)->dict, V_AS(Module, module)->dict, VNULL);
    decref_maybe(t, result);
done:
    decref(t, name);
    decref_maybe(t, path);
    decref_maybe(t, runpy);
    decref_maybe(t, read);
    decref_maybe(t, pair);
    if (!err_pending(t)) return module;
    decref_maybe(t, module);
    return VNULL;
}

static Value loads(Thread *t, const Parcel *p) {
    Value pickle = import_module(t, "pickle"), function = is_null(pickle) ? VNULL : attr_get_cstr(t, pickle, "loads");
    Value bytes = is_null(function) ? VNULL : bytes_new(t, p->data, p->size);
    Value v = is_null(bytes) ? VNULL : call_1(t, function, bytes);
    decref_maybe(t, pickle);
    decref_maybe(t, function);
    decref_maybe(t, bytes);
    return v;
}

/* What the pickle names lies in the script of the one who packed it: that stands for __main__ meanwhile. */
static Value loads_with_main(Thread *t, const Parcel *p) {
    Value module = make_fake_main(t, p->main_file), v = VNULL;
    if (is_null(module)) return VNULL;
    Value before = new_ref_maybe(dict_get_str(t, t->interp->modules, N(t, __main__)));
    if (dict_set_str(t, t->interp->modules, N(t, __main__), module)) v = loads(t, p);
    Value error = err_fetch(t);
    if (!is_null(before) && !dict_set_str(t, t->interp->modules, N(t, __main__), before)) err_clear(t);
    err_restore(t, error);
    decref_maybe(t, before);
    decref(t, module);
    return v;
}

static Value unpack_pickle(Thread *t, const Parcel *p) {
    Value v = loads(t, p);
    if (is_null(v) && p->main_file != NULL && err_catch(t, T_AttributeError)) v = loads_with_main(t, p);
    return is_null(v) ? parcel_refuse(t, "object could not be unpickled") : v;
}

static Value unpack_function(Thread *t, const Parcel *p) {
    Value code = marshal_load_bytes(t, p->data, p->size), main = dict_get_str(t, t->interp->modules, N(t, __main__)), f = VNULL;
    if (is_null(code)) return VNULL;
    if (is_null(main) || !IS_A(t, main, module)) err_raise(t, T_RuntimeError, "interpreter has no module __main__");
    else f = function_new(t, V_AS(Code, code), V_AS(Module, main)->dict, VNULL);
    decref(t, code);
    return f;
}

static Value unpack_tuple(Thread *t, const Parcel *p) {
    Value tuple = tuple_new(t, p->size);
    for (int64_t i = 0; !is_null(tuple) && i < p->size; i++) {
        Value item = parcel_unpack(t, &p->items[i]);
        if (is_null(item)) {
            decref(t, tuple);
            return VNULL;
        }
        V_AS(Tuple, tuple)->items[i] = item;
    }
    return is_null(tuple) || p->size == 0 ? tuple : tuple_done(t, tuple);
}

Value parcel_unpack(Thread *t, const Parcel *p) {
    if (!stack_check(t, " while unpacking an object of another interpreter")) return VNULL;
    switch (p->kind) {
    case PARCEL_MARSHAL: return marshal_load_bytes(t, p->data, p->size);
    case PARCEL_PICKLE: return unpack_pickle(t, p);
    case PARCEL_FUNCTION: return unpack_function(t, p);
    case PARCEL_TUPLE: return unpack_tuple(t, p);
    case PARCEL_EMPTY: break;
    }
    return err_raise(t, T_SystemError, "an empty parcel was unpacked");
}
