/* Tapes: grown in the context. */
#include "core/tape.h"

#include "core/error.h"
#include "core/frame.h"

bool h9_tape_slow(h9_context *c)
{
    size_t cap = c->tape_cap;
    if ((cap + 16) * 2 * sizeof(h9_tape_item) > c->limits.memory) {
        h9_fail(c, H9_E_MEMORY, NULL);
        return false;
    }
    void *grown = h9_grow(c, c->tape, &cap, sizeof(h9_tape_item), cap + 1);
    if (grown == NULL) return false;
    c->tape = grown;
    c->tape_cap = (uint32_t)cap;
    return true;
}
