/* Element: a tag, attributes, text and children. Python code may run wherever a value is compared, copied or dropped: lengths and
 * pointers are read again after each. */
#include "modules/ext/_elementtree/etree_priv.h"

#include "ops/warn.h"

static Element *as(Value self) { return V_AS(Element, self); }
static Value or_none(Value v) { return is_null(v) ? V_NONE : v; }

/* --- Making --------------------------------------------------------------------------------------------------------- */

static Value element_alloc(Thread *t, Type *type) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    as(v)->tag = as(v)->text = as(v)->tail = V_NONE;
    return v;
}

Value element_make(Thread *t, Value tag, Value attrib) {
    Value v = element_alloc(t, builtin_type(t, T_Element));
    if (is_null(v)) {
        decref_maybe(t, attrib);
        return v;
    }
    as(v)->tag = new_ref(tag);
    as(v)->attrib = attrib;
    return object_done(t, v);
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = element_alloc(t, type);
    return is_null(v) ? v : object_done(t, v);
}

/* The attributes of a constructor call: a copy of the dict given by position or as `attrib`, with the other keyword arguments added.
 * VNULL without an exception: there are none. */
static Value attributes_of_call(Thread *t, const char *function, int position, Value given, const Value *keywords, Value kwnames) {
    int64_t n = is_null(kwnames) ? 0 : tuple_len(kwnames);
    if (!is_null(given) && !is_dict(t, given))
        return is_none(given) ? err_raise(t, T_TypeError, "%s() argument %d must be dict, not None", function, position)
                              : err_raise(t, T_TypeError, "%s() argument %d must be dict, not %T", function, position, given);
    if (is_null(given) && n == 0) return VNULL;
    Value attrib = is_null(given) ? VNULL : dict_copy(t, given);
    if (!is_null(given) && is_null(attrib)) return VNULL;
    for (int64_t i = 0; is_null(given) && i < n; i++) {
        if (!str_equals_cstr(V_AS(Str, tuple_at(kwnames, i)), "attrib")) continue;
        if (!is_dict(t, keywords[i])) return err_raise(t, T_TypeError, "attrib must be dict, not %T", keywords[i]);
        attrib = dict_copy(t, keywords[i]);
        if (is_null(attrib)) return VNULL;
    }
    if (is_null(attrib)) attrib = dict_new(t);
    for (int64_t i = 0; !is_null(attrib) && i < n; i++) {
        if (is_null(given) && str_equals_cstr(V_AS(Str, tuple_at(kwnames, i)), "attrib")) continue;
        if (!dict_set(t, attrib, tuple_at(kwnames, i), keywords[i])) slot_clear(t, &attrib);
    }
    return attrib;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Element *e = as(self);
    if (nargs < 1) return err_fail(t, T_TypeError, "Element() takes at least 1 argument (0 given)");
    if (nargs > 2) return err_fail(t, T_TypeError, "Element() takes at most 2 arguments (%u given)", nargs);
    Value attrib = attributes_of_call(t, "Element", 2, nargs == 2 ? args[1] : VNULL, args + nargs, kwnames);
    if (is_null(attrib) && err_pending(t)) return false;
    slot_set(t, &e->attrib, attrib);
    slot_set(t, &e->tag, new_ref(args[0]));
    slot_set(t, &e->text, V_NONE);
    slot_set(t, &e->tail, V_NONE);
    return true;
}

Value etree_subelement(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs < 2) return err_raise(t, T_TypeError, "SubElement() takes at least 2 arguments (%u given)", nargs);
    if (nargs > 3) return err_raise(t, T_TypeError, "SubElement() takes at most 3 arguments (%u given)", nargs);
    if (!is_element(t, args[0])) return err_raise(t, T_TypeError, "SubElement() argument 1 must be xml.etree.ElementTree.Element, not %T", args[0]);
    Value attrib = attributes_of_call(t, "SubElement", 3, nargs == 3 ? args[2] : VNULL, args + nargs, kwnames);
    if (is_null(attrib) && err_pending(t)) return VNULL;
    Value v = element_make(t, args[1], attrib);
    if (is_null(v) || element_append(t, as(args[0]), v)) return v;
    decref(t, v);
    return VNULL;
}

/* --- Children ---------------------------------------------------------------------------------------------------------- */

bool element_check(Thread *t, Value v) { return is_element(t, v) || err_fail(t, T_TypeError, "expected an Element, not \"%T\"", v); }

static bool check_argument(Thread *t, Value v, const char *function, const char *argument) {
    return is_element(t, v) || err_fail(t, T_TypeError, "%s() argument%s must be xml.etree.ElementTree.Element, not %T", function, argument, v);
}

/* Room for n more children. */
static bool reserve(Thread *t, Element *e, uint64_t n) {
    uint64_t need = e->length + n;
    if (need <= e->capacity) return true;
    uint64_t capacity = need < 4 ? 4 : need + need / 4;
    if (capacity > UINT32_MAX) return err_no_memory_fail(t);
    Value *children = e->children ? heap_realloc(t, e->children, capacity * sizeof(Value)) : heap_alloc(t, capacity * sizeof(Value));
    if (children == NULL) return false;
    e->children = children;
    e->capacity = (uint32_t)capacity;
    return true;
}

bool element_append(Thread *t, Element *e, Value child) {
    if (UNLIKELY(e->length == e->capacity) && !reserve(t, e, 1)) return false;
    e->children[e->length++] = new_ref(child);
    return true;
}

/* Drops values that the element let go of already. */
static void drop_all(Thread *t, Value *values, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) decref(t, values[i]);
    heap_free(t, values);
}

static void clear_children(Thread *t, Element *e) {
    Value *children = e->children;
    uint32_t n = e->length;
    e->children = NULL;
    e->length = e->capacity = 0;
    drop_all(t, children, n);
}

ETREE_METHOD(m_append) {
    if (!check_argument(t, args[1], "append", " 1")) return VNULL;
    return element_append(t, as(args[0]), args[1]) ? V_NONE : VNULL;
}

ETREE_METHOD(m_extend) {
    Value fast = sequence_fast(t, args[1], "'elements' must be an iterable");
    if (is_null(fast)) return VNULL;
    bool good = true;
    for (int64_t i = 0; good && i < sequence_fast_len(fast); i++) {
        Value child = new_ref(sequence_fast_items(fast)[i]);
        good = element_check(t, child) && element_append(t, as(args[0]), child);
        decref(t, child);
    }
    decref(t, fast);
    return good ? V_NONE : VNULL;
}

ETREE_METHOD(m_insert) {
    Element *e = as(args[0]);
    int64_t at;
    if (!arg_size(t, args[1], &at) || !check_argument(t, args[2], "insert", " 2") || !reserve(t, e, 1)) return VNULL;
    if (at < 0) at += e->length;
    if (at < 0) at = 0;
    if (at > e->length) at = e->length;
    memmove(e->children + at + 1, e->children + at, (e->length - (size_t)at) * sizeof(Value));
    e->children[at] = new_ref(args[2]);
    e->length++;
    return V_NONE;
}

static void delete_at(Thread *t, Element *e, uint32_t at) {
    Value gone = e->children[at];
    e->length--;
    memmove(e->children + at, e->children + at + 1, (e->length - at) * sizeof(Value));
    decref(t, gone);
}

ETREE_METHOD(m_remove) {
    Element *e = as(args[0]);
    if (!check_argument(t, args[1], "remove", "")) return VNULL;
    bool is_plain = IS_EXACT(args[1], Element); /* two of these are equal when they are one */
    for (uint32_t i = 0; i < e->length; i++) {
        Value child = e->children[i];
        if (same(child, args[1])) {
            delete_at(t, e, i);
            return V_NONE;
        }
        if (is_plain && IS_EXACT(child, Element)) continue;
        incref(child);
        int is_equal = equal(t, child, args[1]);
        bool still_there = is_equal > 0 && i < e->length && same(e->children[i], child);
        decref(t, child);
        if (is_equal < 0) return VNULL;
        if (is_equal == 0) continue;
        if (still_there) delete_at(t, e, i);
        return V_NONE;
    }
    return err_raise(t, T_ValueError, "Element.remove(x): element not found");
}

/* --- Items ---------------------------------------------------------------------------------------------------------------- */

static int64_t slot_len(Thread *t, Value self) { return as(self)->length; }

static Value slot_item(Thread *t, Value self, int64_t index) {
    if (index < 0 || index >= as(self)->length) return err_raise(t, T_IndexError, "child index out of range");
    return new_ref(as(self)->children[index]);
}

static Value slot_getitem(Thread *t, Value self, Value key) {
    Element *e = as(self);
    if (has_index(t, key)) {
        int64_t at;
        if (!number_to_index(t, key, &at, T_IndexError)) return VNULL;
        if (at < 0) at += e->length;
        if (at < 0 || at >= e->length) return err_raise(t, T_IndexError, "child index out of range");
        return new_ref(e->children[at]);
    }
    if (!IS_EXACT(key, slice)) return err_raise(t, T_TypeError, "element indices must be integers");
    int64_t start, stop, step, count;
    if (!slice_unpack(t, key, &start, &stop, &step)) return VNULL;
    count = slice_adjust(e->length, &start, &stop, step);
    Value list = list_new(t, count);
    for (int64_t i = 0; !is_null(list) && i < count; i++)
        if (!list_append(t, V_AS(List, list), e->children[start + i * step])) slot_clear(t, &list);
    return list;
}

/* Deletes the children of an adjusted slice. */
static bool delete_slice(Thread *t, Element *e, int64_t start, int64_t step, int64_t count) {
    if (count <= 0) return true;
    if (step < 0) {
        start += step * (count - 1);
        step = -step;
    }
    Value *gone = heap_alloc(t, (size_t)count * sizeof(Value));
    if (gone == NULL) return false;
    uint32_t kept = (uint32_t)start, n = 0;
    for (uint32_t i = (uint32_t)start; i < e->length; i++) {
        if (n < count && i == start + (int64_t)n * step) gone[n++] = e->children[i];
        else e->children[kept++] = e->children[i];
    }
    e->length = kept;
    drop_all(t, gone, n);
    return true;
}

/* Puts new children in the place of an adjusted slice. */
static bool assign_slice(Thread *t, Element *e, Value key, Value values) {
    Value fast = sequence_fast(t, values, "assignment expects an iterable");
    if (is_null(fast)) return false;
    int64_t n = sequence_fast_len(fast), start, stop, step, count;
    bool good = true;
    for (int64_t i = 0; good && i < n; i++) good = element_check(t, sequence_fast_items(fast)[i]);
    good = good && slice_unpack(t, key, &start, &stop, &step);
    Value *gone = good ? heap_alloc(t, ((size_t)e->length + 1) * sizeof(Value)) : NULL;
    good = gone != NULL;
    uint32_t n_gone = 0;
    if (good) {
        count = slice_adjust(e->length, &start, &stop, step);
        if (step != 1 && n != count) good = err_fail(t, T_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd", (size_t)n, (size_t)count);
        else if (n > count) good = reserve(t, e, (uint64_t)(n - count));
    }
    if (good) {
        for (int64_t i = 0; i < count; i++) gone[n_gone++] = e->children[start + i * step];
        if (step == 1 && n != count) {
            memmove(e->children + start + n, e->children + start + count, (size_t)(e->length - start - count) * sizeof(Value));
            e->length = (uint32_t)(e->length + n - count);
        }
        for (int64_t i = 0; i < n; i++) e->children[start + i * step] = new_ref(sequence_fast_items(fast)[i]);
    }
    if (gone != NULL) drop_all(t, gone, n_gone);
    decref(t, fast);
    return good;
}

static bool slot_setitem(Thread *t, Value self, Value key, Value value) {
    Element *e = as(self);
    int64_t at, stop, step, count;
    if (has_index(t, key)) {
        if (!number_to_index(t, key, &at, T_IndexError)) return false;
        if (at < 0) at += e->length;
        if (at < 0 || at >= e->length) return err_fail(t, T_IndexError, "child assignment index out of range");
        if (is_null(value)) return delete_at(t, e, (uint32_t)at), true;
        if (!element_check(t, value)) return false;
        slot_set(t, &e->children[at], new_ref(value));
        return true;
    }
    if (!IS_EXACT(key, slice)) return err_fail(t, T_TypeError, "element indices must be integers");
    if (!is_null(value)) return assign_slice(t, e, key, value);
    if (!slice_unpack(t, key, &at, &stop, &step)) return false;
    count = slice_adjust(e->length, &at, &stop, step);
    return delete_slice(t, e, at, step, count);
}

/* --- Attributes of the XML element ------------------------------------------------------------------------------------------ */

static Value attrib_of(Thread *t, Element *e) { /* borrowed */
    if (is_null(e->attrib)) e->attrib = dict_new(t);
    return e->attrib;
}

ETREE_METHOD(m_get) {
    Element *e = as(args[0]);
    Value v = VNULL;
    if (!is_null(e->attrib)) {
        Value dict = new_ref(e->attrib);
        v = new_ref_maybe(dict_get(t, dict, args[1]));
        decref(t, dict);
        if (is_null(v) && err_pending(t)) return VNULL;
    }
    return is_null(v) ? new_ref(or_none(args[2])) : v;
}
ETREE_METHOD(m_set) {
    Value dict = attrib_of(t, as(args[0]));
    return !is_null(dict) && dict_set(t, dict, args[1], args[2]) ? V_NONE : VNULL;
}
ETREE_METHOD(m_keys) { return is_null(as(args[0])->attrib) ? list_new(t, 0) : dict_keys_list(t, as(args[0])->attrib); }
ETREE_METHOD(m_items) { return is_null(as(args[0])->attrib) ? list_new(t, 0) : dict_items_list(t, as(args[0])->attrib); }

ETREE_METHOD(m_clear) {
    Element *e = as(args[0]);
    clear_children(t, e);
    slot_clear(t, &e->attrib);
    slot_set(t, &e->text, V_NONE);
    slot_set(t, &e->tail, V_NONE);
    return V_NONE;
}

ETREE_METHOD(m_makeelement) {
    if (!is_dict(t, args[2])) return err_raise(t, T_TypeError, "makeelement() argument 2 must be dict, not %T", args[2]);
    Value attrib = dict_copy(t, args[2]);
    return is_null(attrib) ? VNULL : element_make(t, args[1], attrib);
}

/* --- Copies -------------------------------------------------------------------------------------------------------------------- */

ETREE_METHOD(m_copy) {
    Element *e = as(args[0]);
    Value v = element_make(t, e->tag, new_ref_maybe(e->attrib));
    if (is_null(v)) return v;
    Element *copy = as(v);
    copy->text = new_ref(e->text);
    copy->tail = new_ref(e->tail);
    if (reserve(t, copy, e->length)) {
        for (uint32_t i = 0; i < e->length; i++) copy->children[i] = new_ref(e->children[i]);
        copy->length = e->length;
        return v;
    }
    decref(t, v);
    return VNULL;
}

static Value deepcopy_element(Thread *t, Element *e, Value memo);

static Value deepcopy_value(Thread *t, Value v, Value memo) {
    if (is_none(v) || IS_EXACT(v, str)) return new_ref(v);
    if (IS_EXACT(v, Element)) {
        Value address = int_from_u64(t, (uint64_t)(uintptr_t)V_AS(Element, v)), known = is_null(address) ? VNULL : dict_get(t, memo, address);
        decref_maybe(t, address);
        if (!is_null(known)) return new_ref(known);
        return err_pending(t) ? VNULL : deepcopy_element(t, as(v), memo);
    }
    if (IS_EXACT(v, dict)) { /* of strings, as attributes mostly are */
        uint32_t at = 0;
        Value key, value;
        bool plain = true;
        while (plain && dict_next(v, &at, &key, &value)) plain = IS_EXACT(key, str) && IS_EXACT(value, str);
        if (plain) return dict_copy(t, v);
    }
    return call_2(t, ETREE_STATE(t)->deepcopy, v, memo);
}

static Value deepcopy_slot(Thread *t, const Value *slot, Value memo) {
    Value held = new_ref(*slot), copy = deepcopy_value(t, held, memo);
    decref(t, held);
    return copy;
}

/* The copies of the children, of as many as there are then: the element may change meanwhile. */
static bool deepcopy_children(Thread *t, Element *e, Element *copy, Value memo) {
    if (!reserve(t, copy, e->length)) return false;
    for (uint32_t i = 0; i < e->length; i++) {
        Value child = deepcopy_slot(t, &e->children[i], memo);
        if (is_null(child)) return false;
        bool good = element_check(t, child) && element_append(t, copy, child);
        decref(t, child);
        if (!good) return false;
    }
    return true;
}

static Value deepcopy_element(Thread *t, Element *e, Value memo) {
    if (!stack_check(t, " while copying an element")) return VNULL;
    Value held = ref_of(e), tag = deepcopy_slot(t, &e->tag, memo), attrib = VNULL, v = VNULL;
    if (!is_null(tag) && !is_null(e->attrib)) attrib = deepcopy_slot(t, &e->attrib, memo);
    if (!err_pending(t)) {
        v = element_make(t, tag, attrib);
        attrib = VNULL;
    }
    bool good = !is_null(v);
    if (good) {
        Value text = deepcopy_slot(t, &e->text, memo), tail = is_null(text) ? VNULL : deepcopy_slot(t, &e->tail, memo);
        good = !is_null(text) && !is_null(tail);
        if (!is_null(text)) slot_set(t, &as(v)->text, text);
        if (!is_null(tail)) slot_set(t, &as(v)->tail, tail);
    }
    good = good && deepcopy_children(t, e, as(v), memo);
    if (good) {
        Value address = int_from_u64(t, (uint64_t)(uintptr_t)e);
        good = !is_null(address) && dict_set(t, memo, address, v);
        decref_maybe(t, address);
    }
    decref_maybe(t, tag);
    decref_maybe(t, attrib);
    decref(t, held);
    if (!good && !is_null(v)) slot_clear(t, &v);
    return v;
}

ETREE_METHOD(m_deepcopy) {
    if (!is_dict(t, args[1])) return err_raise(t, T_TypeError, "__deepcopy__() argument must be dict, not %T", args[1]);
    return deepcopy_element(t, as(args[0]), args[1]);
}

/* --- State ----------------------------------------------------------------------------------------------------------------------- */

ETREE_METHOD(m_getstate) {
    Element *e = as(args[0]);
    Value children = list_from(t, e->children, e->length), attrib = is_null(e->attrib) ? dict_new(t) : new_ref(e->attrib), state = VNULL;
    if (!is_null(children) && !is_null(attrib) && !is_null(state = dict_new(t)) &&
        !(dict_set_cstr(t, state, "tag", e->tag) && dict_set_cstr(t, state, "_children", children) && dict_set_cstr(t, state, "attrib", attrib) &&
          dict_set_cstr(t, state, "text", e->text) && dict_set_cstr(t, state, "tail", e->tail)))
        slot_clear(t, &state);
    decref_maybe(t, children);
    decref_maybe(t, attrib);
    return state;
}

static const char *const state_keys[] = {"tag", "_children", "attrib", "text", "tail"};

static bool set_children(Thread *t, Element *e, Value children) {
    if (!is_list(t, children)) return err_fail(t, T_TypeError, "'_children' is not a list");
    for (int64_t i = 0; i < list_len(children); i++)
        if (!element_check(t, list_at(children, i))) return false;
    clear_children(t, e);
    for (int64_t i = 0; i < list_len(children); i++)
        if (!element_append(t, e, list_at(children, i))) return false;
    return true;
}

ETREE_METHOD(m_setstate) {
    Element *e = as(args[0]);
    Value state = args[1], key, value, found[5] = {VNULL, VNULL, VNULL, VNULL, VNULL};
    uint32_t at = 0;
    if (!is_dict(t, state)) return err_raise(t, T_TypeError, "Don't know how to unpickle \"%.200R\" as an Element", state);
    while (dict_next(state, &at, &key, &value)) {
        int i = 0;
        while (i < 5 && !(is_str(t, key) && str_equals_cstr(V_AS(Str, key), state_keys[i]))) i++;
        if (i == 5) return err_raise(t, T_TypeError, "this function got an unexpected keyword argument '%S'", key);
        found[i] = value;
    }
    if (is_null(found[0])) return err_raise(t, T_TypeError, "tag may not be NULL");
    Value held = new_ref(state);
    bool good = is_null(found[1]) || set_children(t, e, found[1]);
    if (good) {
        slot_set(t, &e->attrib, new_ref_maybe(found[2]));
        slot_set(t, &e->tag, new_ref(found[0]));
        slot_set(t, &e->text, new_ref(or_none(found[3])));
        slot_set(t, &e->tail, new_ref(or_none(found[4])));
    }
    decref(t, held);
    return good ? V_NONE : VNULL;
}

ETREE_METHOD(m_sizeof) {
    Element *e = as(args[0]);
    return int_from_u64(t, type_of(t, args[0])->size + (e->children ? heap_size(e->children) : 0));
}

/* --- Others ------------------------------------------------------------------------------------------------------------------------ */

static Value slot_repr(Thread *t, Value self) {
    Element *e = as(self);
    int entered = repr_enter(t, self);
    if (entered < 0) return VNULL;
    if (entered == 0) return err_raise(t, T_RuntimeError, "reentrant call inside %N.__repr__", type_of(t, self));
    char address[32];
    snprintf(address, sizeof address, "%p", (void *)e);
    Value tag = new_ref(e->tag), text = str_format(t, "<Element %R at %s>", tag, address);
    decref(t, tag);
    repr_leave(t, self);
    return text;
}

static int slot_truth(Thread *t, Value self) {
    if (!warn(t, T_DeprecationWarning, 1,
              "Testing an element's truth value will always return True in future versions.  Use specific 'len(elem)' or 'elem is not None' test instead."))
        return -1;
    return as(self)->length > 0;
}

static Value get_attrib(Thread *t, Value self, void *closure) { return new_ref_maybe(attrib_of(t, as(self))); }
static bool set_attrib(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_AttributeError, "can't delete element attribute");
    if (!is_dict(t, value)) return err_fail(t, T_TypeError, "attrib must be dict, not %T", value);
    slot_set(t, &as(self)->attrib, new_ref(value));
    return true;
}

static const MethodDef methods[] = {
    {"append", "($self, subelement, /)", "Add a child at the end.", m_append},
    {"clear", "($self, /)", "Drop children, attributes and text.", m_clear},
    {"extend", "($self, elements, /)", "Add several children at the end.", m_extend},
    {"find", "($self, /, path, namespaces=None)", "The first element that a path leads to.", element_find},
    {"findall", "($self, /, path, namespaces=None)", "All elements that a path leads to.", element_findall},
    {"findtext", "($self, /, path, default=None, namespaces=None)", "The text of the first element that a path leads to.", element_findtext},
    {"get", "($self, /, key, default=None)", "An attribute.", m_get},
    {"insert", "($self, index, subelement, /)", "Add a child before another.", m_insert},
    {"items", "($self, /)", "The attributes as (name, value) pairs.", m_items},
    {"iter", "($self, /, tag=None)", "Walk over the element and all below it, in the order of the document.", element_iter},
    {"iterfind", "($self, /, path, namespaces=None)", "Walk over the elements that a path leads to.", element_iterfind},
    {"itertext", "($self, /)", "Walk over all text in the element.", element_itertext},
    {"keys", "($self, /)", "The names of the attributes.", m_keys},
    {"makeelement", "($self, tag, attrib, /)", "A new element of the same kind.", m_makeelement},
    {"remove", "($self, subelement, /)", "Drop a child.", m_remove},
    {"set", "($self, key, value, /)", "Set an attribute.", m_set},
    {"__copy__", "($self, /)", NULL, m_copy},
    {"__deepcopy__", "($self, memo, /)", NULL, m_deepcopy},
    {"__getstate__", "($self, /)", NULL, m_getstate},
    {"__setstate__", "($self, state, /)", NULL, m_setstate},
    {"__sizeof__", "($self, /)", NULL, m_sizeof},
    {NULL},
};
static const GetSetDef getsets[] = {
    {"attrib", get_attrib, set_attrib, "The attributes, as a dict."},
    {NULL},
};
/* Fields, which the interpreter reads and writes in place; never VNULL. */
#define TEXT_MEMBER(name, doc) {#name, MK_VALUE_OR_ATTRIBUTE_ERROR, MEMBER_KEPT, offsetof(Element, name), doc}
static const MemberDef members[] = {
    TEXT_MEMBER(tag, "The element's name."),
    TEXT_MEMBER(text, "The text in front of the first child."),
    TEXT_MEMBER(tail, "The text behind the element."),
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Element, tag), FIELD_VALUE(Element, text), FIELD_VALUE(Element, tail), FIELD_VALUE(Element, attrib),
                               FIELD_VALUES(Element, children, length)};

const TypeDef typedef_Element = {
    .name = "xml.etree.ElementTree.Element",
    .flags = TF_BASE | TF_GC | TF_WEAKREF | TF_EXT | TF_IMMUTABLE,
    .size = sizeof(Element),
    .ext_offset = offsetof(Element, ext),
    FIELDS(fields),
    .methods = methods,
    .getsets = getsets,
    .members = members,
    .slots = {.new = slot_new, .init = slot_init, .repr = slot_repr, .truth = slot_truth, .len = slot_len, 
              .item = slot_item, .getitem = slot_getitem, .setitem = slot_setitem},
};
