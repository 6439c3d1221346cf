/* Times as text: RFC 3339 section 5.6 (S23, S24), ProtoJSON's Duration (S25). The calendar is the proleptic Gregorian
 * one, days counted from 1970-01-01. */
#include "values/time.h"

#include "values/digits.h"
#include "values/number.h"
#include "values/words.h"

#define NANOS UINT32_C(1000000000)
#define DAY INT64_C(86400)
#define FIRST_DAY (-INT64_C(719162)) /* 0001-01-01 */
#define LAST_DAY INT64_C(2932896)    /* 9999-12-31 */
#define DURATION_MAX INT64_C(315576000000)

/* What is left to read. Once something does not match, `ok` is false and stays so. */
typedef struct {
    const uint8_t *p, *end;
    bool ok;
} text;

/* --- the calendar --- */

/* Years begin in March, so that the leap day comes last; 146,097 days make 400 years. H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms". The year is 1 to 9999, so nothing here is negative. */
static int64_t days_from_civil(unsigned year, unsigned month, unsigned day)
{
    unsigned y = year - (month <= 2);
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return (int64_t)(y * 365 + y / 4 - y / 100 + y / 400 + of_year) - 719468;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
    if (month == 2) return 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    return 30 + ((month + (month >> 3)) & 1); /* long and short months alternate, July to August excepted */
}

/* --- reading --- */

/* Two digits, below the bound. */
static inline unsigned take_below(text *t, unsigned bound)
{
    if (t->end - t->p < 2) {
        t->ok = false;
        return 0;
    }
    unsigned tens = t->p[0] - (unsigned)'0', ones = t->p[1] - (unsigned)'0', value = tens * 10 + ones;
    t->ok &= (tens < 10) & (ones < 10) & (value < bound);
    t->p += 2;
    return value;
}

static inline bool take_if(text *t, uint8_t c)
{
    if (!t->ok || t->p == t->end || *t->p != c) return false;
    t->p++;
    return true;
}

static inline void take(text *t, uint8_t c)
{
    if (!take_if(t, c)) t->ok = false;
}

static int64_t take_date(text *t)
{
    unsigned century = take_below(t, 100), year = century * 100 + take_below(t, 100);
    take(t, '-');
    unsigned month = take_below(t, 13);
    take(t, '-');
    unsigned day = take_below(t, 32);
    t->ok = t->ok && year >= 1 && month >= 1 && day >= 1 && day <= days_in_month(year, month);
    return t->ok ? days_from_civil(year, month, day) : 0;
}

/* A point and digits, or nothing. What lies beyond nanoseconds must be zeros. */
static uint32_t take_fraction(text *t)
{
    uint32_t nanos = 0, unit = NANOS;
    if (!take_if(t, '.')) return 0;
    t->ok = t->p < t->end && h9_is_digit(*t->p);
    for (; t->p < t->end && h9_is_digit(*t->p); t->p++) {
        uint32_t digit = (uint32_t)(*t->p - '0');
        unit /= 10;
        if (unit == 0 && digit != 0) t->ok = false;
        nanos += digit * unit;
    }
    return nanos;
}

static int64_t take_clock(text *t, uint32_t *nanos)
{
    unsigned hour = take_below(t, 24);
    take(t, ':');
    unsigned minute = take_below(t, 60);
    take(t, ':');
    unsigned second = take_below(t, 60);
    *nanos = take_fraction(t);
    return (int64_t)(hour * 3600 + minute * 60 + second);
}

/* Seconds east of Greenwich. */
static int64_t take_zone(text *t)
{
    if (take_if(t, 'Z') || take_if(t, 'z')) return 0;
    bool west = take_if(t, '-');
    if (!west) take(t, '+');
    unsigned hour = take_below(t, 24);
    take(t, ':');
    unsigned minute = take_below(t, 60);
    int64_t east = (int64_t)(hour * 3600 + minute * 60);
    return west ? -east : east;
}

static bool at_end(const text *t) { return t->ok && t->p == t->end; }

static bool parse_time(const uint8_t *p, size_t n, bool local, int64_t *seconds, uint32_t *nanos)
{
    text t = {p, p + n, true};
    int64_t days = take_date(&t);
    if (!take_if(&t, 'T') && !take_if(&t, 't')) take(&t, ' ');
    int64_t total = days * DAY + take_clock(&t, nanos);
    if (!local) total -= take_zone(&t);
    *seconds = total;
    return at_end(&t) && total >= FIRST_DAY * DAY && total < (LAST_DAY + 1) * DAY; /* the zone may lead outside */
}

bool h9_time_parse(const uint8_t *p, size_t n, int64_t *seconds, uint32_t *nanos)
{ return parse_time(p, n, false, seconds, nanos); }

bool h9_time_parse_local(const uint8_t *p, size_t n, int64_t *seconds, uint32_t *nanos)
{ return parse_time(p, n, true, seconds, nanos); }

bool h9_date_parse(const uint8_t *p, size_t n, int64_t *days)
{
    text t = {p, p + n, true};
    *days = take_date(&t);
    return at_end(&t);
}

bool h9_clock_parse(const uint8_t *p, size_t n, int64_t *nanos)
{
    text t = {p, p + n, true};
    uint32_t rest;
    int64_t seconds = take_clock(&t, &rest);
    *nanos = seconds * NANOS + rest;
    return at_end(&t);
}

bool h9_duration_parse(const uint8_t *p, size_t n, int64_t *seconds, int32_t *nanos)
{
    text t = {p, p + n, true};
    bool negative = take_if(&t, '-');
    int64_t whole = 0;
    t.ok = t.p < t.end && h9_is_digit(*t.p);
    for (; t.ok && t.p < t.end && h9_is_digit(*t.p); t.p++) {
        whole = whole * 10 + (*t.p - '0');
        t.ok = whole <= DURATION_MAX;
    }
    int32_t rest = (int32_t)take_fraction(&t);
    take(&t, 's');
    *seconds = negative ? -whole : whole;
    *nanos = negative ? -rest : rest;
    return at_end(&t);
}

/* --- printing --- */

static uint8_t *put_two(uint8_t *w, unsigned v)
{
    h9_put_pair(w, v);
    return w + 2;
}

/* The inverse of days_from_civil (Hinnant). */
static uint8_t *put_date(uint8_t *w, int64_t days)
{
    unsigned since = (unsigned)(days + 719468); /* 0000-03-01 is day 0 */
    unsigned era = since / 146097, of_era = since % 146097;
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned from_march = (5 * of_year + 2) / 153;
    unsigned month = from_march < 10 ? from_march + 3 : from_march - 9;
    unsigned year = era * 400 + year_of_era + (month <= 2);
    w = put_two(put_two(w, year / 100), year % 100);
    *w++ = '-';
    w = put_two(w, month);
    *w++ = '-';
    return put_two(w, of_year - (153 * from_march + 2) / 5 + 1);
}

/* Nothing, or a point and 3, 6 or 9 digits (S23). */
static uint8_t *put_fraction(uint8_t *w, uint32_t nanos)
{
    if (nanos == 0) return w;
    unsigned digits = nanos % 1000 ? 9 : nanos % 1000000 ? 6 : 3;
    *w++ = '.';
    *w = (uint8_t)('0' + nanos / 100000000);
    h9_store64(w + 1, h9_eight_digits(nanos % 100000000) | H9_EACH_BYTE('0'));
    return w + digits;
}

static uint8_t *put_clock(uint8_t *w, unsigned seconds, uint32_t nanos)
{
    w = put_two(w, seconds / 3600);
    *w++ = ':';
    w = put_two(w, seconds / 60 % 60);
    *w++ = ':';
    return put_fraction(put_two(w, seconds % 60), nanos);
}

uint8_t *h9_time_print(uint8_t *w, int64_t seconds, uint32_t nanos, bool local)
{
    if (nanos >= NANOS || seconds < FIRST_DAY * DAY || seconds >= (LAST_DAY + 1) * DAY) return NULL;
    int64_t since = seconds - FIRST_DAY * DAY; /* not negative, so that division rounds down */
    w = put_date(w, since / DAY + FIRST_DAY);
    *w++ = 'T';
    w = put_clock(w, (unsigned)(since % DAY), nanos);
    if (!local) *w++ = 'Z';
    return w;
}

uint8_t *h9_date_print(uint8_t *w, int64_t days)
{ return days < FIRST_DAY || days > LAST_DAY ? NULL : put_date(w, days); }

uint8_t *h9_clock_print(uint8_t *w, int64_t nanos)
{
    if (nanos < 0 || nanos >= DAY * NANOS) return NULL;
    return put_clock(w, (unsigned)(nanos / NANOS), (uint32_t)(nanos % NANOS));
}

uint8_t *h9_duration_print(uint8_t *w, int64_t seconds, int32_t nanos)
{
    const int32_t limit = (int32_t)NANOS;
    if (seconds > DURATION_MAX || seconds < -DURATION_MAX || nanos >= limit || nanos <= -limit) return NULL;
    if ((seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) return NULL;
    if (seconds < 0 || nanos < 0) *w++ = '-';
    w = h9_print_u64(w, (uint64_t)(seconds < 0 ? -seconds : seconds));
    w = put_fraction(w, (uint32_t)(nanos < 0 ? -nanos : nanos));
    *w++ = 's';
    return w;
}

/* --- MessagePack's extension -1 --- */

size_t h9_timestamp_pack(uint8_t *body, int64_t seconds, uint32_t nanos)
{
    uint64_t sec = (uint64_t)seconds;
    if (sec <= UINT32_MAX && nanos == 0) return (size_t)(h9_store_big32(body, (uint32_t)sec) - body);
    if (sec >> 34 == 0) return (size_t)(h9_store_big64(body, (uint64_t)nanos << 34 | sec) - body);
    return (size_t)(h9_store_big64(h9_store_big32(body, nanos), sec) - body);
}

bool h9_timestamp_unpack(const uint8_t *body, size_t n, int64_t *seconds, uint32_t *nanos)
{
    uint64_t word = n == 8 ? h9_load_big64(body) : 0;
    if (n != 4 && n != 8 && n != 12) return false;
    *nanos = n == 12 ? h9_load_big32(body) : (uint32_t)(word >> 34);
    if (n == 4) *seconds = h9_load_big32(body);
    else if (n == 8) *seconds = (int64_t)(word & ((UINT64_C(1) << 34) - 1));
    else *seconds = (int64_t)h9_load_big64(body + 4);
    return *nanos < NANOS;
}
