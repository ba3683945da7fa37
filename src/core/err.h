/*
 * err.h - one error record, filled where the failure happens and printed once, at the top.
 *
 * Fallible functions return 0 or -1 and take a BdErr * as their last parameter. The origin fills it
 * with bd_err_set(); callers on the way up may add context with bd_err_wrap() and advice with
 * bd_err_hint(), never print.
 *
 * Ownership: a plain value, no memory of its own.
 * Threads:   a BdErr belongs to one thread at a time.
 */
#ifndef BD_ERR_H
#define BD_ERR_H

#include "core/attr.h"

typedef enum BdErrCode {
    BD_E_NONE,    /* no error */
    BD_E_NOMEM,   /* memory ran out */
    BD_E_IO,      /* a file could not be opened, read or written; sys holds errno */
    BD_E_FORMAT,  /* a file or a record is not what it should be */
    BD_E_CONN,    /* no connection to the server, or it was lost: the session is of no more use */
    BD_E_SQL,     /* the server refused a statement; the session stays usable */
    BD_E_CONFIG,  /* an option, a scenario or a plan is wrong */
    BD_E_STOPPED, /* the user interrupted */
    BD_E_BUG      /* a broken promise inside the program */
} BdErrCode;

typedef struct BdErr {
    BdErrCode code;
    int sys;          /* errno, zlib or minizip code at the origin; 0 if none */
    char sqlstate[6]; /* "" unless the server gave one */
    const char *file; /* where in our source it was raised, for debugging */
    int line;
    char msg[768];  /* what is wrong: lower case, no final stop */
    char hint[256]; /* what to do about it; "" if nothing is known */
} BdErr;

#define BD_ERR_INIT ((BdErr){.code = BD_E_NONE})

/* Fill *err (which may be NULL) at the origin of a failure. Clears hint and sqlstate. Always
 * returns -1. */
#define bd_err_set(err, code, sys, ...)                                                            \
    bd_err_set_at((err), (code), (sys), __FILE__, __LINE__, __VA_ARGS__)
int bd_err_set_at(BdErr *err, BdErrCode code, int sys, const char *file, int line, const char *fmt,
                  ...) BD_PRINTF(6, 7);

/* As bd_err_set(), with ": " and the system's text for errno value sys at the end of the message.
 */
#define bd_err_set_sys(err, code, sys, ...)                                                        \
    bd_err_set_sys_at((err), (code), (sys), __FILE__, __LINE__, __VA_ARGS__)
int bd_err_set_sys_at(BdErr *err, BdErrCode code, int sys, const char *file, int line,
                      const char *fmt, ...) BD_PRINTF(6, 7);

/* Prepend "context: " to the message. Always returns -1. */
int bd_err_wrap(BdErr *err, const char *fmt, ...) BD_PRINTF(2, 3);

/* Set the advice that is printed on a line of its own. Always returns -1. */
int bd_err_hint(BdErr *err, const char *fmt, ...) BD_PRINTF(2, 3);

#endif
