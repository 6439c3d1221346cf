/* The rarer parts of Protobuf's wire: long varints and tags, values passed over, times, and google.protobuf.Value,
 * Struct and ListValue, which become a tape.
 *
 * A Value may come in pieces (as a field's several occurrences, or a struct_value twice in one Value), and they merge.
 * To merge messages is to read their bytes one after another (the encoding guide's own rule): so a message is a chain
 * of pieces, and one within it another chain, of spans only. Each level passes over each byte once. */
#include "formats/protobuf/read.h"

const uint8_t h9_pb_unknown[1];

/* --- varints and tags --- */

/* The 7-bit groups of eight bytes, put together. */
static inline uint64_t join_groups(uint64_t v)
{
    v = (v & UINT64_C(0x007F007F007F007F)) | (v & UINT64_C(0x7F007F007F007F00)) >> 1;
    v = (v & UINT64_C(0x00003FFF00003FFF)) | (v & UINT64_C(0x3FFF00003FFF0000)) >> 2;
    return (v & UINT64_C(0x000000000FFFFFFF)) | (v & UINT64_C(0x0FFFFFFF00000000)) >> 4;
}

const uint8_t *h9_pb_varint_slow(h9_context *c, const uint8_t *p, uint64_t *out)
{
    const uint8_t *start = p;
    if (c->end - p >= 8) {
        uint64_t eight, stop;
        memcpy(&eight, p, 8);
        stop = ~eight & UINT64_C(0x8080808080808080);
        if (stop != 0) {
            *out = join_groups(eight & (stop ^ (stop - 1)));
            return p + (__builtin_ctzll(stop) >> 3) + 1;
        }
    }
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (p == c->end) return h9_fail(c, H9_E_TRUNCATED, p);
        uint8_t byte = *p++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return p;
        }
    }
    return h9_fail(c, H9_E_VARINT, start); /* B43 */
}

/* A tag is 32 bits: at most five bytes, however it is padded. */
const uint8_t *h9_pb_tag_slow(h9_context *c, const uint8_t *p, uint32_t *out)
{
    const uint8_t *start = p;
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (p == c->end) return h9_fail(c, H9_E_TRUNCATED, p);
        uint8_t byte = *p++;
        if (shift == 28 && byte > 0x0F) return h9_fail(c, H9_E_TAG, start);
        value |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *out = value;
            return p;
        }
    }
    return h9_fail(c, H9_E_TAG, start);
}

/* --- passing over --- */

/* The fields of an unknown group up to its end. */
static const uint8_t *skip_group(h9_context *c, uint32_t number, const uint8_t *p, const uint8_t *at)
{
    if (!h9_enter(c, at)) return NULL; /* B46 */
    while (p < c->end) {
        const uint8_t *start = p;
        uint32_t tag;
        if (!(p = h9_pb_tag(c, p, &tag)) || !h9_pb_good_tag(c, tag, start)) return NULL;
        if ((tag & 7) == PB_END) {
            if (tag >> 3 != number) return h9_fail(c, H9_E_GROUP, start); /* B45 */
            h9_leave(c);
            return p;
        }
        if (!(p = h9_pb_skip(c, tag, p, start))) return NULL;
    }
    return h9_fail(c, H9_E_TRUNCATED, c->end);
}

const uint8_t *h9_pb_skip(h9_context *c, uint32_t tag, const uint8_t *p, const uint8_t *at)
{
    uint64_t ignored;
    size_t size;
    if (!h9_pb_good_tag(c, tag, at)) return NULL;
    switch (tag & 7) {
    case PB_VARINT: return h9_pb_varint(c, p, &ignored);
    case PB_64: return h9_pb_take(c, p, 8);
    case PB_LEN: return (p = h9_pb_length(c, p, &size)) ? p + size : NULL;
    case PB_START: return skip_group(c, tag >> 3, p, at);
    case PB_32: return h9_pb_take(c, p, 4);
    default: return h9_fail(c, H9_E_GROUP, at);
    }
}

/* --- enums, and single values met rarely --- */

/* A symbol that the source has and the target hasn't is never passed as a bare number. */
const uint8_t *h9_pb_symbol(h9_context *c, const h9_node *n, int32_t number, h9_slot *out, const uint8_t *end,
                            const uint8_t *at)
{
    const h9_enum *e = &c->plan->enums[n->a];
    const h9_symbol *s = c->plan->symbols + e->first + (uint32_t)number; /* the n-th is often number n */
    if ((uint32_t)number >= e->count || s->number != number) s = h9_symbol_numbered(c->plan, e, number);
    if (H9_LIKELY(s && s->mapped)) out->i = s->target;
    else if (e->unknown != INT64_MIN) out->i = e->unknown;
    else if (!s && e->open) out->i = number;
    else if (!s && (n->flags & H9_N_CLOSED)) return h9_pb_unknown; /* S17 */
    else return h9_fail(c, H9_E_SYMBOL, at);
    return end;
}

const uint8_t *h9_pb_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t raw = 0;
    const uint8_t *start = p;
    if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
    return h9_pb_symbol(c, n, (int32_t)raw, out, p, start);
}

static const uint8_t *read_uuid(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot span;
    const uint8_t *start = p;
    if (!(p = h9_pb_span(c, &span, p))) return NULL;
    if (n->a == 16 ? span.s.n != 16 : !h9_uuid_parse(span.s.p, span.s.n, out->id)) return h9_fail(c, H9_E_UUID, start);
    if (n->a == 16) memcpy(out->id, span.s.p, 16);
    return p;
}

/* Checked against the precision here, so that no writer meets one of a megabyte (B34). */
static const uint8_t *read_decimal(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    if (!(p = h9_pb_span(c, out, p))) return NULL;
    if (n->a && out->s.n != n->a) return h9_fail(c, H9_E_SIZE, start);
    if (out->s.n == 0 || h9_decimal_print(out->s.p, out->s.n, (int32_t)n->lo, (int32_t)n->hi, text) == 0)
        return h9_fail(c, H9_E_DECIMAL, start);
    return p;
}

static const uint8_t *read_clock(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t count = 0;
    const uint8_t *start = p;
    if (!(p = h9_pb_varint(c, p, &count))) return NULL;
    if (count >= UINT64_C(86400000000000) / n->a) return h9_fail(c, H9_E_TIME, start); /* negative ones too */
    out->u = count * n->a;
    return p;
}

static const uint8_t *read_sized(h9_context *c, h9_slot *out, size_t size, const uint8_t *p)
{
    const uint8_t *start = p;
    if (!(p = h9_pb_span(c, out, p))) return NULL;
    return out->s.n == size ? p : h9_fail(c, H9_E_SIZE, start);
}

static const uint8_t *read_period(h9_context *c, h9_slot *out, const uint8_t *p)
{
    h9_slot span;
    if ((p = read_sized(c, &span, 12, p))) memcpy(&out->period, span.s.p, 12);
    return p;
}

const uint8_t *h9_pb_rarely(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t raw = 0;
    switch (n->op) {
    case H9_OP_DATE:
        if ((p = h9_pb_varint(c, p, &raw))) out->i = (int32_t)raw;
        return p;
    case H9_OP_TIME: return read_clock(c, n, out, p);
    case H9_OP_UUID: return read_uuid(c, n, out, p);
    case H9_OP_FIXED: return read_sized(c, out, n->a, p);
    case H9_OP_DECIMAL: return read_decimal(c, n, out, p);
    case H9_OP_PERIOD: return read_period(c, out, p);
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p);
    }
}

/* --- Timestamp and Duration: seconds (1), nanoseconds (2) --- */

#define FIRST_SECOND INT64_C(-62135596800) /* 0001-01-01 */
#define LAST_SECOND INT64_C(253402300799)  /* 9999-12-31 */
#define MOST_SECONDS INT64_C(315576000000)
#define SECOND 1000000000

static bool good_time(const h9_node *n, const h9_slot *v)
{
    int64_t sec = v->t.sec;
    int32_t ns = v->t.ns;
    if (n->op == H9_OP_TIMESTAMP) return sec >= FIRST_SECOND && sec <= LAST_SECOND && ns >= 0 && ns < SECOND; /* S23 */
    if ((sec > 0 && ns < 0) || (sec < 0 && ns > 0)) return false;
    return sec >= -MOST_SECONDS && sec <= MOST_SECONDS && ns > -SECOND && ns < SECOND;
}

const uint8_t *h9_pb_time(h9_context *c, const h9_node *n, h9_slot *v, const uint8_t *p, const uint8_t *at)
{
    while (p < c->end) {
        const uint8_t *start = p;
        uint64_t raw = 0;
        uint32_t tag;
        if (!(p = h9_pb_tag(c, p, &tag))) return NULL;
        if (tag == (1u << 3 | PB_VARINT)) {
            if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
            v->t.sec = (int64_t)raw;
        } else if (tag == (2u << 3 | PB_VARINT)) {
            if (!(p = h9_pb_varint(c, p, &raw))) return NULL;
            v->t.ns = (int32_t)raw;
        } else if (!(p = h9_pb_skip(c, tag, p, start))) {
            return NULL;
        }
    }
    return good_time(n, v) ? p : h9_fail(c, H9_E_TIME, at);
}

/* --- chains of spans --- */

bool h9_pb_chain(h9_context *c, h9_span_chain **chain, const uint8_t *p, size_t n, bool joins)
{
    h9_span_chain *first = *chain, *last = first ? first->last : NULL;
    if (joins && last != NULL && last->p + last->n == p) {
        last->n += n;
        return true;
    }
    h9_span_chain *added = h9_arena(c, sizeof *added);
    if (added == NULL) return false;
    *added = (h9_span_chain){NULL, added, p, n};
    if (first == NULL) *chain = added;
    else last->next = first->last = added;
    return true;
}

/* --- Value, Struct, ListValue --- */

/* One field at a time of a message in pieces. */
typedef struct pieces {
    const h9_span_chain *next;
    const uint8_t *p, *end, *start, *value; /* start: of the field passed over last; value: behind its tag */
    uint32_t tag;
} pieces;

static void pieces_start(pieces *m, const h9_span_chain *chain)
{
    m->next = chain;
    m->p = m->end = NULL;
}

/* The next field; it is passed over, its content being left to who asks. 1: there; 0: no more; -1: refused. */
static int pieces_next(h9_context *c, pieces *m)
{
    while (m->p == m->end) {
        if (m->next == NULL) return 0;
        m->p = m->next->p;
        m->end = m->p + m->next->n;
        m->next = m->next->next;
    }
    c->end = m->end; /* messages within set it too */
    m->start = m->p;
    if (!(m->value = h9_pb_tag(c, m->p, &m->tag)) || !(m->p = h9_pb_skip(c, m->tag, m->value, m->start))) return -1;
    return 1;
}

/* Another piece of what the field at m holds. */
static bool add_piece(h9_context *c, h9_span_chain **chain, const pieces *m)
{
    size_t size;
    const uint8_t *p = h9_pb_length(c, m->value, &size);
    return p != NULL && h9_pb_chain(c, chain, p, size, false);
}

static bool read_value(h9_context *c, const h9_span_chain *chain, const uint8_t *at);

static bool add_text(h9_context *c, const h9_slot *text)
{
    h9_tape_item *item = h9_tape_add(c, H9_T_STRING);
    if (item == NULL) return false;
    item->flags = (uint16_t)text->s.flags;
    item->n = text->s.n;
    item->v.p = text->s.p;
    return true;
}

static bool read_text(h9_context *c, const uint8_t *p, h9_slot *out)
{
    static const h9_node plain = {.op = H9_OP_STRING};
    return h9_pb_string(c, &plain, out, p) != NULL;
}

/* The key and the pieces of the value of an entry of Struct.fields. */
static bool read_pair(h9_context *c, const uint8_t *p, h9_slot pair[2])
{
    pieces m;
    int more;
    size_t size;
    if (!(p = h9_pb_length(c, p, &size))) return false;
    h9_span_chain piece = {NULL, NULL, p, size};
    pair[0] = (h9_slot){.s = {p, 0, H9_SPAN_PLAIN}};
    pair[1].spans = NULL;
    pieces_start(&m, &piece);
    while ((more = pieces_next(c, &m)) > 0) {
        if (m.tag == TAG_FIRST && !read_text(c, m.value, &pair[0])) return false;
        if (m.tag == TAG_SECOND && !add_piece(c, &pair[1].spans, &m)) return false;
    }
    return more == 0;
}

/* All entries of a Struct, as slots: key, pieces of the value. */
static bool collect_pairs(h9_context *c, const h9_span_chain *chain, h9_slot *map, const uint8_t *at)
{
    pieces m;
    int more;
    memset(map, 0, sizeof *map);
    pieces_start(&m, chain);
    while ((more = pieces_next(c, &m)) > 0) {
        if (m.tag != TAG_FIRST) continue;
        h9_slot *pair = (h9_slot *)(void *)h9_list_add(c, map, 2 * sizeof(h9_slot));
        if (pair == NULL) {
            c->at = m.start;
            return false;
        }
        if (!read_pair(c, m.value, pair)) return false;
    }
    return more == 0 && h9_map_unique(c, map, H9_OP_STRING, true, at); /* S21 */
}

static bool read_struct(h9_context *c, const h9_span_chain *chain, const uint8_t *at)
{
    h9_slot map;
    uint32_t index = c->tape_size;
    if (!h9_enter(c, at) || !collect_pairs(c, chain, &map, at) || !h9_tape_add(c, H9_T_MAP)) return false;
    const h9_slot *pair = (const h9_slot *)(const void *)map.list.items;
    for (uint32_t i = 0; i < map.list.n; i++, pair += 2) {
        if (!add_text(c, &pair[0])) return false;
        if (!read_value(c, pair[1].spans, pair[0].s.p)) {
            h9_in_key(c, pair[0].s.p, pair[0].s.n);
            return false;
        }
    }
    c->tape[index].n = map.list.n;
    c->tape[index].v.end = c->tape_size;
    h9_leave(c);
    return true;
}

static bool read_list(h9_context *c, const h9_span_chain *chain, const uint8_t *at)
{
    pieces m;
    int more;
    uint32_t index = c->tape_size, count = 0;
    if (!h9_enter(c, at) || !h9_tape_add(c, H9_T_LIST)) return false;
    pieces_start(&m, chain);
    while ((more = pieces_next(c, &m)) > 0) {
        if (m.tag != TAG_FIRST) continue;
        const uint8_t *p;
        size_t size;
        if (!h9_count_item(c, m.start) || !(p = h9_pb_length(c, m.value, &size))) return false;
        h9_span_chain piece = {NULL, NULL, p, size};
        if (!read_value(c, &piece, m.value)) {
            h9_in_item(c, count);
            return false;
        }
        count++;
    }
    c->tape[index].n = count;
    c->tape[index].v.end = c->tape_size;
    h9_leave(c);
    return more == 0;
}

/* A Value's kind is a oneof: the last one counts; only a struct or list that follows its like merges with it (S20). */
typedef struct kind {
    uint32_t tag;
    h9_slot scalar;
    h9_span_chain *nested;
} kind;

static bool read_kind(h9_context *c, const pieces *m, kind *k)
{
    bool same = k->tag == m->tag;
    switch (m->tag) {
    case TAG_STRUCT:
    case TAG_LIST:
        if (!same) k->nested = NULL;
        if (!add_piece(c, &k->nested, m)) return false;
        break;
    case TAG_STRING:
        if (!read_text(c, m->value, &k->scalar)) return false;
        break;
    case TAG_NUMBER: memcpy(&k->scalar.d, m->value, 8); break;
    case TAG_NULL:
    case TAG_BOOL:
        if (!h9_pb_varint(c, m->value, &k->scalar.u)) return false;
        break;
    default: return true; /* an unknown field */
    }
    k->tag = m->tag;
    return true;
}

static bool add_kind(h9_context *c, const kind *k, const uint8_t *at)
{
    h9_tape_item *item;
    switch (k->tag) {
    case TAG_STRUCT: return read_struct(c, k->nested, at);
    case TAG_LIST: return read_list(c, k->nested, at);
    case TAG_STRING: return add_text(c, &k->scalar);
    case TAG_NUMBER:
        if (!(item = h9_tape_add(c, H9_T_FLOAT))) return false;
        item->v.d = k->scalar.d;
        return true;
    case TAG_BOOL: return h9_tape_add(c, k->scalar.u ? H9_T_TRUE : H9_T_FALSE) != NULL;
    case TAG_NULL: return h9_tape_add(c, H9_T_NULL) != NULL;
    default: h9_fail(c, H9_E_NULL, at); return false;
    }
}

static bool read_value(h9_context *c, const h9_span_chain *chain, const uint8_t *at)
{
    pieces m;
    int more;
    kind k = {0, {.u = 0}, NULL};
    pieces_start(&m, chain);
    while ((more = pieces_next(c, &m)) > 0)
        if (!read_kind(c, &m, &k)) return false;
    return more == 0 && add_kind(c, &k, at);
}

bool h9_pb_any(h9_context *c, const h9_node *n, const h9_span_chain *chain, h9_slot *out, const uint8_t *at)
{
    const uint8_t *end = c->end;
    uint32_t first = c->tape_size;
    bool (*read)(h9_context *, const h9_span_chain *, const uint8_t *) = read_value;
    if (n->a == ANY_STRUCT) read = read_struct;
    else if (n->a == ANY_LIST) read = read_list;
    bool done = read(c, chain, at);
    c->end = end;
    if (!done) return false;
    out->any.first = first;
    out->any.count = c->tape_size - first;
    return true;
}
