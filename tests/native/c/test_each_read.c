/* One message into many, from Avro's bytes on: items that can't be read, messages that are refused after some of their
 * items were written, and what becomes of their neighbours. */
#include "each_plan.h"

enum { MOST = 16 };

/* Read are a list of records of a text and a text that is a digit; and another text. The program writes each item's
 * text; after the loop the message's own must be a digit too. */

#define GOOD                                                                                                           \
    "\x04\x02x\x02"                                                                                                    \
    "1\x02y\x02"                                                                                                       \
    "2\0\x02"                                                                                                          \
    "0"
#define BAD_ITEM                                                                                                       \
    "\x06\x02x\x02"                                                                                                    \
    "1\x02y\x02q\x02z\x02"                                                                                             \
    "3\0\x02"                                                                                                          \
    "0" /* text that is no number */
#define NEGATIVE                                                                                                       \
    "\x04\x02x\x04-1\x02y\x02"                                                                                         \
    "2\0\x02"                                                                                                          \
    "0" /* a number out of range */
#define WHOLE                                                                                                          \
    "\x06\x02x\x02"                                                                                                    \
    "1\x02y\x02q\x02z\x02"                                                                                             \
    "3\0\x02!" /* the same, and refused after the loop */
#define NONE                                                                                                           \
    "\0\x02"                                                                                                           \
    "0"
#define CUT                                                                                                            \
    "\x06\x02x\x02"                                                                                                    \
    "1\x02y\x02q\x02z"
#define BAD_LENGTH                                                                                                     \
    "\x04\x02x\x02"                                                                                                    \
    "1\x01y\x02"                                                                                                       \
    "2\0\x02"                                                                                                          \
    "0"

typedef struct {
    const char *p;
    size_t n;
} message;
#define M(text) {text, sizeof text - 1}

static size_t join(uint8_t *data, const message *m, size_t count, int64_t *begin, int64_t *end)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        begin[i] = (int64_t)at;
        memcpy(data + at, m[i].p, m[i].n);
        end[i] = (int64_t)(at += m[i].n);
    }
    return at;
}

/* What the messages make together, by each way to translate them. */
static void check_all(const message *m, size_t count, const char *want, const int64_t *want_ends)
{
    uint8_t data[512];
    int64_t begin[MOST], end[MOST], ends[MOST], found[MOST], last[MOST];
    size_t size = join(data, m, count, begin, end), done, used;
    CHECK_INT(h9_translate(plan, c, data, size, begin, end, count, H9_FRAMING_NONE, ends), H9_OK);
    const char *all = tell_all();
    CHECK_TEXT(all, strlen(all), want);
    CHECK_BYTES(ends, count * sizeof *ends, want_ends, count * sizeof *ends);
    CHECK_INT(h9_translate_run(plan, c, data, size, count, 0, H9_FRAMING_NONE, found, last, ends, &done, &used), H9_OK);
    CHECK(done == count && used == size);
    all = tell_all();
    CHECK_TEXT(all, strlen(all), want);
    CHECK_BYTES(ends, count * sizeof *ends, want_ends, count * sizeof *ends);
    CHECK_BYTES(found, count * sizeof *begin, begin, count * sizeof *begin);
    CHECK_BYTES(last, count * sizeof *end, end, count * sizeof *end);
}

static void test_bad_items_are_alone(void)
{
    static const message messages[] = {M(GOOD), M(BAD_ITEM), M(NONE), M(NEGATIVE), M(GOOD)};
    static const int64_t ends[] = {4, 8, 8, 10, 14};
    check_all(messages, 5,
              "0.0=x 0.1=y 1.0=x 1.2=z 3.1=y 4.0=x 4.1=y "
              "1.1!17@.6[1].4 3.0!38@.6[0].4 ",
              ends);
    CHECK_INT(c->errors[0].offset, 7);
    CHECK_INT(c->errors[1].offset, 3);
}

/* All that a message made is taken back when it is refused after all: results, refusals of its items, their paths. */
static void test_refused_as_a_whole(void)
{
    static const message messages[] = {M(GOOD), M(WHOLE), M(BAD_ITEM), M(WHOLE), M(WHOLE), M(GOOD)};
    static const int64_t ends[] = {4, 4, 8, 8, 8, 12};
    check_all(messages, 6,
              "0.0=x 0.1=y 2.0=x 2.2=z 5.0=x 5.1=y "
              "1!17@:7 2.1!17@.6[1].4 3!17@:7 4!17@:7 ",
              ends);
    CHECK_INT(c->places_size, 6);
}

/* Bytes that are no message refuse all of it, whatever its items were. */
static void test_damage(void)
{
    static const message whole[] = {M(GOOD), M(CUT), M(GOOD)}, lengths[] = {M(GOOD), M(BAD_LENGTH), M(GOOD)};
    static const int64_t all_ends[] = {4, 4, 8};
    uint8_t data[512];
    int64_t begin[MOST], end[MOST], ends[MOST];
    size_t size = join(data, whole, 3, begin, end);
    CHECK_INT(h9_translate(plan, c, data, size, begin, end, 3, H9_FRAMING_NONE, ends), H9_OK);
    const char *all = tell_all();
    CHECK_TEXT(all, strlen(all), "0.0=x 0.1=y 2.0=x 2.1=y 1!10@.6[2].4 ");
    CHECK_BYTES(ends, sizeof all_ends, all_ends, sizeof all_ends);
    size = join(data, lengths, 3, begin, end);
    CHECK_INT(h9_translate(plan, c, data, size, begin, end, 3, H9_FRAMING_NONE, ends), H9_OK);
    all = tell_all();
    CHECK_TEXT(all, strlen(all), "0.0=x 0.1=y 2.0=x 2.1=y 1!14@.6[1].3 ");
}

/* Each result has its own frame, and its end is after it. */
static void test_framing(void)
{
    static const message messages[] = {M(GOOD)};
    int64_t begin[1], end[1], ends[1];
    uint8_t data[64];
    size_t size = join(data, messages, 1, begin, end), n;
    CHECK_INT(h9_translate(plan, c, data, size, begin, end, 1, H9_FRAMING_BE32, ends), H9_OK);
    const h9_result *results = h9_results(c, &n);
    CHECK(n == 2 && results[0].end == 6 && results[1].end == 12 && ends[0] == 12);
    CHECK_BYTES(h9_output(c, &n), 12, "\0\0\0\x02\x02x\0\0\0\x02\x02y", 12);
    CHECK_INT(n, 12);
}

int main(void)
{
    open_context();
    use(FROM_BYTES);
    test_bad_items_are_alone();
    test_refused_as_a_whole();
    test_damage();
    test_framing();
    close_context();
    return check_summary();
}
