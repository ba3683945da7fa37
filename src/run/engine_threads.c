/* One thread per worker: it waits for its one descriptor, for a record or for a moment, and for
 * nothing else. */
#include "run/engine_impl.h"

#include "core/clock.h"

#include <poll.h>

static void go_on(BdWorker *worker) {
    int64_t now_ns = bd_now_ns();
    bd_timing_go_on(&worker->timing, now_ns, now_ns);
}

static void wait_until(BdWorker *worker) {
    bd_timing_wait(&worker->timing, worker->until_share, bd_now_ns());
    bd_sleep_until(worker->until_ns);
    go_on(worker);
}

static void wait_record(BdWorker *worker) {
    BdItem item;
    int64_t waited_ns = 0;
    BdPop pop = bd_queue_pop(worker->opts->queue, &item, &waited_ns);
    if (waited_ns > 0) {
        int64_t now_ns = bd_now_ns();
        bd_timing_wait(&worker->timing, BD_SHARE_SOURCE, now_ns - waited_ns);
        bd_timing_go_on(&worker->timing, now_ns, now_ns);
    }
    if (pop == BD_POP_RECORD) {
        bd_worker_give(worker, &item);
    } else {
        bd_worker_end(worker);
    }
}

/* An interrupted or failed poll(2) does no harm: the worker looks for itself and asks again. */
static void wait_descriptor(BdWorker *worker, BdShare share, short events) {
    struct pollfd fd = {.fd = bd_worker_fd(worker), .events = events};
    bd_timing_wait(&worker->timing, share, bd_now_ns());
    poll(&fd, 1, -1);
    go_on(worker);
}

int64_t bd_engine_threads_run(BdWorker *workers, uint32_t count) {
    (void)count;
    BdWorker *worker = &workers[0];
    bd_timing_begin(&worker->timing, bd_now_ns());
    for (;;) {
        switch (bd_worker_step(worker)) {
        case BD_WANT_RECORD:
            wait_record(worker);
            break;
        case BD_WANT_READ:
            wait_descriptor(worker, BD_SHARE_SERVER, POLLIN);
            break;
        case BD_WANT_WRITE:
            wait_descriptor(worker, BD_SHARE_SEND, POLLIN | POLLOUT);
            break;
        case BD_WANT_TIME:
            wait_until(worker);
            break;
        case BD_WANT_NOTHING:
            bd_timing_wait(&worker->timing, BD_SHARE_SOURCE, bd_now_ns());
            return bd_timing_waited_ns(&worker->timing);
        }
    }
}
