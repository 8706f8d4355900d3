/* The syntax tree's reflection tables, derived from ast.def, and its small constructors. */
#include "front/ast.h"

#include <string.h>

#define ENUMERATOR(type, name) AST_CHECK_##name,
enum { AST_CHECK_START = AST_PRODUCT_END - 1,
#include "front/ast.def"
};
#define ENUMERATOR(type, name) \
    _Static_assert((int)AST_CHECK_##name == (int)AST_##name, "ast.h numbers " #name " otherwise than ast.def");
#include "front/ast.def"

void *ast_seq_new(Arena *arena, size_t n, size_t item_size)
{
    static const uint64_t empty[1] = {0};
    if (n == 0) {
        return (void *)empty;
    }
    uint32_t *seq = arena_alloc(arena, 8 + n * item_size);
    if (seq) {
        seq[0] = (uint32_t)n;
    }
    return seq;
}

AstString *ast_string(Arena *arena, const char *utf8, size_t length)
{
    AstString *s = arena_alloc(arena, sizeof *s + length + 1);
    if (s) {
        s->length = (uint32_t)length;
        memcpy(s->utf8, utf8, length);
        s->utf8[length] = '\0';
    }
    return s;
}

/* Where the position of each type's nodes lies. */
#define AT_mod (-1)
#define AT_type_ignore (-1)
#define AT_stmt offsetof(AstStmt, pos)
#define AT_expr offsetof(AstExpr, pos)
#define AT_excepthandler offsetof(AstHandler, pos)
#define AT_pattern offsetof(AstPattern, pos)
#define AT_type_param offsetof(AstTypeParam, pos)
#define AT_POS(ctype) offsetof(ctype, pos)
#define AT_NOPOS(ctype) (-1)

#define COUNT(fields) (sizeof(fields) / sizeof(fields)[0] - 1)

const AstNodeInfo *ast_info(unsigned kind)
{
    switch (kind) {
#define F(field_type, field, field_mark) \
    {#field, AST_TYPE_##field_type, AST_MARK_##field_mark, base + offsetof(Here, field)},
#define NODE(node_type, ctype, name, ...)                                                     \
    case AST_##name: {                                                                        \
        typedef struct Ast_##name Here;                                                       \
        enum { base = offsetof(ctype, u) };                                                   \
        static const AstFieldInfo fields[] = {__VA_ARGS__{0}};                                \
        static const AstNodeInfo info = {#name, AST_TYPE_##node_type, 0, base + sizeof(Here), \
                                         COUNT(fields), AT_##node_type, fields};              \
        (void)sizeof(Here);                                                                   \
        return &info;                                                                         \
    }
#define PRODUCT(name, ctype, position, ...)                                           \
    case AST_##name: {                                                                \
        typedef ctype Here;                                                           \
        enum { base = 0 };                                                            \
        static const AstFieldInfo fields[] = {__VA_ARGS__{0}};                        \
        static const AstNodeInfo info = {#name, AST_TYPE_##name, 1, sizeof(Here),     \
                                         COUNT(fields), AT_##position(ctype), fields}; \
        return &info;                                                                 \
    }
#define ENUMERATOR(enum_type, name)                                                     \
    case AST_##name: {                                                                  \
        static const AstNodeInfo info = {#name, AST_TYPE_##enum_type, 0, 0, 0, -1, NULL}; \
        return &info;                                                                   \
    }
#include "front/ast.def"
    }
    return NULL;
}

const char *ast_type_name(AstType type)
{
    switch (type) {
    case AST_TYPE_identifier: return "identifier";
    case AST_TYPE_string: return "string";
    case AST_TYPE_int: return "int";
    case AST_TYPE_constant: return "constant";
#define TYPE(name, ctype) case AST_TYPE_##name: return #name;
#define ENUM(name, ctype) case AST_TYPE_##name: return #name;
#include "front/ast.def"
    case AST_TYPES: break;
    }
    return "?";
}

unsigned ast_kind_of(AstType type, const void *node)
{
    switch (type) {
#define PRODUCT(name, ctype, pos, ...) case AST_TYPE_##name: return AST_##name;
#include "front/ast.def"
    default: return *(const unsigned *)node;  /* every other node begins with its kind */
    }
}
