/* What the registers hold, followed through code that a program put together itself (types.CodeType, code.replace).
 *
 * Each register has a kind at each instruction; an instruction needs some kinds and leaves others. States are kept where control joins (targets of
 * jumps, handlers) and merged until nothing changes: kinds only ever become less, so that comes to an end. Of an exception in an instruction
 * it is not known how far the instruction had come: its handler sees what holds before and after it.
 *
 * What it cannot see are the contents of objects: instructions that take a tuple apart or need an exception in a list look for themselves. */
#include <stdlib.h>
#include <string.h>

#include "bytecode/disassemble.h"
#include "front/verify.h"
#include "object/code.h"
#include "object/tuple.h"

typedef enum Kind {
    K_DEAD,         /* a temporary without a value; a local that may be unbound */
    K_SELF,         /* a value or V_UNBOUND, as in a call window */
    K_VALUE,        /* from here on they are all values */
    K_CELL, K_LIST, K_SET, K_DICT, K_FUNCTION,
    K_BARE,         /* a function that has not got its closure yet */
    K_EXCEPTION, K_EXCEPTION_OR_NONE,
    K_HANDLED,      /* what PUSH_EXC saved */
} Kind;

typedef struct Flow {
    const Code *code;
    uint32_t n_fixed, n;     /* first temporary, registers */
    uint8_t *now;            /* kinds before the instruction at hand, then after it */
    uint8_t *before;
    uint32_t *joins;         /* by word: 1 + number of its state, or 0 */
    uint8_t *states;         /* a row of kinds for each join */
    uint8_t *reached;        /* by join */
    bool live, changed;
    uint32_t at;             /* the instruction at hand */
    const char *fault;
} Flow;

static bool fault(Flow *f, const char *what) {
    if (f->fault == NULL) f->fault = what;
    return false;
}

static Kind merged(Kind a, Kind b) {
    if (a == b) return a;
    if (a == K_BARE || b == K_BARE) return K_DEAD;
    if (a >= K_VALUE && b >= K_VALUE) {
        bool raised = (a == K_EXCEPTION || a == K_EXCEPTION_OR_NONE) && (b == K_EXCEPTION || b == K_EXCEPTION_OR_NONE);
        return raised ? K_EXCEPTION_OR_NONE : K_VALUE;
    }
    return a == K_DEAD || b == K_DEAD ? K_DEAD : K_SELF;
}

/* --- What an instruction asks and leaves ------------------------------------------------------------------------------------------------ */

static bool is_temporary(Flow *f, uint32_t r) { return r >= f->n_fixed; }
static bool needs(Flow *f, uint32_t r, Kind kind) { return f->now[r] == kind || fault(f, "a register does not hold what an instruction needs"); }
static bool value(Flow *f, uint32_t r) {
    return (f->now[r] >= K_VALUE && f->now[r] != K_BARE) || fault(f, "a register without a value is read");
}
static void consume(Flow *f, uint32_t r) {
    if (is_temporary(f, r)) f->now[r] = K_DEAD;
}
static bool take(Flow *f, uint32_t r) {
    bool good = value(f, r);
    consume(f, r);
    return good;
}
static bool take_span(Flow *f, uint32_t first, uint32_t n) {
    bool good = true;
    for (uint32_t i = 0; i < n; i++) good &= take(f, first + i);
    return good;
}
static void set(Flow *f, uint32_t r, Kind kind) { f->now[r] = (uint8_t)kind; }
/* A call uses everything from its window on. */
static void use_up(Flow *f, uint32_t window) { memset(f->now + window, K_DEAD, f->n - window); }
static bool window(Flow *f, uint32_t a, uint32_t nargs) {
    bool good = value(f, a);
    for (uint32_t i = 0; i < nargs; i++) good &= value(f, a + CALL_GAP + 2 + i);
    use_up(f, a);
    return good;
}
static void callee(Flow *f, uint32_t a, Kind self) {
    set(f, a, K_VALUE);
    set(f, a + CALL_GAP + 1, self);
}
static void copy(Flow *f, const Decoded *d, bool moved) {
    Kind kind = f->now[d->b];
    if (moved) consume(f, d->b);
    set(f, d->a, kind);
}
static Kind built(enum Opcode op) {
    switch (op) {
    case BC_BUILD_LIST: return K_LIST;
    case BC_BUILD_SET: return K_SET;
    case BC_BUILD_MAP:
    case BC_BUILD_CONST_KEY_MAP: return K_DICT;
    default: return K_VALUE;
    }
}

/* The instructions of which the letters do not say all; *done: this is one of them. */
static bool special(Flow *f, const Decoded *d, bool *done) {
    uint32_t a = d->a, b = d->b, c = d->c;
    *done = true;
    switch (d->op) {
    case BC_MOVE: copy(f, d, true); return true;
    case BC_COPY: copy(f, d, false); return true;
    case BC_SWAP: {
        Kind kind = f->now[a];
        set(f, a, f->now[b]);
        set(f, b, kind);
        return true;
    }
    case BC_LOAD_IMMEDIATE: set(f, a, same(V_IMMEDIATE(b), V_UNBOUND) ? K_DEAD : K_VALUE); return true;
    case BC_DROP: set(f, a, K_DEAD); return true;
    case BC_CHECK_BOUND:
        if (f->now[a] < K_VALUE) set(f, a, K_VALUE);
        return true;
    case BC_DELETE_LOCAL: set(f, a, K_DEAD); return true;
    case BC_MAKE_CELL:
        if (a != b) set(f, b, K_DEAD);
        set(f, a, K_CELL);
        return true;
    case BC_LOAD_CELL: if (!needs(f, b, K_CELL)) return false; set(f, a, K_VALUE); return true;
    case BC_STORE_CELL: return needs(f, a, K_CELL) && take(f, b);
    case BC_DELETE_CELL: return needs(f, a, K_CELL);
    case BC_LOAD_DICT_OR_CELL:
        if (!needs(f, c, K_CELL) || !take(f, b)) return false;
        set(f, a, K_VALUE);
        return true;
    case BC_LOAD_CALLEE: callee(f, a, K_DEAD); return true;
    case BC_LOAD_METHOD:
        if (!take(f, b)) return false;
        callee(f, a, K_SELF);
        return true;
    case BC_LOAD_SPECIAL:
        if (!value(f, b)) return false;
        callee(f, a, K_SELF);
        return true;
    case BC_LOAD_SUPER_ATTR:
    case BC_LOAD_SUPER_METHOD:
        if (!take_span(f, b, 2)) return false;
        set(f, b + 2, K_DEAD);
        if (d->op == BC_LOAD_SUPER_ATTR) set(f, a, K_VALUE);
        else callee(f, a, K_SELF);
        return true;
    case BC_GET_SLICE:
    case BC_GET_SLICE_STEP:
        if (!take(f, b) || !take_span(f, c, d->op == BC_GET_SLICE ? 2 : 3)) return false;
        set(f, a, K_VALUE);
        return true;
    case BC_SET_SLICE: return take(f, a) && take_span(f, b, 2) && take(f, c);
    case BC_CALL:
    case BC_CALL_KW:
        if (!window(f, a, b)) return false;
        set(f, c, K_VALUE);
        return true;
    case BC_CALL_EX:
        if (!window(f, a, 1)) return false;
        set(f, c, K_VALUE);
        return true;
    case BC_YIELD:
        if ((c && !value(f, c - 1)) || !take(f, b)) return false;
        set(f, a, K_VALUE);
        return true;
    case BC_END_ASYNC_FOR:
    case BC_CLEANUP_THROW:
        if (!needs(f, b, K_EXCEPTION)) return false;
        consume(f, b);
        if (d->op == BC_END_ASYNC_FOR) return take(f, a);
        set(f, c, K_DEAD);
        set(f, a, K_VALUE);
        return true;
    case BC_MAKE_FUNCTION: set(f, a, V_AS(Code, f->code->consts[d->value])->nfree ? K_BARE : K_FUNCTION); return true;
    case BC_SET_FUNCTION:
        if (f->now[a] != K_BARE && !needs(f, a, K_FUNCTION)) return false;
        if (!take(f, b)) return false;
        if (c == 2) set(f, a, K_FUNCTION);
        return true;
    case BC_BUILD_TUPLE:
    case BC_BUILD_LIST:
    case BC_BUILD_SET:
    case BC_BUILD_STRING:
    case BC_BUILD_MAP:
    case BC_BUILD_CONST_KEY_MAP:
    case BC_BUILD_SLICE:
    case BC_BUILD_INTERPOLATION: {
        uint32_t n = d->op == BC_BUILD_MAP ? 2 * c : d->op == BC_BUILD_SLICE ? (c == 3 ? 3 : 2) : d->op == BC_BUILD_INTERPOLATION ? (c & 4 ? 3 : 2) : c;
        if (!take_span(f, b, n)) return false;
        set(f, a, built(d->op));
        return true;
    }
    case BC_LIST_APPEND:
    case BC_LIST_EXTEND: return needs(f, a, K_LIST) && take(f, b);
    case BC_SET_ADD: return value(f, a) && take(f, b); /* __conditional_annotations__ is a global like any other: it looks for itself */
    case BC_SET_UPDATE: return needs(f, a, K_SET) && take(f, b);
    case BC_MAP_ADD: return needs(f, a, K_DICT) && take(f, b) && take(f, c);
    case BC_DICT_UPDATE: return needs(f, a, K_DICT) && take(f, b);
    case BC_DICT_MERGE: return needs(f, a, K_DICT) && take(f, b) && value(f, c);
    case BC_LIST_TO_TUPLE:
        if (!needs(f, b, K_LIST)) return false;
        consume(f, b);
        set(f, a, K_VALUE);
        return true;
    case BC_UNPACK:
    case BC_UNPACK_EX:
        if (!take(f, b)) return false;
        for (uint32_t i = 0; i < c + (d->op == BC_UNPACK_EX ? 1 + d->word : 0); i++) set(f, a + i, K_VALUE);
        return true;
    case BC_RAISE: return (c < 1 || take(f, a)) && (c < 2 || take(f, b));
    case BC_PUSH_EXC:
        if (f->now[b] != K_EXCEPTION_OR_NONE && !needs(f, b, K_EXCEPTION)) return false; /* None: nothing is handled */
        set(f, a, K_HANDLED);
        return true;
    case BC_POP_EXC:
        if (!needs(f, a, K_HANDLED)) return false;
        consume(f, a);
        return true;
    case BC_EXC_GROUP_MATCH:
        if (f->now[b] != K_EXCEPTION_OR_NONE && !needs(f, b, K_EXCEPTION)) return false;
        consume(f, b);
        if (!take(f, c)) return false;
        set(f, a, K_EXCEPTION_OR_NONE);
        set(f, a + 1, K_EXCEPTION_OR_NONE);
        return true;
    case BC_EXC_STAR_RESULT:
        if (!needs(f, b, K_EXCEPTION) || !needs(f, c, K_LIST)) return false;
        consume(f, b);
        consume(f, c);
        set(f, a, K_EXCEPTION_OR_NONE);
        return true;
    case BC_WITH_EXCEPT:
        if (!value(f, b) || !needs(f, c, K_EXCEPTION)) return false;
        set(f, a, K_VALUE);
        return true;
    case BC_IMPORT_NAME:
        if (!take_span(f, b, 2)) return false;
        set(f, a, K_VALUE);
        return true;
    default: *done = false; return true;
    }
}

static bool operand(Flow *f, char letter, uint32_t r) {
    if (letter == 'r') return take(f, r);
    if (letter == 'k' || letter == 'u') return value(f, r);
    return true;
}

/* --- Following control ------------------------------------------------------------------------------------------------------------------- */

/* `kinds` hold where control comes to this word. */
static void join(Flow *f, uint32_t word, const uint8_t *kinds) {
    uint32_t number = f->joins[word] - 1;
    uint8_t *row = f->states + (size_t)number * f->n;
    if (!f->reached[number]) {
        f->reached[number] = 1;
        memcpy(row, kinds, f->n);
        f->changed = true;
        return;
    }
    for (uint32_t i = 0; i < f->n; i++) {
        uint8_t kind = (uint8_t)merged(row[i], kinds[i]);
        if (kind == row[i]) continue;
        row[i] = kind;
        f->changed = true;
    }
}

static void join_handler(Flow *f, uint32_t at) {
    const ExceptionEntry *e = f->code->exceptions, *end = e + f->code->nexceptions;
    while (e < end && !(at >= e->start && at < e->end)) e++;
    if (e == end) return;
    for (uint32_t i = 0; i < f->n; i++) f->before[i] = i < e->depth ? (uint8_t)merged(f->before[i], f->now[i]) : K_DEAD;
    f->before[e->target_reg] = K_EXCEPTION;
    join(f, e->handler, f->before);
}

/* Jumps on which something else holds than behind the instruction. */
static bool jump(Flow *f, const Decoded *d) {
    uint32_t target = (uint32_t)d->target;
    switch (d->op) {
    case BC_FOR_ITER:
    case BC_SEND: {
        if (!value(f, d->b) || (d->op == BC_SEND && !take(f, d->c))) return false;
        if (d->op == BC_SEND) set(f, d->a, K_VALUE);
        Kind kind = f->now[d->b];
        set(f, d->b, K_DEAD);
        join(f, target, f->now);
        set(f, d->b, kind);
        set(f, d->a, K_VALUE);
        return true;
    }
    case BC_BEGIN_COLLECT:
        join(f, target, f->now);
        if (!window(f, d->a, 1)) return false;
        set(f, d->a, d->b == 6 ? K_SET : d->b == 2 || d->b == 5 ? K_LIST : K_DEAD);
        set(f, d->a + 1, K_VALUE);
        return true;
    case BC_COLLECT:
        if ((f->now[d->a] != K_LIST && !needs(f, d->a, K_SET)) || !value(f, d->b)) return false;
        f->now[d->b] = f->now[d->c] = K_DEAD;
        join(f, target, f->now);
        f->now[d->b] = f->now[d->c] = K_VALUE;
        return true;
    case BC_JUMP_IF_TRUE_KEEP:
    case BC_JUMP_IF_FALSE_KEEP:
        if (!value(f, d->a)) return false;
        join(f, target, f->now);
        consume(f, d->a);
        return true;
    default: {
        const OpInfo *info = &op_info[d->op];
        if (!operand(f, info->operands[0], d->a) || !operand(f, info->operands[1], d->b)) return false;
        join(f, target, f->now);
        f->live = d->op != BC_JUMP && d->op != BC_LOOP;
        return true;
    }
    }
}

static bool instruction(Flow *f, const Decoded *d) {
    bool done;
    if (d->target >= 0) return jump(f, d);
    if (!special(f, d, &done)) return false;
    if (!done) {
        const OpInfo *info = &op_info[d->op];
        if (!operand(f, info->operands[0], d->a) || !operand(f, info->operands[1], d->b) || !operand(f, info->operands[2], d->c)) return false;
        if (info->operands[0] == 'd') set(f, d->a, K_VALUE);
        if (d->op == BC_UNPACK_PAIR) set(f, d->b, K_VALUE);
    }
    f->live = d->op != BC_RETURN && d->op != BC_RETURN_CONST && d->op != BC_RAISE && d->op != BC_RERAISE;
    return true;
}

static void enter(Flow *f) {
    const Code *c = f->code;
    uint32_t params = c->nargs + c->nkwonly + ((c->flags & CO_VARARGS) != 0) + ((c->flags & CO_VARKEYWORDS) != 0);
    memset(f->now, K_DEAD, f->n);
    memset(f->now, K_VALUE, params);
    if (!(c->flags & CO_OPTIMIZED)) f->now[0] = K_VALUE; /* the namespace */
    memset(f->now + c->nlocals + c->ncells, K_CELL, c->nfree);
    f->live = true;
}

static bool pass(Flow *f) {
    const Code *c = f->code;
    Decoded d;
    enter(f);
    for (uint32_t at = 0; at < c->ninstructions; at += d.length) {
        if (!bc_decode(c->instructions, c->ninstructions, at, &d)) return fault(f, "invalid instruction");
        if (f->joins[at]) {
            uint32_t number = f->joins[at] - 1;
            if (f->live) join(f, at, f->now);
            f->live = f->reached[number];
            memcpy(f->now, f->states + (size_t)number * f->n, f->n);
        }
        if (!f->live) continue;
        memcpy(f->before, f->now, f->n);
        f->at = at;
        if (!instruction(f, &d)) return false;
        /* Its handler covers its words: the exception is looked up by the last of them. */
        join_handler(f, at + d.length - 1);
    }
    return true;
}

static uint32_t number_joins(Flow *f) {
    const Code *c = f->code;
    uint32_t count = 0;
    Decoded d;
    for (uint32_t at = 0; at < c->ninstructions; at += d.length) {
        if (!bc_decode(c->instructions, c->ninstructions, at, &d)) return count;
        if (d.target >= 0 && !f->joins[d.target]) f->joins[d.target] = ++count;
    }
    for (uint32_t i = 0; i < c->nexceptions; i++)
        if (!f->joins[c->exceptions[i].handler]) f->joins[c->exceptions[i].handler] = ++count;
    return count;
}

bool code_verify_flow(Thread *t, Code *code) {
    Flow f = {.code = code, .n_fixed = code->nlocals + code->ncells + code->nfree, .n = code->nregs, .changed = true};
    bool done = false;
    f.joins = calloc(code->ninstructions + 1ul, sizeof *f.joins);
    f.now = malloc(f.n + 1ul);
    f.before = malloc(f.n + 1ul);
    if (f.joins != NULL && f.now != NULL && f.before != NULL) {
        uint32_t n = number_joins(&f);
        f.states = malloc((size_t)n * f.n + 1);
        f.reached = calloc(n + 1ul, 1);
    }
    if (f.states == NULL || f.reached == NULL) {
        (void)err_no_memory(t);
    } else {
        done = true;
        while (done && f.changed) {
            f.changed = false;
            done = pass(&f);
        }
        if (!done) err_raise(t, T_ValueError, "invalid code object: %s (at word %u)", f.fault, f.at);
    }
    free(f.joins);
    free(f.now);
    free(f.before);
    free(f.states);
    free(f.reached);
    return done;
}
