/*
 * usage.h - what the process has used of the machine.
 */
#ifndef BD_USAGE_H
#define BD_USAGE_H

#include <stdint.h>

typedef struct BdUsage {
    int64_t user_ns;     /* CPU time in our code and libraries, all threads */
    int64_t system_ns;   /* CPU time in the kernel on our behalf */
    int64_t peak_bytes;  /* largest resident size so far */
    int64_t voluntary;   /* context switches: waited for something */
    int64_t involuntary; /* context switches: the processor was taken away */
} BdUsage;

/* From getrusage(2). */
BdUsage bd_usage_now(void);

/* The same of the calling thread, but for peak_bytes, which is the process's. */
BdUsage bd_usage_of_thread(void);

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
