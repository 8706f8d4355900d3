/* Runtime, interpreters, threads and fibers: their memory, their lists and their stack limits.
 *
 * The shape region of an interpreter is reserved address space; the system commits what is touched.
 * Invariant: the first SHAPE_FIRST_DYNAMIC bytes belong to the types of core/types.def, so that a shape's
 * offset names the same type in every interpreter; offset 0 is never a type.
 */
#include "core/runtime.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/hash.h"
#include "core/names.h"

enum {
    STACK_RESERVE = 192 << 10,      /* of the C stack: for what runs beyond the guard */
    STACK_USED_MAX = 64 << 20,      /* of a larger stack no more is used */
    STACK_DEFAULT = 1 << 20,        /* assumed where the system does not tell */
    RECURSION_LIMIT_DEFAULT = 1000,
    SIGNAL_STACK_BYTES = 64 << 10,
};

/* Lies at the lowest address of each thread's alternate signal stack. */
typedef struct SignalStack {
    uint64_t mark;
    Thread *thread;
    stack_t before; /* what the thread had, restored when it is detached */
} SignalStack;
#define SIGNAL_STACK_MARK UINT64_C(0x6b72616974737461)

Runtime *runtime_create(Config *config) {
    Runtime *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->config = config;
    r->signal_wakeup_fd = 0;
    if (pthread_mutex_init(&r->lock, NULL)) {
        free(r);
        return NULL;
    }
    if (pthread_key_create(&r->thread_key, NULL)) {
        pthread_mutex_destroy(&r->lock);
        free(r);
        return NULL;
    }
    return r;
}

void runtime_destroy(Runtime *r) {
    pthread_key_delete(r->thread_key);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static bool interp_hash_key(Interp *interp, const Config *config) {
    HashKey key;
    HashSeed seed = {.random = !config->hash_seed_given, .seed = (uint32_t)config->hash_seed};
    if (!hash_key_init(&key, seed)) return false;
    interp->hash_key[0] = key.k0;
    interp->hash_key[1] = key.k1;
    return true;
}

Interp *interp_create(Runtime *r) {
    Interp *interp = calloc(1, sizeof *interp);
    if (!interp) return NULL;
    interp->shapes = MAP_FAILED;
    interp->names = calloc(NAME_COUNT, sizeof(Value));
    if (!interp->names || !interp_hash_key(interp, r->config)) goto fail;
    interp->shapes = mmap(NULL, SHAPE_REGION_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (interp->shapes == MAP_FAILED) goto fail;
    interp->shapes_top = SHAPE_FIRST_DYNAMIC;
    interp->runtime = r;
    interp->next_type_version = 1;
    interp->next_keys_version = 1;
    interp->int_max_str_digits = r->config->int_max_str_digits >= 0 ? r->config->int_max_str_digits : 4300;
    interp->dev_mode = r->config->dev_mode;
    pthread_mutex_lock(&r->lock);
    interp->id = r->next_interp_id++;
    interp->next = r->interps;
    r->interps = interp;
    if (!r->main) r->main = interp;
    pthread_mutex_unlock(&r->lock);
    return interp;
fail:
    free(interp->names);
    free(interp);
    return NULL;
}

void interp_destroy(Interp *interp) {
    Runtime *r = interp->runtime;
    pthread_mutex_lock(&r->lock);
    for (Interp **link = &r->interps; *link; link = &(*link)->next) {
        if (*link == interp) {
            *link = interp->next;
            break;
        }
    }
    if (r->main == interp) r->main = NULL;
    pthread_mutex_unlock(&r->lock);
    munmap(interp->shapes, SHAPE_REGION_BYTES);
    free(interp->names);
    free(interp);
}

void fiber_init(Fiber *f, Thread *t, char *stack, size_t size) {
    memset(f, 0, sizeof *f);
    f->thread = t;
    f->handled_base.exception = V_NONE;
    f->handled = &f->handled_base;
    f->c_stack_limit = stack + (size / 2 < STACK_RESERVE ? size / 2 : STACK_RESERVE);
}

Thread *thread_create(Interp *interp) {
    Thread *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->shapes = interp->shapes;
    t->names = interp->names;
    t->heap = interp->heap;
    t->interp = interp;
    t->runtime = interp->runtime;
    t->hooks = &interp->hooks;
    t->depth_limit = interp->main_thread ? interp->main_thread->depth_limit : RECURSION_LIMIT_DEFAULT;
    fiber_init(&t->main_fiber, t, NULL, 0);
    t->fiber = &t->main_fiber;
    pthread_mutex_lock(&interp->runtime->lock);
    t->next = interp->threads;
    interp->threads = t;
    if (!interp->main_thread) {
        interp->main_thread = t;
        t->is_main = true;
    }
    pthread_mutex_unlock(&interp->runtime->lock);
    return t;
}

/* The calling thread's C stack as far as Krait uses it: its lowest address and its size. */
static char *stack_of_thread(size_t *size) {
    char *here = __builtin_frame_address(0);
    pthread_attr_t attr;
    void *low;
    *size = STACK_DEFAULT;
    if (pthread_getattr_np(pthread_self(), &attr)) return here - *size;
    bool known = !pthread_attr_getstack(&attr, &low, size);
    pthread_attr_destroy(&attr);
    if (!known) return here - (*size = STACK_DEFAULT);
    if (*size <= STACK_USED_MAX) return low;
    char *top = (char *)low + *size;
    return top - (*size = STACK_USED_MAX);
}

__attribute__((noinline)) static void stack_touch(size_t depth) {
    volatile char *deep = __builtin_alloca(depth);
    *deep = 0;
}

/* The main thread's stack grows as it is used, and where address space is limited (ulimit -v) there may be none left then, which is deadly. So
 * it grows now, as far as it may; pages that nobody uses cost nothing. Answers the lowest address there will be. */
static char *stack_secure(char *low) {
    struct rlimit limit;
    char *here = __builtin_frame_address(0);
    if (getpid() != gettid() || getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY || here <= low + STACK_RESERVE) return low;
    size_t depth = (size_t)(here - low) - (16 << 10);
    for (; depth > STACK_RESERVE; depth /= 2) { /* is there so much? */
        void *probe = mmap(NULL, depth, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (probe == MAP_FAILED) continue;
        munmap(probe, depth);
        stack_touch(depth);
        return here - depth;
    }
    return low;
}

/* A thread without a signal stack works, too; its signals are not seen. */
static void signal_stack_set(Thread *t) {
    SignalStack *s = mmap(NULL, SIGNAL_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (s == MAP_FAILED) return;
    *s = (SignalStack){SIGNAL_STACK_MARK, t, {0}};
    stack_t stack = {.ss_sp = s, .ss_size = SIGNAL_STACK_BYTES};
    if (sigaltstack(&stack, &s->before)) munmap(s, SIGNAL_STACK_BYTES);
}

static SignalStack *signal_stack_of(const stack_t *stack) {
    if (stack->ss_flags & SS_DISABLE || stack->ss_size != SIGNAL_STACK_BYTES || !stack->ss_sp) return NULL;
    SignalStack *s = stack->ss_sp;
    return s->mark == SIGNAL_STACK_MARK ? s : NULL;
}

static void signal_stack_drop(void) {
    stack_t stack;
    if (sigaltstack(NULL, &stack)) return;
    SignalStack *s = signal_stack_of(&stack);
    if (!s) return;
    stack_t before = s->before;
    if (!sigaltstack(&before, NULL)) munmap(s, SIGNAL_STACK_BYTES);
}

Thread *thread_of_signal(const void *context) {
    const ucontext_t *u = context;
    SignalStack *s = signal_stack_of(&u->uc_stack);
    return s ? s->thread : NULL;
}

void thread_attach(Thread *t) {
    t->pthread = pthread_self();
    t->id = (uint64_t)t->pthread;
    size_t size;
    char *stack = stack_of_thread(&size), *secured = stack_secure(stack);
    size -= (size_t)(secured - stack);
    stack = secured;
    t->main_fiber.c_stack_limit = stack + (size / 2 < STACK_RESERVE ? size / 2 : STACK_RESERVE);
    pthread_setspecific(t->runtime->thread_key, t);
    if (!t->runtime->config->no_signals) signal_stack_set(t);
}

void thread_detach(Thread *t) {
    if (thread_current(t->runtime) != t) return;
    if (!t->runtime->config->no_signals) signal_stack_drop();
    pthread_setspecific(t->runtime->thread_key, NULL);
}

void thread_resume(Thread *t) { pthread_setspecific(t->runtime->thread_key, t); }

void thread_unlink(Thread *t) {
    Interp *interp = t->interp;
    pthread_mutex_lock(&interp->runtime->lock);
    for (Thread **link = &interp->threads; *link; link = &(*link)->next) {
        if (*link == t) {
            *link = t->next;
            break;
        }
    }
    if (interp->main_thread == t) interp->main_thread = NULL;
    pthread_mutex_unlock(&interp->runtime->lock);
}

void thread_destroy(Thread *t) {
    thread_unlink(t);
    free(t);
}

Thread *thread_current(Runtime *r) { return pthread_getspecific(r->thread_key); }
