/* Refusals: noted where they happen, given a path on the way out, recorded by message. */
#include "core/error.h"

#include <string.h>

/* What a value means is wrong, from its type to what a mapping wants of it. */
_Static_assert(H9_E_BLOCK < H9_E_TYPE && H9_E_TYPE_URL < H9_E_DEPTH, "the codes are in order");

void h9_refuse(h9_context *c, h9_code code, const uint8_t *at)
{
    c->code = (uint32_t)code;
    c->is_meaning = code >= H9_E_TYPE && code < H9_E_DEPTH;
    c->at = at;
    c->unknown_symbol = NULL;
    c->places_size = c->places_done;
}

const uint8_t *h9_in_place(h9_context *c, h9_place place)
{
    if (c->places_size == c->places_cap) {
        size_t cap = c->places_cap < 16 ? 16 : c->places_cap * 2;
        size_t unit = sizeof *c->places;
        void *grown = c->memory.resize(c->memory.state, c->places, c->places_cap * unit, cap * unit);
        if (grown == NULL) return NULL; /* the refusal stands, with a shorter path */
        c->places = grown;
        c->places_cap = cap;
    }
    c->places[c->places_size++] = place;
    return NULL;
}

const uint8_t *h9_in_field(h9_context *c, uint32_t name)
{ return h9_in_place(c, (h9_place){H9_PLACE_FIELD, name, NULL}); }
const uint8_t *h9_in_item(h9_context *c, uint32_t index)
{ return h9_in_place(c, (h9_place){H9_PLACE_ITEM, index, NULL}); }
const uint8_t *h9_in_key(h9_context *c, const uint8_t *key, uint32_t size)
{ return h9_in_place(c, (h9_place){H9_PLACE_KEY, size, key}); }
const uint8_t *h9_in_rule(h9_context *c, uint32_t name)
{ return h9_in_place(c, (h9_place){H9_PLACE_RULE, name, NULL}); }

static void reverse(h9_place *p, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        h9_place t = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = t;
    }
}

/* A key may stand in the arena, which the next message takes: it is kept as its span only while that is safe. */
static void keep_keys(h9_context *c, h9_place *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].kind == H9_PLACE_KEY && !(p[i].key >= c->begin && p[i].key <= c->end)) p[i].key = NULL;
}

bool h9_errors_grow(h9_context *c)
{
    size_t cap = c->errors_cap < 16 ? 16 : c->errors_cap * 2;
    size_t unit = sizeof *c->errors;
    void *grown = c->memory.resize(c->memory.state, c->errors, c->errors_cap * unit, cap * unit);
    if (grown == NULL) return false;
    c->errors = grown;
    c->errors_cap = cap;
    return true;
}

bool h9_record_error(h9_context *c, uint64_t item)
{
    if (c->errors_size == c->errors_cap && !h9_errors_grow(c)) {
        h9_refuse(c, H9_E_NO_MEMORY, NULL);
        return false;
    }
    size_t n = c->places_size - c->places_done;
    if (n) {
        reverse(c->places + c->places_done, n);
        keep_keys(c, c->places + c->places_done, n);
    }
    bool inside = c->at >= c->begin && c->at <= c->end;
    c->errors[c->errors_size++] = (h9_error){.code = c->code,
                                             .places = (uint32_t)n,
                                             .first_place = c->places_done,
                                             .offset = inside ? (uint64_t)(c->at - c->begin) : 0,
                                             .record = c->record,
                                             .item = item};
    c->places_done = c->places_size;
    return true;
}
