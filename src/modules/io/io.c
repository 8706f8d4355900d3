/* The module _io: streams. Its types lie in the files of this folder; here are open() and what all of them use. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "modules/io/io_priv.h"
#include "modules/sys.h"
#include "core/config.h"
#include "ops/warn.h"

Value io_unsupported(Thread *t, const char *message) {
    return err_raise_type(t, V_AS(Type, MODULE_STATE(t, io, IoState)->unsupported), "%s", message);
}

bool io_size(Thread *t, Value v, int64_t missing, int64_t *out) {
    *out = missing;
    if (is_null(v)) return true;
    if (is_smallint(v)) {
        *out = smallint_get(v);
        return true;
    }
    if (is_none(v)) {
        *out = -1;
        return true;
    }
    if (!has_index(t, v)) return err_fail(t, T_TypeError, "argument should be integer or None, not '%T'", v);
    return number_to_index(t, v, out, T_OverflowError);
}

Value io_call(Thread *t, Value object, const char *name, const Value *args, uint32_t nargs) {
    Value interned = str_intern_cstr(t, name);
    if (is_null(interned)) return VNULL;
    Value v = call_method(t, object, interned, args, nargs);
    decref(t, interned);
    return v;
}

Value io_fspath(Thread *t, Value v, bool *found) {
    Value method = lookup_special(t, v, N(t, __fspath__));
    *found = !is_null(method) && !is_none(method);
    if (!*found) return VNULL;
    Value path = call_0(t, method);
    decref(t, method);
    return path;
}

bool io_interrupted(Thread *t) {
    if (!err_is(t, T_InterruptedError)) return false;
    err_clear(t);
    return signals_check(t);
}

/* --- open -------------------------------------------------------------------------------------- */

typedef struct OpenMode {
    bool creating, reading, writing, appending, updating, text, binary;
    char raw[6];
} OpenMode;

static bool parse_mode(Thread *t, Value mode, OpenMode *m) {
    *m = (OpenMode){0};
    Str *s = V_AS(Str, mode);
    uint32_t seen = 0;
    for (int64_t i = 0; i < str_len(s); i++) {
        static const char letters[] = "xrwa+tb";
        uint32_t c = str_at(s, i);
        const char *p = c && c < 128 ? strchr(letters, (int)c) : NULL;
        if (p == NULL || seen & 1u << (p - letters)) return err_fail(t, T_ValueError, "invalid mode: '%U'", mode);
        seen |= 1u << (p - letters);
    }
    m->creating = seen & 1;
    m->reading = seen & 2;
    m->writing = seen & 4;
    m->appending = seen & 8;
    m->updating = seen & 16;
    m->text = seen & 32;
    m->binary = seen & 64;
    char *r = m->raw;
    if (m->creating) *r++ = 'x';
    if (m->reading) *r++ = 'r';
    if (m->writing) *r++ = 'w';
    if (m->appending) *r++ = 'a';
    if (m->updating) *r++ = '+';
    if (m->text && m->binary) return err_fail(t, T_ValueError, "can't have text and binary mode at once");
    if (m->creating + m->reading + m->writing + m->appending > 1) return err_fail(t, T_ValueError, "must have exactly one of create/read/write/append mode");
    return true;
}

static bool str_or_none(Thread *t, Value v, const char *argument) {
    if (is_null(v) || is_none(v) || is_str(t, v)) return true;
    return err_fail(t, T_TypeError, "open() argument '%s' must be str or None, not %T", argument, v);
}
static bool given(Value v) { return !is_null(v) && !is_none(v); }

/* Closes a half-made file; the pending exception stays. */
static void close_quietly(Thread *t, Value stream) {
    Value pending = err_fetch(t);
    Value r = call_method_0(t, stream, N(t, close));
    if (is_null(r)) {
        err_set_context(t, pending);
    } else {
        decref(t, r);
        err_restore(t, pending);
    }
    decref(t, stream);
}

static Value open_file(Thread *t, Value *args) {
    OpenMode m;
    Value mode = is_null(args[1]) ? new_ref(t->interp->latin1_chars['r']) : new_ref(args[1]);
    int buffering = -1;
    bool ok = is_str(t, mode) || err_fail(t, T_TypeError, "open() argument 'mode' must be str, not %T", mode);
    ok = ok && (is_null(args[2]) || arg_i32(t, args[2], &buffering)) && str_or_none(t, args[3], "encoding") && str_or_none(t, args[4], "errors") &&
         str_or_none(t, args[5], "newline") && parse_mode(t, mode, &m);
    Value raw = VNULL, buffer = VNULL, wrapper = VNULL;
    if (!ok) goto done;
    ok = false;
    if (m.binary && given(args[3])) err_raise(t, T_ValueError, "binary mode doesn't take an encoding argument");
    else if (m.binary && given(args[4])) err_raise(t, T_ValueError, "binary mode doesn't take an errors argument");
    else if (m.binary && given(args[5])) err_raise(t, T_ValueError, "binary mode doesn't take a newline argument");
    else ok = true;
    if (ok && m.binary && buffering == 1) {
        ok = warn(t, T_RuntimeWarning, 1, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used");
    }
    if (!ok) goto done;
    Value raw_mode = str_from_cstr(t, m.raw);
    if (is_null(raw_mode)) goto done;
    Value raw_args[] = {args[0], raw_mode, is_null(args[6]) ? V_TRUE : args[6], is_null(args[7]) ? V_NONE : args[7]};
    raw = call_copy(t, v_from(builtin_type(t, T_FileIO)), raw_args, 4, VNULL);
    decref(t, raw_mode);
    if (is_null(raw)) goto done;
    bool line_buffering = false, is_tty = false;
    if (buffering < 0 && is_fileio(raw)) is_tty = fileio_is_tty(t, V_AS(FileIO, raw));
    if (buffering == 1) {
        buffering = -1;
        line_buffering = true;
    } else if (buffering < 0 && is_tty) {
        line_buffering = true;
    }
    if (m.binary) line_buffering = false;
    int64_t size = buffering;
    if (buffering < 0) {
        int64_t block = V_AS(FileIO, raw)->blksize;
        size = block > IO_BUFFER_SIZE ? block > 8 << 20 ? 8 << 20 : block : IO_BUFFER_SIZE;
        if (is_tty) size = 8192;
    }
    if (size == 0) {
        if (!m.binary) {
            err_raise(t, T_ValueError, "can't have unbuffered text I/O");
            close_quietly(t, raw);
            goto done;
        }
        decref(t, mode);
        return raw;
    }
    enum TypeId kind = m.updating ? T_BufferedRandom : m.creating || m.writing || m.appending ? T_BufferedWriter : T_BufferedReader;
    Value buffer_args[] = {raw, int_from_i64(t, size)};
    buffer = call_copy(t, v_from(builtin_type(t, kind)), buffer_args, 2, VNULL);
    if (is_null(buffer)) {
        close_quietly(t, raw);
        goto done;
    }
    decref(t, raw);
    if (m.binary) {
        decref(t, mode);
        return buffer;
    }
    Value text_args[] = {buffer, is_null(args[3]) ? V_NONE : args[3], is_null(args[4]) ? V_NONE : args[4], is_null(args[5]) ? V_NONE : args[5], v_bool(line_buffering)};
    wrapper = call_copy(t, v_from(builtin_type(t, T_TextIOWrapper)), text_args, 5, VNULL);
    if (is_null(wrapper)) {
        close_quietly(t, buffer);
        goto done;
    }
    decref(t, buffer);
    if (!attr_set(t, wrapper, N(t, mode), mode)) close_quietly(t, wrapper), wrapper = VNULL;
done:
    decref(t, mode);
    return wrapper;
}

IO_FUNCTION(io_open) {
    Value file = args[0], path = VNULL;
    if (!is_int(t, file)) {
        if (is_str(t, file) || is_bytes(t, file)) {
            path = new_ref(file);
        } else {
            bool found;
            path = io_fspath(t, file, &found);
            if (is_null(path) && !found && !err_pending(t)) return err_raise(t, T_TypeError, "expected str, bytes or os.PathLike object, not %T", file);
            if (is_null(path)) return VNULL;
            if (!is_str(t, path) && !is_bytes(t, path)) {
                err_raise(t, T_TypeError, "expected %T.__fspath__() to return str or bytes, not %T", file, path);
                decref(t, path);
                return VNULL;
            }
        }
    } else {
        path = new_ref(file);
    }
    Value copy[8] = {path};
    for (int i = 1; i < 8; i++) copy[i] = args[i];
    Value v = open_file(t, copy);
    decref(t, path);
    return v;
}

IO_FUNCTION(io_open_code) {
    if (!is_str(t, args[0])) return err_raise(t, T_TypeError, "open_code() argument 'path' must be str, not %T", args[0]);
    Value copy[8] = {args[0], str_from_cstr(t, "rb")};
    if (is_null(copy[1])) return VNULL;
    Value v = open_file(t, copy);
    decref(t, copy[1]);
    return v;
}

IO_FUNCTION(io_text_encoding) {
    int level = 2;
    if (!is_null(args[1]) && !arg_i32(t, args[1], &level)) return VNULL;
    if (!is_none(args[0])) return new_ref(args[0]);
    const Config *config = t->runtime->config;
    if (config->warn_default_encoding && !warn(t, T_EncodingWarning, level, "'encoding' argument not specified")) return VNULL;
    return str_intern_cstr(t, config->utf8_mode > 0 ? "utf-8" : "locale");
}

static const MethodDef functions[] = {
    {"open", "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
     "Open file and return a stream.  Raise OSError upon failure.", io_open},
    {"text_encoding", "($module, encoding, stacklevel=2, /)", "A helper function to choose the text encoding.", io_text_encoding},
    {"open_code", "($module, /, path)", "Opens the provided file with the intent to import the contents.", io_open_code},
    {0},
};

/* --- The module -------------------------------------------------------------------------------- */

static bool add_unsupported(Thread *t, Value module) {
    Value bases = tuple_of(t, 2, v_from(builtin_type(t, T_OSError)), v_from(builtin_type(t, T_ValueError))), v = VNULL;
    Value name = str_from_cstr(t, "UnsupportedOperation"), namespace = dict_new(t), io = str_from_cstr(t, "io");
    if (!is_null(bases) && !is_null(name) && !is_null(namespace) && !is_null(io) && dict_set_str(t, namespace, N(t, __module__), io))
        v = call_3(t, v_from(builtin_type(t, T_type)), name, bases, namespace);
    decref_maybe(t, bases);
    decref_maybe(t, name);
    decref_maybe(t, namespace);
    decref_maybe(t, io);
    if (is_null(v)) return false;
    IoState *s = module_state(module);
    s->unsupported = new_ref(v);
    return module_add(t, module, "UnsupportedOperation", v);
}

static bool io_exec(Thread *t, Value module) {
    static const struct { enum TypeId id; const TypeDef *def; } types[] = {
        {T_IOBase, &typedef_IOBase}, {T_RawIOBase, &typedef_RawIOBase}, {T_BufferedIOBase, &typedef_BufferedIOBase}, {T_TextIOBase, &typedef_TextIOBase},
        {T_FileIO, &typedef_FileIO}, {T_BytesIO, &typedef_BytesIO}, {T_BytesIOBuffer, &typedef_BytesIOBuffer}, {T_BufferedReader, &typedef_BufferedReader},
        {T_BufferedWriter, &typedef_BufferedWriter}, {T_BufferedRWPair, &typedef_BufferedRWPair}, {T_BufferedRandom, &typedef_BufferedRandom},
        {T_TextIOWrapper, &typedef_TextIOWrapper}, {T_StringIO, &typedef_StringIO}, {T_IncrementalNewlineDecoder, &typedef_IncrementalNewlineDecoder}};
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (!module_add_type(t, module, types[i].id, types[i].def)) return false;
    return add_unsupported(t, module) && module_add(t, module, "BlockingIOError", ref_of(builtin_type(t, T_BlockingIOError))) &&
           module_add_int(t, module, "DEFAULT_BUFFER_SIZE", IO_BUFFER_SIZE);
}

static int io_traverse(void *state, VisitFn visit, void *context) {
    IoState *s = state;
    return is_null(s->unsupported) ? 0 : visit(s->unsupported, context);
}

const ModuleDef module_io = {
    .name = "_io",
    .doc = "The streams behind the module io: open(), raw, buffered and text streams, and streams in memory.",
    .functions = functions,
    .state_size = sizeof(IoState),
    .exec = io_exec,
    .traverse = io_traverse,
};
