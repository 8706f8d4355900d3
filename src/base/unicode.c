#include "base/unicode.h"

bool unicode_numeric(uint32_t ch, double *value) {
    const UnicodeType *type = unicode_type(ch);
    if (!(type->flags & UNICODE_NUMERIC)) return false;
    if (type->digit >= 0) {
        *value = type->digit;
        return true;
    }
    unsigned low = 0, high = unicode_numeric_count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        if (unicode_numeric_chars[mid] < ch) low = mid + 1;
        else high = mid;
    }
    *value = unicode_numeric_values[unicode_numeric_index[low]];
    return true;
}

static const UnicodeSpecialCase *special_case(uint32_t ch) {
    unsigned low = 0, high = unicode_special_case_count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        if (unicode_special_cases[mid].ch < ch) low = mid + 1;
        else high = mid;
    }
    return &unicode_special_cases[low];
}

unsigned unicode_full_case(uint32_t ch, UnicodeCase to, uint32_t out[3]) {
    const UnicodeType *type = unicode_type(ch);
    if (type->flags & UNICODE_SPECIAL_CASE) {
        const uint16_t *mapped = special_case(ch)->mapped[to];
        unsigned n = 0;
        while (n < 3 && mapped[n] != 0) {
            out[n] = mapped[n];
            n++;
        }
        return n;
    }
    switch (to) {
    case UNICODE_TO_LOWER: ch += (uint32_t)type->lower; break;
    case UNICODE_TO_UPPER: ch += (uint32_t)type->upper; break;
    case UNICODE_TO_TITLE: ch += (uint32_t)type->title; break;
    case UNICODE_TO_FOLD: ch += (uint32_t)type->fold; break;
    }
    out[0] = ch;
    return 1;
}

/* The sigma at i ends a word: a cased letter stands before it and none after it, case-ignorable ones left aside. */
static bool sigma_is_final(Units text, size_t i) {
    size_t j = i;
    while (j > 0 && unicode_is_case_ignorable(units_at(text, j - 1))) j--;
    if (j == 0 || !unicode_is_cased(units_at(text, j - 1))) return false;
    j = i + 1;
    while (j < text.len && unicode_is_case_ignorable(units_at(text, j))) j++;
    return j == text.len || !unicode_is_cased(units_at(text, j));
}

unsigned unicode_lower_at(Units text, size_t i, uint32_t out[3]) {
    uint32_t ch = units_at(text, i);
    if (ch == 0x3a3) {
        out[0] = sigma_is_final(text, i) ? 0x3c2 : 0x3c3;
        return 1;
    }
    return unicode_full_case(ch, UNICODE_TO_LOWER, out);
}

bool unicode_is_identifier(Units text) {
    if (text.len == 0 || !unicode_is_xid_start(units_at(text, 0))) return false;
    for (size_t i = 1; i < text.len; i++)
        if (!unicode_is_xid_continue(units_at(text, i))) return false;
    return true;
}

static const UnicodeOld *old_row(uint32_t ch) {
    return &unicode_olds[unicode_old_stage2[unicode_old_stage1[ch >> 7] << 7 | (ch & 127)]];
}

static bool has_old_row(uint32_t ch) { return ch < UNICODE_LIMIT && old_row(ch) != &unicode_olds[0]; }

uint32_t unicode_old_property(uint32_t ch) { return has_old_row(ch) ? old_row(ch)->properties : unicode_property(ch); }

int unicode_old_decimal(uint32_t ch) { return has_old_row(ch) ? old_row(ch)->decimal : unicode_decimal(ch); }

bool unicode_old_numeric(uint32_t ch, double *value) {
    if (!has_old_row(ch)) return unicode_numeric(ch, value);
    *value = old_row(ch)->numeric;
    return *value != -1;
}
