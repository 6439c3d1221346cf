/* Bytes as text: base64 and hex (S8). */
#ifndef H9_BASE64_H
#define H9_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Padded standard alphabet, or unpadded URL alphabet where `url`. Writes 4*ceil(n/3) bytes at most. */
uint8_t *h9_base64_print(uint8_t *w, const uint8_t *p, size_t n, bool url);
/* Reads both alphabets, padded or not; bits left over must be zero only in strict padded form. Writes 3*n/4 bytes at
 * most. NULL: refused. */
uint8_t *h9_base64_parse(uint8_t *w, const uint8_t *p, size_t n);
uint8_t *h9_hex_print(uint8_t *w, const uint8_t *p, size_t n); /* lower case */
uint8_t *h9_hex_parse(uint8_t *w, const uint8_t *p, size_t n); /* any case; NULL: refused */

#endif
