/* Prints syntax trees, for comparison with another parser's.
 *
 *   astdump FILE...           one tree a file
 *   astdump -s                a checksum and a length a file, for files named on standard input
 *   astdump -e                problems of the NUL-separated snippets on standard input, one a line
 *   astdump -t FILE...        parses only, ten times
 *
 * A node is Name(field=value,...)@line,col,end_line,end_col; a sequence [a,b]; an absent field None. A float is
 * its bits, an int beyond 64 bits its remainder by a prime. treedump.py prints the same of Python's ast. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front/parse.h"

typedef struct Out {
    FILE *file;      /* NULL: only count */
    uint32_t crc;
    uint64_t length;
    uint32_t table[256];
} Out;

static void put(Out *out, const char *bytes, size_t n)
{
    if (out->file) {
        fwrite(bytes, 1, n, out->file);
        return;
    }
    uint32_t crc = out->crc;
    for (size_t i = 0; i < n; i++) {
        crc = out->table[(crc ^ (uint8_t)bytes[i]) & 0xFF] ^ crc >> 8;
    }
    out->crc = crc;
    out->length += n;
}

static void puts_out(Out *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_int(Out *out, int64_t n)
{
    char text[32];
    put(out, text, (size_t)sprintf(text, "%" PRId64, n));
}

static void put_constant(Out *out, const AstConstant *c)
{
    switch (c->kind) {
    case AST_CONST_NONE: puts_out(out, "None"); break;
    case AST_CONST_FALSE: puts_out(out, "False"); break;
    case AST_CONST_TRUE: puts_out(out, "True"); break;
    case AST_CONST_ELLIPSIS: puts_out(out, "Ellipsis"); break;
    case AST_CONST_INT: put_int(out, c->u.integer); break;
    case AST_CONST_BIG_INT: {
        uint64_t rest = 0;
        for (uint32_t i = 0; i < c->length; i++) {
            char d = c->u.text[i];
            rest = (rest * c->base + (uint64_t)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10)) % 1000000007u;
        }
        puts_out(out, "I");
        put_int(out, (int64_t)rest);
        break;
    }
    case AST_CONST_FLOAT:
    case AST_CONST_IMAGINARY: {
        uint64_t bits;
        memcpy(&bits, &c->u.real, 8);
        char text[32];
        put(out, text, (size_t)sprintf(text, "%c%016" PRIx64, c->kind == AST_CONST_FLOAT ? 'F' : 'J', bits));
        break;
    }
    case AST_CONST_STR:
        puts_out(out, "'");
        put(out, c->u.text, c->length);
        puts_out(out, "'");
        break;
    case AST_CONST_BYTES:
        puts_out(out, "b'");
        put(out, c->u.text, c->length);
        puts_out(out, "'");
        break;
    case AST_CONST_EXTERNAL: puts_out(out, "?"); break;
    }
}

static void put_node(Out *out, AstType type, const void *node);

static void put_item(Out *out, AstType type, const void *at)
{
    switch (type) {
    case AST_TYPE_int: put_int(out, *(const int *)at); return;
    case AST_TYPE_constant: put_constant(out, at); return;
    case AST_TYPE_expr_context:
    case AST_TYPE_boolop:
    case AST_TYPE_operator:
    case AST_TYPE_unaryop:
    case AST_TYPE_cmpop: puts_out(out, ast_info(*(const unsigned *)at)->name); return;
    default: break;
    }
    const void *pointer = *(const void *const *)at;
    if (!pointer) {
        puts_out(out, "None");
    } else if (type == AST_TYPE_identifier) {
        const Ident *id = pointer;
        put(out, id->utf8, id->length);
    } else if (type == AST_TYPE_string) {
        const AstString *s = pointer;
        put(out, s->utf8, s->length);
    } else {
        put_node(out, type, pointer);
    }
}

static void put_field(Out *out, const AstFieldInfo *field, const void *at)
{
    if (field->mark != AST_MARK_SEQ && field->mark != AST_MARK_SEQ_OPT) {
        put_item(out, field->type, at);
        return;
    }
    const uint32_t *seq = *(const uint32_t *const *)at;
    size_t size = field->type == AST_TYPE_cmpop ? sizeof(AstCmpOp) : sizeof(void *);
    const char *items = (const char *)seq + (size == 4 ? 4 : 8);
    puts_out(out, "[");
    for (uint32_t i = 0; i < *seq; i++) {
        if (i) {
            puts_out(out, ",");
        }
        put_item(out, field->type, items + i * size);
    }
    puts_out(out, "]");
}

static void put_node(Out *out, AstType type, const void *node)
{
    const AstNodeInfo *info = ast_info(ast_kind_of(type, node));
    puts_out(out, info->name);
    puts_out(out, "(");
    for (int i = 0; i < info->n_fields; i++) {
        const AstFieldInfo *field = &info->fields[i];
        if (i) {
            puts_out(out, ",");
        }
        puts_out(out, field->name);
        puts_out(out, "=");
        put_field(out, field, (const char *)node + field->offset);
    }
    puts_out(out, ")");
    if (info->pos_offset >= 0) {
        const AstPos *pos = (const AstPos *)((const char *)node + info->pos_offset);
        char text[64];
        put(out, text, (size_t)sprintf(text, "@%d,%d,%d,%d", pos->lineno, pos->col_offset, pos->end_lineno,
                                       pos->end_col_offset));
    }
}

static const char *const class_names[] = {
    "OK", "SyntaxError", "IndentationError", "TabError", "_IncompleteInputError", "ValueError", "MemoryError",
};

static void put_problem(const SyntaxProblem *problem)
{
    printf("%s\t%s\t%d\t%d\t%d\t%d\t", class_names[problem->kind], problem->message ? problem->message : "",
           problem->lineno, problem->offset, problem->end_lineno, problem->end_offset);
    for (size_t i = 0; i < problem->line_length; i++) {
        char c = problem->line[i];
        if (c == '\n') {
            fputs("\\n", stdout);
        } else {
            putchar(c);
        }
    }
    putchar('\n');
}

static char *read_all(FILE *file, size_t *length)
{
    size_t capacity = 1 << 16, n = 0, got;
    char *text = malloc(capacity);
    while ((got = fread(text + n, 1, capacity - n, file)) > 0) {
        n += got;
        if (n == capacity) {
            text = realloc(text, capacity *= 2);
        }
    }
    *length = n;
    return text;
}

static bool dump_file(Out *out, const char *path, int times)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    size_t length;
    char *text = read_all(file, &length);
    fclose(file);
    size_t skip = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    bool ok = true;
    while (times--) {
        Arena arena;
        arena_init(&arena);
        ParseOptions options = {.mode = PARSE_EXEC};
        ParseResult result;
        parse_source(&arena, text + skip, length - skip, &options, &result);
        ok = result.tree != NULL;
        if (!ok) {
            put_problem(&result.problem);
        } else if (out) {
            put_node(out, AST_TYPE_mod, result.tree);
        }
        arena_free(&arena);
    }
    free(text);
    return ok;
}

static void dump_snippets(void)
{
    size_t length;
    char *text = read_all(stdin, &length);
    for (char *at = text; at < text + length;) {
        char *end = memchr(at, '\0', (size_t)(text + length - at));
        if (!end) {
            end = text + length;
        }
        /* The first letter is the mode, with more letters the flags, up to a colon. */
        ParseOptions options = {.mode = *at == 'e' ? PARSE_EVAL : *at == 's' ? PARSE_SINGLE
                                      : *at == 'f' ? PARSE_FUNC_TYPE : PARSE_EXEC};
        char *colon = memchr(at, ':', (size_t)(end - at));
        for (char *c = at; c < colon; c++) {
            options.flags |= *c == 'i' ? PARSE_ALLOW_INCOMPLETE_INPUT : *c == 'd' ? PARSE_DONT_IMPLY_DEDENT
                             : *c == 't' ? PARSE_TYPE_COMMENTS : 0;
        }
        Arena arena;
        arena_init(&arena);
        ParseResult result;
        parse_source(&arena, colon + 1, (size_t)(end - colon - 1), &options, &result);
        if (result.tree) {
            puts("OK");
        } else {
            put_problem(&result.problem);
        }
        arena_free(&arena);
        at = end + 1;
    }
    free(text);
}

int main(int argc, char **argv)
{
    static Out out;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
        }
        out.table[i] = c;
    }
    if (argc > 1 && strcmp(argv[1], "-e") == 0) {
        dump_snippets();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "-s") == 0) {
        char path[4096];
        while (fgets(path, sizeof path, stdin)) {
            path[strcspn(path, "\n")] = '\0';
            out.crc = 0xFFFFFFFFu;
            out.length = 0;
            printf("%s\t", path);
            if (dump_file(&out, path, 1)) {
                printf("%08x\t%" PRIu64 "\n", out.crc ^ 0xFFFFFFFFu, out.length);
            }
        }
        return 0;
    }
    bool timing = argc > 1 && strcmp(argv[1], "-t") == 0;
    out.file = stdout;
    for (int i = 1 + timing; i < argc; i++) {
        dump_file(timing ? NULL : &out, argv[i], timing ? 10 : 1);
        if (!timing) {
            putchar('\n');
        }
    }
    return 0;
}
