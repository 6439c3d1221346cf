/* The mapping's comparisons, booleans and jumps, each by a program of its own. */
#include "images.h"
#include "images/program.h"
#include "map_plan.h"

/* `first`: the first of the programs that compare values of a kind, each in its way. */
static bool holds(uint32_t first, h9_compare comparison, h9_slot a, h9_slot b)
{
    forget();
    give(0, a);
    give(1, b);
    use(first + comparison);
    h9_slot *frame = map();
    CHECK(there(frame, 2));
    return frame[2].b;
}

/* a is below b. */
static void check_order(uint32_t first, h9_slot a, h9_slot b)
{
    static const bool less[6] = {false, true, true, true, false, false};
    static const bool same[6] = {true, false, false, true, false, true};
    static const bool more[6] = {false, true, false, false, true, true};
    for (h9_compare k = H9_CMP_EQ; k <= H9_CMP_GE; k++) {
        CHECK_INT(holds(first, k, a, b), less[k]);
        CHECK_INT(holds(first, k, b, a), more[k]);
        CHECK_INT(holds(first, k, a, a), same[k]);
    }
}

static void test_compare(void)
{
    h9_slot a = {.raw = {0, 0}}, b = {.raw = {0, 0}};
    b.b = true;
    check_order(COMPARE_BOOL, a, b);
    a.i = -1;
    b.i = 1;
    check_order(COMPARE_INT, a, b);
    a.u = 1;
    b.u = UINT64_MAX;
    check_order(COMPARE_UINT, a, b);
    a.d = -0.5;
    b.d = 0.5;
    check_order(COMPARE_F64, a, b);
    check_order(COMPARE_STRING, slot_text("a"), slot_text("ab"));
    check_order(COMPARE_STRING, slot_text("ab"), slot_text("b"));
    check_order(COMPARE_STRING, slot_text(""), slot_text("\xC3\xA9"));
    a.t.sec = -1;
    a.t.ns = 999999999;
    b.t.sec = 0;
    b.t.ns = 0;
    check_order(COMPARE_TIMESTAMP, a, b);
    a.t.sec = 0;
    b.t.ns = 1;
    a.t.ns = 0;
    check_order(COMPARE_TIMESTAMP, a, b);
}

static void test_compare_nan(void)
{
    static const bool nan[6] = {false, true, false, false, false, false};
    h9_slot a = {.raw = {0, 0}}, b = {.raw = {0, 0}};
    a.raw[0] = UINT64_C(0x7FF8000000000000);
    for (h9_compare k = H9_CMP_EQ; k <= H9_CMP_GE; k++) {
        CHECK_INT(holds(COMPARE_F64, k, a, b), nan[k]);
        CHECK_INT(holds(COMPARE_F64, k, b, a), nan[k]);
        CHECK_INT(holds(COMPARE_F64, k, a, a), nan[k]);
    }
    a.d = -0.0;
    CHECK(holds(COMPARE_F64, H9_CMP_EQ, a, b));
}

static void test_compare_text(void)
{
    static const struct {
        const char *a, *b;
        bool starts, ends, contains;
    } cases[] = {
        {"abcab", "ab", true, true, true},    {"abc", "bc", false, true, true}, {"abc", "b", false, false, true},
        {"abc", "abcd", false, false, false}, {"", "", true, true, true},       {"a", "", true, true, true},
        {"", "a", false, false, false},       {"aab", "ab", false, true, true}, {"abc", "abc", true, true, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        h9_slot a = slot_text(cases[i].a), b = slot_text(cases[i].b);
        CHECK_INT(holds(COMPARE_STRING, H9_CMP_STARTS, a, b), cases[i].starts);
        CHECK_INT(holds(COMPARE_STRING, H9_CMP_ENDS, a, b), cases[i].ends);
        CHECK_INT(holds(COMPARE_STRING, H9_CMP_CONTAINS, a, b), cases[i].contains);
    }
    h9_slot none = {.raw = {0, 0}}; /* no bytes at all */
    CHECK(holds(COMPARE_STRING, H9_CMP_CONTAINS, none, none));
    CHECK(holds(COMPARE_STRING, H9_CMP_EQ, none, slot_text("")));
}

static void test_conditions(void)
{
    h9_slot yes = {.raw = {0, 0}}, no = {.raw = {0, 0}};
    yes.b = true;
    forget();
    give(0, yes);
    give(1, no);
    use(CONDITIONS);
    h9_slot *frame = map();
    static const bool want[6] = {false, true, true, true, true, false};
    for (uint32_t i = 0; i < 6; i++) CHECK(there(frame, 3 + i) && frame[3 + i].b == want[i]);
    CHECK(!there(frame, 9) && !there(frame, 10));
}

/* Which of three jumps are taken, by a register that is true, false, absent: a bit for each. A jump passes over what
 * makes register 3. */
static unsigned jumped(uint32_t first)
{
    unsigned taken = 0;
    for (uint32_t i = 0; i < 3; i++) {
        use(first + i);
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
    CHECK_INT(jumped(JUMP), 7);
    CHECK_INT(jumped(IF_ABSENT), 4);
    CHECK_INT(jumped(IF_PRESENT), 3);
    CHECK_INT(jumped(IF_FALSE), 6);
}

int main(void)
{
    open_context();
    test_compare();
    test_compare_nan();
    test_compare_text();
    test_conditions();
    test_jumps();
    close_context();
    return check_summary();
}
