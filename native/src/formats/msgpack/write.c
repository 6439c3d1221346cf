/* The MessagePack writer: the smallest form of everything (S29).
 *
 * What can't be said was refused when it was read, so only memory can fail here; a time or decimal that was let
 * through all the same is refused where the message begins rather than written wrong.
 */
#include "core/lookup.h"
#include "core/output.h"
#include "core/plan.h"
#include "formats/keyed.h"
#include "formats/msgpack/msgpack.h"
#include "values/decimal.h"
#include "values/number.h"
#include "values/time.h"
#include "values/uuid.h"

#define HEAD_BYTES 5u   /* of the longest length */
#define NUMBER_BYTES 9u /* of the longest number */
#define SECOND INT64_C(1000000000)

static uint8_t *refuse(h9_context *c, h9_code code)
{
    h9_fail(c, code, NULL);
    return NULL;
}

/* --- heads and numbers; there is room --- */

static inline uint8_t *put_str_head(uint8_t *w, uint32_t n)
{
    if (n < 32) {
        *w = (uint8_t)(MP_FIXSTR | n);
        return w + 1;
    }
    if (n <= UINT8_MAX) {
        w[0] = MP_STR8;
        w[1] = (uint8_t)n;
        return w + 2;
    }
    *w = n <= UINT16_MAX ? MP_STR16 : MP_STR32;
    return n <= UINT16_MAX ? h9_store_big16(w + 1, n) : h9_store_big32(w + 1, n);
}

/* A length that one, two or four bytes hold, after one of three type bytes in a row. */
static uint8_t *put_length(uint8_t *w, uint8_t first, uint32_t n)
{
    if (n <= UINT8_MAX) {
        w[0] = first;
        w[1] = (uint8_t)n;
        return w + 2;
    }
    *w = (uint8_t)(first + (n <= UINT16_MAX ? 1 : 2));
    return n <= UINT16_MAX ? h9_store_big16(w + 1, n) : h9_store_big32(w + 1, n);
}

/* A count: short with `fix`, else after `wide` (two bytes) or the one after it (four). */
static inline uint8_t *put_count(uint8_t *w, uint8_t fix, uint8_t wide, uint32_t n)
{
    if (n < 16) {
        *w = (uint8_t)(fix | n);
        return w + 1;
    }
    *w = (uint8_t)(wide + (n > UINT16_MAX));
    return n <= UINT16_MAX ? h9_store_big16(w + 1, n) : h9_store_big32(w + 1, n);
}
static inline uint8_t *put_list_head(uint8_t *w, uint32_t n) { return put_count(w, MP_FIXLIST, MP_LIST16, n); }
static inline uint8_t *put_map_head(uint8_t *w, uint32_t n) { return put_count(w, MP_FIXMAP, MP_MAP16, n); }

static inline uint8_t *put_u64(uint8_t *w, uint64_t v)
{
    if (v < MP_FIXMAP) {
        *w = (uint8_t)v;
        return w + 1;
    }
    if (v <= UINT8_MAX) {
        w[0] = MP_U8;
        w[1] = (uint8_t)v;
        return w + 2;
    }
    if (v <= UINT16_MAX) {
        *w = MP_U16;
        return h9_store_big16(w + 1, (uint32_t)v);
    }
    if (v <= UINT32_MAX) {
        *w = MP_U32;
        return h9_store_big32(w + 1, (uint32_t)v);
    }
    *w = MP_U64;
    return h9_store_big64(w + 1, v);
}

static inline uint8_t *put_i64(uint8_t *w, int64_t v)
{
    if (v >= 0) return put_u64(w, (uint64_t)v);
    if (v >= -32) {
        *w = (uint8_t)v;
        return w + 1;
    }
    if (v >= INT8_MIN) {
        w[0] = MP_I8;
        w[1] = (uint8_t)v;
        return w + 2;
    }
    if (v >= INT16_MIN) {
        *w = MP_I16;
        return h9_store_big16(w + 1, (uint32_t)v);
    }
    if (v >= INT32_MIN) {
        *w = MP_I32;
        return h9_store_big32(w + 1, (uint32_t)v);
    }
    *w = MP_I64;
    return h9_store_big64(w + 1, (uint64_t)v);
}

static inline uint8_t *put_f32(uint8_t *w, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, 4);
    *w = MP_F32;
    return h9_store_big32(w + 1, bits);
}

static inline uint8_t *put_f64(uint8_t *w, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, 8);
    *w = MP_F64;
    return h9_store_big64(w + 1, bits);
}

/* --- single values; each makes its own room --- */

static uint8_t *write_byte(h9_context *c, uint8_t byte, uint8_t *w)
{
    if ((w = h9_room(c, w, 1)) == NULL) return NULL;
    *w = byte;
    return w + 1;
}
static uint8_t *write_i64(h9_context *c, int64_t v, uint8_t *w)
{ return (w = h9_room(c, w, NUMBER_BYTES)) ? put_i64(w, v) : NULL; }
static uint8_t *write_u64(h9_context *c, uint64_t v, uint8_t *w)
{ return (w = h9_room(c, w, NUMBER_BYTES)) ? put_u64(w, v) : NULL; }
static uint8_t *write_f32(h9_context *c, float v, uint8_t *w)
{ return (w = h9_room(c, w, NUMBER_BYTES)) ? put_f32(w, v) : NULL; }
static uint8_t *write_f64(h9_context *c, double v, uint8_t *w)
{ return (w = h9_room(c, w, NUMBER_BYTES)) ? put_f64(w, v) : NULL; }

static inline uint8_t *write_str(h9_context *c, const uint8_t *p, uint32_t n, uint8_t *w)
{
    if ((w = h9_room(c, w, (size_t)n + HEAD_BYTES)) == NULL) return NULL;
    return h9_copy_short(put_str_head(w, n), p, n);
}

static uint8_t *write_bin(h9_context *c, const uint8_t *p, uint32_t n, uint8_t *w)
{
    if ((w = h9_room(c, w, (size_t)n + HEAD_BYTES)) == NULL) return NULL;
    return h9_copy_short(put_length(w, MP_BIN8, n), p, n);
}

/* Text that a printer made: from `text` up to `end`, or NULL. */
static uint8_t *write_printed(h9_context *c, const uint8_t *text, const uint8_t *end, uint8_t *w)
{ return end ? write_str(c, text, (uint32_t)(end - text), w) : refuse(c, H9_E_TIME); }

static uint8_t *write_enum(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_symbol *symbol = n->flags & H9_N_NUMBER ? NULL : h9_symbol_numbered(c->plan, &c->plan->enums[n->a], v->i);
    if (symbol == NULL) return write_i64(c, v->i, w);
    if ((w = h9_room(c, w, symbol->key_size)) == NULL) return NULL;
    return h9_copy_short(w, c->plan->pool + symbol->key, symbol->key_size);
}

static uint8_t *write_decimal(h9_context *c, const h9_slot *v, int32_t scale, int32_t precision, uint8_t *w)
{
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    size_t n = h9_decimal_print(v->s.p, v->s.n, scale, precision, text);
    return n ? write_str(c, text, (uint32_t)n, w) : refuse(c, H9_E_DECIMAL);
}

static uint8_t *write_uuid(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_UUID_TEXT];
    if (n->a == sizeof v->id) return write_bin(c, v->id, sizeof v->id, w);
    h9_uuid_print(text, v->id);
    return write_str(c, text, sizeof text, w);
}

static uint8_t *write_period(h9_context *c, const h9_slot *v, uint8_t *w)
{
    uint8_t bytes[12];
    h9_put_period(bytes, v);
    return write_bin(c, bytes, sizeof bytes, w);
}

/* --- times --- */

static uint8_t *write_date(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    return n->flags & H9_N_NUMBER ? write_i64(c, v->i, w) : write_printed(c, text, h9_date_print(text, v->i), w);
}

static uint8_t *write_time(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    if (n->flags & H9_N_NUMBER) return write_i64(c, v->i / (n->a ? (int64_t)n->a : 1), w);
    return write_printed(c, text, h9_clock_print(text, v->i), w);
}

/* Seconds and nanoseconds as one count of the node's units, in 128 bits: a part may be out of 64 where the sum is not.
 */
static uint8_t *write_units(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    int64_t unit = n->a ? (int64_t)n->a : 1;
    __int128 nanos = (__int128)v->t.sec * SECOND + v->t.ns, units = nanos / unit;
    if (units < INT64_MIN || units > INT64_MAX) return refuse(c, H9_E_RANGE);
    return write_i64(c, (int64_t)units, w);
}

/* Extension -1 in the smallest of its three forms. */
static uint8_t *write_extension_time(h9_context *c, const h9_slot *v, uint8_t *w)
{
    uint8_t body[H9_TIMESTAMP_BYTES];
    size_t n = h9_timestamp_pack(body, v->t.sec, (uint32_t)v->t.ns);
    if ((w = h9_room(c, w, sizeof body + 3)) == NULL) return NULL;
    if (n == sizeof body) {
        *w++ = MP_EXT8;
        *w++ = sizeof body;
    } else {
        *w++ = n == 4 ? MP_FIXEXT4 : MP_FIXEXT8;
    }
    *w = MP_TIMESTAMP;
    memcpy(w + 1, body, n);
    return w + 1 + n;
}

static uint8_t *write_timestamp(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    if (n->flags & H9_N_NUMBER) return write_units(c, n, v, w);
    if (n->flags & H9_N_EXTENSION) return write_extension_time(c, v, w);
    return write_printed(c, text, h9_time_print(text, v->t.sec, (uint32_t)v->t.ns, n->flags & H9_N_LOCAL), w);
}

static uint8_t *write_duration(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    if (n->flags & H9_N_NUMBER) return write_units(c, n, v, w);
    return write_printed(c, text, h9_duration_print(text, v->t.sec, v->t.ns), w);
}

/* --- records --- */

static uint8_t *write_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w);

static inline uint8_t *write_member(h9_context *c, const h9_field *field, const h9_slot *frame, bool nil, uint8_t *w)
{
    const h9_node *node = &c->plan->nodes[field->node];
    if ((w = h9_room(c, w, (size_t)field->key_size + NUMBER_BYTES)) == NULL) return NULL;
    w = h9_copy_short(w, c->plan->pool + field->key, field->key_size);
    if (nil) {
        *w = MP_NIL;
        return w + 1;
    }
    if (node->op == H9_OP_INLINE) return write_members(c, &c->plan->records[node->a], frame, w);
    return h9_msgpack_write(c, node, &frame[field->slot], w);
}

/* The count stands before the members. Where it takes one byte whatever it is, it is filled in afterwards. */
static uint8_t *write_members(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w)
{
    if ((w = h9_room(c, w, HEAD_BYTES)) == NULL) return NULL;
    const uint64_t *bits = h9_cbits(frame, r);
    size_t head = (size_t)(w - c->out); /* the output may move */
    uint32_t count = 0;
    bool one_byte = r->count < 16;
    w = put_map_head(w, one_byte ? 0 : h9_members_shown(c, r, frame));
    for (uint32_t i = 0; i < r->count; i++) {
        const h9_field *field = &c->plan->fields[r->first + i];
        h9_shown how = h9_how_shown(c, field, frame, bits);
        if (how == H9_ABSENT) continue;
        count++;
        if ((w = write_member(c, field, frame, how == H9_AS_NULL, w)) == NULL) return NULL;
    }
    if (one_byte) c->out[head] = (uint8_t)(MP_FIXMAP | count);
    return w;
}

/* --- lists and maps --- */

static uint8_t *write_floats(h9_context *c, const h9_slot *v, size_t width, uint8_t *w)
{
    const uint8_t *item = v->list.items, *end = item + v->list.n * width;
    if ((w = h9_room(c, w, v->list.n * (width + 1))) == NULL) return NULL;
    for (; item < end; item += width) {
        h9_slot value;
        memcpy(&value, item, width);
        w = width == 4 ? put_f32(w, value.f) : put_f64(w, value.d);
    }
    return w;
}

static uint8_t *write_list(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *item = &c->plan->nodes[n->a];
    size_t width = n->width;
    if ((w = h9_room(c, w, HEAD_BYTES)) == NULL) return NULL;
    w = put_list_head(w, v->list.n);
    if (v->list.n == 0) return w;
    if ((item->op == H9_OP_F32 && width == 4) || (item->op == H9_OP_F64 && width == 8))
        return write_floats(c, v, width, w);
    for (uint32_t i = 0; w != NULL && i < v->list.n; i++) {
        h9_slot value;
        h9_item_get(v->list.items + i * width, width, item->op, &value);
        w = h9_msgpack_write(c, item, &value, w);
    }
    return w;
}

static uint8_t *write_map(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_node *key = &c->plan->nodes[n->a], *value = &c->plan->nodes[n->b];
    const h9_slot *entry = (const h9_slot *)(const void *)v->list.items;
    if ((w = h9_room(c, w, HEAD_BYTES)) == NULL) return NULL;
    w = put_map_head(w, v->list.n);
    for (uint32_t i = 0; i < v->list.n; i++, entry += 2) {
        if ((w = h9_msgpack_write(c, key, &entry[0], w)) == NULL) return NULL;
        if ((w = h9_msgpack_write(c, value, &entry[1], w)) == NULL) return NULL;
    }
    return w;
}

static uint8_t *write_branch(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (v->choice.value == NULL) return write_byte(c, MP_NIL, w);
    if (n->op == H9_OP_UNION && v->choice.branch >= n->b) return refuse(c, H9_E_BAD_PLAN);
    uint32_t branch = n->op == H9_OP_OPTION ? n->a : c->plan->words32[n->a + v->choice.branch];
    return h9_msgpack_write(c, &c->plan->nodes[branch], v->choice.value, w);
}

/* --- any: both a tape and MessagePack put a count before its items, so one goes into the other in one pass --- */

static uint8_t *write_number_text(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    h9_number number;
    double v;
    if (h9_number_scan(item->v.p, item->v.p + item->n, &number) == NULL) return refuse(c, H9_E_NUMBER);
    return h9_number_f64(&number, &v) ? write_f64(c, v, w) : refuse(c, H9_E_RANGE);
}

static uint8_t *write_extension(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    uint32_t n = item->n;
    if ((w = h9_room(c, w, (size_t)n + HEAD_BYTES + 1)) == NULL) return NULL;
    bool fixed = n != 0 && n <= 16 && (n & (n - 1)) == 0;
    if (fixed) *w++ = (uint8_t)(MP_FIXEXT1 + __builtin_ctz(n));
    else w = put_length(w, MP_EXT8, n);
    return h9_copy_short(w, item->v.p - 1, (size_t)n + 1); /* the type byte stands before the body */
}

static uint8_t *write_item(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    switch (item->kind) {
    case H9_T_NULL: return write_byte(c, MP_NIL, w);
    case H9_T_FALSE: return write_byte(c, MP_FALSE, w);
    case H9_T_TRUE: return write_byte(c, MP_TRUE, w);
    case H9_T_INT: return write_i64(c, item->v.i, w);
    case H9_T_UINT: return write_u64(c, item->v.u, w);
    case H9_T_FLOAT: return write_f64(c, item->v.d, w);
    case H9_T_FLOAT32: return write_f32(c, item->v.f, w);
    case H9_T_NUMBER: return write_number_text(c, item, w);
    case H9_T_STRING: return write_str(c, item->v.p, item->n, w);
    case H9_T_BYTES: return write_bin(c, item->v.p, item->n, w);
    case H9_T_EXTENSION: return write_extension(c, item, w);
    case H9_T_SIMPLE: return refuse(c, H9_E_EXTENSION);
    default: break;
    }
    if ((w = h9_room(c, w, HEAD_BYTES)) == NULL) return NULL;
    return item->kind == H9_T_MAP ? put_map_head(w, item->n) : put_list_head(w, item->n);
}

static uint8_t *write_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (v->any.count == 0) return write_byte(c, n->a == 0 ? MP_NIL : n->a == 1 ? MP_FIXMAP : MP_FIXLIST, w);
    for (uint32_t i = 0; w != NULL && i < v->any.count; i++) w = write_item(c, &c->tape[v->any.first + i], w);
    return w;
}

/* --- by op --- */

uint8_t *h9_msgpack_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_NULL: return write_byte(c, MP_NIL, w);
    case H9_OP_BOOL: return write_byte(c, v->b ? MP_TRUE : MP_FALSE, w);
    case H9_OP_INT: return write_i64(c, v->i, w);
    case H9_OP_UINT: return write_u64(c, v->u, w);
    case H9_OP_F32: return write_f32(c, v->f, w);
    case H9_OP_F64: return write_f64(c, v->d, w);
    case H9_OP_STRING: return write_str(c, v->s.p, v->s.n, w);
    case H9_OP_BYTES:
    case H9_OP_FIXED: return write_bin(c, v->s.p, v->s.n, w);
    case H9_OP_ENUM: return write_enum(c, n, v, w);
    case H9_OP_DECIMAL: return write_decimal(c, v, (int32_t)n->lo, (int32_t)n->hi, w);
    case H9_OP_BIGDECIMAL: return write_decimal(c, v, (int32_t)v->s.flags, H9_MAX_PRECISION, w);
    case H9_OP_UUID: return write_uuid(c, n, v, w);
    case H9_OP_DATE: return write_date(c, n, v, w);
    case H9_OP_TIME: return write_time(c, n, v, w);
    case H9_OP_TIMESTAMP: return write_timestamp(c, n, v, w);
    case H9_OP_DURATION: return write_duration(c, n, v, w);
    case H9_OP_PERIOD: return write_period(c, v, w);
    case H9_OP_OPTION:
    case H9_OP_UNION: return write_branch(c, n, v, w);
    case H9_OP_LIST: return write_list(c, n, v, w);
    case H9_OP_MAP: return write_map(c, n, v, w);
    case H9_OP_RECORD: return write_members(c, &c->plan->records[n->a], v->rec, w);
    case H9_OP_ANY: return write_any(c, n, v, w);
    case H9_OP_WRAPPED: return h9_msgpack_write(c, &c->plan->nodes[n->a], v, w);
    default: return refuse(c, H9_E_BAD_PLAN);
    }
}
