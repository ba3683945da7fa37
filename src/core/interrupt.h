/*
 * interrupt.h - Ctrl-C (SIGINT), SIGTERM, and a closed terminal (SIGHUP), noted for the run to end
 * in good order.
 *
 * The first signal is only noted: whoever waits polls bd_interrupt_fd() besides, and asks
 * bd_interrupted(). A second SIGINT or SIGTERM ends the process at once with status 130.
 *
 * Threads:   bd_interrupt_install() once, from the main thread before others exist; the rest from
 *            anywhere.
 */
#ifndef BD_INTERRUPT_H
#define BD_INTERRUPT_H

#include "core/attr.h"
#include "core/err.h"

#include <stdbool.h>

/* Install the handlers (SIGHUP stays ignored where it is, as under nohup), and ignore SIGPIPE and
 * SIGXFSZ, so that writing fails instead; but not SIGCHLD, though whoever has started us may:
 * nobody could then wait for a process that we start, nor could that one for its own. */
BD_MUSTCHECK int bd_interrupt_install(BdErr *err);

bool bd_interrupted(void);

/* Readable from the first signal on; -1 where no handlers are installed (poll(2) ignores that). */
int bd_interrupt_fd(void);

/* Forget a noted signal: the next one is the first again. */
void bd_interrupt_reset(void);

#endif
