/* Tapes: grown in the context. */
#include "core/tape.h"

#include "core/error.h"

/* Twice as long, or half of what the limit leaves. */
bool h9_tape_slow(h9_context *c)
{
    size_t cap = c->tape_cap;
    uint64_t most = c->limits.memory / sizeof(h9_tape_item);
    if (most > UINT32_MAX) most = UINT32_MAX;
    if (cap >= most) {
        h9_fail(c, H9_E_MEMORY, NULL);
        return false;
    }
    uint64_t want = cap < 16 ? 16 : (uint64_t)cap * 2;
    if (want > most) want = cap + (most - cap + 1) / 2;
    h9_tape_item *grown = c->memory.resize(c->memory.state, c->tape, cap * sizeof *grown, (size_t)want * sizeof *grown);
    if (grown == NULL) {
        h9_fail(c, H9_E_NO_MEMORY, NULL);
        return false;
    }
    c->tape = grown;
    c->tape_cap = (size_t)want;
    return true;
}
