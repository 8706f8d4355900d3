/* match.
 *
 * A pattern is matched against a register.  What it takes apart stands in temporaries above the case's base, which stay
 * until the case is decided: a captured name is the temporary that holds its value, and is stored when the whole pattern has
 * matched.  A failing test jumps to a chain of DROPs at the place that fits the number of temporaries in use;
 * dropping one that a test consumed does nothing. */
#include "front/codegen_priv.h"

#include "object/dispatch.h"
#include "object/tuple.h"

typedef struct Capture { Ident *name; Reg reg; } Capture;

typedef struct Matching {
    uint32_t base;
    VEC(Block *) failed;     /* by number of temporaries above base */
    VEC(Capture) captures;
    VEC(Reg) consumed;
    bool allow_irrefutable;
    struct Matching *outer;  /* around an alternative of an or-pattern */
} Matching;

static void pattern(Codegen *g, AstPattern *p, Reg subject, bool consume, Matching *m);

static void matching_free(Matching *m)
{
    vec_free(&m->failed);
    vec_free(&m->captures);
    vec_free(&m->consumed);
}

/* The block to jump to from here when a test fails. */
static Block *fail_block(Codegen *g, Matching *m)
{
    uint32_t n = g->u->depth - m->base;
    while (m->failed.len <= n) {
        if (!vec_push(&m->failed, NULL)) {
            gen_no_memory(g);
            return block_new(g);
        }
    }
    if (m->failed.data[n] == NULL) m->failed.data[n] = block_new(g);
    return m->failed.data[n];
}

/* Places the chain; control goes on behind it with the temporaries gone. */
static void emit_fail_chain(Codegen *g, Matching *m)
{
    for (size_t n = m->failed.len; n-- > 0;) {
        if (m->failed.data[n]) block_use(g, m->failed.data[n]);
        if (n > 0) gen_emit(g, BC_DROP, temp_at(m->base + (uint32_t)n - 1), 0, 0);
    }
    if (m->failed.len == 0) block_use(g, block_new(g));
}

static bool is_consumed(const Matching *m, Reg r)
{
    for (size_t i = 0; i < m->consumed.len; i++) {
        if (m->consumed.data[i] == r) return true;
    }
    return false;
}

static void capture(Codegen *g, Ident *name, Reg subject, bool consume, Matching *m, AstPos pos)
{
    for (Matching *k = m; k; k = k->outer) {
        for (size_t i = 0; i < k->captures.len; i++) {
            if (k->captures.data[i].name == name) {
                gen_error_at(g, pos, "multiple assignments to name '%s' in pattern", name->utf8);
                return;
            }
        }
    }
    Reg r = subject;
    if (!consume || !reg_is_temp(subject)) {
        r = temp_push(g);
        gen_emit(g, BC_COPY, r, subject, 0);
    }
    Capture k = {name, r};
    if (!vec_push(&m->captures, k)) gen_no_memory(g);
}

/* A register that a consuming test may read. */
static Reg test_operand(Codegen *g, Reg subject, bool consume, Matching *m)
{
    if (!reg_is_temp(subject)) return subject;
    if (consume) {
        if (!vec_push(&m->consumed, subject)) gen_no_memory(g);
        return subject;
    }
    Reg copy = temp_push(g);
    gen_emit(g, BC_COPY, copy, subject, 0);
    return copy;
}

static bool is_wildcard(const AstPattern *p) { return p->kind == AST_MatchAs && p->u.MatchAs.name == NULL && p->u.MatchAs.pattern == NULL; }
static bool is_star_wildcard(const AstPattern *p) { return p->kind == AST_MatchStar && p->u.MatchStar.name == NULL; }

static void value_pattern(Codegen *g, AstPattern *p, Reg subject, bool consume, Matching *m)
{
    uint32_t mark = g->u->depth, k;
    AstExpr *e = p->u.MatchValue.value;
    if (e->kind != AST_Constant && e->kind != AST_Attribute) {
        gen_error_at(g, p->pos, "patterns may only match literals and attribute lookups");
        return;
    }
    Reg a = test_operand(g, subject, consume, m);
    if (constant_index(g, e, &k)) {
        g->u->depth = mark;
        g->u->pos = p->pos;
        emit_cond(g, BC_JUMP_EQ_K, a, k, 0, fail_block(g, m));
        return;
    }
    Reg b = gen_operand(g, e);
    g->u->depth = mark;
    g->u->pos = p->pos;
    emit_cond(g, BC_JUMP_EQ, a, b, 0, fail_block(g, m));
}

static void singleton_pattern(Codegen *g, AstPattern *p, Reg subject, bool consume, Matching *m)
{
    uint32_t mark = g->u->depth;
    Value v = front_constant(g->c, &p->u.MatchSingleton.value);
    if (is_null(v)) {
        gen_fail(g);
        return;
    }
    Reg a = test_operand(g, subject, consume, m);
    if (is_none(v)) {
        g->u->depth = mark;
        emit_cond(g, BC_JUMP_IF_NOT_NONE, a, 0, 0, fail_block(g, m));
        return;
    }
    Reg b = temp_push(g);
    gen_load_value(g, v, b);
    decref(g->t, v);
    g->u->depth = mark;
    emit_cond(g, BC_JUMP_IS, a, b, 0, fail_block(g, m));
}

/* Fails unless the subject has the property that `op` asks for. */
static void test_kind(Codegen *g, enum Opcode op, Reg subject, Matching *m)
{
    Reg r = temp_push(g);
    gen_emit(g, op, r, subject, 0);
    g->u->depth--;
    emit_cond(g, BC_JUMP_IF_FALSE, r, 0, 0, fail_block(g, m));
}

static void test_length(Codegen *g, Reg subject, uint32_t n, bool at_least, Matching *m)
{
    Reg r = temp_push(g);
    gen_emit(g, BC_GET_LEN, r, subject, 0);
    uint32_t k = const_index(g, v_smallint(n));
    if (k < 256) {
        g->u->depth--;
        emit_cond(g, at_least ? BC_JUMP_GE_K : BC_JUMP_EQ_K, r, k, 0, fail_block(g, m));
        return;
    }
    Reg b = temp_push(g);
    gen_load_value(g, v_smallint(n), b);
    g->u->depth -= 2;
    emit_cond(g, at_least ? BC_JUMP_GE : BC_JUMP_EQ, r, b, 0, fail_block(g, m));
}

/* Takes `source` (a temporary at the top, or kept when `keep`) apart into n temporaries; answers the first. */
static Reg unpack(Codegen *g, Reg source, bool keep, uint32_t n, int star)
{
    Unit *u = g->u;
    Reg first = temp_at(u->depth);
    for (uint32_t i = 0; i < n; i++) temp_push(g);
    if (keep && reg_is_temp(source)) {
        Reg copy = temp_push(g);
        gen_emit(g, BC_COPY, copy, source, 0);
        u->depth--;
        source = copy;
    }
    if (star < 0) gen_emit(g, BC_UNPACK, first, source, n);
    else gen_emit(g, BC_UNPACK_EX, first, source, (uint32_t)star)->word = n - (uint32_t)star - 1;
    return first;
}

/* [a, *_, b]: items before the star by their index, those behind it by the length less theirs. */
static void sequence_by_index(Codegen *g, AstPatternSeq *seq, int star, Reg subject, Matching *m)
{
    uint32_t n = seq->n;
    for (uint32_t i = 0; i < n; i++) {
        AstPattern *item = seq->items[i];
        if (is_wildcard(item) || (int)i == star) continue;
        Reg r = temp_push(g), object = subject, key = temp_push(g), offset = temp_push(g);
        if (reg_is_temp(subject)) gen_emit(g, BC_COPY, object = r, subject, 0);
        if ((int)i < star) {
            gen_load_value(g, v_smallint(i), key);
        } else {
            gen_emit(g, BC_GET_LEN, key, subject, 0);
            gen_load_value(g, v_smallint(n - i), offset);
            gen_emit(g, BC_SUB, key, key, offset);
        }
        gen_emit(g, BC_GET_ITEM, r, object, key);
        g->u->depth -= 2;
        pattern(g, item, r, true, m);
    }
}

static void sequence_pattern(Codegen *g, AstPattern *p, Reg subject, Matching *m)
{
    AstPatternSeq *seq = p->u.MatchSequence.patterns;
    uint32_t n = seq->n;
    int star = -1;
    bool only_wildcards = true, star_wildcard = false;
    for (uint32_t i = 0; i < n; i++) {
        AstPattern *item = seq->items[i];
        if (item->kind == AST_MatchStar) {
            if (star >= 0) {
                gen_error_at(g, p->pos, "multiple starred names in sequence pattern");
                return;
            }
            star = (int)i;
            star_wildcard = is_star_wildcard(item);
            only_wildcards &= star_wildcard;
        } else {
            only_wildcards &= is_wildcard(item);
        }
    }
    test_kind(g, BC_MATCH_SEQUENCE, subject, m);
    if (star < 0) test_length(g, subject, n, false, m);
    else if (n > 1) test_length(g, subject, n - 1, true, m);
    if (only_wildcards) return;
    if (star_wildcard) {
        sequence_by_index(g, seq, star, subject, m);
        return;
    }
    Reg first = unpack(g, subject, true, n, star);
    for (uint32_t i = 0; i < n; i++) pattern(g, seq->items[i], first + i, true, m);
}

static bool check_mapping_keys(Codegen *g, AstPattern *p)
{
    AstExprSeq *keys = p->u.MatchMapping.keys;
    for (uint32_t i = 0; i < keys->n; i++) {
        AstExpr *k = keys->items[i];
        if (k == NULL) {
            gen_error_at(g, p->pos, "can't use NULL keys in MatchMapping (set 'rest' parameter instead)");
            return false;
        }
        if (k->kind != AST_Constant && k->kind != AST_Attribute) {
            gen_error_at(g, p->pos, "mapping pattern keys may only match literals and attribute lookups");
            return false;
        }
        if (k->kind != AST_Constant) continue;
        Value v = constant_value(g, k);
        for (uint32_t j = 0; j < i && !g->failed; j++) {
            if (keys->items[j]->kind != AST_Constant) continue;
            int same_key = equal(g->t, constant_value(g, keys->items[j]), v);
            if (same_key < 0) gen_fail(g);
            if (same_key <= 0) continue;
            gen_error_at(g, p->pos, "mapping pattern checks duplicate key (%R)", v);
            return false;
        }
    }
    return !g->failed;
}

static void mapping_pattern(Codegen *g, AstPattern *p, Reg subject, Matching *m)
{
    Unit *u = g->u;
    AstExprSeq *keys = p->u.MatchMapping.keys;
    AstPatternSeq *seq = p->u.MatchMapping.patterns;
    Ident *rest = p->u.MatchMapping.rest;
    uint32_t n = keys->n;
    test_kind(g, BC_MATCH_MAPPING, subject, m);
    if (n == 0 && rest == NULL) return;
    if (n) test_length(g, subject, n, true, m);
    if (!check_mapping_keys(g, p)) return;
    Reg names = temp_at(u->depth);
    for (uint32_t i = 0; i < n; i++) gen_expr(g, keys->items[i], REG_NONE);
    u->depth = reg_index(names) + 1;
    if (u->depth > u->cfg.n_temps) u->cfg.n_temps = u->depth;
    u->pos = p->pos;
    gen_emit(g, BC_BUILD_TUPLE, names, names, n);
    Reg values = temp_push(g), test = temp_push(g);
    gen_emit(g, BC_MATCH_KEYS, values, subject, names);
    gen_emit(g, BC_COPY, test, values, 0);
    u->depth--;
    emit_cond(g, BC_JUMP_IF_NONE, test, 0, 0, fail_block(g, m));
    if (!vec_push(&m->consumed, values)) gen_no_memory(g);
    Reg first = unpack(g, values, false, n, -1);
    for (uint32_t i = 0; i < n; i++) pattern(g, seq->items[i], first + i, true, m);
    if (rest == NULL) return;
    u->pos = p->pos;
    Reg dict = temp_push(g), copy = temp_push(g);
    gen_emit(g, BC_BUILD_MAP, dict, dict, 0);
    if (reg_is_temp(subject)) gen_emit(g, BC_COPY, copy, subject, 0);
    gen_emit(g, BC_DICT_UPDATE, dict, reg_is_temp(subject) ? copy : subject, 0);
    u->depth--;
    Reg key = unpack(g, names, true, n, -1);
    for (uint32_t i = n; i-- > 0;) {
        Reg object = temp_push(g);
        gen_emit(g, BC_COPY, object, dict, 0);
        u->depth--;
        gen_emit(g, BC_DELETE_ITEM, object, key + i, 0);
        u->depth--;
    }
    capture(g, rest, dict, true, m, p->pos);
}

static void class_pattern(Codegen *g, AstPattern *p, Reg subject, Matching *m)
{
    Unit *u = g->u;
    struct Ast_MatchClass *c = &p->u.MatchClass;
    uint32_t n_positional = c->patterns->n, n_names = c->kwd_attrs->n, n = n_positional + n_names;
    for (uint32_t i = 0; i < n_names; i++) {
        for (uint32_t j = i + 1; j < n_names; j++) {
            if (c->kwd_attrs->items[i] != c->kwd_attrs->items[j]) continue;
            gen_error_at(g, c->kwd_patterns->items[j]->pos, "attribute name repeated in class pattern: %s", c->kwd_attrs->items[j]->utf8);
            return;
        }
    }
    uint32_t mark = u->depth;
    Reg class = gen_operand(g, c->cls);
    Value names = tuple_new(g->t, n_names);
    if (is_null(names)) {
        gen_fail(g);
        return;
    }
    for (uint32_t i = 0; i < n_names; i++) {
        Value v = front_name(g->c, c->kwd_attrs->items[i]); /* not mangled */
        if (is_null(v)) gen_fail(g);
        else V_AS(Tuple, names)->items[i] = new_ref(v);
    }
    uint32_t k = const_take(g, tuple_done(g->t, names));
    if (k > 0xffff || n_positional > 0xffff) {
        gen_error_at(g, p->pos, "too many sub-patterns in class pattern");
        return;
    }
    u->depth = mark;
    Reg values = temp_push(g), test = temp_push(g);
    u->pos = p->pos;
    gen_emit(g, BC_MATCH_CLASS, values, subject, class)->word = n_positional | k << 16;
    gen_emit(g, BC_COPY, test, values, 0);
    u->depth--;
    emit_cond(g, BC_JUMP_IF_NONE, test, 0, 0, fail_block(g, m));
    if (!vec_push(&m->consumed, values)) gen_no_memory(g);
    Reg first = unpack(g, values, false, n, -1);
    for (uint32_t i = 0; i < n; i++) {
        AstPattern *item = i < n_positional ? c->patterns->items[i] : c->kwd_patterns->items[i - n_positional];
        if (!is_wildcard(item)) pattern(g, item, first + i, true, m);
    }
}

/* --- Alternatives ------------------------------------------------------------------------------------- */

typedef VEC(Ident *) NameVec;

static void add_name(Codegen *g, Ident *name, NameVec *out)
{
    if (name == NULL) return;
    for (size_t i = 0; i < out->len; i++) {
        if (out->data[i] == name) return;
    }
    if (!vec_push(out, name)) gen_no_memory(g);
}

static void collect_names(Codegen *g, AstPattern *p, NameVec *out)
{
    AstPatternSeq *seq = NULL;
    switch (p->kind) {
    case AST_MatchSequence: seq = p->u.MatchSequence.patterns; break;
    case AST_MatchMapping:
        seq = p->u.MatchMapping.patterns;
        add_name(g, p->u.MatchMapping.rest, out);
        break;
    case AST_MatchClass:
        for (uint32_t i = 0; i < p->u.MatchClass.kwd_patterns->n; i++) collect_names(g, p->u.MatchClass.kwd_patterns->items[i], out);
        seq = p->u.MatchClass.patterns;
        break;
    case AST_MatchStar: add_name(g, p->u.MatchStar.name, out); break;
    case AST_MatchAs:
        if (p->u.MatchAs.pattern) collect_names(g, p->u.MatchAs.pattern, out);
        add_name(g, p->u.MatchAs.name, out);
        break;
    case AST_MatchOr: seq = p->u.MatchOr.patterns; break;
    default: break;
    }
    for (uint32_t i = 0; seq && i < seq->n; i++) collect_names(g, seq->items[i], out);
}

static Reg captured(const Matching *m, const Ident *name)
{
    for (size_t i = 0; i < m->captures.len; i++) {
        if (m->captures.data[i].name == name) return m->captures.data[i].reg;
    }
    return REG_NONE;
}

static bool is_captured(const Matching *m, Reg r)
{
    for (size_t i = 0; i < m->captures.len; i++) {
        if (m->captures.data[i].reg == r) return true;
    }
    return false;
}

static void drop_uncaptured(Codegen *g, Matching *m)
{
    for (uint32_t d = g->u->depth; d-- > m->base;) {
        Reg r = temp_at(d);
        if (!is_captured(m, r) && !is_consumed(m, r)) gen_emit(g, BC_DROP, r, 0, 0);
    }
}

static void or_pattern(Codegen *g, AstPattern *p, Reg subject, Matching *m)
{
    Unit *u = g->u;
    AstPatternSeq *seq = p->u.MatchOr.patterns;
    NameVec names = {0};
    collect_names(g, seq->items[0], &names);
    Reg first = temp_at(u->depth);
    for (size_t i = 0; i < names.len; i++) gen_emit(g, BC_LOAD_IMMEDIATE, temp_push(g), 5, 0);
    Block *matched = block_new(g);
    uint32_t inside = u->depth;
    for (uint32_t i = 0; i < seq->n && !g->failed; i++) {
        Matching alternative = {.base = inside, .outer = m, .allow_irrefutable = i + 1 == seq->n && m->allow_irrefutable};
        pattern(g, seq->items[i], subject, false, &alternative);
        bool differ = alternative.captures.len != names.len;
        for (size_t k = 0; k < names.len && !g->failed && !differ; k++) {
            Reg r = captured(&alternative, names.data[k]);
            if (r == REG_NONE) differ = true;
            else gen_emit(g, BC_MOVE, first + (uint32_t)k, r, 0);
        }
        if (differ) gen_error_at(g, p->pos, "alternative patterns bind different names");
        drop_uncaptured(g, &alternative);
        emit_jump(g, matched);
        u->depth = inside;
        emit_fail_chain(g, &alternative);
        matching_free(&alternative);
    }
    emit_jump(g, fail_block(g, m));
    block_use(g, matched);
    for (size_t i = 0; i < names.len && !g->failed; i++) capture(g, names.data[i], first + (uint32_t)i, true, m, p->pos);
    vec_free(&names);
}

static void pattern(Codegen *g, AstPattern *p, Reg subject, bool consume, Matching *m)
{
    if (g->failed || !stack_check(g->t, " during compilation")) {
        gen_fail(g);
        return;
    }
    bool irrefutable = m->allow_irrefutable;
    g->u->pos = p->pos;
    switch (p->kind) {
    case AST_MatchValue: value_pattern(g, p, subject, consume, m); break;
    case AST_MatchSingleton: singleton_pattern(g, p, subject, consume, m); break;
    case AST_MatchSequence:
        m->allow_irrefutable = true;
        sequence_pattern(g, p, subject, m);
        break;
    case AST_MatchMapping:
        m->allow_irrefutable = true;
        mapping_pattern(g, p, subject, m);
        break;
    case AST_MatchClass:
        m->allow_irrefutable = true;
        class_pattern(g, p, subject, m);
        break;
    case AST_MatchStar:
        if (p->u.MatchStar.name) capture(g, p->u.MatchStar.name, subject, consume, m, p->pos);
        break;
    case AST_MatchAs:
        if (p->u.MatchAs.pattern == NULL) {
            if (!irrefutable) {
                if (p->u.MatchAs.name) gen_error_at(g, p->pos, "name capture '%s' makes remaining patterns unreachable", p->u.MatchAs.name->utf8);
                else gen_error_at(g, p->pos, "wildcard makes remaining patterns unreachable");
                return;
            }
            if (p->u.MatchAs.name) capture(g, p->u.MatchAs.name, subject, consume, m, p->pos);
            break;
        }
        pattern(g, p->u.MatchAs.pattern, subject, false, m);
        capture(g, p->u.MatchAs.name, subject, consume, m, p->pos);
        break;
    case AST_MatchOr: or_pattern(g, p, subject, m); break;
    default: break;
    }
    m->allow_irrefutable = irrefutable;
}

void match_stmt(Codegen *g, AstStmt *s)
{
    Unit *u = g->u;
    struct Ast_Match *match = &s->u.Match;
    uint32_t mark = u->depth;
    Block *end = block_new(g);
    Reg subject = gen_expr(g, match->subject, REG_NONE);
    for (uint32_t i = 0; i < match->cases->n && !g->failed; i++) {
        AstMatchCase *k = match->cases->items[i];
        Matching m = {.base = mark + 1, .allow_irrefutable = k->guard != NULL || i + 1 == match->cases->n};
        Block *next = block_new(g);
        u->depth = mark + 1;
        pattern(g, k->pattern, subject, false, &m);
        u->pos = k->pattern->pos;
        for (size_t c = 0; c < m.captures.len && !g->failed; c++) gen_store_name(g, m.captures.data[c].name, m.captures.data[c].reg);
        drop_uncaptured(g, &m);
        u->depth = mark + 1;
        if (k->guard) gen_branch(g, k->guard, next, false);
        u->pos = k->pattern->pos;
        gen_emit(g, BC_DROP, subject, 0, 0);
        u->depth = mark;
        gen_stmts(g, k->body);
        gen_no_place(g);
        emit_jump(g, end);
        u->depth = mark + 1;
        u->pos = k->pattern->pos;
        emit_fail_chain(g, &m);
        block_use(g, next);
        matching_free(&m);
    }
    gen_emit(g, BC_DROP, subject, 0, 0);
    u->depth = mark;
    block_use(g, end);
}
