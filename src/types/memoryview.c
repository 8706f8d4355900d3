/* memoryview: a view of another object's buffer, of any number of dimensions, with slices and casts.
 *
 * Views that are made from one another share one Managed buffer, which is given back when the last of them is
 * released.  A view that exports itself further (exports > 0) cannot be released.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/half.h"
#include "base/hash.h"
#include "core/def.h"
#include "core/names.h"
#include "heap/heap.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"
#include "types/bytes_priv.h"
#include "types/generic_alias.h"
#include "types/iterators.h"
#include "types/memoryview.h"

enum { DIMENSIONS_MAX = 64 };

typedef struct Managed {
    Buffer buffer;
    int64_t refs;
} Managed;

typedef struct MemoryView {
    Object head;
    Managed *managed;    /* NULL once released */
    char *data;
    int64_t length;      /* bytes */
    int64_t item_size;
    int64_t hash;        /* -1: not computed */
    int64_t exports;
    char format[8];      /* as it is shown; the first character may be @ */
    const char *long_format; /* a format that does not fit above; borrowed from the buffer */
    int ndim;
    bool readonly, restricted;
    int64_t *shape, *strides, *suboffsets; /* one raw block, ndim each; suboffsets NULL where there are none */
    void *ext;
} MemoryView;

static const char *format_of_view(const MemoryView *m) { return m->long_format ? m->long_format : m->format; }

/* --- Making and releasing ---------------------------------------------------------------------- */

static void managed_drop(Thread *t, Managed *managed) {
    if (--managed->refs > 0) return;
    buffer_release(t, &managed->buffer);
    heap_free(t, managed);
}

static MemoryView *view_alloc(Thread *t, Managed *managed, int ndim, bool suboffsets) {
    MemoryView *m = heap_object(t, SHAPE_memoryview, sizeof *m);
    if (m == NULL) return NULL;
    memset((char *)m + sizeof(Object), 0, sizeof *m - sizeof(Object));
    m->hash = -1;
    m->ndim = ndim;
    int64_t *block = heap_alloc_zeroed(t, sizeof(int64_t) * (size_t)(ndim + !ndim) * (suboffsets ? 3 : 2));
    if (block == NULL) {
        obj_decref(t, m);
        return NULL;
    }
    m->shape = block;
    m->strides = block + ndim;
    m->suboffsets = suboffsets ? block + 2 * ndim : NULL;
    m->managed = managed;
    managed->refs++;
    return m;
}

static void set_format(MemoryView *m, const char *format) {
    if (strlen(format) < sizeof m->format) strcpy(m->format, format);
    else m->long_format = format;
}

Value memoryview_new(Thread *t, Value object, int flags) {
    if (!has_buffer(t, object)) return err_raise(t, T_TypeError, "memoryview: a bytes-like object is required, not '%T'", object);
    Managed *managed = heap_alloc_zeroed(t, sizeof *managed);
    if (managed == NULL) return VNULL;
    if (!buffer_get(t, object, &managed->buffer, flags)) {
        heap_free(t, managed);
        return VNULL;
    }
    managed->refs = 1;
    Buffer *b = &managed->buffer;
    MemoryView *m = NULL;
    if (b->ndim > DIMENSIONS_MAX) err_raise(t, T_ValueError, "memoryview: number of dimensions must not exceed 64");
    else m = view_alloc(t, managed, b->ndim, b->suboffsets != NULL);
    if (m != NULL) {
        m->data = b->data;
        m->length = b->length;
        m->item_size = b->item_size;
        m->readonly = b->readonly;
        set_format(m, b->format ? b->format : "B");
        if (b->ndim == 1 && b->shape == NULL) m->shape[0] = b->item_size ? b->length / b->item_size : 0;
        else if (b->ndim > 0) memcpy(m->shape, b->shape, sizeof(int64_t) * (size_t)b->ndim);
        int64_t stride = b->item_size;
        for (int i = b->ndim - 1; i >= 0; i--) {
            m->strides[i] = b->strides ? b->strides[i] : stride;
            stride *= m->shape[i];
        }
        if (m->suboffsets) memcpy(m->suboffsets, b->suboffsets, sizeof(int64_t) * (size_t)b->ndim);
        gc_track(t, m);
    }
    managed_drop(t, managed);
    return v_from(m);
}

/* A view that shares everything but what the caller changes; not tracked yet. */
static MemoryView *view_copy(Thread *t, const MemoryView *m, int ndim) {
    MemoryView *copy = view_alloc(t, m->managed, ndim, m->suboffsets != NULL);
    if (copy == NULL) return NULL;
    copy->data = m->data;
    copy->length = m->length;
    copy->item_size = m->item_size;
    copy->readonly = m->readonly;
    copy->restricted = m->restricted;
    memcpy(copy->format, m->format, sizeof m->format);
    copy->long_format = m->long_format;
    int n = ndim < m->ndim ? ndim : m->ndim;
    memcpy(copy->shape, m->shape, sizeof(int64_t) * (size_t)n);
    memcpy(copy->strides, m->strides, sizeof(int64_t) * (size_t)n);
    if (m->suboffsets) memcpy(copy->suboffsets, m->suboffsets, sizeof(int64_t) * (size_t)n);
    return copy;
}
static Value view_done(Thread *t, MemoryView *m) {
    if (m != NULL) gc_track(t, m);
    return v_from(m);
}

static bool check_live(Thread *t, const MemoryView *m) {
    return m->managed != NULL || err_fail(t, T_ValueError, "operation forbidden on released memoryview object");
}

static bool view_release(Thread *t, MemoryView *m) {
    if (m->managed == NULL) return true;
    if (m->exports > 0)
        return err_fail(t, T_BufferError, "memoryview has %lld exported buffer%s", (long long)m->exports, m->exports == 1 ? "" : "s");
    Managed *managed = m->managed;
    m->managed = NULL;
    managed_drop(t, managed);
    return true;
}

static void slot_destroy(Thread *t, Object *o) {
    MemoryView *m = (MemoryView *)o;
    if (m->managed != NULL) {
        Managed *managed = m->managed;
        m->managed = NULL;
        managed_drop(t, managed);
    }
    heap_free(t, m->shape);
}
static int slot_traverse(Object *o, VisitFn visit, void *context) {
    MemoryView *m = (MemoryView *)o;
    /* The reference to the exporter belongs to the managed buffer: it is seen when only one view has that. */
    if (m->managed != NULL && m->managed->refs == 1 && !is_null(m->managed->buffer.object)) return visit(m->managed->buffer.object, context);
    return 0;
}
static void slot_clear_refs(Thread *t, Object *o) {
    MemoryView *m = (MemoryView *)o;
    if (m->managed != NULL && m->exports == 0) {
        Managed *managed = m->managed;
        m->managed = NULL;
        managed_drop(t, managed);
    }
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[1];
    if (!call_bind_signature(t, "memoryview", "(object)", args, nargs, kwnames, out)) return VNULL;
    if (IS_EXACT(out[0], memoryview)) {
        MemoryView *m = V_AS(MemoryView, out[0]);
        return check_live(t, m) ? view_done(t, view_copy(t, m, m->ndim)) : VNULL;
    }
    return memoryview_new(t, out[0], BUF_FULL_RO);
}

/* --- Items ------------------------------------------------------------------------------------- */

/* The native single-character format of a view, 0: another one. */
static char native_format(const char *f) {
    if (*f == '@') f++;
    return f[0] != 0 && f[1] == 0 && strchr("cbB?hHiIlLqQnNfdePFD", f[0]) ? f[0] : 0;
}
static int64_t native_size(char f) {
    switch (f) {
    case 'c': case 'b': case 'B': case '?': return 1;
    case 'h': case 'H': case 'e': return 2;
    case 'i': case 'I': case 'f': return 4;
    case 'l': case 'L': case 'q': case 'Q': case 'n': case 'N': case 'd': case 'P': case 'F': return 8;
    case 'D': return 16;
    default: return 0;
    }
}

static Value unpack(Thread *t, const MemoryView *m, const char *p) {
    char f = native_format(format_of_view(m));
    if (f == 0 || native_size(f) != m->item_size) return err_raise(t, T_NotImplementedError, "memoryview: unsupported format %s", format_of_view(m));
#define AS(T) ({ T x; memcpy(&x, p, sizeof x); x; })
    switch (f) {
    case 'c': return bytes_new(t, p, 1);
    case 'b': return v_smallint(AS(int8_t));
    case 'B': return v_smallint(AS(uint8_t));
    case '?': return v_bool(*p != 0);
    case 'h': return v_smallint(AS(int16_t));
    case 'H': return v_smallint(AS(uint16_t));
    case 'i': return v_smallint(AS(int32_t));
    case 'I': return v_smallint(AS(uint32_t));
    case 'l': case 'q': case 'n': return int_from_i64(t, AS(int64_t));
    case 'L': case 'Q': case 'N': case 'P': return int_from_u64(t, AS(uint64_t));
    case 'e': return float_from_double(t, half_to_double(AS(uint16_t)));
    case 'f': return float_from_double(t, AS(float));
    case 'd': return float_from_double(t, AS(double));
    case 'F': { float c[2]; memcpy(c, p, 8); return complex_from_doubles(t, c[0], c[1]); }
    default: { double c[2]; memcpy(c, p, 16); return complex_from_doubles(t, c[0], c[1]); }
    }
}

static bool bad_value(Thread *t, const MemoryView *m) { return err_fail(t, T_ValueError, "memoryview: invalid value for format '%s'", format_of_view(m)); }
static bool bad_type(Thread *t, const MemoryView *m) { return err_fail(t, T_TypeError, "memoryview: invalid type for format '%s'", format_of_view(m)); }

static bool pack_int(Thread *t, const MemoryView *m, char f, char *p, Value v) {
    if (!has_index(t, v)) return bad_type(t, m);
    Value i = number_index(t, v);
    if (is_null(i)) return err_catch(t, T_TypeError) ? bad_type(t, m) : false;
    uint8_t bytes[8];
    bool is_signed = strchr("bhilqn", f) != NULL;
    bool fits = int_to_bytes(t, i, bytes, m->item_size, true, is_signed);
    decref(t, i);
    if (!check_live(t, m)) return false;
    if (!fits) {
        err_clear(t);
        return bad_value(t, m);
    }
    memcpy(p, bytes, (size_t)m->item_size);
    return true;
}

/* Converting the value may run Python code that releases the view: it is asked again before the memory is written. */
static bool pack(Thread *t, const MemoryView *m, char *p, Value v) {
    char f = native_format(format_of_view(m));
    if (f == 0 || native_size(f) != m->item_size) return err_fail(t, T_NotImplementedError, "memoryview: unsupported format %s", format_of_view(m));
    double re, im;
    switch (f) {
    case 'c':
        if (!is_bytes(t, v)) return bad_type(t, m);
        if (V_AS(Bytes, v)->length != 1) return bad_value(t, m);
        *p = V_AS(Bytes, v)->data[0];
        return true;
    case '?': {
        int is_true = truth(t, v);
        if (is_true < 0 || !check_live(t, m)) return false;
        *p = (char)is_true;
        return true;
    }
    case 'e': case 'f': case 'd':
        if (!float_convert(t, v, &re)) return err_catch(t, T_TypeError) ? bad_type(t, m) : false;
        if (!check_live(t, m)) return false;
        if (f == 'd') memcpy(p, &re, 8);
        else if (f == 'f') {
            float narrow = (float)re;
            memcpy(p, &narrow, 4);
        } else {
            uint16_t half;
            if (!half_from_double(re, &half)) return bad_value(t, m);
            memcpy(p, &half, 2);
        }
        return true;
    case 'F': case 'D':
        if (!complex_convert(t, v, &re, &im)) return err_catch(t, T_TypeError) ? bad_type(t, m) : false;
        if (!check_live(t, m)) return false;
        if (f == 'D') {
            memcpy(p, &re, 8);
            memcpy(p + 8, &im, 8);
        } else {
            float c[2] = {(float)re, (float)im};
            memcpy(p, c, 8);
        }
        return true;
    default: return pack_int(t, m, f, p, v);
    }
}

/* The address of element `index` in dimension `dim` from p; NULL: IndexError. */
static char *step_to(Thread *t, const MemoryView *m, char *p, int dim, int64_t index) {
    int64_t n = m->shape[dim];
    if (index < 0) index += n;
    if (index < 0 || index >= n) {
        err_raise(t, T_IndexError, "index out of bounds on dimension %d", dim + 1);
        return NULL;
    }
    p += m->strides[dim] * index;
    if (m->suboffsets && m->suboffsets[dim] >= 0) p = *(char **)p + m->suboffsets[dim];
    return p;
}

static char *item_address(Thread *t, const MemoryView *m, Value key) {
    if (m->ndim == 0) {
        if (same(key, V_ELLIPSIS) || (is_tuple(t, key) && tuple_len(key) == 0)) return m->data;
        err_raise(t, T_TypeError, "invalid indexing of 0-dim memory");
        return NULL;
    }
    if (is_tuple(t, key)) {
        int64_t n = tuple_len(key);
        if (n < m->ndim) {
            err_raise(t, T_NotImplementedError, "sub-views are not implemented");
            return NULL;
        }
        if (n > m->ndim) {
            err_raise(t, T_TypeError, "cannot index %d-dimension view with %lld-element tuple", m->ndim, (long long)n);
            return NULL;
        }
        char *p = m->data;
        for (int i = 0; p != NULL && i < m->ndim; i++) {
            int64_t index;
            if (!number_to_index(t, tuple_at(key, i), &index, T_IndexError)) return NULL;
            if (!check_live(t, m)) return NULL;
            p = step_to(t, m, p, i, index);
        }
        return p;
    }
    int64_t index;
    if (!number_to_index(t, key, &index, T_IndexError) || !check_live(t, m)) return NULL;
    if (m->ndim > 1) {
        err_raise(t, T_NotImplementedError, "multi-dimensional sub-views are not implemented");
        return NULL;
    }
    return step_to(t, m, m->data, 0, index);
}

static bool is_index_tuple(Thread *t, Value key) {
    if (!is_tuple(t, key)) return false;
    for (int64_t i = 0; i < tuple_len(key); i++)
        if (!has_index(t, tuple_at(key, i))) return false;
    return true;
}

static bool is_slice_tuple(Thread *t, Value key) {
    if (!is_tuple(t, key) || tuple_len(key) == 0) return false;
    for (int64_t i = 0; i < tuple_len(key); i++)
        if (!IS_EXACT(tuple_at(key, i), slice)) return false;
    return true;
}

static int64_t count_items(const MemoryView *m) {
    int64_t n = 1;
    for (int i = 0; i < m->ndim; i++) n *= m->shape[i];
    return n;
}

static MemoryView *slice_view(Thread *t, const MemoryView *m, Value slice) {
    int64_t start, stop, step, count;
    if (m->ndim == 0) {
        err_raise(t, T_TypeError, "invalid indexing of 0-dim memory");
        return NULL;
    }
    MemoryView *s = view_copy(t, m, m->ndim); /* at first: it holds the memory if an index releases m */
    if (s == NULL) return NULL;
    if (!slice_indices(t, slice, m->shape[0], &start, &stop, &step, &count)) {
        gc_track(t, s);
        obj_decref(t, s);
        return NULL;
    }
    if (m->suboffsets && m->suboffsets[0] >= 0) s->suboffsets[0] += m->strides[0] * start;
    else s->data += m->strides[0] * start;
    s->shape[0] = count;
    s->strides[0] *= step;
    s->length = count_items(s) * s->item_size;
    return s;
}

static Value slot_getitem(Thread *t, Value v, Value key) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return VNULL;
    if (m->restricted) return err_raise(t, T_ValueError, "memoryview: buffer is restricted");
    if (has_index(t, key) || is_index_tuple(t, key) || (m->ndim == 0 && same(key, V_ELLIPSIS))) {
        if (m->ndim == 0 && same(key, V_ELLIPSIS)) return new_ref(v);
        char *p = item_address(t, m, key);
        return p ? unpack(t, m, p) : VNULL;
    }
    if (IS_EXACT(key, slice)) {
        if (m->ndim > 1) return err_raise(t, T_NotImplementedError, "multi-dimensional slicing is not implemented");
        return view_done(t, slice_view(t, m, key));
    }
    if (is_slice_tuple(t, key)) return err_raise(t, T_NotImplementedError, "multi-dimensional slicing is not implemented");
    return err_raise(t, T_TypeError, "memoryview: invalid slice key");
}

static Value slot_item(Thread *t, Value v, int64_t i) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return VNULL;
    if (m->ndim != 1) return err_raise(t, m->ndim == 0 ? T_TypeError : T_NotImplementedError, m->ndim == 0 ? "invalid indexing of 0-dim memory" : "multi-dimensional sub-views are not implemented");
    char *p = step_to(t, m, m->data, 0, i);
    return p ? unpack(t, m, p) : VNULL;
}

/* --- Copying ----------------------------------------------------------------------------------- */

static void copy_from(const MemoryView *m, int dim, const char *p, char **out) {
    if (dim == m->ndim) {
        memcpy(*out, p, (size_t)m->item_size);
        *out += m->item_size;
        return;
    }
    for (int64_t i = 0; i < m->shape[dim]; i++) {
        const char *q = p + m->strides[dim] * i;
        if (m->suboffsets && m->suboffsets[dim] >= 0) q = *(char *const *)q + m->suboffsets[dim];
        copy_from(m, dim + 1, q, out);
    }
}

static bool is_contiguous(const MemoryView *m, bool fortran) {
    if (m->suboffsets) return false;
    if (m->length == 0) return true;
    int64_t stride = m->item_size;
    for (int k = 0; k < m->ndim; k++) {
        int i = fortran ? k : m->ndim - 1 - k;
        if (m->shape[i] > 1 && m->strides[i] != stride) return false;
        stride *= m->shape[i];
    }
    return true;
}

Value memoryview_flat(Thread *t, Value object) {
    Value v = memoryview_new(t, object, BUF_FULL_RO);
    if (is_null(v)) return VNULL;
    MemoryView *m = V_AS(MemoryView, v), *flat = NULL;
    bool contiguous = m->suboffsets == NULL && (is_contiguous(m, false) || is_contiguous(m, true));
    if (!contiguous) err_raise(t, T_BufferError, "cannot extract raw buffer from non-contiguous buffer");
    else flat = view_alloc(t, m->managed, 1, false);
    if (flat != NULL) {
        flat->data = m->data;
        flat->length = flat->shape[0] = m->length;
        flat->item_size = flat->strides[0] = 1;
        flat->readonly = m->readonly;
        set_format(flat, "B");
        gc_track(t, flat);
    }
    decref(t, v);
    return v_from(flat);
}

static void copy_out(const MemoryView *m, char *out) {
    if (is_contiguous(m, false)) memcpy(out, m->data, (size_t)m->length);
    else copy_from(m, 0, m->data, &out);
}

static bool assign_slice(Thread *t, MemoryView *m, Value slice, Value value) {
    Value source = memoryview_new(t, value, BUF_FULL_RO);
    if (is_null(source)) return false;
    MemoryView *s = V_AS(MemoryView, source), *d = slice_view(t, m, slice);
    bool done = d != NULL && check_live(t, m);
    if (done) {
        bool same_structure = s->ndim == 1 && d->ndim == 1 && s->shape[0] == d->shape[0] && s->item_size == d->item_size &&
                              native_format(format_of_view(s)) == native_format(format_of_view(d)) &&
                              (native_format(format_of_view(s)) || strcmp(format_of_view(s), format_of_view(d)) == 0);
        if (!same_structure) {
            done = err_fail(t, T_ValueError, "memoryview assignment: lvalue and rvalue have different structures");
        } else {
            char *block = heap_alloc(t, (size_t)s->length + 1);
            done = block != NULL;
            if (done) {
                copy_out(s, block);
                for (int64_t i = 0; i < d->shape[0]; i++) {
                    char *p = d->data + d->strides[0] * i;
                    if (d->suboffsets && d->suboffsets[0] >= 0) p = *(char **)p + d->suboffsets[0];
                    memcpy(p, block + i * d->item_size, (size_t)d->item_size);
                }
                heap_free(t, block);
            }
        }
    }
    if (d != NULL) {
        gc_track(t, d);
        obj_decref(t, d);
    }
    decref(t, source);
    return done;
}

static bool slot_setitem(Thread *t, Value v, Value key, Value value) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return false;
    if (m->readonly) return err_fail(t, T_TypeError, "cannot modify read-only memory");
    if (is_null(value)) return err_fail(t, T_TypeError, "cannot delete memory");
    if (has_index(t, key) || is_index_tuple(t, key) || (m->ndim == 0 && same(key, V_ELLIPSIS))) {
        char *p = item_address(t, m, key);
        return p != NULL && pack(t, m, p, value);
    }
    if (IS_EXACT(key, slice)) {
        if (m->ndim > 1) return err_fail(t, T_NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
        return assign_slice(t, m, key, value);
    }
    if (is_slice_tuple(t, key)) return err_fail(t, T_NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
    return err_fail(t, T_TypeError, "memoryview: invalid slice key");
}

/* --- Comparison and hash ----------------------------------------------------------------------- */

/* 1, 0, -1 */
static int equal_from(Thread *t, const MemoryView *a, const char *p, const MemoryView *b, const char *q, int dim, bool raw) {
    if (dim == a->ndim) {
        if (raw) return memcmp(p, q, (size_t)a->item_size) == 0;
        Value x = unpack(t, a, p), y = is_null(x) ? VNULL : unpack(t, b, q);
        int eq = -1;
        if (!is_null(y)) {
            Value result = compare(t, x, y, CMP_EQ); /* no identity shortcut: NaNs differ */
            eq = is_null(result) ? -1 : truth(t, result);
            decref_maybe(t, result);
        }
        decref_maybe(t, x);
        decref_maybe(t, y);
        return eq;
    }
    for (int64_t i = 0; i < a->shape[dim]; i++) {
        const char *p1 = p + a->strides[dim] * i, *q1 = q + b->strides[dim] * i;
        if (a->suboffsets && a->suboffsets[dim] >= 0) p1 = *(char *const *)p1 + a->suboffsets[dim];
        if (b->suboffsets && b->suboffsets[dim] >= 0) q1 = *(char *const *)q1 + b->suboffsets[dim];
        int eq = equal_from(t, a, p1, b, q1, dim + 1, raw);
        if (eq <= 0) return eq;
    }
    return 1;
}

static Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (op != CMP_EQ && op != CMP_NE) return V_NOTIMPL;
    MemoryView *m = V_AS(MemoryView, a);
    if (m->managed == NULL || (IS_EXACT(b, memoryview) && V_AS(MemoryView, b)->managed == NULL)) return v_bool(same(a, b) == (op == CMP_EQ));
    if (!has_buffer(t, b)) return V_NOTIMPL;
    Value other = IS_EXACT(b, memoryview) ? new_ref(b) : memoryview_new(t, b, BUF_FULL_RO);
    if (is_null(other)) {
        err_clear(t);
        return V_NOTIMPL;
    }
    MemoryView *o = V_AS(MemoryView, other);
    bool shapes = m->ndim == o->ndim;
    for (int i = 0; shapes && i < m->ndim; i++) shapes = m->shape[i] == o->shape[i];
    int eq = 0;
    char f = native_format(format_of_view(m)), g = native_format(format_of_view(o));
    if (shapes && (f == 0 || g == 0)) {
        eq = strcmp(format_of_view(m), format_of_view(o)) == 0 && m->item_size == o->item_size && count_items(m) == 0;
        if (!eq && strcmp(format_of_view(m), format_of_view(o)) == 0 && m->item_size == o->item_size) eq = equal_from(t, m, m->data, o, o->data, 0, true);
    } else if (shapes) {
        bool raw = f == g && strchr("cbBhHiIlLqQnNP", f) != NULL;
        eq = equal_from(t, m, m->data, o, o->data, 0, raw);
    }
    decref(t, other);
    return eq < 0 ? VNULL : v_bool(eq == (op == CMP_EQ));
}

static bool slot_hash(Thread *t, Value v, int64_t *hash) {
    MemoryView *m = V_AS(MemoryView, v);
    if (m->hash == -1) {
        if (!check_live(t, m)) return false;
        if (!m->readonly) return err_fail(t, T_ValueError, "cannot hash writable memoryview object");
        char f = native_format(format_of_view(m));
        if (f != 'B' && f != 'b' && f != 'c') return err_fail(t, T_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
        int64_t ignored;
        m->exports++; /* hashing the exporter runs Python code: the memory must stay */
        bool hashable = is_null(m->managed->buffer.object) || hash_of(t, m->managed->buffer.object, &ignored);
        m->exports--;
        if (!hashable) return false;
        char *block = heap_alloc(t, (size_t)m->length + 1);
        if (block == NULL) return false;
        copy_out(m, block);
        HashKey key = {t->interp->hash_key[0], t->interp->hash_key[1]};
        m->hash = hash_bytes(&key, block, (size_t)m->length);
        heap_free(t, block);
    }
    *hash = m->hash;
    return true;
}

/* --- Other slots ------------------------------------------------------------------------------- */

static int64_t slot_len(Thread *t, Value v) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return -1;
    if (m->ndim == 0) return err_minus(t, T_TypeError, "0-dim memory has no length");
    return m->shape[0];
}

static Value slot_repr(Thread *t, Value v) {
    return str_format(t, V_AS(MemoryView, v)->managed ? "<memory at %p>" : "<released memory at %p>", v_obj(v));
}

static bool slot_buffer(Thread *t, Value v, Buffer *view, int flags) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return false;
    if (m->restricted) return err_fail(t, T_ValueError, "memoryview: buffer is restricted");
    if ((flags & BUF_WRITABLE) && m->readonly) return err_fail(t, T_BufferError, "memoryview: underlying buffer is not writable");
    bool c = is_contiguous(m, false), f = is_contiguous(m, true);
    if ((flags & BUF_C_CONTIGUOUS) == BUF_C_CONTIGUOUS && !c) return err_fail(t, T_BufferError, "memoryview: underlying buffer is not C-contiguous");
    if ((flags & BUF_F_CONTIGUOUS) == BUF_F_CONTIGUOUS && !f) return err_fail(t, T_BufferError, "memoryview: underlying buffer is not Fortran contiguous");
    if ((flags & BUF_ANY_CONTIGUOUS) == BUF_ANY_CONTIGUOUS && !c && !f) return err_fail(t, T_BufferError, "memoryview: underlying buffer is not contiguous");
    if ((flags & BUF_INDIRECT) != BUF_INDIRECT && m->suboffsets) return err_fail(t, T_BufferError, "memoryview: underlying buffer requires suboffsets");
    if ((flags & BUF_STRIDES) != BUF_STRIDES && !c) return err_fail(t, T_BufferError, "memoryview: underlying buffer is not C-contiguous");
    *view = (Buffer){.object = new_ref(v), .data = m->data, .length = m->length, .item_size = m->item_size, .readonly = m->readonly, .ndim = m->ndim};
    view->format = flags & BUF_FORMAT ? format_of_view(m) : NULL;
    view->shape = flags & BUF_ND ? m->shape : NULL;
    view->strides = (flags & BUF_STRIDES) == BUF_STRIDES ? m->strides : NULL;
    view->suboffsets = (flags & BUF_INDIRECT) == BUF_INDIRECT ? m->suboffsets : NULL;
    if (!(flags & BUF_ND)) {
        if (view->ndim > 1 && (flags & BUF_FORMAT)) {
            decref(t, v);
            return err_fail(t, T_BufferError, "memoryview: cannot cast to unsigned bytes if the format flag is present");
        }
        view->ndim = 1;
    }
    m->exports++;
    return true;
}
static void slot_release(Thread *t, Value v, Buffer *view) { V_AS(MemoryView, v)->exports--; }

/* --- Attributes -------------------------------------------------------------------------------- */

static Value ints_tuple(Thread *t, const int64_t *p, int n) {
    Value tuple = tuple_new(t, n);
    if (is_null(tuple)) return tuple;
    for (int i = 0; i < n; i++) V_AS(Tuple, tuple)->items[i] = int_from_i64(t, p[i]);
    return tuple_done(t, tuple);
}

enum Attribute { A_OBJ, A_NBYTES, A_READONLY, A_ITEMSIZE, A_FORMAT, A_NDIM, A_SHAPE, A_STRIDES, A_SUBOFFSETS, A_C, A_F, A_ANY };
static Value get_attribute(Thread *t, Value v, void *closure) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return VNULL;
    switch ((enum Attribute)(intptr_t)closure) {
    case A_OBJ: return is_null(m->managed->buffer.object) ? V_NONE : new_ref(m->managed->buffer.object);
    case A_NBYTES: return int_from_i64(t, m->length);
    case A_READONLY: return v_bool(m->readonly);
    case A_ITEMSIZE: return int_from_i64(t, m->item_size);
    case A_FORMAT: return str_from_cstr(t, format_of_view(m));
    case A_NDIM: return v_smallint(m->ndim);
    case A_SHAPE: return ints_tuple(t, m->shape, m->ndim);
    case A_STRIDES: return ints_tuple(t, m->strides, m->ndim);
    case A_SUBOFFSETS: return m->suboffsets ? ints_tuple(t, m->suboffsets, m->ndim) : new_ref(t->interp->empty_tuple);
    case A_C: return v_bool(is_contiguous(m, false));
    case A_F: return v_bool(is_contiguous(m, true));
    default: return v_bool(is_contiguous(m, false) || is_contiguous(m, true));
    }
}

/* --- Methods ----------------------------------------------------------------------------------- */

static void copy_fortran(const MemoryView *m, char *out) {
    int64_t index[DIMENSIONS_MAX] = {0}, n = count_items(m);
    for (int64_t k = 0; k < n; k++) {
        const char *p = m->data;
        for (int i = 0; i < m->ndim; i++) {
            p += m->strides[i] * index[i];
            if (m->suboffsets && m->suboffsets[i] >= 0) p = *(char *const *)p + m->suboffsets[i];
        }
        memcpy(out + k * m->item_size, p, (size_t)m->item_size);
        for (int i = 0; i < m->ndim && ++index[i] == m->shape[i]; i++) index[i] = 0;
    }
}

static Value m_tobytes(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    MemoryView *m = V_AS(MemoryView, args[0]);
    char order = 'C';
    if (!check_live(t, m)) return VNULL;
    if (!is_null(args[1]) && !is_none(args[1])) {
        if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "tobytes() argument 'order' must be str or None, not %T", args[1]);
        Str *s = V_AS(Str, args[1]);
        order = str_equals_cstr(s, "C") ? 'C' : str_equals_cstr(s, "F") ? 'F' : str_equals_cstr(s, "A") ? 'A' : 0;
        if (order == 0) return err_raise(t, T_ValueError, "order must be 'C', 'F' or 'A'");
    }
    Value b = bytes_new(t, NULL, m->length);
    if (is_null(b) || m->length == 0) return b;
    if (order == 'F' || (order == 'A' && !is_contiguous(m, false) && is_contiguous(m, true))) copy_fortran(m, V_AS(Bytes, b)->data);
    else copy_out(m, V_AS(Bytes, b)->data);
    return b;
}

static Value m_hex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    MemoryView *m = V_AS(MemoryView, args[0]);
    if (!check_live(t, m)) return VNULL;
    char *block = heap_alloc(t, (size_t)m->length + 1);
    if (block == NULL) return VNULL;
    copy_out(m, block);
    m->exports++; /* the separator may run Python code: the memory must stay */
    Value text = bytes_hex(t, (const uint8_t *)block, m->length, args[1], args[2]);
    m->exports--;
    heap_free(t, block);
    return text;
}

static Value list_from_dim(Thread *t, const MemoryView *m, const char *p, int dim) {
    if (dim == m->ndim) return unpack(t, m, p);
    Value list = list_new(t, m->shape[dim]);
    for (int64_t i = 0; !is_null(list) && i < m->shape[dim]; i++) {
        const char *q = p + m->strides[dim] * i;
        if (m->suboffsets && m->suboffsets[dim] >= 0) q = *(char *const *)q + m->suboffsets[dim];
        Value item = list_from_dim(t, m, q, dim + 1);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    return list;
}
static Value m_tolist(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    MemoryView *m = V_AS(MemoryView, args[0]);
    return check_live(t, m) ? list_from_dim(t, m, m->data, 0) : VNULL;
}

static Value m_release(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return view_release(t, V_AS(MemoryView, args[0])) ? V_NONE : VNULL; }
static Value m_enter(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return check_live(t, V_AS(MemoryView, args[0])) ? new_ref(args[0]) : VNULL; }
static Value m_toreadonly(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    MemoryView *m = V_AS(MemoryView, args[0]);
    if (!check_live(t, m)) return VNULL;
    MemoryView *copy = view_copy(t, m, m->ndim);
    if (copy != NULL) copy->readonly = true;
    return view_done(t, copy);
}

static bool cast_shape(Thread *t, MemoryView *c, Value shape) {
    int64_t n = sequence_fast_len(shape), total = c->item_size;
    for (int64_t i = 0; i < n; i++) {
        Value v = sequence_fast_items(shape)[i];
        if (!is_int(t, v)) return err_fail(t, T_TypeError, "memoryview.cast(): elements of shape must be integers");
        int64_t extent = int_clamp_i64(v);
        if (extent <= 0) return err_fail(t, T_ValueError, "memoryview.cast(): elements of shape must be integers > 0");
        if (__builtin_mul_overflow(total, extent, &total)) return err_fail(t, T_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
        c->shape[i] = extent;
    }
    if (total != c->length) return err_fail(t, T_TypeError, "memoryview: product(shape) * itemsize != buffer size");
    int64_t stride = c->item_size;
    for (int i = c->ndim - 1; i >= 0; i--) {
        c->strides[i] = stride;
        stride *= c->shape[i];
    }
    return true;
}

static Value m_cast(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    MemoryView *m = V_AS(MemoryView, args[0]);
    if (!check_live(t, m)) return VNULL;
    if (!is_str(t, args[1])) return err_raise(t, T_TypeError, "cast() argument 'format' must be str, not %T", args[1]);
    if (!is_contiguous(m, false)) return err_raise(t, T_TypeError, "memoryview: casts are restricted to C-contiguous views");
    int64_t ndim = 1;
    Value shape = VNULL;
    if (!is_null(args[2]) && !is_none(args[2])) {
        if (!is_list(t, args[2]) && !is_tuple(t, args[2])) return err_raise(t, T_TypeError, "shape must be a list or a tuple");
        shape = args[2];
        ndim = sequence_fast_len(shape);
        if (ndim > DIMENSIONS_MAX) return err_raise(t, T_ValueError, "memoryview: number of dimensions must not exceed 64");
        if (m->ndim != 1 && ndim != 1) return err_raise(t, T_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    }
    for (int i = 0; i < m->ndim; i++)
        if (m->shape[i] == 0 && m->ndim > 1) return err_raise(t, T_TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    Str *text = V_AS(Str, args[1]);
    char f = 0;
    if (str_is_ascii(text) && str_len(text) <= 2) f = native_format((const char *)text->data);
    if (f == 0 || f == 'F' || f == 'D') return err_raise(t, T_ValueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'");
    char g = native_format(format_of_view(m));
    bool to_bytes = strchr("bBc", f) != NULL, from_bytes = g != 0 && strchr("bBc", g) != NULL; /* bytes come of any format */
    if (!to_bytes && !from_bytes) return err_raise(t, T_TypeError, "memoryview: cannot cast between two non-byte formats");
    int64_t size = native_size(f);
    if (m->length % size != 0) return err_raise(t, T_TypeError, "memoryview: length is not a multiple of itemsize");
    MemoryView *c = view_copy(t, m, (int)ndim);
    if (c == NULL) return VNULL;
    c->item_size = size;
    c->long_format = NULL;
    strcpy(c->format, (const char *)text->data);
    if (is_null(shape)) {
        c->shape[0] = c->length / size;
        c->strides[0] = size;
    } else if (!cast_shape(t, c, shape)) {
        gc_track(t, c);
        obj_decref(t, c);
        return VNULL;
    }
    return view_done(t, c);
}

static Value m_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value iterator = iter_of(t, args[0]), item;
    int64_t count = 0;
    if (is_null(iterator)) return VNULL;
    while (!is_null(item = iter_next(t, iterator))) {
        int eq = equal_fast(t, item, args[1]);
        decref(t, item);
        if (eq < 0) break;
        count += eq;
    }
    decref(t, iterator);
    return err_pending(t) ? VNULL : v_smallint(count);
}

static Value m_index(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    MemoryView *m = V_AS(MemoryView, args[0]);
    if (!check_live(t, m)) return VNULL;
    if (m->ndim == 0) return err_raise(t, T_TypeError, "invalid lookup on 0-dim memory");
    if (m->ndim != 1) return err_raise(t, T_NotImplementedError, "multi-dimensional lookup is not implemented");
    int64_t start = 0, stop = INT64_MAX;
    if (!is_null(args[2]) && !number_to_index(t, args[2], &start, T_INVALID)) return VNULL;
    if (!is_null(args[3]) && !number_to_index(t, args[3], &stop, T_INVALID)) return VNULL;
    int64_t n = m->shape[0];
    if (start < 0) start = start + n < 0 ? 0 : start + n;
    if (stop < 0) stop = stop + n < 0 ? 0 : stop + n;
    if (stop > n) stop = n;
    for (int64_t i = start; i < stop; i++) {
        Value item = slot_item(t, args[0], i);
        if (is_null(item)) return VNULL;
        int eq = equal_fast(t, item, args[1]);
        decref(t, item);
        if (eq != 0) return eq < 0 ? VNULL : v_smallint(i);
    }
    return err_raise(t, T_ValueError, "memoryview.index(x): x not found");
}

static Value m_from_flags(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t flags;
    return arg_i32(t, args[2], &flags) ? memoryview_new(t, args[1], flags) : VNULL;
}

static const MethodDef memoryview_methods[] = {
    {"release", "($self, /)", "Give the memory back; the view cannot be used any more.", m_release},
    {"tobytes", "($self, /, order='C')", "The items as bytes, in C, Fortran or (A) their own order.", m_tobytes},
    {"hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", "The items as hexadecimal text.\n\n>>> memoryview(b'\\x01\\xfe').hex(':')\n'01:fe'", m_hex},
    {"tolist", "($self, /)", "The items as a list, of lists for several dimensions.", m_tolist},
    {"cast", "($self, /, format, shape=<unrepresentable>)", "A view of the same memory with another format or shape.", m_cast},
    {"toreadonly", "($self, /)", "A read-only view of the same memory.", m_toreadonly},
    {"count", "($self, value, /)", "The number of items that equal a value.", m_count},
    {"index", "($self, value, start=0, stop=9223372036854775807, /)", "The index of the first item that equals a value.", m_index},
    {"_from_flags", "($type, /, object, flags)", "A view asked for with certain flags.", m_from_flags, MF_CLASS},
    {"__enter__", "($self, /)", NULL, m_enter},
    {"__exit__", "($self, /, *exc_info)", "Release the view.", m_release},
    {"__class_getitem__", "($type, object, /)", "See PEP 585.", generic_alias_class_getitem, MF_CLASS},
    {NULL},
};

#define ATTRIBUTE(NAME, ID, DOC) {NAME, get_attribute, NULL, DOC, (void *)ID}
static const GetSetDef memoryview_getsets[] = {
    ATTRIBUTE("obj", A_OBJ, "the object whose memory is viewed"),
    ATTRIBUTE("nbytes", A_NBYTES, "the size in bytes if the items stood without gaps"),
    ATTRIBUTE("readonly", A_READONLY, "whether the memory cannot be written"),
    ATTRIBUTE("itemsize", A_ITEMSIZE, "the size of an item in bytes"),
    ATTRIBUTE("format", A_FORMAT, "the format of an item, as the module struct has it"),
    ATTRIBUTE("ndim", A_NDIM, "the number of dimensions"),
    ATTRIBUTE("shape", A_SHAPE, "the number of items in each dimension"),
    ATTRIBUTE("strides", A_STRIDES, "the bytes from one item to the next in each dimension"),
    ATTRIBUTE("suboffsets", A_SUBOFFSETS, "for arrays of pointers"),
    ATTRIBUTE("c_contiguous", A_C, "whether the items stand without gaps, the last index fastest"),
    ATTRIBUTE("f_contiguous", A_F, "whether the items stand without gaps, the first index fastest"),
    ATTRIBUTE("contiguous", A_ANY, "whether the items stand without gaps"),
    {NULL},
};

static Value slot_iter(Thread *t, Value v);

const TypeDef typedef_memoryview = {
    .name = "memoryview",
    .doc = "A view of the memory of an object that supports the buffer protocol.",
    .signature = "(object)",
    .flags = TF_GC | TF_WEAKREF | TF_SEQUENCE,
    .size = offsetof(MemoryView, ext),
    .methods = memoryview_methods,
    .getsets = memoryview_getsets,
    .slots = {.new = slot_new, .destroy = slot_destroy, .traverse = slot_traverse, .clear = slot_clear_refs, .repr = slot_repr, .hash = slot_hash,
              .compare = slot_compare, .iter = slot_iter, .len = slot_len, .item = slot_item, .getitem = slot_getitem, .setitem = slot_setitem,
              .get_buffer = slot_buffer, .release_buffer = slot_release},
};

/* --- Iterator ---------------------------------------------------------------------------------- */

static Value slot_iter(Thread *t, Value v) {
    MemoryView *m = V_AS(MemoryView, v);
    if (!check_live(t, m)) return VNULL;
    if (m->ndim == 0) return err_raise(t, T_TypeError, "invalid indexing of 0-dim memory");
    if (m->ndim != 1) return err_raise(t, T_NotImplementedError, "multi-dimensional sub-views are not implemented");
    if (native_format(format_of_view(m)) == 0) return err_raise(t, T_NotImplementedError, "memoryview: unsupported format %s", format_of_view(m));
    IndexIterator *it = heap_object(t, SHAPE_memory_iterator, sizeof *it);
    if (it == NULL) return VNULL;
    it->sequence = new_ref(v);
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}

static Value iterator_self(Thread *t, Value v) { return new_ref(v); }
static Value iterator_next(Thread *t, Value v) {
    IndexIterator *it = V_AS(IndexIterator, v);
    if (is_null(it->sequence)) return VNULL;
    MemoryView *m = V_AS(MemoryView, it->sequence);
    if (!check_live(t, m)) return VNULL;
    if (it->index < m->shape[0]) return slot_item(t, it->sequence, it->index++);
    slot_clear(t, &it->sequence);
    return VNULL;
}
static const Field iterator_fields[] = {FIELD_VALUE(IndexIterator, sequence)};
const TypeDef typedef_memory_iterator = {
    .name = "memory_iterator",
    .flags = TF_GC | TF_NO_NEW,
    .size = sizeof(IndexIterator),
    FIELDS(iterator_fields),
    .slots = {.iter = iterator_self, .next = iterator_next},
};

/* --- Buffers of Python classes ------------------------------------------------------------------- */

/* What stands between the consumer of a buffer and an object whose class has __buffer__: it keeps the memoryview that
 * the method gave, and calls __release_buffer__ at the end. */
typedef struct BufferWrapper { Object head; Value view, object; } BufferWrapper;

bool buffer_get_from_method(Thread *t, Value object, Buffer *out, int flags) {
    bool found;
    Value arg = v_smallint(flags), view = call_special(t, object, N(t, __buffer__), &arg, 1, &found);
    if (is_null(view)) return found || err_pending(t) ? false : err_fail(t, T_TypeError, "a bytes-like object is required, not '%T'", object);
    if (!IS_EXACT(view, memoryview)) {
        err_raise(t, T_TypeError, "__buffer__ returned non-memoryview object");
        decref(t, view);
        return false;
    }
    BufferWrapper *w = heap_object(t, SHAPE_buffer_wrapper, sizeof *w);
    if (w == NULL) {
        decref(t, view);
        return false;
    }
    w->view = view;
    w->object = new_ref(object);
    gc_track(t, w);
    bool done = slot_buffer(t, view, out, flags);
    if (done) slot_set(t, &out->object, ref_of(w)); /* given back through the wrapper */
    obj_decref(t, w);
    return done;
}

static void wrapper_release(Thread *t, Value v, Buffer *buffer) {
    BufferWrapper *w = V_AS(BufferWrapper, v);
    V_AS(MemoryView, w->view)->exports--;
    Value saved = err_fetch(t), method = lookup_special(t, w->object, N(t, __release_buffer__));
    if (!is_null(method)) {
        Value result = call_1(t, method, w->view);
        if (is_null(result)) err_unraisable(t, NULL, w->object);
        decref_maybe(t, result);
        decref(t, method);
    }
    if (err_pending(t)) err_unraisable(t, NULL, w->object);
    if (!is_null(saved)) err_restore(t, saved);
}

static const Field wrapper_fields[] = {FIELD_VALUE(BufferWrapper, view), FIELD_VALUE(BufferWrapper, object)};
const TypeDef typedef_buffer_wrapper = {
    .name = "_buffer_wrapper",
    .flags = TF_GC | TF_NO_NEW,
    .size = sizeof(BufferWrapper),
    FIELDS(wrapper_fields),
    .slots = {.release_buffer = wrapper_release},
};
