#include "stats/arrival.h"

#include "core/mem.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What a statement is, beside its place in the manifest. */
enum { UNKNOWN = -1, NO_ROW = -2 };

int bd_arrival_init(BdArrival *arrival, const BdManifest *manifest, const BdRecents *recents,
                    BdErr *err) {
    *arrival = (BdArrival){.manifest = manifest, .recent = recents == NULL ? NULL : recents->list};
    if (manifest == NULL) {
        return 0;
    }
    size_t cells = (size_t)manifest->tables * BD_ARRIVAL_GROUPS;
    arrival->pending = bd_alloc_array(cells, sizeof(BdTally));
    arrival->acknowledged = bd_alloc_array(cells, sizeof(BdTally));
    arrival->doubtful = bd_alloc_array(cells, sizeof(BdTally));
    arrival->unread = bd_alloc_array(manifest->tables, sizeof(BdUnread));
    arrival->used = bd_alloc_array(cells, sizeof(uint32_t));
    if (arrival->pending == NULL || arrival->acknowledged == NULL || arrival->doubtful == NULL ||
        arrival->unread == NULL || arrival->used == NULL) {
        bd_arrival_deinit(arrival);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for what is to be verified");
    }
    return 0;
}

void bd_arrival_deinit(BdArrival *arrival) {
    bd_free(arrival->pending);
    bd_free(arrival->acknowledged);
    bd_free(arrival->doubtful);
    bd_free(arrival->unread);
    bd_free(arrival->used);
    bd_free(arrival->unforeseen);
    bd_buf_deinit(&arrival->known);
    bd_buf_deinit(&arrival->saved);
    *arrival = (BdArrival){.manifest = NULL};
}

/* ---- rows that are sent ---- */

static void note_unread(BdUnread *unread, uint32_t column, BdSpan value) {
    if (!unread->pending && !unread->acknowledged) {
        unread->column = column;
        snprintf(unread->value, sizeof(unread->value), "%.*s",
                 (int)(value.n < sizeof(unread->value) ? value.n : sizeof(unread->value)), value.p);
    }
}

/* A column that is compared. */
typedef struct Compared {
    BdArrival *arrival;
    uint32_t table;
    uint32_t number; /* from 0, as in the manifest */
    BdSpelling spelling;
    BdRecent *recent;
    uint64_t groups; /* the bits of its hash that choose the group */
} Compared;

static Compared compared(BdArrival *arrival, const BdManifestRow *row, uint32_t number) {
    return (Compared){.arrival = arrival,
                      .table = row->table,
                      .number = number,
                      .spelling = row->columns[number].spelling,
                      .recent = arrival->recent + (size_t)(row->first + number) * BD_RECENT,
                      .groups = number == 0 ? BD_ARRIVAL_GROUPS - 1 : 0};
}

/* 0 for NULL, and for what has no known spelling. */
static uint64_t hash_text(const Compared *column, BdSpan given, bool *unread) {
    char scratch[BD_SPELLING_SCRATCH];
    BdSpan value;
    if (given.p == NULL) {
        return 0;
    }
    if (bd_spelling_apply(column->spelling, given, scratch, &value) != 0) {
        note_unread(&column->arrival->unread[column->table], column->number, given);
        *unread = true;
        return 0;
    }
    uint64_t hash = bd_checksum_text(value, column->number + 1);
    uint64_t key = bd_recent_key(given);
    if (key != 0) {
        *bd_recent_place(column->recent, key) = (BdRecent){.key = key, .hash = hash};
    }
    return hash;
}

/* A marked row has this value, too. Most hashes are found among the recent ones. */
static inline void mark_value(const Compared *column, BdSpan value, BdMark *mark) {
    uint64_t key = bd_recent_key(value);
    const BdRecent *recent = bd_recent_place(column->recent, key);
    uint64_t hash =
        key != 0 && recent->key == key ? recent->hash : hash_text(column, value, &mark->unread);
    mark->hash ^= hash;
    mark->cell += (uint32_t)(hash & column->groups);
}

/* The mark of what the rows have in common. */
static BdMark mark_same(BdArrival *arrival, const BdManifestRow *sent, const BdSeries *columns) {
    BdMark same = {.cell = sent->table * BD_ARRIVAL_GROUPS};
    for (uint32_t i = 0; i < sent->count; i++) {
        const BdSeries *series = &columns[sent->columns[i].value];
        if (series->step == 0) {
            const Compared column = compared(arrival, sent, i);
            mark_value(&column, series->values[0], &same);
        }
    }
    return same;
}

void bd_arrival_mark(BdArrival *arrival, uint32_t place, const BdSeries *columns, uint32_t first,
                     uint32_t rows, BdMark *marks) {
    const BdManifestRow *sent = &arrival->manifest->rows[place];
    const BdMark same = mark_same(arrival, sent, columns);
    for (uint32_t row = 0; row < rows; row++) {
        marks[row] = same;
    }
    for (uint32_t i = 0; i < sent->count; i++) {
        const BdSeries *series = &columns[sent->columns[i].value];
        if (series->step != 0) {
            const Compared column = compared(arrival, sent, i);
            for (uint32_t row = 0; row < rows; row++) {
                mark_value(&column, series->values[first + row], &marks[row]);
            }
        }
    }
}

/* Rows that follow each other are mostly of one group: they are summed up first. */
void bd_arrival_add(BdArrival *arrival, const BdMark *marks, uint32_t count) {
    const BdMark *const end = marks + count;
    while (marks < end) {
        const BdMark *const first = marks;
        uint64_t sum = 0;
        bool unread = false;
        for (; marks < end && marks->cell == first->cell; marks++) {
            sum += marks->hash;
            unread |= marks->unread;
        }
        BdTally *tally = &arrival->pending[first->cell];
        if (tally->rows == 0) {
            arrival->used[arrival->used_count++] = first->cell;
        }
        tally->rows += marks - first;
        tally->sum += sum;
        arrival->unread[first->cell / BD_ARRIVAL_GROUPS].pending |= unread;
    }
}

/* Does a statement that is not in the manifest only read, as far as its first word tells? */
static bool only_reads(const char *sql) {
    static const char *const words[] = {"select", "values", "table", "show"};
    sql += strspn(sql, " \t\n\r\v\f");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i]);
        if (strncasecmp(sql, words[i], n) == 0 && strchr(" \t\n\r\v\f(*", sql[n]) != NULL) {
            return true;
        }
    }
    return false;
}

void bd_arrival_stray(BdArrival *arrival, const char *sql) {
    if (arrival->unforeseen == NULL) {
        arrival->unforeseen = bd_strdup(sql);
        arrival->lost = arrival->lost || arrival->unforeseen == NULL;
    }
}

static int32_t look_up(BdArrival *arrival, const char *sql) {
    int32_t row = bd_manifest_find(arrival->manifest, sql);
    if (row >= 0) {
        return row;
    }
    if (!only_reads(sql)) {
        bd_arrival_stray(arrival, sql);
    }
    return NO_ROW;
}

int32_t bd_arrival_find(BdArrival *arrival, uint32_t id, const char *sql) {
    const int32_t unknown = UNKNOWN;
    while (arrival->known.len <= id * sizeof(unknown)) {
        if (bd_buf_append(&arrival->known, (const char *)&unknown, sizeof(unknown)) != 0) {
            arrival->lost = true;
            return NO_ROW;
        }
    }
    int32_t *known = (int32_t *)(void *)arrival->known.p + id;
    if (*known == UNKNOWN) {
        *known = look_up(arrival, sql);
    }
    return *known;
}

void bd_arrival_send(BdArrival *arrival, uint32_t id, const char *sql, const char *const *values) {
    int32_t place = arrival->manifest == NULL ? NO_ROW : bd_arrival_find(arrival, id, sql);
    if (place < 0) {
        return;
    }
    const BdManifestRow *sent = &arrival->manifest->rows[place];
    BdMark mark = {.cell = sent->table * BD_ARRIVAL_GROUPS};
    for (uint32_t i = 0; i < sent->count; i++) {
        const Compared column = compared(arrival, sent, i);
        mark_value(&column, bd_span_of(values[sent->columns[i].value]), &mark);
    }
    bd_arrival_add(arrival, &mark, 1);
}

/* ---- savepoints ---- */

static size_t cell_count(const BdArrival *arrival) {
    return (size_t)arrival->manifest->tables * BD_ARRIVAL_GROUPS;
}

static size_t pending_bytes(const BdArrival *arrival) {
    return cell_count(arrival) * sizeof(BdTally);
}

static size_t unread_bytes(const BdArrival *arrival) {
    return arrival->manifest->tables * sizeof(BdUnread);
}

void bd_arrival_save(BdArrival *arrival) {
    BdBuf *saved = &arrival->saved;
    if (arrival->manifest == NULL) {
        return;
    }
    if (bd_buf_reserve(saved, pending_bytes(arrival) + unread_bytes(arrival)) != 0 ||
        bd_buf_append(saved, (const char *)arrival->pending, pending_bytes(arrival)) != 0 ||
        bd_buf_append(saved, (const char *)arrival->unread, unread_bytes(arrival)) != 0) {
        arrival->lost = true;
    }
}

void bd_arrival_release(BdArrival *arrival) {
    if (arrival->saved.len > 0) {
        arrival->saved.len -= pending_bytes(arrival) + unread_bytes(arrival);
    }
}

void bd_arrival_undo(BdArrival *arrival) {
    if (arrival->saved.len == 0) {
        return;
    }
    size_t cells = cell_count(arrival);
    bd_arrival_release(arrival);
    const char *saved = arrival->saved.p + arrival->saved.len;
    memcpy(arrival->pending, saved, pending_bytes(arrival));
    memcpy(arrival->unread, saved + pending_bytes(arrival), unread_bytes(arrival));
    arrival->used_count = 0;
    for (size_t i = 0; i < cells; i++) {
        if (arrival->pending[i].rows > 0) {
            arrival->used[arrival->used_count++] = (uint32_t)i;
        }
    }
}

/* ---- what came of them ---- */

/* Empty what is pending into other tallies; NULL: into none. */
static void settle(BdArrival *arrival, BdTally *into) {
    for (uint32_t i = 0; i < arrival->used_count; i++) {
        uint32_t cell = arrival->used[i];
        if (into != NULL) {
            into[cell].rows += arrival->pending[cell].rows;
            into[cell].sum += arrival->pending[cell].sum;
            BdUnread *unread = &arrival->unread[cell / BD_ARRIVAL_GROUPS];
            unread->acknowledged = unread->acknowledged || unread->pending;
        }
        arrival->unread[cell / BD_ARRIVAL_GROUPS].pending = false;
        arrival->pending[cell] = (BdTally){0};
    }
    arrival->used_count = 0;
    bd_buf_reset(&arrival->saved);
}

void bd_arrival_acknowledge(BdArrival *arrival) {
    settle(arrival, arrival->acknowledged);
}

void bd_arrival_drop(BdArrival *arrival) {
    settle(arrival, NULL);
}

void bd_arrival_doubt(BdArrival *arrival) {
    settle(arrival, arrival->doubtful);
}

static void add_up(BdTally *into, const BdTally *from, size_t cells) {
    for (size_t i = 0; i < cells; i++) {
        into[i].rows += from[i].rows;
        into[i].sum += from[i].sum;
    }
}

void bd_arrival_merge(BdArrival *into, const BdArrival *from) {
    if (from->manifest == NULL) {
        return;
    }
    size_t cells = cell_count(from);
    add_up(into->acknowledged, from->acknowledged, cells);
    add_up(into->doubtful, from->doubtful, cells);
    for (uint32_t i = 0; i < from->manifest->tables; i++) {
        if (from->unread[i].acknowledged && !into->unread[i].acknowledged) {
            into->unread[i] = from->unread[i];
        }
    }
    if (from->unforeseen != NULL) {
        bd_arrival_stray(into, from->unforeseen);
    }
    into->lost = into->lost || from->lost;
}
