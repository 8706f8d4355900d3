/* The control-flow graph: what code generation makes and assembly consumes, and the last form before
 * registers are numbered.  Other back ends start from here.
 *
 * A function is a list of basic blocks in source order.  Instructions are those of bytecode/opcodes.def with
 * symbolic registers (a local, a cell, a free variable or a temporary by its depth) and blocks as jump targets.  Temporaries follow
 * stack discipline: their depth is the same on every way to a block.  A jump is the last instruction of its block; a block that does not end in
 * a terminator falls through to the next in the list.  All instructions of a block have the same handler. */
#ifndef KRAIT_FRONT_CFG_H
#define KRAIT_FRONT_CFG_H

#include "bytecode/bytecode.h"
#include "front/front_priv.h"

/* A symbolic register: kind in the two highest bits, number below. */
typedef uint32_t Reg;
enum { REG_LOCAL, REG_CELL, REG_TEMP, REG_FREE };
#define REG_NONE UINT32_MAX
static inline Reg reg_local(uint32_t i) { return i; }
static inline Reg reg_cell(uint32_t i) { return (uint32_t)REG_CELL << 30 | i; }
static inline Reg reg_free(uint32_t i) { return (uint32_t)REG_FREE << 30 | i; }
static inline Reg reg_temp(uint32_t i) { return (uint32_t)REG_TEMP << 30 | i; }
static inline unsigned reg_kind(Reg r) { return r >> 30; }
static inline uint32_t reg_index(Reg r) { return r & 0x3fffffff; }
static inline bool reg_is_local(Reg r) { return reg_kind(r) == REG_LOCAL; }
static inline bool reg_is_temp(Reg r) { return reg_kind(r) == REG_TEMP; }

typedef struct Block Block;

typedef struct Instr {
    uint8_t op;       /* enum Opcode */
    bool widened;     /* assembly: a short jump that became long */
    uint32_t a, b, c; /* registers or numbers, as the operand letters say; YIELD: c is REG_NONE or the delegate's register */
    uint32_t word;    /* second word where it is no jump; for sites: the name's index */
    Block *target;    /* of jumps */
    AstPos pos;       /* lineno 0: none */
} Instr;

/* Where an exception in a block goes. */
typedef struct Handler {
    Block *block;
    uint32_t depth;   /* temporaries at and above this one are dropped */
    uint32_t target;  /* the temporary that gets the exception */
} Handler;

struct Block {
    Instr *instrs;
    uint32_t n, cap;
    uint32_t id;
    Block *next;             /* in layout order */
    Handler handler;         /* block NULL: none */
    bool cold;               /* handlers and what only they reach: laid out last */
    bool reachable;
    bool queued;
    bool placed;
    bool catches;            /* a handler begins here */
    uint32_t ways;           /* that lead here: jumps and falling through */
    uint32_t offset;         /* in words, once placed */
    uint64_t *bound;         /* locals that are bound at the start */
    Block *link;             /* work lists */
};

typedef struct Cfg {
    Compilation *c;
    Block *first, *last;
    uint32_t n_blocks;
    uint32_t n_locals, n_params; /* registers of locals; the first n_params are bound at the start */
    uint32_t n_temps;            /* most temporaries in use at once */
} Cfg;

Block *cfg_block(Cfg *g);                 /* a new block, not in the list; NULL: out of memory */
void cfg_append(Cfg *g, Block *block);
Instr *cfg_emit(Cfg *g, Block *block, enum Opcode op); /* cleared; NULL: out of memory */
bool instr_is_terminator(const Instr *i); /* control does not fall through */
bool instr_is_jump(const Instr *i);
/* Threads jumps, drops what cannot be reached and checks that cannot fail, and orders the blocks. */
bool cfg_optimize(Cfg *g);

void cfg_dump(const Cfg *g, const char *name, FILE *out);

#endif
