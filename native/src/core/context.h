/* A context: what one thread needs to run plans, kept from call to call. Nobody but the core's own files looks into it.
 */
#ifndef H9_CONTEXT_H
#define H9_CONTEXT_H

#include <stdbool.h>

#include "core/tape.h"

typedef struct h9_chunk {
    struct h9_chunk *next;
    size_t size;
} h9_chunk;

/* A large list's memory; its items follow. */
typedef struct h9_block {
    struct h9_block *older, *newer;
    size_t size, spare; /* the items are aligned as a slot is */
} h9_block;
_Static_assert(sizeof(h9_block) % 16 == 0, "items of a block are aligned");

struct h9_context {
    const uint8_t *begin, *end; /* the message */
    const h9_plan *plan;
    uint32_t depth;            /* how many more levels may open */
    uint32_t items;            /* how many more items may come */
    uint32_t items_watched;    /* with so many left, h9_go_on is asked again */
    uint8_t *free, *chunk_end; /* the arena: what is left of the newest chunk */
    h9_chunk *chunks;          /* newest first */
    h9_block *blocks;          /* newest first */
    uint32_t blocks_count;
    uint64_t arena_least; /* what arena_left came down to in this call */
    uint64_t arena_left;  /* of limits.memory, beyond the chunks and blocks held */
    h9_tape_item *tape;
    uint32_t tape_size;
    size_t tape_cap;
    uint8_t *out;
    size_t out_size, out_cap; /* finished messages; room for the current one after them, before h9_go_on is asked */
    size_t out_held;          /* what `out` really has */
    uint8_t *back;
    size_t back_cap;                      /* where the Protobuf writer writes, from the end */
    uint32_t code;                        /* of the refusal under way */
    bool is_meaning;                      /* it is about what a value means, rather than how it is written */
    const uint8_t *at;                    /* where */
    const struct h9_node *unknown_symbol; /* it is about a symbol of this enum that may be passed over, or NULL */
    h9_place *places;
    size_t places_size, places_cap; /* of the refusal under way: innermost first, reversed when it is recorded */
    size_t places_done;             /* those of recorded errors stand before */
    h9_error *errors;
    size_t errors_size, errors_cap;
    h9_result *results; /* of a plan that makes many */
    size_t results_size, results_cap;
    uint64_t record; /* the message's number in this call */
    h9_delimiting delimiting;
    uint64_t message; /* counts all that were begun, from 1 */
    uint64_t counted; /* the last one that counts went up in (core/counts.h) */
    struct h9_ignored *ignored;
    struct h9_before *ignored_before;
    size_t ignored_size;
    const h9_plan *counting; /* whose `found` and `filled` these are */
    uint64_t *found;         /* one block with `filled` and `filled_before`; NULL: nothing is counted */
    uint64_t *filled;
    struct h9_before *filled_before;
    size_t found_bytes; /* of the block */
    uint64_t seed[2];
    uint64_t generated; /* ids made so far */
    h9_limits limits;
    h9_allocator memory;
    h9_watch *watch;
    void *watch_state;
    int64_t watched;    /* when it was asked, in ms */
    uint32_t passed;    /* values, since the context was made */
    uint64_t unwatched; /* bytes of messages since it was thought of */
    bool stopped;
    const uint8_t *ahead, *ahead_end; /* JSON that was looked through for "@type" (formats/json/typed.c) */
    struct h9_typed_object *typed;    /* the objects in there, in order */
    size_t typed_size, typed_cap;
    bool partial; /* running out of input isn't an error of the message */
};

/* What h9_allocator.resize is where the caller names none. */
void *h9_default_resize(void *state, void *block, size_t old_size, size_t size);
/* At a call's end: one huge message must not hold its memory for ever. What the call made stays. Returns `code`. */
h9_code h9_end_call(h9_context *c, h9_code code);

#endif
