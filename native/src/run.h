/* What running needs of the arena. */
#ifndef H9_RUN_H
#define H9_RUN_H

#include "core.h"

void h9_arena_reset(h9_context *c);
void h9_arena_free(h9_context *c);

#endif
