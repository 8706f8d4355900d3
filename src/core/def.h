/* Definitions: the constant tables from which functions, types and modules are made.
 *
 * A function row has a Python name, a signature, a doc line and a C function.  Arguments are
 * bound from the signature before the function runs:
 *
 *     {"index", "($self, value, start=0, stop=9223372036854775807, /)", "Return first index of value.", list_index, ...}
 *
 *   - `$self` (methods), `$module` (functions of a module) and `$type` (class methods) come
 *     first.  self and type are args[0]; the module is not passed: see function_module.
 *   - parameters may be followed by `/`, preceded by `*` or `*name`, and may end in `**name`, as in
 *     Python.  A parameter with a default is optional; the text of the default is for people
 *     (inspect.signature) and the C function receives VNULL for an omitted one.  A default of `<unrepresentable>`
 *     stands for one that has no text.
 *   - a signature without *name and **name: the function gets exactly one Value for each
 *     parameter, in order (args[i], VNULL when omitted), and nargs is that number; kwnames is VNULL.
 *   - a signature with *name or **name: the function gets the call as it was made: nargs
 *     positional arguments, then one value for each name in the tuple kwnames (VNULL if none).
 *     call_bind (ops/call.h) helps to take them apart.
 *   - a NULL signature: as the latter, and __text_signature__ is None.
 *
 * args[-1] is always the callee (a builtin_function), so that a function finds its module state.
 */
#ifndef KRAIT_CORE_DEF_H
#define KRAIT_CORE_DEF_H

#include "core/type.h"

/* What a function may do; the compilers will read it.  0 is the safe answer: anything. */
enum Effects {
    FX_ANY = 0,
    FX_PURE = 1,      /* same arguments, same result; no effect, may raise */
    FX_NO_PYTHON = 2, /* never runs Python code */
    FX_NO_RAISE = 4,
    FX_NEEDS_FRAME = 8, /* looks at the caller's frame */
};

enum MethodFlags {
    MF_STATIC = 1, /* staticmethod of a type */
    MF_CLASS = 2,  /* classmethod of a type: args[0] is the class */
    MF_COEXIST = 4, /* keep it although a slot gives a method of that name */
    MF_RAW = 16, /* the signature is for people: the function gets the call as it was made */
    MF_UNPACKS = 8, /* a wrong number of positional arguments is worded as for unpacking: "f expected 1 argument, got 2" */
};

struct MethodDef {
    const char *name;
    const char *signature; /* see above */
    const char *doc;       /* NULL: none */
    CFunction fn;
    uint16_t flags;   /* MF_... */
    uint16_t effects; /* FX_... */
};

/* A computed attribute.  set: VNULL deletes; NULL set: read-only. */
typedef struct GetSetDef {
    const char *name;
    Value (*get)(Thread *t, Value self, void *closure);
    bool (*set)(Thread *t, Value self, Value value, void *closure);
    const char *doc;
    void *closure;
} GetSetDef;

/* A plain field shown as an attribute. */
enum MemberKind { MK_VALUE, MK_VALUE_OR_ATTRIBUTE_ERROR, MK_INT32, MK_UINT32, MK_INT64, MK_DOUBLE, MK_BOOL8, MK_CSTRING,
                  MK_ATTRIBUTE /* __slots__ of a str: lies where attributes of the instance lie, under the member's name */ };
enum MemberFlags { MEMBER_READONLY = 1, MEMBER_KEPT = 2 /* cannot be deleted */ };
typedef struct MemberDef {
    const char *name;
    uint16_t kind;
    uint16_t flags;
    uint32_t offset;
    const char *doc;
} MemberDef;

/* Where an object keeps references and buffers.  The collector, deallocation and the heap
 * image read this; `traverse`, `clear` and `destroy` slots are for what it cannot say. */
enum FieldKind {
    F_VALUE,     /* a Value, owned; VNULL allowed */
    F_POINTER,   /* an Object pointer, owned; NULL allowed */
    F_ITEMS,     /* the Values at the object's end; `count` is the offset of their number (uint32_t or int64_t by count_size) */
    F_BUFFER,    /* pointer to a raw heap block, owned; NULL allowed */
    F_VALUES,    /* pointer to a raw heap block of Values, both owned; `count` as above */
};
typedef struct Field {
    uint16_t kind;
    uint16_t count_size; /* 4 or 8, for F_ITEMS and F_VALUES */
    uint32_t offset;
    uint32_t count;
} Field;
#define FIELD_VALUE(T, m) {F_VALUE, 0, offsetof(T, m), 0}
#define FIELD_POINTER(T, m) {F_POINTER, 0, offsetof(T, m), 0}
#define FIELD_BUFFER(T, m) {F_BUFFER, 0, offsetof(T, m), 0}
#define FIELD_ITEMS(T, m, n) {F_ITEMS, sizeof(((T *)0)->n), offsetof(T, m), offsetof(T, n)}
#define FIELD_VALUES(T, m, n) {F_VALUES, sizeof(((T *)0)->n), offsetof(T, m), offsetof(T, n)}

/* A built-in type.  Each file that owns one ends with `const TypeDef typedef_NAME = {...}`. */
struct TypeDef {
    const char *name; /* "list", or dotted with its module: "collections.deque" */
    const char *doc;
    const char *signature; /* of the constructor, for __text_signature__; NULL: none */
    uint32_t flags;        /* TF_...; basic-subclass bits of the base are inherited */
    uint32_t size;         /* sizeof the payload struct, head included */
    uint32_t item_size;
    uint32_t ext_offset;   /* of the ext word where the payload struct has it as a field (`void *ext`); 0: it follows the payload */
    uint32_t fields_count;
    const Field *fields; /* this type's own; the base's come first by inheritance */
    const MethodDef *methods; /* ends with a NULL name; so do the next two */
    const GetSetDef *getsets;
    const MemberDef *members;
    Slots slots; /* what is NULL is inherited from the base */
    bool (*ready)(Thread *t, Type *type); /* called once the type stands: class attributes; or NULL */
};
#define FIELDS(array) .fields = array, .fields_count = COUNT_OF(array)

/* A module in C. */
typedef struct ModuleDef {
    const char *name; /* full name: "_io", "itertools" */
    const char *doc;
    const MethodDef *functions; /* ends with a NULL name, may be NULL */
    size_t state_size;          /* zeroed memory of the module: module_state(); 0: none */
    bool (*exec)(Thread *t, Value module); /* adds types and constants; or NULL */
    int (*traverse)(void *state, VisitFn visit, void *context);
    void (*clear)(Thread *t, void *state);
} ModuleDef;

#endif
