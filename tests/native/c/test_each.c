/* Loops of a mapping, each by a program of its own: which items are taken, what is refused alone or as a whole and
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
    use(NAMES);
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
    use(NAMES);
    CHECK_TOLD("0.0=x 0.2=z 0.1!49@.6[1]:7 0.3!49@.6[3]:7 ");
    CHECK(c->errors[0].offset == 0 && c->errors[1].offset == 0);
    use(NAMES_OF_THE_MESSAGE); /* a loop over the message itself */
    CHECK_TOLD("0.0=x 0.2=z 0.1!49@[1]:7 0.3!49@[3]:7 ");
}

/* The inner loop begins anew for each item of the outer one; where there is no list it has no items. */
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
    use(LOOPS_IN_LOOPS);
    CHECK_TOLD("0.0=a 0.2=c 0.3=x 0.5=c 0.6=y 0.1!49@.6[0].5[1]:7 0.4!49@.6[1]:7 ");
}

/* What the last item left in registers isn't this one's. */
static void test_registers_are_the_items_own(void)
{
    static const char *const names[] = {"x", NULL, "z"};
    give_names(names, 3);
    use(OWN_REGISTERS);
    CHECK_TOLD("0.0=x 0.2=z 0.1!49@.6[1]:7 ");
}

/* An item that a condition passes over is not a message. */
static void test_conditions(void)
{
    static const char *const names[] = {"x", "y", "z"};
    give_names(names, 3);
    use(PASS_OVER);
    CHECK_TOLD("0.0=x 0.1=z ");
}

/* After a loop no item is under way, even where its last one was passed over: so the message is refused, once. */
static void test_refused_after_a_loop(void)
{
    static const char *const names[] = {"x", "y"};
    give_names(names, 2);
    for (uint32_t i = 0; i < 2; i++) { /* the last one is passed over; all are */
        use(PASS_OVER_AND_REFUSE + i);
        CHECK_WHOLE("49@:7");
        CHECK_INT(c->errors_size, 0);
        CHECK_INT(c->items, limits.items - 2);
    }
}

static void test_emit_without_item(void)
{
    static const char *const names[] = {"x"};
    give_names(names, 1);
    use(EMIT_WITHOUT_ITEM);
    CHECK_WHOLE("2@.6[0]:7");
}

/* --- over other things --- */

/* Numbers and texts, by their widths; what is made of each is the same list again. */
static void check_copied(uint32_t program, void *list, uint32_t n, size_t width)
{
    forget();
    give(0, list_of(list, n));
    use(program);
    h9_slot *frame = map();
    CHECK_INT(frame[1].list.n, n);
    CHECK_BYTES(frame[1].list.items, n * width, list, n * width);
}

static void test_widths(void)
{
    uint8_t flags[3] = {1, 0, 1};
    int32_t numbers[3] = {-1, INT32_MIN, 7};
    double reals[2] = {-0.0, 1e300};
    h9_slot texts[4] = {slot_text("a"), slot_text("b"), slot_text(""), slot_text("d")};
    check_copied(COPIED, flags, 3, 1);
    check_copied(COPIED + 1, numbers, 3, 4);
    check_copied(COPIED + 2, numbers, 3, 4);
    check_copied(COPIED + 3, reals, 2, 8);
    check_copied(COPIED + 4, texts, 4, 16);
    check_copied(COPIED + 5, texts, 2, 32);
}

/* The item of another list that corresponds to the loop's; a map's value by number. */
static void test_index(void)
{
    static const char *const names[] = {"x", "y", "z"};
    h9_slot texts[2] = {slot_text("a"), slot_text("b")};
    give_names(names, 3);
    give(1, list_of(texts, 2));
    use(INDEX);
    CHECK_TOLD("0.0=a 0.1=b 0.2!49@.6[2]:7 ");
}

/* The first record whose member has the text, in the list's order; options may be null. */
static void check_found(uint32_t program, const char *want)
{
    use(program);
    CHECK_TOLD(want);
}

static void test_find(void)
{
    static const char *const keys[] = {"a", NULL, "b", "", "b"};
    h9_slot values[5] = {slot_text("1"), slot_text("2"), slot_text("3"), slot_text("4"), slot_text("5")};
    h9_slot boxes[7];
    for (int i = 0; i < 5; i++) items[i] = pair(keys[i], &values[i]);
    for (int i = 0; i < 7; i++) boxes[i] = box_of(i == 0 || i == 3 ? NULL : &items[i < 3 ? i - 1 : i - 2]);
    for (uint32_t boxed = 0; boxed < 2; boxed++) {
        const uint32_t first = FIND + 4 * boxed; /* of the programs that look for a, b, nothing, c */
        forget();
        give(0, boxed ? list_of(boxes, 7) : list_of(items, 5));
        check_found(first, "0.0=1 ");
        check_found(first + 1, "0.0=3 ");
        check_found(first + 2, "0.0=4 ");
        check_found(first + 3, "");
        give(0, list_of(items, 0));
        check_found(first, "");
    }
}

/* S15: a key twice is refused, or the last one's value counts. */
static void test_unique(void)
{
    h9_slot entries[6] = {slot_text("k"), slot_text("1"), slot_text("l"),
                          slot_text("2"), slot_text("k"), slot_text("3")};
    forget();
    give(0, list_of(entries, 3));
    use(UNIQUE_LAST);
    h9_slot *frame = map();
    CHECK_INT(frame[0].list.n, 2);
    CHECK_SPAN(((h9_slot *)(void *)frame[0].list.items)[1], "3");
    entries[0] = entries[4] = slot_text("k");
    use(UNIQUE);
    forget();
    give(0, list_of(entries, 3));
    check_refused(H9_E_DUPLICATE, map());
    give(0, list_of(entries, 2));
    CHECK(map() != NULL);
}

/* --- values in another form --- */

static void test_json_and_any(void)
{
    static char longest[100];
    forget();
    give(0, slot_text("a\"b"));
    source[0].s.flags = 0;
    use(JSON_AND_ANY);
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
    use(ANY_OF_ANOTHER_TYPE); /* what is written isn't what is read */
    check_refused(H9_E_TYPE, map());
    CHECK(c->end == c->begin + 1);
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
    give_names(names, 3);
    items[1] = bad_item();
    use(NAMES);
    CHECK_TOLD("0.0=x 0.2=z 0.1!38@.6[1].3 ");
    CHECK_INT(c->errors[0].offset, 1);
    for (uint32_t i = 0; i < 3; i++) { /* in a loop whose items don't stand alone: records, unions, options */
        use(NAMES_NOT_ALONE + i);
        CHECK_WHOLE("38@.6[1].3");
    }
}

/* Each way to a bad item but the loop's own: refused as a value is, in the item that wants it. */
static void test_bad_items_elsewhere(void)
{
    static const char *const names[] = {"x", "y"};
    h9_slot others[2] = {pair("a", NULL), bad_item()};
    give_names(names, 2);
    give(1, list_of(others, 2));
    use(OTHERS_SECOND);
    CHECK_TOLD("0.0!38@.6[0].3 0.1!38@.6[1].3 ");
    use(OTHERS_SAME);
    CHECK_TOLD("0.0=a 0.1!38@.6[1].3 ");
    use(OTHERS_B);
    CHECK_TOLD("0.0!38@.6[0].3 0.1!38@.6[1].3 ");
    use(OTHERS_A); /* it stands before the bad one */
    CHECK_TOLD("0.0=a 0.1=a ");
}

int main(void)
{
    open_context();
    test_every_item_is_a_message();
    test_a_refused_item_is_alone();
    test_loops_in_loops();
    test_registers_are_the_items_own();
    test_conditions();
    test_refused_after_a_loop();
    test_emit_without_item();
    test_widths();
    test_index();
    test_find();
    test_unique();
    test_json_and_any();
    test_bad_items();
    test_bad_items_elsewhere();
    close_context();
    return check_summary();
}
