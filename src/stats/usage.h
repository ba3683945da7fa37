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

#endif
