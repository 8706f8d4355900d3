/* What the bodies of the instructions are written with; see eval_ops.inc. */
#ifndef KRAIT_VM_EVAL_MACROS_H
#define KRAIT_VM_EVAL_MACROS_H

#define IS_TEMP(i) ((i) >= nfixed)
#define SAVE_PC() (frame_of(R)->pc = pc)
/* Stores the owned `value`, drops what was there, goes on. */
#define SET_NEXT(i, value)                                                            \
    do {                                                                              \
        Value *slot_ = &R[i], old_ = *slot_;                                          \
        *slot_ = (value);                                                             \
        if (is_ptr(old_)) {                                                           \
            Object *object_ = v_obj(old_);                                            \
            if ((int32_t)object_->refs >= 0 && UNLIKELY(--object_->refs == 0)) {      \
                dead = object_;                                                       \
                goto dealloc_next;                                                    \
            }                                                                         \
        }                                                                             \
        NEXT();                                                                       \
    } while (0)
#define DROP(object)                                                                  \
    do {                                                                              \
        Object *object_ = (object);                                                   \
        if ((int32_t)object_->refs >= 0 && UNLIKELY(--object_->refs == 0)) {          \
            SAVE_PC();                                                                \
            object_dealloc(t, object_);                                               \
            RELOAD();                                                                 \
        }                                                                             \
    } while (0)
#define SLOW(condition)                                                               \
    do {                                                                              \
        SAVE_PC();                                                                    \
        if (UNLIKELY(!(condition))) goto error;                                       \
        RELOAD();                                                                     \
        NEXT();                                                                       \
    } while (0)
/* The same for an operation that may have pushed the frame of a special method. */
#define SLOW_SPECIAL(condition)                                                       \
    do {                                                                              \
        SAVE_PC();                                                                    \
        if (UNLIKELY(!(condition))) goto error;                                       \
        if (t->fiber->frame != frame_of(R)) goto enter_frame;                         \
        RELOAD();                                                                     \
        NEXT();                                                                       \
    } while (0)
/* C code has run: what arrived meanwhile, a signal above all, is dealt with before the next instruction, which may wait for long. */
#define NEXT_AFTER_CALL()                                                             \
    do {                                                                              \
        if (UNLIKELY(t->breaker)) goto poll;                                          \
        NEXT();                                                                       \
    } while (0)
#define JUMP_BY(offset) (pc += (offset))

#endif
