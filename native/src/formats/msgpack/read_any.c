/* MessagePack values that no schema describes: `any`, which becomes a tape. */
#include "core/frame.h"
#include "formats/msgpack/msgpack.h"
#include "values/hash.h"
#include "values/time.h"
#include "values/utf8.h"

#define TAPE_DROPPED 0x8000u /* a key whose entry came again (last wins); never outlives its map */

static h9_tape_item *add(h9_context *c, h9_tape_kind kind, uint32_t n)
{
    h9_tape_item *item = h9_tape_add(c, kind);
    if (item != NULL) item->n = n;
    return item;
}

static bool add_number(h9_context *c, const h9_head *h)
{
    h9_tape_kind kind = h->truth || h->bits <= INT64_MAX ? H9_T_INT : H9_T_UINT;
    h9_tape_item *item = add(c, kind, 0);
    if (item != NULL) item->v.u = h->bits;
    return item != NULL;
}

static bool add_float(h9_context *c, const h9_head *h)
{
    h9_tape_item *item = add(c, h->truth ? H9_T_FLOAT : H9_T_FLOAT32, 0);
    if (item == NULL) return false;
    if (h->truth) item->v.d = h->d;
    else item->v.f = mp_get_f32(h->body);
    return true;
}

static bool add_span(h9_context *c, h9_tape_kind kind, const h9_head *h)
{
    h9_tape_item *item = add(c, kind, h->n);
    if (item != NULL) item->v.p = h->body;
    return item != NULL;
}

static bool add_string(h9_context *c, const h9_head *h, const uint8_t *at)
{
    bool plain = h9_plain_run(h->body, h->n) == h->n;
    if (!plain && !h9_utf8_valid(h->body, h->n)) {
        h9_fail(c, H9_E_UTF8, at);
        return false;
    }
    if (h->n > c->limits.string) {
        h9_fail(c, H9_E_STRING, at);
        return false;
    }
    if (!add_span(c, H9_T_STRING, h)) return false;
    c->tape[c->tape_size - 1].flags = plain ? H9_SPAN_PLAIN : 0;
    return true;
}

static bool add_bytes(h9_context *c, const h9_head *h, const uint8_t *at)
{
    if (h->n > c->limits.string) {
        h9_fail(c, H9_E_STRING, at);
        return false;
    }
    return add_span(c, H9_T_BYTES, h);
}

/* Kept as it is; a timestamp must be one all the same (B59). */
static bool add_extension(h9_context *c, const h9_head *h, const uint8_t *at)
{
    int64_t seconds;
    uint32_t nanos;
    if (h->body[-1] == MP_TIMESTAMP && !h9_timestamp_unpack(h->body, h->n, &seconds, &nanos)) {
        h9_fail(c, H9_E_TIME, at);
        return false;
    }
    return add_span(c, H9_T_EXTENSION, h);
}

static const uint8_t *read_any(h9_context *c, bool last_wins, const uint8_t *p);

static const uint8_t *read_items(h9_context *c, bool last_wins, uint32_t n, const uint8_t *p)
{
    for (uint32_t i = 0; i < n; i++) {
        p = read_any(c, last_wins, p);
        if (p == NULL) return h9_in_item(c, i);
    }
    return p;
}

/* The keys of one map met so far, as indexes into the tape: compared one by one where they are few, found by
 * a seeded hash where they are many, so that no sender can choose keys that collide (B19). */
#define FEW_KEYS 12
typedef struct seen_keys {
    uint32_t few[FEW_KEYS], count;
    uint32_t *table; /* index + 1, or 0 */
    size_t mask;
} seen_keys;

static bool seen_start(h9_context *c, seen_keys *seen, uint32_t n)
{
    seen->count = 0;
    seen->table = NULL;
    if (n <= FEW_KEYS) return true;
    size_t size = 32;
    while (size < (size_t)n * 2) size *= 2;
    seen->table = h9_arena(c, size * sizeof *seen->table);
    if (seen->table == NULL) return false;
    memset(seen->table, 0, size * sizeof *seen->table);
    seen->mask = size - 1;
    return true;
}

static bool same_text(const h9_tape_item *a, const h9_tape_item *b)
{ return a->n == b->n && (a->n == 0 || memcmp(a->v.p, b->v.p, a->n) == 0); }

/* Where the key at tape index `key` is noted: its predecessor's place if it was met before (*again). */
static uint32_t *seen_place(h9_context *c, seen_keys *seen, uint32_t key, bool *again)
{
    const h9_tape_item *item = &c->tape[key];
    *again = true;
    if (seen->table == NULL) {
        for (uint32_t i = 0; i < seen->count; i++)
            if (same_text(&c->tape[seen->few[i] - 1], item)) return &seen->few[i];
        *again = false;
        return &seen->few[seen->count++];
    }
    size_t h = h9_siphash(c->seed, item->v.p, item->n) & seen->mask;
    for (; seen->table[h] != 0; h = (h + 1) & seen->mask)
        if (same_text(&c->tape[seen->table[h] - 1], item)) return &seen->table[h];
    *again = false;
    return &seen->table[h];
}

static const uint8_t *read_key(h9_context *c, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind != H9_KIND_STRING) return h9_fail(c, H9_E_KEY, p);
    return add_string(c, &h, p) ? end : NULL;
}

static const uint8_t *read_pair(h9_context *c, bool last_wins, seen_keys *seen, uint32_t *dropped, const uint8_t *p)
{
    uint32_t key = c->tape_size;
    const uint8_t *at = p;
    if ((p = read_key(c, p)) == NULL) return NULL;
    bool again;
    uint32_t *place = seen_place(c, seen, key, &again);
    if (again) {
        if (!last_wins) return h9_fail(c, H9_E_DUPLICATE, at);
        c->tape[*place - 1].flags |= TAPE_DROPPED;
        ++*dropped;
    }
    *place = key + 1;
    p = read_any(c, last_wins, p);
    return p ? p : h9_in_key(c, c->tape[key].v.p, c->tape[key].n);
}

/* Takes the dropped entries of the map at `map` out of the tape, whose last value it is. */
static void close_gaps(h9_context *c, uint32_t map)
{
    h9_tape_item *tape = c->tape;
    uint32_t to = map + 1;
    for (uint32_t from = to, next; from < c->tape_size; from = next) {
        next = h9_tape_after(tape, from + 1);
        if (tape[from].flags & TAPE_DROPPED) continue;
        for (uint32_t i = from; i < next; i++, to++) {
            h9_tape_item item = tape[i];
            if (item.kind == H9_T_LIST || item.kind == H9_T_MAP) item.v.end -= i - to;
            tape[to] = item;
        }
    }
    c->tape_size = to;
}

static const uint8_t *read_pairs(h9_context *c, bool last_wins, uint32_t n, const uint8_t *p)
{
    seen_keys seen;
    uint32_t map = c->tape_size - 1, dropped = 0;
    if (!seen_start(c, &seen, n)) return NULL;
    for (uint32_t i = 0; i < n; i++)
        if ((p = read_pair(c, last_wins, &seen, &dropped, p)) == NULL) return NULL;
    if (dropped) {
        close_gaps(c, map);
        c->tape[map].n = n - dropped;
    }
    return p;
}

static const uint8_t *read_nested(h9_context *c, bool last_wins, const h9_head *h, const uint8_t *p, const uint8_t *at)
{
    uint32_t index = c->tape_size;
    bool map = h->kind == H9_KIND_MAP;
    if (!h9_enter(c, at) || !mp_take_items(c, h->n, at) || !add(c, map ? H9_T_MAP : H9_T_LIST, h->n)) return NULL;
    p = map ? read_pairs(c, last_wins, h->n, p) : read_items(c, last_wins, h->n, p);
    if (p == NULL) return NULL;
    c->tape[index].v.end = c->tape_size;
    h9_leave(c);
    return p;
}

static const uint8_t *read_any(h9_context *c, bool last_wins, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    bool done;
    switch (h.kind) {
    case H9_KIND_NULL: done = add(c, H9_T_NULL, 0) != NULL; break;
    case H9_KIND_BOOL: done = add(c, h.truth ? H9_T_TRUE : H9_T_FALSE, 0) != NULL; break;
    case H9_KIND_INT: done = add_number(c, &h); break;
    case H9_KIND_FLOAT: done = add_float(c, &h); break;
    case H9_KIND_STRING: done = add_string(c, &h, p); break;
    case H9_KIND_BYTES: done = add_bytes(c, &h, p); break;
    case H9_KIND_EXTENSION: done = add_extension(c, &h, p); break;
    default: return read_nested(c, last_wins, &h, end, p);
    }
    return done ? end : NULL;
}

const uint8_t *h9_msgpack_any(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint32_t first = c->tape_size;
    if (n->flags & H9_N_SKIP) return h9_msgpack_skip(c, p);
    p = read_any(c, n->flags & H9_N_LAST_WINS, p);
    if (p == NULL) return NULL;
    out->any.first = first;
    out->any.count = c->tape_size - first;
    return p;
}
