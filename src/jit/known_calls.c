/* Calls of functions of C that the site of their window has met: what they do in line, or their C function at once, with nothing to bind.
 *
 * Whether the callee is still that one is looked at each time. The machine code knows it by its address, so it becomes immortal: nothing else may
 * ever stand there, and the window's reference to it is not counted.
 */
#include "jit/pieces.h"
#include "object/dict.h"
#include "object/function.h"
#include "object/dispatch.h"

static Value named_value(Value dict, const Site *site, uint32_t version) {
    const DictKeys *keys = V_AS(Dict, dict)->keys;
    return keys != NULL && keys->version == version ? *(Value *)((char *)keys + site->offset) : VNULL;
}
/* What the window's site found last as the callee; a hint only. VNULL: not known. */
static Value likely_callee(Compiler *c, uint32_t window) {
    if (c->window_sites[window] == UINT32_MAX) return VNULL;
    const Site *site = &c->sites[c->window_sites[window]];
    const Frame *f = c->t->fiber->frame;
    switch (site->kind) {
        case SITE_METHOD: {
            const Shape *shape = shape_at(c->t, site->shape);
            return shape->type != NULL && shape->version == site->version ? site->value : VNULL; /* borrowed from that version */
        }
        case SITE_BUILTIN: return named_value(c->t->interp->builtins, site, site->shape);
        case SITE_GLOBAL: return f != NULL && f->code == c->code ? named_value(f->globals, site, site->version) : VNULL;
        default: return VNULL;
    }
}
static bool is_function_named(Value v, uint32_t shape, const char *name) {
    return has_shape(v, shape) && V_AS(BuiltinFunction, v)->def != NULL && strcmp(V_AS(BuiltinFunction, v)->def->name, name) == 0;
}
static Place unless_callee(Compiler *c, uint32_t window, Value callee) {
    make_immortal(callee);
    move_immediate(&c->s, RAX, callee.bits);
    op_rm(&c->s, CMP, RAX, REG_R, reg_at(window));
    return jump_if(&c->s, CC_NE);
}
static void unless(KnownCall *known, Place place) { known->elsewhere[known->exits++] = place; }
/* rcx = the object of this shape in the register `self` of the window. rax is kept. */
static void unless_self(Compiler *c, KnownCall *known, uint32_t self, uint32_t shape) {
    Asm *s = &c->s;
    load_reg(c, RCX, self);
    test8(s, RCX, 7);
    unless(known, jump_if(s, CC_NE));
    op32_mi(s, CMP, RCX, offsetof(Object, shape), (int32_t)shape);
    unless(known, jump_if(s, CC_NE));
}
static void unless_no_self(Compiler *c, KnownCall *known, uint32_t self) {
    op_mi(&c->s, CMP, REG_R, reg_at(self), BITS(V_UNBOUND));
    unless(known, jump_if(&c->s, CC_NE));
}
/* len() of a list or a tuple. */
static void call_len(Compiler *c, Value len, KnownCall *known) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), argument = a + CALL_GAP + 2;
    unless(known, unless_callee(c, a, len));
    unless_no_self(c, known, argument - 1);
    load_reg(c, RCX, argument);
    test8(s, RCX, 7);
    unless(known, jump_if(s, CC_NE));
    load32(s, RAX, RCX, offsetof(Object, shape));
    op32_ri(s, CMP, RAX, SHAPE_list);
    Place list = jump_if(s, CC_E);
    op32_ri(s, CMP, RAX, SHAPE_tuple);
    unless(known, jump_if(s, CC_NE));
    patch_here(s, list);
    load(s, R15, RCX, offsetof(List, length));
    lea_indexed(s, R15, R15, R15, 0, 0);
    lea_indexed(s, R15, R15, R15, 0, 3);
    kill_temp(c, a);
    kill_temp(c, argument);
    drop_pointer(c, DROP_WITHIN);
    put(c, bc_c(c->w), R15);
}
/* append() of a list that has room. */
static bool call_append(Compiler *c, Value append, KnownCall *known) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), self = a + CALL_GAP + 1;
    unless(known, unless_callee(c, a, append));
    unless_self(c, known, self, SHAPE_list);
    load(s, RDX, RCX, offsetof(List, length));
    op_rm(s, CMP, RDX, RCX, offsetof(List, capacity));
    unless(known, jump_if(s, CC_GE));
    load_reg(c, RAX, self + 1);
    load(s, RDI, RCX, offsetof(List, items));
    store_indexed(s, RDI, RDX, 3, 0, RAX);
    op_ri(s, ADD, RDX, 1);
    store(s, RCX, offsetof(List, length), RDX);
    kill_temp(c, a);
    kill_temp(c, self);
    kill_temp(c, self + 1);
    drop_pointer(c, DROP_WITHIN);
    put_immediate(c, bc_c(c->w), BITS(V_NONE));
    return true;
}
/* get() of a dict with one argument. */
static bool call_get(Compiler *c, Value get, KnownCall *known) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), self = a + CALL_GAP + 1;
    unless(known, unless_callee(c, a, get));
    unless_self(c, known, self, SHAPE_dict);
    save_pc(c, RAX);
    move(s, RDI, REG_T);
    move(s, RSI, RCX);
    load_reg(c, RDX, self + 1);
    call_to(s, (const void *)jit_dict_get);
    test_rr(s, RAX, RAX);
    jump_if_to(s, CC_E, c->jit->leave[STEP_ERROR]);
    move(s, R15, RAX);
    kill_temp(c, a);
    load_reg(c, RCX, self + 1);
    kill_temp(c, self + 1);
    drop_value(c, DROP_WITHIN);
    load_reg(c, RCX, self);
    kill_temp(c, self);
    drop_pointer(c, DROP_WITHIN);
    put(c, bc_c(c->w), R15);
    poll(c);
    return true;
}
static bool is_method(Compiler *c, Value v, enum TypeId type, const char *name) {
    return is_function_named(v, SHAPE_method_descriptor, name) && V_AS(BuiltinFunction, v)->type == builtin_type(c->t, type);
}
/* type() of one object. */
static bool call_type(Compiler *c, Value type, KnownCall *known) {
    Asm *s = &c->s;
    uint32_t a = bc_a(c->w), argument = a + CALL_GAP + 2;
    unless(known, unless_callee(c, a, type));
    unless_no_self(c, known, argument - 1);
    move(s, RDI, REG_T);
    load_reg(c, RSI, argument);
    call_to(s, (const void *)jit_type);
    move(s, R15, RAX);
    kill_temp(c, a);
    load_reg(c, RCX, argument);
    kill_temp(c, argument);
    drop_value(c, DROP_WITHIN);
    put(c, bc_c(c->w), R15);
    return true;
}
/* Any function of C with so many arguments as it can be called with at once: the callee's word lies in front of them, what was omitted behind. */
static bool call_builtin(Compiler *c, Value callee, KnownCall *known) {
    const BuiltinFunction *f = V_AS(BuiltinFunction, callee);
    Asm *s = &c->s;
    const Site *site = &c->sites[c->window_sites[bc_a(c->w)]];
    bool method = has_shape(callee, SHAPE_method_descriptor), with_self = !method && f->flags & BF_SELF;
    uint32_t a = bc_a(c->w), self = a + CALL_GAP + 1, first = method || with_self ? self : self + 1;
    uint32_t n = bc_b(c->w) + (method || with_self), total = builtin_takes_raw(f) ? n : f->total_params;
    uint32_t shape = method ? site->shape : 0;
    if (method && site->kind != SITE_METHOD) return false; /* lower = str.lower, say: whose method it is, only its argument tells */
    if (!builtin_takes_raw(f) && (n < f->min_args || n > f->max_args)) return false;
    if (first + total > c->code->nregs) return false;
    if (method && (shape == SHAPE_int || shape == SHAPE_float || shape == SHAPE_bool || !is_subtype(shape_at(c->t, shape)->type, f->type))) return false;

    unless(known, unless_callee(c, a, callee));
    if (method) {
        unless_self(c, known, self, shape);
    } else {
        unless_no_self(c, known, self);
    }
    store(s, REG_R, reg_at(first - 1), RAX);
    if (with_self) {
        move_immediate(s, RAX, f->self.bits);
        store(s, REG_R, reg_at(self), RAX);
    }
    for (uint32_t i = n; i < total; i++) store_immediate(s, REG_R, reg_at(first + i), 0);
    save_pc(c, RAX);
    move(s, RDI, REG_T);
    lea(s, RSI, REG_R, reg_at(first));
    move_immediate(s, RDX, total);
    move_immediate(s, RCX, 0);
    call_anywhere(s, (const void *)f->fn);

    move(s, R15, RAX);
    kill_temp(c, first - 1);
    for (uint32_t i = n; i < total; i++) kill_temp(c, first + i);
    for (uint32_t i = n; i-- > 0;) { /* from the last one on: the order of finalisers is visible */
        if (with_self && i == 0) break;
        load_reg(c, RCX, first + i);
        kill_temp(c, first + i);
        drop_value(c, DROP_WITHIN);
    }
    if (with_self) kill_temp(c, self); /* borrowed */
    kill_temp(c, a);
    test_rr(s, R15, R15);
    jump_if_to(s, CC_E, c->jit->leave[STEP_ERROR]);
    put(c, bc_c(c->w), R15);
    poll(c);
    return true;
}

bool known_call(Compiler *c, KnownCall *known) {
    Value callee = likely_callee(c, bc_a(c->w));
    *known = (KnownCall){.exits = 0};
    if (bc_b(c->w) == 1 && same(callee, v_from(builtin_type(c->t, T_type)))) return call_type(c, callee, known);
    if (!has_shape(callee, SHAPE_builtin_function) && !has_shape(callee, SHAPE_method_descriptor)) return false;
    if (bc_b(c->w) == 1) {
        if (is_method(c, callee, T_list, "append")) return call_append(c, callee, known);
        if (is_method(c, callee, T_dict, "get")) return call_get(c, callee, known);
        if (is_function_named(callee, SHAPE_builtin_function, "len")) {
            call_len(c, callee, known);
            known->done[known->dones++] = jump(&c->s);
            for (; known->exits > 0; known->exits--) patch_here(&c->s, known->elsewhere[known->exits - 1]);
        }
    }
    return call_builtin(c, callee, known);
}
