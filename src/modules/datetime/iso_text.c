/* ISO 8601 texts, see the header.  What is accepted is what CPython accepts. */
#include "modules/datetime/iso_text.h"

#include <string.h>

#include "modules/datetime/calendar.h"

static inline bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* Takes n digits off the text's front. */
static bool take_digits(IsoText *text, int n, int *out) {
    if (text->end - text->p < n) return false;
    int value = 0;
    for (int i = 0; i < n; i++) {
        uint8_t c = text->p[i];
        if (!is_digit(c)) return false;
        value = value * 10 + (c - '0');
    }
    text->p += n;
    *out = value;
    return true;
}

static bool take(IsoText *text, char c) {
    if (text->p >= text->end || *text->p != (uint8_t)c) return false;
    text->p++;
    return true;
}

/* --- Dates --------------------------------------------------------------------------------------------------------------------- */

static bool parse_week(IsoText text, int iso_year, bool separated, int *year, int *month, int *day) {
    int week, weekday = 1, ordinal;
    if (!take_digits(&text, 2, &week)) return false;
    if (text.p < text.end && ((separated && !take(&text, '-')) || !take_digits(&text, 1, &weekday))) return false;
    if (calendar_from_iso(iso_year, week, weekday, &ordinal) != ISO_WEEK_OK || ordinal < 1) return false;
    calendar_from_ordinal(ordinal, year, month, day);
    return true;
}

bool iso_parse_date(IsoText text, int *year, int *month, int *day) {
    if (!take_digits(&text, 4, year)) return false;
    bool separated = take(&text, '-');
    if (take(&text, 'W')) return parse_week(text, *year, separated, year, month, day);
    return take_digits(&text, 2, month) && (!separated || take(&text, '-')) && take_digits(&text, 2, day);
}

/* Behind YYYYWww: further digits are a weekday and a time without separator, or a time alone. */
static ptrdiff_t week_date_length(IsoText text) {
    ptrdiff_t n = 7, length = text.end - text.p;
    while (n < length && is_digit(text.p[n])) n++;
    if (n < 9) return n;
    return n % 2 == 0 ? 7 : 8;
}

ptrdiff_t iso_date_length(IsoText text) {
    const uint8_t *p = text.p;
    ptrdiff_t length = text.end - p;
    if (length == 7) return 7;
    if (p[4] != '-') return p[4] == 'W' ? week_date_length(text) : 8;
    if (p[5] != 'W') return 10;
    if (length <= 8 || p[8] != '-') return 8;
    /* A hyphen there separates the weekday, or is itself the separator of a time of two digits. */
    if (length == 9) return -1;
    return length > 10 && is_digit(p[10]) ? 8 : 10;
}

/* --- Times --------------------------------------------------------------------------------------------------------------------- */

enum Parsed { PARSED_NOT, PARSED_ALL, PARSED_IN_PART };

/* Digits of which up to six count; a following character that is no digit ends them. */
static enum Parsed parse_fraction(IsoText text, int *us) {
    ptrdiff_t n = text.end - text.p;
    if (n > 6) n = 6;
    if (n == 0 || !take_digits(&text, (int)n, us)) return PARSED_NOT;
    for (; n < 6; n++) *us *= 10;
    while (text.p < text.end && is_digit(*text.p)) text.p++;
    return text.p == text.end ? PARSED_ALL : PARSED_IN_PART;
}

/* HH[:MM[:SS[.f...]]], all colons or none; without them the mark of a fraction of two digits and more may be absent, too.  One character
 * that is left over is for the caller to judge. */
static enum Parsed parse_clock(IsoText text, int *hour, int *minute, int *second, int *us) {
    int *const parts[] = {hour, minute, second};
    bool separated = false;
    *minute = *second = *us = 0;
    for (int i = 0; i < 3; i++) {
        if (!take_digits(&text, 2, parts[i])) return PARSED_NOT;
        if (text.p == text.end) return PARSED_ALL;
        uint8_t c = *text.p++;
        if (i == 0) separated = c == ':';
        if (c == '.' || c == ',') return i == 2 ? parse_fraction(text, us) : PARSED_NOT;
        if (text.p == text.end) return c < 0x80 ? PARSED_IN_PART : PARSED_NOT;
        if (separated && (c != ':' || i == 2)) return PARSED_NOT;
        if (!separated) text.p--;
    }
    return parse_fraction(text, us);
}

bool iso_parse_time(IsoText text, IsoTime *out) {
    if (memchr(text.p, ISO_SURROGATE, (size_t)(text.end - text.p)) != NULL) return false;
    IsoText clock = {text.p, text.p};
    while (clock.end < text.end && *clock.end != '+' && *clock.end != '-' && *clock.end != 'Z') clock.end++;
    enum Parsed parsed = parse_clock(clock, &out->hour, &out->minute, &out->second, &out->us);
    out->has_offset = clock.end < text.end;
    out->offset_us = 0;
    /* CPython overlooks what is left over in front of an offset. */
    if (parsed != PARSED_ALL && !(parsed == PARSED_IN_PART && out->has_offset)) return false;
    if (!out->has_offset) return true;
    IsoText zone = {clock.end + 1, text.end};
    if (*clock.end == 'Z') return zone.p == zone.end;
    int hour, minute, second, us;
    if (parse_clock(zone, &hour, &minute, &second, &us) != PARSED_ALL) return false;
    out->offset_us = (int64_t)(hour * 3600 + minute * 60 + second) * SECOND_US + us;
    if (*clock.end == '-') out->offset_us = -out->offset_us;
    return true;
}

/* --- Writing ------------------------------------------------------------------------------------------------------------------- */

char *iso_write_number(char *p, uint32_t value, int width) {
    char digits[10];
    int n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (int i = n; i < width; i++) *p++ = '0';
    while (n > 0) *p++ = digits[--n];
    return p;
}

static inline char *write_two(char *p, uint32_t value) {
    if (value > 99) return iso_write_number(p, value, 2);
    p[0] = (char)('0' + value / 10);
    p[1] = (char)('0' + value % 10);
    return p + 2;
}

char *iso_write_date(char *p, int year, int month, int day) {
    p = iso_write_number(p, (uint32_t)year, 4);
    *p++ = '-';
    p = write_two(p, (uint32_t)month);
    *p++ = '-';
    return write_two(p, (uint32_t)day);
}

char *iso_write_time(char *p, int hour, int minute, int second, int us, enum IsoTimespec spec) {
    if (spec == ISO_AUTO) spec = us ? ISO_MICROSECONDS : ISO_SECONDS;
    p = write_two(p, (uint32_t)hour);
    if (spec == ISO_HOURS) return p;
    *p++ = ':';
    p = write_two(p, (uint32_t)minute);
    if (spec == ISO_MINUTES) return p;
    *p++ = ':';
    p = write_two(p, (uint32_t)second);
    if (spec == ISO_SECONDS) return p;
    *p++ = '.';
    return spec == ISO_MILLISECONDS ? iso_write_number(p, (uint32_t)us / 1000, 3) : iso_write_number(p, (uint32_t)us, 6);
}

char *iso_write_offset(char *p, int64_t us, const char *sep) {
    *p++ = us < 0 ? '-' : '+';
    if (us < 0) us = -us;
    uint32_t seconds = (uint32_t)(us / SECOND_US), fraction = (uint32_t)(us % SECOND_US);
    p = write_two(p, seconds / 3600);
    if (*sep) *p++ = *sep;
    p = write_two(p, seconds / 60 % 60);
    if (seconds % 60 == 0 && fraction == 0) return p;
    if (*sep) *p++ = *sep;
    p = write_two(p, seconds % 60);
    if (fraction == 0) return p;
    *p++ = '.';
    return iso_write_number(p, fraction, 6);
}
