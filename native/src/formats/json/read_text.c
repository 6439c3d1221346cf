/* What JSON can only say as text: UUIDs (S10), times (S23, S24), decimals (S26). */
#include "core/frame.h"
#include "formats/json/lex.h"
#include "steps/convert.h"
#include "values/decimal.h"
#include "values/time.h"
#include "values/uuid.h"

#define DAY_NANOS (INT64_C(86400) * 1000000000)

/* --- UUIDs and times --- */

/* A date, time or timestamp as a number of the node's units. */
static const uint8_t *read_count(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    static const h9_node any_int = {.op = H9_OP_INT, .lo = INT64_MIN, .hi = INT64_MAX};
    static const h9_node lax_int = {.op = H9_OP_INT, .flags = H9_N_LAX, .lo = INT64_MIN, .hi = INT64_MAX};
    bool lax = (n->flags & (H9_N_LAX | H9_N_QUOTED)) != 0;
    const uint8_t *after = h9_json_read_int(c, lax ? &lax_int : &any_int, out, p);
    if (after == NULL) return NULL;
    switch (n->op) {
    case H9_OP_DATE: return out->i >= INT32_MIN && out->i <= INT32_MAX ? after : h9_fail(c, H9_E_RANGE, p);
    case H9_OP_TIME:
        if (__builtin_mul_overflow(out->i, (int64_t)n->a, &out->i) || out->i < 0 || out->i >= DAY_NANOS)
            return h9_fail(c, H9_E_TIME, p);
        return after;
    default: h9_timestamp_from(out, out->i, n->a); return after;
    }
}

/* ProtoJSON has RFC 3339 with a capital T and Z only. The text is a timestamp. */
static bool in_capitals(const h9_slot *text) { return text->s.p[10] == 'T' && text->s.p[text->s.n - 1] != 'z'; }

static bool parse_timestamp(const h9_node *n, const h9_slot *text, h9_slot *out)
{
    uint32_t nanos = 0;
    bool good = n->flags & H9_N_LOCAL ? h9_time_parse_local(text->s.p, text->s.n, &out->t.sec, &nanos)
                                      : h9_time_parse(text->s.p, text->s.n, &out->t.sec, &nanos);
    out->t.ns = (int32_t)nanos;
    return good && (!(n->flags & H9_N_LAX) || in_capitals(text));
}

static bool parse_text(const h9_node *n, const h9_slot *text, h9_slot *out)
{
    const uint8_t *p = text->s.p;
    size_t size = text->s.n;
    switch (n->op) {
    case H9_OP_UUID: return h9_uuid_parse(p, size, (uint8_t *)out); /* .id: gcc 12 takes its size for .i's */
    case H9_OP_DATE: return h9_date_parse(p, size, &out->i);
    case H9_OP_TIME: return h9_clock_parse(p, size, &out->i);
    case H9_OP_TIMESTAMP: return parse_timestamp(n, text, out);
    default: return h9_duration_parse(p, size, &out->t.sec, &out->t.ns);
    }
}

const uint8_t *h9_json_read_text(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot text;
    if ((n->flags & H9_N_NUMBER) && n->op != H9_OP_UUID && n->op != H9_OP_DURATION) return read_count(c, n, out, p);
    if (H9_UNLIKELY(n->flags & H9_N_CODEPOINTS)) return h9_json_read_avro(c, n, out, p);
    if (H9_UNLIKELY(*p != '"')) return h9_json_mismatch(c, p);
    const uint8_t *after = h9_json_string(c, p, c->limits.string, &text);
    if (after == NULL) return NULL;
    if (H9_LIKELY(parse_text(n, &text, out))) return after;
    return h9_fail(c, n->op == H9_OP_UUID ? H9_E_UUID : H9_E_TIME, p);
}

/* --- decimals --- */

/* size bytes of two's complement into the arena, widened to a fixed's size where there is one. */
static bool put_decimal(h9_context *c, const h9_node *n, const uint8_t *bytes, size_t size, h9_slot *out,
                        const uint8_t *p)
{
    size_t whole = n->op == H9_OP_DECIMAL && n->a ? n->a : size;
    if (size > whole) {
        h9_fail(c, H9_E_DECIMAL, p);
        return false;
    }
    uint8_t *to = h9_arena(c, whole + 1);
    if (to == NULL) return false;
    h9_sign_extend(to, whole, bytes, size);
    out->s.p = to;
    out->s.n = (uint32_t)whole;
    out->s.flags = 0;
    return true;
}

static const uint8_t *not_a_decimal(h9_context *c, int why, const uint8_t *p)
{ return h9_fail(c, why == 2 ? H9_E_INEXACT : H9_E_DECIMAL, p); }

/* Avro JSON: the two's complement itself, as code points; like Avro's binary, as it came if its precision will do. */
static const uint8_t *read_decimal_bytes(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint8_t text[H9_MAX_DECIMAL_TEXT];
    const uint8_t *after = h9_json_decode(c, H9_BYTES_CODEPOINTS, out, p);
    if (after == NULL) return NULL;
    if (n->a && out->s.n != n->a) return h9_fail(c, H9_E_SIZE, p);
    if (out->s.n == 0 || h9_decimal_print(out->s.p, out->s.n, (int32_t)n->lo, (int32_t)n->hi, text) == 0)
        return h9_fail(c, H9_E_DECIMAL, p);
    return after;
}

/* The text of a number, or of the string at p. */
static const uint8_t *decimal_text(h9_context *c, const uint8_t *p, h9_slot *text)
{
    h9_number number;
    if (*p == '"') return h9_json_string(c, p, c->limits.string, text);
    if (!h9_json_starts_number(*p)) return h9_json_mismatch(c, p);
    const uint8_t *after = h9_json_number(c, p, &number);
    if (after == NULL) return NULL;
    text->s.p = p;
    text->s.n = number.length;
    return after;
}

/* The digits after the point that the text of a number asks for, exponent counted; negative: refused. */
static int32_t text_scale(const h9_slot *text)
{
    h9_number number;
    const uint8_t *p = text->s.p, *end = p + text->s.n;
    if (h9_number_scan(p, end, &number) != end) return -1;
    int64_t scale = 0, exponent = 0;
    while (p < end && *p != '.' && (*p | 0x20) != 'e') p++;
    if (p < end && *p == '.')
        for (p++; p < end && h9_json_digit(*p); p++) scale++;
    if (p < end) {
        bool negative = *++p == '-';
        for (p += !h9_json_digit(*p); p < end; p++)
            exponent = exponent < 100000 ? exponent * 10 + (*p - '0') : exponent;
        scale -= negative ? -exponent : exponent;
    }
    return scale < 0 ? 0 : scale <= H9_MAX_PRECISION ? (int32_t)scale : -1;
}

const uint8_t *h9_json_read_decimal(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint8_t bytes[H9_MAX_DECIMAL_BYTES];
    h9_slot text;
    int why = 1;
    bool big = n->op == H9_OP_BIGDECIMAL;
    if (n->flags & H9_N_CODEPOINTS) return big ? h9_json_read_avro(c, n, out, p) : read_decimal_bytes(c, n, out, p);
    const uint8_t *after = decimal_text(c, p, &text);
    if (after == NULL) return NULL;
    int32_t scale = big ? text_scale(&text) : (int32_t)n->lo;
    if (scale < 0) return h9_fail(c, H9_E_DECIMAL, p);
    size_t size = h9_decimal_parse(text.s.p, text.s.n, scale, big ? H9_MAX_PRECISION : (int32_t)n->hi, bytes, &why);
    if (size == 0) return not_a_decimal(c, why, p);
    if (!put_decimal(c, n, bytes, size, out, p)) return NULL;
    if (big) out->s.flags = (uint32_t)scale;
    return after;
}
