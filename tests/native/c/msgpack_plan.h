/* The plans of test_msgpack.c: those that the compiler makes, and the forms of values that it gives other formats. */
#ifndef H9_TEST_MSGPACK_PLAN_H
#define H9_TEST_MSGPACK_PLAN_H

#include "images.h"
#include "images/msgpack.h"

#define MANY 300 /* fields of WIDE */

enum {
    UNCHECKED = PLANS,
    UUID16,
    ENUM_NUMBER,
    DATE_NUMBER,
    TIME_NUMBER,
    STAMP,
    STAMP_MS,
    DURATION_US,
    WRAPPED,
    FAIL,
    ALL
};

static const variant variants[ALL - PLANS] = {
    [UNCHECKED - PLANS] = {STRING, H9_OP_STRING, H9_N_UNCHECKED, 0},
    [UUID16 - PLANS] = {UUID, H9_OP_UUID, 0, 16},
    [ENUM_NUMBER - PLANS] = {ENUM, H9_OP_ENUM, H9_N_NUMBER, SAME},
    [DATE_NUMBER - PLANS] = {DATE, H9_OP_DATE, H9_N_NUMBER, SAME},
    [TIME_NUMBER - PLANS] = {TIME, H9_OP_TIME, H9_N_NUMBER, 1000000},
    [STAMP - PLANS] = {STAMP_EXT, H9_OP_TIMESTAMP, 0, 1},
    [STAMP_MS - PLANS] = {STAMP_EXT, H9_OP_TIMESTAMP, H9_N_NUMBER, 1000000},
    [DURATION_US - PLANS] = {DURATION, H9_OP_DURATION, H9_N_NUMBER, 1000},
    [WRAPPED - PLANS] = {OPTION, H9_OP_WRAPPED, 0, SAME},
    [FAIL - PLANS] = {NIL, H9_OP_FAIL, 0, H9_E_BRANCH},
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
