/* The parser: texts it takes, the words and places for those it does not, nesting, encodings, incomplete input. */
#include "front/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "front/source.h"

static const char *const accepted[] = {
    "",
    "# only a comment",
    "x = 1\n",
    "a, *b = c, = d",
    "(x): int = 1; y.z: str; w[0]: 3",
    "def f(a, /, b: int = 1, *args: *Ts, c, d=2, **kw) -> None: pass",
    "def f[T: (int, str) = int, *Ts = *tuple[int], **P = [int]](): pass",
    "class A[T](B, metaclass=M, *a, **k): x: T",
    "type X[T] = list[T]\ntype = 1; type.x; type(y)",
    "match x:\n case [1, -2.5, 3+4j, *_] | {'a': b, **rest} | C(x, y=z) as w if g: pass\n case a.b | None: 1\n",
    "match = 1\nmatch[x]\nmatch(x)\nmatch.y\nmatch, case = 1, 2\nprint(match, case)\n",
    "with (a as b, c as d,): pass\nwith (a, b): pass\nwith (a), b as (c, d): pass\nwith (yield): pass\n",
    "try: pass\nexcept A, B: pass\nexcept (C, D) as e: pass\nelse: pass\nfinally: pass\n",
    "try: pass\nexcept* A: pass\n",
    "async def f():\n async for x in y: await z\n async with a as b: return [i async for i in j if await k]\n",
    "@a.b(c)[d]\n@(lambda f: f)\ndef g(): yield from h\n",
    "f'{x!r:>{w}.{p}} {{}} {y=} {f\"{z}\"}' 'plain'; t'{a!s:{b}}' t'{c}'",
    "lambda: (yield); lambda *a, b=1, **k: a",
    "[x := 1, *y][a:b, ::2, *c]; {**a, 'b': c}; {1, *d}; {k: v for k, v in z}",
    "print(*a, b, c=1, **d, e=2)\nprint(x for x in y)\n",
    "if a: b\nelif c: d\nelse: e\nwhile (n := f()): break\nelse: continue\n",
    "global a, b; nonlocal c; del a, (b, [c]), d.e; assert f, g; raise h from i\n",
    "from . import a\nfrom ...b.c import (d as e, f,)\nfrom g import *\nimport h.i as j, k\n",
    "0xFF + 0o17 + 0b11 + 1_000.5e-3j + 00 + .5 + 1.",
    "x = '''a\nb''' \"\\N{BULLET}\\x41\\u0042\\U00000043\\101\"\n",
    "if x:\n\ty\n\tz\n",
    "a = b \\\n + c\n",
};

typedef struct Wrong {
    const char *text;
    SyntaxClass kind;
    const char *message;
    int lineno, offset, end_lineno, end_offset;
} Wrong;

static const Wrong wrong[] = {
    {"x +", SYNTAX_ERROR, "invalid syntax", 1, 4, 1, 5},
    {"x = (1,\n     2", SYNTAX_ERROR, "'(' was never closed", 1, 5, 1, 0},
    {"f(a b)", SYNTAX_ERROR, "invalid syntax. Perhaps you forgot a comma?", 1, 3, 1, 6},
    {"if x\n  y", SYNTAX_ERROR, "expected ':'", 1, 5, 1, 6},
    {"while x:\ny", SYNTAX_INDENTATION, "expected an indented block after 'while' statement on line 1", 2, 1, 2, 2},
    {"x\n  y", SYNTAX_INDENTATION, "unexpected indent", 2, 2, 2, -1},
    {"if x:\n    y\n  z\n", SYNTAX_INDENTATION, "unindent does not match any outer indentation level", 3, 4, 3, -1},
    {"if x:\n        y\n\tz\n", SYNTAX_TAB, "inconsistent use of tabs and spaces in indentation", 3, 1, 3, 0},
    {"f() = 1", SYNTAX_ERROR, "cannot assign to function call here. Maybe you meant '==' instead of '='?", 1, 1, 1, 4},
    {"if x = 3: y", SYNTAX_ERROR, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", 1, 4, 1, 9},
    {"print x", SYNTAX_ERROR, "Missing parentheses in call to 'print'. Did you mean print(...)?", 1, 1, 1, 8},
    {"é = 'abc", SYNTAX_ERROR, "unterminated string literal (detected at line 1)", 1, 5, 1, 5},
    {"f'{a b}'", SYNTAX_ERROR, "invalid syntax. Perhaps you forgot a comma?", 1, 4, 1, 7},
    {"t'{}'", SYNTAX_ERROR, "t-string: valid expression required before '}'", 1, 4, 1, 5},
    {"12ab", SYNTAX_ERROR, "invalid decimal literal", 1, 2, 1, 2},
    {"0b12", SYNTAX_ERROR, "invalid digit '2' in binary literal", 1, 4, 1, 4},
    {"a = 1 if b", SYNTAX_ERROR, "expected 'else' after 'if' expression", 1, 5, 1, 11},
    {"def f(a=1, b): pass", SYNTAX_ERROR, "parameter without a default follows parameter with a default", 1, 12, 1, 13},
    {"f(a=1, b)", SYNTAX_ERROR, "positional argument follows keyword argument", 1, 9, 1, 10},
    {"del f()", SYNTAX_ERROR, "cannot delete function call", 1, 5, 1, 8},
    {"x = b'é'", SYNTAX_ERROR, "bytes can only contain ASCII literal characters", 1, 5, 1, 9},
    {"a\\ b", SYNTAX_ERROR, "unexpected character after line continuation character", 1, 3, 1, 0},
    {"{1: 2, 3}", SYNTAX_ERROR, "':' expected after dictionary key", 1, 8, 1, 0},
    {"a + not b", SYNTAX_ERROR, "'not' after an operator must be parenthesized", 1, 5, 1, 10},
};

static ParseResult parse(Arena *arena, const char *text, ParseMode mode, unsigned flags)
{
    ParseOptions options = {.mode = mode, .flags = flags};
    ParseResult result;
    arena_init(arena);
    parse_source(arena, text, strlen(text), &options, &result);
    return result;
}

static void check_accepted(void)
{
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        Arena arena;
        ParseResult result = parse(&arena, accepted[i], PARSE_EXEC, 0);
        if (!result.tree) {
            fprintf(stderr, "not accepted: %s: %s\n", accepted[i], result.problem.message);
        }
        CHECK(result.tree);
        arena_free(&arena);
    }
}

static void check_wrong(void)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Arena arena;
        const Wrong *w = &wrong[i];
        ParseResult result = parse(&arena, w->text, PARSE_EXEC, 0);
        const SyntaxProblem *p = &result.problem;
        CHECK(!result.tree && p->message);
        bool same = p->kind == w->kind && strcmp(p->message, w->message) == 0 && p->lineno == w->lineno &&
                    p->offset == w->offset && p->end_lineno == w->end_lineno && p->end_offset == w->end_offset;
        if (!same) {
            fprintf(stderr, "%s: %s %d,%d-%d,%d\n", w->text, p->message, p->lineno, p->offset, p->end_lineno,
                    p->end_offset);
        }
        CHECK(same);
        arena_free(&arena);
    }
}

/* n times `open`, a middle, n times `close`: a tree or a problem, never a crash. */
static bool nested(size_t n, const char *open, const char *middle, const char *close)
{
    size_t length = n * (strlen(open) + strlen(close)) + strlen(middle) + 1;
    char *text = malloc(length), *at = text;
    for (size_t i = 0; i < n; i++) {
        at = stpcpy(at, open);
    }
    at = stpcpy(at, middle);
    for (size_t i = 0; i < n; i++) {
        at = stpcpy(at, close);
    }
    Arena arena;
    ParseResult result = parse(&arena, text, PARSE_EXEC, 0);
    bool ok = result.tree != NULL;
    CHECK(ok || result.problem.kind != SYNTAX_OK);
    arena_free(&arena);
    free(text);
    return ok;
}

static void check_nesting(void)
{
    CHECK(nested(200, "(", "x", ")"));
    CHECK(!nested(201, "(", "x", ")"));
    CHECK(!nested(199, "{1:", "x y", "}"));
    CHECK(!nested(199, "f(a, ", "x y", ")"));
    CHECK(nested(1000, "-", "x", ""));
    CHECK(!nested(1000000, "-", "x", ""));
    CHECK(!nested(1000000, "not ", "x", ""));
    CHECK(!nested(1000000, "a**", "x", ""));
    CHECK(!nested(1000000, "lambda: ", "x", ""));
    CHECK(!nested(1000000, "a if b else ", "x", ""));
    CHECK(nested(100000, "a + ", "x", ""));
    CHECK(nested(100000, "", "x", ".y"));
    CHECK(!nested(100, "if x:\n", "y", ""));
    CHECK(!nested(200, "f'{", "x", "}'"));
}

static void check_incomplete(void)
{
    static const char *const texts[] = {"if x:\n", "(", "x = [1,\n", "'''abc", "a +", "def f():\n  x"};
    unsigned flags = PARSE_ALLOW_INCOMPLETE_INPUT | PARSE_DONT_IMPLY_DEDENT;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        Arena arena;
        ParseResult result = parse(&arena, texts[i], PARSE_SINGLE, flags);
        CHECK(!result.tree && result.problem.kind == SYNTAX_INCOMPLETE);
        arena_free(&arena);
    }
    Arena arena;
    CHECK(parse(&arena, "if x: y\n", PARSE_SINGLE, flags).tree);
    arena_free(&arena);
    CHECK(parse(&arena, "x y\n", PARSE_SINGLE, flags).problem.kind == SYNTAX_ERROR);
    arena_free(&arena);
    CHECK(!parse(&arena, "x\ny\n", PARSE_SINGLE, 0).tree);
    arena_free(&arena);
}

static void check_encoding(const char *bytes, const char *name, bool utf8)
{
    Arena arena;
    arena_init(&arena);
    SourceEncoding encoding;
    SyntaxProblem problem;
    bool ok = source_encoding(&arena, bytes, strlen(bytes), &encoding, &problem);
    CHECK(ok == (name != NULL));
    if (ok) {
        CHECK(strcmp(encoding.name, name) == 0);
        CHECK(encoding.utf8 == utf8);
    }
    arena_free(&arena);
}

static void check_encodings(void)
{
    check_encoding("x", "utf-8", true);
    check_encoding("# -*- coding: Latin_1 -*-\n", "iso-8859-1", false);
    check_encoding("#!/bin/x\n# vim: set fileencoding=UTF-8-unix :\n", "utf-8", true);
    check_encoding("\n \t# coding=koi8-r\n", "koi8-r", false);
    check_encoding("x\n# coding=koi8-r\n", "utf-8", true);
    check_encoding("\xEF\xBB\xBF# coding: utf8\n", NULL, false);
    check_encoding("\xEF\xBB\xBF# coding: utf-8\n", "utf-8", true);
    Arena arena;
    arena_init(&arena);
    SyntaxProblem problem;
    CHECK(source_check_utf8(&arena, "a\xC3\xA9", 3, &problem));
    CHECK(!source_check_utf8(&arena, "a\nb\xF6", 4, &problem) && problem.lineno == 2 && problem.offset == 2);
    arena_free(&arena);
}

int main(void)
{
    check_accepted();
    check_wrong();
    check_nesting();
    check_incomplete();
    check_encodings();
    return CHECK_DONE();
}
