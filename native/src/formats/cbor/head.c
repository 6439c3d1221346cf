/* CBOR's heads without their tags, and values passed over. */
#include "core/frame.h"
#include "formats/cbor/cbor.h"

/* Values within a list or map are one level deeper each; tags are as well, as long as they follow one another (B62). */

static const uint8_t *truncated(h9_context *c) { return h9_fail(c, H9_E_TRUNCATED, c->end); }

const uint8_t *h9_cbor_long_first(h9_context *c, const uint8_t *p, cb_first *out)
{
    const uint8_t *at = p++;
    if (out->info > CB_EIGHT_BYTES) {
        bool may_be_open = out->info == CB_OPEN && out->major >= CB_BYTES && out->major != CB_TAG;
        return may_be_open ? p : h9_fail(c, H9_E_TAG, at);
    }
    size_t width = (size_t)1 << (out->info - CB_ONE_BYTE);
    if ((size_t)(c->end - p) < width) return truncated(c);
    switch (width) {
    case 1: out->argument = *p; break;
    case 2: out->argument = h9_load_big16(p); break;
    case 4: out->argument = h9_load_big32(p); break;
    default: out->argument = h9_load_big64(p); break;
    }
    if (*at == CB_SIMPLE && *p < 32) return h9_fail(c, H9_E_TAG, at); /* B65 */
    return p + width;
}

/* --- text and bytes in chunks --- */

/* The chunk at p; its bytes go up to the result. An open string has none. */
static const uint8_t *chunk(h9_context *c, unsigned major, const uint8_t *p, uint64_t *size)
{
    cb_first first;
    const uint8_t *body = cb_get_first(c, p, &first);
    if (body == NULL) return NULL;
    if (first.major != major || first.info == CB_OPEN) return h9_fail(c, H9_E_SYNTAX, p); /* B61 */
    if (first.argument > (size_t)(c->end - body)) return truncated(c);
    *size = first.argument;
    return body + first.argument;
}

/* Passes over chunks up to their break. *total: their bytes. */
static const uint8_t *pass_chunks(h9_context *c, unsigned major, const uint8_t *p, uint64_t *total)
{
    *total = 0;
    for (;;) {
        uint64_t size;
        if (p >= c->end) return truncated(c);
        if (*p == CB_BREAK) return p + 1;
        if ((p = chunk(c, major, p, &size)) == NULL) return NULL;
        *total += size;
    }
}

/* A character is whole within its chunk (RFC 8949, 3.2.3). */
static const uint8_t *join_chunks(h9_context *c, unsigned major, const uint8_t *p, uint8_t *w)
{
    while (*p != CB_BREAK) {
        uint64_t size = 0;
        const uint8_t *at = p;
        p = chunk(c, major, p, &size);
        if (major == CB_TEXT && !h9_utf8_valid(p - size, (size_t)size)) return h9_fail(c, H9_E_UTF8, at);
        memcpy(w, p - size, (size_t)size);
        w += size;
    }
    return p + 1;
}

static const uint8_t *open_string(h9_context *c, unsigned major, const uint8_t *p, const uint8_t *at, h9_head *out)
{
    uint64_t total;
    if (pass_chunks(c, major, p, &total) == NULL) return NULL;
    if (total > c->limits.string) return h9_fail(c, H9_E_STRING, at);
    uint8_t *joined = h9_arena(c, (size_t)total);
    if (joined == NULL) return NULL;
    out->body = joined;
    out->n = (uint32_t)total;
    return join_chunks(c, major, p, joined);
}

/* --- heads --- */

static const uint8_t *string_head(h9_context *c, const cb_first *first, const uint8_t *p, const uint8_t *at,
                                  h9_head *out)
{
    out->kind = first->major == CB_TEXT ? H9_KIND_STRING : H9_KIND_BYTES;
    if (first->info == CB_OPEN) return open_string(c, first->major, p, at, out);
    if (first->argument > (size_t)(c->end - p)) return truncated(c);
    if (first->argument > UINT32_MAX) return h9_fail(c, H9_E_STRING, at);
    out->body = p;
    out->n = (uint32_t)first->argument;
    return p + out->n;
}

/* Items must fit into what is left: each takes a byte at least, a pair two. */
static const uint8_t *nest_head(h9_context *c, const cb_first *first, const uint8_t *p, const uint8_t *at, h9_head *out)
{
    bool map = first->major == CB_MAP;
    out->kind = map ? H9_KIND_MAP : H9_KIND_LIST;
    out->truth = first->info == CB_OPEN;
    if (out->truth) return p;
    if (first->argument > (size_t)(c->end - p) / (map ? 2 : 1)) return truncated(c);
    if (first->argument > UINT32_MAX) return h9_fail(c, H9_E_ITEMS, at);
    out->n = (uint32_t)first->argument;
    return p;
}

static double half(uint64_t bits)
{
    uint64_t sign = bits >> 15 << 63, exponent = bits >> 10 & 31, fraction = bits & 1023;
    if (exponent == 0) return (double)fraction * (sign ? -0x1p-24 : 0x1p-24);
    uint64_t wide = sign | (exponent == 31 ? 2047 : exponent + 1023 - 15) << 52 | fraction << 42;
    double v;
    memcpy(&v, &wide, sizeof v);
    return v;
}

static double float_of(const cb_first *first)
{
    uint32_t narrow = (uint32_t)first->argument;
    float f;
    double d;
    if (first->info == CB_TWO_BYTES) return half(first->argument);
    memcpy(&f, &narrow, sizeof f);
    memcpy(&d, &first->argument, sizeof d);
    return first->info == CB_FOUR_BYTES ? (double)f : d;
}

static const uint8_t *other_head(h9_context *c, const cb_first *first, const uint8_t *p, const uint8_t *at,
                                 cb_head *out)
{
    switch (*at) {
    case CB_FALSE:
    case CB_TRUE:
        out->v.kind = H9_KIND_BOOL;
        out->v.truth = *at == CB_TRUE;
        return p;
    case CB_UNDEFINED: out->what = CB_AS_UNDEFINED; return p; /* read as null */
    case CB_NULL: return p;
    case CB_BREAK: return h9_fail(c, H9_E_SYNTAX, at);
    case CB_HALF:
    case CB_F32:
    case CB_F64:
        out->v.kind = H9_KIND_FLOAT;
        out->v.d = float_of(first);
        return p;
    default:
        out->v.kind = H9_KIND_EXTENSION;
        out->what = CB_AS_SIMPLE;
        out->v.n = (uint32_t)first->argument;
        return p;
    }
}

const uint8_t *h9_cbor_plain(h9_context *c, const uint8_t *p, cb_head *out)
{
    cb_first first;
    const uint8_t *at = p;
    if ((p = cb_get_first(c, p, &first)) == NULL) return NULL;
    switch (first.major) {
    case CB_UINT:
        out->v.kind = H9_KIND_INT;
        out->v.bits = first.argument;
        return p;
    case CB_NEGATIVE:
        out->v.kind = H9_KIND_INT;
        out->v.truth = true;
        out->v.bits = ~first.argument;
        return first.argument <= INT64_MAX || h9_cbor_below(c, first.argument, out) ? p : NULL;
    case CB_BYTES:
    case CB_TEXT: return string_head(c, &first, p, at, &out->v);
    case CB_LIST:
    case CB_MAP: return nest_head(c, &first, p, at, &out->v);
    case CB_TAG: return h9_fail(c, H9_E_TAG, at);
    default: return other_head(c, &first, p, at, out);
    }
}

const uint8_t *h9_cbor_open(h9_context *c, h9_kind kind, cb_nest *nest, const uint8_t *p)
{
    cb_head h;
    const uint8_t *at = p;
    if ((p = h9_cbor_head(c, p, &h)) == NULL) return NULL;
    if (h.v.kind != kind) {
        h9_refuse_kind(c, &h.v, at);
        return NULL;
    }
    nest->left = h.v.n;
    nest->open = h.v.truth;
    return h9_enter(c, at) ? p : NULL;
}

/* --- passing over --- */

static const uint8_t *skip_items(h9_context *c, const cb_first *first, const uint8_t *p, const uint8_t *at)
{
    h9_head h = {0};
    if ((p = nest_head(c, first, p, at, &h)) == NULL || !h9_enter(c, at)) return NULL;
    cb_nest nest = {.left = h.n, .open = h.truth};
    while (p != NULL && cb_more(c, &nest, &p)) {
        p = h9_cbor_skip(c, p);
        if (p != NULL && first->major == CB_MAP) p = h9_cbor_skip(c, p);
    }
    h9_leave(c);
    return p;
}

const uint8_t *h9_cbor_skip(h9_context *c, const uint8_t *p)
{
    cb_first first;
    uint64_t total;
    for (uint32_t tags = 0;; tags++) {
        const uint8_t *at = p;
        if ((p = cb_get_first(c, p, &first)) == NULL) return NULL;
        switch (first.major) {
        case CB_TAG:
            if (tags >= c->depth) return h9_fail(c, H9_E_DEPTH, at);
            continue;
        case CB_BYTES:
        case CB_TEXT:
            if (first.info == CB_OPEN) return pass_chunks(c, first.major, p, &total);
            return first.argument > (size_t)(c->end - p) ? truncated(c) : p + first.argument;
        case CB_LIST:
        case CB_MAP: return skip_items(c, &first, p, at);
        default: return *at == CB_BREAK ? h9_fail(c, H9_E_SYNTAX, at) : p;
        }
    }
}
