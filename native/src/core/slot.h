/* Slots and frames: how a value stands between its reader and its writer. Every value takes 16 bytes; what is larger
 * lies in the input, the arena or the plan, and the slot points to it. A frame is a run of slots, then their presence.
 */
#ifndef H9_SLOT_H
#define H9_SLOT_H

#include <stdbool.h>
#include <string.h>

#include "hal9_core.h"
#include "hal9_image.h"
#include "values/words.h"

/* A span's flag: printable ASCII without quote and backslash, so JSON text as it stands. */
#define H9_SPAN_PLAIN 1u

typedef union h9_slot h9_slot;
union h9_slot {
    bool b;
    int64_t i;
    uint64_t u;
    float f;
    double d;
    struct {
        const uint8_t *p;
        uint32_t n;
        uint32_t flags;
    } s; /* in the input, the arena or the plan; BIGDECIMAL: flags is the scale */
    struct {
        int64_t sec;
        int32_t ns;
    } t; /* TIMESTAMP: 0 <= ns < 1e9; DURATION: ns has sec's sign */
    struct {
        uint32_t months, days, ms;
    } period;
    uint8_t id[16];
    struct {
        uint8_t *items;
        uint32_t n;
        uint32_t cap;
    } list;       /* in the arena; width in the node */
    h9_slot *rec; /* a frame */
    struct {
        h9_slot *value;
        uint32_t branch;
    } choice; /* a box in the arena, NULL for null */
    struct {
        uint32_t first, count;
    } any;                       /* items of c->tape */
    struct h9_span_chain *spans; /* unknown fields, in wire order */
    uint64_t raw[2];
};
_Static_assert(sizeof(h9_slot) == 16, "a slot is 16 bytes");

/* A frame is `slots` slots and then its presence bits, one 64-bit word for every 64 slots. */
static inline uint64_t *h9_bits(h9_slot *frame, const h9_record *r) { return (uint64_t *)(frame + r->slots); }
static inline const uint64_t *h9_cbits(const h9_slot *frame, const h9_record *r)
{ return (const uint64_t *)(frame + r->slots); }
static inline bool h9_has(const uint64_t *bits, uint32_t slot) { return (bits[slot >> 6] >> (slot & 63)) & 1; }
static inline void h9_set(uint64_t *bits, uint32_t slot) { bits[slot >> 6] |= UINT64_C(1) << (slot & 63); }
static inline void h9_unset(uint64_t *bits, uint32_t slot) { bits[slot >> 6] &= ~(UINT64_C(1) << (slot & 63)); }

/* A PERIOD as Avro has it: three numbers of 4 bytes, little-endian. */
#define H9_PERIOD_BYTES 12u
static inline void h9_get_period(const uint8_t *p, h9_slot *out)
{
    uint32_t months = h9_load32(p), days = h9_load32(p + 4), ms = h9_load32(p + 8);
    out->period.months = months;
    out->period.days = days;
    out->period.ms = ms;
}
static inline void h9_put_period(uint8_t *w, const h9_slot *v)
{
    h9_store32(w, v->period.months);
    h9_store32(w + 4, v->period.days);
    h9_store32(w + 8, v->period.ms);
}

typedef struct h9_span_chain {
    struct h9_span_chain *next, *last;
    const uint8_t *p;
    size_t n;
} h9_span_chain; /* `last` is kept in the first */

/* The zero of implicit presence (S11), which isn't written; -0.0 isn't it (S5): floats go by their bits. */
static inline bool h9_is_zero(const h9_node *n, const h9_slot *v)
{
    switch (n->op) {
    case H9_OP_BOOL: return !v->b;
    case H9_OP_F32: return h9_load32((const uint8_t *)v) == 0;
    case H9_OP_INT:
    case H9_OP_UINT:
    case H9_OP_F64:
    case H9_OP_ENUM:
    case H9_OP_DATE:
    case H9_OP_TIME: return v->u == 0;
    case H9_OP_STRING:
    case H9_OP_BYTES:
    case H9_OP_FIXED:
    case H9_OP_DECIMAL: return v->s.n == 0;
    case H9_OP_LIST:
    case H9_OP_MAP: return v->list.n == 0;
    default: return false;
    }
}

/* --- packed items: what a list holds in fewer bytes than a slot takes --- */

/* Packs a slot into an item, and back. */
static inline void h9_item_put(uint8_t *item, size_t width, const h9_slot *v)
{
    switch (width) {
    case 1: item[0] = (uint8_t)v->raw[0]; break;
    case 2: memcpy(item, v, 2); break;
    case 4: memcpy(item, v, 4); break;
    case 8: memcpy(item, v, 8); break;
    default: memcpy(item, v, 16); break;
    }
}
/* Whole numbers are widened by their sign or, where `op` has none, by zeros; see the writing item's op. */
static inline void h9_item_get(const uint8_t *item, size_t width, uint8_t op, h9_slot *v)
{
    bool is_signed = op == H9_OP_INT || op == H9_OP_ENUM || op == H9_OP_DATE;
    int16_t half;
    int32_t word;
    switch (width) {
    case 1: v->i = is_signed ? (int8_t)item[0] : item[0]; break;
    case 2:
        memcpy(&half, item, 2);
        v->i = is_signed ? half : (uint16_t)half;
        break;
    case 4:
        memcpy(&word, item, 4);
        v->i = is_signed ? word : (int64_t)(uint32_t)word;
        break;
    case 8: memcpy(v, item, 8); break;
    default: memcpy(v, item, 16); break;
    }
}

#endif
