/* What the core knows of the text format. */
#include "core/formats.h"
#include "formats/txtpb/txtpb.h"

const h9_codec h9_txtpb = {
    .read = h9_txtpb_read,
    .write = h9_txtpb_write,
    .space = h9_txtpb_space,
};
