/* The buffer protocol inside Krait: memory of one object seen by another. */
#ifndef KRAIT_OBJECT_BUFFER_H
#define KRAIT_OBJECT_BUFFER_H

#include "core/object.h"

enum BufferFlags { BUF_SIMPLE = 0, BUF_WRITABLE = 1, BUF_FORMAT = 4, BUF_ND = 8, BUF_STRIDES = 0x18, BUF_C_CONTIGUOUS = 0x38,
                   BUF_F_CONTIGUOUS = 0x58, BUF_ANY_CONTIGUOUS = 0x98, BUF_INDIRECT = 0x118, BUF_FULL_RO = 0x11C };

/* The numbers are those of inspect.BufferFlags. */
struct Buffer {
    Value object;      /* owned; who gave it */
    char *data;
    int64_t length;    /* bytes */
    int64_t item_size;
    bool readonly;
    int ndim;          /* 0 to 64 */
    const char *format; /* struct syntax; NULL: "B" */
    int64_t *shape, *strides, *suboffsets; /* NULL where the request did not ask for them */
    int64_t small[2];  /* room for shape and strides of one dimension */
    void *internal;    /* for the exporter */
};

/* TypeError "a bytes-like object is required, not 'x'" where v has no buffer; BufferError where it refuses. */
bool buffer_get(Thread *t, Value v, Buffer *view, int flags) MUST_USE;
void buffer_release(Thread *t, Buffer *view);
/* Fills a plain one-dimensional byte view; for get_buffer slots. */
bool buffer_fill(Thread *t, Buffer *view, Value object, void *data, int64_t length, bool readonly, int flags);
/* The contents in C order, of any strides, into `out` (view->length bytes). */
void buffer_copy_out(const Buffer *view, char *out);
bool has_buffer(Thread *t, Value v);

#endif
