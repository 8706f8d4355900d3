/* Waiting for other threads: what locks, handles and queues are built on. */
#ifndef KRAIT_MODULES_THREAD_LOCK_H
#define KRAIT_MODULES_THREAD_LOCK_H

#include "modules/module.h"

/* Threads waiting in line. The GIL guards it; the waiters lie on their threads' C stacks, so that an idle one is two null pointers. */
typedef struct WaitLine { struct Waiter *first, *last; } WaitLine;

typedef enum WaitResult { WAIT_ERROR = -1, WAIT_TIMEOUT = 0, WAIT_DONE = 1 } WaitResult;

/* Waits, without the GIL, until wait_line_wake reaches this thread. `deadline`: nanoseconds of the monotonic clock, -1: none. */
WaitResult wait_line_wait(Thread *t, WaitLine *line, int64_t deadline);
/* Wakes the thread that waited longest; false: nobody waits. */
bool wait_line_wake(WaitLine *line);
void wait_line_wake_all(WaitLine *line);
/* Nanoseconds of the monotonic clock, and the deadline for a timeout in seconds (a Python number; None or negative: none).
 * false: exception. */
int64_t monotonic_now(void);
bool deadline_from(Thread *t, Value timeout, int64_t *deadline);

typedef struct Lock { Object head; WaitLine line; bool locked; void *ext; } Lock;
Value lock_new(Thread *t);
/* Takes the lock; deadline as above, 0: does not wait. */
WaitResult lock_take(Thread *t, Lock *lock, int64_t deadline);
void lock_give(Lock *lock); /* it is locked */

/* State of the module _thread. */
struct ThreadState {
    Value shutdown_handles; /* list of the handles of threads that the interpreter waits for at its end */
    Type *excepthook_args, *handle_type;
    Type *local_index;      /* of what Thread.locals holds */
    int64_t next_local;     /* number of the next _local object */
    int64_t count;          /* threads started here that have not ended */
    size_t stack_size;      /* of new threads; 0: the system's */
    struct ThreadHandle *handles; /* all that live, borrowed */
};
/* In the child after fork(): the other threads have ended. */
void thread_handles_after_fork(Thread *t);
bool thread_local_init(Thread *t, struct ThreadState *state) MUST_USE;

extern const TypeDef typedef_lock, typedef_RLock, typedef_thread_local;

#endif
