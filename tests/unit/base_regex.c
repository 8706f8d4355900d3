/* The regex engine on code as `re` compiles it, with the spans that CPython finds; then hostile code and endless work.
   Rows: pattern, groups, its code, subject, spans of group 0 and the others (-1 alone: no match). */
#include "base/regex.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define WORDS(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4
#define TEXT WORDS

typedef struct Row {
    const char *pattern;
    uint32_t groups;
    const uint32_t *code;
    size_t code_len;
    const uint32_t *text;
    size_t text_len;
    int64_t spans[6];
} Row;

static const Row rows[] = {
    {"(a+)(b|c)*?$", 2, WORDS(14, 4, 0, 1, 4294967295u, 17, 0, 24, 6, 1, 4294967295u, 16, 97, 1, 17, 1, 23, 13, 0, 4294967295u, 17, 2, 13, 5, 22, 98, 99, 0, 17, 3, 19, 6, 5, 1), TEXT(120, 97, 97, 98, 99, 98, 99), {1, 7, 1, 3, 6, 7}},
    {"(?>a+)ab", 0, WORDS(14, 4, 0, 3, 4294967295u, 27, 9, 24, 6, 1, 4294967295u, 16, 97, 1, 1, 16, 97, 16, 98, 1), TEXT(97, 97, 97, 98), {-1}},
    {"(?:(a)|b)*\\1", 1, WORDS(14, 4, 0, 1, 4294967295u, 23, 19, 0, 4294967295u, 7, 9, 17, 0, 16, 97, 17, 1, 15, 7, 5, 16, 98, 15, 2, 0, 18, 11, 0, 1), TEXT(97, 98, 97, 98, 97, 97), {0, 6, 4, 5}},
    {"(?<=x)\\w+(?!\\d)", 0, WORDS(14, 4, 0, 1, 4294967295u, 4, 5, 1, 16, 120, 1, 24, 9, 1, 4294967295u, 13, 4, 8, 14, 0, 1, 5, 8, 0, 13, 4, 8, 10, 0, 1, 1), TEXT(121, 120, 97, 98, 49, 50), {2, 6}},
    {"(?i)straSSe|?+k", 0, WORDS(14, 4, 0, 2, 4294967295u, 7, 32, 39, 6, 16, 115, 16, 383, 0, 40, 116, 40, 114, 40, 97, 39, 6, 16, 115, 16, 383, 0, 39, 6, 16, 115, 16, 383, 0, 40, 101, 15, 19, 17, 24, 11, 1, 4294967295u, 39, 6, 16, 383, 16, 115, 0, 1, 40, 107, 15, 2, 0, 1), TEXT(83, 84, 82, 65, 383, 115, 69, 32, 75, 75), {0, 7}},
    {"(?(1)a|b)(x)?", 1, WORDS(14, 4, 0, 1, 2, 12, 0, 6, 16, 97, 15, 3, 16, 98, 23, 9, 0, 1, 17, 0, 16, 120, 17, 1, 18, 1), TEXT(98, 120), {0, 2, 1, 2}},
    {"([a-z]+)@([\\w.]+)\\.com", 2, WORDS(14, 4, 0, 7, 4294967295u, 17, 0, 24, 10, 1, 4294967295u, 13, 5, 22, 97, 122, 0, 1, 17, 1, 16, 64, 17, 2, 24, 11, 1, 4294967295u, 13, 6, 8, 14, 16, 46, 0, 1, 17, 3, 16, 46, 16, 99, 16, 111, 16, 109, 1), TEXT(109, 97, 105, 108, 32, 106, 111, 101, 64, 97, 46, 98, 46, 99, 111, 109, 32, 110, 111, 119), {5, 16, 5, 8, 9, 12}},
    {"(?:a|ab)(?:c|bcd)(d*)", 1, WORDS(14, 8, 1, 2, 4294967295u, 1, 1, 97, 0, 16, 97, 7, 3, 15, 7, 5, 16, 98, 15, 2, 0, 7, 5, 16, 99, 15, 11, 9, 16, 98, 16, 99, 16, 100, 15, 2, 0, 17, 0, 24, 6, 0, 4294967295u, 16, 100, 1, 17, 1, 1), TEXT(97, 98, 99, 100), {0, 4, 4, 4}},
    {"\\b\\w+\\b", 0, WORDS(14, 4, 0, 1, 4294967295u, 6, 10, 24, 9, 1, 4294967295u, 13, 4, 8, 14, 0, 1, 6, 10, 1), TEXT(45, 45, 119, 111, 114, 100, 45, 45), {2, 6}},
    {"(?:)*+x", 0, WORDS(14, 4, 0, 1, 1, 28, 3, 0, 4294967295u, 1, 16, 120, 1), TEXT(97, 97, 120), {2, 3}},
    {"(a*)*b", 1, WORDS(14, 4, 0, 1, 4294967295u, 23, 14, 0, 4294967295u, 17, 0, 24, 6, 0, 4294967295u, 16, 97, 1, 17, 1, 18, 16, 98, 1), TEXT(97, 97, 97, 98), {0, 4, 3, 3}},
    {"(?s).*?b(.)", 1, WORDS(14, 4, 0, 2, 4294967295u, 26, 5, 0, 4294967295u, 3, 1, 16, 98, 17, 0, 3, 17, 1, 1), TEXT(97, 10, 98, 10), {0, 4, 3, 4}},
    {"[^\\W\\d_]+", 0, WORDS(14, 4, 0, 1, 4294967295u, 24, 14, 1, 4294967295u, 13, 9, 21, 8, 15, 8, 10, 16, 95, 0, 1, 1), TEXT(49, 50, 228, 223, 95), {2, 4}},
    {"(x{2,3}+)x", 1, WORDS(14, 4, 0, 3, 4, 17, 0, 29, 6, 2, 3, 16, 120, 1, 17, 1, 16, 120, 1), TEXT(120, 120, 120, 120), {0, 4, 0, 3}},
    {"^(?:a?){3}$", 0, WORDS(14, 4, 0, 0, 3, 6, 1, 23, 10, 3, 3, 24, 6, 0, 1, 16, 97, 1, 18, 6, 6, 1), TEXT(97, 97, 10), {0, 2}},
    {"(?=(\\w))\\1{2}", 1, WORDS(14, 4, 0, 2, 2, 4, 12, 0, 17, 0, 13, 4, 8, 14, 0, 17, 1, 1, 23, 5, 2, 2, 11, 0, 18, 1), TEXT(97, 98, 99, 99), {2, 4, 2, 3}},
    {"[?-?]+?", 0, WORDS(14, 4, 0, 2, 4294967295u, 24, 10, 1, 4294967295u, 13, 5, 22, 1024, 1279, 0, 1, 16, 128512, 1), TEXT(122, 1046, 1046, 128512), {1, 4}},
    {"(?!)", 0, WORDS(14, 4, 0, 0, 0, 0, 1), TEXT(97), {-1}},
};

static void check_row(const Row *row, unsigned width) {
    uint32_t widest = 0;
    for (size_t i = 0; i < row->text_len; i++) widest |= row->text[i];
    if (units_width_for(widest) > width) return;
    char data[256];
    units_copy(data, width, (Units){row->text, row->text_len, 4});
    Regex *regex;
    CHECK(regex_build(row->code, row->code_len, row->groups, &regex) == REGEX_BUILD_FINE);
    if (regex == NULL) return;
    RegexRun run;
    CHECK(regex_run_begin(&run, regex, (Units){data, row->text_len, (uint8_t)width}));
    bool found = regex_search(&run) == REGEX_MATCH;
    bool good = found == (row->spans[0] >= 0);
    if (found && good) {
        good = (int64_t)run.match_start == row->spans[0] && (int64_t)run.match_end == row->spans[1];
        for (uint32_t i = 0; i < 2 * row->groups; i++) good = good && run.marks[i] == row->spans[2 + i];
    }
    if (!good) fprintf(stderr, "pattern %s, width %u\n", row->pattern, width);
    CHECK(good);
    regex_run_end(&run);
    free(regex);
}

/* Any word of any code may be anything. */
static void hostile(void) {
    uint32_t code[256];
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const Row *row = &rows[r];
        if (row->code_len > 256) continue;
        for (size_t at = 0; at < row->code_len; at++) {
            static const uint32_t values[] = {0, 1, 2, 7, 17, 23, 100, 0x7fffffff, 0xffffffff};
            for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
                memcpy(code, row->code, row->code_len * 4);
                code[at] = values[v];
                Regex *regex;
                regex_build(code, row->code_len, row->groups, &regex);
                free(regex);
            }
        }
    }
}

static bool give_up(void *context) { return ++*(int *)context < 3; }

static void endless(void) {
    /* (?:a|a)*c: every a in two ways. */
    static const uint32_t code[] = {23, 15, 0, UINT32_MAX, 7, 5, 16, 97, 15, 7, 5, 16, 97, 15, 2, 0, 18, 16, 99, 1};
    Regex *regex;
    CHECK(regex_build(code, sizeof code / 4, 0, &regex) == REGEX_BUILD_FINE);
    if (regex == NULL) return;
    char text[64];
    memset(text, 'a', sizeof text);
    RegexRun run;
    CHECK(regex_run_begin(&run, regex, (Units){text, sizeof text, 1}));
    int asked = 0;
    run.poll = give_up;
    run.poll_context = &asked;
    CHECK(regex_search(&run) == REGEX_INTERRUPTED && asked == 3);
    regex_run_end(&run);
    free(regex);
}

int main(void) {
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (unsigned width = 1; width <= 4; width *= 2) check_row(&rows[r], width);
    hostile();
    endless();
    return CHECK_DONE();
}
