#include "core/files.h"

#include <errno.h>
#include <sys/resource.h>

#define SPARE_FILES 64 /* descriptors for all else than connections */

int bd_files_allow(uint32_t connections, uint32_t each, BdErr *err) {
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections * each + SPARE_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
        return 0;
    }
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted) {
        bd_err_set(err, BD_E_CONFIG, 0, "%u connections are more than this user may have open",
                   connections);
        return bd_err_hint(err, "use a smaller --poolsize, or raise \"ulimit -n\"");
    }
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return bd_err_set_sys(err, BD_E_CONFIG, errno, "cannot allow %llu open files",
                              (unsigned long long)wanted);
    }
    return 0;
}
