/* Samples of every table; the whole database was compared with CPython when it was generated. */
#include "base/unicode.h"

#include <string.h>

#include "base/unicode_names.h"
#include "base/unicode_normalize.h"
#include "check.h"

static bool normal(UnicodeForm form, bool old, const uint32_t *in, size_t n, const uint32_t *want, size_t n_want) {
    Ucs4Vec v = {0};
    bool ok = unicode_normalize((Units){in, n, 4}, form, old, &v) && v.len == n_want &&
              memcmp(v.data, want, n_want * 4) == 0;
    vec_free(&v);
    return ok;
}
#define U(...) (const uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4

static void types(void) {
    CHECK(unicode_is_alpha(0xe9) && !unicode_is_alpha('1') && !unicode_is_alpha(0xffffffff));
    CHECK(unicode_is_decimal(0x663) && unicode_decimal(0x663) == 3);
    CHECK(unicode_digit(0xb2) == 2 && unicode_decimal(0xb2) == -1);
    double d;
    CHECK(unicode_numeric(0xbd, &d) && d == 0.5);
    CHECK(unicode_numeric(0x2155, &d) && d == 0.2);
    CHECK(unicode_numeric('7', &d) && d == 7);
    CHECK(!unicode_numeric('x', &d));
    CHECK(unicode_is_xid_start('_') && !unicode_is_xid_start('1') && unicode_is_xid_continue('1'));
    CHECK(unicode_is_identifier((Units){"x9_\xe9", 4, 1}) && !unicode_is_identifier((Units){"x-", 2, 1}));
    CHECK(unicode_is_linebreak(0x2028) && unicode_is_space(0x3000) && !unicode_is_printable(0xad));
    CHECK(unicode_is_title(0x1c5) && unicode_is_upper(0x1c4) && unicode_is_lower(0x1c6));
}

static void cases(void) {
    uint32_t out[3];
    CHECK(unicode_full_case(0xdf, UNICODE_TO_UPPER, out) == 2 && out[0] == 'S' && out[1] == 'S');
    CHECK(unicode_full_case(0x130, UNICODE_TO_LOWER, out) == 2 && unicode_simple_lower(0x130) == 'i');
    CHECK(unicode_full_case(0x1e9e, UNICODE_TO_FOLD, out) == 2 && out[0] == 's');
    CHECK(unicode_full_case(0xfb03, UNICODE_TO_TITLE, out) == 3 && out[0] == 'F' && out[2] == 'i');
    CHECK(unicode_simple_upper(0xff) == 0x178 && unicode_simple_title(0x1c6) == 0x1c5);
    const uint16_t odysseus[] = {0x39f, 0x3a3, '.', 0x3a3, ' ', 0x3a3};
    Units text = {odysseus, 6, 2};
    unicode_lower_at(text, 1, out);
    CHECK(out[0] == 0x3c3);
    unicode_lower_at(text, 3, out);
    CHECK(out[0] == 0x3c2);
    unicode_lower_at(text, 5, out);
    CHECK(out[0] == 0x3c3);
}

static void properties(void) {
    CHECK(strcmp(unicode_category_name(unicode_property(0xa7)), "Po") == 0);
    CHECK(strcmp(unicode_category_name(unicode_old_property(0xa7)), "So") == 0);
    CHECK(strcmp(unicode_bidi_name(unicode_property(0x5d0)), "R") == 0);
    CHECK(strcmp(unicode_bidi_name(unicode_property(0x378)), "") == 0);
    CHECK(strcmp(unicode_width_name(unicode_property(0x4e00)), "W") == 0);
    CHECK(unicode_property_mirrored(unicode_property('(')) && unicode_property_combining(unicode_property(0x301)) == 230);
    CHECK(unicode_is_newer(0x221) && !unicode_is_newer('a'));
    CHECK(unicode_old_decimal(0xb2) == 2);
}

static void normalization(void) {
    CHECK(normal(UNICODE_NFC, false, U('e', 0x301), U(0xe9)));
    CHECK(normal(UNICODE_NFD, false, U(0x1e69), U('s', 0x323, 0x307)));
    CHECK(normal(UNICODE_NFC, false, U('s', 0x307, 0x323), U(0x1e69)));
    CHECK(normal(UNICODE_NFD, false, U(0xac01), U(0x1100, 0x1161, 0x11a8)));
    CHECK(normal(UNICODE_NFC, false, U(0x1100, 0x1161, 0x11a8, 0x11a8), U(0xac01, 0x11a8)));
    CHECK(normal(UNICODE_NFKC, false, U(0xfb01, 0x1d400), U('f', 'i', 'A')));
    CHECK(normal(UNICODE_NFC, false, U(0x212b), U(0xc5)));
    CHECK(normal(UNICODE_NFC, true, U(0x2f868), U(0x2136a)));
    CHECK(unicode_quick_check((Units){U('e', 0x301), 4}, UNICODE_NFC) == UNICODE_MAYBE);
    CHECK(unicode_quick_check((Units){U(0xe9), 4}, UNICODE_NFC) == UNICODE_YES);
    CHECK(unicode_quick_check((Units){U(0xe9), 4}, UNICODE_NFD) == UNICODE_NO);
    uint32_t many[1000], out[UNICODE_DECOMPOSITION_MAX];
    for (int i = 0; i < 1000; i++) many[i] = i % 2 ? 0x301 : 0x323;
    Ucs4Vec v = {0};
    CHECK(unicode_normalize((Units){many, 1000, 4}, UNICODE_NFD, false, &v) && v.data[499] == 0x323 && v.data[500] == 0x301);
    vec_free(&v);
    unsigned n;
    CHECK(strcmp(unicode_decomposition(0xfdfa, out, &n), "isolated") == 0 && n == 18);
    CHECK(unicode_decomposition('a', out, &n) == NULL);
}

static void name_is(uint32_t ch, const char *name) {
    char buffer[UNICODE_NAME_SIZE];
    uint32_t found[4];
    size_t n = unicode_name(ch, buffer);
    CHECK(n == strlen(name) && strcmp(buffer, name) == 0);
    CHECK(unicode_lookup(name, n, found) == 1 && found[0] == ch);
}

static void names(void) {
    name_is('a', "LATIN SMALL LETTER A");
    name_is(0xd55c, "HANGUL SYLLABLE HAN");
    name_is(0x4e00, "CJK UNIFIED IDEOGRAPH-4E00");
    name_is(0x20000, "CJK UNIFIED IDEOGRAPH-20000");
    name_is(0x1f600, "GRINNING FACE");
    name_is(0xe01ef, "VARIATION SELECTOR-256");
    char buffer[UNICODE_NAME_SIZE];
    uint32_t found[4];
    bool alias;
    CHECK(unicode_name(0, buffer) == 0 && unicode_name(0x110000, buffer) == 0 && unicode_name(0x378, buffer) == 0);
    CHECK(unicode_lookup_ex("null", 4, found, &alias) == 1 && found[0] == 0 && alias);
    CHECK(unicode_lookup("keycap digit one", 16, found) == 3 && found[2] == 0x20e3);
    CHECK(unicode_lookup("CJK UNIFIED IDEOGRAPH-04E00", 27, found) == 0);
    CHECK(unicode_lookup("NO SUCH NAME", 12, found) == 0 && unicode_lookup("", 0, found) == 0);
}

int main(void) {
    types();
    cases();
    properties();
    normalization();
    names();
    return CHECK_DONE();
}
