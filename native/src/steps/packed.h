/* google.protobuf.Any: from its type URL and bytes to the message that is in it, and back. */
#ifndef H9_PACKED_H
#define H9_PACKED_H

#include "core/slot.h"
#include "hal9_core.h"

/* A step has refused already, at its own place, so that the refusal keeps that. */
#define H9_TOLD ((h9_code) - 1)

/* The field of record table `types` for the type URL (a prefix, a slash, the message's full name). NULL: there is no
 * such type; the caller refuses it. */
const h9_field *h9_type_named(const h9_plan *plan, const h9_record *types, const h9_slot *url);

/* H9_STEP_UNPACK and H9_STEP_PACK on an Any that stands at `at`. */
h9_code h9_unpack(h9_context *c, const h9_step *s, h9_slot *v, const uint8_t *at);
h9_code h9_pack(h9_context *c, const h9_step *s, h9_slot *v);

#endif
