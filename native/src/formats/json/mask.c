/* google.protobuf.FieldMask in ProtoJSON: one text, its paths in camelCase with commas between them. The record has one
 * field, a list of text in snake_case. What camelCase can't say and read back is refused where it is read (MASK_PATH).
 */
#include "core/frame.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/json/lex.h"
#include "formats/json/out.h"
#include "steps/convert.h"

static bool is_upper(uint8_t c) { return (uint8_t)(c - 'A') < 26; }

/* The list of the record's one field; NULL: that isn't what the record is. */
static const h9_node *list_of(const h9_plan *plan, const h9_record *r)
{
    if (r->count != 1) return NULL;
    const h9_node *list = &plan->nodes[plan->fields[r->first].node];
    bool good = list->op == H9_OP_LIST && list->width == sizeof(h9_slot) && plan->nodes[list->a].op == H9_OP_STRING;
    return good ? list : NULL;
}

/* --- reading --- */

/* The camelCase of [p, end) in the arena as snake_case, which is at most twice as long. false: refused. */
static bool read_path(h9_context *c, const uint8_t *p, const uint8_t *end, h9_slot *out, const uint8_t *at)
{
    uint8_t *block = h9_arena(c, (size_t)(end - p) * 2 + 1), *w = block;
    if (block == NULL) return false;
    bool good = p < end;
    for (; p < end; p++) {
        good &= *p != '_';
        if (is_upper(*p)) *w++ = '_';
        *w++ = is_upper(*p) ? *p | 0x20 : *p;
    }
    if (!good) h9_fail(c, H9_E_SYNTAX, at);
    out->s.p = block;
    out->s.n = (uint32_t)(w - block);
    out->s.flags = 0;
    return good;
}

static bool read_paths(h9_context *c, const h9_node *list, h9_slot *out, const h9_slot *text, const uint8_t *at)
{
    const uint8_t *p = text->s.p, *end = p + text->s.n, *comma;
    const h9_node *item = &c->plan->nodes[list->a];
    memset(out, 0, sizeof *out);
    for (; text->s.n > 0; p = comma + 1) {
        comma = memchr(p, ',', (size_t)(end - p));
        if (comma == NULL) comma = end;
        h9_slot *path = (h9_slot *)(void *)h9_list_add(c, out, sizeof *path);
        if (path == NULL || !read_path(c, p, comma, path, at)) return false;
        if (item->conv && !h9_convert(c, item->conv, path, at)) return false;
        if (comma == end) break;
    }
    return true;
}

const uint8_t *h9_json_read_mask(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p)
{
    const h9_node *list = list_of(c->plan, r);
    h9_slot text;
    if (list == NULL) return h9_fail(c, H9_E_BAD_PLAN, p);
    if (*p != '"') return h9_json_mismatch(c, p);
    const uint8_t *after = h9_json_string(c, p, c->limits.string, &text);
    if (after == NULL) return NULL;
    const h9_field *f = &c->plan->fields[r->first];
    h9_slot passed_over, *slot = f->slot == H9_NO_SLOT ? &passed_over : frame + f->slot;
    if (!read_paths(c, list, slot, &text, p)) return h9_in_field(c, f->name);
    if (slot != &passed_over) h9_set(h9_bits(frame, r), f->slot);
    return h9_finish(c, r, frame, p) ? after : NULL;
}

/* --- writing --- */

static uint8_t *put_path(const h9_slot *path, uint8_t *w)
{
    const uint8_t *p = path->s.p, *end = p + path->s.n;
    while (p < end) {
        bool high = *p == '_' && end - p > 1;
        p += high;
        *w++ = high ? (uint8_t)(*p & ~0x20) : *p;
        p++;
    }
    return w;
}

uint8_t *h9_json_put_mask(h9_context *c, const h9_record *r, const h9_slot *frame, uint8_t *w)
{
    const h9_field *f = &c->plan->fields[r->first];
    size_t size = 0;
    if (list_of(c->plan, r) == NULL) {
        h9_fail(c, H9_E_BAD_PLAN, NULL);
        return NULL;
    }
    if (f->slot == H9_NO_SLOT || !h9_has(h9_cbits(frame, r), f->slot)) return h9_json_word(w, "\"\"", 2);
    const h9_slot *paths = (const h9_slot *)(const void *)frame[f->slot].list.items;
    uint32_t n = frame[f->slot].list.n;
    for (uint32_t i = 0; i < n; i++) size += (size_t)paths[i].s.n + 1;
    uint8_t *block = h9_arena(c, size + 1), *end = block;
    if (block == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (i) *end++ = ',';
        end = put_path(&paths[i], end);
    }
    return h9_json_put_string(c, block, (size_t)(end - block), 0, w);
}
