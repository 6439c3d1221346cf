/* The parts of Protobuf's reader (see formats/protobuf/read.c): single values, what waits for a message's last piece,
 * oneofs, unknown fields. */
#ifndef H9_READ_PROTOBUF_H
#define H9_READ_PROTOBUF_H

#include "core/frame.h"
#include "formats/protobuf/wire.h"
#include "steps/convert.h"
#include "values/utf8.h"
#include "values/varint.h"

typedef struct deferred deferred;

/* A message to which nothing can be added once it has ended. */
typedef struct whole {
    h9_context *c;
    deferred *newest;
    bool replaced; /* a member of a oneof made way for another: what was put off for it is void */
} whole;

/* Where the value of a field goes whose occurrences merge. */
typedef struct spot {
    const h9_node *node;
    h9_slot *slot;
    const uint64_t *bits; /* the frame's presence, or NULL: an item's value */
    const uint8_t *at;    /* of the first occurrence */
    uint32_t index, name; /* of the slot; of the field, or H9_NONE */
    holder in;
} spot;

/* Work put off; also, without being in a whole's list, a message as part of the path to such work. */
struct deferred {
    deferred *next, *outer; /* outer: the message around it, up to the whole */
    spot where;
    h9_slot *frame; /* RECORD: what slot->rec is while this message is the slot's */
    h9_slot value;  /* TIMESTAMP, DURATION, WRAPPED, ANY: unconverted; meanwhile the slot points here */
    uint32_t depth; /* the context's, where the value stands */
    bool dead;
};

/* A record being read. */
typedef struct level {
    h9_context *c;
    const h9_record *r;
    h9_slot *frame;
    whole *w;
    struct level *outer; /* NULL: this is the whole */
    const spot *where;   /* in outer */
    deferred *self;      /* made when first needed */
    uint32_t group;      /* the number whose end-group tag ends it, or 0: it ends at c->end */
    bool again;          /* a further reader of the same member (`also`): what is unknown was dealt with */
} level;

/* Of a message in field f. */
static inline holder h9_pb_holder(const level *l, const h9_field *f)
{ return (holder){l->again ? NULL : l->r, f->name}; }

/* --- single values --- */

/* `end`, h9_pb_unknown, or NULL. */
const uint8_t *h9_pb_symbol(h9_context *c, const h9_node *n, int32_t number, h9_slot *out, const uint8_t *end,
                            const uint8_t *at);
const uint8_t *h9_pb_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

static inline const uint8_t *h9_pb_string(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (!(p = h9_pb_span(c, out, p))) return NULL;
    if (H9_LIKELY(h9_plain_run(out->s.p, out->s.n) == out->s.n)) out->s.flags = H9_SPAN_PLAIN;
    else if (!(n->flags & H9_N_UNCHECKED) && !h9_utf8_valid(out->s.p, out->s.n))
        return h9_fail(c, H9_E_UTF8, start); /* B48 */
    return p;
}

static inline const uint8_t *read_fixed_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (n->bits != 32) {
        if ((p = h9_pb_take(c, p, 8))) memcpy(&out->u, start, 8);
        return p;
    }
    int32_t narrow;
    if (!(p = h9_pb_take(c, p, 4))) return NULL;
    memcpy(&narrow, start, 4);
    if (n->op == H9_OP_INT) out->i = narrow;
    else out->u = (uint32_t)narrow;
    return p;
}

/* A varint that is over-wide for its field is cut (S3). */
static inline uint64_t narrowed(const h9_node *n, uint64_t raw)
{
    if (n->wire == H9_WIRE_ZIGZAG) return (uint64_t)h9_unzigzag(n->bits == 32 ? (uint32_t)raw : raw);
    if (n->bits != 32) return raw;
    return n->op == H9_OP_INT ? (uint64_t)(int64_t)(int32_t)raw : (uint32_t)raw;
}

static inline const uint8_t *read_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (n->wire == H9_WIRE_FIXED) return read_fixed_int(c, n, out, p);
    uint64_t raw = 0;
    if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
    out->u = narrowed(n, raw);
    return p;
}

/* A value other than a message. NULL: refused; h9_pb_unknown: see there. */
static inline const uint8_t *h9_pb_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    switch (n->op) {
    case H9_OP_STRING: p = h9_pb_string(c, n, out, p); break;
    case H9_OP_BYTES: p = h9_pb_span(c, out, p); break;
    case H9_OP_INT:
    case H9_OP_UINT: p = read_int(c, n, out, p); break;
    case H9_OP_F32:
        if ((p = h9_pb_take(c, p, 4))) memcpy(&out->f, start, 4);
        break;
    case H9_OP_F64:
        if ((p = h9_pb_take(c, p, 8))) memcpy(&out->d, start, 8);
        break;
    case H9_OP_BOOL:
        if ((p = h9_pb_varint(c, p, &out->u))) out->u = out->u != 0;
        break;
    case H9_OP_ENUM:
        p = h9_pb_enum(c, n, out, p);
        if (p == h9_pb_unknown) return p;
        break;
    default: p = h9_pb_rarely(c, n, out, p); break;
    }
    if (H9_UNLIKELY(n->conv != 0) && p != NULL && !h9_convert(c, n->conv, out, start)) return NULL;
    return p;
}

/* --- work put off until the whole is read --- */

/* What is to be done for the value at `where` once the whole has been read. NULL: refused. */
deferred *h9_pb_defer(level *outer, const spot *where);
/* Does it, newest first, so that what stands within a message is done before the message itself. false: refused. */
bool h9_pb_complete(whole *w);

/* --- messages, and what holds them --- */

/* One occurrence of the message at *s: its content is [p, c->end), or ends with its group. */
const uint8_t *h9_pb_occurrence(level *outer, const spot *s, bool first, uint32_t group, const uint8_t *p);
/* A message that comes in one piece; `at`: where the value as a whole stands. */
const uint8_t *h9_pb_whole(h9_context *c, const holder *in, const h9_node *n, h9_slot *out, uint32_t group,
                           const uint8_t *p, const uint8_t *at);
/* A map entry's absent key or value, or a wrapper's. A proto2 enum's zero is its first symbol. false: refused. */
bool h9_pb_zero(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *at);
/* One more entry of a map. */
const uint8_t *h9_pb_map_field(level *l, const h9_field *f, const h9_node *n, uint32_t tag, const uint8_t *start,
                               const uint8_t *p);

/* The bounds of a submessage. Puts the end of what is around it into *around; a group has none. */
static inline const uint8_t *open_message(h9_context *c, uint32_t tag, uint32_t *group, const uint8_t **around,
                                          const uint8_t *p)
{
    const uint8_t *at = p;
    size_t size;
    *around = c->end;
    *group = (tag & 7) == PB_START ? tag >> 3 : 0;
    if (*group == 0) {
        if (!(p = h9_pb_length(c, p, &size))) return NULL;
        c->end = p + size;
    }
    return h9_enter(c, at) ? p : NULL;
}

static inline const uint8_t *close_message(h9_context *c, const uint8_t *around, const uint8_t *p)
{
    c->end = around;
    h9_leave(c);
    return p;
}

static inline uint8_t *add_item(h9_context *c, h9_slot *list, size_t width, const uint8_t *at)
{
    uint8_t *room = h9_list_add(c, list, width);
    if (room == NULL) c->at = at;
    return room;
}

/* The first occurrence of a list or map starts it. */
static inline bool start_list(level *l, const h9_field *f, const h9_node *n, h9_slot *slot, const uint8_t *at)
{
    uint64_t *bits = h9_bits(l->frame, l->r);
    if (h9_has(bits, f->slot)) return true;
    memset(slot, 0, sizeof *slot);
    h9_set(bits, f->slot);
    spot s = {n, slot, bits, at, f->slot, f->name, h9_pb_holder(l, f)};
    return n->conv == 0 || h9_pb_defer(l, &s) != NULL;
}

/* --- oneofs: setting a member unsets the others (S20) --- */

/* f, which has a group, is about to be set. */
void h9_pb_make_way(level *l, const h9_field *f);

static inline void set_present(level *l, const h9_field *f)
{
    if (H9_UNLIKELY(f->group != H9_NONE)) h9_pb_make_way(l, f);
    h9_set(h9_bits(l->frame, l->r), f->slot);
}

/* --- what the schema doesn't know (S14) --- */

/* A whole field, [start, end), whose value has been passed over; `joins`: it lies in the input. Its end, or NULL. */
const uint8_t *h9_pb_unknown_span(level *l, uint32_t tag, const uint8_t *start, const uint8_t *end, bool joins);
/* The field at `start`, whose tag ends at p. */
const uint8_t *h9_pb_unknown_field(level *l, uint32_t tag, const uint8_t *p, const uint8_t *start);
/* An unknown number of a closed enum out of a packed run, as the field that it would be by itself. false: refused. */
bool h9_pb_unknown_item(level *l, uint32_t tag, uint64_t number);

#endif
