/* JSON's numbers, and enums: as the schema wants them (S2, S3, S4, S17), in strings too where the dialect has that. */
#include <math.h>

#include "core/lookup.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/json/lex.h"
#include "values/into_float.h"

/* --- numbers, where a string may hold one --- */

/* The number at p, or in the string there if `quoted`. Returns where the value ends. */
static const uint8_t *scan_number(h9_context *c, bool quoted, const uint8_t *p, h9_number *number)
{
    if (h9_json_starts_number(*p)) return h9_json_number(c, p, number);
    if (*p != '"' || !quoted) return h9_json_mismatch(c, p);
    h9_slot text;
    const uint8_t *after = h9_json_string(c, p, c->limits.string, &text);
    if (after == NULL) return NULL;
    const uint8_t *end = text.s.p + text.s.n;
    if (h9_number_scan(text.s.p, end, number) != end) return h9_fail(c, H9_E_NUMBER, p);
    return after;
}

static const uint8_t *not_exactly(h9_context *c, int why, const uint8_t *p)
{ return h9_fail(c, why == 1 ? H9_E_INEXACT : H9_E_RANGE, p); }

static bool in_strings(const h9_node *n) { return (n->flags & (H9_N_LAX | H9_N_QUOTED)) != 0; }

/* Up to 18 digits at p, with neither point nor exponent after them: their value. NULL: the long way. */
static inline const uint8_t *short_integer(const uint8_t *p, const uint8_t *end, uint64_t *out)
{
    const uint8_t *start = p;
    uint64_t v = 0;
    if (end - p > 19) end = p + 19;
    while (p < end && h9_json_digit(*p)) v = v * 10 + (uint64_t)(*p++ - '0');
    if (p == end || p == start || *p == '.' || (*p | 0x20) == 'e' || (*start == '0' && p - start > 1)) return NULL;
    *out = v;
    return p;
}

static const uint8_t *read_long_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_number number;
    const uint8_t *after = scan_number(c, in_strings(n), p, &number);
    if (after == NULL) return NULL;
    int why = h9_number_i64(&number, &out->i);
    return why ? not_exactly(c, why, p) : after;
}

const uint8_t *h9_json_read_int(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint64_t v;
    bool negative = *p == '-';
    const uint8_t *after = short_integer(p + negative, c->end, &v);
    if (H9_LIKELY(after != NULL)) out->i = negative ? -(int64_t)v : (int64_t)v;
    else if ((after = read_long_int(c, n, out, p)) == NULL) return NULL;
    if (H9_UNLIKELY(out->i < n->lo || out->i > n->hi)) return h9_fail(c, H9_E_RANGE, p);
    return after;
}

const uint8_t *h9_json_read_uint(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *after = short_integer(p, c->end, &out->u);
    if (H9_UNLIKELY(after == NULL)) {
        h9_number number;
        after = scan_number(c, in_strings(n), p, &number);
        if (after == NULL) return NULL;
        int why = h9_number_u64(&number, &out->u);
        if (why) return not_exactly(c, why, p);
    }
    if (H9_UNLIKELY(out->u > (uint64_t)n->hi)) return h9_fail(c, H9_E_RANGE, p);
    return after;
}

/* --- floats --- */

/* "NaN", "Infinity", "-Infinity" (S4). */
static bool not_finite_named(const h9_slot *text, double *out)
{
    static const struct {
        const char *name;
        size_t n;
    } names[] = {{"NaN", 3}, {"Infinity", 8}, {"-Infinity", 9}};
    const double values[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (size_t i = 0; i < 3; i++)
        if (text->s.n == names[i].n && memcmp(text->s.p, names[i].name, names[i].n) == 0) {
            *out = values[i];
            return true;
        }
    return false;
}

static const uint8_t *put_float(h9_context *c, const h9_node *n, h9_slot *out, const h9_number *number,
                                const uint8_t *p, const uint8_t *after)
{
    bool rounds = n->a == 0;
    int why =
        n->op == H9_OP_F32 ? h9_f32_of_number(number, rounds, &out->f) : h9_f64_of_number(number, rounds, &out->d);
    return H9_LIKELY(why == 0) ? after : not_exactly(c, why, p);
}

static const uint8_t *read_quoted_float(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot text;
    h9_number number;
    double value;
    if (*p != '"' || !in_strings(n)) return h9_json_mismatch(c, p);
    const uint8_t *after = h9_json_string(c, p, c->limits.string, &text);
    if (after == NULL) return NULL;
    if (not_finite_named(&text, &value)) {
        if (n->op == H9_OP_F32) out->f = (float)value;
        else out->d = value;
        return after;
    }
    if (!(n->flags & H9_N_LAX)) return h9_fail(c, H9_E_TYPE, p);
    const uint8_t *end = text.s.p + text.s.n;
    if (h9_number_scan(text.s.p, end, &number) != end) return h9_fail(c, H9_E_NUMBER, p);
    return put_float(c, n, out, &number, p, after);
}

const uint8_t *h9_json_read_float(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_number number;
    if (H9_UNLIKELY(!h9_json_starts_number(*p))) return read_quoted_float(c, n, out, p);
    const uint8_t *after = h9_json_number(c, p, &number);
    return H9_LIKELY(after != NULL) ? put_float(c, n, out, &number, p, after) : NULL;
}

/* --- enums --- */

static const uint8_t *unknown_symbol(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p,
                                     const uint8_t *after)
{
    const h9_enum *e = &c->plan->enums[n->a];
    if (e->unknown == INT64_MIN) return h9_unknown_symbol(c, n, p);
    out->i = e->unknown;
    return after;
}

static const uint8_t *put_symbol(h9_context *c, const h9_symbol *symbol, h9_slot *out, const uint8_t *p,
                                 const uint8_t *after)
{
    if (!symbol->mapped) return h9_fail(c, H9_E_SYMBOL, p);
    out->i = symbol->target;
    return after;
}

static const uint8_t *read_symbol_number(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_enum *e = &c->plan->enums[n->a];
    h9_number number;
    int64_t value;
    const uint8_t *after = h9_json_number(c, p, &number);
    if (after == NULL) return NULL;
    int why = h9_number_i64(&number, &value);
    if (why) return not_exactly(c, why, p);
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, e, value);
    if (symbol != NULL) return put_symbol(c, symbol, out, p, after);
    if (!e->open) return unknown_symbol(c, n, out, p, after);
    if (value < INT32_MIN || value > INT32_MAX) return h9_fail(c, H9_E_RANGE, p);
    out->i = value;
    return after;
}

const uint8_t *h9_json_read_enum(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_enum *e = &c->plan->enums[n->a];
    if ((n->flags & H9_N_NULL_ZERO) && *p == 'n') {
        out->i = 0;
        return h9_json_literal(c, p, "null", 4);
    }
    bool named = !(n->flags & H9_N_NUMBER) || (n->flags & H9_N_LAX);
    if ((n->flags & (H9_N_NUMBER | H9_N_LAX)) && h9_json_starts_number(*p)) return read_symbol_number(c, n, out, p);
    if (*p != '"' || !named) return h9_json_mismatch(c, p);
    h9_slot text;
    const uint8_t *after = h9_json_string(c, p, c->limits.string, &text);
    if (after == NULL) return NULL;
    const h9_symbol *symbol = h9_symbol_named(c->plan, e, text.s.p, text.s.n);
    return symbol ? put_symbol(c, symbol, out, p, after) : unknown_symbol(c, n, out, p, after);
}
