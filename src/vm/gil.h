/* The lock that the threads of an interpreter take turns with. */
#ifndef KRAIT_VM_GIL_H
#define KRAIT_VM_GIL_H

#include "core/errors.h"

bool gil_create(Interp *interp);
/* Nobody holds it, waits for it or will. */
void gil_destroy(Interp *interp);
/* As in modules/module.h: around blocking calls; between them no object may be touched. */
void gil_release(Thread *t);
void gil_acquire(Thread *t);
/* Another thread asked for it: gives it up and waits for its turn. */
void gil_yield(Thread *t);
/* Microseconds a thread may go on while another waits. */
uint64_t gil_interval(Interp *interp);
void gil_set_interval(Interp *interp, uint64_t microseconds);
/* The child of a fork: only the calling thread is left. */
void gil_after_fork(Thread *t);
/* From a thread that goes on waiting in C: whether it holds the lock. */
bool gil_held(Thread *t);
/* After EINTR: runs signal handlers; false: one raised. */
bool signals_check(Thread *t) MUST_USE;

#endif
