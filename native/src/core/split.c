/* Splitting a stream of messages: lines, and messages with their length before them. Nothing is copied; what the
 * input does not hold whole yet is left for the next call, which begins with it. */
#include "hal9_core.h"
#include "values/varint.h"
#include "values/words.h"

/* --- lines --- */

static bool blank(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) p++;
    return p == end;
}

static h9_code split_lines(const uint8_t *data, size_t size, int last, uint64_t limit, size_t count, int64_t *begin,
                           int64_t *end, size_t *done, size_t *used)
{
    size_t at = 0, found = 0;
    h9_code code = H9_OK;
    while (found < count && at < size) {
        const uint8_t *line = data + at, *stop = memchr(line, '\n', size - at);
        size_t length = stop ? (size_t)(stop - line) : size - at;
        if (length > limit) code = H9_E_RECORD;
        if (code != H9_OK || (stop == NULL && !last)) break;
        if (!blank(line, line + length)) {
            begin[found] = (int64_t)at;
            end[found++] = (int64_t)(at + length - (line[length - 1] == '\r'));
        }
        at += length + (stop != NULL);
    }
    *done = found;
    *used = at;
    return code;
}

/* --- a length before each --- */

/* Reads a length at p. Its own size in bytes, 0 where the input ends in it. */
typedef size_t length_reader(const uint8_t *p, size_t left, uint64_t *length, h9_code *code);

static size_t varint_length(const uint8_t *p, size_t left, uint64_t *length, h9_code *code)
{
    unsigned size = h9_varint_scan(p, left, length);
    if (!h9_varint_overflows(p, size)) return size;
    *code = H9_E_VARINT;
    return 0;
}

static size_t be32_length(const uint8_t *p, size_t left, uint64_t *length, h9_code *code)
{
    (void)code;
    if (left < 4) return 0;
    *length = h9_load_big32(p);
    return 4;
}

static h9_code split_framed(length_reader *read, const uint8_t *data, size_t size, int last, uint64_t limit,
                            size_t count, int64_t *begin, int64_t *end, size_t *done, size_t *used)
{
    size_t at = 0, found = 0;
    h9_code code = H9_OK;
    while (found < count && at < size) {
        uint64_t length = 0;
        size_t head = read(data + at, size - at, &length, &code);
        if (code == H9_OK && length > limit) code = H9_E_RECORD;
        bool whole = head != 0 && length <= size - at - head;
        if (code == H9_OK && !whole && last) code = H9_E_TRUNCATED;
        if (code != H9_OK || !whole) break;
        begin[found] = (int64_t)(at + head);
        at += head + (size_t)length;
        end[found++] = (int64_t)at;
    }
    *done = found;
    *used = at;
    return code;
}

h9_code h9_split(h9_delimiting delimiting, const uint8_t *data, size_t size, int last, uint64_t limit, size_t count,
                 int64_t *begin, int64_t *end, size_t *done, size_t *used)
{
    if (delimiting == H9_DELIMITING_NEWLINE) return split_lines(data, size, last, limit, count, begin, end, done, used);
    length_reader *read = delimiting == H9_DELIMITING_VARINT ? varint_length : be32_length;
    return split_framed(read, data, size, last, limit, count, begin, end, done, used);
}
