/* What the JSON writer's parts share.
 *
 * Room: every h9_json_put_* finds at least H9_JSON_ROOM bytes at w and leaves no promise behind, so that a number or
 * time needs no check of its own; what may be longer asks for more.
 */
#ifndef H9_JSON_OUT_H
#define H9_JSON_OUT_H

#include "core/output.h"
#include "values/number.h"
#include "values/time.h"

#define H9_JSON_ROOM 64u
_Static_assert(H9_MAX_TIME_TEXT + 4 <= H9_JSON_ROOM && H9_MAX_FLOAT_TEXT + 4 <= H9_JSON_ROOM,
               "a scalar, quoted, and a comma");

static inline uint8_t *h9_json_room(h9_context *c, uint8_t *w, size_t n) { return h9_room(c, w, n + H9_JSON_ROOM); }

static inline uint8_t *h9_json_word(uint8_t *w, const char *word, size_t n)
{
    memcpy(w, word, n);
    return w + n;
}

uint8_t *h9_json_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
/* Quotes and escapes n bytes of UTF-8. */
uint8_t *h9_json_put_escaped(h9_context *c, const uint8_t *p, size_t n, uint8_t *w);
/* Bytes in one of their text forms (h9_bytes_form), quoted. */
uint8_t *h9_json_put_bytes(h9_context *c, uint32_t form, const uint8_t *p, size_t n, uint8_t *w);
/* Avro's JSON of a UUID of 16 bytes or a BIGDECIMAL: code points (formats/json/avro.c). */
uint8_t *h9_json_put_avro(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
/* A FieldMask as one text (formats/json/mask.c). There is room at w. */
uint8_t *h9_json_put_mask(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w);
/* An any's tape, bytes in it in the node's form b. */
uint8_t *h9_json_put_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
/* Numbers, enums, UUIDs, times, decimals, by the node's op. */
uint8_t *h9_json_put_not_finite(const h9_node *n, double v, uint8_t *w);
uint8_t *h9_json_put_float(const h9_node *n, const h9_slot *v, uint8_t *w);
uint8_t *h9_json_put_enum(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
uint8_t *h9_json_put_text(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
uint8_t *h9_json_put_decimal(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

static inline uint8_t *h9_json_put_string(h9_context *c, const uint8_t *p, size_t n, uint32_t flags, uint8_t *w)
{
    if (H9_UNLIKELY(!(flags & H9_SPAN_PLAIN))) return h9_json_put_escaped(c, p, n, w);
    w = h9_json_room(c, w, n);
    if (H9_UNLIKELY(w == NULL)) return NULL;
    *w++ = '"';
    w = h9_copy_short(w, p, n);
    *w++ = '"';
    return w;
}

#endif
