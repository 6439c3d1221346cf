/* JSON's strings where they aren't plain, and what is said of tokens that are refused. RFC 8259 sections 7 and 8;
 * S9, B10 (lone surrogates), B11 (overlong UTF-8). A string with escapes is gone through twice: checked and measured,
 * then copied, so that the arena gives exactly what it needs and a string over the limit costs nothing. */
#include "core/frame.h"
#include "formats/json/lex.h"

/* --- refusals --- */

const uint8_t *h9_json_unexpected(h9_context *c, const uint8_t *p)
{ return h9_fail(c, p == c->end ? H9_E_TRUNCATED : H9_E_SYNTAX, p); }

const uint8_t *h9_json_bad_literal(h9_context *c, const uint8_t *p, const char *word, size_t n)
{
    for (size_t i = 0; i < n && p < c->end && *p == (uint8_t)word[i]; i++) p++;
    return h9_json_unexpected(c, p);
}

/* Where a number's grammar stops; only the input's end matters: a number cut off may yet be one. */
static const uint8_t *number_stop(const uint8_t *p, const uint8_t *end)
{
    if (p < end && *p == '-') p++;
    if (p < end && *p == '0') p++;
    else
        while (p < end && h9_json_digit(*p)) p++;
    if (p < end && *p == '.' && h9_json_digit(p[-1]))
        for (p++; p < end && h9_json_digit(*p);) p++;
    if (p < end && (*p | 0x20) == 'e' && h9_json_digit(p[-1])) p++;
    if (p < end && (*p == '+' || *p == '-') && (p[-1] | 0x20) == 'e') p++;
    return p;
}

const uint8_t *h9_json_bad_number(h9_context *c, const uint8_t *p)
{
    if (number_stop(p, c->end) == c->end) return h9_fail(c, H9_E_TRUNCATED, c->end);
    return h9_fail(c, H9_E_NUMBER, p);
}

const uint8_t *h9_json_mismatch(h9_context *c, const uint8_t *p)
{
    switch (*p) {
    case 'n':
        if (h9_json_literal(c, p, "null", 4) == NULL) return NULL;
        return h9_fail(c, H9_E_NULL, p);
    case 't': return h9_json_literal(c, p, "true", 4) ? h9_fail(c, H9_E_TYPE, p) : NULL;
    case 'f': return h9_json_literal(c, p, "false", 5) ? h9_fail(c, H9_E_TYPE, p) : NULL;
    case '"':
    case '{':
    case '[': return h9_fail(c, H9_E_TYPE, p);
    default: return h9_fail(c, h9_json_starts_number(*p) ? H9_E_TYPE : H9_E_SYNTAX, p);
    }
}

/* --- UTF-8 --- */

/* Could these last bytes of the input begin a sequence? The lowest and the highest continuation are tried, as each lead
 * byte allows one of them. */
static bool may_continue(const uint8_t *p, size_t n)
{
    for (int fill = 0x80; fill <= 0xBF; fill += 0x3F) {
        uint8_t whole[4];
        for (size_t size = n + 1; size <= 4; size++) {
            memset(whole, fill, sizeof whole);
            memcpy(whole, p, n);
            if (h9_utf8_valid(whole, size)) return true;
        }
    }
    return false;
}

static size_t sequence_size(uint8_t lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

/* [p, stop) is not UTF-8: says where, or that the input is cut within a sequence. */
static const uint8_t *bad_text(h9_context *c, const uint8_t *p, const uint8_t *stop)
{
    for (;;) {
        size_t size = sequence_size(*p), left = (size_t)(stop - p);
        if (size > left && stop == c->end && may_continue(p, left)) return h9_fail(c, H9_E_TRUNCATED, c->end);
        if (size > left || !h9_utf8_valid(p, size)) return h9_fail(c, H9_E_UTF8, p);
        p += size;
    }
}

/* From p to the first quote, backslash or control character, or the end. */
static const uint8_t *text_run(const uint8_t *p, const uint8_t *end)
{
#ifdef __SSE2__
    const __m128i last = _mm_set1_epi8(0x1F), quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, last), x);
        __m128i other = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(control, other));
        if (stop) return p + __builtin_ctz(stop);
    }
#endif
    while (p < end && *p >= 0x20 && *p != '"' && *p != '\\') p++;
    return p;
}

/* --- escapes --- */

static const char simple_names[] = "\"\\/bfnrt", simple_values[] = "\"\\/\b\f\n\r\t";

static int hex_digit(uint8_t b)
{
    if (h9_json_digit(b)) return b - '0';
    b |= 0x20;
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

enum { ESCAPE_BAD = -1, ESCAPE_CUT = -2 };

/* The four digits of "\uXXXX" at p, or one of the above. */
static int32_t unit(const uint8_t *p, const uint8_t *end)
{
    static const char start[] = "\\u";
    int32_t value = 0;
    for (size_t i = 0; i < 6; i++, p++) {
        if (p == end) return ESCAPE_CUT;
        if (i < 2 ? *p != (uint8_t)start[i] : hex_digit(*p) < 0) return ESCAPE_BAD;
        if (i >= 2) value = value << 4 | hex_digit(*p);
    }
    return value;
}

static bool is_high(int32_t u) { return u >= 0xD800 && u <= 0xDBFF; }
static bool is_low(int32_t u) { return u >= 0xDC00 && u <= 0xDFFF; }

/* The code point of the escape at p and the bytes that it takes there; negative as above. */
static int32_t escape(const uint8_t *p, const uint8_t *end, size_t *taken)
{
    *taken = 2;
    if (end - p < 2) return ESCAPE_CUT;
    if (p[1] != 'u') {
        const char *found = p[1] ? strchr(simple_names, p[1]) : NULL;
        return found ? (uint8_t)simple_values[found - simple_names] : ESCAPE_BAD;
    }
    *taken = 6;
    int32_t first = unit(p, end);
    if (first < 0 || !(is_high(first) || is_low(first))) return first;
    if (is_low(first)) return ESCAPE_BAD;
    *taken = 12;
    int32_t second = unit(p + 6, end);
    if (second == ESCAPE_CUT) return second;
    return is_low(second) ? 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00) : ESCAPE_BAD;
}

static uint8_t *put_code_point(uint8_t *w, uint32_t u)
{
    if (u < 0x80) {
        *w++ = (uint8_t)u;
    } else if (u < 0x800) {
        *w++ = (uint8_t)(0xC0 | u >> 6);
        *w++ = (uint8_t)(0x80 | (u & 0x3F));
    } else {
        if (u < 0x10000) {
            *w++ = (uint8_t)(0xE0 | u >> 12);
        } else {
            *w++ = (uint8_t)(0xF0 | u >> 18);
            *w++ = (uint8_t)(0x80 | (u >> 12 & 0x3F));
        }
        *w++ = (uint8_t)(0x80 | (u >> 6 & 0x3F));
        *w++ = (uint8_t)(0x80 | (u & 0x3F));
    }
    return w;
}

static size_t code_point_size(int32_t u) { return u < 0x80 ? 1 : u < 0x800 ? 2 : u < 0x10000 ? 3 : 4; }

/* --- strings --- */

const uint8_t *h9_json_string_scan(h9_context *c, const uint8_t *p, size_t *size, bool *escapes)
{
    size_t total = 0;
    *escapes = false;
    for (;;) {
        const uint8_t *stop = text_run(p, c->end);
        if (!h9_utf8_valid(p, (size_t)(stop - p))) return bad_text(c, p, stop);
        total += (size_t)(stop - p);
        p = stop;
        if (p == c->end || *p < 0x20) return h9_json_unexpected(c, p);
        if (*p == '"') break;
        size_t taken;
        int32_t u = escape(p, c->end, &taken);
        if (u < 0) return u == ESCAPE_CUT ? h9_fail(c, H9_E_TRUNCATED, c->end) : h9_fail(c, H9_E_ESCAPE, p);
        if (!h9_go_past(c)) return NULL;
        *escapes = true;
        total += code_point_size(u);
        p += taken;
    }
    *size = total;
    return p + 1;
}

/* [p, end) was scanned and found good. */
static void unescape(uint8_t *w, const uint8_t *p, const uint8_t *end)
{
    while (p < end) {
        const uint8_t *stop = text_run(p, end);
        memcpy(w, p, (size_t)(stop - p));
        w += stop - p;
        if (stop == end) return;
        size_t taken;
        w = put_code_point(w, (uint32_t)escape(stop, end, &taken));
        p = stop + taken;
    }
}

const uint8_t *h9_json_string_slow(h9_context *c, const uint8_t *open, const uint8_t *stop, size_t limit, h9_slot *out)
{
    size_t size, plain = (size_t)(stop - open) - 1;
    bool escapes;
    const uint8_t *after = h9_json_string_scan(c, stop, &size, &escapes);
    if (after == NULL) return NULL;
    size += plain;
    if (size > limit) return h9_fail(c, H9_E_STRING, open);
    out->s.p = open + 1;
    out->s.n = (uint32_t)size;
    out->s.flags = 0;
    if (!escapes) return after;
    uint8_t *text = h9_arena(c, size + 1); /* never of nothing: an empty arena would answer NULL */
    if (text == NULL) return NULL;
    unescape(text, open + 1, after - 1);
    out->s.p = text;
    return after;
}
