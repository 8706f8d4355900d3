/* A growable vector of any type: VEC(T) is the struct type (name it with a typedef), the macros work on lvalues of it.
   Elements are moved by memcpy. Memory is libc's: for transient work, never for what belongs to a Python object.

       typedef VEC(int) IntVec;
       IntVec v = {0};
       if (!vec_push(&v, 3)) ...out of memory...
       for (size_t i = 0; i < v.len; i++) use(v.data[i]);
       vec_free(&v);                                                          */
#ifndef KRAIT_BASE_VEC_H
#define KRAIT_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(T)           \
    struct {             \
        T *data;         \
        size_t len, cap; \
    }

/* Grows *data so that it holds at least `need` elements. False: out of memory, nothing changed. */
static inline bool vec_grow_raw(void **data, size_t *cap, size_t need, size_t elem_size) {
    if (need <= *cap) return true;
    size_t new_cap = *cap + *cap / 2;
    if (new_cap < need) new_cap = need;
    if (new_cap < 8) new_cap = 8;
    size_t bytes;
    if (__builtin_mul_overflow(new_cap, elem_size, &bytes)) return false;
    void *p = realloc(*data, bytes);
    if (p == NULL) return false;
    *data = p;
    *cap = new_cap;
    return true;
}

/* Makes room for n more elements. */
#define vec_reserve(v, n)                                                               \
    ((v)->len + (n) <= (v)->cap || __extension__({                                      \
         void *vec_p_ = (v)->data;                                                      \
         bool vec_ok_ = vec_grow_raw(&vec_p_, &(v)->cap, (v)->len + (n), sizeof *(v)->data); \
         (v)->data = vec_p_;                                                            \
         vec_ok_;                                                                       \
     }))

#define vec_push(v, x) (vec_reserve(v, 1) && ((v)->data[(v)->len++] = (x), true))
#define vec_pop(v) ((v)->data[--(v)->len])
#define vec_last(v) ((v)->data[(v)->len - 1])

/* Appends n elements from an array. */
#define vec_extend(v, items, n)                                                              \
    (vec_reserve(v, n) &&                                                                    \
     ((n) == 0 || memcpy((v)->data + (v)->len, (items), (n) * sizeof *(v)->data) != NULL) && \
     ((v)->len += (n), true))

#define vec_clear(v) ((void)((v)->len = 0))
#define vec_free(v) (free((v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0, (void)0)

#endif
