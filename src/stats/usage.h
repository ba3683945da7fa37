/*
 * usage.h - what the process has used of the machine.
 */
#ifndef BD_USAGE_H
#define BD_USAGE_H

#include <stdint.h>

typedef struct BdUsage {
    int64_t user_ns;     /* CPU time in our code and libraries, all threads */
    int64_t system_ns;   /* CPU time in the kernel on our behalf */
    int64_t voluntary;   /* context switches: waited for something */
    int64_t involuntary; /* context switches: the processor was taken away */
} BdUsage;

/* From getrusage(2). */
BdUsage bd_usage_now(void);

/* The same of the calling thread. */
BdUsage bd_usage_of_thread(void);

/* The process's largest resident size since bd_peak_restart(), to about a megabyte, or since its
 * start where the kernel does not let it be restarted; 0 where it does not say. From
 * /proc/self/status, see proc(5); getrusage(2) would count the program that started us, too. */
int64_t bd_peak_bytes(void);

/* Begin again with the present size, when what is free has been given back to the system: the steps
 * of a long sweep begin alike. */
void bd_peak_restart(void);

/* What one thread has used, and how long it has waited. */
typedef struct BdThreadUse {
    int64_t user_ns;     /* CPU time, as above */
    int64_t system_ns;   /* likewise */
    int64_t delay_ns;    /* ready to run, but without a processor; -1 where the kernel does not
                            say (/proc/thread-self/schedstat) */
    int64_t voluntary;   /* context switches, as above */
    int64_t involuntary; /* likewise */
    int64_t wall_ns;     /* from its begin to its end */
    int64_t waited_ns;   /* of that, waiting for whatever it waits for */
} BdThreadUse;

/* Of the calling thread since it began, but for wall_ns and waited_ns. */
BdThreadUse bd_thread_use_now(void);

/* CPU time of the calling thread since it began, to the microsecond: the two above may leave out
 * what came after the kernel's last tick. */
int64_t bd_thread_cpu_ns(void);

#endif
