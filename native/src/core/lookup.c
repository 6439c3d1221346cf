/* Finding a plan's names and symbols. */
#include "core/lookup.h"

#include "core/plan.h"

/* Both halves of a product, so that every bit of it counts. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    h9_u128 product = (h9_u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Every byte counts, and all are multiplied with the seed: names that collide can only be made by whoever knows it. */
static inline uint32_t key_hash(const uint32_t *seed, const uint8_t *p, size_t n)
{
    uint64_t s = seed[0] | (uint64_t)seed[1] << 32, t = seed[2] | (uint64_t)seed[3] << 32, a = 0, b = 0, h = t;
    uint64_t length = t ^ n;
    for (; n > 16; n -= 16, p += 16) h = fold(h9_load64(p) ^ s, h9_load64(p + 8) ^ h);
    if (n >= 8) {
        a = h9_load64(p);
        b = h9_load64(p + n - 8);
    } else if (n >= 4) {
        a = h9_load32(p);
        b = h9_load32(p + n - 4);
    } else if (n > 0) {
        a = (uint64_t)p[0] | (uint64_t)p[n >> 1] << 8 | (uint64_t)p[n - 1] << 16;
    }
    h = fold(fold(a ^ s, b ^ h), length);
    return (uint32_t)(h ^ h >> 32);
}

uint32_t h9_key_hash(const uint32_t *seed, const uint8_t *text, size_t size) { return key_hash(seed, text, size); }

const h9_key *h9_find_key(const h9_plan *plan, uint32_t table, uint32_t mask, const uint8_t *p, size_t n)
{
    const uint32_t *entries = plan->words32 + table;
    uint32_t hash = key_hash(entries + mask + 1, p, n);
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
