/* JSON arrays cut into items: what is whole, what is left for the next call, what is damaged and where. */
#include "hal9_core.h"

#include <stdlib.h>

#include "check.h"

#define check(good, what) check_record((good), __FILE__, __LINE__, (what))

typedef struct {
    const char *name, *data;
    size_t count;
    h9_code code;
    size_t used, scanned;
    int closed;
    const char *items;
} array_case;

/* What comes after the opening bracket. The items found stand one after another, each with a '|' after it. */
static const array_case cases[] = {
    {"no input", "", 8, H9_OK, 0, 0, 0, ""},
    {"an empty array", "]", 8, H9_OK, 1, 1, 1, ""},
    {"an empty array with space", " \n] ", 8, H9_OK, 3, 3, 1, ""},
    {"space around items isn't theirs", " 1 ,\t\"a\"\r\n]", 8, H9_OK, 11, 11, 1, "1|\"a\"|"},
    {"what is not whole is left", "1, {\"a\"", 8, H9_OK, 2, 7, 0, "1|"},
    {"nothing between commas is an item", ",,1,]", 8, H9_OK, 5, 5, 1, "||1||"},
    {"brackets and commas in items", "[1,{\"a\":[2,3]}],{},4]", 8, H9_OK, 21, 21, 1, "[1,{\"a\":[2,3]}]|{}|4|"},
    {"brackets and commas in strings", "\"],[{\",{\"}\":\"\"}]", 8, H9_OK, 16, 16, 1, "\"],[{\"|{\"}\":\"\"}|"},
    {"escaped quotes", "\"\\\"]\",\"\\\\\",1]", 8, H9_OK, 13, 13, 1, "\"\\\"]\"|\"\\\\\"|1|"},
    {"an escape without its end", "1,\"a\\", 8, H9_OK, 2, 4, 0, "1|"},
    {"no more than asked for", "1,2,3]", 2, H9_OK, 4, 4, 0, "1|2|"},
    {"none asked for", "1]", 0, H9_OK, 0, 0, 0, ""},
    {"what comes after the array is left", "1] ,2]", 8, H9_OK, 2, 2, 1, "1|"},
    {"a bracket that closes none", "1,2},3]", 8, H9_E_GROUP, 2, 3, 0, "1|"},
    {"a bracket of the other kind", "1,[2},3]", 8, H9_E_GROUP, 2, 4, 0, "1|"},
    {"a brace of the other kind", "{\"a\":1],2]", 8, H9_E_GROUP, 0, 6, 0, ""},
    {"at the limit", "1,\"4567890123456789012\"]", 8, H9_OK, 24, 24, 1, "1|\"4567890123456789012\"|"},
    {"over the limit", "1, \"45678901234567890123\" ]", 8, H9_E_RECORD, 2, 26, 0, "1|"},
};

static void run(const array_case *t, size_t piece)
{
    size_t size = strlen(t->data), given = 0, from = 0, found = 0, length = 0, scanned = 0;
    h9_array_scan scan = {0};
    h9_code code = H9_OK;
    char items[64];
    while (given < size && code == H9_OK && !scan.closed && found < t->count) {
        int64_t begin[8], end[8];
        size_t done = 99, used = 99, seen = scanned;
        given = given + piece < size ? given + piece : size;
        uint8_t *data = malloc(given - from); /* a copy, so that a sanitizer sees its end */
        if (data == NULL) return;
        memcpy(data, t->data + from, given - from);
        code = h9_split_array(&scan, data, given - from, 21, t->count - found, begin, end, &done, &used, &scanned);
        for (size_t i = 0; i < done; i++) {
            size_t n = (size_t)(end[i] - begin[i]);
            memcpy(items + length, data + begin[i], n);
            items[length + n] = '|';
            length += n + 1;
        }
        free(data);
        check(scanned >= used && scanned >= seen, t->name);
        found += done, from += used, scanned -= used;
    }
    check(code == t->code && from == t->used && from + scanned == t->scanned, t->name);
    check((int)scan.closed == t->closed && length == strlen(t->items), t->name);
    check(memcmp(items, t->items, length) == 0, t->name);
}

/* Deeper than there is room for, brackets are counted, so the next item is found all the same (B5). */
static void deep(size_t levels)
{
    size_t size = 2 * levels + 3, done = 0, used = 0, scanned = 0;
    uint8_t *data = malloc(size);
    int64_t begin[8], end[8];
    h9_array_scan scan = {0};
    if (data == NULL) return;
    memset(data, '[', levels), memset(data + levels, ']', levels), memcpy(data + 2 * levels, ",1]", 3);
    h9_code code = h9_split_array(&scan, data, size, size, 8, begin, end, &done, &used, &scanned);
    check(code == H9_OK && done == 2 && end[0] == (int64_t)(2 * levels) && scan.closed, "deep");
    free(data);
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t piece = 1; piece < 30; piece++) run(&cases[i], piece);
    deep(8191), deep(8192), deep(8193), deep(100000);
    return check_summary();
}
