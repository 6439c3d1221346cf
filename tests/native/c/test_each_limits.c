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

/* Writes each item's name, after a text was joined of it and of slot 1's. `other` than the name: it is passed over. */
static void emit_joined(const char *other, size_t repeat)
{
    words32[4] = 4;
    for (size_t i = 1; i <= repeat; i++) words32[4 + i] = 10;
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_FIELD, 4, 1, 0, PAIR, 0);
    add(H9_I_LOAD, 10, 1, 0, 0, 0);
    add(H9_I_JOIN, 11, 0, 0, 4, 1 + (uint32_t)repeat);
    add(H9_I_TEXT, 12, 0, 0, text(other, 1), 1);
    add(H9_I_COMPARE, 13, 4, 12, H9_CMP_EQ, H9_OP_STRING);
    h9_insn *skip = add(H9_I_IF_FALSE, 0, 13, 0, 0, 0);
    emit_text(4);
    item->c = skip->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
}

/* There is room for one item only: all of them have it. */
static void test_memory_of_written_items(void)
{
    give_items(MANY);
    give(1, slot_text("0123456789"));
    emit_joined("x", 1);
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
    words32[4] = 4;
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_FIELD, 4, 1, 0, PAIR, 0);
    add(H9_I_JOIN, 5, 0, 0, 4, 1);
    emit_text(5);
    item->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
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
    emit_joined("y", 1);
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
    emit_joined("x", 1);
    fresh();
    c->limits.string = 1 << 20;
    uint64_t left = c->arena_left;
    CHECK_TOLD("0.0=x 0.1=x 0.2=x 0.3=x 0.4=x ");
    CHECK(c->arena_left == left && c->chunks->next == NULL);
    c->arena_left = 140000; /* enough for one such chunk */
    CHECK_TOLD("0.0=x 0.1=x 0.2=x 0.3=x 0.4=x ");
    CHECK_INT(c->arena_left, 140000);
    words32[6] = 10; /* twice the text is too much for each of them */
    for (h9_insn *n = insns; n < insns + here(); n++)
        if (n->op == H9_I_JOIN) n->d = 3;
    CHECK_TOLD("0.0!62@.6[0]:7 0.1!62@.6[1]:7 0.2!62@.6[2]:7 0.3!62@.6[3]:7 0.4!62@.6[4]:7 ");
    c->arena_left = left;
    c->limits.string = limits.string;
}

/* The tape is an item's own, too. */
static void test_tape_of_items(void)
{
    give_items(MANY);
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    add(H9_I_FIELD, 4, 1, 0, PAIR, 0);
    add(H9_I_ANY, 6, 4, 0, STRING, ANY);
    emit_text(4);
    item->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    each();
    CHECK_INT(c->results_size, MANY);
    CHECK_INT(c->tape_size, 0);
    CHECK(c->tape_cap > 0 && c->tape_cap < MANY);
}

/* --- limits --- */

static void test_items_limit(void)
{
    give_items(5);
    emit_names();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
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
    emit_names();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
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

static void check_ends(const char *want, const h9_insn *body, size_t count)
{
    static const char *const zero = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    give_items(3);
    start();
    add(H9_I_LOAD, 0, 0, 0, 0, 0);
    h9_insn *loop = open_loop(1, 0, 16, ALONE, NULL), *item = add(H9_I_ITEM, 0, 0, 0, 0, 0);
    uint32_t at = text(zero, 16);
    for (size_t i = 0; i < count; i++) {
        h9_insn *n = add(H9_I_COPY, 0, 0, 0, 0, 0);
        *n = body[i];
        n->name = KEY;
        if (n->op == H9_I_SLOT) n->c = at;
    }
    item->c = here();
    close_loop(loop);
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    pool_used = 0;
    each();
    CHECK_TEXT(refused, strlen(refused), want);
    CHECK_INT(c->items, 0);
}

/* The loop's counter set back, by a value or by none; its list growing under it; each also where the item is refused.
 */
static void test_endless_loops(void)
{
    check_ends("61@.6[0]", (h9_insn[]){{.op = H9_I_SLOT, .dst = 2}}, 1);
    check_ends("61@.6[0]", (h9_insn[]){{.op = H9_I_CLEAR, .dst = 2}}, 1);
    check_ends("61@.6[0]", (h9_insn[]){{.op = H9_I_CLEAR, .dst = 2}, {.op = H9_I_REQUIRE, .a = 9}}, 2);
    check_ends("61@.6[50]", (h9_insn[]){{.op = H9_I_APPEND, .dst = 0, .a = 1, .b = 16}}, 1);
}

/* A loop that has no items is left for good: what comes after it can't come back to it. */
static void test_a_loop_is_left_forwards(void)
{
    give_items(0);
    h9_insn *loop = emit_names();
    add(H9_I_DONE, 0, 0, 0, 0, 0);
    CHECK(h9_good_program(&plan));
    loop->c = here() - 2; /* to its own AGAIN */
    CHECK(!h9_good_program(&plan));
    loop->c = (uint32_t)(loop - insns) + 1; /* into its body */
    CHECK(!h9_good_program(&plan));
}

int main(void)
{
    open_context();
    make_many();
    test_memory_of_written_items();
    test_memory_of_refused_items();
    test_memory_of_items_passed_over();
    test_chunks_of_items();
    test_tape_of_items();
    test_items_limit();
    test_results_limit();
    test_endless_loops();
    test_a_loop_is_left_forwards();
    h9_context_free(c);
    return check_summary();
}
