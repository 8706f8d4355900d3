/* Python's hash values as pure functions: SipHash-1-3 for text and bytes, the numeric hash modulo 2^61-1, the
   mixing of tuples and frozensets, pointers. -1 is never a hash (callers use it as the error mark).
   The values are CPython's, so that the order of sets and the output of programs can be compared. */
#ifndef KRAIT_BASE_HASH_H
#define KRAIT_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct HashKey {
    uint64_t k0, k1;
} HashKey;

enum {
    HASH_MODULUS_BITS = 61,
    HASH_INF = 314159,
    HASH_IMAG = 1000003,
};
#define HASH_MODULUS (((uint64_t)1 << HASH_MODULUS_BITS) - 1)

/* The setting of PYTHONHASHSEED: absent, empty or "random" gives a key from the system, a decimal number up to
   2^32-1 a fixed one; 0 is the zero key. False: neither form. */
typedef struct HashSeed {
    bool random;
    uint32_t seed;
} HashSeed;
bool hash_seed_parse(const char *text, HashSeed *out);

/* Fills n bytes as CPython expands a seed. */
void hash_seed_expand(uint32_t seed, uint8_t *out, size_t n);

/* False: the system gives no random bytes. */
bool hash_key_init(HashKey *key, HashSeed seed);

uint64_t hash_siphash13(const HashKey *key, const void *data, size_t n);

static inline int64_t hash_avoid_mark(uint64_t h) { return (int64_t)(h - (h == (uint64_t)-1)); }

/* str (over the units as they are stored), bytes, memoryview. */
static inline int64_t hash_bytes(const HashKey *key, const void *data, size_t n) {
    return n == 0 ? 0 : hash_avoid_mark(hash_siphash13(key, data, n));
}

/* By identity. Addresses of objects of one kind lie at a distance of 48, 64 or, classes, 768 bytes: the higher bits are mixed in, so that they
   do not meet in the low ones, by which tables are entered. */
static inline int64_t hash_pointer(const void *p) {
    uint64_t x = (uint64_t)(uintptr_t)p;
    return hash_avoid_mark((x >> 4 | x << 60) ^ x >> 10);
}

/* Any double but a NaN (Python hashes NaNs by identity). */
int64_t hash_double(double d);

/* An int in one word. */
static inline int64_t hash_int(int64_t i) {
    uint64_t m = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    m = (m & HASH_MODULUS) + (m >> HASH_MODULUS_BITS);
    if (m >= HASH_MODULUS) m -= HASH_MODULUS;
    return i < 0 ? hash_avoid_mark(0 - m) : (int64_t)m;
}

/* The magnitude of a big int, least significant limb first, modulo 2^61-1. */
uint64_t hash_mod_limbs(const uint64_t *limbs, size_t n);
int64_t hash_limbs(const uint64_t *limbs, size_t n, bool negative);

/* complex, from the hashes of its parts. */
static inline int64_t hash_complex(int64_t real, int64_t imag) {
    return hash_avoid_mark((uint64_t)real + HASH_IMAG * (uint64_t)imag);
}

/* tuple: start, one step an item, end. */
#define HASH_XXPRIME_1 0x9E3779B185EBCA87u
#define HASH_XXPRIME_2 0xC2B2AE3D27D4EB4Fu
#define HASH_XXPRIME_5 0x27D4EB2F165667C5u
static inline uint64_t hash_tuple_start(void) { return HASH_XXPRIME_5; }
static inline uint64_t hash_tuple_step(uint64_t acc, int64_t item) {
    acc += (uint64_t)item * HASH_XXPRIME_2;
    acc = acc << 31 | acc >> 33;
    return acc * HASH_XXPRIME_1;
}
static inline int64_t hash_tuple_end(uint64_t acc, size_t n) {
    acc += n ^ (HASH_XXPRIME_5 ^ 3527539u);
    return acc == (uint64_t)-1 ? 1546275796 : (int64_t)acc;
}

/* frozenset: xor of the mixed items in any order, then end. */
static inline uint64_t hash_set_mix(int64_t item) {
    uint64_t h = (uint64_t)item;
    return ((h ^ 89869747u) ^ (h << 16)) * 3644798167u;
}
static inline int64_t hash_set_end(uint64_t acc, size_t n) {
    acc ^= (n + 1) * 1927868237u;
    acc ^= (acc >> 11) ^ (acc >> 25);
    acc = acc * 69069u + 907133923u;
    return acc == (uint64_t)-1 ? 590923713 : (int64_t)acc;
}

#endif
