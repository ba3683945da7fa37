/*
 * test_shipment.c - rows shipped by every method, to a real server.
 */
#include "run/shipment.h"

#include "core/mem.h"

#include "support/memory.h"
#include "support/shipment_kit.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- rows of every type ---------------------------------------------------------------------- */

typedef struct Sample {
    const char *column;
    const char *type;
    const char *values[14];
} Sample;

static const Sample samples[] = {
    {"i2", "smallint", {"0", "-32768", "32767", "7"}},
    {"i4", "integer", {"0", "-2147483648", "2147483647", "-1"}},
    {"i8", "bigint", {"0", "-9223372036854775808", "9223372036854775807", "42"}},
    {"f4", "real", {"0", "1.5", "-3.4e38", "1e-37", "Infinity", "-Infinity", "NaN"}},
    {"f8", "double precision", {"0", "0.1", "-1.7e308", "1e-300", "Infinity", "-Infinity", "NaN"}},
    {"n",
     "numeric",
     {"0", "1", "-1", "0.00001", "123456789012345678901234567890.123456789", "1.50", "100000000",
      "NaN", "Infinity", "-Infinity", "-0.10", "10000"}},
    {"m", "numeric(10,2)", {"0", "99999999.99", "-99999999.99", "0.01", "1.005", "12.345", "7"}},
    {"t",
     "text",
     {"", "plain", "tab\there", "line\nend\r\n", "back\\slash\\", "\\N", "quotes ' and \"",
      "{braces, and commas}", "NULL", "gr\303\274\303\237e \346\274\242\345\255\227", "\\.",
      "\360\237\220\230", " blanks "}},
    {"v", "varchar(12)", {"", "a", "\\", "\"", "\303\251\303\251\303\251\303\251\303\251", "x\ty"}},
    {"b", "boolean", {"t", "f", "true", "false"}},
    {"d", "date", {"2000-01-01", "1999-12-31", "2024-02-29", "infinity", "-infinity"}},
    {"ts",
     "timestamp",
     {"2000-01-01 00:00:00", "1969-07-20 20:17:40.123456", "infinity", "-infinity"}},
    {"tz", "timestamptz", {"2024-03-01 12:34:56.789+02", "1900-01-01 00:00:00+00", "infinity"}},
    {"u", "uuid", {"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
    {"y", "bytea", {"\\x", "\\x00ff10", "\\x5c"}},
    {"j", "json", {"{}", "{\"a\": \"b\\nc\"}", "[1, null]", "\"\\\\\""}},
    {"jb", "jsonb", {"{}", "{\"a\": \"b\\tc\"}", "[1, null]"}},
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]), SOME_ROWS = 150 };

static void create_every(Kit *kit) {
    char sql[1024] = "create table every (\"key\" integer";
    for (size_t i = 0; i < SAMPLES; i++) {
        size_t used = strlen(sql);
        snprintf(sql + used, sizeof(sql) - used, ", %s %s", samples[i].column, samples[i].type);
    }
    size_t used = strlen(sql);
    snprintf(sql + used, sizeof(sql) - used, ")");
    kit_run(kit, "drop table if exists every");
    kit_run(kit, sql);
}

static const char *pick(const Sample *sample) {
    size_t count = 0;
    while (count < sizeof(sample->values) / sizeof(sample->values[0]) &&
           sample->values[count] != NULL) {
        count++;
    }
    size_t i = (size_t)rand() % (count + 1);
    return i == count ? NULL : sample->values[i];
}

/* The same rows every time, so many of them sent together. */
static void ship_random_rows_by(Kit *kit, int together) {
    srand(1);
    for (int row = 0; row < SOME_ROWS; row++) {
        char key[12];
        const char *values[SAMPLES + 1] = {key};
        snprintf(key, sizeof(key), "%d", row);
        for (size_t i = 0; i < SAMPLES; i++) {
            values[i + 1] = pick(&samples[i]);
        }
        if (row % 50 == 0) {
            kit_begin(kit);
        }
        kit_add(kit, values);
        if ((row + 1) % together == 0) {
            kit_ship_all(kit);
        }
    }
}

static void ship_random_rows(BdMethod method, BdProtocol protocol, int together, char *digest,
                             size_t size) {
    const char *columns[SAMPLES + 2] = {"key"};
    for (size_t i = 0; i < SAMPLES; i++) {
        columns[i + 1] = samples[i].column;
    }
    BdSession *session = database_session(protocol);
    Kit maker = {.session = session};
    create_every(&maker);
    bd_session_free(session);
    Kit kit;
    kit_init(&kit, method, protocol, "every", columns);
    ship_random_rows_by(&kit, together);
    BdAnswer *answer = database_run(
        kit.session, "select md5(string_agg(every::text, '|' order by key)), count(*) from every");
    snprintf(digest, size, "%s %s", bd_answer_value(answer, 0, 0), bd_answer_value(answer, 0, 1));
    bd_answer_free(answer);
    kit_deinit(&kit);
}

static void all_methods_store_the_same_rows(void **state) {
    (void)state;
    char expected[64];
    char digest[64];
    ship_random_rows(BD_METHOD_VALUES, BD_PROTOCOL_EXTENDED, 1, expected, sizeof(expected));
    assert_non_null(strstr(expected, " 150"));
    for (int protocol = BD_PROTOCOL_PREPARED; protocol <= BD_PROTOCOL_SIMPLE; protocol++) {
        for (int method = FIRST; method <= LAST; method++) {
            ship_random_rows((BdMethod)method, (BdProtocol)protocol, SOME_ROWS, digest,
                             sizeof(digest));
            assert_string_equal(digest, expected);
        }
    }
}

/* ---- how many requests ----------------------------------------------------------------------- */

static const char *const two_columns[] = {"a", "b", NULL};

static void open_pairs(Kit *kit, BdMethod method) {
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(
        session, "drop table if exists pairs; create table pairs (a integer, b text)"));
    bd_session_free(session);
    kit_init(kit, method, BD_PROTOCOL_PREPARED, "pairs", two_columns);
}

static void add_pairs(Kit *kit, int count) {
    for (int i = 0; i < count; i++) {
        char number[12];
        snprintf(number, sizeof(number), "%d", i);
        kit_add(kit, (const char *const[]){number, "b"});
    }
}

static void check_pairs(Kit *kit, const char *count) {
    database_check(kit->session, "select count(*) from pairs", count);
}

static void a_batch_costs_as_many_requests_as_its_method_says(void **state) {
    (void)state;
    /* 5 rows; the first time statements are prepared. */
    static const int first[LAST + 1] = {[FIRST] = 4, 2, 1, 1};
    static const int later[LAST + 1] = {[FIRST] = 2, 1, 1, 1};
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        open_pairs(&kit, (BdMethod)method);
        kit_begin(&kit);
        add_pairs(&kit, 5);
        assert_int_equal(bd_shipment_rows(kit.shipment), 5);
        kit_ship_all(&kit);
        assert_int_equal(kit.requests, first[method]);
        kit.requests = 0;
        add_pairs(&kit, 5);
        kit_ship_all(&kit);
        assert_int_equal(kit.requests, later[method]);
        check_pairs(&kit, "10");
        kit_deinit(&kit);
    }
}

static void values_keep_below_the_most_parameters_a_statement_may_have(void **state) {
    (void)state;
    Kit kit;
    open_pairs(&kit, BD_METHOD_VALUES);
    kit_begin(&kit);
    add_pairs(&kit, 32768 + 5);
    kit_ship_all(&kit);
    check_pairs(&kit, "32773");
    /* 2 x 16384 + 4 + 1 rows, of three sizes to be prepared */
    assert_int_equal(kit.requests, 4 + 3);
    kit_deinit(&kit);
}

static void few_statements_are_prepared_however_many_sizes_there_are(void **state) {
    (void)state;
    Kit kit;
    open_pairs(&kit, BD_METHOD_VALUES);
    kit_begin(&kit);
    for (int rows = 1; rows <= 40; rows++) {
        add_pairs(&kit, rows);
        kit_ship_all(&kit);
    }
    check_pairs(&kit, "820");
    database_check(kit.session, "select count(*) from pg_prepared_statements", "6");
    kit_deinit(&kit);
}

static void a_new_session_is_told_the_statements_again(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        open_pairs(&kit, (BdMethod)method);
        kit_begin(&kit);
        add_pairs(&kit, 3);
        kit_ship_all(&kit);
        bd_session_free(kit.session);
        kit.session = database_session(BD_PROTOCOL_PREPARED);
        bd_shipment_renew(kit.shipment);
        add_pairs(&kit, 3);
        kit_ship_all(&kit);
        check_pairs(&kit, "6");
        kit_deinit(&kit);
    }
}

static void nothing_is_sent_for_no_rows(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        open_pairs(&kit, (BdMethod)method);
        kit_ship_all(&kit);
        kit_begin(&kit);
        kit_ship_all(&kit);
        assert_int_equal(kit.requests, 0);
        kit_deinit(&kit);
    }
}

/* ---- marks ----------------------------------------------------------------------------------- */

static void requests_carry_the_marks_of_their_rows(void **state) {
    (void)state;
    static const BdManifestColumn compared[] = {
        {.value = 0, .spelling = {.kind = BD_SPELLING_INTEGER, .limit = BD_SPELLING_NO_LIMIT}}};
    BdErr err = BD_ERR_INIT;
    BdManifest *manifest = NULL;
    BdArrival arrival;
    BdRecents recents;
    assert_int_equal(bd_manifest_new(&manifest, 1, &err), 0);
    assert_int_equal(bd_manifest_add(manifest, "pairs", 0, compared, 1, &err), 0);
    assert_int_equal(bd_recents_init(&recents, manifest, &err), 0);
    assert_int_equal(bd_arrival_init(&arrival, manifest, &recents, &err), 0);
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        BdRequest request;
        uint32_t seen = 0;
        open_pairs(&kit, (BdMethod)method);
        bd_shipment_mark(kit.shipment, &arrival, 0);
        kit_begin(&kit);
        add_pairs(&kit, 6);
        while (bd_shipment_next(kit.shipment, &request, &err) == BD_NEXT_REQUEST) {
            for (uint32_t i = 0; i < request.mark_count; i++, seen++) {
                char number[12];
                snprintf(number, sizeof(number), "%u", seen);
                assert_true(request.marks[i].hash == bd_checksum_text(bd_span_of(number), 1));
            }
            bd_shipment_answer(kit.shipment, NULL);
        }
        assert_int_equal(seen, 6);
        kit_deinit(&kit);
    }
    bd_arrival_deinit(&arrival);
    bd_recents_deinit(&recents);
    bd_manifest_free(manifest);
}

static void what_is_refused_has_no_mark(void **state) {
    (void)state;
    static const BdManifestColumn compared[] = {
        {.value = 0, .spelling = {.kind = BD_SPELLING_INTEGER, .limit = BD_SPELLING_NO_LIMIT}}};
    const BdSpan numbers[] = {{"1", 1}, {"2", 1}, {"x", 1}, {"y", 1}, {"5", 1}, {"6", 1}};
    const BdSpan null = {.p = NULL};
    const BdSeries lists[] = {{numbers, 1}, {&null, 0}};
    static const char *const held[] = {"1", "2", "5", "6"};
    BdErr err = BD_ERR_INIT;
    BdManifest *manifest = NULL;
    BdArrival arrival;
    BdRecents recents;
    BdRequest request;
    Kit kit;
    assert_int_equal(bd_manifest_new(&manifest, 1, &err), 0);
    assert_int_equal(bd_manifest_add(manifest, "pairs", 0, compared, 1, &err), 0);
    assert_int_equal(bd_recents_init(&recents, manifest, &err), 0);
    assert_int_equal(bd_arrival_init(&arrival, manifest, &recents, &err), 0);
    open_pairs(&kit, BD_METHOD_COPY_BINARY);
    bd_shipment_mark(kit.shipment, &arrival, 0);
    kit_begin(&kit);
    assert_int_equal(bd_shipment_add(kit.shipment, lists, 6, &err), 0);
    assert_int_equal(bd_shipment_next(kit.shipment, &request, &err), BD_NEXT_REQUEST);
    assert_int_equal(request.mark_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(request.marks[i].hash, bd_checksum_text(bd_span_of(held[i]), 1));
    }
    kit_deinit(&kit);
    bd_arrival_deinit(&arrival);
    bd_recents_deinit(&recents);
    bd_manifest_free(manifest);
}

/* ---- memory ---------------------------------------------------------------------------------- */

/* Give a shipment rows, and take all of its requests as answered. */
static int use(BdShipment *shipment, BdErr *err) {
    Row row;
    const BdSeries *columns = row_init(&row, (const char *const[]){"12", "a\\b\"c"}, 2);
    bd_shipment_reset(shipment, BD_CARE_PARTS);
    for (int i = 0; i < 70; i++) {
        if (i % 35 == 0) {
            bd_shipment_begin(shipment);
        }
        if (bd_shipment_add(shipment, columns, 1, err) != 0) {
            return -1;
        }
    }
    BdRequest request;
    BdNext next;
    while ((next = bd_shipment_next(shipment, &request, err)) == BD_NEXT_REQUEST) {
        bd_shipment_answer(shipment, NULL);
    }
    return next == BD_NEXT_DONE ? 0 : -1;
}

typedef struct Making {
    const BdTarget *target;
    BdMethod method;
} Making;

static int make_and_use(void *context, BdErr *err) {
    const Making *making = context;
    BdShipment *shipment = NULL;
    int status =
        bd_shipment_new(&shipment, making->target, making->method, BD_PROTOCOL_PREPARED, 0, err);
    status = status == 0 ? use(shipment, err) : status;
    bd_shipment_free(shipment);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        open_pairs(&kit, (BdMethod)method);
        Making making = {.target = kit.target, .method = (BdMethod)method};
        assert_true(memory_fail_each(make_and_use, &making) > 3);
        kit_deinit(&kit);
    }
}

static void later_batches_allocate_nothing(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        BdErr err = BD_ERR_INIT;
        open_pairs(&kit, (BdMethod)method);
        assert_int_equal(use(kit.shipment, &err), 0);
        bd_mem_fail_at(1);
        assert_int_equal(use(kit.shipment, &err), 0);
        bd_mem_fail_at(0);
        kit_deinit(&kit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(all_methods_store_the_same_rows),
        CASE(a_batch_costs_as_many_requests_as_its_method_says),
        CASE(values_keep_below_the_most_parameters_a_statement_may_have),
        CASE(few_statements_are_prepared_however_many_sizes_there_are),
        CASE(a_new_session_is_told_the_statements_again),
        CASE(nothing_is_sent_for_no_rows),
        CASE(requests_carry_the_marks_of_their_rows),
        CASE(what_is_refused_has_no_mark),
        CASE(each_allocation_may_fail),
        CASE(later_batches_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
