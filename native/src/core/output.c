/* The output of a call. */
#include "core/output.h"

#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/plan.h"
#include "values/varint.h"

static bool grow(h9_context *c, size_t need)
{
    size_t cap = c->out_held;
    uint8_t *grown = h9_grow(c, c->out, &cap, 1, need + 4096);
    if (grown == NULL) return false;
    c->out = grown;
    c->out_held = cap;
    return true;
}

uint8_t *h9_room_slow(h9_context *c, uint8_t *w, size_t n)
{
    size_t used = (size_t)(w - c->out);
    if (used - c->out_size > c->limits.memory) {
        h9_fail(c, H9_E_MEMORY, NULL);
        return NULL;
    }
    if (!h9_go_on(c)) return NULL;
    if (c->out_held - used <= n && !grow(c, used + n)) return NULL;
    size_t next = used + n + H9_STRIDE_BYTES;
    c->out_cap = next < c->out_held ? next : c->out_held;
    return c->out + used;
}

/* The length, once the message's bytes are there: [start, w) is moved up to make room before it. */
static uint8_t *delimit(h9_context *c, h9_delimiting delimiting, size_t start, uint8_t *w)
{
    if (delimiting == H9_DELIMITING_NONE) return w;
    if (!(w = h9_room(c, w, 16))) return NULL;
    if (delimiting == H9_DELIMITING_NEWLINE) {
        *w = '\n';
        return w + 1;
    }
    uint8_t head[H9_MAX_VARINT], *head_end;
    size_t size = (size_t)(w - c->out) - start;
    if (delimiting == H9_DELIMITING_BE32) {
        if (size > UINT32_MAX) {
            h9_fail(c, H9_E_RECORD, NULL);
            return NULL;
        }
        head_end = h9_store_big32(head, (uint32_t)size);
    } else {
        head_end = h9_put_varint(head, size);
    }
    size_t n = (size_t)(head_end - head);
    memmove(c->out + start + n, c->out + start, size);
    memcpy(c->out + start, head, n);
    return w + n;
}

/* Writes a frame; the output grows only if all of it could be written. */
bool h9_write_frame(h9_context *c, const h9_slot *root)
{
    uint8_t *w = c->out ? c->out + c->out_size : h9_room_slow(c, NULL, 0);
    if (w == NULL) return false;
    w = h9_codecs[c->plan->h.writer]->write(c, &c->plan->nodes[c->plan->h.write_root], root, w);
    if (w == NULL) return false;
    if ((size_t)(w - c->out) - c->out_size > c->limits.memory) return h9_fail(c, H9_E_MEMORY, NULL) != NULL;
    w = delimit(c, c->delimiting, c->out_size, w);
    if (w == NULL) return false;
    c->out_size = (size_t)(w - c->out);
    return true;
}

bool h9_write_result(h9_context *c, h9_slot *frame, uint64_t item)
{
    if (c->results_size == c->results_cap) {
        void *grown = h9_grow(c, c->results, &c->results_cap, sizeof *c->results, c->results_size + 1);
        if (grown == NULL) return false;
        c->results = grown;
    }
    h9_slot root = {.rec = frame};
    if (!h9_write_frame(c, &root)) return false;
    c->results[c->results_size++] = (h9_result){(int64_t)c->out_size, c->record, item};
    return true;
}

const uint8_t *h9_write_aside(h9_context *c, h9_format format, const h9_node *n, const h9_slot *v, size_t *size)
{
    uint8_t *w = c->out ? c->out + c->out_size : h9_room_slow(c, NULL, 0);
    if (w == NULL || (w = h9_codecs[format]->write(c, n, v, w)) == NULL) return NULL;
    *size = (size_t)(w - c->out) - c->out_size;
    if (*size > c->limits.string) return h9_fail(c, H9_E_STRING, c->begin);
    uint8_t *block = h9_arena(c, *size);
    if (block != NULL && *size) memcpy(block, c->out + c->out_size, *size);
    return block;
}
