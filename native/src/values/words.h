/* Numbers in memory, in either order of bytes, and the moving of a few bytes at a time. Everything here is inline. */
#ifndef H9_WORDS_H
#define H9_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "values/compiler.h"

/* --- little-endian: the first byte in memory is the lowest in the word, as on every host --- */

static inline uint64_t h9_load64(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint32_t h9_load32(const uint8_t *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline void h9_store64(uint8_t *p, uint64_t x) { memcpy(p, &x, sizeof x); }

static inline void h9_store32(uint8_t *p, uint32_t x) { memcpy(p, &x, sizeof x); }

/* --- big-endian; what stores returns where it ended --- */

static inline uint16_t h9_load_big16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint32_t h9_load_big32(const uint8_t *p)
{ return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }
static inline uint64_t h9_load_big64(const uint8_t *p)
{ return (uint64_t)h9_load_big32(p) << 32 | h9_load_big32(p + 4); }

static inline uint8_t *h9_store_big16(uint8_t *w, uint32_t x)
{
    w[0] = (uint8_t)(x >> 8);
    w[1] = (uint8_t)x;
    return w + 2;
}
static inline uint8_t *h9_store_big32(uint8_t *w, uint32_t x)
{
    w[0] = (uint8_t)(x >> 24);
    w[1] = (uint8_t)(x >> 16);
    w[2] = (uint8_t)(x >> 8);
    w[3] = (uint8_t)x;
    return w + 4;
}
static inline uint8_t *h9_store_big64(uint8_t *w, uint64_t x)
{ return h9_store_big32(h9_store_big32(w, (uint32_t)(x >> 32)), (uint32_t)x); }

/* --- a few bytes: two moves that overlap rather than a call --- */

/* memcpy for what most spans are: short. Returns where it ended. */
static inline uint8_t *h9_copy_short(uint8_t *w, const uint8_t *p, size_t n)
{
    if (n > 32) {
        memcpy(w, p, n);
    } else if (n >= 16) {
        memcpy(w, p, 16);
        memcpy(w + n - 16, p + n - 16, 16);
    } else if (n >= 8) {
        memcpy(w, p, 8);
        memcpy(w + n - 8, p + n - 8, 8);
    } else if (n >= 4) {
        memcpy(w, p, 4);
        memcpy(w + n - 4, p + n - 4, 4);
    } else if (n > 0) {
        w[0] = p[0];
        w[n >> 1] = p[n >> 1];
        w[n - 1] = p[n - 1];
    }
    return w + n;
}

/* memcmp for what keys are: short. The last word overlaps the one before. */
static inline bool h9_same_short(const uint8_t *a, const uint8_t *b, size_t n)
{
    if (n > 16) {
        uint64_t differ = h9_load64(a + n - 8) ^ h9_load64(b + n - 8);
        for (size_t i = 0; i + 8 < n; i += 8) differ |= h9_load64(a + i) ^ h9_load64(b + i);
        return differ == 0;
    }
    if (n >= 8) return ((h9_load64(a) ^ h9_load64(b)) | (h9_load64(a + n - 8) ^ h9_load64(b + n - 8))) == 0;
    if (n >= 4) return ((h9_load32(a) ^ h9_load32(b)) | (h9_load32(a + n - 4) ^ h9_load32(b + n - 4))) == 0;
    return n == 0 || (a[0] == b[0] && a[n >> 1] == b[n >> 1] && a[n - 1] == b[n - 1]);
}

#endif
