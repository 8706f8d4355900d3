#include "modules/output_buffer.h"

enum { OUTPUT_MIN = 256, OUTPUT_FIRST_MAX = 256 << 10 };

static bool is_within(const OutputBuffer *out, int64_t length) { return out->limit < 0 || length <= out->limit; }

bool output_begin(Thread *t, OutputBuffer *out, int64_t expected, int64_t limit) {
    *out = (OutputBuffer){VNULL, 0, limit};
    int64_t first = expected < OUTPUT_MIN ? OUTPUT_MIN : expected > OUTPUT_FIRST_MAX ? OUTPUT_FIRST_MAX : expected;
    out->bytes = bytes_new(t, NULL, is_within(out, first) ? first : limit);
    return !is_null(out->bytes);
}

bool output_grow(Thread *t, OutputBuffer *out) {
    int64_t length = V_AS(Bytes, out->bytes)->length, more = length < (64 << 20) ? length : length / 4;
    if (length > INT64_MAX / 2) return err_no_memory_fail(t);
    if (!is_within(out, length + more)) more = out->limit - length;
    out->bytes = bytes_resize(t, out->bytes, length + more);
    return !is_null(out->bytes);
}

Value output_finish(Thread *t, OutputBuffer *out) { return bytes_resize(t, out->bytes, out->used); }
void output_drop(Thread *t, OutputBuffer *out) { decref_maybe(t, out->bytes); }
