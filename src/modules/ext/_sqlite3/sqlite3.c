/* The module _sqlite3: its functions, types and constants. */
#include "modules/ext/_sqlite3/sqlite3_priv.h"

/* --- Functions ----------------------------------------------------------------------------------------------------------------------- */

/* factory(*args, **kwargs): the connection makes of the arguments what it will. */
static Value sqlite_connect(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    enum { FACTORY = 5 };
    SqliteState *state = sqlite_state(t);
    if (nargs > 1 && nargs <= 8 &&
        !warn(t, T_DeprecationWarning, 1,
              "Passing more than 1 positional argument to sqlite3.connect() is deprecated. Parameters 'timeout', 'detect_types', "
              "'isolation_level', 'check_same_thread', 'factory', 'cached_statements' and 'uri' will become keyword-only "
              "parameters in Python 3.15."))
        return VNULL;
    Value factory = nargs > FACTORY ? args[FACTORY] : v_from(state->connection);
    for (int64_t i = 0; !is_null(kwnames) && i < tuple_len(kwnames); i++)
        if (str_equals_cstr(V_AS(Str, tuple_at(kwnames, i)), "factory")) factory = args[nargs + i];
    return call_copy(t, factory, args, nargs, kwnames);
}

static Value sqlite_complete_statement(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep = VNULL;
    const char *text = text_argument(t, args[0], "complete_statement", "'statement'", &keep);
    if (text == NULL) return VNULL;
    bool complete = sqlite3_complete(text);
    decref_maybe(t, keep);
    return v_bool(complete);
}

static bool is_base_type(Thread *t, Value type) {
    static const enum TypeId known[] = {T_int, T_float, T_str, T_bytes, T_bytearray, T_NoneType};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (same(type, v_from(builtin_type(t, known[i])))) return true;
    return false;
}

static Value sqlite_register_adapter(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    SqliteState *state = sqlite_state(t);
    if (is_base_type(t, args[0])) state->base_adapted = true;
    Value key = tuple_of(t, 2, args[0], v_from(state->protocol));
    bool done = !is_null(key) && dict_set(t, state->adapters, key, args[1]);
    decref_maybe(t, key);
    return done ? V_NONE : VNULL;
}

static Value sqlite_register_converter(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "register_converter() argument 1 must be str, not %T", args[0]);
    Value name = call_method_0(t, args[0], N(t, upper));
    bool done = !is_null(name) && dict_set(t, sqlite_state(t)->converters, name, args[1]);
    decref_maybe(t, name);
    return done ? V_NONE : VNULL;
}

static Value sqlite_enable_callback_tracebacks(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return arg_bool(t, args[0], &sqlite_state(t)->tracebacks) ? V_NONE : VNULL;
}

static Value sqlite_adapt_function(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value protocol = is_null(args[1]) ? v_from(sqlite_state(t)->protocol) : args[1];
    return sqlite_adapt(t, args[0], protocol, args[2]);
}

static const MethodDef functions[] = {
    {"connect",
     "($module, /, database, timeout=5.0, detect_types=0,\n        isolation_level='', check_same_thread=True,\n        factory=ConnectionType, "
     "cached_statements=128, uri=False, *,\n        autocommit=sqlite3.LEGACY_TRANSACTION_CONTROL)",
     "Open a connection to a database file; ':memory:' is one in memory.", sqlite_connect, MF_RAW},
    {"complete_statement", "($module, /, statement)", "Whether a text holds at least one complete statement.", sqlite_complete_statement},
    {"register_adapter", "($module, type, adapter, /)", "Register a function that makes something of a type fit for the database.", sqlite_register_adapter},
    {"register_converter", "($module, typename, converter, /)", "Register a function that makes an object of the bytes of a column of a declared type.",
     sqlite_register_converter},
    {"enable_callback_tracebacks", "($module, enable, /)", "Whether errors in callbacks are reported.", sqlite_enable_callback_tracebacks},
    {"adapt", "($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)", "What an object is for the database.", sqlite_adapt_function, MF_UNPACKS},
    {NULL},
};

/* --- The protocol ------------------------------------------------------------------------------------------------------------------------ */

static bool protocol_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) { return true; }

const TypeDef typedef_sqlite_PrepareProtocol = {
    .name = "sqlite3.PrepareProtocol",
    .doc = "PEP 246 style object adaption protocol type.",
    .flags = TF_MODULE_NAME,
    .size = sizeof(Object),
    .slots = {.init = protocol_init},
};

/* --- The module -------------------------------------------------------------------------------------------------------------------------- */

static bool add_classes(Thread *t, Value module, SqliteState *state) {
    static const struct { const char *name; int base; } rows[] = {
#define SQLITE_CLASS(name, base) {#name, SE_##base},
        SQLITE_CLASSES(SQLITE_CLASS)
#undef SQLITE_CLASS
    };
    for (int i = 0; i < SE_COUNT; i++) {
        Value base = rows[i].base == SE_COUNT ? VNULL : state->classes[rows[i].base];
        if (is_null(state->classes[i])) state->classes[i] = module_new_exception(t, "sqlite3", rows[i].name, base);
        if (is_null(state->classes[i]) || !module_add(t, module, rows[i].name, new_ref(state->classes[i]))) return false;
    }
    return true;
}

static bool add_types(Thread *t, Value module, SqliteState *state) {
    const struct { Type **type; const TypeDef *def; } rows[] = {
        {&state->connection, &typedef_sqlite_Connection}, {&state->cursor, &typedef_sqlite_Cursor}, {&state->row, &typedef_sqlite_Row},
        {&state->blob, &typedef_sqlite_Blob}, {&state->protocol, &typedef_sqlite_PrepareProtocol}, {&state->statement, &typedef_sqlite_Statement},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool shown = rows[i].def != &typedef_sqlite_Statement;
        if (*rows[i].type == NULL && (*rows[i].type = type_from_def(t, rows[i].def, VNULL, VNULL)) == NULL) return false;
        if (shown && !module_add(t, module, strrchr(rows[i].def->name, '.') + 1, ref_of(*rows[i].type))) return false;
    }
    return true;
}

static bool add_constants(Thread *t, Value module) {
    for (const struct SqliteConstant *c = sqlite_constants; c->name; c++)
        if (!module_add_int(t, module, c->name, c->value)) return false;
    int levels[] = {0, 3, 1}; /* SQLite's thread safety as DB-API numbers it: single-threaded, serialized, multi-threaded */
    return module_add_int(t, module, "PARSE_DECLTYPES", PARSE_DECLTYPES) && module_add_int(t, module, "PARSE_COLNAMES", PARSE_COLNAMES) &&
           module_add_int(t, module, "LEGACY_TRANSACTION_CONTROL", TX_LEGACY) && module_add_cstr(t, module, "sqlite_version", sqlite3_libversion()) &&
           module_add_int(t, module, "threadsafety", levels[sqlite3_threadsafe()]);
}

static bool exec(Thread *t, Value module) {
    SqliteState *state = sqlite_state(t);
    if (sqlite3_initialize() != SQLITE_OK) return err_fail(t, T_ImportError, "%s", sqlite3_errstr(SQLITE_ERROR));
    if (is_null(state->adapters)) state->adapters = dict_new(t);
    if (is_null(state->converters)) state->converters = dict_new(t);
    if (is_null(state->adapters) || is_null(state->converters)) return false;
    return add_classes(t, module, state) && add_types(t, module, state) && add_constants(t, module) &&
           module_add(t, module, "adapters", new_ref(state->adapters)) && module_add(t, module, "converters", new_ref(state->converters));
}

static int state_traverse(void *state, VisitFn visit, void *context) {
    SqliteState *s = state;
    int stop = 0;
    for (int i = 0; i < SE_COUNT && !stop; i++)
        if (!is_null(s->classes[i])) stop = visit(s->classes[i], context);
    if (!stop && !is_null(s->adapters)) stop = visit(s->adapters, context);
    if (!stop && !is_null(s->converters)) stop = visit(s->converters, context);
    return stop;
}

static void state_clear(Thread *t, void *state) {
    SqliteState *s = state;
    for (int i = 0; i < SE_COUNT; i++) slot_clear(t, &s->classes[i]);
    slot_clear(t, &s->adapters);
    slot_clear(t, &s->converters);
}

const ModuleDef krait_module__sqlite3 = {
    .name = "_sqlite3",
    .functions = functions,
    .state_size = sizeof(SqliteState),
    .exec = exec,
    .traverse = state_traverse,
    .clear = state_clear,
};
