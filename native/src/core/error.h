/* Refusals: noted where they happen, given a path on the way out, recorded by message. */
#ifndef H9_ERROR_H
#define H9_ERROR_H

#include <stdbool.h>

#include "core/context.h"
#include "core/watch.h"
#include "values/compiler.h"

void h9_refuse(h9_context *c, h9_code code, const uint8_t *at);
/* Refuses the message: `code` at `at` (in the input, or NULL: where it begins). Always NULL, so that readers can return
 * it. */
static inline const uint8_t *h9_fail(h9_context *c, h9_code code, const uint8_t *at)
{
    h9_refuse(c, code, at);
    return NULL;
}
/* On the way out of a refusal, each level says where it stood. Always NULL. */
const uint8_t *h9_in_place(h9_context *c, h9_place place);
const uint8_t *h9_in_field(h9_context *c, uint32_t name);
const uint8_t *h9_in_item(h9_context *c, uint32_t index);
const uint8_t *h9_in_key(h9_context *c, const uint8_t *key, uint32_t size);
const uint8_t *h9_in_rule(h9_context *c, uint32_t name);
/* Room for more errors. false: there is no memory for them. */
bool h9_errors_grow(h9_context *c);
/* `item`: or H9_NO_ITEM. false: there is no memory for it, which refuses the message as a whole; and where it was that
 * already, the call. */
bool h9_record_error(h9_context *c, uint64_t item);

/* --- levels and counts: what a message may not go over --- */

static inline bool h9_enter(h9_context *c, const uint8_t *at)
{
    if (H9_UNLIKELY(c->depth == 0)) {
        h9_fail(c, H9_E_DEPTH, at);
        return false;
    }
    c->depth--;
    return true;
}
static inline void h9_leave(h9_context *c) { c->depth++; }
static inline bool h9_count_item(h9_context *c, const uint8_t *at)
{
    if (H9_UNLIKELY(c->items <= c->items_watched) && !h9_few_items(c, at)) return false;
    c->items--;
    return true;
}

#endif
