/* A big-decimal as Avro 1.12 has it: bytes that hold the unscaled value as bytes, and then the scale as an int. In its
 * slot the scale stands in the span's flags. */
#ifndef H9_BIG_DECIMAL_H
#define H9_BIG_DECIMAL_H

#include "core/slot.h"

/* false: it isn't one. */
bool h9_get_big_decimal(const h9_slot *body, h9_slot *out);
size_t h9_big_decimal_size(const h9_slot *v);
/* There is room for all of it. Returns where it ended. */
uint8_t *h9_put_big_decimal(uint8_t *w, const h9_slot *v);

#endif
