/* The encodings in C.  Decoders take raw memory; `errors` NULL: strict.  With `consumed` a sequence that is incomplete at
 * the end is left over (incremental decoding); without, it is an error. */
#ifndef KRAIT_TYPES_CODEC_TEXT_H
#define KRAIT_TYPES_CODEC_TEXT_H

#include "core/errors.h"

enum ByteOrder { ORDER_LITTLE = -1, ORDER_NATIVE = 0, ORDER_BIG = 1 };

/* codec_simple.c */
Value utf8_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed);
Value utf8_encode_text(Thread *t, Value str, const char *errors);
Value ascii_decode_text(Thread *t, const char *data, int64_t n, const char *errors);
Value ascii_encode_text(Thread *t, Value str, const char *errors);
Value latin1_decode_text(Thread *t, const char *data, int64_t n);
Value latin1_encode_text(Thread *t, Value str, const char *errors);
/* mapping None or VNULL: latin-1. */
Value charmap_decode_text(Thread *t, const char *data, int64_t n, Value mapping, const char *errors);
Value charmap_encode_text(Thread *t, Value str, Value mapping, const char *errors);

/* codec_utf16.c: with ORDER_NATIVE a byte order mark is read (*order tells what it said) or written. */
Value utf16_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int *order, int64_t *consumed);
Value utf16_encode_text(Thread *t, Value str, const char *errors, int order);
Value utf32_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int *order, int64_t *consumed);
Value utf32_encode_text(Thread *t, Value str, const char *errors, int order);

/* codec_escape.c */
Value utf7_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed);
Value utf7_encode_text(Thread *t, Value str);
Value unicode_escape_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed);
Value unicode_escape_encode_text(Thread *t, Value str);
Value raw_unicode_escape_decode_text(Thread *t, const char *data, int64_t n, const char *errors, int64_t *consumed);
Value raw_unicode_escape_encode_text(Thread *t, Value str);
/* Bytes literals' escapes: codecs.escape_decode. */
Value bytes_escape_decode(Thread *t, const char *data, int64_t n, const char *errors);

#endif
