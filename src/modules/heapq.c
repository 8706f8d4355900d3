/* The module _heapq: lists as binary heaps.
 *
 * Each function stands once for the smallest item at the front and once for the largest; `max` is a constant where it is inlined.
 * A comparison may change the list: its length is looked at after each.
 */
#include "modules/module.h"

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* Whether a belongs nearer to the front than b: 1, 0, -1. */
static ALWAYS_INLINE int goes_before(Thread *t, Value a, Value b, bool max) {
    if (max) {
        Value swap = a;
        a = b;
        b = swap;
    }
    if (are_smallints(a, b)) return smallint_get(a) < smallint_get(b);
    incref(a);
    incref(b);
    int less = compare_bool(t, a, b, CMP_LT);
    decref(t, a);
    decref(t, b);
    return less;
}

static COLD bool changed(Thread *t) { return err_fail(t, T_RuntimeError, "list changed size during iteration"); }

/* Moves the item at `at` towards the front, not beyond `start`. */
static ALWAYS_INLINE bool sift_to_front(Thread *t, List *l, int64_t start, int64_t at, bool max) {
    int64_t n = l->length;
    while (at > start) {
        int64_t parent = (at - 1) >> 1;
        int before = goes_before(t, l->items[at], l->items[parent], max);
        if (before < 0) return false;
        if (l->length != n) return changed(t);
        if (!before) break;
        Value swap = l->items[at];
        l->items[at] = l->items[parent];
        l->items[parent] = swap;
        at = parent;
    }
    return true;
}

/* Moves the item at `at` down to a leaf along the better children, then back to its place. */
static ALWAYS_INLINE bool sift_down(Thread *t, List *l, int64_t at, bool max) {
    int64_t n = l->length, start = at, limit = n >> 1;
    while (at < limit) {
        int64_t child = 2 * at + 1;
        if (child + 1 < n) {
            int before = goes_before(t, l->items[child], l->items[child + 1], max);
            if (before < 0) return false;
            child += !before;
            if (l->length != n) return changed(t);
        }
        Value swap = l->items[at];
        l->items[at] = l->items[child];
        l->items[child] = swap;
        at = child;
    }
    return sift_to_front(t, l, start, at, max);
}

static List *heap_of(Thread *t, Value v, const char *name, const char *position) {
    if (LIKELY(is_list(t, v))) return V_AS(List, v);
    err_raise(t, T_TypeError, "%s() argument%s must be list, not %T", name, position, v);
    return NULL;
}

static ALWAYS_INLINE Value push(Thread *t, Value *args, const char *name, bool max) {
    List *l = heap_of(t, args[0], name, " 1");
    if (l == NULL || !list_append(t, l, args[1])) return VNULL;
    return sift_to_front(t, l, 0, l->length - 1, max) ? V_NONE : VNULL;
}

static ALWAYS_INLINE Value pop(Thread *t, Value *args, const char *name, bool max) {
    List *l = heap_of(t, args[0], name, "");
    if (l == NULL) return VNULL;
    if (l->length == 0) return err_raise(t, T_IndexError, "index out of range");
    Value last = list_pop(t, l, l->length - 1);
    if (l->length == 0) return last;
    Value first = l->items[0];
    l->items[0] = last;
    if (sift_down(t, l, 0, max)) return first;
    decref(t, first);
    return VNULL;
}

static ALWAYS_INLINE Value replace(Thread *t, Value *args, const char *name, bool max) {
    List *l = heap_of(t, args[0], name, " 1");
    if (l == NULL) return VNULL;
    if (l->length == 0) return err_raise(t, T_IndexError, "index out of range");
    Value first = l->items[0];
    l->items[0] = new_ref(args[1]);
    if (sift_down(t, l, 0, max)) return first;
    decref(t, first);
    return VNULL;
}

static ALWAYS_INLINE Value push_pop(Thread *t, Value *args, const char *name, bool max) {
    List *l = heap_of(t, args[0], name, " 1");
    if (l == NULL) return VNULL;
    if (l->length == 0) return new_ref(args[1]);
    int before = goes_before(t, l->items[0], args[1], max);
    if (before < 0) return VNULL;
    if (!before) return new_ref(args[1]);
    if (l->length == 0) return err_raise(t, T_IndexError, "index out of range");
    return replace(t, args, name, max);
}

static ALWAYS_INLINE Value heapify(Thread *t, Value *args, const char *name, bool max) {
    List *l = heap_of(t, args[0], name, "");
    if (l == NULL) return VNULL;
    for (int64_t i = (l->length >> 1) - 1; i >= 0; i--)
        if (!sift_down(t, l, i, max)) return VNULL;
    return V_NONE;
}

METHOD(heapq_heappush) { return push(t, args, "heappush", false); }
METHOD(heapq_heappop) { return pop(t, args, "heappop", false); }
METHOD(heapq_heapreplace) { return replace(t, args, "heapreplace", false); }
METHOD(heapq_heappushpop) { return push_pop(t, args, "heappushpop", false); }
METHOD(heapq_heapify) { return heapify(t, args, "heapify", false); }
METHOD(heapq_heappush_max) { return push(t, args, "heappush_max", true); }
METHOD(heapq_heappop_max) { return pop(t, args, "heappop_max", true); }
METHOD(heapq_heapreplace_max) { return replace(t, args, "heapreplace_max", true); }
METHOD(heapq_heappushpop_max) { return push_pop(t, args, "heappushpop_max", true); }
METHOD(heapq_heapify_max) { return heapify(t, args, "heapify_max", true); }

static const MethodDef functions[] = {
    {"heappush", "($module, heap, item, /)", "Add an item to a heap.", heapq_heappush},
    {"heappop", "($module, heap, /)", "Remove the smallest item from a heap and return it.", heapq_heappop},
    {"heapreplace", "($module, heap, item, /)", "Remove the smallest item and return it, then add another one.", heapq_heapreplace},
    {"heappushpop", "($module, heap, item, /)", "Add an item, then remove the smallest one and return it.", heapq_heappushpop},
    {"heapify", "($module, heap, /)", "Make a list a heap, in place, in linear time.", heapq_heapify},
    {"heappush_max", "($module, heap, item, /)", "Add an item to a max-heap.", heapq_heappush_max},
    {"heappop_max", "($module, heap, /)", "Remove the largest item from a max-heap and return it.", heapq_heappop_max},
    {"heapreplace_max", "($module, heap, item, /)", "Remove the largest item and return it, then add another one.", heapq_heapreplace_max},
    {"heappushpop_max", "($module, heap, item, /)", "Add an item, then remove the largest one and return it.", heapq_heappushpop_max},
    {"heapify_max", "($module, heap, /)", "Make a list a max-heap, in place, in linear time.", heapq_heapify_max},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    return module_add_cstr(t, module, "__about__",
                           "A heap is a list a in which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k, as far as these exist; so a[0] is the "
                           "smallest item. Adding and removing take logarithmic time.");
}

const ModuleDef module__heapq = {
    .name = "_heapq",
    .doc = "Heaps, also known as priority queues, in lists.",
    .functions = functions,
    .exec = exec,
};
