/* Generators, coroutines and asynchronous generators: their frame lives inside the object. */
#ifndef KRAIT_OBJECT_GEN_H
#define KRAIT_OBJECT_GEN_H

#include "core/object.h"

enum GenState { GEN_CREATED, GEN_SUSPENDED, GEN_RUNNING, GEN_CLOSED };

typedef struct Generator {
    Object head;
    Value name, qualname;
    Code *code;           /* owned: gi_code shows it also when the frame is gone */
    void *ext;            /* weak references */
    Handled handled;
    Value origin_or_finalizer; /* coroutine: cr_origin; async generator: finalizer hook */
    uint8_t state;        /* enum GenState */
    uint8_t is_async_running, async_hooks_done, async_closed;
    uint32_t frame_words; /* size of the frame below, in Values */
    Value frame[];        /* a Frame (vm/frame.h) and its registers */
} Generator;

/* What __anext__() and asend() of an asynchronous generator give; and what the generator's own YIELDs hand to it. */
enum AwaitableState { AWAIT_NEW, AWAIT_STARTED, AWAIT_CLOSED };
typedef struct AsyncSend { Object head; Generator *generator; Value value; uint8_t state; } AsyncSend;
typedef struct WrappedValue { Object head; Value value; } WrappedValue;

#endif
