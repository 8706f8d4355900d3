/* The templates, one row for each instruction that has one; see templates.c for what a template may do. The others are run by their bodies. */
#ifndef KRAIT_JIT_TEMPLATES_H
#define KRAIT_JIT_TEMPLATES_H

#include "jit/pieces.h"

/* X(opcode, name of the template) */
#define TEMPLATES(X)                                                                                                                            \
    /* templates.c */                                                                                                                           \
    X(NOP, nop) X(MOVE, move) X(COPY, copy) X(SWAP, swap) X(LOAD_CONST, load_const) X(LOAD_INT, load_int) X(LOAD_IMMEDIATE, load_immediate)     \
    X(DROP, drop) X(CHECK_BOUND, check_bound) X(DELETE_LOCAL, delete_local)                                                                     \
    X(LOAD_CELL, load_cell) X(STORE_CELL, store_cell) X(LOAD_GLOBAL, load_global) X(LOAD_CALLEE, load_callee)                                   \
    X(LOAD_ATTR, load_attr) X(STORE_ATTR, store_attr) X(LOAD_METHOD, load_method)                                                               \
    X(GET_ITEM, get_item) X(GET_ITEM_INT, get_item_int) X(GET_ITEM_K, get_item_k) X(SET_ITEM, set_item) X(SET_ITEM_K, set_item_k)               \
    X(LIST_APPEND, list_append)                                                                                                                 \
    X(BUILD_TUPLE, build) X(BUILD_LIST, build) X(BUILD_MAP, build)                                                                              \
    /* templates_numbers.c */                                                                                                                   \
    X(ADD, add) X(SUB, sub) X(MUL, mul) X(ADD_K, add_k) X(SUB_K, sub_k) X(MUL_K, mul_k) X(IADD, add) X(ISUB, sub) X(IMUL, mul) X(IADD_K, add_k) \
    X(ISUB_K, sub_k)                                                                                                                            \
    X(TRUEDIV, truediv) X(ITRUEDIV, truediv) X(TRUEDIV_K, truediv_k) X(FLOORDIV, floordiv) X(IFLOORDIV, floordiv) X(FLOORDIV_K, floordiv_k)     \
    X(MOD, mod) X(IMOD, mod) X(MOD_K, mod_k)                                                                                                    \
    X(AND, and) X(IAND, and) X(AND_K, and_k) X(OR, or) X(IOR, or) X(XOR, xor) X(IXOR, xor)                                                      \
    X(RSHIFT, rshift) X(IRSHIFT, rshift) X(RSHIFT_K, rshift_k) X(LSHIFT, lshift) X(ILSHIFT, lshift) X(LSHIFT_K, lshift_k)                       \
    X(NEG, neg) X(NOT, not)                                                                                                                     \
    X(LT, lt) X(LE, le) X(EQ, eq) X(NE, ne) X(GT, gt) X(GE, ge)                                                                                 \
    X(JUMP_LT, jump_lt) X(JUMP_LE, jump_le) X(JUMP_EQ, jump_eq) X(JUMP_NE, jump_ne) X(JUMP_GT, jump_gt) X(JUMP_GE, jump_ge)                     \
    X(JUMP_LT_K, jump_lt_k) X(JUMP_LE_K, jump_le_k) X(JUMP_EQ_K, jump_eq_k) X(JUMP_NE_K, jump_ne_k) X(JUMP_GT_K, jump_gt_k)                     \
    X(JUMP_GE_K, jump_ge_k)                                                                                                                     \
    X(JUMP, jump) X(LOOP, loop) X(JUMP_IF_TRUE, jump_if_true) X(JUMP_IF_FALSE, jump_if_false) X(JUMP_IF_TRUE_KEEP, jump_if_true_keep)           \
    X(JUMP_IF_FALSE_KEEP, jump_if_false_keep)                                                                                                   \
    X(JUMP_IF_NONE, jump_if_none) X(JUMP_IF_NOT_NONE, jump_if_not_none) X(JUMP_IS, jump_is) X(JUMP_IN, jump_in)                                 \
    /* templates_iterate.c */                                                                                                                   \
    X(GET_ITER, get_iter) X(FOR_ITER, for_iter) X(UNPACK, unpack) X(UNPACK_PAIR, unpack_pair)                                                   \
    /* templates_calls.c */                                                                                                                     \
    X(CALL, call) X(CALL_KW, straying) X(CALL_EX, straying) X(RETURN, return) X(RETURN_CONST, return_const) X(YIELD, yield)                     \
    X(RETURN_GENERATOR, leaving) X(SEND, straying)

/* Emits the instruction c->w, or answers false: nothing was emitted. */
#define TEMPLATE(opcode, name) bool template_##name(Compiler *c);
TEMPLATES(TEMPLATE)
#undef TEMPLATE

/* templates_calls.c: FOR_ITER over the generator in rsi. */
void template_for_generator(Compiler *c);

#endif
