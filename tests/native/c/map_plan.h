/* Programs between two records, as tests/native/program_images.py and loop_images.py made them; which of them, the
 * header of images says that stands before this one. A test fills the record that is read by itself. */
#ifndef H9_TEST_MAP_PLAN_H
#define H9_TEST_MAP_PLAN_H

#include "core/aside.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/output.h"
#include "core/record.h"
#include "core/tape.h"
#include "images.h"
#include "steps/machine.h"

enum { SOURCE = 0, TARGET = 1, NEEDY = 2, PAIR = 3 };                        /* record tables */
enum { NIL = 0, STRING, INT, F64, BOOL, READ_ROOT, WRITE_ROOT, ANY, NODES }; /* nodes */
enum { KEY = 7, REGISTERS = 32, SLOTS = 70 };

static h9_plan *plans[PLANS];
static const h9_plan *plan; /* the one in use */
static h9_limits limits = {.depth = 8, .items = 100, .memory = 1 << 20, .string = 100, .record = 1 << 20};
static h9_context *c;
static h9_slot source[SLOTS + 2];

/* --- running plans --- */

static inline void use(uint32_t i) { plan = plans[i]; }

static inline void open_context(void)
{
    static const uint8_t seed[16] = {1, 2, 3};
    c = h9_context_new(NULL, &limits, seed);
    for (uint32_t i = 0; i < PLANS; i++) plans[i] = load_image(&images[i]);
    use(0);
}

static inline void close_context(void)
{
    h9_context_free(c);
    for (uint32_t i = 0; i < PLANS; i++) h9_plan_free(plans[i]);
}

static inline void fresh(void)
{
    static const uint8_t message[1] = {0};
    c->plan = plan;
    c->begin = message;
    c->end = message + 1;
    c->depth = limits.depth;
    c->items = limits.items;
    c->places_size = c->places_done = 0;
    h9_arena_reset(c);
}

static inline h9_slot *map(void)
{
    fresh();
    h9_slot *frame;
    return h9_run_program(c, source, &frame) ? frame : NULL;
}

static inline bool there(const h9_slot *frame, uint32_t slot)
{ return h9_has(h9_cbits(frame, &plan->records[TARGET]), slot); }

static inline h9_slot slot_text(const char *p)
{
    h9_slot v;
    v.s.p = (const uint8_t *)p;
    v.s.n = (uint32_t)strlen(p);
    v.s.flags = H9_SPAN_PLAIN;
    return v;
}

static inline void give(uint32_t slot, h9_slot v)
{
    source[slot] = v;
    h9_set(h9_bits(source, &plan->records[SOURCE]), slot);
}

static inline void forget(void) { memset(source, 0, sizeof source); }

/* Two texts (NULL: absent) are given. */
static inline void parts(const char *a, const char *b)
{
    forget();
    if (a) give(0, slot_text(a));
    if (b) give(1, slot_text(b));
}

#define CHECK_SPAN(slot, want) CHECK_TEXT((slot).s.p, (slot).s.n, want)

static inline void check_refused(h9_code code, const h9_slot *frame)
{
    CHECK(frame == NULL);
    CHECK_INT(c->code, code);
    CHECK(c->at == c->begin);
    CHECK(c->places_size > 0);
    if (c->places_size == 0) return;
    CHECK_INT(c->places[c->places_size - 1].kind, H9_PLACE_RULE);
    CHECK_INT(c->places[c->places_size - 1].index, KEY);
}

#endif
