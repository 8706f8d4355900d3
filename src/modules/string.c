/* The module _string: the markup of str.format, for string.Formatter. */
#include "modules/module.h"
#include "types/str_method_format.h"

/* An iterator over the items of a list (taken). */
static Value iterate_list(Thread *t, Value list) {
    if (is_null(list)) return VNULL;
    Value iterator = iter_of(t, list);
    decref(t, list);
    return iterator;
}

/* (literal text, field name, format specification, conversion); the last three None where there is no field. */
static Value piece_tuple(Thread *t, Value text, const MarkupPiece *p) {
    Value parts[4] = {str_substring(t, text, p->literal_start, p->literal_end), V_NONE, V_NONE, V_NONE};
    if (p->has_field) {
        parts[1] = str_substring(t, text, p->name_start, p->name_end);
        parts[2] = str_substring(t, text, p->spec_start, p->spec_end);
        if (p->conversion) parts[3] = str_from_char(t, p->conversion);
    }
    return tuple_take(t, parts, 4);
}

static Value formatter_parser(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "expected str, got %T", args[0]);
    Value list = list_new(t, 4);
    MarkupPiece piece;
    int more = 0;
    for (int64_t at = 0; !is_null(list) && (more = markup_next(t, args[0], &at, str_len(V_AS(Str, args[0])), &piece)) > 0;) {
        Value item = piece_tuple(t, args[0], &piece);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    if (more < 0) slot_clear(t, &list);
    return iterate_list(t, list);
}

static Value formatter_field_name_split(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "expected str, got %T", args[0]);
    Str *s = V_AS(Str, args[0]);
    int64_t n = str_len(s), at = field_first_end(s, 0, n), index = field_index(s, 0, at);
    if (index == -2) return err_raise(t, T_ValueError, "Too many decimal digits in format string");
    Value first = index >= 0 ? int_from_i64(t, index) : str_substring(t, args[0], 0, at), list = list_new(t, 2);
    FieldStep step;
    int more = 0;
    while (!is_null(list) && (more = field_next(t, args[0], &at, n, &step)) > 0) {
        Value pair[2] = {v_bool(step.is_attribute), step.index >= 0 ? int_from_i64(t, step.index) : str_substring(t, args[0], step.start, step.end)};
        Value item = is_null(pair[1]) ? VNULL : tuple_take(t, pair, 2);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    if (more < 0) slot_clear(t, &list);
    Value rest = iterate_list(t, list);
    if (is_null(first) || is_null(rest)) {
        decref_maybe(t, first);
        decref_maybe(t, rest);
        return VNULL;
    }
    Value pair[2] = {first, rest};
    return tuple_take(t, pair, 2);
}

static const MethodDef functions[] = {
    {"formatter_parser", "($module, string, /)", "The pieces of a format string: literal text, field name, specification, conversion.", formatter_parser},
    {"formatter_field_name_split", "($module, string, /)", "The first part of a field name, and the steps behind it.", formatter_field_name_split},
    {NULL},
};

const ModuleDef module__string = {.name = "_string", .doc = "Parts of str.format for the module string.", .functions = functions};
