/* What the files of the room share.
 *
 * Registers of the machine while code runs:
 *     rbx  R, the registers of the innermost frame      r12  Thread
 *     r13  the sites of its code                        rbp  t->shapes
 * All others are scratch: nothing lives in them from one instruction to the next. [rsp, rsp + SPILL_BYTES) is scratch memory.
 */
#ifndef KRAIT_JIT_PRIV_H
#define KRAIT_JIT_PRIV_H

#include "jit/code_memory.h"
#include "jit/x86.h"
#include "vm/native.h"

#define REG_R RBX
#define REG_T R12
#define REG_SITES R13
#define REG_SHAPES RBP
#define REG_SITE R11 /* within an attribute's template: the site, or what stands for it */
enum { SPILL_BYTES = 128 };

/* Where machine code goes on, and with which sites: returned in rax and rdx. */
typedef struct Next {
    const void *address;
    Site *sites;
} Next;

/* run.c: called by machine code to run the instruction at pc. An answer without address: it is done, the next one follows. */
typedef Next (*StepFunction)(Thread *t, Value *R, const uint32_t *pc);
Next jit_step(Thread *t, Value *R, const uint32_t *pc); /* any instruction */
StepFunction jit_step_of(enum Opcode op);               /* the shortest way for this one */
enum { STEP_FUNCTIONS = 9 };
Value jit_dict_get(Thread *t, Value dict, Value key); /* dict.get(key): owned; VNULL: exception */
Value jit_type(Thread *t, Value v);                   /* type(v): owned */
Value jit_bind(Thread *t, Value method, Value self);  /* what an attribute of a class gives for an instance: owned; VNULL: exception */
/* The call of the function of C in the window with nargs arguments, which is consumed: owned; VNULL: exception; V_UNBOUND: it needs more than filling up
 * what was omitted, and nothing has changed. */
Value jit_call_builtin(Thread *t, Value *window, uint32_t nargs);
int jit_in(Thread *t, Value item, Value container);   /* 1, 0; -1: exception */
int jit_truth(Thread *t, Value v);                    /* of a pointer: 1, 0; -1: by the body, which can run a method in Python */

/* The next key and value of the iterator of a dict's items, owned; false: of another one, or there is none at once. */
bool jit_next_pair(Object *iterator, Value out[2]);

/* When a finaliser may run. */
enum DropKind {
    DROP_LAST,    /* as the last act of an instruction: where tracing begins meanwhile, the loop goes on */
    DROP_WITHIN,  /* within one */
    DROP_LEAVING, /* while a frame is left: the pc of the frame that is innermost then is saved already */
};

/* The interpreter's compiler: NativeDoor first. */
typedef struct Jit {
    NativeDoor door;
    CodeMemory memory;
    Native *natives;             /* all of them */
    /* Shared stubs. */
    const void *leave[STEP_LEAVE_LOOP + 1]; /* leave machine code with this Step */
    /* One for each StepFunction met so far. rdx: pc; rax: where to go on, with the registers of the machine set for it, or 0: the next follows. */
    struct { StepFunction function; const void *stub; } steps[STEP_FUNCTIONS];
    const void *poll;            /* a safe point, with the pc saved; the loop goes on */
    const void *number[2];       /* the operand in rax (rcx) as a double in xmm0 (xmm1); carry: it cannot be had */
    const void *defaults;        /* see defaults_stub */
    const void *equal_strings;   /* eax: whether the objects in rax and rcx are equal; carry: they are not both strings */
    const void *unbind;          /* a bound method, in rsi and in the call window at rdi, becomes its function; carry: it has to be left as it is */
    const void *dealloc[3];      /* by DropKind; rcx: an object without references, rdx: pc to save */
} Jit;
static inline Jit *jit_of(Thread *t) { return (Jit *)t->interp->native; }

/* One compilation. */
typedef struct Fixup {
    Place place;
    uint32_t word;  /* the instruction it leads to */
    uint32_t next;  /* the one behind the instruction that it stands in */
} Fixup;
typedef struct ColdDrop { /* out of line: the reference in rcx is given up */
    Place from;
    uint8_t *back;
    uint32_t pc;
    int reg;                /* held it and becomes unbound; -1: none */
    enum DropKind kind;
} ColdDrop;
typedef struct Probe { /* out of line: another Site for the shape in eax */
    Place from;
    uint8_t *back;
    uint32_t word, next;
    enum SiteUse use;
    Value name;
} Probe;
typedef struct Number { /* out of line: rax and, with `right`, rcx as doubles; with `zero`: the Value of 0.0 in rax, if that are its bits */
    Place from[3];
    uint8_t *back;
    uint32_t word, next;
    bool right, divides, zero;
} Number;
typedef struct Compiler {
    Asm s;
    Thread *t;
    Jit *jit;
    const Code *code;
    const Site *sites;
    uint32_t nfixed;
    /* The instruction under way. */
    uint32_t word, next;      /* its index and that of the one after it */
    uint32_t w;
    uint32_t second;          /* its second word */
    Fixup *jumps, *slow, *items;
    uint32_t njumps, nslow, nitems, jumps_cap, slow_cap, items_cap;
    uint32_t window_sites[256]; /* of the LOAD_CALLEE or LOAD_METHOD that was met last for the window; UINT32_MAX: none */
    Probe *probes;
    Number *numbers;
    uint32_t nprobes, probes_cap, nnumbers, numbers_cap;
    ColdDrop *drops;
    uint32_t ndrops, drops_cap;
    bool failed;              /* memory was short */
} Compiler;

/* native.c */
void jump_word(Compiler *c, Place place, uint32_t word); /* patched to the machine code of that instruction */
void slow_here(Compiler *c, Place place);                /* patched to running this instruction by its body */
void item_here(Compiler *c, Place place);                /* patched to asking the container, which is an object, see template_item */
void run_step(Compiler *c, uint32_t word);               /* calls the stub of its family */
void cold_drop(Compiler *c, Place from, enum DropKind kind, int reg); /* patched to dropping rcx, and back to here */

Probe *cold_probe(Compiler *c);    /* to be filled; NULL: memory was short */
Number *cold_number(Compiler *c);

/* known_calls.c: a CALL whose callee is known. Falls through where it is done, `done` leads there, too, and `elsewhere` to where the instruction is to
 * be run by its body. false: nothing was emitted. */
typedef struct KnownCall {
    Place elsewhere[4], done[1];
    int exits, dones;
} KnownCall;
bool known_call(Compiler *c, KnownCall *known);

/* templates_calls.c: what a call finds first. */
void template_entry(Compiler *c);
/* templates.c. Out of line, of an instruction on an item: containers of built-in types that are not indexed in line. */
void template_item(Compiler *c);
/* Emits the template of c->w, or answers false: there is none. */
bool template_emit(Compiler *c);

#endif
