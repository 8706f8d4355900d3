/* The codec registry's search function, sys.stdin, sys.stdout and sys.stderr, and the warnings filters. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "boot/boot_priv.h"
#include "core/config.h"
#include "core/names.h"
#include "import/import.h"
#include "modules/module.h"
#include "object/fs_text.h"
#include "types/codec_registry.h"

bool boot_encodings(Thread *t) {
    Value module = import_module(t, "encodings");
    decref_maybe(t, module);
    return !is_null(module);
}

/* One stream; None when its descriptor is closed. */
static Value open_stream(Thread *t, Value io, int fd, bool writing, const char *name, const char *encoding, const char *errors) {
    const Config *config = t->runtime->config;
    if (fcntl(fd, F_GETFD) < 0) return V_NONE;
    Value open = attr_get(t, io, N(t, open)), mode = str_from_cstr(t, writing ? "wb" : "rb"), buffer = VNULL, raw = VNULL, stream = VNULL, text_name = VNULL;
    if (is_null(open) || is_null(mode)) goto done;
    bool unbuffered = writing && config->unbuffered;
    Value open_args[] = {v_smallint(fd), mode, v_smallint(unbuffered ? 0 : -1), V_NONE, V_NONE, V_NONE, V_FALSE};
    buffer = call_copy(t, open, open_args, COUNT_OF(open_args), VNULL);
    if (is_null(buffer)) {
        if (err_is(t, T_IsADirectoryError) || (err_is(t, T_OSError) && fcntl(fd, F_GETFD) < 0)) {
            err_clear(t);
            stream = V_NONE;
        }
        goto done;
    }
    raw = unbuffered ? new_ref(buffer) : attr_get(t, buffer, N(t, raw));
    text_name = str_from_cstr(t, name);
    if (is_null(raw) || is_null(text_name) || !attr_set(t, raw, N(t, name), text_name)) goto done;
    bool tty = isatty(fd), line_buffering = tty && !unbuffered;
    Value wrapper = attr_get_cstr(t, io, "TextIOWrapper"), enc = str_from_cstr(t, encoding), err = str_from_cstr(t, errors);
    Value newline = new_ref(t->interp->latin1_chars['\n']);
    if (!is_null(wrapper) && !is_null(enc) && !is_null(err)) {
        Value args[] = {buffer, enc, err, writing ? newline : V_NONE, v_bool(line_buffering || (fd == 2)), v_bool(unbuffered)};
        stream = call_copy(t, wrapper, args, COUNT_OF(args), VNULL);
        Value mode_text = is_null(stream) ? VNULL : str_from_cstr(t, writing ? "w" : "r");
        if (!is_null(stream) && (is_null(mode_text) || !attr_set(t, stream, N(t, mode), mode_text))) slot_clear(t, &stream);
        decref_maybe(t, mode_text);
    }
    decref_maybe(t, newline);
    decref_maybe(t, wrapper);
    decref_maybe(t, enc);
    decref_maybe(t, err);
done:
    decref_maybe(t, text_name);
    decref_maybe(t, raw);
    decref_maybe(t, buffer);
    decref_maybe(t, mode);
    decref_maybe(t, open);
    return stream;
}

/* In the C locale, and in those that stand for it, nobody knows what the bytes are. */
static const char *default_errors(const Config *config) {
    static const char *const unsure[] = {"C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"};
    const char *locale = setlocale(LC_CTYPE, NULL);
    for (size_t i = 0; locale != NULL && i < COUNT_OF(unsure); i++)
        if (strcmp(locale, unsure[i]) == 0) return "surrogateescape";
    return config->utf8_mode ? "surrogateescape" : "strict";
}

static bool add_stream(Thread *t, Value io, int fd, const char *name, const char *dunder) {
    const Config *config = t->runtime->config;
    char display[16];
    snprintf(display, sizeof display, "<%s>", name);
    const char *encoding = config->stdio_encoding ? config->stdio_encoding : fs_encoding(t);
    const char *errors = fd == 2 ? "backslashreplace" : config->stdio_errors ? config->stdio_errors : config->stdio_encoding ? "strict" : default_errors(config);
    Value info = VNULL, name_of_codec = VNULL, keep = VNULL;
    if (config->stdio_encoding) { /* under the name that its codec has */
        info = codec_lookup(t, encoding);
        if (!is_null(info)) name_of_codec = attr_get(t, info, N(t, name));
        if (!is_null(name_of_codec) && is_str(t, name_of_codec)) encoding = str_cstr(t, name_of_codec, &keep);
        if (err_pending(t)) {
            err_clear(t);
            encoding = config->stdio_encoding;
        }
    }
    Value stream = open_stream(t, io, fd, fd != 0, display, encoding, errors);
    decref_maybe(t, keep);
    decref_maybe(t, name_of_codec);
    decref_maybe(t, info);
    if (is_null(stream)) return false;
    return module_add(t, t->interp->sys_module, dunder, new_ref(stream)) & module_add(t, t->interp->sys_module, name, stream);
}

static Value early_write(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value keep;
    int64_t n;
    const char *text = is_str(t, args[0]) ? str_utf8(t, args[0], &n, &keep) : NULL;
    if (text != NULL) {
        fwrite(text, 1, (size_t)n, stderr);
        decref_maybe(t, keep);
    }
    return err_pending(t) ? VNULL : V_NONE;
}

/* With -v, importlib tells what it does before there is a stream: until then, an object that can write. */
bool boot_early_stderr(Thread *t) {
    static const MethodDef write_def = {"write", "($module, text, /)", "Write to the standard error of the process.", early_write};
    if (!t->runtime->config->verbose) return true;
    Value stream = call_0(t, v_from(builtin_type(t, T_SimpleNamespace))), write = is_null(stream) ? VNULL : builtin_new(t, &write_def, VNULL, VNULL);
    bool done = !is_null(write) && attr_set(t, stream, N(t, write), write) && dict_set_cstr(t, t->interp->sys_dict, "stderr", stream);
    decref_maybe(t, write);
    decref_maybe(t, stream);
    return done;
}

bool boot_streams(Thread *t) {
    Value io = import_module(t, "io");
    if (is_null(io)) return false;
    bool done = add_stream(t, io, 0, "stdin", "__stdin__") && add_stream(t, io, 1, "stdout", "__stdout__") && add_stream(t, io, 2, "stderr", "__stderr__");
    Value open = done ? attr_get(t, io, N(t, open)) : VNULL;
    done = !is_null(open) && dict_set_str(t, t->interp->builtins, N(t, open), open);
    decref_maybe(t, open);
    decref(t, io);
    return done;
}

/* Signal handlers; and -W options, PYTHONWARNINGS and -b, which go through the warnings module. */
bool boot_warnings(Thread *t) {
    if (t->is_main && !t->runtime->config->no_signals) { /* SIGINT becomes KeyboardInterrupt */
        Value signals = import_module(t, "_signal");
        decref_maybe(t, signals);
        if (is_null(signals)) return false;
    }
    if (t->runtime->config->warnoption_count == 0) return true;
    Value module = import_module(t, "warnings");
    decref_maybe(t, module);
    return !is_null(module);
}
