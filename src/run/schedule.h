/*
 * schedule.h - when records are to begin, at a given rate.
 *
 * The moments are laid down in advance, evenly from the step's begin on, and drawn by whichever
 * worker is free next. They do not shift when the server is slow: a record that begins late has
 * been late since its moment, and its latency counts from there. (Counting from its begin would
 * leave out just those times in which the server kept others waiting: Gil Tene's "coordinated
 * omission".)
 *
 * Threads: any; begun by one, before others draw.
 */
#ifndef BD_SCHEDULE_H
#define BD_SCHEDULE_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct BdSchedule {
    int64_t interval_ns; /* between two records */
    int64_t begin_ns;
    _Atomic int64_t drawn;
} BdSchedule;

static inline void bd_schedule_begin(BdSchedule *schedule, int64_t interval_ns, int64_t now_ns) {
    schedule->interval_ns = interval_ns;
    schedule->begin_ns = now_ns;
    atomic_init(&schedule->drawn, 0);
}

/* The next moment that nobody has drawn. */
static inline int64_t bd_schedule_draw(BdSchedule *schedule) {
    int64_t number = atomic_fetch_add_explicit(&schedule->drawn, 1, memory_order_relaxed);
    return schedule->begin_ns + schedule->interval_ns * number;
}

#endif
