/* Functions: of Python (Function) and of C (BuiltinFunction), and the descriptors of built-in types. */
#ifndef KRAIT_OBJECT_FUNCTION_H
#define KRAIT_OBJECT_FUNCTION_H

#include "core/def.h"
#include "core/object.h"

typedef struct Function {
    Object head;
    Code *code;          /* owned */
    Value globals;       /* dict */
    Value builtins;      /* dict */
    Value closure;       /* tuple of cells, or VNULL */
    Value defaults;      /* tuple or VNULL */
    Value kwdefaults;    /* dict or VNULL */
    Value name, qualname; /* str */
    Value module, doc;
    Value annotate;      /* function, None or VNULL */
    Value annotations;   /* dict or VNULL: not computed yet */
    Value type_params;   /* tuple or VNULL */
    Value retired;       /* list of the codes it had before __code__ was assigned: frames may still run them; VNULL */
    uint32_t version;    /* for call caches; 0: changed since (__code__, __defaults__, ... assigned) */
    uint32_t reserved;
    void *ext;           /* the ext word: __dict__, weak references */
} Function;
/* Borrows its arguments; globals must be a dict. */
Value function_new(Thread *t, Code *code, Value globals, Value qualname);

/* How arguments of a C function are bound; made once from the signature (ops/signature.c). */
typedef struct Signature Signature;

typedef struct BuiltinFunction {
    Object head;
    CFunction fn;
    uint16_t min_args, max_args; /* positional calls with nargs in this range need no binding but the filling up ... */
    uint16_t total_params;       /* ... to this number with VNULL; 0xFFFF: fn takes the call as it is */
    uint16_t flags;              /* MF_... */
    const MethodDef *def;
    Signature *signature;        /* raw heap block or NULL until a keyword call or an error needs it */
    Value self;                  /* bound object, module, or VNULL for a method_descriptor */
    Value module;                /* module name (str) or VNULL */
    Type *type;                  /* defining class (borrowed: it owns us) or NULL */
    void *ext;
} BuiltinFunction;
enum BuiltinFlags {
    BF_SELF = 0x100,  /* `self` is passed as args[0] */
    BF_NEW = 0x200,   /* a type's __new__; `self` is that type */
};
static inline bool builtin_takes_raw(const BuiltinFunction *f) { return f->total_params == 0xFFFF; }
/* A builtin_function of a row, bound to `self` (VNULL: none), of a module's name (VNULL). */
Value builtin_new(Thread *t, const MethodDef *def, Value self, Value module);
/* The descriptor of a row for a type: method_descriptor, classmethod_descriptor or staticmethod. */
Value method_descriptor_new(Thread *t, Type *type, const MethodDef *def);
/* bound builtin_function of a method_descriptor (what `[].append` gives). */
Value builtin_bind(Thread *t, BuiltinFunction *descriptor, Value self);

typedef struct WrapperDescriptor { Object head; Type *type; const struct SlotDef *slot; void *wrapped; } WrapperDescriptor;
typedef struct MethodWrapper { Object head; Value descriptor, self; } MethodWrapper;
typedef struct GetSetDescriptor { Object head; Type *type; Value name, qualname; const GetSetDef *def; } GetSetDescriptor;
typedef struct MemberDescriptor { Object head; Type *type; Value name, qualname; MemberDef def; } MemberDescriptor; /* def.name is unused for __slots__ */

typedef struct Property { Object head; Value get, set, del, doc, name; uint8_t getter_doc; void *ext; } Property;
typedef struct WrappedMethod { Object head; Value callable; void *ext; } WrappedMethod; /* staticmethod, classmethod */
typedef struct Super { Object head; Type *type; Value object; Type *object_type; } Super;

/* Reads the counts from a signature text (core/def.h); `self` and `type` are counted, `module` is not. */
typedef struct SignatureCounts { uint16_t min_args, max_args, total; bool has_self, has_module; } SignatureCounts;
SignatureCounts signature_count(const char *signature);

#endif
