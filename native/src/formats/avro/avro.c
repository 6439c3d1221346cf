/* What the core knows of Avro. */
#include "formats/avro/avro.h"

#include "core/formats.h"

const h9_codec h9_avro = {.read = h9_avro_read, .write = h9_avro_write, .skip = h9_avro_skip, .by_schema = true};
