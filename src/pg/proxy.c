#define _GNU_SOURCE /* ppoll(), whose timeouts are fine enough for delays below a millisecond */

#include "pg/proxy.h"

#include "core/buf.h"
#include "core/clock.h"
#include "core/files.h"
#include "core/mem.h"
#include "core/wake.h"
#include "pg/conninfo.h"
#include "pg/delayed.h"
#include "pg/session.h"
#include "stats/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STACK_BYTES ((size_t)512 * 1024)
#define BACKLOG     1024
#define CLIENT_FDS  3 /* both ends of its connection, and the proxy's to the server */
#define PAUSE_NS    (20 * BD_NS_PER_MS)

typedef struct Link Link;

/* A connection through the proxy. */
struct Link {
    Link *next;
    BdDelayed out;  /* from the client to the server */
    BdDelayed back; /* from the server to the client */
};

struct BdProxy {
    pthread_t thread;
    BdWake stop;
    int listener;
    int64_t delay_ns;
    struct sockaddr_storage server;
    socklen_t server_bytes;
    BdBuf conninfo;
    _Atomic int64_t user_ns; /* processor time of the thread */
    _Atomic int64_t system_ns;
    Link *links;           /* of the thread, as all below */
    int64_t full_until_ns; /* no descriptor was left for a client: none is let in before */
    struct pollfd *polled;
    size_t room; /* of polled */
};

/* ---- where the server is --------------------------------------------------------------------- */

/* The connection string, with the proxy in the place of the server. */
static int write_conninfo(BdProxy *proxy, const char *conninfo, int port, BdErr *err) {
    char number[16];
    snprintf(number, sizeof(number), "%d", port);
    const BdConninfoPart parts[] = {{"host", "127.0.0.1"},
                                    {"hostaddr", ""}, /* not what PGHOSTADDR says */
                                    {"port", number},
                                    {NULL, NULL}};
    return bd_conninfo_change(&proxy->conninfo, conninfo, parts, err);
}

/* Connect once, to know the server's address and that it answers. */
static int find_server(BdProxy *proxy, const char *conninfo, int port, BdErr *err) {
    BdSession *session = NULL;
    if (bd_session_open(&session, conninfo, BD_PROTOCOL_EXTENDED, err) != 0) {
        return -1;
    }
    proxy->server_bytes = sizeof(proxy->server);
    int status = getpeername(bd_session_fd(session), (struct sockaddr *)&proxy->server,
                             &proxy->server_bytes);
    status = status != 0 ? bd_err_set_sys(err, BD_E_IO, errno, "cannot tell the server's address")
                         : write_conninfo(proxy, conninfo, port, err);
    bd_session_free(session);
    return status;
}

/* ---- sockets --------------------------------------------------------------------------------- */

static int set_up_socket(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* no matter if it is a local one */
    int status = fcntl(fd, F_GETFL);
    if (status < 0 || fcntl(fd, F_SETFL, status | O_NONBLOCK) < 0) {
        return -1;
    }
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Listen on a free port of the loopback interface. */
static int listen_anywhere(BdProxy *proxy, int *port, BdErr *err) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t bytes = sizeof(address);
    proxy->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (proxy->listener < 0 || set_up_socket(proxy->listener) != 0 ||
        bind(proxy->listener, (struct sockaddr *)&address, bytes) != 0 ||
        listen(proxy->listener, BACKLOG) != 0 ||
        getsockname(proxy->listener, (struct sockaddr *)&address, &bytes) != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot listen on the loopback interface");
    }
    *port = ntohs(address.sin_port);
    return 0;
}

/* A connection to the server, which is waited for; -1 where there is none. */
static int connect_on(const BdProxy *proxy) {
    int fd = socket(proxy->server.ss_family, SOCK_STREAM, 0);
    if (fd >= 0 &&
        (connect(fd, (const struct sockaddr *)&proxy->server, proxy->server_bytes) != 0 ||
         set_up_socket(fd) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* ---- links ----------------------------------------------------------------------------------- */

static void free_link(Link *link) {
    close(link->out.from);
    close(link->out.to);
    bd_delayed_deinit(&link->out);
    bd_delayed_deinit(&link->back);
    bd_free(link);
}

/* Take the clients that wait to be let in. One that cannot be connected on is turned away. One that
 * cannot be taken, for want of a descriptor, stays in line: it is tried again after a pause. */
static void accept_clients(BdProxy *proxy, int64_t now_ns) {
    for (int client; (client = accept(proxy->listener, NULL, NULL)) >= 0;) {
        Link *link = bd_alloc(sizeof(*link));
        int server = link == NULL || set_up_socket(client) != 0 ? -1 : connect_on(proxy);
        if (server < 0) {
            bd_free(link);
            close(client);
            continue;
        }
        bd_delayed_init(&link->out, client, server);
        bd_delayed_init(&link->back, server, client);
        link->next = proxy->links;
        proxy->links = link;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
        proxy->full_until_ns = now_ns + PAUSE_NS;
    }
}

/* The earlier one of a moment and of when the way's bytes will be due. Bytes that are due already
 * wait for their socket. */
static int64_t next_due(int64_t moment_ns, const BdDelayed *way, int64_t now_ns) {
    int64_t due_ns = bd_delayed_due_ns(way);
    return due_ns > now_ns && due_ns < moment_ns ? due_ns : moment_ns;
}

/* What to wait for on a descriptor that one way reads and the other one writes. */
static struct pollfd wanted(const BdDelayed *reads, const BdDelayed *writes, int64_t now_ns) {
    struct pollfd entry = {.fd = reads->from};
    entry.events = (short)((bd_delayed_takes(reads) ? POLLIN : 0) |
                           (bd_delayed_due_ns(writes) <= now_ns ? POLLOUT : 0));
    if (entry.events == 0) {
        entry.fd = -1; /* a descriptor that hangs up would otherwise be reported without end */
    }
    return entry;
}

/* Fill proxy->polled: the wake-up, the listener, two descriptors of each link. *due_ns: when bytes
 * will be due that are not yet, or a pause is over. 0 entries: no memory. */
static size_t gather(BdProxy *proxy, int64_t now_ns, int64_t *due_ns) {
    size_t count = 2;
    for (const Link *link = proxy->links; link != NULL; link = link->next) {
        count += 2;
    }
    if (count > proxy->room) {
        struct pollfd *grown = bd_realloc_array(proxy->polled, count * 2, sizeof(*grown));
        if (grown == NULL) {
            return 0;
        }
        proxy->polled = grown;
        proxy->room = count * 2;
    }
    proxy->polled[0] = (struct pollfd){.fd = bd_wake_fd(&proxy->stop), .events = POLLIN};
    bool full = now_ns < proxy->full_until_ns;
    proxy->polled[1] = (struct pollfd){.fd = full ? -1 : proxy->listener, .events = POLLIN};
    struct pollfd *entry = proxy->polled + 2;
    *due_ns = full ? proxy->full_until_ns : INT64_MAX;
    for (const Link *link = proxy->links; link != NULL; link = link->next) {
        *entry++ = wanted(&link->out, &link->back, now_ns);
        *entry++ = wanted(&link->back, &link->out, now_ns);
        *due_ns = next_due(*due_ns, &link->out, now_ns);
        *due_ns = next_due(*due_ns, &link->back, now_ns);
    }
    return count;
}

/* Move bytes along all links, and take away those that are over. */
static void serve(BdProxy *proxy, int64_t now_ns) {
    const struct pollfd *entry = proxy->polled + 2;
    for (Link **place = &proxy->links; *place != NULL; entry += 2) {
        Link *link = *place;
        if (entry[0].revents != 0 && bd_delayed_takes(&link->out)) {
            bd_delayed_read(&link->out, now_ns, proxy->delay_ns);
        }
        if (entry[1].revents != 0 && bd_delayed_takes(&link->back)) {
            bd_delayed_read(&link->back, now_ns, proxy->delay_ns);
        }
        bd_delayed_write(&link->out, now_ns);
        bd_delayed_write(&link->back, now_ns);
        if (link->out.over && link->back.over) {
            *place = link->next;
            free_link(link);
        } else {
            place = &link->next;
        }
    }
}

static int wait_for(struct pollfd *polled, size_t count, int64_t due_ns) {
    int64_t left_ns = due_ns - bd_now_ns();
    struct timespec time = bd_timespec(left_ns < 0 ? 0 : left_ns);
    return ppoll(polled, (nfds_t)count, due_ns == INT64_MAX ? NULL : &time, NULL);
}

static void note_use(BdProxy *proxy) {
    BdUsage usage = bd_usage_of_thread();
    atomic_store_explicit(&proxy->user_ns, usage.user_ns, memory_order_relaxed);
    atomic_store_explicit(&proxy->system_ns, usage.system_ns, memory_order_relaxed);
}

static void *proxy_main(void *arg) {
    BdProxy *proxy = arg;
    for (;;) {
        int64_t due_ns = 0;
        size_t count = gather(proxy, bd_now_ns(), &due_ns);
        if (count == 0 || (wait_for(proxy->polled, count, due_ns) < 0 && errno != EINTR) ||
            proxy->polled[0].revents != 0) {
            return NULL;
        }
        serve(proxy, bd_now_ns());
        if (proxy->polled[1].revents != 0) {
            accept_clients(proxy, bd_now_ns());
        }
        note_use(proxy);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int start_thread(BdProxy *proxy, BdErr *err) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    int code = pthread_create(&proxy->thread, &attr, proxy_main, proxy);
    pthread_attr_destroy(&attr);
    return code == 0 ? 0 : bd_err_set_sys(err, BD_E_IO, code, "cannot start a thread");
}

static void free_proxy(BdProxy *proxy) {
    while (proxy->links != NULL) {
        Link *link = proxy->links;
        proxy->links = link->next;
        free_link(link);
    }
    if (proxy->listener >= 0) {
        close(proxy->listener);
    }
    bd_wake_deinit(&proxy->stop);
    bd_buf_deinit(&proxy->conninfo);
    bd_free(proxy->polled);
    bd_free(proxy);
}

int bd_proxy_open(BdProxy **out, const char *conninfo, int64_t delay_ns, uint32_t clients,
                  BdErr *err) {
    *out = NULL;
    if (bd_files_allow(clients, CLIENT_FDS, err) != 0) {
        return -1;
    }
    BdProxy *proxy = bd_alloc(sizeof(*proxy));
    if (proxy == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a proxy");
    }
    proxy->listener = -1;
    proxy->delay_ns = delay_ns;
    int port = 0;
    if (bd_wake_init(&proxy->stop, err) != 0 || listen_anywhere(proxy, &port, err) != 0 ||
        find_server(proxy, conninfo, port, err) != 0 || start_thread(proxy, err) != 0) {
        free_proxy(proxy);
        return -1;
    }
    *out = proxy;
    return 0;
}

const char *bd_proxy_conninfo(const BdProxy *proxy) {
    return proxy->conninfo.p;
}

void bd_proxy_used(BdProxy *proxy, int64_t *user_ns, int64_t *system_ns) {
    *user_ns = atomic_load_explicit(&proxy->user_ns, memory_order_relaxed);
    *system_ns = atomic_load_explicit(&proxy->system_ns, memory_order_relaxed);
}

void bd_proxy_close(BdProxy *proxy) {
    if (proxy == NULL) {
        return;
    }
    bd_wake_signal(&proxy->stop);
    pthread_join(proxy->thread, NULL);
    free_proxy(proxy);
}
