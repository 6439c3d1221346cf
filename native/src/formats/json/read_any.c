/* JSON whose schema says `any`: a tape in the context. Numbers keep their digits (S34): an integer within 64 bits is
 * one, every other number stands as its text. A key twice is refused (S15) in time linear in the object (B19). */
#include "core/frame.h"
#include "formats/json/lex.h"
#include "values/hash.h"

#define FEW 8u /* keys that are compared with each other rather than hashed */

/* --- keys met twice --- */

/* One key of an object: where it stands on the tape, and its last value. */
typedef struct entry {
    uint32_t key, value;
} entry;

static bool same_key(const h9_context *c, uint32_t i, uint32_t j)
{
    const h9_tape_item *a = &c->tape[i], *b = &c->tape[j];
    return a->n == b->n && (a->n == 0 || memcmp(a->v.p, b->v.p, a->n) == 0);
}

static bool differ_few(const h9_context *c, uint32_t map)
{
    uint32_t keys[FEW], n = c->tape[map].n, at = map + 1;
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (same_key(c, keys[k], at)) return false;
        keys[i] = at;
        at = h9_tape_after(c->tape, at + 1);
    }
    return true;
}

/* The map's keys in the order of their first places, each with its last value. *count: how many. */
static entry *index_keys(h9_context *c, uint32_t map, uint32_t *count)
{
    uint32_t n = c->tape[map].n, at = map + 1;
    size_t size = 16;
    while (size < (size_t)n * 2) size *= 2;
    entry *entries = h9_arena(c, n * sizeof *entries + size * sizeof(uint32_t));
    if (entries == NULL) return NULL;
    uint32_t *table = (uint32_t *)(void *)(entries + n);
    memset(table, 0, size * sizeof *table);
    *count = 0;
    for (uint32_t i = 0; i < n; i++, at = h9_tape_after(c->tape, at + 1)) {
        if (!h9_go_past(c)) return NULL;
        size_t h = h9_siphash(c->seed, c->tape[at].v.p, c->tape[at].n) & (size - 1);
        while (table[h] && !same_key(c, entries[table[h] - 1].key, at)) h = (h + 1) & (size - 1);
        if (!table[h]) {
            table[h] = ++*count;
            entries[*count - 1].key = at;
        }
        entries[table[h] - 1].value = at + 1;
    }
    return entries;
}

/* One item of the tape, with all in it, from `from` to `to` in a copy whose first item will stand at `base`. */
static h9_tape_item *copy_item(const h9_context *c, uint32_t from, h9_tape_item *to, const h9_tape_item *copy,
                               uint32_t base)
{
    uint32_t end = h9_tape_after(c->tape, from);
    int64_t moved = (int64_t)base + (to - copy) - (int64_t)from;
    for (; from < end; from++, to++) {
        *to = c->tape[from];
        if (to->kind == H9_T_LIST || to->kind == H9_T_MAP) to->v.end = (uint64_t)((int64_t)to->v.end + moved);
    }
    return to;
}

/* The map again with each key once, in its first place with its last value. */
static bool keep_last(h9_context *c, uint32_t map, const entry *entries, uint32_t count)
{
    uint32_t base = map + 1;
    h9_tape_item *copy = h9_arena(c, (size_t)(c->tape_size - base) * sizeof *copy), *w = copy;
    if (copy == NULL) return false;
    for (uint32_t i = 0; i < count; i++) {
        w = copy_item(c, entries[i].key, w, copy, base);
        w = copy_item(c, entries[i].value, w, copy, base);
    }
    memcpy(&c->tape[base], copy, (size_t)(w - copy) * sizeof *copy);
    c->tape[map].n = count;
    c->tape_size = base + (uint32_t)(w - copy);
    return true;
}

/* What the check took of the arena is given back, where it is still the newest. */
static void give_back(h9_context *c, const h9_chunk *chunk, uint8_t *mark)
{
    if (c->chunks == chunk) c->free = mark;
}

static bool keys_differ(h9_context *c, const h9_node *n, uint32_t map, const uint8_t *at)
{
    if (c->tape[map].n <= FEW && differ_few(c, map)) return true;
    const h9_chunk *chunk = c->chunks;
    uint8_t *mark = c->free;
    uint32_t count;
    entry *entries = index_keys(c, map, &count);
    if (entries == NULL) return false;
    bool good = count == c->tape[map].n;
    if (!good && !(n->flags & H9_N_LAST_WINS)) h9_fail(c, H9_E_DUPLICATE, at);
    else if (!good) good = keep_last(c, map, entries, count);
    give_back(c, chunk, mark);
    return good;
}

/* --- values --- */

static const uint8_t *tape_value(h9_context *c, const h9_node *n, const uint8_t *p);

static const uint8_t *tape_string(h9_context *c, h9_slot *text, const uint8_t *p)
{
    p = h9_json_string(c, p, c->limits.string, text);
    if (p == NULL) return NULL;
    h9_tape_item *item = h9_tape_add(c, H9_T_STRING);
    if (item == NULL) return NULL;
    item->flags = (uint16_t)text->s.flags;
    item->n = text->s.n;
    item->v.p = text->s.p;
    return p;
}

static bool is_integer(const h9_number *number, int64_t *i, uint64_t *u)
{
    if (!number->integral || (number->negative && number->mantissa == 0)) return false;
    return h9_number_i64(number, i) == 0 || h9_number_u64(number, u) == 0;
}

static const uint8_t *tape_number(h9_context *c, const uint8_t *p)
{
    h9_number number;
    int64_t i = 0;
    uint64_t u = 0;
    const uint8_t *after = h9_json_number(c, p, &number);
    if (after == NULL) return NULL;
    bool integer = is_integer(&number, &i, &u);
    h9_tape_item *item = h9_tape_add(c, !integer ? H9_T_NUMBER : u ? H9_T_UINT : H9_T_INT);
    if (item == NULL) return NULL;
    if (u) item->v.u = u;
    else if (integer) item->v.i = i;
    else item->v.p = p;
    if (!integer) item->n = number.length;
    return after;
}

static const uint8_t *tape_literal(h9_context *c, h9_tape_kind kind, const uint8_t *p, const char *word, size_t size)
{
    p = h9_json_literal(c, p, word, size);
    return p && h9_tape_add(c, kind) ? p : NULL;
}

/* The list or map that opened at `map` is whole. */
static void close_item(h9_context *c, uint32_t at, uint32_t items)
{
    c->tape[at].n = items;
    c->tape[at].v.end = c->tape_size;
}

static const uint8_t *tape_list(h9_context *c, const h9_node *n, const uint8_t *p)
{
    uint32_t at = c->tape_size, items = 0;
    if (h9_tape_add(c, H9_T_LIST) == NULL || (p = h9_json_open(c, p)) == NULL) return NULL;
    for (; *p != ']'; items++) {
        if (!h9_count_item(c, p)) return h9_in_item(c, items);
        p = tape_value(c, n, p);
        if (p == NULL) return h9_in_item(c, items);
        if ((p = h9_json_comma(c, p, ']')) == NULL) return NULL;
    }
    h9_leave(c);
    close_item(c, at, items);
    return p + 1;
}

static const uint8_t *tape_entry(h9_context *c, const h9_node *n, const uint8_t *p)
{
    h9_slot key;
    if (!h9_count_item(c, p)) return NULL;
    if (*p != '"') return h9_json_unexpected(c, p);
    p = tape_string(c, &key, p);
    if (p == NULL || (p = h9_json_colon(c, p)) == NULL) return NULL;
    p = tape_value(c, n, p);
    return p != NULL ? p : h9_in_key(c, key.s.p, key.s.n);
}

static const uint8_t *tape_map(h9_context *c, const h9_node *n, const uint8_t *p)
{
    const uint8_t *start = p;
    uint32_t at = c->tape_size, pairs = 0;
    if (h9_tape_add(c, H9_T_MAP) == NULL || (p = h9_json_open(c, p)) == NULL) return NULL;
    for (; *p != '}'; pairs++) {
        p = tape_entry(c, n, p);
        if (p == NULL || (p = h9_json_comma(c, p, '}')) == NULL) return NULL;
    }
    h9_leave(c);
    close_item(c, at, pairs);
    if (!keys_differ(c, n, at, start)) return NULL;
    close_item(c, at, c->tape[at].n);
    return p + 1;
}

static const uint8_t *tape_value(h9_context *c, const h9_node *n, const uint8_t *p)
{
    h9_slot text;
    switch (*p) {
    case '"': return tape_string(c, &text, p);
    case '{': return tape_map(c, n, p);
    case '[': return tape_list(c, n, p);
    case 't': return tape_literal(c, H9_T_TRUE, p, "true", 4);
    case 'f': return tape_literal(c, H9_T_FALSE, p, "false", 5);
    case 'n': return tape_literal(c, H9_T_NULL, p, "null", 4);
    default: return h9_json_starts_number(*p) ? tape_number(c, p) : h9_json_unexpected(c, p);
    }
}

const uint8_t *h9_json_read_any(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint32_t first = c->tape_size;
    if (n->flags & H9_N_SKIP) return h9_json_skip(c, p);
    if ((n->a == 1 && *p != '{') || (n->a == 2 && *p != '[')) return h9_json_mismatch(c, p); /* Struct, ListValue */
    p = tape_value(c, n, p);
    if (p == NULL) return NULL;
    out->any.first = first;
    out->any.count = c->tape_size - first;
    return p;
}
