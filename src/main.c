/*
 * The program: enters Lua under protection, and nothing else. What it does is in lua/bigdata/cli.
 */
#include "bind/state.h"
#include "core/interrupt.h"
#include "core/launcher.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_verbose(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--verbose") == 0) {
            return true;
        }
    }
    return false;
}

static void print_error(BdSpan text) {
    fprintf(stderr, "bigdata: %.*s\n", (int)text.n, text.p);
}

/* Whoever has started us may have closed some of them: the first files that we open would take
 * their numbers, and what is printed would go there. Reading and writing fail as they did. */
static void fill_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            _exit(1); /* there is nowhere to say so */
        }
    }
}

int main(int argc, char **argv) {
    bd_launcher_main(argv);
    fill_standard_descriptors();
    struct lua_State *lua = NULL;
    BdErr err = BD_ERR_INIT;
    BdFailure failure = {0};
    int status = 1;
    if (bd_interrupt_install(&err) != 0 || bd_state_open(&lua, &err) != 0) {
        print_error((BdSpan){.p = err.msg, .n = strlen(err.msg)});
        if (err.hint[0] != '\0') {
            fprintf(stderr, "hint: %s\n", err.hint);
        }
    } else if (bd_state_run(lua, argc, argv, &status, &failure) != 0) {
        print_error(is_verbose(argc, argv) ? failure.traceback : failure.message);
        status = 1;
    }
    bd_state_close(lua);
    return status;
}
