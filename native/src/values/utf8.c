/* Text: is it UTF-8, and how far does it need no escape? ASCII goes sixteen bytes at a time (SSE2, which every
 * x86-64 has) or eight (any host); short strings by two loads that overlap, not by a loop. */
#include "values/utf8.h"

#include "values/compiler.h"
#include "values/digits.h"
#include "values/words.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define HIGH_BITS H9_EACH_BYTE(UINT64_C(0x80))

/* The first byte that is not ASCII, or the end. */
static const uint8_t *skip_ascii(const uint8_t *p, const uint8_t *end)
{
#ifdef __SSE2__
    while (end - p >= 16) {
        int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p));
        if (high) return p + __builtin_ctz((unsigned)high);
        p += 16;
    }
#endif
    while (end - p >= 8) {
        uint64_t high = h9_load64(p) & HIGH_BITS;
        if (high) return p + (__builtin_ctzll(high) >> 3);
        p += 8;
    }
    while (p < end && *p < 0x80) p++;
    return p;
}

/* One sequence that begins at a byte over 0x7F, four bytes at hand (zeros past the end, which continue nothing).
 * Its length, or 0. Unicode 16.0, table 3-7: x holds the bytes from the lowest; the masks ask for continuation
 * bytes, the rest refuses overlong forms, surrogates and what lies above U+10FFFF. */
static unsigned sequence(uint32_t x)
{
    if ((x & 0x00c0c0f0) == 0x008080e0) {
        uint32_t range = x & 0x200f; /* the low nibble of the first byte, bit 5 of the second */
        return range != 0 && range != 0x200d ? 3 : 0;
    }
    if ((x & 0xc0e0) == 0x80c0) return (x & 0x1e) != 0 ? 2 : 0;
    if ((x & 0xc0c0c0f8) == 0x808080f0) {
        uint32_t high = (x & 0x07) << 2 | (x >> 12 & 0x03); /* the code point's bits 16 to 20 */
        return high >= 1 && high <= 0x10 ? 4 : 0;
    }
    return 0;
}

static uint32_t load_tail(const uint8_t *p, const uint8_t *end)
{
    uint32_t x = 0;
    for (unsigned i = 0; p + i < end && i < 4; i++) x |= (uint32_t)p[i] << (8 * i);
    return x;
}

static bool valid_from(const uint8_t *p, const uint8_t *end)
{
    for (;;) {
        p = skip_ascii(p, end);
        while (end - p >= 4 && *p >= 0x80) {
            unsigned n = sequence(h9_load32(p));
            if (n == 0) return false;
            p += n;
        }
        if (p == end) return true;
        if (*p < 0x80) continue;
        unsigned n = sequence(load_tail(p, end));
        if (n == 0) return false;
        p += n;
    }
}

static bool short_ascii(const uint8_t *p, size_t n)
{
    if (n >= 8) return ((h9_load64(p) | h9_load64(p + n - 8)) & HIGH_BITS) == 0;
    if (n >= 4) return ((h9_load32(p) | h9_load32(p + n - 4)) & 0x80808080u) == 0;
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++) any |= p[i];
    return any < 0x80;
}

#ifdef __SSE2__
bool h9_utf8_valid(const uint8_t *p, size_t n)
{
    if (n < 16) return H9_LIKELY(short_ascii(p, n)) || valid_from(p, p + n);
    for (size_t i = 0;;) {
        int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + i)));
        if (high) return valid_from(p + i + __builtin_ctz((unsigned)high), p + n);
        i += 16;
        if (i == n) return true;
        if (i > n - 16) i = n - 16; /* the last load overlaps bytes that are known to be ASCII */
    }
}
#else
bool h9_utf8_valid(const uint8_t *p, size_t n)
{
    if (n <= 16) return short_ascii(p, n) || valid_from(p, p + n);
    return valid_from(p, p + n);
}
#endif

/* The high bit of each byte that is below 0x20, '"', '\\' or above 0x7F. A borrow can only reach bytes after one
 * that is flagged itself, so the lowest flag is right, and it alone is used. */
static inline uint64_t not_plain(uint64_t x)
{
    uint64_t quote = (x ^ H9_EACH_BYTE('"')) - H9_EACH_BYTE(1);
    uint64_t escape = (x ^ H9_EACH_BYTE('\\')) - H9_EACH_BYTE(1);
    return (x | (x - H9_EACH_BYTE(0x20)) | quote | escape) & HIGH_BITS;
}

static inline bool is_plain(uint8_t c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

static size_t short_plain_run(const uint8_t *p, size_t n)
{
    if (n < 8) {
        size_t i = 0;
        while (i < n && is_plain(p[i])) i++;
        return i;
    }
    for (size_t i = 0;; i = n - 8) { /* the second word overlaps the first, whose bytes are known to be plain */
        uint64_t stop = not_plain(h9_load64(p + i));
        if (stop) return i + (size_t)(__builtin_ctzll(stop) >> 3);
        if (i + 8 >= n) return n;
    }
}

#ifdef __SSE2__
/* The same for sixteen bytes, a bit each. Signed comparison puts the bytes above 0x7F below 0x20. */
static inline unsigned not_plain16(const uint8_t *p)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i low = _mm_cmplt_epi8(x, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));
    __m128i escape = _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, escape)));
}

size_t h9_plain_run(const uint8_t *p, size_t n)
{
    if (n < 16) return short_plain_run(p, n);
    for (size_t i = 0;;) {
        unsigned stop = not_plain16(p + i);
        if (stop) return i + (size_t)__builtin_ctz(stop);
        i += 16;
        if (i == n) return n;
        if (i > n - 16) i = n - 16; /* the last load overlaps */
    }
}
#else
size_t h9_plain_run(const uint8_t *p, size_t n)
{
    size_t i = 0;
    for (; n - i >= 16; i += 8) {
        uint64_t stop = not_plain(h9_load64(p + i));
        if (stop) return i + (size_t)(__builtin_ctzll(stop) >> 3);
    }
    return i + short_plain_run(p + i, n - i);
}
#endif
