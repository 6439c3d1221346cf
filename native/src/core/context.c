/* Contexts: made, emptied of what is too much, freed. */
#include "core/context.h"

#include <stdlib.h>

#include "core/counts.h"
#include "core/error.h"
#include "core/frame.h"

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

/* Cuts a block down to `size` bytes, if it takes so much more that it's worth it. */
static void *cut(h9_context *c, void *block, size_t *cap, size_t size, size_t unit)
{
    if (H9_LIKELY(*cap - size <= H9_KEPT / unit)) return block;
    void *less = c->memory.resize(c->memory.state, block, *cap * unit, size * unit);
    if (size != 0 && less == NULL) return block;
    *cap = size;
    return less;
}

h9_code h9_end_call(h9_context *c, h9_code code)
{
    h9_arena_reset(c);
    c->out =
        cut(c, c->out, &c->out_held, c->out_size ? c->out_size : 1, 1); /* a message of no bytes stands somewhere */
    if (c->out_cap > c->out_held) c->out_cap = c->out_held;
    c->back = cut(c, c->back, &c->back_cap, 0, 1);
    c->tape = cut(c, c->tape, &c->tape_cap, 0, sizeof *c->tape);
    c->results = cut(c, c->results, &c->results_cap, c->results_size, sizeof *c->results);
    c->errors = cut(c, c->errors, &c->errors_cap, c->errors_size ? c->errors_size : 1, sizeof *c->errors);
    c->places = cut(c, c->places, &c->places_cap, c->places_done, sizeof *c->places);
    return code;
}

void h9_context_release(h9_context *c)
{
    c->out_size = c->results_size = c->errors_size = c->places_size = c->places_done = 0;
    h9_end_call(c, H9_OK);
}

h9_usage h9_context_usage(const h9_context *c)
{
    h9_usage u = {.arena = c->limits.memory - c->arena_least, .items = c->limits.items - c->items, .record = c->record};
    u.held = c->limits.memory - c->arena_left + c->out_held + c->back_cap + c->tape_cap * sizeof *c->tape;
    u.held += c->results_cap * sizeof *c->results + c->errors_cap * sizeof *c->errors;
    u.held += c->places_cap * sizeof *c->places;
    return u;
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
    h9_free_arena(c);
    h9_counts_free(c);
    release(c, c->tape, c->tape_cap * sizeof *c->tape);
    release(c, c->out, c->out_held);
    release(c, c->back, c->back_cap);
    release(c, c->places, c->places_cap * sizeof *c->places);
    release(c, c->errors, c->errors_cap * sizeof *c->errors);
    release(c, c->results, c->results_cap * sizeof *c->results);
    c->memory.resize(c->memory.state, c, sizeof *c, 0);
}
