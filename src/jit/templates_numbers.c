/* Templates of arithmetic, comparison, truth and jumps: ints and floats that need no allocation in line, everything else by a function of C or the
 * instruction's body.
 *
 * An int is 4 * i + 3 and a float its bits rotated left by three (core/value.h), so that most of what is done to them needs no unpacking. Operands
 * are in rax and rcx.
 */
#include "jit/templates.h"
#include "object/simple.h"

/* --- Numbers ------------------------------------------------------------------------------------------------------------------------------- */
/* The right operand: a register or a constant. */
typedef struct Right {
    bool constant;
    uint32_t reg;
    Value value;
} Right;
static Right right_reg(Compiler *c, uint32_t i) { return (Right){false, i, VNULL}; }
static Right right_constant(Compiler *c, uint32_t k) { return (Right){true, 0, c->code->consts[k]}; }

/* Jumps where `reg` holds no small float. */
static Place unless_float(Compiler *c, Reg reg, Reg scratch) {
    move(&c->s, scratch, reg);
    shift(&c->s, SHR, scratch, 1);
    op_rr(&c->s, XOR, scratch, reg);
    test8(&c->s, scratch, 1);
    return jump_if(&c->s, CC_E);
}
static void unbox(Compiler *c, Xmm to, Reg reg) { /* reg is lost */
    shift(&c->s, ROR, reg, 3);
    float_from_bits(&c->s, to, reg);
}
/* The float in xmm0 into R[a]. */
static void put_float(Compiler *c, uint32_t a) {
    float_to_bits(&c->s, RAX, XMM0);
    shift(&c->s, ROL, RAX, 3);
    Place unusual = unless_float(c, RAX, RDX);
    Number *zero = cold_number(c);
    if (zero != NULL) {
        zero->from[0] = unusual;
        zero->zero = true;
        zero->back = c->s.at;
    }
    put(c, a, RAX);
}
/* The double that a constant operand is, for floats and for ints that a double holds exactly. */
static bool constant_double(Value v, double *d) {
    if (is_smallfloat(v)) *d = smallfloat_get(v);
    else if (is_smallint(v) && smallint_get(v) >= -(INT64_C(1) << 53) && smallint_get(v) <= INT64_C(1) << 53) *d = (double)smallint_get(v);
    else return false;
    return true;
}
/* xmm0 and xmm1 from rax and the right operand, or the slow path. */
static void load_floats(Compiler *c, Right right, bool divides) {
    Asm *s = &c->s;
    Place left_unusual = unless_float(c, RAX, RDX), right_unusual = NULL;
    if (!right.constant) {
        right_unusual = unless_float(c, RCX, RDX);
        unbox(c, XMM1, RCX);
    }
    unbox(c, XMM0, RAX);
    Number *numbers = cold_number(c);
    if (numbers != NULL) {
        numbers->from[0] = left_unusual;
        numbers->from[1] = right_unusual;
        numbers->right = !right.constant;
        numbers->divides = divides && !right.constant;
        numbers->back = s->at;
    }
    if (right.constant) {
        double d = 0;
        constant_double(right.value, &d);
        uint64_t bits;
        memcpy(&bits, &d, 8);
        move_immediate(s, RCX, bits);
        float_from_bits(s, XMM1, RCX);
    }
}
/* A jump for when not both operands, rax and the right one (a register's is in rcx), are small ints. */
static Place unless_ints(Compiler *c, Right right) {
    Asm *s = &c->s;
    move32(s, RDX, RAX);
    if (!right.constant) op32_rr(s, AND, RDX, RCX);
    op32_ri(s, AND, RDX, 3);
    op32_ri(s, CMP, RDX, 3);
    return jump_if(s, CC_NE);
}
static bool arithmetic(Compiler *c, int op, Right right) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w);
    double d;
    if (right.constant && !constant_double(right.value, &d)) return false;
    load_reg(c, RAX, bc_b(c->w));
    if (!right.constant) load_reg(c, RCX, right.reg);
    Place done = NULL;
    if (!right.constant || is_smallint(right.value)) {
        Place no_ints = unless_ints(c, right);
        bool near = right.constant && smallint_get(right.value) <= INT32_MAX / 8 && smallint_get(right.value) >= INT32_MIN / 8;
        if (right.constant && !near) move_immediate(s, RCX, right.value.bits);
        switch (op) {
            case FLOAT_ADD:
            case FLOAT_SUB:
                if (near) {
                    op_ri(s, op == FLOAT_ADD ? ADD : SUB, RAX, (int32_t)(smallint_get(right.value) * 4));
                } else {
                    op_ri(s, SUB, RCX, 3);
                    op_rr(s, op == FLOAT_ADD ? ADD : SUB, RAX, RCX);
                }
                slow_if(c, CC_O);
                break;
            case FLOAT_MUL:
                if (near) move_immediate(s, RCX, (uint64_t)smallint_get(right.value));
                else shift(s, SAR, RCX, 2);
                op_ri(s, SUB, RAX, 3);
                multiply(s, RAX, RCX);
                slow_if(c, CC_O);
                op_ri(s, OR, RAX, 3);
                break;
        }
        put(c, a, RAX);
        done = jump(s);
        patch_here(s, no_ints);
    }
    load_floats(c, right, false);
    float_op(s, (uint8_t)op, XMM0, XMM1);
    put_float(c, a);
    if (done) patch_here(s, done);
    return true;
}
static bool division(Compiler *c, Right right) {
    double d;
    if (right.constant && (!constant_double(right.value, &d) || d == 0)) return false;
    load_reg(c, RAX, bc_b(c->w));
    if (!right.constant) load_reg(c, RCX, right.reg);
    load_floats(c, right, true);
    float_op(&c->s, FLOAT_DIV, XMM0, XMM1);
    put_float(c, bc_a(c->w));
    return true;
}
#define ARITHMETIC(name, op)                                                                  \
    bool template_##name(Compiler *c) { return arithmetic(c, op, right_reg(c, bc_c(c->w))); } \
    bool template_##name##_k(Compiler *c) { return arithmetic(c, op, right_constant(c, bc_c(c->w))); }
ARITHMETIC(add, FLOAT_ADD)
ARITHMETIC(sub, FLOAT_SUB)
ARITHMETIC(mul, FLOAT_MUL)
bool template_truediv(Compiler *c) { return division(c, right_reg(c, bc_c(c->w))); }
bool template_truediv_k(Compiler *c) { return division(c, right_constant(c, bc_c(c->w))); }

/* Floor division and remainder by a positive int. */
static bool floor_op(Compiler *c, Right right, bool quotient) {
    Asm *s = &c->s;
    if (right.constant && (!is_smallint(right.value) || smallint_get(right.value) <= 0)) return false;
    load_reg(c, RAX, bc_b(c->w));
    if (!right.constant) load_reg(c, RCX, right.reg);
    slow_here(c, unless_ints(c, right));
    int64_t divisor = right.constant ? smallint_get(right.value) : 0;
    if (divisor > 0 && (divisor & (divisor - 1)) == 0 && divisor < INT32_MAX / 4) {
        if (quotient) {
            shift(s, SAR, RAX, (uint8_t)(__builtin_ctzll((unsigned long long)divisor)));
            op_ri(s, OR, RAX, 3);
        } else {
            op_ri(s, AND, RAX, (int32_t)(divisor * 4 - 1));
        }
        put(c, bc_a(c->w), RAX);
        return true;
    }
    if (right.constant) {
        move_immediate(s, RCX, (uint64_t)divisor);
    } else {
        op_ri(s, CMP, RCX, 3);
        slow_if(c, CC_LE);
        shift(s, SAR, RCX, 2);
    }
    shift(s, SAR, RAX, 2);
    sign_extend_rax(s);
    divide(s, RCX);
    test_rr(s, RDX, RDX);
    Place exact = jump_if(s, CC_NS);
    if (quotient) op_ri(s, SUB, RAX, 1);
    else op_rr(s, ADD, RDX, RCX);
    patch_here(s, exact);
    if (!quotient) move(s, RAX, RDX);
    lea_indexed(s, RAX, RAX, RAX, 0, 0); /* 4 * i + 3 */
    lea_indexed(s, RAX, RAX, RAX, 0, 3);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_floordiv(Compiler *c) { return floor_op(c, right_reg(c, bc_c(c->w)), true); }
bool template_floordiv_k(Compiler *c) { return floor_op(c, right_constant(c, bc_c(c->w)), true); }
bool template_mod(Compiler *c) { return floor_op(c, right_reg(c, bc_c(c->w)), false); }
bool template_mod_k(Compiler *c) { return floor_op(c, right_constant(c, bc_c(c->w)), false); }

static bool bitwise(Compiler *c, int op, Right right) {
    Asm *s = &c->s;
    if (right.constant && !is_smallint(right.value)) return false;
    load_reg(c, RAX, bc_b(c->w));
    if (!right.constant) load_reg(c, RCX, right.reg);
    slow_here(c, unless_ints(c, right));
    if (right.constant) move_immediate(s, RCX, right.value.bits);
    op_rr(s, op, RAX, RCX);
    if (op == XOR) op_ri(s, OR, RAX, 3);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_and(Compiler *c) { return bitwise(c, AND, right_reg(c, bc_c(c->w))); }
bool template_and_k(Compiler *c) { return bitwise(c, AND, right_constant(c, bc_c(c->w))); }
bool template_or(Compiler *c) { return bitwise(c, OR, right_reg(c, bc_c(c->w))); }
bool template_xor(Compiler *c) { return bitwise(c, XOR, right_reg(c, bc_c(c->w))); }
bool template_rshift_k(Compiler *c) {
    Right right = right_constant(c, bc_c(c->w));
    if (!is_smallint(right.value) || smallint_get(right.value) < 0 || smallint_get(right.value) >= 62) return false;
    load_reg(c, RAX, bc_b(c->w));
    slow_here(c, unless_ints(c, right));
    shift(&c->s, SAR, RAX, (uint8_t)smallint_get(right.value));
    op_ri(&c->s, OR, RAX, 3);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_rshift(Compiler *c) {
    Asm *s = &c->s;
    Right right = right_reg(c, bc_c(c->w));
    load_reg(c, RAX, bc_b(c->w));
    load_reg(c, RCX, right.reg);
    slow_here(c, unless_ints(c, right));
    op_ri(s, CMP, RCX, 62 * 4 + 3);
    slow_if(c, CC_AE);
    shift(s, SAR, RCX, 2);
    shift_cl(s, SAR, RAX);
    op_ri(s, OR, RAX, 3);
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool lshift(Compiler *c, Right right) {
    Asm *s = &c->s;
    if (right.constant && (!is_smallint(right.value) || smallint_get(right.value) < 0 || smallint_get(right.value) >= 60)) return false;
    load_reg(c, RAX, bc_b(c->w));
    if (!right.constant) load_reg(c, RCX, right.reg);
    slow_here(c, unless_ints(c, right));
    if (right.constant) {
        move_immediate(s, RCX, (uint64_t)smallint_get(right.value));
    } else {
        op_ri(s, CMP, RCX, 60 * 4 + 3);
        slow_if(c, CC_AE);
        shift(s, SAR, RCX, 2);
    }
    op_ri(s, SUB, RAX, 3); /* 4 * i: what is shifted out and back again must be the same */
    move(s, RDX, RAX);
    shift_cl(s, SHL, RAX);
    move(s, RSI, RAX);
    shift_cl(s, SAR, RSI);
    op_rr(s, CMP, RSI, RDX);
    slow_if(c, CC_NE);
    op_ri(s, OR, RAX, 3);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_lshift(Compiler *c) { return lshift(c, right_reg(c, bc_c(c->w))); }
bool template_lshift_k(Compiler *c) { return lshift(c, right_constant(c, bc_c(c->w))); }
bool template_neg(Compiler *c) {
    Asm *s = &c->s;
    load_reg(c, RAX, bc_b(c->w));
    Place no_int = unless_int(c, RAX, RDX);
    move_immediate(s, RCX, 6); /* 4 * -i + 3 = 6 - (4 * i + 3) */
    op_rr(s, SUB, RCX, RAX);
    slow_if(c, CC_O);
    move(s, RAX, RCX);
    Place done = jump(s);
    patch_here(s, no_int);
    slow_here(c, unless_float(c, RAX, RDX));
    op_ri(s, XOR, RAX, 4);
    patch_here(s, done);
    put(c, bc_a(c->w), RAX);
    return true;
}
/* --- Comparison and jumps --------------------------------------------------------------------------------------------------------------------- */
typedef struct Comparison {
    Condition ints;         /* after cmp left, right */
    bool swapped;           /* floats: ucomisd right, left */
    Condition floats;       /* and this condition then, which is false for NaN */
    enum CompareOp op;
} Comparison;
static const Comparison comparisons[] = {
    {CC_L, true, CC_A, CMP_LT}, {CC_LE, true, CC_AE, CMP_LE}, {CC_E, false, CC_E, CMP_EQ}, {CC_NE, false, CC_NE, CMP_NE}, {CC_G, false, CC_A, CMP_GT},
    {CC_GE, false, CC_AE, CMP_GE},
};
static Condition opposite(Condition cc) { return cc ^ 1; }

static void compare_ints(Compiler *c, Right right) {
    Asm *s = &c->s;
    if (!right.constant) op_rr(s, CMP, RAX, RCX);
    else if ((int64_t)right.value.bits == (int32_t)right.value.bits) op_ri(s, CMP, RAX, (int32_t)right.value.bits);
    else {
        move_immediate(s, RCX, right.value.bits);
        op_rr(s, CMP, RAX, RCX);
    }
}
/* What r15 tells, 1 or 0, decides whether to jump. */
static void jump_by_r15(Compiler *c) {
    test32_rr(&c->s, R15, R15);
    jump_word(c, jump_if(&c->s, bc_c(c->w) ? CC_NE : CC_E), c->next + c->second);
}
/* Of two objects, which rax and rcx hold if they are pointers, by their types; strings are told to be equal or not at once. The answer leads on where
 * the pointers are compared. */
static Place compare_pointers(Compiler *c, const Comparison *how, Right right) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w);
    bool equality = how->op == CMP_EQ || how->op == CMP_NE;
    move(s, RDX, RAX);
    if (!right.constant) op_rr(s, OR, RDX, RCX);
    test8(s, RDX, 7);
    Place no_pointers = jump_if(s, CC_NE), found = NULL;
    if (right.constant) move_immediate(s, RCX, right.value.bits);
    if (equality) {
        call_to(s, c->jit->equal_strings);
        found = jump_if(s, CC_AE);
    }
    if (right.constant) {
        slow_here(c, jump(s));
    } else {
        op32_mi(s, CMP, RAX, offsetof(Object, shape), SHAPE_FIRST_DYNAMIC); /* a class may have special methods in Python */
        slow_if(c, CC_AE);
        save_pc(c, RDX);
        move(s, RDI, REG_T);
        move(s, RSI, RAX);
        move(s, RDX, RCX);
        move_immediate(s, RCX, how->op);
        call_to(s, (const void *)compare_truth);
        test32_rr(s, RAX, RAX);
        jump_if_to(s, CC_S, c->jit->leave[STEP_ERROR]);
    }
    Place compared = right.constant ? NULL : jump(s);
    if (found) patch_here(s, found);
    if (how->op == CMP_NE) op32_ri(s, XOR, RAX, 1);
    if (compared) patch_here(s, compared);
    move(s, R15, RAX);
    if (!right.constant) drop_operand(c, right.reg);
    drop_operand(c, a);
    jump_by_r15(c);
    Place done = jump(s);
    patch_here(s, no_pointers);
    return done;
}
static bool compare_with_string(Compiler *c, const Comparison *how, Right right) {
    if (how->op != CMP_EQ && how->op != CMP_NE) return false;
    load_reg(c, RAX, bc_a(c->w));
    Place done = compare_pointers(c, how, right);
    slow_here(c, jump(&c->s));
    patch_here(&c->s, done);
    return true;
}
static bool compare_jump(Compiler *c, const Comparison *how, Right right) {
    Asm *s = &c->s;
    uint32_t sense = bc_c(c->w), target = c->next + c->second;
    double d;
    if (right.constant && !constant_double(right.value, &d)) return IS_EXACT(right.value, str) && compare_with_string(c, how, right);
    load_reg(c, RAX, bc_a(c->w));
    if (!right.constant) load_reg(c, RCX, right.reg);
    Place done = NULL;
    if (!right.constant || is_smallint(right.value)) {
        Place no_ints = unless_ints(c, right);
        compare_ints(c, right);
        jump_word(c, jump_if(s, sense ? how->ints : opposite(how->ints)), target);
        done = jump(s);
        patch_here(s, no_ints);
    }
    Place pointers_done = right.constant ? NULL : compare_pointers(c, how, right);
    load_floats(c, right, false);
    float_compare(s, how->swapped ? XMM1 : XMM0, how->swapped ? XMM0 : XMM1);
    bool equal = how->floats == CC_E, unequal = how->floats == CC_NE;
    if (equal || unequal) { /* unordered sets parity, and equal as well */
        if ((equal && sense) || (unequal && !sense)) {
            Place unordered = jump_if(s, CC_P);
            jump_word(c, jump_if(s, CC_E), target);
            patch_here(s, unordered);
        } else {
            jump_word(c, jump_if(s, CC_P), target);
            jump_word(c, jump_if(s, CC_NE), target);
        }
    } else {
        jump_word(c, jump_if(s, sense ? how->floats : opposite(how->floats)), target);
    }
    if (done) patch_here(s, done);
    if (pointers_done) patch_here(s, pointers_done);
    return true;
}
static bool compare_value(Compiler *c, const Comparison *how) { /* of small ints */
    Asm *s = &c->s;
    Right right = right_reg(c, bc_c(c->w));
    load_reg(c, RAX, bc_b(c->w));
    load_reg(c, RCX, right.reg);
    slow_here(c, unless_ints(c, right));
    op_rr(s, CMP, RAX, RCX);
    set_condition(s, how->ints, RAX);
    shift(s, SHL, RAX, 3);
    op_ri(s, ADD, RAX, BITS(V_FALSE));
    put(c, bc_a(c->w), RAX);
    return true;
}
#define COMPARISON(name, index)                                                                                       \
    bool template_##name(Compiler *c) { return compare_value(c, &comparisons[index]); }                               \
    bool template_jump_##name(Compiler *c) { return compare_jump(c, &comparisons[index], right_reg(c, bc_b(c->w))); } \
    bool template_jump_##name##_k(Compiler *c) { return compare_jump(c, &comparisons[index], right_constant(c, bc_b(c->w))); }
COMPARISON(lt, 0)
COMPARISON(le, 1)
COMPARISON(eq, 2)
COMPARISON(ne, 3)
COMPARISON(gt, 4)
COMPARISON(ge, 5)

bool template_jump(Compiler *c) {
    jump_word(c, jump(&c->s), c->next + (uint32_t)bc_sax(c->w));
    return true;
}
bool template_loop(Compiler *c) {
    op32_mi(&c->s, CMP, REG_T, offsetof(Thread, breaker), 0);
    slow_if(c, CC_NE);
    return template_jump(c);
}
bool template_not(Compiler *c) {
    Asm *s = &c->s;
    load_reg(c, RAX, bc_b(c->w));
    move(s, RDX, RAX);
    op_ri(s, OR, RDX, 8);
    op_ri(s, CMP, RDX, BITS(V_TRUE));
    Place is_bool = jump_if(s, CC_E);
    need_pointer(c, RAX);
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    move(s, RSI, RAX);
    call_to(s, (const void *)jit_truth);
    test32_rr(s, RAX, RAX);
    slow_if(c, CC_S);
    move(s, R15, RAX);
    drop_operand(c, bc_b(c->w));
    move(s, RAX, R15);
    shift(s, SHL, RAX, 3);
    op_ri(s, ADD, RAX, BITS(V_FALSE));
    patch_here(s, is_bool);
    op_ri(s, XOR, RAX, 8);
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool jump_truth(Compiler *c, bool sense) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), target = c->next + (uint32_t)bc_sbx(c->w);
    load_reg(c, RAX, a);
    op_ri(s, CMP, RAX, BITS(V_TRUE));
    Place is_true = jump_if(s, CC_E);
    op_ri(s, CMP, RAX, BITS(V_FALSE));
    Place is_false = jump_if(s, CC_E);
    op_ri(s, CMP, RAX, BITS(V_NONE));
    Place is_none = jump_if(s, CC_E);
    test8(s, RAX, 7);
    Place no_pointer = jump_if(s, CC_NE);
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    move(s, RSI, RAX);
    call_to(s, (const void *)jit_truth);
    move(s, R15, RAX);
    test32_rr(s, RAX, RAX);
    slow_if(c, CC_S);
    drop_temps(c, a, a);
    test32_rr(s, R15, R15);
    jump_word(c, jump_if(s, sense ? CC_NE : CC_E), target);
    Place done = jump(s);
    patch_here(s, no_pointer);
    slow_here(c, unless_int(c, RAX, RDX));
    op_ri(s, CMP, RAX, 3);
    if (sense) {
        jump_word(c, is_true, target);
        jump_word(c, jump_if(s, CC_NE), target);
        patch_here(s, is_false);
        patch_here(s, is_none);
    } else {
        jump_word(c, is_false, target);
        jump_word(c, is_none, target);
        jump_word(c, jump_if(s, CC_E), target);
        patch_here(s, is_true);
    }
    patch_here(s, done);
    return true;
}
bool template_jump_if_true(Compiler *c) { return jump_truth(c, true); }
bool template_jump_if_false(Compiler *c) { return jump_truth(c, false); }
static bool jump_truth_keep(Compiler *c, bool sense) { /* of bools: a temporary that falls through is no pointer */
    Asm *s = &c->s;
    uint32_t target = c->next + (uint32_t)bc_sbx(c->w);
    load_reg(c, RAX, bc_a(c->w));
    op_ri(s, CMP, RAX, BITS(sense ? V_TRUE : V_FALSE));
    jump_word(c, jump_if(s, CC_E), target);
    op_ri(s, CMP, RAX, BITS(sense ? V_FALSE : V_TRUE));
    slow_if(c, CC_NE);
    return true;
}
bool template_jump_if_true_keep(Compiler *c) { return jump_truth_keep(c, true); }
bool template_jump_if_false_keep(Compiler *c) { return jump_truth_keep(c, false); }
bool template_jump_if_none(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), target = c->next + (uint32_t)bc_sbx(c->w);
    if (!is_temp(c, a)) {
        op_mi(s, CMP, REG_R, reg_at(a), BITS(V_NONE));
        jump_word(c, jump_if(s, CC_E), target);
        return true;
    }
    load_reg(c, RCX, a);
    op_ri(s, CMP, RCX, BITS(V_NONE));
    jump_word(c, jump_if(s, CC_E), target);
    kill_temp(c, a);
    drop_value(c, DROP_LAST);
    return true;
}
bool template_jump_if_not_none(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), target = c->next + (uint32_t)bc_sbx(c->w);
    if (!is_temp(c, a)) {
        op_mi(s, CMP, REG_R, reg_at(a), BITS(V_NONE));
        jump_word(c, jump_if(s, CC_NE), target);
        return true;
    }
    load_reg(c, RCX, a);
    op_ri(s, CMP, RCX, BITS(V_NONE));
    Place none = jump_if(s, CC_E);
    test8(s, RCX, 7);
    slow_if(c, CC_E); /* a pointer is dropped by the body, which then jumps */
    jump_word(c, jump(s), target);
    patch_here(s, none);
    return true;
}
bool template_jump_is(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    load_reg(c, RAX, a);
    op_rm(s, CMP, RAX, REG_R, reg_at(b));
    if (!is_temp(c, a) && !is_temp(c, b)) {
        jump_word(c, jump_if(s, bc_c(c->w) ? CC_E : CC_NE), c->next + c->second);
        return true;
    }
    set_condition(s, CC_E, R15);
    drop_temps(c, a, b);
    jump_by_r15(c);
    return true;
}
/* In a container that is no instance of a class, whose methods may be Python's. */
bool template_jump_in(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    load_reg(c, RDX, b);
    need_pointer(c, RDX);
    op32_mi(s, CMP, RDX, offsetof(Object, shape), SHAPE_FIRST_DYNAMIC);
    slow_if(c, CC_AE);
    save_pc(c, RAX);
    move(s, RDI, REG_T);
    load_reg(c, RSI, a);
    call_to(s, (const void *)jit_in);
    test32_rr(s, RAX, RAX);
    jump_if_to(s, CC_S, c->jit->leave[STEP_ERROR]);
    move(s, R15, RAX);
    drop_temps(c, a, b);
    Condition jumps = bc_c(c->w) ? CC_NE : CC_E;
    load(s, RAX, REG_T, offsetof(Thread, plain_dispatch));
    op_rm(s, CMP, RAX, REG_T, offsetof(Thread, dispatch));
    Place plain = jump_if(s, CC_E);
    test32_rr(s, R15, R15); /* a comparison has begun to trace: the frame goes on in the loop */
    Place stays = jump_if(s, opposite(jumps));
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next + c->second));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    patch_here(s, stays);
    jump_to(s, c->jit->leave[STEP_LOAD_FRAME]);
    patch_here(s, plain);
    jump_by_r15(c);
    return true;
}
