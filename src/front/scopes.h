/* Scopes: which names a block of the program binds and where each use of a name finds it.
 *
 * scopes_build walks a tree once to collect definitions and uses, and then resolves every name from the outside
 * in.  A scope is a module, class, function, lambda, comprehension or one of the lazily evaluated
 * blocks (annotations, type parameters, type aliases, bounds and defaults of type variables).
 * A list, set or dict comprehension is usually `inlined`: it has a scope of its own but no code object, its
 * variables live in registers of its `unit`, the nearest enclosing scope that is not inlined. */
#ifndef KRAIT_FRONT_SCOPES_H
#define KRAIT_FRONT_SCOPES_H

#include "front/front_priv.h"

/* What is known of a name in a scope; the numbers are those of the `_symtable` module. */
enum SymbolFlags {
    SYM_GLOBAL = 1,       /* global statement */
    SYM_LOCAL = 2,        /* assigned */
    SYM_PARAM = 4,
    SYM_NONLOCAL = 8,     /* nonlocal statement */
    SYM_USE = 16,
    SYM_FREE_CLASS = 64,  /* in a class: bound here, and passed through for functions inside */
    SYM_IMPORT = 128,
    SYM_ANNOT = 256,
    SYM_COMP_ITER = 512,  /* variable of a comprehension */
    SYM_TYPE_PARAM = 1024,
    SYM_COMP_CELL = 2048, /* a cell for an inlined comprehension's sake */
    SYM_BOUND = SYM_LOCAL | SYM_PARAM | SYM_IMPORT | SYM_TYPE_PARAM,
    SYM_SCOPE_SHIFT = 12,
    SYM_SCOPE_MASK = 15,
};

/* Where a name is found. The numbers are those of `_symtable`. */
typedef enum NameScope { NAME_UNKNOWN, NAME_LOCAL, NAME_GLOBAL_EXPLICIT, NAME_GLOBAL_IMPLICIT, NAME_FREE, NAME_CELL } NameScope;

typedef enum ScopeKind { /* the numbers are those of `_symtable` */
    SCOPE_FUNCTION, SCOPE_CLASS, SCOPE_MODULE, SCOPE_ANNOTATION, SCOPE_TYPE_ALIAS, SCOPE_TYPE_PARAMS, SCOPE_TYPE_VARIABLE,
} ScopeKind;

typedef enum Comprehension { COMP_NONE, COMP_LIST, COMP_DICT, COMP_SET, COMP_GENERATOR } Comprehension;

typedef struct Scope Scope;

typedef struct Symbol {
    Ident *name;             /* mangled */
    uint32_t flags;          /* SYM_... */
    uint8_t found;           /* NameScope */
    Scope *binding;          /* NAME_FREE: the scope that binds it */
    int32_t local;           /* code generation: local register, -1: none given yet */
    int32_t cell;            /* code generation: index among cells (or of free variables behind them), -1 */
} Symbol;

typedef struct Directive { /* a global or nonlocal statement's name */
    struct Directive *next;
    Ident *name;
    AstPos pos;
} Directive;

struct Scope {
    ScopeKind kind;
    Comprehension comprehension;
    const void *node;        /* what scopes_find asks for */
    Ident *name;
    Ident *private_name;     /* the class whose private names are mangled here, or NULL */
    Scope *mangled;          /* not NULL: only the type parameters of this scope are mangled */
    AstPos pos;
    Scope *parent, *children, *last_child, *next;
    Scope *unit;             /* itself, or whose code an inlined comprehension is part of */
    Scope *annotations;      /* of a module, class or function body's annotated assignments, or NULL */
    const char *what;        /* for messages: "a TypeVar bound" */
    Symbol **symbols;        /* in order of first mention */
    Symbol **table;          /* open addressing, table_size a power of two */
    uint32_t n_symbols, symbols_cap, table_size;
    Ident **params;          /* in register order */
    uint32_t n_params;
    uint32_t n_free;         /* names in free_names */
    Ident **free_names;      /* sorted: the free variables of a unit */
    uint32_t free_cap;
    Directive *directives;
    bool nested;
    bool generator;
    bool coroutine;
    bool async_def;
    bool varargs, varkeywords;
    bool inlined;
    bool has_inlined;        /* contains an inlined comprehension */
    bool has_rebinding;      /* an expression here may bind a local or suspend the frame: see codegen's operands */
    bool sees_class;         /* looks names up in the enclosing class's namespace first */
    bool needs_class_cell;   /* class: __class__ is used inside */
    bool needs_classdict;    /* class: its namespace is used inside */
    bool has_conditional_annotations;
    bool annotations_used;
    bool conditional;        /* while building: inside if, for, try ... */
    bool unevaluated;        /* while building: in an annotation that is not evaluated */
    bool method;
    bool has_docstring;
    bool comp_target;        /* while building: in the target of a `for` */
    uint32_t comp_iter;      /* while building: depth of iterable expressions of comprehensions */
};

typedef struct Scopes {
    Scope *module;
    Scope **table;           /* node -> scope, open addressing */
    uint32_t table_size, n;
} Scopes;

/* Collects and resolves; false: exception pending. */
bool scopes_build(Compilation *c, AstMod *mod, Scopes *out);
/* The scope that a node opens; NULL: none. See the SCOPE_KEY macros. */
Scope *scopes_find(const Scopes *scopes, const void *key);
Symbol *scope_symbol(const Scope *scope, const Ident *mangled);
/* The name as it is called inside the scope. */
Ident *scope_mangle(Compilation *c, const Scope *scope, Ident *name);

/* Keys of scopes that are not their node's only one. */
#define SCOPE_KEY_BOUND(type_param) ((const char *)(type_param))
#define SCOPE_KEY_DEFAULT(type_param) ((const char *)(type_param) + 1)
#define SCOPE_KEY_TYPE_PARAMS(seq) ((const char *)(seq))
#define SCOPE_KEY_ANNOTATIONS(arguments) ((const char *)(arguments))

static inline bool scope_is_function_like(const Scope *s) { return s->kind != SCOPE_CLASS && s->kind != SCOPE_MODULE; }

#endif
