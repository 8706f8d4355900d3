/* Where a pickle comes from: a buffer in memory, or a file's read() and readline().
 *
 * A file is never asked for more than the pickle needs, so that it stands behind the pickle afterwards; what peek() shows may be used
 * before it is read. Lengths in a pickle are not believed: from a file memory grows as data arrives.
 */
#include "modules/pickle/pickle_priv.h"

#include "types/memoryview.h"

enum { PEEK_SIZE = 128 << 10, CHUNK = 1 << 20 };

static const uint8_t *truncated(Thread *t) {
    UNPICKLING_ERROR(t, "pickle data was truncated");
    return NULL;
}

bool input_set_file(Thread *t, Input *in, Value file) {
    struct { Value *slot, name; } methods[] = {
        {&in->peek, N(t, peek)}, {&in->readinto, N(t, readinto)}, {&in->read, N(t, read)}, {&in->readline, N(t, readline)}};
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        Value method = attr_get_maybe(t, file, methods[i].name);
        if (is_null(method) && err_pending(t)) return false;
        slot_set(t, methods[i].slot, method);
    }
    if (!is_null(in->read) && !is_null(in->readline)) return true;
    return err_fail(t, T_TypeError, "file must have 'read' and 'readline' attributes");
}

static void set_buffered(Input *in, const uint8_t *at, const uint8_t *limit) {
    in->at = at;
    in->end = in->limit = limit;
    in->peeked = NULL;
    in->in_frame = false;
}

void input_set_memory(Input *in, const char *data, int64_t n) { set_buffered(in, (const uint8_t *)data, (const uint8_t *)data + n); }

void input_drop(Thread *t, Input *in) {
    set_buffered(in, NULL, NULL);
    Value *values[] = {&in->data, &in->read, &in->readline, &in->readinto, &in->peek};
    for (size_t i = 0; i < COUNT_OF(values); i++) slot_clear(t, values[i]);
}

/* --- From a file --------------------------------------------------------------------------------------------------------------------- */

/* Reads from `data` (taken) next: what a method of the file answered. false: it is no bytes object. */
static bool use(Thread *t, Input *in, Value data) {
    if (is_null(data)) return false;
    if (!is_bytes(t, data)) { /* any buffer will do, as a copy */
        Buffer view;
        if (!buffer_get(t, data, &view, BUF_SIMPLE)) {
            decref(t, data);
            return false;
        }
        Value copy = bytes_new(t, view.data, view.length);
        buffer_release(t, &view);
        decref(t, data);
        if (is_null(copy)) return false;
        data = copy;
    }
    slot_set(t, &in->data, data);
    input_set_memory(in, V_AS(Bytes, data)->data, V_AS(Bytes, data)->length);
    return true;
}

bool input_skip_consumed(Thread *t, Input *in) {
    if (in->peeked == NULL) return true;
    int64_t n = in->at - in->peeked;
    set_buffered(in, in->at, in->at);
    if (n == 0) return true;
    Value done = call_1(t, in->read, v_smallint(n));
    decref_maybe(t, done);
    return !is_null(done);
}

/* false: exception pending; whether there are n bytes now is *enough. */
static bool peek(Thread *t, Input *in, int64_t n, bool *enough) {
    *enough = false;
    if (is_null(in->peek) || n >= PEEK_SIZE) return true;
    Value data = call_1(t, in->peek, v_smallint(PEEK_SIZE));
    if (is_null(data) && err_catch(t, T_NotImplementedError)) {
        slot_clear(t, &in->peek);
        return true;
    }
    if (!use(t, in, data)) return false;
    in->peeked = in->at;
    *enough = in->end - in->at >= n;
    return true;
}

static bool read(Thread *t, Input *in, int64_t n) {
    return use(t, in, call_1(t, in->read, v_smallint(n)));
}

/* The end of the frame, if there is one, is passed; nothing may stretch across it. */
static bool leave_frame(Thread *t, Input *in) {
    if (!in->in_frame) return true;
    if (in->at < in->end) {
        UNPICKLING_ERROR(t, "pickle exhausted before end of frame");
        return false;
    }
    in->in_frame = false;
    in->end = in->limit;
    return true;
}

/* n bytes (not many) from the file into the buffer. */
static bool fill(Thread *t, Input *in, int64_t n) {
    bool enough;
    if (!input_skip_consumed(t, in) || !peek(t, in, n, &enough)) return false;
    if (enough) return true;
    in->peeked = NULL;
    if (!read(t, in, n)) return false;
    if (in->end - in->at >= n) return true;
    in->at = in->end;
    return truncated(t) != NULL;
}

const uint8_t *input_take_slow(Thread *t, Input *in, int64_t n) {
    if (!leave_frame(t, in)) return NULL;
    if (in->end - in->at < n) {
        if (is_null(in->read)) return truncated(t);
        if (!(n > CHUNK ? use(t, in, input_take_bytes(t, in, n)) : fill(t, in, n))) return NULL;
    }
    in->at += n;
    return in->at - n;
}

bool input_frame(Thread *t, Input *in, int64_t n) {
    if (in->in_frame && in->at < in->end) {
        UNPICKLING_ERROR(t, "beginning of a new frame before end of current frame");
        return false;
    }
    if (!leave_frame(t, in) || input_take(t, in, n) == NULL) return false;
    in->at -= n;
    in->end = in->at + n;
    in->in_frame = true;
    return true;
}

/* The first line feed there is, NULL: none. */
static const uint8_t *line_end(const Input *in) {
    return in->at < in->end ? memchr(in->at, '\n', (size_t)(in->end - in->at)) : NULL;
}

const uint8_t *input_line(Thread *t, Input *in, int64_t *n) {
    const uint8_t *lf = line_end(in);
    if (lf == NULL) {
        if (!leave_frame(t, in)) return NULL;
        lf = line_end(in);
    }
    if (lf == NULL) {
        if (is_null(in->read)) return truncated(t);
        if (!input_skip_consumed(t, in) || !use(t, in, call_0(t, in->readline))) return NULL;
        lf = in->end - 1;
        if (in->at == in->end || *lf != '\n') {
            in->at = in->end;
            return truncated(t);
        }
    }
    const uint8_t *line = in->at;
    *n = lf + 1 - line;
    in->at = lf + 1;
    return line;
}

/* --- Payloads: into an object of their own ------------------------------------------------------------------------------------------- */

/* The two kinds of objects that receive data. */
typedef struct Target {
    Value object;
    bool is_array;
} Target;

static char *target_data(Target *to) { return to->is_array ? bytearray_data(V_AS(ByteArray, to->object)) : V_AS(Bytes, to->object)->data; }

static bool target_resize(Thread *t, Target *to, int64_t n) {
    if (is_null(to->object)) to->object = to->is_array ? bytearray_new(t, NULL, n) : bytes_new(t, NULL, n);
    else if (to->is_array) return bytearray_resize(t, V_AS(ByteArray, to->object), n);
    else to->object = bytes_resize(t, to->object, n); /* takes it, also when it fails */
    return !is_null(to->object);
}

/* At most `room` bytes of the file into data; how many came, -1: exception. A bytearray of our own is what readinto() gets to see. */
static int64_t read_into(Thread *t, Input *in, char *data, int64_t room) {
    int64_t n = -1;
    if (is_null(in->readinto)) {
        if (!read(t, in, room)) return -1;
        n = in->end - in->at < room ? in->end - in->at : room;
        memcpy(data, in->at, (size_t)n);
        in->at = in->end;
        return n;
    }
    Value array = bytearray_new(t, NULL, room), view = is_null(array) ? VNULL : memoryview_new(t, array, BUF_SIMPLE | BUF_WRITABLE);
    Value count = is_null(view) ? VNULL : call_1(t, in->readinto, view);
    if (!is_null(count) && arg_size(t, count, &n)) {
        if (n < 0) n = err_minus(t, T_ValueError, "readinto() returned negative size");
        else if (n > room) n = err_minus(t, T_ValueError, "readinto() returned %zd bytes, but there was room for %zd", (size_t)n, (size_t)room);
        else if (V_AS(ByteArray, array)->length >= n) memcpy(data, bytearray_data(V_AS(ByteArray, array)), (size_t)n);
    } else {
        n = -1;
    }
    decref_maybe(t, count);
    decref_maybe(t, view);
    decref_maybe(t, array);
    return n;
}

static Value take_from_file(Thread *t, Input *in, int64_t n, bool is_array) {
    Target to = {VNULL, is_array};
    int64_t had = 0, room = n < CHUNK ? n : CHUNK;
    if (!input_skip_consumed(t, in) || !target_resize(t, &to, room)) return VNULL;
    while (had < n) {
        if (had == room) {
            room = n / 2 < room ? n : room * 2;
            if (!target_resize(t, &to, room)) goto failed;
        }
        int64_t came = read_into(t, in, target_data(&to) + had, room - had);
        if (came < 0) goto failed;
        if (came == 0) {
            truncated(t);
            goto failed;
        }
        had += came;
    }
    return to.object;
failed:
    decref_maybe(t, to.object);
    return VNULL;
}

/* Whether n bytes are buffered; -1: they cannot be had. */
static int is_buffered(Thread *t, Input *in, int64_t n) {
    if (in->end - in->at >= n) return 1;
    if (!leave_frame(t, in)) return -1;
    if (in->end - in->at >= n) return 1;
    if (!is_null(in->read)) return 0;
    truncated(t);
    return -1;
}

Value input_take_bytes(Thread *t, Input *in, int64_t n) {
    int buffered = is_buffered(t, in, n);
    if (buffered <= 0) return buffered < 0 ? VNULL : take_from_file(t, in, n, false);
    in->at += n;
    return bytes_new(t, (const char *)in->at - n, n);
}

Value input_take_bytearray(Thread *t, Input *in, int64_t n) {
    int buffered = is_buffered(t, in, n);
    if (buffered <= 0) return buffered < 0 ? VNULL : take_from_file(t, in, n, true);
    in->at += n;
    return bytearray_new(t, (const char *)in->at - n, n);
}
