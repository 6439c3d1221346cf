/* Conversion steps: from the source's kind to the target's, exactly or not at all (S2, S3, S6, S23, S26). */
#include "steps/convert.h"

#include <math.h>

#include "core/error.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "steps/packed.h"
#include "values/into_float.h"

#define TWO_63 9223372036854775808.0
#define TWO_64 18446744073709551616.0

/* --- integers and floats --- */

h9_code h9_exactly(int why)
{
    static const h9_code codes[] = {H9_OK, H9_E_INEXACT, H9_E_RANGE, H9_E_DECIMAL};
    return codes[why];
}

static h9_code int_to_float(const h9_step *s, h9_slot *v)
{
    bool rounds = s->a != 0;
    switch (s->code) {
    case H9_STEP_I_TO_F32: return h9_exactly(h9_f32_of_i64(v->i, rounds, &v->f));
    case H9_STEP_I_TO_F64: return h9_exactly(h9_f64_of_i64(v->i, rounds, &v->d));
    case H9_STEP_U_TO_F32: return h9_exactly(h9_f32_of_u64(v->u, rounds, &v->f));
    default: return h9_exactly(h9_f64_of_u64(v->u, rounds, &v->d));
    }
}

static h9_code float_to_int(const h9_step *s, h9_slot *v, double d, bool to_signed)
{
    if (d != d || isinf(d)) return H9_E_RANGE;
    if (d != trunc(d)) {
        if (s->a == 0) return H9_E_INEXACT;
        d = s->a == 1 ? trunc(d) : nearbyint(d);
    }
    if (to_signed) {
        if (d < -TWO_63 || d >= TWO_63) return H9_E_RANGE;
        int64_t i = (int64_t)d;
        if (i < s->lo || i > s->hi) return H9_E_RANGE;
        v->i = i;
        return H9_OK;
    }
    if (d < 0 || d >= TWO_64) return H9_E_RANGE;
    uint64_t u = (uint64_t)d;
    if (u > (uint64_t)s->hi) return H9_E_RANGE;
    v->u = u;
    return H9_OK;
}

static h9_code scale(const h9_step *s, h9_slot *v)
{
    double factor, offset;
    memcpy(&factor, &s->lo, sizeof factor);
    memcpy(&offset, &s->hi, sizeof offset);
    v->d = v->d * factor + offset;
    return H9_OK;
}

h9_code h9_number_step(const h9_step *s, h9_slot *v)
{
    switch (s->code) {
    case H9_STEP_RANGE_I: return v->i >= s->lo && v->i <= s->hi ? H9_OK : H9_E_RANGE;
    case H9_STEP_RANGE_U: return v->u <= (uint64_t)s->hi ? H9_OK : H9_E_RANGE;
    case H9_STEP_I_TO_U: return v->i >= 0 && v->u <= (uint64_t)s->hi ? H9_OK : H9_E_RANGE;
    case H9_STEP_U_TO_I: return v->u <= (uint64_t)s->hi ? H9_OK : H9_E_RANGE;
    case H9_STEP_I_TO_F32:
    case H9_STEP_I_TO_F64:
    case H9_STEP_U_TO_F32:
    case H9_STEP_U_TO_F64: return int_to_float(s, v);
    case H9_STEP_F32_TO_F64: v->d = (double)v->f; return H9_OK;
    case H9_STEP_F64_TO_F32: return h9_exactly(h9_f32_of_f64(v->d, s->a != 0, &v->f));
    case H9_STEP_F64_TO_I: return float_to_int(s, v, v->d, true);
    case H9_STEP_F64_TO_U: return float_to_int(s, v, v->d, false);
    case H9_STEP_BOOL_TO_I: v->i = v->b; return H9_OK;
    case H9_STEP_FINITE_F32: return isfinite(v->f) ? H9_OK : H9_E_NOT_FINITE;
    case H9_STEP_FINITE_F64: return isfinite(v->d) ? H9_OK : H9_E_NOT_FINITE;
    case H9_STEP_SCALE: return scale(s, v);
    default: return H9_E_BAD_PLAN;
    }
}

/* --- times --- */

/* How many units of `unit` nanoseconds an instant is, the rest cut off. false: 64 bits don't hold it. */
static bool count_units(const h9_slot *v, uint32_t unit, int64_t *out)
{
    int64_t per_second = 1000000000 / (int64_t)unit;
    __extension__ __int128 count = (__int128)v->t.sec * per_second + (int64_t)((uint32_t)v->t.ns / unit);
    *out = (int64_t)count;
    return *out == count;
}

static h9_code timestamp_unit(const h9_step *s, h9_slot *v)
{
    uint32_t rest = (uint32_t)v->t.ns % s->a;
    int64_t count;
    if (rest != 0) {
        if (!(s->b & 1)) return H9_E_INEXACT;
        v->t.ns -= (int32_t)rest; /* ns counts up from the second, so this is the floor for negatives too (S23) */
    }
    if (v->t.sec < s->lo || v->t.sec > s->hi) return H9_E_TIME;
    return s->b & 2 && !count_units(v, s->a, &count) ? H9_E_TIME : H9_OK;
}

static h9_code timestamp_to_int(const h9_step *s, h9_slot *v)
{
    int64_t count;
    uint32_t rest = (uint32_t)v->t.ns % s->a;
    if (rest != 0 && s->b == 0) return H9_E_INEXACT;
    if (!count_units(v, s->a, &count)) return H9_E_RANGE;
    v->i = count;
    return H9_OK;
}

static h9_code int_to_timestamp(const h9_step *s, h9_slot *v)
{
    h9_timestamp_from(v, v->i, s->a);
    return H9_OK;
}

static h9_code time_unit(const h9_step *s, h9_slot *v)
{
    int64_t rest = v->i % (int64_t)s->a;
    if (rest != 0 && s->b == 0) return H9_E_INEXACT;
    v->i -= rest;
    return H9_OK;
}

static h9_code period_to_duration(h9_slot *v)
{
    if (v->period.months || v->period.days) return H9_E_INEXACT;
    uint32_t ms = v->period.ms;
    v->t.sec = ms / 1000;
    v->t.ns = (int32_t)(ms % 1000 * 1000000);
    return H9_OK;
}

static h9_code time_step(const h9_step *s, h9_slot *v)
{
    switch (s->code) {
    case H9_STEP_TIMESTAMP_UNIT: return timestamp_unit(s, v);
    case H9_STEP_TIMESTAMP_TO_I: return timestamp_to_int(s, v);
    case H9_STEP_I_TO_TIMESTAMP: return int_to_timestamp(s, v);
    case H9_STEP_TIME_UNIT: return time_unit(s, v);
    case H9_STEP_DATE_TO_TIMESTAMP:
        if (v->i > INT64_MAX / 86400 || v->i < INT64_MIN / 86400) return H9_E_TIME;
        v->t.sec = v->i * 86400;
        v->t.ns = 0;
        return H9_OK;
    case H9_STEP_PERIOD_TO_DURATION: return period_to_duration(v);
    default: return H9_E_BAD_PLAN;
    }
}

/* --- boxes --- */

static h9_code box(h9_context *c, const h9_step *s, h9_slot *v)
{
    if (s->b) {
        v->choice.value = NULL;
        v->choice.branch = s->a;
        return H9_OK;
    }
    h9_slot *value = h9_arena(c, sizeof *value);
    if (value == NULL) return (h9_code)c->code;
    *value = *v;
    v->choice.value = value;
    v->choice.branch = s->a;
    return H9_OK;
}

/* S33: what stands in a generated wrapper. */
static h9_code unwrap(const h9_context *c, const h9_step *s, h9_slot *v)
{
    const h9_record *r = &c->plan->records[s->a];
    const h9_slot *frame = v->rec;
    const uint64_t *bits = h9_cbits(frame, r);
    for (uint32_t i = 0; i < r->slots; i++) {
        if (!h9_has(bits, i)) continue;
        *v = frame[i];
        return H9_OK;
    }
    if (s->b > 1) return (h9_code)s->b;
    memset(v, 0, sizeof *v);
    if (s->b == 1) v->choice.branch = s->c;
    return H9_OK;
}

static h9_code symbol_table(h9_context *c, const h9_step *s, h9_slot *v)
{
    const h9_enum *e = &c->plan->enums[s->a];
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, e, v->i);
    if (symbol && symbol->mapped) v->i = symbol->target;
    else if (e->unknown != INT64_MIN) v->i = e->unknown;
    else if (symbol || !e->open) return H9_E_SYMBOL;
    return H9_OK;
}

/* The steps between numbers stand together. */
_Static_assert(H9_STEP_RANGE_I == 1 && H9_STEP_BOOL_TO_I < H9_STEP_FINITE_F64 && H9_STEP_FINITE_F64 < H9_STEP_UTF8,
               "number steps come first");

static h9_code one_step(h9_context *c, const h9_step *s, h9_slot *v, const uint8_t *at)
{
    switch (s->code) {
    case H9_STEP_BOX: return box(c, s, v);
    case H9_STEP_UNWRAP: return unwrap(c, s, v);
    case H9_STEP_UNPACK: return h9_unpack(c, s, v, at);
    case H9_STEP_PACK: return h9_pack(c, s, v);
    case H9_STEP_SYMBOL_TABLE: return symbol_table(c, s, v);
    case H9_STEP_ANY_TO_STRING:
    case H9_STEP_ANY_TO_F32:
    case H9_STEP_ANY_TO_F64:
    case H9_STEP_UNTYPE:
    case H9_STEP_ANY_FITS: return h9_tape_step(c, s, v);
    case H9_STEP_FAIL: return (h9_code)s->a;
    case H9_STEP_TIMESTAMP_UNIT:
    case H9_STEP_TIMESTAMP_TO_I:
    case H9_STEP_I_TO_TIMESTAMP:
    case H9_STEP_TIME_UNIT:
    case H9_STEP_DATE_TO_TIMESTAMP:
    case H9_STEP_PERIOD_TO_DURATION: return time_step(s, v);
    default:
        if (s->code <= H9_STEP_FINITE_F64 || s->code == H9_STEP_SCALE) return h9_number_step(s, v);
        return h9_text_step(c, s, v);
    }
}

static bool of_tape(const h9_step *s) { return s->code == H9_STEP_ANY_FITS || s->code == H9_STEP_ANY_TO_STRING; }

bool h9_convert(h9_context *c, uint32_t conv, h9_slot *v, const uint8_t *at)
{
    for (uint32_t i = conv; i != 0; i = c->plan->steps[i].next) {
        h9_code code = one_step(c, &c->plan->steps[i], v, at);
        if (H9_UNLIKELY(code != H9_OK)) {
            if (code == H9_TOLD) return false;
            h9_fail(c, code, at);
            c->is_meaning = code >= H9_E_TRUNCATED && code < H9_E_DEPTH; /* the value was read */
            if (of_tape(&c->plan->steps[i])) h9_tape_locate(c, &c->plan->steps[i], v);
            return false;
        }
    }
    return true;
}
