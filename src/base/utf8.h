/* UTF-8 to code units and back, strictly or letting surrogates pass. Errors are described as Python's
   UTF-8 codec reports them: a half-open range of the input and a reason.
   The usual way to decode: utf8_scan (validates, counts, finds the widest), allocate, utf8_decode.
   The usual way to encode: utf8_size, allocate, utf8_encode. */
#ifndef KRAIT_BASE_UTF8_H
#define KRAIT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"

typedef enum Utf8Fault {
    UTF8_FINE,
    UTF8_INVALID_START,
    UTF8_INVALID_CONTINUATION,
    UTF8_UNEXPECTED_END,   /* the input stops inside a sequence that is right so far */
    UTF8_SURROGATE,        /* encoding only */
} Utf8Fault;

typedef struct Utf8Error {
    size_t start, end;
    Utf8Fault fault;
} Utf8Error;

typedef struct Utf8Scan {
    size_t n_chars;
    uint32_t widest;  /* 0x7f, 0xff, 0xffff or 0x10ffff */
} Utf8Scan;

enum { UTF8_STRICT = 0, UTF8_SURROGATEPASS = 1 };

/* The reason in the words of UnicodeDecodeError and UnicodeEncodeError. */
const char *utf8_reason(Utf8Fault fault);

/* How many leading bytes are below 0x80. */
size_t utf8_ascii_prefix(const uint8_t *s, size_t n);

/* Validates. False: *err is filled, and *scan describes the valid bytes before err->start. */
bool utf8_scan(const uint8_t *s, size_t n, unsigned mode, Utf8Scan *scan, Utf8Error *err);

/* Writes the characters of valid UTF-8 (surrogates included) as units wide enough for them; returns how many. */
size_t utf8_decode(const uint8_t *s, size_t n, void *dst, unsigned width);

/* Reads one character at s[0..n), n > 0. Returns the bytes it takes (1..4); or 0, with the bytes to blame in
   *bad and the fault. */
unsigned utf8_read(const uint8_t *s, size_t n, unsigned mode, uint32_t *ch, unsigned *bad, Utf8Fault *fault);

/* Writes one code point (surrogates as three bytes); returns the bytes written, 1..4. */
static inline unsigned utf8_write(uint32_t ch, uint8_t *out) {
    if (ch < 0x80) {
        out[0] = (uint8_t)ch;
        return 1;
    }
    if (ch < 0x800) {
        out[0] = (uint8_t)(0xc0 | ch >> 6);
        out[1] = (uint8_t)(0x80 | (ch & 0x3f));
        return 2;
    }
    if (ch < 0x10000) {
        out[0] = (uint8_t)(0xe0 | ch >> 12);
        out[1] = (uint8_t)(0x80 | (ch >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (ch & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | ch >> 18);
    out[1] = (uint8_t)(0x80 | (ch >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (ch >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (ch & 0x3f));
    return 4;
}

/* The number of bytes that encoding takes. False: a surrogate stands in the way (strict only); *err is the whole
   run of surrogates, and *size what the units before it take. */
bool utf8_size(Units u, unsigned mode, size_t *size, Utf8Error *err);

/* Encodes without checks; returns the bytes written. */
size_t utf8_encode(Units u, uint8_t *dst);

#endif
