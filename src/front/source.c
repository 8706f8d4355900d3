/* Encoding declarations (PEP 263) and the check of undeclared UTF-8. */
#include "front/source.h"

#include "base/utf8.h"
#include "front/lexer.h"

static const char *line_end(const char *p, const char *end)
{
    while (p < end && *p != '\n' && *p != '\r') {
        p++;
    }
    return p;
}

/* The start of the next line. */
static const char *next_line(const char *eol, const char *end)
{
    if (eol < end && *eol == '\r' && eol + 1 < end && eol[1] == '\n') {
        return eol + 2;
    }
    return eol < end ? eol + 1 : end;
}

static bool is_name_char(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_' || c == '.';
}

/* The declared name in a line that is a comment only: coding[:=]\s*([-\w.]+). Length 0: none. *other is set if the
 * line holds something else than space and comment. */
static const char *coding_in_line(const char *p, const char *end, size_t *length, bool *other)
{
    *length = 0;
    *other = false;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\014')) {
        p++;
    }
    if (p == end) {
        return NULL;
    }
    if (*p != '#') {
        *other = true;
        return NULL;
    }
    for (; end - p > 6; p++) {
        if (memcmp(p, "coding", 6) != 0 || (p[6] != ':' && p[6] != '=')) {
            continue;
        }
        const char *name = p + 7;
        while (name < end && (*name == ' ' || *name == '\t')) {
            name++;
        }
        const char *name_end = name;
        while (name_end < end && is_name_char(*name_end)) {
            name_end++;
        }
        if (name_end > name) {
            *length = (size_t)(name_end - name);
            return name;
        }
    }
    return NULL;
}

/* Is it `prefix`, or `prefix` with a dash and more? */
static bool is_or_extends(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(name, prefix, n) == 0 && (name[n] == '\0' || name[n] == '-');
}

/* Gives the usual spellings of the two usual encodings their one name. */
static void normal_name(const char *written, size_t length, char out[SOURCE_NAME_MAX])
{
    char start[13];
    size_t n = length < 12 ? length : 12;
    for (size_t i = 0; i < n; i++) {
        char c = written[i];
        start[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
    }
    start[n] = '\0';
    if (is_or_extends(start, "utf-8")) {
        strcpy(out, "utf-8");
    } else if (is_or_extends(start, "latin-1") || is_or_extends(start, "iso-8859-1") ||
               is_or_extends(start, "iso-latin-1")) {
        strcpy(out, "iso-8859-1");
    } else {
        length = length < SOURCE_NAME_MAX ? length : SOURCE_NAME_MAX - 1;
        memcpy(out, written, length);
        out[length] = '\0';
    }
}

bool source_encoding(Arena *arena, const char *bytes, size_t n, SourceEncoding *encoding, SyntaxProblem *problem)
{
    *encoding = (SourceEncoding){.utf8 = true, .name = "utf-8"};
    const char *p = bytes, *end = bytes + n;
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        encoding->skip = 3;
        encoding->declared = true;
        p += 3;
    }
    for (int line = 1; line <= 2 && p < end; line++) {
        const char *eol = line_end(p, end);
        size_t length;
        bool other;
        const char *name = coding_in_line(p, eol, &length, &other);
        if (name) {
            encoding->declared = true;
            normal_name(name, length, encoding->name);
            encoding->utf8 = strcmp(encoding->name, "utf-8") == 0;
            if (encoding->skip && !encoding->utf8) {
                *problem = (SyntaxProblem){
                    .kind = SYNTAX_ERROR,
                    .message = arena_printf(arena, "encoding problem: %s with BOM", encoding->name),
                    .lineno = line,
                    .end_lineno = line,
                    .end_offset = (int)(eol - p),
                    .line = p,
                    .line_length = (size_t)(eol - p),
                };
                return false;
            }
            return true;
        }
        if (other) {
            return true;
        }
        p = next_line(eol, end);
    }
    return true;
}

bool source_check_utf8(Arena *arena, const char *bytes, size_t n, SyntaxProblem *problem)
{
    Utf8Scan scan;
    Utf8Error err;
    if (utf8_scan((const uint8_t *)bytes, n, UTF8_STRICT, &scan, &err)) {
        return true;
    }
    int lineno = 1;
    const char *line = bytes, *end = bytes + n, *bad = bytes + err.start;
    for (;;) {
        const char *next = next_line(line_end(line, end), end);
        if (next > bad || next == end) {
            break;
        }
        line = next;
        lineno++;
    }
    int offset = lexer_count_chars(line, (size_t)(bad - line)) + 1;
    *problem = (SyntaxProblem){
        .kind = SYNTAX_ERROR,
        .message = arena_printf(arena,
                                "Non-UTF-8 code starting with '\\x%.2x' on line %d, but no encoding declared; "
                                "see https://peps.python.org/pep-0263/ for details",
                                (unsigned)(unsigned char)*bad, lineno),
        .lineno = lineno,
        .offset = offset,
        .end_lineno = lineno,
        .end_offset = offset,
        .line = line,
        .line_length = (size_t)(line_end(line, end) - line),
    };
    return false;
}
