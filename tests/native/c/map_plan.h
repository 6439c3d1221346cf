/* The plan of test_map.c, test_program.c and test_tape.c, made by hand: a record that is read, one that is written, and
 * a program that each test writes. */
#ifndef H9_TEST_MAP_PLAN_H
#define H9_TEST_MAP_PLAN_H

#include "check.h"
#include "core/aside.h"
#include "core/check.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"
#include "core/record.h"
#include "core/tape.h"
#include "steps/machine.h"

enum { SOURCE = 0, TARGET = 1, NEEDY = 2, PAIR = 3 };                        /* record tables */
enum { NIL = 0, STRING, INT, F64, BOOL, READ_ROOT, WRITE_ROOT, ANY, NODES }; /* nodes */
enum { KEY = 7, REGISTERS = 32, SLOTS = 70 };

static h9_node nodes[NODES];
static h9_record records[4];
static h9_fill fills[2];
static h9_step steps[8];
static h9_insn insns[64];
static uint64_t words64[8];
static uint32_t words32[16];
static uint8_t pool[256];
static uint32_t pool_used;
static h9_plan plan = {.nodes = nodes,
                       .records = records,
                       .fills = fills,
                       .steps = steps,
                       .insns = insns,
                       .words64 = words64,
                       .words32 = words32,
                       .pool = pool};
static h9_limits limits = {.depth = 8, .items = 100, .memory = 1 << 20, .string = 100, .record = 1 << 20};
static h9_context *c;
static h9_slot source[SLOTS + 2];

/* --- making plans --- */

static inline uint32_t text(const char *p, size_t n)
{
    memcpy(pool + pool_used, p, n);
    pool_used += (uint32_t)n;
    return pool_used - (uint32_t)n;
}

static inline void record(uint32_t i, uint32_t slots)
{ records[i] = (h9_record){.slots = slots, .words = (slots + 63) / 64, .need = H9_NONE, .unknown_slot = H9_NO_SLOT}; }

static inline void make_plan(void)
{
    static const uint8_t ops[NODES] = {H9_OP_NULL, H9_OP_STRING, H9_OP_INT,    H9_OP_F64,
                                       H9_OP_BOOL, H9_OP_RECORD, H9_OP_RECORD, H9_OP_ANY};
    for (uint32_t i = 0; i < NODES; i++)
        nodes[i] = (h9_node){.op = ops[i], .bits = 64, .lo = INT64_MIN, .hi = INT64_MAX};
    nodes[READ_ROOT].a = SOURCE;
    nodes[WRITE_ROOT].a = TARGET;
    record(SOURCE, SLOTS);
    record(TARGET, SLOTS);
    record(NEEDY, 2);
    record(PAIR, 2);
    words64[0] = 3; /* NEEDY's both slots: the first is filled with zero, the second must be there */
    records[NEEDY].need = 0;
    records[NEEDY].fills = 2;
    fills[0] = (h9_fill){.slot = 0, .kind = H9_FILL_ZERO};
    fills[1] = (h9_fill){.slot = 1, .kind = H9_FILL_MISSING, .name = 3};
    steps[1] = (h9_step){.code = H9_STEP_LOWER};
    steps[2] = (h9_step){.code = H9_STEP_STRING_TO_I, .lo = 0, .hi = 9};
    plan.h = (h9_header){.read_root = READ_ROOT,
                         .write_root = WRITE_ROOT,
                         .registers = REGISTERS,
                         .nodes = NODES,
                         .records = 4,
                         .fills = 2,
                         .steps = 8,
                         .words32 = 16,
                         .words64 = 8,
                         .pool = sizeof pool,
                         .names = 8};
}

/* An instruction is added; all have the same key. */
static inline h9_insn *add(h9_insn_op op, uint16_t dst, uint16_t a, uint16_t b, uint32_t cc, uint32_t d)
{
    h9_insn *n = &insns[plan.h.insns++];
    *n = (h9_insn){.op = (uint16_t)op, .dst = dst, .a = a, .b = b, .c = cc, .d = d, .name = KEY};
    return n;
}

static inline void start(void) { plan.h.insns = 0; }

/* Puts register i into slot i of the target, for all i < count, and ends: what became of each is then to be seen. */
static inline void show(uint16_t count)
{
    add(H9_I_RECORD_NEW, REGISTERS - 1, 0, 0, TARGET, 0);
    for (uint16_t i = 0; i < count; i++) add(H9_I_SET, REGISTERS - 1, i, i, TARGET, 0);
    add(H9_I_END, 0, REGISTERS - 1, 0, 0, 0);
}

static inline void open_context(void)
{
    static const uint8_t seed[16] = {1, 2, 3};
    c = h9_context_new(NULL, &limits, seed);
    make_plan();
}

static inline void fresh(void)
{
    static const uint8_t message[1] = {0};
    c->plan = &plan;
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
    CHECK(h9_good_program(&plan));
    h9_slot *frame;
    return h9_run_program(c, source, &frame) ? frame : NULL;
}

static inline bool there(const h9_slot *frame, uint32_t slot)
{ return h9_has(h9_cbits(frame, &records[TARGET]), slot); }

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
    h9_set(h9_bits(source, &records[SOURCE]), slot);
}

static inline void forget(void) { memset(source, 0, sizeof source); }

/* A program that loads two texts (NULL: absent) into registers 0 and 1, which are also listed at words32[4]. */
static inline void parts(const char *a, const char *b)
{
    forget();
    if (a) give(0, slot_text(a));
    if (b) give(1, slot_text(b));
    words32[4] = 0;
    words32[5] = 1;
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_LOAD, 1, 1, 0, 0, 0);
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
