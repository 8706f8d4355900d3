/* The format mini-language and %-formatting. */
#ifndef KRAIT_TYPES_FORMAT_H
#define KRAIT_TYPES_FORMAT_H

#include "core/errors.h"

/* format(v, spec) for the basic types; spec is a str (an exact or subclass instance). */
Value format_str(Thread *t, Value v, Value spec);
Value format_int(Thread *t, Value v, Value spec);
Value format_float(Thread *t, Value v, Value spec);
Value format_complex(Thread *t, Value v, Value spec);
/* `format % args` of str, and of bytes and bytearray (result of the format's type). */
Value percent_str(Thread *t, Value format, Value args);
Value percent_bytes(Thread *t, Value format, Value args);

#endif
