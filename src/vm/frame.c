/* Frames on the register stack: chunks, pushing, leaving, and what the collector sees of a generator's frame. */
#include "vm/frame.h"

#include "core/errors.h"
#include "heap/heap.h"
#include "object/tuple.h"
#include "vm/frame_object.h"

enum {
    CHUNK_WORDS = 8192,
    CHUNK_SLACK = 64, /* behind fiber->limit: room for omitted arguments of C functions */
};

void code_prepare(Code *code) {
    code->nfixed = code->nlocals + code->ncells + code->nfree;
    code->start = code->instructions + (bc_op(code->instructions[0]) == BC_NOP && code->ninstructions > 1);
    bool exact = code->flags & CO_OPTIMIZED && !(code->flags & (CO_VARARGS | CO_VARKEYWORDS)) && code->nkwonly == 0 && code->nargs < 0xFFFE;
    uint16_t args = exact ? (uint16_t)(code->nargs + 1) : 0xFFFF;
    bool generator = bc_op(*code->start) == BC_RETURN_GENERATOR;
    code->generator_shape = !generator ? 0 : code->flags & CO_COROUTINE ? SHAPE_coroutine :
                            code->flags & CO_ASYNC_GENERATOR ? SHAPE_async_generator : SHAPE_generator;
    code->generator_args = generator && exact ? args : 0;
    code->exact_args = generator ? 0xFFFF : args;
}

/* Chunks are the system's: a fiber's stack may be made and freed without the heap, and a deep recursion gives back what it took. */
static size_t chunk_bytes(size_t words) { return sizeof(RegChunk) + words * sizeof(Value); }

static void chunk_free(RegChunk *chunk) { heap_scratch_free(chunk, chunk_bytes((size_t)(chunk->end - chunk->words))); }

static bool chunk_push(Thread *t, size_t words) {
    Fiber *f = t->fiber;
    RegChunk *chunk = f->chunk != NULL ? f->chunk->next : NULL;
    if (chunk != NULL && (size_t)(chunk->end - chunk->words) < words) {
        chunk_free(chunk);
        f->chunk->next = chunk = NULL;
    }
    if (chunk == NULL) {
        size_t size = words > CHUNK_WORDS ? words : CHUNK_WORDS;
        chunk = heap_scratch(chunk_bytes(size));
        if (chunk == NULL) return err_no_memory_fail(t);
        chunk->previous = f->chunk;
        chunk->next = NULL;
        chunk->end = chunk->words + size;
        for (Value *p = chunk->words; p < chunk->end; p++) *p = V_UNBOUND;
        if (f->chunk != NULL) f->chunk->next = chunk;
    }
    chunk->saved_top = f->top;
    f->chunk = chunk;
    f->top = chunk->words;
    f->limit = chunk->end - CHUNK_SLACK;
    return true;
}

static void chunk_pop(Fiber *f) {
    RegChunk *chunk = f->chunk;
    if (chunk->next != NULL) {
        chunk_free(chunk->next);
        chunk->next = NULL;
    }
    f->chunk = chunk->previous;
    f->top = chunk->saved_top;
    f->limit = f->chunk->end - CHUNK_SLACK;
}

Value *stack_room(Thread *t, size_t nregs, uint32_t *flags) {
    Fiber *f = t->fiber;
    *flags = 0;
    if (UNLIKELY(f->chunk == NULL || f->top + CALL_GAP + nregs > f->limit)) {
        bool first = f->chunk == NULL;
        if (!chunk_push(t, CALL_GAP + nregs + CHUNK_SLACK)) return NULL;
        if (!first) *flags = FRAME_CHUNK;
    }
    return f->top + CALL_GAP;
}

void stack_room_drop(Thread *t, uint32_t flags) {
    if (flags & FRAME_CHUNK) chunk_pop(t->fiber);
}

void stack_free(Fiber *fiber) {
    RegChunk *chunk = fiber->chunk;
    if (chunk != NULL && chunk->next != NULL) chunk_free(chunk->next);
    while (chunk != NULL) {
        RegChunk *previous = chunk->previous;
        chunk_free(chunk);
        chunk = previous;
    }
    fiber->chunk = NULL;
    fiber->top = fiber->limit = NULL;
}

bool recursion_error(Thread *t) { return err_fail(t, T_RecursionError, "maximum recursion depth exceeded"); }

/* Registers are dropped from the last to the first: the order of finalisers is visible. */
void frame_drop_temporaries(Thread *t, Frame *f, uint32_t from) {
    for (uint32_t i = f->code->nregs; i-- > from;) {
        Value v = f->registers[i];
        f->registers[i] = V_UNBOUND;
        if (is_obj(v)) obj_decref(t, v_obj(v));
    }
}

void frame_drop_fixed(Thread *t, Frame *f) {
    for (uint32_t i = f->code->nfixed; i-- > 0;) {
        Value v = f->registers[i];
        f->registers[i] = V_UNBOUND;
        if (is_ptr(v)) obj_decref(t, v_obj(v));
    }
}

void frame_give_back(Fiber *fiber, Frame *f, uint32_t flags, Frame *caller) {
    if (flags & FRAME_CHUNK) chunk_pop(fiber);
    else if (flags & FRAME_APART) fiber->top = (Value *)f;
    else if (!(flags & FRAME_GENERATOR)) fiber->top = caller->registers + caller->code->nregs;
}

void frame_leave(Thread *t, Frame *f) {
    Fiber *fiber = t->fiber;
    uint32_t flags = f->flags;
    if (f->object != NULL) frame_object_detach(t, f);
    frame_drop_fixed(t, f);
    Function *function = f->function;
    Frame *caller = f->previous;
    Value instance = flags & FRAME_INIT ? f->instance : V_UNBOUND;
    for (int i = 0; i < CALL_GAP; i++) ((Value *)f)[i] = V_UNBOUND;
    fiber->frame = caller;
    fiber->depth--;
    frame_give_back(fiber, f, flags, caller);
    decref(t, instance);
    obj_decref(t, function);
}

void frame_clear_registers(Thread *t, Frame *f) {
    if (f->object != NULL) frame_object_detach(t, f);
    frame_drop_fixed(t, f);
    frame_drop_temporaries(t, f, f->code->nfixed);
}

int frame_traverse_registers(Frame *f, VisitFn visit, void *context) {
    int r = visit(v_from(f->function), context);
    if (r == 0 && f->object != NULL) r = visit(v_from(f->object), context);
    for (uint32_t i = 0; r == 0 && i < f->code->nregs; i++) {
        Value v = f->registers[i];
        if (is_obj(v)) r = visit(v, context);
    }
    return r;
}

/* The temporaries are left out: a window may hold a value that is on its way. */
static void visit_locals(Frame *f, VisitFn visit, void *context) {
    if (f->function != NULL) visit(v_from(f->function), context);
    for (uint32_t i = 0; i < f->code->nfixed; i++) {
        if (is_obj(f->registers[i])) visit(f->registers[i], context);
    }
}

void frame_visit_running(Thread *t, VisitFn visit, void *context) {
    for (Thread *other = t->interp->threads; other != NULL; other = other->next) {
        for (Frame *f = other->fiber != NULL ? other->fiber->frame : NULL; f != NULL; f = f->previous) visit_locals(f, visit, context);
    }
}
