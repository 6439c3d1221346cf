/* Passes over Avro values that a plan doesn't want: their structure is checked, nothing is kept. */
#include "core/plan.h"
#include "formats/avro/avro.h"

static const uint8_t *skip_span(h9_context *c, const uint8_t *p)
{
    int64_t n;
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &n))) return NULL;
    if (n < 0) return h9_fail(c, H9_E_LENGTH, start);
    return h9_avro_take(c, p, (uint64_t)n);
}

static const uint8_t *skip_blocks(h9_context *c, const h9_node *n, const uint8_t *p)
{
    if (!h9_enter(c, p)) return NULL;
    for (;;) {
        h9_avro_head b;
        if (!(p = h9_avro_block(c, p, &b))) return NULL;
        if (b.count == 0) break;
        for (uint64_t i = 0; i < b.count; i++) {
            if (!h9_count_item(c, p)) return NULL;
            if (n->op == H9_OP_MAP && !(p = skip_span(c, p))) return NULL;
            if (!(p = h9_avro_skip(c, &c->plan->nodes[n->op == H9_OP_MAP ? n->b : n->a], p))) return NULL;
        }
        if (!(p = h9_avro_block_end(c, &b, p))) return NULL;
    }
    h9_leave(c);
    return p;
}

static const uint8_t *skip_union(h9_context *c, const h9_node *n, const uint8_t *p)
{
    int64_t index;
    const uint8_t *start = p;
    if (!(p = h9_avro_long(c, p, &index))) return NULL;
    if (n->op == H9_OP_OPTION) {
        if (index == n->lo) return p;
        if (index != 1 - n->lo) return h9_fail(c, H9_E_BRANCH, start);
        return h9_avro_skip(c, &c->plan->nodes[n->a], p);
    }
    if (index < 0 || index >= (int64_t)n->b) return h9_fail(c, H9_E_BRANCH, start);
    if (!h9_enter(c, start)) return NULL;
    p = h9_avro_skip(c, &c->plan->nodes[c->plan->words32[n->a + (uint32_t)index]], p);
    h9_leave(c);
    return p;
}

static const uint8_t *skip_record(h9_context *c, const h9_node *n, const uint8_t *p)
{
    const h9_record *r = &c->plan->records[n->a];
    if (!h9_enter(c, p)) return NULL;
    for (uint32_t i = 0; i < r->count && p; i++)
        p = h9_avro_skip(c, &c->plan->nodes[c->plan->fields[r->first + i].node], p);
    h9_leave(c);
    return p;
}

const uint8_t *h9_avro_skip(h9_context *c, const h9_node *n, const uint8_t *p)
{
    int64_t ignored;
    switch (n->op) {
    case H9_OP_NULL: return p;
    case H9_OP_BOOL: return h9_avro_take(c, p, 1);
    case H9_OP_F32: return h9_avro_take(c, p, 4);
    case H9_OP_F64: return h9_avro_take(c, p, 8);
    case H9_OP_INT:
    case H9_OP_ENUM:
    case H9_OP_DATE:
    case H9_OP_TIME:
    case H9_OP_TIMESTAMP: return h9_avro_long(c, p, &ignored);
    case H9_OP_STRING:
    case H9_OP_BYTES:
    case H9_OP_BIGDECIMAL: return skip_span(c, p);
    case H9_OP_FIXED: return h9_avro_take(c, p, n->a);
    case H9_OP_DECIMAL: return n->a ? h9_avro_take(c, p, n->a) : skip_span(c, p);
    case H9_OP_UUID: return n->a == 16 ? h9_avro_take(c, p, 16) : skip_span(c, p);
    case H9_OP_PERIOD: return h9_avro_take(c, p, 12);
    case H9_OP_LIST:
    case H9_OP_MAP: return skip_blocks(c, n, p);
    case H9_OP_OPTION:
    case H9_OP_UNION: return skip_union(c, n, p);
    case H9_OP_RECORD: return skip_record(c, n, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p);
    }
}
