/* ZstdDict objects, and making dictionaries from samples. */
#include <stdlib.h>
#include <zdict.h>

#include "modules/ext/_zstd/zstd_priv.h"

/* A digested form for one level; libc's memory. */
typedef struct LevelDict {
    struct LevelDict *next;
    ZSTD_CDict *dict;
    int level;
} LevelDict;

/* --- Digested forms ------------------------------------------------------------------------------------------ */

static Bytes *content_of(const ZstdDict *dict) { return V_AS(Bytes, dict->content); }

ZSTD_CDict *zstd_dict_for_level(Thread *t, ZstdDict *dict, int level) {
    object_lock(t, &dict->mutex);
    LevelDict *found = dict->for_compression;
    while (found != NULL && found->level != level) found = found->next;
    if (found == NULL && (found = malloc(sizeof *found)) != NULL) {
        Bytes *content = content_of(dict);
        ALLOW_THREADS(t, found->dict = ZSTD_createCDict(content->data, (size_t)content->length, level));
        found->level = level;
        if (found->dict != NULL) {
            found->next = dict->for_compression;
            dict->for_compression = found;
        } else {
            free(found);
            found = NULL;
        }
    }
    object_unlock(&dict->mutex);
    if (found == NULL) zstd_error(t, "Failed to create a ZSTD_CDict instance from Zstandard dictionary content.");
    return found ? found->dict : NULL;
}

ZSTD_DDict *zstd_dict_for_decompression(Thread *t, ZstdDict *dict) {
    object_lock(t, &dict->mutex);
    if (dict->for_decompression == NULL) {
        Bytes *content = content_of(dict);
        ALLOW_THREADS(t, dict->for_decompression = ZSTD_createDDict(content->data, (size_t)content->length));
    }
    object_unlock(&dict->mutex);
    if (dict->for_decompression == NULL) zstd_error(t, "Failed to create a ZSTD_DDict instance from Zstandard dictionary content.");
    return dict->for_decompression;
}

static void dict_destroy(Thread *t, Object *self) {
    ZstdDict *dict = (ZstdDict *)self;
    ZSTD_freeDDict(dict->for_decompression);
    for (LevelDict *d = dict->for_compression, *next; d != NULL; d = next) {
        next = d->next;
        ZSTD_freeCDict(d->dict);
        free(d);
    }
}

/* --- The type ---------------------------------------------------------------------------------------------------- */

static Value dict_slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given[2];
    bool is_raw = false;
    Buffer view;
    if (!call_bind_signature(t, "ZstdDict", "(dict_content, /, *, is_raw=False)", args, nargs, kwnames, given)) return VNULL;
    if ((!is_null(given[1]) && !arg_bool(t, given[1], &is_raw)) || !buffer_get(t, given[0], &view, BUF_SIMPLE)) return VNULL;
    Value content = bytes_new(t, view.data, view.length), v = VNULL;
    buffer_release(t, &view);
    if (is_null(content)) return VNULL;
    Bytes *b = V_AS(Bytes, content);
    uint32_t id = b->length < 8 ? 0 : ZSTD_getDictID_fromDict(b->data, (size_t)b->length);
    if (b->length < 8) err_raise(t, T_ValueError, "Zstandard dictionary content too short (must have at least eight bytes)");
    else if (!is_raw && id == 0) err_raise(t, T_ValueError, "invalid Zstandard dictionary");
    else v = object_new(t, type);
    if (is_null(v)) {
        decref(t, content);
        return VNULL;
    }
    V_AS(ZstdDict, v)->content = content;
    V_AS(ZstdDict, v)->id = id;
    return object_done(t, v);
}

bool zstd_dict_argument(Thread *t, Value v, enum DictUse fallback, ZstdDict **dict, enum DictUse *use) {
    const Type *type = ZSTD_STATE(t)->dict_type;
    *use = fallback;
    if (is_instance_of(t, v, type)) {
        *dict = V_AS(ZstdDict, v);
        return true;
    }
    if (IS_EXACT(v, tuple) && tuple_len(v) == 2 && is_instance_of(t, tuple_at(v, 0), type) && is_int(t, tuple_at(v, 1))) {
        int32_t number;
        if (!int_to_i32(t, tuple_at(v, 1), &number)) return false;
        *dict = V_AS(ZstdDict, tuple_at(v, 0));
        *use = (enum DictUse)number;
        if (number >= DICT_DIGESTED && number <= DICT_PREFIX) return true;
    }
    return err_fail(t, T_TypeError, "zstd_dict argument should be a ZstdDict object.");
}

static int64_t dict_slot_len(Thread *t, Value self) { return content_of(V_AS(ZstdDict, self))->length; }
static Value dict_slot_repr(Thread *t, Value self) {
    ZstdDict *dict = V_AS(ZstdDict, self);
    return str_format(t, "<ZstdDict dict_id=%u dict_size=%zd>", dict->id, (size_t)content_of(dict)->length);
}
static Value dict_get_content(Thread *t, Value self, void *closure) { return new_ref(V_AS(ZstdDict, self)->content); }
static Value dict_get_use(Thread *t, Value self, void *closure) {
    Value both[2] = {new_ref(self), v_smallint((intptr_t)closure)};
    return tuple_take(t, both, 2);
}

static const GetSetDef dict_getsets[] = {
    {"dict_content", dict_get_content, NULL, "The dictionary's bytes."},
    {"as_digested_dict", dict_get_use, NULL, "To be used in its digested form, which is made once: good where it is used often.", (void *)DICT_DIGESTED},
    {"as_undigested_dict", dict_get_use, NULL, "To be loaded each time: the compressor's advanced options have their full effect.", (void *)DICT_UNDIGESTED},
    {"as_prefix", dict_get_use, NULL, "To be used as what stands before the data of one frame.", (void *)DICT_PREFIX},
    {NULL},
};
static const MemberDef dict_members[] = {{"dict_id", MK_UINT32, MEMBER_READONLY, offsetof(ZstdDict, id), "The dictionary's number; 0: it has none."}, {NULL}};
static const Field dict_fields[] = {FIELD_VALUE(ZstdDict, content)};

const TypeDef typedef_ZstdDict = {
    .name = "compression.zstd.ZstdDict",
    .doc = "A dictionary, with which many small pieces of like data compress better.",
    .signature = "(dict_content, /, *, is_raw=False)",
    .flags = TF_IMMUTABLE | TF_GC,
    .size = sizeof(ZstdDict),
    FIELDS(dict_fields),
    .getsets = dict_getsets,
    .members = dict_members,
    .slots = {.new = dict_slot_new, .destroy = dict_destroy, .len = dict_slot_len, .repr = dict_slot_repr},
};

/* --- Training ------------------------------------------------------------------------------------------------------ */

typedef struct Samples {
    const char *data;
    size_t *sizes; /* raw block */
    unsigned count;
} Samples;

static bool samples_mismatch(Thread *t) { return err_fail(t, T_ValueError, "The samples size tuple doesn't match the concatenation's size."); }

/* The samples of two arguments, all of them in one bytes object and a tuple of their sizes. */
static bool samples_get(Thread *t, Value bytes, Value sizes, Samples *s) {
    int64_t n = tuple_len(sizes), total = 0;
    if (n > UINT32_MAX) return samples_mismatch(t);
    *s = (Samples){V_AS(Bytes, bytes)->data, heap_alloc(t, (size_t)n * sizeof(size_t)), (unsigned)n};
    if (s->sizes == NULL) return false;
    bool good = true;
    for (int64_t i = 0; good && i < n; i++) {
        Value size = tuple_at(sizes, i);
        int64_t number = is_int(t, size) ? int_clamp_i64(size) : 0;
        if (!is_int(t, size)) good = err_fail(t, T_TypeError, "an integer is required");
        else if (number < 0 || __builtin_add_overflow(total, number, &total)) good = samples_mismatch(t);
        s->sizes[i] = (size_t)number;
    }
    if (good && total != V_AS(Bytes, bytes)->length) good = samples_mismatch(t);
    if (!good) heap_free(t, s->sizes);
    return good;
}

static bool check_argument(Thread *t, bool fits, const char *function, int number, const char *type, Value v) {
    return fits || err_fail(t, T_TypeError, "%s() argument %d must be %s, not %T", function, number, type, v);
}

/* The first `size` bytes of a new dictionary's room, or the error that the size says. */
static Value trained(Thread *t, Value room, size_t size, const char *doing) {
    if (!ZDICT_isError(size)) return bytes_resize(t, room, (int64_t)size);
    decref(t, room);
    return zstd_error(t, "Unable to %s the Zstandard dictionary: %s", doing, ZDICT_getErrorName(size));
}

Value zstd_train_dict(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t room_size;
    Samples s;
    if (!check_argument(t, is_bytes(t, args[0]), "train_dict", 1, "bytes", args[0]) ||
        !check_argument(t, is_tuple(t, args[1]), "train_dict", 2, "tuple", args[1]) || !arg_size(t, args[2], &room_size))
        return VNULL;
    if (room_size <= 0) return err_raise(t, T_ValueError, "dict_size argument should be positive number.");
    if (!samples_get(t, args[0], args[1], &s)) return VNULL;
    Value room = bytes_new(t, NULL, room_size);
    if (!is_null(room)) {
        size_t size;
        char *out = V_AS(Bytes, room)->data;
        ALLOW_THREADS(t, size = ZDICT_trainFromBuffer(out, (size_t)room_size, s.data, s.sizes, s.count));
        room = trained(t, room, size, "train");
    }
    heap_free(t, s.sizes);
    return room;
}

Value zstd_finalize_dict(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t room_size;
    int32_t level;
    Samples s;
    if (!check_argument(t, is_bytes(t, args[0]), "finalize_dict", 1, "bytes", args[0]) ||
        !check_argument(t, is_bytes(t, args[1]), "finalize_dict", 2, "bytes", args[1]) ||
        !check_argument(t, is_tuple(t, args[2]), "finalize_dict", 3, "tuple", args[2]) || !arg_size(t, args[3], &room_size) ||
        !arg_c_int(t, args[4], &level))
        return VNULL;
    if (room_size <= 0) return err_raise(t, T_ValueError, "dict_size argument should be positive number.");
    if (!samples_get(t, args[1], args[2], &s)) return VNULL;
    Value room = bytes_new(t, NULL, room_size);
    if (!is_null(room)) {
        size_t size;
        char *out = V_AS(Bytes, room)->data;
        const Bytes *base = V_AS(Bytes, args[0]);
        ZDICT_params_t parameters = {.compressionLevel = level};
        ALLOW_THREADS(t, size = ZDICT_finalizeDictionary(out, (size_t)room_size, base->data, (size_t)base->length, s.data, s.sizes, s.count, parameters));
        room = trained(t, room, size, "finalize");
    }
    heap_free(t, s.sizes);
    return room;
}
