/* google.protobuf.Any in JSON: an object that says its message's type in "@type", which may stand after all others.
 *
 * The type must be known before the first member is read. Where it doesn't come first, the object is looked through to
 * its end, and it is noted of each object in it where its own "@type" stands: so an Any within needs no second look,
 * and the time is linear however deep they are nested (B47). */
#include "core/frame.h"
#include "core/plan.h"
#include "formats/json/lex.h"
#include "steps/packed.h"

/* An object that was looked through, and the value of its "@type", or NULL. */
typedef struct h9_typed_object {
    const uint8_t *object, *type;
} h9_typed_object;

static const uint8_t *look(h9_context *c, const uint8_t *p);

/* The key at p, which may be written with escapes. */
static const uint8_t *look_at_key(h9_context *c, const uint8_t *p, bool *is_type)
{
    h9_slot text;
    if (*p != '"') return h9_json_unexpected(c, p);
    const uint8_t *after = h9_json_skip_string(c, p);
    if (after == NULL) return NULL;
    text.s.p = p + 1;
    text.s.n = (uint32_t)(after - p - 2);
    if (memchr(p, '\\', (size_t)(after - p)) != NULL && h9_json_string(c, p, c->limits.string, &text) == NULL)
        return NULL;
    *is_type = h9_json_is_type(&text);
    return after;
}

/* Notes the object at p. false: refused. */
static bool note(h9_context *c, const uint8_t *p)
{
    if (c->typed_size == c->typed_cap) {
        size_t cap = c->typed_cap < 16 ? 16 : c->typed_cap * 2;
        h9_typed_object *grown = h9_arena(c, cap * sizeof *grown);
        if (grown == NULL) return false;
        if (c->typed_size) memcpy(grown, c->typed, c->typed_size * sizeof *grown);
        c->typed = grown;
        c->typed_cap = cap;
    }
    c->typed[c->typed_size++] = (h9_typed_object){p, NULL};
    return true;
}

static const uint8_t *look_through(h9_context *c, const uint8_t *p)
{
    size_t index = c->typed_size;
    if (!note(c, p) || (p = h9_json_open(c, p)) == NULL) return NULL;
    while (*p != '}') {
        bool is_type = false;
        if ((p = look_at_key(c, p, &is_type)) == NULL || (p = h9_json_colon(c, p)) == NULL) return NULL;
        if (is_type && c->typed[index].type == NULL) c->typed[index].type = p;
        if ((p = look(c, p)) == NULL || (p = h9_json_comma(c, p, '}')) == NULL) return NULL;
    }
    h9_leave(c);
    return p + 1;
}

static const uint8_t *look_through_list(h9_context *c, const uint8_t *p)
{
    p = h9_json_open(c, p);
    if (p == NULL) return NULL;
    while (*p != ']') {
        p = look(c, p);
        if (p == NULL || (p = h9_json_comma(c, p, ']')) == NULL) return NULL;
    }
    h9_leave(c);
    return p + 1;
}

static const uint8_t *look(h9_context *c, const uint8_t *p)
{
    if (*p == '{') return look_through(c, p);
    return *p == '[' ? look_through_list(c, p) : h9_json_skip(c, p);
}

/* The note of the object at p, which was looked through. */
static const h9_typed_object *noted(const h9_context *c, const uint8_t *p)
{
    size_t low = 0, high = c->typed_size;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (c->typed[middle].object <= p) low = middle;
        else high = middle;
    }
    return &c->typed[low];
}

/* The value of "@type" in the object at p; *type is NULL where it has none. false: refused. */
static bool find_type(h9_context *c, const uint8_t *p, const uint8_t **type)
{
    if (c->ahead_end == NULL || p < c->ahead || p >= c->ahead_end) {
        c->typed_size = c->typed_cap = 0;
        c->ahead = p;
        c->ahead_end = look_through(c, p);
        if (c->ahead_end == NULL) return false;
    }
    *type = noted(c, p)->type;
    return true;
}

bool h9_json_type_of(h9_context *c, const h9_node *n, const h9_field **f, h9_slot *url, const uint8_t *p)
{
    static const char first[] = "\"@type\"";
    const size_t size = sizeof first - 1;
    const uint8_t *key = h9_json_space(p + 1, c->end), *type = NULL;
    *f = NULL;
    if (key < c->end && *key == '}') return true;
    if ((size_t)(c->end - key) > size && memcmp(key, first, size) == 0) {
        if ((type = h9_json_colon(c, key + size)) == NULL) return false;
    } else if (!find_type(c, p, &type)) {
        return false;
    }
    if (type == NULL) return h9_fail(c, H9_E_MISSING, p) != NULL;
    if (*type != '"') return h9_json_mismatch(c, type) != NULL;
    if (h9_json_string(c, type, c->limits.string, url) == NULL) return false;
    *f = h9_type_named(c->plan, &c->plan->records[n->a], url);
    return *f != NULL || h9_fail(c, H9_E_TYPE_URL, type) != NULL;
}
