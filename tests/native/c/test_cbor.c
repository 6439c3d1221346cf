/* The CBOR reader and writer, by tables, and what tables don't show. */
#include "images.h"
#include "images/cbor.h"

static h9_plan *plans[PLANS];

#define CODEC h9_cbor
#define AGAIN(plan) ((plan) == MAP_INT_TEXT ? MAP_STRING : (plan))
#include "cbor_cases.h"

static void test_paths(h9_context *c)
{
    uint8_t in[64];
    size_t n = unhex("a2 62 6964 01 64 74616773 9f 61 61 f5 ff", in); /* {"id": 1, "tags": [_ "a", true]} */
    check(translate(c, RECORD, in, n) < 0 && c->places_size == 2, "a path has a place for each level");
    check(c->places[0].kind == H9_PLACE_ITEM && c->places[0].index == 1, "the item is the innermost");
    check(c->places[1].kind == H9_PLACE_FIELD && strcmp(images[RECORD].names[c->places[1].index], "tags") == 0,
          "the field is around it");
    n = unhex("a1 61 6b f5", in);
    check(translate(c, MAP_STRING, in, n) < 0 && c->places_size == 1, "a map's value has its key as place");
    check(c->places[0].kind == H9_PLACE_KEY && c->places[0].index == 1 && *c->places[0].key == 'k', "by its text");
    n = unhex("a1 20 f5", in);
    check(translate(c, MAP_INT, in, n) < 0 && c->places[0].kind == H9_PLACE_KEY && c->places[0].index == 2
              && memcmp(c->places[0].key, "-1", 2) == 0,
          "or by an integer's digits");
    n = unhex("a1 f4 f5", in);
    check(translate(c, MAP_BOOL, in, n) < 0 && c->places[0].kind == H9_PLACE_ITEM, "or the entry's number");
    n = unhex("81 bf 61 6b 82 01 f8 18 ff", in);
    check(translate(c, ANY, in, n) < 0 && c->places_size == 3 && c->at == in + 6, "in an any, too");
}

/* Heads of every width, and text of every length of head. */
static void test_big_spans(h9_context *c)
{
    static const size_t sizes[] = {23, 24, 255, 256, 1000};
    static uint8_t in[1100], longer[1100];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i], head = n < 24 ? 1 : n < 256 ? 2 : 3;
        memset(in, 'x', sizeof in);
        in[0] = (uint8_t)(0x60 | (n < 24 ? n : n < 256 ? 24 : 25));
        if (head == 3) in[1] = (uint8_t)(n >> 8);
        if (head > 1) in[head - 1] = (uint8_t)n;
        check(translate(c, STRING, in, n + head) == (long)(n + head) && memcmp(c->out, in, n + head) == 0,
              "text of any size");
        unhex("7b 0000 0000 0000", longer);
        longer[7] = (uint8_t)(n >> 8);
        longer[8] = (uint8_t)n;
        memcpy(longer + 9, in + head, n);
        check(translate(c, STRING, longer, n + 9) == (long)(n + head) && memcmp(c->out, in, n + head) == 0,
              "with a longer head");
    }
    unhex("79 03e9", in);
    check(translate(c, STRING, in, 1004) < 0 && c->code == H9_E_STRING && c->at == in, "a string over the limit");
    unhex("7f 79 01f4", in);
    unhex("79 01f5", in + 504);
    in[1008] = 0xFF;
    check(translate(c, STRING, in, 1009) < 0 && c->code == H9_E_STRING && c->at == in, "in chunks, too");
}

/* S15, B19: many keys, in the wrong order: they are sorted; and then one again. */
static void test_many_keys(h9_context *c, uint32_t plan)
{
    static uint8_t in[2048], sorted[2048];
    size_t n = 2, w = 2;
    unhex("b8 c8", in);
    unhex("b8 c8", sorted);
    for (int i = 0; i < 200; i++) {
        in[n++] = sorted[w++] = 0x63;
        n += (size_t)snprintf((char *)in + n, 8, "%03d", 199 - i);
        w += (size_t)snprintf((char *)sorted + w, 8, "%03d", i);
        in[n++] = sorted[w++] = 1;
    }
    check(translate(c, plan, in, n) == (long)w && memcmp(c->out, sorted, w) == 0, "200 keys are written in order");
    memcpy(in + 2 + 5 * 199, in + 2, 4);
    check(translate(c, plan, in, n) < 0 && c->code == H9_E_DUPLICATE, "one of them twice is seen");
}

static void test_budget(h9_context *c)
{
    static uint8_t in[2048];
    unhex("99 03 e8", in); /* 1000 items: the limit; then one more */
    check(translate(c, LIST_I64, in, 1003) == 1003, "as many items as may be");
    in[2]++;
    check(translate(c, LIST_I64, in, 1004) < 0 && c->code == H9_E_ITEMS && c->at == in, "one more item");
    check(translate(c, ANY, in, 1004) < 0 && c->code == H9_E_ITEMS && c->at == in, "one more item of an any");
    memset(in, 0, sizeof in);
    in[0] = 0x9F;
    in[1002] = 0xFF;
    check(translate(c, LIST_I64, in, 1003) < 0 && c->code == H9_E_ITEMS && c->at == in + 1001, "of an open list");
    check(translate(c, ANY, in, 1003) < 0 && c->code == H9_E_ITEMS && c->at == in + 1001, "of an open any");
}

/* What JSON's reader left as text (S34): whole numbers are integers, a float's own digits a float, others decimals. */
static void test_number_text(h9_context *c)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {{"1.5", "f9 3e00"},
                 {"0.1", "fb 3fb9 9999 9999 999a"},
                 {"-0", "f9 8000"},
                 {"-0.0", "f9 8000"},
                 {"1e300", "fb 7e37 e43c 8800 759c"},
                 {"18446744073709551616", "c2 49 01 0000 0000 0000 0000"},
                 {"-18446744073709551616", "3b ffff ffff ffff ffff"},
                 {"-18446744073709551617", "c3 49 01 0000 0000 0000 0000"},
                 {"0.30000000000000000001", "c4 82 33 c2 49 01 a055 690d 9db8 0001"},
                 {"1e400", "c4 82 19 0190 01"},
                 {"1e2000", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t want[32];
        size_t n = unhex(cases[i].hex, want);
        start(c, ANY, want, 0);
        h9_tape_item *item = h9_tape_add(c, H9_T_NUMBER);
        item->v.p = (const uint8_t *)cases[i].text;
        item->n = (uint32_t)strlen(cases[i].text);
        h9_slot slot = {.any = {0, 1}};
        uint8_t *w = h9_cbor.write(c, write_node(c->plan), &slot, c->out);
        check(n ? w == c->out + n && memcmp(c->out, want, n) == 0 : w == NULL && c->code == H9_E_RANGE, cases[i].text);
    }
}

/* A time that no text can say would have been refused by a step; the writer doesn't write it wrong. */
static void test_unprintable(h9_context *c)
{
    h9_slot far = {.t = {INT64_MAX, 1}};
    static const uint8_t none[1];
    start(c, STAMP_EXT, none, 0);
    check(h9_cbor.write(c, write_node(c->plan), &far, c->out) == NULL && c->code == H9_E_TIME,
          "a timestamp beyond the year 9999");
}

int main(void)
{
    for (uint32_t i = 0; i < PLANS; i++) plans[i] = load_image(&images[i]);
    h9_context *c = context();
    run_all(c, good_cases, sizeof good_cases / sizeof *good_cases, bad_cases, sizeof bad_cases / sizeof *bad_cases);
    test_paths(c);
    test_big_spans(c);
    test_many_keys(c, ANY);
    test_many_keys(c, MAP_STRING);
    test_budget(c);
    test_number_text(c);
    test_unprintable(c);
    h9_context_free(c);
    for (uint32_t i = 0; i < PLANS; i++) h9_plan_free(plans[i]);
    return check_summary();
}
