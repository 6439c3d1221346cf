/* Looking up from work, so that a call of any length can be stopped. */
#ifndef H9_WATCH_H
#define H9_WATCH_H

#include "core/context.h"
#include "values/compiler.h"

/* Between two of these, a reader takes so many items at most, and a writer makes so many bytes. */
#define H9_STRIDE_ITEMS 16384u
#define H9_STRIDE_BYTES ((size_t)1 << 20)

/* Asks whoever watches, if it's time to. false: the call is stopped, and its message refused. */
bool h9_go_on(h9_context *c);
/* After each value that is passed over, or piece of a text. */
static inline bool h9_go_past(h9_context *c) { return H9_LIKELY(++c->passed % H9_STRIDE_ITEMS != 0) || h9_go_on(c); }
/* All items of the limit may come. */
void h9_start_items(h9_context *c);
/* Few items are left, until the limit or until it's time to look up. false: refused. */
bool h9_few_items(h9_context *c, const uint8_t *at);

#endif
