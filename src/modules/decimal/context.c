/* Context: attributes, copies; the running context, which a context variable holds; localcontext's manager. */
#include "modules/contextvars.h"
#include "modules/decimal/decimal_priv.h"

/* --- The running context ---------------------------------------------------------------------------------------------------------------- */

static Value context_copy_of(Thread *t, Value context) {
    Value v = context_new(t, ctx_of(context));
    if (!is_null(v)) ctx_of(v)->capitals = ctx_of(context)->capitals;
    return v;
}

static void remember(Thread *t, DecimalState *s, Value context) {
    slot_set(t, &s->cached_root, new_ref_maybe(contextvars_root(t)));
    slot_set(t, &s->cached_context, new_ref(context));
}

static Value current_slow(Thread *t, DecimalState *s) {
    Value v = contextvars_get(t, s->variable);
    if (!is_null(v)) {
        remember(t, s, v);
        return s->cached_context;
    }
    v = context_copy_of(t, s->default_context);
    if (is_null(v)) return v;
    ctx_of(v)->status = 0;
    Value done = context_set(t, v);
    decref(t, v);
    return is_null(done) ? VNULL : s->cached_context;
}

Value context_current(Thread *t) {
    DecimalState *s = decimal_state(t);
    Value root = contextvars_root(t);
    if (LIKELY(!is_null(root) && same(root, s->cached_root))) return s->cached_context;
    return current_slow(t, s);
}

Value context_set(Thread *t, Value context) {
    DecimalState *s = decimal_state(t);
    if (!contextvars_set(t, s->variable, context)) return VNULL;
    remember(t, s, context);
    return V_NONE;
}

Value context_argument(Thread *t, Value v) {
    if (is_null(v) || is_none(v)) return context_current(t);
    return is_context(t, v) ? v : err_raise(t, T_TypeError, "optional argument must be a context");
}

/* --- Attributes ----------------------------------------------------------------------------------------------------------------------------- */

#define GETTER(name) static Value name(Thread *t, Value self, void *closure)
#define SETTER(name) static bool name(Thread *t, Value self, Value value, void *closure)

static bool int_argument(Thread *t, Value v, int64_t *out) {
    if (!is_int(t, v)) return err_fail(t, T_TypeError, "an integer is required");
    return arg_size(t, v, out);
}
static bool in_range(Thread *t, Value v, int64_t low, int64_t high, const char *message, int64_t *out) {
    int64_t n;
    if (!int_argument(t, v, &n)) return false;
    if (n < low || n > high) return err_fail(t, T_ValueError, "%s", message);
    *out = n;
    return true;
}

bool rounding_from_value(Thread *t, Value v, uint8_t *out) {
    DecimalState *s = decimal_state(t);
    for (int i = 0; i < ROUNDINGS; i++)
        if (same(v, s->roundings[i])) return *out = (uint8_t)i, true;
    for (int i = 0; is_str(t, v) && i < ROUNDINGS; i++)
        if (str_equal(V_AS(Str, v), V_AS(Str, s->roundings[i]))) return *out = (uint8_t)i, true;
    return err_fail(t, T_TypeError, "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n"
                                    "   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]");
}

GETTER(get_prec) { return int_from_i64(t, ctx_of(self)->prec); }
GETTER(get_emax) { return int_from_i64(t, ctx_of(self)->emax); }
GETTER(get_emin) { return int_from_i64(t, ctx_of(self)->emin); }
GETTER(get_capitals) { return v_smallint(ctx_of(self)->capitals); }
GETTER(get_clamp) { return v_smallint(ctx_of(self)->clamp); }
GETTER(get_rounding) { return new_ref(decimal_state(t)->roundings[ctx_of(self)->round]); }
GETTER(get_signals) {
    SignalDict *d = signal_dict_of(t, V_AS(DecimalContext, self), closure != NULL);
    return d ? ref_of(d) : VNULL;
}

SETTER(set_prec) { return in_range(t, value, 1, MAX_PREC, "valid range for prec is [1, MAX_PREC]", &ctx_of(self)->prec); }
SETTER(set_emax) { return in_range(t, value, 0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]", &ctx_of(self)->emax); }
SETTER(set_emin) { return in_range(t, value, MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]", &ctx_of(self)->emin); }
SETTER(set_capitals) {
    int64_t n;
    if (!in_range(t, value, 0, 1, "valid values for capitals are 0 or 1", &n)) return false;
    ctx_of(self)->capitals = (uint8_t)n;
    return true;
}
SETTER(set_clamp) {
    int64_t n;
    if (!in_range(t, value, 0, 1, "valid values for clamp are 0 or 1", &n)) return false;
    ctx_of(self)->clamp = (uint8_t)n;
    return true;
}
SETTER(set_rounding) { return rounding_from_value(t, value, &ctx_of(self)->round); }
SETTER(set_signals) {
    uint32_t flags;
    if (is_list(t, value)) {
        if (!signals_from_list(t, value, &flags)) return false;
    } else if (!signals_from_dict(t, value, &flags)) {
        return false;
    }
    if (closure) ctx_of(self)->traps = flags;
    else ctx_of(self)->status = flags;
    return true;
}
SETTER(set_signals_dict) {
    if (is_list(t, value)) return err_fail(t, T_TypeError, "argument must be a signal dict");
    return set_signals(t, self, value, closure);
}

static bool slot_setattr(Thread *t, Value self, Value name, Value value) {
    if (is_null(value)) return err_fail(t, T_AttributeError, "context attributes cannot be deleted");
    return attr_generic_set(t, self, name, value);
}

/* --- Making ---------------------------------------------------------------------------------------------------------------------------------- */

Value context_new(Thread *t, const Ctx *c) {
    DecimalContext *d = heap_object(t, SHAPE_DecimalContext, sizeof *d);
    if (d == NULL) return VNULL;
    d->c = *c;
    d->flags = d->traps = NULL;
    return v_from(d);
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    Value model = decimal_state(t)->default_context;
    if (is_null(model)) *ctx_of(v) = ctx_max;
    else *ctx_of(v) = *ctx_of(model);
    ctx_of(v)->status = 0;
    return object_done(t, v);
}

typedef bool Setter(Thread *t, Value self, Value value, void *closure);
static const struct { const char *name; Setter *set; bool traps; } settings[] = {
    {"prec", set_prec}, {"rounding", set_rounding}, {"Emin", set_emin}, {"Emax", set_emax}, {"capitals", set_capitals}, {"clamp", set_clamp},
    {"flags", set_signals, false}, {"traps", set_signals, true},
};
enum { SETTINGS = COUNT_OF(settings) };
#define SETTINGS_SIGNATURE "prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None"

static bool apply_settings(Thread *t, Value context, Value *values) {
    for (size_t i = 0; i < SETTINGS; i++)
        if (!is_null(values[i]) && !is_none(values[i]) && !settings[i].set(t, context, values[i], settings[i].traps ? "" : NULL)) return false;
    return true;
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value values[SETTINGS];
    if (!call_bind_signature(t, "Context", "(" SETTINGS_SIGNATURE ")", args, nargs, kwnames, values)) return false;
    return apply_settings(t, self, values);
}

static void forget(Thread *t, SignalDict *d) {
    if (d == NULL) return;
    d->context = NULL;
    obj_decref(t, d);
}
static void slot_destroy(Thread *t, Object *self) {
    DecimalContext *c = (DecimalContext *)self;
    forget(t, c->flags);
    forget(t, c->traps);
    c->flags = c->traps = NULL;
}

static Value slot_repr(Thread *t, Value self) {
    char flags[160], traps[160];
    const Ctx *c = ctx_of(self);
    signals_names(flags, c->status);
    signals_names(traps, c->traps);
    return str_format(t, "Context(prec=%ld, rounding=%U, Emin=%ld, Emax=%ld, capitals=%d, clamp=%d, flags=%s, traps=%s)", (long)c->prec,
                      decimal_state(t)->roundings[c->round], (long)c->emin, (long)c->emax, (int)c->capitals, (int)c->clamp, flags, traps);
}

/* --- The manager ---------------------------------------------------------------------------------------------------------------------------------- */

METHOD(manager_enter) {
    ContextManager *m = V_AS(ContextManager, args[0]);
    return is_null(context_set(t, m->local)) ? VNULL : new_ref(m->local);
}
METHOD(manager_exit) { return is_null(context_set(t, V_AS(ContextManager, args[0])->global)) ? VNULL : V_FALSE; }
static const MethodDef manager_methods[] = {
    {"__enter__", "($self, /)", "The context becomes the running one.", manager_enter},
    {"__exit__", "($self, exc_type, exc_value, traceback, /)", "The context before runs again.", manager_exit},
    {NULL},
};
static const Field manager_fields[] = {FIELD_VALUE(ContextManager, local), FIELD_VALUE(ContextManager, global)};
const TypeDef typedef_DecimalContextManager = {
    .name = "decimal.ContextManager",
    .flags = TF_MODULE_NAME | TF_NO_NEW | TF_GC | TF_IMMUTABLE,
    .size = sizeof(ContextManager),
    FIELDS(manager_fields),
    .methods = manager_methods,
};

/* --- Functions of the module -------------------------------------------------------------------------------------------------------------------------- */

METHOD(fn_getcontext) {
    Value c = context_current(t);
    return is_null(c) ? c : new_ref(c);
}
METHOD(fn_setcontext) {
    Value v = args[0];
    if (!is_context(t, v)) return err_raise(t, T_TypeError, "argument must be a context");
    DecimalState *s = decimal_state(t);
    /* The templates stay what they are. */
    if (!same(v, s->default_context) && !same(v, s->basic_context) && !same(v, s->extended_context)) return context_set(t, v);
    Value copy = context_copy_of(t, v);
    if (is_null(copy)) return copy;
    ctx_of(copy)->status = 0;
    Value done = context_set(t, copy);
    decref(t, copy);
    return done;
}

METHOD(fn_localcontext) {
    Value out[1 + SETTINGS];
    if (!call_bind_signature(t, "localcontext", "(ctx=None, *, " SETTINGS_SIGNATURE ")", args, nargs, kwnames, out)) return VNULL;
    Value global = context_current(t), model = global;
    if (is_null(global)) return VNULL;
    if (!is_null(out[0]) && !is_none(out[0])) {
        model = out[0];
        if (!is_context(t, model)) return err_raise(t, T_TypeError, "optional argument must be a context");
    }
    incref(global);
    Value local = context_copy_of(t, model);
    ContextManager *m = NULL;
    if (!is_null(local) && apply_settings(t, local, out + 1)) m = heap_object(t, SHAPE_DecimalContextManager, sizeof *m);
    if (m == NULL) {
        decref(t, global);
        decref_maybe(t, local);
        return VNULL;
    }
    m->local = local;
    m->global = global;
    gc_track(t, m);
    return v_from(m);
}

METHOD(fn_ieee_context) {
    enum { MOST = 512, STEP = 32 };
    int64_t bits;
    if (!arg_size(t, args[0], &bits)) return VNULL;
    if (bits <= 0 || bits > MOST || bits % STEP) return err_raise(t, T_ValueError, "argument must be a multiple of 32, with a maximum of %d", MOST);
    int64_t emax = INT64_C(3) << (bits / 16 + 3);
    return context_new(t, &(Ctx){.prec = 9 * (bits / 32) - 2, .emax = emax, .emin = 1 - emax, .round = ROUND_HALF_EVEN, .clamp = 1, .capitals = 1});
}

const MethodDef module_functions[] = {
    {"getcontext", "($module, /)", "The running context.", fn_getcontext},
    {"setcontext", "($module, context, /)", "Makes a context the running one.", fn_setcontext},
    {"localcontext", "($module, /, ctx=None, **kwargs)", "A manager for a with statement in which a copy of the context, or of ctx, is the running one.", fn_localcontext},
    {"IEEEContext", "($module, bits, /)", "The context of IEEE 754's decimal format of so many bits.", fn_ieee_context},
    {NULL},
};

/* --- The type -------------------------------------------------------------------------------------------------------------------------------------------- */

static const GetSetDef getsets[] = {
    {"prec", get_prec, set_prec}, {"Emax", get_emax, set_emax}, {"Emin", get_emin, set_emin}, {"rounding", get_rounding, set_rounding},
    {"capitals", get_capitals, set_capitals}, {"clamp", get_clamp, set_clamp},
    {"flags", get_signals, set_signals_dict, NULL, NULL}, {"traps", get_signals, set_signals_dict, NULL, (void *)""}, {NULL},
};
const TypeDef typedef_DecimalContext = {
    .name = "decimal.Context",
    .doc = "What affects arithmetic: precision, rounding, limits of exponents, which signals are trapped and which have occurred.\n\n"
           "    >>> Context(prec=3).divide(Decimal(2), Decimal(3))\n"
           "    Decimal('0.667')\n",
    .signature = "(" SETTINGS_SIGNATURE ")",
    .flags = TF_BASE | TF_MODULE_NAME | TF_IMMUTABLE,
    .size = sizeof(DecimalContext),
    .methods = context_methods,
    .getsets = getsets,
    .slots = {.new = slot_new, .init = slot_init, .destroy = slot_destroy, .repr = slot_repr, .setattr = slot_setattr},
};
