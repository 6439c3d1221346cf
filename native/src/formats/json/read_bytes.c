/* Reads bytes out of JSON's strings, in one of their text forms (S8). */
#include "core/frame.h"
#include "formats/json/lex.h"
#include "values/base64.h"

static uint8_t *put_code_points(uint8_t *w, const uint8_t *p, size_t n)
{
    for (const uint8_t *end = p + n; p < end; p++) {
        if (*p >= 0x80) {
            if (*p > 0xC3) return NULL; /* U+0100 and above */
            *w++ = (uint8_t)((*p & 0x03) << 6 | (p[1] & 0x3F));
            p++;
        } else {
            *w++ = *p;
        }
    }
    return w;
}

static uint8_t *decode(uint32_t form, uint8_t *w, const h9_slot *text)
{
    switch (form) {
    case H9_BYTES_HEX: return h9_hex_parse(w, text->s.p, text->s.n);
    case H9_BYTES_CODEPOINTS: return put_code_points(w, text->s.p, text->s.n);
    default: return h9_base64_parse(w, text->s.p, text->s.n);
    }
}

const uint8_t *h9_json_decode(h9_context *c, uint32_t form, h9_slot *out, const uint8_t *p)
{
    h9_slot text;
    if (*p != '"') return h9_json_mismatch(c, p);
    /* the limit holds for the bytes; their text is at most twice as long */
    size_t limit = (size_t)c->limits.string * 2 + 4;
    const uint8_t *after = h9_json_string(c, p, limit < UINT32_MAX ? limit : UINT32_MAX, &text);
    if (after == NULL) return NULL;
    if (form == H9_BYTES_CODEPOINTS && (text.s.flags & H9_SPAN_PLAIN)) {
        *out = text;
    } else {
        uint8_t *bytes = h9_arena(c, (size_t)text.s.n + 4);
        if (bytes == NULL) return NULL;
        uint8_t *w = decode(form, bytes, &text);
        if (w == NULL) return h9_fail(c, H9_E_BYTES, p);
        out->s.p = bytes;
        out->s.n = (uint32_t)(w - bytes);
        out->s.flags = 0;
    }
    return out->s.n <= c->limits.string ? after : h9_fail(c, H9_E_STRING, p);
}

static const uint8_t *sized(h9_context *c, const h9_slot *bytes, size_t size, const uint8_t *p, const uint8_t *after)
{ return bytes->s.n == size ? after : h9_fail(c, H9_E_SIZE, p); }

const uint8_t *h9_json_read_bytes(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint32_t form = n->op == H9_OP_BYTES ? n->a : n->b;
    if (n->flags & H9_N_CODEPOINTS) form = H9_BYTES_CODEPOINTS;
    const uint8_t *after = h9_json_decode(c, form, out, p);
    if (after == NULL || n->op == H9_OP_BYTES) return after;
    if (n->op == H9_OP_FIXED) return sized(c, out, n->a, p, after);
    after = sized(c, out, H9_PERIOD_BYTES, p, after);
    if (after != NULL) h9_get_period(out->s.p, out);
    return after;
}
