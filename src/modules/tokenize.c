/* Module `_tokenize`: TokenizerIter, the lexer over a readline function, for the library's tokenize.
 *
 * Lines are asked for one at a time, when a token needs them. The text read so far is kept only
 * while a token or an f-string reaches back into it. */
#include <stdlib.h>

#include "front/lexer.h"
#include "modules/module.h"
#include "object/exception.h"
#include "object/instance.h"

typedef struct Source {
    Arena arena;       /* messages */
    Lexer lexer;
    char *text;        /* malloc'ed, NUL-terminated */
    size_t length, capacity;
    Thread *t;         /* who asks for a line now */
    Value readline;    /* borrowed from the iterator */
    Value encoding;    /* str or VNULL; borrowed */
    bool implicit_newline;  /* the last line had no end */
    bool exhausted;
} Source;

typedef struct TokenizerIter {
    Object head;
    Value readline, encoding;
    Source *source;    /* NULL: finished */
    Value line;        /* the last line given, shared by its tokens */
    int line_no;       /* its number; 0: none */
    bool trailing_line;
    bool extra_tokens;
} TokenizerIter;

/* --- Reading lines --- */

static bool append_line(Source *s, const char *line, size_t n)
{
    if (memchr(line, '\0', n)) {
        return err_fail(s->t, T_SyntaxError, "source code cannot contain null bytes");
    }
    if (s->length + n + 2 > s->capacity) {
        size_t capacity = (s->length + n + 2) * 2;
        char *text = realloc(s->text, capacity);
        if (!text) {
            return err_no_memory_fail(s->t);
        }
        s->text = text;
        s->capacity = capacity;
    }
    memcpy(s->text + s->length, line, n);
    s->length += n;
    if (s->text[s->length - 1] != '\n') {
        s->text[s->length++] = '\n';
        s->implicit_newline = true;
    }
    s->text[s->length] = '\0';
    lexer_moved(&s->lexer, s->text, s->length);
    return true;
}

/* What readline gave, as str (owned). */
static Value line_text(Source *s, Value line)
{
    Thread *t = s->t;
    if (is_null(s->encoding)) {
        return is_str(t, line) ? new_ref(line) : err_raise(t, T_TypeError, "readline() returned a non-string object");
    }
    if (!is_bytes(t, line)) {
        return err_raise(t, T_TypeError, "readline() returned a non-bytes object");
    }
    Value keep = VNULL;
    const char *encoding = str_cstr(t, s->encoding, &keep);
    Value text = encoding ? t->hooks->decode(t, line, encoding, "replace") : VNULL;
    decref_maybe(t, keep);
    return text;
}

static bool more_text(Lexer *lexer)
{
    Source *s = lexer->more_data;
    Thread *t = s->t;
    if (s->exhausted || err_pending(t)) {
        return false;
    }
    Value line = call_0(t, s->readline);
    if (is_null(line)) {
        s->exhausted = true;
        err_catch(t, T_StopIteration);
        return false;
    }
    Value text = line_text(s, line);
    decref(t, line);
    if (is_null(text)) {
        return false;
    }
    int64_t n;
    Value keep = VNULL;
    const char *utf8 = str_utf8(t, text, &n, &keep);
    bool ok = utf8 != NULL;
    if (ok && n == 0) {
        s->exhausted = true;
        ok = false;
    } else if (ok) {
        ok = append_line(s, utf8, (size_t)n);
    }
    decref_maybe(t, keep);
    decref(t, text);
    return ok;
}

/* Forgets the lines that no token can reach any more. */
static void forget_lines(Source *s)
{
    Lexer *lexer = &s->lexer;
    if (!lexer->line_over || lexer->n_strings || lexer->cur == s->text) {
        return;
    }
    size_t read = (size_t)(lexer->cur - s->text);
    memmove(s->text, lexer->cur, s->length - read + 1);
    s->length -= read;
    lexer->base = lexer->cur = lexer->line_start = s->text;
    lexer->end = s->text + s->length;
}

/* --- Errors --- */

/* What concerns a line as a whole has no end. */
static void raise_without_end(Thread *t, enum TypeId type, Value message, Value filename, const SyntaxProblem *problem,
                              Value line)
{
    Value place = tuple_of(t, 6, filename, v_smallint(problem->lineno), v_smallint(problem->offset), line, V_NONE, V_NONE);
    Value error = is_null(place) ? VNULL : call_2(t, v_from(builtin_type(t, type)), message, place);
    if (!is_null(error)) {
        err_raise_value(t, error);
    }
    decref_maybe(t, place);
    decref_maybe(t, error);
}

static Value raise_problem(Thread *t, const SyntaxProblem *problem)
{
    enum TypeId type = problem->kind == SYNTAX_TAB ? T_TabError
                       : problem->kind == SYNTAX_INDENTATION ? T_IndentationError
                                                             : T_SyntaxError;
    if (!problem->message) {
        return err_no_memory(t);
    }
    Value message = str_from_utf8(t, problem->message, (int64_t)strlen(problem->message));
    Value line = is_null(message) ? VNULL : str_from_utf8(t, problem->line, (int64_t)problem->line_length);
    Value filename = is_null(line) ? VNULL : str_from_cstr(t, "<string>");
    if (!is_null(filename) && problem->end_offset < 0) {
        raise_without_end(t, type, message, filename, problem, line);
    } else if (!is_null(filename)) {
        err_syntax(t, type, message, filename, problem->lineno, problem->offset, problem->end_lineno,
                   problem->end_offset, line);
    }
    decref_maybe(t, message);
    decref_maybe(t, line);
    decref_maybe(t, filename);
    return VNULL;
}

static Value raise_lexer_error(Thread *t, Source *s)
{
    Lexer *lexer = &s->lexer;
    if (lexer->problem.kind != SYNTAX_OK) {
        if (lexer->state == LEX_FAILED_LINE) {
            SyntaxProblem *p = &lexer->problem;
            p->line_length = strcspn(p->line, "\n");
            p->offset = lexer_count_chars(p->line, p->line_length + (p->line[p->line_length] == '\n'));
            p->end_offset = -1;
        }
        return raise_problem(t, &lexer->problem);
    }
    /* The exception has a place, but not among its arguments. */
    err_raise(t, T_SyntaxError, "unexpected EOF in multi-line statement");
    Value error = err_fetch(t);
    if (IS_EXACT(error, SyntaxError)) {
        SyntaxErrorObject *e = V_AS(SyntaxErrorObject, error);
        bool in_token = lexer->n_strings || (!lexer->level && !s->implicit_newline);
        int offset = in_token ? lexer_count_chars(lexer->line_start, (size_t)(lexer->end - lexer->line_start)) : 0;
        Value filename = str_from_cstr(t, "<string>");
        slot_set(t, &e->lineno, v_smallint(lexer->lineno));
        slot_set(t, &e->end_lineno, v_smallint(lexer->lineno));
        slot_set(t, &e->offset, v_smallint(offset));
        slot_set(t, &e->filename, is_null(filename) ? V_NONE : filename);
    }
    if (err_pending(t)) {
        decref(t, error);
    } else {
        err_restore(t, error);
    }
    return VNULL;
}

/* --- Tokens --- */

typedef struct Shown {
    int type, lineno, col, end_lineno, end_col;
    const char *text;
    size_t length;
    bool trailing;     /* behind the last line */
    bool reaches_back; /* its lines are all those from its start */
} Shown;

static int count_in_line(const Source *s, const char *at)
{
    const char *start = at;
    while (start > s->text && start[-1] != '\n') {
        start--;
    }
    return lexer_count_chars(start, (size_t)(at - start));
}

static void place_token(const Source *s, const Token *token, Shown *out)
{
    out->lineno = token->lineno;
    out->end_lineno = token->end_lineno;
    out->col = token->col < 0 ? -1 : count_in_line(s, s->text + token->start);
    out->end_col = token->end_col < 0 ? -1 : count_in_line(s, s->text + token->end);
    out->text = s->text + token->start;
    out->length = token->end - token->start;
    if (token->type == T_NEWLINE || token->type == T_NL) {
        out->end_col = out->col + (int)out->length;
    }
}

static Shown show_token(TokenizerIter *it, const Token *token)
{
    Source *s = it->source;
    Lexer *lexer = &s->lexer;
    Shown out = {.type = token->type};
    place_token(s, token, &out);
    bool at_end = lexer->saw_end && lexer->line_over;
    out.reaches_back = token->type == T_STRING || (token->type >= T_FSTRING_START && token->type <= T_TSTRING_END);
    if (!it->extra_tokens) {
        if (token->type >= T_NEWLINE && token->type <= T_DEDENT) {
            out.length = 0;
            out.end_col = out.col;
        }
        return out;
    }
    out.trailing = token->type == T_ENDMARKER || (token->type == T_DEDENT && at_end);
    if (out.trailing) {
        out.lineno = out.end_lineno = lexer->lineno + 1;
        out.col = out.end_col = 0;
    } else if (token->type == T_INDENT) {
        out.text = lexer->line_start;
        out.length = (size_t)(lexer->cur - lexer->line_start);
        out.col = 0;
        out.end_col = lexer_count_chars(out.text, out.length);
    } else if (token->type == T_DEDENT) {
        out.col = out.end_col = count_in_line(s, lexer->cur);
    } else if (token->type > T_DEDENT && token->type < T_OP) {
        out.type = T_OP;
    } else if ((token->type == T_NEWLINE || token->type == T_NL) && s->implicit_newline && lexer->cur == lexer->end) {
        out.length = 0;
    }
    return out;
}

/* The source lines of a token (owned). */
static Value token_line(Thread *t, TokenizerIter *it, const Shown *shown)
{
    Source *s = it->source;
    Lexer *lexer = &s->lexer;
    if (shown->trailing) {
        return str_from_ascii(t, "", 0);
    }
    const char *start = lexer->line_start;
    if (shown->reaches_back) {
        start = shown->text;
        while (start > s->text && start[-1] != '\n') {
            start--;
        }
    }
    bool shared = start == lexer->line_start;
    if (shared && it->line_no == lexer->lineno && !is_null(it->line)) {
        return new_ref(it->line);
    }
    const char *end = memchr(lexer->line_start, '\n', (size_t)(lexer->end - lexer->line_start));
    end = end ? end + 1 : lexer->end;
    if (end > start && s->implicit_newline && end == lexer->end) {
        end--;
    }
    Value line = str_from_utf8(t, start, end - start);
    if (shared && !is_null(line)) {
        slot_set(t, &it->line, new_ref(line));
        it->line_no = lexer->lineno;
    }
    return line;
}

static Value pair(Thread *t, int a, int b)
{
    return tuple_of(t, 2, v_smallint(a), v_smallint(b));
}

static void source_free(TokenizerIter *it)
{
    Source *s = it->source;
    it->source = NULL;
    if (s) {
        arena_free(&s->arena);
        free(s->text);
        free(s);
    }
}

static Value iter_next_token(Thread *t, Value self)
{
    TokenizerIter *it = V_AS(TokenizerIter, self);
    Source *s = it->source;
    if (!s) {
        return VNULL;
    }
    if (s->t) {
        return err_raise(t, T_ValueError, "tokenizer is already running");
    }
    Token token;
    s->t = t;
    forget_lines(s);
    TokenType type = lexer_next(&s->lexer, &token);
    s->t = NULL;
    if (err_pending(t)) {
        source_free(it);
        return VNULL;
    }
    if (type == T_ERRORTOKEN) {
        raise_lexer_error(t, s);
        source_free(it);
        return VNULL;
    }
    Shown shown = show_token(it, &token);
    Value items[5] = {
        v_smallint(shown.type),
        str_from_utf8(t, shown.text, (int64_t)shown.length),
        pair(t, shown.lineno, shown.col),
        pair(t, shown.end_lineno, shown.end_col),
        token_line(t, it, &shown),
    };
    if (type == T_ENDMARKER) {
        source_free(it);
    }
    for (int i = 0; i < 5; i++) {
        if (is_null(items[i])) {
            for (int k = 0; k < 5; k++) {
                decref_maybe(t, items[k]);
            }
            return VNULL;
        }
    }
    return tuple_take(t, items, 5);
}

/* --- The type --- */

static Source *source_new(Thread *t, TokenizerIter *it)
{
    Source *s = calloc(1, sizeof *s);
    char *text = s ? calloc(1, 64) : NULL;
    if (!text) {
        free(s);
        err_no_memory(t);
        return NULL;
    }
    s->text = text;
    s->capacity = 64;
    s->readline = it->readline;
    s->encoding = it->encoding;
    arena_init(&s->arena);
    lexer_init(&s->lexer, &s->arena, text, 0);
    s->lexer.more = more_text;
    s->lexer.more_data = s;
    s->lexer.extra_tokens = it->extra_tokens;
    s->lexer.no_warnings = true;
    return s;
}

static Value iter_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames)
{
    Value out[3];
    bool extra = false;
    if (!call_bind_signature(t, "tokenizeriter", "(readline, /, *, extra_tokens, encoding='utf-8')", args, nargs, kwnames, out)) {
        return VNULL;
    }
    if (!arg_bool(t, out[1], &extra)) {
        return VNULL;
    }
    if (!is_null(out[2]) && !is_str(t, out[2])) {
        return err_raise(t, T_TypeError, "tokenizeriter() argument 'encoding' must be str, not %T", out[2]);
    }
    Value self = object_new(t, type);
    if (is_null(self)) {
        return self;
    }
    TokenizerIter *it = V_AS(TokenizerIter, self);
    it->readline = new_ref(out[0]);
    it->encoding = new_ref_maybe(out[2]);
    it->extra_tokens = extra;
    it->source = source_new(t, it);
    if (!it->source) {
        decref(t, self);
        return VNULL;
    }
    return object_done(t, self);
}

static void iter_destroy(Thread *t, Object *o)
{
    (void)t;
    source_free((TokenizerIter *)o);
}

static Value iter_self(Thread *t, Value self)
{
    (void)t;
    return new_ref(self);
}

static const Field iter_fields[] = {
    FIELD_VALUE(TokenizerIter, readline),
    FIELD_VALUE(TokenizerIter, encoding),
    FIELD_VALUE(TokenizerIter, line),
};

static const TypeDef typedef_TokenizerIter = {
    .name = "_tokenize.TokenizerIter",
    .signature = "(readline, /, *, extra_tokens, encoding='utf-8')",
    .flags = TF_GC | TF_MODULE_NAME,
    .size = sizeof(TokenizerIter),
    FIELDS(iter_fields),
    .slots = {
        .new = iter_new,
        .destroy = iter_destroy,
        .iter = iter_self,
        .next = iter_next_token,
    },
};

static bool tokenize_exec(Thread *t, Value module)
{
    return module_add_dynamic_type(t, module, &typedef_TokenizerIter, VNULL) != NULL;
}

const ModuleDef module_tokenize = {
    .name = "_tokenize",
    .exec = tokenize_exec,
};
