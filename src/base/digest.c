/* What all digests share: collecting blocks, the padding of the older ones, and HMAC. */
#include "base/digest.h"

#include <string.h>

void digest_start(Digest *d, const DigestKind *kind) {
    memset(d, 0, offsetof(Digest, block));
    d->kind = kind;
    d->size = kind->digest_size;
    kind->start(d);
}

void digest_update(Digest *d, const void *data, size_t n) {
    if (n == 0) return;
    const uint8_t *p = data;
    size_t block = d->kind->block_size, lazy = d->kind->lazy;
    d->length += n;
    if (d->used != 0) {
        size_t take = block - d->used;
        if (take > n) take = n;
        memcpy(d->block + d->used, p, take);
        d->used += (uint8_t)take;
        p += take;
        n -= take;
        if (d->used == block && n >= lazy) {
            d->kind->blocks(d, d->block, 1);
            d->used = 0;
        }
        if (n == 0) return;
    }
    size_t whole = (n - lazy) / block;
    if (whole != 0) {
        d->kind->blocks(d, p, whole);
        p += whole * block;
        n -= whole * block;
    }
    memcpy(d->block, p, n);
    d->used = (uint8_t)n;
}

void digest_finish_size(const Digest *d, uint8_t *out, size_t size) {
    Digest copy = *d;
    copy.kind->finish(&copy, out, size);
}

void digest_finish(const Digest *d, uint8_t *out) { digest_finish_size(d, out, d->size); }

void digest_pad(Digest *d, unsigned length_bytes, bool big_endian) {
    unsigned block = d->kind->block_size, used = d->used;
    d->block[used++] = 0x80;
    if (used > block - length_bytes) {
        memset(d->block + used, 0, block - used);
        d->kind->blocks(d, d->block, 1);
        used = 0;
    }
    memset(d->block + used, 0, block - used);
    uint64_t bits = d->length << 3;
    for (unsigned i = 0; i < 8; i++) {
        if (big_endian) d->block[block - 1 - i] = (uint8_t)(bits >> 8 * i);
        else d->block[block - 8 + i] = (uint8_t)(bits >> 8 * i);
    }
    if (length_bytes == 16) d->block[block - 9] = (uint8_t)(d->length >> 61);
    d->kind->blocks(d, d->block, 1);
}

void hmac_start(HmacDigest *h, const DigestKind *kind, const void *key, size_t n) {
    uint8_t pad[DIGEST_MAX_BLOCK] = {0};
    if (n > kind->block_size) {
        Digest d;
        digest_start(&d, kind);
        digest_update(&d, key, n);
        digest_finish(&d, pad);
    } else if (n != 0) {
        memcpy(pad, key, n);
    }
    for (unsigned i = 0; i < kind->block_size; i++) pad[i] ^= 0x36;
    digest_start(&h->inner, kind);
    digest_update(&h->inner, pad, kind->block_size);
    for (unsigned i = 0; i < kind->block_size; i++) pad[i] ^= 0x36 ^ 0x5c;
    digest_start(&h->outer, kind);
    digest_update(&h->outer, pad, kind->block_size);
}

void hmac_finish(const HmacDigest *h, uint8_t *out) {
    uint8_t inner[DIGEST_MAX_SIZE];
    digest_finish(&h->inner, inner);
    Digest outer = h->outer;
    digest_update(&outer, inner, h->inner.size);
    digest_finish(&outer, out);
}
