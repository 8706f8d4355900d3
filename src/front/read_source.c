/* Source objects to trees, and the parser's findings to exceptions and warnings. */
#include "front/read_source.h"

#include "core/names.h"
#include "front/source.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/code.h"
#include "object/dispatch.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/warn.h"

/* A str of UTF-8 that may be broken: each wrong byte becomes U+FFFD. */
static Value lenient_str(Thread *t, const char *text, size_t n)
{
    Value s = str_from_utf8(t, text, (int64_t)n);
    if (!is_null(s) || !err_catch(t, T_UnicodeDecodeError)) {
        return s;
    }
    Value bytes = bytes_new(t, text, (int64_t)n);
    if (is_null(bytes)) {
        return bytes;
    }
    s = t->hooks->decode(t, bytes, "utf-8", "replace");
    decref(t, bytes);
    return s;
}

static enum TypeId exception_type(SyntaxClass kind)
{
    switch (kind) {
    case SYNTAX_INDENTATION: return T_IndentationError;
    case SYNTAX_TAB: return T_TabError;
    case SYNTAX_INCOMPLETE: return T__IncompleteInputError;
    default: return T_SyntaxError;
    }
}

void read_raise(Thread *t, const SyntaxProblem *problem, Value filename)
{
    if (!problem->message) {
        err_no_memory(t);
        return;
    }
    if (problem->kind == SYNTAX_MEMORY || problem->kind == SYNTAX_VALUE) {
        err_raise(t, problem->kind == SYNTAX_MEMORY ? T_MemoryError : T_ValueError, "%s", problem->message);
        return;
    }
    if (problem->lineno < 0) {
        err_raise(t, exception_type(problem->kind), "%s", problem->message);
        return;
    }
    Value message = lenient_str(t, problem->message, strlen(problem->message));
    Value line = is_null(message) ? VNULL
                 : problem->line  ? lenient_str(t, problem->line, problem->line_length)
                                  : V_NONE;
    if (!is_null(line)) {
        err_syntax(t, exception_type(problem->kind), message, filename, problem->lineno, problem->offset,
                   problem->end_lineno, problem->end_offset, line);
    }
    decref_maybe(t, message);
    decref_maybe(t, line);
}

/* Issues the warnings; one that the filters make an error becomes a SyntaxError at its place. */
static bool issue_warnings(Thread *t, const SyntaxWarningNote *notes, Value filename)
{
    for (const SyntaxWarningNote *note = notes; note; note = note->next) {
        enum TypeId category = note->deprecation ? T_DeprecationWarning : T_SyntaxWarning;
        bool ok = warn_at(t, category, filename, note->lineno, "%s", note->message);
        if (!ok) {
            if (err_catch(t, category)) {
                read_raise(t, &note->at, filename);
            }
            return false;
        }
    }
    return true;
}

/* What traceback looks at to find misspelt keywords: where the statement begins (unknown: 0) and the source. */
static void add_metadata(Thread *t, const ParseResult *result)
{
    if (!result->text || !is_exception(t, t->pending) ||
        !is_instance_of(t, t->pending, builtin_type(t, T_SyntaxError))) {
        return;
    }
    Value exception = err_fetch(t);
    Value text = lenient_str(t, result->text, result->text_length);
    Value metadata = is_null(text) ? VNULL : tuple_of(t, 3, v_smallint(0), v_smallint(0), text);
    decref_maybe(t, text);
    if (is_null(metadata)) {
        err_clear(t);
    } else {
        slot_set(t, &V_AS(SyntaxErrorObject, exception)->metadata, metadata);
    }
    err_restore(t, exception);
}

AstMod *read_utf8(Thread *t, Arena *arena, const char *text, int64_t n, Value filename, enum CompileMode mode, int flags,
                  int feature_version, ParseResult *result)
{
    static const ParseMode modes[] = {
        [COMPILE_EXEC] = PARSE_EXEC,
        [COMPILE_EVAL] = PARSE_EVAL,
        [COMPILE_SINGLE] = PARSE_SINGLE,
        [COMPILE_FUNC_TYPE] = PARSE_FUNC_TYPE,
    };
    enum { RESERVE = 256 << 10 };  /* of the C stack, for what the parser calls */
    ParseOptions options = {
        .mode = modes[mode],
        .flags = (flags & CF_DONT_IMPLY_DEDENT ? PARSE_DONT_IMPLY_DEDENT : 0) |
                 (flags & CF_ALLOW_INCOMPLETE_INPUT ? PARSE_ALLOW_INCOMPLETE_INPUT : 0) |
                 (flags & CF_TYPE_COMMENTS ? PARSE_TYPE_COMMENTS : 0) |
                 (flags & CO_FUTURE_BARRY_AS_BDFL ? PARSE_BARRY_AS_BDFL : 0),
        .feature_version = feature_version > 0 ? feature_version : 0,
        .int_max_digits = t->interp->int_max_str_digits,
        .c_stack_end = t->fiber->c_stack_limit + RESERVE,
    };
    parse_source(arena, text, (size_t)n, &options, result);
    if (!issue_warnings(t, result->warnings, filename)) {
        return NULL;
    }
    if (!result->tree) {
        read_raise(t, &result->problem, filename);
        add_metadata(t, result);
    }
    return result->tree;
}

/* An exception of decoding as a SyntaxError without a line. */
static void decoding_failed(Thread *t, Value filename)
{
    if (!err_is(t, T_LookupError) && !err_is(t, T_UnicodeError)) {
        return;
    }
    Value exception = err_fetch(t);
    Value text = str_of(t, exception);
    decref(t, exception);
    Value place = is_null(text) ? VNULL : tuple_of(t, 4, filename, v_smallint(0), v_smallint(-1), V_NONE);
    Value error = is_null(place) ? VNULL : call_2(t, v_from(builtin_type(t, T_SyntaxError)), text, place);
    if (!is_null(error)) {
        err_raise_value(t, error);
    }
    decref_maybe(t, text);
    decref_maybe(t, place);
    decref_maybe(t, error);
}

/* bytes in another encoding, as str */
static Value decode_source(Thread *t, const char *bytes, size_t n, const char *encoding, Value filename)
{
    Value object = bytes_new(t, bytes, (int64_t)n);
    if (is_null(object)) {
        return object;
    }
    Value text = t->hooks->decode(t, object, encoding, "strict");
    decref(t, object);
    if (is_null(text)) {
        decoding_failed(t, filename);
    }
    return text;
}

static AstMod *read_str(Thread *t, Arena *arena, Value source, Value filename, enum CompileMode mode, int flags,
                        int feature_version, ParseResult *result)
{
    int64_t n;
    Value keep = VNULL;
    const char *text = str_utf8(t, source, &n, &keep);
    AstMod *tree = text ? read_utf8(t, arena, text, n, filename, mode, flags, feature_version, result) : NULL;
    decref_maybe(t, keep);
    return tree;
}

/* A NUL byte; in a file it has a line. */
static void raise_nul(Thread *t, const char *bytes, const char *nul, Value filename, int flags)
{
    if (!(flags & CF_FILE)) {
        err_raise(t, T_SyntaxError, "source code string cannot contain null bytes");
        return;
    }
    SyntaxProblem problem = {
        .kind = SYNTAX_ERROR,
        .message = "source code cannot contain null bytes",
        .lineno = 1,
        .line = bytes,
    };
    for (const char *p = bytes; p < nul; p++) {
        if (*p == '\n') {
            problem.lineno++;
            problem.line = p + 1;
        }
    }
    problem.end_lineno = problem.lineno;
    problem.line_length = (size_t)(nul - problem.line);
    read_raise(t, &problem, filename);
}

/* A problem of bytes, found before the source has a name: only the attribute has it, the arguments do not. */
static void raise_nameless(Thread *t, const SyntaxProblem *problem, Value filename)
{
    read_raise(t, problem, V_NONE);
    if (!is_exception(t, t->pending) || !is_instance_of(t, t->pending, builtin_type(t, T_SyntaxError))) {
        return;
    }
    Value exception = err_fetch(t);
    slot_set(t, &V_AS(SyntaxErrorObject, exception)->filename, new_ref(filename));
    err_restore(t, exception);
}

/* Bytes that are no UTF-8, in the words for a file or for a string. */
static void raise_encoding(Thread *t, const SyntaxProblem *problem, Value filename, int flags)
{
    static const char before_line[] = " on line";
    const char *rest = strstr(problem->message, before_line);
    if (!(flags & CF_FILE) || !rest) {
        raise_nameless(t, problem, filename);
        return;
    }
    Value message = str_format(t, "%.*s in file %U%s", (int)(rest - problem->message), problem->message, filename, rest);
    Value line = is_null(message) ? VNULL : lenient_str(t, problem->line, problem->line_length);
    if (!is_null(line)) {
        err_syntax(t, T_SyntaxError, message, filename, problem->lineno, problem->offset, problem->end_lineno,
                   problem->end_offset, line);
    }
    decref_maybe(t, message);
    decref_maybe(t, line);
}

static AstMod *read_bytes(Thread *t, Arena *arena, const char *bytes, size_t n, Value filename, enum CompileMode mode,
                          int flags, int feature_version, ParseResult *result)
{
    SourceEncoding encoding;
    SyntaxProblem problem;
    const char *nul = memchr(bytes, '\0', n);
    if (nul) {
        raise_nul(t, bytes, nul, filename, flags);
        return NULL;
    }
    if (!source_encoding(arena, bytes, n, &encoding, &problem)) {
        raise_nameless(t, &problem, filename);
        return NULL;
    }
    if (flags & CF_IGNORE_COOKIE) {
        encoding.utf8 = true;
    }
    if (!encoding.utf8) {
        Value text = decode_source(t, bytes + encoding.skip, n - encoding.skip, encoding.name, filename);
        if (is_null(text)) {
            return NULL;
        }
        AstMod *tree = read_str(t, arena, text, filename, mode, flags, feature_version, result);
        decref(t, text);
        return tree;
    }
    bytes += encoding.skip;
    n -= encoding.skip;
    if (!source_check_utf8(arena, bytes, n, &problem)) {
        raise_encoding(t, &problem, filename, flags);
        return NULL;
    }
    return read_utf8(t, arena, bytes, (int64_t)n, filename, mode, flags, feature_version, result);
}

AstMod *read_source(Thread *t, Arena *arena, Value source, Value filename, enum CompileMode mode, int flags,
                    int feature_version, ParseResult *result)
{
    memset(result, 0, sizeof *result);
    if (is_str(t, source)) {
        return read_str(t, arena, source, filename, mode, flags, feature_version, result);
    }
    Buffer view;
    if (!has_buffer(t, source)) {
        err_raise(t, T_TypeError, "compile() arg 1 must be a string, bytes or AST object");
        return NULL;
    }
    if (!buffer_get(t, source, &view, BUF_SIMPLE)) {
        return NULL;
    }
    AstMod *tree = read_bytes(t, arena, view.data, (size_t)view.length, filename, mode, flags, feature_version, result);
    buffer_release(t, &view);
    return tree;
}
