/* What only Avro's JSON has. A union's branch is an object of one member, called as the branch is (S19). The bytes of a
 * value's underlying type are code points (S8), also those of a UUID in a fixed and of a big-decimal, which are not so
 * in a frame. */
#include "core/big_decimal.h"
#include "core/frame.h"
#include "formats/json/lex.h"
#include "formats/json/out.h"

const uint8_t *h9_json_open_branch(h9_context *c, h9_slot *name, const uint8_t **key, const uint8_t *p)
{
    if (*p != '{') return h9_json_mismatch(c, p);
    p = h9_json_open(c, p);
    if (p == NULL) return NULL;
    *key = p;
    if (*p == '}') return h9_fail(c, H9_E_BRANCH, p);
    if (*p != '"') return h9_json_unexpected(c, p);
    return h9_json_string(c, p, c->limits.string, name);
}

const uint8_t *h9_json_close_branch(h9_context *c, const uint8_t *p)
{
    if (p == NULL) return NULL;
    p = h9_json_space(p, c->end);
    if (p == c->end || (*p != '}' && *p != ',')) return h9_json_unexpected(c, p);
    if (*p == ',') return h9_fail(c, H9_E_BRANCH, p);
    h9_leave(c);
    return p + 1;
}

const uint8_t *h9_json_read_avro(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot body;
    const uint8_t *after = h9_json_decode(c, H9_BYTES_CODEPOINTS, &body, p);
    if (after == NULL) return NULL;
    if (n->op == H9_OP_BIGDECIMAL) return h9_get_big_decimal(&body, out) ? after : h9_fail(c, H9_E_DECIMAL, p);
    if (body.s.n != sizeof out->id) return h9_fail(c, H9_E_SIZE, p);
    memcpy(out, body.s.p, sizeof *out);
    return after;
}

uint8_t *h9_json_put_avro(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (n->op == H9_OP_UUID) return h9_json_put_bytes(c, H9_BYTES_CODEPOINTS, v->id, sizeof v->id, w);
    uint8_t *body = h9_arena(c, h9_big_decimal_size(v));
    if (body == NULL) return NULL;
    size_t size = (size_t)(h9_put_big_decimal(body, v) - body);
    return h9_json_put_bytes(c, H9_BYTES_CODEPOINTS, body, size, w);
}
