/* What Protobuf's reader does besides reading: work put off until no further piece of a message can come, members of a
 * oneof that make way for another, and fields that the schema doesn't know. */
#include "core/counts.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/protobuf/read.h"
#include "values/number.h"

/* --- work put off until the whole is read --- */

static deferred *make_deferred(level *outer, const spot *where)
{
    deferred *d = h9_arena(outer->c, sizeof *d);
    if (d == NULL) return NULL;
    d->next = NULL;
    d->outer = NULL;
    d->where = *where;
    d->frame = where->node->op == H9_OP_RECORD ? where->slot->rec : NULL;
    d->depth = outer->c->depth;
    d->dead = false;
    if (outer->where != NULL) { /* else it stands in the whole itself, and whoever reads that knows the path */
        if (outer->self == NULL && !(outer->self = make_deferred(outer->outer, outer->where))) return NULL;
        d->outer = outer->self;
    }
    return d;
}

deferred *h9_pb_defer(level *outer, const spot *where)
{
    deferred *d = make_deferred(outer, where);
    if (d == NULL) return NULL;
    d->next = outer->w->newest;
    outer->w->newest = d;
    return d;
}

/* Whether the message or value that d is about is still the slot's. */
static bool is_current(const deferred *d)
{
    if (d->dead || (d->where.bits != NULL && !h9_has(d->where.bits, d->where.index))) return false;
    return d->frame == NULL || d->where.slot->rec == d->frame;
}

static bool is_live(const whole *w, const deferred *d)
{
    if (!is_current(d)) return false;
    if (H9_LIKELY(!w->replaced)) return true;
    for (d = d->outer; d != NULL; d = d->outer)
        if (!is_current(d)) return false;
    return true;
}

static bool finish_one(h9_context *c, const deferred *d)
{
    const spot *s = &d->where;
    c->depth = d->depth; /* what is read yet stands below it (UNPACK) */
    const h9_node *n = s->node;
    switch (n->op) {
    case H9_OP_RECORD:
        if (!h9_finish(c, &c->plan->records[n->a], d->frame, s->at)) return false;
        break;
    case H9_OP_INLINE: return h9_finish(c, &c->plan->records[n->a], s->slot - s->index, s->at);
    case H9_OP_MAP:
        if (!h9_map_unique(c, s->slot, n->bits, true, s->at)) return false;
        break; /* S21 */
    case H9_OP_LIST: break;
    case H9_OP_ANY:
        if (!h9_pb_any(c, &s->in, n, d->value.spans, s->slot, s->at)) return false;
        break;
    default: *s->slot = d->value; break;
    }
    return n->conv == 0 || h9_convert(c, n->conv, s->slot, s->at);
}

bool h9_pb_complete(whole *w)
{
    const uint32_t depth = w->c->depth;
    for (const deferred *d = w->newest; d != NULL; d = d->next) {
        if (!is_live(w, d) || H9_LIKELY(finish_one(w->c, d))) continue;
        for (; d != NULL; d = d->outer)
            if (d->where.name != H9_NONE) h9_in_field(w->c, d->where.name);
        return false;
    }
    w->c->depth = depth;
    return true;
}

/* --- oneofs: setting a member unsets the others (S20) --- */

static void forget_members(level *l, const h9_record *r);

static void forget(level *l, const h9_field *f)
{
    uint64_t *bits = h9_bits(l->frame, l->r);
    const h9_node *n = &l->c->plan->nodes[f->node];
    if (f->slot == H9_NO_SLOT || !h9_has(bits, f->slot)) return;
    if (n->op == H9_OP_INLINE) forget_members(l, &l->c->plan->records[n->a]);
    else if (n->op == H9_OP_ANY || (n->conv && h9_pb_is_message(n) && n->op != H9_OP_RECORD))
        ((deferred *)(uintptr_t)l->frame[f->slot].raw[0])->dead = true;
    h9_unset(bits, f->slot);
}

/* An inline record's fields stand in the frame around it, so they are unset one by one. */
static void forget_members(level *l, const h9_record *r)
{
    const h9_field *f = l->c->plan->fields + r->first, *last = f + r->count;
    for (; f < last; f++)
        for (const h9_field *g = f;; g = &l->c->plan->fields[g->also]) {
            forget(l, g);
            if (g->also == 0) break;
        }
    if (r->unknown == H9_UNKNOWN_KEEP && r->unknown_slot != H9_NO_SLOT)
        h9_unset(h9_bits(l->frame, l->r), r->unknown_slot);
}

static void replace(level *l, const h9_field *f, const uint64_t *group)
{
    const h9_field *fields = l->c->plan->fields, *g = fields + l->r->first, *last = g + l->r->count;
    l->w->replaced = true;
    for (; g < last; g++)
        for (const h9_field *also = g;; also = &fields[also->also]) {
            if (also->slot != H9_NO_SLOT && also->slot != f->slot && h9_has(group, also->slot)) forget(l, also);
            if (also->also == 0) break;
        }
}

void h9_pb_make_way(level *l, const h9_field *f)
{
    const uint64_t *group = l->c->plan->words64 + f->group, *bits = h9_bits(l->frame, l->r);
    uint64_t others = 0;
    for (uint32_t w = 0; w < l->r->words; w++)
        others |= bits[w] & group[w] & ~(f->slot >> 6 == w ? UINT64_C(1) << (f->slot & 63) : 0);
    if (H9_UNLIKELY(others != 0)) replace(l, f, group);
}

/* --- what the schema doesn't know (S14) --- */

static void count_unknown(h9_context *c, const h9_record *r, uint32_t within, uint32_t tag)
{
    uint8_t text[1 + H9_MAX_INT_TEXT];
    text[0] = '#';
    h9_ignore(c, r, within, text, (size_t)(h9_print_u64(text + 1, tag >> 3) - text));
}

const uint8_t *h9_pb_pass(h9_context *c, const holder *in, uint32_t tag, const uint8_t *p, const uint8_t *start)
{
    if (in->r != NULL && in->r->unknown == H9_UNKNOWN_REFUSE) return h9_fail(c, H9_E_UNKNOWN_FIELD, start);
    if (in->r != NULL) count_unknown(c, in->r, in->name, tag);
    return h9_pb_skip(c, tag, p, start);
}

const uint8_t *h9_pb_unknown_span(level *l, uint32_t tag, const uint8_t *start, const uint8_t *end, bool joins)
{
    const h9_record *r = l->r;
    if (l->again) return end;
    if (r->unknown == H9_UNKNOWN_REFUSE) return h9_fail(l->c, H9_E_UNKNOWN_FIELD, start);
    if (r->unknown == H9_UNKNOWN_KEEP) {
        if (r->unknown_slot == H9_NO_SLOT) return end;
        uint64_t *bits = h9_bits(l->frame, r);
        h9_slot *slot = l->frame + r->unknown_slot;
        if (!h9_has(bits, r->unknown_slot)) slot->spans = NULL;
        if (!h9_pb_chain(l->c, &slot->spans, start, (size_t)(end - start), joins)) return NULL;
        h9_set(bits, r->unknown_slot);
        return end;
    }
    count_unknown(l->c, r, 0, tag);
    return end;
}

const uint8_t *h9_pb_unknown_field(level *l, uint32_t tag, const uint8_t *p, const uint8_t *start)
{
    if (l->r->unknown == H9_UNKNOWN_REFUSE && !l->again) return h9_fail(l->c, H9_E_UNKNOWN_FIELD, start);
    if (!h9_go_past(l->c) || !(p = h9_pb_skip(l->c, tag, p, start))) return NULL;
    return h9_pb_unknown_span(l, tag, start, p, true);
}

bool h9_pb_unknown_item(level *l, uint32_t tag, uint64_t number)
{
    uint8_t *field = h9_arena(l->c, 2 * H9_MAX_VARINT);
    if (field == NULL) return false;
    uint8_t *end = h9_put_varint(field, tag & ~UINT32_C(7));
    end = h9_put_varint(end, number);
    return h9_pb_unknown_span(l, tag, field, end, false) != NULL;
}
