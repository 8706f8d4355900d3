#include "base/hash.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/random.h>

bool hash_seed_parse(const char *text, HashSeed *out) {
    *out = (HashSeed){true, 0};
    if (text == NULL || *text == 0 || strcmp(text, "random") == 0) return true;
    uint64_t v = 0;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9') return false;
        v = v * 10 + (uint64_t)(*p - '0');
        if (v > UINT32_MAX) return false;
    }
    *out = (HashSeed){false, (uint32_t)v};
    return true;
}

void hash_seed_expand(uint32_t seed, uint8_t *out, size_t n) {
    if (seed == 0) {
        memset(out, 0, n);
        return;
    }
    uint32_t x = seed;
    for (size_t i = 0; i < n; i++) {
        x = x * 214013 + 2531011;
        out[i] = (uint8_t)(x >> 16);
    }
}

static bool fill_random(uint8_t *out, size_t n) {
    while (n > 0) {
        ssize_t got = getrandom(out, n, GRND_NONBLOCK);
        if (got < 0) {
            if (errno == EINTR) continue;
            return false;
        }
        out += got;
        n -= (size_t)got;
    }
    return true;
}

bool hash_key_init(HashKey *key, HashSeed seed) {
    uint8_t bytes[16];
    if (!seed.random) {
        hash_seed_expand(seed.seed, bytes, sizeof bytes);
    } else if (!fill_random(bytes, sizeof bytes)) {
        return false;
    }
    memcpy(key, bytes, sizeof bytes);
    return true;
}

static inline uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

#define SIP_ROUND(v0, v1, v2, v3) \
    do {                          \
        v0 += v1;                 \
        v2 += v3;                 \
        v1 = rotl(v1, 13) ^ v0;   \
        v3 = rotl(v3, 16) ^ v2;   \
        v0 = rotl(v0, 32);        \
        v2 += v1;                 \
        v0 += v3;                 \
        v1 = rotl(v1, 17) ^ v2;   \
        v3 = rotl(v3, 21) ^ v0;   \
        v2 = rotl(v2, 32);        \
    } while (0)

/* The n < 8 bytes at p; with `more`, eight or more others stand in front of them. Without a jump for each n, which nothing could foresee. */
static inline uint64_t last_bytes(const uint8_t *p, size_t n, bool more) {
    if (n == 0) return 0;
    if (more) {
        uint64_t m;
        memcpy(&m, p + n - 8, 8);
        return m >> (64 - 8 * n);
    }
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + n - 4, 4);
        return low | (uint64_t)high << (8 * (n - 4));
    }
    return p[0] | (uint64_t)p[n / 2] << (8 * (n / 2)) | (uint64_t)p[n - 1] << (8 * (n - 1));
}

uint64_t hash_siphash13(const HashKey *key, const void *data, size_t n) {
    const uint8_t *p = data;
    uint64_t v0 = key->k0 ^ 0x736f6d6570736575u;
    uint64_t v1 = key->k1 ^ 0x646f72616e646f6du;
    uint64_t v2 = key->k0 ^ 0x6c7967656e657261u;
    uint64_t v3 = key->k1 ^ 0x7465646279746573u;
    uint64_t last = (uint64_t)n << 56;
    const size_t size = n;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t m;
        memcpy(&m, p, 8);
        v3 ^= m;
        SIP_ROUND(v0, v1, v2, v3);
        v0 ^= m;
    }
    last |= last_bytes(p, n, n < size);
    v3 ^= last;
    SIP_ROUND(v0, v1, v2, v3);
    v0 ^= last;
    v2 ^= 0xff;
    SIP_ROUND(v0, v1, v2, v3);
    SIP_ROUND(v0, v1, v2, v3);
    SIP_ROUND(v0, v1, v2, v3);
    return (v0 ^ v1) ^ (v2 ^ v3);
}

/* x * 2^k modulo 2^61-1, which is a rotation of 61 bits; 0 <= k < 61. */
static inline uint64_t mod_shift(uint64_t x, unsigned k) {
    return k == 0 ? x : (x << k & HASH_MODULUS) | x >> (HASH_MODULUS_BITS - k);
}

static inline uint64_t mod_reduce(uint64_t x) {
    x = (x & HASH_MODULUS) + (x >> HASH_MODULUS_BITS);
    return x >= HASH_MODULUS ? x - HASH_MODULUS : x;
}

int64_t hash_double(double d) {
    if (isinf(d)) return d > 0 ? HASH_INF : -HASH_INF;
    if (d == 0) return 0;
    int e;
    double m = frexp(fabs(d), &e);
    uint64_t x = (uint64_t)ldexp(m, 53);
    int k = (e - 53) % HASH_MODULUS_BITS;
    x = mod_shift(x, (unsigned)(k < 0 ? k + HASH_MODULUS_BITS : k));
    if (x == HASH_MODULUS) x = 0;
    return d < 0 ? hash_avoid_mark(0 - x) : (int64_t)x;
}

uint64_t hash_mod_limbs(const uint64_t *limbs, size_t n) {
    /* 2^64 is 8 modulo 2^61-1. */
    uint64_t x = 0;
    while (n-- > 0) {
        x = mod_shift(x, 3) + mod_reduce(limbs[n]);
        if (x >= HASH_MODULUS) x -= HASH_MODULUS;
    }
    return x;
}

int64_t hash_limbs(const uint64_t *limbs, size_t n, bool negative) {
    uint64_t x = hash_mod_limbs(limbs, n);
    return negative ? hash_avoid_mark(0 - x) : (int64_t)x;
}
