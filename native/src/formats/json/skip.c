/* Passing over JSON: white space, and values that nobody wants, checked for structure only. */
#include "formats/json/lex.h"

const uint8_t *h9_json_skip_space(const uint8_t *p, const uint8_t *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    return p;
}

static const uint8_t *skip_list(h9_context *c, const uint8_t *p)
{
    p = h9_json_open(c, p);
    if (p == NULL) return NULL;
    while (*p != ']') {
        p = h9_json_skip(c, p);
        if (p == NULL || !h9_go_past(c) || (p = h9_json_comma(c, p, ']')) == NULL) return NULL;
    }
    h9_leave(c);
    return p + 1;
}

static const uint8_t *skip_object(h9_context *c, const uint8_t *p)
{
    p = h9_json_open(c, p);
    if (p == NULL) return NULL;
    while (*p != '}') {
        if (*p != '"') return h9_json_unexpected(c, p);
        p = h9_json_skip_string(c, p);
        if (p == NULL || (p = h9_json_colon(c, p)) == NULL) return NULL;
        p = h9_json_skip(c, p);
        if (p == NULL || !h9_go_past(c) || (p = h9_json_comma(c, p, '}')) == NULL) return NULL;
    }
    h9_leave(c);
    return p + 1;
}

const uint8_t *h9_json_skip(h9_context *c, const uint8_t *p)
{
    h9_number number;
    switch (*p) {
    case '"': return h9_json_skip_string(c, p);
    case '{': return skip_object(c, p);
    case '[': return skip_list(c, p);
    case 't': return h9_json_literal(c, p, "true", 4);
    case 'f': return h9_json_literal(c, p, "false", 5);
    case 'n': return h9_json_literal(c, p, "null", 4);
    default: return h9_json_starts_number(*p) ? h9_json_number(c, p, &number) : h9_json_unexpected(c, p);
    }
}

h9_kind h9_json_kind(const uint8_t *p, const uint8_t *end)
{
    switch (*p) {
    case 'n': return H9_KIND_NULL;
    case 't':
    case 'f': return H9_KIND_BOOL;
    case '"': return H9_KIND_STRING;
    case '[': return H9_KIND_LIST;
    case '{': return H9_KIND_MAP;
    default: break;
    }
    if (!h9_json_starts_number(*p)) return H9_KINDS;
    for (p++; p < end && h9_json_digit(*p); p++) continue;
    return p < end && (*p == '.' || (*p | 0x20) == 'e') ? H9_KIND_FLOAT : H9_KIND_INT;
}
