/* Values that no schema describes: the keys of maps, and which value each has in the end. */
#include "formats/untyped.h"

#include <string.h>

#include "values/hash.h"
#include "values/utf8.h"

/* --- spans --- */

static bool within_limit(h9_context *c, uint32_t n, const uint8_t *at)
{
    if (H9_LIKELY(n <= c->limits.string)) return true;
    h9_fail(c, H9_E_STRING, at);
    return false;
}

bool h9_untyped_text(h9_context *c, const uint8_t *p, uint32_t n, const uint8_t *at)
{
    bool plain = h9_plain_run(p, n) == n;
    if (!plain && !h9_utf8_valid(p, n)) {
        h9_fail(c, H9_E_UTF8, at);
        return false;
    }
    return within_limit(c, n, at) && h9_untyped_span(c, H9_T_STRING, p, n, plain ? H9_SPAN_PLAIN : 0, at);
}

bool h9_untyped_bytes(h9_context *c, const uint8_t *p, uint32_t n, const uint8_t *at)
{ return within_limit(c, n, at) && h9_untyped_span(c, H9_T_BYTES, p, n, 0, at); }

/* --- keys met twice --- */

static bool same_key(const h9_context *c, uint32_t i, uint32_t j)
{
    const h9_tape_item *a = &c->tape[i], *b = &c->tape[j];
    return a->n == b->n && (a->n == 0 || memcmp(a->v.p, b->v.p, a->n) == 0);
}

/* Where the table has the key at tape place `key`, or a free entry for it. */
static uint32_t *entry_of(const h9_context *c, uint32_t *table, size_t size, uint32_t key)
{
    size_t mask = size - 1, h = (size_t)h9_siphash(c->seed, c->tape[key].v.p, c->tape[key].n) & mask;
    while (table[h] && !same_key(c, table[h] - 1, key)) h = (h + 1) & mask;
    return &table[h];
}

/* A table with twice the room that `keys` keys need, and the keys met so far in it. false: refused. */
static bool make_table(h9_context *c, h9_nest *nest, uint64_t keys)
{
    uint64_t size = H9_FEW_KEYS * 4;
    while (size < keys * 2) size *= 2;
    uint32_t *table = h9_arena_many(c, size, sizeof *table);
    if (table == NULL) return false;
    memset(table, 0, (size_t)size * sizeof *table);
    size_t count = nest->table ? nest->size : nest->keys;
    for (size_t i = 0; i < count; i++) {
        uint32_t key = nest->table ? nest->table[i] : nest->few[i] + 1;
        if (key) *entry_of(c, table, (size_t)size, key - 1) = key;
    }
    nest->table = table;
    nest->size = (size_t)size;
    return true;
}

/* Keys with different marks differ. */
static uint64_t mark_of(const h9_tape_item *key)
{
    if (key->n == 0) return 1;
    return UINT64_C(1) << ((key->n * 5 + key->v.p[0] * 3u + key->v.p[key->n - 1]) & 63);
}

static bool met_few(const h9_context *c, h9_nest *nest)
{
    uint64_t mark = mark_of(&c->tape[nest->key]);
    for (uint32_t i = 0; nest->marks & mark && i < nest->keys; i++)
        if (same_key(c, nest->few[i], nest->key)) return true;
    nest->marks |= mark;
    nest->few[nest->keys++] = nest->key;
    return false;
}

static bool met_many(const h9_context *c, h9_nest *nest)
{
    uint32_t *entry = entry_of(c, nest->table, nest->size, nest->key);
    if (*entry) return true;
    *entry = nest->key + 1;
    nest->keys++;
    return false;
}

bool h9_nest_key(h9_context *c, h9_nest *nest, bool last_wins, const uint8_t *at)
{
    bool again;
    nest->key = c->tape_size - 1;
    if (H9_LIKELY(nest->table == NULL && nest->keys < H9_FEW_KEYS)) {
        again = met_few(c, nest);
    } else {
        if (nest->keys * UINT64_C(2) >= nest->size && !make_table(c, nest, nest->keys + UINT64_C(1))) return false;
        again = met_many(c, nest);
    }
    if (H9_LIKELY(!again) || last_wins) return true;
    h9_fail(c, H9_E_DUPLICATE, at);
    h9_nest_refused(c, nest);
    return false;
}

/* --- the last value of each key --- */

/* One key of a map: where it stands on the tape, and its last value. */
typedef struct entry {
    uint32_t key, value;
} entry;

/* The map's keys in the order of their first places, each with its last value. NULL: refused. */
static entry *last_values(h9_context *c, const h9_nest *nest)
{
    uint32_t at = nest->place + 1, found = 0;
    uint64_t size = 16;
    while (size < nest->keys * UINT64_C(2)) size *= 2;
    entry *entries = h9_arena_many(c, nest->keys, sizeof *entries);
    uint32_t *table = entries ? h9_arena_many(c, size, sizeof *table) : NULL;
    if (table == NULL) return NULL;
    memset(table, 0, (size_t)size * sizeof *table);
    for (uint32_t i = 0; i < nest->count; i++, at = h9_tape_after(c->tape, at + 1)) {
        if (!h9_go_past(c)) return NULL;
        size_t h = (size_t)(h9_siphash(c->seed, c->tape[at].v.p, c->tape[at].n) & (size - 1));
        while (table[h] && !same_key(c, entries[table[h] - 1].key, at)) h = (h + 1) & ((size_t)size - 1);
        if (!table[h]) {
            entries[found].key = at;
            table[h] = ++found;
        }
        entries[table[h] - 1].value = at + 1;
    }
    return entries;
}

/* One item of the tape, with all in it, from `from` to `to` in a copy whose first item will stand at `base`. */
static h9_tape_item *copy_item(const h9_context *c, uint32_t from, h9_tape_item *to, const h9_tape_item *copy,
                               uint32_t base)
{
    uint32_t end = h9_tape_after(c->tape, from), first = base + (uint32_t)(to - copy);
    for (uint32_t i = from; i < end; i++, to++) {
        *to = c->tape[i];
        if (to->kind == H9_T_LIST || to->kind == H9_T_MAP) to->v.in.end = to->v.in.end - from + first;
    }
    return to;
}

/* The map again with each key once, in its first place with its last value. */
static bool keep_last(h9_context *c, const h9_nest *nest)
{
    const h9_chunk *chunk = c->chunks;
    uint8_t *mark = c->free;
    uint32_t base = nest->place + 1;
    const entry *entries = last_values(c, nest);
    h9_tape_item *copy = entries ? h9_arena_many(c, c->tape_size - base, sizeof *copy) : NULL, *w = copy;
    if (copy == NULL) return false;
    for (uint32_t i = 0; i < nest->keys; i++) {
        w = copy_item(c, entries[i].key, w, copy, base);
        w = copy_item(c, entries[i].value, w, copy, base);
    }
    memcpy(&c->tape[base], copy, (size_t)(w - copy) * sizeof *copy);
    c->tape_size = base + (uint32_t)(w - copy);
    if (c->chunks == chunk) c->free = mark; /* what this took is still the arena's newest */
    return true;
}

/* --- lists and maps --- */

bool h9_nest_open(h9_context *c, h9_nest *nest, h9_tape_kind kind, const uint8_t *at)
{
    nest->place = c->tape_size;
    nest->count = nest->expected = nest->keys = 0;
    nest->table = NULL;
    nest->size = 0;
    nest->marks = 0;
    if (!h9_enter(c, at) || !h9_tape_add(c, kind)) return false;
    c->tape[nest->place].v.in.from = h9_tape_from(c, at);
    return true;
}

bool h9_nest_expect(h9_context *c, h9_nest *nest, uint32_t n, const uint8_t *at)
{
    if (H9_UNLIKELY(n > c->items)) {
        h9_fail(c, H9_E_ITEMS, at);
        return false;
    }
    c->items -= n;
    nest->expected = n;
    return n <= H9_FEW_KEYS || c->tape[nest->place].kind == H9_T_LIST || make_table(c, nest, n);
}

bool h9_nest_close(h9_context *c, const h9_nest *nest)
{
    bool map = c->tape[nest->place].kind == H9_T_MAP;
    if (H9_UNLIKELY(map && nest->keys < nest->count) && !keep_last(c, nest)) return false;
    c->tape[nest->place].n = map ? nest->keys : nest->count;
    c->tape[nest->place].v.in.end = c->tape_size;
    h9_leave(c);
    return true;
}

const uint8_t *h9_nest_refused(h9_context *c, const h9_nest *nest)
{
    if (c->tape[nest->place].kind == H9_T_LIST) return h9_in_item(c, nest->count - 1);
    return h9_in_key(c, c->tape[nest->key].v.p, c->tape[nest->key].n);
}
