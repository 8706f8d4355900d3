/* Template strings: string.templatelib.Template, Interpolation and the iterator. */
#include "core/def.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/generic_alias.h"

typedef struct Interpolation { Object head; Value value, expression, conversion, format_spec; } Interpolation;
typedef struct Template { Object head; Value strings, interpolations; } Template; /* tuples; one string more */
typedef struct TemplateIter { Object head; Value template; int64_t next; } TemplateIter; /* position 2i: string i, 2i + 1: interpolation i */


/* --- Interpolation ----------------------------------------------------------------------------- */

static Value interpolation_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[4];
    if (!call_bind_signature(t, "Interpolation", "(value, expression='', conversion=None, format_spec='')", args, nargs, kwnames, out)) return VNULL;
    if (!is_null(out[1]) && !arg_str(t, out[1], "Interpolation", "'expression'")) return VNULL;
    if (!is_null(out[3]) && !arg_str(t, out[3], "Interpolation", "'format_spec'")) return VNULL;
    if (is_null(out[2])) out[2] = V_NONE;
    if (!is_none(out[2])) {
        if (!is_str(t, out[2])) return err_raise(t, T_TypeError, "Interpolation() argument 'conversion' must be str, not %T", out[2]);
        Str *s = V_AS(Str, out[2]);
        if (!str_equals_cstr(s, "s") && !str_equals_cstr(s, "a") && !str_equals_cstr(s, "r"))
            return err_raise(t, T_ValueError, "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'");
    }
    Interpolation *i = heap_object(t, SHAPE_Interpolation, sizeof *i);
    if (i == NULL) return VNULL;
    i->value = new_ref(out[0]);
    i->expression = new_ref(is_null(out[1]) ? t->interp->empty_str : out[1]);
    i->conversion = new_ref(out[2]);
    i->format_spec = new_ref(is_null(out[3]) ? t->interp->empty_str : out[3]);
    gc_track(t, i);
    return v_from(i);
}

static Value interpolation_repr(Thread *t, Value v) {
    Interpolation *i = V_AS(Interpolation, v);
    return str_format(t, "Interpolation(%R, %R, %R, %R)", i->value, i->expression, i->conversion, i->format_spec);
}

static Value interpolation_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Interpolation *i = V_AS(Interpolation, args[0]);
    Value parts = tuple_of(t, 4, i->value, i->expression, i->conversion, i->format_spec);
    Value result = is_null(parts) ? VNULL : tuple_of(t, 2, v_from(type_of(t, args[0])), parts);
    decref_maybe(t, parts);
    return result;
}

static const MethodDef interpolation_methods[] = {
    {"__reduce__", "($self, /)", "For pickling.", interpolation_reduce},
    {"__class_getitem__", "($type, object, /)", "See PEP 585.", generic_alias_class_getitem, MF_CLASS},
    {NULL},
};
static const MemberDef interpolation_members[] = {
    {"value", MK_VALUE, MEMBER_READONLY, offsetof(Interpolation, value), "the value of the expression"},
    {"expression", MK_VALUE, MEMBER_READONLY, offsetof(Interpolation, expression), "its text"},
    {"conversion", MK_VALUE, MEMBER_READONLY, offsetof(Interpolation, conversion), "'s', 'r', 'a' or None"},
    {"format_spec", MK_VALUE, MEMBER_READONLY, offsetof(Interpolation, format_spec), "the format specification"},
    {NULL},
};
static const Field interpolation_fields[] = {FIELD_VALUE(Interpolation, value), FIELD_VALUE(Interpolation, expression), FIELD_VALUE(Interpolation, conversion),
                                             FIELD_VALUE(Interpolation, format_spec)};

static bool interpolation_ready(Thread *t, Type *type) {
    Value names[4] = {str_intern_cstr(t, "value"), str_intern_cstr(t, "expression"), str_intern_cstr(t, "conversion"), str_intern_cstr(t, "format_spec")};
    Value match = tuple_take(t, names, 4);
    bool done = !is_null(match) && dict_set_str(t, type->dict, N(t, __match_args__), match);
    decref_maybe(t, match);
    return done;
}

const TypeDef typedef_Interpolation = {
    .name = "string.templatelib.Interpolation",
    .doc = "A replacement field of a template string: its value, its text, conversion and format specification.",
    .flags = TF_GC,
    .size = sizeof(Interpolation),
    FIELDS(interpolation_fields),
    .methods = interpolation_methods,
    .members = interpolation_members,
    .slots = {.new = interpolation_new, .repr = interpolation_repr},
    .ready = interpolation_ready,
};

/* --- Template ---------------------------------------------------------------------------------- */

/* Takes both tuples. */
static Value template_make(Thread *t, Value strings, Value interpolations) {
    Template *p = is_null(strings) || is_null(interpolations) ? NULL : heap_object(t, SHAPE_Template, sizeof *p);
    if (p == NULL) {
        decref_maybe(t, strings);
        decref_maybe(t, interpolations);
        return VNULL;
    }
    p->strings = strings;
    p->interpolations = interpolations;
    gc_track(t, p);
    return v_from(p);
}

/* From strings and interpolations in any order: neighbouring strings are joined, missing ones are empty. */
static Value template_from(Thread *t, Value *args, int64_t n) {
    Value strings = list_new(t, n + 1), fields = list_new(t, n), text = new_ref(t->interp->empty_str), result = VNULL;
    bool done = !is_null(strings) && !is_null(fields);
    for (int64_t i = 0; done && i < n; i++) {
        if (IS_EXACT(args[i], str)) {
            done = str_append(t, &text, args[i]);
        } else {
            done = list_append(t, V_AS(List, fields), args[i]) && list_append_take(t, V_AS(List, strings), text);
            text = new_ref(t->interp->empty_str);
        }
    }
    if (done && list_append_take(t, V_AS(List, strings), text)) {
        text = VNULL;
        result = template_make(t, list_to_tuple(t, V_AS(List, strings)), list_to_tuple(t, V_AS(List, fields)));
    }
    decref_maybe(t, text);
    decref_maybe(t, strings);
    decref_maybe(t, fields);
    return result;
}

static Value template_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_null(kwnames) && tuple_len(kwnames) > 0) return err_raise(t, T_TypeError, "Template.__new__ only accepts *args arguments");
    for (uint32_t i = 0; i < nargs; i++)
        if (!IS_EXACT(args[i], str) && !IS_EXACT(args[i], Interpolation))
            return err_raise(t, T_TypeError, "Template.__new__ *args need to be of type 'str' or 'Interpolation', got %T", args[i]);
    return template_from(t, args, nargs);
}

static Value template_repr(Thread *t, Value v) {
    return str_format(t, "Template(strings=%R, interpolations=%R)", V_AS(Template, v)->strings, V_AS(Template, v)->interpolations);
}

static Value template_concat(Thread *t, Value a, Value b) {
    if (!IS_EXACT(a, Template) || !IS_EXACT(b, Template))
        return err_raise(t, T_TypeError, "can only concatenate string.templatelib.Template (not \"%T\") to string.templatelib.Template", b);
    Template *x = V_AS(Template, a), *y = V_AS(Template, b);
    int64_t nx = tuple_len(x->strings), ny = tuple_len(y->strings);
    Value strings = tuple_new(t, nx + ny - 1), fields = VNULL;
    if (is_null(strings)) return VNULL;
    Value *items = V_AS(Tuple, strings)->items;
    for (int64_t i = 0; i < nx - 1; i++) items[i] = new_ref(tuple_at(x->strings, i));
    for (int64_t i = 1; i < ny; i++) items[nx - 1 + i] = new_ref(tuple_at(y->strings, i));
    items[nx - 1] = str_concat(t, tuple_at(x->strings, nx - 1), tuple_at(y->strings, 0));
    if (is_null(items[nx - 1])) {
        decref(t, strings);
        return VNULL;
    }
    strings = tuple_done(t, strings);
    fields = concat(t, x->interpolations, y->interpolations);
    return template_make(t, strings, fields);
}

static Value template_iter(Thread *t, Value v) {
    TemplateIter *it = heap_object(t, SHAPE_TemplateIter, sizeof *it);
    if (it == NULL) return VNULL;
    it->template = new_ref(v);
    it->next = 0;
    gc_track(t, it);
    return v_from(it);
}

static Value get_values(Thread *t, Value self, void *closure) {
    Value fields = V_AS(Template, self)->interpolations, values = tuple_new(t, tuple_len(fields));
    if (is_null(values)) return VNULL;
    for (int64_t i = 0; i < tuple_len(fields); i++) V_AS(Tuple, values)->items[i] = new_ref(V_AS(Interpolation, tuple_at(fields, i))->value);
    return tuple_done(t, values);
}

static Value template_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value module = t->hooks->import(t, "string.templatelib");
    if (is_null(module)) return VNULL;
    Value function = attr_get_cstr(t, module, "_template_unpickle"), result = VNULL;
    decref(t, module);
    if (is_null(function)) return VNULL;
    Value parts = tuple_of(t, 2, V_AS(Template, args[0])->strings, V_AS(Template, args[0])->interpolations);
    if (!is_null(parts)) {
        result = tuple_of(t, 2, function, parts);
        decref(t, parts);
    }
    decref(t, function);
    return result;
}

static const MethodDef template_methods[] = {
    {"__reduce__", "($self, /)", "For pickling.", template_reduce},
    {"__class_getitem__", "($type, object, /)", "See PEP 585.", generic_alias_class_getitem, MF_CLASS},
    {NULL},
};
static const GetSetDef template_getsets[] = {{"values", get_values, NULL, "the values of the interpolations", NULL}, {NULL}};
static const MemberDef template_members[] = {
    {"strings", MK_VALUE, MEMBER_READONLY, offsetof(Template, strings), "the literal parts"},
    {"interpolations", MK_VALUE, MEMBER_READONLY, offsetof(Template, interpolations), "the replacement fields"},
    {NULL},
};
static const Field template_fields[] = {FIELD_VALUE(Template, strings), FIELD_VALUE(Template, interpolations)};

const TypeDef typedef_Template = {
    .name = "string.templatelib.Template",
    .doc = "A template string: literal parts and the values between them.",
    .flags = TF_GC,
    .size = sizeof(Template),
    FIELDS(template_fields),
    .methods = template_methods,
    .getsets = template_getsets,
    .members = template_members,
    .slots = {.new = template_new, .repr = template_repr, .concat = template_concat, .iter = template_iter},
};

/* --- Iterator ---------------------------------------------------------------------------------- */

static Value iter_self(Thread *t, Value v) { return new_ref(v); }

static Value iter_step(Thread *t, Value v) {
    TemplateIter *it = V_AS(TemplateIter, v);
    if (is_null(it->template)) return VNULL;
    Template *p = V_AS(Template, it->template);
    int64_t n = tuple_len(p->strings);
    while (it->next < 2 * n - 1) {
        int64_t i = it->next++;
        if (i & 1) return new_ref(tuple_at(p->interpolations, i / 2));
        Value s = tuple_at(p->strings, i / 2);
        if (str_len(V_AS(Str, s)) > 0) return new_ref(s);
    }
    slot_clear(t, &it->template);
    return VNULL;
}

static const Field iter_fields[] = {FIELD_VALUE(TemplateIter, template)};
const TypeDef typedef_TemplateIter = {
    .name = "string.templatelib.TemplateIter",
    .doc = "Iterator over the parts of a template string.",
    .flags = TF_GC | TF_NO_NEW,
    .size = sizeof(TemplateIter),
    FIELDS(iter_fields),
    .slots = {.iter = iter_self, .next = iter_step},
};
