/*
 * server_folder.h - the folder that a throwaway server lives in: made, locked, removed, and removed
 * later where nobody was left to do it.
 *
 * The file "lock" in it is locked by the guardian and, as they inherit the descriptor, by the
 * server's processes: while the lock can not be taken, somebody lives there. It holds the
 * guardian's process id; while it is empty the folder is being made.
 *
 * Threads:   one at a time.
 */
#ifndef BD_SERVER_FOLDER_H
#define BD_SERVER_FOLDER_H

#include "core/attr.h"
#include "core/err.h"
#include "pg/server_programs.h"

/* Room for a folder's name: a socket in it must fit into the 108 bytes of a sockaddr_un. */
#define BD_SERVER_FOLDER_BYTES 90

typedef struct BdServerFolder {
    char path[BD_SERVER_FOLDER_BYTES];
    int lock_fd; /* inherited by child processes */
} BdServerFolder;

/* Make a folder in $TMPDIR or /tmp, of mode 0700 and owned by the user, and lock it. */
BD_MUSTCHECK int bd_server_folder_open(BdServerFolder *folder, const BdServerUser *user,
                                       BdErr *err);

/* Remove the folder with all that is in it, and unlock. */
void bd_server_folder_close(BdServerFolder *folder);

/* Remove folders of ours in $TMPDIR or /tmp that nobody lives in any more. */
void bd_server_folder_sweep(const BdServerUser *user);

#endif
