/* What a context counts besides the messages (S36): members passed over, defaults filled in, and which members any
 * record had, so that it can be told which none had.
 *
 * Members passed over and defaults count only for messages that were made: what a message added is taken back where it
 * is refused, or cut off and read again with more input. Who was met stays noted: a refused message had it too. */
#ifndef H9_COUNTS_H
#define H9_COUNTS_H

#include "core/context.h"
#include "core/plan.h"
#include "values/compiler.h"

/* What a count was before the message that it was last raised in. */
struct h9_before {
    uint64_t count, message;
};

/* A member that the schema doesn't name is passed over. `within`: the name (h9_field.name) of the field of `r` whose
 * value it stands in, where that has no record of its own; 0: it stands in the record itself. */
void h9_ignore(h9_context *c, const h9_record *r, uint32_t within, const uint8_t *key, size_t n);
/* A default was filled in. */
void h9_defaulted(h9_context *c, const h9_fill *fill);

/* A record of table r was read, in which `words` words of bits say who was met. */
static inline void h9_found(h9_context *c, const h9_record *r, const uint64_t *met, uint32_t words)
{
    if (r->found == H9_NONE || H9_UNLIKELY(c->found == NULL)) return;
    uint64_t *found = c->found + r->found;
    found[0]++;
    for (uint32_t w = 0; w < words; w++) found[w + 1] |= met[w];
}
/* The program ran; an instruction of it looked for something, and found it or didn't. */
static inline void h9_found_run(h9_context *c)
{
    if (c->plan->h.found_insns != H9_NONE && c->found != NULL) c->found[c->plan->h.found_insns]++;
}
static inline void h9_looked(h9_context *c, const h9_insn *n, bool found)
{
    size_t i = (size_t)(n - c->plan->insns) * 2;
    if (c->plan->h.found_insns == H9_NONE || c->found == NULL) return;
    c->found[c->plan->h.found_insns + 1 + (i >> 6)] |= (found ? UINT64_C(3) : UINT64_C(1)) << (i & 63);
}

/* A call of `plan` begins: its counts, all zero unless it ran last. Where there is no memory for them, nothing is
 * counted. */
void h9_counts_start(h9_context *c, const h9_plan *plan);
/* What the message under way added is taken back. */
void h9_counts_undo(h9_context *c);
void h9_counts_free(h9_context *c);

#endif
