/* The functions that slots.def names: wrap_X calls a C slot as a method, slot_X calls a method as a slot. */
#ifndef KRAIT_TYPES_SLOTS_PRIV_H
#define KRAIT_TYPES_SLOTS_PRIV_H

#include "types/slots.h"

#define WRAP(name) Value wrap_##name(Thread *t, WrapperDescriptor *d, Value self, Value *args, uint32_t nargs, Value kwnames)
WRAP(init); WRAP(del); WRAP(unary); WRAP(binary); WRAP(hash); WRAP(call); WRAP(setattr); WRAP(delattr);
WRAP(lt); WRAP(le); WRAP(eq); WRAP(ne); WRAP(gt); WRAP(ge); WRAP(next); WRAP(descr_get); WRAP(descr_set); WRAP(descr_delete);
WRAP(left); WRAP(right); WRAP(pow_left); WRAP(pow_right); WRAP(truth); WRAP(len); WRAP(setitem); WRAP(delitem);
WRAP(item); WRAP(set_item_at); WRAP(delete_item_at); WRAP(contains); WRAP(repeat); WRAP(buffer); WRAP(release_buffer);

Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames);
bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames);
void slot_del(Thread *t, Value self);
Value slot_repr(Thread *t, Value self);
Value slot_str(Thread *t, Value self);
bool slot_hash(Thread *t, Value self, int64_t *hash);
Value slot_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames);
Value slot_getattr(Thread *t, Value self, Value name);
bool slot_setattr(Thread *t, Value self, Value name, Value value);
Value slot_compare(Thread *t, Value a, Value b, enum CompareOp op);
Value slot_iter(Thread *t, Value self);
Value slot_next(Thread *t, Value self);
Value slot_descr_get(Thread *t, Value descr, Value instance, Value owner);
bool slot_descr_set(Thread *t, Value descr, Value instance, Value value);
Value slot_await(Thread *t, Value self);
Value slot_aiter(Thread *t, Value self);
Value slot_anext(Thread *t, Value self);
#define BINOP(id, ...) \
    Value slot_##id(Thread *t, Value a, Value b); \
    Value slot_i##id(Thread *t, Value a, Value b);
#include "core/binops.def"
#undef BINOP
Value slot_power(Thread *t, Value base, Value exponent, Value modulus);
Value slot_neg(Thread *t, Value self);
Value slot_pos(Thread *t, Value self);
Value slot_abs(Thread *t, Value self);
Value slot_invert(Thread *t, Value self);
Value slot_to_int(Thread *t, Value self);
Value slot_to_float(Thread *t, Value self);
Value slot_index(Thread *t, Value self);
int slot_truth(Thread *t, Value self);
int64_t slot_len(Thread *t, Value self);
Value slot_getitem(Thread *t, Value self, Value key);
bool slot_setitem(Thread *t, Value self, Value key, Value value);
Value slot_item(Thread *t, Value self, int64_t index);
bool slot_set_item_at(Thread *t, Value self, int64_t index, Value value);
int slot_contains(Thread *t, Value self, Value key);
bool slot_buffer(Thread *t, Value self, struct Buffer *view, int flags);
void slot_release_buffer(Thread *t, Value self, struct Buffer *view);

#endif
