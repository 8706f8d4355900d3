/* _json.make_scanner: from JSON text to objects, by recursive descent over the text's units. */
#include "modules/json/json_priv.h"

#include "base/floattext.h"

enum { KEYS = 64, KEY_LONGEST = 24 };

/* Keys repeat, from one document to the next, too: the short ones that were met last are kept in a table by their characters, so that equal keys are
   one object, hashed once. */
typedef struct JsonScanner {
    Object head;
    Value object_hook, object_pairs_hook, parse_float, parse_int, parse_constant;
    Value *keys; /* KEYS of them, or NULL: there was no object yet */
    bool strict;
} JsonScanner;

/* One call of a scanner. */
typedef struct Scan {
    Thread *t;
    JsonScanner *scanner;
    Value document;
    const Str *s;
    int64_t n;
    const uint8_t *bytes; /* its characters, where each is one byte: a NUL stands behind them */
    bool plain_float, plain_int;
} Scan;

static Value scan_value(Scan *x, int64_t i, int64_t *end);

static inline uint32_t at(const Scan *x, int64_t i) { return LIKELY(x->bytes != NULL) ? x->bytes[i] : str_at(x->s, i); }

static inline int64_t skip_space(const Scan *x, int64_t i) {
    if (LIKELY(x->bytes != NULL)) {
        while (x->bytes[i] <= ' ' && (x->bytes[i] == ' ' || x->bytes[i] == '\n' || x->bytes[i] == '\r' || x->bytes[i] == '\t')) i++;
        return i;
    }
    while (i < x->n) {
        uint32_t c = at(x, i);
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') break;
        i++;
    }
    return i;
}

static Value nothing_at(Scan *x, int64_t i) { return err_stop_iteration(x->t, v_smallint(i)); }

/* --- Objects and arrays ------------------------------------------------------------------------------------------------------- */

/* The key whose opening quote stands before i. */
static Value scan_key(Scan *x, int64_t i, int64_t *end) {
    JsonScanner *scanner = x->scanner;
    if (UNLIKELY(scanner->keys == NULL) && (scanner->keys = heap_alloc_zeroed(x->t, KEYS * sizeof(Value))) == NULL) return VNULL;
    if (x->bytes != NULL) {
        const uint8_t *p = x->bytes + i;
        int64_t room = x->n - i < KEY_LONGEST ? x->n - i : KEY_LONGEST, len = 0;
        uint32_t hash = 2166136261u;
        while (len < room && p[len] != '"' && p[len] != '\\' && p[len] >= ' ') hash = (hash ^ p[len++]) * 16777619u;
        if (len < room && p[len] == '"') {
            Value *slot = &scanner->keys[(hash ^ hash >> 15) % KEYS];
            *end = i + len + 1;
            if (!is_null(*slot)) {
                Str *k = V_AS(Str, *slot);
                if (str_len(k) == len && memcmp(k->data, p, (size_t)len) == 0) return new_ref(*slot);
            }
            Value key = str_substring(x->t, x->document, i, i + len);
            if (!is_null(key)) slot_set(x->t, slot, new_ref(key));
            return key;
        }
    }
    return json_scan_string(x->t, x->document, i, scanner->strict, end);
}

/* Puts a pair into the dict or list under construction; takes both. */
static bool add_pair(Thread *t, Value into, bool as_pairs, Value key, Value value) {
    bool good;
    if (as_pairs) {
        Value pair = tuple_of(t, 2, key, value);
        good = !is_null(pair) && list_append_take(t, V_AS(List, into), pair);
    } else {
        good = dict_set_str(t, into, key, value);
    }
    decref(t, key);
    decref(t, value);
    return good;
}

/* i is behind the brace. */
static Value scan_object(Scan *x, int64_t i, int64_t *end) {
    Thread *t = x->t;
    JsonScanner *scanner = x->scanner;
    bool as_pairs = !is_none(scanner->object_pairs_hook);
    Value result = as_pairs ? list_new(t, 0) : dict_new(t);
    if (is_null(result)) return VNULL;
    i = skip_space(x, i);
    if (i < x->n && at(x, i) == '}') {
        i++;
        goto complete;
    }
    for (;;) {
        if (i >= x->n || at(x, i) != '"') {
            json_error(t, "Expecting property name enclosed in double quotes", x->document, i);
            goto fail;
        }
        Value key = scan_key(x, i + 1, &i);
        if (is_null(key)) goto fail;
        i = skip_space(x, i);
        if (i >= x->n || at(x, i) != ':') {
            decref(t, key);
            json_error(t, "Expecting ':' delimiter", x->document, i);
            goto fail;
        }
        Value value = scan_value(x, skip_space(x, i + 1), &i);
        if (is_null(value)) {
            decref(t, key);
            goto fail;
        }
        if (!add_pair(t, result, as_pairs, key, value)) goto fail;
        i = skip_space(x, i);
        if (i < x->n && at(x, i) == '}') {
            i++;
            break;
        }
        if (i >= x->n || at(x, i) != ',') {
            json_error(t, "Expecting ',' delimiter", x->document, i);
            goto fail;
        }
        int64_t comma = i;
        i = skip_space(x, i + 1);
        if (i < x->n && at(x, i) == '}') {
            json_error(t, "Illegal trailing comma before end of object", x->document, comma);
            goto fail;
        }
    }
complete:
    *end = i;
    Value hook = as_pairs ? scanner->object_pairs_hook : scanner->object_hook;
    if (is_none(hook)) return result;
    Value made = call_1(t, hook, result);
    decref(t, result);
    return made;
fail:
    decref(t, result);
    return VNULL;
}

/* i is behind the bracket. */
static Value scan_array(Scan *x, int64_t i, int64_t *end) {
    Thread *t = x->t;
    Value result = list_new(t, 0);
    if (is_null(result)) return VNULL;
    i = skip_space(x, i);
    if (i < x->n && at(x, i) == ']') {
        *end = i + 1;
        return result;
    }
    for (;;) {
        Value value = scan_value(x, i, &i);
        if (is_null(value) || !list_append_take(t, V_AS(List, result), value)) goto fail;
        i = skip_space(x, i);
        if (i < x->n && at(x, i) == ']') {
            *end = i + 1;
            return result;
        }
        if (i >= x->n || at(x, i) != ',') {
            json_error(t, "Expecting ',' delimiter", x->document, i);
            goto fail;
        }
        int64_t comma = i;
        i = skip_space(x, i + 1);
        if (i < x->n && at(x, i) == ']') {
            json_error(t, "Illegal trailing comma before end of array", x->document, comma);
            goto fail;
        }
    }
fail:
    decref(t, result);
    return VNULL;
}

/* --- Numbers and names --------------------------------------------------------------------------------------------------------- */

static inline bool is_digit_at(const Scan *x, int64_t i) { return i < x->n && at(x, i) - '0' < 10; }

static Value call_with_text(Scan *x, Value callee, int64_t start, int64_t end) {
    Value text = str_substring(x->t, x->document, start, end);
    if (is_null(text)) return VNULL;
    Value result = call_1(x->t, callee, text);
    decref(x->t, text);
    return result;
}

static Value make_int(Scan *x, int64_t start, int64_t end) {
    if (!x->plain_int) return call_with_text(x, x->scanner->parse_int, start, end);
    bool negative = at(x, start) == '-';
    if (end - start - negative <= 18) {
        int64_t v = 0;
        for (int64_t i = start + negative; i < end; i++) v = v * 10 + (int64_t)(at(x, i) - '0');
        return int_from_i64(x->t, negative ? -v : v);
    }
    Value text = str_substring(x->t, x->document, start, end);
    if (is_null(text)) return VNULL;
    Value result = int_from_str(x->t, text, 10);
    decref(x->t, text);
    return result;
}

static Value make_float(Scan *x, int64_t start, int64_t end) {
    if (!x->plain_float) return call_with_text(x, x->scanner->parse_float, start, end);
    double d;
    if (x->s->kind == 1) {
        float_parse((const char *)str_1(x->s) + start, (size_t)(end - start), false, &d);
        return float_from_double(x->t, d);
    }
    Value text = str_substring(x->t, x->document, start, end);  /* ASCII, so one byte a character */
    if (is_null(text)) return VNULL;
    float_parse((const char *)V_AS(Str, text)->data, (size_t)(end - start), false, &d);
    decref(x->t, text);
    return float_from_double(x->t, d);
}

static Value scan_number(Scan *x, int64_t start, int64_t *end) {
    int64_t i = start + (at(x, start) == '-');
    if (!is_digit_at(x, i)) return nothing_at(x, start);
    if (at(x, i) == '0') i++;
    else
        while (is_digit_at(x, i)) i++;
    bool is_float = false;
    if (i < x->n && at(x, i) == '.' && is_digit_at(x, i + 1)) {
        is_float = true;
        i += 2;
        while (is_digit_at(x, i)) i++;
    }
    if (i < x->n && (at(x, i) | 32) == 'e') {
        int64_t e = i + 1;
        if (e < x->n && (at(x, e) == '+' || at(x, e) == '-')) e++;
        if (is_digit_at(x, e)) {
            is_float = true;
            while (is_digit_at(x, e)) e++;
            i = e;
        }
    }
    *end = i;
    return is_float ? make_float(x, start, i) : make_int(x, start, i);
}

static bool stands(const Scan *x, int64_t i, const char *word) {
    for (; *word; word++, i++)
        if (i >= x->n || at(x, i) != (uint8_t)*word) return false;
    return true;
}

static Value scan_constant(Scan *x, const char *name, int64_t i, int64_t *end) {
    *end = i + (int64_t)strlen(name);
    return call_with_text(x, x->scanner->parse_constant, i, *end);
}

static Value scan_value(Scan *x, int64_t i, int64_t *end) {
    if (i >= x->n) return nothing_at(x, i);
    uint32_t c = at(x, i);
    switch (c) {
    case '"': return json_scan_string(x->t, x->document, i + 1, x->scanner->strict, end);
    case '{':
        if (!stack_check(x->t, " while decoding a JSON object from a unicode string")) return VNULL;
        return scan_object(x, i + 1, end);
    case '[':
        if (!stack_check(x->t, " while decoding a JSON array from a unicode string")) return VNULL;
        return scan_array(x, i + 1, end);
    case 'n':
        if (!stands(x, i, "null")) break;
        *end = i + 4;
        return V_NONE;
    case 't':
        if (!stands(x, i, "true")) break;
        *end = i + 4;
        return V_TRUE;
    case 'f':
        if (!stands(x, i, "false")) break;
        *end = i + 5;
        return V_FALSE;
    case 'N':
        if (stands(x, i, "NaN")) return scan_constant(x, "NaN", i, end);
        break;
    case 'I':
        if (stands(x, i, "Infinity")) return scan_constant(x, "Infinity", i, end);
        break;
    case '-':
        if (stands(x, i, "-Infinity")) return scan_constant(x, "-Infinity", i, end);
        return scan_number(x, i, end);
    default:
        if (c - '0' < 10) return scan_number(x, i, end);
    }
    return nothing_at(x, i);
}

/* --- The type ------------------------------------------------------------------------------------------------------------------ */

static Value slot_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value bound[2];
    int64_t index, end = 0;
    if (!call_bind_signature(t, "scan_once", "(string, idx)", args, nargs, kwnames, bound)) return VNULL;
    if (!number_to_index(t, bound[1], &index, T_OverflowError)) return VNULL;
    if (!is_str(t, bound[0])) return err_raise(t, T_TypeError, "first argument must be a string, not %T", bound[0]);
    if (index < 0) return err_raise(t, T_ValueError, "idx cannot be negative");
    JsonScanner *scanner = V_AS(JsonScanner, self);
    Scan x = {
        .t = t,
        .scanner = scanner,
        .document = bound[0],
        .s = V_AS(Str, bound[0]),
        .n = str_len(V_AS(Str, bound[0])),
        .bytes = V_AS(Str, bound[0])->kind == 1 ? str_1(V_AS(Str, bound[0])) : NULL,
        .plain_float = same(scanner->parse_float, v_from(builtin_type(t, T_float))),
        .plain_int = same(scanner->parse_int, v_from(builtin_type(t, T_int))),
    };
    Value value = scan_value(&x, index, &end);
    if (is_null(value)) return VNULL;
    Value pair = tuple_of(t, 2, value, v_smallint(end));
    decref(t, value);
    return pair;
}

static Value scanner_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value context;
    if (!call_bind_signature(t, "make_scanner", "(context)", args, nargs, kwnames, &context)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    JsonScanner *s = V_AS(JsonScanner, v);
    Value strict = attr_get_cstr(t, context, "strict");
    int is_strict = is_null(strict) ? -1 : truth(t, strict);
    decref_maybe(t, strict);
    s->strict = is_strict > 0;
    if (is_strict < 0 || is_null(s->object_hook = attr_get_cstr(t, context, "object_hook")) ||
        is_null(s->object_pairs_hook = attr_get_cstr(t, context, "object_pairs_hook")) ||
        is_null(s->parse_float = attr_get_cstr(t, context, "parse_float")) ||
        is_null(s->parse_int = attr_get_cstr(t, context, "parse_int")) ||
        is_null(s->parse_constant = attr_get_cstr(t, context, "parse_constant"))) {
        decref(t, v);
        return VNULL;
    }
    return object_done(t, v);
}

static void scanner_destroy(Thread *t, Object *self) {
    JsonScanner *s = (JsonScanner *)self;
    for (int i = 0; s->keys != NULL && i < KEYS; i++) decref_maybe(t, s->keys[i]);
    heap_free(t, s->keys);
    s->keys = NULL;
}

static const MemberDef members[] = {
    {"strict", MK_BOOL8, MEMBER_READONLY, offsetof(JsonScanner, strict), "strict"},
    {"object_hook", MK_VALUE, MEMBER_READONLY, offsetof(JsonScanner, object_hook), "object_hook"},
    {"object_pairs_hook", MK_VALUE, MEMBER_READONLY, offsetof(JsonScanner, object_pairs_hook), NULL},
    {"parse_float", MK_VALUE, MEMBER_READONLY, offsetof(JsonScanner, parse_float), "parse_float"},
    {"parse_int", MK_VALUE, MEMBER_READONLY, offsetof(JsonScanner, parse_int), "parse_int"},
    {"parse_constant", MK_VALUE, MEMBER_READONLY, offsetof(JsonScanner, parse_constant), "parse_constant"},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(JsonScanner, object_hook), FIELD_VALUE(JsonScanner, object_pairs_hook),
                               FIELD_VALUE(JsonScanner, parse_float), FIELD_VALUE(JsonScanner, parse_int),
                               FIELD_VALUE(JsonScanner, parse_constant)};

const TypeDef typedef_json_scanner = {
    .name = "_json.Scanner",
    .doc = "Reads JSON values: scanner(string, index) answers the value and the index behind it.",
    .flags = TF_BASE | TF_GC | TF_MODULE_NAME,
    .size = sizeof(JsonScanner),
    FIELDS(fields),
    .members = members,
    .slots = {.new = scanner_new, .destroy = scanner_destroy, .call = slot_call},
};
