/* Finding a plan's names and symbols: a record's fields by key, an enum's symbols by name or number. */
#ifndef H9_LOOKUP_H
#define H9_LOOKUP_H

#include "hal9_core.h"
#include "hal9_image.h"
#include "values/words.h"

/* Looks a key up in the hash table at words32[table]; NULL: not there. */
const h9_key *h9_find_key(const h9_plan *plan, uint32_t table, uint32_t mask, const uint8_t *p, size_t n);
/* An enum's symbol by its name's text / by its number; NULL: unknown. */
const h9_symbol *h9_symbol_named(const h9_plan *plan, const h9_enum *e, const uint8_t *p, size_t n);
const h9_symbol *h9_symbol_numbered(const h9_plan *plan, const h9_enum *e, int64_t number);

#endif
