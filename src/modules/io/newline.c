/* Line ends: their translation to '\n', finding them, and the type IncrementalNewlineDecoder. */
#include "modules/io/io_priv.h"

/* Notes which kinds of line ends occur. */
static int kinds_in(const Str *s) {
    int64_t n = str_len(s);
    int seen = 0;
    for (int64_t i = 0; i < n && seen != (SEEN_CR | SEEN_LF | SEEN_CRLF); i++) {
        uint32_t c = str_at(s, i);
        if (c == '\n') {
            seen |= SEEN_LF;
        } else if (c == '\r') {
            if (i + 1 < n && str_at(s, i + 1) == '\n') seen |= SEEN_CRLF, i++;
            else seen |= SEEN_CR;
        }
    }
    return seen;
}

static Value translated(Thread *t, Value text) {
    Str *s = V_AS(Str, text);
    int64_t n = str_len(s);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = true;
    for (int64_t i = 0; ok && i < n;) {
        int64_t cr = str_find_char(s, '\r', i, n);
        if (cr < 0) cr = n;
        ok = str_builder_part(t, &b, text, i, cr);
        if (cr == n) break;
        if (ok) ok = str_builder_char(t, &b, '\n');
        i = cr + 1;
        if (i < n && str_at(s, i) == '\n') i++;
    }
    if (ok) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

Value newline_decode(Thread *t, NewlineState *s, Value text, bool final) {
    int64_t n = str_len(V_AS(Str, text));
    if (s->pending_cr && (final || n > 0)) {
        Value cr = str_from_char(t, '\r'), joined = is_null(cr) ? VNULL : str_concat(t, cr, text);
        decref_maybe(t, cr);
        decref(t, text);
        if (is_null(joined)) return VNULL;
        text = joined;
        n++;
        s->pending_cr = 0;
    }
    if (!final && n > 0 && str_at(V_AS(Str, text), n - 1) == '\r') { /* a line feed may follow */
        Value shorter = str_substring(t, text, 0, n - 1);
        decref(t, text);
        if (is_null(shorter)) return VNULL;
        text = shorter;
        n--;
        s->pending_cr = 1;
    }
    if (n == 0) return text;
    Str *str = V_AS(Str, text);
    if (str_find_char(str, '\r', 0, n) < 0) {
        if (!(s->seen & SEEN_LF) && str_find_char(str, '\n', 0, n) >= 0) s->seen |= SEEN_LF;
        return text;
    }
    s->seen |= (uint8_t)kinds_in(str);
    if (!s->translate) return text;
    Value v = translated(t, text);
    decref(t, text);
    return v;
}

Value newline_seen(Thread *t, int seen) {
    static const char *const texts[] = {"\r", "\n", "\r\n"};
    static const int kinds[] = {SEEN_CR, SEEN_LF, SEEN_CRLF};
    Value v[3];
    int n = 0;
    for (int i = 0; i < 3; i++)
        if (seen & kinds[i]) v[n++] = str_from_cstr(t, texts[i]);
    return n == 0 ? V_NONE : n == 1 ? v[0] : tuple_take(t, v, n);
}

int64_t newline_find(const Str *s, int64_t start, int64_t end, bool is_translated, bool universal, Value newline, int64_t *consumed) {
    *consumed = end;
    if (is_translated || (!universal && (is_null(newline) || str_len(V_AS(Str, newline)) == 0))) {
        int64_t lf = str_find_char(s, '\n', start, end);
        return lf < 0 ? -1 : lf + 1;
    }
    if (universal) {
        int64_t lf = str_find_char(s, '\n', start, end), cr = str_find_char(s, '\r', start, lf < 0 ? end : lf);
        if (cr < 0) return lf < 0 ? -1 : lf + 1;
        return cr + 1 < end && str_at(s, cr + 1) == '\n' ? cr + 2 : cr + 1;
    }
    Str *nl = V_AS(Str, newline);
    if (str_len(nl) == 1) {
        int64_t at = str_find_char(s, str_at(nl, 0), start, end);
        return at < 0 ? -1 : at + 1;
    }
    for (int64_t i = start; i < end; i++) { /* "\r\n" */
        i = str_find_char(s, '\r', i, end);
        if (i < 0) return -1;
        if (i + 1 == end) {
            *consumed = i;
            return -1;
        }
        if (str_at(s, i + 1) == '\n') return i + 2;
    }
    return -1;
}

/* --- IncrementalNewlineDecoder ----------------------------------------------------------------- */

typedef struct NewlineDecoder {
    Object head;
    Value decoder; /* None: the input is text */
    Value errors;
    NewlineState state;
} NewlineDecoder;
#define SELF(v) V_AS(NewlineDecoder, v)

static bool newline_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value a[3];
    bool translate;
    if (!call_bind_signature(t, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')", args, nargs, kwnames, a) || !arg_bool(t, a[1], &translate)) return false;
    slot_set(t, &SELF(self)->decoder, new_ref(a[0]));
    slot_set(t, &SELF(self)->errors, is_null(a[2]) ? new_ref(N(t, strict)) : new_ref(a[2]));
    SELF(self)->state = (NewlineState){translate, 0, 0};
    return true;
}
static bool initialised(Thread *t, Value self) {
    return !is_null(SELF(self)->decoder) || err_fail(t, T_ValueError, "IncrementalNewlineDecoder.__init__() not called");
}
IO_FUNCTION(newline_m_decode) {
    NewlineDecoder *d = SELF(args[0]);
    bool final = false;
    if (!initialised(t, args[0]) || (!is_null(args[2]) && !arg_bool(t, args[2], &final))) return VNULL;
    Value text = is_none(d->decoder) ? new_ref(args[1]) : call_method_2(t, d->decoder, N(t, decode), args[1], v_bool(final));
    if (is_null(text)) return VNULL;
    if (!is_str(t, text)) {
        err_raise(t, T_TypeError, "decoder should return a string result, not '%T'", text);
        decref(t, text);
        return VNULL;
    }
    return newline_decode(t, &d->state, text, final);
}
IO_FUNCTION(newline_m_getstate) {
    NewlineDecoder *d = SELF(args[0]);
    if (!initialised(t, args[0])) return VNULL;
    if (is_none(d->decoder)) return tuple_of(t, 2, t->interp->empty_bytes, v_smallint(d->state.pending_cr));
    Value state = call_method_0(t, d->decoder, N(t, getstate));
    if (is_null(state)) return VNULL;
    Value v = VNULL;
    uint64_t flag;
    if (!is_tuple(t, state) || tuple_len(state) != 2) err_raise(t, T_TypeError, "illegal decoder state");
    else if (arg_u64(t, tuple_at(state, 1), &flag)) {
        Value number = int_from_u64(t, flag << 1 | d->state.pending_cr);
        if (!is_null(number)) v = tuple_of(t, 2, tuple_at(state, 0), number);
        decref_maybe(t, number);
    }
    decref(t, state);
    return v;
}
IO_FUNCTION(newline_m_setstate) {
    NewlineDecoder *d = SELF(args[0]);
    uint64_t flag;
    if (!initialised(t, args[0])) return VNULL;
    if (!is_tuple(t, args[1])) return err_raise(t, T_TypeError, "state argument must be a tuple");
    if (tuple_len(args[1]) != 2) return err_raise(t, T_TypeError, "setstate(): illegal state argument");
    if (!arg_u64(t, tuple_at(args[1], 1), &flag)) return VNULL;
    d->state.pending_cr = flag & 1;
    if (is_none(d->decoder)) return V_NONE;
    Value number = int_from_u64(t, flag >> 1), state = is_null(number) ? VNULL : tuple_of(t, 2, tuple_at(args[1], 0), number);
    Value v = is_null(state) ? VNULL : call_method_1(t, d->decoder, N(t, setstate), state);
    decref_maybe(t, number);
    decref_maybe(t, state);
    return v;
}
IO_FUNCTION(newline_m_reset) {
    NewlineDecoder *d = SELF(args[0]);
    if (!initialised(t, args[0])) return VNULL;
    d->state.pending_cr = d->state.seen = 0;
    return is_none(d->decoder) ? V_NONE : io_call(t, d->decoder, "reset", NULL, 0);
}
static Value newline_get(Thread *t, Value self, void *closure) { return initialised(t, self) ? newline_seen(t, SELF(self)->state.seen) : VNULL; }

static const MethodDef methods[] = {
    {"decode", "($self, /, input, final=False)", NULL, newline_m_decode},
    {"getstate", "($self, /)", NULL, newline_m_getstate},
    {"setstate", "($self, state, /)", NULL, newline_m_setstate},
    {"reset", "($self, /)", NULL, newline_m_reset},
    {0},
};
static const GetSetDef getsets[] = {{"newlines", newline_get}, {0}};
static const Field fields[] = {FIELD_VALUE(NewlineDecoder, decoder), FIELD_VALUE(NewlineDecoder, errors)};
const TypeDef typedef_IncrementalNewlineDecoder = {
    .name = "_io.IncrementalNewlineDecoder",
    .doc = "Codec used when reading a file in universal newlines mode.",
    .signature = "(decoder, translate, errors='strict')",
    .flags = TF_BASE | TF_GC,
    .size = sizeof(NewlineDecoder),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.init = newline_init},
};
