/* _ctypes: C data as objects, and calls of C functions through libffi; what its files share.
 *
 *     class                      its metatype         an instance of the metatype is a CType: a class that knows its C type
 *     _SimpleCData               PyCSimpleType
 *     Structure, Union           PyCStructType, UnionType
 *     Array, _Pointer            PyCArrayType, PyCPointerType
 *     CFuncPtr                   PyCFuncPtrType
 *
 * An instance of such a class is a CData: it has memory of its own, or views memory of another (`base`), or memory that nobody owns
 * (from_address).  Objects that the memory refers to by address are kept alive in `objects` of the outermost CData.
 *
 * libc's malloc holds what C code may write into; the heap's own blocks never leave this module.
 */
#ifndef KRAIT_CTYPES_PRIV_H
#define KRAIT_CTYPES_PRIV_H

#include <ffi.h>
#include <stdio.h>
#include <stdlib.h>

#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"
#include "ops/warn.h"

enum CKind { CK_ABSTRACT, CK_SIMPLE, CK_STRUCT, CK_UNION, CK_ARRAY, CK_POINTER, CK_FUNCTION };

/* How a simple C type travels: one row for each code of _type_ (simple.c). */
typedef struct SimpleKind {
    char code;
    char format;         /* its code in buffer formats */
    uint8_t size;
    bool is_int, is_signed;
    ffi_type *ffi;
    Value (*get)(Thread *t, const void *memory, bool swapped);
    /* Stores the value; *keep, if it must live as long as the memory: owned, else VNULL. */
    bool (*set)(Thread *t, void *memory, Value v, bool swapped, Value *keep);
} SimpleKind;
const SimpleKind *simple_kind(uint32_t code); /* NULL: no such code */

enum CTypeFlags {
    CT_FINAL = 1,       /* the layout is used: it can't change */
    CT_HAS_POINTER = 2, /* instances cannot be pickled */
    CT_HAS_UNION = 4, CT_HAS_BITFIELD = 8, /* cannot be passed by value */
    CT_SWAPPED = 16,    /* bytes in the other order */
};

/* A class with a C type. */
typedef struct CType {
    Type type;
    int64_t size, align, length; /* length: of an array, of a structure's fields; pointers 1 */
    const SimpleKind *simple;    /* CK_SIMPLE */
    Value proto;      /* item type of an array or pointer; a simple type's code as str; VNULL */
    Value pointer_type; /* POINTER(this), once made */
    Value argtypes, converters, restype, checker; /* CK_FUNCTION: tuples; checker: restype's _check_retval_ */
    Value fields;     /* CK_STRUCT, CK_UNION: list of the CFields, those of anonymous members not among them */
    char *format;     /* buffer format; heap block */
    int64_t *shape;   /* CK_ARRAY: ndim sizes, then ndim strides; heap block */
    ffi_type **elements; /* of ffi_own; heap block */
    ffi_type ffi_own;
    int64_t restype_size;
    int ndim;
    uint32_t function_flags;
    uint16_t flags;   /* CT_... */
    uint8_t kind;
} CType;

typedef struct CData {
    Object head;
    char *memory;
    Value base;     /* the CData whose memory this is a part of; VNULL */
    Value objects;  /* kept alive: a dict, or one object; VNULL: none yet */
    int64_t index;  /* in base */
    int64_t size;
    bool owns;      /* memory is freed with this (unless it is `room`) */
    Value room[2];  /* short memory; aligned to 16 where the object is */
    void *ext;
} CData;

/* CFuncPtr. */
typedef struct ForeignFunction {
    CData data;
    Value thunk;      /* CThunk of a Python callable; VNULL */
    Value callable;   /* the same Python callable */
    Value argtypes, converters, restype, checker, errcheck, paramflags; /* own ones; VNULL: those of the class */
} ForeignFunction;

/* A prepared argument: what byref() and from_param() of simple types give. */
typedef union CValue {
    int8_t b; int16_t h; int32_t i; int64_t q; float f; double d; long double g; void *p; Value v;
    _Complex float cf; _Complex double cd; _Complex long double cg;
} CValue;
typedef struct CArg {
    Object head;
    char tag;
    int64_t size;
    Value object;     /* what must live meanwhile */
    const SimpleKind *simple;
    CValue value;
} CArg;

typedef struct CField {
    Object head;
    Value name, proto;
    int64_t byte_offset, byte_size, index;
    int64_t bit_size, bit_offset;
    bool is_bitfield, is_anonymous;
} CField;

typedef struct CtypesState {
    Type *ctype;                      /* CType_Type: what the metatypes derive from */
    Type *metatypes[CK_FUNCTION + 1]; /* by CKind */
    Type *data;                       /* _CData */
    Type *classes[CK_FUNCTION + 1];   /* Structure, ... */
    Type *arg, *field, *thunk, *memory;
    Value argument_error;
    Value array_types;                /* dict: (item type, length) -> array type */
    Value unpickle;
    pthread_key_t errno_key;          /* ctypes' own copy of errno */
    struct Entry { ffi_closure *closure; void *code; ffi_cif cif; } entries[4]; /* entries.c */
} CtypesState;
enum EntryId { ENTRY_CAST, ENTRY_STRING_AT, ENTRY_WSTRING_AT, ENTRY_MEMORYVIEW_AT };
static inline CtypesState *ctypes_state(Thread *t) { return MODULE_STATE(t, _ctypes, CtypesState); }

enum FunctionFlags { FUNCFLAG_CDECL = 1, FUNCFLAG_PYTHONAPI = 4, FUNCFLAG_USE_ERRNO = 8, FUNCFLAG_USE_LASTERROR = 16 };

/* The CType of a class, or NULL: it is none (no exception). */
static inline CType *ctype_of(Thread *t, Value class) {
    if (!is_obj(class) || !is_subtype(type_of(t, class), ctypes_state(t)->ctype)) return NULL;
    return V_AS(CType, class);
}
static inline CType *ctype_of_kind(Thread *t, Value class, enum CKind kind) {
    CType *c = ctype_of(t, class);
    return c && c->kind == kind ? c : NULL;
}
static inline bool is_cdata(Thread *t, Value v) { return is_obj(v) && is_instance_of(t, v, ctypes_state(t)->data); }
static inline CType *ctype_of_data(Thread *t, const CData *d) { return (CType *)type_of(t, v_from(d)); }
static inline ffi_type *ctype_ffi(CType *c) {
    if (c->simple) return c->simple->ffi;
    return c->kind == CK_STRUCT || c->kind == CK_UNION ? &c->ffi_own : &ffi_type_pointer;
}
/* c_int itself, not a class derived from it: values come as Python's own. */
static inline bool is_plain_simple(Thread *t, const CType *c) {
    return c->kind == CK_SIMPLE && c->type.base == ctypes_state(t)->classes[CK_SIMPLE];
}

/* meta.c */
bool ctypes_make_types(Thread *t, Value module) MUST_USE;
/* A class whose instances can be made; TypeError "abstract class" otherwise. */
CType *ctype_concrete(Thread *t, Type *type);
extern const TypeDef typedef_ctypes_CType_Type, typedef_ctypes_metatypes[], typedef_ctypes_CData, typedef_ctypes_SimpleCData,
    typedef_ctypes_Structure,
    typedef_ctypes_Union, typedef_ctypes_Array, typedef_ctypes_Pointer, typedef_ctypes_CFuncPtr, typedef_ctypes_CArg, typedef_ctypes_CField,
    typedef_ctypes_CThunk, typedef_ctypes_Memory;
/* Filling in a class that was made: by kind. */
bool simple_class_init(Thread *t, CType *c) MUST_USE;
bool struct_class_init(Thread *t, CType *c) MUST_USE;
bool array_class_init(Thread *t, CType *c) MUST_USE;
bool pointer_class_init(Thread *t, CType *c) MUST_USE;
bool function_class_init(Thread *t, CType *c) MUST_USE;
bool struct_class_setattr(Thread *t, Value self, Value name, Value v);
Value array_type_of(Thread *t, Value item, int64_t length); /* item * length */
bool pointer_set_proto(Thread *t, CType *c, Value proto) MUST_USE;
Value pointer_set_type(Thread *t, Value *args, uint32_t nargs, Value kwnames);
bool ctype_set_format(Thread *t, CType *c, const char *format, ...) MUST_USE;
Value ctype_attribute(Thread *t, CType *c, const char *name); /* owned; VNULL without exception: absent */

/* data.c */
Value data_new(Thread *t, CType *c);                    /* zeroed memory of its own */
Value data_slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
Value data_view(Thread *t, CType *c, Value base, int64_t index, void *memory); /* a part of base's memory; base VNULL: nobody's */
bool data_keep(Thread *t, CData *d, int64_t index, Value keep) MUST_USE;       /* takes keep; VNULL: nothing */
Value data_objects(Thread *t, CData *d);                /* the dict of the outermost one (or None): borrowed */
/* An item of type c at `memory` inside `owner`, read and written as Python code sees it. */
Value data_get(Thread *t, CType *c, CData *owner, int64_t index, void *memory);
bool data_set(Thread *t, CType *c, CData *owner, int64_t index, void *memory, Value v) MUST_USE;
Value data_byref(Thread *t, Value v, int64_t offset);
Value data_from_param(Thread *t, Value class, Value v);
Value pointer_from_param(Thread *t, Value class, Value v);
Value simple_from_param(Thread *t, Value class, Value v);
SendResult as_parameter(Thread *t, Value v, Value *out); /* v._as_parameter_: RETURN absent, YIELD there (owned), ERROR */

/* call.c */
typedef struct CallPlan {
    void *address;
    uint32_t flags;              /* FUNCFLAG_... */
    Value restype, checker;      /* restype VNULL: int */
    Value converters;            /* tuple or VNULL */
} CallPlan;
Value ctypes_call(Thread *t, const CallPlan *plan, Value *args, uint32_t nargs);
/* errno and ctypes' own copy of it, which this thread's calls with use_errno exchange. */
int errno_copy_get(CtypesState *s);
void errno_copy_set(CtypesState *s, int value);
void errno_swap(CtypesState *s);

/* callback.c */
Value thunk_new(Thread *t, CType *function_type, Value callable);
void *thunk_address(Value thunk);

/* entries.c: the functions behind _cast_addr and the like. */
bool entries_make(Thread *t, Value module) MUST_USE;

/* function.c */
Value converters_of(Thread *t, Value argtypes);           /* a tuple of from_param methods */
bool restype_check(Thread *t, Value restype, Value *checker) MUST_USE; /* *checker: owned or VNULL */

/* libraries.c */
#define CTYPES_FUNCTION(name) Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
CTYPES_FUNCTION(ctypes_dlopen);
CTYPES_FUNCTION(ctypes_dlsym);
CTYPES_FUNCTION(ctypes_dlclose);
CTYPES_FUNCTION(ctypes_dllist);
void *library_symbol(Thread *t, void *library, Value name); /* NULL: AttributeError */

#endif
