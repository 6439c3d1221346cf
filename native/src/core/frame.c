/* Memory of a context: the arena that a message's frames stand in, and its lists. */
#include "core/frame.h"

#include "core/error.h"

#define FIRST_CHUNK 65536u

static uint8_t *chunk_start(h9_chunk *chunk) { return (uint8_t *)chunk + ((sizeof(h9_chunk) + 15) & ~(size_t)15); }

void *h9_grow(h9_context *c, void *block, size_t *cap, size_t unit, size_t need)
{
    size_t want = *cap < 16 ? 16 : *cap;
    while (want < need) {
        if (want > SIZE_MAX / 2 / unit) {
            h9_fail(c, H9_E_NO_MEMORY, NULL);
            return NULL;
        }
        want *= 2;
    }
    void *grown = c->memory.resize(c->memory.state, block, *cap * unit, want * unit);
    if (grown == NULL) {
        h9_fail(c, H9_E_NO_MEMORY, NULL);
        return NULL;
    }
    *cap = want;
    return grown;
}

static bool add_chunk(h9_context *c, size_t size)
{
    h9_chunk *chunk = c->memory.resize(c->memory.state, NULL, 0, size);
    if (chunk == NULL) {
        h9_fail(c, H9_E_NO_MEMORY, NULL);
        return false;
    }
    c->arena_left -= size;
    chunk->next = c->chunks;
    chunk->size = size;
    c->chunks = chunk;
    c->free = chunk_start(chunk);
    c->chunk_end = (uint8_t *)chunk + size;
    return true;
}

static bool add_first_chunk(h9_context *c)
{
    size_t size = c->arena_left < FIRST_CHUNK ? (size_t)c->arena_left : FIRST_CHUNK;
    if (size <= sizeof(h9_chunk) + 16) {
        h9_fail(c, H9_E_MEMORY, NULL);
        return false;
    }
    return add_chunk(c, size);
}

/* Chunks double, so that a message of any size takes few of them; together they stay within the limit. */
static bool add_chunk_for(h9_context *c, size_t n)
{
    size_t size = c->chunks->size * 2;
    if (size > (size_t)16 << 20) size = (size_t)16 << 20;
    if (size < n + 64) size = n + 64;
    if (size > c->arena_left) {
        size = n + 64;
        if (size > c->arena_left) {
            h9_fail(c, H9_E_MEMORY, NULL);
            return false;
        }
    }
    return add_chunk(c, size);
}

void *h9_arena_refuse(h9_context *c)
{
    h9_fail(c, H9_E_MEMORY, NULL);
    return NULL;
}

void *h9_arena_slow(h9_context *c, size_t n)
{
    if (c->chunks == NULL && !add_first_chunk(c)) return NULL;
    if ((size_t)(c->chunk_end - c->free) < n && !add_chunk_for(c, n)) return NULL;
    void *block = c->free;
    c->free += n;
    return block;
}

void h9_drop_chunk(h9_context *c)
{
    h9_chunk *chunk = c->chunks;
    c->chunks = chunk->next;
    c->arena_left += chunk->size;
    c->memory.resize(c->memory.state, chunk, chunk->size, 0);
}

/* For the next message: only the first chunk is kept, so that what a message may take doesn't hang on those before. */
void h9_arena_reset(h9_context *c)
{
    while (H9_UNLIKELY(c->chunks != NULL && c->chunks->next != NULL)) h9_drop_chunk(c);
    if (c->chunks != NULL) {
        c->free = chunk_start(c->chunks);
        c->chunk_end = (uint8_t *)c->chunks + c->chunks->size;
    }
    c->tape_size = 0;
}

void h9_free_chunks(h9_context *c)
{
    for (h9_chunk *chunk = c->chunks; chunk != NULL;) {
        h9_chunk *next = chunk->next;
        c->arena_left += chunk->size;
        c->memory.resize(c->memory.state, chunk, chunk->size, 0);
        chunk = next;
    }
    c->chunks = NULL;
    c->free = c->chunk_end = NULL;
}

static bool list_grow(h9_context *c, h9_slot *list, size_t width, size_t cap)
{
    if (cap > UINT32_MAX) {
        h9_fail(c, H9_E_ITEMS, NULL);
        return false;
    }
    uint8_t *items = h9_arena(c, cap * width);
    if (items == NULL) return false;
    if (list->list.n) memcpy(items, list->list.items, list->list.n * width);
    list->list.items = items;
    list->list.cap = (uint32_t)cap;
    return true;
}

uint8_t *h9_list_add(h9_context *c, h9_slot *list, size_t width)
{
    if (!h9_count_item(c, NULL)) return NULL;
    if (list->list.n == list->list.cap && !list_grow(c, list, width, list->list.cap ? (size_t)list->list.cap * 2 : 4))
        return NULL;
    return list->list.items + (size_t)list->list.n++ * width;
}

bool h9_list_reserve(h9_context *c, h9_slot *list, size_t width, size_t n)
{
    if (n > c->items) {
        h9_fail(c, H9_E_ITEMS, NULL);
        return false;
    }
    size_t need = (size_t)list->list.n + n;
    return need <= list->list.cap || list_grow(c, list, width, need);
}
