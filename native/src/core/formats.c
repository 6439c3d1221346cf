/* The formats' table. */
#include "core/formats.h"

#include "core/context.h"

const h9_codec *const h9_codecs[H9_FORMATS] = {
    [H9_FORMAT_AVRO] = &h9_avro,       [H9_FORMAT_JSON] = &h9_json, [H9_FORMAT_PROTOBUF] = &h9_protobuf,
    [H9_FORMAT_MSGPACK] = &h9_msgpack, [H9_FORMAT_CBOR] = &h9_cbor, [H9_FORMAT_TXTPB] = &h9_txtpb,
};

bool h9_read_packed(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p, size_t size)
{
    const uint8_t *begin = c->begin, *end = c->end;
    c->begin = NULL; /* what it holds stands nowhere in the message */
    c->end = p + size;
    bool good = h9_msgpack.read(c, n, out, p) != NULL;
    c->begin = begin;
    c->end = end;
    return good;
}
