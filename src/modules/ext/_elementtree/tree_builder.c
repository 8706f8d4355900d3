/* TreeBuilder: makes a tree of the parts of a document, as they come.
 *
 * Text is gathered until another part comes; then it goes behind `last_for_tail`, or into `last`. */
#include "modules/ext/_elementtree/etree_priv.h"

static TreeBuilder *as(Value self) { return V_AS(TreeBuilder, self); }
static bool given(Value v) { return !is_null(v) && !is_none(v); }

/* --- Making ---------------------------------------------------------------------------------------------------------- */

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    as(v)->stack = list_new(t, 16);
    if (!is_null(as(v)->stack)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

/* Comments are their text there, and instructions pairs. */
Value builder_new(Thread *t) { return slot_new(t, builtin_type(t, T_TreeBuilder), NULL, 0, VNULL); }

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    TreeBuilder *b = as(self);
    const EtreeState *state = ETREE_STATE(t);
    Value v[5];
    bool insert_comments = false, insert_pis = false;
    if (!call_bind_signature(t, "TreeBuilder", "(element_factory=None, *, comment_factory=None, pi_factory=None, insert_comments=False, insert_pis=False)",
                             args, nargs, kwnames, v))
        return false;
    if ((!is_null(v[3]) && !arg_bool(t, v[3], &insert_comments)) || (!is_null(v[4]) && !arg_bool(t, v[4], &insert_pis))) return false;
    slot_set(t, &b->element_factory, given(v[0]) ? new_ref(v[0]) : VNULL);
    slot_set(t, &b->comment_factory, given(v[1]) ? new_ref(v[1]) : new_ref_maybe(state->comment_factory));
    slot_set(t, &b->pi_factory, given(v[2]) ? new_ref(v[2]) : new_ref_maybe(state->pi_factory));
    b->insert_comments = insert_comments && !is_null(b->comment_factory);
    b->insert_pis = insert_pis && !is_null(b->pi_factory);
    return true;
}

/* --- Text -------------------------------------------------------------------------------------------------------------- */

bool builder_text(Thread *t, TreeBuilder *b, const char *utf8, uint32_t n) {
    if (is_null(b->last)) return true; /* in front of the root */
    if (n > b->pending_capacity - b->pending_used) {
        uint64_t capacity = ((uint64_t)b->pending_used + n) * 2 + 256;
        if (capacity > UINT32_MAX) return err_no_memory_fail(t);
        char *pending = b->pending ? heap_realloc(t, b->pending, capacity) : heap_alloc(t, capacity);
        if (pending == NULL) return false;
        b->pending = pending;
        b->pending_capacity = (uint32_t)capacity;
    }
    memcpy(b->pending + b->pending_used, utf8, n);
    b->pending_used += n;
    return true;
}

/* Puts a piece behind `data`; takes it. */
static bool data_add(Thread *t, TreeBuilder *b, Value piece) {
    if (is_null(piece)) return false;
    if (is_null(b->data)) {
        b->data = piece;
        return true;
    }
    if (!IS_EXACT(b->data, list)) {
        Value list = list_take(t, &b->data, 1);
        b->data = list;
        if (is_null(list)) {
            decref(t, piece);
            return false;
        }
    }
    return list_append_take(t, V_AS(List, b->data), piece);
}

static bool pending_to_data(Thread *t, TreeBuilder *b) {
    if (b->pending_used == 0) return true;
    Value piece = str_from_utf8(t, b->pending, b->pending_used);
    b->pending_used = 0;
    return data_add(t, b, piece);
}

bool builder_data(Thread *t, TreeBuilder *b, Value data) {
    if (is_null(b->last)) return true;
    return pending_to_data(t, b) && data_add(t, b, new_ref(data));
}

/* All text since the last part; owned. VNULL without an exception: none. */
static Value take_data(Thread *t, TreeBuilder *b) {
    if (!pending_to_data(t, b)) return VNULL;
    Value data = b->data;
    b->data = VNULL;
    if (is_null(data) || !IS_EXACT(data, list)) return data;
    Value joined = str_join(t, t->interp->empty_str, V_AS(List, data)->items, list_len(data));
    decref(t, data);
    return joined;
}

/* Adds text to an element's text or tail; takes it. */
static bool extend_text(Thread *t, Value element, bool is_tail, Value text) {
    if (IS_EXACT(element, Element)) {
        Value *slot = is_tail ? &V_AS(Element, element)->tail : &V_AS(Element, element)->text;
        if (!is_none(*slot)) {
            Value before = new_ref(*slot), both = number_add(t, before, text);
            decref(t, before);
            decref(t, text);
            if (is_null(both)) return false;
            text = both;
        }
        slot_set(t, slot, text);
        return true;
    }
    const char *name = is_tail ? "tail" : "text";
    Value before = attr_get_cstr(t, element, name);
    bool good = !is_null(before);
    if (good && !is_none(before)) {
        Value both = number_add(t, before, text);
        decref(t, text);
        text = both;
        good = !is_null(both);
    }
    good = good && attr_set_cstr(t, element, name, text);
    decref_maybe(t, before);
    decref_maybe(t, text);
    return good;
}

static MUST_USE bool flush(Thread *t, TreeBuilder *b) {
    if (b->pending_used == 0 && is_null(b->data)) return true;
    Value text = take_data(t, b);
    if (is_null(text)) return !err_pending(t);
    bool is_tail = !is_null(b->last_for_tail);
    Value element = is_tail ? b->last_for_tail : b->last;
    if (is_null(element)) {
        decref(t, text);
        return true;
    }
    Value held = new_ref(element);
    bool good = extend_text(t, held, is_tail, text);
    decref(t, held);
    return good;
}

/* --- Parts ------------------------------------------------------------------------------------------------------------------ */

bool builder_event(Thread *t, TreeBuilder *b, enum EventKind kind, Value what) {
    if (is_null(b->event_names[kind]) || is_null(b->events_append)) return true;
    Value event = tuple_of(t, 2, b->event_names[kind], what), append = new_ref(b->events_append);
    Value result = is_null(event) ? VNULL : call_1(t, append, event);
    decref_maybe(t, event);
    decref(t, append);
    decref_maybe(t, result);
    return !is_null(result);
}

static bool add_child(Thread *t, Value parent, Value child) {
    if (IS_EXACT(parent, Element)) return element_check(t, child) && element_append(t, V_AS(Element, parent), child);
    Value name = str_intern_cstr(t, "append"), result = is_null(name) ? VNULL : call_method_1(t, parent, name, child);
    decref_maybe(t, name);
    decref_maybe(t, result);
    return !is_null(result);
}

static Value make_element(Thread *t, TreeBuilder *b, Value tag, Value attrib) {
    if (is_null(b->element_factory)) return element_make(t, tag, attrib);
    if (is_null(attrib)) attrib = dict_new(t);
    Value factory = new_ref(b->element_factory), v = is_null(attrib) ? VNULL : call_2(t, factory, tag, attrib);
    decref_maybe(t, attrib);
    decref(t, factory);
    return v;
}

Value builder_start(Thread *t, TreeBuilder *b, Value tag, Value attrib) {
    Value node = VNULL;
    if (flush(t, b)) node = make_element(t, b, tag, attrib);
    else decref_maybe(t, attrib);
    if (is_null(node)) return VNULL;
    bool good;
    slot_clear(t, &b->last_for_tail);
    if (!is_null(b->current)) {
        Value parent = new_ref(b->current);
        good = add_child(t, parent, node);
        decref(t, parent);
    } else if (!is_null(b->root)) {
        err_raise_type(t, V_AS(Type, ETREE_STATE(t)->parse_error), "multiple elements on top level");
        good = false;
    } else {
        b->root = new_ref(node);
        good = true;
    }
    good = good && list_append_take(t, V_AS(List, b->stack), is_null(b->current) ? V_NONE : new_ref(b->current));
    if (good) {
        slot_set(t, &b->current, new_ref(node));
        slot_set(t, &b->last, new_ref(node));
        good = builder_event(t, b, EVENT_START, node);
    }
    if (!good) slot_clear(t, &node);
    return node;
}

Value builder_end(Thread *t, TreeBuilder *b) {
    List *stack = V_AS(List, b->stack);
    if (!flush(t, b)) return VNULL;
    if (stack->length == 0) return err_raise(t, T_IndexError, "pop from empty stack");
    Value around = list_pop(t, stack, stack->length - 1), ended = b->current;
    if (is_null(around)) return VNULL;
    if (is_none(around)) around = VNULL;
    b->current = around;
    slot_set(t, &b->last, new_ref(ended));
    slot_set(t, &b->last_for_tail, new_ref(ended));
    if (builder_event(t, b, EVENT_END, ended)) return ended;
    decref(t, ended);
    return VNULL;
}

/* Inserts what a factory made, where that is asked for. */
static bool insert(Thread *t, TreeBuilder *b, Value node) {
    if (is_null(b->current)) return true;
    Value parent = new_ref(b->current);
    bool good = add_child(t, parent, node);
    decref(t, parent);
    if (good) slot_set(t, &b->last_for_tail, new_ref(node));
    return good;
}

Value builder_comment(Thread *t, TreeBuilder *b, Value text) {
    if (!flush(t, b)) return VNULL;
    Value node;
    if (is_null(b->comment_factory)) {
        node = new_ref(text);
    } else {
        Value factory = new_ref(b->comment_factory);
        node = call_1(t, factory, text);
        decref(t, factory);
        if (is_null(node)) return VNULL;
        if (b->insert_comments && !insert(t, b, node)) slot_clear(t, &node);
    }
    if (!is_null(node) && !builder_event(t, b, EVENT_COMMENT, node)) slot_clear(t, &node);
    return node;
}

Value builder_pi(Thread *t, TreeBuilder *b, Value target, Value text) {
    if (!flush(t, b)) return VNULL;
    Value node;
    if (is_null(b->pi_factory)) {
        node = tuple_of(t, 2, target, text);
    } else {
        Value factory = new_ref(b->pi_factory);
        node = call_2(t, factory, target, text);
        decref(t, factory);
        if (is_null(node)) return VNULL;
        if (b->insert_pis && !insert(t, b, node)) slot_clear(t, &node);
    }
    if (!is_null(node) && !builder_event(t, b, EVENT_PI, node)) slot_clear(t, &node);
    return node;
}

Value builder_close(TreeBuilder *b) { return is_null(b->root) ? V_NONE : new_ref(b->root); }

/* --- The type ---------------------------------------------------------------------------------------------------------------- */

ETREE_METHOD(m_start) {
    if (!is_dict(t, args[2])) return err_raise(t, T_TypeError, "start() argument 2 must be dict, not %T", args[2]);
    return builder_start(t, as(args[0]), args[1], new_ref(args[2]));
}
ETREE_METHOD(m_end) { return builder_end(t, as(args[0])); }
ETREE_METHOD(m_data) { return builder_data(t, as(args[0]), args[1]) ? V_NONE : VNULL; }
ETREE_METHOD(m_comment) { return builder_comment(t, as(args[0]), args[1]); }
ETREE_METHOD(m_pi) { return builder_pi(t, as(args[0]), args[1], is_null(args[2]) ? V_NONE : args[2]); }
ETREE_METHOD(m_close) { return builder_close(as(args[0])); }

static int builder_traverse(Object *self, VisitFn visit, void *context) {
    TreeBuilder *b = (TreeBuilder *)self;
    int stop = 0;
    for (int i = 0; !stop && i < EVENT_COUNT; i++)
        if (is_obj(b->event_names[i])) stop = visit(b->event_names[i], context);
    return stop;
}
static void builder_clear(Thread *t, Object *self) {
    for (int i = 0; i < EVENT_COUNT; i++) slot_clear(t, &((TreeBuilder *)self)->event_names[i]);
}

static const MethodDef methods[] = {
    {"start", "($self, tag, attrs, /)", "An element begins; answers it.", m_start},
    {"end", "($self, tag, /)", "An element ends; answers it.", m_end},
    {"data", "($self, data, /)", "Text comes.", m_data},
    {"comment", "($self, text, /)", "A comment comes.", m_comment},
    {"pi", "($self, target, text=None, /)", "A processing instruction comes.", m_pi},
    {"close", "($self, /)", "The document ends; answers its root.", m_close},
    {NULL},
};
static const Field fields[] = {
    FIELD_VALUE(TreeBuilder, root), FIELD_VALUE(TreeBuilder, current), FIELD_VALUE(TreeBuilder, last), FIELD_VALUE(TreeBuilder, last_for_tail),
    FIELD_VALUE(TreeBuilder, stack), FIELD_VALUE(TreeBuilder, data), FIELD_BUFFER(TreeBuilder, pending), FIELD_VALUE(TreeBuilder, element_factory),
    FIELD_VALUE(TreeBuilder, comment_factory), FIELD_VALUE(TreeBuilder, pi_factory), FIELD_VALUE(TreeBuilder, events_append),
};

const TypeDef typedef_TreeBuilder = {
    .name = "xml.etree.ElementTree.TreeBuilder",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE,
    .size = sizeof(TreeBuilder),
    FIELDS(fields),
    .methods = methods,
    .slots = {.new = slot_new, .init = slot_init, .traverse = builder_traverse, .clear = builder_clear, .destroy = builder_clear},
};
