#include "front/file_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "front/source.h"
#include "object/bytes.h"
#include "object/str.h"

/* What the two first lines say of the encoding. */
static bool read_encoding(FILE *f, SourceEncoding *encoding)
{
    char head[1024];
    size_t n = fread(head, 1, sizeof head, f);
    rewind(f);
    Arena arena;
    arena_init(&arena);
    SyntaxProblem problem;
    bool fine = source_encoding(&arena, head, n, encoding, &problem);
    arena_free(&arena);
    return fine;
}

static Value decode_line(Thread *t, const char *line, int64_t n, const SourceEncoding *encoding)
{
    if (encoding->utf8) return str_from_utf8(t, line, n);
    Value bytes = bytes_new(t, line, n), text = VNULL;
    if (!is_null(bytes)) text = t->hooks->decode(t, bytes, encoding->name, "strict");
    decref_maybe(t, bytes);
    return text;
}

Value file_line(Thread *t, Value filename, int64_t lineno)
{
    Value keep = VNULL, text = VNULL;
    if (!is_str(t, filename) || lineno < 1 || str_len(V_AS(Str, filename)) == 0 || str_at(V_AS(Str, filename), 0) == '<') return VNULL;
    const char *path = str_cstr(t, filename, &keep);
    FILE *f = path == NULL ? NULL : fopen(path, "re");
    decref_maybe(t, keep);
    err_clear(t);
    if (f == NULL) return VNULL;
    SourceEncoding encoding;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = read_encoding(f, &encoding) ? 0 : -1;
    for (int64_t i = 0; i < lineno && n >= 0; i++) n = getline(&line, &cap, f);
    if (n >= 0) {
        size_t skip = lineno == 1 ? encoding.skip : 0; /* the byte order mark */
        if ((size_t)n >= skip) text = decode_line(t, line + skip, n - (ssize_t)skip, &encoding);
        err_clear(t);
    }
    free(line);
    fclose(f);
    return text;
}
