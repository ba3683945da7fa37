#include "pg/cancel.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Wait for the child, with WNOHANG only if it has ended. */
static void reap(BdCancel *cancel, int options) {
    pid_t ended = 0;
    do {
        ended = waitpid(cancel->child, NULL, options);
    } while (ended < 0 && errno == EINTR);
    cancel->child = ended == 0 ? cancel->child : 0;
}

void bd_cancel_begin(BdCancel *cancel, BdSession *const *sessions, uint32_t count) {
    if (cancel->child > 0) {
        reap(cancel, WNOHANG);
    }
    if (cancel->child > 0) {
        return;
    }
    cancel->child = fork();
    if (cancel->child == 0) {
        /* Only what a signal handler may call, which PQcancel() is meant for. */
        for (uint32_t i = 0; i < count; i++) {
            bd_session_cancel(sessions[i]);
        }
        _exit(0);
    }
    cancel->child = cancel->child < 0 ? 0 : cancel->child;
}

void bd_cancel_end(BdCancel *cancel) {
    if (cancel->child > 0) {
        kill(cancel->child, SIGKILL);
        reap(cancel, 0);
    }
}
