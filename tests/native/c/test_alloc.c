/* B8: the N-th allocation fails, for every N until all succeed. Nothing crashes or leaks, each message comes out
 * right or is refused, and on the same context all of them come out right afterwards.
 *
 *     test_alloc FILE...      cases that tests/native/test_alloc.py wrote from compiled plans
 *     test_alloc              one plan: untyped JSON to MessagePack
 *
 * A case, in numbers of 32 bits: image size, image, count, then for each message its code (0: it is translated), size,
 * bytes, size of the result, result; and the number of its items, where it makes many, with the code and size of each.
 */
#include <stdlib.h>

#include "hal9_core.h"
#include "images.h"
#include "images/alloc.h"

#define MOST 16
#define ITEMS 16

/* --- an allocator that counts, fails, moves every block, and knows each one's size --- */

typedef struct counting {
    size_t calls, fails_at, blocks, bytes;
    bool for_good; /* every later call fails too */
    bool failed, wrong_size;
} counting;

typedef union head {
    size_t size;
    max_align_t align;
} head;

static void forget_block(counting *a, void *block, size_t old_size)
{
    head *h = (head *)block - 1;
    if (h->size != old_size) a->wrong_size = true;
    a->blocks--;
    a->bytes -= h->size;
    free(h);
}

static void *resize(void *state, void *block, size_t old_size, size_t size)
{
    counting *a = state;
    if (size == 0) {
        if (block != NULL) forget_block(a, block, old_size);
        return NULL;
    }
    a->calls++;
    if (a->calls == a->fails_at || (a->for_good && a->fails_at != 0 && a->calls > a->fails_at)) {
        a->failed = true;
        return NULL;
    }
    head *h = malloc(sizeof *h + size);
    if (h == NULL) return NULL;
    h->size = size;
    a->blocks++;
    a->bytes += size;
    if (block != NULL) {
        memcpy(h + 1, block, old_size < size ? old_size : size);
        forget_block(a, block, old_size);
    }
    return h + 1;
}

/* --- cases --- */

typedef struct message {
    const uint8_t *p, *out;
    uint32_t size, out_size, code, items;
    uint32_t item_codes[ITEMS], item_sizes[ITEMS];
} message;

typedef struct test_case {
    const char *name;
    const uint8_t *image;
    size_t image_size, size, count;
    message messages[MOST];
    uint8_t *data; /* all of them, one after another */
    int64_t begin[MOST], end[MOST];
    bool runs; /* they can be read back to back */
    bool many; /* each makes any number of messages */
} test_case;

static uint32_t take_number(const uint8_t **p)
{
    uint32_t n;
    memcpy(&n, *p, sizeof n);
    *p += sizeof n;
    return n;
}

static const uint8_t *take_bytes(const uint8_t **p, size_t n)
{
    const uint8_t *start = *p;
    *p += n;
    return start;
}

/* Lays the messages side by side, in a block that ends where they end. */
static void join(test_case *t)
{
    h9_header h;
    memcpy(&h, t->image, sizeof h);
    t->runs = h.reader != H9_FORMAT_PROTOBUF;
    t->many = h.many != 0;
    t->size = 0;
    for (size_t i = 0; i < t->count; i++) t->size += t->messages[i].size;
    t->data = malloc(t->size ? t->size : 1);
    size_t at = 0;
    for (size_t i = 0; i < t->count; i++) {
        const message *m = &t->messages[i];
        if (m->size) memcpy(t->data + at, m->p, m->size);
        t->begin[i] = (int64_t)at;
        t->end[i] = (int64_t)(at += m->size);
        t->runs = t->runs && m->code == 0;
    }
}

static void parse(test_case *t, const char *name, const uint8_t *p)
{
    *t = (test_case){.name = name};
    t->image_size = take_number(&p);
    t->image = take_bytes(&p, t->image_size);
    t->count = take_number(&p);
    for (size_t i = 0; i < t->count && i < MOST; i++) {
        message *m = &t->messages[i];
        m->code = take_number(&p);
        m->size = take_number(&p);
        m->p = take_bytes(&p, m->size);
        m->out_size = take_number(&p);
        m->out = take_bytes(&p, m->out_size);
        m->items = take_number(&p);
        for (uint32_t k = 0; k < m->items && k < ITEMS; k++) {
            m->item_codes[k] = take_number(&p);
            m->item_sizes[k] = take_number(&p);
        }
    }
    join(t);
}

/* --- one try --- */

static const uint8_t seed[16] = "sixteen bytes...";
static const h9_limits limits = {128, 1000000, 64 << 20, 16 << 20, 64 << 20};

/* What the call says of message i as a whole, or of one of its items: H9_OK, or its refusal, of which there is one at
 * most. */
static uint32_t refusal(const h9_context *c, size_t i, uint64_t item)
{
    size_t count;
    const h9_error *errors = h9_errors(c, &count);
    uint32_t code = H9_OK;
    for (size_t k = 0; k < count; k++) {
        if (errors[k].record != i || errors[k].item != item) continue;
        CHECK_INT(code, H9_OK);
        code = errors[k].code;
    }
    return code;
}

/* Errors stand by message and item, each once; that of a whole message has no others beside it. */
static void check_order(const h9_context *c)
{
    size_t count;
    const h9_error *e = h9_errors(c, &count);
    for (size_t k = 1; k < count; k++)
        CHECK(e[k].record > e[k - 1].record || (e[k].record == e[k - 1].record && e[k].item > e[k - 1].item));
    for (size_t k = 1; k < count; k++)
        if (e[k].item == H9_NO_ITEM) CHECK(e[k].record != e[k - 1].record);
}

/* The result of an item, from `from` on: its size. None: 0. */
static size_t result_size(const h9_context *c, size_t i, uint64_t item, int64_t from)
{
    size_t count;
    const h9_result *results = h9_results(c, &count);
    for (size_t k = 0; k < count; k++)
        if (results[k].record == i && results[k].item == item) return (size_t)(results[k].end - from);
    return 0;
}

/* Each item is right or refused, whatever becomes of its neighbours. Where its results end. */
static int64_t check_items(const message *m, const counting *a, const h9_context *c, size_t i, int64_t from)
{
    size_t size, at = 0;
    const uint8_t *out = h9_output(c, &size);
    for (uint32_t k = 0; k < m->items; at += m->item_sizes[k++]) {
        uint32_t code = refusal(c, i, k);
        size_t n = result_size(c, i, k, from);
        if (code == H9_E_NO_MEMORY) CHECK(a->failed);
        else CHECK_INT(code, m->item_codes[k]);
        if (code == H9_OK) CHECK_BYTES(out + from, n, m->out + at, m->item_sizes[k]);
        else CHECK_INT(n, 0);
        from += (int64_t)n;
    }
    return from;
}

/* Each message is right or refused; for lack of memory only where there was none. */
static void check_results(const test_case *t, const counting *a, const h9_context *c, size_t done, const int64_t *ends)
{
    size_t size;
    const uint8_t *out = h9_output(c, &size);
    int64_t from = 0;
    for (size_t i = 0; i < done; from = ends[i++]) {
        const message *m = &t->messages[i];
        uint32_t code = refusal(c, i, H9_NO_ITEM);
        size_t n = (size_t)(ends[i] - from);
        if (code == H9_E_NO_MEMORY) CHECK(a->failed && n == 0);
        else CHECK_INT(code, m->code);
        if (code == H9_OK && t->many) CHECK_INT(check_items(m, a, c, i, from), ends[i]);
        else if (code == H9_OK) CHECK_BYTES(out + from, n, m->out, m->out_size);
        else CHECK_INT(n, 0);
    }
    CHECK_INT(size, from);
    if (done) check_order(c);
}

static void try_batch(const test_case *t, const counting *a, const h9_plan *plan, h9_context *c)
{
    int64_t ends[MOST];
    h9_code code = h9_translate(plan, c, t->data, t->size, t->begin, t->end, t->count, H9_FRAMING_NONE, ends);
    if (code == H9_OK) check_results(t, a, c, t->count, ends);
    else CHECK(code == H9_E_NO_MEMORY && a->failed);
}

static void try_one(const test_case *t, const counting *a, const h9_plan *plan, h9_context *c)
{
    if (t->many) return; /* such a plan isn't for it */
    for (size_t i = 0; i < t->count; i++) {
        const message *m = &t->messages[i];
        size_t size, count;
        const char *out = h9_translate_one(plan, c, t->data + t->begin[i], m->size, &size);
        if (out != NULL) {
            CHECK_INT(m->code, H9_OK);
            CHECK_BYTES(out, size, m->out, m->out_size);
            continue;
        }
        const h9_error *errors = h9_errors(c, &count);
        if (!CHECK(count == 1)) continue;
        CHECK(errors[0].code == H9_E_NO_MEMORY ? a->failed : errors[0].code == m->code);
    }
}

static void try_run(const test_case *t, const counting *a, const h9_plan *plan, h9_context *c)
{
    int64_t begin[MOST], end[MOST], ends[MOST];
    size_t done, used;
    h9_code code =
        h9_translate_run(plan, c, t->data, t->size, t->count, 0, H9_FRAMING_NONE, begin, end, ends, &done, &used);
    if (code != H9_OK) {
        CHECK(code == H9_E_NO_MEMORY && a->failed);
        return;
    }
    check_results(t, a, c, done, ends);
    CHECK(done == t->count || a->failed);
    for (size_t i = 0; i + 1 < done; i++) CHECK(begin[i] == t->begin[i] && end[i] == t->end[i]);
}

typedef void try_kind(const test_case *, const counting *, const h9_plan *, h9_context *);

/* All that a plan and a context do, with the fails_at-th allocation failing. Whether any failed. */
static bool attempt(const test_case *t, size_t fails_at, bool for_good, int kind)
{
    counting a = {.fails_at = fails_at, .for_good = for_good};
    h9_allocator memory = {resize, &a};
    h9_plan *plan;
    h9_code code = h9_plan_load(t->image, t->image_size, &memory, &plan);
    h9_context *c = code == H9_OK ? h9_context_new(&memory, &limits, seed) : NULL;
    if (code != H9_OK) CHECK(code == H9_E_NO_MEMORY && a.failed && plan == NULL);
    else if (c == NULL) CHECK(a.failed);
    if (c != NULL) {
        try_kind *tries[] = {try_batch, try_one, try_run};
        tries[kind](t, &a, plan, c);
        counting none = {0};
        a.fails_at = 0;
        tries[kind](t, &none, plan, c);
    }
    h9_context_free(c);
    h9_plan_free(plan);
    CHECK(a.blocks == 0 && a.bytes == 0);
    CHECK(!a.wrong_size);
    return a.failed;
}

static void run(const test_case *t)
{
    int before = check_failed;
    for (int kind = 0; kind < (t->runs ? 3 : 2); kind++)
        for (int for_good = 0; for_good < 2; for_good++) {
            size_t n = 1;
            while (attempt(t, n, for_good, kind) && n < 1000) n++;
            CHECK((n > 3 || (t->many && kind == 1)) && n < 1000); /* the plan, the context, its output, ... */
        }
    if (check_failed > before) printf("    in %s\n", t->name);
}

/* --- where the cases come from --- */

static uint8_t *read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL) return NULL;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    uint8_t *block = malloc(size + 1);
    rewind(file);
    if (fread(block, 1, size, file) != size) size = 0;
    fclose(file);
    return block;
}

static void run_file(const char *name)
{
    test_case t;
    uint8_t *block = read_file(name);
    if (!CHECK(block != NULL)) return;
    parse(&t, name, block);
    run(&t);
    free(t.data);
    free(block);
}

static void run_untyped(void)
{
    static const char in[] = "{\"a\":[1,\"\\u00e9\"]}", out[] = "\x81\xA1"
                                                                "a\x92\x01\xA2\xC3\xA9";
    const image *i = &images[UNTYPED];
    test_case t = {.name = i->name, .image = i->bytes, .image_size = i->size, .count = 2};
    t.messages[0] = (message){
        .p = (const uint8_t *)in, .out = (const uint8_t *)out, .size = sizeof in - 1, .out_size = sizeof out - 1};
    t.messages[1] = (message){.p = (const uint8_t *)in, .size = 3, .code = H9_E_TRUNCATED};
    join(&t);
    run(&t);
    free(t.data);
}

int main(int count, char **names)
{
    for (int i = 1; i < count; i++) run_file(names[i]);
    if (count == 1) run_untyped();
    return check_summary();
}
