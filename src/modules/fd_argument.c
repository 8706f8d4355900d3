/* File descriptors as arguments: ints and objects with fileno(). */
#include "modules/fd_argument.h"

#include "modules/module.h"

bool fd_argument(Thread *t, Value v, int *fd) {
    int64_t number;
    if (is_int(t, v)) {
        number = int_clamp_i64(v);
    } else {
        Value method = attr_get_maybe(t, v, N(t, fileno)), answer;
        if (is_null(method)) return err_pending(t) ? false : err_fail(t, T_TypeError, "argument must be an int, or have a fileno() method.");
        answer = call_0(t, method);
        decref(t, method);
        if (is_null(answer)) return false;
        bool good = is_int(t, answer);
        number = good ? int_clamp_i64(answer) : 0;
        decref(t, answer);
        if (!good) return err_fail(t, T_TypeError, "fileno() returned a non-integer");
    }
    if (number > INT32_MAX || number < INT32_MIN) return err_fail(t, T_OverflowError, "Python int too large to convert to C int");
    if (number < 0) return err_fail(t, T_ValueError, "file descriptor cannot be a negative integer (%lld)", (long long)number);
    *fd = (int)number;
    return true;
}
