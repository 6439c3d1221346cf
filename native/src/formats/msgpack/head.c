/* MessagePack's heads, and values passed over. */
#include "formats/msgpack/msgpack.h"

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
    case 2: return h9_load_big16(p);
    case 4: return h9_load_big32(p);
    default: return h9_load_big64(p);
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

static const uint8_t *number_head(uint8_t first, const uint8_t *p, size_t width, h9_head *out)
{
    if (width == 0) out->bits = (uint64_t)(int64_t)(int8_t)first;
    else if (first >= MP_I8) out->bits = (uint64_t)signed_number(head_number(p, width), width);
    else out->bits = head_number(p, width);
    out->truth = (width == 0 || first >= MP_I8) && (int64_t)out->bits < 0;
    return p + width;
}

/* A body or items must fit into what is left: an item takes a byte at least, a pair two. */
static const uint8_t *sized_head(h9_context *c, uint8_t first, const uint8_t *p, size_t width, h9_head *out)
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

const uint8_t *h9_msgpack_head(h9_context *c, const uint8_t *p, h9_head *out)
{
    *out = (h9_head){0};
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
        out->d = width == 8 ? mp_get_f64(p) : (double)mp_get_f32(p);
        return p + width;
    case H9_KINDS: return h9_fail(c, H9_E_TAG, p - 1);
    default: return sized_head(c, first, p, width, out);
    }
}

/* --- passing over --- */

static const uint8_t *skip_items(h9_context *c, const uint8_t *p, uint64_t n, const uint8_t *at)
{
    if (!h9_enter(c, at)) return NULL;
    for (; p != NULL && n > 0; n--) p = h9_go_past(c) ? h9_msgpack_skip(c, p) : NULL;
    h9_leave(c);
    return p;
}

const uint8_t *h9_msgpack_skip(h9_context *c, const uint8_t *p)
{
    h9_head h;
    const uint8_t *end = h9_msgpack_head(c, p, &h);
    if (end == NULL) return NULL;
    if (h.kind == H9_KIND_LIST) return skip_items(c, end, h.n, p);
    if (h.kind == H9_KIND_MAP) return skip_items(c, end, (uint64_t)h.n * 2, p);
    return end;
}
