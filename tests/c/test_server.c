/*
 * test_server.c - throwaway servers: opened, used, and closed, as whom, and what keeps them from
 * that. Skipped where PostgreSQL is not installed.
 */
#include "core/interrupt.h"
#include "core/mem.h"
#include "pg/session.h"
#include "support/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "support/server_kit.h" /* needs cmocka.h */

/* ---- use ------------------------------------------------------------------------------------- */

static BdSession *connect_to(const BdServer *server) {
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    if (bd_session_open(&session, bd_server_conninfo(server), BD_PROTOCOL_SIMPLE, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return session;
}

static void check_value(BdSession *session, const char *sql, const char *value) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (bd_session_query(session, sql, NULL, 0, &answer, &err) != 0) {
        fail_msg("%s: %s", sql, err.msg);
    }
    assert_string_equal(bd_answer_value(answer, 0, 0), value);
    bd_answer_free(answer);
}

static void a_server_is_private_and_as_installed(void **state) {
    (void)state;
    need_server();
    static const char *const settings[] = {"work_mem=5MB", "cluster_name=it's", NULL};
    const BdServerOpts opts = {.max_connections = 37, .settings = settings};
    BdErr err = BD_ERR_INIT;
    BdServer *server = NULL;
    assert_int_equal(bd_server_open(&server, &opts, &err), 0);
    struct stat status;
    assert_int_equal(stat(bd_server_folder(server), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    BdSession *session = connect_to(server);
    check_value(session, "select current_database()", "bigdata");
    check_value(session, "select current_user", "bigdata");
    check_value(session, "show listen_addresses", "");
    check_value(session, "select inet_client_addr() is null", "t");
    check_value(session, "show max_connections", "37");
    check_value(session, "show work_mem", "5MB");
    check_value(session, "show cluster_name", "it's");
    check_value(session, "show fsync", "on");
    check_value(session, "show synchronous_commit", "on");
    check_value(session, "show full_page_writes", "on");
    check_value(session, "show server_encoding", "UTF8");
    bd_session_free(session);
    bd_server_close(server);
    check_nothing_left();
}

static void closing_does_not_wait_for_clients(void **state) {
    (void)state;
    need_server();
    BdServer *server = open_server();
    BdSession *session = connect_to(server);
    const BdRequest sleep = {.kind = BD_REQUEST_TEXT, .text = "select pg_sleep(600)"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_send(session, &sleep, &err), 0);
    assert_int_equal(bd_session_step(session, &answer, &err), BD_IO_READ);
    bd_server_close(server);
    check_nothing_left();
    bd_session_free(session);
    bd_server_close(NULL);
}

static void frozen_backends_go_with_their_server(void **state) {
    (void)state;
    need_server();
    BdServer *server = open_server();
    BdSession *session = connect_to(server);
    const BdRequest who = {.kind = BD_REQUEST_TEXT, .text = "select pg_backend_pid()"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_ask(session, &who, &answer, &err), 0);
    pid_t backend = (pid_t)strtol(bd_answer_value(answer, 0, 0), NULL, 10);
    bd_answer_free(answer);
    assert_int_equal(kill(backend, SIGSTOP), 0);
    bd_server_close(server);
    assert_int_equal(kill(backend, 0), -1);
    check_nothing_left();
    bd_session_free(session);
}

static void two_servers_live_side_by_side(void **state) {
    (void)state;
    need_server();
    BdServer *first = open_server();
    BdServer *second = open_server();
    assert_string_not_equal(bd_server_folder(first), bd_server_folder(second));
    bd_server_close(first);
    BdSession *session = connect_to(second);
    check_value(session, "select 42", "42");
    bd_session_free(session);
    bd_server_close(second);
    check_nothing_left();
}

/* Whoever reads the program's output would otherwise wait for the guardian, too. */
static void the_guardian_keeps_no_descriptors(void **state) {
    (void)state;
    need_server();
    int fds[2];
    char byte;
    assert_int_equal(pipe(fds), 0);
    BdServer *server = open_server();
    close(fds[1]);
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(read(fds[0], &byte, 1), 0); /* the end, not EAGAIN */
    close(fds[0]);
    bd_server_close(server);
}

static void libpq_s_and_the_server_s_variables_do_not_disturb(void **state) {
    (void)state;
    need_server();
    static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE",
                                        "PGUSER", "PGDATA",     "PGTZ",   "PGCLIENTENCODING"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        setenv(names[i], i == 1 ? "192.0.2.1" : "1", 1);
    }
    BdServer *server = open_server();
    BdSession *session = connect_to(server);
    check_value(session, "select current_database()", "bigdata");
    bd_session_free(session);
    bd_server_close(server);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unsetenv(names[i]);
    }
}

static void a_link_out_of_the_folder_is_not_followed(void **state) {
    (void)state;
    need_server();
    char outside[96], file[128], link[128];
    snprintf(outside, sizeof(outside), "%s-outside-XXXXXX", temporary);
    assert_non_null(mkdtemp(outside));
    snprintf(file, sizeof(file), "%s/precious", outside);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    BdServer *server = open_server();
    snprintf(link, sizeof(link), "%s/link", bd_server_folder(server));
    assert_int_equal(symlink(outside, link), 0);
    bd_server_close(server);
    check_nothing_left();
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(outside), 0);
}

/* ---- what goes wrong ------------------------------------------------------------------------- */

static BdErr cannot_open(const BdServerOpts *opts) {
    BdErr err = BD_ERR_INIT;
    BdServer *server = NULL;
    assert_int_equal(bd_server_open(&server, opts, &err), -1);
    assert_null(server);
    return err;
}

static void a_wrong_setting_is_shown_in_the_server_s_words(void **state) {
    (void)state;
    need_server();
    static const char *const settings[] = {"no_such_setting=1", NULL};
    const BdServerOpts opts = {.max_connections = 10, .settings = settings};
    BdErr err = cannot_open(&opts);
    assert_int_equal(err.code, BD_E_CONFIG);
    assert_non_null(strstr(err.msg, "the throwaway server did not start: "));
    assert_non_null(strstr(err.msg, "unrecognized configuration parameter \"no_such_setting\""));
    assert_null(strchr(err.msg, '\n'));
    check_nothing_left();
}

/* With the programs of that folder; "" stands for those that are installed. */
static BdErr cannot_open_with(const char *programs) {
    const char *before = getenv("BIGDATA_POSTGRES_BIN");
    char *saved = strdup(before == NULL ? "" : before);
    setenv("BIGDATA_POSTGRES_BIN", programs, 1);
    BdErr err = cannot_open(&few);
    setenv("BIGDATA_POSTGRES_BIN", saved, 1);
    free(saved);
    return err;
}

static void a_missing_postgresql_is_named_with_its_package(void **state) {
    (void)state;
    BdErr err = cannot_open_with(temporary);
    assert_int_equal(err.code, BD_E_CONFIG);
    assert_non_null(strstr(err.msg, "there is no PostgreSQL server in "));
    assert_non_null(strstr(err.hint, "apt-get install postgresql"));
}

static void a_broken_initdb_is_shown_in_its_words(void **state) {
    (void)state;
    need_server();
    static const char script[] = "#!/bin/sh\necho the moon is in the wrong house >&2\nexit 3\n";
    static const char *const names[] = {"initdb", "postgres"};
    char folder[96], path[2][128];
    snprintf(folder, sizeof(folder), "%s-bin-XXXXXX", temporary);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chmod(folder, 0755), 0);
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof(path[i]), "%s/%s", folder, names[i]);
        int fd = open(path[i], O_CREAT | O_WRONLY, 0755);
        assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
        assert_int_equal(fchmod(fd, 0755), 0);
        close(fd);
    }
    BdErr err = cannot_open_with(folder);
    assert_string_equal(err.msg, "initdb failed: the moon is in the wrong house");
    check_nothing_left();
    unlink(path[0]);
    unlink(path[1]);
    rmdir(folder);
}

static void a_folder_that_cannot_be_used_is_refused(void **state) {
    (void)state;
    need_server();
    static const struct {
        const char *folder, *message;
    } cases[] = {
        {"/tmp/a-path-so-long-that-the-address-of-a-unix-socket-in-it-would-not-fit-into-its-place",
         "the path is too long for a socket in it"},
        {"relative", "the path must be absolute"},
        {"/tmp/a,b", "the path has a comma, a quote or a backslash in it"},
        {"/tmp/nobody-made-this-folder", "cannot make a folder in /tmp/nobody-made-this-folder"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setenv("TMPDIR", cases[i].folder, 1);
        BdErr err = cannot_open(&few);
        assert_non_null(strstr(err.msg, cases[i].message));
        assert_non_null(strstr(err.hint, "TMPDIR"));
    }
    setenv("TMPDIR", temporary, 1);
}

static void an_interrupt_while_opening_leaves_nothing_behind(void **state) {
    (void)state;
    need_server();
    kill(getpid(), SIGINT);
    BdErr err = cannot_open_with("");
    assert_int_equal(err.code, BD_E_STOPPED);
    bd_interrupt_reset();
    check_nothing_left();
}

static int try_open(void *context, BdErr *err) {
    (void)context;
    BdServer *server = NULL;
    int status = bd_server_open(&server, &few, err);
    bd_server_close(server);
    return status;
}

static void running_out_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    need_server();
    assert_true(memory_fail_each(try_open, NULL) >= 4);
    check_nothing_left();
}

/* ---- as whom --------------------------------------------------------------------------------- */

static void an_ordinary_user_runs_a_server_as_itself(void **state) {
    (void)state;
    need_server();
    if (geteuid() != 0) {
        skip(); /* all the other cases do */
    }
    const uid_t nobody = 65534;
    pid_t pid = fork();
    if (pid == 0) {
        BdErr err = BD_ERR_INIT;
        BdServer *server = NULL;
        struct stat status = {0};
        bool done = setgid(nobody) == 0 && setuid(nobody) == 0 &&
                    bd_server_open(&server, &few, &err) == 0 &&
                    stat(bd_server_folder(server), &status) == 0 && status.st_uid == nobody;
        bd_server_close(server);
        _exit(done ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    check_nothing_left();
}

static void root_runs_a_server_as_another_user(void **state) {
    (void)state;
    need_server();
    if (geteuid() != 0) {
        skip();
    }
    BdServer *server = open_server();
    struct stat status;
    char socket[160];
    snprintf(socket, sizeof(socket), "%s/.s.PGSQL.5432", bd_server_folder(server));
    assert_int_equal(stat(socket, &status), 0);
    assert_int_not_equal(status.st_uid, 0);
    bd_server_close(server);
    check_nothing_left();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_server_is_private_and_as_installed),
        CASE(closing_does_not_wait_for_clients),
        CASE(frozen_backends_go_with_their_server),
        CASE(two_servers_live_side_by_side),
        CASE(the_guardian_keeps_no_descriptors),
        CASE(libpq_s_and_the_server_s_variables_do_not_disturb),
        CASE(a_link_out_of_the_folder_is_not_followed),
        CASE(a_wrong_setting_is_shown_in_the_server_s_words),
        CASE(a_missing_postgresql_is_named_with_its_package),
        CASE(a_broken_initdb_is_shown_in_its_words),
        CASE(a_folder_that_cannot_be_used_is_refused),
        CASE(an_interrupt_while_opening_leaves_nothing_behind),
        CASE(running_out_of_memory_leaves_nothing_behind),
        CASE(an_ordinary_user_runs_a_server_as_itself),
        CASE(root_runs_a_server_as_another_user),
    };
    BdErr err = BD_ERR_INIT;
    if (bd_interrupt_install(&err) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_temporary, remove_temporary);
}
