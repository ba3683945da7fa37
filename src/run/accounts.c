#include "run/accounts.h"

#include "core/mem.h"

int bd_accounts_init(BdAccounts *accounts, uint32_t threads, bool scheduled, BdErr *err) {
    *accounts = (BdAccounts){.thread_count = threads};
    accounts->threads = bd_alloc_array(threads, sizeof(*accounts->threads));
    if (accounts->threads == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u threads", threads);
    }
    if (scheduled && bd_histogram_new(&accounts->services, err) != 0) {
        return -1;
    }
    return bd_histogram_new(&accounts->units, err);
}

void bd_accounts_deinit(BdAccounts *accounts) {
    bd_free(accounts->threads);
    bd_histogram_free(accounts->units);
    bd_histogram_free(accounts->services);
    bd_latencies_deinit(&accounts->statements);
    *accounts = (BdAccounts){.thread_count = 0};
}

/* Add a worker's shares to ns. The interpreter's lock was waited for in the midst of our code; and
 * a worker that has ended, or not begun, has no record. */
static void add_worker(const BdWorker *worker, int64_t elapsed_ns, int64_t *ns) {
    int64_t own_ns[BD_SHARES];
    int64_t left_ns = elapsed_ns;
    for (int share = 0; share < BD_SHARES; share++) {
        own_ns[share] = worker->timing.shares.ns[share];
        left_ns -= own_ns[share];
    }
    own_ns[BD_SHARE_SOURCE] += left_ns;
    bd_shares_move(own_ns, BD_SHARE_CLIENT, BD_SHARE_TURN, worker->task->turn_ns);
    for (int share = 0; share < BD_SHARES; share++) {
        ns[share] += own_ns[share];
    }
}

/*
 * Of what a crew's workers have spent in our code, the CPU time of its thread is what was spent
 * running it; the rest the thread was ready to run, but had no processor. Where the kernel says how
 * long it was so in all, what is more than that was before it went on after a wait: a thread with
 * one worker waits for the server more than for anything else.
 */
static void settle_crew(const BdThreadUse *use, bool alone, int64_t *ns) {
    int64_t off_ns = ns[BD_SHARE_CLIENT] - use->user_ns - use->system_ns;
    off_ns = bd_shares_move(ns, BD_SHARE_CLIENT, BD_SHARE_TURN, off_ns);
    if (alone) {
        bd_shares_move(ns, BD_SHARE_SERVER, BD_SHARE_TURN, use->delay_ns - off_ns);
    }
}

/* Without a processor the interpreter did not run either: of its time as much is left as of that of
 * our code. */
static int64_t settled_lua_ns(int64_t lua_ns, int64_t client_ns, int64_t settled_ns) {
    return client_ns == 0 ? 0 : (int64_t)((double)lua_ns * (double)settled_ns / (double)client_ns);
}

static void merge_times(BdAccounts *accounts, BdTimes *times) {
    bd_times_settle(times);
    bd_histogram_merge(accounts->units, times->units);
    bd_latencies_merge(&accounts->statements, &times->statements);
    if (times->services != NULL) {
        bd_histogram_merge(accounts->services, times->services);
    }
}

static void add_timing(BdAccounts *accounts, const BdTiming *timing) {
    accounts->paced_ns += timing->paced_ns;
    accounts->lag_ns += timing->lag_ns;
    if (timing->most_lag_ns > accounts->most_lag_ns) {
        accounts->most_lag_ns = timing->most_lag_ns;
    }
}

void bd_accounts_fill(BdAccounts *accounts, const BdWorker *workers, uint32_t count,
                      BdCrewing crewing, BdCrew *crews, int64_t elapsed_ns) {
    uint32_t at = 0;
    for (uint32_t crew = 0; crew < accounts->thread_count; crew++) {
        int64_t ns[BD_SHARES] = {0};
        int64_t lua_ns = 0;
        uint32_t first = at;
        for (; at < count && bd_engine_crew(crewing.kind, count, crewing.jobs, at) == crew; at++) {
            const BdWorker *worker = &workers[at];
            add_worker(worker, elapsed_ns, ns);
            lua_ns += worker->task->lua_ns;
            accounts->lock_ns += worker->task->turn_ns;
            add_timing(accounts, &worker->timing);
        }
        merge_times(accounts, &crews[crew].times);
        int64_t client_ns = ns[BD_SHARE_CLIENT];
        settle_crew(&accounts->threads[crew], at - first == 1, ns);
        accounts->lua_ns += settled_lua_ns(lua_ns, client_ns, ns[BD_SHARE_CLIENT]);
        for (int share = 0; share < BD_SHARES; share++) {
            accounts->shares_ns[share] += ns[share];
        }
    }
}
