/* Several interpreters in one process: what their modules share.
 *
 * Each interpreter has a heap, types and a GIL of its own, so no object can be seen by two of them. What goes from one to the other is
 * packed into a Parcel in libc's memory by the one and unpacked by the other. Each interpreter that a program makes has one Thread that
 * stands still until a thread of another interpreter enters it: the OS thread then is that Thread's until it leaves.
 */
#ifndef KRAIT_MODULES_INTERPRETERS_INTERPRETERS_PRIV_H
#define KRAIT_MODULES_INTERPRETERS_INTERPRETERS_PRIV_H

#include "modules/interpreters/interpreters.h"
#include "modules/module.h"

/* --- parcel.c ---------------------------------------------------------------------------------------------------- */

enum ParcelKind { PARCEL_EMPTY, PARCEL_MARSHAL, PARCEL_PICKLE, PARCEL_FUNCTION, PARCEL_TUPLE };
typedef struct Parcel {
    enum ParcelKind kind;
    int64_t size;         /* of data, or the number of items */
    char *data;           /* marshalled or pickled */
    struct Parcel *items;
    char *main_file;      /* of a pickle: the script that ran as __main__ where it was made, or NULL */
} Parcel;

enum ParcelReach { PARCEL_SHAREABLE, PARCEL_ANY /* pickles what is not shareable by itself */ };
/* false: an exception is pending, NotShareableError as a rule, and nothing is to be freed. */
bool parcel_pack(Thread *t, Value v, enum ParcelReach reach, Parcel *out) MUST_USE;
bool parcel_pack_code(Thread *t, Value code, Parcel *out) MUST_USE; /* unpacked, it is the code object */
Value parcel_unpack(Thread *t, const Parcel *p);
void parcel_free(Parcel *p);
bool parcel_is_shareable(Thread *t, Value v);
/* A pending exception becomes the cause of a NotShareableError with that text. */
Value parcel_refuse(Thread *t, const char *text);
/* A function that stands alone: without a closure, defaults and globals. false: a ValueError that says why not is pending. */
bool parcel_is_stateless(Thread *t, Value function);

/* --- registry.c ---------------------------------------------------------------------------------------------------- */

enum Whence { WHENCE_UNKNOWN, WHENCE_RUNTIME, WHENCE_LEGACY_CAPI, WHENCE_CAPI, WHENCE_XI, WHENCE_STDLIB };

typedef struct Entry {
    struct Entry *next;
    int64_t id;
    Thread *thread;      /* its own, which those who enter it run */
    int64_t references;  /* of Interpreter objects */
    bool counted;        /* it ends when the last reference goes */
    bool in_use;         /* someone is inside, or is about to end it */
} Entry;

typedef struct Queues Queues; /* queues.c */

/* Runtime.interpreters. The lock guards all of it and is never held while Python runs. */
typedef struct Interpreters {
    pthread_mutex_t lock;
    Entry *entries;      /* the newest last */
    Queues *queues;
} Interpreters;

/* The process's, made when it is first asked for; NULL: MemoryError. */
Interpreters *interpreters_of(Thread *t);
/* A new interpreter with its __main__; its id, -1: exception pending. */
int64_t interpreters_create(Thread *t, bool counted);
/* From here to interpreters_leave the calling OS thread runs in the other interpreter. NULL: exception pending. */
Thread *interpreters_enter(Thread *t, int64_t id, Entry **entry);
void interpreters_leave(Thread *t, Entry *entry);
bool interpreters_destroy(Thread *t, int64_t id) MUST_USE;
/* InterpreterNotFoundError unless there is one. */
bool interpreters_check(Thread *t, int64_t id) MUST_USE;
bool interpreters_add_reference(Thread *t, int64_t id, int delta) MUST_USE;
/* 1: someone is inside, 0, -1: not found. */
int interpreters_is_running(Thread *t, int64_t id);

/* queues.c: what an interpreter that ends has put into queues. */
void queues_forget_interpreter(Interpreters *all, int64_t id);
/* The type whose instances are queues; NULL: not known here. */
Type *queues_type(Thread *t);

/* --- interpreters.c: the exceptions of the module _interpreters, which is imported wherever parcels are used ----- */

typedef struct InterpretersState { Type *error, *not_found, *not_shareable; } InterpretersState;
InterpretersState *interpreters_state(Thread *t);
bool interpreters_need_module(Thread *t) MUST_USE;

#endif
