/* Decimals: an unscaled integer as big-endian two's complement, with a scale that the schema holds (S26).
 *
 * Everything goes by digit strings: rescaling adds or takes zeros at the end, precision is their count. That is
 * quadratic in the digits, which are H9_MAX_PRECISION at most, so longer input is refused before any
 * arithmetic (B34). Integers of 64 bits, the usual case, take no big number at all. */
#include "values/decimal.h"

#include "values/big.h"
#include "values/number.h"

#define MAX_DIGITS 1012 /* H9_MAX_DECIMAL_BYTES hold 10^1011 */

enum { FINE = 0, NOT_DECIMAL = 1, WOULD_ROUND = 2, OVER_PRECISION = 3 };

/* An unscaled integer as text: the first digit is not zero; none at all: zero. */
typedef struct {
    bool negative;
    unsigned count;
    uint8_t digits[MAX_DIGITS];
} number;

/* --- two's complement --- */

/* Leading bytes that only repeat the sign are passed over; one byte is left at least, if there was one. */
static const uint8_t *significant_bytes(const uint8_t *p, size_t *n)
{
    while (*n > 1 && (p[0] == 0 || p[0] == 0xff) && ((p[0] ^ p[1]) & 0x80) == 0) {
        p++;
        --*n;
    }
    return p;
}

static uint64_t load_bytes(const uint8_t *p, size_t n)
{
    uint64_t x = n > 0 && p[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < n; i++) x = x << 8 | p[i];
    return x;
}

bool h9_decimal_get_i64(const uint8_t *p, size_t n, int64_t *out)
{
    p = significant_bytes(p, &n);
    *out = (int64_t)load_bytes(p, n < 8 ? n : 8);
    return n >= 1 && n <= 8;
}

bool h9_decimal_get_u64(const uint8_t *p, size_t n, uint64_t *out)
{
    p = significant_bytes(p, &n);
    if (n == 0 || n > 9 || p[0] & 0x80) return false;
    if (n == 9 && p[0] != 0) return false;
    *out = n == 9 ? load_bytes(p + 1, 8) : load_bytes(p, n);
    return true;
}

size_t h9_decimal_put_i64(int64_t v, uint8_t *out)
{
    uint64_t x = (uint64_t)v, folded = v < 0 ? ~x : x;
    unsigned bits = folded ? 64u - (unsigned)__builtin_clzll(folded) : 0; /* and one for the sign */
    size_t n = bits / 8 + 1;
    for (size_t i = n; i-- > 0; x >>= 8) out[i] = (uint8_t)x;
    return n;
}

size_t h9_decimal_put_u64(uint64_t v, uint8_t *out)
{
    if (v <= (uint64_t)INT64_MAX) return h9_decimal_put_i64((int64_t)v, out);
    out[0] = 0;
    for (unsigned i = 8; i > 0; i--, v >>= 8) out[i] = (uint8_t)v;
    return 9;
}

/* --- bytes to digits and back --- */

/* |p| as limbs; p has no needless bytes and fits. */
static void load_magnitude(const uint8_t *p, size_t n, bool negative, h9_big *b)
{
    unsigned carry = negative;
    uint8_t flip = negative ? 0xff : 0;
    memset(b->limb, 0, ((n + 7) / 8) * sizeof b->limb[0]);
    for (size_t i = 0; i < n; i++) {
        unsigned byte = (uint8_t)(p[n - 1 - i] ^ flip) + carry;
        carry = byte >> 8;
        b->limb[i / 8] |= (uint64_t)(byte & 0xff) << (i % 8 * 8);
    }
    b->n = (unsigned)((n + 7) / 8);
    while (b->n > 0 && b->limb[b->n - 1] == 0) b->n--;
}

/* Nineteen digits at a time from the end, then the leading zeros of the last chunk go. */
static void big_to_digits(h9_big *b, number *out)
{
    uint8_t reversed[MAX_DIGITS + 19];
    unsigned n = 0;
    while (b->n > 0) {
        uint64_t chunk = h9_big_div(b, h9_ten_to[19]);
        for (int i = 0; i < 19; i++, chunk /= 10) reversed[n++] = (uint8_t)('0' + chunk % 10);
    }
    while (n > 0 && reversed[n - 1] == '0') n--;
    out->count = n;
    for (unsigned i = 0; i < n; i++) out->digits[i] = reversed[n - 1 - i];
}

/* Refuses no bytes at all, and more than any precision fills. */
static int load_number(const uint8_t *p, size_t n, number *out)
{
    int64_t narrow;
    if (n == 0) return NOT_DECIMAL;
    p = significant_bytes(p, &n);
    if (n > H9_MAX_DECIMAL_BYTES) return OVER_PRECISION;
    out->negative = p[0] >> 7;
    if (h9_decimal_get_i64(p, n, &narrow)) {
        uint64_t m = narrow < 0 ? 0 - (uint64_t)narrow : (uint64_t)narrow;
        out->count = m ? (unsigned)(h9_print_u64(out->digits, m) - out->digits) : 0;
        return FINE;
    }
    h9_big b;
    load_magnitude(p, n, out->negative, &b);
    big_to_digits(&b, out);
    return FINE;
}

static size_t store_big(const h9_big *b, bool negative, uint8_t *out)
{
    size_t n = 0;
    unsigned carry = negative;
    uint8_t flip = negative ? 0xff : 0, reversed[8 * H9_BIG_LIMBS + 1];
    for (; n < 8 * (size_t)b->n; n++) {
        unsigned byte = ((uint8_t)(b->limb[n / 8] >> (n % 8 * 8)) ^ flip) + carry;
        carry = byte >> 8;
        reversed[n] = (uint8_t)byte;
    }
    reversed[n++] = (uint8_t)(flip + carry); /* the sign; what it repeats goes below */
    while (n > 1 && reversed[n - 1] == (reversed[n - 2] & 0x80 ? 0xff : 0)) n--;
    for (size_t i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
    return n;
}

/* The digits and `zeros` more; `count + zeros` is within H9_MAX_PRECISION. */
static size_t store_number(const number *v, unsigned zeros, uint8_t *out)
{
    h9_big b;
    h9_big_set(&b, 0);
    h9_big_add_digits(&b, v->digits, v->count);
    for (; zeros >= 19; zeros -= 19) h9_big_mul_add(&b, h9_ten_to[19], 0);
    h9_big_mul_add(&b, h9_ten_to[zeros], 0);
    return store_big(&b, v->negative && b.n > 0, out);
}

/* Multiplies by 10^shift, which must be exact and leave no more than `precision` digits. */
static size_t store_shifted(number *v, int64_t shift, int32_t precision, uint8_t *out, int *why)
{
    const int64_t limit = precision < H9_MAX_PRECISION ? precision : H9_MAX_PRECISION;
    for (; shift < 0 && v->count > 0; shift++) {
        *why = WOULD_ROUND;
        if (v->digits[v->count - 1] != '0') return 0;
        v->count--;
    }
    if (v->count == 0) shift = 0;
    *why = OVER_PRECISION;
    if ((int64_t)v->count + shift > limit) return 0;
    *why = FINE;
    return store_number(v, (unsigned)shift, out);
}

/* --- printing --- */

size_t h9_decimal_print(const uint8_t *p, size_t n, int32_t scale, int32_t precision, uint8_t *out)
{
    const int32_t limit = precision < H9_MAX_PRECISION ? precision : H9_MAX_PRECISION;
    number v;
    if (scale > H9_MAX_PRECISION || scale < -H9_MAX_PRECISION || load_number(p, n, &v) != FINE) return 0;
    if ((int64_t)v.count > limit) return 0;
    uint32_t zeros = scale < 0 && v.count > 0 ? (uint32_t)-scale : 0, places = scale > 0 ? (uint32_t)scale : 0;
    if (v.count + zeros > H9_MAX_PRECISION) return 0;
    uint8_t *w = out;
    if (v.negative) *w++ = '-';
    unsigned whole = v.count > places ? v.count - places : 0;
    if (whole == 0) *w++ = '0';
    memcpy(w, v.digits, whole);
    w += whole;
    memset(w, '0', zeros);
    w += zeros;
    if (places > 0) {
        unsigned missing = places - (v.count - whole);
        *w++ = '.';
        memset(w, '0', missing);
        memcpy(w + missing, v.digits + whole, v.count - whole);
        w += places;
    }
    return (size_t)(w - out);
}

/* --- reading --- */

/* Where the parts of a decimal's text stand. */
typedef struct {
    bool negative;
    const uint8_t *digits, *end; /* digits and perhaps a point, without zeros at either end; may be empty */
    int64_t exponent;            /* of the last of them */
} parts;

static const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end)
{
    while (p < end && h9_is_digit(*p)) p++;
    return p;
}

static bool parse_exponent(const uint8_t *p, const uint8_t *end, int64_t *out)
{
    const int64_t far = INT64_C(1) << 60; /* no text is so long that it could make up for more */
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end || skip_digits(p, end) != end) return false;
    int64_t e = 0;
    for (; p < end; p++) e = e < far / 10 ? e * 10 + (*p - '0') : far;
    *out = negative ? -e : e;
    return true;
}

/* google.type.Decimal's grammar: a sign, digits with a point at any place, an exponent. JSON's is part of it. */
static bool take_apart(const uint8_t *p, const uint8_t *end, parts *out)
{
    out->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    const uint8_t *start = p, *point = skip_digits(p, end), *stop = point;
    if (point < end && *point == '.') stop = skip_digits(point + 1, end);
    bool pointed = stop > point;
    if (stop - start - pointed == 0) return false;
    out->exponent = 0;
    if (stop < end && ((*stop | 0x20) != 'e' || !parse_exponent(stop + 1, end, &out->exponent))) return false;
    out->exponent -= pointed ? stop - point - 1 : 0;
    while (start < stop && (*start == '0' || *start == '.')) start++;
    while (start < stop && (stop[-1] == '0' || stop[-1] == '.')) {
        out->exponent += stop[-1] == '0';
        stop--;
    }
    out->digits = start;
    out->end = stop;
    return true;
}

/* The digits alone; false: there are too many. */
static bool take_digits(const parts *text, number *v)
{
    if (text->end - text->digits > H9_MAX_PRECISION + 1) return false;
    v->negative = text->negative;
    v->count = 0;
    for (const uint8_t *d = text->digits; d < text->end; d++)
        if (*d != '.') v->digits[v->count++] = *d;
    return true;
}

size_t h9_decimal_parse(const uint8_t *p, size_t n, int32_t scale, int32_t precision, uint8_t *out, int *why)
{
    parts text;
    number v;
    *why = NOT_DECIMAL;
    if (!take_apart(p, p + n, &text)) return 0;
    int64_t shift = text.exponent + scale;
    *why = WOULD_ROUND;
    if (text.digits < text.end && shift < 0) return 0; /* the last digit is not zero */
    *why = OVER_PRECISION;
    return take_digits(&text, &v) ? store_shifted(&v, shift, precision, out, why) : 0;
}

/* Whether the integer of v's first `kept` digits is one nearer to zero than the nearest to v, whose other digits
 * follow the point at once. */
static bool rounds_up(const number *v, unsigned kept)
{
    const uint8_t *rest = v->digits + kept;
    if (*rest != '5') return *rest > '5';
    return v->count > kept + 1 || (kept > 0 && (rest[-1] - '0') % 2 != 0); /* the last digit is not zero */
}

size_t h9_decimal_whole(const uint8_t *p, size_t n, bool nearest, uint8_t *out, int *why)
{
    parts text;
    number v;
    *why = NOT_DECIMAL;
    if (!take_apart(p, p + n, &text)) return 0;
    *why = OVER_PRECISION;
    if (!take_digits(&text, &v)) return 0;
    if (v.count == 0 || text.exponent >= 0) return store_shifted(&v, text.exponent, H9_MAX_PRECISION, out, why);
    uint64_t places = 0 - (uint64_t)text.exponent;
    unsigned kept = v.count > places ? v.count - (unsigned)places : 0;
    h9_big b;
    h9_big_set(&b, 0);
    h9_big_add_digits(&b, v.digits, kept);
    h9_big_mul_add(&b, 1, nearest && v.count >= places && rounds_up(&v, kept));
    *why = FINE;
    return store_big(&b, v.negative && b.n > 0, out);
}

size_t h9_decimal_rescale(const uint8_t *p, size_t n, int32_t from, int32_t to, int32_t precision, uint8_t *out,
                          int *why)
{
    number v;
    *why = load_number(p, n, &v);
    return *why == FINE ? store_shifted(&v, (int64_t)to - from, precision, out, why) : 0;
}

size_t h9_decimal_multiply(const uint8_t *p, size_t n, uint32_t base, uint32_t times, uint8_t *out)
{
    const uint32_t step = base == 5 ? 27 : 63; /* the greatest power of 5, of 2, in a word */
    h9_big b;
    p = significant_bytes(p, &n);
    uint64_t bits = n * 8 + (base == 5 ? (uint64_t)times * 7 / 3 : times);
    if (n == 0 || bits > 8 * (H9_MAX_DECIMAL_BYTES - 1)) return 0;
    bool negative = p[0] >> 7;
    load_magnitude(p, n, negative, &b);
    while (times > 0) {
        uint64_t factor = 1;
        for (uint32_t i = 0; i < step && times > 0; i++, times--) factor *= base;
        h9_big_mul_add(&b, factor, 0);
    }
    return store_big(&b, negative && b.n > 0, out);
}

int32_t h9_decimal_places(const uint8_t *p, size_t n)
{
    int64_t places = 0, exponent = 0;
    size_t i = 0;
    while (i < n && p[i] != '.' && (p[i] | 32) != 'e') i++;
    if (i < n && p[i] == '.')
        for (i++; i < n && (p[i] | 32) != 'e'; i++) places++;
    bool negative = i + 1 < n && p[i + 1] == '-';
    for (i++; i < n && exponent < INT32_MAX; i++)
        if (p[i] >= '0' && p[i] <= '9') exponent = exponent * 10 + (p[i] - '0');
    places += negative ? exponent : -exponent;
    return places < 0 ? 0 : places > INT32_MAX ? INT32_MAX : (int32_t)places;
}
