/* Streams cut into messages: what is whole, what is left for the next call, what is damaged and where. */
#include "hal9_core.h"

#include "check.h"

#define check(good, what) check_record((good), __FILE__, __LINE__, (what))

typedef enum { LINES = H9_DELIMITING_NEWLINE, VARINT = H9_DELIMITING_VARINT, BE32 = H9_DELIMITING_BE32 } splitter;
typedef struct {
    splitter by;
    const char *name, *data;
    size_t size;
    int last;
    size_t count;
    h9_code code;
    size_t used;
    const char *messages;
} split_case;

static h9_code split(splitter by, const uint8_t *data, size_t size, int last, size_t count, int64_t *b, int64_t *e,
                     size_t *done, size_t *used)
{ return h9_split((h9_delimiting)by, data, size, last, 300, count, b, e, done, used); }

#define S(text) text, sizeof text - 1

/* The messages found stand one after another, each with a '|' after it. */
static const split_case cases[] = {
    {LINES, "no input", S(""), 1, 8, H9_OK, 0, ""},
    {LINES, "two lines", S("a\nbc\n"), 0, 8, H9_OK, 5, "a|bc|"},
    {LINES, "a line without an end is left", S("a\nbc"), 0, 8, H9_OK, 2, "a|"},
    {LINES, "the last line needs no end", S("a\nbc"), 1, 8, H9_OK, 4, "a|bc|"},
    {LINES, "carriage returns end a line too", S("a\r\nb\r\n"), 0, 8, H9_OK, 6, "a|b|"},
    {LINES, "blank lines are passed over", S("\n\r\n \t\na\n\n\n"), 0, 8, H9_OK, 10, "a|"},
    {LINES, "only blank lines", S("\n\n  "), 1, 8, H9_OK, 4, ""},
    {LINES, "no more than asked for", S("a\nb\nc\n"), 1, 2, H9_OK, 4, "a|b|"},
    {LINES, "none asked for", S("a\n"), 1, 0, H9_OK, 0, ""},
    {VARINT, "no input", S(""), 1, 8, H9_OK, 0, ""},
    {VARINT, "an empty message is a message", S("\0\1a"), 1, 8, H9_OK, 3, "|a|"},
    {VARINT, "a partial message is left", S("\1a\3bc"), 0, 8, H9_OK, 2, "a|"},
    {VARINT, "a partial message at the end", S("\1a\3bc"), 1, 8, H9_E_TRUNCATED, 2, "a|"},
    {VARINT, "a partial length is left", S("\1a\x80"), 0, 8, H9_OK, 2, "a|"},
    {VARINT, "a partial length at the end", S("\1a\x80"), 1, 8, H9_E_TRUNCATED, 2, "a|"},
    {VARINT, "a length of two bytes", S("\x81\0a"), 0, 8, H9_OK, 3, "a|"},
    {VARINT, "over the limit before it is there", S("\1a\xad\2"), 0, 8, H9_E_RECORD, 2, "a|"},
    {VARINT, "at the limit it is waited for", S("\1a\xac\2"), 0, 8, H9_OK, 2, "a|"},
    {VARINT, "eleven bytes (B43)", S("\1a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\1"), 0, 8, H9_E_VARINT, 2, "a|"},
    {VARINT, "over 64 bits", S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\2"), 0, 8, H9_E_VARINT, 0, ""},
    {VARINT, "64 bits are over the limit (B6)", S("\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"), 0, 8, H9_E_RECORD, 0, ""},
    {VARINT, "no more than asked for", S("\1a\1b"), 1, 1, H9_OK, 2, "a|"},
    {BE32, "two messages", S("\0\0\0\1a\0\0\0\2bc"), 1, 8, H9_OK, 11, "a|bc|"},
    {BE32, "a partial length is left", S("\0\0\0"), 0, 8, H9_OK, 0, ""},
    {BE32, "a partial length at the end", S("\0\0\0"), 1, 8, H9_E_TRUNCATED, 0, ""},
    {BE32, "a partial message is left", S("\0\0\0\1a\0\0\0\2b"), 0, 8, H9_OK, 5, "a|"},
    {BE32, "over the limit", S("\xff\xff\xff\xff"), 0, 8, H9_E_RECORD, 0, ""},
};

static void run(const split_case *t)
{
    int64_t begin[8], end[8];
    size_t done = 99, used = 99;
    char found[64] = "";
    h9_code code = split(t->by, (const uint8_t *)t->data, t->size, t->last, t->count, begin, end, &done, &used);
    for (size_t i = 0; i < done && i < 8; i++) {
        strncat(found, t->data + begin[i], (size_t)(end[i] - begin[i]));
        strcat(found, "|");
    }
    int good = code == t->code && used == t->used && strcmp(found, t->messages) == 0;
    if (!good) printf("code %d, used %zu, found %s\n", (int)code, used, found);
    check(good, t->name);
}

/* However a stream is cut into calls, the same messages come out. */
static void run_in_pieces(splitter by, const char *data, size_t size, size_t messages)
{
    for (size_t cut = 0; cut <= size; cut++) {
        int64_t begin[8], end[8];
        size_t first, second, used, rest;
        h9_code code = split(by, (const uint8_t *)data, cut, 0, 8, begin, end, &first, &used);
        check(code == H9_OK, "the first piece");
        code = split(by, (const uint8_t *)data + used, size - used, 1, 8, begin, end, &second, &rest);
        check(code == H9_OK && first + second == messages && used + rest == size, "the second piece");
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) run(&cases[i]);
    run_in_pieces(LINES, S("one\n\ntwo\r\nthree"), 3);
    run_in_pieces(VARINT, S("\3one\0\x85\0three"), 3);
    run_in_pieces(BE32, S("\0\0\0\3one\0\0\0\0\0\0\0\3two"), 3);
    return check_summary();
}
