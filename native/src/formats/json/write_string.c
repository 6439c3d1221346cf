/* JSON's strings on the way out: what must be escaped, and bytes in one of their text forms (S8). */
#include "formats/json/out.h"
#include "hal9_core.h"
#include "values/base64.h"
#include "values/utf8.h"

/* --- strings --- */

/* One byte that can't stand as it is; at most six bytes. */
static uint8_t *put_escape(uint8_t *w, uint8_t b)
{
    static const char bytes[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt", hex[] = "0123456789abcdef";
    *w++ = '\\';
    const char *found = b ? strchr(bytes, b) : NULL;
    if (found) {
        *w++ = (uint8_t)names[found - bytes];
        return w;
    }
    w = h9_json_word(w, "u00", 3);
    *w++ = (uint8_t)hex[b >> 4];
    *w++ = (uint8_t)hex[b & 15];
    return w;
}

uint8_t *h9_json_put_escaped(h9_context *c, const uint8_t *p, size_t n, uint8_t *w)
{
    const uint8_t *end = p + n;
    w = h9_json_room(c, w, n);
    if (w == NULL) return NULL;
    *w++ = '"';
    while (p < end) {
        size_t run = h9_plain_run(p, (size_t)(end - p));
        w = h9_copy_short(w, p, run);
        p += run;
        for (; p < end && *p >= 0x80; p++) *w++ = *p;
        if (p == end || (*p >= 0x20 && *p != '"' && *p != '\\')) continue;
        w = h9_json_room(c, put_escape(w, *p), (size_t)(end - p));
        if (w == NULL) return NULL;
        p++;
    }
    *w++ = '"';
    return w;
}

/* --- bytes --- */

static uint8_t *put_code_points(h9_context *c, const uint8_t *p, size_t n, uint8_t *w)
{
    for (const uint8_t *end = p + n; p < end; p++) {
        if (*p >= 0x80) {
            *w++ = (uint8_t)(0xC0 | *p >> 6);
            *w++ = (uint8_t)(0x80 | (*p & 0x3F));
        } else if (*p >= 0x20 && *p != '"' && *p != '\\') {
            *w++ = *p;
        } else {
            w = put_escape(w, *p);
        }
        w = h9_json_room(c, w, 0);
        if (w == NULL) return NULL;
    }
    return w;
}

uint8_t *h9_json_put_bytes(h9_context *c, uint32_t form, const uint8_t *p, size_t n, uint8_t *w)
{
    w = h9_json_room(c, w, form == H9_BYTES_CODEPOINTS ? 0 : n * 2);
    if (w == NULL) return NULL;
    *w++ = '"';
    switch (form) {
    case H9_BYTES_HEX: w = h9_hex_print(w, p, n); break;
    case H9_BYTES_CODEPOINTS: w = put_code_points(c, p, n, w); break;
    default: w = h9_base64_print(w, p, n, form == H9_BYTES_BASE64URL); break;
    }
    if (w != NULL) *w++ = '"';
    return w;
}
