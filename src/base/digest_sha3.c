/* SHA-3 and SHAKE, as FIPS 202 tells them: a sponge over the permutation Keccak-f[1600]. */
#include <string.h>

#include "base/digest.h"

static const uint64_t round_constants[24] = {
    0x0000000000000001ull, 0x0000000000008082ull, 0x800000000000808aull, 0x8000000080008000ull,
    0x000000000000808bull, 0x0000000080000001ull, 0x8000000080008081ull, 0x8000000000008009ull,
    0x000000000000008aull, 0x0000000000000088ull, 0x0000000080008009ull, 0x000000008000000aull,
    0x000000008000808bull, 0x800000000000008bull, 0x8000000000008089ull, 0x8000000000008003ull,
    0x8000000000008002ull, 0x8000000000000080ull, 0x000000000000800aull, 0x800000008000000aull,
    0x8000000080008081ull, 0x8000000000008080ull, 0x0000000080000001ull, 0x8000000080008008ull,
};

static inline uint64_t rotate(uint64_t x, unsigned n) { return x << n | x >> (64 - n); }

/* One lane of theta, rho and pi: lane x + 5y goes to y + 5(2x + 3y). */
#define MOVE(to, from, n) b[to] = rotate(a[from] ^ d[(from) % 5], n)
#define ROW(y)                                                                                                                                 \
    a[y] = b[y] ^ (~b[(y) + 1] & b[(y) + 2]);                                                                                                  \
    a[(y) + 1] = b[(y) + 1] ^ (~b[(y) + 2] & b[(y) + 3]);                                                                                      \
    a[(y) + 2] = b[(y) + 2] ^ (~b[(y) + 3] & b[(y) + 4]);                                                                                      \
    a[(y) + 3] = b[(y) + 3] ^ (~b[(y) + 4] & b[y]);                                                                                            \
    a[(y) + 4] = b[(y) + 4] ^ (~b[y] & b[(y) + 1])

static void keccak(uint64_t *a) {
    for (int round = 0; round < 24; round++) {
        uint64_t b[25], c[5], d[5];
        for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int x = 0; x < 5; x++) d[x] = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
        b[0] = a[0] ^ d[0];
        MOVE(1, 6, 44); MOVE(2, 12, 43); MOVE(3, 18, 21); MOVE(4, 24, 14);
        MOVE(5, 3, 28); MOVE(6, 9, 20); MOVE(7, 10, 3); MOVE(8, 16, 45);
        MOVE(9, 22, 61); MOVE(10, 1, 1); MOVE(11, 7, 6); MOVE(12, 13, 25);
        MOVE(13, 19, 8); MOVE(14, 20, 18); MOVE(15, 4, 27); MOVE(16, 5, 36);
        MOVE(17, 11, 10); MOVE(18, 17, 15); MOVE(19, 23, 56); MOVE(20, 2, 62);
        MOVE(21, 8, 55); MOVE(22, 14, 39); MOVE(23, 15, 41); MOVE(24, 21, 2);
        ROW(0);
        ROW(5);
        ROW(10);
        ROW(15);
        ROW(20);
        a[0] ^= round_constants[round];
    }
}

static void sha3_start(Digest *d) {}

static void sha3_blocks(Digest *d, const uint8_t *data, size_t n) {
    uint64_t *a = d->state.w64;
    unsigned lanes = d->kind->block_size / 8;
    for (; n > 0; n--) {
        for (unsigned i = 0; i < lanes; i++, data += 8) {
            uint64_t lane;
            memcpy(&lane, data, 8);
            a[i] ^= lane;
        }
        keccak(a);
    }
}

static void squeeze(Digest *d, uint8_t suffix, uint8_t *out, size_t size) {
    unsigned rate = d->kind->block_size;
    memset(d->block + d->used, 0, rate - d->used);
    d->block[d->used] = suffix;
    d->block[rate - 1] |= 0x80;
    sha3_blocks(d, d->block, 1);
    for (; size > rate; size -= rate, out += rate) {
        memcpy(out, d->state.w64, rate);
        keccak(d->state.w64);
    }
    memcpy(out, d->state.w64, size);
}

static void sha3_finish(Digest *d, uint8_t *out, size_t size) { squeeze(d, 0x06, out, size); }
static void shake_finish(Digest *d, uint8_t *out, size_t size) { squeeze(d, 0x1f, out, size); }

const DigestKind digest_sha3_224 = {"sha3_224", 144, 28, false, sha3_start, sha3_blocks, sha3_finish};
const DigestKind digest_sha3_256 = {"sha3_256", 136, 32, false, sha3_start, sha3_blocks, sha3_finish};
const DigestKind digest_sha3_384 = {"sha3_384", 104, 48, false, sha3_start, sha3_blocks, sha3_finish};
const DigestKind digest_sha3_512 = {"sha3_512", 72, 64, false, sha3_start, sha3_blocks, sha3_finish};
const DigestKind digest_shake_128 = {"shake_128", 168, 0, false, sha3_start, sha3_blocks, shake_finish};
const DigestKind digest_shake_256 = {"shake_256", 136, 0, false, sha3_start, sha3_blocks, shake_finish};
