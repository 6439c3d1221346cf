/* What reading Avro and passing over it share. */
#ifndef H9_AVRO_H
#define H9_AVRO_H

#include "core/varint.h"

/* Passes over a value of the node's type: its structure is walked, nothing is kept. NULL: refused. */
const uint8_t *h9_avro_skip(h9_context *c, const h9_node *n, const uint8_t *p);

/* Avro 1.12's big-decimal: bytes that hold the unscaled value as bytes and then the scale as an int. NULL: refused at
 * `at`. */
const uint8_t *h9_avro_big_decimal(h9_context *c, const h9_slot *body, h9_slot *out, const uint8_t *at);

static inline const uint8_t *h9_avro_long(h9_context *c, const uint8_t *p, int64_t *out)
{
    uint64_t raw = 0;
    p = h9_varint(c, p, c->end, &raw);
    if (H9_LIKELY(p != NULL)) *out = h9_unzigzag(raw);
    return p;
}

/* n bytes at p. */
static inline const uint8_t *h9_avro_take(h9_context *c, const uint8_t *p, size_t n)
{
    if (H9_UNLIKELY((size_t)(c->end - p) < n)) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return p + n;
}

/* The head of a block of an array or map; `stated_end`: where it says that it ends, if it does. */
typedef struct h9_avro_head {
    const uint8_t *stated_end;
    uint64_t count;
} h9_avro_head;

/* The head of the next block; a negative count is followed by the block's size in bytes. */
static inline const uint8_t *h9_avro_block(h9_context *c, const uint8_t *p, h9_avro_head *b)
{
    int64_t count, size;
    const uint8_t *start = p;
    b->stated_end = NULL;
    if (!(p = h9_avro_long(c, p, &count))) return NULL;
    if (H9_LIKELY(count >= 0)) {
        b->count = (uint64_t)count;
        return p;
    }
    if (count == INT64_MIN) return h9_fail(c, H9_E_LENGTH, start); /* B28 */
    b->count = (uint64_t)-count;
    if (!(p = h9_avro_long(c, p, &size))) return NULL;
    if (size < 0) return h9_fail(c, H9_E_LENGTH, start);
    if (size > c->end - p) return h9_fail(c, H9_E_TRUNCATED, c->end);
    b->stated_end = p + size;
    return p;
}

#endif
