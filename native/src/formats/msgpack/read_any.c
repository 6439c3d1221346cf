/* MessagePack values that no schema describes: heads, values passed over, and `any`, which becomes a tape. */
#include "formats/msgpack/msgpack.h"

#include "values/scalar.h"

/* --- heads --- */

static const uint8_t *truncated(h9_context *c) { return h9_fail(c, H9_E_TRUNCATED, c->end); }

const uint8_t *h9_msgpack_refuse(h9_context *c, const uint8_t *p)
{
    if (p >= c->end) return truncated(c);
    return h9_fail(c, *p == MP_NIL ? H9_E_NULL : *p == MP_NEVER ? H9_E_TAG : H9_E_TYPE, p);
}

uint8_t h9_msgpack_kind(uint8_t first)
{
    static const uint8_t kinds[32] = {/* from 0xC0 */
                                      H9_KIND_NULL,      H9_KINDS,          H9_KIND_BOOL,      H9_KIND_BOOL,
                                      H9_KIND_BYTES,     H9_KIND_BYTES,     H9_KIND_BYTES,     H9_KIND_EXTENSION,
                                      H9_KIND_EXTENSION, H9_KIND_EXTENSION, H9_KIND_FLOAT,     H9_KIND_FLOAT,
                                      H9_KIND_INT,       H9_KIND_INT,       H9_KIND_INT,       H9_KIND_INT,
                                      H9_KIND_INT,       H9_KIND_INT,       H9_KIND_INT,       H9_KIND_INT,
                                      H9_KIND_EXTENSION, H9_KIND_EXTENSION, H9_KIND_EXTENSION, H9_KIND_EXTENSION,
                                      H9_KIND_EXTENSION, H9_KIND_STRING,    H9_KIND_STRING,    H9_KIND_STRING,
                                      H9_KIND_LIST,      H9_KIND_LIST,      H9_KIND_MAP,       H9_KIND_MAP};
    if (first < MP_FIXMAP || first >= MP_NEGATIVE) return H9_KIND_INT;
    if (first >= MP_NIL) return kinds[first - MP_NIL];
    return first < MP_FIXLIST ? H9_KIND_MAP : first < MP_FIXSTR ? H9_KIND_LIST : H9_KIND_STRING;
}

/* How many bytes of length, count or number follow the first byte. */
static size_t head_width(uint8_t first)
{
    static const uint8_t widths[32] = {/* from 0xC0 */
                                       0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8,
                                       1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4};
    return first < MP_NIL || first >= MP_NEGATIVE ? 0 : widths[first - MP_NIL];
}

static uint64_t head_number(const uint8_t *p, size_t width)
{
    switch (width) {
    case 1: return *p;
    case 2: return mp_get16(p);
    case 4: return mp_get32(p);
    default: return mp_get64(p);
    }
}

static int64_t signed_number(uint64_t bits, size_t width)
{
    unsigned shift = 64 - 8 * (unsigned)width;
    return (int64_t)(bits << shift) >> shift;
}

/* The length or count that the first byte itself holds. */
static uint32_t short_length(uint8_t first)
{
    if (first < MP_FIXSTR) return first & 15;
    if (first < MP_NIL) return first & 31;
    return UINT32_C(1) << (first - MP_FIXEXT1); /* 1, 2, 4, 8 or 16 */
}

static const uint8_t *number_head(uint8_t first, const uint8_t *p, size_t width, mp_head *out)
{
    if (width == 0) out->bits = (uint64_t)(int64_t)(int8_t)first;
    else if (first >= MP_I8) out->bits = (uint64_t)signed_number(head_number(p, width), width);
    else out->bits = head_number(p, width);
    out->truth = (width == 0 || first >= MP_I8) && (int64_t)out->bits < 0;
    return p + width;
}

/* A body or items must fit into what is left: an item takes a byte at least, a pair two. */
static const uint8_t *sized_head(h9_context *c, uint8_t first, const uint8_t *p, size_t width, mp_head *out)
{
    out->n = width ? (uint32_t)head_number(p, width) : short_length(first);
    p += width;
    size_t left = (size_t)(c->end - p), need = out->n;
    if (out->kind == H9_KIND_EXTENSION) {
        need++;
        p++;
    }
    if (out->kind == H9_KIND_MAP) need *= 2;
    if (need > left) return truncated(c);
    out->body = p;
    return out->kind == H9_KIND_LIST || out->kind == H9_KIND_MAP ? p : p + out->n;
}

const uint8_t *h9_msgpack_head(h9_context *c, const uint8_t *p, mp_head *out)
{
    *out = (mp_head){0};
    if (p >= c->end) return truncated(c);
    uint8_t first = *p++;
    size_t width = head_width(first);
    if ((size_t)(c->end - p) < width) return truncated(c);
    out->kind = h9_msgpack_kind(first);
    switch (out->kind) {
    case H9_KIND_NULL: return p;
    case H9_KIND_BOOL: out->truth = first == MP_TRUE; return p;
    case H9_KIND_INT: return number_head(first, p, width, out);
    case H9_KIND_FLOAT:
        out->truth = width == 8;
        out->body = p;
        return p + width;
    case H9_KINDS: return h9_fail(c, H9_E_TAG, p - 1);
    default: return sized_head(c, first, p, width, out);
    }
}

/* --- passing over --- */

static const uint8_t *skip_items(h9_context *c, const uint8_t *p, uint64_t n, const uint8_t *at)
{
    if (!h9_enter(c, at)) return NULL;
    for (; p != NULL && n > 0; n--) p = h9_msgpack_skip(c, p);
    h9_leave(c);
    return p;
}

const uint8_t *h9_msgpack_skip(h9_context *c, const uint8_t *p)
{
    mp_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind == H9_KIND_LIST) return skip_items(c, end, h.n, p);
    if (h.kind == H9_KIND_MAP) return skip_items(c, end, (uint64_t)h.n * 2, p);
    return end;
}

/* --- any: a tape --- */

#define TAPE_DROPPED 0x8000u /* a key whose entry came again (last wins); never outlives its map */

static h9_tape_item *add(h9_context *c, h9_tape_kind kind, uint32_t n)
{
    h9_tape_item *item = h9_tape_add(c, kind);
    if (item != NULL) item->n = n;
    return item;
}

static bool add_number(h9_context *c, const mp_head *h)
{
    h9_tape_kind kind = h->truth || h->bits <= INT64_MAX ? H9_T_INT : H9_T_UINT;
    h9_tape_item *item = add(c, kind, 0);
    if (item != NULL) item->v.u = h->bits;
    return item != NULL;
}

static bool add_float(h9_context *c, const mp_head *h)
{
    h9_tape_item *item = add(c, h->truth ? H9_T_FLOAT : H9_T_FLOAT32, 0);
    if (item == NULL) return false;
    if (h->truth) item->v.d = mp_get_f64(h->body);
    else item->v.f = mp_get_f32(h->body);
    return true;
}

static bool add_span(h9_context *c, h9_tape_kind kind, const mp_head *h)
{
    h9_tape_item *item = add(c, kind, h->n);
    if (item != NULL) item->v.p = h->body;
    return item != NULL;
}

static bool add_string(h9_context *c, const mp_head *h, const uint8_t *at)
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

static bool add_bytes(h9_context *c, const mp_head *h, const uint8_t *at)
{
    if (h->n > c->limits.string) {
        h9_fail(c, H9_E_STRING, at);
        return false;
    }
    return add_span(c, H9_T_BYTES, h);
}

/* Kept as it is; a timestamp must be one all the same (B59). */
static bool add_extension(h9_context *c, const mp_head *h, const uint8_t *at)
{
    h9_slot time;
    if (h->body[-1] == MP_TIMESTAMP && !h9_msgpack_timestamp(c, h->body, h->n, &time, at)) return false;
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
    mp_head h;
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

static uint32_t after(const h9_tape_item *tape, uint32_t index)
{
    bool nests = tape[index].kind == H9_T_LIST || tape[index].kind == H9_T_MAP;
    return nests ? (uint32_t)tape[index].v.end : index + 1;
}

/* Takes the dropped entries of the map at `map` out of the tape, whose last value it is. */
static void close_gaps(h9_context *c, uint32_t map)
{
    h9_tape_item *tape = c->tape;
    uint32_t to = map + 1;
    for (uint32_t from = to, next; from < c->tape_size; from = next) {
        next = after(tape, from + 1);
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

static const uint8_t *read_nested(h9_context *c, bool last_wins, const mp_head *h, const uint8_t *p, const uint8_t *at)
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
    mp_head h;
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
