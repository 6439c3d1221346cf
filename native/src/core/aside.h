/* Refusals that are put off: an item of a list (H9_N_EACH) or a member of what has no schema (h9_field.loose) that was
 * refused for what it means stands in the frame with its refusal, which is told only if the value is asked for. */
#ifndef H9_ASIDE_H
#define H9_ASIDE_H

#include "core/slot.h"

/* A list's item that was refused for what it means, with its refusal: H9_N_EACH. */
typedef struct h9_bad_item {
    h9_place *places; /* innermost first */
    size_t count;
    const uint8_t *at;
    uint32_t code;
} h9_bad_item;
extern const h9_slot h9_bad; /* what such an item's record or box points to */
static inline bool h9_is_bad(const h9_slot *item) { return item->rec == &h9_bad; }
static inline const h9_bad_item *h9_bad_of(const h9_slot *item) { return (const h9_bad_item *)(uintptr_t)item->raw[1]; }
/* The item that was just refused stands as a bad one, if its list wants that. `depth`: the context's where the item
 * begins. false: it doesn't, and the refusal stands. */
bool h9_set_aside(h9_context *c, const h9_node *list, uint32_t depth, h9_slot *item);
/* The refusal just made about a value's meaning, kept for later; the context is as before it, at `depth`. NULL: it was
 * about something else, and stands. */
h9_bad_item *h9_put_off(h9_context *c, uint32_t depth);
/* The item's refusal is under way again. */
void h9_refuse_bad(h9_context *c, const h9_bad_item *bad);

#endif
