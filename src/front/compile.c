/* The door of the front end: decoding, parsing, warnings, errors, and the stages behind the parser in turn.
 *
 *     source --decode--> UTF-8 --parse--> tree --fold--> --scopes--> --generate--> graph --assemble--> code
 */
#include "front/compile.h"

#include <stdio.h>

#include "base/utf8.h"
#include "core/config.h"
#include "core/names.h"
#include "front/codegen.h"
#include "front/fold.h"
#include "front/front_priv.h"
#include "front/parse.h"
#include "front/source.h"
#include "object/buffer.h"
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

/* Line `lineno` of the file that is being compiled, if it can be read; VNULL without an exception otherwise. */
static Value file_line(Thread *t, Value filename, int lineno)
{
    Value keep = VNULL, text = VNULL;
    if (!is_str(t, filename) || lineno < 1 || str_len(V_AS(Str, filename)) == 0 || str_at(V_AS(Str, filename), 0) == '<') return VNULL;
    const char *path = str_cstr(t, filename, &keep);
    if (path == NULL) {
        err_clear(t);
        return VNULL;
    }
    FILE *f = fopen(path, "re");
    decref_maybe(t, keep);
    if (f == NULL) return VNULL;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = 0;
    for (int i = 0; i < lineno && n >= 0; i++) n = getline(&line, &cap, f);
    if (n >= 0) {
        text = str_from_utf8(t, line, n);
        if (is_null(text)) err_clear(t);
    }
    free(line);
    fclose(f);
    return text;
}

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

static enum TypeId problem_type(SyntaxClass kind)
{
    switch (kind) {
    case SYNTAX_INDENTATION: return T_IndentationError;
    case SYNTAX_TAB: return T_TabError;
    case SYNTAX_INCOMPLETE: return T__IncompleteInputError;
    case SYNTAX_VALUE: return T_ValueError;
    case SYNTAX_MEMORY: return T_MemoryError;
    default: return T_SyntaxError;
    }
}

static bool raise_problem(Thread *t, const SyntaxProblem *p, Value filename)
{
    if (p->message == NULL) return err_no_memory_fail(t);
    enum TypeId type = problem_type(p->kind);
    if (type == T_ValueError || type == T_MemoryError) return err_fail(t, type, "%s", p->message);
    Value message = str_from_utf8(t, p->message, (int64_t)strlen(p->message));
    if (is_null(message)) return false;
    Value text = VNULL;
    if (p->line) {
        text = str_from_utf8_surrogatepass(t, p->line, (int64_t)p->line_length);
        if (is_null(text)) err_clear(t);
    }
    raise_at(t, type, message, filename, p->lineno, p->offset, p->end_lineno, p->end_offset, text);
    decref_maybe(t, text);
    decref(t, message);
    return false;
}

static bool issue_warnings(Thread *t, const ParseResult *result, Value filename)
{
    for (const SyntaxWarningNote *n = result->warnings; n; n = n->next) {
        enum TypeId category = n->deprecation ? T_DeprecationWarning : T_SyntaxWarning;
        if (warn_at(t, category, filename, n->lineno, "%s", n->message)) continue;
        if (err_catch(t, category)) raise_problem(t, &n->at, filename);
        return false;
    }
    return true;
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

/* --- Source ------------------------------------------------------------------------------------------------ */

/* The text of a source object as UTF-8. `keep` and `view` hold what it lies in. */
typedef struct SourceText {
    const char *text;
    int64_t length;
    Value keep;
    Buffer view;
    bool has_view;
    bool was_str;
} SourceText;

static void source_release(Thread *t, SourceText *s)
{
    decref_maybe(t, s->keep);
    if (s->has_view) buffer_release(t, &s->view);
}

static bool simple_error(Thread *t, const char *message) { return err_fail(t, T_SyntaxError, "%s", message); }

/* Bytes in the encoding that they declare. */
static bool decode_bytes(Thread *t, Arena *arena, SourceText *s, Value filename)
{
    SourceEncoding encoding;
    SyntaxProblem problem;
    memset(&problem, 0, sizeof problem);
    if (!source_encoding(arena, s->text, (size_t)s->length, &encoding, &problem)) return raise_problem(t, &problem, filename);
    s->text += encoding.skip;
    s->length -= (int64_t)encoding.skip;
    if (encoding.utf8) {
        if (!source_check_utf8(arena, s->text, (size_t)s->length, &problem)) return raise_problem(t, &problem, filename);
        return true;
    }
    Value bytes = bytes_new(t, s->text, s->length), text = VNULL;
    if (!is_null(bytes) && t->hooks->decode) text = t->hooks->decode(t, bytes, encoding.name, "strict");
    decref_maybe(t, bytes);
    if (is_null(text)) {
        if (err_catch(t, T_LookupError)) {
            Value message = str_format(t, "encoding problem: %s", encoding.name);
            if (!is_null(message)) {
                err_syntax(t, T_SyntaxError, message, filename, 0, -1, 0, -1, VNULL);
                decref(t, message);
            }
        } else if (err_is(t, T_UnicodeDecodeError)) {
            Value e = err_fetch(t), reason = str_of(t, e);
            decref(t, e);
            if (!is_null(reason)) {
                Value message = str_format(t, "(unicode error) %U", reason);
                decref(t, reason);
                if (!is_null(message)) {
                    err_syntax(t, T_SyntaxError, message, filename, 0, -1, 0, -1, VNULL);
                    decref(t, message);
                }
            }
        } else if (!err_pending(t)) {
            simple_error(t, "the source's encoding cannot be decoded yet");
        }
        return false;
    }
    int64_t n;
    Value utf8 = VNULL;
    const char *p = str_utf8(t, text, &n, &utf8);
    if (p == NULL) {
        decref(t, text);
        return false;
    }
    if (is_null(utf8)) {
        s->keep = text;
    } else {
        s->keep = utf8;
        decref(t, text);
    }
    s->text = p;
    s->length = n;
    return true;
}

static bool source_text(Thread *t, Arena *arena, Value source, Value filename, int flags, SourceText *out)
{
    *out = (SourceText){.keep = VNULL};
    if (is_str(t, source)) {
        Value keep = VNULL;
        out->text = str_utf8(t, source, &out->length, &keep);
        if (out->text == NULL) return false;
        out->keep = is_null(keep) ? new_ref(source) : keep;
        out->was_str = true;
    } else {
        if (!buffer_get(t, source, &out->view, BUF_SIMPLE)) {
            err_clear(t);
            return err_fail(t, T_TypeError, "compile() arg 1 must be a string, bytes or AST object");
        }
        out->has_view = true;
        out->text = out->view.data;
        out->length = out->view.length;
        if (!(flags & CF_IGNORE_COOKIE) && !decode_bytes(t, arena, out, filename)) return false;
    }
    if (memchr(out->text, 0, (size_t)out->length)) return simple_error(t, "source code string cannot contain null bytes");
    return true;
}

/* --- Compilations ------------------------------------------------------------------------------------------- */

static bool parse_text(Thread *t, const char *text, int64_t n, Value filename, enum CompileMode mode, int flags, int feature_version, bool was_str, ParsedTree *p)
{
    static const ParseMode modes[] = {PARSE_EXEC, PARSE_EVAL, PARSE_SINGLE, PARSE_FUNC_TYPE};
    ParseOptions options = {.mode = modes[mode], .feature_version = feature_version < 0 ? 0 : feature_version, .c_stack_end = t->fiber->c_stack_limit};
    if (flags & CO_FUTURE_BARRY_AS_BDFL) options.flags |= PARSE_BARRY_AS_BDFL;
    if (flags & CF_DONT_IMPLY_DEDENT) options.flags |= PARSE_DONT_IMPLY_DEDENT;
    if (flags & CF_ALLOW_INCOMPLETE_INPUT) options.flags |= PARSE_ALLOW_INCOMPLETE_INPUT;
    if (flags & CF_TYPE_COMMENTS) options.flags |= PARSE_TYPE_COMMENTS;
    if (was_str || flags & CF_IGNORE_COOKIE) options.flags |= PARSE_IGNORE_COOKIE;
    ParseResult result;
    memset(&result, 0, sizeof result);
    parse_source(p->arena, text, (size_t)n, &options, &result);
    if (!issue_warnings(t, &result, filename)) return false;
    if (result.tree == NULL) return raise_problem(t, &result.problem, filename);
    p->tree = result.tree;
    p->idents = result.idents;
    return true;
}

static bool parsed_new(Thread *t, ParsedTree *p)
{
    *p = (ParsedTree){0};
    p->arena = malloc(sizeof *p->arena);
    if (p->arena == NULL) return err_no_memory_fail(t);
    arena_init(p->arena);
    return true;
}

void parsed_free(ParsedTree *p)
{
    if (p->arena == NULL) return;
    arena_free(p->arena);
    free(p->arena);
    p->arena = NULL;
}

static int optimization(Thread *t, int optimize) { return optimize >= 0 ? optimize : t->runtime->config ? t->runtime->config->optimize : 0; }

bool compile_parse(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version, ParsedTree *out)
{
    SourceText text;
    if (!parsed_new(t, out)) return false;
    bool done = source_text(t, out->arena, source, filename, flags, &text) &&
                parse_text(t, text.text, text.length, filename, mode, flags, feature_version, text.was_str, out);
    source_release(t, &text);
    if (done && (flags & CF_OPTIMIZED_AST) == CF_OPTIMIZED_AST) {
        Compilation c = {.t = t, .arena = out->arena, .idents = out->idents, .filename = filename, .optimize = optimization(t, optimize)};
        done = fold_preprocess(&c, out->tree);
        for (size_t i = 0; i < c.kept.len; i++) decref(t, c.kept.data[i]);
        vec_free(&c.kept);
    }
    if (!done) parsed_free(out);
    return done;
}

/* What `from __future__ import` at the beginning asks for. */
static bool read_futures(Compilation *c, AstMod *mod)
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
        c->last_future_line = s->lineno;
    }
    return true;
}

Value compile_tree(Thread *t, const ParsedTree *p, Value filename, int flags, int optimize)
{
    Compilation c = {
        .t = t, .arena = p->arena, .idents = p->idents, .filename = filename, .optimize = optimization(t, optimize),
        .futures = (uint32_t)flags & FUTURES_MASK, .top_level_await = flags & CF_ALLOW_TOP_LEVEL_AWAIT,
        .interactive = p->tree->kind == AST_Interactive,
    };
    Value code = VNULL;
    if (read_futures(&c, p->tree)) code = codegen_module(&c, p->tree);
    for (size_t i = 0; i < c.kept.len; i++) decref(t, c.kept.data[i]);
    vec_free(&c.kept);
    return code;
}

Value compile_utf8(Thread *t, const char *text, int64_t bytes, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version)
{
    ParsedTree p;
    Value code = VNULL;
    if (memchr(text, 0, (size_t)bytes)) {
        simple_error(t, "source code string cannot contain null bytes");
        return VNULL;
    }
    if (!parsed_new(t, &p)) return VNULL;
    if (parse_text(t, text, bytes, filename, mode, flags, feature_version, true, &p)) code = compile_tree(t, &p, filename, flags, optimize);
    parsed_free(&p);
    return code;
}

Value compile_source(Thread *t, Value source, Value filename, enum CompileMode mode, int flags, int optimize, int feature_version)
{
    ParsedTree p;
    if (!compile_parse(t, source, filename, mode, flags & ~(CF_OPTIMIZED_AST & ~CF_ONLY_AST), optimize, feature_version, &p)) return VNULL;
    Value code = compile_tree(t, &p, filename, flags, optimize);
    parsed_free(&p);
    return code;
}
