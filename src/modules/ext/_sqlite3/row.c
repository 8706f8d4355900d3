/* _sqlite3: Row, a tuple whose items have the names of a query's columns. */
#include "modules/ext/_sqlite3/sqlite3_priv.h"

Value row_new(Thread *t, Type *type, Cursor *cursor, Value data) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    Row *row = V_AS(Row, v);
    row->data = new_ref(data);
    row->description = is_null(cursor->description) ? V_NONE : new_ref(cursor->description);
    return object_done(t, v);
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    SqliteState *state = sqlite_state(t);
    if (type == state->row && !call_no_keywords(t, "Row", kwnames)) return VNULL;
    if (!call_arity(t, "Row", nargs, 2, 2)) return VNULL;
    if (!is_instance_of(t, args[0], state->cursor)) return err_raise(t, T_TypeError, "Row() argument 1 must be sqlite3.Cursor, not %T", args[0]);
    if (!is_tuple(t, args[1])) return err_raise(t, T_TypeError, "Row() argument 2 must be tuple, not %T", args[1]);
    return row_new(t, type, V_AS(Cursor, args[0]), args[1]);
}

/* The name of column i, a str: borrowed. */
static Value column_name(Row *row, int64_t i) { return tuple_at(tuple_at(row->description, i), 0); }

static int64_t name_count(Row *row) { return is_none(row->description) ? 0 : tuple_len(row->description); }

static uint32_t fold_ascii(uint32_t c) { return c - 'A' < 26 ? c + 32 : c; }

/* Equal but for the case of ASCII letters. */
static bool names_match(const Str *a, const Str *b) {
    if (a == b) return true;
    int64_t n = str_len(a);
    if (n != str_len(b)) return false;
    for (int64_t i = 0; i < n; i++)
        if (fold_ascii(str_at(a, i)) != fold_ascii(str_at(b, i))) return false;
    return true;
}

static Value slot_item(Thread *t, Value self, int64_t i) {
    Row *row = V_AS(Row, self);
    if (i < 0 || i >= tuple_len(row->data)) return err_raise(t, T_IndexError, "tuple index out of range");
    return new_ref(tuple_at(row->data, i));
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    Row *row = V_AS(Row, self);
    if (is_int(t, key)) {
        int64_t i;
        if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
        return slot_item(t, self, i < 0 ? i + tuple_len(row->data) : i);
    }
    if (is_str(t, key)) {
        if (is_none(row->description)) return err_raise(t, T_IndexError, "No item with key %R", key);
        for (int64_t i = 0, n = name_count(row); i < n; i++)
            if (names_match(V_AS(Str, column_name(row, i)), V_AS(Str, key))) return slot_item(t, self, i);
        return err_raise(t, T_IndexError, "No item with that key");
    }
    if (IS_EXACT(key, slice)) return item_get(t, row->data, key);
    return err_raise(t, T_IndexError, "Index must be int or string");
}

static int64_t slot_len(Thread *t, Value self) { return tuple_len(V_AS(Row, self)->data); }
static Value slot_iter(Thread *t, Value self) { return iter_of(t, V_AS(Row, self)->data); }

static bool slot_hash(Thread *t, Value self, int64_t *hash) {
    int64_t names, items;
    if (!hash_of(t, V_AS(Row, self)->description, &names) || !hash_of(t, V_AS(Row, self)->data, &items)) return false;
    *hash = names ^ items;
    if (*hash == -1) *hash = -2;
    return true;
}

static Value slot_compare(Thread *t, Value left, Value right, enum CompareOp op) {
    const Type *row = sqlite_state(t)->row;
    if ((op != CMP_EQ && op != CMP_NE) || !is_instance_of(t, right, row)) return V_NOTIMPL;
    Row *a = V_AS(Row, left), *b = V_AS(Row, right);
    int is_equal = equal(t, a->description, b->description);
    if (is_equal > 0) is_equal = equal(t, a->data, b->data);
    return is_equal < 0 ? VNULL : v_bool((op == CMP_EQ) == (is_equal > 0));
}

static Value row_keys(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Row *row = V_AS(Row, args[0]);
    int64_t n = name_count(row);
    Value list = list_new(t, n);
    for (int64_t i = 0; i < n && !is_null(list); i++)
        if (!list_append(t, V_AS(List, list), column_name(row, i))) slot_clear(t, &list);
    return list;
}

static const MethodDef methods[] = {
    {"keys", "($self, /)", "The names of the columns.", row_keys},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Row, data), FIELD_VALUE(Row, description)};

const TypeDef typedef_sqlite_Row = {
    .name = "sqlite3.Row",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC,
    .size = sizeof(Row),
    FIELDS(fields),
    .methods = methods,
    .slots = {.new = slot_new, .hash = slot_hash, .compare = slot_compare, .iter = slot_iter, .len = slot_len, .getitem = slot_getitem, .item = slot_item},
};
