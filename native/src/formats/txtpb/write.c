/* Writes Protobuf's text format as its own printers do: a field a line, two spaces a level. */
#include "core/error.h"
#include "core/lookup.h"
#include "core/plan.h"
#include "formats/txtpb/txtpb.h"
#include "values/number.h"

static uint8_t *put_fields(h9_context *c, const h9_record *r, const h9_slot *frame, uint32_t level, uint8_t *w);

static uint8_t *word(uint8_t *w, const char *text)
{
    size_t n = strlen(text);
    memcpy(w, text, n);
    return w + n;
}

uint8_t *h9_txtpb_indent(h9_context *c, uint32_t level, size_t more, uint8_t *w)
{
    w = h9_room(c, w, (size_t)level * 2 + more + H9_TXTPB_ROOM);
    if (w == NULL) return NULL;
    memset(w, ' ', (size_t)level * 2);
    return w + (size_t)level * 2;
}

/* --- single values: there is room for H9_TXTPB_ROOM bytes at w --- */

static uint8_t *put_escaped(uint8_t *w, uint8_t b)
{
    static const char letters[] = "nrt\"'\\", meant[] = "\n\r\t\"'\\";
    const char *found = b ? memchr(meant, b, sizeof meant - 1) : NULL;
    *w++ = '\\';
    if (found != NULL) {
        *w++ = (uint8_t)letters[found - meant];
        return w;
    }
    *w++ = (uint8_t)('0' + (b >> 6));
    *w++ = (uint8_t)('0' + (b >> 3 & 7));
    *w++ = (uint8_t)('0' + (b & 7));
    return w;
}

uint8_t *h9_txtpb_quoted(h9_context *c, const uint8_t *p, size_t n, bool text, uint8_t *w)
{
    w = h9_room(c, w, n * 4 + H9_TXTPB_ROOM);
    if (w == NULL) return NULL;
    *w++ = '"';
    for (const uint8_t *end = p + n; p < end; p++) {
        bool plain = (*p >= 0x20 && *p < 0x7F && *p != '"' && *p != '\'' && *p != '\\') || (*p >= 0x80 && text);
        if (plain) *w++ = *p;
        else w = put_escaped(w, *p);
    }
    *w++ = '"';
    return w;
}

static uint8_t *put_float(const h9_node *n, const h9_slot *v, uint8_t *w)
{
    double d = n->op == H9_OP_F32 ? (double)v->f : v->d;
    if (d != d) return word(w, "nan");
    if (d - d != 0) return word(w, d > 0 ? "inf" : "-inf");
    return n->op == H9_OP_F32 ? h9_print_f32(w, v->f, false) : h9_print_f64(w, v->d, false);
}

static uint8_t *put_enum(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    const h9_symbol *symbol = h9_symbol_numbered(c->plan, &c->plan->enums[n->a], v->i);
    if (symbol == NULL) return h9_print_i64(w, v->i);
    w = h9_room(c, w, symbol->key_size + H9_TXTPB_ROOM);
    if (w == NULL) return NULL;
    memcpy(w, c->plan->pool + symbol->key, symbol->key_size);
    return w + symbol->key_size;
}

static uint8_t *put_scalar(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    switch (n->op) {
    case H9_OP_STRING: return h9_txtpb_quoted(c, v->s.p, v->s.n, true, w);
    case H9_OP_BYTES: return h9_txtpb_quoted(c, v->s.p, v->s.n, false, w);
    case H9_OP_BOOL: return word(w, v->b ? "true" : "false");
    case H9_OP_INT: return h9_print_i64(w, v->i);
    case H9_OP_UINT: return h9_print_u64(w, v->u);
    case H9_OP_F32:
    case H9_OP_F64: return put_float(n, v, w);
    case H9_OP_ENUM: return put_enum(c, n, v, w);
    default: h9_fail(c, n->op == H9_OP_FAIL ? (h9_code)n->a : H9_E_BAD_PLAN, NULL); return NULL;
    }
}

/* --- fields --- */

/* A field by its name: a line, or the lines of a message. `frame`: what an inline record stands in. */
static uint8_t *put_named(h9_context *c, const uint8_t *name, size_t size, const h9_node *n, const h9_slot *frame,
                          const h9_slot *v, uint32_t level, uint8_t *w);

static uint8_t *put_known(h9_context *c, const char *name, const h9_node *n, const h9_slot *v, uint32_t level,
                          uint8_t *w)
{ return h9_is_zero(n, v) ? w : put_named(c, (const uint8_t *)name, strlen(name), n, NULL, v, level, w); }

static uint8_t *put_time(h9_context *c, const h9_slot *v, uint32_t level, uint8_t *w)
{
    static const h9_node integer = {.op = H9_OP_INT};
    h9_slot seconds = {.i = v->t.sec}, nanos = {.i = v->t.ns};
    w = put_known(c, "seconds", &integer, &seconds, level, w);
    return w == NULL ? NULL : put_known(c, "nanos", &integer, &nanos, level, w);
}

/* What stands in the braces of a message. */
static uint8_t *put_body(h9_context *c, const h9_node *n, const h9_slot *frame, const h9_slot *v, uint32_t level,
                         uint8_t *w)
{
    switch (n->op) {
    case H9_OP_INLINE: return put_fields(c, &c->plan->records[n->a], frame, level, w);
    case H9_OP_RECORD: return put_fields(c, &c->plan->records[n->a], v->rec, level, w);
    case H9_OP_WRAPPED: return put_known(c, "value", &c->plan->nodes[n->a], v, level, w);
    default: return put_time(c, v, level, w);
    }
}

static bool is_message(const h9_node *n)
{
    switch (n->op) {
    case H9_OP_RECORD:
    case H9_OP_INLINE:
    case H9_OP_WRAPPED:
    case H9_OP_TIMESTAMP:
    case H9_OP_DURATION: return true;
    default: return false;
    }
}

static uint8_t *close_braces(h9_context *c, uint32_t level, uint8_t *w)
{ return w == NULL || (w = h9_txtpb_indent(c, level, 0, w)) == NULL ? NULL : word(w, "}\n"); }

static uint8_t *put_named(h9_context *c, const uint8_t *name, size_t size, const h9_node *n, const h9_slot *frame,
                          const h9_slot *v, uint32_t level, uint8_t *w)
{
    w = h9_txtpb_indent(c, level, size, w);
    if (w == NULL) return NULL;
    memcpy(w, name, size);
    w += size;
    if (is_message(n)) return close_braces(c, level, put_body(c, n, frame, v, level + 1, word(w, " {\n")));
    w = put_scalar(c, n, v, word(w, ": "));
    if (w == NULL || (w = h9_room(c, w, 1)) == NULL) return NULL;
    *w++ = '\n';
    return w;
}

static uint8_t *put_entry(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *entry, uint32_t level,
                          uint8_t *w)
{
    w = h9_txtpb_indent(c, level, f->key_size, w);
    if (w == NULL) return NULL;
    memcpy(w, c->plan->pool + f->key, f->key_size);
    w = word(w + f->key_size, " {\n");
    w = put_named(c, (const uint8_t *)"key", 3, &c->plan->nodes[n->a], NULL, &entry[0], level + 1, w);
    if (w == NULL) return NULL;
    w = put_named(c, (const uint8_t *)"value", 5, &c->plan->nodes[n->b], NULL, &entry[1], level + 1, w);
    return close_braces(c, level, w);
}

static uint8_t *put_items(h9_context *c, const h9_field *f, const h9_node *n, const h9_slot *v, uint32_t level,
                          uint8_t *w)
{
    const uint8_t *p = v->list.items, *name = c->plan->pool + f->key;
    for (uint32_t i = 0; i < v->list.n && w != NULL; i++, p += n->width) {
        h9_slot one;
        if (n->op == H9_OP_MAP) {
            w = put_entry(c, f, n, (const h9_slot *)(const void *)p, level, w);
            continue;
        }
        h9_item_get(p, n->width, c->plan->nodes[n->a].op, &one);
        w = put_named(c, name, f->key_size, &c->plan->nodes[n->a], NULL, &one, level, w);
    }
    return w;
}

static uint8_t *put_fields(h9_context *c, const h9_record *r, const h9_slot *frame, uint32_t level, uint8_t *w)
{
    const h9_field *f = c->plan->fields + r->first, *end = f + r->count;
    const uint64_t *bits = h9_cbits(frame, r);
    for (; f < end && w != NULL; f++) {
        const h9_node *n = &c->plan->nodes[f->node];
        const h9_slot *v = frame + f->slot;
        if (f->slot == H9_NO_SLOT || !((f->flags & H9_F_ALWAYS) || h9_has(bits, f->slot))) continue;
        if ((f->flags & H9_F_SKIP_ZERO) && h9_is_zero(n, v)) continue;
        if (n->op == H9_OP_LIST || n->op == H9_OP_MAP) w = put_items(c, f, n, v, level, w);
        else w = put_named(c, c->plan->pool + f->key, f->key_size, n, frame, v, level, w);
    }
    if (w != NULL && r->unknown == H9_UNKNOWN_KEEP && h9_has(bits, r->unknown_slot))
        w = h9_txtpb_unknown(c, frame[r->unknown_slot].spans, level, w);
    return w;
}

uint8_t *h9_txtpb_write(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    if (is_message(n)) return put_body(c, n, NULL, v, 0, w);
    h9_fail(c, H9_E_BAD_PLAN, NULL);
    return NULL;
}
