/* Floats from decimal text and back, exactly (S3, S5), without locale, allocation or errno.
 *
 * In:  W. D. Clinger, "How to Read Floating Point Numbers Accurately" (PLDI 1990), for small numbers: one exact
 *      multiplication or division. Else D. Lemire, "Number Parsing at a Gigabyte per Second" (2021), with the proof
 *      of N. Mushtak and D. Lemire, "Fast Number Parsing Without Fallback" (2023) that 128 bits of 10^q decide for
 *      any mantissa of 64 bits. Text of more than 19 digits lies between two such mantissas; where these round
 *      differently, it is compared with the halfway point as a natural number.
 * Out: R. Giulietti, "The Schubfach way to render doubles" (2020): the shortest decimal in the rounding interval,
 *      and of those the nearest.
 */
#include "values/big.h"
#include "values/number.h"
#include "values/powers.h"
#include "values/words.h"

static inline const uint64_t *power_of_ten(int k) { return h9_powers[k - H9_POWER_FIRST]; }

/* floor(k * log2(10)), for |k| <= 400: 217706 / 2^16 (both papers). */
static inline int floor_log2_ten_to(int k) { return k * 217706 >> 16; }

/* --- reading --- */

/* What tells float64 from float32. Exponents are of the value, not biased. */
typedef struct {
    int fraction_bits; /* explicit ones: 52, 23 */
    int bias;
    int infinity;         /* the biased exponent that means it */
    int q_min, q_max;     /* below, any 64-bit mantissa rounds to zero; above, overflows */
    int tie_min, tie_max; /* the powers of ten with which a mantissa can lie halfway (Lemire, section 8) */
} shape;

static const shape F64 = {52, 1023, 0x7ff, -342, 308, -4, 23};
static const shape F32 = {23, 127, 0xff, -65, 38, -17, 10};

static inline uint64_t make_infinity(const shape *f) { return (uint64_t)f->infinity << f->fraction_bits; }

/* The upper 128 bits of w * 10^q (scaled): from the high word of the power alone, where the bits below the ones
 * that count can't carry into them; else from both. */
static inline h9_u128 scaled_product(uint64_t w, int q, int bits)
{
    const uint64_t *g = power_of_ten(q);
    h9_u128 x = (h9_u128)w * g[0];
    uint64_t mask = UINT64_MAX >> bits;
    if (((uint64_t)(x >> 64) & mask) == mask) {
        uint64_t low = g[1] - (q < -27 || q > 55); /* the table is rounded up; powers.py */
        x += (uint64_t)((h9_u128)w * low >> 64);
    }
    return x;
}

/* Below the smallest normal number: `shift` bits are lost. There are no ties here (Lemire, section 8). */
static inline uint64_t make_subnormal(uint64_t m, int shift)
{
    if (shift >= 64) return 0;
    m >>= shift;
    return (m + (m & 1)) >> 1; /* a carry into the exponent's bit makes the smallest normal number */
}

/* The bits of the float nearest to w * 10^q; infinity where it is too large. */
static uint64_t nearest(const shape *f, uint64_t w, int64_t wide_q)
{
    if (w == 0 || wide_q < f->q_min) return 0;
    if (wide_q > f->q_max) return make_infinity(f);
    int q = (int)wide_q, zeros = __builtin_clzll(w);
    h9_u128 x = scaled_product(w << zeros, q, f->fraction_bits + 3);
    uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
    int top = (int)(high >> 63), shift = top + 64 - f->fraction_bits - 3;
    uint64_t m = high >> shift; /* one bit more than the float holds */
    int exponent = floor_log2_ten_to(q) + 63 + top - zeros + f->bias;
    if (exponent <= 0) return make_subnormal(m, 1 - exponent);
    bool tie = low <= 1 && q >= f->tie_min && q <= f->tie_max && (m & 3) == 1 && m << shift == high;
    m = tie ? m >> 1 : (m + (m & 1)) >> 1;
    /* Adding keeps the implicit bit as a carry: so does a mantissa that rounds up to the next power of two. */
    uint64_t bits = ((uint64_t)(exponent - 1) << f->fraction_bits) + m;
    return bits < make_infinity(f) ? bits : make_infinity(f);
}

/* --- reading more than 19 digits --- */

#define DIGITS_THAT_DECIDE 800 /* a halfway point of float64 has 767 at most */

/* The significant digits of v, at most DIGITS_THAT_DECIDE and a 1 for any that follow; *exponent is of the last. */
static void load_digits(const h9_number *v, h9_big *b, int64_t *exponent)
{
    uint8_t digits[DIGITS_THAT_DECIDE + 1];
    const uint8_t *p = v->text + v->negative, *end = v->text + v->length;
    unsigned n = 0;
    bool more = false;
    while (p < end && (*p == '0' || *p == '.')) p++;
    for (; p < end && (*p | 0x20) != 'e'; p++) {
        if (*p == '.') continue;
        if (n < DIGITS_THAT_DECIDE) digits[n++] = *p;
        else if (*p != '0') more = true;
    }
    *exponent = v->exponent + 19 - (int64_t)n;
    if (more) {
        digits[n++] = '1';
        --*exponent;
    }
    h9_big_set(b, 0);
    h9_big_add_digits(b, digits, n);
}

static void multiply_two_to(h9_big *b, unsigned n)
{
    for (; n >= 63; n -= 63) h9_big_mul_add(b, UINT64_C(1) << 63, 0);
    h9_big_mul_add(b, UINT64_C(1) << n, 0);
}

static int compare(const h9_big *a, const h9_big *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (unsigned i = a->n; i-- > 0;)
        if (a->limb[i] != b->limb[i]) return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

/* v against half * 2^exponent. Both are brought to naturals, less their common factors. */
static int compare_halfway(const h9_number *v, uint64_t half, int exponent)
{
    h9_big left, right;
    int64_t ten;
    load_digits(v, &left, &ten);
    h9_big_set(&right, half);
    if (ten >= 0) h9_big_mul_five_to(&left, (unsigned)ten);
    else h9_big_mul_five_to(&right, (unsigned)-ten);
    if (ten >= exponent) multiply_two_to(&left, (unsigned)(ten - exponent));
    else multiply_two_to(&right, (unsigned)(exponent - ten));
    return compare(&left, &right);
}

/* v lies between mantissa and mantissa + 1, whose nearest floats are `below` and the next one. */
static uint64_t decide(const shape *f, const h9_number *v, uint64_t below)
{
    uint64_t fraction = below & ((UINT64_C(1) << f->fraction_bits) - 1);
    int biased = (int)(below >> f->fraction_bits);
    uint64_t m = biased ? fraction | UINT64_C(1) << f->fraction_bits : fraction;
    int exponent = (biased ? biased : 1) - f->bias - f->fraction_bits;
    int order = compare_halfway(v, 2 * m + 1, exponent - 1);
    return below + (order > 0 || (order == 0 && (below & 1)));
}

static uint64_t read_bits(const shape *f, const h9_number *v)
{
    uint64_t bits = nearest(f, v->mantissa, v->exponent);
    if (H9_LIKELY(v->exact) || bits == nearest(f, v->mantissa + 1, v->exponent)) return bits;
    return decide(f, v, bits);
}

bool h9_number_f64(const h9_number *v, double *out)
{
    static const double ten_to[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (v->exact && v->mantissa <= UINT64_C(1) << 53 && v->exponent >= -22 && v->exponent <= 22) {
        double x = (double)v->mantissa; /* exact, as are these powers of ten: one rounding in all */
        x = v->exponent < 0 ? x / ten_to[-v->exponent] : x * ten_to[v->exponent];
        *out = v->negative ? -x : x;
        return true;
    }
    uint64_t bits = read_bits(&F64, v);
    if (bits == make_infinity(&F64)) return false;
    bits |= (uint64_t)v->negative << 63;
    memcpy(out, &bits, sizeof *out);
    return true;
}

bool h9_number_f32(const h9_number *v, float *out)
{
    static const float ten_to[] = {1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f};
    if (v->exact && v->mantissa <= UINT64_C(1) << 24 && v->exponent >= -10 && v->exponent <= 10) {
        float x = (float)v->mantissa;
        x = v->exponent < 0 ? x / ten_to[-v->exponent] : x * ten_to[v->exponent];
        *out = v->negative ? -x : x;
        return true;
    }
    uint64_t bits = read_bits(&F32, v);
    if (bits == make_infinity(&F32)) return false;
    uint32_t narrow = (uint32_t)bits | (uint32_t)v->negative << 31;
    memcpy(out, &narrow, sizeof *out);
    return true;
}

/* --- printing: the shortest decimal --- */

typedef struct {
    uint64_t digits;
    int exponent; /* value = digits * 10^exponent */
} decimal;

/* The upper part of g * x, its last bit standing for all that was cut off (Giulietti's rounding to odd; the cut
 * part is 0 or 1 only where the product would have been exact but for g's rounding). */
static inline uint64_t times_power(const uint64_t g[2], uint64_t x)
{
    uint64_t low = (uint64_t)((h9_u128)g[1] * x >> 64);
    h9_u128 product = (h9_u128)g[0] * x + low;
    return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
}

static inline uint64_t times_short_power(uint64_t g, uint64_t x)
{
    h9_u128 product = (h9_u128)g * x;
    return (uint64_t)(product >> 64) | ((uint32_t)(product >> 32) > 1);
}

/* floor(log10(2^q)), or of 3/4 * 2^q for the first float of a binade, whose lower neighbour is half as near
 * (Giulietti, section 9). */
static inline int decimal_exponent(int q, bool uneven) { return (q * 1262611 - (uneven ? 524031 : 0)) >> 22; }

/* Given four times the float and four times the ends of its interval, all in units of 10^k, the shortest decimal
 * inside: with a zero at the end if one is, else the nearest. */
static decimal choose(uint64_t low, uint64_t value, uint64_t high, int k)
{
    uint64_t s = value / 4, tens = s / 10 * 10;
    bool under_tens = low <= 4 * tens, over_tens = 4 * tens + 40 <= high;
    bool under = low <= 4 * s, over = 4 * s + 4 <= high;
    if (s >= 10 && under_tens != over_tens) return (decimal){tens + (over_tens ? 10 : 0), k};
    if (under != over) return (decimal){s + over, k};
    return (decimal){s + (value + (s & 1) > 4 * s + 2), k}; /* ties to even */
}

static decimal exact_f64(uint64_t m, int q, bool uneven)
{
    int k = decimal_exponent(q, uneven), shift = q + floor_log2_ten_to(-k) + 1;
    const uint64_t *g = power_of_ten(-k);
    uint64_t odd = m & 1;
    uint64_t low = times_power(g, (4 * m - 2 + uneven) << shift);
    uint64_t value = times_power(g, 4 * m << shift);
    uint64_t high = times_power(g, (4 * m + 2) << shift);
    return choose(low + odd, value, high - odd, k);
}

static decimal exact_f32(uint64_t m, int q, bool uneven)
{
    int k = decimal_exponent(q, uneven), shift = q + floor_log2_ten_to(-k) + 1;
    const uint64_t *both = power_of_ten(-k);
    uint64_t g = both[0] + (both[1] != 0), odd = m & 1;
    uint64_t low = times_short_power(g, (4 * m - 2 + uneven) << shift);
    uint64_t value = times_short_power(g, 4 * m << shift);
    uint64_t high = times_short_power(g, (4 * m + 2) << shift);
    return choose(low + odd, value, high - odd, k);
}

/* Nearly always the float and half the width of its interval, to 60 bits after the point, show which decimal it is:
 * the multiple of ten below or above, where one is inside (they lie further apart than the interval is wide), else
 * the nearest (inside, since the interval is wider than one). Only what is within `margin` of an end or of a tie needs
 * the exact products. Which case it is can't be predicted, so all are worked out and chosen from without a branch.
 * `whole` and `part` are the value in units of 10^k, part / 2^64 below the point; half is in units of 2^-60. */
H9_INLINE bool choose_quickly(uint64_t whole, uint64_t part, uint64_t half, uint64_t margin, uint64_t *out)
{
    uint64_t digit = whole % 10, below = digit << 60 | part >> 4, above = (UINT64_C(10) << 60) - below;
    bool near = (below - half + margin <= 2 * margin) | (above - half + margin <= 2 * margin)
                | (part / 16 - (UINT64_C(1) << 59) + margin <= 2 * margin);
    bool under = below < half, over = above < half;
    uint64_t ones = whole + (part >> 63), tens = whole - digit + (over ? 10 : 0);
    *out = ones ^ ((ones ^ tens) & (0 - (uint64_t)(under | over)));
    return !near;
}

/* A normal float with even neighbours; the product is off by less than one in its last place, as is g. */
H9_INLINE decimal shortest_f64(uint64_t m, int q, bool special)
{
    int k = decimal_exponent(q, false), shift = q + floor_log2_ten_to(-k) + 1; /* 1 to 4 */
    const uint64_t *g = power_of_ten(-k);
    uint64_t x = m << shift, digits;
    h9_u128 product = (h9_u128)g[0] * x + (uint64_t)((h9_u128)g[1] * x >> 64);
    bool sure = choose_quickly((uint64_t)(product >> 64), (uint64_t)product, g[0] >> (5 - shift), 4, &digits);
    return H9_LIKELY(sure && !special) ? (decimal){digits, k} : exact_f64(m, q, m == UINT64_C(1) << 52 && q > -1074);
}

/* The same with 64 bits of the power, which leaves an error below m << shift < 2^28 in the product. */
H9_INLINE decimal shortest_f32(uint64_t m, int q, bool special)
{
    int k = decimal_exponent(q, false), shift = q + floor_log2_ten_to(-k) + 1;
    const uint64_t *both = power_of_ten(-k);
    uint64_t g = both[0] + (both[1] != 0), digits;
    h9_u128 product = (h9_u128)g * (m << shift);
    bool sure = choose_quickly((uint64_t)(product >> 64), (uint64_t)product, g >> (5 - shift), 1 << 26, &digits);
    return H9_LIKELY(sure && !special) ? (decimal){digits, k} : exact_f32(m, q, m == 1 << 23 && q > -149);
}

/* --- printing: the layout --- */

/* Up to 17 digits as text, left-aligned and filled up with '0'. */
typedef struct {
    uint8_t first;
    uint64_t a, b; /* the next sixteen, first digit lowest */
    int count;     /* without trailing zeros */
    int point;     /* value = 0.DIGITS * 10^point */
} digit_text;

/* Turned round, because counting zeros from the top is slow without LZCNT. */
H9_INLINE int trailing_zero_digits(uint64_t eight)
{ return eight ? __builtin_ctzll(__builtin_bswap64(eight)) >> 3 : 8; }

/* Multiplies by ten until there are `width` digits; returns how often. A normal float lacks two at most. */
H9_INLINE int fill_up(uint64_t *digits, int width)
{
    uint64_t full = h9_ten_to[width - 1];
    int zeros = (*digits < full) + (*digits < full / 10);
    *digits *= h9_ten_to[zeros];
    for (; H9_UNLIKELY(*digits < full); zeros++) *digits *= 10;
    return zeros;
}

H9_INLINE digit_text spread(decimal d, bool wide)
{
    int width = wide ? 17 : 9, point = width + d.exponent - fill_up(&d.digits, width);
    uint64_t left = d.digits;
    uint32_t low = wide ? (uint32_t)(left % 100000000) : 0;
    uint64_t b = low ? h9_eight_digits(low) : 0; /* short decimals have none */
    if (wide) left /= 100000000;
    uint64_t a = h9_eight_digits((uint32_t)(left % 100000000));
    int zeros = b ? trailing_zero_digits(b) : 8 + trailing_zero_digits(a);
    return (digit_text){(uint8_t)('0' + left / 100000000), a | H9_EACH_BYTE('0'), b | H9_EACH_BYTE('0'), 17 - zeros,
                        point};
}

H9_INLINE void put_digits(uint8_t *w, const digit_text *t)
{
    w[0] = t->first;
    h9_store64(w + 1, t->a);
    h9_store64(w + 9, t->b);
}

/* The point after `t->point` digits, 1 to 16. The word it falls into is split in its register: reading back what was
 * just stored in other pieces would stall. */
H9_INLINE uint8_t *put_plain(uint8_t *w, const digit_text *t, bool point)
{
    bool far = t->point > 8;
    uint64_t x = far ? t->b : t->a;
    int at = 8 * (t->point - 1) & 63;
    uint64_t after = UINT64_MAX << at;
    w[0] = t->first;
    h9_store64(w + 1, t->a);
    h9_store64(w + 10, t->b); /* where the second word goes if the first is split; else overwritten */
    uint8_t *split = w + (far ? 9 : 1);
    h9_store64(split, (x & ~after) | (uint64_t)'.' << at | (x & after) << 8);
    split[8] = (uint8_t)(x >> 56);
    if (t->count > t->point) return w + t->count + 1;
    return w + t->point + (point ? 2 : 0); /* the zero after the point is there already */
}

static inline uint8_t *put_scientific(uint8_t *w, const digit_text *t, bool point)
{
    int e = t->point - 1;
    put_digits(w + 1, t);
    w[0] = t->first;
    w[1] = '.'; /* a zero stands after it where there is no other digit */
    w += t->count > 1 ? t->count + 1 : point && e > 0 ? 3 : 1;
    *w++ = 'e';
    if (e < 0) *w++ = '-';
    return h9_print_u64(w, (uint64_t)(e < 0 ? -e : e));
}

H9_INLINE uint8_t *put_float(uint8_t *w, const digit_text *t, bool point)
{
    if (t->point > 0 && t->point <= 16) return put_plain(w, t, point);
    if (t->point <= 0 && t->point > -5) {
        h9_store64(w, UINT64_C(0x3030303030302e30)); /* "0.000000" */
        put_digits(w + 2 - t->point, t);
        return w + 2 - t->point + t->count;
    }
    return put_scientific(w, t, point);
}

static uint8_t *put_zero(uint8_t *w, bool point)
{
    memcpy(w, "0.0", 3);
    return w + (point ? 3 : 1);
}

uint8_t *h9_print_f64(uint8_t *w, double v, bool point)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    *w = '-';
    w += bits >> 63;
    uint64_t m = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff);
    if (m == 0 && biased == 0) return put_zero(w, point);
    bool normal = biased != 0;
    decimal d = shortest_f64(m | (uint64_t)normal << 52, biased - normal - 1074, m == 0 || !normal);
    digit_text t = spread(d, true);
    return put_float(w, &t, point);
}

uint8_t *h9_print_f32(uint8_t *w, float v, bool point)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    *w = '-';
    w += bits >> 31;
    uint64_t m = bits & ((1u << 23) - 1);
    int biased = (int)(bits >> 23 & 0xff);
    if (m == 0 && biased == 0) return put_zero(w, point);
    bool normal = biased != 0;
    decimal d = shortest_f32(m | (uint64_t)normal << 23, biased - normal - 149, m == 0 || !normal);
    digit_text t = spread(d, false);
    return put_float(w, &t, point);
}
