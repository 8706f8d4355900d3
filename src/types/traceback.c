/* traceback: the chain of frames that an exception has passed through. */
#include "core/def.h"
#include "core/names.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/int.h"
#include "object/list.h"
#include "object/str.h"
#include "ops/attr.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

/* tb_lasti and f_lasti count as CPython's do: half of it is the index into co_positions(). Ours count instruction words. */
enum { LASTI_STEP = 2 };

static Value traceback_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value bound[4];
    int32_t lasti, lineno;
    if (!call_bind_signature(t, "traceback", "(tb_next, tb_frame, tb_lasti, tb_lineno)", args, nargs, kwnames, bound)) return VNULL;
    if (!IS_EXACT(bound[1], frame)) return err_raise(t, T_TypeError, "traceback() argument 'tb_frame' must be frame, not %T", bound[1]);
    if (!arg_i32(t, bound[2], &lasti) || !arg_i32(t, bound[3], &lineno)) return VNULL;
    if (!is_none(bound[0]) && !IS_EXACT(bound[0], traceback)) {
        return err_raise(t, T_TypeError, "expected traceback object or None, got '%T'", bound[0]);
    }
    Value self = object_new(t, type);
    if (is_null(self)) return VNULL;
    Traceback *tb = V_AS(Traceback, self);
    tb->next = is_none(bound[0]) ? VNULL : new_ref(bound[0]);
    tb->frame = new_ref(bound[1]);
    tb->lasti = lasti;
    tb->lineno = lineno;
    return object_done(t, self);
}

static Value get_next(Thread *t, Value self, void *closure) {
    Value next = V_AS(Traceback, self)->next;
    return is_null(next) ? V_NONE : new_ref(next);
}

static bool set_next(Thread *t, Value self, Value value, void *closure) {
    if (is_null(value)) return err_fail(t, T_TypeError, "can't delete tb_next attribute");
    if (!is_none(value) && !IS_EXACT(value, traceback)) return err_fail(t, T_TypeError, "expected traceback object, got '%T'", value);
    for (Value v = value; !is_none(v) && !is_null(v); v = V_AS(Traceback, v)->next) {
        if (same(v, self)) return err_fail(t, T_ValueError, "traceback loop detected");
    }
    slot_set(t, &V_AS(Traceback, self)->next, is_none(value) ? VNULL : new_ref(value));
    return true;
}

static Value get_lasti(Thread *t, Value self, void *closure) {
    return v_smallint(V_AS(Traceback, self)->lasti);
}

/* The first member of what code.co_positions() says of an instruction: its line, or None. */
static Value line_of(Thread *t, Value code, int64_t index) {
    Value all = call_method_0(t, code, str_intern_cstr(t, "co_positions"));
    if (is_null(all)) return VNULL;
    Value iterator = iter_of(t, all), position = VNULL, line = VNULL;
    decref(t, all);
    if (is_null(iterator)) return VNULL;
    for (int64_t i = 0; i <= index; i++) {
        decref_maybe(t, position);
        position = iter_next(t, iterator);
        if (is_null(position)) break;
    }
    decref(t, iterator);
    if (!is_null(position)) line = item_get_index(t, position, 0);
    else if (!err_pending(t)) line = V_NONE;
    decref_maybe(t, position);
    return line;
}

/* Line -1: not computed yet. */
static Value get_lineno(Thread *t, Value self, void *closure) {
    Traceback *tb = V_AS(Traceback, self);
    if (tb->lineno != -1) return v_smallint(tb->lineno);
    Value code = attr_get_cstr(t, tb->frame, "f_code");
    if (is_null(code)) return VNULL;
    Value line = line_of(t, code, tb->lasti < 0 ? tb->lasti : tb->lasti / LASTI_STEP);
    decref(t, code);
    if (is_smallint(line)) tb->lineno = (int32_t)smallint_get(line);
    return line;
}

static Value traceback_dir(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value list = list_new(t, 4);
    if (is_null(list)) return VNULL;
    static const enum NameId names[] = {N_tb_frame, N_tb_next, N_tb_lasti, N_tb_lineno};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (list_append(t, V_AS(List, list), t->names[names[i]])) continue;
        decref(t, list);
        return VNULL;
    }
    return list;
}

static const Field traceback_fields[] = {FIELD_VALUE(Traceback, next), FIELD_VALUE(Traceback, frame)};
static const MethodDef traceback_methods[] = {{"__dir__", "($self, /)", NULL, traceback_dir}, {0}};
static const GetSetDef traceback_getsets[] = {
    {"tb_next", get_next, set_next, NULL, NULL},
    {"tb_lasti", get_lasti, NULL, NULL, NULL},
    {"tb_lineno", get_lineno, NULL, NULL, NULL},
    {0},
};
static const MemberDef traceback_members[] = {{"tb_frame", MK_VALUE, MEMBER_READONLY, offsetof(Traceback, frame), NULL}, {0}};

const TypeDef typedef_traceback = {
    .name = "traceback",
    .doc = "A line of a traceback, and the way to the next.",
    .signature = "(tb_next, tb_frame, tb_lasti, tb_lineno)",
    .flags = TF_GC,
    .size = sizeof(Traceback),
    FIELDS(traceback_fields),
    .methods = traceback_methods,
    .getsets = traceback_getsets,
    .members = traceback_members,
    .slots = {.new = traceback_new},
};
