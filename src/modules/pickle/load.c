/* From instructions to objects: the loop, the stack with its marks, the memo, plain values and containers.
 *
 *     stack   | a | b | c | d | e | f |        marks: 1, 4      fence: 4, the topmost mark
 *                   ^           ^              below the fence nothing is popped
 *
 * A pickle may come from anywhere: every pop is checked against the fence, every length against the input (input.c), and a memo number
 * far beyond the others costs a dict entry, not an array.
 */
#include "modules/pickle/pickle_priv.h"

#include "types/codec_text.h"
#include "types/memoryview.h"

enum { STACK_FIRST = 32, MARKS_FIRST = 16, MEMO_FIRST = 64 };

/* --- The stack ----------------------------------------------------------------------------------------------------------------------- */

bool unpickle_underflow(Thread *t, Unpickler *u) {
    UNPICKLING_ERROR(t, u->marks_count ? "unexpected MARK found" : "unpickling stack underflow");
    return false;
}

bool unpickle_push_slow(Thread *t, Unpickler *u, Value v) {
    int64_t capacity = u->stack_capacity ? u->stack_capacity * 2 : STACK_FIRST;
    Value *stack = u->stack ? heap_realloc(t, u->stack, (size_t)capacity * sizeof(Value)) : heap_alloc(t, (size_t)capacity * sizeof(Value));
    if (stack == NULL) {
        decref(t, v);
        return err_no_memory_fail(t);
    }
    u->stack = stack;
    u->stack_capacity = capacity;
    u->stack[u->top++] = v;
    return true;
}

static void set_fence(Unpickler *u) { u->fence = u->marks_count ? u->marks[u->marks_count - 1] : 0; }

static bool load_mark(Thread *t, Unpickler *u) {
    if (u->marks_count == u->marks_capacity) {
        int64_t capacity = u->marks_capacity ? u->marks_capacity * 2 : MARKS_FIRST;
        size_t bytes = (size_t)capacity * sizeof *u->marks;
        int64_t *marks = u->marks ? heap_realloc(t, u->marks, bytes) : heap_alloc(t, bytes);
        if (marks == NULL) return err_no_memory_fail(t);
        u->marks = marks;
        u->marks_capacity = capacity;
    }
    u->marks[u->marks_count++] = u->fence = u->top;
    return true;
}

int64_t unpickle_mark(Thread *t, Unpickler *u) {
    if (u->marks_count == 0) {
        UNPICKLING_ERROR(t, "could not find MARK");
        return -1;
    }
    int64_t mark = u->marks[--u->marks_count];
    set_fence(u);
    return mark;
}

void unpickle_cut(Thread *t, Unpickler *u, int64_t height) {
    while (u->top > height) decref(t, u->stack[--u->top]);
}

Value unpickle_tuple(Thread *t, Unpickler *u, int64_t from) {
    if (from < u->fence) return unpickle_underflow(t, u), VNULL;
    int64_t n = u->top - from;
    u->top = from;
    return tuple_take(t, u->stack + from, n);
}

Value unpickle_list(Thread *t, Unpickler *u, int64_t from) {
    if (from < u->fence) return unpickle_underflow(t, u), VNULL;
    int64_t n = u->top - from;
    u->top = from;
    return list_take(t, u->stack + from, n);
}

static bool load_pop(Thread *t, Unpickler *u) {
    if (u->marks_count && u->marks[u->marks_count - 1] == u->top) return unpickle_mark(t, u) >= 0;
    Value v = unpickle_pop(t, u);
    if (is_null(v)) return false;
    decref(t, v);
    return true;
}

static bool load_pop_mark(Thread *t, Unpickler *u) {
    int64_t mark = unpickle_mark(t, u);
    if (mark < 0) return false;
    unpickle_cut(t, u, mark);
    return true;
}

static bool load_dup(Thread *t, Unpickler *u) {
    if (u->top <= u->fence) return unpickle_underflow(t, u);
    return unpickle_push(t, u, new_ref(u->stack[u->top - 1]));
}

/* --- The memo ------------------------------------------------------------------------------------------------------------------------ */

Value unpickle_memo_get(Thread *t, Unpickler *u, uint64_t index) {
    if (LIKELY(index < (uint64_t)u->memo_size)) return u->memo[index];
    return is_null(u->memo_sparse) || index > (uint64_t)SMALLINT_MAX ? VNULL : dict_get(t, u->memo_sparse, v_smallint((int64_t)index));
}

static bool memo_put_sparse(Thread *t, Unpickler *u, uint64_t index, Value v) {
    if (is_null(u->memo_sparse)) u->memo_sparse = dict_new(t);
    if (is_null(u->memo_sparse)) return false;
    Value key = int_from_u64(t, index), sparse = new_ref(u->memo_sparse);
    int64_t before = dict_len(sparse);
    bool good = !is_null(key) && dict_set(t, sparse, key, v); /* dropping what stood there may clear the memo */
    if (same(sparse, u->memo_sparse)) u->memo_used += dict_len(sparse) - before;
    decref_maybe(t, key);
    decref(t, sparse);
    return good;
}

/* Room in the array for an index; what was sparse and has its place in the array now moves there. */
static bool memo_grow(Thread *t, Unpickler *u, uint64_t index) {
    int64_t size = u->memo_size ? u->memo_size * 2 : MEMO_FIRST;
    if ((uint64_t)size <= index) size = (int64_t)index + 1;
    size_t bytes = (size_t)size * sizeof(Value);
    Value *memo = u->memo ? heap_realloc(t, u->memo, bytes) : heap_alloc(t, bytes);
    if (memo == NULL) return err_no_memory_fail(t);
    for (int64_t i = u->memo_size; i < size; i++) {
        memo[i] = is_null(u->memo_sparse) ? VNULL : dict_pop(t, u->memo_sparse, v_smallint(i));
    }
    u->memo = memo;
    u->memo_size = size;
    return true;
}

bool unpickle_memo_put(Thread *t, Unpickler *u, uint64_t index, Value v) {
    if (UNLIKELY(index >= (uint64_t)u->memo_size)) {
        if (index > 4 * (uint64_t)u->memo_used + 4 * MEMO_FIRST) return memo_put_sparse(t, u, index, v);
        if (!memo_grow(t, u, index)) return false;
    }
    u->memo_used += is_null(u->memo[index]);
    slot_set(t, &u->memo[index], new_ref(v));
    return true;
}

void unpickle_memo_clear(Thread *t, Unpickler *u) {
    Value *memo = u->memo;
    int64_t size = u->memo_size;
    u->memo = NULL; /* dropping the objects may run anything */
    u->memo_size = u->memo_used = 0;
    slot_clear(t, &u->memo_sparse);
    for (int64_t i = 0; i < size; i++) decref_maybe(t, memo[i]);
    heap_free(t, memo);
}

Value unpickle_memo_dict(Thread *t, Unpickler *u) {
    Value dict = dict_new(t);
    for (int64_t i = 0; !is_null(dict) && i < u->memo_size; i++)
        if (!is_null(u->memo[i]) && !dict_set(t, dict, v_smallint(i), u->memo[i])) slot_clear(t, &dict);
    if (!is_null(dict) && !is_null(u->memo_sparse) && !dict_update(t, dict, u->memo_sparse)) slot_clear(t, &dict);
    return dict;
}

static bool push_memo(Thread *t, Unpickler *u, uint64_t index) {
    Value v = unpickle_memo_get(t, u, index);
    if (!is_null(v)) return unpickle_push(t, u, new_ref(v));
    if (!err_pending(t)) UNPICKLING_ERROR(t, "Memo value not found at index %ld", (long)index);
    return false;
}

static inline bool store_memo(Thread *t, Unpickler *u, uint64_t index) {
    if (UNLIKELY(u->top <= u->fence)) return unpickle_underflow(t, u);
    Value v = u->stack[u->top - 1];
    if (UNLIKELY(index >= (uint64_t)u->memo_size || !is_null(u->memo[index]))) return unpickle_memo_put(t, u, index, v);
    u->memo[index] = new_ref(v);
    u->memo_used++;
    return true;
}

/* --- Lines --------------------------------------------------------------------------------------------------------------------------- */

/* A line with something in it, without its line feed; NULL: exception. */
static const uint8_t *take_line(Thread *t, Unpickler *u, int64_t *n) {
    const uint8_t *line = input_line(t, &u->in, n);
    if (line == NULL) return NULL;
    if (--*n > 0) return line;
    UNPICKLING_ERROR(t, "pickle data was truncated");
    return NULL;
}

/* int(text) in base 10. `n` bytes; in messages the line feed is part of the text. */
static Value int_of_line(Thread *t, const uint8_t *line, int64_t n) {
    Value text = str_from_latin1(t, line, n), v = is_null(text) ? VNULL : int_from_str(t, text, 10);
    decref_maybe(t, text);
    return v;
}

static bool load_int(Thread *t, Unpickler *u) {
    int64_t n;
    const uint8_t *line = take_line(t, u, &n);
    if (line == NULL) return false;
    if (n == 2 && line[0] == '0' && (line[1] == '0' || line[1] == '1')) return unpickle_push(t, u, v_bool(line[1] == '1'));
    Value v = int_of_line(t, line, n);
    if (is_null(v) && err_catch(t, T_ValueError)) err_raise(t, T_ValueError, "could not convert string to int");
    return unpickle_push(t, u, v);
}

static bool load_long(Thread *t, Unpickler *u) {
    int64_t n;
    const uint8_t *line = take_line(t, u, &n);
    if (line == NULL) return false;
    bool marked = line[n - 1] == 'L';
    return unpickle_push(t, u, int_of_line(t, line, marked ? n - 1 : n + 1));
}

/* The number in a line of GET or PUT. */
static bool take_index(Thread *t, Unpickler *u, int64_t *index) {
    int64_t n;
    const uint8_t *line = take_line(t, u, &n);
    Value v = line == NULL ? VNULL : int_of_line(t, line, n + 1);
    bool good = !is_null(v) && int_to_i64(t, v, index);
    decref_maybe(t, v);
    return good;
}

static bool load_get(Thread *t, Unpickler *u) {
    int64_t index;
    return take_index(t, u, &index) && push_memo(t, u, (uint64_t)index);
}

static bool load_put(Thread *t, Unpickler *u) {
    int64_t index;
    if (!take_index(t, u, &index)) return false;
    if (u->top <= u->fence) return unpickle_underflow(t, u);
    if (index < 0) return err_fail(t, T_ValueError, "negative PUT argument");
    return store_memo(t, u, (uint64_t)index);
}

/* Raises OverflowError where a text with digits gave an infinity: "1e999" is no way to write it. */
static bool check_range(Thread *t, Value v, const uint8_t *line, int64_t n) {
    if (!__builtin_isinf(float_get(v)) || memchr(line, 'n', (size_t)n) || memchr(line, 'N', (size_t)n)) return true;
    Value shown = str_from_latin1(t, line, n + 1);
    if (!is_null(shown)) err_raise(t, T_OverflowError, "value too large to convert to float: '%U'", shown);
    decref_maybe(t, shown);
    return false;
}

static bool load_float(Thread *t, Unpickler *u) {
    int64_t n;
    const uint8_t *line = take_line(t, u, &n);
    if (line == NULL) return false;
    Value text = str_from_latin1(t, line, n), v = is_null(text) ? VNULL : float_from_str(t, text);
    decref_maybe(t, text);
    if (is_null(v) && err_catch(t, T_ValueError)) return err_fail(t, T_ValueError, "could not convert string to float");
    if (!is_null(v) && !check_range(t, v, line, n)) slot_clear(t, &v);
    return unpickle_push(t, u, v);
}

static bool load_unicode(Thread *t, Unpickler *u) {
    int64_t n;
    const uint8_t *line = input_line(t, &u->in, &n);
    return line != NULL && unpickle_push(t, u, raw_unicode_escape_decode_text(t, (const char *)line, n - 1, "strict", NULL));
}

/* --- Python 2 strings: text in some encoding, or bytes ------------------------------------------------------------------------------ */

static bool push_string(Thread *t, Unpickler *u, Value bytes) { /* taken */
    if (is_null(bytes)) return false;
    if (!is_null(u->encoding) && str_equals_cstr(V_AS(Str, u->encoding), "bytes")) return unpickle_push(t, u, bytes);
    Value keep_encoding = VNULL, keep_errors = VNULL;
    const char *encoding = is_null(u->encoding) ? "ASCII" : str_cstr(t, u->encoding, &keep_encoding);
    const char *errors = encoding == NULL ? NULL : is_null(u->errors) ? "strict" : str_cstr(t, u->errors, &keep_errors);
    Value text = errors == NULL ? VNULL : t->hooks->decode(t, bytes, encoding, errors);
    decref_maybe(t, keep_encoding);
    decref_maybe(t, keep_errors);
    decref(t, bytes);
    return unpickle_push(t, u, text);
}

static bool load_string(Thread *t, Unpickler *u) {
    int64_t n;
    const uint8_t *line = input_line(t, &u->in, &n);
    if (line == NULL) return false;
    n--;
    if (n < 2 || line[0] != line[n - 1] || (line[0] != '\'' && line[0] != '"')) {
        UNPICKLING_ERROR(t, "the STRING opcode argument must be quoted");
        return false;
    }
    return push_string(t, u, bytes_escape_decode(t, (const char *)line + 1, n - 2, NULL));
}

/* --- Counted values ------------------------------------------------------------------------------------------------------------------ */

/* A length of 1, 4 or 8 bytes; -1: exception. */
static int64_t take_length(Thread *t, Unpickler *u, int bytes, const char *what) {
    const uint8_t *at = input_take(t, &u->in, bytes);
    if (at == NULL) return -1;
    uint64_t n = read_le(at, bytes);
    if (n <= INT64_MAX) return (int64_t)n;
    err_raise(t, T_OverflowError, "%s exceeds system's maximum%s of %zd bytes", what, what[0] == 'F' ? "" : " size", (size_t)INT64_MAX);
    return -1;
}

/* Old instructions have signed lengths. */
static int64_t take_signed_length(Thread *t, Unpickler *u, const char *what) {
    const uint8_t *at = input_take(t, &u->in, 4);
    if (at == NULL) return -1;
    int32_t n = (int32_t)read_le(at, 4);
    if (n < 0) UNPICKLING_ERROR(t, "%s pickle has negative byte count", what);
    return n < 0 ? -1 : n;
}

static bool load_counted_string(Thread *t, Unpickler *u, int64_t n) {
    return n >= 0 && push_string(t, u, input_take_bytes(t, &u->in, n));
}

static bool load_counted_unicode(Thread *t, Unpickler *u, int bytes) {
    int64_t n = take_length(t, u, bytes, "BINUNICODE");
    const uint8_t *text = n < 0 ? NULL : input_take(t, &u->in, n);
    return text != NULL && unpickle_push(t, u, str_from_utf8_surrogatepass(t, (const char *)text, n));
}

/* Short texts are mostly ASCII: attribute names and keys. */
static bool is_ascii(const uint8_t *p, int64_t n) {
    uint64_t all = 0, word;
    for (; n >= 8; n -= 8, p += 8) {
        memcpy(&word, p, 8);
        all |= word;
    }
    for (; n > 0; n--) all |= *p++;
    return (all & UINT64_C(0x8080808080808080)) == 0;
}

static bool load_short_unicode(Thread *t, Unpickler *u) {
    const uint8_t *at = input_take(t, &u->in, 1);
    int64_t n = at == NULL ? 0 : *at;
    const uint8_t *text = at == NULL ? NULL : input_take(t, &u->in, n);
    if (text == NULL) return false;
    return unpickle_push(t, u, LIKELY(is_ascii(text, n)) ? str_from_ascii(t, (const char *)text, n) : str_from_utf8_surrogatepass(t, (const char *)text, n));
}

static bool load_counted_bytes(Thread *t, Unpickler *u, int bytes) {
    int64_t n = take_length(t, u, bytes, "BINBYTES");
    return n >= 0 && unpickle_push(t, u, input_take_bytes(t, &u->in, n));
}

static bool load_bytearray(Thread *t, Unpickler *u) {
    int64_t n = take_length(t, u, 8, "BYTEARRAY8");
    return n >= 0 && unpickle_push(t, u, input_take_bytearray(t, &u->in, n));
}

static bool load_counted_long(Thread *t, Unpickler *u, int64_t n) {
    const uint8_t *digits = n < 0 ? NULL : input_take(t, &u->in, n);
    return digits != NULL && unpickle_push(t, u, n == 0 ? v_smallint(0) : int_from_bytes(t, digits, n, true, true));
}

static bool load_binfloat(Thread *t, Unpickler *u) {
    const uint8_t *at = input_take(t, &u->in, 8);
    if (at == NULL) return false;
    uint64_t bits;
    double d;
    memcpy(&bits, at, 8);
    bits = __builtin_bswap64(bits);
    memcpy(&d, &bits, 8);
    return unpickle_push(t, u, float_from_double(t, d));
}

/* --- Out-of-band buffers ------------------------------------------------------------------------------------------------------------- */

static bool load_next_buffer(Thread *t, Unpickler *u) {
    if (is_null(u->buffers)) {
        UNPICKLING_ERROR(t, "pickle stream refers to out-of-band data but no *buffers* argument was given");
        return false;
    }
    Value v = iter_next(t, u->buffers);
    if (is_null(v) && !err_pending(t)) UNPICKLING_ERROR(t, "not enough out-of-band buffers");
    return unpickle_push(t, u, v);
}

static bool load_readonly_buffer(Thread *t, Unpickler *u) {
    Value v = unpickle_pop(t, u);
    if (is_null(v)) return false;
    Value view = memoryview_new(t, v, BUF_FULL_RO), readonly = is_null(view) ? VNULL : attr_get_cstr(t, view, "readonly"), result = VNULL;
    if (!is_null(readonly)) result = same(readonly, V_TRUE) ? new_ref(v) : call_method_0(t, view, N(t, toreadonly));
    decref_maybe(t, readonly);
    decref_maybe(t, view);
    decref(t, v);
    return unpickle_push(t, u, result);
}

/* --- Containers ---------------------------------------------------------------------------------------------------------------------- */

static bool load_counted_tuple(Thread *t, Unpickler *u, int n) {
    if (u->top < n) return unpickle_underflow(t, u);
    return unpickle_push(t, u, unpickle_tuple(t, u, u->top - n));
}

static bool load_marked(Thread *t, Unpickler *u, Value (*make)(Thread *, Unpickler *, int64_t)) {
    int64_t mark = unpickle_mark(t, u);
    return mark >= 0 && unpickle_push(t, u, make(t, u, mark));
}

static Value make_frozenset(Thread *t, Unpickler *u, int64_t from) {
    Value items = unpickle_tuple(t, u, from), set = is_null(items) ? VNULL : frozenset_new(t, items);
    decref_maybe(t, items);
    return set;
}

static Value make_dict(Thread *t, Unpickler *u, int64_t from) {
    if ((u->top - from) % 2) {
        UNPICKLING_ERROR(t, "odd number of items for DICT");
        return VNULL;
    }
    Value dict = dict_new_sized(t, (u->top - from) / 2);
    for (int64_t i = from; !is_null(dict) && i < u->top; i += 2)
        if (!dict_set(t, dict, u->stack[i], u->stack[i + 1])) slot_clear(t, &dict);
    if (!is_null(dict)) unpickle_cut(t, u, from);
    return dict;
}

/* Whether there is a container below stack[from], to be filled with what is above. */
static bool has_container(Thread *t, Unpickler *u, int64_t from) {
    return (from <= u->top && from > u->fence) || unpickle_underflow(t, u);
}

/* object.method(item) for what stands above `from`; takes it away, also on failure. */
static bool call_for_each(Thread *t, Unpickler *u, int64_t from, Value method) {
    bool good = !is_null(method);
    for (int64_t i = from; good && i < u->top; i++) {
        Value done = call_1(t, method, u->stack[i]);
        good = !is_null(done);
        decref_maybe(t, done);
    }
    decref_maybe(t, method);
    unpickle_cut(t, u, from);
    return good;
}

static bool append_to_list(Thread *t, Unpickler *u, int64_t from) {
    List *list = V_AS(List, u->stack[from - 1]);
    int64_t n = u->top - from;
    if (list->capacity < list->length + n && !list_grow(t, list, list->length + n)) return false;
    memcpy(list->items + list->length, u->stack + from, (size_t)n * sizeof(Value));
    list->length += n;
    u->top = from;
    return true;
}

static bool append_items(Thread *t, Unpickler *u, int64_t from) {
    if (!has_container(t, u, from)) return false;
    if (from == u->top) return true;
    Value container = u->stack[from - 1];
    if (IS_EXACT(container, list) && V_AS(List, container)->capacity >= 0) return append_to_list(t, u, from);
    Value extend = attr_get_maybe(t, container, N(t, extend));
    if (is_null(extend)) return !err_pending(t) && call_for_each(t, u, from, attr_get(t, container, N(t, append)));
    Value items = unpickle_list(t, u, from), done = is_null(items) ? VNULL : call_1(t, extend, items);
    decref_maybe(t, items);
    decref(t, extend);
    decref_maybe(t, done);
    return !is_null(done);
}

static bool set_items(Thread *t, Unpickler *u, int64_t from) {
    if (!has_container(t, u, from)) return false;
    if ((u->top - from) % 2) {
        UNPICKLING_ERROR(t, "odd number of items for SETITEMS");
        return false;
    }
    Value container = u->stack[from - 1];
    bool good = true;
    if (IS_EXACT(container, dict)) {
        if (u->top - from > 8) good = dict_reserve(t, container, (u->top - from) / 2);
        for (int64_t i = from; good && i < u->top; i += 2) {
            Value key = u->stack[i], value = u->stack[i + 1];
            good = LIKELY(IS_EXACT(key, str)) ? dict_set_str(t, container, key, value) : dict_set(t, container, key, value);
        }
    } else {
        for (int64_t i = from; good && i < u->top; i += 2) good = item_set(t, container, u->stack[i], u->stack[i + 1]);
    }
    unpickle_cut(t, u, from);
    return good;
}

static bool add_items(Thread *t, Unpickler *u, int64_t from) {
    if (!has_container(t, u, from)) return false;
    if (from == u->top) return true;
    Value container = u->stack[from - 1];
    if (!IS_A(t, container, set)) return call_for_each(t, u, from, attr_get(t, container, N(t, add)));
    Value items = unpickle_tuple(t, u, from);
    bool good = !is_null(items) && set_update(t, container, items);
    decref_maybe(t, items);
    return good;
}

/* --- The loop ------------------------------------------------------------------------------------------------------------------------ */

static bool load_proto(Thread *t, Unpickler *u) {
    const uint8_t *at = input_take(t, &u->in, 1);
    if (at == NULL) return false;
    if (*at > PICKLE_HIGHEST) return err_fail(t, T_ValueError, "unsupported pickle protocol: %d", *at);
    u->protocol = *at;
    return true;
}

static bool load_frame(Thread *t, Unpickler *u) {
    int64_t n = take_length(t, u, 8, "FRAME length");
    return n >= 0 && input_frame(t, &u->in, n);
}

static bool load_persistent(Thread *t, Unpickler *u, Value id) { /* taken */
    if (is_null(id)) return false;
    Value v = VNULL;
    if (!is_null(u->persistent_load)) v = call_1(t, u->persistent_load, id);
    else UNPICKLING_ERROR(t, "A load persistent id instruction was encountered, but no persistent_load function was specified.");
    decref(t, id);
    return unpickle_push(t, u, v);
}

static bool load_persid(Thread *t, Unpickler *u) {
    int64_t n;
    const uint8_t *line = input_line(t, &u->in, &n);
    if (line == NULL) return false;
    for (int64_t i = 0; i < n; i++)
        if (line[i] > 0x7f) {
            UNPICKLING_ERROR(t, "persistent IDs in protocol 0 must be ASCII strings");
            return false;
        }
    return load_persistent(t, u, str_from_ascii(t, (const char *)line, n - 1));
}

static bool bad_key(Thread *t, uint8_t key) {
    if (key >= 0x20 && key <= 0x7e && key != '\'' && key != '\\') UNPICKLING_ERROR(t, "invalid load key, '%c'.", key);
    else UNPICKLING_ERROR(t, "invalid load key, '\\x%02x'.", key);
    return false;
}

static COLD const uint8_t *take_key_slow(Thread *t, Unpickler *u) {
    const uint8_t *at = input_take(t, &u->in, 1);
    if (at == NULL && err_is(t, T_Exception) && type_of(t, t->pending) == V_AS(Type, pickle_state(t)->UnpicklingError)) {
        err_clear(t);
        err_raise(t, T_EOFError, "Ran out of input");
    }
    return at;
}

/* Runs up to STOP. */
static bool run(Thread *t, Unpickler *u) {
    Input *in = &u->in;
    for (;;) {
        const uint8_t *at = LIKELY(in->at < in->end) ? in->at++ : take_key_slow(t, u);
        if (at == NULL) return false;
        uint8_t key = *at;
        bool good;
#define TAKE(n) if ((at = input_take(t, in, n)) == NULL) return false
        switch (key) {
        case PK_NONE: good = unpickle_push(t, u, V_NONE); break;
        case PK_NEWTRUE: good = unpickle_push(t, u, V_TRUE); break;
        case PK_NEWFALSE: good = unpickle_push(t, u, V_FALSE); break;
        case PK_BININT1: TAKE(1); good = unpickle_push(t, u, v_smallint(*at)); break;
        case PK_BININT2: TAKE(2); good = unpickle_push(t, u, v_smallint((int64_t)read_le(at, 2))); break;
        case PK_BININT: TAKE(4); good = unpickle_push(t, u, v_smallint((int32_t)read_le(at, 4))); break;
        case PK_BINFLOAT: good = load_binfloat(t, u); break;
        case PK_LONG1: TAKE(1); good = load_counted_long(t, u, *at); break;
        case PK_LONG4: good = load_counted_long(t, u, take_signed_length(t, u, "LONG")); break;
        case PK_SHORT_BINUNICODE: good = load_short_unicode(t, u); break;
        case PK_BINUNICODE: good = load_counted_unicode(t, u, 4); break;
        case PK_BINUNICODE8: good = load_counted_unicode(t, u, 8); break;
        case PK_SHORT_BINBYTES: good = load_counted_bytes(t, u, 1); break;
        case PK_BINBYTES: good = load_counted_bytes(t, u, 4); break;
        case PK_BINBYTES8: good = load_counted_bytes(t, u, 8); break;
        case PK_BYTEARRAY8: good = load_bytearray(t, u); break;
        case PK_MEMOIZE: good = store_memo(t, u, (uint64_t)u->memo_used); break;
        case PK_BINPUT: TAKE(1); good = store_memo(t, u, *at); break;
        case PK_LONG_BINPUT: TAKE(4); good = store_memo(t, u, read_le(at, 4)); break;
        case PK_PUT: good = load_put(t, u); break;
        case PK_BINGET: TAKE(1); good = push_memo(t, u, *at); break;
        case PK_LONG_BINGET: TAKE(4); good = push_memo(t, u, read_le(at, 4)); break;
        case PK_GET: good = load_get(t, u); break;
        case PK_MARK: good = load_mark(t, u); break;
        case PK_EMPTY_TUPLE: good = unpickle_push(t, u, new_ref(t->interp->empty_tuple)); break;
        case PK_TUPLE1: good = load_counted_tuple(t, u, 1); break;
        case PK_TUPLE2: good = load_counted_tuple(t, u, 2); break;
        case PK_TUPLE3: good = load_counted_tuple(t, u, 3); break;
        case PK_TUPLE: good = load_marked(t, u, unpickle_tuple); break;
        case PK_EMPTY_LIST: good = unpickle_push(t, u, list_new(t, 0)); break;
        case PK_LIST: good = load_marked(t, u, unpickle_list); break;
        case PK_APPEND: good = append_items(t, u, u->top - 1); break;
        case PK_APPENDS: {
            int64_t mark = unpickle_mark(t, u);
            good = mark >= 0 && append_items(t, u, mark);
            break;
        }
        case PK_EMPTY_DICT: good = unpickle_push(t, u, dict_new(t)); break;
        case PK_DICT: good = load_marked(t, u, make_dict); break;
        case PK_SETITEM: good = set_items(t, u, u->top - 2); break;
        case PK_SETITEMS: {
            int64_t mark = unpickle_mark(t, u);
            good = mark >= 0 && set_items(t, u, mark);
            break;
        }
        case PK_EMPTY_SET: good = unpickle_push(t, u, set_new(t, VNULL)); break;
        case PK_ADDITEMS: {
            int64_t mark = unpickle_mark(t, u);
            good = mark >= 0 && add_items(t, u, mark);
            break;
        }
        case PK_FROZENSET: good = load_marked(t, u, make_frozenset); break;
        case PK_GLOBAL: good = unpickle_global(t, u); break;
        case PK_STACK_GLOBAL: good = unpickle_stack_global(t, u); break;
        case PK_EXT1: good = unpickle_extension(t, u, 1); break;
        case PK_EXT2: good = unpickle_extension(t, u, 2); break;
        case PK_EXT4: good = unpickle_extension(t, u, 4); break;
        case PK_REDUCE: good = unpickle_reduce(t, u); break;
        case PK_NEWOBJ: good = unpickle_newobj(t, u, false); break;
        case PK_NEWOBJ_EX: good = unpickle_newobj(t, u, true); break;
        case PK_BUILD: good = unpickle_build(t, u); break;
        case PK_INST: good = unpickle_inst(t, u); break;
        case PK_OBJ: good = unpickle_obj(t, u); break;
        case PK_PERSID: good = load_persid(t, u); break;
        case PK_BINPERSID: good = load_persistent(t, u, unpickle_pop(t, u)); break;
        case PK_NEXT_BUFFER: good = load_next_buffer(t, u); break;
        case PK_READONLY_BUFFER: good = load_readonly_buffer(t, u); break;
        case PK_POP: good = load_pop(t, u); break;
        case PK_POP_MARK: good = load_pop_mark(t, u); break;
        case PK_DUP: good = load_dup(t, u); break;
        case PK_INT: good = load_int(t, u); break;
        case PK_LONG: good = load_long(t, u); break;
        case PK_FLOAT: good = load_float(t, u); break;
        case PK_STRING: good = load_string(t, u); break;
        case PK_SHORT_BINSTRING: TAKE(1); good = load_counted_string(t, u, *at); break;
        case PK_BINSTRING: good = load_counted_string(t, u, take_signed_length(t, u, "BINSTRING")); break;
        case PK_UNICODE: good = load_unicode(t, u); break;
        case PK_PROTO: good = load_proto(t, u); break;
        case PK_FRAME: good = load_frame(t, u); break;
        case PK_STOP: return true;
        default: good = bad_key(t, key);
        }
#undef TAKE
        if (UNLIKELY(!good)) return false;
    }
}

Value unpickle_load(Thread *t, Unpickler *u) {
    unpickle_cut(t, u, 0);
    u->marks_count = u->fence = 0;
    u->protocol = 0;
    return run(t, u) && input_skip_consumed(t, &u->in) ? unpickle_pop(t, u) : VNULL;
}
