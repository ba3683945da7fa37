/*
 * launcher.h - a small process between us and a program whose use of the machine we want to know.
 *
 * The kernel's account of a process begins with the peak memory of the one that started it: a
 * program of 2 MB that we started ourselves, while we hold 100 MB, would be said to have held
 * 100 MB. So we start our own executable anew under a name that bd_launcher_main() knows. It is
 * small then, starts the program, waits for it, and reports to a pipe. It ignores the signals that
 * ask the program's group to end.
 *
 * Threads: main() calls bd_launcher_main() before any other thread is started.
 */
#ifndef BD_LAUNCHER_H
#define BD_LAUNCHER_H

#include <stdbool.h>
#include <sys/resource.h>

#define BD_LAUNCHER_NAME "bigdata-launcher" /* argv[0]; the program's argv is what follows */
#define BD_LAUNCHER_FD   3                  /* where it reports: a pipe */

typedef struct BdLaunch {
    int code;            /* why the program could not be started, an errno value; or 0 */
    int status;          /* how it ended, as of wait(2) */
    struct rusage usage; /* what it took, with the children that it waited for */
} BdLaunch;

/* Called first in main() of whatever runs programs: does not return in a launcher. */
void bd_launcher_main(char **argv);

#endif
