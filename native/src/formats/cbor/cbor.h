/* What the CBOR files share: a value's head with the tags in front of it, and who reads which kind of value (RFC 8949).
 *
 * A tag says what a value means, so it is read together with the value: what comes out of h9_cbor_head is already the
 * number, the instant or the text that the tags make of it. Reading a head also checks that what it promises can still
 * be there (B6, B58), so nothing is allocated for a length that lies. */
#ifndef H9_CBOR_H
#define H9_CBOR_H

#include "formats/scalar.h"

enum { CB_UINT, CB_NEGATIVE, CB_BYTES, CB_TEXT, CB_LIST, CB_MAP, CB_TAG, CB_OTHER };  /* major types */
enum { CB_ONE_BYTE = 24, CB_TWO_BYTES, CB_FOUR_BYTES, CB_EIGHT_BYTES, CB_OPEN = 31 }; /* after the major type */
enum { CB_FALSE = 0xF4, CB_TRUE, CB_NULL, CB_UNDEFINED, CB_SIMPLE, CB_HALF, CB_F32, CB_F64, CB_BREAK = 0xFF };

/* The tags that mean something here. */
enum {
    CB_TAG_TIME = 0,
    CB_TAG_EPOCH = 1,
    CB_TAG_BIG = 2,
    CB_TAG_BIG_NEGATIVE = 3,
    CB_TAG_DECIMAL = 4,
    CB_TAG_BIGFLOAT = 5,
    CB_TAG_BASE64URL = 21,
    CB_TAG_BASE64 = 22,
    CB_TAG_HEX = 23,
    CB_TAG_EMBEDDED = 24,
    CB_TAG_RATIONAL = 30,
    CB_TAG_URI = 32,
    CB_TAG_UUID = 37,
    CB_TAG_DAYS = 100,
    CB_TAG_SET = 258,
    CB_TAG_DATE = 1004,
    CB_TAG_CBOR = 55799, /* "what follows is CBOR" */
    CB_NO_TAG = 0xFFFFFF
};

/* What a head is, where its kind alone doesn't say it (EXTENSION; NULL: undefined). */
typedef enum cb_what { CB_PLAIN, CB_AS_UNDEFINED, CB_AS_SIMPLE, CB_AS_INSTANT, CB_AS_DAYS, CB_AS_DIGITS } cb_what;
typedef struct cb_head {
    h9_head v;
    uint8_t what;  /* cb_what */
    uint8_t form;  /* 1 + h9_bytes_form that tags 21-23 expect, or 0 */
    uint32_t tag;  /* the one that was found, 21-23 aside; CB_NO_TAG */
    int32_t scale; /* DIGITS: v.body .. + v.n is two's complement with so many digits after the point; v.truth: v.d is
                      exactly it. DAYS: v.bits; SIMPLE: v.n */
    h9_slot t;     /* INSTANT */
} cb_head;

/* --- heads (head.c, tag.c) --- */

/* A first byte with its argument, whatever it is. */
typedef struct cb_first {
    uint8_t major, info;
    uint64_t argument;
} cb_first;
const uint8_t *h9_cbor_long_first(h9_context *c, const uint8_t *p, cb_first *out);
static inline const uint8_t *cb_get_first(h9_context *c, const uint8_t *p, cb_first *out)
{
    if (H9_UNLIKELY(p >= c->end)) return h9_fail(c, H9_E_TRUNCATED, c->end);
    out->major = *p >> 5;
    out->info = *p & 31;
    out->argument = out->info;
    return H9_LIKELY(out->info < CB_ONE_BYTE) ? p + 1 : h9_cbor_long_first(c, p, out);
}

/* Reads the head at p (which may be the end), tags and all. Returns where the value ends, or where a list's or map's
 * first item begins. NULL: refused. */
const uint8_t *h9_cbor_head(h9_context *c, const uint8_t *p, cb_head *out);
/* The same of a value that has no tag. */
const uint8_t *h9_cbor_plain(h9_context *c, const uint8_t *p, cb_head *out);
/* What tag out->tag, at `at`, makes of the plain head at p, which ends at `end`. */
const uint8_t *h9_cbor_meaning(h9_context *c, cb_head *out, const uint8_t *p, const uint8_t *end, const uint8_t *at);
/* The h9_kind of the value at p, which is before the end; H9_KINDS where it has none. */
uint8_t h9_cbor_kind(const h9_context *c, const uint8_t *p);
/* Where the null at p ends; NULL: there is none. */
const uint8_t *h9_cbor_null(const h9_context *c, const uint8_t *p);
/* Passes over a value, checking its structure only. */
const uint8_t *h9_cbor_skip(h9_context *c, const uint8_t *p);

/* Numbers that 64 bits don't hold (number.c): tags 2 and 3 in their shortest form, and 4, 5 and 30 as digits with a
 * point, at `at`. The head of the tag's content is in *out. */
bool h9_cbor_bignum(h9_context *c, cb_head *out, const uint8_t *at);
const uint8_t *h9_cbor_fraction(h9_context *c, cb_head *out, const uint8_t *p, const uint8_t *at);
/* -1 - n where that is below 64 bits. */
bool h9_cbor_below(h9_context *c, uint64_t n, cb_head *out);
/* DIGITS as what a node wants. */
bool h9_cbor_take_digits(h9_context *c, const h9_node *n, const cb_head *h, h9_slot *out, const uint8_t *at);
/* DIGITS as text. NULL: refused. */
const uint8_t *h9_cbor_print_digits(h9_context *c, const cb_head *h, uint32_t *size, const uint8_t *at);

/* What a float of seconds since 1970 says, as an instant. */
h9_code h9_cbor_float_seconds(double v, h9_slot *out);

/* --- what is in a list or map --- */

typedef struct cb_nest {
    uint32_t left; /* items or pairs, unless it is open */
    bool open;     /* it ends with a break */
} cb_nest;
/* Opens the list or map at p, a level deeper. */
const uint8_t *h9_cbor_open(h9_context *c, h9_kind kind, cb_nest *nest, const uint8_t *p);
/* Whether an item begins at *p; a break is passed over. */
static inline bool cb_more(const h9_context *c, cb_nest *nest, const uint8_t **p)
{
    if (!nest->open) return nest->left-- > 0;
    if (*p >= c->end || **p != CB_BREAK) return true;
    ++*p;
    return false;
}

/* --- values; p is before the end. `conv` has not run yet on what they leave in *out --- */

const uint8_t *h9_cbor_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_cbor_any(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A single value. */
const uint8_t *h9_cbor_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A map's key. */
const uint8_t *h9_cbor_key(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A key as text: an integer is one in canonical decimal (S22). */
const uint8_t *h9_cbor_text_key(h9_context *c, h9_slot *out, bool *number, const uint8_t *p);

/* The major type (`negative`) and argument of an integer's digits. false: they take more than 64 bits. */
bool h9_cbor_key_argument(const uint8_t *p, size_t n, bool *negative, uint64_t *out);

/* --- writing --- */

#define CB_HEAD 9u /* bytes of the longest head */

static inline uint8_t *cb_put_head(uint8_t *w, unsigned major, uint64_t n)
{
    uint8_t type = (uint8_t)(major << 5);
    if (n < CB_ONE_BYTE) {
        *w = (uint8_t)(type | n);
        return w + 1;
    }
    if (n <= UINT8_MAX) {
        w[0] = type | CB_ONE_BYTE;
        w[1] = (uint8_t)n;
        return w + 2;
    }
    if (n <= UINT16_MAX) {
        *w = type | CB_TWO_BYTES;
        return h9_store_big16(w + 1, (uint32_t)n);
    }
    if (n <= UINT32_MAX) {
        *w = type | CB_FOUR_BYTES;
        return h9_store_big32(w + 1, (uint32_t)n);
    }
    *w = type | CB_EIGHT_BYTES;
    return h9_store_big64(w + 1, n);
}
static inline uint8_t *cb_put_int(uint8_t *w, int64_t v)
{ return v < 0 ? cb_put_head(w, CB_NEGATIVE, ~(uint64_t)v) : cb_put_head(w, CB_UINT, (uint64_t)v); }
/* A float in the shortest of its three forms that keeps the value; at most 9 bytes. */
uint8_t *h9_cbor_put_float(uint8_t *w, double v);
/* An integer or, of more bits, a bignum; makes its own room. NULL: refused. */
uint8_t *h9_cbor_write_integer(h9_context *c, const uint8_t *p, size_t n, uint8_t *w);
/* A decimal fraction: two's complement with `scale` digits after the point. */
uint8_t *h9_cbor_write_fraction(h9_context *c, const uint8_t *p, size_t n, int32_t scale, uint8_t *w);
uint8_t *h9_cbor_write_text(h9_context *c, const uint8_t *p, uint32_t n, uint8_t *w);
uint8_t *h9_cbor_write_bytes(h9_context *c, const uint8_t *p, uint32_t n, uint8_t *w);

uint8_t *h9_cbor_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
uint8_t *h9_cbor_write_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* The numbers 0 .. n - 1 in the order that `before` says of two of them. NULL: refused. */
uint32_t *h9_cbor_sorted(h9_context *c, uint32_t n, bool (*before)(const void *of, uint32_t a, uint32_t b),
                         const void *of);

#endif
