/* The Protobuf reader and writer, by tables: bytes in, and either the bytes that come out or the code and offset of the
 * refusal. */
#include <stdlib.h>

#include "check.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/output.h"
#include "protobuf_plan.h"

#define DEPTH 8
#define check(good, what) check_record((good), __FILE__, __LINE__, (what))

static h9_limits limits = {.depth = DEPTH, .items = 1000, .memory = 1 << 20, .string = 1000, .record = 1 << 20};

/* --- running --- */

static void start(h9_context *c, uint32_t plan, const uint8_t *p, size_t n)
{
    c->plan = plans[plan];
    c->begin = p;
    c->end = p + n;
    c->depth = limits.depth;
    c->items = limits.items;
    h9_arena_reset(c);
    c->places_size = c->places_done = 0;
    c->out_size = 0;
}

/* Reads and writes one message; the output's size, or -1 and c->code. */
static long translate_by(h9_context *c, uint32_t plan, const uint8_t *p, size_t n)
{
    start(c, plan, p, n);
    h9_slot slot;
    const uint8_t *end = h9_protobuf.read(c, read_node(c->plan), &slot, p);
    if (end == NULL) return -1;
    if (end != p + n || c->end != p + n) {
        h9_fail(c, H9_E_TRAILING, end);
        return -1;
    }
    uint8_t *w = c->out ? c->out : h9_room_slow(c, NULL, 0);
    if (w != NULL) w = h9_protobuf.write(c, write_node(c->plan), &slot, w);
    return w ? (long)(w - c->out) : -1;
}

static long translate(h9_context *c, const uint8_t *p, size_t n) { return translate_by(c, KEEP, p, n); }

static size_t unhex(const char *hex, uint8_t *out)
{
    size_t n = 0;
    for (; *hex; hex++) {
        if (*hex == ' ') continue;
        unsigned byte;
        sscanf(hex, "%2x", &byte);
        out[n++] = (uint8_t)byte;
        hex++;
    }
    return n;
}

/* The message in a block of just its size, so that reading past it is seen. */
static uint8_t *exactly(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, p, n);
    return n ? copy : copy + 1;
}

static void release(uint8_t *p, size_t n) { free(n ? p : p - 1); }

static h9_context *context(void)
{
    static const uint8_t seed[16] = {1, 2, 3};
    return h9_context_new(NULL, &limits, seed);
}

/* --- tables --- */

typedef struct {
    const char *what, *hex, *out;
} good_case; /* out NULL: the same as came in */
typedef struct {
    const char *what, *hex;
    h9_code code;
    size_t offset;
} bad_case;

#include "protobuf_cases.h"

static void run_good(h9_context *c, const good_case *t)
{
    uint8_t in[512], want[512];
    size_t n = unhex(t->hex, in), size = unhex(t->out ? t->out : t->hex, want);
    uint8_t *p = exactly(in, n);
    long got = translate(c, p, n);
    bool good = got == (long)size && memcmp(c->out, want, size) == 0;
    if (!good && got < 0) printf("code %u at %ld\n", c->code, (long)(c->at - c->begin));
    if (!good)
        for (long i = 0; i < got; i++) printf("%02x%s", c->out[i], i + 1 == got ? "\n" : " ");
    check(good, t->what);
    check(c->depth == limits.depth || got < 0, "levels are left as they are entered");
    if (got >= 0)
        check(translate(c, memcpy(in, c->out, size), size) == (long)size && memcmp(c->out, want, size) == 0,
              "written once, written the same");
    release(p, n);
}

static void run_bad(h9_context *c, const bad_case *t)
{
    uint8_t in[512];
    size_t n = unhex(t->hex, in);
    uint8_t *p = exactly(in, n);
    long got = translate(c, p, n);
    bool good = got < 0 && c->code == (uint32_t)t->code && c->at == p + t->offset;
    if (!good)
        printf("code %u at %ld, not %d at %zu\n", got < 0 ? c->code : 0, got < 0 ? (long)(c->at - p) : -1L,
               (int)t->code, t->offset);
    check(good, t->what);
    release(p, n);
}

/* B2: cut anywhere, a message is refused within its bytes, or (between two fields) is a shorter message. */
static void run_truncations(h9_context *c, const good_case *t)
{
    uint8_t in[512];
    size_t n = unhex(t->hex, in);
    for (size_t cut = 0; cut < n; cut++) {
        uint8_t *p = exactly(in, cut);
        if (translate(c, p, cut) < 0)
            check(c->code == H9_E_TRUNCATED ? c->at == p + cut : c->at >= p && c->at <= p + cut, t->what);
        release(p, cut);
    }
}

/* Whatever a byte becomes, the message is refused or read; and what was written reads back and is written the same. */
static void run_mutations(h9_context *c, const good_case *t)
{
    uint8_t in[512], again[2048];
    size_t n = unhex(t->hex, in);
    uint8_t *p = exactly(in, n);
    bool good = true;
    for (size_t i = 0; i < n; p[i] = in[i], i++)
        for (unsigned v = 0; v < 256; v++) {
            p[i] = (uint8_t)v;
            long size = translate(c, p, n);
            if (size < 0) {
                good = good && c->code != H9_OK && c->at >= p && c->at <= p + n;
                continue;
            }
            memcpy(again, c->out, (size_t)size);
            good = good && translate(c, again, (size_t)size) == size && memcmp(c->out, again, (size_t)size) == 0;
        }
    check(good, t->what);
    release(p, n);
}

/* --- what tables don't show --- */

static void refused(h9_context *c, const uint8_t *p, size_t n, h9_code code, const char *what)
{
    long got = translate(c, p, n);
    if (!check(got < 0 && c->code == (uint32_t)code, what)) printf("    got %u\n", got < 0 ? c->code : 0);
}

/* B4, B5, B46: a message nested to the limit passes; one deeper is refused, as are 100,000 unknown groups. */
static void test_depth(h9_context *c)
{
    static uint8_t bytes[300000];
    size_t n = 0;
    for (int i = 0; i < DEPTH; i++) {
        memmove(bytes + 2, bytes, n);
        bytes[0] = 0x72;
        bytes[1] = (uint8_t)n;
        n += 2;
    }
    CHECK(translate(c, bytes + 2, n - 2) == (long)(n - 2));
    refused(c, bytes, n, H9_E_DEPTH, "one level over the limit");
    for (size_t i = 0; i < 100000; i++) memcpy(bytes + i * 2, "\xa3\x06", 2);
    refused(c, bytes, 200000, H9_E_DEPTH, "unknown groups");
    memset(bytes, 0x73, sizeof bytes);
    refused(c, bytes, sizeof bytes, H9_E_DEPTH, "unknown groups of a known number");
}

/* B49, B50: every message counts, in a list or merged; packed numbers too. */
static void test_budget(h9_context *c)
{
    static uint8_t bytes[4000];
    for (size_t i = 0; i < sizeof bytes; i += 2) memcpy(bytes + i, "\x7a\x00", 2);
    refused(c, bytes, sizeof bytes, H9_E_ITEMS, "empty submessages");
    CHECK(c->at == bytes + 1000 * 2 + 1);
    CHECK(translate(c, bytes, 2000) == 2000);
    for (size_t i = 0; i < sizeof bytes; i += 2) memcpy(bytes + i, "\x72\x00", 2);
    refused(c, bytes, sizeof bytes, H9_E_ITEMS, "the same submessage again");
    memcpy(bytes, "\x5a\xe9\x07", 3);
    memset(bytes + 3, 1, 1001);
    refused(c, bytes, 1004, H9_E_ITEMS, "packed numbers");
    for (size_t i = 0; i < sizeof bytes; i += 2) memcpy(bytes + i, "\x58\x01", 2);
    refused(c, bytes, sizeof bytes, H9_E_ITEMS, "numbers one by one");
}

/* A string over its limit is refused where its length stands. */
static void test_string_limit(h9_context *c)
{
    uint8_t bytes[1100];
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes, "\x12\xe9\x07", 3);
    refused(c, bytes, 1004, H9_E_STRING, "1,001 bytes of text");
    CHECK(c->at == bytes + 1);
}

static uint32_t place_of(const h9_place *p) { return p->kind == H9_PLACE_FIELD ? number_of(p->index) : p->index; }

/* Where a refusal stood: fields by number, items, keys; also what waited for the message's end. */
static void test_path(h9_context *c)
{
    static const struct {
        const char *hex;
        uint32_t kinds[4], indexes[4];
        size_t n;
    } cases[] = {
        {"12 01 ff", {H9_PLACE_FIELD}, {2}, 1},
        {"72 03 12 01 ff", {H9_PLACE_FIELD, H9_PLACE_FIELD}, {2, 14}, 2},
        {"7a 00 7a 03 12 01 ff", {H9_PLACE_FIELD, H9_PLACE_ITEM, H9_PLACE_FIELD}, {2, 1, 15}, 3},
        {"62 00 62 01 ff", {H9_PLACE_ITEM, H9_PLACE_FIELD}, {1, 12}, 2},
        {"72 03 ea 02 00", {H9_PLACE_FIELD, H9_PLACE_FIELD, H9_PLACE_FIELD}, {1, 45, 14}, 3},
        {"72 03 72 01 58", {H9_PLACE_FIELD, H9_PLACE_FIELD, H9_PLACE_FIELD}, {11, 14, 14}, 0},
        {"82 01 07 0a 03 61 62 63 10 80", {H9_PLACE_KEY, H9_PLACE_FIELD}, {3, 16}, 2},
        {"b2 03 07 0a 01 61 12 02 10 01", {H9_PLACE_FIELD, H9_PLACE_KEY, H9_PLACE_FIELD}, {1, 1, 54}, 3},
        {"72 05 82 03 02 10 01", {H9_PLACE_FIELD, H9_PLACE_FIELD}, {48, 14}, 2},
        {"d2 01 04 0a 02 32 02 0a 00", {0}, {0}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t in[64];
        size_t n = unhex(cases[i].hex, in);
        check(translate(c, in, n) < 0, cases[i].hex);
        if (cases[i].n == 0) continue;
        check(c->places_size == cases[i].n, cases[i].hex);
        for (size_t k = 0; k < c->places_size && k < cases[i].n; k++)
            check(c->places[k].kind == cases[i].kinds[k] && place_of(&c->places[k]) == cases[i].indexes[k],
                  cases[i].hex);
    }
}

/* Other policies for what is unknown (S14). */
static void test_unknown(void)
{
    h9_context *c = context();
    static const uint8_t bytes[] = {0x08, 0x01, 0xf8, 0x06, 0x01, 0xf8, 0x06, 0x02, 0x50, 0x04};
    size_t count;
    CHECK(translate_by(c, REFUSE, bytes, sizeof bytes) < 0);
    CHECK_INT(c->code, H9_E_UNKNOWN_FIELD);
    CHECK(c->at == bytes + 2);
    CHECK(translate_by(c, IGNORE, bytes, sizeof bytes) == 2);
    const h9_ignored *ignored = h9_ignored_members(c, &count);
    CHECK_INT(count, 2);
    CHECK_TEXT(ignored[0].key, ignored[0].key_length, "#111");
    CHECK_INT(ignored[0].count, 2);
    CHECK_TEXT(ignored[1].key, ignored[1].key_length, "#10");
    h9_context_free(c);
}

/* One member read twice, as text and as bytes; what is unknown in it is kept once. */
static void test_also(h9_context *c)
{
    static const uint8_t bytes[] = {0x12, 0x01, 0x61, 0x50, 0x04};
    CHECK(translate_by(c, ALSO, bytes, sizeof bytes) == 9);
    CHECK_BYTES(c->out, 9, "\x12\x01\x61\xaa\x02\x01\x61\x50\x04", 9);
}

/* B8: whichever allocation fails, the message is refused and nothing leaks (the sanitizer watches). */
typedef struct {
    size_t left;
} failing;
static void *failing_resize(void *state, void *block, size_t old_size, size_t size)
{
    failing *f = state;
    (void)old_size;
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (f->left == 0) return NULL;
    f->left--;
    return realloc(block, size);
}

static void test_allocation(void)
{
    static const uint8_t seed[16] = {0};
    static uint8_t bytes[60000];
    size_t n = 0;
    for (; n < 50000; n += 512) {
        memcpy(bytes + n, "\x62\xfd\x03", 3);
        memset(bytes + n + 3, 'a', 509);
        bytes[n + 2] = 3;
    }
    memcpy(bytes + n, "\xca\x01\x09\x0a\x07\x0a\x01\x61\x12\x02\x08\x00", 12);
    bool done = false;
    for (size_t k = 1; !done; k++) {
        failing state = {k};
        h9_allocator memory = {failing_resize, &state};
        h9_context *c = h9_context_new(&memory, &limits, seed);
        if (c == NULL) continue;
        long got = translate(c, bytes, n + 12);
        done = got >= 0;
        check(done || c->code == H9_E_NO_MEMORY, "an allocation that fails is refused as such");
        check(!done || got == (long)n + 12, "and when all succeed the message is all there");
        h9_context_free(c);
        if (k > 50) {
            check(false, "allocations don't end");
            break;
        }
    }
}

/* B19, B50: many pieces, many keys: linear, so that this ends. */
static void test_linear(void)
{
    h9_limits before = limits;
    limits =
        (h9_limits){.depth = DEPTH, .items = 1u << 30, .memory = UINT64_C(1) << 30, .string = 1000, .record = 1 << 30};
    h9_context *c = context();
    size_t n = 1200000;
    uint8_t *bytes = malloc(n);
    static const char *patterns[] = {"5a 01 01",
                                     "6a 04 00 00 80 3f",
                                     "72 02 08 01",
                                     "72 03 ea 02 00",
                                     "9a 01 00 90 01 01",
                                     "a2 01 02 08 01 90 01 01",
                                     "82 01 05 0a 01 61 10 01",
                                     "ca 01 09 0a 07 0a 01 61 12 02 08 00",
                                     "f8 06 01 08 01",
                                     "f2 01 01 04",
                                     "c2 01 02 32 00"};
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) {
        uint8_t one[64];
        size_t size = unhex(patterns[k], one), whole = n / size * size;
        for (size_t i = 0; i < whole; i += size) memcpy(bytes + i, one, size);
        long got = translate(c, bytes, whole);
        check(got >= 0 || c->code == H9_E_MISSING, patterns[k]);
    }
    free(bytes);
    h9_context_free(c);
    limits = before;
}

int main(void)
{
    load_plans();
    h9_context *c = context();
    for (size_t i = 0; i < sizeof good_cases / sizeof *good_cases; i++) {
        run_good(c, &good_cases[i]);
        run_truncations(c, &good_cases[i]);
        run_mutations(c, &good_cases[i]);
    }
    for (size_t i = 0; i < sizeof bad_cases / sizeof *bad_cases; i++) run_bad(c, &bad_cases[i]);
    test_depth(c);
    test_budget(c);
    test_string_limit(c);
    test_path(c);
    test_unknown();
    test_also(c);
    h9_context_free(c);
    test_allocation();
    test_linear();
    free_plans();
    return check_summary();
}
