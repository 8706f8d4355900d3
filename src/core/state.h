/* The state of a running Krait: Runtime > Interp > Thread > Fiber.
 *
 * Runtime: the process.  Interp: an isolated Python world with a heap, types and modules of its
 * own.  Thread: an OS thread inside an interpreter; every function that can raise, allocate or
 * run Python takes `Thread *t` first.  Fiber: the stacks, the exception state and the depth of one
 * line of execution in a thread; greenlets are further fibers.
 *
 * There are no mutable C globals.  Lower rooms reach higher ones through the type slots and
 * through `Hooks`, listed here with who fills them.
 */
#ifndef KRAIT_CORE_STATE_H
#define KRAIT_CORE_STATE_H

#include <pthread.h>

#include "core/shape.h"
#include "core/type.h"
#include "core/value.h"

typedef struct Runtime Runtime;
typedef struct Interp Interp;
typedef struct Fiber Fiber;
typedef struct Frame Frame;     /* vm/frame.h */
typedef struct Heap Heap;       /* heap/heap.h */
typedef struct Dict Dict;       /* object/dict.h */
typedef struct Code Code;       /* object/code.h */
typedef struct Gil Gil;         /* vm/gil.h */
typedef struct RegChunk RegChunk;
typedef struct Config Config;   /* core/config.h */

/* Circles of the language that no slot of a type carries.  Filled by boot from the rooms named. */
typedef struct Hooks {
    /* modules/_warnings: warnings.warn's C door; false: it became an exception. */
    bool (*warn)(Thread *t, Type *category, Value message, int stack_level);
    bool (*warn_at)(Thread *t, Type *category, Value message, Value filename, int lineno);
    /* types/codecs: bytes-like to str and back by the name of any codec. */
    Value (*decode)(Thread *t, Value bytes, const char *encoding, const char *errors);
    Value (*encode)(Thread *t, Value str, const char *encoding, const char *errors);
    /* import: import a module by its dotted name, as importlib.import_module does. */
    Value (*import)(Thread *t, const char *name);
    /* vm: signals, the GIL, collections and asynchronous exceptions, when t->breaker is set. false: exception pending. */
    bool (*poll)(Thread *t);
    /* vm: the traceback entry of the running frame is added to a pending exception that C code restores or raises
     * again; NULL before vm is up. */
    void (*add_traceback)(Thread *t, Value exception);
    /* modules/sys: reports the pending exception through sys.unraisablehook and drops it. */
    void (*unraisable)(Thread *t, const char *message, Value object);
    /* vm: drops or visits the registers of a frame that lies in a dying or traversed generator. */
    void (*frame_clear)(Thread *t, Frame *frame);
    int (*frame_traverse)(Frame *frame, VisitFn visit, void *context);
    /* vm: visits the functions and locals of the frames that run in the interpreter's threads; NULL before vm is up. */
    void (*visit_running)(Thread *t, VisitFn visit, void *context);
    /* vm: the globals of the innermost Python frame: borrowed dict, VNULL: none runs. */
    Value (*frame_globals)(Thread *t);
    /* vm: what super() without arguments stands on: the contents of the frame's cell `__class__` and its first argument, borrowed.
     * false: RuntimeError pending. */
    bool (*super_arguments)(Thread *t, Value *type, Value *object);
    /* modules/signal: runs the handlers of the signals that arrived; main thread only. false: one raised. */
    bool (*signals)(Thread *t);
    /* boot: makes a further interpreter, run by the calling OS thread with its GIL held (NULL: it was said on stderr), and ends it: its
     * last thread is gone with it. */
    Thread *(*interp_begin)(Runtime *runtime);
    void (*interp_end)(Thread *t);
} Hooks;

/* Reasons to leave the fast path at the next safe point; bits of Thread.breaker. */
enum Breaker {
    BREAK_GIL = 1,     /* another thread asks for the GIL */
    BREAK_SIGNAL = 2,  /* a signal arrived (main thread) */
    BREAK_GC = 4,      /* the heap asks for a collection */
    BREAK_ASYNC = 8,   /* an exception was set by another thread */
    BREAK_PENDING = 16, /* calls queued for the main thread */
    BREAK_TRACE = 32,  /* the dispatch table is to be looked at again */
    BREAK_EXIT = 64,   /* the interpreter is finalising: this thread must not run on */
};

/* A handled exception: what sys.exception() answers.  Each generator has one of its own. */
typedef struct Handled {
    Value exception; /* owned; V_NONE when none is handled here */
    struct Handled *previous;
} Handled;

struct Fiber {
    Thread *thread;
    Frame *frame;         /* the innermost Python frame, or NULL */
    RegChunk *chunk;      /* the register stack's newest chunk */
    Value *top, *limit;   /* free registers of that chunk: [top, limit) */
    Handled handled_base;
    Handled *handled;     /* innermost; never NULL */
    uint32_t depth;       /* Python frames deep */
    char *c_stack_limit;  /* C code must not go below */
    Value context;        /* contextvars.Context or VNULL */
    void *greenlet;       /* modules/greenlet: the one that runs here; the thread's main one is owned */
    Frame *caught_frame;  /* vm/unwind: the last frame that went on in a handler, borrowed, and where in it the exception was raised */
    uint32_t caught_index;
};

struct Thread {
    /* What the fast paths read, first. */
    char *shapes;     /* base of the interpreter's shape region */
    Value *names;     /* interned names, by enum NameId */
    Heap *heap;
    Fiber *fiber;
    volatile uint32_t breaker; /* enum Breaker; set by others with atomic or */
    uint32_t depth_limit;      /* sys.getrecursionlimit() */
    Value pending;    /* the exception being raised: an instance, owned; VNULL: none */
    const void *const *dispatch; /* vm: the active dispatch table */
    const void *const *plain_dispatch; /* vm: the table while nothing is traced */
    Value native_result; /* jit: what an entry frame that machine code left returns */

    Interp *interp;
    Runtime *runtime;
    Hooks *hooks;
    Fiber main_fiber;
    Thread *next;     /* of the interpreter's list */
    uint64_t id;      /* threading.get_ident() */
    pthread_t pthread;
    Value async_exception; /* set by another thread, VNULL: none */
    Value locals;     /* modules/thread_local: where the thread's _local data is, or VNULL */
    void *trace;      /* vm: trace and profile functions */
    int dealloc_depth;        /* nesting of object_dealloc */
    void *dealloc_queue;      /* heap: objects whose turn comes when the stack has unwound */
    int repr_depth;
    Value repr_stack;         /* list of containers whose repr is under way */
    int c_depth_headroom;     /* extra C stack granted while a RecursionError is handled */
    void *modules_state;      /* reserved for modules: per-thread data */
    Value asyncgen_firstiter, asyncgen_finalizer; /* sys.set_asyncgen_hooks */
    int coroutine_origin_depth;
    Value asyncio_loop, asyncio_task; /* modules/asyncio: what runs in this thread; VNULL: none */
    bool is_main;
    bool finalizing;
};

enum { MODULE_STATES_MAX = 160, MEMORY_ERRORS = 8 };

struct Interp {
    Runtime *runtime;
    Interp *next;
    int64_t id;
    char *shapes;          /* region of SHAPE_REGION_BYTES, reserved; committed as used */
    uint32_t shapes_top;   /* first unused offset */
    uint32_t shapes_free;  /* list of freed shapes, through Shape.version; 0: empty */
    uint32_t next_type_version;
    uint32_t next_keys_version; /* of dict keys */
    struct MethodCache *method_cache;   /* ops/type_lookup.c: (type version, name) -> attribute; NULL until first used */
    struct SiteTable *site_table;       /* vm/cache.h: (shape, name) -> attribute; NULL until code is warm */
    struct SignatureTable *signatures;  /* ops/signature.c: signature text -> Signature; NULL until first used */
    Value *names;
    Heap *heap;
    Hooks hooks;
    Thread *threads;       /* changed with the lock of the runtime and with the GIL: who holds either may walk it */
    uint32_t leaving;      /* threads out of that list that have not done with the interpreter yet */
    Thread *main_thread;
    Gil *gil;
    uint64_t hash_key[2];  /* SipHash key of str and bytes */
    struct InternTable *interned; /* object/intern.c */
    Value modules;         /* sys.modules: dict */
    Value builtins;        /* dict of the module builtins */
    Value sys_dict;        /* dict of the module sys */
    Value sys_module, builtins_module;
    Value first_copies;    /* list of the first copies of modules in C with a state, which their functions go on using; VNULL */
    Value first_path;      /* str that the command line put at the front of sys.path; VNULL: none */
    Value importlib;       /* importlib._bootstrap, once set up */
    struct ImportTimes *import_times; /* import/import_time.c: -X importtime; NULL: not asked for */
    Value codec_search_path, codec_cache, codec_errors;
    Value empty_tuple, empty_str, empty_bytes, empty_frozenset;
    Value latin1_chars[256]; /* str of one character */
    Value bytes_chars[256];
    Value memory_errors[MEMORY_ERRORS]; /* made while there is memory, to be raised when there is none; the first, immortal, when the others are gone */
    uint32_t memory_error_count;
    Value float_zero, float_minus_zero; /* immortal: they have no immediate form */
    void *code_registry;   /* vm: code objects by id, watchers, monitoring */
    void *gc_state;        /* heap/gc.c */
    struct NativeDoor *native; /* vm/native.h, filled by jit; NULL: everything is interpreted */
    void *atexit;
    struct NativeModule *embedded; /* embed/native.c: modules of the embedding program */
    void *signals;         /* modules/signal: handlers; main interpreter only */
    void *module_state[MODULE_STATES_MAX]; /* by enum ModuleId: boot/modules.def */
    int int_max_str_digits;
    bool finalizing;
    bool dev_mode;
};

struct Runtime {
    Interp *interps;
    Interp *main;
    Config *config;
    int64_t next_interp_id;
    pthread_mutex_t lock; /* guards the list of interpreters */
    pthread_key_t thread_key; /* Thread* of the OS thread */
    volatile int signals_pending; /* set by the signal handler */
    volatile uint8_t signal_flags[65];
    int signal_wakeup_fd; /* plus one; 0: none */
    const struct TypeDef *const *type_defs; /* by enum TypeId: boot */
    struct Interpreters *interpreters; /* modules/interpreters: those that programs made; NULL: none yet */
    const struct ModuleDef *const *module_defs; /* by enum ModuleId, ending with NULL: boot */
};

/* The shape and the type of an object. */
static inline Shape *shape_at(Thread *t, uint32_t offset) { return (Shape *)(t->shapes + offset); }
static inline Shape *obj_shape(Thread *t, Object *o) { return shape_at(t, o->shape); }
static inline Type *obj_type(Thread *t, Object *o) { return obj_shape(t, o)->type; }
static inline Type *builtin_type(Thread *t, enum TypeId id) { return shape_at(t, id * sizeof(Shape))->type; }

/* The root shape of an immediate's or a small number's type. */
static inline uint32_t shape_of(Value v) {
    static const uint32_t immediate_shapes[IMMEDIATE_COUNT] = {SHAPE_NoneType, SHAPE_ellipsis, SHAPE_bool,
                                                                SHAPE_bool, SHAPE_NotImplementedType, 0};
    if (is_ptr(v)) return v_obj(v)->shape;
    if (is_smallint(v)) return SHAPE_int;
    if (is_smallfloat(v)) return SHAPE_float;
    return immediate_shapes[immediate_index(v)];
}
static inline Type *type_of(Thread *t, Value v) { return shape_at(t, shape_of(v))->type; }

/* Exact type tests: one compare.  Instances of subclasses have other shapes. */
static inline bool has_shape(Value v, uint32_t shape) { return is_obj(v) && v_obj(v)->shape == shape; }
#define IS_EXACT(v, id) has_shape((v), SHAPE_##id)
static inline bool is_exact_int(Value v) { return is_smallint(v) || IS_EXACT(v, int); }
static inline bool is_exact_float(Value v) { return is_smallfloat(v) || IS_EXACT(v, float); }

/* Tests that accept subclasses, by a bit of the type's flags. */
static inline bool has_flag(Thread *t, Value v, uint32_t flag) { return (type_of(t, v)->flags & flag) != 0; }
static inline bool is_int(Thread *t, Value v) { return is_smallint(v) || has_flag(t, v, TF_INT); }
static inline bool is_float(Thread *t, Value v) { return is_smallfloat(v) || has_flag(t, v, TF_FLOAT); }
static inline bool is_str(Thread *t, Value v) { return IS_EXACT(v, str) || (is_obj(v) && has_flag(t, v, TF_STR)); }
static inline bool is_bytes(Thread *t, Value v) { return IS_EXACT(v, bytes) || (is_obj(v) && has_flag(t, v, TF_BYTES)); }
static inline bool is_tuple(Thread *t, Value v) { return IS_EXACT(v, tuple) || (is_obj(v) && has_flag(t, v, TF_TUPLE)); }
static inline bool is_list(Thread *t, Value v) { return IS_EXACT(v, list) || (is_obj(v) && has_flag(t, v, TF_LIST)); }
static inline bool is_dict(Thread *t, Value v) { return IS_EXACT(v, dict) || (is_obj(v) && has_flag(t, v, TF_DICT_SUB)); }
static inline bool is_type(Thread *t, Value v) { return is_obj(v) && has_flag(t, v, TF_TYPE); }
static inline bool is_exception(Thread *t, Value v) { return is_obj(v) && has_flag(t, v, TF_EXCEPTION); }
/* Whether `a` is `b` or derives from it: walks the mro (core/type.c). */
bool is_subtype(const Type *a, const Type *b);
static inline bool is_instance_of(Thread *t, Value v, const Type *type) {
    Type *own = type_of(t, v);
    return own == type || is_subtype(own, type);
}
#define IS_A(t, v, id) (IS_EXACT(v, id) || is_instance_of((t), (v), builtin_type((t), T_##id)))

/* C-stack guard: true when the caller may go deeper.  Otherwise RecursionError is pending
 * ("maximum recursion depth exceeded%s", where e.g. " while getting the repr of an object"). */
bool stack_overflow(Thread *t, const char *where) __attribute__((cold));
static inline MUST_USE bool stack_check(Thread *t, const char *where) {
    return LIKELY((char *)__builtin_frame_address(0) > t->fiber->c_stack_limit) || stack_overflow(t, where);
}

static inline void breaker_set(Thread *t, uint32_t bits) { __atomic_or_fetch(&t->breaker, bits, __ATOMIC_RELEASE); }
static inline void breaker_clear(Thread *t, uint32_t bits) { __atomic_and_fetch(&t->breaker, ~bits, __ATOMIC_RELEASE); }

#endif
