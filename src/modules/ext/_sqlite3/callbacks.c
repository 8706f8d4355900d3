/* _sqlite3: Python functions that SQLite calls: functions, aggregates, window functions, collations, authorizer, progress, trace.
 *
 * SQLite gets a Callback as its context and frees it by callback_free when it needs it no more, which may be after the connection's death.
 * Until then the connection lists it, so that the collector sees the callable.
 *
 * Callbacks come without the GIL, from the thread that called SQLite; only a dying statement is finalised with the GIL held: then `quiet`
 * is set, and no Python code may run.
 */
#include <stdlib.h>

#include "core/runtime.h"
#include "modules/ext/_sqlite3/sqlite3_priv.h"
#include "object/buffer.h"
#include "vm/gil.h"

/* --- In and out ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct Entry {
    Thread *t;
    Value callable; /* owned: SQLite may free the callback meanwhile */
    Value outer;    /* an exception that an earlier callback of the same call left: owned or VNULL */
    bool took_gil;
} Entry;

static Entry enter(Callback *callback) {
    Thread *t = thread_current(callback->runtime);
    bool take = !gil_held(t);
    if (take) gil_acquire(t);
    return (Entry){t, new_ref(callback->callable), err_fetch(t), take};
}

static void leave(Entry e) {
    decref(e.t, e.callable);
    if (!is_null(e.outer)) {
        err_clear(e.t);
        err_restore(e.t, e.outer);
    }
    if (e.took_gil) gil_release(e.t);
}

/* Reports the pending exception if that is wanted, and drops it. */
static void report(Entry e) {
    Thread *t = e.t;
    if (!err_pending(t)) return;
    if (!sqlite_state(t)->tracebacks) {
        err_clear(t);
        return;
    }
    Value error = err_fetch(t), message = str_format(t, "Exception ignored on sqlite3 callback %R", e.callable), keep = VNULL;
    const char *text = is_null(message) ? NULL : str_utf8(t, message, NULL, &keep);
    if (text == NULL) err_clear(t);
    err_restore(t, error);
    err_unraisable(t, text ? text : "Exception ignored on sqlite3 callback", VNULL);
    decref_maybe(t, message);
    decref_maybe(t, keep);
}

/* The pending exception becomes the error of an SQL function. */
static void fail_function(Entry e, sqlite3_context *context, const char *message) {
    if (err_is(e.t, T_MemoryError)) sqlite3_result_error_nomem(context);
    else if (err_is(e.t, T_OverflowError)) sqlite3_result_error_toobig(context);
    else sqlite3_result_error(context, message, -1);
    report(e);
}

/* --- The list --------------------------------------------------------------------------------------------------------------------------------- */

static Callback *callback_new(Thread *t, Connection *c, Value callable) {
    Callback *callback = malloc(sizeof *callback);
    if (callback == NULL) {
        err_no_memory(t);
        return NULL;
    }
    *callback = (Callback){c->callbacks, &c->callbacks, t->runtime, new_ref(callable)};
    if (callback->next != NULL) callback->next->link = &callback->next;
    c->callbacks = callback;
    return callback;
}

static void unlink_callback(Callback *callback) {
    if (callback->link == NULL) return;
    *callback->link = callback->next;
    if (callback->next != NULL) callback->next->link = callback->link;
    callback->link = NULL;
}

/* SQLite's destructor of a context. */
static void callback_free(void *context) {
    Callback *callback = context;
    if (callback == NULL) return;
    Entry e = enter(callback);
    unlink_callback(callback);
    decref(e.t, callback->callable);
    free(callback);
    leave(e);
}

/* For those of which there is one: SQLite has no destructor for them. */
static void callback_replace(Callback **slot, Callback *callback) {
    Callback *old = *slot;
    *slot = callback;
    callback_free(old);
}

void callbacks_disown(Connection *c) {
    for (Callback *callback = c->callbacks, *next; callback != NULL; callback = next) {
        next = callback->next;
        callback->link = NULL;
    }
    c->callbacks = NULL;
    callback_replace(&c->authorizer, NULL);
    callback_replace(&c->progress, NULL);
    callback_replace(&c->trace, NULL);
}

void callbacks_clear(Thread *t, Connection *c) {
    for (Callback *callback = c->callbacks; callback != NULL; callback = callback->next) slot_set(t, &callback->callable, V_NONE);
}

int callbacks_traverse(Connection *c, VisitFn visit, void *context) {
    for (Callback *callback = c->callbacks; callback != NULL; callback = callback->next) {
        int stop = is_obj(callback->callable) ? visit(callback->callable, context) : 0;
        if (stop) return stop;
    }
    return 0;
}

/* --- Values ----------------------------------------------------------------------------------------------------------------------------------- */

static Value value_of(Thread *t, sqlite3_value *v) {
    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER: return int_from_i64(t, sqlite3_value_int64(v));
    case SQLITE_FLOAT: return float_from_double(t, sqlite3_value_double(v));
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_value_text(v);
        return text ? str_from_utf8(t, text, sqlite3_value_bytes(v)) : err_no_memory(t);
    }
    case SQLITE_BLOB: {
        const char *data = sqlite3_value_blob(v);
        return bytes_new(t, data ? data : "", sqlite3_value_bytes(v));
    }
    default: return V_NONE;
    }
}

/* callable(*values). */
static Value call_with_values(Thread *t, Value callable, int n, sqlite3_value **values) {
    enum { FEW = 8 };
    Value few[FEW + 1], *block = n > FEW ? heap_alloc(t, (size_t)(n + 1) * sizeof *block) : few, result = VNULL;
    if (block == NULL) return VNULL;
    int made = 0;
    while (made < n && !is_null(block[made + 1] = value_of(t, values[made]))) made++;
    if (made == n) result = call(t, callable, block + 1, (uint32_t)n, VNULL);
    while (made > 0) decref(t, block[made--]);
    if (block != few) heap_free(t, block);
    return result;
}

static bool set_text_result(Thread *t, sqlite3_context *context, Value v) {
    int64_t bytes;
    Value keep = VNULL;
    const char *text = str_utf8(t, v, &bytes, &keep);
    if (text != NULL && bytes > INT_MAX) sqlite3_result_error_toobig(context);
    else if (text != NULL) sqlite3_result_text(context, text, (int)bytes, SQLITE_TRANSIENT);
    decref_maybe(t, keep);
    return text != NULL;
}

static bool set_buffer_result(Thread *t, sqlite3_context *context, Value v) {
    Buffer view;
    if (!buffer_get(t, v, &view, BUF_SIMPLE)) return false;
    if (view.length > INT_MAX) sqlite3_result_error_toobig(context);
    else sqlite3_result_blob(context, view.data ? view.data : "", (int)view.length, SQLITE_TRANSIENT);
    buffer_release(t, &view);
    return true;
}

/* false: no value for SQLite; perhaps an exception is pending. */
static bool set_result(Thread *t, sqlite3_context *context, Value v) {
    int64_t i;
    if (is_none(v)) sqlite3_result_null(context);
    else if (is_smallint(v)) sqlite3_result_int64(context, smallint_get(v));
    else if (is_smallfloat(v)) sqlite3_result_double(context, smallfloat_get(v));
    else if (is_int(t, v)) return int_to_i64(t, v, &i) && (sqlite3_result_int64(context, i), true);
    else if (is_float(t, v)) sqlite3_result_double(context, float_get(v));
    else if (is_str(t, v)) return set_text_result(t, context, v);
    else if (has_buffer(t, v)) return set_buffer_result(t, context, v);
    else return false;
    return true;
}

/* --- Functions -------------------------------------------------------------------------------------------------------------------------------- */

static void on_function(sqlite3_context *context, int n, sqlite3_value **values) {
    Entry e = enter(sqlite3_user_data(context));
    Value result = call_with_values(e.t, e.callable, n, values);
    if (is_null(result) || !set_result(e.t, context, result)) fail_function(e, context, "user-defined function raised exception");
    decref_maybe(e.t, result);
    leave(e);
}

/* --- Aggregates: SQLite keeps a word for each group, which holds the instance ---------------------------------------------------------------------- */

enum AggregateMethod { AGGREGATE_step, AGGREGATE_inverse, AGGREGATE_value, AGGREGATE_finalize };
static const struct { const char *name, *missing, *failed; } aggregate_methods[] = {
#define METHOD(name) {#name, "user-defined aggregate's '" #name "' method not defined", "user-defined aggregate's '" #name "' method raised error"}
    METHOD(step), METHOD(inverse), METHOD(value), METHOD(finalize),
#undef METHOD
};

/* instance.method(*values); VNULL: the function has failed. */
static Value call_aggregate(Entry e, sqlite3_context *context, Value instance, enum AggregateMethod which, int n, sqlite3_value **values) {
    Value method = attr_get_cstr(e.t, instance, aggregate_methods[which].name);
    if (is_null(method)) {
        fail_function(e, context, aggregate_methods[which].missing);
        return VNULL;
    }
    Value result = call_with_values(e.t, method, n, values);
    decref(e.t, method);
    if (is_null(result)) fail_function(e, context, aggregate_methods[which].failed);
    return result;
}

static void on_step(sqlite3_context *context, int n, sqlite3_value **values) {
    Entry e = enter(sqlite3_user_data(context));
    Value *instance = sqlite3_aggregate_context(context, sizeof *instance);
    if (instance == NULL) {
        sqlite3_result_error_nomem(context);
    } else {
        if (is_null(*instance)) *instance = call_0(e.t, e.callable);
        if (is_null(*instance)) fail_function(e, context, "user-defined aggregate's '__init__' method raised error");
        else decref_maybe(e.t, call_aggregate(e, context, *instance, AGGREGATE_step, n, values));
    }
    leave(e);
}

static void on_inverse(sqlite3_context *context, int n, sqlite3_value **values) {
    Entry e = enter(sqlite3_user_data(context));
    Value *instance = sqlite3_aggregate_context(context, sizeof *instance);
    if (instance != NULL && !is_null(*instance)) decref_maybe(e.t, call_aggregate(e, context, *instance, AGGREGATE_inverse, n, values));
    leave(e);
}

/* `value` and `finalize`, which give the group's result. */
static void give_result(Entry e, sqlite3_context *context, Value instance, enum AggregateMethod which) {
    Value result = call_aggregate(e, context, instance, which, 0, NULL);
    if (!is_null(result) && !set_result(e.t, context, result)) fail_function(e, context, aggregate_methods[which].failed);
    decref_maybe(e.t, result);
}

static void on_value(sqlite3_context *context) {
    Entry e = enter(sqlite3_user_data(context));
    Value *instance = sqlite3_aggregate_context(context, sizeof *instance);
    if (instance != NULL && !is_null(*instance)) give_result(e, context, *instance, AGGREGATE_value);
    leave(e);
}

static void on_finalize(sqlite3_context *context) {
    Entry e = enter(sqlite3_user_data(context));
    Value *instance = sqlite3_aggregate_context(context, 0);
    if (instance != NULL && !is_null(*instance)) { /* NULL: there was no row, or __init__ failed */
        Value gone = *instance;
        *instance = VNULL;
        if (!sqlite_state(e.t)->quiet) give_result(e, context, gone, AGGREGATE_finalize);
        decref(e.t, gone);
    }
    leave(e);
}

/* --- Collations, authorizer, progress, trace --------------------------------------------------------------------------------------------------------- */

/* An int's sign as a comparison's answer. */
static bool collation_result(Thread *t, Value answer, int *result) {
    if (!is_int(t, answer)) return err_fail(t, T_TypeError, "'%T' object cannot be interpreted as an integer", answer);
    *result = int_sign(answer);
    return true;
}

static int on_collation(void *context, int a_length, const void *a, int b_length, const void *b) {
    Entry e = enter(context);
    int result = 0;
    if (is_null(e.outer)) { /* SQLite goes on comparing after an error */
        Value x = str_from_utf8(e.t, a, a_length), y = is_null(x) ? VNULL : str_from_utf8(e.t, b, b_length);
        Value answer = is_null(y) ? VNULL : call_2(e.t, e.callable, x, y);
        if (!is_null(answer)) (void)!collation_result(e.t, answer, &result);
        decref_maybe(e.t, x);
        decref_maybe(e.t, y);
        decref_maybe(e.t, answer);
    }
    leave(e);
    return result;
}

static Value text_or_none(Thread *t, const char *text) { return text ? str_from_cstr(t, text) : V_NONE; }

static int on_authorizer(void *context, int action, const char *a, const char *b, const char *database, const char *source) {
    Entry e = enter(context);
    Thread *t = e.t;
    Value args[6] = {VNULL, int_from_i64(t, action), text_or_none(t, a), text_or_none(t, b), text_or_none(t, database), text_or_none(t, source)}, answer = VNULL;
    bool made = true;
    for (int i = 1; i < 6; i++) made &= !is_null(args[i]);
    if (made) answer = call(t, e.callable, args + 1, 5, VNULL);
    for (int i = 1; i < 6; i++) decref_maybe(t, args[i]);
    int32_t result = SQLITE_DENY;
    if (!is_null(answer) && is_int(t, answer) && !int_to_i32(t, answer, &result)) result = SQLITE_DENY;
    report(e);
    decref_maybe(t, answer);
    leave(e);
    return result;
}

/* Not 0: SQLite interrupts what it does. */
static int on_progress(void *context) {
    Entry e = enter(context);
    Value answer = call_0(e.t, e.callable);
    int stop = is_null(answer) ? -1 : truth(e.t, answer);
    report(e);
    decref_maybe(e.t, answer);
    leave(e);
    return stop;
}

/* The statement with its parameters in place; the plain text where that would be too long. */
static Value traced_text(Entry e, sqlite3_stmt *stmt, const char *sql) {
    char *expanded = sqlite3_expanded_sql(stmt);
    if (expanded == NULL) {
        sqlite3 *db = sqlite3_db_handle(stmt);
        if (sqlite3_errcode(db) == SQLITE_NOMEM) return err_no_memory(e.t);
        sqlite_raise(e.t, SE_DataError, "Expanded SQL string exceeds the maximum string length");
        report(e);
        return str_from_cstr(e.t, sql);
    }
    Value text = str_from_utf8(e.t, expanded, (int64_t)strlen(expanded));
    sqlite3_free(expanded);
    return text;
}

static int on_trace(unsigned type, void *context, void *statement, void *sql) {
    if (type != SQLITE_TRACE_STMT) return 0;
    Entry e = enter(context);
    Value text = strncmp(sql, "--", 2) == 0 ? str_from_cstr(e.t, sql) : traced_text(e, statement, sql);
    Value answer = is_null(text) ? VNULL : call_1(e.t, e.callable, text);
    report(e);
    decref_maybe(e.t, text);
    decref_maybe(e.t, answer);
    leave(e);
    return 0;
}

/* --- Registering ---------------------------------------------------------------------------------------------------------------------------------------- */

/* The number of arguments of a function: -1 is any. */
static bool check_arity(Thread *t, Connection *c, const char *what, int32_t n) {
    int most = sqlite3_limit(c->db, SQLITE_LIMIT_FUNCTION_ARG, -1);
    if (n >= -1 && n <= most) return true;
    sqlite_raise(t, SE_ProgrammingError, "'%s' must be between -1 and %d, not %d", what, most, n);
    return false;
}

enum FunctionKind { FUNCTION_PLAIN, FUNCTION_AGGREGATE, FUNCTION_WINDOW };
typedef struct FunctionRequest {
    const char *method, *arity_name, *refused;
    enum FunctionKind kind;
    int flags;
} FunctionRequest;

/* Makes a Python callable an SQL function; None removes it. On failure SQLite calls callback_free. */
static int register_function(Thread *t, sqlite3 *db, const char *name, int n, int flags, Callback *callback, enum FunctionKind kind) {
    void (*free_it)(void *) = callback_free;
    bool set = callback != NULL;
    int code;
    flags |= SQLITE_UTF8;
    gil_release(t);
    if (kind == FUNCTION_PLAIN) code = sqlite3_create_function_v2(db, name, n, flags, callback, set ? on_function : NULL, NULL, NULL, set ? free_it : NULL);
    else if (kind == FUNCTION_AGGREGATE)
        code = sqlite3_create_function_v2(db, name, n, flags, callback, NULL, set ? on_step : NULL, set ? on_finalize : NULL, set ? free_it : NULL);
    else
        code = sqlite3_create_window_function(db, name, n, flags, callback, set ? on_step : NULL, set ? on_finalize : NULL, set ? on_value : NULL,
                                              set ? on_inverse : NULL, set ? free_it : NULL);
    gil_acquire(t);
    return code;
}

static Value create_function(Thread *t, Connection *c, const FunctionRequest *request, Value *args) {
    Value keep = VNULL;
    int32_t n;
    const char *name = text_argument(t, args[0], request->method, request->kind == FUNCTION_WINDOW ? "1" : "'name'", &keep);
    if (name == NULL) return VNULL;
    bool good = arg_i32(t, args[1], &n) && connection_check(t, c) && check_arity(t, c, request->arity_name, n);
    Callback *callback = NULL;
    if (good && !is_none(args[2])) good = (callback = callback_new(t, c, args[2])) != NULL;
    if (good && register_function(t, c->db, name, n, request->flags, callback, request->kind) != SQLITE_OK) {
        if (request->refused) sqlite_raise(t, SE_OperationalError, "%s", request->refused);
        else connection_error(t, c);
        good = false;
    }
    decref_maybe(t, keep);
    return good ? V_NONE : VNULL;
}

/* Binds a call whose first parameters were to be given by position: another way is deprecated. */
static bool bind_deprecated(Thread *t, const char *method, const char *signature, uint32_t positional, const char *what, Value *args, uint32_t nargs,
                            Value kwnames, Value *out) {
    if (!call_bind_signature(t, method, signature, args + 1, nargs - 1, kwnames, out)) return false;
    if (nargs - 1 >= positional) return true;
    const char *plural = positional > 1 ? "s" : "";
    return warn(t, T_DeprecationWarning, 1,
                "Passing keyword argument%s %s to _sqlite3.Connection.%s() is deprecated. Parameter%s %s will become positional-only in Python 3.15.",
                plural, what, method, plural, what);
}

Value connection_create_function(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value out[4];
    if (!bind_deprecated(t, "create_function", "(name, narg, func, *, deterministic=False)", 3, "'name', 'narg' and 'func'", args, nargs, kwnames, out))
        return VNULL;
    bool deterministic = false;
    if (!is_null(out[3]) && !arg_bool(t, out[3], &deterministic)) return VNULL;
    FunctionRequest request = {"create_function", "narg", "Error creating function", FUNCTION_PLAIN, deterministic ? SQLITE_DETERMINISTIC : 0};
    return create_function(t, V_AS(Connection, args[0]), &request, out);
}

Value connection_create_aggregate(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value out[3];
    if (!bind_deprecated(t, "create_aggregate", "(name, n_arg, aggregate_class)", 3, "'name', 'n_arg' and 'aggregate_class'", args, nargs, kwnames, out))
        return VNULL;
    FunctionRequest request = {"create_aggregate", "n_arg", "Error creating aggregate", FUNCTION_AGGREGATE, 0};
    return create_function(t, V_AS(Connection, args[0]), &request, out);
}

Value connection_create_window_function(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    FunctionRequest request = {"create_window_function", "num_params", NULL, FUNCTION_WINDOW, 0};
    return create_function(t, V_AS(Connection, args[0]), &request, args + 1);
}

Value connection_create_collation(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value keep = VNULL;
    const char *name = text_argument(t, args[1], "create_collation", "1", &keep);
    bool good = name != NULL && connection_check(t, c), set = !is_none(args[2]);
    Callback *callback = NULL;
    if (good && set && !is_callable(t, args[2])) good = err_fail(t, T_TypeError, "parameter must be callable");
    if (good && set) good = (callback = callback_new(t, c, args[2])) != NULL;
    if (good) {
        int code;
        ALLOW_THREADS(t, code = sqlite3_create_collation_v2(c->db, name, SQLITE_UTF8, callback, set ? on_collation : NULL, set ? callback_free : NULL));
        if (code != SQLITE_OK) {
            if (callback != NULL) callback_free(callback); /* here SQLite does not */
            connection_error(t, c);
            good = false;
        }
    }
    decref_maybe(t, keep);
    return good ? V_NONE : VNULL;
}

/* A callback of which there is one; None removes it. *callback is NULL then. */
static bool single_callback(Thread *t, Connection *c, Value callable, Callback **callback) {
    *callback = NULL;
    return connection_check(t, c) && (is_none(callable) || (*callback = callback_new(t, c, callable)) != NULL);
}

Value connection_set_authorizer(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value callable;
    Callback *callback;
    if (!bind_deprecated(t, "set_authorizer", "(authorizer_callback)", 1, "'authorizer_callback'", args, nargs, kwnames, &callable)) return VNULL;
    if (!single_callback(t, c, callable, &callback)) return VNULL;
    int code = sqlite3_set_authorizer(c->db, callback ? on_authorizer : NULL, callback);
    callback_replace(&c->authorizer, callback);
    if (code == SQLITE_OK) return V_NONE;
    return sqlite_raise(t, SE_OperationalError, "Error setting authorizer callback");
}

Value connection_set_progress_handler(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value out[2];
    Callback *callback;
    int32_t n;
    if (!bind_deprecated(t, "set_progress_handler", "(progress_handler, n)", 1, "'progress_handler'", args, nargs, kwnames, out)) return VNULL;
    if (!arg_i32(t, out[1], &n) || !single_callback(t, c, out[0], &callback)) return VNULL;
    sqlite3_progress_handler(c->db, callback ? n : 0, callback ? on_progress : NULL, callback);
    callback_replace(&c->progress, callback);
    return V_NONE;
}

Value connection_set_trace_callback(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value callable;
    Callback *callback;
    if (!bind_deprecated(t, "set_trace_callback", "(trace_callback)", 1, "'trace_callback'", args, nargs, kwnames, &callable)) return VNULL;
    if (!single_callback(t, c, callable, &callback)) return VNULL;
    sqlite3_trace_v2(c->db, callback ? SQLITE_TRACE_STMT : 0, callback ? on_trace : NULL, callback);
    callback_replace(&c->trace, callback);
    return V_NONE;
}
