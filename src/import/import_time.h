/* -X importtime: how long each import takes, on the standard error of the process. */
#ifndef KRAIT_IMPORT_IMPORT_TIME_H
#define KRAIT_IMPORT_IMPORT_TIME_H

#include "core/errors.h"

/* One import that runs; on the C stack of its find_and_load. */
typedef struct ImportTimer {
    int64_t start;   /* ns */
    int64_t outside; /* what the importing module's imports had taken until now */
} ImportTimer;

/* Starts with it where the configuration asks for it; false: exception. */
bool import_times_init(Thread *t) MUST_USE;
/* These are called where interp->import_times is not NULL. A pending exception stays. */
void import_timer_start(Thread *t, ImportTimer *timer);
void import_timer_stop(Thread *t, const ImportTimer *timer, Value name);
/* An import that sys.modules answered; shown with -X importtime=2 only. */
void import_times_cached(Thread *t, Value name);

#endif
