/* _csv: dialects, the reader and the writer of comma-separated values. */
#include "modules/module.h"
#include "object/instance.h"

enum Quoting { QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE, QUOTE_STRINGS, QUOTE_NOTNULL, QUOTE_COUNT };

/* No character: quotechar and escapechar may be unset. */
#define UNSET UINT32_MAX

typedef struct Dialect {
    Object head;
    Value lineterminator;
    uint32_t delimiter, quotechar, escapechar;
    int32_t quoting;
    bool doublequote, skipinitialspace, strict;
} Dialect;

typedef struct CsvState {
    Value error;     /* _csv.Error */
    Value dialects;  /* dict: name -> Dialect */
    int64_t field_limit;
} CsvState;

static CsvState *state_of(Thread *t) { return MODULE_STATE(t, csv, CsvState); }

static Value csv_error(Thread *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    err_raise_va(t, V_AS(Type, state_of(t)->error), format, args);
    va_end(args);
    return VNULL;
}

static Value find_dialect(Thread *t, Value name) {
    Value found = dict_get(t, state_of(t)->dialects, name);
    if (!is_null(found)) return new_ref(found);
    return err_pending(t) ? VNULL : csv_error(t, "unknown dialect");
}

/* --- Dialects ----------------------------------------------------------------------------------------------------------------------- */

enum Parameter { P_DIALECT, P_DELIMITER, P_DOUBLEQUOTE, P_ESCAPECHAR, P_LINETERMINATOR, P_QUOTECHAR, P_QUOTING, P_SKIPINITIALSPACE, P_STRICT, P_COUNT };
static const char *const parameter_names[P_COUNT] = {"dialect", "delimiter", "doublequote", "escapechar", "lineterminator",
                                                     "quotechar", "quoting", "skipinitialspace", "strict"};

static bool set_char(Thread *t, const char *name, Value v, bool optional, uint32_t fallback, uint32_t *out) {
    const char *or_none = optional ? " or None" : "";
    if (is_null(v)) {
        *out = fallback;
        return true;
    }
    if (optional && is_none(v)) {
        *out = UNSET;
        return true;
    }
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "\"%s\" must be a unicode character%s, not %T", name, or_none, v);
    Str *s = V_AS(Str, v);
    if (str_len(s) != 1)
        return err_fail(t, T_TypeError, "\"%s\" must be a unicode character%s, not a string of length %zd", name, or_none, (size_t)str_len(s));
    *out = str_at(s, 0);
    return true;
}

static bool set_flag(Thread *t, Value v, bool fallback, bool *out) {
    *out = fallback;
    return is_null(v) || arg_bool(t, v, out);
}

static bool set_quoting(Thread *t, Value v, Value quotechar, int32_t *out) {
    *out = QUOTE_MINIMAL;
    if (is_null(v)) {
        if (!is_null(quotechar) && is_none(quotechar)) *out = QUOTE_NONE;
        return true;
    }
    if (!is_exact_int(v)) return err_fail(t, T_TypeError, "\"quoting\" must be an integer, not %T", v);
    int64_t i = int_clamp_i64(v);
    if (i < 0 || i >= QUOTE_COUNT) return err_fail(t, T_TypeError, "bad \"quoting\" value");
    *out = (int32_t)i;
    return true;
}

/* A character that may not be one of those that end lines, nor a space where those are skipped. */
static bool check_char(Thread *t, const Dialect *d, const char *name, uint32_t c, bool space_allowed) {
    bool bad = c == '\r' || c == '\n' || (c == ' ' && d->skipinitialspace && !space_allowed);
    return !bad || err_fail(t, T_ValueError, "bad %s value", name);
}

static bool in_terminator(const Dialect *d, uint32_t c) {
    return c != UNSET && str_find_char(V_AS(Str, d->lineterminator), c, 0, str_len(V_AS(Str, d->lineterminator))) >= 0;
}

static bool check_pair(Thread *t, const char *a, uint32_t c, const char *b, uint32_t d) {
    return c == UNSET || c != d || err_fail(t, T_ValueError, "bad %s or %s value", a, b);
}

static bool check_terminator(Thread *t, const Dialect *d, const char *name, uint32_t c) {
    return !in_terminator(d, c) || err_fail(t, T_ValueError, "bad %s or lineterminator value", name);
}

static bool dialect_check(Thread *t, const Dialect *d) {
    if (d->quoting != QUOTE_NONE && d->quotechar == UNSET) return err_fail(t, T_TypeError, "quotechar must be set if quoting enabled");
    return check_char(t, d, "delimiter", d->delimiter, true) && check_char(t, d, "escapechar", d->escapechar, false) &&
           check_char(t, d, "quotechar", d->quotechar, false) && check_pair(t, "delimiter", d->delimiter, "escapechar", d->escapechar) &&
           check_pair(t, "delimiter", d->delimiter, "quotechar", d->quotechar) &&
           check_pair(t, "escapechar", d->escapechar, "quotechar", d->quotechar) && check_terminator(t, d, "delimiter", d->delimiter) &&
           check_terminator(t, d, "escapechar", d->escapechar) && check_terminator(t, d, "quotechar", d->quotechar);
}

static bool dialect_fill(Thread *t, Dialect *d, const Value *p) {
    if (!set_char(t, "delimiter", p[P_DELIMITER], false, ',', &d->delimiter) || !set_flag(t, p[P_DOUBLEQUOTE], true, &d->doublequote) ||
        !set_char(t, "escapechar", p[P_ESCAPECHAR], true, UNSET, &d->escapechar))
        return false;
    Value end = p[P_LINETERMINATOR];
    if (!is_null(end) && !is_str(t, end)) return err_fail(t, T_TypeError, "\"lineterminator\" must be a string, not %T", end);
    d->lineterminator = is_null(end) ? str_from_cstr(t, "\r\n") : new_ref(end);
    return !is_null(d->lineterminator) && set_char(t, "quotechar", p[P_QUOTECHAR], true, '"', &d->quotechar) &&
           set_quoting(t, p[P_QUOTING], p[P_QUOTECHAR], &d->quoting) && set_flag(t, p[P_SKIPINITIALSPACE], false, &d->skipinitialspace) &&
           set_flag(t, p[P_STRICT], false, &d->strict) && dialect_check(t, d);
}

/* Binds positional and keyword arguments to the parameters; borrowed. */
static bool dialect_arguments(Thread *t, Value *args, uint32_t nargs, Value kwnames, Value *p) {
    if (nargs > P_COUNT) return err_fail(t, T_TypeError, "function takes at most %d arguments (%u given)", P_COUNT, nargs);
    for (uint32_t i = 0; i < P_COUNT; i++) p[i] = i < nargs ? args[i] : VNULL;
    for (int64_t k = 0; !is_null(kwnames) && k < tuple_len(kwnames); k++) {
        Value name = tuple_at(kwnames, k);
        int i = 0;
        while (i < P_COUNT && !str_equals_cstr(V_AS(Str, name), parameter_names[i])) i++;
        if (i == P_COUNT) return err_fail(t, T_TypeError, "this function got an unexpected keyword argument '%U'", name);
        if (!is_null(p[i])) return err_fail(t, T_TypeError, "argument for function given by name ('%U') and position (%d)", name, i + 1);
        p[i] = args[nargs + k];
    }
    return true;
}

static Value dialect_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value p[P_COUNT], owned[P_COUNT] = {{0}};
    if (!dialect_arguments(t, args, nargs, kwnames, p)) return VNULL;
    Value base = p[P_DIALECT], result = VNULL;
    if (!is_null(base) && is_none(base)) base = VNULL;
    if (!is_null(base)) {
        base = is_str(t, base) ? find_dialect(t, base) : new_ref(base);
        if (is_null(base)) return VNULL;
        bool others = false;
        for (int i = 1; i < P_COUNT; i++) others = others || !is_null(p[i]);
        if (!others && IS_EXACT(base, csv_dialect)) return base;
        for (int i = 1; i < P_COUNT; i++) {
            if (!is_null(p[i])) continue;
            p[i] = owned[i] = attr_get_cstr(t, base, parameter_names[i]);
            if (is_null(p[i])) err_clear(t);
        }
    }
    Value v = object_new(t, type);
    if (!is_null(v)) {
        if (dialect_fill(t, V_AS(Dialect, v), p)) result = object_done(t, v);
        else decref(t, v);
    }
    for (int i = 1; i < P_COUNT; i++) decref_maybe(t, owned[i]);
    decref_maybe(t, base);
    return result;
}

static Value char_or_none(Thread *t, uint32_t c) { return c == UNSET ? V_NONE : str_from_char(t, c); }
static Value get_delimiter(Thread *t, Value self, void *closure) { return char_or_none(t, V_AS(Dialect, self)->delimiter); }
static Value get_escapechar(Thread *t, Value self, void *closure) { return char_or_none(t, V_AS(Dialect, self)->escapechar); }
static Value get_quotechar(Thread *t, Value self, void *closure) { return char_or_none(t, V_AS(Dialect, self)->quotechar); }
static Value get_quoting(Thread *t, Value self, void *closure) { return v_smallint(V_AS(Dialect, self)->quoting); }
static Value get_lineterminator(Thread *t, Value self, void *closure) { return new_ref(V_AS(Dialect, self)->lineterminator); }

static Value dialect_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_TypeError, "cannot pickle '%U' instances", type_of(t, args[0])->name);
}

static const MethodDef dialect_methods[] = {
    {"__reduce__", NULL, "Raises an exception.", dialect_reduce},
    {"__reduce_ex__", NULL, "Raises an exception.", dialect_reduce},
    {NULL},
};
static const GetSetDef dialect_getsets[] = {
    {"delimiter", get_delimiter},   {"escapechar", get_escapechar},         {"lineterminator", get_lineterminator},
    {"quotechar", get_quotechar},   {"quoting", get_quoting},               {NULL},
};
static const MemberDef dialect_members[] = {
    {"skipinitialspace", MK_BOOL8, MEMBER_READONLY, offsetof(Dialect, skipinitialspace), NULL},
    {"doublequote", MK_BOOL8, MEMBER_READONLY, offsetof(Dialect, doublequote), NULL},
    {"strict", MK_BOOL8, MEMBER_READONLY, offsetof(Dialect, strict), NULL},
    {NULL},
};
static const Field dialect_fields[] = {FIELD_VALUE(Dialect, lineterminator)};

const TypeDef typedef_csv_dialect = {
    .name = "_csv.Dialect",
    .doc = "How a file of comma-separated values is written: delimiter, quoting and so on.",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(Dialect),
    FIELDS(dialect_fields),
    .methods = dialect_methods,
    .getsets = dialect_getsets,
    .members = dialect_members,
    .slots = {.new = dialect_new},
};

/* The dialect of a call func(object, dialect, **parameters) without its first argument. */
static Value dialect_of_call(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return dialect_new(t, builtin_type(t, T_csv_dialect), args, nargs, kwnames);
}

/* --- The reader -------------------------------------------------------------------------------------------------------------------------- */

typedef struct Reader {
    Object head;
    Value iterator, dialect;
    int64_t line_num;
    uint64_t records;  /* read so far: tells whether the iterator used this reader itself */
} Reader;

typedef enum ParseState {
    START_RECORD, START_FIELD, ESCAPED, IN_FIELD, IN_QUOTED, ESCAPED_IN_QUOTED, QUOTE_IN_QUOTED, EAT_CRNL, AFTER_ESCAPED_CRNL,
} ParseState;

#define END_OF_LINE (UINT32_MAX - 1)

/* One record being read. A field's text is a run of the current line as long as that does, else in the builder. */
typedef struct Parse {
    Thread *t;
    const Dialect *d;
    Value fields;
    Value line;
    int64_t run_start, run_end;
    StrBuilder text;
    bool building;
    int64_t length;      /* of the field so far */
    int64_t limit;
    bool unquoted;
    ParseState state;
} Parse;

static bool flush_run(Parse *x) {
    if (!x->building) {
        str_builder_init(&x->text);
        x->building = true;
    }
    bool good = x->run_end == x->run_start || str_builder_part(x->t, &x->text, x->line, x->run_start, x->run_end);
    x->run_start = x->run_end = 0;
    if (!good) x->building = false;
    return good;
}

static bool check_limit(Parse *x, int64_t added) {
    x->length += added;
    if (x->length <= x->limit) return true;
    csv_error(x->t, "field larger than field limit (%ld)", (long)x->limit);
    return false;
}

/* Adds line[i..j) to the field. */
static bool add_run(Parse *x, int64_t i, int64_t j) {
    if (!check_limit(x, j - i)) return false;
    if (!x->building && x->run_end == x->run_start) {
        x->run_start = i;
        x->run_end = j;
        return true;
    }
    if (!x->building && x->run_end == i) {
        x->run_end = j;
        return true;
    }
    if (!flush_run(x)) return false;
    x->building = str_builder_part(x->t, &x->text, x->line, i, j);
    return x->building;
}

static bool add_newline(Parse *x) {
    if (!check_limit(x, 1) || !flush_run(x)) return false;
    x->building = str_builder_char(x->t, &x->text, '\n');
    return x->building;
}

static Value take_text(Parse *x) {
    if (!x->building) {
        Value text = x->run_end > x->run_start ? str_substring(x->t, x->line, x->run_start, x->run_end) : str_from_cstr(x->t, "");
        x->run_start = x->run_end = 0;
        return text;
    }
    if (!flush_run(x)) return VNULL;
    x->building = false;
    return str_builder_finish(x->t, &x->text);
}

static bool save_field(Parse *x) {
    int quoting = x->d->quoting;
    bool is_empty = x->length == 0;
    Value field;
    if (x->unquoted && is_empty && (quoting == QUOTE_NOTNULL || quoting == QUOTE_STRINGS)) {
        field = V_NONE;
    } else {
        field = take_text(x);
        if (!is_null(field) && x->unquoted && !is_empty && (quoting == QUOTE_NONNUMERIC || quoting == QUOTE_STRINGS))
            slot_set(x->t, &field, number_float(x->t, field));
        if (is_null(field)) return false;
    }
    x->length = 0;
    return list_append_take(x->t, V_AS(List, x->fields), field);
}

static inline bool ends_line(uint32_t c) { return c == '\n' || c == '\r' || c == END_OF_LINE; }

static ParseState after_line_end(uint32_t c) { return c == END_OF_LINE ? START_RECORD : EAT_CRNL; }

/* Takes the character c that stands at i. */
static bool step(Parse *x, uint32_t c, int64_t i) {
    const Dialect *d = x->d;
    bool is_quote = c == d->quotechar && d->quoting != QUOTE_NONE;
    switch (x->state) {
    case START_RECORD:
        if (c == END_OF_LINE) return true;
        if (c == '\n' || c == '\r') {
            x->state = EAT_CRNL;
            return true;
        }
        x->state = START_FIELD;
        /* fall through */
    case START_FIELD:
        x->unquoted = true;
        if (ends_line(c)) {
            x->state = after_line_end(c);
            return save_field(x);
        }
        if (is_quote) {
            x->unquoted = false;
            x->state = IN_QUOTED;
            return true;
        }
        if (c == d->escapechar) {
            x->state = ESCAPED;
            return true;
        }
        if (c == ' ' && d->skipinitialspace) return true;
        if (c == d->delimiter) return save_field(x);
        x->state = IN_FIELD;
        return add_run(x, i, i + 1);
    case ESCAPED:
        x->state = c == '\n' || c == '\r' ? AFTER_ESCAPED_CRNL : IN_FIELD;
        return c == END_OF_LINE ? add_newline(x) : add_run(x, i, i + 1);
    case AFTER_ESCAPED_CRNL:
        if (c == END_OF_LINE) return true;
        /* fall through */
    case IN_FIELD:
        if (ends_line(c)) {
            x->state = after_line_end(c);
            return save_field(x);
        }
        if (c == d->escapechar) {
            x->state = ESCAPED;
            return true;
        }
        if (c == d->delimiter) {
            x->state = START_FIELD;
            return save_field(x);
        }
        x->state = IN_FIELD;
        return add_run(x, i, i + 1);
    case IN_QUOTED:
        if (c == END_OF_LINE) return true;
        if (c == d->escapechar) {
            x->state = ESCAPED_IN_QUOTED;
            return true;
        }
        if (is_quote) {
            x->state = d->doublequote ? QUOTE_IN_QUOTED : IN_FIELD;
            return true;
        }
        return add_run(x, i, i + 1);
    case ESCAPED_IN_QUOTED:
        x->state = IN_QUOTED;
        return c == END_OF_LINE ? add_newline(x) : add_run(x, i, i + 1);
    case QUOTE_IN_QUOTED:
        if (is_quote) {
            x->state = IN_QUOTED;
            return add_run(x, i, i + 1);
        }
        if (c == d->delimiter) {
            x->state = START_FIELD;
            return save_field(x);
        }
        if (ends_line(c)) {
            x->state = after_line_end(c);
            return save_field(x);
        }
        if (d->strict) {
            Value delimiter = str_from_char(x->t, d->delimiter), quote = is_null(delimiter) ? VNULL : str_from_char(x->t, d->quotechar);
            if (!is_null(quote)) csv_error(x->t, "'%U' expected after '%U'", delimiter, quote);
            decref_maybe(x->t, delimiter);
            decref_maybe(x->t, quote);
            return false;
        }
        x->state = IN_FIELD;
        return add_run(x, i, i + 1);
    case EAT_CRNL:
        if (c == '\n' || c == '\r') return true;
        if (c == END_OF_LINE) {
            x->state = START_RECORD;
            return true;
        }
        csv_error(x->t, "new-line character seen in unquoted field - do you need to open the file with newline=''?");
        return false;
    }
    return true;
}

/* The end of the run of characters from i that a field's inside takes as they are. */
static int64_t ordinary_end(const Parse *x, const Str *s, int64_t i) {
    const Dialect *d = x->d;
    int64_t n = str_len(s);
    bool quoted = x->state == IN_QUOTED;
    uint32_t stop = quoted ? d->quotechar : d->delimiter;
    for (; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (c == stop || c == d->escapechar || (!quoted && (c == '\n' || c == '\r'))) break;
    }
    return i;
}

/* What the field has of a line must leave it before the next one comes. */
static bool parse_line(Parse *x, Value line) {
    const Str *s = V_AS(Str, line);
    int64_t n = str_len(s);
    x->line = line;
    for (int64_t i = 0; i < n;) {
        if (x->state == IN_FIELD || x->state == IN_QUOTED) {
            int64_t end = ordinary_end(x, s, i);
            if (end > i && !add_run(x, i, end)) return false;
            i = end;
            if (i == n) break;
        }
        if (!step(x, str_at(s, i), i)) return false;
        i++;
    }
    if (!step(x, END_OF_LINE, n)) return false;
    return x->run_end == x->run_start || flush_run(x);
}

static Value reader_next(Thread *t, Value self) {
    Reader *r = V_AS(Reader, self);
    Value iterator = new_ref(r->iterator), dialect = new_ref(r->dialect), result = VNULL;
    Parse x = {.t = t, .d = V_AS(Dialect, dialect), .fields = list_new(t, 0), .limit = state_of(t)->field_limit, .state = START_RECORD};
    if (is_null(x.fields)) goto done;
    do {
        uint64_t records = V_AS(Reader, self)->records;
        Value line = iter_next(t, iterator);
        if (records != V_AS(Reader, self)->records) {
            decref_maybe(t, line);
            if (!err_pending(t)) csv_error(t, "iterator has already advanced the reader");
            goto done;
        }
        if (is_null(line)) {
            if (err_pending(t) || (x.length == 0 && x.state != IN_QUOTED)) goto done;
            if (x.d->strict) {
                csv_error(t, "unexpected end of data");
                goto done;
            }
            if (!save_field(&x)) goto done;
            break;
        }
        if (!is_str(t, line)) {
            csv_error(t, "iterator should return strings, not %T (the file should be opened in text mode)", line);
            decref(t, line);
            goto done;
        }
        V_AS(Reader, self)->line_num++;
        bool good = parse_line(&x, line);
        decref(t, line);
        if (!good) goto done;
    } while (x.state != START_RECORD);
    result = x.fields;
    x.fields = VNULL;
    V_AS(Reader, self)->records++;
done:
    if (x.building) str_builder_drop(t, &x.text);
    decref_maybe(t, x.fields);
    decref(t, iterator);
    decref(t, dialect);
    return result;
}

static Value return_self(Thread *t, Value self) { return new_ref(self); }

static const MemberDef reader_members[] = {
    {"dialect", MK_VALUE, MEMBER_READONLY, offsetof(Reader, dialect), NULL},
    {"line_num", MK_INT64, MEMBER_READONLY, offsetof(Reader, line_num), NULL},
    {NULL},
};
static const Field reader_fields[] = {FIELD_VALUE(Reader, iterator), FIELD_VALUE(Reader, dialect)};

const TypeDef typedef_csv_reader = {
    .name = "_csv.reader",
    .doc = "An iterator over the records of lines of text.",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(Reader),
    FIELDS(reader_fields),
    .members = reader_members,
    .slots = {.iter = return_self, .next = reader_next},
};

/* At most two positional arguments: the object and a dialect. */
static bool check_positional(Thread *t, const char *name, uint32_t nargs) { return call_arity(t, name, nargs, 1, 2); }

static Value csv_reader(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_positional(t, "reader", nargs)) return VNULL;
    Value iterator = iter_of(t, args[0]);
    if (is_null(iterator)) return VNULL;
    Value dialect = dialect_of_call(t, args + 1, nargs - 1, kwnames);
    Value reader = is_null(dialect) ? VNULL : object_new(t, builtin_type(t, T_csv_reader));
    if (is_null(reader)) {
        decref(t, iterator);
        decref_maybe(t, dialect);
        return VNULL;
    }
    V_AS(Reader, reader)->iterator = iterator;
    V_AS(Reader, reader)->dialect = dialect;
    return object_done(t, reader);
}

/* --- The writer ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct Writer {
    Object head;
    Value write, dialect;
} Writer;

static bool is_special(const Dialect *d, uint32_t c) {
    return c == d->delimiter || c == d->escapechar || c == d->quotechar || c == '\n' || c == '\r' || in_terminator(d, c);
}

/* Whether the field's characters ask for quotes; they are not written by this. */
static bool asks_quotes(const Dialect *d, const Str *s) {
    if (d->quoting == QUOTE_NONE) return false;
    for (int64_t i = 0; i < str_len(s); i++) {
        uint32_t c = str_at(s, i);
        if (!is_special(d, c)) continue;
        bool escaped = c == d->quotechar ? !d->doublequote : c == d->escapechar;
        if (!escaped) return true;
    }
    return false;
}

static bool put_text(Thread *t, StrBuilder *b, const Dialect *d, Value text) {
    const Str *s = V_AS(Str, text);
    int64_t n = str_len(s), from = 0;
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i), front = 0;
        if (!is_special(d, c)) continue;
        if (d->quoting == QUOTE_NONE || c == d->escapechar || (c == d->quotechar && !d->doublequote)) {
            if (d->escapechar == UNSET) {
                csv_error(t, "need to escape, but no escapechar set");
                str_builder_drop(t, b);
                return false;
            }
            front = d->escapechar;
        } else if (c == d->quotechar) {
            front = d->quotechar;
        } else {
            continue;
        }
        if ((i > from && !str_builder_part(t, b, text, from, i)) || !str_builder_char(t, b, front)) return false;
        from = i;
    }
    return from == n || str_builder_part(t, b, text, from, n);
}

/* Writes a field with what must stand around it; text VNULL: an empty one. The builder is released on failure. */
static bool put_field(Thread *t, StrBuilder *b, const Dialect *d, Value text, bool is_null_field, bool quoted, bool first) {
    bool is_empty = is_null(text) || str_len(V_AS(Str, text)) == 0;
    if (is_empty && d->delimiter == ' ' && d->skipinitialspace) {
        if (d->quoting == QUOTE_NONE || (is_null_field && (d->quoting == QUOTE_STRINGS || d->quoting == QUOTE_NOTNULL))) {
            csv_error(t, "empty field must be quoted if delimiter is a space and skipinitialspace is true");
            str_builder_drop(t, b);
            return false;
        }
        quoted = true;
    }
    if (!is_empty && !quoted) quoted = asks_quotes(d, V_AS(Str, text));
    if (!first && !str_builder_char(t, b, d->delimiter)) return false;
    if (quoted && !str_builder_char(t, b, d->quotechar)) return false;
    if (!is_empty && !put_text(t, b, d, text)) return false;
    return !quoted || str_builder_char(t, b, d->quotechar);
}

static bool wants_quotes(Thread *t, const Dialect *d, Value field) {
    switch (d->quoting) {
    case QUOTE_NONNUMERIC: return !is_number(t, field);
    case QUOTE_ALL: return true;
    case QUOTE_STRINGS: return is_str(t, field);
    case QUOTE_NOTNULL: return !is_none(field);
    default: return false;
    }
}

/* The record of a row, with the line's end; VNULL: an exception is pending. */
static Value join_row(Thread *t, const Dialect *d, Value row) {
    Value iterator = iter_of(t, row);
    if (is_null(iterator)) return err_catch(t, T_TypeError) ? csv_error(t, "iterable expected, not %T", row) : VNULL;
    StrBuilder b;
    str_builder_init(&b);
    int64_t fields = 0;
    bool last_is_null = false;
    for (Value field; !is_null(field = iter_next(t, iterator)); fields++) {
        bool quoted = wants_quotes(t, d, field);
        last_is_null = is_none(field);
        Value text = is_str(t, field) ? new_ref(field) : last_is_null ? VNULL : str_of(t, field);
        bool converted = last_is_null || !is_null(text);
        bool good = converted && put_field(t, &b, d, text, last_is_null, quoted, fields == 0);
        decref_maybe(t, text);
        decref(t, field);
        if (!good) {
            if (!converted) str_builder_drop(t, &b);
            decref(t, iterator);
            return VNULL;
        }
    }
    decref(t, iterator);
    if (err_pending(t)) {
        str_builder_drop(t, &b);
        return VNULL;
    }
    if (fields > 0 && b.length == 0) {
        if (d->quoting == QUOTE_NONE || (last_is_null && (d->quoting == QUOTE_STRINGS || d->quoting == QUOTE_NOTNULL))) {
            str_builder_drop(t, &b);
            return csv_error(t, "single empty field record must be quoted");
        }
        if (!put_field(t, &b, d, VNULL, last_is_null, true, true)) return VNULL;
    }
    if (!str_builder_str(t, &b, d->lineterminator)) return VNULL;
    return str_builder_finish(t, &b);
}

static Value write_row(Thread *t, Writer *w, Value row) {
    Value dialect = new_ref(w->dialect);
    Value text = join_row(t, V_AS(Dialect, dialect), row);
    decref(t, dialect);
    if (is_null(text)) return VNULL;
    Value result = call_1(t, w->write, text);
    decref(t, text);
    return result;
}

static Value writer_writerow(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return write_row(t, V_AS(Writer, args[0]), args[1]); }

static Value writer_writerows(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value iterator = iter_of(t, args[1]);
    if (is_null(iterator)) return VNULL;
    for (Value row; !is_null(row = iter_next(t, iterator));) {
        Value result = write_row(t, V_AS(Writer, args[0]), row);
        decref(t, row);
        if (is_null(result)) break;
        decref(t, result);
    }
    decref(t, iterator);
    return err_pending(t) ? VNULL : V_NONE;
}

static const MethodDef writer_methods[] = {
    {"writerow", "($self, row, /)", "Write an iterable of fields as a record; numbers and others as str() has them.", writer_writerow},
    {"writerows", "($self, rows, /)", "Write an iterable of rows.", writer_writerows},
    {NULL},
};
static const MemberDef writer_members[] = {
    {"dialect", MK_VALUE, MEMBER_READONLY, offsetof(Writer, dialect), NULL},
    {NULL},
};
static const Field writer_fields[] = {FIELD_VALUE(Writer, write), FIELD_VALUE(Writer, dialect)};

const TypeDef typedef_csv_writer = {
    .name = "_csv.writer",
    .doc = "Writes records to a file.",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(Writer),
    FIELDS(writer_fields),
    .methods = writer_methods,
    .members = writer_members,
};

static Value csv_writer(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_positional(t, "writer", nargs)) return VNULL;
    Value write = attr_get_cstr(t, args[0], "write");
    if (is_null(write) && !err_catch(t, T_AttributeError)) return VNULL;
    if (is_null(write) || !is_callable(t, write)) {
        decref_maybe(t, write);
        return err_raise(t, T_TypeError, "argument 1 must have a \"write\" method");
    }
    Value dialect = dialect_of_call(t, args + 1, nargs - 1, kwnames);
    Value writer = is_null(dialect) ? VNULL : object_new(t, builtin_type(t, T_csv_writer));
    if (is_null(writer)) {
        decref(t, write);
        decref_maybe(t, dialect);
        return VNULL;
    }
    V_AS(Writer, writer)->write = write;
    V_AS(Writer, writer)->dialect = dialect;
    return object_done(t, writer);
}

/* --- The module ------------------------------------------------------------------------------------------------------------------------------- */

static Value csv_list_dialects(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return dict_keys_list(t, state_of(t)->dialects); }

static Value csv_get_dialect(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return find_dialect(t, args[0]); }

static Value csv_register_dialect(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!check_positional(t, "register_dialect", nargs)) return VNULL;
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "dialect name must be a string");
    Value dialect = dialect_of_call(t, args + 1, nargs - 1, kwnames);
    if (is_null(dialect)) return VNULL;
    bool good = dict_set(t, state_of(t)->dialects, args[0], dialect);
    decref(t, dialect);
    return good ? V_NONE : VNULL;
}

static Value csv_unregister_dialect(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int deleted = dict_delete(t, state_of(t)->dialects, args[0]);
    if (deleted < 0) return VNULL;
    return deleted ? V_NONE : csv_error(t, "unknown dialect");
}

static Value csv_field_size_limit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    CsvState *state = state_of(t);
    int64_t old = state->field_limit;
    if (!is_null(args[0])) {
        if (!is_exact_int(args[0])) return err_raise(t, T_TypeError, "limit must be an integer");
        if (!int_to_i64(t, args[0], &state->field_limit)) return VNULL;
    }
    return int_from_i64(t, old);
}

static const MethodDef functions[] = {
    {"reader", "($module, iterable, /, dialect='excel', **fmtparams)", "An iterator over the records of an iterable of lines.", csv_reader},
    {"writer", "($module, fileobj, /, dialect='excel', **fmtparams)", "An object that writes records to a file.", csv_writer},
    {"list_dialects", "($module, /)", "The names of the registered dialects.", csv_list_dialects},
    {"get_dialect", "($module, /, name)", "The dialect of that name.", csv_get_dialect},
    {"register_dialect", "($module, name, /, dialect='excel', **fmtparams)", "Give a dialect a name.", csv_register_dialect},
    {"unregister_dialect", "($module, /, name)", "Forget the dialect of that name.", csv_unregister_dialect},
    {"field_size_limit", "($module, /, new_limit=<unrepresentable>)", "The largest field that a reader accepts, and set it.", csv_field_size_limit},
    {NULL},
};

static bool add_named(Thread *t, Value module, const char *name, enum TypeId id, const TypeDef *def) {
    return type_boot(t, id, T_object, def) && module_add(t, module, name, ref_of(builtin_type(t, id)));
}

static bool exec(Thread *t, Value module) {
    CsvState *state = module_state(module);
    state->field_limit = 128 * 1024;
    state->error = module_new_exception(t, "_csv", "Error", VNULL);
    state->dialects = dict_new(t);
    if (is_null(state->error) || is_null(state->dialects)) return false;
    return module_add(t, module, "Error", new_ref(state->error)) && module_add(t, module, "_dialects", new_ref(state->dialects)) &&
           add_named(t, module, "Dialect", T_csv_dialect, &typedef_csv_dialect) &&
           add_named(t, module, "Reader", T_csv_reader, &typedef_csv_reader) &&
           add_named(t, module, "Writer", T_csv_writer, &typedef_csv_writer) && module_add_int(t, module, "QUOTE_MINIMAL", QUOTE_MINIMAL) &&
           module_add_int(t, module, "QUOTE_ALL", QUOTE_ALL) && module_add_int(t, module, "QUOTE_NONNUMERIC", QUOTE_NONNUMERIC) &&
           module_add_int(t, module, "QUOTE_NONE", QUOTE_NONE) && module_add_int(t, module, "QUOTE_STRINGS", QUOTE_STRINGS) &&
           module_add_int(t, module, "QUOTE_NOTNULL", QUOTE_NOTNULL);
}

static int state_traverse(void *state, VisitFn visit, void *context) {
    CsvState *s = state;
    int result = is_null(s->error) ? 0 : visit(s->error, context);
    return result ? result : is_null(s->dialects) ? 0 : visit(s->dialects, context);
}

static void state_clear(Thread *t, void *state) {
    CsvState *s = state;
    slot_clear(t, &s->error);
    slot_clear(t, &s->dialects);
}

const ModuleDef module_csv = {
    .name = "_csv",
    .doc = "Reading and writing comma-separated values.",
    .functions = functions,
    .state_size = sizeof(CsvState),
    .exec = exec,
    .traverse = state_traverse,
    .clear = state_clear,
};
