/* Generators, coroutines and asynchronous generators: resuming, throwing, closing. */
#ifndef KRAIT_VM_GENERATOR_H
#define KRAIT_VM_GENERATOR_H

#include "core/errors.h"
#include "object/gen.h"
#include "vm/frame.h"

/* Resumes with `arg` (borrowed; None at first). SEND_YIELD and SEND_RETURN give an owned *result. */
SendResult generator_send(Thread *t, Generator *g, Value arg, Value *result);
/* Raises the pending exception where the generator is suspended. */
SendResult generator_raise(Thread *t, Generator *g, Value *result);
/* throw(): through the delegates. `exception` is borrowed: an instance. close_on_exit: a GeneratorExit closes the delegates. */
SendResult generator_throw(Thread *t, Generator *g, Value exception, bool close_on_exit, Value *result);
/* The exception instance (owned) of throw()'s arguments, checked; VNULL: TypeError. */
Value throw_arguments(Thread *t, Value *args, uint32_t nargs);
/* close(): what it answers (owned), VNULL: exception. */
Value generator_close(Thread *t, Generator *g);
/* The iterator that it delegates to: borrowed, VNULL: none. */
Value generator_delegate(Generator *g);
/* Whether a call of it would raise at once. */
static inline bool generator_is(Thread *t, Value v) {
    return IS_EXACT(v, generator) || IS_EXACT(v, coroutine) || IS_EXACT(v, async_generator);
}
static inline Value generator_code(Generator *g) { return g->state == GEN_CLOSED ? VNULL : v_from(generator_frame(g)->code); }
/* Turns the end of a generator into what __next__ and send answer: VNULL with StopIteration pending. */
Value stop_with(Thread *t, Value result);

/* async_generator.c */
bool async_generator_begin(Thread *t, Generator *g);       /* sys.set_asyncgen_hooks' firstiter, once */
Value async_generator_anext(Thread *t, Value g);           /* the awaitable of __anext__() */
Value async_wrapped_value(Thread *t, Value v);             /* for ASYNC_GEN_WRAP; takes v */
/* anext(iterator, default): `awaitable` and `fallback` borrowed. */
Value anext_awaitable_new(Thread *t, Value awaitable, Value fallback);
/* The iterator of an awaitable, as `await` takes it. */
Value awaitable_iterator(Thread *t, Value v);
typedef struct CoroutineWrapper { Object head; Value coroutine; } CoroutineWrapper;
/* Methods and slots that generators of all kinds share. */
void generator_finalize(Thread *t, Value self);
void generator_destroy(Thread *t, Object *self);
void generator_clear(Thread *t, Object *self);
int generator_traverse(Object *self, VisitFn visit, void *context);
Value generator_get_frame(Thread *t, Value self, void *closure);
Value generator_get_code(Thread *t, Value self, void *closure);
Value generator_get_suspended(Thread *t, Value self, void *closure);
Value generator_get_delegate(Thread *t, Value self, void *closure);
Value generator_repr_as(Thread *t, Value self, const char *kind);
/* Reports the pending exception: "Exception ignored while closing generator <...>". */
void unraisable_while(Thread *t, const char *doing, Value object);
void warn_unawaited(Thread *t, Value coroutine);

#endif
