/* The mapping's instructions, by programs written by hand: what each makes of values that are there and that are not,
 * and what it refuses. */
#include <time.h>

#include "map_plan.h"
#include "values/uuid.h"
#include "values/hash.h"

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
    v.list.items = (uint8_t *)entries;
    v.list.n = 2;
    v.list.cap = 2;
    give(0, v);
    v.list.items = (uint8_t *)numbers;
    v.list.n = 2;
    v.list.cap = 2;
    give(1, v);
    v.choice.value = &boxed;
    v.choice.branch = 1;
    give(2, v);
    v.choice.value = NULL;
    v.choice.branch = 0;
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
    static const bool want[11] = {true, true, false, true, true, false, true, false, false, true, false};
    for (uint32_t i = 0; i < 11; i++) CHECK_INT(there(frame, 4 + i), want[i]);
}

/* --- making values --- */

/* Constants that stand in the plan as they are. */
static void test_text_and_slot(void)
{
    forget();
    start();
    add(H9_I_TEXT, 0, H9_SPAN_PLAIN, 0, text("as it is", 8), 8);
    add(H9_I_TEXT, 1, 0, 0, 0, 0);
    add(H9_I_SLOT, 2, 0, 0, text("\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16), 0);
    show(3);
    h9_slot *frame = map();
    CHECK_SPAN(frame[0], "as it is");
    CHECK_INT(frame[0].s.flags, H9_SPAN_PLAIN);
    CHECK_INT(frame[1].s.n, 0);
    CHECK_INT(frame[2].i, 5);
    CHECK(there(frame, 0) && there(frame, 1) && there(frame, 2));
}

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
    add(H9_I_CONST, 0, STRING, 0,
        text("\xA1"
             "5",
             2),
        2);
    add(H9_I_STEP, 0, 0, 0, 2, 0);
    show(1);
    CHECK_INT(map()[0].i, 5);
    start();
    add(H9_I_CONST, 0, STRING, 0,
        text("\xA2"
             "50",
             3),
        3);
    add(H9_I_STEP, 0, 0, 0, 2, 0);
    show(1);
    check_refused(H9_E_RANGE, map());
    start();
    add(H9_I_CONST, 0, INT, 0,
        text("\xA1"
             "5",
             2),
        2);
    show(1);
    check_refused(H9_E_TYPE, map());
    CHECK(c->end == c->begin + 1);
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
    static const uint8_t dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                    0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
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
        for (int k = 0; k < 16; k++) {
            all_ones[k] &= ids[i].id[k];
            all_zeros[k] |= ids[i].id[k];
        }
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
    c->limits.items = 8;
    check_refused(H9_E_ITEMS, map());
    c->limits.items = 0;
    check_refused(H9_E_ITEMS, map());
    c->limits.items = limits.items;
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

int main(void)
{
    open_context();
    test_load_and_field();
    test_containers();
    test_text_and_slot();
    test_const_and_step();
    test_join();
    test_join_limit();
    test_uuid5();
    test_uuid4();
    test_now();
    test_records();
    test_finish();
    test_lists();
    test_require();
    h9_context_free(c);
    return check_summary();
}
