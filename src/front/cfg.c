/* The control-flow graph's construction and its passes:
 *
 *     thread jumps -> mark what is reachable -> drop needless CHECK_BOUNDs -> copy ends without a line ->
 *     order blocks, cold ones last -> drop needless jumps and NOPs -> spread lines
 */
#include "front/cfg.h"

Block *cfg_block(Cfg *g)
{
    Block *b = arena_zalloc(g->c->arena, sizeof *b);
    if (b == NULL) {
        front_no_memory(g->c);
        return NULL;
    }
    b->id = g->n_blocks++;
    return b;
}

void cfg_append(Cfg *g, Block *block)
{
    if (g->last) g->last->next = block;
    else g->first = block;
    g->last = block;
}

Instr *cfg_emit(Cfg *g, Block *block, enum Opcode op)
{
    if (block->n == block->cap) {
        uint32_t cap = block->cap ? block->cap * 2 : 4;
        Instr *instrs = arena_alloc(g->c->arena, cap * sizeof *instrs);
        if (instrs == NULL) {
            front_no_memory(g->c);
            return NULL;
        }
        if (block->n) memcpy(instrs, block->instrs, block->n * sizeof *instrs);
        block->instrs = instrs;
        block->cap = cap;
    }
    Instr *i = &block->instrs[block->n++];
    *i = (Instr){.op = (uint8_t)op};
    return i;
}

bool instr_is_terminator(const Instr *i)
{
    switch (i->op) {
    case BC_JUMP:
    case BC_LOOP:
    case BC_RETURN:
    case BC_RETURN_CONST:
    case BC_RAISE:
    case BC_RERAISE: return true;
    default: return false;
    }
}

bool instr_is_jump(const Instr *i) { return i->target != NULL; }

/* --- Jump threading ------------------------------------------------------------------------------ */

/* Where a jump to `b` really goes: through empty blocks and unconditional jumps. */
static Block *final_target(Block *b)
{
    for (unsigned hops = 0; hops < 64; hops++) {
        if (b->n == 0) {
            if (b->next == NULL) return b;
            b = b->next;
            continue;
        }
        Instr *i = &b->instrs[0];
        if (i->op != BC_JUMP || i->target == b) return b;
        b = i->target;
    }
    return b;
}

static bool is_keep(const Instr *i) { return i->op == BC_JUMP_IF_TRUE_KEEP || i->op == BC_JUMP_IF_FALSE_KEEP; }

/* `a and b or c`: what is known to be false need not be asked again. */
static void thread_keeps(Instr *i)
{
    while (is_keep(i) && reg_is_temp(i->a)) {
        Block *t = i->target;
        if (t->n != 1 || !is_keep(&t->instrs[0]) || t->instrs[0].a != i->a || t->instrs[0].target == t) return;
        if (t->instrs[0].op == i->op) {
            i->target = final_target(t->instrs[0].target);
        } else if (t->next) {
            i->op = i->op == BC_JUMP_IF_TRUE_KEEP ? BC_JUMP_IF_TRUE : BC_JUMP_IF_FALSE;
            i->target = final_target(t->next);
        } else {
            return;
        }
    }
}

static bool leaves(const Instr *i) { return i->op == BC_RETURN_CONST || i->op == BC_RETURN || i->op == BC_LOOP; }

/* A jump to a lone return or loop is that itself, unless each has a line of its own to show. */
static void thread_to_end(Instr *jump, const Block *t)
{
    if (t->n != 1 || !leaves(&t->instrs[0])) return;
    AstPos pos = jump->pos, end = t->instrs[0].pos;
    if (pos.lineno && end.lineno && pos.lineno != end.lineno) return;
    *jump = t->instrs[0];
    if (end.lineno == 0) jump->pos = pos;
    if (jump->target) jump->target = final_target(jump->target);
}

static void thread_jumps(Cfg *g)
{
    for (Block *b = g->first; b; b = b->next) {
        if (b->n == 0) continue;
        Instr *i = &b->instrs[b->n - 1];
        if (i->target == NULL) continue;
        i->target = final_target(i->target);
        thread_keeps(i);
        if (i->op == BC_JUMP) thread_to_end(i, i->target);
    }
}

/* --- Reachability ---------------------------------------------------------------------------------- */

static void mark(Block *b, Block **stack)
{
    if (b == NULL || b->reachable) return;
    b->reachable = true;
    b->link = *stack;
    *stack = b;
}

static void mark_reachable(Cfg *g)
{
    Block *stack = NULL;
    mark(g->first, &stack);
    while (stack) {
        Block *b = stack;
        stack = b->link;
        bool falls = true;
        for (uint32_t k = 0; k < b->n; k++) {
            if (b->instrs[k].target) mark(b->instrs[k].target, &stack);
            if (instr_is_terminator(&b->instrs[k])) {
                b->n = k + 1;
                falls = false;
            }
        }
        if (b->n && b->handler.block) {
            b->handler.block->catches = true;
            mark(b->handler.block, &stack);
        }
        if (falls) mark(b->next, &stack);
    }
    Block **p = &g->first;
    g->last = NULL;
    while (*p) {
        Block *b = *p;
        bool empty = b->n == 0 && b != g->first && b->next && !b->catches; /* jumps go through it by now */
        if (b->reachable && !empty) {
            g->last = b;
            p = &b->next;
        } else {
            *p = b->next;
        }
    }
}

/* --- Definite assignment ------------------------------------------------------------------------------ */

typedef struct Bits {
    uint64_t *words;
    uint32_t n;
} Bits;

static void bind(uint64_t *state, Reg r)
{
    if (reg_is_local(r)) state[r / 64] |= UINT64_C(1) << (r % 64);
}
static void unbind(uint64_t *state, Reg r)
{
    if (reg_is_local(r)) state[r / 64] &= ~(UINT64_C(1) << (r % 64));
}
static bool is_bound(const uint64_t *state, Reg r) { return state[r / 64] >> (r % 64) & 1; }

/* Narrows what is bound at the start of `b`; queues it if that changed anything. */
static void flow_into(Block *b, const uint64_t *state, uint32_t words, Block **queue)
{
    bool changed = false;
    for (uint32_t w = 0; w < words; w++) {
        uint64_t meet = b->bound[w] & state[w];
        changed |= meet != b->bound[w];
        b->bound[w] = meet;
    }
    if ((changed || !b->placed) && !b->queued) {
        b->queued = true;
        b->link = *queue;
        *queue = b;
    }
    b->placed = true; /* here: it was looked at */
}

static void meet_into(uint64_t *into, const uint64_t *state, uint32_t words)
{
    for (uint32_t w = 0; w < words; w++) into[w] &= state[w];
}

/* Runs over a block; `drop_checks` removes the checks that cannot fail. */
static void flow_block(Cfg *g, Block *b, uint64_t *state, uint64_t *at_raise, uint32_t words, Block **queue, bool drop_checks)
{
    memcpy(state, b->bound, words * 8);
    memcpy(at_raise, b->bound, words * 8);
    bool falls = true;
    for (uint32_t k = 0; k < b->n; k++) {
        Instr *i = &b->instrs[k];
        switch (i->op) {
        case BC_CHECK_BOUND:
            if (drop_checks && is_bound(state, i->a)) *i = (Instr){.op = BC_NOP, .pos = i->pos};
            if (i->op != BC_NOP) bind(state, i->a);
            break;
        case BC_DELETE_LOCAL:
        case BC_DROP:
            unbind(state, i->a);
            meet_into(at_raise, state, words);
            break;
        case BC_MAKE_CELL:
            if (i->a != i->b) {
                unbind(state, i->b);
                meet_into(at_raise, state, words);
            }
            break;
        case BC_FOR_ITER:
            if (!drop_checks) flow_into(i->target, state, words, queue);
            bind(state, i->a);
            continue;
        case BC_CALL:
        case BC_CALL_KW:
        case BC_CALL_EX: bind(state, i->c); break;
        case BC_UNPACK:
            for (uint32_t n = 0; n < i->c; n++) bind(state, i->a + n);
            break;
        case BC_UNPACK_PAIR:
            bind(state, i->a);
            bind(state, i->b);
            break;
        default:
            if (op_info[i->op].operands[0] == 'd') bind(state, i->a);
            break;
        }
        if (i->target && !drop_checks) flow_into(i->target, state, words, queue);
        if (instr_is_terminator(i)) falls = false;
    }
    if (drop_checks) return;
    if (falls && b->next) flow_into(b->next, state, words, queue);
    if (b->handler.block && b->n) flow_into(b->handler.block, at_raise, words, queue);
}

static bool drop_needless_checks(Cfg *g)
{
    bool any = false;
    for (Block *b = g->first; b && !any; b = b->next) {
        for (uint32_t k = 0; k < b->n && !any; k++) any = b->instrs[k].op == BC_CHECK_BOUND;
    }
    if (!any) return true;
    uint32_t words = (g->n_locals + 63) / 64;
    uint64_t *state = arena_zalloc(g->c->arena, words * 16);
    if (state == NULL) return front_no_memory(g->c);
    for (Block *b = g->first; b; b = b->next) {
        b->bound = arena_alloc(g->c->arena, words * 8);
        if (b->bound == NULL) return front_no_memory(g->c);
        memset(b->bound, 0xff, words * 8);
        b->placed = b->queued = false;
    }
    for (uint32_t p = 0; p < g->n_params; p++) bind(state, p);
    Block *queue = NULL;
    flow_into(g->first, state, words, &queue);
    while (queue) {
        Block *b = queue;
        queue = b->link;
        b->queued = false;
        flow_block(g, b, state, state + words, words, &queue, false);
    }
    for (Block *b = g->first; b; b = b->next) flow_block(g, b, state, state + words, words, NULL, true);
    for (Block *b = g->first; b; b = b->next) b->placed = false;
    return true;
}

/* --- Lines -----------------------------------------------------------------------------------------------
 *
 * What has no line in the source takes that of the one way that leads to it; where several ways meet it has none, and tracing does
 * not see it.  An end (return, raise again, the jump at the end of a loop) that has no line is copied for each way that jumps
 * there, so that a function is left, and a loop goes round, on the line that did so last. */

static bool falls_through(const Block *b) { return b->n == 0 || !instr_is_terminator(&b->instrs[b->n - 1]); }

static void count_ways(Cfg *g)
{
    for (Block *b = g->first; b; b = b->next) b->ways = b == g->first;
    for (Block *b = g->first; b; b = b->next) {
        if (b->n && b->instrs[b->n - 1].target) b->instrs[b->n - 1].target->ways++;
        if (falls_through(b) && b->next) b->next->ways++;
    }
}

static bool ends_without_line(const Block *b)
{
    if (b->n == 0) return false;
    for (uint32_t k = 0; k < b->n; k++) {
        if (b->instrs[k].pos.lineno) return false;
    }
    const Instr *last = &b->instrs[b->n - 1];
    return leaves(last) || last->op == BC_RERAISE;
}

static bool copy_ends(Cfg *g)
{
    count_ways(g);
    for (Block *b = g->first; b; b = b->next) {
        Instr *jump = b->n ? &b->instrs[b->n - 1] : NULL;
        if (jump == NULL || jump->target == NULL) continue;
        Block *end = jump->target;
        if (end->ways < 2 || !ends_without_line(end)) continue;
        Block *copy = cfg_block(g);
        for (uint32_t k = 0; copy && k < end->n; k++) {
            Instr *i = cfg_emit(g, copy, BC_NOP);
            if (i == NULL) return false;
            *i = end->instrs[k];
        }
        if (copy == NULL) return false;
        copy->instrs[0].pos = jump->pos;
        copy->handler = end->handler;
        copy->reachable = true;
        cfg_append(g, copy);
        jump->target = copy;
        end->ways--;
    }
    for (Block *b = g->first; b; b = b->next) {
        if (b->n && falls_through(b) && b->next && ends_without_line(b->next)) b->next->instrs[0].pos = b->instrs[b->n - 1].pos;
    }
    return true;
}

static void take_line(Instr *i, AstPos pos)
{
    if (pos.lineno && i->pos.end_lineno == 0 && i->op != BC_MAKE_CELL) i->pos = pos; /* cells are made before the function begins */
}

static void spread_lines(Cfg *g)
{
    count_ways(g);
    for (Block *b = g->first; b; b = b->next) {
        AstPos last = {0};
        for (uint32_t k = 0; k < b->n; k++) {
            take_line(&b->instrs[k], last);
            last = b->instrs[k].pos;
        }
        if (b->n == 0) continue;
        Block *t = b->instrs[b->n - 1].target;
        if (falls_through(b) && b->next && b->next->ways == 1 && b->next->n) take_line(&b->next->instrs[0], last);
        if (t && t->ways == 1 && t->n) take_line(&t->instrs[0], last);
    }
}

/* --- Order ---------------------------------------------------------------------------------------------- */

static const Block *next_filled(const Block *b)
{
    do b = b->next;
    while (b && b->n == 0);
    return b;
}

/* The line of the first instruction behind `b` that stays there; 0: none. */
static int32_t line_behind(const Block *b)
{
    const Block *next = next_filled(b);
    for (uint32_t k = 0; next && k < next->n; k++) {
        if (next->instrs[k].op != BC_NOP || next->instrs[k].pos.lineno) return next->instrs[k].pos.lineno;
    }
    return 0;
}

/* Drops NOPs, but for those that alone stand for a line: tracing tells of it. */
static void drop_nops(Block *b, bool first)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < b->n; k++) {
        Instr *i = &b->instrs[k];
        if (i->op == BC_NOP && !(first && k == 0)) { /* the very first stands for the call */
            int32_t line = i->pos.lineno;
            if (line == 0 || (n && b->instrs[n - 1].pos.lineno == line)) continue;
            if (k + 1 < b->n) {
                Instr *next = &b->instrs[k + 1];
                if (next->pos.lineno == 0 && next->op != BC_NOP) next->pos = i->pos;
                if (next->pos.lineno == line) continue;
            } else if (line_behind(b) == line) {
                continue;
            }
        }
        b->instrs[n++] = *i;
    }
    b->n = n;
}

/* What is reached from cold blocks only is cold as well: a block is warm if the entry reaches it without an exception. */
static void mark_warm(Cfg *g)
{
    for (Block *b = g->first; b; b = b->next) b->cold = true;
    Block *stack = g->first;
    g->first->cold = false;
    g->first->link = NULL;
    while (stack) {
        Block *b = stack;
        stack = b->link;
        for (uint32_t k = 0; k < b->n; k++) {
            Block *t = b->instrs[k].target;
            if (t && t->cold) {
                t->cold = false;
                t->link = stack;
                stack = t;
            }
        }
        if (falls_through(b) && b->next && b->next->cold) {
            b->next->cold = false;
            b->next->link = stack;
            stack = b->next;
        }
    }
}

/* Makes control that would fall into a block that moves jump there. */
static bool order_blocks(Cfg *g)
{
    mark_warm(g);
    Block *warm = NULL, **warm_end = &warm, *cold = NULL, **cold_end = &cold, *last = NULL;
    for (Block *b = g->first, *next; b; b = next) {
        next = b->next;
        if (next && falls_through(b) && next->cold != b->cold) {
            Instr *last = b->n ? &b->instrs[b->n - 1] : NULL;
            Block *home = b;
            if (last && last->target) { /* a conditional jump ends its block: the jump stands in one of its own */
                home = cfg_block(g);
                if (home == NULL) return false;
                home->handler = b->handler;
                home->cold = b->cold;
                home->reachable = true;
            }
            Instr *j = cfg_emit(g, home, BC_JUMP);
            if (j == NULL) return false;
            j->target = next;
            if (home != b) {
                home->next = next;
                b->next = home;
                next = home;
            }
        }
        Block ***end = b->cold ? &cold_end : &warm_end;
        **end = b;
        *end = &b->next;
    }
    *cold_end = NULL;
    *warm_end = cold;
    g->first = warm;
    for (Block *b = g->first; b; b = b->next) last = b;
    g->last = last;
    return true;
}

/* A jump to what stands next anyway only has its line to show. */
static void drop_needless_jumps(Cfg *g)
{
    for (Block *b = g->first; b; b = b->next) {
        if (b->n == 0 || b->instrs[b->n - 1].op != BC_JUMP) continue;
        Instr *jump = &b->instrs[b->n - 1];
        const Block *next = b->next;
        while (next && next != jump->target && next->n == 0) next = next->next;
        if (next == jump->target) *jump = (Instr){.op = BC_NOP, .pos = jump->pos};
    }
}

bool cfg_optimize(Cfg *g)
{
    thread_jumps(g);
    mark_reachable(g);
    if (!drop_needless_checks(g) || !copy_ends(g) || !order_blocks(g)) return false;
    drop_needless_jumps(g);
    for (Block *b = g->first; b; b = b->next) drop_nops(b, b == g->first);
    spread_lines(g);
    return true;
}
