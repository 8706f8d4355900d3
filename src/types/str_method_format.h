/* The markup of str.format, for the module _string as well. */
#ifndef KRAIT_TYPES_STR_METHOD_FORMAT_H
#define KRAIT_TYPES_STR_METHOD_FORMAT_H

#include "core/errors.h"
#include "object/str.h"

/* Literal text, and perhaps a field behind it; positions in the text. */
typedef struct MarkupPiece {
    int64_t literal_start, literal_end;
    bool has_field, spec_has_fields;
    int64_t name_start, name_end, spec_start, spec_end;
    uint32_t conversion; /* 0: none */
} MarkupPiece;
/* The piece at *at, which moves on: 1, 0 at the end, -1. */
int markup_next(Thread *t, Value text, int64_t *at, int64_t end, MarkupPiece *piece);

/* A step behind a field's first part: .name or [index or key]. */
typedef struct FieldStep {
    bool is_attribute;
    int64_t start, end;
    int64_t index; /* -1: a name or a key */
} FieldStep;
int field_next(Thread *t, Value text, int64_t *at, int64_t end, FieldStep *step);
/* Where the first part of a field's name ends. */
int64_t field_first_end(const Str *s, int64_t start, int64_t end);
/* A decimal number, -1: no number, -2: too large. */
int64_t field_index(const Str *s, int64_t start, int64_t end);

#endif
