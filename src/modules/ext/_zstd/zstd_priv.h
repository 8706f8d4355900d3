/* The module _zstd, by file. */
#ifndef KRAIT_MODULES_EXT_ZSTD_PRIV_H
#define KRAIT_MODULES_EXT_ZSTD_PRIV_H

#include <zstd.h>

#include "modules/decompressor.h"

typedef struct ZstdState {
    Value error;                                   /* the class ZstdError, owned */
    Value compression_keys, decompression_keys;    /* the enums of compression.zstd, once they are told */
    Type *dict_type, *compressor_type, *decompressor_type; /* immortal */
} ZstdState;
#define ZSTD_STATE(t) MODULE_STATE(t, _zstd, ZstdState)

Value zstd_error(Thread *t, const char *format, ...) COLD;

/* What tells compression from decompression where both do the same. */
typedef struct ZstdSide {
    const char *noun;       /* "compression" */
    const char *other_enum; /* whose members are no keys of these options */
    ZSTD_bounds (*bounds)(int parameter);
    const char *(*name)(int parameter); /* NULL: unknown */
} ZstdSide;
extern const ZstdSide zstd_compression, zstd_decompression;

/* parameters.c: options, and the errors about them. */
Value zstd_parameter_error(Thread *t, const ZstdSide *side, int parameter, int value) COLD;
/* Calls `set` for each item of a dict of options; false from it: an exception is pending. */
bool zstd_options_each(Thread *t, const ZstdSide *side, Value options, bool (*set)(Thread *t, void *context, int parameter, int value), void *context) MUST_USE;
Value zstd_get_param_bounds(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value zstd_set_parameter_types(Thread *t, Value *args, uint32_t nargs, Value kwnames);

/* dictionary.c: ZstdDict objects. */
enum DictUse { DICT_DIGESTED, DICT_UNDIGESTED, DICT_PREFIX };
typedef struct ZstdDict {
    Object head;
    pthread_mutex_t mutex; /* guards the digested forms */
    Value content;         /* bytes */
    uint32_t id;
    ZSTD_DDict *for_decompression;   /* made when first used, as are ... */
    struct LevelDict *for_compression; /* ... those of each level */
} ZstdDict;
extern const TypeDef typedef_ZstdDict;
/* The dictionary of a zstd_dict argument and how to use it; `fallback` where the argument does not say. */
bool zstd_dict_argument(Thread *t, Value v, enum DictUse fallback, ZstdDict **dict, enum DictUse *use) MUST_USE;
/* Digested forms, which live as long as the dictionary. NULL: exception pending. */
ZSTD_CDict *zstd_dict_for_level(Thread *t, ZstdDict *dict, int level);
ZSTD_DDict *zstd_dict_for_decompression(Thread *t, ZstdDict *dict);
Value zstd_train_dict(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value zstd_finalize_dict(Thread *t, Value *args, uint32_t nargs, Value kwnames);

/* objects.c */
extern const TypeDef typedef_ZstdCompressor, typedef_ZstdDecompressor;

#endif
