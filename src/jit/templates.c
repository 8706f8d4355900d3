/* What each instruction becomes: its fast path, on operands of the types that are usual. Here are the templates of registers, names, attributes,
 * items and building; templates.h has the table of all of them.
 *
 * A template changes nothing before it is sure to succeed; until then it may jump to slow_here, which runs the whole instruction by its body in
 * vm/. What it drops last of all may end in a finaliser and so leave machine code; what it drops earlier goes "within".
 */
#include "jit/templates.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/tuple.h"

/* --- Registers and constants ---------------------------------------------------------------------------------------------------- */
bool template_nop(Compiler *c) { return true; }
bool template_move(Compiler *c) {
    uint32_t b = bc_b(c->w);
    load_reg(c, RAX, b);
    if (is_temp(c, b)) kill_temp(c, b);
    else count(c, RAX);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_copy(Compiler *c) {
    load_reg(c, RAX, bc_b(c->w));
    count(c, RAX);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_swap(Compiler *c) {
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
bool template_load_const(Compiler *c) {
    put_constant(c, bc_a(c->w), c->code->consts[bc_bx(c->w)]);
    return true;
}
bool template_load_int(Compiler *c) {
    put_immediate(c, bc_a(c->w), BITS(v_smallint(bc_sbx(c->w))));
    return true;
}
bool template_load_immediate(Compiler *c) {
    put_immediate(c, bc_a(c->w), BITS(V_IMMEDIATE(bc_b(c->w))));
    return true;
}
bool template_drop(Compiler *c) {
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
bool template_check_bound(Compiler *c) {
    need_bound(c, bc_a(c->w));
    return true;
}
bool template_delete_local(Compiler *c) {
    need_bound(c, bc_a(c->w));
    return template_drop(c);
}

/* --- Cells and names ------------------------------------------------------------------------------------------------------------- */
bool template_load_cell(Compiler *c) {
    load_reg(c, RAX, bc_b(c->w));
    load(&c->s, RAX, RAX, offsetof(Cell, value));
    op_ri(&c->s, CMP, RAX, BITS(V_UNBOUND));
    slow_if(c, CC_E);
    count(c, RAX);
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_store_cell(Compiler *c) {
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
bool template_load_global(Compiler *c) {
    if (!global(c)) return false;
    put(c, bc_a(c->w), RAX);
    return true;
}
bool template_load_callee(Compiler *c) {
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
static void field_value(Compiler *c) {
    Asm *s = &c->s;
    load32(s, RDX, REG_SITE, offsetof(Site, offset));
    load_indexed(s, RAX, RSI, RDX, 0, 0);
    test_rr(s, RAX, RAX);
    slow_if(c, CC_E);
}
static void overflow_value(Compiler *c) {
    Asm *s = &c->s;
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
}
/* rax = the value that a site of this kind knows for the object in rsi, not counted. false: this kind has no template. */
static bool site_value_template(Compiler *c, enum SiteKind kind) {
    Asm *s = &c->s;
    if (kind == SITE_OVERFLOW) { /* of a class's first object, maybe: later ones have room for what it had no place for */
        op8_mi(s, CMP, REG_SITE, offsetof(Site, kind), SITE_OVERFLOW);
        Place overflow = jump_if(s, CC_E);
        need_site_kind(c, SITE_FIELD);
        field_value(c);
        Place found = jump(s);
        patch_here(s, overflow);
        overflow_value(c);
        patch_here(s, found);
        return true;
    }
    need_site_kind(c, kind);
    switch (kind) {
        case SITE_FIELD: field_value(c); break;
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
bool template_load_attr(Compiler *c) {
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
bool template_store_attr(Compiler *c) {
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
bool template_load_method(Compiler *c) {
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
static void item_if(Compiler *c, Condition cc) { item_here(c, jump_if(&c->s, cc)); }
/* rax = item of the list or tuple in rsi at the index in rdx, a number, counted. */
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
bool template_get_item(Compiler *c) {
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
bool template_get_item_int(Compiler *c) {
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
bool template_set_item(Compiler *c) { return store_item(c, -1); }
bool template_set_item_k(Compiler *c) {
    Value k = c->code->consts[bc_b(c->w)];
    if (is_smallint(k) && smallint_get(k) >= 0) return store_item(c, smallint_get(k));
    return item_of_constant(c, bc_a(c->w));
}
bool template_get_item_k(Compiler *c) { return item_of_constant(c, bc_b(c->w)); }
bool template_list_append(Compiler *c) {
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
bool template_build(Compiler *c) {
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

#define TEMPLATE(opcode, name) [BC_##opcode] = template_##name,
static bool (*const templates[OPCODE_COUNT])(Compiler *) = {TEMPLATES(TEMPLATE)};
#undef TEMPLATE

bool template_emit(Compiler *c) {
    bool (*emit)(Compiler *) = templates[bc_op(c->w)];
    return emit != NULL && emit(c);
}
