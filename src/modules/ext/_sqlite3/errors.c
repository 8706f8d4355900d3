/* _sqlite3: its exceptions, and SQLite's result codes as exceptions. */
#include "modules/ext/_sqlite3/sqlite3_priv.h"

/* The class; while the module is torn down, a class of the language stands in. */
static Type *class_of(Thread *t, enum SqliteClass which) {
    Value class = sqlite_state(t)->classes[which];
    return is_null(class) ? builtin_type(t, T_RuntimeError) : V_AS(Type, class);
}

Value sqlite_raise(Thread *t, enum SqliteClass which, const char *format, ...) {
    va_list args;
    va_start(args, format);
    err_raise_va(t, class_of(t, which), format, args);
    va_end(args);
    return VNULL;
}

/* The class for a primary result code; SE_COUNT: MemoryError. */
static enum SqliteClass class_of_code(int code) {
    switch (code) {
    case SQLITE_INTERNAL: case SQLITE_NOTFOUND: return SE_InternalError;
    case SQLITE_NOMEM: return SE_COUNT;
    case SQLITE_ERROR: case SQLITE_PERM: case SQLITE_ABORT: case SQLITE_BUSY: case SQLITE_LOCKED: case SQLITE_READONLY: case SQLITE_INTERRUPT:
    case SQLITE_IOERR: case SQLITE_FULL: case SQLITE_CANTOPEN: case SQLITE_PROTOCOL: case SQLITE_EMPTY: case SQLITE_SCHEMA: return SE_OperationalError;
    case SQLITE_TOOBIG: return SE_DataError;
    case SQLITE_CONSTRAINT: case SQLITE_MISMATCH: return SE_IntegrityError;
    case SQLITE_MISUSE: case SQLITE_RANGE: return SE_InterfaceError;
    default: return SE_DatabaseError;
    }
}

static const char *name_of_code(int code) {
    for (const struct SqliteConstant *c = sqlite_constants; c->name; c++)
        if (c->is_error && c->value == code) return c->name;
    return "unknown";
}

static Value raise_with_code(Thread *t, enum SqliteClass which, int code, const char *message) {
    sqlite_raise(t, which, "%s", message);
    Value exception = err_fetch(t), number = int_from_i64(t, code), name = str_from_cstr(t, name_of_code(code));
    if (!is_null(number) && !is_null(name) && attr_set_cstr(t, exception, "sqlite_errorcode", number) &&
        attr_set_cstr(t, exception, "sqlite_errorname", name))
        err_restore(t, exception);
    else
        decref(t, exception);
    decref_maybe(t, number);
    decref_maybe(t, name);
    return VNULL;
}

Value sqlite_raise_db(Thread *t, sqlite3 *db) {
    enum SqliteClass which = class_of_code(sqlite3_errcode(db));
    return which == SE_COUNT ? err_no_memory(t) : raise_with_code(t, which, sqlite3_extended_errcode(db), sqlite3_errmsg(db));
}

/* --- Constants ---------------------------------------------------------------------------------------------------------------------- */

const struct SqliteConstant sqlite_constants[] = {
#define ERROR(name) {#name, name, true},
#define CONSTANT(name) {#name, name, false},
#include "modules/ext/_sqlite3/constants.def"
#undef ERROR
#undef CONSTANT
    {NULL},
};
