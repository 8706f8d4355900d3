/* What the files of the eval loop share: eval.c (the loop), eval_wide.c (instructions with wide operands), eval_slow.c, eval_items.c, eval_attr.c,
 * eval_except.c, eval_match.c, eval_import.c (out-of-line operations).
 *
 * An out-of-line operation gets the registers and the operands' numbers, consumes what the instruction consumes also when it fails, and answers
 * false with an exception pending.
 */
#ifndef KRAIT_VM_EVAL_PRIV_H
#define KRAIT_VM_EVAL_PRIV_H

#include "core/errors.h"
#include "core/names.h"
#include "object/dict.h"
#include "object/dispatch.h"
#include "object/int.h"
#include "object/list.h"
#include "object/set.h"
#include "object/simple.h"
#include "object/tuple.h"
#include "types/dict_priv.h"
#include "vm/cache.h"
#include "vm/frame.h"

enum Step { /* how a wide instruction ends: the labels of eval.c */
    STEP_NEXT, STEP_ERROR, STEP_ERROR_AGAIN, STEP_LOAD_FRAME, STEP_ENTER_FRAME, STEP_LEAVE_FRAME, STEP_LEAVE_LOOP,
};

/* Runs the innermost frame, which has FRAME_ENTRY, to its end. */
Value eval(Thread *t, Frame *frame);
/* The same, but the pending exception is raised in it first. */
Value eval_throw(Thread *t, Frame *frame);

/* eval_wide.c: the instruction behind a WIDE prefix; with prefix 0 the one at pc as it is. */
typedef struct WideState {
    const uint32_t *pc; /* behind the prefix; then where to go on */
    Value *R;
    Value result;       /* STEP_LEAVE_... */
} WideState;
enum Step eval_wide(Thread *t, WideState *state, uint32_t prefix);

/* unwind.c: the exception pending in the innermost frame. The frame that handles it is then innermost and its pc stands at the handler;
 * false: an entry frame was left with the exception pending. `again`: the exception is re-raised, no traceback entry for the first frame. */
bool unwind(Thread *t, bool again);

/* call.c: calls of Python functions from the loop. */
bool call_window(Thread *t, Value *R, uint32_t a, uint32_t nargs, uint32_t dest, Value kwnames, bool *pushed);
bool call_window_ex(Thread *t, Value *R, uint32_t a, uint32_t dest, bool *pushed);
/* LOAD_ATTR of a property: pushes the frame of its getter, a Python function; the result goes to register a. */
bool enter_getter(Thread *t, Value *R, uint32_t a, uint32_t b, Value getter);
/* The same for owned values, taken, of any call that needs no binding; the function is borrowed. */
bool enter_above(Thread *t, Function *function, Value *args, uint32_t nargs, uint32_t dest, uint32_t flags);

/* eval_special.c: special methods in Python. PUSHED: the operation goes on in the loop, or is done. */
enum Special { SPECIAL_ERROR = -1, SPECIAL_NONE = 0, SPECIAL_PUSHED = 1 };
enum { NO_REGISTER = UINT32_MAX, TRUTH_PUSHED = 2 /* answered instead of a truth: a frame was pushed that finds it */ };
/* Whether special methods are worth a look. */
static inline bool has_class(Value v) { return is_ptr(v) && v_obj(v)->shape >= SHAPE_FIRST_DYNAMIC; }
enum Special special_binary(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum BinOp op, bool inplace);
enum Special special_binary_value(Thread *t, Value *R, uint32_t a, uint32_t b, Value y, enum BinOp op, bool inplace);
enum Special special_compare(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum CompareOp op);
enum Special special_compare_jump(Thread *t, Value *R, uint32_t a, uint32_t b, enum CompareOp op);
enum Special special_compare_value_jump(Thread *t, Value *R, uint32_t a, Value y, enum CompareOp op);
enum Special special_get_item(Thread *t, Value *R, uint32_t a, uint32_t b, Value key, uint32_t key_register);
enum Special special_set_item(Thread *t, Value *R, uint32_t a, Value key, uint32_t key_register, uint32_t c);
enum Special special_in(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, bool negated, bool jump);
enum Special special_iter(Thread *t, Value *R, uint32_t a, uint32_t b);
enum Special special_unary(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t name);
/* The method of a FRAME_SPECIAL has answered `result` (taken) to the caller, whose pc may move. false: exception. */
bool special_done(Thread *t, Frame *caller, uint32_t flags, uint32_t registers, Value right, Value result);

void arguments_die(Thread *t, Object *last, Value *others, uint32_t n); /* after a call: the last one is dead, the others are dropped */
void init_answered(Thread *t, Value instance, Value result); /* TypeError: __init__() should return None; both are taken */

/* generator.c: from the loop. */
Value generator_make(Thread *t, Frame *f); /* RETURN_GENERATOR: the object (owned); the frame moved into it and is left. VNULL: exception */
bool generator_enter(Thread *t, Generator *g, Value arg, uint32_t result, uint32_t flags, uint32_t delegate); /* arg taken */
/* A call of a generator function whose code has generator_args: the object (owned). Takes the function and its arguments; VNULL (no memory):
 * nothing was taken. */
Value generator_call(Thread *t, Function *function, Value *args);
/* A delegation passes what is sent down and what is yielded up without running the frames in between, as their instructions would:
 * generator_descend from f, just resumed from where it was `suspended`, to the innermost frame that SENDs lead to, which gets the owned `sent`;
 * generator_ascend from f, the caller of a frame that has yielded, to the one that gets the value: *flags and *result of the frame that it
 * has called, in and out. */
void generator_descend(Thread *t, Frame *f, int64_t suspended, Value sent);
Frame *generator_ascend(Thread *t, Frame *f, uint32_t *flags, uint32_t *result);
/* The frame of a generator becomes the innermost. */
static inline Frame *generator_link(Fiber *fiber, Generator *g, uint32_t result, uint32_t flags, uint32_t delegate) {
    Frame *f = generator_frame(g);
    f->previous = fiber->frame;
    f->result = result;
    f->flags = FRAME_GENERATOR | flags;
    f->instance = v_smallint(delegate);
    g->state = GEN_RUNNING;
    g->handled.previous = fiber->handled;
    fiber->handled = &g->handled;
    fiber->frame = f;
    fiber->depth++;
    return f;
}
/* ... and leaves at a YIELD with operands A and C. */
static inline void generator_unlink(Fiber *fiber, Frame *f, uint32_t a, uint32_t c) {
    Generator *g = frame_generator(f);
    f->instance = v_smallint((int64_t)a | (int64_t)c << 16);
    f->flags = FRAME_GENERATOR;
    g->state = GEN_SUSPENDED;
    fiber->handled = g->handled.previous;
    fiber->frame = f->previous;
    f->previous = NULL;
    fiber->depth--;
}
void generator_finish(Thread *t, Frame *f); /* its frame has returned or was unwound: leaves it */
/* async_generator.c: an AsyncSend as the delegate of SEND in the loop. Whether it can be resumed by sending None: the generator, which then runs for it,
 * and the value to send (owned); NULL: the long way. */
Generator *async_send_begin(Thread *t, AsyncSend *s, Value *sent);
/* ... it ends: its generator has yielded a value of its own, or failed with an exception (VNULL: none). */
void async_send_end(Thread *t, AsyncSend *s, Value exception);
/* ... by a YIELD: the caller goes on behind its SEND, whose delegate goes. */
void async_send_yielded(Thread *t, Frame *caller, int64_t delegate);
static inline bool is_resumable(Value v) { return IS_EXACT(v, generator) || IS_EXACT(v, coroutine); }

bool safe_point(Thread *t);    /* poll.c */
bool trace_enter(Thread *t);   /* trace.c: a frame was entered, or resumed; called while BREAK_TRACE is set */
bool trace_thrown(Thread *t, Value exception); /* the same, to raise an exception there */
bool trace_instruction(Thread *t, Value *R, const uint32_t *pc); /* before each instruction, while traced */
bool trace_iterator_stopped(Thread *t); /* tells of a StopIteration that ends a loop, and catches it */
bool trace_stop(Thread *t, Value result, bool raised); /* what the innermost frame delegates to ended, by StopIteration if `raised` */
bool trace_generator_returned(Thread *t, Value result, bool iterates); /* a generator that it delegates to or iterates over returned */
bool trace_unwind(Thread *t, Frame *f, bool leaving); /* an exception in f: 'exception' and 'return' events */
void dispatch_set(Thread *t, bool traced);
const void *const *eval_table(bool traced);

/* Registers. */
static inline uint32_t first_temp(Value *R) { return frame_of(R)->code->nfixed; }
static inline void reg_set(Thread *t, Value *R, uint32_t i, Value v) { /* takes v */
    Value old = R[i];
    R[i] = v;
    decref(t, old);
}
/* An operand of an out-of-line operation: `v` is valid until operand_drop. */
typedef struct Operand {
    Value v;
    bool owned;
} Operand;
static inline Operand operand(Value *R, uint32_t i) {
    Value v = R[i];
    if (i < first_temp(R)) return (Operand){v, false};
    R[i] = V_UNBOUND;
    return (Operand){v, true};
}
static inline void operand_drop(Thread *t, Operand o) {
    if (o.owned) decref(t, o.v);
}
static inline Value operand_take(Operand o) { return o.owned ? o.v : new_ref(o.v); }
static inline Value reg_take(Value *R, uint32_t i) { return operand_take(operand(R, i)); }
/* Stores a result (taken) or answers false when it is VNULL. */
static inline bool reg_result(Thread *t, Value *R, uint32_t a, Value v) {
    if (UNLIKELY(is_null(v))) return false;
    reg_set(t, R, a, v);
    return true;
}
static inline Value site_name(Value *R, uint32_t site) {
    Code *c = frame_of(R)->code;
    return tuple_at(c->names, c->site_names[site]);
}

/* Out-of-line operations; the comments name their instructions. */
#define OP3(name) bool op_##name(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c)
OP3(delete_local); OP3(check_bound); OP3(load_cell); OP3(delete_cell); OP3(make_cell); OP3(load_dict_or_cell);
OP3(store_cell);
bool op_load_global(Thread *t, Value *R, uint32_t a, uint32_t site);
bool op_store_global(Thread *t, Value *R, uint32_t a, uint32_t site);
bool op_delete_global(Thread *t, Value *R, uint32_t site);
bool op_load_name(Thread *t, Value *R, uint32_t a, uint32_t site);
bool op_store_name(Thread *t, Value *R, uint32_t a, uint32_t site);
bool op_delete_name(Thread *t, Value *R, uint32_t site);
bool op_load_dict_or_global(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site);
bool op_load_common(Thread *t, Value *R, uint32_t a, uint32_t n);
bool op_load_attr(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site);
bool op_store_attr(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site);
bool op_delete_attr(Thread *t, Value *R, uint32_t a, uint32_t site);
bool op_load_method(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site);
bool op_load_super_attr(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t site);
bool op_load_super_method(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t site);
/* eval_items.c. The first two do not consume: the loop does. */
Value get_item(Thread *t, Value container, Value key) MUST_USE; /* owned */
bool set_item(Thread *t, Value container, Value key, Value v) MUST_USE;
bool op_delete_item(Thread *t, Value *R, uint32_t a, uint32_t b);
OP3(get_slice); OP3(get_slice_step); OP3(set_slice);
bool op_binary(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum BinOp op);
bool op_inplace(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum BinOp op);
bool op_binary_value(Thread *t, Value *R, uint32_t a, uint32_t b, Value c, enum BinOp op); /* constant on the right */
bool op_inplace_value(Thread *t, Value *R, uint32_t a, uint32_t b, Value c, enum BinOp op);
OP3(neg); OP3(pos); OP3(invert); OP3(not);
bool op_compare(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, enum CompareOp op);
OP3(is); OP3(in); OP3(not_in);
int op_truth(Thread *t, Value *R, uint32_t a);      /* consumes */
int op_truth_keep(Thread *t, Value *R, uint32_t a);
int op_compare_truth(Thread *t, Value *R, uint32_t a, uint32_t b, enum CompareOp op);
int op_compare_value_truth(Thread *t, Value *R, uint32_t a, Value b, enum CompareOp op);
int op_is_truth(Thread *t, Value *R, uint32_t a, uint32_t b);
int compare_truth(Thread *t, Value x, Value y, enum CompareOp op); /* 1, 0; -1: exception */
int in(Thread *t, Value item, Value container); /* 1, 0; -1: exception */
int op_in_truth(Thread *t, Value *R, uint32_t a, uint32_t b);
OP3(get_iter); OP3(get_aiter); OP3(get_anext); OP3(end_async_for);
int op_begin_collect(Thread *t, Value *R, uint32_t a, uint32_t common); /* 1; 0: another callee or argument; -1 */
Value op_iter_next(Thread *t, Value iterator); /* VNULL: exhausted or pending */
OP3(cleanup_throw); OP3(get_yield_from_iter); OP3(get_awaitable); OP3(async_gen_wrap);
SendResult op_send(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c);
bool op_make_function(Thread *t, Value *R, uint32_t a, uint32_t k);
OP3(set_function);
OP3(build_tuple); OP3(build_list); OP3(build_set); OP3(build_map); OP3(build_string); OP3(build_slice);
bool op_build_const_key_map(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t k);
OP3(list_append); OP3(list_extend); OP3(list_to_tuple); OP3(set_add); OP3(set_update); OP3(map_add); OP3(dict_update); OP3(dict_merge);
OP3(unpack); OP3(unpack_pair);
bool op_unpack_ex(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t after);
OP3(convert); OP3(format); OP3(format_spec); OP3(build_interpolation); OP3(build_template);
OP3(raise); OP3(reraise); OP3(push_exc); OP3(pop_exc); OP3(exc_match); OP3(exc_group_match); OP3(exc_star_result); OP3(load_special); OP3(with_except);
OP3(match_sequence); OP3(match_mapping); OP3(match_keys); OP3(get_len);
bool op_match_class(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t word);
bool op_import_name(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site);
bool op_import_from(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t site);
bool op_import_star(Thread *t, Value *R, uint32_t a);
OP3(intrinsic_1);
bool op_intrinsic_2(Thread *t, Value *R, uint32_t a, uint32_t b, uint32_t c, uint32_t id);
bool op_setup_annotations(Thread *t, Value *R);
bool op_load_locals(Thread *t, Value *R, uint32_t a);
COLD bool unbound_local(Thread *t, Value *R, uint32_t i);

#endif
