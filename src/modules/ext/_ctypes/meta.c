/* _ctypes: the metatypes, what all classes with a C type can do, and the making of the module's types. */
#include <dlfcn.h>

#include "modules/ext/_ctypes/ctypes_priv.h"
#include "modules/sys.h"

/* --- Helpers ----------------------------------------------------------------------------------------------------------------------------------- */

bool ctype_set_format(Thread *t, CType *c, const char *format, ...) {
    va_list args;
    char short_text[64];
    va_start(args, format);
    int n = vsnprintf(short_text, sizeof short_text, format, args);
    va_end(args);
    char *text = heap_alloc(t, (size_t)n + 1);
    if (text == NULL) return false;
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    heap_free(t, c->format);
    c->format = text;
    return true;
}

Value ctype_attribute(Thread *t, CType *c, const char *name) {
    Value key = str_intern_cstr(t, name);
    if (is_null(key)) return VNULL;
    Value v = attr_get_maybe(t, v_from(c), key);
    decref(t, key);
    return v;
}

CType *ctype_concrete(Thread *t, Type *type) {
    CType *c = ctype_of(t, v_from(type));
    if (c != NULL && c->kind != CK_ABSTRACT) return c;
    err_raise(t, T_TypeError, "abstract class");
    return NULL;
}

/* --- Methods of the classes ------------------------------------------------------------------------------------------------------------------------ */

#define META_METHOD(name) static Value name(Thread *t, Value *args, uint32_t nargs, Value kwnames)

META_METHOD(meta_from_address) {
    if (!is_int(t, args[1])) return err_raise(t, T_TypeError, "integer expected");
    CType *c = ctype_concrete(t, V_AS(Type, args[0]));
    Value audit = c ? tuple_of(t, 1, args[1]) : VNULL;
    if (is_null(audit) || !sys_audit_event(t, "ctypes.cdata", audit)) return VNULL;
    return data_view(t, c, VNULL, 0, (void *)int_to_u64_mask(args[1]));
}

static bool buffer_range(Thread *t, CType *c, const Buffer *view, Value offset_value, int64_t *offset) {
    *offset = 0;
    if (!is_null(offset_value) && !arg_size(t, offset_value, offset)) return false;
    if (*offset < 0) return err_fail(t, T_ValueError, "offset cannot be negative");
    if (c->size <= view->length - *offset) return true;
    return err_fail(t, T_ValueError, "Buffer size too small (%zd instead of at least %zd bytes)", (size_t)view->length, (size_t)(c->size + *offset));
}

META_METHOD(meta_from_buffer) {
    CType *c = ctype_concrete(t, V_AS(Type, args[0]));
    if (c == NULL) return VNULL;
    Value view = call_1(t, v_from(builtin_type(t, T_memoryview)), args[1]);
    if (is_null(view)) return VNULL;
    Buffer buffer;
    Value v = VNULL;
    if (!buffer_get(t, view, &buffer, BUF_ANY_CONTIGUOUS | BUF_FORMAT)) {
        if (err_catch(t, T_BufferError)) err_raise(t, T_TypeError, "underlying buffer is not C contiguous");
        decref(t, view);
        return VNULL;
    }
    int64_t offset;
    if (buffer.readonly) err_raise(t, T_TypeError, "underlying buffer is not writable");
    else if (buffer_range(t, c, &buffer, args[2], &offset)) v = data_view(t, c, VNULL, 0, buffer.data + offset);
    buffer_release(t, &buffer);
    /* The memoryview keeps the memory where it is. */
    if (!is_null(v)) {
        CData *d = V_AS(CData, v);
        d->objects = dict_new(t);
        Value key = str_from_cstr(t, "ffffffff");
        if (is_null(d->objects) || is_null(key) || !dict_set(t, d->objects, key, view)) slot_clear(t, &v);
        decref_maybe(t, key);
    }
    decref(t, view);
    return v;
}

META_METHOD(meta_from_buffer_copy) {
    CType *c = ctype_concrete(t, V_AS(Type, args[0]));
    Buffer buffer;
    if (c == NULL || !buffer_get(t, args[1], &buffer, BUF_SIMPLE)) return VNULL;
    int64_t offset;
    Value v = VNULL;
    if (buffer_range(t, c, &buffer, args[2], &offset)) v = data_new(t, c);
    if (!is_null(v)) memcpy(V_AS(CData, v)->memory, buffer.data + offset, (size_t)c->size);
    buffer_release(t, &buffer);
    return v;
}

META_METHOD(meta_in_dll) {
    CType *c = ctype_concrete(t, V_AS(Type, args[0]));
    if (c == NULL) return VNULL;
    Value handle = attr_get_cstr(t, args[1], "_handle");
    if (is_null(handle)) return VNULL;
    if (!is_int(t, handle)) {
        decref(t, handle);
        return err_raise(t, T_TypeError, "the _handle attribute of the second argument must be an integer");
    }
    void *library = (void *)int_to_u64_mask(handle);
    decref(t, handle);
    if (!is_str(t, args[2])) return err_raise(t, T_TypeError, "in_dll() argument 2 must be str, not %T", args[2]);
    Value keep = VNULL;
    const char *name = str_cstr(t, args[2], &keep);
    if (name == NULL) return VNULL;
    dlerror();
    void *address = dlsym(library, name);
    const char *error = address ? NULL : dlerror();
    Value v = VNULL;
    if (address != NULL) {
        v = data_view(t, c, VNULL, 0, address);
    } else {
        if (error) err_raise(t, T_ValueError, "%s", error);
        else err_raise(t, T_ValueError, "symbol '%s' not found", name);
    }
    decref_maybe(t, keep);
    return v;
}

META_METHOD(meta_from_param) { return data_from_param(t, args[0], args[1]); }
META_METHOD(meta_pointer_from_param) { return pointer_from_param(t, args[0], args[1]); }
META_METHOD(meta_simple_from_param) { return simple_from_param(t, args[0], args[1]); }

static Value meta_repeat(Thread *t, Value self, int64_t count) {
    if (count < 0) return err_raise(t, T_ValueError, "Array length must be >= 0, not %zd", (ptrdiff_t)count);
    return array_type_of(t, self, count);
}

static Value get_pointer_type(Thread *t, Value self, void *closure) {
    CType *c = V_AS(CType, self);
    if (!is_null(c->pointer_type)) return new_ref(c->pointer_type);
    return err_raise(t, T_AttributeError, "type %R has no attribute '__pointer_type__'", self);
}
static bool set_pointer_type(Thread *t, Value self, Value v, void *closure) {
    slot_set(t, &V_AS(CType, self)->pointer_type, new_ref_maybe(v));
    return true;
}

static const MethodDef meta_methods[] = {
    {"from_address", "($self, value, /)", "The instance that lies at an address.", meta_from_address},
    {"from_buffer", "($self, obj, offset=0, /)", "An instance in the memory of a writable buffer.", meta_from_buffer},
    {"from_buffer_copy", "($self, buffer, offset=0, /)", "An instance with a copy of a buffer's contents.", meta_from_buffer_copy},
    {"in_dll", "($self, dll, name, /)", "The instance that a library exports.", meta_in_dll},
    {"from_param", "($self, value, /)", "What is passed to a function for a value.", meta_from_param},
    {NULL},
};
static const GetSetDef meta_getsets[] = {{"__pointer_type__", get_pointer_type, set_pointer_type, "pointer type"}, {NULL}};

/* --- Making classes ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct Call { Value *args; uint32_t nargs; Value kwnames; } Call;

static bool run_init(Thread *t, Value self, Call call, bool (*init)(Thread *, CType *)) {
    CType *c = V_AS(CType, self);
    if (!builtin_type(t, T_type)->slots.init(t, self, call.args, call.nargs, call.kwnames)) return false;
    if (c->kind != CK_ABSTRACT) return err_fail(t, T_SystemError, "StgInfo of '%N' is already initialized.", &c->type);
    return init(t, c);
}

#define META_INIT(kind)                                                                                  \
    static bool init_##kind(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {          \
        return run_init(t, self, (Call){args, nargs, kwnames}, kind##_class_init);                         \
    }
META_INIT(simple)
META_INIT(struct)
META_INIT(array)
META_INIT(pointer)
META_INIT(function)

static void ctype_destroy(Thread *t, Object *self) {
    CType *c = (CType *)self;
    heap_free(t, c->format);
    heap_free(t, c->shape);
    heap_free(t, c->elements);
    builtin_type(t, T_type)->slots.destroy(t, self);
}

/* Classes refer to each other: a structure and the pointers to it. */
static void ctype_clear(Thread *t, Object *self) {
    CType *c = (CType *)self;
    Value *const fields[] = {&c->proto, &c->pointer_type, &c->argtypes, &c->converters, &c->restype, &c->checker, &c->fields};
    for (size_t i = 0; i < COUNT_OF(fields); i++) slot_clear(t, fields[i]);
    builtin_type(t, T_type)->slots.clear(t, self);
}

static const Field meta_fields[] = {
    FIELD_VALUE(CType, proto), FIELD_VALUE(CType, pointer_type), FIELD_VALUE(CType, argtypes), FIELD_VALUE(CType, converters),
    FIELD_VALUE(CType, restype), FIELD_VALUE(CType, checker), FIELD_VALUE(CType, fields),
};

enum { META_FLAGS = TF_MODULE_NAME | TF_BASE | TF_GC };

const TypeDef typedef_ctypes_CType_Type = {
    .name = "_ctypes.CType_Type",
    .flags = META_FLAGS,
    .size = sizeof(CType),
    FIELDS(meta_fields),
    .methods = meta_methods,
    .getsets = meta_getsets,
    .slots = {.destroy = ctype_destroy, .clear = ctype_clear, .repeat = meta_repeat},
};

static const MethodDef simple_methods[] = {
    {"from_param", "($self, value, /)", "What is passed to a function for a value.", meta_simple_from_param},
    {NULL},
};
static const MethodDef pointer_methods[] = {
    {"from_param", "($self, value, /)", "What is passed to a function for a value.", meta_pointer_from_param},
    {"set_type", "($self, type, /)", NULL, pointer_set_type},
    {NULL},
};

const TypeDef typedef_ctypes_metatypes[] = {
    [CK_SIMPLE] = {.name = "_ctypes.PyCSimpleType", .flags = META_FLAGS, .size = sizeof(CType), .methods = simple_methods, .slots = {.init = init_simple}},
    [CK_STRUCT] = {.name = "_ctypes.PyCStructType", .flags = META_FLAGS, .size = sizeof(CType), .slots = {.init = init_struct, .setattr = struct_class_setattr}},
    [CK_UNION] = {.name = "_ctypes.UnionType", .flags = META_FLAGS, .size = sizeof(CType), .slots = {.init = init_struct, .setattr = struct_class_setattr}},
    [CK_ARRAY] = {.name = "_ctypes.PyCArrayType", .flags = META_FLAGS, .size = sizeof(CType), .slots = {.init = init_array}},
    [CK_POINTER] = {.name = "_ctypes.PyCPointerType", .flags = META_FLAGS, .size = sizeof(CType), .methods = pointer_methods, .slots = {.init = init_pointer}},
    [CK_FUNCTION] = {.name = "_ctypes.PyCFuncPtrType", .flags = META_FLAGS, .size = sizeof(CType), .slots = {.init = init_function}},
};

/* A type that the module does not show by itself. */
static Type *hidden_type(Thread *t, Type *metatype, const TypeDef *def, Type *base) {
    Value bases = base ? tuple_of(t, 1, v_from(base)) : VNULL;
    if (base && is_null(bases)) return NULL;
    Type *type = type_from_def_of(t, metatype, def, bases, VNULL);
    decref_maybe(t, bases);
    return type;
}

static bool make_all(Thread *t, CtypesState *s) {
    static const TypeDef *const classes[] = {
        [CK_SIMPLE] = &typedef_ctypes_SimpleCData, [CK_STRUCT] = &typedef_ctypes_Structure, [CK_UNION] = &typedef_ctypes_Union,
        [CK_ARRAY] = &typedef_ctypes_Array, [CK_POINTER] = &typedef_ctypes_Pointer, [CK_FUNCTION] = &typedef_ctypes_CFuncPtr,
    };
    if ((s->ctype = hidden_type(t, NULL, &typedef_ctypes_CType_Type, builtin_type(t, T_type))) == NULL) return false;
    if ((s->data = hidden_type(t, s->ctype, &typedef_ctypes_CData, NULL)) == NULL) return false;
    for (int kind = CK_SIMPLE; kind <= CK_FUNCTION; kind++) {
        if ((s->metatypes[kind] = hidden_type(t, NULL, &typedef_ctypes_metatypes[kind], s->ctype)) == NULL) return false;
        if ((s->classes[kind] = hidden_type(t, s->metatypes[kind], classes[kind], s->data)) == NULL) return false;
    }
    s->arg = hidden_type(t, NULL, &typedef_ctypes_CArg, NULL);
    s->field = hidden_type(t, NULL, &typedef_ctypes_CField, NULL);
    s->thunk = hidden_type(t, NULL, &typedef_ctypes_CThunk, NULL);
    s->memory = hidden_type(t, NULL, &typedef_ctypes_Memory, NULL);
    return s->arg != NULL && s->field != NULL && s->thunk != NULL && s->memory != NULL;
}

bool ctypes_make_types(Thread *t, Value module) {
    CtypesState *s = ctypes_state(t);
    if (s->thunk == NULL && !make_all(t, s)) return false;
    static const char *const names[] = {
        [CK_SIMPLE] = "_SimpleCData", [CK_STRUCT] = "Structure", [CK_UNION] = "Union", [CK_ARRAY] = "Array", [CK_POINTER] = "_Pointer", [CK_FUNCTION] = "CFuncPtr",
    };
    for (int kind = CK_SIMPLE; kind <= CK_FUNCTION; kind++)
        if (!module_add(t, module, names[kind], ref_of(s->classes[kind]))) return false;
    return module_add(t, module, "CField", ref_of(s->field));
}
