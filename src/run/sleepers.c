#include "run/sleepers.h"

#include "core/mem.h"

int bd_sleepers_init(BdSleepers *sleepers, uint32_t slots, BdErr *err) {
    *sleepers = (BdSleepers){.heap = bd_alloc_array(slots, sizeof(*sleepers->heap)),
                             .asleep = bd_alloc_array(slots, sizeof(*sleepers->asleep))};
    if (sleepers->heap == NULL || sleepers->asleep == NULL) {
        bd_sleepers_deinit(sleepers);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for an event loop");
    }
    return 0;
}

void bd_sleepers_deinit(BdSleepers *sleepers) {
    bd_free(sleepers->heap);
    bd_free(sleepers->asleep);
    *sleepers = (BdSleepers){.count = 0};
}

/* The place at `at` is free: move parents down into it until the sleeper fits there. */
void bd_sleepers_push(BdSleepers *sleepers, uint32_t slot, int64_t until_ns) {
    BdSleeper *heap = sleepers->heap;
    uint32_t at = sleepers->count++;
    while (at > 0 && heap[(at - 1) / 2].until_ns > until_ns) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = (BdSleeper){.until_ns = until_ns, .slot = slot};
    sleepers->asleep[slot] = true;
}

/* Take the first one off: move children up into its place until the last sleeper fits there. */
static void remove_first(BdSleepers *sleepers) {
    BdSleeper *heap = sleepers->heap;
    uint32_t count = --sleepers->count;
    BdSleeper last = heap[count];
    uint32_t at = 0;
    for (uint32_t child = 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && heap[child + 1].until_ns < heap[child].until_ns) {
            child++;
        }
        if (last.until_ns <= heap[child].until_ns) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
}

bool bd_sleepers_pop(BdSleepers *sleepers, int64_t now_ns, uint32_t *slot) {
    if (bd_sleepers_left_ns(sleepers, now_ns) != 0) {
        return false;
    }
    *slot = sleepers->heap[0].slot;
    sleepers->asleep[*slot] = false;
    remove_first(sleepers);
    return true;
}

int64_t bd_sleepers_left_ns(const BdSleepers *sleepers, int64_t now_ns) {
    if (sleepers->count == 0) {
        return -1;
    }
    int64_t until_ns = sleepers->heap[0].until_ns;
    return until_ns > now_ns ? until_ns - now_ns : 0;
}
