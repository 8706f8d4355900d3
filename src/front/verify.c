/* One pass over the words marks where instructions start, where jumps lead, and checks operands; then jumps and handlers must
 * lead to such starts.
 *
 * What is not checked is the meaning of registers: an instruction that finds another type of object than it
 * expects must find out itself, except for cells, whose registers are told by their number. */
#include "front/verify.h"

#include <stdlib.h>

#include "bytecode/disassemble.h"
#include "object/code.h"
#include "object/tuple.h"

enum Mark { STARTS = 1, TARGET = 2 };
typedef struct Verifier {
    const Code *code;
    uint32_t n_fixed;   /* first temporary */
    uint32_t n_consts, n_names;
    uint8_t *marks;     /* of each word: STARTS, TARGET */
    const char *fault;
} Verifier;

static bool fault(Verifier *v, const char *what)
{
    v->fault = what;
    return false;
}

static bool span(Verifier *v, uint64_t first, uint64_t n)
{
    return first + n <= v->code->nregs || fault(v, "register out of range");
}
static bool temporaries(Verifier *v, uint64_t first, uint64_t n)
{
    if (n && first < v->n_fixed) return fault(v, "a temporary is needed");
    return span(v, first, n);
}
static bool is_cell(Verifier *v, uint32_t r) { return (r >= v->code->nlocals && r < v->n_fixed) || fault(v, "a cell is needed"); }
static bool constant(Verifier *v, uint64_t k) { return k < v->n_consts || fault(v, "constant out of range"); }
static bool tuple_constant(Verifier *v, uint64_t k, int64_t length)
{
    if (!constant(v, k)) return false;
    Value c = v->code->consts[k];
    if (!IS_EXACT(c, tuple) || (length >= 0 && tuple_len(c) != length)) return fault(v, "tuple constant does not fit");
    for (int64_t i = 0; i < tuple_len(c); i++) {
        if (v->fault == NULL && length >= 0 && !is_ptr(tuple_at(c, i)) && is_null(tuple_at(c, i))) return fault(v, "tuple constant does not fit");
    }
    return true;
}
static bool str_tuple(Verifier *v, uint64_t k, int64_t at_most)
{
    if (!tuple_constant(v, k, -1)) return false;
    Value c = v->code->consts[k];
    if (at_most >= 0 && tuple_len(c) > at_most) return fault(v, "too many keyword names");
    for (int64_t i = 0; i < tuple_len(c); i++) {
        if (!IS_EXACT(tuple_at(c, i), str)) return fault(v, "names must be strings");
    }
    return true;
}

static bool is_resumable(Verifier *v) { return (v->code->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR)) || fault(v, "not a generator"); }

/* Spans of registers and other needs beyond the letters. */
static bool special(Verifier *v, const Decoded *d)
{
    switch (d->op) {
    case BC_WIDE: return fault(v, "prefix without instruction");
    case BC_LOAD_IMMEDIATE: return d->b < IMMEDIATE_COUNT || fault(v, "no such immediate");
    case BC_LOAD_COMMON: return d->b <= 8 || fault(v, "no such common object");
    case BC_DROP: return d->a != 0 || v->n_fixed == 0 || (v->code->flags & CO_OPTIMIZED) || fault(v, "the namespace must stay");
    case BC_CHECK_BOUND:
    case BC_DELETE_LOCAL: return d->a < v->code->nlocals || fault(v, "a local is needed");
    case BC_MAKE_CELL: return is_cell(v, d->a) && (d->b == d->a || d->b < v->code->nlocals || fault(v, "a local is needed"));
    case BC_LOAD_CELL: return is_cell(v, d->b);
    case BC_STORE_CELL:
    case BC_DELETE_CELL: return is_cell(v, d->a);
    case BC_LOAD_DICT_OR_CELL: return is_cell(v, d->c);
    case BC_LOAD_CALLEE:
    case BC_LOAD_METHOD: return temporaries(v, d->a, CALL_GAP + 2);
    case BC_LOAD_SUPER_METHOD: return temporaries(v, d->a, CALL_GAP + 2) && temporaries(v, d->b, 3);
    case BC_LOAD_SUPER_ATTR: return temporaries(v, d->b, 3);
    case BC_LOAD_SPECIAL: return temporaries(v, d->a, CALL_GAP + 2) && (d->c <= 3 || fault(v, "no such special method"));
    case BC_GET_SLICE: return temporaries(v, d->c, 2);
    case BC_GET_SLICE_STEP: return temporaries(v, d->c, 3);
    case BC_SET_SLICE: return temporaries(v, d->b, 2);
    case BC_CALL: return temporaries(v, d->a, (uint64_t)CALL_GAP + 2 + d->b);
    case BC_CALL_KW: return temporaries(v, d->a, (uint64_t)CALL_GAP + 2 + d->b) && str_tuple(v, d->word, d->b);
    case BC_CALL_EX: return temporaries(v, d->a, CALL_GAP + 4);
    case BC_YIELD: return is_resumable(v) && (d->c == 0 || temporaries(v, d->c - 1, 1));
    case BC_BEGIN_COLLECT: return temporaries(v, d->a, (uint64_t)CALL_GAP + 3) && ((d->b >= 2 && d->b <= 6) || fault(v, "no such collecting call"));
    case BC_COLLECT: return temporaries(v, d->a, 1) && temporaries(v, d->b, 1) && temporaries(v, d->c, 1);
    case BC_FOR_ITER:
    case BC_SEND: return temporaries(v, d->b, 1) && (d->op != BC_SEND || is_resumable(v));
    case BC_END_ASYNC_FOR: return temporaries(v, d->a, 1);
    case BC_CLEANUP_THROW: return temporaries(v, d->c, 1);
    case BC_MAKE_FUNCTION: return constant(v, (uint64_t)d->value) && (IS_EXACT(v->code->consts[d->value], code) || fault(v, "code constant is needed"));
    case BC_BUILD_TUPLE:
    case BC_BUILD_LIST:
    case BC_BUILD_SET:
    case BC_BUILD_STRING: return temporaries(v, d->b, d->c);
    case BC_BUILD_MAP: return temporaries(v, d->b, (uint64_t)d->c * 2);
    case BC_BUILD_CONST_KEY_MAP: return temporaries(v, d->b, d->c) && tuple_constant(v, d->word, d->c);
    case BC_BUILD_SLICE: return temporaries(v, d->b, d->c == 3 ? 3 : 2);
    case BC_UNPACK: return d->a < v->code->nlocals ? d->a + (uint64_t)d->c <= v->code->nlocals || fault(v, "locals are needed") : temporaries(v, d->a, d->c);
    case BC_UNPACK_EX: return temporaries(v, d->a, (uint64_t)d->c + 1 + d->word);
    case BC_BUILD_INTERPOLATION: return temporaries(v, d->b, d->c & 4 ? 3 : 2);
    case BC_EXC_GROUP_MATCH: return temporaries(v, d->a, 2);
    case BC_WITH_EXCEPT: return temporaries(v, d->b, 2);
    case BC_MATCH_CLASS: return str_tuple(v, d->word >> 16, -1);
    case BC_IMPORT_NAME: return temporaries(v, d->b, 2);
    case BC_INTRINSIC_1: return d->c < INTRINSIC_COUNT || fault(v, "no such intrinsic");
    case BC_INTRINSIC_2: return d->word < INTRINSIC_COUNT || fault(v, "no such intrinsic");
    case BC_LOAD_NAME:
    case BC_STORE_NAME:
    case BC_DELETE_NAME:
    case BC_SETUP_ANNOTATIONS: return !(v->code->flags & CO_OPTIMIZED) || fault(v, "no namespace here");
    case BC_RETURN_GENERATOR: return is_resumable(v);
    default: return true;
    }
}

/* What an operand's letter asks for. */
enum Need { NEED_REGISTER = 1, NEED_TEMPORARY = 2, NEED_NO_CELL = 4, NEED_CONSTANT = 8, NEED_WIDE_CONSTANT = 16 };
static const uint8_t needs[128] = {
    ['d'] = NEED_REGISTER | NEED_NO_CELL, ['r'] = NEED_REGISTER, ['k'] = NEED_REGISTER, ['u'] = NEED_REGISTER | NEED_NO_CELL,
    ['w'] = NEED_REGISTER | NEED_TEMPORARY, ['c'] = NEED_CONSTANT, ['K'] = NEED_WIDE_CONSTANT,
};
static inline bool operand(Verifier *v, const Decoded *d, char letter, uint32_t n)
{
    uint8_t need = needs[letter & 127];
    if (need == 0) return true;
    if (need & NEED_REGISTER) {
        if (n >= v->code->nregs) return fault(v, "register out of range");
        if (n >= v->n_fixed) return true;
        if (need & NEED_TEMPORARY) return fault(v, "a temporary is needed");
        /* Cells stay cells: only cell instructions and DROP write them. */
        if (need & NEED_NO_CELL && n >= v->code->nlocals && d->op != BC_MAKE_CELL && d->op != BC_DROP) return fault(v, "a cell's register is written");
        return true;
    }
    return constant(v, need & NEED_CONSTANT ? n : (uint64_t)d->value);
}

/* What a call makes a generator of begins with making it, and nothing else does so. */
static bool generator_begins(Verifier *v, const Decoded *d, bool *begun)
{
    bool resumable = v->code->flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR);
    if (*begun || d->op == BC_NOP) return d->op != BC_RETURN_GENERATOR || fault(v, "a generator is made twice");
    *begun = true;
    return resumable == (d->op == BC_RETURN_GENERATOR) || fault(v, "not a generator");
}

static bool instructions(Verifier *v)
{
    const Code *c = v->code;
    uint32_t at = 0;
    bool ended = false, begun = false;
    while (at < c->ninstructions) {
        Decoded d;
        if (!bc_decode(c->instructions, c->ninstructions, at, &d)) return fault(v, "invalid instruction");
        const OpInfo *info = &op_info[d.op];
        v->marks[at] |= STARTS;
        if (d.target >= 0) {
            if (d.target >= c->ninstructions) return fault(v, "jump into nowhere");
            v->marks[d.target] |= TARGET;
        }
        if (!operand(v, &d, info->operands[0], d.a) || !operand(v, &d, info->operands[1], d.b) || !operand(v, &d, info->operands[2], d.c)) return false;
        if (info->word == 's') {
            if (d.word >= c->nsites) return fault(v, "site out of range");
            bool named = d.op != BC_CALL;
            if (named && c->site_names[d.word] >= v->n_names) return fault(v, "name out of range");
        } else if (info->word == 'k' && !constant(v, d.word)) {
            return false;
        }
        if (!special(v, &d) || !generator_begins(v, &d, &begun)) return false;
        ended = d.op == BC_JUMP || d.op == BC_LOOP || d.op == BC_RETURN || d.op == BC_RETURN_CONST || d.op == BC_RAISE || d.op == BC_RERAISE;
        at += d.length;
    }
    return ended || fault(v, "control runs off the end");
}

static bool targets(Verifier *v)
{
    const Code *c = v->code;
    for (uint32_t at = 0; at < c->ninstructions; at++)
        if (v->marks[at] == TARGET) return fault(v, "jump into nowhere");
    for (uint32_t i = 0; i < c->nexceptions; i++) {
        const ExceptionEntry *e = &c->exceptions[i];
        if (e->start > e->end || e->end > c->ninstructions) return fault(v, "handler out of range");
        if (e->handler >= c->ninstructions || !(v->marks[e->handler] & STARTS)) return fault(v, "jump into nowhere");
        if (e->depth < v->n_fixed || e->depth > c->nregs || e->target_reg < v->n_fixed || e->target_reg > e->depth || e->target_reg >= c->nregs) {
            return fault(v, "handler's registers out of range");
        }
    }
    return true;
}

static bool names(Verifier *v, Value tuple, int64_t n)
{
    if (!IS_EXACT(tuple, tuple) || (n >= 0 && tuple_len(tuple) != n)) return fault(v, "names do not fit");
    for (int64_t i = 0; i < tuple_len(tuple); i++) {
        if (!IS_EXACT(tuple_at(tuple, i), str)) return fault(v, "names must be strings");
    }
    return true;
}

static bool header(Verifier *v)
{
    const Code *c = v->code;
    uint64_t fixed = (uint64_t)c->nlocals + c->ncells + c->nfree;
    uint64_t params = (uint64_t)c->nargs + c->nkwonly + ((c->flags & CO_VARARGS) != 0) + ((c->flags & CO_VARKEYWORDS) != 0);
    if (fixed > c->nregs || c->nregs > 65535 || params > c->nlocals || c->nposonly > c->nargs) return fault(v, "register counts do not fit");
    if (!(c->flags & CO_OPTIMIZED) && c->nlocals == 0) return fault(v, "no register for the namespace");
    if (c->ninstructions == 0) return fault(v, "no instructions");
    if (!names(v, c->names, -1) || !names(v, c->local_names, c->nlocals) || !names(v, c->cell_names, c->ncells) || !names(v, c->free_names, c->nfree)) return false;
    if (!IS_EXACT(c->const_tuple, tuple) || !IS_EXACT(c->name, str) || !IS_EXACT(c->qualname, str)) return fault(v, "invalid fields");
    v->n_fixed = (uint32_t)fixed;
    v->n_consts = (uint32_t)tuple_len(c->const_tuple);
    v->n_names = (uint32_t)tuple_len(c->names);
    return true;
}

bool code_verify(Thread *t, Code *code)
{
    Verifier v = {.code = code};
    bool done = header(&v);
    if (done) {
        v.marks = calloc(code->ninstructions, 1);
        if (v.marks == NULL) return err_no_memory_fail(t);
        done = instructions(&v) && targets(&v);
        free(v.marks);
    }
    return done || err_fail(t, T_ValueError, "invalid code object: %s", v.fault ? v.fault : "unknown");
}
