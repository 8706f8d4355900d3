/* The module _elementtree, by file. */
#ifndef KRAIT_MODULES_EXT_ELEMENTTREE_PRIV_H
#define KRAIT_MODULES_EXT_ELEMENTTREE_PRIV_H

#include "modules/module.h"
#include "object/buffer.h"
#include "object/instance.h"

#define ETREE_METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct EtreeState {
    Value parse_error;                   /* the class ParseError, owned */
    Value element_path, deepcopy;        /* the module ElementPath and copy.deepcopy, owned */
    Value comment_factory, pi_factory;   /* of new builders; VNULL: none */
    Type *iterator_type;                 /* immortal */
} EtreeState;
#define ETREE_STATE(t) MODULE_STATE(t, _elementtree, EtreeState)

/* element.c */
typedef struct Element {
    Object head;
    Value tag, text, tail;
    Value attrib;       /* dict; VNULL: none was needed yet */
    Value *children;    /* raw block of Elements; NULL: none */
    uint32_t length, capacity;
    void *ext;
} Element;
extern const TypeDef typedef_Element;
static inline bool is_element(Thread *t, Value v) { return IS_A(t, v, Element); }
/* A new Element; attrib is taken (VNULL: empty). Owned, tracked. */
Value element_make(Thread *t, Value tag, Value attrib);
bool element_append(Thread *t, Element *e, Value child) MUST_USE; /* borrows */
Value etree_subelement(Thread *t, Value *args, uint32_t nargs, Value kwnames);
bool element_check(Thread *t, Value v) MUST_USE; /* TypeError "expected an Element, not ..." */

/* element_find.c: searching and walking. */
extern const TypeDef typedef_element_iterator;
Value element_find(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value element_findtext(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value element_findall(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value element_iterfind(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value element_iter(Thread *t, Value *args, uint32_t nargs, Value kwnames);
Value element_itertext(Thread *t, Value *args, uint32_t nargs, Value kwnames);

/* tree_builder.c */
enum EventKind { EVENT_START, EVENT_END, EVENT_START_NS, EVENT_END_NS, EVENT_COMMENT, EVENT_PI, EVENT_COUNT };
typedef struct TreeBuilder {
    Object head;
    Value root, current;      /* VNULL: none */
    Value last, last_for_tail; /* where text goes: behind last_for_tail, or into last; VNULL: none */
    Value stack;              /* list of the elements around `current`; None for the root's */
    Value data;               /* text that came through data(): VNULL, a piece, or a list of pieces */
    char *pending;            /* raw block: text that came from a parser, behind `data`; UTF-8 */
    uint32_t pending_used, pending_capacity;
    Value element_factory, comment_factory, pi_factory; /* VNULL: none */
    Value events_append;      /* VNULL: nobody wants events */
    Value event_names[EVENT_COUNT]; /* VNULL: not wanted */
    bool insert_comments, insert_pis;
} TreeBuilder;
extern const TypeDef typedef_TreeBuilder;
Value builder_new(Thread *t); /* without factories */
/* Each answers an owned value, VNULL: exception. attrib: a dict, taken; VNULL: empty. */
Value builder_start(Thread *t, TreeBuilder *b, Value tag, Value attrib);
Value builder_end(Thread *t, TreeBuilder *b);
Value builder_comment(Thread *t, TreeBuilder *b, Value text);
Value builder_pi(Thread *t, TreeBuilder *b, Value target, Value text);
Value builder_close(TreeBuilder *b);
bool builder_text(Thread *t, TreeBuilder *b, const char *utf8, uint32_t n) MUST_USE;
bool builder_data(Thread *t, TreeBuilder *b, Value data) MUST_USE;
bool builder_event(Thread *t, TreeBuilder *b, enum EventKind kind, Value what) MUST_USE; /* what is borrowed */

/* xml_parser.c */
extern const TypeDef typedef_XMLParser;

#endif
