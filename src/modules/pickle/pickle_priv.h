/* _pickle inside: the state of the module, and the structs of both directions.
 *
 *     pickling     save.c, save_reduce.c: objects to instructions --> output.c: bytes in frames --> file.write or a bytes object
 *     unpickling   input.c: a buffer or file.read --> load.c: the loop and plain values --> load_object.c: classes and instances
 *
 * A Pickler or Unpickler of dumps() and loads() is a struct on the C stack, never an object: code below the types may not take its
 * address for a Value.  `self` is that Value where there is one.
 */
#ifndef KRAIT_MODULES_PICKLE_PRIV_H
#define KRAIT_MODULES_PICKLE_PRIV_H

#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"
#include "object/set.h"

enum PickleOp {
#define PICKLE_OP(name, byte, meaning) PK_##name = byte,
#include "modules/pickle/opcodes.def"
#undef PICKLE_OP
};
enum { PICKLE_HIGHEST = 5, PICKLE_DEFAULT = 5, PICKLE_BATCH = 1000 };

/* All Values, owned: the module's traverse walks it as an array. */
typedef struct PickleState {
    Value PickleError, PicklingError, UnpicklingError;
    Value dispatch_table, extension_registry, inverted_registry, extension_cache;        /* copyreg's dicts */
    Value name_mapping, import_mapping, reverse_name_mapping, reverse_import_mapping;    /* _compat_pickle's */
    Value codecs_encode, partial, getattr;
} PickleState;
static inline PickleState *pickle_state(Thread *t) { return MODULE_STATE(t, pickle, PickleState); }
#define PICKLING_ERROR(t, ...) ((void)err_raise_type(t, V_AS(Type, pickle_state(t)->PicklingError), __VA_ARGS__))
#define UNPICKLING_ERROR(t, ...) ((void)err_raise_type(t, V_AS(Type, pickle_state(t)->UnpicklingError), __VA_ARGS__))

/* Little-endian numbers. */
static inline void store_le(void *at, uint64_t n, int bytes) {
    for (int i = 0; i < bytes; i++) ((uint8_t *)at)[i] = (uint8_t)(n >> (8 * i));
}
static inline uint64_t read_le(const uint8_t *at, int bytes) {
    uint64_t n = 0;
    for (int i = 0; i < bytes; i++) n |= (uint64_t)at[i] << (8 * i);
    return n;
}

/* --- output.c: bytes, grouped in frames from protocol 4 on ------------------------------------------------------------------------- */

enum { FRAME_HEADER = 9, FRAME_SIZE_MIN = 4, FRAME_SIZE_TARGET = 64 << 10 };

typedef struct Output {
    Value bytes;       /* an exact bytes that nobody else knows, `capacity` long; VNULL: none yet */
    char *data;        /* of `bytes` */
    int64_t length;    /* so far */
    int64_t room;      /* `length` may grow to this on the fast path: the capacity, or 0 where a frame must be begun first */
    int64_t capacity;
    int64_t frame;     /* where the open frame's header lies; -1: none is open */
    int64_t frame_due; /* a frame this long is ended at the next object */
    bool framing;
    Value write;       /* file.write; VNULL: the result is a bytes object */
} Output;

void output_init(Output *o, Value write);
void output_reset(Thread *t, Output *o); /* empty again, no framing */
char *output_room_slow(Thread *t, Output *o, int64_t n) MUST_USE;
/* Room for n more bytes, not counted yet; NULL: exception pending. */
static inline MUST_USE char *output_room(Thread *t, Output *o, int64_t n) {
    if (LIKELY(o->length + n <= o->room)) return o->data + o->length;
    return output_room_slow(t, o, n);
}
static inline MUST_USE bool output_put(Thread *t, Output *o, const void *data, int64_t n) {
    char *at = output_room(t, o, n);
    if (at == NULL) return false;
    memcpy(at, data, (size_t)n);
    o->length += n;
    return true;
}
static inline MUST_USE bool output_byte(Thread *t, Output *o, uint8_t byte) { return output_put(t, o, &byte, 1); }
/* A header and a payload; a large one gets no frame and goes to the file directly, as `object` (bytes-like; VNULL: as bytes). */
bool output_payload(Thread *t, Output *o, const void *header, int64_t header_size, const char *data, int64_t n, Value object) MUST_USE;
void output_start_framing(Output *o);
void output_end_frame(Output *o);
bool output_end_full_frame(Thread *t, Output *o) MUST_USE;  /* and writes it */
bool output_flush(Thread *t, Output *o) MUST_USE;           /* to the file */
Value output_take(Thread *t, Output *o);                    /* the bytes; owned */

/* --- memo.c: numbers of the objects already written -------------------------------------------------------------------------------- */

typedef struct MemoEntry { Value object; int64_t index; } MemoEntry; /* object VNULL: free */
typedef struct Memo {
    MemoEntry *table; /* raw block of mask + 1 entries, NULL: none yet */
    uint64_t mask;
    int64_t count;
} Memo;
int64_t memo_find(const Memo *m, Value object); /* -1: absent */
bool memo_add(Thread *t, Memo *m, Value object, int64_t index) MUST_USE;
void memo_clear(Thread *t, Memo *m);
bool memo_copy(Thread *t, Memo *to, const Memo *from) MUST_USE;

/* --- Pickling ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Pickler {
    Object head;
    Value self;                 /* borrowed: the object; VNULL in dumps() and dump() */
    Output out;
    Memo memo;
    Value persistent_attribute; /* what was assigned to persistent_id */
    Value dispatch_table;       /* the attribute; VNULL: copyreg's */
    Value buffer_callback;      /* VNULL: none */
    Value persistent_id, reducer_override; /* during dump: VNULL: none */
    Value fast_memo;            /* fast mode, deep inside: dict of the containers under way; VNULL */
    int32_t protocol;
    int32_t bin, fast;          /* attributes; bin: protocol 1 and up */
    int32_t fast_nesting;
    bool fix_imports, running, ready;
} Pickler;

/* The arguments that all ways of pickling share; VNULL: default. */
bool pickler_options(Thread *t, Pickler *p, Value protocol, Value fix_imports, Value buffer_callback) MUST_USE;
bool pickler_set_file(Thread *t, Pickler *p, Value file) MUST_USE;
void pickler_drop(Thread *t, Pickler *p); /* what the struct owns */

bool pickle_dump(Thread *t, Pickler *p, Value object) MUST_USE; /* a whole pickle; not yet flushed */
bool pickle_save(Thread *t, Pickler *p, Value v) MUST_USE;
bool pickle_memoize(Thread *t, Pickler *p, Value v) MUST_USE;
bool pickle_put_memo(Thread *t, Pickler *p, int64_t index) MUST_USE; /* writes the fetching of an entry */
bool pickle_save_items(Thread *t, Pickler *p, Value iterator, Value owner) MUST_USE; /* appended to a list */
bool pickle_save_pairs(Thread *t, Pickler *p, Value iterator, Value owner) MUST_USE; /* set in a dict */
/* save_reduce.c */
bool pickle_save_other(Thread *t, Pickler *p, Value v) MUST_USE;                   /* an object of no type with a way of its own */
bool pickle_save_reduce(Thread *t, Pickler *p, Value reduced, Value v) MUST_USE;   /* a tuple as __reduce__ answers it */
/* save_global.c */
bool pickle_save_global(Thread *t, Pickler *p, Value v, Value name) MUST_USE;      /* name VNULL: its own */
/* Adds a note to the pending exception; formats as in core/errors.h. Answers false. */
bool pickle_note(Thread *t, const char *format, ...) COLD;

/* --- input.c: where pickles come from ------------------------------------------------------------------------------------------------ */

typedef struct Input {
    const uint8_t *at, *end;    /* what is there to be read: up to the end of a frame, or all */
    const uint8_t *limit;       /* where all ends */
    bool in_frame;
    const uint8_t *peeked;      /* from here on it was only peeked at: the file has yet to be told; NULL: nothing was */
    Value data;                 /* what holds it: bytes from the file */
    Value read, readline, readinto, peek; /* of the file; read VNULL: all is in memory */
} Input;

const uint8_t *input_take_slow(Thread *t, Input *in, int64_t n) MUST_USE;
/* The next n bytes, valid until the next call; NULL: exception pending. */
static inline MUST_USE const uint8_t *input_take(Thread *t, Input *in, int64_t n) {
    if (LIKELY(in->end - in->at >= n)) {
        in->at += n;
        return in->at - n;
    }
    return input_take_slow(t, in, n);
}
Value input_take_bytes(Thread *t, Input *in, int64_t n);     /* the same as a bytes object */
Value input_take_bytearray(Thread *t, Input *in, int64_t n);
const uint8_t *input_line(Thread *t, Input *in, int64_t *n) MUST_USE; /* up to a line feed, which is counted */
bool input_skip_consumed(Thread *t, Input *in) MUST_USE;     /* tells the file what was taken of a peek */
bool input_frame(Thread *t, Input *in, int64_t n) MUST_USE;  /* the next n bytes are buffered */
bool input_set_file(Thread *t, Input *in, Value file) MUST_USE;
void input_set_memory(Input *in, const char *data, int64_t n);
void input_drop(Thread *t, Input *in);

/* --- Unpickling -------------------------------------------------------------------------------------------------------------------- */

typedef struct Unpickler {
    Object head;
    Value self;                   /* borrowed: the object; VNULL in loads() and load() */
    Input in;
    Value *stack;                 /* raw block */
    int64_t top, stack_capacity;
    int64_t fence;                /* the stack's height at the topmost mark */
    int64_t *marks;               /* raw block: the heights at the marks */
    int64_t marks_count, marks_capacity;
    Value *memo;                  /* raw block; VNULL: no such entry */
    int64_t memo_size, memo_used;
    Value memo_sparse;            /* dict of entries far beyond the others; VNULL */
    Value encoding, errors;       /* of Python 2 strings: str; VNULL: ASCII, strict */
    Value buffers;                /* iterator; VNULL: none */
    Value persistent_attribute;   /* what was assigned to persistent_load */
    Value persistent_load;        /* during load: VNULL: none */
    int32_t protocol;
    bool fix_imports, running, ready, finds_itself; /* finds_itself: a class derived from ours may have a find_class */
} Unpickler;

bool unpickler_options(Thread *t, Unpickler *u, Value fix_imports, Value encoding, Value errors, Value buffers) MUST_USE;
void unpickler_drop(Thread *t, Unpickler *u);
Value unpickle_load(Thread *t, Unpickler *u);
bool unpickle_underflow(Thread *t, Unpickler *u) COLD; /* false */
bool unpickle_push_slow(Thread *t, Unpickler *u, Value v) MUST_USE;
/* Takes v, also on failure; VNULL is passed on as a failure. */
static inline MUST_USE bool unpickle_push(Thread *t, Unpickler *u, Value v) {
    if (UNLIKELY(is_null(v))) return false;
    if (UNLIKELY(u->top == u->stack_capacity)) return unpickle_push_slow(t, u, v);
    u->stack[u->top++] = v;
    return true;
}
/* The top, owned from now on; VNULL: an exception is pending. */
static inline MUST_USE Value unpickle_pop(Thread *t, Unpickler *u) {
    if (UNLIKELY(u->top <= u->fence)) {
        unpickle_underflow(t, u);
        return VNULL;
    }
    return u->stack[--u->top];
}
int64_t unpickle_mark(Thread *t, Unpickler *u) MUST_USE; /* takes the topmost mark; -1 */
Value unpickle_tuple(Thread *t, Unpickler *u, int64_t from); /* what stands there and above, taken */
Value unpickle_list(Thread *t, Unpickler *u, int64_t from);
void unpickle_cut(Thread *t, Unpickler *u, int64_t height);
Value unpickle_memo_get(Thread *t, Unpickler *u, uint64_t index); /* borrowed; VNULL: absent, or an exception */
bool unpickle_memo_put(Thread *t, Unpickler *u, uint64_t index, Value v) MUST_USE; /* borrows v */
void unpickle_memo_clear(Thread *t, Unpickler *u);
Value unpickle_memo_dict(Thread *t, Unpickler *u);
/* load_object.c */
bool unpickle_find_push(Thread *t, Unpickler *u, Value module, Value name) MUST_USE; /* takes both names */
bool unpickle_global(Thread *t, Unpickler *u) MUST_USE;
bool unpickle_stack_global(Thread *t, Unpickler *u) MUST_USE;
bool unpickle_extension(Thread *t, Unpickler *u, int bytes) MUST_USE;
bool unpickle_reduce(Thread *t, Unpickler *u) MUST_USE;
bool unpickle_newobj(Thread *t, Unpickler *u, bool with_keywords) MUST_USE;
bool unpickle_inst(Thread *t, Unpickler *u) MUST_USE;
bool unpickle_obj(Thread *t, Unpickler *u) MUST_USE;
bool unpickle_build(Thread *t, Unpickler *u) MUST_USE;
Value unpickler_find_class(Thread *t, Unpickler *u, Value module, Value name); /* what Unpickler.find_class does */

Value pickler_persistent_id(Thread *t, Value *args, uint32_t nargs, Value kwnames); /* the method that nobody has overridden */
Value unpickler_persistent_load(Thread *t, Value *args, uint32_t nargs, Value kwnames);
/* Whether a bound method is the C function `fn` of `self`, that is, nobody has overridden it. */
static inline bool is_own_method(Value method, Value self, CFunction fn) {
    return IS_EXACT(method, builtin_function) && V_AS(BuiltinFunction, method)->fn == fn && same(V_AS(BuiltinFunction, method)->self, self);
}

/* The names along a dotted path, "a.b.c"; VNULL: exception. Owned list. */
Value pickle_dotted_path(Thread *t, Value name);
Value pickle_follow_path(Thread *t, Value object, Value path); /* owned; VNULL: AttributeError and others */
/* A module, imported if need be; owned. */
Value pickle_import(Thread *t, Value name);

extern const TypeDef typedef_PickleBuffer, typedef_Pickler, typedef_PicklerMemoProxy, typedef_Unpickler, typedef_UnpicklerMemoProxy;

#endif
