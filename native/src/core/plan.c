/* Loading a plan: the image is copied, and every index in it is checked once, so that running need not. */
#include "core/plan.h"

#include <string.h>

#include "core/check.h"
#include "core/context.h"

/* Takes the next table of `count` entries of `unit` bytes out of the block, or NULL if it isn't all there. */
static const void *table(const uint8_t *block, size_t size, size_t *at, uint32_t count, size_t unit)
{
    size_t start = (*at + 7) & ~(size_t)7;
    uint64_t bytes = (uint64_t)count * unit;
    if (start > size || bytes > size - start) return NULL;
    *at = start + (size_t)bytes;
    return block + start;
}

static bool lay_out(h9_plan *p, const uint8_t *block, size_t size)
{
    size_t at = sizeof(h9_header);
    const h9_header *h = &p->h;
    return (p->nodes = table(block, size, &at, h->nodes, sizeof *p->nodes))
           && (p->fields = table(block, size, &at, h->fields, sizeof *p->fields))
           && (p->records = table(block, size, &at, h->records, sizeof *p->records))
           && (p->keys = table(block, size, &at, h->keys, sizeof *p->keys))
           && (p->fills = table(block, size, &at, h->fills, sizeof *p->fills))
           && (p->enums = table(block, size, &at, h->enums, sizeof *p->enums))
           && (p->symbols = table(block, size, &at, h->symbols, sizeof *p->symbols))
           && (p->steps = table(block, size, &at, h->steps, sizeof *p->steps))
           && (p->insns = table(block, size, &at, h->insns, sizeof *p->insns))
           && (p->words64 = table(block, size, &at, h->words64, sizeof *p->words64))
           && (p->words32 = table(block, size, &at, h->words32, sizeof *p->words32))
           && (p->pool = table(block, size, &at, h->pool, 1)) && at == size;
}

h9_code h9_plan_load(const uint8_t *image, size_t size, const h9_allocator *memory, h9_plan **out)
{
    h9_allocator m = memory ? *memory : (h9_allocator){h9_default_resize, NULL};
    *out = NULL;
    if (size < sizeof(h9_header)) return H9_E_BAD_PLAN;
    size_t whole = sizeof(h9_plan) + size;
    h9_plan *plan = m.resize(m.state, NULL, 0, whole);
    if (plan == NULL) return H9_E_NO_MEMORY;
    memset(plan, 0, sizeof *plan);
    plan->memory = m;
    plan->size = whole;
    uint8_t *block = (uint8_t *)(plan + 1);
    memcpy(block, image, size);
    memcpy(&plan->h, block, sizeof plan->h);
    if (plan->h.magic != H9_IMAGE_MAGIC || plan->h.version != H9_IMAGE_VERSION || !lay_out(plan, block, size)
        || !h9_good_image(plan)) {
        h9_plan_free(plan);
        return H9_E_BAD_PLAN;
    }
    *out = plan;
    return H9_OK;
}

int h9_plan_many(const h9_plan *plan) { return plan->h.many != 0; }

void h9_plan_free(h9_plan *plan)
{
    if (plan != NULL) plan->memory.resize(plan->memory.state, plan, plan->size, 0);
}
