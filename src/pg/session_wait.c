#include "core/clock.h"
#include "core/interrupt.h"
#include "pg/cancel.h"
#include "pg/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#define PATIENCE_NS (5 * BD_NS_PER_S) /* after Ctrl-C, before a connection is cut off */

static int stopped(BdErr *err) {
    return bd_err_set(err, BD_E_STOPPED, 0, "interrupted");
}

typedef enum Woken { WOKEN_READY, WOKEN_INTERRUPTED, WOKEN_LATE } Woken;

/* Wait for the socket, for Ctrl-C (unless interrupt_fd is -1), or for the deadline (unless it is
 * 0). */
static Woken wait_for(const BdSession *session, BdIo io, int interrupt_fd, int64_t deadline_ns) {
    short events = io == BD_IO_WRITE ? POLLIN | POLLOUT : POLLIN;
    struct pollfd fds[] = {{.fd = bd_session_fd(session), .events = events},
                           {.fd = interrupt_fd, .events = POLLIN}};
    int ready = 0;
    do {
        int64_t now_ns = deadline_ns == 0 ? 0 : bd_now_ns();
        ready = poll(fds, 2, bd_timeout_ms(deadline_ns, now_ns));
    } while (ready < 0 && errno == EINTR);
    if (fds[1].revents != 0) {
        return WOKEN_INTERRUPTED;
    }
    return ready == 0 ? WOKEN_LATE : WOKEN_READY;
}

static int wait_connected(BdSession *session, BdErr *err) {
    int64_t limit_ns = bd_session_connect_limit_ns(session);
    int64_t deadline_ns = limit_ns == 0 ? 0 : bd_now_ns() + limit_ns;
    BdIo io = bd_session_connect(session, err);
    while (io == BD_IO_READ || io == BD_IO_WRITE) {
        Woken woken = wait_for(session, io, bd_interrupt_fd(), deadline_ns);
        if (woken == WOKEN_INTERRUPTED) {
            return stopped(err);
        }
        if (woken == WOKEN_LATE) {
            return bd_session_connect_late(session, err);
        }
        io = bd_session_connect(session, err);
    }
    return io == BD_IO_DONE ? 0 : -1;
}

int bd_session_open(BdSession **out, const char *conninfo, BdProtocol protocol, BdErr *err) {
    *out = NULL;
    BdSession *session = NULL;
    if (bd_session_new(&session, conninfo, protocol, err) != 0) {
        return -1;
    }
    if (wait_connected(session, err) != 0) {
        bd_session_free(session);
        return -1;
    }
    *out = session;
    return 0;
}

/* Wait for the answer to what was sent. Ctrl-C cancels it, and the answer to that is awaited; where
 * none comes the connection is cut off. */
static int wait_answer(BdSession *session, BdAnswer **answer, BdErr *err) {
    BdCancel cancel = {.child = 0};
    bool interrupted = false;
    int64_t deadline_ns = 0;
    BdIo io = bd_session_step(session, answer, err);
    while (io == BD_IO_READ || io == BD_IO_WRITE) {
        switch (wait_for(session, io, interrupted ? -1 : bd_interrupt_fd(), deadline_ns)) {
        case WOKEN_INTERRUPTED:
            interrupted = true;
            deadline_ns = bd_now_ns() + PATIENCE_NS;
            bd_cancel_begin(&cancel, &session, 1);
            break;
        case WOKEN_LATE:
            deadline_ns = 0;
            bd_session_abort(session);
            break;
        case WOKEN_READY:
            io = bd_session_step(session, answer, err);
        }
    }
    bd_cancel_end(&cancel);
    if (interrupted) {
        bd_answer_free(*answer);
        *answer = NULL;
        return stopped(err);
    }
    return io == BD_IO_DONE ? 0 : -1;
}

int bd_session_ask(BdSession *session, const BdRequest *request, BdAnswer **answer, BdErr *err) {
    *answer = NULL;
    if (bd_interrupted()) {
        return stopped(err);
    }
    return bd_session_send(session, request, err) == 0 ? wait_answer(session, answer, err) : -1;
}

int bd_session_query(BdSession *session, const char *sql, const char *const *values, uint32_t count,
                     BdAnswer **answer, BdErr *err) {
    *answer = NULL;
    if (bd_interrupted()) {
        return stopped(err);
    }
    return bd_session_send_sql(session, sql, values, count, err) == 0
               ? wait_answer(session, answer, err)
               : -1;
}

bool bd_session_environment(void) {
    static const char *const names[] = {"PGHOST",     "PGHOSTADDR", "PGPORT",
                                        "PGDATABASE", "PGSERVICE",  "PGUSER"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return true;
        }
    }
    return false;
}
