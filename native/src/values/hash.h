/* SHA-1 for UUID version 5, SipHash for tables keyed by input (B19). */
#ifndef H9_HASH_H
#define H9_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SHA-1 of several pieces, for UUID version 5 only. */
typedef struct {
    uint32_t state[5];
    uint64_t length;
    uint8_t block[64];
} h9_sha1;
void h9_sha1_start(h9_sha1 *s);
void h9_sha1_add(h9_sha1 *s, const void *p, size_t n);
void h9_sha1_end(h9_sha1 *s, uint8_t out[20]);
/* SipHash-1-3 with a 128-bit key: keys from the wire can't be made to collide (B19). */
uint64_t h9_siphash(const uint64_t key[2], const uint8_t *p, size_t n);

#endif
