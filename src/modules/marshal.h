/* Serialised code and constants, for caches of compiled modules. */
#ifndef KRAIT_MODULES_MARSHAL_H
#define KRAIT_MODULES_MARSHAL_H

#include "core/errors.h"

/* Changes with every change of the instruction set or of what the compiler makes: the magic number of .pyc files is
 * this token's low 16 bits, "\r\n". */
#define MARSHAL_PYC_TOKEN (4250 | '\r' << 16 | '\n' << 24)
#define MARSHAL_CODE_MAGIC "krait\0\0\10"

Value marshal_load_bytes(Thread *t, const char *data, int64_t n);
Value marshal_dump_bytes(Thread *t, Value v);

#endif
