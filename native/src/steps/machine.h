/* The machine that runs a plan's instructions between reader and writer: values (machine.c), and loops with the
 * messages that they make (loops.c). */
#ifndef H9_MACHINE_H
#define H9_MACHINE_H

#include "core/counts.h"
#include "core/error.h"
#include "core/slot.h"

/* Runs the plan's instructions on the frame that was read. `*out`: the frame to be written, or NULL where all that they
 * made has been written already (h9_header.many). false: refused. */
bool h9_run_program(h9_context *c, h9_slot *frame, h9_slot **out);

/* --- what its two halves share --- */

typedef struct {
    h9_context *c;
    h9_slot *at;          /* the registers */
    bool *there;          /* whether each is present */
    h9_slot *frame;       /* what was read */
    const uint64_t *bits; /* its presence */
    const h9_insn *loop;  /* the innermost H9_I_EACH (of those with H9_EACH_ALONE) that has an item, or NULL */
    const h9_insn *item;  /* the H9_I_ITEM under way, or NULL */
    uint64_t items;       /* begun by ITEM, and written or refused */
    bool placed;          /* the refusal under way has its whole path */
    struct {
        const h9_insn *loop; /* the innermost then */
        h9_chunk *chunks;
        uint8_t *free, *end;
        uint32_t blocks, tape;
    } mark; /* of the memory, where the item began */
    struct {
        size_t out, errors, places, results;
    } before; /* what earlier messages made */
} h9_machine;

static inline bool h9_put(h9_machine *m, const h9_insn *n, h9_slot v)
{
    m->at[n->dst] = v;
    m->there[n->dst] = true;
    return true;
}

static inline bool h9_put_absent(h9_machine *m, const h9_insn *n)
{
    m->there[n->dst] = false;
    return true;
}

/* What n looks for isn't there. */
static inline bool h9_miss(h9_machine *m, const h9_insn *n)
{
    h9_looked(m->c, n, false);
    return h9_put_absent(m, n);
}

static inline bool h9_put_text(h9_machine *m, const h9_insn *n, const uint8_t *p, uint32_t size, uint32_t flags)
{
    h9_slot v;
    v.s.p = p;
    v.s.n = size;
    v.s.flags = flags;
    return h9_put(m, n, v);
}

static inline bool h9_machine_refuse(h9_machine *m, h9_code code)
{
    h9_fail(m->c, code, m->c->begin);
    return false;
}

/* Another item for n->dst. 1: taken; 0: none is left; -1: refused. */
int h9_machine_next(h9_machine *m, const h9_insn *n);
bool h9_machine_index(h9_machine *m, const h9_insn *n);
bool h9_machine_find(h9_machine *m, const h9_insn *n);
/* Always false: the value that n wants was refused when it was read. */
bool h9_machine_told(h9_machine *m, const h9_insn *n, const h9_slot *refusal);
/* A value as JSON text, or as a tape. */
bool h9_machine_json(h9_machine *m, const h9_insn *n);
bool h9_machine_any(h9_machine *m, const h9_insn *n);
void h9_machine_item(h9_machine *m, const h9_insn *n);
bool h9_machine_emit(h9_machine *m, const h9_insn *n);
/* After a refusal in instruction n: where the program goes on, or NULL: the message is refused. */
const h9_insn *h9_machine_recover(h9_machine *m, const h9_insn *n);

#endif
