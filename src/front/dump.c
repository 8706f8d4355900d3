/* -X dump: what each stage of the front end makes of a source text. */
#include "front/dump.h"

#include "base/arena.h"
#include "front/codegen.h"
#include "front/compile.h"
#include "front/disassemble.h"
#include "front/front_priv.h"
#include "front/lexer.h"
#include "front/read_source.h"
#include "front/scopes.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/str.h"

static bool wants(const char *stages, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = stages; (p = strstr(p, name)); p += n) {
        if ((p == stages || p[-1] == ',') && (p[n] == 0 || p[n] == ',')) return true;
    }
    return false;
}

/* --- Tokens -------------------------------------------------------------------------------------------- */

static void dump_tokens(const char *source, size_t n, FILE *out)
{
    Arena arena;
    arena_init(&arena);
    char *text = arena_strdup(&arena, source, n);
    Lexer *lx = malloc(sizeof *lx);
    if (text && lx) {
        lexer_init(lx, &arena, text, n);
        for (;;) {
            Token k;
            TokenType type = lexer_next(lx, &k);
            if (type == T_ERRORTOKEN) {
                fprintf(out, "error: %s\n", lx->problem.message ? lx->problem.message : "unexpected end");
                break;
            }
            fprintf(out, "%d,%d-%d,%d: %-14s %.*s\n", k.lineno, k.col, k.end_lineno, k.end_col, token_name(type), (int)(k.end - k.start), lx->base + k.start);
            if (type == T_ENDMARKER) break;
        }
    }
    free(lx);
    arena_free(&arena);
}

/* --- Tree ------------------------------------------------------------------------------------------------- */

static void dump_text(const char *text, size_t n, FILE *out)
{
    fputc('\'', out);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n') fputs("\\n", out);
        else if (c == '\'' || c == '\\') fprintf(out, "\\%c", c);
        else if (c < 32) fprintf(out, "\\x%02x", c);
        else fputc(c, out);
    }
    fputc('\'', out);
}

static void dump_constant(const AstConstant *k, FILE *out)
{
    switch (k->kind) {
    case AST_CONST_NONE: fputs("None", out); break;
    case AST_CONST_FALSE: fputs("False", out); break;
    case AST_CONST_TRUE: fputs("True", out); break;
    case AST_CONST_ELLIPSIS: fputs("Ellipsis", out); break;
    case AST_CONST_INT: fprintf(out, "%lld", (long long)k->u.integer); break;
    case AST_CONST_BIG_INT: fprintf(out, "%.*s (base %d)", (int)k->length, k->u.text, k->base); break;
    case AST_CONST_FLOAT: fprintf(out, "%.17g", k->u.real); break;
    case AST_CONST_IMAGINARY: fprintf(out, "%.17gj", k->u.real); break;
    case AST_CONST_BYTES: fputc('b', out); /* fall through */
    case AST_CONST_STR: dump_text(k->u.text, k->length, out); break;
    case AST_CONST_EXTERNAL: fputs("<value>", out); break;
    }
}

static void dump_node(unsigned kind, const void *node, int depth, FILE *out);

static void dump_field(unsigned type, const void *at, int depth, FILE *out)
{
    switch (type) {
    case AST_TYPE_int: fprintf(out, "%d", *(const int *)at); return;
    case AST_TYPE_constant: dump_constant(at, out); return;
    default: break;
    }
    if (type == AST_TYPE_expr_context || type == AST_TYPE_boolop || type == AST_TYPE_operator || type == AST_TYPE_unaryop || type == AST_TYPE_cmpop) {
        fputs(ast_info(*(const unsigned *)at)->name, out);
        return;
    }
    const void *p = *(void *const *)at;
    if (p == NULL) fputs("None", out);
    else if (type == AST_TYPE_identifier) fputs(((const Ident *)p)->utf8, out);
    else if (type == AST_TYPE_string) dump_text(((const AstString *)p)->utf8, ((const AstString *)p)->length, out);
    else dump_node(ast_kind_of(type, p), p, depth, out);
}

static void dump_node(unsigned kind, const void *node, int depth, FILE *out)
{
    const AstNodeInfo *info = ast_info(kind);
    fputs(info->name, out);
    if (info->pos_offset >= 0) {
        const AstPos *p = (const AstPos *)((const char *)node + info->pos_offset);
        fprintf(out, "  @%d,%d-%d,%d", p->lineno, p->col_offset, p->end_lineno, p->end_col_offset);
    }
    if (depth > 400) {
        fputs(" ...", out);
        return;
    }
    for (unsigned i = 0; i < info->n_fields; i++) {
        const AstFieldInfo *f = &info->fields[i];
        const char *at = (const char *)node + f->offset;
        fprintf(out, "\n%*s%s: ", depth * 2 + 2, "", f->name);
        if (f->mark == AST_MARK_ONE || f->mark == AST_MARK_OPT) {
            dump_field(f->type, at, depth + 1, out);
            continue;
        }
        const AstExprSeq *seq = *(const AstExprSeq *const *)at;
        bool is_enum = f->type == AST_TYPE_cmpop;
        for (uint32_t k = 0; k < seq->n; k++) {
            if (is_enum) {
                fprintf(out, "%s ", ast_info(((const AstCmpOpSeq *)seq)->items[k])->name);
                continue;
            }
            fprintf(out, "\n%*s- ", depth * 2 + 2, "");
            dump_field(f->type, &seq->items[k], depth + 2, out);
        }
        if (seq->n == 0) fputs("[]", out);
    }
}

/* --- Scopes -------------------------------------------------------------------------------------------------- */

static void dump_scope(const Scope *s, int depth, FILE *out)
{
    static const char *const kinds[] = {"function", "class", "module", "annotation", "type alias", "type parameters", "type variable"};
    static const char *const found[] = {"?", "local", "global", "global or builtin", "free", "cell"};
    fprintf(out, "%*s%s %s, line %d%s%s%s\n", depth * 2, "", kinds[s->kind], s->name->utf8, s->pos.lineno, s->inlined ? ", inlined" : "",
            s->generator ? ", generator" : "", s->coroutine ? ", coroutine" : "");
    for (uint32_t i = 0; i < s->n_symbols; i++) {
        const Symbol *y = s->symbols[i];
        fprintf(out, "%*s%s: %s%s\n", depth * 2 + 4, "", y->name->utf8, found[y->found], y->flags & SYM_PARAM ? ", parameter" : "");
    }
    for (const Scope *k = s->children; k; k = k->next) dump_scope(k, depth + 1, out);
}

static bool dump_scopes(Thread *t, const ParsedTree *p, Value filename, FILE *out)
{
    Compilation c;
    compilation_init(&c, t, p, filename, 0, -1);
    Scopes scopes;
    bool done = compilation_futures(&c, p->tree) && scopes_build(&c, p->tree, &scopes);
    if (done) dump_scope(scopes.module, 0, out);
    compilation_end(&c);
    return done;
}

static void heading(const char *text, bool several, FILE *out)
{
    if (several) fprintf(out, "--- %s\n", text);
}

static bool dump_source(Thread *t, Value source, const char *text, int64_t n, Value filename, const char *stages, FILE *out)
{
    bool several = strchr(stages, ',') != NULL;
    ParsedTree p;
    if (wants(stages, "tokens")) {
        heading("tokens", several, out);
        dump_tokens(text, (size_t)n, out);
    }
    if (wants(stages, "ast") || wants(stages, "scopes")) {
        if (!compile_parse(t, source, filename, COMPILE_EXEC, 0, 0, -1, &p)) return false;
        if (wants(stages, "ast")) {
            heading("ast", several, out);
            dump_node(p.tree->kind, p.tree, 0, out);
            fputc('\n', out);
        }
        bool done = true;
        if (wants(stages, "scopes")) {
            heading("scopes", several, out);
            done = dump_scopes(t, &p, filename, out);
        }
        parsed_free(t, &p);
        if (!done) return false;
    }
    if (wants(stages, "cfg")) {
        heading("cfg", several, out);
        if (!compile_parse(t, source, filename, COMPILE_EXEC, 0, 0, -1, &p)) return false;
        Compilation c;
        compilation_init(&c, t, &p, filename, 0, -1);
        c.dump = out;
        Value code = compilation_futures(&c, p.tree) ? codegen_module(&c, p.tree) : VNULL;
        compilation_end(&c);
        parsed_free(t, &p);
        if (is_null(code)) return false;
        decref(t, code);
    }
    if (wants(stages, "code")) {
        heading("code", several, out);
        Value code = compile_source(t, source, filename, COMPILE_EXEC, 0, -1, -1);
        if (is_null(code)) return false;
        bool done = code_disassemble(t, V_AS(Code, code), out);
        decref(t, code);
        return done;
    }
    return true;
}

bool dump_stages(Thread *t, const char *source, int64_t n, const char *filename, const char *stages, FILE *out)
{
    Value name = str_from_cstr(t, filename), bytes = is_null(name) ? VNULL : bytes_new(t, source, n);
    bool done = !is_null(bytes) && dump_source(t, bytes, source, n, name, stages, out);
    decref_maybe(t, bytes);
    decref_maybe(t, name);
    return done;
}
