/* The module _codecs: the registry, the error handlers and each encoding in C as a pair of functions. */
#include "modules/module.h"
#include "object/buffer.h"
#include "types/codec_errors.h"
#include "types/codec_registry.h"
#include "types/codec_text.h"

/* --- Arguments and results --------------------------------------------------------------------- */

/* errors: a str or None; *out NULL for None. */
static bool errors_argument(Thread *t, const char *function, Value v, const char **out, Value *keep) {
    *out = NULL;
    *keep = VNULL;
    if (is_null(v) || is_none(v)) return true;
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "%s() argument 2 must be str or None, not %T", function, v);
    *out = str_cstr(t, v, keep);
    return *out != NULL;
}

/* (result, count); takes the result. */
static Value with_count(Thread *t, Value result, int64_t count) {
    if (is_null(result)) return VNULL;
    Value pair[2] = {result, int_from_i64(t, count)};
    return tuple_take(t, pair, 2);
}

static const char *name_argument(Thread *t, const char *function, Value v, Value *keep) {
    *keep = VNULL;
    if (!is_str(t, v)) {
        err_raise(t, T_TypeError, "%s() argument must be str, not %T", function, v);
        return NULL;
    }
    return str_cstr(t, v, keep);
}

/* --- Registry ---------------------------------------------------------------------------------- */

static Value m_register(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return codec_register(t, args[0]) ? V_NONE : VNULL; }
static Value m_unregister(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return codec_unregister(t, args[0]) ? V_NONE : VNULL; }

static Value m_lookup(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    const char *name = name_argument(t, "lookup", args[0], &keep);
    Value info = name ? codec_lookup(t, name) : VNULL;
    decref_maybe(t, keep);
    return info;
}

static Value run(Thread *t, const char *function, Value *args, bool decode) {
    Value keep[2] = {{0}}, result = VNULL;
    const char *encoding = "utf-8", *errors = NULL;
    if (!is_null(args[1]) && !is_str(t, args[1])) return err_raise(t, T_TypeError, "%s() argument 'encoding' must be str, not %T", function, args[1]);
    if (!is_null(args[2]) && !is_str(t, args[2])) return err_raise(t, T_TypeError, "%s() argument 'errors' must be str, not %T", function, args[2]);
    if (!is_null(args[1])) encoding = str_cstr(t, args[1], &keep[0]);
    if (encoding && !is_null(args[2])) errors = str_cstr(t, args[2], &keep[1]);
    if (encoding && (errors || is_null(args[2]))) result = codec_run(t, args[0], encoding, errors, decode);
    decref_maybe(t, keep[0]);
    decref_maybe(t, keep[1]);
    return result;
}
static Value m_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return run(t, "encode", args, false); }
static Value m_decode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return run(t, "decode", args, true); }

static Value m_register_error(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "register_error() argument 1 must be str, not %T", args[0]);
    return codec_register_error(t, args[0], args[1]) ? V_NONE : VNULL;
}
static Value m_unregister_error(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool was_there;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "_unregister_error() argument must be str, not %T", args[0]);
    return codec_unregister_error(t, args[0], &was_there) ? v_bool(was_there) : VNULL;
}
static Value m_lookup_error(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    const char *name = name_argument(t, "lookup_error", args[0], &keep);
    Value handler = name ? codec_lookup_error(t, name) : VNULL;
    decref_maybe(t, keep);
    return handler;
}

/* --- Encoders ---------------------------------------------------------------------------------- */

typedef Value (*EncodeFn)(Thread *t, Value text, const char *errors, Value extra);

static Value encode(Thread *t, const char *function, Value *args, EncodeFn fn, Value extra) {
    const char *errors;
    Value keep;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "%s() argument 1 must be str, not %T", function, args[0]);
    if (!errors_argument(t, function, args[1], &errors, &keep)) return VNULL;
    Value result = fn(t, args[0], errors, extra);
    decref_maybe(t, keep);
    return with_count(t, result, str_len(V_AS(Str, args[0])));
}

#define ENCODER(NAME, CALL)                                                                                                      \
    static Value e_##NAME(Thread *t, Value text, const char *errors, Value extra) { return CALL; }                               \
    static Value m_##NAME##_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return encode(t, #NAME "_encode", args, e_##NAME, VNULL); }
ENCODER(utf_8, utf8_encode_text(t, text, errors))
ENCODER(ascii, ascii_encode_text(t, text, errors))
ENCODER(latin_1, latin1_encode_text(t, text, errors))
ENCODER(utf_7, utf7_encode_text(t, text))
ENCODER(utf_16_le, utf16_encode_text(t, text, errors, ORDER_LITTLE))
ENCODER(utf_16_be, utf16_encode_text(t, text, errors, ORDER_BIG))
ENCODER(utf_32_le, utf32_encode_text(t, text, errors, ORDER_LITTLE))
ENCODER(utf_32_be, utf32_encode_text(t, text, errors, ORDER_BIG))
ENCODER(unicode_escape, unicode_escape_encode_text(t, text))
ENCODER(raw_unicode_escape, raw_unicode_escape_encode_text(t, text))

static Value e_charmap(Thread *t, Value text, const char *errors, Value extra) { return charmap_encode_text(t, text, extra, errors); }
static Value m_charmap_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return encode(t, "charmap_encode", args, e_charmap, args[2]); }

static int order_of(Value extra) {
    int64_t order = is_null(extra) ? 0 : int_clamp_i64(extra);
    return order < 0 ? ORDER_LITTLE : order > 0 ? ORDER_BIG : ORDER_NATIVE;
}
static Value e_utf_16(Thread *t, Value text, const char *errors, Value extra) { return utf16_encode_text(t, text, errors, order_of(extra)); }
static Value e_utf_32(Thread *t, Value text, const char *errors, Value extra) { return utf32_encode_text(t, text, errors, order_of(extra)); }
static bool check_order(Thread *t, Value v) {
    int32_t order;
    return is_null(v) || arg_i32(t, v, &order);
}
static Value m_utf_16_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return check_order(t, args[2]) ? encode(t, "utf_16_encode", args, e_utf_16, args[2]) : VNULL;
}
static Value m_utf_32_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return check_order(t, args[2]) ? encode(t, "utf_32_encode", args, e_utf_32, args[2]) : VNULL;
}

/* --- Decoders ---------------------------------------------------------------------------------- */

typedef Value (*DecodeFn)(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed, void *extra);

/* `final`: what is incomplete is an error.  Text is taken as its UTF-8 where `text_too`. */
static Value decode(Thread *t, const char *function, Value *args, DecodeFn fn, bool final, bool text_too, void *extra, int64_t *count) {
    const char *errors;
    Value keep, encoded = VNULL;
    if (!errors_argument(t, function, args[1], &errors, &keep)) return VNULL;
    Buffer view;
    Value source = args[0], result = VNULL;
    if (text_too && is_str(t, source)) source = encoded = utf8_encode_text(t, source, NULL);
    if (!is_null(source) && buffer_get(t, source, &view, BUF_SIMPLE)) {
        int64_t consumed = view.length;
        result = fn(t, view.data, view.length, errors, final ? NULL : &consumed, extra);
        *count = consumed;
        buffer_release(t, &view);
    }
    decref_maybe(t, encoded);
    decref_maybe(t, keep);
    return result;
}

static bool final_argument(Thread *t, Value v, bool otherwise, bool *final) {
    *final = otherwise;
    return is_null(v) || arg_bool(t, v, final);
}

#define DECODER(NAME, CALL, FINAL, TEXT)                                                                                         \
    static Value d_##NAME(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed, void *extra) { CALL; }  \
    static Value m_##NAME##_decode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {                                      \
        bool final;                                                                                                              \
        int64_t count;                                                                                                           \
        if (!final_argument(t, args[2], FINAL, &final)) return VNULL;                                                            \
        Value text = decode(t, #NAME "_decode", args, d_##NAME, final, TEXT, NULL, &count);                                      \
        return with_count(t, text, count);                                                                                       \
    }
#define WITH_ORDER(FN, ORDER) int order = ORDER; return FN(t, data, n, errors, &order, consumed)
DECODER(utf_8, return utf8_decode_text(t, data, n, errors, consumed), false, false)
DECODER(utf_7, return utf7_decode_text(t, data, n, errors, consumed), false, false)
DECODER(utf_16, WITH_ORDER(utf16_decode_text, ORDER_NATIVE), false, false)
DECODER(utf_16_le, WITH_ORDER(utf16_decode_text, ORDER_LITTLE), false, false)
DECODER(utf_16_be, WITH_ORDER(utf16_decode_text, ORDER_BIG), false, false)
DECODER(utf_32, WITH_ORDER(utf32_decode_text, ORDER_NATIVE), false, false)
DECODER(utf_32_le, WITH_ORDER(utf32_decode_text, ORDER_LITTLE), false, false)
DECODER(utf_32_be, WITH_ORDER(utf32_decode_text, ORDER_BIG), false, false)
DECODER(unicode_escape, return unicode_escape_decode_text(t, data, n, errors, consumed), true, true)
DECODER(raw_unicode_escape, return raw_unicode_escape_decode_text(t, data, n, errors, consumed), true, true)

#define PLAIN_DECODER(NAME, CALL, TEXT)                                                                                          \
    static Value d_##NAME(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed, void *extra) { return CALL; } \
    static Value m_##NAME##_decode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {                                      \
        int64_t count;                                                                                                           \
        Value text = decode(t, #NAME "_decode", args, d_##NAME, true, TEXT, NULL, &count);                                       \
        return with_count(t, text, count);                                                                                       \
    }
PLAIN_DECODER(ascii, ascii_decode_text(t, data, n, errors), false)
PLAIN_DECODER(latin_1, latin1_decode_text(t, data, n), false)
PLAIN_DECODER(escape, bytes_escape_decode(t, data, n, errors), true)

static Value d_charmap(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed, void *extra) {
    return charmap_decode_text(t, data, n, *(Value *)extra, errors);
}
static Value m_charmap_decode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t count;
    Value text = decode(t, "charmap_decode", args, d_charmap, true, false, &args[2], &count);
    return with_count(t, text, count);
}

/* (text, consumed, byte order found) */
static Value d_utf_16_ex(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed, void *extra) { return utf16_decode_text(t, data, n, errors, extra, consumed); }
static Value d_utf_32_ex(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed, void *extra) { return utf32_decode_text(t, data, n, errors, extra, consumed); }
static Value decode_ex(Thread *t, const char *function, Value *args, DecodeFn fn) {
    bool final;
    int64_t count;
    int32_t order = 0;
    if ((!is_null(args[2]) && !arg_i32(t, args[2], &order)) || !final_argument(t, args[3], false, &final)) return VNULL;
    int found = order < 0 ? ORDER_LITTLE : order > 0 ? ORDER_BIG : ORDER_NATIVE;
    Value text = decode(t, function, args, fn, final, false, &found, &count);
    if (is_null(text)) return VNULL;
    Value parts[3] = {text, int_from_i64(t, count), v_smallint(found)};
    return tuple_take(t, parts, 3);
}
static Value m_utf_16_ex_decode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return decode_ex(t, "utf_16_ex_decode", args, d_utf_16_ex); }
static Value m_utf_32_ex_decode(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return decode_ex(t, "utf_32_ex_decode", args, d_utf_32_ex); }

/* --- Others ------------------------------------------------------------------------------------ */

static Value m_escape_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_bytes(t, args[0])) return err_raise(t, T_TypeError, "escape_encode() argument 1 must be bytes, not %T", args[0]);
    Bytes *b = V_AS(Bytes, args[0]);
    Buf out = {0};
    for (int64_t i = 0; i < b->length; i++) {
        uint8_t c = (uint8_t)b->data[i];
        if (c == '\\' || c == '\'') buf_format(&out, "\\%c", c);
        else if (c == '\t') buf_str(&out, "\\t");
        else if (c == '\n') buf_str(&out, "\\n");
        else if (c == '\r') buf_str(&out, "\\r");
        else if (c < ' ' || c >= 127) buf_format(&out, "\\x%02x", c);
        else buf_byte(&out, (char)c);
    }
    Value v = out.failed ? err_no_memory(t) : bytes_new(t, out.data ? out.data : "", (int64_t)out.len);
    buf_free(&out);
    return with_count(t, v, b->length);
}

static Value m_readbuffer_encode(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_str(t, args[0])) return with_count(t, utf8_encode_text(t, args[0], NULL), str_len(V_AS(Str, args[0])));
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    int64_t n = view.length;
    Value v = bytes_new(t, view.data, n);
    buffer_release(t, &view);
    return with_count(t, v, n);
}

/* The dict from characters to bytes of a decoding table. */
static Value m_charmap_build(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "charmap_build() argument must be str, not %T", args[0]);
    Str *s = V_AS(Str, args[0]);
    Value dict = dict_new(t);
    for (int64_t i = 0; !is_null(dict) && i < str_len(s) && i < 256; i++) {
        uint32_t c = str_at(s, i);
        if (c != 0xfffe && !dict_set(t, dict, v_smallint(c), v_smallint(i))) slot_clear(t, &dict);
    }
    return dict;
}

#define ENCODE_ROW(NAME) {#NAME "_encode", "($module, str, errors=None, /)", NULL, m_##NAME##_encode}
#define DECODE_ROW(NAME) {#NAME "_decode", "($module, data, errors=None, final=False, /)", NULL, m_##NAME##_decode}
#define DECODE_FINAL_ROW(NAME) {#NAME "_decode", "($module, data, errors=None, final=True, /)", NULL, m_##NAME##_decode}
#define DECODE_PLAIN_ROW(NAME) {#NAME "_decode", "($module, data, errors=None, /)", NULL, m_##NAME##_decode}
static const MethodDef functions[] = {
    {"register", "($module, search_function, /)", "Add a function that finds codecs by name.", m_register},
    {"unregister", "($module, search_function, /)", "Remove such a function and forget what was found.", m_unregister},
    {"lookup", "($module, encoding, /)", "The codec of a name.", m_lookup},
    {"encode", "($module, /, obj, encoding='utf-8', errors='strict')", "Encode an object by a codec.", m_encode},
    {"decode", "($module, /, obj, encoding='utf-8', errors='strict')", "Decode an object by a codec.", m_decode},
    {"register_error", "($module, errors, handler, /)", "Give an error handler a name.", m_register_error},
    {"_unregister_error", "($module, errors, /)", "Remove an error handler; whether there was one.", m_unregister_error},
    {"lookup_error", "($module, name, /)", "The error handler of a name.", m_lookup_error},
    ENCODE_ROW(utf_8), ENCODE_ROW(ascii), ENCODE_ROW(latin_1), ENCODE_ROW(utf_7), ENCODE_ROW(utf_16_le), ENCODE_ROW(utf_16_be),
    ENCODE_ROW(utf_32_le), ENCODE_ROW(utf_32_be), ENCODE_ROW(unicode_escape), ENCODE_ROW(raw_unicode_escape),
    {"utf_16_encode", "($module, str, errors=None, byteorder=0, /)", NULL, m_utf_16_encode},
    {"utf_32_encode", "($module, str, errors=None, byteorder=0, /)", NULL, m_utf_32_encode},
    {"charmap_encode", "($module, str, errors=None, mapping=None, /)", NULL, m_charmap_encode},
    DECODE_ROW(utf_8), DECODE_ROW(utf_7), DECODE_ROW(utf_16), DECODE_ROW(utf_16_le), DECODE_ROW(utf_16_be), DECODE_ROW(utf_32),
    DECODE_ROW(utf_32_le), DECODE_ROW(utf_32_be), DECODE_FINAL_ROW(unicode_escape), DECODE_FINAL_ROW(raw_unicode_escape),
    DECODE_PLAIN_ROW(ascii), DECODE_PLAIN_ROW(latin_1), DECODE_PLAIN_ROW(escape),
    {"charmap_decode", "($module, data, errors=None, mapping=None, /)", NULL, m_charmap_decode},
    {"utf_16_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)", NULL, m_utf_16_ex_decode},
    {"utf_32_ex_decode", "($module, data, errors=None, byteorder=0, final=False, /)", NULL, m_utf_32_ex_decode},
    {"escape_encode", "($module, data, errors=None, /)", NULL, m_escape_encode},
    {"readbuffer_encode", "($module, data, errors=None, /)", NULL, m_readbuffer_encode},
    {"charmap_build", "($module, map, /)", NULL, m_charmap_build},
    {NULL},
};

const ModuleDef module__codecs = {.name = "_codecs", .doc = "Codecs in C, and the registry of all.", .functions = functions};
