/* The type tuple. */
#include "base/hash.h"
#include "core/names.h"
#include "object/instance.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/iterators.h"
#include "types/typemaking.h"

#define SELF V_AS(Tuple, args[0])

static Value tuple_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Type *tuple_type = builtin_type(t, T_tuple);
    if (!is_null(kwnames) && (type == tuple_type || type->slots.init == tuple_type->slots.init) && !call_no_keywords(t, "tuple", kwnames)) return VNULL;
    if (!call_arity(t, "tuple", nargs, 0, 1)) return VNULL;
    Value v = nargs == 0 ? tuple_new(t, 0) : tuple_from_iterable(t, args[0]);
    if (type == tuple_type || is_null(v)) return v;
    int64_t n = tuple_len(v);
    Value instance = object_new_sized(t, type, n);
    if (!is_null(instance)) {
        Tuple *tuple = V_AS(Tuple, instance);
        tuple->length = n;
        for (int64_t i = 0; i < n; i++) tuple->items[i] = new_ref(tuple_at(v, i));
        instance = object_done(t, instance);
    }
    decref(t, v);
    return instance;
}

static Value tuple_repr(Thread *t, Value self) {
    int64_t n = tuple_len(self);
    if (n == 0) return str_from_ascii(t, "()", 2);
    int entered = repr_enter(t, self);
    if (entered <= 0) return entered < 0 ? VNULL : str_from_ascii(t, "(...)", 5);
    StrBuilder b;
    str_builder_init(&b);
    bool ok = str_builder_char(t, &b, '(');
    for (int64_t i = 0; ok && i < n; i++) ok = (i == 0 || str_builder_ascii(t, &b, ", ", 2)) && str_builder_repr(t, &b, tuple_at(self, i));
    ok = ok && str_builder_ascii(t, &b, ",)", 2);
    repr_leave(t, self);
    if (!ok) return VNULL;
    if (n > 1) { /* the comma is for one item only */
        b.length -= 2;
        if (!str_builder_char(t, &b, ')')) return VNULL;
    }
    return str_builder_finish(t, &b);
}

/* hash_of; what most items are is answered here. */
static inline bool item_hash(Thread *t, Value item, int64_t *hash) {
    if (is_smallint(item) && smallint_get(item) >= 0 && smallint_get(item) < SMALLINT_MAX) {
        *hash = smallint_get(item); /* below the modulus of hashes of numbers, 2^61 - 1 */
        return true;
    }
    if (IS_EXACT(item, str)) {
        *hash = str_hash_of(t, V_AS(Str, item));
        return true;
    }
    if (IS_EXACT(item, tuple) && (*hash = tuple_hash_kept(V_AS(Tuple, item))) != 0) return true;
    return hash_of(t, item, hash);
}

bool tuple_items_hash(Thread *t, Value self, int64_t *hash) {
    Tuple *tuple = V_AS(Tuple, self);
    uint64_t acc = hash_tuple_start();
    for (int64_t i = 0; i < tuple->length; i++) {
        int64_t item;
        if (!item_hash(t, tuple->items[i], &item)) return false;
        acc = hash_tuple_step(acc, item);
    }
    *hash = hash_tuple_end(acc, (size_t)tuple->length);
    return true;
}

static bool tuple_hash(Thread *t, Value self, int64_t *hash) {
    Tuple *tuple = V_AS(Tuple, self);
    bool keeps = tuple_has_hash_word(tuple) && (tuple->head.shape == SHAPE_tuple || !(obj_shape(t, &tuple->head)->flags & SHAPE_EXT_FRONT));
    if (keeps && *tuple_hash_word(tuple) != 0) {
        *hash = *tuple_hash_word(tuple);
        return true;
    }
    if (!tuple_items_hash(t, self, hash)) return false;
    if (keeps) *tuple_hash_word(tuple) = *hash;
    return true;
}

static Value tuple_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_tuple(t, a) || !is_tuple(t, b)) return V_NOTIMPL;
    Tuple *x = V_AS(Tuple, a), *y = V_AS(Tuple, b);
    int64_t n = x->length, m = y->length;
    for (int64_t i = 0; i < n && i < m; i++) {
        Value v = x->items[i], w = y->items[i];
        if (same(v, w)) continue;
        int is_equal = equal(t, v, w);
        if (is_equal < 0) return VNULL;
        if (is_equal) continue;
        if (op == CMP_EQ) return V_FALSE;
        if (op == CMP_NE) return V_TRUE;
        return compare(t, v, w, op);
    }
    switch (op) {
    case CMP_LT: return v_bool(n < m);
    case CMP_LE: return v_bool(n <= m);
    case CMP_EQ: return v_bool(n == m);
    case CMP_NE: return v_bool(n != m);
    case CMP_GT: return v_bool(n > m);
    default: return v_bool(n >= m);
    }
}

static Value tuple_iter(Thread *t, Value self) { return index_iterator_new(t, SHAPE_tuple_iterator, self, 0); }
static int64_t tuple_length(Thread *t, Value self) { return tuple_len(self); }

static int tuple_contains(Thread *t, Value self, Value v) {
    Tuple *tuple = V_AS(Tuple, self);
    for (int64_t i = 0; i < tuple->length; i++) {
        int found = equal_fast(t, tuple->items[i], v);
        if (found) return found;
    }
    return 0;
}

static Value tuple_item(Thread *t, Value self, int64_t index) {
    Tuple *tuple = V_AS(Tuple, self);
    if (UNLIKELY((uint64_t)index >= (uint64_t)tuple->length)) return err_raise(t, T_IndexError, "tuple index out of range");
    return new_ref(tuple->items[index]);
}

static Value slice_of(Thread *t, Value self, Value slice) {
    int64_t start, stop, step, n;
    if (!slice_indices(t, slice, tuple_len(self), &start, &stop, &step, &n)) return VNULL;
    if (n == 0) return tuple_new(t, 0);
    if (step == 1) return tuple_slice(t, self, start, stop);
    Value v = tuple_new(t, n);
    if (is_null(v)) return v;
    for (int64_t i = 0; i < n; i++, start += step) V_AS(Tuple, v)->items[i] = new_ref(tuple_at(self, start));
    return tuple_done(t, v);
}

static Value tuple_getitem(Thread *t, Value self, Value key) {
    int64_t i;
    if (LIKELY(is_smallint(key))) i = smallint_get(key);
    else if (IS_EXACT(key, slice)) return slice_of(t, self, key);
    else if (!has_index(t, key)) return err_raise(t, T_TypeError, "tuple indices must be integers or slices, not %T", key);
    else if (!number_to_index(t, key, &i, T_IndexError)) return VNULL;
    return tuple_item(t, self, i < 0 ? i + tuple_len(self) : i);
}

static Value tuple_concat(Thread *t, Value a, Value b) {
    if (tuple_len(a) == 0 && IS_EXACT(b, tuple)) return new_ref(b);
    if (!is_tuple(t, b)) return err_raise(t, T_TypeError, "can only concatenate tuple (not \"%T\") to tuple", b);
    if (tuple_len(b) == 0 && IS_EXACT(a, tuple)) return new_ref(a);
    Tuple *x = V_AS(Tuple, a), *y = V_AS(Tuple, b);
    if (x->length + y->length == 0) return tuple_new(t, 0);
    Value v = tuple_new(t, x->length + y->length);
    if (is_null(v)) return v;
    Value *items = V_AS(Tuple, v)->items;
    for (int64_t i = 0; i < x->length; i++) items[i] = new_ref(x->items[i]);
    for (int64_t i = 0; i < y->length; i++) items[x->length + i] = new_ref(y->items[i]);
    return tuple_done(t, v);
}

static Value tuple_repeat(Thread *t, Value self, int64_t count) {
    int64_t n = tuple_len(self), total;
    if (IS_EXACT(self, tuple) && (n == 0 || count == 1)) return new_ref(self);
    if (n == 0 || count <= 0) return tuple_new(t, 0);
    if (__builtin_mul_overflow(n, count, &total)) return err_no_memory(t);
    Value v = tuple_new(t, total);
    if (is_null(v)) return v;
    Value *items = V_AS(Tuple, v)->items;
    for (int64_t i = 0; i < n; i++) items[i] = new_ref(tuple_at(self, i));
    for (int64_t i = n; i < total; i++) items[i] = new_ref(items[i - n]);
    return tuple_done(t, v);
}

static Value method_index(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Tuple *tuple = SELF;
    int64_t start = 0, stop = INT64_MAX;
    if (!arg_slice_index(t, args[2], &start) || !arg_slice_index(t, args[3], &stop)) return VNULL;
    if (start < 0 && (start += tuple->length) < 0) start = 0;
    if (stop < 0) stop += tuple->length;
    if (stop > tuple->length) stop = tuple->length;
    for (int64_t i = start; i < stop; i++) {
        int found = equal_fast(t, tuple->items[i], args[1]);
        if (found) return found > 0 ? v_smallint(i) : VNULL;
    }
    return err_raise(t, T_ValueError, "tuple.index(x): x not in tuple");
}

static Value method_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t count = 0;
    for (int64_t i = 0; i < SELF->length; i++) {
        int found = equal_fast(t, SELF->items[i], args[1]);
        if (found < 0) return VNULL;
        count += found;
    }
    return v_smallint(count);
}

static Value method_getnewargs(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value exact = tuple_from(t, SELF->items, SELF->length);
    if (is_null(exact)) return VNULL;
    return tuple_take(t, &exact, 1);
}

static const MethodDef tuple_methods[] = {
    {"__getnewargs__", "($self, /)", NULL, method_getnewargs, 0, FX_NO_PYTHON},
    {"index", "($self, value, start=0, stop=sys.maxsize, /)", "The index of the first item equal to a value.\n\nValueError if there is none.", method_index},
    {"count", "($self, value, /)", "How many items are equal to a value.", method_count},
    CLASS_GETITEM,
    {NULL},
};

static const Field tuple_fields[] = {FIELD_ITEMS(Tuple, items, length)};

const TypeDef typedef_tuple = {
    .name = "tuple",
    .doc = "An immutable sequence, of the items of an iterable if one is given.\n\nA tuple is returned as it is.",
    .signature = "(iterable=(), /)",
    .flags = TF_BASE | TF_GC | TF_TUPLE | TF_SEQUENCE | TF_VARSIZED | TF_IMMUTABLE,
    .size = sizeof(Tuple),
    .item_size = sizeof(Value),
    FIELDS(tuple_fields),
    .methods = tuple_methods,
    .slots = {.new = tuple_make, .repr = tuple_repr, .hash = tuple_hash, .compare = tuple_compare, .iter = tuple_iter, .len = tuple_length,
              .getitem = tuple_getitem, .item = tuple_item, .contains = tuple_contains, .concat = tuple_concat, .repeat = tuple_repeat},
};
