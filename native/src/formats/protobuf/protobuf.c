/* What the core knows of Protobuf. Its messages don't tell where they end, so none can be passed over. */
#include "core/formats.h"
#include "formats/protobuf/wire.h"

const h9_codec h9_protobuf = {.read = h9_pb_read, .write = h9_pb_write};
