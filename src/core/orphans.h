/*
 * orphans.h - the processes that a program we run leaves behind, wherever they are: one that has
 * made a session of its own (setsid) has left the program's process group.
 *
 * From bd_orphans_begin() to bd_orphans_end() a process below us that has lost its parent becomes
 * our child, rather than that of the system's first process. So every child that was not there at
 * the beginning is an orphan, and nothing else may be started meanwhile.
 *
 * Only on Linux; elsewhere there are no orphans.
 *
 * Ownership: bd_orphans_end() frees what the struct holds; a zeroed one is fine.
 * Threads:   one at a time in a process.
 */
#ifndef BD_ORPHANS_H
#define BD_ORPHANS_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct BdOrphans {
    bool adopts;
    BdBuf known; /* the children that there were: an array of pid_t */
} BdOrphans;

BD_MUSTCHECK int bd_orphans_begin(BdOrphans *orphans, BdErr *err);

/* Kill the orphans that there are, and reap those that are dead: were any alive? To be called until
 * there are none, since what was below them may have become ours. A child that somebody else waits
 * for must have been reaped by then. */
bool bd_orphans_kill(const BdOrphans *orphans);

void bd_orphans_end(BdOrphans *orphans);

/* Kill the children of another process, so that they leave it no orphans; for that, nothing needs
 * to have begun. */
void bd_orphans_kill_below(pid_t parent);

#endif
