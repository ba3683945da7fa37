/*
 * memory.h - cases that leave no memory behind, and functions whose allocations are made to fail.
 */
#ifndef BD_TEST_MEMORY_H
#define BD_TEST_MEMORY_H

#include "core/err.h"

#include <stddef.h>

/* Set-up and tear-down of a case: fails it when it leaves memory behind. */
int memory_note_live(void **state);
int memory_check_live(void **state);
#define CASE(f) cmocka_unit_test_setup_teardown(f, memory_note_live, memory_check_live)

/* Something that allocates, and gives all of it back, whether it succeeds (0) or fails (-1). */
typedef int MemoryTryFn(void *context, BdErr *err);

/*
 * Do it with the first allocation failing, with the second, and so on, until it succeeds. Each
 * failure must be BD_E_NOMEM with a message, and leave no memory behind. Returns how many
 * allocations could be made to fail.
 */
int memory_fail_each(MemoryTryFn *attempt, void *context);

/* Bytes with an unmapped page right behind the last one: who reads on, crashes. */
typedef struct Guard {
    char *map;
    size_t map_bytes;
    char *end; /* one past the last byte that may be touched */
} Guard;

/* For texts of up to max_bytes. */
void guard_init(Guard *guard, size_t max_bytes);

/* A copy of the text that ends at the unmapped page; valid until the next call. */
char *guard_put(Guard *guard, const char *p, size_t n);
void guard_deinit(Guard *guard);

#endif
