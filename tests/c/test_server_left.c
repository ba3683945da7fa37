/*
 * test_server_left.c - throwaway servers go without a trace, whatever dies first, and folders that
 * are not theirs stay. Skipped where PostgreSQL is not installed.
 */
#include "core/interrupt.h"
#include "support/memory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "support/server_kit.h" /* needs cmocka.h */

/* A program of its own that opens a server, says where, and waits to be killed. */
typedef struct Program {
    pid_t pid;
    char folder[128];
} Program;

static Program begin_program(void) {
    Program program = {0};
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    program.pid = fork();
    if (program.pid == 0) {
        BdErr err = BD_ERR_INIT;
        BdServer *server = NULL;
        if (bd_server_open(&server, &few, &err) != 0) {
            _exit(1);
        }
        snprintf(program.folder, sizeof(program.folder), "%s", bd_server_folder(server));
        ssize_t written = write(fds[1], program.folder, sizeof(program.folder));
        (void)written;
        for (;;) {
            pause();
        }
    }
    close(fds[1]);
    assert_int_equal(read(fds[0], program.folder, sizeof(program.folder)), sizeof(program.folder));
    close(fds[0]);
    return program;
}

static void end_program(const Program *program, int number) {
    assert_int_equal(kill(program->pid, number), 0);
    assert_int_equal(waitpid(program->pid, NULL, 0), program->pid);
}

static bool is_gone(const void *path) {
    return access(path, F_OK) != 0;
}

/* The lock is held by the guardian and by every process of the server. */
static bool is_unlocked(const void *path) {
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    bool taken = flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return taken;
}

static pid_t guardian_of(const Program *program, char lock[160]) {
    char text[32] = "";
    snprintf(lock, 160, "%s/lock", program->folder);
    int fd = open(lock, O_RDONLY);
    assert_true(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
    close(fd);
    return (pid_t)strtol(text, NULL, 10);
}

static void a_program_killed_takes_its_server_along(void **state) {
    (void)state;
    need_server();
    Program program = begin_program();
    end_program(&program, SIGKILL);
    wait_until(is_gone, program.folder);
    check_nothing_left();
}

static void a_guardian_killed_takes_its_server_along(void **state) {
    (void)state;
    need_server();
    char lock[160];
    Program program = begin_program();
    pid_t guardian = guardian_of(&program, lock);
    assert_int_equal(kill(guardian, SIGKILL), 0);
    wait_until(is_unlocked, lock);
    end_program(&program, SIGKILL);
    assert_int_equal(count_in(temporary), 1);

    BdServer *server = open_server(); /* which removes what the other left */
    assert_true(is_gone(program.folder));
    bd_server_close(server);
    check_nothing_left();
}

static void closing_a_server_whose_guardian_was_killed_does_not_hang(void **state) {
    (void)state;
    need_server();
    char lock[160];
    BdServer *server = open_server();
    Program program = {0};
    snprintf(program.folder, sizeof(program.folder), "%s", bd_server_folder(server));
    assert_int_equal(kill(guardian_of(&program, lock), SIGKILL), 0);
    wait_until(is_unlocked, lock);
    bd_server_close(server);
    server = open_server();
    bd_server_close(server);
    check_nothing_left();
}

/* A terminal's Ctrl-C goes to all processes of its foreground group, and systemd's SIGTERM to all
 * of a unit: the guardian outlives them until the program has ended. */
static void the_guardian_heeds_no_signals(void **state) {
    (void)state;
    need_server();
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    char lock[160];
    Program program = begin_program();
    pid_t guardian = guardian_of(&program, lock);
    assert_int_equal(getsid(guardian), guardian);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        assert_int_equal(kill(guardian, signals[i]), 0);
    }
    assert_false(is_unlocked(lock));
    end_program(&program, SIGKILL);
    wait_until(is_gone, program.folder);
}

/* Make a folder that belongs to the user that servers run as. */
static void make_folder(const char *path) {
    struct stat status;
    BdServer *server = open_server();
    assert_int_equal(stat(bd_server_folder(server), &status), 0);
    bd_server_close(server);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chown(path, status.st_uid, status.st_gid), 0);
}

static void a_folder_that_is_just_being_made_stays(void **state) {
    (void)state;
    need_server();
    char path[96], lock[112];
    snprintf(path, sizeof(path), "%s/bigdata-server-new", temporary);
    snprintf(lock, sizeof(lock), "%s/lock", path);
    make_folder(path);
    bd_server_close(open_server());
    assert_int_equal(access(path, F_OK), 0);

    close(open(lock, O_CREAT | O_WRONLY, 0600)); /* made, but not yet taken */
    bd_server_close(open_server());
    assert_int_equal(access(path, F_OK), 0);

    const struct timespec long_ago[] = {{.tv_sec = 1}, {.tv_sec = 1}};
    assert_int_equal(utimensat(AT_FDCWD, lock, long_ago, 0), 0); /* its maker was killed */
    bd_server_close(open_server());
    check_nothing_left();
}

static void folders_of_other_names_stay(void **state) {
    (void)state;
    need_server();
    char path[96];
    const struct timespec long_ago[] = {{.tv_sec = 1}, {.tv_sec = 1}};
    snprintf(path, sizeof(path), "%s/bigdata-other", temporary);
    make_folder(path);
    assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
    bd_server_close(open_server());
    assert_int_equal(rmdir(path), 0);
    check_nothing_left();
}

static void what_a_link_of_such_a_name_leads_to_stays(void **state) {
    (void)state;
    need_server();
    char path[96], lock[112], link[96];
    snprintf(path, sizeof(path), "%s/precious", temporary);
    snprintf(lock, sizeof(lock), "%s/lock", path);
    snprintf(link, sizeof(link), "%s/bigdata-server-link", temporary);
    make_folder(path);
    int fd = open(lock, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "1\n", 2), 2);
    close(fd);
    assert_int_equal(symlink(path, link), 0);
    bd_server_close(open_server());
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(unlink(link), 0);
    check_nothing_left();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_program_killed_takes_its_server_along),
        CASE(a_guardian_killed_takes_its_server_along),
        CASE(closing_a_server_whose_guardian_was_killed_does_not_hang),
        CASE(the_guardian_heeds_no_signals),
        CASE(a_folder_that_is_just_being_made_stays),
        CASE(folders_of_other_names_stay),
        CASE(what_a_link_of_such_a_name_leads_to_stays),
    };
    BdErr err = BD_ERR_INIT;
    if (bd_interrupt_install(&err) != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_temporary, remove_temporary);
}
