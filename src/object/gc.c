/* The cycle collector: finds containers that only their own circle keeps alive.
 *
 *     alive      a collection of everything first marks what the interpreter's own roots reach: nearly all there is, mostly.
 *                One walk over each of these and a sweep over the pages' maps, eight marks at a time, settles them
 *     condemn    the other containers of the generation and of the younger ones, oldest first, into an array
 *     subtract   every reference from one of them to another is taken off the target's own count:
 *                what is left are references from outside (other generations, registers, C)
 *     restore    from those with such references mark what they reach, giving each counted reference back
 *     the rest   is unreachable: weak references to it are cleared and their callbacks called, finalisers run; if that brought
 *                nothing back to life, what it refers to is dropped, and counting does the rest
 *
 * Each container is walked once or twice, in one loop and with a stack of our own: linear, no recursion, no table of counts.
 * Between subtract and restore counts are not true; nothing but these loops runs then.  An immortal count is left alone.
 *
 * A collection runs at a safe point of the interpreter or in gc.collect(), never inside an allocation.
 */
#include "object/gc.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/errors.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/str.h"
#include "object/traverse.h"
#include "object/type_name.h"
#include "object/weakref.h"

enum {
    STRESS_FULL = 1000, /* under STRESS=gc every so manyth collection is a full one */
    WAITING = 16,       /* objects whose memory is under way while others are walked */
};

/* What is under way. */
typedef struct Condemned {
    Thread *t;
    Object **objects; /* scratch memory */
    size_t count, bytes;
    size_t alive;     /* found alive before the others were condemned */
    Object **stack;   /* while marking: reached, not yet walked */
} Condemned;

/* --- State ------------------------------------------------------------------------------------- */

bool gc_init(Thread *t) {
    GcState *g = calloc(1, sizeof *g);
    if (!g) return err_no_memory_fail(t);
    t->interp->gc_state = g;
    g->threshold[0] = 2000;
    g->threshold[1] = g->threshold[2] = 10;
    g->enabled = true;
    g->garbage = list_new(t, 0);
    g->callbacks = list_new(t, 0);
    if (is_null(g->garbage) || is_null(g->callbacks)) return false;
    gc_configure(t);
    return true;
}

void gc_fini(Thread *t) {
    GcState *g = gc_state(t);
    if (!g) return;
    t->interp->gc_state = NULL;
    heap_set_threshold(t->heap, 0);
    decref_maybe(t, g->garbage);
    decref_maybe(t, g->callbacks);
    free(g);
}

void gc_configure(Thread *t) {
    GcState *g = gc_state(t);
    int64_t threshold = g->enabled ? g->threshold[0] : 0;
    heap_set_threshold(t->heap, threshold < 0 ? 0 : threshold > UINT32_MAX ? UINT32_MAX : (uint32_t)threshold);
}

int64_t gc_young_count(Thread *t) { return t->heap->young_count < 0 ? 0 : t->heap->young_count; }

/* --- What is certainly alive ------------------------------------------------------------------- */

typedef struct Alive {
    Object **top; /* of the stack */
} Alive;

/* Types that walk their own memory (slots.traverse) may show values that are no objects. */
static ALWAYS_INLINE int visit_alive(Value child, void *context) {
    if (!is_obj(child)) return 0;
    Alive *a = context;
    Object *o = v_obj(child);
    Page *p = page_of(o);
    if (!(p->flags & PAGE_MARKED)) return 0;
    uint8_t *mark = &p->map[page_index(p, o)];
    if ((*mark & (GC_TRACKED | GC_FROZEN | GC_REACHED)) != GC_TRACKED) return 0;
    *mark |= GC_REACHED;
    *a->top++ = o;
    return 0;
}

/* Walks what is on the stack and all that it leads to. An object waits a little before it is walked, for its memory to come. */
static void alive_walk(Condemned *c, Alive *a) {
    Object *waiting[WAITING] = {NULL};
    for (uint32_t at = 0, idle = 0; idle < WAITING; at = (at + 1) % WAITING) {
        Object *o = waiting[at], *next = a->top > c->stack ? *--a->top : NULL;
        __builtin_prefetch(next);
        waiting[at] = next;
        idle = o || next ? 0 : idle + 1;
        if (o) traverse_object(c->t, o, visit_alive, a, false);
    }
}

static void alive_root(Condemned *c, Alive *a, Value root) {
    if (!is_obj(root)) return;
    if (gc_is_tracked(c->t, v_obj(root))) visit_alive(root, a);
    else traverse_object(c->t, v_obj(root), visit_alive, a, false);
    alive_walk(c, a);
}

/* Marks with GC_REACHED what the interpreter's own references lead to: modules, built-in types, locals of what runs. All of this is
 * alive, whatever the counts are; what else is alive counting finds out. */
static void mark_alive(Condemned *c) {
    Thread *t = c->t;
    Interp *i = t->interp;
    Alive a = {c->stack};
    const Value roots[] = {i->modules, i->builtins, i->sys_dict, i->sys_module, i->builtins_module, i->first_copies, i->importlib,
                           i->codec_search_path, i->codec_cache, i->codec_errors};
    for (size_t k = 0; k < COUNT_OF(roots); k++) alive_root(c, &a, roots[k]);
    for (unsigned id = T_INVALID + 1; id < TYPE_COUNT; id++) {
        Type *type = builtin_type(t, id);
        if (type) alive_root(c, &a, v_from(type));
    }
    if (t->hooks->visit_running) t->hooks->visit_running(t, visit_alive, &a);
    alive_walk(c, &a);
}

/* --- Condemning -------------------------------------------------------------------------------- */

static inline void condemn(Condemned *c, Object *o, uint8_t *mark) {
    *mark |= GC_CONDEMNED;
    page_of(o)->flags |= PAGE_CONDEMNED;
    c->objects[c->count++] = o;
}

/* How many objects there may be in the oldest generation. */
static size_t old_bound(Heap *h) {
    size_t n = 0;
    HeapCursor cursor = heap_cursor(h);
    for (Page *p; (p = heap_next_page(&cursor));) n += p->used;
    return n;
}

/* Eight marks of a map at once: bit 0 of each byte. */
#define EACH_BYTE UINT64_C(0x0101010101010101)
static inline uint64_t has_mark(uint64_t marks, enum GcMark mark) { return marks / mark & EACH_BYTE; }

/* Makes those of eight cells old that were found alive, and answers for which of the old the mark is still missing. */
static inline uint64_t sweep_eight(Condemned *c, uint8_t *map) {
    uint64_t marks;
    memcpy(&marks, map, 8);
    uint64_t candidates = has_mark(marks, GC_TRACKED) & ~has_mark(marks, GC_FROZEN), alive = candidates & has_mark(marks, GC_REACHED);
    if (alive) {
        c->alive += (size_t)__builtin_popcountll(alive);
        uint64_t rest = marks & ~(alive * (0xFF & ~(GC_TRACKED | GC_FINALIZED)));
        rest |= alive * GC_OLD_2;
        memcpy(map, &rest, 8);
    }
    return candidates & ~alive & has_mark(marks, GC_OLD_2);
}

/* Settles what mark_alive has found, and condemns what it has not. */
static void condemn_old(Condemned *c) {
    HeapCursor cursor = heap_cursor(c->t->heap);
    for (Page *p; (p = heap_next_page(&cursor));) {
        uint32_t cells = page_cells(p);
        for (uint32_t i = 0; i < cells; i += 8) {
            for (uint64_t lost = sweep_eight(c, p->map + i); lost; lost &= lost - 1) {
                uint32_t at = i + (uint32_t)__builtin_ctzll(lost) / 8;
                condemn(c, page_object(p, at), &p->map[at]);
            }
        }
    }
}

/* Takes the arrays for the generation; false: no memory. */
static bool condemn_room(Condemned *c, int generation) {
    Heap *h = c->t->heap;
    heap_log_clean(h);
    size_t young = (size_t)(h->log_top - h->log), middle = generation >= 1 ? (size_t)(h->middle_top - h->middle) : 0;
    c->bytes = (young + middle + (generation == 2 ? old_bound(h) : 0)) * sizeof(Object *);
    c->objects = heap_scratch(c->bytes);
    c->stack = heap_scratch(c->bytes);
    if (c->objects && c->stack) return true;
    heap_scratch_free(c->objects, c->bytes);
    heap_scratch_free(c->stack, c->bytes);
    return false;
}

static void condemn_all(Condemned *c, int generation) {
    Heap *h = c->t->heap;
    if (generation == 2) {
        mark_alive(c);
        condemn_old(c);
    }
    for (Object **p = h->middle; generation >= 1 && p < h->middle_top; p++) {
        uint8_t *mark = *p ? gc_mark_of(*p) : NULL;
        if (mark && *mark & GC_TRACKED && (*mark & (GC_GENERATION | GC_CONDEMNED)) == GC_OLD_1) condemn(c, *p, mark);
    }
    for (Object **p = h->log; p < h->log_top; p++) {
        uint8_t *mark = gc_mark_of(*p);
        if (!(*mark & GC_GENERATION)) condemn(c, *p, mark);
    }
}

/* --- Other walks ------------------------------------------------------------------------------- */

/* Gives all objects whose generation has one of `from` (0: any) another one; answers how many there are. */
static int64_t regenerate(Thread *t, uint8_t from, uint8_t to, bool change) {
    int64_t n = 0;
    HeapCursor cursor = heap_cursor(t->heap);
    for (Page *p; (p = heap_next_page(&cursor));) {
        uint32_t cells = page_cells(p);
        for (uint32_t i = page_next_tracked(p, 0, cells); i < cells; i = page_next_tracked(p, i + 1, cells)) {
            if (from && !(p->map[i] & from)) continue;
            n++;
            if (change) p->map[i] = (uint8_t)((p->map[i] & ~GC_GENERATION) | to);
        }
    }
    return n;
}

void gc_freeze(Thread *t) {
    GcState *g = gc_state(t);
    regenerate(t, 0, GC_FROZEN, true);
    t->heap->middle_top = t->heap->middle;
    heap_log_reset(t->heap);
    for (int i = 0; i < GC_GENERATIONS; i++) g->count[i] = 0;
}

void gc_unfreeze(Thread *t) { regenerate(t, GC_FROZEN, GC_OLD_2, true); }
int64_t gc_frozen_count(Thread *t) { return regenerate(t, GC_FROZEN, 0, false); }

bool gc_snapshot(Thread *t, int generation, GcSnapshot *s) {
    static const uint8_t generations[] = {0, GC_OLD_1, GC_OLD_2};
    s->count = 0;
    s->bytes = old_bound(t->heap) * sizeof *s->objects;
    s->objects = heap_scratch(s->bytes);
    if (!s->objects) return false;
    HeapCursor cursor = heap_cursor(t->heap);
    for (Page *p; (p = heap_next_page(&cursor));) {
        uint32_t cells = page_cells(p);
        for (uint32_t i = page_next_tracked(p, 0, cells); i < cells; i = page_next_tracked(p, i + 1, cells)) {
            if (generation >= 0 && (p->map[i] & GC_GENERATION) != generations[generation]) continue;
            s->objects[s->count++] = page_object(p, i);
        }
    }
    return true;
}

void gc_snapshot_free(GcSnapshot *s) { heap_scratch_free(s->objects, s->bytes); }

/* --- Reachability ------------------------------------------------------------------------------ */

/* The mark of a condemned object; NULL for others, most of which their page's header tells: strings, code, classes. */
static inline uint8_t *condemned_mark(Object *o) {
    Page *p = page_of(o);
    if (!(p->flags & PAGE_CONDEMNED)) return NULL;
    uint8_t *mark = &p->map[page_index(p, o)];
    return *mark & GC_CONDEMNED ? mark : NULL;
}

/* The order in which children are looked at does not matter: each waits a little for its memory to come. */
typedef struct Walk {
    uint32_t at;
    Object *waiting[WAITING];
    Object **top; /* while marking: of the stack */
} Walk;

static ALWAYS_INLINE Object *walk_next(Walk *w, Object *o) {
    Object **place = &w->waiting[w->at++ % WAITING], *before = *place;
    __builtin_prefetch(o, 1);
    *place = o;
    return before;
}

static inline void subtract(Object *o) {
    if (condemned_mark(o) && !is_immortal(o)) o->refs--;
}

static ALWAYS_INLINE int visit_subtract(Value child, void *context) {
    if (!is_obj(child)) return 0;
    Object *o = walk_next(context, v_obj(child));
    if (o != NULL) subtract(o);
    return 0;
}

static inline void restore(Walk *w, Object *o) {
    uint8_t *mark = condemned_mark(o);
    if (mark == NULL) return;
    if (!is_immortal(o)) o->refs++;
    if (!(*mark & GC_REACHED)) {
        *mark |= GC_REACHED;
        *w->top++ = o;
    }
}

static ALWAYS_INLINE int visit_restore(Value child, void *context) {
    if (!is_obj(child)) return 0;
    Walk *w = context;
    Object *o = walk_next(w, v_obj(child));
    if (o != NULL) restore(w, o);
    return 0;
}

/* Walks what is on the stack and all that it leads to. */
static void walk_stack(Condemned *c, Walk *w) {
    for (;;) {
        while (w->top > c->stack) traverse_object(c->t, *--w->top, visit_restore, w, false);
        for (uint32_t i = 0; i < WAITING; i++) {
            Object *o = w->waiting[i];
            w->waiting[i] = NULL;
            if (o != NULL) restore(w, o);
        }
        if (w->top == c->stack) return;
    }
}

static ALWAYS_INLINE int visit_add(Value child, void *context) {
    if (!is_obj(child)) return 0;
    Object *o = v_obj(child);
    if (condemned_mark(o) && !is_immortal(o)) o->refs++;
    return 0;
}

/* Marks with GC_REACHED the condemned that somebody else refers to: more often than `own` times. */
static void mark_reachable(Condemned *c, uint32_t own) {
    Thread *t = c->t;
    size_t n = c->count;
    Walk w = {.top = c->stack};
    for (size_t i = 0; i < n; i++) {
        if (i + WAITING / 2 < n) __builtin_prefetch(c->objects[i + WAITING / 2]);
        traverse_object(t, c->objects[i], visit_subtract, &w, false);
    }
    for (uint32_t i = 0; i < WAITING; i++) {
        if (w.waiting[i] != NULL) subtract(w.waiting[i]);
        w.waiting[i] = NULL;
    }
    for (size_t i = 0; i < n; i++) {
        Object *o = c->objects[i];
        uint8_t *mark = gc_mark_of(o);
        if (*mark & GC_REACHED || o->refs == own) continue;
        *mark |= GC_REACHED;
        *w.top++ = o;
        walk_stack(c, &w);
    }
    for (size_t i = 0; i < n; i++) {
        Object *o = c->objects[i];
        if (!(*gc_mark_of(o) & GC_REACHED)) traverse_object(t, o, visit_add, NULL, false);
    }
}

/* Survivors go into the next generation; the unreachable stay in the array, held and marked. Answers the number of survivors. */
static size_t sort_out(Condemned *c, int generation) {
    Heap *h = c->t->heap;
    size_t kept = 0, lost = 0;
    if (generation >= 1) h->middle_top = h->middle;
    for (size_t i = 0; i < c->count; i++) {
        Object *o = c->objects[i];
        uint8_t *mark = gc_mark_of(o);
        if (!(*mark & GC_REACHED)) {
            obj_incref(o);
            c->objects[lost++] = o;
            continue;
        }
        kept++;
        page_of(o)->flags &= (uint8_t)~PAGE_CONDEMNED;
        bool is_middle = generation == 0 && heap_middle_add(h, o);
        *mark = (*mark & (GC_TRACKED | GC_FINALIZED)) | (is_middle ? GC_OLD_1 : GC_OLD_2);
    }
    c->count = lost;
    for (size_t i = 0; i < lost; i++) page_of(c->objects[i])->flags |= PAGE_CONDEMNED;
    return kept;
}

/* --- What is unreachable ----------------------------------------------------------------------- */

static bool is_weak(Thread *t, const Type *type) {
    return type->slots.destroy != NULL &&
           (is_subtype(type, builtin_type(t, T_weakref)) || type == builtin_type(t, T_weakproxy) || type == builtin_type(t, T_weakcallableproxy));
}

/* Visits the weak references to an object. */
static inline WeakRef *weak_references(Thread *t, Object *o) {
    InstanceExt *ext = instance_ext_of(o, obj_shape(t, o));
    return ext ? ext->weak : NULL;
}

static inline bool wants_notice(const WeakRef *w) {
    return !is_null(w->callback) && w->head.refs > 0 && !(*gc_mark_of(w) & GC_CONDEMNED);
}

/* Makes all weak references to and among the unreachable dead, then calls the callbacks of those that are reachable themselves. */
static bool clear_weak_references(Condemned *c) {
    Thread *t = c->t;
    size_t n = 0, done = 0;
    for (size_t i = 0; i < c->count; i++) {
        for (WeakRef *w = weak_references(t, c->objects[i]); w; w = w->next) n += wants_notice(w);
    }
    WeakRef **notify = n ? heap_scratch(n * sizeof *notify) : NULL; /* without memory nobody is told */
    for (size_t i = 0; i < c->count; i++) {
        Object *o = c->objects[i];
        if (is_weak(t, obj_type(t, o))) weakref_sever(t, (WeakRef *)o);
        for (WeakRef *w; (w = weak_references(t, o));) {
            weakref_sever(t, w);
            if (!notify || !wants_notice(w)) continue;
            obj_incref(w);
            notify[done++] = w;
        }
    }
    for (size_t i = 0; i < done; i++) {
        weakref_notify(t, notify[i]);
        obj_decref(t, notify[i]);
    }
    heap_scratch_free(notify, n * sizeof *notify);
    return done > 0;
}

/* Finalisers may have made new ones: nobody is to get hold of an object that is being taken apart. */
static void clear_new_weak_references(Condemned *c) {
    for (size_t i = 0; i < c->count; i++) {
        for (WeakRef *w; (w = weak_references(c->t, c->objects[i]));) weakref_sever(c->t, w);
    }
}

static bool run_finalizers(Condemned *c) {
    bool any = false;
    for (size_t i = 0; i < c->count; i++) {
        Object *o = c->objects[i];
        if (!obj_type(c->t, o)->slots.finalize || *gc_mark_of(o) & GC_FINALIZED) continue;
        any = true;
        object_finalize(c->t, o);
    }
    return any;
}

/* Takes those out that finalisers have brought back to life: they live on, in the oldest generation. */
static void leave_resurrected(Condemned *c) {
    size_t lost = 0;
    mark_reachable(c, 1);
    size_t n = c->count;
    for (size_t i = 0; i < n; i++) {
        Object *o = c->objects[i];
        uint8_t *mark = gc_mark_of(o);
        if (*mark & GC_REACHED) {
            *mark = (*mark & (GC_TRACKED | GC_FINALIZED)) | GC_OLD_2;
            page_of(o)->flags &= (uint8_t)~PAGE_CONDEMNED;
            c->stack[i - lost] = o;
        } else {
            c->objects[lost++] = o;
        }
    }
    c->count = lost;
    for (size_t i = 0; i < n - lost; i++) obj_decref(c->t, c->stack[i]);
}

static void report_collectable(Condemned *c) {
    for (size_t i = 0; i < c->count; i++) {
        Value name = type_display_name(c->t, obj_type(c->t, c->objects[i])), keep = VNULL;
        const char *text = is_null(name) ? NULL : str_utf8(c->t, name, NULL, &keep);
        fprintf(stderr, "gc: collectable <%s %p>\n", text ? text : "?", (void *)c->objects[i]);
        decref_maybe(c->t, keep);
        decref_maybe(c->t, name);
    }
}

/* Breaks the circles, or keeps all of it for the curious. */
static void drop_garbage(Condemned *c, GcState *g) {
    Thread *t = c->t;
    for (size_t i = 0; i < c->count; i++) {
        uint8_t *mark = gc_mark_of(c->objects[i]);
        *mark = (*mark & (GC_TRACKED | GC_FINALIZED)) | GC_OLD_2;
        page_of(c->objects[i])->flags &= (uint8_t)~PAGE_CONDEMNED;
    }
    for (size_t i = 0; i < c->count; i++) {
        Object *o = c->objects[i];
        if (g->debug & GC_DEBUG_SAVEALL) {
            if (!list_append(t, V_AS(List, g->garbage), v_from(o))) err_clear(t);
        } else {
            object_clear(t, o);
        }
        obj_decref(t, o);
    }
}

/* --- A collection ------------------------------------------------------------------------------ */

static void call_callbacks(Thread *t, GcState *g, const char *phase, int generation, int64_t collected) {
    if (is_null(g->callbacks) || list_len(g->callbacks) == 0) return;
    Value info = dict_new(t), name = str_from_cstr(t, phase);
    bool ok = !is_null(info) && !is_null(name) && dict_set_cstr(t, info, "generation", v_smallint(generation)) &&
              dict_set_cstr(t, info, "collected", v_smallint(collected)) && dict_set_cstr(t, info, "uncollectable", v_smallint(0));
    for (int64_t i = 0; ok && i < list_len(g->callbacks); i++) {
        Value callback = new_ref(list_at(g->callbacks, i)), window[3] = {VNULL, name, info}, r = VNULL;
        Type *type = type_of(t, callback);
        if (type->slots.call) r = type->slots.call(t, callback, window + 1, 2, VNULL);
        else err_raise(t, T_TypeError, "'%T' object is not callable", callback);
        if (is_null(r)) err_unraisable(t, "Exception ignored while calling GC callback", callback);
        decref_maybe(t, r);
        decref(t, callback);
    }
    if (err_pending(t)) err_clear(t);
    decref_maybe(t, info);
    decref_maybe(t, name);
}

static double now(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void report_start(Thread *t, int generation) {
    int64_t all = regenerate(t, 0, 0, false), middle = regenerate(t, GC_OLD_1, 0, false), old = regenerate(t, GC_OLD_2, 0, false),
            frozen = gc_frozen_count(t);
    fprintf(stderr, "gc: collecting generation %d...\ngc: objects in each generation: %lld %lld %lld\ngc: objects in permanent generation: %lld\n",
            generation, (long long)(all - middle - old - frozen), (long long)middle, (long long)old, (long long)frozen);
}

static void count_collection(GcState *g, int generation, size_t survivors) {
    if (generation + 1 < GC_GENERATIONS) g->count[generation + 1]++;
    for (int i = 0; i <= generation; i++) g->count[i] = 0;
    if (generation == 2) {
        g->old_total = (int64_t)survivors;
        g->old_pending = 0;
    } else if (generation == 1) {
        g->old_pending += (int64_t)survivors;
    }
}

/* No memory for a collection: what is young counts as old, so that it is not tried again at once. */
static void call_old(Thread *t, GcState *g, int generation) {
    Heap *h = t->heap;
    for (Object **p = h->log; p < h->log_top; p++) {
        uint8_t *mark = *p ? gc_mark_of(*p) : NULL;
        if (mark && *mark & GC_TRACKED) *mark |= GC_OLD_2;
    }
    heap_log_reset(h);
    for (int i = 0; i <= generation; i++) g->count[i] = 0;
}

static int64_t collect(Thread *t, GcState *g, int generation) {
    Condemned c = {.t = t};
    double start = 0;
    if (g->debug & GC_DEBUG_STATS) {
        report_start(t, generation);
        start = now();
    }
    if (!condemn_room(&c, generation)) {
        call_old(t, g, generation);
        return 0;
    }
    condemn_all(&c, generation);
    mark_reachable(&c, 0);
    count_collection(g, generation, c.alive + sort_out(&c, generation));
    heap_log_reset(t->heap);
    if (c.count) {
        if (g->debug & GC_DEBUG_COLLECTABLE) report_collectable(&c);
        bool ran = clear_weak_references(&c);
        ran |= run_finalizers(&c);
        if (ran) {
            leave_resurrected(&c);
            clear_new_weak_references(&c);
        }
        drop_garbage(&c, g);
        if (t->heap->young_count < 0) t->heap->young_count = 0; /* what was collected makes no room for more */
    }
    heap_scratch_free(c.objects, c.bytes);
    heap_scratch_free(c.stack, c.bytes);
    if (generation == 2) heap_trim(t->heap);
    g->stats[generation].collections++;
    g->stats[generation].collected += c.count;
    if (g->debug & GC_DEBUG_STATS) {
        fprintf(stderr, "gc: done, %zu unreachable, 0 uncollectable, %.4fs elapsed\n", c.count, now() - start);
    }
    return (int64_t)c.count;
}

int64_t gc_collect(Thread *t, int generation) {
    GcState *g = gc_state(t);
    if (!g || g->collecting) return 0;
    g->collecting = true;
    Value pending = err_fetch(t);
    call_callbacks(t, g, "start", generation, 0);
    int64_t n = collect(t, g, generation);
    call_callbacks(t, g, "stop", generation, n);
    if (err_pending(t)) err_unraisable(t, "Exception ignored in garbage collection", VNULL);
    err_restore(t, pending);
    g->collecting = false;
    return n;
}

/* The oldest generation that is due; a full collection waits until a quarter of what is old is new to it. */
static int due(GcState *g) {
    for (int i = GC_GENERATIONS - 1; i > 0; i--) {
        if (g->count[i] <= g->threshold[i]) continue;
        if (i == 2 && g->old_pending < g->old_total / 4) continue;
        return i;
    }
    return 0;
}

/* Each takes one of the store, which the next safe point fills again. */
uint64_t gc_shortages(Thread *t) {
    GcState *g = gc_state(t);
    return (g ? g->shortages : 0) + (t->interp->memory_error_count < MEMORY_ERRORS);
}

void gc_collect_after_shortage(Thread *t) {
    GcState *g = gc_state(t);
    uint64_t shortages = gc_shortages(t);
    if (LIKELY(!g || !g->enabled || g->shortages_met == shortages)) return;
    g->shortages_met = shortages;
    gc_collect(t, GC_GENERATIONS - 1);
}

void gc_collect_if_due(Thread *t) {
    breaker_clear(t, BREAK_GC);
    GcState *g = gc_state(t);
    if (g && t->interp->memory_error_count < MEMORY_ERRORS) g->shortages++;
    err_store_memory_errors(t);
    if (!g || !g->enabled || g->collecting) return;
    if (g->threshold[0] <= 0) return;
#ifdef KRAIT_STRESS_GC
    int generation = ++g->stress % STRESS_FULL == 0 ? 2 : due(g) == 2 ? 1 : 0;
#else
    if (t->heap->young_count <= g->threshold[0]) return;
    int generation = due(g);
#endif
    gc_collect(t, generation);
}
