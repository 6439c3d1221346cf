/* The conversion steps on untyped values: whether the target's format has all that is on a tape, and a tape as text. */
#include <math.h>

#include "core/context.h"
#include "core/error.h"
#include "core/formats.h"
#include "core/output.h"
#include "core/plan.h"
#include "steps/convert.h"
#include "values/big.h"
#include "values/decimal.h"
#include "values/number.h"
#include "values/time.h"
#include "values/utf8.h"

#define DOUBLE_BITS 53 /* that a double's integers have at most, zeros at the end aside */

/* --- numbers --- */

static bool fits_double(uint64_t magnitude)
{ return magnitude == 0 || (magnitude >> __builtin_ctzll(magnitude)) >> DOUBLE_BITS == 0; }

static uint64_t magnitude_of(int64_t i) { return i < 0 ? 0 - (uint64_t)i : (uint64_t)i; }

/* Whether a double holds an integer that is written in full, and no larger than the largest double (309 digits). */
static bool fits_double_digits(const h9_number *n)
{
    h9_big b;
    unsigned lowest = 0;
    h9_big_set(&b, 0);
    h9_big_add_digits(&b, n->text + n->negative, n->length - n->negative);
    if (b.n == 0) return true;
    while (b.limb[lowest] == 0) lowest++;
    unsigned low = lowest * 64 + (unsigned)__builtin_ctzll(b.limb[lowest]);
    unsigned high = b.n * 64 - (unsigned)__builtin_clzll(b.limb[b.n - 1]);
    return high - low <= DOUBLE_BITS;
}

/* A fraction may round to the nearest double, as any decimal text does; an integer is exact (S2, S34). */
static h9_code number_fits_double(const h9_number *n)
{
    int64_t i;
    uint64_t u;
    if (h9_number_i64(n, &i) == 0) return fits_double(magnitude_of(i)) ? H9_OK : H9_E_INEXACT;
    if (h9_number_u64(n, &u) == 0) return fits_double(u) ? H9_OK : H9_E_INEXACT;
    return !n->integral || fits_double_digits(n) ? H9_OK : H9_E_INEXACT;
}

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
    if (!h9_number_f64(&number, &d)) return H9_E_RANGE;
    return exactly(fits) ? number_fits_double(&number) : H9_OK;
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
    bool finite = !(fits & (H9_FITS_FINITE | H9_FITS_DOUBLE)), any_integer = !exactly(fits);
    switch (item->kind) {
    case H9_T_INT: return any_integer || fits_double(magnitude_of(item->v.i)) ? H9_OK : H9_E_INEXACT;
    case H9_T_UINT: return any_integer || fits_double(item->v.u) ? H9_OK : H9_E_INEXACT;
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
    if (s->a && item->kind == H9_T_STRING) return text(v, item->v.p, item->n);
    h9_code code;
    first_misfit(c, step_fits(s), v, &code);
    if (code != H9_OK) return code;
    size_t size;
    const uint8_t *json = h9_write_aside(c, H9_FORMAT_JSON, &any, v, &size);
    return json ? text(v, json, size) : (h9_code)c->code;
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
    if (s->code == H9_STEP_UNTYPE) return untype(c, s, v);
    if (s->code == H9_STEP_ANY_TO_STRING) return any_to_string(c, s, v);
    first_misfit(c, s->a, v, &code);
    return code;
}
