/* Sets of signals as arguments, for the modules that take some. */
#ifndef KRAIT_MODULES_SIGNAL_SET_H
#define KRAIT_MODULES_SIGNAL_SET_H

#include <signal.h>

#include "core/state.h"

/* The signal numbers of an iterable; false: exception. Where: signal.c. */
bool signal_set(Thread *t, Value v, sigset_t *set) MUST_USE;

#endif
