/* The normal forms of Unicode: NFC, NFD, NFKC, NFKD, with the canonical ordering of marks and algorithmic Hangul. */
#ifndef KRAIT_BASE_UNICODE_NORMALIZE_H
#define KRAIT_BASE_UNICODE_NORMALIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"
#include "base/vec.h"

typedef enum UnicodeForm { UNICODE_NFC, UNICODE_NFKC, UNICODE_NFD, UNICODE_NFKD } UnicodeForm;

/* NO: not normalised; MAYBE: normalising will tell. */
typedef enum UnicodeVerdict { UNICODE_YES, UNICODE_MAYBE, UNICODE_NO } UnicodeVerdict;
UnicodeVerdict unicode_quick_check(Units text, UnicodeForm form);

typedef VEC(uint32_t) Ucs4Vec;

/* Appends the normal form of the text. `old`: with the decompositions of Unicode 3.2.0. False: out of memory. */
bool unicode_normalize(Units text, UnicodeForm form, bool old, Ucs4Vec *out);

/* One step of decomposition, for the database's own form of it: returns the tag's name ("" for a canonical one) and
   fills out[0..*n), 18 at most; NULL: none. */
enum { UNICODE_DECOMPOSITION_MAX = 18 };
const char *unicode_decomposition(uint32_t ch, uint32_t out[UNICODE_DECOMPOSITION_MAX], unsigned *n);

#endif
