/* Variable-length integers, as Avro and Protobuf both have them: 7 bits a byte, lowest first. */
#ifndef H9_VARINT_H
#define H9_VARINT_H

#include "core/core.h"

/* Reads one up to 10 bytes long into *out. NULL: refused (cut off, or over 64 bits: B20, B21, B43). */
static inline const uint8_t *h9_varint_slow(h9_context *c, const uint8_t *p, const uint8_t *end, uint64_t *out)
{
    const uint8_t *start = p;
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (p == end) return h9_fail(c, H9_E_TRUNCATED, p);
        uint8_t byte = *p++;
        if (shift == 63 && byte > 1) return h9_fail(c, H9_E_VARINT, start);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return p;
        }
    }
    return h9_fail(c, H9_E_VARINT, start);
}

static inline const uint8_t *h9_varint(h9_context *c, const uint8_t *p, const uint8_t *end, uint64_t *out)
{
    if (H9_LIKELY(p < end && *p < 0x80)) {
        *out = *p;
        return p + 1;
    }
    if (H9_LIKELY(end - p >= 2 && p[1] < 0x80)) {
        *out = (uint64_t)(p[0] & 0x7F) | (uint64_t)p[1] << 7;
        return p + 2;
    }
    return h9_varint_slow(c, p, end, out);
}

static inline int64_t h9_unzigzag(uint64_t v) { return (int64_t)(v >> 1) ^ -(int64_t)(v & 1); }
static inline uint64_t h9_zigzag(int64_t v) { return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63); }

static inline uint8_t *h9_put_varint(uint8_t *w, uint64_t v)
{
    while (v >= 0x80) {
        *w++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *w++ = (uint8_t)v;
    return w;
}

#endif
