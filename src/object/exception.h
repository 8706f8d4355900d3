/* Exceptions: the layout of BaseException and of those with fields of their own. */
#ifndef KRAIT_OBJECT_EXCEPTION_H
#define KRAIT_OBJECT_EXCEPTION_H

#include "core/errors.h"

/* args: a tuple; traceback, context, cause: VNULL when there is none.  The ext word (__dict__, with __notes__ in
 * it) follows the fields of each subclass: see Type.size. */
#define EXCEPTION_HEAD Object head; Value args, traceback, context, cause; bool suppress_context
typedef struct ExceptionBase { EXCEPTION_HEAD; } ExceptionBase;
typedef struct StopIterationObject { EXCEPTION_HEAD; Value value; } StopIterationObject;
typedef struct SystemExitObject { EXCEPTION_HEAD; Value code; } SystemExitObject;
typedef struct NameErrorObject { EXCEPTION_HEAD; Value name; } NameErrorObject;
typedef struct AttributeErrorObject { EXCEPTION_HEAD; Value name, object; } AttributeErrorObject;
typedef struct ImportErrorObject { EXCEPTION_HEAD; Value msg, name, path, name_from; } ImportErrorObject;
typedef struct OSErrorObject { EXCEPTION_HEAD; Value errno_, strerror, filename, filename2; int64_t written; } OSErrorObject;
typedef struct SyntaxErrorObject { EXCEPTION_HEAD; Value msg, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line, metadata; } SyntaxErrorObject;
typedef struct UnicodeErrorObject { EXCEPTION_HEAD; Value encoding, object, reason; int64_t start, end; } UnicodeErrorObject;
typedef struct ExceptionGroupObject { EXCEPTION_HEAD; Value message, exceptions, form; } ExceptionGroupObject; /* form: repr of the exceptions as they were given, VNULL: a list or tuple */

typedef struct Traceback {
    Object head;
    Value next;      /* traceback or VNULL */
    Value frame;     /* frame object */
    int32_t lasti;   /* as tb_lasti: twice the index of the instruction word */
    int32_t lineno;  /* -1: computed from lasti when asked */
} Traceback;

/* Raising with fields (all Values borrowed). */
Value err_attribute(Thread *t, Value object, Value name); /* "'T' object has no attribute 'n'" with name and obj set */
Value err_attribute_message(Thread *t, Value object, Value name, Value message); /* message: an owned str, taken; VNULL: pending */
Value err_name(Thread *t, Value name);                    /* NameError: name 'x' is not defined */
Value err_import(Thread *t, enum TypeId type, Value msg, Value name, Value path);
Value err_unicode_decode(Thread *t, const char *encoding, const char *data, int64_t n, int64_t start, int64_t end, const char *reason);
Value err_unicode_encode(Thread *t, const char *encoding, Value str, int64_t start, int64_t end, const char *reason);
Value err_syntax(Thread *t, enum TypeId type, Value msg, Value filename, int64_t lineno, int64_t offset, int64_t end_lineno, int64_t end_offset, Value text);

#endif
