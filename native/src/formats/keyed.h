/* What the formats share whose records are maps of named members (JSON, MessagePack): which member was met, what a
 * second one does, oneofs, members that the schema doesn't know, members of what has no schema, what must be there.
 *
 * Reading a record: h9_members_start, then for each member h9_members_meet and the value's own reader, or
 * h9_members_pass where the schema doesn't know it, then h9_members_end. */
#ifndef H9_KEYED_H
#define H9_KEYED_H

#include "core/error.h"
#include "core/plan.h"
#include "core/slot.h"

#define H9_FEW_FIELDS 256u /* up to as many, it is noted on the stack who was there */

typedef struct h9_members {
    const h9_record *r;
    const h9_field *fields;
    h9_slot *frame;
    uint64_t *bits; /* present in the frame */
    uint64_t *seen; /* met in the map, null or not (S15) */
    uint32_t next;  /* the field whose key is predicted */
    uint64_t few[H9_FEW_FIELDS / 64];
} h9_members;

/* Room to note the members of a record of many fields. false: refused. */
bool h9_members_many(h9_context *c, h9_members *m);
static inline bool h9_members_start(h9_context *c, h9_members *m, const h9_record *r, h9_slot *frame)
{
    m->r = r;
    m->fields = c->plan->fields + r->first;
    m->frame = frame;
    m->bits = h9_bits(frame, r);
    m->seen = m->few;
    m->next = 0;
    memset(m->few, 0, sizeof m->few);
    return H9_LIKELY(r->count <= H9_FEW_FIELDS) || h9_members_many(c, m);
}

/* A member that was met before: refused, or the earlier one's slots are given up, those of an inline record too. */
bool h9_members_again(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key);
/* Field f's member, whose key stands at `key`, is met. false: refused. */
static inline bool h9_members_meet(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key)
{
    uint32_t index = (uint32_t)(f - m->fields);
    if (H9_UNLIKELY(h9_has(m->seen, index))) return h9_members_again(c, m, f, key);
    h9_set(m->seen, index);
    return true;
}

/* Field f is about to be set. Of a oneof one member is there: a second is refused, or takes the first one's place
 * (S20). false: refused. */
bool h9_members_join(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key);

/* The member `name`, which the schema doesn't know, is counted. false: it is refused (S14). */
bool h9_members_pass(h9_context *c, const h9_members *m, const h9_slot *name, const uint8_t *key);

/* --- members of what has no schema (h9_field.loose) --- */

/* Whether a member of another kind than is asked for is as if it weren't there. */
static inline bool h9_loose_passes(const h9_field *f, h9_kind kind)
{
    uint32_t kinds = f->loose >> 16;
    return kinds != 0 && !(kinds >> kind & 1);
}
/* 1 + the slot where a refusal of the value is kept, or 0. */
static inline uint32_t h9_loose_refusal(const h9_field *f) { return f->loose & 0xFFFF; }
/* The value was just refused for what it means: that is told only to who takes it. `depth`: the context's before the
 * value. false: the refusal stands. */
bool h9_members_put_off(h9_context *c, h9_members *m, const h9_field *f, uint32_t depth);

/* After the last member: what must have been met, and what must be there. false: refused at `at`. */
bool h9_members_end(h9_context *c, const h9_members *m, const uint8_t *at);

/* --- writing (MessagePack, CBOR) --- */

typedef enum h9_shown { H9_ABSENT, H9_AS_NULL, H9_AS_VALUE } h9_shown;

static inline h9_shown h9_how_shown(const h9_context *c, const h9_field *field, const h9_slot *frame,
                                    const uint64_t *bits)
{
    if (!(field->flags & H9_F_ALWAYS) && (field->slot == H9_NO_SLOT || !h9_has(bits, field->slot)))
        return field->flags & H9_F_NULLABLE ? H9_AS_NULL : H9_ABSENT;
    bool skipped = (field->flags & H9_F_SKIP_ZERO) && h9_is_zero(&c->plan->nodes[field->node], &frame[field->slot]);
    return skipped ? H9_ABSENT : H9_AS_VALUE;
}
/* How many members are written, for a count that stands before them. */
uint32_t h9_members_shown(const h9_context *c, const h9_record *r, const h9_slot *frame);

#endif
