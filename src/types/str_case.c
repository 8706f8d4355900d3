/* str: letter case and kinds of characters. ASCII goes by the byte, the rest by the Unicode tables. */
#include "base/unicode.h"
#include "types/str_priv.h"

static inline uint8_t ascii_lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; }
static inline uint8_t ascii_upper(uint8_t c) { return c >= 'a' && c <= 'z' ? c & 0xdf : c; }
static inline bool ascii_letter(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26; }

typedef enum CaseOp { LOWER, UPPER, TITLE, CAPITALIZE, SWAP, FOLD } CaseOp;

static Value ascii_case(Thread *t, Value v, CaseOp op) {
    Str *s = V_AS(Str, v);
    int64_t n = str_len(s);
    if (n == 0) return new_ref(t->interp->empty_str);
    Value result = n == 1 ? VNULL : str_new(t, n, 0x7f);
    if (n > 1 && is_null(result)) return VNULL;
    uint8_t one[1], *out = n == 1 ? one : V_AS(Str, result)->data;
    bool in_word = false;
    for (int64_t i = 0; i < n; i++) {
        uint8_t c = s->data[i];
        switch (op) {
        case LOWER: case FOLD: out[i] = ascii_lower(c); break;
        case UPPER: out[i] = ascii_upper(c); break;
        case SWAP: out[i] = ascii_letter(c) ? c ^ 0x20 : c; break;
        case CAPITALIZE: out[i] = i == 0 ? ascii_upper(c) : ascii_lower(c); break;
        case TITLE:
            out[i] = in_word ? ascii_lower(c) : ascii_upper(c);
            in_word = ascii_letter(c);
            break;
        }
    }
    return n == 1 ? str_from_char(t, one[0]) : result;
}

static Value change_case(Thread *t, Value v, CaseOp op) {
    Str *s = V_AS(Str, v);
    if (str_is_ascii(s)) return ascii_case(t, v, op);
    Units u = str_units(s);
    StrBuilder b;
    str_builder_init(&b);
    bool in_word = false;
    for (size_t i = 0; i < u.len; i++) {
        uint32_t c = units_at(u, i), out[3];
        unsigned n;
        switch (op) {
        case LOWER: n = unicode_lower_at(u, i, out); break;
        case UPPER: n = unicode_full_case(c, UNICODE_TO_UPPER, out); break;
        case FOLD: n = unicode_full_case(c, UNICODE_TO_FOLD, out); break;
        case SWAP:
            if (unicode_is_upper(c)) n = unicode_lower_at(u, i, out);
            else if (unicode_is_lower(c)) n = unicode_full_case(c, UNICODE_TO_UPPER, out);
            else out[0] = c, n = 1;
            break;
        case CAPITALIZE: n = i == 0 ? unicode_full_case(c, UNICODE_TO_TITLE, out) : unicode_lower_at(u, i, out); break;
        default:
            n = in_word ? unicode_lower_at(u, i, out) : unicode_full_case(c, UNICODE_TO_TITLE, out);
            in_word = unicode_is_cased(c);
        }
        for (unsigned k = 0; k < n; k++)
            if (!str_builder_char(t, &b, out[k])) return VNULL;
    }
    return str_builder_finish(t, &b);
}
STR_METHOD(str_m_lower) { return change_case(t, args[0], LOWER); }
STR_METHOD(str_m_upper) { return change_case(t, args[0], UPPER); }
STR_METHOD(str_m_title) { return change_case(t, args[0], TITLE); }
STR_METHOD(str_m_capitalize) { return change_case(t, args[0], CAPITALIZE); }
STR_METHOD(str_m_swapcase) { return change_case(t, args[0], SWAP); }
STR_METHOD(str_m_casefold) { return change_case(t, args[0], FOLD); }

/* --- Questions about all characters ------------------------------------------------------------ */

static Value all_are(Value v, unsigned flags, bool empty) {
    Units u = str_units(V_AS(Str, v));
    for (size_t i = 0; i < u.len; i++)
        if (!unicode_is(units_at(u, i), flags)) return V_FALSE;
    return v_bool(u.len > 0 || empty);
}
STR_METHOD(str_m_isalpha) { return all_are(args[0], UNICODE_ALPHA, false); }
STR_METHOD(str_m_isalnum) { return all_are(args[0], UNICODE_ALNUM, false); }
STR_METHOD(str_m_isdecimal) { return all_are(args[0], UNICODE_DECIMAL, false); }
STR_METHOD(str_m_isdigit) { return all_are(args[0], UNICODE_DIGIT, false); }
STR_METHOD(str_m_isnumeric) { return all_are(args[0], UNICODE_NUMERIC, false); }
STR_METHOD(str_m_isspace) { return all_are(args[0], UNICODE_SPACE, false); }
STR_METHOD(str_m_isprintable) { return all_are(args[0], UNICODE_PRINTABLE, true); }
STR_METHOD(str_m_isascii) { return v_bool(str_is_ascii(V_AS(Str, args[0]))); }
STR_METHOD(str_m_isidentifier) { return v_bool(str_is_identifier(V_AS(Str, args[0]))); }

/* All cased characters have the case, and there is one. */
static Value cased_are(Value v, unsigned wanted, unsigned unwanted) {
    Units u = str_units(V_AS(Str, v));
    bool found = false;
    for (size_t i = 0; i < u.len; i++) {
        uint32_t c = units_at(u, i);
        if (unicode_is(c, unwanted)) return V_FALSE;
        found = found || unicode_is(c, wanted);
    }
    return v_bool(found);
}
STR_METHOD(str_m_islower) { return cased_are(args[0], UNICODE_LOWER, UNICODE_UPPER | UNICODE_TITLE); }
STR_METHOD(str_m_isupper) { return cased_are(args[0], UNICODE_UPPER, UNICODE_LOWER | UNICODE_TITLE); }

STR_METHOD(str_m_istitle) {
    Units u = str_units(V_AS(Str, args[0]));
    bool found = false, after_cased = false;
    for (size_t i = 0; i < u.len; i++) {
        uint32_t c = units_at(u, i);
        if (unicode_is(c, UNICODE_UPPER | UNICODE_TITLE)) {
            if (after_cased) return V_FALSE;
            after_cased = found = true;
        } else if (unicode_is_lower(c)) {
            if (!after_cased) return V_FALSE;
            found = true;
        } else {
            after_cased = false;
        }
    }
    return v_bool(found);
}
