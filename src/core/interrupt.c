#include "core/interrupt.h"

#include "core/wake.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int signals;       /* how many came */
static BdWake wake = {{-1, -1}}; /* never cleared while a signal is noted */

/* A terminal that is closed may say so twice, and that is no wish to end at once. */
static void on_signal(int number) {
    if (atomic_fetch_add(&signals, 1) > 0 && number != SIGHUP) {
        _exit(130);
    }
    bd_wake_signal(&wake);
}

/* Whether whoever has started us, such as nohup, wants us to outlive its terminal. */
static bool is_hangup_ignored(void) {
    struct sigaction was;
    return sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler == SIG_IGN;
}

int bd_interrupt_install(BdErr *err) {
    if (bd_wake_init(&wake, err) != 0) {
        return -1;
    }
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigemptyset(&ignore.sa_mask);
    sigemptyset(&usual.sa_mask);
    if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0 ||
        (!is_hangup_ignored() && sigaction(SIGHUP, &action, NULL) != 0) ||
        sigaction(SIGPIPE, &ignore, NULL) != 0 || sigaction(SIGXFSZ, &ignore, NULL) != 0 ||
        sigaction(SIGCHLD, &usual, NULL) != 0) {
        return bd_err_set_sys(err, BD_E_BUG, errno, "cannot install signal handlers");
    }
    return 0;
}

bool bd_interrupted(void) {
    return atomic_load_explicit(&signals, memory_order_relaxed) > 0;
}

int bd_interrupt_fd(void) {
    return bd_wake_fd(&wake);
}

void bd_interrupt_reset(void) {
    atomic_store(&signals, 0);
    if (wake.fd[0] >= 0) {
        bd_wake_clear(&wake);
    }
}
