/* Whether a module lies where it hides another one: for the texts of AttributeError and ImportError. */
#ifndef KRAIT_OPS_SHADOWING_H
#define KRAIT_OPS_SHADOWING_H

#include "core/errors.h"

typedef enum Shadowing {
    SHADOWS_NOTHING,
    SHADOWS_LIBRARY,  /* it lies in the first folder of the path: maybe a library of that name was meant */
    SHADOWS_STANDARD, /* ... and the standard library has a module of that name */
    SHADOWS_ERROR,    /* the name could not be looked up: an exception */
} Shadowing;

/* Of a module with this name and origin (str; VNULL: it lies nowhere). */
Shadowing module_shadowing(Thread *t, Value name, Value origin);

#endif
