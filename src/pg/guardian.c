/*
 * Every program that the guardian runs inherits the writing end of a pipe, and hands it on to its
 * own children. The pipe is at its end when the last of them has gone: no signals, no polling of
 * process ids, and no folder that is removed while a server process still writes to it.
 */
#include "pg/guardian.h"

#include "core/mem.h"
#include "core/orphans.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define READY_CHECK_MS 5     /* between two looks whether the server has started */
#define LIVELY_MS      1000  /* after which a process that has not ended by a signal is frozen */
#define PATIENCE_MS    10000 /* for one to end that must; a server kills its processes after 5 s */
#define LOG_END_BYTES  500   /* of the log, shown when something fails */

typedef struct Guardian {
    const BdGuardianTask *task;
    BdServerFolder folder;
    int log_fd;
    char data[BD_SERVER_FOLDER_BYTES + 8];
    char log[BD_SERVER_FOLDER_BYTES + 8];
} Guardian;

typedef struct Child {
    pid_t pid;
    int end_fd; /* at its end when the program and all its children have gone */
} Child;

typedef enum Event {
    EVENT_NONE,         /* the time is up */
    EVENT_PROGRAM_GONE, /* the program that the guardian serves has ended, or wants no more */
    EVENT_CHILD_GONE
} Event;

/* ---- becoming a process of its own ----------------------------------------------------------- */

static void set_signals(void (*handler)(int)) {
    static const int numbers[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
                                  SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], &action, NULL);
    }
}

static void close_unless_ours(const BdGuardianTask *task, int fd) {
    if (fd > 2 && fd != task->life_fd && fd != task->report_fd) {
        close(fd);
    }
}

/* Whoever reads the program's output must not have to wait for the guardian as well; and the
 * guardian of another server must not wait for this one. */
static void close_inherited(const BdGuardianTask *task) {
    int null_fd = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2 && null_fd >= 0; fd++) {
        dup2(null_fd, fd);
    }
    DIR *dir = opendir("/proc/self/fd");
    if (dir == NULL) {
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            close_unless_ours(task, fd);
        }
        return;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        if (fd != dirfd(dir)) {
            close_unless_ours(task, fd);
        }
    }
    closedir(dir);
}

/* A terminal's Ctrl-C does not reach the guardian; other signals do not move it either. */
static void detach(const BdGuardianTask *task) {
    static const char *const names[] = {"PGDATA", "PGPORT", "PGCLIENTENCODING", "PGDATESTYLE",
                                        "PGTZ"};
    setsid();
    set_signals(SIG_IGN);
    close_inherited(task);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unsetenv(names[i]); /* a server would take its settings from them */
    }
}

/* ---- child processes ------------------------------------------------------------------------- */

/* In the child: become the program. */
static void become(const Guardian *guardian, const char *const *argv, pid_t parent,
                   int end_signal) {
    set_signals(SIG_DFL);
    if (bd_server_user_become(guardian->task->user) != 0) {
        dprintf(guardian->log_fd, "cannot become the user %s\n", guardian->task->user->name);
        _exit(126);
    }
#ifdef __linux__
    /* Should the guardian be killed. A change of the user would undo it. */
    prctl(PR_SET_PDEATHSIG, end_signal);
#else
    (void)end_signal;
#endif
    if (getppid() != parent) {
        _exit(126);
    }
    if (chdir(guardian->folder.path) != 0) {
        dprintf(guardian->log_fd, "cannot enter %s as the user that PostgreSQL runs as\n",
                guardian->folder.path);
        _exit(126);
    }
    dup2(guardian->log_fd, 1);
    dup2(guardian->log_fd, 2);
    execv(argv[0], (char *const *)(uintptr_t)argv); /* which does not change them */
    dprintf(guardian->log_fd, "cannot run %s\n", argv[0]);
    _exit(127);
}

static int spawn(const Guardian *guardian, const char *const *argv, int end_signal, Child *child,
                 BdErr *err) {
    int end[2] = {-1, -1};
    if (pipe(end) != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot make a pipe");
    }
    fcntl(end[0], F_SETFD, FD_CLOEXEC);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become(guardian, argv, parent, end_signal);
    }
    int saved = errno;
    close(end[1]);
    if (pid < 0) {
        close(end[0]);
        return bd_err_set_sys(err, BD_E_IO, saved, "cannot start a process");
    }
    *child = (Child){.pid = pid, .end_fd = end[0]};
    return 0;
}

/* Wait for something to happen; life_fd may be -1. */
static Event wait_event(int life_fd, const Child *child, int timeout_ms) {
    struct pollfd fds[] = {{.fd = life_fd, .events = POLLIN},
                           {.fd = child->end_fd, .events = POLLIN}};
    int ready = 0;
    do {
        ready = poll(fds, 2, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) {
        return EVENT_NONE;
    }
    return fds[1].revents != 0 ? EVENT_CHILD_GONE : EVENT_PROGRAM_GONE;
}

/* The exit status of a child that has gone. */
static int reap(Child *child) {
    int status = -1;
    close(child->end_fd);
    child->end_fd = -1;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* Make a child and its own children go. */
static void end_by_force(Child *child) {
    kill(child->pid, SIGKILL);
    wait_event(-1, child, PATIENCE_MS);
    reap(child);
}

/* ---- failing --------------------------------------------------------------------------------- */

/* The end of the log, from the begin of a line, on one line. */
static void read_log_end(const char *path, char *text, size_t size) {
    size_t n = 0;
    FILE *log = fopen(path, "r");
    text[0] = '\0';
    if (log == NULL) {
        return;
    }
    bool cut = fseek(log, -(long)(size - 1), SEEK_END) == 0;
    if (!cut) {
        rewind(log);
    }
    n = fread(text, 1, size - 1, log);
    fclose(log);
    while (n > 0 && text[n - 1] == '\n') {
        n--;
    }
    text[n] = '\0';
    const char *line = cut ? strchr(text, '\n') : NULL;
    if (line != NULL) {
        memmove(text, line + 1, strlen(line + 1) + 1);
    }
    for (char *p = strchr(text, '\n'); p != NULL; p = strchr(p, '\n')) {
        *p = ' ';
    }
}

static int fail(const Guardian *guardian, const char *what, BdErr *err) {
    char text[LOG_END_BYTES + 1];
    read_log_end(guardian->log, text, sizeof(text));
    return bd_err_set(err, BD_E_CONFIG, 0, "%s: %s", what,
                      text[0] == '\0' ? "it left no word why" : text);
}

static int gone(BdErr *err) {
    return bd_err_set(err, BD_E_STOPPED, 0, "interrupted");
}

/* ---- the server ------------------------------------------------------------------------------ */

static int run_initdb(const Guardian *guardian, BdErr *err) {
    locale_t known = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    const char *locale = known == (locale_t)0 ? "--locale=C" : "--locale=C.UTF-8";
    if (known != (locale_t)0) {
        freelocale(known);
    }
    const char *argv[] = {guardian->task->programs->initdb,
                          "--pgdata",
                          guardian->data,
                          "--username=" BD_SERVER_USER,
                          "--auth=trust",
                          "--encoding=UTF8",
                          locale,
                          "--no-sync",
                          NULL};
    Child child;
    if (spawn(guardian, argv, SIGKILL, &child, err) != 0) {
        return -1;
    }
    if (wait_event(guardian->task->life_fd, &child, -1) != EVENT_CHILD_GONE) {
        end_by_force(&child);
        return gone(err);
    }
    if (reap(&child) == 0) {
        return 0;
    }
    fail(guardian, "initdb failed", err);
    return bd_err_hint(err,
                       "it needs some 40 MB in the folder for temporary files, which its user must "
                       "be able to enter: set TMPDIR to such a folder");
}

/* Start the server. It is not yet ready then. */
static int spawn_postgres(const Guardian *guardian, Child *child, BdErr *err) {
    const BdServerOpts *opts = guardian->task->opts;
    char sockets[sizeof(guardian->folder.path) + 40];
    char connections[40];
    snprintf(sockets, sizeof(sockets), "unix_socket_directories=\"%s\"", guardian->folder.path);
    snprintf(connections, sizeof(connections), "max_connections=%d", opts->max_connections);
    const char *own[] = {"listen_addresses=", sockets, connections, "port=" BD_SERVER_PORT};
    const size_t owns = sizeof(own) / sizeof(own[0]);
    size_t more = 0;
    while (opts->settings != NULL && opts->settings[more] != NULL) {
        more++;
    }
    const char **argv = bd_alloc_array(3 + 2 * (owns + more) + 1, sizeof(*argv));
    if (argv == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a server's settings");
    }
    size_t n = 0;
    argv[n++] = guardian->task->programs->postgres;
    argv[n++] = "-D";
    argv[n++] = guardian->data;
    for (size_t i = 0; i < owns + more; i++) {
        argv[n++] = "-c";
        argv[n++] = i < owns ? own[i] : opts->settings[i - owns];
    }
    int status = spawn(guardian, argv, SIGQUIT, child, err);
    bd_free(argv);
    return status;
}

/* The server notes in its pid file how far it is, for pg_ctl to see. */
static bool is_ready(const Guardian *guardian) {
    char path[sizeof(guardian->data) + 20];
    char text[1024];
    snprintf(path, sizeof(path), "%s/postmaster.pid", guardian->data);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n < 0 ? 0 : n] = '\0';
    return strstr(text, "\nready") != NULL;
}

/* Nothing that it holds is to last. A server process that heeds no signal, being frozen, would be
 * waited for: it is killed first, so that the server ends in good order still. */
static void stop_postgres(Child *child) {
    kill(child->pid, SIGQUIT);
    Event event = wait_event(-1, child, LIVELY_MS);
    if (event != EVENT_CHILD_GONE) {
        bd_orphans_kill_below(child->pid);
        event = wait_event(-1, child, PATIENCE_MS);
    }
    if (event == EVENT_CHILD_GONE) {
        reap(child);
    } else {
        end_by_force(child);
    }
}

static int start_postgres(const Guardian *guardian, Child *child, BdErr *err) {
    if (ftruncate(guardian->log_fd, 0) != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot empty %s", guardian->log);
    }
    if (spawn_postgres(guardian, child, err) != 0) {
        return -1;
    }
    while (!is_ready(guardian)) {
        switch (wait_event(guardian->task->life_fd, child, READY_CHECK_MS)) {
        case EVENT_NONE:
            break;
        case EVENT_PROGRAM_GONE:
            stop_postgres(child);
            return gone(err);
        case EVENT_CHILD_GONE:
            reap(child);
            return fail(guardian, "the throwaway server did not start", err);
        }
    }
    return 0;
}

/* Make everything up to a server that takes connections. */
static int begin(Guardian *guardian, Child *child, BdErr *err) {
    if (bd_server_folder_open(&guardian->folder, guardian->task->user, err) != 0) {
        return -1;
    }
    const char *folder = guardian->folder.path;
    snprintf(guardian->data, sizeof(guardian->data), "%s/data", folder);
    snprintf(guardian->log, sizeof(guardian->log), "%s/log", folder);
    guardian->log_fd = open(guardian->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (guardian->log_fd < 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot write %s", guardian->log);
    }
    return run_initdb(guardian, err) == 0 ? start_postgres(guardian, child, err) : -1;
}

static void report(const Guardian *guardian, const BdErr *err) {
    BdGuardianReport text = {.err = *err};
    snprintf(text.folder, sizeof(text.folder), "%s", guardian->folder.path);
    ssize_t written = write(guardian->task->report_fd, &text, sizeof(text));
    (void)written; /* a program that is gone needs no report */
    close(guardian->task->report_fd);
}

void bd_guardian_run(const BdGuardianTask *task) {
    Guardian guardian = {.task = task, .folder = {.lock_fd = -1}, .log_fd = -1};
    BdErr err = BD_ERR_INIT;
    Child server;
    detach(task);
    bd_server_folder_sweep(task->user);
    if (begin(&guardian, &server, &err) == 0) {
        report(&guardian, &err);
        if (wait_event(task->life_fd, &server, -1) == EVENT_CHILD_GONE) {
            reap(&server);
        } else {
            stop_postgres(&server);
        }
        bd_server_folder_close(&guardian.folder);
    } else {
        bd_server_folder_close(&guardian.folder);
        report(&guardian, &err); /* after everything is removed, as the program goes on then */
    }
    if (guardian.log_fd >= 0) {
        close(guardian.log_fd);
    }
}
