/* CBOR's tags: which mean something here, and what they make of the value after them. */
#include <float.h>
#include <math.h>

#include "core/plan.h"
#include "formats/cbor/cbor.h"
#include "values/decimal.h"
#include "values/number.h"

#define NANOS 1000000000

static bool known(uint64_t tag)
{
    if (tag <= CB_TAG_BIGFLOAT || (tag >= CB_TAG_BASE64URL && tag <= CB_TAG_EMBEDDED)) return true;
    if (tag >= CB_TAG_URI && tag <= CB_TAG_UUID) return true;
    return tag == CB_TAG_RATIONAL || tag == CB_TAG_DAYS || tag == CB_TAG_SET || tag == CB_TAG_DATE;
}

/* Whether what follows is read as if the tag weren't there. Those that point elsewhere (25, 28, 29) never are: a value
 * that holds itself has no end (B63). */
static bool passed_over(const h9_context *c, uint64_t tag)
{
    if (tag == CB_TAG_CBOR) return true;
    return c->plan->h.tags && !known(tag) && tag != 25 && tag != 28 && tag != 29;
}

/* The tags at p up to the value after them; *at: where the one that counts stands. */
static const uint8_t *take_tags(h9_context *c, cb_head *out, const uint8_t **at, const uint8_t *p)
{
    cb_first first;
    for (uint32_t tags = 0; p < c->end && *p >> 5 == CB_TAG; tags++) {
        const uint8_t *tag = p;
        if ((p = cb_get_first(c, p, &first)) == NULL) return NULL;
        if (tags >= c->depth) return h9_fail(c, H9_E_DEPTH, tag);
        if (passed_over(c, first.argument)) continue;
        if (!known(first.argument) || out->tag != CB_NO_TAG) return h9_fail(c, H9_E_TAG, tag);
        if (first.argument >= CB_TAG_BASE64URL && first.argument <= CB_TAG_HEX) {
            static const uint8_t forms[] = {H9_BYTES_BASE64URL, H9_BYTES_BASE64, H9_BYTES_HEX};
            out->form = forms[first.argument - CB_TAG_BASE64URL] + 1;
            continue;
        }
        out->tag = (uint32_t)first.argument;
        *at = tag;
    }
    return p;
}

const uint8_t *h9_cbor_head(h9_context *c, const uint8_t *p, cb_head *out)
{
    const uint8_t *at = p;
    *out = (cb_head){.tag = CB_NO_TAG};
    if (p < c->end && *p >> 5 == CB_TAG && (p = take_tags(c, out, &at, p)) == NULL) return NULL;
    const uint8_t *end = h9_cbor_plain(c, p, out);
    return end == NULL || out->tag == CB_NO_TAG ? end : h9_cbor_meaning(c, out, p, end, at);
}

/* --- times --- */

/* A float of seconds means its own digits, as a float always does in text (S5): 1363896240.1 is a tenth after the
 * second, though the float isn't quite that. What is finer than a nanosecond is refused. */
h9_code h9_cbor_float_seconds(double v, h9_slot *out)
{
    uint8_t text[H9_MAX_FLOAT_TEXT], digits[H9_MAX_DECIMAL_BYTES];
    double whole = floor(v);
    int64_t nanos = 0;
    int why = 0;
    if (!isfinite(v)) return H9_E_NOT_FINITE;
    if (!(v >= -0x1p63 && v < 0x1p63)) return H9_E_TIME;
    if (whole != v) {
        size_t n = (size_t)(h9_print_f64(text, v, false) - text);
        const uint8_t *point = memchr(text, '.', n); /* below 1, an exponent may stand there */
        bool small = v < 1 && v > -1;
        const uint8_t *from = small || point == NULL ? text : point;
        size_t size = h9_decimal_parse(from, n - (size_t)(from - text), 9, 30, digits, &why);
        if (size == 0 || !h9_decimal_get_i64(digits, size, &nanos)) return why == 2 ? H9_E_INEXACT : H9_E_TIME;
        if (v < 0) nanos = small ? nanos + NANOS : NANOS - nanos;
    }
    out->t.sec = (int64_t)whole;
    out->t.ns = (int32_t)nanos;
    return H9_OK;
}

static bool epoch(h9_context *c, cb_head *out, const uint8_t *at)
{
    h9_code code = H9_E_TYPE;
    if (out->v.kind == H9_KIND_INT) {
        code = out->v.truth || out->v.bits <= INT64_MAX ? H9_OK : H9_E_TIME;
        out->t.t.sec = (int64_t)out->v.bits;
        out->t.t.ns = 0;
    } else if (out->v.kind == H9_KIND_FLOAT) {
        code = h9_cbor_float_seconds(out->v.d, &out->t);
    }
    if (code != H9_OK) {
        h9_fail(c, code, at);
        return false;
    }
    out->v.kind = H9_KIND_EXTENSION;
    out->what = CB_AS_INSTANT;
    return true;
}

/* --- what a tag makes of a value --- */

/* The kind of what must follow a tag that changes nothing but the meaning of text, bytes or a list. */
static h9_kind wanted(uint32_t tag)
{
    switch (tag) {
    case CB_TAG_BIG:
    case CB_TAG_BIG_NEGATIVE:
    case CB_TAG_EMBEDDED:
    case CB_TAG_UUID: return H9_KIND_BYTES;
    case CB_TAG_DECIMAL:
    case CB_TAG_BIGFLOAT:
    case CB_TAG_RATIONAL:
    case CB_TAG_SET: return H9_KIND_LIST;
    case CB_TAG_DAYS: return H9_KIND_INT;
    default: return H9_KIND_STRING;
    }
}

const uint8_t *h9_cbor_meaning(h9_context *c, cb_head *out, const uint8_t *p, const uint8_t *end, const uint8_t *at)
{
    if (out->tag == CB_TAG_EPOCH) return epoch(c, out, at) ? end : NULL;
    if (out->v.kind != wanted(out->tag) || out->what != CB_PLAIN) {
        h9_refuse_kind(c, &out->v, p);
        return NULL;
    }
    switch (out->tag) {
    case CB_TAG_BIG:
    case CB_TAG_BIG_NEGATIVE: return h9_cbor_bignum(c, out, at) ? end : NULL;
    case CB_TAG_DECIMAL:
    case CB_TAG_BIGFLOAT:
    case CB_TAG_RATIONAL: return h9_cbor_fraction(c, out, end, at);
    case CB_TAG_DAYS:
        out->v.kind = H9_KIND_EXTENSION;
        out->what = CB_AS_DAYS;
        return !out->v.truth && out->v.bits > INT64_MAX ? h9_fail(c, H9_E_TIME, at) : end;
    case CB_TAG_UUID: return out->v.n == 16 ? end : h9_fail(c, H9_E_UUID, p);
    default: return end;
    }
}

/* --- kinds, without a refusal --- */

/* The tag at p, which is before the end: where it ends, or NULL. */
static const uint8_t *peek_tag(const h9_context *c, uint64_t *tag, const uint8_t *p)
{
    unsigned info = *p & 31;
    size_t width = info < CB_ONE_BYTE ? 0 : (size_t)1 << (info & 3);
    if (*p >> 5 != CB_TAG || info > CB_EIGHT_BYTES || (size_t)(c->end - p) <= width) return NULL;
    *tag = width == 0 ? info : 0;
    for (size_t i = 1; i <= width; i++) *tag = *tag << 8 | p[i];
    return p + width + 1;
}

/* The value's own first byte, past all tags; *tagged: those make it something of its own, *big: a number. */
static const uint8_t *peek(const h9_context *c, bool *tagged, bool *big, const uint8_t *p)
{
    uint64_t tag;
    *tagged = *big = false;
    for (const uint8_t *next; p < c->end && (next = peek_tag(c, &tag, p)) != NULL; p = next) {
        *big |= tag == CB_TAG_BIG || tag == CB_TAG_BIG_NEGATIVE;
        *tagged |= tag <= CB_TAG_BIGFLOAT || tag == CB_TAG_RATIONAL || tag == CB_TAG_UUID || tag == CB_TAG_DAYS
                   || tag == CB_TAG_DATE;
    }
    return p;
}

uint8_t h9_cbor_kind(const h9_context *c, const uint8_t *p)
{
    static const uint8_t kinds[] = {H9_KIND_INT,  H9_KIND_INT, H9_KIND_BYTES, H9_KIND_STRING,
                                    H9_KIND_LIST, H9_KIND_MAP, H9_KINDS};
    bool tagged, big;
    p = peek(c, &tagged, &big, p);
    if (p >= c->end) return H9_KINDS;
    if (big) return H9_KIND_INT;
    if (tagged) return H9_KIND_EXTENSION;
    if (*p >> 5 != CB_OTHER) return kinds[*p >> 5];
    switch (*p) {
    case CB_FALSE:
    case CB_TRUE: return H9_KIND_BOOL;
    case CB_NULL:
    case CB_UNDEFINED: return H9_KIND_NULL;
    case CB_HALF:
    case CB_F32:
    case CB_F64: return H9_KIND_FLOAT;
    case CB_BREAK: return H9_KINDS;
    default: return H9_KIND_EXTENSION;
    }
}

const uint8_t *h9_cbor_null(const h9_context *c, const uint8_t *p)
{
    uint64_t tag;
    for (const uint8_t *next; p < c->end && *p >> 5 == CB_TAG; p = next)
        if ((next = peek_tag(c, &tag, p)) == NULL || !passed_over(c, tag)) return NULL;
    return p < c->end && (*p == CB_NULL || *p == CB_UNDEFINED) ? p + 1 : NULL;
}
