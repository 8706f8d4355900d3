/* lock and RLock.
 *
 * A lock is a flag guarded by the GIL: taking a free one is a store. Who must wait lines up with a semaphore on its own stack; releasing hands the
 * lock over to the first in line.
 */
#include "modules/thread_lock.h"


#include <errno.h>
#include <semaphore.h>
#include <time.h>

#include "object/instance.h"

typedef struct Waiter {
    sem_t semaphore;
    bool woken;
    struct Waiter *next;
} Waiter;

int64_t monotonic_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void leave_line(WaitLine *line, Waiter *w) {
    Waiter *before = NULL;
    for (Waiter *at = line->first; at != NULL; before = at, at = at->next) {
        if (at != w) continue;
        if (before != NULL) before->next = w->next;
        else line->first = w->next;
        if (line->last == w) line->last = before;
        return;
    }
}

WaitResult wait_line_wait(Thread *t, WaitLine *line, int64_t deadline) {
    Waiter w = {.woken = false, .next = NULL};
    sem_init(&w.semaphore, 0, 0);
    if (line->last != NULL) line->last->next = &w;
    else line->first = &w;
    line->last = &w;
    WaitResult result = WAIT_TIMEOUT;
    for (;;) {
        int r, error = 0;
        gil_release(t);
        if (deadline < 0) {
            r = sem_wait(&w.semaphore);
        } else {
            struct timespec until = {deadline / 1000000000, deadline % 1000000000};
            r = sem_clockwait(&w.semaphore, CLOCK_MONOTONIC, &until);
        }
        if (r != 0) error = errno;
        gil_acquire(t);
        if (w.woken) {
            result = WAIT_DONE;
            break;
        }
        if (r != 0 && error == ETIMEDOUT) break;
        if (r != 0 && error == EINTR && !signals_check(t)) {
            result = w.woken ? WAIT_DONE : WAIT_ERROR;
            break;
        }
    }
    if (!w.woken) leave_line(line, &w);
    sem_destroy(&w.semaphore);
    return result;
}

bool wait_line_wake(WaitLine *line) {
    Waiter *w = line->first;
    if (w == NULL) return false;
    line->first = w->next;
    if (line->first == NULL) line->last = NULL;
    w->woken = true;
    sem_post(&w->semaphore);
    return true;
}

void wait_line_wake_all(WaitLine *line) {
    while (wait_line_wake(line)) {
    }
}

/* --- lock -------------------------------------------------------------------------------------------------------------------------- */

Value lock_new(Thread *t) {
    Lock *lock = heap_object(t, SHAPE_lock, sizeof *lock);
    if (lock == NULL) return VNULL;
    lock->line = (WaitLine){NULL, NULL};
    lock->locked = false;
    lock->ext = NULL;
    return v_from(lock);
}

WaitResult lock_take(Thread *t, Lock *lock, int64_t deadline) {
    if (!lock->locked) {
        lock->locked = true;
        return WAIT_DONE;
    }
    if (deadline == 0) return WAIT_TIMEOUT;
    obj_incref(lock);
    WaitResult r = wait_line_wait(t, &lock->line, deadline); /* woken: it stays locked and is ours */
    if (r == WAIT_DONE && err_pending(t)) {
        lock_give(lock);
        r = WAIT_ERROR;
    }
    obj_decref(t, lock);
    return r;
}

void lock_give(Lock *lock) {
    if (!wait_line_wake(&lock->line)) lock->locked = false;
}

static const double TIMEOUT_LIMIT = 9223372036.0;

/* Of acquire(blocking=True, timeout=-1): -1 forever, 0 not at all. */
static bool acquire_arguments(Thread *t, Value blocking, Value timeout, int64_t *deadline) {
    int wait = is_null(blocking) ? 1 : truth(t, blocking);
    if (wait < 0) return false;
    double seconds = -1;
    if (!is_null(timeout) && !arg_double(t, timeout, &seconds)) return false;
    if (seconds != seconds) return err_fail(t, T_ValueError, "Invalid value NaN (not a number)");
    if (!wait && seconds != -1) return err_fail(t, T_ValueError, "can't specify a timeout for a non-blocking call");
    if (seconds < 0 && seconds != -1) return err_fail(t, T_ValueError, "timeout value must be a non-negative number");
    if (seconds > TIMEOUT_LIMIT) return err_fail(t, T_OverflowError, "timeout value is too large");
    if (!wait || seconds == 0) *deadline = 0;
    else *deadline = seconds < 0 ? -1 : monotonic_now() + (int64_t)(seconds * 1e9);
    return true;
}

bool deadline_from(Thread *t, Value timeout, int64_t *deadline) {
    double seconds;
    *deadline = -1;
    if (is_null(timeout) || is_none(timeout)) return true;
    if (!arg_double(t, timeout, &seconds)) return false;
    if (seconds > TIMEOUT_LIMIT) return err_fail(t, T_OverflowError, "timeout value is too large");
    if (seconds >= 0) *deadline = monotonic_now() + (int64_t)(seconds * 1e9);
    return true;
}

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

METHOD(lock_acquire) {
    int64_t deadline;
    if (!acquire_arguments(t, args[1], args[2], &deadline)) return VNULL;
    WaitResult r = lock_take(t, V_AS(Lock, args[0]), deadline);
    return r == WAIT_ERROR ? VNULL : v_bool(r == WAIT_DONE);
}
METHOD(lock_enter) { return lock_take(t, V_AS(Lock, args[0]), -1) == WAIT_ERROR ? VNULL : V_TRUE; }
METHOD(lock_release) {
    Lock *lock = V_AS(Lock, args[0]);
    if (!lock->locked) return err_raise(t, T_RuntimeError, "release unlocked lock");
    lock_give(lock);
    return V_NONE;
}
METHOD(lock_exit) { return lock_release(t, args, 1, VNULL); }
METHOD(lock_locked) { return v_bool(V_AS(Lock, args[0])->locked); }
METHOD(lock_after_fork) {
    Lock *lock = V_AS(Lock, args[0]);
    lock->line = (WaitLine){NULL, NULL};
    lock->locked = false;
    return V_NONE;
}

static Value lock_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs || (!is_null(kwnames) && tuple_len(kwnames))) return err_raise(t, T_TypeError, "lock() takes no arguments");
    return lock_new(t);
}
static Value lock_repr(Thread *t, Value self) {
    return str_format(t, "<%s _thread.lock object at 0x%lx>", V_AS(Lock, self)->locked ? "locked" : "unlocked", (unsigned long)self.bits);
}

#define ACQUIRE_DOC "Lock the lock, waiting for it unless blocking is false, and at most timeout seconds if given. Answers whether it was taken."
static const MethodDef lock_methods[] = {
    {"acquire", "($self, /, blocking=True, timeout=-1)", ACQUIRE_DOC, lock_acquire},
    {"acquire_lock", "($self, /, blocking=True, timeout=-1)", "An obsolete synonym of acquire().", lock_acquire},
    {"release", "($self, /)", "Release the lock, so that another thread can take it. Whoever holds it.", lock_release},
    {"release_lock", "($self, /)", "An obsolete synonym of release().", lock_release},
    {"locked", "($self, /)", "Whether the lock is held.", lock_locked},
    {"locked_lock", "($self, /)", "An obsolete synonym of locked().", lock_locked},
    {"__enter__", "($self, /)", "Lock the lock.", lock_enter},
    {"__exit__", "($self, /, *exc_info)", "Release the lock.", lock_exit},
    {"_at_fork_reinit", "($self, /)", NULL, lock_after_fork},
    {NULL},
};
const TypeDef typedef_lock = {
    .name = "_thread.lock",
    .doc = "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().",
    .flags = TF_IMMUTABLE | TF_WEAKREF | TF_EXT,
    .size = sizeof(Lock),
    .ext_offset = offsetof(Lock, ext),
    .methods = lock_methods,
    .slots = {.new = lock_make, .repr = lock_repr},
};

/* --- RLock ------------------------------------------------------------------------------------------------------------------------- */

typedef struct RLock { Object head; WaitLine line; uint64_t owner; uint64_t count; void *ext; } RLock;

/* Takes it `count` times at once. */
static WaitResult rlock_take(Thread *t, RLock *lock, uint64_t count, int64_t deadline) {
    if (lock->count > 0 && lock->owner == t->id) {
        lock->count += count;
        return WAIT_DONE;
    }
    if (lock->count > 0) {
        if (deadline == 0) return WAIT_TIMEOUT;
        obj_incref(lock);
        WaitResult r = wait_line_wait(t, &lock->line, deadline);
        obj_decref(t, lock);
        if (r != WAIT_DONE) return r;
    }
    lock->owner = t->id;
    lock->count = count;
    return WAIT_DONE;
}

static void rlock_give(RLock *lock) {
    lock->owner = 0;
    if (wait_line_wake(&lock->line)) lock->count = 1; /* nobody can get in between */
    else lock->count = 0;
}

static bool rlock_owned(Thread *t, RLock *lock) { return lock->count > 0 && lock->owner == t->id; }

METHOD(rlock_acquire) {
    int64_t deadline;
    if (!acquire_arguments(t, args[1], args[2], &deadline)) return VNULL;
    WaitResult r = rlock_take(t, V_AS(RLock, args[0]), 1, deadline);
    return r == WAIT_ERROR ? VNULL : v_bool(r == WAIT_DONE);
}
METHOD(rlock_enter) { return rlock_take(t, V_AS(RLock, args[0]), 1, -1) == WAIT_ERROR ? VNULL : V_TRUE; }
METHOD(rlock_release) {
    RLock *lock = V_AS(RLock, args[0]);
    if (!rlock_owned(t, lock)) return err_raise(t, T_RuntimeError, "cannot release un-acquired lock");
    if (--lock->count == 0) rlock_give(lock);
    return V_NONE;
}
METHOD(rlock_exit) { return rlock_release(t, args, 1, VNULL); }
METHOD(rlock_locked) { return v_bool(V_AS(RLock, args[0])->count > 0); }
METHOD(rlock_is_owned) { return v_bool(rlock_owned(t, V_AS(RLock, args[0]))); }
METHOD(rlock_recursion_count) {
    RLock *lock = V_AS(RLock, args[0]);
    return int_from_u64(t, rlock_owned(t, lock) ? lock->count : 0);
}
METHOD(rlock_release_save) {
    RLock *lock = V_AS(RLock, args[0]);
    if (lock->count == 0) return err_raise(t, T_RuntimeError, "cannot release un-acquired lock");
    Value count = int_from_u64(t, lock->count), owner = int_from_u64(t, lock->owner);
    Value state = is_null(count) || is_null(owner) ? VNULL : tuple_of(t, 2, count, owner);
    decref_maybe(t, count);
    decref_maybe(t, owner);
    if (!is_null(state)) rlock_give(lock);
    return state;
}
METHOD(rlock_acquire_restore) {
    if (!IS_EXACT(args[1], tuple) || tuple_len(args[1]) != 2) return err_raise(t, T_TypeError, "_acquire_restore() argument 1 must be 2-item tuple");
    uint64_t count, owner;
    if (!int_to_u64(t, tuple_at(args[1], 0), &count) || !int_to_u64(t, tuple_at(args[1], 1), &owner)) return VNULL;
    RLock *lock = V_AS(RLock, args[0]);
    if (rlock_take(t, lock, count, -1) == WAIT_ERROR) return VNULL;
    lock->owner = owner;
    lock->count = count;
    return V_NONE;
}
METHOD(rlock_after_fork) {
    RLock *lock = V_AS(RLock, args[0]);
    lock->line = (WaitLine){NULL, NULL};
    lock->owner = lock->count = 0;
    return V_NONE;
}
static Value rlock_repr(Thread *t, Value self) {
    RLock *lock = V_AS(RLock, self);
    return str_format(t, "<%s %N object owner=%lu count=%lu at 0x%lx>", lock->count ? "locked" : "unlocked", type_of(t, self),
                      (unsigned long)lock->owner, (unsigned long)lock->count, (unsigned long)self.bits);
}

static const MethodDef rlock_methods[] = {
    {"acquire", "($self, /, blocking=True, timeout=-1)", ACQUIRE_DOC " The thread that holds it may take it again.", rlock_acquire},
    {"release", "($self, /)", "Release the lock once; it is free when it was released as often as taken.", rlock_release},
    {"locked", "($self, /)", "Whether the lock is held.", rlock_locked},
    {"__enter__", "($self, /)", "Lock the lock.", rlock_enter},
    {"__exit__", "($self, /, *exc_info)", "Release the lock.", rlock_exit},
    {"_is_owned", "($self, /)", "For internal use by `threading.Condition`.", rlock_is_owned},
    {"_recursion_count", "($self, /)", "For internal use by reentrancy checks.", rlock_recursion_count},
    {"_release_save", "($self, /)", "For internal use by `threading.Condition`.", rlock_release_save},
    {"_acquire_restore", "($self, state, /)", "For internal use by `threading.Condition`.", rlock_acquire_restore},
    {"_at_fork_reinit", "($self, /)", NULL, rlock_after_fork},
    {NULL},
};
const TypeDef typedef_RLock = {
    .name = "_thread.RLock",
    .flags = TF_BASE | TF_WEAKREF | TF_EXT,
    .size = sizeof(RLock),
    .ext_offset = offsetof(RLock, ext),
    .methods = rlock_methods,
    .slots = {.new = type_generic_new, .repr = rlock_repr},
};
