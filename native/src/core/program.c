/* A plan's instructions are checked once, when it is loaded, so that running them (steps/machine.c) needs no checks. */
#include "core/check.h"
#include "core/plan.h"
#include "core/slot.h"

/* What an instruction's operands are. */
enum {
    DST = 1,
    A = 2,
    B = 4,       /* registers */
    RECORD = 8,  /* c: a record table */
    SLOT = 16,   /* b: a slot of record table c */
    JUMP = 32,   /* c: an instruction further on */
    POOL = 64,   /* [c, c + d) of the pool */
    LIST = 128,  /* words32[c, c + d): registers */
    WIDTH = 256, /* b: of an item */
    NODE = 512   /* c */
};

static const uint16_t operands[H9_INSNS] = {[H9_I_END] = A,
                                            [H9_I_LOAD] = DST,
                                            [H9_I_FIELD] = DST | A | SLOT,
                                            [H9_I_ENTRY] = DST | A | POOL,
                                            [H9_I_INDEX] = DST | A,
                                            [H9_I_BRANCH] = DST | A,
                                            [H9_I_UNBOX] = DST | A,
                                            [H9_I_CONST] = DST | POOL,
                                            [H9_I_STEP] = DST | A,
                                            [H9_I_COPY] = DST | A,
                                            [H9_I_CLEAR] = DST,
                                            [H9_I_JUMP] = JUMP,
                                            [H9_I_IF_ABSENT] = A | JUMP,
                                            [H9_I_IF_PRESENT] = A | JUMP,
                                            [H9_I_IF_FALSE] = A | JUMP,
                                            [H9_I_COMPARE] = DST | A | B,
                                            [H9_I_NOT] = DST | A,
                                            [H9_I_PRESENT] = DST | A,
                                            [H9_I_JOIN] = DST | LIST,
                                            [H9_I_UUID5] = DST,
                                            [H9_I_UUID4] = DST,
                                            [H9_I_NOW] = DST,
                                            [H9_I_RECORD_NEW] = DST | RECORD,
                                            [H9_I_SET] = DST | A | SLOT,
                                            [H9_I_MARK] = DST | A | SLOT,
                                            [H9_I_LIST_NEW] = DST,
                                            [H9_I_PUT] = DST | A | B,
                                            [H9_I_APPEND] = DST | A | WIDTH,
                                            [H9_I_REQUIRE] = A,
                                            [H9_I_FINISH] = DST | RECORD,
                                            [H9_I_TEXT] = DST | POOL,
                                            [H9_I_SLOT] = DST,
                                            [H9_I_EACH] = DST | A | JUMP,
                                            [H9_I_ITEM] = JUMP,
                                            [H9_I_EMIT] = A,
                                            [H9_I_FIND] = DST | A | POOL,
                                            [H9_I_UNIQUE] = DST,
                                            [H9_I_JSON] = DST | A | NODE,
                                            [H9_I_ANY] = DST | A | NODE,
                                            [H9_I_FRAME] = DST};

static bool good_list(const h9_plan *p, uint32_t first, uint32_t count)
{
    if (!h9_within(first, count, p->h.words32)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (p->words32[first + i] >= p->h.registers) return false;
    return true;
}

static bool good_compare(const h9_insn *n)
{
    switch (n->d) {
    case H9_OP_BOOL:
    case H9_OP_INT:
    case H9_OP_UINT:
    case H9_OP_F64:
    case H9_OP_TIMESTAMP: return n->c <= H9_CMP_GE;
    case H9_OP_STRING: return n->c <= H9_CMP_CONTAINS;
    default: return false;
    }
}

/* Of a list's item, or a map's entry. */
static bool good_item(uint16_t width) { return width == 2 * sizeof(h9_slot) || h9_good_width(width); }

static bool good_operands(const h9_plan *p, const h9_insn *n, uint32_t i)
{
    const h9_header *h = &p->h;
    uint16_t has = operands[n->op];
    if ((has & DST && n->dst >= h->registers) || (has & A && n->a >= h->registers) || (has & B && n->b >= h->registers))
        return false;
    if (has & (RECORD | SLOT) && n->c >= h->records) return false;
    if (has & SLOT && n->b >= p->records[n->c].slots) return false;
    if (has & JUMP && (n->c <= i || n->c >= h->insns)) return false;
    if (has & POOL && !h9_within(n->c, n->d, h->pool)) return false;
    if (has & LIST && !good_list(p, n->c, n->d)) return false;
    if (has & NODE && n->c >= h->nodes) return false;
    return !(has & WIDTH) || h9_good_width(n->b);
}

/* A loop has three registers, and its list another; the loop around it, whose counter errors tell, comes before it. */
static bool good_each(const h9_plan *p, const h9_insn *n, uint32_t i)
{
    if ((uint32_t)n->dst + 2 >= p->h.registers || (n->a >= n->dst && n->a <= n->dst + 2)) return false;
    if ((n->d & ~H9_EACH_ALONE) > H9_OP_FAIL || (n->d & H9_EACH_ALONE && p->h.many != 1)) return false;
    if (!good_item(n->b)) return false;
    return n->spare <= i && (n->spare == 0 || p->insns[n->spare - 1].op == H9_I_EACH);
}

/* Back to a loop's start, which counts an item or leaves the loop for good. So a program ends: it goes on, or takes one
 * of the items that a message may have. */
static bool good_again(const h9_plan *p, const h9_insn *n, uint32_t i)
{ return n->c < i && p->insns[n->c].op == H9_I_EACH && p->insns[n->c].c > i; }

static bool good_find(const h9_plan *p, const h9_insn *n)
{ return n->spare < p->h.records && (n->b & ~H9_FIND_BOXED) < p->records[n->spare].slots; }

static bool good_insn(const h9_plan *p, uint32_t i)
{
    const h9_insn *n = &p->insns[i];
    if (n->op >= H9_INSNS || n->name >= p->h.names || !good_operands(p, n, i)) return false;
    switch (n->op) {
    case H9_I_LOAD: return n->a < h9_read_record(p)->slots && n->b <= h9_read_record(p)->slots && n->spare < p->h.names;
    case H9_I_FIELD: return n->d <= p->records[n->c].slots && n->spare < p->h.names;
    case H9_I_INDEX: return n->d <= H9_OP_FAIL && n->spare <= p->h.registers && good_item(n->b);
    case H9_I_CONST: return h9_wide(n) < p->h.nodes;
    case H9_I_STEP: return n->c < p->h.steps && p->steps[n->c].code != H9_STEP_UNWRAP;
    case H9_I_COMPARE: return good_compare(n);
    case H9_I_SLOT: return h9_within(n->c, 16, p->h.pool);
    case H9_I_EACH: return good_each(p, n, i);
    case H9_I_AGAIN: return good_again(p, n, i);
    case H9_I_ITEM:
    case H9_I_EMIT: return p->h.many == 1;
    case H9_I_FIND: return good_find(p, n);
    case H9_I_UNIQUE: return n->a <= H9_OP_FAIL;
    case H9_I_ANY: return n->d < p->h.nodes;
    case H9_I_END: return p->h.many == 0;
    case H9_I_DONE: return p->h.many == 1;
    case H9_I_UUID5: return h9_within(n->c, 16, p->h.pool) && good_list(p, h9_wide(n), n->d);
    default: return true;
    }
}

/* Instructions stand between two records. */
static bool good_roots(const h9_plan *p)
{
    if (p->h.read_root >= p->h.nodes || p->h.write_root >= p->h.nodes) return false;
    const h9_node *read = &p->nodes[p->h.read_root], *write = &p->nodes[p->h.write_root];
    return read->op == H9_OP_RECORD && write->op == H9_OP_RECORD && read->a < p->h.records;
}

bool h9_good_program(const h9_plan *p)
{
    if (p->h.insns == 0) return p->h.many == 0;
    if (!good_roots(p) || p->h.registers > (uint32_t)UINT16_MAX + 1) return false;
    for (uint32_t i = 0; i < p->h.insns; i++)
        if (!good_insn(p, i)) return false;
    return p->insns[p->h.insns - 1].op == (p->h.many ? H9_I_DONE : H9_I_END);
}
