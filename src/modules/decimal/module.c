/* The module _decimal. */
#include "modules/contextvars.h"
#include "modules/decimal/decimal_priv.h"

static const char *const rounding_names[ROUNDINGS] = {"ROUND_UP", "ROUND_DOWN", "ROUND_CEILING", "ROUND_FLOOR", "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_05UP"};

/* getattr(import_module(module), name); owned */
static Value from_library(Thread *t, const char *module, const char *name) {
    Value m = t->hooks->import(t, module), v = is_null(m) ? VNULL : attr_get_cstr(t, m, name);
    decref_maybe(t, m);
    return v;
}

static bool make_tuple_type(Thread *t, DecimalState *s) {
    Value namedtuple = from_library(t, "collections", "namedtuple");
    Value args[] = {VNULL, str_from_cstr(t, "DecimalTuple"), str_from_cstr(t, "sign digits exponent"), str_from_cstr(t, "decimal")};
    Value name = str_intern_cstr(t, "module"), names = is_null(name) ? VNULL : tuple_of(t, 1, name);
    if (!is_null(namedtuple) && !is_null(args[1]) && !is_null(args[2]) && !is_null(args[3]) && !is_null(names))
        s->tuple_type = call(t, namedtuple, args + 1, 2, names);
    for (int i = 1; i <= 3; i++) decref_maybe(t, args[i]);
    decref_maybe(t, name);
    decref_maybe(t, names);
    decref_maybe(t, namedtuple);
    return !is_null(s->tuple_type);
}

/* class SignalDict(SignalDictMixin, MutableMapping) */
static bool make_signal_dict(Thread *t, DecimalState *s) {
    Value mapping = from_library(t, "collections.abc", "MutableMapping");
    Value bases = is_null(mapping) ? VNULL : tuple_of(t, 2, v_from(builtin_type(t, T_DecimalSignalDict)), mapping);
    Value name = str_from_cstr(t, "SignalDict"), namespace = dict_new(t);
    if (!is_null(bases) && !is_null(name) && !is_null(namespace)) {
        Value metatype = v_from(type_of(t, mapping));
        s->signal_dict = call_3(t, metatype, name, bases, namespace);
    }
    decref_maybe(t, mapping);
    decref_maybe(t, bases);
    decref_maybe(t, name);
    decref_maybe(t, namespace);
    return !is_null(s->signal_dict);
}

/* numbers.Number.register(Decimal), and what a comparison asks for. */
static bool join_numbers(Thread *t, DecimalState *s) {
    s->rational = from_library(t, "numbers", "Rational");
    Value number = from_library(t, "numbers", "Number"), method = str_intern_cstr(t, "register");
    Value done = is_null(number) || is_null(method) ? VNULL : call_method_1(t, number, method, v_from(builtin_type(t, T_Decimal)));
    decref_maybe(t, number);
    decref_maybe(t, method);
    decref_maybe(t, done);
    return !is_null(done) && !is_null(s->rational);
}

static bool make_contexts(Thread *t, DecimalState *s) {
    Ctx c = {.prec = 28, .emax = 999999, .emin = -999999, .traps = ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW_, .round = ROUND_HALF_EVEN, .capitals = 1};
    s->default_context = context_new(t, &c);
    c.prec = 9;
    c.traps = 0;
    s->extended_context = context_new(t, &c);
    c.traps = ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW_ | UNDERFLOW_ | CLAMPED;
    c.round = ROUND_HALF_UP;
    s->basic_context = context_new(t, &c);
    return !is_null(s->default_context) && !is_null(s->extended_context) && !is_null(s->basic_context);
}

/* What all copies of the module share, made with the first. */
static bool fill_state(Thread *t, DecimalState *s) {
    for (int i = 0; i < ROUNDINGS; i++) {
        s->roundings[i] = str_intern_cstr(t, rounding_names[i]);
        if (is_null(s->roundings[i])) return false;
    }
    s->variable = contextvars_new(t, "decimal_context");
    return !is_null(s->variable) && signals_init(t, s) && make_contexts(t, s) && make_signal_dict(t, s) && join_numbers(t, s) && make_tuple_type(t, s);
}

static bool make_state(Thread *t) {
    DecimalState *s = heap_alloc_zeroed(t, sizeof *s);
    if (s == NULL) return false;
    Type *decimal = builtin_type(t, T_Decimal);
    decimal->module_state = s;
    if (fill_state(t, s)) return true;
    decimal->module_state = NULL; /* the next import makes another; what was made may refer to this one */
    return false;
}

static bool add_constants(Thread *t, Value module) {
    DecimalState *s = decimal_state(t);
    for (int i = 0; i < ROUNDINGS; i++)
        if (!module_add(t, module, rounding_names[i], new_ref(s->roundings[i]))) return false;
    return module_add(t, module, "DefaultContext", new_ref(s->default_context)) && module_add(t, module, "BasicContext", new_ref(s->basic_context)) &&
           module_add(t, module, "ExtendedContext", new_ref(s->extended_context)) && module_add(t, module, "DecimalTuple", new_ref(s->tuple_type)) &&
           module_add_int(t, module, "MAX_PREC", MAX_PREC) && module_add_int(t, module, "MAX_EMAX", MAX_EMAX) &&
           module_add_int(t, module, "MIN_EMIN", MIN_EMIN) && module_add_int(t, module, "MIN_ETINY", MIN_ETINY) &&
           module_add_int(t, module, "IEEE_CONTEXT_MAX_BITS", 512) && module_add(t, module, "HAVE_CONTEXTVAR", V_TRUE) &&
           module_add(t, module, "HAVE_THREADS", V_TRUE) && module_add_cstr(t, module, "__version__", "1.70") &&
           module_add_cstr(t, module, "__libmpdec_version__", "2.5.1");
}

static bool exec(Thread *t, Value module) {
    if (builtin_type(t, T_DecimalSignalDict) == NULL && !type_boot(t, T_DecimalSignalDict, T_object, &typedef_DecimalSignalDict)) return false;
    if (builtin_type(t, T_DecimalContextManager) == NULL && !type_boot(t, T_DecimalContextManager, T_object, &typedef_DecimalContextManager)) return false;
    if (!module_add_type(t, module, T_Decimal, &typedef_Decimal) || !module_add_type(t, module, T_DecimalContext, &typedef_DecimalContext)) return false;
    if (decimal_state(t) == NULL && !make_state(t)) return false;
    return signals_add(t, decimal_state(t), module) && add_constants(t, module);
}

const ModuleDef module__decimal = {
    .name = "_decimal",
    .doc = "C decimal arithmetic module",
    .functions = module_functions,
    .exec = exec,
};
