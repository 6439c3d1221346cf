/* A plan made by hand for the JSON tests: nodes of every kind, and a record that has every kind of field. */
#ifndef JSON_PLAN_H
#define JSON_PLAN_H

#include <stdio.h>

#include "core/formats.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"

enum {
    NONE,
    N_NULL,
    N_BOOL,
    N_I32,
    N_I64,
    N_LAX_I64,
    N_U32,
    N_U64,
    N_LAX_U64,
    N_F32,
    N_F64,
    N_LAX_F32,
    N_LAX_F64,
    N_QUOTED_F64,
    N_NULL_F64,
    N_STRING,
    N_BASE64,
    N_URL,
    N_HEX,
    N_POINTS,
    N_FIXED,
    N_ENUM,
    N_LAX_ENUM,
    N_NUMBER_ENUM,
    N_OPEN_ENUM,
    N_DEFAULT_ENUM,
    N_DECIMAL,
    N_DECIMAL_FIXED,
    N_DECIMAL_POINTS,
    N_BIG,
    N_UUID,
    N_DATE,
    N_DATE_NUMBER,
    N_TIME,
    N_TIME_MS,
    N_STAMP,
    N_LOCAL,
    N_STAMP_MS,
    N_DURATION,
    N_PERIOD,
    N_OPTION,
    N_LIST_I32,
    N_LIST_F32,
    N_LIST_BOOL,
    N_LIST_STRING,
    N_LIST_OPTION,
    N_LIST_LIST,
    N_MAP,
    N_MAP_LAST,
    N_MAP_INT,
    N_MAP_UINT,
    N_MAP_BOOL,
    N_MAP_STEP,
    N_STEP_KEY,
    N_UNION,
    N_BRANCH_NULL,
    N_BRANCH_INT,
    N_BRANCH_STRING,
    N_BRANCH_LIST,
    N_WRITE_UNION,
    N_ANY,
    N_ANY_LAST,
    N_STRUCT,
    N_LISTVALUE,
    N_WRAPPED,
    N_NAMED_INT,
    N_NAMED_INT_W,
    N_NAMED_OPTION,
    N_NAMED_OPTION_W,
    N_NAMED_UNION,
    N_NAMED_UNION_W,
    N_NAMED_STRING_W,
    N_NAMED_INLINE,
    N_NAMED_INLINE_W,
    N_NO_NULL,
    N_UUID_POINTS,
    N_BIG_POINTS,
    N_FAIL,
    N_CONVERTED,
    N_INLINE,
    N_INLINE_W,
    N_RECORD,
    N_RECORD_W,
    N_LAST,
    N_CLOSED,
    N_BIG_RECORD,
    N_BIG_RECORD_W,
    N_ZERO,
    N_ZERO_W,
    N_NAMED,
    N_NAMED_LAST,
    N_NAMED_W,
    N_NODES
};
enum {
    R_INNER,
    R_INNER_W,
    R_MAIN,
    R_MAIN_W,
    R_LAST,
    R_CLOSED,
    R_BIG,
    R_BIG_W,
    R_ZERO,
    R_ZERO_W,
    R_NAMED,
    R_NAMED_LAST,
    R_NAMED_W,
    R_RECORDS
};
enum { BIG_FIELDS = 300 };

static h9_node nodes[N_NODES];
static h9_field fields[2000];
static h9_record records[R_RECORDS];
static h9_key keys[2000];
static h9_enum enums[3];
static h9_symbol symbols[16];
static h9_step steps[8];
static uint64_t words64[64];
static uint32_t words32[8192];
static uint8_t pool[1 << 16];
static uint32_t fields_n, keys_n, words64_n, words32_n, pool_n;

static uint32_t text(const char *s)
{
    uint32_t at = pool_n;
    memcpy(pool + at, s, strlen(s));
    pool_n += (uint32_t)strlen(s);
    return at;
}

/* A table of `n` spellings. */
static void index_keys(uint32_t first, uint32_t n, uint32_t *table, uint32_t *mask)
{
    uint32_t size = 4;
    while (size < 2 * n) size *= 2;
    *table = words32_n;
    *mask = size - 1;
    words32_n += size;
    for (uint32_t i = first; i < first + n; i++) {
        uint32_t h = keys[i].hash & *mask;
        while (words32[*table + h]) h = (h + 1) & *mask;
        words32[*table + h] = i + 1;
    }
}

static void add_key(const char *name, uint32_t index)
{
    keys[keys_n].text = text(name);
    keys[keys_n].size = (uint32_t)strlen(name);
    keys[keys_n].index = index;
    keys[keys_n].hash = h9_key_hash((const uint8_t *)name, strlen(name));
    keys_n++;
}

typedef struct {
    const char *key, *name, *other;
    uint32_t node, slot, flags, group;
} field_spec;

/* A record of these fields; the reading side's keys have no colon. */
static void add_record(uint32_t r, uint32_t slots, const field_spec *specs, uint32_t n, bool writing)
{
    uint32_t first_key = keys_n;
    records[r] = (h9_record){.first = fields_n,
                             .count = n,
                             .slots = slots,
                             .words = (slots + 63) / 64,
                             .need = H9_NONE,
                             .unknown_slot = H9_NO_SLOT};
    for (uint32_t i = 0; i < n; i++) {
        const field_spec *s = &specs[i];
        h9_field *f = &fields[fields_n++];
        uint32_t key = text(s->key);
        if (writing) text(":");
        *f = (h9_field){.node = s->node,
                        .slot = (uint16_t)s->slot,
                        .flags = (uint16_t)s->flags,
                        .key = key,
                        .key_size = pool_n - key,
                        .group = s->group ? s->group : H9_NONE,
                        .name = i + 1};
        if (s->name) add_key(s->name, i);
        if (s->other) add_key(s->other, i);
    }
    index_keys(first_key, keys_n - first_key, &records[r].keys, &records[r].key_mask);
}

#define COUNT(x) ((uint32_t)(sizeof(x) / sizeof((x)[0])))

static void add_main(void)
{
    uint32_t group = ++words64_n; /* 0 says none */
    words64[words64_n++] = UINT64_C(1) << 6 | UINT64_C(1) << 7;
    const field_spec inner[] = {{"\"x\"", "x", NULL, N_I32, 4, 0, 0}, {"\"y\"", "y", NULL, N_STRING, 5, 0, 0}};
    const field_spec inner_w[] = {{"\"x\"", NULL, NULL, N_I32, 4, 0, 0}, {"\"y\"", NULL, NULL, N_STRING, 5, 0, 0}};
    const field_spec main_r[] = {{"\"id\"", "id", "ID", N_I32, 0, 0, 0},
                                 {"\"a long \\\"name\\\"\"", "a long \"name\"", NULL, N_STRING, 1, 0, 0},
                                 {"\"note\"", "note", NULL, N_STRING, 2, H9_F_NULLABLE, 0},
                                 {"\"inner\"", "inner", NULL, N_INLINE, 3, 0, 0},
                                 {"\"either\"", "either", NULL, N_I32, 6, H9_F_ONEOF_STRICT | H9_F_NULLABLE, group},
                                 {"\"or\"", "or", NULL, N_I32, 7, H9_F_ONEOF_STRICT | H9_F_NULLABLE, group},
                                 {"\"skip\"", "skip", NULL, N_I32, H9_NO_SLOT, 0, 0},
                                 {"\"twice\"", "twice", NULL, N_I32, 8, 0, 0},
                                 {"\"more\"", "more", NULL, N_RECORD, 10, 0, 0},
                                 {"\"opt\"", "opt", NULL, N_OPTION, 11, 0, 0},
                                 {"\"list\"", "list", NULL, N_LIST_STRING, 12, 0, 0},
                                 {"\"map\"", "map", NULL, N_MAP, 13, 0, 0}};
    const field_spec main_w[] = {{"\"id\"", NULL, NULL, N_I32, 0, 0, 0},
                                 {"\"name\"", NULL, NULL, N_STRING, 1, 0, 0},
                                 {"\"note\"", NULL, NULL, N_STRING, 2, H9_F_NULLABLE, 0},
                                 {"\"inner\"", NULL, NULL, N_INLINE_W, 3, 0, 0},
                                 {"\"either\"", NULL, NULL, N_I32, 6, 0, 0},
                                 {"\"or\"", NULL, NULL, N_I32, 7, 0, 0},
                                 {"\"twice\"", NULL, NULL, N_I32, 8, 0, 0},
                                 {"\"also\"", NULL, NULL, N_I64, 9, 0, 0},
                                 {"\"more\"", NULL, NULL, N_RECORD_W, 10, 0, 0},
                                 {"\"opt\"", NULL, NULL, N_OPTION, 11, 0, 0},
                                 {"\"list\"", NULL, NULL, N_LIST_STRING, 12, 0, 0},
                                 {"\"map\"", NULL, NULL, N_MAP, 13, 0, 0}};
    add_record(R_INNER, 14, inner, COUNT(inner), false);
    add_record(R_INNER_W, 14, inner_w, COUNT(inner_w), true);
    add_record(R_MAIN, 14, main_r, COUNT(main_r), false);
    fields[records[R_MAIN].first + 7].also = fields_n;
    fields[fields_n++] = (h9_field){.node = N_I64, .slot = 9, .group = H9_NONE, .name = 99};
    add_record(R_MAIN_W, 14, main_w, COUNT(main_w), true);
    records[R_LAST] = records[R_MAIN];
    records[R_LAST].flags = H9_N_LAST_WINS;
    records[R_CLOSED] = records[R_MAIN];
    records[R_CLOSED].unknown = H9_UNKNOWN_REFUSE;
}

static void add_zeros(void)
{
    const field_spec zero[] = {
        {"\"b\"", "b", NULL, N_BOOL, 0, H9_F_SKIP_ZERO, 0},   {"\"i\"", "i", NULL, N_I64, 1, H9_F_SKIP_ZERO, 0},
        {"\"f\"", "f", NULL, N_F32, 2, H9_F_SKIP_ZERO, 0},    {"\"d\"", "d", NULL, N_F64, 3, H9_F_SKIP_ZERO, 0},
        {"\"s\"", "s", NULL, N_STRING, 4, H9_F_SKIP_ZERO, 0}, {"\"l\"", "l", NULL, N_LIST_I32, 5, H9_F_SKIP_ZERO, 0},
        {"\"m\"", "m", NULL, N_MAP, 6, H9_F_SKIP_ZERO, 0},    {"\"u\"", "u", NULL, N_UUID, 7, H9_F_SKIP_ZERO, 0}};
    add_record(R_ZERO, 8, zero, COUNT(zero), false);
    add_record(R_ZERO_W, 8, zero, COUNT(zero), true);
}

static void add_big(void)
{
    static field_spec big[BIG_FIELDS];
    static char names[BIG_FIELDS][2][16];
    for (uint32_t i = 0; i < BIG_FIELDS; i++) {
        snprintf(names[i][0], sizeof names[i][0], "\"f%u\"", i);
        snprintf(names[i][1], sizeof names[i][1], "f%u", i);
        big[i] = (field_spec){names[i][0], names[i][1], NULL, N_I32, i, 0, 0};
    }
    add_record(R_BIG, BIG_FIELDS, big, BIG_FIELDS, false);
    add_record(R_BIG_W, BIG_FIELDS, big, BIG_FIELDS, true);
}

/* Three symbols: RED 0, GREEN 1 (the target's 11), LOST 7 (the target has none). */
static void add_enums(void)
{
    uint32_t first = keys_n;
    symbols[0] = (h9_symbol){text("\"RED\""), 5, 0, 0, 1};
    symbols[1] = (h9_symbol){text("\"GREEN\""), 7, 1, 11, 1};
    symbols[2] = (h9_symbol){text("\"LOST\""), 6, 7, 0, 0};
    add_key("RED", 0);
    add_key("GREEN", 1);
    add_key("LOST", 2);
    for (int i = 0; i < 3; i++) {
        enums[i] = (h9_enum){.first = 0, .count = 3, .unknown = INT64_MIN, .by_number = words32_n};
        for (uint32_t k = 0; k < 3; k++) words32[words32_n++] = k;
        index_keys(first, 3, &enums[i].keys, &enums[i].key_mask);
    }
    enums[1].open = 1;
    enums[2].unknown = 0;
}

static void add_scalars(void)
{
    nodes[N_NULL].op = H9_OP_NULL;
    nodes[N_BOOL].op = H9_OP_BOOL;
    nodes[N_I32] = (h9_node){.op = H9_OP_INT, .lo = INT32_MIN, .hi = INT32_MAX};
    nodes[N_I64] = (h9_node){.op = H9_OP_INT, .lo = INT64_MIN, .hi = INT64_MAX};
    nodes[N_LAX_I64] = (h9_node){.op = H9_OP_INT, .flags = H9_N_LAX | H9_N_QUOTED, .lo = INT64_MIN, .hi = INT64_MAX};
    nodes[N_U32] = (h9_node){.op = H9_OP_UINT, .hi = UINT32_MAX};
    nodes[N_U64] = (h9_node){.op = H9_OP_UINT, .hi = -1};
    nodes[N_LAX_U64] = (h9_node){.op = H9_OP_UINT, .flags = H9_N_LAX | H9_N_QUOTED, .hi = -1};
    nodes[N_F32].op = H9_OP_F32;
    nodes[N_F64] = (h9_node){.op = H9_OP_F64, .flags = H9_N_POINT};
    nodes[N_LAX_F32] = (h9_node){.op = H9_OP_F32, .flags = H9_N_LAX};
    nodes[N_LAX_F64] = (h9_node){.op = H9_OP_F64, .flags = H9_N_LAX};
    nodes[N_QUOTED_F64] = (h9_node){.op = H9_OP_F64, .flags = H9_N_QUOTED};
    nodes[N_NULL_F64] = (h9_node){.op = H9_OP_F64, .flags = H9_N_QUOTED | H9_N_NULL_NOT_FINITE};
    nodes[N_STRING].op = H9_OP_STRING;
    nodes[N_BASE64].op = H9_OP_BYTES;
    nodes[N_URL] = (h9_node){.op = H9_OP_BYTES, .a = H9_BYTES_BASE64URL};
    nodes[N_HEX] = (h9_node){.op = H9_OP_BYTES, .a = H9_BYTES_HEX};
    nodes[N_POINTS] = (h9_node){.op = H9_OP_BYTES, .a = H9_BYTES_CODEPOINTS};
    nodes[N_FIXED] = (h9_node){.op = H9_OP_FIXED, .a = 2, .b = H9_BYTES_HEX};
    nodes[N_ENUM].op = H9_OP_ENUM;
    nodes[N_LAX_ENUM] = (h9_node){.op = H9_OP_ENUM, .flags = H9_N_LAX};
    nodes[N_NUMBER_ENUM] = (h9_node){.op = H9_OP_ENUM, .flags = H9_N_NUMBER};
    nodes[N_OPEN_ENUM] = (h9_node){.op = H9_OP_ENUM, .flags = H9_N_LAX, .a = 1};
    nodes[N_DEFAULT_ENUM] = (h9_node){.op = H9_OP_ENUM, .flags = H9_N_LAX, .a = 2};
    nodes[N_DECIMAL] = (h9_node){.op = H9_OP_DECIMAL, .lo = 2, .hi = 6};
    nodes[N_DECIMAL_FIXED] = (h9_node){.op = H9_OP_DECIMAL, .a = 2, .lo = 2, .hi = 6};
    nodes[N_DECIMAL_POINTS] = (h9_node){.op = H9_OP_DECIMAL, .flags = H9_N_CODEPOINTS, .lo = 2, .hi = 6};
    nodes[N_BIG].op = H9_OP_BIGDECIMAL;
}

static void add_texts(void)
{
    nodes[N_UUID].op = H9_OP_UUID;
    nodes[N_DATE].op = H9_OP_DATE;
    nodes[N_DATE_NUMBER] = (h9_node){.op = H9_OP_DATE, .flags = H9_N_NUMBER};
    nodes[N_TIME] = (h9_node){.op = H9_OP_TIME, .a = 1};
    nodes[N_TIME_MS] = (h9_node){.op = H9_OP_TIME, .flags = H9_N_NUMBER, .a = 1000000};
    nodes[N_STAMP] = (h9_node){.op = H9_OP_TIMESTAMP, .a = 1};
    nodes[N_LOCAL] = (h9_node){.op = H9_OP_TIMESTAMP, .flags = H9_N_LOCAL, .a = 1};
    nodes[N_STAMP_MS] = (h9_node){.op = H9_OP_TIMESTAMP, .flags = H9_N_NUMBER, .a = 1000000};
    nodes[N_DURATION].op = H9_OP_DURATION;
    nodes[N_PERIOD] = (h9_node){.op = H9_OP_PERIOD, .b = H9_BYTES_HEX};
}

static void add_steps(void)
{
    steps[1] = (h9_step){.code = H9_STEP_NUMBER_TO_STRING_I};
    steps[2] = (h9_step){.code = H9_STEP_RANGE_I, .lo = 1, .hi = 9};
    steps[3] = (h9_step){.code = H9_STEP_BOX, .a = 0};
    steps[4] = (h9_step){.code = H9_STEP_BOX, .a = 1};
    steps[5] = (h9_step){.code = H9_STEP_BOX, .a = 2};
    steps[6] = (h9_step){.code = H9_STEP_BOX, .a = 3};
    nodes[N_STEP_KEY] = (h9_node){.op = H9_OP_INT, .conv = 1, .lo = INT64_MIN, .hi = INT64_MAX};
    nodes[N_CONVERTED] = (h9_node){.op = H9_OP_INT, .conv = 2, .lo = INT64_MIN, .hi = INT64_MAX};
    nodes[N_BRANCH_NULL] = (h9_node){.op = H9_OP_NULL, .conv = 3};
    nodes[N_BRANCH_INT] = (h9_node){.op = H9_OP_INT, .conv = 4, .lo = INT64_MIN, .hi = INT64_MAX};
    nodes[N_BRANCH_STRING] = (h9_node){.op = H9_OP_STRING, .conv = 5};
    nodes[N_BRANCH_LIST] = (h9_node){.op = H9_OP_LIST, .conv = 6, .width = 4, .a = N_I32};
}

static void add_union(void)
{
    const uint32_t branches[4] = {N_BRANCH_NULL, N_BRANCH_INT, N_BRANCH_STRING, N_BRANCH_LIST};
    const uint32_t written[4] = {N_NULL, N_I64, N_STRING, N_LIST_I32};
    const uint32_t kinds[H9_KINDS] = {0, H9_NONE, 1, H9_NONE, 2, H9_NONE, 3, H9_NONE, H9_NONE};
    nodes[N_UNION] = (h9_node){.op = H9_OP_UNION, .a = words32_n, .b = 4, .c = words32_n + 4};
    memcpy(words32 + words32_n, branches, sizeof branches);
    memcpy(words32 + words32_n + 4, kinds, sizeof kinds);
    words32_n += 4 + H9_KINDS;
    nodes[N_WRITE_UNION] = (h9_node){.op = H9_OP_UNION, .a = words32_n, .b = 4, .c = H9_NONE};
    memcpy(words32 + words32_n, written, sizeof written);
    words32_n += 4;
}

static h9_node named(uint32_t node, const char *name)
{ return (h9_node){.op = H9_OP_WRAPPED, .a = node, .b = text(name), .c = (uint32_t)strlen(name)}; }

/* Avro's JSON: null, int and string as branches, and a record with a record beside null in its own frame. */
static void add_named(void)
{
    const uint32_t branches[3] = {N_BRANCH_NULL, N_BRANCH_INT, N_BRANCH_STRING};
    const uint32_t written[3] = {N_NULL, N_NAMED_INT_W, N_NAMED_STRING_W};
    uint32_t first = keys_n, table, mask;
    add_key("int", 1);
    add_key("n.String", 2);
    index_keys(first, 2, &table, &mask);
    nodes[N_NAMED_UNION] = (h9_node){
        .op = H9_OP_UNION, .flags = H9_N_NAMED, .a = words32_n, .b = 3, .c = table, .lo = 0, .hi = (int64_t)mask};
    memcpy(words32 + words32_n, branches, sizeof branches);
    nodes[N_NO_NULL] = nodes[N_NAMED_UNION];
    nodes[N_NO_NULL].lo = -1;
    nodes[N_NAMED_UNION_W] = (h9_node){.op = H9_OP_UNION, .a = words32_n + 3, .b = 3, .c = H9_NONE};
    memcpy(words32 + words32_n + 3, written, sizeof written);
    words32_n += 6;
    nodes[N_NAMED_INT] = named(N_I32, "int");
    nodes[N_NAMED_INT_W] = named(N_I32, "\"int\":");
    nodes[N_NAMED_STRING_W] = named(N_STRING, "\"n.String\":");
    nodes[N_NAMED_OPTION] = (h9_node){.op = H9_OP_OPTION, .a = N_NAMED_INT};
    nodes[N_NAMED_OPTION_W] = (h9_node){.op = H9_OP_OPTION, .a = N_NAMED_INT_W};
    nodes[N_NAMED_INLINE] = named(N_INLINE, "n.Inner");
    nodes[N_NAMED_INLINE_W] = named(N_INLINE_W, "\"n.Inner\":");
    nodes[N_UUID_POINTS] = (h9_node){.op = H9_OP_UUID, .flags = H9_N_CODEPOINTS, .a = 16};
    nodes[N_BIG_POINTS] = (h9_node){.op = H9_OP_BIGDECIMAL, .flags = H9_N_CODEPOINTS};
    const field_spec in[] = {{"\"i\"", "i", NULL, N_NAMED_INLINE, 0, H9_F_NULLABLE, 0},
                             {"\"o\"", "o", NULL, N_NAMED_INT, 1, H9_F_NULLABLE, 0}};
    const field_spec out[] = {{"\"i\"", NULL, NULL, N_NAMED_INLINE_W, 0, H9_F_NULLABLE, 0},
                              {"\"o\"", NULL, NULL, N_NAMED_INT_W, 1, H9_F_NULLABLE, 0}};
    add_record(R_NAMED, 14, in, COUNT(in), false);
    add_record(R_NAMED_W, 14, out, COUNT(out), true);
    records[R_NAMED_LAST] = records[R_NAMED];
    records[R_NAMED_LAST].flags = H9_N_LAST_WINS;
    nodes[N_NAMED] = (h9_node){.op = H9_OP_RECORD, .a = R_NAMED};
    nodes[N_NAMED_LAST] = (h9_node){.op = H9_OP_RECORD, .a = R_NAMED_LAST};
    nodes[N_NAMED_W] = (h9_node){.op = H9_OP_RECORD, .a = R_NAMED_W};
}

static void add_containers(void)
{
    nodes[N_OPTION] = (h9_node){.op = H9_OP_OPTION, .a = N_I32};
    nodes[N_LIST_I32] = (h9_node){.op = H9_OP_LIST, .width = 4, .a = N_I32};
    nodes[N_LIST_F32] = (h9_node){.op = H9_OP_LIST, .width = 4, .a = N_F32};
    nodes[N_LIST_BOOL] = (h9_node){.op = H9_OP_LIST, .width = 1, .a = N_BOOL};
    nodes[N_LIST_STRING] = (h9_node){.op = H9_OP_LIST, .width = 16, .a = N_STRING};
    nodes[N_LIST_OPTION] = (h9_node){.op = H9_OP_LIST, .width = 16, .a = N_OPTION};
    nodes[N_LIST_LIST] = (h9_node){.op = H9_OP_LIST, .width = 16, .a = N_LIST_LIST};
    nodes[N_MAP] = (h9_node){.op = H9_OP_MAP, .bits = H9_OP_STRING, .width = 32, .a = N_STRING, .b = N_I32};
    nodes[N_MAP_LAST] = (h9_node){
        .op = H9_OP_MAP, .bits = H9_OP_STRING, .width = 32, .flags = H9_N_LAST_WINS, .a = N_STRING, .b = N_I32};
    nodes[N_MAP_INT] = (h9_node){.op = H9_OP_MAP, .bits = H9_OP_INT, .width = 32, .a = N_I32, .b = N_STRING};
    nodes[N_MAP_UINT] = (h9_node){.op = H9_OP_MAP, .bits = H9_OP_UINT, .width = 32, .a = N_U32, .b = N_STRING};
    nodes[N_MAP_BOOL] = (h9_node){.op = H9_OP_MAP, .bits = H9_OP_BOOL, .width = 32, .a = N_BOOL, .b = N_STRING};
    nodes[N_MAP_STEP] = (h9_node){.op = H9_OP_MAP, .bits = H9_OP_STRING, .width = 32, .a = N_STEP_KEY, .b = N_I32};
    nodes[N_ANY].op = H9_OP_ANY;
    nodes[N_ANY_LAST] = (h9_node){.op = H9_OP_ANY, .flags = H9_N_LAST_WINS};
    nodes[N_STRUCT] = (h9_node){.op = H9_OP_ANY, .a = 1};
    nodes[N_LISTVALUE] = (h9_node){.op = H9_OP_ANY, .a = 2};
    nodes[N_WRAPPED] = (h9_node){.op = H9_OP_WRAPPED, .a = N_I32};
    nodes[N_FAIL] = (h9_node){.op = H9_OP_FAIL, .a = H9_E_UNSUPPORTED};
    nodes[N_INLINE] = (h9_node){.op = H9_OP_INLINE, .a = R_INNER};
    nodes[N_INLINE_W] = (h9_node){.op = H9_OP_INLINE, .a = R_INNER_W};
    const uint32_t table[] = {R_MAIN, R_MAIN_W, R_LAST, R_CLOSED, R_BIG, R_BIG_W, R_ZERO, R_ZERO_W};
    for (uint32_t i = 0; i < COUNT(table); i++) nodes[N_RECORD + i] = (h9_node){.op = H9_OP_RECORD, .a = table[i]};
}

static const h9_plan *json_plan(void)
{
    static h9_plan plan;
    add_scalars();
    add_texts();
    add_containers();
    add_steps();
    add_enums();
    add_union();
    add_main();
    add_named();
    add_zeros();
    add_big();
    plan = (h9_plan){.nodes = nodes,
                     .fields = fields,
                     .records = records,
                     .keys = keys,
                     .enums = enums,
                     .symbols = symbols,
                     .steps = steps,
                     .words64 = words64,
                     .words32 = words32,
                     .pool = pool};
    return &plan;
}

#endif
