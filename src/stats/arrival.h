/*
 * arrival.h - the count and the checksum of the rows that the server has acknowledged, to be
 * compared with what its tables hold.
 *
 * A row's hash is the exclusive or of the hashes of its values, NULL being 0. The rows of a table
 * are summed up in groups, which the hash of a row's first compared value chooses: see
 * docs/verify.md.
 *
 * Each worker has one. Rows are added as they are sent. They are pending until it is known what
 * came of them: acknowledged, dropped (refused, rolled back), or in doubt (the connection was lost
 * before the answer). The memory it takes does not grow with the rows.
 *
 * Ownership: embedded in its owner; the manifest and the recents must outlive it.
 * Threads:   one at a time.
 */
#ifndef BD_ARRIVAL_H
#define BD_ARRIVAL_H

#include "core/buf.h"
#include "core/series.h"
#include "stats/manifest.h"
#include "stats/recents.h"

#include <stdbool.h>
#include <stdint.h>

#define BD_ARRIVAL_GROUPS 64

/* Rows, and the sum of their hashes, modulo 2 to the power of 64. */
typedef struct BdTally {
    int64_t rows;
    uint64_t sum;
} BdTally;

/* A row that can be added again and again, without looking at its values once more. */
typedef struct BdMark {
    uint64_t hash;
    uint32_t cell; /* its table and group: see below */
    bool unread;   /* a value of it has no known spelling */
} BdMark;

/* The first value of a table that was written in a way that has no known spelling. */
typedef struct BdUnread {
    bool pending;
    bool acknowledged;
    uint32_t column; /* of its row's columns */
    char value[40];  /* cut if it is longer */
} BdUnread;

typedef struct BdArrival {
    const BdManifest *manifest; /* NULL: nothing is verified, and all calls do nothing */
    BdTally *pending;           /* of table t, group g: t * BD_ARRIVAL_GROUPS + g */
    BdBuf saved; /* pending and unread as they were at each savepoint, the last one at the end */
    BdTally *acknowledged;
    BdTally *doubtful;
    BdUnread *unread; /* of each table */
    uint32_t *used;   /* cells of pending that are not empty, */
    uint32_t used_count;
    BdRecent *recent; /* of the recents; NULL: there are none */
    BdBuf known;      /* by a statement's id: an int32_t, what it is */
    char *unforeseen; /* SQL that may write and is not in the manifest; NULL: there was none */
    bool lost;        /* memory ran out: nothing can be said */
} BdArrival;

/* manifest may be NULL. recents: the manifest's; NULL for one that no row is sent by, but that
 * others are added to. */
BD_MUSTCHECK int bd_arrival_init(BdArrival *arrival, const BdManifest *manifest,
                                 const BdRecents *recents, BdErr *err);

/* The place in the manifest of what a statement inserts; less than 0: it is not there. id: a number
 * of the worker's own, always the same for the same text, counted from 0. */
int32_t bd_arrival_find(BdArrival *arrival, uint32_t id, const char *sql);

/* The marks of rows of these columns, from row `first` on; place: theirs in the manifest. */
void bd_arrival_mark(BdArrival *arrival, uint32_t place, const BdSeries *columns, uint32_t first,
                     uint32_t rows, BdMark *marks);

/* Rows are sent. */
void bd_arrival_add(BdArrival *arrival, const BdMark *marks, uint32_t count);

/* A statement is sent with these values: its row is added if the manifest has it. id: as above. */
void bd_arrival_send(BdArrival *arrival, uint32_t id, const char *sql, const char *const *values);

/* Rows are sent by SQL that the manifest does not have: no more can be said of any. */
void bd_arrival_stray(BdArrival *arrival, const char *sql);

/* A savepoint is set; it is given up, or gone back to and then given up. They may be nested. */
void bd_arrival_save(BdArrival *arrival);
void bd_arrival_release(BdArrival *arrival);
void bd_arrival_undo(BdArrival *arrival);

/* What came of all that is pending; savepoints are over with it. */
void bd_arrival_acknowledge(BdArrival *arrival);
void bd_arrival_drop(BdArrival *arrival);
void bd_arrival_doubt(BdArrival *arrival);

/* Add what another one has to this one; both of the same manifest. */
void bd_arrival_merge(BdArrival *into, const BdArrival *from);

void bd_arrival_deinit(BdArrival *arrival);

#endif
