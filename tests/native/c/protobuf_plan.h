/* The plans of test_protobuf.c, as tests/native/protobuf_images.py compiled them: one record that has a field of each
 * kind, itself included; what is unknown is kept, refused, ignored. */
#ifndef H9_TEST_PROTOBUF_PLAN_H
#define H9_TEST_PROTOBUF_PLAN_H

#include "images.h"
#include "images/protobuf.h"

static h9_plan *plans[PLANS];

static void load_plans(void)
{
    for (uint32_t i = 0; i < PLANS; i++) plans[i] = load_image(&images[i]);
}

static void free_plans(void)
{
    for (uint32_t i = 0; i < PLANS; i++) h9_plan_free(plans[i]);
}

/* The number of the field that an error mentions; a field is called f and its number. */
static uint32_t number_of(uint32_t name)
{ return name < plans[KEEP]->h.names ? (uint32_t)strtoul(names_KEEP[name] + 1, NULL, 10) : 0; }

#endif
