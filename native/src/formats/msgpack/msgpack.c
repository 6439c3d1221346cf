/* What the core knows of MessagePack. */
#include "formats/msgpack/msgpack.h"

#include "core/formats.h"

static const uint8_t *skip(h9_context *c, const h9_node *n, const uint8_t *p)
{
    (void)n;
    return h9_msgpack_skip(c, p);
}

const h9_codec h9_msgpack = {.read = h9_msgpack_read, .write = h9_msgpack_write, .skip = skip};
