/* Numbers in decimal text, JSON's grammar (number.c, float.c). */
#ifndef H9_NUMBER_H
#define H9_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A JSON number, taken apart. value = (-1)^negative * digits * 10^exponent, exactly, where the digits are those
 * of the text without point and leading zeros; `mantissa` holds the first 19 of them. */
typedef struct {
    const uint8_t *text; /* the whole number, as it stood */
    uint32_t length;
    bool negative;
    bool integral; /* neither point nor exponent was written */
    bool exact;    /* mantissa holds all significant digits (what follows, if anything, is zeros) */
    uint64_t mantissa;
    int64_t exponent; /* of the mantissa: value = mantissa * 10^exponent when exact; saturates at +-2^40 */
} h9_number;

/* Reads a number by RFC 8259's grammar at p. NULL: not a number (errors: leading zeros, "1.", "+1", ".5"). */
const uint8_t *h9_number_scan(const uint8_t *p, const uint8_t *end, h9_number *out);

/* Exactly (S2): 1.0 and 1e2 are integers, 1.5 is not; 9007199254740993.0 keeps its last digit.
 * 0: done; 1: not an integer; 2: out of range. */
int h9_number_i64(const h9_number *v, int64_t *out);
int h9_number_u64(const h9_number *v, uint64_t *out);

/* The nearest float, ties to even; false: its magnitude is over the largest finite one (S3). */
bool h9_number_f64(const h9_number *v, double *out);
bool h9_number_f32(const h9_number *v, float *out);

#define H9_MAX_INT_TEXT 20
#define H9_MAX_FLOAT_TEXT 32
uint8_t *h9_print_i64(uint8_t *w, int64_t v);
uint8_t *h9_print_u64(uint8_t *w, uint64_t v);
/* The shortest text that reads back as the same float (S5), finite values only. Plain below 1e16 and
 * from 1e-5, else as 1.5e16, 1e-7; an integral value has ".0" after its first digits where `point` (1.0e16), so that
 * it isn't read as an integer (S6). -0.0 keeps its sign. */
uint8_t *h9_print_f64(uint8_t *w, double v, bool point);
uint8_t *h9_print_f32(uint8_t *w, float v, bool point);

#endif
