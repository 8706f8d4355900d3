/* Code objects: immutable compiled code, data that travels (marshal, copy, the heap image).
 *
 * Registers of a frame, in order:
 *
 *     [ parameters and locals | cells and free variables | temporaries ... call windows ]
 *       0 .. nlocals             nlocals .. nlocals + ncells + nfree         .. nregs
 *
 * A parameter that is a cell variable arrives in its local register and MAKE_CELL moves it into
 * its cell register.  Caches and a count of runs live in `warm`, made when the code has run a few times; they never travel.
 */
#ifndef KRAIT_OBJECT_CODE_H
#define KRAIT_OBJECT_CODE_H

#include "core/object.h"

typedef struct Warm Warm; /* vm/cache.h */

/* co_flags, the same numbers as CPython's. */
enum CodeFlags {
    CO_OPTIMIZED = 1, CO_NEWLOCALS = 2, CO_VARARGS = 4, CO_VARKEYWORDS = 8, CO_NESTED = 0x10,
    CO_GENERATOR = 0x20, CO_COROUTINE = 0x80, CO_ITERABLE_COROUTINE = 0x100, CO_ASYNC_GENERATOR = 0x200,
    CO_FUTURE_DIVISION = 0x20000, CO_FUTURE_ABSOLUTE_IMPORT = 0x40000, CO_FUTURE_WITH_STATEMENT = 0x80000,
    CO_FUTURE_PRINT_FUNCTION = 0x100000, CO_FUTURE_UNICODE_LITERALS = 0x200000, CO_FUTURE_BARRY_AS_BDFL = 0x400000,
    CO_FUTURE_GENERATOR_STOP = 0x800000, CO_FUTURE_ANNOTATIONS = 0x1000000,
    CO_RESUMABLE = CO_GENERATOR | CO_COROUTINE | CO_ITERABLE_COROUTINE | CO_ASYNC_GENERATOR, /* a call makes an object */
    CO_HAS_DOCSTRING = 0x4000000, CO_METHOD = 0x8000000,
};

/* The innermost handler for an instruction at [start, end): unwinding drops the temporaries at
 * and above `depth`, puts the exception into register `target_reg` and goes on at `handler`.  Inner handlers come first. */
typedef struct ExceptionEntry {
    uint32_t start, end, handler; /* instruction words */
    uint16_t depth;               /* first temporary register that is dead at the handler */
    uint16_t target_reg;          /* gets the exception; it is below depth or equal to it */
} ExceptionEntry;

enum { CODE_RUNS_BEFORE_CACHES = 2 };

struct Code {
    Object head;
    /* What a call reads. */
    uint32_t *instructions;  /* raw block; words (bytecode/opcodes.def) */
    Warm *warm;              /* or NULL */
    Value *consts;           /* points into const_tuple */
    const uint32_t *start;   /* vm: where a call begins: behind a NOP at the front, which stands for the line of the def; as exact_args */
    uint32_t run_count;
    uint32_t flags;          /* CO_... */
    uint16_t nargs;          /* positional parameters, positional-only ones included */
    uint16_t nposonly;
    uint16_t nkwonly;
    uint16_t exact_args;     /* vm: 1 + nargs where so many positional arguments need no binding, 0xFFFF: they do; 0: not known yet */
    uint32_t nregs;          /* registers of a frame */
    uint32_t nfixed;         /* vm: nlocals + ncells + nfree, the first temporary; valid once exact_args is not 0 */
    uint16_t generator_args; /* vm: what exact_args would be of a generator's code, whose own is 0xFFFF; else 0 */
    uint16_t generator_shape; /* vm: of what a call makes; 0: no generator's code */
    uint32_t nlocals;        /* parameters (nargs, nkwonly, *args, **kwargs) and other locals */
    uint32_t ncells, nfree;
    uint32_t ninstructions;  /* words */
    uint32_t nsites;         /* inline-cache sites */
    uint32_t nexceptions;
    uint32_t npositions;     /* bytes of `positions` */
    uint32_t first_line;
    ExceptionEntry *exceptions; /* raw block */
    uint8_t *positions;         /* raw block: see front/positions.h for the encoding */
    Value const_tuple;       /* tuple */
    Value names;             /* tuple of interned str: attributes, globals, keywords, imported names */
    Value local_names;       /* tuple of str: nlocals */
    Value cell_names;        /* tuple: cell variables; a name may also be in local_names (a parameter) */
    Value free_names;        /* tuple */
    Value filename, name, qualname;
    Value travel;            /* co_code bytes and other views made on demand: VNULL or a dict */
    uint32_t *site_names;    /* raw block, nsites: index into names for each site */
    uint64_t unique_id;      /* of this code in vm's registries; 0: none yet */
    void *monitoring;        /* vm/monitor.c */
    void *ext;               /* weak references */
};

#endif
