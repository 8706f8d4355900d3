/* _json.make_encoder: from objects to JSON text, in one builder. */
#include "modules/json/json_priv.h"

#include "base/floattext.h"

#include <math.h>

typedef struct JsonEncoder {
    Object head;
    Value markers;         /* dict of the containers under way, by id, or None */
    Value default_;        /* what makes something of other objects */
    Value encoder;         /* of strings */
    Value indent;          /* str or None */
    Value key_separator, item_separator;
    bool sort_keys, skipkeys, allow_nan;
    int8_t fast_encode;    /* the encoder is ours: 1 ASCII, 2 not; 0 it must be called */
} JsonEncoder;

enum { NEAR = 16 };

typedef struct Encode {
    Thread *t;
    JsonEncoder *e;
    StrBuilder out;
    bool released;  /* a builder that failed is gone already */
    uint32_t depth; /* of the containers under way; the outermost are told by a look at them, what lies deeper by `markers` */
    Value near[NEAR];
} Encode;

static bool put_object(Encode *x, Value v, int64_t level);

/* Builder functions release it on failure. */
static bool put(Encode *x, bool good) {
    if (!good) x->released = true;
    return good;
}

static bool put_ascii(Encode *x, const char *text) { return put(x, str_builder_cstr(x->t, &x->out, text)); }
static bool put_str(Encode *x, Value s) { return put(x, str_builder_str(x->t, &x->out, s)); }

static bool put_newline(Encode *x, int64_t level) {
    if (!put(x, str_builder_char(x->t, &x->out, '\n'))) return false;
    int64_t n = str_len(V_AS(Str, x->e->indent));
    if (n > 0 && level > STR_MAX / n) { /* a level is what the caller says: refused before memory is filled */
        str_builder_drop(x->t, &x->out);
        return put(x, err_no_memory_fail(x->t));
    }
    for (int64_t i = 0; n > 0 && i < level; i++)
        if (!put_str(x, x->e->indent)) return false;
    return true;
}

/* --- Scalars ---------------------------------------------------------------------------------------------------------------------- */

static bool put_string(Encode *x, Value s) {
    if (x->e->fast_encode) return put(x, json_put_string(x->t, &x->out, s, x->e->fast_encode == 1));
    Value text = call_1(x->t, x->e->encoder, s);
    if (is_null(text)) return false;
    bool good = is_str(x->t, text) ? put_str(x, text) : err_fail(x->t, T_TypeError, "encoder() must return a string, not %T", text);
    decref(x->t, text);
    return good;
}

/* Writes the text of a float into `text` (FLOAT_REPR_SIZE) with a NUL; false: refused. */
static bool float_text(Encode *x, Value v, char *text) {
    double d = float_get(v);
    if (!isfinite(d)) {
        if (!x->e->allow_nan) return err_fail(x->t, T_ValueError, "Out of range float values are not JSON compliant: %R", v);
        strcpy(text, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
        return true;
    }
    text[float_repr(d, text)] = 0;
    return true;
}

static bool put_int(Encode *x, Value v) {
    if (is_smallint(v)) {
        char text[24];
        int64_t i = smallint_get(v);
        uint64_t m = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
        char *p = text + sizeof text;
        do *--p = (char)('0' + m % 10);
        while ((m /= 10) != 0);
        if (i < 0) *--p = '-';
        return put(x, str_builder_ascii(x->t, &x->out, p, text + sizeof text - p));
    }
    Value text = int_to_str(x->t, v, 10, false);
    if (is_null(text)) return false;
    bool good = put_str(x, text);
    decref(x->t, text);
    return good;
}

/* --- Containers --------------------------------------------------------------------------------------------------------------------- */

/* Adds a note to the pending exception: where in the data it came from. */
static void add_note(Thread *t, Value note) {
    if (is_null(note)) return;  /* no memory for it: the newer exception tells */
    Value error = err_fetch(t);
    Value name = str_intern_cstr(t, "add_note");
    Value result = is_null(name) ? VNULL : call_method_1(t, error, name, note);
    if (is_null(result)) err_clear(t);
    decref_maybe(t, result);
    decref_maybe(t, name);
    decref(t, note);
    err_restore(t, error);
}

/* A text about the pending exception's origin, made while that is put aside. */
#define NOTE(t, ...)                                   \
    do {                                               \
        Value pending_ = err_fetch(t);                 \
        Value note_ = str_format(t, __VA_ARGS__);      \
        if (is_null(note_)) err_clear(t);              \
        err_restore(t, pending_);                      \
        add_note(t, note_);                            \
    } while (0)

/* Enters a container; *marker is its key in markers. */
static bool mark(Encode *x, Value v, Value *marker) {
    *marker = VNULL;
    if (is_none(x->e->markers)) return true;
    for (uint32_t i = 0; i < x->depth && i < NEAR; i++)
        if (same(x->near[i], v)) return err_fail(x->t, T_ValueError, "Circular reference detected");
    if (x->depth < NEAR) {
        x->near[x->depth++] = v;
        return true;
    }
    Value id = int_from_u64(x->t, v.bits);
    if (is_null(id)) return false;
    int inside = dict_contains(x->t, x->e->markers, id);
    if (inside != 0) {
        decref(x->t, id);
        return inside > 0 && err_fail(x->t, T_ValueError, "Circular reference detected");
    }
    if (!dict_set(x->t, x->e->markers, id, v)) {
        decref(x->t, id);
        return false;
    }
    x->depth++;
    *marker = id;
    return true;
}

static bool unmark(Encode *x, Value marker, bool good) {
    if (!is_none(x->e->markers)) x->depth--;
    if (is_null(marker)) return good;
    Value pending = err_fetch(x->t);
    bool deleted = dict_delete(x->t, x->e->markers, marker) >= 0;
    decref(x->t, marker);
    if (good) return deleted;
    if (!deleted) err_clear(x->t);
    err_restore(x->t, pending);
    return false;
}

static bool put_list_items(Encode *x, Value v, Value fast, int64_t level) {
    bool lines = !is_none(x->e->indent);
    if (!put_ascii(x, "[") || (lines && !put_newline(x, level + 1))) return false;
    for (int64_t i = 0; i < sequence_fast_len(fast); i++) {
        if (i > 0 && (!put_str(x, x->e->item_separator) || (lines && !put_newline(x, level + 1)))) return false;
        Value item = new_ref(sequence_fast_items(fast)[i]);
        bool good = put_object(x, item, level + 1);
        decref(x->t, item);
        if (!good) {
            if (err_pending(x->t)) NOTE(x->t, "when serializing %T item %zd", v, (size_t)i);
            return false;
        }
    }
    return (!lines || put_newline(x, level)) && put_ascii(x, "]");
}

static bool put_list(Encode *x, Value v, int64_t level) {
    Value fast = sequence_fast(x->t, v, "_iterencode_list needs a sequence");
    if (is_null(fast)) return false;
    bool good;
    Value marker;
    if (sequence_fast_len(fast) == 0) good = put_ascii(x, "[]");
    else good = mark(x, v, &marker) && unmark(x, marker, put_list_items(x, v, fast, level));
    decref(x->t, fast);
    return good;
}

/* Writes a key and its separator. 1; 0: it is to be skipped (nothing written); -1. */
static int put_key(Encode *x, Value key, bool first, bool lines, int64_t level) {
    char text[FLOAT_REPR_SIZE + 1];
    Value made = VNULL;
    if (is_str(x->t, key)) {
        made = new_ref(key);
    } else if (is_float(x->t, key)) {
        if (!float_text(x, key, text)) return -1;
        made = str_from_cstr(x->t, text);
    } else if (same(key, V_TRUE) || same(key, V_FALSE) || is_none(key)) {
        made = str_from_cstr(x->t, is_none(key) ? "null" : same(key, V_TRUE) ? "true" : "false");
    } else if (is_int(x->t, key)) {
        made = int_to_str(x->t, key, 10, false);
    } else if (x->e->skipkeys) {
        return 0;
    } else {
        err_raise(x->t, T_TypeError, "keys must be str, int, float, bool or None, not %T", key);
    }
    if (is_null(made)) return -1;
    bool good = (first || put_str(x, x->e->item_separator)) && (!lines || put_newline(x, level + 1)) && put_string(x, made) &&
                put_str(x, x->e->key_separator);
    decref(x->t, made);
    return good ? 1 : -1;
}

static bool put_pair(Encode *x, Value key, Value value, bool *first, bool lines, int64_t level) {
    incref(key);
    incref(value);
    int written = put_key(x, key, *first, lines, level);
    bool good = written >= 0;
    if (written > 0) {
        *first = false;
        good = put_object(x, value, level + 1);
        if (!good && err_pending(x->t)) {
            /* The key's repr may run Python code. */
            NOTE(x->t, "when serializing %s item %R", "dict", key);
        }
    }
    decref(x->t, key);
    decref(x->t, value);
    return good;
}

static bool put_dict_items(Encode *x, Value v, int64_t level) {
    bool lines = !is_none(x->e->indent), first = true;
    if (!put_ascii(x, "{")) return false;
    if (!x->e->sort_keys && IS_EXACT(v, dict)) {
        uint32_t pos = 0;
        Value key, value;
        while (dict_next(v, &pos, &key, &value))
            if (!put_pair(x, key, value, &first, lines, level)) return false;
    } else {
        Value view = VNULL, items = VNULL, name = str_intern_cstr(x->t, "items");
        if (!is_null(name)) view = call_method_0(x->t, v, name);
        if (!is_null(view)) items = list_from_iterable(x->t, view);
        decref_maybe(x->t, name);
        decref_maybe(x->t, view);
        bool good = !is_null(items) && (!x->e->sort_keys || list_sort(x->t, V_AS(List, items), VNULL, false));
        for (int64_t i = 0; good && i < list_len(items); i++) {
            Value item = list_at(items, i);
            good = is_tuple(x->t, item) && tuple_len(item) == 2 ? put_pair(x, tuple_at(item, 0), tuple_at(item, 1), &first, lines, level)
                                                                : err_fail(x->t, T_ValueError, "items must return 2-tuples");
        }
        decref_maybe(x->t, items);
        if (!good) return false;
    }
    return (!lines || first || put_newline(x, level)) && put_ascii(x, "}");
}

static bool put_dict(Encode *x, Value v, int64_t level) {
    if (dict_len(v) == 0) return put_ascii(x, "{}");
    Value marker;
    return mark(x, v, &marker) && unmark(x, marker, put_dict_items(x, v, level));
}

/* Anything else: what `default` makes of it. */
static bool put_other(Encode *x, Value v, int64_t level) {
    Value marker;
    if (!mark(x, v, &marker)) return false;
    Value made = call_1(x->t, x->e->default_, v);
    bool good = !is_null(made);
    if (good) {
        good = put_object(x, made, level);
        decref(x->t, made);
        if (!good && err_pending(x->t)) NOTE(x->t, "when serializing %T object", v);
    }
    return unmark(x, marker, good);
}

static bool put_object(Encode *x, Value v, int64_t level) {
    Thread *t = x->t;
    if (is_none(v)) return put_ascii(x, "null");
    if (is_bool(v)) return put_ascii(x, same(v, V_TRUE) ? "true" : "false");
    if (is_str(t, v)) return put_string(x, v);
    if (is_int(t, v)) return put_int(x, v);
    if (is_float(t, v)) {
        char text[FLOAT_REPR_SIZE + 1];
        return float_text(x, v, text) && put_ascii(x, text);
    }
    if (!stack_check(t, " while encoding a JSON object")) return false;
    if (is_list(t, v) || is_tuple(t, v)) return put_list(x, v, level);
    if (is_dict(t, v)) return put_dict(x, v, level);
    return put_other(x, v, level);
}

/* --- The type ------------------------------------------------------------------------------------------------------------------------- */

static Value slot_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value bound[2];
    int64_t level;
    if (!call_bind_signature(t, "_iterencode", "(obj, _current_indent_level)", args, nargs, kwnames, bound)) return VNULL;
    if (!number_to_index(t, bound[1], &level, T_OverflowError)) return VNULL;
    if (level < 0) level = 0;
    Encode x = {.t = t, .e = V_AS(JsonEncoder, self)};
    str_builder_init(&x.out);
    if (!put_object(&x, bound[0], level)) {
        if (!x.released) str_builder_drop(t, &x.out);
        return VNULL;
    }
    Value text = str_builder_finish(t, &x.out);
    return is_null(text) ? text : tuple_take(t, &text, 1);
}

static int8_t fast_encode(Value encoder) {
    if (!IS_EXACT(encoder, builtin_function)) return 0;
    CFunction fn = V_AS(BuiltinFunction, encoder)->fn;
    return fn == json_encode_basestring_ascii ? 1 : fn == json_encode_basestring ? 2 : 0;
}

static Value encoder_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value a[9];
    if (!call_bind_signature(t, "make_encoder", "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
                             args, nargs, kwnames, a))
        return VNULL;
    if (!is_none(a[0]) && !is_dict(t, a[0])) return err_raise(t, T_TypeError, "make_encoder() argument 1 must be dict or None, not %T", a[0]);
    for (int i = 4; i < 6; i++)
        if (!is_str(t, a[i])) return err_raise(t, T_TypeError, "make_encoder() argument %d must be str, not %T", i + 1, a[i]);
    if (!is_none(a[3]) && !is_str(t, a[3])) return err_raise(t, T_TypeError, "make_encoder() argument 4 must be str or None, not %T", a[3]);
    bool flags[3];
    for (int i = 0; i < 3; i++) {
        int is_true = truth(t, a[6 + i]);
        if (is_true < 0) return VNULL;
        flags[i] = is_true;
    }
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    JsonEncoder *e = V_AS(JsonEncoder, v);
    e->markers = new_ref(a[0]);
    e->default_ = new_ref(a[1]);
    e->encoder = new_ref(a[2]);
    e->indent = new_ref(a[3]);
    e->key_separator = new_ref(a[4]);
    e->item_separator = new_ref(a[5]);
    e->sort_keys = flags[0];
    e->skipkeys = flags[1];
    e->allow_nan = flags[2];
    e->fast_encode = fast_encode(a[2]);
    return object_done(t, v);
}

static const MemberDef members[] = {
    {"markers", MK_VALUE, MEMBER_READONLY, offsetof(JsonEncoder, markers), "markers"},
    {"default", MK_VALUE, MEMBER_READONLY, offsetof(JsonEncoder, default_), "default"},
    {"encoder", MK_VALUE, MEMBER_READONLY, offsetof(JsonEncoder, encoder), "encoder"},
    {"indent", MK_VALUE, MEMBER_READONLY, offsetof(JsonEncoder, indent), "indent"},
    {"key_separator", MK_VALUE, MEMBER_READONLY, offsetof(JsonEncoder, key_separator), "key_separator"},
    {"item_separator", MK_VALUE, MEMBER_READONLY, offsetof(JsonEncoder, item_separator), "item_separator"},
    {"sort_keys", MK_BOOL8, MEMBER_READONLY, offsetof(JsonEncoder, sort_keys), "sort_keys"},
    {"skipkeys", MK_BOOL8, MEMBER_READONLY, offsetof(JsonEncoder, skipkeys), "skipkeys"},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(JsonEncoder, markers), FIELD_VALUE(JsonEncoder, default_), FIELD_VALUE(JsonEncoder, encoder),
                               FIELD_VALUE(JsonEncoder, indent), FIELD_VALUE(JsonEncoder, key_separator),
                               FIELD_VALUE(JsonEncoder, item_separator)};

const TypeDef typedef_json_encoder = {
    .name = "_json.Encoder",
    .doc = "Writes JSON: encoder(object, indent_level) answers a tuple of texts.",
    .flags = TF_BASE | TF_GC | TF_MODULE_NAME,
    .size = sizeof(JsonEncoder),
    FIELDS(fields),
    .members = members,
    .slots = {.new = encoder_new, .call = slot_call},
};

/* --- The module ------------------------------------------------------------------------------------------------------------------------ */

static const MethodDef functions[] = {
    {"encode_basestring", "($module, object, /)", "The JSON text of a str.", json_encode_basestring, 0, FX_NO_PYTHON},
    {"encode_basestring_ascii", "($module, object, /)", "The JSON text of a str, in ASCII only.", json_encode_basestring_ascii, 0, FX_NO_PYTHON},
    {"scanstring", "($module, string, end, strict=True, /)", "The string that begins at `end` (behind its quote), and the index behind it.", json_scanstring},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    return type_boot(t, T_json_scanner, T_object, &typedef_json_scanner) && type_boot(t, T_json_encoder, T_object, &typedef_json_encoder) &&
           module_add(t, module, "make_scanner", ref_of(builtin_type(t, T_json_scanner))) &&
           module_add(t, module, "make_encoder", ref_of(builtin_type(t, T_json_encoder)));
}

const ModuleDef module_json = {
    .name = "_json",
    .doc = "The fast parts of the package json.",
    .functions = functions,
    .exec = exec,
};
