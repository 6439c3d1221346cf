/* Records that are maps of named members. */
#include "formats/keyed.h"

#include "core/aside.h"
#include "core/counts.h"
#include "core/frame.h"
#include "core/record.h"

bool h9_members_many(h9_context *c, h9_members *m)
{
    size_t size = ((size_t)m->r->count + 63) / 64 * sizeof *m->seen;
    m->seen = h9_arena(c, size);
    if (m->seen != NULL) memset(m->seen, 0, size);
    return m->seen != NULL;
}

static void forget(h9_context *c, uint64_t *bits, const h9_field *f)
{
    for (;; f = &c->plan->fields[f->also]) {
        const h9_node *n = &c->plan->nodes[f->node];
        if (n->op == H9_OP_WRAPPED) n = &c->plan->nodes[n->a];
        if (f->slot != H9_NO_SLOT) h9_unset(bits, f->slot);
        if (h9_loose_refusal(f) != 0) h9_unset(bits, h9_loose_refusal(f) - 1);
        if (n->op == H9_OP_INLINE) {
            const h9_record *r = &c->plan->records[n->a];
            for (uint32_t i = 0; i < r->count; i++) forget(c, bits, &c->plan->fields[r->first + i]);
        }
        if (f->also == 0) return;
    }
}

bool h9_members_again(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key)
{
    if (!(m->r->flags & H9_N_LAST_WINS)) {
        h9_fail(c, H9_E_DUPLICATE, key);
        return false;
    }
    forget(c, m->bits, f);
    return true;
}

bool h9_members_join(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key)
{
    const uint64_t *mask = c->plan->words64 + f->group;
    for (uint32_t w = 0; w < m->r->words; w++) {
        uint64_t own = w == f->slot >> 6 ? UINT64_C(1) << (f->slot & 63) : 0;
        uint64_t others = m->bits[w] & mask[w] & ~own;
        if (others && (f->flags & H9_F_ONEOF_STRICT)) {
            h9_fail(c, H9_E_DUPLICATE, key);
            return false;
        }
        m->bits[w] &= ~others;
    }
    return true;
}

bool h9_members_pass(h9_context *c, const h9_members *m, const h9_slot *name, const uint8_t *key)
{
    if (m->r->unknown == H9_UNKNOWN_REFUSE) {
        h9_fail(c, H9_E_UNKNOWN_FIELD, key);
        h9_in_key(c, name->s.p, name->s.n);
        return false;
    }
    h9_ignore(c, m->r, 0, name->s.p, name->s.n);
    return true;
}

bool h9_members_put_off(h9_context *c, h9_members *m, const h9_field *f, uint32_t depth)
{
    uint32_t refusal = h9_loose_refusal(f);
    h9_bad_item *bad = refusal != 0 ? h9_put_off(c, depth) : NULL;
    if (bad == NULL) return false;
    m->frame[refusal - 1].raw[1] = (uintptr_t)bad;
    h9_set(m->bits, refusal - 1);
    return true;
}

bool h9_members_end(h9_context *c, const h9_members *m, const uint8_t *at)
{
    h9_found(c, m->r, m->seen, (m->r->count + 63) / 64);
    if (m->r->must && !h9_all_met(c, m->r, m->seen, at)) return false;
    return h9_finish(c, m->r, m->frame, at);
}

uint32_t h9_members_shown(const h9_context *c, const h9_record *r, const h9_slot *frame)
{
    const uint64_t *bits = h9_cbits(frame, r);
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->count; i++)
        count += h9_how_shown(c, &c->plan->fields[r->first + i], frame, bits) != H9_ABSENT;
    return count;
}
