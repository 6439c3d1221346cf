/* Loops among the instructions, and the messages that they make: any number of one.
 *
 * Each message is an *item*: begun by H9_I_ITEM, written by H9_I_EMIT. What is refused between the two refuses the
 * item; what is refused elsewhere refuses the message that was read, and with it all that was made of it. An item's
 * memory is taken back once it is written, refused, or passed over for the next one. */
#include "core/aside.h"
#include "core/formats.h"
#include "core/frame.h"
#include "core/output.h"
#include "core/plan.h"
#include "steps/machine.h"

/* --- where it is --- */

/* The items that the loops stand at, innermost first. */
static void in_loops(h9_machine *m, const h9_insn *loop)
{
    while (loop != NULL) {
        const h9_slot *key = &m->at[loop->dst];
        bool named = loop->b == 2 * sizeof *key && (uint8_t)loop->d == H9_OP_STRING;
        if (named) h9_in_key(m->c, key->s.p, key->s.n);
        else h9_in_item(m->c, (uint32_t)m->at[loop->dst + 1].u - 1);
        if (loop->name != 0) h9_in_field(m->c, loop->name);
        loop = loop->spare ? m->c->plan->insns + loop->spare - 1 : NULL;
    }
}

/* The message is refused in an instruction: where in the input says nothing, its key does (name 0 is not a key). */
static void in_rule(h9_machine *m, const h9_insn *n)
{
    m->c->at = m->c->begin;
    if (n->name != 0) h9_in_rule(m->c, n->name);
    in_loops(m, m->loop);
}

/* --- items --- */

void h9_machine_item(h9_machine *m, const h9_insn *n)
{
    m->item = n;
    m->mark.loop = m->loop;
    m->mark.chunks = m->c->chunks;
    m->mark.blocks = m->c->blocks_count;
    m->mark.free = m->c->free;
    m->mark.end = m->c->chunk_end;
    m->mark.tape = m->c->tape_size;
}

/* What the item took is free again. */
static void free_item(h9_machine *m)
{
    h9_context *c = m->c;
    h9_drop_blocks(c, m->mark.blocks);
    while (H9_UNLIKELY(c->chunks != m->mark.chunks)) h9_drop_chunk(c);
    c->free = m->mark.free;
    c->chunk_end = m->mark.end;
    c->tape_size = m->mark.tape;
}

/* It was written or refused. */
static void end_item(h9_machine *m)
{
    free_item(m);
    m->item = NULL;
    m->items++;
}

/* Loop n goes on, or begins: an item that is under way has come to nothing. What an item around the loop made may still
 * be wanted in it. */
static void pass_item(h9_machine *m, const h9_insn *n)
{
    if (m->item != NULL && m->mark.loop == n) free_item(m);
    m->item = NULL;
}

/* All that a message makes, refusals too, counts as its result. Where it is too much, it is refused as a whole. */
static bool within_limit(h9_machine *m)
{
    h9_context *c = m->c;
    uint64_t made = c->out_size - m->before.out;
    made += (c->errors_size - m->before.errors) * sizeof *c->errors;
    made += (c->places_done - m->before.places) * sizeof *c->places;
    made += (c->results_size - m->before.results) * sizeof *c->results;
    if (H9_LIKELY(made <= c->limits.memory)) return true;
    m->item = NULL;
    return h9_machine_refuse(m, H9_E_MEMORY);
}

bool h9_machine_emit(h9_machine *m, const h9_insn *n)
{
    if (m->item == NULL) return h9_machine_refuse(m, H9_E_BAD_PLAN);
    if (!h9_write_result(m->c, m->at[n->a].rec, m->items)) return false;
    end_item(m);
    return within_limit(m);
}

const h9_insn *h9_machine_recover(h9_machine *m, const h9_insn *n)
{
    const h9_insn *item = m->item;
    if (H9_UNLIKELY(m->c->stopped)) return NULL;
    if (!m->placed) in_rule(m, n);
    m->placed = false;
    if (item == NULL || !h9_record_error(m->c, m->items)) return NULL;
    end_item(m);
    return within_limit(m) ? m->c->plan->insns + item->c : NULL;
}

/* --- loops --- */

/* Registers that the loop's last item left must not be taken for this one's. */
static void clear_above(h9_machine *m, const h9_insn *n)
{
    size_t first = (size_t)n->dst + 3;
    if (first < m->c->plan->h.registers) memset(m->there + first, 0, m->c->plan->h.registers - first);
}

/* The refusal of an item that could not be read, with the whole path to it. */
static void refuse_bad(h9_machine *m, const h9_insn *loop, const h9_slot *item)
{
    h9_refuse_bad(m->c, h9_bad_of(item));
    in_loops(m, loop);
    m->placed = true;
}

bool h9_machine_told(h9_machine *m, const h9_insn *n, const h9_slot *refusal)
{
    h9_refuse_bad(m->c, h9_bad_of(refusal));
    if (n->spare != 0) h9_in_field(m->c, n->spare);
    in_loops(m, m->loop);
    m->placed = true;
    return false;
}

static void take(h9_machine *m, const h9_insn *n, uint64_t i)
{
    const h9_slot *list = &m->at[n->a];
    h9_slot v = {.raw = {0, 0}};
    if (n->b == 2 * sizeof v) {
        const h9_slot *entry = (const h9_slot *)(const void *)list->list.items + 2 * i;
        m->at[n->dst + 2] = entry[1];
        m->there[n->dst + 2] = true;
        v = entry[0];
    } else {
        h9_item_get(list->list.items + i * n->b, n->b, (uint8_t)n->d, &v);
    }
    h9_put(m, n, v);
}

/* Whether what n took out of a list is a bad item: only records and boxes can be. */
static bool took_bad(const h9_insn *n, const h9_slot *item)
{
    uint8_t op = (uint8_t)n->d;
    bool may_be = op == H9_OP_RECORD || op == H9_OP_UNION || op == H9_OP_OPTION;
    return n->b == sizeof *item && may_be && H9_UNLIKELY(h9_is_bad(item));
}

/* A bad item: a refused message of its own. false: the whole is refused. */
static bool set_apart(h9_machine *m, const h9_insn *n)
{
    refuse_bad(m, n, &m->at[n->dst]);
    if (!(n->d & H9_EACH_ALONE)) return false;
    m->placed = false;
    return h9_record_error(m->c, m->items++) && within_limit(m);
}

/* The item is one more than a message may have. */
static int too_many(h9_machine *m, const h9_insn *n)
{
    if (n->d & H9_EACH_ALONE) in_loops(m, n);
    m->placed = (n->d & H9_EACH_ALONE) != 0;
    return -1;
}

int h9_machine_next(h9_machine *m, const h9_insn *n)
{
    h9_slot *count = &m->at[n->dst + 1];
    bool alone = (n->d & H9_EACH_ALONE) != 0;
    uint64_t i = m->there[n->dst + 1] ? count->u : 0;
    uint32_t items = m->there[n->a] ? m->at[n->a].list.n : 0;
    m->there[n->dst] = m->there[n->dst + 1] = m->there[n->dst + 2] = false;
    if (alone) pass_item(m, n);
    for (; i < items; i++) {
        count->raw[0] = i + 1;
        if (!h9_count_item(m->c, m->c->begin)) return too_many(m, n);
        take(m, n, i);
        m->there[n->dst + 1] = true;
        if (took_bad(n, &m->at[n->dst])) {
            if (!set_apart(m, n)) return -1;
            continue;
        }
        if (alone) m->loop = n;
        clear_above(m, n);
        return 1;
    }
    m->there[n->dst] = m->there[n->dst + 1] = false;
    if (alone) m->loop = n->spare ? m->c->plan->insns + n->spare - 1 : NULL;
    return 0;
}

/* An item by its number, or the one that corresponds to the item that a loop over another list is at. */
bool h9_machine_index(h9_machine *m, const h9_insn *n)
{
    const h9_slot *list = &m->at[n->a];
    h9_slot v = {.raw = {0, 0}};
    uint64_t i = n->c;
    if (n->spare) i = m->there[n->spare - 1] ? m->at[n->spare - 1].u - 1 : UINT32_MAX;
    if (i >= list->list.n) return h9_miss(m, n);
    h9_looked(m->c, n, true);
    if (n->b == 2 * sizeof v) v = ((const h9_slot *)(const void *)list->list.items)[2 * i + 1];
    else h9_item_get(list->list.items + (size_t)i * n->b, n->b, (uint8_t)n->d, &v);
    if (took_bad(n, &v)) {
        refuse_bad(m, m->loop, &v);
        return false;
    }
    return h9_put(m, n, v);
}

bool h9_machine_find(h9_machine *m, const h9_insn *n)
{
    const h9_plan *plan = m->c->plan;
    const h9_slot *list = &m->at[n->a];
    const h9_record *r = &plan->records[n->spare];
    const uint8_t *key = plan->pool + n->c;
    uint32_t slot = n->b & ~H9_FIND_BOXED;
    for (uint32_t i = 0; i < list->list.n; i++) {
        const h9_slot *item = (const h9_slot *)(const void *)list->list.items + i;
        if (H9_UNLIKELY(h9_is_bad(item))) {
            refuse_bad(m, m->loop, item);
            return false;
        }
        if (n->b & H9_FIND_BOXED && (item = item->choice.value) == NULL) continue;
        const h9_slot *frame = item->rec, *text = frame + slot;
        if (h9_has(h9_cbits(frame, r), slot) && text->s.n == n->d && (n->d == 0 || memcmp(text->s.p, key, n->d) == 0)) {
            h9_looked(m->c, n, true);
            return h9_put(m, n, *item);
        }
    }
    return h9_miss(m, n);
}

/* --- values in another form --- */

bool h9_machine_json(h9_machine *m, const h9_insn *n)
{
    size_t size;
    const uint8_t *text = h9_write_aside(m->c, H9_FORMAT_JSON, &m->c->plan->nodes[n->c], &m->at[n->a], &size);
    return text != NULL && h9_put_text(m, n, text, (uint32_t)size, 0);
}

bool h9_machine_any(h9_machine *m, const h9_insn *n)
{
    const h9_node *nodes = m->c->plan->nodes;
    size_t size;
    h9_slot v;
    const uint8_t *packed = h9_write_aside(m->c, H9_FORMAT_MSGPACK, &nodes[n->c], &m->at[n->a], &size);
    return packed != NULL && h9_read_packed(m->c, &nodes[n->d], &v, packed, size) && h9_put(m, n, v);
}
