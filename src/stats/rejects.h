/*
 * rejects.h - what was left out: bad lines and failed records, counted, with the first few kept as
 * samples.
 *
 * Ownership: embedded in its owner; deinit frees the samples.
 * Threads:   add from any thread (a mutex guards it: rejects are rare); the samples are read after
 *            the run.
 */
#ifndef BD_REJECTS_H
#define BD_REJECTS_H

#include "core/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define BD_REJECT_SAMPLES 10

typedef struct BdReject {
    char *file;
    int64_t line;
    char *reason;
    char sqlstate[6]; /* "" for a bad line */
} BdReject;

typedef struct BdRejects {
    pthread_mutex_t mutex; /* covers all that follows while the run goes on */
    int64_t limit;         /* more than so many, and the run stops */
    int64_t count;
    int kept; /* samples in use */
    BdReject samples[BD_REJECT_SAMPLES];
} BdRejects;

BD_MUSTCHECK int bd_rejects_init(BdRejects *rejects, int64_t limit, BdErr *err);

/* Count one, keep it if it is among the first. True: there are now more than the limit allows. */
bool bd_rejects_add(BdRejects *rejects, const char *file, int64_t line, const char *sqlstate,
                    const char *reason);

int64_t bd_rejects_count(BdRejects *rejects);
void bd_rejects_deinit(BdRejects *rejects);

#endif
