/* Special methods written in Python, run in the loop: an operation whose operand's class has one pushes its frame, and the loop goes on there.
 *
 *     op_binary, op_compare ... --> special_binary, special_compare ...: SPECIAL_PUSHED, or SPECIAL_NONE: ask the slots
 *     leave_frame --> special_done: what the operation makes of the method's answer
 *
 * Only the plain case is here: a Python function that takes just the operands, and no right operand that goes first. The others are for the
 * slots, and so is the rest of an operation whose method answered NotImplemented: until then the operands stay in their registers.
 * The frame of such a method has FRAME_SPECIAL; what it finishes stands in the upper bits of its flags, in `result` and in `instance`.
 */
#include "object/function.h"
#include "ops/attr.h"
#include "ops/number.h"
#include "ops/object.h"
#include "vm/eval_priv.h"

enum SpecialKind { SPECIAL_BINARY, SPECIAL_INPLACE, SPECIAL_REFLECTED, SPECIAL_COMPARE, SPECIAL_COMPARE_JUMP, SPECIAL_IN, SPECIAL_NOT_IN, SPECIAL_IN_JUMP, SPECIAL_ITER, SPECIAL_IGNORED };
enum { KIND_SHIFT = 16, OP_SHIFT = 20, RIGHT_IS_VALUE = 1 << 24 };

static const uint16_t forward_names[BINOP_COUNT] = {
#define BINOP(id, symbol, forward, reflected, inplace) [OP_##id] = N_##forward,
#include "core/binops.def"
#undef BINOP
};
static const uint16_t reflected_names[BINOP_COUNT] = {
#define BINOP(id, symbol, forward, reflected, inplace) [OP_##id] = N_##reflected,
#include "core/binops.def"
#undef BINOP
};
static const uint16_t inplace_names[BINOP_COUNT] = {
#define BINOP(id, symbol, forward, reflected, inplace) [OP_##id] = N_##inplace,
#include "core/binops.def"
#undef BINOP
};
static const uint16_t compare_names[] = {N___lt__, N___le__, N___eq__, N___ne__, N___gt__, N___ge__};

/* The method, where it is a Python function that takes `nargs` arguments as they are: borrowed, else NULL. */
static inline Function *method_of(Thread *t, Type *type, uint32_t name, uint32_t nargs) {
    if (!(type->flags & TF_HEAP)) return NULL;
    Value v = type_lookup(t, type, t->names[name]);
    if (!IS_EXACT(v, function)) return NULL;
    Function *f = V_AS(Function, v);
    Code *code = f->code;
    if (UNLIKELY(code->exact_args == 0)) code_prepare(code);
    bool plain = code->exact_args == nargs + 1 && !(code->flags & CO_RESUMABLE);
    return plain ? f : NULL;
}

/* args: owned, taken. */
static enum Special push(Thread *t, Function *f, Value *args, uint32_t nargs, uint32_t flags, uint32_t registers, Value right) {
    if (UNLIKELY(!enter_above(t, f, args, nargs, registers, FRAME_SPECIAL | flags))) return SPECIAL_ERROR;
    t->fiber->frame->instance = right;
    return SPECIAL_PUSHED;
}

static inline uint32_t registers_of(uint32_t a, uint32_t b) { return a | b << 16; }

/* --- Operators ----------------------------------------------------------------------------------------------------------------- */

/* Whether the right operand's class may ask to go first. */
static inline bool right_first(Type *left, Type *right) { return left != right && (right->flags & TF_HEAP) && is_subtype(right, left); }

/* `right` describes the right operand for special_done: its register, or with RIGHT_IS_VALUE a constant. */
static enum Special operate(Thread *t, Value *R, uint32_t a, uint32_t b, Value y, Value right, uint32_t right_flag, enum BinOp op, bool inplace) {
    Value x = R[b];
    Type *tx = type_of(t, x), *ty = type_of(t, y);
    uint32_t flags = right_flag | (uint32_t)op << OP_SHIFT;
    Function *f;
    if (inplace && tx->slots.inplace[op] != NULL) {
        f = method_of(t, tx, inplace_names[op], 2);
        if (f == NULL) return SPECIAL_NONE;
        Value args[2] = {new_ref(x), new_ref(y)};
        return push(t, f, args, 2, flags | SPECIAL_INPLACE << KIND_SHIFT, registers_of(a, b), right);
    }
    if (right_first(tx, ty)) return SPECIAL_NONE;
    f = method_of(t, tx, forward_names[op], 2);
    if (f != NULL) {
        if (inplace) flags |= FRAME_INPLACE;
        Value args[2] = {new_ref(x), new_ref(y)};
        return push(t, f, args, 2, flags | SPECIAL_BINARY << KIND_SHIFT, registers_of(a, b), right);
    }
    /* A number or another object without a method of its own on the left. */
    if ((tx->flags & TF_HEAP) || tx == ty || inplace || (f = method_of(t, ty, reflected_names[op], 2)) == NULL) return SPECIAL_NONE;
    if (tx->slots.binop[op] != NULL) {
        Value v = tx->slots.binop[op](t, x, y);
        if (is_null(v)) return SPECIAL_ERROR;
        if (!is_notimpl(v)) { /* a temporary that is consumed may be the register of the result */
            Operand left = operand(R, b), other = right_flag ? (Operand){y, false} : operand(R, (uint32_t)smallint_get(right));
            reg_set(t, R, a, v);
            operand_drop(t, left);
            operand_drop(t, other);
            return SPECIAL_PUSHED; /* done: nothing was pushed, and the loop goes on */
        }
    }
    Value args[2] = {new_ref(y), new_ref(x)};
    return push(t, f, args, 2, flags | SPECIAL_REFLECTED << KIND_SHIFT, registers_of(a, b), right);
}

enum Special special_binary(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum BinOp op, bool inplace) {
    return operate(t, R, a, b, R[c], v_smallint(c), 0, op, inplace);
}
enum Special special_binary_value(Thread *t, Value *R, uint32_t a, uint32_t b, Value y, enum BinOp op, bool inplace) {
    return operate(t, R, a, b, y, y, RIGHT_IS_VALUE, op, inplace);
}

static enum Special compare_pair(Thread *t, Value x, Value y, uint32_t registers, Value right, uint32_t flags, enum CompareOp op) {
    Type *tx = type_of(t, x);
    if (right_first(tx, type_of(t, y))) return SPECIAL_NONE;
    Function *f = method_of(t, tx, compare_names[op], 2);
    if (f == NULL) return SPECIAL_NONE;
    Value args[2] = {new_ref(x), new_ref(y)};
    return push(t, f, args, 2, flags | (uint32_t)op << OP_SHIFT, registers, right);
}

enum Special special_compare(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum CompareOp op) {
    return compare_pair(t, R[b], R[c], registers_of(a, b), v_smallint(c), SPECIAL_COMPARE << KIND_SHIFT, op);
}
enum Special special_compare_jump(Thread *t, Value *R, uint32_t a, uint32_t b, enum CompareOp op) {
    return compare_pair(t, R[a], R[b], registers_of(0, a), v_smallint(b), SPECIAL_COMPARE_JUMP << KIND_SHIFT, op);
}
enum Special special_compare_value_jump(Thread *t, Value *R, uint32_t a, Value y, enum CompareOp op) {
    return compare_pair(t, R[a], y, registers_of(0, a), y, RIGHT_IS_VALUE | SPECIAL_COMPARE_JUMP << KIND_SHIFT, op);
}

/* --- Containers: the operands move to the method (a register that is read twice is a local) -------------------------------------------------------------------------------- */

/* Two temporary objects: they would die with the method's frame in another order than behind the operation. */
static inline bool order_shows(Value *R, uint32_t i, uint32_t j) {
    uint32_t temporaries = first_temp(R);
    return j != NO_REGISTER && i >= temporaries && j >= temporaries && is_ptr(R[i]) && is_ptr(R[j]);
}

enum Special special_get_item(Thread *t, Value *R, uint32_t a, uint32_t b, Value key, uint32_t key_register) {
    Function *f = method_of(t, type_of(t, R[b]), N___getitem__, 2);
    if (f == NULL || order_shows(R, b, key_register)) return SPECIAL_NONE;
    Value args[2] = {reg_take(R, b), key_register == NO_REGISTER ? new_ref(key) : reg_take(R, key_register)};
    return enter_above(t, f, args, 2, a, 0) ? SPECIAL_PUSHED : SPECIAL_ERROR;
}

enum Special special_set_item(Thread *t, Value *R, uint32_t a, Value key, uint32_t key_register, uint32_t c) {
    Function *f = method_of(t, type_of(t, R[a]), N___setitem__, 3);
    if (f == NULL || order_shows(R, a, key_register) || order_shows(R, a, c)) return SPECIAL_NONE;
    Value args[3] = {reg_take(R, a), key_register == NO_REGISTER ? new_ref(key) : reg_take(R, key_register), reg_take(R, c)};
    return push(t, f, args, 3, SPECIAL_IGNORED << KIND_SHIFT, 0, V_UNBOUND);
}

/* R[b] in R[c]; jump: the instruction is a jump on it. */
enum Special special_in(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, bool negated, bool jump) {
    Function *f = method_of(t, type_of(t, R[c]), N___contains__, 2);
    if (f == NULL || order_shows(R, b, c)) return SPECIAL_NONE;
    Value args[2] = {reg_take(R, c), reg_take(R, b)};
    uint32_t kind = jump ? SPECIAL_IN_JUMP : negated ? SPECIAL_NOT_IN : SPECIAL_IN;
    return push(t, f, args, 2, kind << KIND_SHIFT, registers_of(a, 0), V_UNBOUND);
}

enum Special special_iter(Thread *t, Value *R, uint32_t a, uint32_t b) {
    Function *f = method_of(t, type_of(t, R[b]), N___iter__, 1);
    if (f == NULL) return SPECIAL_NONE;
    Value self = reg_take(R, b);
    return push(t, f, &self, 1, SPECIAL_ITER << KIND_SHIFT, registers_of(a, 0), V_UNBOUND);
}

enum Special special_unary(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t name) {
    Function *f = method_of(t, type_of(t, R[b]), name, 1);
    if (f == NULL) return SPECIAL_NONE;
    Value self = reg_take(R, b);
    return enter_above(t, f, &self, 1, a, 0) ? SPECIAL_PUSHED : SPECIAL_ERROR;
}

/* --- Done ------------------------------------------------------------------------------------------------------------------------- */

static int truth_taken(Thread *t, Value v) {
    int holds = truth(t, v);
    decref(t, v);
    return holds;
}

/* The conditional jump under way: its second word is the offset, its operand C the sense. */
static bool jump_done(Frame *f, int holds) {
    if (holds < 0) return false;
    if (holds == (int)bc_c(f->pc[-2])) f->pc += (int32_t)f->pc[-1];
    return true;
}

static bool binary_done(Thread *t, Value *R, enum SpecialKind kind, uint32_t flags, uint32_t a, Operand x, Operand y, Value result) {
    if (UNLIKELY(is_notimpl(result))) {
        enum BinOp op = flags >> OP_SHIFT & 15;
        if (kind == SPECIAL_INPLACE) result = number_inplace_declined(t, op, x.v, y.v);
        else result = number_binary_declined(t, op, x.v, y.v, (flags & FRAME_INPLACE) != 0, kind == SPECIAL_REFLECTED);
    }
    bool ok = reg_result(t, R, a, result);
    operand_drop(t, x);
    operand_drop(t, y);
    return ok;
}

static bool compare_done(Thread *t, Value *R, enum SpecialKind kind, uint32_t flags, uint32_t a, Operand x, Operand y, Value result) {
    if (UNLIKELY(is_notimpl(result))) result = compare_declined(t, x.v, y.v, flags >> OP_SHIFT & 15);
    bool ok;
    if (is_null(result)) ok = false;
    else if (kind == SPECIAL_COMPARE) ok = reg_result(t, R, a, result);
    else ok = jump_done(frame_of(R), LIKELY(is_bool(result)) ? same(result, V_TRUE) : truth_taken(t, result));
    operand_drop(t, y);
    operand_drop(t, x);
    return ok;
}

bool special_done(Thread *t, Frame *caller, uint32_t flags, uint32_t registers, Value right, Value result) {
    Value *R = caller->registers;
    enum SpecialKind kind = flags >> KIND_SHIFT & 15;
    uint32_t a = registers & 0xFFFF, b = registers >> 16;
    int holds;
    switch (kind) {
        case SPECIAL_BINARY: case SPECIAL_INPLACE: case SPECIAL_REFLECTED: case SPECIAL_COMPARE: case SPECIAL_COMPARE_JUMP: {
            Operand x = operand(R, b), y = {right, false};
            if (!(flags & RIGHT_IS_VALUE)) {
                uint32_t c = (uint32_t)smallint_get(right);
                y = c == b ? (Operand){x.v, false} : operand(R, c);
            }
            if (kind >= SPECIAL_COMPARE) return compare_done(t, R, kind, flags, a, x, y, result);
            return binary_done(t, R, kind, flags, a, x, y, result);
        }
        case SPECIAL_IN: case SPECIAL_NOT_IN:
            holds = truth_taken(t, result);
            if (holds >= 0) reg_set(t, R, a, v_bool(holds != (kind == SPECIAL_NOT_IN)));
            return holds >= 0;
        case SPECIAL_IN_JUMP: return jump_done(caller, truth_taken(t, result));
        case SPECIAL_ITER:
            if (LIKELY(is_iterator(t, result))) return reg_result(t, R, a, result);
            err_raise(t, T_TypeError, "iter() returned non-iterator of type '%T'", result);
            decref(t, result);
            return false;
        case SPECIAL_IGNORED: decref(t, result); return true;
    }
    return err_fail(t, T_SystemError, "no operation waits for this method");
}
