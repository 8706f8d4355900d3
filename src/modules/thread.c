/* The module _thread: starting threads, handles to join them, the hook for their exceptions.
 *
 * OS threads are detached; joining waits for the handle's state, which the thread sets as its last act with the GIL.
 */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "modules/sys.h"
#include "modules/thread_lock.h"
#include "object/fs_text.h"
#include "object/instance.h"
#include "vm/gil.h"
#include "vm/thread.h"

enum HandleState { HANDLE_NEW, HANDLE_STARTING, HANDLE_RUNNING, HANDLE_DONE };

typedef struct ThreadHandle {
    Object head;
    WaitLine line;    /* who joins it */
    uint64_t id;
    uint8_t state;
    void *ext;
    struct ThreadHandle *previous, *next; /* of all that live: ThreadState.handles */
} ThreadHandle;

static struct ThreadState *state_of(Thread *t) { return MODULE_STATE(t, thread, struct ThreadState); }

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- Handles ----------------------------------------------------------------------------------------------------------------------- */

static ThreadHandle *handle_new(Thread *t) {
    ThreadHandle *h = heap_object(t, SHAPE_thread_handle, sizeof *h);
    if (h == NULL) return NULL;
    h->line = (WaitLine){NULL, NULL};
    h->id = 0;
    h->state = HANDLE_NEW;
    h->ext = NULL;
    h->previous = NULL;
    h->next = state_of(t)->handles;
    if (h->next != NULL) h->next->previous = h;
    state_of(t)->handles = h;
    return h;
}

static void handle_destroy(Thread *t, Object *o) {
    ThreadHandle *h = (ThreadHandle *)o;
    if (h->next != NULL) h->next->previous = h->previous;
    if (h->previous != NULL) h->previous->next = h->next;
    else if (state_of(t) != NULL) state_of(t)->handles = h->next;
}

void thread_handles_after_fork(Thread *t) {
    if (state_of(t) == NULL) return;
    for (ThreadHandle *h = state_of(t)->handles; h != NULL; h = h->next) {
        if (h->id == t->id || h->state == HANDLE_NEW) continue;
        h->state = HANDLE_DONE;
        h->line = (WaitLine){NULL, NULL}; /* nobody of those who waited is here */
    }
}

static void handle_done(Thread *t, ThreadHandle *h) {
    h->state = HANDLE_DONE;
    wait_line_wake_all(&h->line);
    Value list = state_of(t)->shutdown_handles;
    for (int64_t i = 0; i < list_len(list); i++) {
        if (!same(list_at(list, i), v_from(h))) continue;
        list_delete(t, V_AS(List, list), i, i + 1);
        return;
    }
}

static bool handle_join(Thread *t, ThreadHandle *h, int64_t deadline) {
    if (h->state == HANDLE_NEW || h->state == HANDLE_STARTING) return err_fail(t, T_RuntimeError, "thread not started");
    if (h->state == HANDLE_RUNNING && h->id == t->id) return err_fail(t, T_RuntimeError, "Cannot join current thread");
    if (h->state != HANDLE_DONE && t->interp->finalizing) return err_fail(t, T_PythonFinalizationError, "cannot join thread at interpreter shutdown");
    obj_incref(h);
    bool ok = true;
    while (ok && h->state != HANDLE_DONE) {
        WaitResult r = wait_line_wait(t, &h->line, deadline);
        if (r == WAIT_TIMEOUT) break;
        ok = r == WAIT_DONE;
    }
    obj_decref(t, h);
    return ok;
}

METHOD(handle_join_method) {
    int64_t deadline;
    if (!deadline_from(t, args[1], &deadline)) return VNULL;
    return handle_join(t, V_AS(ThreadHandle, args[0]), deadline) ? V_NONE : VNULL;
}
METHOD(handle_is_done) { return v_bool(V_AS(ThreadHandle, args[0])->state == HANDLE_DONE); }
METHOD(handle_set_done) {
    ThreadHandle *h = V_AS(ThreadHandle, args[0]);
    if (h->state == HANDLE_NEW || h->state == HANDLE_STARTING) return err_raise(t, T_RuntimeError, "thread not started");
    handle_done(t, h);
    return V_NONE;
}
static Value handle_ident(Thread *t, Value self, void *closure) { return int_from_u64(t, V_AS(ThreadHandle, self)->id); }
static Value handle_repr(Thread *t, Value self) {
    return str_format(t, "<_ThreadHandle object: ident=%lu>", (unsigned long)V_AS(ThreadHandle, self)->id);
}
static Value handle_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) { return v_from(handle_new(t)); }

static const MethodDef handle_methods[] = {
    {"join", "($self, timeout=None, /)", "Wait until the thread has ended.", handle_join_method},
    {"is_done", "($self, /)", "Whether the thread has ended.", handle_is_done},
    {"_set_done", "($self, /)", "Mark the thread as ended.", handle_set_done},
    {NULL},
};
static const GetSetDef handle_getsets[] = {{"ident", handle_ident, NULL, "The thread's identifier."}, {NULL}};
const TypeDef typedef_thread_handle = {
    .name = "_thread._ThreadHandle",
    .flags = TF_IMMUTABLE | TF_WEAKREF | TF_EXT,
    .size = sizeof(ThreadHandle),
    .ext_offset = offsetof(ThreadHandle, ext),
    .methods = handle_methods,
    .getsets = handle_getsets,
    .slots = {.new = handle_make, .repr = handle_repr, .destroy = handle_destroy},
};

/* --- Starting --------------------------------------------------------------------------------------------------------------------------- */

/* What a new thread is given; libc's memory, since it crosses threads. The values are owned. */
typedef struct Start {
    Thread *thread;
    Value function, args, kwargs; /* kwargs VNULL: none */
    ThreadHandle *handle;
} Start;

/* `threading.Thread.start` waits until the new thread has set the event `_started`. A thread that ended before that, for want of memory,
 * sets it now, or who started it would wait for ever. */
static void tell_starter(Thread *t, Value function) {
    Value thread = attr_get_cstr(t, function, "__self__"), started = is_null(thread) ? VNULL : attr_get_cstr(t, thread, "_started");
    Value done = is_null(started) ? VNULL : call_method_0(t, started, N(t, set));
    if (is_null(done)) err_clear(t); /* it was not started by threading */
    decref_maybe(t, done);
    decref_maybe(t, started);
    decref_maybe(t, thread);
}

static void *thread_main(void *data) {
    Start s = *(Start *)data;
    free(data);
    Thread *t = s.thread;
    thread_begin(t);
    s.handle->id = t->id;
    if (s.handle->state == HANDLE_STARTING) s.handle->state = HANDLE_RUNNING;
    state_of(t)->count++;
    Value r = call_tuple(t, s.function, s.args, s.kwargs);
    if (is_null(r) && !err_catch(t, T_SystemExit)) {
        Value text = VNULL, keep = VNULL, error = err_fetch(t);
        text = str_format(t, "Exception ignored in thread started by %R", s.function);
        const char *message = is_null(text) ? NULL : str_cstr(t, text, &keep);
        if (message == NULL) err_clear(t);
        err_restore(t, error);
        err_unraisable(t, message, VNULL);
        decref_maybe(t, text);
        decref_maybe(t, keep);
        tell_starter(t, s.function);
    }
    decref_maybe(t, r);
    decref(t, s.function);
    decref(t, s.args);
    decref_maybe(t, s.kwargs);
    slot_clear(t, &t->locals); /* before those who join go on */
    state_of(t)->count--;
    handle_done(t, s.handle);
    obj_decref(t, s.handle);
    thread_end(t);
    return NULL;
}

/* All borrowed. The thread's identifier is in the handle. */
static bool start(Thread *t, Value function, Value args, Value kwargs, ThreadHandle *handle, bool daemon) {
    struct ThreadState *state = state_of(t);
    if (t->interp->finalizing) return err_fail(t, T_PythonFinalizationError, "can't create new thread at interpreter shutdown");
    Start *s = malloc(sizeof *s);
    Thread *new = s == NULL ? NULL : thread_new(t->interp);
    if (new == NULL) {
        free(s);
        return err_no_memory_fail(t);
    }
    *s = (Start){new, new_ref(function), new_ref(args), new_ref_maybe(kwargs), handle};
    obj_incref(handle);
    handle->state = HANDLE_STARTING;
    if (!daemon && !list_append(t, V_AS(List, state->shutdown_handles), v_from(handle))) err_clear(t);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (state->stack_size) pthread_attr_setstacksize(&attributes, state->stack_size);
    pthread_t id;
    int error = pthread_create(&id, &attributes, thread_main, s);
    if (error == EAGAIN && malloc_trim(0)) error = pthread_create(&id, &attributes, thread_main, s); /* libc had kept the room of its stack */
    pthread_attr_destroy(&attributes);
    if (error == 0) {
        handle->id = (uint64_t)id;
        handle->state = HANDLE_RUNNING;
        return true;
    }
    decref(t, s->function);
    decref(t, s->args);
    decref_maybe(t, s->kwargs);
    free(s);
    handle_done(t, handle);
    handle->state = HANDLE_NEW;
    obj_decref(t, handle);
    thread_discard(new);
    return err_fail(t, T_RuntimeError, "can't start new thread");
}

METHOD(thread_start_new_thread) {
    if (!is_callable(t, args[0])) return err_raise(t, T_TypeError, "first arg must be callable");
    if (!is_tuple(t, args[1])) return err_raise(t, T_TypeError, "2nd arg must be a tuple");
    if (!is_null(args[2]) && !is_dict(t, args[2])) return err_raise(t, T_TypeError, "optional 3rd arg must be a dictionary");
    if (!sys_audit_values(t, "_thread.start_new_thread", 3, args[0], args[1], args[2])) return VNULL;
    ThreadHandle *h = handle_new(t);
    if (h == NULL) return VNULL;
    Value id = start(t, args[0], args[1], args[2], h, true) ? int_from_u64(t, h->id) : VNULL;
    obj_decref(t, h);
    return id;
}

METHOD(thread_start_joinable_thread) {
    if (!is_callable(t, args[0])) return err_raise(t, T_TypeError, "thread function must be callable");
    ThreadHandle *h;
    int daemon = is_null(args[2]) ? 1 : truth(t, args[2]);
    if (daemon < 0) return VNULL;
    if (!is_null(args[1]) && !is_none(args[1]) && !IS_EXACT(args[1], thread_handle)) return err_raise(t, T_TypeError, "'handle' must be a _ThreadHandle");
    if (!sys_audit_values(t, "_thread.start_joinable_thread", 3, args[0], v_smallint(daemon), args[1])) return VNULL;
    if (is_null(args[1]) || is_none(args[1])) {
        h = handle_new(t);
        if (h == NULL) return VNULL;
    } else {
        h = V_AS(ThreadHandle, args[1]);
        obj_incref(h);
    }
    if (h->state != HANDLE_NEW) err_raise(t, T_RuntimeError, "thread already started");
    else if (start(t, args[0], t->interp->empty_tuple, VNULL, h, daemon)) return v_from(h);
    obj_decref(t, h);
    return VNULL;
}

METHOD(thread_shutdown) {
    Value list = state_of(t)->shutdown_handles;
    for (int64_t n; (n = list_len(list)) > 0;) {
        ThreadHandle *h = V_AS(ThreadHandle, list_at(list, n - 1));
        if (h->id == t->id) {
            list_delete(t, V_AS(List, list), n - 1, n);
            continue;
        }
        if (!handle_join(t, h, -1)) err_unraisable(t, "Exception ignored while joining a thread in _thread._shutdown()", VNULL);
    }
    return V_NONE;
}

METHOD(thread_make_thread_handle) {
    uint64_t id;
    if (!is_int(t, args[0])) return err_raise(t, T_TypeError, "ident must be an integer");
    if (!int_to_u64(t, args[0], &id)) return VNULL;
    ThreadHandle *h = handle_new(t);
    if (h == NULL) return VNULL;
    h->id = id;
    h->state = HANDLE_RUNNING;
    return v_from(h);
}

/* --- Plain functions -------------------------------------------------------------------------------------------------------------------- */

METHOD(thread_allocate_lock) { return lock_new(t); }
METHOD(thread_get_ident) { return int_from_u64(t, t->id); }
METHOD(thread_get_native_id) { return v_smallint(syscall(SYS_gettid)); }
METHOD(thread_count) { return v_smallint(state_of(t)->count); }
METHOD(thread_main_ident) { return int_from_u64(t, t->interp->main_thread->id); }
METHOD(thread_is_main_interpreter) { return v_bool(t->interp == t->runtime->main); }
METHOD(thread_daemon_allowed) { return v_bool(t->interp == t->runtime->main); }
METHOD(thread_exit) { return err_raise_value(t, v_from(builtin_type(t, T_SystemExit))); }

METHOD(thread_stack_size) {
    struct ThreadState *state = state_of(t);
    int64_t size = 0, before = (int64_t)state->stack_size;
    if (!is_null(args[0]) && !arg_i64(t, args[0], &size)) return VNULL;
    if (size < 0) return err_raise(t, T_ValueError, "size must be 0 or a positive value");
    if (!is_null(args[0])) {
        if (size != 0 && size < 32768) return err_raise(t, T_ValueError, "size not valid: %ld bytes", (long)size);
        state->stack_size = size == 0 ? 0 : size < PTHREAD_STACK_MIN + 131072 ? PTHREAD_STACK_MIN + 131072 : (size_t)size;
    }
    return v_smallint(before);
}

METHOD(thread_interrupt_main) {
    int32_t number = SIGINT;
    if (!is_null(args[0]) && !arg_i32(t, args[0], &number)) return VNULL;
    if (number < 1 || number > 64) return err_raise(t, T_ValueError, "signal number out of range");
    Runtime *r = t->runtime;
    r->signal_flags[number] = 1;
    r->signals_pending = 1;
    breaker_set(t->interp->main_thread, BREAK_SIGNAL);
    /* The main thread itself is interrupted here, not at some later instruction. */
    return t != t->interp->main_thread || signals_check(t) ? V_NONE : VNULL;
}

METHOD(thread_set_name) {
    if (!arg_str(t, args[0], "set_name", "name")) return VNULL;
    Value bytes = t->hooks->encode(t, args[0], "utf-8", "replace");
    if (is_null(bytes)) return VNULL;
    char name[16];
    snprintf(name, sizeof name, "%s", V_AS(Bytes, bytes)->data); /* cut where it is, as the system's limit has it */
    decref(t, bytes);
    int error = pthread_setname_np(pthread_self(), name);
    return error ? err_raise_errno(t, error, VNULL, VNULL) : V_NONE;
}

METHOD(thread_get_name) {
    char name[16];
    int error = pthread_getname_np(pthread_self(), name, sizeof name);
    if (error) return err_raise_errno(t, error, VNULL, VNULL);
    return fs_decode_cstr(t, name);
}

/* sys.excepthook of threads: args is an ExceptHookArgs (exc_type, exc_value, exc_traceback, thread). */
METHOD(thread_excepthook) {
    if (type_of(t, args[0]) != state_of(t)->excepthook_args) return err_raise(t, T_TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
    Value type = tuple_at(args[0], 0), value = tuple_at(args[0], 1), traceback = tuple_at(args[0], 2), thread = tuple_at(args[0], 3);
    if (same(type, v_from(builtin_type(t, T_SystemExit)))) return V_NONE;
    Value file = dict_get_str(t, t->interp->sys_dict, N(t, stderr));
    if (is_null(file) || is_none(file)) {
        if (is_none(thread)) return V_NONE;
        file = attr_get_cstr(t, thread, "_stderr");
        if (is_null(file)) return VNULL;
        if (is_none(file)) return V_NONE;
    } else {
        incref(file);
    }
    Value name = is_none(thread) ? VNULL : attr_get_maybe(t, thread, N(t, name)), text, r = VNULL, module = VNULL, print = VNULL;
    err_clear(t);
    text = is_null(name) ? str_format(t, "Exception in thread %lu:\n", (unsigned long)t->id) : str_format(t, "Exception in thread %S:\n", name);
    if (is_null(text)) goto done;
    r = call_method_1(t, file, N(t, write), text);
    if (is_null(r)) goto done;
    decref(t, r);
    r = VNULL;
    module = t->hooks->import(t, "traceback");
    if (is_null(module)) goto done;
    print = attr_get_cstr(t, module, "print_exception");
    if (is_null(print)) goto done;
    Value window[] = {VNULL, type, is_none(value) ? V_NONE : value, traceback, V_NONE, file};
    r = call(t, print, window + 1, 5, VNULL);
    if (is_null(r)) goto done;
    decref(t, r);
    r = call_method_0(t, file, N(t, flush));
done:
    decref_maybe(t, name);
    decref_maybe(t, text);
    decref_maybe(t, module);
    decref_maybe(t, print);
    decref(t, file);
    decref_maybe(t, r);
    return err_pending(t) ? VNULL : V_NONE;
}

static const MethodDef functions[] = {
    {"start_new_thread", "($module, function, args, kwargs={}, /)", "Start a new thread that calls function(*args, **kwargs); answers its identifier.", thread_start_new_thread},
    {"start_new", "($module, function, args, kwargs={}, /)", "An obsolete synonym of start_new_thread().", thread_start_new_thread},
    {"start_joinable_thread", "($module, /, function, handle=None, daemon=True)", "For internal use only: start a new thread and answer its handle.", thread_start_joinable_thread},
    {"daemon_threads_allowed", "($module, /)", "Return True if daemon threads are allowed in the current interpreter,\nand False otherwise.", thread_daemon_allowed},
    {"allocate_lock", "($module, /)", "Create a new lock object.", thread_allocate_lock},
    {"allocate", "($module, /)", "An obsolete synonym of allocate_lock().", thread_allocate_lock},
    {"exit_thread", "($module, /)", "An obsolete synonym of exit().", thread_exit},
    {"exit", "($module, /)", "End the thread by raising SystemExit.", thread_exit},
    {"interrupt_main", "($module, signum=<unrepresentable>, /)", "Simulate the arrival of a signal in the main thread.", thread_interrupt_main},
    {"get_ident", "($module, /)", "A number that no other living thread has.", thread_get_ident},
    {"get_native_id", "($module, /)", "The number by which the operating system knows the thread.", thread_get_native_id},
    {"_count", "($module, /)", "How many threads were started by this module and have not ended.", thread_count},
    {"stack_size", "($module, size=0, /)", "Set the stack size of threads to come; answers the one before.", thread_stack_size},
    {"_excepthook", "($module, exc_info, /)", "Show the exception that a thread ended with.", thread_excepthook},
    {"_is_main_interpreter", "($module, /)", "Whether this is the main interpreter.", thread_is_main_interpreter},
    {"_shutdown", "($module, /)", "Wait for all threads that are no daemons.", thread_shutdown},
    {"_make_thread_handle", "($module, ident, /)", "A handle for a thread that runs already.", thread_make_thread_handle},
    {"_get_main_thread_ident", "($module, /)", "The identifier of the main thread.", thread_main_ident},
    {"_get_name", "($module, /)", "Get the name of the current thread.", thread_get_name},
    {"set_name", "($module, /, name)", "Set the name of the thread as the operating system shows it.", thread_set_name},
    {NULL},
};

static const StructSeqField hook_fields[] = {{"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"},
                                             {"thread", "Thread"}, {NULL}};
static const StructSeqDef hook_def = {"_thread._ExceptHookArgs", "Type used to pass arguments to threading.excepthook.", hook_fields, 4};

static bool thread_exec(Thread *t, Value module) {
    struct ThreadState *state = module_state(module);
    t->interp->module_state[MODULE_thread] = state;
    state->shutdown_handles = list_new(t, 0);
    if (is_null(state->shutdown_handles) || !thread_local_init(t, state)) return false;
    state->excepthook_args = structseq_type(t, &hook_def);
    if (state->excepthook_args == NULL || !module_add(t, module, "_ExceptHookArgs", ref_of(state->excepthook_args))) return false;
    return module_add_type(t, module, T_lock, &typedef_lock) && module_add_type(t, module, T_RLock, &typedef_RLock) &&
           module_add_type(t, module, T_thread_local, &typedef_thread_local) && module_add_type(t, module, T_thread_handle, &typedef_thread_handle) &&
           module_add(t, module, "LockType", ref_of(builtin_type(t, T_lock))) &&
           module_add(t, module, "error", ref_of(builtin_type(t, T_RuntimeError))) &&
           module_add(t, module, "TIMEOUT_MAX", float_from_double(t, 9223372036.0)) && module_add_int(t, module, "_NAME_MAXLEN", 15);
}

static int thread_traverse(void *data, VisitFn visit, void *context) {
    struct ThreadState *state = data;
    return is_null(state->shutdown_handles) ? 0 : visit(state->shutdown_handles, context);
}

const ModuleDef module_thread = {
    .name = "_thread",
    .doc = "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    .functions = functions,
    .state_size = sizeof(struct ThreadState),
    .exec = thread_exec,
    .traverse = thread_traverse,
};
