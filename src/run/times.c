#include "run/times.h"

#include <stddef.h>

int bd_times_init(BdTimes *times, bool scheduled, BdErr *err) {
    *times = (BdTimes){.units = NULL};
    if (scheduled && bd_histogram_new(&times->services, err) != 0) {
        return -1;
    }
    return bd_histogram_new(&times->units, err);
}

void bd_times_deinit(BdTimes *times) {
    bd_histogram_free(times->units);
    bd_histogram_free(times->services);
    bd_latencies_deinit(&times->statements);
    times->units = NULL;
    times->services = NULL;
}

void bd_times_settle(BdTimes *times) {
    bd_histogram_settle(&times->notes);
}
