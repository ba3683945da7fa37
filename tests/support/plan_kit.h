/*
 * plan_kit.h - short ways to write the parts of a plan.
 */
#ifndef BD_TEST_PLAN_KIT_H
#define BD_TEST_PLAN_KIT_H

#include "run/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What a parameter is. Numbers of fields, slots and loops are from 0; names are borrowed. */

static inline BdValue field(uint32_t index) {
    return (BdValue){.from = BD_VALUE_FIELD, .index = index};
}

static inline BdValue column(uint32_t slot, const char *name) {
    return (BdValue){.from = BD_VALUE_COLUMN, .slot = slot, .text = name};
}

static inline BdValue item(uint32_t loop, uint32_t slot, const char *name) {
    return (BdValue){.from = BD_VALUE_ITEM, .slot = slot, .loop = loop, .text = name};
}

static inline BdValue element(uint32_t loop) {
    return (BdValue){.from = BD_VALUE_ELEMENT, .loop = loop};
}

/* What a loop goes over: the record's list, or the rows of a slot. */

static const BdList REST = {.kind = BD_LIST_REST};

static inline BdList rows_of(uint32_t slot) {
    return (BdList){.kind = BD_LIST_SLOT, .slot = slot};
}

/* The end of a loop, which must be accepted. */
static inline void add_end(BdPlan *plan, uint32_t loop) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_end(plan, loop, &err), 0);
}

#endif
