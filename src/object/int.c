/* int: construction, conversion and arithmetic.  Methods are in types/int.c, algorithms in base/limbs.c.
 *
 * Results are small ints whenever they fit; exact BigInts are normalised.  Instances of subclasses
 * (bool is none: it is immediate and handled here as 0 and 1) are read through int_view.
 */
#include "object/int.h"

#include <gmp.h>
#include <math.h>

#include "base/hash.h"
#include "base/limbs.h"
#include "core/errors.h"
#include "heap/heap.h"
#include "object/float.h"
#include "object/str.h"

_Static_assert(sizeof(mp_limb_t) == 8, "GMP's limbs are ours");
#define MP(p) ((mp_limb_t *)(p))
#define MPC(p) ((const mp_limb_t *)(p))

static const int64_t LIMBS_MAX = INT64_C(1) << 40;

static BigInt *big_alloc(Thread *t, int64_t limbs) {
    if (UNLIKELY(limbs > LIMBS_MAX)) {
        err_raise(t, T_OverflowError, "too many digits in integer");
        return NULL;
    }
    BigInt *b = heap_object(t, SHAPE_int, sizeof *b + (size_t)limbs * 8);
    if (b != NULL) b->size = limbs;
    return b;
}

/* Gives a fresh BigInt its sign and size, or makes it small. */
static Value finish(Thread *t, BigInt *b, size_t n, bool negative) {
    n = limbs_normalize(b->limbs, n);
    if (n <= 1) {
        uint64_t low = n ? b->limbs[0] : 0;
        if (low <= (uint64_t)SMALLINT_MAX + negative) {
            obj_decref(t, b);
            return v_smallint(negative ? (int64_t)-low : (int64_t)low);
        }
    }
    b->size = negative ? -(int64_t)n : (int64_t)n;
    return v_from(b);
}

Value int_from_limbs(Thread *t, const uint64_t *limbs, int64_t n, bool negative) {
    n = (int64_t)limbs_normalize(limbs, (size_t)n);
    if (n == 0) return v_smallint(0);
    if (n == 1 && limbs[0] <= (uint64_t)SMALLINT_MAX + negative) return v_smallint(negative ? (int64_t)-limbs[0] : (int64_t)limbs[0]);
    BigInt *b = big_alloc(t, n);
    if (b == NULL) return VNULL;
    memcpy(b->limbs, limbs, (size_t)n * 8);
    b->size = negative ? -n : n;
    return v_from(b);
}

Value int_from_i64_slow(Thread *t, int64_t i) {
    uint64_t magnitude = i < 0 ? -(uint64_t)i : (uint64_t)i;
    return int_from_limbs(t, &magnitude, 1, i < 0);
}

Value int_from_u64(Thread *t, uint64_t u) { return LIKELY(u <= (uint64_t)SMALLINT_MAX) ? v_smallint((int64_t)u) : int_from_limbs(t, &u, 1, false); }

static Value from_i128(Thread *t, __int128 i) {
    bool negative = i < 0;
    unsigned __int128 m = negative ? -(unsigned __int128)i : (unsigned __int128)i;
    uint64_t limbs[2] = {(uint64_t)m, (uint64_t)(m >> 64)};
    return int_from_limbs(t, limbs, 2, negative);
}

Value int_from_double(Thread *t, double d) {
    if (LIKELY(fabs(d) < 0x1p60)) return v_smallint((int64_t)d);
    if (isinf(d)) return err_raise(t, T_OverflowError, "cannot convert float infinity to integer");
    if (isnan(d)) return err_raise(t, T_ValueError, "cannot convert float NaN to integer");
    Limb limbs[LIMBS_OF_DOUBLE];
    return int_from_limbs(t, limbs, (int64_t)limbs_from_double(d, limbs), d < 0);
}

Value int_exact(Thread *t, Value v) {
    if (is_exact_int(v)) return new_ref(v);
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    return int_from_limbs(t, i.limbs, i.n, i.negative);
}

/* --- Text -------------------------------------------------------------------------------------- */

bool int_digits_allowed(Thread *t, int64_t digits, bool parsing) {
    int limit = t->interp->int_max_str_digits;
    if (limit == 0 || digits <= limit) return true;
    if (parsing)
        return err_fail(t, T_ValueError, "Exceeds the limit (%d digits) for integer string conversion: value has %lld digits; use sys.set_int_max_str_digits() to increase the limit", limit, (long long)digits);
    return err_fail(t, T_ValueError, "Exceeds the limit (%d digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit", limit);
}

Value int_from_ascii(Thread *t, const char *digits, int64_t n, int base) {
    while (n > 1 && digits[0] == '0') digits++, n--;
    if (n <= 18 && base <= 10) {
        int64_t i = 0;
        for (int64_t k = 0; k < n; k++) i = i * base + (digits[k] - '0');
        return v_smallint(i);
    }
    if ((base & (base - 1)) != 0 && n > 640 && !int_digits_allowed(t, n, true)) return VNULL;
    BigInt *b = big_alloc(t, (int64_t)limbs_from_text_bound((size_t)n, (unsigned)base));
    if (b == NULL) return VNULL;
    size_t size = limbs_from_text(digits, (size_t)n, (unsigned)base, b->limbs);
    if (size == LIMBS_NO_MEMORY) {
        obj_decref(t, b);
        return err_no_memory(t);
    }
    return finish(t, b, size, false);
}

/* Decimal text of an int, written backwards before `end`; answers its start. */
static char *small_text(int64_t i, char *end) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960"
                                "616263646566676869707172737475767778798081828384858687888990919293949596979899";
    uint64_t m = i < 0 ? -(uint64_t)i : (uint64_t)i;
    while (m >= 100) {
        memcpy(end -= 2, pairs + m % 100 * 2, 2);
        m /= 100;
    }
    if (m >= 10) memcpy(end -= 2, pairs + m * 2, 2);
    else *--end = (char)('0' + m);
    if (i < 0) *--end = '-';
    return end;
}

int int_small_text(int64_t i, char *out) {
    char buffer[24], *end = buffer + sizeof buffer, *start = small_text(i, end);
    memcpy(out, start, (size_t)(end - start));
    return (int)(end - start);
}

Value int_to_str(Thread *t, Value v, int base, bool prefix) {
    if (base == 10 && is_smallint(v)) {
        char buffer[24], *start = small_text(smallint_get(v), buffer + sizeof buffer);
        return str_from_ascii(t, start, buffer + sizeof buffer - start);
    }
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    if (base == 10 && i.n > 33) { /* 640 digits are always allowed */
        int64_t least = (int64_t)((double)(limbs_bit_length(i.limbs, (size_t)i.n) - 1) * 0.30102999566398114) + 1;
        if (!int_digits_allowed(t, least, false)) return VNULL;
    }
    size_t bound = limbs_text_bound(i.limbs, (size_t)i.n, (unsigned)base) + 4;
    char small[128], *text = bound <= sizeof small ? small : heap_alloc(t, bound);
    if (text == NULL) return VNULL;
    char *p = text;
    if (i.negative) *p++ = '-';
    if (prefix && base != 10) {
        *p++ = '0';
        *p++ = base == 2 ? 'b' : base == 8 ? 'o' : 'x';
    }
    size_t n = limbs_to_text(i.limbs, (size_t)i.n, (unsigned)base, p);
    Value result;
    if (n == LIMBS_NO_MEMORY) result = err_no_memory(t);
    else if (base == 10 && n > 640 && !int_digits_allowed(t, (int64_t)n, false)) result = VNULL;
    else result = str_from_ascii(t, text, (int64_t)n + (p - text));
    if (text != small) heap_free(t, text);
    return result;
}

/* --- To C -------------------------------------------------------------------------------------- */

static bool view_to_i64(IntView i, int64_t *out) {
    if (i.n == 0) *out = 0;
    else if (i.n > 1 || i.limbs[0] > (uint64_t)INT64_MAX + i.negative) return false;
    else *out = i.negative ? (int64_t)-i.limbs[0] : (int64_t)i.limbs[0];
    return true;
}

bool int_to_i64(Thread *t, Value v, int64_t *out) {
    if (LIKELY(is_smallint(v))) {
        *out = smallint_get(v);
        return true;
    }
    uint64_t scratch;
    return view_to_i64(int_view(v, &scratch), out) || err_fail(t, T_OverflowError, "Python int too large to convert to C long");
}

bool int_to_i32(Thread *t, Value v, int32_t *out) {
    uint64_t scratch;
    int64_t i;
    if (!view_to_i64(int_view(v, &scratch), &i) || i != (int32_t)i)
        return err_fail(t, T_OverflowError, "Python int too large to convert to C int");
    *out = (int32_t)i;
    return true;
}

bool int_to_u64(Thread *t, Value v, uint64_t *out) {
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    if (i.negative) return err_fail(t, T_OverflowError, "can't convert negative int to unsigned");
    if (i.n > 1) return err_fail(t, T_OverflowError, "Python int too large to convert to C unsigned long");
    *out = i.n ? i.limbs[0] : 0;
    return true;
}

uint64_t int_to_u64_mask(Value v) {
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    uint64_t low = i.n ? i.limbs[0] : 0;
    return i.negative ? -low : low;
}

int64_t int_clamp_i64(Value v) {
    uint64_t scratch;
    int64_t out;
    IntView i = int_view(v, &scratch);
    return view_to_i64(i, &out) ? out : i.negative ? INT64_MIN : INT64_MAX;
}

bool int_to_double(Thread *t, Value v, double *out) {
    if (is_smallint(v)) {
        *out = (double)smallint_get(v);
        return true;
    }
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    return limbs_to_double(i.limbs, (size_t)i.n, i.negative, out) || err_fail(t, T_OverflowError, "int too large to convert to float");
}

int int_sign(Value v) {
    if (is_smallint(v)) return smallint_get(v) < 0 ? -1 : smallint_get(v) > 0;
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    return i.n == 0 ? 0 : i.negative ? -1 : 1;
}

bool int_is_zero(Value v) { return int_sign(v) == 0; }

int64_t int_bit_length(Value v) {
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    return (int64_t)limbs_bit_length(i.limbs, (size_t)i.n);
}

int64_t int_hash(Value v) {
    if (is_smallint(v)) return hash_int(smallint_get(v));
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    return hash_limbs(i.limbs, (size_t)i.n, i.negative);
}

int int_compare(Value a, Value b) {
    if (are_smallints(a, b)) return smallint_get(a) < smallint_get(b) ? -1 : smallint_get(a) > smallint_get(b);
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    if (x.negative != y.negative) return x.negative ? -1 : 1;
    int order = limbs_compare(x.limbs, (size_t)x.n, y.limbs, (size_t)y.n);
    return x.negative ? -order : order;
}

bool int_to_bytes(Thread *t, Value v, uint8_t *out, int64_t n, bool little, bool is_signed) {
    uint64_t scratch;
    IntView i = int_view(v, &scratch);
    switch (limbs_to_bytes(i.limbs, (size_t)i.n, i.negative, out, (size_t)n, little, is_signed)) {
    case LIMBS_BYTES_FINE: return true;
    case LIMBS_BYTES_NEGATIVE: return err_fail(t, T_OverflowError, "can't convert negative int to unsigned");
    default: return err_fail(t, T_OverflowError, "int too big to convert");
    }
}

Value int_from_bytes(Thread *t, const uint8_t *data, int64_t n, bool little, bool is_signed) {
    Limb small[4];
    size_t bound = limbs_from_bytes_bound((size_t)n);
    bool negative;
    if (bound <= COUNT_OF(small)) {
        size_t size = limbs_from_bytes(data, (size_t)n, little, is_signed, small, &negative);
        return int_from_limbs(t, small, (int64_t)size, negative);
    }
    BigInt *b = big_alloc(t, (int64_t)bound);
    if (b == NULL) return VNULL;
    size_t size = limbs_from_bytes(data, (size_t)n, little, is_signed, b->limbs, &negative);
    return finish(t, b, size, negative);
}

/* --- Sums and products ------------------------------------------------------------------------- */

/* Ints just beyond the small ones, of one limb, are computed with in two. */
static inline bool are_one_limb(IntView x, IntView y) { return x.n <= 1 && y.n <= 1; }
static inline uint64_t one_limb(IntView x) { return x.n ? x.limbs[0] : 0; }
static inline __int128 signed_limb(IntView x) { return x.negative ? -(__int128)one_limb(x) : (__int128)one_limb(x); }

static Value add_views(Thread *t, IntView x, IntView y) {
    if (x.n < y.n) {
        IntView swap = x;
        x = y;
        y = swap;
    }
    if (y.n == 0) return int_from_limbs(t, x.limbs, x.n, x.negative);
    if (x.negative == y.negative) {
        BigInt *b = big_alloc(t, x.n + 1);
        if (b == NULL) return VNULL;
        b->limbs[x.n] = mpn_add(MP(b->limbs), MPC(x.limbs), x.n, MPC(y.limbs), y.n);
        return finish(t, b, (size_t)x.n + 1, x.negative);
    }
    int order = limbs_compare(x.limbs, (size_t)x.n, y.limbs, (size_t)y.n);
    if (order == 0) return v_smallint(0);
    BigInt *b = big_alloc(t, x.n);
    if (b == NULL) return VNULL;
    if (order > 0) {
        mpn_sub(MP(b->limbs), MPC(x.limbs), x.n, MPC(y.limbs), y.n);
        return finish(t, b, (size_t)x.n, x.negative);
    }
    mpn_sub_n(MP(b->limbs), MPC(y.limbs), MPC(x.limbs), x.n);
    return finish(t, b, (size_t)x.n, y.negative);
}

Value int_add(Thread *t, Value a, Value b) {
    if (are_smallints(a, b)) return int_from_i64(t, smallint_get(a) + smallint_get(b));
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    if (are_one_limb(x, y)) return from_i128(t, signed_limb(x) + signed_limb(y));
    return add_views(t, x, y);
}

Value int_sub(Thread *t, Value a, Value b) {
    if (are_smallints(a, b)) return int_from_i64(t, smallint_get(a) - smallint_get(b));
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    if (are_one_limb(x, y)) return from_i128(t, signed_limb(x) - signed_limb(y));
    y.negative = !y.negative;
    return add_views(t, x, y);
}

Value int_mul(Thread *t, Value a, Value b) {
    if (are_smallints(a, b)) return from_i128(t, (__int128)smallint_get(a) * smallint_get(b));
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    if (x.n < y.n) {
        IntView swap = x;
        x = y;
        y = swap;
    }
    if (y.n == 0) return v_smallint(0);
    if (are_one_limb(x, y)) {
        unsigned __int128 product = (unsigned __int128)one_limb(x) * one_limb(y);
        uint64_t limbs[2] = {(uint64_t)product, (uint64_t)(product >> 64)};
        return int_from_limbs(t, limbs, 2, x.negative != y.negative);
    }
    BigInt *r = big_alloc(t, x.n + y.n);
    if (r == NULL) return VNULL;
    if (!limbs_have_room((size_t)x.n / 2)) { /* half: what multiplication needs is less than half of what the others do */
        obj_decref(t, r);
        return err_no_memory(t);
    }
    if (x.limbs == y.limbs && x.n == y.n) mpn_sqr(MP(r->limbs), MPC(x.limbs), x.n);
    else mpn_mul(MP(r->limbs), MPC(x.limbs), x.n, MPC(y.limbs), y.n);
    return finish(t, r, (size_t)(x.n + y.n), x.negative != y.negative);
}

/* --- Division ---------------------------------------------------------------------------------- */

static Value zero_division(Thread *t, const char *message) { return err_raise(t, T_ZeroDivisionError, "%s", message); }

/* Either output may be NULL. The divisor has one limb. */
static bool divide_by_limb(Thread *t, IntView x, IntView y, Value *quotient, Value *remainder) {
    uint64_t d = y.limbs[0], small[2] = {0, 0}, rest;
    BigInt *big = NULL;
    if (quotient && x.n > 1) {
        big = big_alloc(t, x.n + 1);
        if (big == NULL) return false;
    }
    uint64_t *q = big ? big->limbs : small;
    size_t n = (size_t)x.n;
    if (x.n <= 1) {
        small[0] = one_limb(x) / d;
        rest = one_limb(x) % d;
    } else if (quotient) {
        rest = mpn_divrem_1(MP(q), 0, MPC(x.limbs), x.n, d);
    } else {
        rest = mpn_mod_1(MPC(x.limbs), x.n, d);
    }
    if (rest != 0 && x.negative != y.negative) { /* towards minus infinity */
        rest = d - rest;
        if (quotient) {
            q[n++] = 0;
            mpn_add_1(MP(q), MP(q), (mp_size_t)n, 1);
        }
    }
    if (quotient) *quotient = big ? finish(t, big, n, x.negative != y.negative) : int_from_limbs(t, small, 2, x.negative != y.negative);
    if (remainder) *remainder = int_from_limbs(t, &rest, 1, y.negative);
    return (!quotient || !is_null(*quotient)) && (!remainder || !is_null(*remainder));
}

/* Either output may be NULL. */
static bool divide(Thread *t, Value a, Value b, Value *quotient, Value *remainder) {
    if (are_smallints(a, b)) {
        int64_t x = smallint_get(a), y = smallint_get(b), q = x / y, r = x % y;
        if (r != 0 && (r ^ y) < 0) q--, r += y;
        if (quotient) *quotient = int_from_i64(t, q); /* SMALLINT_MIN / -1 */
        if (remainder) *remainder = v_smallint(r);
        return !quotient || !is_null(*quotient);
    }
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    if (y.n == 1) return divide_by_limb(t, x, y, quotient, remainder);
    BigInt *q = quotient ? big_alloc(t, x.n >= y.n ? x.n - y.n + 2 : 1) : NULL;
    if (quotient && q == NULL) return false;
    BigInt *r = remainder ? big_alloc(t, y.n + 1) : NULL;
    if (remainder && r == NULL) {
        if (q) obj_decref(t, q);
        return false;
    }
    size_t nq = 0, nr = 0;
    limbs_divmod(x.limbs, (size_t)x.n, x.negative, y.limbs, (size_t)y.n, y.negative, q ? q->limbs : NULL, &nq, r ? r->limbs : NULL, &nr);
    if (nq == LIMBS_NO_MEMORY) {
        if (q) obj_decref(t, q);
        if (r) obj_decref(t, r);
        return err_no_memory_fail(t);
    }
    if (q) *quotient = finish(t, q, nq, x.negative != y.negative && nq > 0);
    if (r) *remainder = finish(t, r, nr, y.negative && nr > 0);
    return true;
}

Value int_floordiv(Thread *t, Value a, Value b) {
    if (int_is_zero(b)) return zero_division(t, "division by zero");
    Value q;
    return divide(t, a, b, &q, NULL) ? q : VNULL;
}

Value int_mod(Thread *t, Value a, Value b) {
    if (int_is_zero(b)) return zero_division(t, "division by zero");
    Value r;
    return divide(t, a, b, NULL, &r) ? r : VNULL;
}

bool int_divmod(Thread *t, Value a, Value b, Value *quotient, Value *remainder) {
    if (int_is_zero(b)) {
        zero_division(t, "division by zero");
        return false;
    }
    return divide(t, a, b, quotient, remainder);
}

Value int_truediv(Thread *t, Value a, Value b) {
    if (int_is_zero(b)) return zero_division(t, "division by zero");
    if (are_smallints(a, b)) {
        int64_t x = smallint_get(a), y = smallint_get(b);
        const int64_t exact = INT64_C(1) << 53;
        if (x <= exact && x >= -exact && y <= exact && y >= -exact) return float_from_double(t, (double)x / (double)y);
    }
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    double d;
    switch (limbs_true_divide(x.limbs, (size_t)x.n, y.limbs, (size_t)y.n, x.negative != y.negative, &d)) {
    case LIMBS_DIVIDE_FINE: return float_from_double(t, d);
    case LIMBS_DIVIDE_NO_MEMORY: return err_no_memory(t);
    default: return err_raise(t, T_OverflowError, "integer division result too large for a float");
    }
}

/* --- Powers ------------------------------------------------------------------------------------ */

static Value pow_modulo(Thread *t, Value a, Value b, Value modulus) {
    if (int_is_zero(modulus)) return err_raise(t, T_ValueError, "pow() 3rd argument cannot be 0");
    bool negative_modulus = int_sign(modulus) < 0;
    Value m = int_abs(t, modulus), base = VNULL, result = VNULL, exponent = VNULL;
    if (is_null(m)) return VNULL;
    base = int_mod(t, a, m);
    if (is_null(base)) goto done;
    uint64_t sm, sbase, se;
    IntView vm = int_view(m, &sm);
    if (int_sign(b) < 0) {
        IntView vb = int_view(base, &sbase);
        BigInt *inverse = big_alloc(t, vm.n);
        if (inverse == NULL) goto done;
        size_t n;
        if (vm.n == 1 && vm.limbs[0] == 1) { /* modulo 1 everything is 0 */
            obj_decref(t, inverse);
            slot_set(t, &base, v_smallint(0));
        } else if (limbs_invert(vb.limbs, (size_t)vb.n, vm.limbs, (size_t)vm.n, inverse->limbs, &n)) {
            slot_set(t, &base, finish(t, inverse, n, false));
        } else if (n == LIMBS_NO_MEMORY) {
            obj_decref(t, inverse);
            err_no_memory(t);
            goto done;
        } else {
            obj_decref(t, inverse);
            err_raise(t, T_ValueError, "base is not invertible for the given modulus");
            goto done;
        }
    }
    exponent = int_abs(t, b);
    if (is_null(exponent)) goto done;
    IntView vb = int_view(base, &sbase), ve = int_view(exponent, &se);
    BigInt *r = big_alloc(t, vm.n);
    if (r == NULL) goto done;
    size_t n = limbs_pow_mod(vb.limbs, (size_t)vb.n, ve.limbs, (size_t)ve.n, vm.limbs, (size_t)vm.n, r->limbs);
    if (n == LIMBS_NO_MEMORY) {
        obj_decref(t, r);
        err_no_memory(t);
        goto done;
    }
    result = finish(t, r, n, false);
    if (negative_modulus && !is_null(result) && int_sign(result) != 0) {
        Value shifted = int_add(t, result, modulus);
        decref(t, result);
        result = shifted;
    }
done:
    decref_maybe(t, exponent);
    decref_maybe(t, base);
    decref(t, m);
    return result;
}

Value int_pow(Thread *t, Value a, Value b, Value modulus) {
    if (!is_null(modulus)) return pow_modulo(t, a, b, modulus);
    if (int_sign(b) < 0) {
        double x, y;
        if (!int_to_double(t, a, &x) || !int_to_double(t, b, &y)) return VNULL;
        if (x == 0) return zero_division(t, "zero to a negative power");
        return float_from_double(t, pow(x, y));
    }
    if (are_smallints(a, b)) {
        int64_t base = smallint_get(a), e = smallint_get(b), result = 1;
        bool fits = true;
        while (fits && e > 0) {
            if (e & 1) fits = !__builtin_mul_overflow(result, base, &result);
            e >>= 1;
            if (e > 0 && fits) fits = !__builtin_mul_overflow(base, base, &base);
        }
        if (fits) return int_from_i64(t, result);
    }
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), e = int_view(b, &sb);
    if (x.n == 0 || (x.n == 1 && x.limbs[0] == 1)) /* 0, 1 or -1 to any power */
        return v_smallint(x.n == 0 ? e.n == 0 : x.negative && (e.limbs[0] & 1) ? -1 : 1);
    if (e.n == 0) return v_smallint(1);
    size_t bound = e.n > 1 ? SIZE_MAX : limbs_pow_bound(x.limbs, (size_t)x.n, e.limbs[0]);
    if (bound == SIZE_MAX || bound > (size_t)LIMBS_MAX) return err_no_memory(t);
    BigInt *r = big_alloc(t, (int64_t)bound);
    if (r == NULL) return VNULL;
    Limb *scratch = heap_alloc(t, bound * 8);
    if (scratch == NULL) {
        obj_decref(t, r);
        return VNULL;
    }
    size_t n = limbs_pow(x.limbs, (size_t)x.n, e.limbs[0], r->limbs, scratch);
    heap_free(t, scratch);
    if (n == LIMBS_NO_MEMORY) {
        obj_decref(t, r);
        return err_no_memory(t);
    }
    bool negative = x.negative && (e.limbs[0] & 1);
    if (n * 2 + 8 < bound) { /* the bound was generous: give the rest back */
        Value v = int_from_limbs(t, r->limbs, (int64_t)n, negative);
        obj_decref(t, r);
        return v;
    }
    return finish(t, r, n, negative);
}

/* --- Shifts and bits --------------------------------------------------------------------------- */

Value int_lshift(Thread *t, Value a, Value b) {
    if (int_sign(b) < 0) return err_raise(t, T_ValueError, "negative shift count");
    if (int_is_zero(a)) return v_smallint(0);
    int64_t count;
    uint64_t sb;
    if (!view_to_i64(int_view(b, &sb), &count)) return err_raise(t, T_OverflowError, "too many digits in integer");
    if (is_smallint(a) && count < 62) {
        int64_t i = smallint_get(a), shifted = (int64_t)((uint64_t)i << count);
        if (shifted >> count == i) return int_from_i64(t, shifted);
    }
    uint64_t sa;
    IntView x = int_view(a, &sa);
    if (count / 64 > LIMBS_MAX) return err_raise(t, T_OverflowError, "too many digits in integer");
    BigInt *r = big_alloc(t, (int64_t)limbs_shift_left_bound((size_t)x.n, (size_t)count));
    if (r == NULL) return VNULL;
    return finish(t, r, limbs_shift_left(x.limbs, (size_t)x.n, (size_t)count, r->limbs), x.negative);
}

Value int_rshift(Thread *t, Value a, Value b) {
    if (int_sign(b) < 0) return err_raise(t, T_ValueError, "negative shift count");
    int64_t count = int_clamp_i64(b);
    if (is_smallint(a)) return v_smallint(smallint_get(a) >> (count > 63 ? 63 : count));
    uint64_t sa;
    IntView x = int_view(a, &sa);
    BigInt *r = big_alloc(t, x.n + 1);
    if (r == NULL) return VNULL;
    size_t n = limbs_shift_right(x.limbs, (size_t)x.n, x.negative, (size_t)count, r->limbs);
    return finish(t, r, n, x.negative && n > 0);
}

/* Of numbers that are not negative, the longer one first. */
static Value bit_op_plain(Thread *t, LimbsBitOp op, IntView x, IntView y) {
    int64_t n = op == LIMBS_AND ? y.n : x.n;
    while (op == LIMBS_AND && n > 0 && (x.limbs[n - 1] & y.limbs[n - 1]) == 0) n--;
    if (op == LIMBS_AND && n <= 1) return int_from_u64(t, n ? x.limbs[0] & y.limbs[0] : 0);
    BigInt *r = big_alloc(t, n);
    if (r == NULL) return VNULL;
    for (int64_t i = 0; i < n; i++) {
        uint64_t other = i < y.n ? y.limbs[i] : 0;
        r->limbs[i] = op == LIMBS_AND ? x.limbs[i] & other : op == LIMBS_OR ? x.limbs[i] | other : x.limbs[i] ^ other;
    }
    return finish(t, r, (size_t)n, false);
}

static Value bit_op(Thread *t, LimbsBitOp op, Value a, Value b) {
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    if (are_one_limb(x, y)) {
        __int128 i = signed_limb(x), j = signed_limb(y);
        return from_i128(t, op == LIMBS_AND ? i & j : op == LIMBS_OR ? i | j : i ^ j);
    }
    if (!x.negative && !y.negative) return x.n >= y.n ? bit_op_plain(t, op, x, y) : bit_op_plain(t, op, y, x);
    BigInt *r = big_alloc(t, (x.n > y.n ? x.n : y.n) + 1);
    if (r == NULL) return VNULL;
    bool negative;
    size_t n = limbs_bit_op(op, x.limbs, (size_t)x.n, x.negative, y.limbs, (size_t)y.n, y.negative, r->limbs, &negative);
    return finish(t, r, n, negative);
}

Value int_and(Thread *t, Value a, Value b) {
    return are_smallints(a, b) ? (Value){a.bits & b.bits} : bit_op(t, LIMBS_AND, a, b);
}
Value int_or(Thread *t, Value a, Value b) {
    return are_smallints(a, b) ? (Value){a.bits | b.bits} : bit_op(t, LIMBS_OR, a, b);
}
Value int_xor(Thread *t, Value a, Value b) {
    return are_smallints(a, b) ? v_smallint(smallint_get(a) ^ smallint_get(b)) : bit_op(t, LIMBS_XOR, a, b);
}

Value int_neg(Thread *t, Value a) {
    if (is_smallint(a)) return int_from_i64(t, -smallint_get(a));
    uint64_t sa;
    IntView x = int_view(a, &sa);
    return int_from_limbs(t, x.limbs, x.n, !x.negative && x.n > 0);
}

Value int_invert(Thread *t, Value a) {
    if (is_smallint(a)) return v_smallint(~smallint_get(a));
    Value negative = int_neg(t, a);
    if (is_null(negative)) return VNULL;
    Value result = int_sub(t, negative, v_smallint(1));
    decref(t, negative);
    return result;
}

Value int_abs(Thread *t, Value a) { return int_sign(a) < 0 ? int_neg(t, a) : int_exact(t, a); }

Value int_gcd(Thread *t, Value a, Value b) {
    uint64_t sa, sb;
    IntView x = int_view(a, &sa), y = int_view(b, &sb);
    int64_t room = x.n == 0 ? y.n : y.n == 0 ? x.n : x.n < y.n ? x.n : y.n;
    BigInt *r = big_alloc(t, room + 1);
    if (r == NULL) return VNULL;
    size_t n = limbs_gcd(x.limbs, (size_t)x.n, y.limbs, (size_t)y.n, r->limbs);
    if (n == LIMBS_NO_MEMORY) {
        obj_decref(t, r);
        return err_no_memory(t);
    }
    return finish(t, r, n, false);
}
