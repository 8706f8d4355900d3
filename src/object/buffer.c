/* The buffer protocol: asking for memory, giving it back, and the plain view that most exporters give. */
#include "object/buffer.h"

#include "core/errors.h"

bool has_buffer(Thread *t, Value v) { return type_of(t, v)->slots.get_buffer != NULL; }

bool buffer_get(Thread *t, Value v, Buffer *view, int flags) {
    Type *type = type_of(t, v);
    *view = (Buffer){0};
    if (!type->slots.get_buffer) return err_fail(t, T_TypeError, "a bytes-like object is required, not '%T'", v);
    if (type->slots.get_buffer(t, v, view, flags)) return true;
    *view = (Buffer){0};
    return false;
}

void buffer_release(Thread *t, Buffer *view) {
    Value object = view->object;
    if (is_null(object)) return;
    Type *type = type_of(t, object);
    if (type->slots.release_buffer) type->slots.release_buffer(t, object, view);
    view->object = VNULL;
    decref(t, object);
}

bool buffer_fill(Thread *t, Buffer *view, Value object, void *data, int64_t length, bool readonly, int flags) {
    if (flags & BUF_WRITABLE && readonly) return err_fail(t, T_BufferError, "Object is not writable.");
    view->object = new_ref_maybe(object);
    view->data = data;
    view->length = length;
    view->item_size = 1;
    view->readonly = readonly;
    view->ndim = 1;
    view->format = flags & BUF_FORMAT ? "B" : NULL;
    view->small[0] = length;
    view->small[1] = 1;
    view->shape = flags & BUF_ND ? &view->small[0] : NULL;
    view->strides = (flags & BUF_STRIDES) == BUF_STRIDES ? &view->small[1] : NULL;
    view->suboffsets = NULL;
    view->internal = NULL;
    return true;
}

static void copy_dimension(const Buffer *b, int dim, const char *p, char **out) {
    bool one_by_one = dim < b->ndim && (dim + 1 < b->ndim || b->strides[dim] != b->item_size || (b->suboffsets && b->suboffsets[dim] >= 0));
    if (!one_by_one) { /* an item, or a row of them side by side */
        size_t size = (size_t)b->item_size * (dim < b->ndim ? (size_t)b->shape[dim] : 1);
        memcpy(*out, p, size);
        *out += size;
        return;
    }
    bool indirect = b->suboffsets && b->suboffsets[dim] >= 0;
    if (dim + 1 == b->ndim && b->strides[dim] == b->item_size && !indirect) { /* items side by side */
        size_t bytes = (size_t)(b->shape[dim] * b->item_size);
        memcpy(*out, p, bytes);
        *out += bytes;
        return;
    }
    for (int64_t i = 0; i < b->shape[dim]; i++) {
        const char *q = p + b->strides[dim] * i;
        if (indirect) q = *(char *const *)q + b->suboffsets[dim];
        copy_dimension(b, dim + 1, q, out);
    }
}

void buffer_copy_out(const Buffer *view, char *out) {
    if (view->strides == NULL || view->shape == NULL) memcpy(out, view->data, (size_t)view->length);
    else copy_dimension(view, 0, view->data, &out);
}
