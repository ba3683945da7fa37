/*
 * ways_kit.h - tables (n, v), v of a type of values.h, and rows sent to them by COPY.
 *
 * What must not fail here ends the case.
 */
#ifndef BD_TEST_WAYS_KIT_H
#define BD_TEST_WAYS_KIT_H

#include "core/buf.h"
#include "pg/target.h"

#include "support/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A session in which all types of values.h are known. */
static inline BdSession *open_session(void) {
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    bd_answer_free(database_run(session, "create domain pg_temp.domain_of_numeric as numeric"));
    bd_answer_free(database_run(session, "set search_path = pg_temp, public"));
    return session;
}

/* The table's columns n and v. */
static inline BdTarget *target_of(BdSession *session, const char *table) {
    static const char *const columns[] = {"n", "v"};
    BdErr err = BD_ERR_INIT;
    BdTarget *target = NULL;
    if (bd_target_new(&target, session, table, columns, 2, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return target;
}

/* Send the data by that COPY. */
static inline void copy_in(BdSession *session, const BdBuf *sql, const BdBuf *data, bool binary) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    const BdRequest request = {.kind = BD_REQUEST_COPY,
                               .text = sql->p,
                               .data = {.p = data->p, .n = data->len},
                               .binary = binary};
    if (bd_session_ask(session, &request, &answer, &err) != 0) {
        fail_msg("%s: %s", sql->p, err.msg);
    }
    bd_answer_free(answer);
}

#endif
