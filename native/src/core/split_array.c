/* Cutting a JSON array into its items, at the commas outside of them. What an item is nobody looks at here: only quotes
 * and brackets count. The scan stops anywhere and goes on from there, so an item in small pieces costs linear time. */
#include <stdbool.h>

#include "hal9_core.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first bracket, quote or `comma` (a quote, where commas don't count). */
static const uint8_t *to_structure(const uint8_t *p, const uint8_t *end, uint8_t comma)
{
#ifdef __SSE2__
    const __m128i fold = _mm_set1_epi8(0x20), open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}');
    const __m128i quote = _mm_set1_epi8('"'), other = _mm_set1_epi8((char)comma);
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p), low = _mm_or_si128(x, fold);
        __m128i brackets = _mm_or_si128(_mm_cmpeq_epi8(low, open), _mm_cmpeq_epi8(low, close));
        __m128i rest = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, other));
        unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(brackets, rest));
        if (stop) return p + __builtin_ctz(stop);
    }
#endif
    for (; p < end; p++) {
        uint8_t low = *p | 0x20; /* brackets are braces in this */
        if (low == '{' || low == '}' || *p == '"' || *p == comma) break;
    }
    return p;
}

/* The first quote or backslash. */
static const uint8_t *to_quote(const uint8_t *p, const uint8_t *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (; end - p >= 16; p += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i either = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash));
        unsigned stop = (unsigned)_mm_movemask_epi8(either);
        if (stop) return p + __builtin_ctz(stop);
    }
#endif
    while (p < end && *p != '"' && *p != '\\') p++;
    return p;
}

/* Goes on in a string. The end, or an escape that isn't there whole: more input is wanted. */
static const uint8_t *pass_string(h9_array_scan *scan, const uint8_t *p, const uint8_t *end)
{
    while ((p = to_quote(p, end)) < end && *p == '\\' && end - p > 1) p += 2;
    if (p == end || *p == '\\') return p;
    scan->in_string = 0;
    return p + 1;
}

/* Whether a bracket opens, or closes what is open. Deeper than there is room for, brackets only are counted: who reads
 * the item refuses it for its depth. */
static bool bracket(h9_array_scan *scan, uint8_t byte)
{
    bool object = (byte & 0x20) != 0, opens = (byte | 0x20) == '{';
    if (!opens && scan->depth == 0) return false;
    uint64_t level = opens ? scan->depth : scan->depth - 1, bit = UINT64_C(1) << level % 64;
    scan->depth = opens ? level + 1 : level;
    if (level >= 8 * sizeof scan->objects) return true;
    uint64_t *word = &scan->objects[level / 64];
    if (opens) *word = object ? *word | bit : *word & ~bit;
    bool good = opens || ((*word & bit) != 0) == object;
    if (!good) scan->depth++;
    return good;
}

static bool blank(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

/* The item between two commas, without the space around it. */
static void trim(const uint8_t *data, int64_t *begin, int64_t *end)
{
    while (*begin < *end && blank(data[*begin])) ++*begin;
    while (*begin < *end && blank(data[*end - 1])) --*end;
}

h9_code h9_split_array(h9_array_scan *scan, const uint8_t *data, size_t size, uint64_t limit, size_t count,
                       int64_t *begin, int64_t *end, size_t *done, size_t *used, size_t *scanned)
{
    const uint8_t *item = data, *p = data + *scanned, *stop = data + size;
    size_t found = 0;
    h9_code code = H9_OK;
    while (found < count && !scan->closed && p < stop) {
        if (scan->in_string) {
            p = pass_string(scan, p, stop);
            if (scan->in_string) break;
            continue;
        }
        p = to_structure(p, stop, scan->depth ? '"' : ',');
        if (p == stop) break;
        if (*p == '"') {
            scan->in_string = 1;
        } else if (scan->depth == 0 && (*p == ',' || *p == ']')) {
            int64_t first = item - data, last = p - data;
            trim(data, &first, &last);
            if ((uint64_t)(last - first) > limit) code = H9_E_RECORD;
            if (code != H9_OK) break;
            scan->closed = *p == ']';
            if (first < last || !scan->closed || scan->items) {
                begin[found] = first;
                end[found++] = last;
            }
            scan->items++;
            item = p + 1;
        } else if (!bracket(scan, *p)) {
            code = H9_E_GROUP;
            break;
        }
        p++;
    }
    *done = found;
    *used = (size_t)(item - data);
    *scanned = (size_t)(p - data);
    return code;
}
