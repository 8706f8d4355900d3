/* Shapes: the transition tree of each type and its tables.
 *
 *     root (no attributes) --"x"--> {x} --"y"--> {x, y}
 *                          --"y"--> {y}
 *
 * Owns the interpreter's shape region.  All shapes of a type are chained through `sibling` from type->shape, the root
 * that new instances get.  A type has a new root when its instances turn out to need more, or fewer, inline slots.  A shape holds a
 * reference to its name.  Tables are open-addressed by the address of the interned name.
 */
#include "object/instance.h"

#include "core/def.h"
#include "core/errors.h"
#include "heap/heap.h"

enum {
    SHAPES_MAX = 512,       /* of a type; then instances go over to dicts */
    SLOTS_MAX = 128,        /* dict slots of a shape */
    INLINE_FIRST = 4,       /* inline slots of a class's first instance */
    INLINE_MAX = 30,
    CHAIN_MAX = 4,          /* shapes with more slots look names up in a table */
};

typedef struct ShapeEntry { Value name; uint32_t value, used; } ShapeEntry;
struct ShapeTable {
    uint32_t count, mask;
    Value *names;        /* in an index: the names by slot */
    ShapeEntry entries[]; /* mask + 1 */
};

static inline uint32_t name_hash(Value name) { return (uint32_t)((name.bits >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 32); }

static ShapeEntry *table_find(ShapeTable *table, Value name) {
    for (uint32_t i = name_hash(name);; i++) {
        ShapeEntry *e = &table->entries[i & table->mask];
        if (!e->used || same(e->name, name)) return e;
    }
}

static ShapeTable *table_new(Thread *t, uint32_t buckets) {
    ShapeTable *table = heap_alloc_zeroed(t, sizeof *table + buckets * sizeof(ShapeEntry));
    if (table) table->mask = buckets - 1;
    return table;
}

static bool table_add(Thread *t, ShapeTable **table, Value name, uint32_t value) {
    ShapeTable *old = *table;
    if (!old || (old->count + 1) * 4 > (old->mask + 1) * 3) {
        ShapeTable *now = table_new(t, old ? 2 * (old->mask + 1) : 2);
        if (!now) return false;
        if (old) {
            now->count = old->count;
            for (uint32_t i = 0; i <= old->mask; i++) {
                if (old->entries[i].used) *table_find(now, old->entries[i].name) = old->entries[i];
            }
            heap_free(t, old);
        }
        *table = now;
    }
    *table_find(*table, name) = (ShapeEntry){name, value, 1};
    (*table)->count++;
    return true;
}

/* A failed allocation that the caller can do without. */
static void forget_memory_error(Thread *t) {
    Value e = t->pending;
    t->pending = VNULL;
    decref_maybe(t, e);
}

static Shape *shape_take(Thread *t) {
    Interp *interp = t->interp;
    Shape *s;
    if (interp->shapes_free) {
        s = shape_at(t, interp->shapes_free);
        interp->shapes_free = s->version;
    } else {
        if (interp->shapes_top >= SHAPE_REGION_BYTES) {
            err_no_memory(t);
            return NULL;
        }
        s = shape_at(t, interp->shapes_top);
        interp->shapes_top += sizeof(Shape);
    }
    *s = (Shape){0};
    return s;
}

/* Inline slots of new instances: what is left of the last 16 bytes costs nothing. */
static uint16_t inline_capacity(const Type *type, uint32_t start) {
    uint32_t want = type->inline_hint < INLINE_MAX ? type->inline_hint : INLINE_MAX;
    if (!(type->flags & TF_DICT) || !(type->flags & TF_HEAP) || type->flags & TF_VARSIZED || start > 4096) return 0;
    if (want && (start + 8 * want) % HEAP_ALIGN) want++;
    return (uint16_t)want;
}

static void shape_lay_out(const Type *type, Shape *s) {
    uint32_t end = type->size;
    if (type->flags & TF_EXT) {
        s->flags |= SHAPE_EXT;
        if (type->flags & TF_VARSIZED) {
            s->flags |= SHAPE_EXT_FRONT;
        } else if (type->def->ext_offset) {
            s->ext_offset = type->def->ext_offset;
        } else {
            s->ext_offset = type->size;
            end += 8;
        }
    }
    s->slots_start = (uint16_t)(end < UINT16_MAX ? end : UINT16_MAX);
}

size_t shape_instance_bytes(const Type *type, const Shape *s, int64_t nitems) {
    if (s->inline_cap) return s->slots_start + (size_t)8 * s->inline_cap;
    size_t end = type->size;
    if (s->flags & SHAPE_EXT && s->ext_offset >= end) end = s->ext_offset + 8;
    return end + (size_t)nitems * type->item_size;
}

Shape *shape_new_root(Thread *t, Type *type) {
    uint32_t at = type->shape;
    Shape *old = at ? shape_at(t, at) : NULL, *s;
    bool placed = old && !old->type; /* a constant offset, reserved */
    if (placed) {
        s = old;
        *s = (Shape){0};
    } else {
        s = shape_take(t);
        if (!s) return NULL;
        s->sibling = at;
    }
    if (!old && type->flags & TF_HEAP && type->inline_hint == 0) {
        type->inline_hint = type->base && type->base->inline_hint ? type->base->inline_hint : INLINE_FIRST;
    }
    s->type = type;
    s->version = type->version;
    /* Instances of a built-in type itself keep its one shape, by which they are known: their attributes go into a dict. */
    s->flags = SHAPE_ROOT | (type->flags & TF_DICT && !(type->flags & TF_HEAP) ? SHAPE_DICT_MODE : 0);
    shape_lay_out(type, s);
    s->inline_cap = inline_capacity(type, s->slots_start);
    type->shape = shape_offset(t, s);
    type->shape_count++;
    return s;
}

/* Another shape of the type, behind the head of its list, with the layout of `like`. */
static Shape *shape_new_like(Thread *t, Type *type, const Shape *like) {
    Shape *s = shape_take(t), *head = shape_at(t, type->shape);
    if (!s) return NULL;
    s->type = type;
    s->version = type->version;
    s->flags = like->flags & (SHAPE_EXT | SHAPE_EXT_FRONT);
    s->inline_cap = like->inline_cap;
    s->slots_start = like->slots_start;
    s->ext_offset = like->ext_offset;
    s->sibling = head->sibling;
    head->sibling = shape_offset(t, s);
    type->shape_count++;
    return s;
}

Shape *shape_dict_mode(Thread *t, Type *type) {
    for (uint32_t at = type->shape; at; at = shape_at(t, at)->sibling) {
        Shape *s = shape_at(t, at);
        if (s->flags & SHAPE_DICT_MODE) return s;
    }
    Shape *s = shape_new_like(t, type, shape_at(t, type->shape));
    if (!s) return NULL;
    s->flags |= SHAPE_DICT_MODE;
    s->inline_cap = 0;
    return s;
}

Shape *shape_add(Thread *t, Shape *shape, Value name) {
    if (shape->children) {
        ShapeEntry *e = table_find(shape->children, name);
        if (e->used) return shape_at(t, e->value);
    }
    Type *type = shape->type;
    if (type->shape_count >= SHAPES_MAX || shape->nslots >= SLOTS_MAX || !(shape->flags & SHAPE_EXT)) return NULL;
    Shape *s = shape_new_like(t, type, shape);
    if (!s) {
        forget_memory_error(t);
        return NULL;
    }
    if (!table_add(t, &shape->children, name, shape_offset(t, s))) {
        forget_memory_error(t);
        return NULL; /* the new shape stays in the list, unused */
    }
    s->parent = shape;
    s->nslots = shape->nslots + 1;
    s->name = new_ref(name);
    return s;
}

/* The shape's index: names by slot and a table from name to slot. */
static ShapeTable *shape_index(Thread *t, Shape *shape) {
    if (shape->index) return shape->index;
    uint32_t n = shape->nslots, buckets = 4;
    while (buckets * 3 < n * 4) buckets *= 2;
    ShapeTable *table = table_new(t, buckets);
    if (!table) return NULL;
    table->names = heap_alloc(t, n * sizeof(Value));
    if (!table->names) {
        heap_free(t, table);
        return NULL;
    }
    for (Shape *s = shape; s->nslots; s = s->parent) {
        table->names[s->nslots - 1] = s->name;
        *table_find(table, s->name) = (ShapeEntry){s->name, s->nslots - 1, 1};
    }
    table->count = n;
    return shape->index = table;
}

const Value *shape_names(Thread *t, Shape *shape) {
    ShapeTable *index = shape_index(t, shape);
    return index ? index->names : NULL;
}

int instance_slot_index(Thread *t, Shape *shape, Value name) {
    if (shape->nslots > CHAIN_MAX) {
        ShapeTable *index = shape_index(t, shape);
        if (LIKELY(index != NULL)) {
            ShapeEntry *e = table_find(index, name);
            return e->used ? (int)e->value : -1;
        }
        forget_memory_error(t);
    }
    for (Shape *s = shape; s->nslots; s = s->parent) {
        if (same(s->name, name)) return s->nslots - 1;
    }
    return -1;
}

void shape_free_all(Thread *t, Type *type) {
    uint32_t at = type->shape;
    type->shape = 0;
    type->shape_count = 0;
    while (at) {
        Shape *s = shape_at(t, at);
        uint32_t next = s->sibling;
        if (s->index) {
            heap_free(t, s->index->names);
            heap_free(t, s->index);
        }
        heap_free(t, s->children);
        Value name = s->name;
        *s = (Shape){0};
        if (at >= SHAPE_FIRST_DYNAMIC) {
            s->version = t->interp->shapes_free;
            t->interp->shapes_free = at;
        }
        decref_maybe(t, name);
        at = next;
    }
}
