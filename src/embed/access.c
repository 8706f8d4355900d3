/* Attributes, items, iteration and calls. */
#include "embed/embed.h"
#include "modules/module.h"

KraitRef krait_get(Krait *k, KraitBorrowed object, const char *name) { return owned(attr_get_cstr(thread_of(k), value_of(object), name)); }
bool krait_set(Krait *k, KraitBorrowed object, const char *name, KraitBorrowed value) {
    return attr_set_cstr(thread_of(k), value_of(object), name, value_of(value));
}
bool krait_delete(Krait *k, KraitBorrowed object, const char *name) { return attr_set_cstr(thread_of(k), value_of(object), name, VNULL); }
int krait_has(Krait *k, KraitBorrowed object, const char *name) {
    Thread *t = thread_of(k);
    Value text = str_intern_cstr(t, name);
    if (is_null(text)) return -1;
    int has = attr_has(t, value_of(object), text);
    decref(t, text);
    return has;
}

int64_t krait_length(Krait *k, KraitBorrowed v) { return length_of(thread_of(k), value_of(v)); }
KraitRef krait_item(Krait *k, KraitBorrowed container, KraitBorrowed key) {
    return owned(item_get(thread_of(k), value_of(container), value_of(key)));
}
KraitRef krait_item_at(Krait *k, KraitBorrowed sequence, int64_t index) {
    return owned(item_get_index(thread_of(k), value_of(sequence), index));
}
KraitRef krait_item_named(Krait *k, KraitBorrowed mapping, const char *key) {
    Thread *t = thread_of(k);
    Value text = str_from_cstr(t, key);
    if (is_null(text)) return KRAIT_ERROR;
    Value v = item_get(t, value_of(mapping), text);
    decref(t, text);
    return owned(v);
}
bool krait_set_item(Krait *k, KraitBorrowed container, KraitBorrowed key, KraitBorrowed value) {
    return item_set(thread_of(k), value_of(container), value_of(key), value_of(value));
}
bool krait_set_item_named(Krait *k, KraitBorrowed mapping, const char *key, KraitBorrowed value) {
    Thread *t = thread_of(k);
    Value text = str_from_cstr(t, key);
    if (is_null(text)) return false;
    bool done = item_set(t, value_of(mapping), text, value_of(value));
    decref(t, text);
    return done;
}
bool krait_delete_item(Krait *k, KraitBorrowed container, KraitBorrowed key) {
    return item_delete(thread_of(k), value_of(container), value_of(key));
}
bool krait_append(Krait *k, KraitBorrowed list, KraitBorrowed item) {
    Thread *t = thread_of(k);
    if (!is_list(t, value_of(list))) return err_fail(t, T_TypeError, "list expected, got %T", value_of(list));
    return list_append(t, V_AS(List, value_of(list)), value_of(item));
}

KraitRef krait_iterate(Krait *k, KraitBorrowed iterable) { return owned(iter_of(thread_of(k), value_of(iterable))); }
KraitRef krait_next(Krait *k, KraitBorrowed iterator) {
    Thread *t = thread_of(k);
    if (!is_iterator(t, value_of(iterator))) return owned(err_raise(t, T_TypeError, "'%T' object is not an iterator", value_of(iterator)));
    return owned(iter_next(t, value_of(iterator)));
}

KraitRef krait_call(Krait *k, KraitBorrowed callable, const KraitBorrowed *args, size_t n) {
    return owned(call_copy(thread_of(k), value_of(callable), values_of(args), (uint32_t)n, VNULL));
}
KraitRef krait_call_with(Krait *k, KraitBorrowed callable, const KraitBorrowed *args, size_t n, KraitBorrowed keywords) {
    Thread *t = thread_of(k);
    if (krait_is_absent(keywords)) return krait_call(k, callable, args, n);
    if (!is_dict(t, value_of(keywords))) return owned(err_raise(t, T_TypeError, "dict expected, got %T", value_of(keywords)));
    Value positional = value_of_ref(krait_tuple(k, args, n));
    if (is_null(positional)) return KRAIT_ERROR;
    Value result = call_tuple(t, value_of(callable), positional, value_of(keywords));
    decref(t, positional);
    return owned(result);
}
KraitRef krait_call_method(Krait *k, KraitBorrowed object, const char *name, const KraitBorrowed *args, size_t n) {
    Thread *t = thread_of(k);
    Value text = str_intern_cstr(t, name);
    if (is_null(text)) return KRAIT_ERROR;
    Value result = call_method(t, value_of(object), text, values_of(args), (uint32_t)n);
    decref(t, text);
    return owned(result);
}
