/* Trees to objects and back, both driven by the reflection tables of front/ast.h.
 *
 * A value that no C kind of constant holds is kept as itself (AST_CONST_EXTERNAL) and kept alive by a list of the caller. */
#include <limits.h>

#include "base/utf8.h"
#include "modules/ast/ast_priv.h"
#include "object/instance.h"
#include "ops/object.h"

/* --- Trees to objects --- */

typedef struct ToObject {
    Thread *t;
    AstState *state;
    Value keep;   /* the strs of identifiers, cached in their slots */
} ToObject;

static Value node_to_object(ToObject *c, AstType type, const void *node);

static Value ident_to_object(ToObject *c, Ident *ident)
{
    if (ident->slot) {
        return new_ref((Value){ident->slot});
    }
    Value name = str_from_utf8_surrogatepass(c->t, ident->utf8, ident->length);
    if (!is_null(name)) {
        name = str_intern(c->t, name);
    }
    if (is_null(name) || !list_append(c->t, V_AS(List, c->keep), name)) {
        decref_maybe(c->t, name);
        return VNULL;
    }
    ident->slot = name.bits;
    return name;
}

static Value constant_to_object(ToObject *c, const AstConstant *k)
{
    Thread *t = c->t;
    switch (k->kind) {
    case AST_CONST_NONE: return V_NONE;
    case AST_CONST_FALSE: return V_FALSE;
    case AST_CONST_TRUE: return V_TRUE;
    case AST_CONST_ELLIPSIS: return V_ELLIPSIS;
    case AST_CONST_INT: return int_from_i64(t, k->u.integer);
    case AST_CONST_BIG_INT: return int_from_ascii(t, k->u.text, k->length, k->base);
    case AST_CONST_FLOAT: return float_from_double(t, k->u.real);
    case AST_CONST_IMAGINARY: return complex_from_doubles(t, 0, k->u.real);
    case AST_CONST_STR: return str_from_utf8_surrogatepass(t, k->u.text, k->length);
    case AST_CONST_BYTES: return bytes_new(t, k->u.text, k->length);
    case AST_CONST_EXTERNAL: return new_ref((Value){k->u.external});
    }
    return VNULL;
}

static Value item_to_object(ToObject *c, AstType type, const void *at)
{
    switch (type) {
    case AST_TYPE_int: return v_smallint(*(const int *)at);
    case AST_TYPE_constant: return constant_to_object(c, at);
    case AST_TYPE_expr_context:
    case AST_TYPE_boolop:
    case AST_TYPE_operator:
    case AST_TYPE_unaryop:
    case AST_TYPE_cmpop: return new_ref(c->state->singletons[*(const unsigned *)at]);
    default: break;
    }
    void *pointer = *(void *const *)at;
    if (!pointer) {
        return V_NONE;
    }
    if (type == AST_TYPE_identifier) {
        return ident_to_object(c, pointer);
    }
    if (type == AST_TYPE_string) {
        const AstString *s = pointer;
        return str_from_utf8_surrogatepass(c->t, s->utf8, s->length);
    }
    return node_to_object(c, type, pointer);
}

static Value field_to_object(ToObject *c, const AstFieldInfo *field, const void *at)
{
    if (field->mark != AST_MARK_SEQ && field->mark != AST_MARK_SEQ_OPT) {
        return item_to_object(c, field->type, at);
    }
    const uint32_t *seq = *(const uint32_t *const *)at;
    size_t size = field->type == AST_TYPE_cmpop ? sizeof(AstCmpOp) : sizeof(void *);
    const char *items = (const char *)seq + (size == sizeof(void *) ? sizeof(void *) : sizeof(uint32_t));
    Value list = list_new(c->t, *seq);
    for (uint32_t i = 0; !is_null(list) && i < *seq; i++) {
        Value item = item_to_object(c, field->type, items + i * size);
        if (is_null(item) || !list_append_take(c->t, V_AS(List, list), item)) {
            slot_clear(c->t, &list);
        }
    }
    return list;
}

static bool set_int(Thread *t, Value object, Value name, int n)
{
    return instance_set(t, v_obj(object), name, v_smallint(n));
}

static Value node_to_object(ToObject *c, AstType type, const void *node)
{
    Thread *t = c->t;
    if (!stack_check(t, " during ast construction")) {
        return VNULL;
    }
    unsigned kind = ast_kind_of(type, node);
    const AstNodeInfo *info = ast_info(kind);
    Value object = object_new(t, c->state->kinds[kind]);
    if (is_null(object)) {
        return object;
    }
    object = object_done(t, object);
    for (int i = 0; i < info->n_fields; i++) {
        const AstFieldInfo *field = &info->fields[i];
        Value value = field_to_object(c, field, (const char *)node + field->offset);
        bool ok = !is_null(value) &&
                  instance_set(t, v_obj(object), c->state->field_names[c->state->first_field[kind] + i], value);
        decref_maybe(t, value);
        if (!ok) {
            decref(t, object);
            return VNULL;
        }
    }
    if (info->pos_offset >= 0) {
        const AstPos *pos = (const AstPos *)((const char *)node + info->pos_offset);
        if (!set_int(t, object, c->state->lineno, pos->lineno) ||
            !set_int(t, object, c->state->col_offset, pos->col_offset) ||
            !set_int(t, object, c->state->end_lineno, pos->end_lineno) ||
            !set_int(t, object, c->state->end_col_offset, pos->end_col_offset)) {
            decref(t, object);
            return VNULL;
        }
    }
    return object;
}

Value ast_to_object(Thread *t, const AstMod *tree)
{
    ToObject c = {t, ast_state(t), VNULL};
    if (!c.state) {
        return VNULL;
    }
    c.keep = list_new(t, 0);
    if (is_null(c.keep)) {
        return VNULL;
    }
    Value object = node_to_object(&c, AST_TYPE_mod, tree);
    decref(t, c.keep);
    return object;
}

/* --- Objects to trees --- */

typedef struct FromObject {
    Thread *t;
    AstState *state;
    Arena *arena;
    struct IdentTable *idents;
    Value keep;
} FromObject;

static bool node_from_object(FromObject *c, AstType type, Value object, void **node);

static bool no_memory(FromObject *c)
{
    err_no_memory(c->t);
    return false;
}

/* The text as UTF-8 with surrogates, in the arena. */
static char *text_from_object(FromObject *c, Value s, size_t *length)
{
    Units units = str_units(V_AS(Str, s));
    char *text = arena_alloc(c->arena, units.len * (units.width == 1 ? 2 : units.width == 2 ? 3 : 4) + 1);
    if (!text) {
        no_memory(c);
        return NULL;
    }
    *length = utf8_encode(units, (uint8_t *)text);
    text[*length] = '\0';
    return text;
}

static bool ident_from_object(FromObject *c, Value v, Ident **out)
{
    *out = NULL;
    if (is_none(v)) {
        return true;
    }
    if (!IS_EXACT(v, str)) {
        return err_fail(c->t, T_TypeError, "AST identifier must be of type str");
    }
    size_t length;
    char *text = text_from_object(c, v, &length);
    *out = text ? ident_intern(c->idents, text, length) : NULL;
    return *out || (text ? no_memory(c) : false);
}

static bool string_from_object(FromObject *c, Value v, AstString **out)
{
    *out = NULL;
    if (is_none(v)) {
        return true;
    }
    if (!IS_EXACT(v, str) && !IS_EXACT(v, bytes)) {
        return err_fail(c->t, T_TypeError, "AST string must be of type str");
    }
    size_t length;
    const char *text;
    if (IS_EXACT(v, bytes)) {
        text = V_AS(Bytes, v)->data;
        length = (size_t)V_AS(Bytes, v)->length;
    } else if (!(text = text_from_object(c, v, &length))) {
        return false;
    }
    *out = ast_string(c->arena, text, length);
    return *out || no_memory(c);
}

static bool int_from_object(FromObject *c, Value v, int *out)
{
    int32_t n;
    if (!is_int(c->t, v)) {
        return err_fail(c->t, T_ValueError, "invalid integer value: %R", v);
    }
    if (!int_to_i32(c->t, v, &n)) {
        return false;
    }
    *out = n;
    return true;
}

static bool constant_from_object(FromObject *c, Value v, AstConstant *out)
{
    Thread *t = c->t;
    *out = (AstConstant){.kind = AST_CONST_EXTERNAL, .u.external = v.bits};
    if (is_none(v)) {
        out->kind = AST_CONST_NONE;
    } else if (same(v, V_TRUE)) {
        out->kind = AST_CONST_TRUE;
    } else if (same(v, V_FALSE)) {
        out->kind = AST_CONST_FALSE;
    } else if (same(v, V_ELLIPSIS)) {
        out->kind = AST_CONST_ELLIPSIS;
    } else if (is_smallint(v)) {
        out->kind = AST_CONST_INT;
        out->u.integer = smallint_get(v);
    } else if (is_exact_float(v)) {
        out->kind = AST_CONST_FLOAT;
        out->u.real = float_get(v);
    } else if (IS_EXACT(v, str)) {
        size_t length;
        const char *text = text_from_object(c, v, &length);
        if (!text) {
            return false;
        }
        if (length <= UINT32_MAX) {
            *out = (AstConstant){.kind = AST_CONST_STR,
                                 .length = (uint32_t)length,
                                 .ascii = str_is_ascii(V_AS(Str, v)),
                                 .u.text = text};
            return true;
        }
    } else if (IS_EXACT(v, bytes) && V_AS(Bytes, v)->length <= UINT32_MAX) {
        size_t length = (size_t)V_AS(Bytes, v)->length;
        const char *text = arena_strdup(c->arena, V_AS(Bytes, v)->data, length);
        if (!text) {
            return no_memory(c);
        }
        *out = (AstConstant){.kind = AST_CONST_BYTES, .length = (uint32_t)length, .u.text = text};
        return true;
    }
    return out->kind != AST_CONST_EXTERNAL || list_append(t, V_AS(List, c->keep), v);
}

static bool enum_from_object(FromObject *c, AstType type, Value v, unsigned *out)
{
    for (unsigned kind = AST_PRODUCT_END; kind < AST_KINDS; kind++) {
        if (ast_info(kind)->type == type && is_instance_of(c->t, v, c->state->kinds[kind])) {
            *out = kind;
            return true;
        }
    }
    return err_fail(c->t, T_TypeError, "expected some sort of %s, but got %R", ast_type_name(type), v);
}

/* One item; a None of a node type becomes NULL. */
static bool item_from_object(FromObject *c, AstType type, Value v, void *at)
{
    switch (type) {
    case AST_TYPE_identifier: return ident_from_object(c, v, at);
    case AST_TYPE_string: return string_from_object(c, v, at);
    case AST_TYPE_int: return int_from_object(c, v, at);
    case AST_TYPE_constant: return constant_from_object(c, v, at);
    case AST_TYPE_expr_context:
    case AST_TYPE_boolop:
    case AST_TYPE_operator:
    case AST_TYPE_unaryop:
    case AST_TYPE_cmpop: return enum_from_object(c, type, v, at);
    default:
        if (is_none(v)) {
            *(void **)at = NULL;
            return true;
        }
        return node_from_object(c, type, v, at);
    }
}

static bool sequence_from_object(FromObject *c, const char *owner, const AstFieldInfo *field, Value list, void **out)
{
    Thread *t = c->t;
    if (!is_list(t, list)) {
        return err_fail(t, T_TypeError, "%s field \"%s\" must be a list, not a %T", owner, field->name, list);
    }
    int64_t n = list_len(list);
    size_t size = field->type == AST_TYPE_cmpop ? sizeof(AstCmpOp) : sizeof(void *);
    if (n > UINT32_MAX / 2 || !(*out = ast_seq_new(c->arena, (size_t)n, size))) {
        return no_memory(c);
    }
    char *items = (char *)*out + (size == sizeof(void *) ? sizeof(void *) : sizeof(uint32_t));
    for (int64_t i = 0; i < n; i++) {
        Value item = new_ref(list_at(list, i));
        bool ok = item_from_object(c, field->type, item, items + (size_t)i * size);
        if (ok && is_none(item) && field->mark == AST_MARK_SEQ && field->type != AST_TYPE_constant) {
            ok = err_fail(t, T_ValueError, "None disallowed in %s list", ast_type_name(field->type));
        }
        decref(t, item);
        if (!ok) {
            return false;
        }
        if (list_len(list) != n) {
            return err_fail(t, T_RuntimeError, "%s field \"%s\" changed size during iteration", owner, field->name);
        }
    }
    return true;
}

static bool is_pointer_type(AstType type)
{
    return type == AST_TYPE_identifier || type == AST_TYPE_string ||
           (type >= AST_TYPE_mod && type < AST_TYPE_expr_context);
}

static bool field_from_object(FromObject *c, const AstNodeInfo *info, const AstFieldInfo *field, Value name,
                              Value object, void *at)
{
    Thread *t = c->t;
    bool sequence = field->mark == AST_MARK_SEQ || field->mark == AST_MARK_SEQ_OPT;
    Value v = attr_get_maybe(t, object, name);
    if (is_null(v)) {
        if (err_pending(t)) {
            return false;
        }
        if (sequence) {
            *(void **)at = ast_seq_new(c->arena, 0, 8);
            return true;
        }
        if (field->mark == AST_MARK_OPT) {
            return true;  /* the node was cleared */
        }
        if (field->type == AST_TYPE_expr_context) {
            *(unsigned *)at = AST_Load;
            return true;
        }
        return err_fail(t, T_TypeError, "required field \"%s\" missing from %s", field->name, info->name);
    }
    bool ok;
    if (sequence) {
        ok = sequence_from_object(c, info->name, field, v, at);
    } else if (is_none(v) && field->mark == AST_MARK_OPT) {
        ok = true;
    } else {
        ok = item_from_object(c, field->type, v, at);
        if (ok && is_pointer_type(field->type) && !*(void **)at) {
            ok = err_fail(t, T_ValueError, "field '%s' is required for %s", field->name, info->name);
        }
    }
    decref(t, v);
    return ok;
}

/* A position attribute; absent or None gives the fallback, which INT_MIN forbids. */
static bool position_from_object(FromObject *c, AstType type, Value object, Value name, int fallback, int *out)
{
    Thread *t = c->t;
    Value v = attr_get_maybe(t, object, name);
    if (is_null(v) && err_pending(t)) {
        return false;
    }
    if (is_null(v) || (is_none(v) && fallback != INT_MIN)) {
        *out = fallback;
        return fallback != INT_MIN ||
               err_fail(t, T_TypeError, "required field \"%U\" missing from %s", name, ast_type_name(type));
    }
    bool ok = int_from_object(c, v, out);
    decref(t, v);
    return ok;
}

static bool find_kind(FromObject *c, AstType type, Value object, unsigned *out)
{
    Thread *t = c->t;
    Type *own = type_of(t, object);
    for (int exact = 1; exact >= 0; exact--) {
        for (unsigned kind = 0; kind < AST_PRODUCT_END; kind++) {
            if (ast_info(kind)->type == type &&
                (exact ? own == c->state->kinds[kind] : is_subtype(own, c->state->kinds[kind]))) {
                *out = kind;
                return true;
            }
        }
    }
    return err_fail(t, T_TypeError, "expected some sort of %s, but got %R", ast_type_name(type), object);
}

static bool has_position(AstType type)
{
    switch (type) {
    case AST_TYPE_stmt: case AST_TYPE_expr: case AST_TYPE_excepthandler: case AST_TYPE_pattern: case AST_TYPE_type_param:
    case AST_TYPE_arg: case AST_TYPE_keyword: case AST_TYPE_alias:
        return true;
    default: return false;
    }
}

static bool place_from_object(FromObject *c, AstType type, Value object, AstPos *pos)
{
    bool optional_end = type != AST_TYPE_type_param;
    return position_from_object(c, type, object, c->state->lineno, INT_MIN, &pos->lineno) &&
           position_from_object(c, type, object, c->state->col_offset, INT_MIN, &pos->col_offset) &&
           position_from_object(c, type, object, c->state->end_lineno, optional_end ? pos->lineno : INT_MIN,
                                &pos->end_lineno) &&
           position_from_object(c, type, object, c->state->end_col_offset, optional_end ? pos->col_offset : INT_MIN,
                                &pos->end_col_offset);
}

/* The place is read before the class is looked at: what is no node at all is told of as one without a line. */
static bool node_from_object(FromObject *c, AstType type, Value object, void **out)
{
    unsigned kind = 0;
    AstPos pos = {0};
    if (!stack_check(c->t, " during ast construction") ||
        (has_position(type) && !place_from_object(c, type, object, &pos)) || !find_kind(c, type, object, &kind)) {
        return false;
    }
    const AstNodeInfo *info = ast_info(kind);
    char *node = arena_zalloc(c->arena, info->size);
    if (!node) {
        return no_memory(c);
    }
    if (!info->product) {
        *(unsigned *)node = kind;
    }
    if (info->pos_offset >= 0) {
        *(AstPos *)(node + info->pos_offset) = pos;
    }
    for (int i = 0; i < info->n_fields; i++) {
        const AstFieldInfo *field = &info->fields[i];
        if (!field_from_object(c, info, field, c->state->field_names[c->state->first_field[kind] + i], object,
                               node + field->offset)) {
            return false;
        }
    }
    *out = node;
    return true;
}

bool ast_check_mode(Thread *t, Value object, enum CompileMode mode)
{
    static const unsigned wanted[] = {
        [COMPILE_EXEC] = AST_Module,
        [COMPILE_EVAL] = AST_Expression,
        [COMPILE_SINGLE] = AST_Interactive,
        [COMPILE_FUNC_TYPE] = AST_FunctionType,
    };
    AstState *state = ast_state(t);
    if (!state) {
        return false;
    }
    return is_instance_of(t, object, state->kinds[wanted[mode]]) ||
           err_fail(t, T_TypeError, "expected %s node, got %T", ast_info(wanted[mode])->name, object);
}

AstMod *ast_from_object(Thread *t, Arena *arena, struct IdentTable *idents, Value object, enum CompileMode mode,
                        Value keep)
{
    FromObject c = {t, ast_state(t), arena, idents, keep};
    if (!c.state || !ast_check_mode(t, object, mode)) {
        return NULL;
    }
    void *tree;
    if (!node_from_object(&c, AST_TYPE_mod, object, &tree) || !ast_validate(t, tree)) {
        return NULL;
    }
    return tree;
}
