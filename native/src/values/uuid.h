/* UUIDs as text (S10). */
#ifndef H9_UUID_H
#define H9_UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H9_UUID_TEXT 36
uint8_t *h9_uuid_print(uint8_t *w, const uint8_t id[16]);       /* 8-4-4-4-12, lower case (S10) */
bool h9_uuid_parse(const uint8_t *p, size_t n, uint8_t id[16]); /* any case, hyphens in place */

#endif
