/* Inline caches: what the interpreter remembers at a site of a code object that runs often.
 *
 * A site answers only while its guards hold: the shape of the object, and the version of its type where the answer depends
 * on the class; for globals the version of the dict's keys. `value` is borrowed: whatever drops it changes the version.
 */
#ifndef KRAIT_VM_CACHE_H
#define KRAIT_VM_CACHE_H

#include "core/object.h"
#include "object/code.h"

enum SiteKind {
    SITE_EMPTY,
    SITE_FIELD,     /* the value at byte `offset` of the object; VNULL there: ask the slow path */
    SITE_OVERFLOW,  /* ... at index `offset` of the object's overflow slots */
    SITE_VALUE,     /* `value`: found in the class, no descriptor */
    SITE_METHOD,    /* `value`: a function or method descriptor of the class, to be bound */
    SITE_PROPERTY,  /* `value`: a property with a getter */
    SITE_CLASS,     /* the object is a class of version `offset`: `value` */
    SITE_CLASS_METHOD, /* ... and `value` is what a call gets as its callee, with the class as self */
    SITE_MODULE,    /* entry at byte `offset` of the module dict's keys of version `version` */
    SITE_DICT,      /* an instance in dict mode: entry at `offset` of its dict's keys of version `value`; version is the type's */
    SITE_ADD,       /* STORE_ATTR: new slot at byte `offset`, the object's shape becomes the number in `value` */
    SITE_GLOBAL,    /* entry at byte `offset` of the globals' keys of version `version` */
    SITE_BUILTIN,   /* entry at `offset` of the builtins' keys of version `shape` */
    SITE_SUPER,     /* super().name: `value` for objects of this shape, seen from the class of version `offset` */
};

typedef struct Site {
    uint32_t shape;
    uint32_t version;
    uint16_t kind;
    uint16_t misses; /* sites that miss often are filled less eagerly */
    uint32_t offset;
    Value value;
} Site;

struct Warm {
    uint32_t nsites;
    Site sites[];
};

/* Gives a code that has run often its caches; nothing happens when memory is short. */
void code_warm(Thread *t, Code *code);
void code_ran(Thread *t, Code *code); /* counts a run; the second one warms */
void code_cool(Thread *t, Code *code); /* frees them */

/* Fill the site for what was just looked up. `o`: an object with `name`. They never raise. */
void site_fill_load(Thread *t, Site *site, Value o, Value name, bool for_call);
void site_fill_store(Thread *t, Site *site, Value o, Value name, uint32_t shape_before);
void site_fill_global(Thread *t, Site *site, Value globals, Value builtins, Value name);

#endif
