/* SHA-1, as FIPS 180-4 tells it. */
#include <string.h>

#include "base/digest.h"

static inline uint32_t rotate(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }

static void sha1_start(Digest *d) {
    static const uint32_t first[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
    memcpy(d->state.w32, first, sizeof first);
}

/* Word i of the schedule; only the last sixteen are kept. */
#define WORD(i) (w[(i) & 15] = rotate(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i) & 15], 1))
#define STEP(f, k, word, a, b, c, d, e) e += rotate(a, 5) + (f) + (k) + (word), b = rotate(b, 30)
#define CHOOSE(x, y, z) (z ^ (x & (y ^ z)))
#define PARITY(x, y, z) (x ^ y ^ z)
#define MAJORITY(x, y, z) ((x & y) + (z & (x ^ y)))
#define FIVE(F, k, W, i)                                                                                                                       \
    STEP(F(b, c, d), k, W(i), a, b, c, d, e);                                                                                                  \
    STEP(F(a, b, c), k, W((i) + 1), e, a, b, c, d);                                                                                            \
    STEP(F(e, a, b), k, W((i) + 2), d, e, a, b, c);                                                                                            \
    STEP(F(d, e, a), k, W((i) + 3), c, d, e, a, b);                                                                                            \
    STEP(F(c, d, e), k, W((i) + 4), b, c, d, e, a)
#define TWENTY(F, k, W, i) FIVE(F, k, W, i); FIVE(F, k, W, (i) + 5); FIVE(F, k, W, (i) + 10); FIVE(F, k, W, (i) + 15)
#define EARLY(i) ((i) < 16 ? w[(i) & 15] : WORD(i))

static void sha1_blocks(Digest *digest, const uint8_t *data, size_t n) {
    uint32_t *h = digest->state.w32, a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (; n > 0; n--, data += 64) {
        uint32_t w[16];
        memcpy(w, data, 64);
        for (int i = 0; i < 16; i++) w[i] = __builtin_bswap32(w[i]);
        uint32_t a0 = a, b0 = b, c0 = c, d0 = d, e0 = e;
        TWENTY(CHOOSE, 0x5a827999u, EARLY, 0);
        TWENTY(PARITY, 0x6ed9eba1u, WORD, 20);
        TWENTY(MAJORITY, 0x8f1bbcdcu, WORD, 40);
        TWENTY(PARITY, 0xca62c1d6u, WORD, 60);
        a += a0, b += b0, c += c0, d += d0, e += e0;
    }
    h[0] = a, h[1] = b, h[2] = c, h[3] = d, h[4] = e;
}

static void sha1_finish(Digest *d, uint8_t *out, size_t size) {
    digest_pad(d, 8, true);
    for (size_t i = 0; i < size; i++) out[i] = (uint8_t)(d->state.w32[i / 4] >> (24 - 8 * (i & 3)));
}

const DigestKind digest_sha1 = {"sha1", 64, 20, false, sha1_start, sha1_blocks, sha1_finish};
