/* Reading the members of a record in MessagePack and CBOR, where a member's name is the same bytes each time: the next
 * key is usually the one that the schema says comes next, so its encoded name is compared as it stands; only on a miss
 * is the key decoded and looked up.
 *
 * Everything here is inline, and `b` is a constant of the format's own file, so that its functions are called without a
 * detour. */
#ifndef H9_MEMBERS_H
#define H9_MEMBERS_H

#include "core/lookup.h"
#include "core/record.h"
#include "formats/keyed.h"

typedef struct h9_binary {
    const uint8_t *(*read)(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
    /* A record whose members go into the frame around it (INLINE). */
    const uint8_t *(*record)(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p);
    const uint8_t *(*skip)(h9_context *c, const uint8_t *p);
    const uint8_t *(*key)(h9_context *c, h9_slot *key, const uint8_t *p);
    const uint8_t *(*null)(const h9_context *c, const uint8_t *p); /* where the null at p ends; NULL: there is none */
    uint8_t (*kind)(const h9_context *c, const uint8_t *p);        /* h9_kind; p is before the end */
} h9_binary;

H9_INLINE bool h9_key_predicted(const h9_context *c, const h9_field *field, const uint8_t *p)
{
    size_t n = field->key_size;
    return (size_t)(c->end - p) >= n && h9_same_short(p, c->plan->pool + field->key, n);
}

/* A field's value, which may be a record in the frame around it. */
H9_INLINE const uint8_t *h9_read_into(const h9_binary *b, h9_context *c, const h9_node *n, h9_slot *frame, h9_slot *out,
                                      const uint8_t *p)
{
    if (n->op == H9_OP_INLINE) return b->record(c, &c->plan->records[n->a], frame, p);
    return b->read(c, n, out, p);
}

/* A member of what has no schema: of another kind than is asked for it isn't there, and what its value can't be is told
 * only to who takes it. */
static H9_APART const uint8_t *h9_read_loose(const h9_binary *b, h9_context *c, h9_members *m, const h9_field *f,
                                             const uint8_t *p)
{
    uint32_t depth = c->depth;
    if (p >= c->end) return h9_fail(c, H9_E_TRUNCATED, c->end);
    if (h9_loose_passes(f, (h9_kind)b->kind(c, p))) return b->skip(c, p);
    const uint8_t *end = h9_read_into(b, c, &c->plan->nodes[f->node], m->frame, m->frame + f->slot, p);
    if (end != NULL) h9_set(m->bits, f->slot);
    else if (h9_members_put_off(c, m, f, depth)) return b->skip(c, p);
    return end;
}

/* One field's value at p; its key stood at `key`. */
H9_INLINE const uint8_t *h9_read_field(const h9_binary *b, h9_context *c, h9_members *m, const h9_field *f,
                                       const uint8_t *key, const uint8_t *p)
{
    if (f->slot == H9_NO_SLOT) return b->skip(c, p);
    if (f->flags & H9_F_NULLABLE) {
        const uint8_t *end = b->null(c, p);
        if (end != NULL) return end;
    }
    if (f->loose != 0) return h9_read_loose(b, c, m, f, p);
    if (H9_UNLIKELY(f->group != H9_NONE) && !h9_members_join(c, m, f, key)) return NULL;
    const uint8_t *end = h9_read_into(b, c, &c->plan->nodes[f->node], m->frame, m->frame + f->slot, p);
    if (H9_LIKELY(end != NULL)) h9_set(m->bits, f->slot);
    else if (h9_symbol_passed(c)) return b->skip(c, p);
    return end;
}

/* The fields that take the value at p: it is read again for each, from its start. */
H9_INLINE const uint8_t *h9_read_fields(const h9_binary *b, h9_context *c, h9_members *m, const h9_field *f,
                                        const uint8_t *key, const uint8_t *p)
{
    const uint8_t *end = h9_read_field(b, c, m, f, key, p);
    while (H9_UNLIKELY(f->also != 0) && end != NULL) {
        f = &c->plan->fields[f->also];
        end = h9_read_field(b, c, m, f, key, p);
    }
    return H9_LIKELY(end != NULL) ? end : h9_in_field(c, f->name);
}

H9_INLINE const uint8_t *h9_pass_member(const h9_binary *b, h9_context *c, const h9_members *m, const h9_slot *name,
                                        const uint8_t *key, const uint8_t *p)
{
    if (!h9_members_pass(c, m, name, key)) return NULL;
    p = b->skip(c, p);
    return p ? p : h9_in_key(c, name->s.p, name->s.n);
}

/* One member, which is the next field's if the prediction holds. */
H9_INLINE const uint8_t *h9_read_member(const h9_binary *b, h9_context *c, h9_members *m, const uint8_t *key)
{
    const uint8_t *p;
    uint32_t index = m->next;
    if (H9_LIKELY(index < m->r->count && h9_key_predicted(c, &m->fields[index], key))) {
        p = key + m->fields[index].key_size;
    } else {
        h9_slot name;
        if ((p = b->key(c, &name, key)) == NULL) return NULL;
        const h9_key *known = h9_find_key(c->plan, m->r->keys, m->r->key_mask, name.s.p, name.s.n);
        if (known == NULL) return h9_pass_member(b, c, m, &name, key, p);
        index = known->index;
    }
    const h9_field *f = &m->fields[index];
    m->next = index + 1;
    if (H9_UNLIKELY(!h9_members_meet(c, m, f, key))) return h9_in_field(c, f->name);
    return h9_read_fields(b, c, m, f, key, p);
}

#endif
