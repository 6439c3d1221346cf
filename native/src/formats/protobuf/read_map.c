/* Reads Protobuf's maps: lists of entries, messages of a key (1) and a value (2), which may lack or come twice.
 * The last of equal keys wins (S21), which is found out when the whole message has been read. */
#include "core/plan.h"
#include "formats/protobuf/read.h"

typedef struct entry {
    const h9_node *key, *value;
    h9_slot slots[2];
    h9_slot text; /* the key as it was read, for the path of an error */
    bool has_key, has_value, unknown;
    holder in;
    level l; /* of the value, which is a whole */
} entry;

static const uint8_t *entry_key(h9_context *c, entry *e, const uint8_t *p)
{
    const uint8_t *start = p;
    if (e->key->op == H9_OP_STRING) {
        if (!(p = h9_pb_string(c, e->key, &e->text, p))) return NULL;
        e->slots[0] = e->text;
        if (e->key->conv && !h9_convert(c, e->key->conv, &e->slots[0], start)) return NULL;
    } else if (!(p = h9_pb_scalar(c, e->key, &e->slots[0], p))) {
        return NULL;
    }
    e->has_key = true;
    return p;
}

static const uint8_t *entry_value(h9_context *c, entry *e, uint32_t tag, const uint8_t *p, const uint8_t *start)
{
    bool first = !e->has_value;
    e->has_value = true;
    if (!h9_pb_is_message(e->value)) {
        const uint8_t *end = h9_pb_scalar(c, e->value, &e->slots[1], p);
        e->unknown = end == h9_pb_unknown;
        return e->unknown ? h9_pb_skip(c, tag, p, start) : end;
    }
    spot s = {e->value, &e->slots[1], NULL, p, 0, H9_NONE, e->in};
    uint32_t group;
    const uint8_t *around;
    if (!(p = open_message(c, tag, &group, &around, p))) return NULL;
    if (!(p = h9_pb_occurrence(&e->l, &s, first, group, p))) return NULL;
    return close_message(c, around, p);
}

static const uint8_t *in_entry(h9_context *c, const entry *e, uint32_t index)
{
    if (e->has_key && e->key->op == H9_OP_STRING) return h9_in_key(c, e->text.s.p, e->text.s.n);
    return h9_in_item(c, index);
}

/* The entry [p, c->end). */
static const uint8_t *read_entry(h9_context *c, entry *e, const uint8_t *p)
{
    const uint8_t *at = p;
    const uint32_t key = PB_TAG(1, h9_pb_wire(e->key)), value = PB_TAG(2, h9_pb_wire(e->value));
    while (p < c->end) {
        const uint8_t *start = p;
        uint32_t tag;
        if (!(p = h9_pb_tag(c, p, &tag))) return NULL;
        if (tag == key) p = entry_key(c, e, p);
        else if (tag == value) p = entry_value(c, e, tag, p, start);
        else p = h9_pb_pass(c, &e->in, tag, p, start);
        if (H9_UNLIKELY(p == NULL)) return NULL;
    }
    if (!e->has_key && !h9_pb_zero(c, e->key, &e->slots[0], at)) return NULL;
    if (e->has_value ? !h9_pb_complete(e->l.w) : !h9_pb_zero(c, e->value, &e->slots[1], at)) return NULL;
    return p;
}

/* An entry as nearly all are: a short key of text, a value of text or a float, and nothing else. NULL: it is another
 * kind of entry, or is to be refused, and is read again from its start. */
static inline const uint8_t *plain_entry(h9_context *c, const h9_node *n, h9_slot *pair, const uint8_t *p)
{
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    if (c->end - p < 5 || p[0] >= 0x80 || p[0] > c->end - p - 1) return NULL;
    const uint8_t *end = p + 1 + p[0], *text = p + 3;
    if (key->op != H9_OP_STRING || key->conv || p[1] != PB_TAG(1, PB_LEN) || p[2] >= 0x80 || end - text < p[2] + 1)
        return NULL;
    uint32_t size = p[2];
    pair[0].s.p = text;
    pair[0].s.n = size;
    pair[0].s.flags = H9_SPAN_PLAIN;
    if (size > c->limits.string || h9_plain_run(text, size) != size) return NULL;
    p = text + size;
    if (value->op == H9_OP_STRING && value->conv == 0 && end - p >= 2 && p[0] == PB_TAG(2, PB_LEN)
        && p[1] == end - p - 2) {
        pair[1].s.p = p + 2;
        pair[1].s.n = size = p[1];
        pair[1].s.flags = H9_SPAN_PLAIN;
        return size <= c->limits.string && h9_plain_run(p + 2, size) == size ? end : NULL;
    }
    if (value->op == H9_OP_F32 && value->conv == 0 && end - p == 5 && p[0] == PB_TAG(2, PB_32)) {
        memcpy(&pair[1].f, p + 1, 4);
        return end;
    }
    return NULL;
}

/* Room for another pair of the map of field f; from the second one on keys may be equal. NULL: refused. */
static inline h9_slot *add_pair(level *l, const h9_field *f, const h9_node *n, const uint8_t *at)
{
    h9_slot *map = l->frame + f->slot;
    uint8_t *room = add_item(l->c, map, 2 * sizeof(h9_slot), at);
    if (room == NULL || map->list.n != 2 || n->conv != 0) return (h9_slot *)(void *)room;
    spot s = {n, map, h9_bits(l->frame, l->r), at, f->slot, f->name, h9_pb_holder(l, f)};
    return h9_pb_defer(l, &s) ? (h9_slot *)(void *)room : NULL;
}

static const uint8_t *other_entry(level *l, const h9_field *f, const h9_node *n, uint32_t tag, const uint8_t *start,
                                  const uint8_t *p)
{
    h9_context *c = l->c;
    h9_slot *map = l->frame + f->slot;
    whole w = {c, NULL, false};
    entry e;
    e.key = &c->plan->nodes[n->a];
    e.value = &c->plan->nodes[n->b];
    e.has_key = e.has_value = e.unknown = false;
    e.in = h9_pb_holder(l, f);
    e.l = (level){.c = c, .r = l->r, .w = &w};
    const uint8_t *at = p, *around;
    uint32_t group;
    if (!(p = open_message(c, tag, &group, &around, p)) || !(p = read_entry(c, &e, p)))
        return in_entry(c, &e, map->list.n);
    close_message(c, around, p);
    if (H9_UNLIKELY(e.unknown)) return h9_pb_unknown_span(l, tag, start, p, true);
    h9_slot *pair = add_pair(l, f, n, at);
    if (pair == NULL) return in_entry(c, &e, map->list.n);
    memcpy(pair, e.slots, sizeof e.slots);
    return p;
}

const uint8_t *h9_pb_map_field(level *l, const h9_field *f, const h9_node *n, uint32_t tag, const uint8_t *start,
                               const uint8_t *p)
{
    h9_slot *map = l->frame + f->slot, *pair;
    const uint8_t *end;
    if (!start_list(l, f, n, map, p)) return NULL;
    if (H9_UNLIKELY(l->c->depth == 0)) return other_entry(l, f, n, tag, start, p);
    if (H9_UNLIKELY(!(pair = add_pair(l, f, n, p)))) return h9_in_item(l->c, map->list.n);
    if (H9_LIKELY((end = plain_entry(l->c, n, pair, p)) != NULL)) return end;
    map->list.n--;
    l->c->items++;
    return other_entry(l, f, n, tag, start, p);
}
