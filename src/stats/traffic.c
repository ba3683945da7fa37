#include "stats/traffic.h"

#ifdef __linux__

#include <linux/tcp.h> /* the C library's has not got the newer fields */
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

bool bd_traffic_of(int fd, BdTraffic *traffic) {
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
        size < offsetof(struct tcp_info, tcpi_segs_out)) { /* the next field */
        return false;
    }
    *traffic = (BdTraffic){.sent_bytes = (int64_t)info.tcpi_bytes_acked,
                           .received_bytes = (int64_t)info.tcpi_bytes_received};
    return true;
}

#else

bool bd_traffic_of(int fd, BdTraffic *traffic) {
    (void)fd;
    (void)traffic;
    return false;
}

#endif
