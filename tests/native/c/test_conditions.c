/* The mapping's comparisons, booleans and jumps, by programs written by hand. */
#include "map_plan.h"

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
    static const bool less[6] = {false, true, true, true, false, false};
    static const bool same[6] = {true, false, false, true, false, true};
    static const bool more[6] = {false, true, false, false, true, true};
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
    a.i = -1;
    b.i = 1;
    check_order(H9_OP_INT, a, b);
    a.u = 1;
    b.u = UINT64_MAX;
    check_order(H9_OP_UINT, a, b);
    a.d = -0.5;
    b.d = 0.5;
    check_order(H9_OP_F64, a, b);
    check_order(H9_OP_STRING, slot_text("a"), slot_text("ab"));
    check_order(H9_OP_STRING, slot_text("ab"), slot_text("b"));
    check_order(H9_OP_STRING, slot_text(""), slot_text("\xC3\xA9"));
    a.t.sec = -1;
    a.t.ns = 999999999;
    b.t.sec = 0;
    b.t.ns = 0;
    check_order(H9_OP_TIMESTAMP, a, b);
    a.t.sec = 0;
    b.t.ns = 1;
    a.t.ns = 0;
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
    static const struct {
        const char *a, *b;
        bool starts, ends, contains;
    } cases[] = {
        {"abcab", "ab", true, true, true},    {"abc", "bc", false, true, true}, {"abc", "b", false, false, true},
        {"abc", "abcd", false, false, false}, {"", "", true, true, true},       {"a", "", true, true, true},
        {"", "a", false, false, false},       {"aab", "ab", false, true, true}, {"abc", "abc", true, true, true}};
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

int main(void)
{
    open_context();
    test_compare();
    test_compare_nan();
    test_compare_text();
    test_conditions();
    test_jumps();
    h9_context_free(c);
    return check_summary();
}
