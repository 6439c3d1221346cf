/* Unknown fields in the text format: what the wire alone tells of them, as Protobuf's own printers show it. They were
 * checked when they were read, so their structure is sound. */
#include "formats/txtpb/txtpb.h"
#include "values/number.h"
#include "values/varint.h"

#define NESTED 10u /* how deep bytes are tried as a message */

typedef struct {
    const uint8_t *p, *end;
} span;

static bool varint(span *s, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; s->p < s->end && shift < 70; shift += 7) {
        uint8_t b = *s->p++;
        if (shift < 64) *out |= (uint64_t)(b & 0x7F) << shift;
        if (b < 0x80) return true;
    }
    return false;
}

static bool take(span *s, uint64_t n, span *out)
{
    if (n > (uint64_t)(s->end - s->p)) return false;
    *out = (span){s->p, s->p + n};
    s->p += n;
    return true;
}

/* Past the value of a field with this tag. */
static bool pass(span *s, uint64_t tag, uint32_t depth)
{
    uint64_t n;
    span inner;
    if (tag >> 3 == 0 || tag >> 3 >= 1u << 29) return false;
    switch (tag & 7) {
    case 0: return varint(s, &n);
    case 1: return take(s, 8, &inner);
    case 2: return varint(s, &n) && take(s, n, &inner);
    case 5: return take(s, 4, &inner);
    case 3:
        while (depth > 0 && varint(s, &n)) {
            if ((n & 7) == 4) return n >> 3 == tag >> 3;
            if (!pass(s, n, depth - 1)) return false;
        }
        return false;
    default: return false;
    }
}

/* Whether the bytes are fields one after another. */
static bool is_message(span s)
{
    uint64_t tag;
    if (s.p == s.end) return false;
    while (s.p < s.end)
        if (!varint(&s, &tag) || !pass(&s, tag, NESTED)) return false;
    return true;
}

static uint8_t *word(uint8_t *w, const char *text)
{
    size_t n = strlen(text);
    memcpy(w, text, n);
    return w + n;
}

static uint8_t *put_hex(uint8_t *w, const uint8_t *p, size_t n)
{
    w = word(w, "0x");
    for (size_t i = n; i-- > 0;) {
        *w++ = (uint8_t)"0123456789abcdef"[p[i] >> 4];
        *w++ = (uint8_t)"0123456789abcdef"[p[i] & 15];
    }
    return w;
}

static uint8_t *put_fields(h9_context *c, span *s, uint32_t level, uint32_t depth, uint8_t *w);

static uint8_t *put_nested(h9_context *c, span *inner, uint32_t level, uint32_t depth, uint8_t *w)
{
    w = put_fields(c, inner, level + 1, depth, word(w, " {\n"));
    return w == NULL || (w = h9_txtpb_indent(c, level, 0, w)) == NULL ? NULL : word(w, "}");
}

/* A field's value, from after its number on; nothing in it is cut. */
static uint8_t *put_value(h9_context *c, span *s, uint64_t tag, uint32_t level, uint32_t depth, uint8_t *w)
{
    uint64_t n = 0;
    span inner = {s->p, s->p};
    switch (tag & 7) {
    case 0: varint(s, &n); return h9_print_u64(word(w, ": "), n);
    case 1:
    case 5:
        take(s, (tag & 7) == 1 ? 8 : 4, &inner);
        return put_hex(word(w, ": "), inner.p, (size_t)(inner.end - inner.p));
    case 3: return put_nested(c, s, level, depth, w);
    default:
        varint(s, &n);
        take(s, n, &inner);
        if (depth > 0 && is_message(inner)) return put_nested(c, &inner, level, depth - 1, w);
        return h9_txtpb_quoted(c, inner.p, (size_t)(inner.end - inner.p), false, word(w, ": "));
    }
}

/* Up to the end, or to the tag that ends a group. */
static uint8_t *put_fields(h9_context *c, span *s, uint32_t level, uint32_t depth, uint8_t *w)
{
    uint64_t tag;
    while (w != NULL && s->p < s->end && varint(s, &tag) && (tag & 7) != 4) {
        if ((w = h9_txtpb_indent(c, level, 0, w)) == NULL) return NULL;
        w = put_value(c, s, tag, level, depth, h9_print_u64(w, tag >> 3));
        if (w != NULL && (w = h9_room(c, w, 1)) != NULL) *w++ = '\n';
    }
    return w;
}

uint8_t *h9_txtpb_unknown(h9_context *c, const h9_span_chain *spans, uint32_t level, uint8_t *w)
{
    for (; spans != NULL && w != NULL; spans = spans->next) {
        span s = {spans->p, spans->p + spans->n};
        w = put_fields(c, &s, level, NESTED, w);
    }
    return w;
}
