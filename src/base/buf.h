/* A growable byte buffer for text and binary output. Errors stick: after a failed growth every append does
   nothing, and the caller looks at `failed` once at the end. Memory is libc's. */
#ifndef KRAIT_BASE_BUF_H
#define KRAIT_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Buf {
    char *data;
    size_t len, cap;
    bool failed;
} Buf;

/* Makes room for n more bytes; false when memory ran out now or before. */
bool buf_reserve(Buf *b, size_t n);

static inline void buf_byte(Buf *b, char c) {
    if (b->len < b->cap || buf_reserve(b, 1)) b->data[b->len++] = c;
}

static inline void buf_bytes(Buf *b, const void *p, size_t n) {
    if (n > 0 && buf_reserve(b, n)) {
        memcpy(b->data + b->len, p, n);
        b->len += n;
    }
}

static inline void buf_str(Buf *b, const char *s) { buf_bytes(b, s, strlen(s)); }

void buf_fill(Buf *b, char c, size_t n);
void buf_utf8(Buf *b, uint32_t ch);
void buf_uint(Buf *b, uint64_t v);
void buf_int(Buf *b, int64_t v);
void buf_format(Buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vformat(Buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* A NUL stands behind the bytes (not counted); NULL when memory ran out. The buffer keeps owning them. */
const char *buf_cstr(Buf *b);

static inline void buf_clear(Buf *b) { b->len = 0; }
void buf_free(Buf *b);

#endif
