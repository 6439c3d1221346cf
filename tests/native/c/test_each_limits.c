/* What loops may cost: items, memory, results. Each item's memory is free again after it; and no program goes on for
 * ever, whatever it does to its loops' registers (B27). */
#include "each_plan.h"

enum { MANY = 40, FRAME = (SLOTS + 1) * 16, MACHINE = REGISTERS * 17 };

static h9_slot items[MANY];

static void give_items(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) items[i] = pair("x", NULL);
    forget();
    give(0, list_of(items, n));
}

/* --- memory --- */

/* There is room for one item only: all of them have it. */
static void test_memory_of_written_items(void)
{
    give_items(MANY);
    give(1, slot_text("0123456789"));
    use(JOINED);
    room = MACHINE + FRAME + 16;
    each();
    CHECK_INT(c->results_size, MANY);
    CHECK_INT(c->errors_size, 0);
    room -= 16; /* and none where there isn't */
    each();
    CHECK_INT(c->results_size, 0);
    CHECK_INT(c->errors_size, MANY);
    room = MACHINE - 16; /* nor for the registers */
    CHECK_WHOLE("62@");
    room = 0;
}

/* The one that has too little is refused, and what it took is free for the next. */
static void test_memory_of_refused_items(void)
{
    give_items(4);
    items[1] = pair("over sixteen bytes", NULL);
    items[2] = pair("this is over sixteen", NULL);
    use(JOINED_ALONE);
    room = MACHINE + FRAME + 16;
    CHECK_TOLD("0.0=x 0.3=x 0.1!62@.6[1]:7 0.2!62@.6[2]:7 ");
    room = 0;
}

/* An item that a condition passes over leaves nothing behind either. */
static void test_memory_of_items_passed_over(void)
{
    give_items(MANY);
    give(1, slot_text("0123456789"));
    items[MANY - 1] = pair("y", NULL);
    use(JOINED_Y);
    room = MACHINE + FRAME + 16;
    CHECK_TOLD("0.0=y ");
    room = 0;
}

/* An item that needs a chunk of its own gives it back. */
static void test_chunks_of_items(void)
{
    static char large[70001];
    memset(large, 'x', 70000);
    give_items(5);
    give(1, slot_text(large));
    use(JOINED);
    fresh();
    c->limits.string = 1 << 20;
    uint64_t left = c->arena_left;
    CHECK_TOLD("0.0=x 0.1=x 0.2=x 0.3=x 0.4=x ");
    CHECK(c->arena_left == left && c->chunks->next == NULL);
    c->arena_left = 140000; /* enough for one such chunk */
    CHECK_TOLD("0.0=x 0.1=x 0.2=x 0.3=x 0.4=x ");
    CHECK_INT(c->arena_left, 140000);
    use(JOINED_TWICE); /* twice the text is too much for each of them */
    CHECK_TOLD("0.0!62@.6[0]:7 0.1!62@.6[1]:7 0.2!62@.6[2]:7 0.3!62@.6[3]:7 0.4!62@.6[4]:7 ");
    c->arena_left = left;
    c->limits.string = limits.string;
}

/* The tape is an item's own, too. */
static void test_tape_of_items(void)
{
    give_items(MANY);
    use(UNTYPED);
    each();
    CHECK_INT(c->results_size, MANY);
    CHECK_INT(c->tape_size, 0);
    CHECK(c->tape_cap > 0 && c->tape_cap < MANY);
}

/* --- limits --- */

static void test_items_limit(void)
{
    give_items(5);
    use(NAMES);
    c->limits.items = 5;
    CHECK_TOLD("0.0=x 0.1=x 0.2=x 0.3=x 0.4=x ");
    c->limits.items = 4;
    CHECK_WHOLE("61@.6[4]"); /* the fifth */
    CHECK_INT(c->errors_size, 0);
    c->limits.items = 0;
    CHECK_WHOLE("61@.6[0]");
    c->limits.items = limits.items;
}

/* All results and refusals of a message together are within the limit of memory, or it is refused as a whole. */
static void test_results_limit(void)
{
    const size_t result = sizeof(h9_result) + 2, refusal = sizeof(h9_error) + 3 * sizeof(h9_place);
    give_items(3);
    use(NAMES);
    c->limits.memory = 3 * result;
    CHECK_TOLD("0.0=x 0.1=x 0.2=x ");
    c->limits.memory--;
    CHECK_WHOLE("62@.6[2]:7");
    for (int i = 0; i < 3; i++) items[i] = pair(NULL, NULL);
    c->limits.memory = 3 * refusal;
    CHECK_TOLD("0.0!49@.6[0]:7 0.1!49@.6[1]:7 0.2!49@.6[2]:7 ");
    c->limits.memory--;
    CHECK_WHOLE("62@");
    c->limits.memory = limits.memory;
}

/* --- programs that could go on for ever --- */

static void check_ends(uint32_t program, const char *want)
{
    give_items(3);
    use(program);
    each();
    CHECK_TEXT(refused, strlen(refused), want);
    CHECK_INT(c->items, 0);
}

/* The loop's counter set back, by a value or by none; its list growing under it; each also where the item is refused.
 */
static void test_endless_loops(void)
{
    for (uint32_t i = 0; i < 3; i++) check_ends(ENDLESS + i, "61@.6[0]");
    check_ends(ENDLESS + 3, "61@.6[50]");
}

/* A loop that has no items is left for good: what stands after it can't come back to it. */
static void test_a_loop_is_left_forwards(void)
{
    const uint32_t loop = 2, last = plans[NAMES]->h.insns - 1;
    const uint32_t targets[] = {last, last - 1, loop + 1}; /* DONE; its own AGAIN; its body */
    for (size_t i = 0; i < 3; i++) {
        image_copy copy = copy_image(&images[NAMES], plans[NAMES]);
        CHECK(copy.insns[loop].op == H9_I_EACH);
        copy.insns[loop].c = targets[i];
        CHECK(loads(copy) == (i == 0));
    }
}

int main(void)
{
    open_context();
    test_memory_of_written_items();
    test_memory_of_refused_items();
    test_memory_of_items_passed_over();
    test_chunks_of_items();
    test_tape_of_items();
    test_items_limit();
    test_results_limit();
    test_endless_loops();
    test_a_loop_is_left_forwards();
    close_context();
    return check_summary();
}
