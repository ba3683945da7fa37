/*
 * pg_error.h - what libpq and the server complain of, as a BdErr: the one place where that is done.
 *
 * Threads:   as the connection.
 * Errors:    all functions fill *err and return -1.
 */
#ifndef BD_PG_ERROR_H
#define BD_PG_ERROR_H

#include "core/err.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* The connection could not be made or is lost: always BD_E_CONN. context says what was being done
 * ("cannot connect"). The connection's error verbosity must be PQERRORS_VERBOSE, which brings the
 * SQLSTATE into its messages; its password is masked. */
int bd_pg_error_conn(const PGconn *conn, const char *context, BdErr *err);

/* The server answered with an error: BD_E_SQL, or BD_E_CONN where it ends the session. The message
 * ends with the place in the data of a COPY: "(COPY t, line 3, column a: "x")". */
int bd_pg_error_result(const PGresult *result, const PGconn *conn, BdErr *err);

/* Is it the last word of the server, an error or a notice with which it ends the session? */
bool bd_pg_error_ends_session(const PGresult *result);

#endif
