/* Iterators that other rooms make, and what the containers' types share. */
#ifndef KRAIT_TYPES_ITERATORS_H
#define KRAIT_TYPES_ITERATORS_H

#include "core/def.h"
#include "core/errors.h"

/* iter(callable, sentinel); borrows both. */
Value callable_iterator_new(Thread *t, Value callable, Value sentinel);

/* An IndexIterator (object/simple.h) of a shape such as SHAPE_str_iterator, at `index`; borrows the sequence. */
Value index_iterator_new(Thread *t, uint32_t shape, Value sequence, int64_t index);

/* A builtin by its name, as iterators name `iter` when they are pickled: owned. */
Value builtin_named(Thread *t, const char *name);

/* (iter, (argument,)), or with a state as third; takes argument and state (VNULL: none). */
Value reduce_to_iter(Thread *t, Value argument, Value state);

/* start and stop arguments of index(): through __index__, saturated; VNULL leaves *out. */
bool arg_slice_index(Thread *t, Value v, int64_t *out) MUST_USE;

/* The row of a generic class's __class_getitem__, which makes a GenericAlias. */
Value class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames);
#define CLASS_GETITEM {"__class_getitem__", "($type, object, /)", "A class with parameters for its items, such as list[int].", class_getitem, MF_CLASS}

#endif
