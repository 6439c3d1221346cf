/* Integers and the grammar of numbers. RFC 8259 section 6; S2 (exact integers), S3 (range), B15 (5,000 digits). */
#include "values/number.h"

#include "values/compiler.h"
#include "values/digits.h"
#include "values/words.h"

#define EXPONENT_MAX (INT64_C(1) << 40)
#define MANTISSA_DIGITS 19

/* --- scanning --- */

/* Digits from p on, into *m modulo 2^64 (right while there are 19 at most). */
static inline const uint8_t *scan_digits(const uint8_t *p, const uint8_t *end, uint64_t *m)
{
    uint64_t value = *m;
    while (end - p >= 8) {
        uint64_t x = h9_load64(p);
        if (!h9_are_digits(x)) break;
        value = value * 100000000 + h9_parse_eight(x);
        p += 8;
    }
    while (p < end && h9_is_digit(*p)) value = value * 10 + (uint64_t)(*p++ - '0');
    *m = value;
    return p;
}

/* After the 'e': a sign and digits. NULL: none. */
static const uint8_t *scan_exponent(const uint8_t *p, const uint8_t *end, int64_t *out)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end || !h9_is_digit(*p)) return NULL;
    int64_t e = 0;
    for (; p < end && h9_is_digit(*p); p++)
        if (e < EXPONENT_MAX) e = e * 10 + (*p - '0');
    *out = negative ? -e : e;
    return p;
}

static int64_t saturate(int64_t e) { return e > EXPONENT_MAX ? EXPONENT_MAX : e < -EXPONENT_MAX ? -EXPONENT_MAX : e; }

/* The next digit at or after *p, the point passed over; 10 at the end of the digits. */
static unsigned next_digit(const uint8_t **p, const uint8_t *end)
{
    if (*p < end && **p == '.') (*p)++;
    if (*p == end || !h9_is_digit(**p)) return 10;
    return (unsigned)(*(*p)++ - '0');
}

/* Where the first significant digit stands. */
static const uint8_t *first_significant(const h9_number *v)
{
    const uint8_t *p = v->text + v->negative, *end = v->text + v->length;
    while (p < end && (*p == '0' || *p == '.')) p++;
    return p;
}

/* More digits than a mantissa holds, `last` the exponent of the last of them: takes the first 19 that count. */
static void shorten(h9_number *out, int64_t last)
{
    const uint8_t *p = first_significant(out), *end = out->text + out->length;
    unsigned taken = 0, d;
    int64_t dropped = 0;
    out->mantissa = 0;
    while (taken < MANTISSA_DIGITS && (d = next_digit(&p, end)) < 10) {
        out->mantissa = out->mantissa * 10 + d;
        taken++;
    }
    while ((d = next_digit(&p, end)) < 10) {
        out->exact &= d == 0;
        dropped++;
    }
    out->exponent = saturate(last + dropped);
}

const uint8_t *h9_number_scan(const uint8_t *p, const uint8_t *end, h9_number *out)
{
    const uint8_t *start = p;
    int64_t exponent = 0;
    ptrdiff_t digits, fraction = 0;
    uint64_t m = 0;
    if (p < end && *p == '-') p++;
    const uint8_t *whole = p;
    if (p == end || !h9_is_digit(*p)) return NULL;
    p = scan_digits(p, end, &m);
    digits = p - whole;
    if (*whole == '0' && digits > 1) return NULL;
    const uint8_t *whole_end = p;
    if (p < end && *p == '.') {
        p = scan_digits(p + 1, end, &m);
        fraction = p - whole_end - 1;
        if (fraction == 0) return NULL;
        digits += fraction;
    }
    if (p < end && (*p | 0x20) == 'e' && (p = scan_exponent(p + 1, end, &exponent)) == NULL) return NULL;
    if (p - start > (ptrdiff_t)UINT32_MAX) return NULL;
    *out = (h9_number){.text = start,
                       .length = (uint32_t)(p - start),
                       .negative = *start == '-',
                       .integral = p == whole_end,
                       .exact = true,
                       .mantissa = m,
                       .exponent = saturate(exponent - fraction)};
    if (H9_UNLIKELY(digits > MANTISSA_DIGITS)) shorten(out, exponent - fraction);
    return p;
}

/* --- integers --- */

enum { DONE = 0, NOT_INTEGER = 1, OUT_OF_RANGE = 2 };

/* Some digit past the mantissa is not zero: an integer only if no such digit is below the point. */
static int long_magnitude(const h9_number *v, uint64_t *out)
{
    const uint8_t *p = first_significant(v), *end = v->text + v->length;
    unsigned twentieth = 0, d;
    for (int i = 0; i < MANTISSA_DIGITS; i++) next_digit(&p, end);
    for (int64_t i = 0; (d = next_digit(&p, end)) < 10; i++) {
        if (i == 0) twentieth = d;
        if (i >= v->exponent && d != 0) return NOT_INTEGER;
    }
    if (v->exponent > 1 || __builtin_mul_overflow(v->mantissa, 10, out)) return OUT_OF_RANGE;
    return __builtin_add_overflow(*out, twentieth, out) ? OUT_OF_RANGE : DONE;
}

static int magnitude(const h9_number *v, uint64_t *out)
{
    *out = v->mantissa;
    if (!v->exact) return long_magnitude(v, out);
    if (v->exponent == 0 || v->mantissa == 0) return DONE;
    if (v->exponent > 0) {
        if (v->exponent > MANTISSA_DIGITS) return OUT_OF_RANGE;
        return __builtin_mul_overflow(v->mantissa, h9_ten_to[v->exponent], out) ? OUT_OF_RANGE : DONE;
    }
    if (v->exponent < -MANTISSA_DIGITS || v->mantissa % h9_ten_to[-v->exponent] != 0) return NOT_INTEGER;
    *out = v->mantissa / h9_ten_to[-v->exponent];
    return DONE;
}

int h9_number_i64(const h9_number *v, int64_t *out)
{
    uint64_t m;
    int status = magnitude(v, &m);
    if (status) return status;
    if (m > (uint64_t)INT64_MAX + v->negative) return OUT_OF_RANGE;
    *out = (int64_t)(v->negative ? 0 - m : m);
    return DONE;
}

int h9_number_u64(const h9_number *v, uint64_t *out)
{
    uint64_t m;
    int status = magnitude(v, &m);
    if (status) return status;
    if (v->negative && m != 0) return OUT_OF_RANGE;
    *out = m;
    return DONE;
}

/* --- printing --- */

/* v < 10^8 without leading zeros. */
static inline uint8_t *put_short(uint8_t *w, uint32_t v)
{
    uint8_t *stop = w + h9_digit_count(v), *p = stop;
    while (v >= 100) {
        p -= 2;
        h9_put_pair(p, v % 100);
        v /= 100;
    }
    if (v >= 10) h9_put_pair(p - 2, v);
    else p[-1] = (uint8_t)('0' + v);
    return stop;
}

static inline uint8_t *put_eight(uint8_t *w, uint64_t v)
{
    h9_store64(w, h9_eight_digits((uint32_t)v) | H9_EACH_BYTE('0'));
    return w + 8;
}

uint8_t *h9_print_u64(uint8_t *w, uint64_t v)
{
    const uint64_t eight = 100000000;
    if (v < eight) return put_short(w, (uint32_t)v);
    if (v < eight * eight) return put_eight(put_short(w, (uint32_t)(v / eight)), v % eight);
    uint64_t low = v % (eight * eight);
    w = put_short(w, (uint32_t)(v / (eight * eight)));
    return put_eight(put_eight(w, low / eight), low % eight);
}

uint8_t *h9_print_i64(uint8_t *w, int64_t v)
{
    if (v >= 0) return h9_print_u64(w, (uint64_t)v);
    *w++ = '-';
    return h9_print_u64(w, 0 - (uint64_t)v);
}
