/* PickleBuffer: the memory of another object, which may travel beside a pickle instead of inside. */
#include "modules/pickle/pickle_priv.h"

#include "types/memoryview.h"

typedef struct PickleBuffer {
    Object head;
    Buffer *view; /* raw block; NULL: released */
    void *ext;
} PickleBuffer;

static PickleBuffer *checked(Thread *t, Value v) {
    PickleBuffer *b = V_AS(PickleBuffer, v);
    if (b->view == NULL) err_raise(t, T_ValueError, "operation forbidden on released PickleBuffer object");
    return b->view == NULL ? NULL : b;
}

static void release(Thread *t, PickleBuffer *b) {
    Buffer *view = b->view;
    b->view = NULL;
    if (view != NULL) buffer_release(t, view);
    heap_free(t, view);
}

static Value buffer_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value object;
    if (!call_bind_signature(t, "PickleBuffer", "(object, /)", args, nargs, kwnames, &object)) return VNULL;
    Value v = object_new(t, type);
    if (is_null(v)) return VNULL;
    PickleBuffer *b = V_AS(PickleBuffer, v);
    b->view = heap_alloc_zeroed(t, sizeof *b->view);
    if (b->view != NULL && buffer_get(t, object, b->view, BUF_FULL_RO)) return object_done(t, v);
    heap_free(t, b->view);
    b->view = NULL;
    decref(t, v);
    return VNULL;
}

static bool buffer_slot_get(Thread *t, Value self, Buffer *view, int flags) {
    PickleBuffer *b = checked(t, self);
    return b != NULL && buffer_get(t, b->view->object, view, flags);
}

static Value buffer_raw(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return checked(t, args[0]) == NULL ? VNULL : memoryview_flat(t, args[0]);
}
static Value buffer_m_release(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    release(t, V_AS(PickleBuffer, args[0]));
    return V_NONE;
}

static int buffer_traverse(Object *self, VisitFn visit, void *context) {
    Buffer *view = ((PickleBuffer *)self)->view;
    return view == NULL || is_null(view->object) ? 0 : visit(view->object, context);
}
static void buffer_destroy(Thread *t, Object *self) { release(t, (PickleBuffer *)self); }

static const MethodDef methods[] = {
    {"raw", "($self, /)", "A memoryview of the memory as plain bytes, in one dimension; it must be contiguous.", buffer_raw},
    {"release", "($self, /)", "Lets the underlying object go.", buffer_m_release},
    {NULL},
};
const TypeDef typedef_PickleBuffer = {
    .name = "pickle.PickleBuffer",
    .doc = "Wraps an object with a buffer, so that it may be pickled out of band.",
    .signature = "(object, /)",
    .flags = TF_BASE | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(PickleBuffer),
    .ext_offset = offsetof(PickleBuffer, ext),
    .methods = methods,
    .slots = {.new = buffer_new, .get_buffer = buffer_slot_get, .traverse = buffer_traverse, .clear = buffer_destroy, .destroy = buffer_destroy},
};
