/* timedelta.  Its arithmetic is done in microseconds, 128 bits wide: any timedelta has fewer than 68, so sums and most products
 * are exact there, and what does not fit is out of a timedelta's range anyway.  Quotients by floats go through Python's ints. */
#include "modules/datetime/datetime_priv.h"

#include <math.h>

#include "base/hash.h"

enum { DAYS_MAX = 999999999 };
#define DAY_US ((Micros)DAY_SECONDS * SECOND_US)

static const char too_large[] = "Python int too large to convert to C int";

/* --- Making ------------------------------------------------------------------------------------------------------------------------ */

/* floor(a / b), b > 0. */
static Micros floor_div(Micros a, Micros b) {
    Micros q = a / b;
    return a % b < 0 ? q - 1 : q;
}

static Value make(Thread *t, Type *type, Micros us) {
    Micros days = floor_div(us, DAY_US);
    if (days != (int32_t)days) return err_raise(t, T_OverflowError, too_large);
    if (days < -DAYS_MAX || days > DAYS_MAX)
        return err_raise(t, T_OverflowError, "days=%d; must have magnitude <= %d", (int)days, DAYS_MAX);
    Value v = fields_new_object(t, type, T_timedelta, sizeof(Delta));
    if (is_null(v)) return v;
    int64_t rest = (int64_t)(us - days * DAY_US);
    Delta *d = V_AS(Delta, v);
    d->hash = -1;
    d->days = (int32_t)days;
    d->seconds = (int32_t)(rest / SECOND_US);
    d->us = (int32_t)(rest % SECOND_US);
    return object_done(t, v);
}

Value delta_new(Thread *t, Micros us) { return make(t, builtin_type(t, T_timedelta), us); }

/* An int as microseconds: false: it does not fit (no exception). */
static bool micros_of_int(Value v, Micros *out) {
    uint64_t scratch;
    IntView view = int_view(v, &scratch);
    if (view.n > 2 || (view.n == 2 && view.limbs[1] >> 62)) return false;
    unsigned __int128 magnitude = view.n == 0 ? 0 : view.limbs[0];
    if (view.n == 2) magnitude |= (unsigned __int128)view.limbs[1] << 64;
    *out = view.negative ? -(Micros)magnitude : (Micros)magnitude;
    return true;
}

static Value int_from_micros(Thread *t, Micros us) {
    if (us == (int64_t)us) return int_from_i64(t, (int64_t)us);
    unsigned __int128 magnitude = us < 0 ? -(unsigned __int128)us : (unsigned __int128)us;
    uint64_t limbs[2] = {(uint64_t)magnitude, (uint64_t)(magnitude >> 64)};
    return int_from_limbs(t, limbs, 2, us < 0);
}

/* A timedelta of a Python int of microseconds (taken). */
static Value delta_from_int(Thread *t, Value us) {
    Micros value;
    if (is_null(us)) return us;
    bool fits = micros_of_int(us, &value);
    decref(t, us);
    return fits ? delta_new(t, value) : err_raise(t, T_OverflowError, too_large);
}

/* --- The constructor ---------------------------------------------------------------------------------------------------------------- */

/* What the arguments come to: whole microseconds, in `big` (an int) once they leave the range of `us`, and the float's rest below one. */
typedef struct Sum {
    Micros us;
    Value big; /* VNULL: us is the sum */
    double rest;
} Sum;

static bool sum_add_int(Thread *t, Sum *sum, Value number, int64_t factor) {
    Micros value, product, total;
    if (is_null(sum->big) && micros_of_int(number, &value) && !__builtin_mul_overflow(value, (Micros)factor, &product) &&
        !__builtin_add_overflow(sum->us, product, &total)) {
        sum->us = total;
        return true;
    }
    if (is_null(sum->big) && is_null(sum->big = int_from_micros(t, sum->us))) return false;
    Value wide = int_mul(t, number, int_from_i64(t, factor)), next = is_null(wide) ? VNULL : int_add(t, sum->big, wide);
    decref_maybe(t, wide);
    if (is_null(next)) return false;
    slot_set(t, &sum->big, next);
    return true;
}

/* The whole part of a float counts exactly, the fraction as a float. */
static bool sum_add_float(Thread *t, Sum *sum, double number, int64_t factor) {
    double whole, fraction = modf(number, &whole);
    Value number_whole = int_from_double(t, whole);
    if (is_null(number_whole)) return false;
    bool good = sum_add_int(t, sum, number_whole, factor);
    decref(t, number_whole);
    if (!good || fraction == 0.0) return good;
    fraction = modf(fraction * (double)factor, &whole);
    sum->rest += fraction;
    return sum_add_int(t, sum, v_smallint((int64_t)whole), 1);
}

static bool sum_add(Thread *t, Sum *sum, Value number, const char *unit, int64_t factor) {
    if (is_null(number)) return true;
    if (is_int(t, number)) return sum_add_int(t, sum, number, factor);
    if (is_float(t, number)) return sum_add_float(t, sum, float_get(number), factor);
    return err_fail(t, T_TypeError, "unsupported type for timedelta %s component: %T", unit, number);
}

/* Adds the rest, rounded so that a half makes the sum even. */
static bool sum_round(Thread *t, Sum *sum) {
    if (sum->rest == 0.0) return true;
    double whole = round(sum->rest);
    if (fabs(whole - sum->rest) == 0.5) {
        uint64_t scratch;
        bool odd = is_null(sum->big) ? sum->us & 1 : int_view(sum->big, &scratch).limbs[0] & 1;
        whole = 2.0 * round((sum->rest + odd) * 0.5) - odd;
    }
    return sum_add_int(t, sum, v_smallint((int64_t)whole), 1);
}

static Value delta_make(Thread *t, Type *type, Value *args, uint32_t nargs, Value kwnames) {
    static const struct { const char *name; uint8_t index; int64_t factor; } units[] = {
        {"microseconds", 2, 1},
        {"milliseconds", 3, 1000},
        {"seconds", 1, SECOND_US},
        {"minutes", 4, INT64_C(60) * SECOND_US},
        {"hours", 5, INT64_C(3600) * SECOND_US},
        {"days", 0, INT64_C(86400) * SECOND_US},
        {"weeks", 6, INT64_C(604800) * SECOND_US},
    };
    Value given[7];
    if (!call_bind_signature(t, "__new__", "(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)", args, nargs, kwnames, given))
        return VNULL;
    Sum sum = {0};
    bool good = true;
    for (size_t i = 0; good && i < COUNT_OF(units); i++) good = sum_add(t, &sum, given[units[i].index], units[i].name, units[i].factor);
    good = good && sum_round(t, &sum);
    if (good && !is_null(sum.big) && !micros_of_int(sum.big, &sum.us)) {
        err_raise(t, T_OverflowError, too_large);
        good = false;
    }
    decref_maybe(t, sum.big);
    return good ? make(t, type, sum.us) : VNULL;
}

bool delta_is_offset(Thread *t, Value offset) {
    Micros us = delta_us(V_AS(Delta, offset));
    if (us > -DAY_US && us < DAY_US) return true;
    return err_fail(t, T_ValueError,
                    "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R", offset);
}

/* --- Arithmetic ----------------------------------------------------------------------------------------------------------------------- */

/* The quotient rounded to the nearest, halves to even; b is not 0. */
static Micros nearest_div(Micros a, Micros b) {
    if (b < 0) a = -a, b = -b;
    Micros q = floor_div(a, b), twice = 2 * (a - q * b);
    return twice > b || (twice == b && (q & 1)) ? q + 1 : q;
}

/* The same on Python's ints (borrowed); a timedelta. */
static Value nearest_div_ints(Thread *t, Value a, Value b) {
    Value q, r, result = VNULL;
    if (!int_divmod(t, a, b, &q, &r)) return VNULL;
    /* The remainder has the sign of b. */
    Value twice = int_add(t, r, r);
    if (!is_null(twice)) {
        int order = int_sign(b) > 0 ? int_compare(twice, b) : int_compare(b, twice);
        uint64_t scratch;
        IntView view = int_view(q, &scratch);
        bool up = order > 0 || (order == 0 && view.n > 0 && (view.limbs[0] & 1));
        result = delta_from_int(t, up ? int_add(t, q, v_smallint(1)) : new_ref(q));
        decref(t, twice);
    }
    decref(t, q);
    decref(t, r);
    return result;
}

static Value slot_add(Thread *t, Value left, Value right) {
    if (!is_delta(t, left) || !is_delta(t, right)) return V_NOTIMPL;
    return delta_new(t, delta_us(V_AS(Delta, left)) + delta_us(V_AS(Delta, right)));
}

static Value slot_sub(Thread *t, Value left, Value right) {
    if (!is_delta(t, left) || !is_delta(t, right)) return V_NOTIMPL;
    return delta_new(t, delta_us(V_AS(Delta, left)) - delta_us(V_AS(Delta, right)));
}

static Value multiply_int(Thread *t, const Delta *d, Value number) {
    Micros value, product, us = delta_us(d);
    if (us == 0) return delta_new(t, 0);
    if (!micros_of_int(number, &value) || __builtin_mul_overflow(us, value, &product)) return err_raise(t, T_OverflowError, too_large);
    return delta_new(t, product);
}

/* The ratio of a float by its as_integer_ratio(), which a class may have replaced: a pair of ints, owned. */
static Value ratio_of(Thread *t, Value number) {
    Value ratio = attr_get_cstr(t, number, "as_integer_ratio");
    if (!is_null(ratio)) slot_set(t, &ratio, call_0(t, ratio));
    if (is_null(ratio)) return ratio;
    if (!is_tuple(t, ratio)) err_raise(t, T_TypeError, "unexpected return type from as_integer_ratio(): expected tuple, not '%T'", ratio);
    else if (tuple_len(ratio) != 2) err_raise(t, T_ValueError, "as_integer_ratio() must return a 2-tuple");
    else if (!is_int(t, tuple_at(ratio, 0)) || !is_int(t, tuple_at(ratio, 1))) err_raise(t, T_TypeError, "non-integer arguments in division");
    else return ratio;
    decref(t, ratio);
    return VNULL;
}

/* delta * (n / d) or delta / (n / d). */
static Value scale_float(Thread *t, const Delta *d, Value number, bool divide) {
    Value ratio = ratio_of(t, number);
    if (is_null(ratio)) return ratio;
    Value us = int_from_micros(t, delta_us(d)), product = is_null(us) ? VNULL : int_mul(t, us, tuple_at(ratio, divide));
    Value result = is_null(product) ? VNULL : nearest_div_ints(t, product, tuple_at(ratio, !divide));
    decref_maybe(t, us);
    decref_maybe(t, product);
    decref(t, ratio);
    return result;
}

static Value slot_mul(Thread *t, Value left, Value right) {
    if (!is_delta(t, left)) {
        Value swap = left;
        left = right;
        right = swap;
    }
    const Delta *d = V_AS(Delta, left);
    if (is_int(t, right)) return multiply_int(t, d, right);
    if (is_float(t, right)) return scale_float(t, d, right, false);
    return V_NOTIMPL;
}

static Value zero_division(Thread *t) { return err_raise(t, T_ZeroDivisionError, "division by zero"); }

/* Quotient of a timedelta by an int: rounded to the nearest, or down. */
static Value divide_int(Thread *t, const Delta *d, Value number, bool down) {
    Micros value, us = delta_us(d);
    if (int_is_zero(number)) return zero_division(t);
    /* What does not fit is beyond any timedelta: the quotient lies within half a microsecond of zero. */
    if (!micros_of_int(number, &value)) return delta_new(t, down && us != 0 && (us < 0) != (int_sign(number) < 0) ? -1 : 0);
    if (!down) return delta_new(t, nearest_div(us, value));
    return delta_new(t, value < 0 ? floor_div(-us, -value) : floor_div(us, value));
}

static Value true_ratio(Thread *t, Micros a, Micros b) {
    enum { EXACT_BITS = 53 };
    const Micros limit = (Micros)1 << EXACT_BITS;
    if (b == 0) return zero_division(t);
    /* Both are exact doubles: the division rounds once, as Python's does. */
    if (a > -limit && a < limit && b > -limit && b < limit) return float_from_double(t, (double)a / (double)b);
    Value x = int_from_micros(t, a), y = is_null(x) ? VNULL : int_from_micros(t, b), result = is_null(y) ? VNULL : int_truediv(t, x, y);
    decref_maybe(t, x);
    decref_maybe(t, y);
    return result;
}

static Value slot_truediv(Thread *t, Value left, Value right) {
    if (!is_delta(t, left)) return V_NOTIMPL;
    const Delta *d = V_AS(Delta, left);
    if (is_delta(t, right)) return true_ratio(t, delta_us(d), delta_us(V_AS(Delta, right)));
    if (is_float(t, right)) return scale_float(t, d, right, true);
    if (is_int(t, right)) return divide_int(t, d, right, false);
    return V_NOTIMPL;
}

/* Quotient rounded down and remainder of two timedeltas. */
static bool divide(Thread *t, Value left, Value right, Micros *quotient, Micros *remainder) {
    Micros a = delta_us(V_AS(Delta, left)), b = delta_us(V_AS(Delta, right));
    if (b == 0) return !is_null(zero_division(t));
    *quotient = b < 0 ? floor_div(-a, -b) : floor_div(a, b);
    *remainder = a - *quotient * b;
    return true;
}

static Value slot_floordiv(Thread *t, Value left, Value right) {
    Micros quotient, remainder;
    if (!is_delta(t, left)) return V_NOTIMPL;
    if (is_delta(t, right)) return divide(t, left, right, &quotient, &remainder) ? int_from_micros(t, quotient) : VNULL;
    return is_int(t, right) ? divide_int(t, V_AS(Delta, left), right, true) : V_NOTIMPL;
}

static Value slot_mod(Thread *t, Value left, Value right) {
    Micros quotient, remainder;
    if (!is_delta(t, left) || !is_delta(t, right)) return V_NOTIMPL;
    return divide(t, left, right, &quotient, &remainder) ? delta_new(t, remainder) : VNULL;
}

static Value slot_divmod(Thread *t, Value left, Value right) {
    Micros quotient, remainder;
    if (!is_delta(t, left) || !is_delta(t, right)) return V_NOTIMPL;
    if (!divide(t, left, right, &quotient, &remainder)) return VNULL;
    Value pair[] = {int_from_micros(t, quotient), delta_new(t, remainder)};
    return tuple_take(t, pair, 2);
}

static Value slot_neg(Thread *t, Value self) { return delta_new(t, -delta_us(V_AS(Delta, self))); }
static Value slot_pos(Thread *t, Value self) { return delta_new(t, delta_us(V_AS(Delta, self))); }
static Value slot_abs(Thread *t, Value self) {
    Micros us = delta_us(V_AS(Delta, self));
    return delta_new(t, us < 0 ? -us : us);
}
static int slot_truth(Thread *t, Value self) {
    const Delta *d = V_AS(Delta, self);
    return d->days != 0 || d->seconds != 0 || d->us != 0;
}

/* --- Comparison and text ----------------------------------------------------------------------------------------------------------------- */

static Value slot_compare(Thread *t, Value left, Value right, enum CompareOp op) {
    if (!is_delta(t, right)) return V_NOTIMPL;
    Micros a = delta_us(V_AS(Delta, left)), b = delta_us(V_AS(Delta, right));
    return compare_result((a > b) - (a < b), op);
}

int64_t delta_hash(Delta *d) {
    if (d->hash == -1) {
        uint64_t acc = hash_tuple_start();
        acc = hash_tuple_step(acc, hash_int(d->days));
        acc = hash_tuple_step(acc, hash_int(d->seconds));
        acc = hash_tuple_step(acc, hash_int(d->us));
        d->hash = hash_tuple_end(acc, 3);
    }
    return d->hash;
}

static bool slot_hash(Thread *t, Value self, int64_t *hash) {
    *hash = delta_hash(V_AS(Delta, self));
    return true;
}

static Value slot_repr(Thread *t, Value self) {
    const Delta *d = V_AS(Delta, self);
    const struct { const char *name; int value; } parts[] = {{"days", d->days}, {"seconds", d->seconds}, {"microseconds", d->us}};
    const char *separator = "";
    StrBuilder b;
    str_builder_init(&b);
    bool good = type_text(t, &b, self) && str_builder_char(t, &b, '(');
    for (size_t i = 0; good && i < COUNT_OF(parts); i++) {
        if (parts[i].value == 0) continue;
        good = str_builder_format(t, &b, "%s%s=%d", separator, parts[i].name, parts[i].value);
        separator = ", ";
    }
    if (good && !*separator) good = str_builder_char(t, &b, '0');
    if (good && str_builder_char(t, &b, ')')) return str_builder_finish(t, &b);
    str_builder_drop(t, &b);
    return VNULL;
}

static Value slot_str(Thread *t, Value self) {
    const Delta *d = V_AS(Delta, self);
    char text[64];
    int n = 0;
    if (d->days) n = snprintf(text, sizeof text, "%d day%s, ", d->days, d->days == 1 || d->days == -1 ? "" : "s");
    n += snprintf(text + n, sizeof text - (size_t)n, "%d:%02d:%02d", d->seconds / 3600, d->seconds / 60 % 60, d->seconds % 60);
    if (d->us) n += snprintf(text + n, sizeof text - (size_t)n, ".%06d", d->us);
    return str_from_ascii(t, text, n);
}

/* --- The type -------------------------------------------------------------------------------------------------------------------------------- */

METHOD(m_total_seconds) { return true_ratio(t, delta_us(V_AS(Delta, args[0])), SECOND_US); }

METHOD(m_reduce) {
    const Delta *d = V_AS(Delta, args[0]);
    Value state = tuple_of(t, 3, v_smallint(d->days), v_smallint(d->seconds), v_smallint(d->us));
    if (is_null(state)) return state;
    Value pair[] = {ref_of(type_of(t, args[0])), state};
    return tuple_take(t, pair, 2);
}

static const MethodDef methods[] = {
    {"total_seconds", "($self, /)", "Total seconds in the duration.", m_total_seconds},
    {"__reduce__", "($self, /)", "__reduce__() -> (cls, state)", m_reduce},
    {NULL},
};
static const MemberDef members[] = {
    {"days", MK_INT32, MEMBER_READONLY, offsetof(Delta, days), "Number of days."},
    {"seconds", MK_INT32, MEMBER_READONLY, offsetof(Delta, seconds), "Number of seconds (>= 0 and less than 1 day)."},
    {"microseconds", MK_INT32, MEMBER_READONLY, offsetof(Delta, us), "Number of microseconds (>= 0 and less than 1 second)."},
    {NULL},
};

const TypeDef typedef_timedelta = {
    .name = "datetime.timedelta",
    .doc = "Difference between two datetime values.\n\n"
           "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\n"
           "All arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
    .flags = TF_BASE | TF_MODULE_NAME,
    .size = sizeof(Delta),
    .methods = methods,
    .members = members,
    .slots = {.new = delta_make, .repr = slot_repr, .str = slot_str, .hash = slot_hash, .compare = slot_compare, .neg = slot_neg, .pos = slot_pos,
              .abs = slot_abs, .truth = slot_truth,
              .binop = {[OP_add] = slot_add, [OP_sub] = slot_sub, [OP_mul] = slot_mul, [OP_truediv] = slot_truediv, [OP_floordiv] = slot_floordiv,
                        [OP_mod] = slot_mod, [OP_divmod] = slot_divmod}},
};

static bool add(Thread *t, const char *name, Micros us) {
    Value v = delta_new(t, us);
    bool good = !is_null(v) && dict_set_cstr(t, builtin_type(t, T_timedelta)->dict, name, v);
    decref_maybe(t, v);
    return good;
}

bool delta_add_attributes(Thread *t) {
    return add(t, "resolution", 1) && add(t, "min", -DAYS_MAX * DAY_US) && add(t, "max", (DAYS_MAX + 1) * DAY_US - 1);
}
