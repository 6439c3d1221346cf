/* The plan of test_msgpack.c, made by hand: a node for each kind of value, and a few records. */
#ifndef H9_TEST_MSGPACK_PLAN_H
#define H9_TEST_MSGPACK_PLAN_H

#include "check.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"

#define MANY 300 /* fields of a record that needs more than a few words of "seen" bits */

static h9_node nodes[80];
static h9_field fields[32 + MANY];
static h9_record records[8];
static h9_key keys[64 + MANY];
static h9_enum enums[3];
static h9_symbol symbols[9];
static h9_step steps[8];
static h9_fill fills[4];
static uint64_t words64[32];
static uint32_t words32[4096];
static uint8_t pool[16384];
static uint32_t keys_used = 0, words_used = 0, pool_used = 0, fields_used = 1;

static h9_plan plan = {.nodes = nodes,
                       .fields = fields,
                       .records = records,
                       .keys = keys,
                       .fills = fills,
                       .enums = enums,
                       .symbols = symbols,
                       .steps = steps,
                       .words64 = words64,
                       .words32 = words32,
                       .pool = pool};

/* The nodes, by name. */
enum {
    NIL = 1,
    BOOL,
    I64,
    I32,
    U64,
    F32,
    F64,
    STRING,
    UNCHECKED,
    BYTES,
    FIXED4,
    ENUM,
    ENUM_NUMBER,
    ENUM_OPEN,
    DECIMAL,
    DECIMAL_FIXED,
    BIG,
    UUID,
    UUID16,
    DATE,
    DATE_NUMBER,
    TIME,
    TIME_NUMBER,
    STAMP,
    STAMP_MS,
    STAMP_EXT,
    STAMP_LOCAL,
    DURATION,
    DURATION_US,
    PERIOD,
    OPTION,
    LIST_I64,
    LIST_I32,
    LIST_F32,
    LIST_F64,
    LIST_BOOL,
    LIST_STRING,
    LIST_LIST,
    MAP_STRING,
    MAP_INT,
    MAP_UINT,
    MAP_BOOL,
    MAP_LAST,
    UNION,
    ANY,
    ANY_LAST,
    WRAPPED,
    FAIL,
    RECORD,
    RECORD_LAST,
    CLOSED,
    INLINE,
    TEXT_BYTES,
    WIDE,
    TREE,
    MAP_INT_TEXT,
    LIST_ENUM,
    ENUM_DEFAULT = 64,
    ZEROS,
    MAP_UINT_INT,
    KEY_UINT_INT
};

static uint32_t put(const void *p, size_t n)
{
    memcpy(pool + pool_used, p, n);
    pool_used += (uint32_t)n;
    return pool_used - (uint32_t)n;
}

static uint32_t put_key(const char *name, uint32_t *size)
{
    uint8_t text[64];
    size_t n = strlen(name);
    text[0] = (uint8_t)(0xA0 | n);
    memcpy(text + 1, name, n);
    *size = (uint32_t)n + 1;
    return put(text, n + 1);
}

/* A hash table of `size` entries (a power of two) for names that key() adds. */
static uint32_t table(uint32_t size)
{
    words_used += size;
    return words_used - size;
}

static void key(uint32_t at, uint32_t mask, const char *name, uint32_t index)
{
    size_t n = strlen(name);
    uint32_t hash = h9_key_hash((const uint8_t *)name, n), i = hash & mask;
    while (words32[at + i]) i = (i + 1) & mask;
    keys[keys_used] = (h9_key){put(name, n), (uint32_t)n, index, hash};
    words32[at + i] = ++keys_used;
}

static h9_field *field(h9_record *r, const char *name, uint32_t node, uint16_t slot, uint16_t flags)
{
    uint32_t size, at = put_key(name, &size);
    h9_field *f = &fields[fields_used++];
    *f = (h9_field){.node = node, .slot = slot, .flags = flags, .key = at, .key_size = size};
    f->group = H9_NONE;
    f->name = r->count;
    key(r->keys, r->key_mask, name, r->count);
    r->count++;
    return f;
}

static h9_record *record(uint32_t i, uint32_t slots, uint32_t table_size)
{
    records[i] = (h9_record){.first = fields_used,
                             .slots = slots,
                             .words = (slots + 63) / 64,
                             .need = H9_NONE,
                             .keys = table(table_size),
                             .key_mask = table_size - 1,
                             .unknown_slot = H9_NO_SLOT};
    return &records[i];
}

/* id (needed), name (null means absent), skipped, tags (not written when empty), a | b (one of),
 * in: {x, y} standing in the same frame, child (the record again), last: a float that +0.0 leaves out. */
static void fill_record(uint32_t i, uint32_t inner, uint32_t self)
{
    words64[0] = 1;                /* need: slot 0 */
    words64[1] = UINT64_C(3) << 3; /* one of: slots 3 and 4 */
    fills[0] = (h9_fill){.slot = 0, .kind = H9_FILL_MISSING, .name = 0};
    h9_record *r = record(i, 10, 32);
    r->need = 0;
    r->fills = 1;
    field(r, "id", I64, 0, H9_F_ALWAYS);
    field(r, "name", STRING, 1, H9_F_NULLABLE);
    field(r, "skipped", STRING, H9_NO_SLOT, 0);
    field(r, "tags", LIST_STRING, 2, H9_F_SKIP_ZERO);
    field(r, "a", I64, 3, H9_F_ONEOF_STRICT)->group = 1;
    field(r, "b", I64, 4, H9_F_ONEOF_STRICT)->group = 1;
    field(r, "in", inner, 5, 0);
    field(r, "child", self, 8, 0);
    field(r, "last", F64, 9, H9_F_SKIP_ZERO);
}

static void inner_record(uint32_t i)
{
    h9_record *r = record(i, 10, 8);
    field(r, "x", I64, 6, 0);
    field(r, "y", I64, 7, 0);
}

static void make_records(void)
{
    inner_record(0);
    fill_record(1, INLINE, RECORD);
    fill_record(2, INLINE, RECORD_LAST);
    records[2].flags = H9_N_LAST_WINS;
    h9_record *closed = record(3, 1, 2);
    closed->unknown = H9_UNKNOWN_REFUSE;
    field(closed, "k", I64, 0, 0);
    h9_record *twice = record(4, 2, 2); /* one member read as text and, by `also`, as bytes */
    h9_field *text = field(twice, "t", STRING, 0, 0);
    uint32_t also = fields_used++;
    fields[also] = *text;
    fields[also].node = BYTES;
    fields[also].slot = 1;
    text->also = also;
    h9_record *wide = record(5, MANY, 1024);
    for (uint32_t i = 0; i < MANY; i++) {
        char name[8];
        snprintf(name, sizeof name, "f%u", i);
        field(wide, name, I64, (uint16_t)i, 0);
    }
    h9_record *zeros = record(7, 5, 16);
    field(zeros, "b", BOOL, 0, H9_F_SKIP_ZERO);
    field(zeros, "f", F32, 1, H9_F_SKIP_ZERO);
    field(zeros, "s", STRING, 2, H9_F_SKIP_ZERO);
    field(zeros, "i", I64, 3, H9_F_SKIP_ZERO);
    field(zeros, "u", UUID16, 4, H9_F_SKIP_ZERO);
    h9_record *tree = record(6, 1, 2); /* a record that holds itself */
    field(tree, "t", TREE, 0, H9_F_NULLABLE);
}

static void make_enum(void)
{
    static const char *names[] = {"RED", "GREEN", "BLUE"};
    for (uint32_t e = 0; e < 3; e++) {
        enums[e] = (h9_enum){.first = e * 3,
                             .count = 3,
                             .keys = table(8),
                             .key_mask = 7,
                             .unknown = e == 2 ? 10 : INT64_MIN,
                             .open = e == 1,
                             .by_number = words_used};
        table(3);
        for (uint32_t i = 0; i < 3; i++) {
            uint32_t size, at = put_key(names[i], &size);
            symbols[e * 3 + i] = (h9_symbol){at, size, (int32_t)i * 10, (int32_t)i * 10, i != 2};
            /* BLUE has no place in the target */
            key(enums[e].keys, 7, names[i], i);
            words32[enums[e].by_number + i] = i;
        }
    }
}

static void node(uint32_t i, h9_op op, uint32_t a, int64_t lo, int64_t hi, uint16_t flags)
{ nodes[i] = (h9_node){.op = (uint8_t)op, .a = a, .lo = lo, .hi = hi, .flags = flags}; }

static void make_scalars(void)
{
    node(NIL, H9_OP_NULL, 0, 0, 0, 0);
    node(BOOL, H9_OP_BOOL, 0, 0, 0, 0);
    node(I64, H9_OP_INT, 0, INT64_MIN, INT64_MAX, 0);
    node(I32, H9_OP_INT, 0, INT32_MIN, INT32_MAX, 0);
    node(U64, H9_OP_UINT, 0, 0, -1, 0);
    node(F32, H9_OP_F32, 0, 0, 0, 0);
    node(F64, H9_OP_F64, 0, 0, 0, 0);
    node(STRING, H9_OP_STRING, 0, 0, 0, 0);
    node(UNCHECKED, H9_OP_STRING, 0, 0, 0, H9_N_UNCHECKED);
    node(BYTES, H9_OP_BYTES, 0, 0, 0, 0);
    node(FIXED4, H9_OP_FIXED, 4, 0, 0, 0);
    node(ENUM, H9_OP_ENUM, 0, 0, 0, 0);
    node(ENUM_NUMBER, H9_OP_ENUM, 0, 0, 0, H9_N_NUMBER);
    node(ENUM_OPEN, H9_OP_ENUM, 1, 0, 0, 0);
    node(ENUM_DEFAULT, H9_OP_ENUM, 2, 0, 0, 0);
    node(DECIMAL, H9_OP_DECIMAL, 0, 2, 6, 0);
    node(DECIMAL_FIXED, H9_OP_DECIMAL, 8, 2, 6, 0);
    node(BIG, H9_OP_BIGDECIMAL, 0, 0, 0, 0);
    node(UUID, H9_OP_UUID, 0, 0, 0, 0);
    node(UUID16, H9_OP_UUID, 16, 0, 0, 0);
    node(DATE, H9_OP_DATE, 0, 0, 0, 0);
    node(DATE_NUMBER, H9_OP_DATE, 0, 0, 0, H9_N_NUMBER);
    node(TIME, H9_OP_TIME, 1, 0, 0, 0);
    node(TIME_NUMBER, H9_OP_TIME, 1000000, 0, 0, H9_N_NUMBER);
    node(STAMP, H9_OP_TIMESTAMP, 1, 0, 0, 0);
    node(STAMP_MS, H9_OP_TIMESTAMP, 1000000, 0, 0, H9_N_NUMBER);
    node(STAMP_EXT, H9_OP_TIMESTAMP, 1, 0, 0, H9_N_EXTENSION);
    node(STAMP_LOCAL, H9_OP_TIMESTAMP, 1, 0, 0, H9_N_LOCAL);
    node(DURATION, H9_OP_DURATION, 1, 0, 0, 0);
    node(DURATION_US, H9_OP_DURATION, 1000, 0, 0, H9_N_NUMBER);
    node(PERIOD, H9_OP_PERIOD, 0, 0, 0, 0);
}

static void nest(uint32_t i, h9_op op, uint32_t a, uint32_t b, uint8_t width, uint16_t flags)
{ nodes[i] = (h9_node){.op = (uint8_t)op, .a = a, .b = b, .width = width, .flags = flags}; }

static void make_union(void)
{
    uint32_t branches = table(3), kinds = table(H9_KINDS);
    static const uint32_t by_kind[H9_KINDS] = {0, H9_NONE, 1, H9_NONE, 2, H9_NONE, H9_NONE, H9_NONE, H9_NONE};
    memcpy(&words32[kinds], by_kind, sizeof by_kind);
    for (uint32_t i = 0; i < 3; i++) { /* each branch boxes what it read */
        static const uint32_t of[3] = {NIL, I64, STRING};
        nodes[60 + i] = nodes[of[i]];
        nodes[60 + i].conv = (uint16_t)(i + 1);
        steps[i + 1] = (h9_step){.code = H9_STEP_BOX, .a = i};
        words32[branches + i] = 60 + i;
    }
    nodes[UNION] = (h9_node){.op = H9_OP_UNION, .a = branches, .b = 3, .c = kinds};
}

static void make_nests(void)
{
    nest(OPTION, H9_OP_OPTION, I64, 0, 0, 0);
    nest(LIST_I64, H9_OP_LIST, I64, 0, 8, 0);
    nest(LIST_I32, H9_OP_LIST, I32, 0, 4, 0);
    nest(LIST_F32, H9_OP_LIST, F32, 0, 4, 0);
    nest(LIST_F64, H9_OP_LIST, F64, 0, 8, 0);
    nest(LIST_BOOL, H9_OP_LIST, BOOL, 0, 1, 0);
    nest(LIST_STRING, H9_OP_LIST, STRING, 0, 16, 0);
    nest(LIST_LIST, H9_OP_LIST, LIST_LIST, 0, 16, 0);
    nest(LIST_ENUM, H9_OP_LIST, ENUM, 0, 4, 0);
    nest(MAP_STRING, H9_OP_MAP, STRING, I64, 32, 0);
    nest(MAP_INT, H9_OP_MAP, I32, I64, 32, 0);
    nest(MAP_UINT, H9_OP_MAP, U64, I64, 32, 0);
    nest(MAP_BOOL, H9_OP_MAP, BOOL, I64, 32, 0);
    nest(MAP_LAST, H9_OP_MAP, STRING, I64, 32, H9_N_LAST_WINS);
    nodes[63] = nodes[I64]; /* keys that become text (S22) */
    nodes[63].conv = 4;
    steps[4] = (h9_step){.code = H9_STEP_NUMBER_TO_STRING_I};
    nest(MAP_INT_TEXT, H9_OP_MAP, 63, I64, 32, 0);
    nodes[KEY_UINT_INT] = nodes[U64]; /* keys that must fit an int */
    nodes[KEY_UINT_INT].conv = 5;
    steps[5] = (h9_step){.code = H9_STEP_U_TO_I, .hi = INT64_MAX};
    nest(MAP_UINT_INT, H9_OP_MAP, KEY_UINT_INT, I64, 32, 0);
    static const struct {
        uint32_t map;
        h9_op key;
    } kinds[] = {{MAP_STRING, H9_OP_STRING}, {MAP_LAST, H9_OP_STRING}, {MAP_INT_TEXT, H9_OP_STRING},
                 {MAP_INT, H9_OP_INT},       {MAP_UINT, H9_OP_UINT},   {MAP_BOOL, H9_OP_BOOL},
                 {MAP_UINT_INT, H9_OP_INT}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) nodes[kinds[i].map].bits = (uint8_t)kinds[i].key;
    nest(ZEROS, H9_OP_RECORD, 7, 0, 0, 0);
    nest(ANY, H9_OP_ANY, 0, 0, 0, 0);
    nest(ANY_LAST, H9_OP_ANY, 0, 0, 0, H9_N_LAST_WINS);
    nest(WRAPPED, H9_OP_WRAPPED, I64, 0, 0, 0);
    nest(FAIL, H9_OP_FAIL, H9_E_UNSUPPORTED, 0, 0, 0);
    nest(RECORD, H9_OP_RECORD, 1, 0, 0, 0);
    nest(RECORD_LAST, H9_OP_RECORD, 2, 0, 0, 0);
    nest(CLOSED, H9_OP_RECORD, 3, 0, 0, 0);
    nest(INLINE, H9_OP_INLINE, 0, 0, 0, 0);
    nest(TEXT_BYTES, H9_OP_RECORD, 4, 0, 0, 0);
    nest(WIDE, H9_OP_RECORD, 5, 0, 0, 0);
    nest(TREE, H9_OP_RECORD, 6, 0, 0, 0);
}

static void make_plan(void)
{
    make_scalars();
    make_nests();
    make_union();
    make_enum();
    make_records();
}

#endif
