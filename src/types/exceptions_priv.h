/* What the files of the exception types share. */
#ifndef KRAIT_TYPES_EXCEPTIONS_PRIV_H
#define KRAIT_TYPES_EXCEPTIONS_PRIV_H

#include "core/def.h"
#include "core/names.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

#define EXCEPTION_FLAGS (TF_BASE | TF_GC | TF_DICT | TF_EXCEPTION)

/* BaseException's slots, which the others build on. */
Value exception_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
bool exception_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames);
Value exception_str(Thread *t, Value self);
/* args = tuple(arguments). */
bool exception_set_args(Thread *t, Value self, const Value *args, uint32_t nargs) MUST_USE;
/* Keyword arguments of an init that takes positional ones besides: fills out[] (borrowed) by the names; `names` ends with a NULL. */
bool exception_keywords(Thread *t, const char *function, const Value *values, Value kwnames, const char *const *names, Value *out) MUST_USE;
/* The __dict__ when there is anything in it (owned), else VNULL; *failed tells an error from that. */
Value exception_dict(Thread *t, Value self, bool *failed);
/* (type, args) or (type, args, state) as __reduce__ answers it; takes state, VNULL: none. */
Value exception_reduce_with(Thread *t, Value self, Value args, Value state);
Value exception_reduce(Thread *t, Value *args, uint32_t nargs, Value kwnames);

static inline Value value_or_none(Value v) { return is_null(v) ? V_NONE : v; }

#endif
