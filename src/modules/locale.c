/* The module _locale: the C library's locale, its texts and its order of strings.
 *
 * Texts of the locale are in its own encoding; bytes that are no text there become lone surrogates, as in file names. */
#include <errno.h>
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#include "modules/module.h"

#define LOCALE_FUNCTION(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct LocaleState {
    Value error;
} LocaleState;

static Value locale_error(Thread *t, const char *message) {
    return err_raise_type(t, V_AS(Type, MODULE_STATE(t, _locale, LocaleState)->error), "%s", message);
}

/* --- Text of the locale -------------------------------------------------------------------------------------------------------------------- */

static Value decode(Thread *t, const char *text) {
    size_t n = strlen(text);
    StrBuilder b;
    mbstate_t state = {0};
    str_builder_init(&b);
    for (size_t i = 0; i < n;) {
        wchar_t c;
        size_t used = mbrtowc(&c, text + i, n - i, &state);
        if (used == (size_t)-1 || used == (size_t)-2) {
            c = (wchar_t)(0xdc00 + (uint8_t)text[i]);
            used = 1;
            state = (mbstate_t){0};
        }
        if (!str_builder_char(t, &b, (uint32_t)c)) return VNULL;
        i += used;
    }
    return str_builder_finish(t, &b);
}

/* The characters of a str as the C library's wide ones, in libc's memory; NULL: exception. */
static wchar_t *wide(Thread *t, Value str, size_t *length) {
    const Str *s = V_AS(Str, str);
    *length = (size_t)str_len(s);
    if (str_find_char(s, 0, 0, str_len(s)) >= 0) {
        err_raise(t, T_ValueError, "embedded null character");
        return NULL;
    }
    wchar_t *text = malloc((*length + 1) * sizeof *text);
    if (text == NULL) {
        err_no_memory(t);
        return NULL;
    }
    for (size_t i = 0; i < *length; i++) text[i] = (wchar_t)str_at(s, (int64_t)i);
    text[*length] = 0;
    return text;
}

/* A str or (with `none`) None as UTF-8 without NUL; NULL for None, or with an exception. */
static const char *text_argument(Thread *t, Value v, const char *function, int position, bool none, Value *keep) {
    *keep = VNULL;
    if (none && is_none(v)) return NULL;
    if (is_str(t, v)) return str_cstr(t, v, keep);
    if (position > 0) err_raise(t, T_TypeError, "%s() argument %d must be str%s, not %T", function, position, none ? " or None" : "", v);
    else err_raise(t, T_TypeError, "%s() argument must be str%s, not %T", function, none ? " or None" : "", v);
    return NULL;
}

/* --- The locale ------------------------------------------------------------------------------------------------------------------------------ */

LOCALE_FUNCTION(fn_setlocale) {
    int category;
    if (!arg_i32(t, args[0], &category)) return VNULL;
    if (is_null(args[1]) || is_none(args[1])) {
        const char *now = setlocale(category, NULL);
        return now ? decode(t, now) : locale_error(t, "locale query failed");
    }
    Value keep;
    const char *name = text_argument(t, args[1], "setlocale", 2, true, &keep);
    if (name == NULL) return VNULL;
    const char *now = setlocale(category, name);
    decref_maybe(t, keep);
    return now ? decode(t, now) : locale_error(t, "unsupported locale setting");
}

/* Sizes of groups, ending with 0 (repeat the last) or CHAR_MAX (no more). */
static Value grouping_list(Thread *t, const char *grouping) {
    Value list = list_new(t, 0);
    if (is_null(list) || *grouping == 0) return list;
    for (const char *p = grouping;; p++) {
        if (!list_append_take(t, V_AS(List, list), v_smallint(*p))) break;
        if (*p == 0 || *p == CHAR_MAX) return list;
    }
    decref(t, list);
    return VNULL;
}

static bool put(Thread *t, Value dict, const char *name, Value v) {
    bool good = !is_null(v) && dict_set_cstr(t, dict, name, v);
    decref_maybe(t, v);
    return good;
}

static bool put_conventions(Thread *t, Value dict, const struct lconv *c) {
    const struct { const char *name, *text; } texts[] = {
        {"int_curr_symbol", c->int_curr_symbol}, {"currency_symbol", c->currency_symbol}, {"mon_decimal_point", c->mon_decimal_point},
        {"mon_thousands_sep", c->mon_thousands_sep}, {"positive_sign", c->positive_sign}, {"negative_sign", c->negative_sign},
        {"decimal_point", c->decimal_point}, {"thousands_sep", c->thousands_sep}};
    const struct { const char *name; char value; } numbers[] = {
        {"int_frac_digits", c->int_frac_digits}, {"frac_digits", c->frac_digits}, {"p_cs_precedes", c->p_cs_precedes},
        {"p_sep_by_space", c->p_sep_by_space}, {"n_cs_precedes", c->n_cs_precedes}, {"n_sep_by_space", c->n_sep_by_space},
        {"p_sign_posn", c->p_sign_posn}, {"n_sign_posn", c->n_sign_posn}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (!put(t, dict, texts[i].name, decode(t, texts[i].text))) return false;
        if (i == 3 && !put(t, dict, "mon_grouping", grouping_list(t, c->mon_grouping))) return false;
        if (i == 5)
            for (size_t k = 0; k < COUNT_OF(numbers); k++)
                if (!put(t, dict, numbers[k].name, v_smallint(numbers[k].value))) return false;
    }
    return put(t, dict, "grouping", grouping_list(t, c->grouping));
}

/* The texts of numbers and money are in the encodings of their categories, which may differ from that of characters: for as long as
 * they are read, that is the one of numbers. */
LOCALE_FUNCTION(fn_localeconv) {
    Value dict = dict_new(t);
    if (is_null(dict)) return dict;
    const char *numeric = setlocale(LC_NUMERIC, NULL), *characters = setlocale(LC_CTYPE, NULL);
    char *before = numeric && characters && strcmp(numeric, characters) != 0 && strcmp(numeric, "C") != 0 ? strdup(characters) : NULL;
    if (before != NULL) setlocale(LC_CTYPE, numeric);
    bool good = put_conventions(t, dict, localeconv());
    if (before != NULL) {
        setlocale(LC_CTYPE, before);
        free(before);
    }
    if (good) return dict;
    decref(t, dict);
    return VNULL;
}

typedef struct LangItem {
    const char *name;
    nl_item item;
} LangItem;
static const LangItem lang_items[] = {
#define ROW(name) {#name, name}
    ROW(DAY_1), ROW(DAY_2), ROW(DAY_3), ROW(DAY_4), ROW(DAY_5), ROW(DAY_6), ROW(DAY_7), ROW(ABDAY_1), ROW(ABDAY_2), ROW(ABDAY_3), ROW(ABDAY_4),
    ROW(ABDAY_5), ROW(ABDAY_6), ROW(ABDAY_7), ROW(MON_1), ROW(MON_2), ROW(MON_3), ROW(MON_4), ROW(MON_5), ROW(MON_6), ROW(MON_7), ROW(MON_8),
    ROW(MON_9), ROW(MON_10), ROW(MON_11), ROW(MON_12), ROW(ABMON_1), ROW(ABMON_2), ROW(ABMON_3), ROW(ABMON_4), ROW(ABMON_5), ROW(ABMON_6),
    ROW(ABMON_7), ROW(ABMON_8), ROW(ABMON_9), ROW(ABMON_10), ROW(ABMON_11), ROW(ABMON_12), ROW(RADIXCHAR), ROW(THOUSEP), ROW(CRNCYSTR),
    ROW(D_FMT), ROW(D_T_FMT), ROW(T_FMT), ROW(AM_STR), ROW(PM_STR), ROW(CODESET), ROW(T_FMT_AMPM), ROW(ERA), ROW(ERA_D_FMT), ROW(ERA_D_T_FMT),
    ROW(ERA_T_FMT), ROW(ALT_DIGITS), ROW(YESEXPR), ROW(NOEXPR), ROW(_DATE_FMT),
#undef ROW
};

/* These are lists: their parts lie one behind the other, each with its NUL, or separated by semicolons. */
static Value alternative_digits(Thread *t, const char *text) {
    StrBuilder b;
    str_builder_init(&b);
    if (*text == 0) return str_builder_finish(t, &b);
    for (int i = 0; i < 100 && *text; i++, text += strlen(text) + 1) {
        Value part = decode(t, text);
        bool good = !is_null(part) && (i == 0 || str_builder_char(t, &b, ';')) && str_builder_str(t, &b, part);
        decref_maybe(t, part);
        if (!good) {
            str_builder_drop(t, &b);
            return VNULL;
        }
    }
    return str_builder_finish(t, &b);
}

LOCALE_FUNCTION(fn_nl_langinfo) {
    int item;
    if (!arg_i32(t, args[0], &item)) return VNULL;
    for (size_t i = 0; i < COUNT_OF(lang_items); i++) {
        if (lang_items[i].item != item) continue;
        const char *text = nl_langinfo(item);
        if (item == ALT_DIGITS) return alternative_digits(t, text ? text : "");
        return decode(t, text ? text : "");
    }
    return err_raise(t, T_ValueError, "unsupported langinfo constant");
}

LOCALE_FUNCTION(fn_getencoding) {
    const char *name = nl_langinfo(CODESET);
    return str_from_cstr(t, name && *name ? name : "utf-8");
}

/* --- The order of strings ---------------------------------------------------------------------------------------------------------------------- */

LOCALE_FUNCTION(fn_strcoll) {
    for (int i = 0; i < 2; i++)
        if (!is_str(t, args[i])) return err_raise(t, T_TypeError, "strcoll() argument %d must be str, not %T", i + 1, args[i]);
    size_t n;
    wchar_t *a = wide(t, args[0], &n), *b = a ? wide(t, args[1], &n) : NULL;
    Value result = b ? v_smallint(wcscoll(a, b)) : VNULL;
    free(a);
    free(b);
    return result;
}

LOCALE_FUNCTION(fn_strxfrm) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "strxfrm() argument must be str, not %T", args[0]);
    size_t n;
    wchar_t *text = wide(t, args[0], &n), *out = NULL;
    if (text == NULL) return VNULL;
    errno = 0;
    size_t length = wcsxfrm(NULL, text, 0);
    if (length == (size_t)-1 || errno == ERANGE) length = n;
    Value result = VNULL;
    out = malloc((length + 1) * sizeof *out);
    errno = 0;
    if (out == NULL) err_no_memory(t);
    else if (wcsxfrm(out, text, length + 1) == (size_t)-1 || (errno && errno != ERANGE)) err_raise_errno(t, errno, VNULL, VNULL);
    else result = str_from_ucs4(t, (const uint32_t *)out, (int64_t)length);
    free(text);
    free(out);
    return result;
}

/* --- Translations ------------------------------------------------------------------------------------------------------------------------------- */

LOCALE_FUNCTION(fn_gettext) {
    Value keep;
    const char *message = text_argument(t, args[0], "gettext", 0, false, &keep);
    Value result = message ? decode(t, gettext(message)) : VNULL;
    decref_maybe(t, keep);
    return result;
}

static Value translate(Thread *t, const char *function, Value domain, Value message, int category) {
    Value keep_domain, keep;
    const char *d = text_argument(t, domain, function, 1, true, &keep_domain);
    if (d == NULL && err_pending(t)) return VNULL;
    const char *m = text_argument(t, message, function, 2, false, &keep);
    Value result = m ? decode(t, dcgettext(d, m, category)) : VNULL;
    decref_maybe(t, keep);
    decref_maybe(t, keep_domain);
    return result;
}

LOCALE_FUNCTION(fn_dgettext) { return translate(t, "dgettext", args[0], args[1], LC_MESSAGES); }
LOCALE_FUNCTION(fn_dcgettext) {
    int category;
    return arg_i32(t, args[2], &category) ? translate(t, "dcgettext", args[0], args[1], category) : VNULL;
}

LOCALE_FUNCTION(fn_textdomain) {
    Value keep;
    const char *domain = text_argument(t, args[0], "textdomain", 0, true, &keep);
    if (domain == NULL && err_pending(t)) return VNULL;
    const char *now = textdomain(domain);
    decref_maybe(t, keep);
    return now ? decode(t, now) : err_raise_errno(t, errno, VNULL, VNULL);
}

/* A path as the system's bytes; None: VNULL without an exception. */
static Value path_bytes(Thread *t, Value v) {
    if (is_none(v)) return VNULL;
    Value os = t->hooks->import(t, "os");
    if (is_null(os)) return VNULL;
    Value encode = attr_get_cstr(t, os, "fsencode"), bytes = is_null(encode) ? VNULL : call_1(t, encode, v);
    decref(t, os);
    decref_maybe(t, encode);
    if (is_null(bytes) || memchr(V_AS(Bytes, bytes)->data, 0, (size_t)V_AS(Bytes, bytes)->length) == NULL) return bytes;
    decref(t, bytes);
    return err_raise(t, T_ValueError, "embedded null byte");
}

LOCALE_FUNCTION(fn_bindtextdomain) {
    Value keep;
    const char *domain = text_argument(t, args[0], "bindtextdomain", 1, false, &keep);
    if (domain == NULL) return VNULL;
    Value result = VNULL, folder = VNULL;
    if (*domain == 0) {
        locale_error(t, "domain must be a non-empty string");
    } else {
        folder = path_bytes(t, args[1]);
        if (!err_pending(t)) {
            const char *now = bindtextdomain(domain, is_null(folder) ? NULL : V_AS(Bytes, folder)->data);
            result = now ? decode(t, now) : err_raise_errno(t, errno, VNULL, VNULL);
        }
    }
    decref_maybe(t, folder);
    decref_maybe(t, keep);
    return result;
}

LOCALE_FUNCTION(fn_bind_textdomain_codeset) {
    Value keep_domain, keep;
    const char *domain = text_argument(t, args[0], "bind_textdomain_codeset", 1, false, &keep_domain);
    if (domain == NULL) return VNULL;
    const char *codeset = text_argument(t, args[1], "bind_textdomain_codeset", 2, true, &keep);
    Value result = VNULL;
    if (codeset != NULL || !err_pending(t)) {
        const char *now = bind_textdomain_codeset(domain, codeset);
        result = now ? decode(t, now) : V_NONE;
    }
    decref_maybe(t, keep);
    decref_maybe(t, keep_domain);
    return result;
}

/* --- The module ----------------------------------------------------------------------------------------------------------------------------------- */

static const MethodDef functions[] = {
    {"setlocale", "($module, category, locale=None, /)", "Activates/queries locale processing.", fn_setlocale},
    {"localeconv", "($module, /)", "Returns numeric and monetary locale-specific parameters.", fn_localeconv},
    {"strcoll", "($module, os1, os2, /)", "Compares two strings according to the locale.", fn_strcoll},
    {"strxfrm", "($module, string, /)", "Return a string that can be used as a key for locale-aware comparisons.", fn_strxfrm},
    {"nl_langinfo", "($module, key, /)", "Return the value for the locale information associated with key.", fn_nl_langinfo},
    {"gettext", "($module, msg, /)", "gettext(msg) -> string\n\nReturn translation of msg.", fn_gettext},
    {"dgettext", "($module, domain, msg, /)", "dgettext(domain, msg) -> string\n\nReturn translation of msg in domain.", fn_dgettext},
    {"dcgettext", "($module, domain, msg, category, /)", "Return translation of msg in domain and category.", fn_dcgettext},
    {"textdomain", "($module, domain, /)", "Set the C library's textdmain to domain, returning the new domain.", fn_textdomain},
    {"bindtextdomain", "($module, domain, dir, /)", "Bind the C library's domain to dir.", fn_bindtextdomain},
    {"bind_textdomain_codeset", "($module, domain, codeset, /)", "Bind the C library's domain to codeset.", fn_bind_textdomain_codeset},
    {"getencoding", "($module, /)", "Get the current locale encoding.", fn_getencoding},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    static const LangItem categories[] = {{"LC_CTYPE", LC_CTYPE}, {"LC_TIME", LC_TIME}, {"LC_COLLATE", LC_COLLATE}, {"LC_MONETARY", LC_MONETARY},
                                          {"LC_MESSAGES", LC_MESSAGES}, {"LC_NUMERIC", LC_NUMERIC}, {"LC_ALL", LC_ALL}, {"CHAR_MAX", CHAR_MAX}};
    LocaleState *state = module_state(module);
    state->error = module_new_exception(t, "locale", "Error", VNULL);
    if (is_null(state->error) || !module_add(t, module, "Error", new_ref(state->error))) return false;
    for (size_t i = 0; i < COUNT_OF(categories); i++)
        if (!module_add_int(t, module, categories[i].name, categories[i].item)) return false;
    for (size_t i = 0; i < COUNT_OF(lang_items); i++)
        if (!module_add_int(t, module, lang_items[i].name, lang_items[i].item)) return false;
    return true;
}

static int traverse(void *state, VisitFn visit, void *context) {
    Value error = ((LocaleState *)state)->error;
    return is_null(error) ? 0 : visit(error, context);
}
static void clear(Thread *t, void *state) { slot_clear(t, &((LocaleState *)state)->error); }

const ModuleDef module__locale = {
    .name = "_locale",
    .doc = "Support for POSIX locales.",
    .functions = functions,
    .state_size = sizeof(LocaleState),
    .exec = exec,
    .traverse = traverse,
    .clear = clear,
};
