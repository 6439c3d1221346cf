/* What the Avro files share. */
#ifndef H9_AVRO_H
#define H9_AVRO_H

#include "core/error.h"
#include "core/slot.h"
#include "values/varint.h"

const uint8_t *h9_avro_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
uint8_t *h9_avro_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
/* Passes over a value of the node's type: its structure is walked, nothing is kept. NULL: refused. */
const uint8_t *h9_avro_skip(h9_context *c, const h9_node *n, const uint8_t *p);

/* One that is longer than two bytes. NULL: refused (cut off, or over 64 bits: B20, B21, B43). */
static inline const uint8_t *h9_avro_long_slow(h9_context *c, const uint8_t *p, uint64_t *out)
{
    unsigned size = h9_varint_scan(p, (size_t)(c->end - p), out);
    if (size == 0) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return h9_varint_overflows(p, size) ? h9_fail(c, H9_E_VARINT, p) : p + size;
}

static inline const uint8_t *h9_avro_long(h9_context *c, const uint8_t *p, int64_t *out)
{
    uint64_t raw = 0;
    if (H9_LIKELY(p < c->end && *p < 0x80)) {
        raw = *p++;
    } else if (H9_LIKELY(c->end - p >= 2 && p[1] < 0x80)) {
        raw = (uint64_t)(p[0] & 0x7F) | (uint64_t)p[1] << 7;
        p += 2;
    } else {
        p = h9_avro_long_slow(c, p, &raw);
        if (H9_UNLIKELY(p == NULL)) return NULL;
    }
    *out = h9_unzigzag(raw);
    return p;
}

/* n bytes at p. */
static inline const uint8_t *h9_avro_take(h9_context *c, const uint8_t *p, uint64_t n)
{
    if (H9_UNLIKELY((uint64_t)(c->end - p) < n)) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return p + (size_t)n;
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

/* After a block's items, whether they were wanted or not: it ends where it said. NULL: refused (B29). */
static inline const uint8_t *h9_avro_block_end(h9_context *c, const h9_avro_head *b, const uint8_t *p)
{
    if (b->stated_end != NULL && b->stated_end != p) return h9_fail(c, H9_E_BLOCK, p);
    return p;
}

#endif
