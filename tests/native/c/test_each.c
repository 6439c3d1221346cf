/* Loops of a mapping, by programs written by hand: which items are taken, what is refused alone or as a whole and
 * where, and that an item's memory is free again. */
#include "each_plan.h"

static h9_slot items[40];

static void give_names(const char *const *names, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) items[i] = pair(names[i], NULL);
    forget();
    give(0, list_of(items, n));
}

/* --- items --- */

static void test_every_item_is_a_message(void)
{
    static const char *const names[] = {"x", "y", "z"};
    give_names(names, 3);
    emit_names();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK_TOLD("0.0=x 0.1=y 0.2=z ");
    CHECK_INT(c->items, limits.items - 3);
    give_names(names, 0); /* an empty list */
    CHECK_TOLD("");
    forget(); /* and none */
    CHECK_TOLD("");
}

static void test_a_refused_item_is_alone(void)
{
    static const char *const names[] = {"x", NULL, "z", NULL};
    give_names(names, 4);
    emit_names();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK_TOLD("0.0=x 0.2=z 0.1!49@.6[1]:7 0.3!49@.6[3]:7 ");
    CHECK(c->errors[0].offset == 0 && c->errors[1].offset == 0);
    insns[2].name = 0; /* a loop over the message itself */
    CHECK_TOLD("0.0=x 0.2=z 0.1!49@[1]:7 0.3!49@[3]:7 ");
}

/* The inner loop begins again for each item of the outer one; where there is no list it has no items. */
static void test_loops_in_loops(void)
{
    static h9_slot inner[3];
    static const char *const names[] = {"a", NULL, "c"};
    for (int i = 0; i < 3; i++) inner[i] = pair(names[i], NULL);
    h9_slot lists[2] = {list_of(inner, 3), list_of(inner + 2, 1)};
    items[0] = pair("x", &lists[0]);
    items[1] = pair("none", NULL);
    items[2] = pair("y", &lists[1]);
    forget();
    give(0, list_of(items, 3));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *outer = open_loop(1, 0, 16, ALONE, NULL);
    add(H9_I_FIELD, 4, 1, 1, PAIR, 0);
    h9_insn *loop = open_loop(5, 4, 16, ALONE, outer), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_FIELD, 8, 5, 0, PAIR, 0);
    add(H9_I_REQUIRE, 0, 8, 0, 0, 0);
    emit_text(8);
    item->c = here();
    close_loop(loop);
    item = add(H9_I_ITEM, 0, 0, 0, 0, 0); /* after it one of the outer loop */
    add(H9_I_REQUIRE, 0, 4, 0, 0, 0);
    add(H9_I_FIELD, 8, 1, 0, PAIR, 0);
    emit_text(8);
    item->c = here();
    close_loop(outer);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK_TOLD("0.0=a 0.2=c 0.3=x 0.5=c 0.6=y 0.1!49@.6[0].5[1]:7 0.4!49@.6[1]:7 ");
}

/* What the last item left in registers isn't this one's. */
static void test_registers_are_the_items_own(void)
{
    static const char *const names[] = {"x", NULL, "z"};
    give_names(names, 3);
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_FIELD, 5, 1, 0, PAIR, 0);
    h9_insn *absent = add(H9_I_IF_ABSENT, 0, 5, 0, 0, 0);
    add(H9_I_COPY, 4, 5, 0, 0, 0);
    absent->c = here();
    add(H9_I_REQUIRE, 0, 4, 0, 0, 0);
    emit_text(4);
    item->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK_TOLD("0.0=x 0.2=z 0.1!49@.6[1]:7 ");
}

/* An item that a condition passes over doesn't count. */
static void pass_over(uint16_t condition, bool refuse_behind)
{
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_FIELD, 4, 1, 0, PAIR, 0);
    add(H9_I_TEXT, 6, 0, 0, text("y", 1), 1);
    add(H9_I_COMPARE, 7, 4, 6, H9_CMP_NE, H9_OP_STRING);
    h9_insn *skip = add(H9_I_IF_FALSE, 0, condition, 0, 0, 0);
    emit_text(4);
    item->c = skip->c = here();
    close_loop(loop);
    if (refuse_behind) add(H9_I_REQUIRE, 0, 9, 0, 0, 0);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
}

static void test_conditions(void)
{
    static const char *const names[] = {"x", "y", "z"};
    give_names(names, 3);
    pass_over(7, false);
    CHECK_TOLD("0.0=x 0.1=z ");
}

/* Behind a loop no item is under way, even where its last one was passed over: so the message is refused, once. */
static void test_refused_behind_a_loop(void)
{
    static const char *const names[] = {"x", "y"};
    give_names(names, 2);
    for (uint16_t condition = 7; condition < 9; condition++) { /* the last one is passed over; all are */
        pass_over(condition, true);
        CHECK_WHOLE("49@:7");
        CHECK_INT(c->errors_size, 0);
        CHECK_INT(c->items, limits.items - 2);
    }
}

static void test_emit_without_item(void)
{
    static const char *const names[] = {"x"};
    give_names(names, 1);
    h9_insn *loop = emit_names();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    loop[1] = (h9_insn){.op = H9_I_CLEAR, .dst = 9}; /* in the place of ITEM */
    CHECK_WHOLE("2@.6[0]:7");
}

/* --- over other things --- */

/* Numbers and texts, by their widths; what is made of each is the same list again. */
static void check_copied(void *list, uint32_t n, uint16_t width, uint32_t op)
{
    forget();
    give(0, list_of(list, n));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_LIST_NEW, 1, 0, 0, 0, 0);
    h9_insn *loop = open_loop(2, 0, width, op, NULL);
    if (width == 32) add(H9_I_PUT, 1, 2, 4, 0, 0);
    else add(H9_I_APPEND, 1, 2, width, 0, 0);
    close_loop(loop);
    show(2);
    h9_slot *frame = map();
    CHECK_INT(frame[1].list.n, n);
    CHECK_BYTES(frame[1].list.items, (size_t)n * width, list, (size_t)n * width);
}

static void test_widths(void)
{
    uint8_t flags[3] = {1, 0, 1};
    int32_t numbers[3] = {-1, INT32_MIN, 7};
    double reals[2] = {-0.0, 1e300};
    h9_slot texts[4] = {slot_text("a"), slot_text("b"), slot_text(""), slot_text("d")};
    plan.h.many = 0;
    check_copied(flags, 3, 1, H9_OP_BOOL);
    check_copied(numbers, 3, 4, H9_OP_INT);
    check_copied(numbers, 3, 4, H9_OP_UINT);
    check_copied(reals, 2, 8, H9_OP_F64);
    check_copied(texts, 4, 16, H9_OP_STRING);
    check_copied(texts, 2, 32, H9_OP_UNION);
    plan.h.many = 1;
}

/* The item of another list that corresponds to the loop's; a map's value by number. */
static void test_index(void)
{
    static const char *const names[] = {"x", "y", "z"};
    h9_slot texts[2] = {slot_text("a"), slot_text("b")};
    give_names(names, 3);
    give(1, list_of(texts, 2));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_LOAD, 9, 1, 0, 0, 0);
    add(H9_I_INDEX, 11, 9, 32, 0, H9_OP_UNION);
    add(H9_I_INDEX, 10, 9, 16, 0, H9_OP_STRING)->spare = 1 + 2; /* no loop is at an item yet */
    add(H9_I_PRESENT, 12, 10, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_LOAD, 9, 1, 0, 0, 0);
    add(H9_I_INDEX, 5, 9, 16, 0, H9_OP_STRING)->spare = 1 + 2;
    add(H9_I_REQUIRE, 0, 5, 0, 0, 0);
    emit_text(5);
    item->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK_TOLD("0.0=a 0.1=b 0.2!49@.6[2]:7 ");
}

/* The first record whose member has the text, in the list's order; options may be null. */
static void check_found(const char *key, bool boxed, const char *want)
{
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *find = add(H9_I_FIND, 1, 0, boxed ? H9_FIND_BOXED : 0, text(key, strlen(key)), (uint32_t)strlen(key));
    find->spare = PAIR;
    add(H9_I_FIELD, 4, 1, 1, PAIR, 0);
    h9_insn *absent = add(H9_I_IF_ABSENT, 0, 4, 0, 0, 0);
    h9_insn *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    emit_text(4);
    absent->c = item->c = here();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK_TOLD(want);
}

static void test_find(void)
{
    static const char *const keys[] = {"a", NULL, "b", "", "b"};
    h9_slot values[5] = {slot_text("1"), slot_text("2"), slot_text("3"), slot_text("4"), slot_text("5")};
    h9_slot boxes[7];
    for (int i = 0; i < 5; i++) items[i] = pair(keys[i], &values[i]);
    for (int i = 0; i < 7; i++) boxes[i] = box_of(i == 0 || i == 3 ? NULL : &items[i < 3 ? i - 1 : i - 2]);
    for (int boxed = 0; boxed < 2; boxed++) {
        forget();
        give(0, boxed ? list_of(boxes, 7) : list_of(items, 5));
        check_found("a", boxed, "0.0=1 ");
        check_found("b", boxed, "0.0=3 ");
        check_found("", boxed, "0.0=4 ");
        check_found("c", boxed, "");
        give(0, list_of(items, 0));
        check_found("a", boxed, "");
    }
    pool_used = 0;
}

/* S15: a key twice is refused, or the last one's value counts. */
static void test_unique(void)
{
    h9_slot entries[6] = {slot_text("k"), slot_text("1"), slot_text("l"),
                          slot_text("2"), slot_text("k"), slot_text("3")};
    plan.h.many = 0;
    forget();
    give(0, list_of(entries, 3));
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_UNIQUE, 0, H9_OP_STRING, 1, 0, 0);
    add(H9_I_UNIQUE, 1, H9_OP_STRING, 0, 0, 0); /* of nothing */
    show(1);
    h9_slot *frame = map();
    CHECK_INT(frame[0].list.n, 2);
    CHECK_SPAN(((h9_slot *)(void *)frame[0].list.items)[1], "3");
    entries[0] = entries[4] = slot_text("k");
    insns[1].b = 0;
    forget();
    give(0, list_of(entries, 3));
    check_refused(H9_E_DUPLICATE, map());
    give(0, list_of(entries, 2));
    CHECK(map() != NULL);
    plan.h.many = 1;
}

/* --- values in another form --- */

static void test_json_and_any(void)
{
    static char longest[100];
    plan.h.many = 0;
    forget();
    give(0, slot_text("a\"b"));
    source[0].s.flags = 0;
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    add(H9_I_JSON, 1, 0, 0, STRING, 0);
    add(H9_I_ANY, 2, 0, 0, STRING, ANY);
    add(H9_I_JSON, 3, 9, 0, STRING, 0); /* of nothing */
    add(H9_I_ANY, 4, 9, 0, STRING, ANY);
    show(5);
    h9_slot *frame = map();
    CHECK_SPAN(frame[1], "\"a\\\"b\"");
    CHECK_INT(frame[2].any.count, 1);
    const h9_tape_item *tape = &c->tape[frame[2].any.first];
    CHECK(tape->kind == H9_T_STRING);
    CHECK_TEXT(tape->v.p, tape->n, "a\"b");
    CHECK(!there(frame, 3) && !there(frame, 4));
    memset(longest, 'x', 99); /* two more bytes are quotes, and there may be 100 */
    give(0, slot_text(longest));
    check_refused(H9_E_STRING, map());
    longest[98] = 0;
    give(0, slot_text(longest));
    CHECK(map() != NULL);
    insns[2].d = INT; /* what is written isn't what is read */
    check_refused(H9_E_TYPE, map());
    CHECK(c->end == c->begin + 1);
    plan.h.many = 1;
}

/* --- items that could not be read --- */

static h9_place bad_place = {H9_PLACE_FIELD, 3, NULL};
static h9_bad_item bad = {&bad_place, 1, NULL, H9_E_RANGE};

static h9_slot bad_item(void)
{
    h9_slot v;
    fresh();
    bad.at = c->begin + 1;
    v.rec = (h9_slot *)(uintptr_t)&h9_bad;
    v.raw[1] = (uintptr_t)&bad;
    return v;
}

static void test_bad_items(void)
{
    static const char *const names[] = {"x", "y", "z"};
    static const uint8_t ops[] = {H9_OP_RECORD, H9_OP_UNION, H9_OP_OPTION};
    give_names(names, 3);
    items[1] = bad_item();
    for (size_t i = 0; i < sizeof ops; i++) {
        h9_insn *loop = emit_names();
        add(H9_I_DONE, 0, 0, 0, 0, 0);
        if (ops[i] == H9_OP_RECORD) CHECK_TOLD("0.0=x 0.2=z 0.1!38@.6[1].3 ");
        CHECK_INT(c->errors[0].offset, 1);
        loop->d = ops[i]; /* in a loop whose items don't stand alone */
        CHECK_WHOLE("38@.6[1].3");
    }
}

/* For each item of slot 0 the name of a record of slot 1's list, which `take` takes out of register 5 into 4. */
static void emit_others(h9_insn take)
{
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_LOAD, 5, 1, 0, 0, 0);
    *add(H9_I_COPY, 0, 0, 0, 0, 0) = take;
    add(H9_I_FIELD, 4, 4, 0, PAIR, 0);
    emit_text(4);
    item->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
}

/* Each way to a bad item but the loop's own: refused as a value is, in the item that wants it. */
static void test_bad_items_elsewhere(void)
{
    static const char *const names[] = {"x", "y"};
    h9_slot others[2] = {pair("a", NULL), bad_item()};
    give_names(names, 2);
    give(1, list_of(others, 2));
    emit_others((h9_insn){.op = H9_I_INDEX, .dst = 4, .a = 5, .b = 16, .c = 1, .d = H9_OP_RECORD, .name = KEY});
    CHECK_TOLD("0.0!38@.6[0].3 0.1!38@.6[1].3 ");
    emit_others((h9_insn){.op = H9_I_INDEX, .dst = 4, .a = 5, .b = 16, .spare = 1 + 2, .d = H9_OP_RECORD, .name = KEY});
    CHECK_TOLD("0.0=a 0.1!38@.6[1].3 ");
    emit_others((h9_insn){.op = H9_I_FIND, .dst = 4, .a = 5, .c = text("b", 1), .d = 1, .spare = PAIR, .name = KEY});
    CHECK_TOLD("0.0!38@.6[0].3 0.1!38@.6[1].3 ");
    insns[5].c = text("a", 1); /* it stands before the bad one */
    CHECK_TOLD("0.0=a 0.1=a ");
}

int main(void)
{
    open_context();
    make_many();
    test_every_item_is_a_message();
    test_a_refused_item_is_alone();
    test_loops_in_loops();
    test_registers_are_the_items_own();
    test_conditions();
    test_refused_behind_a_loop();
    test_emit_without_item();
    test_widths();
    test_index();
    test_find();
    test_unique();
    test_json_and_any();
    test_bad_items();
    test_bad_items_elsewhere();
    h9_context_free(c);
    return check_summary();
}
