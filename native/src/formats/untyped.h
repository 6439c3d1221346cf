/* Values that no schema describes, read onto the context's tape: what every self-describing format does alike, once its
 * own reader has found the next key or value.
 *
 * A value that holds no others: h9_untyped_add, _int, _f32, _f64, _text, _bytes or _span. One that does:
 *
 *     h9_nest_open; h9_nest_expect, where the format says beforehand how many items come
 *     for each item or pair: h9_nest_next, then the item's own reader (NULL: h9_nest_refused),
 *                            of a map first the key's, which leaves it on the tape, and h9_nest_key
 *     h9_nest_close
 *
 * A refusal later on says where its value stood: each item notes where it was read. */
#ifndef H9_UNTYPED_H
#define H9_UNTYPED_H

#include "core/error.h"
#include "core/frame.h"

#define H9_FEW_KEYS 16u /* keys of a map that are compared with each other rather than hashed */

/* A list or map that is being read. */
typedef struct h9_nest {
    uint32_t place;    /* of its own item on the tape */
    uint32_t key;      /* of the key met last */
    uint32_t count;    /* items or pairs so far */
    uint32_t expected; /* as many were counted against the limit beforehand */
    uint32_t keys;     /* that differ */
    uint32_t *table;   /* many keys: 1 + place, or 0 */
    size_t size;       /* of the table: a power of two, or 0 */
    uint64_t marks;    /* few: a bit that keys which are the same have in common */
    uint32_t few[H9_FEW_KEYS];
} h9_nest;

/* --- values that hold no others; `at`: where the value begins. false: refused --- */

/* NULL, FALSE, TRUE. */
static inline bool h9_untyped_add(h9_context *c, h9_tape_kind kind, const uint8_t *at)
{
    h9_tape_item *item = h9_tape_add(c, kind);
    if (H9_UNLIKELY(item == NULL)) return false;
    item->n = h9_tape_from(c, at);
    return true;
}
/* An integer's 64 bits, in two's complement where it is negative. */
static inline bool h9_untyped_int(h9_context *c, uint64_t bits, bool negative, const uint8_t *at)
{
    if (!h9_untyped_add(c, negative || bits <= INT64_MAX ? H9_T_INT : H9_T_UINT, at)) return false;
    c->tape[c->tape_size - 1].v.u = bits;
    return true;
}
static inline bool h9_untyped_f64(h9_context *c, double d, const uint8_t *at)
{
    if (!h9_untyped_add(c, H9_T_FLOAT, at)) return false;
    c->tape[c->tape_size - 1].v.d = d;
    return true;
}
static inline bool h9_untyped_f32(h9_context *c, float f, const uint8_t *at)
{
    if (!h9_untyped_add(c, H9_T_FLOAT32, at)) return false;
    c->tape[c->tape_size - 1].v.f = f;
    return true;
}
/* NUMBER, STRING, BYTES, EXTENSION: the n bytes at p, in the input or the arena. */
static inline bool h9_untyped_span(h9_context *c, h9_tape_kind kind, const uint8_t *p, uint32_t n, uint32_t flags,
                                   const uint8_t *at)
{
    h9_tape_item *item = h9_tape_add(c, kind);
    if (H9_UNLIKELY(item == NULL)) return false;
    size_t head = (uintptr_t)p - (uintptr_t)at;
    item->flags = (uint8_t)flags;
    item->head = head < H9_TAPE_NOWHERE ? (uint8_t)head : H9_TAPE_NOWHERE;
    item->n = n;
    item->v.p = p;
    return true;
}
/* STRING, BYTES as they stand in the input or the arena: text that is UTF-8, within the limit. */
bool h9_untyped_text(h9_context *c, const uint8_t *p, uint32_t n, const uint8_t *at);
bool h9_untyped_bytes(h9_context *c, const uint8_t *p, uint32_t n, const uint8_t *at);

/* --- lists and maps --- */

/* LIST or MAP, opened at `at`: a level deeper. false: refused. */
bool h9_nest_open(h9_context *c, h9_nest *nest, h9_tape_kind kind, const uint8_t *at);
/* `n` items or pairs are to come, for which the input has room (B6). false: refused at `at`, where they are too many.
 */
bool h9_nest_expect(h9_context *c, h9_nest *nest, uint32_t n, const uint8_t *at);
/* Another item or pair, which begins at `at`. false: refused. */
static inline bool h9_nest_next(h9_context *c, h9_nest *nest, const uint8_t *at)
{ return nest->count++ < nest->expected || h9_count_item(c, at); }
/* The map's key at `at`, which is the tape's newest item. A key twice is refused, or has its last value (S15), in time
 * that is linear whatever keys a sender chooses (B19). false: refused. */
bool h9_nest_key(h9_context *c, h9_nest *nest, bool last_wins, const uint8_t *at);
/* After the last item. false: refused. */
bool h9_nest_close(h9_context *c, const h9_nest *nest);
/* The item under way was refused, or the value of the key met last: which it was. Always NULL. */
const uint8_t *h9_nest_refused(h9_context *c, const h9_nest *nest);

#endif
