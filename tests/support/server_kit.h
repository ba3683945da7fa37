/*
 * server_kit.h - throwaway servers in a folder for temporary files that a test program has for
 * itself, so that what is left there shows.
 */
#ifndef BD_TEST_SERVER_KIT_H
#define BD_TEST_SERVER_KIT_H

#include "core/clock.h"
#include "pg/server.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_S 120 /* until a condition that must come counts as one that does not */

static const BdServerOpts few = {.max_connections = 10};

static char temporary[64];
static char why_not[1024]; /* there is no PostgreSQL */

static inline int make_temporary(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdServer *server = NULL;
    const char *parent = getenv("TMPDIR");
    snprintf(temporary, sizeof(temporary), "%s/bd-XXXXXX", parent == NULL ? "/tmp" : parent);
    assert_non_null(mkdtemp(temporary));
    assert_int_equal(chmod(temporary, 01777), 0); /* other users' servers live here, too */
    setenv("TMPDIR", temporary, 1);
    if (bd_server_open(&server, &few, &err) != 0) {
        snprintf(why_not, sizeof(why_not), "%s", err.msg);
    }
    bd_server_close(server);
    return err.code == BD_E_NONE || strstr(err.hint, "apt-get") != NULL ? 0 : -1;
}

static inline int remove_temporary(void **state) {
    (void)state;
    return rmdir(temporary);
}

static inline void need_server(void) {
    if (why_not[0] != '\0') {
        print_message("# SKIP %s\n", why_not);
        skip();
    }
}

/* Files and folders in a folder. */
static inline int count_in(const char *path) {
    int count = -2; /* "." and ".." */
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count;
}

static inline void check_nothing_left(void) {
    assert_int_equal(count_in(temporary), 0);
}

/* Wait for a condition that comes by itself, and soon. */
static inline void wait_until(bool (*holds)(const void *context), const void *context) {
    int64_t deadline_ns = bd_now_ns() + PATIENCE_S * BD_NS_PER_S;
    while (!holds(context)) {
        assert_true(bd_now_ns() < deadline_ns);
        poll(NULL, 0, 5);
    }
}

static inline BdServer *open_server(void) {
    BdErr err = BD_ERR_INIT;
    BdServer *server = NULL;
    if (bd_server_open(&server, &few, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return server;
}

#endif
