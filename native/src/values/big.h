/* Natural numbers of a few thousand bits, on the stack: what float.c's last resort and decimal.c need of them.
 * Limbs from the lowest; `n` of them count, the top one is not zero. */
#ifndef H9_BIG_H
#define H9_BIG_H

#include "values/digits.h"

#define H9_BIG_LIMBS 56 /* 3,584 bits: 10^1011 (420 bytes), and 801 digits or 5^1124 times 2^54 (float.c) */

typedef struct {
    unsigned n;
    uint64_t limb[H9_BIG_LIMBS];
} h9_big;

static inline void h9_big_push(h9_big *b, uint64_t limb)
{
    if (limb != 0 && b->n < H9_BIG_LIMBS) b->limb[b->n++] = limb; /* callers stay below the bound */
}

static inline void h9_big_set(h9_big *b, uint64_t v)
{
    b->n = 0;
    h9_big_push(b, v);
}

/* b = b * m + add */
static inline void h9_big_mul_add(h9_big *b, uint64_t m, uint64_t add)
{
    for (unsigned i = 0; i < b->n; i++) {
        h9_u128 x = (h9_u128)b->limb[i] * m + add;
        b->limb[i] = (uint64_t)x;
        add = (uint64_t)(x >> 64);
    }
    h9_big_push(b, add);
}

/* b = b / d; returns the remainder. */
static inline uint64_t h9_big_div(h9_big *b, uint64_t d)
{
    uint64_t rest = 0;
    for (unsigned i = b->n; i-- > 0;) {
        h9_u128 x = (h9_u128)rest << 64 | b->limb[i];
        b->limb[i] = (uint64_t)(x / d);
        rest = (uint64_t)(x % d);
    }
    while (b->n > 0 && b->limb[b->n - 1] == 0) b->n--;
    return rest;
}

/* Appends the decimal digits p[0..n): b = b * 10^n + digits. */
static inline void h9_big_add_digits(h9_big *b, const uint8_t *p, unsigned n)
{
    while (n > 0) {
        unsigned take = n < 19 ? n : 19;
        uint64_t chunk = 0;
        for (unsigned i = 0; i < take; i++) chunk = chunk * 10 + (uint64_t)(p[i] - '0');
        h9_big_mul_add(b, h9_ten_to[take], chunk);
        p += take;
        n -= take;
    }
}

/* b = b * 5^n */
static inline void h9_big_mul_five_to(h9_big *b, unsigned n)
{
    const uint64_t five_to_27 = UINT64_C(7450580596923828125);
    for (; n >= 27; n -= 27) h9_big_mul_add(b, five_to_27, 0);
    uint64_t rest = 1;
    while (n-- > 0) rest *= 5;
    h9_big_mul_add(b, rest, 0);
}

#endif
