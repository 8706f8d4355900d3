/* _ctypes: C function pointers that call Python.
 *
 * A CThunk owns a libffi closure.  It is called from C, with the GIL or without; errors have nowhere to go but to sys.unraisablehook.
 */
#include "core/runtime.h"
#include "modules/ext/_ctypes/ctypes_priv.h"
#include "vm/gil.h"
#include "vm/thread.h"

typedef struct CThunk {
    Object head;
    Value callable, argtypes, restype; /* argtypes: tuple */
    Interp *interp;
    ffi_closure *closure;
    void *code;
    ffi_type **types; /* libc */
    ffi_cif cif;
    uint32_t flags;
} CThunk;

void *thunk_address(Value thunk) { return V_AS(CThunk, thunk)->code; }

/* --- The call --------------------------------------------------------------------------------------------------------------------------------------- */

static Value argument_of(Thread *t, CType *c, const void *memory) {
    if (is_plain_simple(t, c)) return c->simple->get(t, memory, false);
    Value v = data_new(t, c);
    if (!is_null(v)) memcpy(V_AS(CData, v)->memory, memory, (size_t)c->size);
    return v;
}

static void report(Thread *t, const char *what, Value callable) {
    Value error = err_fetch(t), text = str_format(t, "Exception ignored while %s ctypes callback function %R", what, callable), keep = VNULL;
    const char *message = is_null(text) ? NULL : str_utf8(t, text, NULL, &keep);
    if (message == NULL) err_clear(t);
    err_restore(t, error);
    err_unraisable(t, message ? message : "Exception ignored in ctypes callback function", VNULL);
    decref_maybe(t, text);
    decref_maybe(t, keep);
}

/* The result in C's memory; libffi wants small integers widened to a word. */
static bool store_result(Thread *t, CThunk *thunk, Value v, void *result) {
    CType *c = V_AS(CType, thunk->restype);
    CValue value = {.q = 0};
    Value keep = VNULL;
    if (!c->simple->set(t, &value, v, false, &keep)) return false;
    if (c->size < (int64_t)sizeof(ffi_arg) && c->simple->ffi->type != FFI_TYPE_FLOAT) {
        int unused = 64 - 8 * (int)c->size;
        int64_t word = value.q << unused;
        *(ffi_arg *)result = c->simple->is_signed ? (ffi_arg)(word >> unused) : (ffi_arg)((uint64_t)word >> unused);
    } else {
        memcpy(result, &value, (size_t)c->size);
    }
    if (is_null(keep) || c->simple->code == 'O') return true; /* an object's reference goes to the caller */
    if (is_bytes(t, keep)) { /* somebody else owns it, or nobody will */
        if (v_obj(keep)->refs > 1) {
            decref(t, keep);
            return true;
        }
    }
    return warn(t, T_RuntimeWarning, 1, "memory leak in callback function.");
}

static void call_python(Thread *t, CThunk *thunk, void *result, void **values) {
    int64_t n = tuple_len(thunk->argtypes), made = 0;
    Value callable = new_ref(thunk->callable), args[n + 1], answer = VNULL;
    for (; made < n; made++)
        if (is_null(args[made + 1] = argument_of(t, V_AS(CType, tuple_at(thunk->argtypes, made)), values[made]))) break;
    CtypesState *s = ctypes_state(t);
    bool swaps = thunk->flags & FUNCFLAG_USE_ERRNO;
    if (swaps) errno_swap(s);
    if (made == n && stack_check(t, " in a ctypes callback")) answer = call(t, callable, args + 1, (uint32_t)n, VNULL);
    if (swaps) errno_swap(s);
    while (made > 0) decref(t, args[made--]);
    if (is_null(answer)) report(t, "calling", callable);
    else if (!is_none(thunk->restype) && !store_result(t, thunk, answer, result)) report(t, "converting result of", callable);
    decref_maybe(t, answer);
    decref(t, callable);
}

/* libffi's way in. A thread that is not Python's becomes one for the time of the call. */
static void on_call(ffi_cif *cif, void *result, void **values, void *user) {
    CThunk *thunk = user;
    Thread *t = thread_current(thunk->interp->runtime);
    bool guest = t == NULL, take = !guest && !gil_held(t);
    if (cif->rtype != &ffi_type_void) memset(result, 0, cif->rtype->size > sizeof(ffi_arg) ? cif->rtype->size : sizeof(ffi_arg));
    if (guest) {
        t = thread_new(thunk->interp);
        if (t == NULL) return;
        thread_begin(t);
    }
    if (take) gil_acquire(t);
    obj_incref(thunk);
    Value outer = err_fetch(t);
    call_python(t, thunk, result, values);
    err_restore(t, outer);
    obj_decref(t, thunk);
    if (take) gil_release(t);
    if (guest) thread_end(t);
}

/* --- The object -------------------------------------------------------------------------------------------------------------------------------------- */

static bool make_closure(Thread *t, CThunk *thunk) {
    size_t n = (size_t)tuple_len(thunk->argtypes);
    thunk->types = malloc((n + 1) * sizeof *thunk->types);
    thunk->closure = ffi_closure_alloc(sizeof *thunk->closure, &thunk->code);
    if (thunk->types == NULL || thunk->closure == NULL) return err_no_memory_fail(t);
    for (size_t i = 0; i < n; i++) thunk->types[i] = ctype_ffi(V_AS(CType, tuple_at(thunk->argtypes, (int64_t)i)));
    ffi_type *result = is_none(thunk->restype) ? &ffi_type_void : ctype_ffi(V_AS(CType, thunk->restype));
    if (ffi_prep_cif(&thunk->cif, FFI_DEFAULT_ABI, (unsigned)n, result, thunk->types) != FFI_OK) return err_fail(t, T_RuntimeError, "ffi_prep_cif failed");
    if (ffi_prep_closure_loc(thunk->closure, &thunk->cif, on_call, thunk, thunk->code) != FFI_OK)
        return err_fail(t, T_RuntimeError, "ffi_prep_closure failed");
    return true;
}

Value thunk_new(Thread *t, CType *function_type, Value callable) {
    if (is_null(function_type->argtypes)) return err_raise(t, T_TypeError, "cannot construct instance of this class: no argtypes");
    CType *result = is_null(function_type->restype) || is_none(function_type->restype) ? NULL : ctype_of(t, function_type->restype);
    if (!is_null(function_type->restype) && !is_none(function_type->restype) && (result == NULL || result->kind != CK_SIMPLE))
        return err_raise(t, T_TypeError, "invalid result type for callback function");
    for (int64_t i = 0; i < tuple_len(function_type->argtypes); i++) {
        CType *c = ctype_of(t, tuple_at(function_type->argtypes, i));
        if (c == NULL || c->kind == CK_ABSTRACT) return err_raise(t, T_TypeError, "item %ld in _argtypes_ is no C type: a callback cannot take it", (long)i + 1);
    }
    Value v = object_new(t, ctypes_state(t)->thunk);
    if (is_null(v)) return v;
    CThunk *thunk = V_AS(CThunk, v);
    thunk->callable = new_ref(callable);
    thunk->argtypes = new_ref(function_type->argtypes);
    thunk->restype = is_null(function_type->restype) ? V_NONE : new_ref(function_type->restype);
    thunk->interp = t->interp;
    thunk->flags = function_type->function_flags;
    if (make_closure(t, thunk)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void thunk_destroy(Thread *t, Object *self) {
    CThunk *thunk = (CThunk *)self;
    if (thunk->closure) ffi_closure_free(thunk->closure);
    free(thunk->types);
    decref_maybe(t, thunk->callable);
    decref_maybe(t, thunk->argtypes);
    decref_maybe(t, thunk->restype);
}

static int thunk_traverse(Object *self, VisitFn visit, void *context) {
    CThunk *thunk = (CThunk *)self;
    int stop = is_obj(thunk->callable) ? visit(thunk->callable, context) : 0;
    if (!stop) stop = visit(thunk->argtypes, context);
    return stop || !is_obj(thunk->restype) ? stop : visit(thunk->restype, context);
}

/* C may still call it: only the callable goes. */
static void thunk_clear(Thread *t, Object *self) { slot_set(t, &((CThunk *)self)->callable, V_NONE); }

const TypeDef typedef_ctypes_CThunk = {
    .name = "_ctypes.CThunkObject",
    .doc = "CThunkObject",
    .flags = TF_MODULE_NAME | TF_NO_NEW | TF_GC,
    .size = sizeof(CThunk),
    .slots = {.destroy = thunk_destroy, .traverse = thunk_traverse, .clear = thunk_clear},
};
