/* The formats: what the core knows of each, in one table. A format is a folder of formats/, whose own header nobody but
 * that folder includes; everybody else goes through this table.
 *
 * A reader reads one value at p, which may be the end, into *out and returns where it ended, or NULL after h9_fail(). A
 * writer writes at w, having made room with h9_room(), and returns where it ended, or NULL. The input's end is c->end;
 * records nest by a counter, not by copying state. */
#ifndef H9_FORMATS_H
#define H9_FORMATS_H

#include <stdbool.h>

#include "core/slot.h"

typedef struct h9_codec {
    const uint8_t *(*read)(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
    uint8_t *(*write)(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
    /* Passes over the value at p, of the type of node n if the format needs to know. NULL: its end can't be known. */
    const uint8_t *(*skip)(h9_context *c, const h9_node *n, const uint8_t *p);
    /* Passes over what may stand around a message. NULL: nothing may. */
    const uint8_t *(*space)(const uint8_t *p, const uint8_t *end);
    /* Whether the value at p, which goes on to the end, may go on beyond it all the same. NULL: its bytes tell. */
    bool (*open_ended)(const uint8_t *p, const uint8_t *end);
    bool by_schema; /* a value's end is known from its schema alone; it may have no bytes */
} h9_codec;

/* By h9_format. */
extern const h9_codec *const h9_codecs[H9_FORMATS];

/* Each of these is defined in the format's own folder. */
extern const h9_codec h9_avro, h9_json, h9_protobuf, h9_msgpack, h9_cbor, h9_txtpb;

/* MessagePack that the plan or the arena holds, read with the message's own bounds put aside. false: refused. */
bool h9_read_packed(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p, size_t size);

#endif
