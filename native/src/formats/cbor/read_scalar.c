/* CBOR's single values and keys, read as the kind that a schema wants (S22, S23, S26). */
#include "core/frame.h"
#include "formats/cbor/cbor.h"
#include "values/number.h"

static bool refuse(h9_context *c, h9_code code, const uint8_t *at)
{
    h9_fail(c, code, at);
    return false;
}

/* --- values --- */

/* Text, with or without a tag; an instant as a number of seconds, a date as a number of days (S24). */
static bool take_time(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    if (h->what == CB_AS_INSTANT && n->op == H9_OP_TIMESTAMP && !(n->flags & H9_N_LOCAL)) {
        *out = h->t;
        return true;
    }
    if (h->what == CB_AS_DAYS && n->op == H9_OP_DATE) {
        out->i = (int64_t)h->v.bits;
        return (out->i >= INT32_MIN && out->i <= INT32_MAX) || refuse(c, H9_E_TIME, at);
    }
    return h9_take_time(c, n, &h->v, out, at);
}

static bool take(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    if (h->what == CB_AS_DIGITS) return h9_cbor_take_digits(c, n, h, out, at);
    switch (n->op) {
    case H9_OP_INT: return h9_take_int(c, &h->v, n->lo, n->hi, &out->i, at);
    case H9_OP_UINT: return h9_take_uint(c, &h->v, (uint64_t)n->hi, &out->u, at);
    case H9_OP_F32: return h9_take_f32(c, &h->v, n->a == 0, &out->f, at);
    case H9_OP_F64: return h9_take_f64(c, &h->v, n->a == 0, &out->d, at);
    case H9_OP_STRING: return h9_take_text(c, &h->v, !(n->flags & H9_N_UNCHECKED), out, at);
    case H9_OP_DATE:
    case H9_OP_TIME:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: return take_time(c, n, h, out, at);
    default: return h9_take_value(c, n, &h->v, out, at);
    }
}

const uint8_t *h9_cbor_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    cb_head h;
    if (n->op == H9_OP_INT && *p < CB_ONE_BYTE && *p >= n->lo && *p <= n->hi) {
        out->i = *p;
        return p + 1;
    }
    const uint8_t *end = h9_cbor_head(c, p, &h);
    return end && take(c, n, &h, out, p) ? end : NULL;
}

/* --- keys --- */

/* Text of no meaning but its own, or an integer. */
static const uint8_t *key_head(h9_context *c, cb_head *h, const uint8_t *p)
{
    const uint8_t *end = h9_cbor_head(c, p, h);
    if (end == NULL) return NULL;
    bool integer = h->v.kind == H9_KIND_INT || (h->what == CB_AS_DIGITS && h->scale == 0);
    bool good = integer ? h->tag == CB_NO_TAG || h->tag == CB_TAG_BIG || h->tag == CB_TAG_BIG_NEGATIVE
                        : h->tag == CB_NO_TAG && (h->v.kind == H9_KIND_STRING || h->v.kind == H9_KIND_BOOL);
    return good ? end : h9_fail(c, H9_E_KEY, p); /* B60 */
}

static bool print_key(h9_context *c, const cb_head *h, h9_slot *out, const uint8_t *at)
{
    if (h->what == CB_AS_DIGITS) {
        out->s.p = h9_cbor_print_digits(c, h, &out->s.n, at);
    } else {
        uint8_t *text = h9_arena(c, H9_MAX_INT_TEXT + 1);
        if (text == NULL) return false;
        uint8_t *end = h->v.truth ? h9_print_i64(text, (int64_t)h->v.bits) : h9_print_u64(text, h->v.bits);
        out->s.p = text;
        out->s.n = (uint32_t)(end - text);
    }
    out->s.flags = H9_SPAN_PLAIN;
    return out->s.p != NULL;
}

const uint8_t *h9_cbor_text_key(h9_context *c, h9_slot *out, bool *number, const uint8_t *p)
{
    cb_head h;
    const uint8_t *end = key_head(c, &h, p);
    if (end == NULL) return NULL;
    *number = h.v.kind != H9_KIND_STRING;
    if (h.v.kind == H9_KIND_BOOL) return h9_fail(c, H9_E_KEY, p);
    bool good = *number ? print_key(c, &h, out, p) : h9_take_text(c, &h.v, true, out, p);
    return good ? end : NULL;
}

const uint8_t *h9_cbor_key(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    cb_head h;
    const uint8_t *end = key_head(c, &h, p);
    if (end == NULL) return NULL;
    bool good, number = h.v.kind == H9_KIND_INT || h.what == CB_AS_DIGITS;
    if (n->op == H9_OP_STRING && number) good = print_key(c, &h, out, p);
    else if (h.what == CB_AS_DIGITS) good = n->op != H9_OP_BOOL && h9_cbor_take_digits(c, n, &h, out, p);
    else good = h9_take_key(c, n, &h.v, out, p);
    return good ? end : NULL;
}
