/* Decompose fully, order the marks, and for the composed forms compose again in place. */
#include "base/unicode_normalize.h"

#include "base/unicode.h"

enum {
    HANGUL_S = 0xac00, HANGUL_L = 0x1100, HANGUL_V = 0x1161, HANGUL_T = 0x11a7,
    HANGUL_LS = 19, HANGUL_VS = 21, HANGUL_TS = 28, HANGUL_SS = HANGUL_LS * HANGUL_VS * HANGUL_TS,
};

enum { CHECK_SHIFT = 22, CHECK_MAYBE = 1u << (CHECK_SHIFT + 4) };

UnicodeVerdict unicode_quick_check(Units text, UnicodeForm form) {
    uint32_t no = 1u << (CHECK_SHIFT + form);
    uint32_t maybe = form == UNICODE_NFC || form == UNICODE_NFKC ? CHECK_MAYBE : 0;
    UnicodeVerdict verdict = UNICODE_YES;
    unsigned last = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t ch = units_at(text, i);
        if (ch < 0x80) {
            last = 0;
            continue;
        }
        uint32_t p = unicode_property(ch);
        unsigned combining = unicode_property_combining(p);
        if ((p & no) || (combining != 0 && combining < last)) return UNICODE_NO;
        if (p & maybe) verdict = UNICODE_MAYBE;
        last = combining;
    }
    return verdict;
}

static unsigned decomposition_index(uint32_t ch) {
    if (ch >= UNICODE_LIMIT) return 0;
    return unicode_decomposition_stage2[unicode_decomposition_stage1[ch >> 7] << 7 | (ch & 127)];
}

static unsigned hangul_decompose(uint32_t ch, uint32_t *out) {
    uint32_t s = ch - HANGUL_S;
    out[0] = HANGUL_L + s / (HANGUL_VS * HANGUL_TS);
    out[1] = HANGUL_V + s % (HANGUL_VS * HANGUL_TS) / HANGUL_TS;
    out[2] = HANGUL_T + s % HANGUL_TS;
    return s % HANGUL_TS == 0 ? 2 : 3;
}

static bool is_hangul(uint32_t ch) { return ch - HANGUL_S < HANGUL_SS; }

/* Reads one entry of the table; returns the count of code points. */
static unsigned read_entry(unsigned index, uint32_t *out) {
    const uint16_t *p = &unicode_decompositions[index + 1];
    const uint16_t *end = p + (unicode_decompositions[index] & 255);
    unsigned n = 0;
    while (p < end) {
        uint32_t ch = *p++;
        if (ch - 0xd800 < 0x400) ch = 0x10000 + ((ch - 0xd800) << 10) + (*p++ - 0xdc00u);
        out[n++] = ch;
    }
    return n;
}

const char *unicode_decomposition(uint32_t ch, uint32_t out[UNICODE_DECOMPOSITION_MAX], unsigned *n) {
    if (is_hangul(ch)) {
        *n = hangul_decompose(ch, out);
        return unicode_tag_names[0];
    }
    unsigned index = decomposition_index(ch);
    if (index == 0) return NULL;
    *n = read_entry(index, out);
    return unicode_tag_names[unicode_decompositions[index] >> 8];
}

static bool push(Ucs4Vec *out, uint32_t ch) { return vec_push(out, ch); }

static const uint32_t *old_correction(uint32_t ch) {
    for (unsigned i = 0; i < unicode_old_correction_count; i++)
        if (unicode_old_corrections[2 * i] == ch) return &unicode_old_corrections[2 * i + 1];
    return NULL;
}

/* Mappings nest a few levels at most (the data holds no circles), so this recurses. */
static bool decompose(uint32_t ch, bool compat, bool old, Ucs4Vec *out) {
    if (ch < 0xa0) return push(out, ch);
    uint32_t parts[UNICODE_DECOMPOSITION_MAX];
    unsigned n;
    if (is_hangul(ch)) {
        n = hangul_decompose(ch, parts);
        return vec_extend(out, parts, n);
    }
    if (old) {
        if (unicode_is_newer(ch)) return push(out, ch);
        const uint32_t *correction = old_correction(ch);
        if (correction) return push(out, *correction);
    }
    unsigned index = decomposition_index(ch);
    if (index == 0 || (!compat && unicode_decompositions[index] >> 8 != 0)) return push(out, ch);
    n = read_entry(index, parts);
    for (unsigned i = 0; i < n; i++)
        if (!decompose(parts[i], compat, old, out)) return false;
    return true;
}

/* Orders each run of marks by combining class, stably. A long run is sorted by counting, so that hostile text stays linear. */
static bool order_run(uint32_t *p, size_t n) {
    if (n <= 32) {
        for (size_t i = 1; i < n; i++) {
            uint32_t ch = p[i];
            unsigned combining = unicode_property_combining(unicode_property(ch));
            size_t j = i;
            while (j > 0 && unicode_property_combining(unicode_property(p[j - 1])) > combining) {
                p[j] = p[j - 1];
                j--;
            }
            p[j] = ch;
        }
        return true;
    }
    size_t starts[257] = {0};
    uint32_t *copy = malloc(n * sizeof *copy);
    if (copy == NULL) return false;
    memcpy(copy, p, n * sizeof *copy);
    for (size_t i = 0; i < n; i++) starts[unicode_property_combining(unicode_property(copy[i])) + 1]++;
    for (unsigned i = 0; i < 256; i++) starts[i + 1] += starts[i];
    for (size_t i = 0; i < n; i++) p[starts[unicode_property_combining(unicode_property(copy[i]))]++] = copy[i];
    free(copy);
    return true;
}

static bool order_marks(uint32_t *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        if (p[i] < 0x300 || unicode_property_combining(unicode_property(p[i])) == 0) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < n && p[i] >= 0x300 && unicode_property_combining(unicode_property(p[i])) != 0) i++;
        if (i - start > 1 && !order_run(p + start, i - start)) return false;
    }
    return true;
}

/* 0: the pair has no composite. */
static uint32_t compose_pair(uint32_t a, uint32_t b) {
    if (a - HANGUL_L < HANGUL_LS && b - HANGUL_V < HANGUL_VS)
        return HANGUL_S + ((a - HANGUL_L) * HANGUL_VS + (b - HANGUL_V)) * HANGUL_TS;
    if (is_hangul(a) && (a - HANGUL_S) % HANGUL_TS == 0 && b - HANGUL_T - 1 < HANGUL_TS - 1) return a + b - HANGUL_T;
    uint64_t key = (uint64_t)a << 32 | b;
    unsigned low = 0, high = unicode_composition_count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        const uint32_t *t = &unicode_compositions[3 * mid];
        if (((uint64_t)t[0] << 32 | t[1]) < key) low = mid + 1;
        else high = mid;
    }
    const uint32_t *t = &unicode_compositions[3 * low];
    return low < unicode_composition_count && t[0] == a && t[1] == b ? t[2] : 0;
}

/* Composes in place; returns the new length. */
static size_t compose(uint32_t *p, size_t n) {
    size_t starter = SIZE_MAX, to = 0;
    unsigned last = 0;  /* combining class of the last character kept after the starter; 0 when none */
    for (size_t i = 0; i < n; i++) {
        uint32_t ch = p[i];
        uint32_t property = unicode_property(ch);
        unsigned combining = unicode_property_combining(property);
        bool blocked = starter + 1 != to && last >= combining;
        if (starter != SIZE_MAX && !blocked && (property & CHECK_MAYBE)) {
            uint32_t both = compose_pair(p[starter], ch);
            if (both != 0) {
                p[starter] = both;
                continue;
            }
        }
        if (combining == 0) {
            starter = to;
            last = 0;
        } else {
            last = combining;
        }
        p[to++] = ch;
    }
    return to;
}

bool unicode_normalize(Units text, UnicodeForm form, bool old, Ucs4Vec *out) {
    bool compat = form == UNICODE_NFKC || form == UNICODE_NFKD;
    size_t start = out->len;
    if (!vec_reserve(out, text.len + text.len / 8)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!decompose(units_at(text, i), compat, old, out)) return false;
    uint32_t *p = out->data + start;
    size_t n = out->len - start;
    if (!order_marks(p, n)) return false;
    if (form == UNICODE_NFC || form == UNICODE_NFKC) out->len = start + compose(p, n);
    return true;
}
