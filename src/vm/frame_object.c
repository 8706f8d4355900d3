/* The type frame, and what it shows of a frame: code, line, locals. f_locals of functions is in frame_locals.c. */
#include "vm/frame_object.h"

#include <string.h>

#include "core/names.h"
#include "heap/heap.h"
#include "object/dict.h"
#include "object/int.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/tuple.h"
#include "ops/attr.h"
#include "vm/generator.h"
#include "vm/positions.h"
#include "vm/trace.h"

/* --- Life -------------------------------------------------------------------------------------------------------------------------- */

Value frame_object(Thread *t, Frame *f) {
    if (f->object != NULL) return ref_of(f->object);
    uint32_t room = f->code->nfixed;
    FrameObject *o = heap_object(t, SHAPE_frame, sizeof *o + (CALL_GAP + room) * sizeof(Value));
    if (o == NULL) return VNULL;
    o->frame = f;
    o->back = o->trace = o->extra = o->kept = VNULL;
    o->lineno = 0;
    o->trace_lines = true;
    o->trace_opcodes = o->ended = o->cleared = false;
    o->room = room;
    f->object = o;
    gc_track(t, o);
    return ref_of(o);
}

void frame_object_detach(Thread *t, Frame *f) {
    FrameObject *o = f->object;
    f->object = NULL;
    if (o->head.refs == 1) {
        o->frame = NULL;
        o->ended = true;
        obj_decref(t, o);
        return;
    }
    if (f->previous != NULL && is_null(o->back) && !(f->flags & FRAME_GENERATOR)) {
        Value pending = err_fetch(t);
        o->back = frame_object(t, f->previous);
        err_restore(t, pending);
    }
    Frame *own = (Frame *)o->own;
    uint32_t n = f->code->nfixed;
    *own = *f;
    memcpy(own->registers, f->registers, n * sizeof(Value));
    for (uint32_t i = 0; i < n; i++) f->registers[i] = V_UNBOUND;
    obj_incref(own->function);
    obj_incref(own->code);
    own->previous = NULL;
    own->flags = 0;
    own->instance = V_UNBOUND;
    o->frame = own;
    o->ended = true;
    slot_clear(t, &o->kept);
    obj_decref(t, o);
}

/* Drops the locals of an ended frame. */
static void drop_own(Thread *t, FrameObject *o) {
    if (!o->ended || o->frame == NULL) return;
    for (uint32_t i = o->frame->code->nfixed; i-- > 0;) {
        Value v = o->frame->registers[i];
        o->frame->registers[i] = V_UNBOUND;
        decref_maybe(t, v);
    }
}

static void frame_destroy(Thread *t, Object *self) {
    FrameObject *o = (FrameObject *)self;
    if (!o->ended || o->frame == NULL) return;
    drop_own(t, o);
    obj_decref(t, o->frame->function);
    obj_decref(t, o->frame->code);
    o->frame = NULL;
}

static int frame_traverse_own(Object *self, VisitFn visit, void *context) {
    FrameObject *o = (FrameObject *)self;
    if (!o->ended || o->frame == NULL) return 0;
    int r = visit(v_from(o->frame->function), context);
    if (r == 0) r = visit(v_from(o->frame->code), context);
    for (uint32_t i = 0; r == 0 && i < o->frame->code->nfixed; i++)
        if (is_obj(o->frame->registers[i])) r = visit(o->frame->registers[i], context);
    return r;
}

static void frame_clear_own(Thread *t, Object *self) {
    FrameObject *o = (FrameObject *)self;
    slot_clear(t, &o->trace);
    slot_clear(t, &o->extra);
    drop_own(t, o);
}

/* --- Lines -------------------------------------------------------------------------------------------------------------------------- */

int frame_line_of(Thread *t, Frame *f) {
    if (f->pc == f->code->start) return (int)f->code->first_line; /* not begun */
    uint32_t index = frame_lasti(f);
    int line = code_line(f->code, index);
    while (line <= 0 && index > 0) line = code_line(f->code, --index); /* what has no line of its own belongs to the one in front */
    return line;
}

int frame_object_line(Thread *t, FrameObject *o) { return o->lineno != 0 ? o->lineno : frame_line_of(t, o->frame); }

/* --- Attributes ------------------------------------------------------------------------------------------------------------------------ */

#define FRAME(v) V_AS(FrameObject, v)

static Value get_back(Thread *t, Value self, void *closure) {
    FrameObject *o = FRAME(self);
    if (o->ended) return is_null(o->back) ? V_NONE : new_ref(o->back);
    return o->frame->previous == NULL ? V_NONE : frame_object(t, o->frame->previous);
}
static Value get_code(Thread *t, Value self, void *closure) { return ref_of(FRAME(self)->frame->code); }
static Value get_globals(Thread *t, Value self, void *closure) { return new_ref(FRAME(self)->frame->function->globals); }
static Value get_builtins(Thread *t, Value self, void *closure) { return new_ref(FRAME(self)->frame->function->builtins); }
static Value get_lineno(Thread *t, Value self, void *closure) {
    FrameObject *o = FRAME(self);
    const Frame *f = o->frame;
    int line = o->lineno != 0 ? o->lineno : code_line(f->code, frame_lasti(f));
    return line < 0 ? V_NONE : v_smallint(line);
}
static bool set_lineno(Thread *t, Value self, Value v, void *closure) { return trace_set_line(t, FRAME(self), v); }
static Value get_lasti(Thread *t, Value self, void *closure) {
    return v_smallint((int64_t)frame_lasti(FRAME(self)->frame) * 2);
}
static Value get_locals(Thread *t, Value self, void *closure) { return frame_locals_of(t, FRAME(self)); }
static Value get_trace(Thread *t, Value self, void *closure) {
    Value v = FRAME(self)->trace;
    return is_null(v) ? V_NONE : new_ref(v);
}
static bool set_trace(Thread *t, Value self, Value v, void *closure) {
    FrameObject *o = FRAME(self);
    slot_set(t, &o->trace, is_null(v) || is_none(v) ? VNULL : new_ref(v));
    return true;
}
static Value get_trace_lines(Thread *t, Value self, void *closure) { return v_bool(FRAME(self)->trace_lines); }
static bool set_trace_lines(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v)) return err_fail(t, T_TypeError, "can't delete numeric/char attribute");
    if (!is_bool(v)) return err_fail(t, T_TypeError, "attribute value type must be bool");
    FRAME(self)->trace_lines = same(v, V_TRUE);
    return true;
}
static Value get_trace_opcodes(Thread *t, Value self, void *closure) { return v_bool(FRAME(self)->trace_opcodes); }
static bool set_trace_opcodes(Thread *t, Value self, Value v, void *closure) {
    if (is_null(v)) return err_fail(t, T_AttributeError, "attribute 'f_trace_opcodes' of 'frame' objects cannot be deleted");
    if (!is_bool(v)) return err_fail(t, T_TypeError, "attribute value type must be bool");
    FRAME(self)->trace_opcodes = same(v, V_TRUE);
    return true;
}
static Value get_generator(Thread *t, Value self, void *closure) {
    FrameObject *o = FRAME(self);
    return !o->ended && (o->frame->flags & FRAME_GENERATOR) ? ref_of(frame_generator(o->frame)) : V_NONE;
}

static Value clear_method(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    FrameObject *o = FRAME(args[0]);
    if (o->ended) {
        drop_own(t, o);
        slot_clear(t, &o->extra);
        return V_NONE;
    }
    if (!(o->frame->flags & FRAME_GENERATOR)) return err_raise(t, T_RuntimeError, "cannot clear an executing frame");
    Generator *g = frame_generator(o->frame);
    if (g->state == GEN_RUNNING) return err_raise(t, T_RuntimeError, "cannot clear an executing frame");
    if (g->state == GEN_SUSPENDED) return err_raise(t, T_RuntimeError, "cannot clear a suspended frame");
    if (g->head.shape == SHAPE_coroutine && g->state == GEN_CREATED) warn_unawaited(t, v_from(g));
    return generator_close(t, g);
}

static Value frame_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return v_smallint((int64_t)(sizeof(FrameObject) + (CALL_GAP + FRAME(args[0])->room) * sizeof(Value)));
}

static Value frame_repr(Thread *t, Value self) {
    FrameObject *o = FRAME(self);
    Code *code = o->frame->code;
    return str_format(t, "<frame at 0x%lx, file %R, line %d, code %U>", (unsigned long)self.bits, code->filename, frame_object_line(t, o), code->name);
}

static const MethodDef frame_methods[] = {
    {"clear", "($self, /)", "Clear all references held by the frame.", clear_method},
    {"__sizeof__", "($self, /)", "Return the size of the frame in memory, in bytes.", frame_sizeof},
    {NULL},
};
static const GetSetDef frame_getsets[] = {
    {"f_back", get_back, NULL, "The caller's frame, or None."},
    {"f_code", get_code, NULL, "The code object that is run."},
    {"f_globals", get_globals, NULL, "The global variables."},
    {"f_builtins", get_builtins, NULL, "The built-in names."},
    {"f_lineno", get_lineno, set_lineno, "The current line; a trace function may set it to jump."},
    {"f_lasti", get_lasti, NULL, "Offset of the instruction under way in co_code."},
    {"f_locals", get_locals, NULL, "The local variables."},
    {"f_trace", get_trace, set_trace, "The trace function of this frame, or None."},
    {"f_trace_lines", get_trace_lines, set_trace_lines, "Whether the trace function is told of lines."},
    {"f_trace_opcodes", get_trace_opcodes, set_trace_opcodes, "Whether the trace function is told of instructions."},
    {"f_generator", get_generator, NULL, "The generator or coroutine that owns the frame, or None."},
    {NULL},
};
static const Field frame_fields[] = {FIELD_VALUE(FrameObject, back), FIELD_VALUE(FrameObject, trace), FIELD_VALUE(FrameObject, extra),
                                     FIELD_VALUE(FrameObject, kept)};

const TypeDef typedef_frame = {
    .name = "frame",
    .flags = TF_GC | TF_NO_NEW | TF_IMMUTABLE,
    .size = sizeof(FrameObject),
    FIELDS(frame_fields),
    .methods = frame_methods,
    .getsets = frame_getsets,
    .slots = {.repr = frame_repr, .destroy = frame_destroy, .traverse = frame_traverse_own, .clear = frame_clear_own},
};
