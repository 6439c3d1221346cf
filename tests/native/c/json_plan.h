/* The plans of test_json.c: those that the compiler makes, and variants of them. */
#ifndef JSON_PLAN_H
#define JSON_PLAN_H

#include "images.h"
#include "images/json.h"

#define COUNT(x) ((uint32_t)(sizeof(x) / sizeof((x)[0])))

enum {
    N_NUMBER_ENUM = PLANS,
    N_BARE_F32,
    N_NULL_F64,
    N_OPEN_ENUM,
    N_DEFAULT_ENUM,
    N_DECIMAL_FIXED,
    N_STRUCT,
    N_LISTVALUE,
    N_WRAPPED,
    N_FAIL,
    N_NAMED_INT,
    ALL
};

static const variant variants[ALL - PLANS] = {
    [N_NUMBER_ENUM - PLANS] = {N_ENUM, H9_OP_ENUM, H9_N_NUMBER, SAME},
    [N_BARE_F32 - PLANS] = {N_F32, H9_OP_F32, 0, 0},
    [N_NULL_F64 - PLANS] = {N_F64, H9_OP_F64, H9_N_QUOTED | H9_N_NULL_NOT_FINITE, 0},
    [N_OPEN_ENUM - PLANS] = {N_OPEN, H9_OP_ENUM, H9_N_LAX, SAME},
    [N_DEFAULT_ENUM - PLANS] = {N_DEFAULT, H9_OP_ENUM, H9_N_LAX, SAME},
    [N_DECIMAL_FIXED - PLANS] = {N_DECIMAL, H9_OP_DECIMAL, 0, 2},
    [N_STRUCT - PLANS] = {N_ANY, H9_OP_ANY, 0, 1},
    [N_LISTVALUE - PLANS] = {N_ANY, H9_OP_ANY, 0, 2},
    [N_WRAPPED - PLANS] = {N_OPTION, H9_OP_WRAPPED, 0, SAME},
    [N_FAIL - PLANS] = {N_NULL, H9_OP_FAIL, 0, H9_E_BRANCH},
    [N_NAMED_INT - PLANS] = {N_NAMED_OPTION, H9_OP_WRAPPED, 0, SAME},
};

static h9_plan *plans[ALL];

static void load_plans(void)
{
    for (uint32_t i = 0; i < PLANS; i++) plans[i] = load_image(&images[i]);
    for (uint32_t i = PLANS; i < ALL; i++)
        plans[i] = load_variant(&images[variants[i - PLANS].of], &variants[i - PLANS]);
}

static void free_plans(void)
{
    for (uint32_t i = 0; i < ALL; i++) h9_plan_free(plans[i]);
}

#endif
