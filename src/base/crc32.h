/* The CRC-32 of zip, gzip and PNG. */
#ifndef KRAIT_BASE_CRC32_H
#define KRAIT_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Begin with 0; the result goes on where it stopped. */
uint32_t crc32_update(uint32_t crc, const void *data, size_t n);

#endif
