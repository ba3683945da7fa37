#define _GNU_SOURCE /* RUSAGE_THREAD */
#include "stats/usage.h"

#include "core/clock.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>

static int64_t to_ns(struct timeval time) {
    return time.tv_sec * BD_NS_PER_S + time.tv_usec * INT64_C(1000);
}

static BdUsage usage_of(int who) {
    struct rusage usage = {0};
    getrusage(who, &usage);
    return (BdUsage){
        .user_ns = to_ns(usage.ru_utime),
        .system_ns = to_ns(usage.ru_stime),
        .voluntary = usage.ru_nvcsw,
        .involuntary = usage.ru_nivcsw,
    };
}

BdUsage bd_usage_now(void) {
    return usage_of(RUSAGE_SELF);
}

BdUsage bd_usage_of_thread(void) {
    return usage_of(RUSAGE_THREAD);
}

int64_t bd_peak_bytes(void) {
    char line[128];
    int64_t kib = 0;
    FILE *file = fopen("/proc/self/status", "re");
    if (file != NULL) {
        while (fgets(line, sizeof(line), file) != NULL &&
               sscanf(line, "VmHWM: %" SCNd64 " kB", &kib) != 1) {
        }
        fclose(file);
    }
    return kib * 1024;
}

void bd_peak_restart(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    FILE *file = fopen("/proc/self/clear_refs", "we");
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
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
    BdUsage usage = bd_usage_of_thread();
    return (BdThreadUse){
        .user_ns = usage.user_ns,
        .system_ns = usage.system_ns,
        .delay_ns = run_delay_ns(),
        .voluntary = usage.voluntary,
        .involuntary = usage.involuntary,
    };
}

int64_t bd_thread_cpu_ns(void) {
    struct timespec time = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * BD_NS_PER_S + time.tv_nsec;
}
