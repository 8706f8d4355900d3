/* The later steps of boot, by file. Each answers false with an exception pending. */
#ifndef KRAIT_BOOT_PRIV_H
#define KRAIT_BOOT_PRIV_H

#include "core/errors.h"

/* hooks.c */
bool boot_hooks(Thread *t);
/* importlib.c */
bool boot_importlib(Thread *t);
bool boot_importlib_external(Thread *t);
/* streams.c */
bool boot_encodings(Thread *t);
bool boot_early_stderr(Thread *t);
bool boot_streams(Thread *t);
bool boot_warnings(Thread *t);
/* tracing.c */
bool boot_tracing(Thread *t);

#endif
