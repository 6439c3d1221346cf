/* Dates and times of MessagePack and CBOR that are text or counts of units (S23, S24). */
#include "formats/scalar.h"
#include "values/time.h"

#define SECOND INT64_C(1000000000)
#define DAY (INT64_C(86400) * SECOND)

/* How many of the node's units make a second. */
static int64_t per_second(const h9_node *n) { return SECOND / (n->a == 0 ? 1 : n->a > SECOND ? SECOND : n->a); }

static bool refuse(h9_context *c, const uint8_t *at)
{
    h9_fail(c, H9_E_TIME, at);
    return false;
}

/* A count of units, as seconds and the nanoseconds after them: floored, or with the sign of the whole (a duration). */
static bool take_units(h9_context *c, const h9_node *n, const h9_head *h, bool floored, h9_slot *out, const uint8_t *at)
{
    int64_t units, per = per_second(n);
    if (!h9_take_int(c, h, INT64_MIN, INT64_MAX, &units, at)) return false;
    int64_t sec = units / per, rest = units % per;
    if (floored && rest < 0) {
        sec--;
        rest += per;
    }
    out->t.sec = sec;
    out->t.ns = (int32_t)(rest * (SECOND / per));
    return true;
}

static bool take_timestamp(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    bool local = n->flags & H9_N_LOCAL;
    if (n->flags & H9_N_NUMBER) return take_units(c, n, h, true, out, at);
    h9_slot s;
    uint32_t nanos;
    int64_t seconds;
    if (!h9_take_span(c, h, false, &s, at)) return false;
    bool good =
        local ? h9_time_parse_local(s.s.p, s.s.n, &seconds, &nanos) : h9_time_parse(s.s.p, s.s.n, &seconds, &nanos);
    if (!good) return refuse(c, at);
    out->t.sec = seconds;
    out->t.ns = (int32_t)nanos;
    return true;
}

static bool take_duration(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    if (n->flags & H9_N_NUMBER) return take_units(c, n, h, false, out, at);
    h9_slot s;
    int64_t seconds;
    int32_t nanos;
    if (!h9_take_span(c, h, false, &s, at)) return false;
    if (!h9_duration_parse(s.s.p, s.s.n, &seconds, &nanos)) return refuse(c, at);
    out->t.sec = seconds;
    out->t.ns = nanos;
    return true;
}

static bool take_date(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    if (n->flags & H9_N_NUMBER) return h9_take_int(c, h, INT32_MIN, INT32_MAX, &out->i, at);
    h9_slot s;
    int64_t days;
    if (!h9_take_span(c, h, false, &s, at)) return false;
    if (!h9_date_parse(s.s.p, s.s.n, &days)) return refuse(c, at);
    out->i = days;
    return true;
}

static bool take_clock(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    int64_t nanos;
    if (n->flags & H9_N_NUMBER) {
        int64_t units, unit = SECOND / per_second(n);
        if (!h9_take_int(c, h, INT64_MIN, INT64_MAX, &units, at)) return false;
        if (units < 0 || units >= DAY / unit) return refuse(c, at);
        nanos = units * unit;
    } else {
        h9_slot s;
        if (!h9_take_span(c, h, false, &s, at)) return false;
        if (!h9_clock_parse(s.s.p, s.s.n, &nanos)) return refuse(c, at);
    }
    out->i = nanos;
    return true;
}

bool h9_take_time(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    switch (n->op) {
    case H9_OP_DATE: return take_date(c, n, h, out, at);
    case H9_OP_TIME: return take_clock(c, n, h, out, at);
    case H9_OP_TIMESTAMP: return take_timestamp(c, n, h, out, at);
    default: return take_duration(c, n, h, out, at);
    }
}
