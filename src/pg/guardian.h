/*
 * guardian.h - the process that stands between the program and a throwaway server.
 *
 * It makes the folder, runs initdb and the server in it, reports, and waits: for the program to
 * close its end of a pipe, which the kernel does for a program that was killed, or for the server
 * to end. Then it stops the server and removes the folder.
 */
#ifndef BD_GUARDIAN_H
#define BD_GUARDIAN_H

#include "core/err.h"
#include "pg/server.h"
#include "pg/server_folder.h"
#include "pg/server_programs.h"

#define BD_SERVER_USER "bigdata" /* the superuser */
#define BD_SERVER_PORT "5432"    /* names the socket's file */

/* What the guardian writes once, in one piece, when the server takes connections or has failed. */
typedef struct BdGuardianReport {
    BdErr err; /* BD_E_NONE: all is well */
    char folder[BD_SERVER_FOLDER_BYTES];
} BdGuardianReport;

typedef struct BdGuardianTask {
    const BdServerPrograms *programs;
    const BdServerUser *user;
    const BdServerOpts *opts;
    int life_fd;   /* at its end when the program is */
    int report_fd; /* takes the report */
} BdGuardianTask;

/* Be the guardian, in a process just forked. Returns when all is done and removed. */
void bd_guardian_run(const BdGuardianTask *task);

#endif
