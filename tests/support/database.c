#include "support/database.h"

#include "pg/server.h"
#include "support/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static BdServer *server;
static BdErr why_not; /* there is no server */

int database_open(void **state) {
    (void)state;
    static const char hba[] = "local all guarded scram-sha-256\nlocal all all trust\n";
    char path[TEMPORARY_BYTES];
    char setting[TEMPORARY_BYTES + 16];
    temporary_name("bd-hba", path);
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, hba, strlen(hba)) < 0 || fchmod(fd, 0644) != 0) {
        return -1;
    }
    close(fd);
    snprintf(setting, sizeof(setting), "hba_file=%s", path);
    const char *const settings[] = {setting, NULL};
    const BdServerOpts opts = {.max_connections = DATABASE_CONNECTIONS, .settings = settings};
    int status = bd_server_open(&server, &opts, &why_not);
    unlink(path);
    if (status != 0 && strstr(why_not.hint, "apt-get") == NULL) {
        print_error("%s\n", why_not.msg);
        return -1;
    }
    return 0;
}

int database_close(void **state) {
    (void)state;
    bd_server_close(server);
    server = NULL;
    return 0;
}

const char *database_conninfo(void) {
    if (server == NULL) {
        print_message("# SKIP %s\n", why_not.msg);
        skip();
    }
    return bd_server_conninfo(server);
}

const char *database_folder(void) {
    return bd_server_folder(server);
}

BdSession *database_session(BdProtocol protocol) {
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    if (bd_session_open(&session, database_conninfo(), protocol, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return session;
}

static BdAnswer *ask(BdSession *session, const BdRequest *request, const char *sql) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (bd_session_ask(session, request, &answer, &err) != 0) {
        fail_msg("%s: %s", sql, err.msg);
    }
    return answer;
}

BdAnswer *database_run(BdSession *session, const char *sql) {
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = sql};
    return ask(session, &request, sql);
}

void database_check(BdSession *session, const char *sql, const char *value) {
    BdAnswer *answer = database_run(session, sql);
    assert_int_equal(bd_answer_rows(answer), 1);
    assert_string_equal(bd_answer_value(answer, 0, 0), value);
    bd_answer_free(answer);
}

BdErr database_refused(BdSession *session, const BdRequest *request) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_ask(session, request, &answer, &err), -1);
    assert_null(answer);
    assert_int_equal(err.code, BD_E_SQL);
    database_check(session, "select 42", "42");
    return err;
}

BdStatement *database_statement(const char *sql) {
    BdErr err = BD_ERR_INIT;
    BdStatement *statement = NULL;
    if (bd_statement_new(&statement, 0, sql, &err) != 0) {
        fail_msg("%s: %s", sql, err.msg);
    }
    return statement;
}

void database_prepare(BdSession *session, const BdStatement *statement) {
    const BdRequest request = {.kind = BD_REQUEST_PREPARE, .statement = statement};
    bd_answer_free(ask(session, &request, statement->sql));
}

BdAnswer *database_execute(BdSession *session, const BdStatement *statement,
                           const char *const *values) {
    const BdRequest request = {
        .kind = BD_REQUEST_EXECUTE, .statement = statement, .values = values};
    return ask(session, &request, statement->sql);
}
