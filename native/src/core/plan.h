/* What the two halves of checking an image share: its tables (plan.c), and its program (program.c). */
#ifndef H9_PLAN_H
#define H9_PLAN_H

#include "core/core.h"

/* Whether [first, first + count) lies within a table of `size`. */
static inline bool h9_within(uint32_t first, uint64_t count, uint32_t size)
{ return first <= size && count <= size - first; }

/* Of an item of a list. */
static inline bool h9_good_width(uint32_t width) { return width == 1 || width == 4 || width == 8 || width == 16; }

/* Whether a mapping's program can be run without checks. */
bool h9_good_program(const h9_plan *p);

#endif
