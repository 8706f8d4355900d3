/* Templates of iteration and unpacking: lists, tuples and ranges in line, generators with machine code by a jump into it (templates_calls.c), other
 * iterators by their type's slot.
 */
#include "jit/templates.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/tuple.h"

/* FOR_ITER and UNPACK_PAIR: the items of a dict come without their tuple; other pairs are had by the body. The iterator is in rsi. */
static void next_pair(Compiler *c, uint32_t unpack) {
    Asm *s = &c->s;
    uint32_t first = bc_a(unpack);
    move(s, RDI, RSI);
    lea(s, RSI, RSP, 0);
    call_to(s, (const void *)jit_next_pair);
    test8(s, RAX, 0xFF);
    slow_if(c, CC_E);
    load(s, R15, RSP, 0);
    load(s, R14, RSP, 8);
    load_reg(c, RCX, first);
    store(s, REG_R, reg_at(first), R15);
    if (!is_temp(c, first)) drop_value(c, DROP_WITHIN);
    put(c, bc_b(unpack), R14);
    jump_word(c, jump(s), c->next + 1);
}
/* rax = what the slot of a built-in type makes of the object in rsi, which has the shape in eax. A class may have special methods in Python. */
static void call_slot(Compiler *c, size_t slot) {
    Asm *s = &c->s;
    op32_ri(s, CMP, RAX, SHAPE_FIRST_DYNAMIC);
    slow_if(c, CC_AE);
    load_indexed(s, RAX, REG_SHAPES, RAX, 0, offsetof(Shape, type));
    load(s, RAX, RAX, (int32_t)slot);
    test_rr(s, RAX, RAX);
    slow_if(c, CC_E);
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    asm_rr(s, false, 0xFF, 2, RAX); /* call rax */
}
/* FOR_ITER by the slot of the iterator in rsi, which has the shape in eax. */
static void next_of_others(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w), after = c->code->instructions[c->next];
    if (bc_op(after) == BC_UNPACK_PAIR && bc_c(after) == a) {
        next_pair(c, after);
        return;
    }
    call_slot(c, offsetof(Type, slots.next));
    test_rr(s, RAX, RAX);
    Place found = jump_if(s, CC_NE);
    op_mi(s, CMP, REG_T, offsetof(Thread, pending), 0);
    jump_if_to(s, CC_NE, c->jit->leave[STEP_ERROR]);
    load_reg(c, RCX, b);
    kill_temp(c, b);
    drop_value(c, DROP_WITHIN);
    jump_word(c, jump(s), c->next + c->second);
    patch_here(s, found);
    move(s, R15, RAX);
    put(c, a, R15);
}

/* By the slot of a built-in type. */
bool template_get_iter(Compiler *c) {
    Asm *s = &c->s;
    uint32_t b = bc_b(c->w);
    load_reg(c, RSI, b);
    need_pointer(c, RSI);
    load32(s, RAX, RSI, offsetof(Object, shape));
    call_slot(c, offsetof(Type, slots.iter));
    take_result(c);
    drop_operand(c, b);
    put(c, bc_a(c->w), R15);
    leave_if_traced(c);
    return true;
}
bool template_for_iter(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w);
    load_reg(c, RSI, bc_b(c->w));
    need_pointer(c, RSI);
    load32(s, RAX, RSI, offsetof(Object, shape));

    op32_ri(s, CMP, RAX, SHAPE_list_iterator);
    Place no_list = jump_if(s, CC_NE);
    load(s, RDX, RSI, offsetof(IndexIterator, sequence));
    test_rr(s, RDX, RDX);
    slow_if(c, CC_E);
    load(s, RDI, RSI, offsetof(IndexIterator, index));
    op_rm(s, CMP, RDI, RDX, offsetof(List, length));
    Place list_ended = jump_if(s, CC_GE);
    load(s, RAX, RDX, offsetof(List, items));
    load_indexed(s, RAX, RAX, RDI, 3, 0);
    op_ri(s, ADD, RDI, 1);
    store(s, RSI, offsetof(IndexIterator, index), RDI);
    count(c, RAX);
    Place found = jump(s);

    patch_here(s, no_list);
    op32_ri(s, CMP, RAX, SHAPE_range_iterator);
    Place no_range = jump_if(s, CC_NE);
    op_mi(s, CMP, RSI, offsetof(RangeIterator, remaining), 0);
    Place range_ended = jump_if(s, CC_LE);
    load(s, RDX, RSI, offsetof(RangeIterator, next));
    lea_indexed(s, RAX, RDX, RDX, 0, 0);
    lea_indexed(s, RAX, RAX, RAX, 0, 3);
    move(s, RDI, RAX);
    shift(s, SAR, RDI, 2);
    op_rr(s, CMP, RDI, RDX);
    slow_if(c, CC_NE);
    op_rm(s, ADD, RDX, RSI, offsetof(RangeIterator, step));
    store(s, RSI, offsetof(RangeIterator, next), RDX);
    op_mi(s, SUB, RSI, offsetof(RangeIterator, remaining), 1);
    Place counted = jump(s);

    patch_here(s, no_range);
    op32_ri(s, CMP, RAX, SHAPE_generator);
    Place generator = jump_if(s, CC_E);
    op32_ri(s, CMP, RAX, SHAPE_tuple_iterator);
    Place others = jump_if(s, CC_NE);
    load(s, RDX, RSI, offsetof(IndexIterator, sequence));
    test_rr(s, RDX, RDX);
    slow_if(c, CC_E);
    load(s, RDI, RSI, offsetof(IndexIterator, index));
    op_rm(s, CMP, RDI, RDX, offsetof(Tuple, length));
    Place tuple_ended = jump_if(s, CC_GE);
    load_indexed(s, RAX, RDX, RDI, 3, offsetof(Tuple, items));
    op_ri(s, ADD, RDI, 1);
    store(s, RSI, offsetof(IndexIterator, index), RDI);
    count(c, RAX);

    patch_here(s, found);
    patch_here(s, counted);
    put(c, a, RAX);
    Place done = jump(s);
    patch_here(s, generator);
    template_for_generator(c);
    patch_here(s, others);
    patch_here(s, list_ended);
    patch_here(s, tuple_ended);
    patch_here(s, range_ended);
    next_of_others(c);
    patch_here(s, done);
    return true;
}
/* The n items of the tuple or list R[b] to the registers dest(0) ... All are read before the first is stored. */
static bool unpack(Compiler *c, uint32_t b, uint32_t n, uint32_t first, uint32_t second) {
    Asm *s = &c->s;
    if (n > SPILL_BYTES / 8) return false;
    bool to_temps = is_temp(c, first) && is_temp(c, second);
    load_reg(c, RSI, b);
    need_pointer(c, RSI);
    load32(s, RAX, RSI, offsetof(Object, shape));
    lea(s, RDI, RSI, offsetof(Tuple, items));
    op32_ri(s, CMP, RAX, SHAPE_tuple);
    Place found = jump_if(s, CC_E);
    op32_ri(s, CMP, RAX, SHAPE_list);
    slow_if(c, CC_NE);
    load(s, RDI, RSI, offsetof(List, items));
    patch_here(s, found);
    op_mi(s, CMP, RSI, offsetof(List, length), (int32_t)n);
    slow_if(c, CC_NE);
    if (is_temp(c, b)) kill_temp(c, b);
    for (uint32_t i = 0; i < n; i++) {
        load(s, RAX, RDI, 8 * (int32_t)i);
        count(c, RAX);
        if (to_temps) store(s, REG_R, reg_at(i == 0 ? first : second + i - 1), RAX);
        else store(s, RSP, 8 * (int32_t)i, RAX);
    }
    if (!to_temps) {
        if (is_temp(c, b)) move(s, R14, RSI);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t to = i == 0 ? first : second + i - 1;
            load(s, RAX, RSP, 8 * (int32_t)i);
            if (!is_temp(c, to)) load_reg(c, RCX, to);
            store(s, REG_R, reg_at(to), RAX);
            if (!is_temp(c, to)) drop_value(c, i + 1 < n || is_temp(c, b) ? DROP_WITHIN : DROP_LAST);
        }
    }
    if (is_temp(c, b)) {
        move(s, RCX, to_temps ? RSI : R14);
        drop_pointer(c, DROP_LAST);
    }
    return true;
}
bool template_unpack(Compiler *c) { return unpack(c, bc_b(c->w), bc_c(c->w), bc_a(c->w), bc_a(c->w) + 1); }
bool template_unpack_pair(Compiler *c) { return unpack(c, bc_c(c->w), 2, bc_a(c->w), bc_b(c->w)); }
