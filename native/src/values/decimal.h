/* Decimals: big-endian two's complement, to and from decimal text (S26). */
#ifndef H9_DECIMAL_H
#define H9_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H9_MAX_PRECISION 1000
#define H9_MAX_DECIMAL_BYTES 420 /* holds 10^1000 */
#define H9_MAX_DECIMAL_TEXT (H9_MAX_PRECISION + 64)

/* Prints n bytes of two's complement with `scale` digits after the point ("-0.05"), or -scale zeros after them.
 * 0: no bytes, more than `precision` digits (or > MAX), or |scale| over MAX. */
size_t h9_decimal_print(const uint8_t *p, size_t n, int32_t scale, int32_t precision, uint8_t *out);
/* Text (plain or with exponent; google.type.Decimal's grammar, so "+1", ".5", "5." and leading zeros too) to the
 * shortest two's complement at `scale`. Returns its size, 0 on refusal: *why = 1 not a decimal, 2 would need rounding,
 * 3 over `precision` digits. */
size_t h9_decimal_parse(const uint8_t *p, size_t n, int32_t scale, int32_t precision, uint8_t *out, int *why);
/* Same number at another scale. Returns the size, 0 on refusal, *why as above. */
size_t h9_decimal_rescale(const uint8_t *p, size_t n, int32_t from, int32_t to, int32_t precision, uint8_t *out,
                          int *why);
/* Two's complement times base^times, base being 2 or 5. Returns the size, 0: more than H9_MAX_DECIMAL_BYTES. */
size_t h9_decimal_multiply(const uint8_t *p, size_t n, uint32_t base, uint32_t times, uint8_t *out);
/* How many digits the text has after its point once its exponent is taken in, 0 at least; its grammar is not checked.
 */
int32_t h9_decimal_places(const uint8_t *p, size_t n);
/* Text as h9_decimal_parse reads it to the integer it is cut to, or to the nearest, even on a tie. */
size_t h9_decimal_whole(const uint8_t *p, size_t n, bool nearest, uint8_t *out, int *why);
/* Integers to and from unscaled two's complement; false: out of range. `h9_decimal_put` returns the (shortest) size, at
 * most 9. */
size_t h9_decimal_put_i64(int64_t v, uint8_t *out);
size_t h9_decimal_put_u64(uint64_t v, uint8_t *out);
bool h9_decimal_get_i64(const uint8_t *p, size_t n, int64_t *out);
bool h9_decimal_get_u64(const uint8_t *p, size_t n, uint64_t *out);

#endif
