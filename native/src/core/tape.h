/* Tapes: values without a schema, one item after another, a list or map before what it holds. */
#ifndef H9_TAPE_H
#define H9_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal9_core.h"

/* One item of an `any` tape. The order matters: what JSON writes without quotes comes first, up to H9_T_NUMBER. A list
 * or map stands before its items. */
typedef enum h9_tape_kind {
    H9_T_NULL,
    H9_T_FALSE,
    H9_T_TRUE,
    H9_T_INT,
    H9_T_UINT,
    H9_T_FLOAT,
    H9_T_FLOAT32,
    H9_T_NUMBER, /* a JSON number's text, where it isn't an integer within 64 bits (S34) */
    H9_T_STRING, /* p, n: valid UTF-8 */
    H9_T_BYTES,
    H9_T_LIST,
    H9_T_MAP,       /* n items or pairs; a map's keys are items too, before their values */
    H9_T_EXTENSION, /* MessagePack: p[-1] is the type byte, n the size of the body at p */
    H9_T_SIMPLE     /* CBOR: the simple value v.u, which means nothing */
} h9_tape_kind;
/* What only CBOR tells apart, beside H9_SPAN_PLAIN in an item's flags: to every other format it is the item without. */
typedef enum h9_tape_mark {
    H9_MARK_NONE,
    H9_MARK_UNDEFINED, /* NULL */
    H9_MARK_INTEGER,   /* STRING, a key: the integer that it is the digits of */
    H9_MARK_DECIMAL,   /* NUMBER: a decimal fraction */
    H9_MARK_SET,       /* LIST, tag 258 */
    H9_MARK_EMBEDDED,  /* BYTES, tag 24 */
    H9_MARK_TIME,      /* STRING, tag 0; 37, 100 and 1004; from here on 32 to 36 */
    H9_MARK_UUID,
    H9_MARK_DAYS,
    H9_MARK_DATE,
    H9_MARK_URI
} h9_tape_mark;
#define H9_TAPE_MARKS 1u /* the lowest of a mark's five bits */
#define H9_TAPE_FORMS 6u /* of BYTES, after them: 1 + the h9_bytes_form that they are to have in text, or 0 */
#define H9_TAPE_MARK(item) ((item)->flags >> H9_TAPE_MARKS & 31u)
#define H9_TAPE_FORM(item) ((item)->flags >> H9_TAPE_FORMS & 3u)
typedef struct h9_tape_item {
    uint16_t kind;
    uint8_t flags; /* STRING: H9_SPAN_PLAIN */
    uint8_t head;  /* what has p: the value begins so many bytes before it, or H9_TAPE_NOWHERE */
    uint32_t n;    /* LIST, MAP: items, pairs; what has p: bytes; else where the value begins, as v.in.from */
    union {
        int64_t i;
        uint64_t u;
        double d;
        float f;
        const uint8_t *p;
        struct {
            uint32_t end, from; /* LIST, MAP: the tape index after the last one in it; where it begins in the message */
        } in;
    } v;
} h9_tape_item;
_Static_assert(sizeof(h9_tape_item) == 16, "an item is 16 bytes");

#define H9_TAPE_NOWHERE 0xFFu /* h9_tape_item.head: the bytes at p stand elsewhere */

/* Where the item after the one at `index` stands, and after all that is in it. */
static inline uint32_t h9_tape_after(const h9_tape_item *tape, uint32_t index)
{
    const h9_tape_item *item = &tape[index];
    return item->kind == H9_T_LIST || item->kind == H9_T_MAP ? item->v.in.end : index + 1;
}

#endif
