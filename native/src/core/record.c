/* What every reader needs of a record and a map: what must be there in the end, keys met twice. */
#include "core/record.h"

#include "core/counts.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/plan.h"
#include "values/hash.h"

/* --- the end of a record --- */

static bool refused_in(h9_context *c, uint32_t name)
{
    h9_in_field(c, name);
    return false;
}

static bool fill_slot(h9_context *c, const h9_record *r, const h9_fill *fill, h9_slot *frame, const uint8_t *at)
{
    h9_slot *slot = frame + fill->slot;
    switch (fill->kind) {
    case H9_FILL_ZERO: memset(slot, 0, sizeof *slot); break;
    case H9_FILL_SLOT: memcpy(slot, c->plan->pool + fill->value, sizeof *slot); break;
    case H9_FILL_MSGPACK:
        if (!h9_read_packed(c, &c->plan->nodes[fill->node], slot, c->plan->pool + fill->value, fill->size)) {
            c->at = at;
            return refused_in(c, fill->name);
        }
        break;
    default: h9_fail(c, H9_E_MISSING, at); return refused_in(c, fill->name);
    }
    if (fill->counts) h9_defaulted(c, fill);
    h9_set(h9_bits(frame, r), fill->slot);
    return true;
}

bool h9_finish(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *at)
{
    if (r->need == H9_NONE) return true;
    const uint64_t *need = c->plan->words64 + r->need;
    const uint64_t *bits = h9_cbits(frame, r);
    uint64_t missing = 0;
    for (uint32_t w = 0; w < r->words; w++) missing |= need[w] & ~bits[w];
    if (H9_LIKELY(missing == 0)) return true;
    for (uint32_t i = 0; i < r->fills; i++) {
        const h9_fill *fill = &c->plan->fills[r->first_fill + i];
        if (!h9_has(bits, fill->slot) && !fill_slot(c, r, fill, frame, at)) return false;
    }
    return true;
}

bool h9_all_met(h9_context *c, const h9_record *r, const uint64_t *met, const uint8_t *at)
{
    const uint64_t *must = c->plan->words64 + r->must - 1;
    for (uint32_t i = 0; i < r->count; i += 64) {
        uint64_t missing = must[i >> 6] & ~met[i >> 6];
        if (H9_LIKELY(missing == 0)) continue;
        h9_fail(c, H9_E_MISSING, at);
        return refused_in(c, c->plan->fields[r->first + i + (uint32_t)__builtin_ctzll(missing)].name);
    }
    return true;
}

/* --- symbols passed over --- */

const uint8_t *h9_unknown_symbol(h9_context *c, const h9_node *n, const uint8_t *at)
{
    h9_refuse(c, H9_E_SYMBOL, at);
    if (n->c != 0) c->unknown_symbol = n;
    return NULL;
}

bool h9_symbol_passed(h9_context *c)
{
    const h9_node *n = c->unknown_symbol;
    if (n == NULL) return false;
    h9_ignore(c, c->plan->records, 0, c->plan->pool + n->b, n->c);
    c->unknown_symbol = NULL;
    return true;
}

/* --- keys of a map met twice --- */

static bool same_key(const h9_slot *a, const h9_slot *b, uint8_t op)
{
    if (op == H9_OP_BOOL) return a->b == b->b;
    if (op != H9_OP_STRING) return a->raw[0] == b->raw[0];
    return a->s.n == b->s.n && (a->s.n == 0 || memcmp(a->s.p, b->s.p, a->s.n) == 0);
}

static uint64_t hash_key(const h9_context *c, const h9_slot *key, uint8_t op)
{
    if (op == H9_OP_STRING) return h9_siphash(c->seed, key->s.p, key->s.n);
    uint64_t bits = op == H9_OP_BOOL ? key->b : key->raw[0];
    return h9_siphash(c->seed, (const uint8_t *)&bits, 8);
}

/* Keeps entry i at place *kept, or finds the earlier one that has its key. */
static bool keep_entry(h9_context *c, h9_slot *entries, uint32_t *kept, uint32_t i, h9_slot *earlier, bool last_wins,
                       const uint8_t *at)
{
    if (earlier == NULL) {
        if (*kept != i) memcpy(&entries[*kept * 2], &entries[i * 2], 2 * sizeof(h9_slot));
        ++*kept;
        return true;
    }
    if (!last_wins) {
        h9_fail(c, H9_E_DUPLICATE, at);
        return false;
    }
    earlier[1] = entries[i * 2 + 1];
    return true;
}

static bool unique_few(h9_context *c, h9_slot *map, uint8_t op, bool last_wins, const uint8_t *at)
{
    h9_slot *entries = (h9_slot *)(void *)map->list.items;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < map->list.n; i++) {
        h9_slot *earlier = NULL;
        for (uint32_t k = 0; k < kept && !earlier; k++)
            if (same_key(&entries[k * 2], &entries[i * 2], op)) earlier = &entries[k * 2];
        if (!keep_entry(c, entries, &kept, i, earlier, last_wins, at)) return false;
    }
    map->list.n = kept;
    return true;
}

bool h9_map_unique(h9_context *c, h9_slot *map, uint8_t op, bool last_wins, const uint8_t *at)
{
    uint32_t n = map->list.n;
    if (n <= 12) return n < 2 || unique_few(c, map, op, last_wins, at);
    uint64_t size = 32;
    while (size < n * UINT64_C(2)) size *= 2;
    uint32_t *table = h9_arena_many(c, size, sizeof *table);
    if (table == NULL) return false;
    memset(table, 0, (size_t)size * sizeof *table);
    h9_slot *entries = (h9_slot *)(void *)map->list.items;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (H9_UNLIKELY((i + 1) % H9_STRIDE_ITEMS == 0) && !h9_go_on(c)) return false;
        uint64_t h = hash_key(c, &entries[i * 2], op) & (size - 1);
        while (table[h] && !same_key(&entries[(table[h] - 1) * 2], &entries[i * 2], op)) h = (h + 1) & (size - 1);
        h9_slot *earlier = table[h] ? &entries[(table[h] - 1) * 2] : NULL;
        if (!table[h]) table[h] = kept + 1;
        if (!keep_entry(c, entries, &kept, i, earlier, last_wins, at)) return false;
    }
    map->list.n = kept;
    return true;
}
