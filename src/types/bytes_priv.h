/* What bytes and bytearray share: each method works on a view of its object's data and answers the object's kind. */
#ifndef KRAIT_TYPES_BYTES_PRIV_H
#define KRAIT_TYPES_BYTES_PRIV_H

#include "base/units.h"
#include "core/def.h"
#include "core/names.h"
#include "object/buffer.h"
#include "object/bytes.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

#define BYTES_METHOD(f) Value f(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct View {
    const uint8_t *data;
    int64_t n;
    bool is_array; /* results are bytearrays */
} View;
static inline View view_of(Thread *t, Value v) {
    if (has_flag(t, v, TF_BYTES)) return (View){(const uint8_t *)V_AS(Bytes, v)->data, V_AS(Bytes, v)->length, false};
    return (View){(const uint8_t *)bytearray_data(V_AS(ByteArray, v)), V_AS(ByteArray, v)->length, true};
}
static inline Value make_like(Thread *t, View v, const void *data, int64_t n) {
    return v.is_array ? bytearray_new(t, data, n) : bytes_new(t, data, n);
}
static inline uint8_t *data_of(Thread *t, Value v) {
    return (uint8_t *)(has_flag(t, v, TF_BYTES) ? V_AS(Bytes, v)->data : bytearray_data(V_AS(ByteArray, v)));
}
static inline Units byte_units(const void *p, int64_t n) { return (Units){p, (size_t)n, 1}; }

/* An int argument in range(256). */
bool byte_value(Thread *t, Value v, uint8_t *out, const char *message) MUST_USE;
/* Bytes from an iterable of ints, a buffer, or str with encoding: what both constructors take. Owned bytes. */
Value bytes_from_object(Thread *t, Value v, const char *type_name);
Value bytes_repr(Thread *t, View v, const char *before, const char *after);
Value bytes_hex(Thread *t, const uint8_t *p, int64_t n, Value separator, Value per_separator);
Value bytes_compare(Thread *t, Value a, Value b, enum CompareOp op);
int bytes_contains(Thread *t, Value self, Value v);
Value bytes_repeat_like(Thread *t, Value v, int64_t count);
Value bytes_slice_like(Thread *t, Value v, Value slice);

/* The rows of both types: bytes_methods.c. */
BYTES_METHOD(bytes_m_capitalize);
BYTES_METHOD(bytes_m_center);
BYTES_METHOD(bytes_m_count);
BYTES_METHOD(bytes_m_decode);
BYTES_METHOD(bytes_m_endswith);
BYTES_METHOD(bytes_m_expandtabs);
BYTES_METHOD(bytes_m_find);
BYTES_METHOD(bytes_m_fromhex);
BYTES_METHOD(bytes_m_hex);
BYTES_METHOD(bytes_m_index);
BYTES_METHOD(bytes_m_isalnum);
BYTES_METHOD(bytes_m_isalpha);
BYTES_METHOD(bytes_m_isascii);
BYTES_METHOD(bytes_m_isdigit);
BYTES_METHOD(bytes_m_islower);
BYTES_METHOD(bytes_m_isspace);
BYTES_METHOD(bytes_m_istitle);
BYTES_METHOD(bytes_m_isupper);
BYTES_METHOD(bytes_m_join);
BYTES_METHOD(bytes_m_ljust);
BYTES_METHOD(bytes_m_lower);
BYTES_METHOD(bytes_m_lstrip);
BYTES_METHOD(bytes_m_maketrans);
BYTES_METHOD(bytes_m_partition);
BYTES_METHOD(bytes_m_removeprefix);
BYTES_METHOD(bytes_m_removesuffix);
BYTES_METHOD(bytes_m_replace);
BYTES_METHOD(bytes_m_rfind);
BYTES_METHOD(bytes_m_rindex);
BYTES_METHOD(bytes_m_rjust);
BYTES_METHOD(bytes_m_rpartition);
BYTES_METHOD(bytes_m_rsplit);
BYTES_METHOD(bytes_m_rstrip);
BYTES_METHOD(bytes_m_split);
BYTES_METHOD(bytes_m_splitlines);
BYTES_METHOD(bytes_m_startswith);
BYTES_METHOD(bytes_m_strip);
BYTES_METHOD(bytes_m_swapcase);
BYTES_METHOD(bytes_m_title);
BYTES_METHOD(bytes_m_translate);
BYTES_METHOD(bytes_m_upper);
BYTES_METHOD(bytes_m_zfill);

#define BYTES_ROWS                                                                                                               \
    {"capitalize", "($self, /)", "The first byte in upper case, the others in lower case (ASCII).", bytes_m_capitalize},         \
    {"center", "($self, width, fillchar=b' ', /)", "Padded on both sides to a width.", bytes_m_center},                          \
    {"count", "($self, sub, start=None, end=None, /)", "The number of occurrences of sub that do not overlap, in s[start:end].", bytes_m_count}, \
    {"decode", "($self, /, encoding='utf-8', errors='strict')", "The text that the bytes stand for in an encoding.", bytes_m_decode}, \
    {"endswith", "($self, suffix, start=None, end=None, /)", "Whether s[start:end] ends with a suffix, or with one of a tuple.", bytes_m_endswith}, \
    {"expandtabs", "($self, /, tabsize=8)", "Tabs replaced by blanks up to the next multiple of tabsize columns.", bytes_m_expandtabs}, \
    {"find", "($self, sub, start=None, end=None, /)", "The lowest index of sub in s[start:end], or -1.", bytes_m_find},          \
    {"fromhex", "($type, string, /)", "Bytes from hexadecimal text; white space between them is allowed.", bytes_m_fromhex, MF_CLASS}, \
    {"hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", "Hexadecimal text, with a separator between groups counted from the right (negative: left).\n\n>>> b'Krait'.hex('-', 2)\n'4b-7261-6974'\n>>> bytearray(b'Krait').hex('-', -2)\n'4b72-6169-74'", bytes_m_hex}, \
    {"index", "($self, sub, start=None, end=None, /)", "As find, but ValueError when it is not found.", bytes_m_index},          \
    {"isalnum", "($self, /)", "Whether all bytes are ASCII letters or digits, and there is one.", bytes_m_isalnum},              \
    {"isalpha", "($self, /)", "Whether all bytes are ASCII letters, and there is one.", bytes_m_isalpha},                        \
    {"isascii", "($self, /)", "Whether all bytes are ASCII.", bytes_m_isascii},                                                  \
    {"isdigit", "($self, /)", "Whether all bytes are ASCII digits, and there is one.", bytes_m_isdigit},                         \
    {"islower", "($self, /)", "Whether all letters are lower case, and there is one (ASCII).", bytes_m_islower},                 \
    {"isspace", "($self, /)", "Whether all bytes are ASCII white space, and there is one.", bytes_m_isspace},                    \
    {"istitle", "($self, /)", "Whether the text is in title case (ASCII).", bytes_m_istitle},                                    \
    {"isupper", "($self, /)", "Whether all letters are upper case, and there is one (ASCII).", bytes_m_isupper},                 \
    {"join", "($self, iterable_of_bytes, /)", "The items of an iterable with this one between them.", bytes_m_join},             \
    {"ljust", "($self, width, fillchar=b' ', /)", "Padded on the right to a width.", bytes_m_ljust},                             \
    {"lower", "($self, /)", "In lower case (ASCII).", bytes_m_lower},                                                            \
    {"lstrip", "($self, bytes=None, /)", "Without leading white space, or leading bytes of the argument.", bytes_m_lstrip},      \
    {"maketrans", "(frm, to, /)", "A table for translate that maps each byte of frm to the one in to.", bytes_m_maketrans, MF_STATIC}, \
    {"partition", "($self, sep, /)", "The part before the first separator, the separator, the part behind.", bytes_m_partition}, \
    {"removeprefix", "($self, prefix, /)", "Without the prefix, if it is there.", bytes_m_removeprefix},                         \
    {"removesuffix", "($self, suffix, /)", "Without the suffix, if it is there.", bytes_m_removesuffix},                         \
    {"replace", "($self, old, new, count=-1, /)", "A copy with all occurrences of old replaced by new, or the first count of them.", bytes_m_replace}, \
    {"rfind", "($self, sub, start=None, end=None, /)", "The highest index of sub in s[start:end], or -1.", bytes_m_rfind},       \
    {"rindex", "($self, sub, start=None, end=None, /)", "As rfind, but ValueError when it is not found.", bytes_m_rindex},       \
    {"rjust", "($self, width, fillchar=b' ', /)", "Padded on the left to a width.", bytes_m_rjust},                              \
    {"rpartition", "($self, sep, /)", "The part before the last separator, the separator, the part behind.", bytes_m_rpartition}, \
    {"rsplit", "($self, /, sep=None, maxsplit=-1)", "As split, but a maxsplit counts from the end.", bytes_m_rsplit},            \
    {"rstrip", "($self, bytes=None, /)", "Without trailing white space, or trailing bytes of the argument.", bytes_m_rstrip},    \
    {"split", "($self, /, sep=None, maxsplit=-1)", "The list of the parts between separators; without sep, between white space.", bytes_m_split}, \
    {"splitlines", "($self, /, keepends=False)", "The list of the lines.", bytes_m_splitlines},                                  \
    {"startswith", "($self, prefix, start=None, end=None, /)", "Whether s[start:end] begins with a prefix, or with one of a tuple.", bytes_m_startswith}, \
    {"strip", "($self, bytes=None, /)", "Without white space at both ends, or bytes of the argument.", bytes_m_strip},           \
    {"swapcase", "($self, /)", "Upper case to lower case and the other way round (ASCII).", bytes_m_swapcase},                   \
    {"title", "($self, /)", "Each word with a first letter in upper case (ASCII).", bytes_m_title},                              \
    {"translate", "($self, table, /, delete=b'')", "Without the bytes of delete, the others replaced by table[byte]; None: by themselves.", bytes_m_translate}, \
    {"upper", "($self, /)", "In upper case (ASCII).", bytes_m_upper},                                                            \
    {"zfill", "($self, width, /)", "Padded with zeros on the left, behind a sign.", bytes_m_zfill}

#endif
