/* Setting f_lineno: which instructions the frame may go on at.
 *
 * A place can be jumped to when the temporaries that live there live here, too, and are of the same kind: it lies outside of loops, with blocks and
 * handlers, or inside of those that the frame is in. What lives at each instruction follows from walking the code once, by the operand letters of
 * the instruction table; the few instructions that touch more registers than they name stand in effect().
 */
#include <string.h>

#include "heap/heap.h"
#include "object/simple.h"
#include "ops/warn.h"
#include "vm/positions.h"
#include "vm/trace.h"

enum Kind { DEAD, OBJECT, CALLEE, ITERATOR, EXCEPTION, HANDLED_BEFORE, UNKNOWN = 255 };

typedef struct Walk {
    const Code *code;
    uint32_t ntemps;
    uint8_t *states; /* of each word: a kind for each temporary; the first is UNKNOWN where no way leads */
    uint32_t *work;
    uint32_t nwork;
} Walk;

static uint8_t *state_at(const Walk *w, uint32_t index) { return w->states + (size_t)index * (w->ntemps + 1); }

static void set(const Walk *w, uint8_t *state, uint32_t reg, uint8_t kind) {
    if (reg >= w->code->nfixed && reg < w->code->nfixed + w->ntemps) state[1 + reg - w->code->nfixed] = kind;
}
static uint8_t get(const Walk *w, const uint8_t *state, uint32_t reg) {
    return reg >= w->code->nfixed && reg < w->code->nfixed + w->ntemps ? state[1 + reg - w->code->nfixed] : OBJECT;
}
static void set_range(const Walk *w, uint8_t *state, uint32_t from, uint32_t n, uint8_t kind) {
    for (uint32_t i = 0; i < n; i++) set(w, state, from + i, kind);
}

static void reach(Walk *w, uint32_t index, const uint8_t *state) {
    uint8_t *at = state_at(w, index);
    if (index >= w->code->ninstructions || at[0] != UNKNOWN) return;
    memcpy(at, state, w->ntemps + 1);
    at[0] = 0;
    w->work[w->nwork++] = index;
}

typedef struct Decoded { enum Opcode op; uint32_t a, b, c, word, next; int64_t offset; bool jumps; } Decoded;

static Decoded decode(const Code *code, uint32_t index) {
    Decoded d = {0};
    uint32_t w = code->instructions[index++], wide = 0;
    if (bc_op(w) == BC_WIDE) {
        wide = w;
        w = code->instructions[index++];
    }
    d.op = bc_op(w);
    d.a = bc_a(w) | bc_a(wide) << 8;
    d.b = bc_b(w) | bc_b(wide) << 8;
    d.c = bc_c(w) | bc_c(wide) << 8;
    const OpInfo *info = &op_info[d.op];
    if (info->word != '-') {
        d.word = code->instructions[index++];
        d.jumps = info->word == 'j';
        d.offset = (int32_t)d.word;
    } else if (info->operands[0] == 'L') {
        d.jumps = true;
        d.offset = wide ? (int32_t)((w >> 8) | (wide >> 8) << 24) : bc_sax(w);
    } else if (info->operands[1] == 'J') {
        d.jumps = true;
        d.offset = wide ? (int32_t)(bc_bx(w) | bc_bx(wide) << 16) : bc_sbx(w);
    }
    d.next = index;
    return d;
}

/* What the instruction does to the temporaries when it goes on behind itself. */
static void effect(const Walk *w, const Decoded *d, uint8_t *s) {
    const char *letters = op_info[d->op].operands;
    uint32_t operands[3] = {d->a, d->b, d->c};
    uint8_t moved = get(w, s, d->b), other = get(w, s, d->a);
    for (int k = 0; k < 3; k++)
        if (letters[k] == 'r' || (letters[k] == 'u' && d->op == BC_DROP)) set(w, s, operands[k], DEAD);
    switch (d->op) {
        case BC_SWAP: set(w, s, d->a, moved), set(w, s, d->b, other); return;
        case BC_CALL: case BC_CALL_KW: set(w, s, d->a, DEAD), set_range(w, s, d->a + CALL_GAP + 1, d->b + 1, DEAD); break;
        case BC_BEGIN_COLLECT:
            set_range(w, s, d->a + CALL_GAP + 1, 2, DEAD);
            set(w, s, d->a, d->b == 3 || d->b == 4 ? DEAD : OBJECT), set(w, s, d->a + 1, ITERATOR);
            break;
        case BC_CALL_EX: set(w, s, d->a, DEAD), set_range(w, s, d->a + CALL_GAP + 1, 3, DEAD); break;
        case BC_LOAD_METHOD: case BC_LOAD_SPECIAL: set(w, s, d->a, CALLEE), set(w, s, d->a + CALL_GAP + 1, OBJECT); return;
        case BC_LOAD_SUPER_METHOD:
            set_range(w, s, d->b, 3, DEAD);
            set(w, s, d->a, CALLEE), set(w, s, d->a + CALL_GAP + 1, OBJECT);
            return;
        case BC_LOAD_CALLEE: set(w, s, d->a, CALLEE); return;
        case BC_LOAD_IMMEDIATE:
            if (d->b == immediate_index(V_UNBOUND)) set(w, s, d->a - CALL_GAP - 1, CALLEE); /* the window's self: it is plain */
            break;
        case BC_LOAD_SUPER_ATTR: case BC_BUILD_INTERPOLATION: set_range(w, s, d->b, 3, DEAD); break;
        case BC_BUILD_TUPLE: case BC_BUILD_LIST: case BC_BUILD_SET: case BC_BUILD_STRING: case BC_BUILD_SLICE: case BC_BUILD_CONST_KEY_MAP:
            set_range(w, s, d->b, d->c, DEAD);
            break;
        case BC_BUILD_MAP: set_range(w, s, d->b, 2 * d->c, DEAD); break;
        case BC_UNPACK: set_range(w, s, d->a, d->c, OBJECT); break;
        case BC_UNPACK_EX: set_range(w, s, d->a, d->c + 1 + d->word, OBJECT); break;
        case BC_GET_SLICE: set(w, s, d->c + 1, DEAD); break;
        case BC_GET_SLICE_STEP: set_range(w, s, d->c + 1, 2, DEAD); break;
        case BC_SET_SLICE: case BC_IMPORT_NAME: set(w, s, d->b + 1, DEAD); break;
        case BC_EXC_GROUP_MATCH: set(w, s, d->a + 1, OBJECT); break;
        case BC_JUMP_IF_TRUE_KEEP: case BC_JUMP_IF_FALSE_KEEP: set(w, s, d->a, DEAD); break;
        default: break;
    }
    uint8_t made = d->op == BC_GET_ITER || d->op == BC_GET_AITER ? ITERATOR : d->op == BC_PUSH_EXC ? HANDLED_BEFORE
                   : d->op == BC_MOVE || d->op == BC_COPY ? moved : OBJECT;
    for (int k = 0; k < 3; k++)
        if (letters[k] == 'd') set(w, s, operands[k], made);
}

static void step(Walk *w, uint32_t index, uint8_t *s) {
    Decoded d = decode(w->code, index);
    memcpy(s, state_at(w, index), w->ntemps + 1);
    for (uint32_t i = 0; i < w->code->nexceptions; i++) {
        const ExceptionEntry *e = &w->code->exceptions[i];
        if (index < e->start || index >= e->end) continue;
        set_range(w, s, e->depth, w->ntemps, DEAD);
        set(w, s, e->target_reg, EXCEPTION);
        reach(w, e->handler, s);
        memcpy(s, state_at(w, index), w->ntemps + 1);
        break;
    }
    if (d.jumps && (d.op == BC_JUMP_IF_TRUE_KEEP || d.op == BC_JUMP_IF_FALSE_KEEP || d.op == BC_BEGIN_COLLECT)) reach(w, (uint32_t)(d.next + d.offset), s);
    uint8_t before = get(w, s, d.a);
    effect(w, &d, s);
    if (d.jumps && d.op != BC_JUMP_IF_TRUE_KEEP && d.op != BC_JUMP_IF_FALSE_KEEP && d.op != BC_BEGIN_COLLECT) {
        uint8_t iterator = get(w, s, d.b), made = get(w, s, d.a);
        if (d.op == BC_FOR_ITER) set(w, s, d.b, DEAD), set(w, s, d.a, before);
        if (d.op == BC_SEND || d.op == BC_COLLECT) set(w, s, d.b, DEAD);
        reach(w, (uint32_t)(d.next + d.offset), s);
        if (d.op == BC_FOR_ITER || d.op == BC_SEND || d.op == BC_COLLECT) set(w, s, d.a, made), set(w, s, d.b, iterator);
    }
    switch (d.op) {
        case BC_JUMP: case BC_LOOP: case BC_RETURN: case BC_RETURN_CONST: case BC_RAISE: case BC_RERAISE: return;
        default: reach(w, d.next, s);
    }
}

static bool walk_code(Thread *t, Walk *w, const Code *code) {
    w->code = code;
    w->ntemps = code->nregs - code->nfixed;
    size_t bytes = (size_t)(code->ninstructions + 1) * (w->ntemps + 1);
    w->states = heap_alloc(t, bytes);
    w->work = heap_alloc(t, (code->ninstructions + 1) * sizeof(uint32_t));
    uint8_t *state = heap_alloc_zeroed(t, w->ntemps + 1);
    bool ok = w->states != NULL && w->work != NULL && state != NULL;
    if (ok) {
        memset(w->states, UNKNOWN, bytes);
        w->nwork = 0;
        reach(w, 0, state);
        while (w->nwork > 0) step(w, w->work[--w->nwork], state);
    }
    heap_free(t, state);
    return ok;
}

/* Whether all that lives at `to` lives at `from`; *depth: how many that are; *missing: the last kind that does not. */
static bool compatible(const Walk *w, const uint8_t *from, const uint8_t *to, uint32_t *depth, uint8_t *missing) {
    bool ok = true;
    *depth = 0;
    for (uint32_t i = 1; i <= w->ntemps; i++) {
        if (to[i] == DEAD) continue;
        (*depth)++;
        if (to[i] == from[i]) continue;
        ok = false;
        *missing = to[i];
    }
    return ok;
}

static bool refuse(Thread *t, uint8_t missing) {
    switch (missing) {
        case EXCEPTION: case HANDLED_BEFORE: return err_fail(t, T_ValueError, "can't jump into an 'except' block as there's no exception");
        case ITERATOR: return err_fail(t, T_ValueError, "can't jump into the body of a for loop");
        case OBJECT: case CALLEE: return err_fail(t, T_ValueError, "incompatible stacks");
        default: return err_fail(t, T_ValueError, "can't jump into unreachable code");
    }
}

/* Code relies on what the way to it has made: locals get None, cells are made. */
static bool make_up_for(Thread *t, Frame *f) {
    Code *code = f->code;
    uint32_t unbound = 0;
    for (uint32_t i = code->flags & CO_OPTIMIZED ? 0 : 1; i < code->nlocals; i++) unbound += is_unbound(f->registers[i]);
    for (uint32_t i = code->nlocals; i < code->nlocals + code->ncells; i++) {
        if (IS_EXACT(f->registers[i], cell)) continue;
        Value cell = cell_new(t, V_UNBOUND);
        if (is_null(cell)) return false;
        f->registers[i] = cell;
    }
    if (unbound == 0 || !(code->flags & CO_OPTIMIZED)) return true;
    if (!warn(t, T_RuntimeWarning, 0, "assigning None to %u unbound local%s", unbound, unbound == 1 ? "" : "s")) return false;
    for (uint32_t i = 0; i < code->nlocals; i++)
        if (is_unbound(f->registers[i])) f->registers[i] = V_NONE;
    return true;
}

bool trace_jump(Thread *t, FrameObject *o, int line) {
    Frame *f = o->frame;
    Code *code = f->code;
    if (line < (int)code->first_line) return err_fail(t, T_ValueError, "line %d comes before the current code block", line);
    int goal = INT32_MAX;
    for (uint32_t i = 0; i < code->ninstructions; i++) {
        int at = code_line(code, i);
        if (at >= line && at < goal) goal = at;
    }
    if (goal == INT32_MAX) return err_fail(t, T_ValueError, "line %d comes after the current code block", line);

    Walk w = {0};
    bool ok = false;
    if (!walk_code(t, &w, code)) goto done;
    uint32_t here = frame_lasti(f), target = UINT32_MAX, depth = 0;
    const uint8_t *from = state_at(&w, here);
    uint8_t missing = UNKNOWN;
    int before = -2;
    for (uint32_t i = 0; i < code->ninstructions; i = decode(code, i).next) {
        int at = code_line(code, i);
        const uint8_t *to = state_at(&w, i);
        uint32_t deep;
        if (at == goal && before != goal && to[0] != UNKNOWN && compatible(&w, from, to, &deep, &missing) && (target == UINT32_MAX || deep > depth)) {
            target = i;
            depth = deep;
        }
        before = at;
    }
    if (target == UINT32_MAX) {
        refuse(t, missing);
        goto done;
    }
    if (!make_up_for(t, f)) goto done;
    const uint8_t *to = state_at(&w, target);
    for (uint32_t i = w.ntemps; i >= 1; i--) {
        if (from[i] == DEAD || to[i] != DEAD) continue;
        Value *slot = &f->registers[code->nfixed + i - 1], v = *slot;
        *slot = V_UNBOUND;
        if (from[i] == HANDLED_BEFORE) {
            Value handled = t->fiber->handled->exception;
            t->fiber->handled->exception = v;
            v = handled;
        }
        decref(t, v);
    }
    f->pc = code->instructions + target + 1;
    o->lineno = goal;
    ok = true;
done:
    heap_free(t, w.states);
    heap_free(t, w.work);
    return ok;
}
