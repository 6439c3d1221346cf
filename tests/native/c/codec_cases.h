/* What the tests of a self-describing format's reader and writer share, by tables: bytes in, the plan that reads and
 * writes them, and either the bytes that come out or the code and offset of the refusal.
 *
 * Before it is included: CODEC is the format's, plans[] are its plans, and AGAIN(plan) is the one that reads what a
 * plan writes. */
#ifndef H9_TEST_CODEC_CASES_H
#define H9_TEST_CODEC_CASES_H

#include <stdlib.h>

#include "check.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/output.h"
#include "images.h"

#define check(good, what) check_record((good), __FILE__, __LINE__, (what))

/* --- running --- */

#define DEPTH 8

static const h9_limits limits = {.depth = DEPTH, .items = 1000, .memory = 1 << 20, .string = 1000, .record = 1 << 20};

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

/* Reads and writes one message; the output's size, or -1 and c->code. The reader must have taken all of it. */
static long translate(h9_context *c, uint32_t plan, const uint8_t *p, size_t n)
{
    start(c, plan, p, n);
    h9_slot slot;
    const uint8_t *end = CODEC.read(c, read_node(c->plan), &slot, p);
    if (end == NULL) return -1;
    if (end != c->end) {
        h9_fail(c, H9_E_TRAILING, end);
        return -1;
    }
    uint8_t *w = c->out ? c->out : h9_room_slow(c, NULL, 0);
    if (w != NULL) w = CODEC.write(c, write_node(c->plan), &slot, w);
    return w ? (long)(w - c->out) : -1;
}

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
    const char *what;
    uint32_t in;
    const char *hex;
    const char *out;
} good_case;
/* out NULL: the same as in */
typedef struct {
    const char *what;
    uint32_t in;
    const char *hex;
    h9_code code;
    size_t offset;
} bad_case;

static void run_good(h9_context *c, const good_case *t)
{
    uint8_t in[4096], want[4096];
    size_t n = unhex(t->hex, in), size = unhex(t->out ? t->out : t->hex, want);
    uint8_t *p = exactly(in, n);
    long got = translate(c, t->in, p, n);
    bool good = got == (long)size && memcmp(c->out, want, size) == 0;
    if (!good && got < 0) printf("code %u at %ld\n", c->code, (long)(c->at - c->begin));
    if (!good)
        for (long i = 0; i < got; i++) printf("%02x%s", c->out[i], i + 1 == got ? "\n" : " ");
    check(good, t->what);
    check(c->depth == limits.depth || got < 0, "levels are left as they are entered");
    release(p, n);
}

static void run_bad(h9_context *c, const bad_case *t)
{
    uint8_t in[4096];
    size_t n = unhex(t->hex, in);
    uint8_t *p = exactly(in, n);
    long got = translate(c, t->in, p, n);
    bool good = got < 0 && c->code == (uint32_t)t->code && c->at == p + t->offset;
    if (!good)
        printf("code %u at %ld, not %d at %zu\n", got < 0 ? c->code : 0, (long)(c->at - p), (int)t->code, t->offset);
    check(good, t->what);
    release(p, n);
}

/* B2: cut anywhere, a message is refused at its end and nowhere else. */
static void run_truncations(h9_context *c, const good_case *t)
{
    uint8_t in[4096];
    size_t n = unhex(t->hex, in);
    for (size_t cut = 0; cut < n; cut++) {
        uint8_t *p = exactly(in, cut);
        long got = translate(c, t->in, p, cut);
        check(got < 0 && c->code == H9_E_TRUNCATED && c->at == p + cut, t->what);
        release(p, cut);
    }
}

/* Whatever a byte becomes, the message is refused or read; and what was written reads back and is written the same. */
static void run_mutations(h9_context *c, const good_case *t)
{
    uint8_t in[4096], again[4096];
    size_t n = unhex(t->hex, in);
    uint32_t out = AGAIN(t->in);
    uint8_t *p = exactly(in, n);
    bool good = true;
    for (size_t i = 0; i < n; p[i] = in[i], i++)
        for (unsigned v = 0; v < 256; v++) {
            p[i] = (uint8_t)v;
            long size = translate(c, t->in, p, n);
            if (size < 0) {
                good = good && c->code != H9_OK && c->at >= p && c->at <= p + n;
                continue;
            }
            memcpy(again, c->out, (size_t)size);
            good = good && translate(c, out, again, (size_t)size) == size && memcmp(c->out, again, (size_t)size) == 0;
        }
    check(good, t->what);
    release(p, n);
}

/* --- what tables don't show --- */

typedef struct {
    long left;
} failing;

static void *fail_after(void *state, void *block, size_t old_size, size_t size)
{
    failing *f = state;
    (void)old_size;
    if (size == 0) {
        free(block);
        return NULL;
    }
    return f->left-- > 0 ? realloc(block, size) : NULL;
}

/* B8: allocation N fails, for every N: a refusal, and nothing is lost (the sanitizer counts). */
static void run_without_memory(const good_case *t)
{
    uint8_t in[4096];
    size_t n = unhex(t->hex, in);
    bool done = false;
    for (long allow = 0; !done && allow < 50; allow++) {
        failing state = {allow};
        h9_allocator memory = {fail_after, &state};
        static const uint8_t seed[16] = {0};
        h9_context *c = h9_context_new(&memory, &limits, seed);
        if (c == NULL) continue;
        done = translate(c, t->in, in, n) >= 0;
        check(done || c->code == H9_E_NO_MEMORY, t->what);
        h9_context_free(c);
    }
    check(done, t->what);
}

static void run_all(h9_context *c, const good_case *good, size_t goods, const bad_case *bad, size_t bads)
{
    for (size_t i = 0; i < goods; i++) {
        run_good(c, &good[i]);
        run_truncations(c, &good[i]);
        run_without_memory(&good[i]);
        run_mutations(c, &good[i]);
    }
    for (size_t i = 0; i < bads; i++) run_bad(c, &bad[i]);
}

#endif
