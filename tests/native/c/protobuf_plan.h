/* The plan of test_protobuf.c, made by hand: one record that has a field of each kind, itself included. */
#ifndef H9_TEST_PROTOBUF_PLAN_H
#define H9_TEST_PROTOBUF_PLAN_H

#include "check.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"

static h9_node nodes[80];
static h9_field fields[128];
static h9_record records[6];
static h9_enum enums[3];
static h9_symbol symbols[9];
static h9_step steps[4];
static h9_fill fills[4];
static uint64_t words64[8];
static uint32_t words32[256];
static uint8_t pool[1024];
static uint32_t fields_used = 1, words_used, pool_used;

static h9_plan plan = {.nodes = nodes,
                       .fields = fields,
                       .records = records,
                       .fills = fills,
                       .enums = enums,
                       .symbols = symbols,
                       .steps = steps,
                       .words64 = words64,
                       .words32 = words32,
                       .pool = pool};

enum {
    I64 = 1,
    I32,
    U32,
    S32,
    S64,
    FX32,
    SF64,
    F32,
    F64,
    BOOL,
    STRING,
    RAW_STRING,
    BYTES,
    FIXED4,
    OPEN,
    CLOSED,
    UUID,
    UUID16,
    DATE,
    TIME,
    PERIOD,
    DECIMAL,
    STAMP,
    STAMP_US,
    DURATION,
    WRAPPED,
    VALUE,
    STRUCT,
    LISTVALUE,
    SELF,
    GROUP,
    NEEDY,
    FAIL,
    PACKED_I32,
    STRINGS,
    PACKED_F32,
    SELVES,
    PACKED_CLOSED,
    BOOLS,
    GROUPS,
    MAP_TEXT,
    MAP_SELF,
    MAP_CLOSED,
    INLINE,
    MAP_NEEDY
};

static void node(uint32_t i, h9_op op, uint32_t a, uint8_t bits, uint8_t wire, uint16_t flags)
{ nodes[i] = (h9_node){.op = (uint8_t)op, .a = a, .bits = bits, .wire = wire, .flags = flags}; }

static void nest(uint32_t i, h9_op op, uint32_t a, uint32_t b, uint8_t width, uint16_t flags)
{
    nodes[i] = (h9_node){
        .op = (uint8_t)op, .a = a, .b = b, .width = width, .flags = flags, .bits = op == H9_OP_MAP ? nodes[a].op : 0};
}

static void make_nodes(void)
{
    node(I64, H9_OP_INT, 0, 64, H9_WIRE_VARINT, 0);
    node(I32, H9_OP_INT, 0, 32, H9_WIRE_VARINT, 0);
    node(U32, H9_OP_UINT, 0, 32, H9_WIRE_VARINT, 0);
    node(S32, H9_OP_INT, 0, 32, H9_WIRE_ZIGZAG, 0);
    node(S64, H9_OP_INT, 0, 64, H9_WIRE_ZIGZAG, 0);
    node(FX32, H9_OP_UINT, 0, 32, H9_WIRE_FIXED, 0);
    node(SF64, H9_OP_INT, 0, 64, H9_WIRE_FIXED, 0);
    node(F32, H9_OP_F32, 0, 0, 0, 0);
    node(F64, H9_OP_F64, 0, 0, 0, 0);
    node(BOOL, H9_OP_BOOL, 0, 0, 0, 0);
    node(STRING, H9_OP_STRING, 0, 0, 0, 0);
    node(RAW_STRING, H9_OP_STRING, 0, 0, 0, H9_N_UNCHECKED);
    node(BYTES, H9_OP_BYTES, 0, 0, 0, 0);
    node(FIXED4, H9_OP_FIXED, 4, 0, 0, 0);
    node(OPEN, H9_OP_ENUM, 0, 0, 0, 0);
    node(CLOSED, H9_OP_ENUM, 1, 0, 0, H9_N_CLOSED);
    node(UUID, H9_OP_UUID, 0, 0, 0, 0);
    node(UUID16, H9_OP_UUID, 16, 0, 0, 0);
    node(DATE, H9_OP_DATE, 0, 0, 0, 0);
    node(TIME, H9_OP_TIME, 1000, 0, 0, 0);
    node(PERIOD, H9_OP_PERIOD, 0, 0, 0, 0);
    node(DECIMAL, H9_OP_DECIMAL, 0, 0, 0, 0);
    nodes[DECIMAL].lo = 2;
    nodes[DECIMAL].hi = 6;
    node(STAMP, H9_OP_TIMESTAMP, 1, 0, 0, 0);
    node(STAMP_US, H9_OP_TIMESTAMP, 1, 0, 0, 0); /* microseconds only */
    steps[1] =
        (h9_step){.code = H9_STEP_TIMESTAMP_UNIT, .a = 1000, .lo = INT64_C(-62135596800), .hi = INT64_C(253402300799)};
    nodes[STAMP_US].conv = 1;
    node(DURATION, H9_OP_DURATION, 1, 0, 0, 0);
    node(WRAPPED, H9_OP_WRAPPED, I32, 0, 0, 0);
    node(VALUE, H9_OP_ANY, 0, 0, 0, 0);
    node(STRUCT, H9_OP_ANY, 1, 0, 0, 0);
    node(LISTVALUE, H9_OP_ANY, 2, 0, 0, 0);
    node(SELF, H9_OP_RECORD, 0, 0, 0, 0);
    node(GROUP, H9_OP_RECORD, 0, 0, 0, H9_N_GROUP);
    node(NEEDY, H9_OP_RECORD, 1, 0, 0, 0);
    node(INLINE, H9_OP_INLINE, 2, 0, 0, 0);
    node(FAIL, H9_OP_FAIL, H9_E_UNSUPPORTED, 0, 0, 0);
    nest(PACKED_I32, H9_OP_LIST, I32, 0, 4, H9_N_PACKED);
    nest(PACKED_F32, H9_OP_LIST, F32, 0, 4, H9_N_PACKED);
    nest(PACKED_CLOSED, H9_OP_LIST, CLOSED, 0, 16, H9_N_PACKED);
    nest(BOOLS, H9_OP_LIST, BOOL, 0, 1, 0);
    nest(STRINGS, H9_OP_LIST, STRING, 0, 16, 0);
    nest(SELVES, H9_OP_LIST, SELF, 0, 16, 0);
    nest(GROUPS, H9_OP_LIST, GROUP, 0, 16, 0);
    nest(MAP_TEXT, H9_OP_MAP, STRING, I64, 32, 0);
    nest(MAP_SELF, H9_OP_MAP, I32, SELF, 32, 0);
    nest(MAP_CLOSED, H9_OP_MAP, STRING, CLOSED, 32, 0);
    nest(MAP_NEEDY, H9_OP_MAP, STRING, NEEDY, 32, 0);
}

/* A symbol 1 is known and has no place in the target; enum 1's first number isn't 0. */
static void make_enums(void)
{
    static const int32_t numbers[3][3] = {{0, 1, 7}, {3, 5, -1}, {0, 1, 2}};
    static const uint32_t order[3][3] = {{0, 1, 2}, {2, 0, 1}, {0, 1, 2}};
    for (uint32_t e = 0; e < 3; e++) {
        enums[e] = (h9_enum){.first = e * 3, .count = 3, .unknown = INT64_MIN, .open = e == 0, .by_number = words_used};
        for (uint32_t i = 0; i < 3; i++) {
            symbols[e * 3 + i] =
                (h9_symbol){.number = numbers[e][i], .target = numbers[e][i], .mapped = e != 0 || i != 1};
            words32[words_used++] = order[e][i];
        }
    }
}

static h9_field *field(uint32_t record, uint32_t number, uint32_t wire, uint32_t node_index, uint16_t slot,
                       uint16_t flags)
{
    h9_record *r = &records[record];
    h9_field *f = &fields[fields_used++];
    uint32_t tag = number << 3 | wire, at = pool_used;
    for (uint32_t rest = tag;; rest >>= 7) {
        pool[pool_used++] = (uint8_t)(rest < 0x80 ? rest : (rest | 0x80));
        if (rest < 0x80) break;
    }
    *f = (h9_field){.node = node_index,
                    .slot = slot,
                    .flags = flags,
                    .key = at,
                    .key_size = pool_used - at,
                    .tag = tag,
                    .group = H9_NONE,
                    .name = number};
    r->count++;
    return f;
}

static void open_record(uint32_t i, uint32_t slots)
{
    records[i] = (h9_record){
        .first = fields_used, .slots = slots, .words = (slots + 63) / 64, .need = H9_NONE, .unknown_slot = H9_NO_SLOT};
}

/* Fields below 64 by table, the rest by search. */
static void close_record(uint32_t i)
{
    h9_record *r = &records[i];
    r->numbers = words_used;
    r->numbers_size = 64;
    words_used += 64;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t number = fields[r->first + k].tag >> 3;
        if (number < 64) words32[r->numbers + number] = k + 1;
    }
    r->sparse = words_used;
    for (uint32_t k = 0; k < r->count; k++) {
        uint32_t number = fields[r->first + k].tag >> 3;
        if (number < 64) continue;
        words32[words_used++] = number;
        words32[words_used++] = k;
        r->sparse_size++;
    }
}

/* Number n is in slot n unless said otherwise; slot 0 keeps what is unknown. */
static void make_record(void)
{
    open_record(0, 60);
    records[0].unknown = H9_UNKNOWN_KEEP;
    records[0].unknown_slot = 0;
    static const struct {
        uint8_t number, wire, node;
    } simple[] = {{1, 0, I64},         {2, 2, STRING},      {3, 0, I32},
                  {4, 0, S32},         {5, 5, FX32},        {6, 5, F32},
                  {7, 1, F64},         {8, 0, BOOL},        {9, 0, OPEN},
                  {10, 0, CLOSED},     {11, 2, PACKED_I32}, {12, 2, STRINGS},
                  {13, 2, PACKED_F32}, {14, 2, SELF},       {15, 2, SELVES},
                  {16, 2, MAP_TEXT},   {17, 2, MAP_SELF},   {21, 2, STAMP},
                  {22, 2, DURATION},   {23, 2, WRAPPED},    {24, 2, VALUE},
                  {25, 2, STRUCT},     {26, 2, LISTVALUE},  {27, 3, GROUP},
                  {28, 2, UUID},       {29, 2, UUID16},     {30, 2, PACKED_CLOSED},
                  {31, 2, MAP_CLOSED}, {33, 2, RAW_STRING}, {34, 0, U32},
                  {35, 0, S64},        {36, 1, SF64},       {37, 2, BYTES},
                  {38, 2, FIXED4},     {39, 0, DATE},       {40, 0, TIME},
                  {41, 2, PERIOD},     {42, 2, DECIMAL},    {43, 0, BOOLS},
                  {44, 3, GROUPS},     {45, 2, NEEDY},      {46, 2, INLINE},
                  {48, 2, STAMP_US},   {49, 2, FAIL},       {54, 2, MAP_NEEDY}};
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        field(0, simple[i].number, simple[i].wire, simple[i].node, simple[i].number, 0);
    words64[0] = UINT64_C(31) << 50; /* 18, 19, 20, 55, 56 are a oneof, in slots 50 to 54 */
    field(0, 18, 0, I64, 50, 0)->group = 0;
    field(0, 19, 2, NEEDY, 51, 0)->group = 0;
    field(0, 20, 2, STAMP_US, 52, 0)->group = 0;
    field(0, 55, 2, WRAPPED, 53, 0)->group = 0;
    field(0, 56, 2, VALUE, 55, 0)->group = 0;
    words64[0] = (UINT64_C(15) << 50) | (UINT64_C(1) << 55);
    field(0, 32, 2, STRING, 32, H9_F_SKIP_ZERO);
    field(0, 300, 0, I64, 56, 0);
    field(0, 5000, 2, STRING, 57, 0);
    field(0, 58, 1, F64, 58, H9_F_SKIP_ZERO);
    field(0, 57, 2, STRING, H9_NO_SLOT, 0); /* the last: a writer has no such field */
    close_record(0);
}

static void make_plan(void)
{
    plan.h.skip_root = H9_NONE;
    make_nodes();
    make_enums();
    make_record();
    open_record(1, 3); /* needs 1; 2 is filled; 3 is itself */
    words64[1] = 3;
    records[1].need = 1;
    records[1].fills = 2;
    fills[0] = (h9_fill){.slot = 0, .kind = H9_FILL_MISSING, .name = 1};
    fills[1] = (h9_fill){.slot = 1, .kind = H9_FILL_ZERO, .name = 2};
    field(1, 1, 0, I64, 0, 0);
    field(1, 2, 0, I64, 1, 0);
    field(1, 3, 2, NEEDY, 2, 0);
    close_record(1);
    open_record(2, 60); /* stands in record 0's frame */
    words64[2] = UINT64_C(1) << 59;
    records[2].need = 2;
    records[2].first_fill = 2;
    records[2].fills = 1;
    fills[2] = (h9_fill){.slot = 59, .kind = H9_FILL_MISSING, .name = 1};
    field(2, 1, 0, I64, 59, 0);
    field(2, 2, 2, STRING, 47, 0);
    close_record(2);
}

#endif
