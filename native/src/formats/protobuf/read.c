/* Reads Protobuf's binary encoding.
 *
 * Fields come in any order, but nearly always in the schema's: the next field's tag is compared with the one that is
 * expected, and looked up by its number only on a miss. A singular message may come in pieces that merge (S20, S21),
 * so what must wait for the last piece (what is missing, conversions, a map's keys) is put off: it is noted in a list,
 * newest first, and done when the *whole* is read: the root, an item of a list, a map's value. Nothing is read twice,
 * so the time is linear in the input (B50). */
#include "formats/protobuf/read.h"

#include "core/aside.h"
#include "core/counts.h"
#include "core/plan.h"
#include "core/record.h"

static const uint8_t *members(level *l, const uint8_t *p);

static const holder NOBODY;

/* --- messages --- */

bool h9_pb_zero(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *at)
{
    static const uint8_t zeros[8]; /* every kind's zero as it stands on the wire */
    const uint8_t *end = c->end, *done;
    c->end = h9_pb_is_message(n) ? at : zeros + sizeof zeros;
    if (h9_pb_is_message(n)) {
        done = h9_pb_whole(c, &NOBODY, n, out, 0, at, at);
    } else if (n->op == H9_OP_ENUM && c->plan->enums[n->a].count > 0) {
        done = h9_pb_symbol(c, n, c->plan->symbols[c->plan->enums[n->a].first].number, out, at, at);
        if (done && n->conv && !h9_convert(c, n->conv, out, at)) done = NULL;
    } else {
        done = h9_pb_scalar(c, n, out, zeros);
    }
    c->end = end;
    if (done == NULL) c->at = at;
    return done != NULL;
}

static const uint8_t *read_record(level *outer, const spot *s, bool first, uint32_t group, const uint8_t *p)
{
    h9_context *c = outer->c;
    const h9_node *n = s->node;
    const h9_record *r = &c->plan->records[n->a];
    if (n->op == H9_OP_INLINE && outer->frame == NULL) return h9_fail(c, H9_E_BAD_PLAN, p);
    if (n->op == H9_OP_RECORD && first && !(s->slot->rec = h9_frame_new(c, r))) return NULL;
    h9_slot *frame = n->op == H9_OP_RECORD ? s->slot->rec : outer->frame;
    level l = {.c = c, .r = r, .frame = frame, .w = outer->w, .outer = outer, .where = s, .group = group};
    if (first && (r->need != H9_NONE || n->conv) && !(l.self = h9_pb_defer(outer, s))) return NULL;
    p = members(&l, p);
    if (p != NULL && n->op == H9_OP_RECORD) h9_found(c, r, h9_bits(frame, r), r->words);
    return p;
}

/* A message whose field 1 is the value; `first`: it is zero where this one does not have it. */
static const uint8_t *read_wrapped(h9_context *c, const holder *in, const h9_node *n, h9_slot *out, bool first,
                                   const uint8_t *p)
{
    const h9_node *inner = &c->plan->nodes[n->a];
    const uint32_t wanted = PB_TAG(1, h9_pb_wire(inner));
    const uint8_t *at = p;
    if (h9_pb_is_message(inner)) return h9_fail(c, H9_E_BAD_PLAN, p);
    while (p < c->end) {
        const uint8_t *start = p, *value;
        uint32_t tag;
        h9_slot v;
        if (!(value = h9_pb_tag(c, p, &tag))) return NULL;
        p = tag == wanted ? h9_pb_scalar(c, inner, &v, value) : h9_pb_pass(c, in, tag, value, start);
        if (p == NULL) return NULL;
        if (p == h9_pb_unknown) {
            p = h9_pb_pass(c, in, tag, value, start);
        } else if (tag == wanted) {
            *out = v;
            first = false;
        }
    }
    return !first || h9_pb_zero(c, inner, out, at) ? p : NULL;
}

const uint8_t *h9_pb_occurrence(level *outer, const spot *s, bool first, uint32_t group, const uint8_t *p)
{
    const h9_node *n = s->node;
    h9_slot *v = s->slot;
    if (n->op == H9_OP_RECORD || n->op == H9_OP_INLINE) return read_record(outer, s, first, group, p);
    if (n->conv || n->op == H9_OP_ANY) {
        deferred *d = first ? h9_pb_defer(outer, s) : (deferred *)(uintptr_t)v->raw[0];
        if (d == NULL) return NULL;
        v->raw[0] = (uintptr_t)d;
        v = &d->value;
    }
    if (first) memset(v, 0, sizeof *v);
    if (n->op == H9_OP_WRAPPED) return read_wrapped(outer->c, &s->in, n, v, first, p);
    if (n->op != H9_OP_ANY) return h9_pb_time(outer->c, &s->in, n, v, p, s->at);
    return h9_pb_chain(outer->c, &v->spans, p, (size_t)(outer->c->end - p), false) ? outer->c->end : NULL;
}

const uint8_t *h9_pb_whole(h9_context *c, const holder *in, const h9_node *n, h9_slot *out, uint32_t group,
                           const uint8_t *p, const uint8_t *at)
{
    if (n->op == H9_OP_RECORD) {
        const h9_record *r = &c->plan->records[n->a];
        whole w = {c, NULL, false};
        level l = {.c = c, .r = r, .frame = h9_frame_new(c, r), .w = &w, .group = group};
        if (l.frame == NULL || !(p = members(&l, p))) return NULL;
        h9_found(c, r, h9_bits(l.frame, r), r->words);
        if (!h9_pb_complete(&w) || !h9_finish(c, r, l.frame, at)) return NULL;
        out->rec = l.frame;
    } else if (n->op == H9_OP_ANY) {
        h9_span_chain piece = {NULL, NULL, p, (size_t)(c->end - p)};
        if (!h9_pb_any(c, in, n, &piece, out, at)) return NULL;
        p = c->end;
    } else if (n->op == H9_OP_WRAPPED) {
        if (!(p = read_wrapped(c, in, n, out, true, p))) return NULL;
    } else {
        memset(out, 0, sizeof *out);
        if (!h9_pb_is_message(n) || n->op == H9_OP_INLINE) return h9_fail(c, H9_E_BAD_PLAN, p);
        if (!(p = h9_pb_time(c, in, n, out, p, at))) return NULL;
    }
    return n->conv == 0 || h9_convert(c, n->conv, out, at) ? p : NULL;
}

static H9_APART const uint8_t *message_field(level *l, const h9_field *f, const h9_node *n, uint32_t tag,
                                             const uint8_t *p)
{
    h9_context *c = l->c;
    uint64_t *bits = h9_bits(l->frame, l->r);
    spot s = {n, l->frame + f->slot, bits, p, f->slot, f->name, h9_pb_holder(l, f)};
    bool first = !h9_has(bits, f->slot);
    uint32_t group;
    const uint8_t *around;
    if (!h9_count_item(c, p)) return NULL; /* B49 */
    set_present(l, f);
    if (!(p = open_message(c, tag, &group, &around, p)) || !(p = h9_pb_occurrence(l, &s, first, group, p))) return NULL;
    return close_message(c, around, p);
}

/* The field at `start`, whose value at p turned out not to be one of its enum's. */
static const uint8_t *passed_over(level *l, uint32_t tag, const uint8_t *start, const uint8_t *p)
{
    const uint8_t *end = h9_pb_skip(l->c, tag, p, start);
    return end ? h9_pb_unknown_span(l, tag, start, end, true) : NULL;
}

/* --- lists --- */

/* Passes over a message, whose content begins at p after its tag (and length): structure only. */
static const uint8_t *pass_message(h9_context *c, uint32_t tag, const uint8_t *p, const uint8_t *at)
{
    if ((tag & 7) == PB_START) return h9_pb_skip(c, tag, p, at);
    while (p != NULL && p < c->end) {
        const uint8_t *start = p;
        uint32_t inner;
        if ((p = h9_pb_tag(c, p, &inner))) p = h9_pb_skip(c, inner, p, start);
    }
    return p;
}

static const uint8_t *message_item(level *l, const h9_field *f, const h9_node *n, h9_slot *list, uint32_t tag,
                                   const uint8_t *p)
{
    h9_context *c = l->c;
    const holder in = h9_pb_holder(l, f);
    uint32_t index = list->list.n, group;
    const uint8_t *around, *at = p;
    h9_slot v;
    uint8_t *room = add_item(c, list, n->width, p);
    if (room == NULL || !(p = open_message(c, tag, &group, &around, p))) return h9_in_item(c, index);
    uint32_t depth = c->depth;
    const uint8_t *last = c->end, *end = h9_pb_whole(c, &in, &c->plan->nodes[n->a], &v, group, p, at);
    if (H9_UNLIKELY(end == NULL) && h9_set_aside(c, n, depth, &v)) {
        c->end = last;
        end = pass_message(c, tag, p, at);
    }
    if (H9_UNLIKELY(end == NULL)) return h9_in_item(c, index);
    h9_item_put(room, n->width, &v);
    return close_message(c, around, end);
}

static bool reserve(h9_context *c, h9_slot *list, size_t width, size_t count, const uint8_t *at)
{
    if (h9_list_reserve(c, list, width, count)) return true;
    c->at = at;
    return false;
}

/* Numbers that stand on the wire as they do in memory. */
static const uint8_t *packed_bulk(h9_context *c, const h9_node *n, h9_slot *list, size_t size, const uint8_t *p,
                                  const uint8_t *at)
{
    size_t count = size / n->width;
    if (size % n->width != 0) return h9_fail(c, H9_E_LENGTH, at); /* B51 */
    if (!reserve(c, list, n->width, count, at)) return NULL;
    if (size) memcpy(list->list.items + (size_t)list->list.n * n->width, p, size);
    list->list.n += (uint32_t)count;
    c->items -= (uint32_t)count;
    return p + size;
}

/* Varints are as many as there are last bytes. */
static size_t count_varints(const uint8_t *p, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) count += p[i] < 0x80;
    return count;
}

static const uint8_t *packed_items(level *l, const h9_node *n, h9_slot *list, uint32_t tag, const uint8_t *p)
{
    h9_context *c = l->c;
    const h9_node *item = &c->plan->nodes[n->a];
    while (p < c->end) {
        const uint8_t *start = p;
        h9_slot v;
        p = h9_pb_scalar(c, item, &v, p);
        if (H9_UNLIKELY(p == NULL)) return h9_in_item(c, list->list.n);
        if (H9_UNLIKELY(p == h9_pb_unknown)) {
            uint64_t raw = 0;
            if (!(p = h9_pb_varint(c, start, &raw)) || !h9_pb_unknown_item(l, tag, raw)) return NULL;
            continue;
        }
        uint8_t *room = add_item(c, list, n->width, start);
        if (room == NULL) return NULL;
        h9_item_put(room, n->width, &v);
    }
    return p;
}

static const uint8_t *packed(level *l, const h9_node *n, h9_slot *list, uint32_t tag, const uint8_t *p)
{
    h9_context *c = l->c;
    const h9_node *item = &c->plan->nodes[n->a];
    const uint8_t *at = p, *around = c->end;
    size_t size;
    if (!(p = h9_pb_length(c, p, &size))) return NULL;
    if (item->conv == 0 && h9_pb_is_bulk(item, n->width)) return packed_bulk(c, n, list, size, p, at);
    unsigned wire = h9_pb_wire(item);
    if (wire != PB_VARINT && size % (wire == PB_32 ? 4 : 8) != 0) return h9_fail(c, H9_E_LENGTH, at);
    size_t count = wire == PB_VARINT ? count_varints(p, size) : size / (wire == PB_32 ? 4 : 8);
    if (!reserve(c, list, n->width, count, at)) return NULL;
    c->end = p + size;
    p = packed_items(l, n, list, tag, p);
    c->end = around;
    return p;
}

static H9_APART const uint8_t *list_field(level *l, const h9_field *f, const h9_node *n, uint32_t tag,
                                          const uint8_t *start, const uint8_t *p)
{
    h9_context *c = l->c;
    h9_slot *list = l->frame + f->slot, v;
    const h9_node *item = &c->plan->nodes[n->a];
    const uint8_t *at = p;
    if (!start_list(l, f, n, list, p)) return NULL;
    if (h9_pb_is_message(item)) return message_item(l, f, n, list, tag, p);
    if ((tag & 7) == PB_LEN && h9_pb_wire(item) != PB_LEN) return packed(l, n, list, tag, p);
    uint8_t *room = add_item(c, list, n->width, at);
    h9_slot *slot = n->width == sizeof v ? (h9_slot *)(void *)room : &v;
    if (room == NULL || !(p = h9_pb_scalar(c, item, slot, p))) return h9_in_item(c, list->list.n - (room != NULL));
    if (H9_UNLIKELY(p == h9_pb_unknown)) {
        list->list.n--;
        c->items++;
        return passed_over(l, tag, start, at);
    }
    if (slot == &v) h9_item_put(room, n->width, &v);
    return p;
}

/* --- members --- */

/* A field that isn't a plain value, or a value of a rarer kind. */
static H9_APART const uint8_t *other_field(level *l, const h9_field *f, const h9_node *n, uint32_t tag,
                                           const uint8_t *start, const uint8_t *p)
{
    h9_context *c = l->c;
    if (n->op == H9_OP_MAP) return h9_pb_map_field(l, f, n, tag, start, p);
    if (n->op == H9_OP_LIST) return list_field(l, f, n, tag, start, p);
    if (h9_pb_is_message(n)) return message_field(l, f, n, tag, p);
    const uint8_t *end = h9_pb_scalar(c, n, l->frame + f->slot, p);
    if (H9_UNLIKELY(end == NULL)) return NULL;
    if (H9_UNLIKELY(end == h9_pb_unknown)) return passed_over(l, tag, start, p);
    set_present(l, f);
    return end;
}

/* The value after `tag`, p, into its slot. What is common stands here; it is inlined into the loop below. */
static inline __attribute__((always_inline)) const uint8_t *one_field(level *l, const h9_field *f, uint32_t tag,
                                                                      const uint8_t *start, const uint8_t *p)
{
    h9_context *c = l->c;
    const h9_node *n = &c->plan->nodes[f->node];
    if (H9_UNLIKELY(f->slot == H9_NO_SLOT)) return h9_pb_skip(c, tag, p, start);
    h9_slot *slot = l->frame + f->slot;
    const uint8_t *value = p;
    switch (n->op) {
    case H9_OP_STRING: p = h9_pb_string(c, n, slot, p); break;
    case H9_OP_BYTES: p = h9_pb_span(c, slot, p); break;
    case H9_OP_INT:
    case H9_OP_UINT: p = read_int(c, n, slot, p); break;
    case H9_OP_F32:
        if ((p = h9_pb_take(c, p, 4))) memcpy(&slot->f, value, 4);
        break;
    case H9_OP_BOOL:
        if ((p = h9_pb_varint(c, p, &slot->u))) slot->u = slot->u != 0;
        break;
    default: return other_field(l, f, n, tag, start, p);
    }
    if (H9_UNLIKELY(p == NULL) || (H9_UNLIKELY(n->conv != 0) && !h9_convert(c, n->conv, slot, value))) return NULL;
    set_present(l, f);
    return p;
}

/* The same value for every target that wants it. */
static const uint8_t *further_fields(level *l, const h9_field *f, uint32_t tag, const uint8_t *start, const uint8_t *p)
{
    const uint8_t *end = p;
    bool before = l->again;
    l->again = true;
    while (f->also != 0 && end != NULL) {
        f = &l->c->plan->fields[f->also];
        end = one_field(l, f, tag, start, p);
    }
    l->again = before;
    return end;
}

/* The field that has this tag's number and may have its wire type; NULL: none. */
static const h9_field *find(const h9_context *c, const h9_record *r, uint32_t tag)
{
    uint32_t number = tag >> 3, low = 0, high = r->sparse_size, index = 0;
    const uint32_t *sparse = c->plan->words32 + r->sparse;
    if (number < r->numbers_size) {
        index = c->plan->words32[r->numbers + number];
    } else {
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (sparse[middle * 2] < number) low = middle + 1;
            else high = middle;
        }
        if (low < r->sparse_size && sparse[low * 2] == number) index = sparse[low * 2 + 1] + 1;
    }
    if (index == 0) return NULL;
    const h9_field *f = &c->plan->fields[r->first + index - 1];
    if (f->tag == tag || f->slot == H9_NO_SLOT) return f; /* what is skipped is skipped as it stands */
    const h9_node *n = &c->plan->nodes[f->node];
    if (n->op != H9_OP_LIST) return NULL;
    unsigned wire = h9_pb_wire(&c->plan->nodes[n->a]); /* packed or not, as it comes */
    return wire != PB_START && ((tag & 7) == wire || ((tag & 7) == PB_LEN && wire != PB_LEN)) ? f : NULL;
}

static const uint8_t *members(level *l, const uint8_t *p)
{
    h9_context *c = l->c;
    const h9_field *first = c->plan->fields + l->r->first, *last = first + l->r->count, *next = first;
    while (H9_LIKELY(p < c->end)) {
        const uint8_t *start = p, *value;
        const h9_field *f = next;
        uint32_t tag;
        if (!(value = h9_pb_tag(c, p, &tag))) return NULL;
        if (H9_UNLIKELY(f == last || f->tag != tag)) {
            if (f > first && f[-1].tag == tag) f--; /* repeated */
            else if (last - f > 1 && f[1].tag == tag) f++;
            else if (!h9_pb_good_tag(c, tag, start)) return NULL;
            else if ((tag & 7) == PB_END) return tag >> 3 == l->group ? value : h9_fail(c, H9_E_GROUP, start); /* B45 */
            else f = find(c, l->r, tag);
        }
        if (H9_UNLIKELY(f == NULL)) {
            if (!(p = h9_pb_unknown_field(l, tag, value, start))) return NULL;
            continue;
        }
        if (H9_UNLIKELY(!(p = one_field(l, f, tag, start, value)))) return h9_in_field(c, f->name);
        if (H9_UNLIKELY(f->also != 0) && !further_fields(l, f, tag, start, value)) return h9_in_field(c, f->name);
        next = f + 1;
    }
    return l->group == 0 ? p : h9_fail(c, H9_E_TRUNCATED, c->end);
}

const uint8_t *h9_pb_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (!h9_enter(c, p) || !(p = h9_pb_whole(c, &NOBODY, n, out, 0, p, p))) return NULL;
    h9_leave(c);
    return p;
}
