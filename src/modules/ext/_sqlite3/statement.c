/* _sqlite3: Statement, a prepared statement, and the connection's cache of them.
 *
 * A cache is a dict in the order of use.  A statement that is being stepped through by one cursor is not given to another: the other gets
 * one of its own.
 */
#include <stdlib.h>

#include "modules/ext/_sqlite3/sqlite3_priv.h"

bool sql_check_length(Thread *t, Connection *c, int64_t bytes) {
    if (bytes <= sqlite3_limit(c->db, SQLITE_LIMIT_SQL_LENGTH, -1)) return true;
    sqlite_raise(t, SE_DataError, "query string is too large");
    return false;
}

/* --- Text ------------------------------------------------------------------------------------------------------------------------------ */

/* Behind white space and comments: "" where nothing else comes. */
static const char *skip_blank(const char *p) {
    for (;;) {
        p += strspn(p, " \t\n\f\r");
        if (p[0] == '-' && p[1] == '-') {
            p += strcspn(p, "\n");
        } else if (p[0] == '/' && p[1] == '*') {
            const char *end = strstr(p + 2, "*/");
            p = end ? end + 2 : p + strlen(p);
        } else {
            return p;
        }
    }
}

static bool text_is_dml(const char *sql) {
    static const char *const words[] = {"INSERT", "UPDATE", "DELETE", "REPLACE"};
    sql = skip_blank(sql);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (sqlite3_strnicmp(sql, words[i], (int)strlen(words[i])) == 0) return true;
    return false;
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------------ */

static void link_statement(Connection *c, Statement *s) {
    s->next = c->statements;
    s->link = &c->statements;
    if (s->next != NULL) s->next->link = &s->next;
    c->statements = s;
}

static Value prepare(Thread *t, Connection *c, const char *sql, int64_t bytes) {
    sqlite3_stmt *stmt = NULL;
    const char *tail = "";
    int result;
    if (!sql_check_length(t, c, bytes)) return VNULL;
    if ((int64_t)strlen(sql) != bytes) return sqlite_raise(t, SE_ProgrammingError, "the query contains a null character");
    ALLOW_THREADS(t, result = sqlite3_prepare_v2(c->db, sql, (int)bytes + 1, &stmt, &tail));
    if (result != SQLITE_OK) return connection_error(t, c);
    if (*skip_blank(tail)) {
        sqlite_raise(t, SE_ProgrammingError, "You can only execute one statement at a time.");
    } else {
        Statement *s = heap_object(t, sqlite_state(t)->statement->shape, sizeof *s);
        if (s != NULL) {
            s->stmt = stmt;
            s->in_use = false;
            s->is_dml = text_is_dml(sql);
            s->link = NULL;
            if (stmt != NULL) link_statement(c, s);
            return v_from(s);
        }
    }
    sqlite3_finalize(stmt); /* it never ran */
    return VNULL;
}

Value statement_new(Thread *t, Connection *c, Value sql) {
    Value keep = VNULL;
    int64_t bytes;
    statements_reap(t);
    const char *text = str_utf8(t, sql, &bytes, &keep);
    Value statement = text ? prepare(t, c, text, bytes) : VNULL;
    decref_maybe(t, keep);
    return statement;
}

/* Adds a statement to the cache and lets the least recently used one go. */
static bool cache_add(Thread *t, Connection *c, Value sql, Value statement) {
    if (c->cache_room <= 0) return true;
    if (!dict_set(t, c->cache, sql, statement)) return false;
    if (dict_len(c->cache) <= c->cache_room) return true;
    uint32_t position = 0;
    Value key, value;
    if (!dict_next(c->cache, &position, &key, &value)) return true;
    dict_remove_entry(t, c->cache, position - 1, &key, &value);
    decref(t, key);
    decref(t, value);
    return true;
}

Statement *statement_get(Thread *t, Connection *c, Value sql) {
    int64_t hash, index = -1;
    if (!is_null(c->cache)) {
        if (!hash_of(t, sql, &hash)) return NULL;
        index = dict_find(t, c->cache, sql, hash);
    }
    if (index >= 0) {
        Value known = *dict_entry_value(V_AS(Dict, c->cache)->keys, (uint32_t)index);
        if (!V_AS(Statement, known)->in_use) {
            incref(known);
            V_AS(Statement, known)->in_use = true;
            /* Only a full cache has to know the order. */
            if (dict_len(c->cache) < c->cache_room || dict_move_to_end(t, c->cache, (uint32_t)index, true)) return V_AS(Statement, known);
            V_AS(Statement, known)->in_use = false;
            decref(t, known);
            return NULL;
        }
    } else if (index == -2) {
        return NULL;
    }
    Value statement = statement_new(t, c, sql);
    if (is_null(statement)) return NULL;
    V_AS(Statement, statement)->in_use = true;
    if (index >= 0 || is_null(c->cache) || cache_add(t, c, sql, statement)) return V_AS(Statement, statement);
    decref(t, statement);
    return NULL;
}

/* --- Running ------------------------------------------------------------------------------------------------------------------------------- */

int statement_step(Thread *t, Statement *s) {
    int result;
    if (s->stmt == NULL) return SQLITE_DONE;
    ALLOW_THREADS(t, result = sqlite3_step(s->stmt));
    return result;
}

void statement_reset(Thread *t, Statement *s) {
    if (s->stmt != NULL && sqlite3_stmt_busy(s->stmt)) ALLOW_THREADS(t, sqlite3_reset(s->stmt));
    else sqlite3_reset(s->stmt);
}

void statement_release(Thread *t, Statement *s) {
    statement_reset(t, s);
    s->in_use = false;
    obj_decref(t, s);
}

/* --- Death --------------------------------------------------------------------------------------------------------------------------------- */

static bool defer(SqliteState *state, sqlite3_stmt *stmt) {
    if (state->deferred_count == state->deferred_room) {
        int room = state->deferred_room ? 2 * state->deferred_room : 8;
        sqlite3_stmt **grown = realloc(state->deferred, (size_t)room * sizeof *grown);
        if (grown == NULL) return false;
        state->deferred = grown;
        state->deferred_room = room;
    }
    state->deferred[state->deferred_count++] = stmt;
    return true;
}

void statements_reap(Thread *t) {
    SqliteState *state = sqlite_state(t);
    while (state->deferred_count > 0) {
        sqlite3_stmt *stmt = state->deferred[--state->deferred_count];
        ALLOW_THREADS(t, sqlite3_finalize(stmt));
    }
    free(state->deferred);
    state->deferred = NULL;
    state->deferred_room = 0;
}

void statements_disown(Connection *c) {
    for (Statement *s = c->statements, *next; s != NULL; s = next) {
        next = s->next;
        s->next = NULL;
        s->link = NULL;
    }
    c->statements = NULL;
}

static void unlink_statement(Statement *s) {
    if (s->link == NULL) return;
    *s->link = s->next;
    if (s->next != NULL) s->next->link = s->link;
    s->link = NULL;
}

/* A dying object cannot let go of the GIL, and another thread may hold the connection's mutex while it waits for the GIL in a callback: so the
 * mutex is only tried.  A closed connection is nobody's any more, and its mutex dies with its last statement: there is none to take. */
static bool enter_dying(Thread *t, Statement *s, sqlite3_mutex **mutex) {
    *mutex = s->link ? sqlite3_db_mutex(sqlite3_db_handle(s->stmt)) : NULL;
    if (*mutex != NULL && sqlite3_mutex_try(*mutex) != SQLITE_OK) return false;
    sqlite_state(t)->quiet = true;
    return true;
}

static void leave_dying(Thread *t, sqlite3_mutex *mutex) {
    sqlite_state(t)->quiet = false;
    if (mutex != NULL) sqlite3_mutex_leave(mutex);
}

void statement_abandon(Thread *t, Statement *s) {
    sqlite3_mutex *mutex;
    bool entered = s->stmt != NULL && enter_dying(t, s, &mutex);
    if (entered) {
        sqlite3_reset(s->stmt);
        leave_dying(t, mutex);
        s->in_use = false;
    }
    obj_decref(t, s); /* one that could not be entered stays in use: who wants it next gets another */
}

static void statement_destroy(Thread *t, Object *self) {
    Statement *s = (Statement *)self;
    sqlite3_mutex *mutex;
    if (s->stmt == NULL) { /* its text was nothing but comments */
        unlink_statement(s);
        return;
    }
    bool entered = enter_dying(t, s, &mutex);
    unlink_statement(s);
    if (!entered) {
        (void)defer(sqlite_state(t), s->stmt); /* without memory for that it leaks */
        return;
    }
    sqlite3_finalize(s->stmt);
    leave_dying(t, mutex);
}

const TypeDef typedef_sqlite_Statement = {
    .name = "sqlite3.Statement",
    .flags = TF_MODULE_NAME | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(Statement),
    .slots = {.destroy = statement_destroy},
};
