/* JSON's numbers, times, UUIDs and decimals on the way out. */
#include <math.h>

#include "core/error.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "formats/json/out.h"
#include "values/decimal.h"
#include "values/uuid.h"

/* --- numbers and enums --- */

uint8_t *h9_json_put_not_finite(const h9_node *n, double v, uint8_t *w)
{
    if (n->flags & H9_N_NULL_NOT_FINITE) return h9_json_word(w, "null", 4);
    if (isnan(v)) return h9_json_word(w, "\"NaN\"", 5);
    return v > 0 ? h9_json_word(w, "\"Infinity\"", 10) : h9_json_word(w, "\"-Infinity\"", 11);
}

uint8_t *h9_json_put_float(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    bool point = (n->flags & H9_N_POINT) != 0;
    if (n->op == H9_OP_F32)
        return isfinite(v->f) ? h9_print_f32(w, v->f, point) : h9_json_put_not_finite(n, (double)v->f, w);
    return isfinite(v->d) ? h9_print_f64(w, v->d, point) : h9_json_put_not_finite(n, v->d, w);
}

uint8_t *h9_json_put_enum(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_symbol *symbol = NULL;
    if ((n->flags & H9_N_NULL_ZERO) && v->i == 0) return h9_json_word(w, "null", 4);
    if (!(n->flags & H9_N_NUMBER)) symbol = h9_symbol_numbered(c->plan, &c->plan->enums[n->a], v->i);
    if (symbol == NULL) return h9_print_i64(w, v->i);
    w = h9_json_room(c, w, symbol->key_size);
    return w ? h9_copy_short(w, c->plan->pool + symbol->key, symbol->key_size) : NULL;
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
