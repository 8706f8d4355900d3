/* StopIteration, SystemExit, NameError, AttributeError, ImportError, SyntaxError: exceptions with a few fields of their own. */
#include "types/exceptions_priv.h"

#include "object/dict.h"
#include "object/int.h"

/* --- StopIteration and SystemExit -------------------------------------------------------------- */

static bool StopIteration_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!exception_init(t, self, args, nargs, kwnames)) return false;
    slot_set(t, &V_AS(StopIterationObject, self)->value, nargs ? new_ref(args[0]) : V_NONE);
    return true;
}

/* One argument is the code itself, several are a tuple. */
static bool SystemExit_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!exception_init(t, self, args, nargs, kwnames)) return false;
    Value code = nargs == 0 ? V_NONE : nargs == 1 ? args[0] : V_AS(ExceptionBase, self)->args;
    slot_set(t, &V_AS(SystemExitObject, self)->code, new_ref(code));
    return true;
}

static const Field StopIteration_fields[] = {FIELD_VALUE(StopIterationObject, value)};
static const MemberDef StopIteration_members[] = {
    {"value", MK_VALUE, 0, offsetof(StopIterationObject, value), "what a generator returned"}, {0}};
const TypeDef typedef_StopIteration = {
    .name = "StopIteration",
    .doc = "An iterator is exhausted.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(StopIterationObject),
    FIELDS(StopIteration_fields),
    .members = StopIteration_members,
    .slots = {.init = StopIteration_init},
};

static const Field SystemExit_fields[] = {FIELD_VALUE(SystemExitObject, code)};
static const MemberDef SystemExit_members[] = {{"code", MK_VALUE, 0, offsetof(SystemExitObject, code), "exit status or message"}, {0}};
const TypeDef typedef_SystemExit = {
    .name = "SystemExit",
    .doc = "The interpreter is asked to exit.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(SystemExitObject),
    FIELDS(SystemExit_fields),
    .members = SystemExit_members,
    .slots = {.init = SystemExit_init},
};

/* --- NameError and AttributeError -------------------------------------------------------------- */

static bool NameError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    static const char *const names[] = {"name", NULL};
    Value given[1];
    if (!exception_keywords(t, "NameError", args + nargs, kwnames, names, given)) return false;
    slot_set(t, &V_AS(NameErrorObject, self)->name, new_ref_maybe(given[0]));
    return exception_set_args(t, self, args, nargs);
}

static const Field NameError_fields[] = {FIELD_VALUE(NameErrorObject, name)};
static const MemberDef NameError_members[] = {{"name", MK_VALUE, 0, offsetof(NameErrorObject, name), "the name"}, {0}};
const TypeDef typedef_NameError = {
    .name = "NameError",
    .doc = "There is no global or builtin of that name.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(NameErrorObject),
    FIELDS(NameError_fields),
    .members = NameError_members,
    .slots = {.init = NameError_init},
};

static bool AttributeError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    static const char *const names[] = {"name", "obj", NULL};
    Value given[2];
    if (!exception_keywords(t, "AttributeError", args + nargs, kwnames, names, given)) return false;
    slot_set(t, &V_AS(AttributeErrorObject, self)->name, new_ref_maybe(given[0]));
    slot_set(t, &V_AS(AttributeErrorObject, self)->object, new_ref_maybe(given[1]));
    return exception_set_args(t, self, args, nargs);
}

/* The __dict__ with name and args in it; the object is left out: it may be anything. */
static Value attribute_error_state(Thread *t, Value self) {
    AttributeErrorObject *e = V_AS(AttributeErrorObject, self);
    bool failed;
    Value dict = exception_dict(t, self, &failed);
    if (failed) return VNULL;
    if (is_null(e->name) && is_null(e->args)) return is_null(dict) ? V_NONE : dict;
    Value state = is_null(dict) ? dict_new(t) : dict_copy(t, dict);
    decref_maybe(t, dict);
    if (is_null(state)) return VNULL;
    if ((!is_null(e->name) && !dict_set_str(t, state, N(t, name), e->name)) ||
        (!is_null(e->args) && !dict_set_str(t, state, N(t, args), e->args))) {
        decref(t, state);
        return VNULL;
    }
    return state;
}

static Value AttributeError_getstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return attribute_error_state(t, args[0]); }

static Value AttributeError_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value state = attribute_error_state(t, args[0]);
    return is_null(state) ? VNULL : exception_reduce_with(t, args[0], V_AS(ExceptionBase, args[0])->args, state);
}

static const Field AttributeError_fields[] = {FIELD_VALUE(AttributeErrorObject, name), FIELD_VALUE(AttributeErrorObject, object)};
static const MemberDef AttributeError_members[] = {
    {"name", MK_VALUE, 0, offsetof(AttributeErrorObject, name), "the attribute's name"},
    {"obj", MK_VALUE, 0, offsetof(AttributeErrorObject, object), "the object"},
    {0},
};
static const MethodDef AttributeError_methods[] = {
    {"__getstate__", "($self, /)", NULL, AttributeError_getstate},
    {"__reduce__", "($self, /)", NULL, AttributeError_reduce},
    {0},
};
const TypeDef typedef_AttributeError = {
    .name = "AttributeError",
    .doc = "An object has no such attribute.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(AttributeErrorObject),
    FIELDS(AttributeError_fields),
    .members = AttributeError_members,
    .methods = AttributeError_methods,
    .slots = {.init = AttributeError_init},
};

/* --- ImportError ------------------------------------------------------------------------------- */

static bool ImportError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    static const char *const names[] = {"name", "path", "name_from", NULL};
    Value given[3];
    ImportErrorObject *e = V_AS(ImportErrorObject, self);
    if (!exception_keywords(t, "ImportError", args + nargs, kwnames, names, given)) return false;
    slot_set(t, &e->name, new_ref_maybe(given[0]));
    slot_set(t, &e->path, new_ref_maybe(given[1]));
    slot_set(t, &e->name_from, new_ref_maybe(given[2]));
    slot_set(t, &e->msg, nargs == 1 ? new_ref(args[0]) : VNULL);
    return exception_set_args(t, self, args, nargs);
}

static Value ImportError_str(Thread *t, Value self) {
    Value msg = V_AS(ImportErrorObject, self)->msg;
    return IS_EXACT(msg, str) ? new_ref(msg) : exception_str(t, self);
}

static Value ImportError_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    ImportErrorObject *e = V_AS(ImportErrorObject, args[0]);
    bool failed;
    Value state = exception_dict(t, args[0], &failed);
    if (failed) return VNULL;
    if (!is_null(e->name) || !is_null(e->path) || !is_null(e->name_from)) {
        Value dict = state;
        state = is_null(dict) ? dict_new(t) : dict_copy(t, dict);
        decref_maybe(t, dict);
        if (is_null(state)) return VNULL;
        if ((!is_null(e->name) && !dict_set_str(t, state, N(t, name), e->name)) ||
            (!is_null(e->path) && !dict_set_str(t, state, N(t, path), e->path)) ||
            (!is_null(e->name_from) && !dict_set_str(t, state, N(t, name_from), e->name_from))) {
            decref(t, state);
            return VNULL;
        }
    }
    return exception_reduce_with(t, args[0], e->args, state);
}

static const Field ImportError_fields[] = {FIELD_VALUE(ImportErrorObject, msg), FIELD_VALUE(ImportErrorObject, name),
                                           FIELD_VALUE(ImportErrorObject, path), FIELD_VALUE(ImportErrorObject, name_from)};
static const MemberDef ImportError_members[] = {
    {"msg", MK_VALUE, 0, offsetof(ImportErrorObject, msg), "the message"},
    {"name", MK_VALUE, 0, offsetof(ImportErrorObject, name), "the module's name"},
    {"path", MK_VALUE, 0, offsetof(ImportErrorObject, path), "the module's file"},
    {"name_from", MK_VALUE, 0, offsetof(ImportErrorObject, name_from), "the name that was asked of the module"},
    {0},
};
static const MethodDef ImportError_methods[] = {{"__reduce__", "($self, /)", NULL, ImportError_reduce}, {0}};
const TypeDef typedef_ImportError = {
    .name = "ImportError",
    .doc = "A module cannot be imported, or has no such name.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(ImportErrorObject),
    FIELDS(ImportError_fields),
    .members = ImportError_members,
    .methods = ImportError_methods,
    .slots = {.init = ImportError_init, .str = ImportError_str},
};

/* --- SyntaxError ------------------------------------------------------------------------------- */

/* (filename, lineno, offset, text[, end_lineno, end_offset[, metadata]]) */
static bool syntax_error_location(Thread *t, SyntaxErrorObject *e, Value where) {
    Value info = tuple_from_iterable(t, where);
    if (is_null(info)) return false;
    int64_t n = tuple_len(info);
    Value *slots[] = {&e->filename, &e->lineno, &e->offset, &e->text, &e->end_lineno, &e->end_offset, &e->metadata};
    bool ok = true;
    if (n < 4) ok = err_fail(t, T_TypeError, "function takes at least 4 arguments (%zd given)", n);
    else if (n > 7) ok = err_fail(t, T_TypeError, "function takes at most 7 arguments (%zd given)", n);
    else {
        for (int64_t i = 0; i < 7; i++) slot_set(t, slots[i], i < n ? new_ref(tuple_at(info, i)) : VNULL);
        if (n == 5) ok = err_fail(t, T_TypeError, "end_offset must be provided when end_lineno is provided");
    }
    decref(t, info);
    return ok;
}

static bool SyntaxError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    SyntaxErrorObject *e = V_AS(SyntaxErrorObject, self);
    if (!exception_init(t, self, args, nargs, kwnames)) return false;
    if (nargs >= 1) slot_set(t, &e->msg, new_ref(args[0]));
    return nargs != 2 || syntax_error_location(t, e, args[1]);
}

/* The last part of a path; owned. */
static Value file_of_path(Thread *t, Value path) {
    const Str *s = V_AS(Str, path);
    int64_t start = str_len(s);
    while (start > 0 && str_at(s, start - 1) != '/') start--;
    return str_substring(t, path, start, str_len(s));
}

static Value SyntaxError_str(Thread *t, Value self) {
    SyntaxErrorObject *e = V_AS(SyntaxErrorObject, self);
    bool has_file = !is_null(e->filename) && is_str(t, e->filename), has_line = is_exact_int(e->lineno);
    Value msg = value_or_none(e->msg);
    if (!has_file) return has_line ? str_format(t, "%S (line %S)", msg, e->lineno) : str_of(t, msg);
    Value file = file_of_path(t, e->filename);
    if (is_null(file)) return VNULL;
    Value text = has_line ? str_format(t, "%S (%U, line %S)", msg, file, e->lineno) : str_format(t, "%S (%U)", msg, file);
    decref(t, file);
    return text;
}

static const Field SyntaxError_fields[] = {
    FIELD_VALUE(SyntaxErrorObject, msg), FIELD_VALUE(SyntaxErrorObject, filename), FIELD_VALUE(SyntaxErrorObject, lineno),
    FIELD_VALUE(SyntaxErrorObject, offset), FIELD_VALUE(SyntaxErrorObject, end_lineno), FIELD_VALUE(SyntaxErrorObject, end_offset),
    FIELD_VALUE(SyntaxErrorObject, text), FIELD_VALUE(SyntaxErrorObject, print_file_and_line), FIELD_VALUE(SyntaxErrorObject, metadata),
};
#define SYNTAX_MEMBER(name, field, doc) {name, MK_VALUE, 0, offsetof(SyntaxErrorObject, field), doc}
static const MemberDef SyntaxError_members[] = {
    SYNTAX_MEMBER("msg", msg, "the message"),
    SYNTAX_MEMBER("filename", filename, "the file"),
    SYNTAX_MEMBER("lineno", lineno, "the line, counted from 1"),
    SYNTAX_MEMBER("offset", offset, "the column, counted from 1"),
    SYNTAX_MEMBER("text", text, "the source text"),
    SYNTAX_MEMBER("end_lineno", end_lineno, "the last line"),
    SYNTAX_MEMBER("end_offset", end_offset, "the column behind the end"),
    SYNTAX_MEMBER("print_file_and_line", print_file_and_line, "for whoever shows the error"),
    SYNTAX_MEMBER("_metadata", metadata, "for whoever shows the error"),
    {0},
};
const TypeDef typedef_SyntaxError = {
    .name = "SyntaxError",
    .doc = "The source text is not Python.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(SyntaxErrorObject),
    FIELDS(SyntaxError_fields),
    .members = SyntaxError_members,
    .slots = {.init = SyntaxError_init, .str = SyntaxError_str},
};
