/* Whether an image can be run without checks: every index within its table, every chain with an end. */
#include "core/check.h"

#include "core/formats.h"
#include "core/plan.h"

static bool good_keys(const h9_plan *p, uint32_t table_at, uint32_t mask, uint32_t members)
{
    if (!h9_within(table_at, (uint64_t)mask + 1 + H9_SEED_WORDS, p->h.words32) || (mask & (mask + 1)) != 0)
        return false;
    bool empty = false;
    for (uint32_t i = 0; i <= mask; i++) {
        uint32_t entry = p->words32[table_at + i];
        if (entry == 0) {
            empty = true;
            continue;
        }
        if (entry > p->h.keys) return false;
        const h9_key *key = &p->keys[entry - 1];
        if (!h9_within(key->text, key->size, p->h.pool) || key->index >= members) return false;
    }
    return empty; /* or a search for what isn't there would not end */
}

static bool good_enum(const h9_plan *p, const h9_enum *e)
{
    if (!h9_within(e->first, e->count, p->h.symbols) || !good_keys(p, e->keys, e->key_mask, e->count)) return false;
    if (!h9_within(e->by_number, e->count, p->h.words32)) return false;
    for (uint32_t i = 0; i < e->count; i++) {
        const h9_symbol *s = &p->symbols[e->first + i];
        if (p->words32[e->by_number + i] >= e->count || !h9_within(s->key, s->key_size, p->h.pool)) return false;
    }
    return true;
}

static bool good_field(const h9_plan *p, const h9_record *r, const h9_field *f)
{
    return f->node < p->h.nodes && (f->slot == H9_NO_SLOT || f->slot < r->slots) && f->also < p->h.fields
           && h9_within(f->key, f->key_size, p->h.pool)
           && (f->group == H9_NONE || h9_within(f->group, r->words, p->h.words64)) && f->name < p->h.names
           && (f->loose & 0xFFFF) <= r->slots;
}

/* An INLINE record writes into the frame around it: both must agree on its size. It may stand within an option or a
 * name. Its table comes after that of the record around it, so none stands in itself. */
static bool good_inline(const h9_plan *p, const h9_record *r, const h9_field *f)
{
    const h9_node *n = &p->nodes[f->node];
    if ((n->op == H9_OP_OPTION || n->op == H9_OP_WRAPPED) && n->a < p->h.nodes) n = &p->nodes[n->a];
    return n->op != H9_OP_INLINE
           || (n->a < p->h.records && &p->records[n->a] > r && p->records[n->a].slots == r->slots);
}

static bool good_numbers(const h9_plan *p, const h9_record *r)
{
    if (!h9_within(r->numbers, r->numbers_size, p->h.words32)
        || !h9_within(r->sparse, (uint64_t)r->sparse_size * 2, p->h.words32))
        return false;
    for (uint32_t i = 0; i < r->numbers_size; i++)
        if (p->words32[r->numbers + i] > r->count) return false;
    for (uint32_t i = 0; i < r->sparse_size; i++)
        if (p->words32[r->sparse + i * 2 + 1] >= r->count) return false;
    return true;
}

static bool good_record(const h9_plan *p, const h9_record *r)
{
    if (!h9_within(r->first, r->count, p->h.fields) || r->slots >= H9_NO_SLOT || r->words != (r->slots + 63) / 64)
        return false;
    if (r->need != H9_NONE && !h9_within(r->need, r->words, p->h.words64)) return false;
    uint64_t met = r->count > r->slots ? r->count : r->slots;
    if (r->found != H9_NONE && !h9_within(r->found, 1 + (met + 63) / 64, p->h.found)) return false;
    if (r->must && !h9_within(r->must - 1, ((uint64_t)r->count + 63) / 64, p->h.words64)) return false;
    if (!h9_within(r->first_fill, r->fills, p->h.fills) || !good_keys(p, r->keys, r->key_mask, r->count)) return false;
    if (r->unknown == H9_UNKNOWN_KEEP && r->unknown_slot != H9_NO_SLOT && r->unknown_slot >= r->slots) return false;
    for (uint32_t i = 0; i < r->count; i++) {
        const h9_field *f = &p->fields[r->first + i];
        for (uint32_t guard = 0;; guard++) {
            if (!good_field(p, r, f) || !good_inline(p, r, f) || guard > p->h.fields) return false;
            if (f->also == 0) break;
            f = &p->fields[f->also];
        }
    }
    for (uint32_t i = 0; i < r->fills; i++) {
        const h9_fill *f = &p->fills[r->first_fill + i];
        if (f->slot >= r->slots || f->name >= p->h.names || !h9_within(f->value, f->size, p->h.pool)) return false;
        if (f->kind == H9_FILL_SLOT && f->size != sizeof(h9_slot)) return false;
        if (f->kind == H9_FILL_MSGPACK && f->node >= p->h.nodes) return false;
    }
    return good_numbers(p, r);
}

/* A node that may take no byte of a message, and so no level of its depth either, stands after the nodes that it leads
 * to: following them ends. */
static bool good_before(const h9_plan *p, const h9_node *n, uint32_t other) { return other < (uint32_t)(n - p->nodes); }

static bool good_union(const h9_plan *p, const h9_node *n)
{
    if (!h9_within(n->a, n->b, p->h.words32)) return false;
    for (uint32_t i = 0; i < n->b; i++)
        if (!good_before(p, n, p->words32[n->a + i])) return false;
    if (n->flags & H9_N_NAMED)
        return n->lo < (int64_t)n->b && n->hi >= 0 && n->hi < UINT32_MAX && good_keys(p, n->c, (uint32_t)n->hi, n->b);
    if (n->c == H9_NONE) return true;
    if (!h9_within(n->c, H9_KINDS, p->h.words32)) return false;
    for (uint32_t i = 0; i < H9_KINDS; i++) {
        uint32_t branch = p->words32[n->c + i];
        if (branch != H9_NONE && branch >= n->b) return false;
    }
    return true;
}

/* Of records or options, which can stand as bad items; Avro knows an item's end by its schema alone. */
static bool good_each(const h9_plan *p, const h9_node *n)
{
    const h9_node *node = &p->nodes[n->a];
    uint8_t item = node->op == H9_OP_WRAPPED && node->a < p->h.nodes ? p->nodes[node->a].op : node->op;
    return n->width == sizeof(h9_slot) && (item == H9_OP_RECORD || item == H9_OP_OPTION || item == H9_OP_UNION)
           && (!h9_codecs[p->h.reader]->by_schema || n->c < p->h.nodes);
}

/* A name around a value (S19); or a generated wrapper, which has a field for each thing that may stand in it (S33). */
static bool good_wrapped(const h9_plan *p, const h9_node *n)
{
    if (!good_before(p, n, n->a)) return false;
    if (n->c != 0) return h9_within(n->b, n->c, p->h.pool);
    if (n->b == 0) return true;
    if (n->b > p->h.records) return false;
    const h9_node *inner = &p->nodes[n->a];
    uint32_t count = p->records[n->b - 1].count;
    switch (inner->op) {
    case H9_OP_LIST:
    case H9_OP_MAP: return count >= 1;
    case H9_OP_OPTION: return count >= 2;
    case H9_OP_UNION: return count >= inner->b;
    default: return false;
    }
}

/* A record is unwrapped only by its own node. */
static bool good_unwrap(const h9_plan *p, const h9_node *n)
{
    const h9_step *s = &p->steps[n->conv];
    return s->code != H9_STEP_UNWRAP || (n->op == H9_OP_RECORD && n->a == s->a);
}

/* The types that an Any may hold; `shown`: as JSON has them, each a record with a frame of its own. */
static bool good_types(const h9_plan *p, uint32_t types, bool shown)
{
    if (types >= p->h.records || p->records[types].slots != 1) return false;
    const h9_record *r = &p->records[types];
    if (!h9_within(r->first, r->count, p->h.fields)) return false;
    for (uint32_t i = 0; shown && i < r->count; i++) {
        uint32_t node = p->fields[r->first + i].node;
        if (node >= p->h.nodes || p->nodes[node].op != H9_OP_RECORD) return false;
    }
    return true;
}

static bool good_packed(const h9_plan *p, const h9_step *s)
{
    if (!good_types(p, s->a, false) || s->b >= p->h.records) return false;
    int64_t slots = p->records[s->b].slots;
    return s->lo >= 0 && s->lo < slots && s->hi >= 0 && s->hi < slots;
}

static bool good_node(const h9_plan *p, const h9_node *n)
{
    if (n->conv >= p->h.steps || !good_unwrap(p, n)) return false;
    switch (n->op) {
    case H9_OP_ENUM: return n->a < p->h.enums;
    case H9_OP_OPTION: return good_before(p, n, n->a);
    case H9_OP_WRAPPED: return good_wrapped(p, n);
    case H9_OP_LIST:
        return n->a < p->h.nodes && h9_good_width(n->width) && (!(n->flags & H9_N_EACH) || good_each(p, n));
    case H9_OP_MAP: return n->a < p->h.nodes && n->b < p->h.nodes && n->width == 32;
    case H9_OP_RECORD:
    case H9_OP_INLINE: return n->a < p->h.records;
    case H9_OP_UNION: return good_union(p, n);
    case H9_OP_TYPED: return good_types(p, n->a, true);
    case H9_OP_DATE: return true;
    case H9_OP_TIME:
    case H9_OP_TIMESTAMP: return n->a > 0 && n->a <= 1000000000u && 1000000000u % n->a == 0;
    default: return n->op <= H9_OP_FAIL;
    }
}

static bool good_step(const h9_plan *p, uint32_t i)
{
    const h9_step *s = &p->steps[i];
    if (s->code >= H9_STEPS || (s->next != 0 && s->next >= i)) return false; /* a chain goes back, so it ends */
    if (p->steps[s->next].code == H9_STEP_UNWRAP) return false;
    switch (s->code) {
    case H9_STEP_STRING_TO_ENUM:
    case H9_STEP_ENUM_TO_STRING:
    case H9_STEP_SYMBOL_TABLE: return s->a < p->h.enums;
    case H9_STEP_UNWRAP: return s->a < p->h.records;
    case H9_STEP_UNTYPE: return s->a < p->h.nodes && s->b < p->h.nodes && s->c < H9_FORMATS;
    case H9_STEP_UNPACK:
    case H9_STEP_PACK: return good_packed(p, s);
    case H9_STEP_TIMESTAMP_UNIT:
    case H9_STEP_TIMESTAMP_TO_I:
    case H9_STEP_I_TO_TIMESTAMP:
    case H9_STEP_TIME_UNIT: return s->a > 0;
    default: return true;
    }
}

bool h9_good_image(const h9_plan *p)
{
    const h9_header *h = &p->h;
    if (h->reader >= H9_FORMATS || h->writer >= H9_FORMATS || h->read_root >= h->nodes || h->write_root >= h->nodes)
        return false;
    if (h->skip_root != H9_NONE && h->skip_root >= h->nodes) return false;
    if (h->found_insns != H9_NONE && !h9_within(h->found_insns, 1 + ((uint64_t)h->insns * 2 + 63) / 64, h->found))
        return false;
    if (h->steps == 0 || h->keys > UINT32_MAX - 1) return false;
    for (uint32_t i = 0; i < h->enums; i++)
        if (!good_enum(p, &p->enums[i])) return false;
    for (uint32_t i = 0; i < h->records; i++)
        if (!good_record(p, &p->records[i])) return false;
    for (uint32_t i = 0; i < h->nodes; i++)
        if (!good_node(p, &p->nodes[i])) return false;
    for (uint32_t i = 0; i < h->steps; i++)
        if (!good_step(p, i)) return false;
    return h9_good_program(p);
}
