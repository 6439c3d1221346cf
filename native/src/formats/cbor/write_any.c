/* A tape as CBOR, with what CBOR alone tells apart, and a map's entries in the order of their keys' bytes. */
#include "core/error.h"
#include "core/frame.h"
#include "core/output.h"
#include "core/tape.h"
#include "formats/cbor/cbor.h"
#include "values/decimal.h"
#include "values/number.h"
#include "values/time.h"
#include "values/uuid.h"

#define UUID_BYTES 16u

static uint8_t *refuse(h9_context *c, h9_code code)
{
    h9_fail(c, code, NULL);
    return NULL;
}

static uint8_t *put_byte(h9_context *c, uint8_t byte, uint8_t *w)
{
    if ((w = h9_room(c, w, 1)) == NULL) return NULL;
    *w = byte;
    return w + 1;
}

static uint8_t *put_head(h9_context *c, unsigned major, uint64_t n, uint8_t *w)
{ return (w = h9_room(c, w, CB_HEAD)) ? cb_put_head(w, major, n) : NULL; }
static uint8_t *put_int(h9_context *c, int64_t v, uint8_t *w)
{ return (w = h9_room(c, w, CB_HEAD)) ? cb_put_int(w, v) : NULL; }
static uint8_t *put_float(h9_context *c, double v, uint8_t *w)
{ return (w = h9_room(c, w, CB_HEAD)) ? h9_cbor_put_float(w, v) : NULL; }

/* --- numbers as text --- */

/* Whether two numbers of 19 digits at most are one. */
static bool same(h9_number a, h9_number b)
{
    if (!a.exact || !b.exact || a.negative != b.negative) return false;
    if (a.mantissa == 0 || b.mantissa == 0) return a.mantissa == b.mantissa;
    for (; a.mantissa % 10 == 0; a.mantissa /= 10) a.exponent++;
    for (; b.mantissa % 10 == 0; b.mantissa /= 10) b.exponent++;
    return a.mantissa == b.mantissa && a.exponent == b.exponent;
}

/* The float whose own digits the number is; false: there is none. */
static bool as_float(const h9_number *n, double *out)
{
    uint8_t text[H9_MAX_FLOAT_TEXT];
    h9_number its;
    if (!n->exact || !h9_number_f64(n, out)) return false;
    const uint8_t *end = h9_print_f64(text, *out, false);
    return h9_number_scan(text, end, &its) != NULL && same(*n, its);
}

static uint8_t *put_fraction(h9_context *c, const h9_number *n, const h9_tape_item *item, uint8_t *w)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    int32_t places = h9_decimal_places(item->v.p, item->n);
    int why;
    if (n->exact && n->mantissa <= INT64_MAX && n->exponent >= -H9_MAX_PRECISION && n->exponent <= H9_MAX_PRECISION) {
        int64_t whole = n->negative ? -(int64_t)n->mantissa : (int64_t)n->mantissa;
        return h9_cbor_write_fraction(c, digits, h9_decimal_put_i64(whole, digits), (int32_t)-n->exponent, w);
    }
    size_t size = h9_decimal_parse(item->v.p, item->n, places, H9_MAX_PRECISION, digits, &why);
    return size ? h9_cbor_write_fraction(c, digits, size, places, w) : refuse(c, H9_E_RANGE);
}

/* An integer of more than 64 bits is a bignum. A number with a point is a float, if there is one whose digits these
 * are, and else a decimal fraction, so that none of them is lost (S34). */
static uint8_t *put_number(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    uint8_t digits[H9_MAX_DECIMAL_BYTES];
    h9_number n;
    double v;
    int why;
    if (h9_number_scan(item->v.p, item->v.p + item->n, &n) == NULL) return refuse(c, H9_E_NUMBER);
    if (H9_TAPE_MARK(item) == H9_MARK_DECIMAL) return put_fraction(c, &n, item, w);
    if (n.integral && n.mantissa != 0) {
        size_t size = h9_decimal_parse(item->v.p, item->n, 0, H9_MAX_PRECISION, digits, &why);
        return size ? h9_cbor_write_integer(c, digits, size, w) : refuse(c, H9_E_RANGE);
    }
    return as_float(&n, &v) ? put_float(c, v, w) : put_fraction(c, &n, item, w);
}

/* --- times --- */

/* A number of seconds where there is one that means this instant, else text. */
static uint8_t *put_instant(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    uint8_t text[H9_MAX_TIME_TEXT];
    int64_t sec;
    uint32_t ns;
    h9_slot again;
    if (item->v.p[-1] != H9_TIMESTAMP_EXTENSION) return refuse(c, H9_E_EXTENSION);
    if (!h9_timestamp_unpack(item->v.p, item->n, &sec, &ns)) return refuse(c, H9_E_TIME);
    double v = (double)sec + (double)ns / 1e9;
    bool is_float = h9_cbor_float_seconds(v, &again) == H9_OK && again.t.sec == sec && again.t.ns == (int32_t)ns;
    if (ns != 0 && !is_float) {
        const uint8_t *end = h9_time_print(text, sec, ns, false);
        if (end == NULL) return refuse(c, H9_E_TIME);
        w = put_head(c, CB_TAG, CB_TAG_TIME, w);
        return w ? h9_cbor_write_text(c, text, (uint32_t)(end - text), w) : NULL;
    }
    if ((w = put_head(c, CB_TAG, CB_TAG_EPOCH, w)) == NULL) return NULL;
    return ns == 0 ? put_int(c, sec, w) : put_float(c, v, w);
}

/* --- text and bytes --- */

static uint8_t *put_days(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    int64_t days;
    if (!h9_date_parse(item->v.p, item->n, &days)) return refuse(c, H9_E_TIME);
    w = put_head(c, CB_TAG, CB_TAG_DAYS, w);
    return w ? put_int(c, days, w) : NULL;
}

static uint8_t *put_uuid(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    uint8_t id[UUID_BYTES];
    if (!h9_uuid_parse(item->v.p, item->n, id)) return refuse(c, H9_E_UUID);
    w = put_head(c, CB_TAG, CB_TAG_UUID, w);
    return w ? h9_cbor_write_bytes(c, id, sizeof id, w) : NULL;
}

static uint8_t *put_text(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    unsigned mark = H9_TAPE_MARK(item);
    switch (mark) {
    case H9_MARK_NONE: break;
    case H9_MARK_UUID: return put_uuid(c, item, w);
    case H9_MARK_DAYS: return put_days(c, item, w);
    case H9_MARK_TIME: w = put_head(c, CB_TAG, CB_TAG_TIME, w); break;
    case H9_MARK_DATE: w = put_head(c, CB_TAG, CB_TAG_DATE, w); break;
    default: w = put_head(c, CB_TAG, CB_TAG_URI + mark - H9_MARK_URI, w); break;
    }
    return w ? h9_cbor_write_text(c, item->v.p, item->n, w) : NULL;
}

static uint8_t *put_bytes(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    static const uint8_t tags[] = {0, CB_TAG_BASE64, CB_TAG_BASE64URL, CB_TAG_HEX};
    unsigned form = H9_TAPE_FORM(item);
    if (form && (w = put_head(c, CB_TAG, tags[form], w)) == NULL) return NULL;
    if (H9_TAPE_MARK(item) == H9_MARK_EMBEDDED && (w = put_head(c, CB_TAG, CB_TAG_EMBEDDED, w)) == NULL) return NULL;
    return h9_cbor_write_bytes(c, item->v.p, item->n, w);
}

static uint8_t *put_leaf(h9_context *c, const h9_tape_item *item, uint8_t *w)
{
    switch (item->kind) {
    case H9_T_NULL: return put_byte(c, H9_TAPE_MARK(item) == H9_MARK_UNDEFINED ? CB_UNDEFINED : CB_NULL, w);
    case H9_T_FALSE: return put_byte(c, CB_FALSE, w);
    case H9_T_TRUE: return put_byte(c, CB_TRUE, w);
    case H9_T_INT: return put_int(c, item->v.i, w);
    case H9_T_UINT: return put_head(c, CB_UINT, item->v.u, w);
    case H9_T_FLOAT: return put_float(c, item->v.d, w);
    case H9_T_FLOAT32: return put_float(c, (double)item->v.f, w);
    case H9_T_NUMBER: return put_number(c, item, w);
    case H9_T_STRING: return put_text(c, item, w);
    case H9_T_BYTES: return put_bytes(c, item, w);
    case H9_T_SIMPLE: return put_head(c, CB_OTHER, item->v.u, w);
    default: return put_instant(c, item, w);
    }
}

/* --- keys --- */

bool h9_cbor_key_argument(const uint8_t *p, size_t n, bool *negative, uint64_t *out)
{
    uint64_t v = 0;
    *negative = n > 0 && *p == '-';
    for (size_t i = *negative; i < n; i++) {
        uint64_t digit = (uint64_t)(p[i] - '0');
        bool last = *negative && i + 1 == n; /* -1 - v: the last digit is one less */
        if (v > UINT64_MAX / 10 || (v == UINT64_MAX / 10 && digit > UINT64_MAX % 10 + last)) return false;
        v = v * 10 + digit - last;
    }
    *out = v;
    return true;
}

/* A key's major type and argument. */
static unsigned rank(const h9_tape_item *key, uint64_t *argument)
{
    bool negative;
    *argument = key->n;
    if (H9_TAPE_MARK(key) != H9_MARK_INTEGER) return CB_TEXT;
    h9_cbor_key_argument(key->v.p, key->n, &negative, argument);
    return negative ? CB_NEGATIVE : CB_UINT;
}

typedef struct keys {
    const h9_tape_item *tape;
    const uint32_t *places;
} keys;

static bool before(const void *of, uint32_t a, uint32_t b)
{
    const keys *k = of;
    const h9_tape_item *x = &k->tape[k->places[a]], *y = &k->tape[k->places[b]];
    uint64_t mine, its;
    unsigned major = rank(x, &mine), other = rank(y, &its);
    if (major != other) return major < other;
    if (mine != its) return mine < its;
    return major == CB_TEXT && x->n && memcmp(x->v.p, y->v.p, x->n) < 0;
}

static uint8_t *put_key(h9_context *c, const h9_tape_item *key, uint8_t *w)
{
    uint64_t argument;
    unsigned major = rank(key, &argument);
    if (major == CB_TEXT) return h9_cbor_write_text(c, key->v.p, key->n, w);
    return put_head(c, major, argument, w);
}

/* --- lists and maps --- */

static uint8_t *put_item(h9_context *c, uint32_t index, uint8_t *w);

static uint8_t *put_pairs(h9_context *c, uint32_t index, uint8_t *w)
{
    uint32_t n = c->tape[index].n, at = index + 1;
    uint32_t *places = h9_arena(c, (size_t)n * sizeof *places);
    if (places == NULL) return NULL;
    for (uint32_t i = 0; i < n; i++, at = h9_tape_after(c->tape, at + 1)) places[i] = at;
    keys k = {c->tape, places};
    const uint32_t *order = h9_cbor_sorted(c, n, before, &k);
    if (order == NULL) return NULL;
    for (uint32_t i = 0; w != NULL && i < n; i++) {
        uint32_t key = places[order[i]];
        if ((w = put_key(c, &c->tape[key], w)) != NULL) w = put_item(c, key + 1, w);
    }
    return w;
}

static uint8_t *put_item(h9_context *c, uint32_t index, uint8_t *w)
{
    const h9_tape_item *item = &c->tape[index];
    bool map = item->kind == H9_T_MAP;
    if (!map && item->kind != H9_T_LIST) return put_leaf(c, item, w);
    if (H9_TAPE_MARK(item) == H9_MARK_SET && (w = put_head(c, CB_TAG, CB_TAG_SET, w)) == NULL) return NULL;
    if ((w = put_head(c, map ? CB_MAP : CB_LIST, item->n, w)) == NULL) return NULL;
    if (map) return put_pairs(c, index, w);
    uint32_t end = h9_tape_after(c->tape, index++);
    for (; w != NULL && index < end; index = h9_tape_after(c->tape, index)) w = put_item(c, index, w);
    return w;
}

uint8_t *h9_cbor_write_any(h9_context *c, const h9_node *n, const h9_slot *v, uint8_t *w)
{
    static const uint8_t empty[] = {CB_NULL, CB_MAP << 5, CB_LIST << 5};
    return v->any.count == 0 ? put_byte(c, empty[n->a], w) : put_item(c, v->any.first, w);
}
