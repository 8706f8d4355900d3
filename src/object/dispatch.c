/* Truth, hash, comparison, repr and str of any value: by the slots of its type. */
#include "object/dispatch.h"

#include "base/hash.h"
#include "object/list.h"
#include "object/str.h"
#include "object/tuple.h"

int truth_slow(Thread *t, Value v) {
    Type *type = type_of(t, v);
    if (type->slots.truth) return type->slots.truth(t, v);
    if (type->slots.len) {
        int64_t n = type->slots.len(t, v);
        return n > 0 ? 1 : (int)n;
    }
    return 1;
}

bool hash_of(Thread *t, Value v, int64_t *hash) {
    if (IS_EXACT(v, str)) {
        *hash = str_hash_of(t, V_AS(Str, v));
        return true;
    }
    if (is_smallint(v)) {
        *hash = hash_int(smallint_get(v));
        return true;
    }
    Type *type = type_of(t, v);
    if (UNLIKELY(is_obj(v) && !stack_check(t, ""))) return false; /* tuples in tuples in tuples ... */
    if (LIKELY(type->slots.hash != NULL)) return type->slots.hash(t, v, hash);
    return err_fail(t, T_TypeError, "unhashable type: '%T'", v);
}

static const enum CompareOp swapped[] = {CMP_GT, CMP_GE, CMP_EQ, CMP_NE, CMP_LT, CMP_LE};
static const char *const op_text[] = {"<", "<=", "==", "!=", ">", ">="};

/* What is left of a comparison when the left operand has declined. */
static Value compare_rest(Thread *t, Value a, Value b, enum CompareOp op, bool ask_right) {
    Type *tb = type_of(t, b);
    if (ask_right && tb->slots.compare) {
        Value r = tb->slots.compare(t, b, a, swapped[op]);
        if (!is_notimpl(r)) return r;
    }
    if (op == CMP_EQ) return v_bool(same(a, b));
    if (op == CMP_NE) return v_bool(!same(a, b));
    return err_raise(t, T_TypeError, "'%s' not supported between instances of '%T' and '%T'", op_text[op], a, b);
}

static Value compare_by_slots(Thread *t, Value a, Value b, enum CompareOp op) {
    Type *ta = type_of(t, a), *tb = type_of(t, b);
    bool reversed = false;
    if (ta != tb && tb->slots.compare && is_subtype(tb, ta)) {
        reversed = true;
        Value r = tb->slots.compare(t, b, a, swapped[op]);
        if (!is_notimpl(r)) return r;
    }
    if (ta->slots.compare) {
        Value r = ta->slots.compare(t, a, b, op);
        if (!is_notimpl(r)) return r;
    }
    return compare_rest(t, a, b, op, !reversed);
}

Value compare_declined(Thread *t, Value a, Value b, enum CompareOp op) { return compare_rest(t, a, b, op, true); }

Value compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (UNLIKELY(!stack_check(t, " in comparison"))) return VNULL;
    return compare_by_slots(t, a, b, op);
}

int compare_bool(Thread *t, Value a, Value b, enum CompareOp op) {
    if (same(a, b)) {
        if (op == CMP_EQ) return 1;
        if (op == CMP_NE) return 0;
    }
    Value r = compare(t, a, b, op);
    if (is_null(r)) return -1;
    if (is_bool(r)) return same(r, V_TRUE);
    int result = truth(t, r);
    decref(t, r);
    return result;
}

/* As the type compares them, without a call for each level. */
static int equal_tuples(Thread *t, Value a, Value b) {
    if (UNLIKELY(!stack_check(t, " in comparison"))) return -1;
    int64_t n = tuple_len(a), m = tuple_len(b);
    for (int64_t i = 0; i < n && i < m; i++) {
        int is_equal = equal_fast(t, tuple_at(a, i), tuple_at(b, i));
        if (is_equal <= 0) return is_equal;
    }
    return n == m;
}

int equal(Thread *t, Value a, Value b) {
    if (same(a, b)) return 1;
    if (IS_EXACT(a, str) && IS_EXACT(b, str)) return str_equal(V_AS(Str, a), V_AS(Str, b));
    if (are_smallints(a, b)) return 0;
    if (IS_EXACT(a, tuple) && IS_EXACT(b, tuple)) return equal_tuples(t, a, b);
    return compare_bool(t, a, b, CMP_EQ);
}

static Value check_text(Thread *t, Value r, const char *method) {
    if (is_null(r) || is_str(t, r)) return r;
    err_raise(t, T_TypeError, "%s returned non-string (type %T)", method, r);
    decref(t, r);
    return VNULL;
}

Value repr_of(Thread *t, Value v) {
    if (is_null(v)) return str_from_cstr(t, "<NULL>");
    Type *type = type_of(t, v);
    if (type->slots.repr == NULL) return str_format(t, "<%T object at %p>", v, (void *)v.bits);
    if (UNLIKELY(!stack_check(t, " while getting the repr of an object"))) return VNULL;
    return check_text(t, type->slots.repr(t, v), "__repr__");
}

Value str_of(Thread *t, Value v) {
    if (is_null(v)) return str_from_cstr(t, "<NULL>");
    if (IS_EXACT(v, str)) return new_ref(v);
    Type *type = type_of(t, v);
    if (type->slots.str == NULL) return repr_of(t, v);
    if (UNLIKELY(!stack_check(t, " while getting the str of an object"))) return VNULL;
    return check_text(t, type->slots.str(t, v), "__str__");
}

/* The containers whose repr is under way in this thread: borrowed words, innermost last. */
int repr_enter(Thread *t, Value v) {
    if (is_null(t->repr_stack)) {
        t->repr_stack = list_new(t, 4);
        if (is_null(t->repr_stack)) return -1;
    }
    List *l = V_AS(List, t->repr_stack);
    for (int64_t i = l->length; i-- > 0;)
        if (same(l->items[i], v)) return 0;
    return list_append(t, l, v) ? 1 : -1;
}

void repr_leave(Thread *t, Value v) {
    if (is_null(t->repr_stack)) return;
    List *l = V_AS(List, t->repr_stack);
    for (int64_t i = l->length; i-- > 0;) {
        if (!same(l->items[i], v)) continue;
        memmove(&l->items[i], &l->items[i + 1], (size_t)(--l->length - i) * sizeof(Value));
        decref(t, v);
        return;
    }
}
