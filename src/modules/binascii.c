/* binascii: bytes as text (hexadecimal, base64, quoted-printable, uuencode) and checksums. */
#include "base/buf.h"
#include "base/crc32.h"
#include "base/find.h"
#include "modules/module.h"
#include "object/buffer.h"

typedef struct BinasciiState {
    Value error, incomplete;  /* the module's exceptions */
} BinasciiState;

static Value fail(Thread *t, const char *message) {
    Value type = MODULE_STATE(t, binascii, BinasciiState)->error;
    return err_raise_type(t, V_AS(Type, type), "%s", message);
}

/* An argument's bytes. */
typedef struct Input {
    const uint8_t *data;
    int64_t n;
    Buffer buffer;
    bool has_buffer;
} Input;

static bool input_bytes(Thread *t, Value v, Input *in) {
    in->has_buffer = buffer_get(t, v, &in->buffer, BUF_SIMPLE);
    if (!in->has_buffer) return false;
    in->data = (const uint8_t *)in->buffer.data;
    in->n = in->buffer.length;
    return true;
}

/* A bytes-like object or an ASCII str. */
static bool input_ascii(Thread *t, Value v, Input *in) {
    if (is_str(t, v)) {
        Str *s = V_AS(Str, v);
        if (!str_is_ascii(s)) return err_fail(t, T_ValueError, "string argument should contain only ASCII characters");
        in->has_buffer = false;
        in->data = s->data;
        in->n = str_len(s);
        return true;
    }
    if (input_bytes(t, v, in)) return true;
    if (err_catch(t, T_TypeError)) err_raise(t, T_TypeError, "argument should be bytes, buffer or ASCII string, not '%T'", v);
    return false;
}

static void input_end(Thread *t, Input *in) {
    if (in->has_buffer) buffer_release(t, &in->buffer);
}

/* The bytes written to `out`, which is released; VNULL stays what it is when an exception is pending. */
static Value finish(Thread *t, Buf *out) {
    Value result = err_pending(t) ? VNULL : out->failed ? err_no_memory(t) : bytes_new(t, out->data ? out->data : "", (int64_t)out->len);
    buf_free(out);
    return result;
}

static bool flag(Thread *t, Value v, bool fallback, bool *out) {
    *out = fallback;
    return is_null(v) || arg_bool(t, v, out);
}

/* --- uuencode ------------------------------------------------------------------------------------------------------------------------ */

static Value a2b_uu(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    if (!input_ascii(t, args[0], &in)) return VNULL;
    Buf out = {0};
    int64_t i = 1, wanted = in.n > 0 ? (in.data[0] - ' ') & 63 : 0;
    unsigned bits = 0, have = 0;
    if (in.n == 0) fail(t, "Missing length byte");
    for (; (int64_t)out.len < wanted && !err_pending(t) && !out.failed; i++) {
        /* Spaces at the line's end may have been lost. */
        uint8_t c = i < in.n ? in.data[i] : '\n';
        if (c == '\n' || c == '\r') c = ' ';
        if (c < ' ' || c > ' ' + 64) {
            fail(t, "Illegal char");
            break;
        }
        bits = bits << 6 | ((c - ' ') & 63);
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_byte(&out, (char)(bits >> have));
            bits &= (1u << have) - 1;
        }
    }
    for (; i < in.n && !err_pending(t); i++) {
        uint8_t c = in.data[i];
        if (c != ' ' && c != ' ' + 64 && c != '\n' && c != '\r') fail(t, "Trailing garbage");
    }
    input_end(t, &in);
    return finish(t, &out);
}

static Value b2a_uu(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    bool backtick;
    if (!flag(t, args[1], false, &backtick) || !input_bytes(t, args[0], &in)) return VNULL;
    Buf out = {0};
    char zero = backtick ? '`' : ' ';
    if (in.n > 45) {
        fail(t, "At most 45 bytes at once");
    } else {
        buf_byte(&out, in.n ? (char)(' ' + in.n) : zero);
        for (int64_t i = 0; i < in.n; i += 3) {
            uint32_t group = 0;
            for (int k = 0; k < 3; k++) group = group << 8 | (i + k < in.n ? in.data[i + k] : 0);
            for (int shift = 18; shift >= 0; shift -= 6) {
                unsigned six = group >> shift & 63;
                buf_byte(&out, six ? (char)(' ' + six) : zero);
            }
        }
        buf_byte(&out, '\n');
    }
    input_end(t, &in);
    return finish(t, &out);
}

/* --- base64 -------------------------------------------------------------------------------------------------------------------------- */

static const char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int base64_value(uint8_t c) {
    if ((unsigned)c - 'A' < 26) return c - 'A';
    if ((unsigned)c - 'a' < 26) return c - 'a' + 26;
    if ((unsigned)c - '0' < 10) return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static Value too_few(Thread *t, int64_t characters) {
    Value type = MODULE_STATE(t, binascii, BinasciiState)->error;
    return err_raise_type(t, V_AS(Type, type),
                          "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a multiple of 4",
                          (size_t)characters);
}

static void decode_base64(Thread *t, const Input *in, bool strict, Buf *out) {
    uint32_t group = 0;
    int64_t characters = 0;
    int in_group = 0, pads = 0;
    for (int64_t i = 0; i < in->n; i++) {
        uint8_t c = in->data[i];
        if (c == '=') {
            pads++;
            if (!strict || (in_group >= 2 && in_group + pads <= 4)) continue;
            if (in_group == 1) too_few(t, characters);
            else fail(t, i == 0 ? "Leading padding not allowed" : "Excess padding not allowed");
            return;
        }
        int value = base64_value(c);
        if (value < 0) {
            if (!strict) continue;
            fail(t, "Only base64 data is allowed");
            return;
        }
        if (strict && pads > 0) {
            fail(t, in_group + pads == 4 ? "Excess data after padding" : "Discontinuous padding not allowed");
            return;
        }
        pads = 0;
        characters++;
        group = group << 6 | (uint32_t)value;
        if (++in_group == 4) {
            buf_byte(out, (char)(group >> 16));
            buf_byte(out, (char)(group >> 8));
            buf_byte(out, (char)group);
            in_group = 0;
            group = 0;
        }
    }
    if (in_group == 0) return;
    if (in_group == 1) {
        too_few(t, characters);
    } else if (in_group + pads < 4) {
        fail(t, "Incorrect padding");
    } else {
        group <<= 6 * (4 - in_group);
        buf_byte(out, (char)(group >> 16));
        if (in_group == 3) buf_byte(out, (char)(group >> 8));
    }
}

static Value a2b_base64(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    bool strict;
    if (!flag(t, args[1], false, &strict) || !input_ascii(t, args[0], &in)) return VNULL;
    Buf out = {0};
    buf_reserve(&out, (size_t)in.n / 4 * 3 + 3);
    decode_base64(t, &in, strict, &out);
    input_end(t, &in);
    return finish(t, &out);
}

static Value b2a_base64(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    bool newline;
    if (!flag(t, args[1], true, &newline) || !input_bytes(t, args[0], &in)) return VNULL;
    int64_t length = (in.n + 2) / 3 * 4 + newline;
    Value result = bytes_new(t, NULL, length);
    if (!is_null(result) && length > 0) {
        char *p = V_AS(Bytes, result)->data;
        int64_t i = 0;
        for (; i + 3 <= in.n; i += 3, p += 4) {
            uint32_t group = (uint32_t)in.data[i] << 16 | (uint32_t)in.data[i + 1] << 8 | in.data[i + 2];
            for (int k = 0; k < 4; k++) p[k] = base64_letters[group >> (18 - 6 * k) & 63];
        }
        if (i < in.n) {
            uint32_t group = (uint32_t)in.data[i] << 16 | (i + 1 < in.n ? (uint32_t)in.data[i + 1] << 8 : 0);
            p[0] = base64_letters[group >> 18];
            p[1] = base64_letters[group >> 12 & 63];
            p[2] = i + 1 < in.n ? base64_letters[group >> 6 & 63] : '=';
            p[3] = '=';
            p += 4;
        }
        if (newline) *p = '\n';
    }
    input_end(t, &in);
    return result;
}

/* --- Hexadecimal ------------------------------------------------------------------------------------------------------------------------ */

static int hex_value(uint8_t c) { return (unsigned)c - '0' < 10 ? c - '0' : (unsigned)(c | 32) - 'a' < 6 ? (c | 32) - 'a' + 10 : -1; }

/* The separator of hexlify: -1 none, -2 an exception is pending. */
static int hex_separator(Thread *t, Value sep) {
    if (is_null(sep)) return -1;
    int64_t n = length_of(t, sep);
    if (n < 0) return -2;
    int c = -2;
    if (n != 1) {
        err_raise(t, T_ValueError, "sep must be length 1.");
    } else if (is_str(t, sep)) {
        if (V_AS(Str, sep)->kind == 1) c = str_1(V_AS(Str, sep))[0];
        else err_raise(t, T_ValueError, "sep must be ASCII.");
    } else if (is_bytes(t, sep)) {
        c = (uint8_t)V_AS(Bytes, sep)->data[0];
    } else {
        err_raise(t, T_TypeError, "sep must be str or bytes.");
    }
    return c;
}

static Value hexlify(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    int32_t group = 1;
    int sep = hex_separator(t, args[1]);
    if (sep == -2 || (!is_null(args[2]) && !arg_i32(t, args[2], &group)) || !input_bytes(t, args[0], &in)) return VNULL;
    int64_t every = group < 0 ? -(int64_t)group : group;
    if (sep < 0 || every == 0 || every >= in.n) every = 0;
    int64_t separators = every ? (in.n - 1) / every : 0;
    Value result = in.n > (INT64_MAX - 1) / 4 ? err_no_memory(t) : bytes_new(t, NULL, 2 * in.n + separators);
    if (!is_null(result) && in.n > 0) {
        char *p = V_AS(Bytes, result)->data;
        /* Groups are counted from the right, or from the left when negative. */
        int64_t until = !every ? in.n : group < 0 ? every : (in.n - 1) % every + 1;
        for (int64_t i = 0; i < in.n; i++) {
            if (i == until) {
                *p++ = (char)sep;
                until += every;
            }
            *p++ = "0123456789abcdef"[in.data[i] >> 4];
            *p++ = "0123456789abcdef"[in.data[i] & 15];
        }
    }
    input_end(t, &in);
    return result;
}

static Value unhexlify(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    if (!input_ascii(t, args[0], &in)) return VNULL;
    Buf out = {0};
    if (in.n % 2) fail(t, "Odd-length string");
    for (int64_t i = 0; i + 1 < in.n && !err_pending(t); i += 2) {
        int high = hex_value(in.data[i]), low = hex_value(in.data[i + 1]);
        if (high < 0 || low < 0) fail(t, "Non-hexadecimal digit found");
        else buf_byte(&out, (char)(high << 4 | low));
    }
    input_end(t, &in);
    return finish(t, &out);
}

/* --- Quoted-printable ------------------------------------------------------------------------------------------------------------------- */

static Value a2b_qp(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    bool header;
    if (!flag(t, args[1], false, &header) || !input_ascii(t, args[0], &in)) return VNULL;
    Buf out = {0};
    const uint8_t *p = in.data;
    for (int64_t i = 0; i < in.n; i++) {
        if (p[i] != '=') {
            buf_byte(&out, header && p[i] == '_' ? ' ' : (char)p[i]);
            continue;
        }
        if (++i >= in.n) break;
        if (p[i] == '\n' || p[i] == '\r') {
            while (i < in.n && p[i] != '\n') i++;  /* a soft line break */
        } else if (p[i] == '=') {
            buf_byte(&out, '=');
        } else if (i + 1 < in.n && hex_value(p[i]) >= 0 && hex_value(p[i + 1]) >= 0) {
            buf_byte(&out, (char)(hex_value(p[i]) << 4 | hex_value(p[i + 1])));
            i++;
        } else {
            buf_byte(&out, '=');
            i--;
        }
    }
    input_end(t, &in);
    return finish(t, &out);
}

typedef struct QpOptions {
    bool quotetabs, istext, header;
} QpOptions;

enum { QP_LINE = 76 };

static void qp_put_hex(Buf *out, uint8_t c) {
    buf_byte(out, '=');
    buf_byte(out, "0123456789ABCDEF"[c >> 4]);
    buf_byte(out, "0123456789ABCDEF"[c & 15]);
}

static bool qp_needs_quoting(const Input *in, int64_t i, int line, QpOptions o) {
    uint8_t c = in->data[i];
    bool last = i + 1 == in->n;
    if (c > 126 || c == '=' || (o.header && c == '_')) return true;
    if (c == '.' && line == 0 && (last || in->data[i + 1] == '\n' || in->data[i + 1] == '\r' || in->data[i + 1] == 0)) return true;
    if (c == '\r' || c == '\n') return !o.istext;
    if (c == '\t' || c == ' ') return last || o.quotetabs;
    return c < 33;
}

static void encode_qp(const Input *in, QpOptions o, Buf *out) {
    Units all = {in->data, (size_t)in->n, 1};
    size_t newline = find_unit(all, '\n');
    bool crlf = newline != FIND_NONE && newline > 0 && in->data[newline - 1] == '\r';
    int line = 0;
    for (int64_t i = 0; i < in->n; i++) {
        uint8_t c = in->data[i];
        bool last = i + 1 == in->n;
        if (qp_needs_quoting(in, i, line, o)) {
            if (line + 3 >= QP_LINE) {
                buf_str(out, crlf ? "=\r\n" : "=\n");
                line = 0;
            }
            qp_put_hex(out, c);
            line += 3;
        } else if (o.istext && (c == '\n' || (c == '\r' && !last && in->data[i + 1] == '\n'))) {
            line = 0;
            /* White space before a line's end does not survive: quote it. */
            if (out->len > 0 && (out->data[out->len - 1] == ' ' || out->data[out->len - 1] == '\t')) {
                uint8_t space = (uint8_t)out->data[--out->len];
                qp_put_hex(out, space);
            }
            buf_str(out, crlf ? "\r\n" : "\n");
            if (c == '\r') i++;
        } else {
            if (!last && in->data[i + 1] != '\n' && line + 1 >= QP_LINE) {
                buf_str(out, crlf ? "=\r\n" : "=\n");
                line = 0;
            }
            line++;
            buf_byte(out, o.header && c == ' ' ? '_' : (char)c);
        }
    }
}

static Value b2a_qp(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    QpOptions o;
    if (!flag(t, args[1], false, &o.quotetabs) || !flag(t, args[2], true, &o.istext) || !flag(t, args[3], false, &o.header)) return VNULL;
    if (!input_bytes(t, args[0], &in)) return VNULL;
    Buf out = {0};
    encode_qp(&in, o, &out);
    input_end(t, &in);
    return finish(t, &out);
}

/* --- Checksums --------------------------------------------------------------------------------------------------------------------------- */

/* An int argument modulo 2^32. */
static bool word_argument(Thread *t, Value v, uint32_t *out) {
    *out = 0;
    if (is_null(v)) return true;
    Value number = number_index(t, v);
    if (is_null(number)) return false;
    *out = (uint32_t)int_to_u64_mask(number);
    decref(t, number);
    return true;
}

static Value crc32(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    uint32_t crc;
    if (!word_argument(t, args[1], &crc) || !input_bytes(t, args[0], &in)) return VNULL;
    crc = crc32_update(crc, in.data, (size_t)in.n);
    input_end(t, &in);
    return v_smallint(crc);
}

static Value crc_hqx(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Input in;
    uint32_t crc;
    if (!word_argument(t, args[1], &crc) || !input_bytes(t, args[0], &in)) return VNULL;
    crc &= 0xffff;
    for (int64_t i = 0; i < in.n; i++) {
        uint32_t x = crc >> 8 ^ in.data[i];
        x ^= x >> 4;
        crc = (crc << 8 ^ x << 12 ^ x << 5 ^ x) & 0xffff;
    }
    input_end(t, &in);
    return v_smallint(crc);
}

/* --- The module ---------------------------------------------------------------------------------------------------------------------------- */

#define HEX_SIGNATURE "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)"
#define HEX_DOC "Bytes as hexadecimal digits, with a separator after each group if asked for."

static const MethodDef functions[] = {
    {"a2b_uu", "($module, data, /)", "Decode a line of uuencoded data.", a2b_uu},
    {"b2a_uu", "($module, data, /, *, backtick=False)", "Uuencode a line of data.", b2a_uu},
    {"a2b_base64", "($module, data, /, *, strict_mode=False)", "Decode base64; strictly, only just that is accepted.", a2b_base64},
    {"b2a_base64", "($module, data, /, *, newline=True)", "Encode data as one line of base64.", b2a_base64},
    {"a2b_hex", "($module, hexstr, /)", "Bytes of hexadecimal digits.", unhexlify},
    {"unhexlify", "($module, hexstr, /)", "Bytes of hexadecimal digits.", unhexlify},
    {"b2a_hex", HEX_SIGNATURE, HEX_DOC, hexlify},
    {"hexlify", HEX_SIGNATURE, HEX_DOC, hexlify},
    {"a2b_qp", "($module, /, data, header=False)", "Decode quoted-printable text.", a2b_qp},
    {"b2a_qp", "($module, /, data, quotetabs=False, istext=True, header=False)",
     "Encode data as quoted-printable text.\n\nistext keeps line ends as they are; quotetabs quotes all spaces and tabs; header writes spaces as underscores.", b2a_qp},
    {"crc32", "($module, data, crc=0, /)", "The CRC-32 of data, going on from crc.", crc32},
    {"crc_hqx", "($module, data, crc, /)", "The CRC-CCITT of data, going on from crc.", crc_hqx},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    BinasciiState *state = module_state(module);
    state->error = module_new_exception(t, "binascii", "Error", v_from(builtin_type(t, T_ValueError)));
    state->incomplete = module_new_exception(t, "binascii", "Incomplete", VNULL);
    return !is_null(state->error) && !is_null(state->incomplete) && module_add(t, module, "Error", new_ref(state->error)) &&
           module_add(t, module, "Incomplete", new_ref(state->incomplete));
}

static int state_traverse(void *state, VisitFn visit, void *context) {
    BinasciiState *s = state;
    int result = is_null(s->error) ? 0 : visit(s->error, context);
    return result ? result : is_null(s->incomplete) ? 0 : visit(s->incomplete, context);
}

static void state_clear(Thread *t, void *state) {
    BinasciiState *s = state;
    slot_clear(t, &s->error);
    slot_clear(t, &s->incomplete);
}

const ModuleDef module_binascii = {
    .name = "binascii",
    .doc = "Binary data to text and back",
    .functions = functions,
    .state_size = sizeof(BinasciiState),
    .exec = exec,
    .traverse = state_traverse,
    .clear = state_clear,
};
