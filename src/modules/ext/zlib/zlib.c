/* The module zlib: functions, errors, constants; and the loop around the library that all of it goes through. */
#include "modules/ext/zlib/zlib_priv.h"

/* --- Calling the library ----------------------------------------------------------------------------- */

Value zlib_error(Thread *t, const z_stream *z, int result, const char *doing) {
    const char *why = result == Z_VERSION_ERROR ? "library version mismatch" : z->msg;
    if (why == NULL) {
        switch (result) {
        case Z_BUF_ERROR: why = "incomplete or truncated stream"; break;
        case Z_STREAM_ERROR: why = "inconsistent stream state"; break;
        case Z_DATA_ERROR: why = "invalid input data"; break;
        default: break;
        }
    }
    Type *type = V_AS(Type, ZLIB_STATE(t)->error);
    if (why == NULL) return err_raise_type(t, type, "Error %d %s", result, doing);
    return err_raise_type(t, type, "Error %d %s: %s", result, doing, why);
}

int zlib_run(Thread *t, z_stream *z, int (*work)(z_stream *, int), CodecPieces *p, OutputBuffer *out, int flush) {
    for (;;) {
        p->out = output_at(out);
        p->out_left = output_room(out);
        zlib_load(z, p);
        int result, mode = z->avail_in < p->in_left ? Z_NO_FLUSH : flush;
        CODEC_CALL(t, p, result = work(z, mode));
        zlib_store(z, p);
        out->used += p->out - output_at(out);
        if (result != Z_OK && result != Z_BUF_ERROR) return result;
        if (p->out_left == 0) {
            if (output_is_full(out) || !output_grow(t, out)) return result;
        } else if (p->in_left == 0 && z->avail_out > 0) {
            return result;
        }
    }
}

bool zlib_check_dictionary(Thread *t, Value zdict) {
    return is_null(zdict) || has_buffer(t, zdict) || err_fail(t, T_TypeError, "zdict argument must support the buffer protocol");
}

/* --- All at once ----------------------------------------------------------------------------------------- */

static Value compress_view(Thread *t, const Buffer *view, int level, int wbits) {
    z_stream z = {0};
    OutputBuffer out;
    if (!output_begin(t, &out, view->length / 2, -1)) return VNULL;
    int result = deflateInit2(&z, level, DEFLATED, wbits, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    if (result != Z_OK) {
        output_drop(t, &out);
        if (result == Z_MEM_ERROR) return err_raise(t, T_MemoryError, "Out of memory while compressing data");
        if (result == Z_STREAM_ERROR) return err_raise_type(t, V_AS(Type, ZLIB_STATE(t)->error), "Bad compression level");
        return zlib_error(t, &z, result, "while compressing data");
    }
    CodecPieces p = {.in = view->data, .in_left = (size_t)view->length};
    result = zlib_run(t, &z, deflate, &p, &out, Z_FINISH);
    int ended = deflateEnd(&z);
    if (is_null(out.bytes)) return VNULL;
    if (result == Z_STREAM_END && ended == Z_OK) return output_finish(t, &out);
    output_drop(t, &out);
    return result == Z_STREAM_END ? zlib_error(t, &z, ended, "while finishing compression") : zlib_error(t, &z, result, "while compressing data");
}

static Value fn_compress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t level = Z_DEFAULT_COMPRESSION, wbits = MAX_WBITS;
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if ((is_null(args[1]) || arg_c_int(t, args[1], &level)) && (is_null(args[2]) || arg_c_int(t, args[2], &wbits)))
        result = compress_view(t, &view, level, wbits);
    buffer_release(t, &view);
    return result;
}

static Value decompress_view(Thread *t, const Buffer *view, int wbits, int64_t room) {
    z_stream z = {0};
    OutputBuffer out;
    if (!output_begin(t, &out, room, -1)) return VNULL;
    int result = inflateInit2(&z, wbits);
    if (result != Z_OK) {
        output_drop(t, &out);
        if (result == Z_MEM_ERROR) return err_raise(t, T_MemoryError, "Out of memory while decompressing data");
        return zlib_error(t, &z, result, "while preparing to decompress data");
    }
    CodecPieces p = {.in = view->data, .in_left = (size_t)view->length};
    result = zlib_run(t, &z, inflate, &p, &out, Z_SYNC_FLUSH);
    int ended = inflateEnd(&z);
    if (is_null(out.bytes)) return VNULL;
    if (result == Z_STREAM_END && ended == Z_OK) return output_finish(t, &out);
    output_drop(t, &out);
    if (result == Z_STREAM_END) return zlib_error(t, &z, ended, "while finishing decompression");
    if (result == Z_MEM_ERROR) return err_raise(t, T_MemoryError, "Out of memory while decompressing data");
    return zlib_error(t, &z, result == Z_OK ? Z_BUF_ERROR : result, "while decompressing data");
}

static Value fn_decompress(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t wbits = MAX_WBITS;
    int64_t room = DEF_BUF_SIZE;
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    Value result = VNULL;
    if ((is_null(args[1]) || arg_c_int(t, args[1], &wbits)) && (is_null(args[2]) || arg_size(t, args[2], &room))) {
        if (room < 0) err_raise(t, T_ValueError, "bufsize must be non-negative");
        else result = decompress_view(t, &view, wbits, room);
    }
    buffer_release(t, &view);
    return result;
}

/* --- Checksums ------------------------------------------------------------------------------------------- */

typedef uLong (*ChecksumFn)(uLong sum, const Bytef *data, z_size_t n);

static Value checksum(Thread *t, Value *args, uLong start, ChecksumFn function) {
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    Value number = is_null(args[1]) ? v_smallint((int64_t)start) : number_index(t, args[1]);
    if (!is_null(number)) {
        uLong sum = (uint32_t)int_to_u64_mask(number);
        decref(t, number);
        if (view.length > 5000) ALLOW_THREADS(t, sum = function(sum, (const Bytef *)view.data, (z_size_t)view.length));
        else sum = function(sum, (const Bytef *)view.data, (z_size_t)view.length);
        number = v_smallint((int64_t)(uint32_t)sum);
    }
    buffer_release(t, &view);
    return number;
}
static Value fn_adler32(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return checksum(t, args, 1, adler32_z); }
static Value fn_crc32(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return checksum(t, args, 0, crc32_z); }

/* --- The module ------------------------------------------------------------------------------------------ */

static const MethodDef functions[] = {
    {"adler32", "($module, data, value=1, /)", "The Adler-32 checksum of data, going on from value.", fn_adler32},
    {"crc32", "($module, data, value=0, /)", "The CRC-32 checksum of data, going on from value.", fn_crc32},
    {"compress", "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", "Compress data at once.", fn_compress},
    {"decompress", "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", "Decompress a whole stream at once.", fn_decompress},
    {"compressobj",
     "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, "
     "strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)",
     "An object that compresses data given in pieces.", zlib_compressobj},
    {"decompressobj", "($module, /, wbits=MAX_WBITS, zdict=b'')", "An object that decompresses data given in pieces.", zlib_decompressobj},
    {NULL},
};

#define NUMBER(name) {#name, name}
static const struct { const char *name; int value; } numbers[] = {
    NUMBER(MAX_WBITS), NUMBER(DEFLATED), NUMBER(DEF_MEM_LEVEL), NUMBER(DEF_BUF_SIZE),
    NUMBER(Z_NO_COMPRESSION), NUMBER(Z_BEST_SPEED), NUMBER(Z_BEST_COMPRESSION), NUMBER(Z_DEFAULT_COMPRESSION),
    NUMBER(Z_FILTERED), NUMBER(Z_HUFFMAN_ONLY), NUMBER(Z_RLE), NUMBER(Z_FIXED), NUMBER(Z_DEFAULT_STRATEGY),
    NUMBER(Z_NO_FLUSH), NUMBER(Z_PARTIAL_FLUSH), NUMBER(Z_SYNC_FLUSH), NUMBER(Z_FULL_FLUSH), NUMBER(Z_FINISH), NUMBER(Z_BLOCK), NUMBER(Z_TREES),
};

static bool add_types(Thread *t, Value module) {
    if (!module_add_type(t, module, T_zlib_ZlibDecompressor, &typedef_zlib_ZlibDecompressor)) return false;
    return builtin_type(t, T_zlib_Compress) != NULL || (type_boot(t, T_zlib_Compress, T_object, &typedef_zlib_Compress) &&
                                                        type_boot(t, T_zlib_Decompress, T_object, &typedef_zlib_Decompress));
}

static bool zlib_exec(Thread *t, Value module) {
    ZlibState *state = ZLIB_STATE(t);
    if (is_null(state->error)) state->error = module_new_exception(t, "zlib", "error", VNULL);
    if (is_null(state->error) || !module_add(t, module, "error", new_ref(state->error)) || !add_types(t, module)) return false;
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    return module_add_cstr(t, module, "ZLIB_VERSION", ZLIB_VERSION) && module_add_cstr(t, module, "ZLIB_RUNTIME_VERSION", zlibVersion()) &&
           module_add_cstr(t, module, "__version__", "1.0");
}

const ModuleDef krait_module_zlib = {
    .name = "zlib",
    .doc = "The compression and checksums of the zlib library.",
    .functions = functions,
    .state_size = sizeof(ZlibState),
    .exec = zlib_exec,
};
