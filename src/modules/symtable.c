/* The module _symtable: the compiler's scopes as objects, for the library's symtable.
 *
 * An inlined comprehension has no entry: its variables are shown among those of the block around it, and
 * so are the blocks inside it. */
#include "front/compile.h"
#include "front/scopes.h"
#include "modules/module.h"
#include "object/fs_text.h"
#include "object/instance.h"

typedef struct SymtableEntry {
    Object head;
    Value id, name, symbols, varnames, children;
    int64_t type, lineno, nested;
} SymtableEntry;

static Value ident_str(Thread *t, const Ident *name)
{
    Value v = str_from_utf8_surrogatepass(t, name->utf8, name->length);
    return is_null(v) ? v : str_intern(t, v);
}

/* Internal names are not shown. */
static bool is_hidden(const Scope *s, const Symbol *y)
{
    return s->kind == SCOPE_ANNOTATION && y->flags == 0 && strcmp(y->name->utf8, "__conditional_annotations__") == 0;
}

static bool set_flags(Thread *t, Value dict, Value name, uint32_t flags)
{
    Value v = int_from_i64(t, flags);
    bool done = !is_null(v) && dict_set(t, dict, name, v);
    decref_maybe(t, v);
    return done;
}

static bool add_symbols(Thread *t, const Scope *s, Value dict)
{
    for (uint32_t i = 0; i < s->n_symbols; i++) {
        const Symbol *y = s->symbols[i];
        if (is_hidden(s, y)) continue;
        uint32_t found = y->found;
        Value name = ident_str(t, y->name);
        if (is_null(name)) return false;
        Value known = dict_get_str(t, dict, name);
        bool cell = s->inlined && found == NAME_CELL, done = true;
        if (s->inlined && found == NAME_FREE && y->binding->unit == s->unit) done = true; /* a name of the block around, which shows it */
        else if (!is_null(known)) done = !cell || set_flags(t, dict, name, (uint32_t)smallint_get(known) | SYM_COMP_CELL);
        else done = set_flags(t, dict, name, y->flags | found << SYM_SCOPE_SHIFT | (cell ? SYM_COMP_CELL : 0));
        decref(t, name);
        if (!done) return false;
    }
    for (const Scope *k = s->children; k; k = k->next) {
        if (k->inlined && !add_symbols(t, k, dict)) return false;
    }
    return true;
}

static Value entry_new(Thread *t, const Scope *s);

static bool add_children(Thread *t, const Scope *s, Value list)
{
    for (const Scope *k = s->children; k; k = k->next) {
        if (k->inlined) {
            if (!add_children(t, k, list)) return false;
            continue;
        }
        Value entry = entry_new(t, k);
        if (is_null(entry) || !list_append_take(t, V_AS(List, list), entry)) return false;
    }
    return true;
}

static Value entry_new(Thread *t, const Scope *s)
{
    if (!stack_check(t, " during compilation")) return VNULL;
    Value v = object_new(t, builtin_type(t, T_symtable_entry));
    if (is_null(v)) return v;
    SymtableEntry *e = V_AS(SymtableEntry, v);
    e->type = s->kind;
    e->lineno = s->pos.lineno;
    e->nested = s->nested;
    e->id = int_from_i64(t, (int64_t)(intptr_t)s);
    e->name = ident_str(t, s->name);
    e->symbols = dict_new(t);
    e->varnames = list_new(t, s->n_params);
    e->children = list_new(t, 0);
    bool done = !is_null(e->id) && !is_null(e->name) && !is_null(e->symbols) && !is_null(e->varnames) && !is_null(e->children);
    for (uint32_t i = 0; done && i < s->n_params; i++) {
        Value name = ident_str(t, s->params[i]);
        done = !is_null(name) && list_append_take(t, V_AS(List, e->varnames), name);
    }
    done = done && add_symbols(t, s, e->symbols) && add_children(t, s, e->children);
    if (done) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static Value entry_repr(Thread *t, Value self)
{
    SymtableEntry *e = V_AS(SymtableEntry, self);
    return str_format(t, "<symtable entry %U(%R), line %ld>", e->name, e->id, (long)e->lineno);
}

static const MemberDef entry_members[] = {
    {"id", MK_VALUE, MEMBER_READONLY, offsetof(SymtableEntry, id), NULL},
    {"name", MK_VALUE, MEMBER_READONLY, offsetof(SymtableEntry, name), NULL},
    {"symbols", MK_VALUE, MEMBER_READONLY, offsetof(SymtableEntry, symbols), NULL},
    {"varnames", MK_VALUE, MEMBER_READONLY, offsetof(SymtableEntry, varnames), NULL},
    {"children", MK_VALUE, MEMBER_READONLY, offsetof(SymtableEntry, children), NULL},
    {"nested", MK_INT64, MEMBER_READONLY, offsetof(SymtableEntry, nested), NULL},
    {"type", MK_INT64, MEMBER_READONLY, offsetof(SymtableEntry, type), NULL},
    {"lineno", MK_INT64, MEMBER_READONLY, offsetof(SymtableEntry, lineno), NULL},
    {0},
};
static const Field entry_fields[] = {
    FIELD_VALUE(SymtableEntry, id), FIELD_VALUE(SymtableEntry, name), FIELD_VALUE(SymtableEntry, symbols),
    FIELD_VALUE(SymtableEntry, varnames), FIELD_VALUE(SymtableEntry, children),
};
const TypeDef typedef_symtable_entry = {
    .name = "symtable entry",
    .size = sizeof(SymtableEntry),
    .flags = TF_NO_NEW | TF_GC,
    FIELDS(entry_fields),
    .members = entry_members,
    .slots = {.repr = entry_repr},
};

static Value filename_of(Thread *t, Value v)
{
    if (is_str(t, v)) return str_exact(t, v);
    if (is_bytes(t, v)) return fs_decode_bytes(t, v);
    bool found;
    Value path = call_special(t, v, N(t, __fspath__), NULL, 0, &found);
    if (!found) return err_raise(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", v);
    if (is_null(path)) return path;
    Value name = is_str(t, path) || is_bytes(t, path) ? filename_of(t, path)
                                                      : err_raise(t, T_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", v, path);
    decref(t, path);
    return name;
}

/* symtable(source, filename, startstr, /) */
static Value symtable_symtable(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    static const char *const modes[] = {"exec", "eval", "single"};
    unsigned mode = 0;
    if (!is_str(t, args[0]) && !is_bytes(t, args[0])) return err_raise(t, T_TypeError, "symtable() arg 1 must be a string or bytes object");
    if (!arg_str(t, args[2], "symtable", "3")) return VNULL;
    while (mode < 3 && !str_equals_cstr(V_AS(Str, args[2]), modes[mode])) mode++;
    if (mode == 3) return err_raise(t, T_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    Value filename = filename_of(t, args[1]), result = VNULL;
    ParsedTree p;
    if (is_null(filename)) return VNULL;
    if (compile_parse(t, args[0], filename, (enum CompileMode)mode, 0, 0, -1, &p)) {
        Compilation c;
        compilation_init(&c, t, &p, filename, 0, 0);
        Scopes scopes;
        if (compilation_futures(&c, p.tree) && scopes_build(&c, p.tree, &scopes)) result = entry_new(t, scopes.module);
        compilation_end(&c);
        parsed_free(t, &p);
    }
    decref(t, filename);
    return result;
}

static bool symtable_exec(Thread *t, Value module)
{
    static const struct { const char *name; int value; } constants[] = {
        {"USE", SYM_USE}, {"DEF_GLOBAL", SYM_GLOBAL}, {"DEF_NONLOCAL", SYM_NONLOCAL}, {"DEF_LOCAL", SYM_LOCAL}, {"DEF_PARAM", SYM_PARAM},
        {"DEF_TYPE_PARAM", SYM_TYPE_PARAM}, {"DEF_FREE_CLASS", SYM_FREE_CLASS}, {"DEF_IMPORT", SYM_IMPORT}, {"DEF_BOUND", SYM_BOUND},
        {"DEF_ANNOT", SYM_ANNOT}, {"DEF_COMP_ITER", SYM_COMP_ITER}, {"DEF_COMP_CELL", SYM_COMP_CELL},
        {"TYPE_FUNCTION", SCOPE_FUNCTION}, {"TYPE_CLASS", SCOPE_CLASS}, {"TYPE_MODULE", SCOPE_MODULE}, {"TYPE_ANNOTATION", SCOPE_ANNOTATION},
        {"TYPE_TYPE_ALIAS", SCOPE_TYPE_ALIAS}, {"TYPE_TYPE_PARAMETERS", SCOPE_TYPE_PARAMS}, {"TYPE_TYPE_VARIABLE", SCOPE_TYPE_VARIABLE},
        {"LOCAL", NAME_LOCAL}, {"GLOBAL_EXPLICIT", NAME_GLOBAL_EXPLICIT}, {"GLOBAL_IMPLICIT", NAME_GLOBAL_IMPLICIT}, {"FREE", NAME_FREE},
        {"CELL", NAME_CELL}, {"SCOPE_OFF", SYM_SCOPE_SHIFT}, {"SCOPE_MASK", SYM_SCOPE_MASK},
    };
    for (size_t i = 0; i < COUNT_OF(constants); i++) {
        if (!module_add_int(t, module, constants[i].name, constants[i].value)) return false;
    }
    return builtin_type(t, T_symtable_entry) != NULL || type_boot(t, T_symtable_entry, T_object, &typedef_symtable_entry);
}

static const MethodDef functions[] = {
    {"symtable", "($module, source, filename, startstr, /)", "Return symbol and scope dictionaries used internally by compiler.", symtable_symtable},
    {0},
};

const ModuleDef module__symtable = {
    .name = "_symtable",
    .functions = functions,
    .exec = symtable_exec,
};
