/* What the tests of loops share: all that came of a program told as a line of text, and what it reads. */
#ifndef H9_TEST_EACH_PLAN_H
#define H9_TEST_EACH_PLAN_H

#include "images.h"
#include "images/loop.h"
#include "map_plan.h"

enum { OUTER = 6 }; /* the name of a loop in no other; KEY is every instruction's own */

static char told[8192], refused[256];
static size_t told_size;

/* --- what came of it --- */

static inline void tell_path(char *to, size_t size, const h9_place *p, size_t n, bool outermost_first)
{
    to[0] = 0;
    for (size_t i = 0; i < n; i++) {
        const h9_place *each = &p[outermost_first ? i : n - 1 - i];
        size_t at = strlen(to);
        static const char *const shapes[] = {".%u", "[%u]", "{%u}", ":%u"};
        snprintf(to + at, size - at, shapes[each->kind], each->index);
    }
}

static inline void tell(const char *shape, uint64_t record, uint64_t item, const char *what)
{
    int n = snprintf(told + told_size, sizeof told - told_size, shape, (unsigned)record, (unsigned)item, what);
    told_size += n > 0 ? (size_t)n : 0;
    if (told_size >= sizeof told) told_size = sizeof told - 1;
}

/* "0.1=x " for a result of message 0, "0.2!49@PATH " for a refused one, "1!10@PATH " for a whole message. */
static inline const char *tell_all(void)
{
    size_t from = 0;
    told_size = 0;
    told[0] = 0;
    for (size_t i = 0; i < c->results_size; i++) {
        const h9_result *r = &c->results[i];
        char text[64] = "";
        size_t n = (size_t)r->end - from;
        if (CHECK(n > 0 && n <= sizeof text)) memcpy(text, c->out + from + 1, n - 1); /* after its length */
        tell("%u.%u=%s ", r->record, r->item, text);
        from = (size_t)r->end;
    }
    CHECK_INT(c->out_size, from);
    for (size_t i = 0; i < c->errors_size; i++) {
        const h9_error *e = &c->errors[i];
        char path[128], what[160];
        tell_path(path, sizeof path, c->places + e->first_place, e->places, true);
        snprintf(what, sizeof what, "%u@%s", e->code, path);
        if (e->item == H9_NO_ITEM) tell("%u!%.0u%s ", e->record, 0, what);
        else tell("%u.%u!%s ", e->record, e->item, what);
    }
    return told;
}

static size_t room; /* bytes of arena that a program may take, or 0: as the limits say */

/* Runs the program on the source frame. `refused` says "CODE@PATH" where it is refused as a whole. */
static inline const char *each(void)
{
    h9_slot *frame = NULL;
    fresh();
    c->out_size = c->results_size = c->errors_size = 0;
    refused[0] = 0;
    CHECK(h9_arena(c, 1) != NULL); /* there is a chunk */
    uint64_t left = c->arena_left;
    uint8_t *end = c->chunk_end;
    if (room) c->arena_left = 0;
    if (room) c->chunk_end = c->free + room;
    bool good = h9_run_program(c, source, &frame);
    if (room) c->arena_left = left;
    if (room) c->chunk_end = end;
    if (good) CHECK(frame == NULL && c->places_size == c->places_done);
    char path[128];
    tell_path(path, sizeof path, c->places + c->places_done, c->places_size - c->places_done, false);
    if (!good) snprintf(refused, sizeof refused, "%u@%s", c->code, path);
    return tell_all();
}

#define CHECK_TOLD(want)                                                                                               \
    do {                                                                                                               \
        const char *told_now = each();                                                                                 \
        CHECK_TEXT(told_now, strlen(told_now), want);                                                                  \
        CHECK_TEXT(refused, strlen(refused), "");                                                                      \
    } while (0)
#define CHECK_WHOLE(want)                                                                                              \
    do {                                                                                                               \
        each();                                                                                                        \
        CHECK_TEXT(refused, strlen(refused), want);                                                                    \
    } while (0)

/* --- what is read --- */

static h9_slot frames[64][3];
static uint32_t frames_used;

/* A record of two slots: a text (NULL: absent), and any value. */
static inline h9_slot pair(const char *name, const h9_slot *second)
{
    h9_slot *frame = frames[frames_used++ % 64], v;
    memset(frame, 0, sizeof frames[0]);
    if (name) frame[0] = slot_text(name);
    if (second) frame[1] = *second;
    *(uint64_t *)(void *)(frame + 2) = (name != NULL) | (uint64_t)(second != NULL) << 1;
    v.raw[1] = 0;
    v.rec = frame;
    return v;
}

static inline h9_slot list_of(void *items, uint32_t n)
{
    h9_slot v;
    v.list.items = items;
    v.list.n = v.list.cap = n;
    return v;
}

static inline h9_slot box_of(h9_slot *value)
{
    h9_slot v = {.raw = {0, 0}};
    v.choice.value = value;
    v.choice.branch = value != NULL;
    return v;
}

#endif
