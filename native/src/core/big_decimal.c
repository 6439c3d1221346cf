/* Big-decimals. */
#include "core/big_decimal.h"

#include "values/decimal.h"
#include "values/varint.h"

/* A long of Avro's at p; NULL: there isn't one. */
static const uint8_t *take_long(const uint8_t *p, const uint8_t *end, int64_t *out)
{
    uint64_t raw = 0;
    unsigned size = h9_varint_scan(p, (size_t)(end - p), &raw);
    if (size == 0 || h9_varint_overflows(p, size)) return NULL;
    *out = h9_unzigzag(raw);
    return p + size;
}

bool h9_get_big_decimal(const h9_slot *body, h9_slot *out)
{
    const uint8_t *p = body->s.p, *end = p + body->s.n;
    int64_t size, scale;
    if ((p = take_long(p, end, &size)) == NULL || size <= 0 || size > H9_MAX_DECIMAL_BYTES || size > end - p)
        return false;
    const uint8_t *digits = p;
    if (take_long(p + size, end, &scale) != end || scale < -H9_MAX_PRECISION || scale > H9_MAX_PRECISION) return false;
    out->s.p = digits;
    out->s.n = (uint32_t)size;
    out->s.flags = (uint32_t)(int32_t)scale;
    return true;
}

static size_t long_size(int64_t v)
{
    uint8_t bytes[H9_MAX_VARINT];
    return (size_t)(h9_put_varint(bytes, h9_zigzag(v)) - bytes);
}

size_t h9_big_decimal_size(const h9_slot *v) { return long_size(v->s.n) + v->s.n + long_size((int32_t)v->s.flags); }

uint8_t *h9_put_big_decimal(uint8_t *w, const h9_slot *v)
{
    w = h9_put_varint(w, h9_zigzag(v->s.n));
    if (v->s.n) memcpy(w, v->s.p, v->s.n);
    return h9_put_varint(w + v->s.n, h9_zigzag((int32_t)v->s.flags));
}
