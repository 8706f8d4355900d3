/* Three kinds of names: Hangul syllables are spelled from their jamo, ideographs are a prefix and the code point in
   hex, all others are sequences of words in the generated tables. */
#include "base/unicode_names.h"

#include <string.h>

#include "base/unicode_tables.h"

enum { HANGUL_FIRST = 0xac00, HANGUL_COUNT = 11172, HANGUL_VS = 21, HANGUL_TS = 28 };

static const char hangul_prefix[] = "HANGUL SYLLABLE ";
static const char hangul_leads[19][3] = {"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S",
                                         "SS", "", "J", "JJ", "C", "K", "T", "P", "H"};
static const char hangul_vowels[21][4] = {"A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE",
                                          "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU", "YI", "I"};
static const char hangul_tails[28][3] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D",  "L",  "LG", "LM", "LB", "LS", "LT",
                                         "LP", "LH", "M",  "B",  "BS", "S",  "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};

/* --- Words ------------------------------------------------------------------------------------------------------------- */

/* The stream's next word. Returns its length; 0 at the name's end. */
static unsigned next_word(const uint8_t **stream, const char **word) {
    unsigned b = *(*stream)++;
    if (b == 0) return 0;
    unsigned number = b <= unicode_word_short_count ? unicode_word_short[b - 1]
                                                    : (b - unicode_word_short_count - 1) * 256 + *(*stream)++;
    unsigned length = 1, offset = 0;
    while (length < unicode_word_longest && number >= unicode_word_length_starts[length]) {
        offset += (unsigned)(unicode_word_length_starts[length] - unicode_word_length_starts[length - 1]) * length;
        length++;
    }
    *word = unicode_word_letters + offset + (number - unicode_word_length_starts[length - 1]) * length;
    return length;
}

static const uint8_t *stream_of(unsigned ordinal) {
    const uint8_t *s = unicode_name_stream + unicode_name_stream_starts[ordinal / 32];
    for (unsigned skip = ordinal % 32; skip > 0; skip--) {
        while (*s != 0) s += *s <= unicode_word_short_count ? 1 : 2;
        s++;
    }
    return s;
}

static size_t spell(unsigned ordinal, char *out) {
    const uint8_t *stream = stream_of(ordinal);
    const char *word;
    size_t n = 0;
    for (unsigned length; (length = next_word(&stream, &word)) != 0;) {
        if (n > 0) out[n++] = ' ';
        memcpy(out + n, word, length);
        n += length;
    }
    out[n] = 0;
    return n;
}

/* --- From code point to name ------------------------------------------------------------------------------------------- */

static size_t append(char *out, size_t n, const char *s) {
    size_t len = strlen(s);
    memcpy(out + n, s, len + 1);
    return n + len;
}

static size_t hangul_name(uint32_t syllable, char *out) {
    size_t n = append(out, 0, hangul_prefix);
    n = append(out, n, hangul_leads[syllable / (HANGUL_VS * HANGUL_TS)]);
    n = append(out, n, hangul_vowels[syllable / HANGUL_TS % HANGUL_VS]);
    return append(out, n, hangul_tails[syllable % HANGUL_TS]);
}

static size_t hex_name(uint32_t ch, const char *prefix, char *out) {
    size_t n = append(out, 0, prefix);
    for (int shift = ch < 0x10000 ? 12 : 16; shift >= 0; shift -= 4) out[n++] = "0123456789ABCDEF"[ch >> shift & 15];
    out[n] = 0;
    return n;
}

size_t unicode_name(uint32_t ch, char out[UNICODE_NAME_SIZE]) {
    if (ch - HANGUL_FIRST < HANGUL_COUNT) return hangul_name(ch - HANGUL_FIRST, out);
    for (unsigned i = 0; i < unicode_name_prefix_range_count - unicode_name_prefix_hidden; i++) {
        const UnicodeNamePrefixRange *r = &unicode_name_prefix_ranges[i];
        if (ch >= r->first && ch <= r->last) return hex_name(ch, unicode_name_prefixes[r->prefix], out);
    }
    unsigned low = 0, high = unicode_name_run_count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        if (unicode_name_run_starts[mid] <= ch) low = mid + 1;
        else high = mid;
    }
    if (low == 0) return 0;
    unsigned end = low < unicode_name_run_count ? unicode_name_run_ordinals[low] : unicode_name_char_count;
    uint32_t ordinal = unicode_name_run_ordinals[low - 1] + (ch - unicode_name_run_starts[low - 1]);
    return ordinal < end ? spell(ordinal, out) : 0;
}

/* --- From name to code point ------------------------------------------------------------------------------------------- */

static uint32_t name_hash(const char *name, size_t n) {
    uint32_t h = 0x811c9dc5;
    for (size_t i = 0; i < n; i++) h = (h ^ (uint8_t)name[i]) * 0x01000193;
    return h ^ h >> 15;
}

/* Takes the longest of the jamo names that begins s; at least the empty one if there is one. Returns its number or -1. */
static int longest_jamo(const char **s, const char *end, const char *names, unsigned count, unsigned stride) {
    int best = -1;
    size_t best_len = 0;
    for (unsigned i = 0; i < count; i++) {
        const char *name = names + i * stride;
        size_t len = strlen(name);
        if ((best < 0 || len > best_len) && len <= (size_t)(end - *s) && memcmp(*s, name, len) == 0) {
            best = (int)i;
            best_len = len;
        }
    }
    *s += best_len;
    return best;
}

static bool hangul_lookup(const char *s, size_t n, uint32_t *ch) {
    const char *end = s + n;
    int l = longest_jamo(&s, end, hangul_leads[0], 19, sizeof hangul_leads[0]);
    int v = longest_jamo(&s, end, hangul_vowels[0], 21, sizeof hangul_vowels[0]);
    int t = longest_jamo(&s, end, hangul_tails[0], 28, sizeof hangul_tails[0]);
    if (l < 0 || v < 0 || t < 0 || s != end) return false;
    *ch = HANGUL_FIRST + ((uint32_t)l * HANGUL_VS + (uint32_t)v) * HANGUL_TS + (uint32_t)t;
    return true;
}

/* Four or five hex digits, without a leading zero when five. */
static bool hex_lookup(const char *s, size_t n, uint32_t *ch) {
    if (n < 4 || n > 5 || s[0] == '0') return false;
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c >= '0' && c <= '9') v = v * 16 + (uint32_t)(c - '0');
        else if (c >= 'A' && c <= 'F') v = v * 16 + (uint32_t)(c - 'A') + 10;
        else return false;
    }
    *ch = v;
    return true;
}

static bool prefix_lookup(const char *name, size_t n, uint32_t *ch) {
    for (unsigned i = 0; i < unicode_name_prefix_range_count; i++) {
        const UnicodeNamePrefixRange *r = &unicode_name_prefix_ranges[i];
        const char *prefix = unicode_name_prefixes[r->prefix];
        size_t len = strlen(prefix);
        if (len < n && memcmp(name, prefix, len) == 0 && hex_lookup(name + len, n - len, ch) && *ch >= r->first &&
            *ch <= r->last)
            return true;
    }
    return false;
}

static uint32_t char_of(unsigned ordinal) {
    unsigned low = 0, high = unicode_name_run_count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        if (unicode_name_run_ordinals[mid] <= ordinal) low = mid + 1;
        else high = mid;
    }
    return unicode_name_run_starts[low - 1] + ordinal - unicode_name_run_ordinals[low - 1];
}

unsigned unicode_lookup_ex(const char *name, size_t n, uint32_t out[4], bool *is_alias) {
    *is_alias = false;
    char upper[UNICODE_NAME_SIZE], found[UNICODE_NAME_SIZE];
    if (n == 0 || n >= sizeof upper) return 0;
    for (size_t i = 0; i < n; i++) upper[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];

    size_t prefix = sizeof hangul_prefix - 1;
    if (n > prefix && memcmp(upper, hangul_prefix, prefix) == 0) return hangul_lookup(upper + prefix, n - prefix, out);
    if (prefix_lookup(upper, n, out)) return 1;

    unsigned bucket = name_hash(upper, n) % 8192;
    for (unsigned i = unicode_name_bucket_starts[bucket]; i < unicode_name_bucket_starts[bucket + 1]; i++) {
        unsigned ordinal = unicode_name_buckets[i];
        if (spell(ordinal, found) != n || memcmp(found, upper, n) != 0) continue;
        if (ordinal < unicode_name_char_count) {
            out[0] = char_of(ordinal);
            return 1;
        }
        *is_alias = true;
        ordinal -= unicode_name_char_count;
        if (ordinal < unicode_name_alias_count) {
            out[0] = unicode_name_aliases[ordinal];
            return 1;
        }
        const uint16_t *sequence = unicode_name_sequences[ordinal - unicode_name_alias_count];
        unsigned count = 0;
        while (count < 4 && sequence[count] != 0) {
            out[count] = sequence[count];
            count++;
        }
        return count;
    }
    return 0;
}

unsigned unicode_lookup(const char *name, size_t n, uint32_t out[4]) {
    bool is_alias;
    return unicode_lookup_ex(name, n, out, &is_alias);
}
