/* Small plain objects: construction of slices, ranges, cells, modules and bound methods. */
#include "object/simple.h"

#include "core/errors.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/int.h"

Value slice_new(Thread *t, Value start, Value stop, Value step) {
    Slice *s = heap_object(t, SHAPE_slice, sizeof(Slice));
    if (UNLIKELY(s == NULL)) return VNULL;
    s->start = is_null(start) ? V_NONE : new_ref(start);
    s->stop = is_null(stop) ? V_NONE : new_ref(stop);
    s->step = is_null(step) ? V_NONE : new_ref(step);
    gc_track(t, s);
    return v_from(s);
}

/* A bound or step of a slice, saturated. */
static bool slice_number(Thread *t, Value v, int64_t *out) {
    if (LIKELY(is_smallint(v))) {
        *out = smallint_get(v);
        return true;
    }
    if (is_int(t, v) || is_bool(v)) {
        *out = is_bool(v) ? same(v, V_TRUE) : int_clamp_i64(v);
        return true;
    }
    UnaryFn index = type_of(t, v)->slots.index;
    if (index == NULL) return err_fail(t, T_TypeError, "slice indices must be integers or None or have an __index__ method");
    Value i = index(t, v);
    if (is_null(i)) return false;
    bool ok = is_int(t, i) || is_bool(i);
    if (ok) *out = is_bool(i) ? same(i, V_TRUE) : int_clamp_i64(i);
    else err_fail(t, T_TypeError, "__index__ returned non-int (type %T)", i);
    decref(t, i);
    return ok;
}

bool slice_unpack(Thread *t, Value v, int64_t *start, int64_t *stop, int64_t *step) {
    Slice *s = V_AS(Slice, v);
    *step = 1;
    if (!is_none(s->step)) {
        if (!slice_number(t, s->step, step)) return false;
        if (*step == 0) return err_fail(t, T_ValueError, "slice step cannot be zero");
        if (*step < -INT64_MAX) *step = -INT64_MAX; /* so that -step can be taken */
    }
    if (is_none(s->start)) *start = *step < 0 ? INT64_MAX : 0;
    else if (!slice_number(t, s->start, start)) return false;
    if (is_none(s->stop)) *stop = *step < 0 ? INT64_MIN : INT64_MAX;
    else if (!slice_number(t, s->stop, stop)) return false;
    return true;
}

int64_t slice_adjust(int64_t length, int64_t *start, int64_t *stop, int64_t step) {
    int64_t low = step < 0 ? -1 : 0, high = step < 0 ? length - 1 : length;
    if (*start < 0) {
        *start += length;
        if (*start < 0) *start = low;
    } else if (*start >= length) *start = high;
    if (*stop < 0) {
        *stop += length;
        if (*stop < 0) *stop = low;
    } else if (*stop >= length) *stop = high;
    if (step < 0) return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

bool slice_indices(Thread *t, Value slice, int64_t length, int64_t *start, int64_t *stop, int64_t *step, int64_t *count) {
    if (!slice_unpack(t, slice, start, stop, step)) return false;
    *count = slice_adjust(length, start, stop, *step);
    return true;
}

/* The number of items of a progression, as an int. */
static Value range_length(Thread *t, Value start, Value stop, Value step) {
    if (are_smallints(start, stop) && is_smallint(step)) {
        int64_t a = smallint_get(start), b = smallint_get(stop), c = smallint_get(step);
        if (c > 0) return a < b ? int_from_u64(t, ((uint64_t)b - (uint64_t)a - 1) / (uint64_t)c + 1) : v_smallint(0);
        return a > b ? int_from_u64(t, ((uint64_t)a - (uint64_t)b - 1) / (uint64_t)-c + 1) : v_smallint(0);
    }
    bool down = int_sign(step) < 0;
    Value low = down ? stop : start, high = down ? start : stop;
    if (int_compare(low, high) >= 0) return v_smallint(0);
    Value width = int_sub(t, high, low), size = VNULL, last = VNULL, steps = VNULL, length = VNULL;
    if (is_null(width)) return VNULL;
    size = int_abs(t, step);
    if (!is_null(size)) last = int_sub(t, width, v_smallint(1));
    if (!is_null(last)) steps = int_floordiv(t, last, size);
    if (!is_null(steps)) length = int_add(t, steps, v_smallint(1));
    decref(t, width);
    decref_maybe(t, size);
    decref_maybe(t, last);
    decref_maybe(t, steps);
    return length;
}

Value range_new(Thread *t, Value start, Value stop, Value step) {
    if (is_smallint(step) ? smallint_get(step) == 0 : int_is_zero(step))
        return err_raise(t, T_ValueError, "range() arg 3 must not be zero");
    Value length = range_length(t, start, stop, step);
    if (UNLIKELY(is_null(length))) return VNULL;
    Range *r = heap_object(t, SHAPE_range, sizeof(Range));
    if (UNLIKELY(r == NULL)) {
        decref(t, length);
        return VNULL;
    }
    r->start = new_ref(start);
    r->stop = new_ref(stop);
    r->step = new_ref(step);
    r->length = length;
    return v_from(r);
}

Value cell_new(Thread *t, Value value) {
    Cell *c = heap_object(t, SHAPE_cell, sizeof(Cell));
    if (UNLIKELY(c == NULL)) {
        decref(t, value);
        return VNULL;
    }
    c->value = value;
    gc_track(t, c);
    return v_from(c);
}

Value module_new(Thread *t, Value name) {
    Value dict = dict_new(t);
    if (is_null(dict)) return VNULL;
    Module *m = NULL;
    if (!dict_set_str(t, dict, N(t, __name__), name) || !dict_set_str(t, dict, N(t, __doc__), V_NONE) ||
        !dict_set_str(t, dict, N(t, __package__), V_NONE) || !dict_set_str(t, dict, N(t, __loader__), V_NONE) ||
        !dict_set_str(t, dict, N(t, __spec__), V_NONE) || (m = heap_object(t, SHAPE_module, sizeof(Module))) == NULL) {
        decref(t, dict);
        return VNULL;
    }
    m->dict = dict;
    m->def = NULL;
    m->state = NULL;
    m->ext = NULL;
    gc_track(t, m);
    return v_from(m);
}

Value method_new(Thread *t, Value function, Value self) {
    BoundMethod *m = heap_object(t, SHAPE_method, sizeof(BoundMethod));
    if (UNLIKELY(m == NULL)) return VNULL;
    m->function = new_ref(function);
    m->self = new_ref(self);
    m->ext = NULL;
    gc_track(t, m);
    return v_from(m);
}
