/* Types: what operations an object has.
 *
 * A Type is a heap object with its slots in place.  Built-in types are made at boot (or, for
 * module types, on import) from a constant TypeDef; classes are made from Python by
 * types/type_new.c, with slots that call their dunder methods.  Operations (room ops) dispatch
 * on slots only.
 *
 * Errors: a slot that returns a Value answers VNULL with an exception pending; a bool slot
 * answers false; an int slot -1.  `next` answers VNULL without an exception when it is exhausted.
 * Arguments are borrowed, results are owned.
 */
#ifndef KRAIT_CORE_TYPE_H
#define KRAIT_CORE_TYPE_H

#include "core/shape.h"
#include "core/value.h"

typedef struct Thread Thread;
typedef struct Buffer Buffer;       /* object/buffer.h */
typedef struct MethodDef MethodDef; /* core/def.h */
typedef struct TypeDef TypeDef;     /* core/def.h */

enum BinOp {
#define BINOP(id, ...) OP_##id,
#include "core/binops.def"
#undef BINOP
    BINOP_COUNT
};
enum CompareOp { CMP_LT, CMP_LE, CMP_EQ, CMP_NE, CMP_GT, CMP_GE };

/* The result of resuming a generator, coroutine or awaitable. */
typedef enum SendResult { SEND_ERROR = -1, SEND_RETURN = 0, SEND_YIELD = 1 } SendResult;

typedef Value (*UnaryFn)(Thread *t, Value self);
typedef Value (*BinaryFn)(Thread *t, Value a, Value b);
typedef Value (*CFunction)(Thread *t, Value *args, uint32_t nargs, Value kwnames);
/* Called for each owned reference of an object; a non-zero answer stops the walk. */
typedef int (*VisitFn)(Value child, void *context);

typedef struct Slots {
    /* Life.  `new` makes an instance of `type` (the type called, perhaps a subclass).
     * `destroy` releases what the fields of the TypeDef do not describe (never runs Python code; may drop references);
     * `finalize` is __del__: it may run Python code and resurrect. */
    Value (*new)(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
    bool (*init)(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames);
    void (*destroy)(Thread *t, Object *self);
    void (*finalize)(Thread *t, Value self);
    int (*traverse)(Object *self, VisitFn visit, void *context); /* beyond the described fields */
    void (*clear)(Thread *t, Object *self);                      /* break cycles: drop what traverse visits */

    /* Any object. */
    UnaryFn repr, str;
    bool (*hash)(Thread *t, Value self, int64_t *hash);
    Value (*call)(Thread *t, Value callee, Value *args, uint32_t nargs, Value kwnames);
    Value (*getattr)(Thread *t, Value self, Value name);
    bool (*setattr)(Thread *t, Value self, Value name, Value value); /* VNULL deletes */
    Value (*compare)(Thread *t, Value a, Value b, enum CompareOp op);
    UnaryFn iter;
    UnaryFn next;
    /* Of exact built-in types only, for loops that unpack each item into two: 1 with both owned; 0 as `next`'s VNULL; -1: its items are no pairs. */
    int (*next_pair)(Thread *t, Value self, Value pair[2]);
    Value (*descr_get)(Thread *t, Value descr, Value instance, Value owner); /* instance, owner may be VNULL */
    bool (*descr_set)(Thread *t, Value descr, Value instance, Value value);  /* VNULL deletes */

    /* Coroutines. */
    UnaryFn await, aiter, anext;
    SendResult (*send)(Thread *t, Value self, Value arg, Value *result);

    /* Numbers.  A binary slot is called with (left, right) whichever side it belongs to and
     * answers NotImplemented where it does not apply. */
    BinaryFn binop[BINOP_COUNT];
    BinaryFn inplace[BINOP_COUNT];
    Value (*power)(Thread *t, Value base, Value exponent, Value modulus); /* pow(a, b, c), three arguments */
    UnaryFn neg, pos, abs, invert, to_int, to_float, index;
    int (*truth)(Thread *t, Value self); /* 1, 0 or -1 */

    /* Containers. */
    int64_t (*len)(Thread *t, Value self); /* -1: error */
    Value (*getitem)(Thread *t, Value self, Value key);
    bool (*setitem)(Thread *t, Value self, Value key, Value value);   /* VNULL deletes */
    Value (*item)(Thread *t, Value self, int64_t index);              /* sequences: index already non-negative; IndexError past the end */
    bool (*set_item_at)(Thread *t, Value self, int64_t index, Value value);
    int (*contains)(Thread *t, Value self, Value key); /* 1, 0 or -1 */
    BinaryFn concat, inplace_concat;
    Value (*repeat)(Thread *t, Value self, int64_t count);
    Value (*inplace_repeat)(Thread *t, Value self, int64_t count);

    /* Buffers (object/buffer.h). */
    bool (*get_buffer)(Thread *t, Value self, Buffer *view, int flags);
    void (*release_buffer)(Thread *t, Value self, Buffer *view);
} Slots;

enum TypeFlags {
    TF_HEAP = 1 << 0,       /* made by a class statement: instances count their type */
    TF_BASE = 1 << 1,       /* may be subclassed */
    TF_IMMUTABLE = 1 << 2,  /* attributes cannot be set */
    TF_NO_NEW = 1 << 3,     /* cannot be instantiated from Python: "cannot create 'x' instances" */
    TF_ABSTRACT = 1 << 4,   /* has unimplemented abstract methods */
    TF_GC = 1 << 5,         /* instances can take part in cycles: they are tracked */
    TF_DICT = 1 << 6,       /* instances have a __dict__ */
    TF_WEAKREF = 1 << 7,    /* instances can be weakly referenced */
    TF_EXT = 1 << 8,        /* instances have an ext word (TF_DICT or TF_WEAKREF) */
    TF_VARSIZED = 1 << 9,   /* the payload ends in items: the ext word lies in front */
    TF_METHOD = 1 << 10,    /* instances are callables that bind like functions, so that a method call need not */
    TF_SEQUENCE = 1 << 11,  /* matches sequence patterns */
    TF_MAPPING = 1 << 12,   /* matches mapping patterns */
    TF_FINALIZE = 1 << 13,  /* has slots.finalize */
    TF_MODULE_NAME = 1 << 14, /* __module__ comes from the def's dotted name */
    TF_MUTABLE = 1 << 15,    /* in a definition: attributes of the type can be set */
    TF_DICT_FIELD = 1 << 16, /* instances keep their __dict__ in their first field (modules), not in the ext */
    TF_DYING = 1 << 17,      /* the collector took the class apart: its attributes are gone */
    TF_DICT_ADDED = 1 << 18, /* this class, not a base, gave its instances a __dict__ ... */
    TF_WEAKREF_ADDED = 1 << 19, /* ... or weak references */
    /* Subclass of a basic type, itself included. */
    TF_INT = 1 << 20,
    TF_STR = 1 << 21,
    TF_BYTES = 1 << 22,
    TF_TUPLE = 1 << 23,
    TF_LIST = 1 << 24,
    TF_DICT_SUB = 1 << 25,
    TF_EXCEPTION = 1 << 26,
    TF_TYPE = 1 << 27,
    TF_FLOAT = 1 << 28,
    TF_SET = 1 << 29, /* set or frozenset */
};

struct Type {
    Object head;
    uint32_t flags;
    uint32_t version;     /* changes when an attribute of the type or of a base changes; 0: none given yet */
    uint32_t shape;       /* root shape of the instances */
    uint32_t size;        /* bytes of an instance up to its ext word or inline slots */
    uint32_t item_size;   /* bytes of an item, for TF_VARSIZED */
    uint32_t inline_hint; /* how many dict slots to give new instances inline */
    uint32_t version_changes;
    uint32_t fields_count; /* number of all described fields, those of bases first */
    const struct Field *fields; /* owned for heap types (they add __slots__) */
    const TypeDef *def;   /* the nearest built-in definition */
    Value name;           /* str, last part */
    Value qualname;       /* str; for a built-in type the same as name */
    Type *base;           /* owned; NULL for object */
    Value bases;          /* tuple */
    Value mro;            /* tuple, this type first */
    Type **mro_types;     /* raw block: the same, borrowed from the tuple, for walking */
    uint32_t mro_count;
    uint32_t shape_count; /* shapes made for the instances (object/shape.c) */
    Value dict;           /* the namespace: dict, str -> value */
    Value subclasses;     /* dict of weak references, or VNULL */
    Value init_cache;     /* __init__ as found by the last call of the type; borrowed while version holds */
    uint32_t init_version;
    uint32_t new_is_object; /* 1 when slots.new is object's: the interpreter may allocate at once */
    void *module_state;   /* for types of modules: the module's state, or NULL */
    Slots slots;
};

#endif
