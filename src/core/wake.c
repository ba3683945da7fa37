#include "core/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int set_flags(int fd) {
    int status = fcntl(fd, F_GETFL);
    if (status < 0 || fcntl(fd, F_SETFL, status | O_NONBLOCK) < 0) {
        return -1;
    }
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int bd_wake_init(BdWake *wake, BdErr *err) {
    if (pipe(wake->fd) != 0) {
        *wake = (BdWake){{-1, -1}};
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot make a pipe");
    }
    if (set_flags(wake->fd[0]) != 0 || set_flags(wake->fd[1]) != 0) {
        int saved = errno;
        bd_wake_deinit(wake);
        return bd_err_set_sys(err, BD_E_IO, saved, "cannot set up a pipe");
    }
    return 0;
}

void bd_wake_signal(const BdWake *wake) {
    int saved = errno; /* signal handlers call this */
    char byte = 1;
    /* A full pipe is readable already, which is all that is wanted. */
    ssize_t written = write(wake->fd[1], &byte, 1);
    (void)written;
    errno = saved;
}

void bd_wake_clear(const BdWake *wake) {
    char bytes[64];
    while (read(wake->fd[0], bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes)) {
    }
}

int bd_wake_fd(const BdWake *wake) {
    return wake->fd[0];
}

void bd_wake_deinit(BdWake *wake) {
    for (int i = 0; i < 2; i++) {
        if (wake->fd[i] >= 0) {
            close(wake->fd[i]);
            wake->fd[i] = -1;
        }
    }
}
