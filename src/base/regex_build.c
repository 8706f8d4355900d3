/* From the code words of `re` to a program: one walk that checks and translates, then passes over the program that find
   filters, possessive repeats and what a match must begin with. */
#include <stdlib.h>
#include <string.h>

#include "base/regex_priv.h"
#include "base/vec.h"

/* Code nests as deep as the pattern's groups; beyond this the C stack would suffer. */
enum { NESTING_MAX = 2000 };

typedef VEC(uint32_t) Words;

typedef struct Builder {
    const uint32_t *code;
    size_t n;
    uint32_t groups;
    Words out;
    Words sets;      /* their indices are made absolute when the program is complete */
    uint32_t loops;
    unsigned depth;
    bool no_memory;
} Builder;

static void emit(Builder *b, uint32_t word) {
    if (!vec_push(&b->out, word)) b->no_memory = true;
}

#define EMIT(b, ...)                                                                          \
    do {                                                                                      \
        const uint32_t words_[] = {__VA_ARGS__};                                              \
        for (size_t i_ = 0; i_ < sizeof words_ / sizeof words_[0]; i_++) emit(b, words_[i_]); \
    } while (0)

static uint32_t here(Builder *b) { return (uint32_t)b->out.len; }

static void patch(Builder *b, uint32_t at, uint32_t value) {
    if (!b->no_memory) b->out.data[at] = value;
}

static uint32_t add_width(uint32_t a, uint32_t b) { return a + b < a ? UINT32_MAX : a + b; }

static uint32_t times_width(uint32_t a, uint32_t b) {
    uint64_t product = (uint64_t)a * b;
    return product > UINT32_MAX ? UINT32_MAX : (uint32_t)product;
}

/* --- Sets ------------------------------------------------------------------------------------------------------------------------ */

/* Checks set code in code[i..end); its FAILURE must be the last word. */
static bool check_set(Builder *b, size_t i, size_t end) {
    const uint32_t *p = b->code;
    while (i < end) {
        size_t left = end - i;
        switch (p[i]) {
        case SRE_FAILURE: return left == 1;
        case SRE_NEGATE: i += 1; break;
        case SRE_LITERAL: i += 2; break;
        case SRE_RANGE:
        case SRE_RANGE_UNI_IGNORE: i += 3; break;
        case SRE_CHARSET: i += 9; break;
        case SRE_CATEGORY:
            if (left < 2 || p[i + 1] >= CAT_COUNT) return false;
            i += 2;
            break;
        case SRE_BIGCHARSET: {
            if (left < 66 || p[i + 1] > 256 || left < 66 + (size_t)p[i + 1] * 8) return false;
            uint8_t map[256];
            memcpy(map, p + i + 2, 256);
            for (int k = 0; k < 256; k++)
                if (map[k] >= p[i + 1]) return false;
            i += 66 + (size_t)p[i + 1] * 8;
            break;
        }
        default: return false;
        }
    }
    return false;
}

/* What a set says of characters beyond 255. */
static uint32_t wide_answer(const uint32_t *p, uint32_t folding) {
    if (folding == SET_FOLD_UNI) return SET_WIDE_ASK;
    bool found = true;
    for (;;) {
        switch (*p) {
        case SRE_FAILURE: return found ? SET_WIDE_NEVER : SET_WIDE_ALWAYS;
        case SRE_NEGATE:
            found = !found;
            p++;
            break;
        case SRE_LITERAL:
            if (p[1] >= 256) return SET_WIDE_ASK;
            p += 2;
            break;
        case SRE_RANGE:
            if (p[2] >= 256) {
                if (p[1] > 256 || p[2] < 0x10ffff) return SET_WIDE_ASK;
                return found ? SET_WIDE_ALWAYS : SET_WIDE_NEVER;
            }
            p += 3;
            break;
        case SRE_CATEGORY:
            switch (p[1]) {
            case CAT_NOT_DIGIT:
            case CAT_NOT_SPACE:
            case CAT_NOT_WORD:
            case CAT_NOT_LINEBREAK:
            case CAT_LOC_NOT_WORD: return found ? SET_WIDE_ALWAYS : SET_WIDE_NEVER;
            case CAT_DIGIT:
            case CAT_SPACE:
            case CAT_WORD:
            case CAT_LINEBREAK:
            case CAT_LOC_WORD: break;
            default: return SET_WIDE_ASK;
            }
            p += 2;
            break;
        case SRE_CHARSET: p += 9; break;
        default: return SET_WIDE_ASK;
        }
    }
}

static bool asks_locale(const uint32_t *p, const uint32_t *end) {
    for (; p < end; p++) {
        switch (*p) {
        case SRE_CATEGORY:
            if (*++p == CAT_LOC_WORD || *p == CAT_LOC_NOT_WORD) return true;
            break;
        case SRE_LITERAL: p += 1; break;
        case SRE_RANGE:
        case SRE_RANGE_UNI_IGNORE: p += 2; break;
        case SRE_CHARSET: p += 8; break;
        case SRE_BIGCHARSET: p += 65 + p[1] * 8; break;
        }
    }
    return false;
}

/* Adds the checked set code[i..end); its index goes to *arg, what to call the test to *kind. */
static void add_set(Builder *b, const uint32_t *code, size_t n, uint32_t folding, uint32_t *kind, uint32_t *arg) {
    *arg = (uint32_t)b->sets.len;
    *kind = folding == SET_FOLD_LOC || asks_locale(code, code + n) ? TEST_LOC_SET : TEST_SET;
    uint32_t head[SET_CODE] = {[SET_WIDE] = wide_answer(code, folding), [SET_FOLDING] = folding};
    if (!vec_extend(&b->sets, head, (size_t)SET_CODE) || !vec_extend(&b->sets, code, n)) {
        b->no_memory = true;
        return;
    }
    if (*kind == TEST_LOC_SET) return;
    regex_set_bitmap(b->sets.data + *arg);
}

/* --- Single tests ------------------------------------------------------------------------------------------------------------------ */

typedef enum Outcome { FINE, NOT_ONE, INVALID } Outcome;

/* Reads a test of one character at *i, and goes past it. NOT_ONE: something else stands there. */
static Outcome read_test(Builder *b, size_t *i, size_t end, uint32_t *kind, uint32_t *arg) {
    const uint32_t *p = b->code + *i;
    size_t left = end - *i;
    uint32_t folding = SET_FOLD_NONE;
    *arg = 0;
    switch (*p) {
    case SRE_ANY: *kind = TEST_ANY; goto one_word;
    case SRE_ANY_ALL: *kind = TEST_ALL; goto one_word;
    case SRE_FAILURE: *kind = TEST_NEVER; goto one_word;
    case SRE_LITERAL: *kind = TEST_CHAR; goto two_words;
    case SRE_NOT_LITERAL: *kind = TEST_NOT_CHAR; goto two_words;
    case SRE_LITERAL_IGNORE: *kind = TEST_ASCII_CHAR; goto two_words;
    case SRE_NOT_LITERAL_IGNORE: *kind = TEST_ASCII_NOT_CHAR; goto two_words;
    case SRE_LITERAL_UNI_IGNORE: *kind = TEST_UNI_CHAR; goto two_words;
    case SRE_NOT_LITERAL_UNI_IGNORE: *kind = TEST_UNI_NOT_CHAR; goto two_words;
    case SRE_LITERAL_LOC_IGNORE: *kind = TEST_LOC_CHAR; goto two_words;
    case SRE_NOT_LITERAL_LOC_IGNORE: *kind = TEST_LOC_NOT_CHAR; goto two_words;
    case SRE_CATEGORY: {
        if (left < 2 || p[1] >= CAT_COUNT) return INVALID;
        const uint32_t set[] = {SRE_CATEGORY, p[1], SRE_FAILURE};
        add_set(b, set, 3, SET_FOLD_NONE, kind, arg);
        *i += 2;
        return FINE;
    }
    case SRE_IN_IGNORE: folding = SET_FOLD_ASCII; break;
    case SRE_IN_UNI_IGNORE: folding = SET_FOLD_UNI; break;
    case SRE_IN_LOC_IGNORE: folding = SET_FOLD_LOC; break;
    case SRE_IN: break;
    default: return NOT_ONE;
    }
    /* One of the IN's: skip, set code. */
    if (left < 2 || p[1] < 2 || p[1] > left - 1 || !check_set(b, *i + 2, *i + 1 + p[1])) return INVALID;
    add_set(b, p + 2, p[1] - 1, folding, kind, arg);
    *i += 1 + (size_t)p[1];
    return FINE;
two_words:
    if (left < 2) return INVALID;
    *arg = p[1];
    *i += 2;
    return FINE;
one_word:
    *i += 1;
    return FINE;
}

/* --- Sequences --------------------------------------------------------------------------------------------------------------------- */

static bool build_sequence(Builder *b, size_t *i, size_t end, uint32_t *width);

/* A sequence that must reach from `i` to `end` exactly. */
static bool build_body(Builder *b, size_t i, size_t end, uint32_t *width) {
    return build_sequence(b, &i, end, width) && i == end;
}

/* Several LITERALs in a row. */
static void build_literals(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code;
    size_t count = 0;
    while (*i + 2 * count + 1 < end && p[*i + 2 * count] == SRE_LITERAL) count++;
    if (count == 1) {
        EMIT(b, OP_TEST, TEST_CHAR, p[*i + 1]);
    } else {
        EMIT(b, OP_STRING, (uint32_t)count);
        for (size_t k = 0; k < count; k++) emit(b, p[*i + 2 * k + 1]);
    }
    *i += 2 * count;
    *width = (uint32_t)count;
}

/* BRANCH: <skip> alternative JUMP <to the end> ... <0> */
static bool build_branch(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code;
    Words jumps = {0};
    bool good = false;
    uint32_t least = UINT32_MAX;
    size_t target = 0;
    uint32_t previous = 0;
    size_t at = *i + 1;
    for (;;) {
        if (at >= end) goto done;
        uint32_t skip = p[at];
        if (skip == 0) break;
        if (skip < 3 || skip > end - at) goto done;
        size_t next = at + skip;
        if (next >= end) goto done;
        if (previous) patch(b, previous, here(b));
        EMIT(b, OP_ALT, 0, TEST_NONE, 0);
        previous = here(b) - 3;
        size_t body = at + 1;
        uint32_t w;
        if (!build_sequence(b, &body, next, &w)) goto done;
        if (body != next - 2 || p[body] != SRE_JUMP) goto done;
        size_t to = body + 1 + p[body + 1];
        if (target == 0) target = to;
        if (to != target) goto done;
        if (w < least) least = w;
        EMIT(b, OP_JUMP, 0);
        if (!vec_push(&jumps, here(b) - 1)) {
            b->no_memory = true;
            goto done;
        }
        at = next;
    }
    if (previous == 0 || target != at + 1) goto done;
    for (size_t k = 0; k < jumps.len; k++) patch(b, jumps.data[k], here(b));
    *i = at + 1;
    *width = least;
    good = true;
done:
    vec_free(&jumps);
    return good;
}

/* REPEAT <skip> <min> <max> body UNTIL */
static bool build_repeat(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code + *i;
    if (end - *i < 5 || p[1] < 3 || p[1] > end - *i - 2) return false;
    uint32_t min = p[2], max = p[3];
    size_t body = *i + 4, until = *i + 1 + p[1];
    uint32_t kind = b->code[until], w;
    if (min > max || (kind != SRE_MAX_UNTIL && kind != SRE_MIN_UNTIL)) return false;
    bool greedy = kind == SRE_MAX_UNTIL;
    *i = until + 1;

    if (min == 0 && max == 1) {
        uint32_t option = here(b);
        if (greedy) EMIT(b, OP_OPTION, 0, TEST_NONE, 0);
        else EMIT(b, OP_LAZY_OPTION, 0);
        if (!build_body(b, body, until, &w)) return false;
        patch(b, option + 1, here(b));
        *width = 0;
        return true;
    }
    uint32_t start = here(b);
    EMIT(b, OP_LOOP, 0, 0);
    uint32_t first = here(b);
    if (!build_body(b, body, until, &w)) return false;
    if (greedy && min <= 1 && max == REGEX_MAX_REPEAT && w > 0) {
        /* No counting: enter at the body, or at the question whether to go on. */
        patch(b, start, OP_ENTER);
        patch(b, start + 1, min == 0 ? here(b) : first);
        EMIT(b, OP_UNTIL_SIMPLE, first, TEST_NONE, 0);
        *width = min ? w : 0;
        return true;
    }
    uint32_t loop = b->loops++;
    patch(b, start + 1, loop);
    patch(b, start + 2, here(b));
    EMIT(b, greedy ? OP_UNTIL_MAX : OP_UNTIL_MIN, loop, min, max, first, TEST_NONE, 0);
    *width = times_width(w, min);
    return true;
}

/* REPEAT_ONE <skip> <min> <max> test SUCCESS, lazy and possessive alike */
static bool build_repeat_one(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code + *i;
    if (end - *i < 6 || p[1] < 5 || p[1] > end - *i - 1) return false;
    uint32_t min = p[2], max = p[3], kind, arg;
    size_t body = *i + 4, next = *i + 1 + p[1];
    if (min > max || read_test(b, &body, next, &kind, &arg) != FINE) return false;
    if (body != next - 1 || b->code[body] != SRE_SUCCESS) return false;
    uint32_t op = p[0] == SRE_REPEAT_ONE ? OP_STAR : p[0] == SRE_MIN_REPEAT_ONE ? OP_LAZY : OP_POSSESSIVE;
    EMIT(b, op, kind, arg, min, max, TEST_NONE, 0);
    *i = next;
    *width = min;
    return true;
}

/* POSSESSIVE_REPEAT <skip> <min> <max> body SUCCESS */
static bool build_possessive(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code + *i;
    if (end - *i < 5 || p[1] < 3 || p[1] > end - *i - 2) return false;
    uint32_t min = p[2], max = p[3], w;
    size_t body = *i + 4, success = *i + 1 + p[1];
    if (min > max || b->code[success] != SRE_SUCCESS) return false;
    uint32_t start = here(b);
    EMIT(b, OP_POSS_LOOP, b->loops++, min, max, 0);
    if (!build_body(b, body, success, &w)) return false;
    EMIT(b, OP_POSS_NEXT, start);
    patch(b, start + 4, here(b));
    *i = success + 1;
    *width = times_width(w, min);
    return true;
}

/* ASSERT <skip> <back> body SUCCESS */
static bool build_look(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code + *i;
    if (end - *i < 4 || p[1] < 3 || p[1] > end - *i - 1) return false;
    uint32_t negative = p[0] == SRE_ASSERT_NOT, back = p[2], w, kind, arg;
    size_t body = *i + 3, success = *i + p[1];
    if (b->code[success] != SRE_SUCCESS) return false;
    *i = success + 1;
    *width = 0;
    size_t one = body, sets = b->sets.len;
    if (body < success && read_test(b, &one, success, &kind, &arg) == FINE && one == success) {
        EMIT(b, OP_LOOK_ONE, negative, back, kind, arg);
        return true;
    }
    b->sets.len = sets;
    uint32_t start = here(b);
    EMIT(b, OP_LOOK, negative, back, 0);
    if (!build_body(b, body, success, &w)) return false;
    emit(b, OP_LOOK_END);
    patch(b, start + 3, here(b));
    return true;
}

/* ATOMIC_GROUP <skip> body SUCCESS */
static bool build_atomic(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code + *i;
    if (end - *i < 3 || p[1] < 2 || p[1] > end - *i - 1) return false;
    size_t success = *i + p[1];
    if (b->code[success] != SRE_SUCCESS) return false;
    emit(b, OP_ATOMIC);
    if (!build_body(b, *i + 2, success, width)) return false;
    emit(b, OP_ATOMIC_END);
    *i = success + 1;
    return true;
}

/* GROUPREF_EXISTS <group> <skip> yes [JUMP <skip> no] */
static bool build_if_group(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code;
    if (end - *i < 3 || p[*i + 1] >= b->groups || p[*i + 2] < 2 || p[*i + 2] > end - *i - 1) return false;
    size_t no = *i + 1 + p[*i + 2], at = *i + 3;
    uint32_t start = here(b), yes_width, no_width = 0;
    EMIT(b, OP_IF_GROUP, p[*i + 1], 0);
    if (no < at || !build_sequence(b, &at, no, &yes_width)) return false;
    if (at == no) {
        patch(b, start + 2, here(b));
        *i = no;
        *width = 0;
        return true;
    }
    if (no - at != 2 || p[at] != SRE_JUMP || p[at + 1] > end - at - 1) return false;
    size_t after = at + 1 + p[at + 1];
    EMIT(b, OP_JUMP, 0);
    uint32_t jump = here(b) - 1;
    patch(b, start + 2, here(b));
    if (after < no || !build_body(b, no, after, &no_width)) return false;
    patch(b, jump, here(b));
    *i = after;
    *width = yes_width < no_width ? yes_width : no_width;
    return true;
}

static bool build_item(Builder *b, size_t *i, size_t end, uint32_t *width) {
    const uint32_t *p = b->code + *i;
    size_t left = end - *i;
    *width = 0;
    switch (p[0]) {
    case SRE_LITERAL:
        if (left < 2) return false;
        build_literals(b, i, end, width);
        return true;
    case SRE_FAILURE:
        emit(b, OP_FAIL);
        *i += 1;
        return true;
    case SRE_AT:
        if (left < 2 || p[1] >= AT_COUNT) return false;
        EMIT(b, OP_AT, p[1]);
        *i += 2;
        return true;
    case SRE_MARK:
        if (left < 2 || p[1] >= 2 * b->groups) return false;
        EMIT(b, OP_MARK, p[1]);
        *i += 2;
        return true;
    case SRE_INFO:
        if (left < 2 || p[1] < 1 || p[1] > left - 1) return false;
        *i += 1 + (size_t)p[1];
        return true;
    case SRE_GROUPREF:
    case SRE_GROUPREF_IGNORE:
    case SRE_GROUPREF_UNI_IGNORE:
    case SRE_GROUPREF_LOC_IGNORE:
        if (left < 2 || p[1] >= b->groups) return false;
        EMIT(b, OP_GROUPREF, p[1],
             p[0] == SRE_GROUPREF ? SET_FOLD_NONE
             : p[0] == SRE_GROUPREF_IGNORE ? SET_FOLD_ASCII
             : p[0] == SRE_GROUPREF_UNI_IGNORE ? SET_FOLD_UNI : SET_FOLD_LOC);
        *i += 2;
        return true;
    case SRE_GROUPREF_EXISTS: return build_if_group(b, i, end, width);
    case SRE_BRANCH: return build_branch(b, i, end, width);
    case SRE_REPEAT: return build_repeat(b, i, end, width);
    case SRE_REPEAT_ONE:
    case SRE_MIN_REPEAT_ONE:
    case SRE_POSSESSIVE_REPEAT_ONE: return build_repeat_one(b, i, end, width);
    case SRE_POSSESSIVE_REPEAT: return build_possessive(b, i, end, width);
    case SRE_ASSERT:
    case SRE_ASSERT_NOT: return build_look(b, i, end, width);
    case SRE_ATOMIC_GROUP: return build_atomic(b, i, end, width);
    default: {
        uint32_t kind, arg;
        if (read_test(b, i, end, &kind, &arg) != FINE) return false;
        EMIT(b, OP_TEST, kind, arg);
        *width = 1;
        return true;
    }
    }
}

/* Translates up to `end`, or to what ends a body: JUMP, SUCCESS, an UNTIL. */
static bool build_sequence(Builder *b, size_t *i, size_t end, uint32_t *width) {
    *width = 0;
    if (b->depth >= NESTING_MAX) return false;
    b->depth++;
    bool good = true;
    while (good && *i < end) {
        uint32_t op = b->code[*i], w;
        if (op == SRE_JUMP || op == SRE_SUCCESS || op == SRE_MAX_UNTIL || op == SRE_MIN_UNTIL) break;
        good = build_item(b, i, end, &w) && !b->no_memory;
        *width = add_width(*width, w);
    }
    b->depth--;
    return good;
}

/* --- Filters ------------------------------------------------------------------------------------------------------------------------ */

/* The test that the next character must pass for the instructions at `pc` to match; TEST_NONE: no such. */
static void first_test(const uint32_t *code, uint32_t pc, uint32_t *kind, uint32_t *arg) {
    *kind = TEST_NONE;
    *arg = 0;
    for (int steps = 0; steps < 16; steps++) {
        const uint32_t *p = code + pc;
        switch (*p) {
        case OP_FAIL: *kind = TEST_NEVER; return;
        case OP_TEST:
            *kind = p[1];
            *arg = p[2];
            return;
        case OP_STRING:
            *kind = TEST_CHAR;
            *arg = p[2];
            return;
        case OP_STAR:
        case OP_LAZY:
        case OP_POSSESSIVE:
            if (p[3] == 0) return;
            *kind = p[1];
            *arg = p[2];
            return;
        case OP_LOOK_ONE:
            if (!p[1] && p[2] == 0) {
                *kind = p[3];
                *arg = p[4];
                return;
            }
            pc += regex_op_words(p);
            break;
        /* Not beyond OP_ATOMIC_END: what follows an atomic group must not influence how it matches. */
        case OP_MARK:
        case OP_AT:
        case OP_ATOMIC: pc += regex_op_words(p); break;
        case OP_JUMP:
        case OP_ENTER: pc = p[1]; break;
        case OP_LOOP:
            if (code[p[2] + 2] == 0) return;
            pc += 3;
            break;
        case OP_POSS_LOOP:
            if (p[2] == 0) return;
            pc += 5;
            break;
        default: return;
        }
    }
}

static bool may_be_wide(const uint32_t *code, uint32_t kind, uint32_t arg) {
    switch (kind) {
    case TEST_NEVER: return false;
    case TEST_CHAR:
    case TEST_ASCII_CHAR: return arg >= 256;
    case TEST_SET: return code[arg + SET_WIDE] != SET_WIDE_NEVER;
    default: return true;
    }
}

static bool asks_c_locale(uint32_t kind) { return kind == TEST_LOC_SET || kind == TEST_LOC_CHAR || kind == TEST_LOC_NOT_CHAR; }

/* No character passes both tests. */
static bool disjoint(const uint32_t *code, uint32_t kind1, uint32_t arg1, uint32_t kind2, uint32_t arg2) {
    if (asks_c_locale(kind1) || asks_c_locale(kind2)) return false;
    if (kind2 == TEST_CHAR) return !regex_test(code, kind1, arg1, arg2);
    if (kind1 == TEST_CHAR) return !regex_test(code, kind2, arg2, arg1);
    if (may_be_wide(code, kind1, arg1) && may_be_wide(code, kind2, arg2)) return false;
    for (uint32_t c = 0; c < 256; c++)
        if (regex_test(code, kind1, arg1, c) && regex_test(code, kind2, arg2, c)) return false;
    return true;
}

static bool is_category(const uint32_t *code, uint32_t kind, uint32_t arg, uint32_t category) {
    const uint32_t *p = code + arg + SET_CODE;
    return kind == TEST_SET && p[-1] == SET_FOLD_NONE && p[0] == SRE_CATEGORY && p[1] == category && p[2] == SRE_FAILURE;
}

/* A greedy repeat that can give nothing back with profit: at every earlier end the next character passes its own
   test, and what follows refuses all of those. */
static bool gives_nothing_back(const uint32_t *code, const uint32_t *star, uint32_t next) {
    uint32_t kind = star[1], arg = star[2];
    if (star[5] != TEST_NONE && disjoint(code, kind, arg, star[5], star[6])) return true;
    while (code[next] == OP_MARK) next += 2;
    if (code[next] != OP_AT || asks_c_locale(kind)) return false;
    switch (code[next + 1]) {
    case AT_END_STRING: return true;
    case AT_END:
    case AT_END_LINE: return !regex_test(code, kind, arg, '\n');
    case AT_UNI_BOUNDARY: return star[3] > 0 && is_category(code, kind, arg, CAT_UNI_WORD);
    case AT_BOUNDARY: return star[3] > 0 && is_category(code, kind, arg, CAT_WORD);
    default: return false;
    }
}

/* Makes the sets' indices absolute, then puts in the filters. */
static void finish_instructions(uint32_t *code, uint32_t n) {
    for (uint32_t pc = 0; pc < n; pc += regex_op_words(code + pc)) {
        uint32_t *p = code + pc;
        uint32_t *test = *p == OP_TEST || *p == OP_STAR || *p == OP_LAZY || *p == OP_POSSESSIVE ? p + 1
                         : *p == OP_LOOK_ONE ? p + 3 : NULL;
        if (test && (test[0] == TEST_SET || test[0] == TEST_LOC_SET)) test[1] += n;
    }
    for (uint32_t pc = 0; pc < n; pc += regex_op_words(code + pc)) {
        uint32_t *p = code + pc;
        switch (*p) {
        case OP_ALT: first_test(code, pc + 4, &p[2], &p[3]); break;
        case OP_OPTION: first_test(code, pc + 4, &p[2], &p[3]); break;
        case OP_UNTIL_SIMPLE: first_test(code, p[1], &p[2], &p[3]); break;
        case OP_UNTIL_MAX:
        case OP_UNTIL_MIN: first_test(code, p[4], &p[5], &p[6]); break;
        case OP_STAR:
            first_test(code, pc + 7, &p[5], &p[6]);
            if (gives_nothing_back(code, p, pc + 7)) *p = OP_POSSESSIVE;
            break;
        case OP_LAZY: first_test(code, pc + 7, &p[5], &p[6]); break;
        }
    }
}

/* --- How a match begins ------------------------------------------------------------------------------------------------------------- */

typedef struct First {
    const uint32_t *code;
    Regex *regex;
    int budget;
} First;

static bool first_add_test(First *f, uint32_t kind, uint32_t arg) {
    if (kind == TEST_NONE || kind == TEST_ALL || asks_c_locale(kind)) return false;
    uint32_t *first = f->regex->first_set;
    if (kind == TEST_CHAR) {
        if (arg < 256) first[arg >> 5] |= (uint32_t)1 << (arg & 31);
    } else if (kind == TEST_SET) {
        for (int i = 0; i < 8; i++) first[i] |= f->code[arg + (uint32_t)i];
    } else {
        for (uint32_t c = 0; c < 256; c++)
            if (regex_test(f->code, kind, arg, c)) first[c >> 5] |= (uint32_t)1 << (c & 31);
    }
    if (may_be_wide(f->code, kind, arg)) f->regex->first_wide = 1;
    return true;
}

/* Adds the characters that a match of the rest of the program from pc may begin with. False: any, or none at all. */
static bool first_add(First *f, uint32_t pc) {
    while (f->budget-- > 0) {
        const uint32_t *p = f->code + pc;
        uint32_t next = pc + regex_op_words(p);
        switch (*p) {
        case OP_FAIL: return true;
        case OP_TEST: return first_add_test(f, p[1], p[2]);
        case OP_STRING: return first_add_test(f, TEST_CHAR, p[2]);
        case OP_STAR:
        case OP_LAZY:
        case OP_POSSESSIVE:
            if (!first_add_test(f, p[1], p[2])) return false;
            if (p[3] > 0) return true;
            break;
        case OP_MARK:
        case OP_AT:
        case OP_ATOMIC:
        case OP_ATOMIC_END:
        case OP_LOOK_ONE: break;
        case OP_LOOK: next = p[3]; break;
        case OP_JUMP:
        case OP_ENTER: next = p[1]; break;
        case OP_ALT:
            if (p[1] != 0 && !first_add(f, p[1])) return false;
            break;
        case OP_OPTION:
        case OP_LAZY_OPTION:
            if (!first_add(f, p[1])) return false;
            break;
        case OP_LOOP: {
            const uint32_t *until = f->code + p[2];
            if (until[2] == 0 && !first_add(f, p[2] + regex_op_words(until))) return false;
            break;
        }
        case OP_UNTIL_MAX:
        case OP_UNTIL_MIN: break;  /* reached from the body: that is in the set already */
        case OP_UNTIL_SIMPLE:
            if (!first_add(f, p[1])) return false;
            break;
        case OP_POSS_LOOP:
            if (p[2] == 0 && !first_add(f, p[4])) return false;
            break;
        case OP_POSS_NEXT: next = f->code[p[1] + 4]; break;
        case OP_IF_GROUP:
            if (!first_add(f, p[2])) return false;
            break;
        default: return false;
        }
        pc = next;
    }
    return false;
}

/* Is the program's success a matter of places only, whatever the groups hold? */
static bool ignores_groups(const uint32_t *code, uint32_t n) {
    for (uint32_t pc = 0; pc < n; pc += regex_op_words(code + pc))
        if (code[pc] == OP_GROUPREF || code[pc] == OP_IF_GROUP) return false;
    return true;
}

/* n: the words of instructions */
static void find_beginning(Regex *regex, uint32_t n) {
    const uint32_t *code = regex->code;
    uint32_t pc = 0;
    while (code[pc] == OP_MARK) pc += 2;
    const uint32_t *p = code + pc;
    if (p[0] == OP_AT && (p[1] == AT_BEGINNING || p[1] == AT_BEGINNING_STRING)) regex->anchored = 1;
    if (p[0] == OP_STRING) {
        regex->literal = pc + 2;
        regex->literal_count = p[1];
    } else if ((p[0] == OP_TEST && p[1] == TEST_CHAR) || (p[0] == OP_STAR && p[1] == TEST_CHAR && p[3] > 0)) {
        regex->literal = pc + 2;
        regex->literal_count = 1;
    }
    regex->is_literal = regex->literal_count > 0 && pc == 0 && p[0] != OP_STAR && code[regex_op_words(p)] == OP_MATCH;
    bool repeats = (p[0] == OP_STAR || p[0] == OP_LAZY || p[0] == OP_POSSESSIVE) && p[3] <= 1 && p[4] == REGEX_MAX_REPEAT;
    regex->lead = repeats && ignores_groups(code, n) ? pc : UINT32_MAX;
    First f = {code, regex, 300};
    regex->filtered = regex->min_width > 0 && first_add(&f, 0);
}

/* --- The whole ----------------------------------------------------------------------------------------------------------------------- */

RegexBuild regex_build(const uint32_t *code, size_t n, uint32_t groups, Regex **out) {
    *out = NULL;
    if (n == 0 || n > UINT32_MAX / 64 || groups > REGEX_MAX_GROUPS || code[n - 1] != SRE_SUCCESS) return REGEX_BUILD_INVALID;
    Builder b = {.code = code, .n = n, .groups = groups};
    RegexBuild result = REGEX_BUILD_INVALID;
    uint32_t width;
    bool good = build_body(&b, 0, n - 1, &width);
    emit(&b, OP_MATCH);
    if (b.no_memory) {
        result = REGEX_BUILD_NO_MEMORY;
    } else if (good) {
        size_t words = b.out.len + b.sets.len;
        size_t bytes = sizeof(Regex) + words * sizeof(uint32_t);
        Regex *regex = bytes > UINT32_MAX ? NULL : calloc(1, bytes);
        if (regex == NULL) {
            result = REGEX_BUILD_NO_MEMORY;
        } else {
            memcpy(regex->code, b.out.data, b.out.len * sizeof(uint32_t));
            if (b.sets.len) memcpy(regex->code + b.out.len, b.sets.data, b.sets.len * sizeof(uint32_t));
            regex->bytes = (uint32_t)bytes;
            regex->groups = groups;
            regex->loops = b.loops;
            regex->min_width = width;
            regex->words = (uint32_t)words;
            finish_instructions(regex->code, (uint32_t)b.out.len);
            find_beginning(regex, (uint32_t)b.out.len);
            *out = regex;
            result = REGEX_BUILD_FINE;
        }
    }
    vec_free(&b.out);
    vec_free(&b.sets);
    return result;
}
