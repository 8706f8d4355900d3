/* zlib's two kinds of decompressors: Decompress, which hands input that it did not use back in unconsumed_tail, and
 * _ZlibDecompressor, which keeps it as those of _bz2 and _lzma do. */
#include "modules/ext/zlib/zlib_priv.h"

/* What the library answers when it is given the dictionary; an exception is pending unless that is Z_OK. */
static int set_dictionary(Thread *t, z_stream *z, Value zdict) {
    Buffer view;
    if (!buffer_get(t, zdict, &view, BUF_SIMPLE)) return Z_ERRNO;
    int result = Z_ERRNO;
    if ((size_t)view.length > UINT_MAX) {
        err_raise(t, T_OverflowError, "zdict length does not fit in an unsigned int");
    } else {
        result = inflateSetDictionary(z, (const Bytef *)view.data, (uInt)view.length);
        if (result != Z_OK) zlib_error(t, z, result, "while setting zdict");
    }
    buffer_release(t, &view);
    return result;
}

/* inflateInit2 with the errors of a constructor. A raw stream has nothing in it that asks for the dictionary: it is set at once. */
static bool open_stream(Thread *t, z_stream *z, int wbits, Value zdict, bool *is_open) {
    int result = inflateInit2(z, wbits);
    *is_open = result == Z_OK;
    switch (result) {
    case Z_OK: return is_null(zdict) || wbits >= 0 || set_dictionary(t, z, zdict) == Z_OK;
    case Z_STREAM_ERROR: return err_fail(t, T_ValueError, "Invalid initialization option");
    case Z_MEM_ERROR: return err_fail(t, T_MemoryError, "Can't allocate memory for decompression object");
    default: zlib_error(t, z, result, "while creating decompression object"); return false;
    }
}

/* --- Decompress ------------------------------------------------------------------------------------------- */

typedef struct Decompress {
    Object head;
    pthread_mutex_t mutex;
    z_stream z;
    Value unused_data, unconsumed_tail; /* bytes */
    Value zdict;                        /* VNULL: none */
    bool is_open, eof;
} Decompress;

Value zlib_decompressobj(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t wbits = MAX_WBITS;
    if ((!is_null(args[0]) && !arg_c_int(t, args[0], &wbits)) || !zlib_check_dictionary(t, args[1])) return VNULL;
    Value v = object_new(t, builtin_type(t, T_zlib_Decompress));
    if (is_null(v)) return v;
    Decompress *d = V_AS(Decompress, v);
    d->unused_data = new_ref(t->interp->empty_bytes);
    d->unconsumed_tail = new_ref(t->interp->empty_bytes);
    d->zdict = new_ref_maybe(args[1]);
    if (open_stream(t, &d->z, wbits, args[1], &d->is_open)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static void decompress_destroy(Thread *t, Object *self) {
    Decompress *d = (Decompress *)self;
    if (d->is_open) inflateEnd(&d->z);
}

/* Inflates the input; the dictionary is given when the stream asks for it. */
static int inflate_all(Thread *t, Decompress *d, CodecPieces *p, OutputBuffer *out) {
    for (;;) {
        int result = zlib_run(t, &d->z, inflate, p, out, Z_SYNC_FLUSH);
        if (is_null(out->bytes)) return Z_MEM_ERROR;
        if (result != Z_NEED_DICT || is_null(d->zdict)) return result;
        result = set_dictionary(t, &d->z, d->zdict);
        if (result != Z_OK) return result;
    }
}

/* Where the rest of the input goes: behind the end of the stream it is unused, before it unconsumed. */
static bool keep_rest(Thread *t, Decompress *d, const CodecPieces *p, bool at_end) {
    size_t n = p->in_left;
    if (at_end) {
        if (n > 0) {
            int64_t before = V_AS(Bytes, d->unused_data)->length;
            Value all = bytes_new(t, NULL, before + (int64_t)n);
            if (is_null(all)) return false;
            memcpy(V_AS(Bytes, all)->data, V_AS(Bytes, d->unused_data)->data, (size_t)before);
            memcpy(V_AS(Bytes, all)->data + before, p->in, n);
            slot_set(t, &d->unused_data, all);
        }
        n = 0;
    }
    if (n == 0 && V_AS(Bytes, d->unconsumed_tail)->length == 0) return true;
    Value rest = n > 0 ? bytes_new(t, p->in, (int64_t)n) : new_ref(t->interp->empty_bytes);
    if (is_null(rest)) return false;
    slot_set(t, &d->unconsumed_tail, rest);
    return true;
}

static Value decompress_locked(Thread *t, Decompress *d, const Buffer *view, int64_t limit) {
    OutputBuffer out;
    if (!output_begin(t, &out, view->length < INT64_MAX / 8 ? view->length * 4 : view->length, limit)) return VNULL;
    CodecPieces p = {.in = view->data, .in_left = (size_t)view->length};
    int result = inflate_all(t, d, &p, &out);
    if (!err_pending(t) && keep_rest(t, d, &p, result == Z_STREAM_END)) {
        d->eof |= result == Z_STREAM_END;
        if (result == Z_STREAM_END || result == Z_OK || result == Z_BUF_ERROR) return output_finish(t, &out);
        zlib_error(t, &d->z, result, "while decompressing data");
    }
    output_drop(t, &out);
    return VNULL;
}

static Value m_decompress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Decompress *d = V_AS(Decompress, args[0]);
    int64_t limit = 0;
    Buffer view;
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if (is_null(args[2]) || arg_size(t, args[2], &limit)) {
        if (limit < 0) {
            err_raise(t, T_ValueError, "max_length must be non-negative");
        } else {
            object_lock(t, &d->mutex);
            result = decompress_locked(t, d, &view, limit == 0 ? -1 : limit);
            object_unlock(&d->mutex);
        }
    }
    buffer_release(t, &view);
    return result;
}

/* What is left of the input, and the end of the stream if it was reached; an incomplete stream is no error here. */
static Value flush_locked(Thread *t, Decompress *d, int64_t room) {
    if (!d->is_open) return new_ref(t->interp->empty_bytes);
    OutputBuffer out;
    if (!output_begin(t, &out, room, -1)) return VNULL;
    Value tail = new_ref(d->unconsumed_tail);
    CodecPieces p = {.in = V_AS(Bytes, tail)->data, .in_left = (size_t)V_AS(Bytes, tail)->length};
    int result = inflate_all(t, d, &p, &out);
    bool done = !err_pending(t) && keep_rest(t, d, &p, result == Z_STREAM_END);
    decref(t, tail);
    if (done && result == Z_STREAM_END) {
        d->eof = true;
        d->is_open = false;
        result = inflateEnd(&d->z);
        if (result != Z_OK) {
            zlib_error(t, &d->z, result, "while finishing decompression");
            done = false;
        }
    } else if (done && result != Z_OK && result != Z_BUF_ERROR) {
        zlib_error(t, &d->z, result, "while decompressing data");
        done = false;
    }
    if (done) return output_finish(t, &out);
    output_drop(t, &out);
    return VNULL;
}

static Value m_flush(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Decompress *d = V_AS(Decompress, args[0]);
    int64_t room = DEF_BUF_SIZE;
    if (!is_null(args[1]) && !arg_size(t, args[1], &room)) return VNULL;
    if (room <= 0) return err_raise(t, T_ValueError, "length must be greater than zero");
    object_lock(t, &d->mutex);
    Value result = flush_locked(t, d, room);
    object_unlock(&d->mutex);
    return result;
}

static Value m_copy(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Decompress *from = V_AS(Decompress, args[0]);
    Value v = object_new(t, builtin_type(t, T_zlib_Decompress));
    if (is_null(v)) return v;
    Decompress *d = V_AS(Decompress, v);
    object_lock(t, &from->mutex);
    int result = inflateCopy(&d->z, &from->z);
    d->is_open = result == Z_OK;
    d->eof = from->eof;
    d->unused_data = new_ref(from->unused_data);
    d->unconsumed_tail = new_ref(from->unconsumed_tail);
    d->zdict = new_ref_maybe(from->zdict);
    object_unlock(&from->mutex);
    if (d->is_open) return object_done(t, v);
    if (result == Z_STREAM_ERROR) err_raise(t, T_ValueError, "Inconsistent stream state");
    else if (result == Z_MEM_ERROR) err_raise(t, T_MemoryError, "Can't allocate memory for decompression object");
    else zlib_error(t, &from->z, result, "while copying decompression object");
    decref(t, v);
    return VNULL;
}

static const MethodDef decompress_methods[] = {
    {"decompress", "($self, data, /, max_length=0)", "The decompressed form of data; at most max_length bytes unless that is 0.", m_decompress},
    {"flush", "($self, length=zlib.DEF_BUF_SIZE, /)", "What is left to decompress of the input so far.", m_flush},
    {"copy", "($self, /)", "A copy with the same state.", m_copy},
    {"__copy__", "($self, /)", NULL, m_copy},
    {"__deepcopy__", "($self, memo, /)", NULL, m_copy},
    {NULL},
};
static const MemberDef decompress_members[] = {
    {"unused_data", MK_VALUE, MEMBER_READONLY, offsetof(Decompress, unused_data)},
    {"unconsumed_tail", MK_VALUE, MEMBER_READONLY, offsetof(Decompress, unconsumed_tail)},
    {"eof", MK_BOOL8, MEMBER_READONLY, offsetof(Decompress, eof)},
    {NULL},
};
static const Field decompress_fields[] = {FIELD_VALUE(Decompress, unused_data), FIELD_VALUE(Decompress, unconsumed_tail), FIELD_VALUE(Decompress, zdict)};

const TypeDef typedef_zlib_Decompress = {
    .name = "zlib.Decompress",
    .flags = TF_NO_NEW | TF_MUTABLE | TF_GC,
    .size = sizeof(Decompress),
    FIELDS(decompress_fields),
    .methods = decompress_methods,
    .members = decompress_members,
    .slots = {.destroy = decompress_destroy},
};

/* --- _ZlibDecompressor -------------------------------------------------------------------------------------- */

typedef struct ZlibDecompressor {
    Decompressor common;
    z_stream z;
    Value zdict; /* VNULL: none */
    bool is_open;
} ZlibDecompressor;

static Value decompressor_slot_new(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    Value given[2];
    int32_t wbits = MAX_WBITS;
    if (!call_bind_signature(t, "_ZlibDecompressor", "(wbits=15, zdict=b'')", args, nargs, kwnames, given)) return VNULL;
    if (!is_null(given[1]) && is_none(given[1])) given[1] = VNULL;
    if ((!is_null(given[0]) && !arg_c_int(t, given[0], &wbits)) || !zlib_check_dictionary(t, given[1])) return VNULL;
    Value v = decompressor_new(t, type);
    if (is_null(v)) return v;
    ZlibDecompressor *d = V_AS(ZlibDecompressor, v);
    d->zdict = new_ref_maybe(given[1]);
    if (open_stream(t, &d->z, wbits, given[1], &d->is_open)) return object_done(t, v);
    decref(t, v);
    return VNULL;
}

static DecompressStep step(Thread *t, Decompressor *common, CodecPieces *p) {
    ZlibDecompressor *d = (ZlibDecompressor *)common;
    zlib_load(&d->z, p);
    int result;
    CODEC_CALL(t, p, result = inflate(&d->z, Z_SYNC_FLUSH));
    zlib_store(&d->z, p);
    switch (result) {
    case Z_OK: case Z_BUF_ERROR: return STEP_MORE;
    case Z_STREAM_END: return STEP_END;
    case Z_NEED_DICT:
        if (!is_null(d->zdict)) return set_dictionary(t, &d->z, d->zdict) == Z_OK ? step(t, common, p) : STEP_FAILED;
        break;
    default: break;
    }
    zlib_error(t, &d->z, result, "while decompressing data");
    return STEP_FAILED;
}

static Value decompressor_decompress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    return decompressor_run(t, args, step, "End of stream already reached");
}

static void decompressor_destroy(Thread *t, Object *self) {
    ZlibDecompressor *d = (ZlibDecompressor *)self;
    if (d->is_open) inflateEnd(&d->z);
}

static const MethodDef decompressor_methods[] = {
    {"decompress", "($self, /, data, max_length=-1)", "The decompressed form of data; at most max_length bytes unless that is negative.", decompressor_decompress},
    {NULL},
};
static const MemberDef decompressor_members[] = {DECOMPRESSOR_MEMBERS, DECOMPRESSOR_UNUSED_DATA, {NULL}};
static const Field decompressor_fields[] = {DECOMPRESSOR_FIELDS, FIELD_VALUE(ZlibDecompressor, zdict)};

const TypeDef typedef_zlib_ZlibDecompressor = {
    .name = "zlib._ZlibDecompressor",
    .doc = "Decompresses a stream that is given in pieces; keeps the input that does not fit the output.",
    .signature = "(wbits=15, zdict=b'')",
    .flags = TF_GC | TF_IMMUTABLE,
    .size = sizeof(ZlibDecompressor),
    FIELDS(decompressor_fields),
    .methods = decompressor_methods,
    .members = decompressor_members,
    .slots = {.new = decompressor_slot_new, .destroy = decompressor_destroy},
};
