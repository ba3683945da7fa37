/*
 * cancel.h - ask the server to cancel what sessions do, without waiting for it.
 *
 * libpq waits until the server has taken such a request, which one that is stopped never does. So a
 * child process asks, one session after the other, and can be killed.
 *
 * Ownership: embedded in its owner, zeroed at first; bd_cancel_end() at last.
 * Threads:   one at a time, and none that frees the sessions meanwhile.
 */
#ifndef BD_CANCEL_H
#define BD_CANCEL_H

#include "pg/session.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct BdCancel {
    pid_t child; /* 0: there is none */
} BdCancel;

/* Begin to ask, unless the last time is not over yet. Where there can be no child, nothing is
 * asked. */
void bd_cancel_begin(BdCancel *cancel, BdSession *const *sessions, uint32_t count);

/* Ask no more. */
void bd_cancel_end(BdCancel *cancel);

#endif
