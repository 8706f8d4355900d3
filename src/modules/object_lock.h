/* A mutex inside an object whose C state is used without the GIL. Zero bytes are an unlocked one; it is never waited for
 * with the GIL held, and whoever holds it runs no Python code. */
#ifndef KRAIT_MODULES_OBJECT_LOCK_H
#define KRAIT_MODULES_OBJECT_LOCK_H

#include <pthread.h>

#include "modules/module.h"

static inline void object_lock(Thread *t, pthread_mutex_t *mutex) {
    if (LIKELY(pthread_mutex_trylock(mutex) == 0)) return;
    gil_release(t);
    pthread_mutex_lock(mutex);
    gil_acquire(t);
}
static inline void object_unlock(pthread_mutex_t *mutex) { pthread_mutex_unlock(mutex); }

#endif
