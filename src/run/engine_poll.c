/*
 * An event loop: it waits for all descriptors of its workers, and for the queue, at once.
 *
 * A worker that finds no record is hungry: it waits in a list until the queue's descriptor says
 * that there may be some. One that waits for a moment sleeps.
 */
#include "run/engine_impl.h"

#include "core/clock.h"
#include "core/mem.h"
#include "run/pollset.h"
#include "run/sleepers.h"

#define READY_AT_ONCE 64
#define AT_ONCE_NS    20000 /* a wait that took no longer has found what was ready before */

typedef struct Loop {
    BdWorker *workers;
    uint32_t count;
    uint32_t active;  /* workers that have not ended */
    BdPollset *set;   /* slots 0 .. count-1 are workers, slot count is the queue */
    BdWaiter waiter;  /* for the queue */
    uint32_t *hungry; /* workers that wait for a record */
    uint32_t hungry_count;
    BdSleepers sleepers;
    int64_t now_ns;    /* when the clock was last read */
    int64_t woken_ns;  /* when the last wait was over */
    int64_t from_ns;   /* what it found had become ready after this, */
    int64_t until_ns;  /* and before this */
    int64_t waited_ns; /* in all */
} Loop;

static int loop_init(Loop *loop, BdWorker *workers, uint32_t count, BdErr *err) {
    *loop = (Loop){.workers = workers, .count = count, .active = count};
    if (bd_waiter_init(&loop->waiter, err) != 0) {
        return -1;
    }
    loop->hungry = bd_alloc_array(count, sizeof(*loop->hungry));
    if (loop->hungry == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for an event loop");
    }
    if (bd_sleepers_init(&loop->sleepers, count, err) != 0 ||
        bd_pollset_new(&loop->set, count + 1, err) != 0) {
        return -1;
    }
    return bd_pollset_set(loop->set, count, bd_wake_fd(&loop->waiter.wake), BD_INTEREST_NEWS, err);
}

static void loop_deinit(Loop *loop) {
    bd_pollset_free(loop->set);
    bd_sleepers_deinit(&loop->sleepers);
    bd_free(loop->hungry);
    bd_waiter_deinit(&loop->waiter);
}

static int set_interest(Loop *loop, uint32_t slot, BdInterest interest, BdErr *err) {
    return bd_pollset_set(loop->set, slot, bd_worker_fd(&loop->workers[slot]), interest, err);
}

static BdInterest reading(const Loop *loop, uint32_t slot) {
    return bd_worker_drained(&loop->workers[slot]) ? BD_INTEREST_NEWS : BD_INTEREST_READ;
}

static void read_clock(Loop *loop) {
    loop->now_ns = bd_now_ns();
}

static bool is_hungry(const Loop *loop, uint32_t slot) {
    return loop->workers[slot].timing.shares.now == BD_SHARE_SOURCE;
}

static void wait_for(Loop *loop, uint32_t slot, BdShare share) {
    if (share != BD_SHARE_SOURCE || !is_hungry(loop, slot)) {
        read_clock(loop);
        bd_timing_wait(&loop->workers[slot].timing, share, loop->now_ns);
    }
}

/* Find a record for the worker; false where it has to wait for one. */
static bool feed(Loop *loop, uint32_t slot) {
    BdWorker *worker = &loop->workers[slot];
    BdItem item;
    BdPop pop = bd_queue_try_pop(worker->opts->queue, &item, &loop->waiter);
    if (pop == BD_POP_LATER) {
        loop->hungry[loop->hungry_count++] = slot;
        wait_for(loop, slot, BD_SHARE_SOURCE);
        return false;
    }
    if (is_hungry(loop, slot)) {
        read_clock(loop);
        worker->idle_ns += loop->now_ns - worker->timing.shares.since_ns;
        bd_timing_go_on(&worker->timing, loop->now_ns, loop->now_ns);
    }
    if (pop == BD_POP_RECORD) {
        bd_worker_give(worker, &item);
    } else {
        bd_worker_end(worker);
    }
    return true;
}

/* Let a worker go on until it has to wait. */
static int advance(Loop *loop, uint32_t slot, BdErr *err) {
    for (;;) {
        switch (bd_worker_step(&loop->workers[slot])) {
        case BD_WANT_RECORD:
            if (!feed(loop, slot)) {
                return 0;
            }
            break;
        case BD_WANT_READ:
            wait_for(loop, slot, BD_SHARE_SERVER);
            return set_interest(loop, slot, reading(loop, slot), err);
        case BD_WANT_WRITE:
            wait_for(loop, slot, BD_SHARE_SEND);
            return set_interest(loop, slot, BD_INTEREST_WRITE, err);
        case BD_WANT_TIME:
            wait_for(loop, slot, loop->workers[slot].until_share);
            bd_sleepers_push(&loop->sleepers, slot, loop->workers[slot].until_ns);
            return set_interest(loop, slot, BD_INTEREST_NONE, err);
        case BD_WANT_NOTHING:
            loop->active--;
            wait_for(loop, slot, BD_SHARE_SOURCE);
            return set_interest(loop, slot, BD_INTEREST_NONE, err);
        }
    }
}

/* There may be records: let all hungry workers ask again. */
static int advance_hungry(Loop *loop, BdErr *err) {
    uint32_t count = loop->hungry_count;
    loop->hungry_count = 0;
    /* advance() appends at most as many as were read, so what is unread stays. */
    for (uint32_t i = 0; i < count; i++) {
        if (advance(loop, loop->hungry[i], err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* When the worker's answer was there: not known, so the middle of the time in which it came. */
static int64_t ready_ns(const Loop *loop, uint32_t slot) {
    int64_t sent_ns = loop->workers[slot].timing.shares.since_ns;
    int64_t from_ns = loop->from_ns > sent_ns ? loop->from_ns : sent_ns;
    int64_t until_ns = loop->until_ns > from_ns ? loop->until_ns : from_ns;
    return from_ns + (until_ns - from_ns) / 2;
}

static int dispatch(Loop *loop, uint32_t slot, BdErr *err) {
    if (slot == loop->count) {
        bd_wake_clear(&loop->waiter.wake);
        return advance_hungry(loop, err);
    }
    if (loop->workers[slot].state == BD_WORKER_ENDED || bd_sleepers_has(&loop->sleepers, slot)) {
        return 0; /* it ended, or fell asleep, after this event was taken */
    }
    if (is_hungry(loop, slot)) {
        /* A notice for a hungry worker, or its server is gone: it will find out when it sends. */
        return set_interest(loop, slot, BD_INTEREST_NONE, err);
    }
    bd_timing_go_on(&loop->workers[slot].timing, ready_ns(loop, slot), loop->now_ns);
    return advance(loop, slot, err);
}

/* Let workers go on whose moment has come. One that falls asleep again is not woken in this turn,
 * so that the descriptors get theirs. */
static int advance_sleeping(Loop *loop, BdErr *err) {
    int64_t now_ns = loop->now_ns;
    uint32_t slot = 0;
    while (bd_sleepers_pop(&loop->sleepers, now_ns, &slot)) {
        bd_timing_go_on(&loop->workers[slot].timing, loop->now_ns, loop->now_ns);
        if (advance(loop, slot, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Wait, and note when that was over and when what it found may have become ready: while it waited,
 * or if it did not, at some time since the wait before. */
static int wait_ready(Loop *loop, uint32_t *ready, BdErr *err) {
    int64_t begin_ns = loop->now_ns;
    int64_t left_ns = bd_sleepers_left_ns(&loop->sleepers, loop->now_ns);
    int count = bd_pollset_wait(loop->set, ready, READY_AT_ONCE, left_ns, err);
    read_clock(loop);
    bool at_once = loop->now_ns - begin_ns <= AT_ONCE_NS;
    loop->from_ns = at_once ? loop->woken_ns : loop->now_ns;
    loop->until_ns = at_once ? begin_ns : loop->now_ns;
    loop->waited_ns += at_once ? 0 : loop->now_ns - begin_ns;
    loop->woken_ns = loop->now_ns;
    return count;
}

static int run_loop(Loop *loop, BdErr *err) {
    read_clock(loop);
    int64_t begin_ns = loop->now_ns;
    for (uint32_t slot = 0; slot < loop->count; slot++) {
        bd_timing_begin(&loop->workers[slot].timing, begin_ns);
    }
    for (uint32_t slot = 0; slot < loop->count; slot++) {
        read_clock(loop);
        bd_timing_go_on(&loop->workers[slot].timing, begin_ns, loop->now_ns);
        if (advance(loop, slot, err) != 0) {
            return -1;
        }
    }
    while (loop->active > 0) {
        uint32_t ready[READY_AT_ONCE];
        int count = wait_ready(loop, ready, err);
        if (count < 0 || advance_sleeping(loop, err) != 0) {
            return -1;
        }
        for (int i = 0; i < count; i++) {
            if (dispatch(loop, ready[i], err) != 0) {
                return -1;
            }
        }
    }
    return 0;
}

int64_t bd_engine_poll_run(BdWorker *workers, uint32_t count) {
    BdErr err = BD_ERR_INIT;
    Loop loop;
    if (loop_init(&loop, workers, count, &err) != 0 || run_loop(&loop, &err) != 0) {
        bd_control_fail(workers[0].opts->control, &err);
        bd_queue_abort(workers[0].opts->queue); /* lets go of the waiter */
        for (uint32_t i = 0; i < count; i++) {
            bd_worker_quit(&workers[i]);
        }
    }
    loop_deinit(&loop);
    return loop.waited_ns;
}
