/* The rule behind the last transition of a time zone: the TZ string of POSIX, "CET-1CEST,M3.5.0,M10.5.0/3"; no Python in it. */
#ifndef KRAIT_MODULES_ZONEINFO_ZONE_RULE_H
#define KRAIT_MODULES_ZONEINFO_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A day of the year and the local second in it at which the clock changes. */
typedef struct ZoneDay {
    enum { DAY_OF_WEEK, DAY_JULIAN, DAY_OF_YEAR } kind; /* Mm.w.d, Jn (1 to 365, never February 29), n (0 to 365) */
    int month, week, weekday, day;                      /* weekday: Sunday is 0; week 5: the last one */
    int32_t seconds;                                    /* may be negative or beyond a day */
} ZoneDay;

typedef struct ZoneName {
    const char *text; /* in the string that was parsed */
    size_t length;
} ZoneName;

typedef struct ZoneRule {
    ZoneName std, dst;
    bool has_dst;
    int32_t std_offset, dst_offset; /* seconds east of UTC */
    ZoneDay start, end;
} ZoneRule;

/* NULL: good; else what is wrong, a format for the string's repr. */
const char *zone_rule_parse(const char *text, size_t n, ZoneRule *out);
/* Whether summer time holds at local second `local` (since 1970) of a year. */
bool zone_rule_is_dst(const ZoneRule *rule, int64_t local, int year, int fold);
/* The same for a second of UTC; *fold: local time is repeated there. */
bool zone_rule_is_dst_utc(const ZoneRule *rule, int64_t utc, int year, bool *fold);

#endif
