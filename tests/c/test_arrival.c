/*
 * test_arrival.c - what enters the sums, and when.
 */
#include "stats/arrival.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INSERT "insert into t values ($1, $2)"

static const BdManifestColumn two_columns[] = {
    {.value = 0, .spelling = {BD_SPELLING_INTEGER, BD_SPELLING_NO_LIMIT}},
    {.value = 1, .spelling = {BD_SPELLING_TEXT, BD_SPELLING_NO_LIMIT}},
};

/* Two tables; INSERT goes to the second one. */
static BdManifest *new_manifest(void) {
    BdManifest *manifest = NULL;
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_manifest_new(&manifest, 2, &err), 0);
    assert_int_equal(bd_manifest_add(manifest, "other", 0, NULL, 0, &err), 0);
    assert_int_equal(bd_manifest_add(manifest, INSERT, 1, two_columns, 2, &err), 0);
    return manifest;
}

static BdRecents recents; /* of all arrivals */

static void open_arrival(BdArrival *arrival, const BdManifest *manifest) {
    BdErr err = BD_ERR_INIT;
    if (recents.list == NULL) {
        assert_int_equal(bd_recents_init(&recents, manifest, &err), 0);
    }
    assert_int_equal(bd_arrival_init(arrival, manifest, &recents, &err), 0);
}

static void close_arrival(BdArrival *arrival) {
    bd_arrival_deinit(arrival);
    bd_recents_deinit(&recents);
}

static void send(BdArrival *arrival, const char *first, const char *second) {
    const char *const values[] = {first, second};
    bd_arrival_send(arrival, 3, INSERT, values);
}

static BdTally total(const BdTally *tallies, uint32_t table) {
    BdTally sum = {0};
    for (uint32_t i = 0; i < BD_ARRIVAL_GROUPS; i++) {
        sum.rows += tallies[table * BD_ARRIVAL_GROUPS + i].rows;
        sum.sum += tallies[table * BD_ARRIVAL_GROUPS + i].sum;
    }
    return sum;
}

/* The sum of the rows given as pairs, sent and acknowledged together. */
static uint64_t sum_of(const char *const *pairs, size_t rows) {
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    for (size_t i = 0; i < rows; i++) {
        send(&arrival, pairs[2 * i], pairs[2 * i + 1]);
    }
    bd_arrival_acknowledge(&arrival);
    uint64_t sum = total(arrival.acknowledged, 1).sum;
    close_arrival(&arrival);
    bd_manifest_free(manifest);
    return sum;
}

static void the_sum_is_that_of_the_formula(void **state) {
    (void)state;
    const char *const pair[] = {"07", "x"};
    uint64_t first = bd_checksum_text((BdSpan){"7", 1}, 1);
    assert_int_equal(sum_of(pair, 1), first ^ bd_checksum_text((BdSpan){"x", 1}, 2));
    const char *const null[] = {"7", NULL};
    assert_int_equal(sum_of(null, 1), first);
}

static void rows_in_another_order_have_the_same_sum(void **state) {
    (void)state;
    const char *const rows[] = {"1", "a", "2", "b"};
    const char *const turned[] = {"2", "b", "1", "a"};
    assert_int_equal(sum_of(rows, 2), sum_of(turned, 2));
}

static void values_that_have_changed_places_show(void **state) {
    (void)state;
    const char *const rows[] = {"1", "2", "3", "4"};
    const char *const between_rows[] = {"1", "4", "3", "2"};
    const char *const between_columns[] = {"2", "1", "3", "4"};
    assert_int_not_equal(sum_of(rows, 2), sum_of(between_rows, 2));
    assert_int_not_equal(sum_of(rows, 2), sum_of(between_columns, 2));
}

static void null_is_not_the_empty_text(void **state) {
    (void)state;
    const char *const null[] = {"1", NULL};
    const char *const empty[] = {"1", ""};
    assert_int_not_equal(sum_of(null, 1), sum_of(empty, 1));
}

static void a_hash_that_is_remembered_is_the_right_one(void **state) {
    (void)state;
    uint64_t sum = 0;
    char texts[500][12];
    const char *pairs[2000];
    for (size_t i = 0; i < 1000; i++) {
        char *text = texts[i % 500];
        memset(text, 0, sizeof(texts[0]));
        for (size_t j = 0; j < i % 500 % 11; j++) {
            text[j] = (char)('a' + (i % 500 / 11 + j * 7) % 26);
        }
        pairs[2 * i] = "1";
        pairs[2 * i + 1] = text;
        sum += bd_checksum_text((BdSpan){"1", 1}, 1) ^
               bd_checksum_text((BdSpan){text, strlen(text)}, 2);
    }
    assert_int_equal(sum_of(pairs, 1000), sum);
}

/* A value for a list, any of many kinds: mostly short, and the same ones again and again. */
static BdSpan any_value(char *text, size_t size, uint32_t i) {
    static const char *const others[] = {
        "", "007", "+7", "nonsense", "123456789012", "123400009012", "12345678"};
    enum { OTHERS = sizeof(others) / sizeof(others[0]) };
    uint32_t kind = i * UINT32_C(2654435761) >> 16;
    if (kind % 8 == 0) {
        return bd_span_of(NULL);
    }
    if (kind % 8 == 1) {
        return bd_span_of(others[kind / 8 % OTHERS]);
    }
    snprintf(text, size, "%u", kind / 8 % 3000);
    return bd_span_of(text);
}

/* The mark of one row, by an arrival that remembers nothing. */
static BdMark mark_of(const BdManifest *manifest, BdSpan first, BdSpan second) {
    const BdSeries columns[] = {{.values = &first}, {.values = &second}};
    BdArrival arrival;
    BdMark mark;
    open_arrival(&arrival, manifest);
    bd_arrival_mark(&arrival, 1, columns, 0, 1, &mark);
    close_arrival(&arrival);
    return mark;
}

static void rows_of_lists_are_marked_as_they_are_one_by_one(void **state) {
    (void)state;
    enum { ROWS = 1000, FIRST = 7 };
    static char texts[2][ROWS][16];
    static BdSpan values[2][ROWS];
    static BdMark marks[ROWS];
    BdManifest *manifest = new_manifest();
    for (uint32_t i = 0; i < ROWS; i++) {
        values[0][i] = any_value(texts[0][i], sizeof(texts[0][i]), i);
        values[1][i] = any_value(texts[1][i], sizeof(texts[1][i]), i + ROWS);
    }
    for (uint32_t lists = 0; lists < 4; lists++) {
        const BdSeries columns[] = {{values[0], lists & 1}, {values[1], lists >> 1}};
        BdArrival arrival;
        open_arrival(&arrival, manifest);
        bd_arrival_mark(&arrival, 1, columns, FIRST, ROWS - FIRST, marks);
        bd_arrival_add(&arrival, marks, ROWS - FIRST);
        BdTally tallies[2 * BD_ARRIVAL_GROUPS] = {{0}};
        for (uint32_t row = FIRST; row < ROWS; row++) {
            const BdMark mark =
                mark_of(manifest, bd_series_at(&columns[0], row), bd_series_at(&columns[1], row));
            assert_int_equal(marks[row - FIRST].hash, mark.hash);
            assert_int_equal(marks[row - FIRST].cell, mark.cell);
            assert_int_equal(marks[row - FIRST].unread, mark.unread);
            tallies[mark.cell].rows++;
            tallies[mark.cell].sum += mark.hash;
        }
        assert_memory_equal(arrival.pending, tallies, sizeof(tallies));
        close_arrival(&arrival);
    }
    bd_manifest_free(manifest);
}

static void the_first_value_chooses_the_group(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    send(&arrival, "12", "x");
    send(&arrival, "12", "y");
    bd_arrival_acknowledge(&arrival);
    uint64_t group = bd_checksum_text((BdSpan){"12", 2}, 1) % BD_ARRIVAL_GROUPS;
    assert_int_equal(arrival.acknowledged[BD_ARRIVAL_GROUPS + group].rows, 2);
    close_arrival(&arrival);
    bd_manifest_free(manifest);
}

static void only_what_is_acknowledged_counts(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    send(&arrival, "1", "kept");
    assert_int_equal(total(arrival.acknowledged, 1).rows, 0);
    bd_arrival_acknowledge(&arrival);
    BdTally kept = total(arrival.acknowledged, 1);
    send(&arrival, "2", "dropped");
    bd_arrival_drop(&arrival);
    send(&arrival, "3", "in doubt");
    bd_arrival_doubt(&arrival);
    bd_arrival_acknowledge(&arrival);
    assert_int_equal(kept.rows, 1);
    assert_int_equal(total(arrival.acknowledged, 1).rows, 1);
    assert_int_equal(total(arrival.acknowledged, 1).sum, kept.sum);
    assert_int_equal(total(arrival.doubtful, 1).rows, 1);
    assert_int_equal(total(arrival.acknowledged, 0).rows, 0);
    close_arrival(&arrival);
    bd_manifest_free(manifest);
}

static void what_was_sent_since_a_savepoint_can_be_undone(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    send(&arrival, "1", "kept");
    bd_arrival_save(&arrival);
    send(&arrival, "1", "undone");
    bd_arrival_save(&arrival);
    send(&arrival, "2", "undone");
    bd_arrival_release(&arrival);
    bd_arrival_undo(&arrival);
    send(&arrival, "2", "kept");
    bd_arrival_save(&arrival);
    send(&arrival, "3", "kept");
    bd_arrival_release(&arrival);
    bd_arrival_acknowledge(&arrival);
    const char *const kept[] = {"1", "kept", "2", "kept", "3", "kept"};
    assert_int_equal(total(arrival.acknowledged, 1).rows, 3);
    assert_int_equal(total(arrival.acknowledged, 1).sum, sum_of(kept, 3));
    bd_arrival_undo(&arrival); /* the savepoints are over */
    assert_int_equal(total(arrival.acknowledged, 1).rows, 3);
    close_arrival(&arrival);
    bd_manifest_free(manifest);
}

static void a_value_without_a_spelling_is_forgotten_with_its_row(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    send(&arrival, "1", "kept");
    bd_arrival_save(&arrival);
    send(&arrival, "nonsense", "undone");
    bd_arrival_undo(&arrival);
    bd_arrival_acknowledge(&arrival);
    assert_false(arrival.unread[1].acknowledged);
    send(&arrival, "0x1f", "kept");
    bd_arrival_save(&arrival);
    send(&arrival, "2", "undone");
    bd_arrival_undo(&arrival);
    bd_arrival_acknowledge(&arrival);
    assert_true(arrival.unread[1].acknowledged);
    assert_string_equal(arrival.unread[1].value, "0x1f");
    close_arrival(&arrival);
    bd_manifest_free(manifest);
}

static void a_value_without_a_spelling_is_noted_once_its_row_is_acknowledged(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    send(&arrival, "nonsense", "x");
    bd_arrival_drop(&arrival);
    assert_false(arrival.unread[1].acknowledged);
    send(&arrival, "0x1f", "x");
    bd_arrival_acknowledge(&arrival);
    assert_true(arrival.unread[1].acknowledged);
    assert_int_equal(arrival.unread[1].column, 0);
    assert_string_equal(arrival.unread[1].value, "0x1f");
    assert_int_equal(total(arrival.acknowledged, 1).rows, 1);
    close_arrival(&arrival);
    bd_manifest_free(manifest);
}

static void statements_that_may_write_are_noted_when_unknown(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival arrival;
    open_arrival(&arrival, manifest);
    bd_arrival_send(&arrival, 0, " \n SELECT 1", NULL);
    bd_arrival_send(&arrival, 1, "values (1)", NULL);
    assert_null(arrival.unforeseen);
    bd_arrival_send(&arrival, 9, "selectively destroy", NULL);
    bd_arrival_send(&arrival, 2, "delete from t", NULL);
    assert_string_equal(arrival.unforeseen, "selectively destroy");
    close_arrival(&arrival);
    bd_manifest_free(manifest);
}

static void what_workers_have_is_added_up(void **state) {
    (void)state;
    BdManifest *manifest = new_manifest();
    BdArrival one;
    BdArrival other;
    open_arrival(&one, manifest);
    open_arrival(&other, manifest);
    send(&one, "1", "a");
    bd_arrival_acknowledge(&one);
    send(&other, "nonsense", "b");
    bd_arrival_acknowledge(&other);
    bd_arrival_send(&other, 0, "delete from t", NULL);
    bd_arrival_merge(&one, &other);
    assert_int_equal(total(one.acknowledged, 1).rows, 2);
    assert_string_equal(one.unread[1].value, "nonsense");
    assert_string_equal(one.unforeseen, "delete from t");
    close_arrival(&one);
    close_arrival(&other);
    bd_manifest_free(manifest);
}

static void without_a_manifest_nothing_is_done(void **state) {
    (void)state;
    BdArrival arrival;
    open_arrival(&arrival, NULL);
    send(&arrival, "1", "a");
    bd_arrival_acknowledge(&arrival);
    bd_arrival_merge(&arrival, &arrival);
    close_arrival(&arrival);
}

static int make_both(void *context, BdErr *err) {
    (void)context;
    BdManifest *manifest = NULL;
    BdArrival arrival = {.manifest = NULL};
    int status = bd_manifest_new(&manifest, 1, err);
    if (status == 0) {
        status = bd_manifest_add(manifest, INSERT, 0, two_columns, 2, err);
    }
    if (status == 0) {
        status = bd_recents_init(&recents, manifest, err);
    }
    if (status == 0) {
        status = bd_arrival_init(&arrival, manifest, &recents, err);
    }
    close_arrival(&arrival);
    bd_manifest_free(manifest);
    return status;
}

static void failing_allocations_leave_nothing_behind(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(make_both, NULL), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(the_sum_is_that_of_the_formula),
        CASE(rows_in_another_order_have_the_same_sum),
        CASE(values_that_have_changed_places_show),
        CASE(null_is_not_the_empty_text),
        CASE(a_hash_that_is_remembered_is_the_right_one),
        CASE(rows_of_lists_are_marked_as_they_are_one_by_one),
        CASE(the_first_value_chooses_the_group),
        CASE(only_what_is_acknowledged_counts),
        CASE(what_was_sent_since_a_savepoint_can_be_undone),
        CASE(a_value_without_a_spelling_is_forgotten_with_its_row),
        CASE(a_value_without_a_spelling_is_noted_once_its_row_is_acknowledged),
        CASE(statements_that_may_write_are_noted_when_unknown),
        CASE(what_workers_have_is_added_up),
        CASE(without_a_manifest_nothing_is_done),
        CASE(failing_allocations_leave_nothing_behind),
    };
    return cmocka_run_group_tests_name("arrival", tests, NULL, NULL);
}
