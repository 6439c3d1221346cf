/* google.protobuf.Any, unpacked and packed. Protobuf, and whatever has its two fields as they are, carries the message
 * as bytes; JSON shows it. So the bytes are read, or made, on the reading side like any conversion, by the reader and
 * the writer of Protobuf: the writers have nothing to refuse. */
#include "steps/packed.h"

#include "core/context.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"

/* What follows the last slash; NULL: there is no slash, or nothing after it. */
static const uint8_t *full_name(const h9_slot *url, size_t *size)
{
    const uint8_t *end = url->s.p + url->s.n, *p = end;
    while (p > url->s.p && p[-1] != '/') p--;
    *size = (size_t)(end - p);
    return p > url->s.p && p < end ? p : NULL;
}

const h9_field *h9_type_named(const h9_plan *plan, const h9_record *types, const h9_slot *url)
{
    size_t size;
    const uint8_t *name = full_name(url, &size);
    const h9_field *fields = plan->fields + types->first;
    if (name == NULL) return NULL;
    const h9_key *key = h9_find_key(plan, types->keys, types->key_mask, name, size);
    if (key != NULL) return fields + key->index;
    return types->unknown == H9_UNKNOWN_KEEP && types->count ? fields + types->count - 1 : NULL;
}

static h9_slot span_at(const h9_slot *frame, const uint64_t *bits, int64_t slot)
{
    static const uint8_t nothing[1];
    h9_slot empty = {.s = {nothing, 0, H9_SPAN_PLAIN}};
    return h9_has(bits, (uint32_t)slot) && frame[slot].s.n ? frame[slot] : empty;
}

/* The message whose bytes these are, with the input's own bounds put aside. */
static h9_code read_bytes(h9_context *c, const h9_node *n, const h9_slot *bytes, h9_slot *out, const uint8_t *at)
{
    const uint8_t *end = c->end;
    c->end = bytes->s.p + bytes->s.n;
    const uint8_t *done = h9_codecs[H9_FORMAT_PROTOBUF]->read(c, n, out, bytes->s.p);
    c->end = end;
    if (done != NULL) return H9_OK;
    if (c->at < c->begin || c->at > c->end) c->at = at;                 /* they were made from text */
    c->is_meaning |= c->code >= H9_E_TRUNCATED && c->code < H9_E_DEPTH; /* the Any was read */
    return H9_TOLD;
}

/* In a frame of its own, if JSON has it under a name. */
static bool put_alone(h9_context *c, const h9_record *types, const h9_field *f, h9_slot *value)
{
    if (f->slot == H9_NO_SLOT) return true;
    h9_slot *frame = h9_frame_new(c, types);
    if (frame == NULL) return false;
    frame[f->slot] = *value;
    h9_set(h9_bits(frame, types), f->slot);
    value->rec = frame;
    return true;
}

h9_code h9_unpack(h9_context *c, const h9_step *s, h9_slot *v, const uint8_t *at)
{
    const h9_record *types = &c->plan->records[s->a];
    const uint64_t *bits = h9_cbits(v->rec, &c->plan->records[s->b]);
    h9_slot url = span_at(v->rec, bits, s->lo), bytes = span_at(v->rec, bits, s->hi);
    memset(v, 0, sizeof *v);
    if (url.s.n == 0) return bytes.s.n == 0 ? H9_OK : H9_E_TYPE_URL;
    const h9_field *f = h9_type_named(c->plan, types, &url);
    if (f == NULL) return H9_E_TYPE_URL;
    const h9_node *n = &c->plan->nodes[f->node];
    h9_slot *box = h9_arena(c, 2 * sizeof *box);
    if (box == NULL) return H9_TOLD;
    box[0] = bytes;
    box[1] = url;
    if (n->op != H9_OP_BYTES && read_bytes(c, n, &bytes, &box[0], at) != H9_OK) return H9_TOLD;
    if (!put_alone(c, types, f, &box[0])) return H9_TOLD;
    v->choice.value = box;
    v->choice.branch = (uint32_t)(f - (c->plan->fields + types->first));
    return H9_OK;
}

static bool write_bytes(h9_context *c, const h9_node *n, const h9_slot *value, h9_slot *out)
{
    size_t size;
    const uint8_t *bytes = h9_write_aside(c, H9_FORMAT_PROTOBUF, n, value, &size);
    if (bytes == NULL) return false;
    *out = (h9_slot){.s = {bytes, (uint32_t)size, 0}};
    return true;
}

h9_code h9_pack(h9_context *c, const h9_step *s, h9_slot *v)
{
    static const uint8_t nothing[1];
    const h9_record *types = &c->plan->records[s->a], *r = &c->plan->records[s->b];
    const h9_slot *box = v->choice.value;
    h9_slot *frame = h9_frame_new(c, r);
    if (frame == NULL) return H9_TOLD;
    frame[s->lo] = frame[s->hi] = (h9_slot){.s = {nothing, 0, H9_SPAN_PLAIN}};
    h9_set(h9_bits(frame, r), (uint32_t)s->lo);
    h9_set(h9_bits(frame, r), (uint32_t)s->hi);
    uint32_t branch = v->choice.branch;
    v->rec = frame;
    if (box == NULL) return H9_OK;
    const h9_field *f = c->plan->fields + types->first + branch;
    const h9_node *n = &c->plan->nodes[f->node];
    const h9_slot *value = f->slot == H9_NO_SLOT ? &box[0] : &box[0].rec[f->slot];
    frame[s->lo] = box[1];
    if (n->op == H9_OP_BYTES) frame[s->hi] = *value;
    else if (!write_bytes(c, n, value, &frame[s->hi])) return H9_TOLD;
    return H9_OK;
}
