/* MessagePack's single values, read as the kind that a schema wants (S2, S3, S6, S9, S10, S23, S26). */
#include <float.h>

#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/msgpack/msgpack.h"
#include "values/decimal.h"
#include "values/number.h"
#include "values/utf8.h"
#include "values/uuid.h"

#define UUID_BYTES 16u
#define PERIOD_BYTES 12u
#define BIGGEST_SCALE 1000 /* what decimal text can still be printed with */

/* --- numbers --- */

typedef struct integer {
    uint64_t bits;
    bool negative;
} integer; /* in two's complement */

/* A float that is an integer (S2). The bounds come first, NaN fails them: casting beyond them means nothing in C. */
static bool from_float(h9_context *c, double v, integer *out, const uint8_t *at)
{
    if (!(v >= -0x1p63 && v < 0x1p64)) {
        h9_fail(c, H9_E_RANGE, at);
        return false;
    }
    out->negative = v < 0;
    out->bits = v < 0 ? (uint64_t)(int64_t)v : (uint64_t)v;
    if ((v < 0 ? (double)(int64_t)out->bits : (double)out->bits) == v) return true;
    h9_fail(c, H9_E_INEXACT, at);
    return false;
}

static double float_of(const mp_head *h) { return h->truth ? mp_get_f64(h->body) : (double)mp_get_f32(h->body); }

static const uint8_t *read_integer(h9_context *c, integer *out, const uint8_t *p)
{
    mp_head h;
    if (*p < MP_FIXMAP) {
        *out = (integer){*p, false};
        return p + 1;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind == H9_KIND_FLOAT) return from_float(c, float_of(&h), out, p) ? end : NULL;
    if (h.kind != H9_KIND_INT) return h9_msgpack_refuse(c, p);
    *out = (integer){h.bits, h.truth};
    return end;
}

const uint8_t *h9_msgpack_int(h9_context *c, int64_t lo, int64_t hi, int64_t *out, const uint8_t *p)
{
    integer v = {0, false};
    const uint8_t *end = read_integer(c, &v, p);
    if (end == NULL) return NULL;
    *out = (int64_t)v.bits;
    if ((!v.negative && v.bits > INT64_MAX) || *out < lo || *out > hi) return h9_fail(c, H9_E_RANGE, p);
    return end;
}

const uint8_t *h9_msgpack_uint(h9_context *c, uint64_t hi, uint64_t *out, const uint8_t *p)
{
    integer v = {0, false};
    const uint8_t *end = read_integer(c, &v, p);
    if (end == NULL) return NULL;
    *out = v.bits;
    return v.negative || v.bits > hi ? h9_fail(c, H9_E_RANGE, p) : end;
}

/* Whether an integer fits a float of so many bits exactly (S6): its highest and lowest set bits tell. */
static bool fits_float(const mp_head *h, int digits)
{
    uint64_t v = h->truth ? -h->bits : h->bits;
    return v == 0 || 64 - __builtin_clzll(v) - __builtin_ctzll(v) <= digits;
}

static double number_of(const mp_head *h) { return h->truth ? (double)(int64_t)h->bits : (double)h->bits; }

const uint8_t *h9_msgpack_f64(h9_context *c, double *out, const uint8_t *p)
{
    mp_head h;
    if (*p == MP_F64 && c->end - p > 8) {
        *out = mp_get_f64(p + 1);
        return p + 9;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind == H9_KIND_FLOAT) {
        *out = float_of(&h);
        return end;
    }
    if (h.kind != H9_KIND_INT) return h9_msgpack_refuse(c, p);
    if (!fits_float(&h, DBL_MANT_DIG)) return h9_fail(c, H9_E_INEXACT, p);
    *out = number_of(&h);
    return end;
}

static const uint8_t *narrow(h9_context *c, double v, float *out, const uint8_t *end, const uint8_t *at)
{
    bool finite = v >= -DBL_MAX && v <= DBL_MAX;
    if (finite && (v > (double)FLT_MAX || v < (double)-FLT_MAX)) return h9_fail(c, H9_E_RANGE, at);
    *out = (float)v;
    return v == v && (double)*out != v ? h9_fail(c, H9_E_INEXACT, at) : end;
}

const uint8_t *h9_msgpack_f32(h9_context *c, float *out, const uint8_t *p)
{
    mp_head h;
    if (*p == MP_F32 && c->end - p > 4) {
        *out = mp_get_f32(p + 1);
        return p + 5;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind == H9_KIND_FLOAT) return narrow(c, float_of(&h), out, end, p);
    if (h.kind != H9_KIND_INT) return h9_msgpack_refuse(c, p);
    if (!fits_float(&h, FLT_MANT_DIG)) return h9_fail(c, H9_E_INEXACT, p);
    *out = (float)number_of(&h);
    return end;
}

static const uint8_t *read_bool(h9_context *c, h9_slot *out, const uint8_t *p)
{
    if ((*p & 0xFE) != MP_FALSE) return h9_msgpack_refuse(c, p);
    out->b = *p == MP_TRUE;
    return p + 1;
}

/* --- text and bytes --- */

/* Most text is short: a head of one byte or two, and no string limit within reach. NULL: look closer. */
static inline const uint8_t *short_text(const h9_context *c, h9_slot *out, const uint8_t *p)
{
    size_t left = (size_t)(c->end - p), head = 1, n = *p & 31;
    if ((*p & 0xE0) != MP_FIXSTR) {
        if (*p != MP_STR8 || left < 2) return NULL;
        head = 2;
        n = p[1];
    }
    if (left < head + n || n > c->limits.string) return NULL;
    out->s.p = p + head;
    out->s.n = (uint32_t)n;
    out->s.flags = 0;
    return p + head + n;
}

static const uint8_t *span(h9_context *c, bool bytes_too, h9_slot *out, const uint8_t *p)
{
    mp_head h;
    const uint8_t *end = short_text(c, out, p);
    if (H9_LIKELY(end != NULL)) return end;
    if ((end = h9_msgpack_head(c, p, &h)) == NULL) return NULL;
    if (h.kind != H9_KIND_STRING && !(bytes_too && h.kind == H9_KIND_BYTES)) return h9_msgpack_refuse(c, p);
    if (h.n > c->limits.string) return h9_fail(c, H9_E_STRING, p);
    out->s.p = h.body;
    out->s.n = h.n;
    out->s.flags = 0;
    return end;
}

const uint8_t *h9_msgpack_text(h9_context *c, h9_slot *out, const uint8_t *p) { return span(c, false, out, p); }

/* One look at its bytes settles both the flag and, for most text, UTF-8. */
const uint8_t *h9_msgpack_string(h9_context *c, bool checked, h9_slot *out, const uint8_t *p)
{
    const uint8_t *end = span(c, false, out, p);
    if (end == NULL) return NULL;
    bool plain = h9_plain_run(out->s.p, out->s.n) == out->s.n;
    out->s.flags = plain ? H9_SPAN_PLAIN : 0;
    if (!plain && checked && !h9_utf8_valid(out->s.p, out->s.n)) return h9_fail(c, H9_E_UTF8, p);
    return end;
}

static const uint8_t *read_fixed(h9_context *c, uint32_t size, h9_slot *out, const uint8_t *p)
{
    const uint8_t *end = span(c, true, out, p);
    if (end == NULL) return NULL;
    return out->s.n == size ? end : h9_fail(c, H9_E_SIZE, p);
}

static const uint8_t *read_uuid(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_slot s;
    const uint8_t *end = span(c, true, &s, p);
    if (end == NULL) return NULL;
    if (h9_msgpack_kind(*p) == H9_KIND_STRING)
        return h9_uuid_parse(s.s.p, s.s.n, out->id) ? end : h9_fail(c, H9_E_UUID, p);
    if (s.s.n != UUID_BYTES) return h9_fail(c, H9_E_UUID, p);
    memcpy(out->id, s.s.p, UUID_BYTES);
    return end;
}

static const uint8_t *read_period(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_slot s;
    const uint8_t *end = read_fixed(c, PERIOD_BYTES, &s, p);
    if (end == NULL) return NULL;
    h9_get_period(s.s.p, out);
    return end;
}

/* --- enums --- */

static bool take_symbol(h9_context *c, const h9_symbol *symbol, h9_slot *out, const uint8_t *at)
{
    if (!symbol->mapped) {
        h9_fail(c, H9_E_SYMBOL, at);
        return false;
    }
    out->i = symbol->target;
    return true;
}

static const uint8_t *read_symbol_name(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_enum *e = &c->plan->enums[n->a];
    h9_slot name;
    const uint8_t *end = span(c, false, &name, p);
    if (end == NULL) return NULL;
    const h9_symbol *symbol = h9_symbol_named(c->plan, e, name.s.p, name.s.n);
    if (symbol != NULL) return take_symbol(c, symbol, out, p) ? end : NULL;
    if (e->unknown == INT64_MIN) return h9_unknown_symbol(c, n, p);
    out->i = e->unknown;
    return end;
}

static const uint8_t *read_symbol_number(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_enum *e = &c->plan->enums[n->a];
    int64_t number;
    const uint8_t *end = h9_msgpack_int(c, INT32_MIN, INT32_MAX, &number, p);
    if (end == NULL) return NULL;
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, e, number);
    if (symbol != NULL) return take_symbol(c, symbol, out, p) ? end : NULL;
    if (e->unknown == INT64_MIN && !e->open) return h9_unknown_symbol(c, n, p);
    out->i = e->unknown == INT64_MIN ? number : e->unknown;
    return end;
}

static const uint8_t *read_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{ return h9_msgpack_kind(*p) == H9_KIND_STRING ? read_symbol_name(c, n, out, p) : read_symbol_number(c, n, out, p); }

/* --- decimals --- */

/* Copies two's complement into the arena, widened by its sign to `width` bytes (0: as it is). */
static bool keep_decimal(h9_context *c, const uint8_t *digits, size_t size, uint32_t width, h9_slot *out,
                         const uint8_t *at)
{
    if (width == 0) width = (uint32_t)size;
    if (size > width) {
        h9_fail(c, H9_E_DECIMAL, at);
        return false;
    }
    uint8_t *kept = h9_arena(c, width);
    if (kept == NULL) return false;
    memset(kept, digits[0] & 0x80 ? 0xFF : 0, width - size);
    memcpy(kept + width - size, digits, size);
    out->s.p = kept;
    out->s.n = width;
    out->s.flags = 0;
    return true;
}

static size_t integer_at_scale(const integer *v, int32_t scale, int32_t precision, uint8_t *out, int *why)
{
    uint8_t whole[16];
    size_t size = v->negative ? h9_decimal_put_i64((int64_t)v->bits, whole) : h9_decimal_put_u64(v->bits, whole);
    return h9_decimal_rescale(whole, size, 0, scale, precision, out, why);
}

/* Text or an integer, as two's complement at a scale into `digits`. */
static const uint8_t *read_digits(h9_context *c, int32_t scale, int32_t precision, uint8_t *digits, size_t *size,
                                  const uint8_t *p)
{
    int why = 0;
    const uint8_t *end;
    if (h9_msgpack_kind(*p) == H9_KIND_INT) {
        integer v;
        if ((end = read_integer(c, &v, p)) == NULL) return NULL;
        *size = integer_at_scale(&v, scale, precision, digits, &why);
    } else {
        h9_slot s;
        if ((end = span(c, false, &s, p)) == NULL) return NULL;
        *size = h9_decimal_parse(s.s.p, s.s.n, scale, precision, digits, &why);
    }
    return *size ? end : h9_fail(c, why == 2 ? H9_E_INEXACT : H9_E_DECIMAL, p);
}

static const uint8_t *read_decimal(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    size_t size;
    const uint8_t *end = read_digits(c, (int32_t)n->lo, (int32_t)n->hi, digits, &size, p);
    return end && keep_decimal(c, digits, size, n->a, out, p) ? end : NULL;
}

/* How many digits the text has after its point once its exponent is taken in; its grammar is checked elsewhere. */
static int32_t scale_of(const uint8_t *p, size_t n)
{
    int64_t scale = 0, exponent = 0;
    size_t i = 0;
    while (i < n && p[i] != '.' && (p[i] | 32) != 'e') i++;
    if (i < n && p[i] == '.')
        for (i++; i < n && (p[i] | 32) != 'e'; i++) scale++;
    bool negative = i + 1 < n && p[i + 1] == '-';
    for (i++; i < n && exponent < INT32_MAX; i++)
        if (p[i] >= '0' && p[i] <= '9') exponent = exponent * 10 + (p[i] - '0');
    scale += negative ? exponent : -exponent;
    return scale < 0 ? 0 : scale > INT32_MAX ? INT32_MAX : (int32_t)scale;
}

static const uint8_t *read_big_decimal(h9_context *c, h9_slot *out, const uint8_t *p)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    size_t size;
    int32_t scale = 0;
    if (h9_msgpack_kind(*p) == H9_KIND_STRING) {
        h9_slot s;
        if (span(c, false, &s, p) == NULL) return NULL;
        scale = scale_of(s.s.p, s.s.n);
    }
    if (scale > BIGGEST_SCALE) return h9_fail(c, H9_E_DECIMAL, p);
    const uint8_t *end = read_digits(c, scale, H9_MAX_PRECISION, digits, &size, p);
    if (end == NULL || !keep_decimal(c, digits, size, 0, out, p)) return NULL;
    out->s.flags = (uint32_t)scale;
    return end;
}

/* --- by op --- */

const uint8_t *h9_msgpack_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    switch (n->op) {
    case H9_OP_NULL: return *p == MP_NIL ? p + 1 : h9_msgpack_refuse(c, p);
    case H9_OP_BOOL: return read_bool(c, out, p);
    case H9_OP_BYTES: return span(c, true, out, p);
    case H9_OP_FIXED: return read_fixed(c, n->a, out, p);
    case H9_OP_ENUM: return read_enum(c, n, out, p);
    case H9_OP_DECIMAL: return read_decimal(c, n, out, p);
    case H9_OP_BIGDECIMAL: return read_big_decimal(c, out, p);
    case H9_OP_UUID: return read_uuid(c, out, p);
    case H9_OP_PERIOD: return read_period(c, out, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p);
    }
}

/* --- map keys: as their own kind, or as the text that a format with string keys made of them (S22) --- */

static const uint8_t *text_number(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot s;
    h9_number v;
    const uint8_t *end = span(c, false, &s, p);
    if (end == NULL) return NULL;
    if (h9_number_scan(s.s.p, s.s.p + s.s.n, &v) != s.s.p + s.s.n) return h9_fail(c, H9_E_KEY, p);
    int why = n->op == H9_OP_INT ? h9_number_i64(&v, &out->i) : h9_number_u64(&v, &out->u);
    if (why == 1) return h9_fail(c, H9_E_KEY, p);
    bool inside = n->op == H9_OP_INT ? out->i >= n->lo && out->i <= n->hi : out->u <= (uint64_t)n->hi;
    return why == 2 || !inside ? h9_fail(c, H9_E_RANGE, p) : end;
}

static const uint8_t *text_bool(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_slot s;
    const uint8_t *end = span(c, false, &s, p);
    if (end == NULL) return NULL;
    out->b = s.s.n == 4;
    if ((s.s.n == 4 && memcmp(s.s.p, "true", 4) == 0) || (s.s.n == 5 && memcmp(s.s.p, "false", 5) == 0)) return end;
    return h9_fail(c, H9_E_KEY, p);
}

const uint8_t *h9_msgpack_key(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (p >= c->end || *p == MP_NEVER) return h9_msgpack_refuse(c, p);
    uint8_t kind = h9_msgpack_kind(*p);
    out->raw[0] = 0; /* a bool's other bytes take part in finding equal keys */
    if (kind == H9_KIND_STRING) {
        if (n->op == H9_OP_STRING) return h9_msgpack_string(c, !(n->flags & H9_N_UNCHECKED), out, p);
        if (n->op == H9_OP_INT || n->op == H9_OP_UINT) return text_number(c, n, out, p);
        if (n->op == H9_OP_BOOL) return text_bool(c, out, p);
    }
    if (kind == H9_KIND_BOOL && n->op == H9_OP_BOOL) return read_bool(c, out, p);
    if (kind == H9_KIND_INT && n->op == H9_OP_INT) return h9_msgpack_int(c, n->lo, n->hi, &out->i, p);
    if (kind == H9_KIND_INT && n->op == H9_OP_UINT) return h9_msgpack_uint(c, (uint64_t)n->hi, &out->u, p);
    return h9_fail(c, H9_E_KEY, p);
}
