#include "modules/decompressor.h"

Value decompressor_new(Thread *t, Type *type) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    Decompressor *d = V_AS(Decompressor, v);
    d->unused_data = new_ref(t->interp->empty_bytes);
    d->needs_input = true;
    return v;
}

/* --- Input for the next call --------------------------------------------------------------------- */

/* Puts new input behind what was kept. */
static bool kept_append(Thread *t, Decompressor *d, const char *data, size_t n) {
    if (d->kept_start + d->kept_length + n > d->kept_capacity) {
        if (d->kept_length + n <= d->kept_capacity) {
            memmove(d->kept, d->kept + d->kept_start, d->kept_length);
        } else {
            size_t capacity = (d->kept_length + n) + (d->kept_length + n) / 8;
            char *block = heap_alloc(t, capacity);
            if (block == NULL) return false;
            if (d->kept_length > 0) memcpy(block, d->kept + d->kept_start, d->kept_length);
            heap_free(t, d->kept);
            d->kept = block;
            d->kept_capacity = capacity;
        }
        d->kept_start = 0;
    }
    if (n > 0) memcpy(d->kept + d->kept_start + d->kept_length, data, n);
    d->kept_length += n;
    return true;
}

static void kept_drop(Thread *t, Decompressor *d) {
    heap_free(t, d->kept);
    d->kept = NULL;
    d->kept_start = d->kept_length = d->kept_capacity = 0;
}

/* What a call did not use: stays in its place when it was kept before, else is copied. */
static bool keep_rest(Thread *t, Decompressor *d, const CodecPieces *p, bool was_kept) {
    if (was_kept) {
        d->kept_start = (size_t)(p->in - d->kept);
        d->kept_length = p->in_left;
        if (p->in_left == 0) kept_drop(t, d);
        return true;
    }
    return p->in_left == 0 || kept_append(t, d, p->in, p->in_left);
}

/* --- Decompressing --------------------------------------------------------------------------------- */

static Value run_locked(Thread *t, Decompressor *d, const char *data, size_t n, int64_t limit, DecompressFn step, const char *at_end) {
    if (d->eof) return err_raise(t, T_EOFError, "%s", at_end);
    if (n == 0 && d->needs_input && limit != 0) return new_ref(t->interp->empty_bytes);
    CodecPieces p = {.in = data, .in_left = n};
    bool was_kept = d->kept_length > 0;
    if (was_kept) {
        if (!kept_append(t, d, data, n)) return VNULL;
        p.in = d->kept + d->kept_start;
        p.in_left = d->kept_length;
    }
    OutputBuffer out;
    if (!output_begin(t, &out, (int64_t)(p.in_left < SIZE_MAX / 8 ? p.in_left * 4 : p.in_left), limit)) return VNULL;
    for (;;) {
        p.out = output_at(&out);
        p.out_left = output_room(&out);
        DecompressStep result = step(t, d, &p);
        out.used += p.out - output_at(&out);
        if (result == STEP_FAILED) goto fail;
        if (result == STEP_END) {
            d->eof = true;
            break;
        }
        if (p.out_left > 0) {
            if (p.in_left == 0) break;
        } else if (output_is_full(&out)) {
            break;
        } else if (!output_grow(t, &out)) {
            goto fail;
        }
    }
    if (d->eof) {
        Value rest = p.in_left > 0 ? bytes_new(t, p.in, (int64_t)p.in_left) : new_ref(t->interp->empty_bytes);
        if (is_null(rest)) goto fail;
        slot_set(t, &d->unused_data, rest);
        kept_drop(t, d);
        d->needs_input = false;
    } else {
        if (!keep_rest(t, d, &p, was_kept)) goto fail;
        d->needs_input = p.in_left == 0 && p.out_left > 0;
    }
    return output_finish(t, &out);
fail:
    output_drop(t, &out);
    kept_drop(t, d);
    return VNULL;
}

Value decompressor_run(Thread *t, Value *args, DecompressFn step, const char *at_end) {
    Decompressor *d = V_AS(Decompressor, args[0]);
    Buffer view;
    int64_t limit = -1;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (is_null(args[2]) || arg_size(t, args[2], &limit)) {
        object_lock(t, &d->mutex);
        result = run_locked(t, d, view.data, (size_t)view.length, limit < 0 ? -1 : limit, step, at_end);
        object_unlock(&d->mutex);
    }
    buffer_release(t, &view);
    return result;
}
