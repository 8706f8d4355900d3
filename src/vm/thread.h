/* Threads of an interpreter, as the interpreter's machinery sees them: begin, end, fork, and the end of all. */
#ifndef KRAIT_VM_THREAD_H
#define KRAIT_VM_THREAD_H

#include "core/errors.h"

/* A Thread for a new OS thread (the GIL is held). NULL: out of memory, without an exception. */
Thread *thread_new(Interp *interp);
/* In the new OS thread: attaches and takes the GIL. */
void thread_begin(Thread *t);
/* Its end: drops what it owns, gives up the GIL, frees it. */
void thread_end(Thread *t);
/* A new one whose OS thread could not be made. */
void thread_discard(Thread *t);
/* In the child of a fork: the other threads are gone. */
void thread_after_fork(Thread *t);
/* At the end of the interpreter: the other threads stop when they next take the GIL, or at their next safe point. */
void threads_stop(Thread *t);
/* Whether t is the only one left; threads that are past giving up the lock for good are waited for.  */
bool thread_is_alone(Thread *t);
/* The interpreter's thread of that identifier, borrowed, or NULL. What libc is given as a pthread_t must be one: it takes any for an address. */
Thread *thread_find(Thread *t, uint64_t id);
/* Sets an exception (class or instance, borrowed) that another thread raises at its next safe point; false: there is no such thread. */
bool thread_set_async_exception(Thread *t, uint64_t id, Value exception);

#endif
