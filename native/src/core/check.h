/* What the two halves of checking an image share: its tables (core/check.c), and its program (core/program.c). */
#ifndef H9_CHECK_H
#define H9_CHECK_H

#include <stdbool.h>

#include "hal9_core.h"

/* Whether [first, first + count) lies within a table of `size`. */
static inline bool h9_within(uint32_t first, uint64_t count, uint32_t size)
{ return first <= size && count <= size - first; }

/* Of an item of a list. */
static inline bool h9_good_width(uint32_t width)
{ return width == 1 || width == 2 || width == 4 || width == 8 || width == 16; }

/* Whether every index of the image lies within its table, so that running it needs no checks. */
bool h9_good_image(const h9_plan *p);
/* Whether its program can be run without checks. */
bool h9_good_program(const h9_plan *p);

#endif
