/* File descriptors as arguments. */
#ifndef KRAIT_MODULES_FD_ARGUMENT_H
#define KRAIT_MODULES_FD_ARGUMENT_H

#include "core/errors.h"

/* An int, or what an object's fileno() answers; never negative. */
bool fd_argument(Thread *t, Value v, int *fd) MUST_USE;

#endif
