/* The single values that several formats share: text, numbers, times, binary-to-text.
 *
 * Nothing here allocates, keeps state, or knows frames, plans or errors: a parser returns where it
 * stopped (NULL: refused), a printer returns where it ended; the caller has made room (H9_MAX_*), and
 * what lies between the end and the room's end may have been written over.
 */
#ifndef H9_SCALAR_H
#define H9_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- text (utf8.c) --- */

/* Valid UTF-8 as Unicode has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool h9_utf8_valid(const uint8_t *p, size_t n);

/* How many leading bytes are ASCII from 0x20 to 0x7F other than '"' and '\\' (what a JSON string can hold as
 * it stands, DEL too). Stops at the first byte that is not, or at n. */
size_t h9_plain_run(const uint8_t *p, size_t n);

/* --- numbers (number.c, float.c) --- */

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
 * from 1e-5, else as 1.5e16, 1e-7; a plain integral value has ".0" after it where `point`. -0.0 keeps its sign. */
uint8_t *h9_print_f64(uint8_t *w, double v, bool point);
uint8_t *h9_print_f32(uint8_t *w, float v, bool point);

/* --- decimals (decimal.c): big-endian two's complement <-> decimal text (S26) --- */

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
/* Text as h9_decimal_parse reads it to the integer it is cut to, or to the nearest, even on a tie. */
size_t h9_decimal_whole(const uint8_t *p, size_t n, bool nearest, uint8_t *out, int *why);
/* Integers to and from unscaled two's complement; false: out of range. `h9_decimal_put` returns the (shortest) size, at
 * most 9. */
size_t h9_decimal_put_i64(int64_t v, uint8_t *out);
size_t h9_decimal_put_u64(uint64_t v, uint8_t *out);
bool h9_decimal_get_i64(const uint8_t *p, size_t n, int64_t *out);
bool h9_decimal_get_u64(const uint8_t *p, size_t n, uint64_t *out);

/* --- times (time.c) --- */

#define H9_MAX_TIME_TEXT 48
/* RFC 3339: 'T' or 't' (or a space), any number of fraction digits of which at most 9 may be non-zero-significant (more
 * non-zero digits: refused), 'Z', 'z' or +-hh:mm; years 0001 to 9999, of the text and of the instant; second 60 is
 * refused. Whole text must match. */
bool h9_time_parse(const uint8_t *p, size_t n, int64_t *seconds, uint32_t *nanos);
/* The same without a zone (a local timestamp). */
bool h9_time_parse_local(const uint8_t *p, size_t n, int64_t *seconds, uint32_t *nanos);
/* UTC with 'Z' (or none, if local), 0, 3, 6 or 9 fraction digits (S23). NULL: the year is outside 1..9999. */
uint8_t *h9_time_print(uint8_t *w, int64_t seconds, uint32_t nanos, bool local);
bool h9_date_parse(const uint8_t *p, size_t n, int64_t *days);   /* YYYY-MM-DD */
uint8_t *h9_date_print(uint8_t *w, int64_t days);                /* NULL as above */
bool h9_clock_parse(const uint8_t *p, size_t n, int64_t *nanos); /* hh:mm:ss[.fffffffff] since midnight */
uint8_t *h9_clock_print(uint8_t *w, int64_t nanos);              /* 0, 3, 6 or 9 digits; NULL: not within a day */
/* ProtoJSON's Duration: "-1.500s"; |seconds| <= 315,576,000,000; sign of nanos follows seconds. */
bool h9_duration_parse(const uint8_t *p, size_t n, int64_t *seconds, int32_t *nanos);
uint8_t *h9_duration_print(uint8_t *w, int64_t seconds, int32_t nanos); /* NULL: out of range or mixed signs */

/* --- binary to text (base64.c, uuid.c) --- */

/* Padded standard alphabet, or unpadded URL alphabet where `url`. Writes 4*ceil(n/3) bytes at most. */
uint8_t *h9_base64_print(uint8_t *w, const uint8_t *p, size_t n, bool url);
/* Reads both alphabets, padded or not; bits left over must be zero only in strict padded form. Writes 3*n/4 bytes at
 * most. NULL: refused. */
uint8_t *h9_base64_parse(uint8_t *w, const uint8_t *p, size_t n);
uint8_t *h9_hex_print(uint8_t *w, const uint8_t *p, size_t n); /* lower case */
uint8_t *h9_hex_parse(uint8_t *w, const uint8_t *p, size_t n); /* any case; NULL: refused */
#define H9_UUID_TEXT 36
uint8_t *h9_uuid_print(uint8_t *w, const uint8_t id[16]);       /* 8-4-4-4-12, lower case (S10) */
bool h9_uuid_parse(const uint8_t *p, size_t n, uint8_t id[16]); /* any case, hyphens in place */

/* --- hashing (hash.c) --- */

/* SHA-1 of several pieces, for UUID version 5 only. */
typedef struct {
    uint32_t state[5];
    uint64_t length;
    uint8_t block[64];
} h9_sha1;
void h9_sha1_start(h9_sha1 *s);
void h9_sha1_add(h9_sha1 *s, const void *p, size_t n);
void h9_sha1_end(h9_sha1 *s, uint8_t out[20]);
/* SipHash-1-3 with a 128-bit key: keys from the wire can't be made to collide (B19). */
uint64_t h9_siphash(const uint64_t key[2], const uint8_t *p, size_t n);

#endif
