/* google.protobuf.Value, Struct and ListValue, which become a tape.
 *
 * A Value may come in pieces (as a field's several occurrences, or a struct_value twice in one Value), and they merge.
 * To merge messages is to read their bytes one after another (the encoding guide's own rule): so a message is a chain
 * of pieces, and one within it another chain, of spans only. Each level passes over each byte once. */
#include "core/record.h"
#include "formats/protobuf/read.h"
#include "formats/untyped.h"

/* --- Value, Struct, ListValue --- */

/* One field at a time of a message in pieces. */
typedef struct pieces {
    const h9_span_chain *next;
    const uint8_t *p, *end, *start, *value; /* start: of the field passed over last; value: after its tag */
    uint32_t tag;
} pieces;

static void pieces_start(pieces *m, const h9_span_chain *chain)
{
    m->next = chain;
    m->p = m->end = NULL;
}

/* The next field; it is passed over, its content is left to the caller. 1: there; 0: no more; -1: refused. */
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

/* The field at m is unknown. */
static bool pass(h9_context *c, const holder *in, const pieces *m)
{ return h9_pb_pass(c, in, m->tag, m->value, m->start) != NULL; }

/* Another piece of what the field at m holds. */
static bool add_piece(h9_context *c, h9_span_chain **chain, const pieces *m)
{
    size_t size;
    const uint8_t *p = h9_pb_length(c, m->value, &size);
    return p != NULL && h9_pb_chain(c, chain, p, size, false);
}

static bool read_value(h9_context *c, const holder *in, const h9_span_chain *chain, const uint8_t *at);

static bool add_text(h9_context *c, const h9_slot *text, const uint8_t *at)
{ return h9_untyped_span(c, H9_T_STRING, text->s.p, text->s.n, text->s.flags, at); }

static bool read_text(h9_context *c, const uint8_t *p, h9_slot *out)
{
    static const h9_node plain = {.op = H9_OP_STRING};
    return h9_pb_string(c, &plain, out, p) != NULL;
}

/* The key and the pieces of the value of an entry of Struct.fields. */
static bool read_pair(h9_context *c, const holder *in, const uint8_t *p, h9_slot pair[2])
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
        bool good = m.tag == TAG_FIRST    ? read_text(c, m.value, &pair[0])
                    : m.tag == TAG_SECOND ? add_piece(c, &pair[1].spans, &m)
                                          : pass(c, in, &m);
        if (!good) return false;
    }
    return more == 0;
}

/* All entries of a Struct, as slots: key, pieces of the value. */
static bool collect_pairs(h9_context *c, const holder *in, const h9_span_chain *chain, h9_slot *map, const uint8_t *at)
{
    pieces m;
    int more;
    memset(map, 0, sizeof *map);
    pieces_start(&m, chain);
    while ((more = pieces_next(c, &m)) > 0) {
        if (m.tag != TAG_FIRST) {
            if (!pass(c, in, &m)) return false;
            continue;
        }
        h9_slot *pair = (h9_slot *)(void *)h9_list_add(c, map, 2 * sizeof(h9_slot));
        if (pair == NULL) {
            c->at = m.start;
            return false;
        }
        if (!read_pair(c, in, m.value, pair)) return false;
    }
    return more == 0 && h9_map_unique(c, map, H9_OP_STRING, true, at); /* S21 */
}

static bool read_struct(h9_context *c, const holder *in, const h9_span_chain *chain, const uint8_t *at)
{
    h9_slot map;
    uint32_t index = c->tape_size;
    if (!h9_enter(c, at) || !collect_pairs(c, in, chain, &map, at) || !h9_tape_add(c, H9_T_MAP)) return false;
    const h9_slot *pair = (const h9_slot *)(const void *)map.list.items;
    for (uint32_t i = 0; i < map.list.n; i++, pair += 2) {
        if (!add_text(c, &pair[0], pair[0].s.p)) return false;
        if (!read_value(c, in, pair[1].spans, pair[0].s.p)) {
            h9_in_key(c, pair[0].s.p, pair[0].s.n);
            return false;
        }
    }
    c->tape[index].n = map.list.n;
    c->tape[index].v.in.end = c->tape_size;
    c->tape[index].v.in.from = h9_tape_from(c, at);
    h9_leave(c);
    return true;
}

static bool read_list(h9_context *c, const holder *in, const h9_span_chain *chain, const uint8_t *at)
{
    pieces m;
    int more;
    uint32_t index = c->tape_size, count = 0;
    if (!h9_enter(c, at) || !h9_tape_add(c, H9_T_LIST)) return false;
    pieces_start(&m, chain);
    while ((more = pieces_next(c, &m)) > 0) {
        if (m.tag != TAG_FIRST) {
            if (!pass(c, in, &m)) return false;
            continue;
        }
        const uint8_t *p;
        size_t size;
        if (!h9_count_item(c, m.start) || !(p = h9_pb_length(c, m.value, &size))) return false;
        h9_span_chain piece = {NULL, NULL, p, size};
        if (!read_value(c, in, &piece, m.value)) {
            h9_in_item(c, count);
            return false;
        }
        count++;
    }
    c->tape[index].n = count;
    c->tape[index].v.in.end = c->tape_size;
    c->tape[index].v.in.from = h9_tape_from(c, at);
    h9_leave(c);
    return more == 0;
}

/* A Value's kind is a oneof: the last one counts; only a struct or list that follows its like merges with it (S20). */
typedef struct kind {
    uint32_t tag;
    h9_slot scalar;
    h9_span_chain *nested;
} kind;

static bool read_kind(h9_context *c, const holder *in, const pieces *m, kind *k)
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
    default: return pass(c, in, m);
    }
    k->tag = m->tag;
    return true;
}

static bool add_kind(h9_context *c, const holder *in, const kind *k, const uint8_t *at)
{
    switch (k->tag) {
    case TAG_STRUCT: return read_struct(c, in, k->nested, at);
    case TAG_LIST: return read_list(c, in, k->nested, at);
    case TAG_STRING: return add_text(c, &k->scalar, at);
    case TAG_NUMBER: return h9_untyped_f64(c, k->scalar.d, at);
    case TAG_BOOL: return h9_untyped_add(c, k->scalar.u ? H9_T_TRUE : H9_T_FALSE, at);
    case TAG_NULL: return h9_untyped_add(c, H9_T_NULL, at);
    default: h9_fail(c, H9_E_NULL, at); return false;
    }
}

static bool read_value(h9_context *c, const holder *in, const h9_span_chain *chain, const uint8_t *at)
{
    pieces m;
    int more;
    kind k = {0, {.u = 0}, NULL};
    pieces_start(&m, chain);
    while ((more = pieces_next(c, &m)) > 0)
        if (!read_kind(c, in, &m, &k)) return false;
    return more == 0 && add_kind(c, in, &k, at);
}

bool h9_pb_any(h9_context *c, const holder *in, const h9_node *n, const h9_span_chain *chain, h9_slot *out,
               const uint8_t *at)
{
    const uint8_t *end = c->end;
    uint32_t first = c->tape_size;
    bool (*read)(h9_context *, const holder *, const h9_span_chain *, const uint8_t *) = read_value;
    if (n->a == ANY_STRUCT) read = read_struct;
    else if (n->a == ANY_LIST) read = read_list;
    bool done = read(c, in, chain, at);
    c->end = end;
    if (!done) return false;
    out->any.first = first;
    out->any.count = c->tape_size - first;
    return true;
}
