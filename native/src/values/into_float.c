/* Numbers of every kind that are to be floats (S6). */
#include "values/into_float.h"

#include <math.h>
#include <string.h>

#include "values/big.h"
#include "values/decimal.h"

/* --- digits --- */

/* Whether neither a point nor a negative exponent was written. */
static bool is_whole(const h9_number *v)
{
    if (v->exponent < 0) return false;
    for (uint32_t i = v->negative; i < v->length; i++)
        if (v->text[i] == '.' || v->text[i] == '-') return false;
    return true;
}

/* The same as h9_float_holds for more than 19 digits; no larger than the largest double, that is, of 309 at most. */
static bool holds_long(const h9_number *v, unsigned digits)
{
    h9_big b;
    unsigned n = 0, lowest = 0;
    const uint8_t *first = v->text + v->negative;
    while (n < v->length - v->negative && h9_is_digit(first[n])) n++;
    h9_big_set(&b, 0);
    h9_big_add_digits(&b, first, n);
    h9_big_mul_five_to(&b, (unsigned)(v->exponent - (int64_t)n + 19));
    while (b.limb[lowest] == 0) lowest++;
    unsigned low = lowest * 64 + (unsigned)__builtin_ctzll(b.limb[lowest]);
    unsigned high = b.n * 64 - (unsigned)__builtin_clzll(b.limb[b.n - 1]);
    return high - low <= digits;
}

/* Whether an integer's binary digits, zeros at the end aside, are few enough. Twos of its power of ten don't matter. */
static bool holds(const h9_number *v, unsigned digits)
{
    if (!v->exact) return holds_long(v, digits);
    if (v->exponent > 22) return false;                /* 5^23 has more than 53 */
    __extension__ unsigned __int128 odd = v->mantissa; /* times 5^22 stays within 128 bits */
    for (int64_t i = 0; i < v->exponent; i++) odd *= 5;
    while ((odd & 1) == 0) odd >>= 1;
    return odd >> digits == 0;
}

int h9_digits_kept(const h9_number *v, unsigned digits, bool became_zero)
{
    if (v->mantissa == 0) return 0;
    return became_zero || (is_whole(v) && !holds(v, digits));
}

/* --- integers --- */

int h9_f64_of_i64(int64_t v, bool rounds, double *out)
{
    *out = (double)v;
    return !rounds && !h9_float_holds(h9_magnitude(v), H9_F64_DIGITS);
}

int h9_f64_of_u64(uint64_t v, bool rounds, double *out)
{
    *out = (double)v;
    return !rounds && !h9_float_holds(v, H9_F64_DIGITS);
}

int h9_f32_of_i64(int64_t v, bool rounds, float *out)
{
    *out = (float)v;
    return !rounds && !h9_float_holds(h9_magnitude(v), H9_F32_DIGITS);
}

int h9_f32_of_u64(uint64_t v, bool rounds, float *out)
{
    *out = (float)v;
    return !rounds && !h9_float_holds(v, H9_F32_DIGITS);
}

/* --- doubles --- */

int h9_f32_of_f64(double v, bool rounds, float *out)
{
    *out = (float)v;
    if (isinf(*out) && !isinf(v)) return 2;
    return !rounds && v == v && (double)*out != v;
}

/* --- decimals --- */

/* Whether two numbers are the same, `shortest` being a float's text, of 17 digits at most. */
static bool same_digits(const h9_number *v, const h9_number *shortest)
{
    uint64_t a = v->mantissa, b = shortest->mantissa;
    int64_t i = v->exponent, j = shortest->exponent;
    if (!v->exact) return false;
    for (; a != 0 && a % 10 == 0; a /= 10) i++;
    for (; b != 0 && b % 10 == 0; b /= 10) j++;
    return a == b && (a == 0 || i == j);
}

static bool says(const h9_number *v, const uint8_t *text, const uint8_t *end)
{
    h9_number shortest;
    return h9_number_scan(text, end, &shortest) == end && same_digits(v, &shortest);
}

/* The decimal's text as a number. false: it has more digits than text can say. */
static bool spell(const uint8_t *p, size_t n, int32_t scale, uint8_t *text, h9_number *out)
{
    size_t size = h9_decimal_print(p, n, scale, H9_MAX_PRECISION, text);
    return size != 0 && h9_number_scan(text, text + size, out) != NULL;
}

int h9_f64_of_decimal(const uint8_t *p, size_t n, int32_t scale, bool rounds, double *out)
{
    uint8_t text[H9_MAX_DECIMAL_TEXT], shortest[H9_MAX_FLOAT_TEXT];
    h9_number v;
    if (!spell(p, n, scale, text, &v)) return 3;
    if (!h9_number_f64(&v, out)) return 2;
    return !rounds && !says(&v, shortest, h9_print_f64(shortest, *out, false));
}

int h9_f32_of_decimal(const uint8_t *p, size_t n, int32_t scale, bool rounds, float *out)
{
    uint8_t text[H9_MAX_DECIMAL_TEXT], shortest[H9_MAX_FLOAT_TEXT];
    h9_number v;
    if (!spell(p, n, scale, text, &v)) return 3;
    if (!h9_number_f32(&v, out)) return 2;
    return !rounds && !says(&v, shortest, h9_print_f32(shortest, *out, false));
}
