#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/vec.h"

bool buf_reserve(Buf *b, size_t n) {
    if (b->failed) return false;
    if (n <= b->cap - b->len) return true;
    void *p = b->data;
    size_t need;
    if (__builtin_add_overflow(b->len, n, &need) || !vec_grow_raw(&p, &b->cap, need < 64 ? 64 : need, 1)) {
        b->failed = true;
        return false;
    }
    b->data = p;
    return true;
}

void buf_fill(Buf *b, char c, size_t n) {
    if (n > 0 && buf_reserve(b, n)) {
        memset(b->data + b->len, c, n);
        b->len += n;
    }
}

void buf_utf8(Buf *b, uint32_t ch) {
    if (buf_reserve(b, 4)) b->len += utf8_write(ch, (uint8_t *)b->data + b->len);
}

void buf_uint(Buf *b, uint64_t v) {
    char digits[20];
    unsigned i = sizeof digits;
    do {
        digits[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    buf_bytes(b, digits + i, sizeof digits - i);
}

void buf_int(Buf *b, int64_t v) {
    if (v < 0) buf_byte(b, '-');
    buf_uint(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void buf_vformat(Buf *b, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) {
        b->failed = true;
    } else if (buf_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_format(Buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vformat(b, format, args);
    va_end(args);
}

const char *buf_cstr(Buf *b) {
    if (!buf_reserve(b, 1)) return NULL;
    b->data[b->len] = 0;
    return b->data;
}

void buf_free(Buf *b) {
    free(b->data);
    *b = (Buf){0};
}
