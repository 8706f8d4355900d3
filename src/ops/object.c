/* Operations on any object by its type's slots: length, items, iteration, membership.
 *
 * A type has `getitem` (any key), `item` (an index, made non-negative here) or both; `getitem` goes first.
 */
#include "ops/object.h"

#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"

static inline Slots *slots_of(Thread *t, Value v) { return &type_of(t, v)->slots; }

/* --- Length ---------------------------------------------------------------------------------------------------------------------- */

int64_t length_of(Thread *t, Value v) {
    Slots *s = slots_of(t, v);
    if (LIKELY(s->len != NULL)) return s->len(t, v);
    return err_minus(t, T_TypeError, "object of type '%T' has no len()", v);
}

int64_t length_hint(Thread *t, Value v, int64_t fallback) {
    if (slots_of(t, v)->len != NULL) {
        int64_t n = length_of(t, v);
        if (n >= 0) return n;
        if (!err_catch(t, T_TypeError)) return -1;
    }
    bool found;
    Value hint = call_special(t, v, N(t, __length_hint__), NULL, 0, &found);
    if (is_null(hint)) {
        if (!err_pending(t) || err_catch(t, T_TypeError)) return fallback;
        return -1;
    }
    int64_t n = fallback;
    if (!is_notimpl(hint)) {
        if (!is_int(t, hint)) n = err_minus(t, T_TypeError, "__length_hint__ must be an integer, not %T", hint);
        else if (is_smallint(hint)) n = smallint_get(hint);
        else if (!number_to_index(t, hint, &n, T_OverflowError)) {
            err_clear(t);
            n = err_minus(t, T_OverflowError, "Python int too large to convert to C ssize_t");
        }
        if (n < 0 && !err_pending(t)) n = err_minus(t, T_ValueError, "__length_hint__() should return >= 0");
    }
    decref(t, hint);
    return n;
}

/* --- Items ----------------------------------------------------------------------------------------------------------------------- */

static inline bool has_len_adjusted(Thread *t, Slots *s, Value v, int64_t *index) {
    if (*index >= 0 || s->len == NULL) return true;
    int64_t n = s->len(t, v);
    if (n < 0) return false;
    *index += n;
    return true;
}

Value type_subscript(Thread *t, Value type, Value key) {
    if (same(type, v_from(builtin_type(t, T_type)))) return call_2(t, v_from(builtin_type(t, T_GenericAlias)), type, key);
    Value method = attr_get_maybe(t, type, N(t, __class_getitem__));
    if (is_null(method)) {
        if (err_pending(t)) return VNULL;
        return err_raise(t, T_TypeError, "type '%N' is not subscriptable", V_AS(Type, type));
    }
    Value v = is_none(method) ? err_raise(t, T_TypeError, "type '%N' is not subscriptable", V_AS(Type, type)) : call_1(t, method, key);
    decref(t, method);
    return v;
}

Value item_get(Thread *t, Value container, Value key) {
    Slots *s = slots_of(t, container);
    if (LIKELY(s->getitem != NULL)) return s->getitem(t, container, key);
    if (s->item != NULL) {
        int64_t i;
        if (!has_index(t, key)) return err_raise(t, T_TypeError, "sequence index must be integer, not '%T'", key);
        if (!number_to_index(t, key, &i, T_IndexError) || !has_len_adjusted(t, s, container, &i)) return VNULL;
        return s->item(t, container, i);
    }
    if (is_type(t, container)) return type_subscript(t, container, key);
    return err_raise(t, T_TypeError, "'%T' object is not subscriptable", container);
}

/* An index of what has any part of the sequence protocol is refused by that protocol, in words of its own. */
static COLD bool fail_to_delete_item(Thread *t, Value container, Value key) {
    Slots *s = slots_of(t, container);
    bool sequence = (type_of(t, container)->flags & TF_HEAP) || s->contains != NULL || s->item != NULL || s->concat != NULL || s->len != NULL;
    if (sequence && has_index(t, key)) return err_fail(t, T_TypeError, "'%T' object doesn't support item deletion", container);
    return err_fail(t, T_TypeError, "'%T' object does not support item deletion", container);
}

static bool item_change(Thread *t, Value container, Value key, Value value) {
    Slots *s = slots_of(t, container);
    if (LIKELY(s->setitem != NULL)) return s->setitem(t, container, key, value);
    if (s->set_item_at != NULL) {
        int64_t i;
        if (!has_index(t, key)) return err_fail(t, T_TypeError, "sequence index must be integer, not '%T'", key);
        if (!number_to_index(t, key, &i, T_IndexError) || !has_len_adjusted(t, s, container, &i)) return false;
        return s->set_item_at(t, container, i, value);
    }
    if (is_null(value)) return fail_to_delete_item(t, container, key);
    return err_fail(t, T_TypeError, "'%T' object does not support item assignment", container);
}

bool item_set(Thread *t, Value container, Value key, Value value) { return item_change(t, container, key, value); }
bool item_delete(Thread *t, Value container, Value key) { return item_change(t, container, key, VNULL); }

Value item_get_index(Thread *t, Value sequence, int64_t index) {
    Slots *s = slots_of(t, sequence);
    if (s->item != NULL) return has_len_adjusted(t, s, sequence, &index) ? s->item(t, sequence, index) : VNULL;
    if (!is_sequence(t, sequence)) {
        if (s->getitem != NULL) return err_raise(t, T_TypeError, "%T is not a sequence", sequence);
        return err_raise(t, T_TypeError, "'%T' object does not support indexing", sequence);
    }
    Value key = int_from_i64(t, index);
    if (is_null(key)) return VNULL;
    Value v = s->getitem(t, sequence, key);
    decref(t, key);
    return v;
}

Value mapping_get_maybe(Thread *t, Value mapping, Value key) {
    if (IS_EXACT(mapping, dict)) return new_ref_maybe(dict_get(t, mapping, key));
    Value v = item_get(t, mapping, key);
    if (is_null(v)) err_catch(t, T_KeyError);
    return v;
}

bool is_sequence(Thread *t, Value v) {
    if (is_dict(t, v)) return false;
    Type *type = type_of(t, v);
    if (type->slots.item != NULL) return true;
    /* A class with a __getitem__ of its own. */
    return (type->flags & TF_HEAP) && type->slots.getitem != NULL && type->slots.getitem != type->def->slots.getitem;
}

bool is_mapping(Thread *t, Value v) { return slots_of(t, v)->getitem != NULL; }

/* --- Iteration ------------------------------------------------------------------------------------------------------------------- */

bool is_iterator(Thread *t, Value v) { return slots_of(t, v)->next != NULL; }

Value iter_of(Thread *t, Value v) {
    Slots *s = slots_of(t, v);
    if (LIKELY(s->iter != NULL)) {
        Value it = s->iter(t, v);
        if (is_null(it) || LIKELY(is_iterator(t, it))) return it;
        err_raise(t, T_TypeError, "iter() returned non-iterator of type '%T'", it);
        decref(t, it);
        return VNULL;
    }
    if (!is_sequence(t, v)) return err_raise(t, T_TypeError, "'%T' object is not iterable", v);
    IndexIterator *it = heap_object(t, SHAPE_sequence_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->sequence = new_ref(v);
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}

bool iter_ended(Thread *t) { return !err_pending(t) || err_catch(t, T_StopIteration); }

Value iter_next(Thread *t, Value iterator) {
    Value at_once = iterator_next_at_once(iterator);
    if (!is_null(at_once)) return at_once;
    UnaryFn next = slots_of(t, iterator)->next;
    if (UNLIKELY(next == NULL)) return err_raise(t, T_TypeError, "'%T' object is not an iterator", iterator);
    if (UNLIKELY(!stack_check(t, ""))) return VNULL; /* iterators over iterators nest on the C stack */
    Value v = next(t, iterator);
    if (UNLIKELY(is_null(v))) (void)iter_ended(t);
    return v;
}

SendResult iter_send(Thread *t, Value iterator, Value arg, Value *result) {
    Slots *s = slots_of(t, iterator);
    if (s->send != NULL) return s->send(t, iterator, arg, result);
    Value v = is_none(arg) && s->next != NULL ? s->next(t, iterator) : call_method_1(t, iterator, N(t, send), arg);
    *result = v;
    if (!is_null(v)) return SEND_YIELD;
    if (!err_pending(t)) {
        *result = V_NONE;
        return SEND_RETURN;
    }
    if (!err_is(t, T_StopIteration)) return SEND_ERROR;
    Value stop = err_fetch(t);
    *result = new_ref(V_AS(StopIterationObject, stop)->value);
    decref(t, stop);
    return SEND_RETURN;
}

bool iterate(Thread *t, Value iterable, bool (*each)(Thread *t, Value item, void *context), void *context) {
    bool is_exact_list = IS_EXACT(iterable, list);
    if (is_exact_list || IS_EXACT(iterable, tuple)) {
        for (int64_t i = 0; i < (is_exact_list ? list_len(iterable) : tuple_len(iterable)); i++) {
            Value item = new_ref(is_exact_list ? list_at(iterable, i) : tuple_at(iterable, i));
            bool ok = each(t, item, context);
            decref(t, item);
            if (!ok) return false;
        }
        return true;
    }
    Value it = iter_of(t, iterable), item;
    if (is_null(it)) return false;
    bool ok = true;
    while (ok && !is_null(item = iter_next(t, it))) {
        ok = each(t, item, context);
        decref(t, item);
    }
    decref(t, it);
    return ok && !err_pending(t);
}

int contains(Thread *t, Value container, Value v) {
    Slots *s = slots_of(t, container);
    if (LIKELY(s->contains != NULL)) return s->contains(t, container, v);
    Value it = iter_of(t, container), item;
    if (is_null(it)) {
        if (s->iter == NULL && err_catch(t, T_TypeError)) return err_minus(t, T_TypeError, "argument of type '%T' is not a container or iterable", container);
        return -1;
    }
    int found = 0;
    while (found == 0 && !is_null(item = iter_next(t, it))) {
        found = equal_fast(t, item, v);
        decref(t, item);
    }
    decref(t, it);
    return found == 0 && err_pending(t) ? -1 : found;
}

Value sequence_fast(Thread *t, Value v, const char *message) {
    if (IS_EXACT(v, list) || IS_EXACT(v, tuple)) return new_ref(v);
    Value it = iter_of(t, v);
    if (is_null(it)) return err_catch(t, T_TypeError) ? err_raise(t, T_TypeError, "%s", message) : VNULL;
    Value list = list_from_iterable(t, it);
    decref(t, it);
    return list;
}

Value sequence_tuple(Thread *t, Value v, const char *message) {
    Value fast = sequence_fast(t, v, message);
    if (is_null(fast) || IS_EXACT(fast, tuple)) return fast;
    Value tuple = tuple_from(t, V_AS(List, fast)->items, list_len(fast));
    decref(t, fast);
    return tuple;
}

int64_t sequence_fast_len(Value fast) { return IS_EXACT(fast, list) ? list_len(fast) : tuple_len(fast); }
Value *sequence_fast_items(Value fast) { return IS_EXACT(fast, list) ? V_AS(List, fast)->items : V_AS(Tuple, fast)->items; }

/* --- Sequences as numbers -------------------------------------------------------------------------------------------------------- */

Value concat(Thread *t, Value a, Value b) {
    Slots *s = slots_of(t, a);
    if (s->concat != NULL) return s->concat(t, a, b);
    if (is_sequence(t, a) && is_sequence(t, b)) {
        BinaryFn left = s->binop[OP_add], right = slots_of(t, b)->binop[OP_add];
        Value v = left != NULL ? left(t, a, b) : V_NOTIMPL;
        if (is_notimpl(v) && right != NULL && right != left) v = right(t, a, b);
        if (!is_notimpl(v)) return v;
    }
    return err_raise(t, T_TypeError, "'%T' object can't be concatenated", a);
}

Value repeat(Thread *t, Value a, int64_t n) {
    Slots *s = slots_of(t, a);
    if (s->repeat != NULL) return s->repeat(t, a, n);
    if (is_sequence(t, a) && s->binop[OP_mul] != NULL) {
        Value count = int_from_i64(t, n);
        Value v = is_null(count) ? VNULL : s->binop[OP_mul](t, a, count);
        decref_maybe(t, count);
        if (!is_notimpl(v)) return v;
    }
    return err_raise(t, T_TypeError, "'%T' object can't be repeated", a);
}

/* --- Text ------------------------------------------------------------------------------------------------------------------------ */

Value ascii_of(Thread *t, Value v) {
    Value text = repr_of(t, v);
    if (is_null(text)) return VNULL;
    Str *s = V_AS(Str, text);
    if (str_is_ascii(s)) return text;
    StrBuilder b;
    str_builder_init(&b);
    for (int64_t i = 0, n = str_len(s); i < n; i++) {
        uint32_t c = str_at(s, i);
        bool ok = c < 0x80      ? str_builder_char(t, &b, c)
                  : c < 0x100   ? str_builder_format(t, &b, "\\x%02x", c)
                  : c < 0x10000 ? str_builder_format(t, &b, "\\u%04x", c)
                                : str_builder_format(t, &b, "\\U%08x", c);
        if (!ok) {
            decref(t, text);
            return VNULL;
        }
    }
    decref(t, text);
    return str_builder_finish(t, &b);
}

Value format_of(Thread *t, Value v, Value spec) {
    if (is_null(spec)) spec = t->interp->empty_str;
    if (!is_str(t, spec)) return err_raise(t, T_SystemError, "Format specifier must be a string, not %T", spec);
    if (str_len(V_AS(Str, spec)) == 0) {
        if (IS_EXACT(v, str)) return new_ref(v);
        if (is_exact_int(v)) return str_of(t, v);
    }
    bool found;
    Value text = call_special(t, v, N(t, __format__), &spec, 1, &found);
    if (is_null(text)) {
        if (!found && !err_pending(t)) err_raise(t, T_TypeError, "Type %T doesn't define __format__", v);
        return VNULL;
    }
    if (!is_str(t, text)) {
        err_raise(t, T_TypeError, "__format__ must return a str, not %T", text);
        decref(t, text);
        return VNULL;
    }
    return text;
}

Value dir_of(Thread *t, Value v) {
    bool found;
    Value names = call_special(t, v, N(t, __dir__), NULL, 0, &found);
    if (is_null(names)) {
        if (!found && !err_pending(t)) err_raise(t, T_TypeError, "object does not provide __dir__");
        return VNULL;
    }
    Value list = list_from_iterable(t, names);
    decref(t, names);
    if (!is_null(list) && !list_sort(t, V_AS(List, list), VNULL, false)) {
        decref(t, list);
        return VNULL;
    }
    return list;
}
