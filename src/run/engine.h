/*
 * engine.h - how workers wait: the one difference between threads and event loops.
 *
 * An engine starts its threads at once; they stand at the gate until bd_engine_go(), and end when
 * their workers have:
 *
 *   - threads: one thread per worker, which waits for its one descriptor with poll(2);
 *   - poll: `jobs` threads, each an event loop over its share of the workers.
 *
 * Threads:   all functions from the thread that opened the engine.
 */
#ifndef BD_ENGINE_H
#define BD_ENGINE_H

#include "run/worker.h"
#include "stats/usage.h"

#include <stdint.h>

typedef struct BdEngine BdEngine;

typedef enum BdEngineKind { BD_ENGINE_THREADS, BD_ENGINE_POLL } BdEngineKind;

/* How many threads there will be, and in which of them a worker runs; both count from 0. */
uint32_t bd_engine_crews(BdEngineKind kind, uint32_t workers, uint32_t jobs);
uint32_t bd_engine_crew(BdEngineKind kind, uint32_t workers, uint32_t jobs, uint32_t worker);

/* Start the threads for count workers, which stay the caller's. jobs is for BD_ENGINE_POLL. uses:
 * one for each thread, the caller's, to be filled by bd_engine_close(). */
BD_MUSTCHECK int bd_engine_open(BdEngine **out, BdEngineKind kind, BdWorker *workers,
                                uint32_t count, uint32_t jobs, BdThreadUse *uses, BdErr *err);

/* Open the gate: the workers begin. */
void bd_engine_go(BdEngine *engine);

/* Wait until all threads have ended, and free the engine. If the gate is still shut, no worker
 * begins. NULL is allowed. */
void bd_engine_close(BdEngine *engine);

#endif
