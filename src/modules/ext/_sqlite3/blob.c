/* _sqlite3: Blob, a large value of a table as something like a file, and like an array of bytes of fixed length. */
#include "modules/ext/_sqlite3/sqlite3_priv.h"

#include "object/buffer.h"

/* The open blob, or NULL: ProgrammingError. */
static Blob *open_blob(Thread *t, Value self) {
    Blob *b = V_AS(Blob, self);
    if (!connection_check(t, b->connection)) return NULL;
    if (b->blob != NULL) return b;
    sqlite_raise(t, SE_ProgrammingError, "Cannot operate on a closed blob.");
    return NULL;
}

static sqlite3_blob *take_handle(Blob *b) {
    sqlite3_blob *handle = b->blob;
    if (handle == NULL) return NULL;
    b->blob = NULL;
    *b->link = b->next;
    if (b->next != NULL) b->next->link = b->link;
    return handle;
}

static void blob_shut(Thread *t, Blob *b) {
    sqlite3_blob *handle = take_handle(b);
    if (handle != NULL) ALLOW_THREADS(t, sqlite3_blob_close(handle));
}

void blobs_close(Thread *t, Connection *c) {
    while (c->blobs != NULL) blob_shut(t, c->blobs);
}

Value connection_blobopen(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Connection *c = V_AS(Connection, args[0]);
    Value keep[3] = {VNULL, VNULL, VNULL}, result = VNULL;
    const char *table = text_argument(t, args[1], "blobopen", "1", &keep[0]);
    const char *column = table ? text_argument(t, args[2], "blobopen", "2", &keep[1]) : NULL;
    const char *name = column == NULL ? NULL : is_null(args[5]) ? "main" : text_argument(t, args[5], "blobopen", "'name'", &keep[2]);
    int64_t row;
    bool readonly = false;
    sqlite3_blob *handle = NULL;
    if (name != NULL && arg_i64(t, args[3], &row) && (is_null(args[4]) || arg_bool(t, args[4], &readonly)) && connection_check(t, c)) {
        int code;
        ALLOW_THREADS(t, code = sqlite3_blob_open(c->db, name, table, column, row, !readonly, &handle));
        if (code != SQLITE_OK) connection_error(t, c);
        else result = object_new(t, sqlite_state(t)->blob);
    }
    for (int i = 0; i < 3; i++) decref_maybe(t, keep[i]);
    if (is_null(result)) {
        sqlite3_blob_close(handle);
        return VNULL;
    }
    Blob *b = V_AS(Blob, result);
    b->connection = V_AS(Connection, new_ref(args[0]));
    b->blob = handle;
    b->next = c->blobs;
    b->link = &c->blobs;
    if (b->next != NULL) b->next->link = &b->next;
    c->blobs = b;
    return object_done(t, result);
}

/* --- Bytes ------------------------------------------------------------------------------------------------------------------------------- */

static Value blob_error(Thread *t, Blob *b, int code) {
    if (code == SQLITE_ABORT) return sqlite_raise(t, SE_OperationalError, "Cannot operate on an expired blob handle");
    return connection_error(t, b->connection);
}

static bool read_bytes(Thread *t, Blob *b, char *out, int n, int offset) {
    int code;
    sqlite3_blob *handle = b->blob;
    ALLOW_THREADS(t, code = sqlite3_blob_read(handle, out, n, offset));
    if (code != SQLITE_OK) blob_error(t, b, code);
    return code == SQLITE_OK;
}

static bool write_bytes(Thread *t, Blob *b, const char *data, int64_t n, int offset) {
    int code, length = sqlite3_blob_bytes(b->blob);
    if (n > length - offset) return err_fail(t, T_ValueError, "data longer than blob length");
    sqlite3_blob *handle = b->blob;
    ALLOW_THREADS(t, code = sqlite3_blob_write(handle, data, (int)n, offset));
    if (code != SQLITE_OK) blob_error(t, b, code);
    return code == SQLITE_OK;
}

/* n bytes from an offset, which the caller has checked. */
static Value read_object(Thread *t, Blob *b, int n, int offset) {
    Value data = bytes_new(t, NULL, n);
    if (!is_null(data) && n > 0 && !read_bytes(t, b, V_AS(Bytes, data)->data, n, offset)) slot_clear(t, &data);
    return data;
}

/* --- As a file ------------------------------------------------------------------------------------------------------------------------------- */

static SQLITE_METHOD(blob_close) {
    Blob *b = V_AS(Blob, args[0]);
    if (!connection_check(t, b->connection)) return VNULL;
    blob_shut(t, b);
    return V_NONE;
}

static SQLITE_METHOD(blob_read) {
    int32_t length = -1;
    if (!is_null(args[1]) && !arg_i32(t, args[1], &length)) return VNULL;
    Blob *b = open_blob(t, args[0]);
    if (b == NULL) return VNULL;
    int left = sqlite3_blob_bytes(b->blob) - b->offset;
    if (length < 0 || length > left) length = left;
    Value data = read_object(t, b, length, b->offset);
    if (!is_null(data)) b->offset += length;
    return data;
}

static SQLITE_METHOD(blob_write) {
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Blob *b = open_blob(t, args[0]);
    bool good = b != NULL && write_bytes(t, b, view.data, view.length, b->offset);
    if (good) b->offset += (int)view.length;
    buffer_release(t, &view);
    return good ? V_NONE : VNULL;
}

static SQLITE_METHOD(blob_seek) {
    int32_t offset, origin = SEEK_SET;
    if (!arg_i32(t, args[1], &offset) || (!is_null(args[2]) && !arg_i32(t, args[2], &origin))) return VNULL;
    Blob *b = open_blob(t, args[0]);
    if (b == NULL) return VNULL;
    int length = sqlite3_blob_bytes(b->blob), from;
    switch (origin) {
    case SEEK_SET: from = 0; break;
    case SEEK_CUR: from = b->offset; break;
    case SEEK_END: from = length; break;
    default: return err_raise(t, T_ValueError, "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END");
    }
    if (offset > INT_MAX - from) return err_raise(t, T_OverflowError, "seek offset results in overflow");
    offset += from;
    if (offset < 0 || offset > length) return err_raise(t, T_ValueError, "offset out of blob range");
    b->offset = offset;
    return V_NONE;
}

static SQLITE_METHOD(blob_tell) {
    Blob *b = open_blob(t, args[0]);
    return b ? v_smallint(b->offset) : VNULL;
}

static SQLITE_METHOD(blob_enter) { return open_blob(t, args[0]) ? new_ref(args[0]) : VNULL; }

static SQLITE_METHOD(blob_exit) {
    Blob *b = open_blob(t, args[0]);
    if (b == NULL) return VNULL;
    blob_shut(t, b);
    return V_FALSE;
}

/* --- As an array -------------------------------------------------------------------------------------------------------------------------------- */

static int64_t slot_len(Thread *t, Value self) {
    Blob *b = open_blob(t, self);
    return b ? sqlite3_blob_bytes(b->blob) : -1;
}

/* The offset that an index stands for. */
static bool offset_of(Thread *t, Blob *b, Value key, int *offset) {
    int64_t i, n = sqlite3_blob_bytes(b->blob);
    if (!number_to_index(t, key, &i, T_IndexError)) return false;
    if (i < 0) i += n;
    if (i < 0 || i >= n) return err_fail(t, T_IndexError, "Blob index out of range");
    *offset = (int)i;
    return true;
}

static Value get_slice(Thread *t, Blob *b, Value slice) {
    int64_t start, stop, step, n;
    if (!slice_indices(t, slice, sqlite3_blob_bytes(b->blob), &start, &stop, &step, &n)) return VNULL;
    if (step == 1) return read_object(t, b, (int)n, (int)start);
    if (n == 0) return new_ref(t->interp->empty_bytes);
    int64_t low = step > 0 ? start : start + (n - 1) * step, high = step > 0 ? start + (n - 1) * step : start;
    Value all = read_object(t, b, (int)(high - low + 1), (int)low), picked = is_null(all) ? VNULL : bytes_new(t, NULL, n);
    if (!is_null(picked))
        for (int64_t i = 0; i < n; i++) V_AS(Bytes, picked)->data[i] = V_AS(Bytes, all)->data[start + i * step - low];
    decref_maybe(t, all);
    return picked;
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    Blob *b = open_blob(t, self);
    int offset;
    char byte;
    if (b == NULL) return VNULL;
    if (has_index(t, key)) return offset_of(t, b, key, &offset) && read_bytes(t, b, &byte, 1, offset) ? v_smallint((uint8_t)byte) : VNULL;
    if (IS_EXACT(key, slice)) return get_slice(t, b, key);
    return err_raise(t, T_TypeError, "Blob indices must be integers");
}

static bool set_index(Thread *t, Blob *b, Value key, Value value) {
    int offset;
    int64_t i;
    if (is_null(value)) return err_fail(t, T_TypeError, "Blob doesn't support item deletion");
    if (!offset_of(t, b, key, &offset)) return false;
    if (!is_int(t, value)) return err_fail(t, T_TypeError, "'%T' object cannot be interpreted as an integer", value);
    i = int_clamp_i64(value);
    if (i < 0 || i > 255) return err_fail(t, T_ValueError, "byte must be in range(0, 256)");
    char byte = (char)i;
    return write_bytes(t, b, &byte, 1, offset);
}

static bool write_strided(Thread *t, Blob *b, const char *data, int64_t start, int64_t step, int64_t n) {
    if (n == 0) return true;
    if (step == 1) return write_bytes(t, b, data, n, (int)start);
    int64_t low = step > 0 ? start : start + (n - 1) * step, high = step > 0 ? start + (n - 1) * step : start;
    Value all = read_object(t, b, (int)(high - low + 1), (int)low);
    if (is_null(all)) return false;
    for (int64_t i = 0; i < n; i++) V_AS(Bytes, all)->data[start + i * step - low] = data[i];
    bool good = write_bytes(t, b, V_AS(Bytes, all)->data, high - low + 1, (int)low);
    decref(t, all);
    return good;
}

static bool set_slice(Thread *t, Blob *b, Value slice, Value value) {
    int64_t start, stop, step, n;
    Buffer view;
    if (is_null(value)) return err_fail(t, T_TypeError, "Blob doesn't support slice deletion");
    if (!slice_indices(t, slice, sqlite3_blob_bytes(b->blob), &start, &stop, &step, &n)) return false;
    if (!buffer_get(t, value, &view, BUF_SIMPLE)) return false;
    bool good = view.length == n ? write_strided(t, b, view.data, start, step, n) : err_fail(t, T_IndexError, "Blob slice assignment is wrong size");
    buffer_release(t, &view);
    return good;
}

static bool slot_setitem(Thread *t, Value self, Value key, Value value) {
    Blob *b = open_blob(t, self);
    if (b == NULL) return false;
    if (has_index(t, key)) return set_index(t, b, key, value);
    if (IS_EXACT(key, slice)) return set_slice(t, b, key, value);
    return err_fail(t, T_TypeError, "Blob indices must be integers");
}

/* --- The type --------------------------------------------------------------------------------------------------------------------------------------- */

static void slot_destroy(Thread *t, Object *self) {
    Blob *b = (Blob *)self;
    sqlite3_blob_close(take_handle(b)); /* with the GIL held: nothing of it calls back */
    obj_decref(t, b->connection);
}

static int slot_traverse(Object *self, VisitFn visit, void *context) { return visit(v_from(((Blob *)self)->connection), context); }

static const MethodDef methods[] = {
    {"close", "($self, /)", "Close the blob.", blob_close},
    {"__enter__", "($self, /)", "The blob itself.", blob_enter},
    {"__exit__", "($self, type, val, tb, /)", "Close the blob.", blob_exit},
    {"read", "($self, length=-1, /)", "Read bytes from the current offset on.", blob_read},
    {"seek", "($self, offset, origin=0, /)", "Set the current offset.", blob_seek},
    {"tell", "($self, /)", "The current offset.", blob_tell},
    {"write", "($self, data, /)", "Write bytes from the current offset on; the length does not change.", blob_write},
    {NULL},
};

const TypeDef typedef_sqlite_Blob = {
    .name = "sqlite3.Blob",
    .flags = TF_MODULE_NAME | TF_NO_NEW | TF_GC | TF_WEAKREF,
    .size = sizeof(Blob),
    .ext_offset = offsetof(Blob, ext),
    .methods = methods,
    .slots = {.destroy = slot_destroy, .traverse = slot_traverse, .len = slot_len, .getitem = slot_getitem, .setitem = slot_setitem},
};
