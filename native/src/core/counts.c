/* Counts of a context, by member and by default, and taking back what a refused message added to them. */
#include "core/counts.h"

#include <string.h>

#define MOST_IGNORED 64u

static void release(h9_context *c, void *block, size_t size)
{
    if (block != NULL) c->memory.resize(c->memory.state, block, size, 0);
}

static void count_up(h9_context *c, uint64_t *count, struct h9_before *before)
{
    if (before->message != c->message) {
        before->count = *count;
        before->message = c->message;
    }
    c->counted = c->message;
    ++*count;
}

static void take_back(const h9_context *c, uint64_t *count, const struct h9_before *before)
{
    if (before->message == c->message) *count = before->count;
}

/* --- members passed over --- */

static h9_ignored *find_ignored(h9_context *c, uint32_t record, uint32_t within, const uint8_t *key, size_t n)
{
    for (size_t i = 0; i < c->ignored_size; i++) {
        h9_ignored *seen = &c->ignored[i];
        if (seen->record == record && seen->within == within && seen->key_length == n && memcmp(seen->key, key, n) == 0)
            return seen;
    }
    /* keys that the sender makes up all count together, in the last entry */
    return c->ignored_size == MOST_IGNORED ? &c->ignored[MOST_IGNORED - 1] : NULL;
}

static bool room_for_ignored(h9_context *c)
{
    const size_t entry = sizeof *c->ignored + sizeof *c->ignored_before;
    if (c->ignored != NULL) return true;
    c->ignored = c->memory.resize(c->memory.state, NULL, 0, MOST_IGNORED * entry);
    if (c->ignored == NULL) return false; /* a count is not worth a refusal */
    c->ignored_before = (struct h9_before *)(void *)(c->ignored + MOST_IGNORED);
    return true;
}

static h9_ignored *add_ignored(h9_context *c, uint32_t record, uint32_t within, const uint8_t *key, size_t n)
{
    uint8_t *copy = NULL;
    if (c->ignored_size == MOST_IGNORED - 1) n = 0;
    if (!room_for_ignored(c) || (n && !(copy = c->memory.resize(c->memory.state, NULL, 0, n)))) return NULL;
    if (n) memcpy(copy, key, n);
    else record = H9_NONE, within = 0;
    c->ignored_before[c->ignored_size] = (struct h9_before){0, 0};
    c->ignored[c->ignored_size] = (h9_ignored){record, within, (uint32_t)n, copy, 0};
    return &c->ignored[c->ignored_size++];
}

void h9_ignore(h9_context *c, const h9_record *r, uint32_t within, const uint8_t *key, size_t n)
{
    uint32_t record = (uint32_t)(r - c->plan->records);
    if (n > 256) n = 256;
    h9_ignored *seen = find_ignored(c, record, within, key, n);
    if (seen == NULL) seen = add_ignored(c, record, within, key, n);
    if (seen != NULL) count_up(c, &seen->count, &c->ignored_before[seen - c->ignored]);
}

/* Keys that only this message brought go again. */
static void undo_ignored(h9_context *c)
{
    for (size_t i = 0; i < c->ignored_size; i++) take_back(c, &c->ignored[i].count, &c->ignored_before[i]);
    while (c->ignored_size > 0 && c->ignored[c->ignored_size - 1].count == 0) {
        const h9_ignored *last = &c->ignored[--c->ignored_size];
        release(c, (void *)(uintptr_t)last->key, last->key_length);
    }
}

/* --- defaults --- */

void h9_defaulted(h9_context *c, const h9_fill *fill)
{
    size_t i = (size_t)(fill - c->plan->fills);
    if (c->found != NULL) count_up(c, &c->filled[i], &c->filled_before[i]);
}

/* --- all of them --- */

void h9_counts_start(h9_context *c, const h9_plan *plan)
{
    const size_t fill = sizeof *c->filled + sizeof *c->filled_before;
    size_t size = plan->h.found * sizeof *c->found + plan->h.fills * fill;
    if (H9_LIKELY(c->counting == plan && c->found_bytes == size)) return;
    release(c, c->found, c->found_bytes);
    c->found = size ? c->memory.resize(c->memory.state, NULL, 0, size) : NULL;
    c->found_bytes = c->found != NULL ? size : 0;
    c->counting = plan;
    if (c->found == NULL) return;
    memset(c->found, 0, size);
    c->filled = c->found + plan->h.found;
    c->filled_before = (struct h9_before *)(void *)(c->filled + plan->h.fills);
}

void h9_counts_undo(h9_context *c)
{
    if (c->counted != c->message) return;
    undo_ignored(c);
    for (uint32_t i = 0; c->found != NULL && i < c->plan->h.fills; i++)
        take_back(c, &c->filled[i], &c->filled_before[i]);
}

void h9_counts_free(h9_context *c)
{
    for (size_t i = 0; i < c->ignored_size; i++)
        release(c, (void *)(uintptr_t)c->ignored[i].key, c->ignored[i].key_length);
    release(c, c->ignored, MOST_IGNORED * (sizeof *c->ignored + sizeof *c->ignored_before));
    release(c, c->found, c->found_bytes);
}
