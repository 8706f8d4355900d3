/* What matches of a program may begin with, place by place: for each character the set of places, counted from the beginning of a match, where it may
 * stand. A search goes over a long subject with it, one step a character, whatever the pattern's alternatives are. */
#include <string.h>

#include "base/regex_priv.h"

enum { BUDGET = 400 };

typedef struct Prefix {
    const uint32_t *code;
    uint8_t *places; /* of the characters below 256 */
    uint8_t wide;    /* of those beyond */
    int budget;
} Prefix;

/* A test's characters may stand at `place`. */
static void add_test(Prefix *f, uint32_t kind, uint32_t arg, uint32_t place) {
    uint8_t bit = (uint8_t)(1 << place);
    if (kind == TEST_CHAR) {
        if (arg < 256) f->places[arg] |= bit;
        else f->wide |= bit;
        return;
    }
    bool by_locale = kind == TEST_LOC_CHAR || kind == TEST_LOC_NOT_CHAR || kind == TEST_LOC_SET; /* which may change */
    f->wide |= bit;
    for (uint32_t c = 0; c < 256; c++)
        if (by_locale || regex_test(f->code, kind, arg, c)) f->places[c] |= bit;
}

/* The same for the rest of the program from pc on, which begins at `place`. Answers how many places are known then. */
static uint32_t add_rest(Prefix *f, uint32_t pc, uint32_t place) {
    while (place < REGEX_PREFIX_MAX && f->budget-- > 0) {
        const uint32_t *p = f->code + pc;
        uint32_t next = pc + regex_op_words(p);
        switch (*p) {
        case OP_FAIL: return REGEX_PREFIX_MAX;
        case OP_TEST: add_test(f, p[1], p[2], place++); break;
        case OP_STRING:
            for (uint32_t i = 0; i < p[1] && place < REGEX_PREFIX_MAX; i++) add_test(f, TEST_CHAR, p[2 + i], place++);
            break;
        case OP_STAR:
        case OP_LAZY:
        case OP_POSSESSIVE:
            for (uint32_t i = 0; i < p[3] && place < REGEX_PREFIX_MAX; i++) add_test(f, p[1], p[2], place++);
            if (p[3] != p[4]) return place;
            break;
        case OP_MARK:
        case OP_AT:
        case OP_ATOMIC:
        case OP_ATOMIC_END:
        case OP_LOOK_ONE: break;
        case OP_LOOK: next = p[3]; break;
        case OP_JUMP: next = p[1]; break;
        case OP_ALT:
            if (p[1] != 0) {
                uint32_t others = add_rest(f, p[1], place), known = add_rest(f, next, place);
                return known < others ? known : others;
            }
            break;
        default: return place;
        }
        pc = next;
    }
    return place;
}

uint32_t regex_prefix(const Regex *regex, uint8_t places[256], uint8_t *wide) {
    Prefix f = {regex->code, places, 0, BUDGET};
    memset(places, 0, 256);
    uint32_t known = add_rest(&f, 0, 0);
    *wide = f.wide;
    return known < regex->min_width ? known : regex->min_width;
}
