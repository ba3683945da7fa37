/*
 * traffic.h - the bytes that a connection has carried.
 *
 * The kernel counts them for TCP, and for nothing else: not for Unix sockets, whose bytes are on no
 * network. They are those of the socket, so with TLS the encrypted ones; packets' headers, and what
 * was sent again, do not count.
 */
#ifndef BD_TRAFFIC_H
#define BD_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

typedef struct BdTraffic {
    int64_t sent_bytes; /* that the other side has acknowledged: all, once it has answered */
    int64_t received_bytes;
} BdTraffic;

/* Of a socket since it was connected; false where they are not counted. */
bool bd_traffic_of(int fd, BdTraffic *traffic);

#endif
