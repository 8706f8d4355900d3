/* Values: made from C's, and taken apart again. */
#include <string.h>

#include "embed/embed.h"
#include "modules/module.h"

KraitRef krait_keep(Krait *k, KraitBorrowed v) { return owned(new_ref(value_of(v))); }
void krait_drop(Krait *k, KraitRef v) { decref_maybe(thread_of(k), value_of_ref(v)); }

/* --- Making ----------------------------------------------------------------------------------------------------------------------------- */

KraitRef krait_none(Krait *k) { return owned(V_NONE); }
KraitRef krait_bool(Krait *k, bool value) { return owned(v_bool(value)); }
KraitRef krait_int(Krait *k, int64_t value) { return owned(int_from_i64(thread_of(k), value)); }
KraitRef krait_float(Krait *k, double value) { return owned(float_from_double(thread_of(k), value)); }
KraitRef krait_str(Krait *k, const char *utf8) { return krait_str_n(k, utf8, strlen(utf8)); }
KraitRef krait_str_n(Krait *k, const char *utf8, size_t bytes) { return owned(str_from_utf8(thread_of(k), utf8, (int64_t)bytes)); }
KraitRef krait_bytes(Krait *k, const void *data, size_t bytes) {
    Thread *t = thread_of(k);
    return owned(bytes == 0 ? new_ref(t->interp->empty_bytes) : bytes_new(t, data, (int64_t)bytes));
}
KraitRef krait_list(Krait *k, const KraitBorrowed *items, size_t n) { return owned(list_from(thread_of(k), values_of(items), (int64_t)n)); }
KraitRef krait_tuple(Krait *k, const KraitBorrowed *items, size_t n) {
    Thread *t = thread_of(k);
    return owned(n == 0 ? new_ref(t->interp->empty_tuple) : tuple_from(t, values_of(items), (int64_t)n));
}
KraitRef krait_dict(Krait *k) { return owned(dict_new(thread_of(k))); }

KraitRef krait_int_from_text(Krait *k, const char *digits, int base) {
    Thread *t = thread_of(k);
    Value text = value_of_ref(krait_str(k, digits));
    if (is_null(text)) return KRAIT_ERROR;
    Value v = int_from_str(t, text, base);
    decref(t, text);
    return owned(v);
}

/* --- Taking apart ----------------------------------------------------------------------------------------------------------------------- */

KraitKind krait_kind(Krait *k, KraitBorrowed v) {
    static const struct { uint32_t flag; KraitKind kind; } kinds[] = {
        {TF_INT, KRAIT_INT}, {TF_FLOAT, KRAIT_FLOAT}, {TF_STR, KRAIT_STR}, {TF_BYTES, KRAIT_BYTES}, {TF_LIST, KRAIT_LIST},
        {TF_TUPLE, KRAIT_TUPLE}, {TF_DICT_SUB, KRAIT_DICT}, {TF_TYPE, KRAIT_TYPE},
    };
    Value value = value_of(v);
    if (is_none(value)) return KRAIT_NONE;
    if (is_bool(value)) return KRAIT_BOOL;
    uint32_t flags = type_of(thread_of(k), value)->flags;
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (flags & kinds[i].flag) return kinds[i].kind;
    return KRAIT_OTHER;
}

bool krait_is(KraitBorrowed a, KraitBorrowed b) { return a.bits == b.bits; }

static bool wrong_kind(Thread *t, const char *wanted, Value v) { return err_fail(t, T_TypeError, "%s expected, got %T", wanted, v); }

bool krait_as_int(Krait *k, KraitBorrowed v, int64_t *value) {
    Thread *t = thread_of(k);
    if (!is_int(t, value_of(v))) return wrong_kind(t, "int", value_of(v));
    return int_to_i64(t, value_of(v), value);
}

bool krait_as_float(Krait *k, KraitBorrowed v, double *value) {
    Thread *t = thread_of(k);
    Value number = value_of(v);
    if (!is_float(t, number) && !is_int(t, number)) return wrong_kind(t, "float", number);
    return float_convert(t, number, value);
}

const char *krait_as_str(Krait *k, KraitBorrowed v, size_t *bytes, KraitRef *keep) {
    Thread *t = thread_of(k);
    *keep = KRAIT_ERROR;
    if (!is_str(t, value_of(v))) {
        wrong_kind(t, "str", value_of(v));
        return NULL;
    }
    Value held = VNULL;
    int64_t n;
    const char *text = str_utf8(t, value_of(v), &n, &held);
    *keep = owned(held);
    if (text != NULL && bytes != NULL) *bytes = (size_t)n;
    return text;
}

const void *krait_as_bytes(Krait *k, KraitBorrowed v, size_t *bytes) {
    Thread *t = thread_of(k);
    if (!is_bytes(t, value_of(v))) {
        wrong_kind(t, "bytes", value_of(v));
        return NULL;
    }
    *bytes = (size_t)V_AS(Bytes, value_of(v))->length;
    return V_AS(Bytes, value_of(v))->data;
}

int krait_truth(Krait *k, KraitBorrowed v) { return truth(thread_of(k), value_of(v)); }
int krait_equal(Krait *k, KraitBorrowed a, KraitBorrowed b) { return equal(thread_of(k), value_of(a), value_of(b)); }
int krait_is_instance(Krait *k, KraitBorrowed v, KraitBorrowed type) { return is_instance(thread_of(k), value_of(v), value_of(type)); }
KraitRef krait_type(Krait *k, KraitBorrowed v) { return owned(ref_of(type_of(thread_of(k), value_of(v)))); }
KraitRef krait_to_str(Krait *k, KraitBorrowed v) { return owned(str_of(thread_of(k), value_of(v))); }
KraitRef krait_to_repr(Krait *k, KraitBorrowed v) { return owned(repr_of(thread_of(k), value_of(v))); }
