/* What MessagePack and CBOR share of single values: a value's head, which says of what kind it is, and how what it says
 * becomes the kind that a schema wants (S2, S3, S6, S9, S10, S23, S26).
 *
 * What these take is refused at `at`, where the value begins; `conv` has not run yet on what they leave in *out. */
#ifndef H9_SCALAR_H
#define H9_SCALAR_H

#include "core/error.h"
#include "core/slot.h"
#include "values/utf8.h"

typedef struct h9_head {
    uint8_t kind;        /* h9_kind; H9_KINDS: of none that a plain value has */
    bool truth;          /* BOOL: its value; INT: below zero; FLOAT: MessagePack's of 8 bytes; CBOR's LIST, MAP: it
                            has no count, but an end of its own */
    uint32_t n;          /* STRING, BYTES, EXTENSION: bytes of the body; LIST: items; MAP: pairs */
    const uint8_t *body; /* STRING, BYTES; EXTENSION: body[-1] is its type */
    uint64_t bits;       /* INT: in two's complement */
    double d;            /* FLOAT */
} h9_head;

/* Refuses a value of no kind that is wanted. Always false. */
bool h9_refuse_kind(h9_context *c, const h9_head *h, const uint8_t *at);

bool h9_take_int(h9_context *c, const h9_head *h, int64_t lo, int64_t hi, int64_t *out, const uint8_t *at);
bool h9_take_uint(h9_context *c, const h9_head *h, uint64_t hi, uint64_t *out, const uint8_t *at);
/* `rounds`: the nearest float will do (S6). */
bool h9_take_f32(h9_context *c, const h9_head *h, bool rounds, float *out, const uint8_t *at);
bool h9_take_f64(h9_context *c, const h9_head *h, bool rounds, double *out, const uint8_t *at);
/* Text's span as it stands, or that of bytes too. */
static inline bool h9_take_span(h9_context *c, const h9_head *h, bool bytes_too, h9_slot *out, const uint8_t *at)
{
    if (H9_UNLIKELY(h->kind != H9_KIND_STRING && !(bytes_too && h->kind == H9_KIND_BYTES))) {
        h9_refuse_kind(c, h, at);
        return false;
    }
    if (H9_UNLIKELY(h->n > c->limits.string)) {
        h9_fail(c, H9_E_STRING, at);
        return false;
    }
    out->s.p = h->body;
    out->s.n = h->n;
    out->s.flags = 0;
    return true;
}
/* Text, `checked` for UTF-8: one look at its bytes settles both the flag and, for most text, UTF-8. */
static inline bool h9_take_text(h9_context *c, const h9_head *h, bool checked, h9_slot *out, const uint8_t *at)
{
    if (!h9_take_span(c, h, false, out, at)) return false;
    bool plain = h9_plain_run(out->s.p, out->s.n) == out->s.n;
    out->s.flags = plain ? H9_SPAN_PLAIN : 0;
    if (plain || !checked || h9_utf8_valid(out->s.p, out->s.n)) return true;
    h9_fail(c, H9_E_UTF8, at);
    return false;
}
/* Every other op that is a single value. */
bool h9_take_value(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at);
/* A DATE, TIME, TIMESTAMP or DURATION: text, or a count of units (formats/scalar_time.c). */
bool h9_take_time(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at);
/* A map's key, as its own kind, or as the text that a format with string keys made of it (S22). */
bool h9_take_key(h9_context *c, const h9_node *n, const h9_head *h, h9_slot *out, const uint8_t *at);

/* Two's complement copied into the arena, widened by its sign to `width` bytes (0: as it is). */
bool h9_keep_decimal(h9_context *c, const uint8_t *digits, size_t size, uint32_t width, h9_slot *out,
                     const uint8_t *at);

#endif
