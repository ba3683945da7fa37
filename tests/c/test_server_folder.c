/*
 * test_server_folder.c - the folder of a throwaway server, while others are looked through. What
 * becomes of folders is in test_server_left.c.
 */
#include "pg/server_folder.h"

#include "core/clock.h"
#include "support/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char temporary[TEMPORARY_BYTES];

/* Take every lock there is that nobody holds, as bd_server_folder_sweep() does, and take one's
 * time about it. Does not return. */
static void look_at_locks(void) {
    for (;;) {
        DIR *dir = opendir(temporary);
        for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
            char path[2 * PATH_BYTES];
            snprintf(path, sizeof(path), "%s/%s/lock", temporary, entry->d_name);
            int fd = open(path, O_RDWR);
            if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
                bd_sleep_until(bd_now_ns() + BD_NS_PER_MS);
            }
            if (fd >= 0) {
                close(fd);
            }
        }
        closedir(dir);
    }
}

static void a_new_folder_is_locked_though_others_look_at_it(void **state) {
    (void)state;
    enum { FOLDERS = 500 };
    const BdServerUser user = {.uid = geteuid(), .gid = getegid()};
    pid_t pid = fork();
    if (pid == 0) {
        look_at_locks();
    }
    int locked = 0;
    for (int i = 0; i < FOLDERS; i++) {
        BdServerFolder folder;
        locked += bd_server_folder_open(&folder, &user, NULL) == 0;
        bd_server_folder_close(&folder);
    }
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(locked, FOLDERS);
}

static int make_temporary(void **state) {
    (void)state;
    temporary_name("bd", temporary);
    return mkdtemp(temporary) == NULL ? -1 : setenv("TMPDIR", temporary, 1);
}

static int remove_temporary(void **state) {
    (void)state;
    return rmdir(temporary);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_folder_is_locked_though_others_look_at_it),
    };
    return cmocka_run_group_tests(tests, make_temporary, remove_temporary);
}
