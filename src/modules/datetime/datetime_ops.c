/* Arithmetic, comparison and hash of datetime.
 *
 * Two moments with one tzinfo (or none) are those of one clock on the wall, and its offsets do not matter.  Others are compared in
 * UTC; one whose offset depends on its fold equals nothing of another zone (PEP 495). */
#include "modules/datetime/datetime_priv.h"

#define MOMENT(v) V_AS(DateTime, v)

Value datetime_utcoffset(Thread *t, Value self) { return tzinfo_utcoffset(t, MOMENT(self)->clock.tzinfo, self); }
int datetime_offset_us(Thread *t, Value self, int64_t *us) { return tzinfo_offset_us(t, MOMENT(self)->clock.tzinfo, self, us); }

enum Clocks { CLOCKS_ERROR = -1, CLOCKS_ONE, CLOCKS_NAIVE, CLOCKS_AWARE, CLOCKS_MIXED };

/* How the clocks of two moments compare, and their offsets (0 on one clock or without any). */
static enum Clocks offsets_of(Thread *t, Value a, Value b, int64_t *offset_a, int64_t *offset_b) {
    *offset_a = *offset_b = 0;
    if (same(MOMENT(a)->clock.tzinfo, MOMENT(b)->clock.tzinfo)) return CLOCKS_ONE;
    int aware_a = datetime_offset_us(t, a, offset_a);
    int aware_b = aware_a < 0 ? -1 : datetime_offset_us(t, b, offset_b);
    if (aware_b < 0) return CLOCKS_ERROR;
    if (aware_a != aware_b) return CLOCKS_MIXED;
    return aware_a ? CLOCKS_AWARE : CLOCKS_NAIVE;
}

/* --- Arithmetic ------------------------------------------------------------------------------------------------------------------------ */

Value datetime_shift(Thread *t, Value self, Micros us) {
    const DateTime *d = MOMENT(self);
    Micros wall = datetime_wall_us(d) + us, day = (Micros)DAY_SECONDS * SECOND_US;
    if (wall < 0) return err_raise(t, T_OverflowError, "date value out of range");
    Ymd ymd;
    if (!date_in_range(t, (int64_t)(wall / day), &ymd)) return VNULL;
    int64_t rest = (int64_t)(wall % day), seconds = rest / SECOND_US;
    Clock c = {(uint8_t)(seconds / 3600), (uint8_t)(seconds / 60 % 60), (uint8_t)(seconds % 60), 0, (uint32_t)(rest % SECOND_US), d->clock.tzinfo};
    return datetime_new(t, type_of(t, self), ymd, &c);
}

Value datetime_subtract(Thread *t, Value left, Value right) {
    int64_t a, b;
    switch (offsets_of(t, left, right, &a, &b)) {
    case CLOCKS_ERROR: return VNULL;
    case CLOCKS_MIXED: return err_raise(t, T_TypeError, "can't subtract offset-naive and offset-aware datetimes");
    default: return delta_new(t, datetime_wall_us(MOMENT(left)) - a - (datetime_wall_us(MOMENT(right)) - b));
    }
}

Value datetime_add_slot(Thread *t, Value left, Value right) {
    if (is_datetime(t, left)) return is_delta(t, right) ? datetime_shift(t, left, delta_us(V_AS(Delta, right))) : V_NOTIMPL;
    return is_delta(t, left) && is_datetime(t, right) ? datetime_shift(t, right, delta_us(V_AS(Delta, left))) : V_NOTIMPL;
}

Value datetime_sub_slot(Thread *t, Value left, Value right) {
    if (!is_datetime(t, left)) return V_NOTIMPL;
    if (is_datetime(t, right)) return datetime_subtract(t, left, right);
    return is_delta(t, right) ? datetime_shift(t, left, -delta_us(V_AS(Delta, right))) : V_NOTIMPL;
}

/* --- Comparison --------------------------------------------------------------------------------------------------------------------------- */

/* Whether the offset depends on the fold: 1, 0, -1. */
static int depends_on_fold(Thread *t, Value moment, int64_t offset) {
    const DateTime *d = MOMENT(moment);
    if (is_null(d->clock.tzinfo) || IS_EXACT(d->clock.tzinfo, timezone)) return 0;
    Clock c = d->clock;
    c.fold = !c.fold;
    Value other = datetime_fill(t, type_of(t, moment), d->ymd, &c);
    if (is_null(other)) return -1;
    int64_t flipped = 0;
    int aware = datetime_offset_us(t, other, &flipped);
    decref(t, other);
    return aware < 0 ? -1 : !aware || flipped != offset;
}

Value datetime_compare_slot(Thread *t, Value left, Value right, enum CompareOp op) {
    if (!is_datetime(t, right)) return V_NOTIMPL;
    int64_t offset_a, offset_b;
    enum Clocks clocks = offsets_of(t, left, right, &offset_a, &offset_b);
    if (clocks == CLOCKS_ERROR) return VNULL;
    bool equality = op == CMP_EQ || op == CMP_NE;
    if (clocks == CLOCKS_MIXED) return equality ? v_bool(op == CMP_NE) : err_raise(t, T_TypeError, "can't compare offset-naive and offset-aware datetimes");
    int order;
    if (offset_a == offset_b) {
        const DateTime *a = MOMENT(left), *b = MOMENT(right);
        uint64_t x = ymd_key(a->ymd), y = ymd_key(b->ymd);
        if (x == y) x = clock_key(&a->clock), y = clock_key(&b->clock);
        order = (x > y) - (x < y);
    } else {
        Micros x = datetime_wall_us(MOMENT(left)) - offset_a, y = datetime_wall_us(MOMENT(right)) - offset_b;
        order = (x > y) - (x < y);
    }
    if (clocks == CLOCKS_AWARE && equality && order == 0) {
        int differs = depends_on_fold(t, left, offset_a);
        if (differs == 0) differs = depends_on_fold(t, right, offset_b);
        if (differs < 0) return VNULL;
        order = differs;
    }
    return compare_result(order, op);
}

/* Equal moments of different zones have one hash: that of the span in UTC.  The fold does not count. */
bool datetime_hash_slot(Thread *t, Value self, int64_t *hash) {
    DateTime *d = MOMENT(self);
    if (d->hash == -1) {
        Value plain = new_ref(self);
        if (d->clock.fold) {
            Clock c = d->clock;
            c.fold = 0;
            slot_set(t, &plain, datetime_fill(t, type_of(t, self), d->ymd, &c));
            if (is_null(plain)) return false;
        }
        int64_t offset;
        int aware = datetime_offset_us(t, plain, &offset);
        decref(t, plain);
        if (aware < 0) return false;
        if (aware) {
            Value span = delta_new(t, datetime_wall_us(d) - offset);
            if (is_null(span)) return false;
            d->hash = delta_hash(V_AS(Delta, span));
            decref(t, span);
        } else {
            uint8_t state[10];
            fields_put_date(d->ymd, state);
            fields_put_clock(&d->clock, state + 4);
            d->hash = fields_hash(t, state, sizeof state);
        }
    }
    *hash = d->hash;
    return true;
}
