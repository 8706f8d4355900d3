/* _ctypes: calling C: arguments on their way, libffi, results on their way back. */
#include <errno.h>

#include "modules/ext/_ctypes/ctypes_priv.h"

/* --- errno --------------------------------------------------------------------------------------------------------------------------------------- */

int errno_copy_get(CtypesState *s) { return (int)(intptr_t)pthread_getspecific(s->errno_key); }
void errno_copy_set(CtypesState *s, int value) { pthread_setspecific(s->errno_key, (void *)(intptr_t)value); }

void errno_swap(CtypesState *s) {
    int now = errno, copy = errno_copy_get(s);
    errno_copy_set(s, now);
    errno = copy;
}

/* --- Arguments ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct Argument {
    ffi_type *type;
    void *place;   /* where the value lies */
    CValue value;
    Value keep;    /* owned or VNULL */
} Argument;

static void set_pointer(Argument *a, const void *p) {
    a->type = &ffi_type_pointer;
    a->value.p = (void *)p;
}

/* A CData by value, or by address where C passes it so. */
static bool prepare_data(Thread *t, Value v, Argument *a) {
    CData *d = V_AS(CData, v);
    CType *c = ctype_of_data(t, d);
    a->type = ctype_ffi(c);
    switch (c->kind) {
    case CK_ARRAY: set_pointer(a, d->memory); break;
    case CK_STRUCT: case CK_UNION:
        a->place = d->memory;
        a->type = &c->ffi_own;
        break;
    default: memcpy(&a->value, d->memory, (size_t)c->size);
    }
    a->keep = new_ref(v);
    return true;
}

/* An int as C's int; whatever fits its bits. */
static bool prepare_int(Thread *t, Value v, Argument *a) {
    if (int_bit_length(v) > 32) return err_fail(t, T_OverflowError, "int too long to convert");
    a->type = &ffi_type_sint;
    a->value.i = (int32_t)int_to_u64_mask(v);
    return true;
}

static bool prepare(Thread *t, Value v, int64_t position, Argument *a) {
    a->place = &a->value;
    if (is_none(v)) {
        set_pointer(a, NULL);
        return true;
    }
    if (is_cdata(t, v)) return prepare_data(t, v, a);
    if (type_of(t, v) == ctypes_state(t)->arg) {
        CArg *arg = V_AS(CArg, v);
        a->type = arg->simple ? arg->simple->ffi : &ffi_type_pointer;
        a->value = arg->value;
        a->keep = new_ref(v);
        return true;
    }
    if (is_int(t, v)) return prepare_int(t, v, a);
    if (is_bytes(t, v)) {
        set_pointer(a, V_AS(Bytes, v)->data);
        a->keep = new_ref(v);
        return true;
    }
    if (is_str(t, v)) {
        const SimpleKind *wide = simple_kind('Z');
        a->type = &ffi_type_pointer;
        return wide->set(t, &a->value, v, false, &a->keep);
    }
    Value parameter;
    SendResult found = as_parameter(t, v, &parameter);
    if (found == SEND_RETURN) return err_fail(t, T_TypeError, "Don't know how to convert parameter %ld", (long)position);
    if (found == SEND_ERROR) return false;
    bool done = stack_check(t, " while processing _as_parameter_") && prepare(t, parameter, position, a);
    if (done && is_null(a->keep)) a->keep = parameter;
    else decref(t, parameter);
    return done;
}

/* The pending exception becomes ArgumentError: "argument 1: TypeError: ...". */
static COLD void raise_argument(Thread *t, int64_t position) {
    Value error = err_fetch(t), text = VNULL;
    text = str_format(t, "argument %ld: %N: %S", (long)position, type_of(t, error), error);
    if (!is_null(text)) err_raise_type(t, V_AS(Type, ctypes_state(t)->argument_error), "%U", text);
    decref_maybe(t, text);
    decref(t, error);
}

/* Through the converter of its place, if there is one. */
static bool convert(Thread *t, const CallPlan *plan, Value *args, uint32_t i, Argument *a) {
    if (is_null(plan->converters) || i >= (uint32_t)tuple_len(plan->converters)) {
        if (prepare(t, args[i], i + 1, a)) return true;
        raise_argument(t, i + 1);
        return false;
    }
    Value converted = call_1(t, tuple_at(plan->converters, i), args[i]);
    bool done = !is_null(converted) && prepare(t, converted, i + 1, a);
    if (done && is_null(a->keep)) a->keep = converted;
    else decref_maybe(t, converted);
    if (!done) raise_argument(t, i + 1);
    return done;
}

/* --- Results --------------------------------------------------------------------------------------------------------------------------------------- */

static Value checked(Thread *t, const CallPlan *plan, Value v) {
    if (is_null(v) || is_null(plan->checker)) return v;
    Value answer = call_1(t, plan->checker, v);
    decref(t, v);
    return answer;
}

static Value result_of(Thread *t, const CallPlan *plan, void *memory) {
    if (is_null(plan->restype)) return int_from_i64(t, *(int *)memory);
    if (is_none(plan->restype)) return V_NONE;
    CType *c = ctype_of(t, plan->restype);
    if (c == NULL || c->kind == CK_ABSTRACT) return call_1(t, plan->restype, int_from_i64(t, *(int *)memory));
    if (is_plain_simple(t, c) || (c->kind == CK_SIMPLE && c->simple->code == 'O')) {
        Value v = c->simple->get(t, memory, false);
        if (c->simple->code == 'O' && !is_null(v)) decref(t, v); /* the function gave us its reference */
        return checked(t, plan, v);
    }
    Value v = data_new(t, c);
    if (is_null(v)) return v;
    memcpy(V_AS(CData, v)->memory, memory, (size_t)c->size);
    return checked(t, plan, v);
}

static ffi_type *result_type(Thread *t, const CallPlan *plan) {
    if (is_null(plan->restype)) return &ffi_type_sint;
    if (is_none(plan->restype)) return &ffi_type_void;
    CType *c = ctype_of(t, plan->restype);
    return c == NULL || c->kind == CK_ABSTRACT ? &ffi_type_sint : ctype_ffi(c);
}

/* --- Calls ------------------------------------------------------------------------------------------------------------------------------------------ */

static bool invoke(Thread *t, const CallPlan *plan, Argument *arguments, uint32_t n, ffi_type **types, void **places, ffi_type *result, void *memory) {
    for (uint32_t i = 0; i < n; i++) {
        types[i] = arguments[i].type;
        places[i] = arguments[i].place;
    }
    ffi_cif cif;
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, n, result, types) != FFI_OK) return err_fail(t, T_RuntimeError, "ffi_prep_cif failed");
    CtypesState *s = ctypes_state(t);
    bool holds = plan->flags & FUNCFLAG_PYTHONAPI, swaps = plan->flags & FUNCFLAG_USE_ERRNO;
    if (!holds) gil_release(t);
    if (swaps) errno_swap(s);
    ffi_call(&cif, FFI_FN(plan->address), memory, places);
    if (swaps) errno_swap(s);
    if (!holds) gil_acquire(t);
    return !holds || !err_pending(t);
}

enum { MOST_ARGUMENTS = 1024, FEW_ARGUMENTS = 8, FEW_BYTES = 64 };

Value ctypes_call(Thread *t, const CallPlan *plan, Value *args, uint32_t nargs) {
    if (nargs > MOST_ARGUMENTS)
        return err_raise_type(t, V_AS(Type, ctypes_state(t)->argument_error), "too many arguments (%u), maximum is %d", nargs, MOST_ARGUMENTS);
    typedef struct Room { Argument argument; ffi_type *type; void *place; } Room;
    char few[FEW_ARGUMENTS * sizeof(Room)] __attribute__((aligned(16))), small[FEW_BYTES] __attribute__((aligned(16)));
    ffi_type *result = result_type(t, plan);
    size_t bytes = nargs * sizeof(Room), needed = result->size;
    char *room = nargs <= FEW_ARGUMENTS ? few : malloc(bytes), *memory = needed <= sizeof small ? small : malloc(needed);
    Value v = VNULL;
    uint32_t made = 0;
    if (room == NULL || memory == NULL) {
        err_no_memory(t);
        goto done;
    }
    memset(room, 0, bytes);
    memset(memory, 0, needed <= sizeof small ? sizeof small : needed);
    Argument *arguments = (Argument *)room;
    ffi_type **types = (ffi_type **)(arguments + nargs);
    void **places = (void **)(types + nargs);
    while (made < nargs && convert(t, plan, args, made, &arguments[made])) made++;
    if (made == nargs && invoke(t, plan, arguments, nargs, types, places, result, memory)) v = result_of(t, plan, memory);
    for (uint32_t i = 0; i < (made < nargs ? made + 1 : made); i++) decref_maybe(t, arguments[i].keep);
done:
    if (room != few) free(room);
    if (memory != small) free(memory);
    return v;
}
