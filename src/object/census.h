/* What there is, by type. */
#ifndef KRAIT_OBJECT_CENSUS_H
#define KRAIT_OBJECT_CENSUS_H

#include <stdio.h>

#include "core/state.h"

/* The heap by size classes and the objects by type, as tables for people (-X heapstats, sys._debugmallocstats). Raises nothing. */
void census_print(Thread *t, FILE *out);

#endif
