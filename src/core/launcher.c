#include "core/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What may be sent to all of the program's group is for the program. */
static void ignore_signals(void) {
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        signal(numbers[i], SIG_IGN);
    }
}

/* With signals as every program expects them at its start. Returns an errno value. */
static int start_program(pid_t *pid, char **argv) {
    sigset_t all;
    posix_spawnattr_t attr;
    sigfillset(&all);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    int code = posix_spawnp(pid, argv[0], NULL, &attr, argv, environ);
    posix_spawnattr_destroy(&attr);
    return code;
}

void bd_launcher_main(char **argv) {
    if (argv[0] == NULL || strcmp(argv[0], BD_LAUNCHER_NAME) != 0) {
        return;
    }
    pid_t pid = -1;
    BdLaunch launch = {0};
    fcntl(BD_LAUNCHER_FD, F_SETFD, FD_CLOEXEC);
    ignore_signals();
    launch.code = start_program(&pid, argv + 1);
    if (launch.code == 0) {
        /* Its outputs are the program's alone, which may close them before it ends. */
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        while (wait4(pid, &launch.status, 0, &launch.usage) < 0 && errno == EINTR) {
        }
    }
    _exit(write(BD_LAUNCHER_FD, &launch, sizeof(launch)) == sizeof(launch) ? 0 : 1);
}
