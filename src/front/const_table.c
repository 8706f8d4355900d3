#include "front/const_table.h"

#include "core/state.h"
#include "object/bytes.h"
#include "object/float.h"
#include "object/int.h"
#include "object/set.h"
#include "object/simple.h"
#include "object/tuple.h"

static uint64_t mix(uint64_t h, uint64_t x) { return (h ^ x) * UINT64_C(0x9E3779B97F4A7C15) + (h >> 29); }

static uint64_t hash_data(const void *data, size_t n)
{
    const uint8_t *p = data;
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint64_t double_bits(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, 8);
    return bits;
}

uint64_t const_hash(Value v)
{
    if (!is_obj(v)) return const_bits_hash(v.bits);
    uint64_t h = v_obj(v)->shape;
    if (IS_EXACT(v, int)) {
        uint64_t scratch;
        IntView view = int_view(v, &scratch);
        return const_bits_hash(mix(h, hash_data(view.limbs, (size_t)view.n * 8) + view.negative));
    }
    if (IS_EXACT(v, float)) return const_bits_hash(mix(h, double_bits(float_get(v))));
    if (IS_EXACT(v, complex)) {
        Complex *z = V_AS(Complex, v);
        return const_bits_hash(mix(mix(h, double_bits(z->real)), double_bits(z->imag)));
    }
    if (IS_EXACT(v, bytes)) return const_bits_hash(mix(h, hash_data(V_AS(Bytes, v)->data, (size_t)V_AS(Bytes, v)->length)));
    if (IS_EXACT(v, tuple)) {
        for (int64_t i = 0; i < tuple_len(v); i++) h = mix(h, const_hash(tuple_at(v, i)));
        return const_bits_hash(h);
    }
    if (IS_EXACT(v, frozenset)) return const_bits_hash(mix(h, (uint64_t)set_len(v)));
    return const_bits_hash(v.bits); /* str: interned; others by identity */
}

static bool same_sets(Value a, Value b)
{
    if (set_len(a) != set_len(b)) return false;
    uint64_t p = 0, q = 0;
    Value x, y;
    int64_t h;
    while (set_next(a, &p, &x, &h)) { /* alike only when built alike, in the same order */
        if (!set_next(b, &q, &y, &h) || !const_same(x, y)) return false;
    }
    return true;
}

bool const_same(Value a, Value b)
{
    if (same(a, b)) return true;
    if (!is_obj(a) || !is_obj(b) || v_obj(a)->shape != v_obj(b)->shape) return false;
    if (IS_EXACT(a, int)) return int_compare(a, b) == 0;
    if (IS_EXACT(a, float)) return double_bits(float_get(a)) == double_bits(float_get(b));
    if (IS_EXACT(a, complex)) {
        Complex *x = V_AS(Complex, a), *y = V_AS(Complex, b);
        return double_bits(x->real) == double_bits(y->real) && double_bits(x->imag) == double_bits(y->imag);
    }
    if (IS_EXACT(a, bytes)) {
        Bytes *x = V_AS(Bytes, a), *y = V_AS(Bytes, b);
        return x->length == y->length && memcmp(x->data, y->data, (size_t)x->length) == 0;
    }
    if (IS_EXACT(a, tuple)) {
        if (tuple_len(a) != tuple_len(b)) return false;
        for (int64_t i = 0; i < tuple_len(a); i++) {
            if (!const_same(tuple_at(a, i), tuple_at(b, i))) return false;
        }
        return true;
    }
    if (IS_EXACT(a, frozenset)) return same_sets(a, b);
    return false;
}
