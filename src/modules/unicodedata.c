/* unicodedata: the Unicode character database, as it is and as it was in 3.2.0. The data is base/unicode. Every function
   exists twice: in the module, and as a method of the object ucd_3_2_0. */
#include "base/unicode.h"
#include "base/unicode_names.h"
#include "base/unicode_normalize.h"
#include "modules/module.h"
#include "object/buffer.h"

typedef struct Ucd {
    Object head;
} Ucd;

/* The one character of an argument; `where` is "argument" or "argument 1". */
static bool one_char(Thread *t, Value v, const char *function, const char *where, uint32_t *ch) {
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "%s() %s must be a unicode character, not %T", function, where, v);
    Str *s = V_AS(Str, v);
    if (str_len(s) != 1)
        return err_fail(t, T_TypeError, "%s(): %s must be a unicode character, not a string of length %zd", function, where, (size_t)str_len(s));
    *ch = str_at(s, 0);
    return true;
}

static uint32_t property(uint32_t ch, bool old) { return old ? unicode_old_property(ch) : unicode_property(ch); }

/* --- Values; args are those behind self ---------------------------------------------------------------------------------------- */

static Value or_default(Thread *t, Value fallback, const char *message) {
    return is_null(fallback) ? err_raise(t, T_ValueError, "%s", message) : new_ref(fallback);
}

static Value decimal(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "decimal", "argument 1", &ch)) return VNULL;
    int value = old ? unicode_old_decimal(ch) : unicode_decimal(ch);
    return value >= 0 ? v_smallint(value) : or_default(t, args[1], "not a decimal");
}

static Value digit(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "digit", "argument 1", &ch)) return VNULL;
    int value = unicode_digit(ch);
    return value >= 0 ? v_smallint(value) : or_default(t, args[1], "not a digit");
}

static Value numeric(Thread *t, Value *args, bool old) {
    uint32_t ch;
    double value;
    if (!one_char(t, args[0], "numeric", "argument 1", &ch)) return VNULL;
    if (old ? unicode_old_numeric(ch, &value) : unicode_numeric(ch, &value)) return float_from_double(t, value);
    return or_default(t, args[1], "not a numeric character");
}

/* --- Properties ------------------------------------------------------------------------------------------------------------------ */

static Value category(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "category", "argument", &ch)) return VNULL;
    return str_intern_cstr(t, unicode_category_name(property(ch, old)));
}

static Value bidirectional(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "bidirectional", "argument", &ch)) return VNULL;
    return str_intern_cstr(t, unicode_bidi_name(property(ch, old)));
}

static Value east_asian_width(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "east_asian_width", "argument", &ch)) return VNULL;
    return str_intern_cstr(t, unicode_width_name(property(ch, old)));
}

static Value combining(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "combining", "argument", &ch)) return VNULL;
    return v_smallint(unicode_property_combining(property(ch, old)));
}

static Value mirrored(Thread *t, Value *args, bool old) {
    uint32_t ch;
    if (!one_char(t, args[0], "mirrored", "argument", &ch)) return VNULL;
    return v_smallint(unicode_property_mirrored(property(ch, old)));
}

static Value decomposition(Thread *t, Value *args, bool old) {
    uint32_t ch, parts[UNICODE_DECOMPOSITION_MAX];
    unsigned n;
    if (!one_char(t, args[0], "decomposition", "argument", &ch)) return VNULL;
    const char *tag = old && unicode_is_newer(ch) ? NULL : unicode_decomposition(ch, parts, &n);
    if (tag == NULL) return str_from_cstr(t, "");
    StrBuilder b;
    str_builder_init(&b);
    if (*tag && !str_builder_format(t, &b, "<%s>", tag)) return VNULL;
    for (unsigned i = 0; i < n; i++)
        if (!str_builder_format(t, &b, i > 0 || *tag ? " %04X" : "%04X", parts[i])) return VNULL;
    return str_builder_finish(t, &b);
}

/* --- Names ------------------------------------------------------------------------------------------------------------------------ */

static Value name(Thread *t, Value *args, bool old) {
    uint32_t ch;
    char text[UNICODE_NAME_SIZE];
    if (!one_char(t, args[0], "name", "argument 1", &ch)) return VNULL;
    size_t n = old && unicode_is_newer(ch) ? 0 : unicode_name(ch, text);
    return n > 0 ? str_from_ascii(t, text, (int64_t)n) : or_default(t, args[1], "no such name");
}

static Value lookup_text(Thread *t, const char *text, int64_t n, bool old) {
    enum { LONGEST = 256 };
    if (n > LONGEST) return err_raise(t, T_KeyError, "name too long");
    uint32_t found[4];
    bool is_alias;
    unsigned count = unicode_lookup_ex(text, (size_t)n, found, &is_alias);
    if (count == 0 || (old && is_alias)) {
        char shown[LONGEST + 1];
        memcpy(shown, text, (size_t)n);
        shown[n] = 0;
        return err_raise(t, T_KeyError, "undefined character name '%s'", shown);
    }
    return str_from_ucs4(t, found, count);
}

static Value lookup(Thread *t, Value *args, bool old) {
    Value result;
    if (is_str(t, args[0])) {
        int64_t n;
        Value keep;
        const char *text = str_utf8(t, args[0], &n, &keep);
        if (text == NULL) return VNULL;
        result = lookup_text(t, text, n, old);
        decref_maybe(t, keep);
    } else {
        Buffer buffer;
        if (!buffer_get(t, args[0], &buffer, BUF_SIMPLE)) return VNULL;
        result = lookup_text(t, buffer.data, buffer.length, old);
        buffer_release(t, &buffer);
    }
    return result;
}

/* --- Normal forms ------------------------------------------------------------------------------------------------------------------ */

static bool form_arguments(Thread *t, Value *args, const char *function, UnicodeForm *form) {
    static const char names[4][5] = {[UNICODE_NFC] = "NFC", [UNICODE_NFKC] = "NFKC", [UNICODE_NFD] = "NFD", [UNICODE_NFKD] = "NFKD"};
    for (int i = 0; i < 2; i++)
        if (!is_str(t, args[i])) return err_fail(t, T_TypeError, "%s() argument %d must be str, not %T", function, i + 1, args[i]);
    for (unsigned i = 0; i < 4; i++) {
        if (!str_equals_cstr(V_AS(Str, args[0]), names[i])) continue;
        *form = (UnicodeForm)i;
        return true;
    }
    return false;
}

/* What a text needs: nothing (YES), work, or (for the old database, whose quick checks we do not keep) always work. */
static UnicodeVerdict verdict(Value text, UnicodeForm form, bool old) {
    Str *s = V_AS(Str, text);
    if (str_is_ascii(s) || str_len(s) == 0) return UNICODE_YES;
    return old ? UNICODE_MAYBE : unicode_quick_check(str_units(s), form);
}

static Value normalize(Thread *t, Value *args, bool old) {
    UnicodeForm form;
    bool is_form = form_arguments(t, args, "normalize", &form);
    if (err_pending(t)) return VNULL;
    if (str_len(V_AS(Str, args[1])) == 0) return str_exact(t, args[1]);
    if (!is_form) return err_raise(t, T_ValueError, "invalid normalization form");
    if (verdict(args[1], form, old) == UNICODE_YES) return str_exact(t, args[1]);
    Ucs4Vec out = {0};
    Value result = unicode_normalize(str_units(V_AS(Str, args[1])), form, old, &out) ? str_from_ucs4(t, out.data, (int64_t)out.len)
                                                                                     : err_no_memory(t);
    vec_free(&out);
    return result;
}

static Value is_normalized(Thread *t, Value *args, bool old) {
    UnicodeForm form;
    bool is_form = form_arguments(t, args, "is_normalized", &form);
    if (err_pending(t)) return VNULL;
    if (str_len(V_AS(Str, args[1])) == 0) return V_TRUE;
    if (!is_form) return err_raise(t, T_ValueError, "invalid normalization form");
    UnicodeVerdict quick = verdict(args[1], form, old);
    if (quick != UNICODE_MAYBE) return v_bool(quick == UNICODE_YES);
    Value normal = normalize(t, args, old);
    if (is_null(normal)) return VNULL;
    bool same_text = str_equal(V_AS(Str, normal), V_AS(Str, args[1]));
    decref(t, normal);
    return v_bool(same_text);
}

/* --- Functions and methods --------------------------------------------------------------------------------------------------------- */

#define EACH_FUNCTION(X)                                                                                                   \
    X(decimal, "chr, default=<unrepresentable>", "The character's value as a decimal digit.")                                \
    X(digit, "chr, default=<unrepresentable>", "The character's value as a digit.")                                          \
    X(numeric, "chr, default=<unrepresentable>", "The character's numeric value as a float.")                                \
    X(category, "chr", "The character's general category, two letters.")                                                     \
    X(bidirectional, "chr", "The character's bidirectional class; '' when none is assigned.")                                \
    X(combining, "chr", "The character's canonical combining class; 0 when it has none.")                                    \
    X(mirrored, "chr", "1 when the character is mirrored in bidirectional text, else 0.")                                    \
    X(east_asian_width, "chr", "The character's East Asian width.")                                                          \
    X(decomposition, "chr", "The character's decomposition; '' when it has none.")                                           \
    X(name, "chr, default=<unrepresentable>", "The character's name.")                                                       \
    X(lookup, "name", "The character, or the named sequence, of that name.")                                                 \
    X(normalize, "form, unistr", "The text in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'.")                              \
    X(is_normalized, "form, unistr", "Whether the text is in that normal form.")

#define WRAPPERS(id, signature, doc)                                                                                       \
    static Value function_##id(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return id(t, args, false); }         \
    static Value method_##id(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return id(t, args + 1, true); }
EACH_FUNCTION(WRAPPERS)

#define FUNCTION_ROW(id, signature, doc) {#id, "($module, " signature ", /)", doc, function_##id},
#define METHOD_ROW(id, signature, doc) {#id, "($self, " signature ", /)", doc, method_##id},
static const MethodDef functions[] = {EACH_FUNCTION(FUNCTION_ROW) {NULL}};
static const MethodDef methods[] = {EACH_FUNCTION(METHOD_ROW) {NULL}};

static Value get_version(Thread *t, Value self, void *closure) { return str_from_cstr(t, unicode_old_version); }

static const GetSetDef getsets[] = {
    {"unidata_version", get_version, NULL, NULL},
    {NULL},
};

const TypeDef typedef_UCD = {
    .name = "unicodedata.UCD",
    .flags = TF_NO_NEW | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Ucd),
    .methods = methods,
    .getsets = getsets,
};

static bool exec(Thread *t, Value module) {
    if (!module_add_type(t, module, T_UCD, &typedef_UCD)) return false;
    Ucd *old = heap_object(t, SHAPE_UCD, sizeof *old);
    if (old == NULL) return false;
    return module_add(t, module, "ucd_3_2_0", v_from(old)) && module_add_cstr(t, module, "unidata_version", unicode_version);
}

const ModuleDef module_unicodedata = {
    .name = "unicodedata",
    .doc = "The Unicode character database, version 16.0.0: the names and properties of all characters.",
    .functions = functions,
    .exec = exec,
};
