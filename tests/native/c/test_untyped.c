/* Lists and maps without a schema, as any format's reader has them read: keys, places, limits. */
#include "formats/untyped.h"
#include "images.h"
#include "images/program.h"
#include "map_plan.h"

static uint8_t input[4096]; /* keys stand in it, four bytes each */

static void open_input(void)
{
    fresh();
    c->begin = input;
    c->end = input + sizeof input;
    c->items = 1000;
    for (unsigned i = 0; i < sizeof input / 4; i++) {
        char key[5];
        snprintf(key, sizeof key, "%04u", i);
        memcpy(input + 4 * (size_t)i, key, 4);
    }
}

/* A pair: the key numbered `key`, an integer. */
static bool pair(h9_nest *map, bool last_wins, unsigned key, uint64_t value)
{
    const uint8_t *at = input + 4 * (size_t)key;
    return h9_nest_next(c, map, at) && h9_untyped_text(c, at, 4, at) && h9_nest_key(c, map, last_wins, at)
           && h9_untyped_int(c, value, false, at);
}

/* S15: whether the key was met last, in the middle or first, and whether few or many keys were. */
static void test_twice(unsigned keys, bool expected)
{
    for (unsigned again = 0; again < keys; again += keys / 4 + 1) {
        h9_nest map;
        open_input();
        CHECK(h9_nest_open(c, &map, H9_T_MAP, input));
        CHECK(!expected || h9_nest_expect(c, &map, keys + 1, input));
        for (unsigned i = 0; i < keys; i++) CHECK(pair(&map, false, i, i));
        CHECK(!pair(&map, false, again, 0));
        CHECK_INT(c->code, H9_E_DUPLICATE);
        CHECK_INT(c->at - input, 4 * again);
        CHECK_INT(c->places_size, 1);
        CHECK_INT(c->places[0].kind, H9_PLACE_KEY);
        CHECK(memcmp(c->places[0].key, input + 4 * (size_t)again, 4) == 0);
    }
}

/* Each key in its first place with its last value, however many there are and how often each comes. */
static void test_last_wins(unsigned keys)
{
    h9_nest outer, map;
    open_input();
    CHECK(h9_nest_open(c, &outer, H9_T_LIST, input) && h9_nest_next(c, &outer, input));
    CHECK(h9_nest_open(c, &map, H9_T_MAP, input + 1));
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < keys; i++) CHECK(pair(&map, true, i, round * keys + i));
    CHECK(h9_nest_close(c, &map) && h9_nest_close(c, &outer));
    CHECK_INT(c->tape_size, 2 + 2 * keys);
    CHECK_INT(c->tape[0].v.in.end, c->tape_size);
    CHECK_INT(c->tape[1].v.in.end, c->tape_size);
    CHECK_INT(c->tape[1].v.in.from, 1);
    CHECK_INT(c->tape[1].n, keys);
    for (unsigned i = 0; i < keys; i++) {
        CHECK(c->tape[2 + 2 * i].v.p == input + 4 * (size_t)i);
        CHECK_INT(c->tape[3 + 2 * i].v.i, 2 * keys + i);
    }
    CHECK_INT(c->depth, limits.depth);
}

/* A value that holds others takes the place of another, which moves what is after it. */
static void test_last_wins_nested(void)
{
    h9_nest map, list;
    open_input();
    CHECK(h9_nest_open(c, &map, H9_T_MAP, input));
    CHECK(pair(&map, true, 0, 5) && pair(&map, true, 1, 6));
    CHECK(h9_nest_next(c, &map, input) && h9_untyped_text(c, input, 4, input) && h9_nest_key(c, &map, true, input));
    CHECK(h9_nest_open(c, &list, H9_T_LIST, input));
    for (unsigned i = 0; i < 3; i++) CHECK(h9_nest_next(c, &list, input) && h9_untyped_add(c, H9_T_NULL, input));
    CHECK(h9_nest_close(c, &list) && h9_nest_close(c, &map));
    static const uint16_t kinds[] = {H9_T_MAP,  H9_T_STRING, H9_T_LIST,   H9_T_NULL,
                                     H9_T_NULL, H9_T_NULL,   H9_T_STRING, H9_T_INT};
    CHECK_INT(c->tape_size, 8);
    for (unsigned i = 0; i < 8; i++) CHECK_INT(c->tape[i].kind, kinds[i]);
    CHECK_INT(h9_tape_after(c->tape, 2), 6);
    CHECK_INT(h9_tape_after(c->tape, 0), 8);
}

static void test_limits(void)
{
    h9_nest nest;
    open_input();
    CHECK(h9_nest_open(c, &nest, H9_T_LIST, input));
    CHECK(!h9_nest_expect(c, &nest, 1001, input + 7)); /* B6: before there is room for them */
    CHECK_INT(c->code, H9_E_ITEMS);
    CHECK(c->at == input + 7);
    c->items = 1;
    CHECK(h9_nest_next(c, &nest, input) && !h9_nest_next(c, &nest, input + 3));
    CHECK_INT(c->code, H9_E_ITEMS);
    CHECK(h9_nest_refused(c, &nest) == NULL);
    CHECK_INT(c->places[0].index, 1);
    c->depth = 0;
    CHECK(!h9_nest_open(c, &nest, H9_T_MAP, input + 9)); /* B4 */
    CHECK_INT(c->code, H9_E_DEPTH);
    CHECK(c->at == input + 9);
    CHECK(!h9_untyped_text(c, (const uint8_t *)"\xFF", 1, input));
    CHECK_INT(c->code, H9_E_UTF8);
    CHECK(!h9_untyped_bytes(c, input, limits.string + 1, input));
    CHECK_INT(c->code, H9_E_STRING);
}

int main(void)
{
    open_context();
    for (unsigned keys = 1; keys < 80; keys += keys < 15 ? 7 : 1) {
        test_twice(keys, false);
        test_twice(keys, true);
        test_last_wins(keys);
    }
    test_last_wins_nested();
    test_limits();
    close_context();
    return check_summary();
}
