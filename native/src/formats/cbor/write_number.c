/* CBOR's numbers in their shortest forms, and the order of keys. */
#include "core/frame.h"
#include "core/output.h"
#include "formats/cbor/cbor.h"
#include "values/decimal.h"

/* --- floats --- */

/* The half float that is the same as a float, which isn't NaN; false: there is none. */
static bool as_half(uint32_t bits, uint32_t *out)
{
    uint32_t sign = bits >> 16 & 0x8000, fraction = bits & 0x7FFFFF;
    int exponent = (int)(bits >> 23 & 255) - 127;
    if (exponent == 128 || (bits & 0x7FFFFFFF) == 0) {
        *out = sign | (exponent == 128 ? 0x7C00 : 0);
        return true;
    }
    if (exponent > 15 || exponent < -24) return false;
    unsigned dropped = exponent < -14 ? 13 + (unsigned)(-14 - exponent) : 13;
    if (exponent < -14) fraction |= 0x800000; /* a half float's subnormals */
    if (fraction & ((UINT32_C(1) << dropped) - 1)) return false;
    *out = sign | fraction >> dropped | (exponent < -14 ? 0 : (uint32_t)(exponent + 15) << 10);
    return true;
}

uint8_t *h9_cbor_put_float(uint8_t *w, double v)
{
    uint64_t wide;
    uint32_t narrow, half;
    bool fits = v > 0x1p128 || v < -0x1p128 ? v - v != 0 : true; /* infinity does */
    float f = fits ? (float)v : 0;
    memcpy(&wide, &v, sizeof wide);
    memcpy(&narrow, &f, sizeof narrow);
    if (v != v) {
        *w = CB_HALF;
        return h9_store_big16(w + 1, 0x7E00);
    }
    if (!fits || (double)f != v) {
        *w = CB_F64;
        return h9_store_big64(w + 1, wide);
    }
    *w = as_half(narrow, &half) ? CB_HALF : CB_F32;
    return *w == CB_HALF ? h9_store_big16(w + 1, half) : h9_store_big32(w + 1, narrow);
}

/* --- integers of any size --- */

/* Two's complement without the bytes that only repeat its sign. */
static const uint8_t *shortest(const uint8_t *p, size_t *n)
{
    uint8_t sign = p[0] & 0x80 ? 0xFF : 0;
    for (; *n > 0 && *p == sign; --*n) p++;
    return p;
}

uint8_t *h9_cbor_write_integer(h9_context *c, const uint8_t *p, size_t n, uint8_t *w)
{
    uint8_t flip = n && p[0] & 0x80 ? 0xFF : 0;
    uint64_t narrow = 0;
    if (n > 0) p = shortest(p, &n);
    if ((w = h9_room(c, w, n + 2 * CB_HEAD)) == NULL) return NULL;
    if (n <= 8) {
        for (size_t i = 0; i < n; i++) narrow = narrow << 8 | (uint8_t)(p[i] ^ flip);
        return cb_put_head(w, flip ? CB_NEGATIVE : CB_UINT, narrow);
    }
    w = cb_put_head(w, CB_TAG, flip ? CB_TAG_BIG_NEGATIVE : CB_TAG_BIG);
    w = cb_put_head(w, CB_BYTES, n);
    for (size_t i = 0; i < n; i++) *w++ = p[i] ^ flip;
    return w;
}

uint8_t *h9_cbor_write_fraction(h9_context *c, const uint8_t *p, size_t n, int32_t scale, uint8_t *w)
{
    if ((w = h9_room(c, w, 3 * CB_HEAD)) == NULL) return NULL;
    w = cb_put_head(w, CB_TAG, CB_TAG_DECIMAL);
    w = cb_put_head(w, CB_LIST, 2);
    w = cb_put_int(w, -(int64_t)scale);
    return h9_cbor_write_integer(c, p, n, w);
}

/* --- the order of keys: a heap, since what a sender chooses must not make it slow --- */

typedef bool (*comparing)(const void *of, uint32_t a, uint32_t b);

static void sink(uint32_t *order, uint32_t n, uint32_t at, comparing before, const void *of)
{
    for (uint32_t child; (child = 2 * at + 1) < n && child > at; at = child) {
        if (child + 1 < n && before(of, order[child], order[child + 1])) child++;
        if (!before(of, order[at], order[child])) return;
        uint32_t moved = order[at];
        order[at] = order[child];
        order[child] = moved;
    }
}

static bool is_sorted(uint32_t n, comparing before, const void *of)
{
    for (uint32_t i = 1; i < n; i++)
        if (before(of, i, i - 1)) return false;
    return true;
}

uint32_t *h9_cbor_sorted(h9_context *c, uint32_t n, comparing before, const void *of)
{
    uint32_t *order = h9_arena(c, (size_t)n * sizeof *order);
    if (order == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    if (is_sorted(n, before, of)) return order;
    for (uint32_t i = n / 2; i-- > 0;) sink(order, n, i, before, of);
    for (uint32_t i = n; i-- > 1;) {
        uint32_t last = order[0];
        order[0] = order[i];
        order[i] = last;
        sink(order, i, 0, before, of);
    }
    return order;
}
