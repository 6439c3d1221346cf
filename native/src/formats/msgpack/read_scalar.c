/* MessagePack's single values: most need no more than a look at the first byte, the others go by their heads. */
#include "formats/msgpack/msgpack.h"
#include "values/time.h"

/* Most text is short: a head of one byte or two, and no string limit within reach. NULL: look closer. */
static inline const uint8_t *short_text(const h9_context *c, h9_head *out, const uint8_t *p)
{
    size_t left = (size_t)(c->end - p), head = 1, n = *p & 31;
    if ((*p & 0xE0) != MP_FIXSTR) {
        if (*p != MP_STR8 || left < 2) return NULL;
        head = 2;
        n = p[1];
    }
    if (left < head + n) return NULL;
    out->kind = H9_KIND_STRING;
    out->body = p + head;
    out->n = (uint32_t)n;
    return p + head + n;
}

static inline const uint8_t *head(h9_context *c, h9_head *out, const uint8_t *p)
{
    const uint8_t *end = short_text(c, out, p);
    return H9_LIKELY(end != NULL) ? end : h9_msgpack_head(c, p, out);
}

const uint8_t *h9_msgpack_int(h9_context *c, int64_t lo, int64_t hi, int64_t *out, const uint8_t *p)
{
    h9_head h;
    if (*p < MP_FIXMAP && *p >= lo && *p <= hi) {
        *out = *p;
        return p + 1;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    return end && h9_take_int(c, &h, lo, hi, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_uint(h9_context *c, uint64_t hi, uint64_t *out, const uint8_t *p)
{
    h9_head h;
    if (*p < MP_FIXMAP && *p <= hi) {
        *out = *p;
        return p + 1;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    return end && h9_take_uint(c, &h, hi, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_f64(h9_context *c, bool rounds, double *out, const uint8_t *p)
{
    h9_head h;
    if (*p == MP_F64 && c->end - p > 8) {
        *out = mp_get_f64(p + 1);
        return p + 9;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    return end && h9_take_f64(c, &h, rounds, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_f32(h9_context *c, bool rounds, float *out, const uint8_t *p)
{
    h9_head h;
    if (*p == MP_F32 && c->end - p > 4) {
        *out = mp_get_f32(p + 1);
        return p + 5;
    }
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    return end && h9_take_f32(c, &h, rounds, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_text(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = head(c, &h, p);
    return end && h9_take_span(c, &h, false, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_string(h9_context *c, bool checked, h9_slot *out, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = head(c, &h, p);
    return end && h9_take_text(c, &h, checked, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_head h;
    if (n->op == H9_OP_BOOL && (*p & 0xFE) == MP_FALSE) {
        out->b = *p == MP_TRUE;
        return p + 1;
    }
    const uint8_t *end = head(c, &h, p);
    return end && h9_take_value(c, n, &h, out, p) ? end : NULL;
}

/* Extension -1 (S29). */
static bool take_instant(h9_context *c, const h9_head *h, h9_slot *out, const uint8_t *at)
{
    int64_t seconds;
    uint32_t nanos;
    bool is_time = h->body[-1] == MP_TIMESTAMP;
    if (!is_time || !h9_timestamp_unpack(h->body, h->n, &seconds, &nanos)) {
        h9_fail(c, is_time ? H9_E_TIME : H9_E_TYPE, at);
        return false;
    }
    out->t.sec = seconds;
    out->t.ns = (int32_t)nanos;
    return true;
}

const uint8_t *h9_msgpack_time(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = head(c, &h, p);
    if (end == NULL) return NULL;
    bool instant = n->op == H9_OP_TIMESTAMP && !(n->flags & (H9_N_LOCAL | H9_N_NUMBER)); /* S24 */
    if (instant && h.kind == H9_KIND_EXTENSION) return take_instant(c, &h, out, p) ? end : NULL;
    return h9_take_time(c, n, &h, out, p) ? end : NULL;
}

const uint8_t *h9_msgpack_key(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_head h;
    if (p >= c->end || *p == MP_NEVER) return h9_msgpack_refuse(c, p);
    const uint8_t *end = head(c, &h, p);
    return end && h9_take_key(c, n, &h, out, p) ? end : NULL;
}
