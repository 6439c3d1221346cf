/* Conversion steps: from the source's kind to the target's, exactly or not at all (S2, S3, S6, S23, S26). */
#ifndef H9_CONVERT_H
#define H9_CONVERT_H

#include "core/slot.h"
#include "hal9_core.h"

/* Steps `conv` on *v, read at `at`. false: refused. */
bool h9_convert(h9_context *c, uint32_t conv, h9_slot *v, const uint8_t *at);

/* --- its parts --- */

/* What a function of values/into_float.h or values/number.h says, as a refusal. */
h9_code h9_exactly(int why);
/* The steps to and from text and bytes (text.c). */
h9_code h9_text_step(h9_context *c, const h9_step *s, h9_slot *v);
/* The steps on untyped values, ANY_* and UNTYPE (steps/any.c). */
h9_code h9_tape_step(h9_context *c, const h9_step *s, h9_slot *v);
/* Such a step has refused *v: the refusal under way is told of the item that it is for, where one is. */
void h9_tape_locate(h9_context *c, const h9_step *s, const h9_slot *v);

/* Steps between numbers (convert.c). */
h9_code h9_number_step(const h9_step *s, h9_slot *v);

/* `count` units of `unit` nanoseconds since 1970, with the floor for negatives. */
static inline void h9_timestamp_from(h9_slot *v, int64_t count, uint32_t unit)
{
    int64_t per_second = 1000000000 / (int64_t)unit;
    int64_t sec = count / per_second, rest = count % per_second;
    if (rest < 0) {
        rest += per_second;
        sec--;
    }
    v->t.sec = sec;
    v->t.ns = (int32_t)(rest * (int64_t)unit);
}

/* Two's complement of n bytes widened by its sign to `size` (size >= n). */
static inline void h9_sign_extend(uint8_t *to, size_t size, const uint8_t *p, size_t n)
{
    memset(to, n && (p[0] & 0x80) ? 0xFF : 0, size - n);
    if (n) memcpy(to + size - n, p, n);
}

#endif
