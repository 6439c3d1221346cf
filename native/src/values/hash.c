/* SHA-1 (FIPS 180-4 section 6.1), for UUID version 5 and nothing else; SipHash (J.-P. Aumasson and D. J. Bernstein,
 * "SipHash: a fast short-input PRF", 2012) with one and three rounds, for tables keyed by input (B19). */
#include "values/hash.h"

#include <string.h>

#include "values/words.h"

/* --- SHA-1 --- */

static uint32_t rotate32(uint32_t x, int n) { return x << n | x >> (32 - n); }

/* Section 4.1.1: the function of three words in the rounds from 0, from 20 and 60, and from 40. */
#define CHOOSE(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define PARITY(b, c, d) ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* Word i of the schedule: only the last 16 are kept (section 6.1.3); i is a constant. */
#define TURNED(i) (w[(i) & 15] = rotate32(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i) & 15], 1))
#define WORD(i) ((i) < 16 ? w[(i) & 15] : TURNED(i))

/* A round takes its words where they stand, so that none has to be moved along. */
#define ROUND(mix, k, a, b, c, d, e, i)                                                                                \
    e += rotate32(a, 5) + mix(b, c, d) + (k) + WORD(i);                                                                \
    b = rotate32(b, 30);
#define FIVE(mix, k, i)                                                                                                \
    ROUND(mix, k, a, b, c, d, e, i)                                                                                    \
    ROUND(mix, k, e, a, b, c, d, (i) + 1)                                                                              \
    ROUND(mix, k, d, e, a, b, c, (i) + 2)                                                                              \
    ROUND(mix, k, c, d, e, a, b, (i) + 3)                                                                              \
    ROUND(mix, k, b, c, d, e, a, (i) + 4)
#define TWENTY(mix, k, i) FIVE(mix, k, i) FIVE(mix, k, (i) + 5) FIVE(mix, k, (i) + 10) FIVE(mix, k, (i) + 15)

static void sha1_block(uint32_t state[5], const uint8_t *p)
{
    uint32_t w[16], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 16; i++) w[i] = h9_load_big32(p + 4 * i);
    TWENTY(CHOOSE, 0x5a827999, 0)
    TWENTY(PARITY, 0x6ed9eba1, 20)
    TWENTY(MAJORITY, 0x8f1bbcdc, 40)
    TWENTY(PARITY, 0xca62c1d6, 60)
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

void h9_sha1_start(h9_sha1 *s)
{
    static const uint32_t initial[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(s->state, initial, sizeof initial);
    s->length = 0;
}

void h9_sha1_add(h9_sha1 *s, const void *data, size_t n)
{
    const uint8_t *p = data;
    while (n > 0) {
        size_t held = (size_t)(s->length % 64), take = n < 64 - held ? n : 64 - held;
        memcpy(s->block + held, p, take);
        s->length += take;
        p += take;
        n -= take;
        if (held + take == 64) sha1_block(s->state, s->block);
    }
}

void h9_sha1_end(h9_sha1 *s, uint8_t out[20])
{
    uint64_t bits = s->length * 8;
    size_t held = (size_t)(s->length % 64);
    s->block[held++] = 0x80;
    if (held > 56) {
        memset(s->block + held, 0, 64 - held);
        sha1_block(s->state, s->block);
        held = 0;
    }
    memset(s->block + held, 0, 56 - held);
    h9_store_big32(s->block + 56, (uint32_t)(bits >> 32));
    h9_store_big32(s->block + 60, (uint32_t)bits);
    sha1_block(s->state, s->block);
    for (int i = 0; i < 5; i++) h9_store_big32(out + 4 * i, s->state[i]);
}

/* --- SipHash-1-3 --- */

static inline uint64_t rotate64(uint64_t x, int n) { return x << n | x >> (64 - n); }

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate64(v[1], 13) ^ v[0];
    v[3] = rotate64(v[3], 16) ^ v[2];
    v[0] = rotate64(v[0], 32) + v[3];
    v[2] += v[1];
    v[1] = rotate64(v[1], 17) ^ v[2];
    v[3] = rotate64(v[3], 21) ^ v[0];
    v[2] = rotate64(v[2], 32);
}

static inline void sip_word(uint64_t v[4], uint64_t m)
{
    v[3] ^= m;
    sip_round(v);
    v[0] ^= m;
}

uint64_t h9_siphash(const uint64_t key[2], const uint8_t *p, size_t n)
{
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                     key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    uint64_t last = (uint64_t)n << 56;
    for (; n >= 8; n -= 8, p += 8) sip_word(v, h9_load64(p));
    for (size_t i = 0; i < n; i++) last |= (uint64_t)p[i] << (8 * i);
    sip_word(v, last);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
