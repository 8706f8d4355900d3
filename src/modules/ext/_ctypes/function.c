/* _ctypes: CFuncPtr: foreign functions and callbacks as objects: prototypes, parameter flags, calls. */
#include "modules/ext/_ctypes/ctypes_priv.h"
#include "modules/sys.h"

/* --- Prototypes ----------------------------------------------------------------------------------------------------------------------------------- */

Value converters_of(Thread *t, Value argtypes) {
    if (!is_tuple(t, argtypes)) return err_raise(t, T_TypeError, "_argtypes_ must be a sequence of types");
    int64_t n = tuple_len(argtypes);
    if (n > 1024) return err_raise_type(t, V_AS(Type, ctypes_state(t)->argument_error), "_argtypes_ has too many arguments (%zd), maximum is 1024", (size_t)n);
    Value converters = tuple_new(t, n), name = str_intern_cstr(t, "from_param");
    for (int64_t i = 0; i < n && !is_null(converters); i++) {
        CType *c = ctype_of(t, tuple_at(argtypes, i));
        Value converter = VNULL;
        if (c && (c->kind == CK_STRUCT || c->kind == CK_UNION) && c->flags & CT_HAS_UNION)
            err_raise(t, T_TypeError, "item %ld in _argtypes_ passes a union by value, which is unsupported.", (long)i + 1);
        else if (c && c->kind == CK_STRUCT && c->flags & CT_HAS_BITFIELD)
            err_raise(t, T_TypeError, "item %ld in _argtypes_ passes a struct/union with a bitfield by value, which is unsupported.", (long)i + 1);
        else if (is_null(converter = attr_get_maybe(t, tuple_at(argtypes, i), name)) && !err_pending(t))
            err_raise(t, T_TypeError, "item %ld in _argtypes_ has no from_param method", (long)i + 1);
        V_AS(Tuple, converters)->items[i] = converter;
        if (is_null(converter)) slot_clear(t, &converters);
    }
    decref_maybe(t, name);
    return is_null(converters) || n == 0 ? converters : tuple_done(t, converters);
}

bool restype_check(Thread *t, Value restype, Value *checker) {
    *checker = VNULL;
    if (is_none(restype)) return true;
    if (ctype_of(t, restype) == NULL && !is_callable(t, restype)) return err_fail(t, T_TypeError, "restype must be a type, a callable, or None");
    Value name = str_intern_cstr(t, "_check_retval_");
    if (is_null(name)) return false;
    *checker = attr_get_maybe(t, restype, name);
    decref(t, name);
    return !err_pending(t);
}

/* --- Classes ---------------------------------------------------------------------------------------------------------------------------------------- */

bool function_class_init(Thread *t, CType *c) {
    c->kind = CK_FUNCTION;
    c->size = sizeof(void *);
    c->align = ffi_type_pointer.alignment;
    c->flags |= CT_HAS_POINTER;
    if (!ctype_set_format(t, c, "X{}")) return false;
    Value flags = ctype_attribute(t, c, "_flags_");
    if (err_pending(t)) return false;
    if (is_null(flags) || !is_int(t, flags)) {
        decref_maybe(t, flags);
        return err_fail(t, T_TypeError, "class must define _flags_ which must be an integer");
    }
    c->function_flags = (uint32_t)int_to_u64_mask(flags);
    decref(t, flags);
    Value argtypes = ctype_attribute(t, c, "_argtypes_");
    if (!is_null(argtypes)) {
        slot_set(t, &c->argtypes, argtypes);
        slot_set(t, &c->converters, converters_of(t, argtypes));
        if (is_null(c->converters)) return false;
    }
    if (err_pending(t)) return false;
    Value restype = ctype_attribute(t, c, "_restype_");
    if (!is_null(restype)) {
        Value checker;
        if (!is_none(restype) && ctype_of(t, restype) == NULL && !is_callable(t, restype)) {
            decref(t, restype);
            return err_fail(t, T_TypeError, "_restype_ must be a type, a callable, or None");
        }
        slot_set(t, &c->restype, restype);
        if (!restype_check(t, restype, &checker)) return false;
        slot_set(t, &c->checker, checker);
    }
    return !err_pending(t);
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------------------------ */

/* paramflags: for each parameter (flag[, name[, default]]). */
static bool paramflags_check(Thread *t, Value argtypes, Value flags) {
    if (!is_tuple(t, flags)) return err_fail(t, T_TypeError, "paramflags must be a tuple or None");
    if (is_null(argtypes)) return err_fail(t, T_ValueError, "abstract class or missing argtypes");
    if (tuple_len(flags) != tuple_len(argtypes)) return err_fail(t, T_ValueError, "paramflags must have the same length as argtypes");
    for (int64_t i = 0; i < tuple_len(flags); i++) {
        Value item = tuple_at(flags, i);
        bool good = is_tuple(t, item) && tuple_len(item) >= 1 && tuple_len(item) <= 3 && is_int(t, tuple_at(item, 0)) &&
                    (tuple_len(item) < 2 || is_str(t, tuple_at(item, 1)) || is_none(tuple_at(item, 1)));
        if (!good) return err_fail(t, T_TypeError, "paramflags must be a sequence of (int [,string [,value]]) tuples");
        int64_t flag = int_clamp_i64(tuple_at(item, 0));
        CType *type = ctype_of(t, tuple_at(argtypes, i));
        switch (flag & 15) {
        case 0: case 1: case 3: case 4: case 5: break;
        case 2:
            if (type && (type->kind == CK_POINTER || type->kind == CK_ARRAY || (type->kind == CK_SIMPLE && strchr("PzZ", type->simple->code)))) break;
            return err_fail(t, T_TypeError, "'out' parameter %ld must be a pointer type, not %N", (long)i + 1, V_AS(Type, tuple_at(argtypes, i)));
        default: return err_fail(t, T_TypeError, "paramflag value %ld not supported", (long)flag);
        }
    }
    return true;
}

static Value with_address(Thread *t, CType *c, void *address) {
    Value v = data_new(t, c);
    if (!is_null(v)) memcpy(V_AS(CData, v)->memory, &address, sizeof address);
    return v;
}

/* F((name, library)[, paramflags]) */
static Value from_library(Thread *t, CType *c, Value *args, uint32_t nargs) {
    Value pair = args[0], flags = nargs > 1 ? args[1] : V_NONE;
    if (!call_arity(t, "CFuncPtr", nargs, 1, 2)) return VNULL;
    if (tuple_len(pair) != 2) return err_raise(t, T_TypeError, "argument 1 must be sequence of length 2, not %zd", (size_t)tuple_len(pair));
    Value name = tuple_at(pair, 0), library = tuple_at(pair, 1);
    Value audit = tuple_of(t, 2, library, name);
    if (is_null(audit) || !sys_audit_event(t, "ctypes.dlsym", audit)) return VNULL;
    Value handle = attr_get_cstr(t, library, "_handle");
    if (is_null(handle)) return VNULL;
    if (!is_int(t, handle)) {
        decref(t, handle);
        return err_raise(t, T_TypeError, "the _handle attribute of the second argument must be an integer");
    }
    void *address = library_symbol(t, (void *)int_to_u64_mask(handle), name);
    decref(t, handle);
    if (address == NULL || (!is_none(flags) && !paramflags_check(t, c->argtypes, flags))) return VNULL;
    Value v = with_address(t, c, address);
    if (is_null(v)) return v;
    if (!is_none(flags)) V_AS(ForeignFunction, v)->paramflags = new_ref(flags);
    if (data_keep(t, V_AS(CData, v), 0, new_ref(library))) return v;
    decref(t, v);
    return VNULL;
}

static Value from_callable(Thread *t, CType *c, Value callable) {
    Value thunk = thunk_new(t, c, callable), v = is_null(thunk) ? VNULL : with_address(t, c, thunk_address(thunk));
    if (is_null(v)) {
        decref_maybe(t, thunk);
        return VNULL;
    }
    V_AS(ForeignFunction, v)->thunk = new_ref(thunk);
    V_AS(ForeignFunction, v)->callable = new_ref(callable);
    if (data_keep(t, V_AS(CData, v), 0, thunk)) return v;
    decref(t, v);
    return VNULL;
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    CType *c = ctype_concrete(t, type);
    if (c == NULL) return VNULL;
    if (nargs == 0) return data_new(t, c);
    if (is_tuple(t, args[0])) return from_library(t, c, args, nargs);
    if (nargs == 1 && is_int(t, args[0])) return with_address(t, c, (void *)int_to_u64_mask(args[0]));
    if (!is_callable(t, args[0])) return err_raise(t, T_TypeError, "argument must be callable or integer function address");
    if (nargs > 1 || (!is_null(kwnames) && tuple_len(kwnames) > 0)) return err_raise(t, T_TypeError, "CFuncPtr expected 1 argument, got %u", nargs);
    return from_callable(t, c, args[0]);
}

/* --- Calls with parameter flags -------------------------------------------------------------------------------------------------------------------------- */

enum { PARAM_IN = 1, PARAM_OUT = 2, PARAM_LCID = 4 };

/* A call's arguments made of what was given and of paramflags. */
typedef struct FlaggedCall {
    Value *given, *made;   /* made: owned, one for each parameter */
    uint32_t nargs, used, named;
    Value kwnames;
    uint64_t out, inout;   /* bits: which are results */
    int results;
} FlaggedCall;

/* The argument for the parameter `name` (or None), else its default: owned. */
static Value take_argument(Thread *t, FlaggedCall *f, int64_t i, Value name, Value fallback) {
    if (f->used < f->nargs) return new_ref(f->given[f->used++]);
    for (int64_t k = 0; !is_none(name) && !is_null(f->kwnames) && k < tuple_len(f->kwnames); k++) {
        if (equal(t, tuple_at(f->kwnames, k), name) != 1) continue;
        f->named++;
        return new_ref(f->given[f->nargs + k]);
    }
    if (!is_null(fallback)) return new_ref(fallback);
    if (!is_none(name)) return err_raise(t, T_TypeError, "required argument '%S' missing", name);
    return err_raise(t, T_TypeError, "not enough arguments");
}

/* A fresh object for a result. */
static Value make_output(Thread *t, Value argtype, Value fallback) {
    if (!is_null(fallback)) return new_ref(fallback);
    CType *c = ctype_of(t, argtype);
    if (c->kind == CK_ARRAY) return call_0(t, argtype);
    if (is_null(c->proto) || c->kind != CK_POINTER) return err_raise(t, T_TypeError, "%N 'out' parameter must be passed as default value", &c->type);
    return call_0(t, c->proto);
}

static bool fill_parameters(Thread *t, ForeignFunction *f, CType *c, FlaggedCall *call) {
    Value argtypes = is_null(f->argtypes) ? c->argtypes : f->argtypes;
    int64_t n = tuple_len(f->paramflags);
    if (is_null(argtypes) || tuple_len(argtypes) != n) return err_fail(t, T_TypeError, "paramflags must have the same length as argtypes");
    if (n > 64) return err_fail(t, T_ValueError, "too many parameters with flags: %ld, the most are 64", (long)n);
    for (int64_t i = 0; i < n; i++) {
        Value item = tuple_at(f->paramflags, i), name = tuple_len(item) > 1 ? tuple_at(item, 1) : V_NONE;
        Value fallback = tuple_len(item) > 2 ? tuple_at(item, 2) : VNULL;
        int flag = (int)int_clamp_i64(tuple_at(item, 0));
        switch (flag & (PARAM_IN | PARAM_OUT | PARAM_LCID)) {
        case PARAM_IN | PARAM_LCID:
            call->made[i] = is_null(fallback) ? v_smallint(0) : new_ref(fallback);
            break;
        case PARAM_OUT:
            call->made[i] = make_output(t, tuple_at(argtypes, i), fallback);
            call->out |= UINT64_C(1) << i;
            call->results++;
            break;
        case PARAM_IN | PARAM_OUT:
            call->inout |= UINT64_C(1) << i;
            call->results++;
            /* fall through */
        default:
            call->made[i] = take_argument(t, call, i, name, fallback);
        }
        if (is_null(call->made[i])) return false;
    }
    if (call->used + call->named == call->nargs + (is_null(call->kwnames) ? 0 : tuple_len(call->kwnames))) return true;
    return err_fail(t, T_TypeError, "call takes exactly %ld arguments (%u given)", (long)(call->used + call->named), call->nargs);
}

/* The results of a call: what the out and inout parameters are now. Takes `result`. */
static Value collect_results(Thread *t, FlaggedCall *call, Value result, int64_t n) {
    if (is_null(result) || call->results == 0) return result;
    decref(t, result);
    Value all = call->results > 1 ? tuple_new(t, call->results) : VNULL, name = str_intern_cstr(t, "__ctypes_from_outparam__");
    int at = 0;
    for (int64_t i = 0; i < n; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (!((call->out | call->inout) & bit)) continue;
        Value v = call->inout & bit ? new_ref(call->made[i]) : call_method_0(t, call->made[i], name);
        if (call->results == 1 || is_null(v)) {
            decref_maybe(t, all);
            decref_maybe(t, name);
            return v;
        }
        V_AS(Tuple, all)->items[at++] = v;
    }
    decref_maybe(t, name);
    return tuple_done(t, all);
}

/* --- Calls ----------------------------------------------------------------------------------------------------------------------------------------------- */

/* What errcheck makes of a result. *final: the answer is its own, not the arguments, of which the usual results are taken. */
static Value check_error(Thread *t, ForeignFunction *f, Value result, Value *args, uint32_t nargs, bool *final) {
    if (is_null(result) || is_null(f->errcheck)) return result;
    Value all = tuple_from(t, args, nargs), answer = VNULL;
    if (!is_null(all)) answer = call_3(t, f->errcheck, result, v_from(f), all);
    *final = !same(answer, all);
    decref(t, result);
    decref_maybe(t, all);
    return answer;
}

static Value run(Thread *t, ForeignFunction *f, CType *c, Value *args, uint32_t nargs, bool *final) {
    CallPlan plan = {
        .address = *(void **)f->data.memory,
        .flags = c->function_flags,
        .restype = is_null(f->restype) ? c->restype : f->restype,
        .checker = is_null(f->restype) ? c->checker : f->checker,
        .converters = is_null(f->argtypes) ? c->converters : f->converters,
    };
    if (plan.address == NULL) return err_raise(t, T_ValueError, "NULL function pointer called");
    int64_t required = is_null(plan.converters) ? 0 : tuple_len(plan.converters);
    if (required > nargs)
        return err_raise(t, T_TypeError, "this function takes at least %ld argument%s (%u given)", (long)required, required == 1 ? "" : "s", nargs);
    Value restype = new_ref_maybe(plan.restype), checker = new_ref_maybe(plan.checker), converters = new_ref_maybe(plan.converters);
    Value result = ctypes_call(t, &plan, args, nargs);
    decref_maybe(t, restype);
    decref_maybe(t, checker);
    decref_maybe(t, converters);
    return check_error(t, f, result, args, nargs, final);
}

static Value call_flagged(Thread *t, ForeignFunction *f, CType *c, Value *args, uint32_t nargs, Value kwnames) {
    int64_t n = tuple_len(f->paramflags);
    Value made[n + 1];
    memset(made, 0, sizeof made);
    FlaggedCall call = {.given = args, .made = made, .nargs = nargs, .kwnames = kwnames};
    Value result = VNULL;
    if (fill_parameters(t, f, c, &call)) {
        bool final = false;
        result = run(t, f, c, made, (uint32_t)n, &final);
        if (!final) result = collect_results(t, &call, result, n);
    }
    for (int64_t i = 0; i < n; i++) decref_maybe(t, made[i]);
    return result;
}

static Value slot_call(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    ForeignFunction *f = V_AS(ForeignFunction, self);
    CType *c = ctype_of_data(t, &f->data);
    incref(self);
    bool final;
    Value result = is_null(f->paramflags) ? run(t, f, c, args, nargs, &final) : call_flagged(t, f, c, args, nargs, kwnames);
    decref(t, self);
    return result;
}

/* --- Attributes -------------------------------------------------------------------------------------------------------------------------------------------- */

static Value get_restype(Thread *t, Value self, void *closure) {
    ForeignFunction *f = V_AS(ForeignFunction, self);
    if (!is_null(f->restype)) return new_ref(f->restype);
    Value restype = ctype_of_data(t, &f->data)->restype;
    return is_null(restype) ? V_NONE : new_ref(restype);
}
static bool set_restype(Thread *t, Value self, Value v, void *closure) {
    ForeignFunction *f = V_AS(ForeignFunction, self);
    Value checker = VNULL;
    if (!is_null(v) && !restype_check(t, v, &checker)) return false;
    slot_set(t, &f->checker, checker);
    slot_set(t, &f->restype, new_ref_maybe(v));
    return true;
}

static Value get_argtypes(Thread *t, Value self, void *closure) {
    ForeignFunction *f = V_AS(ForeignFunction, self);
    Value argtypes = is_null(f->argtypes) ? ctype_of_data(t, &f->data)->argtypes : f->argtypes;
    return is_null(argtypes) ? V_NONE : new_ref(argtypes);
}
static bool set_argtypes(Thread *t, Value self, Value v, void *closure) {
    ForeignFunction *f = V_AS(ForeignFunction, self);
    if (is_null(v) || is_none(v)) {
        slot_clear(t, &f->converters);
        slot_clear(t, &f->argtypes);
        return true;
    }
    if (!is_sequence(t, v)) return err_fail(t, T_TypeError, "_argtypes_ must be a sequence of types");
    Value argtypes = tuple_from_iterable(t, v), converters = is_null(argtypes) ? VNULL : converters_of(t, argtypes);
    if (is_null(converters) || (!is_null(f->paramflags) && !paramflags_check(t, argtypes, f->paramflags))) {
        decref_maybe(t, converters);
        decref_maybe(t, argtypes);
        return false;
    }
    slot_set(t, &f->converters, converters);
    slot_set(t, &f->argtypes, argtypes);
    return true;
}

static Value get_errcheck(Thread *t, Value self, void *closure) {
    Value errcheck = V_AS(ForeignFunction, self)->errcheck;
    return is_null(errcheck) ? V_NONE : new_ref(errcheck);
}
static bool set_errcheck(Thread *t, Value self, Value v, void *closure) {
    if (!is_null(v) && !is_callable(t, v)) return err_fail(t, T_TypeError, "the errcheck attribute must be callable");
    slot_set(t, &V_AS(ForeignFunction, self)->errcheck, new_ref_maybe(v));
    return true;
}

static int slot_truth(Thread *t, Value self) { return *(void **)V_AS(CData, self)->memory != NULL; }
static Value slot_repr(Thread *t, Value self) { return str_format(t, "<%N object at %p>", type_of(t, self), (void *)v_obj(self)); }

static const GetSetDef getsets[] = {
    {"errcheck", get_errcheck, set_errcheck, "a function to check for errors"},
    {"restype", get_restype, set_restype, "specify the result type"},
    {"argtypes", get_argtypes, set_argtypes, "specify the argument types"},
    {NULL},
};
static const Field fields[] = {
    FIELD_VALUE(ForeignFunction, thunk), FIELD_VALUE(ForeignFunction, callable), FIELD_VALUE(ForeignFunction, argtypes), FIELD_VALUE(ForeignFunction, converters),
    FIELD_VALUE(ForeignFunction, restype), FIELD_VALUE(ForeignFunction, checker), FIELD_VALUE(ForeignFunction, errcheck), FIELD_VALUE(ForeignFunction, paramflags),
};

const TypeDef typedef_ctypes_CFuncPtr = {
    .name = "_ctypes.CFuncPtr",
    .doc = "Function Pointer",
    .flags = TF_MODULE_NAME | TF_BASE | TF_GC,
    .size = sizeof(ForeignFunction),
    .ext_offset = offsetof(CData, ext),
    FIELDS(fields),
    .getsets = getsets,
    .slots = {.new = slot_new, .call = slot_call, .truth = slot_truth, .repr = slot_repr},
};
