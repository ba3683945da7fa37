#define _GNU_SOURCE /* RUSAGE_THREAD */
#include "stats/usage.h"

#include "core/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

static int64_t to_ns(struct timeval time) {
    return time.tv_sec * BD_NS_PER_S + time.tv_usec * INT64_C(1000);
}

BdUsage bd_usage_now(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (BdUsage){
        .user_ns = to_ns(usage.ru_utime),
        .system_ns = to_ns(usage.ru_stime),
        .peak_bytes = usage.ru_maxrss * INT64_C(1024), /* Linux counts in KiB */
        .voluntary = usage.ru_nvcsw,
        .involuntary = usage.ru_nivcsw,
    };
}

/* The second number is the time spent on a run queue. */
static int64_t run_delay_ns(void) {
    int64_t cpu_ns = 0;
    int64_t delay_ns = -1;
    FILE *file = fopen("/proc/thread-self/schedstat", "re");
    if (file != NULL) {
        if (fscanf(file, "%" SCNd64 " %" SCNd64, &cpu_ns, &delay_ns) != 2) {
            delay_ns = -1;
        }
        fclose(file);
    }
    return delay_ns;
}

BdThreadUse bd_thread_use_now(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_THREAD, &usage);
    return (BdThreadUse){
        .user_ns = to_ns(usage.ru_utime),
        .system_ns = to_ns(usage.ru_stime),
        .delay_ns = run_delay_ns(),
        .voluntary = usage.ru_nvcsw,
        .involuntary = usage.ru_nivcsw,
    };
}

int64_t bd_thread_cpu_ns(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * BD_NS_PER_S + time.tv_nsec;
}
