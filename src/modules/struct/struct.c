/* _struct: the type Struct and the module's functions. */
#include "modules/struct/struct_priv.h"

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/instance.h"

typedef struct Struct {
    Object head;
    Value text;         /* the format as str; VNULL: not initialised */
    StructItem *items;  /* raw heap block */
    int64_t n_items, size, n_values;
    uint32_t packing;   /* calls under way: what they call may run __init__ again */
} Struct;

enum { CACHE_MAX = 100 };

static StructState *state_of(Thread *t) { return MODULE_STATE(t, struct, StructState); }

Value struct_error(Thread *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    err_raise_va(t, V_AS(Type, state_of(t)->error), format, args);
    va_end(args);
    return VNULL;
}

/* --- Making ------------------------------------------------------------------------------------------------------------------------ */

/* The format of an argument as an ASCII str (owned). */
static Value format_text(Thread *t, Value format) {
    Value text;
    if (is_str(t, format)) text = str_exact(t, format);
    else if (is_bytes(t, format)) text = t->hooks->decode(t, format, "ascii", "surrogateescape");
    else return err_raise(t, T_TypeError, "Struct() argument 1 must be a str or bytes object, not %T", format);
    if (is_null(text) || str_is_ascii(V_AS(Str, text))) return text;
    Value refused = t->hooks->encode(t, text, "ascii", "strict");
    decref_maybe(t, refused);
    decref(t, text);
    return VNULL;
}

static bool struct_setup(Thread *t, Struct *s, Value format) {
    Value text = format_text(t, format);
    if (is_null(text)) return false;
    if (s->packing) {
        decref(t, text);
        return err_fail(t, T_RuntimeError, "Struct object is in use");
    }
    const char *ascii = (const char *)V_AS(Str, text)->data;
    int64_t n = str_len(V_AS(Str, text));
    StructFormat parsed;
    bool good;
    if (memchr(ascii, 0, (size_t)n)) {
        struct_error(t, "embedded null character");
        good = false;
    } else {
        good = struct_format_parse(t, ascii, n, &parsed);
    }
    if (!good) {
        decref(t, text);
        return false;
    }
    heap_free(t, s->items);
    s->items = parsed.items;
    s->n_items = parsed.n_items;
    s->size = parsed.size;
    s->n_values = parsed.n_values;
    slot_set(t, &s->text, text);
    return true;
}

static Value slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value v = object_new(t, type);
    if (is_null(v)) return v;
    V_AS(Struct, v)->size = -1;
    return object_done(t, v);
}

static bool slot_init(Thread *t, Value self, Value *args, uint32_t nargs, Value kwnames) {
    Value format;
    return call_bind_signature(t, "Struct", "(format)", args, nargs, kwnames, &format) && struct_setup(t, V_AS(Struct, self), format);
}

/* The compiled format of an argument of the module's functions; owned. */
static Value struct_for(Thread *t, Value format) {
    StructState *state = state_of(t);
    if (IS_EXACT(format, Struct)) return new_ref(format);
    Value cache = IS_EXACT(format, str) ? state->cache : IS_EXACT(format, bytes) ? state->bytes_cache : VNULL;
    if (!is_null(cache)) {
        Value known = dict_get(t, cache, format);
        if (!is_null(known)) return new_ref(known);
        if (err_pending(t)) return VNULL;
    }
    Value v = slot_new(t, builtin_type(t, T_Struct), NULL, 0, VNULL);
    if (is_null(v)) return VNULL;
    bool good = struct_setup(t, V_AS(Struct, v), format);
    if (good && !is_null(cache)) {
        if (dict_len(cache) >= CACHE_MAX) dict_clear(t, cache);
        good = dict_set(t, cache, format, v);
    }
    if (good) return v;
    decref(t, v);
    return VNULL;
}

static Struct *ready(Thread *t, Value self) {
    Struct *s = V_AS(Struct, self);
    if (!is_null(s->text)) return s;
    err_raise(t, T_RuntimeError, "Struct object is not initialized");
    return NULL;
}

/* --- Packing ------------------------------------------------------------------------------------------------------------------------ */

/* The values are args[0..nargs); the output is s->size bytes. */
static bool pack_all(Thread *t, Struct *s, Value *args, char *out) {
    bool good = true;
    memset(out, 0, (size_t)s->size);
    s->packing++;
    for (int64_t i = 0; good && i < s->n_items; i++) {
        const StructItem *item = &s->items[i];
        char *p = out + item->offset;
        for (int64_t k = 0; good && k < item->count; k++, p += item->size) good = struct_pack_value(t, item, *args++, p);
    }
    s->packing--;
    return good;
}

static bool check_count(Thread *t, Struct *s, uint32_t nargs, const char *function) {
    if (s->n_values == (int64_t)nargs) return true;
    struct_error(t, "%s expected %zd items for packing (got %zd)", function, (size_t)s->n_values, (size_t)nargs);
    return false;
}

static Value pack(Thread *t, Value self, Value *args, uint32_t nargs) {
    Struct *s = ready(t, self);
    if (s == NULL || !check_count(t, s, nargs, "pack")) return VNULL;
    Value out = bytes_new(t, NULL, s->size);
    if (is_null(out) || pack_all(t, s, args, V_AS(Bytes, out)->data)) return out;
    decref(t, out);
    return VNULL;
}

/* What the messages about a place in a buffer say of packing and of unpacking. */
typedef struct PlaceWords {
    const char *lack, *function, *doing;
} PlaceWords;

static const PlaceWords packing = {"no space to pack", "pack_into", "packing"};
static const PlaceWords unpacking = {"not enough data to unpack", "unpack_from", "unpacking"};

/* Where in a buffer of `length` bytes the struct lies; false: an exception is pending. */
static bool find_place(Thread *t, Struct *s, int64_t length, int64_t *offset, const PlaceWords *words) {
    if (*offset < 0) {
        if (*offset + s->size > 0) {
            struct_error(t, "%s %zd bytes at offset %lld", words->lack, (size_t)s->size, (long long)*offset);
            return false;
        }
        if (*offset + length < 0) {
            struct_error(t, "offset %lld out of range for %zd-byte buffer", (long long)*offset, (size_t)length);
            return false;
        }
        *offset += length;
    }
    if (*offset <= length && length - *offset >= s->size) return true;
    struct_error(t, "%s requires a buffer of at least %zu bytes for %s %zd bytes at offset %lld (actual buffer size is %zd)", words->function,
                 (size_t)*offset + (size_t)s->size, words->doing, (size_t)s->size, (long long)*offset, (size_t)length);
    return false;
}

static bool writable_buffer(Thread *t, Value v, Buffer *buffer) {
    if (buffer_get(t, v, buffer, BUF_WRITABLE)) return true;
    if (err_catch(t, T_TypeError) || err_catch(t, T_BufferError))
        err_raise(t, T_TypeError, "argument must be read-write bytes-like object, not %T", v);
    return false;
}

static Value pack_into(Thread *t, Value self, Value *args, uint32_t nargs) {
    Struct *s = ready(t, self);
    if (s == NULL) return VNULL;
    if (nargs < 2) return struct_error(t, nargs == 0 ? "pack_into expected buffer argument" : "pack_into expected offset argument");
    if (!check_count(t, s, nargs - 2, "pack_into")) return VNULL;
    Buffer buffer;
    int64_t offset;
    if (!writable_buffer(t, args[0], &buffer)) return VNULL;
    bool good = number_to_index(t, args[1], &offset, T_IndexError) && find_place(t, s, buffer.length, &offset, &packing);
    good = good && pack_all(t, s, args + 2, buffer.data + offset);
    buffer_release(t, &buffer);
    return good ? V_NONE : VNULL;
}

/* --- Unpacking ---------------------------------------------------------------------------------------------------------------------- */

static Value unpack_all(Thread *t, Struct *s, const char *data) {
    Value result = tuple_new(t, s->n_values);
    if (is_null(result) || s->n_values == 0) return result;
    Value *out = V_AS(Tuple, result)->items;
    for (int64_t i = 0; i < s->n_items; i++) {
        const StructItem *item = &s->items[i];
        const char *p = data + item->offset;
        for (int64_t k = 0; k < item->count; k++, p += item->size) {
            *out = struct_unpack_value(t, item, p);
            if (is_null(*out++)) {
                decref(t, result);
                return VNULL;
            }
        }
    }
    return tuple_done(t, result);
}

static Value unpack(Thread *t, Value self, Value data) {
    Struct *s = ready(t, self);
    Buffer buffer;
    if (s == NULL || !buffer_get(t, data, &buffer, BUF_SIMPLE)) return VNULL;
    Value result = buffer.length == s->size ? unpack_all(t, s, buffer.data)
                                            : struct_error(t, "unpack requires a buffer of %zd bytes", (size_t)s->size);
    buffer_release(t, &buffer);
    return result;
}

static Value unpack_from(Thread *t, Value self, Value data, Value at) {
    Struct *s = ready(t, self);
    int64_t offset = 0;
    Buffer buffer;
    if (s == NULL || !buffer_get(t, data, &buffer, BUF_SIMPLE)) return VNULL;
    bool placed = is_null(at) || arg_size(t, at, &offset);
    Value result = placed && find_place(t, s, buffer.length, &offset, &unpacking) ? unpack_all(t, s, buffer.data + offset) : VNULL;
    buffer_release(t, &buffer);
    return result;
}

/* --- iter_unpack --------------------------------------------------------------------------------------------------------------------- */

typedef struct UnpackIterator {
    Object head;
    Value structure;  /* VNULL: exhausted */
    Buffer buffer;
    int64_t index;
} UnpackIterator;

static Value iter_unpack(Thread *t, Value self, Value data) {
    Struct *s = ready(t, self);
    if (s == NULL) return VNULL;
    if (s->size == 0) return struct_error(t, "cannot iteratively unpack with a struct of length 0");
    Buffer buffer;
    if (!buffer_get(t, data, &buffer, BUF_SIMPLE)) return VNULL;
    if (buffer.length % s->size != 0) {
        buffer_release(t, &buffer);
        return struct_error(t, "iterative unpacking requires a buffer of a multiple of %zd bytes", (size_t)s->size);
    }
    UnpackIterator *it = heap_object(t, SHAPE_unpack_iterator, sizeof *it);
    if (it == NULL) {
        buffer_release(t, &buffer);
        return VNULL;
    }
    it->structure = new_ref(self);
    it->buffer = buffer;
    it->index = 0;
    gc_track(t, it);
    return v_from(it);
}

static Value iterator_next(Thread *t, Value self) {
    UnpackIterator *it = V_AS(UnpackIterator, self);
    if (is_null(it->structure)) return VNULL;
    Struct *s = V_AS(Struct, it->structure);
    if (it->index >= it->buffer.length) {
        slot_clear(t, &it->structure);
        buffer_release(t, &it->buffer);
        it->buffer.object = VNULL;
        return VNULL;
    }
    /* The struct may have been initialised again. */
    if (s->size <= 0 || it->buffer.length - it->index < s->size) return struct_error(t, "iterative unpacking requires a buffer of a multiple of %zd bytes", (size_t)s->size);
    const char *data = it->buffer.data + it->index;
    it->index += s->size;
    return unpack_all(t, s, data);
}

static Value iterator_self(Thread *t, Value self) { return new_ref(self); }

static Value iterator_length_hint(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    UnpackIterator *it = V_AS(UnpackIterator, args[0]);
    int64_t size = is_null(it->structure) ? 0 : V_AS(Struct, it->structure)->size;
    return v_smallint(size > 0 ? (it->buffer.length - it->index) / size : 0);
}

static void iterator_destroy(Thread *t, Object *self) {
    UnpackIterator *it = (UnpackIterator *)self;
    if (!is_null(it->buffer.object)) buffer_release(t, &it->buffer);
}

static int iterator_traverse(Object *self, VisitFn visit, void *context) {
    UnpackIterator *it = (UnpackIterator *)self;
    return is_null(it->buffer.object) ? 0 : visit(it->buffer.object, context);
}

static const MethodDef iterator_methods[] = {
    {"__length_hint__", "($self, /)", NULL, iterator_length_hint},
    {NULL},
};
static const Field iterator_fields[] = {FIELD_VALUE(UnpackIterator, structure)};

const TypeDef typedef_unpack_iterator = {
    .name = "_struct.unpack_iterator",
    .flags = TF_NO_NEW | TF_GC | TF_IMMUTABLE | TF_MODULE_NAME,
    .size = sizeof(UnpackIterator),
    FIELDS(iterator_fields),
    .methods = iterator_methods,
    .slots = {.iter = iterator_self, .next = iterator_next, .destroy = iterator_destroy, .traverse = iterator_traverse},
};

/* --- The type Struct ------------------------------------------------------------------------------------------------------------------ */

static Value method_pack(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_no_keywords(t, "Struct.pack", kwnames) ? pack(t, args[0], args + 1, nargs - 1) : VNULL;
}
static Value method_pack_into(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return call_no_keywords(t, "Struct.pack_into", kwnames) ? pack_into(t, args[0], args + 1, nargs - 1) : VNULL;
}
static Value method_unpack(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return unpack(t, args[0], args[1]); }
static Value method_unpack_from(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return unpack_from(t, args[0], args[1], args[2]); }
static Value method_iter_unpack(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return iter_unpack(t, args[0], args[1]); }

static Value method_sizeof(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Struct *s = ready(t, args[0]);
    if (s == NULL) return VNULL;
    return v_smallint((int64_t)(sizeof *s + (s->items ? heap_size(s->items) : 0)));
}

static Value get_format(Thread *t, Value self, void *closure) {
    Struct *s = ready(t, self);
    return s ? new_ref(s->text) : VNULL;
}
static Value get_size(Thread *t, Value self, void *closure) { return int_from_i64(t, V_AS(Struct, self)->size); }

static Value slot_repr(Thread *t, Value self) {
    Struct *s = ready(t, self);
    return s ? str_format(t, "%s(%R)", "Struct", s->text) : VNULL;
}

static const MethodDef struct_methods[] = {
    {"pack", NULL, "pack(v1, v2, ...) -> bytes\n\nThe values as bytes, by the format.", method_pack},
    {"pack_into", NULL, "pack_into(buffer, offset, v1, v2, ...)\n\nWrite the values into a buffer.", method_pack_into},
    {"unpack", "($self, buffer, /)", "The values in a buffer of just the right size, as a tuple.", method_unpack},
    {"unpack_from", "($self, /, buffer, offset=0)", "The values at an offset of a buffer, as a tuple.", method_unpack_from},
    {"iter_unpack", "($self, buffer, /)", "An iterator over a buffer that holds any number of such structs.", method_iter_unpack},
    {"__sizeof__", "($self, /)", "Bytes of memory that the object takes.", method_sizeof},
    {NULL},
};
static const GetSetDef struct_getsets[] = {
    {"format", get_format, NULL, "The format text."},
    {"size", get_size, NULL, "The bytes that the format stands for."},
    {NULL},
};
static const Field struct_fields[] = {FIELD_VALUE(Struct, text), FIELD_BUFFER(Struct, items)};

const TypeDef typedef_Struct = {
    .name = "_struct.Struct",
    .doc = "Struct(fmt) --> a compiled format of struct",
    .signature = "(format)",
    .flags = TF_BASE | TF_GC | TF_MODULE_NAME | TF_WEAKREF | TF_EXT,
    .size = sizeof(Struct),
    FIELDS(struct_fields),
    .methods = struct_methods,
    .getsets = struct_getsets,
    .slots = {.new = slot_new, .init = slot_init, .repr = slot_repr},
};

/* --- The module ------------------------------------------------------------------------------------------------------------------------- */

static Value fn_pack(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "_struct.pack", kwnames)) return VNULL;
    if (nargs == 0) return err_raise(t, T_TypeError, "missing format argument");
    Value s = struct_for(t, args[0]);
    if (is_null(s)) return VNULL;
    Value result = pack(t, s, args + 1, nargs - 1);
    decref(t, s);
    return result;
}

static Value fn_pack_into(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (!call_no_keywords(t, "_struct.pack_into", kwnames)) return VNULL;
    if (nargs == 0) return err_raise(t, T_TypeError, "missing format argument");
    Value s = struct_for(t, args[0]);
    if (is_null(s)) return VNULL;
    Value result = pack_into(t, s, args + 1, nargs - 1);
    decref(t, s);
    return result;
}

static Value fn_unpack(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value s = struct_for(t, args[0]);
    if (is_null(s)) return VNULL;
    Value result = unpack(t, s, args[1]);
    decref(t, s);
    return result;
}

static Value fn_unpack_from(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value s = struct_for(t, args[0]);
    if (is_null(s)) return VNULL;
    Value result = unpack_from(t, s, args[1], args[2]);
    decref(t, s);
    return result;
}

static Value fn_iter_unpack(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value s = struct_for(t, args[0]);
    if (is_null(s)) return VNULL;
    Value result = iter_unpack(t, s, args[1]);
    decref(t, s);
    return result;
}

static Value fn_calcsize(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value s = struct_for(t, args[0]);
    if (is_null(s)) return VNULL;
    int64_t size = V_AS(Struct, s)->size;
    decref(t, s);
    return int_from_i64(t, size);
}

static Value fn_clearcache(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    dict_clear(t, state_of(t)->cache);
    dict_clear(t, state_of(t)->bytes_cache);
    return V_NONE;
}

static const MethodDef functions[] = {
    {"_clearcache", "($module, /)", "Forget the compiled formats.", fn_clearcache},
    {"calcsize", "($module, format, /)", "The bytes that a format stands for.", fn_calcsize},
    {"iter_unpack", "($module, format, buffer, /)", "An iterator over a buffer that holds any number of such structs.", fn_iter_unpack},
    {"pack", NULL, "pack(format, v1, v2, ...) -> bytes\n\nThe values as bytes, by the format.", fn_pack},
    {"pack_into", NULL, "pack_into(format, buffer, offset, v1, v2, ...)\n\nWrite the values into a buffer.", fn_pack_into},
    {"unpack", "($module, format, buffer, /)", "The values in a buffer of just the right size, as a tuple.", fn_unpack},
    {"unpack_from", "($module, format, /, buffer, offset=0)", "The values at an offset of a buffer, as a tuple.", fn_unpack_from},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    StructState *state = module_state(module);
    state->error = module_new_exception(t, "struct", "error", VNULL);
    state->cache = dict_new(t);
    state->bytes_cache = dict_new(t);
    if (is_null(state->error) || is_null(state->cache) || is_null(state->bytes_cache)) return false;
    return module_add(t, module, "error", new_ref(state->error)) && module_add_type(t, module, T_Struct, &typedef_Struct) &&
           type_boot(t, T_unpack_iterator, T_object, &typedef_unpack_iterator);
}

static int state_traverse(void *state, VisitFn visit, void *context) {
    StructState *s = state;
    int result = is_null(s->error) ? 0 : visit(s->error, context);
    if (!result && !is_null(s->cache)) result = visit(s->cache, context);
    if (!result && !is_null(s->bytes_cache)) result = visit(s->bytes_cache, context);
    return result;
}

static void state_clear(Thread *t, void *state) {
    StructState *s = state;
    slot_clear(t, &s->error);
    slot_clear(t, &s->cache);
    slot_clear(t, &s->bytes_cache);
}

const ModuleDef module_struct = {
    .name = "_struct",
    .doc = "Python values to bytes and back, laid out as C does it or in a given byte order.",
    .functions = functions,
    .state_size = sizeof(StructState),
    .exec = exec,
    .traverse = state_traverse,
    .clear = state_clear,
};
