/* Assembly: registers get numbers, blocks places, instructions their words.
 *
 * Operands that do not fit 8 bits (constants and jumps: 16) take a WIDE prefix.  Whether a jump is short is found by
 * placing all blocks, lengthening what does not reach and placing them again, until nothing changes: jumps
 * only grow. */
#include "front/assemble.h"

#include "base/buf.h"
#include "core/config.h"
#include "front/positions.h"
#include "heap/heap.h"
#include "object/code.h"
#include "object/str.h"
#include "object/tuple.h"

/* Registers behind the last window, for the parameters that a call of a C function omits: then it need not be copied. */
enum { OMITTED_ROOM = 3 };

typedef VEC(uint32_t) WordVec;
typedef VEC(ExceptionEntry) EntryVec;

typedef struct Assembler {
    Cfg *g;
    Compilation *c;
    uint32_t n_locals, n_cells, n_fixed;
    uint32_t limit_registers;
    WordVec words;
    WordVec site_names;
    ValueVec consts;
    EntryVec entries;
    Buf positions;
    PositionWriter writer;
} Assembler;

static uint32_t number_of(Assembler *a, Reg r)
{
    if (reg_is_temp(r) && reg_index(r) >= a->g->n_temps) a->g->n_temps = reg_index(r) + 1;
    switch (reg_kind(r)) {
    case REG_LOCAL: return reg_index(r);
    case REG_CELL: return a->n_locals + reg_index(r);
    case REG_FREE: return a->n_locals + a->n_cells + reg_index(r);
    default: return a->n_fixed + reg_index(r);
    }
}

static bool is_register(char letter) { return letter == 'd' || letter == 'r' || letter == 'k' || letter == 'u' || letter == 'w'; }

/* Symbolic operands to numbers, in place. */
static void number_registers(Assembler *a)
{
    for (Block *b = a->g->first; b; b = b->next) {
        for (uint32_t k = 0; k < b->n; k++) {
            Instr *i = &b->instrs[k];
            const char *letters = op_info[i->op].operands;
            if (is_register(letters[0])) i->a = number_of(a, i->a);
            if (is_register(letters[1])) i->b = number_of(a, i->b);
            if (is_register(letters[2])) i->c = number_of(a, i->c);
            if (i->op == BC_YIELD) i->c = i->c == REG_NONE ? 0 : number_of(a, i->c) + 1;
        }
    }
}

/* The operand that holds a constant's index; NULL: none. MATCH_CLASS packs its own. */
static uint32_t *const_operand(Instr *i)
{
    const OpInfo *info = &op_info[i->op];
    if (info->operands[0] == 'K') return &i->a;
    if (info->operands[1] == 'K' || info->operands[1] == 'c') return &i->b;
    if (info->operands[2] == 'c') return &i->c;
    return info->word == 'k' ? &i->word : NULL;
}

/* Constants that only dropped code used go; the first one stays, it may be the docstring. */
static bool drop_unused_consts(Assembler *a, const Value *consts, size_t n)
{
    uint32_t *moved = arena_zalloc(a->c->arena, (n + 1) * sizeof *moved);
    if (moved == NULL || !vec_reserve(&a->consts, n + 1)) return front_no_memory(a->c);
    if (n) moved[0] = 1;
    for (int pass = 0; pass < 2; pass++) {
        for (Block *b = a->g->first; b; b = b->next) {
            for (uint32_t k = 0; k < b->n; k++) {
                Instr *i = &b->instrs[k];
                uint32_t *operand = const_operand(i);
                if (i->op == BC_MATCH_CLASS) {
                    if (pass == 0) moved[i->word >> 16] = 1;
                    else i->word = (i->word & 0xffff) | moved[i->word >> 16] << 16;
                } else if (operand) {
                    if (pass == 0) moved[*operand] = 1;
                    else *operand = moved[*operand];
                }
            }
        }
        for (size_t k = 0; pass == 0 && k < n; k++) {
            if (!moved[k]) continue;
            moved[k] = (uint32_t)a->consts.len;
            vec_push(&a->consts, consts[k]);
        }
    }
    return true;
}

/* --- Shapes of instructions --------------------------------------------------------------------------- */

enum JumpForm { JUMP_NONE, JUMP_16, JUMP_24, JUMP_WORD };

static enum JumpForm jump_form(const OpInfo *info)
{
    if (info->word == 'j') return JUMP_WORD;
    if (info->operands[0] == 'L') return JUMP_24;
    return info->operands[1] == 'J' ? JUMP_16 : JUMP_NONE;
}

/* Whether an operand other than a jump needs the prefix. */
static bool needs_wide(const Instr *i, const OpInfo *info)
{
    const char *l = info->operands;
    if (i->widened) return true;
    switch (l[0]) {
    case 'L': return false;
    case 'K': return i->a > 0xffff;
    default: break;
    }
    if (l[0] != '.' && i->a > 255) return true;
    switch (l[1]) {
    case 'J': return false;
    case 'K': return i->b > 0xffff;
    case 'I': return false;
    default: break;
    }
    if (l[1] != '.' && i->b > 255) return true;
    if (l[2] == 'i') return (int32_t)i->c < -128 || (int32_t)i->c > 127;
    return l[2] != '.' && i->c > 255;
}

static uint32_t size_of(const Instr *i)
{
    const OpInfo *info = &op_info[i->op];
    return 1 + needs_wide(i, info) + (info->word != '-');
}

static void place_blocks(Assembler *a)
{
    uint32_t at = 0;
    for (Block *b = a->g->first; b; b = b->next) {
        b->offset = at;
        for (uint32_t k = 0; k < b->n; k++) at += size_of(&b->instrs[k]);
    }
}

static bool lengthen_jumps(Assembler *a)
{
    bool changed = false;
    for (Block *b = a->g->first; b; b = b->next) {
        uint32_t at = b->offset;
        for (uint32_t k = 0; k < b->n; k++) {
            Instr *i = &b->instrs[k];
            at += size_of(i);
            if (i->target == NULL || i->widened) continue;
            int64_t distance = (int64_t)i->target->offset - (int64_t)at;
            enum JumpForm form = jump_form(&op_info[i->op]);
            bool reaches = form == JUMP_WORD || (form == JUMP_16 ? distance >= -32768 && distance <= 32767 : distance >= -(1 << 23) && distance < (1 << 23));
            if (!reaches) changed = i->widened = true;
        }
    }
    return changed;
}

/* --- Words ------------------------------------------------------------------------------------------------ */

static bool put(Assembler *a, uint32_t word)
{
    if (!vec_push(&a->words, word)) return front_no_memory(a->c);
    return true;
}

static bool put_instruction(Assembler *a, Instr *i, uint32_t end)
{
    const OpInfo *info = &op_info[i->op];
    uint32_t low, high;
    int32_t distance = i->target ? (int32_t)(i->target->offset - end) : 0;
    bool wide = needs_wide(i, info);
    if (info->operands[0] == 'L') {
        low = i->op | (uint32_t)distance << 8;
        high = BC_WIDE | ((uint32_t)distance >> 24) << 8;
    } else if (info->operands[0] == 'K') {
        low = bc_make(i->op, i->a, i->a >> 8, 0);
        high = bc_make(BC_WIDE, i->a >> 16, i->a >> 24, 0);
    } else if (info->operands[1] == 'J' || info->operands[1] == 'K' || info->operands[1] == 'I') {
        uint32_t bx = info->operands[1] == 'J' ? (uint32_t)distance : i->b;
        low = bc_make(i->op, i->a, bx, bx >> 8);
        high = bc_make(BC_WIDE, i->a >> 8, bx >> 16, bx >> 24);
    } else {
        low = bc_make(i->op, i->a, i->b, i->c);
        high = bc_make(BC_WIDE, i->a >> 8, i->b >> 8, i->c >> 8);
    }
    if (wide && !put(a, high)) return false;
    if (!put(a, low)) return false;
    switch (info->word) {
    case '-': return true;
    case 'j': return put(a, (uint32_t)distance);
    case 's': {
        uint32_t site = (uint32_t)a->site_names.len;
        if (!vec_push(&a->site_names, i->word)) return front_no_memory(a->c);
        return put(a, site);
    }
    default: return put(a, i->word);
    }
}

static bool put_entry(Assembler *a, Block *b)
{
    uint32_t start = b->offset, end = (uint32_t)a->words.len;
    if (b->handler.block == NULL || start == end) return true;
    ExceptionEntry e = {start, end, b->handler.block->offset, (uint16_t)(a->n_fixed + b->handler.depth), (uint16_t)(a->n_fixed + b->handler.target)};
    if (a->entries.len) {
        ExceptionEntry *last = &vec_last(&a->entries);
        if (last->end == start && last->handler == e.handler && last->depth == e.depth && last->target_reg == e.target_reg) {
            last->end = end;
            return true;
        }
    }
    if (!vec_push(&a->entries, e)) return front_no_memory(a->c);
    return true;
}

static bool put_blocks(Assembler *a)
{
    const Config *config = a->c->t->runtime->config;
    bool plain = config != NULL && config->no_debug_ranges;
    for (Block *b = a->g->first; b; b = b->next) {
        for (uint32_t k = 0; k < b->n; k++) {
            Instr *i = &b->instrs[k];
            uint32_t words = size_of(i), end = (uint32_t)a->words.len + words;
            if (!put_instruction(a, i, end)) return false;
            AstPos p = i->pos;
            bool call = b == a->g->first && k == 0 && i->op == BC_NOP; /* it stands at the very beginning of its line */
            bool columns = !plain && p.end_lineno > 0 && p.end_lineno >= p.lineno && p.col_offset >= 0 && p.end_col_offset >= 0 &&
                           (call || (p.col_offset | p.end_col_offset) != 0);
            Position position = {p.lineno, columns ? p.end_lineno : p.lineno, columns ? p.col_offset : -1, columns ? p.end_col_offset : -1};
            if (p.lineno == 0 && p.end_lineno) position = (Position){0, 1, 0, 0};
            positions_write(&a->writer, position, words);
        }
        if (!put_entry(a, b)) return false;
    }
    if (a->positions.failed) return front_no_memory(a->c);
    return true;
}

/* --- The object --------------------------------------------------------------------------------------------- */

static Value names_tuple(Compilation *c, Ident *const *names, size_t n)
{
    Value t = tuple_new(c->t, (int64_t)n);
    if (is_null(t)) return VNULL;
    for (size_t i = 0; i < n; i++) {
        Value name = front_name(c, names[i]);
        if (is_null(name)) {
            decref(c->t, t);
            return VNULL;
        }
        V_AS(Tuple, t)->items[i] = new_ref(name);
    }
    return tuple_done(c->t, t);
}

static void *block_copy(Compilation *c, const void *data, size_t bytes)
{
    void *p = heap_alloc(c->t, bytes);
    if (p && bytes) memcpy(p, data, bytes);
    return p;
}

static Value make_code(Assembler *a, const CodeParts *parts)
{
    Compilation *c = a->c;
    Thread *t = c->t;
    Code *code = heap_object(t, SHAPE_code, sizeof *code);
    if (code == NULL) return VNULL;
    memset((char *)code + sizeof(Object), 0, sizeof *code - sizeof(Object));
    code->flags = parts->flags;
    code->nargs = (uint16_t)parts->n_args;
    code->nposonly = (uint16_t)parts->n_posonly;
    code->nkwonly = (uint16_t)parts->n_kwonly;
    code->nlocals = a->n_locals;
    code->ncells = a->n_cells;
    code->nfree = (uint32_t)parts->n_free;
    code->nregs = a->n_fixed + a->g->n_temps + (a->g->n_temps > CALL_GAP ? OMITTED_ROOM : 0);
    code->nfixed = a->n_fixed;
    code->first_line = parts->first_line;
    code->name = new_ref(parts->name);
    code->qualname = new_ref(parts->qualname);
    code->filename = new_ref(c->filename);
    code->const_tuple = tuple_from(t, a->consts.data, (int64_t)a->consts.len);
    code->names = names_tuple(c, parts->names, parts->n_names);
    code->local_names = names_tuple(c, parts->local_names, parts->n_locals);
    code->cell_names = names_tuple(c, parts->cell_names, parts->n_cells);
    code->free_names = names_tuple(c, parts->free_names, parts->n_free);
    code->instructions = block_copy(c, a->words.data, a->words.len * 4);
    code->site_names = block_copy(c, a->site_names.data, a->site_names.len * 4);
    code->exceptions = block_copy(c, a->entries.data, a->entries.len * sizeof(ExceptionEntry));
    code->positions = block_copy(c, a->positions.data, a->positions.len);
    Value v = v_from(code);
    if (err_pending(t)) {
        decref(t, v);
        return VNULL;
    }
    code->ninstructions = (uint32_t)a->words.len;
    code->nsites = (uint32_t)a->site_names.len;
    code->nexceptions = (uint32_t)a->entries.len;
    code->npositions = (uint32_t)a->positions.len;
    code->consts = V_AS(Tuple, code->const_tuple)->items;
    return v;
}

Value assemble(Cfg *g, const CodeParts *parts)
{
    Assembler a = {.g = g, .c = g->c, .n_locals = (uint32_t)parts->n_locals, .n_cells = (uint32_t)parts->n_cells};
    a.n_fixed = (uint32_t)(parts->n_locals + parts->n_cells + parts->n_free);
    if (a.n_fixed + g->n_temps > 65000) return err_raise(g->c->t, T_OverflowError, "code needs too many registers");
    if (parts->n_args > 65535 || parts->n_kwonly > 65535) return err_raise(g->c->t, T_OverflowError, "too many parameters");
    positions_write_init(&a.writer, &a.positions, parts->first_line);
    number_registers(&a);
    bool fine = drop_unused_consts(&a, parts->consts, parts->n_consts);
    do place_blocks(&a);
    while (lengthen_jumps(&a));
    Value code = VNULL;
    if (fine && put_blocks(&a)) code = make_code(&a, parts);
    vec_free(&a.words);
    vec_free(&a.consts);
    vec_free(&a.site_names);
    vec_free(&a.entries);
    buf_free(&a.positions);
    return code;
}
