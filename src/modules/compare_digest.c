#include "modules/compare_digest.h"

#include "object/buffer.h"

/* Takes the same time wherever the first difference is. */
static bool bytes_equal_steadily(const uint8_t *a, int64_t n, const uint8_t *b, int64_t m) {
    volatile uint8_t difference = n != m;
    const uint8_t *left = n == m ? a : b;
    for (int64_t i = 0; i < m; i++) difference |= left[i] ^ b[i];
    return difference == 0;
}

Value compare_digest(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    if (is_str(t, args[0]) && is_str(t, args[1])) {
        Str *a = V_AS(Str, args[0]), *b = V_AS(Str, args[1]);
        if (!str_is_ascii(a) || !str_is_ascii(b)) return err_raise(t, T_TypeError, "comparing strings with non-ASCII characters is not supported");
        return v_bool(bytes_equal_steadily(str_1(a), str_len(a), str_1(b), str_len(b)));
    }
    Buffer x, y;
    if (!has_buffer(t, args[0]) && !has_buffer(t, args[1]))
        return err_raise(t, T_TypeError, "unsupported operand types(s) or combination of types: '%T' and '%T'", args[0], args[1]);
    if (!buffer_get(t, args[0], &x, BUF_SIMPLE)) return VNULL;
    if (!buffer_get(t, args[1], &y, BUF_SIMPLE)) {
        buffer_release(t, &x);
        return VNULL;
    }
    Value result = VNULL;
    if (x.ndim > 1 || y.ndim > 1) err_raise(t, T_BufferError, "Buffer must be single dimension");
    else result = v_bool(bytes_equal_steadily((uint8_t *)x.data, x.length, (uint8_t *)y.data, y.length));
    buffer_release(t, &x);
    buffer_release(t, &y);
    return result;
}
