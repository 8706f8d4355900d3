/* The module _contextvars: ContextVar, Token, Context.
 *
 * The variables of a context are a balanced tree that is never changed: setting a variable makes new nodes along one path, so that copying a
 * context is copying a pointer. A node is a tuple (left, right, variable, value, height), None where there is no subtree, ordered by the variables'
 * numbers.
 */
#include "modules/contextvars.h"

#include "modules/module.h"

#include "object/dispatch.h"
#include "object/instance.h"

typedef struct ContextVar { Object head; Value name, fallback; int64_t number; void *ext; } ContextVar; /* fallback VNULL: none */
typedef struct Context {
    Object head;
    Value root;     /* tree or None */
    Value previous; /* while entered: the context before, or None; VNULL: not entered */
    int64_t length;
    void *ext;
} Context;
typedef struct ContextToken { Object head; Value context, variable, before; bool used; } ContextToken; /* before VNULL: it had no value */

typedef struct ContextState { Value missing; } ContextState;

#define METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* --- The tree ---------------------------------------------------------------------------------------------------------------------- */

enum { LEFT, RIGHT, VARIABLE, CONTENT, HEIGHT, NODE_FIELDS };

static inline Value node_at(Value node, int field) { return tuple_at(node, field); }
static inline int64_t height(Value node) { return is_none(node) ? 0 : smallint_get(node_at(node, HEIGHT)); }
static inline int64_t number_of(Value variable) { return V_AS(ContextVar, variable)->number; }

static Value tree_find(Value node, Value variable) { /* borrowed, VNULL: absent */
    int64_t number = number_of(variable);
    while (!is_none(node)) {
        int64_t here = number_of(node_at(node, VARIABLE));
        if (number == here) return node_at(node, CONTENT);
        node = node_at(node, number < here ? LEFT : RIGHT);
    }
    return VNULL;
}

/* Takes left and right, also on failure. */
static Value node_new(Thread *t, Value left, Value right, Value variable, Value content) {
    if (is_null(left) || is_null(right)) goto failed;
    int64_t l = height(left), r = height(right);
    Value node = tuple_new(t, NODE_FIELDS);
    if (is_null(node)) goto failed;
    Value *fields = V_AS(Tuple, node)->items;
    fields[LEFT] = left, fields[RIGHT] = right, fields[VARIABLE] = new_ref(variable), fields[CONTENT] = new_ref(content);
    fields[HEIGHT] = v_smallint((l > r ? l : r) + 1);
    return tuple_done(t, node);
failed:
    decref_maybe(t, left);
    decref_maybe(t, right);
    return VNULL;
}

/* A node whose subtrees may differ by two in height; takes left and right. */
static Value node_balanced(Thread *t, Value left, Value right, Value variable, Value content) {
    if (is_null(left) || is_null(right)) return node_new(t, left, right, variable, content);
    int side = height(left) > height(right) + 1 ? LEFT : height(right) > height(left) + 1 ? RIGHT : -1;
    if (side < 0) return node_new(t, left, right, variable, content);
    Value high = side == LEFT ? left : right, low = side == LEFT ? right : left, node;
    int other = side == LEFT ? RIGHT : LEFT;
    Value inner = node_at(high, other), outer = node_at(high, side), a, b;
    if (height(inner) <= height(outer)) { /* single rotation */
        a = side == LEFT ? node_new(t, new_ref(inner), low, variable, content) : node_new(t, low, new_ref(inner), variable, content);
        node = side == LEFT ? node_new(t, new_ref(outer), a, node_at(high, VARIABLE), node_at(high, CONTENT))
                            : node_new(t, a, new_ref(outer), node_at(high, VARIABLE), node_at(high, CONTENT));
    } else if (side == LEFT) {
        a = node_new(t, new_ref(outer), new_ref(node_at(inner, LEFT)), node_at(high, VARIABLE), node_at(high, CONTENT));
        b = node_new(t, new_ref(node_at(inner, RIGHT)), low, variable, content);
        node = node_new(t, a, b, node_at(inner, VARIABLE), node_at(inner, CONTENT));
    } else {
        a = node_new(t, low, new_ref(node_at(inner, LEFT)), variable, content);
        b = node_new(t, new_ref(node_at(inner, RIGHT)), new_ref(outer), node_at(high, VARIABLE), node_at(high, CONTENT));
        node = node_new(t, a, b, node_at(inner, VARIABLE), node_at(inner, CONTENT));
    }
    decref(t, high);
    return node;
}

/* The tree with the variable set: owned. */
static Value tree_set(Thread *t, Value node, Value variable, Value content) {
    if (is_none(node)) return node_new(t, V_NONE, V_NONE, variable, content);
    int64_t number = number_of(variable), here = number_of(node_at(node, VARIABLE));
    Value left = node_at(node, LEFT), right = node_at(node, RIGHT);
    if (number == here) return node_new(t, new_ref(left), new_ref(right), variable, content);
    if (number < here) return node_balanced(t, tree_set(t, left, variable, content), new_ref(right), node_at(node, VARIABLE), node_at(node, CONTENT));
    return node_balanced(t, new_ref(left), tree_set(t, right, variable, content), node_at(node, VARIABLE), node_at(node, CONTENT));
}

/* Without the variable, which is there: owned. */
static Value tree_delete(Thread *t, Value node, Value variable) {
    int64_t number = number_of(variable), here = number_of(node_at(node, VARIABLE));
    Value left = node_at(node, LEFT), right = node_at(node, RIGHT);
    if (number < here) return node_balanced(t, tree_delete(t, left, variable), new_ref(right), node_at(node, VARIABLE), node_at(node, CONTENT));
    if (number > here) return node_balanced(t, new_ref(left), tree_delete(t, right, variable), node_at(node, VARIABLE), node_at(node, CONTENT));
    if (is_none(left)) return new_ref(right);
    if (is_none(right)) return new_ref(left);
    Value next = right;
    while (!is_none(node_at(next, LEFT))) next = node_at(next, LEFT);
    return node_balanced(t, new_ref(left), tree_delete(t, right, node_at(next, VARIABLE)), node_at(next, VARIABLE), node_at(next, CONTENT));
}

/* Appends keys (0), values (1) or pairs (2) in order. */
static bool tree_list(Thread *t, Value node, List *out, int what) {
    if (is_none(node)) return true;
    if (!tree_list(t, node_at(node, LEFT), out, what)) return false;
    Value v = what == 0 ? new_ref(node_at(node, VARIABLE)) : what == 1 ? new_ref(node_at(node, CONTENT))
              : tuple_of(t, 2, node_at(node, VARIABLE), node_at(node, CONTENT));
    return !is_null(v) && list_append_take(t, out, v) && tree_list(t, node_at(node, RIGHT), out, what);
}

/* --- Context ------------------------------------------------------------------------------------------------------------------------ */

static Value context_new(Thread *t, Value root, int64_t length) {
    Context *c = heap_object(t, SHAPE_Context, sizeof *c);
    if (c == NULL) return VNULL;
    c->root = new_ref(root);
    c->previous = VNULL;
    c->length = length;
    c->ext = NULL;
    if (!is_none(root)) gc_track(t, c); /* an empty one, as most tasks have, is in no cycle: see context_assign */
    return v_from(c);
}

/* The running context, borrowed; made when there is none. */
static Context *context_now(Thread *t) {
    Fiber *f = t->fiber;
    if (is_null(f->context)) f->context = context_new(t, V_NONE, 0);
    return is_null(f->context) ? NULL : V_AS(Context, f->context);
}

static bool context_assign(Thread *t, Context *c, Value variable, Value content) { /* VNULL deletes */
    bool there = !is_null(tree_find(c->root, variable));
    if (is_null(content) && !there) return true;
    Value root = is_null(content) ? tree_delete(t, c->root, variable) : tree_set(t, c->root, variable, content);
    if (is_null(root)) return false;
    c->length += is_null(content) ? -1 : !there;
    slot_set(t, &c->root, root);
    if (!gc_is_tracked(t, &c->head)) gc_track(t, c);
    return true;
}

static Value context_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs || (!is_null(kwnames) && tuple_len(kwnames))) return err_raise(t, T_TypeError, "Context() does not accept any arguments");
    return context_new(t, V_NONE, 0);
}

bool contextvars_enter(Thread *t, Value context) {
    if (!IS_EXACT(context, Context)) return err_fail(t, T_TypeError, "an instance of Context was expected");
    Context *c = V_AS(Context, context);
    if (!is_null(c->previous)) return err_fail(t, T_RuntimeError, "cannot enter context: %R is already entered", context);
    Fiber *f = t->fiber;
    c->previous = is_null(f->context) ? V_NONE : f->context; /* the fiber's reference moves here */
    f->context = new_ref(context);
    return true;
}

void contextvars_leave(Thread *t, Value context) {
    Context *c = V_AS(Context, context);
    Fiber *f = t->fiber;
    Value own = f->context;
    f->context = is_none(c->previous) ? VNULL : c->previous;
    c->previous = VNULL;
    decref_maybe(t, own);
}

METHOD(context_run) {
    if (nargs < 2) return err_raise(t, T_TypeError, "run() missing 1 required positional argument");
    if (!contextvars_enter(t, args[0])) return VNULL;
    Value r = call_copy(t, args[1], args + 2, nargs - 2, kwnames);
    contextvars_leave(t, args[0]);
    return r;
}
METHOD(context_copy) {
    Context *c = V_AS(Context, args[0]);
    return context_new(t, c->root, c->length);
}

static bool check_key(Thread *t, Value key) {
    if (IS_EXACT(key, ContextVar)) return true;
    return err_fail(t, T_TypeError, "a ContextVar key was expected, got %R", key);
}
static Value context_getitem(Thread *t, Value self, Value key) {
    if (!check_key(t, key)) return VNULL;
    Value v = tree_find(V_AS(Context, self)->root, key);
    return is_null(v) ? err_raise_with(t, T_KeyError, key) : new_ref(v);
}
static int context_contains(Thread *t, Value self, Value key) {
    return check_key(t, key) ? !is_null(tree_find(V_AS(Context, self)->root, key)) : -1;
}
static int64_t context_len(Thread *t, Value self) { return V_AS(Context, self)->length; }
METHOD(context_get) {
    if (!check_key(t, args[1])) return VNULL;
    Value v = tree_find(V_AS(Context, args[0])->root, args[1]);
    return !is_null(v) ? new_ref(v) : is_null(args[2]) ? V_NONE : new_ref(args[2]);
}

static Value context_compare(Thread *t, Value a, Value b, enum CompareOp op) {
    if ((op != CMP_EQ && op != CMP_NE) || !IS_EXACT(a, Context) || !IS_EXACT(b, Context)) return V_NOTIMPL;
    Context *x = V_AS(Context, a), *y = V_AS(Context, b);
    int equal_now = x->length == y->length;
    if (equal_now && !same(x->root, y->root)) {
        Value root = new_ref(y->root), items = list_new(t, x->length);
        bool ok = !is_null(items) && tree_list(t, x->root, V_AS(List, items), 2);
        for (int64_t i = 0; ok && equal_now > 0 && i < list_len(items); i++) {
            Value pair = list_at(items, i), other = tree_find(root, tuple_at(pair, 0));
            equal_now = is_null(other) ? 0 : equal(t, tuple_at(pair, 1), other);
        }
        decref(t, root);
        decref_maybe(t, items);
        if (!ok || equal_now < 0) return VNULL;
    }
    return v_bool(op == CMP_EQ ? equal_now : !equal_now);
}

/* Views and their iterator: {what, sequence} over the rows as they were. */
static Value rows_iterator(Thread *t, Value root, int what) {
    Value list = list_new(t, 0);
    if (is_null(list)) return list;
    IndexIterator *it = tree_list(t, root, V_AS(List, list), what) ? heap_object(t, SHAPE_ContextIterator, sizeof *it) : NULL;
    if (it == NULL) {
        decref(t, list);
        return VNULL;
    }
    it->sequence = list;
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}
static Value rows_next(Thread *t, Value self) {
    IndexIterator *it = V_AS(IndexIterator, self);
    if (is_null(it->sequence)) return VNULL;
    if (it->index < list_len(it->sequence)) return new_ref(list_at(it->sequence, it->index++));
    slot_clear(t, &it->sequence);
    return VNULL;
}
static Value self_iter(Thread *t, Value self) { return new_ref(self); }
static Value context_iter(Thread *t, Value self) { return rows_iterator(t, V_AS(Context, self)->root, 0); }

typedef struct ContextView { Object head; Value root; int64_t length; } ContextView;
static Value view_new(Thread *t, uint32_t shape, Value context) {
    ContextView *v = heap_object(t, shape, sizeof *v);
    if (v == NULL) return VNULL;
    v->root = new_ref(V_AS(Context, context)->root);
    v->length = V_AS(Context, context)->length;
    gc_track(t, v);
    return v_from(v);
}
static int64_t view_len(Thread *t, Value self) { return V_AS(ContextView, self)->length; }
static Value keys_iter(Thread *t, Value self) { return rows_iterator(t, V_AS(ContextView, self)->root, 0); }
static Value values_iter(Thread *t, Value self) { return rows_iterator(t, V_AS(ContextView, self)->root, 1); }
static Value items_iter(Thread *t, Value self) { return rows_iterator(t, V_AS(ContextView, self)->root, 2); }
METHOD(context_keys) { return view_new(t, SHAPE_ContextKeys, args[0]); }
METHOD(context_values) { return view_new(t, SHAPE_ContextValues, args[0]); }
METHOD(context_items) { return view_new(t, SHAPE_ContextItems, args[0]); }

static const MethodDef context_methods[] = {
    {"run", NULL, "run(callable, *args, **kwargs): call it in this context.", context_run},
    {"copy", "($self, /)", "Return a shallow copy of the context object.", context_copy},
    {"get", "($self, key, default=None, /)", "The value of a variable in this context, or the default.", context_get},
    {"keys", "($self, /)", "The variables that have a value.", context_keys},
    {"values", "($self, /)", "Their values.", context_values},
    {"items", "($self, /)", "Pairs of variable and value.", context_items},
    {NULL},
};
static const Field context_fields[] = {FIELD_VALUE(Context, root), FIELD_VALUE(Context, previous)};
const TypeDef typedef_Context = {
    .name = "_contextvars.Context",
    .flags = TF_GC | TF_IMMUTABLE | TF_WEAKREF | TF_EXT,
    .size = sizeof(Context),
    .ext_offset = offsetof(Context, ext),
    FIELDS(context_fields),
    .methods = context_methods,
    .slots = {.new = context_make, .compare = context_compare, .iter = context_iter, .len = context_len, .getitem = context_getitem, .contains = context_contains},
};

static const Field rows_fields[] = {FIELD_VALUE(IndexIterator, sequence)};
const TypeDef typedef_ContextIterator = {
    .name = "context_iterator", .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW, .size = sizeof(IndexIterator), FIELDS(rows_fields),
    .slots = {.iter = self_iter, .next = rows_next},
};
static const Field view_fields[] = {FIELD_VALUE(ContextView, root)};
#define VIEW(id, shown, iterator)                                                                                        \
    const TypeDef typedef_##id = {                                                                                       \
        .name = shown, .flags = TF_GC | TF_IMMUTABLE | TF_NO_NEW, .size = sizeof(ContextView), FIELDS(view_fields),      \
        .slots = {.iter = iterator, .len = view_len},                                                                    \
    }
VIEW(ContextKeys, "keys", keys_iter);
VIEW(ContextValues, "values", values_iter);
VIEW(ContextItems, "items", items_iter);

/* --- ContextVar --------------------------------------------------------------------------------------------------------------------- */

static Value variable_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value out[2];
    if (nargs > 1) return err_raise(t, T_TypeError, "ContextVar() takes at most 1 positional argument (%u given)", nargs);
    if (nargs == 0 && is_null(kwnames)) return err_raise(t, T_TypeError, "ContextVar() takes exactly 1 positional argument (0 given)");
    int64_t hash;
    if (!call_bind_signature(t, "ContextVar", "(name, *, default=<unrepresentable>)", args, nargs, kwnames, out)) return VNULL;
    if (!is_str(t, out[0])) return err_raise(t, T_TypeError, "context variable name must be a str");
    if (!hash_of(t, out[0], &hash)) return VNULL;
    ContextVar *v = heap_object(t, SHAPE_ContextVar, sizeof *v);
    if (v == NULL) return VNULL;
    v->name = new_ref(out[0]);
    v->fallback = new_ref_maybe(out[1]);
    /* Counted in the type: variables are made before the module is imported. */
    v->number = ++*(uint64_t *)&builtin_type(t, T_ContextVar)->module_state;
    v->ext = NULL;
    gc_track(t, v);
    return v_from(v);
}

METHOD(variable_get) {
    Fiber *f = t->fiber;
    if (!is_null(f->context)) {
        Value v = tree_find(V_AS(Context, f->context)->root, args[0]);
        if (!is_null(v)) return new_ref(v);
    }
    if (!is_null(args[1])) return new_ref(args[1]);
    Value fallback = V_AS(ContextVar, args[0])->fallback;
    return is_null(fallback) ? err_raise_with(t, T_LookupError, args[0]) : new_ref(fallback);
}

METHOD(variable_set) {
    Context *c = context_now(t);
    if (c == NULL) return VNULL;
    ContextToken *token = heap_object(t, SHAPE_ContextToken, sizeof *token);
    if (token == NULL) return VNULL;
    token->context = ref_of(c);
    token->variable = new_ref(args[0]);
    token->before = new_ref_maybe(tree_find(c->root, args[0]));
    token->used = false;
    gc_track(t, token);
    if (context_assign(t, c, args[0], args[1])) return v_from(token);
    obj_decref(t, token);
    return VNULL;
}

static bool token_reset(Thread *t, Value variable, Value v) {
    if (!IS_EXACT(v, ContextToken)) return err_fail(t, T_TypeError, "expected an instance of Token, got %R", v);
    ContextToken *token = V_AS(ContextToken, v);
    if (token->used) return err_fail(t, T_RuntimeError, "%R has already been used once", v);
    if (!same(token->variable, variable)) return err_fail(t, T_ValueError, "%R was created by a different ContextVar", v);
    Context *c = context_now(t);
    if (c == NULL) return false;
    if (!same(token->context, v_from(c))) return err_fail(t, T_ValueError, "%R was created in a different Context", v);
    token->used = true;
    return context_assign(t, c, variable, token->before);
}
METHOD(variable_reset) { return token_reset(t, args[0], args[1]) ? V_NONE : VNULL; }
METHOD(alias) { return call_2(t, v_from(builtin_type(t, T_GenericAlias)), args[0], args[1]); }

static Value variable_repr(Thread *t, Value self) {
    ContextVar *v = V_AS(ContextVar, self);
    if (is_null(v->fallback)) return str_format(t, "<ContextVar name=%R at 0x%lx>", v->name, (unsigned long)self.bits);
    int entered = repr_enter(t, self);
    if (entered < 0) return VNULL;
    Value r = entered ? str_format(t, "<ContextVar name=%R default=%R at 0x%lx>", v->name, v->fallback, (unsigned long)self.bits)
                      : str_format(t, "<ContextVar name=%R default=... at 0x%lx>", v->name, (unsigned long)self.bits);
    if (entered) repr_leave(t, self);
    return r;
}
static bool variable_hash(Thread *t, Value self, int64_t *hash) {
    *hash = V_AS(ContextVar, self)->number * 1000003 + 17;
    return true;
}
static Value variable_name(Thread *t, Value self, void *closure) { return new_ref(V_AS(ContextVar, self)->name); }

static const MethodDef variable_methods[] = {
    {"get", "($self, default=<unrepresentable>, /)", "The variable's value in the running context, the default given here, or that of the variable; else LookupError.", variable_get},
    {"set", "($self, value, /)", "Set the variable in the running context; answers a Token to reset it.", variable_set},
    {"reset", "($self, token, /)", "Give the variable the value from before the set() that made the token.", variable_reset},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", alias, MF_CLASS},
    {NULL},
};
static const GetSetDef variable_getsets[] = {{"name", variable_name, NULL, NULL}, {NULL}};
static const Field variable_fields[] = {FIELD_VALUE(ContextVar, name), FIELD_VALUE(ContextVar, fallback)};
const TypeDef typedef_ContextVar = {
    .name = "_contextvars.ContextVar",
    .flags = TF_GC | TF_IMMUTABLE | TF_WEAKREF | TF_EXT,
    .size = sizeof(ContextVar),
    .ext_offset = offsetof(ContextVar, ext),
    FIELDS(variable_fields),
    .methods = variable_methods,
    .getsets = variable_getsets,
    .slots = {.new = variable_make, .repr = variable_repr, .hash = variable_hash},
};

/* --- Token ---------------------------------------------------------------------------------------------------------------------------- */

static Value token_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    return err_raise(t, T_RuntimeError, "Tokens can only be created by ContextVars");
}
static Value token_variable(Thread *t, Value self, void *closure) { return new_ref(V_AS(ContextToken, self)->variable); }
static Value token_before(Thread *t, Value self, void *closure) {
    Value v = V_AS(ContextToken, self)->before;
    return new_ref(is_null(v) ? MODULE_STATE(t, contextvars, ContextState)->missing : v);
}
static Value token_repr(Thread *t, Value self) {
    ContextToken *token = V_AS(ContextToken, self);
    return str_format(t, "<Token%s var=%R at 0x%lx>", token->used ? " used" : "", token->variable, (unsigned long)self.bits);
}
METHOD(token_enter) { return new_ref(args[0]); }
METHOD(token_exit) { return token_reset(t, V_AS(ContextToken, args[0])->variable, args[0]) ? V_NONE : VNULL; }

static const MethodDef token_methods[] = {
    {"__enter__", "($self, /)", "Enter into Token context manager.", token_enter},
    {"__exit__", "($self, type, val, tb, /)", "Exit from Token context manager, restore the linked ContextVar.", token_exit},
    {"__class_getitem__", "($type, object, /)", "See PEP 585", alias, MF_CLASS},
    {NULL},
};
static const GetSetDef token_getsets[] = {{"var", token_variable, NULL, NULL}, {"old_value", token_before, NULL, NULL}, {NULL}};
static const Field token_fields[] = {FIELD_VALUE(ContextToken, context), FIELD_VALUE(ContextToken, variable), FIELD_VALUE(ContextToken, before)};
const TypeDef typedef_ContextToken = {
    .name = "_contextvars.Token",
    .flags = TF_GC | TF_IMMUTABLE,
    .size = sizeof(ContextToken),
    FIELDS(token_fields),
    .methods = token_methods,
    .getsets = token_getsets,
    .slots = {.new = token_make, .repr = token_repr},
};

/* --- The module ------------------------------------------------------------------------------------------------------------------------ */

Value contextvars_copy(Thread *t) {
    Context *c = context_now(t);
    return c == NULL ? VNULL : context_new(t, c->root, c->length);
}
Value contextvars_root(Thread *t) {
    Value context = t->fiber->context;
    return is_null(context) ? VNULL : V_AS(Context, context)->root;
}
Value contextvars_new(Thread *t, const char *name) {
    Value text = str_from_cstr(t, name), v = is_null(text) ? VNULL : call_1(t, v_from(builtin_type(t, T_ContextVar)), text);
    decref_maybe(t, text);
    return v;
}
Value contextvars_get(Thread *t, Value variable) {
    Value root = contextvars_root(t);
    return is_null(root) ? VNULL : tree_find(root, variable);
}
bool contextvars_set(Thread *t, Value variable, Value value) {
    Context *c = context_now(t);
    return c != NULL && context_assign(t, c, variable, value);
}
METHOD(copy_context) { return contextvars_copy(t); }

static Value missing_repr(Thread *t, Value self) { return str_from_cstr(t, "<Token.MISSING>"); }
static const TypeDef typedef_missing = {.name = "Token.MISSING", .flags = TF_IMMUTABLE | TF_NO_NEW, .size = sizeof(Object), .slots = {.repr = missing_repr}};

static const MethodDef functions[] = {
    {"copy_context", "($module, /)", "A copy of the running context.", copy_context},
    {NULL},
};

static bool contextvars_exec(Thread *t, Value module) {
    ContextState *state = module_state(module);
    t->interp->module_state[MODULE_contextvars] = state;
    Type *type = type_from_def(t, &typedef_missing, VNULL, VNULL);
    if (type == NULL) return false;
    state->missing = object_new(t, type);
    if (is_null(state->missing)) return false;
    Type *token = builtin_type(t, T_ContextToken);
    if (!dict_set_cstr(t, token->dict, "MISSING", state->missing)) return false;
    type_modified(t, token);
    return module_add(t, module, "Context", ref_of(builtin_type(t, T_Context))) && module_add(t, module, "ContextVar", ref_of(builtin_type(t, T_ContextVar))) &&
           module_add(t, module, "Token", ref_of(token));
}

static int contextvars_traverse(void *data, VisitFn visit, void *context) {
    ContextState *state = data;
    return is_null(state->missing) ? 0 : visit(state->missing, context);
}

const ModuleDef module_contextvars = {
    .name = "_contextvars",
    .doc = "Context Variables",
    .functions = functions,
    .state_size = sizeof(ContextState),
    .exec = contextvars_exec,
    .traverse = contextvars_traverse,
};
