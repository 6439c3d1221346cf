/* Binary as text: RFC 4648 sections 4, 5 and 8 (S8). */
#include "values/base64.h"

#include "values/digits.h"
#include "values/words.h"

#define NONE 0xff
#define ROW_OF_NONE NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE

/* --- base64 --- */

static const char standard[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Of both alphabets: '+' and '-' are 62, '/' and '_' are 63. */
static const uint8_t sextet[256] = {
    ROW_OF_NONE, ROW_OF_NONE, /* */
    NONE,        NONE,        NONE,        NONE,        NONE,        NONE,        NONE,        NONE,
    NONE,        NONE,        NONE,        62,          NONE,        62,          NONE,        63, /* */
    52,          53,          54,          55,          56,          57,          58,          59,
    60,          61,          NONE,        NONE,        NONE,        NONE,        NONE,        NONE, /* 0-9 */
    NONE,        0,           1,           2,           3,           4,           5,           6,
    7,           8,           9,           10,          11,          12,          13,          14, /* A-O */
    15,          16,          17,          18,          19,          20,          21,          22,
    23,          24,          25,          NONE,        NONE,        NONE,        NONE,        63, /* P-Z */
    NONE,        26,          27,          28,          29,          30,          31,          32,
    33,          34,          35,          36,          37,          38,          39,          40, /* a-o */
    41,          42,          43,          44,          45,          46,          47,          48,
    49,          50,          51,          NONE,        NONE,        NONE,        NONE,        NONE, /* p-z */
    ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE,
};

/* The last one or two bytes. */
static uint8_t *print_rest(uint8_t *w, const uint8_t *p, size_t n, const char *alphabet, bool pad)
{
    unsigned x = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0);
    *w++ = (uint8_t)alphabet[x >> 18];
    *w++ = (uint8_t)alphabet[x >> 12 & 63];
    if (n > 1) *w++ = (uint8_t)alphabet[x >> 6 & 63];
    else if (pad) *w++ = '=';
    if (pad) *w++ = '=';
    return w;
}

uint8_t *h9_base64_print(uint8_t *w, const uint8_t *p, size_t n, bool url)
{
    const char *alphabet = url ? url_safe : standard;
    for (; n >= 3; n -= 3, p += 3, w += 4) {
        unsigned x = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
        w[0] = (uint8_t)alphabet[x >> 18];
        w[1] = (uint8_t)alphabet[x >> 12 & 63];
        w[2] = (uint8_t)alphabet[x >> 6 & 63];
        w[3] = (uint8_t)alphabet[x & 63];
    }
    return n ? print_rest(w, p, n, alphabet, !url) : w;
}

/* The last two or three characters: one or two bytes, and four or two bits over, zero if `strict`. */
static uint8_t *parse_rest(uint8_t *w, const uint8_t *p, size_t n, bool strict)
{
    if (n == 0) return w;
    if (n == 1) return NULL;
    unsigned a = sextet[p[0]], b = sextet[p[1]], c = n > 2 ? sextet[p[2]] : 0;
    if ((a | b | c) > 63 || (strict && ((n > 2 ? c & 3 : b & 15) != 0))) return NULL;
    unsigned x = a << 18 | b << 12 | c << 6;
    *w++ = (uint8_t)(x >> 16);
    if (n > 2) *w++ = (uint8_t)(x >> 8);
    return w;
}

/* How many characters stand before the padding, which must fill up the last four. */
static size_t without_padding(const uint8_t *p, size_t n)
{
    if (n == 0 || n % 4 != 0 || p[n - 1] != '=') return n;
    return p[n - 2] == '=' ? n - 2 : n - 1;
}

uint8_t *h9_base64_parse(uint8_t *w, const uint8_t *p, size_t n)
{
    size_t left = without_padding(p, n);
    bool padded = left != n;
    for (; left >= 4; left -= 4, p += 4, w += 3) {
        unsigned a = sextet[p[0]], b = sextet[p[1]], c = sextet[p[2]], d = sextet[p[3]];
        if ((a | b | c | d) > 63) return NULL;
        unsigned x = a << 18 | b << 12 | c << 6 | d;
        w[0] = (uint8_t)(x >> 16);
        w[1] = (uint8_t)(x >> 8);
        w[2] = (uint8_t)x;
    }
    return parse_rest(w, p, left, padded);
}

/* --- hex --- */

static const uint8_t nibble[256] = {
    ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, /* */
    0,           1,           2,           3,           4,           5,           6,           7,           8,
    9,           NONE,        NONE,        NONE,        NONE,        NONE,        NONE, /* 0-9 */
    NONE,        10,          11,          12,          13,          14,          15,          NONE,        NONE,
    NONE,        NONE,        NONE,        NONE,        NONE,        NONE,        NONE, /* A-F */
    ROW_OF_NONE,                                                                        /* */
    NONE,        10,          11,          12,          13,          14,          15,          NONE,        NONE,
    NONE,        NONE,        NONE,        NONE,        NONE,        NONE,        NONE, /* a-f */
    ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE, ROW_OF_NONE,
};

uint8_t *h9_hex_print(uint8_t *w, const uint8_t *p, size_t n)
{
    for (; n >= 4; n -= 4, p += 4, w += 8) h9_store64(w, h9_eight_hex(h9_load32(p)));
    for (; n > 0; n--, w += 2) {
        uint64_t two = h9_eight_hex(*p++);
        w[0] = (uint8_t)two;
        w[1] = (uint8_t)(two >> 8);
    }
    return w;
}

uint8_t *h9_hex_parse(uint8_t *w, const uint8_t *p, size_t n)
{
    unsigned seen = n % 2 == 0 ? 0 : NONE;
    uint64_t bad = 0;
    for (; n >= 8; n -= 8, p += 8, w += 4) h9_store32(w, h9_hex_eight(h9_load64(p), &bad));
    if (bad != 0) return NULL;
    for (; n >= 2; n -= 2, p += 2) {
        unsigned high = nibble[p[0]], low = nibble[p[1]];
        seen |= high | low;
        *w++ = (uint8_t)(high << 4 | low);
    }
    return seen > 15 ? NULL : w;
}
