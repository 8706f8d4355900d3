/* The opcodes of `re`, the instructions of our programs, and tests of single characters. */
#ifndef KRAIT_BASE_REGEX_PRIV_H
#define KRAIT_BASE_REGEX_PRIV_H

#include <ctype.h>

#include "base/regex.h"
#include "base/unicode.h"

/* What `re` emits (re/_constants.py). */
enum SreOp {
    SRE_FAILURE, SRE_SUCCESS, SRE_ANY, SRE_ANY_ALL, SRE_ASSERT, SRE_ASSERT_NOT, SRE_AT, SRE_BRANCH, SRE_CATEGORY, SRE_CHARSET,
    SRE_BIGCHARSET, SRE_GROUPREF, SRE_GROUPREF_EXISTS, SRE_IN, SRE_INFO, SRE_JUMP, SRE_LITERAL, SRE_MARK, SRE_MAX_UNTIL,
    SRE_MIN_UNTIL, SRE_NOT_LITERAL, SRE_NEGATE, SRE_RANGE, SRE_REPEAT, SRE_REPEAT_ONE, SRE_SUBPATTERN, SRE_MIN_REPEAT_ONE,
    SRE_ATOMIC_GROUP, SRE_POSSESSIVE_REPEAT, SRE_POSSESSIVE_REPEAT_ONE, SRE_GROUPREF_IGNORE, SRE_IN_IGNORE,
    SRE_LITERAL_IGNORE, SRE_NOT_LITERAL_IGNORE, SRE_GROUPREF_LOC_IGNORE, SRE_IN_LOC_IGNORE, SRE_LITERAL_LOC_IGNORE,
    SRE_NOT_LITERAL_LOC_IGNORE, SRE_GROUPREF_UNI_IGNORE, SRE_IN_UNI_IGNORE, SRE_LITERAL_UNI_IGNORE, SRE_NOT_LITERAL_UNI_IGNORE,
    SRE_RANGE_UNI_IGNORE,
};

enum SreAt {
    AT_BEGINNING, AT_BEGINNING_LINE, AT_BEGINNING_STRING, AT_BOUNDARY, AT_NON_BOUNDARY, AT_END, AT_END_LINE, AT_END_STRING,
    AT_LOC_BOUNDARY, AT_LOC_NON_BOUNDARY, AT_UNI_BOUNDARY, AT_UNI_NON_BOUNDARY, AT_COUNT,
};

enum SreCategory {
    CAT_DIGIT, CAT_NOT_DIGIT, CAT_SPACE, CAT_NOT_SPACE, CAT_WORD, CAT_NOT_WORD, CAT_LINEBREAK, CAT_NOT_LINEBREAK, CAT_LOC_WORD,
    CAT_LOC_NOT_WORD, CAT_UNI_DIGIT, CAT_UNI_NOT_DIGIT, CAT_UNI_SPACE, CAT_UNI_NOT_SPACE, CAT_UNI_WORD, CAT_UNI_NOT_WORD,
    CAT_UNI_LINEBREAK, CAT_UNI_NOT_LINEBREAK, CAT_COUNT,
};

/* A test of one character has a kind and an argument. */
enum TestKind {
    TEST_NONE,      /* no test: always true, consumes nothing (filters only) */
    TEST_NEVER,
    TEST_ALL,
    TEST_ANY,       /* not a newline */
    TEST_CHAR,      /* argument: the character */
    TEST_NOT_CHAR,
    TEST_ASCII_CHAR, TEST_ASCII_NOT_CHAR,  /* lower-cased by ASCII's rules it is (not) the argument */
    TEST_UNI_CHAR, TEST_UNI_NOT_CHAR,      /* by Unicode's */
    TEST_LOC_CHAR, TEST_LOC_NOT_CHAR,      /* its lower or upper case by the C locale's */
    TEST_SET,       /* argument: word index of a set, see below */
    TEST_LOC_SET,   /* a set that depends on the locale: no bitmap */
};

/* A set in the program:
       8 words     bitmap of the characters below 256 (not for TEST_LOC_SET)
       1 word      what lies beyond: SET_WIDE_...
       1 word      folding: enum SetFold
       ...         the set's code as `re` has it, up to its FAILURE */
enum { SET_WIDE_NEVER, SET_WIDE_ALWAYS, SET_WIDE_ASK };
enum SetFold { SET_FOLD_NONE, SET_FOLD_ASCII, SET_FOLD_UNI, SET_FOLD_LOC };
enum { SET_WIDE = 8, SET_FOLDING = 9, SET_CODE = 10 };

/* Instructions, one word each, with operand words. Targets are word indices. Filters are a test kind and argument that
   the next character must pass for the way on to have a chance. */
enum RegexOp {
    OP_FAIL,
    OP_MATCH,
    OP_TEST,          /* kind, argument */
    OP_STRING,        /* count, characters... */
    OP_AT,            /* enum SreAt */
    OP_MARK,          /* mark */
    OP_JUMP,          /* target */
    OP_ALT,           /* next alternative (0: this is the last), filter kind, argument */
    OP_OPTION,        /* target after the body, filter of the body: greedy (x)? */
    OP_LAZY_OPTION,   /* target after the body: lazy (x)?? */
    OP_STAR,          /* kind, argument, min, max, filter of what follows */
    OP_LAZY,
    OP_POSSESSIVE,
    OP_ENTER,         /* target, 0: into a loop that does not count */
    OP_LOOP,          /* loop, target of the until: starts counting */
    OP_UNTIL_MAX,     /* loop, min, max, target of the body, filter of the body */
    OP_UNTIL_MIN,     /* the same */
    OP_UNTIL_SIMPLE,  /* target of the body, its filter: greedy, no counter, the body is never empty */
    OP_POSS_LOOP,     /* loop, min, max, target after the loop */
    OP_POSS_NEXT,     /* target of the OP_POSS_LOOP */
    OP_LOOK,          /* negative, back, target after it */
    OP_LOOK_END,
    OP_LOOK_ONE,      /* negative, back, kind, argument: the body is one test */
    OP_ATOMIC,
    OP_ATOMIC_END,
    OP_GROUPREF,      /* group, enum SetFold */
    OP_IF_GROUP,      /* group, target when it is not set */
    OP_COUNT,
};

/* Words of an instruction with its operands; OP_STRING adds its characters. */
static inline unsigned regex_op_words(const uint32_t *pc) {
    static const uint8_t words[OP_COUNT] = {
        [OP_FAIL] = 1, [OP_MATCH] = 1, [OP_TEST] = 3, [OP_STRING] = 2, [OP_AT] = 2, [OP_MARK] = 2, [OP_JUMP] = 2, [OP_ALT] = 4,
        [OP_OPTION] = 4, [OP_LAZY_OPTION] = 2, [OP_STAR] = 7, [OP_LAZY] = 7, [OP_POSSESSIVE] = 7, [OP_ENTER] = 3, [OP_LOOP] = 3,
        [OP_UNTIL_MAX] = 7, [OP_UNTIL_MIN] = 7, [OP_UNTIL_SIMPLE] = 4, [OP_POSS_LOOP] = 5, [OP_POSS_NEXT] = 2, [OP_LOOK] = 4,
        [OP_LOOK_END] = 1, [OP_LOOK_ONE] = 5, [OP_ATOMIC] = 1, [OP_ATOMIC_END] = 1, [OP_GROUPREF] = 3, [OP_IF_GROUP] = 3,
    };
    return words[*pc] + (*pc == OP_STRING ? pc[1] : 0);
}

/* --- Characters ---------------------------------------------------------------------------------------------------------------- */

static inline bool ascii_is_word(uint32_t c) { return c < 128 && (c - '0' < 10 || (c | 32) - 'a' < 26 || c == '_'); }
static inline bool uni_is_word(uint32_t c) { return c < 128 ? ascii_is_word(c) : unicode_is(c, UNICODE_ALNUM); }
static inline bool loc_is_word(uint32_t c) { return c < 256 && (isalnum((int)c) || c == '_'); }
static inline uint32_t loc_lower(uint32_t c) { return c < 256 ? (uint32_t)tolower((int)c) : c; }
static inline uint32_t loc_upper(uint32_t c) { return c < 256 ? (uint32_t)toupper((int)c) : c; }
static inline uint32_t uni_lower(uint32_t c) { return c < 128 ? regex_ascii_lower(c) : unicode_simple_lower(c); }

bool regex_in_category(uint32_t category, uint32_t c);
/* Runs a set's code on a character as it is. */
bool regex_in_code(const uint32_t *set, uint32_t c);
/* Folds first, as the set at `set` (its first word) says. */
bool regex_in_set(const uint32_t *set, uint32_t c);
/* Makes the set's bitmap from its code. */
void regex_set_bitmap(uint32_t *set);
/* regex_prefix.c: how many places from a match's beginning on are known, at most so many; places[c] has bit i set where c may stand at place i. */
enum { REGEX_PREFIX_MAX = 8 };
uint32_t regex_prefix(const Regex *regex, uint8_t places[256], uint8_t *wide);
/* For what regex_test does not decide at once. */
bool regex_test_slow(const uint32_t *code, uint32_t kind, uint32_t arg, uint32_t c);

static inline bool regex_bitmap_has(const uint32_t *bitmap, uint32_t c) { return bitmap[c >> 5] >> (c & 31) & 1; }

static inline bool regex_test(const uint32_t *code, uint32_t kind, uint32_t arg, uint32_t c) {
    switch (kind) {
    case TEST_CHAR: return c == arg;
    case TEST_SET:
        if (c < 256) return regex_bitmap_has(code + arg, c);
        return regex_test_slow(code, kind, arg, c);
    case TEST_NOT_CHAR: return c != arg;
    case TEST_ANY: return c != '\n';
    case TEST_ALL: return true;
    default: return regex_test_slow(code, kind, arg, c);
    }
}

#endif
