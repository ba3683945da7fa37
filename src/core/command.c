#include "core/command.h"

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/launcher.h"
#include "core/mem.h"
#include "core/orphans.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS     20 /* between two looks whether the program has ended with its pipes open */
#define PATIENCE_NS (2 * BD_NS_PER_S) /* between asking the program to end and killing it */
#define DRAIN_NS    BD_NS_PER_S       /* for what is still in the pipes when all have ended */

extern char **environ;

/* A program that runs. */
typedef struct Running {
    pid_t pid;    /* its launcher's, and its group's */
    int out, err; /* ends of pipes to read from; -1 when they are at their end */
    int report;   /* likewise, for the launcher's word on how it ended */
    int code;     /* why it could not be started, an errno value; or 0 */
    bool ended;
    int64_t began_ns;
    int64_t kill_ns; /* when to kill what was asked to end; 0 while nothing was */
    BdOrphans orphans;
    BdCommandResult *result;
} Running;

/* ---- starting -------------------------------------------------------------------------------- */

static bool same_name(const char *one, const char *other) {
    size_t n = strcspn(one, "=");
    return strncmp(one, other, n) == 0 && other[n] == '=';
}

static bool is_replaced(const char *variable, const char *const *env) {
    for (; *env != NULL; env++) {
        if (same_name(*env, variable)) {
            return true;
        }
    }
    return false;
}

static size_t count_of(const char *const *strings) {
    size_t count = 0;
    while (strings[count] != NULL) {
        count++;
    }
    return count;
}

/* Our environment with the variables added; the strings stay where they are. */
static const char **make_environment(const char *const *env) {
    size_t added = count_of(env);
    size_t ours = 0;
    while (environ[ours] != NULL) {
        ours++;
    }
    const char **all = bd_alloc_array(added + ours + 1, sizeof(*all));
    if (all == NULL) {
        return NULL;
    }
    memcpy(all, env, added * sizeof(*all));
    for (size_t i = 0; i < ours; i++) {
        if (!is_replaced(environ[i], env)) {
            all[added++] = environ[i];
        }
    }
    return all;
}

/* A pipe that no other program inherits. */
static int make_pipe(int fd[2], BdErr *err) {
    if (pipe(fd) != 0) {
        fd[0] = fd[1] = -1;
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot make a pipe");
    }
    fcntl(fd[0], F_SETFD, FD_CLOEXEC);
    fcntl(fd[1], F_SETFD, FD_CLOEXEC);
    fcntl(fd[0], F_SETFL, O_NONBLOCK);
    return 0;
}

static void close_end(int *fd) {
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

/* A group of its own, in which no signal is blocked. */
static int set_up_attributes(posix_spawnattr_t *attr) {
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setpgroup(attr, 0);
    return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
}

/* Start the launcher with these ends of pipes as its outputs. Returns an errno value. */
static int spawn_launcher(pid_t *pid, const char *const *argv, const char *const *env,
                          const int ends[3]) {
    static const int numbers[] = {STDOUT_FILENO, STDERR_FILENO, BD_LAUNCHER_FD};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int code = set_up_attributes(&attr);
    if (code == 0) {
        code = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    for (size_t i = 0; code == 0 && i < 3; i++) {
        code = posix_spawn_file_actions_adddup2(&files, ends[i], numbers[i]);
    }
    if (code == 0) {
        /* The interface lacks the const that it keeps to. */
        union {
            const char *const *given;
            char *const *taken;
        } words = {argv}, variables = {env};
        code = posix_spawn(pid, "/proc/self/exe", &files, &attr, words.taken, variables.taken);
    }
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

/* The launcher's words: its name, and then the program's. */
static const char **make_words(const char *const *argv) {
    size_t count = count_of(argv);
    const char **words = bd_alloc_array(count + 2, sizeof(*words));
    if (words != NULL) {
        words[0] = BD_LAUNCHER_NAME;
        memcpy(words + 1, argv, (count + 1) * sizeof(*words));
    }
    return words;
}

static int start(Running *run, const BdCommand *command, BdErr *err) {
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    int status = -1;
    const char **env = make_environment(command->env);
    const char **words = make_words(command->argv);
    if (env == NULL || words == NULL) {
        bd_err_set(err, BD_E_NOMEM, 0, "no memory for an environment");
    } else if (make_pipe(pipes[0], err) == 0 && make_pipe(pipes[1], err) == 0 &&
               make_pipe(pipes[2], err) == 0) {
        const int ends[] = {pipes[0][1], pipes[1][1], pipes[2][1]};
        run->began_ns = bd_now_ns();
        int code = spawn_launcher(&run->pid, words, env, ends);
        status = code == 0 ? 0
                           : bd_err_set_sys(err, BD_E_IO, code, "cannot start a process for %s",
                                            command->argv[0]);
    }
    bd_free(env);
    bd_free(words);
    for (size_t i = 0; i < 3; i++) {
        close_end(&pipes[i][1]);
    }
    run->out = pipes[0][0];
    run->err = pipes[1][0];
    run->report = pipes[2][0];
    return status;
}

/* ---- while it runs --------------------------------------------------------------------------- */

static void signal_group(const Running *run, int number) {
    kill(-run->pid, number);
}

/* Ask it to end; if it does not, it is killed after a while. */
static void ask_to_end(Running *run, int64_t now_ns) {
    if (run->kill_ns == 0) {
        signal_group(run, SIGTERM);
        run->kill_ns = now_ns + PATIENCE_NS;
    } else if (now_ns >= run->kill_ns) {
        signal_group(run, SIGKILL);
    }
}

/* Once there is twice as much as has to be kept, the first half goes. */
static void forget_first(BdBuf *buf) {
    if (buf->len >= 2 * BD_COMMAND_KEPT_BYTES) {
        buf->len -= BD_COMMAND_KEPT_BYTES;
        memmove(buf->p, buf->p + BD_COMMAND_KEPT_BYTES, buf->len);
    }
}

/* Take what there is to read; at the end the descriptor is closed. */
static int drain(int *fd, BdBuf *buf, BdErr *err) {
    char bytes[4096];
    ssize_t n = read(*fd, bytes, sizeof(bytes));
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close_end(fd);
    } else if (n > 0) {
        forget_first(buf);
        if (bd_buf_append(buf, bytes, (size_t)n) != 0) {
            return bd_err_set(err, BD_E_NOMEM, 0, "no memory for what a program prints");
        }
    }
    return 0;
}

/* Kill what is left of it: was anything alive? It has ended. */
static bool kill_rest(const Running *run) {
    while (waitpid(-run->pid, NULL, WNOHANG) > 0) {
        /* The dead of its group that had lost their parent were ours. */
    }
    bool alive = kill(-run->pid, SIGKILL) == 0;
    return bd_orphans_kill(&run->orphans) || alive;
}

/* Until nothing of it is left; what cannot be killed is left alone after a while. */
static void bury(const Running *run) {
    int64_t patience_ns = bd_now_ns() + PATIENCE_NS;
    while (kill_rest(run) && bd_now_ns() < patience_ns) {
        poll(NULL, 0, TICK_MS);
    }
}

static int64_t time_ns(struct timeval time) {
    return (int64_t)time.tv_sec * BD_NS_PER_S + (int64_t)time.tv_usec * 1000;
}

/* Has it ended? Then note how, and what it took. A launcher that was killed with the program has
 * reported nothing: its own end is the program's. */
static void look(Running *run, int64_t now_ns) {
    BdLaunch launch = {0};
    if (run->ended || wait4(run->pid, &launch.status, WNOHANG, &launch.usage) != run->pid) {
        return;
    }
    BdLaunch report;
    if (read(run->report, &report, sizeof(report)) == sizeof(report)) {
        launch = report;
    }
    BdCommandResult *result = run->result;
    run->ended = true;
    run->code = launch.code;
    result->wall_ns = now_ns - run->began_ns;
    result->status = WIFEXITED(launch.status) ? WEXITSTATUS(launch.status) : -1;
    result->signal = WIFSIGNALED(launch.status) ? WTERMSIG(launch.status) : 0;
    result->user_ns = time_ns(launch.usage.ru_utime);
    result->system_ns = time_ns(launch.usage.ru_stime);
    result->peak_bytes = (int64_t)launch.usage.ru_maxrss * 1024;
    result->left_behind = kill_rest(run) && !result->timed_out;
}

/* Wait for something to read, for the launcher's word, or for a moment. */
static int attend(Running *run, BdErr *err) {
    struct pollfd polled[] = {{.fd = run->out, .events = POLLIN},
                              {.fd = run->err, .events = POLLIN},
                              {.fd = run->ended ? -1 : run->report, .events = POLLIN},
                              {.fd = bd_interrupted() ? -1 : bd_interrupt_fd(), .events = POLLIN}};
    if (poll(polled, sizeof(polled) / sizeof(*polled), TICK_MS) <= 0) {
        return 0;
    }
    if (polled[0].revents != 0 && drain(&run->out, &run->result->out, err) != 0) {
        return -1;
    }
    return polled[1].revents == 0 ? 0 : drain(&run->err, &run->result->err, err);
}

/* Until it has ended and its pipes are empty. */
static int attend_to_end(Running *run, int64_t timeout_ns, BdErr *err) {
    int64_t drained_ns = 0;
    int status = 0;
    for (;;) {
        int64_t now_ns = bd_now_ns();
        look(run, now_ns);
        if (run->ended && drained_ns == 0) {
            drained_ns = now_ns + DRAIN_NS;
        }
        if (run->ended && ((run->out < 0 && run->err < 0) || now_ns >= drained_ns)) {
            return status;
        }
        if (!run->ended && (bd_interrupted() || status != 0)) {
            ask_to_end(run, now_ns);
        } else if (!run->ended && timeout_ns > 0 && now_ns - run->began_ns >= timeout_ns) {
            run->result->timed_out = true;
            ask_to_end(run, now_ns);
        }
        if (status == 0) {
            status = attend(run, err);
        } else {
            poll(NULL, 0, TICK_MS);
        }
    }
}

int bd_command_run(const BdCommand *command, BdCommandResult *result, BdErr *err) {
    *result = (BdCommandResult){.status = -1};
    Running run = {.result = result, .out = -1, .err = -1, .report = -1};
    int status = bd_orphans_begin(&run.orphans, err);
    if (status == 0) {
        status = start(&run, command, err);
    }
    if (status == 0) {
        status = attend_to_end(&run, command->timeout_ns, err);
        bury(&run);
        if (status == 0 && bd_interrupted()) {
            status = bd_err_set(err, BD_E_STOPPED, 0, "interrupted");
        } else if (status == 0 && run.code != 0) {
            status = bd_err_set_sys(err, BD_E_CONFIG, run.code, "cannot run %s", command->argv[0]);
        }
    }
    bd_orphans_end(&run.orphans);
    close_end(&run.out);
    close_end(&run.err);
    close_end(&run.report);
    if (status == 0 && (bd_buf_end(&result->out) != 0 || bd_buf_end(&result->err) != 0)) {
        status = bd_err_set(err, BD_E_NOMEM, 0, "no memory for what a program prints");
    }
    return status;
}

void bd_command_deinit(BdCommandResult *result) {
    bd_buf_deinit(&result->out);
    bd_buf_deinit(&result->err);
}
