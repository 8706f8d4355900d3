/* Big-integer helpers: identities on pseudo-random numbers and known corner cases. */
#include "base/limbs.h"

#include <string.h>

#include "check.h"

enum { ROOM = 64 };

static uint64_t state = 7;

static size_t random_limbs(Limb *p, size_t max) {
    size_t n = 0;
    state = state * 6364136223846793005u + 1442695040888963407u;
    size_t want = (state >> 33) % (max + 1);
    for (; n < want; n++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        p[n] = (state >> 60) == 0 ? ~(Limb)0 : (state >> 60) == 1 ? 0 : state * 0x9E3779B97F4A7C15u;
    }
    return limbs_normalize(p, n);
}

static bool equal(const Limb *a, size_t na, const Limb *b, size_t nb) { return limbs_compare(a, na, b, nb) == 0; }

static void text_round_trip(void) {
    for (int i = 0; i < 300; i++) {
        Limb p[ROOM], back[3 * ROOM];
        char text[ROOM * 64 + 2];
        size_t n = random_limbs(p, 20);
        for (unsigned base = 2; base <= 36; base += 1 + base / 10) {
            size_t length = limbs_to_text(p, n, base, text);
            CHECK(length <= limbs_text_bound(p, n, base));
            CHECK(limbs_from_text_bound(length, base) <= 3 * ROOM);
            CHECK(equal(p, n, back, limbs_from_text(text, length, base, back)));
        }
    }
    char out[4];
    CHECK(limbs_to_text(NULL, 0, 10, out) == 1 && out[0] == '0');
}

static void division(void) {
    for (int i = 0; i < 500; i++) {
        Limb a[ROOM], b[ROOM], q[ROOM], r[ROOM], sum[ROOM] = {0};
        size_t na = random_limbs(a, 10), nb = random_limbs(b, 6), nq, nr;
        if (nb == 0) continue;
        bool sa = i & 1 && na, sb = i & 2;
        limbs_divmod(a, na, sa, b, nb, sb, q, &nq, r, &nr);
        CHECK(limbs_compare(r, nr, b, nb) < 0);
        /* |a| = |q| |b| + |r| with like signs, else |q| |b| - |r|. */
        for (size_t x = 0; x < nq; x++) {
            Limb carry = 0;
            for (size_t y = 0; y < nb || carry; y++) {
                unsigned __int128 t = (unsigned __int128)q[x] * (y < nb ? b[y] : 0) + sum[x + y] + carry;
                sum[x + y] = (Limb)t;
                carry = (Limb)(t >> 64);
            }
        }
        Limb carry = 0;
        for (size_t k = 0; k < 40; k++) {
            Limb x = k < nr ? r[k] : 0;
            if (sa == sb) {
                carry = __builtin_add_overflow(sum[k], carry, &sum[k]);
                carry |= __builtin_add_overflow(sum[k], x, &sum[k]);
            } else {
                carry = __builtin_sub_overflow(sum[k], carry, &sum[k]);
                carry |= __builtin_sub_overflow(sum[k], x, &sum[k]);
            }
        }
        CHECK(equal(a, na, sum, limbs_normalize(sum, 40)));
    }
}

static void bytes(void) {
    for (int i = 0; i < 300; i++) {
        Limb p[ROOM], back[ROOM];
        uint8_t out[ROOM];
        size_t n = random_limbs(p, 4);
        bool negative = i & 1 && n, little = i & 2, sign;
        CHECK(limbs_to_bytes(p, n, negative, out, 33, little, true) == LIMBS_BYTES_FINE);
        CHECK(equal(p, n, back, limbs_from_bytes(out, 33, little, true, back, &sign)) && sign == negative);
    }
    uint8_t out[1];
    CHECK(limbs_to_bytes((Limb[]){128}, 1, true, out, 1, true, true) == LIMBS_BYTES_FINE && out[0] == 0x80);
    CHECK(limbs_to_bytes((Limb[]){128}, 1, false, out, 1, true, true) == LIMBS_BYTES_TOO_BIG);
    CHECK(limbs_to_bytes((Limb[]){129}, 1, true, out, 1, true, true) == LIMBS_BYTES_TOO_BIG);
    CHECK(limbs_to_bytes((Limb[]){1}, 1, true, out, 1, true, false) == LIMBS_BYTES_NEGATIVE);
}

static void bits(void) {
    Limb out[4];
    bool sign;
    CHECK(limbs_bit_op(LIMBS_AND, (Limb[]){1}, 1, true, (Limb[]){0xff}, 1, false, out, &sign) == 1 && out[0] == 0xff && !sign);
    CHECK(limbs_bit_op(LIMBS_OR, (Limb[]){0, 1}, 2, true, (Limb[]){0}, 0, false, out, &sign) == 2 && out[1] == 1 && sign);
    CHECK(limbs_bit_op(LIMBS_XOR, (Limb[]){~(Limb)0}, 1, false, (Limb[]){1}, 1, true, out, &sign) == 2 && out[1] == 1 && sign);
    CHECK(limbs_shift_right((Limb[]){1}, 1, true, 1000, out) == 1 && out[0] == 1);
    CHECK(limbs_shift_right((Limb[]){5}, 1, true, 1, out) == 1 && out[0] == 3);
    CHECK(limbs_shift_right((Limb[]){4}, 1, true, 1, out) == 1 && out[0] == 2);
    CHECK(limbs_shift_left((Limb[]){1}, 1, 64, out) == 2 && out[0] == 0 && out[1] == 1);
}

static void doubles(void) {
    double d;
    CHECK(limbs_to_double((Limb[]){9007199254740993u}, 1, false, &d) && d == 9007199254740992.0);
    CHECK(limbs_to_double((Limb[]){9007199254740995u}, 1, true, &d) && d == -9007199254740996.0);
    Limb big[17] = {0};
    big[16] = 1;
    CHECK(!limbs_to_double(big, 17, false, &d));
    CHECK(limbs_true_divide((Limb[]){1}, 1, (Limb[]){3}, 1, true, &d) == LIMBS_DIVIDE_FINE && d == -1.0 / 3);
    CHECK(limbs_true_divide(big, 17, big, 17, false, &d) == LIMBS_DIVIDE_FINE && d == 1);
    CHECK(limbs_true_divide(big, 17, (Limb[]){1}, 1, false, &d) == LIMBS_DIVIDE_OVERFLOW);
    int64_t e;
    CHECK(limbs_frexp(big, 17, &e) == 0.5 && e == 1025);
    Limb out[LIMBS_OF_DOUBLE];
    CHECK(limbs_from_double(-1e20, out) == 2 && out[0] == 7766279631452241920u && out[1] == 5);
    CHECK(limbs_from_double(0.99, out) == 0);
    CHECK(limbs_from_double(1.7976931348623157e308, out) == 16);
}

static void powers(void) {
    Limb out[ROOM], scratch[ROOM], root[ROOM];
    size_t n = limbs_pow((Limb[]){10}, 1, 40, out, scratch);
    char text[64];
    CHECK(limbs_pow_bound((Limb[]){10}, 1, 40) <= ROOM);
    CHECK(limbs_to_text(out, n, 10, text) == 41 && text[0] == '1' && text[40] == '0');
    bool exact;
    CHECK(equal(root, limbs_isqrt(out, n, root, &exact), (Limb[]){7766279631452241920u, 5}, 2) && exact);
    out[0]++;
    limbs_isqrt(out, n, root, &exact);
    CHECK(!exact);
    CHECK(limbs_pow_bound((Limb[]){2}, 1, UINT64_MAX) == SIZE_MAX);
    CHECK(limbs_pow_mod((Limb[]){3}, 1, (Limb[]){200}, 1, (Limb[]){13}, 1, out) == 1 && out[0] == 9);
    size_t n_out;
    CHECK(limbs_invert((Limb[]){3}, 1, (Limb[]){11}, 1, out, &n_out) && out[0] == 4);
    CHECK(!limbs_invert((Limb[]){3}, 1, (Limb[]){9}, 1, out, &n_out));
    CHECK(limbs_gcd((Limb[]){12}, 1, (Limb[]){18}, 1, out) == 1 && out[0] == 6);
    CHECK(limbs_gcd((Limb[]){12}, 1, NULL, 0, out) == 1 && out[0] == 12);
}

int main(void) {
    text_round_trip();
    division();
    bytes();
    bits();
    doubles();
    powers();
    return CHECK_DONE();
}
