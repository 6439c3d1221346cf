/* Tapes: made item by item, in the context. */
#include "core/tape.h"

#include "core/error.h"
#include "core/frame.h"

h9_tape_item *h9_tape_add(h9_context *c, h9_tape_kind kind)
{
    if (c->tape_size == c->tape_cap) {
        size_t cap = c->tape_cap;
        if ((cap + 16) * 2 * sizeof(h9_tape_item) > c->limits.memory) {
            h9_fail(c, H9_E_MEMORY, NULL);
            return NULL;
        }
        void *grown = h9_grow(c, c->tape, &cap, sizeof(h9_tape_item), cap + 1);
        if (grown == NULL) return NULL;
        c->tape = grown;
        c->tape_cap = (uint32_t)cap;
    }
    h9_tape_item *item = &c->tape[c->tape_size++];
    memset(item, 0, sizeof *item);
    item->kind = (uint16_t)kind;
    return item;
}
