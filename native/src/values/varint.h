/* Variable-length integers, as Avro, Protobuf and length prefixes have them: 7 bits a byte, lowest first. */
#ifndef H9_VARINT_H
#define H9_VARINT_H

#include <stddef.h>
#include <stdint.h>

#include "values/compiler.h"

#define H9_MAX_VARINT 10u  /* bytes that 64 bits take */
#define H9_LONG_VARINT 11u /* see h9_varint_scan */

/* Reads the one at p. How many bytes it takes; 0: `left` ends in it; H9_LONG_VARINT: it goes on after ten bytes. What
 * is over 64 bits in the tenth byte is dropped: h9_varint_overflows tells. */
static inline unsigned h9_varint_scan(const uint8_t *p, size_t left, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < H9_MAX_VARINT; i++) {
        if (i == left) return 0;
        value |= (uint64_t)(p[i] & 0x7F) << (7 * i);
        if (p[i] < 0x80) {
            *out = value;
            return i + 1;
        }
    }
    return H9_LONG_VARINT;
}
/* Whether the varint of `size` bytes at p, as scanned, is over 64 bits. */
static inline int h9_varint_overflows(const uint8_t *p, unsigned size)
{ return size > H9_MAX_VARINT || (size == H9_MAX_VARINT && p[H9_MAX_VARINT - 1] > 1); }

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

/* The same backwards: it ends where w stands, and begins at the result. */
static inline uint8_t *h9_put_varint_before(uint8_t *w, uint64_t v)
{
    if (H9_LIKELY(v < 0x80)) {
        *--w = (uint8_t)v;
        return w;
    }
    unsigned size = (64u - (unsigned)__builtin_clzll(v) + 6u) / 7u;
    w -= size;
    for (unsigned i = 0; i + 1 < size; i++, v >>= 7) w[i] = (uint8_t)(v | 0x80);
    w[size - 1] = (uint8_t)v;
    return w;
}

#endif
