/* Memory of a message: the arena that its frames and lists stand in, and the tape, which the next message takes
 * over. */
#ifndef H9_FRAME_H
#define H9_FRAME_H

#include "core/context.h"
#include "core/slot.h"
#include "values/compiler.h"

void *h9_grow(h9_context *c, void *block, size_t *cap, size_t unit, size_t need); /* NULL: none, and refused */
void *h9_arena_slow(h9_context *c, size_t n);
/* n bytes of the arena, 16-aligned, not cleared; for none a place all the same. NULL: refused. */
static inline void *h9_arena(h9_context *c, size_t n)
{
    n = (n + 15 + !n) & ~(size_t)15;
    if (H9_UNLIKELY((size_t)(c->chunk_end - c->free) < n)) return h9_arena_slow(c, n);
    void *block = c->free;
    c->free += n;
    return block;
}
/* Refuses for want of memory: more was asked for than there can be. Always NULL. */
void *h9_arena_refuse(h9_context *c);
/* The same for `count` items of `width` bytes, however many. */
static inline void *h9_arena_many(h9_context *c, uint64_t count, size_t width)
{ return H9_LIKELY(count <= PTRDIFF_MAX / width) ? h9_arena(c, (size_t)count * width) : h9_arena_refuse(c); }
/* A frame for record table r with nothing present. NULL: refused. */
static inline h9_slot *h9_frame_new(h9_context *c, const h9_record *r)
{
    h9_slot *frame = h9_arena(c, r->slots * sizeof(h9_slot) + r->words * sizeof(uint64_t));
    if (H9_LIKELY(frame != NULL)) memset(frame + r->slots, 0, r->words * sizeof(uint64_t));
    return frame;
}
/* Room for one more item of `width` bytes; returns where it goes and counts it. NULL: refused. */
uint8_t *h9_list_add(h9_context *c, h9_slot *list, size_t width);
/* Room for n more at once (n is bounded by the caller by what the input can still hold); false: refused. Asked for a
 * few items each time, it makes room for more than that, so that many small pieces take linear time. */
bool h9_list_reserve(h9_context *c, h9_slot *list, size_t width, size_t n);

bool h9_tape_slow(h9_context *c); /* room for another item on the tape. false: refused */
/* One more item on the tape, all zero but its kind (the tape may move). NULL: refused. */
static inline h9_tape_item *h9_tape_add(h9_context *c, h9_tape_kind kind)
{
    if (H9_UNLIKELY(c->tape_size == c->tape_cap) && !h9_tape_slow(c)) return NULL;
    h9_tape_item *item = &c->tape[c->tape_size++];
    *item = (h9_tape_item){.kind = (uint16_t)kind};
    return item;
}
/* Where a value that begins at `at` begins in the message: h9_tape_item.v.in.from. */
static inline uint32_t h9_tape_from(const h9_context *c, const uint8_t *at)
{
    uintptr_t from = (uintptr_t)at - (uintptr_t)c->begin;
    return H9_LIKELY(from < UINT32_MAX) ? (uint32_t)from : UINT32_MAX;
}

/* For the next message: only the first chunk is kept. */
void h9_arena_reset(h9_context *c);
/* Frees the newest chunk of the arena, which isn't the only one. */
void h9_drop_chunk(h9_context *c);
/* Frees the newest large lists, until there are `count`. */
void h9_drop_blocks(h9_context *c, uint32_t count);
void h9_free_arena(h9_context *c);

#endif
