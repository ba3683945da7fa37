#include "support/memory.h"

#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

int memory_note_live(void **state) {
    int64_t *live = malloc(sizeof(*live));
    assert_non_null(live);
    *live = bd_mem_live();
    *state = live;
    return 0;
}

int memory_check_live(void **state) {
    int64_t *live = *state;
    int64_t more = bd_mem_live() - *live;
    free(live);
    bd_mem_fail_at(0);
    if (more != 0) {
        print_error("%lld blocks of memory were left behind\n", (long long)more);
    }
    return more == 0 ? 0 : -1;
}

int memory_fail_each(MemoryTryFn *attempt, void *context) {
    for (int n = 1;; n++) {
        BdErr err = BD_ERR_INIT;
        int64_t live = bd_mem_live();
        bd_mem_fail_at(n);
        int rc = attempt(context, &err);
        bd_mem_fail_at(0);
        assert_int_equal(bd_mem_live(), live);
        if (rc == 0) {
            return n - 1;
        }
        assert_int_equal(rc, -1);
        assert_int_equal(err.code, BD_E_NOMEM);
        assert_true(err.msg[0] != '\0');
    }
}

void guard_init(Guard *guard, size_t max_bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t usable = (max_bytes / page + 1) * page;
    guard->map_bytes = usable + page;
    guard->map =
        mmap(NULL, guard->map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(guard->map != MAP_FAILED);
    guard->end = guard->map + usable;
    assert_int_equal(mprotect(guard->end, page, PROT_NONE), 0);
}

char *guard_put(Guard *guard, const char *p, size_t n) {
    assert_true(n <= (size_t)(guard->end - guard->map));
    char *copy = guard->end - n;
    if (n > 0) {
        memcpy(copy, p, n);
    }
    return copy;
}

void guard_deinit(Guard *guard) {
    munmap(guard->map, guard->map_bytes);
}
