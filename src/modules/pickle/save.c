/* From objects to instructions: the walk, scalars, text and bytes, and the built-in containers.
 *
 * What is written is byte for byte what CPython's pickler writes, its quirks included (a dict of exactly 1000 entries is followed by an
 * empty batch). Saving may run any Python code, so containers are read anew after each item.
 */
#include "modules/pickle/pickle_priv.h"

#include "base/units.h"
#include "object/exception.h"

enum { FAST_NESTING_MAX = 50 }; /* from this depth on, fast mode watches for cycles */

bool pickle_note(Thread *t, const char *format, ...) {
    Value error = err_fetch(t);
    va_list args;
    va_start(args, format);
    Value note = str_format_va(t, format, args);
    va_end(args);
    Value done = is_null(note) ? VNULL : call_method_1(t, error, N(t, add_note), note);
    if (is_null(done)) err_clear(t); /* the error itself matters more */
    decref_maybe(t, done);
    decref_maybe(t, note);
    err_restore(t, error);
    return false;
}

/* --- The memo ---------------------------------------------------------------------------------------------------------------------- */

static bool put_number_line(Thread *t, Pickler *p, char op, int64_t n) {
    char line[32];
    return output_put(t, &p->out, line, sprintf(line, "%c%lld\n", op, (long long)n));
}

/* An instruction with a number of one or four bytes. */
static bool put_numbered(Thread *t, Pickler *p, uint8_t narrow, uint8_t wide, int64_t n) {
    uint8_t code[5] = {n < 256 ? narrow : wide};
    if (n > UINT32_MAX) {
        PICKLING_ERROR(t, wide == PK_LONG_BINPUT ? "memo id too large for LONG_BINPUT" : "memo id too large for LONG_BINGET");
        return false;
    }
    store_le(code + 1, (uint64_t)n, 4);
    return output_put(t, &p->out, code, n < 256 ? 2 : 5);
}

bool pickle_put_memo(Thread *t, Pickler *p, int64_t index) {
    return p->bin ? put_numbered(t, p, PK_BINGET, PK_LONG_BINGET, index) : put_number_line(t, p, PK_GET, index);
}

bool pickle_memoize(Thread *t, Pickler *p, Value v) {
    if (p->fast) return true;
    int64_t index = p->memo.count;
    if (!memo_add(t, &p->memo, v, index)) return false;
    if (LIKELY(p->protocol >= 4)) return output_byte(t, &p->out, PK_MEMOIZE);
    return p->bin ? put_numbered(t, p, PK_BINPUT, PK_LONG_BINPUT, index) : put_number_line(t, p, PK_PUT, index);
}

/* --- Numbers ----------------------------------------------------------------------------------------------------------------------- */

static bool save_bool(Thread *t, Pickler *p, bool v) {
    if (p->protocol >= 2) return output_byte(t, &p->out, v ? PK_NEWTRUE : PK_NEWFALSE);
    return output_put(t, &p->out, v ? "I01\n" : "I00\n", 4);
}

/* Below protocol 2: in decimal digits. */
static bool save_long_line(Thread *t, Pickler *p, Value v) {
    Value text = int_to_str(t, v, 10, false);
    if (is_null(text)) return false;
    bool good = output_byte(t, &p->out, PK_LONG) && output_put(t, &p->out, str_1(V_AS(Str, text)), str_len(V_AS(Str, text))) &&
                output_put(t, &p->out, "L\n", 2);
    decref(t, text);
    return good;
}

static bool save_long(Thread *t, Pickler *p, Value v) {
    if (p->protocol < 2) return save_long_line(t, p, v);
    int64_t n = (int_bit_length(v) >> 3) + 1; /* a power of two's negative may need one byte less */
    if (n > INT32_MAX) return err_fail(t, T_OverflowError, "int too large to pickle");
    uint8_t header[5] = {n < 256 ? PK_LONG1 : PK_LONG4};
    int64_t header_size = n < 256 ? 2 : 5;
    char *at = output_room(t, &p->out, n + 5);
    if (at == NULL || !int_to_bytes(t, v, (uint8_t *)at + header_size, n, true, true)) return false;
    const uint8_t *digits = (uint8_t *)at + header_size;
    if (n > 1 && int_sign(v) < 0 && digits[n - 1] == 0xff && digits[n - 2] & 0x80) n--;
    if (n == 255 && header_size == 5) { /* the shorter form fits after all */
        memmove(at + 2, at + 5, (size_t)n);
        header[0] = PK_LONG1;
        header_size = 2;
    }
    store_le(header + 1, (uint64_t)n, 4);
    memcpy(at, header, (size_t)header_size);
    p->out.length += header_size + n;
    return true;
}

static bool save_int(Thread *t, Pickler *p, int64_t i) {
    if (!p->bin) return put_number_line(t, p, PK_INT, i);
    uint8_t code[5];
    store_le(code + 1, (uint64_t)i, 4);
    int n = i < 0 || i > 0xffff ? 5 : i > 0xff ? 3 : 2;
    code[0] = n == 5 ? PK_BININT : n == 3 ? PK_BININT2 : PK_BININT1;
    return output_put(t, &p->out, code, n);
}

static bool save_float(Thread *t, Pickler *p, Value v) {
    double d = float_get(v);
    if (p->bin) {
        uint64_t bits;
        memcpy(&bits, &d, 8);
        bits = __builtin_bswap64(bits);
        char *at = output_room(t, &p->out, 9);
        if (at == NULL) return false;
        at[0] = PK_BINFLOAT;
        memcpy(at + 1, &bits, 8);
        p->out.length += 9;
        return true;
    }
    Value text = float_to_str(t, d);
    if (is_null(text)) return false;
    bool good = output_byte(t, &p->out, PK_FLOAT) && output_put(t, &p->out, str_1(V_AS(Str, text)), str_len(V_AS(Str, text))) &&
                output_byte(t, &p->out, '\n');
    decref(t, text);
    return good;
}

/* --- Text and bytes ---------------------------------------------------------------------------------------------------------------- */

/* What stands in front of a payload of n bytes: an instruction and the length, in 1, 4 or 8 bytes. */
static int length_header(uint8_t *header, uint8_t op1, uint8_t op4, uint8_t op8, int64_t n) {
    int bytes = op1 && n <= 0xff ? 1 : op4 && n <= UINT32_MAX ? 4 : 8;
    header[0] = bytes == 1 ? op1 : bytes == 4 ? op4 : op8;
    store_le(header + 1, (uint64_t)n, bytes);
    return bytes + 1;
}

static bool save_str_binary(Thread *t, Pickler *p, Value v) {
    const Str *s = V_AS(Str, v);
    const char *data;
    int64_t n;
    Value encoded = VNULL;
    if (LIKELY(str_is_ascii(s))) {
        data = (const char *)str_1(s);
        n = str_len(s);
    } else {
        encoded = t->hooks->encode(t, v, "utf-8", "surrogatepass");
        if (is_null(encoded)) return false;
        data = V_AS(Bytes, encoded)->data;
        n = V_AS(Bytes, encoded)->length;
    }
    uint8_t header[9];
    bool good = true;
    if (n > UINT32_MAX && p->protocol < 4)
        good = err_fail(t, T_OverflowError, "serializing a string larger than 4 GiB requires pickle protocol 4 or higher");
    else
        good = output_payload(t, &p->out, header, length_header(header, p->protocol >= 4 ? PK_SHORT_BINUNICODE : 0, PK_BINUNICODE, PK_BINUNICODE8, n),
                              data, n, encoded);
    decref_maybe(t, encoded);
    return good;
}

/* Protocol 0: Latin-1 as it is, the rest and what would break the line as \u escapes. */
static bool save_str_line(Thread *t, Pickler *p, Value v) {
    if (!output_byte(t, &p->out, PK_UNICODE)) return false;
    Units text = str_units(V_AS(Str, v));
    for (size_t i = 0; i < text.len; i++) {
        uint32_t c = units_at(text, i);
        char escape[12] = {(char)c};
        int n = 1;
        if (c > 0xffff) n = sprintf(escape, "\\U%08x", c);
        else if (c > 0xff || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a) n = sprintf(escape, "\\u%04x", c);
        if (!output_put(t, &p->out, escape, n)) return false;
    }
    return output_byte(t, &p->out, '\n');
}

static bool save_str(Thread *t, Pickler *p, Value v) {
    return (LIKELY(p->bin) ? save_str_binary(t, p, v) : save_str_line(t, p, v)) && pickle_memoize(t, p, v);
}

/* Bytes of `object`, which is remembered. */
static bool save_data(Thread *t, Pickler *p, Value object, const char *data, int64_t n, bool is_array) {
    uint8_t header[9];
    if (!is_array && n > UINT32_MAX && p->protocol < 4)
        return err_fail(t, T_OverflowError, "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher");
    int size = is_array ? length_header(header, 0, 0, PK_BYTEARRAY8, n) : length_header(header, PK_SHORT_BINBYTES, PK_BINBYTES, PK_BINBYTES8, n);
    return output_payload(t, &p->out, header, size, data, n, object) && pickle_memoize(t, p, object);
}

/* As a call of `callable` with one argument (taken), or none: VNULL. */
static bool save_call(Thread *t, Pickler *p, Value v, Value callable, Value args) {
    if (is_null(args)) return false;
    Value reduced = tuple_of(t, 2, callable, args);
    decref(t, args);
    bool good = !is_null(reduced) && pickle_save_reduce(t, p, reduced, v);
    decref_maybe(t, reduced);
    return good;
}

/* Below protocol 3 there are no bytes: a text is encoded, which gives a str in Python 2 and bytes in Python 3. */
static bool save_bytes(Thread *t, Pickler *p, Value v) {
    const Bytes *b = V_AS(Bytes, v);
    if (p->protocol >= 3) return save_data(t, p, v, b->data, b->length, false);
    if (b->length == 0) return save_call(t, p, v, v_from(builtin_type(t, T_bytes)), tuple_of(t, 0));
    Value text = str_from_latin1(t, (const uint8_t *)b->data, b->length), encoding = is_null(text) ? VNULL : str_intern_cstr(t, "latin1");
    bool good = !is_null(encoding) && save_call(t, p, v, pickle_state(t)->codecs_encode, tuple_of(t, 2, text, encoding));
    decref_maybe(t, text);
    decref_maybe(t, encoding);
    return good;
}

static bool save_bytearray(Thread *t, Pickler *p, Value v) {
    ByteArray *a = V_AS(ByteArray, v);
    if (p->protocol >= 5) return save_data(t, p, v, bytearray_data(a), a->length, true);
    Value type = v_from(builtin_type(t, T_bytearray));
    if (a->length == 0) return save_call(t, p, v, type, tuple_of(t, 0));
    Value bytes = bytes_new(t, bytearray_data(a), a->length);
    bool good = !is_null(bytes) && save_call(t, p, v, type, tuple_of(t, 1, bytes));
    decref_maybe(t, bytes);
    return good;
}

static bool is_contiguous(const Buffer *b) {
    if (b->suboffsets != NULL) return false;
    if (b->strides == NULL || b->length == 0) return true;
    int64_t c = b->item_size, f = b->item_size;
    bool is_c = true, is_f = true;
    for (int i = 0; i < b->ndim; i++) {
        int k = b->ndim - 1 - i;
        if (b->shape[k] > 1 && b->strides[k] != c) is_c = false;
        if (b->shape[i] > 1 && b->strides[i] != f) is_f = false;
        c *= b->shape[k];
        f *= b->shape[i];
    }
    return is_c || is_f;
}

static bool save_view(Thread *t, Pickler *p, Value v, const Buffer *view) {
    if (!is_contiguous(view)) {
        PICKLING_ERROR(t, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
        return false;
    }
    int in_band = 1;
    if (!is_null(p->buffer_callback)) {
        Value answer = call_1(t, p->buffer_callback, v);
        in_band = is_null(answer) ? -1 : truth(t, answer);
        decref_maybe(t, answer);
        if (in_band < 0) return false;
    }
    if (in_band) return save_data(t, p, v, view->data, view->length, !view->readonly);
    return output_byte(t, &p->out, PK_NEXT_BUFFER) && (!view->readonly || output_byte(t, &p->out, PK_READONLY_BUFFER));
}

static bool save_buffer(Thread *t, Pickler *p, Value v) {
    if (p->protocol < 5) {
        PICKLING_ERROR(t, "PickleBuffer can only be pickled with protocol >= 5");
        return false;
    }
    Buffer view; /* of our own: the callback may release the object's */
    if (!buffer_get(t, v, &view, BUF_FULL_RO)) return false;
    bool good = save_view(t, p, v, &view);
    buffer_release(t, &view);
    return good;
}

/* --- Fast mode: no memo, so that a cycle would never end ---------------------------------------------------------------------------- */

static bool fast_enter(Thread *t, Pickler *p, Value v) {
    if (++p->fast_nesting < FAST_NESTING_MAX) return true;
    if (is_null(p->fast_memo)) p->fast_memo = dict_new(t);
    Value key = is_null(p->fast_memo) ? VNULL : int_from_u64(t, v.bits);
    if (is_null(key)) return false;
    int inside = dict_contains(t, p->fast_memo, key);
    bool good = inside == 0 && dict_set(t, p->fast_memo, key, V_NONE);
    decref(t, key);
    if (inside > 0) err_fail(t, T_ValueError, "fast mode: can't pickle cyclic objects including object type %T at %p", v, v_obj(v));
    return good;
}

static bool fast_leave(Thread *t, Pickler *p, Value v, bool good) {
    if (p->fast_nesting-- < FAST_NESTING_MAX || is_null(p->fast_memo)) return good;
    Value pending = err_fetch(t), key = int_from_u64(t, v.bits);
    if (is_null(key) || dict_delete(t, p->fast_memo, key) < 0) {
        if (good) good = false;
        else err_clear(t);
    }
    decref_maybe(t, key);
    if (!is_null(pending)) err_restore(t, pending);
    return good;
}

/* --- Tuples, lists, dicts, sets ------------------------------------------------------------------------------------------------------ */

static bool save_item(Thread *t, Pickler *p, Value item, Value owner, int64_t index) {
    return pickle_save(t, p, item) || pickle_note(t, "when serializing %Q item %zd", owner, (size_t)index);
}

/* `item` is taken. */
static bool save_item_take(Thread *t, Pickler *p, Value item, Value owner, int64_t index) {
    bool good = save_item(t, p, item, owner, index);
    decref(t, item);
    return good;
}

static bool save_element(Thread *t, Pickler *p, Value item, Value owner) {
    return pickle_save(t, p, item) || pickle_note(t, "when serializing %Q element", owner);
}

/* A tuple that was written while its own items were: these are dropped again. */
static bool save_recursive_tuple(Thread *t, Pickler *p, int64_t index, int64_t n, bool has_mark) {
    if (has_mark && p->bin) return output_byte(t, &p->out, PK_POP_MARK) && pickle_put_memo(t, p, index);
    for (int64_t i = 0; i < n + has_mark; i++)
        if (!output_byte(t, &p->out, PK_POP)) return false;
    return pickle_put_memo(t, p, index);
}

static bool save_tuple(Thread *t, Pickler *p, Value v) {
    int64_t n = tuple_len(v);
    if (n == 0) return p->protocol ? output_byte(t, &p->out, PK_EMPTY_TUPLE) : output_put(t, &p->out, "(t", 2);
    bool has_mark = n > 3 || p->protocol < 2;
    if (has_mark && !output_byte(t, &p->out, PK_MARK)) return false;
    for (int64_t i = 0; i < n; i++)
        if (!save_item(t, p, tuple_at(v, i), v, i)) return false;
    int64_t index = memo_find(&p->memo, v);
    if (index >= 0) return save_recursive_tuple(t, p, index, n, has_mark);
    static const uint8_t makers[] = {0, PK_TUPLE1, PK_TUPLE2, PK_TUPLE3};
    return output_byte(t, &p->out, has_mark ? PK_TUPLE : makers[n]) && pickle_memoize(t, p, v);
}

/* Protocol 0 has no batches. */
static bool save_items_singly(Thread *t, Pickler *p, Value iterator, Value owner) {
    Value item;
    for (int64_t i = 0; !is_null(item = iter_next(t, iterator)); i++)
        if (!save_item_take(t, p, item, owner, i) || !output_byte(t, &p->out, PK_APPEND)) return false;
    return !err_pending(t);
}

bool pickle_save_items(Thread *t, Pickler *p, Value iterator, Value owner) {
    if (p->protocol == 0) return save_items_singly(t, p, iterator, owner);
    int64_t total = 0, n;
    do {
        Value first = iter_next(t, iterator);
        if (is_null(first)) return !err_pending(t);
        Value item = iter_next(t, iterator);
        if (is_null(item)) { /* a single one at the end */
            if (!err_pending(t)) return save_item_take(t, p, first, owner, total) && output_byte(t, &p->out, PK_APPEND);
            decref(t, first);
            return false;
        }
        bool good = output_byte(t, &p->out, PK_MARK) && save_item(t, p, first, owner, total);
        decref(t, first);
        total++;
        for (n = 1; !is_null(item);) {
            good = good && save_item(t, p, item, owner, total);
            decref(t, item);
            if (!good) return false;
            total++;
            if (++n == PICKLE_BATCH) break;
            item = iter_next(t, iterator);
        }
        if (err_pending(t) || !output_byte(t, &p->out, PK_APPENDS)) return false;
    } while (n == PICKLE_BATCH);
    return true;
}

static bool save_list_items(Thread *t, Pickler *p, Value v) {
    if (list_len(v) == 1) return save_item_take(t, p, new_ref(list_at(v, 0)), v, 0) && output_byte(t, &p->out, PK_APPEND);
    int64_t i = 0;
    do {
        if (!output_byte(t, &p->out, PK_MARK)) return false;
        for (int64_t end = i + PICKLE_BATCH; i < list_len(v) && i < end; i++)
            if (!save_item_take(t, p, new_ref(list_at(v, i)), v, i)) return false;
        if (!output_byte(t, &p->out, PK_APPENDS)) return false;
    } while (i < list_len(v));
    return true;
}

/* Runs `save` over a new iterator of `iterable` (taken). */
static bool save_iterated(Thread *t, Pickler *p, Value iterable, Value owner, bool (*save)(Thread *, Pickler *, Value, Value)) {
    Value iterator = is_null(iterable) ? VNULL : iter_of(t, iterable);
    decref_maybe(t, iterable);
    bool good = !is_null(iterator) && save(t, p, iterator, owner);
    decref_maybe(t, iterator);
    return good;
}

static bool save_list(Thread *t, Pickler *p, Value v) {
    if (p->fast && !fast_enter(t, p, v)) return fast_leave(t, p, v, false);
    bool good = (p->bin ? output_byte(t, &p->out, PK_EMPTY_LIST) : output_put(t, &p->out, "(l", 2)) && pickle_memoize(t, p, v);
    if (good && list_len(v) > 0)
        good = p->protocol > 0 ? save_list_items(t, p, v) : save_iterated(t, p, new_ref(v), v, pickle_save_items);
    return p->fast ? fast_leave(t, p, v, good) : good;
}

/* Both are taken. */
static bool save_pair_take(Thread *t, Pickler *p, Value key, Value value, Value owner) {
    bool good = pickle_save(t, p, key) && (pickle_save(t, p, value) || pickle_note(t, "when serializing %Q item %R", owner, key));
    decref(t, key);
    decref(t, value);
    return good;
}

/* A pair from an iterator (taken). */
static bool save_pair(Thread *t, Pickler *p, Value pair, Value owner) {
    bool good = is_tuple(t, pair) && tuple_len(pair) == 2
                    ? save_pair_take(t, p, new_ref(tuple_at(pair, 0)), new_ref(tuple_at(pair, 1)), owner)
                    : err_fail(t, T_TypeError, "dict items iterator must return 2-tuples");
    decref(t, pair);
    return good;
}

static bool save_pairs_singly(Thread *t, Pickler *p, Value iterator, Value owner) {
    Value pair;
    while (!is_null(pair = iter_next(t, iterator)))
        if (!save_pair(t, p, pair, owner) || !output_byte(t, &p->out, PK_SETITEM)) return false;
    return !err_pending(t);
}

bool pickle_save_pairs(Thread *t, Pickler *p, Value iterator, Value owner) {
    if (p->protocol == 0) return save_pairs_singly(t, p, iterator, owner);
    int64_t n;
    do {
        Value first = iter_next(t, iterator);
        if (is_null(first)) return !err_pending(t);
        Value pair = iter_next(t, iterator);
        if (is_null(pair)) {
            if (!err_pending(t)) return save_pair(t, p, first, owner) && output_byte(t, &p->out, PK_SETITEM);
            decref(t, first);
            return false;
        }
        if (!output_byte(t, &p->out, PK_MARK) || !save_pair(t, p, first, owner)) {
            decref(t, pair);
            return false;
        }
        for (n = 1; !is_null(pair);) {
            if (!save_pair(t, p, pair, owner)) return false;
            if (++n == PICKLE_BATCH) break;
            pair = iter_next(t, iterator);
        }
        if (err_pending(t) || !output_byte(t, &p->out, PK_SETITEMS)) return false;
    } while (n == PICKLE_BATCH);
    return true;
}

static bool save_dict_items(Thread *t, Pickler *p, Value v) {
    int64_t size = dict_len(v);
    uint32_t pos = 0;
    Value key, value;
    if (size == 1) {
        dict_next(v, &pos, &key, &value);
        return save_pair_take(t, p, new_ref(key), new_ref(value), v) && output_byte(t, &p->out, PK_SETITEM);
    }
    int n;
    do {
        n = 0;
        if (!output_byte(t, &p->out, PK_MARK)) return false;
        while (dict_next(v, &pos, &key, &value)) {
            if (!save_pair_take(t, p, new_ref(key), new_ref(value), v)) return false;
            if (++n == PICKLE_BATCH) break;
        }
        if (!output_byte(t, &p->out, PK_SETITEMS)) return false;
        if (dict_len(v) != size) return err_fail(t, T_RuntimeError, "dictionary changed size during iteration");
    } while (n == PICKLE_BATCH);
    return true;
}

static bool save_dict(Thread *t, Pickler *p, Value v) {
    if (p->fast && !fast_enter(t, p, v)) return fast_leave(t, p, v, false);
    bool good = (p->bin ? output_byte(t, &p->out, PK_EMPTY_DICT) : output_put(t, &p->out, "(d", 2)) && pickle_memoize(t, p, v);
    if (good && dict_len(v) > 0)
        good = p->protocol > 0 ? save_dict_items(t, p, v) : save_iterated(t, p, call_method_0(t, v, N(t, items)), v, pickle_save_pairs);
    return p->fast ? fast_leave(t, p, v, good) : good;
}

static bool save_set_as_call(Thread *t, Pickler *p, Value v, enum TypeId type) {
    Value items = list_from_iterable(t, v);
    bool good = !is_null(items) && save_call(t, p, v, v_from(builtin_type(t, type)), tuple_of(t, 1, items));
    decref_maybe(t, items);
    return good;
}

static bool save_set(Thread *t, Pickler *p, Value v) {
    if (p->protocol < 4) return save_set_as_call(t, p, v, T_set);
    if (!output_byte(t, &p->out, PK_EMPTY_SET) || !pickle_memoize(t, p, v)) return false;
    int64_t size = set_len(v), hash;
    uint64_t pos = 0;
    if (size == 0) return true;
    int n;
    do {
        Value item;
        n = 0;
        if (!output_byte(t, &p->out, PK_MARK)) return false;
        while (set_next(v, &pos, &item, &hash)) {
            incref(item);
            bool good = save_element(t, p, item, v);
            decref(t, item);
            if (!good) return false;
            if (++n == PICKLE_BATCH) break;
        }
        if (!output_byte(t, &p->out, PK_ADDITEMS)) return false;
        if (set_len(v) != size) return err_fail(t, T_RuntimeError, "set changed size during iteration");
    } while (n == PICKLE_BATCH);
    return true;
}

static bool save_elements(Thread *t, Pickler *p, Value iterator, Value owner) {
    Value item;
    while (!is_null(item = iter_next(t, iterator))) {
        bool good = save_element(t, p, item, owner);
        decref(t, item);
        if (!good) return false;
    }
    return !err_pending(t);
}

static bool save_frozenset(Thread *t, Pickler *p, Value v) {
    if (p->fast && !fast_enter(t, p, v)) return fast_leave(t, p, v, false);
    bool good;
    if (p->protocol < 4) {
        good = save_set_as_call(t, p, v, T_frozenset);
    } else {
        good = output_byte(t, &p->out, PK_MARK) && save_iterated(t, p, new_ref(v), v, save_elements);
        int64_t index = good ? memo_find(&p->memo, v) : -1; /* written meanwhile: as with tuples */
        if (index >= 0) good = output_byte(t, &p->out, PK_POP_MARK) && pickle_put_memo(t, p, index);
        else good = good && output_byte(t, &p->out, PK_FROZENSET) && pickle_memoize(t, p, v);
    }
    return p->fast ? fast_leave(t, p, v, good) : good;
}

/* --- Any object ---------------------------------------------------------------------------------------------------------------------- */

static bool save_value(Thread *t, Pickler *p, Value v) {
    if (is_smallint(v)) {
        int64_t i = smallint_get(v);
        return i == (int32_t)i ? save_int(t, p, i) : save_long(t, p, v);
    }
    if (is_smallfloat(v) || IS_EXACT(v, float)) return save_float(t, p, v);
    if (is_none(v)) return output_byte(t, &p->out, PK_NONE);
    if (is_bool(v)) return save_bool(t, p, same(v, V_TRUE));
    if (IS_EXACT(v, int)) return save_long(t, p, v);
    int64_t index = memo_find(&p->memo, v);
    if (index >= 0) return pickle_put_memo(t, p, index);
    if (IS_EXACT(v, str)) return save_str(t, p, v);
    if (IS_EXACT(v, bytes)) return save_bytes(t, p, v);
    if (!stack_check(t, " while pickling an object")) return false;
    switch (is_ptr(v) ? v_obj(v)->shape : 0) {
    case SHAPE_dict: return save_dict(t, p, v);
    case SHAPE_list: return save_list(t, p, v);
    case SHAPE_tuple: return save_tuple(t, p, v);
    case SHAPE_set: return save_set(t, p, v);
    case SHAPE_frozenset: return save_frozenset(t, p, v);
    case SHAPE_bytearray: return save_bytearray(t, p, v);
    case SHAPE_PickleBuffer: return save_buffer(t, p, v);
    }
    return pickle_save_other(t, p, v);
}

/* Protocol 0 has the identifier in the line itself. */
static bool save_persistent_line(Thread *t, Pickler *p, Value id) {
    Value text = str_of(t, id);
    if (is_null(text)) return false;
    const Str *s = V_AS(Str, text);
    bool good = str_is_ascii(s);
    if (!good) PICKLING_ERROR(t, "persistent IDs in protocol 0 must be ASCII strings");
    good = good && output_byte(t, &p->out, PK_PERSID) && output_put(t, &p->out, str_1(s), str_len(s)) && output_byte(t, &p->out, '\n');
    decref(t, text);
    return good;
}

/* 1: written as a persistent object; 0: it is none; -1. */
static int save_persistent(Thread *t, Pickler *p, Value v) {
    Value id = call_1(t, p->persistent_id, v);
    if (is_null(id)) return -1;
    if (is_none(id)) return 0;
    bool good = p->bin ? save_value(t, p, id) && output_byte(t, &p->out, PK_BINPERSID) : save_persistent_line(t, p, id);
    decref(t, id);
    return good ? 1 : -1;
}

bool pickle_save(Thread *t, Pickler *p, Value v) {
    if (UNLIKELY(p->out.length >= p->out.frame_due) && !output_end_full_frame(t, &p->out)) return false;
    if (UNLIKELY(!is_null(p->persistent_id))) {
        int done = save_persistent(t, p, v);
        if (done != 0) return done > 0;
    }
    return save_value(t, p, v);
}

/* The method `name`, where somebody has given one; VNULL: nobody has, or an exception. */
static bool find_method(Thread *t, Pickler *p, Value name, CFunction own, Value *method) {
    slot_clear(t, method);
    if (is_null(p->self)) return true;
    Value found = attr_get_maybe(t, p->self, name);
    if (is_null(found)) return !err_pending(t);
    if (own != NULL && is_own_method(found, p->self, own)) slot_clear(t, &found);
    slot_set(t, method, found);
    return true;
}

bool pickle_dump(Thread *t, Pickler *p, Value object) {
    p->fast_nesting = 0;
    uint8_t header[2] = {PK_PROTO, (uint8_t)p->protocol};
    bool good = find_method(t, p, N(t, persistent_id), pickler_persistent_id, &p->persistent_id) &&
                find_method(t, p, N(t, reducer_override), NULL, &p->reducer_override) &&
                (p->protocol < 2 || output_put(t, &p->out, header, 2));
    if (good && p->protocol >= 4) output_start_framing(&p->out);
    good = good && pickle_save(t, p, object) && output_byte(t, &p->out, PK_STOP);
    if (good) output_end_frame(&p->out);
    p->out.framing = false;
    slot_clear(t, &p->persistent_id); /* a bound method of the pickler itself */
    slot_clear(t, &p->reducer_override);
    slot_clear(t, &p->fast_memo);
    return good;
}
