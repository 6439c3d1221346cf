/* The instructions between reader and writer: a program over registers, checked once when its plan is loaded, so that
 * running it needs no checks. What can be wrong at run time is refused with the mapping's key as its path, for it isn't
 * anywhere in the input. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, getpid */

#include "steps/machine.h"

#include <time.h>
#include <unistd.h>

#include "core/formats.h"
#include "core/frame.h"
#include "core/plan.h"
#include "core/record.h"
#include "steps/convert.h"
#include "values/hash.h"

/* --- registers --- */

static bool put_bool(h9_machine *m, const h9_insn *n, bool b)
{
    h9_slot v = {.raw = {0, 0}};
    v.b = b;
    return h9_put(m, n, v);
}

/* --- taking apart what was read --- */

/* A slot's value. `refusal`: 1 + the slot where a refusal of it was put off, or 0. */
static inline bool take_slot(h9_machine *m, const h9_insn *n, const h9_slot *frame, const uint64_t *bits, uint32_t slot,
                             uint32_t refusal)
{
    if (H9_LIKELY(h9_has(bits, slot))) return h9_put(m, n, frame[slot]);
    if (H9_UNLIKELY(refusal != 0 && h9_has(bits, refusal - 1))) return h9_machine_told(m, n, &frame[refusal - 1]);
    return h9_put_absent(m, n);
}

static bool take_field(h9_machine *m, const h9_insn *n)
{
    const h9_slot *frame = m->at[n->a].rec;
    return take_slot(m, n, frame, h9_cbits(frame, &m->c->plan->records[n->c]), n->b, n->d);
}

/* The key's value; a map's keys are text, and few enough to be looked at one by one. */
static bool take_entry(h9_machine *m, const h9_insn *n)
{
    const h9_slot *map = &m->at[n->a], *entry = (const h9_slot *)(const void *)map->list.items;
    const uint8_t *key = m->c->plan->pool + n->c;
    for (uint32_t i = 0; i < map->list.n; i++, entry += 2)
        if (entry->s.n == n->d && (n->d == 0 || memcmp(entry->s.p, key, n->d) == 0)) {
            h9_looked(m->c, n, true);
            return h9_put(m, n, entry[1]);
        }
    return h9_miss(m, n);
}

/* An option's value, or that of one branch of a union. */
static bool take_choice(h9_machine *m, const h9_insn *n, bool any_branch)
{
    const h9_slot *v = &m->at[n->a];
    bool found = v->choice.value != NULL && (any_branch || v->choice.branch == n->c);
    if (!any_branch) h9_looked(m->c, n, found);
    return found ? h9_put(m, n, *v->choice.value) : h9_put_absent(m, n);
}

static bool convert(h9_machine *m, const h9_insn *n)
{
    h9_slot v = m->at[n->a];
    return h9_convert(m->c, n->c, &v, m->c->begin) && h9_put(m, n, v);
}

/* --- comparing --- */

enum { UNORDERED = 2 }; /* NaN and anything */

static int order_text(const h9_slot *a, const h9_slot *b)
{
    uint32_t n = a->s.n < b->s.n ? a->s.n : b->s.n;
    int first = n ? memcmp(a->s.p, b->s.p, n) : 0;
    return first ? (first > 0) - (first < 0) : (a->s.n > b->s.n) - (a->s.n < b->s.n);
}

static int order(uint32_t op, const h9_slot *a, const h9_slot *b)
{
    switch (op) {
    case H9_OP_BOOL: return a->b - b->b;
    case H9_OP_INT: return (a->i > b->i) - (a->i < b->i);
    case H9_OP_UINT: return (a->u > b->u) - (a->u < b->u);
    case H9_OP_F64: return a->d != a->d || b->d != b->d ? UNORDERED : (a->d > b->d) - (a->d < b->d);
    case H9_OP_STRING: return order_text(a, b);
    default:
        if (a->t.sec != b->t.sec) return a->t.sec > b->t.sec ? 1 : -1;
        return (a->t.ns > b->t.ns) - (a->t.ns < b->t.ns);
    }
}

static bool same_text(const uint8_t *p, const uint8_t *q, uint32_t n) { return n == 0 || memcmp(p, q, n) == 0; }

static bool contains(const h9_slot *a, const h9_slot *b)
{
    for (uint32_t i = 0; i + (uint64_t)b->s.n <= a->s.n; i++)
        if (same_text(a->s.p + i, b->s.p, b->s.n)) return true;
    return b->s.n == 0;
}

static bool holds(uint32_t comparison, uint32_t op, const h9_slot *a, const h9_slot *b)
{
    int found = comparison < H9_CMP_STARTS ? order(op, a, b) : 0;
    switch (comparison) {
    case H9_CMP_EQ: return found == 0;
    case H9_CMP_NE: return found != 0;
    case H9_CMP_LT: return found < 0;
    case H9_CMP_LE: return found <= 0;
    case H9_CMP_GT: return found == 1;
    case H9_CMP_GE: return found == 0 || found == 1;
    case H9_CMP_STARTS: return a->s.n >= b->s.n && same_text(a->s.p, b->s.p, b->s.n);
    case H9_CMP_ENDS: return a->s.n >= b->s.n && same_text(a->s.p + (a->s.n - b->s.n), b->s.p, b->s.n);
    default: return contains(a, b);
    }
}

static bool compare(h9_machine *m, const h9_insn *n)
{
    if (!m->there[n->b]) return h9_put_absent(m, n);
    return put_bool(m, n, holds(n->c, n->d, &m->at[n->a], &m->at[n->b]));
}

/* --- making values --- */

static bool make_const(h9_machine *m, const h9_insn *n)
{
    h9_slot v;
    const h9_node *node = &m->c->plan->nodes[h9_wide(n)];
    return h9_read_packed(m->c, node, &v, m->c->plan->pool + n->c, n->d) && h9_put(m, n, v);
}

static bool all_there(const h9_machine *m, const uint32_t *registers, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!m->there[registers[i]]) return false;
    return true;
}

static bool make_join(h9_machine *m, const h9_insn *n)
{
    const uint32_t *registers = m->c->plan->words32 + n->c;
    uint64_t size = 0;
    uint32_t flags = H9_SPAN_PLAIN;
    if (!all_there(m, registers, n->d)) return h9_put_absent(m, n);
    for (uint32_t i = 0; i < n->d; i++) {
        size += m->at[registers[i]].s.n;
        flags &= m->at[registers[i]].s.flags;
    }
    if (size > m->c->limits.string) return h9_machine_refuse(m, H9_E_STRING);
    uint8_t *block = h9_arena(m->c, (size_t)size), *w = block;
    if (block == NULL) return false;
    for (uint32_t i = 0; i < n->d; i++) {
        const h9_slot *part = &m->at[registers[i]];
        if (part->s.n) memcpy(w, part->s.p, part->s.n);
        w += part->s.n;
    }
    return h9_put_text(m, n, block, (uint32_t)size, flags);
}

/* RFC 9562 section 4: its version and variant are said in the UUID. */
static bool put_uuid(h9_machine *m, const h9_insn *n, const uint8_t bytes[16], uint8_t version)
{
    h9_slot v;
    memcpy(v.id, bytes, 16);
    v.id[6] = (uint8_t)((v.id[6] & 0x0F) | version << 4);
    v.id[8] = (uint8_t)((v.id[8] & 0x3F) | 0x80);
    return h9_put(m, n, v);
}

static bool make_uuid5(h9_machine *m, const h9_insn *n)
{
    const uint32_t *registers = m->c->plan->words32 + h9_wide(n);
    uint8_t digest[20];
    h9_sha1 hash;
    if (!all_there(m, registers, n->d)) return h9_put_absent(m, n);
    h9_sha1_start(&hash);
    h9_sha1_add(&hash, m->c->plan->pool + n->c, 16);
    for (uint32_t i = 0; i < n->d; i++) {
        const h9_slot *text = &m->at[registers[i]];
        uint32_t size = text->s.n;
        uint8_t before[4];
        h9_store_big32(before, size);
        h9_sha1_add(&hash, before, 4);
        h9_sha1_add(&hash, text->s.p, size);
    }
    h9_sha1_end(&hash, digest);
    return put_uuid(m, n, digest, 5);
}

/* A keyed hash of a counter, under the context's secret seed. The process too, for a fork copies seed and counter. */
static bool make_uuid4(h9_machine *m, const h9_insn *n)
{
    uint64_t block[4] = {m->c->generated++, 0, (uint64_t)getpid(), UINT64_C(0x6861396c75756964)}, id[2];
    for (uint64_t half = 0; half < 2; half++) {
        block[1] = half;
        id[half] = h9_siphash(m->c->seed, (const uint8_t *)block, sizeof block);
    }
    return put_uuid(m, n, (const uint8_t *)id, 4);
}

static bool make_now(h9_machine *m, const h9_insn *n)
{
    struct timespec now;
    h9_slot v;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return h9_machine_refuse(m, H9_E_TIME);
    v.t.sec = now.tv_sec;
    v.t.ns = (int32_t)now.tv_nsec;
    return h9_put(m, n, v);
}

/* --- building what is written --- */

static bool make_record(h9_machine *m, const h9_insn *n)
{
    h9_slot v;
    v.rec = h9_frame_new(m->c, &m->c->plan->records[n->c]);
    return v.rec != NULL && h9_put(m, n, v);
}

static bool take_frame(h9_machine *m, const h9_insn *n)
{
    h9_slot v;
    v.rec = m->frame;
    return h9_put(m, n, v);
}

static bool make_list(h9_machine *m, const h9_insn *n)
{
    h9_slot v = {.raw = {0, 0}};
    return h9_put(m, n, v);
}

/* A slot of the record in dst takes the register's value, or its presence alone. */
static inline bool set_slot(h9_machine *m, const h9_insn *n, bool value)
{
    h9_slot *frame = m->at[n->dst].rec;
    uint64_t *bits = h9_bits(frame, &m->c->plan->records[n->c]);
    if (!m->there[n->a]) {
        h9_unset(bits, n->b);
        return true;
    }
    if (value) frame[n->b] = m->at[n->a];
    h9_set(bits, n->b);
    return true;
}

static bool add_entry(h9_machine *m, const h9_insn *n)
{
    if (!m->there[n->a] || !m->there[n->b]) return true;
    uint8_t *entry = h9_list_add(m->c, &m->at[n->dst], 2 * sizeof(h9_slot));
    if (entry == NULL) return false;
    memcpy(entry, &m->at[n->a], sizeof(h9_slot));
    memcpy(entry + sizeof(h9_slot), &m->at[n->b], sizeof(h9_slot));
    return true;
}

static bool add_item(h9_machine *m, const h9_insn *n)
{
    if (!m->there[n->a]) return true;
    uint8_t *item = h9_list_add(m->c, &m->at[n->dst], n->b);
    if (item == NULL) return false;
    h9_item_put(item, n->b, &m->at[n->a]);
    return true;
}

/* --- running --- */

static bool build(h9_machine *m, const h9_insn *n)
{
    const h9_record *r;
    switch (n->op) {
    case H9_I_JOIN: return make_join(m, n);
    case H9_I_UUID5: return make_uuid5(m, n);
    case H9_I_UUID4: return make_uuid4(m, n);
    case H9_I_NOW: return make_now(m, n);
    case H9_I_RECORD_NEW: return make_record(m, n);
    case H9_I_LIST_NEW: return make_list(m, n);
    case H9_I_FRAME: return take_frame(m, n);
    default: break;
    }
    if (!m->there[n->dst]) return true; /* there is nothing to add to */
    switch (n->op) {
    case H9_I_MARK: return set_slot(m, n, false);
    case H9_I_PUT: return add_entry(m, n);
    case H9_I_APPEND: return add_item(m, n);
    case H9_I_UNIQUE: return h9_map_unique(m->c, &m->at[n->dst], (uint8_t)n->a, n->b != 0, m->c->begin);
    default: /* FINISH */ r = &m->c->plan->records[n->c]; return h9_finish(m->c, r, m->at[n->dst].rec, m->c->begin);
    }
}

/* What takes register a's value, which is there. */
static bool take(h9_machine *m, const h9_insn *n)
{
    switch (n->op) {
    case H9_I_FIELD: return take_field(m, n);
    case H9_I_ENTRY: return take_entry(m, n);
    case H9_I_INDEX: return h9_machine_index(m, n);
    case H9_I_BRANCH: return take_choice(m, n, false);
    case H9_I_UNBOX: return take_choice(m, n, true);
    case H9_I_STEP: return convert(m, n);
    case H9_I_FIND: return h9_machine_find(m, n);
    case H9_I_JSON: return h9_machine_json(m, n);
    case H9_I_ANY: return h9_machine_any(m, n);
    default: return compare(m, n);
    }
}

/* The same where it isn't. */
static bool take_nothing(h9_machine *m, const h9_insn *n)
{
    bool looks = n->op == H9_I_ENTRY || n->op == H9_I_INDEX || n->op == H9_I_BRANCH || n->op == H9_I_FIND;
    return looks ? h9_miss(m, n) : h9_put_absent(m, n);
}

static bool run(h9_machine *m, const h9_insn *n)
{
    switch (n->op) {
    case H9_I_SLOT: memcpy(&m->at[n->dst], m->c->plan->pool + n->c, sizeof *m->at); return m->there[n->dst] = true;
    case H9_I_FIELD:
    case H9_I_ENTRY:
    case H9_I_INDEX:
    case H9_I_BRANCH:
    case H9_I_UNBOX:
    case H9_I_STEP:
    case H9_I_FIND:
    case H9_I_JSON:
    case H9_I_ANY:
    case H9_I_COMPARE: return m->there[n->a] ? take(m, n) : take_nothing(m, n);
    case H9_I_CONST: return make_const(m, n);
    case H9_I_CLEAR: return h9_put_absent(m, n);
    case H9_I_NOT: return put_bool(m, n, !m->there[n->a] || !m->at[n->a].b);
    case H9_I_PRESENT: return put_bool(m, n, m->there[n->a]);
    case H9_I_REQUIRE: return m->there[n->a] || h9_machine_refuse(m, H9_E_CONDITION);
    case H9_I_ITEM: h9_machine_item(m, n); return true;
    case H9_I_EMIT: return m->there[n->a] ? h9_machine_emit(m, n) : h9_machine_refuse(m, H9_E_BAD_PLAN);
    default: return build(m, n);
    }
}

/* Where it goes on after a jump. NULL: refused. */
static const h9_insn *jump(h9_machine *m, const h9_insn *n)
{
    const h9_insn *to = m->c->plan->insns + n->c;
    switch (n->op) {
    case H9_I_JUMP:
    case H9_I_AGAIN: return to;
    case H9_I_IF_ABSENT: return m->there[n->a] ? n + 1 : to;
    case H9_I_IF_PRESENT: return m->there[n->a] ? to : n + 1;
    case H9_I_IF_FALSE: return m->there[n->a] && m->at[n->a].b ? n + 1 : to;
    default: break;
    }
    int taken = h9_machine_next(m, n);
    return taken < 0 ? NULL : taken ? n + 1 : to;
}

/* Runs the program to its end, which is returned. NULL: refused. */
static const h9_insn *run_program(h9_machine *m)
{
    h9_context *c = m->c;
    for (const h9_insn *n = c->plan->insns, *next;; n = next) {
        switch (n->op) {
        case H9_I_END:
        case H9_I_DONE: return n;
        case H9_I_JUMP:
        case H9_I_AGAIN:
        case H9_I_IF_ABSENT:
        case H9_I_IF_PRESENT:
        case H9_I_IF_FALSE:
        case H9_I_EACH: next = jump(m, n); break;
        /* the commonest without a call */
        case H9_I_LOAD: next = take_slot(m, n, m->frame, m->bits, n->a, n->b) ? n + 1 : NULL; break;
        case H9_I_TEXT:
            h9_put_text(m, n, c->plan->pool + n->c, n->d, n->a);
            next = n + 1;
            break;
        case H9_I_SET:
            if (m->there[n->dst]) set_slot(m, n, true);
            next = n + 1;
            break;
        case H9_I_COPY:
            m->at[n->dst] = m->at[n->a];
            m->there[n->dst] = m->there[n->a];
            next = n + 1;
            break;
        default: next = run(m, n) ? n + 1 : NULL;
        }
        if (H9_UNLIKELY(next == NULL) && !(next = h9_machine_recover(m, n))) return NULL;
    }
}

bool h9_run_program(h9_context *c, h9_slot *frame, h9_slot **out)
{
    uint32_t registers = c->plan->h.registers;
    h9_slot *at = h9_arena_many(c, registers, sizeof *at + sizeof(bool));
    if (at == NULL) return false;
    h9_machine m = {.c = c,
                    .at = at,
                    .there = (bool *)(void *)(at + registers),
                    .frame = frame,
                    .bits = h9_cbits(frame, h9_read_record(c->plan))};
    memset(m.there, 0, registers * sizeof *m.there);
    m.before.out = c->out_size;
    m.before.errors = c->errors_size;
    m.before.places = c->places_done;
    m.before.results = c->results_size;
    h9_start_items(c); /* what is made is counted by itself */
    h9_found_run(c);
    const h9_insn *end = run_program(&m);
    *out = NULL;
    if (end == NULL || end->op == H9_I_DONE) return end != NULL;
    *out = m.at[end->a].rec;
    if (m.there[end->a]) return true;
    h9_machine_refuse(&m, H9_E_BAD_PLAN);
    return h9_machine_recover(&m, end) != NULL;
}
