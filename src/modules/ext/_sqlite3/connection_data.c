/* _sqlite3: Connection: the database as a whole (backup, serialize, dump), limits and options, extensions, interrupt. */
#include <math.h>

#include "modules/ext/_sqlite3/sqlite3_priv.h"

#include "object/buffer.h"

/* The name of an attached database: "main" where none is given. */
static const char *schema_argument(Thread *t, Value v, const char *function, Value *keep) {
    *keep = VNULL;
    return is_null(v) ? "main" : text_argument(t, v, function, "'name'", keep);
}

/* --- Backup --------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct BackupRequest {
    Connection *source, *target;
    const char *name;
    int32_t pages;
    Value progress; /* VNULL: none */
    int sleep;      /* milliseconds to wait for a busy database */
} BackupRequest;

static bool tell_progress(Thread *t, const BackupRequest *r, sqlite3_backup *backup, int code) {
    if (is_null(r->progress)) return true;
    Value done = call_3(t, r->progress, v_smallint(code), v_smallint(sqlite3_backup_remaining(backup)), v_smallint(sqlite3_backup_pagecount(backup)));
    decref_maybe(t, done);
    return !is_null(done);
}

/* Copies page by page; SQLITE_DONE at the end. false: an exception is pending. */
static bool copy_pages(Thread *t, const BackupRequest *r, sqlite3_backup *backup) {
    int code;
    do {
        ALLOW_THREADS(t, code = sqlite3_backup_step(backup, r->pages));
        if (!tell_progress(t, r, backup, code)) return false;
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
            ALLOW_THREADS(t, sqlite3_sleep(r->sleep));
            if (!signals_check(t)) return false;
        }
    } while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
    return true;
}

static Value run_backup(Thread *t, const BackupRequest *r) {
    sqlite3 *to = r->target->db;
    sqlite3_backup *backup;
    int code;
    ALLOW_THREADS(t, backup = sqlite3_backup_init(to, "main", r->source->db, r->name));
    if (backup == NULL) return sqlite_raise_db(t, to);
    bool good = copy_pages(t, r, backup);
    ALLOW_THREADS(t, code = sqlite3_backup_finish(backup));
    if (!good) return VNULL;
    return code == SQLITE_OK ? V_NONE : sqlite_raise_db(t, to);
}

Value connection_backup(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    BackupRequest r = {.source = V_AS(Connection, args[0]), .pages = -1, .sleep = 250};
    Value target = args[1], keep = VNULL;
    if (!is_instance_of(t, target, sqlite_state(t)->connection))
        return err_raise(t, T_TypeError, "backup() argument 'target' must be sqlite3.Connection, not %T", target);
    r.target = V_AS(Connection, target);
    double seconds = 0.25;
    if (!is_null(args[2]) && !arg_i32(t, args[2], &r.pages)) return VNULL;
    r.name = schema_argument(t, args[4], "backup", &keep);
    if (r.name == NULL) return VNULL;
    Value result = VNULL;
    if (!is_null(args[5]) && !arg_double(t, args[5], &seconds)) goto done;
    r.sleep = (int)(seconds * 1000);
    if (!is_null(args[3]) && !is_none(args[3])) r.progress = args[3];
    if (r.pages == 0) r.pages = -1;
    if (!connection_check(t, r.source)) goto done;
    if (r.target == r.source) err_raise(t, T_ValueError, "target cannot be the same connection instance");
    else if (!connection_check(t, r.target)) goto done;
    else if (!is_null(r.progress) && !is_callable(t, r.progress)) err_raise(t, T_TypeError, "progress argument must be a callable");
    else result = run_backup(t, &r);
done:
    decref_maybe(t, keep);
    return result;
}

/* --- Serializing -------------------------------------------------------------------------------------------------------------------------------------- */

Value connection_serialize(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value keep, result = VNULL;
    const char *name = schema_argument(t, args[1], "serialize", &keep);
    if (name != NULL && connection_check(t, c)) {
        /* A database in memory gives its own memory, others a copy. */
        sqlite3_int64 size = 0;
        unsigned char *data = sqlite3_serialize(c->db, name, &size, SQLITE_SERIALIZE_NOCOPY), *copy = NULL;
        if (data == NULL) {
            ALLOW_THREADS(t, copy = sqlite3_serialize(c->db, name, &size, 0));
            data = copy;
        }
        if (data == NULL) sqlite_raise(t, SE_OperationalError, "unable to serialize '%s'", name);
        else result = bytes_new(t, (const char *)data, size);
        sqlite3_free(copy);
    }
    decref_maybe(t, keep);
    return result;
}

Value connection_deserialize(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value keep, result = VNULL, encoded = VNULL;
    Buffer view;
    if (is_str(t, args[1]) && is_null(encoded = t->hooks->encode(t, args[1], "utf-8", "strict"))) return VNULL;
    if (!buffer_get(t, is_null(encoded) ? args[1] : encoded, &view, BUF_SIMPLE)) {
        decref_maybe(t, encoded);
        return VNULL;
    }
    const char *name = schema_argument(t, args[2], "deserialize", &keep);
    unsigned char *copy = NULL;
    if (name != NULL && connection_check(t, c)) {
        copy = sqlite3_malloc64((sqlite3_uint64)view.length);
        if (copy == NULL) err_no_memory(t);
    }
    if (copy != NULL) {
        int code;
        memcpy(copy, view.data, (size_t)view.length);
        ALLOW_THREADS(t, code = sqlite3_deserialize(c->db, name, copy, view.length, view.length, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE));
        result = code == SQLITE_OK ? V_NONE : connection_error(t, c); /* the copy is SQLite's in any case */
    }
    buffer_release(t, &view);
    decref_maybe(t, encoded);
    decref_maybe(t, keep);
    return result;
}

Value connection_iterdump(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!connection_check(t, V_AS(Connection, args[0]))) return VNULL;
    Value module = t->hooks->import(t, "sqlite3.dump"), dump = is_null(module) ? VNULL : attr_get_cstr(t, module, "_iterdump");
    Value name = str_intern_cstr(t, "filter"), names = is_null(name) ? VNULL : tuple_of(t, 1, name), result = VNULL;
    Value given[2] = {args[0], is_null(args[1]) ? V_NONE : args[1]};
    if (!is_null(dump) && !is_null(names)) result = call_copy(t, dump, given, 1, names);
    decref_maybe(t, module);
    decref_maybe(t, dump);
    decref_maybe(t, name);
    decref_maybe(t, names);
    return result;
}

/* --- Limits and options ---------------------------------------------------------------------------------------------------------------------------------- */

static Value change_limit(Thread *t, Connection *c, Value category_value, int32_t limit) {
    int32_t category;
    if (!arg_i32(t, category_value, &category) || !connection_check(t, c)) return VNULL;
    int old = sqlite3_limit(c->db, category, limit);
    if (old < 0) return sqlite_raise(t, SE_ProgrammingError, "'category' is out of bounds");
    return v_smallint(old);
}

Value connection_setlimit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t limit;
    return arg_i32(t, args[2], &limit) ? change_limit(t, V_AS(Connection, args[0]), args[1], limit) : VNULL;
}
Value connection_getlimit(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return change_limit(t, V_AS(Connection, args[0]), args[1], -1); }

static bool option_argument(Thread *t, Value v, int32_t *op) {
    static const int32_t known[] = {
        SQLITE_DBCONFIG_ENABLE_FKEY, SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
        SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, SQLITE_DBCONFIG_ENABLE_QPSG, SQLITE_DBCONFIG_TRIGGER_EQP, SQLITE_DBCONFIG_RESET_DATABASE,
        SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_WRITABLE_SCHEMA, SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, SQLITE_DBCONFIG_DQS_DML,
        SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_LEGACY_FILE_FORMAT, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
    };
    if (!arg_i32(t, v, op)) return false;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (known[i] == *op) return true;
    return err_fail(t, T_ValueError, "unknown config 'op': %d", *op);
}

Value connection_setconfig(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    int32_t op;
    int actual;
    bool enable = true;
    if (!is_null(args[2]) && !arg_bool(t, args[2], &enable)) return VNULL;
    if (!connection_check(t, c) || !option_argument(t, args[1], &op)) return VNULL;
    if (sqlite3_db_config(c->db, op, (int)enable, &actual) != SQLITE_OK) return connection_error(t, c);
    if ((actual != 0) != enable) return sqlite_raise(t, SE_OperationalError, "Unable to set config");
    return V_NONE;
}

Value connection_getconfig(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    int32_t op;
    int actual;
    if (!connection_check(t, c) || !option_argument(t, args[1], &op)) return VNULL;
    if (sqlite3_db_config(c->db, op, -1, &actual) != SQLITE_OK) return connection_error(t, c);
    return v_bool(actual != 0);
}

Value connection_interrupt(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    bool checks = c->check_thread; /* other threads may interrupt */
    c->check_thread = false;
    bool good = connection_check(t, c);
    c->check_thread = checks;
    if (good) sqlite3_interrupt(c->db);
    return good ? V_NONE : VNULL;
}

/* --- Extensions ---------------------------------------------------------------------------------------------------------------------------------------------- */

Value connection_enable_load_extension(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    bool enable;
    if (!arg_bool(t, args[1], &enable) || !connection_audit(t, "sqlite3.enable_load_extension", args[0], v_bool(enable)) || !connection_check(t, c)) return VNULL;
    if (sqlite3_enable_load_extension(c->db, enable) == SQLITE_OK) return V_NONE;
    return sqlite_raise(t, SE_OperationalError, "Error enabling load extension");
}

Value connection_load_extension(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value keep = VNULL, keep_entry = VNULL, result = VNULL;
    const char *name = text_argument(t, args[1], "load_extension", "1", &keep), *entry = NULL;
    bool good = name != NULL;
    if (good && !is_null(args[2]) && !is_none(args[2])) good = (entry = text_argument(t, args[2], "load_extension", "'entrypoint'", &keep_entry)) != NULL;
    if (good && connection_audit(t, "sqlite3.load_extension", args[0], args[1]) && connection_check(t, c)) {
        char *message = NULL;
        int code;
        ALLOW_THREADS(t, code = sqlite3_load_extension(c->db, name, entry, &message));
        if (code == SQLITE_OK) result = V_NONE;
        else sqlite_raise(t, SE_OperationalError, "%s", message ? message : "Error loading extension");
        sqlite3_free(message);
    }
    decref_maybe(t, keep);
    decref_maybe(t, keep_entry);
    return result;
}
