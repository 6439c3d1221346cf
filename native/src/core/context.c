/* Contexts: made, emptied of what is too much, freed. */
#include "core/context.h"

#include <stdlib.h>

#include "core/counts.h"
#include "core/error.h"
#include "core/frame.h"

#define KEPT_OUTPUT ((size_t)64 << 20)
#define KEPT_TAPE ((uint32_t)1 << 20)

void *h9_default_resize(void *state, void *block, size_t old_size, size_t size)
{
    (void)state;
    (void)old_size;
    if (size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, size);
}

static void release(h9_context *c, void *block, size_t size)
{
    if (block != NULL) c->memory.resize(c->memory.state, block, size, 0);
}

/* One huge message must not hold its memory for ever. */
void h9_release_excess(h9_context *c)
{
    if (H9_UNLIKELY(c->out_cap > KEPT_OUTPUT)) {
        release(c, c->out, c->out_cap);
        c->out = NULL;
        c->out_cap = 0;
    }
    if (H9_UNLIKELY(c->back_cap > KEPT_OUTPUT)) {
        release(c, c->back, c->back_cap);
        c->back = NULL;
        c->back_cap = 0;
    }
    if (H9_UNLIKELY(c->tape_cap > KEPT_TAPE)) {
        release(c, c->tape, (size_t)c->tape_cap * sizeof *c->tape);
        c->tape = NULL;
        c->tape_cap = 0;
    }
}

h9_context *h9_context_new(const h9_allocator *memory, const h9_limits *limits, const uint8_t seed[16])
{
    h9_allocator m = memory ? *memory : (h9_allocator){h9_default_resize, NULL};
    h9_context *c = m.resize(m.state, NULL, 0, sizeof *c);
    if (c == NULL) return NULL;
    memset(c, 0, sizeof *c);
    c->memory = m;
    c->limits = *limits;
    if (c->limits.depth > H9_MAX_DEPTH) c->limits.depth = H9_MAX_DEPTH;
    c->arena_left = limits->memory;
    memcpy(c->seed, seed, sizeof c->seed);
    if (!h9_errors_grow(c)) { /* so that a lone message's refusal can always be told */
        h9_context_free(c);
        return NULL;
    }
    return c;
}

void h9_context_free(h9_context *c)
{
    if (c == NULL) return;
    h9_free_chunks(c);
    h9_counts_free(c);
    release(c, c->tape, (size_t)c->tape_cap * sizeof *c->tape);
    release(c, c->out, c->out_cap);
    release(c, c->back, c->back_cap);
    release(c, c->places, c->places_cap * sizeof *c->places);
    release(c, c->errors, c->errors_cap * sizeof *c->errors);
    release(c, c->results, c->results_cap * sizeof *c->results);
    c->memory.resize(c->memory.state, c, sizeof *c, 0);
}
