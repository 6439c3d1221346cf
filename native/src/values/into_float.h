/* Into a float (S6): a function for each kind of source, used on every route there.
 *
 * They give 0, or why not: 1, the float isn't what its source says; 2, it is out of range (S3); 3, a decimal has too
 * many digits to be one. `rounds`: the nearest float will do (policy `rounding`). */
#ifndef H9_INTO_FLOAT_H
#define H9_INTO_FLOAT_H

#include "values/compiler.h"
#include "values/number.h"

#define H9_F64_DIGITS 53u
#define H9_F32_DIGITS 24u

/* Whether a float of so many binary digits holds an integer, whatever its sign. */
static inline bool h9_float_holds(uint64_t magnitude, unsigned digits)
{ return magnitude == 0 || (magnitude >> __builtin_ctzll(magnitude)) >> digits == 0; }

static inline uint64_t h9_magnitude(int64_t i) { return i < 0 ? 0 - (uint64_t)i : (uint64_t)i; }

/* Digits. Without a fraction (1e3 too) they are an integer, which the float has to be; with one the nearest float is
 * meant, but 0 only by zeros. */
int h9_digits_kept(const h9_number *v, unsigned digits, bool became_zero);

static inline int h9_f64_of_number(const h9_number *v, bool rounds, double *out)
{
    if (H9_UNLIKELY(!h9_number_f64(v, out))) return 2;
    return (v->exponent < 0 && *out != 0) || rounds ? 0 : h9_digits_kept(v, H9_F64_DIGITS, *out == 0);
}

static inline int h9_f32_of_number(const h9_number *v, bool rounds, float *out)
{
    if (H9_UNLIKELY(!h9_number_f32(v, out))) return 2;
    return (v->exponent < 0 && *out != 0) || rounds ? 0 : h9_digits_kept(v, H9_F32_DIGITS, *out == 0);
}

/* Integers. */
int h9_f64_of_i64(int64_t v, bool rounds, double *out);
int h9_f64_of_u64(uint64_t v, bool rounds, double *out);
int h9_f32_of_i64(int64_t v, bool rounds, float *out);
int h9_f32_of_u64(uint64_t v, bool rounds, float *out);

/* A double: NaN and infinities are what they are. */
int h9_f32_of_f64(double v, bool rounds, float *out);

/* A decimal, n bytes of two's complement: its digits have to be those of the float's shortest text. */
int h9_f64_of_decimal(const uint8_t *p, size_t n, int32_t scale, bool rounds, double *out);
int h9_f32_of_decimal(const uint8_t *p, size_t n, int32_t scale, bool rounds, float *out);

#endif
