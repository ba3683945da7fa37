/*
 * bench_read.c - what it costs to read a file of delimited text, from the zip to split fields.
 *
 *     bench_read [-n RUNS] [-d DELIMITER] [-f FIRST_NUMBER] FILE [MEMBER]
 *
 * Prints one line of "key=value" pairs: the CPU time (user and system, of this process) of the best
 * and of the median run, and what was read. FIRST_NUMBER is the index of the first field that must
 * be a number, from 1 (default 6: the data fields of a Census segment); 0 checks none.
 */
#include "input/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BATCH_RECORDS = 64, MAX_RUNS = 101 };

typedef struct Totals {
    int64_t records;
    int64_t fields;
    int64_t field_bytes;
    int64_t bytes;
    int64_t rejects;
} Totals;

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static int count_reject(void *context, const char *file, int64_t line, const char *reason) {
    Totals *totals = context;
    if (totals->rejects++ == 0) {
        fprintf(stderr, "bench_read: %s, line %" PRId64 ": %s\n", file, line, reason);
    }
    return 0;
}

static void add_batch(Totals *totals, const BdBatch *batch) {
    for (uint32_t i = 0; i < bd_batch_size(batch); i++) {
        BdRecord record = bd_batch_record(batch, i);
        totals->records++;
        totals->fields += record.fields;
        totals->field_bytes += record.offsets[record.fields];
    }
}

static int run(const BdSourceFile *file, const BdDelimited *format, Totals *totals, BdErr *err) {
    BdSource *source = NULL;
    BdBatch *batch = NULL;
    int rc = -1;
    *totals = (Totals){0};
    if (bd_source_open_delimited(&source, file, 1, format, err) != 0 ||
        bd_batch_new(&batch, err) != 0) {
        goto out;
    }
    BdRejectSink sink = {.reject = count_reject, .context = totals};
    while ((rc = bd_source_fill(source, batch, BATCH_RECORDS, sink, err)) > 0) {
        add_batch(totals, batch);
    }
    totals->bytes = bd_source_bytes(source);
out:
    bd_batch_free(batch);
    bd_source_close(source);
    return rc;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(double *seconds, int runs, const Totals *totals) {
    qsort(seconds, (size_t)runs, sizeof(*seconds), compare);
    double best = seconds[0];
    double median = seconds[runs / 2];
    double megabytes = (double)totals->bytes / 1e6;
    printf("cpu_s_best=%.6f cpu_s_median=%.6f mb_per_s_best=%.0f mb_per_s_median=%.0f "
           "ns_per_field_best=%.2f ns_per_field_median=%.2f runs=%d records=%" PRId64
           " fields=%" PRId64 " bytes=%" PRId64 " field_bytes=%" PRId64 " rejects=%" PRId64 "\n",
           best, median, megabytes / best, megabytes / median, best * 1e9 / (double)totals->fields,
           median * 1e9 / (double)totals->fields, runs, totals->records, totals->fields,
           totals->bytes, totals->field_bytes, totals->rejects);
}

static int usage(void) {
    fputs("usage: bench_read [-n RUNS] [-d DELIMITER] [-f FIRST_NUMBER] FILE [MEMBER]\n", stderr);
    return 1;
}

int main(int argc, char **argv) {
    int runs = 7;
    long first_number = 6;
    char delimiter = ',';
    for (int option; (option = getopt(argc, argv, "n:d:f:")) != -1;) {
        switch (option) {
        case 'n':
            runs = (int)strtol(optarg, NULL, 10);
            break;
        case 'd':
            delimiter = optarg[0];
            break;
        case 'f':
            first_number = strtol(optarg, NULL, 10);
            break;
        default:
            return usage();
        }
    }
    if (optind >= argc || runs < 1 || runs > MAX_RUNS) {
        return usage();
    }
    BdSourceFile file = {.path = argv[optind], .member = argv[optind + 1]};
    if (file.member != NULL && optind + 2 < argc) {
        return usage();
    }
    BdDelimited format = {.delimiter = delimiter,
                          .min_fields = 1,
                          .max_fields = UINT32_MAX,
                          .number_from =
                              first_number < 1 ? UINT32_MAX : (uint32_t)first_number - 1};
    double seconds[MAX_RUNS];
    Totals totals = {0};
    for (int i = 0; i < runs; i++) {
        BdErr err = BD_ERR_INIT;
        double start = cpu_seconds();
        if (run(&file, &format, &totals, &err) != 0) {
            fprintf(stderr, "bench_read: %s\n", err.msg);
            return 2;
        }
        seconds[i] = cpu_seconds() - start;
    }
    report(seconds, runs, &totals);
    return 0;
}
