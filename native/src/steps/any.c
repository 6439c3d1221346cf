/* The conversion steps on untyped values: whether the target's format has all that is on a tape, and a tape
 * as text or as a number. */
#include <math.h>

#include "core/context.h"
#include "core/output.h"
#include "steps/convert.h"
#include "values/into_float.h"
#include "values/time.h"
#include "values/utf8.h"

/* --- numbers --- */

/* A number's text: an integer over 64 bits, "-0", or one with a point or an exponent. */
static h9_code number_fits(uint32_t fits, const h9_tape_item *item)
{
    h9_number number;
    double d;
    if (!(fits & (H9_FITS_DOUBLE | H9_FITS_64))) return H9_OK;
    if (h9_number_scan(item->v.p, item->v.p + item->n, &number) == NULL) return H9_E_NUMBER;
    if (fits & H9_FITS_64 && number.integral && number.mantissa != 0) return H9_E_RANGE;
    return h9_exactly(h9_f64_of_number(&number, (fits & H9_FITS_ROUNDS) != 0, &d));
}

static h9_code integer_fits(uint32_t fits, uint64_t magnitude)
{
    bool held = !(fits & H9_FITS_DOUBLE) || fits & H9_FITS_ROUNDS || h9_float_holds(magnitude, H9_F64_DIGITS);
    return held ? H9_OK : H9_E_INEXACT;
}

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
    case H9_T_EXTENSION: return fits & H9_FITS_TEXT ? H9_E_TYPE : fits & H9_FITS_TIMES ? extension_fits(item) : H9_OK;
    default: return H9_OK;
    }
}

/* The items stand one after another, whatever holds them; keys are text, which every format has. */
static h9_code any_fits(const h9_context *c, uint32_t fits, const h9_slot *v)
{
    if (v->any.count == 0) return H9_OK; /* filled in: null, {} or [] as the target has it */
    const h9_tape_item *item = c->tape + v->any.first, *end = item + v->any.count;
    if (fits & H9_FITS_MAP && item->kind != H9_T_MAP) return H9_E_TYPE;
    if (fits & H9_FITS_LIST && item->kind != H9_T_LIST) return H9_E_TYPE;
    h9_code code = H9_OK;
    for (; item < end && code == H9_OK; item++) code = item_fits(fits, item);
    return code;
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
    static const h9_node any = {.op = H9_OP_ANY};
    if (v->any.count == 0) return text(v, (const uint8_t *)"null", 4);
    const h9_tape_item *item = c->tape + v->any.first;
    bool is_text = item->kind == H9_T_STRING;
    if (is_text && s->a == 2) return H9_E_TYPE;
    if (is_text && s->a == 1) return text(v, item->v.p, item->n);
    h9_code code = any_fits(c, H9_FITS_FINITE, v);
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

h9_code h9_tape_step(h9_context *c, const h9_step *s, h9_slot *v)
{
    switch (s->code) {
    case H9_STEP_ANY_FITS: return any_fits(c, s->a, v);
    case H9_STEP_ANY_TO_STRING: return any_to_string(c, s, v);
    default: return any_to_float(c, s, v);
    }
}
