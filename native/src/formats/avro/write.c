/* Writes Avro's binary encoding in the order of the reader's schema: one block for each array or map (S30). */
#include "core/big_decimal.h"
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"
#include "formats/avro/avro.h"
#include "values/uuid.h"

#define HEAD H9_MAX_VARINT

static uint8_t *value(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

static inline uint8_t *put_long(uint8_t *w, int64_t v) { return h9_put_varint(w, h9_zigzag(v)); }

static inline uint8_t *put_span(h9_context *c, const h9_slot *v, uint8_t *w)
{
    if (!(w = h9_room(c, w, (size_t)v->s.n + HEAD))) return NULL;
    w = put_long(w, v->s.n);
    if (v->s.n) memcpy(w, v->s.p, v->s.n);
    return w + v->s.n;
}

static uint8_t *put_raw(h9_context *c, const void *p, size_t n, uint8_t *w)
{
    if (!(w = h9_room(c, w, n + 1))) return NULL;
    if (n) memcpy(w, p, n);
    return w + n;
}

static uint8_t *put_period(h9_context *c, const h9_slot *v, uint8_t *w)
{
    if (!(w = h9_room(c, w, H9_PERIOD_BYTES))) return NULL;
    h9_put_period(w, v);
    return w + H9_PERIOD_BYTES;
}

static uint8_t *put_uuid(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (n->a == 16) return put_raw(c, v->id, 16, w);
    if (!(w = h9_room(c, w, H9_UUID_TEXT + HEAD))) return NULL;
    return h9_uuid_print(put_long(w, H9_UUID_TEXT), v->id);
}

static uint8_t *put_timestamp(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    int64_t per_second = 1000000000 / (int64_t)n->a;
    return put_long(w, (int64_t)((uint64_t)v->t.sec * (uint64_t)per_second + (uint64_t)((uint32_t)v->t.ns / n->a)));
}

static uint8_t *put_enum(const h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_enum *e = &c->plan->enums[n->a];
    const h9_symbol *s = h9_symbol_numbered(c->plan, e, v->i);
    return put_long(w, s ? s - (c->plan->symbols + e->first) : 0);
}

/* Bytes that hold the unscaled value as bytes and then the scale. */
static uint8_t *put_big_decimal(h9_context *c, const h9_slot *v, uint8_t *w)
{
    size_t size = h9_big_decimal_size(v);
    if (!(w = h9_room(c, w, size + HEAD))) return NULL;
    return h9_put_big_decimal(put_long(w, (int64_t)size), v);
}

static uint8_t *put_list(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *item = &c->plan->nodes[n->a];
    if (!(w = h9_room(c, w, HEAD))) return NULL;
    if (v->list.n == 0) {
        *w++ = 0;
        return w;
    }
    w = put_long(w, v->list.n);
    if ((item->op == H9_OP_F32 && n->width == 4) || (item->op == H9_OP_F64 && n->width == 8)) {
        if (!(w = put_raw(c, v->list.items, (size_t)v->list.n * n->width, w))) return NULL;
    } else {
        for (uint32_t i = 0; i < v->list.n; i++) {
            h9_slot one;
            h9_item_get(v->list.items + (size_t)i * n->width, n->width, item->op, &one);
            if (!(w = value(c, item, &one, w))) return NULL;
        }
    }
    return put_raw(c, "", 1, w);
}

static uint8_t *put_map(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_slot *entry = (const h9_slot *)(const void *)v->list.items;
    if (!(w = h9_room(c, w, HEAD))) return NULL;
    if (v->list.n) w = put_long(w, v->list.n);
    for (uint32_t i = 0; i < v->list.n; i++) {
        if (!(w = put_span(c, &entry[i * 2], w))) return NULL;
        if (!(w = value(c, &c->plan->nodes[n->b], &entry[i * 2 + 1], w))) return NULL;
    }
    return put_raw(c, "", 1, w);
}

static uint8_t *put_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w);

/* A field whose schema is a union with null: absent is the null branch; what is present isn't boxed in an OPTION. */
static uint8_t *put_nullable(h9_context *c, const h9_record *r, const h9_field *f, const h9_slot *frame, uint8_t *w)
{
    const h9_node *n = &c->plan->nodes[f->node];
    if (!(w = h9_room(c, w, HEAD))) return NULL;
    if (!h9_has(h9_cbits(frame, r), f->slot)) return put_long(w, n->lo);
    if (n->op == H9_OP_UNION) return value(c, n, frame + f->slot, w);
    const h9_node *inner = &c->plan->nodes[n->a];
    w = put_long(w, 1 - n->lo);
    if (inner->op == H9_OP_INLINE) return put_members(c, &c->plan->records[inner->a], frame, w);
    return value(c, inner, frame + f->slot, w);
}

static uint8_t *put_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w)
{
    const h9_field *f = c->plan->fields + r->first, *last = f + r->count;
    for (; f < last; f++) {
        const h9_node *n = &c->plan->nodes[f->node];
        const h9_slot *v = frame + f->slot;
        if (f->flags & H9_F_NULLABLE) w = put_nullable(c, r, f, frame, w);
        else if (n->op == H9_OP_INLINE) w = put_members(c, &c->plan->records[n->a], frame, w);
        else w = value(c, n, v, w);
        if (H9_UNLIKELY(w == NULL)) return NULL;
    }
    return w;
}

static uint8_t *put_union(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (!(w = h9_room(c, w, HEAD))) return NULL;
    if (n->op == H9_OP_OPTION) {
        if (v->choice.value == NULL) return put_long(w, n->lo);
        return value(c, &c->plan->nodes[n->a], v->choice.value, put_long(w, 1 - n->lo));
    }
    if (v->choice.value == NULL) return put_long(w, n->lo);
    if (v->choice.branch >= n->b) {
        h9_fail(c, H9_E_BAD_PLAN, NULL);
        return NULL;
    }
    const h9_node *chosen = &c->plan->nodes[c->plan->words32[n->a + v->choice.branch]];
    return value(c, chosen, v->choice.value, put_long(w, v->choice.branch));
}

static uint8_t *rarely(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_NULL: return w;
    case H9_OP_FIXED: return put_raw(c, v->s.p, v->s.n, w);
    case H9_OP_DECIMAL: return n->a ? put_raw(c, v->s.p, v->s.n, w) : put_span(c, v, w);
    case H9_OP_BIGDECIMAL: return put_big_decimal(c, v, w);
    case H9_OP_PERIOD: return put_period(c, v, w);
    case H9_OP_TIME: return (w = h9_room(c, w, HEAD)) ? put_long(w, v->i / (int64_t)n->a) : NULL;
    default: h9_fail(c, H9_E_BAD_PLAN, NULL); return NULL;
    }
}

static uint8_t *value(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_STRING:
    case H9_OP_BYTES: return put_span(c, v, w);
    case H9_OP_LIST: return put_list(c, n, v, w);
    case H9_OP_MAP: return put_map(c, n, v, w);
    case H9_OP_RECORD: return put_members(c, &c->plan->records[n->a], v->rec, w);
    case H9_OP_OPTION:
    case H9_OP_UNION: return put_union(c, n, v, w);
    case H9_OP_UUID: return put_uuid(c, n, v, w);
    default: break;
    }
    if (!(w = h9_room(c, w, HEAD))) return NULL;
    switch (n->op) {
    case H9_OP_INT:
    case H9_OP_DATE: return put_long(w, v->i);
    case H9_OP_F32: memcpy(w, &v->f, 4); return w + 4;
    case H9_OP_F64: memcpy(w, &v->d, 8); return w + 8;
    case H9_OP_BOOL: *w = v->b; return w + 1;
    case H9_OP_ENUM: return put_enum(c, n, v, w);
    case H9_OP_TIMESTAMP: return put_timestamp(n, v, w);
    default: return rarely(c, n, v, w);
    }
}

uint8_t *h9_avro_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w) { return value(c, n, v, w); }
