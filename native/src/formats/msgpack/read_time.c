/* MessagePack's dates and times: text, counts of units, and extension -1 (S23, S24, S29). */
#include "formats/msgpack/msgpack.h"
#include "values/time.h"

#define SECOND INT64_C(1000000000)
#define DAY (INT64_C(86400) * SECOND)

/* How many of the node's units make a second. */
static int64_t per_second(const h9_node *n) { return SECOND / (n->a == 0 ? 1 : n->a > SECOND ? SECOND : n->a); }

static const uint8_t *read_extension_time(h9_context *c, h9_slot *out, const uint8_t *p)
{
    mp_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.body[-1] != MP_TIMESTAMP) return h9_fail(c, H9_E_TYPE, p);
    int64_t seconds;
    uint32_t nanos;
    if (!h9_timestamp_unpack(h.body, h.n, &seconds, &nanos)) return h9_fail(c, H9_E_TIME, p);
    out->t.sec = seconds;
    out->t.ns = (int32_t)nanos;
    return end;
}

/* A count of units, as seconds and the nanoseconds after them: floored, or with the sign of the whole (a duration). */
static const uint8_t *read_units(h9_context *c, const h9_node *n, bool floored, h9_slot *out, const uint8_t *p)
{
    int64_t units, per = per_second(n);
    const uint8_t *end = h9_msgpack_int(c, INT64_MIN, INT64_MAX, &units, p);
    if (end == NULL) return NULL;
    int64_t sec = units / per, rest = units % per;
    if (floored && rest < 0) {
        sec--;
        rest += per;
    }
    out->t.sec = sec;
    out->t.ns = (int32_t)(rest * (SECOND / per));
    return end;
}

static const uint8_t *read_timestamp(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    bool local = n->flags & H9_N_LOCAL;
    if (n->flags & H9_N_NUMBER) return read_units(c, n, true, out, p);
    if (!local && h9_msgpack_kind(*p) == H9_KIND_EXTENSION)
        return read_extension_time(c, out, p); /* an instant (S24) */
    h9_slot s;
    uint32_t nanos;
    int64_t seconds;
    const uint8_t *end = h9_msgpack_text(c, &s, p);
    if (end == NULL) return NULL;
    bool good =
        local ? h9_time_parse_local(s.s.p, s.s.n, &seconds, &nanos) : h9_time_parse(s.s.p, s.s.n, &seconds, &nanos);
    if (!good) return h9_fail(c, H9_E_TIME, p);
    out->t.sec = seconds;
    out->t.ns = (int32_t)nanos;
    return end;
}

static const uint8_t *read_duration(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (n->flags & H9_N_NUMBER) return read_units(c, n, false, out, p);
    h9_slot s;
    int64_t seconds;
    int32_t nanos;
    const uint8_t *end = h9_msgpack_text(c, &s, p);
    if (end == NULL) return NULL;
    if (!h9_duration_parse(s.s.p, s.s.n, &seconds, &nanos)) return h9_fail(c, H9_E_TIME, p);
    out->t.sec = seconds;
    out->t.ns = nanos;
    return end;
}

static const uint8_t *read_date(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (n->flags & H9_N_NUMBER) return h9_msgpack_int(c, INT32_MIN, INT32_MAX, &out->i, p);
    h9_slot s;
    int64_t days;
    const uint8_t *end = h9_msgpack_text(c, &s, p);
    if (end == NULL) return NULL;
    if (!h9_date_parse(s.s.p, s.s.n, &days)) return h9_fail(c, H9_E_TIME, p);
    out->i = days;
    return end;
}

static const uint8_t *read_time(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    int64_t nanos;
    const uint8_t *end;
    if (n->flags & H9_N_NUMBER) {
        int64_t units, unit = SECOND / per_second(n);
        if ((end = h9_msgpack_int(c, INT64_MIN, INT64_MAX, &units, p)) == NULL) return NULL;
        if (units < 0 || units >= DAY / unit) return h9_fail(c, H9_E_TIME, p);
        nanos = units * unit;
    } else {
        h9_slot s;
        if ((end = h9_msgpack_text(c, &s, p)) == NULL) return NULL;
        if (!h9_clock_parse(s.s.p, s.s.n, &nanos)) return h9_fail(c, H9_E_TIME, p);
    }
    out->i = nanos;
    return end;
}

const uint8_t *h9_msgpack_time(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    switch (n->op) {
    case H9_OP_DATE: return read_date(c, n, out, p);
    case H9_OP_TIME: return read_time(c, n, out, p);
    case H9_OP_TIMESTAMP: return read_timestamp(c, n, out, p);
    default: return read_duration(c, n, out, p);
    }
}
