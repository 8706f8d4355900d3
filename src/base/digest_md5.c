/* MD5, as RFC 1321 tells it. */
#include <string.h>

#include "base/digest.h"

static const uint32_t sines[64] = {
    0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu, 0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u,
    0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu, 0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u,
    0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau, 0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u,
    0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu, 0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au,
    0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu, 0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u,
    0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u, 0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u,
    0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u, 0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u,
    0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u, 0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u,
};

static inline uint32_t rotate(uint32_t x, unsigned n) { return x << n | x >> (32 - n); }

static void md5_start(Digest *d) {
    static const uint32_t first[4] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u};
    memcpy(d->state.w32, first, sizeof first);
}

/* Four steps: each renames the words so that none is moved. */
#define STEP(F, a, b, c, d, i, k, s) a = b + rotate(a + F(b, c, d) + m[(k) & 15] + sines[i], s)
#define FOUR(F, i, k, dk, s0, s1, s2, s3)                                                                                                      \
    STEP(F, a, b, c, d, i, k, s0);                                                                                                             \
    STEP(F, d, a, b, c, (i) + 1, (k) + (dk), s1);                                                                                              \
    STEP(F, c, d, a, b, (i) + 2, (k) + 2 * (dk), s2);                                                                                          \
    STEP(F, b, c, d, a, (i) + 3, (k) + 3 * (dk), s3)
#define ROUND(F, i, k, dk, s0, s1, s2, s3)                                                                                                     \
    FOUR(F, i, k, dk, s0, s1, s2, s3);                                                                                                         \
    FOUR(F, (i) + 4, (k) + 4 * (dk), dk, s0, s1, s2, s3);                                                                                      \
    FOUR(F, (i) + 8, (k) + 8 * (dk), dk, s0, s1, s2, s3);                                                                                      \
    FOUR(F, (i) + 12, (k) + 12 * (dk), dk, s0, s1, s2, s3)
#define F1(x, y, z) (z ^ (x & (y ^ z)))
#define F2(x, y, z) ((x & z) + (y & ~z))
#define F3(x, y, z) (x ^ y ^ z)
#define F4(x, y, z) (y ^ (x | ~z))

static void md5_blocks(Digest *digest, const uint8_t *data, size_t n) {
    uint32_t *h = digest->state.w32, a = h[0], b = h[1], c = h[2], d = h[3];
    for (; n > 0; n--, data += 64) {
        uint32_t m[16];
        memcpy(m, data, 64);
        uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
        ROUND(F1, 0, 0, 1, 7, 12, 17, 22);
        ROUND(F2, 16, 1, 5, 5, 9, 14, 20);
        ROUND(F3, 32, 5, 3, 4, 11, 16, 23);
        ROUND(F4, 48, 0, 7, 6, 10, 15, 21);
        a += a0, b += b0, c += c0, d += d0;
    }
    h[0] = a, h[1] = b, h[2] = c, h[3] = d;
}

static void md5_finish(Digest *d, uint8_t *out, size_t size) {
    digest_pad(d, 8, false);
    memcpy(out, d->state.w32, size);
}

const DigestKind digest_md5 = {"md5", 64, 16, false, md5_start, md5_blocks, md5_finish};
