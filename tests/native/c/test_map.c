/* The mapping's instructions, a program or two for each: what it makes of values that are there and that are not, and
 * what it refuses. */
#include <time.h>

#include "images.h"
#include "images/program.h"
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
    use(LOAD_AND_FIELD);
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
    use(CONTAINERS);
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
    use(TEXT_AND_SLOT);
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
    use(CONST_AND_STEP);
    h9_slot *frame = map();
    CHECK_SPAN(frame[0], "Hi");
    CHECK_SPAN(frame[1], "hi");
    CHECK_SPAN(frame[2], "Hi");
    CHECK_INT(frame[3].i, -1);
    CHECK(!there(frame, 4));
    CHECK(c->end == c->begin + 1); /* the message's bounds are its own again */
    use(STEP_IN_RANGE);
    CHECK_INT(map()[0].i, 5);
    use(STEP_OUT_OF_RANGE);
    check_refused(H9_E_RANGE, map());
    use(CONST_OF_ANOTHER_TYPE);
    check_refused(H9_E_TYPE, map());
    CHECK(c->end == c->begin + 1);
}

static void test_join(void)
{
    parts("ab", "cd");
    use(JOIN_NOTHING);
    h9_slot *frame = map();
    CHECK_SPAN(frame[2], "abcd");
    CHECK_INT(frame[2].s.flags, H9_SPAN_PLAIN);
    CHECK(there(frame, 3) && frame[3].s.n == 0);
    parts("ab", NULL);
    use(JOIN);
    CHECK(!there(map(), 2));
    parts("a", "");
    source[1].s.flags = 0;
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
    use(JOIN);
    h9_slot *frame = map();
    CHECK(frame != NULL && frame[2].s.n == 100);
    parts(half, more);
    check_refused(H9_E_STRING, map());
}

static void check_uuid5(const char *a, const char *b, uint32_t count, const char *want)
{
    uint8_t printed[H9_UUID_TEXT];
    parts(a, b);
    use(UUID5 + count);
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
    use(UUID4);
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
    use(NOW);
    h9_slot *frame = map();
    CHECK(frame[0].t.sec >= (int64_t)before - 1 && frame[0].t.sec <= (int64_t)time(NULL) + 1);
    CHECK(frame[0].t.ns >= 0 && frame[0].t.ns < 1000000000);
}

/* --- building --- */

static void test_records(void)
{
    forget();
    give(0, slot_text("x"));
    use(RECORDS);
    h9_slot *frame = map();
    CHECK_INT(*h9_bits(frame[2].rec, &plan->records[PAIR]), 1);
    CHECK_SPAN(frame[2].rec[0], "x");
    CHECK_INT(*h9_bits(frame[3].rec, &plan->records[PAIR]), 2);
}

static void test_finish(void)
{
    forget();
    give(0, slot_text("x"));
    use(FINISH);
    h9_slot *frame = map();
    CHECK_INT(*h9_bits(frame[1].rec, &plan->records[NEEDY]), 3);
    CHECK_INT(frame[1].rec[0].raw[0], 0);
    use(FINISH_MISSING);
    check_refused(H9_E_MISSING, map());
    CHECK_INT(c->places[0].index, 3);
    use(FINISH_WITHOUT_KEY);
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
    use(LISTS);
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
    use(REQUIRE);
    CHECK(map() != NULL);
    forget();
    check_refused(H9_E_CONDITION, map());
    use(END_OF_NOTHING);
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
    close_context();
    return check_summary();
}
