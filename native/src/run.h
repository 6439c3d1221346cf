/* What running needs of the context's memory: between messages, and between calls. */
#ifndef H9_RUN_H
#define H9_RUN_H

#include "core.h"

void h9_arena_reset(h9_context *c);
void h9_release_excess(h9_context *c);

#endif
