/* The module marshal: values as bytes, for caches of compiled code.
 *
 * Plain data has CPython's format, versions 0 to 5.  Code objects ('c') have our own layout, a sequence of
 * counts, tuples and raw blocks, and are verified when they are read: what is read is never trusted.
 *
 * Writing may run Python code (__buffer__), so what is being written is held, and so is what has a number.
 *
 * An object that may occur again is written with FLAG_REF and numbered in order; 'r' refers to it by its number.  A reader
 * makes containers before their items; what is made last (code, slices, frozensets) has V_UNBOUND at its number until then. */
#include "modules/marshal.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/vec.h"
#include "front/verify.h"
#include "modules/module.h"
#include "modules/sys.h"
#include "object/buffer.h"
#include "object/code.h"
#include "object/set.h"
#include "ops/object.h"

enum { MARSHAL_VERSION = 5, MAX_DEPTH = 2000, FLAG_REF = 0x80 };

enum Tag {
    TAG_NULL = '0', TAG_NONE = 'N', TAG_FALSE = 'F', TAG_TRUE = 'T', TAG_STOPITER = 'S', TAG_ELLIPSIS = '.', TAG_INT = 'i', TAG_INT64 = 'I',
    TAG_FLOAT = 'f', TAG_BINARY_FLOAT = 'g', TAG_COMPLEX = 'x', TAG_BINARY_COMPLEX = 'y', TAG_LONG = 'l', TAG_STRING = 's', TAG_INTERNED = 't',
    TAG_REF = 'r', TAG_TUPLE = '(', TAG_LIST = '[', TAG_DICT = '{', TAG_CODE = 'c', TAG_UNICODE = 'u', TAG_SET = '<', TAG_FROZENSET = '>',
    TAG_ASCII = 'a', TAG_ASCII_INTERNED = 'A', TAG_SMALL_TUPLE = ')', TAG_SHORT_ASCII = 'z', TAG_SHORT_ASCII_INTERNED = 'Z', TAG_SLICE = ':',
};

/* --- Writing -------------------------------------------------------------------------------------------- */

typedef struct SeenSlot { uint64_t bits; uint32_t number; bool open; } SeenSlot; /* open: its parts are being written */

typedef struct Writer {
    Thread *t;
    Buf out;
    int version;
    int depth;
    bool allow_code;
    SeenSlot *seen;      /* by address, open addressing; they are held, so that no other object takes the address */
    uint32_t seen_size, n_seen;
} Writer;

static void put_u16(Writer *w, uint32_t v)
{
    buf_byte(&w->out, (char)v);
    buf_byte(&w->out, (char)(v >> 8));
}
static void put_u32(Writer *w, uint32_t v)
{
    put_u16(w, v);
    put_u16(w, v >> 16);
}
static void put_double(Writer *w, double d) { buf_bytes(&w->out, &d, 8); }
static void put_block(Writer *w, const void *data, uint32_t count, size_t item)
{
    put_u32(w, count);
    buf_bytes(&w->out, data, count * item);
}

/* Objects that a reader makes when their parts are there. */
static bool is_made_last(Value v) { return IS_EXACT(v, code) || IS_EXACT(v, slice) || IS_EXACT(v, frozenset); }

/* 1: was written before, a reference stands now; 0: *flag is what its tag gets; -1: out of memory. */
static int note(Writer *w, Value v, int *flag)
{
    *flag = 0;
    if (w->version < 3 || !is_obj(v)) return 0;
    bool interned = IS_EXACT(v, str) && str_is_interned(V_AS(Str, v));
    if (v_obj(v)->refs == 1 && !interned) return 0;
    if (w->n_seen * 2 >= w->seen_size) {
        uint32_t size = w->seen_size ? w->seen_size * 2 : 64;
        SeenSlot *table = calloc(size, sizeof *table);
        if (table == NULL) {
            err_no_memory(w->t);
            return -1;
        }
        for (uint32_t k = 0; k < w->seen_size; k++) {
            if (w->seen[k].bits == 0) continue;
            uint32_t i = (uint32_t)(w->seen[k].bits >> 4) * 2654435761u & (size - 1);
            while (table[i].bits) i = (i + 1) & (size - 1);
            table[i] = w->seen[k];
        }
        free(w->seen);
        w->seen = table;
        w->seen_size = size;
    }
    uint32_t mask = w->seen_size - 1, i = (uint32_t)(v.bits >> 4) * 2654435761u & mask;
    for (; w->seen[i].bits; i = (i + 1) & mask) {
        if (w->seen[i].bits != v.bits) continue;
        if (w->seen[i].open) return err_minus(w->t, T_ValueError, "unmarshallable object"); /* a reader could not make it */
        buf_byte(&w->out, TAG_REF);
        put_u32(w, w->seen[i].number);
        return 1;
    }
    w->seen[i] = (SeenSlot){new_ref(v).bits, w->n_seen++, is_made_last(v)};
    *flag = FLAG_REF;
    return 0;
}

static void close_slot(Writer *w, Value v)
{
    uint32_t mask = w->seen_size - 1, i = (uint32_t)(v.bits >> 4) * 2654435761u & mask;
    while (w->seen[i].bits != v.bits) i = (i + 1) & mask;
    w->seen[i].open = false;
}

static void forget_seen(Writer *w)
{
    for (uint32_t i = 0; i < w->seen_size; i++) {
        if (w->seen[i].bits) decref(w->t, (Value){w->seen[i].bits});
    }
    free(w->seen);
}

static bool write_value(Writer *w, Value v);

static bool write_items(Writer *w, const Value *items, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (!write_value(w, items[i])) return false;
    }
    return true;
}

static bool check_size(Writer *w, int64_t n) { return n <= INT32_MAX || err_fail(w->t, T_ValueError, "unmarshallable object"); }

static bool write_long(Writer *w, Value v, int flag)
{
    uint64_t scratch;
    IntView view = int_view(v, &scratch);
    int64_t bits = int_bit_length(v), n = (bits + 14) / 15;
    if (!check_size(w, n)) return false;
    buf_byte(&w->out, (char)(TAG_LONG | flag));
    put_u32(w, (uint32_t)(view.negative ? -n : n));
    for (int64_t i = 0; i < n; i++) {
        int64_t bit = i * 15, limb = bit / 64, shift = bit % 64;
        uint64_t digit = view.limbs[limb] >> shift;
        if (shift > 49 && limb + 1 < view.n) digit |= view.limbs[limb + 1] << (64 - shift);
        put_u16(w, (uint32_t)digit & 0x7fff);
    }
    return true;
}

static bool write_float_text(Writer *w, double d)
{
    Value number = float_from_double(w->t, d), text = is_null(number) ? VNULL : repr_of(w->t, number);
    decref_maybe(w->t, number);
    if (is_null(text)) return false;
    Value keep = VNULL;
    int64_t n;
    const char *s = str_utf8(w->t, text, &n, &keep);
    buf_byte(&w->out, (char)n);
    buf_bytes(&w->out, s, (size_t)n);
    decref_maybe(w->t, keep);
    decref(w->t, text);
    return true;
}

static bool write_str(Writer *w, Value v, int flag)
{
    Str *s = V_AS(Str, v);
    bool interned = str_is_interned(s);
    int64_t n;
    if (w->version >= 4 && str_is_ascii(s)) {
        n = str_len(s);
        bool is_short = n < 256;
        if (!check_size(w, n)) return false;
        buf_byte(&w->out, (char)((is_short ? (interned ? TAG_SHORT_ASCII_INTERNED : TAG_SHORT_ASCII) : (interned ? TAG_ASCII_INTERNED : TAG_ASCII)) | flag));
        if (is_short) buf_byte(&w->out, (char)n);
        else put_u32(w, (uint32_t)n);
        buf_bytes(&w->out, s->data, (size_t)n);
        return true;
    }
    Buf utf8 = {0};
    for (int64_t i = 0; i < str_len(s); i++) {
        uint32_t c = str_at(s, i);
        if (c >= 0xd800 && c < 0xe000) { /* surrogates pass */
            buf_byte(&utf8, (char)0xed);
            buf_byte(&utf8, (char)(0x80 | (c >> 6 & 0x3f)));
            buf_byte(&utf8, (char)(0x80 | (c & 0x3f)));
        } else {
            buf_utf8(&utf8, c);
        }
    }
    bool done = !utf8.failed || err_no_memory_fail(w->t);
    done = done && check_size(w, (int64_t)utf8.len);
    if (done) {
        buf_byte(&w->out, (char)((w->version >= 3 && interned ? TAG_INTERNED : TAG_UNICODE) | flag));
        put_u32(w, (uint32_t)utf8.len);
        buf_bytes(&w->out, utf8.data, utf8.len);
    }
    buf_free(&utf8);
    return done;
}

static bool write_code(Writer *w, Code *c, int flag)
{
    if (!w->allow_code) return err_fail(w->t, T_ValueError, "marshalling code objects is disallowed");
    buf_byte(&w->out, (char)(TAG_CODE | flag));
    const uint32_t counts[] = {c->flags, c->nargs, c->nposonly, c->nkwonly, c->nregs, c->nlocals, c->ncells, c->nfree, c->first_line};
    for (size_t i = 0; i < COUNT_OF(counts); i++) put_u32(w, counts[i]);
    const Value fields[] = {c->const_tuple, c->names, c->local_names, c->cell_names, c->free_names, c->filename, c->name, c->qualname};
    if (!write_items(w, fields, COUNT_OF(fields))) return false;
    put_block(w, c->instructions, c->ninstructions, 4);
    put_block(w, c->site_names, c->nsites, 4);
    put_block(w, c->exceptions, c->nexceptions, sizeof(ExceptionEntry));
    put_block(w, c->positions, c->npositions, 1);
    return true;
}

/* The items of a set in the order of their own bytes, so that equal sets give equal bytes. */
typedef struct SetItem { Value v; Buf bytes; } SetItem;
static int by_bytes(const void *a, const void *b)
{
    const Buf *x = &((const SetItem *)a)->bytes, *y = &((const SetItem *)b)->bytes;
    size_t n = x->len < y->len ? x->len : y->len;
    int r = n ? memcmp(x->data, y->data, n) : 0;
    return r ? r : (x->len > y->len) - (x->len < y->len);
}

static bool write_set(Writer *w, Value v, int flag)
{
    int64_t n = set_len(v), count = 0;
    if (!check_size(w, n)) return false;
    buf_byte(&w->out, (char)((is_instance_of(w->t, v, builtin_type(w->t, T_frozenset)) ? TAG_FROZENSET : TAG_SET) | flag));
    put_u32(w, (uint32_t)n);
    SetItem *items = calloc((size_t)n + 1, sizeof *items);
    if (items == NULL) return err_no_memory_fail(w->t);
    uint64_t pos = 0;
    Value key;
    int64_t hash;
    bool done = true;
    while (count < n && set_next(v, &pos, &key, &hash)) items[count++].v = new_ref(key);
    for (int64_t i = 0; done && i < count; i++) {
        Writer own = {.t = w->t, .version = w->version, .allow_code = w->allow_code, .depth = w->depth};
        done = write_value(&own, items[i].v);
        forget_seen(&own);
        items[i].bytes = own.out;
    }
    if (done) qsort(items, (size_t)count, sizeof *items, by_bytes);
    for (int64_t i = 0; i < count; i++) {
        done = done && write_value(w, items[i].v);
        decref(w->t, items[i].v);
        buf_free(&items[i].bytes);
    }
    free(items);
    return done;
}

static bool write_bytes(Writer *w, const char *data, int64_t n, int flag)
{
    if (!check_size(w, n)) return false;
    buf_byte(&w->out, (char)(TAG_STRING | flag));
    put_u32(w, (uint32_t)n);
    buf_bytes(&w->out, data, (size_t)n);
    return true;
}

/* Of a dict. Writing the key may drop the value. */
static bool write_pair(Writer *w, Value key, Value value)
{
    incref(value);
    bool done = write_value(w, key), gone = is_obj(value) && v_obj(value)->refs == 1;
    decref(w->t, value);
    if (done && gone) return err_fail(w->t, T_RuntimeError, "dictionary changed size during iteration");
    return done && write_value(w, value);
}

static bool write_object(Writer *w, Value v, int flag)
{
    Thread *t = w->t;
    if (is_exact_int(v)) {
        int64_t i = is_smallint(v) ? smallint_get(v) : INT64_MAX;
        if (i < INT32_MIN || i > INT32_MAX) return write_long(w, v, flag);
        buf_byte(&w->out, (char)(TAG_INT | flag));
        put_u32(w, (uint32_t)i);
        return true;
    }
    if (is_exact_float(v)) {
        buf_byte(&w->out, (char)((w->version > 1 ? TAG_BINARY_FLOAT : TAG_FLOAT) | flag));
        if (w->version <= 1) return write_float_text(w, float_get(v));
        put_double(w, float_get(v));
        return true;
    }
    if (IS_EXACT(v, complex)) {
        Complex *z = V_AS(Complex, v);
        buf_byte(&w->out, (char)((w->version > 1 ? TAG_BINARY_COMPLEX : TAG_COMPLEX) | flag));
        if (w->version <= 1) return write_float_text(w, z->real) && write_float_text(w, z->imag);
        put_double(w, z->real);
        put_double(w, z->imag);
        return true;
    }
    if (IS_EXACT(v, bytes)) return write_bytes(w, V_AS(Bytes, v)->data, V_AS(Bytes, v)->length, flag);
    if (IS_EXACT(v, str)) return write_str(w, v, flag);
    if (IS_EXACT(v, tuple)) {
        int64_t n = tuple_len(v);
        if (!check_size(w, n)) return false;
        bool small = w->version >= 4 && n < 256;
        buf_byte(&w->out, (char)((small ? TAG_SMALL_TUPLE : TAG_TUPLE) | flag));
        if (small) buf_byte(&w->out, (char)n);
        else put_u32(w, (uint32_t)n);
        return write_items(w, V_AS(Tuple, v)->items, n);
    }
    if (IS_EXACT(v, list)) {
        if (!check_size(w, list_len(v))) return false;
        buf_byte(&w->out, (char)(TAG_LIST | flag));
        int64_t n = list_len(v);
        put_u32(w, (uint32_t)n);
        for (int64_t i = 0; i < n && i < list_len(v); i++) {
            if (!write_value(w, list_at(v, i))) return false;
        }
        return n == list_len(v) || err_fail(t, T_RuntimeError, "list changed size during iteration");
    }
    if (IS_EXACT(v, dict)) {
        uint32_t pos = 0;
        Value key, value;
        buf_byte(&w->out, (char)(TAG_DICT | flag));
        while (dict_next(v, &pos, &key, &value)) {
            if (!write_pair(w, key, value)) return false;
        }
        buf_byte(&w->out, TAG_NULL);
        return true;
    }
    if (IS_EXACT(v, set) || IS_EXACT(v, frozenset)) return write_set(w, v, flag);
    if (IS_EXACT(v, code)) return write_code(w, V_AS(Code, v), flag);
    if (IS_EXACT(v, slice)) {
        if (w->version < 5) return err_fail(t, T_ValueError, "unmarshallable object");
        Slice *s = V_AS(Slice, v);
        buf_byte(&w->out, (char)(TAG_SLICE | flag));
        return write_value(w, s->start) && write_value(w, s->stop) && write_value(w, s->step);
    }
    Buffer view;
    if (has_buffer(t, v)) {
        if (!buffer_get(t, v, &view, BUF_SIMPLE)) {
            err_clear(t);
            return err_fail(t, T_ValueError, "unmarshallable object");
        }
        bool done = write_bytes(w, view.data, view.length, flag);
        buffer_release(t, &view);
        return done;
    }
    return err_fail(t, T_ValueError, "unmarshallable object");
}

static bool write_value(Writer *w, Value v)
{
    if (is_none(v)) return buf_byte(&w->out, TAG_NONE), true;
    if (same(v, V_TRUE)) return buf_byte(&w->out, TAG_TRUE), true;
    if (same(v, V_FALSE)) return buf_byte(&w->out, TAG_FALSE), true;
    if (same(v, V_ELLIPSIS)) return buf_byte(&w->out, TAG_ELLIPSIS), true;
    if (is_type(w->t, v) && V_AS(Type, v) == builtin_type(w->t, T_StopIteration)) return buf_byte(&w->out, TAG_STOPITER), true;
    if (w->depth >= MAX_DEPTH) return err_fail(w->t, T_ValueError, "object too deeply nested to marshal");
    int flag, written = note(w, v, &flag);
    if (written) return written > 0;
    w->depth++;
    incref(v);
    bool done = write_object(w, v, flag);
    w->depth--;
    if (flag && is_made_last(v)) close_slot(w, v);
    decref(w->t, v);
    return done;
}

static Value dump(Thread *t, Value v, int version, bool allow_code)
{
    Writer w = {.t = t, .version = version, .allow_code = allow_code};
    Value result = VNULL;
    if (write_value(&w, v)) result = w.out.failed ? err_no_memory(t) : bytes_new(t, w.out.data, (int64_t)w.out.len);
    buf_free(&w.out);
    forget_seen(&w);
    return result;
}

/* --- Reading -------------------------------------------------------------------------------------------------- */

typedef struct Reader {
    Thread *t;
    const uint8_t *at, *end;
    Value file;            /* or VNULL: bytes come from its read method */
    Value chunk;           /* what it gave last */
    VEC(Value) refs;       /* owned; V_UNBOUND: not done yet */
    int depth;
    bool allow_code;
} Reader;

static bool bad(Reader *r, const char *what) { return err_fail(r->t, T_ValueError, "bad marshal data (%s)", what); }

static const uint8_t *take_from_file(Reader *r, int64_t n)
{
    Thread *t = r->t;
    Value room = bytearray_new(t, NULL, n), got = VNULL;
    Value name = is_null(room) ? VNULL : str_intern_cstr(t, "readinto");
    int64_t count = 0;
    if (!is_null(name)) got = call_method_1(t, r->file, name, room);
    decref_maybe(t, name);
    slot_set(t, &r->chunk, room);
    if (is_null(got)) return NULL;
    bool fine = is_none(got) || arg_i64(t, got, &count);
    decref(t, got);
    if (!fine) return NULL;
    if (count < n) err_raise(t, T_EOFError, "EOF read where not expected");
    else if (count > n) err_raise(t, T_ValueError, "read() returned too much data: %lld bytes requested, %lld returned", (long long)n, (long long)count);
    else if (V_AS(ByteArray, room)->length < n) err_raise(t, T_ValueError, "the buffer was changed");
    else return (const uint8_t *)bytearray_data(V_AS(ByteArray, room));
    return NULL;
}

/* The next n bytes; NULL: exception pending. */
static const uint8_t *take(Reader *r, int64_t n)
{
    static const uint8_t nothing[1];
    if (n == 0) return nothing;
    if (!is_null(r->file)) return take_from_file(r, n);
    if (r->end - r->at < n) {
        err_raise(r->t, T_EOFError, "marshal data too short");
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}
static bool take_byte(Reader *r, uint32_t *out)
{
    const uint8_t *p = take(r, 1);
    if (p) *out = *p;
    return p != NULL;
}
static bool take_u32(Reader *r, uint32_t *out)
{
    const uint8_t *p = take(r, 4);
    if (p) *out = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    return p != NULL;
}
static bool take_size(Reader *r, const char *what, int64_t *out)
{
    uint32_t n;
    if (!take_u32(r, &n)) return false;
    if (n > INT32_MAX) {
        err_raise(r->t, T_ValueError, "bad marshal data (%s size out of range)", what);
        return false;
    }
    *out = n;
    return true;
}

static Value read_value(Reader *r); /* VNULL with an exception, or without one for TAG_NULL */

static Value read_item(Reader *r, const char *in)
{
    Value v = read_value(r);
    if (is_null(v) && !err_pending(r->t)) err_raise(r->t, T_TypeError, "NULL object in marshal data for %s", in);
    return v;
}

static bool reserve(Reader *r, bool flag, size_t *number)
{
    *number = r->refs.len;
    return !flag || vec_push(&r->refs, V_UNBOUND) || err_no_memory_fail(r->t);
}
static void finish_ref(Reader *r, bool flag, size_t number, Value v)
{
    if (flag && !is_null(v)) r->refs.data[number] = new_ref(v);
}

static Value read_long(Reader *r)
{
    uint32_t word;
    if (!take_u32(r, &word)) return VNULL;
    int32_t n = (int32_t)word;
    if (n == INT32_MIN) return bad(r, "long size out of range"), VNULL;
    int64_t count = n < 0 ? -(int64_t)n : n;
    if (is_null(r->file) && count * 2 > r->end - r->at) return err_raise(r->t, T_EOFError, "marshal data too short");
    int64_t limbs = (count * 15 + 63) / 64 + 1;
    uint64_t *data = calloc((size_t)limbs, 8);
    if (data == NULL) return err_no_memory(r->t);
    Value v = VNULL;
    for (int64_t i = 0; i < count; i++) {
        const uint8_t *p = take(r, 2);
        if (p == NULL) goto out;
        uint64_t digit = p[0] | (uint64_t)p[1] << 8;
        if (digit > 0x7fff) {
            bad(r, "digit out of range in long");
            goto out;
        }
        if (i + 1 == count && digit == 0) {
            bad(r, "unnormalized long data");
            goto out;
        }
        int64_t bit = i * 15;
        data[bit / 64] |= digit << (bit % 64);
        if (bit % 64 > 49) data[bit / 64 + 1] |= digit >> (64 - bit % 64);
    }
    v = int_from_limbs(r->t, data, limbs, n < 0);
out:
    free(data);
    return v;
}

static bool read_double_text(Reader *r, double *out)
{
    uint32_t n;
    const uint8_t *p = take_byte(r, &n) ? take(r, n) : NULL;
    if (p == NULL) return false;
    Value text = str_from_latin1(r->t, p, n), v = VNULL;
    if (!is_null(text)) v = float_from_str(r->t, text);
    decref_maybe(r->t, text);
    if (is_null(v)) return false;
    *out = float_get(v);
    decref(r->t, v);
    return true;
}
static bool read_double(Reader *r, double *out)
{
    const uint8_t *p = take(r, 8);
    if (p) memcpy(out, p, 8);
    return p != NULL;
}

static Value read_text(Reader *r, int tag)
{
    Thread *t = r->t;
    int64_t n;
    uint32_t byte;
    if (tag == TAG_SHORT_ASCII || tag == TAG_SHORT_ASCII_INTERNED) {
        if (!take_byte(r, &byte)) return VNULL;
        n = byte;
    } else if (!take_size(r, "string", &n)) {
        return VNULL;
    }
    const uint8_t *p = take(r, n);
    if (p == NULL) return VNULL;
    bool utf8 = tag == TAG_UNICODE || tag == TAG_INTERNED;
    Value v = utf8 ? str_from_utf8_surrogatepass(t, (const char *)p, n) : str_from_latin1(t, p, n);
    bool interned = tag == TAG_INTERNED || tag == TAG_ASCII_INTERNED || tag == TAG_SHORT_ASCII_INTERNED;
    return interned && !is_null(v) ? str_intern(t, v) : v;
}

static Value read_tuple(Reader *r, bool flag, int64_t n)
{
    Thread *t = r->t;
    size_t number;
    if (!reserve(r, flag, &number)) return VNULL;
    if (is_null(r->file) && n > r->end - r->at) return err_raise(t, T_EOFError, "marshal data too short");
    Value v = tuple_new(t, n);
    if (is_null(v)) return v;
    for (int64_t i = 0; i < n; i++) V_AS(Tuple, v)->items[i] = V_NONE; /* it may be seen before it is complete */
    finish_ref(r, flag, number, v);
    for (int64_t i = 0; i < n; i++) {
        Value item = read_item(r, "tuple");
        if (is_null(item)) {
            decref(t, v);
            return VNULL;
        }
        V_AS(Tuple, v)->items[i] = item;
    }
    return n ? tuple_done(t, v) : v;
}

static Value read_list(Reader *r, bool flag, int64_t n)
{
    Thread *t = r->t;
    size_t number;
    if (!reserve(r, flag, &number)) return VNULL;
    Value v = list_new(t, 0);
    if (is_null(v)) return v;
    finish_ref(r, flag, number, v);
    for (int64_t i = 0; i < n; i++) {
        Value item = read_item(r, "list");
        if (is_null(item) || !list_append_take(t, V_AS(List, v), item)) {
            decref(t, v);
            return VNULL;
        }
    }
    return v;
}

static Value read_dict(Reader *r, bool flag)
{
    Thread *t = r->t;
    size_t number;
    if (!reserve(r, flag, &number)) return VNULL;
    Value v = dict_new(t);
    if (is_null(v)) return v;
    finish_ref(r, flag, number, v);
    for (;;) {
        Value key = read_value(r), value = VNULL;
        if (is_null(key)) break;
        value = read_value(r);
        bool done = !is_null(value) && dict_set(t, v, key, value);
        bool end = is_null(value);
        decref(t, key);
        decref_maybe(t, value);
        if (!done && (err_pending(t) || !end)) break;
        if (end) break;
    }
    if (!err_pending(t)) return v;
    decref(t, v);
    return VNULL;
}

static Value read_set(Reader *r, bool flag, bool frozen, int64_t n)
{
    Thread *t = r->t;
    size_t number;
    if (!reserve(r, flag, &number)) return VNULL;
    Value v = n == 0 && frozen ? frozenset_new(t, VNULL) : set_new(t, VNULL);
    if (is_null(v)) return v;
    if (n == 0 && frozen) {
        finish_ref(r, flag, number, v);
        return v;
    }
    if (!frozen) finish_ref(r, flag, number, v);
    for (int64_t i = 0; i < n; i++) {
        Value item = read_item(r, "set");
        bool done = !is_null(item) && set_add(t, v, item);
        decref_maybe(t, item);
        if (!done) {
            decref(t, v);
            return VNULL;
        }
    }
    if (!frozen) return v;
    Value result = frozenset_new(t, v);
    decref(t, v);
    finish_ref(r, flag, number, result);
    return result;
}

/* A raw block of `item` bytes each; *count of them. */
static bool read_block(Reader *r, size_t item, void **out, uint32_t *count)
{
    int64_t n;
    if (!take_size(r, "code", &n)) return false;
    const uint8_t *p = take(r, n * (int64_t)item);
    if (p == NULL) return false;
    *out = heap_alloc(r->t, (size_t)n * item);
    if (*out == NULL) return false;
    memcpy(*out, p, (size_t)n * item);
    *count = (uint32_t)n;
    return true;
}

/* A tuple whose str items are interned, as names must be. */
static Value read_names(Reader *r)
{
    Value v = read_item(r, "code");
    if (is_null(v)) return v;
    if (!IS_EXACT(v, tuple)) {
        decref(r->t, v);
        bad(r, "names of code");
        return VNULL;
    }
    for (int64_t i = 0; i < tuple_len(v); i++) {
        Value *slot = &V_AS(Tuple, v)->items[i];
        if (!IS_EXACT(*slot, str) || str_is_interned(V_AS(Str, *slot))) continue;
        Value interned = str_intern(r->t, *slot);
        if (is_null(interned)) {
            *slot = V_NONE;
            decref(r->t, v);
            return VNULL;
        }
        *slot = interned;
    }
    return v;
}

static Value read_code(Reader *r, bool flag)
{
    Thread *t = r->t;
    size_t number;
    uint32_t n[9];
    if (!r->allow_code) return err_raise(t, T_ValueError, "unmarshalling code objects is disallowed");
    if (!reserve(r, flag, &number)) return VNULL;
    for (size_t i = 0; i < COUNT_OF(n); i++) {
        if (!take_u32(r, &n[i])) return VNULL;
    }
    Code *c = heap_object(t, SHAPE_code, sizeof *c);
    if (c == NULL) return VNULL;
    memset((char *)c + sizeof(Object), 0, sizeof *c - sizeof(Object));
    Value v = v_from(c);
    c->flags = n[0];
    c->nargs = (uint16_t)n[1];
    c->nposonly = (uint16_t)n[2];
    c->nkwonly = (uint16_t)n[3];
    c->nregs = n[4];
    c->nlocals = n[5];
    c->ncells = n[6];
    c->nfree = n[7];
    c->first_line = n[8];
    c->nfixed = n[5] + n[6] + n[7];
    bool done = n[1] <= 0xffff && n[2] <= 0xffff && n[3] <= 0xffff;
    if (!done) bad(r, "code");
    done = done && !is_null(c->const_tuple = read_names(r)) && !is_null(c->names = read_names(r)) && !is_null(c->local_names = read_names(r)) &&
           !is_null(c->cell_names = read_names(r)) && !is_null(c->free_names = read_names(r)) && !is_null(c->filename = read_item(r, "code")) &&
           !is_null(c->name = read_item(r, "code")) && !is_null(c->qualname = read_item(r, "code")) &&
           read_block(r, 4, (void **)&c->instructions, &c->ninstructions) && read_block(r, 4, (void **)&c->site_names, &c->nsites) &&
           read_block(r, sizeof(ExceptionEntry), (void **)&c->exceptions, &c->nexceptions) && read_block(r, 1, (void **)&c->positions, &c->npositions);
    if (done && !IS_EXACT(c->filename, str)) done = bad(r, "file name of code");
    if (done) {
        c->consts = V_AS(Tuple, c->const_tuple)->items;
        done = code_verify(t, c);
    }
    if (!done) {
        decref(t, v);
        return VNULL;
    }
    finish_ref(r, flag, number, v);
    return v;
}

/* A value without parts gets its number once it is there. */
static Value numbered(Reader *r, bool flag, Value v)
{
    if (!flag || is_null(v)) return v;
    if (vec_push(&r->refs, new_ref(v))) return v; /* where there is no room, no reference has been made */
    decref(r->t, v);
    return err_no_memory(r->t);
}

static Value read_tagged(Reader *r, int tag, bool flag)
{
    Thread *t = r->t;
    uint32_t word;
    int64_t n;
    double a, b;
    const uint8_t *p;
    switch (tag) {
    case TAG_NULL: return VNULL;
    case TAG_NONE: return V_NONE;
    case TAG_FALSE: return V_FALSE;
    case TAG_TRUE: return V_TRUE;
    case TAG_ELLIPSIS: return V_ELLIPSIS;
    case TAG_STOPITER: return ref_of(builtin_type(t, T_StopIteration));
    case TAG_INT: return take_u32(r, &word) ? numbered(r, flag, v_smallint((int32_t)word)) : VNULL;
    case TAG_INT64:
        p = take(r, 8);
        if (p == NULL) return VNULL;
        memcpy(&n, p, 8);
        return numbered(r, flag, int_from_i64(t, n));
    case TAG_LONG: return numbered(r, flag, read_long(r));
    case TAG_FLOAT: return read_double_text(r, &a) ? numbered(r, flag, float_from_double(t, a)) : VNULL;
    case TAG_BINARY_FLOAT: return read_double(r, &a) ? numbered(r, flag, float_from_double(t, a)) : VNULL;
    case TAG_COMPLEX: return read_double_text(r, &a) && read_double_text(r, &b) ? numbered(r, flag, complex_from_doubles(t, a, b)) : VNULL;
    case TAG_BINARY_COMPLEX: return read_double(r, &a) && read_double(r, &b) ? numbered(r, flag, complex_from_doubles(t, a, b)) : VNULL;
    case TAG_STRING:
        if (!take_size(r, "bytes object", &n) || (p = take(r, n)) == NULL) return VNULL;
        return numbered(r, flag, bytes_new(t, (const char *)p, n));
    case TAG_UNICODE:
    case TAG_INTERNED:
    case TAG_ASCII:
    case TAG_ASCII_INTERNED:
    case TAG_SHORT_ASCII:
    case TAG_SHORT_ASCII_INTERNED: return numbered(r, flag, read_text(r, tag));
    case TAG_SMALL_TUPLE: return take_byte(r, &word) ? read_tuple(r, flag, word) : VNULL;
    case TAG_TUPLE: return take_size(r, "tuple", &n) ? read_tuple(r, flag, n) : VNULL;
    case TAG_LIST: return take_size(r, "list", &n) ? read_list(r, flag, n) : VNULL;
    case TAG_DICT: return read_dict(r, flag);
    case TAG_SET:
    case TAG_FROZENSET: return take_size(r, "set", &n) ? read_set(r, flag, tag == TAG_FROZENSET, n) : VNULL;
    case TAG_CODE: return read_code(r, flag);
    case TAG_SLICE: {
        size_t number;
        if (!reserve(r, flag, &number)) return VNULL;
        Value parts[3] = {VNULL, VNULL, VNULL}, v = VNULL;
        for (int i = 0; i < 3 && (i == 0 || !is_null(parts[i - 1])); i++) parts[i] = read_item(r, "slice");
        if (!is_null(parts[2])) v = slice_new(t, parts[0], parts[1], parts[2]);
        for (int i = 0; i < 3; i++) decref_maybe(t, parts[i]);
        finish_ref(r, flag, number, v);
        return v;
    }
    case TAG_REF:
        if (!take_u32(r, &word)) return VNULL;
        if (word >= r->refs.len || is_unbound(r->refs.data[word])) {
            bad(r, "invalid reference");
            return VNULL;
        }
        return new_ref(r->refs.data[word]);
    default:
        bad(r, "unknown type code");
        return VNULL;
    }
}

static Value read_value(Reader *r)
{
    uint32_t byte;
    if (is_null(r->file) && r->at >= r->end) return err_raise(r->t, T_EOFError, "EOF read where object expected");
    if (!take_byte(r, &byte)) {
        if (err_catch(r->t, T_EOFError)) err_raise(r->t, T_EOFError, "EOF read where object expected");
        return VNULL;
    }
    if (r->depth >= MAX_DEPTH) return err_raise(r->t, T_ValueError, "recursion limit exceeded");
    r->depth++;
    Value v = read_tagged(r, (int)(byte & 127), byte & FLAG_REF);
    r->depth--;
    return v;
}

static Value load(Reader *r)
{
    Value v = read_value(r);
    if (is_null(v) && !err_pending(r->t)) err_raise(r->t, T_TypeError, "NULL object in marshal data for object");
    for (size_t i = 0; i < r->refs.len; i++) decref(r->t, r->refs.data[i]);
    vec_free(&r->refs);
    decref_maybe(r->t, r->chunk);
    return v;
}

/* --- The module --------------------------------------------------------------------------------------------------- */

Value marshal_load_bytes(Thread *t, const char *data, int64_t n)
{
    Reader r = {.t = t, .at = (const uint8_t *)data, .end = (const uint8_t *)data + n, .allow_code = true};
    return load(&r);
}
Value marshal_dump_bytes(Thread *t, Value v) { return dump(t, v, MARSHAL_VERSION, true); }

static bool version_and_code(Thread *t, Value version_arg, Value code_arg, int *version, bool *allow_code)
{
    *version = MARSHAL_VERSION;
    *allow_code = true;
    return (is_null(version_arg) || arg_i32(t, version_arg, version)) && (is_null(code_arg) || arg_bool(t, code_arg, allow_code));
}

static Value marshal_dumps(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    int version;
    bool allow_code;
    if (!version_and_code(t, args[1], args[2], &version, &allow_code) || !sys_audit_values(t, "marshal.dumps", 2, args[0], v_smallint(version))) return VNULL;
    return dump(t, args[0], version, allow_code);
}

static Value marshal_dump(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    int version;
    bool allow_code;
    if (!version_and_code(t, args[2], args[3], &version, &allow_code) || !sys_audit_values(t, "marshal.dumps", 2, args[0], v_smallint(version))) return VNULL;
    Value bytes = dump(t, args[0], version, allow_code), result = VNULL;
    Value name = is_null(bytes) ? VNULL : str_intern_cstr(t, "write");
    if (!is_null(name)) result = call_method_1(t, args[1], name, bytes);
    decref_maybe(t, name);
    decref_maybe(t, bytes);
    return result;
}

static Value marshal_loads(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    int version;
    Reader r = {.t = t};
    Buffer view;
    if (!version_and_code(t, VNULL, args[1], &version, &r.allow_code) || !buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    r.at = (const uint8_t *)view.data;
    r.end = r.at + view.length;
    Value data = sys_is_audited(t) ? bytes_new(t, view.data, view.length) : VNULL;
    bool allowed = !err_pending(t) && (is_null(data) || sys_audit_values(t, "marshal.loads", 1, data));
    decref_maybe(t, data);
    Value v = allowed ? load(&r) : VNULL;
    buffer_release(t, &view);
    return v;
}

static Value marshal_load(Thread *t, Value *args, uint32_t nargs, Value kwnames)
{
    int version;
    Reader r = {.t = t, .file = args[0]};
    if (!version_and_code(t, VNULL, args[1], &version, &r.allow_code)) return VNULL;
    Value name = str_intern_cstr(t, "read"), first = VNULL; /* read(0) tells what kind of file it is */
    if (!is_null(name)) first = call_method_1(t, args[0], name, v_smallint(0));
    decref_maybe(t, name);
    if (is_null(first)) return VNULL;
    bool is_binary = is_bytes(t, first);
    if (!is_binary) err_raise(t, T_TypeError, "file.read() returned not bytes but %T", first);
    decref(t, first);
    return is_binary && sys_audit_values(t, "marshal.load", 0) ? load(&r) : VNULL;
}

static bool marshal_exec(Thread *t, Value module) { return module_add_int(t, module, "version", MARSHAL_VERSION); }

static const MethodDef functions[] = {
    {"dump", "($module, value, file, version=5, /, *, allow_code=True)", "Write the value on the open file.", marshal_dump},
    {"load", "($module, file, /, *, allow_code=True)", "Read one value from the open file and return it.", marshal_load},
    {"dumps", "($module, value, version=5, /, *, allow_code=True)", "Return the bytes object that would be written to a file by dump(value, file).", marshal_dumps},
    {"loads", "($module, bytes, /, *, allow_code=True)", "Convert the bytes-like object to a value.", marshal_loads},
    {0},
};

const ModuleDef module_marshal = {
    .name = "marshal",
    .doc = "Python values as bytes in a format that may change between versions, for caches of compiled modules.",
    .functions = functions,
    .exec = marshal_exec,
};
