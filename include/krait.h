/* Krait in a C program: the one public header.
 *
 *     Krait *k = krait_start(NULL);
 *     if (!krait_run(k, "print('hello')", NULL)) krait_print_error(k);
 *     return krait_end(k);
 *
 * References.  A `KraitRef` is owned: whoever has it gives it up, with krait_drop or to a function that says it takes it.  A `KraitBorrowed`
 * is somebody else's and lives as long as that one keeps it.  The two are different types, so a mix-up does not compile:
 * krait_lend(ref) lends, krait_keep(k, borrowed) makes a reference of one's own.  Arguments are borrowed, results are owned.
 *
 * Errors.  A function that fails answers the error mark of its kind (a KraitRef for which krait_is_error is true, false, NULL, -1), and an
 * exception is pending then.  Pass it up, or take it by krait_fetch, krait_clear or krait_print_error before you go on.
 *
 * Threads.  A `Krait` stands for one thread of one interpreter, and is used by that thread only, while it holds the interpreter's lock (the
 * GIL).  krait_start gives the first one, with the lock held; krait_attach one for another thread.  Interpreters share nothing: one after
 * another or side by side, each has a heap and a lock of its own.  No value of one may go to another.
 *
 * Memory.  krait_end gives everything back; no reference and no text of the interpreter is valid after it.
 */
#ifndef KRAIT_H
#define KRAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define KRAIT_API __attribute__((visibility("default")))
#define KRAIT_FORMAT(at) __attribute__((format(printf, at, at + 1)))
#define KRAIT_CHECK __attribute__((warn_unused_result))
#else
#define KRAIT_API
#define KRAIT_FORMAT(at)
#define KRAIT_CHECK
#endif

typedef struct Krait Krait;
typedef struct KraitRef { uint64_t bits; } KraitRef;
typedef struct KraitBorrowed { uint64_t bits; } KraitBorrowed;

/* The error mark, and an argument that was not given. */
static inline bool krait_is_error(KraitRef r) { return r.bits == 0; }
static inline bool krait_is_absent(KraitBorrowed b) { return b.bits == 0; }
static inline KraitBorrowed krait_lend(KraitRef r) {
    KraitBorrowed b = {r.bits};
    return b;
}
#define KRAIT_ERROR ((KraitRef){0})
#define KRAIT_ABSENT ((KraitBorrowed){0})

/* --- Beginning and end --------------------------------------------------------------------------------------------------------------- */

typedef struct KraitOptions {
    size_t size;       /* sizeof(KraitOptions) */
    const char *home;  /* the folder with lib/python3.14 and lib/krait.  NULL: $KRAIT_HOME, else beside the library or the program */
    int argc;          /* sys.argv; 0: [''] */
    char **argv;
    bool site;         /* import the module site: site-packages are found, exit() and help() are there */
    bool signals;      /* SIGINT is Krait's and becomes KeyboardInterrupt: of one interpreter in the process at most */
    bool no_jit;       /* everything is interpreted */
} KraitOptions;

/* A new interpreter, on the calling thread.  NULL: it could not start, and stderr says why.  options NULL: all as zero. */
KRAIT_API Krait *krait_start(const KraitOptions *options) KRAIT_CHECK;
/* Ends the interpreter, from the thread that started it: waits for its threads, runs exit functions and finalizers, gives all memory back.
 * 0, or -1 when sys.stdout could not be flushed.  Daemon threads that still run keep the memory. */
KRAIT_API int krait_end(Krait *k);

/* --- Threads and the lock ------------------------------------------------------------------------------------------------------------ */

/* Around what blocks: between them nothing of the interpreter may be touched. */
KRAIT_API void krait_release_gil(Krait *k);
KRAIT_API void krait_acquire_gil(Krait *k);
/* From another thread of the process: its own Krait of k's interpreter, with the lock held; and the end of it.  NULL: no memory. */
KRAIT_API Krait *krait_attach(Krait *k) KRAIT_CHECK;
KRAIT_API void krait_detach(Krait *k);

/* --- Running ------------------------------------------------------------------------------------------------------------------------- */

/* Program text in the module __main__.  `filename` is for tracebacks; NULL: "<string>". */
KRAIT_API bool krait_run(Krait *k, const char *source, const char *filename) KRAIT_CHECK;
KRAIT_API bool krait_run_file(Krait *k, const char *path) KRAIT_CHECK;
/* As `krait -m name`. */
KRAIT_API bool krait_run_module(Krait *k, const char *name) KRAIT_CHECK;
/* The value of an expression, with the names of __main__. */
KRAIT_API KraitRef krait_eval(Krait *k, const char *expression) KRAIT_CHECK;
KRAIT_API KraitRef krait_import(Krait *k, const char *dotted_name) KRAIT_CHECK;
/* The module __main__. */
KRAIT_API KraitRef krait_main(Krait *k) KRAIT_CHECK;

/* --- References ---------------------------------------------------------------------------------------------------------------------- */

KRAIT_API KraitRef krait_keep(Krait *k, KraitBorrowed v);
KRAIT_API void krait_drop(Krait *k, KraitRef v); /* the error mark is nothing */

/* --- Making values ------------------------------------------------------------------------------------------------------------------- */

KRAIT_API KraitRef krait_none(Krait *k);
KRAIT_API KraitRef krait_bool(Krait *k, bool value);
KRAIT_API KraitRef krait_int(Krait *k, int64_t value) KRAIT_CHECK;
KRAIT_API KraitRef krait_int_from_text(Krait *k, const char *digits, int base) KRAIT_CHECK; /* any size, as int(digits, base) */
KRAIT_API KraitRef krait_float(Krait *k, double value) KRAIT_CHECK;
KRAIT_API KraitRef krait_str(Krait *k, const char *utf8) KRAIT_CHECK;
KRAIT_API KraitRef krait_str_n(Krait *k, const char *utf8, size_t bytes) KRAIT_CHECK;
KRAIT_API KraitRef krait_bytes(Krait *k, const void *data, size_t bytes) KRAIT_CHECK;
KRAIT_API KraitRef krait_list(Krait *k, const KraitBorrowed *items, size_t n) KRAIT_CHECK;
KRAIT_API KraitRef krait_tuple(Krait *k, const KraitBorrowed *items, size_t n) KRAIT_CHECK;
KRAIT_API KraitRef krait_dict(Krait *k) KRAIT_CHECK;

/* --- Taking values apart ------------------------------------------------------------------------------------------------------------- */

typedef enum KraitKind {
    KRAIT_NONE, KRAIT_BOOL, KRAIT_INT, KRAIT_FLOAT, KRAIT_STR, KRAIT_BYTES, KRAIT_LIST, KRAIT_TUPLE, KRAIT_DICT, KRAIT_TYPE, KRAIT_OTHER
} KraitKind;
/* Instances of subclasses count; a bool is KRAIT_BOOL. */
KRAIT_API KraitKind krait_kind(Krait *k, KraitBorrowed v);
KRAIT_API bool krait_is(KraitBorrowed a, KraitBorrowed b);

/* Each is false (or NULL) with TypeError where the value is of another kind. */
KRAIT_API bool krait_as_int(Krait *k, KraitBorrowed v, int64_t *value) KRAIT_CHECK;     /* OverflowError beyond 64 bits */
KRAIT_API bool krait_as_float(Krait *k, KraitBorrowed v, double *value) KRAIT_CHECK;    /* of an int, too */
/* UTF-8, NUL-terminated.  Lives as long as v and *keep, which is the caller's to drop (also where it is the error mark). `bytes` may be NULL. */
KRAIT_API const char *krait_as_str(Krait *k, KraitBorrowed v, size_t *bytes, KraitRef *keep) KRAIT_CHECK;
KRAIT_API const void *krait_as_bytes(Krait *k, KraitBorrowed v, size_t *bytes) KRAIT_CHECK; /* lives as long as v */
KRAIT_API int krait_truth(Krait *k, KraitBorrowed v) KRAIT_CHECK;                       /* 1, 0; -1: error */
KRAIT_API int krait_equal(Krait *k, KraitBorrowed a, KraitBorrowed b) KRAIT_CHECK;
KRAIT_API int krait_is_instance(Krait *k, KraitBorrowed v, KraitBorrowed type) KRAIT_CHECK;
KRAIT_API KraitRef krait_type(Krait *k, KraitBorrowed v);
KRAIT_API KraitRef krait_to_str(Krait *k, KraitBorrowed v) KRAIT_CHECK;  /* str(v) */
KRAIT_API KraitRef krait_to_repr(Krait *k, KraitBorrowed v) KRAIT_CHECK; /* repr(v) */

/* --- Attributes, items, iteration ---------------------------------------------------------------------------------------------------- */

KRAIT_API KraitRef krait_get(Krait *k, KraitBorrowed object, const char *name) KRAIT_CHECK;
KRAIT_API bool krait_set(Krait *k, KraitBorrowed object, const char *name, KraitBorrowed value) KRAIT_CHECK;
KRAIT_API bool krait_delete(Krait *k, KraitBorrowed object, const char *name) KRAIT_CHECK;
KRAIT_API int krait_has(Krait *k, KraitBorrowed object, const char *name) KRAIT_CHECK; /* 1, 0; -1: error */

KRAIT_API int64_t krait_length(Krait *k, KraitBorrowed v) KRAIT_CHECK; /* -1: error */
KRAIT_API KraitRef krait_item(Krait *k, KraitBorrowed container, KraitBorrowed key) KRAIT_CHECK;
KRAIT_API KraitRef krait_item_at(Krait *k, KraitBorrowed sequence, int64_t index) KRAIT_CHECK;
KRAIT_API KraitRef krait_item_named(Krait *k, KraitBorrowed mapping, const char *key) KRAIT_CHECK;
KRAIT_API bool krait_set_item(Krait *k, KraitBorrowed container, KraitBorrowed key, KraitBorrowed value) KRAIT_CHECK;
KRAIT_API bool krait_set_item_named(Krait *k, KraitBorrowed mapping, const char *key, KraitBorrowed value) KRAIT_CHECK;
KRAIT_API bool krait_delete_item(Krait *k, KraitBorrowed container, KraitBorrowed key) KRAIT_CHECK;
KRAIT_API bool krait_append(Krait *k, KraitBorrowed list, KraitBorrowed item) KRAIT_CHECK;

KRAIT_API KraitRef krait_iterate(Krait *k, KraitBorrowed iterable) KRAIT_CHECK;
/* The next item; the error mark at the end, and then no exception is pending unless there was one. */
KRAIT_API KraitRef krait_next(Krait *k, KraitBorrowed iterator);

/* --- Calling ------------------------------------------------------------------------------------------------------------------------- */

KRAIT_API KraitRef krait_call(Krait *k, KraitBorrowed callable, const KraitBorrowed *args, size_t n) KRAIT_CHECK;
/* callable(*args, **keywords): keywords is a dict or KRAIT_ABSENT. */
KRAIT_API KraitRef krait_call_with(Krait *k, KraitBorrowed callable, const KraitBorrowed *args, size_t n, KraitBorrowed keywords) KRAIT_CHECK;
KRAIT_API KraitRef krait_call_method(Krait *k, KraitBorrowed object, const char *name, const KraitBorrowed *args, size_t n) KRAIT_CHECK;

/* --- Errors -------------------------------------------------------------------------------------------------------------------------- */

/* Whether an exception is pending; and whether it is an instance of the built-in class of that name ("KeyError"). */
KRAIT_API bool krait_failed(Krait *k);
KRAIT_API bool krait_error_is(Krait *k, const char *builtin_class);
/* Takes it: the exception object, or the error mark when there is none. */
KRAIT_API KraitRef krait_fetch(Krait *k);
KRAIT_API void krait_clear(Krait *k);
/* Prints it with its traceback to sys.stderr, and drops it. */
KRAIT_API void krait_print_error(Krait *k);
/* Raises; each answers the error mark, for `return krait_raise(...)`.  The first is of a built-in class, printf's formats. */
KRAIT_API KraitRef krait_raise(Krait *k, const char *builtin_class, const char *format, ...) KRAIT_FORMAT(3);
KRAIT_API KraitRef krait_raise_value(Krait *k, KraitBorrowed exception_or_class);

/* --- Modules and types in C ---------------------------------------------------------------------------------------------------------- */

/* Arguments are bound by the signature before the function runs: it finds one value for each parameter, in order, and KRAIT_ABSENT for one
 * with a default that was not given.  A signature reads as in Python, "(a, b=0, /, *, flag=False)"; methods have `$self` in front:
 * "($self, other, /)".  It has no *args and **kwargs. */
typedef KraitRef (*KraitFunction)(Krait *k, KraitBorrowed *args, uint32_t n, KraitBorrowed reserved);
typedef struct KraitFunctionDef {
    const char *name, *signature, *doc; /* doc may be NULL */
    KraitFunction function;
    uint32_t reserved; /* 0 */
} KraitFunctionDef;

/* A computed attribute.  set NULL: read-only; its value is KRAIT_ABSENT for `del`. */
typedef struct KraitPropertyDef {
    const char *name;
    KraitRef (*get)(Krait *k, KraitBorrowed self, void *context);
    bool (*set)(Krait *k, KraitBorrowed self, KraitBorrowed value, void *context);
    const char *doc;
    void *context;
} KraitPropertyDef;

#define KRAIT_NO_MORE SIZE_MAX
/* A type whose instances hold `size` bytes of the program's own, zeroed at first.  Methods may be special ones ("__repr__", "__len__",
 * "__add__", ...).  Tables end with a row of zeroes.  Classes in Python may derive from it. */
typedef struct KraitTypeDef {
    const char *name, *doc;
    size_t size;
    const size_t *references; /* offsets of the KraitRefs in the data, then KRAIT_NO_MORE; NULL: none.  They are dropped with the instance,
                                 and the collector knows them */
    const char *signature;    /* of the constructor, "(x, y=0)", without self */
    bool (*init)(Krait *k, void *data, KraitBorrowed *args, uint32_t n); /* args as above; NULL: only C makes instances */
    void (*destroy)(void *data); /* the instance dies: what `references` does not name; runs no Python; may be NULL */
    const KraitFunctionDef *methods;
    const KraitPropertyDef *properties;
} KraitTypeDef;

typedef struct KraitModuleDef {
    const char *name, *doc;
    const KraitFunctionDef *functions; /* ends with a row of zeroes; may be NULL */
    const KraitTypeDef *const *types;  /* ends with NULL; may be NULL */
    bool (*fill)(Krait *k, KraitBorrowed module); /* further names; may be NULL */
} KraitModuleDef;

/* Makes the module and puts it into sys.modules, where `import` finds it.  Definitions are used as long as the interpreter lives. */
KRAIT_API bool krait_add_module(Krait *k, const KraitModuleDef *def) KRAIT_CHECK;
/* The data of an instance of the type or of a class derived from it; NULL: TypeError. */
KRAIT_API void *krait_data(Krait *k, KraitBorrowed v, const KraitTypeDef *def) KRAIT_CHECK;
/* A new instance; init is not called.  The type's module must have been added. */
KRAIT_API KraitRef krait_new(Krait *k, const KraitTypeDef *def, void **data) KRAIT_CHECK;

#ifdef __cplusplus
}
#endif

#endif
