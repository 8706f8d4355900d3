/* The interpreters that programs made: beginning, entering, leaving and ending them.
 *
 * A Thread waits for its GIL only while it holds no other: who enters an interpreter gives up its own first, and takes it back after it
 * left. So interpreters run at the same time, and none can wait for another in a circle.
 */
#include <stdlib.h>

#include "core/config.h"
#include "core/runtime.h"
#include "modules/interpreters/interpreters_priv.h"
#include "vm/gil.h"

Interpreters *interpreters_of(Thread *t) {
    Runtime *r = t->runtime;
    pthread_mutex_lock(&r->lock);
    if (r->interpreters == NULL && (r->interpreters = calloc(1, sizeof(Interpreters))) != NULL) pthread_mutex_init(&r->interpreters->lock, NULL);
    pthread_mutex_unlock(&r->lock);
    if (r->interpreters == NULL) err_no_memory(t);
    return r->interpreters;
}

/* With the lock. */
static Entry *find(Interpreters *all, int64_t id) {
    Entry *e = all->entries;
    while (e != NULL && e->id != id) e = e->next;
    return e;
}

static bool err_not_found(Thread *t, int64_t id) {
    err_raise_type(t, interpreters_state(t)->not_found, "unrecognized interpreter ID %lld", (long long)id);
    return false;
}

static bool err_interpreter(Thread *t, const char *text) {
    err_raise_type(t, interpreters_state(t)->error, "%s", text);
    return false;
}

/* --- Entering and leaving ------------------------------------------------------------------------------------------- */

/* The GIL of `t` is given up, and the OS thread becomes that of `other`, deep in the same C stack. */
static void switch_to(Thread *t, Thread *other) {
    gil_release(t);
    thread_attach(other);
    other->main_fiber.c_stack_limit = t->fiber->c_stack_limit;
    gil_acquire(other);
}

/* With the other's GIL given up already. */
static void switch_back(Thread *t) {
    thread_resume(t);
    gil_acquire(t);
}

/* Marks it as in use, so that it stays. NULL: exception pending. */
static Entry *reserve(Thread *t, int64_t id) {
    Interpreters *all = interpreters_of(t);
    if (all == NULL) return NULL;
    pthread_mutex_lock(&all->lock);
    Entry *e = find(all, id);
    bool busy = e != NULL ? e->in_use : id == t->runtime->main->id;
    if (e != NULL && !busy) e->in_use = true;
    pthread_mutex_unlock(&all->lock);
    if (busy) err_interpreter(t, "interpreter already running");
    else if (e == NULL) err_not_found(t, id);
    return busy ? NULL : e;
}

Thread *interpreters_enter(Thread *t, int64_t id, Entry **entry) {
    *entry = reserve(t, id);
    if (*entry == NULL) return NULL;
    switch_to(t, (*entry)->thread);
    return (*entry)->thread;
}

/* The last reference may have gone meanwhile. */
static void end_unless_wanted(Thread *t, Entry *e) {
    Interpreters *all = t->runtime->interpreters;
    int64_t id = e->id;
    pthread_mutex_lock(&all->lock);
    e->in_use = false;
    bool ends = e->counted && e->references == 0;
    pthread_mutex_unlock(&all->lock);
    if (ends && !interpreters_destroy(t, id)) err_clear(t); /* another one was faster */
}

void interpreters_leave(Thread *t, Entry *entry) {
    gil_release(entry->thread);
    thread_detach(entry->thread);
    switch_back(t);
    Value error = err_fetch(t);
    end_unless_wanted(t, entry);
    err_restore(t, error);
}

/* --- Beginning and ending -------------------------------------------------------------------------------------------- */

/* __main__, the first entry of sys.path, and site. */
static bool prepare(Thread *new, const Parcel *first_path) {
    Value module = module_new(new, N(new, __main__));
    bool done = !is_null(module) && dict_set(new, new->interp->modules, N(new, __main__), module) &&
                module_add(new, module, "__builtins__", new_ref(new->interp->builtins_module));
    decref_maybe(new, module);
    done = done && interpreters_need_module(new);
    if (done && first_path->kind != PARCEL_EMPTY) {
        Value text = parcel_unpack(new, first_path), path = dict_get_str(new, new->interp->sys_dict, N(new, path));
        done = !is_null(text) && (is_null(path) || !is_list(new, path) || list_insert(new, V_AS(List, path), 0, text));
        new->interp->first_path = text;
    }
    if (!done || new->runtime->config->no_site) return done;
    Value site = import_module(new, "site"), result = is_null(site) ? VNULL : call_method_0(new, site, N(new, main));
    decref_maybe(new, site);
    decref_maybe(new, result);
    return !is_null(result);
}

/* The new interpreter's Thread, without its GIL and run by nobody; NULL: it was said on stderr. */
static Thread *begin(Thread *t, const Parcel *first_path) {
    gil_release(t);
    Thread *new = t->hooks->interp_begin(t->runtime);
    if (new != NULL && !prepare(new, first_path)) {
        err_unraisable(new, "Exception ignored while an interpreter was made", VNULL);
        t->hooks->interp_end(new);
        new = NULL;
    } else if (new != NULL) {
        gil_release(new);
        thread_detach(new);
    }
    switch_back(t);
    return new;
}

int64_t interpreters_create(Thread *t, bool counted) {
    Interpreters *all = interpreters_of(t);
    Parcel path = {.kind = PARCEL_EMPTY};
    if (all == NULL) return -1;
    if (!is_null(t->interp->first_path) && !parcel_pack(t, t->interp->first_path, PARCEL_SHAREABLE, &path)) return -1;
    Entry *e = calloc(1, sizeof *e);
    if (e == NULL) err_no_memory(t);
    else if ((e->thread = begin(t, &path)) == NULL) err_interpreter(t, "interpreter creation failed");
    parcel_free(&path);
    if (err_pending(t)) {
        free(e);
        return -1;
    }
    e->id = e->thread->interp->id;
    e->counted = counted;
    pthread_mutex_lock(&all->lock);
    Entry **end = &all->entries;
    while (*end != NULL) end = &(*end)->next;
    *end = e;
    pthread_mutex_unlock(&all->lock);
    return e->id;
}

static void unlink_entry(Interpreters *all, Entry *e) {
    pthread_mutex_lock(&all->lock);
    Entry **link = &all->entries;
    while (*link != e) link = &(*link)->next;
    *link = e->next;
    pthread_mutex_unlock(&all->lock);
}

/* Of an entry that is reserved. */
static void end(Thread *t, Entry *e) {
    unlink_entry(t->runtime->interpreters, e);
    switch_to(t, e->thread);
    t->hooks->interp_end(e->thread);
    switch_back(t);
    queues_forget_interpreter(t->runtime->interpreters, e->id);
    free(e);
}

bool interpreters_destroy(Thread *t, int64_t id) {
    if (id == t->interp->id) return err_interpreter(t, "cannot destroy the current interpreter");
    Entry *e = reserve(t, id);
    if (e == NULL) {
        if (err_pending(t) && type_of(t, t->pending) == interpreters_state(t)->error) {
            err_clear(t);
            err_interpreter(t, "interpreter running");
        }
        return false;
    }
    end(t, e);
    return true;
}

void interpreters_end_all(Thread *t) {
    Interpreters *all = t->runtime->interpreters;
    if (all == NULL || t->interp != t->runtime->main || all->entries == NULL) return;
    Value text = str_from_cstr(t, "remaining subinterpreters; close them with Interpreter.close()");
    if (is_null(text) || !t->hooks->warn(t, builtin_type(t, T_RuntimeWarning), text, 0)) err_unraisable(t, NULL, VNULL);
    decref_maybe(t, text);
    for (;;) {
        pthread_mutex_lock(&all->lock);
        Entry *e = all->entries;
        while (e != NULL && e->in_use) e = e->next;
        if (e != NULL) e->in_use = true;
        pthread_mutex_unlock(&all->lock);
        if (e == NULL) return; /* what others are inside of goes with the process */
        end(t, e);
    }
}

void interpreters_after_fork(Thread *t) {
    Runtime *r = t->runtime;
    if (r->interpreters == NULL) return;
    for (Interp **link = &r->interps; *link != NULL;) { /* their locks are held by nobody who could give them up */
        if (*link == t->interp) link = &(*link)->next;
        else *link = (*link)->next;
    }
    r->interpreters = NULL;
}

/* --- Questions ---------------------------------------------------------------------------------------------------------- */

bool interpreters_check(Thread *t, int64_t id) {
    if (id == t->runtime->main->id) return true;
    Interpreters *all = interpreters_of(t);
    if (all == NULL) return false;
    pthread_mutex_lock(&all->lock);
    bool found = find(all, id) != NULL;
    pthread_mutex_unlock(&all->lock);
    return found || err_not_found(t, id);
}

int interpreters_is_running(Thread *t, int64_t id) {
    if (!interpreters_check(t, id)) return -1;
    if (id == t->runtime->main->id) return 1;
    Interpreters *all = interpreters_of(t);
    pthread_mutex_lock(&all->lock);
    Entry *e = find(all, id);
    bool running = e != NULL && e->in_use;
    pthread_mutex_unlock(&all->lock);
    return running;
}

bool interpreters_add_reference(Thread *t, int64_t id, int delta) {
    if (!interpreters_check(t, id)) return false;
    Interpreters *all = interpreters_of(t);
    if (all == NULL) return false;
    pthread_mutex_lock(&all->lock);
    Entry *e = find(all, id);
    if (e != NULL) e->references += delta;
    bool ends = e != NULL && delta < 0 && e->counted && e->references <= 0 && !e->in_use;
    if (e != NULL && e->references < 0) e->references = 0;
    pthread_mutex_unlock(&all->lock);
    return !ends || id == t->interp->id || interpreters_destroy(t, id);
}
