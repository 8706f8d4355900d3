/* The bytes of a pickle under construction.
 *
 * From protocol 4 on they are grouped in frames, so that a reader can fetch many small values at once: a frame is begun by the first
 * byte that needs one and ended between two objects, once it is large enough. Large payloads stand outside of frames. With a file,
 * each frame is one call of write(), and a large payload one of its own, without a copy.
 */
#include "modules/pickle/pickle_priv.h"

enum { FIRST_CAPACITY = 1000 };

static void update_room(Output *o) { o->room = o->framing && o->frame < 0 ? 0 : o->capacity; }

void output_init(Output *o, Value write) {
    *o = (Output){.frame = -1, .frame_due = INT64_MAX, .write = write};
}

void output_reset(Thread *t, Output *o) {
    Value bytes = o->bytes;
    output_init(o, o->write);
    decref_maybe(t, bytes);
}

static bool grow(Thread *t, Output *o, int64_t needed) {
    int64_t capacity = o->capacity == 0 ? FIRST_CAPACITY : o->capacity + o->capacity / 2;
    if (capacity < needed) capacity = needed;
    Value bytes = is_null(o->bytes) ? bytes_new(t, NULL, capacity) : bytes_resize(t, o->bytes, capacity);
    o->bytes = bytes;
    if (is_null(bytes)) {
        output_init(o, o->write);
        return false;
    }
    o->data = V_AS(Bytes, bytes)->data;
    o->capacity = capacity;
    update_room(o);
    return true;
}

char *output_room_slow(Thread *t, Output *o, int64_t n) {
    bool begin = o->framing && o->frame < 0;
    int64_t needed = o->length + n + (begin ? FRAME_HEADER : 0);
    if (needed > o->capacity && !grow(t, o, needed)) return NULL;
    if (begin) {
        o->frame = o->length;
        o->length += FRAME_HEADER;
        o->frame_due = o->length + FRAME_SIZE_TARGET;
        update_room(o);
    }
    return o->data + o->length;
}

void output_start_framing(Output *o) {
    o->framing = true;
    update_room(o);
}

/* A frame too small to be worth its header loses it. */
void output_end_frame(Output *o) {
    if (!o->framing || o->frame < 0) return;
    char *header = o->data + o->frame;
    int64_t n = o->length - o->frame - FRAME_HEADER;
    if (n >= FRAME_SIZE_MIN) {
        header[0] = (char)PK_FRAME;
        store_le(header + 1, (uint64_t)n, 8);
    } else {
        memmove(header, header + FRAME_HEADER, (size_t)n);
        o->length -= FRAME_HEADER;
    }
    o->frame = -1;
    o->frame_due = INT64_MAX;
    update_room(o);
}

bool output_end_full_frame(Thread *t, Output *o) {
    output_end_frame(o);
    return is_null(o->write) || output_flush(t, o);
}

Value output_take(Thread *t, Output *o) {
    Value bytes = o->bytes;
    int64_t length = o->length;
    bool framing = o->framing;
    output_init(o, o->write);
    o->framing = framing;
    return is_null(bytes) ? bytes_new(t, "", 0) : bytes_resize(t, bytes, length);
}

static bool write_object(Thread *t, Output *o, Value object) {
    if (is_null(object)) return false;
    Value done = call_1(t, o->write, object);
    decref(t, object);
    if (is_null(done)) return false;
    decref(t, done);
    return true;
}

bool output_flush(Thread *t, Output *o) { return write_object(t, o, output_take(t, o)); }

/* Most of what is written is short: no more than two moves, which may overlap, each way. */
static inline void copy_short(char *to, const char *from, int64_t n) {
#define TWO_MOVES(type)                                                               \
    do {                                                                              \
        type first, last;                                                             \
        memcpy(&first, from, sizeof first);                                           \
        memcpy(&last, from + n - sizeof last, sizeof last);                           \
        memcpy(to, &first, sizeof first);                                             \
        memcpy(to + n - sizeof last, &last, sizeof last);                             \
    } while (0)
    typedef struct Sixteen { uint64_t low, high; } Sixteen;
    if (n > 32) memcpy(to, from, (size_t)n);
    else if (n >= 16) TWO_MOVES(Sixteen);
    else if (n >= 8) TWO_MOVES(uint64_t);
    else if (n >= 4) TWO_MOVES(uint32_t);
    else
        for (int64_t i = 0; i < n; i++) to[i] = from[i];
#undef TWO_MOVES
}

bool output_payload(Thread *t, Output *o, const void *header, int64_t header_size, const char *data, int64_t n, Value object) {
    if (LIKELY(n < FRAME_SIZE_TARGET)) {
        char *at = output_room(t, o, header_size + n);
        if (at == NULL) return false;
        copy_short(at, header, header_size);
        copy_short(at + header_size, data, n);
        o->length += header_size + n;
        return true;
    }
    bool framing = o->framing;
    output_end_frame(o);
    o->framing = false;
    update_room(o);
    bool good = output_put(t, o, header, header_size);
    if (good && is_null(o->write)) good = output_put(t, o, data, n);
    else if (good) good = output_flush(t, o) && write_object(t, o, is_null(object) ? bytes_new(t, data, n) : new_ref(object));
    o->framing = framing;
    update_room(o);
    return good;
}
