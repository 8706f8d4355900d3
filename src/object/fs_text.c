/* Text of the system: fs_text.h. */
#include "object/fs_text.h"

#include <string.h>

#include "base/utf8.h"
#include "core/config.h"
#include "object/bytes.h"
#include "object/str.h"

const char *fs_encoding(Thread *t) {
    const char *name = t->runtime->config->fs_encoding;
    return name != NULL ? name : "utf-8";
}

static bool is_plain(Thread *t, const char *data, int64_t n) {
    Utf8Scan scan;
    Utf8Error error;
    if (UNLIKELY(strcmp(fs_encoding(t), "utf-8") != 0)) return false;
    return utf8_scan((const uint8_t *)data, (size_t)n, UTF8_STRICT, &scan, &error);
}

Value fs_decode_bytes(Thread *t, Value bytes) { return t->hooks->decode(t, bytes, fs_encoding(t), "surrogateescape"); }

Value fs_decode(Thread *t, const char *data, int64_t n) {
    if (LIKELY(is_plain(t, data, n))) return str_from_utf8(t, data, n);
    Value bytes = bytes_new(t, data, n), text = is_null(bytes) ? VNULL : fs_decode_bytes(t, bytes);
    decref_maybe(t, bytes);
    return text;
}

Value fs_decode_cstr(Thread *t, const char *text) { return fs_decode(t, text, (int64_t)strlen(text)); }

Value fs_encode(Thread *t, Value str) {
    if (str_is_ascii(V_AS(Str, str))) return bytes_new(t, (const char *)str_1(V_AS(Str, str)), str_len(V_AS(Str, str)));
    return t->hooks->encode(t, str, fs_encoding(t), "surrogateescape");
}
