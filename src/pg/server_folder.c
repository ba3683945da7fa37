#include "pg/server_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX   "bigdata-server-"
#define MAKING_S 60 /* how long a folder may stay without a lock in use before it counts as left */

static const char *temporary(void) {
    const char *path = getenv("TMPDIR");
    return path == NULL || path[0] == '\0' ? "/tmp" : path;
}

static int refuse(BdErr *err, const char *why) {
    bd_err_set(err, BD_E_CONFIG, 0, "no server can live in the folder for temporary files, %s: %s",
               temporary(), why);
    return bd_err_hint(err, "set TMPDIR to another folder, such as /tmp");
}

static int make(BdServerFolder *folder, const BdServerUser *user, BdErr *err) {
    const char *parent = temporary();
    if (parent[0] != '/') {
        return refuse(err, "the path must be absolute");
    }
    if (strlen(parent) + strlen("/" PREFIX "XXXXXX") >= sizeof(folder->path)) {
        return refuse(err, "the path is too long for a socket in it");
    }
    if (strpbrk(parent, ",\"'\\") != NULL) {
        return refuse(err, "the path has a comma, a quote or a backslash in it");
    }
    snprintf(folder->path, sizeof(folder->path), "%s/" PREFIX "XXXXXX", parent);
    if (mkdtemp(folder->path) == NULL) {
        int saved = errno;
        folder->path[0] = '\0';
        bd_err_set_sys(err, BD_E_IO, saved, "cannot make a folder in %s", parent);
        return bd_err_hint(err, "set TMPDIR to a folder that can be written");
    }
    if (user->other && chown(folder->path, user->uid, user->gid) != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot give %s to the user %s", folder->path,
                              user->name);
    }
    return 0;
}

/* Whoever sweeps at this moment may hold the lock for an instant, to see that the folder is new. */
static int lock(BdServerFolder *folder, BdErr *err) {
    char path[BD_SERVER_FOLDER_BYTES + 8];
    char pid[32];
    snprintf(path, sizeof(path), "%s/lock", folder->path);
    int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
    folder->lock_fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (folder->lock_fd < 0 || flock(folder->lock_fd, LOCK_EX) != 0 ||
        write(folder->lock_fd, pid, (size_t)n) != n) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot lock %s", path);
    }
    return 0;
}

int bd_server_folder_open(BdServerFolder *folder, const BdServerUser *user, BdErr *err) {
    *folder = (BdServerFolder){.lock_fd = -1};
    if (make(folder, user, err) != 0 || lock(folder, err) != 0) {
        bd_server_folder_close(folder);
        return -1;
    }
    return 0;
}

static DIR *open_folder(int parent_fd, const char *name) {
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL && fd >= 0) {
        close(fd);
    }
    return dir;
}

/* Links are removed, never followed: root runs this on folders that other users write to. */
static void remove_tree(int parent_fd, const char *name) {
    DIR *dir = open_folder(parent_fd, name);
    struct dirent *entry = NULL;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            unlinkat(dirfd(dir), entry->d_name, 0) != 0) {
            remove_tree(dirfd(dir), entry->d_name);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    unlinkat(parent_fd, name, AT_REMOVEDIR);
}

void bd_server_folder_close(BdServerFolder *folder) {
    if (folder->path[0] != '\0') {
        remove_tree(AT_FDCWD, folder->path);
    }
    if (folder->lock_fd >= 0) {
        close(folder->lock_fd);
    }
    *folder = (BdServerFolder){.lock_fd = -1};
}

/* True if nobody lives in the folder. *lock_fd is then open and locked, or -1 if there is no lock
 * file. */
static bool is_left(int folder_fd, int *lock_fd) {
    struct stat status;
    *lock_fd = openat(folder_fd, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (*lock_fd >= 0 && flock(*lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return false;
    }
    if (fstat(*lock_fd >= 0 ? *lock_fd : folder_fd, &status) != 0) {
        return false;
    }
    bool in_use_once = *lock_fd >= 0 && status.st_size > 0;
    return in_use_once || time(NULL) - status.st_mtime > MAKING_S;
}

static void sweep_one(int parent_fd, const char *name, const BdServerUser *user) {
    struct stat status;
    int lock_fd = -1;
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &status) == 0 && status.st_uid == user->uid && is_left(fd, &lock_fd)) {
        remove_tree(parent_fd, name);
    }
    if (lock_fd >= 0) {
        close(lock_fd);
    }
    close(fd);
}

void bd_server_folder_sweep(const BdServerUser *user) {
    DIR *dir = opendir(temporary());
    if (dir == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0) {
            sweep_one(dirfd(dir), entry->d_name, user);
        }
    }
    closedir(dir);
}
