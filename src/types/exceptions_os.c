/* OSError: its class follows from errno, its fields from its two to five arguments.
 *
 * `OSError(errno, text)` makes an instance of the subclass for that errno.  The arguments are taken apart by __new__, so that
 * a class may override __init__; where a class overrides __init__ only, by the __init__ that it calls.
 */
#include <errno.h>

#include "object/int.h"
#include "types/exceptions_priv.h"

static const struct { int error; enum TypeId type; } error_types[] = {
    {EAGAIN, T_BlockingIOError}, {EALREADY, T_BlockingIOError}, {EINPROGRESS, T_BlockingIOError}, {EPIPE, T_BrokenPipeError},
    {ESHUTDOWN, T_BrokenPipeError}, {ECHILD, T_ChildProcessError}, {ECONNABORTED, T_ConnectionAbortedError},
    {ECONNREFUSED, T_ConnectionRefusedError}, {ECONNRESET, T_ConnectionResetError}, {EEXIST, T_FileExistsError},
    {ENOENT, T_FileNotFoundError}, {EISDIR, T_IsADirectoryError}, {ENOTDIR, T_NotADirectoryError}, {EINTR, T_InterruptedError},
    {EACCES, T_PermissionError}, {EPERM, T_PermissionError}, {ESRCH, T_ProcessLookupError}, {ETIMEDOUT, T_TimeoutError},
};

static Type *type_of_errno(Thread *t, Value error) {
    if (is_smallint(error)) {
        for (size_t i = 0; i < COUNT_OF(error_types); i++) {
            if (error_types[i].error == smallint_get(error)) return builtin_type(t, error_types[i].type);
        }
    }
    return builtin_type(t, T_OSError);
}

static Value OSError_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
static bool OSError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames);

static bool init_takes_arguments(const Type *type) { return type->slots.init != OSError_init && type->slots.new == OSError_new; }

static bool no_keywords(Thread *t, const Type *type, Value kwnames) {
    if (is_null(kwnames) || tuple_len(kwnames) == 0) return true;
    return err_fail(t, T_TypeError, "%N() takes no keyword arguments", type);
}

static bool take_arguments(Thread *t, Value self, Value *args, uint32_t nargs) {
    OSErrorObject *e = V_AS(OSErrorObject, self);
    bool parsed = nargs >= 2 && nargs <= 5;
    uint32_t kept = nargs;
    if (parsed) {
        slot_set(t, &e->errno_, new_ref(args[0]));
        slot_set(t, &e->strerror, new_ref(args[1]));
    }
    if (parsed && nargs >= 3 && !is_none(args[2])) {
        if (IS_A(t, self, BlockingIOError) && is_number(t, args[2])) {
            if (!number_to_index(t, args[2], &e->written, T_ValueError)) return false;
        } else {
            slot_set(t, &e->filename, new_ref(args[2]));
            if (nargs == 5 && !is_none(args[4])) slot_set(t, &e->filename2, new_ref(args[4]));
            kept = 2;
        }
    }
    return exception_set_args(t, self, args, kept);
}

static Value OSError_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    bool later = init_takes_arguments(type);
    if (!later && !no_keywords(t, type, kwnames)) return VNULL;
    if (!later && type == builtin_type(t, T_OSError) && nargs >= 2 && nargs <= 5) type = type_of_errno(t, args[0]);
    Value self = object_new(t, type);
    if (is_null(self)) return VNULL;
    V_AS(OSErrorObject, self)->written = -1;
    if (!(later ? exception_set_args(t, self, NULL, 0) : take_arguments(t, self, args, nargs))) {
        decref(t, self);
        return VNULL;
    }
    return object_done(t, self);
}

static bool OSError_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    const Type *type = type_of(t, self);
    if (!init_takes_arguments(type)) return true;
    return no_keywords(t, type, kwnames) && take_arguments(t, self, args, nargs);
}

static Value OSError_str(Thread *t, Value self) {
    OSErrorObject *e = V_AS(OSErrorObject, self);
    Value error = value_or_none(e->errno_), text = value_or_none(e->strerror);
    if (!is_null(e->filename)) {
        if (!is_null(e->filename2)) return str_format(t, "[Errno %S] %S: %R -> %R", error, text, e->filename, e->filename2);
        return str_format(t, "[Errno %S] %S: %R", error, text, e->filename);
    }
    if (!is_null(e->errno_) && !is_null(e->strerror)) return str_format(t, "[Errno %S] %S", error, text);
    return exception_str(t, self);
}

static Value OSError_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    OSErrorObject *e = V_AS(OSErrorObject, args[0]);
    bool failed;
    Value state = exception_dict(t, args[0], &failed), all = new_ref(e->args);
    if (failed) return VNULL;
    if (tuple_len(e->args) == 2 && !is_null(e->filename)) {
        Value error = tuple_at(e->args, 0), text = tuple_at(e->args, 1);
        decref(t, all);
        all = is_null(e->filename2) ? tuple_of(t, 3, error, text, e->filename)
                                    : tuple_of(t, 5, error, text, e->filename, V_NONE, e->filename2);
    }
    if (is_null(all)) {
        decref_maybe(t, state);
        return VNULL;
    }
    Value r = exception_reduce_with(t, args[0], all, state);
    decref(t, all);
    return r;
}

static Value get_written(Thread *t, Value self, void *closure) {
    int64_t n = V_AS(OSErrorObject, self)->written;
    if (n == -1) return err_attribute_message(t, self, N(t, characters_written), str_from_cstr(t, "characters_written"));
    return int_from_i64(t, n);
}

static bool set_written(Thread *t, Value self, Value value, void *closure) {
    OSErrorObject *e = V_AS(OSErrorObject, self);
    if (!is_null(value)) return number_to_index(t, value, &e->written, T_ValueError);
    if (e->written == -1) {
        err_attribute_message(t, self, N(t, characters_written), str_from_cstr(t, "characters_written"));
        return false;
    }
    e->written = -1;
    return true;
}

static const Field OSError_fields[] = {FIELD_VALUE(OSErrorObject, errno_), FIELD_VALUE(OSErrorObject, strerror),
                                       FIELD_VALUE(OSErrorObject, filename), FIELD_VALUE(OSErrorObject, filename2)};
static const MemberDef OSError_members[] = {
    {"errno", MK_VALUE, 0, offsetof(OSErrorObject, errno_), "the system's number of the error"},
    {"strerror", MK_VALUE, 0, offsetof(OSErrorObject, strerror), "its text"},
    {"filename", MK_VALUE, 0, offsetof(OSErrorObject, filename), "the file"},
    {"filename2", MK_VALUE, 0, offsetof(OSErrorObject, filename2), "the second file"},
    {0},
};
static const GetSetDef OSError_getsets[] = {{"characters_written", get_written, set_written, NULL, NULL}, {0}};
static const MethodDef OSError_methods[] = {{"__reduce__", "($self, /)", NULL, OSError_reduce}, {0}};

const TypeDef typedef_OSError = {
    .name = "OSError",
    .doc = "The operating system refused.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(OSErrorObject),
    FIELDS(OSError_fields),
    .members = OSError_members,
    .getsets = OSError_getsets,
    .methods = OSError_methods,
    .slots = {.new = OSError_new, .init = OSError_init, .str = OSError_str},
};
