/* Reads JSON (RFC 8259), every dialect of it: nodes say how they differ.
 *
 * Theory of operation: a record predicts its next key, which usually is the next field's in the schema's order: its
 * bytes are compared as they stand in the pool, quotes and all. Only on a miss is the key read as a string and looked
 * up (S16), and prediction goes on from what was found. Strings stay where they stand unless they had escapes. Every
 * loop's cost is bounded by the bytes that it passes (B19).
 */
#include "core/aside.h"
#include "core/frame.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "core/record.h"
#include "formats/json/lex.h"
#include "formats/keyed.h"
#include "steps/convert.h"

static const uint8_t *read_value(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p);

/* --- records --- */

#define PREDICTED 3u /* how many fields may be left out before a key is looked up */

/* Reads the key at p and looks it up. *f: its field or NULL; returns what follows the key. */
static const uint8_t *look_up(h9_context *c, h9_members *m, const h9_field **f, h9_slot *text, const uint8_t *p)
{
    if (*p != '"') return h9_json_unexpected(c, p);
    const uint8_t *after = h9_json_string(c, p, c->limits.string, text);
    if (after == NULL) return NULL;
    const h9_key *key = h9_find_key(c->plan, m->r->keys, m->r->key_mask, text->s.p, text->s.n);
    *f = NULL;
    if (key != NULL) {
        *f = m->fields + key->index;
        m->next = key->index + 1;
    }
    return after;
}

/* The same, for the few keys that are likely to come next first. */
static inline const uint8_t *find_field(h9_context *c, h9_members *m, const h9_field **f, h9_slot *text,
                                        const uint8_t *p)
{
    const h9_field *likely = m->fields + m->next;
    size_t left = (size_t)(c->end - p);
    uint32_t tries = m->r->count - m->next;
    if (tries > PREDICTED) tries = PREDICTED;
    for (uint32_t i = 0; i < tries; i++, likely++) {
        if (H9_LIKELY(likely->key_size < left && h9_same_short(p, c->plan->pool + likely->key, likely->key_size))) {
            m->next += i + 1;
            *f = likely;
            return p + likely->key_size;
        }
    }
    return look_up(c, m, f, text, p);
}

static const uint8_t *read_object(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p);

static const uint8_t *read_inline(h9_context *c, const h9_node *n, h9_slot *frame, const uint8_t *p)
{
    if (H9_UNLIKELY(n->flags & H9_N_MASK)) return h9_json_read_mask(c, &c->plan->records[n->a], frame, p);
    if (*p != '{') return h9_json_mismatch(c, p);
    return read_object(c, &c->plan->records[n->a], frame, p);
}

/* A branch that is alone with null. `frame`: the one around it, where its record may stand inline. */
static const uint8_t *read_wrapped(h9_context *c, const h9_node *n, h9_slot *frame, h9_slot *out, const uint8_t *p)
{
    h9_slot name;
    const uint8_t *key = NULL;
    const h9_node *inner = &c->plan->nodes[n->a];
    if (n->c == 0) return read_value(c, inner, out, p);
    p = h9_json_open_branch(c, &name, &key, p);
    if (p == NULL) return NULL;
    if (name.s.n != n->c || memcmp(name.s.p, c->plan->pool + n->b, n->c) != 0) return h9_fail(c, H9_E_BRANCH, key);
    if ((p = h9_json_colon(c, p)) == NULL) return NULL;
    bool is_inline = inner->op == H9_OP_INLINE && frame != NULL;
    return h9_json_close_branch(c, is_inline ? read_inline(c, inner, frame, p) : read_value(c, inner, out, p));
}

/* What stands in a slot of its own comes before what may not. */
_Static_assert(H9_OP_RECORD < H9_OP_INLINE && H9_OP_INLINE < H9_OP_WRAPPED, "ops in order");

/* A field's value that may be a record in the frame around it. */
static const uint8_t *read_into(h9_context *c, const h9_node *n, h9_slot *frame, h9_slot *out, const uint8_t *p)
{
    if (n->op == H9_OP_INLINE) return read_inline(c, n, frame, p);
    bool is_inline = n->op == H9_OP_WRAPPED && c->plan->nodes[n->a].op == H9_OP_INLINE;
    return is_inline ? read_wrapped(c, n, frame, out, p) : read_value(c, n, out, p);
}

/* A member of what has no schema: of another kind than is asked for it isn't there, and what its value can't be is told
 * only to who takes it. */
static const uint8_t *read_untyped(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *p)
{
    uint32_t depth = c->depth;
    if (h9_loose_passes(f, h9_json_kind(p, c->end))) return h9_json_skip(c, p);
    const uint8_t *end = read_into(c, &c->plan->nodes[f->node], m->frame, m->frame + f->slot, p);
    if (end != NULL) h9_set(m->bits, f->slot);
    else if (h9_members_put_off(c, m, f, depth)) return h9_json_skip(c, p);
    return end;
}

/* One field's value at p; its key stood at `key`. */
static inline const uint8_t *read_field(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key,
                                        const uint8_t *p)
{
    const h9_node *n = &c->plan->nodes[f->node];
    if (f->slot == H9_NO_SLOT) return h9_json_skip(c, p);
    if (H9_UNLIKELY(*p == 'n') && (f->flags & H9_F_NULLABLE)) return h9_json_literal(c, p, "null", 4);
    if (f->loose != 0) return read_untyped(c, m, f, p);
    if (H9_UNLIKELY(f->group != H9_NONE) && !h9_members_join(c, m, f, key)) return NULL;
    h9_slot *slot = m->frame + f->slot;
    const uint8_t *end =
        H9_UNLIKELY(n->op >= H9_OP_INLINE) ? read_into(c, n, m->frame, slot, p) : read_value(c, n, slot, p);
    if (H9_LIKELY(end != NULL)) h9_set(m->bits, f->slot);
    else if (h9_symbol_passed(c)) return h9_json_skip(c, p);
    return end;
}

/* The fields that take the value at p. */
static const uint8_t *read_member(h9_context *c, h9_members *m, const h9_field *f, const uint8_t *key, const uint8_t *p)
{
    if (H9_UNLIKELY(!h9_members_meet(c, m, f, key))) return h9_in_field(c, f->name);
    const uint8_t *after = read_field(c, m, f, key, p);
    while (H9_UNLIKELY(f->also != 0) && after != NULL) {
        f = &c->plan->fields[f->also];
        after = read_field(c, m, f, key, p);
    }
    return H9_LIKELY(after != NULL) ? after : h9_in_field(c, f->name);
}

static const uint8_t *pass_member(h9_context *c, const h9_members *m, const h9_slot *text, const uint8_t *key,
                                  const uint8_t *p)
{
    if (!h9_members_pass(c, m, text, key)) return NULL;
    p = h9_json_skip(c, p);
    return p != NULL ? p : h9_in_key(c, text->s.p, text->s.n);
}

/* From the first key to after the brace. `typed`: one member is "@type", which was read before. */
static inline const uint8_t *read_members(h9_context *c, h9_members *m, bool typed, const uint8_t *p)
{
    bool met = false;
    while (*p != '}') {
        const h9_field *f = NULL;
        h9_slot text;
        const uint8_t *key = p;
        p = find_field(c, m, &f, &text, p);
        if (H9_UNLIKELY(p == NULL) || (p = h9_json_colon(c, p)) == NULL) return NULL;
        if (typed && f == NULL && h9_json_is_type(&text)) {
            if (met) return h9_fail(c, H9_E_DUPLICATE, key);
            met = true;
            p = h9_json_skip(c, p);
        } else {
            p = H9_LIKELY(f != NULL) ? read_member(c, m, f, key, p) : pass_member(c, m, &text, key, p);
        }
        if (H9_UNLIKELY(p == NULL) || (p = h9_json_comma(c, p, '}')) == NULL) return NULL;
    }
    return p + 1;
}

/* The object at p, its members into the frame. */
static inline const uint8_t *read_braces(h9_context *c, const h9_record *r, bool typed, h9_slot *frame,
                                         const uint8_t *p)
{
    const uint8_t *start = p;
    h9_members m;
    if (H9_UNLIKELY(!h9_members_start(c, &m, r, frame))) return NULL;
    p = h9_json_open(c, p);
    if (H9_UNLIKELY(p == NULL) || (p = read_members(c, &m, typed, p)) == NULL) return NULL;
    h9_leave(c);
    return H9_LIKELY(h9_members_end(c, &m, start)) ? p : NULL;
}

static const uint8_t *read_object(h9_context *c, const h9_record *r, h9_slot *frame, const uint8_t *p)
{ return read_braces(c, r, false, frame, p); }

static const uint8_t *read_record(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_record *r = &c->plan->records[n->a];
    if (H9_UNLIKELY(*p != '{') && !(n->flags & H9_N_MASK)) return h9_json_mismatch(c, p);
    h9_slot *frame = h9_frame_new(c, r);
    if (H9_UNLIKELY(frame == NULL)) return NULL;
    out->rec = frame;
    if (H9_UNLIKELY(n->flags & H9_N_MASK)) return h9_json_read_mask(c, r, frame, p);
    return read_object(c, r, frame, p);
}

/* google.protobuf.Any: the members of the message whose type the object says. */
static H9_APART const uint8_t *read_typed(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_field *f;
    h9_slot url;
    memset(out, 0, sizeof *out);
    if (*p != '{') return h9_json_mismatch(c, p);
    if (!h9_json_type_of(c, n, &f, &url, p)) return NULL;
    if (f == NULL) return h9_json_skip(c, p); /* {} */
    const h9_record *r = &c->plan->records[c->plan->nodes[f->node].a];
    h9_slot *box = h9_arena(c, 2 * sizeof *box);
    if (box == NULL || (box[0].rec = h9_frame_new(c, r)) == NULL) return NULL;
    box[1] = url;
    out->choice.value = box;
    out->choice.branch = (uint32_t)(f - (c->plan->fields + c->plan->records[n->a].first));
    return read_braces(c, r, true, box[0].rec, p);
}

/* --- lists and maps --- */

/* One more item, which was or will be read at p. */
static inline uint8_t *add_item(h9_context *c, h9_slot *list, size_t width, const uint8_t *p)
{
    if (H9_UNLIKELY(c->items <= c->items_watched) && !h9_few_items(c, p)) return NULL;
    if (H9_UNLIKELY(list->list.n == list->list.cap)) return h9_list_add(c, list, width);
    c->items--;
    return list->list.items + (size_t)list->list.n++ * width;
}

/* Lists grow in their slot, and keys are read into theirs: a slot copied just after it was written in parts is slow to
 * load. */
static inline void start_list(h9_slot *out)
{
    out->list.items = NULL;
    out->list.n = 0;
    out->list.cap = 0;
}

static const uint8_t *read_list(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const h9_node *item = &c->plan->nodes[n->a];
    h9_slot v;
    start_list(out);
    if (*p != '[') return h9_json_mismatch(c, p);
    p = h9_json_open(c, p);
    if (p == NULL) return NULL;
    uint32_t depth = c->depth;
    while (*p != ']') {
        const uint8_t *start = p;
        uint8_t *to = add_item(c, out, n->width, p);
        if (H9_UNLIKELY(to == NULL)) return h9_in_item(c, out->list.n);
        h9_slot *slot = n->width == sizeof v ? (h9_slot *)(void *)to : &v;
        p = read_value(c, item, slot, p);
        if (H9_UNLIKELY(p == NULL) && h9_set_aside(c, n, depth, slot)) p = h9_json_skip(c, start);
        if (H9_UNLIKELY(p == NULL) && h9_symbol_passed(c)) {
            out->list.n--;
            p = h9_json_skip(c, start);
            slot = NULL;
        }
        if (H9_UNLIKELY(p == NULL)) return h9_in_item(c, out->list.n - 1);
        if (slot == &v) h9_item_put(to, n->width, &v);
        if ((p = h9_json_comma(c, p, ']')) == NULL) return NULL;
    }
    h9_leave(c);
    return p + 1;
}

/* A key's text as a number, neither point nor exponent in it, or as a truth value (S22). */
static bool parse_key(h9_context *c, const h9_node *n, const h9_slot *text, h9_slot *out, const uint8_t *p)
{
    h9_number number;
    const uint8_t *end = text->s.p + text->s.n;
    if (n->op == H9_OP_BOOL) {
        out->b = text->s.n == 4 && memcmp(text->s.p, "true", 4) == 0;
        if (out->b || (text->s.n == 5 && memcmp(text->s.p, "false", 5) == 0)) return true;
    } else if (n->op == H9_OP_INT || n->op == H9_OP_UINT) {
        if (h9_number_scan(text->s.p, end, &number) == end && number.integral) {
            bool fits = n->op == H9_OP_INT ? h9_number_i64(&number, &out->i) == 0 && out->i >= n->lo && out->i <= n->hi
                                           : h9_number_u64(&number, &out->u) == 0 && out->u <= (uint64_t)n->hi;
            if (!fits) h9_fail(c, H9_E_RANGE, p);
            return fits;
        }
    }
    h9_fail(c, H9_E_KEY, p);
    return false;
}

/* `text`: where the key stands, for the path of a refusal. */
static const uint8_t *read_key(h9_context *c, const h9_node *n, h9_slot *text, h9_slot *out, const uint8_t *p)
{
    if (*p != '"') return h9_json_unexpected(c, p);
    const uint8_t *after = h9_json_string(c, p, c->limits.string, out);
    if (after == NULL) return NULL;
    text->s.p = out->s.p;
    text->s.n = out->s.n;
    if (H9_UNLIKELY(n->op != H9_OP_STRING) && !parse_key(c, n, text, out, p)) return h9_in_key(c, text->s.p, text->s.n);
    if (n->conv && !h9_convert(c, n->conv, out, p)) return h9_in_key(c, text->s.p, text->s.n);
    return after;
}

static const uint8_t *read_entry(h9_context *c, const h9_node *n, h9_slot *map, const uint8_t *p)
{
    h9_slot text = {.s = {NULL, 0, 0}};
    h9_slot *entry = (h9_slot *)(void *)add_item(c, map, 2 * sizeof(h9_slot), p);
    if (H9_UNLIKELY(entry == NULL)) return NULL;
    p = read_key(c, &c->plan->nodes[n->a], &text, &entry[0], p);
    if (H9_UNLIKELY(p == NULL) || (p = h9_json_colon(c, p)) == NULL) return NULL;
    const uint8_t *end = read_value(c, &c->plan->nodes[n->b], &entry[1], p);
    if (H9_LIKELY(end != NULL)) return end;
    if (!h9_symbol_passed(c)) return h9_in_key(c, text.s.p, text.s.n);
    map->list.n--;
    return h9_json_skip(c, p);
}

static const uint8_t *read_map(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    start_list(out);
    if (*p != '{') return h9_json_mismatch(c, p);
    p = h9_json_open(c, p);
    if (p == NULL) return NULL;
    while (*p != '}') {
        p = read_entry(c, n, out, p);
        if (H9_UNLIKELY(p == NULL) || (p = h9_json_comma(c, p, '}')) == NULL) return NULL;
    }
    h9_leave(c);
    if (!h9_map_unique(c, out, n->bits, (n->flags & H9_N_LAST_WINS) != 0, start)) return NULL;
    return p + 1;
}

/* --- choices --- */

/* Avro's JSON: null, or an object whose one member names the branch. */
static const uint8_t *read_named(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    h9_slot name;
    const uint8_t *key = NULL;
    const uint32_t *branches = c->plan->words32 + n->a;
    if (*p == 'n' && n->lo >= 0) return read_value(c, &c->plan->nodes[branches[n->lo]], out, p);
    p = h9_json_open_branch(c, &name, &key, p);
    if (p == NULL) return NULL;
    const h9_key *found = h9_find_key(c->plan, n->c, (uint32_t)n->hi, name.s.p, name.s.n);
    if (found == NULL) return h9_fail(c, H9_E_BRANCH, key);
    if ((p = h9_json_colon(c, p)) == NULL) return NULL;
    return h9_json_close_branch(c, read_value(c, &c->plan->nodes[branches[found->index]], out, p));
}

static const uint8_t *read_union(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    if (n->flags & H9_N_NAMED) return read_named(c, n, out, p);
    h9_kind kind = h9_json_kind(p, c->end);
    if (kind == H9_KINDS) return h9_json_unexpected(c, p);
    uint32_t branch = n->c == H9_NONE ? H9_NONE : c->plan->words32[n->c + kind];
    if (branch == H9_NONE) return h9_fail(c, H9_E_BRANCH, p);
    return read_value(c, &c->plan->nodes[c->plan->words32[n->a + branch]], out, p);
}

static const uint8_t *read_option(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    out->choice.value = NULL;
    out->choice.branch = 0;
    if (*p == 'n') return h9_json_literal(c, p, "null", 4);
    h9_slot *box = h9_arena(c, sizeof *box);
    if (box == NULL) return NULL;
    out->choice.value = box;
    out->choice.branch = 1;
    return read_value(c, &c->plan->nodes[n->a], box, p);
}

/* --- any value --- */

static const uint8_t *read_null(h9_context *c, h9_slot *out, const uint8_t *p)
{
    memset(out, 0, sizeof *out);
    return *p == 'n' ? h9_json_literal(c, p, "null", 4) : h9_json_mismatch(c, p);
}

static const uint8_t *read_bool(h9_context *c, h9_slot *out, const uint8_t *p)
{
    out->b = *p == 't';
    if (*p == 't') return h9_json_literal(c, p, "true", 4);
    return *p == 'f' ? h9_json_literal(c, p, "false", 5) : h9_json_mismatch(c, p);
}

/* p is at the value's first byte. */
static const uint8_t *read_value(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    const uint8_t *start = p;
    switch (n->op) {
    case H9_OP_STRING:
        p = H9_LIKELY(*p == '"') ? h9_json_string(c, p, c->limits.string, out) : h9_json_mismatch(c, p);
        break;
    case H9_OP_NULL: p = read_null(c, out, p); break;
    case H9_OP_BOOL: p = read_bool(c, out, p); break;
    case H9_OP_INT: p = h9_json_read_int(c, n, out, p); break;
    case H9_OP_UINT: p = h9_json_read_uint(c, n, out, p); break;
    case H9_OP_F32:
    case H9_OP_F64: p = h9_json_read_float(c, n, out, p); break;
    case H9_OP_BYTES:
    case H9_OP_FIXED:
    case H9_OP_PERIOD: p = h9_json_read_bytes(c, n, out, p); break;
    case H9_OP_ENUM: p = h9_json_read_enum(c, n, out, p); break;
    case H9_OP_DECIMAL:
    case H9_OP_BIGDECIMAL: p = h9_json_read_decimal(c, n, out, p); break;
    case H9_OP_UUID:
    case H9_OP_DATE:
    case H9_OP_TIME:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: p = h9_json_read_text(c, n, out, p); break;
    case H9_OP_OPTION: p = read_option(c, n, out, p); break;
    case H9_OP_LIST: p = read_list(c, n, out, p); break;
    case H9_OP_MAP: p = read_map(c, n, out, p); break;
    case H9_OP_RECORD: p = read_record(c, n, out, p); break;
    case H9_OP_UNION: p = read_union(c, n, out, p); break;
    case H9_OP_ANY: p = h9_json_read_any(c, n, out, p); break;
    case H9_OP_WRAPPED: p = read_wrapped(c, n, NULL, out, p); break;
    case H9_OP_TYPED: p = read_typed(c, n, out, p); break;
    case H9_OP_FAIL: return h9_fail(c, (h9_code)n->a, p);
    default: return h9_fail(c, H9_E_BAD_PLAN, p); /* an inline record outside a record */
    }
    if (H9_UNLIKELY(n->conv != 0) && p != NULL && !h9_convert(c, n->conv, out, start)) return NULL;
    return p;
}

const uint8_t *h9_json_read(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    p = h9_json_space(p, c->end);
    if (H9_UNLIKELY(p == c->end)) return h9_json_unexpected(c, p);
    return read_value(c, n, out, p);
}
