#include "run/marker.h"

#include <inttypes.h>
#include <stdio.h>

#define LINES (INT64_C(1) << 40) /* more than any file has */

static int64_t number_of(const BdMarker *marker, const BdRecord *record) {
    return bd_source_file_number(marker->source, record->file) * LINES + record->line;
}

bool bd_marker_has(const BdMarker *marker, const BdRecord *record) {
    int64_t number = number_of(marker, record);
    size_t low = 0;
    size_t high = marker->done_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (marker->done[middle].last < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < marker->done_count && marker->done[low].first <= number;
}

/* The numbers of the part's records as the text of an array. */
static int write_numbers(const BdMarker *marker, const BdUnit *unit, BdBuf *text) {
    bd_buf_reset(text);
    for (uint32_t i = 0; i < bd_unit_size(unit); i++) {
        char number[24];
        int n = snprintf(number, sizeof(number), "%c%" PRId64, i == 0 ? '{' : ',',
                         number_of(marker, &unit->items[unit->first + i].record));
        if (bd_buf_append(text, number, (size_t)n) != 0) {
            return -1;
        }
    }
    return bd_buf_append_str(text, "}") == 0 ? bd_buf_end(text) : -1;
}

int bd_marker_send(const BdMarker *marker, BdSession *session, const BdUnit *unit, BdBuf *text,
                   BdErr *err) {
    char first[24];
    snprintf(first, sizeof(first), "%" PRId64, number_of(marker, &unit->items[unit->first].record));
    if (write_numbers(marker, unit, text) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for the marker of a unit");
    }
    const char *const values[] = {marker->load, marker->step, first, text->p};
    return bd_session_send_sql(session,
                               "insert into bigdata_done (load, step, first, records) "
                               "values ($1, $2, $3::bigint, $4::bigint[])",
                               values, 4, err);
}
