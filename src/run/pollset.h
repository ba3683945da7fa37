/*
 * pollset.h - descriptors to wait for, many at a time: epoll where there is one, poll(2) elsewhere.
 *
 * A descriptor is known by the slot number it was set with. It is told of once when it is ready;
 * to be told of again, whatever is still there, it has to be set again. That is a system call, but
 * for BD_INTEREST_NEWS, which is for those who have read everything.
 *
 * Ownership: new/free. The descriptors stay the caller's; forget one before closing it, or
 *            at least before its number is used again.
 * Threads:   one at a time.
 */
#ifndef BD_POLLSET_H
#define BD_POLLSET_H

#include "core/err.h"

#include <stdint.h>

typedef struct BdPollset BdPollset;

typedef enum BdInterest {
    BD_INTEREST_NONE, /* not in the set */
    BD_INTEREST_NEWS, /* something to read, or the end, has come since it was told of last */
    BD_INTEREST_READ, /* readable */
    BD_INTEREST_WRITE /* writable or readable */
} BdInterest;

/* For slots 0 .. slots-1. */
BD_MUSTCHECK int bd_pollset_new(BdPollset **out, uint32_t slots, BdErr *err);

/* Say what slot waits for. NEWS costs nothing where it has waited to read before. */
BD_MUSTCHECK int bd_pollset_set(BdPollset *set, uint32_t slot, int fd, BdInterest interest,
                                BdErr *err);

/*
 * Wait until something is ready, or for timeout_ns unless that is -1: fills ready with the slots,
 * up to room of them, and returns their number (0 after a signal or the time), or -1.
 */
BD_MUSTCHECK int bd_pollset_wait(BdPollset *set, uint32_t *ready, uint32_t room, int64_t timeout_ns,
                                 BdErr *err);

/* NULL is allowed. */
void bd_pollset_free(BdPollset *set);

#endif
