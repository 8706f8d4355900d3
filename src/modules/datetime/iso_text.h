/* ISO 8601 texts of dates, times and offsets: characters in, numbers out, and the other way round; no Python in it. */
#ifndef KRAIT_MODULES_DATETIME_ISO_TEXT_H
#define KRAIT_MODULES_DATETIME_ISO_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text to read, one byte a character; what is not ASCII stands as one of these. */
enum { ISO_SURROGATE = 0xfe, ISO_OTHER = 0xff };
typedef struct IsoText {
    const uint8_t *p, *end;
} IsoText;

typedef struct IsoTime {
    int hour, minute, second, us;
    bool has_offset;
    int64_t offset_us;
} IsoTime;

/* YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D] at the text's beginning. false: it is none; month and day are not checked. */
bool iso_parse_date(IsoText text, int *year, int *month, int *day);
/* HH[:MM[:SS[.f...]]][Z|(+|-)HH...]; ranges are not checked. */
bool iso_parse_time(IsoText text, IsoTime *out);
/* Where the date of a date with time ends; text has 7 characters at least. -1: nowhere. */
ptrdiff_t iso_date_length(IsoText text);

/* How much of a time is written. */
enum IsoTimespec { ISO_AUTO, ISO_HOURS, ISO_MINUTES, ISO_SECONDS, ISO_MILLISECONDS, ISO_MICROSECONDS };
enum { ISO_DATE_ROOM = 16, ISO_TIME_ROOM = 24, ISO_OFFSET_ROOM = 24 };
/* Each writes to p and answers its end. */
char *iso_write_number(char *p, uint32_t value, int width); /* zero-padded; wider where it must be */
char *iso_write_date(char *p, int year, int month, int day);
char *iso_write_time(char *p, int hour, int minute, int second, int us, enum IsoTimespec spec);
char *iso_write_offset(char *p, int64_t us, const char *sep); /* +HH:MM[:SS[.ffffff]] */

#endif
