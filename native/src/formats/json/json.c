/* What the core knows of JSON. */
#include "core/formats.h"
#include "formats/json/lex.h"
#include "formats/json/out.h"

/* Passes over a value, after white space. */
static const uint8_t *skip(h9_context *c, const h9_node *n, const uint8_t *p)
{
    (void)n;
    p = h9_json_space(p, c->end);
    return p == c->end ? h9_json_unexpected(c, p) : h9_json_skip(c, p);
}

/* Whether what stands at p is a number that may go on beyond the input. */
static bool open_number(const uint8_t *p, const uint8_t *end)
{
    if (p == end || (*p != '-' && (uint8_t)(*p - '0') >= 10)) return false;
    while (p < end && ((uint8_t)(*p - '0') < 10 || *p == '-' || *p == '+' || *p == '.' || (*p | 0x20) == 'e')) p++;
    return p == end;
}

const h9_codec h9_json = {
    .read = h9_json_read,
    .write = h9_json_write,
    .skip = skip,
    .space = h9_json_skip_space,
    .open_ended = open_number,
};
