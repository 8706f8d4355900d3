/* BaseException, and all exceptions that add nothing to their base but a name. */
#include "types/exceptions_priv.h"

#include "object/dict.h"
#include "object/list.h"

/* --- Making ------------------------------------------------------------------------------------ */

bool exception_set_args(Thread *t, Value self, const Value *args, uint32_t nargs) {
    Value tuple = nargs ? tuple_from(t, args, nargs) : new_ref(t->interp->empty_tuple);
    if (is_null(tuple)) return false;
    slot_set(t, &V_AS(ExceptionBase, self)->args, tuple);
    return true;
}

Value exception_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value self = object_new(t, type);
    if (is_null(self)) return VNULL;
    if (!exception_set_args(t, self, args, nargs)) {
        decref(t, self);
        return VNULL;
    }
    return object_done(t, self);
}

static bool no_keywords(Thread *t, Value self, Value kwnames) {
    if (is_null(kwnames) || tuple_len(kwnames) == 0) return true;
    return err_fail(t, T_TypeError, "%T() takes no keyword arguments", self);
}

bool exception_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    return no_keywords(t, self, kwnames) && exception_set_args(t, self, args, nargs);
}

bool exception_keywords(Thread *t, const char *function, const Value *values, Value kwnames, const char *const *names, Value *out) {
    int known = 0;
    for (; names[known]; known++) out[known] = VNULL;
    int64_t given = is_null(kwnames) ? 0 : tuple_len(kwnames);
    if (given > known) {
        return err_fail(t, T_TypeError, "%s() takes at most %d keyword argument%s (%d given)", function, known, known == 1 ? "" : "s", (int)given);
    }
    for (int64_t i = 0; i < given; i++) {
        Value name = tuple_at(kwnames, i);
        int k = 0;
        while (names[k] && !str_equals_cstr(V_AS(Str, name), names[k])) k++;
        if (!names[k]) return err_fail(t, T_TypeError, "%s() got an unexpected keyword argument '%U'", function, name);
        out[k] = values[i];
    }
    return true;
}

/* --- Text -------------------------------------------------------------------------------------- */

Value exception_str(Thread *t, Value self) {
    Value args = V_AS(ExceptionBase, self)->args;
    if (is_null(args) || tuple_len(args) == 0) return new_ref(t->interp->empty_str);
    if (tuple_len(args) == 1) return str_of(t, tuple_at(args, 0));
    return str_of(t, args);
}

static Value exception_repr(Thread *t, Value self) {
    Value args = V_AS(ExceptionBase, self)->args, name = type_of(t, self)->name;
    if (is_null(args) || tuple_len(args) == 0) return str_format(t, "%U()", name);
    if (tuple_len(args) == 1) return str_format(t, "%U(%R)", name, tuple_at(args, 0));
    return str_format(t, "%U%R", name, args);
}

static Value KeyError_str(Thread *t, Value self) {
    Value args = V_AS(ExceptionBase, self)->args;
    if (!is_null(args) && tuple_len(args) == 1) return repr_of(t, tuple_at(args, 0));
    return exception_str(t, self);
}

/* --- Pickling ---------------------------------------------------------------------------------- */

Value exception_dict(Thread *t, Value self, bool *failed) {
    Object *o = v_obj(self);
    Shape *s = obj_shape(t, o);
    InstanceExt **word = instance_ext_word(t, o);
    *failed = false;
    if (!word || (s->nslots == 0 && (!*word || is_null((*word)->dict)))) return VNULL;
    Value dict = instance_dict(t, o);
    *failed = is_null(dict);
    return dict;
}

Value exception_reduce_with(Thread *t, Value self, Value args, Value state) {
    if (is_null(args)) args = t->interp->empty_tuple;
    Value type = v_from(type_of(t, self));
    Value r = is_null(state) ? tuple_of(t, 2, type, args) : tuple_of(t, 3, type, args, state);
    decref_maybe(t, state);
    return r;
}

Value exception_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    bool failed;
    Value state = exception_dict(t, args[0], &failed);
    return failed ? VNULL : exception_reduce_with(t, args[0], V_AS(ExceptionBase, args[0])->args, state);
}

static Value exception_setstate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value state = args[1];
    if (is_none(state)) return V_NONE;
    if (!is_dict(t, state)) return err_raise(t, T_TypeError, "state is not a dictionary");
    Value items = dict_items_list(t, state);
    if (is_null(items)) return VNULL;
    bool ok = true;
    for (int64_t i = 0; ok && i < list_len(items); i++) {
        Value item = list_at(items, i);
        ok = attr_set(t, args[0], tuple_at(item, 0), tuple_at(item, 1));
    }
    decref(t, items);
    return ok ? V_NONE : VNULL;
}

/* --- Traceback, context, notes ----------------------------------------------------------------- */

static bool set_traceback(Thread *t, Value self, Value tb) {
    if (!is_none(tb) && !IS_EXACT(tb, traceback)) return err_fail(t, T_TypeError, "__traceback__ must be a traceback or None");
    slot_set(t, &V_AS(ExceptionBase, self)->traceback, is_none(tb) ? VNULL : new_ref(tb));
    return true;
}

static Value exception_with_traceback(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return set_traceback(t, args[0], args[1]) ? new_ref(args[0]) : VNULL;
}

static Value exception_add_note(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "add_note() argument must be str, not %T", args[1]);
    Value notes = attr_get_maybe(t, args[0], N(t, __notes__));
    if (is_null(notes)) {
        if (err_pending(t)) return VNULL;
        notes = list_new(t, 1);
        if (is_null(notes) || !attr_set(t, args[0], N(t, __notes__), notes)) {
            decref_maybe(t, notes);
            return VNULL;
        }
    } else if (!is_list(t, notes)) {
        decref(t, notes);
        return err_raise(t, T_TypeError, "Cannot add note: __notes__ is not a list");
    }
    bool ok = list_append(t, V_AS(List, notes), args[1]);
    decref(t, notes);
    return ok ? V_NONE : VNULL;
}

static Value get_args(Thread *t, Value self, void *closure) {
    return new_ref(value_or_none(V_AS(ExceptionBase, self)->args));
}

static bool set_args(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "args may not be deleted");
    Value args = tuple_from_iterable(t, value);
    if (is_null(args)) return false;
    slot_set(t, &V_AS(ExceptionBase, self)->args, args);
    return true;
}

static Value get_traceback(Thread *t, Value self, void *closure) {
    return new_ref(value_or_none(V_AS(ExceptionBase, self)->traceback));
}

static bool set_traceback_attribute(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "__traceback__ may not be deleted");
    return set_traceback(t, self, value);
}

static Value get_context(Thread *t, Value self, void *closure) { return new_ref(value_or_none(V_AS(ExceptionBase, self)->context)); }
static Value get_cause(Thread *t, Value self, void *closure) { return new_ref(value_or_none(V_AS(ExceptionBase, self)->cause)); }

static bool set_context(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "__context__ may not be deleted");
    if (!is_none(value) && !is_exception(t, value)) return err_fail(t, T_TypeError, "exception context must be None or derive from BaseException");
    slot_set(t, &V_AS(ExceptionBase, self)->context, is_none(value) ? VNULL : new_ref(value));
    return true;
}

static bool set_cause(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "__cause__ may not be deleted");
    if (!is_none(value) && !is_exception(t, value)) return err_fail(t, T_TypeError, "exception cause must be None or derive from BaseException");
    V_AS(ExceptionBase, self)->suppress_context = true;
    slot_set(t, &V_AS(ExceptionBase, self)->cause, is_none(value) ? VNULL : new_ref(value));
    return true;
}

static Value get_dict(Thread *t, Value self, void *closure) { return instance_dict(t, v_obj(self)); }

static bool set_dict(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "cannot delete __dict__");
    if (!is_dict(t, value)) return err_fail(t, T_TypeError, "__dict__ must be set to a dictionary, not a '%T'", value);
    return instance_set_dict(t, v_obj(self), value);
}

/* --- Tables ------------------------------------------------------------------------------------ */

static const Field exception_fields[] = {FIELD_VALUE(ExceptionBase, args), FIELD_VALUE(ExceptionBase, traceback),
                                         FIELD_VALUE(ExceptionBase, context), FIELD_VALUE(ExceptionBase, cause)};

static const MethodDef exception_methods[] = {
    {"__reduce__", "($self, /)", NULL, exception_reduce},
    {"__setstate__", "($self, state, /)", NULL, exception_setstate},
    {"with_traceback", "($self, tb, /)", "Gives the exception the traceback tb and answers the exception.", exception_with_traceback},
    {"add_note", "($self, note, /)", "Adds a note, which is shown below the message.", exception_add_note},
    {0},
};

static const GetSetDef exception_getsets[] = {
    {"__dict__", get_dict, set_dict, NULL, NULL},
    {"args", get_args, set_args, NULL, NULL},
    {"__traceback__", get_traceback, set_traceback_attribute, NULL, NULL},
    {"__context__", get_context, set_context, "The exception that was being handled when this one was raised.", NULL},
    {"__cause__", get_cause, set_cause, "The exception named by `raise ... from`.", NULL},
    {0},
};

static const MemberDef exception_members[] = {
    {"__suppress_context__", MK_BOOL8, 0, offsetof(ExceptionBase, suppress_context), NULL},
    {0},
};

const TypeDef typedef_BaseException = {
    .name = "BaseException",
    .doc = "The base of all exceptions.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(ExceptionBase),
    FIELDS(exception_fields),
    .methods = exception_methods,
    .getsets = exception_getsets,
    .members = exception_members,
    .slots = {.new = exception_new, .init = exception_init, .repr = exception_repr, .str = exception_str},
};

const TypeDef typedef_KeyError = {
    .name = "KeyError",
    .doc = "A mapping has no such key.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(ExceptionBase),
    .slots = {.str = KeyError_str},
};

/* Those that are a name, a place in the tree (core/types.def) and a layout, which is their base's. */
#define PLAIN(id, layout, text) \
    const TypeDef typedef_##id = {.name = #id, .doc = text, .flags = EXCEPTION_FLAGS, .size = sizeof(layout)};

PLAIN(Exception, ExceptionBase, "The base of all exceptions that do not ask the program to end.")
PLAIN(GeneratorExit, ExceptionBase, "A generator is asked to end.")
PLAIN(KeyboardInterrupt, ExceptionBase, "The user interrupted the program.")
PLAIN(ArithmeticError, ExceptionBase, "The base of arithmetic errors.")
PLAIN(AssertionError, ExceptionBase, "An assert statement failed.")
PLAIN(BufferError, ExceptionBase, "A buffer cannot do what was asked.")
PLAIN(EOFError, ExceptionBase, "Input ended where more was expected.")
PLAIN(LookupError, ExceptionBase, "The base of errors of keys and indices.")
PLAIN(MemoryError, ExceptionBase, "There is not enough memory.")
PLAIN(ReferenceError, ExceptionBase, "The object of a weak proxy is gone.")
PLAIN(RuntimeError, ExceptionBase, "An error of no other kind, found at run time.")
PLAIN(StopAsyncIteration, ExceptionBase, "An asynchronous iterator is exhausted.")
PLAIN(SystemError, ExceptionBase, "An error inside the interpreter itself. Please report it, with the traceback.")
PLAIN(TypeError, ExceptionBase, "An argument has the wrong type.")
PLAIN(ValueError, ExceptionBase, "An argument has the right type and a wrong value.")
PLAIN(Warning, ExceptionBase, "The base of warning categories.")
PLAIN(FloatingPointError, ExceptionBase, "A floating-point operation failed.")
PLAIN(OverflowError, ExceptionBase, "A result is too large to be represented.")
PLAIN(ZeroDivisionError, ExceptionBase, "The divisor is zero.")
PLAIN(IndexError, ExceptionBase, "A sequence index is out of range.")
PLAIN(NotImplementedError, ExceptionBase, "A method is not implemented yet, or is for derived classes to implement.")
PLAIN(PythonFinalizationError, ExceptionBase, "The interpreter is ending and can no longer do this.")
PLAIN(RecursionError, ExceptionBase, "Calls are nested too deeply.")
PLAIN(UnicodeError, ExceptionBase, "The base of errors of encoding and decoding text.")
PLAIN(BytesWarning, ExceptionBase, "Bytes where text is probably meant: conversion to str, comparison with it.")
PLAIN(DeprecationWarning, ExceptionBase, "A feature will go; for programmers.")
PLAIN(EncodingWarning, ExceptionBase, "Text is read or written in an encoding that was not named.")
PLAIN(FutureWarning, ExceptionBase, "A construct will change its meaning; for users.")
PLAIN(ImportWarning, ExceptionBase, "A probable mistake in an import.")
PLAIN(PendingDeprecationWarning, ExceptionBase, "A feature is going to be deprecated.")
PLAIN(ResourceWarning, ExceptionBase, "A resource was not released.")
PLAIN(RuntimeWarning, ExceptionBase, "Dubious behaviour at run time.")
PLAIN(SyntaxWarning, ExceptionBase, "Dubious syntax.")
PLAIN(UnicodeWarning, ExceptionBase, "A probable mistake with Unicode text.")
PLAIN(UserWarning, ExceptionBase, "A warning of the program's own.")
PLAIN(ModuleNotFoundError, ImportErrorObject, "There is no module of that name.")
PLAIN(UnboundLocalError, NameErrorObject, "A local variable is used before it has a value.")
PLAIN(IndentationError, SyntaxErrorObject, "The indentation is wrong.")
PLAIN(TabError, SyntaxErrorObject, "Tabs and spaces are mixed in indentation.")
PLAIN(_IncompleteInputError, SyntaxErrorObject, "The source text ends in the middle of a statement.")
PLAIN(BlockingIOError, OSErrorObject, "The operation would block.")
PLAIN(ChildProcessError, OSErrorObject, "An operation on a child process failed.")
PLAIN(ConnectionError, OSErrorObject, "The base of errors of connections.")
PLAIN(BrokenPipeError, OSErrorObject, "The other end of the pipe is closed.")
PLAIN(ConnectionAbortedError, OSErrorObject, "The connection was aborted.")
PLAIN(ConnectionRefusedError, OSErrorObject, "The connection was refused.")
PLAIN(ConnectionResetError, OSErrorObject, "The connection was reset.")
PLAIN(FileExistsError, OSErrorObject, "The file exists already.")
PLAIN(FileNotFoundError, OSErrorObject, "There is no such file.")
PLAIN(InterruptedError, OSErrorObject, "A signal interrupted the operation.")
PLAIN(IsADirectoryError, OSErrorObject, "It is a directory, where a file is needed.")
PLAIN(NotADirectoryError, OSErrorObject, "It is no directory, where one is needed.")
PLAIN(PermissionError, OSErrorObject, "The operation is not permitted.")
PLAIN(ProcessLookupError, OSErrorObject, "There is no such process.")
PLAIN(TimeoutError, OSErrorObject, "The time is up.")
