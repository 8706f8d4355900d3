/* StringIO: a stream of text in memory.
 *
 * The text is kept as units of 1, 2 or 4 bytes, widened when a wider character comes.  Line ends are translated when text
 * is written, so that reading only looks for them.
 */
#include "modules/io/io_priv.h"

typedef struct StringIO {
    Object head;
    uint8_t *data;
    int64_t length, capacity, pos; /* in characters */
    Value newline;                 /* str; VNULL: None */
    NewlineState state;
    uint8_t kind, ok, closed, universal, translate, write_cr, write_crlf;
} StringIO;
#define SELF(v) V_AS(StringIO, v)

static bool is_open(Thread *t, StringIO *s) {
    if (LIKELY(s->ok && !s->closed)) return true;
    return err_fail(t, T_ValueError, s->ok ? "I/O operation on closed file" : "I/O operation on uninitialized object");
}
static void copy_units(void *to, int to_kind, int64_t at, const Str *s, int64_t n) {
    if (to_kind == s->kind) {
        memcpy((uint8_t *)to + at * to_kind, s->data, (size_t)(n * to_kind));
    } else {
        for (int64_t i = 0; i < n; i++) {
            uint32_t c = str_at(s, i);
            if (to_kind == 2) ((uint16_t *)to)[at + i] = (uint16_t)c;
            else ((uint32_t *)to)[at + i] = c;
        }
    }
}
static bool reserve(Thread *t, StringIO *s, int64_t n, int kind) {
    if (kind <= s->kind && n <= s->capacity) return true;
    int64_t capacity = n > s->capacity ? n + (n >> 2) + 64 : s->capacity;
    if (capacity > INT64_MAX / 8) return err_fail(t, T_OverflowError, "new buffer size too large");
    if (kind <= s->kind) {
        uint8_t *p = heap_realloc(t, s->data, (size_t)(capacity * s->kind));
        if (p == NULL) return false;
        s->data = p;
    } else {
        uint8_t *p = heap_alloc(t, (size_t)(capacity * kind));
        if (p == NULL) return false;
        for (int64_t i = 0; i < s->length; i++) {
            uint32_t c = s->kind == 1 ? s->data[i] : ((uint16_t *)s->data)[i];
            if (kind == 2) ((uint16_t *)p)[i] = (uint16_t)c;
            else ((uint32_t *)p)[i] = c;
        }
        heap_free(t, s->data);
        s->data = p;
        s->kind = (uint8_t)kind;
    }
    s->capacity = capacity;
    return true;
}
static Value text_of(Thread *t, StringIO *s, int64_t start, int64_t n) {
    if (n <= 0) return new_ref(t->interp->empty_str);
    if (s->kind == 1) return str_from_latin1(t, s->data + start, n);
    return s->kind == 2 ? str_from_ucs2(t, (uint16_t *)s->data + start, n) : str_from_ucs4(t, (uint32_t *)s->data + start, n);
}
static uint32_t unit(const StringIO *s, int64_t i) { return s->kind == 1 ? s->data[i] : s->kind == 2 ? ((uint16_t *)s->data)[i] : ((uint32_t *)s->data)[i]; }

/* Writes text (a str) at the position. */
static bool put(Thread *t, StringIO *s, Value text) {
    Value own = str_exact(t, text);
    if (is_null(own)) return false;
    if (s->universal) own = newline_decode(t, &s->state, own, true);
    if (is_null(own)) return false;
    if ((s->write_cr || s->write_crlf) && str_find_char(V_AS(Str, own), '\n', 0, str_len(V_AS(Str, own))) >= 0) {
        Value to = str_from_cstr(t, s->write_crlf ? "\r\n" : "\r"), v = is_null(to) ? VNULL : call_method_2(t, own, N(t, replace), t->interp->latin1_chars['\n'], to);
        decref_maybe(t, to);
        decref(t, own);
        own = v;
        if (is_null(own)) return false;
    }
    Str *str = V_AS(Str, own);
    int64_t n = str_len(str), end;
    bool ok = n == 0 || (!__builtin_add_overflow(s->pos, n, &end) ? reserve(t, s, end, str->kind) : err_fail(t, T_OverflowError, "new position too large"));
    if (ok && n > 0) {
        if (s->pos > s->length) memset(s->data + s->length * s->kind, 0, (size_t)((s->pos - s->length) * s->kind));
        copy_units(s->data, s->kind, s->pos, str, n);
        s->pos = end;
        if (end > s->length) s->length = end;
    }
    decref(t, own);
    return ok;
}
IO_FUNCTION(stringio_write) {
    StringIO *s = SELF(args[0]);
    if (!s->ok) return is_open(t, s), VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "string argument expected, got '%T'", args[1]);
    if (!is_open(t, s)) return VNULL;
    int64_t n = str_len(V_AS(Str, args[1]));
    return n == 0 || put(t, s, args[1]) ? int_from_i64(t, n) : VNULL;
}
static Value take(Thread *t, StringIO *s, int64_t n) {
    int64_t rest = s->length - s->pos;
    if (n < 0 || n > rest) n = rest;
    if (n <= 0) return new_ref(t->interp->empty_str);
    Value v = text_of(t, s, s->pos, n);
    if (!is_null(v)) s->pos += n;
    return v;
}
IO_FUNCTION(stringio_read) {
    int64_t n;
    return io_size(t, args[1], -1, &n) && is_open(t, SELF(args[0])) ? take(t, SELF(args[0]), n) : VNULL;
}
static int64_t line_length(StringIO *s, int64_t limit) {
    int64_t rest = s->length - s->pos;
    if (rest <= 0) return 0;
    if (limit >= 0 && limit < rest) rest = limit;
    int64_t end = s->pos + rest;
    bool plain = s->translate || (!s->universal && !s->write_cr && !s->write_crlf);
    if (plain && s->kind == 1) {
        const uint8_t *p = s->data + s->pos, *lf = memchr(p, '\n', (size_t)rest);
        return lf ? lf - p + 1 : rest;
    }
    for (int64_t i = s->pos; i < end; i++) {
        uint32_t c = unit(s, i);
        if (c == '\n' && (plain || s->universal)) return i + 1 - s->pos;
        if (c != '\r' || plain) continue;
        bool lf = i + 1 < end && unit(s, i + 1) == '\n';
        if (s->universal) return i + (lf ? 2 : 1) - s->pos;
        if (s->write_cr) return i + 1 - s->pos;
        if (lf) return i + 2 - s->pos;
    }
    return rest;
}
IO_FUNCTION(stringio_readline) {
    int64_t n;
    if (!io_size(t, args[1], -1, &n) || !is_open(t, SELF(args[0]))) return VNULL;
    return take(t, SELF(args[0]), line_length(SELF(args[0]), n));
}
static Value stringio_next(Thread *t, Value self) {
    StringIO *s = SELF(self);
    if (!is_open(t, s)) return VNULL;
    if (IS_EXACT(self, StringIO)) {
        int64_t n = line_length(s, -1);
        return n ? take(t, s, n) : VNULL;
    }
    Value line = call_method_0(t, self, N(t, readline));
    if (is_null(line)) return VNULL;
    if (!is_str(t, line)) {
        err_raise(t, T_OSError, "readline() should have returned a str object, not '%T'", line);
        decref(t, line);
        return VNULL;
    }
    if (str_len(V_AS(Str, line)) > 0) return line;
    decref(t, line);
    return VNULL;
}
IO_FUNCTION(stringio_getvalue) { return is_open(t, SELF(args[0])) ? text_of(t, SELF(args[0]), 0, SELF(args[0])->length) : VNULL; }
IO_FUNCTION(stringio_tell) { return is_open(t, SELF(args[0])) ? int_from_i64(t, SELF(args[0])->pos) : VNULL; }
IO_FUNCTION(stringio_truncate) {
    StringIO *s = SELF(args[0]);
    if (!is_open(t, s)) return VNULL;
    int64_t n = s->pos;
    if (!is_null(args[1]) && !is_none(args[1]) && !number_to_index(t, args[1], &n, T_OverflowError)) return VNULL;
    if (n < 0) return err_raise(t, T_ValueError, "Negative size value %lld", (long long)n);
    if (n < s->length) s->length = n;
    return int_from_i64(t, n);
}
IO_FUNCTION(stringio_seek) {
    StringIO *s = SELF(args[0]);
    int64_t pos;
    int whence = 0;
    if (!number_to_index(t, args[1], &pos, T_OverflowError) || (!is_null(args[2]) && !arg_i32(t, args[2], &whence)) || !is_open(t, s)) return VNULL;
    if (whence < 0 || whence > 2) return err_raise(t, T_ValueError, "Invalid whence (%d, should be 0, 1 or 2)", whence);
    if (whence == 0 && pos < 0) return err_raise(t, T_ValueError, "Negative seek position %lld", (long long)pos);
    if (whence && pos) return err_raise(t, T_OSError, "Can't do nonzero cur-relative seeks");
    s->pos = whence == 1 ? s->pos : whence == 2 ? s->length : pos;
    return int_from_i64(t, s->pos);
}
IO_FUNCTION(stringio_close) {
    StringIO *s = SELF(args[0]);
    s->closed = true;
    heap_free(t, s->data);
    s->data = NULL;
    s->length = s->capacity = 0;
    return V_NONE;
}
IO_FUNCTION(stringio_true) { return is_open(t, SELF(args[0])) ? V_TRUE : VNULL; }
static Value get_closed(Thread *t, Value self, void *closure) { return !SELF(self)->ok ? is_open(t, SELF(self)), VNULL : v_bool(SELF(self)->closed); }
static Value get_line_buffering(Thread *t, Value self, void *closure) { return is_open(t, SELF(self)) ? V_FALSE : VNULL; }
static Value get_newlines(Thread *t, Value self, void *closure) {
    if (!is_open(t, SELF(self))) return VNULL;
    return SELF(self)->universal ? newline_seen(t, SELF(self)->state.seen) : V_NONE;
}

static bool start(Thread *t, StringIO *s, Value newline, bool translating) {
    bool none = is_none(newline);
    if (!none && !is_str(t, newline)) return err_fail(t, T_TypeError, "newline must be str or None, not %T", newline);
    if (!none && !io_newline_is_fit(newline)) return err_fail(t, T_ValueError, "illegal newline value: %R", newline);
    slot_set(t, &s->newline, none ? VNULL : new_ref(newline));
    s->universal = none || str_len(V_AS(Str, newline)) == 0;
    s->translate = none;
    s->write_cr = !none && str_equals_cstr(V_AS(Str, newline), "\r");
    s->write_crlf = !none && str_equals_cstr(V_AS(Str, newline), "\r\n");
    s->state = (NewlineState){none, 0, 0};
    s->length = s->pos = 0;
    s->closed = 0;
    if (s->data == NULL) s->kind = 1, s->capacity = 0;
    return true;
}
static bool stringio_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    StringIO *s = SELF(self);
    Value a[2];
    s->ok = 0;
    if (!call_bind_signature(t, "StringIO", "(initial_value='', newline='\\n')", args, nargs, kwnames, a)) return false;
    Value newline = is_null(a[1]) ? t->interp->latin1_chars['\n'] : a[1];
    if (!is_none(newline) && !is_str(t, newline)) return err_fail(t, T_TypeError, "newline must be str or None, not %T", newline);
    if (!is_none(newline) && !io_newline_is_fit(newline)) return err_fail(t, T_ValueError, "illegal newline value: %R", newline);
    if (!is_null(a[0]) && !is_none(a[0]) && !is_str(t, a[0])) return err_fail(t, T_TypeError, "initial_value must be str or None, not %T", a[0]);
    if (!start(t, s, newline, true)) return false;
    if (!is_null(a[0]) && !is_none(a[0]) && !put(t, s, a[0])) return false;
    s->pos = 0;
    s->ok = 1;
    return true;
}
IO_FUNCTION(stringio_getstate) {
    StringIO *s = SELF(args[0]);
    if (!is_open(t, s)) return VNULL;
    Value dict = instance_dict(t, v_obj(args[0])), copy = is_null(dict) ? VNULL : dict_len(dict) ? dict_copy(t, dict) : V_NONE;
    Value text = text_of(t, s, 0, s->length), pos = int_from_i64(t, s->pos), v = VNULL;
    if (!is_null(copy) && !is_null(text) && !is_null(pos)) v = tuple_of(t, 4, text, is_null(s->newline) ? V_NONE : s->newline, pos, copy);
    decref_maybe(t, dict);
    decref_maybe(t, copy);
    decref_maybe(t, text);
    decref_maybe(t, pos);
    return v;
}
IO_FUNCTION(stringio_setstate) {
    StringIO *s = SELF(args[0]);
    Value state = args[1];
    int64_t pos;
    if (s->closed && !is_open(t, s)) return VNULL;
    s->ok = 0;
    if (!is_tuple(t, state) || tuple_len(state) < 4) return err_raise(t, T_TypeError, "%s.__setstate__ argument should be 4-tuple, got %T", type_of(t, args[0])->def->name, state);
    Value text = tuple_at(state, 0);
    if (!start(t, s, tuple_at(state, 1), false)) return VNULL;
    if (!is_str(t, text)) return err_raise(t, T_TypeError, "initial_value must be str or None, not %T", text);
    Str *str = V_AS(Str, text); /* as it is: its line ends were translated before */
    if (!reserve(t, s, str_len(str), str->kind)) return VNULL;
    s->ok = 1;
    copy_units(s->data, s->kind, 0, str, str_len(str));
    s->length = str_len(str);
    if (!is_int(t, tuple_at(state, 2))) return err_raise(t, T_TypeError, "third item of state must be an integer, got %T", tuple_at(state, 2));
    if (!number_to_index(t, tuple_at(state, 2), &pos, T_OverflowError)) return VNULL;
    if (pos < 0) return err_raise(t, T_ValueError, "position value cannot be negative");
    s->pos = pos;
    Value items = tuple_at(state, 3);
    if (is_none(items)) return V_NONE;
    if (!is_dict(t, items)) return err_raise(t, T_TypeError, "fourth item of state should be a dict, got a %T", items);
    Value dict = instance_dict(t, v_obj(args[0]));
    bool ok = !is_null(dict) && dict_update(t, dict, items);
    decref_maybe(t, dict);
    return ok ? V_NONE : VNULL;
}

static const MethodDef methods[] = {
    {"getvalue", "($self, /)", "Retrieve the entire contents of the object.", stringio_getvalue}, {"read", "($self, size=-1, /)", NULL, stringio_read},
    {"readline", "($self, size=-1, /)", NULL, stringio_readline}, {"tell", "($self, /)", NULL, stringio_tell},
    {"truncate", "($self, pos=None, /)", NULL, stringio_truncate}, {"seek", "($self, pos, whence=0, /)", NULL, stringio_seek},
    {"write", "($self, s, /)", NULL, stringio_write}, {"close", "($self, /)", NULL, stringio_close}, {"readable", "($self, /)", NULL, stringio_true},
    {"writable", "($self, /)", NULL, stringio_true}, {"seekable", "($self, /)", NULL, stringio_true}, {"__getstate__", "($self, /)", NULL, stringio_getstate},
    {"__setstate__", "($self, state, /)", NULL, stringio_setstate}, {0}};
static const GetSetDef getsets[] = {{"closed", get_closed}, {"newlines", get_newlines}, {"line_buffering", get_line_buffering}, {0}};
static const Field fields[] = {FIELD_BUFFER(StringIO, data), FIELD_VALUE(StringIO, newline)};
const TypeDef typedef_StringIO = {
    .name = "_io.StringIO",
    .doc = "Text I/O implementation using an in-memory buffer.",
    .signature = "(initial_value='', newline='\\n')",
    .flags = TF_BASE | TF_GC | TF_DICT | TF_WEAKREF | TF_EXT | TF_FINALIZE,
    .size = sizeof(StringIO),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.new = type_generic_new, .init = stringio_init, .next = stringio_next, .finalize = io_finalize},
};
