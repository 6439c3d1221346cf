/* Items and members whose refusal is put off. */
#include "core/aside.h"

#include "core/error.h"
#include "core/frame.h"

const h9_slot h9_bad;

h9_bad_item *h9_put_off(h9_context *c, uint32_t depth)
{
    if (!c->is_meaning) return NULL;
    size_t count = c->places_size - c->places_done;
    h9_bad_item refusal = {.count = count, .at = c->at, .code = c->code};
    h9_bad_item *bad = h9_arena(c, sizeof *bad + count * sizeof(h9_place));
    if (bad == NULL) return NULL;
    refusal.places = (h9_place *)(void *)(bad + 1);
    if (count) memcpy(refusal.places, c->places + c->places_done, count * sizeof(h9_place));
    *bad = refusal;
    c->places_size = c->places_done;
    c->depth = depth;
    return bad;
}

bool h9_set_aside(h9_context *c, const h9_node *list, uint32_t depth, h9_slot *item)
{
    if (!(list->flags & H9_N_EACH)) return false;
    h9_bad_item *bad = h9_put_off(c, depth);
    if (bad == NULL) return false;
    item->rec = (h9_slot *)(uintptr_t)&h9_bad;
    item->raw[1] = (uintptr_t)bad;
    return true;
}

void h9_refuse_bad(h9_context *c, const h9_bad_item *bad)
{
    h9_refuse(c, (h9_code)bad->code, bad->at);
    for (size_t i = 0; i < bad->count; i++) h9_in_place(c, bad->places[i]);
}
