/* Signatures of C functions: parsed once from their texts, and arguments bound by them. */
#ifndef KRAIT_OPS_SIGNATURE_H
#define KRAIT_OPS_SIGNATURE_H

#include "core/def.h"
#include "object/function.h"

/* Parameters without self, type and module.  Lives as long as the interpreter; one for each text. */
struct Signature {
    const char *text;
    uint16_t total;      /* parameters with a place of their own */
    uint16_t posonly;    /* positional-only ones */
    uint16_t positional; /* those that may be given by position */
    uint16_t required;   /* leading ones without a default */
    bool has_self, collects_positional, collects_keywords, keyword_required;
    uint64_t optional;   /* bit i: parameter i has a default */
    Value names[];       /* interned str, owned */
};
const Signature *signature_of(Thread *t, const char *text); /* NULL: MemoryError */

/* Who is called, for messages. */
typedef struct SignatureUser {
    const char *name;  /* "append", or the name of a class */
    Value owner;       /* str: name of the class or module that stands in front in some messages; VNULL: none */
    bool is_class;     /* a constructor: other words where CPython has others */
    bool unpacks;      /* MF_UNPACKS: other words for a wrong number of positional arguments */
} SignatureUser;
SignatureUser signature_user(Thread *t, const BuiltinFunction *f);

/* Binds a raw call (self not among the arguments) into out[total], see call_bind in ops/call.h. */
bool signature_bind(Thread *t, const Signature *s, SignatureUser who, Value *args, uint32_t nargs, Value kwnames, Value *out,
                    Value **rest, uint32_t *nrest, Value *kwargs) MUST_USE;

#endif
