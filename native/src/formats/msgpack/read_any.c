/* MessagePack values that no schema describes: `any`, which becomes a tape. */
#include "formats/msgpack/msgpack.h"
#include "formats/untyped.h"
#include "values/time.h"

static bool add_float(h9_context *c, const h9_head *h, const uint8_t *at)
{ return h->truth ? h9_untyped_f64(c, h->d, at) : h9_untyped_f32(c, mp_get_f32(h->body), at); }

/* Kept as it is; a timestamp must be one all the same (B59). */
static bool add_extension(h9_context *c, const h9_head *h, const uint8_t *at)
{
    int64_t seconds;
    uint32_t nanos;
    if (h->body[-1] == MP_TIMESTAMP && !h9_timestamp_unpack(h->body, h->n, &seconds, &nanos)) {
        h9_fail(c, H9_E_TIME, at);
        return false;
    }
    return h9_untyped_span(c, H9_T_EXTENSION, h->body, h->n, 0, at);
}

static const uint8_t *read_any(h9_context *c, bool last_wins, const uint8_t *p);

static const uint8_t *read_key(h9_context *c, bool last_wins, h9_nest *map, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind != H9_KIND_STRING) return h9_fail(c, H9_E_KEY, p);
    return h9_untyped_text(c, h.body, h.n, p) && h9_nest_key(c, map, last_wins, p) ? end : NULL;
}

/* `p`: after the head, which stands at `at`. */
static const uint8_t *read_nest(h9_context *c, bool last_wins, const h9_head *h, const uint8_t *p, const uint8_t *at)
{
    h9_nest nest;
    bool map = h->kind == H9_KIND_MAP;
    if (!h9_nest_open(c, &nest, map ? H9_T_MAP : H9_T_LIST, at) || !h9_nest_expect(c, &nest, h->n, at)) return NULL;
    for (uint32_t i = 0; i < h->n; i++) {
        if (!h9_go_past(c)) return NULL;
        h9_nest_next(c, &nest, p);
        if (map && (p = read_key(c, last_wins, &nest, p)) == NULL) return NULL;
        if ((p = read_any(c, last_wins, p)) == NULL) return h9_nest_refused(c, &nest);
    }
    return h9_nest_close(c, &nest) ? p : NULL;
}

static const uint8_t *read_any(h9_context *c, bool last_wins, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    bool done;
    switch (h.kind) {
    case H9_KIND_NULL: done = h9_untyped_add(c, H9_T_NULL, p); break;
    case H9_KIND_BOOL: done = h9_untyped_add(c, h.truth ? H9_T_TRUE : H9_T_FALSE, p); break;
    case H9_KIND_INT: done = h9_untyped_int(c, h.bits, h.truth, p); break;
    case H9_KIND_FLOAT: done = add_float(c, &h, p); break;
    case H9_KIND_STRING: done = h9_untyped_text(c, h.body, h.n, p); break;
    case H9_KIND_BYTES: done = h9_untyped_bytes(c, h.body, h.n, p); break;
    case H9_KIND_EXTENSION: done = add_extension(c, &h, p); break;
    default: return read_nest(c, last_wins, &h, end, p);
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
