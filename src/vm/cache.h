/* Inline caches: what the interpreter remembers at a site of a code object that runs often.
 *
 * A site answers only while its guards hold: the shape of the object, and the version of its type where the answer depends
 * on the class; for globals the version of the dict's keys. `value` is borrowed: whatever drops it changes the version.
 *
 * What a site has learned of attributes also goes into a table of the interpreter by (shape, name, use). A site that meets objects of
 * several shapes finds the others there with one probe, and a new site learns what others know.
 */
#ifndef KRAIT_VM_CACHE_H
#define KRAIT_VM_CACHE_H

#include "core/object.h"
#include "object/code.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/simple.h"

enum SiteKind {
    SITE_EMPTY,
    SITE_FIELD,     /* the value at byte `offset` of the object; VNULL there: ask the slow path */
    SITE_VALUE,     /* `value`: found in the class, no descriptor */
    SITE_OVERFLOW,  /* the value at index `offset` of the object's overflow slots, whose ext word lies at byte `value` */
    SITE_GETSET,    /* `value`: a getset_descriptor */
    SITE_METHOD,    /* `value`: a function or method descriptor of the class, to be bound */
    SITE_PROPERTY,  /* `value`: a property with a getter */
    SITE_DICT,      /* the object's attributes are in a dict: there, first looked for at entry `offset`; else `value`, found in the class */
    SITE_UNLESS_OWN, /* ... and `value` is a method of the class, to be bound unless the dict has another */
    SITE_DESCRIPTOR, /* `value`: a descriptor that the object cannot shadow */
    SITE_CLASS,     /* the object is a class of version `offset`: `value` */
    SITE_CLASS_METHOD, /* ... and `value` is what a call gets as its callee, with the class as self */
    SITE_MODULE,    /* entry at byte `offset` of the module dict's keys, of the version in `value` */
    SITE_ADD,       /* STORE_ATTR: new slot at byte `offset`, the object's shape becomes the number in `value` */
    SITE_GLOBAL,    /* entry at byte `offset` of the globals' keys of version `version` */
    SITE_BUILTIN,   /* entry at `offset` of the builtins' keys of version `shape` */
    SITE_SUPER,     /* super().name: `value` for objects of this shape, seen from the class of version `offset` */
};

typedef struct Site {
    uint32_t shape;
    uint32_t version;
    uint32_t offset;
    uint8_t kind;
    uint8_t failures; /* lookups that gave nothing to remember: such sites are filled less eagerly */
    uint16_t misses;  /* objects of another shape that the table knew */
    Value value;
    Value name;       /* interned; borrowed from the code, held by the table */
} Site;

/* How often a code is entered or loops before it may be compiled to machine code. That is one of the program's spans: a code whose runs are few among
 * all runs has seen many of them go by, and the more machine code there is, the fewer it may have seen. For where the time goes evenly to much
 * code, machine code of everything would only drive itself out of the processor's caches. */
#ifdef KRAIT_STRESS_JIT
enum { HEAT = 1 };
#define MOST_SPANS_BY_SIZE UINT64_MAX
#else
enum { HEAT = 64 };
#define MOST_SPANS_BY_SIZE (UINT64_C(64) << 20)
#endif

struct Warm {
    uint32_t nsites;
    int32_t heat;           /* counts down; below 0: compile it, or run its machine code */
    uint32_t since;         /* the spans when the heat was last full */
    struct Native *native;  /* vm/native.h; NULL: none */
    Site sites[];
};

static inline Warm *warm_of(Site *sites) { return (Warm *)((char *)sites - offsetof(Warm, sites)); }

enum SiteUse { USE_LOAD, USE_METHOD, USE_STORE, SITE_USES };
enum { SITE_TABLE_ENTRIES = 1024 };
/* An entry stands at the index of its hash, an older one that it drove away beside it. */
struct SiteTable {
    Site entries[SITE_USES][SITE_TABLE_ENTRIES];
    uint32_t spans; /* how often any code has used up its heat without being compiled before */
};

/* Gives a code that has run often its caches; nothing happens when memory is short. */
void code_warm(Thread *t, Code *code);
void code_ran(Thread *t, Code *code); /* counts a run; the second one warms */
void code_heated(Thread *t, Code *code); /* its heat is used up: compiles it, if it has no machine code yet */
void code_cool(Thread *t, Code *code); /* frees them */

static inline uint32_t site_hash(uint32_t shape, Value name) {
    return (shape / sizeof(Shape) * 9 + (uint32_t)(name.bits >> 4)) % SITE_TABLE_ENTRIES;
}

/* The site's contents become those of another. Sites that see many shapes settle on one of them. */
static inline void site_settle(Site *site, const Site *other) {
    if ((site->misses++ & 63) >= 4) return;
    site->shape = other->shape;
    site->version = other->version;
    site->offset = other->offset;
    site->kind = other->kind;
    site->value = other->value;
}

/* What the table knows for objects of another shape than the site's; NULL: nothing. */
static inline const Site *site_other(Thread *t, Site *site, uint32_t shape, enum SiteUse use) {
    Site *entries = t->interp->site_table->entries[use];
    uint32_t at = site_hash(shape, site->name);
    const Site *e = &entries[at];
    if (UNLIKELY(e->shape != shape || !same(e->name, site->name))) {
        e = &entries[at ^ 1];
        if (e->shape != shape || !same(e->name, site->name)) return NULL;
    }
    site_settle(site, e);
    return e;
}

/* SITE_DICT's value: borrowed; VNULL: ask the long way. */
Value site_dict_value(Thread *t, const Site *s, Object *o);
/* Whether attributes of the type's objects are found as object finds them; only what is not found may go to a __getattr__. */
bool type_finds_generically(Thread *t, Type *type);

static inline bool is_data_descriptor(Thread *t, Value v) {
    const Slots *slots = &type_of(t, v)->slots;
    return slots->descr_set != NULL && slots->descr_get != NULL;
}

/* The value that a site whose guards hold for `o` knows: borrowed; VNULL: it is no plain value, ask the long way. */
static inline Value site_value(Thread *t, const Site *s, Object *o) {
    switch (s->kind) {
        case SITE_FIELD: return *(Value *)((char *)o + s->offset);
        case SITE_VALUE: return s->value;
        case SITE_DICT: return site_dict_value(t, s, o);
        case SITE_OVERFLOW: {
            const InstanceExt *ext = *(InstanceExt **)((char *)o + s->value.bits);
            return ext != NULL && s->offset < ext->overflow_cap ? ext->overflow[s->offset] : VNULL;
        }
        case SITE_CLASS: return ((Type *)o)->version == s->offset ? s->value : VNULL;
        case SITE_MODULE: {
            Value dict = ((Module *)o)->dict;
            DictKeys *k = IS_EXACT(dict, dict) ? V_AS(Dict, dict)->keys : NULL;
            return k != NULL && k->version == s->value.bits ? *(Value *)((char *)k + s->offset) : VNULL;
        }
        default: return VNULL;
    }
}

/* Fill the site for what was just looked up. `o`: an object with `name`. They never raise. */
void site_fill_load(Thread *t, Site *site, Value o, enum SiteUse use);
void site_fill_store(Thread *t, Site *site, Value o, uint32_t shape_before);
void site_fill_global(Thread *t, Site *site, Value globals, Value builtins, Value name);

#endif
