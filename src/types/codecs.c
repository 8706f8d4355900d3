/* The registry of codecs, and text <-> bytes by the name of an encoding.
 *
 * Search functions (the package `encodings` registers one) answer CodecInfo tuples for normalised names; answers are
 * cached.  The common encodings are recognised here and done without the registry.
 */
#include "types/codecs.h"

#include <ctype.h>
#include <string.h>

#include "core/config.h"
#include "core/names.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/object.h"
#include "types/codec_errors.h"
#include "types/codec_registry.h"
#include "types/codec_text.h"

bool codec_registry_init(Thread *t) {
    Interp *interp = t->interp;
    interp->codec_search_path = list_new(t, 2);
    interp->codec_cache = dict_new(t);
    return !is_null(interp->codec_search_path) && !is_null(interp->codec_cache) && codec_errors_init(t);
}

bool codec_register(Thread *t, Value function) {
    if (!is_callable(t, function)) return err_fail(t, T_TypeError, "argument must be callable");
    return list_append(t, V_AS(List, t->interp->codec_search_path), function);
}

bool codec_unregister(Thread *t, Value function) {
    List *path = V_AS(List, t->interp->codec_search_path);
    for (int64_t i = 0; i < path->length; i++)
        if (same(path->items[i], function)) {
            dict_clear(t, t->interp->codec_cache);
            return list_delete(t, path, i, i + 1);
        }
    return true;
}

/* Lower case, ASCII letters, digits and points only; what lies between them, however much, is one underscore. */
static Value normalised(Thread *t, const char *name) {
    StrBuilder b;
    str_builder_init(&b);
    bool begun = false, gap = false;
    for (; *name != 0; name++) {
        unsigned char c = (unsigned char)*name;
        if (!(c < 128 && isalnum(c)) && c != '.') {
            gap = begun;
            continue;
        }
        if (gap && !str_builder_char(t, &b, '_')) return VNULL;
        if (!str_builder_char(t, &b, (uint32_t)tolower(c))) return VNULL;
        begun = true;
        gap = false;
    }
    return str_builder_finish(t, &b);
}

Value codec_lookup(Thread *t, const char *encoding) {
    Value name = normalised(t, encoding);
    if (is_null(name)) return VNULL;
    Value info = new_ref_maybe(dict_get(t, t->interp->codec_cache, name));
    List *path = V_AS(List, t->interp->codec_search_path);
    for (int64_t i = 0; is_null(info) && !err_pending(t) && i < path->length; i++) {
        Value function = new_ref(path->items[i]), answer = call_1(t, function, name);
        decref(t, function);
        if (is_null(answer)) break;
        if (is_none(answer)) continue;
        if (!is_tuple(t, answer) || tuple_len(answer) != 4) {
            err_raise(t, T_TypeError, "codec search functions must return 4-tuples");
            decref(t, answer);
            break;
        }
        info = answer;
        if (!dict_set(t, t->interp->codec_cache, name, info)) slot_clear(t, &info);
    }
    decref(t, name);
    if (is_null(info) && !err_pending(t)) {
        if (path->length == 0) return err_raise(t, T_LookupError, "no codec search functions registered: can't find encoding");
        return err_raise(t, T_LookupError, "unknown encoding: %s", encoding);
    }
    return info;
}

/* --- Through the registry ---------------------------------------------------------------------- */

/* info[index](object, errors)[0] */
static Value run_codec(Thread *t, Value info, int index, Value object, const char *errors, const char *kind) {
    Value function = tuple_at(info, index), result;
    if (errors == NULL) {
        result = call_1(t, function, object);
    } else {
        Value e = str_from_cstr(t, errors);
        if (is_null(e)) return VNULL;
        result = call_2(t, function, object, e);
        decref(t, e);
    }
    if (is_null(result)) return VNULL;
    if (!is_tuple(t, result) || tuple_len(result) != 2) {
        err_raise(t, T_TypeError, "%s must return a tuple (object, integer)", kind);
        decref(t, result);
        return VNULL;
    }
    Value output = new_ref(tuple_at(result, 0));
    decref(t, result);
    return output;
}

/* A note on the pending exception, as the codec machinery adds. */
static void add_note(Thread *t, const char *operation, const char *encoding) {
    Value exception = err_fetch(t), note = str_format(t, "%s with '%s' codec failed", operation, encoding);
    Value done = is_null(note) ? VNULL : call_method_1(t, exception, N(t, add_note), note);
    if (is_null(done)) err_clear(t);
    decref_maybe(t, done);
    decref_maybe(t, note);
    err_restore(t, exception);
}

Value codec_run(Thread *t, Value object, const char *encoding, const char *errors, bool decode) {
    Value info = codec_lookup(t, encoding);
    if (is_null(info)) return VNULL;
    Value result = run_codec(t, info, decode, object, errors, decode ? "decoder" : "encoder");
    if (is_null(result)) add_note(t, decode ? "decoding" : "encoding", encoding);
    decref(t, info);
    return result;
}

/* Only encodings between str and bytes are allowed here. */
static Value run_text_codec(Thread *t, Value object, const char *encoding, const char *errors, bool decode) {
    Value info = codec_lookup(t, encoding);
    if (is_null(info)) return VNULL;
    if (!IS_EXACT(info, tuple)) {
        Value flag = attr_get_cstr(t, info, "_is_text_encoding");
        if (is_null(flag)) {
            err_clear(t);
        } else {
            int is_text = truth(t, flag);
            decref(t, flag);
            if (is_text <= 0) {
                decref(t, info);
                if (is_text < 0) return VNULL;
                return err_raise(t, T_LookupError, "'%s' is not a text encoding; use %s to handle arbitrary codecs", encoding, decode ? "codecs.decode()" : "codecs.encode()");
            }
        }
    }
    Value result = run_codec(t, info, decode, object, errors, decode ? "decoder" : "encoder");
    if (is_null(result) && !err_is(t, T_UnicodeError)) add_note(t, decode ? "decoding" : "encoding", encoding);
    decref(t, info);
    return result;
}

/* --- Shortcuts --------------------------------------------------------------------------------- */

typedef enum Shortcut { NONE, UTF8, ASCII, LATIN1, UTF16, UTF16_LE, UTF16_BE, UTF32, UTF32_LE, UTF32_BE } Shortcut;

static Shortcut shortcut(const char *name) {
    if (strcmp(name, "utf-8") == 0) return UTF8;
    char text[16];
    size_t n = 0;
    for (; *name && n < sizeof text - 1; name++) {
        if (*name == '-' || *name == '_' || *name == ' ') continue;
        text[n++] = (char)tolower((unsigned char)*name);
    }
    if (*name) return NONE;
    text[n] = 0;
    static const struct { const char *name; Shortcut is; } known[] = {
        {"utf8", UTF8}, {"ascii", ASCII}, {"usascii", ASCII}, {"latin1", LATIN1}, {"iso88591", LATIN1}, {"utf16", UTF16}, {"utf16le", UTF16_LE},
        {"utf16be", UTF16_BE}, {"utf32", UTF32}, {"utf32le", UTF32_LE}, {"utf32be", UTF32_BE}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(text, known[i].name) == 0) return known[i].is;
    return NONE;
}

static Value decode_shortcut(Thread *t, Shortcut s, const char *data, int64_t n, const char *errors) {
    int order = s == UTF16_LE || s == UTF32_LE ? ORDER_LITTLE : s == UTF16_BE || s == UTF32_BE ? ORDER_BIG : ORDER_NATIVE;
    switch (s) {
    case UTF8: return utf8_decode_text(t, data, n, errors, NULL);
    case ASCII: return ascii_decode_text(t, data, n, errors);
    case LATIN1: return latin1_decode_text(t, data, n);
    case UTF16: case UTF16_LE: case UTF16_BE: return utf16_decode_text(t, data, n, errors, &order, NULL);
    default: return utf32_decode_text(t, data, n, errors, &order, NULL);
    }
}

/* In development mode unknown names are errors also where they would not be used. */
static bool check_names(Thread *t, const char *encoding, const char *errors) {
    if (LIKELY(!t->runtime->config->dev_mode) || V_AS(List, t->interp->codec_search_path)->length == 0) return true;
    if (shortcut(encoding) == NONE) {
        Value info = codec_lookup(t, encoding);
        if (is_null(info)) return false;
        decref(t, info);
    }
    if (errors == NULL) return true;
    Value handler = codec_lookup_error(t, errors);
    decref_maybe(t, handler);
    return !is_null(handler);
}

Value codec_decode(Thread *t, Value bytes, const char *encoding, const char *errors) {
    Shortcut s = shortcut(encoding);
    if (!check_names(t, encoding, errors)) return VNULL;
    if (s == NONE) {
        Value v = run_text_codec(t, bytes, encoding, errors, true);
        if (!is_null(v) && !is_str(t, v)) {
            err_raise(t, T_TypeError, "'%s' decoder returned '%T' instead of 'str'; use codecs.decode() to decode to arbitrary types", encoding, v);
            decref(t, v);
            return VNULL;
        }
        return v;
    }
    if (IS_EXACT(bytes, bytes)) return decode_shortcut(t, s, V_AS(Bytes, bytes)->data, V_AS(Bytes, bytes)->length, errors);
    Buffer view;
    if (!buffer_get(t, bytes, &view, BUF_SIMPLE)) return VNULL;
    Value v = decode_shortcut(t, s, view.data, view.length, errors);
    buffer_release(t, &view);
    return v;
}

Value codec_decode_data(Thread *t, const char *data, int64_t n, const char *encoding, const char *errors) {
    Shortcut s = shortcut(encoding);
    if (!check_names(t, encoding, errors)) return VNULL;
    if (s != NONE) return decode_shortcut(t, s, data, n, errors);
    Value bytes = bytes_new(t, data, n);
    if (is_null(bytes)) return VNULL;
    Value v = codec_decode(t, bytes, encoding, errors);
    decref(t, bytes);
    return v;
}

Value codec_encode(Thread *t, Value text, const char *encoding, const char *errors) {
    if (!check_names(t, encoding, errors)) return VNULL;
    switch (shortcut(encoding)) {
    case UTF8: return utf8_encode_text(t, text, errors);
    case ASCII: return ascii_encode_text(t, text, errors);
    case LATIN1: return latin1_encode_text(t, text, errors);
    case UTF16: return utf16_encode_text(t, text, errors, ORDER_NATIVE);
    case UTF16_LE: return utf16_encode_text(t, text, errors, ORDER_LITTLE);
    case UTF16_BE: return utf16_encode_text(t, text, errors, ORDER_BIG);
    case UTF32: return utf32_encode_text(t, text, errors, ORDER_NATIVE);
    case UTF32_LE: return utf32_encode_text(t, text, errors, ORDER_LITTLE);
    case UTF32_BE: return utf32_encode_text(t, text, errors, ORDER_BIG);
    default: break;
    }
    Value v = run_text_codec(t, text, encoding, errors, false);
    if (is_null(v) || is_bytes(t, v)) return v;
    if (IS_A(t, v, bytearray)) {
        Value bytes = bytes_new(t, bytearray_data(V_AS(ByteArray, v)), V_AS(ByteArray, v)->length);
        decref(t, v);
        return bytes;
    }
    err_raise(t, T_TypeError, "'%s' encoder returned '%T' instead of 'bytes'; use codecs.encode() to encode to arbitrary types", encoding, v);
    decref(t, v);
    return VNULL;
}
