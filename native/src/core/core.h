/* What the parts of the core share: slots, frames, the arena, errors, the plan as loaded.
 *
 * A reader is `const uint8_t *read(c, node, out, p)`: it reads one value at p into *out and returns where it ended, or
 * NULL after h9_fail(). A forward writer is `uint8_t *write(c, node, in, w)`: it writes at w, having made room with
 * h9_room(), and returns where it ended, or NULL. The input's end is c->end; records nest by a counter, not by copying
 * state.
 */
#ifndef H9_CORE_H
#define H9_CORE_H

#include <stdbool.h>
#include <string.h>

#include "hal9_core.h"
#include "hal9_image.h"

#define H9_LIKELY(x) __builtin_expect(!!(x), 1)
#define H9_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* --- slots and frames --- */

/* A span's flag: printable ASCII without quote and backslash, so JSON text as it stands. */
#define H9_SPAN_PLAIN 1u

typedef union h9_slot h9_slot;
union h9_slot {
    bool b;
    int64_t i;
    uint64_t u;
    float f;
    double d;
    struct {
        const uint8_t *p;
        uint32_t n;
        uint32_t flags;
    } s; /* in the input, the arena or the plan; BIGDECIMAL: flags is the scale */
    struct {
        int64_t sec;
        int32_t ns;
    } t; /* TIMESTAMP: 0 <= ns < 1e9; DURATION: ns has sec's sign */
    struct {
        uint32_t months, days, ms;
    } period;
    uint8_t id[16];
    struct {
        uint8_t *items;
        uint32_t n;
        uint32_t cap;
    } list;       /* in the arena; width in the node */
    h9_slot *rec; /* a frame */
    struct {
        h9_slot *value;
        uint32_t branch;
    } choice; /* a box in the arena, NULL for null */
    struct {
        uint32_t first, count;
    } any;                       /* items of c->tape */
    struct h9_span_chain *spans; /* unknown fields, in wire order */
    uint64_t raw[2];
};
_Static_assert(sizeof(h9_slot) == 16, "a slot is 16 bytes");

/* A frame is `slots` slots and then its presence bits, one 64-bit word for every 64 slots. */
static inline uint64_t *h9_bits(h9_slot *frame, const h9_record *r) { return (uint64_t *)(frame + r->slots); }
static inline const uint64_t *h9_cbits(const h9_slot *frame, const h9_record *r)
{ return (const uint64_t *)(frame + r->slots); }
static inline bool h9_has(const uint64_t *bits, uint32_t slot) { return (bits[slot >> 6] >> (slot & 63)) & 1; }
static inline void h9_set(uint64_t *bits, uint32_t slot) { bits[slot >> 6] |= UINT64_C(1) << (slot & 63); }
static inline void h9_unset(uint64_t *bits, uint32_t slot) { bits[slot >> 6] &= ~(UINT64_C(1) << (slot & 63)); }

typedef struct h9_span_chain {
    struct h9_span_chain *next, *last;
    const uint8_t *p;
    size_t n;
} h9_span_chain; /* `last` is kept in the first */

/* One item of an `any` tape. A list or map stands before its items; `u.end` is the tape index after its last one. */
typedef enum h9_tape_kind {
    H9_T_NULL,
    H9_T_FALSE,
    H9_T_TRUE,
    H9_T_INT,
    H9_T_UINT,
    H9_T_FLOAT,
    H9_T_FLOAT32,
    H9_T_NUMBER, /* a JSON number's text, where it isn't an integer within 64 bits (S34) */
    H9_T_STRING, /* p, n: valid UTF-8 */
    H9_T_BYTES,
    H9_T_LIST,
    H9_T_MAP,      /* n items or pairs; a map's keys are items too, before their values */
    H9_T_EXTENSION /* MessagePack: p[-1] is the type byte, n the size of the body at p */
} h9_tape_kind;
typedef struct h9_tape_item {
    uint16_t kind;
    uint16_t flags; /* STRING: H9_SPAN_PLAIN */
    uint32_t n;
    union {
        int64_t i;
        uint64_t u;
        double d;
        float f;
        const uint8_t *p;
        uint64_t end;
    } v;
} h9_tape_item;

/* --- the plan --- */

struct h9_plan {
    h9_header h;
    const h9_node *nodes;
    const h9_field *fields;
    const h9_record *records;
    const h9_key *keys;
    const h9_fill *fills;
    const h9_enum *enums;
    const h9_symbol *symbols;
    const h9_step *steps;
    const h9_insn *insns;
    const uint64_t *words64;
    const uint32_t *words32;
    const uint8_t *pool;
    h9_allocator memory;
    size_t size; /* of the block that holds all of it */
};

/* --- the context --- */

typedef struct h9_chunk {
    struct h9_chunk *next;
    size_t size;
} h9_chunk;

struct h9_context {
    const uint8_t *begin, *end; /* the message */
    const h9_plan *plan;
    uint32_t depth;            /* how many more levels may open */
    uint32_t items;            /* how many more items may come */
    uint8_t *free, *chunk_end; /* the arena: what is left of the newest chunk */
    h9_chunk *chunks;          /* newest first */
    uint64_t arena_left;       /* of limits.memory, beyond the chunks held */
    h9_tape_item *tape;
    uint32_t tape_size, tape_cap;
    uint8_t *out;
    size_t out_size, out_cap; /* finished messages; room for the current one behind them */
    uint8_t *back;
    size_t back_cap;   /* where the Protobuf writer writes, from the end */
    uint32_t code;     /* of the refusal under way */
    bool is_meaning;   /* it is about what a value means, rather than how it is written */
    const uint8_t *at; /* where */
    h9_place *places;
    size_t places_size, places_cap; /* of the refusal under way: innermost first, reversed when it is recorded */
    size_t places_done;             /* those of recorded errors stand before */
    h9_error *errors;
    size_t errors_size, errors_cap;
    h9_result *results; /* of a plan that makes many */
    size_t results_size, results_cap;
    uint64_t record; /* the message's number in this call */
    h9_framing framing;
    struct h9_ignored *ignored;
    size_t ignored_size, ignored_cap;
    uint64_t seed[2];
    uint64_t generated; /* ids made so far */
    h9_limits limits;
    h9_allocator memory;
    bool partial; /* running out of input isn't an error of the message */
};

/* --- errors (error.c) --- */

void h9_refuse(h9_context *c, h9_code code, const uint8_t *at);
/* Refuses the message: `code` at `at` (in the input, or NULL: where it begins). Always NULL, so that readers can return
 * it. */
static inline const uint8_t *h9_fail(h9_context *c, h9_code code, const uint8_t *at)
{
    h9_refuse(c, code, at);
    return NULL;
}
/* On the way out of a refusal, each level says where it stood. Always NULL. */
const uint8_t *h9_in_field(h9_context *c, uint32_t name);
const uint8_t *h9_in_item(h9_context *c, uint32_t index);
const uint8_t *h9_in_key(h9_context *c, const uint8_t *key, uint32_t size);
const uint8_t *h9_in_rule(h9_context *c, uint32_t name);
/* Room for more errors. false: there is no memory for them. */
bool h9_errors_grow(h9_context *c);
/* `item`: or H9_NO_ITEM. false: there is no memory for it, which refuses the message as a whole; and where it was that
 * already, the call. */
bool h9_record_error(h9_context *c, uint64_t item);

/* A list's item that was refused for what it means, with its refusal: H9_N_EACH. */
typedef struct h9_bad_item {
    h9_place *places; /* innermost first */
    size_t count;
    const uint8_t *at;
    uint32_t code;
} h9_bad_item;
extern const h9_slot h9_bad; /* what such an item's record or box points to */
static inline bool h9_is_bad(const h9_slot *item) { return item->rec == &h9_bad; }
static inline const h9_bad_item *h9_bad_of(const h9_slot *item) { return (const h9_bad_item *)(uintptr_t)item->raw[1]; }
/* The item that was just refused stands as a bad one, if its list wants that. `depth`: the context's where the item
 * begins. false: it doesn't, and the refusal stands. */
bool h9_set_aside(h9_context *c, const h9_node *list, uint32_t depth, h9_slot *item);
/* The refusal just made about a value's meaning, kept for later; the context is as before it, at `depth`. NULL: it was
 * about something else, and stands. */
h9_bad_item *h9_put_off(h9_context *c, uint32_t depth);
/* The item's refusal is under way again. */
void h9_refuse_bad(h9_context *c, const h9_bad_item *bad);

/* An operand that two of an instruction's numbers make together. */
static inline uint32_t h9_wide(const h9_insn *n) { return n->a | (uint32_t)n->b << 16; }

/* --- memory (frame.c) --- */

/* What h9_allocator.resize is where the caller names none. */
void *h9_default_resize(void *state, void *block, size_t old_size, size_t size);

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
/* A frame for record table r with nothing present. NULL: refused. */
static inline h9_slot *h9_frame_new(h9_context *c, const h9_record *r)
{
    h9_slot *frame = h9_arena(c, r->slots * sizeof(h9_slot) + r->words * sizeof(uint64_t));
    if (H9_LIKELY(frame != NULL)) memset(frame + r->slots, 0, r->words * sizeof(uint64_t));
    return frame;
}
/* Room for one more item of `width` bytes; returns where it goes and counts it. NULL: refused. */
uint8_t *h9_list_add(h9_context *c, h9_slot *list, size_t width);
/* Room for n more at once (n is bounded by the caller by what the input can still hold); false: refused. */
bool h9_list_reserve(h9_context *c, h9_slot *list, size_t width, size_t n);
/* Packs a slot into an item, and back. */
static inline void h9_item_put(uint8_t *item, size_t width, const h9_slot *v)
{
    switch (width) {
    case 1: item[0] = (uint8_t)v->raw[0]; break;
    case 4: memcpy(item, v, 4); break;
    case 8: memcpy(item, v, 8); break;
    default: memcpy(item, v, 16); break;
    }
}
/* Integers of 4 bytes are widened by sign (INT) or zeros (UINT); see the writing item's op. */
static inline void h9_item_get(const uint8_t *item, size_t width, uint8_t op, h9_slot *v)
{
    int32_t narrow;
    switch (width) {
    case 1: v->raw[0] = item[0]; break;
    case 4:
        memcpy(&narrow, item, 4);
        if (op == H9_OP_INT || op == H9_OP_ENUM || op == H9_OP_DATE) v->i = narrow;
        else v->u = (uint32_t)narrow;
        break;
    case 8: memcpy(v, item, 8); break;
    default: memcpy(v, item, 16); break;
    }
}
/* One more item on the tape (index; the pointer moves when it grows). NULL: refused. */
h9_tape_item *h9_tape_add(h9_context *c, h9_tape_kind kind);

/* --- levels and counts --- */

static inline bool h9_enter(h9_context *c, const uint8_t *at)
{
    if (H9_UNLIKELY(c->depth == 0)) {
        h9_fail(c, H9_E_DEPTH, at);
        return false;
    }
    c->depth--;
    return true;
}
static inline void h9_leave(h9_context *c) { c->depth++; }
static inline bool h9_count_item(h9_context *c, const uint8_t *at)
{
    if (H9_UNLIKELY(c->items == 0)) {
        h9_fail(c, H9_E_ITEMS, at);
        return false;
    }
    c->items--;
    return true;
}

/* --- what every reader needs (record.c) --- */

/* Steps `conv` on *v, read at `at`. false: refused. */
bool h9_convert(h9_context *c, uint32_t conv, h9_slot *v, const uint8_t *at);
/* After the last member: what must be there and isn't is filled in or refused. false: refused at `at`. */
bool h9_finish(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *at);
/* Whether every member that must be there was met, null or not: a bit in `met` for each field. false: refused at `at`.
 */
bool h9_all_met(h9_context *c, const h9_record *r, const uint64_t *met, const uint8_t *at);
/* Looks a key up in the hash table at words32[table]; NULL: not there. */
const h9_key *h9_find_key(const h9_plan *plan, uint32_t table, uint32_t mask, const uint8_t *p, size_t n);
static inline uint32_t h9_key_hash(const uint8_t *p, size_t n)
{
    uint64_t a = 0, b = 0;
    if (n >= 8) {
        memcpy(&a, p, 8);
        memcpy(&b, p + n - 8, 8);
    } else if (n >= 4) {
        uint32_t x, y;
        memcpy(&x, p, 4);
        memcpy(&y, p + n - 4, 4);
        a = x;
        b = y;
    } else if (n > 0) {
        a = (uint64_t)p[0] | (uint64_t)p[n >> 1] << 8 | (uint64_t)p[n - 1] << 16;
    }
    a = (a ^ (n * UINT64_C(0x9E3779B97F4A7C15))) * UINT64_C(0xBF58476D1CE4E5B9);
    b = (b ^ (a >> 29)) * UINT64_C(0x94D049BB133111EB);
    a ^= b ^ (b >> 31);
    return (uint32_t)(a ^ (a >> 32));
}
/* An enum's symbol by its name's text / by its number; NULL: unknown. */
const h9_symbol *h9_symbol_named(const h9_plan *plan, const h9_enum *e, const uint8_t *p, size_t n);
const h9_symbol *h9_symbol_numbered(const h9_plan *plan, const h9_enum *e, int64_t number);
/* A member that the schema doesn't name is counted. */
void h9_ignore(h9_context *c, const h9_record *r, const uint8_t *key, size_t n);

/* Tells whether a map's key was there before. For few entries it compares; for many it hashes with the context's seed
 * (B19). Called once, after the last entry, on finished string keys: keeps the first of equal keys' places and the last
 * value where `last_wins` (fixing list->n), else refuses at `at`. Keys are slots of kind `op` (H9_OP_STRING, INT, UINT,
 * BOOL). false: refused. */
bool h9_map_unique(h9_context *c, h9_slot *map, uint8_t op, bool last_wins, const uint8_t *at);

/* --- output --- */

uint8_t *h9_room_slow(h9_context *c, uint8_t *w, size_t n);
/* At least n bytes can be written at the result, which is w unless the output moved. NULL: refused. */
static inline uint8_t *h9_room(h9_context *c, uint8_t *w, size_t n)
{
    if (H9_UNLIKELY((size_t)(c->out + c->out_cap - w) < n)) return h9_room_slow(c, w, n);
    return w;
}

/* --- the formats --- */

const uint8_t *h9_read_avro(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_read_json(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
const uint8_t *h9_read_protobuf(h9_context *c, const h9_node *n, h9_slot *out,
                                const uint8_t *p); /* the root: up to c->end */
const uint8_t *h9_read_msgpack(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);
uint8_t *h9_write_avro(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
uint8_t *h9_write_json(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);
uint8_t *h9_write_protobuf(h9_context *c, const h9_node *n, const h9_slot *v,
                           uint8_t *w); /* the root; writes backwards into c->back, then copies to w */
uint8_t *h9_write_msgpack(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w);

/* A JSON reader passes white space before a value; at the root also after it. */
const uint8_t *h9_skip_json_space(const uint8_t *p, const uint8_t *end);

/* The mapping of what was read (steps/machine.c). `*out`: the frame to be written, or NULL where all that it made has
 * been written already (h9_header.many). false: refused. */
bool h9_map_frame(h9_context *c, h9_slot *frame, h9_slot **out);

#endif
