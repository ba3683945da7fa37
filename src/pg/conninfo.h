/*
 * conninfo.h - connection strings: checked before use, and kept from giving passwords away.
 *
 * libpq quotes the strings that it does not understand, and takes parts of a password with
 * unescaped characters for a host, a port or a database, which it then names. So strings like these
 * are refused here, in words that quote nothing.
 *
 * Threads:   any.
 * Errors:    BD_E_CONFIG; no message holds a password.
 */
#ifndef BD_CONNINFO_H
#define BD_CONNINFO_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

#include <libpq-fe.h>
#include <stddef.h>

/* Check a connection string: a URI, keywords and values, or the name of a database. NULL and "" are
 * fine. */
BD_MUSTCHECK int bd_conninfo_check(const char *conninfo, BdErr *err);

/* Check what a connection is to be made with, after libpq has added its environment, services and
 * defaults. */
BD_MUSTCHECK int bd_conninfo_check_options(const PQconninfoOption *options, BdErr *err);

/* Replace every occurrence of secret in text, which has room for size bytes, by "***". A NULL or
 * empty secret occurs nowhere. */
void bd_conninfo_mask(char *text, size_t size, const char *secret);

/* Append " keyword='value'" with the value quoted; -1 when memory runs out. */
BD_MUSTCHECK int bd_conninfo_append(BdBuf *buf, const char *keyword, const char *value);

/* A part of a connection string; a list of them is ended by a NULL keyword. */
typedef struct BdConninfoPart {
    const char *keyword;
    const char *value; /* NULL: none */
} BdConninfoPart;

/* Append the connection string in its keyword form, with these parts in the place of its own, and a
 * zero byte that is not counted. */
BD_MUSTCHECK int bd_conninfo_change(BdBuf *buf, const char *conninfo, const BdConninfoPart *parts,
                                    BdErr *err);

#endif
