/* JSON's tokens (RFC 8259), shared by the reader, its `any` tape and what is skipped.
 *
 * Where an error stands: a value of the wrong kind or out of its range, a number, and a string over the limit at the
 * value's first byte; an escape at its backslash; bad UTF-8 at the sequence's first byte; other syntax at the byte
 * that can't stand there; a cut message at the input's end.
 */
#ifndef H9_JSON_LEX_H
#define H9_JSON_LEX_H

#include "core/error.h"
#include "core/slot.h"
#include "values/number.h"
#include "values/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* --- refusals, all off the warm path (formats/json/string.c) --- */

/* The input ends here, or this byte has no place here. */
const uint8_t *h9_json_unexpected(h9_context *c, const uint8_t *p);
/* A value of another kind than the schema's: H9_E_NULL for null, else H9_E_TYPE, or what is wrong with it. */
const uint8_t *h9_json_mismatch(h9_context *c, const uint8_t *p);
const uint8_t *h9_json_bad_literal(h9_context *c, const uint8_t *p, const char *word, size_t n);
const uint8_t *h9_json_bad_number(h9_context *c, const uint8_t *p);

/* --- what isn't inline (formats/json/string.c, formats/json/skip.c) --- */

/* A string that opens at `open`, plain up to `stop`: checked, unescaped into the arena where it must be. */
const uint8_t *h9_json_string_slow(h9_context *c, const uint8_t *open, const uint8_t *stop, size_t limit, h9_slot *out);
/* From `p` inside a string to after its closing quote, checked; *size: its bytes unescaped, *escapes: has it any. */
const uint8_t *h9_json_string_scan(h9_context *c, const uint8_t *p, size_t *size, bool *escapes);
/* Past white space. */
const uint8_t *h9_json_skip_space(const uint8_t *p, const uint8_t *end);
/* Any value, checked for structure only. */
const uint8_t *h9_json_skip(h9_context *c, const uint8_t *p);
/* The kind of the value that begins at p; H9_KINDS: none does. */
h9_kind h9_json_kind(const uint8_t *p, const uint8_t *end);

/* --- the reader and its parts --- */

const uint8_t *h9_json_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

/* Values at p, which is neither white space nor the end; conversion steps are the caller's. */
const uint8_t *h9_json_read_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_uint(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_float(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_bytes(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_text(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_decimal(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_json_read_any(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A union's branch in Avro's JSON: into its object and to after the name of its member (*key: where that stands), and,
 * from after the member's value (NULL: it was refused), out of it (formats/json/avro.c). */
const uint8_t *h9_json_open_branch(h9_context *c, h9_slot *name, const uint8_t **key, const uint8_t *p);
const uint8_t *h9_json_close_branch(h9_context *c, const uint8_t *p);
/* What Avro's JSON has as code points though it is not plain bytes: UUID of 16 bytes, BIGDECIMAL (formats/json/avro.c).
 */
const uint8_t *h9_json_read_avro(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A FieldMask: one text, into the frame of its record (formats/json/mask.c). */
const uint8_t *h9_json_read_mask(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p);
/* The message type that the object at p says it is, with its URL. *f: NULL where the object is empty. false: refused
 * (formats/json/typed.c). */
bool h9_json_type_of(h9_context *c, const h9_node *n, const h9_field **f, h9_slot *url, const uint8_t *p);
static inline bool h9_json_is_type(const h9_slot *key) { return key->s.n == 5 && memcmp(key->s.p, "@type", 5) == 0; }
/* A string in one of the text forms of bytes. `form`: h9_bytes_form. */
const uint8_t *h9_json_decode(h9_context *c, uint32_t form, h9_slot *out, const uint8_t *p);

/* --- tokens --- */

static inline const uint8_t *h9_json_space(const uint8_t *p, const uint8_t *end)
{
    if (H9_LIKELY(p < end && *p > ' ')) return p;
    return h9_json_skip_space(p, end);
}

static inline const uint8_t *h9_json_literal(h9_context *c, const uint8_t *p, const char *word, size_t n)
{
    if (H9_LIKELY((size_t)(c->end - p) >= n && memcmp(p, word, n) == 0)) return p + n;
    return h9_json_bad_literal(c, p, word, n);
}

/* From p to the first byte that is not printable ASCII other than '"' and '\\'. */
static inline const uint8_t *h9_json_plain(const uint8_t *p, const uint8_t *end)
{
#ifdef __SSE2__
    const __m128i space = _mm_set1_epi8(0x20), quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    while (H9_LIKELY(end - p >= 16)) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i low = _mm_cmplt_epi8(x, space); /* signed: bytes over 0x7F are below too */
        __m128i other = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(low, other));
        if (stop) return p + __builtin_ctz(stop);
        p += 16;
    }
#endif
    return p + h9_plain_run(p, (size_t)(end - p));
}

/* The string whose opening quote stands at p, of at most `limit` bytes (S9, B10, B11). */
static inline const uint8_t *h9_json_string(h9_context *c, const uint8_t *p, size_t limit, h9_slot *out)
{
    const uint8_t *stop = h9_json_plain(p + 1, c->end);
    size_t n = (size_t)(stop - p) - 1;
    if (H9_UNLIKELY(stop == c->end || *stop != '"' || n > limit)) return h9_json_string_slow(c, p, stop, limit, out);
    out->s.p = p + 1;
    out->s.n = (uint32_t)n;
    out->s.flags = H9_SPAN_PLAIN;
    return stop + 1;
}

static inline const uint8_t *h9_json_skip_string(h9_context *c, const uint8_t *p)
{
    const uint8_t *stop = h9_json_plain(p + 1, c->end);
    size_t size;
    bool escapes;
    if (H9_LIKELY(stop < c->end && *stop == '"')) return stop + 1;
    return h9_json_string_scan(c, stop, &size, &escapes);
}

static inline const uint8_t *h9_json_number(h9_context *c, const uint8_t *p, h9_number *out)
{
    const uint8_t *after = h9_number_scan(p, c->end, out);
    return H9_LIKELY(after != NULL) ? after : h9_json_bad_number(c, p);
}

static inline bool h9_json_digit(uint8_t b) { return (uint8_t)(b - '0') < 10; }
static inline bool h9_json_starts_number(uint8_t b) { return h9_json_digit(b) || b == '-'; }

/* The colon after a key, and the value's first byte after it. */
static inline const uint8_t *h9_json_colon(h9_context *c, const uint8_t *p)
{
    p = h9_json_space(p, c->end);
    if (H9_UNLIKELY(p == c->end || *p != ':')) return h9_json_unexpected(c, p);
    p = h9_json_space(p + 1, c->end);
    return H9_LIKELY(p < c->end) ? p : h9_json_unexpected(c, p);
}

/* After an item: what follows a comma, or where `close` stands. NULL: refused. */
static inline const uint8_t *h9_json_comma(h9_context *c, const uint8_t *p, uint8_t close)
{
    p = h9_json_space(p, c->end);
    if (H9_UNLIKELY(p == c->end)) return h9_json_unexpected(c, p);
    if (*p == close) return p;
    if (H9_UNLIKELY(*p != ',')) return h9_json_unexpected(c, p);
    p = h9_json_space(p + 1, c->end);
    if (H9_UNLIKELY(p == c->end || *p == close)) return h9_json_unexpected(c, p);
    return p;
}

/* After the opening bracket at p: the first item or `close`. NULL: refused. */
static inline const uint8_t *h9_json_first(h9_context *c, const uint8_t *p)
{
    p = h9_json_space(p + 1, c->end);
    return H9_LIKELY(p < c->end) ? p : h9_json_unexpected(c, p);
}
/* The same, a level deeper. */
static inline const uint8_t *h9_json_open(h9_context *c, const uint8_t *p)
{ return h9_enter(c, p) ? h9_json_first(c, p) : NULL; }

#endif
