/* Signals: the exceptions, status bits, and SignalDict, the mapping that a context shows its flags and traps as. */
#include "modules/decimal/decimal_priv.h"

typedef struct SignalRow { const char *name; uint32_t flag; } SignalRow;
/* In the order in which they are looked for and listed. */
static const SignalRow signals[SIGNALS] = {
    {"InvalidOperation", ANY_INVALID}, {"FloatOperation", FLOAT_OPERATION}, {"DivisionByZero", DIVISION_BY_ZERO}, {"Overflow", OVERFLOW_},
    {"Underflow", UNDERFLOW_}, {"Subnormal", SUBNORMAL}, {"Inexact", INEXACT}, {"Rounded", ROUNDED}, {"Clamped", CLAMPED},
};
static const SignalRow conditions[CONDITIONS] = {
    {"ConversionSyntax", CONVERSION_SYNTAX}, {"DivisionImpossible", DIVISION_IMPOSSIBLE}, {"DivisionUndefined", DIVISION_UNDEFINED},
    {"InvalidContext", INVALID_CONTEXT},
};
enum { S_INVALID, S_FLOAT, S_DIVISION, S_OVERFLOW, S_UNDERFLOW, S_SUBNORMAL, S_INEXACT, S_ROUNDED, S_CLAMPED };

/* --- Raising ------------------------------------------------------------------------------------------------------------------------ */

static Value conditions_list(Thread *t, const DecimalState *s, uint32_t flags) {
    Value list = list_new(t, 2);
    bool good = !is_null(list);
    if (good && (flags & INVALID_OPERATION)) good = list_append(t, V_AS(List, list), s->signals[S_INVALID]);
    for (int i = 0; good && i < CONDITIONS; i++)
        if (flags & conditions[i].flag) good = list_append(t, V_AS(List, list), s->conditions[i]);
    for (int i = 1; good && i < SIGNALS; i++)
        if (flags & signals[i].flag) good = list_append(t, V_AS(List, list), s->signals[i]);
    if (!good && !is_null(list)) slot_clear(t, &list);
    return list;
}

bool status_raise(Thread *t, Ctx *ctx, uint32_t status) {
    if (status & MALLOC_ERROR) return err_no_memory_fail(t);
    DecimalState *s = decimal_state(t);
    uint32_t trapped = status & ctx->traps;
    int which = 0;
    while (!(trapped & signals[which].flag)) which++;
    Value list = conditions_list(t, s, trapped);
    if (is_null(list)) return false;
    Value exception = call_1(t, s->signals[which], list);
    decref(t, list);
    if (is_null(exception)) return false;
    err_raise_value(t, exception);
    decref(t, exception);
    return false;
}

/* --- Lists -------------------------------------------------------------------------------------------------------------------------- */

Value signals_list(Thread *t, uint32_t flags) {
    Value list = list_new(t, SIGNALS);
    for (int i = 0; !is_null(list) && i < SIGNALS; i++)
        if ((flags & signals[i].flag) && !list_append(t, V_AS(List, list), decimal_state(t)->signals[i])) slot_clear(t, &list);
    return list;
}

void signals_names(char *out, uint32_t flags) {
    static const uint8_t order[SIGNALS] = {S_CLAMPED, S_INVALID, S_DIVISION, S_INEXACT, S_FLOAT, S_OVERFLOW, S_ROUNDED, S_SUBNORMAL, S_UNDERFLOW};
    char *at = out;
    *at++ = '[';
    for (int i = 0; i < SIGNALS; i++) {
        if (!(flags & signals[order[i]].flag)) continue;
        if (at != out + 1) at = stpcpy(at, ", ");
        at = stpcpy(at, signals[order[i]].name);
    }
    strcpy(at, "]");
}

static const char unknown_signal[] = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n"
                                     "   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]";
static int signal_index(Thread *t, Value v) { /* -1: no signal */
    for (int i = 0; i < SIGNALS; i++)
        if (same(decimal_state(t)->signals[i], v)) return i;
    return -1;
}
static bool fail_unknown(Thread *t) { return err_fail(t, T_KeyError, "%s", unknown_signal); }
static bool flag_of(Thread *t, Value v, uint32_t *out) {
    int i = signal_index(t, v);
    if (i < 0) return fail_unknown(t);
    *out = signals[i].flag;
    return true;
}

bool signals_from_list(Thread *t, Value list, uint32_t *out) {
    uint32_t flags = 0;
    for (int64_t i = 0; i < list_len(list); i++) {
        uint32_t flag = 0;
        Value v = list_at(list, i);
        int known = signal_index(t, v);
        if (known >= 0) flag = signals[known].flag;
        for (int k = 0; k < CONDITIONS; k++)
            if (same(decimal_state(t)->conditions[k], v)) flag = conditions[k].flag;
        if (!flag) return fail_unknown(t);
        flags |= flag;
    }
    *out = flags;
    return true;
}

static bool is_signal_dict(Thread *t, Value v) { return is_obj(v) && is_instance_of(t, v, builtin_type(t, T_DecimalSignalDict)); }
static bool valid(Thread *t, SignalDict *d) { return d->context != NULL || err_fail(t, T_ValueError, "invalid signal dict"); }
static uint32_t *bits_of(SignalDict *d) {
    return d->is_traps ? &d->context->c.traps : &d->context->c.status;
}

bool signals_from_dict(Thread *t, Value dict, uint32_t *out) {
    if (is_signal_dict(t, dict)) {
        SignalDict *d = V_AS(SignalDict, dict);
        if (!valid(t, d)) return false;
        *out = *bits_of(d);
        return true;
    }
    if (!is_dict(t, dict)) return err_fail(t, T_TypeError, "argument must be a signal dict");
    if (dict_len(dict) != SIGNALS) return err_fail(t, T_KeyError, "invalid signal dict");
    Value items = dict_items_list(t, dict);
    if (is_null(items)) return false;
    uint32_t flags = 0;
    bool good = true;
    for (int64_t i = 0; good && i < list_len(items); i++) {
        uint32_t flag = 0;
        int set = -1;
        good = flag_of(t, tuple_at(list_at(items, i), 0), &flag) && (set = truth(t, tuple_at(list_at(items, i), 1))) >= 0;
        if (set > 0) flags |= flag;
    }
    decref(t, items);
    if (good) *out = flags;
    return good;
}

/* --- SignalDict ------------------------------------------------------------------------------------------------------------------------ */

SignalDict *signal_dict_of(Thread *t, DecimalContext *c, bool traps) {
    SignalDict **place = traps ? &c->traps : &c->flags;
    if (*place == NULL) {
        Value v = call_0(t, decimal_state(t)->signal_dict);
        if (is_null(v)) return NULL;
        SignalDict *d = V_AS(SignalDict, v);
        d->context = c;
        d->is_traps = traps;
        *place = d;
    }
    return *place;
}

static bool no_arguments(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return true; }

static Value sd_repr(Thread *t, Value self) {
    SignalDict *d = V_AS(SignalDict, self);
    if (!valid(t, d)) return VNULL;
    StrBuilder b;
    str_builder_init(&b);
    bool good = true;
    for (int i = 0; good && i < SIGNALS; i++)
        good = str_builder_format(t, &b, "%s<class 'decimal.%s'>:%s", i ? ", " : "{", signals[i].name, *bits_of(d) & signals[i].flag ? "True" : "False");
    if (good && str_builder_char(t, &b, '}')) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value sd_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if (!is_signal_dict(t, a) || !valid(t, V_AS(SignalDict, a))) return VNULL;
    if (op != CMP_EQ && op != CMP_NE) return V_NOTIMPL;
    uint32_t mine = *bits_of(V_AS(SignalDict, a)), other;
    if (!is_signal_dict(t, b) && !is_dict(t, b)) return V_NOTIMPL;
    if (!signals_from_dict(t, b, &other)) {
        if (!is_dict(t, b)) return VNULL;
        err_clear(t);
        return V_NOTIMPL;
    }
    return v_bool((mine == other) == (op == CMP_EQ));
}

static int64_t sd_len(Thread *t, Value self) { return valid(t, V_AS(SignalDict, self)) ? SIGNALS : -1; }

static Value sd_iter(Thread *t, Value self) {
    if (!valid(t, V_AS(SignalDict, self))) return VNULL;
    Value keys = tuple_from(t, decimal_state(t)->signals, SIGNALS);
    Value iterator = is_null(keys) ? VNULL : iter_of(t, keys);
    decref_maybe(t, keys);
    return iterator;
}

static Value sd_getitem(Thread *t, Value self, Value key) {
    uint32_t flag = 0;
    if (!valid(t, V_AS(SignalDict, self)) || !flag_of(t, key, &flag)) return VNULL;
    return v_bool(*bits_of(V_AS(SignalDict, self)) & flag);
}

static bool sd_setitem(Thread *t, Value self, Value key, Value value) {
    uint32_t flag = 0;
    if (!valid(t, V_AS(SignalDict, self))) return false;
    if (is_null(value)) return err_fail(t, T_ValueError, "signal keys cannot be deleted");
    if (!flag_of(t, key, &flag)) return false;
    int set = truth(t, value);
    if (set < 0) return false;
    uint32_t *bits = bits_of(V_AS(SignalDict, self));
    *bits = set ? *bits | flag : *bits & ~flag;
    return true;
}

METHOD(sd_copy) {
    SignalDict *d = V_AS(SignalDict, args[0]);
    Value dict = valid(t, d) ? dict_new(t) : VNULL;
    for (int i = 0; !is_null(dict) && i < SIGNALS; i++)
        if (!dict_set(t, dict, decimal_state(t)->signals[i], v_bool(*bits_of(d) & signals[i].flag))) slot_clear(t, &dict);
    return dict;
}

static const MethodDef sd_methods[] = {{"copy", "($self, /)", "The signals as a plain dict.", sd_copy}, {NULL}};
const TypeDef typedef_DecimalSignalDict = {
    .name = "decimal.SignalDictMixin",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(SignalDict),
    .methods = sd_methods,
    .slots = {.new = type_generic_new, .init = no_arguments, .repr = sd_repr, .compare = sd_compare, .iter = sd_iter, .len = sd_len, .getitem = sd_getitem,
              .setitem = sd_setitem},
};

/* --- Classes ----------------------------------------------------------------------------------------------------------------------------- */

/* class decimal.NAME(*bases) */
static Value new_class(Thread *t, const char *name, Value bases) {
    Value class_name = str_from_cstr(t, name), module = str_from_cstr(t, "decimal"), namespace = dict_new(t), made = VNULL;
    if (!is_null(class_name) && !is_null(module) && !is_null(namespace) && !is_null(bases) && dict_set_cstr(t, namespace, "__module__", module))
        made = call_3(t, v_from(builtin_type(t, T_type)), class_name, bases, namespace);
    decref_maybe(t, class_name);
    decref_maybe(t, module);
    decref_maybe(t, namespace);
    decref_maybe(t, bases);
    return made;
}

static Value bases_of(Thread *t, DecimalState *s, int signal) {
    Value *x = s->signals;
    switch (signal) {
    case S_FLOAT: return tuple_of(t, 2, s->base_exception, v_from(builtin_type(t, T_TypeError)));
    case S_DIVISION: return tuple_of(t, 2, s->base_exception, v_from(builtin_type(t, T_ZeroDivisionError)));
    case S_OVERFLOW: return tuple_of(t, 2, x[S_INEXACT], x[S_ROUNDED]);
    case S_UNDERFLOW: return tuple_of(t, 3, x[S_INEXACT], x[S_ROUNDED], x[S_SUBNORMAL]);
    default: return tuple_of(t, 1, s->base_exception);
    }
}

bool signals_init(Thread *t, DecimalState *s) {
    static const uint8_t order[SIGNALS] = {S_INVALID, S_FLOAT, S_DIVISION, S_SUBNORMAL, S_INEXACT, S_ROUNDED, S_CLAMPED, S_OVERFLOW, S_UNDERFLOW};
    s->base_exception = new_class(t, "DecimalException", tuple_of(t, 1, v_from(builtin_type(t, T_ArithmeticError))));
    if (is_null(s->base_exception)) return false;
    for (int i = 0; i < SIGNALS; i++) {
        int k = order[i];
        s->signals[k] = new_class(t, signals[k].name, bases_of(t, s, k));
        if (is_null(s->signals[k])) return false;
    }
    for (int i = 0; i < CONDITIONS; i++) {
        Value zero_division = v_from(builtin_type(t, T_ZeroDivisionError)), invalid = s->signals[S_INVALID];
        bool is_division = conditions[i].flag == DIVISION_UNDEFINED;
        s->conditions[i] = new_class(t, conditions[i].name, is_division ? tuple_of(t, 2, invalid, zero_division) : tuple_of(t, 1, invalid));
        if (is_null(s->conditions[i])) return false;
    }
    return true;
}

bool signals_add(Thread *t, DecimalState *s, Value module) {
    bool good = module_add(t, module, "DecimalException", new_ref(s->base_exception));
    for (int i = 0; good && i < SIGNALS; i++) good = module_add(t, module, signals[i].name, new_ref(s->signals[i]));
    for (int i = 0; good && i < CONDITIONS; i++) good = module_add(t, module, conditions[i].name, new_ref(s->conditions[i]));
    return good;
}
