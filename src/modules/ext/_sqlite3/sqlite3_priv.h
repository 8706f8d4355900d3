/* _sqlite3: what its files share.
 *
 *     Connection --- db (sqlite3 *)        statements cached by their text
 *         ^    \---- callbacks             functions, aggregates, collations, authorizer, progress handler, trace
 *         |     \--- blobs                 open ones, so that close() can close them
 *     Cursor ------> Statement             sqlite3_stmt; may outlive its connection's close (SQLite keeps a zombie for it)
 *
 * The lock.  SQLite calls back into Python, and a thread that waits for a connection's mutex inside SQLite may hold up one that waits for
 * the GIL; so whatever may run long or call back runs without the GIL (ALLOW_THREADS), and callbacks take it (callbacks.c).  Dying objects
 * cannot let go of the GIL: see statement_destroy.
 *
 * A further copy of the module has the types, exceptions and registries of the first one.
 */
#ifndef KRAIT_SQLITE3_PRIV_H
#define KRAIT_SQLITE3_PRIV_H

#include <limits.h>
#include <sqlite3.h>

#if SQLITE_VERSION_NUMBER < 3037000
#error "SQLite 3.37 or newer is needed"
#endif

#include "modules/module.h"
#include "object/instance.h"
#include "ops/warn.h"

/* The exceptions: SQLITE_CLASS(name, base). */
#define SQLITE_CLASSES(X)                 \
    X(Warning, COUNT)                     \
    X(Error, COUNT)                       \
    X(InterfaceError, Error)              \
    X(DatabaseError, Error)               \
    X(DataError, DatabaseError)           \
    X(OperationalError, DatabaseError)    \
    X(IntegrityError, DatabaseError)      \
    X(InternalError, DatabaseError)       \
    X(ProgrammingError, DatabaseError)    \
    X(NotSupportedError, DatabaseError)

enum SqliteClass {
#define SQLITE_CLASS(name, base) SE_##name,
    SQLITE_CLASSES(SQLITE_CLASS)
#undef SQLITE_CLASS
    SE_COUNT
};

typedef struct SqliteState {
    Value classes[SE_COUNT];
    Value adapters, converters; /* dicts: (type, protocol) -> callable; NAME -> callable */
    Type *connection, *cursor, *row, *blob, *statement, *protocol;
    bool tracebacks;    /* errors in callbacks are reported */
    bool base_adapted;  /* an adapter was registered for a type that SQLite knows itself */
    bool quiet;         /* a dying statement is being finalised: callbacks must not run Python code */
    sqlite3_stmt **deferred; /* libc memory: statements whose connection was busy when they died */
    int deferred_count, deferred_room;
} SqliteState;

static inline SqliteState *sqlite_state(Thread *t) { return MODULE_STATE(t, _sqlite3, SqliteState); }

/* errors.c */
Value sqlite_raise(Thread *t, enum SqliteClass which, const char *format, ...) COLD; /* VNULL */
Value sqlite_raise_db(Thread *t, sqlite3 *db) COLD; /* the last error of the connection; VNULL */
extern const struct SqliteConstant { const char *name; int value; bool is_error; } sqlite_constants[]; /* ends with a NULL name */

/* callbacks.c: a Python callable that SQLite knows. */
typedef struct Callback {
    struct Callback *next, **link; /* of the connection's list */
    Runtime *runtime;
    Value callable; /* owned */
} Callback;

enum Transactions { TX_LEGACY = -1, TX_DISABLED = 0, TX_ENABLED = 1 }; /* the attribute autocommit */
enum DetectTypes { PARSE_DECLTYPES = 1, PARSE_COLNAMES = 2 };

typedef struct Blob Blob;
typedef struct Statement Statement;
typedef struct Connection {
    Object head;
    sqlite3 *db;          /* NULL: closed */
    Value row_factory, text_factory;
    Value cache;          /* dict: text -> Statement, the least recently used first */
    Callback *callbacks;
    Callback *authorizer, *progress, *trace; /* those of the list that there is one of */
    Blob *blobs;
    Statement *statements;
    const char *isolation_level; /* NULL: None */
    uint64_t thread;      /* who made it */
    int64_t cache_room;
    int autocommit;       /* enum Transactions */
    int detect_types;
    bool initialized, check_thread;
} Connection;

struct Statement {
    Object head;
    sqlite3_stmt *stmt;     /* NULL: the text is empty or a comment */
    Statement *next, **link; /* of the connection's list, while that is open */
    bool in_use;            /* a cursor has it: no other gets it from the cache */
    bool is_dml;            /* INSERT, UPDATE, DELETE or REPLACE */
};

typedef struct Cursor {
    Object head;
    Connection *connection; /* NULL: not initialised */
    Value description, row_cast, lastrowid, row_factory;
    Statement *statement;   /* being stepped through, or NULL */
    int64_t rowcount;
    uint32_t arraysize;
    bool closed, locked, initialized;
    void *ext;
} Cursor;

typedef struct Row {
    Object head;
    Value data, description; /* a tuple; the cursor's, perhaps None */
} Row;

struct Blob {
    Object head;
    Connection *connection;
    sqlite3_blob *blob;     /* NULL: closed */
    Blob *next, **link;     /* of the connection's list, while open */
    int offset;
    void *ext;
};

extern const TypeDef typedef_sqlite_Connection, typedef_sqlite_Cursor, typedef_sqlite_Row, typedef_sqlite_Blob, typedef_sqlite_Statement,
    typedef_sqlite_PrepareProtocol;

/* connection.c */
bool connection_check_thread(Thread *t, Connection *c) MUST_USE;
bool connection_check(Thread *t, Connection *c) MUST_USE; /* open, and in the right thread */
bool connection_run(Thread *t, Connection *c, const char *sql) MUST_USE; /* a statement without a result */
static inline Value connection_error(Thread *t, Connection *c) { return sqlite_raise_db(t, c->db); }
bool connection_audit(Thread *t, const char *event, Value a, Value b) MUST_USE; /* borrows; b VNULL: one argument */
/* TypeError where v is no str or holds a NUL; points into *keep or v. */
const char *text_argument(Thread *t, Value v, const char *function, const char *argument, Value *keep);

/* connection_data.c, callbacks.c: rows of Connection's methods, which connection.c lists. */
#define SQLITE_METHOD(name) Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
SQLITE_METHOD(connection_backup);
SQLITE_METHOD(connection_blobopen);
SQLITE_METHOD(connection_deserialize);
SQLITE_METHOD(connection_enable_load_extension);
SQLITE_METHOD(connection_getconfig);
SQLITE_METHOD(connection_getlimit);
SQLITE_METHOD(connection_interrupt);
SQLITE_METHOD(connection_iterdump);
SQLITE_METHOD(connection_load_extension);
SQLITE_METHOD(connection_serialize);
SQLITE_METHOD(connection_setconfig);
SQLITE_METHOD(connection_setlimit);
SQLITE_METHOD(connection_create_aggregate);
SQLITE_METHOD(connection_create_collation);
SQLITE_METHOD(connection_create_function);
SQLITE_METHOD(connection_create_window_function);
SQLITE_METHOD(connection_set_authorizer);
SQLITE_METHOD(connection_set_progress_handler);
SQLITE_METHOD(connection_set_trace_callback);
void callbacks_disown(Connection *c); /* the connection dies; SQLite may need them for longer */
void callbacks_clear(Thread *t, Connection *c);
int callbacks_traverse(Connection *c, VisitFn visit, void *context);

/* blob.c */
void blobs_close(Thread *t, Connection *c);

/* statement.c */
Value statement_new(Thread *t, Connection *c, Value sql);  /* a Statement; owned */
Statement *statement_get(Thread *t, Connection *c, Value sql); /* the same through the cache, for a cursor: in_use; owned */
int statement_step(Thread *t, Statement *s);
void statement_reset(Thread *t, Statement *s);
void statement_release(Thread *t, Statement *s); /* reset, and no longer in use; takes it */
void statement_abandon(Thread *t, Statement *s); /* the same from a dying cursor */
void statements_disown(Connection *c); /* before it is closed */
void statements_reap(Thread *t); /* finalises what was deferred */
bool sql_check_length(Thread *t, Connection *c, int64_t bytes) MUST_USE;

/* bind.c */
bool statement_bind(Thread *t, Connection *c, Statement *s, Value parameters) MUST_USE;
Value sqlite_adapt(Thread *t, Value v, Value protocol, Value alternative); /* alternative VNULL: ProgrammingError */

/* cursor.c */
Value cursor_execute(Thread *t, Cursor *c, bool multiple, Value sql, Value parameters);
Value cursor_executescript(Thread *t, Cursor *c, Value script);
Value text_value(Thread *t, Connection *c, const char *text, int64_t bytes, const char *column);

/* row.c */
Value row_new(Thread *t, Type *type, Cursor *cursor, Value data);

#endif
