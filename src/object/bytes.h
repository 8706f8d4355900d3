/* bytes and bytearray: their data. */
#ifndef KRAIT_OBJECT_BYTES_H
#define KRAIT_OBJECT_BYTES_H

#include "core/object.h"

typedef struct Bytes {
    Object head;
    int64_t length;
    int64_t hash; /* -1: not computed yet */
    char data[];  /* length + 1 bytes, NUL-terminated */
} Bytes;

typedef struct ByteArray {
    Object head;
    int64_t length;
    int64_t capacity; /* of `buffer`, the NUL behind the data included */
    char *buffer;     /* raw heap block or NULL */
    char *start;      /* data begins here, inside buffer: deletion at the front is cheap */
    int64_t exports;  /* views: the size must not change */
} ByteArray;

Value bytes_new(Thread *t, const char *data, int64_t length); /* data NULL: uninitialised */
Value bytes_from_cstr(Thread *t, const char *text);
Value bytes_resize(Thread *t, Value bytes, int64_t length);   /* takes bytes that nobody else holds; exact bytes */
Value bytes_concat(Thread *t, Value a, Value b);              /* exact bytes both */
int64_t bytes_hash(Thread *t, Bytes *b);
Value bytearray_new(Thread *t, const char *data, int64_t length);
bool bytearray_resize(Thread *t, ByteArray *a, int64_t length); /* BufferError when exported */
static inline char *bytearray_data(ByteArray *a) { return a->start ? a->start : (char *)""; }

#endif
