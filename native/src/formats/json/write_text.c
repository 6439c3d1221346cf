/* JSON's strings, numbers and texts on the way out; an any's tape. */
#include "formats/json/out.h"

#include <math.h>

#include "formats/msgpack/msgpack.h"

/* --- strings --- */

/* One byte that can't stand as it is; at most six bytes. */
static uint8_t *put_escape(uint8_t *w, uint8_t b)
{
    static const char bytes[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt", hex[] = "0123456789abcdef";
    *w++ = '\\';
    const char *found = b ? strchr(bytes, b) : NULL;
    if (found) {
        *w++ = (uint8_t)names[found - bytes];
        return w;
    }
    w = h9_json_word(w, "u00", 3);
    *w++ = (uint8_t)hex[b >> 4];
    *w++ = (uint8_t)hex[b & 15];
    return w;
}

uint8_t *h9_json_put_escaped(h9_context *c, const uint8_t *p, size_t n, uint8_t *w)
{
    const uint8_t *end = p + n;
    w = h9_json_room(c, w, n);
    if (w == NULL) return NULL;
    *w++ = '"';
    while (p < end) {
        size_t run = h9_plain_run(p, (size_t)(end - p));
        w = h9_json_copy(w, p, run);
        p += run;
        for (; p < end && *p >= 0x80; p++) *w++ = *p;
        if (p == end || (*p >= 0x20 && *p != '"' && *p != '\\')) continue;
        w = h9_json_room(c, put_escape(w, *p), (size_t)(end - p));
        if (w == NULL) return NULL;
        p++;
    }
    *w++ = '"';
    return w;
}

/* --- bytes --- */

static uint8_t *put_code_points(h9_context *c, const uint8_t *p, size_t n, uint8_t *w)
{
    for (const uint8_t *end = p + n; p < end; p++) {
        if (*p >= 0x80) {
            *w++ = (uint8_t)(0xC0 | *p >> 6);
            *w++ = (uint8_t)(0x80 | (*p & 0x3F));
        } else if (*p >= 0x20 && *p != '"' && *p != '\\') {
            *w++ = *p;
        } else {
            w = put_escape(w, *p);
        }
        w = h9_json_room(c, w, 0);
        if (w == NULL) return NULL;
    }
    return w;
}

uint8_t *h9_json_put_bytes(h9_context *c, uint32_t form, const uint8_t *p, size_t n, uint8_t *w)
{
    w = h9_json_room(c, w, form == H9_BYTES_CODEPOINTS ? 0 : n * 2);
    if (w == NULL) return NULL;
    *w++ = '"';
    switch (form) {
    case H9_BYTES_HEX: w = h9_hex_print(w, p, n); break;
    case H9_BYTES_CODEPOINTS: w = put_code_points(c, p, n, w); break;
    default: w = h9_base64_print(w, p, n, form == H9_BYTES_BASE64URL); break;
    }
    if (w != NULL) *w++ = '"';
    return w;
}

/* --- numbers and enums --- */

static uint8_t *put_not_finite(const h9_node *n, double v, uint8_t *w)
{
    if (n->flags & H9_N_NULL_NOT_FINITE) return h9_json_word(w, "null", 4);
    if (isnan(v)) return h9_json_word(w, "\"NaN\"", 5);
    return v > 0 ? h9_json_word(w, "\"Infinity\"", 10) : h9_json_word(w, "\"-Infinity\"", 11);
}

uint8_t *h9_json_put_float(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    bool point = (n->flags & H9_N_POINT) != 0;
    if (n->op == H9_OP_F32) return isfinite(v->f) ? h9_print_f32(w, v->f, point) : put_not_finite(n, (double)v->f, w);
    return isfinite(v->d) ? h9_print_f64(w, v->d, point) : put_not_finite(n, v->d, w);
}

uint8_t *h9_json_put_enum(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_symbol *symbol = NULL;
    if ((n->flags & H9_N_NULL_ZERO) && v->i == 0) return h9_json_word(w, "null", 4);
    if (!(n->flags & H9_N_NUMBER)) symbol = h9_symbol_numbered(c->plan, &c->plan->enums[n->a], v->i);
    if (symbol == NULL) return h9_print_i64(w, v->i);
    w = h9_json_room(c, w, symbol->key_size);
    return w ? h9_json_copy(w, c->plan->pool + symbol->key, symbol->key_size) : NULL;
}

/* --- UUIDs and times --- */

/* Whole units since 1970, with the floor for negatives (S23). In two parts, as nanoseconds alone would overflow. */
static int64_t count_units(const h9_slot *v, uint32_t unit)
{
    int64_t per_second = 1000000000 / (int64_t)unit;
    return (int64_t)((uint64_t)v->t.sec * (uint64_t)per_second + (uint64_t)(v->t.ns / (int64_t)unit));
}

static uint8_t *put_count(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    int64_t count = n->op == H9_OP_DATE ? v->i : n->op == H9_OP_TIME ? v->i / (int64_t)n->a : count_units(v, n->a);
    bool quoted = (n->flags & H9_N_QUOTED) != 0;
    if (quoted) *w++ = '"';
    w = h9_print_i64(w, count);
    if (quoted) *w++ = '"';
    return w;
}

static uint8_t *print_text(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_UUID: return h9_uuid_print(w, (const uint8_t *)v);
    case H9_OP_DATE: return h9_date_print(w, v->i);
    case H9_OP_TIME: return h9_clock_print(w, v->i);
    case H9_OP_TIMESTAMP: return h9_time_print(w, v->t.sec, (uint32_t)v->t.ns, (n->flags & H9_N_LOCAL) != 0);
    default: return h9_duration_print(w, v->t.sec, v->t.ns);
    }
}

/* A plan has steps that keep what text can't say from coming here; one that lacks them is told so rather than served
 * nonsense. */
static uint8_t *refuse(h9_context *c, h9_code code)
{
    h9_fail(c, code, NULL);
    return NULL;
}

uint8_t *h9_json_put_text(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if ((n->flags & H9_N_NUMBER) && n->op != H9_OP_UUID && n->op != H9_OP_DURATION) return put_count(n, v, w);
    if (n->flags & H9_N_CODEPOINTS) return h9_json_put_avro(c, n, v, w);
    *w++ = '"';
    w = print_text(n, v, w);
    if (w == NULL) return refuse(c, H9_E_TIME);
    *w++ = '"';
    return w;
}

/* --- decimals --- */

uint8_t *h9_json_put_decimal(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    bool big = n->op == H9_OP_BIGDECIMAL;
    if (n->flags & H9_N_CODEPOINTS)
        return big ? h9_json_put_avro(c, n, v, w) : h9_json_put_bytes(c, H9_BYTES_CODEPOINTS, v->s.p, v->s.n, w);
    int32_t scale = big ? (int32_t)v->s.flags : (int32_t)n->lo, precision = big ? H9_MAX_PRECISION : (int32_t)n->hi;
    w = h9_json_room(c, w, H9_MAX_DECIMAL_TEXT);
    if (w == NULL) return NULL;
    *w++ = '"';
    size_t size = h9_decimal_print(v->s.p, v->s.n, scale, precision, w);
    if (size == 0) return refuse(c, H9_E_DECIMAL);
    w += size;
    *w++ = '"';
    return w;
}

/* --- any --- */

static uint8_t *put_tape_float(const h9_tape_item *item, uint8_t *w)
{
    if (item->kind == H9_T_FLOAT32)
        return isfinite(item->v.f) ? h9_print_f32(w, item->v.f, true) : h9_json_word(w, "null", 4);
    return isfinite(item->v.d) ? h9_print_f64(w, item->v.d, true) : h9_json_word(w, "null", 4);
}

/* A MessagePack timestamp is an instant; what else an extension may be can't be said. */
static uint8_t *put_extension(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    h9_slot time = {.t = {0, 0}};
    if (item->v.p[-1] != MP_TIMESTAMP) return refuse(c, H9_E_EXTENSION);
    if (!h9_msgpack_timestamp(c, item->v.p, item->n, &time, NULL)) return NULL;
    *w++ = '"';
    w = h9_time_print(w, time.t.sec, (uint32_t)time.t.ns, false);
    if (w == NULL) return refuse(c, H9_E_TIME);
    *w++ = '"';
    return w;
}

/* A tape item that holds no others. */
static uint8_t *put_leaf(h9_context *c, const h9_node *n, const h9_tape_item *item, uint8_t *w)
{
    switch (item->kind) {
    case H9_T_NULL: return h9_json_word(w, "null", 4);
    case H9_T_FALSE: return h9_json_word(w, "false", 5);
    case H9_T_TRUE: return h9_json_word(w, "true", 4);
    case H9_T_INT: return h9_print_i64(w, item->v.i);
    case H9_T_UINT: return h9_print_u64(w, item->v.u);
    case H9_T_FLOAT:
    case H9_T_FLOAT32: return put_tape_float(item, w);
    case H9_T_STRING: return h9_json_put_string(c, item->v.p, item->n, item->flags, w);
    case H9_T_NUMBER: w = h9_json_room(c, w, item->n); return w ? h9_json_copy(w, item->v.p, item->n) : NULL;
    case H9_T_BYTES: return h9_json_put_bytes(c, n->b, item->v.p, item->n, w);
    default: return put_extension(c, item, w);
    }
}

static uint8_t *put_item(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w);

/* MessagePack's keys may be other than strings: they are written as strings, but lists and maps can't be. */
static uint8_t *put_tape_key(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w)
{
    const h9_tape_item *item = &c->tape[(*at)++];
    bool bare = item->kind <= H9_T_NUMBER;
    if (item->kind == H9_T_LIST || item->kind == H9_T_MAP) return refuse(c, H9_E_KEY);
    if (bare) *w++ = '"';
    w = put_leaf(c, n, item, w);
    if (w == NULL || (w = h9_json_room(c, w, 2)) == NULL) return NULL;
    if (bare) *w++ = '"';
    *w++ = ':';
    return w;
}

static uint8_t *put_items(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w)
{
    const h9_tape_item *parent = &c->tape[*at - 1];
    bool map = parent->kind == H9_T_MAP;
    *w++ = map ? '{' : '[';
    for (uint32_t i = 0; i < parent->n; i++) {
        w = h9_json_room(c, w, 2);
        if (w == NULL) return NULL;
        if (i) *w++ = ',';
        if (map && (w = put_tape_key(c, n, at, w)) == NULL) return NULL;
        if ((w = h9_json_room(c, w, 0)) == NULL || (w = put_item(c, n, at, w)) == NULL) return NULL;
    }
    w = h9_json_room(c, w, 1);
    if (w != NULL) *w++ = map ? '}' : ']';
    return w;
}

static uint8_t *put_item(h9_context *c, const h9_node *n, uint32_t *at, uint8_t *w)
{
    const h9_tape_item *item = &c->tape[(*at)++];
    if (item->kind == H9_T_LIST || item->kind == H9_T_MAP) return put_items(c, n, at, w);
    return put_leaf(c, n, item, w);
}

uint8_t *h9_json_put_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    uint32_t at = v->any.first;
    if (v->any.count == 0) return h9_json_word(w, n->a == 0 ? "null" : n->a == 1 ? "{}" : "[]", n->a == 0 ? 4 : 2);
    return put_item(c, n, &at, w);
}
