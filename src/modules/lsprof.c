/* The module _lsprof: the profiler under cProfile.
 *
 * A Profiler is a tool of sys.monitoring: methods of its own are the callbacks for calls and returns.  Each function that was called
 * is an entry, and each pair of caller and callee a subentry; both are found by hashing and stand in the order of their first call.
 * What is under way is a stack of activations: their times are split when they end, into the entry's own and its callees'. */
#include <time.h>

#include "modules/module.h"
#include "object/function.h"
#include "object/instance.h"

enum { TOOL_ID = 2 }; /* sys.monitoring.PROFILER_ID */
enum { NO_INDEX = UINT32_MAX };

typedef struct Tally {
    int64_t total, own; /* time in the timer's unit */
    int64_t calls, recursive_calls;
    uint32_t level;     /* activations under way */
} Tally;

typedef struct Entry {
    const void *key;   /* a Code or the MethodDef of a C function */
    Value user;        /* the code object, or a str */
    Tally tally;
    uint32_t first_sub, last_sub;
} Entry;

typedef struct SubEntry {
    uint32_t caller, callee, next; /* next of the same caller */
    Tally tally;
} SubEntry;

typedef struct Activation {
    uint32_t entry;
    int64_t start, in_callees;
} Activation;

/* Open addressing: slots hold indices + 1. */
typedef struct IndexTable {
    uint32_t *slots;
    uint32_t mask, used;
} IndexTable;

typedef struct Profiler {
    Object head;
    Value timer;     /* VNULL: the clock */
    Value missing;   /* sys.monitoring.MISSING, while it is enabled */
    double unit;     /* seconds of the timer's ints; 0: it answers seconds */
    Entry *entries;
    SubEntry *subs;
    Activation *stack;
    uint32_t entry_count, entry_room, sub_count, sub_room, depth, stack_room;
    IndexTable by_key, by_pair;
    bool enabled, subcalls, builtins, in_timer, out_of_memory;
} Profiler;

typedef struct LsprofState {
    Type *entry, *subentry;
} LsprofState;

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)
#define SELF V_AS(Profiler, args[0])

/* --- Tables ----------------------------------------------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t x) {
    x *= UINT64_C(0x9E3779B97F4A7C15);
    return x ^ x >> 29;
}
static uint64_t hash_of_key(const void *key) { return mix((uint64_t)(uintptr_t)key >> 4); }
static uint64_t hash_of_pair(uint32_t caller, uint32_t callee) { return mix((uint64_t)caller << 32 | callee); }

static void table_put(IndexTable *table, uint64_t hash, uint32_t index) {
    uint32_t i = (uint32_t)hash & table->mask;
    while (table->slots[i]) i = (i + 1) & table->mask;
    table->slots[i] = index + 1;
    table->used++;
}

/* Room for one more; what is there has to be put in again if it answers true with *grown. */
static bool table_reserve(Thread *t, IndexTable *table, bool *grown) {
    *grown = table->slots == NULL || (table->used + 1) * 2 > table->mask;
    if (!*grown) return true;
    uint32_t size = table->slots == NULL ? 64 : (table->mask + 1) * 2;
    uint32_t *slots = heap_alloc_zeroed(t, size * sizeof *slots);
    if (slots == NULL) return false;
    heap_free(t, table->slots);
    *table = (IndexTable){slots, size - 1, 0};
    return true;
}

static bool grow(Thread *t, void *array, uint32_t count, uint32_t *room, size_t size) {
    if (count < *room) return true;
    uint32_t wanted = *room ? *room * 2 : 32;
    void *block = heap_realloc(t, *(void **)array, wanted * size);
    if (block == NULL) return false;
    *(void **)array = block;
    *room = wanted;
    return true;
}

static uint32_t entry_find(const Profiler *p, const void *key) {
    if (p->by_key.slots == NULL) return NO_INDEX;
    for (uint32_t i = (uint32_t)hash_of_key(key) & p->by_key.mask; p->by_key.slots[i]; i = (i + 1) & p->by_key.mask)
        if (p->entries[p->by_key.slots[i] - 1].key == key) return p->by_key.slots[i] - 1;
    return NO_INDEX;
}

/* Takes user (VNULL: an exception is pending). */
static uint32_t entry_add(Thread *t, Profiler *p, const void *key, Value user) {
    bool grown;
    if (is_null(user)) return NO_INDEX;
    if (!grow(t, &p->entries, p->entry_count, &p->entry_room, sizeof(Entry)) || !table_reserve(t, &p->by_key, &grown)) {
        decref(t, user);
        return NO_INDEX;
    }
    for (uint32_t i = 0; grown && i < p->entry_count; i++) table_put(&p->by_key, hash_of_key(p->entries[i].key), i);
    p->entries[p->entry_count] = (Entry){.key = key, .user = user, .first_sub = NO_INDEX, .last_sub = NO_INDEX};
    table_put(&p->by_key, hash_of_key(key), p->entry_count);
    return p->entry_count++;
}

static uint32_t sub_find(const Profiler *p, uint32_t caller, uint32_t callee) {
    if (p->by_pair.slots == NULL) return NO_INDEX;
    for (uint32_t i = (uint32_t)hash_of_pair(caller, callee) & p->by_pair.mask; p->by_pair.slots[i]; i = (i + 1) & p->by_pair.mask) {
        const SubEntry *s = &p->subs[p->by_pair.slots[i] - 1];
        if (s->caller == caller && s->callee == callee) return p->by_pair.slots[i] - 1;
    }
    return NO_INDEX;
}

static uint32_t sub_add(Thread *t, Profiler *p, uint32_t caller, uint32_t callee) {
    bool grown;
    if (!grow(t, &p->subs, p->sub_count, &p->sub_room, sizeof(SubEntry)) || !table_reserve(t, &p->by_pair, &grown)) return NO_INDEX;
    for (uint32_t i = 0; grown && i < p->sub_count; i++) table_put(&p->by_pair, hash_of_pair(p->subs[i].caller, p->subs[i].callee), i);
    uint32_t index = p->sub_count++;
    p->subs[index] = (SubEntry){caller, callee, NO_INDEX, {0}};
    table_put(&p->by_pair, hash_of_pair(caller, callee), index);
    Entry *e = &p->entries[caller];
    if (e->first_sub == NO_INDEX) e->first_sub = index;
    else p->subs[e->last_sub].next = index;
    e->last_sub = index;
    return index;
}

/* --- Time --------------------------------------------------------------------------------------------------------------------------------------- */

/* An external timer's answer in whole units: its ints, or its seconds as nanoseconds. */
static bool timer_units(Thread *t, const Profiler *p, Value answer, int64_t *out) {
    double seconds;
    if (p->unit > 0.0) return arg_i64(t, answer, out);
    if (!arg_double(t, answer, &seconds)) return false;
    *out = (int64_t)(seconds * 1e9);
    return true;
}

static int64_t external_time(Thread *t, Profiler *p) {
    int64_t units = 0;
    Value timer = new_ref(p->timer);
    p->in_timer = true;
    Value answer = call_0(t, timer);
    p->in_timer = false;
    bool good = !is_null(answer) && timer_units(t, p, answer, &units);
    decref_maybe(t, answer);
    if (!good) {
        err_unraisable(t, "Exception ignored while calling _lsprof timer", timer);
        units = 0;
    }
    decref(t, timer);
    return units;
}

static inline int64_t now(Thread *t, Profiler *p) {
    if (!is_null(p->timer)) return external_time(t, p);
    struct timespec s;
    clock_gettime(CLOCK_MONOTONIC, &s);
    return s.tv_sec * INT64_C(1000000000) + s.tv_nsec;
}

static double time_factor(const Profiler *p) { return !is_null(p->timer) && p->unit > 0.0 ? p->unit : 1e-9; }

/* --- Calls ---------------------------------------------------------------------------------------------------------------------------------------- */

static void tally_end(Tally *tally, int64_t total, int64_t own) {
    if (--tally->level == 0) tally->total += total;
    else tally->recursive_calls++;
    tally->own += own;
    tally->calls++;
}

static void enter(Thread *t, Profiler *p, uint32_t entry) {
    if (!grow(t, &p->stack, p->depth, &p->stack_room, sizeof(Activation))) {
        err_clear(t);
        p->out_of_memory = true;
        return;
    }
    p->entries[entry].tally.level++;
    if (p->subcalls && p->depth > 0) {
        uint32_t caller = p->stack[p->depth - 1].entry, sub = sub_find(p, caller, entry);
        if (sub == NO_INDEX) sub = sub_add(t, p, caller, entry);
        if (sub != NO_INDEX) p->subs[sub].tally.level++;
        else p->out_of_memory = err_catch(t, T_MemoryError);
    }
    uint32_t at = p->depth++;
    p->stack[at] = (Activation){entry, 0, 0};
    int64_t start = now(t, p);
    if (at < p->depth) p->stack[at].start = start;
}

/* The innermost activation ends, as one of `entry`. */
static void stop(Thread *t, Profiler *p, uint32_t entry) {
    int64_t end = now(t, p);
    if (p->depth == 0) return;
    Activation *a = &p->stack[--p->depth];
    int64_t total = end - a->start, own = total - a->in_callees;
    if (p->depth > 0) a[-1].in_callees += total;
    tally_end(&p->entries[entry].tally, total, own);
    if (!p->subcalls || p->depth == 0) return;
    uint32_t sub = sub_find(p, a[-1].entry, entry);
    if (sub != NO_INDEX) tally_end(&p->subs[sub].tally, total, own);
}

static void leave(Thread *t, Profiler *p, const void *key) {
    if (p->depth == 0) return;
    uint32_t entry = entry_find(p, key);
    if (entry != NO_INDEX) stop(t, p, entry);
    else p->depth--;
}

/* "<built-in method builtins.len>", or the repr of the type's attribute: bound methods are not kept, nor what they are bound to. */
static Value function_text(Thread *t, const BuiltinFunction *f, Value self) {
    if (is_null(self) || has_shape(self, SHAPE_module)) {
        if (!is_null(f->module) && is_str(t, f->module)) return str_format(t, "<built-in method %U.%s>", f->module, f->def->name);
        return str_format(t, "<built-in method %s>", f->def->name);
    }
    Value name = str_intern_cstr(t, f->def->name);
    if (is_null(name)) return name;
    Value attribute = type_lookup(t, type_of(t, self), name), text = VNULL;
    decref(t, name);
    if (!is_null(attribute)) text = repr_of(t, attribute);
    if (!is_null(text)) return text;
    err_clear(t);
    return str_format(t, "<built-in method %s>", f->def->name);
}

/* The C function that is called, with what it is bound to; NULL: it is none, or one that is not wanted. */
static const BuiltinFunction *c_function(const Profiler *p, Value callable, Value argument, Value *self) {
    if (!p->builtins || !is_obj(callable)) return NULL;
    const BuiltinFunction *f = V_AS(BuiltinFunction, callable);
    if (IS_EXACT(callable, builtin_function)) *self = f->self;
    else if (IS_EXACT(callable, method_descriptor) && !same(argument, p->missing)) *self = argument;
    else return NULL;
    return f;
}

METHOD(m_pystart) {
    Profiler *p = SELF;
    const void *key = v_obj(args[1]);
    uint32_t entry = entry_find(p, key);
    if (entry == NO_INDEX) entry = entry_add(t, p, key, new_ref(args[1]));
    if (entry == NO_INDEX) p->out_of_memory = err_catch(t, T_MemoryError);
    else enter(t, p, entry);
    return V_NONE;
}
METHOD(m_pyreturn) {
    leave(t, SELF, v_obj(args[1]));
    return V_NONE;
}

METHOD(m_ccall) {
    Profiler *p = SELF;
    Value self = VNULL;
    const BuiltinFunction *f = c_function(p, args[3], args[4], &self);
    if (f == NULL) return V_NONE;
    uint32_t entry = entry_find(p, f->def);
    if (entry == NO_INDEX) entry = entry_add(t, p, f->def, function_text(t, f, self));
    if (entry == NO_INDEX) p->out_of_memory = err_catch(t, T_MemoryError);
    else enter(t, p, entry);
    return err_pending(t) ? VNULL : V_NONE;
}
METHOD(m_creturn) {
    Profiler *p = SELF;
    Value self;
    const BuiltinFunction *f = c_function(p, args[3], args[4], &self);
    if (f != NULL) leave(t, p, f->def);
    return V_NONE;
}

/* --- On and off ------------------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *event, *callback; } callbacks[] = {
    {"PY_START", "_pystart_callback"},   {"PY_RESUME", "_pystart_callback"},  {"PY_THROW", "_pythrow_callback"},
    {"PY_RETURN", "_pyreturn_callback"}, {"PY_YIELD", "_pyreturn_callback"},  {"PY_UNWIND", "_pyreturn_callback"},
    {"CALL", "_ccall_callback"},         {"C_RETURN", "_creturn_callback"},   {"C_RAISE", "_creturn_callback"},
};

static Value monitoring_module(Thread *t) {
    Value sys = t->hooks->import(t, "sys"), monitoring = is_null(sys) ? VNULL : attr_get_cstr(t, sys, "monitoring");
    decref_maybe(t, sys);
    return monitoring;
}

/* monitoring.name(TOOL_ID, ...); false: an exception is pending. */
static bool tell(Thread *t, Value monitoring, const char *name, Value a, Value b) {
    Value method = attr_get_cstr(t, monitoring, name);
    if (is_null(method)) return false;
    Value args[] = {v_smallint(TOOL_ID), a, b};
    Value answer = call_copy(t, method, args, is_null(a) ? 1 : is_null(b) ? 2 : 3, VNULL);
    decref(t, method);
    decref_maybe(t, answer);
    return !is_null(answer);
}

/* Registers the callbacks of the profiler (self VNULL: none); answers the events in *all. */
static bool register_callbacks(Thread *t, Value monitoring, Value self, int64_t *all) {
    Value events = attr_get_cstr(t, monitoring, "events");
    bool good = !is_null(events);
    *all = 0;
    for (size_t i = 0; good && i < COUNT_OF(callbacks); i++) {
        Value event = attr_get_cstr(t, events, callbacks[i].event), callback = V_NONE;
        int64_t bit;
        good = !is_null(event) && arg_i64(t, event, &bit);
        if (good && !is_null(self)) good = !is_null(callback = attr_get_cstr(t, self, callbacks[i].callback));
        if (good) {
            *all |= bit;
            good = tell(t, monitoring, "register_callback", event, callback);
        }
        decref_maybe(t, callback);
        decref_maybe(t, event);
    }
    decref_maybe(t, events);
    return good;
}

static bool turn_on(Thread *t, Value self) {
    Value monitoring = monitoring_module(t), name = str_from_cstr(t, "cProfile"), events = VNULL;
    int64_t all;
    bool good = !is_null(monitoring) && !is_null(name) && tell(t, monitoring, "use_tool_id", name, VNULL);
    if (good) {
        slot_set(t, &V_AS(Profiler, self)->missing, attr_get_cstr(t, monitoring, "MISSING"));
        good = !is_null(V_AS(Profiler, self)->missing) && register_callbacks(t, monitoring, self, &all) && !is_null(events = int_from_i64(t, all)) && tell(t, monitoring, "set_events", events, VNULL);
        if (good) {
            V_AS(Profiler, self)->enabled = true;
        } else {
            Value error = err_fetch(t);
            if (!tell(t, monitoring, "free_tool_id", VNULL, VNULL)) err_clear(t);
            err_restore(t, error);
        }
    }
    decref_maybe(t, monitoring);
    decref_maybe(t, name);
    decref_maybe(t, events);
    return good;
}

static bool turn_off(Thread *t, Profiler *p) {
    Value monitoring = monitoring_module(t);
    int64_t all;
    bool good = !is_null(monitoring) && register_callbacks(t, monitoring, VNULL, &all) && tell(t, monitoring, "set_events", v_smallint(0), VNULL) &&
                tell(t, monitoring, "free_tool_id", VNULL, VNULL);
    decref_maybe(t, monitoring);
    if (good) p->enabled = false;
    return good;
}

static bool set_choices(Thread *t, Profiler *p, Value subcalls, Value builtins) {
    bool with_subcalls = true, with_builtins = true;
    if ((!is_null(subcalls) && !arg_bool(t, subcalls, &with_subcalls)) || (!is_null(builtins) && !arg_bool(t, builtins, &with_builtins))) return false;
    p->subcalls = with_subcalls;
    p->builtins = with_builtins;
    return true;
}

METHOD(m_enable) {
    Profiler *p = SELF;
    if (p->enabled) return err_raise(t, T_ValueError, "tool %d is already in use", TOOL_ID);
    return set_choices(t, p, args[1], args[2]) && turn_on(t, args[0]) ? V_NONE : VNULL;
}

METHOD(m_disable) {
    Profiler *p = SELF;
    if (p->in_timer) return err_raise(t, T_RuntimeError, "cannot disable profiler in external timer");
    if (p->enabled && !turn_off(t, p)) return VNULL;
    while (p->depth > 0) stop(t, p, p->stack[p->depth - 1].entry);
    if (!p->out_of_memory) return V_NONE;
    p->out_of_memory = false;
    return err_raise(t, T_MemoryError, "memory was exhausted while profiling");
}

static void drop_all(Thread *t, Profiler *p) {
    uint32_t n = p->entry_count;
    Entry *entries = p->entries;
    p->entries = NULL;
    p->entry_count = p->entry_room = 0;
    p->sub_count = p->sub_room = p->depth = p->stack_room = 0;
    heap_free(t, p->subs);
    heap_free(t, p->stack);
    heap_free(t, p->by_key.slots);
    heap_free(t, p->by_pair.slots);
    p->subs = NULL;
    p->stack = NULL;
    p->by_key = p->by_pair = (IndexTable){0};
    for (uint32_t i = 0; i < n; i++) decref(t, entries[i].user);
    heap_free(t, entries);
}

METHOD(m_clear) {
    if (SELF->in_timer) return err_raise(t, T_RuntimeError, "cannot clear profiler in external timer");
    drop_all(t, SELF);
    return V_NONE;
}

/* --- Results ------------------------------------------------------------------------------------------------------------------------------------------ */

static Value row(Thread *t, Type *type, Value user, const Tally *tally, double factor, Value calls /* taken; VNULL: no field */) {
    Value values[] = {new_ref(user),
                      int_from_i64(t, tally->calls),
                      int_from_i64(t, tally->recursive_calls),
                      float_from_double(t, (double)tally->total * factor),
                      float_from_double(t, (double)tally->own * factor),
                      calls};
    return structseq_new(t, type, values);
}

/* A list of subentries, None where there is none. */
static Value calls_of(Thread *t, const Profiler *p, const Entry *e, double factor) {
    if (e->first_sub == NO_INDEX) return V_NONE;
    Value list = list_new(t, 0);
    for (uint32_t i = e->first_sub; !is_null(list) && i != NO_INDEX; i = p->subs[i].next) {
        const SubEntry *s = &p->subs[i];
        if (s->tally.calls == 0) continue;
        Value sub = row(t, MODULE_STATE(t, _lsprof, LsprofState)->subentry, p->entries[s->callee].user, &s->tally, factor, VNULL);
        if (is_null(sub) || !list_append_take(t, V_AS(List, list), sub)) slot_clear(t, &list);
    }
    return list;
}

METHOD(m_getstats) {
    Profiler *p = SELF;
    double factor = time_factor(p);
    Value list = list_new(t, p->entry_count);
    for (uint32_t i = 0; !is_null(list) && i < p->entry_count; i++) {
        const Entry *e = &p->entries[i];
        if (e->tally.calls == 0) continue;
        Value calls = calls_of(t, p, e, factor);
        Value entry = is_null(calls) ? VNULL : row(t, MODULE_STATE(t, _lsprof, LsprofState)->entry, e->user, &e->tally, factor, calls);
        if (is_null(entry) || !list_append_take(t, V_AS(List, list), entry)) slot_clear(t, &list);
    }
    return list;
}

/* --- The type -------------------------------------------------------------------------------------------------------------------------------------------- */

static bool profiler_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Profiler *p = V_AS(Profiler, self);
    Value a[4];
    double unit = 0.0;
    if (!call_bind_signature(t, "Profiler", "(timer=None, timeunit=0.0, subcalls=True, builtins=True)", args, nargs, kwnames, a) ||
        (!is_null(a[1]) && !arg_double(t, a[1], &unit)) || !set_choices(t, p, a[2], a[3]))
        return false;
    p->unit = unit;
    slot_set(t, &p->timer, is_null(a[0]) || is_none(a[0]) ? VNULL : new_ref(a[0]));
    return true;
}

static void profiler_destroy(Thread *t, Object *o) { drop_all(t, (Profiler *)o); }

static int profiler_traverse(Object *o, VisitFn visit, void *context) {
    Profiler *p = (Profiler *)o;
    for (uint32_t i = 0; i < p->entry_count; i++) {
        int stopped = visit(p->entries[i].user, context);
        if (stopped) return stopped;
    }
    return 0;
}

static void profiler_clear(Thread *t, Object *o) { drop_all(t, (Profiler *)o); }

static const MethodDef methods[] = {
    {"getstats", "($self, /)",
     "list of profiler_entry objects.\n\ngetstats() -> list of profiler_entry objects\n\nAll information that was collected. An entry has the attributes code (code object or\n"
     "name of a built-in function), callcount, reccallcount, totaltime, inlinetime and calls: a list of\nprofiler_subentry objects, the same for calls from this function.", m_getstats},
    {"enable", "($self, /, subcalls=True, builtins=True)",
     "Start collecting profiling information.\n\n  subcalls\n    If True, also records for each function statistics by its caller.\n  builtins\n    If True, records the time spent in "
     "built-in functions separately from their caller.", m_enable},
    {"disable", "($self, /)", "Stop collecting profiling information.", m_disable},
    {"clear", "($self, /)", "Clear all profiling information collected so far.", m_clear},
    {"_pystart_callback", "($self, code, instruction_offset, /)", NULL, m_pystart},
    {"_pythrow_callback", "($self, code, instruction_offset, exception, /)", NULL, m_pystart},
    {"_pyreturn_callback", "($self, code, instruction_offset, retval, /)", NULL, m_pyreturn},
    {"_ccall_callback", "($self, code, instruction_offset, callable, self_arg, /)", NULL, m_ccall},
    {"_creturn_callback", "($self, code, instruction_offset, callable, self_arg, /)", NULL, m_creturn},
    {NULL},
};
static const Field fields[] = {FIELD_VALUE(Profiler, timer), FIELD_VALUE(Profiler, missing)};

static const TypeDef typedef_Profiler = {
    .name = "_lsprof.Profiler",
    .doc = "Build a profiler object using the specified timer function.\n\nThe default timer is a fast built-in one based on real time.\nFor custom timer functions returning integers, "
           "'timeunit' can\nbe a float specifying a scale (that is, how long each integer unit\nis, in seconds).",
    .signature = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)",
    .flags = TF_BASE | TF_GC | TF_MODULE_NAME,
    .size = sizeof(Profiler),
    FIELDS(fields),
    .methods = methods,
    .slots = {.new = type_generic_new, .init = profiler_init, .destroy = profiler_destroy, .traverse = profiler_traverse, .clear = profiler_clear},
};

static const StructSeqField entry_fields[] = {
    {"code", "code object or built-in function name"}, {"callcount", "how many times this was called"}, {"reccallcount", "how many times called recursively"},
    {"totaltime", "total time in this entry"}, {"inlinetime", "inline time in this entry (not in subcalls)"}, {"calls", "details of the calls"}, {NULL}};
static const StructSeqField subentry_fields[] = {
    {"code", "called code object or built-in function name"}, {"callcount", "how many times this is called"}, {"reccallcount", "how many times this is called recursively"},
    {"totaltime", "total time spent in this call"}, {"inlinetime", "inline time (not in further subcalls)"}, {NULL}};
static const StructSeqDef entry_def = {"_lsprof.profiler_entry", NULL, entry_fields, 6};
static const StructSeqDef subentry_def = {"_lsprof.profiler_subentry", NULL, subentry_fields, 5};

static bool exec(Thread *t, Value module) {
    LsprofState *state = module_state(module);
    return (state->entry = structseq_type(t, &entry_def)) && (state->subentry = structseq_type(t, &subentry_def)) &&
           module_add(t, module, "profiler_entry", ref_of(state->entry)) && module_add(t, module, "profiler_subentry", ref_of(state->subentry)) &&
           module_add_type(t, module, T_Profiler, &typedef_Profiler);
}

const ModuleDef module__lsprof = {.name = "_lsprof", .doc = "Fast profiler", .state_size = sizeof(LsprofState), .exec = exec};
