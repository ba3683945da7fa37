#define _GNU_SOURCE /* ppoll(), whose timeouts are finer than milliseconds */

#include "run/pollset.h"

#if !defined(__linux__) || defined(BD_NO_EPOLL)

#include "core/clock.h"
#include "core/mem.h"

#include <errno.h>
#include <poll.h>

struct BdPollset {
    struct pollfd *fds; /* one per slot; fd is -1 for those that are not in the set */
    uint32_t slots;
};

int bd_pollset_new(BdPollset **out, uint32_t slots, BdErr *err) {
    *out = NULL;
    BdPollset *set = bd_alloc(sizeof(*set));
    if (set == NULL || (set->fds = bd_alloc_array(slots, sizeof(*set->fds))) == NULL) {
        bd_free(set);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for an event loop");
    }
    set->slots = slots;
    for (uint32_t i = 0; i < slots; i++) {
        set->fds[i].fd = -1;
    }
    *out = set;
    return 0;
}

int bd_pollset_set(BdPollset *set, uint32_t slot, int fd, BdInterest interest, BdErr *err) {
    (void)err;
    struct pollfd *entry = &set->fds[slot];
    entry->fd = interest == BD_INTEREST_NONE ? -1 : fd;
    entry->events = interest == BD_INTEREST_WRITE ? POLLIN | POLLOUT : POLLIN;
    return 0;
}

int bd_pollset_wait(BdPollset *set, uint32_t *ready, uint32_t room, int64_t timeout_ns,
                    BdErr *err) {
    struct timespec timeout = bd_timespec(timeout_ns);
    if (ppoll(set->fds, set->slots, timeout_ns < 0 ? NULL : &timeout, NULL) < 0) {
        return errno == EINTR ? 0 : bd_err_set_sys(err, BD_E_IO, errno, "cannot wait for events");
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < set->slots && count < room; i++) {
        if (set->fds[i].revents != 0) {
            ready[count++] = i;
        }
    }
    return (int)count;
}

void bd_pollset_free(BdPollset *set) {
    if (set != NULL) {
        bd_free(set->fds);
        bd_free(set);
    }
}

#endif
