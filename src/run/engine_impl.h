/*
 * engine_impl.h - what the two engines implement: the thread function of one crew of workers.
 *
 * It returns when all workers of the crew have ended. What goes wrong in the waiting itself is
 * reported with bd_control_fail(), and ends the crew's workers.
 */
#ifndef BD_ENGINE_IMPL_H
#define BD_ENGINE_IMPL_H

#include "run/worker.h"

#include <stdint.h>

/* Returns how long the crew's thread has waited. */
typedef int64_t BdCrewFn(BdWorker *workers, uint32_t count);

BdCrewFn bd_engine_threads_run; /* count is 1 */
BdCrewFn bd_engine_poll_run;

#endif
