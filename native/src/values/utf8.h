/* Text.
 *
 * Nothing in this room allocates, keeps state, or knows frames, plans or errors: a parser returns where it stopped
 * (NULL: refused), a printer returns where it ended; the caller has made room (H9_MAX_*), and what lies between the end
 * and the room's end may have been written over. */
#ifndef H9_UTF8_H
#define H9_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Valid UTF-8 as Unicode has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool h9_utf8_valid(const uint8_t *p, size_t n);

/* How many leading bytes are ASCII from 0x20 to 0x7F other than '"' and '\\' (what a JSON string can hold as
 * it stands, DEL too). Stops at the first byte that is not, or at n. */
size_t h9_plain_run(const uint8_t *p, size_t n);

#endif
