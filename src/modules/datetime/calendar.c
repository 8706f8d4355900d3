/* Calendar arithmetic, see the header. */
#include "modules/datetime/calendar.h"

enum { DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461 };

int calendar_days_in_month(int year, int month) {
    static const uint8_t days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month] + (month == 2 && calendar_is_leap(year));
}

int calendar_days_before_month(int year, int month) {
    static const uint16_t days[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return days[month] + (month > 2 && calendar_is_leap(year));
}

static int days_before_year(int year) {
    int y = year - 1;
    return y < 0 ? -366 : y * 365 + y / 4 - y / 100 + y / 400;
}

int calendar_ordinal(int year, int month, int day) { return days_before_year(year) + calendar_days_before_month(year, month) + day; }

/* Whole cycles of 400, 100, 4 and 1 years are taken off in turn; a cycle's last day may be a leap day beyond its share. */
void calendar_from_ordinal(int ordinal, int *year, int *month, int *day) {
    int n = ordinal - 1, y = 1;
    y += n / DAYS_400 * 400;
    n %= DAYS_400;
    int centuries = n / DAYS_100;
    n %= DAYS_100;
    int fours = n / DAYS_4;
    n %= DAYS_4;
    int ones = n / 365;
    n %= 365;
    y += centuries * 100 + fours * 4 + ones;
    if (centuries == 4 || ones == 4) {
        *year = y - 1;
        *month = 12;
        *day = 31;
        return;
    }
    /* No month is longer than 32 days: the guess is right or one too late. */
    int m = (n + 50) >> 5;
    int before = calendar_days_before_month(y, m);
    if (before > n) before = calendar_days_before_month(y, --m);
    *year = y;
    *month = m;
    *day = n - before + 1;
}

int calendar_iso_year_start(int year) {
    int first = calendar_ordinal(year, 1, 1), weekday = (first + 6) % 7;
    /* The week belongs to the year in which its Thursday lies. */
    return first - weekday + (weekday > 3 ? 7 : 0);
}

void calendar_iso_from_ordinal(int ordinal, int year, int *iso_year, int *week, int *weekday) {
    int start = calendar_iso_year_start(year);
    if (ordinal < start) {
        start = calendar_iso_year_start(--year);
    } else {
        int next = calendar_iso_year_start(year + 1);
        if (ordinal >= next) start = next, year++;
    }
    *iso_year = year;
    *week = (ordinal - start) / 7 + 1;
    *weekday = (ordinal - start) % 7 + 1;
}

enum IsoWeekError calendar_from_iso(int64_t year, int64_t week, int64_t weekday, int *ordinal) {
    if (year < YEAR_MIN || year > YEAR_MAX) return ISO_WEEK_BAD_YEAR;
    int start = calendar_iso_year_start((int)year);
    if (week < 1 || week > (calendar_iso_year_start((int)year + 1) - start) / 7) return ISO_WEEK_BAD_WEEK;
    if (weekday < 1 || weekday > 7) return ISO_WEEK_BAD_DAY;
    *ordinal = start + (int)(week - 1) * 7 + (int)weekday - 1;
    return ISO_WEEK_OK;
}
