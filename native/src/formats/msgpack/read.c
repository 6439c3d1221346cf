/* The MessagePack reader: what nests, and which reader takes a value.
 *
 * A value's offset is that of its first byte; input that ends too soon is refused at its end.
 */
#include "core/aside.h"
#include "core/frame.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/members.h"
#include "formats/msgpack/msgpack.h"
#include "steps/convert.h"

/* --- keys of records --- */

/* A key that was not the predicted one: decodes it into *key. */
static const uint8_t *decode_key(h9_context *c, h9_slot *key, const uint8_t *p)
{
    if (p >= c->end || *p == MP_NEVER) return h9_msgpack_refuse(c, p);
    if (h9_msgpack_kind(*p) != H9_KIND_STRING) return h9_fail(c, H9_E_KEY, p);
    return h9_msgpack_text(c, key, p);
}

/* --- members --- */

static const uint8_t *read_members(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p);
static inline const uint8_t *nil(const h9_context *c, const uint8_t *p)
{ return p < c->end && *p == MP_NIL ? p + 1 : NULL; }
static inline uint8_t kind_at(const h9_context *c, const uint8_t *p)
{
    (void)c;
    return h9_msgpack_kind(*p);
}

static const h9_binary binary = {h9_msgpack_read, read_members, h9_msgpack_skip, decode_key, nil, kind_at};

/* Opens the list or map at p; `fix` is its short form's first byte. */
static inline const uint8_t *open_nest(h9_context *c, uint8_t kind, uint8_t fix, uint32_t *count, const uint8_t *p)
{
    h9_head h;
    if (H9_LIKELY(p < c->end && (*p & 0xF0) == fix && (size_t)(c->end - p) > (*p & 15) * (size_t)2)) {
        *count = *p & 15;
        return h9_enter(c, p) ? p + 1 : NULL;
    }
    const uint8_t *items = h9_msgpack_head(c, p, &h);
    if (items == NULL) return NULL;
    if (h.kind != kind) return h9_msgpack_refuse(c, p);
    *count = h.n;
    return h9_enter(c, p) ? items : NULL;
}

static const uint8_t *read_members(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p)
{
    const uint8_t *at = p;
    uint32_t count = 0;
    h9_members m;
    if ((p = open_nest(c, H9_KIND_MAP, MP_FIXMAP, &count, p)) == NULL || !h9_members_start(c, &m, r, frame))
        return NULL;
    for (; count > 0; count--)
        if ((p = h9_read_member(&binary, c, &m, p)) == NULL) return NULL;
    h9_leave(c);
    return h9_members_end(c, &m, at) ? p : NULL;
}

static const uint8_t *read_record(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_record *r = &c->plan->records[n->a];
    out->rec = h9_frame_new(c, r);
    return out->rec ? read_members(c, r, out->rec, p) : NULL;
}

/* --- lists --- */

/* Packed floats that stand as such: a type byte and four bytes each, one after another. How many were taken. */
static uint32_t take_f32(const h9_context *c, uint8_t *items, uint32_t n, const uint8_t *p)
{
    size_t room = (size_t)(c->end - p) / 5;
    if (n > room) n = (uint32_t)room;
    uint32_t i = 0;
    for (; i < n && p[i * (size_t)5] == MP_F32; i++) {
        float v = mp_get_f32(p + i * (size_t)5 + 1);
        memcpy(items + i * sizeof v, &v, sizeof v);
    }
    return i;
}

static uint32_t take_f64(const h9_context *c, uint8_t *items, uint32_t n, const uint8_t *p)
{
    size_t room = (size_t)(c->end - p) / 9;
    if (n > room) n = (uint32_t)room;
    uint32_t i = 0;
    for (; i < n && p[i * (size_t)9] == MP_F64; i++) {
        double v = mp_get_f64(p + i * (size_t)9 + 1);
        memcpy(items + i * sizeof v, &v, sizeof v);
    }
    return i;
}

/* Takes what the list's beginning holds in the form that its items have in the frame; *p moves past it. */
static uint32_t take_packed(const h9_context *c, const h9_node *item, size_t width, uint8_t *items, uint32_t n,
                            const uint8_t **p)
{
    uint32_t taken = 0;
    if (item->conv != 0) return 0;
    if (item->op == H9_OP_F32 && width == 4) {
        taken = take_f32(c, items, n, *p);
        *p += taken * (size_t)5;
    }
    if (item->op == H9_OP_F64 && width == 8) {
        taken = take_f64(c, items, n, *p);
        *p += taken * (size_t)9;
    }
    return taken;
}

static const uint8_t *read_list(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_node *item = &c->plan->nodes[n->a];
    const uint8_t *at = p;
    uint32_t count = 0;
    out->list.items = NULL;
    out->list.n = out->list.cap = 0;
    if ((p = open_nest(c, H9_KIND_LIST, MP_FIXLIST, &count, p)) == NULL) return NULL;
    if (!h9_list_reserve(c, out, n->width, count)) {
        c->at = at;
        return NULL;
    }
    c->items -= count; /* reserving made sure that the budget has them */
    uint32_t i = count ? take_packed(c, item, n->width, out->list.items, count, &p) : 0;
    uint32_t depth = c->depth, passed = 0;
    for (; i < count; i++) {
        h9_slot v = {0};
        const uint8_t *start = p;
        if (H9_UNLIKELY((i + 1) % H9_STRIDE_ITEMS == 0) && !h9_go_on(c)) return NULL;
        p = h9_msgpack_read(c, item, &v, p);
        if (H9_UNLIKELY(p == NULL) && h9_set_aside(c, n, depth, &v)) p = h9_msgpack_skip(c, start);
        if (H9_UNLIKELY(p == NULL) && h9_symbol_passed(c)) {
            passed++;
            if ((p = h9_msgpack_skip(c, start)) != NULL) continue;
        }
        if (H9_UNLIKELY(p == NULL)) return h9_in_item(c, i);
        h9_item_put(out->list.items + (size_t)(i - passed) * n->width, n->width, &v);
    }
    out->list.n = count - passed;
    h9_leave(c);
    return p;
}

/* --- maps --- */

/* Where in a map a value was refused: its key as it stands in the input, or the entry's number where that isn't text.
 */
static const uint8_t *in_entry(h9_context *c, const uint8_t *key, uint32_t index)
{
    h9_slot text;
    if (h9_msgpack_kind(*key) != H9_KIND_STRING) return h9_in_item(c, index);
    h9_msgpack_text(c, &text, key); /* which was read before, so can't be refused */
    return h9_in_key(c, text.s.p, text.s.n);
}

/* The entry after *kept others that stand in the map. */
static const uint8_t *read_entry(h9_context *c, const h9_node *n, h9_slot *entries, uint32_t *kept, uint32_t index,
                                 const uint8_t *p)
{
    h9_slot *entry = &entries[*kept * (size_t)2];
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    const uint8_t *at = p;
    if ((p = h9_msgpack_key(c, key, &entry[0], p)) == NULL) return NULL;
    if (key->conv && !h9_convert(c, key->conv, &entry[0], at)) return NULL;
    const uint8_t *end = h9_msgpack_read(c, value, &entry[1], p);
    if (H9_LIKELY(end != NULL)) ++*kept;
    else if (h9_symbol_passed(c)) end = h9_msgpack_skip(c, p);
    return end ? end : in_entry(c, at, index);
}

static const uint8_t *read_map(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *at = p;
    uint32_t count = 0;
    out->list.items = NULL;
    out->list.n = out->list.cap = 0;
    if ((p = open_nest(c, H9_KIND_MAP, MP_FIXMAP, &count, p)) == NULL) return NULL;
    if (!h9_list_reserve(c, out, n->width, count)) {
        c->at = at;
        return NULL;
    }
    c->items -= count;
    h9_slot *entries = (h9_slot *)(void *)out->list.items;
    for (uint32_t i = 0; i < count; i++)
        if ((p = read_entry(c, n, entries, &out->list.n, i, p)) == NULL) return NULL;
    h9_leave(c);
    return count < 2 || h9_map_unique(c, out, n->bits, n->flags & H9_N_LAST_WINS, at) ? p : NULL;
}

/* --- options and unions --- */

static const uint8_t *read_option(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (*p == MP_NIL) {
        out->choice.value = NULL;
        out->choice.branch = 0;
        return p + 1;
    }
    h9_slot *box = h9_arena(c, sizeof *box);
    if (box == NULL) return NULL;
    out->choice.value = box;
    out->choice.branch = 1;
    return h9_msgpack_read(c, &c->plan->nodes[n->a], box, p);
}

static const uint8_t *read_union(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint8_t kind = h9_msgpack_kind(*p);
    if (kind == H9_KINDS) return h9_msgpack_refuse(c, p);
    uint32_t branch = n->c == H9_NONE ? H9_NONE : c->plan->words32[n->c + kind];
    if (branch == H9_NONE) return h9_fail(c, H9_E_BRANCH, p);
    return h9_msgpack_read(c, &c->plan->nodes[c->plan->words32[n->a + branch]], out, p);
}

/* --- by op --- */

static inline const uint8_t *read_value(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    switch (n->op) {
    case H9_OP_INT: return h9_msgpack_int(c, n->lo, n->hi, &out->i, p);
    case H9_OP_UINT: return h9_msgpack_uint(c, (uint64_t)n->hi, &out->u, p);
    case H9_OP_F32: return h9_msgpack_f32(c, n->a == 0, &out->f, p);
    case H9_OP_F64: return h9_msgpack_f64(c, n->a == 0, &out->d, p);
    case H9_OP_STRING: return h9_msgpack_string(c, !(n->flags & H9_N_UNCHECKED), out, p);
    case H9_OP_OPTION: return read_option(c, n, out, p);
    case H9_OP_LIST: return read_list(c, n, out, p);
    case H9_OP_MAP: return read_map(c, n, out, p);
    case H9_OP_RECORD: return read_record(c, n, out, p);
    case H9_OP_UNION: return read_union(c, n, out, p);
    case H9_OP_ANY: return h9_msgpack_any(c, n, out, p);
    case H9_OP_WRAPPED: return h9_msgpack_read(c, &c->plan->nodes[n->a], out, p);
    case H9_OP_DATE:
    case H9_OP_TIME:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: return h9_msgpack_time(c, n, out, p);
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_msgpack_scalar(c, n, out, p);
    }
}

const uint8_t *h9_msgpack_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (H9_UNLIKELY(p >= c->end)) return h9_msgpack_refuse(c, p);
    const uint8_t *end = read_value(c, n, out, p);
    if (n->conv && end != NULL && !h9_convert(c, n->conv, out, p)) return NULL;
    return end;
}
