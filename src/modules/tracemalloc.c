/* The module _tracemalloc: which line of Python allocated each live block.
 *
 *     traces:      block address -> size, traceback
 *     tracebacks:  each different one once, its frames the innermost first
 *     files:       the file names in them, each held once until tracing ends
 *
 * The heap calls us inside its own operations: nothing here takes memory from it or drops an object, all tables are libc's. When libc
 * has none left the block goes untraced.
 */
#include <stdlib.h>

#include "core/runtime.h"
#include "modules/module.h"
#include "vm/frame_object.h"

enum { FRAMES_LIMIT = 65535 };

typedef struct TraceFrame { Value file; uint32_t line; } TraceFrame;
typedef struct TraceStack {
    struct TraceStack *next; /* of its bucket */
    uint64_t hash;
    uint32_t count, total;   /* frames kept, and how many there were */
    TraceFrame frames[];
} TraceStack;

typedef struct Trace { void *block; size_t size; TraceStack *stack; } Trace;

typedef struct TraceState {
    bool tracing;
    uint32_t limit; /* frames kept of each */
    Trace *traces;  /* open addressing, by block; block NULL: free */
    size_t traces_count, traces_mask;
    TraceStack **stacks;
    size_t stacks_count, stacks_mask, stacks_bytes;
    Value *files;   /* open addressing, owned; VNULL: free */
    size_t files_count, files_mask;
    TraceStack *scratch; /* room for `limit` frames */
    size_t traced, peak;
    Runtime *runtime;
} TraceState;

/* --- Tables ------------------------------------------------------------------------------------ */

static size_t address_hash(const void *p) { return (size_t)(((uint64_t)(uintptr_t)p >> 3) * UINT64_C(0x9E3779B97F4A7C15) >> 20); }

static Trace *trace_find(TraceState *s, const void *block) {
    for (size_t i = address_hash(block);; i++) {
        Trace *e = &s->traces[i & s->traces_mask];
        if (!e->block || e->block == block) return e;
    }
}

static bool traces_grow(TraceState *s) {
    if (s->traces && (s->traces_count + 1) * 4 <= (s->traces_mask + 1) * 3) return true;
    size_t size = s->traces ? 2 * (s->traces_mask + 1) : 1024, old_size = s->traces ? s->traces_mask + 1 : 0;
    Trace *old = s->traces, *now = calloc(size, sizeof *now);
    if (!now) return false;
    s->traces = now;
    s->traces_mask = size - 1;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].block) *trace_find(s, old[i].block) = old[i];
    }
    free(old);
    return true;
}

/* Removes an entry and moves up those that its place had pushed on. */
static void trace_remove(TraceState *s, Trace *e) {
    size_t hole = (size_t)(e - s->traces), mask = s->traces_mask;
    s->traces_count--;
    for (size_t i = (hole + 1) & mask; s->traces[i].block; i = (i + 1) & mask) {
        size_t home = address_hash(s->traces[i].block) & mask;
        if (((i - home) & mask) < ((i - hole) & mask)) continue;
        s->traces[hole] = s->traces[i];
        hole = i;
    }
    s->traces[hole] = (Trace){0};
}

static bool file_hold(TraceState *s, Value file) {
    if (!s->files || (s->files_count + 1) * 2 > s->files_mask + 1) {
        size_t size = s->files ? 2 * (s->files_mask + 1) : 64, old_size = s->files ? s->files_mask + 1 : 0;
        Value *old = s->files, *now = calloc(size, sizeof *now);
        if (!now) return false;
        for (size_t i = 0; i < old_size; i++) {
            if (is_null(old[i])) continue;
            size_t at = address_hash(v_obj(old[i])) & (size - 1);
            while (!is_null(now[at])) at = (at + 1) & (size - 1);
            now[at] = old[i];
        }
        free(old);
        s->files = now;
        s->files_mask = size - 1;
    }
    size_t at = address_hash(v_obj(file)) & s->files_mask;
    while (!is_null(s->files[at]) && !same(s->files[at], file)) at = (at + 1) & s->files_mask;
    if (is_null(s->files[at])) {
        s->files[at] = new_ref(file);
        s->files_count++;
    }
    return true;
}

static bool stacks_grow(TraceState *s) {
    if (s->stacks && s->stacks_count <= s->stacks_mask) return true;
    size_t size = s->stacks ? 2 * (s->stacks_mask + 1) : 256, old_size = s->stacks ? s->stacks_mask + 1 : 0;
    TraceStack **now = calloc(size, sizeof *now);
    if (!now) return false;
    for (size_t i = 0; i < old_size; i++) {
        for (TraceStack *p = s->stacks[i], *next; p; p = next) {
            next = p->next;
            p->next = now[p->hash & (size - 1)];
            now[p->hash & (size - 1)] = p;
        }
    }
    free(s->stacks);
    s->stacks = now;
    s->stacks_mask = size - 1;
    return true;
}

/* The one stack that equals the scratch one. */
static TraceStack *stack_share(TraceState *s) {
    TraceStack *sought = s->scratch;
    size_t bytes = sizeof *sought + sought->count * sizeof(TraceFrame);
    if (!stacks_grow(s)) return NULL;
    TraceStack **bucket = &s->stacks[sought->hash & s->stacks_mask];
    for (TraceStack *p = *bucket; p; p = p->next) {
        if (p->hash != sought->hash || p->count != sought->count || p->total != sought->total) continue;
        uint32_t i = 0;
        while (i < p->count && same(p->frames[i].file, sought->frames[i].file) && p->frames[i].line == sought->frames[i].line) i++;
        if (i == p->count) return p;
    }
    TraceStack *p = malloc(bytes);
    if (!p) return NULL;
    memcpy(p, sought, bytes);
    for (uint32_t i = 0; i < p->count; i++) {
        if (!file_hold(s, p->frames[i].file)) {
            free(p);
            return NULL;
        }
    }
    p->next = *bucket;
    *bucket = p;
    s->stacks_count++;
    s->stacks_bytes += bytes;
    return p;
}

/* The Python stack of the thread, into scratch. */
static TraceStack *stack_now(TraceState *s, Thread *t) {
    TraceStack *k = s->scratch;
    k->count = k->total = 0;
    k->hash = UINT64_C(0xcbf29ce484222325);
    for (Frame *f = t && t->fiber ? t->fiber->frame : NULL; f; f = f->previous) {
        if (!f->code) continue;
        k->total++;
        if (k->count == s->limit) continue;
        int line = frame_line_of(t, f);
        TraceFrame *frame = &k->frames[k->count++];
        *frame = (TraceFrame){f->code->filename, line < 0 ? 0 : (uint32_t)line};
        k->hash = (k->hash ^ frame->file.bits ^ (uint64_t)frame->line << 40) * UINT64_C(0x100000001b3);
    }
    if (k->total > FRAMES_LIMIT) k->total = FRAMES_LIMIT;
    k->hash ^= k->hash >> 29;
    return stack_share(s);
}

/* --- What the heap tells ----------------------------------------------------------------------- */

static void on_allocated(void *context, void *block, size_t size) {
    TraceState *s = context;
    if (!traces_grow(s)) return;
    TraceStack *stack = stack_now(s, thread_current(s->runtime));
    if (!stack) return;
    Trace *e = trace_find(s, block);
    if (e->block) s->traced -= e->size;
    else s->traces_count++;
    *e = (Trace){block, size, stack};
    s->traced += size;
    if (s->traced > s->peak) s->peak = s->traced;
}

static void on_freed(void *context, void *block) {
    TraceState *s = context;
    if (!s->traces) return;
    Trace *e = trace_find(s, block);
    if (!e->block) return;
    s->traced -= e->size;
    trace_remove(s, e);
}

/* --- Start and end ----------------------------------------------------------------------------- */

static void forget_all(Thread *t, TraceState *s) {
    Value *files = s->files;
    size_t files_size = files ? s->files_mask + 1 : 0, stacks_size = s->stacks ? s->stacks_mask + 1 : 0;
    for (size_t i = 0; i < stacks_size; i++) {
        for (TraceStack *p = s->stacks[i], *next; p; p = next) {
            next = p->next;
            free(p);
        }
    }
    free(s->stacks);
    free(s->traces);
    s->stacks = NULL;
    s->traces = NULL;
    s->files = NULL;
    s->traces_count = s->traces_mask = s->stacks_count = s->stacks_mask = s->stacks_bytes = s->files_count = s->files_mask = 0;
    s->traced = s->peak = 0;
    for (size_t i = 0; i < files_size; i++) decref_maybe(t, files[i]);
    free(files);
}

static void stop(Thread *t, TraceState *s) {
    if (!s->tracing) return;
    s->tracing = false;
    heap_set_hook(t->heap, NULL);
    forget_all(t, s);
    free(s->scratch);
    s->scratch = NULL;
}

static TraceState *state_of(Thread *t) { return MODULE_STATE(t, tracemalloc, TraceState); }

static Value trace_start(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TraceState *s = state_of(t);
    int32_t limit = 1;
    if (!is_null(args[0]) && !arg_i32(t, args[0], &limit)) return VNULL;
    if (limit < 1 || limit > FRAMES_LIMIT) return err_raise(t, T_ValueError, "the number of frames must be in range [1; %d]", FRAMES_LIMIT);
    if (s->tracing) return V_NONE;
    s->scratch = malloc(sizeof *s->scratch + (size_t)limit * sizeof(TraceFrame));
    if (!s->scratch) return err_no_memory(t);
    s->limit = (uint32_t)limit;
    s->runtime = t->runtime;
    s->tracing = true;
    heap_set_hook(t->heap, &(HeapHook){on_allocated, on_freed, s});
    return V_NONE;
}

static Value trace_stop(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    stop(t, state_of(t));
    return V_NONE;
}

static Value trace_clear(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (state_of(t)->tracing) forget_all(t, state_of(t));
    return V_NONE;
}

/* --- Views ------------------------------------------------------------------------------------- */

static Value trace_is_tracing(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(state_of(t)->tracing); }

static Value trace_limit(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_smallint(state_of(t)->limit ? state_of(t)->limit : 1);
}

static Value trace_memory(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TraceState *s = state_of(t);
    return tuple_of(t, 2, v_smallint((int64_t)s->traced), v_smallint((int64_t)s->peak));
}

static Value trace_reset_peak(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    state_of(t)->peak = state_of(t)->traced;
    return V_NONE;
}

static Value trace_own_memory(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TraceState *s = state_of(t);
    size_t n = s->stacks_bytes;
    if (s->traces) n += (s->traces_mask + 1) * sizeof(Trace);
    if (s->stacks) n += (s->stacks_mask + 1) * sizeof *s->stacks;
    if (s->files) n += (s->files_mask + 1) * sizeof(Value);
    return v_smallint((int64_t)n);
}

/* ((file, line), ...) */
static Value stack_tuple(Thread *t, const TraceStack *k) {
    Value frames = tuple_new(t, k->count);
    if (is_null(frames)) return VNULL;
    for (uint32_t i = 0; i < k->count; i++) {
        Value pair = tuple_of(t, 2, k->frames[i].file, v_smallint(k->frames[i].line));
        if (is_null(pair)) {
            decref(t, frames);
            return VNULL;
        }
        V_AS(Tuple, frames)->items[i] = pair;
    }
    return k->count ? tuple_done(t, frames) : frames;
}

static Value stack_tuple_known(Thread *t, Value known, const TraceStack *k) {
    Value key = v_smallint((int64_t)((uintptr_t)k >> 3)), frames = new_ref_maybe(dict_get(t, known, key));
    if (!is_null(frames)) return frames;
    frames = stack_tuple(t, k);
    if (!is_null(frames) && !dict_set(t, known, key, frames)) slot_clear(t, &frames);
    return frames;
}

static Value trace_of_object(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TraceState *s = state_of(t);
    if (!s->tracing || !s->traces || !is_obj(args[0])) return V_NONE;
    Trace *e = trace_find(s, v_obj(args[0]));
    return e->block ? stack_tuple(t, e->stack) : V_NONE;
}

/* Of a copy: making the list changes the table. */
static Value trace_all(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    TraceState *s = state_of(t);
    Value list = list_new(t, 0);
    if (is_null(list) || !s->tracing || !s->traces) return list;
    size_t n = 0;
    Trace *copy = malloc((s->traces_count + 1) * sizeof *copy);
    if (!copy) {
        decref(t, list);
        return err_no_memory(t);
    }
    for (size_t i = 0; i <= s->traces_mask; i++) {
        if (s->traces[i].block) copy[n++] = s->traces[i];
    }
    Value known = dict_new(t); /* the tuples of stacks: blocks allocated in one place share theirs */
    bool ok = !is_null(known);
    for (size_t i = 0; ok && i < n; i++) {
        Value frames = stack_tuple_known(t, known, copy[i].stack), row = VNULL;
        if (!is_null(frames)) {
            row = tuple_of(t, 4, v_smallint(0), v_smallint((int64_t)copy[i].size), frames, v_smallint(copy[i].stack->total));
            decref(t, frames);
        }
        ok = !is_null(row) && list_append_take(t, V_AS(List, list), row);
    }
    free(copy);
    decref_maybe(t, known);
    if (ok) return list;
    decref(t, list);
    return VNULL;
}

static const MethodDef functions[] = {
    {"start", "($module, nframe=1, /)", "Starts tracing; up to nframe frames are kept for each block.", trace_start},
    {"stop", "($module, /)", "Ends tracing and forgets what was traced.", trace_stop},
    {"clear_traces", "($module, /)", "Forgets what was traced so far.", trace_clear},
    {"is_tracing", "($module, /)", "Whether allocations are traced.", trace_is_tracing},
    {"get_traceback_limit", "($module, /)", "How many frames are kept for each block.", trace_limit},
    {"get_traced_memory", "($module, /)", "(current, peak): bytes in traced blocks.", trace_memory},
    {"reset_peak", "($module, /)", "Makes the current size the peak.", trace_reset_peak},
    {"get_tracemalloc_memory", "($module, /)", "Bytes that tracing itself uses.", trace_own_memory},
    {"_get_traces", "($module, /)", "All traces: (domain, size, traceback, number of frames).", trace_all},
    {"_get_object_traceback", "($module, obj, /)", "The traceback of the object's block, or None.", trace_of_object},
    {0},
};

static bool tracemalloc_exec(Thread *t, Value module) { return true; }
static void tracemalloc_clear(Thread *t, void *state) { stop(t, state); }

const ModuleDef module_tracemalloc = {
    .name = "_tracemalloc",
    .doc = "Traces which line allocated each block of memory.",
    .functions = functions,
    .state_size = sizeof(TraceState),
    .exec = tracemalloc_exec,
    .clear = tracemalloc_clear,
};
