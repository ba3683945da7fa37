/* One thread per worker: it waits for its one descriptor, or for a record, and for nothing else. */
#include "run/engine_impl.h"

#include <poll.h>

static void wait_record(BdWorker *worker) {
    BdItem item;
    if (bd_queue_pop(worker->opts->queue, &item) == BD_POP_RECORD) {
        bd_worker_give(worker, &item);
    } else {
        bd_worker_end(worker);
    }
}

/* An interrupted or failed poll(2) does no harm: the worker looks for itself and asks again. */
static void wait_descriptor(const BdWorker *worker, short events) {
    struct pollfd fd = {.fd = bd_worker_fd(worker), .events = events};
    poll(&fd, 1, -1);
}

void bd_engine_threads_run(BdWorker *workers, uint32_t count) {
    (void)count;
    BdWorker *worker = &workers[0];
    for (;;) {
        switch (bd_worker_step(worker)) {
        case BD_WANT_RECORD:
            wait_record(worker);
            break;
        case BD_WANT_READ:
            wait_descriptor(worker, POLLIN);
            break;
        case BD_WANT_WRITE:
            wait_descriptor(worker, POLLIN | POLLOUT);
            break;
        case BD_WANT_NOTHING:
            return;
        }
    }
}
