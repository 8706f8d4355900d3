/* _sqlite3: values on their way into SQLite: adapters, and the binding of parameters. */
#include "modules/ext/_sqlite3/sqlite3_priv.h"

#include "object/buffer.h"

/* --- Adapters ---------------------------------------------------------------------------------------------------------------------------- */

/* object.method(argument) if there is such a method; *found tells that its answer counts. */
static Value ask(Thread *t, Value object, const char *method, Value argument, bool *found) {
    *found = false;
    Value name = str_intern_cstr(t, method);
    Value function = is_null(name) ? VNULL : attr_get_maybe(t, object, name);
    decref_maybe(t, name);
    if (is_null(function)) return VNULL;
    Value answer = call_1(t, function, argument);
    decref(t, function);
    if (is_null(answer) && err_catch(t, T_TypeError)) return VNULL;
    if (!is_null(answer) && is_none(answer)) return VNULL;
    *found = true;
    return answer;
}

Value sqlite_adapt(Thread *t, Value v, Value protocol, Value alternative) {
    Value key = tuple_of(t, 2, v_from(type_of(t, v)), protocol);
    if (is_null(key)) return VNULL;
    Value adapter = new_ref_maybe(dict_get(t, sqlite_state(t)->adapters, key));
    decref(t, key);
    if (!is_null(adapter)) {
        Value answer = call_1(t, adapter, v);
        decref(t, adapter);
        return answer;
    }
    if (err_pending(t)) return VNULL;
    bool found;
    Value answer = ask(t, protocol, "__adapt__", v, &found);
    if (!found && !err_pending(t)) answer = ask(t, v, "__conform__", protocol, &found);
    if (found || err_pending(t)) return answer;
    if (!is_null(alternative)) return new_ref(alternative);
    return sqlite_raise(t, SE_ProgrammingError, "can't adapt");
}

static bool is_base_value(Value v) {
    return is_none(v) || is_exact_int(v) || is_exact_float(v) || IS_EXACT(v, str) || IS_EXACT(v, bytes) || IS_EXACT(v, bytearray);
}

/* --- One value --------------------------------------------------------------------------------------------------------------------------- */

enum { BIND_UNSUPPORTED = -1, BIND_RAISED = -2 }; /* beside SQLite's codes */

static int bind_int(Thread *t, sqlite3_stmt *stmt, int at, Value v) {
    int64_t i;
    if (is_smallint(v)) return sqlite3_bind_int64(stmt, at, smallint_get(v));
    if (int_to_i64(t, v, &i)) return sqlite3_bind_int64(stmt, at, i);
    if (err_catch(t, T_OverflowError)) err_raise(t, T_OverflowError, "Python int too large to convert to SQLite INTEGER");
    return BIND_RAISED;
}

static int bind_text(Thread *t, sqlite3_stmt *stmt, int at, Value v) {
    int64_t bytes;
    Value keep = VNULL;
    const char *text = str_utf8(t, v, &bytes, &keep);
    int result = BIND_RAISED;
    if (text != NULL && bytes > INT_MAX) err_raise(t, T_OverflowError, "string longer than INT_MAX bytes");
    else if (text != NULL) result = sqlite3_bind_text(stmt, at, text, (int)bytes, SQLITE_TRANSIENT);
    decref_maybe(t, keep);
    return result;
}

static int bind_buffer(Thread *t, sqlite3_stmt *stmt, int at, Value v) {
    Buffer view;
    if (!buffer_get(t, v, &view, BUF_SIMPLE)) return BIND_RAISED;
    int result = BIND_RAISED;
    if (view.length > INT_MAX) err_raise(t, T_OverflowError, "BLOB longer than INT_MAX bytes");
    else result = sqlite3_bind_blob(stmt, at, view.data ? view.data : "", (int)view.length, SQLITE_TRANSIENT);
    buffer_release(t, &view);
    return result;
}

static int bind_value(Thread *t, sqlite3_stmt *stmt, int at, Value v) {
    if (is_none(v)) return sqlite3_bind_null(stmt, at);
    if (is_smallfloat(v)) return sqlite3_bind_double(stmt, at, smallfloat_get(v));
    if (is_int(t, v)) return bind_int(t, stmt, at, v);
    if (is_float(t, v)) return sqlite3_bind_double(stmt, at, float_get(v));
    if (is_str(t, v)) return bind_text(t, stmt, at, v);
    if (has_buffer(t, v)) return bind_buffer(t, stmt, at, v);
    return BIND_UNSUPPORTED;
}

/* Adapts (takes) and binds a parameter. */
static bool bind_parameter(Thread *t, Connection *c, sqlite3_stmt *stmt, int at, Value v) {
    if (!is_base_value(v) || sqlite_state(t)->base_adapted) {
        Value adapted = sqlite_adapt(t, v, v_from(sqlite_state(t)->protocol), v);
        decref(t, v);
        if (is_null(adapted)) return false;
        v = adapted;
    }
    int result = bind_value(t, stmt, at, v);
    if (result == BIND_UNSUPPORTED) {
        sqlite_raise(t, SE_ProgrammingError, "Error binding parameter %d: type '%T' is not supported", at, v);
    } else if (result > SQLITE_OK) {
        connection_error(t, c);
    }
    decref(t, v);
    return result == SQLITE_OK;
}

/* --- All of them -------------------------------------------------------------------------------------------------------------------------- */

static Value sequence_item(Thread *t, Value parameters, int64_t i) {
    if (IS_EXACT(parameters, tuple)) return new_ref(tuple_at(parameters, i));
    if (!IS_EXACT(parameters, list)) return item_get_index(t, parameters, i);
    if (i >= list_len(parameters)) return err_raise(t, T_IndexError, "list index out of range"); /* an adapter shortened it */
    return new_ref(list_at(parameters, i));
}

static bool bind_sequence(Thread *t, Connection *c, sqlite3_stmt *stmt, int needed, Value parameters) {
    int64_t n = length_of(t, parameters);
    if (n < 0) return false;
    if (n != needed) {
        sqlite_raise(t, SE_ProgrammingError,
                     "Incorrect number of bindings supplied. The current statement uses %d, and there are %zd supplied.", needed, (size_t)n);
        return false;
    }
    for (int i = 0; i < needed; i++) {
        const char *name = sqlite3_bind_parameter_name(stmt, i + 1);
        if (name != NULL && name[0] != '?') {
            sqlite_raise(t, SE_ProgrammingError,
                         "Binding %d ('%s') is a named parameter, but you supplied a sequence which requires nameless (qmark) placeholders.", i + 1, name);
            return false;
        }
        Value v = sequence_item(t, parameters, i);
        if (is_null(v) || !bind_parameter(t, c, stmt, i + 1, v)) return false;
    }
    return true;
}

static bool bind_mapping(Thread *t, Connection *c, sqlite3_stmt *stmt, int needed, Value parameters) {
    for (int i = 0; i < needed; i++) {
        const char *name = sqlite3_bind_parameter_name(stmt, i + 1);
        if (name == NULL) {
            sqlite_raise(t, SE_ProgrammingError, "Binding %d has no name, but you supplied a dictionary (which has only names).", i + 1);
            return false;
        }
        Value key = str_from_cstr(t, name + 1);
        if (is_null(key)) return false;
        Value v = IS_EXACT(parameters, dict) ? new_ref_maybe(dict_get(t, parameters, key)) : item_get(t, parameters, key);
        decref(t, key);
        if (is_null(v)) {
            if (!err_pending(t) || err_catch(t, T_LookupError))
                sqlite_raise(t, SE_ProgrammingError, "You did not supply a value for binding parameter :%s.", name + 1);
            return false;
        }
        if (!bind_parameter(t, c, stmt, i + 1, v)) return false;
    }
    return true;
}

bool statement_bind(Thread *t, Connection *c, Statement *s, Value parameters) {
    int needed = sqlite3_bind_parameter_count(s->stmt);
    if (IS_EXACT(parameters, tuple) || IS_EXACT(parameters, list) || (!is_dict(t, parameters) && is_sequence(t, parameters)))
        return bind_sequence(t, c, s->stmt, needed, parameters);
    if (is_mapping(t, parameters)) return bind_mapping(t, c, s->stmt, needed, parameters);
    sqlite_raise(t, SE_ProgrammingError, "parameters are of unsupported type");
    return false;
}
