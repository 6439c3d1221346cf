/* Reads Avro's binary encoding by the writer's schema.
 *
 * Avro has no tags: fields stand in the writer's order, so the program is simply the fields in that order, wanted or to
 * be skipped. Every length and count is checked against what is left before anything is reserved (B6, B27).
 */
#include "core/aside.h"
#include "core/big_decimal.h"
#include "core/frame.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/avro/avro.h"
#include "steps/convert.h"
#include "values/decimal.h"
#include "values/utf8.h"
#include "values/uuid.h"

static const uint8_t *value(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

static inline const uint8_t *read_span(h9_context *c, h9_slot *out, const uint8_t *p)
{
    int64_t n;
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &n))) return NULL;
    if (H9_UNLIKELY(n < 0)) return h9_fail(c, H9_E_LENGTH, start);
    if (H9_UNLIKELY(n > c->end - p)) return h9_fail(c, H9_E_TRUNCATED, c->end);
    if (H9_UNLIKELY(n > c->limits.string)) return h9_fail(c, H9_E_STRING, start);
    out->s.p = p;
    out->s.n = (uint32_t)n;
    out->s.flags = 0;
    return p + n;
}

static inline const uint8_t *read_string(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (!(p = read_span(c, out, p))) return NULL;
    if (h9_plain_run(out->s.p, out->s.n) == out->s.n) out->s.flags = H9_SPAN_PLAIN;
    else if (!(n->flags & H9_N_UNCHECKED) && !h9_utf8_valid(out->s.p, out->s.n)) return h9_fail(c, H9_E_UTF8, start);
    return p;
}

/* --- arrays and maps: blocks of items until an empty one (S30) --- */

/* How many of `count` items the rest of the input can hold; an item takes at least n->b bytes. */
static uint64_t possible(const h9_context *c, const h9_node *n, uint64_t count, const uint8_t *p)
{
    uint64_t room = n->b ? (uint64_t)(c->end - p) / n->b : 1024;
    return count < room ? count : room;
}

/* Numbers that stand in the wire as they do in memory are copied whole. */
static const uint8_t *bulk(h9_context *c, const h9_node *n, h9_slot *out, const h9_avro_head *b, const uint8_t *p)
{
    if (b->count > (uint64_t)(c->end - p) / n->width) return h9_fail(c, H9_E_TRUNCATED, c->end);
    if (!h9_list_reserve(c, out, n->width, b->count)) return NULL;
    size_t size = (size_t)b->count * n->width;
    memcpy(out->list.items + (size_t)out->list.n * n->width, p, size);
    out->list.n += (uint32_t)b->count;
    c->items -= (uint32_t)b->count;
    return p + size;
}

static const uint8_t *items(h9_context *c, const h9_node *n, h9_slot *out, const h9_avro_head *b, const uint8_t *p)
{
    const h9_node *item = &c->plan->nodes[n->a];
    uint32_t depth = c->depth;
    for (uint64_t i = 0; i < b->count; i++) {
        h9_slot v;
        const uint8_t *start = p;
        uint32_t index = out->list.n;
        uint8_t *room = h9_list_add(c, out, n->width);
        if (room == NULL) return h9_in_item(c, index);
        p = value(c, item, &v, p);
        if (H9_UNLIKELY(p == NULL) && h9_set_aside(c, n, depth, &v)) p = h9_avro_skip(c, &c->plan->nodes[n->c], start);
        if (H9_UNLIKELY(p == NULL)) return h9_in_item(c, index);
        h9_item_put(room, n->width, &v);
    }
    return p;
}

static bool is_bulk(const h9_context *c, const h9_node *n)
{
    const h9_node *item = &c->plan->nodes[n->a];
    return item->conv == 0 && ((item->op == H9_OP_F32 && n->width == 4) || (item->op == H9_OP_F64 && n->width == 8));
}

static const uint8_t *read_list(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    memset(out, 0, sizeof *out);
    if (!h9_enter(c, p)) return NULL;
    bool copies = is_bulk(c, n);
    for (;;) {
        h9_avro_head b;
        const uint8_t *start = p;
        if (!(p = h9_avro_block(c, p, &b))) return NULL;
        if (b.count == 0) break;
        if (H9_UNLIKELY(n->b == 0 && b.count > c->items)) return h9_fail(c, H9_E_ITEMS, start); /* B27 */
        uint64_t room = possible(c, n, b.count, p);
        if (!copies && room <= c->items && !h9_list_reserve(c, out, n->width, room)) return NULL;
        if (!(p = copies ? bulk(c, n, out, &b, p) : items(c, n, out, &b, p))) return NULL;
        if (!(p = h9_avro_block_end(c, &b, p))) return NULL;
    }
    h9_leave(c);
    return p;
}

static const uint8_t *entries(h9_context *c, const h9_node *n, h9_slot *out, const h9_avro_head *b, const uint8_t *p)
{
    const h9_node *key = &c->plan->nodes[n->a], *item = &c->plan->nodes[n->b];
    for (uint64_t i = 0; i < b->count; i++) {
        const uint8_t *start = p;
        h9_slot *entry = (h9_slot *)(void *)h9_list_add(c, out, 32);
        h9_slot text;
        if (entry == NULL || !(p = read_string(c, key, &text, p))) return NULL;
        entry[0] = text;
        if (key->conv && !h9_convert(c, key->conv, &entry[0], start)) return NULL;
        if (!(p = value(c, item, &entry[1], p))) return h9_in_key(c, text.s.p, text.s.n);
    }
    return p;
}

static const uint8_t *read_map(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    memset(out, 0, sizeof *out);
    if (!h9_enter(c, p)) return NULL;
    for (;;) {
        h9_avro_head b;
        if (!(p = h9_avro_block(c, p, &b))) return NULL;
        if (b.count == 0) break;
        uint64_t room = possible(c, n, b.count, p);
        if (room <= c->items && !h9_list_reserve(c, out, 32, room)) return NULL;
        if (!(p = entries(c, n, out, &b, p)) || !(p = h9_avro_block_end(c, &b, p))) return NULL;
    }
    h9_leave(c);
    return h9_map_unique(c, out, n->bits, n->flags & H9_N_LAST_WINS, start) ? p : NULL;
}

/* --- records and unions --- */

static inline const uint8_t *branch(h9_context *c, const h9_node *n, int64_t index, h9_slot *out, const uint8_t *p,
                                    const uint8_t *start)
{
    if (n->op == H9_OP_OPTION) {
        if (index != 1 - n->lo) return h9_fail(c, H9_E_BRANCH, start);
        return value(c, &c->plan->nodes[n->a], out, p);
    }
    if (index < 0 || index >= (int64_t)n->b) return h9_fail(c, H9_E_BRANCH, start); /* B24, B25 */
    const h9_node *chosen = &c->plan->nodes[c->plan->words32[n->a + (uint32_t)index]];
    if (chosen->op == H9_OP_FAIL) return h9_fail(c, (h9_code)chosen->a, start);
    if (!h9_enter(c, start)) return NULL;
    p = value(c, chosen, out, p);
    h9_leave(c);
    return p;
}

static const uint8_t *members(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p);

/* One field into its slot; a null branch leaves it absent where the target has presence. */
static inline const uint8_t *field(h9_context *c, const h9_record *r, const h9_field *f, h9_slot *frame,
                                   const uint8_t *p)
{
    const h9_node *n = &c->plan->nodes[f->node];
    if (f->slot == H9_NO_SLOT) return h9_avro_skip(c, n, p);
    h9_slot *slot = frame + f->slot;
    if (f->flags & H9_F_NULLABLE) {
        if (H9_UNLIKELY(n->op == H9_OP_NULL)) return p; /* always null: no union around it, so no byte */
        int64_t index;
        const uint8_t *start = p;
        if (!(p = h9_avro_long(c, p, &index))) return NULL;
        if (index == n->lo) return p;
        if (n->op == H9_OP_OPTION && c->plan->nodes[n->a].op == H9_OP_INLINE) {
            if (index != 1 - n->lo) return h9_fail(c, H9_E_BRANCH, start);
            if (!h9_enter(c, p) || !(p = members(c, &c->plan->records[c->plan->nodes[n->a].a], frame, p))) return NULL;
            h9_leave(c);
        } else if (!(p = branch(c, n, index, slot, p, start))) {
            return NULL;
        }
        if (n->conv && !h9_convert(c, n->conv, slot, start)) return NULL;
    } else if (n->op == H9_OP_INLINE) {
        if (!h9_enter(c, p) || !(p = members(c, &c->plan->records[n->a], frame, p))) return NULL;
        h9_leave(c);
    } else if (!(p = value(c, n, slot, p))) {
        return NULL;
    }
    h9_set(h9_bits(frame, r), f->slot);
    return p;
}

/* S20: at most one member of a oneof. */
static bool alone(h9_context *c, const h9_record *r, const h9_field *f, const h9_slot *frame, const uint8_t *at)
{
    const uint64_t *group = c->plan->words64 + f->group, *bits = h9_cbits(frame, r);
    if (!h9_has(bits, f->slot)) return true;
    for (uint32_t w = 0; w < r->words; w++) {
        uint64_t own = w == f->slot >> 6 ? UINT64_C(1) << (f->slot & 63) : 0;
        if (bits[w] & group[w] & ~own) {
            h9_fail(c, H9_E_DUPLICATE, at);
            return false;
        }
    }
    return true;
}

static const uint8_t *members(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p)
{
    const uint8_t *start = p;
    const h9_field *f = c->plan->fields + r->first, *last = f + r->count;
    for (; f < last; f++) {
        const uint8_t *begin = p;
        if (H9_UNLIKELY(!(p = field(c, r, f, frame, begin)))) return h9_in_field(c, f->name);
        if (H9_UNLIKELY(f->group != H9_NONE) && f->slot != H9_NO_SLOT && !alone(c, r, f, frame, begin))
            return h9_in_field(c, f->name);
        for (const h9_field *again = f; H9_UNLIKELY(again->also != 0);) {
            again = &c->plan->fields[again->also];
            if (!(p = field(c, r, again, frame, begin))) return h9_in_field(c, f->name);
        }
    }
    return h9_finish(c, r, frame, start) ? p : NULL;
}

static const uint8_t *read_record(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_record *r = &c->plan->records[n->a];
    h9_slot *frame;
    if (!h9_enter(c, p) || !(frame = h9_frame_new(c, r)) || !(p = members(c, r, frame, p))) return NULL;
    h9_leave(c);
    out->rec = frame;
    return p;
}

static const uint8_t *read_union(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    int64_t index;
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &index))) return NULL;
    if (n->op == H9_OP_OPTION) {
        out->choice.value = NULL;
        out->choice.branch = 0;
        if (index == n->lo) return p;
        h9_slot *box = h9_arena(c, sizeof *box);
        if (box == NULL) return NULL;
        out->choice.value = box;
        out->choice.branch = 1;
        return branch(c, n, index, box, p, start);
    }
    return branch(c, n, index, out, p, start);
}

/* --- single values --- */

static const uint8_t *read_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_enum *e = &c->plan->enums[n->a];
    int64_t index;
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &index))) return NULL;
    if (index < 0 || index >= (int64_t)e->count) return h9_fail(c, H9_E_SYMBOL, start); /* B26 */
    const h9_symbol *symbol = &c->plan->symbols[e->first + (uint32_t)index];
    if (symbol->mapped) out->i = symbol->target;
    else if (e->unknown != INT64_MIN) out->i = e->unknown;
    else return h9_fail(c, H9_E_SYMBOL, start);
    return p;
}

static const uint8_t *read_fixed(h9_context *c, h9_slot *out, size_t n, const uint8_t *p)
{
    out->s.p = p;
    out->s.n = (uint32_t)n;
    out->s.flags = 0;
    return h9_avro_take(c, p, n);
}

static const uint8_t *read_uuid(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (n->a == 16) {
        if ((p = h9_avro_take(c, p, 16))) memcpy(out->id, start, 16);
        return p;
    }
    h9_slot text;
    if (!(p = read_span(c, &text, p))) return NULL;
    if (!h9_uuid_parse(text.s.p, text.s.n, out->id)) return h9_fail(c, H9_E_UUID, start);
    return p;
}

/* A decimal's bytes are checked against its precision here, so that no writer meets one of a megabyte (B34). */
static const uint8_t *read_decimal(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    if (!(p = n->a ? read_fixed(c, out, n->a, p) : read_span(c, out, p))) return NULL;
    if (out->s.n == 0 || h9_decimal_print(out->s.p, out->s.n, (int32_t)n->lo, (int32_t)n->hi, text) == 0)
        return h9_fail(c, H9_E_DECIMAL, start);
    return p;
}

static const uint8_t *read_big_decimal(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_slot body;
    const uint8_t *start = p;
    if (!(p = read_span(c, &body, p))) return NULL;
    return h9_get_big_decimal(&body, out) ? p : h9_fail(c, H9_E_DECIMAL, start);
}

static const uint8_t *read_time(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    int64_t count;
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &count))) return NULL;
    if (n->op == H9_OP_TIMESTAMP) {
        h9_timestamp_from(out, count, n->a);
        return p;
    }
    if (count < 0 || count >= INT64_C(86400000000000) / (int64_t)n->a) return h9_fail(c, H9_E_TIME, start);
    out->i = count * (int64_t)n->a;
    return p;
}

static const uint8_t *read_period(h9_context *c, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if ((p = h9_avro_take(c, p, H9_PERIOD_BYTES))) h9_get_period(start, out);
    return p;
}

static inline const uint8_t *read_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &out->i))) return NULL;
    if (H9_UNLIKELY(out->i < n->lo || out->i > n->hi)) return h9_fail(c, H9_E_RANGE, start); /* B22 */
    return p;
}

static const uint8_t *rarely(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    switch (n->op) {
    case H9_OP_NULL: out->u = 0; return p;
    case H9_OP_FIXED: return read_fixed(c, out, n->a, p);
    case H9_OP_DECIMAL: return read_decimal(c, n, out, p);
    case H9_OP_BIGDECIMAL: return read_big_decimal(c, out, p);
    case H9_OP_DATE: return read_int(c, n, out, p);
    case H9_OP_PERIOD: return read_period(c, out, p);
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p);
    }
}

static const uint8_t *value(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    switch (n->op) {
    case H9_OP_STRING: p = read_string(c, n, out, p); break;
    case H9_OP_BYTES: p = read_span(c, out, p); break;
    case H9_OP_INT: p = read_int(c, n, out, p); break;
    case H9_OP_F32:
        if ((p = h9_avro_take(c, p, 4))) memcpy(&out->f, start, 4);
        break;
    case H9_OP_F64:
        if ((p = h9_avro_take(c, p, 8))) memcpy(&out->d, start, 8);
        break;
    case H9_OP_BOOL:
        if (!(p = h9_avro_take(c, p, 1))) break;
        if (*start > 1) p = h9_fail(c, H9_E_BOOLEAN, start); /* B23 */
        else out->u = *start;
        break;
    case H9_OP_ENUM: p = read_enum(c, n, out, p); break;
    case H9_OP_UUID: p = read_uuid(c, n, out, p); break;
    case H9_OP_TIMESTAMP:
    case H9_OP_TIME: p = read_time(c, n, out, p); break;
    case H9_OP_LIST: p = read_list(c, n, out, p); break;
    case H9_OP_MAP: p = read_map(c, n, out, p); break;
    case H9_OP_RECORD: p = read_record(c, n, out, p); break;
    case H9_OP_OPTION:
    case H9_OP_UNION: p = read_union(c, n, out, p); break;
    default: p = rarely(c, n, out, p); break;
    }
    if (H9_UNLIKELY(n->conv != 0) && p != NULL && !h9_convert(c, n->conv, out, start)) return NULL;
    return p;
}

const uint8_t *h9_avro_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{ return value(c, n, out, p); }
