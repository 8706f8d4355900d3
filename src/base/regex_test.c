/* Tests of single characters: categories and sets. */
#include <string.h>

#include "base/regex_priv.h"

bool regex_ascii_is_cased(uint32_t c) { return (c | 32) - 'a' < 26; }

bool regex_unicode_is_cased(uint32_t c) { return unicode_simple_lower(c) != c || unicode_simple_upper(c) != c; }

static bool ascii_is_space(uint32_t c) { return c == ' ' || c - '\t' < 5; }

bool regex_in_category(uint32_t category, uint32_t c) {
    switch (category) {
    case CAT_DIGIT: return c - '0' < 10;
    case CAT_NOT_DIGIT: return c - '0' >= 10;
    case CAT_SPACE: return ascii_is_space(c);
    case CAT_NOT_SPACE: return !ascii_is_space(c);
    case CAT_WORD: return ascii_is_word(c);
    case CAT_NOT_WORD: return !ascii_is_word(c);
    case CAT_LINEBREAK: return c == '\n';
    case CAT_NOT_LINEBREAK: return c != '\n';
    case CAT_LOC_WORD: return loc_is_word(c);
    case CAT_LOC_NOT_WORD: return !loc_is_word(c);
    case CAT_UNI_DIGIT: return unicode_is_decimal(c);
    case CAT_UNI_NOT_DIGIT: return !unicode_is_decimal(c);
    case CAT_UNI_SPACE: return unicode_is_space(c);
    case CAT_UNI_NOT_SPACE: return !unicode_is_space(c);
    case CAT_UNI_WORD: return uni_is_word(c);
    case CAT_UNI_NOT_WORD: return !uni_is_word(c);
    case CAT_UNI_LINEBREAK: return unicode_is_linebreak(c);
    case CAT_UNI_NOT_LINEBREAK: return !unicode_is_linebreak(c);
    default: return false;
    }
}

/* The map of a BIGCHARSET is 256 bytes, one for each block of 256 characters. */
static bool in_big_charset(const uint32_t *p, uint32_t c) {
    if (c >= 0x10000) return false;
    uint8_t block;
    memcpy(&block, (const uint8_t *)(p + 1) + (c >> 8), 1);
    return regex_bitmap_has(p + 1 + 64 + block * 8, c & 255);
}

bool regex_in_code(const uint32_t *p, uint32_t c) {
    bool found = true;
    for (;;) {
        switch (*p) {
        case SRE_FAILURE: return !found;
        case SRE_NEGATE:
            found = !found;
            p++;
            break;
        case SRE_LITERAL:
            if (c == p[1]) return found;
            p += 2;
            break;
        case SRE_CATEGORY:
            if (regex_in_category(p[1], c)) return found;
            p += 2;
            break;
        case SRE_RANGE:
            if (p[1] <= c && c <= p[2]) return found;
            p += 3;
            break;
        case SRE_RANGE_UNI_IGNORE:
            if (p[1] <= c && c <= p[2]) return found;
            uint32_t upper = unicode_simple_upper(c);
            if (p[1] <= upper && upper <= p[2]) return found;
            p += 3;
            break;
        case SRE_CHARSET:
            if (c < 256 && regex_bitmap_has(p + 1, c)) return found;
            p += 9;
            break;
        case SRE_BIGCHARSET:
            if (in_big_charset(p + 1, c)) return found;
            p += 2 + 64 + p[1] * 8;
            break;
        default: return false;
        }
    }
}

/* The same for all characters below 256 at once; false: one of the code's steps is not that simple. */
static bool code_bitmap(const uint32_t *p, uint32_t bitmap[8]) {
    uint32_t decided[8] = {0};
    bool found = true;
    memset(bitmap, 0, 8 * sizeof *bitmap);
    for (;;) {
        uint32_t those[8] = {0};
        switch (*p) {
        case SRE_FAILURE:
            if (!found)
                for (int i = 0; i < 8; i++) bitmap[i] |= ~decided[i];
            return true;
        case SRE_NEGATE:
            found = !found;
            p++;
            continue;
        case SRE_LITERAL:
            if (p[1] < 256) those[p[1] >> 5] = (uint32_t)1 << (p[1] & 31);
            p += 2;
            break;
        case SRE_CATEGORY:
            for (uint32_t c = 0; c < 256; c++)
                if (regex_in_category(p[1], c)) those[c >> 5] |= (uint32_t)1 << (c & 31);
            p += 2;
            break;
        case SRE_RANGE:
            for (uint32_t c = p[1]; c <= p[2] && c < 256; c++) those[c >> 5] |= (uint32_t)1 << (c & 31);
            p += 3;
            break;
        case SRE_CHARSET:
            memcpy(those, p + 1, sizeof those);
            p += 9;
            break;
        default: return false;
        }
        for (int i = 0; i < 8; i++) {
            if (found) bitmap[i] |= those[i] & ~decided[i];
            decided[i] |= those[i];
        }
    }
}

void regex_set_bitmap(uint32_t *set) {
    if (set[SET_FOLDING] == SET_FOLD_NONE && code_bitmap(set + SET_CODE, set)) return;
    memset(set, 0, 8 * sizeof *set);
    for (uint32_t c = 0; c < 256; c++)
        if (regex_in_set(set, c)) set[c >> 5] |= (uint32_t)1 << (c & 31);
}

bool regex_in_set(const uint32_t *set, uint32_t c) {
    const uint32_t *p = set + SET_CODE;
    switch (set[SET_FOLDING]) {
    case SET_FOLD_ASCII: return regex_in_code(p, regex_ascii_lower(c));
    case SET_FOLD_UNI: return regex_in_code(p, uni_lower(c));
    case SET_FOLD_LOC: {
        /* One of the two cases is in the set; in a negated one, neither is in what it excludes. */
        uint32_t lower = loc_lower(c), upper = loc_upper(c);
        bool found = regex_in_code(p, lower);
        if (upper == lower || found == (p[0] != SRE_NEGATE)) return found;
        return regex_in_code(p, upper);
    }
    default: return regex_in_code(p, c);
    }
}

bool regex_test_slow(const uint32_t *code, uint32_t kind, uint32_t arg, uint32_t c) {
    switch (kind) {
    case TEST_NONE: return true;
    case TEST_NEVER: return false;
    case TEST_SET: {
        const uint32_t *set = code + arg;
        return set[SET_WIDE] == SET_WIDE_ASK ? regex_in_set(set, c) : set[SET_WIDE] == SET_WIDE_ALWAYS;
    }
    case TEST_LOC_SET: return regex_in_set(code + arg, c);
    case TEST_ASCII_CHAR: return regex_ascii_lower(c) == arg;
    case TEST_ASCII_NOT_CHAR: return regex_ascii_lower(c) != arg;
    case TEST_UNI_CHAR: return uni_lower(c) == arg;
    case TEST_UNI_NOT_CHAR: return uni_lower(c) != arg;
    case TEST_LOC_CHAR: return c == arg || loc_lower(c) == arg || loc_upper(c) == arg;
    case TEST_LOC_NOT_CHAR: return c != arg && loc_lower(c) != arg && loc_upper(c) != arg;
    default: return false;
    }
}
