/* The module _lzma, by file. */
#ifndef KRAIT_MODULES_EXT_LZMA_PRIV_H
#define KRAIT_MODULES_EXT_LZMA_PRIV_H

#include <lzma.h>

#include "modules/decompressor.h"

typedef struct LzmaState {
    Value error; /* the class LZMAError, owned */
} LzmaState;
#define LZMA_STATE(t) MODULE_STATE(t, _lzma, LzmaState)

enum LzmaFormat { FORMAT_AUTO, FORMAT_XZ, FORMAT_ALONE, FORMAT_RAW };
enum { CHECK_UNKNOWN = LZMA_CHECK_ID_MAX + 1 };

/* The exception for what a library call answered; false where that is no error. */
bool lzma_raise(Thread *t, lzma_ret result);
Value lzma_error(Thread *t, const char *format, unsigned value) COLD;
/* A number of a C type with that largest value. */
bool lzma_unsigned(Thread *t, Value v, const char *c_type, uint64_t max, uint64_t *out) MUST_USE;

/* filters.c: filter specifiers, which are dicts.  A chain ends with LZMA_VLI_UNKNOWN; its options are libc's memory. */
typedef struct FilterChain { lzma_filter filters[LZMA_FILTERS_MAX + 1]; } FilterChain;
bool filter_chain_parse(Thread *t, Value specs, FilterChain *chain) MUST_USE;
void filter_chain_free(FilterChain *chain);
Value lzma_encode_filter_properties(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value lzma_decode_filter_properties(Thread *t, Value *args, uint32_t nargs, Value kwnames);

/* objects.c */
extern const TypeDef typedef_LZMACompressor, typedef_LZMADecompressor;

#endif
