/*
 * feeder.h - the thread that turns a source into batches and puts them on the queue.
 *
 * It ends at the source's end, after `limit` records, on Ctrl-C, when the queue is closed by
 * somebody else, when the sink of bad lines says stop, or when the source fails (what was read
 * before is pushed). It closes the queue in any case.
 *
 * Ownership: source and queue are the caller's and must outlive the feeder.
 * Threads:   open and close from the thread that owns it; the callbacks run in the feeder's thread.
 */
#ifndef BD_FEEDER_H
#define BD_FEEDER_H

#include "flow/queue.h"
#include "input/source.h"

typedef struct BdFeeder BdFeeder;

typedef struct BdFeederOpts {
    int64_t limit;              /* records; 0: all there are */
    BdRejectSink rejects;       /* bad lines */
    void (*fed)(void *context); /* called exactly once, when all is pushed, however the feeder ends,
                                   and before it closes the queue; may be NULL */
    void *context;              /* for fed */
} BdFeederOpts;

/* Start the thread. */
BD_MUSTCHECK int bd_feeder_open(BdFeeder **out, BdSource *source, BdQueue *queue,
                                const BdFeederOpts *opts, BdErr *err);

/*
 * Wait for the thread to end and free it. -1 with *err when the source had failed, or memory ran
 * out. 0 also when the sink said stop: its owner knows. NULL is allowed.
 */
int bd_feeder_close(BdFeeder *feeder, BdErr *err);

#endif
