/* Out-of-line operations of the loop: names, cells, arithmetic, comparison, iteration, building, text. */
#include "base/hash.h"
#include "heap/heap.h"
#include "object/float.h"
#include "object/function.h"
#include "object/exception.h"
#include "object/set.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "vm/call.h"
#include "vm/eval_priv.h"
#include "vm/frame_object.h"

static Site *site_at(Value *R, uint32_t site) {
    Warm *w = frame_of(R)->code->warm;
    return w != NULL ? &w->sites[site] : NULL;
}

/* --- Locals and cells -------------------------------------------------------------------------------------------------------- */

bool unbound_local(Thread *t, Value *R, uint32_t i) {
    Code *code = frame_of(R)->code;
    Value name = i < code->nlocals ? tuple_at(code->local_names, i) : N(t, _);
    err_raise(t, T_UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value", name);
    return false;
}

static Value cell_name(Code *code, uint32_t reg) {
    uint32_t i = reg - code->nlocals;
    return i < code->ncells ? tuple_at(code->cell_names, i) : tuple_at(code->free_names, i - code->ncells);
}

static bool unbound_cell(Thread *t, Value *R, uint32_t reg) {
    Code *code = frame_of(R)->code;
    Value name = cell_name(code, reg);
    if (reg - code->nlocals < code->ncells) {
        err_raise(t, T_UnboundLocalError, "cannot access local variable '%U' where it is not associated with a value", name);
        return false;
    }
    err_raise(t, T_NameError, "cannot access free variable '%U' where it is not associated with a value in enclosing scope", name);
    if (IS_EXACT(t->pending, NameError)) slot_set(t, &V_AS(NameErrorObject, t->pending)->name, new_ref(name));
    return false;
}

OP3(make_cell) {
    Value v = V_UNBOUND;
    if (a != b) {
        v = R[b];
        R[b] = V_UNBOUND;
    }
    return reg_result(t, R, a, cell_new(t, v));
}

OP3(load_cell) {
    Value v = V_AS(Cell, R[b])->value;
    if (is_unbound(v)) return unbound_cell(t, R, b);
    reg_set(t, R, a, new_ref(v));
    return true;
}

OP3(delete_cell) {
    Value *slot = &V_AS(Cell, R[a])->value, old = *slot;
    if (is_unbound(old)) return unbound_cell(t, R, a);
    *slot = V_UNBOUND;
    decref(t, old);
    return true;
}

/* The value of a name in a namespace: owned; VNULL without exception when absent. */
static Value namespace_get(Thread *t, Value namespace, Value name) {
    if (IS_EXACT(namespace, dict)) return new_ref_maybe(dict_get_str(t, namespace, name));
    return mapping_get_maybe(t, namespace, name);
}

OP3(load_dict_or_cell) {
    Operand namespace = operand(R, b);
    Value v = namespace_get(t, namespace.v, cell_name(frame_of(R)->code, c));
    operand_drop(t, namespace);
    if (is_null(v)) {
        if (err_pending(t)) return false;
        v = V_AS(Cell, R[c])->value;
        if (is_unbound(v)) return unbound_cell(t, R, c);
        incref(v);
    }
    reg_set(t, R, a, v);
    return true;
}

/* --- Names ---------------------------------------------------------------------------------------------------------------------- */

static Value global_or_builtin(Thread *t, Value *R, Value name) {
    Frame *f = frame_of(R);
    Value v = namespace_get(t, f->globals, name);
    if (!is_null(v) || err_pending(t)) return v;
    Value builtins = f->function->builtins;
    if (!is_null(builtins)) v = namespace_get(t, builtins, name);
    if (is_null(v) && !err_pending(t)) err_name(t, name);
    return v;
}

bool op_load_global(Thread *t, Value *R, uint32_t a, uint32_t site) {
    Value name = site_name(R, site);
    Value v = global_or_builtin(t, R, name);
    if (is_null(v)) return false;
    Site *s = site_at(R, site);
    if (s != NULL) site_fill_global(t, s, frame_of(R)->globals, frame_of(R)->function->builtins, name);
    reg_set(t, R, a, v);
    return true;
}

bool op_store_global(Thread *t, Value *R, uint32_t a, uint32_t site) {
    Operand v = operand(R, a);
    bool ok = dict_set_str(t, frame_of(R)->globals, site_name(R, site), v.v);
    operand_drop(t, v);
    return ok;
}

bool op_delete_global(Thread *t, Value *R, uint32_t site) {
    Value name = site_name(R, site);
    int r = dict_delete(t, frame_of(R)->globals, name);
    if (r == 0) err_name(t, name);
    return r > 0;
}

static Value namespace_of(Thread *t, Value *R, const char *what, Value name) {
    Value namespace = R[0];
    if (!is_unbound(namespace)) return namespace;
    return err_raise(t, T_SystemError, "no locals %s %R", what, name);
}

bool op_load_name(Thread *t, Value *R, uint32_t a, uint32_t site) {
    Value name = site_name(R, site), namespace = namespace_of(t, R, "when loading", name);
    if (is_null(namespace)) return false;
    Value v = namespace_get(t, namespace, name);
    if (is_null(v) && !err_pending(t)) v = global_or_builtin(t, R, name);
    return reg_result(t, R, a, v);
}

bool op_store_name(Thread *t, Value *R, uint32_t a, uint32_t site) {
    Operand v = operand(R, a);
    Value name = site_name(R, site), namespace = namespace_of(t, R, "found when storing", name);
    bool ok = !is_null(namespace) && (IS_EXACT(namespace, dict) ? dict_set_str(t, namespace, name, v.v) : item_set(t, namespace, name, v.v));
    operand_drop(t, v);
    return ok;
}

bool op_delete_name(Thread *t, Value *R, uint32_t site) {
    Value name = site_name(R, site), namespace = namespace_of(t, R, "when deleting", name);
    if (is_null(namespace)) return false;
    if (IS_EXACT(namespace, dict)) {
        int r = dict_delete(t, namespace, name);
        if (r == 0) err_name(t, name);
        return r > 0;
    }
    if (item_delete(t, namespace, name)) return true;
    if (err_catch(t, T_KeyError)) err_name(t, name);
    return false;
}

bool op_load_dict_or_global(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site) {
    Operand namespace = operand(R, b);
    Value name = site_name(R, site), v = namespace_get(t, namespace.v, name);
    operand_drop(t, namespace);
    if (is_null(v) && !err_pending(t)) v = global_or_builtin(t, R, name);
    return reg_result(t, R, a, v);
}

bool op_load_common(Thread *t, Value *R, uint32_t a, uint32_t n) {
    Value v;
    switch (n) {
        case 0: v = ref_of(builtin_type(t, T_AssertionError)); break;
        case 1: v = ref_of(builtin_type(t, T_NotImplementedError)); break;
        case 2: v = ref_of(builtin_type(t, T_tuple)); break;
        case 3: v = new_ref_maybe(dict_get_str(t, t->interp->builtins, N(t, all))); break;
        case 4: v = new_ref_maybe(dict_get_cstr(t, t->interp->builtins, "any")); break;
        case 5: v = ref_of(builtin_type(t, T_list)); break;
        case 6: v = ref_of(builtin_type(t, T_set)); break;
        case 7:
            v = namespace_get(t, frame_of(R)->function->builtins, N(t, __build_class__));
            if (is_null(v) && !err_pending(t)) err_raise(t, T_NameError, "__build_class__ not found");
            break;
        case 8: v = ref_of(builtin_type(t, T_StopAsyncIteration)); break;
        default: v = VNULL;
    }
    if (is_null(v) && !err_pending(t)) err_raise(t, T_SystemError, "common object %u is missing", n);
    return reg_result(t, R, a, v);
}

bool op_load_locals(Thread *t, Value *R, uint32_t a) { return reg_result(t, R, a, frame_locals_snapshot(t, frame_of(R))); }

bool op_setup_annotations(Thread *t, Value *R) {
    Value namespace = namespace_of(t, R, "found when setting up annotations", N(t, __annotations__));
    if (is_null(namespace)) return false;
    Value v = namespace_get(t, namespace, N(t, __annotations__));
    if (!is_null(v) || err_pending(t)) {
        decref_maybe(t, v);
        return !is_null(v);
    }
    v = dict_new(t);
    bool ok = !is_null(v) && item_set(t, namespace, N(t, __annotations__), v);
    decref_maybe(t, v);
    return ok;
}

/* --- Arithmetic ------------------------------------------------------------------------------------------------------------------ */

/* Ints up to 2^53 and floats. */
static inline bool as_double(Value v, double *d, bool *is_float_value) {
    if (is_smallfloat(v)) {
        *d = smallfloat_get(v);
        *is_float_value = true;
        return true;
    }
    if (is_smallint(v)) {
        int64_t i = smallint_get(v);
        *d = (double)i;
        return i <= (INT64_C(1) << 53) && i >= -(INT64_C(1) << 53);
    }
    if (IS_EXACT(v, float)) {
        *d = V_AS(FloatObject, v)->value;
        *is_float_value = true;
        return true;
    }
    return false;
}

static inline bool is_plain_int(Value v) { return is_smallint(v) || IS_EXACT(v, int); }

/* Of exact ints, without asking their types; NotImplemented for what is rare. */
static inline Value binary_ints(Thread *t, Value x, Value y, enum BinOp op) {
    switch (op) {
        case OP_add: return int_add(t, x, y);
        case OP_sub: return int_sub(t, x, y);
        case OP_mul: return int_mul(t, x, y);
        case OP_floordiv: return int_floordiv(t, x, y);
        case OP_mod: return int_mod(t, x, y);
        case OP_and: return int_and(t, x, y);
        case OP_or: return int_or(t, x, y);
        case OP_xor: return int_xor(t, x, y);
        case OP_lshift: return int_lshift(t, x, y);
        case OP_rshift: return int_rshift(t, x, y);
        default: return V_NOTIMPL;
    }
}

static Value binary(Thread *t, Value x, Value y, enum BinOp op) {
    if (is_plain_int(x) && is_plain_int(y) && op != OP_truediv) {
        Value v = binary_ints(t, x, y, op);
        return LIKELY(!is_notimpl(v)) ? v : number_binary(t, op, x, y);
    }
    double a, b;
    bool floats = false;
    if (as_double(x, &a, &floats) && as_double(y, &b, &floats)) {
        if (op == OP_truediv) {
            if (b != 0) return float_from_double(t, a / b);
        } else if (floats) {
            switch (op) {
                case OP_add: return float_from_double(t, a + b);
                case OP_sub: return float_from_double(t, a - b);
                case OP_mul: return float_from_double(t, a * b);
                default: break;
            }
        }
    } else if (op == OP_add && IS_EXACT(x, str) && IS_EXACT(y, str)) {
        return str_concat(t, x, y);
    }
    return number_binary(t, op, x, y);
}

bool op_binary(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum BinOp op) {
    if (has_class(R[b]) || has_class(R[c])) {
        enum Special special = special_binary(t, R, a, b, c, op, false);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    Operand x = operand(R, b), y = operand(R, c);
    Value v = VNULL;
    if (op == OP_add && x.owned && list_is_unshared(x.v) && IS_EXACT(y.v, list)) { /* nobody sees that it is the left one that grows */
        if (list_len(y.v) == 0 || list_add_list(t, V_AS(List, x.v), V_AS(List, y.v), y.owned && list_is_unshared(y.v))) v = new_ref(x.v);
    } else {
        v = binary(t, x.v, y.v, op);
    }
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    operand_drop(t, y);
    return ok;
}

bool op_binary_value(Thread *t, Value *R, uint32_t a, uint32_t b, Value c, enum BinOp op) {
    if (has_class(R[b])) {
        enum Special special = special_binary_value(t, R, a, b, c, op, false);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    Operand x = operand(R, b);
    Value v = binary(t, x.v, c, op);
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    return ok;
}

static bool inplace(Thread *t, Value *R, uint32_t a, uint32_t b, Value y, enum BinOp op) {
    if (op == OP_add && IS_EXACT(R[b], str) && IS_EXACT(y, str)) {
        if (a == b) return str_append(t, &R[a], y);
        if (b >= first_temp(R)) { /* the temporary may be the only one to hold it */
            Value x = R[b];
            R[b] = V_UNBOUND;
            bool appended = str_append(t, &x, y);
            if (!appended) decref(t, x);
            return appended && reg_result(t, R, a, x);
        }
    }
    Operand x = operand(R, b);
    double i, j;
    bool floats = false;
    Value v;
    if ((is_plain_int(x.v) && is_plain_int(y)) || (as_double(x.v, &i, &floats) && as_double(y, &j, &floats))) v = binary(t, x.v, y, op);
    else v = number_inplace(t, op, x.v, y);
    bool ok = reg_result(t, R, a, v);
    operand_drop(t, x);
    return ok;
}

bool op_inplace(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum BinOp op) {
    if (has_class(R[b])) {
        enum Special special = special_binary(t, R, a, b, c, op, true);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    if (b == c) { /* the right operand must outlive the left one */
        Operand x = operand(R, b);
        bool ok = reg_result(t, R, a, number_inplace(t, op, x.v, x.v));
        operand_drop(t, x);
        return ok;
    }
    Operand y = operand(R, c);
    bool ok = inplace(t, R, a, b, y.v, op);
    operand_drop(t, y);
    return ok;
}

bool op_inplace_value(Thread *t, Value *R, uint32_t a, uint32_t b, Value c, enum BinOp op) {
    if (has_class(R[b])) {
        enum Special special = special_binary_value(t, R, a, b, c, op, true);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    return inplace(t, R, a, b, c, op);
}

#define UNARY(name, expression)              \
    OP3(name) {                              \
        Operand x = operand(R, b);           \
        Value v = (expression);              \
        bool ok = reg_result(t, R, a, v);    \
        operand_drop(t, x);                  \
        return ok;                           \
    }
OP3(neg) {
    if (has_class(R[b])) {
        enum Special special = special_unary(t, R, a, b, N___neg__);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    Operand x = operand(R, b);
    bool ok = reg_result(t, R, a, number_neg(t, x.v));
    operand_drop(t, x);
    return ok;
}
UNARY(pos, number_pos(t, x.v))
UNARY(invert, number_invert(t, x.v))

OP3(not) {
    Operand x = operand(R, b);
    int r = truth(t, x.v);
    operand_drop(t, x);
    if (r < 0) return false;
    reg_set(t, R, a, v_bool(!r));
    return true;
}

/* --- Comparison -------------------------------------------------------------------------------------------------------------------- */

/* Truth of a comparison that needs no method: -1 when it does. */
static inline int compare_known(Value x, Value y, enum CompareOp op) {
    if (IS_EXACT(x, str) && IS_EXACT(y, str)) {
        if (op == CMP_EQ) return same(x, y) || str_equal(V_AS(Str, x), V_AS(Str, y));
        if (op == CMP_NE) return !same(x, y) && !str_equal(V_AS(Str, x), V_AS(Str, y));
        return -1;
    }
    double a, b;
    bool floats = false;
    if (as_double(x, &a, &floats) && as_double(y, &b, &floats)) {
        switch (op) {
            case CMP_LT: return a < b;
            case CMP_LE: return a <= b;
            case CMP_EQ: return a == b;
            case CMP_NE: return a != b;
            case CMP_GT: return a > b;
            case CMP_GE: return a >= b;
        }
    }
    return -1;
}

/* Whether x and y are compared by identity: neither class has a comparison of its own. */
static inline bool only_identity(Thread *t, Value x, Value y, enum CompareOp op) {
    void *own = (void *)builtin_type(t, T_object)->slots.compare;
    return (op == CMP_EQ || op == CMP_NE) && (void *)type_of(t, x)->slots.compare == own && (void *)type_of(t, y)->slots.compare == own;
}

bool op_compare(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum CompareOp op) {
    if (has_class(R[b])) {
        enum Special special = special_compare(t, R, a, b, c, op);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    Operand x = operand(R, b), y = operand(R, c);
    int known = compare_known(x.v, y.v, op);
    bool ok = reg_result(t, R, a, known >= 0 ? v_bool(known) : compare(t, x.v, y.v, op));
    operand_drop(t, y);
    operand_drop(t, x);
    return ok;
}

int compare_truth(Thread *t, Value x, Value y, enum CompareOp op) {
    int known = compare_known(x, y, op);
    if (known >= 0) return known;
    Value v = compare(t, x, y, op);
    if (is_null(v)) return -1;
    known = truth(t, v);
    decref(t, v);
    return known;
}

int op_compare_truth(Thread *t, Value *R, uint32_t a, uint32_t b, enum CompareOp op) {
    if (has_class(R[a])) {
        if (only_identity(t, R[a], R[b], op)) return op_is_truth(t, R, a, b) == (op == CMP_EQ);
        enum Special special = special_compare_jump(t, R, a, b, op);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED ? TRUTH_PUSHED : -1;
    }
    Operand x = operand(R, a), y = operand(R, b);
    int r = compare_truth(t, x.v, y.v, op);
    operand_drop(t, y);
    operand_drop(t, x);
    return r;
}

int op_compare_value_truth(Thread *t, Value *R, uint32_t a, Value b, enum CompareOp op) {
    if (has_class(R[a])) {
        enum Special special = special_compare_value_jump(t, R, a, b, op);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED ? TRUTH_PUSHED : -1;
    }
    Operand x = operand(R, a);
    int r = compare_truth(t, x.v, b, op);
    operand_drop(t, x);
    return r;
}

int op_is_truth(Thread *t, Value *R, uint32_t a, uint32_t b) {
    Operand x = operand(R, a), y = operand(R, b);
    int r = same(x.v, y.v);
    operand_drop(t, x);
    operand_drop(t, y);
    return r;
}

OP3(is) {
    int r = op_is_truth(t, R, b, c);
    reg_set(t, R, a, v_bool(r));
    return true;
}

/* What cannot be hashed is the type's affair. */
static int set_has(Thread *t, Value set, Value key) {
    int64_t hash;
    return hash_at_once(t, key, &hash) ? set_contains_hashed(t, set, key, hash) : contains(t, set, key);
}

int in(Thread *t, Value item, Value container) {
    if (IS_EXACT(container, dict)) return dict_contains(t, container, item);
    if (IS_EXACT(container, set) || IS_EXACT(container, frozenset)) return set_has(t, container, item);
    return contains(t, container, item);
}

static int in_truth(Thread *t, Value *R, uint32_t b, uint32_t c) {
    Operand x = operand(R, b), y = operand(R, c);
    int r = in(t, x.v, y.v);
    operand_drop(t, x);
    operand_drop(t, y);
    return r;
}

int op_in_truth(Thread *t, Value *R, uint32_t a, uint32_t b) {
    if (has_class(R[b])) {
        enum Special special = special_in(t, R, 0, a, b, false, true);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED ? TRUTH_PUSHED : -1;
    }
    return in_truth(t, R, a, b);
}

static bool store_in(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, bool negated) {
    if (has_class(R[c])) {
        enum Special special = special_in(t, R, a, b, c, negated, false);
        if (special != SPECIAL_NONE) return special == SPECIAL_PUSHED;
    }
    int r = in_truth(t, R, b, c);
    if (r >= 0) reg_set(t, R, a, v_bool(r != negated));
    return r >= 0;
}
OP3(in) { return store_in(t, R, a, b, c, false); }
OP3(not_in) { return store_in(t, R, a, b, c, true); }

int op_truth(Thread *t, Value *R, uint32_t a) {
    Operand x = operand(R, a);
    int r = truth(t, x.v);
    operand_drop(t, x);
    return r;
}

/* --- Iteration ---------------------------------------------------------------------------------------------------------------------- */

Value op_iter_next(Thread *t, Value iterator) {
    if (is_unbound(iterator)) return err_raise(t, T_SystemError, "no iterator to go on with");
    return iter_next(t, iterator);
}

SendResult op_send(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c) {
    Operand arg = operand(R, c);
    Value result = VNULL;
    SendResult sent = iter_send(t, R[b], arg.v, &result);
    operand_drop(t, arg);
    if (sent == SEND_ERROR) return sent;
    if (sent == SEND_RETURN) {
        Value delegate = R[b];
        bool stopped = !is_none(result) || (type_of(t, delegate)->flags & TF_HEAP); /* not just by having no more items */
        if (UNLIKELY(t->breaker & BREAK_TRACE) && stopped && !trace_stop(t, result, true)) {
            decref(t, result);
            return SEND_ERROR;
        }
        R[b] = V_UNBOUND;
        decref(t, delegate);
    }
    reg_set(t, R, a, result);
    return sent;
}

static Value value_of_stop(Value exception) { return V_AS(StopIterationObject, exception)->value; }

OP3(cleanup_throw) {
    Value exception = R[b];
    R[b] = V_UNBOUND;
    if (!is_exception(t, exception) || !IS_A(t, exception, StopIteration)) {
        t->pending = exception;
        return false;
    }
    Value v = value_of_stop(exception);
    v = is_null(v) ? V_NONE : new_ref(v);
    Value delegate = R[c];
    R[c] = V_UNBOUND;
    decref(t, exception);
    decref(t, delegate);
    reg_set(t, R, a, v);
    return true;
}

/* --- Functions ------------------------------------------------------------------------------------------------------------------------ */

bool op_make_function(Thread *t, Value *R, uint32_t a, uint32_t k) {
    Frame *f = frame_of(R);
    Value v = function_new(t, V_AS(Code, f->code->consts[k]), f->globals, VNULL);
    return reg_result(t, R, a, v);
}

/* Whether v can be this part of a function; the compiler sees to it, other makers of code may not. */
static bool function_part_fits(const Function *f, uint32_t part, Value v) {
    switch (part) {
        case 0: case 5: return IS_EXACT(v, tuple);
        case 1: return IS_EXACT(v, dict);
        case 2:
            if (!IS_EXACT(v, tuple) || tuple_len(v) != (int64_t)f->code->nfree) return false;
            for (int64_t i = 0; i < tuple_len(v); i++)
                if (!IS_EXACT(tuple_at(v, i), cell)) return false;
            return true;
        default: return true;
    }
}

OP3(set_function) {
    Value v = reg_take(R, b);
    if (UNLIKELY(!IS_EXACT(R[a], function) || !function_part_fits(V_AS(Function, R[a]), c, v))) {
        decref(t, v);
        return err_fail(t, T_SystemError, "a function, or what it is given, does not fit");
    }
    Function *f = V_AS(Function, R[a]);
    if (c == 3 && IS_EXACT(v, function)) {
        Value name = str_format(t, "%U.__annotate__", f->qualname);
        if (is_null(name)) {
            decref(t, v);
            return false;
        }
        slot_set(t, &V_AS(Function, v)->qualname, name);
    }
    switch (c) {
        case 0: slot_set(t, &f->defaults, v); break;
        case 1: slot_set(t, &f->kwdefaults, v); break;
        case 2: slot_set(t, &f->closure, v); break;
        case 3: slot_set(t, &f->annotate, v); break;
        case 4: slot_set(t, &f->annotations, v); break;
        case 5: slot_set(t, &f->type_params, v); break;
        default: decref(t, v);
    }
    return true;
}

/* --- Building -------------------------------------------------------------------------------------------------------------------------- */

static void forget(Value *registers, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) registers[i] = V_UNBOUND;
}

static void drop_all(Thread *t, Value *registers, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        Value v = registers[i];
        registers[i] = V_UNBOUND;
        decref(t, v);
    }
}

OP3(build_tuple) {
    Value v = c == 0 ? new_ref(t->interp->empty_tuple) : tuple_take(t, R + b, c);
    forget(R + b, c);
    return reg_result(t, R, a, v);
}

OP3(build_list) {
    Value v = c == 0 ? list_new(t, 0) : list_take(t, R + b, c);
    forget(R + b, c);
    return reg_result(t, R, a, v);
}

OP3(build_set) {
    Value set = set_new(t, VNULL);
    bool ok = !is_null(set);
    for (uint32_t i = 0; ok && i < c; i++) ok = set_add(t, set, R[b + i]);
    drop_all(t, R + b, c);
    if (!ok) decref_maybe(t, set);
    return reg_result(t, R, a, ok ? set : VNULL);
}

OP3(build_map) {
    Value dict = c == 0 ? dict_new(t) : dict_new_sized(t, c);
    bool ok = !is_null(dict);
    for (uint32_t i = 0; ok && i < 2 * c; i += 2) ok = dict_set(t, dict, R[b + i], R[b + i + 1]);
    drop_all(t, R + b, 2 * c);
    if (!ok) decref_maybe(t, dict);
    return reg_result(t, R, a, ok ? dict : VNULL);
}

bool op_build_const_key_map(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t k) {
    Value dict = dict_new_sized(t, c), keys = frame_of(R)->code->consts[k];
    bool ok = !is_null(dict);
    for (uint32_t i = 0; ok && i < c; i++) ok = dict_set(t, dict, tuple_at(keys, i), R[b + i]);
    drop_all(t, R + b, c);
    if (!ok) decref_maybe(t, dict);
    return reg_result(t, R, a, ok ? dict : VNULL);
}

OP3(build_string) {
    Value v = str_join(t, t->interp->empty_str, R + b, c);
    drop_all(t, R + b, c);
    return reg_result(t, R, a, v);
}

OP3(build_slice) {
    Operand i = operand(R, b), j = operand(R, b + 1), k = c == 3 ? operand(R, b + 2) : (Operand){V_NONE, false};
    Value v = slice_new(t, i.v, j.v, k.v);
    operand_drop(t, i);
    operand_drop(t, j);
    operand_drop(t, k);
    return reg_result(t, R, a, v);
}

OP3(list_append) { return list_append_take(t, V_AS(List, R[a]), reg_take(R, b)); }

OP3(list_extend) {
    Operand x = operand(R, b);
    bool ok;
    if (!is_ptr(x.v) || (!type_of(t, x.v)->slots.iter && !is_sequence(t, x.v)))
        ok = err_fail(t, T_TypeError, "Value after * must be an iterable, not %T", x.v);
    else
        ok = list_extend(t, V_AS(List, R[a]), x.v);
    operand_drop(t, x);
    return ok;
}

/* The items of a list that nobody else holds move. */
static Value list_become_tuple(Thread *t, Operand o) {
    List *l = V_AS(List, o.v);
    if (!o.owned || l->head.refs != 1) return list_to_tuple(t, l);
    Value *items = l->items;
    int64_t n = l->length;
    l->items = NULL;
    l->length = l->capacity = 0;
    Value tuple = tuple_take(t, items, n);
    heap_free(t, items);
    return tuple;
}
UNARY(list_to_tuple, list_become_tuple(t, x))

OP3(set_add) {
    Operand x = operand(R, b);
    /* __conditional_annotations__ may have been bound to anything. */
    bool ok = !IS_EXACT(R[a], set) ? err_fail(t, T_TypeError, "a set is needed to add to, not '%T'", R[a])
              : is_smallint(x.v)   ? set_add_hashed(t, R[a], x.v, hash_int(smallint_get(x.v)))
                                   : set_add(t, R[a], x.v);
    operand_drop(t, x);
    return ok;
}

OP3(set_update) {
    Operand x = operand(R, b);
    bool ok = set_update(t, R[a], x.v);
    operand_drop(t, x);
    return ok;
}

OP3(map_add) {
    Operand x = operand(R, b), y = operand(R, c);
    bool ok = dict_set(t, R[a], x.v, y.v);
    operand_drop(t, x);
    operand_drop(t, y);
    return ok;
}

OP3(dict_update) {
    Operand x = operand(R, b);
    bool ok = dict_merge(t, R[a], x.v, 1);
    if (!ok && err_catch(t, T_AttributeError)) err_raise(t, T_TypeError, "'%T' object is not a mapping", x.v);
    operand_drop(t, x);
    return ok;
}

OP3(dict_merge) {
    Operand x = operand(R, b);
    bool ok = dict_merge_keywords(t, R[a], x.v, R[c]);
    operand_drop(t, x);
    return ok;
}

static bool cannot_unpack(Thread *t, Value v) {
    if (is_ptr(v) ? type_of(t, v)->slots.iter != NULL || is_sequence(t, v) : false) return false;
    err_clear(t);
    err_raise(t, T_TypeError, "cannot unpack non-iterable %T object", v);
    return true;
}

/* n items of v into target; with `rest` one list of what lies between them and the last `after`. The registers hold no pointers yet. */
static bool unpack(Thread *t, Value v, Value *target, uint32_t n, bool with_rest, uint32_t after) {
    Value iterator = iter_of(t, v);
    if (is_null(iterator)) {
        if (err_is(t, T_TypeError)) cannot_unpack(t, v);
        return false;
    }
    uint32_t i = 0;
    Value rest = VNULL, item;
    for (; i < n; i++) {
        item = iter_next(t, iterator);
        if (is_null(item)) {
            if (err_pending(t)) goto failed;
            if (with_rest) err_raise(t, T_ValueError, "not enough values to unpack (expected at least %u, got %u)", n + after, i);
            else err_raise(t, T_ValueError, "not enough values to unpack (expected %u, got %u)", n, i);
            goto failed;
        }
        target[i] = item;
    }
    if (!with_rest) {
        item = iter_next(t, iterator);
        if (is_null(item)) {
            if (err_pending(t)) goto failed;
            decref(t, iterator);
            return true;
        }
        decref(t, item);
        int64_t length = IS_EXACT(v, list) ? list_len(v) : IS_EXACT(v, tuple) ? tuple_len(v) : IS_EXACT(v, dict) ? dict_len(v) : -1;
        if (length > n) err_raise(t, T_ValueError, "too many values to unpack (expected %u, got %ld)", n, (long)length);
        else err_raise(t, T_ValueError, "too many values to unpack (expected %u)", n);
        goto failed;
    }
    rest = list_from_iterable(t, iterator);
    if (is_null(rest)) goto failed;
    List *l = V_AS(List, rest);
    if (l->length < after) {
        err_raise(t, T_ValueError, "not enough values to unpack (expected at least %u, got %ld)", n + after, (long)(n + l->length));
        goto failed;
    }
    target[n] = rest;
    l->length -= after;
    for (uint32_t k = 0; k < after; k++) target[n + 1 + k] = l->items[l->length + k];
    decref(t, iterator);
    return true;
failed:
    decref_maybe(t, rest);
    drop_all(t, target, i);
    decref(t, iterator);
    return false;
}

/* Locals hold something while the items are fetched, which may fail: they get them all at once. */
static bool unpack_into_locals(Thread *t, Value *R, uint32_t a, Operand x, uint32_t n) {
    Value few[16], *items = few;
    if (n > COUNT_OF(few) && (items = heap_alloc(t, n * sizeof(Value))) == NULL) {
        operand_drop(t, x);
        return false;
    }
    bool ok = true;
    if (LIKELY(IS_EXACT(x.v, list) && list_len(x.v) == n)) {
        for (uint32_t i = 0; i < n; i++) items[i] = new_ref(list_at(x.v, i));
    } else {
        ok = unpack(t, x.v, items, n, false, 0);
    }
    operand_drop(t, x);
    for (uint32_t i = 0; ok && i < n; i++) reg_set(t, R, a + i, items[i]);
    if (items != few) heap_free(t, items);
    return ok;
}

OP3(unpack) {
    Operand x = operand(R, b);
    if (a < first_temp(R)) return unpack_into_locals(t, R, a, x, c);
    bool ok = unpack(t, x.v, R + a, c, false, 0);
    operand_drop(t, x);
    return ok;
}

OP3(unpack_pair) {
    Operand x = operand(R, c);
    Value items[2];
    bool ok = unpack(t, x.v, items, 2, false, 0);
    operand_drop(t, x);
    if (!ok) return false;
    reg_set(t, R, a, items[0]);
    reg_set(t, R, b, items[1]);
    return true;
}

bool op_unpack_ex(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t after) {
    Operand x = operand(R, b);
    bool ok = unpack(t, x.v, R + a, c, true, after);
    operand_drop(t, x);
    return ok;
}

/* --- Text -------------------------------------------------------------------------------------------------------------------------------- */

OP3(convert) {
    Operand x = operand(R, b);
    bool ok = reg_result(t, R, a, c == 1 ? str_of(t, x.v) : c == 2 ? repr_of(t, x.v) : ascii_of(t, x.v));
    operand_drop(t, x);
    return ok;
}

OP3(format) {
    if (IS_EXACT(R[b], str)) {
        reg_set(t, R, a, reg_take(R, b));
        return true;
    }
    Operand x = operand(R, b);
    bool ok = reg_result(t, R, a, format_of(t, x.v, VNULL));
    operand_drop(t, x);
    return ok;
}

OP3(format_spec) {
    Operand x = operand(R, b), y = operand(R, c);
    bool ok = reg_result(t, R, a, format_of(t, x.v, y.v));
    operand_drop(t, x);
    operand_drop(t, y);
    return ok;
}

OP3(build_interpolation) {
    static const char conversions[] = {0, 's', 'r', 'a'};
    Operand x = operand(R, b), text = operand(R, b + 1), spec = c & 4 ? operand(R, b + 2) : (Operand){t->interp->empty_str, false};
    Value conversion = c & 3 ? str_from_char(t, (uint32_t)conversions[c & 3]) : V_NONE, v = VNULL;
    if (!is_null(conversion)) {
        Value args[] = {VNULL, x.v, text.v, conversion, spec.v};
        v = call(t, v_from(builtin_type(t, T_Interpolation)), args + 1, 4, VNULL);
        decref(t, conversion);
    }
    operand_drop(t, x);
    operand_drop(t, text);
    operand_drop(t, spec);
    return reg_result(t, R, a, v);
}

OP3(build_template) { /* the strings are one more than the interpolations: the constructor takes them alternating */
    Operand strings = operand(R, b), interpolations = operand(R, c);
    bool fits = IS_EXACT(strings.v, tuple) && IS_EXACT(interpolations.v, tuple) && tuple_len(strings.v) == tuple_len(interpolations.v) + 1;
    int64_t n = fits ? tuple_len(strings.v) : 0, m = fits ? n - 1 : 0;
    Value args = fits ? tuple_new(t, n + m) : err_raise(t, T_SystemError, "the parts of a template do not fit"), v = VNULL;
    if (!is_null(args)) {
        int64_t k = 0;
        for (int64_t i = 0; i < n; i++) {
            V_AS(Tuple, args)->items[k++] = new_ref(tuple_at(strings.v, i));
            if (i < m) V_AS(Tuple, args)->items[k++] = new_ref(tuple_at(interpolations.v, i));
        }
        args = tuple_done(t, args);
        v = call_tuple(t, v_from(builtin_type(t, T_Template)), args, VNULL);
        decref(t, args);
    }
    operand_drop(t, strings);
    operand_drop(t, interpolations);
    return reg_result(t, R, a, v);
}
