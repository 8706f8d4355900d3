/* BLAKE2b and BLAKE2s, as RFC 7693 and the BLAKE2 paper (the tree parameters) tell them. */
#include <string.h>

#include "base/digest.h"

static const uint64_t iv_b[8] = {
    0x6a09e667f3bcc908ull, 0xbb67ae8584caa73bull, 0x3c6ef372fe94f82bull, 0xa54ff53a5f1d36f1ull,
    0x510e527fade682d1ull, 0x9b05688c2b3e6c1full, 0x1f83d9abfb41bd6bull, 0x5be0cd19137e2179ull,
};
static const uint32_t iv_s[8] = {
    0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u,
};

/* Which word of the message a step takes; BLAKE2b begins anew after ten rounds. */
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t right64(uint64_t x, unsigned n) { return x >> n | x << (64 - n); }
static inline uint32_t right32(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

#define MIX(ROTATE, r0, r1, r2, r3, a, b, c, d, i)                                                                                             \
    v[a] += v[b] + m[s[i]];                                                                                                                    \
    v[d] = ROTATE(v[d] ^ v[a], r0);                                                                                                            \
    v[c] += v[d];                                                                                                                              \
    v[b] = ROTATE(v[b] ^ v[c], r1);                                                                                                            \
    v[a] += v[b] + m[s[(i) + 1]];                                                                                                              \
    v[d] = ROTATE(v[d] ^ v[a], r2);                                                                                                            \
    v[c] += v[d];                                                                                                                              \
    v[b] = ROTATE(v[b] ^ v[c], r3)

/* One block; `count` of its bytes belong to the message. */
#define COMPRESS(NAME, WORD, STATE, IV, ROUNDS, ROTATE, r0, r1, r2, r3)                                                                        \
    static void NAME(Digest *digest, const uint8_t *data, size_t count, bool last) {                                                           \
        WORD m[16], v[16], *h = digest->state.STATE;                                                                                           \
        memcpy(m, data, sizeof m);                                                                                                             \
        digest->counter += count;                                                                                                              \
        memcpy(v, h, sizeof v / 2);                                                                                                            \
        memcpy(v + 8, IV, sizeof v / 2);                                                                                                       \
        v[12] ^= (WORD)digest->counter;                                                                                                        \
        if (sizeof(WORD) == 4) v[13] ^= (WORD)(digest->counter >> 32);                                                                         \
        if (last) v[14] = ~v[14];                                                                                                              \
        if (last && digest->last_node) v[15] = ~v[15];                                                                                         \
        _Pragma("GCC unroll 12") for (int round = 0; round < ROUNDS; round++) {                                                                \
            const uint8_t *s = sigma[round % 10];                                                                                              \
            MIX(ROTATE, r0, r1, r2, r3, 0, 4, 8, 12, 0);                                                                                       \
            MIX(ROTATE, r0, r1, r2, r3, 1, 5, 9, 13, 2);                                                                                       \
            MIX(ROTATE, r0, r1, r2, r3, 2, 6, 10, 14, 4);                                                                                      \
            MIX(ROTATE, r0, r1, r2, r3, 3, 7, 11, 15, 6);                                                                                      \
            MIX(ROTATE, r0, r1, r2, r3, 0, 5, 10, 15, 8);                                                                                      \
            MIX(ROTATE, r0, r1, r2, r3, 1, 6, 11, 12, 10);                                                                                     \
            MIX(ROTATE, r0, r1, r2, r3, 2, 7, 8, 13, 12);                                                                                      \
            MIX(ROTATE, r0, r1, r2, r3, 3, 4, 9, 14, 14);                                                                                      \
        }                                                                                                                                      \
        for (int i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];                                                                                   \
    }

COMPRESS(compress_b, uint64_t, w64, iv_b, 12, right64, 32, 24, 16, 63)
COMPRESS(compress_s, uint32_t, w32, iv_s, 10, right32, 16, 12, 8, 7)

static void blake2b_blocks(Digest *d, const uint8_t *data, size_t n) {
    for (; n > 0; n--, data += 128) compress_b(d, data, 128, false);
}

static void blake2s_blocks(Digest *d, const uint8_t *data, size_t n) {
    for (; n > 0; n--, data += 64) compress_s(d, data, 64, false);
}

static void blake2b_finish(Digest *d, uint8_t *out, size_t size) {
    memset(d->block + d->used, 0, 128u - d->used);
    compress_b(d, d->block, d->used, true);
    memcpy(out, d->state.w64, size);
}

static void blake2s_finish(Digest *d, uint8_t *out, size_t size) {
    memset(d->block + d->used, 0, 64u - d->used);
    compress_s(d, d->block, d->used, true);
    memcpy(out, d->state.w32, size);
}

static void store(uint8_t *to, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) to[i] = (uint8_t)(value >> 8 * i);
}

/* The initial state is the initial vector and the parameter block. */
static void set_parameters(Digest *d, const Blake2Parameters *p) {
    uint8_t block[64] = {p->digest_size, p->key_size, p->fanout, p->depth};
    store(block + 4, p->leaf_size, 4);
    d->size = p->digest_size;
    d->last_node = p->last_node;
    if (d->kind == &digest_blake2b) {
        store(block + 8, p->node_offset, 8);
        block[16] = p->node_depth;
        block[17] = p->inner_size;
        memcpy(block + 32, p->salt, 16);
        memcpy(block + 48, p->person, 16);
        uint64_t words[8];
        memcpy(words, block, sizeof words);
        for (int i = 0; i < 8; i++) d->state.w64[i] = iv_b[i] ^ words[i];
    } else {
        store(block + 8, p->node_offset, 6);
        block[14] = p->node_depth;
        block[15] = p->inner_size;
        memcpy(block + 16, p->salt, 8);
        memcpy(block + 24, p->person, 8);
        uint32_t words[8];
        memcpy(words, block, sizeof words);
        for (int i = 0; i < 8; i++) d->state.w32[i] = iv_s[i] ^ words[i];
    }
}

static void blake2_start(Digest *d) {
    const Blake2Parameters plain = {.digest_size = d->kind->digest_size, .fanout = 1, .depth = 1};
    set_parameters(d, &plain);
}

void digest_start_blake2(Digest *d, const DigestKind *kind, const Blake2Parameters *p) {
    digest_start(d, kind);
    set_parameters(d, p);
    if (p->key_size != 0) {
        uint8_t block[128] = {0};
        memcpy(block, p->key, p->key_size);
        digest_update(d, block, kind->block_size);
    }
}

const DigestKind digest_blake2b = {"blake2b", 128, 64, true, blake2_start, blake2b_blocks, blake2b_finish};
const DigestKind digest_blake2s = {"blake2s", 64, 32, true, blake2_start, blake2s_blocks, blake2s_finish};
