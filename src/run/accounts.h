/*
 * accounts.h - the timings of a step's workers put together, when all of them have ended.
 *
 * Ownership: embedded in the step's result; init/deinit.
 * Threads:   one.
 */
#ifndef BD_ACCOUNTS_H
#define BD_ACCOUNTS_H

#include "run/crew.h"
#include "run/engine.h"
#include "stats/latencies.h"
#include "stats/shares.h"
#include "stats/usage.h"

#include <stdint.h>

typedef struct BdAccounts {
    int64_t shares_ns[BD_SHARES]; /* of all workers: they add up to their number times the step's
                                     time */
    int64_t lua_ns;               /* of client, in the interpreter */
    int64_t lock_ns;              /* of turn, waiting for the interpreter's lock */
    BdHistogram *units;           /* how long the units took */
    BdHistogram *services;        /* that from their begin on; NULL without a schedule */
    int64_t paced_ns;             /* of source, waiting for the schedule */
    int64_t lag_ns;               /* how long after their moments units began, in all */
    int64_t most_lag_ns;          /* and the longest */
    BdLatencies statements;       /* how long the statements took */
    BdThreadUse *threads;         /* of the engine */
    uint32_t thread_count;
} BdAccounts;

BD_MUSTCHECK int bd_accounts_init(BdAccounts *accounts, uint32_t threads, bool scheduled,
                                  BdErr *err);

/* May be called on a zeroed struct. */
void bd_accounts_deinit(BdAccounts *accounts);

/* How the workers are shared out to the engine's threads. */
typedef struct BdCrewing {
    BdEngineKind kind;
    uint32_t jobs;
} BdCrewing;

/* Add everything up; threads is filled already. crews: all of them. elapsed_ns: of the step. */
void bd_accounts_fill(BdAccounts *accounts, const BdWorker *workers, uint32_t count,
                      BdCrewing crewing, BdCrew *crews, int64_t elapsed_ns);

#endif
