/* Text that the system gives and takes as bytes: file names, arguments, accounts.  It is in the encoding of the locale (Config.fs_encoding),
 * and what is no text there comes as lone surrogates and goes back as it came. */
#ifndef KRAIT_OBJECT_FS_TEXT_H
#define KRAIT_OBJECT_FS_TEXT_H

#include "core/errors.h"

/* "utf-8" or "ascii". */
const char *fs_encoding(Thread *t);
/* All owned; VNULL: exception. */
Value fs_decode(Thread *t, const char *data, int64_t n);
Value fs_decode_bytes(Thread *t, Value bytes);
Value fs_decode_cstr(Thread *t, const char *text);
Value fs_encode(Thread *t, Value str);

#endif
