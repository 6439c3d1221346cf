/* Plans for tests: images that the compiler made (tests/native/images.py), loaded by name; variants of them, in which
 * the root's node was changed to what no compiler makes of a schema; and copies for a test to damage. */
#ifndef H9_TESTS_IMAGES_H
#define H9_TESTS_IMAGES_H

#include <stdlib.h>

#include "check.h"
#include "core/lookup.h"
#include "core/plan.h"

typedef struct {
    const char *name;
    const uint8_t *bytes;
    size_t size;
    const char *const *names; /* what errors mention, by number */
} image;

#define SAME UINT32_MAX
/* What the root's nodes, the one read and the one written, are in a variant; their steps go. */
typedef struct {
    uint32_t of; /* the plan that it is a variant of */
    h9_op op;
    uint32_t flags, a; /* SAME: as it is */
} variant;

static inline h9_plan *load_bytes(const char *name, const uint8_t *bytes, size_t size)
{
    h9_plan *plan = NULL;
    check_record(h9_plan_load(bytes, size, NULL, &plan) == H9_OK, __FILE__, __LINE__, name);
    return plan;
}

static inline h9_plan *load_image(const image *i) { return load_bytes(i->name, i->bytes, i->size); }

static inline h9_plan *load_variant(const image *i, const variant *v)
{
    uint8_t *copy = malloc(i->size);
    h9_header h;
    memcpy(copy, i->bytes, i->size);
    memcpy(&h, copy, sizeof h);
    const uint32_t roots[2] = {h.read_root, h.write_root};
    for (int k = 0; k < 2; k++) {
        uint8_t *at = copy + ((sizeof h + 7) & ~(size_t)7) + roots[k] * sizeof(h9_node);
        h9_node node;
        memcpy(&node, at, sizeof node);
        node.op = (uint8_t)v->op;
        node.flags = v->flags;
        if (v->a != SAME) node.a = v->a;
        node.conv = 0;
        memcpy(at, &node, sizeof node);
    }
    h9_plan *plan = load_bytes(i->name, copy, i->size);
    free(copy);
    return plan;
}

/* --- copies --- */

/* An image's bytes, and the parts of it that tests change; `plan` is what it was loaded as. */
typedef struct {
    uint8_t *bytes;
    size_t size;
    h9_header *h;
    h9_node *nodes;
    h9_insn *insns;
} image_copy;

static inline image_copy copy_image(const image *i, const h9_plan *plan)
{
    uint8_t *bytes = malloc(i->size);
    memcpy(bytes, i->bytes, i->size);
    const uint8_t *from = (const uint8_t *)(plan + 1);
    return (image_copy){.bytes = bytes,
                        .size = i->size,
                        .h = (h9_header *)(void *)bytes,
                        .nodes = (h9_node *)(void *)(bytes + ((const uint8_t *)plan->nodes - from)),
                        .insns = (h9_insn *)(void *)(bytes + ((const uint8_t *)plan->insns - from))};
}

/* Whether a plan can be made of a copy, which is gone then; if not, that is said of the plan. */
static inline bool loads(image_copy copy)
{
    h9_plan *plan = NULL;
    h9_code code = h9_plan_load(copy.bytes, copy.size, NULL, &plan);
    CHECK_INT(code, plan ? H9_OK : H9_E_BAD_PLAN);
    h9_plan_free(plan);
    free(copy.bytes);
    return plan != NULL;
}

static inline const h9_node *read_node(const h9_plan *p) { return &p->nodes[p->h.read_root]; }
static inline const h9_node *write_node(const h9_plan *p) { return &p->nodes[p->h.write_root]; }

#endif
