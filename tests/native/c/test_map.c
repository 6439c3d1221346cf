/* The mapping's instructions, by a plan made by hand: what each makes of values there and not there, what is refused when a
 * program is loaded, and what when it runs. The steps on tapes, by what JSON and MessagePack put on them. */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "convert.h"
#include "core.h"
#include "run.h"
#include "scalar.h"

bool h9_good_program(const h9_plan *p);

enum { SOURCE = 0, TARGET = 1, NEEDY = 2, PAIR = 3 };                       /* record tables */
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
static h9_plan plan = {.nodes = nodes, .records = records, .fills = fills, .steps = steps, .insns = insns, .words64 = words64,
                       .words32 = words32, .pool = pool};
static h9_limits limits = {.depth = 8, .items = 100, .memory = 1 << 20, .string = 100, .record = 1 << 20};
static h9_context *c;
static h9_slot source[SLOTS + 2];

/* --- making plans --- */

static uint32_t text(const char *p, size_t n)
{
    memcpy(pool + pool_used, p, n);
    pool_used += (uint32_t)n;
    return pool_used - (uint32_t)n;
}

static void record(uint32_t i, uint32_t slots)
{
    records[i] = (h9_record){.slots = slots, .words = (slots + 63) / 64, .need = H9_NONE, .unknown_slot = H9_NO_SLOT};
}

static void make_plan(void)
{
    static const uint8_t ops[NODES] = {H9_OP_NULL, H9_OP_STRING, H9_OP_INT, H9_OP_F64, H9_OP_BOOL, H9_OP_RECORD, H9_OP_RECORD, H9_OP_ANY};
    for (uint32_t i = 0; i < NODES; i++) nodes[i] = (h9_node){.op = ops[i], .bits = 64, .lo = INT64_MIN, .hi = INT64_MAX};
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
    plan.h = (h9_header){.read_root = READ_ROOT, .write_root = WRITE_ROOT, .map_root = SOURCE, .registers = REGISTERS,
                         .nodes = NODES, .records = 4, .fills = 2, .steps = 8, .words32 = 16, .words64 = 8, .pool = sizeof pool,
                         .names = 8};
}

/* An instruction is added; all have the same key. */
static h9_insn *add(h9_insn_op op, uint16_t dst, uint16_t a, uint16_t b, uint32_t cc, uint32_t d)
{
    h9_insn *n = &insns[plan.h.insns++];
    *n = (h9_insn){.op = (uint16_t)op, .dst = dst, .a = a, .b = b, .c = cc, .d = d, .name = KEY};
    return n;
}

static void start(void) { plan.h.insns = 0; }

/* Puts register i into slot i of the target, for all i < count, and ends: what each register became is then to be seen. */
static void show(uint16_t count)
{
    add(H9_I_RECORD_NEW, REGISTERS - 1, 0, 0, TARGET, 0);
    for (uint16_t i = 0; i < count; i++) add(H9_I_SET, REGISTERS - 1, i, i, TARGET, 0);
    add(H9_I_END, 0, REGISTERS - 1, 0, 0, 0);
}

static void fresh(void)
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

static h9_slot *map(void)
{
    fresh();
    CHECK(h9_good_program(&plan));
    return h9_map_frame(c, source);
}

static bool there(const h9_slot *frame, uint32_t slot) { return h9_has(h9_cbits(frame, &records[TARGET]), slot); }

static h9_slot slot_text(const char *p)
{
    h9_slot v;
    v.s.p = (const uint8_t *)p;
    v.s.n = (uint32_t)strlen(p);
    v.s.flags = H9_SPAN_PLAIN;
    return v;
}

static void give(uint32_t slot, h9_slot v)
{
    source[slot] = v;
    h9_set(h9_bits(source, &records[SOURCE]), slot);
}

static void forget(void) { memset(source, 0, sizeof source); }

#define CHECK_SPAN(slot, want) CHECK_TEXT((slot).s.p, (slot).s.n, want)

static void check_refused(h9_code code, const h9_slot *frame)
{
    CHECK(frame == NULL);
    CHECK_INT(c->code, code);
    CHECK(c->at == c->begin);
    CHECK(c->places_size > 0);
    if (c->places_size == 0) return;
    CHECK_INT(c->places[c->places_size - 1].kind, H9_PLACE_FIELD);
    CHECK_INT(c->places[c->places_size - 1].index, KEY);
}

/* --- taking apart --- */

static void test_load_and_field(void)
{
    h9_slot inner[3], v;
    memset(inner, 0, sizeof inner);
    inner[1] = slot_text("in");
    h9_set((uint64_t *)(inner + 2), 1);
    forget();
    give(0, slot_text("a"));
    give(69, slot_text("last")); /* in the second presence word */
    v.rec = inner;
    give(2, v);
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_LOAD, 1, 1, 0, 0, 0);
    add(H9_I_LOAD, 2, 69, 0, 0, 0);
    add(H9_I_LOAD, 3, 2, 0, 0, 0);
    add(H9_I_FIELD, 4, 3, 1, PAIR, 0);
    add(H9_I_FIELD, 5, 3, 0, PAIR, 0);
    add(H9_I_FIELD, 6, 1, 0, PAIR, 0); /* of no record */
    add(H9_I_COPY, 7, 0, 0, 0, 0);
    add(H9_I_CLEAR, 7, 0, 0, 0, 0);
    add(H9_I_COPY, 8, 1, 0, 0, 0);
    add(H9_I_COPY, 9, 4, 0, 0, 0);
    show(10);
    h9_slot *frame = map();
    CHECK(there(frame, 0) && there(frame, 2) && there(frame, 4) && there(frame, 9));
    CHECK_SPAN(frame[0], "a");
    CHECK_SPAN(frame[2], "last");
    CHECK_SPAN(frame[4], "in");
    CHECK_SPAN(frame[9], "in");
    for (uint32_t i = 5; i < 9; i++) CHECK(!there(frame, i));
    CHECK(!there(frame, 1));
}

static void test_containers(void)
{
    h9_slot entries[4] = {slot_text("k"), slot_text("v"), slot_text(""), slot_text("empty")};
    int32_t numbers[2] = {-5, 6};
    h9_slot v, boxed = slot_text("boxed");
    forget();
    v.list.items = (uint8_t *)entries; v.list.n = 2; v.list.cap = 2;
    give(0, v);
    v.list.items = (uint8_t *)numbers; v.list.n = 2; v.list.cap = 2;
    give(1, v);
    v.choice.value = &boxed; v.choice.branch = 1;
    give(2, v);
    v.choice.value = NULL; v.choice.branch = 0;
    give(3, v);
    start();
    for (uint16_t i = 0; i < 4; i++) add(H9_I_LOAD, i, i, 0, 0, 0);
    add(H9_I_ENTRY, 4, 0, 0, text("k", 1), 1);
    add(H9_I_ENTRY, 5, 0, 0, 0, 0);
    add(H9_I_ENTRY, 6, 0, 0, text("none", 4), 4);
    add(H9_I_INDEX, 7, 1, 4, 0, H9_OP_INT);
    add(H9_I_INDEX, 8, 1, 4, 1, H9_OP_UINT);
    add(H9_I_INDEX, 9, 1, 4, 2, H9_OP_INT);
    add(H9_I_BRANCH, 10, 2, 0, 1, 0);
    add(H9_I_BRANCH, 11, 2, 0, 0, 0);
    add(H9_I_BRANCH, 12, 3, 0, 0, 0); /* null has no value */
    add(H9_I_UNBOX, 13, 2, 0, 0, 0);
    add(H9_I_UNBOX, 14, 3, 0, 0, 0);
    show(15);
    h9_slot *frame = map();
    CHECK_SPAN(frame[4], "v");
    CHECK_SPAN(frame[5], "empty");
    CHECK_INT(frame[7].i, -5);
    CHECK_INT(frame[8].u, 6);
    CHECK_SPAN(frame[10], "boxed");
    CHECK_SPAN(frame[13], "boxed");
    CHECK(there(frame, 4) && there(frame, 5) && there(frame, 7) && there(frame, 8) && there(frame, 10) && there(frame, 13));
    CHECK(!there(frame, 6) && !there(frame, 9) && !there(frame, 11) && !there(frame, 12) && !there(frame, 14));
}

/* --- making values --- */

static void test_const_and_step(void)
{
    forget();
    start();
    add(H9_I_CONST, 0, STRING, 0, text("\xA2Hi", 3), 3);
    add(H9_I_STEP, 1, 0, 0, 1, 0);
    add(H9_I_STEP, 2, 0, 0, 0, 0); /* no steps */
    add(H9_I_CONST, 3, INT, 0, text("\xD0\xFF", 2), 2);
    add(H9_I_STEP, 4, 9, 0, 1, 0); /* of nothing */
    show(5);
    h9_slot *frame = map();
    CHECK_SPAN(frame[0], "Hi");
    CHECK_SPAN(frame[1], "hi");
    CHECK_SPAN(frame[2], "Hi");
    CHECK_INT(frame[3].i, -1);
    CHECK(!there(frame, 4));
    CHECK(c->end == c->begin + 1); /* the message's bounds are its own again */
    start();
    add(H9_I_CONST, 0, STRING, 0, text("\xA1" "5", 2), 2);
    add(H9_I_STEP, 0, 0, 0, 2, 0);
    show(1);
    CHECK_INT(map()[0].i, 5);
    start();
    add(H9_I_CONST, 0, STRING, 0, text("\xA2" "50", 3), 3);
    add(H9_I_STEP, 0, 0, 0, 2, 0);
    show(1);
    check_refused(H9_E_RANGE, map());
    start();
    add(H9_I_CONST, 0, INT, 0, text("\xA1" "5", 2), 2);
    show(1);
    check_refused(H9_E_TYPE, map());
    CHECK(c->end == c->begin + 1);
}

static void parts(const char *a, const char *b)
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

static void test_join(void)
{
    parts("ab", "cd");
    add(H9_I_JOIN, 2, 0, 0, 4, 2);
    add(H9_I_JOIN, 3, 0, 0, 4, 0);
    show(4);
    h9_slot *frame = map();
    CHECK_SPAN(frame[2], "abcd");
    CHECK_INT(frame[2].s.flags, H9_SPAN_PLAIN);
    CHECK(there(frame, 3) && frame[3].s.n == 0);
    parts("ab", NULL);
    add(H9_I_JOIN, 2, 0, 0, 4, 2);
    show(3);
    CHECK(!there(map(), 2));
    parts("a", "");
    source[1].s.flags = 0;
    add(H9_I_JOIN, 2, 0, 0, 4, 2);
    show(3);
    frame = map();
    CHECK_SPAN(frame[2], "a");
    CHECK_INT(frame[2].s.flags, 0);
}

static void test_join_limit(void)
{
    static char half[51], more[52];
    memset(half, 'x', 50);
    memset(more, 'x', 51);
    parts(half, half);
    add(H9_I_JOIN, 2, 0, 0, 4, 2);
    show(3);
    h9_slot *frame = map();
    CHECK(frame != NULL && frame[2].s.n == 100);
    parts(half, more);
    add(H9_I_JOIN, 2, 0, 0, 4, 2);
    show(3);
    check_refused(H9_E_STRING, map());
}

static void check_uuid5(const char *a, const char *b, uint32_t count, const char *want)
{
    static const uint8_t dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    uint8_t printed[H9_UUID_TEXT];
    parts(a, b);
    memcpy(pool + 240, dns, 16);
    add(H9_I_UUID5, 2, 4, 0, 240, count);
    show(3);
    h9_slot *frame = map();
    CHECK(there(frame, 2) == (want != NULL));
    if (want == NULL) return;
    h9_uuid_print(printed, frame[2].id);
    CHECK_TEXT(printed, H9_UUID_TEXT, want);
}

/* The ids are Python's: uuid.UUID(bytes=sha1(namespace + each length and text)[:16], version=5). */
static void test_uuid5(void)
{
    check_uuid5("left", "right", 2, "53b3f6ee-cdee-59ac-9ef0-42a844e20895");
    check_uuid5("", NULL, 1, "9ff2c80d-0d05-5aee-936e-99c96c83ad21");
    check_uuid5(NULL, NULL, 0, "4ebd0208-8328-5d69-8c44-ec50939c0967");
    check_uuid5("left", NULL, 2, NULL);
}

static void test_uuid4(void)
{
    enum { COUNT = 200 };
    static h9_slot ids[COUNT];
    uint8_t all_ones[16], all_zeros[16] = {0};
    memset(all_ones, 0xFF, 16);
    start();
    add(H9_I_UUID4, 0, 0, 0, 0, 0);
    show(1);
    for (int i = 0; i < COUNT; i++) {
        ids[i] = map()[0];
        CHECK_INT(ids[i].id[6] >> 4, 4);
        CHECK_INT(ids[i].id[8] >> 6, 2);
        for (int k = 0; k < 16; k++) { all_ones[k] &= ids[i].id[k]; all_zeros[k] |= ids[i].id[k]; }
        for (int k = 0; k < i; k++) CHECK(memcmp(ids[i].id, ids[k].id, 16) != 0);
    }
    for (int k = 0; k < 16; k++) { /* every bit but those of version and variant varies */
        CHECK_INT(all_ones[k], k == 6 ? 0x40 : k == 8 ? 0x80 : 0);
        CHECK_INT(all_zeros[k], k == 6 ? 0x4F : k == 8 ? 0xBF : 0xFF);
    }
    c->generated = 0; /* another seed gives other ids */
    c->seed[0]++;
    CHECK(memcmp(map()[0].id, ids[0].id, 16) != 0);
}

static void test_now(void)
{
    time_t before = time(NULL);
    start();
    add(H9_I_NOW, 0, 0, 0, 0, 0);
    show(1);
    h9_slot *frame = map();
    CHECK(frame[0].t.sec >= (int64_t)before - 1 && frame[0].t.sec <= (int64_t)time(NULL) + 1);
    CHECK(frame[0].t.ns >= 0 && frame[0].t.ns < 1000000000);
}

/* --- conditions --- */

static bool holds(h9_compare comparison, h9_op op, h9_slot a, h9_slot b)
{
    forget();
    give(0, a);
    give(1, b);
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_LOAD, 1, 1, 0, 0, 0);
    add(H9_I_COMPARE, 2, 0, 1, comparison, op);
    show(3);
    h9_slot *frame = map();
    CHECK(there(frame, 2));
    return frame[2].b;
}

/* a is below b. */
static void check_order(h9_op op, h9_slot a, h9_slot b)
{
    static const bool less[6] = {false, true, true, true, false, false}, same[6] = {true, false, false, true, false, true},
                      more[6] = {false, true, false, false, true, true};
    for (h9_compare k = H9_CMP_EQ; k <= H9_CMP_GE; k++) {
        CHECK_INT(holds(k, op, a, b), less[k]);
        CHECK_INT(holds(k, op, b, a), more[k]);
        CHECK_INT(holds(k, op, a, a), same[k]);
    }
}

static void test_compare(void)
{
    h9_slot a = {.raw = {0, 0}}, b = {.raw = {0, 0}};
    b.b = true;
    check_order(H9_OP_BOOL, a, b);
    a.i = -1; b.i = 1;
    check_order(H9_OP_INT, a, b);
    a.u = 1; b.u = UINT64_MAX;
    check_order(H9_OP_UINT, a, b);
    a.d = -0.5; b.d = 0.5;
    check_order(H9_OP_F64, a, b);
    check_order(H9_OP_STRING, slot_text("a"), slot_text("ab"));
    check_order(H9_OP_STRING, slot_text("ab"), slot_text("b"));
    check_order(H9_OP_STRING, slot_text(""), slot_text("\xC3\xA9"));
    a.t.sec = -1; a.t.ns = 999999999; b.t.sec = 0; b.t.ns = 0;
    check_order(H9_OP_TIMESTAMP, a, b);
    a.t.sec = 0; b.t.ns = 1; a.t.ns = 0;
    check_order(H9_OP_TIMESTAMP, a, b);
}

static void test_compare_nan(void)
{
    static const bool nan[6] = {false, true, false, false, false, false};
    h9_slot a = {.raw = {0, 0}}, b = {.raw = {0, 0}};
    a.raw[0] = UINT64_C(0x7FF8000000000000);
    for (h9_compare k = H9_CMP_EQ; k <= H9_CMP_GE; k++) {
        CHECK_INT(holds(k, H9_OP_F64, a, b), nan[k]);
        CHECK_INT(holds(k, H9_OP_F64, b, a), nan[k]);
        CHECK_INT(holds(k, H9_OP_F64, a, a), nan[k]);
    }
    a.d = -0.0;
    CHECK(holds(H9_CMP_EQ, H9_OP_F64, a, b));
}

static void test_compare_text(void)
{
    static const struct { const char *a, *b; bool starts, ends, contains; } cases[] = {
        {"abcab", "ab", true, true, true}, {"abc", "bc", false, true, true}, {"abc", "b", false, false, true},
        {"abc", "abcd", false, false, false}, {"", "", true, true, true}, {"a", "", true, true, true},
        {"", "a", false, false, false}, {"aab", "ab", false, true, true}, {"abc", "abc", true, true, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h9_slot a = slot_text(cases[i].a), b = slot_text(cases[i].b);
        CHECK_INT(holds(H9_CMP_STARTS, H9_OP_STRING, a, b), cases[i].starts);
        CHECK_INT(holds(H9_CMP_ENDS, H9_OP_STRING, a, b), cases[i].ends);
        CHECK_INT(holds(H9_CMP_CONTAINS, H9_OP_STRING, a, b), cases[i].contains);
    }
    h9_slot none = {.raw = {0, 0}}; /* no bytes at all */
    CHECK(holds(H9_CMP_CONTAINS, H9_OP_STRING, none, none));
    CHECK(holds(H9_CMP_EQ, H9_OP_STRING, none, slot_text("")));
}

static void test_conditions(void)
{
    h9_slot yes = {.raw = {0, 0}}, no = {.raw = {0, 0}};
    yes.b = true;
    forget();
    give(0, yes);
    give(1, no);
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0); /* 2 stays absent */
    add(H9_I_LOAD, 1, 1, 0, 0, 0);
    for (uint16_t i = 0; i < 3; i++) add(H9_I_NOT, (uint16_t)(3 + i), i, 0, 0, 0);
    for (uint16_t i = 0; i < 3; i++) add(H9_I_PRESENT, (uint16_t)(6 + i), i, 0, 0, 0);
    add(H9_I_COMPARE, 9, 2, 0, H9_CMP_NE, H9_OP_BOOL);
    add(H9_I_COMPARE, 10, 0, 2, H9_CMP_NE, H9_OP_BOOL);
    show(11);
    h9_slot *frame = map();
    static const bool want[6] = {false, true, true, true, true, false};
    for (uint32_t i = 0; i < 6; i++) CHECK(there(frame, 3 + i) && frame[3 + i].b == want[i]);
    CHECK(!there(frame, 9) && !there(frame, 10));
}

/* Which of the jumps of `op` are taken, for a register that is true, false, absent: a bit for each. */
static unsigned jumped(h9_insn_op op)
{
    unsigned taken = 0;
    for (uint16_t i = 0; i < 3; i++) {
        start();
        add(H9_I_LOAD, 0, 0, 0, 0, 0);
        add(H9_I_LOAD, 1, 1, 0, 0, 0);
        add(op, 0, i, 0, 4, 0);
        add(H9_I_UUID4, 3, 0, 0, 0, 0); /* passed over where it jumps */
        show(4);
        if (!there(map(), 3)) taken |= 1u << i;
    }
    return taken;
}

static void test_jumps(void)
{
    h9_slot yes = {.raw = {0, 0}}, no = {.raw = {0, 0}};
    yes.b = true;
    forget();
    give(0, yes);
    give(1, no);
    CHECK_INT(jumped(H9_I_JUMP), 7);
    CHECK_INT(jumped(H9_I_IF_ABSENT), 4);
    CHECK_INT(jumped(H9_I_IF_PRESENT), 3);
    CHECK_INT(jumped(H9_I_IF_FALSE), 6);
}

/* --- building --- */

static void test_records(void)
{
    forget();
    give(0, slot_text("x"));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0); /* 1 stays absent */
    add(H9_I_RECORD_NEW, 2, 0, 0, PAIR, 0);
    add(H9_I_SET, 2, 0, 0, PAIR, 0);
    add(H9_I_SET, 2, 0, 1, PAIR, 0);
    add(H9_I_SET, 2, 1, 1, PAIR, 0); /* absent again */
    add(H9_I_SET, 9, 0, 1, PAIR, 0); /* into nothing */
    add(H9_I_RECORD_NEW, 3, 0, 0, PAIR, 0);
    add(H9_I_MARK, 3, 0, 1, PAIR, 0);
    add(H9_I_MARK, 3, 0, 0, PAIR, 0);
    add(H9_I_MARK, 3, 1, 0, PAIR, 0);
    show(4);
    h9_slot *frame = map();
    CHECK_INT(*h9_bits(frame[2].rec, &records[PAIR]), 1);
    CHECK_SPAN(frame[2].rec[0], "x");
    CHECK_INT(*h9_bits(frame[3].rec, &records[PAIR]), 2);
}

static void test_finish(void)
{
    forget();
    give(0, slot_text("x"));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_RECORD_NEW, 1, 0, 0, NEEDY, 0);
    add(H9_I_SET, 1, 0, 1, NEEDY, 0);
    add(H9_I_FINISH, 1, 0, 0, NEEDY, 0);
    add(H9_I_FINISH, 2, 0, 0, NEEDY, 0); /* nothing */
    show(2);
    h9_slot *frame = map();
    CHECK_INT(*h9_bits(frame[1].rec, &records[NEEDY]), 3);
    CHECK_INT(frame[1].rec[0].raw[0], 0);
    start();
    add(H9_I_RECORD_NEW, 1, 0, 0, NEEDY, 0);
    add(H9_I_FINISH, 1, 0, 0, NEEDY, 0);
    show(2);
    check_refused(H9_E_MISSING, map());
    CHECK_INT(c->places[0].index, 3);
    insns[1].name = 0; /* no key of its own */
    CHECK(map() == NULL);
    CHECK_INT(c->places_size, 1);
}

static void test_lists(void)
{
    h9_slot number = {.raw = {0, 0}};
    number.i = 300;
    forget();
    give(0, slot_text("k"));
    give(1, slot_text("v"));
    give(2, number);
    start();
    for (uint16_t i = 0; i < 4; i++) add(H9_I_LOAD, i, i, 0, 0, 0); /* 3 is absent */
    for (uint16_t i = 4; i < 7; i++) add(H9_I_LIST_NEW, i, 0, 0, 0, 0);
    add(H9_I_PUT, 4, 0, 1, 0, 0);
    add(H9_I_PUT, 4, 0, 3, 0, 0);
    add(H9_I_PUT, 4, 3, 0, 0, 0);
    add(H9_I_PUT, 9, 0, 1, 0, 0); /* into nothing */
    add(H9_I_APPEND, 5, 0, 16, 0, 0);
    add(H9_I_APPEND, 5, 3, 16, 0, 0);
    add(H9_I_APPEND, 5, 1, 16, 0, 0);
    for (int i = 0; i < 6; i++) add(H9_I_APPEND, 6, 2, 4, 0, 0);
    show(7);
    h9_slot *frame = map();
    CHECK_INT(frame[4].list.n, 1);
    CHECK_SPAN(((h9_slot *)(void *)frame[4].list.items)[0], "k");
    CHECK_SPAN(((h9_slot *)(void *)frame[4].list.items)[1], "v");
    CHECK_INT(frame[5].list.n, 2);
    CHECK_SPAN(((h9_slot *)(void *)frame[5].list.items)[1], "v");
    CHECK_INT(frame[6].list.n, 6);
    CHECK_INT(((int32_t *)(void *)frame[6].list.items)[5], 300);
    CHECK_INT(c->items, limits.items - 9);
    limits.items = 8;
    check_refused(H9_E_ITEMS, map());
    limits.items = 0;
    check_refused(H9_E_ITEMS, map());
    limits.items = 100;
}

static void test_require(void)
{
    forget();
    give(0, slot_text("x"));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_REQUIRE, 0, 0, 0, 0, 0);
    show(1);
    CHECK(map() != NULL);
    forget();
    check_refused(H9_E_CONDITION, map());
    start();
    add(H9_I_END, 0, 0, 0, 0, 0); /* nothing to write */
    check_refused(H9_E_BAD_PLAN, map());
}

/* The arena ends after any number of bytes: the message is refused, and nothing is written past the end. */
static void test_out_of_memory(void)
{
    unsigned failed = 0;
    size_t room = 0;
    for (bool done = false; !done && room < 4096; room += 16) {
        parts("ab", "cd");
        add(H9_I_JOIN, 2, 0, 0, 4, 2);
        add(H9_I_STEP, 3, 2, 0, 1, 0);
        add(H9_I_RECORD_NEW, 4, 0, 0, PAIR, 0);
        add(H9_I_LIST_NEW, 5, 0, 0, 0, 0);
        add(H9_I_PUT, 5, 0, 1, 0, 0);
        add(H9_I_LIST_NEW, 6, 0, 0, 0, 0);
        add(H9_I_APPEND, 6, 0, 16, 0, 0);
        show(7);
        fresh();
        uint64_t left = c->arena_left;
        uint8_t *end = c->chunk_end;
        c->arena_left = 0;
        c->chunk_end = c->free + room;
        h9_slot *frame = h9_map_frame(c, source);
        done = frame != NULL;
        if (!done) failed++;
        if (!done) CHECK_INT(c->code, H9_E_MEMORY);
        c->arena_left = left;
        c->chunk_end = end;
    }
    CHECK(failed > 40 && room < 4096);
}

/* --- programs that aren't loaded --- */

typedef struct { const char *what; h9_insn insn; } bad_insn;
#define BAD(...) {#__VA_ARGS__, {__VA_ARGS__}}

static const bad_insn bad_insns[] = {
    BAD(.op = H9_INSNS), BAD(.op = UINT16_MAX), BAD(.op = H9_I_CLEAR, .name = 8),
    BAD(.op = H9_I_END, .a = REGISTERS),
    BAD(.op = H9_I_LOAD, .a = SLOTS), BAD(.op = H9_I_LOAD, .dst = REGISTERS),
    BAD(.op = H9_I_FIELD, .dst = REGISTERS), BAD(.op = H9_I_FIELD, .a = REGISTERS), BAD(.op = H9_I_FIELD, .c = 4),
    BAD(.op = H9_I_FIELD, .b = 2, .c = PAIR),
    BAD(.op = H9_I_ENTRY, .c = 256, .d = 1), BAD(.op = H9_I_ENTRY, .c = 257), BAD(.op = H9_I_ENTRY, .c = 1, .d = UINT32_MAX),
    BAD(.op = H9_I_INDEX, .b = 2), BAD(.op = H9_I_INDEX, .b = 0), BAD(.op = H9_I_INDEX, .b = 32),
    BAD(.op = H9_I_INDEX, .b = 16, .d = H9_OP_FAIL + 1),
    BAD(.op = H9_I_BRANCH, .a = REGISTERS), BAD(.op = H9_I_UNBOX, .a = REGISTERS),
    BAD(.op = H9_I_CONST, .a = NODES), BAD(.op = H9_I_CONST, .b = 1), BAD(.op = H9_I_CONST, .c = 250, .d = 7),
    BAD(.op = H9_I_STEP, .c = 8), BAD(.op = H9_I_STEP, .a = REGISTERS), BAD(.op = H9_I_COPY, .a = REGISTERS),
    BAD(.op = H9_I_CLEAR, .dst = REGISTERS),
    BAD(.op = H9_I_JUMP, .c = 0), BAD(.op = H9_I_JUMP, .c = 1), BAD(.op = H9_I_JUMP, .c = 3), BAD(.op = H9_I_IF_FALSE, .c = 1),
    BAD(.op = H9_I_IF_ABSENT, .a = REGISTERS, .c = 2), BAD(.op = H9_I_IF_PRESENT, .c = 0),
    BAD(.op = H9_I_COMPARE, .b = REGISTERS, .d = H9_OP_INT), BAD(.op = H9_I_COMPARE, .d = H9_OP_BYTES),
    BAD(.op = H9_I_COMPARE, .c = H9_CMP_STARTS, .d = H9_OP_INT), BAD(.op = H9_I_COMPARE, .c = H9_CMP_CONTAINS + 1, .d = H9_OP_STRING),
    BAD(.op = H9_I_NOT, .a = REGISTERS), BAD(.op = H9_I_PRESENT, .dst = REGISTERS),
    BAD(.op = H9_I_JOIN, .c = 15, .d = 2), BAD(.op = H9_I_JOIN, .c = 7, .d = 1), BAD(.op = H9_I_JOIN, .c = UINT32_MAX, .d = 1),
    BAD(.op = H9_I_UUID5, .a = 15, .d = 2), BAD(.op = H9_I_UUID5, .a = 7, .d = 1), BAD(.op = H9_I_UUID5, .b = 1),
    BAD(.op = H9_I_UUID5, .c = 241),
    BAD(.op = H9_I_UUID4, .dst = REGISTERS), BAD(.op = H9_I_NOW, .dst = REGISTERS),
    BAD(.op = H9_I_RECORD_NEW, .c = 4), BAD(.op = H9_I_SET, .b = 2, .c = PAIR), BAD(.op = H9_I_SET, .a = REGISTERS, .c = PAIR),
    BAD(.op = H9_I_MARK, .b = 2, .c = PAIR), BAD(.op = H9_I_MARK, .c = 4), BAD(.op = H9_I_LIST_NEW, .dst = REGISTERS),
    BAD(.op = H9_I_PUT, .a = REGISTERS), BAD(.op = H9_I_PUT, .b = REGISTERS), BAD(.op = H9_I_PUT, .dst = REGISTERS),
    BAD(.op = H9_I_APPEND, .b = 32), BAD(.op = H9_I_APPEND, .a = REGISTERS, .b = 16), BAD(.op = H9_I_REQUIRE, .a = REGISTERS),
    BAD(.op = H9_I_FINISH, .c = 4), BAD(.op = H9_I_FINISH, .dst = REGISTERS, .c = NEEDY)};

static void test_bad_instructions(void)
{
    words32[7] = REGISTERS;
    for (size_t i = 0; i < sizeof bad_insns / sizeof *bad_insns; i++) {
        start();
        add(H9_I_CLEAR, 0, 0, 0, 0, 0);
        insns[plan.h.insns++] = bad_insns[i].insn;
        add(H9_I_END, 0, 0, 0, 0, 0);
        check_record(!h9_good_program(&plan), __FILE__, __LINE__, bad_insns[i].what);
    }
    words32[7] = 0;
}

static void test_bad_programs(void)
{
    h9_plan whole;
    start();
    add(H9_I_END, 0, 0, 0, 0, 0);
    whole = plan;
    CHECK(h9_good_program(&plan));
    plan.h.insns = 0; CHECK(!h9_good_program(&plan)); plan = whole;
    plan.h.map_root = H9_NONE; CHECK(!h9_good_program(&plan));
    plan.h.insns = 0; CHECK(h9_good_program(&plan)); plan = whole;
    plan.h.map_root = 4; CHECK(!h9_good_program(&plan)); plan = whole;
    plan.h.map_root = PAIR; CHECK(!h9_good_program(&plan)); plan = whole; /* of another size than what is read */
    plan.h.read_root = NODES; CHECK(!h9_good_program(&plan)); plan = whole;
    plan.h.read_root = INT; CHECK(!h9_good_program(&plan)); plan = whole;
    plan.h.write_root = NODES; CHECK(!h9_good_program(&plan)); plan = whole;
    plan.h.write_root = INT; CHECK(!h9_good_program(&plan)); plan = whole;
    plan.h.registers = 0; CHECK(!h9_good_program(&plan));
    plan.h.registers = 65536; CHECK(h9_good_program(&plan));
    plan.h.registers = 65537; CHECK(!h9_good_program(&plan)); plan = whole;
    nodes[READ_ROOT].a = 4; CHECK(!h9_good_program(&plan)); nodes[READ_ROOT].a = SOURCE;
    add(H9_I_CLEAR, 0, 0, 0, 0, 0);
    CHECK(!h9_good_program(&plan)); /* runs past its end */
}

/* --- tapes --- */

/* Reads a value of either format onto the tape. */
static h9_slot tape(bool json, const char *p, size_t n)
{
    h9_slot v = {.raw = {0, 0}};
    fresh();
    c->begin = (const uint8_t *)p;
    c->end = c->begin + n;
    const uint8_t *end = json ? h9_read_json(c, &nodes[ANY], &v, c->begin) : h9_read_msgpack(c, &nodes[ANY], &v, c->begin);
    if (end == NULL) printf("case %s isn't read: code %u\n", p, c->code);
    CHECK(end == c->end);
    return v;
}

static h9_code step_on(h9_step_code code, uint32_t fits, h9_slot *v)
{
    h9_step s = {.code = (uint16_t)code, .a = fits};
    return h9_text_step(c, &s, v);
}

typedef struct { bool json; const char *p; size_t n; uint32_t fits; h9_code code; } fit_case;
#define J(text, fits, code) {true, text, sizeof text - 1, fits, code}
#define M(text, fits, code) {false, text, sizeof text - 1, fits, code}
enum { FINITE = H9_FITS_FINITE, DOUBLE = H9_FITS_DOUBLE, SIXTY_FOUR = H9_FITS_64, TEXT = H9_FITS_TEXT, MAP = H9_FITS_MAP, LIST = H9_FITS_LIST };

static const fit_case fit_cases[] = {
    J("null", FINITE | DOUBLE | SIXTY_FOUR | TEXT, H9_OK), J("[true,{\"a\":[\"x\",1.5]}]", FINITE | DOUBLE | SIXTY_FOUR | TEXT, H9_OK),
    /* integers in a double (S34) */
    J("9007199254740992", DOUBLE, H9_OK), J("9007199254740993", DOUBLE, H9_E_INEXACT), J("9007199254740993", 0, H9_OK),
    J("9007199254740994", DOUBLE, H9_OK), J("-9007199254740993", DOUBLE, H9_E_INEXACT), J("-9007199254740992", DOUBLE, H9_OK),
    J("-9223372036854775808", DOUBLE, H9_OK), J("9223372036854775807", DOUBLE, H9_E_INEXACT), J("0", DOUBLE, H9_OK),
    J("18446744073709551615", DOUBLE, H9_E_INEXACT), J("18446744073709549568", DOUBLE, H9_OK), J("-0", DOUBLE | SIXTY_FOUR, H9_OK),
    J("18446744073709551616", DOUBLE, H9_OK), J("18446744073709551617", DOUBLE, H9_E_INEXACT),
    J("-18446744073709551616", DOUBLE, H9_OK), J("100000000000000000000", DOUBLE, H9_OK), J("100000000000000000001", DOUBLE, H9_E_INEXACT),
    J("9007199254740993.0", DOUBLE, H9_E_INEXACT), J("9007199254740992.0", DOUBLE, H9_OK), J("18446744073709551615e0", DOUBLE, H9_E_INEXACT),
    J("0.1", DOUBLE, H9_OK), J("1e300", DOUBLE, H9_OK), J("1e400", DOUBLE, H9_E_RANGE), J("-1e400", SIXTY_FOUR, H9_E_RANGE),
    J("[1,[9007199254740993]]", DOUBLE, H9_E_INEXACT), J("{\"a\":9007199254740993}", DOUBLE, H9_E_INEXACT),
    /* integers over 64 bits */
    J("18446744073709551615", SIXTY_FOUR, H9_OK), J("18446744073709551616", SIXTY_FOUR, H9_E_RANGE),
    J("-9223372036854775809", SIXTY_FOUR, H9_E_RANGE), J("18446744073709551616", 0, H9_OK), J("18446744073709551616.0", SIXTY_FOUR, H9_OK),
    J("1E20", SIXTY_FOUR, H9_OK), J("1e400", 0, H9_OK),
    /* NaN and infinity */
    M("\xCB\x7F\xF8\0\0\0\0\0\0", FINITE, H9_E_NOT_FINITE), M("\xCB\x7F\xF8\0\0\0\0\0\0", DOUBLE, H9_E_NOT_FINITE),
    M("\xCB\x7F\xF8\0\0\0\0\0\0", SIXTY_FOUR | TEXT, H9_OK), M("\xCA\xFF\x80\0\0", FINITE, H9_E_NOT_FINITE),
    M("\xCA\xFF\x80\0\0", DOUBLE, H9_E_NOT_FINITE), M("\xCA\x3F\x80\0\0", FINITE | DOUBLE, H9_OK), M("\xCB\0\0\0\0\0\0\0\0", FINITE, H9_OK),
    /* bytes, extensions */
    M("\xC4\x01\x00", TEXT, H9_E_TYPE), M("\xC4\x01\x00", FINITE | DOUBLE | SIXTY_FOUR, H9_OK), M("\xD4\x05\x00", TEXT, H9_E_TYPE),
    M("\x92\x01\xC4\x01\x00", TEXT, H9_E_TYPE), M("\xA1x", TEXT, H9_OK),
    /* keys */
    M("\x81\xA1x\x01", TEXT | FINITE, H9_OK), M("\x81\x01\x01", TEXT, H9_E_KEY), M("\x81\x01\x01", FINITE, H9_OK),
    M("\x81\xCB\x7F\xF8\0\0\0\0\0\0\x01", FINITE, H9_E_NOT_FINITE),
    /* the whole's shape */
    J("{}", MAP, H9_OK), J("[]", MAP, H9_E_TYPE), J("1", MAP, H9_E_TYPE), J("[]", LIST, H9_OK), J("{\"a\":[]}", LIST, H9_E_TYPE),
    J("null", LIST, H9_E_TYPE), J("[{}]", LIST, H9_OK)};

static void test_fits(void)
{
    for (size_t i = 0; i < sizeof fit_cases / sizeof *fit_cases; i++) {
        const fit_case *t = &fit_cases[i];
        h9_slot v = tape(t->json, t->p, t->n), before = v;
        h9_code code = step_on(H9_STEP_ANY_FITS, t->fits, &v);
        if (code != t->code) printf("case %s, fits %u\n", t->p, t->fits);
        CHECK_INT(code, t->code);
        CHECK(memcmp(&v, &before, sizeof v) == 0);
    }
    h9_slot filled = {.raw = {0, 0}}; /* nothing on the tape */
    CHECK_INT(step_on(H9_STEP_ANY_FITS, MAP, &filled), H9_OK);
}

/* Integers of hundreds of digits: powers of two are exact up to the last, their neighbours are not. */
static void test_fits_long(void)
{
    char digits[400];
    size_t n = 1;
    digits[0] = 1;
    for (int power = 1; power <= 1024; power++) {
        int carry = 0;
        for (size_t i = 0; i < n; i++) {
            int twice = digits[i] * 2 + carry;
            digits[i] = (char)(twice % 10);
            carry = twice / 10;
        }
        if (carry) digits[n++] = (char)carry;
        char shown[402];
        for (size_t i = 0; i < n; i++) shown[i] = (char)('0' + digits[n - 1 - i]);
        h9_slot v = tape(true, shown, n);
        CHECK_INT(step_on(H9_STEP_ANY_FITS, DOUBLE, &v), power < 1024 ? H9_OK : H9_E_RANGE);
        shown[n - 1]++;
        v = tape(true, shown, n);
        CHECK_INT(step_on(H9_STEP_ANY_FITS, DOUBLE, &v), power <= 52 ? H9_OK : power < 1024 ? H9_E_INEXACT : H9_E_RANGE);
    }
}

static void test_to_string(void)
{
    static const char nested[] = "{ \"a\" : [1, 1.50, \"x\\n\", null],\"b\":18446744073709551616 }";
    h9_slot v = tape(true, nested, sizeof nested - 1);
    c->out_size = 0;
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_SPAN(v, "{\"a\":[1,1.50,\"x\\n\",null],\"b\":18446744073709551616}");
    CHECK_INT(v.s.flags, 0);
    CHECK_INT(c->out_size, 0);
    memcpy(c->out, "earlier", 7); /* a finished message stays as it is */
    c->out_size = 7;
    v = tape(true, "12", 2);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_SPAN(v, "12");
    CHECK_INT(v.s.flags, H9_SPAN_PLAIN);
    CHECK_TEXT(c->out, c->out_size, "earlier");
    c->out_size = 0;
    v = (h9_slot){.raw = {0, 0}};
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_SPAN(v, "null");
}

static void test_to_string_refused(void)
{
    static char longer[104];
    h9_slot v = tape(false, "\xCB\x7F\xF8\0\0\0\0\0\0", 9);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_E_NOT_FINITE);
    memset(longer, ' ', sizeof longer);
    longer[0] = '"';
    longer[99] = '"';
    v = tape(true, longer, 100);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_OK);
    CHECK_INT(v.s.n, 100);
    longer[99] = ' ';
    longer[100] = '"';
    v = tape(true, longer, 101);
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_E_STRING);
    v = tape(true, "1", 1);
    uint64_t left = c->arena_left;
    uint8_t *end = c->chunk_end;
    c->arena_left = 0;
    c->chunk_end = c->free;
    CHECK_INT(step_on(H9_STEP_ANY_TO_STRING, 0, &v), H9_E_MEMORY);
    c->arena_left = left;
    c->chunk_end = end;
}

int main(void)
{
    static const uint8_t seed[16] = {1, 2, 3};
    c = h9_context_new(NULL, &limits, seed);
    make_plan();
    test_load_and_field();
    test_containers();
    test_const_and_step();
    test_join();
    test_join_limit();
    test_uuid5();
    test_uuid4();
    test_now();
    test_compare();
    test_compare_nan();
    test_compare_text();
    test_conditions();
    test_jumps();
    test_records();
    test_finish();
    test_lists();
    test_require();
    test_out_of_memory();
    test_bad_instructions();
    test_bad_programs();
    test_fits();
    test_fits_long();
    test_to_string();
    test_to_string_refused();
    h9_context_free(c);
    return check_summary();
}
