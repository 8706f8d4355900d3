/* Walking what an object refers to: written once, inlined into the collector's loops and into object_traverse.
 *
 * Visited are: the described fields, what slots.traverse adds, dict slots, the real dict, and, for instances of classes, the type.
 * `all`, a constant: values that are no pointers, too, where they lie in fields and slots.
 */
#ifndef KRAIT_OBJECT_TRAVERSE_H
#define KRAIT_OBJECT_TRAVERSE_H

#include "core/def.h"
#include "object/instance.h"

static inline int64_t field_count(const Object *o, const Field *f) {
    const char *at = (const char *)o + f->count;
    if (f->count_size == 4) return *(const uint32_t *)at;
    return *(const int64_t *)at;
}

static inline InstanceExt *instance_ext_of(Object *o, const Shape *s) {
    if (!(s->flags & SHAPE_EXT)) return NULL;
    return s->flags & SHAPE_EXT_FRONT ? ((InstanceExt **)o)[-1] : *(InstanceExt **)((char *)o + s->ext_offset);
}

#define VISIT_VALUE(v)                                  \
    do {                                                \
        Value visited_ = (v);                           \
        if (all ? !is_null(visited_) && !is_unbound(visited_) : is_obj(visited_)) { \
            int stop_ = visit(visited_, context);       \
            if (stop_) return stop_;                    \
        }                                               \
    } while (0)

static ALWAYS_INLINE int traverse_values(const Value *values, int64_t n, VisitFn visit, void *context, const bool all) {
    for (int64_t i = 0; i < n; i++) VISIT_VALUE(values[i]);
    return 0;
}

static ALWAYS_INLINE int traverse_object(Thread *t, Object *o, VisitFn visit, void *context, const bool all) {
    Shape *s = obj_shape(t, o);
    Type *type = s->type;
    for (const Field *f = type->fields, *end = f + type->fields_count; f < end; f++) {
        char *at = (char *)o + f->offset;
        int stop = 0;
        switch (f->kind) {
            case F_VALUE: case F_POINTER: VISIT_VALUE(*(Value *)at); break; /* a pointer is the same word */
            case F_ITEMS: stop = traverse_values((Value *)at, field_count(o, f), visit, context, all); break;
            case F_VALUES:
                if (*(Value **)at) stop = traverse_values(*(Value **)at, field_count(o, f), visit, context, all);
                break;
            default: break;
        }
        if (stop) return stop;
    }
    if (s->flags & SHAPE_EXT) {
        uint32_t n = s->nslots, in = n < s->inline_cap ? n : s->inline_cap;
        int stop = traverse_values((Value *)((char *)o + s->slots_start), in, visit, context, all);
        if (stop) return stop;
        InstanceExt *ext = instance_ext_of(o, s);
        if (ext) {
            VISIT_VALUE(ext->dict);
            stop = traverse_values(ext->overflow, n - in, visit, context, all);
            if (stop) return stop;
        }
    }
    if (type->flags & TF_HEAP) VISIT_VALUE(v_from(type));
    return type->slots.traverse ? type->slots.traverse(o, visit, context) : 0;
}

#endif
