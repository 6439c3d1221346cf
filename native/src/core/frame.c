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

static void take_memory(h9_context *c, size_t size)
{
    c->arena_left -= size;
    if (c->arena_left < c->arena_least) c->arena_least = c->arena_left;
}

static bool add_chunk(h9_context *c, size_t size)
{
    h9_chunk *chunk = c->memory.resize(c->memory.state, NULL, 0, size);
    if (chunk == NULL) {
        h9_fail(c, H9_E_NO_MEMORY, NULL);
        return false;
    }
    take_memory(c, size);
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
    h9_drop_blocks(c, 0);
    while (H9_UNLIKELY(c->chunks != NULL && c->chunks->next != NULL)) h9_drop_chunk(c);
    if (c->chunks != NULL) {
        c->free = chunk_start(c->chunks);
        c->chunk_end = (uint8_t *)c->chunks + c->chunks->size;
    }
    c->tape_size = 0;
}

void h9_free_arena(h9_context *c)
{
    h9_drop_blocks(c, 0);
    for (h9_chunk *chunk = c->chunks; chunk != NULL;) {
        h9_chunk *next = chunk->next;
        c->arena_left += chunk->size;
        c->memory.resize(c->memory.state, chunk, chunk->size, 0);
        chunk = next;
    }
    c->chunks = NULL;
    c->free = c->chunk_end = NULL;
}

/* --- large lists: a block of memory for each, which grows where it stands, so that no old copy of it is kept --- */

static h9_block *block_of(const h9_slot *list) { return (h9_block *)(void *)list->list.items - 1; }

/* Makes or moves a block, which comes to stand among its neighbours. NULL: refused. */
static h9_block *resize_block(h9_context *c, h9_block *block, size_t size)
{
    size_t old = block ? block->size : 0;
    h9_block *grown = c->memory.resize(c->memory.state, block, old, size);
    if (grown == NULL) {
        h9_fail(c, H9_E_NO_MEMORY, NULL);
        return NULL;
    }
    take_memory(c, size - old);
    grown->size = size;
    if (block == NULL) {
        grown->older = c->blocks;
        grown->newer = NULL;
        c->blocks_count++;
    }
    if (grown->older != NULL) grown->older->newer = grown;
    *(grown->newer ? &grown->newer->older : &c->blocks) = grown;
    return grown;
}

void h9_drop_blocks(h9_context *c, uint32_t count)
{
    while (H9_UNLIKELY(c->blocks_count > count)) {
        h9_block *block = c->blocks;
        c->blocks = block->older;
        if (c->blocks != NULL) c->blocks->newer = NULL;
        c->blocks_count--;
        c->arena_left += block->size;
        c->memory.resize(c->memory.state, block, block->size, 0);
    }
}

/* --- lists --- */

static bool refuse_growth(h9_context *c, h9_code code)
{
    h9_fail(c, code, NULL);
    return false;
}

/* A list's bytes from which on it has a block of its own. */
#define LARGE ((uint64_t)1 << 15)

static bool grow_large(h9_context *c, h9_slot *list, size_t width, uint64_t need, uint64_t cap)
{
    uint64_t old = (uint64_t)list->list.cap * width;
    h9_block *block = old > LARGE ? block_of(list) : NULL;
    uint64_t room = c->arena_left + (block ? block->size : 0);
    room = room > sizeof *block ? (room - sizeof *block) / width : 0;
    if (need > room) return refuse_growth(c, H9_E_MEMORY);
    if (cap > room) cap = need + (room - need) / 2; /* others want some, too */
    if (cap * width <= LARGE) cap = LARGE / width + 1;
    if (cap > SIZE_MAX / 2 / width) return refuse_growth(c, H9_E_MEMORY);
    h9_block *grown = resize_block(c, block, sizeof *block + (size_t)cap * width);
    if (grown == NULL) return false;
    if (block == NULL && list->list.n) memcpy(grown + 1, list->list.items, list->list.n * width);
    list->list.items = (uint8_t *)(grown + 1);
    list->list.cap = (uint32_t)cap;
    return true;
}

/* To `need` items or more: twice as many as there is room for, if that may be, however few are asked for each time. */
static bool list_grow(h9_context *c, h9_slot *list, size_t width, uint64_t need)
{
    uint64_t most = (uint64_t)list->list.n + c->items + 1, cap = (uint64_t)list->list.cap * 2;
    if (cap > most) cap = most;
    if (cap < need) cap = need;
    if (cap > UINT32_MAX) return refuse_growth(c, H9_E_ITEMS);
    if (cap * width > LARGE) return grow_large(c, list, width, need, cap);
    uint8_t *items = h9_arena(c, (size_t)cap * width);
    if (items == NULL) return false;
    if (list->list.n) memcpy(items, list->list.items, list->list.n * width);
    list->list.items = items;
    list->list.cap = (uint32_t)cap;
    return true;
}

uint8_t *h9_list_add(h9_context *c, h9_slot *list, size_t width)
{
    if (!h9_count_item(c, NULL)) return NULL;
    uint32_t n = list->list.n;
    if (n == list->list.cap && !list_grow(c, list, width, n ? (uint64_t)n + 1 : 4)) return NULL;
    return list->list.items + (size_t)list->list.n++ * width;
}

bool h9_list_reserve(h9_context *c, h9_slot *list, size_t width, size_t n)
{
    if (n > c->items) return refuse_growth(c, H9_E_ITEMS);
    uint64_t need = (uint64_t)list->list.n + n;
    return need <= list->list.cap || list_grow(c, list, width, need);
}
