/*
 * measure FILE COMMAND... - run a command, and append one line to FILE: seconds, CPU seconds as a
 * user, CPU seconds in the kernel, and the largest resident size in KiB. Processes that the command
 * did not wait for, a server above all, are not in it.
 */
#include "core/clock.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: measure FILE COMMAND...\n");
        return 1;
    }
    int64_t start_ns = bd_now_ns();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
        perror("measure");
        return 1;
    }
    double elapsed = (double)(bd_now_ns() - start_ns) / (double)BD_NS_PER_S;

    FILE *file = fopen(argv[1], "a");
    if (file == NULL) {
        perror(argv[1]);
        return 1;
    }
    fprintf(file, "%.6f %.6f %.6f %ld\n", elapsed, seconds(usage.ru_utime), seconds(usage.ru_stime),
            usage.ru_maxrss);
    if (fclose(file) != 0) {
        perror(argv[1]);
        return 1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
