/* _struct inside: compiled formats. */
#ifndef KRAIT_MODULES_STRUCT_PRIV_H
#define KRAIT_MODULES_STRUCT_PRIV_H

#include "modules/module.h"

/* One item of a format: `count` values of `size` bytes each, one behind the other from `offset`. An 's' or 'p' is one
 * value whatever its size; pad bytes are no item. */
typedef struct StructItem {
    char code;
    bool big_endian;
    int64_t offset, size, count;
} StructItem;

typedef struct StructFormat {
    StructItem *items;  /* raw heap block */
    int64_t n_items;
    int64_t size;       /* bytes in all */
    int64_t n_values;
} StructFormat;

typedef struct StructState {
    Value error;        /* struct.error */
    Value cache;        /* dict: format -> Struct */
    Value bytes_cache;  /* the same of formats that are bytes: comparing them with strings may warn */
} StructState;

Value struct_error(Thread *t, const char *format, ...) COLD;

/* The text is ASCII without NULs. */
bool struct_format_parse(Thread *t, const char *text, int64_t n, StructFormat *out) MUST_USE;
/* Writes one value at p; reads one. */
bool struct_pack_value(Thread *t, const StructItem *item, Value v, char *p) MUST_USE;
Value struct_unpack_value(Thread *t, const StructItem *item, const char *p);

#endif
