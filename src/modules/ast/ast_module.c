/* Module `_ast`: the classes of syntax trees, made from front/ast.def, and the flags of compile(). */
#include "modules/ast/ast_priv.h"

#include "object/instance.h"
#include "ops/number.h"
#include "ops/object.h"

/* --- Documentation strings: the grammar's rows --- */

static void append_fields(StrBuilder *b, Thread *t, const AstNodeInfo *info)
{
    static const char *const marks[] = {
        [AST_MARK_ONE] = "", [AST_MARK_OPT] = "?", [AST_MARK_SEQ] = "*", [AST_MARK_SEQ_OPT] = "?*"};
    bool ok = str_builder_cstr(t, b, info->name);
    if (info->n_fields) {
        for (int i = 0; ok && i < info->n_fields; i++) {
            const AstFieldInfo *field = &info->fields[i];
            ok = str_builder_format(t, b, "%s%s%s %s", i ? ", " : "(", ast_type_name(field->type), marks[field->mark],
                                    field->name);
        }
        if (ok) {
            str_builder_char(t, b, ')');
        }
    }
}

static Value kind_doc(Thread *t, unsigned kind)
{
    StrBuilder b;
    str_builder_init(&b);
    append_fields(&b, t, ast_info(kind));
    return str_builder_finish(t, &b);
}

static bool is_enum(AstType type)
{
    return type >= AST_TYPE_expr_context;
}

static Value type_doc(Thread *t, AstType type)
{
    StrBuilder b;
    str_builder_init(&b);
    const char *name = ast_type_name(type);
    bool first = true;
    for (unsigned kind = 0; kind < AST_KINDS; kind++) {
        const AstNodeInfo *info = ast_info(kind);
        if (!info || info->type != type) {
            continue;
        }
        bool ok = first ? str_builder_format(t, &b, "%s = ", name)
                  : is_enum(type)
                      ? str_builder_cstr(t, &b, " | ")
                      : str_builder_char(t, &b, '\n') && str_builder_fill(t, &b, ' ', (int64_t)strlen(name) + 1) &&
                            str_builder_cstr(t, &b, "| ");
        if (!ok) {
            return VNULL;
        }
        append_fields(&b, t, info);
        first = false;
    }
    return str_builder_finish(t, &b);
}

/* --- Classes --- */

static bool has_position(const AstNodeInfo *info)
{
    return info->pos_offset >= 0;
}

static Value attribute_names(Thread *t, AstState *state, bool position)
{
    return position ? tuple_of(t, 4, state->lineno, state->col_offset, state->end_lineno, state->end_col_offset)
                    : tuple_of(t, 0);
}

/* class NAME(base): with what the namespace `ns` (taken) holds. */
static Type *make_class(Thread *t, Value module, const char *name, Type *base, Value ns)
{
    Value class_name = str_intern_cstr(t, name);
    Value bases = is_null(class_name) ? VNULL : tuple_of(t, 1, v_from(base));
    Value cls = VNULL;
    if (!is_null(bases) && dict_set_cstr(t, ns, "__module__", N(t, ast))) {
        cls = type_new(t, builtin_type(t, T_type), class_name, bases, ns, NULL, 0, VNULL);
    }
    decref_maybe(t, class_name);
    decref_maybe(t, bases);
    decref(t, ns);
    if (is_null(cls)) {
        return NULL;
    }
    return module_add(t, module, name, new_ref(cls)) ? V_AS(Type, cls) : NULL;
}

static bool set_taken(Thread *t, Value dict, const char *key, Value value)
{
    if (is_null(value)) {
        return false;
    }
    bool ok = dict_set_cstr(t, dict, key, value);
    decref(t, value);
    return ok;
}

/* _fields and __match_args__ */
static bool set_fields(Thread *t, Value ns, Value names)
{
    bool ok = !is_null(names) && dict_set_cstr(t, ns, "_fields", names) && dict_set_cstr(t, ns, "__match_args__", names);
    decref_maybe(t, names);
    return ok;
}

static bool set_position_defaults(Thread *t, Value ns)
{
    return dict_set_cstr(t, ns, "end_lineno", V_NONE) && dict_set_cstr(t, ns, "end_col_offset", V_NONE);
}

/* stmt, expr, ...: the classes without fields of their own. */
static bool make_abstract(Thread *t, Value module, AstState *state, AstType type, bool position, bool optional_end)
{
    Value ns = dict_new(t);
    if (is_null(ns)) {
        return false;
    }
    bool ok = set_fields(t, ns, tuple_of(t, 0)) && set_taken(t, ns, "__doc__", type_doc(t, type)) &&
              set_taken(t, ns, "_attributes", attribute_names(t, state, position)) &&
              (!optional_end || set_position_defaults(t, ns));
    if (!ok) {
        decref(t, ns);
        return false;
    }
    state->types[type] = make_class(t, module, ast_type_name(type), state->node, ns);
    return state->types[type] != NULL;
}

static Value field_tuple(Thread *t, AstState *state, unsigned kind)
{
    return tuple_from(t, state->field_names + state->first_field[kind], ast_info(kind)->n_fields);
}

static bool make_concrete(Thread *t, Value module, AstState *state, unsigned kind)
{
    const AstNodeInfo *info = ast_info(kind);
    Value ns = dict_new(t);
    if (is_null(ns)) {
        return false;
    }
    bool ok = set_fields(t, ns, field_tuple(t, state, kind)) && set_taken(t, ns, "__doc__", kind_doc(t, kind));
    for (int i = 0; ok && i < info->n_fields; i++) {
        if (info->fields[i].mark == AST_MARK_OPT) {
            ok = dict_set(t, ns, state->field_names[state->first_field[kind] + i], V_NONE);
        }
    }
    if (ok && info->product) {
        ok = set_taken(t, ns, "_attributes", attribute_names(t, state, has_position(info))) &&
             (!has_position(info) || set_position_defaults(t, ns));
    }
    if (!ok) {
        decref(t, ns);
        return false;
    }
    state->kinds[kind] = make_class(t, module, info->name, info->product ? state->node : state->types[info->type], ns);
    if (state->kinds[kind] && info->product) {
        obj_incref(state->kinds[kind]);
        state->types[info->type] = state->kinds[kind];
    }
    return state->kinds[kind] != NULL;
}

/* --- Field types: int, str | None, list[expr] --- */

static Value field_type(Thread *t, AstState *state, const AstFieldInfo *field)
{
    Type *type;
    switch ((AstType)field->type) {
    case AST_TYPE_identifier:
    case AST_TYPE_string: type = builtin_type(t, T_str); break;
    case AST_TYPE_int: type = builtin_type(t, T_int); break;
    case AST_TYPE_constant: type = builtin_type(t, T_object); break;
    default: type = state->types[field->type]; break;
    }
    switch ((AstMark)field->mark) {
    case AST_MARK_ONE: return ref_of(type);
    case AST_MARK_OPT: return number_binary(t, OP_or, v_from(type), V_NONE);
    default: return item_get(t, v_from(builtin_type(t, T_list)), v_from(type));
    }
}

static bool set_field_types(Thread *t, AstState *state, unsigned kind)
{
    const AstNodeInfo *info = ast_info(kind);
    Value types = dict_new(t);
    bool ok = !is_null(types);
    for (int i = 0; ok && i < info->n_fields; i++) {
        Value type = field_type(t, state, &info->fields[i]);
        ok = !is_null(type) && dict_set(t, types, state->field_names[state->first_field[kind] + i], type);
        decref_maybe(t, type);
    }
    ok = ok && attr_set_cstr(t, v_from(state->kinds[kind]), "_field_types", types) &&
         attr_set_cstr(t, v_from(state->kinds[kind]), "__annotations__", types);
    decref_maybe(t, types);
    return ok;
}

/* --- The module --- */

static bool intern_names(Thread *t, AstState *state)
{
    unsigned n = 0;
    for (unsigned kind = 0; kind < AST_KINDS; kind++) {
        const AstNodeInfo *info = ast_info(kind);
        state->first_field[kind] = (uint16_t)n;
        for (int i = 0; info && i < info->n_fields; i++) {
            if (n == AST_FIELDS_MAX) {
                return err_fail(t, T_SystemError, "_ast: too many fields");
            }
            state->field_names[n] = str_intern_cstr(t, info->fields[i].name);
            if (is_null(state->field_names[n++])) {
                return false;
            }
        }
    }
    state->lineno = str_intern_cstr(t, "lineno");
    state->col_offset = str_intern_cstr(t, "col_offset");
    state->end_lineno = str_intern_cstr(t, "end_lineno");
    state->end_col_offset = str_intern_cstr(t, "end_col_offset");
    return !is_null(state->lineno) && !is_null(state->col_offset) && !is_null(state->end_lineno) &&
           !is_null(state->end_col_offset);
}

static bool make_types(Thread *t, Value module, AstState *state)
{
    bool position[AST_TYPES] = {false}, product[AST_TYPES] = {false};
    for (unsigned kind = 0; kind < AST_KINDS; kind++) {
        const AstNodeInfo *info = ast_info(kind);
        position[info->type] |= has_position(info);
        product[info->type] |= info->product;
    }
    for (AstType type = AST_TYPE_mod; type < AST_TYPES; type++) {
        bool end = position[type] && type != AST_TYPE_type_param;
        if (!product[type] && !make_abstract(t, module, state, type, position[type], end)) {
            return false;
        }
    }
    for (unsigned kind = 0; kind < AST_KINDS; kind++) {
        if (!make_concrete(t, module, state, kind)) {
            return false;
        }
    }
    for (unsigned kind = 0; kind < AST_KINDS; kind++) {
        if (!set_field_types(t, state, kind)) {
            return false;
        }
        if (is_enum(ast_info(kind)->type)) {
            Value one = object_new(t, state->kinds[kind]);
            if (is_null(one)) {
                return false;
            }
            state->singletons[kind] = object_done(t, one);
        }
    }
    return true;
}

static bool ast_exec(Thread *t, Value module)
{
    AstState *state = V_AS(Module, module)->state;
    Type *node = module_add_dynamic_type(t, module, &typedef_AST, VNULL);
    if (!node) {
        return false;
    }
    obj_incref(node);
    state->node = node;
    node->flags &= ~(uint32_t)TF_IMMUTABLE;  /* programs may set its attributes, as those of its subclasses */
    Value none = tuple_of(t, 0);
    bool ok = !is_null(none) && attr_set_cstr(t, v_from(node), "_fields", none) &&
              attr_set_cstr(t, v_from(node), "__match_args__", none) &&
              attr_set_cstr(t, v_from(node), "_attributes", none);
    decref_maybe(t, none);
    return ok && intern_names(t, state) && make_types(t, module, state) &&
           module_add_int(t, module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", CF_ALLOW_TOP_LEVEL_AWAIT) &&
           module_add_int(t, module, "PyCF_ONLY_AST", CF_ONLY_AST) &&
           module_add_int(t, module, "PyCF_OPTIMIZED_AST", CF_OPTIMIZED_AST) &&
           module_add_int(t, module, "PyCF_TYPE_COMMENTS", CF_TYPE_COMMENTS);
}

static int ast_traverse(void *memory, VisitFn visit, void *context)
{
    AstState *state = memory;
    int stop = state->node ? visit(v_from(state->node), context) : 0;
    for (unsigned i = 0; !stop && i < AST_TYPES; i++) {
        stop = state->types[i] ? visit(v_from(state->types[i]), context) : 0;
    }
    for (unsigned i = 0; !stop && i < AST_KINDS; i++) {
        stop = state->kinds[i] ? visit(v_from(state->kinds[i]), context) : 0;
        if (!stop && !is_null(state->singletons[i])) {
            stop = visit(state->singletons[i], context);
        }
    }
    return stop;
}

static void drop_type(Thread *t, Type **slot)
{
    Type *type = *slot;
    *slot = NULL;
    if (type) {
        obj_decref(t, type);
    }
}

static void ast_clear(Thread *t, void *memory)
{
    AstState *state = memory;
    for (unsigned i = 0; i < AST_KINDS; i++) {
        slot_clear(t, &state->singletons[i]);
        drop_type(t, &state->kinds[i]);
    }
    for (unsigned i = 0; i < AST_TYPES; i++) {
        drop_type(t, &state->types[i]);
    }
    drop_type(t, &state->node);
    for (unsigned i = 0; i < AST_FIELDS_MAX; i++) {
        slot_clear(t, &state->field_names[i]);
    }
    slot_clear(t, &state->lineno);
    slot_clear(t, &state->col_offset);
    slot_clear(t, &state->end_lineno);
    slot_clear(t, &state->end_col_offset);
}

AstState *ast_state(Thread *t)
{
    AstState *state = MODULE_STATE(t, ast, AstState);
    if (state && state->end_col_offset.bits) {
        return state;
    }
    Value module = t->hooks->import(t, "_ast");
    if (is_null(module)) {
        return NULL;
    }
    decref(t, module);
    return MODULE_STATE(t, ast, AstState);
}

bool ast_is_node(Thread *t, Value v)
{
    AstState *state = MODULE_STATE(t, ast, AstState);
    return state && state->node && is_instance_of(t, v, state->node);
}

Value ast_parse(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize,
                int feature_version)
{
    ParsedTree parsed;
    if (!compile_parse(t, source, filename, mode, flags, optimize, feature_version, &parsed)) {
        return VNULL;
    }
    Value object = ast_to_object(t, parsed.tree);
    parsed_free(t, &parsed);
    return object;
}

/* Compiles the tree, or optimises it and makes objects of it again. */
static Value compile_checked(Thread *t, ParsedTree *parsed, Value filename, int flags, int optimize)
{
    if (!(flags & CF_ONLY_AST)) {
        return compile_tree(t, parsed, filename, flags, optimize);
    }
    return compile_optimize(t, parsed, filename, optimize) ? ast_to_object(t, parsed->tree) : VNULL;
}

Value ast_compile(Thread *t, Value object, Value filename, enum CompileMode mode, int flags, int optimize)
{
    if ((flags & CF_OPTIMIZED_AST) == CF_ONLY_AST) {
        return ast_check_mode(t, object, mode) ? new_ref(object) : VNULL;
    }
    Arena arena;
    arena_init(&arena);
    Value result = VNULL, keep = list_new(t, 0);
    ParsedTree parsed = {.arena = &arena, .idents = ident_table_new(&arena)};
    if (!parsed.idents) {
        err_no_memory(t);
    } else if (!is_null(keep) && (parsed.tree = ast_from_object(t, &arena, parsed.idents, object, mode, keep))) {
        result = compile_checked(t, &parsed, filename, flags, optimize);
    }
    decref_maybe(t, keep);
    decref_maybe(t, parsed.kept);
    arena_free(&arena);
    return result;
}

const ModuleDef module_ast = {
    .name = "_ast",
    .state_size = sizeof(AstState),
    .exec = ast_exec,
    .traverse = ast_traverse,
    .clear = ast_clear,
};
