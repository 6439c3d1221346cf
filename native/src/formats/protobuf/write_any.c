/* Writes a tape as google.protobuf.Value, Struct or ListValue, backwards as all of Protobuf's writer: the places of a
 * map's or list's items are noted first, for a tape can only be walked forwards. */
#include "core/frame.h"
#include "formats/protobuf/wire.h"
#include "values/number.h"
#include "values/varint.h"

#define HEAD (2 * H9_MAX_VARINT)

static uint8_t *put_value(h9_context *c, uint32_t index, uint8_t *w);

/* The length and tag of the message that has been written since `mark`. */
static uint8_t *put_head(h9_context *c, size_t mark, unsigned tag, uint8_t *w)
{
    size_t size = h9_pb_written(c, w) - mark;
    if (!(w = h9_pb_room(c, w, HEAD))) return NULL;
    w = h9_put_varint_before(w, size);
    *--w = (uint8_t)tag;
    return w;
}

static uint8_t *put_text(h9_context *c, const h9_tape_item *item, unsigned tag, uint8_t *w)
{
    if (!(w = h9_pb_room(c, w, (size_t)item->n + HEAD))) return NULL;
    w = h9_put_varint_before(h9_pb_put_bytes(w, item->v.p, item->n), item->n);
    *--w = (uint8_t)tag;
    return w;
}

/* Where the items of the list at `index` (the keys of the map) stand. NULL: refused. */
static uint32_t *places(h9_context *c, uint32_t index)
{
    uint32_t n = c->tape[index].n;
    bool pairs = c->tape[index].kind == H9_T_MAP;
    uint32_t *at = h9_arena_many(c, n, sizeof *at);
    if (at == NULL) return NULL;
    index++;
    for (uint32_t i = 0; i < n; i++) {
        at[i] = index;
        index = h9_tape_after(c->tape, pairs ? index + 1 : index);
    }
    return at;
}

static uint8_t *put_pairs(h9_context *c, uint32_t index, uint8_t *w)
{
    const uint32_t *at = places(c, index);
    if (at == NULL) return NULL;
    for (uint32_t i = c->tape[index].n; i-- > 0;) {
        size_t entry = h9_pb_written(c, w);
        if (!(w = put_value(c, at[i] + 1, w)) || !(w = put_head(c, entry, TAG_SECOND, w))) return NULL;
        if (!(w = put_text(c, &c->tape[at[i]], TAG_FIRST, w)) || !(w = put_head(c, entry, TAG_FIRST, w))) return NULL;
    }
    return w;
}

static uint8_t *put_items(h9_context *c, uint32_t index, uint8_t *w)
{
    const uint32_t *at = places(c, index);
    if (at == NULL) return NULL;
    for (uint32_t i = c->tape[index].n; i-- > 0;) {
        size_t mark = h9_pb_written(c, w);
        if (!(w = put_value(c, at[i], w)) || !(w = put_head(c, mark, TAG_FIRST, w))) return NULL;
    }
    return w;
}

static double number(const h9_tape_item *item)
{
    h9_number text;
    double d = 0;
    switch (item->kind) {
    case H9_T_INT: return (double)item->v.i;
    case H9_T_UINT: return (double)item->v.u;
    case H9_T_FLOAT: return item->v.d;
    case H9_T_FLOAT32: return (double)item->v.f;
    default:
        if (h9_number_scan(item->v.p, item->v.p + item->n, &text)) h9_number_f64(&text, &d);
        return d;
    }
}

static uint8_t *put_byte(unsigned tag, uint8_t value, uint8_t *w)
{
    *--w = value;
    *--w = (uint8_t)tag;
    return w;
}

static uint8_t *put_value(h9_context *c, uint32_t index, uint8_t *w)
{
    const h9_tape_item *item = &c->tape[index];
    size_t mark = h9_pb_written(c, w);
    double d;
    if (!(w = h9_pb_room(c, w, HEAD))) return NULL;
    switch (item->kind) {
    case H9_T_FALSE: return put_byte(TAG_BOOL, 0, w);
    case H9_T_TRUE: return put_byte(TAG_BOOL, 1, w);
    case H9_T_INT:
    case H9_T_UINT:
    case H9_T_FLOAT:
    case H9_T_FLOAT32:
    case H9_T_NUMBER:
        d = number(item);
        w = h9_pb_put_bytes(w, &d, 8);
        *--w = TAG_NUMBER;
        return w;
    case H9_T_STRING: return put_text(c, item, TAG_STRING, w);
    case H9_T_LIST: return (w = put_items(c, index, w)) ? put_head(c, mark, TAG_LIST, w) : NULL;
    case H9_T_MAP: return (w = put_pairs(c, index, w)) ? put_head(c, mark, TAG_STRUCT, w) : NULL;
    default: return put_byte(TAG_NULL, 0, w); /* bytes and extensions were refused when they were read */
    }
}

uint8_t *h9_pb_write_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint32_t first = v->any.first;
    if (v->any.count == 0) { /* a zero that was filled in */
        if (n->a != ANY_VALUE || !(w = h9_pb_room(c, w, HEAD))) return w;
        return put_byte(TAG_NULL, 0, w);
    }
    if (n->a == ANY_VALUE) return put_value(c, first, w);
    if (c->tape[first].kind != (n->a == ANY_STRUCT ? H9_T_MAP : H9_T_LIST)) return w; /* the reader saw to it */
    return n->a == ANY_STRUCT ? put_pairs(c, first, w) : put_items(c, first, w);
}
