/* The GIL: a mutex, conditions, and a number that changes with each hand-over.
 *
 * A waiting thread lets the holder go on for one interval, then sets BREAK_GIL at it. The holder gives the lock up at its next safe point and
 * does not take it again before another thread has had it. All of it is libc's memory: it is used without the lock.
 *
 * Who waits stands in one of two lines: those who come back from a blocking call, and those who were asked to give the lock up. The former go
 * first, since they seldom keep it for long, but not more than FAVOURS times in a row: so a thread that waits for sockets need not wait for
 * every computing thread's interval, and computing threads go on whatever the others do.
 */
#include "vm/gil.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum { FAVOURS = 4 };
typedef struct Line {
    pthread_cond_t free;
    uint32_t waiting;
} Line;

struct Gil {
    pthread_mutex_t mutex;
    pthread_cond_t taken;
    Line back, asked;        /* from a blocking call; after giving the lock up */
    uint32_t favours;        /* how often in a row one of `back` was called while one of `asked` waited */
    Thread *holder;          /* NULL: free */
    Thread *last;            /* who held it last */
    uint64_t hand_overs;
    volatile uint64_t interval; /* microseconds */
};

static void init_locks(Gil *g) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&g->mutex, NULL);
    pthread_cond_init(&g->back.free, &attributes);
    pthread_cond_init(&g->asked.free, &attributes);
    pthread_cond_init(&g->taken, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool gil_create(Interp *interp) {
    Gil *g = calloc(1, sizeof *g);
    if (g == NULL) return false;
    init_locks(g);
    g->interval = 5000;
    interp->gil = g;
    return true;
}

void gil_destroy(Interp *interp) {
    Gil *g = interp->gil;
    pthread_mutex_destroy(&g->mutex);
    pthread_cond_destroy(&g->back.free);
    pthread_cond_destroy(&g->asked.free);
    pthread_cond_destroy(&g->taken);
    free(g);
    interp->gil = NULL;
}

static struct timespec after(uint64_t microseconds) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += (long)(microseconds % 1000000) * 1000;
    at.tv_sec += (time_t)(microseconds / 1000000) + at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

/* Gives it up: the first of a line is called. */
static void give(Gil *g) {
    g->holder = NULL;
    bool favoured = g->back.waiting > 0 && (g->asked.waiting == 0 || g->favours < FAVOURS);
    g->favours = favoured && g->asked.waiting > 0 ? g->favours + 1 : 0;
    pthread_cond_signal(favoured ? &g->back.free : &g->asked.free);
}

static void take(Gil *g, Thread *t, Line *line) {
    line->waiting++;
    while (g->holder != NULL) {
        uint64_t seen = g->hand_overs;
        struct timespec until = after(g->interval ? g->interval : 1);
        int r = pthread_cond_timedwait(&line->free, &g->mutex, &until);
        if (r == ETIMEDOUT && g->holder != NULL && g->hand_overs == seen) breaker_set(g->holder, BREAK_GIL);
    }
    line->waiting--;
    g->holder = t;
    if (g->last != t) g->hand_overs++;
    g->last = t;
    pthread_cond_broadcast(&g->taken);
}

/* A thread that comes back when the interpreter is over must not run on. */
static void stop_if_over(Thread *t) {
    if (LIKELY(!(t->breaker & BREAK_EXIT))) return;
    gil_release(t);
    for (;;) {
        struct timespec long_time = {3600, 0};
        nanosleep(&long_time, NULL);
    }
}

void gil_acquire(Thread *t) {
    int saved = errno;
    Gil *g = t->interp->gil;
    pthread_mutex_lock(&g->mutex);
    take(g, t, &g->back);
    pthread_mutex_unlock(&g->mutex);
    stop_if_over(t);
    errno = saved;
}

void gil_release(Thread *t) {
    int saved = errno;
    Gil *g = t->interp->gil;
    pthread_mutex_lock(&g->mutex);
    give(g);
    pthread_mutex_unlock(&g->mutex);
    errno = saved;
}

void gil_yield(Thread *t) {
    Gil *g = t->interp->gil;
    breaker_clear(t, BREAK_GIL);
    pthread_mutex_lock(&g->mutex);
    if (g->back.waiting + g->asked.waiting > 0) {
        uint64_t seen = g->hand_overs;
        give(g);
        while (g->hand_overs == seen && g->back.waiting + g->asked.waiting > 0) {
            struct timespec until = after(100000);
            if (pthread_cond_timedwait(&g->taken, &g->mutex, &until) == ETIMEDOUT) break;
        }
        take(g, t, &g->asked);
    }
    pthread_mutex_unlock(&g->mutex);
    stop_if_over(t);
}

uint64_t gil_interval(Interp *interp) { return interp->gil->interval; }
void gil_set_interval(Interp *interp, uint64_t microseconds) { interp->gil->interval = microseconds; }
bool gil_held(Thread *t) { return t->interp->gil->holder == t; }

void gil_after_fork(Thread *t) {
    Gil *g = t->interp->gil;
    init_locks(g);
    g->holder = g->last = t;
    g->back.waiting = g->asked.waiting = 0;
    breaker_clear(t, BREAK_GIL);
}
