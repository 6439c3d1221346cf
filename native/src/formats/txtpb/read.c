/* Reads Protobuf's text format (protobuf.dev/reference/protobuf/textformat-spec).
 *
 * Theory of operation: a message is its fields up to what closes it, or up to the input's end. A repeated field comes
 * in any number of places, an item at a time or several in brackets, so its list stays open: conversion steps of the
 * whole list, and a map's keys met twice (the last wins), wait for the message's end. Every other field comes once. */
#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/keyed.h"
#include "formats/txtpb/txtpb.h"
#include "steps/convert.h"

static const uint8_t *read_value(h9_context *c, const h9_node *n, h9_slot *frame, h9_slot *out, const uint8_t *p);

static inline bool is_many(const h9_node *n) { return n->op == H9_OP_LIST || n->op == H9_OP_MAP; }

/* Whether such a value stands in braces. */
static bool is_message(const h9_node *n)
{
    switch (n->op) {
    case H9_OP_RECORD:
    case H9_OP_INLINE:
    case H9_OP_WRAPPED:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: return true;
    default: return false;
    }
}

/* Into the braces at p; *close: what ends them. Opens a level. */
static const uint8_t *open(h9_context *c, uint8_t *close, const uint8_t *p)
{
    if (p == c->end || (*p != '{' && *p != '<')) return h9_txtpb_mismatch(c, p);
    *close = *p == '{' ? '}' : '>';
    return h9_enter(c, p) ? p + 1 : NULL;
}

/* Whether a field begins at *p, white space before it passed over; false: the message is closed there, or refused. */
static bool another(h9_context *c, uint8_t close, const uint8_t **p)
{
    const uint8_t *at = h9_txtpb_space(*p, c->end);
    bool ends = at == c->end ? close == 0 : *at == close;
    *p = at == c->end && close != 0 ? h9_fail(c, H9_E_TRUNCATED, at) : at;
    return *p != NULL && !ends;
}

/* After a field: past the one separator that may stand there. */
static const uint8_t *separator(h9_context *c, const uint8_t *p)
{
    p = h9_txtpb_space(p, c->end);
    return p < c->end && (*p == ',' || *p == ';') ? p + 1 : p;
}

/* From after a field's name to its value, which has a colon before it unless it is a message. */
static const uint8_t *colon(h9_context *c, bool message, const uint8_t *p)
{
    p = h9_txtpb_space(p, c->end);
    if (p < c->end && *p == ':') p = h9_txtpb_space(p + 1, c->end);
    else if (!message || p == c->end || (*p != '{' && *p != '<' && *p != '[')) return h9_txtpb_unexpected(c, p);
    return p < c->end ? p : h9_txtpb_unexpected(c, p);
}

/* --- lists and maps --- */

static bool is_called(const h9_slot *name, const char *word)
{ return name->s.n == strlen(word) && memcmp(name->s.p, word, name->s.n) == 0; }

/* What a key or value is that an entry leaves out: zero, or an empty message. */
static bool put_absent(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *at)
{
    memset(out, 0, sizeof *out);
    if (n->op == H9_OP_RECORD) {
        const h9_record *r = &c->plan->records[n->a];
        if ((out->rec = h9_frame_new(c, r)) == NULL || !h9_finish(c, r, out->rec, at)) return false;
    }
    return n->conv == 0 || h9_convert(c, n->conv, out, at);
}

/* A map's entry: a message of a key and a value, either of which may be left out. */
static const uint8_t *read_entry(h9_context *c, const h9_node *n, h9_slot *entry, const uint8_t *p)
{
    const h9_node *nodes[2] = {&c->plan->nodes[n->a], &c->plan->nodes[n->b]};
    const uint8_t *start = p;
    bool met[2] = {false, false};
    uint8_t close = 0;
    h9_slot name;
    if ((p = open(c, &close, p)) == NULL) return NULL;
    while (another(c, close, &p)) {
        const uint8_t *key = p;
        if ((p = h9_txtpb_name(c, &name, p)) == NULL) return NULL;
        int which = is_called(&name, "key") ? 0 : is_called(&name, "value") ? 1 : 2;
        if (which == 2) return h9_fail(c, H9_E_UNKNOWN_FIELD, key);
        if (met[which]) return h9_fail(c, H9_E_DUPLICATE, key);
        met[which] = true;
        if ((p = colon(c, is_message(nodes[which]), p)) == NULL) return NULL;
        if ((p = read_value(c, nodes[which], NULL, &entry[which], p)) == NULL) return NULL;
        p = separator(c, p);
    }
    if (p == NULL) return NULL;
    h9_leave(c);
    for (int i = 0; i < 2; i++)
        if (!met[i] && !put_absent(c, nodes[i], &entry[i], start)) return NULL;
    return p + 1;
}

/* One item, or none where it is of an unknown symbol that is passed over (S17). */
static const uint8_t *read_item(h9_context *c, const h9_node *n, h9_slot *list, const uint8_t *p)
{
    h9_slot pair[2];
    const uint32_t depth = c->depth;
    const uint8_t *end =
        n->op == H9_OP_MAP ? read_entry(c, n, pair, p) : read_value(c, &c->plan->nodes[n->a], NULL, &pair[0], p);
    if (end == NULL && h9_symbol_passed(c)) {
        c->depth = depth;
        return h9_txtpb_pass_value(c, p);
    }
    if (end == NULL) return h9_in_item(c, list->list.n);
    uint8_t *to = h9_list_add(c, list, n->width);
    if (to == NULL) return NULL;
    if (n->op == H9_OP_MAP) memcpy(to, pair, sizeof pair);
    else h9_item_put(to, n->width, &pair[0]);
    return end;
}

static const uint8_t *read_items(h9_context *c, const h9_node *n, h9_slot *list, const uint8_t *p)
{
    if (*p != '[') return read_item(c, n, list, p);
    p = h9_txtpb_space(p + 1, c->end);
    if (p < c->end && *p == ']') return p + 1;
    for (;;) {
        if (p == c->end) return h9_txtpb_unexpected(c, p);
        if ((p = read_item(c, n, list, p)) == NULL) return NULL;
        p = h9_txtpb_space(p, c->end);
        if (p < c->end && *p == ']') return p + 1;
        if (p == c->end || *p != ',') return h9_txtpb_unexpected(c, p);
        p = h9_txtpb_space(p + 1, c->end);
    }
}

/* --- fields --- */

/* Whether the field's values stand in braces: a map's entries do. */
static bool of_messages(h9_context *c, const h9_node *n)
{ return n->op == H9_OP_MAP || is_message(n->op == H9_OP_LIST ? &c->plan->nodes[n->a] : n); }

static const uint8_t *read_field(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key, const uint8_t *p)
{
    const h9_node *n = &c->plan->nodes[f->node];
    if (f->slot == H9_NO_SLOT) return h9_txtpb_pass(c, p);
    if ((p = colon(c, of_messages(c, n), p)) == NULL) return NULL;
    if (f->group != H9_NONE && !h9_members_join(c, m, f, key)) return NULL;
    h9_slot *slot = m->frame + f->slot;
    if (is_many(n) && !h9_has(m->bits, f->slot)) memset(slot, 0, sizeof *slot);
    const uint8_t *end = is_many(n) ? read_items(c, n, slot, p) : read_value(c, n, m->frame, slot, p);
    if (end != NULL) h9_set(m->bits, f->slot);
    else if (h9_symbol_passed(c)) return h9_txtpb_pass_value(c, p);
    return end;
}

/* The fields that take the value after the name. One that isn't repeated comes once. */
static const uint8_t *read_member(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key, const uint8_t *p)
{
    const uint8_t *end;
    uint32_t index = (uint32_t)(f - m->fields);
    if (is_many(&c->plan->nodes[f->node])) h9_set(m->seen, index);
    else if (!h9_members_meet(c, m, f, key)) return h9_in_field(c, f->name);
    for (;;) {
        if ((end = read_field(c, m, f, key, p)) == NULL) return h9_in_field(c, f->name);
        if (f->also == 0) return end;
        f = &c->plan->fields[f->also];
    }
}

static const uint8_t *read_fields(h9_context *c, h9_members *m, uint8_t close, const uint8_t *p)
{
    h9_slot name;
    while (another(c, close, &p)) {
        const uint8_t *key = p;
        if ((p = h9_txtpb_name(c, &name, p)) == NULL) return NULL;
        const h9_key *known = h9_find_key(c->plan, m->r->keys, m->r->key_mask, name.s.p, name.s.n);
        if (known != NULL) p = read_member(c, m, m->fields + known->index, key, p);
        else if (!h9_members_pass(c, m, &name, key)) return NULL;
        else p = h9_txtpb_pass(c, p);
        if (p == NULL) return NULL;
        p = separator(c, p);
    }
    return p;
}

/* The lists and maps of a field are whole. */
static bool finish_list(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *at)
{
    for (;; f = &c->plan->fields[f->also]) {
        const h9_node *n = &c->plan->nodes[f->node];
        if (f->slot != H9_NO_SLOT && is_many(n) && h9_has(m->bits, f->slot)) {
            h9_slot *slot = m->frame + f->slot;
            bool good = n->op == H9_OP_LIST || h9_map_unique(c, slot, n->bits, true, at);
            if (!good || (n->conv != 0 && !h9_convert(c, n->conv, slot, at))) {
                h9_in_field(c, f->name);
                return false;
            }
        }
        if (f->also == 0) return true;
    }
}

/* From after what opens a message to what closes it (0: the input's end). */
static const uint8_t *read_body(h9_context *c, const h9_record *r, h9_slot *frame, uint8_t close, const uint8_t *p)
{
    const uint8_t *start = p;
    h9_members m;
    if (!h9_members_start(c, &m, r, frame) || (p = read_fields(c, &m, close, p)) == NULL) return NULL;
    for (uint32_t i = 0; i < r->count; i++)
        if (h9_has(m.seen, i) && !finish_list(c, &m, &m.fields[i], start)) return NULL;
    return h9_members_end(c, &m, start) ? p : NULL;
}

/* --- messages --- */

/* A wrapper, a Timestamp or a Duration: a field of each name, with the node of its value. */
static const uint8_t *read_known(h9_context *c, const char *const *names, const h9_node *const *nodes, size_t count,
                                 h9_slot *out, const uint8_t *p)
{
    uint8_t close = 0;
    h9_slot name;
    unsigned met = 0;
    if ((p = open(c, &close, p)) == NULL) return NULL;
    while (another(c, close, &p)) {
        const uint8_t *key = p;
        size_t i = 0;
        if ((p = h9_txtpb_name(c, &name, p)) == NULL) return NULL;
        while (i < count && !is_called(&name, names[i])) i++;
        if (i == count) return h9_fail(c, H9_E_UNKNOWN_FIELD, key);
        if (met >> i & 1) return h9_fail(c, H9_E_DUPLICATE, key);
        met |= 1u << i;
        if ((p = colon(c, false, p)) == NULL || (p = read_value(c, nodes[i], NULL, &out[i], p)) == NULL) return NULL;
        p = separator(c, p);
    }
    if (p == NULL) return NULL;
    h9_leave(c);
    return p + 1;
}

static const uint8_t *read_wrapped(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    static const char *const names[] = {"value"};
    const h9_node *const nodes[] = {&c->plan->nodes[n->a]};
    memset(out, 0, sizeof *out);
    return read_known(c, names, nodes, 1, out, p);
}

#define SECOND 1000000000
#define FIRST_SECOND (-INT64_C(62135596800)) /* of the year 1 */
#define LAST_SECOND INT64_C(253402300799)    /* of 9999 (S23) */
#define MOST_SECONDS INT64_C(315576000000)

static const uint8_t *read_time(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    static const char *const names[] = {"seconds", "nanos"};
    static const h9_node seconds = {.op = H9_OP_INT, .lo = INT64_MIN, .hi = INT64_MAX};
    static const h9_node nanos = {.op = H9_OP_INT, .lo = INT32_MIN, .hi = INT32_MAX};
    const h9_node *const nodes[] = {&seconds, &nanos};
    h9_slot parts[2] = {{.i = 0}, {.i = 0}};
    const uint8_t *end = read_known(c, names, nodes, 2, parts, p);
    if (end == NULL) return NULL;
    int64_t sec = parts[0].i, ns = parts[1].i;
    bool good = n->op == H9_OP_TIMESTAMP ? sec >= FIRST_SECOND && sec <= LAST_SECOND && ns >= 0 && ns < SECOND
                                         : sec >= -MOST_SECONDS && sec <= MOST_SECONDS && ns > -SECOND && ns < SECOND
                                               && !(sec > 0 && ns < 0) && !(sec < 0 && ns > 0);
    out->t.sec = sec;
    out->t.ns = (int32_t)ns;
    return good ? end : h9_fail(c, H9_E_TIME, p);
}

static const uint8_t *read_message(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p)
{
    uint8_t close = 0;
    if ((p = open(c, &close, p)) == NULL || (p = read_body(c, r, frame, close, p)) == NULL) return NULL;
    h9_leave(c);
    return p + 1;
}

/* The value at p, which isn't the end. `frame`: the one around it, for an inline record. */
static const uint8_t *read_value(h9_context *c, const h9_node *n, h9_slot *frame, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    switch (n->op) {
    case H9_OP_INLINE: return frame ? read_message(c, &c->plan->records[n->a], frame, p) : h9_fail(c, H9_E_BAD_PLAN, p);
    case H9_OP_RECORD:
        if ((out->rec = h9_frame_new(c, &c->plan->records[n->a])) == NULL) return NULL;
        p = read_message(c, &c->plan->records[n->a], out->rec, p);
        break;
    case H9_OP_WRAPPED: p = read_wrapped(c, n, out, p); break;
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: p = read_time(c, n, out, p); break;
    default: p = h9_txtpb_scalar(c, n, out, p);
    }
    if (p != NULL && n->conv != 0 && !h9_convert(c, n->conv, out, start)) return NULL;
    return p;
}

const uint8_t *h9_txtpb_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (n->op != H9_OP_RECORD) return h9_fail(c, H9_E_BAD_PLAN, p);
    const h9_record *r = &c->plan->records[n->a];
    if ((out->rec = h9_frame_new(c, r)) == NULL) return NULL;
    p = read_body(c, r, out->rec, 0, p);
    if (p != NULL && n->conv != 0 && !h9_convert(c, n->conv, out, start)) return NULL;
    return p;
}
