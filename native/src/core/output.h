/* The output: room for what a writer makes, and its frames written one after another, each framed as the call says. */
#ifndef H9_OUTPUT_H
#define H9_OUTPUT_H

#include "core/context.h"
#include "core/slot.h"
#include "values/compiler.h"

uint8_t *h9_room_slow(h9_context *c, uint8_t *w, size_t n);
/* At least n bytes can be written at the result, which is w unless the output moved. NULL: refused. */
static inline uint8_t *h9_room(h9_context *c, uint8_t *w, size_t n)
{
    if (H9_UNLIKELY(c->out_cap - (size_t)(w - c->out) < n)) return h9_room_slow(c, w, n);
    return w;
}

/* Writes a frame with the plan's writer; the output grows only if all of it could be written. false: refused. */
bool h9_write_frame(h9_context *c, const h9_slot *root);
/* The frame as one of the results of the message: written, and noted as number `item`. false: refused. */
bool h9_write_result(h9_context *c, h9_slot *frame, uint64_t item);
/* A value written by `format`, where the output's next message will stand, and taken into the arena from there, for
 * whoever takes it as text or reads it again. NULL: refused. */
const uint8_t *h9_write_aside(h9_context *c, h9_format format, const h9_node *n, const h9_slot *v, size_t *size);

#endif
