/* Single values of MessagePack and CBOR, as the kind that a schema wants. */
#include "formats/scalar.h"

#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "core/record.h"
#include "values/decimal.h"
#include "values/into_float.h"
#include "values/uuid.h"

#define UUID_BYTES 16u
#define PERIOD_BYTES 12u
#define BIGGEST_SCALE 1000 /* what decimal text can still be printed with */

static bool refuse(h9_context *c, h9_code code, const uint8_t *at)
{
    h9_fail(c, code, at);
    return false;
}

bool h9_refuse_kind(h9_context *c, const h9_head *h, const uint8_t *at)
{ return refuse(c, h->kind == H9_KIND_NULL ? H9_E_NULL : H9_E_TYPE, at); }

/* --- numbers --- */

typedef struct integer {
    uint64_t bits;
    bool negative;
} integer; /* in two's complement */

/* A float that is an integer (S2). The bounds come first, NaN fails them: casting beyond them means nothing in C. */
static bool from_float(h9_context *c, double v, integer *out, const uint8_t *at)
{
    if (!(v >= -0x1p63 && v < 0x1p64)) return refuse(c, H9_E_RANGE, at);
    out->negative = v < 0;
    out->bits = v < 0 ? (uint64_t)(int64_t)v : (uint64_t)v;
    if ((v < 0 ? (double)(int64_t)out->bits : (double)out->bits) == v) return true;
    return refuse(c, H9_E_INEXACT, at);
}

static bool take_integer(h9_context *c, const h9_head *h, integer *out, const uint8_t *at)
{
    if (h->kind == H9_KIND_FLOAT) return from_float(c, h->d, out, at);
    if (h->kind != H9_KIND_INT) return h9_refuse_kind(c, h, at);
    *out = (integer){h->bits, h->truth};
    return true;
}

bool h9_take_int(h9_context *c, const h9_head *h, int64_t lo, int64_t hi, int64_t *out, const uint8_t *at)
{
    integer v;
    if (!take_integer(c, h, &v, at)) return false;
    *out = (int64_t)v.bits;
    if ((!v.negative && v.bits > INT64_MAX) || *out < lo || *out > hi) return refuse(c, H9_E_RANGE, at);
    return true;
}

bool h9_take_uint(h9_context *c, const h9_head *h, uint64_t hi, uint64_t *out, const uint8_t *at)
{
    integer v;
    if (!take_integer(c, h, &v, at)) return false;
    *out = v.bits;
    return !v.negative && v.bits <= hi ? true : refuse(c, H9_E_RANGE, at);
}

/* `why`: as values/into_float.h tells it. */
static bool kept(h9_context *c, int why, const uint8_t *at)
{ return why == 0 || refuse(c, why == 1 ? H9_E_INEXACT : H9_E_RANGE, at); }

bool h9_take_f64(h9_context *c, const h9_head *h, bool rounds, double *out, const uint8_t *at)
{
    if (h->kind == H9_KIND_FLOAT) {
        *out = h->d;
        return true;
    }
    if (h->kind != H9_KIND_INT) return h9_refuse_kind(c, h, at);
    return kept(c, h->truth ? h9_f64_of_i64((int64_t)h->bits, rounds, out) : h9_f64_of_u64(h->bits, rounds, out), at);
}

bool h9_take_f32(h9_context *c, const h9_head *h, bool rounds, float *out, const uint8_t *at)
{
    if (h->kind == H9_KIND_FLOAT) return kept(c, h9_f32_of_f64(h->d, rounds, out), at);
    if (h->kind != H9_KIND_INT) return h9_refuse_kind(c, h, at);
    return kept(c, h->truth ? h9_f32_of_i64((int64_t)h->bits, rounds, out) : h9_f32_of_u64(h->bits, rounds, out), at);
}

/* --- text and bytes --- */

static bool take_fixed(h9_context *c, const h9_head *h, uint32_t size, h9_slot *out, const uint8_t *at)
{
    if (!h9_take_span(c, h, true, out, at)) return false;
    return out->s.n == size ? true : refuse(c, H9_E_SIZE, at);
}

static bool take_uuid(h9_context *c, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    h9_slot s;
    if (!h9_take_span(c, h, true, &s, at)) return false;
    if (h->kind == H9_KIND_STRING) return h9_uuid_parse(s.s.p, s.s.n, out->id) ? true : refuse(c, H9_E_UUID, at);
    if (s.s.n != UUID_BYTES) return refuse(c, H9_E_UUID, at);
    memcpy(out->id, s.s.p, UUID_BYTES);
    return true;
}

static bool take_period(h9_context *c, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    h9_slot s;
    if (!take_fixed(c, h, PERIOD_BYTES, &s, at)) return false;
    h9_get_period(s.s.p, out);
    return true;
}

/* --- enums --- */

static bool take_symbol(h9_context *c, const h9_symbol *symbol, h9_slot *out, const uint8_t *at)
{
    if (!symbol->mapped) return refuse(c, H9_E_SYMBOL, at);
    out->i = symbol->target;
    return true;
}

static bool take_symbol_name(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    const h9_enum *e = &c->plan->enums[n->a];
    h9_slot name;
    if (!h9_take_span(c, h, false, &name, at)) return false;
    const h9_symbol *symbol = h9_symbol_named(c->plan, e, name.s.p, name.s.n);
    if (symbol != NULL) return take_symbol(c, symbol, out, at);
    if (e->unknown == INT64_MIN) return h9_unknown_symbol(c, n, at) != NULL;
    out->i = e->unknown;
    return true;
}

static bool take_symbol_number(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    const h9_enum *e = &c->plan->enums[n->a];
    int64_t number;
    if (!h9_take_int(c, h, INT32_MIN, INT32_MAX, &number, at)) return false;
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, e, number);
    if (symbol != NULL) return take_symbol(c, symbol, out, at);
    if (e->unknown == INT64_MIN && !e->open) return h9_unknown_symbol(c, n, at) != NULL;
    out->i = e->unknown == INT64_MIN ? number : e->unknown;
    return true;
}

static bool take_enum(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{ return h->kind == H9_KIND_STRING ? take_symbol_name(c, n, h, out, at) : take_symbol_number(c, n, h, out, at); }

/* --- decimals --- */

bool h9_keep_decimal(h9_context *c, const uint8_t *digits, size_t size, uint32_t width, h9_slot *out, const uint8_t *at)
{
    if (width == 0) width = (uint32_t)size;
    if (size > width) return refuse(c, H9_E_DECIMAL, at);
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

/* Text or an integer, as two's complement at a scale into `digits`; its size, 0: refused. */
static size_t take_digits(h9_context *c, const h9_head *h, int32_t scale, int32_t precision, uint8_t *digits,
                          const uint8_t *at)
{
    int why = 0;
    size_t size;
    if (h->kind == H9_KIND_INT) {
        integer v = {h->bits, h->truth};
        size = integer_at_scale(&v, scale, precision, digits, &why);
    } else {
        h9_slot s;
        if (!h9_take_span(c, h, false, &s, at)) return 0;
        size = h9_decimal_parse(s.s.p, s.s.n, scale, precision, digits, &why);
    }
    if (size == 0) h9_fail(c, why == 2 ? H9_E_INEXACT : H9_E_DECIMAL, at);
    return size;
}

static bool take_decimal(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    size_t size = take_digits(c, h, (int32_t)n->lo, (int32_t)n->hi, digits, at);
    return size && h9_keep_decimal(c, digits, size, n->a, out, at);
}

static bool take_big_decimal(h9_context *c, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    int32_t scale = 0;
    if (h->kind == H9_KIND_STRING) {
        h9_slot s;
        if (!h9_take_span(c, h, false, &s, at)) return false;
        scale = h9_decimal_places(s.s.p, s.s.n);
    }
    if (scale > BIGGEST_SCALE) return refuse(c, H9_E_DECIMAL, at);
    size_t size = take_digits(c, h, scale, H9_MAX_PRECISION, digits, at);
    if (size == 0 || !h9_keep_decimal(c, digits, size, 0, out, at)) return false;
    out->s.flags = (uint32_t)scale;
    return true;
}

/* --- by op --- */

static bool take_bool(h9_context *c, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    if (h->kind != H9_KIND_BOOL) return h9_refuse_kind(c, h, at);
    out->b = h->truth;
    return true;
}

bool h9_take_value(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    switch (n->op) {
    case H9_OP_NULL: return h->kind == H9_KIND_NULL || h9_refuse_kind(c, h, at);
    case H9_OP_BOOL: return take_bool(c, h, out, at);
    case H9_OP_BYTES: return h9_take_span(c, h, true, out, at);
    case H9_OP_FIXED: return take_fixed(c, h, n->a, out, at);
    case H9_OP_ENUM: return take_enum(c, n, h, out, at);
    case H9_OP_DECIMAL: return take_decimal(c, n, h, out, at);
    case H9_OP_BIGDECIMAL: return take_big_decimal(c, h, out, at);
    case H9_OP_UUID: return take_uuid(c, h, out, at);
    case H9_OP_PERIOD: return take_period(c, h, out, at);
    default: return refuse(c, H9_E_BAD_PLAN, at);
    }
}

/* --- map keys --- */

static bool text_number(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    h9_slot s;
    h9_number v;
    if (!h9_take_span(c, h, false, &s, at)) return false;
    if (h9_number_scan(s.s.p, s.s.p + s.s.n, &v) != s.s.p + s.s.n) return refuse(c, H9_E_KEY, at);
    int why = n->op == H9_OP_INT ? h9_number_i64(&v, &out->i) : h9_number_u64(&v, &out->u);
    if (why == 1) return refuse(c, H9_E_KEY, at);
    bool inside = n->op == H9_OP_INT ? out->i >= n->lo && out->i <= n->hi : out->u <= (uint64_t)n->hi;
    return why != 2 && inside ? true : refuse(c, H9_E_RANGE, at);
}

static bool text_bool(h9_context *c, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    h9_slot s;
    if (!h9_take_span(c, h, false, &s, at)) return false;
    out->b = s.s.n == 4;
    if ((s.s.n == 4 && memcmp(s.s.p, "true", 4) == 0) || (s.s.n == 5 && memcmp(s.s.p, "false", 5) == 0)) return true;
    return refuse(c, H9_E_KEY, at);
}

bool h9_take_key(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    out->raw[0] = 0; /* a bool's other bytes take part in finding equal keys */
    if (h->kind == H9_KIND_STRING) {
        if (n->op == H9_OP_STRING) return h9_take_text(c, h, !(n->flags & H9_N_UNCHECKED), out, at);
        if (n->op == H9_OP_INT || n->op == H9_OP_UINT) return text_number(c, n, h, out, at);
        if (n->op == H9_OP_BOOL) return text_bool(c, h, out, at);
    }
    if (h->kind == H9_KIND_BOOL && n->op == H9_OP_BOOL) return take_bool(c, h, out, at);
    if (h->kind == H9_KIND_INT && n->op == H9_OP_INT) return h9_take_int(c, h, n->lo, n->hi, &out->i, at);
    if (h->kind == H9_KIND_INT && n->op == H9_OP_UINT) return h9_take_uint(c, h, (uint64_t)n->hi, &out->u, at);
    return refuse(c, H9_E_KEY, at);
}
