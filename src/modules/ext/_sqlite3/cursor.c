/* _sqlite3: Cursor: executing statements and fetching rows.
 *
 * A cursor is one row ahead: its statement stands on the row that the next fetch gives.  `locked` while it is at work, so that Python code
 * that runs meanwhile (parameters, converters, factories) cannot use it.
 */
#include "modules/ext/_sqlite3/sqlite3_priv.h"


/* --- States ------------------------------------------------------------------------------------------------------------------------------ */

static bool check_initialized(Thread *t, Cursor *c) {
    if (c->initialized) return true;
    sqlite_raise(t, SE_ProgrammingError, "Base Cursor.__init__ not called.");
    return false;
}

static bool check_unlocked(Thread *t, Cursor *c) {
    if (!c->locked) return true;
    sqlite_raise(t, SE_ProgrammingError, "Recursive use of cursors not allowed.");
    return false;
}

static bool cursor_check(Thread *t, Cursor *c) {
    if (!check_initialized(t, c)) return false;
    if (c->closed) {
        sqlite_raise(t, SE_ProgrammingError, "Cannot operate on a closed cursor.");
        return false;
    }
    return connection_check(t, c->connection) && check_unlocked(t, c);
}

/* Lets the statement go; it may be used by another cursor then. */
static void drop_statement(Thread *t, Cursor *c) {
    Statement *s = c->statement;
    if (s == NULL) return;
    c->statement = NULL;
    statement_release(t, s);
}

/* --- Columns ------------------------------------------------------------------------------------------------------------------------------- */

/* The converter that is registered for a type's name of n bytes: owned; V_NONE: none, VNULL: error. */
static Value find_converter(Thread *t, const char *name, size_t n) {
    Value text = str_from_utf8(t, name, (int64_t)n), upper = is_null(text) ? VNULL : call_method_0(t, text, N(t, upper));
    decref_maybe(t, text);
    if (is_null(upper)) return VNULL;
    Value found = dict_get(t, sqlite_state(t)->converters, upper);
    found = !is_null(found) ? new_ref(found) : err_pending(t) ? VNULL : V_NONE;
    decref(t, upper);
    return found;
}

static Value converter_of_column(Thread *t, Connection *c, sqlite3_stmt *stmt, int i) {
    if (c->detect_types & PARSE_COLNAMES) {
        const char *name = sqlite3_column_name(stmt, i), *open = name ? strchr(name, '[') : NULL, *close = open ? strchr(open, ']') : NULL;
        if (close != NULL) {
            Value converter = find_converter(t, open + 1, (size_t)(close - open - 1));
            if (is_null(converter) || !is_none(converter)) return converter;
        }
    }
    if (c->detect_types & PARSE_DECLTYPES) {
        const char *type = sqlite3_column_decltype(stmt, i);
        if (type != NULL) return find_converter(t, type, strcspn(type, " ("));
    }
    return V_NONE;
}

/* The converters of the statement's columns; VNULL where the connection has none. */
static bool find_converters(Thread *t, Cursor *c) {
    sqlite3_stmt *stmt = c->statement->stmt;
    slot_clear(t, &c->row_cast);
    if (!c->connection->detect_types) return true;
    int n = sqlite3_column_count(stmt);
    Value list = list_new(t, n);
    for (int i = 0; i < n && !is_null(list); i++) {
        Value converter = converter_of_column(t, c->connection, stmt, i);
        if (is_null(converter) || !list_append_take(t, V_AS(List, list), converter)) slot_clear(t, &list);
    }
    slot_set(t, &c->row_cast, list);
    return !is_null(list);
}

/* A column's name as the description has it: without the type in brackets that PARSE_COLNAMES finds. */
static Value described_name(Thread *t, Connection *c, const char *name) {
    if (name == NULL) return err_no_memory(t);
    size_t n = strlen(name);
    if (c->detect_types & PARSE_COLNAMES) {
        const char *open = strchr(name, '[');
        if (open != NULL) n = (size_t)(open - name) - (open > name && open[-1] == ' ');
    }
    return str_from_utf8(t, name, (int64_t)n);
}

/* A tuple of 7 for each column, of which only the name is known; or None. */
static bool describe(Thread *t, Cursor *c) {
    enum { PARTS = 7 };
    sqlite3_stmt *stmt = c->statement->stmt;
    int n = sqlite3_column_count(stmt);
    if (n == 0) {
        slot_set(t, &c->description, V_NONE);
        return true;
    }
    Value all = tuple_new(t, n);
    if (is_null(all)) return false;
    for (int i = 0; i < n; i++) {
        Value parts[PARTS] = {described_name(t, c->connection, sqlite3_column_name(stmt, i))};
        for (int k = 1; k < PARTS; k++) parts[k] = V_NONE;
        Value column = is_null(parts[0]) ? VNULL : tuple_take(t, parts, PARTS);
        V_AS(Tuple, all)->items[i] = column;
        if (is_null(column)) {
            decref(t, all);
            return false;
        }
    }
    slot_set(t, &c->description, tuple_done(t, all));
    return true;
}

/* --- Rows ---------------------------------------------------------------------------------------------------------------------------------- */

static COLD Value decoding_failed(Thread *t, Connection *c, const char *text, int64_t bytes, const char *column) {
    if (!err_catch(t, T_UnicodeDecodeError)) return VNULL;
    Value data = bytes_new(t, text, bytes), shown = is_null(data) ? VNULL : t->hooks->decode(t, data, "utf-8", "replace");
    if (!is_null(shown)) sqlite_raise(t, SE_OperationalError, "Could not decode to UTF-8 column '%s' with text '%U'", column ? column : "", shown);
    decref_maybe(t, data);
    decref_maybe(t, shown);
    return VNULL;
}

/* Text as the connection's text_factory makes it. */
Value text_value(Thread *t, Connection *c, const char *text, int64_t bytes, const char *column) {
    Value factory = c->text_factory;
    if (LIKELY(is_null(factory) || same(factory, v_from(builtin_type(t, T_str))))) {
        Value v = str_from_utf8(t, text, bytes);
        return UNLIKELY(is_null(v)) ? decoding_failed(t, c, text, bytes, column) : v;
    }
    if (same(factory, v_from(builtin_type(t, T_bytes)))) return bytes_new(t, text, bytes);
    if (same(factory, v_from(builtin_type(t, T_bytearray)))) return bytearray_new(t, text, bytes);
    Value data = bytes_new(t, text, bytes);
    if (is_null(data)) return VNULL;
    incref(factory);
    Value v = call_1(t, factory, data);
    decref(t, factory);
    decref(t, data);
    return v;
}

static Value column_value(Thread *t, Connection *c, sqlite3_stmt *stmt, int i) {
    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_INTEGER: return int_from_i64(t, sqlite3_column_int64(stmt, i));
    case SQLITE_FLOAT: return float_from_double(t, sqlite3_column_double(stmt, i));
    case SQLITE_NULL: return V_NONE;
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_column_text(stmt, i);
        if (text == NULL) return err_no_memory(t);
        return text_value(t, c, text, sqlite3_column_bytes(stmt, i), sqlite3_column_name(stmt, i));
    }
    default: {
        const char *data = sqlite3_column_blob(stmt, i);
        return bytes_new(t, data ? data : "", sqlite3_column_bytes(stmt, i));
    }
    }
}

static Value converted_value(Thread *t, sqlite3_stmt *stmt, int i, Value converter) {
    const char *data = sqlite3_column_blob(stmt, i);
    if (data == NULL) return V_NONE; /* a blob without bytes, too */
    Value bytes = bytes_new(t, data, sqlite3_column_bytes(stmt, i));
    if (is_null(bytes)) return VNULL;
    Value v = call_1(t, converter, bytes);
    decref(t, bytes);
    return v;
}

static Value read_row(Thread *t, Cursor *c) {
    sqlite3_stmt *stmt = c->statement->stmt;
    int n = sqlite3_data_count(stmt);
    Value row = tuple_new(t, n), casts = new_ref_maybe(c->row_cast);
    for (int i = 0; i < n && !is_null(row); i++) {
        Value cast = !is_null(casts) && i < list_len(casts) ? list_at(casts, i) : V_NONE;
        Value v = is_none(cast) ? column_value(t, c->connection, stmt, i) : converted_value(t, stmt, i, cast);
        V_AS(Tuple, row)->items[i] = v;
        if (UNLIKELY(is_null(v))) slot_clear(t, &row);
    }
    decref_maybe(t, casts);
    return is_null(row) || n == 0 ? row : tuple_done(t, row);
}

/* SQLITE_ROW or SQLITE_DONE; or an exception is pending. A collation leaves one although SQLite has gone on. */
static int cursor_step(Thread *t, Cursor *c) {
    int result = statement_step(t, c->statement);
    bool good = result == SQLITE_ROW || result == SQLITE_DONE;
    if (LIKELY(good && !err_pending(t))) return result;
    if (!err_pending(t)) connection_error(t, c->connection);
    return SQLITE_ERROR;
}

/* After a step that ended the statement. */
static void finished(Thread *t, Cursor *c) {
    if (c->statement->is_dml) c->rowcount += sqlite3_changes(c->connection->db);
    drop_statement(t, c);
}

/* The next row, or VNULL: the end, or an exception. */
static Value next_row(Thread *t, Cursor *c) {
    if (!cursor_check(t, c) || c->statement == NULL) return VNULL;
    c->locked = true;
    Value row = read_row(t, c);
    c->locked = false;
    if (is_null(row)) return VNULL;
    int result = cursor_step(t, c);
    if (result == SQLITE_DONE) {
        finished(t, c);
    } else if (result != SQLITE_ROW) {
        drop_statement(t, c);
        decref(t, row);
        return VNULL;
    }
    Value factory = c->row_factory;
    if (is_null(factory) || is_none(factory)) return row;
    Value shaped;
    incref(factory);
    if (same(factory, v_from(sqlite_state(t)->row))) shaped = row_new(t, sqlite_state(t)->row, c, row);
    else shaped = call_2(t, factory, v_from(c), row);
    decref(t, factory);
    decref(t, row);
    return shaped;
}

/* --- Executing ----------------------------------------------------------------------------------------------------------------------------- */

static bool begin(Thread *t, Connection *c) {
    char sql[32];
    snprintf(sql, sizeof sql, "BEGIN %s", c->isolation_level);
    return connection_run(t, c, sql);
}

/* Binds one set of parameters (borrowed) and runs the statement to its first row. */
static bool execute_once(Thread *t, Cursor *c, bool multiple, Value parameters) {
    Connection *connection = c->connection;
    Statement *s = c->statement;
    if (!statement_bind(t, connection, s, parameters)) return false;
    int result = cursor_step(t, c);
    if (result != SQLITE_DONE && result != SQLITE_ROW) return false;
    if (!find_converters(t, c) || !describe(t, c)) return false;
    if (result == SQLITE_DONE && s->is_dml) c->rowcount += sqlite3_changes(connection->db);
    if (multiple) statement_reset(t, s);
    else if (result == SQLITE_DONE) drop_statement(t, c);
    return true;
}

static bool execute_many(Thread *t, Cursor *c, Value sets) {
    Value iterator = iter_of(t, sets);
    if (is_null(iterator)) return false;
    bool good = true;
    for (Value set; good && !is_null(set = iter_next(t, iterator));) {
        good = execute_once(t, c, true, set);
        decref(t, set);
    }
    decref(t, iterator);
    return good && !err_pending(t);
}

/* The statement of the text becomes the cursor's. */
static bool take_statement(Thread *t, Cursor *c, Value sql, bool multiple) {
    Connection *connection = c->connection;
    drop_statement(t, c);
    slot_set(t, &c->description, V_NONE);
    Statement *s = statement_get(t, connection, sql);
    if (s == NULL) return false;
    c->statement = s;
    c->rowcount = s->is_dml ? 0 : -1;
    if (s->stmt == NULL) return true;
    if (multiple && sqlite3_stmt_readonly(s->stmt)) {
        sqlite_raise(t, SE_ProgrammingError, "executemany() can only execute DML statements.");
        return false;
    }
    bool implicit = connection->autocommit == TX_LEGACY && connection->isolation_level != NULL && s->is_dml;
    return !implicit || !sqlite3_get_autocommit(connection->db) || begin(t, connection);
}

static bool run(Thread *t, Cursor *c, bool multiple, Value sql, Value parameters) {
    if (!take_statement(t, c, sql, multiple)) return false;
    Value none = t->interp->empty_tuple;
    if (multiple ? !execute_many(t, c, parameters) : !execute_once(t, c, false, is_null(parameters) ? none : parameters)) return false;
    if (multiple) drop_statement(t, c);
    else slot_set(t, &c->lastrowid, int_from_i64(t, sqlite3_last_insert_rowid(c->connection->db)));
    return !err_pending(t);
}

Value cursor_execute(Thread *t, Cursor *c, bool multiple, Value sql, Value parameters) {
    if (!is_str(t, sql)) return err_raise(t, T_TypeError, "%s() argument 1 must be str, not %T", multiple ? "executemany" : "execute", sql);
    if (!cursor_check(t, c)) return VNULL;
    c->locked = true;
    bool good = run(t, c, multiple, sql, parameters);
    c->locked = false;
    if (good) return ref_of(c);
    Value error = err_fetch(t); /* resetting may run callbacks */
    c->rowcount = -1;
    drop_statement(t, c);
    err_restore(t, error);
    return VNULL;
}

/* Runs the statements of a script one by one, and drops their rows. */
static bool run_script(Thread *t, Connection *c, const char *sql) {
    while (*sql) {
        sqlite3_stmt *stmt = NULL;
        int result;
        gil_release(t);
        result = sqlite3_prepare_v2(c->db, sql, -1, &stmt, &sql);
        if (result == SQLITE_OK) {
            do result = sqlite3_step(stmt);
            while (result == SQLITE_ROW);
            result = sqlite3_finalize(stmt);
        }
        gil_acquire(t);
        if (result != SQLITE_OK) {
            connection_error(t, c);
            return false;
        }
        if (!signals_check(t)) return false;
    }
    return true;
}

Value cursor_executescript(Thread *t, Cursor *c, Value script) {
    Value keep = VNULL;
    const char *sql = text_argument(t, script, "executescript", "1", &keep);
    bool good = sql != NULL && cursor_check(t, c) && sql_check_length(t, c->connection, (int64_t)strlen(sql));
    if (good) {
        Connection *connection = c->connection;
        c->locked = true;
        if (connection->autocommit == TX_LEGACY && !sqlite3_get_autocommit(connection->db)) good = connection_run(t, connection, "COMMIT");
        good = good && run_script(t, connection, sql);
        c->locked = false;
    }
    decref_maybe(t, keep);
    return good ? ref_of(c) : VNULL;
}

/* --- Methods ---------------------------------------------------------------------------------------------------------------------------------- */

static SQLITE_METHOD(method_execute) { return cursor_execute(t, V_AS(Cursor, args[0]), false, args[1], args[2]); }
static SQLITE_METHOD(method_executemany) { return cursor_execute(t, V_AS(Cursor, args[0]), true, args[1], args[2]); }
static SQLITE_METHOD(method_executescript) { return cursor_executescript(t, V_AS(Cursor, args[0]), args[1]); }

static SQLITE_METHOD(method_fetchone) {
    Value row = next_row(t, V_AS(Cursor, args[0]));
    return is_null(row) && !err_pending(t) ? V_NONE : row;
}

/* At most `limit` rows; 0: all. */
static Value fetch_list(Thread *t, Cursor *c, int64_t limit) {
    Value list = list_new(t, 0);
    while (!is_null(list) && (limit == 0 || list_len(list) < limit)) {
        Value row = next_row(t, c);
        if (is_null(row)) break;
        if (!list_append_take(t, V_AS(List, list), row)) slot_clear(t, &list);
    }
    if (err_pending(t)) slot_clear(t, &list);
    return list;
}

static SQLITE_METHOD(method_fetchall) { return fetch_list(t, V_AS(Cursor, args[0]), 0); }

/* A number of rows: not negative, 32 bits. */
static bool arg_count(Thread *t, Value v, uint32_t *out) {
    Value index = number_index(t, v);
    if (is_null(index)) return false;
    int64_t i = int_clamp_i64(index);
    decref(t, index);
    if (i < 0) return err_fail(t, T_ValueError, "Cannot convert negative int");
    if (i > UINT32_MAX) return err_fail(t, T_OverflowError, "Python int too large to convert to C uint32_t");
    *out = (uint32_t)i;
    return true;
}

static SQLITE_METHOD(method_fetchmany) {
    Cursor *c = V_AS(Cursor, args[0]);
    uint32_t limit = c->arraysize;
    if (!is_null(args[1]) && !arg_count(t, args[1], &limit)) return VNULL;
    return limit == 0 ? (cursor_check(t, c) ? list_new(t, 0) : VNULL) : fetch_list(t, c, limit);
}

static SQLITE_METHOD(method_setinputsizes) { return V_NONE; }

static SQLITE_METHOD(method_close) {
    Cursor *c = V_AS(Cursor, args[0]);
    if (!check_initialized(t, c) || !check_unlocked(t, c) || !connection_check(t, c->connection)) return VNULL;
    drop_statement(t, c);
    c->closed = true;
    return V_NONE;
}

static const MethodDef methods[] = {
    {"execute", "($self, sql, parameters=(), /)", "Execute a statement.", method_execute, MF_UNPACKS},
    {"executemany", "($self, sql, seq_of_parameters, /)", "Execute a statement with each set of parameters in turn.", method_executemany, MF_UNPACKS},
    {"executescript", "($self, sql_script, /)", "Execute several statements.", method_executescript},
    {"fetchone", "($self, /)", "The next row, or None.", method_fetchone},
    {"fetchmany", "($self, /, size=1)", "A list of the next rows.", method_fetchmany},
    {"fetchall", "($self, /)", "A list of all rows that are left.", method_fetchall},
    {"setinputsizes", "($self, sizes, /)", "Required by DB-API; does nothing.", method_setinputsizes},
    {"setoutputsize", "($self, size, column=None, /)", "Required by DB-API; does nothing.", method_setinputsizes, MF_UNPACKS},
    {"close", "($self, /)", "Close the cursor.", method_close},
    {NULL},
};

/* --- Attributes ------------------------------------------------------------------------------------------------------------------------------- */

static Value get_arraysize(Thread *t, Value self, void *closure) { return v_smallint(V_AS(Cursor, self)->arraysize); }
static bool set_arraysize(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v)) return err_fail(t, T_AttributeError, "attribute 'arraysize' of 'sqlite3.Cursor' objects cannot be deleted");
    return arg_count(t, v, &V_AS(Cursor, self)->arraysize);
}

static Value get_row_factory(Thread *t, Value self, void *closure) {
    Value factory = V_AS(Cursor, self)->row_factory;
    return is_null(factory) ? V_NONE : new_ref(factory);
}
static bool set_row_factory(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v)) return err_fail(t, T_AttributeError, "cannot delete row_factory attribute");
    slot_set(t, &V_AS(Cursor, self)->row_factory, new_ref(v));
    return true;
}

static const GetSetDef getsets[] = {
    {"arraysize", get_arraysize, set_arraysize, "How many rows fetchmany() gives."},
    {"row_factory", get_row_factory, set_row_factory, "What makes a row of a tuple."},
    {NULL},
};
static const MemberDef members[] = {
    {"connection", MK_VALUE, MEMBER_READONLY, offsetof(Cursor, connection), "The connection."},
    {"description", MK_VALUE, MEMBER_READONLY, offsetof(Cursor, description), "The columns of the last query."},
    {"lastrowid", MK_VALUE, MEMBER_READONLY, offsetof(Cursor, lastrowid), "The row id of the last insertion."},
    {"rowcount", MK_INT64, MEMBER_READONLY, offsetof(Cursor, rowcount), "How many rows the last statement changed."},
    {NULL},
};

/* --- Life ------------------------------------------------------------------------------------------------------------------------------------- */

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Cursor *c = V_AS(Cursor, self);
    SqliteState *state = sqlite_state(t);
    if (type_of(t, self) == state->cursor && !call_no_keywords(t, "Cursor", kwnames)) return false;
    if (!call_arity(t, "Cursor", nargs, 1, 1)) return false;
    if (!is_instance_of(t, args[0], state->connection))
        return err_fail(t, T_TypeError, "Cursor() argument 1 must be sqlite3.Connection, not %T", args[0]);
    if (c->initialized && !check_unlocked(t, c)) return false;
    Connection *connection = V_AS(Connection, args[0]);
    if (!connection_check_thread(t, connection)) return false;
    drop_statement(t, c);
    Connection *old = c->connection;
    c->connection = connection;
    obj_incref(connection);
    if (old != NULL) obj_decref(t, old);
    slot_set(t, &c->description, V_NONE);
    slot_set(t, &c->lastrowid, V_NONE);
    slot_set(t, &c->row_factory, V_NONE);
    slot_clear(t, &c->row_cast);
    c->arraysize = 1;
    c->rowcount = -1;
    c->closed = false;
    c->initialized = true;
    return true;
}

/* The statement may be in the cache and outlive the cursor: it must not stay in the middle of its rows. */
static void slot_destroy(Thread *t, Object *self) {
    Cursor *c = (Cursor *)self;
    if (c->statement != NULL) statement_abandon(t, c->statement);
    if (c->connection != NULL) obj_decref(t, c->connection);
}

static int slot_traverse(Object *self, VisitFn visit, void *context) {
    Cursor *c = (Cursor *)self;
    return c->connection != NULL ? visit(v_from(c->connection), context) : 0;
}

static Value slot_iter(Thread *t, Value self) { return new_ref(self); }
static Value slot_next(Thread *t, Value self) { return next_row(t, V_AS(Cursor, self)); }

static const Field fields[] = {FIELD_VALUE(Cursor, description), FIELD_VALUE(Cursor, row_cast), FIELD_VALUE(Cursor, lastrowid), FIELD_VALUE(Cursor, row_factory)};

const TypeDef typedef_sqlite_Cursor = {
    .name = "sqlite3.Cursor",
    .doc = "SQLite database cursor class.",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC | TF_WEAKREF,
    .size = sizeof(Cursor),
    .ext_offset = offsetof(Cursor, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.init = slot_init, .destroy = slot_destroy, .traverse = slot_traverse, .iter = slot_iter, .next = slot_next},
};
