/*
 * test_session_lost.c - sessions on a real server that are interrupted, cancelled, lost, or not had
 * at all.
 */
#include "pg/session.h"
#include "run/pool.h"

#include "core/clock.h"
#include "core/interrupt.h"
#include "support/database.h"
#include "support/files.h"
#include "support/memory.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- interrupted, cancelled, lost ------------------------------------------------------------ */

/* Wait until a session sleeps in the server: then its statement is certainly under way. */
static void wait_until_asleep(BdSession *watcher, const char *pid) {
    char sql[128];
    snprintf(sql, sizeof(sql),
             "select wait_event is not distinct from 'PgSleep' from pg_stat_activity "
             "where pid = %s",
             pid);
    for (bool asleep = false; !asleep;) {
        BdAnswer *answer = database_run(watcher, sql);
        asleep = strcmp(bd_answer_value(answer, 0, 0), "t") == 0;
        bd_answer_free(answer);
    }
}

typedef struct Pair {
    BdSession *session;
    BdSession *watcher;
    char pid[16];                   /* of the session's backend, */
    char server_pid[16];            /* and of the server itself */
    void (*act)(struct Pair *pair); /* while the session's statement is under way */
} Pair;

static void pair_init(Pair *pair) {
    *pair = (Pair){.session = database_session(BD_PROTOCOL_PREPARED),
                   .watcher = database_session(BD_PROTOCOL_PREPARED)};
    BdAnswer *answer = database_run(pair->session, "select pg_backend_pid()");
    snprintf(pair->pid, sizeof(pair->pid), "%s", bd_answer_value(answer, 0, 0));
    bd_answer_free(answer);
    answer =
        database_run(pair->watcher, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
    snprintf(pair->server_pid, sizeof(pair->server_pid), "%s", bd_answer_value(answer, 0, 0));
    bd_answer_free(answer);
}

static void pair_deinit(Pair *pair) {
    bd_session_free(pair->session);
    bd_session_free(pair->watcher);
}

static void *act_when_asleep(void *context) {
    Pair *pair = context;
    wait_until_asleep(pair->watcher, pair->pid);
    pair->act(pair);
    return NULL;
}

/* Let the session sleep, do something to it from another thread, and return its error. */
static BdErr disturb(Pair *pair, void (*act)(Pair *pair)) {
    const BdRequest sleep = {.kind = BD_REQUEST_TEXT, .text = "select pg_sleep(600)"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    pthread_t thread;
    pair->act = act;
    assert_int_equal(pthread_create(&thread, NULL, act_when_asleep, pair), 0);
    assert_int_equal(bd_session_ask(pair->session, &sleep, &answer, &err), -1);
    assert_null(answer);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return err;
}

static void cancel(Pair *pair) {
    bd_session_cancel(pair->session);
}

static void abort_session(Pair *pair) {
    bd_session_abort(pair->session);
}

static void terminate(Pair *pair) {
    char sql[64];
    snprintf(sql, sizeof(sql), "select pg_terminate_backend(%s)", pair->pid);
    bd_answer_free(database_run(pair->watcher, sql));
}

static void interrupt(Pair *pair) {
    (void)pair;
    kill(getpid(), SIGINT);
}

static void another_thread_cancels(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    BdErr err = disturb(&pair, cancel);
    assert_int_equal(err.code, BD_E_SQL);
    assert_string_equal(err.sqlstate, "57014");
    database_check(pair.session, "select 42", "42");
    pair_deinit(&pair);
}

static void another_thread_cuts_the_connection(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    BdErr err = disturb(&pair, abort_session);
    assert_int_equal(err.code, BD_E_CONN);
    assert_null(strstr(err.msg, "invalid socket"));
    bd_session_abort(pair.session); /* it is lost already: nothing happens */
    pair_deinit(&pair);
}

static void a_terminated_session_says_so(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    BdErr err = disturb(&pair, terminate);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.sqlstate, "57P01");
    assert_string_equal(err.msg, "terminating connection due to administrator command");
    const BdRequest again = {.kind = BD_REQUEST_TEXT, .text = "select 1"};
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_ask(pair.session, &again, &answer, &err), -1);
    assert_int_equal(err.code, BD_E_CONN);
    pair_deinit(&pair);
}

static void a_session_terminated_while_idle_says_so(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    terminate(&pair);
    struct pollfd fd = {.fd = bd_session_fd(pair.session), .events = POLLIN};
    assert_int_equal(poll(&fd, 1, -1), 1);
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = "select 1"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_ask(pair.session, &request, &answer, &err), -1);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.sqlstate, "57P01");
    pair_deinit(&pair);
}

static void an_interrupt_cancels_and_the_session_stays_usable(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    BdErr err = disturb(&pair, interrupt);
    assert_int_equal(err.code, BD_E_STOPPED);
    bd_interrupt_reset();
    database_check(pair.session, "select 42", "42");
    pair_deinit(&pair);
}

static pid_t pid_of(const char *text) {
    return (pid_t)strtol(text, NULL, 10);
}

/* To the session's backend and to the server itself, which takes requests to cancel. */
static void signal_server(const Pair *pair, int number) {
    assert_int_equal(kill(pid_of(pair->pid), number), 0);
    assert_int_equal(kill(pid_of(pair->server_pid), number), 0);
}

static void freeze_and_interrupt(Pair *pair) {
    signal_server(pair, SIGSTOP);
    interrupt(pair);
}

/* It would wait for ever. */
static void an_interrupt_cuts_off_a_server_that_takes_no_cancel(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    BdErr err = disturb(&pair, freeze_and_interrupt);
    signal_server(&pair, SIGCONT);
    bd_interrupt_reset();
    assert_int_equal(err.code, BD_E_STOPPED);
    pair_deinit(&pair);
}

static void after_an_interrupt_nothing_is_begun(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdSession *other = NULL;
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    kill(getpid(), SIGINT);
    assert_int_equal(bd_session_query(session, "select 1", NULL, 0, &answer, &err), -1);
    assert_int_equal(err.code, BD_E_STOPPED);
    err.code = BD_E_NONE;
    assert_int_equal(bd_session_open(&other, database_conninfo(), BD_PROTOCOL_PREPARED, &err), -1);
    assert_int_equal(err.code, BD_E_STOPPED);
    bd_interrupt_reset();
    database_check(session, "select 42", "42");
    bd_session_free(session);
}

/* ---- connections that cannot be made --------------------------------------------------------- */

/* Connect to the server with more keywords, which must fail. */
static BdErr cannot_connect(const char *more) {
    char conninfo[512];
    snprintf(conninfo, sizeof(conninfo), "%s %s", database_conninfo(), more);
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    assert_int_equal(bd_session_open(&session, conninfo, BD_PROTOCOL_PREPARED, &err), -1);
    assert_null(session);
    assert_int_equal(err.code, BD_E_CONN);
    assert_null(strchr(err.msg, '\n'));
    assert_null(strstr(err.msg, "LOCATION"));
    return err;
}

static void a_wrong_password_is_not_shown(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(session, "create role guarded login password 'secret'"));
    bd_session_free(session);
    BdErr err = cannot_connect("user=guarded password=tiger");
    assert_string_equal(err.sqlstate, "28P01");
    assert_non_null(strstr(err.msg, "password authentication failed for user \"guarded\""));
    assert_null(strstr(err.msg, "tiger"));
    assert_non_null(strstr(err.hint, "password"));
    err = cannot_connect("user=guarded passfile=/nonexistent");
    assert_non_null(strstr(err.msg, "no password supplied"));
    assert_non_null(strstr(err.hint, "PGPASSWORD"));

    char conninfo[256];
    snprintf(conninfo, sizeof(conninfo), "%s user=guarded password=secret", database_conninfo());
    assert_int_equal(bd_session_open(&session, conninfo, BD_PROTOCOL_PREPARED, &err), 0);
    assert_null(strstr(bd_session_description(session), "secret"));
    bd_session_free(session);
}

static void an_unknown_database_or_user_is_explained(void **state) {
    (void)state;
    BdErr err = cannot_connect("dbname=census");
    assert_string_equal(err.sqlstate, "3D000");
    assert_non_null(strstr(err.msg, "database \"census\" does not exist"));
    assert_string_equal(err.hint, "create it first: createdb census");
    err = cannot_connect("user=nobody_here");
    assert_string_equal(err.sqlstate, "28000");
    assert_non_null(strstr(err.hint, "PGUSER"));
}

static void no_server_there_is_explained(void **state) {
    (void)state;
    BdErr err = cannot_connect("port=5433");
    assert_string_equal(err.sqlstate, "");
    assert_non_null(strstr(err.msg, "No such file or directory"));
    assert_non_null(strstr(err.hint, "is the server running there?"));
    err = cannot_connect("host=127.0.0.1 port=1");
    assert_non_null(strstr(err.msg, "Connection refused"));
    assert_non_null(strstr(err.hint, "is the server running there?"));
}

static void too_many_connections_are_explained(void **state) {
    (void)state;
    BdSession *sessions[DATABASE_CONNECTIONS + 1] = {NULL};
    BdErr err = BD_ERR_INIT;
    int n = 0;
    while (n <= DATABASE_CONNECTIONS &&
           bd_session_open(&sessions[n], database_conninfo(), BD_PROTOCOL_PREPARED, &err) == 0) {
        n++;
    }
    for (int i = 0; i < n; i++) {
        bd_session_free(sessions[i]);
    }
    assert_true(n > DATABASE_CONNECTIONS / 2);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.sqlstate, "53300");
    assert_non_null(strstr(err.hint, "--poolsize"));
}

/* A server that takes the connection and never says a word. */
static void connecting_ends_when_its_time_is_up(void **state) {
    (void)state;
    char folder[TEMPORARY_BYTES];
    char conninfo[TEMPORARY_BYTES + 64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    temporary_name("bd-mute", folder);
    assert_non_null(mkdtemp(folder));
    int n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/.s.PGSQL.5432", folder);
    assert_in_range(n, 1, sizeof(address.sun_path) - 1);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 8), 0);
    snprintf(conninfo, sizeof(conninfo), "host=%s port=5432 connect_timeout=1", folder);
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    assert_int_equal(bd_session_open(&session, conninfo, BD_PROTOCOL_PREPARED, &err), -1);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.msg, "cannot connect: no answer within 1 s");
    BdPool *pool = NULL;
    err = BD_ERR_INIT;
    assert_int_equal(bd_pool_open(&pool, conninfo, BD_PROTOCOL_PREPARED, 3, &err), -1);
    assert_null(pool);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.msg, "cannot connect: no answer within 1 s");
    close(fd);
    unlink(address.sun_path);
    rmdir(folder);
}

static void the_time_to_connect_may_be_longer_than_can_be_waited_for(void **state) {
    (void)state;
    char conninfo[256];
    BdSession *session = NULL;
    snprintf(conninfo, sizeof(conninfo), "%s connect_timeout=9999999999", database_conninfo());
    assert_int_equal(bd_session_new(&session, conninfo, BD_PROTOCOL_PREPARED, NULL), 0);
    assert_int_equal(bd_session_connect_limit_ns(session), INT_MAX * BD_NS_PER_S);
    bd_session_free(session);
}

static int try_open(void *context, BdErr *err) {
    (void)context;
    BdSession *session = NULL;
    int status = bd_session_open(&session, database_conninfo(), BD_PROTOCOL_PREPARED, err);
    bd_session_free(session);
    return status;
}

static void running_out_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(try_open, NULL), 1);
}

/* ---- the last case: it leaves a server that is starting anew ---- */

static void crash(Pair *pair) {
    BdAnswer *answer = database_run(pair->watcher, "select pg_backend_pid()");
    assert_int_equal(kill(pid_of(bd_answer_value(answer, 0, 0)), SIGKILL), 0);
    bd_answer_free(answer);
}

static void a_session_that_ends_since_another_one_has_crashed_says_so(void **state) {
    (void)state;
    Pair pair;
    pair_init(&pair);
    BdErr err = disturb(&pair, crash);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.sqlstate, "57P02");
    assert_non_null(strstr(err.msg, "because of crash of another server process"));
    pair_deinit(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(another_thread_cancels),
        CASE(another_thread_cuts_the_connection),
        CASE(a_terminated_session_says_so),
        CASE(a_session_terminated_while_idle_says_so),
        CASE(an_interrupt_cancels_and_the_session_stays_usable),
        CASE(an_interrupt_cuts_off_a_server_that_takes_no_cancel),
        CASE(after_an_interrupt_nothing_is_begun),
        CASE(a_wrong_password_is_not_shown),
        CASE(an_unknown_database_or_user_is_explained),
        CASE(no_server_there_is_explained),
        CASE(too_many_connections_are_explained),
        CASE(connecting_ends_when_its_time_is_up),
        CASE(the_time_to_connect_may_be_longer_than_can_be_waited_for),
        CASE(running_out_of_memory_leaves_nothing_behind),
        CASE(a_session_that_ends_since_another_one_has_crashed_says_so),
    };
    BdErr err = BD_ERR_INIT;
    if (bd_interrupt_install(&err) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, database_open, database_close);
}
