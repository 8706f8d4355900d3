/* The generated Unicode tables, private to the unicode_* files of this room (unicode.h's inline functions included).
   A pair NAME_stage1, NAME_stage2 maps a code point c to stage2[stage1[c / 128] * 128 + c % 128]. */
#ifndef KRAIT_BASE_UNICODE_TABLES_H
#define KRAIT_BASE_UNICODE_TABLES_H

#include <stdint.h>

/* What str asks of a character. */
typedef struct UnicodeType {
    uint16_t flags;        /* UNICODE_ALPHA ... */
    int8_t decimal, digit; /* -1: none */
    int32_t lower, upper, title, fold;  /* differences to the code point */
} UnicodeType;

extern const uint16_t unicode_type_stage1[], unicode_type_stage2[];
extern const UnicodeType unicode_types[];

/* The mappings of the characters marked UNICODE_SPECIAL_CASE, one of which at least is longer than one. By code point. */
typedef struct UnicodeSpecialCase {
    uint32_t ch;
    uint16_t mapped[4][3];  /* lower, upper, title, fold; 0 ends one */
} UnicodeSpecialCase;
extern const UnicodeSpecialCase unicode_special_cases[];
extern const unsigned unicode_special_case_count;

/* Numeric characters that are no digits, in order, and their values. */
extern const uint32_t unicode_numeric_chars[];
extern const uint8_t unicode_numeric_index[];
extern const double unicode_numeric_values[];
extern const unsigned unicode_numeric_count;

/* Packed: category 5 bits, bidirectional class 5, width 3, mirrored 1, combining class 8, quick checks 5. */
extern const uint16_t unicode_property_stage1[], unicode_property_stage2[];
extern const uint32_t unicode_properties[];
extern const char *const unicode_category_names[], *const unicode_bidi_names[], *const unicode_width_names[];

/* What Unicode 3.2.0 says otherwise: row 0 stands for the same, row 1 for not assigned then. */
typedef struct UnicodeOld {
    uint32_t properties;
    int8_t decimal;
    double numeric;  /* -1: none */
} UnicodeOld;
extern const uint16_t unicode_old_stage1[];
extern const uint8_t unicode_old_stage2[];
extern const UnicodeOld unicode_olds[];
extern const uint32_t unicode_old_corrections[];  /* pairs: a character, its decomposition in 3.2.0 */
extern const unsigned unicode_old_correction_count;

/* Index of (tag << 8 | units), then so many UTF-16 units; 0: none. */
extern const uint8_t unicode_decomposition_stage1[];
extern const uint16_t unicode_decomposition_stage2[];
extern const uint16_t unicode_decompositions[];
extern const char *const unicode_tag_names[];
extern const uint32_t unicode_compositions[];  /* triples: first, second, composite, in order */
extern const unsigned unicode_composition_count;

/* Names. A name's ordinal counts the named characters (in runs of neighbours), then the aliases, then the sequences.
   The stream holds for each ordinal the codes of its words and a 0; every 32nd ordinal's place is in ..._starts.
   A word has a number; words stand sorted by length. Codes: one byte b <= short_count is the word short[b-1], else
   (b - short_count - 1) * 256 + next byte is the word's number. */
typedef struct UnicodeNamePrefixRange {
    uint32_t first, last;
    uint32_t prefix;
} UnicodeNamePrefixRange;
extern const char *const unicode_name_prefixes[];
extern const UnicodeNamePrefixRange unicode_name_prefix_ranges[];
extern const unsigned unicode_name_prefix_count, unicode_name_prefix_range_count;
extern const unsigned unicode_name_prefix_hidden;  /* so many ranges at the end are found by name only */
extern const uint32_t unicode_name_run_starts[];
extern const uint16_t unicode_name_run_ordinals[];
extern const unsigned unicode_name_run_count;
extern const uint32_t unicode_name_aliases[];
extern const uint16_t unicode_name_sequences[][4];
extern const unsigned unicode_name_char_count, unicode_name_alias_count, unicode_name_count, unicode_name_longest;
extern const uint16_t unicode_word_length_starts[];  /* [n-1]: words shorter than n */
extern const unsigned unicode_word_longest;
extern const char unicode_word_letters[];
extern const uint16_t unicode_word_short[];
extern const unsigned unicode_word_short_count;
extern const uint8_t unicode_name_stream[];
extern const uint32_t unicode_name_stream_starts[];
extern const uint16_t unicode_name_bucket_starts[], unicode_name_buckets[];  /* 8192 buckets */

extern const char unicode_version[], unicode_old_version[];

#endif
