/* Finding a plan's names and symbols: a record's fields by key, an enum's symbols by name or number. */
#ifndef H9_LOOKUP_H
#define H9_LOOKUP_H

#include "hal9_core.h"
#include "hal9_image.h"
#include "values/words.h"

/* Looks a key up in the hash table at words32[table]; NULL: not there. */
const h9_key *h9_find_key(const h9_plan *plan, uint32_t table, uint32_t mask, const uint8_t *p, size_t n);
static inline uint32_t h9_key_hash(const uint8_t *p, size_t n)
{
    uint64_t a = 0, b = 0;
    if (n >= 8) {
        a = h9_load64(p);
        b = h9_load64(p + n - 8);
    } else if (n >= 4) {
        a = h9_load32(p);
        b = h9_load32(p + n - 4);
    } else if (n > 0) {
        a = (uint64_t)p[0] | (uint64_t)p[n >> 1] << 8 | (uint64_t)p[n - 1] << 16;
    }
    a = (a ^ (n * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xBF58476D1CE4E5B9);
    b = (b ^ (a >> 29)) * UINT64_C(0x94D049BB133111EB);
    a ^= b ^ (b >> 31);
    return (uint32_t)(a ^ (a >> 32));
}
/* An enum's symbol by its name's text / by its number; NULL: unknown. */
const h9_symbol *h9_symbol_named(const h9_plan *plan, const h9_enum *e, const uint8_t *p, size_t n);
const h9_symbol *h9_symbol_numbered(const h9_plan *plan, const h9_enum *e, int64_t number);

#endif
