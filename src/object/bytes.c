/* bytes and bytearray: construction and raw access. */
#include "object/bytes.h"

#include "base/hash.h"
#include "core/errors.h"
#include "heap/heap.h"

enum { BYTES_HEADER = offsetof(Bytes, data) };

Value bytes_new(Thread *t, const char *data, int64_t length) {
    if (data != NULL && length <= 1) {
        Value shared = length == 0 ? t->interp->empty_bytes : t->interp->bytes_chars[(uint8_t)data[0]];
        if (!is_null(shared)) return new_ref(shared);
    }
    if (length == 0 && !is_null(t->interp->empty_bytes)) return new_ref(t->interp->empty_bytes);
    if (UNLIKELY(length > INT64_MAX - 64)) return err_no_memory(t);
    Bytes *b = heap_object(t, SHAPE_bytes, BYTES_HEADER + (size_t)length + 1);
    if (b == NULL) return VNULL;
    b->length = length;
    b->hash = -1;
    if (data != NULL) memcpy(b->data, data, (size_t)length);
    b->data[length] = 0;
    return v_from(b);
}

Value bytes_from_cstr(Thread *t, const char *text) { return bytes_new(t, text, (int64_t)strlen(text)); }

Value bytes_resize(Thread *t, Value v, int64_t length) {
    Bytes *b = V_AS(Bytes, v);
    if (b->length == length) return v;
    if (length <= 1 || is_immortal(&b->head)) {
        Value shorter = length == 0 ? bytes_new(t, "", 0) : bytes_new(t, b->data, length < b->length ? length : b->length);
        if (length > b->length && !is_null(shorter)) {
            decref(t, shorter);
            shorter = bytes_new(t, NULL, length);
            if (!is_null(shorter)) memcpy(V_AS(Bytes, shorter)->data, b->data, (size_t)b->length);
        }
        decref(t, v);
        return shorter;
    }
    Bytes *resized = heap_object_resize(t, b, BYTES_HEADER + (size_t)length + 1);
    if (resized == NULL) {
        decref(t, v);
        return VNULL;
    }
    resized->length = length;
    resized->hash = -1;
    resized->data[length] = 0;
    return v_from(resized);
}

Value bytes_concat(Thread *t, Value a, Value b) {
    Bytes *x = V_AS(Bytes, a), *y = V_AS(Bytes, b);
    if (x->length == 0) return new_ref(b);
    if (y->length == 0) return new_ref(a);
    Value v = bytes_new(t, NULL, x->length + y->length);
    if (is_null(v)) return v;
    memcpy(V_AS(Bytes, v)->data, x->data, (size_t)x->length);
    memcpy(V_AS(Bytes, v)->data + x->length, y->data, (size_t)y->length);
    return v;
}

int64_t bytes_hash(Thread *t, Bytes *b) {
    if (b->hash == -1) {
        HashKey key = {t->interp->hash_key[0], t->interp->hash_key[1]};
        b->hash = hash_bytes(&key, b->data, (size_t)b->length);
    }
    return b->hash;
}

Value bytearray_new(Thread *t, const char *data, int64_t length) {
    ByteArray *a = heap_object(t, SHAPE_bytearray, sizeof *a);
    if (a == NULL) return VNULL;
    a->length = a->capacity = a->exports = 0;
    a->buffer = a->start = NULL;
    if (length > 0) {
        if (!bytearray_resize(t, a, length)) {
            obj_decref(t, a);
            return VNULL;
        }
        if (data != NULL) memcpy(a->start, data, (size_t)length);
    }
    return v_from(a);
}

bool bytearray_resize(Thread *t, ByteArray *a, int64_t length) {
    if (length == a->length) return true;
    if (a->exports > 0) return err_fail(t, T_BufferError, "Existing exports of data: object cannot be re-sized");
    if (length > INT64_MAX / 2) return err_no_memory_fail(t);
    int64_t offset = a->start - a->buffer; /* both NULL: 0 */
    if (length + offset + 1 <= a->capacity && (length >= a->capacity / 2 || length >= a->length)) {
        a->length = length;
        a->start[length] = 0;
        return true;
    }
    if (length == 0) {
        heap_free(t, a->buffer);
        a->buffer = a->start = NULL;
        a->length = a->capacity = 0;
        return true;
    }
    int64_t capacity = length < a->length || a->buffer == NULL ? length + 1 : length + (length >> 3) + (length < 9 ? 3 : 6);
    char *buffer = heap_alloc(t, (size_t)capacity);
    if (buffer == NULL) return false;
    memcpy(buffer, bytearray_data(a), (size_t)(length < a->length ? length : a->length));
    heap_free(t, a->buffer);
    a->buffer = a->start = buffer;
    a->capacity = capacity;
    a->length = length;
    buffer[length] = 0;
    return true;
}
