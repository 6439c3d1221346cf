/* The conversion steps on untyped values: whether the target's format has all that is on a tape, and a tape
 * as text or as a number. */
#include <math.h>

#include "core/context.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/output.h"
#include "core/plan.h"
#include "steps/convert.h"
#include "values/decimal.h"
#include "values/into_float.h"
#include "values/time.h"
#include "values/utf8.h"

/* --- numbers --- */

static bool exactly(uint32_t fits) { return (fits & (H9_FITS_DOUBLE | H9_FITS_ROUNDED)) == H9_FITS_DOUBLE; }

static bool fits_64(const h9_number *n)
{
    int64_t i;
    uint64_t u;
    return h9_number_i64(n, &i) == 0 || h9_number_u64(n, &u) == 0;
}

/* Whether a decimal holds it. */
static bool fits_digits(const h9_tape_item *item, const h9_number *n)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    int why;
    if (n->exact && n->exponent >= -H9_MAX_PRECISION / 2 && n->exponent <= H9_MAX_PRECISION / 2) return true;
    int32_t places = h9_decimal_places(item->v.p, item->n);
    return places <= H9_MAX_PRECISION
           && h9_decimal_parse(item->v.p, item->n, places, H9_MAX_PRECISION, digits, &why) != 0;
}

/* A number's text: an integer over 64 bits, a decimal of CBOR's, "-0", or one with a point or an exponent. */
static h9_code number_fits(uint32_t fits, const h9_tape_item *item)
{
    h9_number number;
    double d;
    if (!(fits & (H9_FITS_DOUBLE | H9_FITS_64 | H9_FITS_DIGITS))) return H9_OK;
    if (h9_number_scan(item->v.p, item->v.p + item->n, &number) == NULL) return H9_E_NUMBER;
    if (fits & H9_FITS_DIGITS) return fits_digits(item, &number) ? H9_OK : H9_E_RANGE;
    if (fits & H9_FITS_64 && number.integral && number.mantissa != 0 && !fits_64(&number)) return H9_E_RANGE;
    return h9_exactly(h9_f64_of_number(&number, (fits & H9_FITS_ROUNDED) != 0, &d));
}

static h9_code integer_fits(uint32_t fits, uint64_t magnitude)
{ return !exactly(fits) || h9_float_holds(magnitude, H9_F64_DIGITS) ? H9_OK : H9_E_INEXACT; }

/* --- items --- */

/* A timestamp of four digits in its year is the only extension that text can say. */
static h9_code extension_fits(const h9_tape_item *item)
{
    uint8_t printed[H9_MAX_TIME_TEXT];
    int64_t seconds;
    uint32_t nanos;
    if (item->v.p[-1] != H9_TIMESTAMP_EXTENSION) return H9_E_EXTENSION;
    if (!h9_timestamp_unpack(item->v.p, item->n, &seconds, &nanos)) return H9_E_TIME;
    return h9_time_print(printed, seconds, nanos, false) ? H9_OK : H9_E_TIME;
}

static h9_code item_fits(uint32_t fits, const h9_tape_item *item)
{
    bool finite = !(fits & (H9_FITS_FINITE | H9_FITS_DOUBLE));
    switch (item->kind) {
    case H9_T_INT: return integer_fits(fits, h9_magnitude(item->v.i));
    case H9_T_UINT: return integer_fits(fits, item->v.u);
    case H9_T_FLOAT: return finite || isfinite(item->v.d) ? H9_OK : H9_E_NOT_FINITE;
    case H9_T_FLOAT32: return finite || isfinite(item->v.f) ? H9_OK : H9_E_NOT_FINITE;
    case H9_T_NUMBER: return number_fits(fits, item);
    case H9_T_BYTES: return fits & H9_FITS_TEXT ? H9_E_TYPE : H9_OK;
    case H9_T_SIMPLE: return fits & H9_FITS_SIMPLE ? H9_E_EXTENSION : H9_OK;
    case H9_T_EXTENSION: return fits & H9_FITS_TEXT ? H9_E_TYPE : fits & H9_FITS_TIMES ? extension_fits(item) : H9_OK;
    default: return H9_OK;
    }
}

/* The first item that doesn't fit: its index in the value, or the value's count. The items stand one after another,
 * whatever holds them; keys are text, which every format has. What was filled in ({}, [] or null as the target has it)
 * has none. */
static uint32_t first_misfit(const h9_context *c, uint32_t fits, const h9_slot *v, h9_code *code)
{
    const h9_tape_item *item = c->tape + v->any.first;
    uint32_t i = 0, count = v->any.count;
    *code = H9_OK;
    if (count && fits & H9_FITS_MAP && item->kind != H9_T_MAP) *code = H9_E_TYPE;
    if (count && fits & H9_FITS_LIST && item->kind != H9_T_LIST) *code = H9_E_TYPE;
    if (*code != H9_OK) return 0;
    while (i < count && (*code = item_fits(fits, item + i)) == H9_OK) i++;
    return i;
}

/* What JSON's text can't be of. */
static uint32_t step_fits(const h9_step *s)
{
    if (s->code == H9_STEP_ANY_FITS) return s->a;
    uint32_t never = H9_FITS_TIMES | H9_FITS_SIMPLE;
    return s->b & (H9_N_QUOTED | H9_N_NULL_NOT_FINITE) ? never : H9_FITS_FINITE | never;
}

/* --- where a refused item stands --- */

/* On the way out from the item at tape index `target` to the value at `at`. */
static void add_places(h9_context *c, uint32_t at, uint32_t target)
{
    bool map = c->tape[at].kind == H9_T_MAP;
    uint32_t child = at + 1, next;
    for (uint32_t i = 0; at != target; i++, child = next) {
        const h9_tape_item *key = &c->tape[child];
        next = h9_tape_after(c->tape, child + map);
        if (target >= next) continue;
        add_places(c, child + map, target);
        if (map) h9_in_key(c, key->v.p, key->n);
        else h9_in_item(c, i);
        return;
    }
}

/* Where the item begins in the message. NULL: that can't be told. */
static const uint8_t *item_begin(const h9_context *c, const h9_tape_item *item)
{
    size_t from;
    bool nest = item->kind == H9_T_LIST || item->kind == H9_T_MAP, span = !nest && item->kind >= H9_T_NUMBER;
    if (c->begin == NULL || (span && item->head == H9_TAPE_NOWHERE)) return NULL;
    if (span) from = (size_t)((uintptr_t)item->v.p - item->head - (uintptr_t)c->begin);
    else from = nest ? item->v.in.from : item->n;
    return from <= (size_t)(c->end - c->begin) ? c->begin + from : NULL;
}

void h9_tape_locate(h9_context *c, const h9_step *s, const h9_slot *v)
{
    h9_code code;
    uint32_t index = first_misfit(c, step_fits(s), v, &code);
    if (index == v->any.count) return;
    const uint8_t *at = item_begin(c, &c->tape[v->any.first + index]);
    if (at != NULL) c->at = at;
    add_places(c, v->any.first, v->any.first + index);
}

/* --- text --- */

static h9_code text(h9_slot *v, const uint8_t *p, size_t n)
{
    v->s.p = p;
    v->s.n = (uint32_t)n;
    v->s.flags = h9_plain_run(p, n) == n ? H9_SPAN_PLAIN : 0;
    return H9_OK;
}

static h9_code any_to_string(h9_context *c, const h9_step *s, h9_slot *v)
{
    const h9_node any = {.op = H9_OP_ANY, .flags = s->b, .b = s->c};
    if (v->any.count == 0) return text(v, (const uint8_t *)"null", 4);
    const h9_tape_item *item = c->tape + v->any.first;
    bool is_text = item->kind == H9_T_STRING;
    if (is_text && s->a == 2) return H9_E_TYPE;
    if (is_text && s->a == 1) return text(v, item->v.p, item->n);
    h9_code code;
    first_misfit(c, step_fits(s), v, &code);
    if (code != H9_OK) return code;
    size_t size;
    const uint8_t *json = h9_write_aside(c, H9_FORMAT_JSON, &any, v, &size);
    return json ? text(v, json, size) : (h9_code)c->code;
}

/* --- floats (S6) --- */

/* A number's text, or a text that may be one (b = 1). */
static h9_code text_to_float(const h9_step *s, const h9_tape_item *item, h9_slot *out)
{
    h9_number number;
    const uint8_t *end = item->v.p + item->n;
    if (item->n == 0 || h9_number_scan(item->v.p, end, &number) != end) return H9_E_NUMBER;
    if (s->code == H9_STEP_ANY_TO_F32) return h9_exactly(h9_f32_of_number(&number, s->a != 0, &out->f));
    return h9_exactly(h9_f64_of_number(&number, s->a != 0, &out->d));
}

static h9_code any_to_f32(const h9_step *s, const h9_tape_item *item, h9_slot *out)
{
    bool rounds = s->a != 0;
    switch (item->kind) {
    case H9_T_INT: return h9_exactly(h9_f32_of_i64(item->v.i, rounds, &out->f));
    case H9_T_UINT: return h9_exactly(h9_f32_of_u64(item->v.u, rounds, &out->f));
    case H9_T_FLOAT: return h9_exactly(h9_f32_of_f64(item->v.d, rounds, &out->f));
    default: out->f = item->v.f; return H9_OK;
    }
}

static h9_code any_to_f64(const h9_step *s, const h9_tape_item *item, h9_slot *out)
{
    bool rounds = s->a != 0;
    switch (item->kind) {
    case H9_T_INT: return h9_exactly(h9_f64_of_i64(item->v.i, rounds, &out->d));
    case H9_T_UINT: return h9_exactly(h9_f64_of_u64(item->v.u, rounds, &out->d));
    case H9_T_FLOAT: out->d = item->v.d; return H9_OK;
    default: out->d = (double)item->v.f; return H9_OK;
    }
}

static h9_code any_to_float(const h9_context *c, const h9_step *s, h9_slot *v)
{
    if (v->any.count == 0) return H9_E_TYPE;
    const h9_tape_item *item = c->tape + v->any.first;
    h9_slot out;
    h9_code code = H9_E_TYPE;
    if (item->kind == H9_T_NUMBER || (item->kind == H9_T_STRING && s->b)) code = text_to_float(s, item, &out);
    else if (item->kind >= H9_T_INT && item->kind <= H9_T_FLOAT32)
        code = s->code == H9_STEP_ANY_TO_F32 ? any_to_f32(s, item, &out) : any_to_f64(s, item, &out);
    if (code == H9_OK) *v = out;
    return code;
}

/* --- typed values as untyped ones --- */

/* What was read from bytes of our own stands nowhere in the message. */
static void nowhere(h9_tape_item *item)
{
    if (item->kind == H9_T_LIST || item->kind == H9_T_MAP) item->v.in.from = UINT32_MAX;
    else if (item->kind < H9_T_NUMBER) item->n = UINT32_MAX;
    else item->head = H9_TAPE_NOWHERE;
}

static h9_code untype(h9_context *c, const h9_step *s, h9_slot *v)
{
    const h9_node *nodes = c->plan->nodes;
    const uint8_t *begin = c->begin, *end = c->end;
    size_t size;
    const uint8_t *made = h9_write_aside(c, (h9_format)s->c, &nodes[s->a], v, &size);
    if (made == NULL) return (h9_code)c->code;
    c->begin = made;
    c->end = made + size;
    const uint8_t *done = h9_codecs[s->c]->read(c, &nodes[s->b], v, made);
    c->begin = begin;
    c->end = end;
    if (done == NULL) return (h9_code)c->code;
    for (uint32_t i = 0; i < v->any.count; i++) nowhere(&c->tape[v->any.first + i]);
    return H9_OK;
}

h9_code h9_tape_step(h9_context *c, const h9_step *s, h9_slot *v)
{
    h9_code code;
    switch (s->code) {
    case H9_STEP_UNTYPE: return untype(c, s, v);
    case H9_STEP_ANY_TO_STRING: return any_to_string(c, s, v);
    case H9_STEP_ANY_FITS: first_misfit(c, s->a, v, &code); return code;
    default: return any_to_float(c, s, v);
    }
}
