/* What the files of code generation share.
 *
 *     codegen.c        units (one code object each), registers, names, constants; the whole tree
 *     codegen_expr.c   expressions and conditions        codegen_call.c    calls, super()
 *     codegen_stmt.c   statements, stores                codegen_try.c     try, with, finally, leaving nested blocks
 *     codegen_func.c   functions, lambdas, classes       codegen_types.c   type parameters, aliases, annotations
 *     codegen_comp.c   comprehensions, generators        codegen_match.c   match
 *
 * Failure sticks: an exception is pending, `failed` is set, and every generator returns at once; whoever
 * started looks at it at the end.
 *
 * Values live in registers.  A generator of an expression is asked for a register (`want`): a local, which it writes with its last
 * instruction only; or REG_NONE for the next temporary.  Temporaries are a stack: `depth` is the first free one.  Whatever reads a
 * temporary consumes it, unless the opcode table says that it keeps it. */
#ifndef KRAIT_FRONT_CODEGEN_PRIV_H
#define KRAIT_FRONT_CODEGEN_PRIV_H

#include "front/assemble.h"
#include "front/cfg.h"
#include "front/parse.h"
#include "front/scopes.h"
#include "object/code.h"

typedef enum UnitKind { UNIT_MODULE, UNIT_CLASS, UNIT_FUNCTION, UNIT_ASYNC_FUNCTION, UNIT_LAMBDA, UNIT_COMPREHENSION, UNIT_LAZY, UNIT_TYPE_PARAMS } UnitKind;

/* What stands around the code being generated and must be left in order by return, break and continue. */
typedef enum NestKind {
    NEST_WHILE, NEST_FOR,
    NEST_TRY,           /* body of try with handlers, and other blocks that ask for nothing */
    NEST_FINALLY,       /* body of try with finally: its body runs on the way out */
    NEST_FINALLY_END,   /* in the copy of finally that exceptions run */
    NEST_WITH, NEST_ASYNC_WITH,
    NEST_HANDLER,       /* except clause: temporary `base` + 1 is what was handled before */
    NEST_STAR_HANDLER,  /* except*: may not be left */
    NEST_TEMP,          /* a value kept in temporary `base` */
    NEST_FINALLY_WARN,  /* inside a finally body: leaving earns a warning */
} NestKind;

typedef struct Nest {
    struct Nest *outer;
    NestKind kind;
    Block *exit, *top;      /* of loops */
    uint32_t base;          /* first temporary that belongs to it */
    Handler handler;        /* in force outside */
    AstStmtSeq *body;       /* FINALLY */
    Ident *name;            /* HANDLER: the name bound to the exception, or NULL */
    AstPos pos;
} Nest;

typedef struct NameSlot { Ident *name; uint32_t index; } NameSlot;

typedef struct Deferred { /* a variable annotation, evaluated by __annotate__ */
    struct Deferred *next;
    AstStmt *stmt;
    int32_t condition;      /* number in __conditional_annotations__, -1: always there */
    Scope *scope;
} Deferred;

typedef struct Unit Unit;
struct Unit {
    Unit *outer;
    UnitKind kind;
    Scope *scope;           /* of the unit */
    Scope *here;            /* the innermost inlined comprehension, or `scope` */
    Cfg cfg;
    Block *block;           /* being filled */
    Handler handler;        /* in force */
    AstPos pos;             /* of what is emitted */
    uint32_t depth;
    Nest *nest;
    uint32_t n_nest;
    Ident *name;
    Value qualname;         /* borrowed (kept) */
    uint32_t first_line;
    uint32_t n_args, n_posonly, n_kwonly;
    uint32_t flags;         /* more CO_... */
    ValueVec consts;        /* borrowed (kept) */
    NameSlot *const_table;  /* name: bits of the value */
    uint32_t const_table_size;
    VEC(Ident *) names;
    NameSlot *name_table;
    uint32_t name_table_size;
    VEC(Ident *) local_names;
    VEC(bool) local_free;   /* a register of a comprehension that has ended */
    VEC(Ident *) cell_names;
    VEC(bool) cell_free;
    Block *prologue;        /* module: filled last, with the making of __annotate__ */
    Block *convert;         /* what can be suspended: where exceptions that leave it go */
    Deferred *deferred, **deferred_end;
    uint32_t n_conditions;
    uint32_t in_conditional;
    VEC(Ident *) static_attributes; /* class: names that methods store on self */
    bool annotate_needed;
    bool in_lazy_block;
};

typedef struct Codegen {
    Compilation *c;
    Thread *t;
    Scopes scopes;
    Unit *u;
    bool failed;
    bool no_warnings;       /* a second copy of a finally body is being generated */
    AstMod *mod;
    Value *canon;           /* constants of the compilation, open addressing by structure */
    uint32_t canon_size, n_canon;
    Block scratch_block;    /* where emission goes when memory ran out */
    Instr scratch;
    Value last_code;
} Codegen;

/* --- codegen.c --- */
void gen_fail(Codegen *g);      /* the exception is raised already */
void gen_no_memory(Codegen *g); /* raises it */
void gen_error_at(Codegen *g, AstPos pos, const char *format, ...) COLD;
void gen_warning_at(Codegen *g, AstPos pos, const char *format, ...);

bool unit_enter(Codegen *g, UnitKind kind, Scope *scope, Ident *name, int32_t first_line);
Value unit_leave(Codegen *g); /* the code object (kept by the compilation), VNULL on failure */

Block *block_new(Codegen *g);
void block_use(Codegen *g, Block *b);        /* goes on in it; what came before falls into it */
void gen_set_handler(Codegen *g, Handler h);     /* for what follows */
Instr *gen_emit(Codegen *g, enum Opcode op, uint32_t a, uint32_t b, uint32_t c);
void emit_name(Codegen *g, enum Opcode op, uint32_t a, uint32_t b, Ident *name); /* with a site */
/* What follows has no place in the source: it shows the line of what leads to it, if that is one (see cfg.c). */
static inline void gen_no_place(Codegen *g) { g->u->pos = (AstPos){0}; }
void emit_jump(Codegen *g, Block *target);
void emit_cond(Codegen *g, enum Opcode op, uint32_t a, uint32_t b, uint32_t c, Block *target);

static inline Reg temp_at(uint32_t depth) { return reg_temp(depth); }
Reg temp_push(Codegen *g);
Reg temp_window(Codegen *g);                 /* callee, gap and self of a call window: answers the callee's register */
static inline Reg window_self(Reg window) { return window + CALL_GAP + 1; }
static inline Reg dest(Codegen *g, Reg want) { return want == REG_NONE ? temp_push(g) : want; }
void gen_drop(Codegen *g, Reg r);                /* DROP of a live temporary, which must be the top */

uint32_t const_index(Codegen *g, Value v);   /* borrows */
uint32_t const_take(Codegen *g, Value v);    /* takes; VNULL: fails */
uint32_t name_index(Codegen *g, Ident *name);
Value gen_canonical(Codegen *g, Value v);        /* takes; the one constant of this type and value (borrowed) */
Value constant_value(Codegen *g, AstExpr *e); /* of a Constant node: borrowed */
void gen_load_value(Codegen *g, Value v, Reg dst); /* borrows v, a constant */
void gen_load_none(Codegen *g, Reg dst);
void gen_load_str(Codegen *g, Ident *name, Reg dst);
bool value_truth(Codegen *g, Value v);

typedef enum AccessKind { ACCESS_LOCAL, ACCESS_CELL, ACCESS_DICT_OR_CELL, ACCESS_GLOBAL, ACCESS_NAME, ACCESS_DICT_OR_GLOBAL } AccessKind;
typedef struct Access { AccessKind kind; Reg reg; Ident *name; } Access;
Access access_of(Codegen *g, Ident *name, bool load);
Reg cell_register(Codegen *g, Ident *name);  /* of a cell or free variable of this unit, as seen from it */
Reg closure_register(Codegen *g, Scope *inner, Ident *name); /* the cell that a code inside closes over */
Reg gen_load_name(Codegen *g, Ident *name, Reg want);
void gen_store_name(Codegen *g, Ident *name, Reg value);
void gen_delete_name(Codegen *g, Ident *name);
Reg local_register(Codegen *g, Symbol *s);
Reg gen_local_new(Codegen *g, Ident *name);
void comp_register_take(Codegen *g, Symbol *s);  /* a register or cell for a variable of an inlined comprehension ... */
void comp_register_leave(Codegen *g, Symbol *s); /* ... until it ends */
Ident *gen_ident(Codegen *g, const char *ascii);

/* --- codegen_expr.c --- */
Reg gen_expr(Codegen *g, AstExpr *e, Reg want);
/* A register to read e's value from at once: a bound local itself, else a new temporary. */
Reg gen_operand(Codegen *g, AstExpr *e);
/* The same where `later` (may be NULL) is evaluated before the value is used. */
Reg gen_operand_before(Codegen *g, AstExpr *e, AstExpr *later, AstExpr *later2);
void gen_effect(Codegen *g, AstExpr *e); /* evaluates and drops */
void gen_branch(Codegen *g, AstExpr *e, Block *target, bool condition); /* jumps if e's truth is `condition` */
bool constant_index(Codegen *g, AstExpr *e, uint32_t *index); /* fits an 8-bit constant operand */
void await_in(Codegen *g, Reg iterator, Reg result); /* the send loop */
void check_is(Codegen *g, AstExpr *e);
const char *inferred_type(AstExpr *e);
Value warn_constant(Codegen *g, AstExpr *e);

/* --- codegen_call.c --- */
Reg gen_call_expr(Codegen *g, AstExpr *e, Reg want);
/* Arguments behind a window (its callee and `extra` first arguments stand): emits the call. */
Reg gen_call_with(Codegen *g, Reg window, uint32_t extra, AstExprSeq *args, Reg last_arg, AstKeywordSeq *keywords, Reg want);
void window_plain(Codegen *g, Reg window);   /* no self */
Reg attribute_expr(Codegen *g, AstExpr *e, Reg want);
AstPos attribute_pos(AstExpr *e, AstPos pos); /* where an attribute is blamed */
void check_keywords(Codegen *g, AstKeywordSeq *keywords);

/* --- codegen_stmt.c --- */
void gen_stmts(Codegen *g, AstStmtSeq *seq);
void gen_stmt(Codegen *g, AstStmt *s);
void body_with_docstring(Codegen *g, AstStmtSeq *seq, bool store);
void gen_store(Codegen *g, AstExpr *target, Reg value);

/* --- codegen_try.c --- */
bool gen_nest_push(Codegen *g, Nest *n, NestKind kind);
void gen_nest_pop(Codegen *g);
void try_stmt(Codegen *g, AstStmt *s);
void try_star_stmt(Codegen *g, AstStmt *s);
void with_stmt(Codegen *g, AstStmt *s);
void return_stmt(Codegen *g, AstStmt *s);
void break_stmt(Codegen *g, AstStmt *s);
void continue_stmt(Codegen *g, AstStmt *s);

/* --- codegen_func.c --- */
void function_stmt(Codegen *g, AstStmt *s);
void class_stmt(Codegen *g, AstStmt *s);
Reg lambda_expr(Codegen *g, AstExpr *e, Reg want);
/* The function object of a code (with its closure) whose attributes stand in temporaries; REG_NONE: none. */
typedef struct FunctionParts { Reg defaults, kwdefaults, annotate; } FunctionParts;
void gen_make_function(Codegen *g, Value code, Scope *scope, FunctionParts parts, Reg dst);
Reg default_tuple(Codegen *g, AstArguments *a);   /* REG_NONE: none */
Reg default_dict(Codegen *g, AstArguments *a);
void note_static_attribute(Codegen *g, AstExpr *target);

/* --- codegen_types.c --- */
void type_alias_stmt(Codegen *g, AstStmt *s);
void gen_type_params(Codegen *g, AstTypeParamSeq *seq, Reg dst); /* their tuple */
Reg function_annotate(Codegen *g, AstStmt *s, Reg dst);      /* __annotate__ of a def; REG_NONE: no annotations */
void ann_assign_stmt(Codegen *g, AstStmt *s);
void deferred_annotate(Codegen *g);                           /* __annotate__ of a module or class from `deferred` */
void annotations_prologue(Codegen *g);
void format_check(Codegen *g);                                /* a lazy block computes values only */

/* --- codegen_comp.c --- */
Reg comprehension_expr(Codegen *g, AstExpr *e, Reg want);

/* --- codegen_match.c --- */
void match_stmt(Codegen *g, AstStmt *s);

#endif
