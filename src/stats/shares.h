/*
 * shares.h - what a worker's time goes to. It is always in one of these, so they add up to all of
 * its time.
 *
 * Threads:   one at a time.
 */
#ifndef BD_SHARES_H
#define BD_SHARES_H

#include <stdint.h>

typedef enum BdShare {
    BD_SHARE_SOURCE, /* no record to work on */
    BD_SHARE_CLIENT, /* running our code */
    BD_SHARE_SEND,   /* the socket would not take more */
    BD_SHARE_SERVER, /* waiting for the answer, or until something is tried again */
    BD_SHARE_TURN,   /* the answer was there, but not the thread, the loop or the interpreter */
    BD_SHARES        /* how many there are */
} BdShare;

typedef struct BdShares {
    int64_t ns[BD_SHARES]; /* until since_ns */
    BdShare now;           /* what the time since then goes to */
    int64_t since_ns;
} BdShares;

/* The time from since_ns to now_ns goes to what was going on, and what follows to `next`. */
static inline void bd_shares_enter(BdShares *shares, BdShare next, int64_t now_ns) {
    shares->ns[shares->now] += now_ns - shares->since_ns;
    shares->now = next;
    shares->since_ns = now_ns;
}

/* Move time that was counted as one thing to another: up to so much, and no more than there is.
 * Returns how much was moved. */
static inline int64_t bd_shares_move(int64_t *ns, BdShare from, BdShare to, int64_t most_ns) {
    int64_t moved_ns = most_ns < ns[from] ? most_ns : ns[from];
    moved_ns = moved_ns < 0 ? 0 : moved_ns;
    ns[from] -= moved_ns;
    ns[to] += moved_ns;
    return moved_ns;
}

#endif
