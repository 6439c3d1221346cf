/* A plan as it is loaded: its header, and pointers to the tables of its image, every index in which was checked. */
#ifndef H9_PLAN_H
#define H9_PLAN_H

#include "hal9_core.h"
#include "hal9_image.h"

struct h9_plan {
    h9_header h;
    const h9_node *nodes;
    const h9_field *fields;
    const h9_record *records;
    const h9_key *keys;
    const h9_fill *fills;
    const h9_enum *enums;
    const h9_symbol *symbols;
    const h9_step *steps;
    const h9_insn *insns;
    const uint64_t *words64;
    const uint32_t *words32;
    const uint8_t *pool;
    h9_allocator memory;
    size_t size; /* of the block that holds all of it */
};

/* The table of the frame that instructions find; only of a plan that has some. */
static inline const h9_record *h9_read_record(const h9_plan *p) { return &p->records[p->nodes[p->h.read_root].a]; }
/* An operand that two of an instruction's numbers make together. */
static inline uint32_t h9_wide(const h9_insn *n) { return n->a | (uint32_t)n->b << 16; }

#endif
