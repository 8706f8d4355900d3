/* Making and unmaking the process's Runtime, its interpreters, their threads and fibers.
 *
 *     runtime_create -> interp_create -> (heap_create, by whoever boots) -> thread_create -> thread_attach
 *
 * These structs lie in libc's memory: they hold locks, OS thread ids and stack limits, and none of that belongs
 * into the private heap. They are filled with zeroes and defaults here; types, modules and names come from boot.
 */
#ifndef KRAIT_CORE_RUNTIME_H
#define KRAIT_CORE_RUNTIME_H

#include "core/config.h"
#include "core/state.h"

/* NULL: out of memory. The runtime keeps `config`, which stays the caller's. */
Runtime *runtime_create(Config *config) MUST_USE;
/* All interpreters must be gone. */
void runtime_destroy(Runtime *runtime);

/* An interpreter with an empty shape region, an empty table of names and its hash key, in the runtime's list. NULL: out of memory. */
Interp *interp_create(Runtime *runtime) MUST_USE;
/* Its threads and its heap must be gone. */
void interp_destroy(Interp *interp);

/* A thread of the interpreter, in its list; it takes over what the interpreter has by now (heap, names, hooks). */
Thread *thread_create(Interp *interp) MUST_USE;
/* Makes the calling OS thread the one that runs `t`: its id, its stack limit, thread_current(). */
void thread_attach(Thread *t);
void thread_detach(Thread *t);
/* The calling OS thread, which another interpreter's thread was attached to and detached from meanwhile, runs `t` again. */
void thread_resume(Thread *t);
/* Takes it out of the interpreter's list: nobody finds it any more. */
void thread_unlink(Thread *t);
void thread_destroy(Thread *t);
Thread *thread_current(Runtime *runtime);
/* For signal handlers installed with SA_SIGINFO: the Thread that the signal's OS thread runs, NULL: none. `context` is the
 * handler's third argument. A handler has no other way to the state: the address of the thread's alternate signal stack, which the
 * context tells, leads there. */
Thread *thread_of_signal(const void *context);

/* A fiber that handles no exception, on the C stack of `size` bytes whose lowest address is `stack`. */
void fiber_init(Fiber *fiber, Thread *t, char *stack, size_t size);

#endif
