/* Message digests: MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4), SHA-3 and SHAKE (FIPS 202), BLAKE2 (RFC 7693).
 *
 * A Digest is a plain value: a copy of it goes on independently.  digest_update collects whole blocks for the
 * algorithm; digest_finish pads a copy and leaves the digest as it was, so that updates may go on behind it. */
#ifndef KRAIT_BASE_DIGEST_H
#define KRAIT_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Digest Digest;

/* One algorithm. */
typedef struct DigestKind {
    const char *name;
    uint8_t block_size;
    uint8_t digest_size; /* bytes; 0: as many as asked for */
    bool lazy;           /* a full block waits until another byte comes: the last block is special */
    void (*start)(Digest *d);
    void (*blocks)(Digest *d, const uint8_t *data, size_t n);
    void (*finish)(Digest *d, uint8_t *out, size_t size); /* spoils d */
} DigestKind;

enum { DIGEST_MAX_BLOCK = 168, DIGEST_MAX_SIZE = 64 };

struct Digest {
    const DigestKind *kind;
    uint64_t length;   /* bytes of the message so far */
    uint8_t size;      /* bytes of the result */
    uint8_t used;      /* bytes in `block` */
    bool last_node;    /* BLAKE2's tree mode */
    uint64_t counter;  /* BLAKE2: bytes that were compressed */
    union {
        uint32_t w32[8];
        uint64_t w64[25];
    } state;
    uint8_t block[DIGEST_MAX_BLOCK];
};

extern const DigestKind digest_md5, digest_sha1, digest_sha224, digest_sha256, digest_sha384, digest_sha512;
extern const DigestKind digest_sha3_224, digest_sha3_256, digest_sha3_384, digest_sha3_512, digest_shake_128, digest_shake_256;
extern const DigestKind digest_blake2b, digest_blake2s;

void digest_start(Digest *d, const DigestKind *kind);
void digest_update(Digest *d, const void *data, size_t n);
/* d->size bytes; for kinds without a digest size, `size` bytes by digest_finish_size. */
void digest_finish(const Digest *d, uint8_t *out);
void digest_finish_size(const Digest *d, uint8_t *out, size_t size);

/* Ends a message as MD5, SHA-1 and SHA-2 do: a one bit, zeros, and the length in bits in the last `length_bytes` of a block. */
void digest_pad(Digest *d, unsigned length_bytes, bool big_endian);

/* BLAKE2 with all its parameters. The sizes must be in range; the key is the first block of the message. */
typedef struct Blake2Parameters {
    uint8_t digest_size, key_size, fanout, depth, node_depth, inner_size;
    bool last_node;
    uint32_t leaf_size;
    uint64_t node_offset; /* blake2s: below 2**48 */
    uint8_t salt[16], person[16], key[64]; /* blake2s: the first halves */
} Blake2Parameters;
void digest_start_blake2(Digest *d, const DigestKind *kind, const Blake2Parameters *p);

/* HMAC (RFC 2104) over any kind with a digest size. */
typedef struct HmacDigest {
    Digest inner, outer; /* both have taken their padded key */
} HmacDigest;
void hmac_start(HmacDigest *h, const DigestKind *kind, const void *key, size_t n);
void hmac_finish(const HmacDigest *h, uint8_t *out);

#endif
