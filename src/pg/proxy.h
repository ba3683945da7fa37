/*
 * proxy.h - a way to the server that is longer than it is: what either side sends arrives some time
 * later, as if the server were far away.
 *
 * It listens on the loopback interface, and connects on to where the given connection string leads.
 * Bytes are passed as they are; only their moment changes. A round trip takes twice the delay
 * longer, and not less, since the delay counts from when the proxy had the bytes.
 *
 * Threads:   the proxy has a thread of its own; open and close it from one. bd_proxy_used() may be
 *            called from any.
 * Errors:    BD_E_CONN where the server does not answer, BD_E_IO for sockets and threads, and those
 *            of files.h.
 */
#ifndef BD_PROXY_H
#define BD_PROXY_H

#include "core/attr.h"
#include "core/err.h"

#include <stdint.h>

typedef struct BdProxy BdProxy;

/* Start the proxy. conninfo: as for a session, NULL for libpq's environment; delay_ns: each way;
 * clients: how many there will be at a time, for which descriptors are allowed. */
BD_MUSTCHECK int bd_proxy_open(BdProxy **out, const char *conninfo, int64_t delay_ns,
                               uint32_t clients, BdErr *err);

/* How to connect through it, with everything else as in the original; lives as long as the proxy.
 * May hold a password. */
const char *bd_proxy_conninfo(const BdProxy *proxy);

/* The processor time that it has taken so far, of what the process has: it stands for a network,
 * which takes none of the client's. */
void bd_proxy_used(BdProxy *proxy, int64_t *user_ns, int64_t *system_ns);

/* End it, and with it all connections that go through it. NULL is allowed. */
void bd_proxy_close(BdProxy *proxy);

#endif
