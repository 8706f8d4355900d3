/* _sqlite3: Connection: opening and closing, transactions, and its attributes. */
#include "modules/ext/_sqlite3/sqlite3_priv.h"

#include "modules/posix/posix_priv.h"
#include "modules/sys.h"
#include "modules/warnings.h"

/* --- Checks -------------------------------------------------------------------------------------------------------------------------------- */

bool connection_check_thread(Thread *t, Connection *c) {
    if (!c->check_thread || c->thread == t->id) return true;
    sqlite_raise(t, SE_ProgrammingError,
                 "SQLite objects created in a thread can only be used in that same thread. The object was created in thread id %lu and this is "
                 "thread id %lu.", c->thread, t->id);
    return false;
}

static bool check_initialized(Thread *t, Connection *c) {
    if (!c->initialized) sqlite_raise(t, SE_ProgrammingError, "Base Connection.__init__ not called.");
    return c->initialized;
}

static bool check_open(Thread *t, Connection *c) {
    if (!check_initialized(t, c)) return false;
    if (c->db == NULL) sqlite_raise(t, SE_ProgrammingError, "Cannot operate on a closed database.");
    return c->db != NULL;
}

bool connection_check(Thread *t, Connection *c) { return connection_check_thread(t, c) && check_open(t, c); }

const char *text_argument(Thread *t, Value v, const char *function, const char *argument, Value *keep) {
    if (is_str(t, v)) return str_cstr(t, v, keep);
    err_raise(t, T_TypeError, "%s() argument %s must be str, not %T", function, argument, v);
    return NULL;
}

bool connection_audit(Thread *t, const char *event, Value a, Value b) {
    Value args = tuple_of(t, is_null(b) ? 1 : 2, a, b);
    return !is_null(args) && sys_audit_event(t, event, args);
}

/* --- Transactions ------------------------------------------------------------------------------------------------------------------------------ */

static int run_plain(Thread *t, sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt;
    gil_release(t);
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_step(stmt);
        code = sqlite3_finalize(stmt);
    }
    gil_acquire(t);
    return code;
}

bool connection_run(Thread *t, Connection *c, const char *sql) {
    if (run_plain(t, c->db, sql) == SQLITE_OK) return true;
    connection_error(t, c);
    return false;
}

static bool in_transaction(Connection *c) { return !sqlite3_get_autocommit(c->db); }

/* "COMMIT" or "ROLLBACK", as the attribute autocommit means it. */
static bool end_transaction(Thread *t, Connection *c, const char *sql) {
    switch (c->autocommit) {
    case TX_LEGACY: return !in_transaction(c) || connection_run(t, c, sql);
    case TX_DISABLED: return connection_run(t, c, sql) && connection_run(t, c, "BEGIN");
    default: return true;
    }
}

static SQLITE_METHOD(method_commit) {
    Connection *c = V_AS(Connection, args[0]);
    return connection_check(t, c) && end_transaction(t, c, "COMMIT") ? V_NONE : VNULL;
}
static SQLITE_METHOD(method_rollback) {
    Connection *c = V_AS(Connection, args[0]);
    return connection_check(t, c) && end_transaction(t, c, "ROLLBACK") ? V_NONE : VNULL;
}

static SQLITE_METHOD(method_enter) { return connection_check(t, V_AS(Connection, args[0])) ? new_ref(args[0]) : VNULL; }

/* Commits, or rolls back after an exception; what cannot be committed is rolled back, so that the database is not left locked. */
static SQLITE_METHOD(method_exit) {
    bool raised = !is_none(args[1]) || !is_none(args[2]) || !is_none(args[3]);
    static const char *const methods[] = {"commit", "rollback"};
    Value done = VNULL, name = str_intern_cstr(t, methods[raised]);
    if (!is_null(name)) done = call_method_0(t, args[0], name);
    decref_maybe(t, name);
    if (!is_null(done)) {
        decref(t, done);
        return V_FALSE;
    }
    if (raised) return VNULL;
    Value error = err_fetch(t), second = method_rollback(t, args, 1, VNULL);
    if (is_null(second)) {
        err_set_context(t, error);
        return VNULL;
    }
    err_restore(t, error);
    return VNULL;
}

/* --- Closing ----------------------------------------------------------------------------------------------------------------------------------- */

/* Without a word about errors. Statements that are still used live on; SQLite frees the rest with the last of them. */
static void shut(Thread *t, Connection *c) {
    blobs_close(t, c);
    slot_clear(t, &c->cache);
    statements_reap(t);
    sqlite3 *db = c->db;
    if (db == NULL) return;
    c->db = NULL;
    statements_disown(c);
    sqlite3_trace_v2(db, 0, NULL, NULL);
    ALLOW_THREADS(t, sqlite3_close_v2(db));
}

static bool rollback_before_close(Thread *t, Connection *c) {
    return c->autocommit != TX_DISABLED || c->db == NULL || !in_transaction(c) || connection_run(t, c, "ROLLBACK");
}

static SQLITE_METHOD(method_close) {
    Connection *c = V_AS(Connection, args[0]);
    if (!connection_check_thread(t, c) || !check_initialized(t, c)) return VNULL;
    bool good = rollback_before_close(t, c);
    Value error = err_fetch(t);
    shut(t, c);
    err_restore(t, error);
    return good ? V_NONE : VNULL;
}

static void slot_finalize(Thread *t, Value self) {
    Connection *c = V_AS(Connection, self);
    if (c->db == NULL) return;
    if (!warnings_unclosed(t, self, "unclosed database in %R")) {
        if (err_is(t, T_Warning)) err_unraisable(t, NULL, self);
        else err_clear(t); /* repr() may fail where its module's globals are gone already */
    }
    if (!rollback_before_close(t, c)) err_unraisable(t, NULL, self);
    shut(t, c);
}

/* --- Opening ----------------------------------------------------------------------------------------------------------------------------------- */

static const char *const levels[] = {"", "DEFERRED", "IMMEDIATE", "EXCLUSIVE"};

/* One of the levels, NULL for None. */
static bool level_of(Thread *t, Value v, const char **level) {
    if (is_none(v)) {
        *level = NULL;
        return true;
    }
    if (!is_str(t, v)) return err_fail(t, T_TypeError, "isolation_level must be str or None");
    Value keep = VNULL;
    const char *text = str_cstr(t, v, &keep);
    if (text == NULL) return false;
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(levels) && !found; i++) {
        found = sqlite3_stricmp(text, levels[i]) == 0;
        if (found) *level = levels[i];
    }
    decref_maybe(t, keep);
    return found || err_fail(t, T_ValueError, "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'");
}

static bool autocommit_of(Thread *t, Value v, int *out) {
    if (same(v, V_TRUE)) *out = TX_ENABLED;
    else if (same(v, V_FALSE)) *out = TX_DISABLED;
    else if (same(v, v_smallint(TX_LEGACY))) *out = TX_LEGACY;
    else return err_fail(t, T_ValueError, "autocommit must be True, False, or sqlite3.LEGACY_TRANSACTION_CONTROL");
    return true;
}

typedef struct Options {
    double timeout;
    int32_t detect_types, cached_statements;
    const char *isolation_level;
    bool check_thread, uri;
    int autocommit;
} Options;

enum { O_DATABASE, O_TIMEOUT, O_DETECT_TYPES, O_ISOLATION_LEVEL, O_CHECK_THREAD, O_FACTORY, O_CACHED_STATEMENTS, O_URI, O_AUTOCOMMIT, O_COUNT };
#define CONNECTION_SIGNATURE                                                                                                                     \
    "(database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=ConnectionType, cached_statements=128, uri=False, *, " \
    "autocommit=sqlite3.LEGACY_TRANSACTION_CONTROL)"

static bool read_options(Thread *t, Value *v, Options *o) {
    *o = (Options){.timeout = 5.0, .cached_statements = 128, .isolation_level = "", .check_thread = true, .autocommit = TX_LEGACY};
    return (is_null(v[O_TIMEOUT]) || arg_double(t, v[O_TIMEOUT], &o->timeout)) && (is_null(v[O_DETECT_TYPES]) || arg_i32(t, v[O_DETECT_TYPES], &o->detect_types)) &&
           (is_null(v[O_ISOLATION_LEVEL]) || level_of(t, v[O_ISOLATION_LEVEL], &o->isolation_level)) &&
           (is_null(v[O_CHECK_THREAD]) || arg_bool(t, v[O_CHECK_THREAD], &o->check_thread)) &&
           (is_null(v[O_CACHED_STATEMENTS]) || arg_i32(t, v[O_CACHED_STATEMENTS], &o->cached_statements)) &&
           (is_null(v[O_URI]) || arg_bool(t, v[O_URI], &o->uri)) && (is_null(v[O_AUTOCOMMIT]) || autocommit_of(t, v[O_AUTOCOMMIT], &o->autocommit));
}

/* The file's name as bytes: owned. */
static Value path_bytes(Thread *t, Value database) {
    Value path = path_fspath(t, database);
    if (!is_null(path) && is_str(t, path)) {
        Value encoded = fs_encode(t, path);
        decref(t, path);
        path = encoded;
    }
    if (is_null(path) || (int64_t)strlen(V_AS(Bytes, path)->data) == V_AS(Bytes, path)->length) return path;
    decref(t, path);
    return err_raise(t, T_ValueError, "embedded null byte");
}

static sqlite3 *open_database(Thread *t, const char *path, const Options *o) {
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (o->uri ? SQLITE_OPEN_URI : 0), code;
    gil_release(t);
    code = sqlite3_open_v2(path, &db, flags, NULL);
    if (code == SQLITE_OK) sqlite3_busy_timeout(db, (int)(o->timeout * 1000));
    gil_acquire(t);
    bool good = code == SQLITE_OK && (o->autocommit != TX_DISABLED || (code = run_plain(t, db, "BEGIN")) == SQLITE_OK);
    if (good) return db;
    if (db == NULL) err_no_memory(t);
    else sqlite_raise_db(t, db);
    sqlite3_close_v2(db);
    return NULL;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, self);
    Value given[O_COUNT];
    Options options;
    if (nargs > 1 && nargs <= O_AUTOCOMMIT &&
        !warn(t, T_DeprecationWarning, 1,
              "Passing more than 1 positional argument to _sqlite3.Connection() is deprecated. Parameters 'timeout', 'detect_types', "
              "'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only parameters in Python 3.15."))
        return false;
    if (!call_bind_signature(t, "Connection", CONNECTION_SIGNATURE, args, nargs, kwnames, given) || !read_options(t, given, &options)) return false;
    if (!connection_audit(t, "sqlite3.connect", given[O_DATABASE], VNULL)) return false;
    Value path = path_bytes(t, given[O_DATABASE]);
    if (is_null(path)) return false;
    if (c->initialized) {
        c->initialized = false;
        callbacks_disown(c);
        shut(t, c);
    }
    sqlite3 *db = open_database(t, V_AS(Bytes, path)->data, &options);
    decref(t, path);
    if (db == NULL) return false;
    slot_set(t, &c->row_factory, V_NONE);
    slot_set(t, &c->text_factory, ref_of(builtin_type(t, T_str)));
    slot_set(t, &c->cache, dict_new(t));
    c->db = db;
    c->isolation_level = options.isolation_level;
    c->autocommit = options.autocommit;
    c->detect_types = options.detect_types;
    c->check_thread = options.check_thread;
    c->cache_room = options.cached_statements;
    c->thread = t->id;
    c->initialized = true;
    return !is_null(c->cache) && connection_audit(t, "sqlite3.connect/handle", self, VNULL);
}

/* --- Executing ---------------------------------------------------------------------------------------------------------------------------------- */

/* connection(sql): a Statement. */
static Value slot_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "sqlite3.Connection", kwnames)) return VNULL;
    if (!connection_check(t, V_AS(Connection, self))) return VNULL;
    if (nargs != 1) return err_raise(t, T_TypeError, "function takes exactly 1 argument (%u given)", nargs);
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "argument 1 must be str, not %T", args[0]);
    return statement_new(t, V_AS(Connection, self), args[0]);
}

static Value new_cursor(Thread *t, Value self, Value factory) {
    Connection *c = V_AS(Connection, self);
    if (!connection_check(t, c)) return VNULL;
    Value cursor = call_1(t, is_null(factory) ? v_from(sqlite_state(t)->cursor) : factory, self);
    if (is_null(cursor)) return VNULL;
    if (!is_instance_of(t, cursor, sqlite_state(t)->cursor)) {
        err_raise(t, T_TypeError, "factory must return a cursor, not %T", cursor);
        decref(t, cursor);
        return VNULL;
    }
    if (!is_null(c->row_factory) && !is_none(c->row_factory)) slot_set(t, &V_AS(Cursor, cursor)->row_factory, new_ref(c->row_factory));
    return cursor;
}

static SQLITE_METHOD(method_cursor) { return new_cursor(t, args[0], args[1]); }

/* A new cursor, of which the method is called with the rest of the arguments; the cursor is the answer. */
static Value through_cursor(Thread *t, Value *args, const char *method, uint32_t n) {
    Value cursor = new_cursor(t, args[0], VNULL);
    if (is_null(cursor)) return VNULL;
    Value name = str_intern_cstr(t, method), result = is_null(name) ? VNULL : call_method(t, cursor, name, args + 1, n);
    decref_maybe(t, name);
    decref(t, cursor);
    return result;
}

static SQLITE_METHOD(method_execute) { return through_cursor(t, args, "execute", is_null(args[2]) ? 1 : 2); }
static SQLITE_METHOD(method_executemany) { return through_cursor(t, args, "executemany", 2); }
static SQLITE_METHOD(method_executescript) { return through_cursor(t, args, "executescript", 1); }

/* --- Attributes ---------------------------------------------------------------------------------------------------------------------------------- */

static Value get_isolation_level(Thread *t, Value self, void *closure) {
    Connection *c = V_AS(Connection, self);
    if (!check_open(t, c)) return VNULL;
    return c->isolation_level ? str_from_cstr(t, c->isolation_level) : V_NONE;
}

static bool set_isolation_level(Thread *t, Value self, Value v, void *closure) {
    Connection *c = V_AS(Connection, self);
    if (is_null(v)) return err_fail(t, T_AttributeError, "cannot delete attribute");
    const char *level;
    if (!level_of(t, v, &level)) return false;
    if (level == NULL && (!connection_check(t, c) || !end_transaction(t, c, "COMMIT"))) return false;
    c->isolation_level = level;
    return true;
}

static Value get_autocommit(Thread *t, Value self, void *closure) {
    Connection *c = V_AS(Connection, self);
    if (!connection_check(t, c)) return VNULL;
    return c->autocommit == TX_LEGACY ? v_smallint(TX_LEGACY) : v_bool(c->autocommit == TX_ENABLED);
}

static bool set_autocommit(Thread *t, Value self, Value v, void *closure) {
    Connection *c = V_AS(Connection, self);
    if (is_null(v)) return err_fail(t, T_AttributeError, "cannot delete autocommit attribute");
    int wanted = TX_LEGACY;
    if (!connection_check(t, c) || !autocommit_of(t, v, &wanted)) return false;
    if (wanted == TX_ENABLED && in_transaction(c) && !connection_run(t, c, "COMMIT")) return false;
    if (wanted == TX_DISABLED && !in_transaction(c) && !connection_run(t, c, "BEGIN")) return false;
    c->autocommit = wanted;
    return true;
}

static Value get_total_changes(Thread *t, Value self, void *closure) {
    Connection *c = V_AS(Connection, self);
    return check_open(t, c) ? v_smallint(sqlite3_total_changes(c->db)) : VNULL;
}
static Value get_in_transaction(Thread *t, Value self, void *closure) {
    Connection *c = V_AS(Connection, self);
    return check_open(t, c) ? v_bool(in_transaction(c)) : VNULL;
}
static Value get_class(Thread *t, Value self, void *closure) {
    Value class = sqlite_state(t)->classes[(intptr_t)closure];
    return is_null(class) ? V_NONE : new_ref(class);
}
static Value get_text_signature(Thread *t, Value self, void *closure) { return str_from_cstr(t, "(sql, /)"); }

/* row_factory and text_factory: the closure is the field's offset. */
static Value *factory_of(Value self, void *closure) { return (Value *)((char *)v_obj(self) + (intptr_t)closure); }
static Value get_factory(Thread *t, Value self, void *closure) {
    Value factory = *factory_of(self, closure);
    return is_null(factory) ? V_NONE : new_ref(factory);
}
static bool set_factory(Thread *t, Value self, Value v, void *closure) {
    const char *name = (intptr_t)closure == offsetof(Connection, row_factory) ? "row_factory" : "text_factory";
    if (is_null(v)) return err_fail(t, T_AttributeError, "cannot delete %s attribute", name);
    slot_set(t, factory_of(self, closure), new_ref(v));
    return true;
}

static const GetSetDef getsets[] = {
    {"isolation_level", get_isolation_level, set_isolation_level, "How transactions begin by themselves; None: they do not."},
    {"total_changes", get_total_changes, NULL, "How many rows were changed since the connection was opened."},
    {"in_transaction", get_in_transaction, NULL, "Whether a transaction is open."},
    {"autocommit", get_autocommit, set_autocommit, "True: SQLite's autocommit; False: always in a transaction; or LEGACY_TRANSACTION_CONTROL."},
    {"row_factory", get_factory, set_factory, "What makes rows of tuples in new cursors.", (void *)offsetof(Connection, row_factory)},
    {"text_factory", get_factory, set_factory, "What makes text of bytes.", (void *)offsetof(Connection, text_factory)},
    {"__text_signature__", get_text_signature},
#define SQLITE_CLASS(name, base) {#name, get_class, NULL, NULL, (void *)SE_##name},
    SQLITE_CLASSES(SQLITE_CLASS)
#undef SQLITE_CLASS
    {NULL},
};

/* --- The type -------------------------------------------------------------------------------------------------------------------------------------- */

static void slot_destroy(Thread *t, Object *self) {
    Connection *c = (Connection *)self;
    statements_disown(c);
    callbacks_disown(c);
    if (c->db != NULL) sqlite3_close_v2(c->db); /* the finaliser did not run, or came to nothing */
}

static int slot_traverse(Object *self, VisitFn visit, void *context) { return callbacks_traverse((Connection *)self, visit, context); }
static void slot_clear_callbacks(Thread *t, Object *self) { callbacks_clear(t, (Connection *)self); }

static const MethodDef methods[] = {
    {"backup", "($self, /, target, *, pages=-1, progress=None, name='main',\n       sleep=0.25)", "Copy the database into another connection's.", connection_backup},
    {"blobopen", "($self, table, column, rowid, /, *, readonly=False, name='main')", "Open a value of a table as a blob.", connection_blobopen},
    {"close", "($self, /)", "Close the connection; an open transaction is not committed.", method_close},
    {"commit", "($self, /)", "Commit the open transaction.", method_commit},
    {"create_aggregate", "($self, /, name, n_arg, aggregate_class)", "Make a class an aggregate function.", connection_create_aggregate, MF_RAW},
    {"create_collation", "($self, name, callback, /)", "Make a function a collation; None removes it.", connection_create_collation},
    {"create_function", "($self, /, name, narg, func, *, deterministic=False)", "Make a function one of SQL; None removes it.", connection_create_function, MF_RAW},
    {"create_window_function", "($self, name, num_params, aggregate_class, /)", "Make a class a window function; None removes it.", connection_create_window_function},
    {"cursor", "($self, /, factory=<unrepresentable>)", "A new cursor.", method_cursor},
    {"deserialize", "($self, data, /, *, name='main')", "Make a serialized database that of the connection.", connection_deserialize},
    {"enable_load_extension", "($self, enable, /)", "Whether extensions may be loaded.", connection_enable_load_extension},
    {"execute", "($self, sql, parameters=(), /)", "Execute a statement with a new cursor.", method_execute, MF_UNPACKS},
    {"executemany", "($self, sql, parameters, /)", "Execute a statement with each set of parameters, with a new cursor.", method_executemany, MF_UNPACKS},
    {"executescript", "($self, sql_script, /)", "Execute several statements with a new cursor.", method_executescript},
    {"getconfig", "($self, op, /)", "A boolean option of the connection.", connection_getconfig},
    {"getlimit", "($self, category, /)", "A limit of the connection.", connection_getlimit},
    {"interrupt", "($self, /)", "Stop the statements that run.", connection_interrupt},
    {"iterdump", "($self, /, *, filter=None)", "An iterator over the statements that make the database.", connection_iterdump},
    {"load_extension", "($self, name, /, *, entrypoint=None)", "Load an extension of SQLite.", connection_load_extension},
    {"rollback", "($self, /)", "Roll the open transaction back.", method_rollback},
    {"serialize", "($self, /, *, name='main')", "The database as bytes.", connection_serialize},
    {"set_authorizer", "($self, /, authorizer_callback)", "Set what is asked about each access; None removes it.", connection_set_authorizer, MF_RAW},
    {"set_progress_handler", "($self, /, progress_handler, n)", "Set what is called every n instructions; None removes it.", connection_set_progress_handler, MF_RAW},
    {"set_trace_callback", "($self, /, trace_callback)", "Set what hears of each statement; None removes it.", connection_set_trace_callback, MF_RAW},
    {"setconfig", "($self, op, enable=True, /)", "Set a boolean option of the connection.", connection_setconfig},
    {"setlimit", "($self, category, limit, /)", "Set a limit of the connection; the old one.", connection_setlimit},
    {"__enter__", "($self, /)", "The connection itself.", method_enter},
    {"__exit__", "($self, type, value, traceback, /)", "Commit, or roll back after an exception.", method_exit},
    {NULL},
};

static const Field fields[] = {FIELD_VALUE(Connection, row_factory), FIELD_VALUE(Connection, text_factory), FIELD_VALUE(Connection, cache)};

const TypeDef typedef_sqlite_Connection = {
    .name = "sqlite3.Connection",
    .doc = "SQLite database connection object.",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC | TF_FINALIZE,
    .size = sizeof(Connection),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .slots = {.init = slot_init, .destroy = slot_destroy, .finalize = slot_finalize, .traverse = slot_traverse, .clear = slot_clear_callbacks,
              .call = slot_call},
};
