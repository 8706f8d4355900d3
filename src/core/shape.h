/* Shapes: what an object is and where its attributes lie.
 *
 * A Shape is a type plus the slot layout of its instances.  Shapes of one type form a
 * transition tree: the root has no dict slots, each child adds one attribute name.  Shapes live
 * in a region of the interpreter (t->shapes) and are named by their byte offset in it, which is
 * what an object's header holds.  The types listed in core/types.def have their root shape at a
 * constant offset, the same in every interpreter: SHAPE_list and so on.
 *
 * Layout of an instance:
 *
 *     Object head | payload of the builtin base | __slots__ | ext word | inline dict slots ...
 *
 * The ext word exists where the type has TF_EXT (a dict, weak references or both).  It is NULL or
 * points to an InstanceExt (object/instance.h).  Types whose payload is variable-sized (int,
 * str, tuple, bytes, type) have it in front of the object instead, at ((InstanceExt **)o)[-1].
 */
#ifndef KRAIT_CORE_SHAPE_H
#define KRAIT_CORE_SHAPE_H

#include "core/value.h"

typedef struct Type Type;
typedef struct Shape Shape;
typedef struct ShapeTable ShapeTable;

enum {
    SHAPE_DICT_MODE = 1, /* the instances' __dict__ is a real dict in the ext; no slots */
    SHAPE_EXT = 2,       /* the instances have an ext word */
    SHAPE_EXT_FRONT = 4, /* ... in front of the object */
    SHAPE_ROOT = 8,
};

struct Shape {
    Type *type;           /* borrowed: a type frees its shapes when it dies */
    uint32_t version;     /* the type's version, kept equal by the type; 0: do not cache */
    uint16_t flags;       /* SHAPE_... */
    uint16_t nslots;      /* dict attributes in this shape: inline ones first, then ext's */
    uint16_t inline_cap;  /* dict slots inside the object */
    uint16_t slots_start; /* byte offset of the first inline dict slot */
    uint32_t ext_offset;  /* byte offset of the ext word (when SHAPE_EXT and not _FRONT) */
    Value name;           /* the attribute that this shape adds; interned str, borrowed from ... */
    Shape *parent;        /* ... the tree; NULL for a root */
    ShapeTable *children; /* transitions, NULL or owned (object/shape.c) */
    ShapeTable *index;    /* name -> slot for shapes with many slots, made when first asked */
    uint32_t sibling;     /* offset of the next shape of the type, 0: the last */
    uint32_t reserved;
};
_Static_assert(sizeof(Shape) == 64, "a shape's offset is its index times 64");

/* Constant ids and shapes of the built-in types. */
enum TypeId {
    T_INVALID = 0, /* shape 0: freed memory */
#define TYPE(id, ...) T_##id,
#include "core/types.def"
#undef TYPE
    TYPE_COUNT
};
enum {
#define TYPE(id, ...) SHAPE_##id = T_##id * sizeof(Shape),
#include "core/types.def"
#undef TYPE
    SHAPE_FIRST_DYNAMIC = TYPE_COUNT * sizeof(Shape)
};

#define SHAPE_REGION_BYTES (UINT64_C(128) << 20)

#endif
