/*
 * server_programs.h - where PostgreSQL's server programs are, and whom they run as.
 */
#ifndef BD_SERVER_PROGRAMS_H
#define BD_SERVER_PROGRAMS_H

#include "core/attr.h"
#include "core/err.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* Names the one folder to look in for initdb and postgres. */
#define BD_SERVER_BIN_VARIABLE "BIGDATA_POSTGRES_BIN"

typedef struct BdServerPrograms {
    char initdb[PATH_MAX];
    char postgres[PATH_MAX];
} BdServerPrograms;

/* Find them: in the folder that BIGDATA_POSTGRES_BIN names, or else in PATH, or else in Debian's
 * newest version. BD_E_CONFIG with a hint where there are none. */
BD_MUSTCHECK int bd_server_programs_find(BdServerPrograms *programs, BdErr *err);

typedef struct BdServerUser {
    bool other;    /* not the user we are: PostgreSQL will not run as root */
    char name[64]; /* for messages, and for the groups; only if other */
    uid_t uid;
    gid_t gid;
} BdServerUser;

/* The user that a server runs as: this one, or for root "postgres" or "nobody". */
BD_MUSTCHECK int bd_server_user_find(BdServerUser *user, BdErr *err);

/* Become that user for good, in a process of its own. */
BD_MUSTCHECK int bd_server_user_become(const BdServerUser *user);

#endif
