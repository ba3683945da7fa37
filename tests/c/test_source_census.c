/*
 * test_source_census.c - the real Census files, where there are any: in BIGDATA_CENSUS_DATA, or in
 * shared/data beside the checkout.
 */
#include "input/source.h"

#include "support/files.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct Real {
    const char *name;
    int64_t bytes;
    int64_t records;
    uint32_t fields;
    const char *ending;
} Real;

static int count_reject(void *context, const char *file, int64_t line, const char *reason) {
    int *rejects = context;
    print_message("%s, line %lld: %s\n", file, (long long)line, reason);
    return ++*rejects < 10 ? 0 : -1;
}

/* Read the source to its end, and close it. */
static void expect_real(const Real *real, BdSource *source) {
    BdBatch *batch = NULL;
    int rejects = 0;
    BdRejectSink sink = {.reject = count_reject, .context = &rejects};
    int64_t records = 0;
    int more = 0;
    assert_int_equal(bd_source_check(source, NULL), 0);
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    while ((more = bd_source_fill(source, batch, 64, sink, NULL)) > 0) {
        records += bd_batch_size(batch);
        assert_int_equal(bd_batch_record(batch, 0).fields, real->fields);
    }
    assert_int_equal(more, 0);
    assert_int_equal(rejects, 0);
    assert_int_equal(records, real->records);
    assert_int_equal(bd_source_bytes(source), real->bytes);
    assert_int_equal(bd_source_total_bytes(source), real->bytes);
    assert_string_equal(bd_source_ending(source), real->ending);
    bd_batch_free(batch);
    bd_source_close(source);
}

static void expect_segment(Real real) {
    char path[PATH_BYTES];
    if (!file_census(real.name, path)) {
        skip();
    }
    BdSourceFile file = {.path = path};
    BdDelimited format = {
        .delimiter = ',', .min_fields = real.fields, .max_fields = real.fields, .number_from = 5};
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_delimited(&source, &file, 1, &format, NULL), 0);
    expect_real(&real, source);
}

static void expect_geo(Real real) {
    const BdColumn columns[] = {{18, 7}, {200, 90}};
    const BdFixed format = {.line_bytes = 400, .columns = columns, .count = 2};
    char path[PATH_BYTES];
    if (!file_census(real.name, path)) {
        skip();
    }
    BdSourceFile file = {.path = path};
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_fixed(&source, &file, 1, &format, NULL), 0);
    expect_real(&real, source);
}

static void a_segment_with_crlf_is_read(void **state) {
    (void)state;
    expect_segment((Real){"ny00001.truncated.uf1.zip", 24110647, 50000, 227, "CRLF"});
}

static void a_segment_with_lf_is_read(void **state) {
    (void)state;
    expect_segment((Real){"ak00001.upl.zip", 8939027, 28156, 149, "LF"});
}

static void a_geo_file_with_crlf_is_read(void **state) {
    (void)state;
    expect_geo((Real){"nygeo_uf1.zip", 20100000, 50000, 2, "CRLF"});
}

static void a_geo_file_with_lf_is_read(void **state) {
    (void)state;
    expect_geo((Real){"akgeo.upl.zip", 11290556, 28156, 2, "LF"});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_segment_with_crlf_is_read),
        CASE(a_segment_with_lf_is_read),
        CASE(a_geo_file_with_crlf_is_read),
        CASE(a_geo_file_with_lf_is_read),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
