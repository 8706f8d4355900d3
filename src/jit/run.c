/* What machine code calls: one instruction by its body in vm/, calls and returns. Each answers where to go on. */
#include "jit/jit_priv.h"
#include "object/function.h"
#include "object/tuple.h"
#include "types/dict_priv.h"
#include "vm/eval_macros.h"
#include "vm/eval_switch.h"

#define A bc_a(w)
#define B bc_b(w)
#define C bc_c(w)
#define Bx bc_bx(w)
#define AB (w >> 8 & 0xFFFF)
#define SBX bc_sbx(w)
#define SAX bc_sax(w)
#define SC bc_sc(w)
#define COLLECT_WORDS 2

static Next leave(Thread *t, enum Step step) { return (Next){jit_of(t)->leave[step], NULL}; }

/* The innermost frame goes on at its pc: in machine code if it has some. */
static inline Next go_on(Thread *t, Frame *f) {
    Code *code = f->code;
    Warm *warm = code->warm;
    if (UNLIKELY(warm == NULL || warm->native == NULL || t->dispatch != t->plain_dispatch)) return leave(t, STEP_LOAD_FRAME);
    return (Next){native_at(warm->native, code, f->pc), warm->sites};
}

/* The innermost frame begins or is resumed: what the loop does at enter_frame. */
static Next enter(Thread *t) {
    Frame *f = t->fiber->frame;
    Warm *warm = f->code->warm;
    if (UNLIKELY(warm == NULL || (warm->heat <= 0 && warm->native == NULL) || t->breaker)) return leave(t, STEP_ENTER_FRAME);
    if (warm->native == NULL) warm->heat--;
    return go_on(t, f);
}

Next jit_step(Thread *t, Value *R, const uint32_t *pc) {
    bool wide = bc_op(*pc) == BC_WIDE;
    WideState state = {pc + wide, R, VNULL};
    enum Step step = eval_wide(t, &state, wide ? *pc : 0);
    switch (step) {
        case STEP_NEXT: {
            Frame *f = frame_of(state.R);
            f->pc = state.pc;
            return go_on(t, f);
        }
        case STEP_LOAD_FRAME: return go_on(t, t->fiber->frame);
        case STEP_ENTER_FRAME: return enter(t);
        case STEP_LEAVE_FRAME: frame_of(state.R)->pc = state.pc; break;
        default: break;
    }
    t->native_result = state.result;
    return leave(t, step);
}

Value jit_dict_get(Thread *t, Value dict, Value key) {
    Value v = dict_get(t, dict, key);
    if (!is_null(v)) return new_ref(v);
    return err_pending(t) ? VNULL : V_NONE;
}

Value jit_type(Thread *t, Value v) { return ref_of(type_of(t, v)); }

Value jit_bind(Thread *t, Value method, Value self) {
    if (IS_EXACT(method, function)) return method_new(t, method, self);
    if (IS_EXACT(method, method_descriptor)) return builtin_bind(t, V_AS(BuiltinFunction, method), self);
    return type_of(t, method)->slots.descr_get(t, method, self, v_from(type_of(t, self)));
}

Value jit_call_builtin(Thread *t, Value *window, uint32_t nargs) {
    BuiltinFunction *f = V_AS(BuiltinFunction, window[0]);
    const Frame *frame = t->fiber->frame;
    bool with_self = f->flags & BF_SELF;
    Value *args = window + CALL_GAP + 2 - with_self;
    uint32_t n = nargs + with_self, total = builtin_takes_raw(f) ? n : f->total_params;
    if (!is_unbound(window[CALL_GAP + 1])) return V_UNBOUND;
    if (!builtin_takes_raw(f) && (n < f->min_args || n > f->max_args || args + total > frame->registers + frame->code->nregs)) return V_UNBOUND;
    if (with_self) args[0] = f->self; /* borrowed from the callee, which the window keeps */
    for (uint32_t i = n; i < total; i++) args[i] = VNULL;
    args[-1] = window[0];
    Value v = f->fn(t, args, total, VNULL);
    args[-1] = V_UNBOUND;
    for (uint32_t i = n; i < total; i++) args[i] = V_UNBOUND;
    for (uint32_t i = n; i-- > with_self;) { /* from the last one on: the order of finalisers is visible */
        Value argument = args[i];
        args[i] = V_UNBOUND;
        decref(t, argument);
    }
    if (with_self) args[0] = V_UNBOUND;
    window[0] = V_UNBOUND;
    obj_decref(t, f);
    return v;
}

bool jit_next_pair(Object *iterator, Value out[2]) {
    if (iterator->shape != SHAPE_dict_itemiterator || !dict_iterator_step((DictIterator *)iterator, &out[0], &out[1])) return false;
    incref(out[0]);
    incref(out[1]);
    return true;
}

int jit_in(Thread *t, Value item, Value container) { return in(t, item, container); }

int jit_truth(Thread *t, Value v) {
    const Type *type = type_of(t, v);
    if (v_obj(v)->shape >= SHAPE_FIRST_DYNAMIC) return type->slots.truth == NULL && type->slots.len == NULL ? 1 : -1;
    int truth_value = truth_slow(t, v);
    if (UNLIKELY(truth_value < 0)) err_clear(t); /* the body finds it again */
    return truth_value;
}

/* One function for each family of instructions. */
#define STEP_NAME jit_step_names
#define STEP_BODIES "vm/eval_names.inc"
#include "jit/step.inc"
#define STEP_NAME jit_step_attributes
#define STEP_BODIES "vm/eval_attributes.inc"
#include "jit/step.inc"
#define STEP_NAME jit_step_items
#define STEP_BODIES "vm/eval_items.inc"
#include "jit/step.inc"
#define STEP_NAME jit_step_arithmetic
#define STEP_BODIES "vm/eval_arithmetic.inc"
#include "jit/step.inc"
#define STEP_NAME jit_step_iterate
#define STEP_BODIES "vm/eval_iterate.inc"
#include "jit/step.inc"
#define STEP_NAME jit_step_build
#define STEP_BODIES "vm/eval_build.inc"
#include "jit/step.inc"
#define STEP_NAME jit_step_rare
#define STEP_BODIES "vm/eval_rare.inc"
#include "jit/step.inc"
#define STEP_LEAVES
#define STEP_NAME jit_step_call
#define STEP_BODIES "vm/eval_call.inc"
#include "jit/step.inc"

/* By the order of opcodes.def; an instruction that a family does not have goes to jit_step, so a gap here costs time only. */
StepFunction jit_step_of(enum Opcode op) {
    if (op >= BC_MOVE && op <= BC_LOAD_GLOBALS) return jit_step_names;
    if (op <= BC_LOAD_SUPER_METHOD) return op >= BC_LOAD_ATTR ? jit_step_attributes : jit_step;
    if (op <= BC_SET_SLICE) return jit_step_items;
    if (op <= BC_JUMP_IN) return jit_step_arithmetic;
    if (op >= BC_CALL && op <= BC_RETURN_CONST) return jit_step_call;
    if (op <= BC_ASYNC_GEN_WRAP) return jit_step_iterate;
    if (op <= BC_BUILD_TEMPLATE) return jit_step_build;
    return jit_step_rare;
}
