#define _GNU_SOURCE /* epoll_pwait2(), whose timeouts are finer than milliseconds */

#include "run/pollset.h"

#if defined(__linux__) && !defined(BD_NO_EPOLL)

#include "core/clock.h"
#include "core/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AT_ONCE 64 /* events taken from the kernel in one call */

/*
 * Edge-triggered: an answer that was read costs no further look at its descriptor, as it does where
 * the kernel has to find out by itself that nothing is left. But what is left unread is not told of
 * again, unless the kernel is asked once more. That goes for the end of a connection, too, which
 * comes together with the last answer.
 */
typedef struct Slot {
    uint8_t interest; /* a BdInterest: what the kernel was told */
    bool ended;       /* the other side has closed it */
} Slot;

struct BdPollset {
    int epoll;
    Slot *slots;
    bool coarse; /* the kernel knows no epoll_pwait2() */
};

int bd_pollset_new(BdPollset **out, uint32_t slots, BdErr *err) {
    *out = NULL;
    BdPollset *set = bd_alloc(sizeof(*set));
    if (set == NULL || (set->slots = bd_alloc_array(slots, sizeof(*set->slots))) == NULL) {
        bd_free(set);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for an event loop");
    }
    set->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (set->epoll < 0) {
        bd_err_set_sys(err, BD_E_IO, errno, "cannot make an epoll set");
        bd_pollset_free(set);
        return -1;
    }
    *out = set;
    return 0;
}

/* Does the kernel know, and is not to be asked once more? */
static bool is_known(const Slot *slot, BdInterest interest) {
    bool reads = slot->interest == BD_INTEREST_NEWS || slot->interest == BD_INTEREST_READ;
    return interest == BD_INTEREST_NONE   ? slot->interest == BD_INTEREST_NONE
           : interest == BD_INTEREST_NEWS ? reads && !slot->ended
                                          : false;
}

int bd_pollset_set(BdPollset *set, uint32_t slot, int fd, BdInterest interest, BdErr *err) {
    BdInterest before = (BdInterest)set->slots[slot].interest;
    if (is_known(&set->slots[slot], interest)) {
        return 0;
    }
    int operation = before == BD_INTEREST_NONE     ? EPOLL_CTL_ADD
                    : interest == BD_INTEREST_NONE ? EPOLL_CTL_DEL
                                                   : EPOLL_CTL_MOD;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = slot};
    if (interest == BD_INTEREST_WRITE) {
        event.events |= EPOLLOUT;
    }
    /* A descriptor that is closed already has left the set by itself. */
    if (epoll_ctl(set->epoll, operation, fd, &event) != 0 && interest != BD_INTEREST_NONE) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot wait for descriptor %d", fd);
    }
    set->slots[slot] = (Slot){.interest = (uint8_t)interest};
    return 0;
}

/* As epoll_wait(). Linux before 5.11 has no finer timeouts, nor have containers that let through
 * only the calls that they know. */
static int wait_events(BdPollset *set, struct epoll_event *events, int most, int64_t timeout_ns) {
    if (timeout_ns >= 0 && !set->coarse) {
        struct timespec timeout = bd_timespec(timeout_ns);
        int count = epoll_pwait2(set->epoll, events, most, &timeout, NULL);
        set->coarse = count < 0 && (errno == ENOSYS || errno == EPERM);
        if (!set->coarse) {
            return count;
        }
    }
    int timeout_ms = timeout_ns > 0 ? bd_timeout_ms(timeout_ns, 0) : (int)timeout_ns;
    return epoll_wait(set->epoll, events, most, timeout_ms);
}

int bd_pollset_wait(BdPollset *set, uint32_t *ready, uint32_t room, int64_t timeout_ns,
                    BdErr *err) {
    struct epoll_event events[AT_ONCE];
    int most = room < AT_ONCE ? (int)room : AT_ONCE;
    int count = wait_events(set, events, most, timeout_ns);
    if (count < 0) {
        return errno == EINTR ? 0 : bd_err_set_sys(err, BD_E_IO, errno, "cannot wait for events");
    }
    for (int i = 0; i < count; i++) {
        ready[i] = events[i].data.u32;
        if ((events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
            set->slots[ready[i]].ended = true;
        }
    }
    return count;
}

void bd_pollset_free(BdPollset *set) {
    if (set == NULL) {
        return;
    }
    if (set->epoll >= 0) {
        close(set->epoll);
    }
    bd_free(set->slots);
    bd_free(set);
}

#endif
