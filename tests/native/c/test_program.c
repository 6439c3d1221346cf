/* Programs that aren't loaded: copies of good ones, damaged in one place; and those that run out of memory. */
#include "images.h"
#include "images/program.h"
#include "map_plan.h"

/* The arena ends after any number of bytes: the message is refused, and nothing is written past the end. */
static void test_out_of_memory(void)
{
    unsigned failed = 0;
    fresh();
    CHECK(h9_arena(c, 1) != NULL); /* there is a first chunk */
    size_t room = 0;
    for (bool done = false; !done && room < 4096; room += 16) {
        parts("ab", "cd");
        use(ALL_THAT_ALLOCATES);
        fresh();
        uint64_t left = c->arena_left;
        uint8_t *end = c->chunk_end;
        c->arena_left = 0;
        c->chunk_end = c->free + room;
        h9_slot *frame = NULL;
        if (!h9_run_program(c, source, &frame)) frame = NULL;
        done = frame != NULL;
        if (!done) failed++;
        if (!done) CHECK_INT(c->code, H9_E_MEMORY);
        c->arena_left = left;
        c->chunk_end = end;
    }
    CHECK(failed > 40 && room < 4096);
}

/* --- programs that aren't loaded --- */

typedef struct {
    const char *what;
    h9_insn insn;
} bad_insn;
#define BAD(...)                                                                                                       \
    {                                                                                                                  \
        #__VA_ARGS__, { __VA_ARGS__ }                                                                                  \
    }

static const bad_insn bad_insns[] = {BAD(.op = H9_INSNS),
                                     BAD(.op = UINT16_MAX),
                                     BAD(.op = H9_I_CLEAR, .name = 8),
                                     BAD(.op = H9_I_END, .a = REGISTERS),
                                     BAD(.op = H9_I_LOAD, .a = SLOTS),
                                     BAD(.op = H9_I_LOAD, .dst = REGISTERS),
                                     BAD(.op = H9_I_FIELD, .dst = REGISTERS),
                                     BAD(.op = H9_I_FIELD, .a = REGISTERS),
                                     BAD(.op = H9_I_FIELD, .c = 4),
                                     BAD(.op = H9_I_FIELD, .b = 2, .c = PAIR),
                                     BAD(.op = H9_I_ENTRY, .c = 256, .d = 1),
                                     BAD(.op = H9_I_ENTRY, .c = 257),
                                     BAD(.op = H9_I_ENTRY, .c = 1, .d = UINT32_MAX),
                                     BAD(.op = H9_I_INDEX, .b = 3),
                                     BAD(.op = H9_I_INDEX, .b = 0),
                                     BAD(.op = H9_I_INDEX, .b = 24),
                                     BAD(.op = H9_I_INDEX, .b = 16, .d = H9_OP_FAIL + 1),
                                     BAD(.op = H9_I_BRANCH, .a = REGISTERS),
                                     BAD(.op = H9_I_UNBOX, .a = REGISTERS),
                                     BAD(.op = H9_I_TEXT, .c = 250, .d = 7),
                                     BAD(.op = H9_I_TEXT, .dst = REGISTERS),
                                     BAD(.op = H9_I_SLOT, .c = 241),
                                     BAD(.op = H9_I_SLOT, .c = UINT32_MAX),
                                     BAD(.op = H9_I_SLOT, .dst = REGISTERS),
                                     BAD(.op = H9_I_CONST, .a = NODES),
                                     BAD(.op = H9_I_CONST, .b = 1),
                                     BAD(.op = H9_I_CONST, .c = 250, .d = 7),
                                     BAD(.op = H9_I_STEP, .c = 8),
                                     BAD(.op = H9_I_STEP, .a = REGISTERS),
                                     BAD(.op = H9_I_COPY, .a = REGISTERS),
                                     BAD(.op = H9_I_CLEAR, .dst = REGISTERS),
                                     BAD(.op = H9_I_JUMP, .c = 0),
                                     BAD(.op = H9_I_JUMP, .c = 1),
                                     BAD(.op = H9_I_JUMP, .c = 3),
                                     BAD(.op = H9_I_IF_FALSE, .c = 1),
                                     BAD(.op = H9_I_IF_ABSENT, .a = REGISTERS, .c = 2),
                                     BAD(.op = H9_I_IF_PRESENT, .c = 0),
                                     BAD(.op = H9_I_COMPARE, .b = REGISTERS, .d = H9_OP_INT),
                                     BAD(.op = H9_I_COMPARE, .d = H9_OP_BYTES),
                                     BAD(.op = H9_I_COMPARE, .c = H9_CMP_STARTS, .d = H9_OP_INT),
                                     BAD(.op = H9_I_COMPARE, .c = H9_CMP_CONTAINS + 1, .d = H9_OP_STRING),
                                     BAD(.op = H9_I_NOT, .a = REGISTERS),
                                     BAD(.op = H9_I_PRESENT, .dst = REGISTERS),
                                     BAD(.op = H9_I_JOIN, .c = 15, .d = 2),
                                     BAD(.op = H9_I_JOIN, .c = 7, .d = 1),
                                     BAD(.op = H9_I_JOIN, .c = UINT32_MAX, .d = 1),
                                     BAD(.op = H9_I_UUID5, .a = 15, .d = 2),
                                     BAD(.op = H9_I_UUID5, .a = 7, .d = 1),
                                     BAD(.op = H9_I_UUID5, .b = 1),
                                     BAD(.op = H9_I_UUID5, .c = 241),
                                     BAD(.op = H9_I_UUID4, .dst = REGISTERS),
                                     BAD(.op = H9_I_NOW, .dst = REGISTERS),
                                     BAD(.op = H9_I_RECORD_NEW, .c = 4),
                                     BAD(.op = H9_I_SET, .b = 2, .c = PAIR),
                                     BAD(.op = H9_I_SET, .a = REGISTERS, .c = PAIR),
                                     BAD(.op = H9_I_MARK, .b = 2, .c = PAIR),
                                     BAD(.op = H9_I_MARK, .c = 4),
                                     BAD(.op = H9_I_LIST_NEW, .dst = REGISTERS),
                                     BAD(.op = H9_I_PUT, .a = REGISTERS),
                                     BAD(.op = H9_I_PUT, .b = REGISTERS),
                                     BAD(.op = H9_I_PUT, .dst = REGISTERS),
                                     BAD(.op = H9_I_APPEND, .b = 32),
                                     BAD(.op = H9_I_APPEND, .a = REGISTERS, .b = 16),
                                     BAD(.op = H9_I_REQUIRE, .a = REGISTERS),
                                     BAD(.op = H9_I_FINISH, .c = 4),
                                     BAD(.op = H9_I_FINISH, .dst = REGISTERS, .c = NEEDY)};

static image_copy copy_of(uint32_t program) { return copy_image(&images[program], plans[program]); }

/* Whether a program is loaded once it has another instruction in a place. */
static bool loads_with(uint32_t program, uint32_t at, h9_insn insn)
{
    image_copy copy = copy_of(program);
    copy.insns[at] = insn;
    return loads(copy);
}

static void test_bad_instructions(void)
{
    CHECK(loads(copy_of(THREE)));
    for (size_t i = 0; i < sizeof bad_insns / sizeof *bad_insns; i++)
        check_record(!loads_with(THREE, 1, bad_insns[i].insn), __FILE__, __LINE__, bad_insns[i].what);
}

/* Programs that make many: [0] CLEAR, [1] a loop, [2] its end, [3] CLEAR, [4] DONE. The loop's own checks. */
static const bad_insn bad_loops[] = {
    BAD(.op = H9_I_EACH, .dst = REGISTERS - 2, .b = 16, .c = 3),
    BAD(.op = H9_I_EACH, .dst = 5, .a = REGISTERS, .b = 16, .c = 3),
    BAD(.op = H9_I_EACH, .dst = 5, .a = 5, .b = 16, .c = 3),
    BAD(.op = H9_I_EACH, .dst = 5, .a = 7, .b = 16, .c = 3),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 3, .c = 3),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 24, .c = 3),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 1), /* left to itself, its own end, or nowhere */
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 2),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 5),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3, .d = H9_OP_FAIL + 1),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3, .d = H9_EACH_ALONE << 1),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3, .name = 8),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3, .spare = 1), /* the loop around it: no loop, itself, one after it */
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3, .spare = 2),
    BAD(.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3, .spare = UINT32_MAX),
};

static void test_bad_loops(void)
{
    h9_insn good = {.op = H9_I_EACH, .dst = REGISTERS - 3, .b = 32, .c = 3, .d = H9_EACH_ALONE | H9_OP_RECORD};
    CHECK(loads_with(LOOP, 1, good));
    for (size_t i = 0; i < sizeof bad_loops / sizeof *bad_loops; i++)
        check_record(!loads_with(LOOP, 1, bad_loops[i].insn), __FILE__, __LINE__, bad_loops[i].what);
    CHECK(!loads_with(LOOP_OF_ONE, 1, good)); /* refusals of their own are of programs that make many */
    good.d = H9_OP_RECORD;
    CHECK(loads_with(LOOP_OF_ONE, 1, good));
}

static const bad_insn bad_of_many[] = {
    BAD(.op = H9_I_AGAIN, .c = 0), /* to no loop, itself, what is after it, a loop that was left */
    BAD(.op = H9_I_AGAIN, .c = 3),
    BAD(.op = H9_I_AGAIN, .c = 4),
    BAD(.op = H9_I_AGAIN, .c = 1),
    BAD(.op = H9_I_ITEM, .c = 3),
    BAD(.op = H9_I_ITEM, .c = 1),
    BAD(.op = H9_I_ITEM, .c = 5),
    BAD(.op = H9_I_EMIT, .a = REGISTERS),
    BAD(.op = H9_I_END),
    BAD(.op = H9_I_INDEX, .b = 16, .spare = REGISTERS + 1),
    BAD(.op = H9_I_FIND, .spare = 4),
    BAD(.op = H9_I_FIND, .spare = PAIR, .b = 2),
    BAD(.op = H9_I_FIND, .spare = PAIR, .b = H9_FIND_BOXED | 2),
    BAD(.op = H9_I_FIND, .spare = PAIR, .a = REGISTERS),
    BAD(.op = H9_I_FIND, .spare = PAIR, .c = 256, .d = 1),
    BAD(.op = H9_I_UNIQUE, .dst = REGISTERS),
    BAD(.op = H9_I_UNIQUE, .a = H9_OP_FAIL + 1),
    BAD(.op = H9_I_JSON, .c = NODES),
    BAD(.op = H9_I_JSON, .a = REGISTERS),
    BAD(.op = H9_I_ANY, .c = NODES),
    BAD(.op = H9_I_ANY, .d = NODES),
    BAD(.op = H9_I_ANY, .dst = REGISTERS),
};

static void test_bad_instructions_of_many(void)
{
    const h9_insn loop = {.op = H9_I_EACH, .dst = 5, .b = 16, .c = 3};
    const h9_insn good[] = {{.op = H9_I_ITEM, .c = 4},
                            {.op = H9_I_EMIT},
                            {.op = H9_I_INDEX, .b = 16, .spare = REGISTERS},
                            {.op = H9_I_FIND, .spare = PAIR, .b = H9_FIND_BOXED | 1}};
    for (size_t i = 0; i < sizeof bad_of_many / sizeof *bad_of_many; i++)
        check_record(!loads_with(LOOP, 3, bad_of_many[i].insn), __FILE__, __LINE__, bad_of_many[i].what);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(loads_with(LOOP, 3, good[i]));
        CHECK(loads_with(LOOP_OF_ONE, 3, good[i]) == (i >= 2)); /* what makes one begins and writes no items */
    }
    CHECK(!loads_with(LOOP, 3, loop));                        /* left backwards */
    CHECK(!loads_with(LOOP, 4, (h9_insn){.op = H9_I_CLEAR})); /* runs past its end */
}

/* Whether a program is loaded once a number of its header is another. */
#define LOADS_WITH(program, member, value)                                                                             \
    (header_copy = copy_of(program), header_copy.h->member = (value), loads(header_copy))

static void test_bad_programs(void)
{
    image_copy header_copy;
    CHECK(LOADS_WITH(NO_PROGRAM, many, 0)); /* there is no program */
    CHECK(!LOADS_WITH(NO_PROGRAM, many, 1));
    CHECK(!LOADS_WITH(ENDS_TWICE, read_root, NODES));
    CHECK(!LOADS_WITH(ENDS_TWICE, read_root, INT));
    CHECK(!LOADS_WITH(ENDS_TWICE, write_root, NODES));
    CHECK(!LOADS_WITH(ENDS_TWICE, write_root, INT));
    CHECK(!LOADS_WITH(ENDS_TWICE, registers, 0));
    CHECK(LOADS_WITH(ENDS_TWICE, registers, 65536));
    CHECK(!LOADS_WITH(ENDS_TWICE, registers, 65537));
    header_copy = copy_of(ENDS_TWICE);
    header_copy.nodes[READ_ROOT].a = 4;
    CHECK(!loads(header_copy));
    CHECK(!loads_with(ENDS_TWICE, 1, (h9_insn){.op = H9_I_CLEAR})); /* runs past its end */
}

int main(void)
{
    open_context();
    test_out_of_memory();
    test_bad_instructions();
    test_bad_loops();
    test_bad_instructions_of_many();
    test_bad_programs();
    close_context();
    return check_summary();
}
