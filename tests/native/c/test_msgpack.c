/* The MessagePack reader and writer, by tables, and what tables don't show. */
#include "msgpack_plan.h"

#define CODEC h9_msgpack
#define AGAIN(plan) ((plan) == MAP_INT_TEXT ? MAP_STRING : (plan))
#include "codec_cases.h"
#include "msgpack_cases.h"

static void test_paths(h9_context *c)
{
    uint8_t in[64];
    size_t n = unhex("82 a2 6964 01 a4 74616773 92 a1 61 c3", in); /* {"id": 1, "tags": ["a", true]} */
    check(translate(c, RECORD, in, n) < 0 && c->places_size == 2, "a path has a place for each level");
    check(c->places[0].kind == H9_PLACE_ITEM && c->places[0].index == 1, "the item is the innermost");
    check(c->places[1].kind == H9_PLACE_FIELD && strcmp(images[RECORD].names[c->places[1].index], "tags") == 0,
          "the field is around it");
    n = unhex("81 a1 6b c3", in);
    check(translate(c, MAP_STRING, in, n) < 0 && c->places_size == 1, "a map's value has its key as place");
    check(c->places[0].kind == H9_PLACE_KEY && c->places[0].index == 1 && *c->places[0].key == 'k',
          "the key is in the input");
    n = unhex("81 05 c3", in);
    check(translate(c, MAP_INT, in, n) < 0 && c->places[0].kind == H9_PLACE_ITEM,
          "a key that isn't text: the entry's number");
}

static void test_ignored(void)
{
    uint8_t in[64];
    size_t n = unhex("83 a1 7a 01 a2 6964 01 a1 7a 90", in);
    h9_context *c = context();
    check(translate(c, RECORD, in, n) >= 0, "an unknown member is passed over (S14)");
    check(c->ignored_size == 1 && c->ignored[0].count == 2 && *c->ignored[0].key == 'z', "and counted");
    h9_context_free(c);
}

static void test_also(h9_context *c)
{
    uint8_t in[8];
    size_t n = unhex("81 a1 74 a1 61", in);
    start(c, TEXT_BYTES, in, n);
    h9_slot slot;
    const h9_node *node = read_node(c->plan);
    check(h9_msgpack.read(c, node, &slot, in) == in + n, "one value serves two fields");
    check(slot.rec[0].s.p == in + 4 && slot.rec[1].s.p == in + 4
              && h9_bits(slot.rec, &c->plan->records[node->a])[0] == 3,
          "both have it");
    check(slot.rec[0].s.flags == H9_SPAN_PLAIN && slot.rec[1].s.flags == 0, "plain text is marked");
}

static void test_wide(h9_context *c)
{
    static uint8_t in[MANY * 8];
    size_t n = 3;
    unhex("de 01 2c", in);
    for (uint32_t i = MANY; i-- > 0;) { /* in the wrong order: each key is looked up */
        char name[8];
        in[n] = (uint8_t)(0xA0 | snprintf(name, sizeof name, "f%u", i));
        memcpy(in + n + 1, name, in[n] & 31);
        n += 1 + (in[n] & 31);
        in[n++] = (uint8_t)(i & 0x7F);
    }
    check(translate(c, WIDE, in, n) == (long)n, "300 members in any order");
    check(memcmp(c->out, in, 3) == 0
              && memcmp(c->out + 3,
                        "\xa2"
                        "f0\0\xa2"
                        "f1\1",
                        8)
                     == 0,
          "are written in the schema's");
    memcpy(in + 3, in + 9, 6); /* f299 becomes f298 */
    check(translate(c, WIDE, in, n) < 0 && c->code == H9_E_DUPLICATE && c->at == in + 9,
          "and one of them twice is seen");
}

/* S15, B19: many keys of an `any`, all different, and then one again. */
static void test_many_keys(h9_context *c, uint32_t in_node)
{
    static uint8_t in[2048];
    size_t n = 3;
    unhex("de 00 c8", in);
    for (int i = 0; i < 200; i++) {
        in[n++] = 0xA3;
        n += (size_t)snprintf((char *)in + n, 8, "%03d", i);
        in[n++] = (uint8_t)(i & 1 ? 0x90 : 0x01);
    }
    check(translate(c, in_node, in, n) == (long)n && memcmp(c->out, in, n) == 0, "200 keys");
    memcpy(in + 3 + 5 * 199, in + 3, 4);
    long got = translate(c, in_node, in, n);
    if (in_node == ANY) check(got < 0 && c->code == H9_E_DUPLICATE && c->at == in + 3 + 5 * 199, "the last one again");
    else
        check(got == (long)n - 5 && c->out[2] == 199 && c->out[7] == 0x90,
              "the last one again wins, in the first's place");
}

static void test_big_spans(h9_context *c)
{
    static const size_t sizes[] = {31, 32, 255, 256, 1000};
    static uint8_t in[1100];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i], head = n < 256 ? 2 : 3;
        memset(in, 'x', sizeof in);
        in[0] = n < 256 ? 0xC4 : 0xC5;
        if (head == 3) in[1] = (uint8_t)(n >> 8);
        in[head - 1] = (uint8_t)n;
        check(translate(c, BYTES, in, n + head) == (long)(n + head) && memcmp(c->out, in, n + head) == 0,
              "bytes of any size");
        in[0] = (uint8_t)(in[0] + 0x15); /* str 8, str 16 */
        size_t least = n < 32 ? n + 1 : n + head;
        check(translate(c, STRING, in, n + head) == (long)least, "text of any size in its least form");
    }
    in[0] = 0xDA;
    in[1] = 1001 >> 8;
    in[2] = 1001 & 255;
    check(translate(c, STRING, in, 1004) < 0 && c->code == H9_E_STRING && c->at == in, "a string over the limit");
}

/* A number that JSON's reader left as text (S34) becomes the nearest double; one too large for any is refused. */
static void test_number_text(h9_context *c)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {{"1.5", "cb 3ff8 0000 0000 0000"},
                 {"1e2", "cb 4059 0000 0000 0000"},
                 {"123456789012345678901", "cb 441a c53a 7e04 bcda"},
                 {"1e400", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t want[9];
        size_t n = unhex(cases[i].hex, want);
        start(c, ANY, want, 0);
        h9_tape_item *item = h9_tape_add(c, H9_T_NUMBER);
        item->v.p = (const uint8_t *)cases[i].text;
        item->n = (uint32_t)strlen(cases[i].text);
        h9_slot slot = {.any = {0, 1}};
        uint8_t *w = h9_msgpack.write(c, write_node(c->plan), &slot, c->out);
        check(n ? w == c->out + n && memcmp(c->out, want, n) == 0 : w == NULL && c->code == H9_E_RANGE, cases[i].text);
    }
}

/* A time that no text can say would have been refused by a step; the writer doesn't write it wrong. */
static void test_unprintable(h9_context *c)
{
    h9_slot far = {.t = {INT64_MAX, 0}};
    static const uint8_t none[1];
    start(c, STAMP, none, 0);
    check(h9_msgpack.write(c, write_node(c->plan), &far, c->out) == NULL && c->code == H9_E_TIME,
          "a timestamp beyond the year 9999");
    start(c, STAMP_MS, none, 0);
    check(h9_msgpack.write(c, write_node(c->plan), &far, c->out) == NULL && c->code == H9_E_RANGE,
          "a timestamp beyond 64 bits");
}

static void test_budget(h9_context *c)
{
    static uint8_t in[2048];
    unhex("dc 03 e8", in); /* 1000 items: the limit; then one more */
    check(translate(c, LIST_I64, in, 1003) == 1003, "as many items as may be");
    in[2]++;
    check(translate(c, LIST_I64, in, 1004) < 0 && c->code == H9_E_ITEMS && c->at == in, "one more item");
    check(translate(c, ANY, in, 1004) < 0 && c->code == H9_E_ITEMS && c->at == in, "one more item of an any");
}

int main(void)
{
    load_plans();
    h9_context *c = context();
    run_all(c, good_cases, sizeof good_cases / sizeof *good_cases, bad_cases, sizeof bad_cases / sizeof *bad_cases);
    test_paths(c);
    test_ignored();
    test_also(c);
    test_wide(c);
    test_many_keys(c, ANY);
    test_many_keys(c, ANY_LAST);
    test_big_spans(c);
    test_budget(c);
    test_number_text(c);
    test_unprintable(c);
    h9_context_free(c);
    free_plans();
    return check_summary();
}
