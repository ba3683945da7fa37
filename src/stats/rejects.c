#include "stats/rejects.h"

#include "core/mem.h"

#include <stdio.h>

int bd_rejects_init(BdRejects *rejects, int64_t limit, BdErr *err) {
    *rejects = (BdRejects){.limit = limit};
    int status = pthread_mutex_init(&rejects->mutex, NULL);
    if (status != 0) {
        return bd_err_set_sys(err, BD_E_NOMEM, status, "cannot make a lock");
    }
    return 0;
}

static void free_sample(BdReject *sample) {
    bd_free(sample->file);
    bd_free(sample->reason);
    *sample = (BdReject){0};
}

/* A sample that there is no memory for is left out: it counts all the same. */
static void keep(BdRejects *rejects, const char *file, int64_t line, const char *sqlstate,
                 const char *reason) {
    BdReject *sample = &rejects->samples[rejects->kept];
    sample->file = bd_strdup(file);
    sample->reason = bd_strdup(reason);
    if (sample->file == NULL || sample->reason == NULL) {
        free_sample(sample);
        return;
    }
    sample->line = line;
    snprintf(sample->sqlstate, sizeof(sample->sqlstate), "%s", sqlstate);
    rejects->kept++;
}

bool bd_rejects_add(BdRejects *rejects, const char *file, int64_t line, const char *sqlstate,
                    const char *reason) {
    pthread_mutex_lock(&rejects->mutex);
    rejects->count++;
    if (rejects->kept < BD_REJECT_SAMPLES) {
        keep(rejects, file, line, sqlstate, reason);
    }
    bool too_many = rejects->count > rejects->limit;
    pthread_mutex_unlock(&rejects->mutex);
    return too_many;
}

int64_t bd_rejects_count(BdRejects *rejects) {
    pthread_mutex_lock(&rejects->mutex);
    int64_t count = rejects->count;
    pthread_mutex_unlock(&rejects->mutex);
    return count;
}

void bd_rejects_deinit(BdRejects *rejects) {
    for (int i = 0; i < rejects->kept; i++) {
        free_sample(&rejects->samples[i]);
    }
    rejects->kept = 0;
    pthread_mutex_destroy(&rejects->mutex);
}
