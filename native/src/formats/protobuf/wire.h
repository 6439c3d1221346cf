/* What Protobuf's reader and writer share: wire types, tags, varints as Protobuf has them. */
#ifndef H9_PROTOBUF_WIRE_H
#define H9_PROTOBUF_WIRE_H

#include "core/error.h"
#include "core/slot.h"

enum { PB_VARINT = 0, PB_64 = 1, PB_LEN = 2, PB_START = 3, PB_END = 4, PB_32 = 5 };
#define PB_TAG(number, wire) ((uint32_t)(number) << 3 | (wire))

/* The wire type of one value. */
static inline unsigned h9_pb_wire(const h9_node *n)
{
    switch (n->op) {
    case H9_OP_BOOL:
    case H9_OP_ENUM:
    case H9_OP_DATE:
    case H9_OP_TIME: return PB_VARINT;
    case H9_OP_INT:
    case H9_OP_UINT:
        if (n->wire != H9_WIRE_FIXED) return PB_VARINT;
        return n->bits == 32 ? PB_32 : PB_64;
    case H9_OP_F32: return PB_32;
    case H9_OP_F64: return PB_64;
    case H9_OP_RECORD:
    case H9_OP_INLINE: return n->flags & H9_N_GROUP ? PB_START : PB_LEN;
    default: return PB_LEN;
    }
}

/* Whether the wire holds a message of its own, whose occurrences merge. */
static inline bool h9_pb_is_message(const h9_node *n)
{
    switch (n->op) {
    case H9_OP_RECORD:
    case H9_OP_INLINE:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION:
    case H9_OP_WRAPPED:
    case H9_OP_ANY: return true;
    default: return false;
    }
}

/* Whether an item stands in a list's memory as it does in a packed run. */
static inline bool h9_pb_is_bulk(const h9_node *item, size_t width)
{
    switch (item->op) {
    case H9_OP_F32: return width == 4;
    case H9_OP_F64: return width == 8;
    case H9_OP_INT:
    case H9_OP_UINT: return item->wire == H9_WIRE_FIXED && width * 8 == item->bits;
    default: return false;
    }
}

/* --- google.protobuf.Value, Struct and ListValue: a node's a, and tags --- */

enum { ANY_VALUE = 0, ANY_STRUCT = 1, ANY_LIST = 2 };
enum {
    TAG_NULL = PB_TAG(1, PB_VARINT),
    TAG_NUMBER = PB_TAG(2, PB_64),
    TAG_STRING = PB_TAG(3, PB_LEN),
    TAG_BOOL = PB_TAG(4, PB_VARINT),
    TAG_STRUCT = PB_TAG(5, PB_LEN),
    TAG_LIST = PB_TAG(6, PB_LEN)
};
enum {
    TAG_FIRST = PB_TAG(1, PB_LEN),
    TAG_SECOND = PB_TAG(2, PB_LEN)
}; /* Struct.fields, ListValue.values; keys; values */

/* --- the reader and the writer: of the root, which goes up to c->end --- */

const uint8_t *h9_pb_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* Writes backwards into c->back, then copies to w. */
uint8_t *h9_pb_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* --- reading --- */

/* What a reader of single values returns for a number that a closed enum lacks: the field is an unknown one (S17). */
extern const uint8_t h9_pb_unknown[1];

const uint8_t *h9_pb_varint_slow(h9_context *c, const uint8_t *p, uint64_t *out);
/* Up to 10 bytes; what is over 64 bits in the tenth is dropped, as Protobuf's own parsers do. NULL: refused (B43). */
static inline const uint8_t *h9_pb_varint(h9_context *c, const uint8_t *p, uint64_t *out)
{
    if (H9_LIKELY(p < c->end && *p < 0x80)) {
        *out = *p;
        return p + 1;
    }
    return h9_pb_varint_slow(c, p, out);
}

const uint8_t *h9_pb_tag_slow(h9_context *c, const uint8_t *p, uint32_t *out);
/* A tag at p, which is before c->end. Its number and wire type are checked by who doesn't expect it. */
static inline const uint8_t *h9_pb_tag(h9_context *c, const uint8_t *p, uint32_t *out)
{
    if (H9_LIKELY(*p < 0x80)) {
        *out = *p;
        return p + 1;
    }
    return h9_pb_tag_slow(c, p, out);
}
/* Field number 0, and wire types that do not exist, are refused (B42, B44). */
static inline bool h9_pb_good_tag(h9_context *c, uint32_t tag, const uint8_t *at)
{
    if (H9_LIKELY(tag >> 3 != 0 && (tag & 7) < 6)) return true;
    h9_fail(c, H9_E_TAG, at);
    return false;
}

/* A length that what is left can hold (B6). */
static inline const uint8_t *h9_pb_length(h9_context *c, const uint8_t *p, size_t *n)
{
    uint64_t raw = 0;
    p = h9_pb_varint(c, p, &raw);
    if (H9_UNLIKELY(p == NULL)) return NULL;
    if (H9_UNLIKELY(raw > (uint64_t)(c->end - p))) return h9_fail(c, H9_E_TRUNCATED, c->end);
    *n = (size_t)raw;
    return p;
}

static inline const uint8_t *h9_pb_take(h9_context *c, const uint8_t *p, size_t n)
{
    if (H9_UNLIKELY((size_t)(c->end - p) < n)) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return p + n;
}

static inline const uint8_t *h9_pb_span(h9_context *c, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    size_t n;
    if (!(p = h9_pb_length(c, p, &n))) return NULL;
    if (H9_UNLIKELY(n > c->limits.string)) return h9_fail(c, H9_E_STRING, start);
    out->s.p = p;
    out->s.n = (uint32_t)n;
    out->s.flags = 0;
    return p + n;
}

/* The field that a message stands in which has no record table here: what is unknown in it is told as the field's. r is
 * NULL where that was dealt with. */
typedef struct holder {
    const h9_record *r;
    uint32_t name; /* h9_field.name */
} holder;

/* A field that is unknown in such a message, from its tag on, is passed over: it can't be kept, so it is counted or
 * refused (S14). NULL: refused. */
const uint8_t *h9_pb_pass(h9_context *c, const holder *in, uint32_t tag, const uint8_t *p, const uint8_t *start);

/* Passes over the value after `tag`, which was read at `at`: structure only. */
const uint8_t *h9_pb_skip(h9_context *c, uint32_t tag, const uint8_t *p, const uint8_t *at);
/* The kinds of single value that are met rarely. */
const uint8_t *h9_pb_rarely(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* Seconds and nanoseconds into *v, which keeps what this occurrence doesn't mention. The message is [p, c->end). */
const uint8_t *h9_pb_time(h9_context *c, const holder *in, const h9_node *n, h9_slot *v, const uint8_t *p,
                          const uint8_t *at);
/* Another piece of a message (or another unknown field) after those of *chain (NULL: none so far). false: refused. */
bool h9_pb_chain(h9_context *c, h9_span_chain **chain, const uint8_t *p, size_t n, bool joins);
/* Value, Struct or ListValue, from all pieces of its message, onto the tape. false: refused. */
bool h9_pb_any(h9_context *c, const holder *in, const h9_node *n, const h9_span_chain *pieces, h9_slot *out,
               const uint8_t *at);

/* --- writing: backwards, from the end of c->back --- */

uint8_t *h9_pb_room_slow(h9_context *c, uint8_t *w, size_t n);
/* At least n bytes can be written before the result. NULL: refused. */
static inline uint8_t *h9_pb_room(h9_context *c, uint8_t *w, size_t n)
{
    if (H9_UNLIKELY((size_t)(w - c->back) < n)) return h9_pb_room_slow(c, w, n);
    return w;
}
/* How much stands after w; unlike w it stays when the buffer grows. */
static inline size_t h9_pb_written(const h9_context *c, const uint8_t *w)
{ return c->back_cap - (size_t)(w - c->back); }

static inline uint8_t *h9_pb_put_bytes(uint8_t *w, const void *p, size_t n)
{
    w -= n;
    if (n) memcpy(w, p, n);
    return w;
}

/* The same where few bytes are likely. */
static inline uint8_t *h9_pb_put_short(uint8_t *w, const uint8_t *p, size_t n)
{
    h9_copy_short(w - n, p, n);
    return w - n;
}

/* The content of Value, Struct or ListValue. NULL: refused. */
uint8_t *h9_pb_write_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

#endif
