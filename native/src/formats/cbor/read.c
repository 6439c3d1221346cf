/* The CBOR reader: what nests, and which reader takes a value. Every form that is well formed is read, the longer ones
 * too; only the writer is deterministic.
 *
 * A value's offset is that of its first byte, a tag's if there is one; input that ends too soon is refused at its end.
 */
#include "core/aside.h"
#include "core/frame.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/cbor/cbor.h"
#include "formats/members.h"
#include "steps/convert.h"

/* --- records --- */

static const uint8_t *read_members(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p);
static const uint8_t *member_key(h9_context *c, h9_slot *key, const uint8_t *p)
{
    bool number;
    return h9_cbor_text_key(c, key, &number, p);
}

static const h9_binary binary = {h9_cbor_read, read_members, h9_cbor_skip, member_key, h9_cbor_null, h9_cbor_kind};

static const uint8_t *read_members(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p)
{
    const uint8_t *at = p;
    cb_nest nest;
    h9_members m;
    if ((p = h9_cbor_open(c, H9_KIND_MAP, &nest, p)) == NULL || !h9_members_start(c, &m, r, frame)) return NULL;
    while (cb_more(c, &nest, &p))
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

/* --- lists and maps --- */

/* Opens the list or map at p, with room for what it says that it holds. */
static const uint8_t *open_items(h9_context *c, h9_kind kind, const h9_node *n, cb_nest *nest, h9_slot *out,
                                 const uint8_t *p)
{
    const uint8_t *at = p;
    out->list.items = NULL;
    out->list.n = out->list.cap = 0;
    if ((p = h9_cbor_open(c, kind, nest, p)) == NULL) return NULL;
    if (nest->open || h9_list_reserve(c, out, n->width, nest->left)) return p;
    c->at = at;
    return NULL;
}

/* Room for the item that began at `at`. NULL: refused. */
static uint8_t *add(h9_context *c, const h9_node *n, h9_slot *list, const uint8_t *at)
{
    uint8_t *place = h9_list_add(c, list, n->width);
    if (place == NULL) c->at = at;
    return place;
}

static const uint8_t *read_list(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_node *item = &c->plan->nodes[n->a];
    cb_nest nest;
    if ((p = open_items(c, H9_KIND_LIST, n, &nest, out, p)) == NULL) return NULL;
    uint32_t depth = c->depth;
    while (cb_more(c, &nest, &p)) {
        h9_slot v = {0};
        const uint8_t *start = p;
        p = h9_cbor_read(c, item, &v, p);
        if (H9_UNLIKELY(p == NULL) && h9_set_aside(c, n, depth, &v)) p = h9_cbor_skip(c, start);
        if (H9_UNLIKELY(p == NULL) && h9_symbol_passed(c) && (p = h9_cbor_skip(c, start)) != NULL) continue;
        if (H9_UNLIKELY(p == NULL)) return h9_in_item(c, out->list.n);
        uint8_t *place = add(c, n, out, start);
        if (place == NULL) return NULL;
        h9_item_put(place, n->width, &v);
    }
    h9_leave(c);
    return p;
}

/* Where in a map a value was refused: its key as text, or the entry's number where that isn't text. */
static const uint8_t *in_entry(h9_context *c, const uint8_t *key, uint32_t index)
{
    h9_slot text;
    uint8_t kind = h9_cbor_kind(c, key);
    if (kind != H9_KIND_STRING && kind != H9_KIND_INT) return h9_in_item(c, index);
    return member_key(c, &text, key) ? h9_in_key(c, text.s.p, text.s.n) : NULL;
}

static const uint8_t *read_entry(h9_context *c, const h9_node *n, h9_slot *list, const uint8_t *p)
{
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    const uint8_t *at = p;
    h9_slot entry[2];
    if ((p = h9_cbor_key(c, key, &entry[0], p)) == NULL) return NULL;
    if (key->conv && !h9_convert(c, key->conv, &entry[0], at)) return NULL;
    const uint8_t *end = h9_cbor_read(c, value, &entry[1], p);
    if (end == NULL) {
        if (h9_symbol_passed(c) && (end = h9_cbor_skip(c, p)) != NULL) return end;
        return in_entry(c, at, list->list.n);
    }
    uint8_t *place = add(c, n, list, at);
    if (place == NULL) return NULL;
    memcpy(place, entry, sizeof entry);
    return end;
}

static const uint8_t *read_map(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *at = p;
    cb_nest nest;
    if ((p = open_items(c, H9_KIND_MAP, n, &nest, out, p)) == NULL) return NULL;
    while (cb_more(c, &nest, &p))
        if ((p = read_entry(c, n, out, p)) == NULL) return NULL;
    h9_leave(c);
    return out->list.n < 2 || h9_map_unique(c, out, n->bits, n->flags & H9_N_LAST_WINS, at) ? p : NULL;
}

/* --- options and unions --- */

static const uint8_t *read_option(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *end = h9_cbor_null(c, p);
    out->choice.value = NULL;
    out->choice.branch = 0;
    if (end != NULL) return end;
    h9_slot *box = h9_arena(c, sizeof *box);
    if (box == NULL) return NULL;
    out->choice.value = box;
    out->choice.branch = 1;
    return h9_cbor_read(c, &c->plan->nodes[n->a], box, p);
}

static const uint8_t *read_union(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint8_t kind = h9_cbor_kind(c, p);
    if (kind == H9_KINDS) { /* it is damaged, and is refused for that */
        cb_head h;
        return h9_cbor_head(c, p, &h) ? h9_fail(c, H9_E_BRANCH, p) : NULL;
    }
    uint32_t branch = n->c == H9_NONE ? H9_NONE : c->plan->words32[n->c + kind];
    if (branch == H9_NONE) return h9_fail(c, H9_E_BRANCH, p);
    return h9_cbor_read(c, &c->plan->nodes[c->plan->words32[n->a + branch]], out, p);
}

/* --- by op --- */

static inline const uint8_t *read_value(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    switch (n->op) {
    case H9_OP_OPTION: return read_option(c, n, out, p);
    case H9_OP_LIST: return read_list(c, n, out, p);
    case H9_OP_MAP: return read_map(c, n, out, p);
    case H9_OP_RECORD: return read_record(c, n, out, p);
    case H9_OP_UNION: return read_union(c, n, out, p);
    case H9_OP_ANY: return h9_cbor_any(c, n, out, p);
    case H9_OP_WRAPPED: return h9_cbor_read(c, &c->plan->nodes[n->a], out, p);
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_cbor_scalar(c, n, out, p);
    }
}

const uint8_t *h9_cbor_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (H9_UNLIKELY(p >= c->end)) return h9_fail(c, H9_E_TRUNCATED, c->end);
    const uint8_t *end = read_value(c, n, out, p);
    if (n->conv && end != NULL && !h9_convert(c, n->conv, out, p)) return NULL;
    return end;
}
