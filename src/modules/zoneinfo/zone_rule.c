/* TZ strings, see the header. */
#include "modules/zoneinfo/zone_rule.h"

#include "modules/datetime/calendar.h"

/* --- Parsing ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct Reader {
    const char *p, *end;
} Reader;

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline char peek(const Reader *r) { return r->p < r->end ? *r->p : 0; }

static bool take(Reader *r, char c) {
    if (r->p >= r->end || *r->p != c) return false;
    r->p++;
    return true;
}

/* Between min and max digits. */
static bool take_number(Reader *r, int min, int max, int *out) {
    int n = 0;
    *out = 0;
    while (n < max && is_digit(peek(r))) {
        *out = *out * 10 + (*r->p++ - '0');
        n++;
    }
    return n >= min;
}

/* Letters, or letters, digits and signs between < and >. */
static bool parse_name(Reader *r, ZoneName *out) {
    bool quoted = take(r, '<');
    out->text = r->p;
    while (is_letter(peek(r)) || (quoted && (is_digit(peek(r)) || peek(r) == '+' || peek(r) == '-'))) r->p++;
    out->length = (size_t)(r->p - out->text);
    return out->length > 0 && (!quoted || take(r, '>'));
}

/* [+-]h[h[h]][:mm[:ss]] as seconds. */
static bool parse_clock(Reader *r, int hour_max, int32_t *out) {
    int hour, minute = 0, second = 0;
    bool negative = take(r, '-');
    if (!negative) take(r, '+');
    if (!take_number(r, 1, 3, &hour) || hour > hour_max) return false;
    if (take(r, ':')) {
        if (!take_number(r, 2, 2, &minute)) return false;
        if (take(r, ':') && !take_number(r, 2, 2, &second)) return false;
    }
    *out = hour * 3600 + minute * 60 + second;
    if (negative) *out = -*out;
    return true;
}

static bool parse_day(Reader *r, ZoneDay *out) {
    *out = (ZoneDay){.seconds = 2 * 3600};
    if (take(r, 'M')) {
        out->kind = DAY_OF_WEEK;
        if (!take_number(r, 1, 2, &out->month) || !take(r, '.') || !take_number(r, 1, 1, &out->week) || !take(r, '.') ||
            !take_number(r, 1, 1, &out->weekday))
            return false;
        if (out->month < 1 || out->month > 12 || out->week < 1 || out->week > 5 || out->weekday > 6) return false;
    } else {
        out->kind = take(r, 'J') ? DAY_JULIAN : DAY_OF_YEAR;
        if (!take_number(r, 1, 3, &out->day) || out->day > 365 || (out->kind == DAY_JULIAN && out->day < 1)) return false;
    }
    return !take(r, '/') || parse_clock(r, 167, &out->seconds);
}

const char *zone_rule_parse(const char *text, size_t n, ZoneRule *out) {
    Reader r = {text, text + n};
    *out = (ZoneRule){0};
    if (!parse_name(&r, &out->std)) return "Invalid STD format in %R";
    if (!parse_clock(&r, 24, &out->std_offset)) return "Invalid STD offset in %R";
    /* POSIX counts to the west. */
    out->std_offset = -out->std_offset;
    if (r.p == r.end) return NULL;
    out->has_dst = true;
    if (!parse_name(&r, &out->dst)) return "Invalid DST format in %R";
    if (peek(&r) == ',') out->dst_offset = out->std_offset + 3600;
    else if (!parse_clock(&r, 24, &out->dst_offset)) return "Invalid DST offset in %R";
    else out->dst_offset = -out->dst_offset;
    for (int i = 0; i < 2; i++) {
        if (!take(&r, ',')) return "Missing transition rules in TZ string: %R";
        if (!parse_day(&r, i == 0 ? &out->start : &out->end)) return "Malformed transition rule in TZ string: %R";
    }
    return r.p == r.end ? NULL : "Extraneous characters at end of TZ string: %R";
}

/* --- When the clock changes -------------------------------------------------------------------------------------------------------------- */

static int64_t day_ordinal(const ZoneDay *d, int year) {
    /* As CPython counts: day 0 is the one before January 1, and from J59 on leap years are a day ahead. */
    if (d->kind == DAY_OF_YEAR) return calendar_ordinal(year, 1, 1) - 1 + d->day;
    if (d->kind == DAY_JULIAN) return calendar_ordinal(year, 1, 1) - 1 + d->day + (d->day >= 59 && calendar_is_leap(year));
    int first = calendar_ordinal(year, d->month, 1), sunday_based = (calendar_weekday(first) + 1) % 7;
    int day = (d->weekday - sunday_based + 7) % 7 + (d->week - 1) * 7;
    if (day >= calendar_days_in_month(year, d->month)) day -= 7;
    return first + day;
}

static int64_t change_second(const ZoneDay *d, int year) { return (day_ordinal(d, year) - ORDINAL_EPOCH) * DAY_SECONDS + d->seconds; }

static bool is_between(int64_t start, int64_t end, int64_t at) { return start < end ? start <= at && at < end : !(end <= at && at < start); }

bool zone_rule_is_dst(const ZoneRule *rule, int64_t local, int year, int fold) {
    int64_t start = change_second(&rule->start, year), end = change_second(&rule->end, year), change = rule->dst_offset - rule->std_offset;
    /* A repeated hour belongs to the first side without fold, a skipped one to the side before it; which end of summer time is which
     * depends on the direction in which its clock is moved. */
    if (fold == (change >= 0)) end -= change;
    else start += change;
    return is_between(start, end, local);
}

bool zone_rule_is_dst_utc(const ZoneRule *rule, int64_t utc, int year, bool *fold) {
    int64_t start = change_second(&rule->start, year) - rule->std_offset, end = change_second(&rule->end, year) - rule->dst_offset;
    int64_t change = rule->dst_offset - rule->std_offset, repeated = change > 0 ? end : start;
    *fold = repeated <= utc && utc < repeated + (change > 0 ? change : -change);
    return is_between(start, end, utc);
}
