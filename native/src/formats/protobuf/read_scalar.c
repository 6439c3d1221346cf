/* Protobuf's enums, times and the single values that are met rarely. */
#include "core/lookup.h"
#include "core/plan.h"
#include "formats/protobuf/read.h"
#include "values/decimal.h"
#include "values/uuid.h"

const uint8_t h9_pb_unknown[1];

/* --- enums, and single values met rarely --- */

/* A symbol that the source has and the target lacks is never passed as a bare number. */
const uint8_t *h9_pb_symbol(h9_context *c, const h9_node *n, int32_t number, h9_slot *out, const uint8_t *end,
                            const uint8_t *at)
{
    const h9_enum *e = &c->plan->enums[n->a];
    const h9_symbol *s = c->plan->symbols + e->first + (uint32_t)number; /* the n-th is often number n */
    if ((uint32_t)number >= e->count || s->number != number) s = h9_symbol_numbered(c->plan, e, number);
    if (H9_LIKELY(s && s->mapped)) out->i = s->target;
    else if (e->unknown != INT64_MIN) out->i = e->unknown;
    else if (!s && e->open) out->i = number;
    else if (!s && (n->flags & H9_N_CLOSED)) return h9_pb_unknown; /* S17 */
    else return h9_fail(c, H9_E_SYMBOL, at);
    return end;
}

const uint8_t *h9_pb_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t raw = 0;
    const uint8_t *start = p;
    if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
    return h9_pb_symbol(c, n, (int32_t)raw, out, p, start);
}

static const uint8_t *read_uuid(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot span;
    const uint8_t *start = p;
    if (!(p = h9_pb_span(c, &span, p))) return NULL;
    if (n->a == 16 ? span.s.n != 16 : !h9_uuid_parse(span.s.p, span.s.n, out->id)) return h9_fail(c, H9_E_UUID, start);
    if (n->a == 16) memcpy(out->id, span.s.p, 16);
    return p;
}

/* Checked against the precision here, so that no writer meets one of a megabyte (B34). */
static const uint8_t *read_decimal(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    if (!(p = h9_pb_span(c, out, p))) return NULL;
    if (n->a && out->s.n != n->a) return h9_fail(c, H9_E_SIZE, start);
    if (out->s.n == 0 || h9_decimal_print(out->s.p, out->s.n, (int32_t)n->lo, (int32_t)n->hi, text) == 0)
        return h9_fail(c, H9_E_DECIMAL, start);
    return p;
}

static const uint8_t *read_clock(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t count = 0;
    const uint8_t *start = p;
    if (!(p = h9_pb_varint(c, p, &count))) return NULL;
    if (count >= UINT64_C(86400000000000) / n->a) return h9_fail(c, H9_E_TIME, start); /* negative ones too */
    out->u = count * n->a;
    return p;
}

static const uint8_t *read_sized(h9_context *c, h9_slot *out, size_t size, const uint8_t *p)
{
    const uint8_t *start = p;
    if (!(p = h9_pb_span(c, out, p))) return NULL;
    return out->s.n == size ? p : h9_fail(c, H9_E_SIZE, start);
}

static const uint8_t *read_period(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_slot span;
    if ((p = read_sized(c, &span, 12, p))) memcpy(&out->period, span.s.p, 12);
    return p;
}

const uint8_t *h9_pb_rarely(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t raw = 0;
    switch (n->op) {
    case H9_OP_DATE:
        if ((p = h9_pb_varint(c, p, &raw))) out->i = (int32_t)raw;
        return p;
    case H9_OP_TIME: return read_clock(c, n, out, p);
    case H9_OP_UUID: return read_uuid(c, n, out, p);
    case H9_OP_FIXED: return read_sized(c, out, n->a, p);
    case H9_OP_DECIMAL: return read_decimal(c, n, out, p);
    case H9_OP_PERIOD: return read_period(c, out, p);
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p);
    }
}

/* --- Timestamp and Duration: seconds (1), nanoseconds (2) --- */

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01 */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31 */
#define MOST_SECONDS INT64_C(315576000000)
#define SECOND 1000000000

static bool good_time(const h9_node *n, const h9_slot *v)
{
    int64_t sec = v->t.sec;
    int32_t ns = v->t.ns;
    if (n->op == H9_OP_TIMESTAMP) return sec >= FIRST_SECOND && sec <= LAST_SECOND && ns >= 0 && ns < SECOND; /* S23 */
    if ((sec > 0 && ns < 0) || (sec < 0 && ns > 0)) return false;
    return sec >= -MOST_SECONDS && sec <= MOST_SECONDS && ns > -SECOND && ns < SECOND;
}

const uint8_t *h9_pb_time(h9_context *c, const holder *in, const h9_node *n, h9_slot *v, const uint8_t *p,
                          const uint8_t *at)
{
    while (p < c->end) {
        const uint8_t *start = p;
        uint64_t raw = 0;
        uint32_t tag;
        if (!(p = h9_pb_tag(c, p, &tag))) return NULL;
        if (tag == PB_TAG(1, PB_VARINT)) {
            if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
            v->t.sec = (int64_t)raw;
        } else if (tag == PB_TAG(2, PB_VARINT)) {
            if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
            v->t.ns = (int32_t)raw;
        } else if (!(p = h9_pb_pass(c, in, tag, p, start))) {
            return NULL;
        }
    }
    return good_time(n, v) ? p : h9_fail(c, H9_E_TIME, at);
}
