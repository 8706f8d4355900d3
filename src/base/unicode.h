/* Character properties and case mappings of Unicode 16.0.0, with the meaning that Python's str methods give them.
   Normalisation is in unicode_normalize.h, names are in unicode_names.h. Any uint32_t may be asked about. */
#ifndef KRAIT_BASE_UNICODE_H
#define KRAIT_BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"
#include "base/unicode_tables.h"

enum {
    UNICODE_LIMIT = 0x110000,

    UNICODE_ALPHA = 1 << 0,
    UNICODE_DECIMAL = 1 << 1,
    UNICODE_DIGIT = 1 << 2,
    UNICODE_NUMERIC = 1 << 3,
    UNICODE_SPACE = 1 << 4,
    UNICODE_PRINTABLE = 1 << 5,
    UNICODE_UPPER = 1 << 6,
    UNICODE_LOWER = 1 << 7,
    UNICODE_TITLE = 1 << 8,
    UNICODE_XID_START = 1 << 9,  /* with the underscore */
    UNICODE_XID_CONTINUE = 1 << 10,
    UNICODE_LINEBREAK = 1 << 11,
    UNICODE_CASED = 1 << 12,
    UNICODE_CASE_IGNORABLE = 1 << 13,
    UNICODE_SPECIAL_CASE = 1 << 14,
    UNICODE_ALNUM = UNICODE_ALPHA | UNICODE_DECIMAL | UNICODE_DIGIT | UNICODE_NUMERIC,
};

static inline const UnicodeType *unicode_type(uint32_t ch) {
    if (ch >= UNICODE_LIMIT) return &unicode_types[0];
    return &unicode_types[unicode_type_stage2[unicode_type_stage1[ch >> 7] << 7 | (ch & 127)]];
}

static inline bool unicode_is(uint32_t ch, unsigned flags) { return (unicode_type(ch)->flags & flags) != 0; }

static inline bool unicode_is_alpha(uint32_t ch) { return unicode_is(ch, UNICODE_ALPHA); }
static inline bool unicode_is_decimal(uint32_t ch) { return unicode_is(ch, UNICODE_DECIMAL); }
static inline bool unicode_is_digit(uint32_t ch) { return unicode_is(ch, UNICODE_DIGIT); }
static inline bool unicode_is_numeric(uint32_t ch) { return unicode_is(ch, UNICODE_NUMERIC); }
static inline bool unicode_is_alnum(uint32_t ch) { return unicode_is(ch, UNICODE_ALNUM); }
static inline bool unicode_is_space(uint32_t ch) { return unicode_is(ch, UNICODE_SPACE); }
static inline bool unicode_is_printable(uint32_t ch) { return unicode_is(ch, UNICODE_PRINTABLE); }
static inline bool unicode_is_upper(uint32_t ch) { return unicode_is(ch, UNICODE_UPPER); }
static inline bool unicode_is_lower(uint32_t ch) { return unicode_is(ch, UNICODE_LOWER); }
static inline bool unicode_is_title(uint32_t ch) { return unicode_is(ch, UNICODE_TITLE); }
static inline bool unicode_is_linebreak(uint32_t ch) { return unicode_is(ch, UNICODE_LINEBREAK); }
static inline bool unicode_is_xid_start(uint32_t ch) { return unicode_is(ch, UNICODE_XID_START); }
static inline bool unicode_is_xid_continue(uint32_t ch) { return unicode_is(ch, UNICODE_XID_CONTINUE); }
static inline bool unicode_is_cased(uint32_t ch) { return unicode_is(ch, UNICODE_CASED); }
static inline bool unicode_is_case_ignorable(uint32_t ch) { return unicode_is(ch, UNICODE_CASE_IGNORABLE); }

/* -1: none. */
static inline int unicode_decimal(uint32_t ch) { return unicode_type(ch)->decimal; }
static inline int unicode_digit(uint32_t ch) { return unicode_type(ch)->digit; }
/* False: the character has no numeric value. */
bool unicode_numeric(uint32_t ch, double *value);

/* One character to one; where the full mapping is longer, its first character. */
static inline uint32_t unicode_simple_lower(uint32_t ch) { return ch + (uint32_t)unicode_type(ch)->lower; }
static inline uint32_t unicode_simple_upper(uint32_t ch) { return ch + (uint32_t)unicode_type(ch)->upper; }
static inline uint32_t unicode_simple_title(uint32_t ch) { return ch + (uint32_t)unicode_type(ch)->title; }

/* One character to up to three; returns how many. These know no context: see unicode_lower_at for sigma. */
typedef enum UnicodeCase { UNICODE_TO_LOWER, UNICODE_TO_UPPER, UNICODE_TO_TITLE, UNICODE_TO_FOLD } UnicodeCase;
unsigned unicode_full_case(uint32_t ch, UnicodeCase to, uint32_t out[3]);

/* Full lower case of the character at i, as str.lower() has it: a capital sigma that ends a word becomes the final one. */
unsigned unicode_lower_at(Units text, size_t i, uint32_t out[3]);

/* Is the text an identifier of Python (keywords are for the caller)? */
bool unicode_is_identifier(Units text);

/* Properties of the Unicode character database, now and as of 3.2.0. */
enum { UNICODE_CATEGORY_UNASSIGNED = 0 };

static inline uint32_t unicode_property(uint32_t ch) {
    if (ch >= UNICODE_LIMIT) return unicode_properties[0];
    return unicode_properties[unicode_property_stage2[unicode_property_stage1[ch >> 7] << 7 | (ch & 127)]];
}
uint32_t unicode_old_property(uint32_t ch);
int unicode_old_decimal(uint32_t ch);
bool unicode_old_numeric(uint32_t ch, double *value);
/* Assigned now, but not in 3.2.0. */
static inline bool unicode_is_newer(uint32_t ch) {
    return ch < UNICODE_LIMIT && unicode_old_stage2[unicode_old_stage1[ch >> 7] << 7 | (ch & 127)] == 1;
}

/* The parts of a property word; the names are the database's short ones. */
static inline unsigned unicode_property_category(uint32_t property) { return property & 31; }
static inline const char *unicode_category_name(uint32_t property) { return unicode_category_names[property & 31]; }
static inline const char *unicode_bidi_name(uint32_t property) { return unicode_bidi_names[property >> 5 & 31]; }
static inline const char *unicode_width_name(uint32_t property) { return unicode_width_names[property >> 10 & 7]; }
static inline bool unicode_property_mirrored(uint32_t property) { return property >> 13 & 1; }
static inline unsigned unicode_property_combining(uint32_t property) { return property >> 14 & 255; }

#endif
