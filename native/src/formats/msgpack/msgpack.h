/* What the MessagePack files share: a value's head, and who reads which kind of value.
 *
 * A head is the type byte with the length, count or number after it. Reading one also checks that what it
 * promises can still be there (B6, B58), so nothing is allocated for a length that lies.
 */
#ifndef H9_MSGPACK_H
#define H9_MSGPACK_H

#include "core/error.h"
#include "core/slot.h"
#include "formats/scalar.h"
#include "values/time.h"

enum {
    MP_FIXMAP = 0x80,
    MP_FIXLIST = 0x90,
    MP_FIXSTR = 0xA0,
    MP_NIL = 0xC0,
    MP_NEVER = 0xC1,
    MP_FALSE = 0xC2,
    MP_TRUE = 0xC3,
    MP_BIN8 = 0xC4,
    MP_EXT8 = 0xC7,
    MP_F32 = 0xCA,
    MP_F64 = 0xCB,
    MP_U8 = 0xCC,
    MP_U16 = 0xCD,
    MP_U32 = 0xCE,
    MP_U64 = 0xCF,
    MP_I8 = 0xD0,
    MP_I16 = 0xD1,
    MP_I32 = 0xD2,
    MP_I64 = 0xD3,
    MP_FIXEXT1 = 0xD4,
    MP_FIXEXT4 = 0xD6,
    MP_FIXEXT8 = 0xD7,
    MP_STR8 = 0xD9,
    MP_STR16 = 0xDA,
    MP_STR32 = 0xDB,
    MP_LIST16 = 0xDC,
    MP_MAP16 = 0xDE,
    MP_NEGATIVE = 0xE0,
    MP_TIMESTAMP = H9_TIMESTAMP_EXTENSION
};

/* --- floats, which stand in big-endian order --- */

static inline float mp_get_f32(const uint8_t *p)
{
    uint32_t bits = h9_load_big32(p);
    float v;
    memcpy(&v, &bits, 4);
    return v;
}
static inline double mp_get_f64(const uint8_t *p)
{
    uint64_t bits = h9_load_big64(p);
    double v;
    memcpy(&v, &bits, 8);
    return v;
}

/* --- heads (formats/msgpack/head.c) --- */

/* Reads the head at p (which may be the end). Returns where the value ends, or where a list's or map's first item
 * begins. NULL: refused. */
const uint8_t *h9_msgpack_head(h9_context *c, const uint8_t *p, h9_head *out);
/* The kind (h9_kind) of a value that begins with this byte; H9_KINDS for 0xC1. */
uint8_t h9_msgpack_kind(uint8_t first);
/* Passes over a value, checking its structure only. */
const uint8_t *h9_msgpack_skip(h9_context *c, const uint8_t *p);
/* Refuses the value at p, which is of no kind that is wanted. */
const uint8_t *h9_msgpack_refuse(h9_context *c, const uint8_t *p);

/* --- any value --- */

const uint8_t *h9_msgpack_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
uint8_t *h9_msgpack_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* --- values; p is before the end. `conv` has not run yet on what they leave in *out --- */

const uint8_t *h9_msgpack_any(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

const uint8_t *h9_msgpack_int(h9_context *c, int64_t lo, int64_t hi, int64_t *out, const uint8_t *p);
const uint8_t *h9_msgpack_uint(h9_context *c, uint64_t hi, uint64_t *out, const uint8_t *p);
const uint8_t *h9_msgpack_f32(h9_context *c, bool rounds, float *out, const uint8_t *p);
const uint8_t *h9_msgpack_f64(h9_context *c, bool rounds, double *out, const uint8_t *p);
const uint8_t *h9_msgpack_string(h9_context *c, bool checked, h9_slot *out, const uint8_t *p);
/* A string's span, whatever its bytes. */
const uint8_t *h9_msgpack_text(h9_context *c, h9_slot *out, const uint8_t *p);
/* Every other op that is a single value. */
const uint8_t *h9_msgpack_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A DATE, TIME, TIMESTAMP or DURATION. */
const uint8_t *h9_msgpack_time(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
/* A map's key. */
const uint8_t *h9_msgpack_key(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

#endif
