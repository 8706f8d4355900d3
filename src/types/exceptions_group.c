/* BaseExceptionGroup and ExceptionGroup: several exceptions at once, split and filtered as trees. */
#include "types/exceptions_priv.h"

#include "object/dict.h"
#include "object/list.h"
#include "types/types_priv.h"

/* --- Making ------------------------------------------------------------------------------------ */

static bool all_are_exceptions(Thread *t, Value tuple) {
    for (int64_t i = 0; i < tuple_len(tuple); i++) {
        if (is_exception(t, tuple_at(tuple, i))) continue;
        return err_fail(t, T_ValueError, "Item %zd of second argument (exceptions) is not an exception", i);
    }
    return true;
}

/* Which class the group has: BaseExceptionGroup of Exceptions only is an ExceptionGroup. NULL: TypeError. */
static Type *group_type(Thread *t, Type *type, Value tuple) {
    Type *base = builtin_type(t, T_BaseExceptionGroup), *group = builtin_type(t, T_ExceptionGroup), *plain = builtin_type(t, T_Exception);
    bool nested_base = false;
    for (int64_t i = 0; i < tuple_len(tuple) && !nested_base; i++) nested_base = !is_instance_of(t, tuple_at(tuple, i), plain);
    if (!nested_base) return type == base ? group : type;
    if (type == group) {
        err_raise(t, T_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
        return NULL;
    }
    if (is_subtype(type, plain)) {
        err_raise(t, T_TypeError, "Cannot nest BaseExceptions in '%U'", type->name);
        return NULL;
    }
    return type;
}

/* How repr shows the exceptions: as the list or tuple that was given, or as the text of any other sequence. */
static bool keep_form(Thread *t, ExceptionGroupObject *e, Value given) {
    if (is_list(t, given) || is_tuple(t, given)) return true;
    e->form = repr_of(t, given);
    return !is_null(e->form);
}

static Value group_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    if (nargs != 2) {
        return err_raise(t, T_TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%d given)", (int)nargs);
    }
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %T", args[0]);
    if (!is_sequence(t, args[1])) return err_raise(t, T_TypeError, "second argument (exceptions) must be a sequence");
    Value tuple = tuple_from_iterable(t, args[1]), self = VNULL;
    if (is_null(tuple)) return VNULL;
    if (tuple_len(tuple) == 0) {
        err_raise(t, T_ValueError, "second argument (exceptions) must be a non-empty sequence");
    } else if (all_are_exceptions(t, tuple) && (type = group_type(t, type, tuple)) != NULL) {
        self = exception_new(t, type, args, nargs, VNULL);
    }
    if (is_null(self)) {
        decref(t, tuple);
        return VNULL;
    }
    ExceptionGroupObject *e = V_AS(ExceptionGroupObject, self);
    e->message = new_ref(args[0]);
    e->exceptions = tuple;
    if (keep_form(t, e, args[1])) return self;
    decref(t, self);
    return VNULL;
}

static Value group_str(Thread *t, Value self) {
    ExceptionGroupObject *e = V_AS(ExceptionGroupObject, self);
    int64_t n = tuple_len(e->exceptions);
    return str_format(t, "%S (%zd sub-exception%s)", e->message, n, n > 1 ? "s" : "");
}

static Value group_repr(Thread *t, Value self) {
    ExceptionGroupObject *e = V_AS(ExceptionGroupObject, self);
    Value name = type_of(t, self)->name;
    if (!is_null(e->form)) return str_format(t, "%U(%R, %U)", name, e->message, e->form);
    Value args = e->args;
    bool as_list = !is_null(args) && tuple_len(args) == 2 && is_list(t, tuple_at(args, 1));
    if (!as_list) return str_format(t, "%U(%R, %R)", name, e->message, e->exceptions);
    Value list = list_from(t, V_AS(Tuple, e->exceptions)->items, tuple_len(e->exceptions));
    if (is_null(list)) return VNULL;
    Value r = str_format(t, "%U(%R, %R)", name, e->message, list);
    decref(t, list);
    return r;
}

/* --- derive ------------------------------------------------------------------------------------ */

static Value group_derive(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value own[3] = {VNULL, V_AS(ExceptionGroupObject, args[0])->message, args[1]};
    return call(t, v_from(builtin_type(t, T_BaseExceptionGroup)), own + 1, 2, VNULL);
}

/* A group like `original` with these exceptions (a list, borrowed): its derive(), with traceback, context, cause and notes. */
static Value group_subset(Thread *t, Value original, Value exceptions) {
    Value made = call_method_1(t, original, N(t, derive), exceptions);
    if (is_null(made)) return VNULL;
    if (!is_instance_of(t, made, builtin_type(t, T_BaseExceptionGroup))) {
        decref(t, made);
        return err_raise(t, T_TypeError, "derive must return an instance of BaseExceptionGroup");
    }
    ExceptionBase *from = V_AS(ExceptionBase, original), *to = V_AS(ExceptionBase, made);
    slot_set(t, &to->traceback, new_ref_maybe(from->traceback));
    slot_set(t, &to->context, new_ref_maybe(from->context));
    slot_set(t, &to->cause, new_ref_maybe(from->cause));
    to->suppress_context = from->suppress_context;
    Value notes = attr_get_maybe(t, original, N(t, __notes__));
    if (is_null(notes)) {
        if (!err_pending(t)) return made;
    } else if (is_sequence(t, notes)) {
        Value copy = list_from_iterable(t, notes);
        decref(t, notes);
        if (!is_null(copy)) {
            bool ok = attr_set(t, made, N(t, __notes__), copy);
            decref(t, copy);
            if (ok) return made;
        }
    } else { /* notes that are none: left behind */
        decref(t, notes);
        return made;
    }
    decref(t, made);
    return VNULL;
}

/* --- split and subgroup ------------------------------------------------------------------------ */

/* What split() and subgroup() look for: classes, or a function's yes. */
typedef struct Matcher { bool is_predicate; Value value; } Matcher;

static bool is_exception_class(Thread *t, Value v) { return is_type(t, v) && V_AS(Type, v)->flags & TF_EXCEPTION; }

static bool matcher_init(Thread *t, Matcher *m, Value v) {
    m->value = v;
    m->is_predicate = false;
    if (is_exception_class(t, v)) return true;
    if (is_tuple(t, v)) {
        bool all = true;
        for (int64_t i = 0; i < tuple_len(v) && all; i++) all = is_exception_class(t, tuple_at(v, i));
        if (all) return true;
    } else if (is_callable(t, v) && !is_type(t, v)) {
        m->is_predicate = true;
        return true;
    }
    return err_fail(t, T_TypeError, "expected an exception type, a tuple of exception types, or a callable (other than a class)");
}

/* 1, 0 or -1 */
static int matches(Thread *t, const Matcher *m, Value e) {
    if (!m->is_predicate) {
        if (!is_tuple(t, m->value)) return is_instance_of(t, e, V_AS(Type, m->value));
        for (int64_t i = 0; i < tuple_len(m->value); i++) {
            if (is_instance_of(t, e, V_AS(Type, tuple_at(m->value, i)))) return 1;
        }
        return 0;
    }
    Value r = call_1(t, m->value, e);
    if (is_null(r)) return -1;
    int yes = truth(t, r);
    decref(t, r);
    return yes;
}

/* *match and *rest: the parts of `e` (owned; VNULL: empty). rest NULL: not wanted. */
static bool split(Thread *t, Value e, const Matcher *m, Value *match, Value *rest) {
    *match = VNULL;
    if (rest) *rest = VNULL;
    int yes = matches(t, m, e);
    if (yes < 0) return false;
    if (yes) {
        *match = new_ref(e);
        return true;
    }
    if (!is_instance_of(t, e, builtin_type(t, T_BaseExceptionGroup))) {
        if (rest) *rest = new_ref(e);
        return true;
    }
    if (!stack_check(t, " in exceptiongroup_split_recursive")) return false;
    Value exceptions = new_ref(V_AS(ExceptionGroupObject, e)->exceptions), in = list_new(t, 0), out = list_new(t, 0);
    bool ok = !is_null(in) && !is_null(out);
    for (int64_t i = 0; ok && i < tuple_len(exceptions); i++) {
        Value inner_match, inner_rest;
        ok = split(t, tuple_at(exceptions, i), m, &inner_match, rest ? &inner_rest : NULL);
        if (!ok) break;
        if (!is_null(inner_match)) ok = list_append_take(t, V_AS(List, in), inner_match);
        if (rest && !is_null(inner_rest)) ok = list_append_take(t, V_AS(List, out), inner_rest) && ok;
    }
    if (ok && list_len(in) > 0) ok = !is_null(*match = group_subset(t, e, in));
    if (ok && rest && list_len(out) > 0) {
        ok = !is_null(*rest = group_subset(t, e, out));
        if (!ok) slot_clear(t, match);
    }
    decref(t, exceptions);
    decref_maybe(t, in);
    decref_maybe(t, out);
    return ok;
}

static Value group_split(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Matcher m;
    Value match, rest;
    if (!matcher_init(t, &m, args[1]) || !split(t, args[0], &m, &match, &rest)) return VNULL;
    Value r = tuple_of(t, 2, value_or_none(match), value_or_none(rest));
    decref_maybe(t, match);
    decref_maybe(t, rest);
    return r;
}

static Value group_subgroup(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Matcher m;
    Value match;
    if (!matcher_init(t, &m, args[1]) || !split(t, args[0], &m, &match, NULL)) return VNULL;
    return value_or_none(match);
}

static Value group_class_getitem(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value window[3] = {VNULL, args[0], args[1]};
    return call(t, v_from(builtin_type(t, T_GenericAlias)), window + 1, 2, VNULL);
}

/* --- Tables ------------------------------------------------------------------------------------ */

static const Field group_fields[] = {FIELD_VALUE(ExceptionGroupObject, message), FIELD_VALUE(ExceptionGroupObject, exceptions),
                                     FIELD_VALUE(ExceptionGroupObject, form)};
static const MemberDef group_members[] = {
    {"message", MK_VALUE, MEMBER_READONLY, offsetof(ExceptionGroupObject, message), "the message"},
    {"exceptions", MK_VALUE, MEMBER_READONLY, offsetof(ExceptionGroupObject, exceptions), "the exceptions, a tuple"},
    {0},
};
static const MethodDef group_methods[] = {
    {"__class_getitem__", "($type, object, /)", "Groups are generic over the type of their exceptions.", group_class_getitem, MF_CLASS},
    {"derive", "($self, excs, /)", NULL, group_derive},
    {"split", "($self, matcher_value, /)", NULL, group_split},
    {"subgroup", "($self, matcher_value, /)", NULL, group_subgroup},
    {0},
};

const TypeDef typedef_BaseExceptionGroup = {
    .name = "BaseExceptionGroup",
    .doc = "Several exceptions that have nothing to do with each other.",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(ExceptionGroupObject),
    FIELDS(group_fields),
    .members = group_members,
    .methods = group_methods,
    .slots = {.new = group_new, .init = exception_init, .repr = group_repr, .str = group_str},
};

/* Types are booted with one base; this one has Exception as its second. */
static bool ExceptionGroup_ready(Thread *t, Type *type) {
    Type *group = builtin_type(t, T_BaseExceptionGroup), *plain = builtin_type(t, T_Exception), *base = builtin_type(t, T_BaseException);
    Value bases = tuple_of(t, 2, v_from(group), v_from(plain));
    if (is_null(bases)) return false;
    slot_set(t, &type->bases, bases);
    Value mro = tuple_of(t, 5, v_from(type), v_from(group), v_from(plain), v_from(base), v_from(builtin_type(t, T_object)));
    return !is_null(mro) && type_set_mro(t, type, mro) && type_add_subclass(t, plain, type);
}

const TypeDef typedef_ExceptionGroup = {
    .name = "ExceptionGroup",
    .flags = EXCEPTION_FLAGS,
    .size = sizeof(ExceptionGroupObject),
    .ready = ExceptionGroup_ready,
};
