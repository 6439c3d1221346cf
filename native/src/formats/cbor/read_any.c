/* CBOR values that no schema describes: `any`, which becomes a tape. What only CBOR tells apart (a tag that says what
 * text is, undefined, a key that is an integer) is marked there, and other formats don't look at it. */
#include "core/frame.h"
#include "formats/cbor/cbor.h"
#include "formats/untyped.h"
#include "values/time.h"
#include "values/uuid.h"

static bool refuse(h9_context *c, h9_code code, const uint8_t *at)
{
    h9_fail(c, code, at);
    return false;
}

static void mark(h9_context *c, uint32_t index, unsigned mark_, unsigned form)
{ c->tape[index].flags |= (uint8_t)(mark_ << H9_TAPE_MARKS | form << H9_TAPE_FORMS); }

static bool add_span(h9_context *c, h9_tape_kind kind, const uint8_t *p, size_t n, unsigned mark_, const uint8_t *at)
{
    bool plain = kind == H9_T_STRING && h9_plain_run(p, n) == n;
    if (!h9_untyped_span(c, kind, p, (uint32_t)n, plain ? H9_SPAN_PLAIN : 0, at)) return false;
    mark(c, c->tape_size - 1, mark_, 0);
    return true;
}

/* What a printer made in `text`, in the arena. */
static bool add_printed(h9_context *c, const uint8_t *text, size_t n, unsigned mark_, const uint8_t *at)
{
    uint8_t *kept = h9_arena(c, n);
    return kept && add_span(c, H9_T_STRING, memcpy(kept, text, n), n, mark_, at);
}

/* --- text and bytes --- */

/* Text that a tag says to be a time or a date is one. */
static bool add_text(h9_context *c, const cb_head *h, const uint8_t *at)
{
    h9_slot s;
    int64_t sec;
    uint32_t ns;
    if (!h9_take_text(c, &h->v, true, &s, at)) return false;
    switch (h->tag) {
    case CB_NO_TAG: return add_span(c, H9_T_STRING, s.s.p, s.s.n, H9_MARK_NONE, at);
    case CB_TAG_TIME:
        if (!h9_time_parse(s.s.p, s.s.n, &sec, &ns)) return refuse(c, H9_E_TIME, at);
        return add_span(c, H9_T_STRING, s.s.p, s.s.n, H9_MARK_TIME, at);
    case CB_TAG_DATE:
        if (!h9_date_parse(s.s.p, s.s.n, &sec)) return refuse(c, H9_E_TIME, at);
        return add_span(c, H9_T_STRING, s.s.p, s.s.n, H9_MARK_DATE, at);
    default: return add_span(c, H9_T_STRING, s.s.p, s.s.n, H9_MARK_URI + h->tag - CB_TAG_URI, at);
    }
}

static bool add_bytes(h9_context *c, const cb_head *h, unsigned form, const uint8_t *at)
{
    uint8_t text[H9_UUID_TEXT];
    h9_slot s;
    if (!h9_take_span(c, &h->v, true, &s, at)) return false;
    if (h->tag == CB_TAG_UUID) {
        h9_uuid_print(text, s.s.p);
        return add_printed(c, text, sizeof text, H9_MARK_UUID, at);
    }
    bool embedded = h->tag == CB_TAG_EMBEDDED;
    if (!add_span(c, H9_T_BYTES, s.s.p, s.s.n, embedded ? H9_MARK_EMBEDDED : H9_MARK_NONE, at)) return false;
    mark(c, c->tape_size - 1, H9_MARK_NONE, form);
    return true;
}

/* --- what tags make of numbers --- */

/* An instant stands on the tape as MessagePack's does: its seconds may be of any year. */
static bool add_instant(h9_context *c, const cb_head *h, const uint8_t *at)
{
    uint8_t *packed = h9_arena(c, 1 + H9_TIMESTAMP_BYTES);
    if (packed == NULL) return false;
    packed[0] = H9_TIMESTAMP_EXTENSION;
    size_t n = h9_timestamp_pack(packed + 1, h->t.t.sec, (uint32_t)h->t.t.ns);
    return add_span(c, H9_T_EXTENSION, packed + 1, n, H9_MARK_NONE, at);
}

static bool add_days(h9_context *c, const cb_head *h, const uint8_t *at)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    const uint8_t *end = h9_date_print(text, (int64_t)h->v.bits);
    if (end == NULL) return refuse(c, H9_E_TIME, at);
    return add_printed(c, text, (size_t)(end - text), H9_MARK_DAYS, at);
}

static bool add_digits(h9_context *c, const cb_head *h, const uint8_t *at)
{
    uint32_t n = 0;
    bool integer = h->tag == CB_NO_TAG || h->tag == CB_TAG_BIG || h->tag == CB_TAG_BIG_NEGATIVE;
    const uint8_t *text = h9_cbor_print_digits(c, h, &n, at);
    return text && add_span(c, H9_T_NUMBER, text, n, integer ? H9_MARK_NONE : H9_MARK_DECIMAL, at);
}

static bool add_extension(h9_context *c, const cb_head *h, const uint8_t *at)
{
    switch (h->what) {
    case CB_AS_INSTANT: return add_instant(c, h, at);
    case CB_AS_DAYS: return add_days(c, h, at);
    case CB_AS_DIGITS: return add_digits(c, h, at);
    default:
        if (!h9_untyped_add(c, H9_T_SIMPLE, at)) return false;
        c->tape[c->tape_size - 1].v.u = h->v.n;
        return true;
    }
}

static bool add_null(h9_context *c, const cb_head *h, const uint8_t *at)
{
    if (!h9_untyped_add(c, H9_T_NULL, at)) return false;
    mark(c, c->tape_size - 1, h->what == CB_AS_UNDEFINED ? H9_MARK_UNDEFINED : H9_MARK_NONE, 0);
    return true;
}

/* --- lists and maps --- */

/* How values are read: `form`: of the bytes in what tags 21 to 23 stand in front of. */
typedef struct how {
    bool last_wins;
    uint8_t form;
} how;

static const uint8_t *read_any(h9_context *c, how way, const uint8_t *p);

/* A key is text; one that is an integer is its digits, which mustn't be another key's (S22). */
static const uint8_t *read_key(h9_context *c, const uint8_t *p)
{
    h9_slot text;
    bool number, negative;
    uint64_t argument;
    const uint8_t *end = h9_cbor_text_key(c, &text, &number, p);
    if (end == NULL) return NULL;
    if (number && !h9_cbor_key_argument(text.s.p, text.s.n, &negative, &argument)) return h9_fail(c, H9_E_KEY, p);
    return add_span(c, H9_T_STRING, text.s.p, text.s.n, number ? H9_MARK_INTEGER : H9_MARK_NONE, p) ? end : NULL;
}

static const uint8_t *read_nested(h9_context *c, how way, const cb_head *h, const uint8_t *p, const uint8_t *at)
{
    bool map = h->v.kind == H9_KIND_MAP;
    cb_nest items = {.left = h->v.n, .open = h->v.truth};
    h9_nest nest;
    if (h->form) way.form = h->form;
    if (!h9_nest_open(c, &nest, map ? H9_T_MAP : H9_T_LIST, at)) return NULL;
    mark(c, nest.place, h->tag == CB_TAG_SET ? H9_MARK_SET : H9_MARK_NONE, 0);
    if (!items.open && !h9_nest_expect(c, &nest, h->v.n, at)) return NULL;
    while (cb_more(c, &items, &p)) {
        const uint8_t *start = p;
        if (!h9_nest_next(c, &nest, start)) return NULL;
        if (map && ((p = read_key(c, start)) == NULL || !h9_nest_key(c, &nest, way.last_wins, start))) return NULL;
        if ((p = read_any(c, way, p)) == NULL) return h9_nest_refused(c, &nest);
    }
    return h9_nest_close(c, &nest) ? p : NULL;
}

static const uint8_t *read_any(h9_context *c, how way, const uint8_t *p)
{
    cb_head h;
    bool done;
    const uint8_t *end = h9_cbor_head(c, p, &h);
    if (end == NULL) return NULL;
    switch (h.v.kind) {
    case H9_KIND_NULL: done = add_null(c, &h, p); break;
    case H9_KIND_BOOL: done = h9_untyped_add(c, h.v.truth ? H9_T_TRUE : H9_T_FALSE, p); break;
    case H9_KIND_INT: done = h9_untyped_int(c, h.v.bits, h.v.truth, p); break;
    case H9_KIND_FLOAT: done = h9_untyped_f64(c, h.v.d, p); break;
    case H9_KIND_STRING: done = add_text(c, &h, p); break;
    case H9_KIND_BYTES: done = add_bytes(c, &h, h.form ? h.form : way.form, p); break;
    case H9_KIND_EXTENSION: done = add_extension(c, &h, p); break;
    default: return read_nested(c, way, &h, end, p);
    }
    return done ? end : NULL;
}

const uint8_t *h9_cbor_any(h9_context *c, const h9_node *n, h9_slot *out, const uint8_t *p)
{
    uint32_t first = c->tape_size;
    if (n->flags & H9_N_SKIP) return h9_cbor_skip(c, p);
    p = read_any(c, (how){.last_wins = n->flags & H9_N_LAST_WINS}, p);
    if (p == NULL) return NULL;
    out->any.first = first;
    out->any.count = c->tape_size - first;
    return p;
}
