/* What running needs of the context's memory: between messages, and between calls. */
#ifndef H9_RUN_H
#define H9_RUN_H

#include "core/core.h"

void h9_arena_reset(h9_context *c);
void h9_release_excess(h9_context *c);
/* Frees the newest chunk of the arena, which isn't the only one. */
void h9_drop_chunk(h9_context *c);
/* The frame as one of the results of the message: written, and noted as number `item`. false: refused. */
bool h9_write_result(h9_context *c, h9_slot *frame, uint64_t item);

#endif
