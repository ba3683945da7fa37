#include "stats/usage.h"

#include "core/clock.h"

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
