#include "flow/feeder.h"

#include "core/interrupt.h"
#include "core/mem.h"

#include <pthread.h>

/* Reading and parsing need little; a pool of many threads should not reserve 8 MiB for this one. */
#define STACK_BYTES ((size_t)256 * 1024)

struct BdFeeder {
    pthread_t thread;
    BdSource *source;
    BdQueue *queue;
    BdFeederOpts opts;
    int status; /* 0 or -1 with err; written by the thread, read when it has ended */
    BdErr err;
};

static uint32_t batch_limit(const BdFeeder *feeder, int64_t left) {
    uint32_t records = bd_queue_batch_records(feeder->queue);
    return left < (int64_t)records ? (uint32_t)left : records;
}

/* Feed until there is no more to feed. A source that was told to stop, by the sink or by Ctrl-C,
 * has not failed: the sink's owner knows. */
static int feed(BdFeeder *feeder, BdErr *err) {
    int64_t left = feeder->opts.limit > 0 ? feeder->opts.limit : INT64_MAX;
    while (left > 0 && !bd_interrupted()) {
        BdBatch *batch = bd_queue_empty_batch(feeder->queue, err);
        if (batch == NULL) {
            return -1;
        }
        int filled = bd_source_fill(feeder->source, batch, batch_limit(feeder, left),
                                    feeder->opts.rejects, err);
        left -= bd_batch_size(batch);
        /* Also after a failure: the records before it are as good as any. */
        int pushed = bd_queue_push(feeder->queue, batch);
        if (filled < 0) {
            return err->code == BD_E_STOPPED ? 0 : -1;
        }
        if (filled == 0 || pushed != 0) {
            return 0;
        }
    }
    return 0;
}

static void *feeder_main(void *arg) {
    BdFeeder *feeder = arg;
    feeder->status = feed(feeder, &feeder->err);
    if (feeder->opts.fed != NULL) {
        feeder->opts.fed(feeder->opts.context);
    }
    bd_queue_close(feeder->queue);
    return NULL;
}

static int start_thread(BdFeeder *feeder, BdErr *err) {
    pthread_attr_t attr;
    int status = pthread_attr_init(&attr);
    if (status == 0) {
        pthread_attr_setstacksize(&attr, STACK_BYTES);
        status = pthread_create(&feeder->thread, &attr, feeder_main, feeder);
        pthread_attr_destroy(&attr);
    }
    if (status != 0) {
        return bd_err_set_sys(err, BD_E_NOMEM, status, "cannot start the feeder's thread");
    }
    return 0;
}

int bd_feeder_open(BdFeeder **out, BdSource *source, BdQueue *queue, const BdFeederOpts *opts,
                   BdErr *err) {
    *out = NULL;
    BdFeeder *feeder = bd_alloc(sizeof(*feeder));
    if (feeder == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a feeder");
    }
    feeder->source = source;
    feeder->queue = queue;
    feeder->opts = *opts;
    if (start_thread(feeder, err) != 0) {
        bd_free(feeder);
        return -1;
    }
    *out = feeder;
    return 0;
}

int bd_feeder_close(BdFeeder *feeder, BdErr *err) {
    if (feeder == NULL) {
        return 0;
    }
    pthread_join(feeder->thread, NULL);
    int status = feeder->status;
    if (status != 0 && err != NULL) {
        *err = feeder->err;
    }
    bd_free(feeder);
    return status;
}
