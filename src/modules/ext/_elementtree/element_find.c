/* Searching and walking trees: find, findall, findtext, iterfind, iter, itertext. A plain tag is looked for here; paths are ElementPath's. */
#include "modules/ext/_elementtree/etree_priv.h"

static Element *as(Value self) { return V_AS(Element, self); }
static Value or_none(Value v) { return is_null(v) ? V_NONE : v; }

/* --- Finding -------------------------------------------------------------------------------------------------------- */

/* Whether only ElementPath understands it: in a plain tag, what stands behind "{namespace}" is a name. */
static bool is_path(Thread *t, Value path, Value namespaces) {
    if (!IS_EXACT(path, str) || !(is_null(namespaces) || is_none(namespaces))) return true;
    Str *s = V_AS(Str, path);
    int64_t n = str_len(s);
    bool in_namespace = false;
    for (int64_t i = 0; i < n; i++) {
        uint32_t c = str_at(s, i);
        if (c == '{') in_namespace = true;
        else if (c == '}') in_namespace = false;
        else if (!in_namespace && (c == '/' || c == '*' || c == '[' || c == '@' || c == '.')) return true;
    }
    return n >= 2 && str_at(s, 0) == '{' && (str_at(s, 1) == '}' || str_at(s, 1) == '*');
}

static Value by_path(Thread *t, const char *function, const Value *args, uint32_t n) {
    Value f = attr_get_cstr(t, ETREE_STATE(t)->element_path, function);
    if (is_null(f)) return VNULL;
    Value result = call_copy(t, f, args, n, VNULL);
    decref(t, f);
    return result;
}

/* The next child from *at on with that tag (owned); VNULL: none, or an exception. */
static Value next_child(Thread *t, Element *e, Value tag, uint32_t *at) {
    while (*at < e->length) {
        Value child = e->children[(*at)++];
        Value own = as(child)->tag;
        if (same(own, tag)) return new_ref(child);
        if (IS_EXACT(own, str) && IS_EXACT(tag, str)) {
            if (str_equal(V_AS(Str, own), V_AS(Str, tag))) return new_ref(child);
            continue;
        }
        Value held = new_ref(child), held_tag = new_ref(own);
        int is_equal = equal(t, held_tag, tag);
        decref(t, held_tag);
        if (is_equal > 0) return held;
        decref(t, held);
        if (is_equal < 0) return VNULL;
    }
    return VNULL;
}

Value element_find(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_path(t, args[1], args[2])) return by_path(t, "find", (Value[]){args[0], args[1], or_none(args[2])}, 3);
    uint32_t at = 0;
    Value child = next_child(t, as(args[0]), args[1], &at);
    return is_null(child) && !err_pending(t) ? V_NONE : child;
}

Value element_findtext(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_path(t, args[1], args[3])) return by_path(t, "findtext", (Value[]){args[0], args[1], or_none(args[2]), or_none(args[3])}, 4);
    uint32_t at = 0;
    Value child = next_child(t, as(args[0]), args[1], &at);
    if (is_null(child)) return err_pending(t) ? VNULL : new_ref(or_none(args[2]));
    Value text = new_ref(as(child)->text);
    decref(t, child);
    return is_none(text) ? new_ref(t->interp->empty_str) : text;
}

Value element_findall(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_path(t, args[1], args[2])) return by_path(t, "findall", (Value[]){args[0], args[1], or_none(args[2])}, 3);
    Value list = list_new(t, 0), child;
    uint32_t at = 0;
    while (!is_null(list) && !is_null(child = next_child(t, as(args[0]), args[1], &at)))
        if (!list_append_take(t, V_AS(List, list), child)) slot_clear(t, &list);
    if (!is_null(list) && err_pending(t)) slot_clear(t, &list);
    return list;
}

Value element_iterfind(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return by_path(t, "iterfind", (Value[]){args[0], args[1], or_none(args[2])}, 3);
}

/* --- Walking ----------------------------------------------------------------------------------------------------------- */

typedef struct Place { /* an element that the walk is in, and the next of its children */
    Value element;
    int64_t next;
} Place;

typedef struct ElementIterator {
    Object head;
    Value root;   /* VNULL once it was entered */
    Value tag;    /* VNULL: any */
    Place *places; /* raw block */
    uint32_t depth, capacity;
    bool of_text;
} ElementIterator;

static Value iterator_make(Thread *t, Value root, Value tag, bool of_text) {
    Value v = object_new(t, ETREE_STATE(t)->iterator_type);
    if (is_null(v)) return v;
    ElementIterator *it = V_AS(ElementIterator, v);
    it->root = new_ref(root);
    it->tag = new_ref_maybe(tag);
    it->of_text = of_text;
    return object_done(t, v);
}

Value element_iter(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value tag = args[1];
    if (is_null(tag) || is_none(tag) || (is_str(t, tag) && str_equals_cstr(V_AS(Str, tag), "*"))) tag = VNULL;
    return iterator_make(t, args[0], tag, false);
}
Value element_itertext(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return iterator_make(t, args[0], VNULL, true); }

/* Of comments and instructions, whose tag is a function, text and children are no text of the document. */
static bool is_silent(Thread *t, const ElementIterator *it, const Element *e) { return it->of_text && !is_none(e->tag) && !is_str(t, e->tag); }

static bool enter(Thread *t, ElementIterator *it, Value element) {
    if (it->depth == it->capacity) {
        uint32_t capacity = it->capacity ? it->capacity * 2 : 8;
        Place *places = it->places ? heap_realloc(t, it->places, capacity * sizeof(Place)) : heap_alloc(t, capacity * sizeof(Place));
        if (places == NULL) return false;
        it->places = places;
        it->capacity = capacity;
    }
    it->places[it->depth++] = (Place){new_ref(element), is_silent(t, it, as(element)) ? INT64_MAX : 0};
    return true;
}

/* Whether the iterator gives the text (owned): None and what is false is passed over. 1, 0 (the text is dropped), -1. */
static int take_text(Thread *t, Value text) {
    int is_true = is_none(text) ? 0 : truth(t, text);
    if (is_true <= 0) decref(t, text);
    return is_true;
}

static int wants(Thread *t, ElementIterator *it, Element *e) {
    if (is_null(it->tag)) return 1;
    if (IS_EXACT(e->tag, str) && IS_EXACT(it->tag, str)) return str_equal(V_AS(Str, e->tag), V_AS(Str, it->tag));
    Value tag = new_ref(e->tag), own = new_ref(it->tag);
    int result = equal(t, tag, own);
    decref(t, tag);
    decref(t, own);
    return result;
}

static Value iterator_next(Thread *t, Value self) {
    ElementIterator *it = V_AS(ElementIterator, self);
    for (;;) {
        Value element;
        if (!is_null(it->root)) {
            element = it->root;
            it->root = VNULL;
        } else if (it->depth == 0) {
            return VNULL;
        } else {
            Place *place = &it->places[it->depth - 1];
            Element *around = as(place->element);
            if (place->next >= around->length) {
                Value left = place->element;
                it->depth--;
                Value tail = it->of_text && it->depth > 0 ? new_ref(as(left)->tail) : V_NONE;
                decref(t, left);
                int given = take_text(t, tail);
                if (given < 0) return VNULL;
                if (given) return tail;
                continue;
            }
            element = new_ref(around->children[place->next++]);
        }
        bool good = enter(t, it, element);
        if (good && it->of_text) {
            Value text = is_silent(t, it, as(element)) ? V_NONE : new_ref(as(element)->text);
            decref(t, element);
            int given = take_text(t, text);
            if (given < 0) return VNULL;
            if (given) return text;
            continue;
        }
        int wanted = good ? wants(t, it, as(element)) : -1;
        if (wanted > 0) return element;
        decref(t, element);
        if (wanted < 0) return VNULL;
    }
}

static Value iterator_self(Thread *t, Value self) { return new_ref(self); }

static void iterator_clear(Thread *t, Object *self) {
    ElementIterator *it = (ElementIterator *)self;
    while (it->depth > 0) decref(t, it->places[--it->depth].element);
}
static void iterator_destroy(Thread *t, Object *self) {
    iterator_clear(t, self);
    heap_free(t, ((ElementIterator *)self)->places);
}
static int iterator_traverse(Object *self, VisitFn visit, void *context) {
    ElementIterator *it = (ElementIterator *)self;
    int stop = 0;
    for (uint32_t i = 0; !stop && i < it->depth; i++) stop = visit(it->places[i].element, context);
    return stop;
}

static const Field iterator_fields[] = {FIELD_VALUE(ElementIterator, root), FIELD_VALUE(ElementIterator, tag)};

const TypeDef typedef_element_iterator = {
    .name = "_elementtree._element_iterator",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE,
    .size = sizeof(ElementIterator),
    FIELDS(iterator_fields),
    .slots = {.iter = iterator_self, .next = iterator_next, .destroy = iterator_destroy, .traverse = iterator_traverse, .clear = iterator_clear},
};
