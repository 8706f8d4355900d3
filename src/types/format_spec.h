/* The format specification: [[fill]align][sign][z][#][0][width][grouping][.precision[grouping]][type]. */
#ifndef KRAIT_TYPES_FORMAT_SPEC_H
#define KRAIT_TYPES_FORMAT_SPEC_H

#include "core/errors.h"
#include "object/str.h"

typedef struct FormatSpec {
    uint32_t fill, align; /* 0: not given; align is '<', '>', '=' or '^' */
    uint32_t sign;        /* 0, '+', '-', ' ' */
    bool no_negative_zero, alternate, zero_padded;
    int64_t width, precision;          /* -1: not given */
    uint32_t grouping, fraction_grouping; /* 0, ',' or '_' */
    uint32_t type;        /* 0: not given */
} FormatSpec;

/* `v` is for messages. ValueError where the text is no specification. */
bool format_spec_parse(Thread *t, Value v, Value spec, uint32_t default_align, FormatSpec *out) MUST_USE;
COLD Value format_unknown_type(Thread *t, uint32_t type, Value v);

/* A number as sign, prefix, digits and the rest, laid out by a specification. */
typedef struct NumberParts {
    char sign;               /* 0, '-', '+' or ' ' */
    const char *prefix;      /* "0x" ... or "" */
    const char *digits;      /* before the point: get grouped */
    int64_t n_digits;
    const char *rest;        /* point, fraction, exponent, percent sign */
    int64_t n_rest;
    bool localised;          /* type n: the locale's separators */
    bool numeric;            /* false for inf and nan: no zero padding between sign and digits is different */
} NumberParts;
bool format_put_number(Thread *t, StrBuilder *b, const FormatSpec *spec, const NumberParts *parts) MUST_USE;
/* Text padded to the width. */
bool format_put_padded(Thread *t, StrBuilder *b, const FormatSpec *spec, Value text, uint32_t default_align) MUST_USE;

#endif
