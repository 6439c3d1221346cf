/* A tape as JSON. */
#include <math.h>

#include "core/error.h"
#include "formats/json/out.h"

static uint8_t *refuse(h9_context *c, h9_code code)
{
    h9_fail(c, code, NULL);
    return NULL;
}

static uint8_t *put_tape_float(const h9_node *n, const h9_tape_item *item, uint8_t *w)
{
    double d = item->kind == H9_T_FLOAT32 ? (double)item->v.f : item->v.d;
    if (!isfinite(d)) return h9_json_put_not_finite(n, d, w);
    return item->kind == H9_T_FLOAT32 ? h9_print_f32(w, item->v.f, true) : h9_print_f64(w, d, true);
}

/* A MessagePack timestamp is an instant; what else an extension may be can't be said. */
static uint8_t *put_extension(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    int64_t seconds;
    uint32_t nanos;
    if (item->v.p[-1] != H9_TIMESTAMP_EXTENSION) return refuse(c, H9_E_EXTENSION);
    if (!h9_timestamp_unpack(item->v.p, item->n, &seconds, &nanos)) return refuse(c, H9_E_TIME);
    *w++ = '"';
    w = h9_time_print(w, seconds, nanos, false);
    if (w == NULL) return refuse(c, H9_E_TIME);
    *w++ = '"';
    return w;
}

/* In the form that CBOR's tags 21 to 23 ask for, else in the dialect's (S8). */
static uint8_t *put_bytes(h9_context *c, const h9_node *n, const h9_tape_item *item, uint8_t *w)
{
    unsigned form = H9_TAPE_FORM(item);
    return h9_json_put_bytes(c, form ? form - 1 : n->b, item->v.p, item->n, w);
}

/* A tape item that holds no others. */
static uint8_t *put_leaf(h9_context *c, const h9_node *n, const h9_tape_item *item, uint8_t *w)
{
    switch (item->kind) {
    case H9_T_NULL: return h9_json_word(w, "null", 4);
    case H9_T_FALSE: return h9_json_word(w, "false", 5);
    case H9_T_TRUE: return h9_json_word(w, "true", 4);
    case H9_T_INT: return h9_print_i64(w, item->v.i);
    case H9_T_UINT: return h9_print_u64(w, item->v.u);
    case H9_T_FLOAT:
    case H9_T_FLOAT32: return put_tape_float(n, item, w);
    case H9_T_STRING: return h9_json_put_string(c, item->v.p, item->n, item->flags, w);
    case H9_T_NUMBER: w = h9_json_room(c, w, item->n); return w ? h9_copy_short(w, item->v.p, item->n) : NULL;
    case H9_T_BYTES: return put_bytes(c, n, item, w);
    case H9_T_SIMPLE: return refuse(c, H9_E_EXTENSION);
    default: return put_extension(c, item, w);
    }
}

static uint8_t *put_item(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w);

/* MessagePack's keys may be other than strings: they are written as strings, but lists and maps can't be. */
static uint8_t *put_tape_key(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w)
{
    const h9_tape_item *item = &c->tape[(*at)++];
    bool bare = item->kind <= H9_T_NUMBER;
    if (item->kind == H9_T_LIST || item->kind == H9_T_MAP) return refuse(c, H9_E_KEY);
    if (bare) *w++ = '"';
    w = put_leaf(c, n, item, w);
    if (w == NULL || (w = h9_json_room(c, w, 2)) == NULL) return NULL;
    if (bare) *w++ = '"';
    *w++ = ':';
    return w;
}

static uint8_t *put_items(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w)
{
    const h9_tape_item *parent = &c->tape[*at - 1];
    bool map = parent->kind == H9_T_MAP;
    *w++ = map ? '{' : '[';
    for (uint32_t i = 0; i < parent->n; i++) {
        w = h9_json_room(c, w, 2);
        if (w == NULL) return NULL;
        if (i) *w++ = ',';
        if (map && (w = put_tape_key(c, n, at, w)) == NULL) return NULL;
        if ((w = h9_json_room(c, w, 0)) == NULL || (w = put_item(c, n, at, w)) == NULL) return NULL;
    }
    w = h9_json_room(c, w, 1);
    if (w != NULL) *w++ = map ? '}' : ']';
    return w;
}

static uint8_t *put_item(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w)
{
    const h9_tape_item *item = &c->tape[(*at)++];
    if (item->kind == H9_T_LIST || item->kind == H9_T_MAP) return put_items(c, n, at, w);
    return put_leaf(c, n, item, w);
}

uint8_t *h9_json_put_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint32_t at = v->any.first;
    if (v->any.count == 0) return h9_json_word(w, n->a == 0 ? "null" : n->a == 1 ? "{}" : "[]", n->a == 0 ? 4 : 2);
    return put_item(c, n, &at, w);
}
