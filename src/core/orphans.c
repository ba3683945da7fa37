#include "core/orphans.h"

#include <string.h>

#ifdef __linux__

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The start of /proc/PID/stat: "12 (name) S 1 ..."; a name has at most 16 characters, and may hold
 * anything. */
static pid_t parent_of(pid_t pid) {
    char text[128];
    snprintf(text, sizeof(text), "/proc/%ld/stat", (long)pid);
    int fd = open(text, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n < 0 ? 0 : n] = '\0';
    const char *name_end = strrchr(text, ')');
    return name_end == NULL || strlen(name_end) < 4 ? -1 : (pid_t)strtol(name_end + 4, NULL, 10);
}

/* The next child among the system's processes; 0 when there are no more. */
static pid_t next_child(DIR *processes, pid_t parent) {
    const struct dirent *entry = NULL;
    while ((entry = readdir(processes)) != NULL) {
        pid_t pid =
            isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;
        if (pid > 0 && parent_of(pid) == parent) {
            return pid;
        }
    }
    return 0;
}

static bool is_known(const BdOrphans *orphans, pid_t pid) {
    for (size_t at = 0; at < orphans->known.len; at += sizeof(pid)) {
        if (memcmp(orphans->known.p + at, &pid, sizeof(pid)) == 0) {
            return true;
        }
    }
    return false;
}

int bd_orphans_begin(BdOrphans *orphans, BdErr *err) {
    *orphans = (BdOrphans){0};
    DIR *processes = opendir("/proc");
    if (processes == NULL) {
        return 0; /* without it nobody can tell which ones are ours */
    }
    int status = 0;
    pid_t pid = 0;
    while (status == 0 && (pid = next_child(processes, getpid())) != 0) {
        status = bd_buf_append(&orphans->known, (const char *)&pid, sizeof(pid));
    }
    closedir(processes);
    if (status != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a list of processes");
    }
    orphans->adopts = prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
    return 0;
}

bool bd_orphans_kill(const BdOrphans *orphans) {
    DIR *processes = orphans->adopts ? opendir("/proc") : NULL;
    if (processes == NULL) {
        return false;
    }
    bool alive = false;
    pid_t pid = 0;
    while ((pid = next_child(processes, getpid())) != 0) {
        if (!is_known(orphans, pid) && waitpid(pid, NULL, WNOHANG) == 0) {
            kill(pid, SIGKILL);
            alive = true;
        }
    }
    closedir(processes);
    return alive;
}

void bd_orphans_kill_below(pid_t parent) {
    DIR *processes = opendir("/proc");
    if (processes == NULL) {
        return;
    }
    pid_t pid = 0;
    while ((pid = next_child(processes, parent)) != 0) {
        kill(pid, SIGKILL);
    }
    closedir(processes);
}

void bd_orphans_end(BdOrphans *orphans) {
    if (orphans->adopts) {
        prctl(PR_SET_CHILD_SUBREAPER, 0);
    }
    bd_buf_deinit(&orphans->known);
}

#else

int bd_orphans_begin(BdOrphans *orphans, BdErr *err) {
    (void)err;
    *orphans = (BdOrphans){0};
    return 0;
}

bool bd_orphans_kill(const BdOrphans *orphans) {
    (void)orphans;
    return false;
}

void bd_orphans_kill_below(pid_t parent) {
    (void)parent;
}

void bd_orphans_end(BdOrphans *orphans) {
    bd_buf_deinit(&orphans->known);
}

#endif
