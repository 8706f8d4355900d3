/* Formats of struct: their grammar, and single values from and to bytes. */
#include "modules/struct/struct_priv.h"

#include "base/half.h"
#include "base/limbs.h"
#include "object/bytes.h"

/* Sizes of a code: native with its alignment, and standard; 0: not there. */
typedef struct CodeInfo {
    uint8_t native, align, standard;
} CodeInfo;

static CodeInfo code_info(char code) {
    switch (code) {
    case 'x': case 'c': case 'b': case 'B': case '?': case 's': case 'p': return (CodeInfo){1, 1, 1};
    case 'h': case 'H': case 'e': return (CodeInfo){2, 2, 2};
    case 'i': case 'I': case 'f': return (CodeInfo){4, 4, 4};
    case 'l': case 'L': return (CodeInfo){8, 8, 4};
    case 'q': case 'Q': case 'd': return (CodeInfo){8, 8, 8};
    case 'n': case 'N': case 'P': return (CodeInfo){8, 8, 0};
    case 'F': return (CodeInfo){8, 4, 8};
    case 'D': return (CodeInfo){16, 8, 16};
    default: return (CodeInfo){0, 0, 0};
    }
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Reads the next code with its count; false: the end, or an error (an exception pending). */
static bool next_code(Thread *t, const char **p, const char *end, char *code, int64_t *count) {
    while (*p < end && is_space(**p)) ++*p;
    if (*p == end) return false;
    *count = 1;
    if (**p >= '0' && **p <= '9') {
        *count = 0;
        for (; *p < end && **p >= '0' && **p <= '9'; ++*p) {
            if (__builtin_mul_overflow(*count, 10, count) || __builtin_add_overflow(*count, **p - '0', count)) {
                struct_error(t, "total struct size too long");
                return false;
            }
        }
        if (*p == end) {
            struct_error(t, "repeat count given without format specifier");
            return false;
        }
    }
    *code = *(*p)++;
    return true;
}

bool struct_format_parse(Thread *t, const char *text, int64_t n, StructFormat *out) {
    const char *p = text, *end = text + n;
    bool native = true, aligned = true, big_endian = false;
    if (p < end && strchr("@=<>!", *p)) {
        native = aligned = *p == '@';
        big_endian = *p == '>' || *p == '!';
        p++;
    }
    *out = (StructFormat){.items = heap_alloc(t, (size_t)(n + 1) * sizeof(StructItem))};
    if (out->items == NULL) return false;
    char code;
    int64_t count;
    while (next_code(t, &p, end, &code, &count)) {
        CodeInfo info = code_info(code);
        int64_t size = native ? info.native : info.standard;
        if (size == 0) {
            struct_error(t, "bad char in struct format");
            break;
        }
        int64_t offset = out->size, total;
        bool too_long = aligned && __builtin_add_overflow(offset, info.align - 1, &offset);
        if (aligned) offset -= offset % info.align;
        if (too_long || __builtin_mul_overflow(size, count, &total) || __builtin_add_overflow(offset, total, &out->size)) {
            struct_error(t, "total struct size too long");
            break;
        }
        if (code == 'x' || (count == 0 && code != 's' && code != 'p')) continue;
        StructItem *item = &out->items[out->n_items++];
        *item = (StructItem){code, big_endian, offset, size, count};
        if (code == 's' || code == 'p') {
            item->size = count;
            item->count = 1;
        }
        out->n_values += item->count;
    }
    if (!err_pending(t)) return true;
    heap_free(t, out->items);
    out->items = NULL;
    return false;
}

/* --- Values to bytes --------------------------------------------------------------------------------------------------------------- */

static void put_word(uint64_t word, const StructItem *item, int64_t size, char *p) {
    if (!item->big_endian) {
        memcpy(p, &word, (size_t)size);
        return;
    }
    word = __builtin_bswap64(word) >> (64 - 8 * size);
    memcpy(p, &word, (size_t)size);
}

static uint64_t get_word(const StructItem *item, int64_t size, const char *p) {
    uint64_t word = 0;
    memcpy(&word, p, (size_t)size);
    return item->big_endian ? __builtin_bswap64(word) >> (64 - 8 * size) : word;
}

static bool is_signed_code(char code) { return code >= 'a' && code != 'e'; }

static bool range_error(Thread *t, const StructItem *item) {
    int bits = (int)item->size * 8;
    if (is_signed_code(item->code)) {
        int64_t max = (int64_t)(UINT64_MAX >> (65 - bits));
        struct_error(t, "'%c' format requires %lld <= number <= %lld", item->code, (long long)(-max - 1), (long long)max);
    } else {
        /* The largest one does not fit the format's signed conversions. */
        char max[24];
        uint64_t limit = UINT64_MAX >> (64 - bits);
        max[limbs_to_text(&limit, 1, 10, max)] = 0;
        struct_error(t, "'%c' format requires 0 <= number <= %s", item->code, max);
    }
    return false;
}

static bool pack_int(Thread *t, const StructItem *item, Value v, char *p) {
    Value number = VNULL;
    if (!is_int(t, v)) {
        if (!has_index(t, v)) {
            struct_error(t, "required argument is not an integer");
            return false;
        }
        number = number_index(t, v);
        if (is_null(number)) return false;
        v = number;
    }
    uint64_t scratch;
    IntView view = int_view(v, &scratch);
    uint64_t magnitude = view.n > 0 ? view.limbs[0] : 0;
    bool fits = view.n <= 1, negative = view.negative;
    decref_maybe(t, number);
    int bits = (int)item->size * 8;
    if (item->code == 'P') {
        if (!fits || (negative && magnitude > (uint64_t)1 << 63)) {
            struct_error(t, "int too large to convert");
            return false;
        }
    } else if (is_signed_code(item->code)) {
        uint64_t max = UINT64_MAX >> (65 - bits);
        if (!fits || magnitude > max + negative) return range_error(t, item);
    } else if (!fits || negative || magnitude > UINT64_MAX >> (64 - bits)) {
        return range_error(t, item);
    }
    put_word(negative ? 0 - magnitude : magnitude, item, item->size, p);
    return true;
}

static bool too_large(Thread *t, char code) { return err_fail(t, T_OverflowError, "float too large to pack with %c format", code); }

/* One double in `size` bytes; `code` is for messages. */
static bool put_double(Thread *t, const StructItem *item, double d, int64_t size, char *p) {
    if (size == 8) {
        uint64_t word;
        memcpy(&word, &d, 8);
        put_word(word, item, 8, p);
    } else if (size == 4) {
        float f = (float)d;
        if (isinf(f) && !isinf(d)) return too_large(t, 'f');
        uint32_t word;
        memcpy(&word, &f, 4);
        put_word(word, item, 4, p);
    } else {
        uint16_t word;
        if (!half_from_double(d, &word)) return too_large(t, 'e');
        put_word(word, item, 2, p);
    }
    return true;
}

static bool pack_float(Thread *t, const StructItem *item, Value v, char *p) {
    double d;
    if (is_float(t, v)) {
        d = float_get(v);
    } else if (!float_convert(t, v, &d)) {
        err_clear(t);
        struct_error(t, "required argument is not a float");
        return false;
    }
    return put_double(t, item, d, item->size, p);
}

static bool pack_complex(Thread *t, const StructItem *item, Value v, char *p) {
    double real, imag;
    if (!complex_convert(t, v, &real, &imag)) {
        err_clear(t);
        struct_error(t, "required argument is not a complex");
        return false;
    }
    int64_t half = item->size / 2;
    return put_double(t, item, real, half, p) && put_double(t, item, imag, half, p + half);
}

static bool pack_bytes(Thread *t, const StructItem *item, Value v, char *p) {
    const char *data;
    int64_t n;
    if (is_bytes(t, v)) {
        data = V_AS(Bytes, v)->data;
        n = V_AS(Bytes, v)->length;
    } else if (IS_A(t, v, bytearray)) {
        data = bytearray_data(V_AS(ByteArray, v));
        n = V_AS(ByteArray, v)->length;
    } else {
        struct_error(t, "argument for '%c' must be a bytes object", item->code);
        return false;
    }
    if (item->size == 0) return true;
    if (item->code == 'p') {
        if (n > item->size - 1) n = item->size - 1;
        memcpy(p + 1, data, (size_t)n);
        p[0] = (char)(n > 255 ? 255 : n);
        return true;
    }
    memcpy(p, data, (size_t)(n < item->size ? n : item->size));
    return true;
}

bool struct_pack_value(Thread *t, const StructItem *item, Value v, char *p) {
    bool good;
    switch (item->code) {
    case 's':
    case 'p': return pack_bytes(t, item, v, p);
    case 'c':
        if (!is_bytes(t, v) || V_AS(Bytes, v)->length != 1) {
            struct_error(t, "char format requires a bytes object of length 1");
            return false;
        }
        *p = V_AS(Bytes, v)->data[0];
        return true;
    case '?': {
        int is_true = truth(t, v);
        *p = is_true > 0;
        return is_true >= 0;
    }
    case 'e':
    case 'f':
    case 'd': good = pack_float(t, item, v, p); break;
    case 'F':
    case 'D': good = pack_complex(t, item, v, p); break;
    default: return pack_int(t, item, v, p);
    }
    if (!good && is_int(t, v) && err_catch(t, T_OverflowError)) struct_error(t, "int too large to convert");
    return good;
}

/* --- Bytes to values ------------------------------------------------------------------------------------------------------------------ */

static double get_double(const StructItem *item, int64_t size, const char *p) {
    uint64_t word = get_word(item, size, p);
    if (size == 8) {
        double d;
        memcpy(&d, &word, 8);
        return d;
    }
    if (size == 2) return half_to_double((uint16_t)word);
    uint32_t low = (uint32_t)word;
    float f;
    memcpy(&f, &low, 4);
    return f;
}

Value struct_unpack_value(Thread *t, const StructItem *item, const char *p) {
    switch (item->code) {
    case 's': return bytes_new(t, p, item->size);
    case 'p': {
        if (item->size == 0) return bytes_new(t, "", 0);
        int64_t n = (uint8_t)p[0];
        return bytes_new(t, p + 1, n >= item->size ? item->size - 1 : n);
    }
    case 'c': return bytes_new(t, p, 1);
    case '?': return v_bool(*p != 0);
    case 'e':
    case 'f':
    case 'd': return float_from_double(t, get_double(item, item->size, p));
    case 'F':
    case 'D': {
        int64_t half = item->size / 2;
        return complex_from_doubles(t, get_double(item, half, p), get_double(item, half, p + half));
    }
    }
    uint64_t word = get_word(item, item->size, p);
    if (!is_signed_code(item->code)) return int_from_u64(t, word);
    int drop = 64 - (int)item->size * 8;
    return int_from_i64(t, (int64_t)(word << drop) >> drop);
}
