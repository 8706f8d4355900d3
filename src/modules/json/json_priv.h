/* _json inside. */
#ifndef KRAIT_MODULES_JSON_PRIV_H
#define KRAIT_MODULES_JSON_PRIV_H

#include "modules/module.h"
#include "object/instance.h"

/* Writes the JSON text of a str, with its quotes. */
bool json_put_string(Thread *t, StrBuilder *b, Value str, bool ascii) MUST_USE;
/* Raises json.JSONDecodeError. */
Value json_error(Thread *t, const char *message, Value document, int64_t position) COLD;
/* Reads a string whose opening quote stands before `begin`; *end is behind the closing one. */
Value json_scan_string(Thread *t, Value document, int64_t begin, bool strict, int64_t *end);

Value json_encode_basestring(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value json_encode_basestring_ascii(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value json_scanstring(Thread *t, Value *args, uint32_t nargs, Value kwnames);

extern const TypeDef typedef_json_scanner, typedef_json_encoder;

#endif
