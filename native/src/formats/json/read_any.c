/* JSON whose schema says `any`: a tape in the context. Numbers keep their digits (S34): an integer within 64 bits is
 * one, every other number stands as its text. */
#include "formats/json/lex.h"
#include "formats/untyped.h"

static const uint8_t *tape_value(h9_context *c, const h9_node *n, const uint8_t *p);

static const uint8_t *tape_string(h9_context *c, const uint8_t *p)
{
    h9_slot text;
    const uint8_t *after = h9_json_string(c, p, c->limits.string, &text);
    if (after == NULL) return NULL;
    return h9_untyped_span(c, H9_T_STRING, text.s.p, text.s.n, text.s.flags, p) ? after : NULL;
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
    bool added;
    if (!is_integer(&number, &i, &u)) added = h9_untyped_span(c, H9_T_NUMBER, p, number.length, 0, p);
    else added = h9_untyped_int(c, u ? u : (uint64_t)i, u == 0, p);
    return added ? after : NULL;
}

static const uint8_t *tape_literal(h9_context *c, h9_tape_kind kind, const uint8_t *p, const char *word, size_t size)
{
    const uint8_t *after = h9_json_literal(c, p, word, size);
    return after && h9_untyped_add(c, kind, p) ? after : NULL;
}

static const uint8_t *tape_list(h9_context *c, const h9_node *n, const uint8_t *p)
{
    h9_nest list;
    if (!h9_nest_open(c, &list, H9_T_LIST, p) || (p = h9_json_first(c, p)) == NULL) return NULL;
    while (*p != ']') {
        if (!h9_nest_next(c, &list, p) || (p = tape_value(c, n, p)) == NULL) return h9_nest_refused(c, &list);
        if ((p = h9_json_comma(c, p, ']')) == NULL) return NULL;
    }
    return h9_nest_close(c, &list) ? p + 1 : NULL;
}

static const uint8_t *tape_key(h9_context *c, const h9_node *n, h9_nest *map, const uint8_t *p)
{
    if (!h9_nest_next(c, map, p)) return NULL;
    if (*p != '"') return h9_json_unexpected(c, p);
    const uint8_t *after = tape_string(c, p);
    if (after == NULL || !h9_nest_key(c, map, n->flags & H9_N_LAST_WINS, p)) return NULL;
    return h9_json_colon(c, after);
}

static const uint8_t *tape_map(h9_context *c, const h9_node *n, const uint8_t *p)
{
    h9_nest map;
    if (!h9_nest_open(c, &map, H9_T_MAP, p) || (p = h9_json_first(c, p)) == NULL) return NULL;
    while (*p != '}') {
        if ((p = tape_key(c, n, &map, p)) == NULL) return NULL;
        if ((p = tape_value(c, n, p)) == NULL) return h9_nest_refused(c, &map);
        if ((p = h9_json_comma(c, p, '}')) == NULL) return NULL;
    }
    return h9_nest_close(c, &map) ? p + 1 : NULL;
}

static const uint8_t *tape_value(h9_context *c, const h9_node *n, const uint8_t *p)
{
    switch (*p) {
    case '"': return tape_string(c, p);
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
