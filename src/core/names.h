/* Interned names by constant: N(t, append) is the str "append", immortal. */
#ifndef KRAIT_CORE_NAMES_H
#define KRAIT_CORE_NAMES_H

#include "core/state.h"

enum NameId {
#define NAME(x) N_##x,
#include "core/names.inc" /* core/names.def without duplicates, made at build from it */
#undef NAME
    NAME_COUNT
};

#define N(t, x) ((t)->names[N_##x])

#endif
