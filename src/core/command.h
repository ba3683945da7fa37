/*
 * command.h - runs another program to its end: what it printed, and what it took.
 *
 * A launcher (launcher.h) starts it. The program gets a process group of its own. What is left of
 * the group, and of processes that it has started in groups of their own (orphans.h), when the
 * program has ended, when its time is up, or when the user interrupts, is killed. Its standard
 * input is empty.
 *
 * Ownership: bd_command_deinit() frees what a result holds; a zeroed one is fine.
 * Threads:   the calling thread waits; one at a time in a process, which starts nothing else then.
 * Errors:    BD_E_CONFIG where there is no such program, BD_E_STOPPED on Ctrl-C, BD_E_IO. A program
 *            that fails is no error: the result says so.
 */
#ifndef BD_COMMAND_H
#define BD_COMMAND_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct BdCommand {
    const char *const *argv; /* ended by NULL; argv[0] is looked for in PATH */
    const char *const *env;  /* "NAME=value", added to our environment; ended by NULL */
    int64_t timeout_ns;      /* 0: none */
} BdCommand;

typedef struct BdCommandResult {
    BdBuf out, err;   /* what it printed last: BD_COMMAND_KEPT_BYTES each, at least */
    int status;       /* its exit status, or -1 if a signal ended it */
    int signal;       /* that signal, or 0 */
    bool timed_out;   /* its time was up */
    bool left_behind; /* it ended, and left processes running */
    int64_t wall_ns;  /* from its start to its end */
    int64_t user_ns;  /* processor time, its own and that of its children */
    int64_t system_ns;
    int64_t peak_bytes; /* most memory that one of them held */
} BdCommandResult;

#define BD_COMMAND_KEPT_BYTES ((size_t)1024 * 1024)

BD_MUSTCHECK int bd_command_run(const BdCommand *command, BdCommandResult *result, BdErr *err);
void bd_command_deinit(BdCommandResult *result);

#endif
