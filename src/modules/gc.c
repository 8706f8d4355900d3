/* The module gc: the collector's switches and views. */
#include "object/gc.h"

#include "modules/module.h"
#include "modules/sys.h"
#include "object/gen.h"
#include "object/set.h"
#include "vm/frame.h"

static Value gc_enable(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_state(t)->enabled = true;
    gc_configure(t);
    return V_NONE;
}

static Value gc_disable(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_state(t)->enabled = false;
    gc_configure(t);
    return V_NONE;
}

static Value gc_isenabled(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_bool(gc_state(t)->enabled); }

static Value gc_collect_now(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t generation = 2;
    if (!is_null(args[0]) && !arg_i32(t, args[0], &generation)) return VNULL;
    if (generation < 0 || generation >= GC_GENERATIONS) return err_raise(t, T_ValueError, "invalid generation");
    return v_smallint(gc_collect(t, generation));
}

static Value gc_set_debug(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t flags;
    if (!arg_i32(t, args[0], &flags)) return VNULL;
    gc_state(t)->debug = (uint32_t)flags;
    return V_NONE;
}

static Value gc_get_debug(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint((int32_t)gc_state(t)->debug); }

static Value gc_set_threshold(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    GcState *g = gc_state(t);
    if (!call_no_keywords(t, "set_threshold", kwnames)) return VNULL;
    if (nargs < 1 || nargs > 3) return err_raise(t, T_TypeError, "gc.set_threshold requires 1 to 3 arguments");
    for (uint32_t i = 0; i < nargs; i++) {
        int32_t n;
        if (!arg_i32(t, args[i], &n)) return VNULL;
        g->threshold[i] = n;
    }
    gc_configure(t);
    return V_NONE;
}

static Value three(Thread *t, const int64_t *n) { return tuple_of(t, 3, v_smallint(n[0]), v_smallint(n[1]), v_smallint(n[2])); }

static Value gc_get_threshold(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return three(t, gc_state(t)->threshold); }

static Value gc_get_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    GcState *g = gc_state(t);
    g->count[0] = gc_young_count(t);
    return three(t, g->count);
}

static Value gc_get_stats(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    GcState *g = gc_state(t);
    Value list = list_new(t, GC_GENERATIONS);
    if (is_null(list)) return VNULL;
    for (int i = 0; i < GC_GENERATIONS; i++) {
        Value row = dict_new(t);
        bool ok = !is_null(row) && dict_set_cstr(t, row, "collections", v_smallint((int64_t)g->stats[i].collections)) &&
                  dict_set_cstr(t, row, "collected", v_smallint((int64_t)g->stats[i].collected)) &&
                  dict_set_cstr(t, row, "uncollectable", v_smallint((int64_t)g->stats[i].uncollectable));
        if (ok) {
            ok = list_append_take(t, V_AS(List, list), row);
        } else {
            decref_maybe(t, row);
        }
        if (ok) continue;
        decref(t, list);
        return VNULL;
    }
    return list;
}

/* --- Views of the objects ---------------------------------------------------------------------- */

/* The tracked objects of a generation (-1: all) that `wanted` likes (NULL: each), as a list. */
static Value list_of_objects(Thread *t, int generation, bool (*wanted)(Thread *t, Object *o, void *context), void *context) {
    GcSnapshot s;
    if (!gc_snapshot(t, generation, &s)) return err_no_memory(t);
    size_t n = 0;
    for (size_t i = 0; i < s.count; i++) {
        if (!wanted || wanted(t, s.objects[i], context)) s.objects[n++] = s.objects[i];
    }
    _Static_assert(sizeof(Value) == sizeof(Object *), "a pointer is its Value");
    Value list = list_from(t, (Value *)s.objects, (int64_t)n);
    gc_snapshot_free(&s);
    return list;
}

static bool audit(Thread *t, const char *event, const Value *objects, uint32_t n) {
    if (!sys_is_audited(t)) return true;
    Value all = tuple_from(t, objects, n);
    bool done = !is_null(all) && sys_audit_values(t, event, 1, all);
    decref_maybe(t, all);
    return done;
}

static Value gc_get_objects(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t generation = -1;
    if (!is_null(args[0]) && !is_none(args[0])) {
        if (!has_index(t, args[0])) return err_raise(t, T_TypeError, "argument should be integer or None, not '%T'", args[0]);
        if (!arg_i64(t, args[0], &generation)) return VNULL;
    }
    if (!sys_audit_values(t, "gc.get_objects", 1, v_smallint(generation))) return VNULL;
    if (generation != -1) {
        if (generation >= GC_GENERATIONS) {
            return err_raise(t, T_ValueError, "generation parameter must be less than the number of available generations (%d)", GC_GENERATIONS);
        }
        if (generation < -1) return err_raise(t, T_ValueError, "generation parameter cannot be negative");
    }
    return list_of_objects(t, (int)generation, NULL, NULL);
}

typedef struct Sought { const Value *values; uint32_t count; Value holder; } Sought;

static int visit_sought(Value child, void *context) {
    const Sought *s = context;
    for (uint32_t i = 0; i < s->count; i++) {
        if (same(child, s->values[i])) return 1;
    }
    return 0;
}

/* The collector leaves the frames of running generators alone; their variables are asked here. */
static bool runs_with_sought(Thread *t, Object *o, void *context) {
    if (o->shape != SHAPE_generator && o->shape != SHAPE_coroutine && o->shape != SHAPE_async_generator) return false;
    if (((Generator *)o)->state != GEN_RUNNING) return false;
    Frame *f = generator_frame((Generator *)o);
    uint32_t variables = f->code->nlocals + f->code->ncells + f->code->nfree;
    for (uint32_t i = 0; i < variables; i++)
        if (is_obj(f->registers[i]) && visit_sought(f->registers[i], context)) return true;
    return false;
}
static bool refers_to_sought(Thread *t, Object *o, void *context) {
    return object_traverse(t, o, visit_sought, context) != 0 || runs_with_sought(t, o, context);
}

static Value gc_get_referrers(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "gc.get_referrers", kwnames) || !audit(t, "gc.get_referrers", args, nargs)) return VNULL;
    Sought s = {args, nargs, VNULL};
    return list_of_objects(t, -1, refers_to_sought, &s);
}

typedef struct Gathered { Thread *t; List *list; } Gathered;
static int visit_gather(Value child, void *context) {
    Gathered *g = context;
    return !list_append(g->t, g->list, child);
}

/* dict and set show the collector only what can be a container: here all of it is asked for. */
static bool gather(Thread *t, Value v, List *list) {
    Value key, value;
    if (IS_EXACT(v, dict)) {
        for (uint32_t pos = 0; dict_next(v, &pos, &key, &value);) {
            if (!list_append(t, list, key) || !list_append(t, list, value)) return false;
        }
        return true;
    }
    if (IS_EXACT(v, set) || IS_EXACT(v, frozenset)) {
        int64_t hash;
        for (uint64_t pos = 0; set_next(v, &pos, &key, &hash);) {
            if (!list_append(t, list, key)) return false;
        }
        return true;
    }
    Gathered g = {t, list};
    return object_traverse_all(t, v_obj(v), visit_gather, &g) == 0;
}

static Value gc_get_referents(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "gc.get_referents", kwnames) || !audit(t, "gc.get_referents", args, nargs)) return VNULL;
    Value list = list_new(t, 0);
    if (is_null(list)) return VNULL;
    for (uint32_t i = 0; i < nargs; i++) {
        if (!is_obj(args[i]) || !(type_of(t, args[i])->flags & TF_GC) || gather(t, args[i], V_AS(List, list))) continue;
        decref(t, list);
        return VNULL;
    }
    return list;
}

static bool is_container(Thread *t, Value v) { return is_obj(v) && type_of(t, v)->flags & TF_GC; }

static Value gc_is_tracked_(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_bool(is_container(t, args[0]) && gc_is_tracked(t, v_obj(args[0])));
}

static Value gc_is_finalized(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_bool(is_container(t, args[0]) && *gc_mark_of(v_obj(args[0])) & GC_FINALIZED);
}

static Value gc_freeze_(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_freeze(t);
    return V_NONE;
}
static Value gc_unfreeze_(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    gc_unfreeze(t);
    return V_NONE;
}
static Value gc_get_freeze_count(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return v_smallint(gc_frozen_count(t)); }

/* --- Tables ------------------------------------------------------------------------------------ */

static const MethodDef functions[] = {
    {"enable", "($module, /)", "Lets collections happen by themselves.", gc_enable},
    {"disable", "($module, /)", "Lets no collection happen by itself.", gc_disable},
    {"isenabled", "($module, /)", "Whether collections happen by themselves.", gc_isenabled},
    {"collect", "($module, /, generation=2)", "Collects a generation and the younger ones; answers how many objects were unreachable.", gc_collect_now},
    {"get_count", "($module, /)", "The counts that are compared with the thresholds.", gc_get_count},
    {"get_stats", "($module, /)", "What the collections of each generation have done so far.", gc_get_stats},
    {"set_debug", "($module, flags, /)", "Sets the debugging flags DEBUG_...", gc_set_debug},
    {"get_debug", "($module, /)", "The debugging flags.", gc_get_debug},
    {"set_threshold", NULL, "set_threshold(threshold0[, threshold1[, threshold2]]): 0 for the first one ends collections.", gc_set_threshold},
    {"get_threshold", "($module, /)", "The thresholds of the three generations.", gc_get_threshold},
    {"get_objects", "($module, /, generation=None)", "The objects that the collector tracks, of one generation or all.", gc_get_objects},
    {"is_tracked", "($module, obj, /)", "Whether the collector tracks the object.", gc_is_tracked_, 0, FX_NO_PYTHON},
    {"is_finalized", "($module, obj, /)", "Whether the object's finaliser has run.", gc_is_finalized, 0, FX_NO_PYTHON},
    {"get_referrers", "($module, /, *objs)", "The objects that refer to any of these.", gc_get_referrers},
    {"get_referents", "($module, /, *objs)", "The objects that these refer to.", gc_get_referents},
    {"freeze", "($module, /)", "Takes all tracked objects out of the generations.", gc_freeze_},
    {"unfreeze", "($module, /)", "Puts them into the oldest generation.", gc_unfreeze_},
    {"get_freeze_count", "($module, /)", "How many objects are frozen.", gc_get_freeze_count},
    {0},
};

static bool gc_exec(Thread *t, Value module) {
    GcState *g = gc_state(t);
    return module_add(t, module, "garbage", new_ref(g->garbage)) && module_add(t, module, "callbacks", new_ref(g->callbacks)) &&
           module_add_int(t, module, "DEBUG_STATS", GC_DEBUG_STATS) && module_add_int(t, module, "DEBUG_COLLECTABLE", GC_DEBUG_COLLECTABLE) &&
           module_add_int(t, module, "DEBUG_UNCOLLECTABLE", GC_DEBUG_UNCOLLECTABLE) &&
           module_add_int(t, module, "DEBUG_SAVEALL", GC_DEBUG_SAVEALL) && module_add_int(t, module, "DEBUG_LEAK", GC_DEBUG_LEAK);
}

const ModuleDef module_gc = {
    .name = "gc",
    .doc = "The collector of reference cycles.",
    .functions = functions,
    .exec = gc_exec,
};
