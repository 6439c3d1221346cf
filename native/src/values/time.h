/* Dates, times and durations, to and from text and MessagePack's extension -1 (S23, S24). */
#ifndef H9_TIME_H
#define H9_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* The body of MessagePack's extension -1, of 4, 8 or 12 bytes (B59). */
#define H9_TIMESTAMP_EXTENSION 0xFF /* its type byte */
#define H9_TIMESTAMP_BYTES 12u
/* In the smallest of its forms; returns the size. */
size_t h9_timestamp_pack(uint8_t *body, int64_t seconds, uint32_t nanos);
bool h9_timestamp_unpack(const uint8_t *body, size_t n, int64_t *seconds, uint32_t *nanos);

#endif
