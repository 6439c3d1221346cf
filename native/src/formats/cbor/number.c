/* CBOR's numbers that 64 bits don't hold: bignums, decimal fractions, bigfloats and rationals. All become digits with a
 * point, which are two's complement and a scale (RFC 8949, 3.4.3 and 3.4.4).
 *
 * A number of more than 1,000 digits, zeros included, is refused before it is worked out, whatever its exponent (B66).
 */
#include <float.h>
#include <math.h>

#include "core/frame.h"
#include "formats/cbor/cbor.h"
#include "values/decimal.h"
#include "values/number.h"

static bool refuse(h9_context *c, h9_code code, const uint8_t *at)
{
    h9_fail(c, code, at);
    return false;
}

/* --- bignums --- */

static bool keep(h9_context *c, cb_head *out, const uint8_t *digits, size_t size, const uint8_t *at)
{
    h9_slot kept;
    if (!h9_keep_decimal(c, digits, size, 0, &kept, at)) return false;
    out->v.kind = H9_KIND_EXTENSION;
    out->what = CB_AS_DIGITS;
    out->v.truth = false;
    out->v.body = kept.s.p;
    out->v.n = kept.s.n;
    return true;
}

bool h9_cbor_below(h9_context *c, uint64_t n, cb_head *out)
{
    uint8_t digits[9] = {0xFF};
    h9_store_big64(digits + 1, ~n);
    return keep(c, out, digits, sizeof digits, NULL);
}

static uint64_t load(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++) v = v << 8 | p[i];
    return v;
}

bool h9_cbor_bignum(h9_context *c, cb_head *out, const uint8_t *at)
{
    const uint8_t *p = out->v.body;
    size_t n = out->v.n;
    bool negative = out->tag == CB_TAG_BIG_NEGATIVE;
    for (; n > 0 && *p == 0; n--) p++;
    if (n <= 8) {
        uint64_t v = load(p, n);
        out->v.kind = H9_KIND_INT;
        out->v.truth = negative;
        out->v.bits = negative ? ~v : v;
        return !negative || v <= INT64_MAX || h9_cbor_below(c, v, out);
    }
    uint8_t digits[H9_MAX_DECIMAL_BYTES + 1];
    if (n > H9_MAX_DECIMAL_BYTES) return refuse(c, H9_E_RANGE, at);
    digits[0] = negative ? 0xFF : 0;
    for (size_t i = 0; i < n; i++) digits[i + 1] = negative ? (uint8_t)~p[i] : p[i];
    return keep(c, out, digits, n + 1, at);
}

/* --- the two numbers in a fraction --- */

static bool put_two_complement(const cb_head *h, uint8_t *out, size_t *size)
{
    if (h->v.kind == H9_KIND_INT) {
        *size = h->v.truth ? h9_decimal_put_i64((int64_t)h->v.bits, out) : h9_decimal_put_u64(h->v.bits, out);
        return true;
    }
    if (h->v.n > H9_MAX_DECIMAL_BYTES) return false;
    memcpy(out, h->v.body, h->v.n);
    *size = h->v.n;
    return true;
}

/* An integer, a bignum too: no more tags than that, so nothing here nests. */
static const uint8_t *read_integer(h9_context *c, cb_head *out, const uint8_t *p)
{
    cb_first tag;
    const uint8_t *at = p;
    *out = (cb_head){.tag = CB_NO_TAG};
    if (p < c->end && *p >> 5 == CB_TAG) {
        if ((p = cb_get_first(c, p, &tag)) == NULL) return NULL;
        if (tag.argument != CB_TAG_BIG && tag.argument != CB_TAG_BIG_NEGATIVE) return h9_fail(c, H9_E_TYPE, at);
        out->tag = (uint32_t)tag.argument;
    }
    const uint8_t *end = h9_cbor_plain(c, p, out);
    if (end == NULL) return NULL;
    if (out->tag != CB_NO_TAG && out->v.kind == H9_KIND_BYTES) return h9_cbor_bignum(c, out, at) ? end : NULL;
    bool integer = out->tag == CB_NO_TAG && (out->v.kind == H9_KIND_INT || out->what == CB_AS_DIGITS);
    return integer ? end : h9_fail(c, H9_E_TYPE, p);
}

/* A list of two integers, whose head is in `list`. */
static const uint8_t *read_pair(h9_context *c, const h9_head *list, cb_head pair[2], const uint8_t *p,
                                const uint8_t *at)
{
    if (!list->truth && list->n != 2) return h9_fail(c, H9_E_DECIMAL, at);
    for (int i = 0; i < 2; i++) {
        if (p < c->end && *p == CB_BREAK) return h9_fail(c, H9_E_DECIMAL, at);
        if ((p = read_integer(c, &pair[i], p)) == NULL) return NULL;
    }
    if (!list->truth) return p;
    if (p >= c->end) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return *p == CB_BREAK ? p + 1 : h9_fail(c, H9_E_DECIMAL, at);
}

/* --- fractions --- */

typedef struct decimal_digits {
    uint8_t bytes[H9_MAX_DECIMAL_BYTES];
    size_t size;
    int64_t scale;
} decimal_digits;

/* Whether it can be printed, which every use of it comes down to. */
static bool settle(h9_context *c, cb_head *out, const decimal_digits *d, const uint8_t *at)
{
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    bool near = d->scale >= -H9_MAX_PRECISION && d->scale <= H9_MAX_PRECISION;
    if (d->size == 0 || !near || !h9_decimal_print(d->bytes, d->size, (int32_t)d->scale, H9_MAX_PRECISION, text))
        return refuse(c, H9_E_RANGE, at);
    out->scale = (int32_t)d->scale;
    return keep(c, out, d->bytes, d->size, at);
}

static bool is_zero(const decimal_digits *d) { return d->size == 1 && d->bytes[0] == 0; }

static bool decimal(h9_context *c, cb_head *out, const cb_head pair[2], decimal_digits *d, const uint8_t *at)
{
    int64_t exponent = (int64_t)pair[0].v.bits;
    bool huge = exponent < -H9_MAX_PRECISION || exponent > H9_MAX_PRECISION;
    d->scale = is_zero(d) && huge ? 0 : huge ? INT32_MAX : -exponent;
    return settle(c, out, d, at);
}

/* Multiplies by base to the power of `times`; false: that is more than digits can be. */
static bool scale_up(decimal_digits *d, uint32_t base, int64_t times)
{
    uint8_t larger[H9_MAX_DECIMAL_BYTES];
    d->size = h9_decimal_multiply(d->bytes, d->size, base, times > 4000 ? 4000 : (uint32_t)times, larger);
    memcpy(d->bytes, larger, d->size);
    return d->size != 0;
}

/* Whether a double is m * 2^e: there is one number that it can be, and frexp takes it apart again. */
static bool as_double(const cb_head *m, int64_t e, double *out)
{
    int64_t v = (int64_t)m->v.bits;
    if (m->v.kind != H9_KIND_INT || v < -(INT64_C(1) << 53) || v > INT64_C(1) << 53 || e < -1100 || e > 1100)
        return false;
    *out = ldexp((double)v, (int)e);
    return isfinite(*out) && ldexp(*out, (int)-e) == (double)v;
}

/* Halves as often as that leaves a whole number, `most` times at most. How often. */
static int64_t take_twos(decimal_digits *d, uint64_t most)
{
    int64_t taken = 0;
    for (; most >= 8 && d->size > 1 && d->bytes[d->size - 1] == 0; most -= 8, taken += 8) d->size--;
    for (; most > 0 && (d->bytes[d->size - 1] & 1) == 0; most--, taken++) {
        uint8_t carry = d->bytes[0] & 0x80;
        for (size_t i = 0; i < d->size; i++) {
            uint8_t low = (uint8_t)(d->bytes[i] << 7);
            d->bytes[i] = (uint8_t)(carry | d->bytes[i] >> 1);
            carry = low;
        }
    }
    return taken;
}

static bool bigfloat(h9_context *c, cb_head *out, const cb_head pair[2], decimal_digits *d, const uint8_t *at)
{
    int64_t e = (int64_t)pair[0].v.bits;
    bool huge = e < -4 * H9_MAX_PRECISION || e > 4 * H9_MAX_PRECISION;
    double v = 0;
    bool is_double = !huge && as_double(&pair[1], e, &v);
    d->scale = 0;
    if (is_zero(d)) e = 0;
    else if (huge) return refuse(c, H9_E_RANGE, at);
    e += take_twos(d, e < 0 ? (uint64_t)-e : 0);
    if (!scale_up(d, e < 0 ? 5 : 2, e < 0 ? -e : e)) return refuse(c, H9_E_RANGE, at);
    if (e < 0) d->scale = -e;
    if (!settle(c, out, d, at)) return false;
    out->v.truth = is_double;
    out->v.d = v;
    return true;
}

static uint64_t shared_factor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A quotient that has an end as a decimal; one that hasn't (a third) is refused: there are no digits for it. */
static bool rational(h9_context *c, cb_head *out, cb_head pair[2], decimal_digits *d, const uint8_t *at)
{
    uint64_t under = pair[1].v.bits, over = pair[0].v.bits, factor = 1;
    if (pair[1].v.kind != H9_KIND_INT || pair[1].v.truth || under == 0) return refuse(c, H9_E_DECIMAL, at);
    if (pair[0].v.kind == H9_KIND_INT) {
        factor = shared_factor(pair[0].v.truth ? 0 - over : over, under);
        int64_t quotient = pair[0].v.truth ? (int64_t)over / (int64_t)factor : 0;
        d->size =
            pair[0].v.truth ? h9_decimal_put_i64(quotient, d->bytes) : h9_decimal_put_u64(over / factor, d->bytes);
    }
    int64_t twos = 0, fives = 0;
    for (under /= factor; under % 2 == 0; under /= 2) twos++;
    for (; under % 5 == 0; under /= 5) fives++;
    if (under != 1) return refuse(c, H9_E_INEXACT, at);
    d->scale = twos > fives ? twos : fives;
    if (!scale_up(d, 2, d->scale - twos) || !scale_up(d, 5, d->scale - fives)) return refuse(c, H9_E_RANGE, at);
    return settle(c, out, d, at);
}

const uint8_t *h9_cbor_fraction(h9_context *c, cb_head *out, const uint8_t *p, const uint8_t *at)
{
    cb_head pair[2];
    decimal_digits d;
    if ((p = read_pair(c, &out->v, pair, p, at)) == NULL) return NULL;
    bool is_rational = out->tag == CB_TAG_RATIONAL;
    if (!put_two_complement(&pair[is_rational ? 0 : 1], d.bytes, &d.size)) return h9_fail(c, H9_E_RANGE, at);
    if (is_rational) return rational(c, out, pair, &d, at) ? p : NULL;
    bool fits = pair[0].v.kind == H9_KIND_INT && (pair[0].v.truth || pair[0].v.bits <= INT64_MAX);
    if (!fits) return h9_fail(c, H9_E_RANGE, at);
    bool good = out->tag == CB_TAG_DECIMAL ? decimal(c, out, pair, &d, at) : bigfloat(c, out, pair, &d, at);
    return good ? p : NULL;
}

/* --- what digits become --- */

const uint8_t *h9_cbor_print_digits(h9_context *c, const cb_head *h, uint32_t *size, const uint8_t *at)
{
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    size_t n = h9_decimal_print(h->v.body, h->v.n, h->scale < 0 ? 0 : h->scale, H9_MAX_PRECISION, text);
    if (n == 0) return h9_fail(c, H9_E_RANGE, at);
    if (h->scale < 0) {
        text[n++] = 'e';
        n = (size_t)(h9_print_u64(text + n, (uint64_t)-h->scale) - text);
    }
    uint8_t *kept = h9_arena(c, n);
    if (kept == NULL) return NULL;
    *size = (uint32_t)n;
    return memcpy(kept, text, n);
}

/* Rescaled into `out`; its size, 0: refused. */
static size_t rescale(h9_context *c, const cb_head *h, int32_t scale, int32_t precision, uint8_t *out,
                      const uint8_t *at)
{
    int why = 0;
    size_t size = h9_decimal_rescale(h->v.body, h->v.n, h->scale, scale, precision, out, &why);
    if (size == 0) h9_fail(c, why == 2 ? H9_E_INEXACT : H9_E_DECIMAL, at);
    return size;
}

static bool take_integer(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    uint8_t whole[H9_MAX_DECIMAL_BYTES];
    size_t size = rescale(c, h, 0, H9_MAX_PRECISION, whole, at);
    if (size == 0) return false;
    bool inside = n->op == H9_OP_INT ? h9_decimal_get_i64(whole, size, &out->i) && out->i >= n->lo && out->i <= n->hi
                                     : h9_decimal_get_u64(whole, size, &out->u) && out->u <= (uint64_t)n->hi;
    return inside || refuse(c, H9_E_RANGE, at);
}

/* Whether the float's own digits are these (S6). */
static bool same_digits(const cb_head *h, const uint8_t *text, const uint8_t *end)
{
    uint8_t mine[H9_MAX_DECIMAL_BYTES], its[H9_MAX_DECIMAL_BYTES];
    int why;
    size_t size = h9_decimal_rescale(h->v.body, h->v.n, h->scale, h->scale, H9_MAX_PRECISION, mine, &why);
    size_t other = h9_decimal_parse(text, (size_t)(end - text), h->scale, H9_MAX_PRECISION, its, &why);
    return size != 0 && size == other && memcmp(mine, its, size) == 0;
}

/* From the highest to the lowest bit that is set in a number's magnitude. */
static unsigned bits_between(const uint8_t *p, size_t n)
{
    unsigned low = 0, high = 0, flip = p[0] & 0x80 ? 0xFF : 0;
    for (size_t i = n; i-- > 0;) {
        if (p[i] != 0) {
            low = (unsigned)(n - 1 - i) * 8 + (unsigned)__builtin_ctz(p[i]);
            break;
        }
    }
    for (size_t i = 0; i < n; i++) {
        unsigned byte = (p[i] ^ flip) & 0xFF;
        if (byte != 0) {
            high = (unsigned)(n - i) * 8 - (unsigned)__builtin_clz(byte) + 24;
            break;
        }
    }
    return flip && low == high ? 1 : high - low; /* less than zero by a power of two */
}

/* Whether a whole number is exactly a float of so many bits. */
static bool is_exact(const cb_head *h, unsigned bits)
{
    uint8_t whole[H9_MAX_DECIMAL_BYTES];
    int why;
    size_t size = h9_decimal_rescale(h->v.body, h->v.n, h->scale, 0, H9_MAX_PRECISION, whole, &why);
    return size != 0 && bits_between(whole, size) <= bits;
}

/* A decimal is the float that has its digits; a bignum, as any integer, or a bigfloat one that is exactly it (S6). */
static bool take_float(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    uint32_t size;
    h9_number number;
    const uint8_t *digits = h9_cbor_print_digits(c, h, &size, at);
    uint8_t text[H9_MAX_FLOAT_TEXT + H9_MAX_DECIMAL_TEXT];
    if (digits == NULL || h9_number_scan(digits, digits + size, &number) == NULL) return false;
    bool narrow = n->op == H9_OP_F32, rounds = n->a == 0, exact = h->tag < CB_TAG_DECIMAL || h->tag == CB_NO_TAG;
    bool near = narrow ? h9_number_f32(&number, &out->f) : h9_number_f64(&number, &out->d);
    if (!near) return refuse(c, H9_E_RANGE, at);
    if (rounds && !h->v.truth) return true;
    if (!exact && same_digits(h, text, narrow ? h9_print_f32(text, out->f, false) : h9_print_f64(text, out->d, false)))
        return true;
    if (h->v.truth) {
        h9_head f = {.kind = H9_KIND_FLOAT, .d = h->v.d};
        return narrow ? h9_take_f32(c, &f, rounds, &out->f, at) : h9_take_f64(c, &f, rounds, &out->d, at);
    }
    return is_exact(h, narrow ? FLT_MANT_DIG : DBL_MANT_DIG) || refuse(c, H9_E_INEXACT, at);
}

static bool take_decimal(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    bool big = n->op == H9_OP_BIGDECIMAL;
    int32_t scale = !big ? (int32_t)n->lo : h->scale < 0 ? 0 : h->scale;
    size_t size = rescale(c, h, scale, big ? H9_MAX_PRECISION : (int32_t)n->hi, digits, at);
    if (size == 0 || !h9_keep_decimal(c, digits, size, big ? 0 : n->a, out, at)) return false;
    if (big) out->s.flags = (uint32_t)scale;
    return true;
}

bool h9_cbor_take_digits(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    switch (n->op) {
    case H9_OP_INT:
    case H9_OP_UINT: return take_integer(c, n, h, out, at);
    case H9_OP_F32:
    case H9_OP_F64: return take_float(c, n, h, out, at);
    case H9_OP_DECIMAL:
    case H9_OP_BIGDECIMAL: return take_decimal(c, n, h, out, at);
    default: return refuse(c, H9_E_TYPE, at);
    }
}
