/* Single values of the text format: numbers, truth values, enums, text and bytes. */
#include <math.h>

#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/txtpb/txtpb.h"
#include "values/number.h"
#include "values/utf8.h"

static const uint8_t *read_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    bool negative;
    uint64_t v;
    const uint8_t *end = h9_txtpb_integer(c, &negative, &v, p);
    if (end == NULL) return NULL;
    if (v > (uint64_t)INT64_MAX + negative) return h9_fail(c, H9_E_RANGE, p);
    out->i = negative ? (int64_t)(0 - v) : (int64_t)v;
    return out->i < n->lo || out->i > n->hi ? h9_fail(c, H9_E_RANGE, p) : end;
}

static const uint8_t *read_uint(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    bool negative;
    const uint8_t *end = h9_txtpb_integer(c, &negative, &out->u, p);
    if (end == NULL) return NULL;
    return (negative && out->u != 0) || out->u > (uint64_t)n->hi ? h9_fail(c, H9_E_RANGE, p) : end;
}

/* --- floats --- */

/* inf, infinity, nan, in any case. */
static bool not_finite(const uint8_t *p, size_t n, double *out)
{
    uint8_t word[9] = {0};
    if (n > 8) return false;
    for (size_t i = 0; i < n; i++) word[i] = p[i] | 0x20;
    if ((n == 3 && memcmp(word, "nan", 3) == 0)) *out = (double)NAN;
    else if ((n == 3 && memcmp(word, "inf", 3) == 0) || (n == 8 && memcmp(word, "infinity", 8) == 0))
        *out = (double)INFINITY;
    else return false;
    return true;
}

/* The number as JSON writes it: a digit on both sides of the point, and no f after it. */
static bool as_json(uint8_t *to, const uint8_t *p, const uint8_t *end, h9_number *number)
{
    uint8_t *w = to;
    if (end > p + 1 && (end[-1] | 0x20) == 'f') end--;
    if (*p == '.' && (end - p < 2 || (uint8_t)(p[1] - '0') >= 10)) return false;
    if (*p == '.') *w++ = '0';
    for (; p < end; p++) {
        *w++ = *p;
        if (*p == '.' && (p + 1 == end || (uint8_t)(p[1] - '0') >= 10)) *w++ = '0';
    }
    return h9_number_scan(to, w, number) == w;
}

static const uint8_t *put_float(const h9_node *n, h9_slot *out, double value, const uint8_t *end)
{
    if (n->op == H9_OP_F32) out->f = (float)value;
    else out->d = value;
    return end;
}

/* What is over the largest float is infinity here, as the format's own parsers have it. */
static const uint8_t *read_float(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p, *end = h9_txtpb_atom(p, c->end);
    double value;
    h9_number number;
    bool negative = p < c->end && *p == '-';
    if (end == p) return h9_txtpb_mismatch(c, p);
    if (negative) p = h9_txtpb_space(p + 1, end);
    if (h9_txtpb_letter(*p)) {
        if (!not_finite(p, (size_t)(end - p), &value)) return h9_fail(c, H9_E_TYPE, start);
        return put_float(n, out, negative ? -value : value, end);
    }
    uint8_t *text = h9_arena(c, (size_t)(end - p) + 2);
    if (text == NULL) return NULL;
    if (!as_json(text, p, end, &number)) return h9_fail(c, H9_E_NUMBER, start);
    bool fits = n->op == H9_OP_F32 ? h9_number_f32(&number, &out->f) : h9_number_f64(&number, &out->d);
    if (!fits) return put_float(n, out, (double)(negative ? -INFINITY : INFINITY), end);
    if (negative && n->op == H9_OP_F32) out->f = -out->f;
    if (negative && n->op == H9_OP_F64) out->d = -out->d;
    return end;
}

/* --- words --- */

static bool is(const uint8_t *p, size_t n, const char *word) { return strlen(word) == n && memcmp(p, word, n) == 0; }

static const uint8_t *read_bool(h9_context *c, h9_slot *out, const uint8_t *p)
{
    bool negative;
    uint64_t v;
    const uint8_t *end = h9_txtpb_atom(p, c->end);
    size_t n = (size_t)(end - p);
    out->b = is(p, n, "true") || is(p, n, "True") || is(p, n, "t");
    if (out->b || is(p, n, "false") || is(p, n, "False") || is(p, n, "f")) return end;
    if (p == end || (uint8_t)(*p - '0') >= 10) return h9_txtpb_mismatch(c, p);
    if ((end = h9_txtpb_integer(c, &negative, &v, p)) == NULL) return NULL;
    out->b = v == 1;
    return v <= 1 ? end : h9_fail(c, H9_E_RANGE, p);
}

static const uint8_t *put_symbol(h9_context *c, const h9_node *n, const h9_symbol *symbol, h9_slot *out,
                                 const uint8_t *p, const uint8_t *end)
{
    const h9_enum *e = &c->plan->enums[n->a];
    if (symbol != NULL && !symbol->mapped) return h9_fail(c, H9_E_SYMBOL, p);
    if (symbol == NULL && e->unknown == INT64_MIN) return h9_unknown_symbol(c, n, p);
    out->i = symbol != NULL ? symbol->target : e->unknown;
    return end;
}

static const uint8_t *read_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    static const h9_node number = {.op = H9_OP_INT, .lo = INT32_MIN, .hi = INT32_MAX};
    const h9_enum *e = &c->plan->enums[n->a];
    const uint8_t *end = h9_txtpb_atom(p, c->end);
    if (end == p) return h9_txtpb_mismatch(c, p);
    if (h9_txtpb_letter(*p)) return put_symbol(c, n, h9_symbol_named(c->plan, e, p, (size_t)(end - p)), out, p, end);
    if ((end = read_int(c, &number, out, p)) == NULL) return NULL;
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, e, out->i);
    return symbol == NULL && e->open ? end : put_symbol(c, n, symbol, out, p, end);
}

static const uint8_t *read_text(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *end = h9_txtpb_string(c, out, p);
    if (end == NULL || (n->flags & H9_N_UNCHECKED) || h9_utf8_valid(out->s.p, out->s.n)) return end;
    return h9_fail(c, H9_E_UTF8, p);
}

const uint8_t *h9_txtpb_scalar(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    switch (n->op) {
    case H9_OP_STRING: return read_text(c, n, out, p);
    case H9_OP_BYTES: return h9_txtpb_string(c, out, p);
    case H9_OP_BOOL: return read_bool(c, out, p);
    case H9_OP_INT: return read_int(c, n, out, p);
    case H9_OP_UINT: return read_uint(c, n, out, p);
    case H9_OP_F32:
    case H9_OP_F64: return read_float(c, n, out, p);
    case H9_OP_ENUM: return read_enum(c, n, out, p);
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p);
    }
}
