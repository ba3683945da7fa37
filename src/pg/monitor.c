#include "pg/monitor.h"

#include "core/clock.h"
#include "core/mem.h"
#include "core/wake.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_NS   BD_NS_PER_S /* for the answer under way when the monitor is to end */
#define MOST_TRIPS    1000
#define FEW_SIGHTINGS 16
#define FIRST_LOOKS   4 /* in an interval at first */

struct BdMonitor {
    BdSession *session; /* the thread's while it runs */
    BdWake wake;        /* ends the thread */
    pthread_t thread;
    bool running;   /* the thread was started and not yet joined */
    char *question; /* owned */
    int64_t period_ns;
    int64_t begin_ns;

    /* Written by the thread, read when it has ended. */
    int64_t samples;
    int64_t interval_ns;
    uint32_t intervals;
    BdSighting *sightings;
    uint32_t count; /* of sightings */
    uint32_t room;
    bool failed; /* err says why */
    BdErr err;
};

int bd_monitor_open(BdMonitor **out, const char *conninfo, BdErr *err) {
    *out = NULL;
    BdMonitor *monitor = bd_alloc(sizeof(*monitor));
    if (monitor == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a monitor");
    }
    if (bd_wake_init(&monitor->wake, err) != 0) {
        bd_free(monitor);
        return -1;
    }
    if (bd_session_open(&monitor->session, conninfo, BD_PROTOCOL_EXTENDED, err) != 0) {
        bd_monitor_close(monitor);
        return -1;
    }
    *out = monitor;
    return 0;
}

BdSession *bd_monitor_session(BdMonitor *monitor) {
    return monitor->session;
}

/* ---- the round trip -------------------------------------------------------------------------- */

static int compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

int bd_monitor_round_trip(BdMonitor *monitor, uint32_t times, int64_t *median_ns, BdErr *err) {
    static const BdRequest nothing = {.kind = BD_REQUEST_TEXT, .text = ""};
    int64_t trips_ns[MOST_TRIPS];
    times = times < 1 ? 1 : times > MOST_TRIPS ? MOST_TRIPS : times;
    for (uint32_t i = 0; i < times; i++) {
        BdAnswer *answer = NULL;
        int64_t begin_ns = bd_now_ns();
        if (bd_session_ask(monitor->session, &nothing, &answer, err) != 0) {
            return -1;
        }
        trips_ns[i] = bd_now_ns() - begin_ns;
        bd_answer_free(answer);
    }
    qsort(trips_ns, times, sizeof(trips_ns[0]), compare);
    *median_ns = trips_ns[times / 2];
    return 0;
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* Wait for the session (not where io is BD_IO_DONE), for the end, or until the time. 1: the end. */
static int wait_for(const BdMonitor *monitor, BdIo io, bool ending, int64_t until_ns) {
    struct pollfd fds[] = {
        {.fd = ending ? -1 : bd_wake_fd(&monitor->wake), .events = POLLIN},
        {.fd = io == BD_IO_DONE ? -1 : bd_session_fd(monitor->session),
         .events = io == BD_IO_WRITE ? POLLIN | POLLOUT : POLLIN},
    };
    while (poll(fds, 2, bd_timeout_ms(until_ns, bd_now_ns())) < 0 && errno == EINTR) {
    }
    return fds[0].revents != 0;
}

/* Ask, and wait for the answer; a second only once the monitor is to end, which sets *ending. */
static int ask(BdMonitor *monitor, BdAnswer **answer, bool *ending, BdErr *err) {
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = monitor->question};
    if (bd_session_send(monitor->session, &request, err) != 0) {
        return -1;
    }
    int64_t deadline_ns = 0;
    BdIo io = bd_session_step(monitor->session, answer, err);
    while (io == BD_IO_READ || io == BD_IO_WRITE) {
        if (deadline_ns != 0 && bd_now_ns() >= deadline_ns) {
            bd_session_abort(monitor->session);
            return bd_err_set(err, BD_E_CONN, 0, "the server does not answer the monitor");
        }
        if (wait_for(monitor, io, *ending, deadline_ns) != 0) {
            *ending = true;
            deadline_ns = bd_now_ns() + PATIENCE_NS;
        }
        io = bd_session_step(monitor->session, answer, err);
    }
    return io == BD_IO_DONE ? 0 : -1;
}

/* The sighting of that name, a new one if need be; NULL when memory runs out. */
static BdSighting *sighting_of(BdMonitor *monitor, const char *name) {
    for (uint32_t i = 0; i < monitor->count; i++) {
        if (strcmp(monitor->sightings[i].name, name) == 0) {
            return &monitor->sightings[i];
        }
    }
    if (monitor->count == monitor->room) {
        uint32_t room = monitor->room == 0 ? FEW_SIGHTINGS : 2 * monitor->room;
        BdSighting *grown = bd_realloc_array(monitor->sightings, room, sizeof(*grown));
        if (grown == NULL) {
            return NULL;
        }
        monitor->sightings = grown;
        monitor->room = room;
    }
    char *copy = bd_strdup(name);
    if (copy == NULL) {
        return NULL;
    }
    monitor->sightings[monitor->count] = (BdSighting){.name = copy};
    return &monitor->sightings[monitor->count++];
}

/* Each two intervals become one. */
static void double_intervals(BdMonitor *monitor) {
    for (uint32_t i = 0; i < monitor->count; i++) {
        int64_t *counts = monitor->sightings[i].counts;
        for (uint32_t n = 0; n < BD_MONITOR_INTERVALS / 2; n++) {
            counts[n] = counts[2 * n] + counts[2 * n + 1];
        }
        memset(&counts[BD_MONITOR_INTERVALS / 2], 0, BD_MONITOR_INTERVALS / 2 * sizeof(*counts));
    }
    monitor->interval_ns *= 2;
}

/* The interval that it is now. */
static int64_t interval_now(BdMonitor *monitor) {
    int64_t since_ns = bd_now_ns() - monitor->begin_ns;
    while (since_ns / monitor->interval_ns >= BD_MONITOR_INTERVALS) {
        double_intervals(monitor);
    }
    int64_t interval = since_ns / monitor->interval_ns;
    monitor->intervals = (uint32_t)interval + 1;
    return interval;
}

static int add_up(BdMonitor *monitor, const BdAnswer *answer, BdErr *err) {
    if (bd_answer_columns(answer) != 2) {
        return bd_err_set(err, BD_E_BUG, 0, "the monitor's question must have two columns");
    }
    int64_t interval = interval_now(monitor);
    for (int row = 0; row < bd_answer_rows(answer); row++) {
        const char *name = bd_answer_value(answer, row, 0);
        const char *text = bd_answer_value(answer, row, 1);
        BdSighting *sighting = sighting_of(monitor, name == NULL ? "" : name);
        if (sighting == NULL) {
            return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for the monitor");
        }
        int64_t count = text == NULL ? 0 : strtoll(text, NULL, 10);
        sighting->count += count;
        sighting->counts[interval] += count;
    }
    monitor->samples++;
    return 0;
}

/* Look once. -1: the monitor can look no longer. */
static int sample(BdMonitor *monitor, bool *ending) {
    BdAnswer *answer = NULL;
    int status = ask(monitor, &answer, ending, &monitor->err);
    if (status == 0) {
        status = add_up(monitor, answer, &monitor->err);
    }
    bd_answer_free(answer);
    return status;
}

/* At a steady pace; a look that comes too late is left out, not made up for. */
static void *look(void *argument) {
    BdMonitor *monitor = argument;
    bool ending = false;
    int64_t next_ns = monitor->begin_ns;
    while (!ending) {
        next_ns += monitor->period_ns;
        while (!ending && bd_now_ns() < next_ns) {
            ending = wait_for(monitor, BD_IO_DONE, false, next_ns) != 0;
        }
        if (!ending && sample(monitor, &ending) != 0) {
            monitor->failed = true;
            return NULL;
        }
        int64_t now_ns = bd_now_ns();
        next_ns = next_ns < now_ns - monitor->period_ns ? now_ns : next_ns;
    }
    return NULL;
}

/* ---- from outside ---------------------------------------------------------------------------- */

static void forget(BdMonitor *monitor) {
    for (uint32_t i = 0; i < monitor->count; i++) {
        bd_free(monitor->sightings[i].name);
    }
    monitor->count = 0;
    monitor->samples = 0;
    monitor->intervals = 0;
    monitor->failed = false;
    bd_free(monitor->question);
    monitor->question = NULL;
}

int bd_monitor_begin(BdMonitor *monitor, const char *question, int64_t period_ns, BdErr *err) {
    forget(monitor);
    monitor->period_ns = period_ns;
    monitor->interval_ns = FIRST_LOOKS * period_ns;
    monitor->question = bd_strdup(question);
    if (monitor->question == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a monitor");
    }
    BdAnswer *answer = NULL; /* one before the others begin to work: it does not count */
    if (bd_session_query(monitor->session, question, NULL, 0, &answer, err) != 0) {
        return -1;
    }
    bd_answer_free(answer);
    bd_wake_clear(&monitor->wake);
    monitor->begin_ns = bd_now_ns();
    int failed = pthread_create(&monitor->thread, NULL, look, monitor);
    if (failed != 0) {
        return bd_err_set_sys(err, BD_E_CONFIG, failed, "cannot start the monitor's thread");
    }
    monitor->running = true;
    return 0;
}

static void stop(BdMonitor *monitor) {
    if (monitor->running) {
        bd_wake_signal(&monitor->wake);
        pthread_join(monitor->thread, NULL);
        monitor->running = false;
    }
}

int bd_monitor_end(BdMonitor *monitor, BdErr *err) {
    stop(monitor);
    if (monitor->failed) {
        *err = monitor->err;
        return -1;
    }
    return 0;
}

int64_t bd_monitor_samples(const BdMonitor *monitor) {
    return monitor->samples;
}

const BdSighting *bd_monitor_sightings(const BdMonitor *monitor, uint32_t *count) {
    *count = monitor->count;
    return monitor->sightings;
}

uint32_t bd_monitor_intervals(const BdMonitor *monitor, int64_t *interval_ns) {
    *interval_ns = monitor->interval_ns;
    return monitor->intervals;
}

void bd_monitor_close(BdMonitor *monitor) {
    if (monitor == NULL) {
        return;
    }
    stop(monitor);
    forget(monitor);
    bd_free(monitor->sightings);
    bd_session_free(monitor->session);
    bd_wake_deinit(&monitor->wake);
    bd_free(monitor);
}
