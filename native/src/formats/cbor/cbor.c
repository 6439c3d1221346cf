/* What the core knows of CBOR. */
#include "formats/cbor/cbor.h"

#include "core/formats.h"

static const uint8_t *skip(h9_context *c, const h9_node *n, const uint8_t *p)
{
    (void)n;
    return h9_cbor_skip(c, p);
}

const h9_codec h9_cbor = {.read = h9_cbor_read, .write = h9_cbor_write, .skip = skip};
