/* Writes JSON, compact: what a slot is has been settled by the reading side, so nothing is refused here but for want of
 * memory. Keys stand in the pool with their quotes and colon; a field asks for its room once. */
#include "core/error.h"
#include "core/plan.h"
#include "formats/json/out.h"

static uint8_t *put_value(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* --- records --- */

static uint8_t *put_object(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t before, uint8_t *w);

static inline uint8_t *put_record(h9_context *c, const h9_node *n, const h9_slot *frame, uint8_t *w)
{
    const h9_record *r = &c->plan->records[n->a];
    return H9_UNLIKELY(n->flags & H9_N_MASK) ? h9_json_put_mask(c, r, frame, w) : put_object(c, r, frame, '{', w);
}

/* A union's branch in Avro's JSON: an object of one member (S19). `frame`: the one around it, or NULL. */
static uint8_t *put_wrapped(h9_context *c, const h9_node *n, const h9_slot *frame, const h9_slot *v, uint8_t *w)
{
    const h9_node *inner = &c->plan->nodes[n->a];
    if (n->c == 0) return put_value(c, inner, v, w);
    w = h9_json_room(c, w, n->c + 1);
    if (w == NULL) return NULL;
    *w++ = '{';
    w = h9_copy_short(w, c->plan->pool + n->b, n->c);
    w = inner->op == H9_OP_INLINE && frame ? put_record(c, inner, frame, w) : put_value(c, inner, v, w);
    if (w == NULL || (w = h9_json_room(c, w, 1)) == NULL) return NULL;
    *w++ = '}';
    return w;
}

static inline uint8_t *put_field(h9_context *c, const h9_node *n, const h9_slot *frame, uint32_t slot, uint8_t *w)
{
    if (H9_LIKELY(n->op < H9_OP_INLINE)) return put_value(c, n, frame + slot, w);
    if (n->op == H9_OP_INLINE) return put_record(c, n, frame, w);
    return n->op == H9_OP_WRAPPED ? put_wrapped(c, n, frame, frame + slot, w) : put_value(c, n, frame + slot, w);
}

/* `before`: what stands before the first member, a comma where another was written. */
static uint8_t *put_object(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t before, uint8_t *w)
{
    const h9_field *f = c->plan->fields + r->first, *end = f + r->count;
    const uint64_t *bits = h9_cbits(frame, r);
    for (; f < end; f++) {
        const h9_node *n = &c->plan->nodes[f->node];
        bool there = f->slot != H9_NO_SLOT && ((f->flags & H9_F_ALWAYS) || h9_has(bits, f->slot));
        if (!there && !(f->flags & H9_F_NULLABLE)) continue;
        if (there && (f->flags & H9_F_SKIP_ZERO) && h9_is_zero(n, frame + f->slot)) continue;
        w = h9_json_room(c, w, f->key_size + 1);
        if (H9_UNLIKELY(w == NULL)) return NULL;
        *w++ = before;
        before = ',';
        w = h9_copy_short(w, c->plan->pool + f->key, f->key_size);
        w = H9_LIKELY(there) ? put_field(c, n, frame, f->slot, w) : h9_json_word(w, "null", 4);
        if (H9_UNLIKELY(w == NULL)) return NULL;
    }
    w = h9_json_room(c, w, 2);
    if (H9_UNLIKELY(w == NULL)) return NULL;
    if (before == '{') *w++ = '{';
    *w++ = '}';
    return w;
}

/* google.protobuf.Any: the message's members after its type. */
static H9_APART uint8_t *put_typed(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_slot *box = v->choice.value;
    const h9_record *types = &c->plan->records[n->a];
    if (box == NULL) return h9_json_word(w, "{}", 2);
    if (v->choice.branch >= types->count) {
        h9_fail(c, H9_E_BAD_PLAN, NULL);
        return NULL;
    }
    const h9_field *f = c->plan->fields + types->first + v->choice.branch;
    w = h9_json_word(w, "{\"@type\":", 9);
    w = h9_json_put_string(c, box[1].s.p, box[1].s.n, box[1].s.flags, w);
    return w ? put_object(c, &c->plan->records[c->plan->nodes[f->node].a], box[0].rec, ',', w) : NULL;
}

/* --- lists and maps --- */

static uint8_t *put_list(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *item = &c->plan->nodes[n->a];
    const uint8_t *p = v->list.items;
    *w++ = '[';
    for (uint32_t i = 0; i < v->list.n; i++, p += n->width) {
        h9_slot slot;
        h9_item_get(p, n->width, item->op, &slot);
        w = h9_json_room(c, w, 1);
        if (H9_UNLIKELY(w == NULL)) return NULL;
        if (i) *w++ = ',';
        w = put_value(c, item, &slot, w);
        if (H9_UNLIKELY(w == NULL)) return NULL;
    }
    w = h9_json_room(c, w, 1);
    if (H9_LIKELY(w != NULL)) *w++ = ']';
    return w;
}

/* A key is a string whatever it is (S22). */
static uint8_t *put_key(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    bool bare = n->op == H9_OP_BOOL || ((n->op == H9_OP_INT || n->op == H9_OP_UINT) && !(n->flags & H9_N_QUOTED));
    if (bare) *w++ = '"';
    w = put_value(c, n, v, w);
    if (w != NULL && bare) *w++ = '"';
    return w;
}

static uint8_t *put_map(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    const h9_slot *entry = (const h9_slot *)(const void *)v->list.items;
    *w++ = '{';
    for (uint32_t i = 0; i < v->list.n; i++, entry += 2) {
        w = h9_json_room(c, w, 1);
        if (H9_UNLIKELY(w == NULL)) return NULL;
        if (i) *w++ = ',';
        w = put_key(c, key, &entry[0], w);
        if (H9_UNLIKELY(w == NULL) || (w = h9_json_room(c, w, 1)) == NULL) return NULL;
        *w++ = ':';
        w = put_value(c, value, &entry[1], w);
        if (H9_UNLIKELY(w == NULL)) return NULL;
    }
    w = h9_json_room(c, w, 1);
    if (H9_LIKELY(w != NULL)) *w++ = '}';
    return w;
}

/* --- values --- */

static uint8_t *put_integer(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    bool quoted = (n->flags & H9_N_QUOTED) != 0;
    if (quoted) *w++ = '"';
    w = n->op == H9_OP_INT ? h9_print_i64(w, v->i) : h9_print_u64(w, v->u);
    if (quoted) *w++ = '"';
    return w;
}

static uint8_t *put_choice(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (v->choice.value == NULL) return h9_json_word(w, "null", 4);
    if (n->op == H9_OP_UNION && v->choice.branch >= n->b) {
        h9_fail(c, H9_E_BAD_PLAN, NULL);
        return NULL;
    }
    uint32_t node = n->op == H9_OP_OPTION ? n->a : c->plan->words32[n->a + v->choice.branch];
    return put_value(c, &c->plan->nodes[node], v->choice.value, w);
}

static uint8_t *put_period(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t bytes[H9_PERIOD_BYTES];
    h9_put_period(bytes, v);
    return h9_json_put_bytes(c, n->flags & H9_N_CODEPOINTS ? H9_BYTES_CODEPOINTS : n->b, bytes, sizeof bytes, w);
}

static uint8_t *put_bytes(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint32_t form = n->op == H9_OP_BYTES ? n->a : n->b;
    if (n->flags & H9_N_CODEPOINTS) form = H9_BYTES_CODEPOINTS;
    return h9_json_put_bytes(c, form, v->s.p, v->s.n, w);
}

/* There is room for H9_JSON_ROOM bytes at w. */
static uint8_t *put_value(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_STRING: return h9_json_put_string(c, v->s.p, v->s.n, v->s.flags, w);
    case H9_OP_NULL: return h9_json_word(w, "null", 4);
    case H9_OP_BOOL: return v->b ? h9_json_word(w, "true", 4) : h9_json_word(w, "false", 5);
    case H9_OP_INT:
    case H9_OP_UINT: return put_integer(n, v, w);
    case H9_OP_F32:
    case H9_OP_F64: return h9_json_put_float(n, v, w);
    case H9_OP_BYTES:
    case H9_OP_FIXED: return put_bytes(c, n, v, w);
    case H9_OP_ENUM: return h9_json_put_enum(c, n, v, w);
    case H9_OP_DECIMAL:
    case H9_OP_BIGDECIMAL: return h9_json_put_decimal(c, n, v, w);
    case H9_OP_UUID:
    case H9_OP_DATE:
    case H9_OP_TIME:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: return h9_json_put_text(c, n, v, w);
    case H9_OP_PERIOD: return put_period(c, n, v, w);
    case H9_OP_OPTION:
    case H9_OP_UNION: return put_choice(c, n, v, w);
    case H9_OP_LIST: return put_list(c, n, v, w);
    case H9_OP_MAP: return put_map(c, n, v, w);
    case H9_OP_RECORD: return put_record(c, n, v->rec, w);
    case H9_OP_ANY: return h9_json_put_any(c, n, v, w);
    case H9_OP_WRAPPED: return put_wrapped(c, n, NULL, v, w);
    case H9_OP_TYPED: return put_typed(c, n, v, w);
    default: h9_fail(c, n->op == H9_OP_FAIL ? (h9_code)n->a : H9_E_BAD_PLAN, NULL); return NULL;
    }
}

uint8_t *h9_json_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    w = h9_json_room(c, w, 0);
    return H9_LIKELY(w != NULL) ? put_value(c, n, v, w) : NULL;
}
