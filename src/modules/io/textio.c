/* TextIOWrapper: text over a buffered stream.
 *
 *     write: text -> translated line ends -> encoded into `pending` -> buffer.write
 *     read:  buffer.read1 -> decoded -> translated line ends -> `decoded`, of which `used` characters were given out
 *
 * UTF-8, ASCII and Latin-1 are encoded and decoded here; other codecs by their incremental encoders and decoders.  A
 * snapshot, where the stream can tell its position, holds the decoder's flags before the last chunk and the bytes that
 * were undecoded then, with the chunk.  tell() answers a cookie: position | flags << 64 | bytes to feed << 96 |
 * characters to skip << 128 | need eof << 160.
 */
#include <ctype.h>
#include <langinfo.h>

#include "base/utf8.h"
#include "core/config.h"
#include "modules/io/io_priv.h"
#include "ops/warn.h"
#include "types/codecs.h"

enum Native { NATIVE_NONE, NATIVE_UTF8, NATIVE_ASCII, NATIVE_LATIN1 };

typedef struct TextIO {
    Object head;
    Value buffer, encoding, errors;
    Value newline;          /* str; VNULL: None */
    Value encoder, decoder; /* of codecs that are not native; VNULL */
    Value decoded;          /* str or VNULL */
    Value snapshot;         /* bytes or VNULL */
    char *pending;
    int64_t pending_length, pending_capacity;
    int64_t used, chunk_size;
    uint64_t snapshot_flags;
    double ratio; /* bytes for each character of the last chunk */
    NewlineState state;
    uint8_t tail_length;
    char tail[4];           /* bytes of an incomplete UTF-8 sequence */
    uint8_t native, strict, can_read, can_write;
    uint8_t ok, detached, finalizing, line_buffering, write_through, universal, translate, write_crlf, write_cr, seekable, telling, has_read1, read_something;
} TextIO;
#define SELF(v) V_AS(TextIO, v)

/* --- State checks ------------------------------------------------------------------------------ */

static bool usable(Thread *t, TextIO *x) {
    if (LIKELY(x->ok)) return true;
    return err_fail(t, T_ValueError, x->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
}
static bool is_open(Thread *t, TextIO *x) {
    if (!usable(t, x)) return false;
    return io_check_closed(t, x->buffer);
}
static bool usable_open(Thread *t, Value self) {
    TextIO *x = SELF(self);
    if (!usable(t, x)) return false;
    /* A subclass may define `closed`. */
    return IS_EXACT(self, TextIOWrapper) ? is_open(t, x) : io_check_closed(t, self);
}

/* --- Encoding ---------------------------------------------------------------------------------- */

static bool pending_reserve(Thread *t, TextIO *x, int64_t n) {
    if (n <= x->pending_capacity - x->pending_length) return true;
    int64_t capacity = x->pending_capacity * 2;
    if (capacity < x->pending_length + n) capacity = x->pending_length + n;
    if (capacity < 1024) capacity = 1024;
    char *p = heap_realloc(t, x->pending, (size_t)capacity);
    if (p == NULL) return false;
    x->pending = p;
    x->pending_capacity = capacity;
    return true;
}
static bool pending_bytes(Thread *t, TextIO *x, const void *data, int64_t n) {
    if (n == 0) return true; /* there may be no buffer yet */
    if (!pending_reserve(t, x, n)) return false;
    memcpy(x->pending + x->pending_length, data, (size_t)n);
    x->pending_length += n;
    return true;
}
static bool flush_pending(Thread *t, TextIO *x);

/* Before more than a chunk waits, what waits is written. */
static bool room_for(Thread *t, TextIO *x, int64_t n) {
    while (x->pending_length > 0 && x->pending_length + n > x->chunk_size)
        if (!flush_pending(t, x)) return false;
    return true;
}

static const char *errors_text(TextIO *x) { return (const char *)str_1(V_AS(Str, x->errors)); }

static bool encode_native(Thread *t, TextIO *x, Value text) {
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s);
    if (LIKELY(str_is_ascii(s) || (s->kind == 1 && x->native == NATIVE_LATIN1))) return room_for(t, x, n) && pending_bytes(t, x, str_1(s), n);
    if (x->native == NATIVE_UTF8) {
        size_t size;
        Utf8Error error;
        if (utf8_size(str_units(s), UTF8_STRICT, &size, &error)) {
            if (!room_for(t, x, (int64_t)size) || !pending_reserve(t, x, (int64_t)size)) return false;
            x->pending_length += (int64_t)utf8_encode(str_units(s), (uint8_t *)x->pending + x->pending_length);
            return true;
        }
    }
    static const char *const names[] = {"", "utf-8", "ascii", "latin-1"};
    Value bytes = codec_encode(t, text, names[x->native], errors_text(x));
    if (is_null(bytes)) return false;
    bool ok = room_for(t, x, V_AS(Bytes, bytes)->length) && pending_bytes(t, x, V_AS(Bytes, bytes)->data, V_AS(Bytes, bytes)->length);
    decref(t, bytes);
    return ok;
}
static bool encode(Thread *t, TextIO *x, Value text) {
    if (LIKELY(x->native)) return encode_native(t, x, text);
    Value bytes = call_method_1(t, x->encoder, N(t, encode), text);
    if (is_null(bytes)) return false;
    bool ok = is_bytes(t, bytes) || err_fail(t, T_TypeError, "encoder should return a bytes object, not '%T'", bytes);
    ok = ok && room_for(t, x, V_AS(Bytes, bytes)->length) && pending_bytes(t, x, V_AS(Bytes, bytes)->data, V_AS(Bytes, bytes)->length);
    decref(t, bytes);
    return ok;
}

static bool flush_pending(Thread *t, TextIO *x) {
    if (x->pending_length == 0) return true;
    char *data = x->pending; /* ours while the stream below runs */
    int64_t n = x->pending_length, capacity = x->pending_capacity;
    x->pending = NULL;
    x->pending_length = x->pending_capacity = 0;
    bool ok;
    if (IS_EXACT(x->buffer, BufferedWriter) || IS_EXACT(x->buffer, BufferedRandom)) {
        ok = buffered_write_data(t, x->buffer, data, n);
    } else {
        Value bytes = bytes_new(t, data, n), r = VNULL;
        if (!is_null(bytes)) {
            do r = call_method_1(t, x->buffer, N(t, write), bytes);
            while (is_null(r) && io_interrupted(t));
        }
        ok = !is_null(r);
        decref_maybe(t, r);
        decref_maybe(t, bytes);
    }
    if (x->pending == NULL && capacity <= 65536) {
        x->pending = data;
        x->pending_capacity = capacity;
    } else {
        heap_free(t, data);
    }
    return ok;
}

/* --- Decoding ---------------------------------------------------------------------------------- */

/* How many bytes at the end begin a sequence that is not complete. */
static int64_t incomplete(const uint8_t *p, int64_t n) {
    for (int64_t back = 1; back <= 3 && back <= n; back++) {
        uint8_t c = p[n - back];
        if (c < 0x80) return 0;
        if (c < 0xc0) continue;
        int64_t need = c < 0xc2 || c > 0xf4 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (need <= back) return 0;
        if (back >= 2) { /* a second byte that cannot follow */
            uint8_t d = p[n - back + 1];
            if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) || (c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f)) return 0;
        }
        return back;
    }
    return 0;
}
static Value decode_utf8(Thread *t, TextIO *x, const char *data, int64_t n, bool final) {
    Value keep = VNULL;
    if (x->tail_length) {
        keep = bytes_new(t, NULL, n + x->tail_length + 1);
        if (is_null(keep)) return VNULL;
        memcpy(V_AS(Bytes, keep)->data, x->tail, x->tail_length);
        memcpy(V_AS(Bytes, keep)->data + x->tail_length, data, (size_t)n);
        data = V_AS(Bytes, keep)->data;
        n += x->tail_length;
    }
    int64_t rest = final ? 0 : incomplete((const uint8_t *)data, n);
    Value text = x->strict ? str_from_utf8(t, data, n - rest) : codec_decode_data(t, data, n - rest, "utf-8", errors_text(x));
    if (!is_null(text)) {
        memcpy(x->tail, data + n - rest, (size_t)rest);
        x->tail_length = (uint8_t)rest;
    }
    decref_maybe(t, keep);
    return text;
}
/* bytes: a bytes-like object. */
static Value decode(Thread *t, TextIO *x, Value bytes, bool final) {
    Value text;
    if (x->native) {
        Buffer view;
        if (!buffer_get(t, bytes, &view, BUF_SIMPLE)) return VNULL;
        if (x->native == NATIVE_UTF8) text = decode_utf8(t, x, view.data, view.length, final);
        else if (x->native == NATIVE_LATIN1) text = str_from_latin1(t, (const uint8_t *)view.data, view.length);
        else text = codec_decode_data(t, view.data, view.length, "ascii", errors_text(x));
        buffer_release(t, &view);
    } else {
        text = call_method_2(t, x->decoder, N(t, decode), bytes, v_bool(final));
        if (!is_null(text) && !is_str(t, text)) {
            err_raise(t, T_TypeError, "decoder should return a string result, not '%T'", text);
            decref(t, text);
            return VNULL;
        }
    }
    return is_null(text) || !x->universal ? text : newline_decode(t, &x->state, text, final);
}
/* The undecoded bytes (owned) and the flags. */
static bool decoder_state(Thread *t, TextIO *x, Value *bytes, uint64_t *flags) {
    *flags = 0;
    if (x->native) {
        *bytes = bytes_new(t, x->tail, x->tail_length);
        if (x->universal) *flags = x->state.pending_cr;
        return !is_null(*bytes);
    }
    Value state = call_method_0(t, x->decoder, N(t, getstate));
    if (is_null(state)) return false;
    bool ok = is_tuple(t, state) && tuple_len(state) == 2;
    if (!ok) err_raise(t, T_TypeError, "illegal decoder state");
    if (ok && !is_bytes(t, tuple_at(state, 0))) ok = err_fail(t, T_TypeError, "illegal decoder state: the first item should be a bytes object, not '%T'", tuple_at(state, 0));
    ok = ok && arg_u64(t, tuple_at(state, 1), flags);
    if (ok && x->universal) *flags = *flags << 1 | x->state.pending_cr;
    if (ok) *bytes = new_ref(tuple_at(state, 0));
    decref(t, state);
    return ok;
}
static bool decoder_set(Thread *t, TextIO *x, Value bytes, uint64_t flags) {
    if (x->universal) {
        x->state.pending_cr = flags & 1;
        flags >>= 1;
    }
    if (x->native) {
        int64_t n = V_AS(Bytes, bytes)->length;
        x->tail_length = (uint8_t)(n > 3 ? 3 : n);
        memcpy(x->tail, V_AS(Bytes, bytes)->data, x->tail_length);
        return true;
    }
    Value number = int_from_u64(t, flags), state = is_null(number) ? VNULL : tuple_of(t, 2, bytes, number);
    Value r = is_null(state) ? VNULL : call_method_1(t, x->decoder, N(t, setstate), state);
    decref_maybe(t, number);
    decref_maybe(t, state);
    decref_maybe(t, r);
    return !is_null(r);
}
static bool decoder_reset(Thread *t, TextIO *x) {
    x->tail_length = 0;
    x->state.pending_cr = 0;
    if (!x->can_read || x->native) return true;
    x->state.seen = 0;
    Value r = io_call(t, x->decoder, "reset", NULL, 0);
    decref_maybe(t, r);
    return !is_null(r);
}
static bool encoder_start(Thread *t, TextIO *x, bool at_start) {
    if (!x->can_write || x->native) return true;
    Value r = at_start ? io_call(t, x->encoder, "reset", NULL, 0) : call_method_1(t, x->encoder, N(t, setstate), v_smallint(0));
    decref_maybe(t, r);
    return !is_null(r);
}

static void set_decoded(Thread *t, TextIO *x, Value text) { /* taken */
    slot_set(t, &x->decoded, text);
    x->used = 0;
}
static void forget_read(Thread *t, TextIO *x) {
    set_decoded(t, x, VNULL);
    slot_clear(t, &x->snapshot);
}
static int64_t rest_of(TextIO *x) { return is_null(x->decoded) ? 0 : str_len(V_AS(Str, x->decoded)) - x->used; }
/* n characters of what is decoded, -1: all. */
static Value take_decoded(Thread *t, TextIO *x, int64_t n) {
    int64_t rest = rest_of(x);
    if (n < 0 || n > rest) n = rest;
    if (n == 0) return new_ref(t->interp->empty_str);
    Value v = n == rest && x->used == 0 ? new_ref(x->decoded) : str_substring(t, x->decoded, x->used, x->used + n);
    if (!is_null(v)) x->used += n;
    return v;
}

/* Reads and decodes a chunk: 1 there is more, 0 end, -1. */
static int read_chunk(Thread *t, TextIO *x, int64_t hint) {
    if (!x->can_read) {
        io_unsupported(t, "not readable");
        return -1;
    }
    Value before = VNULL, input = VNULL;
    uint64_t flags = 0;
    if (x->telling && !decoder_state(t, x, &before, &flags)) return -1;
    int64_t size = x->chunk_size;
    if (hint > 0) {
        double wanted = (x->ratio > 0 ? x->ratio : 1) * (double)hint;
        if (wanted > (double)size) size = wanted < 0x1p40 ? (int64_t)wanted : (int64_t)1 << 40;
    }
    if (IS_EXACT(x->buffer, BufferedReader)) {
        input = buffered_read1(t, x->buffer, size);
    } else {
        input = call_method_1(t, x->buffer, x->has_read1 ? N(t, read1) : N(t, read), int_from_i64(t, size));
    }
    if (is_null(input)) goto failed;
    if (!is_bytes(t, input) && !has_buffer(t, input)) {
        err_raise(t, T_TypeError, "underlying %s() should have returned a bytes-like object, not '%T'", x->has_read1 ? "read1" : "read", input);
        goto failed;
    }
    Buffer view;
    if (!buffer_get(t, input, &view, BUF_SIMPLE)) goto failed;
    int64_t n = view.length;
    buffer_release(t, &view);
    Value text = decode(t, x, input, n == 0);
    if (is_null(text)) goto failed;
    x->read_something = 1;
    int64_t chars = str_len(V_AS(Str, text));
    set_decoded(t, x, text);
    x->ratio = chars > 0 ? (double)n / (double)chars : 0;
    if (x->telling) {
        Value next = V_AS(Bytes, before)->length == 0 && IS_EXACT(input, bytes) ? new_ref(input) : concat(t, before, input);
        if (is_null(next)) goto failed;
        slot_set(t, &x->snapshot, next);
        x->snapshot_flags = flags;
    }
    decref_maybe(t, before);
    decref(t, input);
    return n > 0 || chars > 0;
failed:
    decref_maybe(t, before);
    decref_maybe(t, input);
    return -1;
}

/* --- Reading ----------------------------------------------------------------------------------- */

IO_FUNCTION(text_read) {
    TextIO *x = SELF(args[0]);
    int64_t n;
    if (!usable(t, x) || !io_size(t, args[1], -1, &n) || !usable_open(t, args[0])) return VNULL;
    if (!x->can_read) return io_unsupported(t, "not readable");
    if (!flush_pending(t, x)) return VNULL;
    if (n < 0) {
        Value bytes = call_method_0(t, x->buffer, N(t, read));
        if (is_null(bytes)) return VNULL;
        if (is_none(bytes)) return err_raise(t, T_BlockingIOError, "Read returned None.");
        if (!is_bytes(t, bytes) && !has_buffer(t, bytes)) {
            err_raise(t, T_TypeError, "underlying read() should have returned a bytes-like object, not '%T'", bytes);
            decref(t, bytes);
            return VNULL;
        }
        Value text = decode(t, x, bytes, true);
        decref(t, bytes);
        if (is_null(text)) return VNULL;
        x->read_something = 1;
        if (rest_of(x) > 0) {
            Value head = take_decoded(t, x, -1), all = is_null(head) ? VNULL : str_concat(t, head, text);
            decref_maybe(t, head);
            decref(t, text);
            if (is_null(all)) return VNULL;
            text = all;
        }
        forget_read(t, x);
        return text;
    }
    if (rest_of(x) >= n) return take_decoded(t, x, n);
    StrBuilder b;
    str_builder_init(&b);
    for (;;) {
        int64_t rest = rest_of(x), take = rest < n ? rest : n;
        if (take > 0 && !str_builder_part(t, &b, x->decoded, x->used, x->used + take)) break;
        x->used += take;
        n -= take;
        if (n == 0) return str_builder_finish(t, &b);
        int more;
        do more = read_chunk(t, x, n);
        while (more < 0 && io_interrupted(t));
        if (more < 0) break;
        if (more == 0) return str_builder_finish(t, &b);
    }
    str_builder_drop(t, &b);
    return VNULL;
}

static Value readline(Thread *t, Value self, int64_t limit) {
    TextIO *x = SELF(self);
    if (!usable_open(t, self) || (x->pending_length && !flush_pending(t, x))) return VNULL;
    Value start = VNULL; /* of the line, from chunks before */
    for (;;) {
        while (rest_of(x) == 0) {
            int more = read_chunk(t, x, 0);
            if (more > 0) continue;
            if (more < 0) {
                if (io_interrupted(t)) continue;
                decref_maybe(t, start);
                return VNULL;
            }
            forget_read(t, x); /* the end */
            return is_null(start) ? new_ref(t->interp->empty_str) : start;
        }
        if (!is_null(start)) { /* joined, so that line ends of two characters are seen */
            Value rest = x->used ? str_substring(t, x->decoded, x->used, x->used + rest_of(x)) : new_ref(x->decoded);
            Value joined = is_null(rest) ? VNULL : str_concat(t, start, rest);
            decref_maybe(t, rest);
            if (is_null(joined)) {
                decref(t, start);
                return VNULL;
            }
            int64_t before = str_len(V_AS(Str, start)), consumed;
            int64_t from = before > 0 && str_at(V_AS(Str, start), before - 1) == '\r' ? before - 1 : before;
            int64_t all = str_len(V_AS(Str, joined));
            int64_t end = newline_find(V_AS(Str, joined), from, all, x->translate, x->universal, x->newline, &consumed);
            if (limit >= 0 && (end < 0 ? all : end) >= limit) end = limit;
            decref(t, start);
            if (end >= 0) {
                x->used += end - before;
                if (end == all) return joined;
                Value line = str_substring(t, joined, 0, end);
                decref(t, joined);
                return line;
            }
            x->used += all - before;
            start = joined;
            continue;
        }
        Str *s = V_AS(Str, x->decoded);
        int64_t all = str_len(s), consumed;
        int64_t end = newline_find(s, x->used, all, x->translate, x->universal, x->newline, &consumed);
        if (limit >= 0 && (end < 0 ? all : end) - x->used >= limit) end = x->used + limit;
        if (end >= 0) return take_decoded(t, x, end - x->used);
        start = take_decoded(t, x, -1);
        if (is_null(start)) return VNULL;
    }
}
IO_FUNCTION(text_readline) {
    int64_t limit = -1;
    if (!is_null(args[1]) && !number_to_index(t, args[1], &limit, T_OverflowError)) return VNULL;
    return readline(t, args[0], limit < 0 ? -1 : limit);
}
static Value text_next(Thread *t, Value self) {
    TextIO *x = SELF(self);
    if (!usable(t, x)) return VNULL;
    x->telling = 0;
    Value line;
    if (IS_EXACT(self, TextIOWrapper)) {
        line = readline(t, self, -1);
    } else {
        line = call_method_0(t, self, N(t, readline));
        if (!is_null(line) && !is_str(t, line)) {
            err_raise(t, T_OSError, "readline() should have returned a str object, not '%T'", line);
            decref(t, line);
            return VNULL;
        }
    }
    if (is_null(line)) return VNULL;
    if (str_len(V_AS(Str, line)) > 0) return line;
    decref(t, line);
    slot_clear(t, &x->snapshot);
    x->telling = x->seekable;
    return VNULL;
}

/* --- Writing ----------------------------------------------------------------------------------- */

static Value with_line_ends(Thread *t, TextIO *x, Value text) {
    Value from = t->interp->latin1_chars['\n'], to = str_from_cstr(t, x->write_crlf ? "\r\n" : "\r");
    if (is_null(to)) return VNULL;
    Value v = call_method_2(t, text, N(t, replace), from, to);
    decref(t, to);
    return v;
}
static bool flush_buffer(Thread *t, TextIO *x) {
    if (IS_EXACT(x->buffer, BufferedWriter)) return buffered_flush_exact(t, x->buffer);
    Value r = call_method_0(t, x->buffer, N(t, flush));
    decref_maybe(t, r);
    return !is_null(r);
}
IO_FUNCTION(text_write) {
    TextIO *x = SELF(args[0]);
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "write() argument must be str, not %T", args[1]);
    if (!usable_open(t, args[0])) return VNULL;
    if (!x->can_write) return io_unsupported(t, "not writable");
    Str *s = V_AS(Str, args[1]);
    int64_t n = str_len(s);
    bool has_lf = (x->line_buffering || x->write_cr || x->write_crlf) && str_find_char(s, '\n', 0, n) >= 0;
    bool flush = x->line_buffering && (has_lf || str_find_char(s, '\r', 0, n) >= 0), ok;
    if (has_lf && (x->write_cr || x->write_crlf)) {
        Value text = with_line_ends(t, x, args[1]);
        if (is_null(text)) return VNULL;
        ok = encode(t, x, text);
        decref(t, text);
    } else {
        ok = encode(t, x, args[1]);
    }
    if (!ok) return VNULL;
    if ((x->pending_length >= x->chunk_size || flush || x->write_through) && !flush_pending(t, x)) return VNULL;
    if (flush && !flush_buffer(t, x)) return VNULL;
    if (!is_null(x->snapshot)) forget_read(t, x);
    if (x->can_read && !decoder_reset(t, x)) return VNULL;
    return int_from_i64(t, n);
}
IO_FUNCTION(text_flush) {
    TextIO *x = SELF(args[0]);
    if (!usable_open(t, args[0])) return VNULL;
    x->telling = x->seekable;
    return flush_pending(t, x) && flush_buffer(t, x) ? V_NONE : VNULL;
}

/* --- Position ---------------------------------------------------------------------------------- */

typedef struct Cookie {
    int64_t position;
    uint32_t flags, feed, skip;
    uint8_t eof;
} Cookie;
enum { COOKIE_BYTES = 21 };

static Value cookie_value(Thread *t, Cookie c) {
    uint8_t raw[COOKIE_BYTES];
    memcpy(raw, &c.position, 8);
    memcpy(raw + 8, &c.flags, 4);
    memcpy(raw + 12, &c.feed, 4);
    memcpy(raw + 16, &c.skip, 4);
    raw[20] = c.eof;
    return int_from_bytes(t, raw, COOKIE_BYTES, true, false);
}
static bool cookie_get(Thread *t, Value v, Cookie *c) {
    uint8_t raw[COOKIE_BYTES];
    Value n = number_int(t, v);
    bool ok = !is_null(n) && int_to_bytes(t, n, raw, COOKIE_BYTES, true, false);
    decref_maybe(t, n);
    if (!ok) return false;
    memcpy(&c->position, raw, 8);
    memcpy(&c->flags, raw + 8, 4);
    memcpy(&c->feed, raw + 12, 4);
    memcpy(&c->skip, raw + 16, 4);
    c->eof = raw[20];
    return true;
}

/* The number of bytes that the first `chars` characters take, where that can be seen; else -1. */
static int64_t bytes_of_chars(TextIO *x, int64_t chars) {
    if (!x->native || x->snapshot_flags) return -1;
    Bytes *b = V_AS(Bytes, x->snapshot);
    const uint8_t *p = (const uint8_t *)b->data;
    if (x->universal && memchr(p, '\r', (size_t)b->length)) return -1;
    if (x->native != NATIVE_UTF8) return str_len(V_AS(Str, x->decoded)) == b->length ? chars : -1;
    Utf8Scan scan;
    Utf8Error error;
    int64_t n = b->length - x->tail_length;
    if (n < 0 || !utf8_scan(p, (size_t)n, UTF8_STRICT, &scan, &error) || (int64_t)scan.n_chars != str_len(V_AS(Str, x->decoded))) return -1;
    int64_t i = 0;
    while (chars > 0) {
        i++;
        while (i < n && (p[i] & 0xc0) == 0x80) i++;
        chars--;
    }
    return i;
}

/* Decodes the snapshot's bytes one by one until the characters given out are reached. */
static bool find_start(Thread *t, TextIO *x, Cookie *c) {
    Value empty = t->interp->empty_bytes, saved, snapshot = new_ref(x->snapshot), state = VNULL;
    uint64_t saved_flags, flags;
    uint8_t seen = x->state.seen;
    if (!decoder_state(t, x, &saved, &saved_flags)) {
        decref(t, snapshot);
        return false;
    }
    int64_t skip = x->used, fed = 0, decoded = 0, n = V_AS(Bytes, snapshot)->length;
    c->flags = (uint32_t)x->snapshot_flags;
    bool ok = decoder_set(t, x, empty, x->snapshot_flags), done = false;
    for (int64_t i = 0; ok && !done && i < n; i++) {
        Value one = bytes_new(t, V_AS(Bytes, snapshot)->data + i, 1), text = is_null(one) ? VNULL : decode(t, x, one, false);
        decref_maybe(t, one);
        ok = !is_null(text);
        if (!ok) break;
        decoded += str_len(V_AS(Str, text));
        decref(t, text);
        fed++;
        ok = decoder_state(t, x, &state, &flags);
        if (!ok) break;
        if (V_AS(Bytes, state)->length == 0 && decoded <= skip) { /* a fresh start is possible here */
            c->position += fed;
            skip -= decoded;
            c->flags = (uint32_t)flags;
            fed = decoded = 0;
        }
        decref(t, state);
        done = decoded >= skip;
    }
    if (ok && !done && decoded < skip) {
        Value text = decode(t, x, empty, true);
        ok = !is_null(text);
        c->eof = 1;
        if (ok) {
            decoded += str_len(V_AS(Str, text));
            decref(t, text);
            if (decoded < skip) ok = err_fail(t, T_OSError, "can't reconstruct logical file position");
        }
    }
    c->feed = (uint32_t)fed;
    c->skip = (uint32_t)skip;
    Value pending = err_fetch(t);
    bool restored = decoder_set(t, x, saved, saved_flags);
    x->state.seen = seen;
    if (!is_null(pending)) {
        err_clear(t);
        err_restore(t, pending);
    }
    decref(t, saved);
    decref(t, snapshot);
    return ok && restored;
}

static bool call_flush(Thread *t, Value self) {
    Value r = call_method_0(t, self, N(t, flush));
    decref_maybe(t, r);
    return !is_null(r);
}
IO_FUNCTION(text_tell) {
    TextIO *x = SELF(args[0]);
    if (!usable_open(t, args[0])) return VNULL;
    if (!x->seekable) return io_unsupported(t, "underlying stream is not seekable");
    if (!x->telling) return err_raise(t, T_OSError, "telling position disabled by next() call");
    if (!flush_pending(t, x) || !call_flush(t, args[0])) return VNULL;
    Value at = call_method_0(t, x->buffer, N(t, tell));
    if (is_null(at) || !x->can_read || is_null(x->snapshot)) return at;
    Cookie c = {0};
    bool ok = arg_i64(t, at, &c.position);
    decref(t, at);
    if (!ok) return VNULL;
    c.position -= V_AS(Bytes, x->snapshot)->length;
    c.flags = (uint32_t)x->snapshot_flags;
    if (x->used == 0 || is_null(x->decoded)) return cookie_value(t, c);
    int64_t bytes = bytes_of_chars(x, x->used);
    if (bytes >= 0) {
        c.position += bytes;
        return cookie_value(t, c);
    }
    return find_start(t, x, &c) ? cookie_value(t, c) : VNULL;
}

static Value seek_end(Thread *t, Value self) {
    TextIO *x = SELF(self);
    if (!call_flush(t, self)) return VNULL;
    forget_read(t, x);
    if (!decoder_reset(t, x)) return VNULL;
    Value at = call_method_2(t, x->buffer, N(t, seek), v_smallint(0), v_smallint(2));
    if (is_null(at) || encoder_start(t, x, same(at, v_smallint(0)))) return at;
    decref(t, at);
    return VNULL;
}
static Value seek_cookie(Thread *t, Value self, Value cookie) {
    TextIO *x = SELF(self);
    Cookie c;
    int negative = compare_bool(t, cookie, v_smallint(0), CMP_LT);
    if (negative < 0) return VNULL;
    if (negative) return err_raise(t, T_ValueError, "negative seek position %R", cookie);
    if (!call_flush(t, self) || !cookie_get(t, cookie, &c)) return VNULL;
    Value r = call_method_1(t, x->buffer, N(t, seek), int_from_i64(t, c.position));
    if (is_null(r)) return VNULL;
    decref(t, r);
    forget_read(t, x);
    if (x->can_read && !(c.position == 0 && c.flags == 0 ? decoder_reset(t, x) : decoder_set(t, x, t->interp->empty_bytes, c.flags))) return VNULL;
    if (c.skip) {
        Value input = call_method_1(t, x->buffer, N(t, read), v_smallint(c.feed));
        if (is_null(input)) return VNULL;
        if (!is_bytes(t, input)) {
            err_raise(t, T_TypeError, "underlying read() should have returned a bytes object, not '%T'", input);
            decref(t, input);
            return VNULL;
        }
        slot_set(t, &x->snapshot, input);
        x->snapshot_flags = c.flags;
        Value text = decode(t, x, input, c.eof);
        if (is_null(text)) return VNULL;
        set_decoded(t, x, text);
        if (str_len(V_AS(Str, text)) < c.skip) return err_raise(t, T_OSError, "can't restore logical file position");
        x->used = c.skip;
    } else {
        slot_set(t, &x->snapshot, new_ref(t->interp->empty_bytes));
        x->snapshot_flags = c.flags;
    }
    if (!encoder_start(t, x, c.position == 0 && c.flags == 0)) return VNULL;
    return new_ref(cookie);
}
IO_FUNCTION(text_seek) {
    TextIO *x = SELF(args[0]);
    int whence = 0;
    if (!usable(t, x) || (!is_null(args[2]) && !arg_i32(t, args[2], &whence)) || !usable_open(t, args[0])) return VNULL;
    if (!x->seekable) return io_unsupported(t, "underlying stream is not seekable");
    if (whence == 1 || whence == 2) {
        int zero = equal(t, args[1], v_smallint(0));
        if (zero < 0) return VNULL;
        if (!zero) return io_unsupported(t, whence == 1 ? "can't do nonzero cur-relative seeks" : "can't do nonzero end-relative seeks");
        if (whence == 2) return seek_end(t, args[0]);
        Value at = call_method_0(t, args[0], N(t, tell));
        if (is_null(at)) return VNULL;
        Value v = seek_cookie(t, args[0], at);
        decref(t, at);
        return v;
    }
    if (whence) return err_raise(t, T_ValueError, "invalid whence (%d, should be 0, 1 or 2)", whence);
    return seek_cookie(t, args[0], args[1]);
}
IO_FUNCTION(text_truncate) {
    if (!usable(t, SELF(args[0])) || !call_flush(t, args[0])) return VNULL;
    return call_method_1(t, SELF(args[0])->buffer, N(t, truncate), is_null(args[1]) ? V_NONE : args[1]);
}

/* --- Codecs ------------------------------------------------------------------------------------ */

static enum Native native_of(const Str *name) {
    static const struct { const char *name; enum Native native; } rows[] = {
        {"utf8", NATIVE_UTF8}, {"ascii", NATIVE_ASCII}, {"usascii", NATIVE_ASCII}, {"latin1", NATIVE_LATIN1}, {"iso88591", NATIVE_LATIN1}};
    char text[16];
    int n = 0;
    if (!str_is_ascii(name)) return NATIVE_NONE;
    for (int64_t i = 0; i < str_len(name); i++) {
        uint32_t c = str_at(name, i);
        if (c == '-' || c == '_') continue;
        if (n == 15) return NATIVE_NONE;
        text[n++] = (char)tolower((int)c);
    }
    text[n] = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(text, rows[i].name) == 0) return rows[i].native;
    return NATIVE_NONE;
}
/* Development mode: an error handler must exist, though nothing may ever need it. */
static bool errors_known(Thread *t, Value errors) {
    Value codecs = import_module(t, "_codecs"), handler = is_null(codecs) ? VNULL : io_call(t, codecs, "lookup_error", &errors, 1);
    decref_maybe(t, codecs);
    decref_maybe(t, handler);
    return !is_null(handler);
}
/* Encoder and decoder of a codec by its name, for the directions that the stream has. */
static bool set_codec(Thread *t, TextIO *x) {
    slot_clear(t, &x->encoder);
    slot_clear(t, &x->decoder);
    x->tail_length = 0;
    x->native = native_of(V_AS(Str, x->encoding));
    x->strict = str_equals_cstr(V_AS(Str, x->errors), "strict");
    if (t->interp->dev_mode && !x->strict && !errors_known(t, x->errors)) return false;
    if (x->native) return true;
    if (str_find_char(V_AS(Str, x->encoding), 0, 0, str_len(V_AS(Str, x->encoding))) >= 0) return err_fail(t, T_LookupError, "unknown encoding: %U", x->encoding);
    Value codecs = import_module(t, "_codecs"), info = VNULL, flag = VNULL;
    if (is_null(codecs)) return false;
    info = io_call(t, codecs, "lookup", &x->encoding, 1);
    decref(t, codecs);
    if (is_null(info)) return false;
    bool ok = true;
    if (!IS_EXACT(info, tuple)) {
        Value name = str_intern_cstr(t, "_is_text_encoding");
        flag = is_null(name) ? VNULL : attr_get_maybe(t, info, name);
        decref_maybe(t, name);
        ok = !is_null(flag) || !err_pending(t);
        int text = is_null(flag) ? 1 : truth(t, flag);
        if (ok && text <= 0) ok = text == 0 && err_fail(t, T_LookupError, "'%U' is not a text encoding", x->encoding);
        decref_maybe(t, flag);
    }
    if (ok && x->can_read) x->decoder = io_call(t, info, "incrementaldecoder", &x->errors, 1), ok = !is_null(x->decoder);
    if (ok && x->can_write) x->encoder = io_call(t, info, "incrementalencoder", &x->errors, 1), ok = !is_null(x->encoder);
    decref(t, info);
    return ok;
}
/* An encoder does not write a mark in the middle of a file. */
static bool fix_encoder(Thread *t, TextIO *x) {
    if (!x->seekable || !x->can_write || x->native) return true;
    Value at = call_method_0(t, x->buffer, N(t, tell));
    if (is_null(at)) return false;
    int start = equal(t, at, v_smallint(0));
    decref(t, at);
    return start > 0 || (start == 0 && encoder_start(t, x, false));
}

bool io_newline_is_fit(Value newline) {
    Str *s = V_AS(Str, newline);
    return str_len(s) == 0 || str_equals_cstr(s, "\n") || str_equals_cstr(s, "\r") || str_equals_cstr(s, "\r\n");
}
static bool newline_argument(Thread *t, Value v) {
    if (is_null(v) || is_none(v)) return true;
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "TextIOWrapper() argument 'newline' must be str or None, not %T", v);
    return io_newline_is_fit(v) || err_fail(t, T_ValueError, "illegal newline value: %U", v);
}
static void set_newline(Thread *t, TextIO *x, Value newline) {
    bool none = is_null(newline) || is_none(newline);
    slot_set(t, &x->newline, none ? VNULL : new_ref(newline));
    x->universal = none || str_len(V_AS(Str, newline)) == 0;
    x->translate = none;
    x->state.translate = none;
    x->write_crlf = !none && str_equals_cstr(V_AS(Str, newline), "\r\n");
    x->write_cr = !none && str_equals_cstr(V_AS(Str, newline), "\r");
}

/* The codec's name of what the locale's texts are in. */
static const char *locale_encoding(void) {
    const char *name = nl_langinfo(CODESET);
    return name != NULL && *name ? name : "UTF-8";
}

static bool text_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    TextIO *x = SELF(self);
    Value a[6];
    x->ok = x->detached = 0;
    if (!call_bind_signature(t, "TextIOWrapper", "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)", args, nargs, kwnames, a)) return false;
    bool line_buffering = false, write_through = false, flag;
    Value encoding = a[1], errors = a[2];
    if (!is_null(encoding) && !is_none(encoding) && !is_str(t, encoding)) return err_fail(t, T_TypeError, "TextIOWrapper() argument 'encoding' must be str or None, not %T", encoding);
    if (!is_null(errors) && !is_none(errors) && !is_str(t, errors)) return err_fail(t, T_TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %T", errors);
    if (!newline_argument(t, a[3]) || (!is_null(a[4]) && !arg_bool(t, a[4], &line_buffering)) || (!is_null(a[5]) && !arg_bool(t, a[5], &write_through))) return false;
    const Config *config = t->runtime->config;
    bool unnamed = is_null(encoding) || is_none(encoding);
    if (unnamed && config->warn_default_encoding && !warn(t, T_EncodingWarning, 1, "'encoding' argument not specified")) return false;
    if (unnamed || str_equals_cstr(V_AS(Str, encoding), "locale")) {
        slot_set(t, &x->encoding, str_from_cstr(t, unnamed && config->utf8_mode > 0 ? "utf-8" : locale_encoding()));
    } else {
        Value keep;
        if (str_cstr(t, encoding, &keep) == NULL) return false;
        decref_maybe(t, keep);
        slot_set(t, &x->encoding, new_ref(encoding));
    }
    if (is_null(errors) || is_none(errors)) {
        slot_set(t, &x->errors, new_ref(N(t, strict)));
    } else {
        Value keep;
        if (str_cstr(t, errors, &keep) == NULL) return false;
        decref_maybe(t, keep);
        if (!str_is_ascii(V_AS(Str, errors))) return err_fail(t, T_LookupError, "unknown error handler name '%U'", errors);
        slot_set(t, &x->errors, new_ref(errors));
    }
    if (is_null(x->encoding)) return false;
    set_newline(t, x, a[3]);
    x->state.pending_cr = x->state.seen = 0;
    x->chunk_size = 8192;
    forget_read(t, x);
    x->pending_length = 0;
    x->line_buffering = line_buffering;
    x->write_through = write_through;
    x->read_something = 0;
    if (!io_flag(t, a[0], "readable", &flag)) return false;
    x->can_read = flag;
    if (!io_flag(t, a[0], "writable", &flag)) return false;
    x->can_write = flag;
    if (!set_codec(t, x)) return false;
    slot_set(t, &x->buffer, new_ref(a[0]));
    if (!io_flag(t, a[0], "seekable", &flag)) return false;
    x->seekable = x->telling = flag;
    int has = attr_has(t, a[0], N(t, read1));
    if (has < 0 || !fix_encoder(t, x)) return false;
    x->has_read1 = has > 0;
    x->ok = 1;
    return true;
}

static bool optional_flag(Thread *t, Value v, bool *flag) { /* an int, not any truth */
    int64_t n;
    if (is_null(v) || is_none(v)) return true;
    if (!arg_i64(t, v, &n)) return false;
    *flag = n != 0;
    return true;
}
IO_FUNCTION(text_reconfigure) {
    TextIO *x = SELF(args[0]);
    Value encoding = args[1], errors = args[2], newline = args[3];
    bool has_encoding = !is_null(encoding) && !is_none(encoding), has_errors = !is_null(errors) && !is_none(errors), has_newline = !is_null(newline);
    if (!usable(t, x)) return VNULL;
    if (x->can_read && !is_null(x->decoded) && (has_encoding || has_errors || has_newline))
        return io_unsupported(t, "It is not possible to set the encoding or newline of stream after the first read");
    if (has_encoding && !is_str(t, encoding)) return err_raise(t, T_TypeError, "reconfigure() argument 'encoding' must be str or None, not %T", encoding);
    if (has_errors && !is_str(t, errors)) return err_raise(t, T_TypeError, "reconfigure() argument 'errors' must be str or None, not %T", errors);
    if (has_errors) { /* it must be text that C can read */
        Value keep;
        if (str_cstr(t, errors, &keep) == NULL) return VNULL;
        decref_maybe(t, keep);
        if (!str_is_ascii(V_AS(Str, errors))) return err_raise(t, T_LookupError, "unknown error handler name '%U'", errors);
    }
    if (has_newline && !is_none(newline) && !is_str(t, newline)) return err_raise(t, T_TypeError, "reconfigure() argument 'newline' must be str or None, not %T", newline);
    if (has_newline && !newline_argument(t, newline)) return VNULL;
    bool line_buffering = x->line_buffering, write_through = x->write_through;
    if (!optional_flag(t, args[4], &line_buffering) || !optional_flag(t, args[5], &write_through)) return VNULL;
    if (!call_flush(t, args[0])) return VNULL;
    if (has_newline) set_newline(t, x, newline);
    if (has_encoding || has_errors) {
        Value old_encoding = new_ref(x->encoding), old_errors = new_ref(x->errors);
        if (has_encoding) slot_set(t, &x->encoding, str_equals_cstr(V_AS(Str, encoding), "locale") ? str_from_cstr(t, "UTF-8") : new_ref(encoding));
        if (has_errors) slot_set(t, &x->errors, new_ref(errors));
        else if (has_encoding) slot_set(t, &x->errors, new_ref(N(t, strict)));
        if (!set_codec(t, x)) { /* as it was */
            Value pending = err_fetch(t);
            slot_set(t, &x->encoding, old_encoding);
            slot_set(t, &x->errors, old_errors);
            if (!set_codec(t, x)) err_clear(t);
            err_restore(t, pending);
            return VNULL;
        }
        decref(t, old_encoding);
        decref(t, old_errors);
        if (!fix_encoder(t, x)) return VNULL;
    }
    x->line_buffering = line_buffering;
    x->write_through = write_through;
    return V_NONE;
}

/* --- Life -------------------------------------------------------------------------------------- */

IO_FUNCTION(text_detach) {
    TextIO *x = SELF(args[0]);
    if (!usable(t, x) || !call_flush(t, args[0])) return VNULL;
    Value buffer = x->buffer;
    x->buffer = VNULL;
    x->detached = 1;
    x->ok = 0;
    return buffer;
}
IO_FUNCTION(text_close) {
    TextIO *x = SELF(args[0]);
    if (!usable(t, x)) return VNULL;
    int closed = io_is_closed(t, args[0]);
    if (closed) return closed < 0 ? VNULL : V_NONE;
    if (is_null(x->buffer)) return V_NONE; /* detached by that */
    if (x->finalizing) {
        Value r = call_method_1(t, x->buffer, N(t, _dealloc_warn), args[0]);
        if (is_null(r)) err_clear(t);
        decref_maybe(t, r);
    }
    Value first = call_flush(t, args[0]) ? VNULL : err_fetch(t);
    Value r = is_null(x->buffer) ? V_NONE : call_method_0(t, x->buffer, N(t, close));
    if (is_null(first)) return r;
    if (is_null(r)) err_set_context(t, first);
    else decref(t, r), err_restore(t, first);
    return VNULL;
}

#define DELEGATE(name) IO_FUNCTION(text_##name) { return usable(t, SELF(args[0])) ? io_call(t, SELF(args[0])->buffer, #name, NULL, 0) : VNULL; }
DELEGATE(fileno)
DELEGATE(seekable)
DELEGATE(readable)
DELEGATE(writable)
DELEGATE(isatty)
IO_FUNCTION(text_getstate) { return err_raise(t, T_TypeError, "cannot pickle '%U' instances", type_of(t, args[0])->name); }

static Value get_name(Thread *t, Value self, void *closure) { return usable(t, SELF(self)) ? attr_get(t, SELF(self)->buffer, N(t, name)) : VNULL; }
static Value get_closed(Thread *t, Value self, void *closure) { return usable(t, SELF(self)) ? attr_get(t, SELF(self)->buffer, N(t, closed)) : VNULL; }
static Value get_errors(Thread *t, Value self, void *closure) { return SELF(self)->detached || usable(t, SELF(self)) ? new_ref(SELF(self)->errors) : VNULL; }
static Value get_newlines(Thread *t, Value self, void *closure) {
    TextIO *x = SELF(self);
    return !usable(t, x) ? VNULL : x->can_read && x->universal ? newline_seen(t, x->state.seen) : V_NONE;
}
static Value get_chunk(Thread *t, Value self, void *closure) { return usable(t, SELF(self)) ? int_from_i64(t, SELF(self)->chunk_size) : VNULL; }
static bool set_chunk(Thread *t, Value self, Value v, void *closure) {
    int64_t n;
    if (!usable(t, SELF(self))) return false;
    if (is_null(v)) return err_fail(t, T_AttributeError, "attribute '_CHUNK_SIZE' of '%T' objects cannot be deleted", self);
    if (!number_to_index(t, v, &n, T_ValueError)) return false;
    if (n <= 0) return err_fail(t, T_ValueError, "a strictly positive integer is required");
    SELF(self)->chunk_size = n;
    return true;
}

static Value text_repr(Thread *t, Value self) {
    TextIO *x = SELF(self);
    if (!x->ok && !x->detached) return err_raise(t, T_ValueError, "I/O operation on uninitialized object");
    int entered = repr_enter(t, self);
    if (entered < 0) return VNULL;
    if (entered == 0) return err_raise(t, T_RuntimeError, "reentrant call inside %T.__repr__", self);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = str_builder_format(t, &b, "<%T", self);
    Value name = attr_get_maybe(t, self, N(t, name));
    if (is_null(name) && err_pending(t)) ok = ok && err_catch(t, T_ValueError);
    if (ok && !is_null(name)) ok = str_builder_cstr(t, &b, " name=") && str_builder_repr(t, &b, name);
    Value mode = ok ? attr_get_maybe(t, self, N(t, mode)) : VNULL;
    ok = ok && !err_pending(t);
    if (ok && !is_null(mode)) ok = str_builder_cstr(t, &b, " mode=") && str_builder_repr(t, &b, mode);
    ok = ok && str_builder_cstr(t, &b, " encoding=") && str_builder_repr(t, &b, x->encoding) && str_builder_char(t, &b, '>');
    decref_maybe(t, name);
    decref_maybe(t, mode);
    repr_leave(t, self);
    if (ok) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static const MethodDef methods[] = {
    {"detach", "($self, /)", NULL, text_detach},
    {"reconfigure", "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)", "Reconfigure the text stream with new parameters.", text_reconfigure},
    {"write", "($self, text, /)", NULL, text_write},
    {"read", "($self, size=-1, /)", NULL, text_read},
    {"readline", "($self, size=-1, /)", NULL, text_readline},
    {"flush", "($self, /)", NULL, text_flush},
    {"close", "($self, /)", NULL, text_close},
    {"fileno", "($self, /)", NULL, text_fileno},
    {"seekable", "($self, /)", NULL, text_seekable},
    {"readable", "($self, /)", NULL, text_readable},
    {"writable", "($self, /)", NULL, text_writable},
    {"isatty", "($self, /)", NULL, text_isatty},
    {"seek", "($self, cookie, whence=os.SEEK_SET, /)", "Set the stream position, and return the new stream position.", text_seek},
    {"tell", "($self, /)", "Return the stream position as an opaque number.", text_tell},
    {"truncate", "($self, pos=None, /)", NULL, text_truncate},
    {"__getstate__", "($self, /)", NULL, text_getstate},
    {0},
};
static const GetSetDef getsets[] = {
    {"name", get_name}, {"closed", get_closed}, {"newlines", get_newlines}, {"errors", get_errors}, {"_CHUNK_SIZE", get_chunk, set_chunk}, {0}};
static const MemberDef members[] = {
    {"encoding", MK_VALUE, MEMBER_READONLY, offsetof(TextIO, encoding)},
    {"buffer", MK_VALUE, MEMBER_READONLY, offsetof(TextIO, buffer)},
    {"line_buffering", MK_BOOL8, MEMBER_READONLY, offsetof(TextIO, line_buffering)},
    {"write_through", MK_BOOL8, MEMBER_READONLY, offsetof(TextIO, write_through)},
    {"_finalizing", MK_BOOL8, 0, offsetof(TextIO, finalizing)},
    {0},
};
static const Field fields[] = {FIELD_VALUE(TextIO, buffer), FIELD_VALUE(TextIO, encoding), FIELD_VALUE(TextIO, errors), FIELD_VALUE(TextIO, newline),
                               FIELD_VALUE(TextIO, encoder), FIELD_VALUE(TextIO, decoder), FIELD_VALUE(TextIO, decoded), FIELD_VALUE(TextIO, snapshot),
                               FIELD_BUFFER(TextIO, pending)};
const TypeDef typedef_TextIOWrapper = {
    .name = "_io.TextIOWrapper",
    .doc = "Character and line based layer over a BufferedIOBase object, buffer.",
    .signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE,
    .size = sizeof(TextIO),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.init = text_init, .repr = text_repr, .next = text_next, .finalize = io_finalize},
};
