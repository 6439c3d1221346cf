/* Programs that aren't loaded, by instructions written by hand; and those that run out of memory. */
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
        h9_slot *frame = NULL;
        if (!h9_map_frame(c, source, &frame)) frame = NULL;
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
                                     BAD(.op = H9_I_INDEX, .b = 2),
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
    plan.h.insns = 0;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    plan.h.map_root = H9_NONE;
    CHECK(!h9_good_program(&plan));
    plan.h.insns = 0;
    CHECK(h9_good_program(&plan));
    plan = whole;
    plan.h.map_root = 4;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    plan.h.map_root = PAIR;
    CHECK(!h9_good_program(&plan));
    plan = whole; /* of another size than what is read */
    plan.h.read_root = NODES;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    plan.h.read_root = INT;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    plan.h.write_root = NODES;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    plan.h.write_root = INT;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    plan.h.registers = 0;
    CHECK(!h9_good_program(&plan));
    plan.h.registers = 65536;
    CHECK(h9_good_program(&plan));
    plan.h.registers = 65537;
    CHECK(!h9_good_program(&plan));
    plan = whole;
    nodes[READ_ROOT].a = 4;
    CHECK(!h9_good_program(&plan));
    nodes[READ_ROOT].a = SOURCE;
    add(H9_I_CLEAR, 0, 0, 0, 0, 0);
    CHECK(!h9_good_program(&plan)); /* runs past its end */
}

int main(void)
{
    open_context();
    test_out_of_memory();
    test_bad_instructions();
    test_bad_programs();
    h9_context_free(c);
    return check_summary();
}
