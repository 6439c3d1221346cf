/* The text format's tokens. */
#include "core/frame.h"
#include "formats/txtpb/txtpb.h"

const uint8_t *h9_txtpb_space(const uint8_t *p, const uint8_t *end)
{
    for (; p < end; p++) {
        if (*p == '#')
            while (p < end && *p != '\n') p++;
        if (p == end || !(*p == ' ' || (*p >= '\t' && *p <= '\r'))) return p;
    }
    return p;
}

const uint8_t *h9_txtpb_unexpected(h9_context *c, const uint8_t *p)
{ return h9_fail(c, p == c->end ? H9_E_TRUNCATED : H9_E_SYNTAX, p); }

const uint8_t *h9_txtpb_mismatch(h9_context *c, const uint8_t *p)
{
    if (p == c->end) return h9_fail(c, H9_E_TRUNCATED, p);
    bool value =
        h9_txtpb_word(*p) || *p == '-' || *p == '.' || *p == '"' || *p == '\'' || *p == '{' || *p == '<' || *p == '[';
    return h9_fail(c, value ? H9_E_TYPE : H9_E_SYNTAX, p);
}

/* --- names --- */

/* An extension's name, or the URL of an Any's type: from the bracket at p to the one that closes it. */
static const uint8_t *bracketed(h9_context *c, h9_slot *out, const uint8_t *p)
{
    const uint8_t *close = p;
    while (close < c->end && *close != ']') close++;
    if (close == c->end) return h9_fail(c, H9_E_TRUNCATED, close);
    uint8_t *to = h9_arena(c, (size_t)(close - p) + 1);
    if (to == NULL) return NULL;
    out->s.p = to;
    while (p <= close) {
        if (*p == ' ' || *p == '#' || (*p >= '\t' && *p <= '\r')) {
            p = h9_txtpb_space(p, close);
            continue;
        }
        if (!h9_txtpb_word(*p) && memchr("./-[]", *p, 5) == NULL) return h9_fail(c, H9_E_SYNTAX, p);
        *to++ = *p++;
    }
    out->s.n = (uint32_t)(to - out->s.p);
    return p;
}

const uint8_t *h9_txtpb_name(h9_context *c, h9_slot *out, const uint8_t *p)
{
    out->s.flags = 0;
    if (*p == '[') return bracketed(c, out, p);
    if (!h9_txtpb_letter(*p)) return h9_txtpb_unexpected(c, p);
    out->s.p = p;
    while (p < c->end && h9_txtpb_word(*p)) p++;
    out->s.n = (uint32_t)(p - out->s.p);
    return p;
}

/* --- strings --- */

static int hex(uint8_t b)
{
    if ((uint8_t)(b - '0') < 10) return b - '0';
    b |= 0x20;
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

/* Up to `most` digits of base 8 or 16 at p; where fewer than `least` stand there, NULL. */
static const uint8_t *digits(const uint8_t *p, const uint8_t *end, int base, int least, int most, uint32_t *out)
{
    int n = 0;
    *out = 0;
    for (; n < most && p < end && hex(*p) >= 0 && hex(*p) < base; n++)
        *out = *out * (uint32_t)base + (uint32_t)hex(*p++);
    return n < least ? NULL : p;
}

static uint8_t *put_utf8(uint8_t *w, uint32_t u)
{
    if (u < 0x80) {
        *w++ = (uint8_t)u;
        return w;
    }
    if (u < 0x800) *w++ = (uint8_t)(0xC0 | u >> 6);
    else {
        if (u < 0x10000) *w++ = (uint8_t)(0xE0 | u >> 12);
        else {
            *w++ = (uint8_t)(0xF0 | u >> 18);
            *w++ = (uint8_t)(0x80 | (u >> 12 & 63));
        }
        *w++ = (uint8_t)(0x80 | (u >> 6 & 63));
    }
    *w++ = (uint8_t)(0x80 | (u & 63));
    return w;
}

/* \u with four digits or \U with eight; half a character is refused, with its other half too. p is after the
 * backslash. */
static const uint8_t *unicode(const uint8_t *p, const uint8_t *end, uint8_t **w)
{
    uint32_t u;
    int count = *p == 'U' ? 8 : 4;
    p = digits(p + 1, end, 16, count, count, &u);
    if (p == NULL || u > 0x10FFFF || (u >= 0xD800 && u < 0xE000)) return NULL;
    *w = put_utf8(*w, u);
    return p;
}

/* The escape whose backslash stands before p. NULL: it isn't one. */
static const uint8_t *escape(const uint8_t *p, const uint8_t *end, uint8_t **w)
{
    static const char plain[] = "abfnrtv\\?'\"", meant[] = "\a\b\f\n\r\t\v\\?'\"";
    uint32_t byte;
    if (p == end) return NULL;
    const char *found = memchr(plain, *p, sizeof plain - 1);
    if (found != NULL) {
        *(*w)++ = (uint8_t)meant[found - plain];
        return p + 1;
    }
    if (*p == 'u' || *p == 'U') return unicode(p, end, w);
    bool is_hex = (*p | 0x20) == 'x';
    p = is_hex ? digits(p + 1, end, 16, 1, 2, &byte) : digits(p, end, 8, 1, 3, &byte);
    if (p == NULL || byte > 0xFF) return NULL;
    *(*w)++ = (uint8_t)byte;
    return p;
}

/* One string, from its opening quote; what it says goes to *w. */
static const uint8_t *piece(h9_context *c, uint8_t **w, const uint8_t *p)
{
    const uint8_t quote = *p++;
    while (p < c->end && *p != quote) {
        if (*p == '\n') return h9_fail(c, H9_E_SYNTAX, p);
        if (*p != '\\') {
            *(*w)++ = *p++;
            continue;
        }
        const uint8_t *after = escape(p + 1, c->end, w);
        if (after == NULL)
            return h9_fail(c, p + 1 == c->end ? H9_E_TRUNCATED : H9_E_ESCAPE, p + 1 == c->end ? c->end : p);
        p = after;
    }
    return p < c->end ? p + 1 : h9_fail(c, H9_E_TRUNCATED, p);
}

static bool opens(const uint8_t *p, const uint8_t *end) { return p < end && (*p == '"' || *p == '\''); }

/* Where the strings at p end, whatever is in them; at most. */
static const uint8_t *reach(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *last = p;
    while (opens(p, end)) {
        uint8_t quote = *p++;
        while (p < end && *p != quote && *p != '\n') p += p + 1 < end && *p == '\\' ? 2 : 1;
        last = p < end ? p + 1 : end;
        p = h9_txtpb_space(last, end);
    }
    return last;
}

const uint8_t *h9_txtpb_string(h9_context *c, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    if (!opens(p, c->end)) return h9_txtpb_mismatch(c, p);
    uint8_t *to = h9_arena(c, (size_t)(reach(p, c->end) - p)); /* no escape says more bytes than it takes */
    if (to == NULL) return NULL;
    out->s.p = to;
    const uint8_t *after = p;
    while (opens(p, c->end)) {
        if ((after = piece(c, &to, p)) == NULL) return NULL;
        p = h9_txtpb_space(after, c->end);
    }
    if ((size_t)(to - out->s.p) > c->limits.string) return h9_fail(c, H9_E_STRING, start);
    out->s.n = (uint32_t)(to - out->s.p);
    out->s.flags = 0;
    return after;
}

/* --- numbers and words --- */

const uint8_t *h9_txtpb_atom(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *start = p;
    if (p < end && *p == '-') p = h9_txtpb_space(p + 1, end);
    const uint8_t *first = p;
    for (; p < end; p++) {
        bool sign = (*p == '+' || *p == '-') && p > first && (p[-1] | 0x20) == 'e' && !h9_txtpb_letter(*first);
        if (!h9_txtpb_word(*p) && *p != '.' && !sign) break;
    }
    return p == first ? start : p;
}

const uint8_t *h9_txtpb_integer(h9_context *c, bool *negative, uint64_t *magnitude, const uint8_t *p)
{
    const uint8_t *start = p, *end = h9_txtpb_atom(p, c->end);
    *negative = p < c->end && *p == '-';
    if (*negative) p = h9_txtpb_space(p + 1, end);
    if (p == end || (uint8_t)(*p - '0') >= 10) return h9_txtpb_mismatch(c, start);
    unsigned base = *p != '0' || end - p == 1 ? 10 : (p[1] | 0x20) == 'x' ? 16 : 8;
    if (base == 16 && (p += 2) == end) return h9_fail(c, H9_E_NUMBER, start);
    *magnitude = 0;
    for (; p < end; p++) {
        int digit = hex(*p);
        if (digit < 0 || (unsigned)digit >= base) return h9_fail(c, H9_E_NUMBER, start);
        if (__builtin_mul_overflow(*magnitude, base, magnitude)
            || __builtin_add_overflow(*magnitude, (unsigned)digit, magnitude))
            return h9_fail(c, H9_E_RANGE, start);
    }
    return end;
}

/* --- what is passed over --- */

static const uint8_t *pass_fields(h9_context *c, uint8_t close, const uint8_t *p)
{
    h9_slot name;
    while ((p = h9_txtpb_space(p, c->end)) < c->end && *p != close) {
        if ((p = h9_txtpb_name(c, &name, p)) == NULL || (p = h9_txtpb_pass(c, p)) == NULL) return NULL;
        p = h9_txtpb_space(p, c->end);
        if (p < c->end && (*p == ',' || *p == ';')) p++;
    }
    return p < c->end ? p + 1 : h9_fail(c, H9_E_TRUNCATED, p);
}

static const uint8_t *pass_list(h9_context *c, const uint8_t *p)
{
    p = h9_txtpb_space(p + 1, c->end);
    if (p < c->end && *p == ']') return p + 1;
    for (;;) {
        if ((p = h9_txtpb_pass_value(c, p)) == NULL) return NULL;
        p = h9_txtpb_space(p, c->end);
        if (p < c->end && *p == ']') return p + 1;
        if (p == c->end || *p != ',') return h9_txtpb_unexpected(c, p);
        p = h9_txtpb_space(p + 1, c->end);
    }
}

const uint8_t *h9_txtpb_pass_value(h9_context *c, const uint8_t *p)
{
    h9_slot text;
    if (p == c->end) return h9_txtpb_unexpected(c, p);
    if (*p == '"' || *p == '\'') return h9_txtpb_string(c, &text, p);
    if (*p == '{' || *p == '<' || *p == '[') {
        if (!h9_enter(c, p)) return NULL;
        p = *p == '[' ? pass_list(c, p) : pass_fields(c, *p == '{' ? '}' : '>', p + 1);
        h9_leave(c);
        return p;
    }
    const uint8_t *end = h9_txtpb_atom(p, c->end);
    return end == p ? h9_txtpb_unexpected(c, p) : end;
}

const uint8_t *h9_txtpb_pass(h9_context *c, const uint8_t *p)
{
    p = h9_txtpb_space(p, c->end);
    if (p < c->end && *p == ':') p = h9_txtpb_space(p + 1, c->end);
    else if (p < c->end && *p != '{' && *p != '<') return h9_txtpb_unexpected(c, p);
    return h9_txtpb_pass_value(c, p);
}
