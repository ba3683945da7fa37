/*
 * server.h - a throwaway PostgreSQL: started in a temporary folder, gone with it.
 *
 * It listens on a Unix socket in a folder of mode 0700 and on nothing else. Durability is as
 * installed: fsync stays on. As root it runs as the user "postgres", or "nobody" where there is
 * none. A guardian process stands between: it starts the server, and when this program ends in any
 * way, kill -9 included, it stops the server and removes the folder. Folders left by guardians that
 * were killed themselves are removed by the next bd_server_open().
 *
 * PostgreSQL's programs are looked for in PATH, then in Debian's newest version;
 * BIGDATA_POSTGRES_BIN names another folder. The superuser and the database are called "bigdata".
 *
 * Threads:   open while no other threads run (it forks); close from the same thread.
 * Errors:    BD_E_CONFIG with a hint where no PostgreSQL is installed; otherwise the end of the
 *            server's own log.
 */
#ifndef BD_SERVER_H
#define BD_SERVER_H

#include "core/err.h"

typedef struct BdServer BdServer;

typedef struct BdServerOpts {
    int max_connections;
    const char *const *settings; /* more settings, "name=value", ended by NULL; NULL for none */
} BdServerOpts;

/* Start a server and wait until it takes connections. Ctrl-C while waiting: BD_E_STOPPED, nothing
 * left behind. */
BD_MUSTCHECK int bd_server_open(BdServer **out, const BdServerOpts *opts, BdErr *err);

/* How to connect to it, as a keyword string; lives as long as the server. */
const char *bd_server_conninfo(const BdServer *server);

/* The folder it lives in. */
const char *bd_server_folder(const BdServer *server);

/* Stop it and remove its folder. NULL is allowed. */
void bd_server_close(BdServer *server);

#endif
