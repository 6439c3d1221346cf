/* The CBOR writer: core deterministic encoding (RFC 8949, 4.2.1). Every integer, length and float in its shortest form,
 * lengths always said beforehand, keys in the order of their bytes: a record's members are put so by whoever compiles a
 * plan, a map's here.
 *
 * What can't be said was refused when it was read, so only memory can fail here; a time or decimal that was let
 * through all the same is refused where the message begins rather than written wrong. */
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"
#include "formats/cbor/cbor.h"
#include "formats/keyed.h"
#include "values/time.h"

#define UUID_BYTES 16u

static uint8_t *refuse(h9_context *c, h9_code code)
{
    h9_fail(c, code, NULL);
    return NULL;
}

/* --- single values; each makes its own room --- */

static uint8_t *write_byte(h9_context *c, uint8_t byte, uint8_t *w)
{
    if ((w = h9_room(c, w, 1)) == NULL) return NULL;
    *w = byte;
    return w + 1;
}

static uint8_t *write_head(h9_context *c, unsigned major, uint64_t n, uint8_t *w)
{ return (w = h9_room(c, w, CB_HEAD)) ? cb_put_head(w, major, n) : NULL; }
static uint8_t *write_int(h9_context *c, int64_t v, uint8_t *w)
{ return (w = h9_room(c, w, CB_HEAD)) ? cb_put_int(w, v) : NULL; }
static uint8_t *write_float(h9_context *c, double v, uint8_t *w)
{ return (w = h9_room(c, w, CB_HEAD)) ? h9_cbor_put_float(w, v) : NULL; }

static inline uint8_t *write_string(h9_context *c, unsigned major, const uint8_t *p, uint32_t n, uint8_t *w)
{
    if ((w = h9_room(c, w, (size_t)n + CB_HEAD)) == NULL) return NULL;
    return h9_copy_short(cb_put_head(w, major, n), p, n);
}
uint8_t *h9_cbor_write_text(h9_context *c, const uint8_t *p, uint32_t n, uint8_t *w)
{ return write_string(c, CB_TEXT, p, n, w); }
uint8_t *h9_cbor_write_bytes(h9_context *c, const uint8_t *p, uint32_t n, uint8_t *w)
{ return write_string(c, CB_BYTES, p, n, w); }

/* Text that a printer made: from `text` up to `end`, or NULL. */
static uint8_t *write_printed(h9_context *c, const uint8_t *text, const uint8_t *end, uint8_t *w)
{ return end ? h9_cbor_write_text(c, text, (uint32_t)(end - text), w) : refuse(c, H9_E_TIME); }

static uint8_t *write_enum(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_symbol *symbol = n->flags & H9_N_NUMBER ? NULL : h9_symbol_numbered(c->plan, &c->plan->enums[n->a], v->i);
    if (symbol == NULL) return write_int(c, v->i, w);
    if ((w = h9_room(c, w, symbol->key_size)) == NULL) return NULL;
    return h9_copy_short(w, c->plan->pool + symbol->key, symbol->key_size);
}

static uint8_t *write_uuid(h9_context *c, const h9_slot *v, uint8_t *w)
{
    w = write_head(c, CB_TAG, CB_TAG_UUID, w);
    return w ? h9_cbor_write_bytes(c, v->id, UUID_BYTES, w) : NULL;
}

static uint8_t *write_period(h9_context *c, const h9_slot *v, uint8_t *w)
{
    uint8_t bytes[H9_PERIOD_BYTES];
    h9_put_period(bytes, v);
    return h9_cbor_write_bytes(c, bytes, sizeof bytes, w);
}

/* --- times --- */

static uint8_t *write_date(h9_context *c, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    w = write_head(c, CB_TAG, CB_TAG_DATE, w);
    return w ? write_printed(c, text, h9_date_print(text, v->i), w) : NULL;
}

static uint8_t *write_clock(h9_context *c, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    return write_printed(c, text, h9_clock_print(text, v->i), w);
}

/* An instant is text with a tag: no number of seconds that CBOR has holds every nanosecond. */
static uint8_t *write_timestamp(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    bool local = n->flags & H9_N_LOCAL;
    if (!local && (w = write_head(c, CB_TAG, CB_TAG_TIME, w)) == NULL) return NULL;
    return write_printed(c, text, h9_time_print(text, v->t.sec, (uint32_t)v->t.ns, local), w);
}

static uint8_t *write_duration(h9_context *c, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    return write_printed(c, text, h9_duration_print(text, v->t.sec, v->t.ns), w);
}

/* --- records --- */

static uint8_t *write_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w);

static inline uint8_t *write_member(h9_context *c, const h9_field *field, const h9_slot *frame, bool null, uint8_t *w)
{
    const h9_node *node = &c->plan->nodes[field->node];
    if ((w = h9_room(c, w, (size_t)field->key_size + CB_HEAD)) == NULL) return NULL;
    w = h9_copy_short(w, c->plan->pool + field->key, field->key_size);
    if (null) {
        *w = CB_NULL;
        return w + 1;
    }
    if (node->op == H9_OP_INLINE) return write_members(c, &c->plan->records[node->a], frame, w);
    return h9_cbor_write(c, node, &frame[field->slot], w);
}

static uint8_t *write_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w)
{
    const uint64_t *bits = h9_cbits(frame, r);
    w = write_head(c, CB_MAP, h9_members_shown(c, r, frame), w);
    for (uint32_t i = 0; w != NULL && i < r->count; i++) {
        const h9_field *field = &c->plan->fields[r->first + i];
        h9_shown how = h9_how_shown(c, field, frame, bits);
        if (how != H9_ABSENT) w = write_member(c, field, frame, how == H9_AS_NULL, w);
    }
    return w;
}

/* --- lists and maps --- */

static uint8_t *write_list(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *item = &c->plan->nodes[n->a];
    w = write_head(c, CB_LIST, v->list.n, w);
    for (uint32_t i = 0; w != NULL && i < v->list.n; i++) {
        h9_slot value;
        h9_item_get(v->list.items + (size_t)i * n->width, n->width, item->op, &value);
        w = h9_cbor_write(c, item, &value, w);
    }
    return w;
}

typedef struct entries {
    const h9_slot *of; /* keys and values in turn */
    uint8_t op;        /* of the keys */
} entries;

/* The order of the keys' encodings: integers from 0 up, those below 0 downwards, text by its length first, false, true.
 */
static bool before(const void *of, uint32_t a, uint32_t b)
{
    const entries *e = of;
    const h9_slot *x = &e->of[(size_t)a * 2], *y = &e->of[(size_t)b * 2];
    switch (e->op) {
    case H9_OP_BOOL: return x->b < y->b;
    case H9_OP_UINT: return x->u < y->u;
    case H9_OP_INT:
        if ((x->i < 0) != (y->i < 0)) return y->i < 0;
        return x->i < 0 ? x->i > y->i : x->i < y->i;
    default: return x->s.n != y->s.n ? x->s.n < y->s.n : x->s.n && memcmp(x->s.p, y->s.p, x->s.n) < 0;
    }
}

static uint8_t *write_map(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    entries e = {(const h9_slot *)(const void *)v->list.items, key->op};
    const uint32_t *order = h9_cbor_sorted(c, v->list.n, before, &e);
    if (order == NULL || (w = write_head(c, CB_MAP, v->list.n, w)) == NULL) return NULL;
    for (uint32_t i = 0; i < v->list.n; i++) {
        const h9_slot *entry = &e.of[(size_t)order[i] * 2];
        if ((w = h9_cbor_write(c, key, &entry[0], w)) == NULL) return NULL;
        if ((w = h9_cbor_write(c, value, &entry[1], w)) == NULL) return NULL;
    }
    return w;
}

static uint8_t *write_branch(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (v->choice.value == NULL) return write_byte(c, CB_NULL, w);
    if (n->op == H9_OP_UNION && v->choice.branch >= n->b) return refuse(c, H9_E_BAD_PLAN);
    uint32_t branch = n->op == H9_OP_OPTION ? n->a : c->plan->words32[n->a + v->choice.branch];
    return h9_cbor_write(c, &c->plan->nodes[branch], v->choice.value, w);
}

/* --- by op --- */

uint8_t *h9_cbor_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_NULL: return write_byte(c, CB_NULL, w);
    case H9_OP_BOOL: return write_byte(c, v->b ? CB_TRUE : CB_FALSE, w);
    case H9_OP_INT: return write_int(c, v->i, w);
    case H9_OP_UINT: return write_head(c, CB_UINT, v->u, w);
    case H9_OP_F32: return write_float(c, (double)v->f, w);
    case H9_OP_F64: return write_float(c, v->d, w);
    case H9_OP_STRING: return h9_cbor_write_text(c, v->s.p, v->s.n, w);
    case H9_OP_BYTES:
    case H9_OP_FIXED: return h9_cbor_write_bytes(c, v->s.p, v->s.n, w);
    case H9_OP_ENUM: return write_enum(c, n, v, w);
    case H9_OP_DECIMAL: return h9_cbor_write_fraction(c, v->s.p, v->s.n, (int32_t)n->lo, w);
    case H9_OP_BIGDECIMAL: return h9_cbor_write_fraction(c, v->s.p, v->s.n, (int32_t)v->s.flags, w);
    case H9_OP_UUID: return write_uuid(c, v, w);
    case H9_OP_DATE: return write_date(c, v, w);
    case H9_OP_TIME: return write_clock(c, v, w);
    case H9_OP_TIMESTAMP: return write_timestamp(c, n, v, w);
    case H9_OP_DURATION: return write_duration(c, v, w);
    case H9_OP_PERIOD: return write_period(c, v, w);
    case H9_OP_OPTION:
    case H9_OP_UNION: return write_branch(c, n, v, w);
    case H9_OP_LIST: return write_list(c, n, v, w);
    case H9_OP_MAP: return write_map(c, n, v, w);
    case H9_OP_RECORD: return write_members(c, &c->plan->records[n->a], v->rec, w);
    case H9_OP_ANY: return h9_cbor_write_any(c, n, v, w);
    case H9_OP_WRAPPED: return h9_cbor_write(c, &c->plan->nodes[n->a], v, w);
    default: return refuse(c, H9_E_BAD_PLAN);
    }
}
