/* The module zlib, by file. */
#ifndef KRAIT_MODULES_EXT_ZLIB_PRIV_H
#define KRAIT_MODULES_EXT_ZLIB_PRIV_H

#include <limits.h>
#include <zlib.h>

#include "modules/decompressor.h"

/* What the module calls by names of its own. */
enum { DEFLATED = Z_DEFLATED, DEF_MEM_LEVEL = 8, DEF_BUF_SIZE = 16 << 10 };

typedef struct ZlibState {
    Value error; /* the class zlib.error, owned */
} ZlibState;
#define ZLIB_STATE(t) MODULE_STATE(t, zlib, ZlibState)

/* zlib.error for what a library call answered; `doing` is "while compressing data" and the like. */
Value zlib_error(Thread *t, const z_stream *z, int result, const char *doing) COLD;

/* Whether a dictionary argument has a buffer; VNULL: none was given. */
bool zlib_check_dictionary(Thread *t, Value zdict) MUST_USE;

/* The library counts in 32 bits: what it may take of n. */
static inline uInt zlib_part(size_t n) { return n > UINT_MAX ? UINT_MAX : (uInt)n; }
/* Gives the stream its pieces, as far as it can count; and moves them on by what it took. */
static inline void zlib_load(z_stream *z, const CodecPieces *p) {
    z->next_in = (Bytef *)p->in;
    z->avail_in = zlib_part(p->in_left);
    z->next_out = (Bytef *)p->out;
    z->avail_out = zlib_part(p->out_left);
}
static inline void zlib_store(const z_stream *z, CodecPieces *p) {
    p->in_left -= (size_t)((const char *)z->next_in - p->in);
    p->in = (const char *)z->next_in;
    p->out_left -= (size_t)((char *)z->next_out - p->out);
    p->out = (char *)z->next_out;
}

/* Runs deflate or inflate over all the input, into output that grows; answers what the library did last: Z_OK or Z_BUF_ERROR where all
 * input was taken or the output is at its limit.  `flush` takes effect with the last part of the input.  Where memory for the output
 * ran out, out->bytes is VNULL and the exception pending. */
int zlib_run(Thread *t, z_stream *z, int (*work)(z_stream *, int), CodecPieces *p, OutputBuffer *out, int flush);

/* compressor.c, decompressors.c */
extern const TypeDef typedef_zlib_Compress, typedef_zlib_Decompress, typedef_zlib_ZlibDecompressor;
Value zlib_compressobj(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value zlib_decompressobj(Thread *t, Value *args, uint32_t nargs, Value kwnames);

#endif
