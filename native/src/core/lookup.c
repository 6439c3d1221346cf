/* Finding a plan's names and symbols. */
#include "core/lookup.h"

#include "core/plan.h"

const h9_key *h9_find_key(const h9_plan *plan, uint32_t table, uint32_t mask, const uint8_t *p, size_t n)
{
    uint32_t hash = h9_key_hash(p, n);
    const uint32_t *entries = plan->words32 + table;
    for (uint32_t i = hash & mask; entries[i] != 0; i = (i + 1) & mask) {
        const h9_key *key = &plan->keys[entries[i] - 1];
        if (key->hash == hash && key->size == n && memcmp(plan->pool + key->text, p, n) == 0) return key;
    }
    return NULL;
}

const h9_symbol *h9_symbol_named(const h9_plan *plan, const h9_enum *e, const uint8_t *p, size_t n)
{
    const h9_key *key = h9_find_key(plan, e->keys, e->key_mask, p, n);
    return key ? &plan->symbols[e->first + key->index] : NULL;
}

const h9_symbol *h9_symbol_numbered(const h9_plan *plan, const h9_enum *e, int64_t number)
{
    const uint32_t *order = plan->words32 + e->by_number;
    uint32_t low = 0, high = e->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (plan->symbols[e->first + order[middle]].number < number) low = middle + 1;
        else high = middle;
    }
    if (low == e->count) return NULL;
    const h9_symbol *symbol = &plan->symbols[e->first + order[low]];
    return symbol->number == number ? symbol : NULL;
}
