/* Writes Protobuf's binary encoding, backwards: a message's length is known when it has been written, so nothing is
 * measured beforehand. Fields come out in the record's order, unknown ones after them. The buffer is the context's
 * and stays for the next message; a finished message is copied from its end to the output.
 *
 * Whoever writes a value makes room for its tag and length too. */
#include "core/output.h"
#include "core/plan.h"
#include "formats/protobuf/wire.h"
#include "values/uuid.h"
#include "values/varint.h"

#define HEAD (2 * H9_MAX_VARINT) /* a tag and a length */

static uint8_t *put_message(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* f->tag, and not the same bytes from the pool: it is at hand. */
static inline uint8_t *put_tag(const h9_field *f, uint8_t *w) { return h9_put_varint_before(w, f->tag); }

/* --- single values: room is there, but for spans --- */

static inline uint8_t *put_span(h9_context *c, const h9_slot *v, uint8_t *w)
{
    if (!(w = h9_pb_room(c, w, (size_t)v->s.n + HEAD))) return NULL;
    return h9_put_varint_before(h9_pb_put_short(w, v->s.p, v->s.n), v->s.n);
}

static inline uint8_t *put_int(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (n->wire == H9_WIRE_FIXED) return h9_pb_put_bytes(w, v, n->bits == 32 ? 4 : 8);
    return h9_put_varint_before(w, n->wire == H9_WIRE_ZIGZAG ? h9_zigzag(v->i) : v->u);
}

static uint8_t *put_uuid(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (n->a == 16) return h9_put_varint_before(h9_pb_put_bytes(w, v->id, 16), 16);
    w -= H9_UUID_TEXT;
    h9_uuid_print(w, v->id);
    return h9_put_varint_before(w, H9_UUID_TEXT);
}

/* A value other than a message, without its tag. NULL: refused. */
static inline uint8_t *put_scalar(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (n->op == H9_OP_STRING || n->op == H9_OP_BYTES) return put_span(c, v, w);
    if (!(w = h9_pb_room(c, w, H9_UUID_TEXT + HEAD))) return NULL;
    switch (n->op) {
    case H9_OP_INT:
    case H9_OP_UINT: return put_int(n, v, w);
    case H9_OP_F32: return h9_pb_put_bytes(w, &v->f, 4);
    case H9_OP_F64: return h9_pb_put_bytes(w, &v->d, 8);
    case H9_OP_BOOL: *--w = v->b; return w;
    case H9_OP_ENUM:
    case H9_OP_DATE: return h9_put_varint_before(w, (uint64_t)v->i); /* negative: ten bytes */
    case H9_OP_TIME: return h9_put_varint_before(w, v->u / n->a);
    case H9_OP_UUID: return put_uuid(n, v, w);
    case H9_OP_FIXED:
    case H9_OP_DECIMAL: return put_span(c, v, w);
    case H9_OP_PERIOD: return h9_put_varint_before(h9_pb_put_bytes(w, &v->period, 12), 12);
    default: h9_fail(c, H9_E_BAD_PLAN, NULL); return NULL;
    }
}

/* --- messages --- */

/* The length of the message that has been written since `mark`. */
static inline uint8_t *put_length(h9_context *c, size_t mark, uint8_t *w)
{
    size_t size = h9_pb_written(c, w) - mark;
    if (!(w = h9_pb_room(c, w, HEAD))) return NULL;
    return h9_put_varint_before(w, size);
}

/* A message and its length, or the end of the group with this tag. The tag before it is left to the caller. */
static uint8_t *put_delimited(h9_context *c, const h9_node *n, const h9_slot *v, uint32_t tag, uint8_t *w)
{
    if ((tag & 7) == PB_START) {
        if (!(w = h9_pb_room(c, w, HEAD))) return NULL;
        w = put_message(c, n, v, h9_put_varint_before(w, tag - PB_START + PB_END));
        return w ? h9_pb_room(c, w, HEAD) : NULL;
    }
    size_t mark = h9_pb_written(c, w);
    return (w = put_message(c, n, v, w)) ? put_length(c, mark, w) : NULL;
}

static inline uint8_t *put_value(h9_context *c, const h9_node *n, const h9_slot *v, uint32_t tag, uint8_t *w)
{ return h9_pb_is_message(n) ? put_delimited(c, n, v, tag, w) : put_scalar(c, n, v, w); }

/* Fields 1 and 2 of Timestamp and Duration. */
static uint8_t *put_time(h9_context *c, const h9_slot *v, uint8_t *w)
{
    if (!(w = h9_pb_room(c, w, 2 + 2 * H9_MAX_VARINT))) return NULL;
    if (v->t.ns) *(w = h9_put_varint_before(w, (uint64_t)(int64_t)v->t.ns) - 1) = PB_TAG(2, PB_VARINT);
    if (v->t.sec) *(w = h9_put_varint_before(w, (uint64_t)v->t.sec) - 1) = PB_TAG(1, PB_VARINT);
    return w;
}

static uint8_t *put_list(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *v, uint8_t *w);

/* A generated wrapper (S33). */
static uint8_t *put_carried(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *inner = &c->plan->nodes[n->a];
    const h9_field *f = c->plan->fields + c->plan->records[n->b - 1].first;
    if (inner->op == H9_OP_LIST || inner->op == H9_OP_MAP) return put_list(c, f, inner, v, w);
    f += v->choice.branch;
    if (v->choice.value != NULL) {
        w = put_value(c, &c->plan->nodes[f->node], v->choice.value, f->tag, w);
        return w ? put_tag(f, w) : NULL;
    }
    if (f->tag == 0) return w;
    if (!(w = h9_pb_room(c, w, HEAD))) return NULL;
    return put_tag(f, h9_put_varint_before(w, 0)); /* google.protobuf.NullValue */
}

static uint8_t *put_wrapped(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (n->b != 0 && n->c == 0) return put_carried(c, n, v, w);
    const h9_node *inner = &c->plan->nodes[n->a];
    const uint32_t tag = PB_TAG(1, h9_pb_wire(inner));
    if (h9_is_zero(inner, v)) return w;
    if (!(w = put_value(c, inner, v, tag, w))) return NULL;
    *--w = (uint8_t)tag;
    return w;
}

/* --- lists and maps --- */

static uint8_t *put_packed(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *item = &c->plan->nodes[n->a];
    const uint8_t *items = v->list.items;
    size_t count = v->list.n, width = n->width, mark = h9_pb_written(c, w);
    if (h9_pb_is_bulk(item, width) || (item->op == H9_OP_BOOL && width == 1)) {
        if (!(w = h9_pb_room(c, w, count * width + HEAD))) return NULL;
        return h9_put_varint_before(h9_pb_put_bytes(w, items, count * width), count * width);
    }
    for (size_t i = count; i-- > 0;) {
        h9_slot one;
        h9_item_get(items + i * width, width, item->op, &one);
        if (!(w = put_scalar(c, item, &one, w))) return NULL;
    }
    return put_length(c, mark, w);
}

static uint8_t *put_items(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *item = &c->plan->nodes[n->a];
    for (size_t i = v->list.n; i-- > 0;) {
        h9_slot one;
        h9_item_get(v->list.items + i * n->width, n->width, item->op, &one);
        if (!(w = put_value(c, item, &one, f->tag, w))) return NULL;
        w = put_tag(f, w);
    }
    return w;
}

static uint8_t *put_entries(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    const uint32_t key_tag = PB_TAG(1, h9_pb_wire(key)), value_tag = PB_TAG(2, h9_pb_wire(value));
    const h9_slot *entries = (const h9_slot *)(const void *)v->list.items;
    for (size_t i = v->list.n; i-- > 0;) {
        size_t mark = h9_pb_written(c, w);
        if (!(w = put_value(c, value, &entries[i * 2 + 1], value_tag, w))) return NULL;
        *--w = (uint8_t)value_tag;
        if (!(w = put_scalar(c, key, &entries[i * 2], w))) return NULL;
        *--w = (uint8_t)key_tag;
        if (!(w = put_length(c, mark, w))) return NULL;
        w = put_tag(f, w);
    }
    return w;
}

/* --- records --- */

/* Unknown fields, in the order in which they came (S14). */
static uint8_t *put_unknown(h9_context *c, const h9_span_chain *spans, uint8_t *w)
{
    size_t size = 0;
    for (const h9_span_chain *s = spans; s != NULL; s = s->next) size += s->n;
    if (!(w = h9_pb_room(c, w, size))) return NULL;
    w -= size;
    uint8_t *to = w;
    for (const h9_span_chain *s = spans; s != NULL; s = s->next) {
        memcpy(to, s->p, s->n);
        to += s->n;
    }
    return w;
}

static uint8_t *put_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w);

static uint8_t *put_list(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (v->list.n == 0) return w;
    if (n->op == H9_OP_MAP) return put_entries(c, f, n, v, w);
    if (!(n->flags & H9_N_PACKED)) return put_items(c, f, n, v, w);
    return (w = put_packed(c, n, v, w)) ? put_tag(f, w) : NULL;
}

static H9_APART uint8_t *put_other(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *frame, uint8_t *w)
{
    const h9_slot *v = n->op == H9_OP_INLINE ? frame : frame + f->slot;
    if (n->op == H9_OP_LIST || n->op == H9_OP_MAP) return put_list(c, f, n, v, w);
    if ((f->flags & H9_F_SKIP_ZERO) && h9_is_zero(n, v)) return w;
    return (w = put_value(c, n, v, f->tag, w)) ? put_tag(f, w) : NULL;
}

/* What is common stands here; it is inlined into the loop below. */
static inline uint8_t *put_field(h9_context *c, const h9_field *f, const h9_slot *frame, uint8_t *w)
{
    const h9_node *n = &c->plan->nodes[f->node];
    const h9_slot *v = frame + f->slot;
    const bool skips = f->flags & H9_F_SKIP_ZERO;
    switch (n->op) {
    case H9_OP_STRING:
    case H9_OP_BYTES:
        if (v->s.n == 0 && skips) return w;
        if (H9_UNLIKELY(!(w = put_span(c, v, w)))) return NULL;
        break;
    case H9_OP_INT:
    case H9_OP_UINT:
    case H9_OP_ENUM:
        if (v->u == 0 && skips) return w;
        if (H9_UNLIKELY(!(w = h9_pb_room(c, w, HEAD)))) return NULL;
        w = put_int(n, v, w);
        break;
    default: return put_other(c, f, n, frame, w);
    }
    return put_tag(f, w);
}

static uint8_t *put_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w)
{
    const uint64_t *bits = h9_cbits(frame, r);
    const h9_field *first = c->plan->fields + r->first, *f = first + r->count;
    if (H9_UNLIKELY(r->unknown == H9_UNKNOWN_KEEP) && r->unknown_slot != H9_NO_SLOT && h9_has(bits, r->unknown_slot)
        && !(w = put_unknown(c, frame[r->unknown_slot].spans, w)))
        return NULL;
    while (f-- > first) {
        if (!(f->flags & H9_F_ALWAYS) && !h9_has(bits, f->slot)) continue;
        if (H9_UNLIKELY(!(w = put_field(c, f, frame, w)))) return NULL;
    }
    return w;
}

/* A message's content. INLINE: v is the frame around it. */
static uint8_t *put_message(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_RECORD: return put_members(c, &c->plan->records[n->a], v->rec, w);
    case H9_OP_INLINE: return put_members(c, &c->plan->records[n->a], v, w);
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: return put_time(c, v, w);
    case H9_OP_WRAPPED: return put_wrapped(c, n, v, w);
    case H9_OP_ANY: return h9_pb_write_any(c, n, v, w);
    default: h9_fail(c, H9_E_BAD_PLAN, NULL); return NULL;
    }
}

uint8_t *h9_pb_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t *start = c->back ? c->back + c->back_cap : NULL;
    if (!(start = h9_pb_room(c, start, HEAD)) || !(start = put_message(c, n, v, start))) return NULL;
    size_t size = h9_pb_written(c, start);
    if (!(w = h9_room(c, w, size))) return NULL;
    if (size) memcpy(w, start, size);
    return w + size;
}
