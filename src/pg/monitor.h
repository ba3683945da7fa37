/*
 * monitor.h - looks at a server again and again while others work: a connection and a thread of its
 * own that asks one question at a steady pace and adds up the answers.
 *
 * The question is a statement without parameters whose rows are (name, count). The counts are added
 * up by name, over all looks and by intervals. What the names mean is the caller's matter, as is
 * what to ask before and after.
 *
 * Ownership: open/close. The session stays the monitor's; it is the caller's to use between end and
 *            begin.
 * Threads:   all functions from one thread.
 * Errors:    a monitor that loses its connection, or whose question is refused, stops looking; what
 *            it has seen so far stays, and bd_monitor_end() says why.
 */
#ifndef BD_MONITOR_H
#define BD_MONITOR_H

#include "pg/session.h"

#include <stdint.h>

/* The most intervals. When more are needed, each two become one: however long it takes, there are
 * no more, and then at least half as many. */
#define BD_MONITOR_INTERVALS 40

typedef struct BdMonitor BdMonitor;

/* What was seen under one name. */
typedef struct BdSighting {
    char *name;
    int64_t count;                        /* over all samples */
    int64_t counts[BD_MONITOR_INTERVALS]; /* the same by intervals */
} BdSighting;

/* Connect, and wait until that is done. */
BD_MUSTCHECK int bd_monitor_open(BdMonitor **out, const char *conninfo, BdErr *err);

BdSession *bd_monitor_session(BdMonitor *monitor);

/* How long an empty query takes, there and back: the median of so many (1 to 1000). */
BD_MUSTCHECK int bd_monitor_round_trip(BdMonitor *monitor, uint32_t times, int64_t *median_ns,
                                       BdErr *err);

/* Forget what was seen, ask the question once, and begin to look. -1 when it is refused, or the
 * thread cannot be started. */
BD_MUSTCHECK int bd_monitor_begin(BdMonitor *monitor, const char *question, int64_t period_ns,
                                  BdErr *err);

/* Look no longer. A server that does not answer is given a second. -1: it had ended before, *err
 * says why. */
BD_MUSTCHECK int bd_monitor_end(BdMonitor *monitor, BdErr *err);

/* How often it has looked, and what it has seen; valid until the next begin or close. */
int64_t bd_monitor_samples(const BdMonitor *monitor);
const BdSighting *bd_monitor_sightings(const BdMonitor *monitor, uint32_t *count);

/* How many intervals there are, from the beginning to the last look, and how long each is. */
uint32_t bd_monitor_intervals(const BdMonitor *monitor, int64_t *interval_ns);

/* Ends what is under way. NULL is allowed. */
void bd_monitor_close(BdMonitor *monitor);

#endif
