/* The door of the front end: the stages in turn, their errors and warnings. Reading source is in read_source.c.
 *
 *     source --decode--> UTF-8 --parse--> tree --fold--> --scopes--> --generate--> graph --assemble--> code
 */
#include "front/compile.h"

#include "base/utf8.h"
#include "core/config.h"
#include "core/names.h"
#include "front/codegen.h"
#include "front/file_line.h"
#include "front/fold.h"
#include "front/front_priv.h"
#include "front/read_source.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/dispatch.h"
#include "object/exception.h"
#include "object/float.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/warn.h"

enum { FUTURES_MASK = 0x1fe0000 };

/* --- Errors and warnings ------------------------------------------------------------------------------ */

bool front_no_memory(Compilation *c) { return err_no_memory_fail(c->t); }

static bool raise_at(Thread *t, enum TypeId type, Value message, Value filename, int lineno, int offset, int end_lineno, int end_offset, Value text)
{
    err_syntax(t, type, message, filename, lineno, offset, end_lineno, end_offset, text);
    return false;
}

bool front_error(Compilation *c, AstPos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Value message = str_format_va(c->t, format, args);
    va_end(args);
    if (is_null(message)) return false;
    Value text = file_line(c->t, c->filename, pos.lineno);
    raise_at(c->t, T_SyntaxError, message, c->filename, pos.lineno, pos.col_offset + 1, pos.end_lineno, pos.end_col_offset + 1, text);
    decref_maybe(c->t, text);
    decref(c->t, message);
    return false;
}

bool front_warn(Compilation *c, AstPos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Value message = str_format_va(c->t, format, args);
    va_end(args);
    if (is_null(message)) return false;
    bool fine = warn_at(c->t, T_SyntaxWarning, c->filename, pos.lineno, "%U", message);
    /* A filter made it an error: then it is a SyntaxError that knows where it stands. */
    if (!fine && err_catch(c->t, T_SyntaxWarning)) front_error(c, pos, "%U", message);
    decref(c->t, message);
    return fine;
}

/* --- Identifiers and constants --------------------------------------------------------------------------- */

Ident *front_ident(Compilation *c, const char *ascii)
{
    Ident *name = ident_intern(c->idents, ascii, strlen(ascii));
    if (name == NULL) front_no_memory(c);
    return name;
}

Ident *front_mangle(Compilation *c, Ident *class_name, Ident *name)
{
    if (class_name == NULL || name->length < 2 || name->utf8[0] != '_' || name->utf8[1] != '_') return name;
    if (name->utf8[name->length - 1] == '_' && name->utf8[name->length - 2] == '_') return name;
    if (strchr(name->utf8, '.')) return name;
    const char *class = class_name->utf8;
    while (*class == '_') class++;
    if (*class == 0) return name;
    size_t n = strlen(class);
    char *text = arena_alloc(c->arena, n + name->length + 2);
    Ident *mangled = NULL;
    if (text) {
        text[0] = '_';
        memcpy(text + 1, class, n);
        memcpy(text + 1 + n, name->utf8, name->length);
        mangled = ident_intern(c->idents, text, n + 1 + name->length);
    }
    if (mangled == NULL) front_no_memory(c);
    return mangled;
}

Value front_keep(Compilation *c, Value v)
{
    if (is_null(v)) return v;
    if (vec_push(&c->kept, v)) return v;
    decref(c->t, v);
    front_no_memory(c);
    return VNULL;
}

Value front_name(Compilation *c, Ident *name)
{
    if (name == NULL) return VNULL;
    if (name->slot) return (Value){name->slot};
    Value v = str_from_utf8_surrogatepass(c->t, name->utf8, name->length);
    if (!is_null(v)) v = str_intern(c->t, v);
    v = front_keep(c, v);
    name->slot = v.bits;
    return v;
}

Value front_constant(Compilation *c, const AstConstant *k)
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
    case AST_CONST_IMAGINARY: return complex_from_doubles(t, 0.0, k->u.real);
    case AST_CONST_STR: {
        Value v = k->ascii ? str_from_ascii(t, k->u.text, k->length) : str_from_utf8_surrogatepass(t, k->u.text, k->length);
        return is_null(v) ? v : str_intern(t, v);
    }
    case AST_CONST_BYTES: return bytes_new(t, k->u.text, k->length);
    case AST_CONST_EXTERNAL: return new_ref((Value){k->u.external});
    }
    return VNULL;
}

/* --- Compilations ------------------------------------------------------------------------------------------- */

static bool parsed_new(Thread *t, ParsedTree *p)
{
    *p = (ParsedTree){0};
    p->arena = malloc(sizeof *p->arena);
    if (p->arena == NULL) return err_no_memory_fail(t);
    arena_init(p->arena);
    return true;
}

void parsed_free(Thread *t, ParsedTree *p)
{
    slot_clear(t, &p->kept);
    if (p->arena == NULL) return;
    arena_free(p->arena);
    free(p->arena);
    p->arena = NULL;
}

static int optimization(Thread *t, int optimize) { return optimize >= 0 ? optimize : t->runtime->config ? t->runtime->config->optimize : 0; }

static bool parsed(ParsedTree *p, AstMod *tree, const ParseResult *result)
{
    p->tree = tree;
    p->idents = result->idents;
    return tree != NULL;
}

bool compile_optimize(Thread *t, ParsedTree *p, Value filename, int optimize)
{
    Compilation c;
    compilation_init(&c, t, p, filename, 0, optimize);
    bool done = fold_preprocess(&c, p->tree);
    p->kept = tuple_take(t, c.kept.data, (int64_t)c.kept.len);
    vec_free(&c.kept);
    return done && !is_null(p->kept);
}

bool compile_parse(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version, ParsedTree *out)
{
    ParseResult result;
    if (!parsed_new(t, out)) return false;
    bool done = parsed(out, read_source(t, out->arena, source, filename, mode, flags, feature_version, &result), &result) &&
                ((flags & CF_OPTIMIZED_AST) != CF_OPTIMIZED_AST || compile_optimize(t, out, filename, optimize));
    if (!done) parsed_free(t, out);
    return done;
}

bool compilation_futures(Compilation *c, AstMod *mod)
{
    static const struct { const char *name; uint32_t flag; } features[] = {
        {"nested_scopes", 0}, {"generators", 0}, {"division", 0}, {"absolute_import", 0}, {"with_statement", 0},
        {"print_function", 0}, {"unicode_literals", 0}, {"barry_as_FLUFL", CO_FUTURE_BARRY_AS_BDFL},
        {"generator_stop", 0}, {"annotations", CO_FUTURE_ANNOTATIONS},
    };
    AstStmtSeq *body = mod->kind == AST_Module ? mod->u.Module.body : mod->kind == AST_Interactive ? mod->u.Interactive.body : NULL;
    if (body == NULL) return true;
    uint32_t i = front_docstring(body) ? 1 : 0;
    for (; i < body->n; i++) {
        AstStmt *s = body->items[i];
        if (s->kind != AST_ImportFrom || s->u.ImportFrom.level != 0 || s->u.ImportFrom.module == NULL || !ident_is(s->u.ImportFrom.module, "__future__")) break;
        for (uint32_t k = 0; k < s->u.ImportFrom.names->n; k++) {
            AstAlias *a = s->u.ImportFrom.names->items[k];
            size_t f = 0;
            while (f < COUNT_OF(features) && !ident_is(a->name, features[f].name)) f++;
            if (f == COUNT_OF(features)) {
                if (ident_is(a->name, "braces")) return front_error(c, a->pos, "not a chance");
                return front_error(c, a->pos, "future feature %s is not defined", a->name->utf8);
            }
            c->futures |= features[f].flag;
        }
        c->last_future = s->pos;
    }
    return true;
}

void compilation_init(Compilation *c, Thread *t, const ParsedTree *p, Value filename, int flags, int optimize)
{
    *c = (Compilation){
        .t = t, .arena = p->arena, .idents = p->idents, .filename = filename, .optimize = optimization(t, optimize),
        .futures = (uint32_t)flags & FUTURES_MASK, .top_level_await = flags & CF_ALLOW_TOP_LEVEL_AWAIT,
        .interactive = p->tree->kind == AST_Interactive,
    };
}

void compilation_end(Compilation *c)
{
    for (size_t i = 0; i < c->kept.len; i++) decref(c->t, c->kept.data[i]);
    vec_free(&c->kept);
}

Value compile_tree(Thread *t, const ParsedTree *p, Value filename, int flags, int optimize)
{
    Compilation c;
    Value code = VNULL;
    compilation_init(&c, t, p, filename, flags, optimize);
    if (compilation_futures(&c, p->tree)) code = codegen_module(&c, p->tree);
    compilation_end(&c);
    return code;
}

Value compile_utf8(Thread *t, const char *text, int64_t bytes, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version)
{
    ParsedTree p;
    ParseResult result;
    Value code = VNULL;
    if (!parsed_new(t, &p)) return VNULL;
    if (parsed(&p, read_utf8(t, p.arena, text, bytes, filename, mode, flags, feature_version, &result), &result)) code = compile_tree(t, &p, filename, flags, optimize);
    parsed_free(t, &p);
    return code;
}

Value compile_source(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version)
{
    ParsedTree p;
    if (!compile_parse(t, source, filename, mode, flags & ~(CF_OPTIMIZED_AST & ~CF_ONLY_AST), optimize, feature_version, &p)) return VNULL;
    Value code = compile_tree(t, &p, filename, flags, optimize);
    parsed_free(t, &p);
    return code;
}
