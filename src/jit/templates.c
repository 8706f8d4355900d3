/* What each instruction becomes: its fast path, on operands of the types that are usual.
 *
 * A template changes nothing before it is sure to succeed; until then it may jump to slow_here, which runs the whole instruction by its body in
 * vm/. What it drops last of all may end in a finaliser and so leave machine code; what it drops earlier goes "within".
 */
#include "jit/pieces.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/tuple.h"

enum { UNROLLED_MAX = 24 };

/* --- Registers and constants ---------------------------------------------------------------------------------------------------- */
static bool t_nop(Compiler *c) { return true; }
static bool t_move(Compiler *c) {
    uint32_t b = bc_b(c->w);
    load_reg(c, RAX, b);
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, RAX);
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool t_copy(Compiler *c) {
    load_reg(c, RAX, bc_b(c->w));
    count(c, RAX);
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool t_swap(Compiler *c) {
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    load_reg(c, RAX, a);
    load_reg(c, RCX, b);
    store(&c->s, REG_R, reg_at(a), RCX);
    store(&c->s, REG_R, reg_at(b), RAX);
    return true;
}
static void put_constant(Compiler *c, uint32_t a, Value v) {
    move_immediate(&c->s, RAX, v.bits);
    if (is_ptr(v) && !is_immortal(v_obj(v))) increment32_m(&c->s, RAX, offsetof(Object, refs));
    put(c, a, RAX);
}
static bool t_load_const(Compiler *c) {
    put_constant(c, bc_a(c->w), c->code->consts[bc_bx(c->w)]);
    return true;
}
static bool t_load_int(Compiler *c) {
    put_immediate(c, bc_a(c->w), BITS(v_smallint(bc_sbx(c->w))));
    return true;
}
static bool t_load_immediate(Compiler *c) {
    put_immediate(c, bc_a(c->w), BITS(V_IMMEDIATE(bc_b(c->w))));
    return true;
}
static bool t_drop(Compiler *c) {
    uint32_t a = bc_a(c->w);
    load_reg(c, RCX, a);
    kill_temp(c, a);
    drop_value(c, DROP_LAST);
    return true;
}
static void need_bound(Compiler *c, uint32_t a) {
    op_mi(&c->s, CMP, REG_R, reg_at(a), BITS(V_UNBOUND));
    slow_if(c, CC_E);
}
static bool t_check_bound(Compiler *c) {
    need_bound(c, bc_a(c->w));
    return true;
}
static bool t_delete_local(Compiler *c) {
    need_bound(c, bc_a(c->w));
    return t_drop(c);
}

/* --- Cells and names ------------------------------------------------------------------------------------------------------------- */
static bool t_load_cell(Compiler *c) {
    load_reg(c, RAX, bc_b(c->w));
    load(&c->s, RAX, RAX, offsetof(Cell, value));
    op_ri(&c->s, CMP, RAX, BITS(V_UNBOUND));
    slow_if(c, CC_E);
    count(c, RAX);
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool t_store_cell(Compiler *c) {
    uint32_t b = bc_b(c->w);
    load_reg(c, RAX, b);
    load_reg(c, RDX, bc_a(c->w));
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, RAX);
    load(&c->s, RCX, RDX, offsetof(Cell, value));
    store(&c->s, RDX, offsetof(Cell, value), RAX);
    drop_value(c, DROP_LAST);
    return true;
}
/* rax = the keys of the dict in rax, if they have the version that the site remembers at `version`. */
static void need_keys(Compiler *c, int32_t site, size_t version) {
    Asm *s = &c->s;
    load(s, RAX, RAX, offsetof(Dict, keys));
    test_rr(s, RAX, RAX);
    slow_if(c, CC_E);
    load32(s, RDX, RAX, offsetof(DictKeys, version));
    op32_rm(s, CMP, RDX, REG_SITES, site + (int32_t)version);
    slow_if(c, CC_NE);
}
/* What the site remembers; one that has not been reached yet is taken for what is usual. */
static enum SiteKind site_kind(const Compiler *c, enum SiteKind usual) {
    enum SiteKind kind = c->sites[c->second].kind;
    return kind == SITE_EMPTY ? usual : kind;
}
static void need_kind(Compiler *c, int32_t site, enum SiteKind kind) {
    Asm *s = &c->s;
    op8_mi(s, CMP, REG_SITES, site + (int32_t)offsetof(Site, kind), (uint8_t)kind);
    slow_if(c, CC_NE);
}
static bool global(Compiler *c) { /* in rax, counted */
    Asm *s = &c->s;
    int32_t site = (int32_t)(c->second * sizeof(Site));
    enum SiteKind kind = site_kind(c, SITE_GLOBAL);
    if (kind != SITE_GLOBAL && kind != SITE_BUILTIN) return false;
    need_kind(c, site, kind);
    load(s, RAX, REG_R, FRAME_FIELD(globals));
    need_keys(c, site, offsetof(Site, version));
    if (kind == SITE_BUILTIN) {
        load(s, RAX, REG_R, FRAME_FIELD(function));
        load(s, RAX, RAX, offsetof(Function, builtins));
        need_keys(c, site, offsetof(Site, shape));
    }
    load32(s, RDX, REG_SITES, site + (int32_t)offsetof(Site, offset));
    load_indexed(s, RAX, RAX, RDX, 0, 0);
    count(c, RAX);
    return true;
}
static bool t_load_global(Compiler *c) {
    if (!global(c)) return false;
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool t_load_callee(Compiler *c) {
    uint32_t a = bc_a(c->w);
    c->window_sites[a] = c->second;
    if (!global(c)) return false;
    store(&c->s, REG_R, reg_at(a), RAX);
    store_immediate(&c->s, REG_R, reg_at(a + CALL_GAP + 1), BITS(V_UNBOUND));
    return true;
}

/* --- Attributes --------------------------------------------------------------------------------------------------------------------- */
/* rsi = R[b], an object, and REG_SITE what the site, or the table, knows for its shape and the version of its type. */
static void need_site(Compiler *c, uint32_t b, enum SiteUse use) {
    Asm *s = &c->s;
    load_reg(c, RSI, b);
    need_pointer(c, RSI);
    lea(s, REG_SITE, REG_SITES, (int32_t)(c->second * sizeof(Site)));
    load32(s, RAX, RSI, offsetof(Object, shape));
    op32_rm(s, CMP, RAX, REG_SITE, offsetof(Site, shape));
    Probe *probe = cold_probe(c);
    Place another = jump_if(s, CC_NE);
    if (probe != NULL) {
        probe->from = another;
        probe->back = s->at;
        probe->use = use;
        probe->name = c->sites[c->second].name;
    }
    load_indexed32(s, RAX, REG_SHAPES, RAX, 0, offsetof(Shape, version));
    op32_rm(s, CMP, RAX, REG_SITE, offsetof(Site, version));
    slow_if(c, CC_NE);
}
static void need_site_kind(Compiler *c, enum SiteKind kind) {
    op8_mi(&c->s, CMP, REG_SITE, offsetof(Site, kind), (uint8_t)kind);
    slow_if(c, CC_NE);
}
/* rax = the value that a site of this kind knows for the object in rsi, not counted. false: this kind has no template. */
static bool site_value_template(Compiler *c, enum SiteKind kind) {
    Asm *s = &c->s;
    need_site_kind(c, kind);
    switch (kind) {
        case SITE_FIELD:
            load32(s, RDX, REG_SITE, offsetof(Site, offset));
            load_indexed(s, RAX, RSI, RDX, 0, 0);
            test_rr(s, RAX, RAX);
            slow_if(c, CC_E);
            break;
        case SITE_OVERFLOW:
            load(s, RDX, REG_SITE, offsetof(Site, value));
            load_indexed(s, RDX, RSI, RDX, 0, 0);
            test_rr(s, RDX, RDX);
            slow_if(c, CC_E);
            load32(s, RAX, REG_SITE, offsetof(Site, offset));
            op32_rm(s, CMP, RAX, RDX, offsetof(InstanceExt, overflow_cap));
            slow_if(c, CC_AE);
            load_indexed(s, RAX, RDX, RAX, 3, offsetof(InstanceExt, overflow));
            test_rr(s, RAX, RAX);
            slow_if(c, CC_E);
            break;
        case SITE_CLASS:
            load32(s, RDX, RSI, offsetof(Type, version));
            op32_rm(s, CMP, RDX, REG_SITE, offsetof(Site, offset));
            slow_if(c, CC_NE);
            load(s, RAX, REG_SITE, offsetof(Site, value));
            break;
        case SITE_MODULE:
            load(s, RAX, RSI, offsetof(Module, dict));
            need_shape(c, RAX, SHAPE_dict);
            load(s, RAX, RAX, offsetof(Dict, keys));
            test_rr(s, RAX, RAX);
            slow_if(c, CC_E);
            load32(s, RDX, RAX, offsetof(DictKeys, version));
            op32_rm(s, CMP, RDX, REG_SITE, offsetof(Site, value));
            slow_if(c, CC_NE);
            load32(s, RDX, REG_SITE, offsetof(Site, offset));
            load_indexed(s, RAX, RAX, RDX, 0, 0);
            break;
        default:
            load(s, RAX, REG_SITE, offsetof(Site, value));
    }
    return true;
}
static bool has_value_template(enum SiteKind kind) {
    return kind == SITE_FIELD || kind == SITE_VALUE || kind == SITE_OVERFLOW || kind == SITE_CLASS || kind == SITE_MODULE;
}
/* What a function of C answers for the attribute. */
static bool load_getset(Compiler *c) {
    Asm *s = &c->s;
    uint32_t b = bc_b(c->w);
    need_site(c, b, USE_LOAD);
    need_site_kind(c, SITE_GETSET);
    load(s, RAX, REG_SITE, offsetof(Site, value));
    load(s, RAX, RAX, offsetof(GetSetDescriptor, def));
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    load(s, RDX, RAX, offsetof(GetSetDef, closure));
    asm_rm(s, false, 0xFF, 2, RAX, offsetof(GetSetDef, get)); /* call [rax + ...] */
    take_result(c);
    drop_temps(c, b, b);
    put(c, bc_a(c->w), R15);
    leave_if_traced(c);
    return true;
}
/* A method that is not called at once. */
static bool load_bound(Compiler *c) {
    Asm *s = &c->s;
    uint32_t b = bc_b(c->w);
    need_site(c, b, USE_LOAD);
    need_site_kind(c, SITE_METHOD);
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    move(s, RDX, RSI);
    load(s, RSI, REG_SITE, offsetof(Site, value));
    call_to(s, (const void *)jit_bind);
    take_result(c);
    drop_operand(c, b);
    put(c, bc_a(c->w), R15);
    leave_if_traced(c);
    return true;
}
static bool t_load_attr(Compiler *c) {
    uint32_t b = bc_b(c->w);
    enum SiteKind kind = site_kind(c, SITE_FIELD);
    if (kind == SITE_METHOD) return load_bound(c);
    if (kind == SITE_GETSET) return load_getset(c);
    if (!has_value_template(kind)) return false;
    need_site(c, b, USE_LOAD);
    site_value_template(c, kind);
    count(c, RAX);
    put_and_consume(c, bc_a(c->w), RAX, b, RSI);
    return true;
}
static bool t_store_attr(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    enum SiteKind kind = site_kind(c, SITE_FIELD);
    if ((kind != SITE_FIELD && kind != SITE_ADD) || is_temp(c, a)) return false;
    need_site(c, a, USE_STORE);
    need_site_kind(c, kind);
    load32(s, RDX, REG_SITE, offsetof(Site, offset));
    load_indexed(s, RCX, RSI, RDX, 0, 0);
    if (kind == SITE_ADD) {
        test_rr(s, RCX, RCX);
        slow_if(c, CC_NE);
        load(s, RDI, REG_SITE, offsetof(Site, value));
        store32(s, RSI, offsetof(Object, shape), RDI);
    }
    load_reg(c, RAX, b);
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, RAX);
    store_indexed(s, RSI, RDX, 0, 0, RAX);
    if (kind == SITE_FIELD) { /* a slot may be empty */
        test_rr(s, RCX, RCX);
        Place empty = jump_if(s, CC_E);
        drop_value(c, DROP_LAST);
        patch_here(s, empty);
    }
    return true;
}
static void count_object(Compiler *c, Reg reg) {
    op32_mi(&c->s, CMP, reg, offsetof(Object, refs), 0);
    Place immortal = jump_if(&c->s, CC_L);
    increment32_m(&c->s, reg, offsetof(Object, refs));
    patch_here(&c->s, immortal);
}
static bool t_load_method(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    enum SiteKind kind = site_kind(c, SITE_METHOD);
    c->window_sites[a] = c->second;
    if (kind != SITE_METHOD && !has_value_template(kind)) return false;
    uint32_t shape = c->sites[c->second].shape;
    if (shape == SHAPE_int || shape == SHAPE_float || shape == SHAPE_bool) return false; /* not pointers */
    need_site(c, b, USE_METHOD);
    if (kind == SITE_METHOD) {
        need_site_kind(c, kind);
        load(s, RAX, REG_SITE, offsetof(Site, value));
        count_object(c, RAX);
        if (!is_temp(c, b)) count_object(c, RSI);
        else if (b != a) kill_temp(c, b);
        store(s, REG_R, reg_at(a), RAX);
        store(s, REG_R, reg_at(a + CALL_GAP + 1), RSI);
        return true;
    }
    site_value_template(c, kind);
    count(c, RAX);
    if (is_temp(c, b) && b != a) kill_temp(c, b);
    store(s, REG_R, reg_at(a), RAX);
    store_immediate(s, REG_R, reg_at(a + CALL_GAP + 1), BITS(V_UNBOUND));
    if (is_temp(c, b)) {
        move(s, RCX, RSI);
        drop_pointer(c, DROP_LAST);
    }
    return true;
}

/* --- Items ------------------------------------------------------------------------------------------------------------------------------ */
/* rax = item of the list or tuple in rsi at the index in rdx, a number, counted. */
static void item_if(Compiler *c, Condition cc) { item_here(c, jump_if(&c->s, cc)); }
static void item(Compiler *c) {
    Asm *s = &c->s;
    load32(s, RAX, RSI, offsetof(Object, shape));
    op32_ri(s, CMP, RAX, SHAPE_list);
    Place no_list = jump_if(s, CC_NE);
    op_rm(s, CMP, RDX, RSI, offsetof(List, length));
    item_if(c, CC_AE);
    load(s, RAX, RSI, offsetof(List, items));
    load_indexed(s, RAX, RAX, RDX, 3, 0);
    Place done = jump(s);
    patch_here(s, no_list);
    op32_ri(s, CMP, RAX, SHAPE_tuple);
    item_if(c, CC_NE);
    op_rm(s, CMP, RDX, RSI, offsetof(Tuple, length));
    item_if(c, CC_AE);
    load_indexed(s, RAX, RSI, RDX, 3, offsetof(Tuple, items));
    patch_here(s, done);
    count(c, RAX);
}
static bool t_get_item(Compiler *c) {
    uint32_t b = bc_b(c->w);
    load_reg(c, RSI, b);
    need_pointer(c, RSI);
    load_reg(c, RDX, bc_c(c->w));
    item_here(c, unless_int(c, RDX, RAX));
    shift(&c->s, SAR, RDX, 2);
    item(c);
    put_and_consume(c, bc_a(c->w), RAX, b, RSI);
    return true;
}
static bool t_get_item_int(Compiler *c) {
    uint32_t b = bc_b(c->w);
    int32_t i = bc_sc(c->w);
    load_reg(c, RSI, b);
    need_pointer(c, RSI);
    if (i >= 0) {
        move_immediate(&c->s, RDX, (uint64_t)i);
    } else { /* lists and tuples have their length at the same place */
        _Static_assert(offsetof(List, length) == offsetof(Tuple, length), "one load for both");
        load32(&c->s, RAX, RSI, offsetof(Object, shape));
        op32_ri(&c->s, CMP, RAX, SHAPE_list);
        Place list = jump_if(&c->s, CC_E);
        op32_ri(&c->s, CMP, RAX, SHAPE_tuple);
        item_if(c, CC_NE);
        patch_here(&c->s, list);
        load(&c->s, RDX, RSI, offsetof(List, length));
        op_ri(&c->s, ADD, RDX, i);
    }
    item(c);
    put_and_consume(c, bc_a(c->w), RAX, b, RSI);
    return true;
}
void template_item(Compiler *c) {
    Asm *s = &c->s;
    enum Opcode op = bc_op(c->w);
    bool sets = op == BC_SET_ITEM || op == BC_SET_ITEM_K, by_register = op == BC_GET_ITEM || op == BC_SET_ITEM;
    uint32_t container = sets ? bc_a(c->w) : bc_b(c->w), key = sets ? bc_b(c->w) : bc_c(c->w);
    load_reg(c, RSI, container);
    op32_mi(s, CMP, RSI, offsetof(Object, shape), SHAPE_FIRST_DYNAMIC); /* a class may have special methods in Python */
    slow_if(c, CC_AE);
    save_pc(c, RAX);
    move(s, RDI, REG_T);
    if (by_register) load_reg(c, RDX, key);
    else move_immediate(s, RDX, op == BC_GET_ITEM_INT ? v_smallint(bc_sc(c->w)).bits : c->code->consts[key].bits);
    if (sets) load_reg(c, RCX, bc_c(c->w));
    call_to(s, sets ? (const void *)set_item : (const void *)get_item);
    if (sets) test8(s, RAX, 0xFF);
    else test_rr(s, RAX, RAX);
    jump_if_to(s, CC_E, c->jit->leave[STEP_ERROR]);
    if (!sets) move(s, R15, RAX);
    drop_operand(c, container);
    if (by_register) drop_operand(c, key);
    if (sets) drop_operand(c, bc_c(c->w));
    else put(c, bc_a(c->w), R15);
    leave_if_traced(c);
}
static bool item_of_constant(Compiler *c, uint32_t container) {
    load_reg(c, RSI, container);
    need_pointer(c, RSI);
    template_item(c);
    return true;
}
static bool store_item(Compiler *c, int64_t index) { /* index < 0: in the register B */
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), v = bc_c(c->w);
    load_reg(c, RSI, a);
    need_pointer(c, RSI);
    op32_mi(s, CMP, RSI, offsetof(Object, shape), SHAPE_list);
    item_if(c, CC_NE);
    if (index < 0) {
        load_reg(c, RDX, bc_b(c->w));
        item_here(c, unless_int(c, RDX, RAX));
        shift(s, SAR, RDX, 2);
    } else {
        move_immediate(s, RDX, (uint64_t)index);
    }
    op_rm(s, CMP, RDX, RSI, offsetof(List, length));
    item_if(c, CC_AE);
    load_reg(c, RAX, v);
    if (is_temp(c, v)) kill_temp(c, v);
    else count(c, RAX);
    load(s, RDI, RSI, offsetof(List, items));
    load_indexed(s, is_temp(c, a) ? R14 : RCX, RDI, RDX, 3, 0);
    store_indexed(s, RDI, RDX, 3, 0, RAX);
    if (is_temp(c, a)) {
        kill_temp(c, a);
        move(s, RCX, RSI);
        drop_pointer(c, DROP_WITHIN);
        move(s, RCX, R14);
    }
    drop_value(c, DROP_LAST);
    return true;
}
static bool t_set_item(Compiler *c) { return store_item(c, -1); }
static bool t_set_item_k(Compiler *c) {
    Value k = c->code->consts[bc_b(c->w)];
    if (is_smallint(k) && smallint_get(k) >= 0) return store_item(c, smallint_get(k));
    return item_of_constant(c, bc_a(c->w));
}
static bool t_get_item_k(Compiler *c) { return item_of_constant(c, bc_b(c->w)); }
static bool t_list_append(Compiler *c) {
    Asm *s = &c->s;
    uint32_t b = bc_b(c->w);
    load_reg(c, RSI, bc_a(c->w));
    load(s, RDX, RSI, offsetof(List, length));
    op_rm(s, CMP, RDX, RSI, offsetof(List, capacity));
    slow_if(c, CC_GE);
    load_reg(c, RAX, b);
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, RAX);
    load(s, RDI, RSI, offsetof(List, items));
    store_indexed(s, RDI, RDX, 3, 0, RAX);
    op_ri(s, ADD, RDX, 1);
    store(s, RSI, offsetof(List, length), RDX);
    return true;
}

/* --- Building --------------------------------------------------------------------------------------------------------------------------- */
/* A tuple or a list of the temporaries R[B]*, or an empty dict. */
static bool t_build(Compiler *c) {
    Asm *s = &c->s;
    enum Opcode op = bc_op(c->w);
    uint32_t b = bc_b(c->w), n = bc_c(c->w);
    if (op == BC_BUILD_MAP ? n != 0 : n > 8 || (n == 0 && op == BC_BUILD_TUPLE)) return false;
    save_pc(c, RAX);
    move(s, RDI, REG_T);
    if (n == 0) {
        if (op == BC_BUILD_LIST) move_immediate(s, RSI, 0);
        call_to(s, op == BC_BUILD_LIST ? (const void *)list_new : (const void *)dict_new);
    } else {
        lea(s, RSI, REG_R, reg_at(b));
        move_immediate(s, RDX, n);
        call_to(s, op == BC_BUILD_LIST ? (const void *)list_take : (const void *)tuple_take);
    }
    for (uint32_t i = 0; i < n; i++) kill_temp(c, b + i); /* taken, also on failure */
    test_rr(s, RAX, RAX);
    jump_if_to(s, CC_E, c->jit->leave[STEP_ERROR]);
    put(c, bc_a(c->w), RAX);
    return true;
}

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
#define ARITHMETIC(name, op)                                                                                            \
    static bool t_##name(Compiler *c) { return arithmetic(c, op, right_reg(c, bc_c(c->w))); }                           \
    static bool t_##name##_k(Compiler *c) { return arithmetic(c, op, right_constant(c, bc_c(c->w))); }
ARITHMETIC(add, FLOAT_ADD)
ARITHMETIC(sub, FLOAT_SUB)
ARITHMETIC(mul, FLOAT_MUL)
static bool t_truediv(Compiler *c) { return division(c, right_reg(c, bc_c(c->w))); }
static bool t_truediv_k(Compiler *c) { return division(c, right_constant(c, bc_c(c->w))); }

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
static bool t_floordiv(Compiler *c) { return floor_op(c, right_reg(c, bc_c(c->w)), true); }
static bool t_floordiv_k(Compiler *c) { return floor_op(c, right_constant(c, bc_c(c->w)), true); }
static bool t_mod(Compiler *c) { return floor_op(c, right_reg(c, bc_c(c->w)), false); }
static bool t_mod_k(Compiler *c) { return floor_op(c, right_constant(c, bc_c(c->w)), false); }

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
static bool t_and(Compiler *c) { return bitwise(c, AND, right_reg(c, bc_c(c->w))); }
static bool t_and_k(Compiler *c) { return bitwise(c, AND, right_constant(c, bc_c(c->w))); }
static bool t_or(Compiler *c) { return bitwise(c, OR, right_reg(c, bc_c(c->w))); }
static bool t_xor(Compiler *c) { return bitwise(c, XOR, right_reg(c, bc_c(c->w))); }
static bool t_rshift_k(Compiler *c) {
    Right right = right_constant(c, bc_c(c->w));
    if (!is_smallint(right.value) || smallint_get(right.value) < 0 || smallint_get(right.value) >= 62) return false;
    load_reg(c, RAX, bc_b(c->w));
    slow_here(c, unless_ints(c, right));
    shift(&c->s, SAR, RAX, (uint8_t)smallint_get(right.value));
    op_ri(&c->s, OR, RAX, 3);
    put(c, bc_a(c->w), RAX);
    return true;
}
static bool t_rshift(Compiler *c) {
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
static bool t_lshift(Compiler *c) { return lshift(c, right_reg(c, bc_c(c->w))); }
static bool t_lshift_k(Compiler *c) { return lshift(c, right_constant(c, bc_c(c->w))); }
static bool t_neg(Compiler *c) {
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
static bool t_not(Compiler *c) {
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
#define COMPARISON(name, index)                                                                                         \
    static bool t_##name(Compiler *c) { return compare_value(c, &comparisons[index]); }                                       \
    static bool t_jump_##name(Compiler *c) { return compare_jump(c, &comparisons[index], right_reg(c, bc_b(c->w))); }   \
    static bool t_jump_##name##_k(Compiler *c) { return compare_jump(c, &comparisons[index], right_constant(c, bc_b(c->w))); }
COMPARISON(lt, 0)
COMPARISON(le, 1)
COMPARISON(eq, 2)
COMPARISON(ne, 3)
COMPARISON(gt, 4)
COMPARISON(ge, 5)

static bool t_jump(Compiler *c) {
    jump_word(c, jump(&c->s), c->next + (uint32_t)bc_sax(c->w));
    return true;
}
static bool t_loop(Compiler *c) {
    op32_mi(&c->s, CMP, REG_T, offsetof(Thread, breaker), 0);
    slow_if(c, CC_NE);
    return t_jump(c);
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
static bool t_jump_if_true(Compiler *c) { return jump_truth(c, true); }
static bool t_jump_if_false(Compiler *c) { return jump_truth(c, false); }
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
static bool t_jump_if_true_keep(Compiler *c) { return jump_truth_keep(c, true); }
static bool t_jump_if_false_keep(Compiler *c) { return jump_truth_keep(c, false); }
static bool t_jump_if_none(Compiler *c) {
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
static bool t_jump_if_not_none(Compiler *c) {
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
static bool t_jump_is(Compiler *c) {
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
static bool t_jump_in(Compiler *c) {
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

static void for_generator(Compiler *c);
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

/* --- Iteration ----------------------------------------------------------------------------------------------------------------------------------- */
/* By the slot of a built-in type. */
static bool t_get_iter(Compiler *c) {
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
static bool t_for_iter(Compiler *c) {
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
    for_generator(c);
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
static bool t_unpack(Compiler *c) { return unpack(c, bc_b(c->w), bc_c(c->w), bc_a(c->w), bc_a(c->w) + 1); }
static bool t_unpack_pair(Compiler *c) { return unpack(c, bc_c(c->w), 2, bc_a(c->w), bc_b(c->w)); }

/* --- Calls --------------------------------------------------------------------------------------------------------------------------------------------- */
/* What always goes elsewhere: by its body, in line, so that each place has a jump of its own to be predicted. */
static bool t_leaving(Compiler *c) {
    run_step(c, c->word);
    jump_reg(&c->s, RAX);
    return true;
}
/* What often does. */
static bool t_straying(Compiler *c) {
    run_step(c, c->word);
    test_rr(&c->s, RAX, RAX);
    Place follows = jump_if(&c->s, CC_E);
    jump_reg(&c->s, RAX);
    patch_here(&c->s, follows);
    return true;
}

/* A call that needs no binding: locals that are no parameters are unbound, and free variables come from the closure. */
void template_entry(Compiler *c) {
    Asm *s = &c->s;
    const Code *code = c->code;
    for (uint32_t i = code->nargs; i < code->nlocals; i++) kill_temp(c, i);
    if (code->nfree == 0) return;
    load(s, RAX, REG_R, FRAME_FIELD(function));
    load(s, RAX, RAX, offsetof(Function, closure));
    for (uint32_t i = 0; i < code->nfree; i++) {
        load(s, RCX, RAX, (int32_t)offsetof(Tuple, items) + 8 * (int32_t)i);
        count(c, RCX);
        store(s, REG_R, reg_at(code->nlocals + code->ncells + i), RCX);
    }
}

/* --- Calls and returns ------------------------------------------------------------------------------------------------------- */
static bool call_anything(Compiler *c);
static bool t_call(Compiler *c) {
    KnownCall known;
    if (!known_call(c, &known)) return call_anything(c);
    Place done = jump(&c->s);
    for (int i = 0; i < known.exits; i++) patch_here(&c->s, known.elsewhere[i]);
    t_straying(c);
    for (int i = 0; i < known.dones; i++) patch_here(&c->s, known.done[i]);
    patch_here(&c->s, done);
    return true;
}

/* CALL of a function of C that was not known when the code was compiled, or of anything else by the instruction's body. */
static bool call_builtin_or_stray(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w);
    load_reg(c, RAX, a);
    test8(s, RAX, 7);
    Place no_pointer = jump_if(s, CC_NE);
    op32_mi(s, CMP, RAX, offsetof(Object, shape), SHAPE_builtin_function);
    Place other = jump_if(s, CC_NE);
    save_pc(c, RDX);
    move(s, RDI, REG_T);
    lea(s, RSI, REG_R, reg_at(a));
    move_immediate(s, RDX, bc_b(c->w));
    call_to(s, (const void *)jit_call_builtin);
    op_ri(s, CMP, RAX, BITS(V_UNBOUND));
    Place declined = jump_if(s, CC_E);
    take_result(c);
    put(c, bc_c(c->w), R15);
    poll(c);
    Place done = jump(s);
    patch_here(s, no_pointer);
    patch_here(s, other);
    patch_here(s, declined);
    t_straying(c);
    patch_here(s, done);
    return true;
}
/* CALL of a Python function with machine code that needs no binding but that of defaults: its frame lies in the window. Machine registers:
 * rsi function, rdi its code, r8 warm, r9 native, r10 fiber, rdx its registers, rcx the stack's new top, r15 how many arguments are left out. */
static bool call_anything(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), nargs = bc_b(c->w), dest = bc_c(c->w);
    if (c->code->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) return call_builtin_or_stray(c);
    Place elsewhere[10];
    int n = 0;
    load_reg(c, RSI, a);
    test8(s, RSI, 7);
    elsewhere[n++] = jump_if(s, CC_NE);
    op32_mi(s, CMP, RSI, offsetof(Object, shape), SHAPE_function);
    Place is_function = jump_if(s, CC_E);
    lea(s, RDI, REG_R, reg_at(a));
    call_to(s, c->jit->unbind);
    elsewhere[n++] = jump_if(s, CC_B);
    patch_here(s, is_function);
    load(s, RDI, RSI, offsetof(Function, code));
    lea(s, RDX, REG_R, reg_at(a + CALL_GAP + 2));
    move_immediate(s, RAX, nargs + 1);
    op_mi(s, CMP, REG_R, reg_at(a + CALL_GAP + 1), BITS(V_UNBOUND));
    Place unbound = jump_if(s, CC_E);
    op_ri(s, SUB, RDX, 8);
    op32_ri(s, ADD, RAX, 1);
    patch_here(s, unbound);
    load32(s, RCX, RDI, offsetof(Code, exact_args) & ~3); /* the upper or the lower half of this word */
    if (offsetof(Code, exact_args) & 2) shift(s, SHR, RCX, 16);
    else op32_ri(s, AND, RCX, 0xFFFF);
    op32_rr(s, SUB, RCX, RAX);
    elsewhere[n++] = jump_if(s, CC_B);
    move32(s, R15, RCX);
    load(s, R8, RDI, offsetof(Code, warm));
    test_rr(s, R8, R8);
    elsewhere[n++] = jump_if(s, CC_E);
    load(s, R9, R8, offsetof(Warm, native));
    test_rr(s, R9, R9);
    elsewhere[n++] = jump_if(s, CC_E);
    load(s, R10, REG_T, offsetof(Thread, fiber));
    load32(s, RCX, RDI, offsetof(Code, nregs));
    lea_indexed(s, RCX, RDX, RCX, 3, 0);
    op_rm(s, CMP, RCX, R10, offsetof(Fiber, limit));
    elsewhere[n++] = jump_if(s, CC_A);
    load32(s, RAX, R10, offsetof(Fiber, depth));
    op32_rm(s, CMP, RAX, REG_T, offsetof(Thread, depth_limit));
    elsewhere[n++] = jump_if(s, CC_AE);
    op32_mi(s, CMP, REG_T, offsetof(Thread, breaker), 0);
    elsewhere[n++] = jump_if(s, CC_NE);
    test32_rr(s, R15, R15);
    Place complete = jump_if(s, CC_E);
    call_to(s, c->jit->defaults);
    elsewhere[n++] = jump_if(s, CC_B);
    patch_here(s, complete);

    op32_ri(s, ADD, RAX, 1);
    store32(s, R10, offsetof(Fiber, depth), RAX);
    store(s, R10, offsetof(Fiber, top), RCX);
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    kill_temp(c, a);
    lea(s, RCX, REG_R, FRAME);
    store(s, RDX, FRAME_FIELD(previous), RCX);
    store(s, RDX, FRAME_FIELD(function), RSI);
    store(s, RDX, FRAME_FIELD(code), RDI);
    load(s, RAX, RSI, offsetof(Function, globals));
    store(s, RDX, FRAME_FIELD(globals), RAX);
    store_immediate(s, RDX, FRAME_FIELD(object), 0);
    _Static_assert(offsetof(Frame, flags) == offsetof(Frame, result) + 4, "one store for both");
    store_immediate(s, RDX, FRAME_FIELD(result), (int32_t)dest);
    store_immediate(s, RDX, FRAME_FIELD(instance), BITS(V_UNBOUND));
    lea(s, RCX, RDX, FRAME);
    store(s, R10, offsetof(Fiber, frame), RCX);
    move(s, REG_R, RDX);
    lea(s, REG_SITES, R8, offsetof(Warm, sites));
    asm_rm(s, false, 0xFF, 4, R9, offsetof(Native, call_entry)); /* jmp [r9 + ...] */

    for (int i = 0; i < n; i++) patch_here(s, elsewhere[i]);
    return call_builtin_or_stray(c);
}

/* rcx is kept: the register r15 of the innermost frame, rbx, gets the Value in r14, which becomes what was there. */
static void exchange_result(Compiler *c) {
    load_indexed(&c->s, RAX, REG_R, R15, 3, 0);
    store_indexed(&c->s, REG_R, R15, 3, 0, R14);
    move(&c->s, R14, RAX);
}
/* r14 = where the frame in rdi with the code in rdx and the machine code in r9 goes on. */
static void resume_address(Compiler *c) {
    Asm *s = &c->s;
    load(s, RAX, RDI, offsetof(Frame, pc));
    op_rm(s, SUB, RAX, RDX, offsetof(Code, instructions)); /* in bytes: an offset has the size of a word */
    load_indexed32(s, R14, R9, RAX, 0, offsetof(Native, offsets));
    op_rm(s, ADD, R14, R9, offsetof(Native, base));
}
/* Goes on in the innermost frame, or leaves machine code where it has none. */
static void resume_frame(Compiler *c) {
    Asm *s = &c->s;
    load(s, RDI, REG_T, offsetof(Thread, fiber));
    load(s, RDI, RDI, offsetof(Fiber, frame));
    load(s, RDX, RDI, offsetof(Frame, code));
    load(s, R8, RDX, offsetof(Code, warm));
    test_rr(s, R8, R8);
    Place cold = jump_if(s, CC_E);
    load(s, R9, R8, offsetof(Warm, native));
    test_rr(s, R9, R9);
    Place interpreted = jump_if(s, CC_E);
    resume_address(c);
    lea(s, REG_SITES, R8, offsetof(Warm, sites));
    jump_reg(s, R14);
    patch_here(s, cold);
    patch_here(s, interpreted);
    jump_to(s, c->jit->leave[STEP_LOAD_FRAME]);
}

/* The fixed registers from the last one on; those that hold no object keep what they hold. */
static void drop_fixed(Compiler *c, int moved_out) {
    Asm *s = &c->s;
    if (c->nfixed <= UNROLLED_MAX) {
        for (uint32_t i = c->nfixed; i-- > 0;) {
            if ((int)i == moved_out) continue;
            load_reg(c, RCX, i);
            test8(s, RCX, 7);
            cold_drop(c, jump_if(s, CC_E), DROP_WITHIN, (int)i);
        }
        return;
    }
    move_immediate(s, R15, c->nfixed);
    const uint8_t *loop = s->at;
    load_indexed(s, RCX, REG_R, R15, 3, -8);
    test8(s, RCX, 7);
    Place other = jump_if(s, CC_NE);
    move_immediate(s, RAX, V_UNBOUND.bits);
    store_indexed(s, REG_R, R15, 3, -8, RAX);
    drop_pointer(c, DROP_WITHIN);
    patch_here(s, other);
    op_ri(s, SUB, R15, 1);
    jump_if_to(s, CC_NE, loop);
}

/* RETURN from a plain frame, with the owned result in r14. */
static void leave_frame(Compiler *c, int moved_out) {
    Asm *s = &c->s;
    drop_fixed(c, moved_out);
    load(s, RDI, REG_R, FRAME_FIELD(previous));
    load(s, RCX, REG_R, FRAME_FIELD(function));
    load32(s, R15, REG_R, FRAME_FIELD(result));
    move_immediate(s, RAX, V_UNBOUND.bits);
    float_from_bits(s, XMM0, RAX);
    asm_bytes(s, "\x66\x0F\x6C\xC0", 4); /* punpcklqdq xmm0, xmm0 */
    for (int i = 0; i < CALL_GAP; i += 2) { /* movups [rbx + ...], xmm0 */
        asm_bytes(s, "\x0F\x11", 2);
        asm_memory(s, XMM0, REG_R, FRAME + 8 * i);
    }
    load(s, R10, REG_T, offsetof(Thread, fiber));
    store(s, R10, offsetof(Fiber, frame), RDI);
    load(s, RDX, RDI, offsetof(Frame, code));
    load32(s, RAX, RDX, offsetof(Code, nregs));
    lea(s, REG_R, RDI, offsetof(Frame, registers));
    lea_indexed(s, RAX, REG_R, RAX, 3, 0);
    store(s, R10, offsetof(Fiber, top), RAX);
    decrement32_m(s, R10, offsetof(Fiber, depth));
    exchange_result(c);
    drop_pointer(c, DROP_LEAVING);
    move(s, RCX, R14);
    drop_value(c, DROP_LEAVING);
    resume_frame(c);
}
static bool plain_return(Compiler *c) {
    if (c->code->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) return false;
    Asm *s = &c->s;
    op32_mi(s, CMP, REG_R, FRAME_FIELD(flags), 0);
    slow_if(c, CC_NE);
    op_mi(s, CMP, REG_R, FRAME_FIELD(object), 0);
    slow_if(c, CC_NE);
    return true;
}
static bool t_return(Compiler *c) {
    uint32_t a = bc_a(c->w);
    if (!plain_return(c)) return t_leaving(c);
    load_reg(c, R14, a);
    kill_temp(c, a);
    leave_frame(c, (int)a);
    return true;
}
static bool t_return_const(Compiler *c) {
    Value v = c->code->consts[c->w >> 8 & 0xFFFF];
    if (!plain_return(c)) return t_leaving(c);
    move_immediate(&c->s, R14, v.bits);
    if (is_ptr(v) && !is_immortal(v_obj(v))) increment32_m(&c->s, R14, offsetof(Object, refs));
    leave_frame(c, -1);
    return true;
}

/* YIELD to a loop over the generator, or to a function of C that asked for the next. */
#define GENERATOR_FIELD(field) (FRAME + (int)offsetof(Generator, field) - (int)offsetof(Generator, frame))
/* r14 = the value that is yielded, and the generator in rbx is left: rdi is the caller's frame, r10 the fiber. */
static void suspend(Compiler *c) {
    Asm *s = &c->s;
    uint32_t b = bc_b(c->w), suspended = bc_a(c->w) | bc_c(c->w) << 16;
    load_reg(c, R14, b);
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, R14);
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    store_immediate(s, REG_R, FRAME_FIELD(instance), BITS(v_smallint(suspended)));
    store32_immediate(s, REG_R, FRAME_FIELD(flags), FRAME_GENERATOR);
    store8_immediate(s, REG_R, GENERATOR_FIELD(state), GEN_SUSPENDED);
    load(s, R10, REG_T, offsetof(Thread, fiber));
    load(s, RAX, REG_R, GENERATOR_FIELD(handled.previous));
    store(s, R10, offsetof(Fiber, handled), RAX);
    load(s, RDI, REG_R, FRAME_FIELD(previous));
    store(s, R10, offsetof(Fiber, frame), RDI);
    store_immediate(s, REG_R, FRAME_FIELD(previous), 0);
    decrement32_m(s, R10, offsetof(Fiber, depth));
}
static bool t_yield(Compiler *c) {
    Asm *s = &c->s;
    asm_rm(s, false, 0xF7, 0, REG_R, FRAME_FIELD(flags)); /* test dword [...], FRAME_FOR */
    asm_4(s, FRAME_FOR);
    Place no_loop = jump_if(s, CC_E);
    suspend(c);
    load32(s, R15, REG_R, FRAME_FIELD(result));
    lea(s, REG_R, RDI, offsetof(Frame, registers));
    exchange_result(c);
    move(s, RCX, R14);
    drop_value(c, DROP_LEAVING);
    resume_frame(c);
    patch_here(s, no_loop);
    op32_mi(s, CMP, REG_R, FRAME_FIELD(flags), FRAME_GENERATOR | FRAME_ENTRY);
    slow_if(c, CC_NE);
    suspend(c);
    store(s, REG_T, offsetof(Thread, native_result), R14);
    jump_to(s, c->jit->leave[STEP_LEAVE_LOOP]);
    return true;
}
/* FOR_ITER over the generator in rsi, which has not ended and has machine code. */
static void for_generator(Compiler *c) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), b = bc_b(c->w);
    op8_mi(s, CMP, RSI, offsetof(Generator, state), GEN_SUSPENDED);
    slow_if(c, CC_A);
    load(s, R10, REG_T, offsetof(Thread, fiber));
    load32(s, RAX, R10, offsetof(Fiber, depth));
    op32_rm(s, CMP, RAX, REG_T, offsetof(Thread, depth_limit));
    slow_if(c, CC_AE);
    op32_mi(s, CMP, REG_T, offsetof(Thread, breaker), 0);
    slow_if(c, CC_NE);
    lea(s, RDI, RSI, offsetof(Generator, frame));
    load(s, RDX, RDI, offsetof(Frame, code));
    load(s, R8, RDX, offsetof(Code, warm));
    test_rr(s, R8, R8);
    slow_if(c, CC_E);
    load(s, R9, R8, offsetof(Warm, native));
    test_rr(s, R9, R9);
    slow_if(c, CC_E);
    load(s, R15, RDI, offsetof(Frame, instance));
    shift(s, SAR, R15, 2);
    op_ri(s, CMP, R15, 0xFFFF); /* beyond: it delegates */
    slow_if(c, CC_G);

    op32_ri(s, ADD, RAX, 1);
    store32(s, R10, offsetof(Fiber, depth), RAX);
    move_immediate(s, RAX, (uint64_t)(c->code->instructions + c->next));
    store(s, REG_R, FRAME_FIELD(pc), RAX);
    lea(s, RAX, REG_R, FRAME);
    store(s, RDI, offsetof(Frame, previous), RAX);
    store32_immediate(s, RDI, offsetof(Frame, result), (int32_t)a);
    store32_immediate(s, RDI, offsetof(Frame, flags), FRAME_GENERATOR | FRAME_FOR);
    store_immediate(s, RDI, offsetof(Frame, instance), BITS(v_smallint(b)));
    store8_immediate(s, RSI, offsetof(Generator, state), GEN_RUNNING);
    load(s, RAX, R10, offsetof(Fiber, handled));
    store(s, RSI, offsetof(Generator, handled.previous), RAX);
    lea(s, RAX, RSI, offsetof(Generator, handled));
    store(s, R10, offsetof(Fiber, handled), RAX);
    store(s, R10, offsetof(Fiber, frame), RDI);
    resume_address(c);
    lea(s, REG_R, RDI, offsetof(Frame, registers));
    lea(s, REG_SITES, R8, offsetof(Warm, sites));
    test_rr(s, R15, R15);
    Place first = jump_if(s, CC_S);
    load_indexed(s, RCX, REG_R, R15, 3, 0);
    move_immediate(s, RAX, V_NONE.bits);
    store_indexed(s, REG_R, R15, 3, 0, RAX);
    drop_value(c, DROP_LEAVING);
    patch_here(s, first);
    jump_reg(s, R14);
}

static bool (*const templates[OPCODE_COUNT])(Compiler *) = {
    [BC_NOP] = t_nop, [BC_MOVE] = t_move, [BC_COPY] = t_copy, [BC_SWAP] = t_swap, [BC_LOAD_CONST] = t_load_const, [BC_LOAD_INT] = t_load_int,
    [BC_LOAD_IMMEDIATE] = t_load_immediate, [BC_DROP] = t_drop, [BC_CHECK_BOUND] = t_check_bound, [BC_DELETE_LOCAL] = t_delete_local,
    [BC_LOAD_CELL] = t_load_cell, [BC_STORE_CELL] = t_store_cell, [BC_LOAD_GLOBAL] = t_load_global, [BC_LOAD_CALLEE] = t_load_callee,
    [BC_LOAD_ATTR] = t_load_attr, [BC_STORE_ATTR] = t_store_attr, [BC_LOAD_METHOD] = t_load_method,
    [BC_GET_ITEM] = t_get_item, [BC_GET_ITEM_INT] = t_get_item_int, [BC_GET_ITEM_K] = t_get_item_k, [BC_SET_ITEM] = t_set_item, [BC_SET_ITEM_K] = t_set_item_k, [BC_LIST_APPEND] = t_list_append,
    [BC_BUILD_TUPLE] = t_build, [BC_BUILD_LIST] = t_build, [BC_BUILD_MAP] = t_build,
    [BC_ADD] = t_add, [BC_SUB] = t_sub, [BC_MUL] = t_mul, [BC_ADD_K] = t_add_k, [BC_SUB_K] = t_sub_k, [BC_MUL_K] = t_mul_k,
    [BC_IADD] = t_add, [BC_ISUB] = t_sub, [BC_IMUL] = t_mul, [BC_IADD_K] = t_add_k, [BC_ISUB_K] = t_sub_k,
    [BC_TRUEDIV] = t_truediv, [BC_ITRUEDIV] = t_truediv, [BC_TRUEDIV_K] = t_truediv_k,
    [BC_FLOORDIV] = t_floordiv, [BC_IFLOORDIV] = t_floordiv, [BC_FLOORDIV_K] = t_floordiv_k, [BC_MOD] = t_mod, [BC_IMOD] = t_mod, [BC_MOD_K] = t_mod_k,
    [BC_AND] = t_and, [BC_IAND] = t_and, [BC_AND_K] = t_and_k, [BC_OR] = t_or, [BC_IOR] = t_or, [BC_XOR] = t_xor, [BC_IXOR] = t_xor,
    [BC_RSHIFT] = t_rshift, [BC_IRSHIFT] = t_rshift, [BC_RSHIFT_K] = t_rshift_k, [BC_LSHIFT] = t_lshift, [BC_ILSHIFT] = t_lshift,
    [BC_LSHIFT_K] = t_lshift_k, [BC_NEG] = t_neg, [BC_NOT] = t_not,
    [BC_LT] = t_lt, [BC_LE] = t_le, [BC_EQ] = t_eq, [BC_NE] = t_ne, [BC_GT] = t_gt, [BC_GE] = t_ge,
    [BC_JUMP_LT] = t_jump_lt, [BC_JUMP_LE] = t_jump_le, [BC_JUMP_EQ] = t_jump_eq, [BC_JUMP_NE] = t_jump_ne, [BC_JUMP_GT] = t_jump_gt, [BC_JUMP_GE] = t_jump_ge,
    [BC_JUMP_LT_K] = t_jump_lt_k, [BC_JUMP_LE_K] = t_jump_le_k, [BC_JUMP_EQ_K] = t_jump_eq_k, [BC_JUMP_NE_K] = t_jump_ne_k,
    [BC_JUMP_GT_K] = t_jump_gt_k, [BC_JUMP_GE_K] = t_jump_ge_k,
    [BC_JUMP] = t_jump, [BC_LOOP] = t_loop, [BC_JUMP_IF_TRUE] = t_jump_if_true, [BC_JUMP_IF_FALSE] = t_jump_if_false,
    [BC_JUMP_IF_TRUE_KEEP] = t_jump_if_true_keep, [BC_JUMP_IF_FALSE_KEEP] = t_jump_if_false_keep,
    [BC_JUMP_IF_NONE] = t_jump_if_none, [BC_JUMP_IF_NOT_NONE] = t_jump_if_not_none, [BC_JUMP_IS] = t_jump_is, [BC_JUMP_IN] = t_jump_in,
    [BC_GET_ITER] = t_get_iter, [BC_FOR_ITER] = t_for_iter, [BC_UNPACK] = t_unpack, [BC_UNPACK_PAIR] = t_unpack_pair, [BC_CALL] = t_call, [BC_CALL_KW] = t_straying, [BC_CALL_EX] = t_straying,
    [BC_RETURN] = t_return, [BC_RETURN_CONST] = t_return_const, [BC_YIELD] = t_yield, [BC_RETURN_GENERATOR] = t_leaving, [BC_SEND] = t_straying,
};

bool template_emit(Compiler *c) {
    bool (*emit)(Compiler *) = templates[bc_op(c->w)];
    return emit != NULL && emit(c);
}
