/* Types: the relation between them. */
#include "core/type.h"

#include "core/state.h"

bool is_subtype(const Type *a, const Type *b) {
    if (a == b) return true;
    if (a->mro_types) {
        for (uint32_t i = 0; i < a->mro_count; i++) {
            if (a->mro_types[i] == b) return true;
        }
        return false;
    }
    /* While its mro is being made a type has its chain of bases only. */
    for (a = a->base; a; a = a->base) {
        if (a == b) return true;
    }
    return false;
}
