/* The rarer parts of Protobuf's wire: long varints and tags, values passed over, chains of spans, room to write. */
#include "formats/protobuf/wire.h"

#include "core/frame.h"
#include "values/varint.h"

/* --- varints and tags --- */

/* The 7-bit groups of eight bytes, put together. */
static inline uint64_t join_groups(uint64_t v)
{
    v = (v & UINT64_C(0x007F007F007F007F)) | (v & UINT64_C(0x7F007F007F007F00)) >> 1;
    v = (v & UINT64_C(0x00003FFF00003FFF)) | (v & UINT64_C(0x3FFF00003FFF0000)) >> 2;
    return (v & UINT64_C(0x000000000FFFFFFF)) | (v & UINT64_C(0x0FFFFFFF00000000)) >> 4;
}

const uint8_t *h9_pb_varint_slow(h9_context *c, const uint8_t *p, uint64_t *out)
{
    if (c->end - p >= 8) {
        uint64_t eight = h9_load64(p), stop = ~eight & UINT64_C(0x8080808080808080);
        if (stop != 0) {
            *out = join_groups(eight & (stop ^ (stop - 1)));
            return p + (__builtin_ctzll(stop) >> 3) + 1;
        }
    }
    unsigned size = h9_varint_scan(p, (size_t)(c->end - p), out);
    if (size == 0) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return size == H9_LONG_VARINT ? h9_fail(c, H9_E_VARINT, p) : p + size; /* B43 */
}

/* A tag is 32 bits: at most five bytes, however it is padded. */
const uint8_t *h9_pb_tag_slow(h9_context *c, const uint8_t *p, uint32_t *out)
{
    const uint8_t *start = p;
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (p == c->end) return h9_fail(c, H9_E_TRUNCATED, p);
        uint8_t byte = *p++;
        if (shift == 28 && byte > 0x0F) return h9_fail(c, H9_E_TAG, start);
        value |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return p;
        }
    }
    return h9_fail(c, H9_E_TAG, start);
}

/* --- passing over --- */

/* The fields of an unknown group up to its end. */
static const uint8_t *skip_group(h9_context *c, uint32_t number, const uint8_t *p, const uint8_t *at)
{
    if (!h9_enter(c, at)) return NULL; /* B46 */
    while (p < c->end) {
        const uint8_t *start = p;
        uint32_t tag;
        if (!(p = h9_pb_tag(c, p, &tag)) || !h9_pb_good_tag(c, tag, start)) return NULL;
        if ((tag & 7) == PB_END) {
            if (tag >> 3 != number) return h9_fail(c, H9_E_GROUP, start); /* B45 */
            h9_leave(c);
            return p;
        }
        if (!h9_go_past(c) || !(p = h9_pb_skip(c, tag, p, start))) return NULL;
    }
    return h9_fail(c, H9_E_TRUNCATED, c->end);
}

const uint8_t *h9_pb_skip(h9_context *c, uint32_t tag, const uint8_t *p, const uint8_t *at)
{
    uint64_t ignored;
    size_t size;
    if (!h9_pb_good_tag(c, tag, at)) return NULL;
    switch (tag & 7) {
    case PB_VARINT: return h9_pb_varint(c, p, &ignored);
    case PB_64: return h9_pb_take(c, p, 8);
    case PB_LEN: return (p = h9_pb_length(c, p, &size)) ? p + size : NULL;
    case PB_START: return skip_group(c, tag >> 3, p, at);
    case PB_32: return h9_pb_take(c, p, 4);
    default: return h9_fail(c, H9_E_GROUP, at);
    }
}

/* --- chains of spans --- */

bool h9_pb_chain(h9_context *c, h9_span_chain **chain, const uint8_t *p, size_t n, bool joins)
{
    h9_span_chain *first = *chain, *last = first ? first->last : NULL;
    if (joins && last != NULL && last->p + last->n == p) {
        last->n += n;
        return true;
    }
    h9_span_chain *added = h9_arena(c, sizeof *added);
    if (added == NULL) return false;
    *added = (h9_span_chain){NULL, added, p, n};
    if (first == NULL) *chain = added;
    else last->next = first->last = added;
    return true;
}

/* --- room --- */

/* The content moves to the new end. */
uint8_t *h9_pb_room_slow(h9_context *c, uint8_t *w, size_t n)
{
    size_t written = h9_pb_written(c, w), old = c->back_cap, cap = old;
    if (written > c->limits.memory) {
        h9_fail(c, H9_E_MEMORY, NULL);
        return NULL;
    }
    uint8_t *grown = h9_grow(c, c->back, &cap, 1, written + n + 4096);
    if (grown == NULL) return NULL;
    if (written) memmove(grown + cap - written, grown + old - written, written);
    c->back = grown;
    c->back_cap = cap;
    return grown + cap - written;
}
