/* Conversion steps to and from text and bytes. */
#include <math.h>

#include "core/context.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "steps/convert.h"
#include "values/base64.h"
#include "values/decimal.h"
#include "values/into_float.h"
#include "values/time.h"
#include "values/utf8.h"
#include "values/uuid.h"

/* Keeps what stands in [from, to) of an arena block as the slot's span. */
static h9_code span(h9_slot *v, const uint8_t *from, const uint8_t *to, uint32_t flags)
{
    v->s.p = from;
    v->s.n = (uint32_t)(to - from);
    v->s.flags = flags;
    return H9_OK;
}

#define ARENA(c, n)                                                                                                    \
    uint8_t *block = h9_arena((c), (n));                                                                               \
    if (block == NULL) return (h9_code)(c)->code

/* --- UUID --- */

static h9_code uuid_step(h9_context *c, const h9_step *s, h9_slot *v)
{
    h9_slot id;
    switch (s->code) {
    case H9_STEP_STRING_TO_UUID:
        if (!h9_uuid_parse(v->s.p, v->s.n, id.id)) return H9_E_UUID;
        *v = id;
        return H9_OK;
    case H9_STEP_BYTES_TO_UUID:
        if (v->s.n != 16) return H9_E_UUID;
        memcpy(id.id, v->s.p, 16);
        *v = id;
        return H9_OK;
    case H9_STEP_UUID_TO_STRING: {
        ARENA(c, H9_UUID_TEXT);
        return span(v, block, h9_uuid_print(block, v->id), H9_SPAN_PLAIN);
    }
    default: {
        ARENA(c, 16);
        memcpy(block, v->id, 16);
        return span(v, block, block + 16, 0);
    }
    }
}

/* --- times --- */

static h9_code parse_time(const h9_step *s, h9_slot *v)
{
    int64_t sec = 0;
    uint32_t ns = 0;
    int32_t signed_ns = 0;
    bool good;
    switch (s->code) {
    case H9_STEP_STRING_TO_TIMESTAMP:
        good = s->a ? h9_time_parse_local(v->s.p, v->s.n, &sec, &ns) : h9_time_parse(v->s.p, v->s.n, &sec, &ns);
        if (good) {
            v->t.sec = sec;
            v->t.ns = (int32_t)ns;
        }
        break;
    case H9_STEP_STRING_TO_DURATION:
        good = h9_duration_parse(v->s.p, v->s.n, &sec, &signed_ns);
        if (good) {
            v->t.sec = sec;
            v->t.ns = signed_ns;
        }
        break;
    case H9_STEP_STRING_TO_DATE:
        good = h9_date_parse(v->s.p, v->s.n, &sec);
        if (good) v->i = sec;
        break;
    default:
        good = h9_clock_parse(v->s.p, v->s.n, &sec);
        if (good) v->i = sec;
        break;
    }
    return good ? H9_OK : H9_E_TIME;
}

static h9_code print_time(h9_context *c, const h9_step *s, h9_slot *v)
{
    ARENA(c, H9_MAX_TIME_TEXT);
    uint8_t *end;
    switch (s->code) {
    case H9_STEP_TIMESTAMP_TO_STRING: end = h9_time_print(block, v->t.sec, (uint32_t)v->t.ns, s->a != 0); break;
    case H9_STEP_DURATION_TO_STRING: end = h9_duration_print(block, v->t.sec, v->t.ns); break;
    case H9_STEP_DATE_TO_STRING: end = h9_date_print(block, v->i); break;
    default: end = h9_clock_print(block, v->i); break;
    }
    return end ? span(v, block, end, H9_SPAN_PLAIN) : H9_E_TIME;
}

/* --- decimals --- */

static h9_code why_code(int why) { return why == 2 ? H9_E_INEXACT : H9_E_DECIMAL; }

static h9_code decimal_result(h9_slot *v, const uint8_t *block, size_t size, int why)
{ return size ? span(v, block, block + size, 0) : why_code(why); }

static h9_code int_to_decimal(h9_context *c, const h9_step *s, h9_slot *v)
{
    ARENA(c, H9_MAX_DECIMAL_BYTES);
    size_t size = s->code == H9_STEP_I_TO_DECIMAL ? h9_decimal_put_i64(v->i, block) : h9_decimal_put_u64(v->u, block);
    if (s->b == 0) return span(v, block, block + size, 0); /* scale 0 */
    int why = 1;
    uint8_t *scaled = h9_arena(c, H9_MAX_DECIMAL_BYTES);
    if (scaled == NULL) return (h9_code)c->code;
    size = h9_decimal_rescale(block, size, 0, (int32_t)s->b, (int32_t)s->a, scaled, &why);
    return decimal_result(v, scaled, size, why);
}

static h9_code decimal_to_int(const h9_step *s, h9_slot *v)
{
    if (s->code == H9_STEP_DECIMAL_TO_I) {
        int64_t i;
        if (!h9_decimal_get_i64(v->s.p, v->s.n, &i) || i < s->lo || i > s->hi) return H9_E_RANGE;
        v->i = i;
        return H9_OK;
    }
    uint64_t u;
    if (!h9_decimal_get_u64(v->s.p, v->s.n, &u) || u > (uint64_t)s->hi) return H9_E_RANGE;
    v->u = u;
    return H9_OK;
}

static h9_code pad_decimal(h9_context *c, const h9_step *s, h9_slot *v)
{
    const uint8_t *p = v->s.p;
    size_t n = v->s.n;
    if (n == s->a) return H9_OK;
    while (n > 1 && ((p[0] == 0 && p[1] < 0x80) || (p[0] == 0xFF && p[1] >= 0x80))) {
        p++;
        n--;
    }
    if (n > s->a) return H9_E_DECIMAL;
    ARENA(c, s->a);
    h9_sign_extend(block, s->a, p, n);
    return span(v, block, block + s->a, 0);
}

static h9_code big_to_float(const h9_step *s, h9_slot *v)
{
    int32_t scale = (int32_t)v->s.flags;
    bool rounds = s->a != 0;
    if (s->code == H9_STEP_BIG_TO_F32) return h9_exactly(h9_f32_of_decimal(v->s.p, v->s.n, scale, rounds, &v->f));
    return h9_exactly(h9_f64_of_decimal(v->s.p, v->s.n, scale, rounds, &v->d));
}

static h9_code decimal_step(h9_context *c, const h9_step *s, h9_slot *v)
{
    int why = 1;
    switch (s->code) {
    case H9_STEP_STRING_TO_DECIMAL: {
        ARENA(c, H9_MAX_DECIMAL_BYTES);
        size_t size = h9_decimal_parse(v->s.p, v->s.n, (int32_t)s->a, (int32_t)s->b, block, &why);
        return decimal_result(v, block, size, why);
    }
    case H9_STEP_DECIMAL_TO_STRING: {
        ARENA(c, H9_MAX_DECIMAL_TEXT);
        size_t size = h9_decimal_print(v->s.p, v->s.n, (int32_t)s->a, (int32_t)s->b, block);
        return size ? span(v, block, block + size, H9_SPAN_PLAIN) : H9_E_DECIMAL;
    }
    case H9_STEP_DECIMAL_RESCALE:
    case H9_STEP_BIG_TO_DECIMAL: {
        int32_t from = s->code == H9_STEP_BIG_TO_DECIMAL ? (int32_t)v->s.flags : (int32_t)s->lo;
        int32_t to = s->code == H9_STEP_BIG_TO_DECIMAL ? (int32_t)s->lo : (int32_t)s->hi;
        ARENA(c, H9_MAX_DECIMAL_BYTES);
        size_t size = h9_decimal_rescale(v->s.p, v->s.n, from, to, (int32_t)s->a, block, &why);
        return decimal_result(v, block, size, why);
    }
    case H9_STEP_DECIMAL_TO_BIG: v->s.flags = (uint32_t)s->lo; return H9_OK;
    case H9_STEP_BIG_TO_F32:
    case H9_STEP_BIG_TO_F64: return big_to_float(s, v);
    case H9_STEP_I_TO_DECIMAL:
    case H9_STEP_U_TO_DECIMAL: return int_to_decimal(c, s, v);
    case H9_STEP_PAD_DECIMAL: return pad_decimal(c, s, v);
    default: return decimal_to_int(s, v);
    }
}

/* --- numbers as text --- */

static h9_code print_float(h9_context *c, h9_slot *v, double d, bool narrow)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    ARENA(c, H9_MAX_FLOAT_TEXT);
    if (!isfinite(d)) {
        const char *word = words[isnan(d) ? 0 : d > 0 ? 1 : 2];
        size_t n = strlen(word);
        memcpy(block, word, n);
        return span(v, block, block + n, H9_SPAN_PLAIN);
    }
    uint8_t *end = narrow ? h9_print_f32(block, (float)d, false) : h9_print_f64(block, d, false);
    return span(v, block, end, H9_SPAN_PLAIN);
}

static h9_code print_number(h9_context *c, const h9_step *s, h9_slot *v)
{
    if (s->code == H9_STEP_NUMBER_TO_STRING_F32) return print_float(c, v, (double)v->f, true);
    if (s->code == H9_STEP_NUMBER_TO_STRING_F64) return print_float(c, v, v->d, false);
    if (s->code == H9_STEP_BOOL_TO_STRING) {
        const uint8_t *word = (const uint8_t *)(v->b ? "true" : "false");
        return span(v, word, word + (v->b ? 4 : 5), H9_SPAN_PLAIN);
    }
    ARENA(c, H9_MAX_INT_TEXT + 1);
    uint8_t *end = s->code == H9_STEP_NUMBER_TO_STRING_I ? h9_print_i64(block, v->i) : h9_print_u64(block, v->u);
    return span(v, block, end, H9_SPAN_PLAIN);
}

static h9_code parse_bool(h9_slot *v)
{
    bool is_true = v->s.n == 4 && memcmp(v->s.p, "true", 4) == 0;
    if (!is_true && !(v->s.n == 5 && memcmp(v->s.p, "false", 5) == 0)) return H9_E_BOOLEAN;
    v->b = is_true;
    return H9_OK;
}

/* Text of a number that is not whole, where the step is to cut or round it (a, as F64_TO_I has it): by its digits,
 * exactly. */
static h9_code cut_number(const h9_step *s, const h9_number *number, h9_slot *v)
{
    uint8_t bytes[H9_MAX_DECIMAL_BYTES];
    int why = 0;
    size_t size = h9_decimal_whole(number->text, number->length, s->a == 2, bytes, &why);
    if (size == 0) return H9_E_RANGE;
    h9_step whole = *s;
    whole.code = s->code == H9_STEP_STRING_TO_I ? H9_STEP_DECIMAL_TO_I : H9_STEP_DECIMAL_TO_U;
    span(v, bytes, bytes + size, 0);
    return decimal_to_int(&whole, v);
}

static h9_code parse_number(const h9_step *s, h9_slot *v)
{
    if (s->code == H9_STEP_STRING_TO_BOOL) return parse_bool(v);
    h9_number number;
    const uint8_t *end = v->s.p + v->s.n;
    if (v->s.n == 0 || h9_number_scan(v->s.p, end, &number) != end) return H9_E_NUMBER;
    h9_slot out;
    h9_code code;
    switch (s->code) {
    case H9_STEP_STRING_TO_I:
        code = h9_exactly(h9_number_i64(&number, &out.i));
        if (code == H9_OK && (out.i < s->lo || out.i > s->hi)) code = H9_E_RANGE;
        if (code == H9_E_INEXACT && s->a) code = cut_number(s, &number, &out);
        break;
    case H9_STEP_STRING_TO_U:
        code = h9_exactly(h9_number_u64(&number, &out.u));
        if (code == H9_OK && out.u > (uint64_t)s->hi) code = H9_E_RANGE;
        if (code == H9_E_INEXACT && s->a) code = cut_number(s, &number, &out);
        break;
    case H9_STEP_STRING_TO_F32: code = h9_exactly(h9_f32_of_number(&number, s->a != 0, &out.f)); break;
    default: code = h9_exactly(h9_f64_of_number(&number, s->a != 0, &out.d)); break;
    }
    if (code == H9_OK) *v = out;
    return code;
}

/* --- text and bytes --- */

static h9_code change_case(h9_context *c, const h9_step *s, h9_slot *v)
{
    uint8_t first = s->code == H9_STEP_LOWER ? 'A' : 'a';
    ARENA(c, v->s.n + 1u);
    for (uint32_t i = 0; i < v->s.n; i++) {
        uint8_t byte = v->s.p[i];
        block[i] = (uint8_t)(byte - first) < 26 ? byte ^ 0x20 : byte;
    }
    return span(v, block, block + v->s.n, v->s.flags);
}

static h9_code recode(h9_context *c, const h9_step *s, h9_slot *v)
{
    ARENA(c, (size_t)v->s.n * 2 + 8);
    uint8_t *end;
    switch (s->code) {
    case H9_STEP_BASE64_TO_BYTES: end = h9_base64_parse(block, v->s.p, v->s.n); break;
    case H9_STEP_BYTES_TO_BASE64: end = h9_base64_print(block, v->s.p, v->s.n, s->a != 0); break;
    case H9_STEP_HEX_TO_BYTES: end = h9_hex_parse(block, v->s.p, v->s.n); break;
    default: end = h9_hex_print(block, v->s.p, v->s.n); break;
    }
    bool text = s->code == H9_STEP_BYTES_TO_BASE64 || s->code == H9_STEP_BYTES_TO_HEX;
    return end ? span(v, block, end, text ? H9_SPAN_PLAIN : 0) : H9_E_BYTES;
}

static h9_code check_text(h9_slot *v)
{
    if (!h9_utf8_valid(v->s.p, v->s.n)) return H9_E_UTF8;
    v->s.flags = h9_plain_run(v->s.p, v->s.n) == v->s.n ? H9_SPAN_PLAIN : 0;
    return H9_OK;
}

static h9_code enum_name(h9_context *c, const h9_step *s, h9_slot *v)
{
    const h9_enum *e = &c->plan->enums[s->a];
    if (s->code == H9_STEP_STRING_TO_ENUM) {
        const h9_symbol *symbol = h9_symbol_named(c->plan, e, v->s.p, v->s.n);
        if (symbol && symbol->mapped) v->i = symbol->target;
        else if (e->unknown != INT64_MIN) v->i = e->unknown;
        else return H9_E_SYMBOL;
        return H9_OK;
    }
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, e, v->i);
    if (symbol == NULL) return H9_E_SYMBOL;
    const uint8_t *name = c->plan->pool + symbol->key;
    return span(v, name, name + symbol->key_size, 0);
}

/* --- FieldMask's paths --- */

static bool is_lower(uint8_t c) { return (uint8_t)(c - 'a') < 26; }
static bool is_upper(uint8_t c) { return (uint8_t)(c - 'A') < 26; }

/* Whether it is a path that camelCase can say, and be read back. */
static h9_code mask_path(const h9_slot *v)
{
    const uint8_t *p = v->s.p, *end = p + v->s.n;
    bool good = p < end;
    for (; p < end; p++) good &= *p != ',' && !is_upper(*p) && (*p != '_' || (end - p > 1 && is_lower(p[1])));
    return good ? H9_OK : H9_E_INEXACT;
}

h9_code h9_text_step(h9_context *c, const h9_step *s, h9_slot *v)
{
    switch (s->code) {
    case H9_STEP_UTF8: return check_text(v);
    case H9_STEP_SIZE: return v->s.n == s->a ? H9_OK : H9_E_SIZE;
    case H9_STEP_STRING_TO_UUID:
    case H9_STEP_UUID_TO_STRING:
    case H9_STEP_BYTES_TO_UUID:
    case H9_STEP_UUID_TO_BYTES: return uuid_step(c, s, v);
    case H9_STEP_STRING_TO_TIMESTAMP:
    case H9_STEP_STRING_TO_DURATION:
    case H9_STEP_STRING_TO_DATE:
    case H9_STEP_STRING_TO_TIME: return parse_time(s, v);
    case H9_STEP_TIMESTAMP_TO_STRING:
    case H9_STEP_DURATION_TO_STRING:
    case H9_STEP_DATE_TO_STRING:
    case H9_STEP_TIME_TO_STRING: return print_time(c, s, v);
    case H9_STEP_STRING_TO_DECIMAL:
    case H9_STEP_DECIMAL_TO_STRING:
    case H9_STEP_DECIMAL_RESCALE:
    case H9_STEP_I_TO_DECIMAL:
    case H9_STEP_U_TO_DECIMAL:
    case H9_STEP_DECIMAL_TO_I:
    case H9_STEP_DECIMAL_TO_U:
    case H9_STEP_PAD_DECIMAL:
    case H9_STEP_BIG_TO_DECIMAL:
    case H9_STEP_BIG_TO_F32:
    case H9_STEP_BIG_TO_F64:
    case H9_STEP_DECIMAL_TO_BIG: return decimal_step(c, s, v);
    case H9_STEP_NUMBER_TO_STRING_I:
    case H9_STEP_NUMBER_TO_STRING_U:
    case H9_STEP_NUMBER_TO_STRING_F32:
    case H9_STEP_NUMBER_TO_STRING_F64:
    case H9_STEP_BOOL_TO_STRING: return print_number(c, s, v);
    case H9_STEP_STRING_TO_I:
    case H9_STEP_STRING_TO_U:
    case H9_STEP_STRING_TO_F32:
    case H9_STEP_STRING_TO_F64:
    case H9_STEP_STRING_TO_BOOL: return parse_number(s, v);
    case H9_STEP_LOWER:
    case H9_STEP_UPPER: return change_case(c, s, v);
    case H9_STEP_BASE64_TO_BYTES:
    case H9_STEP_BYTES_TO_BASE64:
    case H9_STEP_HEX_TO_BYTES:
    case H9_STEP_BYTES_TO_HEX: return recode(c, s, v);
    case H9_STEP_STRING_TO_ENUM:
    case H9_STEP_ENUM_TO_STRING: return enum_name(c, s, v);
    case H9_STEP_MASK_PATH: return mask_path(v);
    default: return H9_E_BAD_PLAN;
    }
}
