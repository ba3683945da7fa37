/*
 * wake.h - a descriptor that one thread (or a signal handler) makes readable to wake another out of
 * poll(2).
 *
 * Signals do not count: many of them before a clear are one.
 *
 * Threads:   bd_wake_signal() from any thread and from signal handlers; the others from the owner.
 */
#ifndef BD_WAKE_H
#define BD_WAKE_H

#include "core/attr.h"
#include "core/err.h"

typedef struct BdWake {
    int fd[2]; /* a pipe: fd[0] is polled, fd[1] is written; both non-blocking and close-on-exec */
} BdWake;

BD_MUSTCHECK int bd_wake_init(BdWake *wake, BdErr *err);
void bd_wake_signal(const BdWake *wake);
void bd_wake_clear(const BdWake *wake);

/* The descriptor to poll for reading. */
int bd_wake_fd(const BdWake *wake);
void bd_wake_deinit(BdWake *wake);

#endif
