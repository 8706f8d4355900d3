/* The syntax tree, derived from ast.def.
 *
 * A node type is a struct with a kind, a position (where the grammar gives it one) and a union `u`
 * with one member a constructor: `stmt->u.If.test`. Nodes live in an arena and are
 * allocated with only the part of the union they need: never copy one by value.
 * Absent optional fields are NULL; sequences are never NULL (an empty one has n == 0).
 * Kinds are numbered through all types, so that `ast_info` finds a node's names and fields by
 * its kind alone. Positions count lines from 1 and columns in UTF-8 bytes from 0.
 *
 * Nothing here knows of Python objects: identifiers are interned Idents (equal names are
 * equal pointers within one tree), constants an AstConstant. */
#ifndef KRAIT_FRONT_AST_H
#define KRAIT_FRONT_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* An interned identifier, normalised to NFKC. */
typedef struct Ident {
    uint64_t slot;  /* for whoever walks the tree; the parser leaves 0 */
    uint32_t hash;
    uint32_t length;
    char utf8[];    /* NUL-terminated */
} Ident;

/* Text that is no name: a type comment, a kind. */
typedef struct AstString {
    uint32_t length;
    char utf8[];  /* NUL-terminated */
} AstString;

typedef enum AstConstantKind {
    AST_CONST_NONE,
    AST_CONST_FALSE,
    AST_CONST_TRUE,
    AST_CONST_ELLIPSIS,
    AST_CONST_INT,       /* u.integer */
    AST_CONST_BIG_INT,   /* u.text: the digits in `base`, without prefix and underscores */
    AST_CONST_FLOAT,     /* u.real */
    AST_CONST_IMAGINARY, /* u.real, times j */
    AST_CONST_STR,       /* u.text: UTF-8, lone surrogates as their three bytes */
    AST_CONST_BYTES,     /* u.text */
    AST_CONST_EXTERNAL,  /* u.external: a value of the runtime, from a tree built by a program */
} AstConstantKind;

typedef struct AstConstant {
    AstConstantKind kind;
    uint32_t length;  /* of u.text in bytes */
    uint8_t base;     /* of BIG_INT: 2, 8, 10, 16 */
    bool ascii;       /* of STR: no byte above 127 */
    union {
        int64_t integer;
        double real;
        const char *text;
        uint64_t external;
    } u;
} AstConstant;

typedef struct AstPos {
    int32_t lineno, col_offset, end_lineno, end_col_offset;
} AstPos;

#define AST_POSITION                                             \
    union {                                                      \
        AstPos pos;                                              \
        struct {                                                 \
            int32_t lineno, col_offset, end_lineno, end_col_offset; \
        };                                                       \
    };

/* The kinds, one enum a type, numbered on from the one before. */
typedef enum AstModKind {
#define MOD(name, ...) AST_##name,
#include "front/ast.def"
    AST_MOD_END
} AstModKind;
typedef enum AstStmtKind {
    AST_STMT_START = AST_MOD_END - 1,
#define STMT(name, ...) AST_##name,
#include "front/ast.def"
    AST_STMT_END
} AstStmtKind;
typedef enum AstExprKind {
    AST_EXPR_START = AST_STMT_END - 1,
#define EXPR(name, ...) AST_##name,
#include "front/ast.def"
    AST_EXPR_END
} AstExprKind;
typedef enum AstHandlerKind {
    AST_HANDLER_START = AST_EXPR_END - 1,
#define HANDLER(name, ...) AST_##name,
#include "front/ast.def"
    AST_HANDLER_END
} AstHandlerKind;
typedef enum AstPatternKind {
    AST_PATTERN_START = AST_HANDLER_END - 1,
#define PATTERN(name, ...) AST_##name,
#include "front/ast.def"
    AST_PATTERN_END
} AstPatternKind;
typedef enum AstTypeIgnoreKind {
    AST_TYPE_IGNORE_START = AST_PATTERN_END - 1,
#define TYPE_IGNORE(name, ...) AST_##name,
#include "front/ast.def"
    AST_TYPE_IGNORE_END
} AstTypeIgnoreKind;
typedef enum AstTypeParamKind {
    AST_TYPE_PARAM_START = AST_TYPE_IGNORE_END - 1,
#define TYPE_PARAM(name, ...) AST_##name,
#include "front/ast.def"
    AST_TYPE_PARAM_END
} AstTypeParamKind;
enum AstProductKind {
    AST_PRODUCT_START = AST_TYPE_PARAM_END - 1,
#define PRODUCT(name, ctype, pos, ...) AST_##name,
#include "front/ast.def"
    AST_PRODUCT_END
};
typedef enum AstContext {
    AST_Load = AST_PRODUCT_END,
    AST_Store,
    AST_Del,
    AST_CONTEXT_END
} AstContext;
typedef enum AstBoolOp { AST_And = AST_CONTEXT_END, AST_Or, AST_BOOLOP_END } AstBoolOp;
typedef enum AstOperator {
    AST_Add = AST_BOOLOP_END, AST_Sub, AST_Mult, AST_MatMult, AST_Div, AST_Mod, AST_Pow,
    AST_LShift, AST_RShift, AST_BitOr, AST_BitXor, AST_BitAnd, AST_FloorDiv,
    AST_OPERATOR_END
} AstOperator;
typedef enum AstUnaryOp {
    AST_Invert = AST_OPERATOR_END, AST_Not, AST_UAdd, AST_USub,
    AST_UNARYOP_END
} AstUnaryOp;
typedef enum AstCmpOp {
    AST_Eq = AST_UNARYOP_END, AST_NotEq, AST_Lt, AST_LtE, AST_Gt, AST_GtE,
    AST_Is, AST_IsNot, AST_In, AST_NotIn,
    AST_CMPOP_END
} AstCmpOp;
enum { AST_KINDS = AST_CMPOP_END };

/* The structs. AstT_x is what a field of grammar type x holds, AstSeq_x a sequence of them. */
#define TYPE(name, ctype)                                            \
    typedef struct ctype ctype;                                      \
    typedef ctype *AstT_##name;                                      \
    typedef struct ctype##Seq { uint32_t n; ctype *items[]; } ctype##Seq; \
    typedef ctype##Seq AstSeq_##name;
#define ENUM(name, ctype)                                            \
    typedef ctype AstT_##name;                                       \
    typedef struct ctype##Seq { uint32_t n; ctype items[]; } ctype##Seq;  \
    typedef ctype##Seq AstSeq_##name;
#include "front/ast.def"

typedef struct IdentSeq { uint32_t n; Ident *items[]; } IdentSeq;
typedef IdentSeq AstSeq_identifier;
typedef Ident *AstT_identifier;
typedef AstString *AstT_string;
typedef int AstT_int;
typedef AstConstant AstT_constant;

#define AST_FIELD_ONE(type, name) AstT_##type name;
#define AST_FIELD_OPT(type, name) AstT_##type name;
#define AST_FIELD_SEQ(type, name) AstSeq_##type *name;
#define AST_FIELD_SEQ_OPT(type, name) AstSeq_##type *name;
#define AST_POSITION_POS AST_POSITION
#define AST_POSITION_NOPOS

#define F(type, name, mark) AST_FIELD_##mark(type, name)
#define NODE(type, ctype, name, ...) struct Ast_##name { __VA_ARGS__ };
#define PRODUCT(name, ctype, pos, ...) struct ctype { AST_POSITION_##pos __VA_ARGS__ };
#include "front/ast.def"

struct AstMod {
    AstModKind kind;
    union {
#define MOD(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};
struct AstStmt {
    AstStmtKind kind;
    AST_POSITION
    union {
#define STMT(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};
struct AstExpr {
    AstExprKind kind;
    AST_POSITION
    uint8_t parenthesised;  /* for the parser's own checks: it stood in parentheses */
    union {
#define EXPR(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};
struct AstHandler {
    AstHandlerKind kind;
    AST_POSITION
    union {
#define HANDLER(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};
struct AstPattern {
    AstPatternKind kind;
    AST_POSITION
    union {
#define PATTERN(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};
struct AstTypeIgnore {
    AstTypeIgnoreKind kind;
    union {
#define TYPE_IGNORE(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};
struct AstTypeParam {
    AstTypeParamKind kind;
    AST_POSITION
    union {
#define TYPE_PARAM(name, ...) struct Ast_##name name;
#include "front/ast.def"
    } u;
};

/* Builds a node: AST_NEW(arena, AstExpr, pos, Await, .value = x). NULL when out of memory. */
#define AST_NEW(arena, ctype, position, name, ...)                                     \
    ({                                                                                 \
        ctype *ast_node_ = arena_alloc((arena), offsetof(ctype, u) + sizeof(struct Ast_##name)); \
        if (ast_node_) {                                                               \
            memset(ast_node_, 0, offsetof(ctype, u));                                  \
            ast_node_->kind = AST_##name;                                              \
            ast_node_->pos = (position);                                               \
            ast_node_->u.name = (struct Ast_##name){__VA_ARGS__};                      \
        }                                                                              \
        ast_node_;                                                                     \
    })

/* A sequence of n uninitialised items of a node type; the shared empty one for n == 0. */
#define AST_SEQ(arena, name, count) ((AstSeq_##name *)ast_seq_new((arena), (count), sizeof(AstT_##name)))
void *ast_seq_new(Arena *arena, size_t n, size_t item_size);

AstString *ast_string(Arena *arena, const char *utf8, size_t length);

/* Reflection: every kind's name and fields, for the dump, the checks and the conversions. */
typedef enum AstType {
    AST_TYPE_identifier, AST_TYPE_string, AST_TYPE_int, AST_TYPE_constant,
#define TYPE(name, ctype) AST_TYPE_##name,
#define ENUM(name, ctype) AST_TYPE_##name,
#include "front/ast.def"
    AST_TYPES
} AstType;

typedef enum AstMark { AST_MARK_ONE, AST_MARK_OPT, AST_MARK_SEQ, AST_MARK_SEQ_OPT } AstMark;

typedef struct AstFieldInfo {
    const char *name;
    uint8_t type;     /* AstType */
    uint8_t mark;     /* AstMark */
    uint16_t offset;  /* from the node's start */
} AstFieldInfo;

typedef struct AstNodeInfo {
    const char *name;
    uint8_t type;         /* AstType it is a constructor of */
    uint8_t product;      /* the type has this constructor only and no kind field */
    uint16_t size;        /* bytes to allocate */
    uint16_t n_fields;
    int16_t pos_offset;   /* of its AstPos, or -1 */
    const AstFieldInfo *fields;
} AstNodeInfo;

/* Of any AST_* kind. */
const AstNodeInfo *ast_info(unsigned kind);

/* The grammar's name of a type. */
const char *ast_type_name(AstType type);

/* The kind of a node held by a field of that type (an enum's value is its kind). */
unsigned ast_kind_of(AstType type, const void *node);

#endif
