/*
 * bench_queue.c - what the queue costs per record: one feeder, and 1, 4 and 16 threads that pop a
 * record and give it back. Nothing else is done with the records, so this is the most that threads
 * can get into one another's way.
 *
 * usage: bench_queue [RECORDS [REPEATS]]
 */
#include "core/clock.h"
#include "flow/queue.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define CAPACITY 4096
#define MOST     16 /* threads */

static int fail(const char *what) {
    fprintf(stderr, "bench_queue: %s\n", what);
    exit(2);
}

static int64_t cpu_ns(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * BD_NS_PER_S +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

static void feed(BdQueue *queue, int64_t records) {
    BdErr err = BD_ERR_INIT;
    uint32_t size = bd_queue_batch_records(queue);
    for (int64_t at = 0; at < records; at += size) {
        BdBatch *batch = bd_queue_empty_batch(queue, &err);
        if (batch == NULL) {
            fail(err.msg);
        }
        for (uint32_t i = 0; i < size && at + i < records; i++) {
            char *text = NULL;
            uint32_t *offsets = NULL;
            if (bd_batch_begin(batch, 2, 1, &text, &offsets, &err) != 0) {
                fail(err.msg);
            }
            text[0] = '1';
            text[1] = '\0';
            offsets[0] = 0;
            offsets[1] = 2;
            bd_batch_end(batch, 1, at + i, "bench");
        }
        if (bd_queue_push(queue, batch) != 0) {
            fail("the queue was closed");
        }
    }
    bd_queue_close(queue);
}

static void *pop_all(void *arg) {
    BdQueue *queue = arg;
    BdItem item;
    while (bd_queue_pop(queue, &item, NULL) == BD_POP_RECORD) {
        bd_queue_done(queue, &item);
    }
    return NULL;
}

static void measure(int threads, int64_t records) {
    BdErr err = BD_ERR_INIT;
    BdQueue *queue = NULL;
    if (bd_queue_new(&queue, CAPACITY, &err) != 0) {
        fail(err.msg);
    }
    pthread_t poppers[MOST];
    int64_t begun_ns = bd_now_ns();
    int64_t begun_cpu_ns = cpu_ns();
    for (int i = 0; i < threads; i++) {
        if (pthread_create(&poppers[i], NULL, pop_all, queue) != 0) {
            fail("cannot start a thread");
        }
    }
    feed(queue, records);
    for (int i = 0; i < threads; i++) {
        pthread_join(poppers[i], NULL);
    }
    double wall = (double)(bd_now_ns() - begun_ns) / (double)records;
    double cpu = (double)(cpu_ns() - begun_cpu_ns) / (double)records;
    printf("%7d  %14.0f  %18.0f\n", threads, wall, cpu);
    bd_queue_free(queue);
}

int main(int argc, char **argv) {
    int64_t records = argc > 1 ? strtoll(argv[1], NULL, 10) : 2000000;
    int repeats = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;
    static const int threads[] = {1, 4, MOST};
    if (records < 1 || repeats < 1) {
        fail("usage: bench_queue [RECORDS [REPEATS]]");
    }
    printf("threads  ns per record  CPU ns per record\n");
    for (int repeat = 0; repeat < repeats; repeat++) {
        for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
            measure(threads[i], records);
        }
    }
    return 0;
}
