/* The proleptic Gregorian calendar and ISO 8601's weeks as arithmetic; no Python in it.
 *
 * Ordinals count days: January 1 of year 1 is 1.  Weekdays count from Monday, 0.
 */
#ifndef KRAIT_MODULES_DATETIME_CALENDAR_H
#define KRAIT_MODULES_DATETIME_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { YEAR_MIN = 1, YEAR_MAX = 9999, ORDINAL_MAX = 3652059, ORDINAL_EPOCH = 719163 /* January 1 of 1970 */ };
enum { DAY_SECONDS = 86400, SECOND_US = 1000000 };

static inline bool calendar_is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int calendar_days_in_month(int year, int month);
/* Days of the year in front of a month's first. */
int calendar_days_before_month(int year, int month);
/* Any year from 0 on; month and day need not be sane for day. */
int calendar_ordinal(int year, int month, int day);
/* 1 <= ordinal; years beyond YEAR_MAX are answered as they are. */
void calendar_from_ordinal(int ordinal, int *year, int *month, int *day);
static inline int calendar_weekday(int ordinal) { return (ordinal + 6) % 7; }
/* The ordinal of the Monday that begins an ISO year. */
int calendar_iso_year_start(int year);
/* The ISO year, week (1 to 53) and day (1 to 7) of an ordinal that lies in `year`. */
void calendar_iso_from_ordinal(int ordinal, int year, int *iso_year, int *week, int *weekday);

enum IsoWeekError { ISO_WEEK_OK, ISO_WEEK_BAD_YEAR, ISO_WEEK_BAD_WEEK, ISO_WEEK_BAD_DAY };
/* The ordinal of a day of an ISO week; it may lie outside the calendar. */
enum IsoWeekError calendar_from_iso(int64_t year, int64_t week, int64_t weekday, int *ordinal);

#endif
