/*
 * Dates and times in the one form that the server reads the same whatever its settings: ISO 8601,
 * year first, with "BC" behind where there is need. Days and microseconds count from 2000-01-01.
 */
#include "pg/encode.h"

#include <math.h>
#include <stdlib.h>

#define US_PER_SECOND 1000000LL
#define US_PER_DAY    (86400 * US_PER_SECOND)

#define FIRST_DAY      (-2451545LL) /* 4714-11-24 BC */
#define END_OF_DAYS    2145031949LL /* 5874898-01-01 */
#define FIRST_TIME     (FIRST_DAY * US_PER_DAY)
#define END_OF_TIME    9223371331200000000LL /* 294277-01-01 */
#define MAX_ZONE_HOURS 15

/* A date, or a date with a time, as it was written. */
typedef struct Moment {
    int64_t year; /* 0 is 1 BC */
    int64_t month;
    int64_t day;
    int64_t time_us; /* since midnight */
    bool has_zone;
    int64_t zone_us; /* to the east */
} Moment;

/* A number of min to max digits: what follows it, or NULL. */
static const char *read_number(const char *p, int min, int max, int64_t *number) {
    int digits = 0;
    for (*number = 0; digits < max && bd_is_digit(*p); digits++) {
        *number = *number * 10 + (*p++ - '0');
    }
    return digits >= min && !bd_is_digit(*p) ? p : NULL;
}

/* The same behind a separator; if that is not there, the number is 0 and nothing follows. */
static const char *read_next(const char *p, char separator, int64_t *number) {
    *number = 0;
    return *p == separator ? read_number(p + 1, 1, 2, number) : p;
}

static bool is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_date(const Moment *moment) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (moment->month < 1 || moment->month > 12 || moment->day < 1) {
        return false;
    }
    int leap = moment->month == 2 && is_leap(moment->year) ? 1 : 0;
    return moment->day <= days[moment->month - 1] + leap;
}

/* Days since 2000-01-01, counted in years that begin with March, of eras of 400 years. */
static int64_t day_number(const Moment *moment) {
    int64_t year = moment->year - (moment->month <= 2 ? 1 : 0);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month = (moment->month + 9) % 12;
    int64_t day_of_year = (153 * month + 2) / 5 + moment->day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 730425;
}

/* "2026-11-22" */
static const char *read_date(const char *p, Moment *moment) {
    p = read_number(p, 4, 7, &moment->year);
    p = p != NULL && *p == '-' ? read_number(p + 1, 1, 2, &moment->month) : NULL;
    return p != NULL && *p == '-' ? read_number(p + 1, 1, 2, &moment->day) : NULL;
}

/* ".123456", rounded as the server does it. */
static const char *read_fraction(const char *p, int64_t *us) {
    if (*p != '.') {
        return p;
    }
    size_t digits = strspn(p + 1, "0123456789");
    char copy[32];
    if (digits == 0 || digits >= sizeof(copy) - 1) {
        return NULL;
    }
    memcpy(copy, p, digits + 1);
    copy[digits + 1] = '\0';
    *us = (int64_t)rint(strtod(copy, NULL) * (double)US_PER_SECOND);
    return p + 1 + digits;
}

/* "10:11", "10:11:12", "10:11:12.123456" */
static const char *read_time(const char *p, Moment *moment) {
    int64_t hours = 0;
    int64_t minutes = 0;
    int64_t seconds = 0;
    int64_t us = 0;
    p = read_number(p, 1, 2, &hours);
    p = p != NULL && *p == ':' ? read_number(p + 1, 1, 2, &minutes) : NULL;
    bool has_seconds = p != NULL && *p == ':';
    p = p != NULL ? read_next(p, ':', &seconds) : NULL;
    p = p != NULL && has_seconds ? read_fraction(p, &us) : p;
    moment->time_us = ((hours * 60 + minutes) * 60 + seconds) * US_PER_SECOND + us;
    bool good = minutes < 60 && seconds <= 60 && (hours < 24 || moment->time_us == US_PER_DAY);
    return good ? p : NULL;
}

/* "Z", "+02", "-03:30", "+0530", "+00:19:32", or none */
static const char *read_zone(const char *p, Moment *moment) {
    bool west = *p == '-';
    moment->has_zone = west || *p == '+' || *p == 'Z' || *p == 'z';
    if (!west && *p != '+') {
        return moment->has_zone ? p + 1 : p;
    }
    int64_t hours = 0;
    int64_t minutes = 0;
    int64_t seconds = 0;
    const char *digits = p + 1;
    p = read_number(digits, 2, 4, &hours);
    if (p == NULL || p - digits == 3) {
        return NULL;
    }
    if (p - digits == 4) {
        minutes = hours % 100;
        hours = hours / 100;
    } else {
        p = read_next(p, ':', &minutes);
        p = p != NULL ? read_next(p, ':', &seconds) : NULL;
    }
    int64_t zone = (hours * 60 + minutes) * 60 + seconds;
    moment->zone_us = (west ? -zone : zone) * US_PER_SECOND;
    return hours <= MAX_ZONE_HOURS && minutes < 60 && seconds < 60 ? p : NULL;
}

/* " BC", and the end. */
static bool read_end(const char *p, Moment *moment) {
    const char *after = bd_skip_word(bd_skip_blanks(p), "bc");
    if (moment->year == 0) {
        return false;
    }
    if (after != NULL) {
        moment->year = 1 - moment->year;
    }
    return bd_ends(after != NULL ? after : p) && is_date(moment);
}

static bool read_moment(const char *p, bool with_time, Moment *moment) {
    *moment = (Moment){0};
    p = read_date(p, moment);
    const char *time = p == NULL ? NULL : *p == 'T' || *p == 't' ? p + 1 : bd_skip_blanks(p);
    if (time != NULL && with_time && time > p && bd_is_digit(*time)) {
        p = read_time(time, moment);
        p = p != NULL ? read_zone(bd_skip_blanks(p), moment) : NULL;
    }
    return p != NULL && read_end(p, moment);
}

/* 1 for infinity, -1 for -infinity, 0 for anything else. */
static int infinity(const char *p) {
    bool negative = *p == '-';
    const char *end = bd_skip_word(p + negative, "infinity");
    return end == NULL || !bd_ends(end) ? 0 : negative ? -1 : 1;
}

BdEncoded bd_encode_date(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    const char *begin = bd_skip_blanks(text);
    int endless = infinity(begin);
    Moment moment;
    *bytes = 4;
    if (endless != 0) {
        bd_put32(to, (uint32_t)(endless > 0 ? INT32_MAX : INT32_MIN));
        return BD_ENCODED_OK;
    }
    if (!read_moment(begin, false, &moment)) {
        return BD_ENCODED_INVALID;
    }
    int64_t day = day_number(&moment);
    bd_put32(to, (uint32_t)day);
    return day < FIRST_DAY || day >= END_OF_DAYS ? BD_ENCODED_RANGE : BD_ENCODED_OK;
}

/* zoned: the zone's offset counts, and must be there; else it is read and ignored. */
static BdEncoded encode_time(const char *text, bool zoned, char *to, size_t *bytes) {
    const char *begin = bd_skip_blanks(text);
    int endless = infinity(begin);
    Moment moment;
    *bytes = 8;
    if (endless != 0) {
        bd_put64(to, (uint64_t)(endless > 0 ? INT64_MAX : INT64_MIN));
        return BD_ENCODED_OK;
    }
    if (!read_moment(begin, true, &moment) || (zoned && !moment.has_zone)) {
        return BD_ENCODED_INVALID;
    }
    int64_t us = 0;
    int64_t offset_us = moment.time_us - (zoned ? moment.zone_us : 0);
    bool over = __builtin_mul_overflow(day_number(&moment), US_PER_DAY, &us);
    over = __builtin_add_overflow(us, offset_us, &us) || over;
    bd_put64(to, (uint64_t)us);
    return over || us < FIRST_TIME || us >= END_OF_TIME ? BD_ENCODED_RANGE : BD_ENCODED_OK;
}

BdEncoded bd_encode_timestamp(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    return encode_time(text, false, to, bytes);
}

BdEncoded bd_encode_timestamptz(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    return encode_time(text, true, to, bytes);
}
