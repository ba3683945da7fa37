/*
 * database.h - a throwaway server for the cases of a test program, and short ways to ask it.
 *
 * What must not fail here ends the case. Where PostgreSQL is not installed, cases are skipped.
 */
#ifndef BD_TEST_DATABASE_H
#define BD_TEST_DATABASE_H

#include "pg/session.h"

#define DATABASE_CONNECTIONS 60 /* that the server takes */

/* Set-up and tear-down of a group: start the server, and stop it. The role "guarded" is asked for a
 * password; it has to be created first. */
int database_open(void **state);
int database_close(void **state);

/* How to connect to it; skips the case where there is none. */
const char *database_conninfo(void);
const char *database_folder(void);

BdSession *database_session(BdProtocol protocol);

/* Run SQL without parameters, and return its answer, or check its first value. */
BdAnswer *database_run(BdSession *session, const char *sql);
void database_check(BdSession *session, const char *sql, const char *value);

/* Run SQL that must be refused, which leaves the session usable; its error. */
BdErr database_refused(BdSession *session, const BdRequest *request);

BdStatement *database_statement(const char *sql);
void database_prepare(BdSession *session, const BdStatement *statement);
BdAnswer *database_execute(BdSession *session, const BdStatement *statement,
                           const char *const *values);

#endif
