/* Codecs: the registry, the error handlers, and the common encodings in C. */
#ifndef KRAIT_TYPES_CODECS_H
#define KRAIT_TYPES_CODECS_H

#include "core/errors.h"

/* By name, errors NULL: "strict". utf-8, ascii, latin-1, utf-16 and utf-32 are done in place, others through the registry.
 * codec_decode takes a bytes-like object and answers str, codec_encode a str and answers bytes. */
Value codec_decode(Thread *t, Value bytes, const char *encoding, const char *errors);
Value codec_encode(Thread *t, Value str, const char *encoding, const char *errors);
/* The same from raw memory. */
Value codec_decode_data(Thread *t, const char *data, int64_t n, const char *encoding, const char *errors);

#endif
