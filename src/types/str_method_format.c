/* str.format and str.format_map: replacement fields {name.attribute[index]!conversion:specification}.
 *
 * markup_next walks a format text piece by piece; the module _string uses it, too.
 */
#include "types/str_method_format.h"

#include "base/unicode.h"
#include "object/dict.h"
#include "object/int.h"
#include "ops/attr.h"
#include "types/str_priv.h"

/* --- Walking the markup ------------------------------------------------------------------------ */

int markup_next(Thread *t, Value text, int64_t *at, int64_t end, MarkupPiece *p) {
    Str *s = V_AS(Str, text);
    *p = (MarkupPiece){.literal_start = *at};
    if (*at >= end) return 0;
    int64_t i = *at;
    for (; i < end; i++) {
        uint32_t c = str_at(s, i);
        if (c != '{' && c != '}') continue;
        bool doubled = i + 1 < end && str_at(s, i + 1) == c;
        if (doubled) { /* the literal goes up to the first of the two */
            p->literal_end = i + 1;
            *at = i + 2;
            return 1;
        }
        if (c == '}') return err_minus(t, T_ValueError, "Single '}' encountered in format string");
        break;
    }
    p->literal_end = i;
    if (i == end) {
        *at = end;
        return 1;
    }
    int64_t start = ++i;
    if (i >= end) return err_minus(t, T_ValueError, "Single '{' encountered in format string");
    p->has_field = true;
    int depth = 1;
    int64_t bracket = 0;
    /* The field's name: up to '!' or ':' outside of brackets. */
    for (; i < end; i++) {
        uint32_t c = str_at(s, i);
        if (c == '[') bracket = 1;
        else if (c == ']') bracket = 0;
        else if (bracket) continue;
        else if (c == '{') return err_minus(t, T_ValueError, "unexpected '{' in field name");
        else if (c == '}' || c == ':' || c == '!') break;
    }
    p->name_start = start;
    p->name_end = i;
    if (i >= end) return err_minus(t, T_ValueError, "expected '}' before end of string");
    if (str_at(s, i) == '!') {
        if (i + 1 >= end) return err_minus(t, T_ValueError, "end of string while looking for conversion specifier");
        p->conversion = str_at(s, i + 1);
        i += 2;
        if (i >= end) return err_minus(t, T_ValueError, "unmatched '{' in format spec");
        uint32_t c = str_at(s, i);
        if (c != ':' && c != '}') return err_minus(t, T_ValueError, "expected ':' after conversion specifier");
    }
    p->spec_start = p->spec_end = i;
    if (str_at(s, i) == ':') {
        p->spec_start = ++i;
        for (; i < end; i++) {
            uint32_t c = str_at(s, i);
            if (c == '{') {
                depth++;
                p->spec_has_fields = true;
            } else if (c == '}' && --depth == 0) {
                break;
            }
        }
        if (i >= end) return err_minus(t, T_ValueError, "unmatched '{' in format spec");
        p->spec_end = i;
    }
    *at = i + 1;
    return 1;
}

int64_t field_index(const Str *s, int64_t start, int64_t end) {
    if (start >= end) return -1;
    int64_t v = 0;
    for (int64_t i = start; i < end; i++) {
        int digit = unicode_decimal(str_at(s, i));
        if (digit < 0) return -1;
        if (v > (INT64_MAX - digit) / 10) return -2;
        v = v * 10 + digit;
    }
    return v;
}

int64_t field_first_end(const Str *s, int64_t start, int64_t end) {
    while (start < end && str_at(s, start) != '.' && str_at(s, start) != '[') start++;
    return start;
}

int field_next(Thread *t, Value text, int64_t *at, int64_t end, FieldStep *step) {
    Str *s = V_AS(Str, text);
    if (*at >= end) return 0;
    uint32_t c = str_at(s, *at);
    int64_t start = *at + 1, i = start;
    step->is_attribute = c == '.';
    if (c == '.') {
        while (i < end && str_at(s, i) != '.' && str_at(s, i) != '[') i++;
        *at = i;
    } else if (c == '[') {
        while (i < end && str_at(s, i) != ']') i++;
        if (i >= end) return err_minus(t, T_ValueError, "Missing ']' in format string");
        *at = i + 1;
    } else {
        return err_minus(t, T_ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    }
    if (i == start) return err_minus(t, T_ValueError, "Empty attribute in format string");
    step->start = start;
    step->end = i;
    step->index = step->is_attribute ? -1 : field_index(s, start, i);
    if (step->index == -2) return err_minus(t, T_ValueError, "Too many decimal digits in format string");
    return 1;
}

/* --- Formatting -------------------------------------------------------------------------------- */

typedef struct Formatter {
    Value text;      /* the whole format */
    Value *args;     /* positional ones */
    uint32_t nargs;
    Value mapping;   /* keywords, or format_map's argument; VNULL: none */
    bool is_map;
    int64_t next_auto; /* -1: numbers are given by hand; 0: nothing is settled */
    bool manual;
} Formatter;

/* The object that a field's first part names. Owned. */
static Value first_object(Thread *t, Formatter *f, int64_t start, int64_t end) {
    Str *s = V_AS(Str, f->text);
    int64_t index = field_index(s, start, end);
    if (index == -2) return err_raise(t, T_ValueError, "Too many decimal digits in format string");
    bool empty = start == end;
    if (empty || index >= 0) {
        if (empty ? f->manual : f->next_auto > 0)
            return err_raise(t, T_ValueError, empty ? "cannot switch from manual field specification to automatic field numbering"
                                                    : "cannot switch from automatic field numbering to manual field specification");
        if (empty) index = f->next_auto++;
        else f->manual = true;
        if (f->is_map) return err_raise(t, T_ValueError, "Format string contains positional fields");
        if (index >= f->nargs) return err_raise(t, T_IndexError, "Replacement index %lld out of range for positional args tuple", (long long)index);
        return new_ref(f->args[index]);
    }
    Value key = str_substring(t, f->text, start, end), v = VNULL;
    if (is_null(key)) return VNULL;
    if (f->is_map) {
        v = item_get(t, f->mapping, key);
    } else {
        v = is_null(f->mapping) ? VNULL : new_ref_maybe(dict_get(t, f->mapping, key));
        if (is_null(v) && !err_pending(t)) err_raise_with(t, T_KeyError, key);
    }
    decref(t, key);
    return v;
}

static Value field_object(Thread *t, Formatter *f, int64_t start, int64_t end) {
    int64_t at = field_first_end(V_AS(Str, f->text), start, end);
    Value v = first_object(t, f, start, at);
    FieldStep step;
    int more;
    while (!is_null(v) && (more = field_next(t, f->text, &at, end, &step)) != 0) {
        Value inner = VNULL, name = more < 0 || step.index >= 0 ? VNULL : str_substring(t, f->text, step.start, step.end);
        if (more > 0 && step.index >= 0) {
            Value index = int_from_i64(t, step.index);
            inner = is_null(index) ? VNULL : item_get(t, v, index);
            decref_maybe(t, index);
        } else if (!is_null(name)) inner = step.is_attribute ? attr_get(t, v, name) : item_get(t, v, name);
        decref_maybe(t, name);
        decref(t, v);
        v = inner;
    }
    return v;
}

static Value convert(Thread *t, Value v, uint32_t conversion) {
    switch (conversion) {
    case 0: return new_ref(v);
    case 's': return str_of(t, v);
    case 'r': return repr_of(t, v);
    case 'a': return ascii_of(t, v);
    default:
        if (conversion > 32 && conversion < 127) return err_raise(t, T_ValueError, "Unknown conversion specifier %c", (int)conversion);
        return err_raise(t, T_ValueError, "Unknown conversion specifier \\x%x", conversion);
    }
}

static bool put_markup(Thread *t, StrBuilder *b, Formatter *f, int64_t start, int64_t end, int depth);

static Value field_spec(Thread *t, Formatter *f, const MarkupPiece *p, int depth) {
    if (!p->spec_has_fields) return str_substring(t, f->text, p->spec_start, p->spec_end);
    StrBuilder inner;
    str_builder_init(&inner);
    if (!put_markup(t, &inner, f, p->spec_start, p->spec_end, depth - 1)) {
        if (!inner.failed) str_builder_drop(t, &inner);
        return VNULL;
    }
    return str_builder_finish(t, &inner);
}

static bool put_field(Thread *t, StrBuilder *b, Formatter *f, const MarkupPiece *p, int depth) {
    Value v = field_object(t, f, p->name_start, p->name_end), converted, spec = VNULL, text = VNULL;
    if (is_null(v)) return false;
    converted = convert(t, v, p->conversion);
    decref(t, v);
    if (is_null(converted)) return false;
    if (p->spec_start == p->spec_end && IS_EXACT(converted, str)) {
        text = new_ref(converted);
    } else {
        spec = field_spec(t, f, p, depth);
        if (!is_null(spec)) text = format_of(t, converted, spec);
        decref_maybe(t, spec);
    }
    decref(t, converted);
    bool done = !is_null(text) && str_builder_str(t, b, text);
    decref_maybe(t, text);
    return done;
}

static bool put_markup(Thread *t, StrBuilder *b, Formatter *f, int64_t start, int64_t end, int depth) {
    if (depth <= 0) return err_fail(t, T_ValueError, "Max string recursion exceeded");
    MarkupPiece p;
    int more;
    while ((more = markup_next(t, f->text, &start, end, &p)) > 0) {
        if (!str_builder_part(t, b, f->text, p.literal_start, p.literal_end)) return false;
        if (p.has_field && !put_field(t, b, f, &p, depth)) return false;
    }
    return more == 0;
}

static Value run(Thread *t, Formatter *f) {
    StrBuilder b;
    str_builder_init(&b);
    if (!put_markup(t, &b, f, 0, str_len(V_AS(Str, f->text)), 2)) {
        if (!b.failed) str_builder_drop(t, &b);
        return VNULL;
    }
    return str_builder_finish(t, &b);
}

STR_METHOD(str_m_format) {
    Value mapping = VNULL;
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) {
        mapping = dict_new(t);
        for (int64_t i = 0; !is_null(mapping) && i < tuple_len(kwnames); i++)
            if (!dict_set(t, mapping, tuple_at(kwnames, i), args[nargs + i])) slot_clear(t, &mapping);
        if (is_null(mapping)) return VNULL;
    }
    Formatter f = {.text = args[0], .args = args + 1, .nargs = nargs - 1, .mapping = mapping};
    Value result = run(t, &f);
    decref_maybe(t, mapping);
    return result;
}

STR_METHOD(str_m_format_map) {
    Formatter f = {.text = args[0], .mapping = args[1], .is_map = true};
    return run(t, &f);
}
