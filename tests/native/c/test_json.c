/* The JSON reader and writer over plans that the compiler made: every case in a block of its own size, so that the
 * sanitizers see a byte read too many. Every accepted message is also cut after each byte (B2). */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/output.h"
#include "json_cases.h"

static const h9_limits limits = {
    .depth = 16, .items = 1u << 20, .memory = 1u << 28, .string = 1u << 24, .record = 1u << 30};

static void start(h9_context *c, uint32_t plan, const uint8_t *p, size_t n)
{
    c->plan = plans[plan];
    c->begin = p;
    c->end = p + n;
    c->depth = c->limits.depth;
    c->items = c->limits.items;
    c->code = H9_OK;
    c->places_size = c->places_done = 0;
    h9_arena_reset(c);
}

/* Reads all of p by plan `node`, as the driver does, and writes it by plan `to`. The size written, or -1 and c->code.
 */
static long translate(h9_context *c, uint32_t node, uint32_t to, const uint8_t *p, size_t n)
{
    h9_slot slot;
    start(c, node, p, n);
    const uint8_t *after = h9_json.read(c, read_node(c->plan), &slot, p);
    if (after == NULL) return -1;
    after = h9_json.space(after, c->end);
    if (after != c->end) return h9_fail(c, H9_E_TRAILING, after) ? 0 : -1;
    c->plan = plans[to];
    uint8_t *w = h9_json.write(c, write_node(c->plan), &slot, c->out);
    return w ? w - c->out : -1;
}

static long translate_copy(h9_context *c, uint32_t node, uint32_t to, const char *in, size_t n, long *offset)
{
    uint8_t *copy = malloc(n + !n);
    memcpy(copy, in, n);
    long size = translate(c, node, to, copy, n);
    *offset = c->code && c->at ? c->at - c->begin : -2;
    free(copy);
    return size;
}

static h9_context *context_of(const h9_limits *of)
{
    static const uint8_t seed[16] = {1, 2, 3};
    h9_context *c = h9_context_new(NULL, of, seed);
    c->out = h9_room_slow(c, NULL, 1);
    return c;
}

/* Cut anywhere, a message is truncated at its end, but for a number, which may be one already. */
static void check_cut(h9_context *c, const good_case *t)
{
    long offset;
    for (size_t n = 0; n < strlen(t->in); n++) {
        long size = translate_copy(c, t->node, t->node, t->in, n, &offset);
        bool number = strspn(t->in, " -+.eE0123456789") >= n && n > 0;
        bool whole = strspn(t->in + n, " \n") == strlen(t->in + n);
        bool cut = size < 0 && c->code == H9_E_TRUNCATED;
        if (!check_record(cut ? offset == (long)n : number || whole, __FILE__, __LINE__, t->name))
            printf("    %.*s: code %u at %ld\n", (int)n, t->in, c->code, offset);
    }
}

static void check_good(h9_context *c, const good_case *t)
{
    long offset;
    const char *want = t->out ? t->out : t->in;
    long size = translate_copy(c, t->node, t->to ? t->to : t->node, t->in, strlen(t->in), &offset);
    if (!check_record(size >= 0, __FILE__, __LINE__, t->name)) {
        printf("    %s: code %u at %ld\n", t->in, c->code, offset);
        return;
    }
    check_bytes(c->out, (size_t)size, want, strlen(want), __FILE__, __LINE__, t->name);
    check_cut(c, t);
}

static void check_bad(h9_context *c, const bad_case *t)
{
    long offset, want = t->offset < 0 ? (long)strlen(t->in) : t->offset;
    long size = translate_copy(c, t->node, N_NULL, t->in, strlen(t->in), &offset);
    if (!check_record(size < 0 && c->code == (uint32_t)t->code && offset == want, __FILE__, __LINE__, t->name))
        printf("    %s: got %u at %ld, want %d at %ld\n", t->in, size < 0 ? c->code : 0, offset, t->code, want);
}

/* --- limits --- */

static void check_code(h9_context *c, uint32_t node, const char *in, h9_code code, long at)
{
    const bad_case t = {"a limit", node, in, code, at};
    check_bad(c, &t);
}

static void test_limits(void)
{
    static const h9_limits tight = {.depth = 3, .items = 3, .memory = 1u << 20, .string = 4, .record = 1u << 20};
    h9_context *c = context_of(&tight);
    const good_case fits[] = {
        {"B4", N_ANY, 0, "[[[]]]", NULL},          {"B4", N_LIST_LIST, 0, "[[[]]]", NULL},
        {"items", N_LIST_I32, 0, "[1,2,3]", NULL}, {"items", N_ANY, 0, "{\"a\":[1],\"b\":2}", NULL},
        {"string", N_STRING, 0, "\"abcd\"", NULL}, {"string", N_STRING, 0, "\"\\u0061bcd\"", "\"abcd\""},
        {"string", N_HEX, 0, "\"01020304\"", NULL}};
    for (size_t i = 0; i < COUNT(fits); i++) check_good(c, &fits[i]);
    check_code(c, N_ANY, "[[[[]]]]", H9_E_DEPTH, 3);
    check_code(c, N_LIST_LIST, "[[[[]]]]", H9_E_DEPTH, 3);
    check_code(c, N_RECORD, "{\"skip\":[[[]]]}", H9_E_DEPTH, 10);
    check_code(c, N_RECORD, "{\"more\":{\"more\":{\"more\":{}}}}", H9_E_DEPTH, 24);
    check_code(c, N_LIST_I32, "[1,2,3,4]", H9_E_ITEMS, 7);
    check_code(c, N_ANY, "[[1],[2]]", H9_E_ITEMS, 6);
    check_code(c, N_MAP, "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}", H9_E_ITEMS, 19);
    check_code(c, N_STRING, " \"abcde\"", H9_E_STRING, 1);
    check_code(c, N_STRING, "\"abc\\u00e9\"", H9_E_STRING, 0);
    check_code(c, N_HEX, "\"0102030405\"", H9_E_STRING, 0);
    check_code(c, N_RECORD, "{\"abcde\":1}", H9_E_STRING, 1);
    h9_context_free(c);
}

/* B5: depth far over the limit costs no more than the limit. */
static void test_deep(void)
{
    h9_context *c = context_of(&limits);
    size_t n = 100000;
    char *deep = malloc(n);
    long offset;
    memset(deep, '[', n);
    CHECK(translate_copy(c, N_ANY, N_ANY, deep, n, &offset) < 0 && c->code == H9_E_DEPTH && offset == 16);
    free(deep);
    h9_context_free(c);
}

/* B19: many keys, all different, then one twice; the time is left to a bound that quadratic work would pass by far. */
static void test_many_keys(void)
{
    h9_context *c = context_of(&limits);
    size_t count = 100000, n = 1;
    char *text = malloc(count * 24 + 64);
    text[0] = '{';
    for (size_t i = 0; i < count; i++) n += (size_t)sprintf(text + n, "%s\"k%zu\":%zu", i ? "," : "", i, i);
    text[n++] = '}';
    const uint32_t by[] = {N_ANY, N_ANY_LAST, N_MAP, N_MAP_LAST, N_RECORD};
    clock_t begin = clock();
    for (size_t i = 0; i < COUNT(by); i++)
        CHECK(translate(c, by[i], by[i] == N_RECORD ? N_NULL : by[i], (uint8_t *)text, n) > 0);
    n -= 1;
    n += (size_t)sprintf(text + n, ",\"k7\":0}");
    CHECK(translate(c, N_ANY, N_ANY, (uint8_t *)text, n) < 0 && c->code == H9_E_DUPLICATE);
    CHECK(translate(c, N_MAP, N_MAP, (uint8_t *)text, n) < 0 && c->code == H9_E_DUPLICATE);
    CHECK(translate(c, N_ANY_LAST, N_ANY_LAST, (uint8_t *)text, n) > 0);
    CHECK(clock() - begin < 20 * CLOCKS_PER_SEC);
    free(text);
    h9_context_free(c);
}

/* B15: 5,000 digits. */
static void test_long_number(void)
{
    static char digits[5001];
    h9_context *c = context_of(&limits);
    long offset;
    memset(digits, '7', 5000);
    CHECK_INT(translate_copy(c, N_ANY, N_ANY, digits, 5000, &offset), 5000);
    CHECK_BYTES(c->out, 5000, digits, 5000);
    CHECK(translate_copy(c, N_I64, N_I64, digits, 5000, &offset) < 0 && c->code == H9_E_RANGE);
    CHECK(translate_copy(c, N_F64, N_F64, digits, 5000, &offset) < 0 && c->code == H9_E_RANGE);
    CHECK(translate_copy(c, N_DECIMAL, N_DECIMAL, digits, 5000, &offset) < 0 && c->code == H9_E_DECIMAL);
    CHECK(translate_copy(c, N_BIG, N_BIG, digits, 5000, &offset) < 0 && c->code == H9_E_DECIMAL);
    h9_context_free(c);
}

/* Every byte in every place of a string, plain or escaped, comes back. */
static void test_all_bytes(void)
{
    h9_context *c = context_of(&limits);
    for (unsigned code = 0; code < 0x80; code++)
        for (size_t before = 0; before < 40; before++) {
            char text[80], want[80];
            long offset;
            int pad = (int)before;
            size_t n = (size_t)sprintf(text, "\"%0*d\\u%04xz\"", pad, 0, code);
            long size = translate_copy(c, N_STRING, N_STRING, text, n, &offset);
            check_record(size > 0, __FILE__, __LINE__, text);
            if (size <= 0) continue;
            memcpy(want, c->out, (size_t)size);
            CHECK_INT(translate_copy(c, N_STRING, N_STRING, want, (size_t)size, &offset), size);
            CHECK_BYTES(c->out, (size_t)size, want, (size_t)size);
        }
    h9_context_free(c);
}

/* The path of a refusal, innermost first as it is noted. */
static void test_path(void)
{
    static const char text[] = "{\"more\":{\"map\":{\"a\":1,\"cost\":true}}}";
    h9_context *c = context_of(&limits);
    CHECK(translate(c, N_RECORD, N_NULL, (const uint8_t *)text, strlen(text)) < 0);
    CHECK_INT(c->code, H9_E_TYPE);
    CHECK_INT(c->places_size, 3);
    CHECK(c->places[0].kind == H9_PLACE_KEY && c->places[0].index == 4 && memcmp(c->places[0].key, "cost", 4) == 0);
    const char *const *names = images[N_RECORD].names;
    CHECK(c->places[1].kind == H9_PLACE_FIELD && strcmp(names[c->places[1].index], "map") == 0);
    CHECK(c->places[2].kind == H9_PLACE_FIELD && strcmp(names[c->places[2].index], "more") == 0);
    static const char list[] = "[[],[1]]";
    CHECK(translate(c, N_LIST_LIST, N_NULL, (const uint8_t *)list, strlen(list)) < 0);
    CHECK(c->places_size == 2 && c->places[0].index == 0 && c->places[1].kind == H9_PLACE_ITEM
          && c->places[1].index == 1);
    h9_context_free(c);
}

/* S14: what is ignored is counted by its name, escapes undone. */
static void test_ignored(void)
{
    static const char text[] = "{\"x\":1,\"\\u0078\":2,\"id\":3,\"y\":4}";
    h9_context *c = context_of(&limits);
    CHECK(translate(c, N_RECORD, N_NULL, (const uint8_t *)text, strlen(text)) > 0);
    const h9_ignored *ignored = c->ignored;
    CHECK_INT(c->ignored_size, 2);
    CHECK(ignored[0].count == 2 && ignored[0].key_length == 1 && ignored[0].key[0] == 'x' && ignored[1].key[0] == 'y');
    h9_context_free(c);
}

/* S36: a refused message adds nothing to what is counted, and notes whom it had; another plan begins at zero. */
static void test_counts(void)
{
    static const char *const texts[] = {"{\"x\":1,\"id\":3}", "{\"x\":1,\"y\":1,\"id\":\"\"}", "{\"x\":2,\"id\":3}"};
    h9_context *c = context_of(&limits);
    const h9_plan *plan = plans[N_RECORD];
    size_t size, count;
    for (size_t i = 0; i < 3; i++)
        CHECK((h9_translate_one(plan, c, (const uint8_t *)texts[i], strlen(texts[i]), &size) == NULL) == (i == 1));
    const h9_ignored *ignored = h9_ignored_members(c, &count);
    CHECK_INT(count, 1);
    CHECK_INT(ignored[0].count, 2);
    const h9_record *r = &plan->records[read_node(plan)->a];
    CHECK_INT(h9_found_word(c, plan, r->found), 2);
    CHECK_INT(h9_found_word(c, plan, r->found + 1), 1);
    CHECK_INT(h9_found_word(c, plan, plan->h.found), 0);
    CHECK_INT(h9_filled(c, plan, plan->h.fills), 0);
    h9_translate_one(plans[N_NULL], c, (const uint8_t *)"null", 4, &size);
    CHECK_INT(h9_found_word(c, plan, r->found), 0);
    h9_context_free(c);
}

/* --- allocation failure (B8) --- */

typedef struct {
    long left;
    size_t held;
} meter;

static void *metered(void *state, void *block, size_t old_size, size_t size)
{
    meter *m = state;
    if (size == 0) {
        m->held -= old_size;
        free(block);
        return NULL;
    }
    if (m->left-- <= 0) return NULL;
    void *grown = realloc(block, size);
    m->held += size - old_size;
    return grown;
}

static void test_memory(void)
{
    static const uint8_t seed[16] = {0};
    static char text[300000];
    size_t n = (size_t)sprintf(text, "{\"a\":[");
    while (n < 290000) n += (size_t)sprintf(text + n, "\"text\\n\",{\"k\":1},");
    n += (size_t)sprintf(text + n, "0]}");
    for (long budget = 1;; budget++) {
        meter m = {budget, 0};
        const h9_allocator memory = {metered, &m};
        h9_context *c = h9_context_new(&memory, &limits, seed);
        if (c == NULL) continue;
        long size = translate(c, N_ANY, N_ANY, (const uint8_t *)text, n);
        if (size < 0) CHECK_INT(c->code, H9_E_NO_MEMORY);
        h9_context_free(c);
        CHECK_INT(m.held, 0);
        if (size >= 0 || !CHECK(budget < 1000)) break;
    }
}

int main(void)
{
    load_plans();
    h9_context *c = context_of(&limits);
    for (size_t i = 0; i < COUNT(good_cases); i++) check_good(c, &good_cases[i]);
    for (size_t i = 0; i < COUNT(bad_cases); i++) check_bad(c, &bad_cases[i]);
    h9_context_free(c);
    test_limits();
    test_deep();
    test_many_keys();
    test_long_number();
    test_all_bytes();
    test_path();
    test_ignored();
    test_counts();
    test_memory();
    free_plans();
    return check_summary();
}
