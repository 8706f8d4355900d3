/* Exceptions with fields, raised from C. */
#include "object/exception.h"

#include <errno.h>

#include "core/names.h"
#include "object/bytes.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/str.h"
#include "object/tuple.h"

/* Raises an owned exception and drops it. */
static Value raise_owned(Thread *t, Value e) {
    if (is_null(e)) return VNULL;
    err_raise_value(t, e);
    decref(t, e);
    return VNULL;
}

static Value make(Thread *t, enum TypeId type, const Value *args, uint32_t n) {
    Value window[8] = {VNULL};
    for (uint32_t i = 0; i < n; i++) window[1 + i] = args[i];
    Value class = v_from(builtin_type(t, type));
    return type_of(t, class)->slots.call(t, class, window + 1, n, VNULL);
}

/* Makes an exception of one message, taken. */
static Value make_message(Thread *t, enum TypeId type, Value message) {
    if (is_null(message)) return VNULL;
    Value e = make(t, type, &message, 1);
    decref(t, message);
    return e;
}

Value err_attribute_message(Thread *t, Value object, Value name, Value message) {
    Value e = make_message(t, T_AttributeError, message);
    if (is_null(e)) return VNULL;
    slot_set(t, &V_AS(AttributeErrorObject, e)->name, new_ref(name));
    slot_set(t, &V_AS(AttributeErrorObject, e)->object, new_ref(object));
    return raise_owned(t, e);
}

Value err_attribute(Thread *t, Value object, Value name) {
    return err_attribute_message(t, object, name, is_type(t, object)
        ? str_format(t, "type object '%U' has no attribute '%U'", V_AS(Type, object)->name, name)
        : str_format(t, "'%T' object has no attribute '%U'", object, name));
}

Value err_name(Thread *t, Value name) {
    Value e = make_message(t, T_NameError, str_format(t, "name '%U' is not defined", name));
    if (is_null(e)) return VNULL;
    slot_set(t, &V_AS(NameErrorObject, e)->name, new_ref(name));
    return raise_owned(t, e);
}

Value err_import(Thread *t, enum TypeId type, Value msg, Value name, Value path) {
    Value e = make(t, type, &msg, is_null(msg) ? 0 : 1);
    if (is_null(e)) return VNULL;
    if (!is_null(name)) slot_set(t, &V_AS(ImportErrorObject, e)->name, new_ref(name));
    if (!is_null(path)) slot_set(t, &V_AS(ImportErrorObject, e)->path, new_ref(path));
    return raise_owned(t, e);
}

/* (encoding, object, start, end, reason), encoding and object taken. */
static Value unicode_error(Thread *t, enum TypeId type, Value encoding, Value object, int64_t start, int64_t end, const char *reason) {
    Value text = str_from_cstr(t, reason), e = VNULL;
    if (!is_null(encoding) && !is_null(object) && !is_null(text)) {
        Value args[5] = {encoding, object, int_from_i64(t, start), int_from_i64(t, end), text};
        e = make(t, type, args, 5);
    }
    decref_maybe(t, encoding);
    decref_maybe(t, object);
    decref_maybe(t, text);
    return raise_owned(t, e);
}

Value err_unicode_decode(Thread *t, const char *encoding, const char *data, int64_t n, int64_t start, int64_t end, const char *reason) {
    return unicode_error(t, T_UnicodeDecodeError, str_from_cstr(t, encoding), bytes_new(t, data, n), start, end, reason);
}

Value err_unicode_encode(Thread *t, const char *encoding, Value str, int64_t start, int64_t end, const char *reason) {
    return unicode_error(t, T_UnicodeEncodeError, str_from_cstr(t, encoding), new_ref(str), start, end, reason);
}

Value err_syntax(Thread *t, enum TypeId type, Value msg, Value filename, int64_t lineno, int64_t offset, int64_t end_lineno, int64_t end_offset, Value text) {
    Value where = tuple_of(t, 6, filename, int_from_i64(t, lineno), int_from_i64(t, offset), is_null(text) ? V_NONE : text,
                           int_from_i64(t, end_lineno), int_from_i64(t, end_offset));
    if (is_null(where)) return VNULL;
    Value args[2] = {msg, where}, e = make(t, type, args, 2);
    decref(t, where);
    return raise_owned(t, e);
}

Value err_raise_errno(Thread *t, int error, Value filename, Value filename2) {
    Value text = str_from_cstr(t, strerror(error));
    if (is_null(text)) return VNULL;
    Value args[5] = {int_from_i64(t, error), text, filename, V_NONE, filename2};
    uint32_t n = !is_null(filename2) ? 5 : !is_null(filename) ? 3 : 2;
    if (is_null(args[2])) args[2] = V_NONE;
    Value e = make(t, T_OSError, args, n);
    decref(t, text);
    return raise_owned(t, e);
}
